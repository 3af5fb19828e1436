//! What reaches the logs of a session, and what never does.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use model::session_log::{ConnectivityRow, ProtocolRow, Service, SessionLog};
use parking_lot::Mutex;

use super::*;

#[derive(Default)]
struct Rows {
    protocol: Mutex<Vec<String>>,
    connectivity: Mutex<Vec<String>>,
}

impl SessionLog for Rows {
    fn protocol(&self, row: &ProtocolRow<'_>) {
        assert_eq!(row.sequence, self.protocol.lock().len() as u64);
        let line = format!("{},{},{}", row.event.sign(), row.data, row.context);
        self.protocol.lock().push(line);
    }

    fn connectivity(&self, row: &ConnectivityRow<'_>) {
        let line = format!("{}{}", row.direction.sign(), row.description);
        self.connectivity.lock().push(line);
    }

    fn wants_connectivity(&self, _service: Service) -> bool {
        true
    }
}

fn begin(rows: &Arc<Rows>, verbose: bool) -> Tap {
    let log: Arc<dyn SessionLog> = rows.clone();
    let destination = || "example.net".to_owned();
    let record = Record::begin(&log, ("All", verbose), destination, "DnsConnectorDelivery");
    Tap::new(record, None, "192.0.2.1:25".parse().unwrap())
}

#[test]
fn lines_are_rows_however_they_arrive() {
    let rows = Arc::new(Rows::default());
    let mut tap = begin(&rows, true);
    for piece in ["220 mx", " ready\r", "\n250-one\r\n250", " two\r\n", "421 cut o"] {
        tap.received(piece.as_bytes());
    }
    tap.sent(b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n", Phase::Mail);
    tap.sent(b"Subject: secret\r\n\r\n.\r\nMAIL FROM:<>\r\nDATA\r\n", Phase::DataBlock);
    tap.sent(b".\r\nQUIT\r\n", Phase::DataBlock);
    tap.record().carried(22);
    tap.ends(By::Remote, "451 4.4.2 gone");
    tap.ends(By::Local, "not the cause");
    drop(tap);
    assert_eq!(
        *rows.protocol.lock(),
        [
            "+,,",
            "<,220 mx ready,",
            "<,250-one,",
            "<,250 two,",
            ">,MAIL FROM:<>,",
            ">,RCPT TO:<a@b>,",
            ">,DATA,",
            ">,<22 bytes of message content>,",
            ">,MAIL FROM:<>,",
            ">,DATA,",
            ">,<3 bytes of message content>,",
            ">,QUIT,",
            "<,421 cut o,",
            "-,451 4.4.2 gone,Remote",
        ]
    );
    assert_eq!(
        *rows.connectivity.lock(),
        ["+DnsConnectorDelivery by Send connector All", "-Messages: 1 Bytes: 22 (451 4.4.2 gone)"]
    );
}

#[test]
fn a_hostile_line_is_bounded() {
    let rows = Arc::new(Rows::default());
    let mut tap = begin(&rows, true);
    for _ in 0..100 {
        tap.received(&[b'x'; 1000]);
        assert!(tap.unfinished.len() <= MAX_SHOWN + 2);
    }
    tap.received(b"\r\n220 \x1b[2J\rnext\r\n");
    drop(tap);
    let rows = rows.protocol.lock();
    assert!(rows[1].len() < MAX_SHOWN + 10 && rows[1].ends_with("…,"), "{}", rows[1].len());
    assert_eq!(rows[2], "<,220 ?[2J?next,");
}

#[test]
fn nothing_of_a_logon_is_written_even_if_the_other_side_repeats_it() {
    const PASSWORD: &str = "a Secret 5";
    let encoded = STANDARD.encode(PASSWORD);
    let plain = STANDARD.encode(format!("\0relais\0{PASSWORD}"));
    let oauth = STANDARD.encode(format!("user=relais\u{1}auth=Bearer {PASSWORD}\u{1}\u{1}"));
    for logon in [
        vec![format!("AUTH PLAIN {plain}")],
        vec!["AUTH LOGIN".to_owned(), STANDARD.encode("relais"), encoded.clone()],
        vec![format!("AUTH LOGIN {}", STANDARD.encode("relais")), encoded.clone()],
        vec![format!("AUTH XOAUTH2 {oauth}")],
    ] {
        let rows = Arc::new(Rows::default());
        let mut tap = begin(&rows, true);
        for line in &logon {
            tap.sent(format!("{line}\r\n").as_bytes(), Phase::Auth);
            tap.received(b"334 UGFzc3dvcmQ6\r\n");
        }
        let last = logon.last().unwrap().split(' ').next_back().unwrap();
        let echo = format!("500 unrecognized: \"{last}\" and {PASSWORD}");
        tap.received(format!("{echo}\r\n535 relais, no\r\n").as_bytes());
        tap.ends(By::Local, &echo);
        drop(tap);
        let shown = [rows.protocol.lock().join("\n"), rows.connectivity.lock().join("\n")].concat();
        for secret in [PASSWORD, &encoded, last, "UGFzc3dvcmQ6"] {
            assert!(!shown.contains(secret), "{secret} is seen:\n{shown}");
        }
        assert!(shown.contains(">,AUTH ") && shown.contains("<,535 relais, no,"), "{shown}");
    }
}

#[test]
fn without_verbose_there_is_only_connectivity() {
    let rows = Arc::new(Rows::default());
    let mut tap = begin(&rows, false);
    tap.received(b"220 mx ready\r\n");
    tap.sent(b"AUTH PLAIN AGEAYSBTZWNyZXQ=\r\n", Phase::Auth);
    tap.ends(By::Local, "535 AGEAYSBTZWNyZXQ= is wrong");
    drop(tap);
    assert!(rows.protocol.lock().is_empty());
    let connectivity = rows.connectivity.lock().join("\n");
    assert!(connectivity.ends_with("(<Binary Data>)"), "{connectivity}");
}
