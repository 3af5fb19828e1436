//! Who may send for the domain (RFC 7208): whether its SPF record counts, and lets this organization send.

mod record;
mod tree;
mod wanted;

use texts::{
    Sentence,
    publishing::{
        SENDER_UNKNOWN, SPF_AFTER_ALL, SPF_INCLUDE_NOTHING, SPF_LOOK_UPS, SPF_MANY_LOOK_UPS,
        SPF_MISSING, SPF_NEUTRAL_ALL, SPF_NO_ALL, SPF_NO_SENDER, SPF_NOT_COVERED, SPF_PASS_ALL,
        SPF_PERHAPS_COVERED, SPF_PTR, SPF_SEVERAL, SPF_SMART_HOSTS, SPF_SYNTAX, SPF_VOID,
    },
};

use self::{
    record::{Mechanism, Qualifier, Record, among},
    tree::{Count, MOST_LOOK_UPS, Node, Verdict, follow},
};
use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status, not_known, shown},
    sending::{Sending, all_addresses},
    subject::Subject,
};

/// Look-ups that a record may need (section 4.6.4).
const ALLOWED: usize = 10;
/// Of those, how many may find nothing.
const ALLOWED_VOID: usize = 2;

/// What was answered.
pub(crate) struct Spf {
    texts: Answer<Vec<String>>,
    /// The only record, where there is one that can be read, with what it leads to.
    followed: Option<(Record, Node, Count)>,
}

pub(crate) async fn look_up(lookup: &dyn Lookup, subject: &Subject) -> Spf {
    let domain = subject.domain.as_str();
    let texts = lookup.txt(domain).await;
    let only = match texts.as_ref().map(|texts| among(texts)).as_deref() {
        Ok([text]) => Record::parse(text).ok(),
        _ => None,
    };
    let followed = match only {
        Some(record) => {
            let mut count = Count::default();
            let node = follow(lookup, domain, &record, &mut count, 0).await;
            Some((record, node, count))
        }
        None => None,
    };
    Spf { texts, followed }
}

pub(crate) fn judge(subject: &Subject, sendings: &[Sending<'_>], spf: &Spf) -> Finding {
    let domain = &subject.domain;
    let finding = Finding::about(Check::Spf, domain.as_str(), "TXT");
    let texts = match &spf.texts {
        Ok(texts) => texts,
        Err(why) => return finding.silent(domain.as_str(), why),
    };
    let records = among(texts);
    let mut finding = finding.publishing(&records);
    finding.recommended = Some(shown(&wanted::fresh(&records, sendings)));
    match (records.as_slice(), &spf.followed) {
        ([], _) => {
            finding.say(Status::Missing, Sentence::new(SPF_MISSING).with(domain));
            senders(&mut finding, subject, sendings);
        }
        ([_], Some((record, node, count))) => {
            counted(&mut finding, count);
            ends(&mut finding, record);
            let missing = covers(&mut finding, sendings, node);
            senders(&mut finding, subject, sendings);
            let better = wanted::better(record, &missing);
            let kept = records.first().copied().unwrap_or_default();
            let is_good = matches!(finding.status, Status::Good | Status::Unknown);
            finding.recommended = Some(shown(if is_good { kept } else { &better }));
        }
        ([text], None) => {
            let term = Record::parse(text).err().unwrap_or_default();
            let sentence = Sentence::new(SPF_SYNTAX).with(domain).with(shown(&term));
            finding.say(Status::Bad, sentence);
        }
        (several, _) => {
            let sentence = Sentence::new(SPF_SEVERAL).with(domain).with(several.len());
            finding.say(Status::Bad, sentence);
        }
    }
    finding
}

/// What the record leads to.
fn counted(finding: &mut Finding, count: &Count) {
    let number = |text, number: usize| Sentence::new(text).with(number);
    if count.look_ups > MOST_LOOK_UPS {
        finding.say(Status::Bad, number(SPF_MANY_LOOK_UPS, count.look_ups));
    } else if count.look_ups > ALLOWED {
        finding.say(Status::Bad, number(SPF_LOOK_UPS, count.look_ups));
    }
    for name in &count.nothing {
        finding.say(Status::Bad, Sentence::new(SPF_INCLUDE_NOTHING).with(shown(name)));
    }
    for (name, term) in &count.malformed {
        let sentence = Sentence::new(SPF_SYNTAX).with(shown(name)).with(shown(term));
        finding.say(Status::Bad, sentence);
    }
    if count.void > ALLOWED_VOID {
        finding.say(Status::Bad, number(SPF_VOID, count.void));
    }
    if count.has_ptr {
        finding.say(Status::Warning, Sentence::new(SPF_PTR));
    }
    for (name, why) in &count.silent {
        finding.say(Status::Unknown, not_known(name, why));
    }
}

/// How the record ends.
fn ends(finding: &mut Finding, record: &Record) {
    let at = record.terms.iter().position(|term| term.mechanism == Mechanism::All);
    let (status, text) = match record.all() {
        Some(Qualifier::Fail | Qualifier::SoftFail) => (Status::Good, None),
        Some(Qualifier::Pass) => (Status::Bad, Some(SPF_PASS_ALL)),
        Some(Qualifier::Neutral) => (Status::Warning, Some(SPF_NEUTRAL_ALL)),
        None if record.redirect.is_some() => (Status::Good, None),
        None => (Status::Warning, Some(SPF_NO_ALL)),
    };
    if let Some(text) = text {
        finding.say(status, Sentence::new(text));
    }
    if at.is_some_and(|at| at + 1 < record.terms.len()) {
        finding.say(Status::Warning, Sentence::new(SPF_AFTER_ALL));
    }
}

/// Whether this organization may send; the addresses that may not.
fn covers(finding: &mut Finding, sendings: &[Sending<'_>], node: &Node) -> Vec<std::net::IpAddr> {
    let mut missing = Vec::new();
    for address in all_addresses(sendings) {
        match node.verdict(address) {
            Verdict::Pass => {}
            Verdict::Other => {
                finding.say(Status::Bad, Sentence::new(SPF_NOT_COVERED).with(address));
                missing.push(address);
            }
            Verdict::Unknown => {
                finding.say(Status::Unknown, Sentence::new(SPF_PERHAPS_COVERED).with(address));
            }
        }
    }
    missing
}

/// What is not known of who sends.
fn senders(finding: &mut Finding, subject: &Subject, sendings: &[Sending<'_>]) {
    for sending in sendings.iter().filter(|sending| sending.addresses.is_empty()) {
        let sender = sending.sender;
        let sentence = Sentence::new(SENDER_UNKNOWN).with(&sender.name).with(&sender.tell_address);
        finding.say(Status::Unknown, sentence);
    }
    if sendings.is_empty() {
        finding.say(Status::Good, Sentence::new(SPF_NO_SENDER));
    }
    if !subject.smart_hosts.is_empty() {
        let hosts = shown(&subject.smart_hosts.join(", "));
        finding.say(Status::Good, Sentence::new(SPF_SMART_HOSTS).with(hosts));
    }
}
