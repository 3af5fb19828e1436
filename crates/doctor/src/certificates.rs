//! The server's certificates: whether each counts today and for a while, belongs to its key, is vouched for, and is for
//! the names that clients ask for.

use certificates::{Facts as Content, Standing};
use model::{TimeSpan, Timestamp};
use rustls::{RootCertStore, pki_types::CertificateDer};
use tls::{Identity, ShownCertificate};

use crate::finding::{Finding, plain};

/// A certificate that ends sooner is noticed; authorities that renew by themselves do so a month before.
const SOON: TimeSpan = TimeSpan::days(14);
const SUBJECT: &str = "Certificate";

/// How it is with the private key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// It is here and belongs to the certificate.
    Matches,
    /// It does not.
    Wrong(String),
    /// It is not here.
    Missing,
    /// It cannot be opened from here, and why.
    Unknown(String),
}

/// A certificate of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it is known by: its thumbprint or file.
    pub id: String,
    /// The names it is for; none where it cannot be read.
    pub names: Vec<String>,
    /// From when it counts.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Whether the authorities that are trusted here vouch for it; `None` where that does not matter.
    pub standing: Option<Standing>,
    /// Its key.
    pub key: Key,
    /// Whether the server renews it itself (`[acme]`).
    pub is_renewed: bool,
    /// Whether it is shown to anybody.
    pub is_shown: bool,
}

impl Facts {
    /// Of a certificate chain in DER, leaf first.
    ///
    /// # Errors
    /// When the leaf cannot be read.
    pub fn of(
        chain: &[CertificateDer<'_>],
        key: Key,
        roots: Option<&RootCertStore>,
        now: Timestamp,
    ) -> Result<Self, String> {
        let leaf = chain.first().ok_or("it holds no certificate")?;
        let content = Content::of(leaf).map_err(|error| error.to_string())?;
        Ok(Self {
            id: content.thumbprint,
            names: content.domains,
            not_before: content.not_before,
            not_after: content.not_after,
            standing: roots.map(|roots| Standing::of(chain, roots, now)),
            key,
            is_renewed: false,
            is_shown: true,
        })
    }
}

impl Key {
    /// Of an opened key.
    pub fn of(identity: Identity) -> Self {
        match ShownCertificate::new(identity, &[]) {
            Ok(_) => Self::Matches,
            Err(error) => Self::Wrong(plain(&error.to_string())),
        }
    }
}

/// One finding about each certificate; `wanted` are the names that clients ask for.
#[must_use]
pub fn judge(certificates: &[Facts], wanted: &[String], now: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<Finding> = certificates.iter().map(|one| judge_one(one, now)).collect();
    let shown: Vec<&Facts> = certificates.iter().filter(|one| one.is_shown).collect();
    if shown.is_empty() {
        return findings;
    }
    let covers = |name: &String| {
        shown.iter().flat_map(|one| &one.names).any(|pattern| tls::covers(pattern, name))
    };
    let missing: Vec<&str> =
        wanted.iter().filter(|name| !covers(name)).map(String::as_str).collect();
    if !missing.is_empty() {
        let text = format!("none is for {}: clients that verify it refuse", missing.join(", "));
        findings.push(Finding::notice(
            SUBJECT,
            text,
            "add the name to [acme] domains in relais.toml, or: Get-Help New-ExchangeCertificate",
        ));
    }
    findings
}

/// What is said where the server shows nothing but what its own authority has issued.
#[must_use]
pub fn own_only() -> Finding {
    Finding::notice(
        SUBJECT,
        "clients are shown one of the organization's own authority, which they do not know; mail between servers does not mind",
        "one that everybody knows: [acme] in relais.toml, or Import-ExchangeCertificate (docs/certificates.md)",
    )
}

fn judge_one(facts: &Facts, now: Timestamp) -> Finding {
    let named = if facts.names.is_empty() { "no names".to_owned() } else { facts.names.join(", ") };
    let id = format!("{} ({})", facts.id, plain(&named));
    let end = day(facts.not_after);
    let replace = if facts.is_renewed {
        "journalctl -u relais | grep -i acme says why it was not renewed"
    } else {
        "Import-ExchangeCertificate with a new one, then Enable-ExchangeCertificate (docs/certificates.md)"
    };
    match &facts.key {
        Key::Wrong(why) => {
            return Finding::bad(
                SUBJECT,
                format!("{id} does not belong to its key: {why}"),
                replace,
            );
        }
        Key::Missing if facts.is_shown => {
            return Finding::bad(SUBJECT, format!("{id}: its key is not here"), replace);
        }
        _ => {}
    }
    if now < facts.not_before {
        let text =
            format!("{id} counts only from {} on: is the clock right?", day(facts.not_before));
        return Finding::bad(SUBJECT, text, "timedatectl");
    }
    if now > facts.not_after {
        return Finding::bad(SUBJECT, format!("{id} ended on {end}"), replace);
    }
    if facts.not_after.since(now) < SOON {
        return Finding::notice(SUBJECT, format!("{id} ends on {end}"), replace);
    }
    if let Some(standing) = facts.standing.filter(|standing| *standing != Standing::Valid) {
        let text = format!(
            "{id} until {end}: no authority that is trusted here vouches for it ({standing})"
        );
        return Finding::notice(
            SUBJECT,
            text,
            "import it with the certificates between it and its authority (the chain), as one PKCS #12 file",
        );
    }
    let key = match &facts.key {
        Key::Unknown(why) => format!("; whether its key fits was not tried: {}", plain(why)),
        _ => String::new(),
    };
    Finding::good(SUBJECT, format!("{id} until {end}{key}"))
}

fn day(at: Timestamp) -> String {
    at.iso().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::{Bad, Good, Notice};

    fn facts() -> Facts {
        Facts {
            id: "AB12".to_owned(),
            names: vec!["mail.contoso.com".to_owned()],
            not_before: day_number(10),
            not_after: day_number(100),
            standing: Some(Standing::Valid),
            key: Key::Matches,
            is_renewed: false,
            is_shown: true,
        }
    }

    fn day_number(days: i64) -> Timestamp {
        Timestamp::from_millis(days * 86_400_000)
    }

    #[test]
    fn dates_keys_and_authorities_are_judged() {
        let now = day_number(50);
        let wrong = || Key::Wrong("x".to_owned());
        let cases = [
            (facts(), Good, "until 1970-04-11"),
            (Facts { not_after: day_number(49), ..facts() }, Bad, "ended on 1970-02-19"),
            (Facts { not_after: day_number(60), ..facts() }, Notice, "ends on"),
            (Facts { not_before: day_number(51), ..facts() }, Bad, "is the clock right?"),
            (Facts { key: wrong(), ..facts() }, Bad, "does not belong"),
            (Facts { key: Key::Missing, ..facts() }, Bad, "not here"),
            (Facts { key: Key::Unknown("x".to_owned()), ..facts() }, Good, "was not tried"),
            (Facts { standing: Some(Standing::Untrusted), ..facts() }, Notice, "vouches"),
            (Facts { standing: None, ..facts() }, Good, "until"),
        ];
        for (facts, verdict, said) in cases {
            let found = judge(&[facts], &[], now);
            assert_eq!((found.len(), found[0].verdict), (1, verdict), "{found:?}");
            assert!(found[0].text.contains(said), "{found:?}");
        }
        let renewed = Facts { is_renewed: true, not_after: day_number(49), ..facts() };
        assert!(judge(&[renewed], &[], now)[0].remedy.contains("acme"));
    }

    #[test]
    fn names_that_no_certificate_has_are_told() {
        let wanted = ["mail.contoso.com".to_owned(), "smtp.contoso.com".to_owned()];
        let found = judge(&[facts()], &wanted, day_number(50));
        assert!(found[1].text.contains("none is for smtp.contoso.com"), "{found:?}");
        let star = Facts { names: vec!["*.contoso.com".to_owned()], ..facts() };
        assert_eq!(judge(&[star], &wanted, day_number(50)).len(), 1);
        assert!(judge(&[], &wanted, day_number(50)).is_empty());
    }
}
