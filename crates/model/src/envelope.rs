//! The envelope: who sends, who receives, and what was asked for with MAIL and RCPT
//! (RFC 5321, 3461, 6152, 6531).

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Address, ReversePath, ValueError};

/// BODY of MAIL FROM (RFC 6152). BINARYMIME is never accepted (DESIGN section 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BodyType {
    /// Seven-bit content, the default.
    #[default]
    SevenBit,
    /// Content with bytes above 127.
    EightBitMime,
}

/// RET of MAIL FROM (RFC 3461 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DsnReturn {
    /// The whole message comes back.
    Full,
    /// Only its header comes back.
    Headers,
}

/// What is wanted of TLS for one message, beyond what each hop demands anyway (RFC 8689).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum TlsRequirement {
    /// Nothing.
    #[default]
    Default,
    /// TLS with hosts that are known for who they are, and that demand the same of the next (REQUIRETLS).
    Required,
    /// That the message arrives, whatever the recipients' domains demand (`TLS-Required: No`).
    NotRequired,
}

impl TlsRequirement {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Required, Self::NotRequired];

    /// The name that is shown and filtered by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::Required => "Required",
            Self::NotRequired => "NotRequired",
        }
    }
}

impl FromStr for TlsRequirement {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let found = Self::ALL.into_iter().find(|requirement| requirement.name() == text);
        found.ok_or_else(|| {
            ValueError::new(
                text,
                "is nothing that is wanted of TLS",
                "Default, Required or NotRequired",
            )
        })
    }
}

/// ENVID of MAIL FROM as it was sent, still xtext-encoded, at most 100 characters
/// (RFC 3461 section 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvelopeId(Arc<str>);

impl EnvelopeId {
    /// The xtext as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EnvelopeId {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.is_empty() || text.len() > 100 || !is_xtext(text) {
            return Err(ValueError::new(
                text,
                "is not an envelope id",
                "1 to 100 characters of xtext (RFC 3461)",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for EnvelopeId {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<EnvelopeId> for String {
    fn from(id: EnvelopeId) -> String {
        id.0.to_string()
    }
}

/// xtext (RFC 3461 section 4): printable ASCII without `+` and `=`, or `+XX` in upper-case hex.
fn is_xtext(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'+' => {
                let hex = |b: Option<u8>| matches!(b, Some(b'0'..=b'9' | b'A'..=b'F'));
                if !hex(bytes.next()) || !hex(bytes.next()) {
                    return false;
                }
            }
            b'=' => return false,
            b'!'..=b'~' => {}
            _ => return false,
        }
    }
    true
}

/// ORCPT of RCPT TO: address type and address, kept as sent (`rfc822;jean@example.com`), at most
/// 500 characters (RFC 3461 section 4.2; RFC 6533 adds the type utf-8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OriginalRecipient(Arc<str>);

impl OriginalRecipient {
    /// The parameter's value as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OriginalRecipient {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = || {
            ValueError::new(
                text,
                "is not an original recipient",
                "type;address of at most 500 characters, the address as xtext (RFC 3461)",
            )
        };
        let (kind, address) = text.split_once(';').ok_or_else(refuse)?;
        let kind_ok =
            !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let address_ok = if kind.eq_ignore_ascii_case("utf-8") {
            !address.is_empty() && !address.chars().any(|c| c.is_control() || c == ' ')
        } else {
            !address.is_empty() && is_xtext(address)
        };
        if text.len() > 500 || !kind_ok || !address_ok {
            return Err(refuse());
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for OriginalRecipient {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<OriginalRecipient> for String {
    fn from(recipient: OriginalRecipient) -> String {
        recipient.0.to_string()
    }
}

/// NOTIFY of RCPT TO (RFC 3461 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notify {
    /// Tell nobody anything.
    Never,
    /// Tell of these.
    On {
        /// Of success.
        success: bool,
        /// Of failure.
        failure: bool,
        /// Of delay.
        delay: bool,
    },
}

impl Notify {
    /// What holds when NOTIFY was not given: failures and delays.
    pub const DEFAULT: Self = Self::On { success: false, failure: true, delay: true };

    /// Whether success is to be reported.
    pub fn wants_success(self) -> bool {
        matches!(self, Self::On { success: true, .. })
    }

    /// Whether failure is to be reported.
    pub fn wants_failure(self) -> bool {
        matches!(self, Self::On { failure: true, .. })
    }

    /// Whether delay is to be reported.
    pub fn wants_delay(self) -> bool {
        matches!(self, Self::On { delay: true, .. })
    }
}

impl FromStr for Notify {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = || {
            ValueError::new(
                text,
                "is not a NOTIFY value",
                "NEVER, or a list of SUCCESS, FAILURE, DELAY",
            )
        };
        if text.eq_ignore_ascii_case("NEVER") {
            return Ok(Self::Never);
        }
        let (mut success, mut failure, mut delay) = (false, false, false);
        for word in text.split(',') {
            match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => success = true,
                "FAILURE" => failure = true,
                "DELAY" => delay = true,
                _ => return Err(refuse()),
            }
        }
        Ok(Self::On { success, failure, delay })
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::On { success, failure, delay } = *self else {
            return f.write_str("NEVER");
        };
        let words = [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")];
        let chosen: Vec<_> = words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
        if chosen.is_empty() { f.write_str("NEVER") } else { f.write_str(&chosen.join(",")) }
    }
}

/// One recipient of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Where it goes.
    pub address: Address,
    /// NOTIFY, when it was given. `None` and [`Notify::DEFAULT`] differ on the wire only.
    pub notify: Option<Notify>,
    /// ORCPT, when it was given.
    pub original: Option<OriginalRecipient>,
}

impl Recipient {
    /// A recipient for whom nothing special was asked.
    pub fn plain(address: Address) -> Self {
        Self { address, notify: None, original: None }
    }

    /// What the sender wants to be told about this recipient.
    pub fn notify(&self) -> Notify {
        self.notify.unwrap_or(Notify::DEFAULT)
    }
}

/// Everything MAIL and RCPT said about one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// MAIL FROM.
    pub sender: ReversePath,
    /// BODY.
    pub body: BodyType,
    /// Whether SMTPUTF8 was given.
    pub smtputf8: bool,
    /// RET.
    pub ret: Option<DsnReturn>,
    /// ENVID.
    pub envid: Option<EnvelopeId>,
    /// Whether REQUIRETLS was given (RFC 8689). Not part of the serialised form of before: whoever stores
    /// an envelope keeps it beside that.
    #[serde(skip)]
    pub require_tls: bool,
    /// RCPT TO, in the order given; never empty for a message that is stored.
    pub recipients: Vec<Recipient>,
}

impl Envelope {
    /// An envelope from `sender` to `recipients` for which nothing special was asked.
    pub fn plain(sender: ReversePath, recipients: Vec<Address>) -> Self {
        Self {
            sender,
            body: BodyType::SevenBit,
            smtputf8: false,
            ret: None,
            envid: None,
            require_tls: false,
            recipients: recipients.into_iter().map(Recipient::plain).collect(),
        }
    }

    /// Whether REQUIRETLS decides which hosts may have the message. A report from `<>` goes to others too,
    /// rather than be lost (RFC 8689 section 5).
    #[must_use]
    pub fn demands_tls(&self) -> bool {
        self.require_tls && self.sender.address().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_requirements_have_names() {
        for requirement in TlsRequirement::ALL {
            assert_eq!(requirement.name().parse(), Ok(requirement));
        }
        let error = "required".parse::<TlsRequirement>().unwrap_err().to_string();
        assert!(error.contains("NotRequired"), "{error}");
        let to = || vec!["anna@example.net".parse().unwrap()];
        let from = ReversePath::Address("jean@contoso.com".parse().unwrap());
        let tagged = |sender| Envelope { require_tls: true, ..Envelope::plain(sender, to()) };
        assert!(tagged(from.clone()).demands_tls());
        assert!(!tagged(ReversePath::Null).demands_tls(), "a report is not lost for it");
        assert!(!Envelope::plain(from, to()).demands_tls());
    }

    #[test]
    fn dsn_parameters_parse() {
        assert_eq!("NEVER".parse::<Notify>().unwrap(), Notify::Never);
        assert_eq!("delay,FAILURE".parse::<Notify>().unwrap(), Notify::DEFAULT);
        for bad in ["", "NEVER,SUCCESS", "NOW"] {
            assert!(bad.parse::<Notify>().is_err(), "{bad:?}");
        }
        assert!("rfc822;a+40b".parse::<OriginalRecipient>().is_ok());
        for bad in ["a@b", "rfc822;", "rfc822;a+4", "rfc822;a=b", ";a"] {
            assert!(bad.parse::<OriginalRecipient>().is_err(), "{bad:?}");
        }
        assert!("QQ314159".parse::<EnvelopeId>().is_ok());
        assert!("a b".parse::<EnvelopeId>().is_err());
    }
}
