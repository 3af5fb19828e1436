//! The records of the keys with which mail from a domain is signed (RFC 6376 section 3.6.1).

use ::signing::Finding as Found;
use futures_util::future::join_all;
use texts::{
    Sentence,
    publishing::{DKIM_DIFFERS, DKIM_MISSING, DKIM_NEXT, DKIM_NONE, DKIM_OFF, DKIM_OLD},
};

use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status, shown},
    subject::{Need, NeededKey, Signing, Subject},
};

/// The TXT records at the name of each key.
pub(crate) async fn look_up(lookup: &dyn Lookup, subject: &Subject) -> Vec<Answer<Vec<String>>> {
    let keys = subject.signing.as_ref().map(|signing| signing.keys.as_slice()).unwrap_or_default();
    let ask = |name: String| async move { lookup.txt(&name).await };
    join_all(keys.iter().map(|key| ask(key.record.name()))).await
}

pub(crate) fn judge(subject: &Subject, answers: &[Answer<Vec<String>>]) -> Vec<Finding> {
    let domain = &subject.domain;
    let none = || {
        let finding = Finding::about(Check::Dkim, format!("_domainkey.{domain}"), "TXT");
        finding.saying(Status::Missing, Sentence::new(DKIM_NONE).with(domain))
    };
    match &subject.signing {
        Some(signing) if !signing.keys.is_empty() => {
            let pairs = signing.keys.iter().zip(answers);
            pairs.map(|(key, answer)| judge_one(signing, key, answer)).collect()
        }
        _ => vec![none()],
    }
}

fn judge_one(signing: &Signing, key: &NeededKey, answer: &Answer<Vec<String>>) -> Finding {
    let name = key.record.name();
    let finding = Finding::about(Check::Dkim, name.as_str(), "TXT").recommending(key.record.text());
    let texts = match answer {
        Ok(texts) => texts,
        Err(why) => return finding.silent(&name, why),
    };
    let mut finding = finding.publishing(texts);
    match (key.record.find(texts), key.need) {
        (Found::Published, _) => {}
        (Found::Missing, Need::Signs) => {
            finding.say(Status::Missing, Sentence::new(DKIM_MISSING).with(&name));
        }
        (Found::Missing, Need::Next) => {
            finding.say(Status::Missing, Sentence::new(DKIM_NEXT).with(&name));
        }
        (Found::Missing, Need::Before) => {
            finding.say(Status::Warning, Sentence::new(DKIM_OLD).with(&name));
        }
        (Found::Differs(why), need) => {
            let status = if need == Need::Before { Status::Warning } else { Status::Bad };
            let sentence = Sentence::new(DKIM_DIFFERS).with(&name).with_phrase(shown(&why));
            finding.say(status, sentence);
        }
    }
    if !signing.is_enabled && key.need == Need::Signs {
        finding.say(Status::Warning, Sentence::new(DKIM_OFF).with(&signing.domain));
    }
    finding
}
