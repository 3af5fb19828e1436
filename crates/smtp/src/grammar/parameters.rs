//! ESMTP parameters of MAIL and RCPT (RFC 5321 section 4.1.2; RFC 1870, 3461, 4954, 6152, 6531,
//! 8689), and the private XATTR between servers of one organization.

use model::{BodyType, DsnReturn, EnvelopeId, HopAttributes, Notify, OriginalRecipient};

use super::error::CommandError;

/// What the parameters of MAIL said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct MailParameters {
    pub(super) size: Option<u64>,
    pub(super) body: Option<BodyType>,
    pub(super) smtputf8: bool,
    pub(super) ret: Option<DsnReturn>,
    pub(super) envid: Option<EnvelopeId>,
    pub(super) require_tls: bool,
    pub(super) auth: bool,
    pub(super) attributes: Option<HopAttributes>,
}

/// What the parameters of RCPT said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct RcptParameters {
    pub(super) notify: Option<Notify>,
    pub(super) original: Option<OriginalRecipient>,
}

/// The parameters of MAIL.
pub(super) fn mail(text: &str) -> Result<MailParameters, CommandError> {
    let mut found = MailParameters::default();
    for (keyword, value) in pairs(text) {
        let is = |name: &str| keyword.eq_ignore_ascii_case(name);
        if is("SIZE") {
            once(&mut found.size, size(given(value)?)?)?;
        } else if is("BODY") {
            once(&mut found.body, body(given(value)?)?)?;
        } else if is("SMTPUTF8") {
            flag(&mut found.smtputf8, value)?;
        } else if is("RET") {
            once(&mut found.ret, ret(given(value)?)?)?;
        } else if is("ENVID") {
            let envid = given(value)?.parse().map_err(|_| CommandError::Arguments)?;
            once(&mut found.envid, envid)?;
        } else if is("REQUIRETLS") {
            // RFC 8689 section 2: it has no values.
            flag(&mut found.require_tls, value)?;
        } else if is("AUTH") {
            // RFC 4954 section 5: understood and, since no peer is trusted to vouch, not used.
            given(value)?;
            found.auth = true;
        } else if is("XATTR") {
            let attributes = given(value)?.parse().map_err(|_| CommandError::Arguments)?;
            once(&mut found.attributes, attributes)?;
        } else {
            return Err(CommandError::UnknownParameter);
        }
    }
    Ok(found)
}

/// The parameters of RCPT.
pub(super) fn rcpt(text: &str) -> Result<RcptParameters, CommandError> {
    let mut found = RcptParameters::default();
    for (keyword, value) in pairs(text) {
        if keyword.eq_ignore_ascii_case("NOTIFY") {
            let notify = given(value)?.parse().map_err(|_| CommandError::Arguments)?;
            once(&mut found.notify, notify)?;
        } else if keyword.eq_ignore_ascii_case("ORCPT") {
            let original = given(value)?.parse().map_err(|_| CommandError::Arguments)?;
            once(&mut found.original, original)?;
        } else {
            return Err(CommandError::UnknownParameter);
        }
    }
    Ok(found)
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split(' ').filter(|word| !word.is_empty()).map(|word| match word.split_once('=') {
        Some((keyword, value)) => (keyword, Some(value)),
        None => (word, None),
    })
}

fn given(value: Option<&str>) -> Result<&str, CommandError> {
    value.filter(|value| !value.is_empty()).ok_or(CommandError::Arguments)
}

/// A keyword that stands alone, and once.
fn flag(set: &mut bool, value: Option<&str>) -> Result<(), CommandError> {
    if value.is_some() || *set {
        return Err(CommandError::Arguments);
    }
    *set = true;
    Ok(())
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), CommandError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(CommandError::Arguments),
    }
}

/// 1 to 20 digits (RFC 1870 section 3); what no 64 bits hold is larger than any limit.
fn size(text: &str) -> Result<u64, CommandError> {
    if text.len() > 20 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CommandError::Arguments);
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

fn body(text: &str) -> Result<BodyType, CommandError> {
    if text.eq_ignore_ascii_case("7BIT") {
        Ok(BodyType::SevenBit)
    } else if text.eq_ignore_ascii_case("8BITMIME") {
        Ok(BodyType::EightBitMime)
    } else if text.eq_ignore_ascii_case("BINARYMIME") {
        Err(CommandError::BinaryMime)
    } else {
        Err(CommandError::Arguments)
    }
}

fn ret(text: &str) -> Result<DsnReturn, CommandError> {
    if text.eq_ignore_ascii_case("FULL") {
        Ok(DsnReturn::Full)
    } else if text.eq_ignore_ascii_case("HDRS") {
        Ok(DsnReturn::Headers)
    } else {
        Err(CommandError::Arguments)
    }
}
