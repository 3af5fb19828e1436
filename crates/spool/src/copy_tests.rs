use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use model::MessageId;

use super::*;
use crate::{
    Batch, MessageRecord, Rescue, Spool,
    testing::{self, Place as Home},
    thread,
};

/// More than what stays in the database, and different for each message.
fn large(id: MessageId) -> Bytes {
    Bytes::from(format!("{id:>12}").repeat(700 + (id.as_u64() as usize * 37) % 3000))
}

fn insert(spool: &Spool, count: usize) -> Vec<MessageId> {
    let ids: Vec<_> = (0..count).map(|_| spool.next_id()).collect();
    let mut batch = Batch::new();
    for id in &ids {
        let content = large(*id);
        let record = MessageRecord {
            size: content.len() as u64,
            ..testing::record(*id, 1).as_ref().clone()
        };
        batch.insert(Arc::new(record), content);
    }
    thread::block_on(spool.commit(batch)).unwrap();
    ids
}

fn remove(spool: &Spool, ids: &[MessageId]) {
    let mut batch = Batch::new();
    for id in ids {
        batch.remove(*id);
    }
    thread::block_on(spool.commit(batch)).unwrap();
}

fn problems(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let rescue = Rescue::open(directory).unwrap();
    rescue.verify(&mut |problem| found.push(problem.to_string())).unwrap();
    found
}

/// Mail comes and goes as fast as it can, so that files of contents are empty and written again all the
/// time. Every copy is whole, and holds what came before it and has not left.
#[test]
fn a_copy_made_under_load_is_whole() {
    let home = Home::new();
    let kept = insert(&home.spool, 20);
    let stop = Arc::new(AtomicBool::new(false));
    let loads: Vec<_> = (0..3)
        .map(|_| {
            let (spool, stop) = (home.spool.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let mut rounds = 0_u32;
                while !stop.load(Ordering::SeqCst) {
                    let ids = insert(&spool, 40);
                    remove(&spool, &ids);
                    rounds += 1;
                }
                rounds
            })
        })
        .collect();
    let out = tempfile::tempdir().unwrap();
    for number in 0..15 {
        let to = out.path().join(number.to_string());
        let copied = copy(home.directory.path(), &to).unwrap();
        assert_eq!(copied.damaged, []);
        assert!(copied.messages >= 20 && copied.last_number >= 20, "{copied:?}");
        assert_eq!(problems(&to), Vec::<String>::new());
        let spool = Spool::open(&to).unwrap();
        for id in &kept {
            assert_eq!(spool.content(*id).unwrap(), large(*id));
        }
    }
    stop.store(true, Ordering::SeqCst);
    for load in loads {
        assert!(load.join().unwrap() > 0, "there was load");
    }
}

/// What has left stays where it is while somebody copies, and is written again afterwards.
#[test]
fn places_are_kept_while_a_copy_is_made() {
    let home = Home::new();
    let directory = home.directory.path();
    let first = insert(&home.spool, 1);
    let file = || fs::read(directory.join("content/00000001")).unwrap();
    let before = file();
    {
        let _copying = Copying::begin(directory).unwrap().unwrap();
        assert!(matches!(copy(directory, &directory.join("x")), Err(CopyError::UnderWay(_))));
        remove(&home.spool, &first);
        insert(&home.spool, 1);
        assert_eq!(file()[..before.len()], before[..]);
    }
    let second: Vec<_> = home.spool.ids(0, 10).unwrap();
    remove(&home.spool, &second);
    let third = insert(&home.spool, 1);
    assert_eq!(file()[..12], large(third[0])[..12], "it is written again");
}

/// Where room is scarce the server does not wait. That is found out, and all of it begun again.
#[test]
fn a_place_that_was_written_again_is_noticed() {
    let home = Home::new();
    let ids = insert(&home.spool, 2);
    let out = tempfile::tempdir().unwrap();
    let (to, source) = (out.path().join("copy"), home.directory.path().join("spool.db"));
    make_directory(&to).unwrap();
    let mut copied = copy_database(&source, &to.join("spool.db")).unwrap();
    remove(&home.spool, &ids[..1]);
    let path = home.directory.path().join("content/00000001");
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(b"something else", 0).unwrap();
    make_directory(&to.join("content")).unwrap();
    let (now, then) = (open(&source).unwrap(), open(&to.join("spool.db")).unwrap());
    let ended = copy_contents((&now, &source), (&then, &to.join("spool.db")), &mut copied);
    assert!(matches!(ended, Err(Ended::Moved)));
}

/// One bad message does not keep all others from being backed up.
#[test]
fn what_was_damaged_before_is_copied_and_named() {
    let home = Home::new();
    let ids = insert(&home.spool, 3);
    let path = home.directory.path().join("content/00000001");
    File::options().write(true).open(path).unwrap().write_all_at(b"?", 3).unwrap();
    let out = tempfile::tempdir().unwrap();
    let to = out.path().join("copy");
    let copied = copy(home.directory.path(), &to).unwrap();
    assert_eq!(copied.damaged.len(), 1);
    assert_eq!(copied.damaged[0].id, ids[0].as_u64());
    let spool = Spool::open(&to).unwrap();
    assert!(spool.content(ids[0]).is_err());
    assert_eq!(spool.content(ids[2]).unwrap(), large(ids[2]));
    let mode = |name: &str| fs::metadata(to.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("spool.db"), mode("content/00000001")], [0o700, 0o600, 0o600]);
}

#[test]
fn what_is_no_spool_or_a_newer_one_is_refused() {
    let out = tempfile::tempdir().unwrap();
    assert!(matches!(copy(out.path(), &out.path().join("to")), Err(CopyError::Missing(_))));
    let home = Home::new();
    let outside = Connection::open(home.directory.path().join("spool.db")).unwrap();
    outside.pragma_update(None, "user_version", 99).unwrap();
    let said = copy(home.directory.path(), &out.path().join("to")).unwrap_err().to_string();
    assert!(said.contains("has format 99; this version of Relais knows formats up to 3"), "{said}");
}
