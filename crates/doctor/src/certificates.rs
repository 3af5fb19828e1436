//! The server's certificates: whether each counts today and for a while, belongs to its key, is vouched for, and is for
//! the names that clients ask for.

use certificates::{Facts as Content, Standing};
use model::{TimeSpan, Timestamp};
use rustls::{RootCertStore, pki_types::CertificateDer};
use texts::{Sentence, Text, checks};
use tls::{Identity, ShownCertificate};

use crate::finding::{Finding, plain};

/// A certificate that ends sooner is noticed; authorities that renew by themselves do so a month before.
const SOON: TimeSpan = TimeSpan::days(14);

/// How it is with the private key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// It is here and belongs to the certificate.
    Matches,
    /// It does not.
    Wrong(Sentence),
    /// It is not here.
    Missing,
    /// It cannot be opened from here, and why.
    Unknown(Sentence),
}

/// A certificate of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it is known by: its thumbprint or file.
    pub id: String,
    /// The names it is for; none where it cannot be read.
    pub names: Vec<String>,
    /// What it is, where that says more than its names.
    pub what: Option<Text>,
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
            what: None,
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
            Err(error) => Self::Wrong(Sentence::phrase(plain(&error.to_string()))),
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
        let text = Sentence::new(checks::NOT_NAMED).with(missing.join(", "));
        findings.push(Finding::notice(checks::CERTIFICATE, text).remedy(checks::NOT_NAMED_REMEDY));
    }
    findings
}

/// What is said where the server shows nothing but what its own authority has issued.
#[must_use]
pub fn own_only() -> Finding {
    Finding::notice(checks::CERTIFICATE, checks::OWN_ONLY).remedy(checks::OWN_ONLY_REMEDY)
}

fn judge_one(facts: &Facts, now: Timestamp) -> Finding {
    let end = day(facts.not_after);
    let replace = if facts.is_renewed { checks::ACME_REMEDY } else { checks::REPLACE_REMEDY };
    let of = |text| Sentence::new(text).with_part(named(facts));
    let bad = |text| Finding::bad(checks::CERTIFICATE, text);
    let notice = |text| Finding::notice(checks::CERTIFICATE, text);
    match &facts.key {
        Key::Wrong(why) => {
            return bad(of(checks::KEY_WRONG).with_part(why.clone())).remedy(replace);
        }
        Key::Missing if facts.is_shown => return bad(of(checks::KEY_MISSING)).remedy(replace),
        _ => {}
    }
    if now < facts.not_before {
        let text = of(checks::NOT_YET).with(day(facts.not_before));
        return bad(text).remedy(Sentence::verbatim("timedatectl"));
    }
    if now > facts.not_after {
        return bad(of(checks::ENDED).with(end)).remedy(replace);
    }
    if facts.not_after.since(now) < SOON {
        return notice(of(checks::ENDS).with(end)).remedy(replace);
    }
    if let Some(standing) = facts.standing.filter(|standing| *standing != Standing::Valid) {
        let text = of(checks::NOT_VOUCHED_FOR).with(end).with(standing);
        return notice(text).remedy(checks::NOT_VOUCHED_FOR_REMEDY);
    }
    let text = match &facts.key {
        Key::Unknown(why) => of(checks::COUNTS_KEY_UNKNOWN).with(end).with_part(why.clone()),
        _ => of(checks::COUNTS).with(end),
    };
    Finding::good(checks::CERTIFICATE, text)
}

/// By what it is known, and for whom it is.
fn named(facts: &Facts) -> Sentence {
    let known = Sentence::new(checks::CERTIFICATE_ID).with(&facts.id);
    match facts.what {
        Some(what) => known.with_part(what),
        None if facts.names.is_empty() => known.with_part(checks::NO_NAMES),
        None => known.with(plain(&facts.names.join(", "))),
    }
}

fn day(at: Timestamp) -> String {
    at.iso().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::{Bad, Good, Notice};
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(certificates: &[Facts], wanted: &[String], now: Timestamp) -> Vec<Finding> {
        let found = super::judge(certificates, wanted, now);
        assert_in_both(&found);
        found
    }

    fn facts() -> Facts {
        Facts {
            id: "AB12".to_owned(),
            names: vec!["mail.contoso.com".to_owned()],
            what: None,
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
        let wrong = || Key::Wrong(Sentence::verbatim("x"));
        let cases = [
            (facts(), Good, "until 1970-04-11"),
            (Facts { not_after: day_number(49), ..facts() }, Bad, "ended on 1970-02-19"),
            (Facts { not_after: day_number(60), ..facts() }, Notice, "ends on"),
            (Facts { not_before: day_number(51), ..facts() }, Bad, "is the clock right?"),
            (Facts { key: wrong(), ..facts() }, Bad, "does not belong"),
            (Facts { key: Key::Missing, ..facts() }, Bad, "not here"),
            (
                Facts { key: Key::Unknown(Sentence::verbatim("x")), ..facts() },
                Good,
                "was not tried",
            ),
            (Facts { standing: Some(Standing::Untrusted), ..facts() }, Notice, "vouches"),
            (Facts { standing: None, ..facts() }, Good, "until"),
        ];
        for (facts, verdict, said) in cases {
            let found = judge(&[facts], &[], now);
            assert_eq!((found.len(), found[0].verdict), (1, verdict), "{found:?}");
            assert!(found[0].text(English).contains(said), "{found:?}");
        }
        let renewed = Facts { is_renewed: true, not_after: day_number(49), ..facts() };
        assert!(judge(&[renewed], &[], now)[0].advice(English).contains("acme"));
    }

    #[test]
    fn names_that_no_certificate_has_are_told() {
        let wanted = ["mail.contoso.com".to_owned(), "smtp.contoso.com".to_owned()];
        let found = judge(&[facts()], &wanted, day_number(50));
        assert!(found[1].text(English).contains("none is for smtp.contoso.com"), "{found:?}");
        let star = Facts { names: vec!["*.contoso.com".to_owned()], ..facts() };
        assert_eq!(judge(&[star], &wanted, day_number(50)).len(), 1);
        assert!(judge(&[], &wanted, day_number(50)).is_empty());
    }
}
