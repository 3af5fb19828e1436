//! Messages of programs on this host (docs/sendmail.md): what they leave out is added, as other systems' `sendmail` does.
//! A message that is complete stays as it is, its Received fields too: it may have come here by another host.

use bytes::{Bytes, BytesMut};
use mail_builder::headers::{Header, address::Address as Written};
use model::{Address, AddressDomain, ValueError};

use crate::{
    firewall::{Inbound, firewall_inbound},
    header::{Field, HeaderBlock},
    mailbox_list::{LocalAddress, addresses_of_list, mailboxes},
    submission::{Submission, prepare_submission},
};

/// Fields with addresses that may be names without a domain.
const ADDRESSES: [&str; 10] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Resent-To",
    "Resent-Cc",
];

/// What is known of a message of this host.
#[derive(Debug, Clone, Copy)]
pub struct LocalSubmission<'a> {
    /// The envelope sender, for a From that is missing.
    pub sender: Option<&'a Address>,
    /// The sender's name, for the same.
    pub name: Option<&'a str>,
    /// What names without a domain get.
    pub domain: &'a AddressDomain,
    /// This server's name.
    pub own_name: &'a str,
    /// Date and Message-ID, where they are missing.
    pub submission: Submission<'a>,
}

/// The message as it is accepted: names in its header have a domain; From, Date and Message-ID are there; Bcc and what
/// only servers of the organization may say are not. Content has CRLF line ends.
pub fn prepare_local(content: Bytes, local: &LocalSubmission<'_>) -> Bytes {
    let may =
        Inbound { organization: false, forest: false, routing: true, own_name: local.own_name };
    let content = complete_names(firewall_inbound(content, &may), local.domain);
    let content = match HeaderBlock::parse(&content).fields().any(|field| field.is("From")) {
        true => content,
        false => {
            let mut out = BytesMut::from(&from_field(local)[..]);
            out.extend_from_slice(&content);
            out.freeze()
        }
    };
    prepare_submission(content, &local.submission)
}

/// A From of the envelope sender; a report from nobody is from MAILER-DAEMON, as everywhere.
fn from_field(local: &LocalSubmission<'_>) -> Vec<u8> {
    let nobody = format!("MAILER-DAEMON@{}", local.domain);
    let address = local.sender.map_or(nobody.as_str(), Address::as_str);
    let mut field = b"From: ".to_vec();
    let begins = field.len();
    Written::new_address(local.name, address).write_header(&mut field, begins);
    field
}

/// The same message with a domain behind every name without one; the very same bytes when there is none.
fn complete_names(content: Bytes, domain: &AddressDomain) -> Bytes {
    let ending = format!("@{domain}");
    let mut out = BytesMut::new();
    let mut copied = 0;
    let mut fields = HeaderBlock::parse(&content).fields();
    loop {
        let begins = fields.offset();
        let Some(field) = fields.next() else { break };
        if !ADDRESSES.iter().any(|name| field.is(name)) {
            continue;
        }
        let value_begins = begins + value_offset(&field);
        for end in bare_names(field.value) {
            let end = value_begins + end;
            out.extend_from_slice(&content[copied..end]);
            out.extend_from_slice(ending.as_bytes());
            copied = end;
        }
    }
    if copied == 0 {
        return content;
    }
    out.extend_from_slice(&content[copied..]);
    out.freeze()
}

/// Where in the field its value begins.
fn value_offset(field: &Field<'_>) -> usize {
    field.raw.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 1)
}

/// Where names without a domain end.
fn bare_names(value: &[u8]) -> Vec<usize> {
    let is_bare = |at: &std::ops::Range<usize>| {
        let text = std::str::from_utf8(&value[at.clone()]).unwrap_or_default();
        matches!(text.parse(), Ok(LocalAddress::Bare(_)))
    };
    let places = mailboxes(value).into_iter().filter_map(|mailbox| mailbox.address);
    places.filter(is_bare).map(|at| at.end).collect()
}

/// Whom a message names as its recipients: in To, Cc and Bcc or, where it is sent on, in Resent-To, Resent-Cc and
/// Resent-Bcc alone. Each once.
///
/// # Errors
/// The first part of these fields that is not an address.
pub fn named_recipients(content: &[u8]) -> Result<Vec<LocalAddress>, ValueError> {
    let resent = ["Resent-To", "Resent-Cc", "Resent-Bcc"];
    let header = HeaderBlock::parse(content);
    let is_resent = header.fields().any(|field| resent.iter().any(|name| field.is(name)));
    let names = if is_resent { resent } else { ["To", "Cc", "Bcc"] };
    let mut seen = std::collections::HashSet::new();
    let mut recipients = Vec::new();
    for field in header.fields().filter(|field| names.iter().any(|name| field.is(name))) {
        let found = addresses_of_list(&String::from_utf8_lossy(field.value))?;
        recipients.extend(found.into_iter().filter(|address| seen.insert(address.clone())));
    }
    Ok(recipients)
}

/// What a program wrote, as a message with a header that ends: an empty line stands before the first line that is no
/// field, and a first line as mbox files have it (`From alice Mon Nov 30 …`) is left out.
#[must_use]
pub fn with_header(mut content: Vec<u8>) -> Vec<u8> {
    if content.starts_with(b"From ") || content.starts_with(b">From ") {
        let line =
            content.iter().position(|byte| *byte == b'\n').map_or(content.len(), |at| at + 1);
        content.drain(..line);
    }
    let mut fields = HeaderBlock::parse(&content).fields();
    let mut end = 0;
    while let Some(field) = fields.next() {
        if field.name.is_empty() {
            content.insert(end, b'\n');
            return content;
        }
        end = fields.offset();
    }
    if end == content.len() {
        let line_end: &[u8] =
            if content.is_empty() || content.ends_with(b"\n") { b"\n" } else { b"\n\n" };
        content.extend_from_slice(line_end);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Guid, Timestamp};
    use proptest::prelude::*;

    const REST: &str = "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
                        Message-ID: <00000000000000000000000000000007@contoso.com>\r\n";

    fn prepared(content: &str, sender: Option<&str>, name: Option<&str>) -> String {
        let (sender, domain) = (sender.map(|s| s.parse().unwrap()), "contoso.com".parse().unwrap());
        let local = LocalSubmission {
            sender: sender.as_ref(),
            name,
            domain: &domain,
            own_name: "mbx01.contoso.com",
            submission: Submission {
                message_id_domain: "contoso.com",
                network_id: Guid::from_u128(7),
                now: Timestamp::from_millis(1_700_000_000_000),
                remove_bcc: true,
            },
        };
        let out = prepare_local(Bytes::copy_from_slice(content.as_bytes()), &local);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn what_cron_writes_becomes_a_message() {
        let cron =
            "From: root (Cron Daemon)\r\nTo: root\r\nSubject: Cron <root@h> x\r\n\r\nTo: me\r\n";
        assert_eq!(
            prepared(cron, Some("root@contoso.com"), None),
            format!(
                "From: root@contoso.com (Cron Daemon)\r\nTo: root@contoso.com\r\nSubject: Cron <root@h> x\r\n{REST}\r\nTo: me\r\n"
            )
        );
    }

    #[test]
    fn what_is_missing_is_added() {
        let text = "To: a@b.c\r\nBcc: hidden@b.c\r\nX-MS-Exchange-Organization-SCL: -1\r\nReceived: from x by y\r\n\r\nx\r\n";
        assert_eq!(
            prepared(text, Some("u@contoso.com"), Some("U. \"V\" W")),
            format!(
                "From: \"U. \\\"V\\\" W\" <u@contoso.com>\r\nTo: a@b.c\r\nReceived: from x by y\r\n{REST}\r\nx\r\n"
            )
        );
        let from =
            |sender, name| prepared("\r\nx\r\n", sender, name).lines().next().unwrap().to_owned();
        assert_eq!(from(None, None), "From: <MAILER-DAEMON@contoso.com>");
        let encoded = from(Some("u@b.c"), Some("Zo\u{eb}"));
        assert!(encoded.starts_with("From: =?utf-8?") && encoded.is_ascii(), "{encoded}");
    }

    #[test]
    fn names_get_a_domain_wherever_they_stand() {
        for (written, expected) in [
            (
                "To: Anna <anna>, bob ,\r\n carl (x)",
                "To: Anna <anna@contoso.com>, bob@contoso.com ,\r\n carl@contoso.com (x)",
            ),
            ("Cc: a@b.c, \"Bob, B\" <bob>", "Cc: a@b.c, \"Bob, B\" <bob@contoso.com>"),
            ("To: undisclosed-recipients:;", "To: undisclosed-recipients:;"),
            ("To: two words, =?utf-8?q?x?=", "To: two words, =?utf-8?q?x?="),
            ("X-To: bob", "X-To: bob"),
        ] {
            let out = prepared(&format!("From: a@b.c\r\n{written}\r\n\r\n"), None, None);
            assert_eq!(out, format!("From: a@b.c\r\n{expected}\r\n{REST}\r\n"));
        }
    }

    #[test]
    fn recipients_are_those_of_the_header() {
        let of = |text: &str| -> Vec<String> {
            named_recipients(text.as_bytes()).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            of("To: a@b.c,\n Root <root>\ncc: a@b.c\nBCC: d@e.f\n\nTo: no\n"),
            ["a@b.c", "root", "d@e.f"]
        );
        assert_eq!(of("To: a@b.c\nResent-To: x@y.z\n\n"), ["x@y.z"]);
        assert!(of("Subject: x\n\n").is_empty());
        assert!(named_recipients(b"To: a b\n\n").unwrap_err().to_string().contains("\"a b\""));
    }

    #[test]
    fn what_has_no_header_gets_one() {
        for (written, expected) in [
            ("hello\nTo: x\n", "\nhello\nTo: x\n"),
            ("Subject: a\nhello\n\nx\n", "Subject: a\n\nhello\n\nx\n"),
            ("From alice Mon\nSubject: a\n\nx", "Subject: a\n\nx"),
            ("Subject: a", "Subject: a\n\n"),
            ("Subject: a\r\n b\r\n", "Subject: a\r\n b\r\n\n"),
            ("", "\n"),
            ("\nx\n", "\nx\n"),
        ] {
            let found = with_header(written.as_bytes().to_vec());
            assert_eq!(String::from_utf8(found).unwrap(), expected, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn the_body_stays_and_doing_it_twice_changes_nothing(
            header in "((From|To|Cc|Subject|X-A): ?[ -~]{0,20}(\r\n [ -~]{1,9})?\r\n){0,5}", body in "[ -~\r\n]{0,50}"
        ) {
            let once = prepared(&format!("{header}\r\n{body}"), Some("u@b.c"), None);
            prop_assert!(once.ends_with(&body));
            prop_assert_eq!(prepared(&once, Some("v@b.c"), None), once);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let with = with_header(bytes.clone());
            let text = String::from_utf8_lossy(&with).into_owned();
            prepared(&text, None, Some(&text));
            let _ = named_recipients(&bytes);
        }
    }
}
