use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const NO_QUOTA: Unlimited<ByteSize> = Unlimited::Unlimited;
const HEAD: &str = "Return-Path: <>\r\nDelivered-To: Jean@Contoso.com\r\n";

struct Place {
    _root: tempfile::TempDir,
    mailboxes: Mailboxes,
    jean: Address,
    maildir: PathBuf,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mailboxes = Mailboxes::new(root.path().to_owned());
        let jean: Address = "Jean@Contoso.com".parse().unwrap();
        let maildir = root.path().join("jean@contoso.com");
        Self { _root: root, mailboxes, jean, maildir }
    }

    /// Delivers message `id` with this content.
    fn deliver(
        &self,
        id: u64,
        content: &[u8],
        quota: Unlimited<ByteSize>,
    ) -> Result<(), MailboxError> {
        let copy = Copy {
            id: MessageId::new(id).unwrap(),
            recipient: 0,
            sender: &ReversePath::Null,
            delivered_to: &self.jean,
            trace: b"Received: here\r\n",
            content,
        };
        self.mailboxes.deliver(&self.jean, quota, &copy)
    }

    fn files(&self, part: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.maildir.join(part)).into_iter().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// What is there, as the file system says it.
    fn held(&self) -> u64 {
        let size = |file: &PathBuf| fs::metadata(file).unwrap().len();
        ["new", "cur", ".Sent/cur"].iter().flat_map(|part| self.files(part)).map(|f| size(&f)).sum()
    }

    /// As if the mailbox had been counted long ago.
    fn age(&self) {
        self.mailboxes.accounts.of(&self.maildir).age();
    }
}

fn limited(bytes: u64) -> Unlimited<ByteSize> {
    Unlimited::Limited(ByteSize::bytes(bytes))
}

fn is_full(result: &Result<(), MailboxError>) -> bool {
    matches!(result, Err(MailboxError::Full { .. }))
}

#[test]
fn a_copy_is_delivered_once_even_when_repeated() {
    // With room for one.
    for quota in [NO_QUOTA, limited(150)] {
        let place = Place::new();
        for _ in 0..2 {
            place.deliver(42, b"Subject: x\r\n\r\nbody\r\n", quota).unwrap();
            place.age();
        }
        let files = place.files("new");
        let text = fs::read_to_string(&files[0]).unwrap();
        assert_eq!(text, format!("{HEAD}Received: here\r\nSubject: x\r\n\r\nbody\r\n"));
        let name = format!("0000000000000042.0.relais,S={}", text.len());
        assert_eq!(files, [place.maildir.join("new").join(name)]);
        assert!(place.files("tmp").is_empty());
    }
}

#[test]
fn a_full_mailbox_refuses_until_there_is_room() {
    let place = Place::new();
    let quota = limited(250);
    place.deliver(1, &[b'x'; 50], quota).unwrap();
    assert!(is_full(&place.deliver(2, &[b'x'; 150], quota)));
    assert!(place.files("tmp").is_empty() && place.files("new").len() == 1);
    place.deliver(3, &[b'x'; 20], quota).unwrap();
    assert!(is_full(&place.deliver(4, b"x", quota)));
    // Its user deletes one; a second later that is seen.
    fs::remove_file(&place.files("new")[0]).unwrap();
    place.age();
    place.deliver(4, b"x", quota).unwrap();
    place.deliver(5, &[b'x'; 1000], NO_QUOTA).unwrap();
}

#[test]
fn the_default_counts_without_a_quota_of_its_own() {
    let mut place = Place::new();
    place.mailboxes = place.mailboxes.with_default_quota(limited(100));
    assert!(is_full(&place.deliver(1, &[b'x'; 100], NO_QUOTA)));
    place.deliver(1, &[b'x'; 100], limited(1_000)).unwrap();
}

#[test]
fn what_was_not_written_takes_no_room() {
    let place = Place::new();
    let quota = limited(150);
    place.deliver(1, b"", quota).unwrap();
    fs::remove_dir(place.maildir.join("tmp")).unwrap();
    let failed = place.deliver(2, b"x", quota);
    assert!(matches!(failed, Err(MailboxError::Disk { .. })), "{failed:?}");
    fs::create_dir(place.maildir.join("tmp")).unwrap();
    place.deliver(2, b"x", quota).unwrap();
}

#[test]
fn many_at_once_stay_within_the_quota() {
    let place = Place::new();
    let quota = limited(1_000);
    let taken: usize = std::thread::scope(|scope| {
        let one = |id| {
            let place = &place;
            scope.spawn(move || usize::from(place.deliver(id, &[b'x'; 30], quota).is_ok()))
        };
        let all: Vec<_> = (1..=20).map(one).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let each = place.held() / taken as u64;
    assert_eq!((place.held(), taken as u64), (each * taken as u64, 1_000 / each));
}

/// What happens to a mailbox.
#[derive(Debug, Clone)]
enum Step {
    Deliver(usize),
    /// The last one again, as after a crash.
    Again,
    /// A reader looks at the first new message.
    Read,
    /// It files the first message that was read, without saying its size.
    File,
    /// It deletes the first message that was read.
    Delete,
    /// It adds one of its own.
    Add(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..300).prop_map(Step::Deliver),
        1 => Just(Step::Again),
        2 => Just(Step::Read),
        1 => Just(Step::File),
        1 => Just(Step::Delete),
        1 => (0usize..300).prop_map(Step::Add),
    ]
}

proptest! {
    #[test]
    fn no_address_leaves_the_root(key in "\\PC{1,40}") {
        let name = directory_name(&key);
        prop_assert!(!name.contains('/') && !name.starts_with('.') && !name.is_empty());
    }

    /// With a reader at the same mailbox: a message is refused where it does not fit and only there, be it the
    /// first of a minute (`ages`) or one that is judged by what was counted before and has come since.
    #[test]
    fn a_message_is_refused_when_it_does_not_fit(
        steps in prop::collection::vec(step(), 1..40),
        quota in 100u64..1_500,
        ages: bool,
    ) {
        let place = Place::new();
        let (mut id, mut contents) = (0, BTreeMap::new());
        for step in steps {
            let first = |part| place.files(part).into_iter().next();
            match step {
                Step::Deliver(length) => {
                    id += 1;
                    contents.insert(id, vec![b'x'; length]);
                    let held = place.held();
                    if ages {
                        place.age();
                    }
                    let delivered = place.deliver(id, &contents[&id], limited(quota));
                    let size = (HEAD.len() + "Received: here\r\n".len() + length) as u64;
                    if ages {
                        prop_assert_eq!(is_full(&delivered), held + size > quota);
                    }
                    if delivered.is_ok() {
                        prop_assert_eq!(place.held(), held + size);
                    } else {
                        prop_assert_eq!(place.held(), held);
                        contents.remove(&id);
                    }
                }
                Step::Again => {
                    let Some((last, content)) = contents.last_key_value() else { continue };
                    let there = place.files("new").iter().any(|file| {
                        file.to_string_lossy().contains(&format!("/{last:016}."))
                    });
                    let held = place.held();
                    if there {
                        place.deliver(*last, content, limited(quota)).unwrap();
                        prop_assert_eq!(place.held(), held);
                    }
                }
                Step::Read => {
                    let Some(file) = first("new") else { continue };
                    let name = file.file_name().unwrap().to_str().unwrap();
                    fs::rename(&file, place.maildir.join("cur").join(format!("{name}:2,S"))).unwrap();
                }
                Step::File => {
                    let Some(file) = first("cur") else { continue };
                    let sent = place.maildir.join(".Sent/cur");
                    fs::create_dir_all(&sent).unwrap();
                    let count = place.files(".Sent/cur").len();
                    fs::rename(&file, sent.join(format!("{count}.reader:2,S"))).unwrap();
                }
                Step::Delete => {
                    let Some(file) = first("cur") else { continue };
                    fs::remove_file(file).unwrap();
                }
                Step::Add(length) => {
                    let cur = place.maildir.join("cur");
                    fs::create_dir_all(&cur).unwrap();
                    fs::write(cur.join(format!("{id}.{length}.added:2,S")), vec![b'x'; length]).unwrap();
                }
            }
        }
    }
}
