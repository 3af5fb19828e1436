use std::sync::Arc;

use bytes::Bytes;
use model::{Envelope, MessageId, ReversePath, session_log::NoSessionLog};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    time::Instant,
};

use super::*;
use crate::{Outcome, Parcel};

const HELLO: [(&str, &str); 2] =
    [("", "220 store LMTP\r\n"), ("LHLO mbx01.contoso.com", "250-store\r\n250 PIPELINING\r\n")];
/// Of two recipients.
const TAKES_BOTH: (&str, &str) = ("DATA", "250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n");

fn server(path: PathBuf) -> LmtpServer {
    LmtpServer::new(LmtpAddress::Unix(path), Arc::new(NoSessionLog))
}

/// A server at a socket of its own that waits for each text and gives its answer; closes at the end, or hangs.
fn scripted(script: Vec<(&'static str, &'static str)>, hangs: bool) -> (TempDir, LmtpServer) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("lmtp");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for (expected, answer) in script {
            let mut heard = String::new();
            while !heard.contains(expected) {
                let mut buffer = [0; 4096];
                let n = stream.read(&mut buffer).await.unwrap();
                assert!(n > 0, "waited for {expected:?}, heard {heard:?}");
                heard.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        if hangs {
            std::future::pending::<()>().await;
        }
    });
    (place, server(path))
}

fn parcel() -> Parcel {
    let to = ["jean@contoso.com", "anna@contoso.com"].map(|address| address.parse().unwrap());
    Parcel {
        id: MessageId::new(7).unwrap(),
        internet_message_id: None,
        envelope: Arc::new(Envelope::plain(ReversePath::Null, to.into())),
        recipients: vec![0, 1],
        trace: String::new(),
        content: Bytes::from_static(b"Subject: x\r\n\r\n.x\r\n"),
        eight_bit: false,
        signer: None,
        attributes: None,
    }
}

/// What becomes of each of two recipients, and of the connection, with a server that says this after the greeting.
async fn fate(
    script: &[(&'static str, &'static str)],
    hangs: bool,
) -> (Vec<Outcome>, Option<String>) {
    let (_place, server) = scripted([&HELLO, script].concat(), hangs);
    let mut connection = server.connect("mbx01.contoso.com".to_owned()).await.unwrap();
    let mut delivery = match connection.begin(parcel()).await {
        Ok(()) => connection.conclude().await,
        Err(over) => over,
    };
    delivery.recipients.sort_by_key(|(index, _)| *index);
    assert_eq!(delivery.recipients.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1]);
    (
        delivery.recipients.into_iter().map(|(_, outcome)| outcome).collect(),
        delivery.session_failure,
    )
}

fn delivered(text: &str) -> Outcome {
    Outcome::Delivered(text.to_owned())
}

fn is_in_doubt(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Deferred(why) if why.starts_with("451 4.4.2 Delivery in doubt"))
}

#[test]
fn an_address_is_on_this_machine() {
    let of = |text: &str| text.parse::<LmtpAddress>().map(|address| address.to_string());
    for good in ["/run/dovecot/lmtp", "127.0.0.1:24", "127.0.0.9:2424", "[::1]:24"] {
        assert_eq!(of(good).unwrap(), good);
    }
    let too_long = format!("/{}", "x".repeat(LONGEST_PATH));
    for bad in [
        "run/dovecot/lmtp",
        "192.0.2.1:24",
        "0.0.0.0:24",
        "[2001:db8::1]:24",
        "localhost:24",
        "127.0.0.1",
        "127.0.0.1:0",
        "/run/\nlmtp",
        "",
        &too_long,
    ] {
        let refused = of(bad).unwrap_err().to_string();
        assert!(refused.contains("/run/dovecot/lmtp"), "{refused}");
    }
}

#[tokio::test]
async fn each_recipient_has_the_reply_that_is_his() {
    let taken = ("\r\n..x\r\n.\r\n", "250 2.0.0 saved\r\n452 4.2.2 over quota\r\n");
    let (outcomes, failure) = fate(&[TAKES_BOTH, taken], true).await;
    assert_eq!(failure, None);
    let over = Outcome::Deferred("452 4.2.2 over quota".to_owned());
    assert_eq!(outcomes, [delivered("250 2.0.0 saved"), over]);

    let unknown = ("DATA", "250 ok\r\n550 5.1.1 no such user\r\n250 ok\r\n354 go on\r\n");
    let (outcomes, _) = fate(&[unknown, ("\r\n.\r\n", "250 2.0.0 saved\r\n")], true).await;
    assert!(matches!(&outcomes[0], Outcome::Failed(_, why) if why == "550 5.1.1 no such user"));
    assert_eq!(outcomes[1], delivered("250 2.0.0 saved"));
}

/// Nobody gets a message twice because of another recipient's reply that did not come.
#[tokio::test]
async fn what_was_said_before_the_end_stands() {
    for (last, ending) in [
        ("250 2.0.0 saved\r\n", "closed the connection"),
        ("250 2.0.0 saved\r\n250 2.0.0 al", "closed the connection"),
        ("250 2.0.0 saved\r\nwhat?\r\n", "451 4.5.0"),
        ("250 2.0.0 saved\r\n354 more\r\n", "out of place"),
    ] {
        let script = [TAKES_BOTH, ("\r\n.\r\n", last)];
        let (outcomes, failure) = fate(&script, false).await;
        assert_eq!(outcomes[0], delivered("250 2.0.0 saved"), "{last:?}");
        assert!(is_in_doubt(&outcomes[1]), "{last:?}: {:?}", outcomes[1]);
        assert!(failure.as_deref().unwrap().contains(ending), "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_is_not_waited_for_for_ever() {
    let began = Instant::now();
    let (_place, silent) = scripted(Vec::new(), true);
    let refused = silent.connect("mbx01.contoso.com".to_owned()).await.err().unwrap();
    assert!(refused.text().ends_with("did not answer in time"), "{refused:?}");
    assert_eq!(began.elapsed(), Duration::from_secs(300));

    let (outcomes, failure) = fate(&[], true).await;
    assert_eq!(outcomes, [Outcome::Untried, Outcome::Untried]);
    assert!(failure.unwrap().ends_with("did not answer in time"));

    let began = Instant::now();
    let script = [TAKES_BOTH, ("\r\n.\r\n", "250 2.0.0 saved\r\n")];
    let (outcomes, _) = fate(&script, true).await;
    assert_eq!(outcomes[0], delivered("250 2.0.0 saved"));
    assert!(is_in_doubt(&outcomes[1]));
    assert_eq!(began.elapsed(), Duration::from_secs(600), "RFC 5321 section 4.5.3.2.6");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("lmtp");
    for is_left_over in [false, true] {
        if is_left_over {
            // Whoever listened has gone and left its socket.
            drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        }
        let refused = server(path.clone()).connect("mbx01".to_owned()).await.err().unwrap();
        let begin = format!("421 4.4.1 Connection to {} failed: ", path.display());
        let is_it = matches!(&refused, ConnectFailure::Transient(why) if why.starts_with(&begin));
        assert!(is_it, "{refused:?}");
    }
}

#[tokio::test]
async fn who_speaks_no_lmtp_is_told_by_his_words() {
    let script = vec![("", "220 mail ESMTP\r\n"), ("LHLO", "500 5.5.1 use EHLO\r\n")];
    let (_place, smtp) = scripted(script, true);
    let refused = smtp.connect("mbx01.contoso.com".to_owned()).await.err().unwrap();
    assert_eq!(refused, ConnectFailure::Transient("500 5.5.1 use EHLO".to_owned()));
}
