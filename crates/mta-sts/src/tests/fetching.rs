//! One fetch: what is asked, which answers are a policy, and what each other one is called.

use super::*;
use crate::{Direct, Failure, FetchError, Found, Mode, PolicyError, ResultType};
use tls::Identity;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Asks once, of a server that answers so; there must be no policy.
async fn failure(answer: Answer) -> FetchError {
    let rig = Rig::new().await;
    rig.web.says(answer);
    let outcome = rig.ask().await;
    assert_eq!(outcome.policy, None);
    assert_eq!(rig.web.requests(), 1);
    // What is read is bounded; the rest are buffers on the way.
    assert!(rig.web.endless() < 16 << 20, "{}", rig.web.endless());
    fetch_error(outcome)
}

fn fetch_error(outcome: Outcome) -> FetchError {
    match outcome.failure {
        Some(Failure::Fetch(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn head(rest: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{rest}").into_bytes()
}

#[tokio::test]
async fn a_good_policy_is_fetched_once() {
    let rig = Rig::new().await;
    let Outcome { policy: Some(found), failure: None } = rig.ask().await else { panic!() };
    assert_eq!(found.policy.mode(), Mode::Enforce);
    assert!(found.policy.allows(&domain("a.mx.example.net")));
    assert!(!found.policy.allows(&domain("mx.example.net")));
    assert_eq!((found.id.as_str(), found.origin), ("1", Origin::Fetched));
    assert_eq!(found.until, rig.now() + TimeSpan::days(7));
    let confirmed = Found { origin: Origin::Confirmed, ..found };
    assert_eq!(rig.ask().await, Outcome { policy: Some(confirmed), failure: None });
    assert_eq!(*rig.connect.asked.lock().unwrap(), ["mta-sts.example.net:443"]);
    let heads = rig.web.heads();
    assert_eq!(heads.len(), 1);
    let wanted = "mta-sts.example.net GET /.well-known/mta-sts.txt HTTP/1.1\r\n";
    assert!(heads[0].starts_with(wanted), "{heads:?}");
    let fields = heads[0].to_lowercase();
    assert!(fields.contains("\r\nhost: mta-sts.example.net\r\n"), "{heads:?}");
    assert!(!fields.contains("cookie") && !fields.contains("authorization"));
}

#[tokio::test]
async fn the_media_type_is_text_whatever_its_writing() {
    for kind in ["text/plain; charset=utf-8", "TEXT/Plain", "text/plain ;x=y"] {
        let rig = Rig::new().await;
        rig.web.says(Answer::ok(&format!("Content-Type: {kind}\r\n"), WEEK));
        assert_eq!(rig.origin().await, Some(Origin::Fetched), "{kind}");
    }
    let wrong = Answer::ok("Content-Type: text/html\r\n", WEEK);
    assert_eq!(failure(wrong).await, FetchError::MediaType("text/html".into()));
    let none = failure(Answer::ok("", WEEK)).await;
    assert_eq!(none, FetchError::MediaType("no media type".into()));
}

#[tokio::test]
async fn content_may_come_in_chunks_or_until_the_end() {
    let mut chunked = head("Transfer-Encoding: chunked\r\n\r\n");
    for piece in WEEK.as_bytes().chunks(7) {
        chunked.extend(format!("{:x}\r\n", piece.len()).bytes());
        chunked.extend([piece, b"\r\n"].concat());
    }
    chunked.extend(b"0\r\n\r\n");
    let mut to_the_end = head("\r\n");
    to_the_end.extend(WEEK.as_bytes());
    for bytes in [chunked, to_the_end] {
        let rig = Rig::new().await;
        rig.web.says(Answer::Bytes(bytes));
        assert_eq!(rig.origin().await, Some(Origin::Fetched));
    }
}

#[tokio::test]
async fn nothing_but_200_counts_and_redirects_lead_nowhere() {
    for status in [204, 206, 301, 302, 303, 307, 308, 404, 500] {
        let text = format!(
            "HTTP/1.1 {status} Anything\r\nLocation: https://{HOST}/elsewhere\r\n\
             Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(failure(Answer::Bytes(text.into())).await, FetchError::Status(status));
    }
}

#[tokio::test]
async fn too_large_is_refused_before_it_is_read() {
    let announced = Answer::Stuck(head("Content-Length: 65537\r\n\r\n"));
    assert_eq!(failure(announced).await, FetchError::TooLarge);
    let endless = Answer::Endless(head("\r\n"), b"x: y\n".repeat(1000));
    assert_eq!(failure(endless).await, FetchError::TooLarge);
    let chunks = [b"1000\r\n".to_vec(), vec![b'x'; 0x1000], b"\r\n".to_vec()].concat();
    let chunked = Answer::Endless(head("Transfer-Encoding: chunked\r\n\r\n"), chunks);
    assert_eq!(failure(chunked).await, FetchError::TooLarge);
}

#[tokio::test]
async fn what_is_no_answer_is_told_as_such() {
    let mut cut = head("Content-Length: 1000\r\n\r\n");
    cut.extend(WEEK.as_bytes());
    let endless_field = Answer::Endless(head("X: "), vec![b'x'; 4096]);
    let endless_fields = Answer::Endless(head(""), b"X: y\r\n".repeat(100));
    for answer in [
        Answer::Bytes(Vec::new()),
        Answer::Bytes(b"220 mx.example.net ESMTP\r\n".to_vec()),
        Answer::Bytes(cut),
        endless_field,
        endless_fields,
    ] {
        let error = failure(answer.clone()).await;
        assert!(matches!(error, FetchError::Http(_)), "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn the_whole_has_one_time_limit() {
    let patience = Duration::from_millis(300);
    let authority = Authority::new();
    let web = Web::start(authority.issue(HOST)).await;
    let rig = Rig::with(authority, web, patience).await;
    let mut begun = head("Content-Length: 1000\r\n\r\n");
    begun.extend(WEEK.as_bytes());
    for answer in [
        Answer::Stuck(Vec::new()),
        Answer::Stuck(begun),
        Answer::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec()),
    ] {
        rig.web.says(answer);
        let outcome = rig.ask().await;
        let kind = outcome.failure.as_ref().and_then(Failure::result_type);
        assert_eq!(kind, Some(ResultType::FetchError));
        assert_eq!(fetch_error(outcome), FetchError::TooSlow(patience));
        rig.wait(TimeSpan::minutes(5));
    }
}

/// Asks once, of a server with this identity, trusting `authority`.
async fn shown(authority: Authority, identity: Identity) -> Outcome {
    let web = Web::start(identity).await;
    Rig::with(authority, web, PATIENT).await.ask().await
}

#[tokio::test]
async fn the_certificate_must_be_good_for_the_host() {
    for (what, issue) in [
        ("expired", (|ours, _| ours.issue_expired(HOST)) as fn(&Authority, &Authority) -> _),
        ("of another host", |ours, _| ours.issue("example.net")),
        ("of every host two labels down", |ours, _| ours.issue("*.net")),
        ("of an authority that does not count", |_, other| other.issue(HOST)),
    ] {
        let (ours, other) = (Authority::new(), Authority::new());
        let identity = issue(&ours, &other);
        let outcome = shown(ours, identity).await;
        assert_eq!(outcome.policy, None, "{what}");
        let kind = outcome.failure.as_ref().and_then(Failure::result_type);
        assert_eq!(kind, Some(ResultType::WebPkiInvalid), "{what}");
        assert!(matches!(fetch_error(outcome), FetchError::Certificate(_)), "{what}");
    }
    let ours = Authority::new();
    let wildcard = ours.issue("*.example.net");
    assert!(shown(ours, wildcard).await.policy.is_some());
}

#[tokio::test]
async fn who_does_not_speak_tls_gives_no_policy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let speaks = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await.unwrap();
        let _ = stream.read_u8().await;
    });
    let authority = Authority::new();
    let mut web = Web::start(authority.issue(HOST)).await;
    web.address = address;
    let rig = Rig::with(authority, web, PATIENT).await;
    let first = fetch_error(rig.ask().await);
    assert!(matches!(first, FetchError::Tls(_)), "{first}");
    speaks.await.unwrap();
    // Nobody listens any longer.
    rig.wait(TimeSpan::minutes(5));
    let outcome = rig.ask().await;
    let kind = outcome.failure.as_ref().and_then(Failure::result_type);
    assert_eq!(kind, Some(ResultType::FetchError));
    let second = fetch_error(outcome);
    assert!(matches!(second, FetchError::Connect(_)), "{second}");
}

#[tokio::test]
async fn what_is_fetched_must_be_a_policy() {
    let rig = Rig::new().await;
    rig.web.says(Answer::policy("version: STSv1\nmode: enforce\nmax_age: 86400\n"));
    let outcome = rig.ask().await;
    assert_eq!(outcome.policy, None);
    let failure = outcome.failure.unwrap();
    assert_eq!(failure, Failure::Policy(PolicyError::NoMx(Mode::Enforce)));
    assert_eq!(failure.result_type(), Some(ResultType::Invalid));
    assert_eq!(ResultType::Invalid.as_str(), "sts-policy-invalid");
}

#[tokio::test]
async fn a_direct_connection_goes_where_the_dns_says() {
    let names = Names::start().await;
    let resolver = Resolver::new(ResolverSettings::new(vec![names.address]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    names.say(HOST, Says::Address([127, 0, 0, 1].into()));
    let host = domain(HOST);
    assert!(Direct.connect(&host, port, &resolver).await.is_ok());
    drop(listener);
    let refusal = |error: io::Result<BoxedStream>| error.err().unwrap().to_string();
    let refused = refusal(Direct.connect(&host, port, &resolver).await);
    assert!(refused.starts_with("127.0.0.1: "), "{refused}");
    names.say(HOST, Says::Texts(Vec::new()));
    let refused = refusal(Direct.connect(&host, port, &resolver).await);
    assert_eq!(refused, "the host has no address");
    names.say(HOST, Says::NoSuchName);
    let refused = refusal(Direct.connect(&host, port, &resolver).await);
    assert!(refused.contains("NXDOMAIN"), "{refused}");
}
