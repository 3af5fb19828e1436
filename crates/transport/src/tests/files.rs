//! Messages that come as files: each once, also over a crash; limits, faults and pauses.

use std::{fs, path::PathBuf};

use directory::{Component, RequestedState, Requester, ServiceState};
use model::{Clock, ManualClock};
use reception::{DropDirectories, DropDirectory, DropSettings, FileSource, Source};

use super::*;

/// The directories of a place, watched all the time.
struct Drop {
    directories: DropDirectories,
    clock: Arc<ManualClock>,
}

impl Place {
    fn watch(&self, transport: &Transport) -> Drop {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let directories = DropDirectories::start(DropSettings {
            directory: self.directory.clone(),
            server: "MBX01".parse().unwrap(),
            fqdn: "mbx01.contoso.com".into(),
            data: self.data.path().to_owned(),
            intake: transport.file_intake(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            maildrop: Some(self.data.path().join("maildrop")).filter(|path| path.exists()),
            interval: Duration::from_millis(10),
            maildrop_interval: Duration::from_millis(10),
            rest: Duration::ZERO,
        });
        Drop { directories, clock }
    }

    /// Both directories on, and there.
    fn with_directories(self) -> Self {
        self.set_server(|s| {
            s.pickup_directory_path = Some("pickup".parse().unwrap());
            s.replay_directory_path = Some("replay".parse().unwrap());
        });
        for name in ["pickup", "replay"] {
            fs::create_dir(self.data.path().join(name)).unwrap();
        }
        self
    }

    fn pickup(&self, name: &str) -> PathBuf {
        self.data.path().join("pickup").join(name)
    }

    /// A file as careful programs put it there.
    fn put(&self, path: PathBuf, content: &str) {
        let hidden = path.with_file_name(".hidden");
        fs::write(&hidden, content).unwrap();
        fs::rename(hidden, path).unwrap();
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.data.path().join(directory)).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Asserts that something does not change while the directories are looked into several times.
async fn stays(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_millis(80);
    while Instant::now() < end {
        assert!(condition(), "did not stay true: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn letter(to: &str) -> String {
    format!("From: jean@contoso.com\nTo: {to}\nSubject: file\n\nHello.\n")
}

/// Puts files there until one stays. It.
async fn nothing_is_taken(place: &Place, directory: &std::path::Path) -> PathBuf {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < end, "files are taken all the same");
        let file = directory.join("next.eml");
        if !file.exists() {
            place.put(file.clone(), &letter("jean@contoso.com"));
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
        if file.exists() {
            return file;
        }
    }
}

/// What the spool remembers of files.
fn remembered(place: &Place) -> i64 {
    let file = place.data.path().join("spool/spool.db");
    let spool = rusqlite::Connection::open(file).unwrap();
    spool.query_row("SELECT count(*) FROM taken", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_become_messages_and_are_forgotten() {
    let (place, peer) = (Place::new().with_directories(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let drop_box = place.watch(&transport);
    place.put(
        place.pickup("a.eml"),
        "From: jean@contoso.com\nBcc: a@example.net\nReceived: x\n\nHello.\n",
    );
    until("the first is sent", || peer.taken.lock().len() == 1).await;
    let replayed = "X-Sender: <> BODY=7bit\nX-Receiver: <b@example.net> NOTIFY=NEVER\n\
                    X-SourceIPAddress: 192.0.2.9\nX-EndOfInjectedXHeaders: 1\nX-Sender: inside\n\nAgain.\n";
    place.put(place.data.path().join("replay/b.eml"), replayed);
    until("both are sent", || peer.taken.lock().len() == 2).await;
    let texts: Vec<String> = peer
        .taken
        .lock()
        .iter()
        .map(|m| String::from_utf8_lossy(&m.content).into_owned())
        .collect();
    let [picked, again] = &texts[..] else { panic!("{texts:?}") };
    assert!(picked.starts_with("Received: from localhost by Pickup with Relais id "), "{picked}");
    assert!(
        picked.contains("To: Undisclosed Recipients:;\r\nFrom: jean@contoso.com\r\nDate: "),
        "{picked}"
    );
    assert!(
        picked.contains("@contoso.com>\r\n\r\nHello.\r\n") && !picked.contains("a@example.net"),
        "{picked}"
    );
    assert!(
        again.starts_with("Received: from mbx01.contoso.com by Replay with Relais id "),
        "{again}"
    );
    assert!(again.ends_with("X-Sender: inside\r\n\r\nAgain.\r\n"), "{again}");
    let (sender, recipient) = {
        let envelope = &peer.taken.lock()[1].envelope;
        (envelope.sender.clone(), envelope.recipients[0].address.to_string())
    };
    assert_eq!((sender, &recipient[..]), (ReversePath::Null, "b@example.net"));
    until("the files are gone", || {
        place.names("pickup").is_empty() && place.names("replay").is_empty()
    })
    .await;
    drop_box.directories.stop().await;
    transport.stop().await;
    drop(transport);
    assert_eq!(remembered(&place), 0);
    let events = place.events_with(["event-id", "source", "connector-id"]);
    assert!(events.contains(&"RECEIVE PICKUP Pickup".to_owned()), "{events:?}");
    assert!(events.contains(&"RECEIVE PICKUP Replay".to_owned()), "{events:?}");
    let clients = place.events_with(["event-id", "client-ip", "original-client-ip"]);
    assert!(clients.contains(&"RECEIVE 192.0.2.9 192.0.2.9".to_owned()), "{clients:?}");
}

/// A crash may come at any point between two steps; each leaves one of these behind.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_behind_is_brought_to_its_end() {
    let place = Place::new().with_directories();
    let transport = place.start().await;
    let intake = transport.file_intake();
    let envelope = Envelope::plain(
        ReversePath::Address(address("jean@contoso.com")),
        vec![address("jean@contoso.com")],
    );
    // Accepted, delivered, and not deleted.
    let file = FileSource {
        directory: DropDirectory::Pickup,
        file: "done.eml".into(),
        key: "Pickup/done.relais-1.tmp".into(),
        client: None,
        hello: String::new(),
        source: None,
        owner: 0,
    };
    let submitted = Submitted {
        id: intake.next_id(),
        network_id: Guid::new_v4(),
        envelope,
        content: Bytes::from("Subject: done\r\n\r\n"),
        trace: String::new(),
        source: Source::File(file),
    };
    intake.accept(submitted).await.unwrap();
    until("it is delivered", || place.inbox().len() == 1 && is_empty(&transport)).await;
    place.put(place.pickup("done.relais-1.tmp"), &letter("jean@contoso.com"));
    // Renamed, and not accepted; one whose name is in use again; one of another program.
    place.put(
        place.pickup("begun.relais-2.tmp"),
        &letter("jean@contoso.com").replace("file", "begun"),
    );
    place.put(place.pickup("begun.eml"), &letter("jean@contoso.com").replace("file", "second"));
    place.put(place.pickup("other.tmp"), &letter("jean@contoso.com").replace("file", "other"));
    // Of the other directory: what is remembered of one says nothing of it.
    let replayed = "X-Sender: <>\nX-Receiver: <jean@contoso.com>\nSubject: replayed\n\n";
    place.put(place.data.path().join("replay/done.relais-1.tmp"), replayed);
    let drop_box = place.watch(&transport);
    until("the others are delivered", || place.inbox().len() == 5 && is_empty(&transport)).await;
    until("all are gone", || place.names("pickup").is_empty() && place.names("replay").is_empty())
        .await;
    for subject in ["done", "begun", "second", "other", "replayed"] {
        let inbox = place.inbox();
        let found = inbox
            .iter()
            .filter(|m| {
                m.contains(&format!("Subject: {subject}\n"))
                    || m.contains(&format!("Subject: {subject}\r\n"))
            })
            .count();
        assert_eq!(found, 1, "{subject} in {inbox:?}");
    }
    drop_box.directories.stop().await;
    transport.stop().await;
    drop((transport, intake));
    assert_eq!(remembered(&place), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_limit_goes_back_and_what_is_no_message_is_set_aside() {
    let place = Place::new().with_directories();
    place.set_server(|s| s.pickup_directory_max_recipients_per_message = 2);
    let transport = place.start().await;
    let drop_box = place.watch(&transport);
    place.put(place.pickup("many.eml"), &letter("jean@contoso.com, b@x.test, c@x.test"));
    until("the report", || place.inbox().len() == 1).await;
    let report = place.inbox().remove(0).replace("=\r\n", "").replace("\r\n ", " ");
    assert!(
        report.contains(
            "550 5.5.3 Too many recipients: 3; PickupDirectoryMaxRecipientsPerMessage is 2"
        ),
        "{report}"
    );
    assert!(report.contains("message/rfc822") && report.contains("Hello."), "{report}");
    place.put(place.pickup("none.eml"), "hello\n");
    fs::create_dir(place.pickup("folder.eml")).unwrap();
    let is_written =
        |name| fs::read_to_string(place.pickup(name)).is_ok_and(|reason| reason.ends_with('\n'));
    until("they are set aside, with the reason", || {
        place.names("pickup") == ["folder.bad", "folder.bad.txt", "none.bad", "none.bad.txt"]
            && is_written("none.bad.txt")
            && is_written("folder.bad.txt")
    })
    .await;
    let reason = fs::read_to_string(place.pickup("none.bad.txt")).unwrap();
    assert_eq!(reason, "there is no blank line between header and body\n");
    assert_eq!(
        fs::read_to_string(place.pickup("folder.bad.txt")).unwrap(),
        "it is a directory, no file\n"
    );
    assert_eq!(place.inbox().len(), 1, "only the sender has got something");
    drop_box.directories.stop().await;
    transport.stop().await;
    drop(transport);
    assert_eq!(remembered(&place), 0);
    let events = place.events_with(["event-id", "source", "reference"]);
    for row in [
        "BADMAIL PICKUP none.eml: there is no blank line between header and body",
        "BADMAIL PICKUP folder.eml: it is a directory, no file",
    ] {
        assert!(events.contains(&row.to_owned()), "{row} in {events:?}");
    }
    assert_eq!(events.iter().filter(|e| e.starts_with("FAIL PICKUP")).count(), 1, "{events:?}");
    assert!(events.iter().all(|e| !e.starts_with("RECEIVE")), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_a_minute_than_the_setting_says() {
    let place = Place::new().with_directories();
    place.set_server(|s| s.pickup_directory_max_messages_per_minute = 3);
    let transport = place.start().await;
    for number in 0..8 {
        place.put(place.pickup(&format!("{number}.eml")), &letter("jean@contoso.com"));
    }
    let drop_box = place.watch(&transport);
    for (taken, left) in [(3, 5), (6, 2), (8, 0)] {
        until("as many as may", || place.inbox().len() == taken).await;
        until("looked again", || place.names("pickup").len() == left).await;
        stays("not one more in this minute", || place.names("pickup").len() == left).await;
        drop_box.clock.advance(TimeSpan::minutes(1));
    }
    drop_box.directories.stop().await;
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_count_at_once_and_a_server_out_of_service_takes_nothing() {
    let place = Place::new();
    let transport = place.start().await;
    let drop_box = place.watch(&transport);
    assert!(!place.data.path().join("pickup").exists(), "off as long as there is no path");
    place.set_server(|s| s.pickup_directory_path = Some("elsewhere/pickup".parse().unwrap()));
    let path = place.data.path().join("elsewhere/pickup");
    until("it is made", || path.exists()).await;
    place.put(path.join("a.eml"), &letter("jean@contoso.com"));
    until("it is on", || place.inbox().len() == 1).await;

    let state = |state| {
        let mut server = place.directory.snapshot().server("MBX01").unwrap().as_ref().clone();
        let (component, requester) = (Component::HubTransport, Requester::Maintenance);
        server.request_state(RequestedState { component, requester, state });
        place.apply(Change::Update { object: Object::Server(server) });
    };
    state(ServiceState::Inactive);
    let waiting = nothing_is_taken(&place, &path).await;
    state(ServiceState::Active);
    until("it is taken", || !waiting.exists()).await;

    // The same directory for both is Pickup's, also by another name.
    std::os::unix::fs::symlink(&path, place.data.path().join("link")).unwrap();
    place.set_server(|s| s.replay_directory_path = Some("link".parse().unwrap()));
    place.put(path.join("c.eml"), &letter("jean@contoso.com"));
    until("it is taken by Pickup", || !path.join("c.eml").exists()).await;
    let is_empty = || fs::read_dir(&path).unwrap().count() == 0;
    until("and not set aside by Replay", is_empty).await;
    place.set_server(|s| {
        s.pickup_directory_path = None;
        s.replay_directory_path = None;
    });
    nothing_is_taken(&place, &path).await;
    drop_box.directories.stop().await;
    transport.stop().await;
}

/// What was exported is sent again by Replay: the same envelope, the same bytes.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_is_taken_back() {
    let (place, peer) = (Place::new().with_directories(), Peer::start().await);
    let transport = place.start().await;
    let intake = transport.intake();
    let mut envelope =
        Envelope::plain(ReversePath::Address(address("jean@contoso.com")), Vec::new());
    envelope.envid = Some("Q+2B1".parse().unwrap());
    envelope.ret = Some(model::DsnReturn::Headers);
    envelope.recipients = vec![Recipient {
        address: address("\"odd > one\"@example.net"),
        notify: Some("FAILURE".parse().unwrap()),
        original: Some("rfc822;first+40example.net".parse().unwrap()),
    }];
    // It begins with what could be taken for a line of the envelope.
    let content = "X-Receiver: <other@example.net>\r\nSubject: kept\r\n\r\n.\r\nEnd.\r\n";
    let id = intake.next_id();
    let submitted = Submitted {
        id,
        network_id: Guid::new_v4(),
        envelope: envelope.clone(),
        content: Bytes::from(content),
        trace: String::new(),
        source: came_from("client.contoso.com"),
    };
    intake.accept(submitted).await.unwrap();
    let (all, progress): (crate::Matches, _) =
        (Arc::new(|_| true), Arc::<crate::Progress>::default());
    let scope = crate::MessageScope::default();
    transport.act(scope, all, crate::MessageAction::Suspend, progress).await.unwrap();
    let exported = transport.export(id, None).await.unwrap().content;
    let (header, _) = message::ReplayHeader::parse(&exported).unwrap();
    assert_eq!(header.envelope, envelope);
    transport.remove_message(id, None, false).await.unwrap();
    until("the first is gone", || is_empty(&transport)).await;
    place.connect(peer.address, |_| {});
    let drop_box = place.watch(&transport);
    let text = String::from_utf8(exported.to_vec()).unwrap();
    place.put(place.data.path().join("replay/kept.eml"), &text);
    until("it is sent", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    {
        let taken = peer.taken.lock();
        // The peer does not offer DSN: what was asked for is looked at in the file.
        let sent = &taken[0].envelope;
        assert_eq!(sent.sender, envelope.sender);
        assert_eq!(sent.recipients[0].address, envelope.recipients[0].address);
        let bytes = String::from_utf8_lossy(&taken[0].content).into_owned();
        assert!(bytes.ends_with(content), "{bytes}");
    }
    drop_box.directories.stop().await;
    transport.stop().await;
}
