//! A signature on trial: first what needs the message, then what needs the key.

use dns::DnsError;
use model::Timestamp;
use signing::Field;

use super::{
    key::{NOT_FOR_MAIL, PublicKey},
    signature::{Flaw, Kind, Mail, Signature, sealed, who},
};
use crate::{
    findings::{AuthResult, DkimFinding},
    names::Names,
};

/// Records of one key name that are tried.
const MOST_KEYS: usize = 4;

/// A signature of which only the key is missing; or what is wrong with it. It needs the message no more.
pub(crate) struct Trial {
    pub(crate) domain: String,
    selector: String,
    beginning: String,
    open: Result<(Signature, Vec<u8>), Flaw>,
}

impl Trial {
    /// Of a DKIM-Signature or ARC-Message-Signature field of the message.
    pub(crate) fn of(mail: &Mail<'_>, field: &Field<'_>, kind: Kind, now: Timestamp) -> Self {
        Self::with(field, kind, |signature| mail.signed(field, signature, now))
    }

    /// Of an ARC-Seal field over the fields `before`.
    pub(crate) fn of_seal(before: &[Field<'_>], seal: &Field<'_>) -> Self {
        Self::with(seal, Kind::ArcSeal, |_| sealed(before, seal))
    }

    fn with(
        field: &Field<'_>,
        kind: Kind,
        input: impl FnOnce(&Signature) -> Result<Vec<u8>, Flaw>,
    ) -> Self {
        let text = String::from_utf8_lossy(field.value);
        let [domain, selector, beginning] = who(&text);
        let open = Signature::read(&text, kind).and_then(|signature| {
            let input = input(&signature)?;
            Ok((signature, input))
        });
        Self { domain, selector, beginning, open }
    }

    pub(crate) fn finding(&self, result: AuthResult, reason: &'static str) -> DkimFinding {
        DkimFinding {
            result,
            reason,
            domain: self.domain.clone(),
            selector: self.selector.clone(),
            signs_reports: result == AuthResult::Pass,
            beginning: self.beginning.clone(),
        }
    }
}

/// Fetches the key, unless the result is known without it, and tells.
pub(crate) async fn verify<N: Names>(names: &N, trial: &Trial) -> DkimFinding {
    let (signature, input) = match &trial.open {
        Ok(open) => open,
        Err((result, reason)) => return trial.finding(*result, reason),
    };
    let name = format!("{}._domainkey.{}", signature.selector, signature.domain);
    let texts = match names.texts(&name).await {
        Ok(texts) => texts,
        Err(DnsError::NoSuchDomain) => Vec::new(),
        Err(DnsError::Temporary(_)) => return trial.finding(AuthResult::TempError, "no answer"),
    };
    let mut finding = trial.finding(AuthResult::PermError, "no key");
    for text in texts.iter().take(MOST_KEYS) {
        let (result, reason) = match PublicKey::read(text, signature.method) {
            Err(why) => (AuthResult::PermError, why),
            Ok(key) if key.is_strict && signature.agent != signature.domain => {
                (AuthResult::PermError, "i= is of a domain below that of the key")
            }
            Ok(key) if key.made(input, &signature.value) => {
                if key.is_for_mail {
                    return trial.finding(AuthResult::Pass, "");
                }
                let finding = trial.finding(AuthResult::PermError, NOT_FOR_MAIL);
                return DkimFinding { signs_reports: true, ..finding };
            }
            Ok(key) if !key.is_for_mail => (AuthResult::PermError, NOT_FOR_MAIL),
            Ok(_) => (AuthResult::Fail, "signature is not good"),
        };
        // A key that can be used says more than a record that is none.
        if finding.result != AuthResult::Fail {
            finding = trial.finding(result, reason);
        }
    }
    finding
}
