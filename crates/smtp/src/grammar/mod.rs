//! SMTP commands (RFC 5321 section 4.1 and the extensions named at the crate).
//!
//! [`parse_command`] reads one command line without its CRLF. It is strict about what could
//! mean two things to two readers (control characters, brackets, duplicate parameters) and
//! lenient where senders in use are sloppy and nothing is at stake: case, blanks after
//! `FROM:` and `TO:` and at the end of the line, an address without angle brackets, a greeting
//! without a name.

mod error;
mod parameters;
mod path;
#[cfg(test)]
mod tests;

use model::{
    Address, BodyType, DsnReturn, EnvelopeId, HopAttributes, Notify, OriginalRecipient, Recipient,
    ReversePath,
};

pub use error::CommandError;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// HELO with the client's name; empty when it gave none.
    Helo(String),
    /// EHLO with the client's name; empty when it gave none.
    Ehlo(String),
    /// MAIL FROM.
    Mail(MailCommand),
    /// RCPT TO.
    Rcpt(RcptCommand),
    /// DATA.
    Data,
    /// BDAT (RFC 3030).
    Bdat {
        /// Bytes of content that follow the command line.
        size: u64,
        /// Whether it is the last chunk.
        last: bool,
    },
    /// RSET.
    Rset,
    /// NOOP; its argument means nothing.
    Noop,
    /// QUIT.
    Quit,
    /// VRFY, whatever is asked about.
    Vrfy,
    /// EXPN, whatever is asked about.
    Expn,
    /// HELP, whatever is asked about.
    Help,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954).
    Auth {
        /// The mechanism as written.
        mechanism: String,
        /// The initial response as written: base64, or `=` for an empty one.
        initial: Option<String>,
    },
}

/// MAIL FROM with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailCommand {
    /// What it says.
    pub request: MailRequest,
    /// Whether BODY was given.
    pub body_given: bool,
    /// Whether AUTH was given.
    pub auth_given: bool,
}

/// What MAIL FROM said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRequest {
    /// Who sends.
    pub sender: ReversePath,
    /// SIZE: how large the client says the message is, in bytes.
    pub size: Option<u64>,
    /// BODY.
    pub body: BodyType,
    /// Whether SMTPUTF8 was given.
    pub smtputf8: bool,
    /// RET.
    pub ret: Option<DsnReturn>,
    /// ENVID.
    pub envid: Option<EnvelopeId>,
    /// Whether REQUIRETLS was given (RFC 8689).
    pub require_tls: bool,
    /// What another server of ours says of the message (XATTR).
    pub attributes: Option<HopAttributes>,
}

/// RCPT TO with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RcptCommand {
    /// To whom; `None` is `<postmaster>` without a domain (RFC 5321 section 4.1.1.3).
    pub address: Option<Address>,
    /// NOTIFY.
    pub notify: Option<Notify>,
    /// ORCPT.
    pub original: Option<OriginalRecipient>,
}

impl RcptCommand {
    /// The recipient this is once its address is known to be `address`.
    pub fn into_recipient(self, address: Address) -> Recipient {
        Recipient { address, notify: self.notify, original: self.original }
    }
}

/// Reads one command line, which is given without its CRLF.
///
/// # Errors
/// When it is not a command of ours; [`CommandError::reply`] says so to the client.
pub fn parse_command(line: &[u8]) -> Result<Command, CommandError> {
    let line = std::str::from_utf8(line).map_err(|_| CommandError::Malformed)?;
    if line.bytes().any(|b| b.is_ascii_control()) {
        return Err(CommandError::Malformed);
    }
    let line = line.trim_end_matches(' ');
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is = |name: &str| verb.eq_ignore_ascii_case(name);
    if is("RCPT") {
        rcpt(rest)
    } else if is("MAIL") {
        mail(rest)
    } else if is("DATA") {
        alone(Command::Data, rest)
    } else if is("BDAT") {
        bdat(rest)
    } else if is("EHLO") {
        hello(rest).map(Command::Ehlo)
    } else if is("HELO") {
        hello(rest).map(Command::Helo)
    } else if is("RSET") {
        alone(Command::Rset, rest)
    } else if is("QUIT") {
        alone(Command::Quit, rest)
    } else if is("STARTTLS") {
        alone(Command::StartTls, rest)
    } else if is("AUTH") {
        auth(rest)
    } else if is("NOOP") {
        Ok(Command::Noop)
    } else if is("VRFY") {
        Ok(Command::Vrfy)
    } else if is("EXPN") {
        Ok(Command::Expn)
    } else if is("HELP") {
        Ok(Command::Help)
    } else {
        Err(CommandError::Unrecognized)
    }
}

fn alone(command: Command, rest: &str) -> Result<Command, CommandError> {
    if rest.is_empty() { Ok(command) } else { Err(CommandError::Arguments) }
}

/// One word of printable ASCII, or nothing: whether a name is needed is the server's to say. Names that are no domain names are usual (devices, Windows
/// hosts), so the name is not held to more.
fn hello(rest: &str) -> Result<String, CommandError> {
    let name = rest.trim_start_matches(' ');
    if name.len() <= 255 && name.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(name.to_owned())
    } else {
        Err(CommandError::HelloName)
    }
}

fn mail(rest: &str) -> Result<Command, CommandError> {
    let text = after_keyword(rest, "FROM:").ok_or(CommandError::Arguments)?;
    let (inner, rest) = path::split(text).ok_or(CommandError::Sender)?;
    let sender = if inner.is_empty() {
        ReversePath::Null
    } else {
        ReversePath::Address(inner.parse().map_err(|_| CommandError::Sender)?)
    };
    let parameters = parameters::mail(rest)?;
    Ok(Command::Mail(MailCommand {
        body_given: parameters.body.is_some(),
        auth_given: parameters.auth,
        request: MailRequest {
            sender,
            size: parameters.size,
            body: parameters.body.unwrap_or_default(),
            smtputf8: parameters.smtputf8,
            ret: parameters.ret,
            envid: parameters.envid,
            require_tls: parameters.require_tls,
            attributes: parameters.attributes,
        },
    }))
}

fn rcpt(rest: &str) -> Result<Command, CommandError> {
    let text = after_keyword(rest, "TO:").ok_or(CommandError::Arguments)?;
    let (inner, rest) = path::split(text).ok_or(CommandError::Recipient)?;
    let address = if inner.eq_ignore_ascii_case("postmaster") {
        None
    } else {
        Some(inner.parse().map_err(|_| CommandError::Recipient)?)
    };
    let parameters = parameters::rcpt(rest)?;
    Ok(Command::Rcpt(RcptCommand {
        address,
        notify: parameters.notify,
        original: parameters.original,
    }))
}

fn after_keyword<'a>(rest: &'a str, keyword: &str) -> Option<&'a str> {
    let rest = rest.trim_start_matches(' ');
    let found = rest.get(..keyword.len())?;
    found.eq_ignore_ascii_case(keyword).then(|| rest[keyword.len()..].trim_start_matches(' '))
}

fn bdat(rest: &str) -> Result<Command, CommandError> {
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let digits = words.next().unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CommandError::ChunkSize);
    }
    let size = digits.parse().map_err(|_| CommandError::ChunkSize)?;
    match (words.next(), words.next()) {
        (None, None) => Ok(Command::Bdat { size, last: false }),
        (Some(word), None) if word.eq_ignore_ascii_case("LAST") => {
            Ok(Command::Bdat { size, last: true })
        }
        _ => Err(CommandError::ChunkSize),
    }
}

fn auth(rest: &str) -> Result<Command, CommandError> {
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(mechanism), initial, None) => Ok(Command::Auth {
            mechanism: mechanism.to_owned(),
            initial: initial.map(ToOwned::to_owned),
        }),
        _ => Err(CommandError::Arguments),
    }
}
