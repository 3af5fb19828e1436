//! Mail that goes through a front end which breaks tunnels off, or is not there.

use directory::ReceiveConnector;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::*;

/// A front end and a mail host in one: takes mail through tunnels, and breaks the first one off
/// when it has been given a whole message.
struct Breaking {
    taken: Arc<Mutex<Vec<String>>>,
}

impl Breaking {
    async fn start(place: &Place) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = "Outbound Proxy Frontend MBX01".parse().unwrap();
        let mut connector =
            ReceiveConnector::with_defaults(Header::fresh(), "MBX01".to_owned(), name);
        connector.bindings = vec![listener.local_addr().unwrap()];
        connector.remote_ip_ranges = vec!["127.0.0.0/8".parse().unwrap()];
        connector.outbound_proxy = true;
        place.apply(Change::Create(Object::from(connector)));
        let taken = Arc::<Mutex<Vec<String>>>::default();
        let (identity, noted) = (place.identity(), Arc::clone(&taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = identity.acceptor(tls::Role::Mailbox);
                let noted = Arc::clone(&noted);
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.unwrap();
                    let _ = tunnel(stream, &noted).await;
                });
            }
        });
        Self { taken }
    }
}

async fn tunnel(
    mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    taken: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    // Greeting and request for an IPv4 address, RFC 1928.
    stream.read_exact(&mut [0; 3]).await?;
    stream.write_all(&[5, 0]).await?;
    stream.read_exact(&mut [0; 10]).await?;
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mx\r\n").await?;
    let (mut recipient, mut in_data) = (String::new(), false);
    loop {
        stream.flush().await?;
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if let Some(to) = line.strip_prefix("RCPT TO:") {
            recipient = to.trim().to_owned();
        }
        let answer: &[u8] = match line.as_str() {
            ".\r\n" if in_data => {
                let is_first = taken.lock().is_empty();
                taken.lock().push(recipient.clone());
                if is_first {
                    // Without a word: as a machine that is switched off.
                    return Ok(());
                }
                in_data = false;
                b"250 2.0.0 taken\r\n"
            }
            _ if in_data => continue,
            "DATA\r\n" => {
                in_data = true;
                b"354 go on\r\n"
            }
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_tunnel_may_have_delivered_does_not_go_again_at_once() {
    let place = Place::new();
    let front_end = Breaking::start(&place).await;
    place.connect("127.0.0.1:2525".parse().unwrap(), |c| c.frontend_proxy_enabled = true);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    let waits = |t: &Transport| {
        let messages = t.messages();
        let error = messages[0].last_error.clone().unwrap_or_default();
        messages[0].status == "Retry" && error.contains("the outbound gateway broke off")
    };
    until("it waits for a time of its own", || waits(&transport)).await;
    // The way is not barred, and others leave by it meanwhile.
    submit(&transport, &["b@example.net"], None).await;
    until("another one leaves", || front_end.taken.lock().len() > 1).await;
    until("it is finished", || transport.messages().len() == 1).await;
    assert_eq!(*front_end.taken.lock(), ["<a@example.net>", "<b@example.net>"]);
    transport.stop().await;
    drop(transport);
    assert!(place.events().contains(&"DEFER SMTP a@example.net".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_front_end_says_so_once_and_its_sender_reads_no_names() {
    let place = Place::new();
    place.set_server(|s| s.message_expiration_timeout = TimeSpan::seconds(5));
    place.connect("127.0.0.1:2525".parse().unwrap(), |c| c.frontend_proxy_enabled = true);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("the way is barred", || transport.queues().iter().any(|q| q.status == "Retry")).await;
    until("it is given up", || place.inbox().len() == 1).await;
    let report = place.inbox().remove(0);
    assert!(report.contains("The outbound gateway is not available"), "{report}");
    assert!(!report.contains("FrontendProxyEnabled"), "{report}");
    transport.stop().await;
    drop(transport);
    let events = place.events();
    let deferred = events.iter().filter(|event| *event == "DEFER QUEUE a@example.net");
    assert_eq!(deferred.count(), 1, "{events:?}");
}
