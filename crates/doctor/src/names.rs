//! Whether names can be looked up, and whether what is said of signatures is to be believed.

use std::sync::Arc;

use dns::{DnsError, ProbeNames, Proof, Resolver, ResolverSettings, Validation, Validator};
use texts::{Sentence, checks};

use crate::finding::{Finding, plain};

/// What the judgement needs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Who is asked.
    pub servers: String,
    /// Whether signatures are validated here.
    pub is_ours: bool,
    /// The name that was asked for.
    pub asked: String,
    /// Whether it was found.
    pub found: Result<(), DnsError>,
    /// What has been proven of the servers.
    pub validation: Validation,
}

/// Asks for the names by which it shows; the times of `settings` bound it.
pub async fn gather(settings: ResolverSettings, probes: &ProbeNames) -> Facts {
    let proof = Arc::new(Proof::of(&settings));
    let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
    let is_ours = matches!(settings.validator, Validator::BuiltIn(_));
    let resolver = Resolver::believing(settings, Arc::clone(&proof));
    let (found, _) =
        tokio::join!(resolver.addresses(&probes.unsigned), proof.renew(&resolver, probes));
    Facts {
        servers: servers.join(", "),
        is_ours,
        asked: probes.unsigned.to_string(),
        found: found.map(drop),
        validation: proof.validation(),
    }
}

/// One finding about answers, one about signatures.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let signatures = match facts.validation.clone() {
        validation if facts.is_ours => proven_here(&facts.servers, validation),
        validation => signatures(&facts.servers, &validation),
    };
    vec![answers(facts), signatures]
}

/// What is said where front ends are asked.
#[must_use]
pub fn elsewhere() -> Finding {
    Finding::notice(checks::DNS, checks::DNS_ELSEWHERE).remedy(checks::DNS_ELSEWHERE_REMEDY)
}

fn answers(facts: &Facts) -> Finding {
    let Facts { servers, asked, .. } = facts;
    match &facts.found {
        Ok(()) => Finding::good(checks::DNS, Sentence::new(checks::DNS_ANSWERS).with(servers)),
        Err(DnsError::NoSuchDomain) => {
            let text = Sentence::new(checks::DNS_NOT_THE_INTERNET).with(servers).with(asked);
            Finding::notice(checks::DNS, text).remedy(checks::DNS_NOT_THE_INTERNET_REMEDY)
        }
        Err(error) => {
            let why = plain(&error.to_string());
            let text = Sentence::new(checks::DNS_SILENT).with(asked).with_phrase(why);
            Finding::bad(checks::DNS, text).remedy(checks::DNS_SILENT_REMEDY)
        }
    }
}

/// With the built-in validator.
fn proven_here(servers: &str, validation: Validation) -> Finding {
    match validation {
        Validation::Proven => {
            Finding::good(checks::DNSSEC, Sentence::new(checks::DNSSEC_BUILT_IN).with(servers))
        }
        Validation::Unproven(why) | Validation::Lost(why) => {
            let text =
                Sentence::new(checks::DNSSEC_BUILT_IN_NOT).with(servers).with_phrase(plain(&why));
            Finding::notice(checks::DNSSEC, text).remedy(checks::DNSSEC_BUILT_IN_REMEDY)
        }
        Validation::Remote => signatures(servers, &Validation::Remote),
    }
}

fn signatures(servers: &str, validation: &Validation) -> Finding {
    let off = |text| Finding::notice(checks::DNSSEC, text).remedy(checks::DNSSEC_REMEDY);
    match validation {
        Validation::Proven => {
            Finding::good(checks::DNSSEC, Sentence::new(checks::DNSSEC_ON).with(servers))
        }
        Validation::Remote => off(Sentence::new(checks::DNSSEC_REMOTE).with(servers)),
        Validation::Unproven(why) | Validation::Lost(why) => {
            off(Sentence::new(checks::DNSSEC_OFF).with(servers).with_phrase(plain(why)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    #[test]
    fn answers_and_signatures_are_judged_apart() {
        use Verdict::{Bad, Good, Notice};
        let silent = || Err(DnsError::Temporary("SERVFAIL\u{1b}[2J from 192.0.2.1:53".to_owned()));
        let unproven = || Validation::Unproven("none".to_owned());
        let cases = [
            (Ok(()), Validation::Proven, false, (Good, Good)),
            (Ok(()), Validation::Remote, false, (Good, Notice)),
            (Ok(()), unproven(), true, (Good, Notice)),
            (Ok(()), Validation::Proven, true, (Good, Good)),
            (
                Err(DnsError::NoSuchDomain),
                Validation::Lost("x".to_owned()),
                false,
                (Notice, Notice),
            ),
            (silent(), unproven(), false, (Bad, Notice)),
        ];
        for (found, validation, is_ours, wanted) in cases {
            let (servers, asked) = ("192.0.2.1:53".to_owned(), "google.com".to_owned());
            let found = judge(&Facts { servers, is_ours, asked, found, validation });
            assert_eq!((found[0].verdict, found[1].verdict), wanted, "{found:?}");
            assert!(!found[0].text(English).contains('\u{1b}'), "{found:?}");
        }
    }
}
