//! Patience and its end, against a peer at the other end of a pipe, in a time of our own.

use std::time::Duration;

use model::ReversePath;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    time::Instant,
};

use super::*;

mod ahead;
mod hostile;
mod sign_in;

fn settings() -> ClientSettings {
    ClientSettings { hello: "mbx01.contoso.com".into(), force_helo: false, lmtp: false }
}

/// A peer that waits for each text and gives its answer, then keeps the connection open.
fn peer(script: &'static [(&'static str, &'static str)]) -> DuplexStream {
    let (ours, mut theirs) = duplex(1 << 20);
    tokio::spawn(async move {
        for (expected, answer) in script {
            if !hears(&mut theirs, expected).await {
                return;
            }
            let _ = theirs.write_all(answer.as_bytes()).await;
        }
        std::future::pending::<()>().await;
    });
    ours
}

/// Reads until `expected` has come; `false` when the other side closes first.
async fn hears(stream: &mut DuplexStream, expected: &str) -> bool {
    let mut heard = String::new();
    while !heard.contains(expected) {
        let mut buffer = [0; 4096];
        let n = stream.read(&mut buffer).await.unwrap_or(0);
        if n == 0 {
            return false;
        }
        heard.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
    true
}

fn terms() -> Terms {
    let inactivity = Duration::from_secs(600);
    Terms { messages: 20, inactivity, judgement: Judgement::default(), tagged: false }
}

async fn open(script: &'static [(&'static str, &'static str)]) -> Result<Connection, Lost> {
    open_on(script, terms()).await
}

async fn open_on(
    script: &'static [(&'static str, &'static str)],
    terms: Terms,
) -> Result<Connection, Lost> {
    Connection::open(
        Box::new(peer(script)),
        settings(),
        "mx [192.0.2.1]".into(),
        terms,
        Tap::none(),
    )
    .await
}

fn parcel(recipients: usize) -> Parcel {
    let to = (0..recipients).map(|n| format!("r{n}@example.net").parse().unwrap()).collect();
    Parcel {
        id: MessageId::new(7).unwrap(),
        internet_message_id: Some("<7@example.net>".to_owned()),
        envelope: Arc::new(Envelope::plain(ReversePath::Null, to)),
        recipients: (0..recipients as u32).collect(),
        trace: String::new(),
        content: Bytes::from_static(b"Subject: x\r\n\r\nx\r\n"),
        eight_bit: false,
        signer: None,
        attributes: None,
    }
}

impl Connection {
    /// Carries one message.
    async fn deliver(&mut self, parcel: Parcel) -> Delivery {
        match self.begin(parcel).await {
            Ok(()) => self.conclude().await,
            Err(over) => over,
        }
    }
}

fn is_in_doubt(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Deferred(why) if why.starts_with("451 4.4.2 Delivery in doubt"))
}

const HELLO: [(&str, &str); 2] =
    [("", "220 mx ready\r\n"), ("EHLO", "250-mx\r\n250 PIPELINING\r\n")];

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_waited_for_five_minutes() {
    let began = Instant::now();
    let Err(Lost(why)) = open(&[]).await else { panic!("nobody greeted") };
    assert_eq!(why, "451 4.4.1 mx [192.0.2.1] did not answer in time");
    assert_eq!(began.elapsed(), Duration::from_secs(300));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_waited_for_longer_than_the_connector_allows() {
    let began = Instant::now();
    let impatient = Terms { inactivity: Duration::from_secs(3), ..terms() };
    let mut connection = open_on(&HELLO, impatient).await.unwrap();
    let delivery = connection.deliver(parcel(1)).await;
    assert!(delivery.session_failure.unwrap().contains("did not answer in time"));
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn the_last_reply_is_waited_for_ten_minutes() {
    // Even where the connector allows less: the host may have taken the message.
    let impatient = Terms { inactivity: Duration::from_secs(3), ..terms() };
    let script = &[HELLO[0], HELLO[1], ("DATA", "250 ok\r\n250 ok\r\n354 go on\r\n")];
    let mut connection = open_on(script, impatient).await.unwrap();
    let began = Instant::now();
    let delivery = connection.deliver(parcel(1)).await;
    assert!(is_in_doubt(&delivery.recipients[0].1), "{delivery:?}");
    assert!(delivery.session_failure.unwrap().contains("did not answer in time"));
    assert_eq!(began.elapsed(), Duration::from_secs(600));
}

#[tokio::test]
async fn too_many_recipients_means_the_others_at_once() {
    let mut connection = open(&[
        HELLO[0],
        HELLO[1],
        ("DATA", "250 ok\r\n250 ok\r\n452 4.5.3 too many\r\n354 go on\r\n"),
        ("\r\n.\r\n", "250 2.0.0 taken\r\n"),
    ])
    .await
    .unwrap();
    let delivery = connection.deliver(parcel(2)).await;
    assert_eq!(delivery.session_failure, None);
    assert_eq!(delivery.recipients[0], (0, Outcome::Delivered("250 2.0.0 taken".into())));
    assert_eq!(delivery.recipients[1], (1, Outcome::Untried));
}

#[tokio::test]
async fn a_closing_reply_decides_nothing_for_the_message() {
    let mut connection =
        open(&[HELLO[0], HELLO[1], ("MAIL", "421 4.3.2 going down\r\n")]).await.unwrap();
    let delivery = connection.deliver(parcel(1)).await;
    assert_eq!(delivery.recipients, [(0, Outcome::Untried)]);
    assert_eq!(delivery.session_failure.as_deref(), Some("421 4.3.2 going down"));
}

#[tokio::test]
async fn a_greeting_that_refuses_is_passed_on() {
    let Err(Lost(why)) = open(&[("", "554 5.7.1 not you\r\n")]).await else { panic!("refused") };
    assert_eq!(why, "554 5.7.1 not you");
}

/// Signs with a word, or not at all.
#[derive(Debug)]
struct Signer(Result<&'static str, &'static str>);

impl Sign for Signer {
    fn sign(
        &self,
        content: Bytes,
        converted: bool,
    ) -> crate::BoxFuture<'_, Result<Arc<str>, String>> {
        // The content as it is about to leave, without our trace.
        assert!(content.is_ascii() && converted && !content.starts_with(b"Received"));
        let signed = self.0.map(Arc::from).map_err(str::to_owned);
        Box::pin(async { signed })
    }
}

fn parcel_to_sign(signer: Signer) -> Parcel {
    Parcel {
        trace: "Received: by us\r\n".to_owned(),
        content: Bytes::from_static("Subject: x\r\n\r\né\r\n".as_bytes()),
        eight_bit: true,
        signer: Some(Arc::new(signer)),
        ..parcel(1)
    }
}

#[tokio::test]
async fn what_leaves_is_signed_after_its_conversion() {
    let script = &[
        HELLO[0],
        HELLO[1],
        ("DATA", "250 ok\r\n250 ok\r\n354 go on\r\n"),
        ("Signed: yes\r\nReceived: by us\r\nSubject: x\r\nMIME-Version", "250 2.0.0 taken\r\n"),
    ];
    let mut connection = open(script).await.unwrap();
    let delivery = connection.deliver(parcel_to_sign(Signer(Ok("Signed: yes\r\n")))).await;
    assert_eq!(delivery.recipients, [(0, Outcome::Delivered("250 2.0.0 taken".into()))]);
}

#[tokio::test]
async fn what_cannot_be_signed_waits_and_the_connection_goes_on() {
    let script = &[
        HELLO[0],
        HELLO[1],
        ("DATA", "250 ok\r\n250 ok\r\n354 go on\r\n"),
        ("\r\n.\r\n", "250 2.0.0 taken\r\n"),
    ];
    let mut connection = open(script).await.unwrap();
    let delivery = connection.deliver(parcel_to_sign(Signer(Err("451 4.7.5 no key")))).await;
    assert_eq!(delivery.recipients, [(0, Outcome::Deferred("451 4.7.5 no key".into()))]);
    assert_eq!(delivery.session_failure, None);
    let delivery = connection.deliver(parcel(1)).await;
    assert_eq!(delivery.recipients, [(0, Outcome::Delivered("250 2.0.0 taken".into()))]);
}
