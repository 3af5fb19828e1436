//! The names under which mail is sent (RFC 5321 section 4.1.4).

use std::net::IpAddr;

use model::DomainName;
use texts::{
    Sentence,
    publishing::{
        HELO_ELSEWHERE, HELO_IMPOSSIBLE, HELO_PRIVATE, HELO_WITHOUT_ADDRESS, NOTHING_SENT,
        SENDER_UNKNOWN,
    },
};

use crate::{
    address::{is_public, kind, listed},
    finding::{Check, Finding, Status},
    sending::Sending,
};

/// Ends of names that exist inside networks only (RFC 6761, 6762, 8375, 9476, and what is in use).
const INSIDE: [&str; 9] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "home.arpa",
];

pub(crate) fn judge(domain: &str, sendings: &[Sending<'_>]) -> Vec<Finding> {
    if sendings.is_empty() {
        let finding = Finding::about(Check::HeloName, domain, "A");
        return vec![finding.saying(Status::Good, Sentence::new(NOTHING_SENT))];
    }
    sendings.iter().map(judge_one).collect()
}

fn judge_one(sending: &Sending<'_>) -> Finding {
    let sender = sending.sender;
    let name = sender.name.as_str();
    let told = &sender.addresses;
    let wanted: Vec<String> = sending.addresses.iter().map(ToString::to_string).collect();
    if !is_possible(&sender.name) {
        let sentence = Sentence::new(HELO_IMPOSSIBLE).with(name).with(&sender.tell_name);
        return Finding::about(Check::HeloName, name, "A").saying(Status::Bad, sentence);
    }
    let found = match &sending.of_name {
        Ok(found) => found.as_slice(),
        Err(why) => return Finding::about(Check::HeloName, name, "A").silent(name, why),
    };
    let mut finding =
        Finding::about(Check::HeloName, name, kind(sending.addresses.first().or(found.first())))
            .publishing(&found.iter().map(ToString::to_string).collect::<Vec<_>>());
    finding.recommended = (!wanted.is_empty()).then(|| wanted.join("\n"));
    if found.is_empty() {
        finding.say(Status::Missing, Sentence::new(HELO_WITHOUT_ADDRESS).with(name));
        if wanted.is_empty() {
            finding.say(Status::Missing, unknown(sending));
        }
        return finding;
    }
    if !found.iter().any(is_public) {
        let sentence = Sentence::new(HELO_PRIVATE).with(name).with(listed(found));
        return finding.saying(Status::Bad, sentence);
    }
    let missing: Vec<IpAddr> = told.iter().filter(|ip| !found.contains(ip)).copied().collect();
    if !missing.is_empty() {
        let sentence = Sentence::new(HELO_ELSEWHERE).with(name).with(listed(&missing));
        finding.say(Status::Warning, sentence);
    }
    finding
}

/// By which setting it is said from where mail is sent.
pub(crate) fn unknown(sending: &Sending<'_>) -> Sentence {
    Sentence::new(SENDER_UNKNOWN).with(&sending.sender.name).with(&sending.sender.tell_address)
}

/// Whether a name can exist on the Internet: not alone, not an address, and not below what is only inside.
#[must_use]
pub fn is_possible(name: &DomainName) -> bool {
    let text = name.as_str();
    let is_inside = |end: &&str| {
        text.strip_suffix(*end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    text.contains('.')
        && text.parse::<IpAddr>().is_err()
        && !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && !INSIDE.iter().any(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_on_the_internet_are_known() {
        for possible in ["mail.contoso.com", "localhost.contoso.com", "a.locals", "lan.example"] {
            assert!(is_possible(&possible.parse().unwrap()), "{possible}");
        }
        for inside in ["localhost", "mbx01", "mail.local", "a.localhost", "x.home.arpa", "10.0.0.1"]
        {
            assert!(!is_possible(&inside.parse().unwrap()), "{inside}");
        }
    }
}
