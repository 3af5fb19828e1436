//! The Received field we put on top of every message we accept (RFC 5321 section 4.4).
//! Whatever the client said of itself is made harmless first.

use std::net::IpAddr;

use model::{Address, MessageId, Timestamp};

/// Longest name taken over from a client, in characters.
const MAX_NAME: usize = 255;

/// How a message came in: the registered transmission types (RFC 3848, RFC 6531 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// After HELO.
    Smtp,
    /// After EHLO.
    Esmtp,
    /// EHLO under TLS.
    EsmtpS,
    /// EHLO and AUTH.
    EsmtpA,
    /// EHLO and AUTH under TLS.
    EsmtpSA,
    /// A transaction with SMTPUTF8.
    Utf8Smtp,
    /// SMTPUTF8 under TLS.
    Utf8SmtpS,
    /// SMTPUTF8 and AUTH.
    Utf8SmtpA,
    /// SMTPUTF8 and AUTH under TLS.
    Utf8SmtpSA,
    /// Written with the management interface. Not registered, and known from others.
    Http,
}

impl Protocol {
    /// The type of a transaction: after EHLO (`esmtp`), under TLS, authenticated, with the
    /// SMTPUTF8 parameter.
    pub fn of(esmtp: bool, tls: bool, authenticated: bool, smtputf8: bool) -> Self {
        match (esmtp, smtputf8, tls, authenticated) {
            (false, ..) => Self::Smtp,
            (true, false, false, false) => Self::Esmtp,
            (true, false, true, false) => Self::EsmtpS,
            (true, false, false, true) => Self::EsmtpA,
            (true, false, true, true) => Self::EsmtpSA,
            (true, true, false, false) => Self::Utf8Smtp,
            (true, true, true, false) => Self::Utf8SmtpS,
            (true, true, false, true) => Self::Utf8SmtpA,
            (true, true, true, true) => Self::Utf8SmtpSA,
        }
    }

    /// The registered keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Smtp => "SMTP",
            Self::Esmtp => "ESMTP",
            Self::EsmtpS => "ESMTPS",
            Self::EsmtpA => "ESMTPA",
            Self::EsmtpSA => "ESMTPSA",
            Self::Utf8Smtp => "UTF8SMTP",
            Self::Utf8SmtpS => "UTF8SMTPS",
            Self::Utf8SmtpA => "UTF8SMTPA",
            Self::Utf8SmtpSA => "UTF8SMTPSA",
            Self::Http => "HTTP",
        }
    }
}

/// What the Received field tells.
#[derive(Debug, Clone)]
pub struct Trace<'a> {
    /// The argument of EHLO or HELO as the client gave it; empty when it gave none.
    pub from_hello: &'a str,
    /// The client's address.
    pub from_address: Option<IpAddr>,
    /// Our name.
    pub by: &'a str,
    /// The transmission type.
    pub with: Protocol,
    /// Version and cipher suite of TLS.
    pub tls: Option<(String, String)>,
    /// The message's identity on this server.
    pub id: MessageId,
    /// The recipient. Only where there is a single one: with several it would tell one of
    /// another (RFC 5321 section 7.6).
    pub for_: Option<&'a Address>,
    /// When.
    pub at: Timestamp,
}

/// The field, folded, with its last CRLF. No line is longer than 998 bytes.
pub fn received_field(trace: &Trace<'_>) -> Vec<u8> {
    let mut field = format!("Received: from {}", name(trace.from_hello));
    match trace.from_address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(v4)) => field.push_str(&format!(" ([{v4}])")),
        Some(IpAddr::V6(v6)) => field.push_str(&format!(" ([IPv6:{v6}])")),
        None => {}
    }
    field.push_str(&format!("\r\n\tby {} with {}", name(trace.by), trace.with.keyword()));
    if let Some((version, cipher)) = &trace.tls {
        let (version, cipher) = (tls_version(version), word(cipher));
        field.push_str(&format!("\r\n\t(version={version} cipher={cipher})"));
    }
    field.push_str(&format!("\r\n\tid {}", trace.id));
    if let Some(recipient) = trace.for_ {
        field.push_str(&format!("\r\n\tfor <{recipient}>"));
    }
    field.push_str(&format!(";\r\n\t{}\r\n", trace.at.rfc5322()));
    field.into_bytes()
}

/// A host name or address literal as a client may have made it up: only what such names are
/// made of stays.
fn name(given: &str) -> String {
    if given.is_empty() {
        return "unknown".to_owned();
    }
    let keep = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    given.chars().take(MAX_NAME).map(|c| if keep(c) { c } else { '?' }).collect()
}

fn word(given: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    given.chars().take(64).map(|c| if keep(c) { c } else { '?' }).collect()
}

/// `TLS1_3` for `TLSv1_3`, `TLSv1.3` and `TLS1_3`.
fn tls_version(given: &str) -> String {
    word(given).replacen("TLSv", "TLS", 1).replace('.', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{HeaderValue, MessageParser};

    fn trace<'a>(hello: &'a str, recipient: Option<&'a Address>) -> Trace<'a> {
        Trace {
            from_hello: hello,
            from_address: Some("192.0.2.1".parse().unwrap()),
            by: "mbx01.contoso.com",
            with: Protocol::of(true, true, true, false),
            tls: Some(("TLSv1_3".into(), "TLS13_AES_256_GCM_SHA384".into())),
            id: MessageId::new(42).unwrap(),
            for_: recipient,
            at: Timestamp::from_millis(1_700_000_000_000),
        }
    }

    #[test]
    fn tells_all_of_it() {
        let recipient: Address = "jean@contoso.com".parse().unwrap();
        let field = received_field(&trace("client.example", Some(&recipient)));
        assert_eq!(
            String::from_utf8(field.clone()).unwrap(),
            "Received: from client.example ([192.0.2.1])\r\n\
             \tby mbx01.contoso.com with ESMTPSA\r\n\
             \t(version=TLS1_3 cipher=TLS13_AES_256_GCM_SHA384)\r\n\
             \tid 42\r\n\tfor <jean@contoso.com>;\r\n\tTue, 14 Nov 2023 22:13:20 +0000\r\n"
        );
        let message = MessageParser::default().parse(&field).unwrap();
        let received = match message.headers().first().map(|h| h.value()) {
            Some(HeaderValue::Received(received)) => received,
            other => panic!("{other:?}"),
        };
        assert_eq!(received.for_(), Some("jean@contoso.com"));
        assert_eq!(received.id(), Some("42"));
        assert_eq!(received.tls_version(), Some(mail_parser::TlsVersion::TLSv1_3));
        assert_eq!(crate::own_hops(&field, "MBX01.contoso.com"), 1);
    }

    #[test]
    fn a_hostile_client_changes_nothing() {
        let evil = "x\r\nBcc: (y) by mbx01.contoso.com;\u{202e}é";
        let mut trace = trace(evil, None);
        trace.tls = Some(("a)\r\nb".into(), "c(\r\n".into()));
        let field = String::from_utf8(received_field(&trace)).unwrap();
        assert!(field.is_ascii());
        assert!(field.starts_with(
            "Received: from x??Bcc:??y??by?mbx01.contoso.com??? ([192.0.2.1])\r\n\tby "
        ));
        assert!(field.contains("(version=a???b cipher=c???)\r\n\tid 42;\r\n"));
        trace.from_hello = "";
        trace.from_address = Some("2001:db8::1".parse().unwrap());
        let field = String::from_utf8(received_field(&trace)).unwrap();
        assert!(field.starts_with("Received: from unknown ([IPv6:2001:db8::1])\r\n"));
        let long = "a".repeat(5000);
        trace.from_hello = &long;
        assert!(received_field(&trace).split(|b| *b == b'\n').all(|line| line.len() < 998));
    }

    #[test]
    fn keywords_are_the_registered_ones() {
        assert_eq!(Protocol::of(false, true, false, true).keyword(), "SMTP");
        assert_eq!(Protocol::of(true, true, false, false).keyword(), "ESMTPS");
        assert_eq!(Protocol::of(true, true, true, true).keyword(), "UTF8SMTPSA");
    }
}
