//! The MTA-STS record and the policy that it announces (RFC 8461).

use ::mta_sts::{Failure, Mode, Policy, Record, RecordError};
use model::DomainName;
use texts::{
    Sentence,
    publishing::{
        STS_MISSING, STS_NOT_NAMED, STS_OFF, STS_POLICY, STS_PUT, STS_RECORD, STS_SHORT,
        STS_TESTING, STS_UNTRUSTED,
    },
};

use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status, shown},
    mx::Mx,
    policy::{host, text, url},
    subject::Subject,
};

/// Policies that count for less than a day protect hardly anybody.
const SHORT: u32 = 86_400;

/// What was answered.
pub(crate) struct Sts {
    texts: Answer<Vec<String>>,
    /// Asked for where there is a record.
    policy: Option<Result<Policy, Failure>>,
}

fn name(subject: &Subject) -> String {
    format!("_mta-sts.{}", subject.domain)
}

pub(crate) async fn look_up(lookup: &dyn Lookup, subject: &Subject) -> Sts {
    let texts = lookup.txt(&name(subject)).await;
    let announced = texts.as_ref().map(|texts| Record::among(texts));
    let policy = match announced {
        Ok(Ok(_)) => Some(lookup.policy(&subject.domain).await),
        _ => None,
    };
    Sts { texts, policy }
}

/// The record, then the policy.
pub(crate) fn judge(subject: &Subject, mx: &Mx, sts: &Sts) -> Vec<Finding> {
    vec![judge_record(subject, sts), judge_policy(subject, mx, sts)]
}

fn judge_record(subject: &Subject, sts: &Sts) -> Finding {
    let name = name(subject);
    let wanted = format!("v=STSv1; id={};", subject.policy_id);
    let finding = Finding::about(Check::MtaSts, name.as_str(), "TXT");
    let texts = match &sts.texts {
        Ok(texts) => texts,
        Err(why) => return finding.recommending(wanted).silent(&name, why),
    };
    let ours: Vec<&String> = texts.iter().filter(|text| text.starts_with("v=STS")).collect();
    let finding = finding.publishing(&ours);
    match (Record::among(texts), ours.as_slice()) {
        (Ok(_), [record, ..]) => finding.recommending(record.as_str()),
        (Err(RecordError::Absent), []) | (Ok(_), []) => {
            finding.recommending(wanted).saying(Status::Missing, Sentence::new(STS_MISSING))
        }
        (Err(why), _) => {
            let sentence = Sentence::new(STS_RECORD).with_phrase(shown(&why.to_string()));
            finding.recommending(wanted).saying(Status::Bad, sentence)
        }
    }
}

fn judge_policy(subject: &Subject, mx: &Mx, sts: &Sts) -> Finding {
    let url = url(&subject.domain);
    let put = || Sentence::new(STS_PUT).with(&url).with(host(&subject.domain));
    let finding = Finding::about(Check::MtaSts, url.as_str(), "HTTPS");
    let wanted = |mode: &str| {
        let hosts: Vec<_> = mx.names().collect();
        match hosts.is_empty() {
            true => text(mode, std::iter::once(&subject.own.mail_host)),
            false => text(mode, hosts.into_iter()),
        }
    };
    let policy = match &sts.policy {
        Some(Ok(policy)) => policy,
        Some(Err(Failure::LookUp(why))) => {
            return finding
                .recommending(wanted("testing"))
                .silent(&url, &crate::Silence(why.clone()));
        }
        Some(Err(why)) => {
            let sentence = Sentence::new(STS_POLICY).with_phrase(shown(&why.to_string()));
            let finding = finding.recommending(wanted("testing")).saying(Status::Bad, sentence);
            return finding.saying(Status::Bad, put());
        }
        None if sts.texts.is_err() => {
            return finding.recommending(wanted("testing")).saying(Status::Unknown, put());
        }
        None => return finding.recommending(wanted("testing")).saying(Status::Missing, put()),
    };
    let mut finding = finding.publishing(&policy.lines().collect::<Vec<_>>());
    for host in mx.names().filter(|host| !policy.allows(host)) {
        let status = if policy.mode() == Mode::Enforce { Status::Bad } else { Status::Warning };
        finding.say(status, Sentence::new(STS_NOT_NAMED).with(host));
    }
    match policy.mode() {
        Mode::Enforce => {}
        Mode::Testing => finding.say(Status::Warning, Sentence::new(STS_TESTING)),
        Mode::None => finding.say(Status::Warning, Sentence::new(STS_OFF)),
    }
    let is_made_here = |host: &&DomainName| {
        subject.own.certificate(host).is_some_and(|certificate| certificate.is_made_here)
    };
    let untrusted: Vec<&DomainName> = mx.names().filter(is_made_here).collect();
    if policy.mode() == Mode::Enforce {
        for host in &untrusted {
            finding.say(Status::Bad, Sentence::new(STS_UNTRUSTED).with(host));
        }
    }
    let seconds = policy.max_age().as_seconds();
    if policy.mode() != Mode::None && seconds < SHORT {
        finding.say(Status::Warning, Sentence::new(STS_SHORT).with(seconds));
    }
    let recommended = match (finding.status, policy.mode()) {
        (Status::Good, _) => policy.lines().collect::<Vec<_>>().join("\n"),
        (_, Mode::None) => wanted("testing"),
        _ if !untrusted.is_empty() => wanted("testing"),
        _ => wanted("enforce"),
    };
    finding.recommending(recommended)
}
