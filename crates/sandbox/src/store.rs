//! What the hosts have accepted: the newest messages, bounded in number and bytes.

use std::{collections::VecDeque, net::IpAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use model::Timestamp;
use parking_lot::Mutex;
use serde::{Serialize, Serializer};

const MOST_MESSAGES: usize = 10_000;
const MOST_BYTES: usize = 256_000_000;
/// Counted for each message and recipient beside the text itself.
const OVERHEAD: usize = 200;

/// A message that a host of the sandbox has accepted, as `/sandbox/api/messages` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxMessage {
    /// When it was accepted; shown as ISO 8601 in UTC.
    #[serde(serialize_with = "as_iso")]
    pub time: Timestamp,
    /// From which address it was sent.
    pub client_address: IpAddr,
    /// The client's argument of EHLO or HELO.
    pub ehlo: String,
    /// MAIL FROM, without angle brackets; empty for the null path.
    pub mail_from: String,
    /// The recipients that were accepted, without angle brackets.
    pub rcpt_to: Vec<String>,
    /// How it was encrypted on the way; `None` in clear.
    pub tls: Option<SandboxTls>,
    /// The domain whose host took it.
    pub domain: String,
    /// The host that took it.
    pub host: String,
    /// The content as received, dot-unstuffed; shown as base64.
    #[serde(serialize_with = "as_base64")]
    pub raw: Bytes,
}

/// The encryption of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SandboxTls {
    /// For example `TLS1.3`.
    pub protocol: String,
    /// For example `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
}

impl SandboxMessage {
    fn weight(&self) -> usize {
        let recipients: usize = self.rcpt_to.iter().map(|to| to.len() + OVERHEAD).sum();
        self.raw.len() + recipients + self.mail_from.len() + self.ehlo.len() + OVERHEAD
    }
}

fn as_iso<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.iso())
}

fn as_base64<S: Serializer>(raw: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(raw))
}

/// The newest messages.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<SandboxMessage>,
    bytes: usize,
}

impl Store {
    /// Keeps `message`; the oldest ones go when there are too many.
    pub(crate) fn add(&self, message: SandboxMessage) {
        let mut kept = self.0.lock();
        kept.bytes += message.weight();
        kept.messages.push_back(message);
        while kept.messages.len() > MOST_MESSAGES || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.messages.pop_front() else { break };
            kept.bytes -= oldest.weight();
        }
    }

    /// Oldest first.
    pub(crate) fn messages(&self) -> Vec<SandboxMessage> {
        self.0.lock().messages.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn message(raw: Bytes) -> SandboxMessage {
        SandboxMessage {
            time: Timestamp::from_millis(1_700_000_000_123),
            client_address: Ipv4Addr::LOCALHOST.into(),
            ehlo: "mbx01.contoso.com".to_owned(),
            mail_from: String::new(),
            rcpt_to: vec!["a@example.net".to_owned()],
            tls: Some(SandboxTls { protocol: "TLS1.3".to_owned(), cipher: "X".to_owned() }),
            domain: "example.net".to_owned(),
            host: "mx1.example.net".to_owned(),
            raw,
        }
    }

    #[test]
    fn shows_the_agreed_fields() {
        let shown = serde_json::to_value(message(Bytes::from_static(b"A: b\r\n\r\n"))).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({
                "time": "2023-11-14T22:13:20.123Z",
                "clientAddress": "127.0.0.1",
                "ehlo": "mbx01.contoso.com",
                "mailFrom": "",
                "rcptTo": ["a@example.net"],
                "tls": {"protocol": "TLS1.3", "cipher": "X"},
                "domain": "example.net",
                "host": "mx1.example.net",
                "raw": "QTogYg0KDQo=",
            })
        );
    }

    #[test]
    fn keeps_the_newest_within_bounds() {
        let store = Store::default();
        for i in 0..MOST_MESSAGES + 5 {
            store.add(message(Bytes::from(i.to_string())));
        }
        let kept = store.messages();
        assert_eq!((kept.len(), &kept[0].raw[..]), (MOST_MESSAGES, &b"5"[..]));
        let large = Bytes::from(vec![0; 100_000_000]);
        for _ in 0..4 {
            store.add(message(large.clone()));
        }
        assert_eq!(store.messages().len(), 2);
    }
}
