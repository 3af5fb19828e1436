//! Makes a message (RFC 5322, 2045, 2047): headers, and a text in UTF-8.
//!
//! The content is 7-bit clean, so that any server takes it: texts that are not plain ASCII are
//! encoded in base64, headers as encoded words. Only addresses outside ASCII need SMTPUTF8.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::{Address, Envelope, ReversePath, Timestamp};

use crate::host::{CallError, Mail};

/// Longest line of a text that is sent as it is.
const MAX_LINE: usize = 900;
/// Bytes of text in one encoded word: 75 characters at most (RFC 2047 section 2).
const WORD_BYTES: usize = 42;

/// A message ready to send.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) envelope: Envelope,
    /// Lines end with CRLF; 7-bit unless SMTPUTF8 is needed.
    pub(crate) content: Bytes,
}

/// One address with its display name.
struct Person {
    name: String,
    address: Address,
}

/// Makes the message of a `Send-MailMessage`; `id` is the unique part of its Message-ID.
///
/// # Errors
/// A wrong address, with the parameter it stands in.
pub(crate) fn compose(mail: &Mail, at: Timestamp, id: &str) -> Result<Composed, CallError> {
    let from = person(&mail.from, "From")?;
    let to = people(&mail.to, "To")?;
    let cc = people(&mail.cc, "Cc")?;
    let bcc = people(&mail.bcc, "Bcc")?;
    let mut header = Header::default();
    header.field("Date", &at.rfc5322());
    header.people("From", std::slice::from_ref(&from));
    header.people("To", &to);
    header.people("Cc", &cc);
    header.text("Subject", &mail.subject);
    header.field("Message-ID", &format!("<{id}@{}>", from.address.domain()));
    if let Some(priority) = &mail.priority {
        header.field("Importance", &priority.to_lowercase());
        header.field("X-Priority", if priority == "High" { "1" } else { "5" });
    }
    header.field("MIME-Version", "1.0");
    let kind = if mail.html { "text/html" } else { "text/plain" };
    let body = lines(&mail.body);
    let plain = body.is_ascii() && body.split("\r\n").all(|line| line.len() <= MAX_LINE);
    let charset = if body.is_ascii() { "us-ascii" } else { "utf-8" };
    header.field("Content-Type", &format!("{kind}; charset={charset}"));
    header.field("Content-Transfer-Encoding", if plain { "7bit" } else { "base64" });
    let mut content = header.0;
    content.push_str("\r\n");
    content.push_str(&if plain { body } else { encoded(&body) });

    let recipients: Vec<Address> =
        to.iter().chain(&cc).chain(&bcc).map(|person| person.address.clone()).collect();
    let internationalized =
        recipients.iter().chain([&from.address]).any(Address::is_internationalized);
    let mut envelope = Envelope::plain(ReversePath::Address(from.address), recipients);
    envelope.smtputf8 = internationalized;
    if !content.is_ascii() {
        envelope.body = model::BodyType::EightBitMime;
    }
    Ok(Composed { envelope, content: Bytes::from(content) })
}

fn people(texts: &[String], parameter: &str) -> Result<Vec<Person>, CallError> {
    texts.iter().map(|text| person(text, parameter)).collect()
}

/// `address` or `Name <address>`.
fn person(text: &str, parameter: &str) -> Result<Person, CallError> {
    let (name, address) = match text.trim().strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"'), address),
        None => ("", text.trim()),
    };
    let address: Address = address.parse().map_err(|error: model::ValueError| CallError {
        message: error.to_string(),
        id: None,
        parameter: Some(parameter.to_owned()),
    })?;
    Ok(Person { name: name.to_owned(), address })
}

#[derive(Default)]
struct Header(String);

impl Header {
    /// A field whose value is well formed already.
    fn field(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("{name}: {value}\r\n"));
    }

    fn text(&mut self, name: &str, text: &str) {
        let value = words(text);
        self.field(name, &value);
    }

    fn people(&mut self, name: &str, people: &[Person]) {
        if people.is_empty() {
            return;
        }
        let all: Vec<String> = people
            .iter()
            .map(|person| {
                if person.name.is_empty() {
                    return person.address.as_str().to_owned();
                }
                let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
                let shown = if person.name.chars().all(simple) || !person.name.is_ascii() {
                    words(&person.name)
                } else {
                    quoted(&person.name)
                };
                format!("{shown} <{}>", person.address.as_str())
            })
            .collect();
        self.field(name, &all.join(",\r\n "));
    }
}

fn quoted(name: &str) -> String {
    let mut text = String::from("\"");
    for c in name.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

/// Text for a header: as it is when plain and short, else encoded words.
fn words(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_ascii() && text.len() <= MAX_LINE && !text.contains("=?") {
        return text;
    }
    let mut all = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > WORD_BYTES {
            all.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    all.push(chunk);
    let encoded: Vec<_> =
        all.iter().map(|chunk| format!("=?utf-8?B?{}?=", STANDARD.encode(chunk))).collect();
    encoded.join("\r\n ")
}

/// The text with CRLF at every end of line, the last included.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut body = text.replace('\n', "\r\n");
    if !body.ends_with("\r\n") {
        body.push_str("\r\n");
    }
    body
}

fn encoded(body: &str) -> String {
    let text = STANDARD.encode(body);
    let mut lines = String::with_capacity(text.len() + text.len() / 38);
    for (i, c) in text.chars().enumerate() {
        if i > 0 && i % 76 == 0 {
            lines.push_str("\r\n");
        }
        lines.push(c);
    }
    lines.push_str("\r\n");
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            from: "Jean Dupont <jean@contoso.com>".into(),
            to: vec!["anna@fabrikam.com".into()],
            bcc: vec!["b@fabrikam.com".into()],
            subject: "Hello".into(),
            body: "one\ntwo".into(),
            ..Mail::default()
        }
    }

    fn text(mail: &Mail) -> String {
        let composed = compose(mail, Timestamp::from_millis(0), "id").unwrap();
        String::from_utf8(composed.content.to_vec()).unwrap()
    }

    #[test]
    fn a_plain_message() {
        let composed = compose(&mail(), Timestamp::from_millis(0), "id").unwrap();
        assert_eq!(composed.envelope.recipients.len(), 2);
        let text = text(&mail());
        assert!(text.contains("From: Jean Dupont <jean@contoso.com>\r\nTo: anna@fabrikam.com\r\nSubject: Hello\r\nMessage-ID: <id@contoso.com>\r\n"), "{text}");
        assert!(text.ends_with("Content-Transfer-Encoding: 7bit\r\n\r\none\r\ntwo\r\n"), "{text}");
        assert!(!text.contains("b@fabrikam.com"));
    }

    #[test]
    fn other_languages_are_encoded() {
        let mail = Mail {
            subject: "Déjà vu \u{1f4e7} ".repeat(10),
            body: "été".into(),
            from: "Hélène <h@contoso.com>".into(),
            ..mail()
        };
        let text = text(&mail);
        assert!(text.is_ascii());
        assert!(text.lines().all(|line| line.len() <= 90), "{text}");
        assert!(text.contains("=?utf-8?B?") && text.contains("base64"));
    }

    #[test]
    fn headers_cannot_be_smuggled_in() {
        let mail = Mail {
            subject: "a\r\nBcc: x@y.test".into(),
            from: "\"A, B\r\nX: y\" <a@contoso.com>".into(),
            ..mail()
        };
        let text = text(&mail);
        assert!(!text.contains("\r\nBcc:") && !text.contains("\r\nX:"), "{text}");
        let wrong = Mail { to: vec!["nobody".into()], ..mail };
        let error = compose(&wrong, Timestamp::from_millis(0), "id").unwrap_err();
        assert_eq!(error.parameter.as_deref(), Some("To"));
    }
}
