//! What the submission service completes (RFC 6409 section 8): a missing Date and Message-ID
//! are added at the end of the header, blind-copy fields are removed. All other bytes stay.

use bytes::{Bytes, BytesMut};
use model::{Guid, Timestamp};

use crate::header::{Field, HeaderBlock};

/// What is known of a submission.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// The right side of a Message-ID of ours: the server's name or the default domain.
    pub message_id_domain: &'a str,
    /// The message's identity over hops; the left side of a Message-ID of ours, so that
    /// preparing the same submission twice gives the same message.
    pub network_id: Guid,
    /// The Date, where there is none.
    pub now: Timestamp,
    /// Whether Bcc and Resent-Bcc are removed.
    pub remove_bcc: bool,
}

/// The submitted message made complete; the very same bytes when nothing was missing.
pub fn prepare_submission(content: Bytes, submission: &Submission<'_>) -> Bytes {
    let survey = Survey::of(&content, submission.remove_bcc);
    if !survey.needs_change() {
        return content;
    }
    let mut out = BytesMut::with_capacity(content.len() + 256);
    let mut fields = HeaderBlock::parse(&content).fields();
    let mut added = false;
    loop {
        if !added && fields.offset() == survey.insert_at {
            survey.add_missing(&mut out, submission);
            added = true;
        }
        match fields.next() {
            Some(field) if survey.remove_bcc && is_blind_copy(&field) => {}
            Some(field) => out.extend_from_slice(field.raw),
            None => break,
        }
    }
    out.extend_from_slice(&content[fields.offset()..]);
    out.freeze()
}

/// One look at the header.
struct Survey {
    has_date: bool,
    has_message_id: bool,
    remove_bcc: bool,
    /// The end of the fields; before the first line that is none, where a reader may think
    /// that the body starts.
    insert_at: usize,
}

impl Survey {
    fn of(content: &[u8], remove_bcc: bool) -> Self {
        let mut survey =
            Self { has_date: false, has_message_id: false, remove_bcc: false, insert_at: 0 };
        let mut fields = HeaderBlock::parse(content).fields();
        let mut all_named = true;
        while let Some(field) = fields.next() {
            survey.has_date |= field.is("Date");
            survey.has_message_id |= field.is("Message-ID");
            survey.remove_bcc |= remove_bcc && is_blind_copy(&field);
            all_named &= !field.name.is_empty();
            if all_named {
                survey.insert_at = fields.offset();
            }
        }
        survey
    }

    fn needs_change(&self) -> bool {
        self.remove_bcc || !self.has_date || !self.has_message_id
    }

    fn add_missing(&self, out: &mut BytesMut, submission: &Submission<'_>) {
        if self.has_date && self.has_message_id {
            return;
        }
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
        if !self.has_date {
            out.extend_from_slice(format!("Date: {}\r\n", submission.now.rfc5322()).as_bytes());
        }
        if !self.has_message_id {
            let (id, domain) = (submission.network_id.simple(), submission.message_id_domain);
            out.extend_from_slice(format!("Message-ID: <{id}@{domain}>\r\n").as_bytes());
        }
    }
}

fn is_blind_copy(field: &Field<'_>) -> bool {
    field.is("Bcc") || field.is("Resent-Bcc")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "Message-ID: <00000000000000000000000000000007@contoso.com>\r\n";
    const DATE: &str = "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n";

    fn prepare(content: &str, remove_bcc: bool) -> String {
        let submission = Submission {
            message_id_domain: "contoso.com",
            network_id: Guid::from_u128(7),
            now: Timestamp::from_millis(1_700_000_000_000),
            remove_bcc,
        };
        let out = prepare_submission(Bytes::copy_from_slice(content.as_bytes()), &submission);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn adds_what_is_missing_at_the_end_of_the_header() {
        assert_eq!(
            prepare("From: a@b\r\nBcc: x@y,\r\n z@y\r\nTo: c@d\r\n\r\nBcc: body\r\n", true),
            format!("From: a@b\r\nTo: c@d\r\n{DATE}{ID}\r\nBcc: body\r\n")
        );
        assert_eq!(
            prepare(&format!("bcc: x@y\r\n{DATE}\r\n"), false),
            format!("bcc: x@y\r\n{DATE}{ID}\r\n")
        );
    }

    #[test]
    fn copes_with_headers_that_are_none() {
        assert_eq!(prepare("\r\nbody\r\n", true), format!("{DATE}{ID}\r\nbody\r\n"));
        assert_eq!(prepare("A: b", true), format!("A: b\r\n{DATE}{ID}"));
        assert_eq!(prepare("", true), format!("{DATE}{ID}"));
        assert_eq!(
            prepare("just text\r\nA: b\r\n", true),
            format!("{DATE}{ID}just text\r\nA: b\r\n")
        );
    }

    #[test]
    fn leaves_a_complete_message_alone() {
        let complete = Bytes::from(format!("From: a@b\r\n{DATE}{}\r\nx\r\n", ID.to_lowercase()));
        let submission = Submission {
            message_id_domain: "contoso.com",
            network_id: Guid::from_u128(7),
            now: Timestamp::from_millis(0),
            remove_bcc: true,
        };
        let out = prepare_submission(complete.clone(), &submission);
        assert_eq!((out.as_ptr(), out.len()), (complete.as_ptr(), complete.len()));
    }
}
