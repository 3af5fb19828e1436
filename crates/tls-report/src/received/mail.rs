//! The message that brings a report: `multipart/report; report-type="tlsrpt"` with the report in one part
//! (RFC 8460 section 5.3).

use std::io::Read;

use flate2::read::GzDecoder;
use mail_parser::{Message, MessageParser, MimeHeaders};

use super::{
    lenient::shortened,
    types::{LARGEST_JSON, LARGEST_MAIL, NoReport, ReceivedReport},
};

/// A report, and who says that it is his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// What it says.
    pub report: ReceivedReport,
    /// The domain that submits it, in lower case: of `TLS-Report-Submitter`, else of the author. Empty where there is
    /// none.
    pub submitter: String,
}

/// Whether the value of a Content-Type field is that of a message that brings a report.
#[must_use]
pub fn is_report_mail(content_type: &str) -> bool {
    let text = content_type.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let is_report = parts.next() == Some("multipart/report");
    is_report
        && parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
            name.trim() == "report-type" && value.trim().trim_matches('"') == "tlsrpt"
        })
}

impl Brought {
    /// Reads a whole message.
    ///
    /// # Errors
    /// Why there is no report in it.
    pub fn read(mail: &[u8]) -> Result<Self, NoReport> {
        if mail.len() > LARGEST_MAIL {
            return Err(NoReport::MailTooLarge);
        }
        let message = MessageParser::default().parse(mail).ok_or(NoReport::NoPart)?;
        let (bytes, is_packed) = report_of(&message).ok_or(NoReport::NoPart)?;
        let report = if is_packed {
            ReceivedReport::read(&unpacked(bytes)?)?
        } else {
            ReceivedReport::read(bytes)?
        };
        Ok(Self { report, submitter: submitter(&message) })
    }
}

/// The part that is the report, and whether it is compressed.
fn report_of<'a>(message: &'a Message<'_>) -> Option<(&'a [u8], bool)> {
    message.parts.iter().find_map(|part| {
        let kind = part.content_type()?;
        if !kind.ctype().eq_ignore_ascii_case("application") {
            return None;
        }
        let subtype = kind.subtype()?.to_ascii_lowercase();
        let is_packed = match subtype.as_str() {
            "tlsrpt+gzip" => true,
            "tlsrpt+json" => false,
            _ => return None,
        };
        Some((part.contents(), is_packed))
    })
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, NoReport> {
    let mut text = Vec::new();
    let mut decoder = GzDecoder::new(bytes).take(LARGEST_JSON + 1);
    decoder.read_to_end(&mut text).map_err(|_| NoReport::NoGzip)?;
    if text.len() as u64 > LARGEST_JSON { Err(NoReport::TooLarge) } else { Ok(text) }
}

fn submitter(message: &Message<'_>) -> String {
    let named = message.header_raw("TLS-Report-Submitter").map(shortened);
    let author = || {
        let address = message.from()?.first()?.address()?.to_owned();
        Some(address.rsplit_once('@')?.1.to_owned())
    };
    let submitter = named.filter(|name| !name.is_empty()).or_else(author).unwrap_or_default();
    shortened(&submitter).trim_end_matches('.').to_ascii_lowercase()
}
