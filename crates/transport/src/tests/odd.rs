//! Hosts that end a session where they should not: what is sent again, when, and what waits for it.

use super::*;

/// What a host does when the content of a message is complete, by what it holds.
type AtEnd = fn(&str) -> End;

#[derive(PartialEq, Eq)]
enum End {
    Take,
    /// Takes it, and cuts the connection instead of saying so.
    TakeAndCut,
    /// Cuts the connection.
    Cut,
    /// Takes it, and says so twice.
    TakeAndBabble,
}

/// A host that speaks command by command and keeps what it takes.
struct OddHost {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<String>>>,
    /// How often a whole message has come to it.
    offered: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl OddHost {
    async fn start(at_end: AtEnd) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = Self {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            offered: Arc::default(),
            connections: Arc::default(),
        };
        let (taken, offered) = (Arc::clone(&host.taken), Arc::clone(&host.offered));
        let connections = Arc::clone(&host.connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (taken, offered) = (Arc::clone(&taken), Arc::clone(&offered));
                tokio::spawn(async move {
                    let _ = serve(stream, at_end, &taken, &offered).await;
                });
            }
        });
        host
    }
}

async fn serve(
    mut stream: tokio::net::TcpStream,
    at_end: AtEnd,
    taken: &Mutex<Vec<String>>,
    offered: &AtomicUsize,
) -> std::io::Result<()> {
    stream.write_all(b"220 odd.example\r\n").await?;
    let mut input = String::new();
    loop {
        while let Some(end) = input.find("\r\n") {
            let line: String = input.drain(..end + 2).collect();
            let is_data = line.starts_with("DATA");
            stream.write_all(if is_data { b"354 Go\r\n" } else { b"250 Ok\r\n" }).await?;
            if !is_data {
                continue;
            }
            while !input.ends_with("\r\n.\r\n") {
                read(&mut stream, &mut input).await?;
            }
            let content = std::mem::take(&mut input);
            offered.fetch_add(1, Ordering::SeqCst);
            let end = at_end(&content);
            if end != End::Cut {
                taken.lock().push(content);
            }
            match end {
                End::Take => stream.write_all(b"250 Taken\r\n").await?,
                End::TakeAndBabble => stream.write_all(b"250 Taken\r\n250 Taken\r\n").await?,
                End::TakeAndCut | End::Cut => return Ok(()),
            }
        }
        read(&mut stream, &mut input).await?;
    }
}

async fn read(stream: &mut tokio::net::TcpStream, input: &mut String) -> std::io::Result<()> {
    let mut bytes = [0; 4096];
    let n = stream.read(&mut bytes).await?;
    input.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
    if n == 0 { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// A message of this subject.
async fn submit_subject(transport: &Transport, subject: &str) {
    let content = format!("Subject: {subject}\r\n\r\nx\r\n");
    try_submit_content(transport, &["a@example.net"], None, &content).await.unwrap();
}

fn last_error(transport: &Transport) -> Option<String> {
    transport.messages().first()?.recipients[0].last_error.clone()
}

/// The connection has carried a message before, so that the next one could go at once: what may have
/// been taken does not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_doubt_is_not_sent_again_in_the_same_breath() {
    let at_end =
        |content: &str| if content.contains("doubt") { End::TakeAndCut } else { End::Take };
    let (place, host) = (Place::new(), OddHost::start(at_end).await);
    let transport = place.start().await;
    for subject in ["one", "doubt", "two"] {
        submit_subject(&transport, subject).await;
    }
    place.connect(host.address, |_| {});
    until("the others have left", || {
        host.taken.lock().len() == 3 && transport.messages().len() == 1
    })
    .await;
    assert_eq!(host.offered.load(Ordering::SeqCst), 3, "each once");
    let error = last_error(&transport).unwrap();
    assert!(error.starts_with("451 4.4.2 Delivery in doubt: "), "{error}");
    let queue = transport.queues().into_iter().find(|queue| queue.status != "Ready");
    assert!(queue.is_none_or(|queue| queue.retry_count == 0), "the host works");
    transport.stop().await;
    let told = place.events_with(["event-id", "source", "recipient-status"]);
    let deferred: Vec<_> = told.iter().filter(|row| row.starts_with("DEFER SMTP")).collect();
    assert!(matches!(&deferred[..], [row] if row.contains("Delivery in doubt")), "{deferred:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_time_what_is_in_doubt_is_sent_once_more() {
    static CUTS: AtomicUsize = AtomicUsize::new(0);
    let at_end = |_: &str| match CUTS.fetch_add(1, Ordering::SeqCst) {
        0 => End::TakeAndCut,
        _ => End::Take,
    };
    let (place, host) = (Place::new(), OddHost::start(at_end).await);
    let transport = place.start().await;
    place.set_server(|server| server.message_retry_interval = TimeSpan::seconds(1));
    submit_subject(&transport, "once more").await;
    place.connect(host.address, |_| {});
    until("it is settled", || host.taken.lock().len() == 2 && is_empty(&transport)).await;
    assert_eq!(host.offered.load(Ordering::SeqCst), 2);
    transport.stop().await;
}

/// A scanner on the way that cuts each connection with a certain content in it: the message waits for
/// itself, and what stands behind it in the queue goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_connection_survives_does_not_hold_up_its_queue() {
    let at_end = |content: &str| if content.contains("cut") { End::Cut } else { End::Take };
    let (place, host) = (Place::new(), OddHost::start(at_end).await);
    let transport = place.start().await;
    for subject in ["cut me", "one", "two"] {
        submit_subject(&transport, subject).await;
    }
    place.connect(host.address, |_| {});
    until("the others have left", || {
        host.taken.lock().len() == 2 && transport.messages().len() == 1
    })
    .await;
    assert_eq!(host.offered.load(Ordering::SeqCst), 3, "it has not been tried again");
    transport.stop().await;
}

/// The host cuts each connection behind the first message, without a word, while it is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_died_while_it_was_kept_costs_no_interval() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    place.connect(listener.local_addr().unwrap(), |_| {});
    // An interval that no test lives to see.
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::hours(1)).await;
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    for number in 1..=3 {
        submit_subject(&transport, "kept").await;
        let (stream, _) = listener.accept().await.unwrap();
        let (host, offered) = (Arc::clone(&taken), AtomicUsize::new(0));
        let session =
            tokio::spawn(async move { serve(stream, |_| End::Take, &host, &offered).await });
        until("it is delivered", || taken.lock().len() == number && is_empty(&transport)).await;
        session.abort();
        let _ = session.await;
    }
    let queues = transport.queues();
    assert!(queues.iter().all(|queue| queue.retry_count == 0 && queue.last_error.is_none()));
    transport.stop().await;
    assert!(!place.events().iter().any(|row| row.starts_with("DEFER")));
}

/// Each session ends behind its first message by the host's fault, and each message is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_delivers_and_then_breaks_the_session_works() {
    let (place, host) = (Place::new(), OddHost::start(|_| End::TakeAndBabble).await);
    // An interval that no test lives to see.
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::hours(1)).await;
    for subject in ["one", "two", "three"] {
        submit_subject(&transport, subject).await;
    }
    place.connect(host.address, |_| {});
    until("all are delivered", || host.taken.lock().len() == 3 && is_empty(&transport)).await;
    assert_eq!(host.offered.load(Ordering::SeqCst), 3, "each once");
    assert!(host.connections.load(Ordering::SeqCst) >= 3, "a connection is not used on");
    let queues = transport.queues();
    assert!(queues.iter().all(|queue| queue.retry_count == 0), "the host works");
    transport.stop().await;
}
