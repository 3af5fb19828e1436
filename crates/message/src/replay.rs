//! The lines that stand before the message in a file of the Replay directory (transport.md section
//! 15): its envelope and where it came from. What [`ReplayHeader::write`] writes,
//! [`ReplayHeader::parse`] reads: the same envelope, and not a byte of the message taken for a line
//! of the envelope, whatever the message begins with.

use std::{fmt::Write, net::IpAddr, str::FromStr};

use model::{
    Address, BodyType, DsnReturn, Envelope, EnvelopeId, Notify, OriginalRecipient, Recipient,
    ReversePath, ValueError,
};
use thiserror::Error;

use crate::header::{Field, HeaderBlock};

const SENDER: &str = "X-Sender";
const RECEIVER: &str = "X-Receiver";
const CREATED_BY: &str = "X-CreatedBy";
const END: &str = "X-EndOfInjectedXHeaders";
const PROPERTIES: &str = "X-ExtendedMessageProps";
const HELLO: &str = "X-HeloDomain";
const SOURCE: &str = "X-Source";
const CLIENT: &str = "X-SourceIPAddress";

/// Who wrote a file whose `X-MS-Exchange-*` fields may stay: the mark that Exchange gives, and
/// asks for.
const TRUSTED: &str = "MSExchange15";
/// Most X-Receiver lines of one file: what no Receive connector lets through at once.
const MOST_RECIPIENTS: usize = 512_000;
/// Longest text taken over, in characters.
const LONGEST_TEXT: usize = 255;

/// What stands before the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayHeader {
    /// X-Sender and X-Receiver.
    pub envelope: Envelope,
    /// X-CreatedBy is `MSExchange15`: `X-MS-Exchange-Organization-*` and
    /// `X-MS-Exchange-Forest-*` may stay.
    pub trusted: bool,
    /// X-HeloDomain: what the client called itself that gave the message to its first server.
    pub hello: Option<String>,
    /// X-Source: how the message came to that server, as in `SMTP:Default Frontend`.
    pub source: Option<String>,
    /// X-SourceIPAddress: that client's address.
    pub client: Option<IpAddr>,
}

/// Why a file cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// X-Sender or X-Receiver is not there.
    #[error("{0} is missing. Needed at the top: one X-Sender and at least one X-Receiver.")]
    Missing(&'static str),
    /// A field or parameter that may stand once is there twice.
    #[error("{0} is given more than once")]
    Twice(&'static str),
    /// More than 512,000 recipients.
    #[error("more than 512000 X-Receiver")]
    TooMany,
    /// A value that cannot be read.
    #[error("{field}: {error}")]
    Value {
        /// The field.
        field: &'static str,
        /// What is wrong.
        error: ValueError,
    },
}

impl ReplayHeader {
    /// The lines, each with its CRLF; the message follows at once. Texts are cut to 255 printable
    /// characters.
    pub fn write(&self) -> Vec<u8> {
        let mut out = String::new();
        let envelope = &self.envelope;
        let body = match envelope.body {
            BodyType::SevenBit => "7bit",
            BodyType::EightBitMime => "8BITMIME",
        };
        // Writing to a string does not fail.
        let _ = write!(out, "{SENDER}: <{}> BODY={body}", envelope.sender.as_str());
        match envelope.ret {
            Some(DsnReturn::Full) => out.push_str(" RET=FULL"),
            Some(DsnReturn::Headers) => out.push_str(" RET=HDRS"),
            None => {}
        }
        if let Some(envid) = &envelope.envid {
            let _ = write!(out, " ENVID={}", envid.as_str());
        }
        if envelope.smtputf8 {
            out.push_str(" SMTPUTF8");
        }
        if envelope.require_tls {
            out.push_str(" REQUIRETLS");
        }
        for recipient in &envelope.recipients {
            let _ = write!(out, "\r\n{RECEIVER}: <{}>", recipient.address);
            if let Some(notify) = recipient.notify {
                let _ = write!(out, " NOTIFY={notify}");
            }
            if let Some(original) = &recipient.original {
                let _ = write!(out, " ORcpt={}", original.as_str());
            }
        }
        if self.trusted {
            let _ = write!(out, "\r\n{CREATED_BY}: {TRUSTED}");
        }
        for (name, text) in [(HELLO, &self.hello), (SOURCE, &self.source)] {
            if let Some(text) = text.as_deref().and_then(clean) {
                let _ = write!(out, "\r\n{name}: {text}");
            }
        }
        if let Some(client) = self.client {
            let _ = write!(out, "\r\n{CLIENT}: {client}");
        }
        // Without it a message that begins with such a field would lose it.
        let _ = write!(out, "\r\n{END}: {}\r\n", env!("CARGO_PKG_VERSION"));
        out.into_bytes()
    }

    /// The lines at the top of a file, and where the message begins. They end behind
    /// X-EndOfInjectedXHeaders or before the first other field.
    ///
    /// # Errors
    /// When there is no sender or no recipient, or one of the values cannot be read.
    pub fn parse(content: &[u8]) -> Result<(Self, usize), ReplayError> {
        let mut reader = Reader::default();
        let mut fields = HeaderBlock::parse(content).fields();
        let mut begins = 0;
        while let Some(field) = fields.next() {
            if field.is(END) {
                begins = fields.offset();
                break;
            }
            if !reader.takes(&field)? {
                break;
            }
            begins = fields.offset();
        }
        Ok((reader.finish()?, begins))
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    sender: Option<Envelope>,
    recipients: Vec<Recipient>,
    trusted: bool,
    hello: Option<String>,
    source: Option<String>,
    client: Option<IpAddr>,
}

impl Reader {
    /// Reads a field; `false` when it is one of the message.
    fn takes(&mut self, field: &Field<'_>) -> Result<bool, ReplayError> {
        if field.is(RECEIVER) {
            if self.recipients.len() == MOST_RECIPIENTS {
                return Err(ReplayError::TooMany);
            }
            self.recipients.push(recipient(&text(field, RECEIVER)?)?);
        } else if field.is(SENDER) {
            if self.sender.is_some() {
                return Err(ReplayError::Twice(SENDER));
            }
            self.sender = Some(sender(&text(field, SENDER)?)?);
        } else if field.is(CREATED_BY) {
            self.trusted = field.text().eq_ignore_ascii_case(TRUSTED);
        } else if field.is(HELLO) {
            self.hello = clean(&field.text());
        } else if field.is(SOURCE) {
            self.source = clean(&field.text());
        } else if field.is(CLIENT) {
            // Who cannot be read is not known; the message goes all the same.
            self.client = field.text().trim_matches(['[', ']']).parse().ok();
        } else {
            return Ok(field.is(PROPERTIES));
        }
        Ok(true)
    }

    fn finish(self) -> Result<ReplayHeader, ReplayError> {
        let envelope = self.sender.ok_or(ReplayError::Missing(SENDER))?;
        if self.recipients.is_empty() {
            return Err(ReplayError::Missing(RECEIVER));
        }
        Ok(ReplayHeader {
            envelope: Envelope { recipients: self.recipients, ..envelope },
            trusted: self.trusted,
            hello: self.hello,
            source: self.source,
            client: self.client,
        })
    }
}

/// `<a@b> BODY=8BITMIME RET=HDRS ENVID=x AUTH=<>`, the envelope still without recipients.
fn sender(value: &str) -> Result<Envelope, ReplayError> {
    let (path, rest) = path(SENDER, value)?;
    let sender =
        if path.is_empty() { ReversePath::Null } else { ReversePath::Address(read(SENDER, path)?) };
    let (mut body, mut ret, mut envid) = (None, None, None);
    let (mut smtputf8, mut require_tls) = (None, None);
    for word in words(rest) {
        let (keyword, value) = word.split_once('=').unwrap_or((word, ""));
        match keyword.to_ascii_uppercase().as_str() {
            "BODY" => once(&mut body, body_type(value)?, "BODY")?,
            "RET" => once(&mut ret, returned(value)?, "RET")?,
            "ENVID" => once(&mut envid, read::<EnvelopeId>(SENDER, value)?, "ENVID")?,
            "SMTPUTF8" => once(&mut smtputf8, true, "SMTPUTF8")?,
            "REQUIRETLS" => once(&mut require_tls, true, "REQUIRETLS")?,
            // Nobody vouches for anybody here (RFC 4954 section 5).
            "AUTH" => {}
            _ => {
                return Err(unknown(
                    SENDER,
                    word,
                    "BODY, RET, ENVID, AUTH, SMTPUTF8 and REQUIRETLS",
                ));
            }
        }
    }
    Ok(Envelope {
        sender,
        body: body.unwrap_or_default(),
        smtputf8: smtputf8.unwrap_or_default(),
        ret,
        envid,
        require_tls: require_tls.unwrap_or_default(),
        recipients: Vec::new(),
    })
}

/// `<b@c> NOTIFY=NEVER ORcpt=rfc822;d@e`
fn recipient(value: &str) -> Result<Recipient, ReplayError> {
    let (path, rest) = path(RECEIVER, value)?;
    let address: Address = read(RECEIVER, path)?;
    let (mut notify, mut original) = (None, None);
    for word in words(rest) {
        let (keyword, value) = word.split_once('=').unwrap_or((word, ""));
        match keyword.to_ascii_uppercase().as_str() {
            "NOTIFY" => once(&mut notify, read::<Notify>(RECEIVER, value)?, "NOTIFY")?,
            "ORCPT" => once(&mut original, original_recipient(value)?, "ORcpt")?,
            _ => return Err(unknown(RECEIVER, word, "NOTIFY and ORcpt")),
        }
    }
    Ok(Recipient { address, notify, original })
}

fn body_type(value: &str) -> Result<BodyType, ReplayError> {
    match value.to_ascii_uppercase().as_str() {
        "7BIT" => Ok(BodyType::SevenBit),
        "8BITMIME" => Ok(BodyType::EightBitMime),
        _ => Err(wrong(SENDER, ValueError::new(value, "is not a BODY", "7bit and 8BITMIME"))),
    }
}

fn returned(value: &str) -> Result<DsnReturn, ReplayError> {
    match value.to_ascii_uppercase().as_str() {
        "FULL" => Ok(DsnReturn::Full),
        "HDRS" => Ok(DsnReturn::Headers),
        _ => Err(wrong(SENDER, ValueError::new(value, "is not a RET", "FULL and HDRS"))),
    }
}

/// The documents show ORcpt with a bare address too.
fn original_recipient(value: &str) -> Result<OriginalRecipient, ReplayError> {
    match value.parse() {
        Ok(original) => Ok(original),
        Err(_) if !value.contains(';') => read(RECEIVER, &format!("rfc822;{}", xtext(value))),
        Err(error) => Err(wrong(RECEIVER, error)),
    }
}

/// xtext (RFC 3461 section 4).
fn xtext(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'+' | b'=') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "+{byte:02X}");
        }
    }
    out
}

/// Splits `<path> parameters`; a path without brackets is one word.
fn path<'a>(field: &'static str, value: &'a str) -> Result<(&'a str, &'a str), ReplayError> {
    let refuse = || {
        let allowed = "an address in angle brackets, then parameters after a blank";
        wrong(field, ValueError::new(value, "does not begin with an address", allowed))
    };
    let Some(inner) = value.strip_prefix('<') else {
        let (word, rest) = value.split_once([' ', '\t']).unwrap_or((value, ""));
        let is_plain = !word.is_empty() && !word.contains(['<', '>', '"', '\\']);
        return if is_plain { Ok((word, rest)) } else { Err(refuse()) };
    };
    let (mut quoted, mut escaped) = (false, false);
    let end = inner.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' => return !quoted,
            _ => {}
        }
        false
    });
    let (path, rest) = end.map(|end| (&inner[..end], &inner[end + 1..])).ok_or_else(refuse)?;
    if rest.is_empty() || rest.starts_with([' ', '\t']) { Ok((path, rest)) } else { Err(refuse()) }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t']).filter(|word| !word.is_empty())
}

/// The unfolded value, when it is text.
fn text(field: &Field<'_>, name: &'static str) -> Result<String, ReplayError> {
    if std::str::from_utf8(field.value).is_ok() {
        return Ok(field.text());
    }
    Err(wrong(name, ValueError::new(&field.text(), "is not UTF-8", "text in UTF-8")))
}

/// At most 255 printable ASCII characters; others become `?`.
fn clean(text: &str) -> Option<String> {
    let shown = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    let clean: String = text.trim().chars().map(shown).take(LONGEST_TEXT).collect();
    Some(clean.trim().to_owned()).filter(|text| !text.is_empty())
}

fn read<T: FromStr<Err = ValueError>>(field: &'static str, text: &str) -> Result<T, ReplayError> {
    text.parse().map_err(|error| wrong(field, error))
}

fn once<T>(slot: &mut Option<T>, value: T, name: &'static str) -> Result<(), ReplayError> {
    if slot.replace(value).is_some() { Err(ReplayError::Twice(name)) } else { Ok(()) }
}

fn unknown(field: &'static str, word: &str, allowed: &str) -> ReplayError {
    wrong(field, ValueError::new(word, "is not a parameter", allowed))
}

fn wrong(field: &'static str, error: ValueError) -> ReplayError {
    ReplayError::Value { field, error }
}

#[cfg(test)]
mod tests;
