//! Whether names can be looked up, and whether what is said of signatures is to be believed.

use std::sync::Arc;

use dns::{DnsError, ProbeNames, Proof, Resolver, ResolverSettings, Validation, Validator};

use crate::finding::{Finding, plain};

const VALIDATE: &str =
    "apt install unbound, then in relais.toml: [dns] servers = [\"127.0.0.1:53\"]";

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
    Finding::notice(
        "DNS",
        "front ends are asked ([delivery] lookups_through_front_ends): not tried from here",
        "the running server knows: relais shell -c Get-TransportSecurity",
    )
}

fn answers(facts: &Facts) -> Finding {
    let Facts { servers, asked, .. } = facts;
    let subject = "DNS";
    match &facts.found {
        Ok(()) => Finding::good(subject, format!("{servers} answer")),
        Err(DnsError::NoSuchDomain) => Finding::notice(
            subject,
            format!("{servers} answer, and know no {asked}: not the Internet's DNS?"),
            "where that is meant, name others to try by: [dns] signed_name, unsigned_name and bogus_name in relais.toml",
        ),
        Err(error) => Finding::bad(
            subject,
            format!("{asked} is not found: {}", plain(&error.to_string())),
            "correct /etc/resolv.conf, or [dns] servers in relais.toml",
        ),
    }
}

/// With the built-in validator.
fn proven_here(servers: &str, validation: Validation) -> Finding {
    match validation {
        Validation::Proven => Finding::good(
            "DNSSEC",
            format!("the built-in validator proves what {servers} answer: DANE is on"),
        ),
        Validation::Unproven(why) | Validation::Lost(why) => Finding::notice(
            "DNSSEC",
            format!(
                "the built-in validator proves nothing of what {servers} answer ({}): DANE is off. Where it was \
                 on before, mail for hosts with TLSA records waits",
                plain(&why)
            ),
            "ask DNS servers that pass signatures on: [dns] servers in relais.toml",
        ),
        Validation::Remote => signatures(servers, &Validation::Remote),
    }
}

fn signatures(servers: &str, validation: &Validation) -> Finding {
    let off = |why: String| {
        let text = format!(
            "{why}: DANE is off. Where it was on before, mail for hosts with TLSA records waits"
        );
        Finding::notice("DNSSEC", text, VALIDATE)
    };
    match validation {
        Validation::Proven => {
            Finding::good("DNSSEC", format!("{servers} validate signatures: DANE is on"))
        }
        Validation::Remote => off(format!(
            "{servers} are not on this machine, and nothing protects what they say of signatures"
        )),
        Validation::Unproven(why) | Validation::Lost(why) => {
            off(format!("{servers} do not validate signatures ({})", plain(why)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;

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
            assert!(!found[0].text.contains('\u{1b}'), "{found:?}");
        }
    }
}
