//! Asking on loopback: who is believed, and what is made of odd answers.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use directory::{Header, Server};
use model::SystemClock;
use tls::{MutualTls, Role, ServerTls};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use vault::{Authority, DataKey};

use crate::{Endpoint, Peers, Question, Unanswered, Whereabouts};

/// The organization's authority.
struct Ca(Authority);

impl Ca {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let key = DataKey::ephemeral();
        Self(Authority::load_or_create(place.path(), &key, "Contoso", &SystemClock).unwrap())
    }

    fn mutual(&self, name: &str, roles: &[Role]) -> Arc<MutualTls> {
        let member = self.0.issue_member(&[name.to_owned()], roles, &SystemClock).unwrap();
        Arc::new(MutualTls::new(&member, self.0.certificate()).unwrap())
    }
}

struct At(Result<Vec<Endpoint>, String>);

impl Whereabouts for At {
    fn find(&self, _: &Server) -> Result<Vec<Endpoint>, String> {
        self.0.clone()
    }
}

const NAME: &str = "mbx02.contoso.com";

fn server() -> Server {
    Server::with_defaults(Header::fresh(), "MBX02".parse().unwrap(), NAME.parse().unwrap())
}

fn at(addresses: &[SocketAddr]) -> At {
    At(Ok(addresses.iter().map(|address| address.to_string().parse().unwrap()).collect()))
}

fn question() -> Question {
    Question {
        path: format!("{}Get-Queue", crate::CMDLETS),
        body: Bytes::from_static(b"{}"),
        patience: Duration::from_secs(20),
        largest: 1000,
        takes_turn: true,
    }
}

/// Answers every request with these bytes; with none it says nothing. How many requests it has heard is counted.
async fn answering(acceptor: TlsAcceptor, answer: String) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap_or(0);
            if request[..read].starts_with(b"POST /peer/v1/cmdlets/Get-Queue HTTP/1.1\r\n") {
                count.fetch_add(1, Ordering::Relaxed);
            }
            if answer.is_empty() {
                // As long as the client has patience.
                while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
            }
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, heard)
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn an_answer_is_read_and_odd_ones_are_told() {
    let ca = Ca::new();
    let ours = ca.mutual("mbx01.contoso.com", &[Role::Mailbox]);
    let theirs = ca.mutual(NAME, &Role::ALL);
    let ask = |answer: String| {
        let (ours, theirs) = (Arc::clone(&ours), Arc::clone(&theirs));
        async move {
            let (address, heard) = answering(theirs.peer_acceptor(), answer).await;
            let result =
                Peers::new(Arc::new(at(&[address])), ours).ask(&server(), question()).await;
            assert_eq!(heard.load(Ordering::Relaxed), 1);
            result
        }
    };
    assert_eq!(ask(http("200 OK", "[]")).await, Ok(Bytes::from_static(b"[]")));
    let detail = r#"{"detail":"Your certificate\r\nis of nobody."}"#;
    for (answer, why) in [
        (http("403 Forbidden", detail), "refused: Your certificate\u{fffd}\u{fffd}is of nobody"),
        (http("502 Bad Gateway", "<html>"), "refused: 502 Bad Gateway"),
        (http("200 OK", &"x".repeat(1001)), "larger than 1 KiB"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[]".to_owned(), "no whole answer"),
        ("220 mail\r\n".to_owned(), "no whole answer"),
    ] {
        let unanswered = ask(answer).await.unwrap_err();
        assert!(unanswered.why.contains(why) && unanswered.heard, "{unanswered:?}");
    }
}

#[tokio::test]
async fn whoever_does_not_prove_to_be_the_server_is_asked_nothing() {
    let ca = Ca::new();
    let ours = ca.mutual("mbx01.contoso.com", &[Role::Mailbox]);
    let names = [NAME.to_owned()];
    let browsers = ServerTls::new(ca.0.issue_server(&names, &SystemClock).unwrap()).unwrap();
    let acceptors = [
        ("another name", ca.mutual("mbx03.contoso.com", &Role::ALL).peer_acceptor()),
        ("no Mailbox server", ca.mutual(NAME, &[Role::ClientAccess]).peer_acceptor()),
        ("another authority", Ca::new().mutual(NAME, &Role::ALL).peer_acceptor()),
        ("for browsers only", browsers.https_acceptor()),
        ("without ALPN", browsers.acceptor()),
    ];
    for (what, acceptor) in acceptors {
        let (address, heard) = answering(acceptor, http("200 OK", "[]")).await;
        let peers = Peers::new(Arc::new(at(&[address])), Arc::clone(&ours));
        let unanswered = peers.ask(&server(), question()).await.unwrap_err();
        assert!(!unanswered.heard, "{what}: {unanswered:?}");
        assert!(unanswered.why.starts_with("cannot be reached at 127.0.0.1:"), "{unanswered:?}");
        assert_eq!(heard.load(Ordering::Relaxed), 0, "{what}");
    }
}

#[tokio::test]
async fn the_next_address_is_tried_and_patience_ends() {
    let ca = Ca::new();
    let (ours, theirs) = (ca.mutual("mbx01.contoso.com", &Role::ALL), ca.mutual(NAME, &Role::ALL));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (address, _) = answering(theirs.peer_acceptor(), http("200 OK", "[]")).await;
    let peers = Peers::new(Arc::new(at(&[nobody, address])), Arc::clone(&ours));
    assert!(peers.ask(&server(), question()).await.is_ok());
    let peers = Peers::new(Arc::new(at(&[nobody])), Arc::clone(&ours));
    let unanswered = peers.ask(&server(), question()).await.unwrap_err();
    assert!(unanswered.why.contains(&nobody.to_string()) && !unanswered.heard, "{unanswered:?}");
    // Whoever is known to be away is not tried.
    let away = At(Err("is not running".to_owned()));
    let unanswered = Peers::new(Arc::new(away), Arc::clone(&ours)).ask(&server(), question()).await;
    let expected = Unanswered { why: "is not running".to_owned(), heard: false };
    assert_eq!(unanswered, Err(expected));
    // One that hears and says nothing.
    let (silent, heard) = answering(theirs.peer_acceptor(), String::new()).await;
    let peers = Peers::new(Arc::new(at(&[silent])), ours);
    let short = Question { patience: Duration::from_secs(5), ..question() };
    let unanswered = peers.ask(&server(), short).await.unwrap_err();
    assert_eq!(unanswered.why, "did not answer within 5 seconds");
    assert!(unanswered.heard && heard.load(Ordering::Relaxed) == 1);
}
