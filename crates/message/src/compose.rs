//! Makes a message of its own: a text in UTF-8 from one to one (RFC 5322, 2045, 2047).
//!
//! The content is 7-bit clean, so that any server takes it; only an address outside ASCII stands
//! as it is, and needs SMTPUTF8 anyway.

use bytes::Bytes;
use mail_builder::{
    MessageBuilder,
    headers::{address::Address as Mailbox, raw::Raw},
};
use model::{Address, Guid, Timestamp};

use crate::lines::with_crlf;

/// What somebody writes.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The author's name, for people.
    pub from_name: &'a str,
    /// The author.
    pub from: &'a Address,
    /// Whom it is for.
    pub to: &'a Address,
    /// One line.
    pub subject: &'a str,
    /// Lines with whatever ends.
    pub body: &'a str,
    /// The message's identity over hops; the left side of its Message-ID.
    pub network_id: Guid,
    /// The right side of its Message-ID.
    pub message_id_domain: &'a str,
    /// Its Date.
    pub at: Timestamp,
}

impl Letter<'_> {
    /// Its Message-ID, with angle brackets.
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.network_id.simple(), self.message_id_domain)
    }

    /// Its content. Line ends and other control characters in the texts of the header are blanks:
    /// nothing can become a field of its own.
    pub fn compose(&self) -> Bytes {
        let body = with_crlf(self.body.as_bytes().to_vec());
        let message = MessageBuilder::new()
            .header("Date", Raw::new(self.at.rfc5322()))
            .header("Message-ID", Raw::new(self.message_id()))
            .from(Mailbox::new_address(Some(one_line(self.from_name)), self.from.as_str()))
            .to(Mailbox::new_address(None::<&str>, self.to.as_str()))
            .subject(one_line(self.subject))
            .text_body(String::from_utf8_lossy(&body).into_owned());
        // Writing to memory cannot fail.
        Bytes::from(message.write_to_vec().unwrap_or_default())
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;

    fn composed(name: &str, subject: &str, body: &str) -> (Bytes, String) {
        let (from, to) = ("jean@contoso.com".parse().unwrap(), "a@example.net".parse().unwrap());
        let letter = Letter {
            from_name: name,
            from: &from,
            to: &to,
            subject,
            body,
            network_id: Guid::from_u128(7),
            message_id_domain: "mbx01.contoso.com",
            at: Timestamp::from_millis(1_700_000_000_000),
        };
        (letter.compose(), letter.message_id())
    }

    #[test]
    fn it_is_a_whole_message() {
        let (content, id) = composed("Jean", "Bonjour", "Bonjour.\nJean\n");
        let text = std::str::from_utf8(&content).unwrap();
        assert_eq!(id, "<00000000000000000000000000000007@mbx01.contoso.com>");
        for field in [
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n",
            &format!("Message-ID: {id}\r\n"),
            "<jean@contoso.com>\r\n",
            "<a@example.net>\r\n",
            "Subject: Bonjour\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(text.contains(field), "{field:?} in {text}");
        }
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(body.starts_with("Bonjour.\r\nJean"), "{text}");
        assert_eq!(crate::message_id(&content).as_deref(), Some(id.as_str()));
    }

    #[test]
    fn nothing_becomes_a_field_of_its_own() {
        let (content, _) = composed("J\r\nBcc: x@y.z", "s\r\nBcc: x@y.z\r\n\r\nbody", "b");
        let text = std::str::from_utf8(&content).unwrap();
        assert!(!text.contains("\nBcc"), "{text}");
        assert_eq!(crate::subject(&content).as_deref(), Some("s  Bcc: x@y.z    body"));
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            name in "\\PC{1,64}",
            subject in "\\PC{1,255}",
            body in "(\\PC|\n|\r\n|\t|\\.){0,3000}",
        ) {
            let (content, _) = composed(&name, &subject, &body);
            prop_assert!(content.is_ascii());
            prop_assert!(!crate::is_eight_bit(&content));
            let lines: Vec<&[u8]> = content.split(|b| *b == b'\n').collect();
            let (last, whole) = lines.split_last().unwrap();
            prop_assert!(whole.iter().all(|line| line.ends_with(b"\r") && line.len() <= 999));
            prop_assert!(!last.contains(&b'\r'));
            let parsed = MessageParser::default().parse(&content[..]).unwrap();
            prop_assert_eq!(parsed.subject().unwrap_or_default().trim(), subject.trim());
            let read = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
            let written = body.replace("\r\n", "\n");
            prop_assert_eq!(read.trim_end_matches('\n'), written.trim_end_matches('\n'));
        }
    }
}
