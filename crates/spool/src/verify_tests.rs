//! What is wrong with a spool is found, and what is right with it comes out of it.

use model::MessageId;
use rusqlite::Connection;

use super::*;
use crate::{
    RescueError,
    testing::{Place, row},
};

/// What `verify` finds, as it says it.
fn problems(place: Place) -> (Vec<String>, Summary) {
    let Place { directory, spool } = place;
    drop(spool);
    let rescue = Rescue::open(directory.path()).unwrap();
    let mut found = Vec::new();
    let summary = rescue.verify(&mut |problem| found.push(problem.to_string())).unwrap();
    (found, summary)
}

/// Three messages of three recipients: parked whole, parked but for one that is finished, loose.
fn filled() -> (Place, Vec<MessageId>) {
    let place = Place::new();
    let ids = place.insert(3);
    place.commit(|batch| {
        batch.park(row(ids[0], &[0, 2], 1)).park(row(ids[0], &[1], 2));
        batch.finish(ids[1], 1).park(row(ids[1], &[0, 2], 1)).settled_below(MessageId::MAX);
    });
    (place, ids)
}

fn outside(place: &Place, statements: &str) {
    let outside = Connection::open(place.directory.path().join("spool.db")).unwrap();
    outside.execute_batch(statements).unwrap();
}

#[test]
fn a_good_spool_has_no_problems() {
    let (place, _) = filled();
    let (found, summary) = problems(place);
    assert!(found.is_empty(), "{found:?}");
    let bytes = 3 * "content of 1".len() as u64;
    let expected = Summary { messages: 3, recipients: 8, bytes, rows: 3, ..Summary::default() };
    assert_eq!(summary, expected);
}

#[test]
fn spools_of_older_versions_are_checked_as_they_are() {
    for version in ["0.1.0", "0.2.0"] {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("spool.db");
        std::fs::copy(format!("{fixtures}/{version}/spool/spool.db"), &file).unwrap();
        let before = std::fs::read(&file).unwrap();
        let rescue = Rescue::open(directory.path()).unwrap();
        let mut found = Vec::new();
        let summary = rescue.verify(&mut |problem| found.push(problem)).unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!((summary.messages, summary.recipients), (1, 2));
        let mut ids = Vec::new();
        assert!(rescue.ids(&mut |id| ids.push(id)).is_empty());
        let message = rescue.message(ids[0]).unwrap().unwrap();
        let record = message.message.unwrap().record;
        assert_eq!(message.content.unwrap().len() as u64, record.size);
        drop(rescue);
        assert_eq!(std::fs::read(&file).unwrap(), before, "nothing was changed");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let (place, ids) = filled();
    let [a, b, c] = ids[..] else { panic!() };
    outside(
        &place,
        &format!(
            "UPDATE content SET content = x'00' WHERE id = {a};
             INSERT INTO waiting SELECT {a}, 7, queue, due, band, sender, accepted, told, attempts,
                 crashes, size, x'', from_address, subject, last_error FROM waiting WHERE first = 1;
             DELETE FROM content WHERE id = {b};
             UPDATE waiting SET recipients = x'80' WHERE message = {b};
             UPDATE counter SET value = {} WHERE name = 'settled';
             UPDATE message SET record = x'09' WHERE id = {c};
             INSERT INTO content VALUES (999, x'');
             INSERT INTO progress VALUES (998, 0, 1);
             INSERT INTO quarantine VALUES (997, 'it was torn', x'', '[]');",
            b.as_u64() + 1
        ),
    );
    let (found, summary) = problems(place);
    let expected = [
        format!("message {b}: a row's list of recipients that wait cannot be read"),
        format!("message {a}: its content has 1 bytes and should have 12"),
        format!("message {a}: a row is about recipient 7, and it has 3, counted from 0"),
        format!("message {b}: its content is not there"),
        format!("message {b}: recipient 0 waits in no row, where a start would not look for it"),
        format!("message {c}: unknown record version 9"),
        "finished recipients of message 998, which is not there".to_owned(),
        "the content of message 999, which is not there".to_owned(),
        "message 997 was set aside: it was torn".to_owned(),
    ];
    assert_eq!(found, expected);
    assert_eq!((summary.messages, summary.set_aside), (2, 1));
}

#[test]
fn a_damaged_file_is_gone_through_from_both_ends() {
    let place = Place::new();
    let ids = place.insert(2000);
    let Place { directory, spool } = place;
    drop(spool);
    let file = directory.path().join("spool.db");
    let connection = Connection::open(&file).unwrap();
    let root: u64 = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'message'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(connection);
    // An interior page's cells begin with the numbers of its children; one in the middle is hit.
    use std::os::unix::fs::FileExt;
    let opened = std::fs::File::options().read(true).write(true).open(&file).unwrap();
    let mut interior = vec![0; 4096];
    opened.read_exact_at(&mut interior, (root - 1) * 4096).unwrap();
    assert_eq!(interior[0], 5, "an interior page of a table");
    let cells = usize::from(u16::from_be_bytes([interior[3], interior[4]]));
    let at = 12 + 2 * (cells / 2);
    let cell = usize::from(u16::from_be_bytes([interior[at], interior[at + 1]]));
    let child = u32::from_be_bytes(interior[cell..cell + 4].try_into().unwrap());
    opened.write_all_at(&[0x55; 4096], (u64::from(child) - 1) * 4096).unwrap();

    let rescue = Rescue::open(directory.path()).unwrap();
    let mut found = Vec::new();
    let mut whole = 0;
    let errors = rescue.ids(&mut |id| {
        found.push(id);
        let message = rescue.message(id).unwrap().unwrap();
        whole += usize::from(message.message.is_ok() && message.content.is_ok());
    });
    assert_eq!(errors.len(), 2, "both ways end at the damaged page: {errors:?}");
    assert_eq!(whole, found.len());
    assert!(found.len() > ids.len() * 9 / 10 && found.len() < ids.len(), "{}", found.len());
    assert!(found.contains(&ids[0].as_u64()) && found.contains(&ids[1999].as_u64()));
    let mut said = Vec::new();
    let verdict = rescue.verify(&mut |problem| said.push(problem.to_string()));
    assert!(matches!(verdict, Err(SpoolError::Corrupt(_))), "{verdict:?}");
    assert!(said[0].starts_with("the file is damaged: "), "{said:?}");
}

#[test]
fn a_spool_in_use_is_left_alone() {
    let place = Place::new();
    let said = Rescue::open(place.directory.path()).err().unwrap().to_string();
    let process = format!("process {} (", std::process::id());
    assert!(said.contains(&process) && said.contains("/proc/locks"), "{said}");
    assert!(said.ends_with("Stop the server first."), "{said}");
    let (found, _) = problems(place);
    assert!(found.is_empty());
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(Rescue::open(nowhere.path()), Err(RescueError::Missing(_))));
    std::fs::write(nowhere.path().join("spool.db"), b"This is no database at all.").unwrap();
    assert!(matches!(Rescue::open(nowhere.path()), Err(RescueError::Open { .. })));
}
