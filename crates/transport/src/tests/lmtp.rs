//! Mailboxes that an LMTP server has: each recipient is settled by his own reply, a server that is down
//! loses nothing, and one that hangs holds up nobody else.

use std::path::PathBuf;

use delivery::LmtpServer;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::{UnixListener, UnixStream},
};

use super::*;

/// The recipients and the content of a transaction.
type Taken = (Vec<String>, String);

/// An LMTP server: `gone` is unknown to it, `full` over quota, `later` cannot be reached now.
#[derive(Clone, Default)]
struct Store {
    taken: Arc<Mutex<Vec<Taken>>>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
    /// It takes connections and says nothing.
    hangs: bool,
    /// It closes after the first of the replies to a content, once.
    breaks_off: Arc<Mutex<bool>>,
    /// It has one connection at a time, and lets the second message wait until it has been asked for another.
    is_small: bool,
    /// How many it has refused.
    refused: Arc<AtomicUsize>,
}

impl Store {
    fn listen(&self, path: &std::path::Path) {
        let (store, listener) = (self.clone(), UnixListener::bind(path).unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let store = store.clone();
                if store.is_small && store.open.load(Ordering::SeqCst) > 0 {
                    store.refused.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
                tokio::spawn(async move {
                    let open = store.open.fetch_add(1, Ordering::SeqCst) + 1;
                    store.most_open.fetch_max(open, Ordering::SeqCst);
                    let _ = store.talk(stream).await;
                    store.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
    }

    async fn talk(&self, stream: UnixStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        if self.hangs {
            while lines.next_line().await?.is_some() {}
            return Ok(());
        }
        write.write_all(b"220 store LMTP\r\n").await?;
        let mut recipients = Vec::new();
        while let Some(line) = lines.next_line().await? {
            let reply = match line.split(' ').next().unwrap_or_default() {
                "LHLO" => "250-store\r\n250-PIPELINING\r\n250-DSN\r\n250 8BITMIME",
                "RCPT" if line.contains("<gone@") => "550 5.1.1 no such user",
                "RCPT" => {
                    recipients.push(line);
                    "250 2.1.5 ok"
                }
                "DATA" if recipients.is_empty() => "503 5.5.1 no recipients",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut content = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        content.push_str(&line);
                        content.push_str("\r\n");
                    }
                    let is_second = self.is_small && self.taken.lock().len() == 1;
                    while is_second && self.refused.load(Ordering::SeqCst) == 0 {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    let recipients = std::mem::take(&mut recipients);
                    let breaks_off = std::mem::take(&mut *self.breaks_off.lock());
                    self.taken.lock().push((recipients.clone(), content));
                    for recipient in recipients {
                        let reply = if recipient.contains("<full@") {
                            "552 5.2.2 mailbox is full"
                        } else if recipient.contains("<later@") {
                            "451 4.2.0 mailbox is locked"
                        } else {
                            "250 2.0.0 saved"
                        };
                        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
                        if breaks_off {
                            return Ok(());
                        }
                    }
                    continue;
                }
                "QUIT" => {
                    write.write_all(b"221 2.0.0 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 2.0.0 ok",
            };
            write.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

/// A place whose mailboxes an LMTP server has, and the path of its socket.
fn place(names: &[&str]) -> (Place, PathBuf) {
    let place = Place::new();
    for name in names {
        let address = address(&format!("{name}@contoso.com"));
        let mailbox = Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address);
        place.apply(Change::Create(Object::Mailbox(mailbox)));
    }
    let path = place.data.path().join("lmtp");
    (place, path)
}

async fn start(place: &Place, path: &std::path::Path) -> Transport {
    let address = path.to_str().unwrap().parse().unwrap();
    place
        .start_with(|settings| {
            let server = LmtpServer::new(address, Arc::clone(&settings.session_log));
            settings.mailboxes = MailboxStore::Lmtp(server);
            settings.mailbox_delivery_queue_retry_interval = TimeSpan::millis(200);
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_is_settled_by_his_own_reply() {
    let (place, path) = place(&["full", "gone", "later"]);
    let store = Store::default();
    store.listen(&path);
    let transport = start(&place, &path).await;
    let to = ["Jean@Contoso.com", "full@contoso.com", "gone@contoso.com", "later@contoso.com"];
    submit(&transport, &to, None).await;
    // Jean has sent it, and gets a report about the two.
    until("there is a report", || store.taken.lock().iter().any(|one| is_report(&one))).await;
    let waiting = || transport.messages().into_iter().find(|message| message.subject.is_some());
    until("one is waited for", || {
        waiting().is_some_and(|m| m.last_error.as_deref() == Some("451 4.2.0 mailbox is locked"))
    })
    .await;
    assert_eq!(waiting().unwrap().recipients.len(), 1);
    until("it is tried again", || taken_by(&store, "later@contoso.com") > 1).await;
    assert_eq!(taken_by(&store, "full@contoso.com"), 1, "a reply is final");
    let taken = store.taken.lock().clone();
    let (recipients, content) = taken.iter().find(|one| !is_report(one)).unwrap();
    let all = ["jean@contoso.com", "full@contoso.com", "later@contoso.com"];
    assert_eq!(*recipients, all.map(|to| format!("RCPT TO:<{to}>")), "in one transaction");
    assert_eq!(*content, format!("Received: from test\r\n{CONTENT}"));
    let (_, report) = taken.iter().find(is_report).unwrap();
    for said in ["552 5.2.2 mailbox is full", "550 5.1.1 no such user"] {
        assert!(report.contains(&format!("Diagnostic-Code: smtp; {said}")), "{report}");
    }
    assert!(!report.contains("Remote-MTA") && !report.contains(path.to_str().unwrap()));
    let events = place.events_with(["event-id", "source", "recipient-status"]);
    for row in [
        "DELIVER STOREDRIVER 250 2.0.0 saved",
        "DEFER STOREDRIVER 451 4.2.0 mailbox is locked",
        "FAIL STOREDRIVER 552 5.2.2 mailbox is full;550 5.1.1 no such user",
    ] {
        assert!(events.iter().any(|event| event == row), "{row}: {events:#?}");
    }
    transport.stop().await;
}

fn is_report((_, content): &&Taken) -> bool {
    content.contains("multipart/report")
}

/// How often a mailbox was given the message of the tests.
fn taken_by(store: &Store, address: &str) -> usize {
    let is_its = |one: &&Taken| {
        !is_report(one) && one.0.iter().any(|to| to.contains(&format!("<{address}>")))
    };
    store.taken.lock().iter().filter(is_its).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_breaks_off_is_no_second_copy_for_who_has_one() {
    let (place, path) = place(&["anna"]);
    let store = Store { breaks_off: Arc::new(Mutex::new(true)), ..Store::default() };
    store.listen(&path);
    let transport = start(&place, &path).await;
    submit(&transport, &["jean@contoso.com", "anna@contoso.com"], None).await;
    until("both have it", || is_empty(&transport)).await;
    let counts = ["jean@contoso.com", "anna@contoso.com"].map(|to| taken_by(&store, to));
    assert_eq!(counts, [1, 2], "nothing is known of Anna's");
    let events = place.events_with(["event-id", "recipient-address", "recipient-status"]);
    let in_doubt =
        |event: &String| event.starts_with("DEFER anna@") && event.contains("Delivery in doubt");
    assert!(events.iter().any(in_doubt), "{events:#?}");
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_a_server_that_is_down() {
    let (place, path) = place(&[]);
    let transport = start(&place, &path).await;
    submit(&transport, &["jean@contoso.com"], None).await;
    let error = || transport.queues().into_iter().find_map(|queue| queue.last_error);
    until("the queue says why", || error().is_some()).await;
    let begin = format!("421 4.4.1 Connection to {} failed: ", path.display());
    assert!(error().unwrap().starts_with(&begin), "{:?}", error());
    assert_eq!(transport.messages().len(), 1, "nothing comes back");
    let store = Store::default();
    store.listen(&path);
    until("it arrives", || is_empty(&transport)).await;
    assert_eq!(store.taken.lock().len(), 1);
    assert!(place.inbox().is_empty());
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_one_connection_is_given_all_over_that() {
    let (place, path) = place(&[]);
    let store = Store { is_small: true, ..Store::default() };
    let transport = start(&place, &path).await;
    for _ in 0..20 {
        submit(&transport, &["jean@contoso.com"], None).await;
    }
    store.listen(&path);
    until("all is there", || is_empty(&transport)).await;
    assert_eq!(store.taken.lock().len(), 20);
    let refusals = store.refused.load(Ordering::SeqCst);
    // Others may be under way when the first is refused.
    assert!((1..=4).contains(&refusals), "it was asked again and again, or never: {refusals}");
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_holds_its_connections_and_nothing_else() {
    let (place, path) = place(&[]);
    let peer = Peer::start().await;
    place.connect(peer.address, |_| {});
    let store = Store { hangs: true, ..Store::default() };
    store.listen(&path);
    let transport = start(&place, &path).await;
    let large = format!("{CONTENT}{}", format!("{}\r\n", "x".repeat(70)).repeat(10_000));
    for _ in 0..60 {
        try_submit_content(&transport, &["jean@contoso.com"], None, &large).await.unwrap();
    }
    until("it has a connection", || store.open.load(Ordering::SeqCst) > 0).await;
    for _ in 0..10 {
        submit(&transport, &["a@example.net"], None).await;
    }
    until("other mail leaves", || peer.taken.lock().len() == 10).await;
    assert_eq!(store.most_open.load(Ordering::SeqCst), 1, "nobody has answered yet");
    assert_eq!(transport.messages().len(), 60);
    transport.stop().await;
}
