//! From format 2 to 3: everything moves, or nothing.

use std::path::PathBuf;

use model::MessageId;
use rusqlite::Connection;

use crate::{Spool, SpoolError};

/// The spool of 0.2.0 with many more messages, whose records nobody can read.
fn large() -> (tempfile::TempDir, PathBuf) {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/0.2.0/spool/spool.db");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("spool.db");
    std::fs::copy(fixture, &file).unwrap();
    let outside = Connection::open(&file).unwrap();
    outside
        .execute_batch(
            "WITH RECURSIVE n(id) AS (SELECT 5001 UNION ALL SELECT id + 3 FROM n WHERE id < 9000)
             INSERT INTO message SELECT id, x'09', CAST('content of ' || id AS BLOB) FROM n;
             INSERT INTO progress VALUES (5004, 1, 1);",
        )
        .unwrap();
    (directory, file)
}

fn number(file: &PathBuf, query: &str) -> i64 {
    Connection::open(file).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn many_messages_move_page_by_page() {
    let (directory, file) = large();
    let before = number(&file, "SELECT count(*) FROM message");
    assert!(before > 2 * super::PAGE as i64);
    let spool = Spool::open(directory.path()).unwrap();
    for id in [5001, 6501, 9000] {
        let content = spool.content(MessageId::new(id).unwrap()).unwrap();
        assert_eq!(content, format!("content of {id}"));
    }
    assert!(spool.next_id().as_u64() > 9000);
    drop(spool);
    assert_eq!(number(&file, "SELECT count(*) FROM message"), before);
    assert_eq!(number(&file, "SELECT count(*) FROM content"), before);
    assert_eq!(number(&file, "SELECT message FROM progress WHERE kind = 1"), 5004);
    assert_eq!(number(&file, "SELECT count(*) FROM sqlite_schema WHERE name = 'message_2'"), 0);
    assert_eq!(number(&file, "PRAGMA user_version"), 3);
}

#[test]
fn an_upgrade_that_fails_changes_nothing() {
    let (directory, file) = large();
    let outside = Connection::open(&file).unwrap();
    outside
        .execute_batch(
            "CREATE TRIGGER strike BEFORE DELETE ON message WHEN old.id = 8001
             BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END",
        )
        .unwrap();
    let before = number(&file, "SELECT sum(id) FROM message");
    let Err(SpoolError::Open(said)) = Spool::open(directory.path()) else { panic!() };
    assert!(said.contains("upgrading it to format 3: the disk is gone"), "{said}");
    assert_eq!(number(&file, "PRAGMA user_version"), 2);
    assert_eq!(number(&file, "SELECT sum(id) FROM message"), before);
    assert_eq!(number(&file, "SELECT count(content) FROM message WHERE id > 5000"), 1334);
    outside.execute_batch("DROP TRIGGER strike").unwrap();
    let spool = Spool::open(directory.path()).unwrap();
    assert!(spool.content(MessageId::new(8001).unwrap()).is_ok());
}
