//! By which certificate a mail host of ours is known (RFC 7672): what is published, compared with what this
//! server shows.

use ::dns::{Tlsa, TlsaData, Validation};
use futures_util::future::join_all;
use model::DomainName;
use texts::{
    Sentence,
    publishing::{
        TLSA_MISSING, TLSA_NOT_HERE, TLSA_OTHER_NAME, TLSA_PASSING, TLSA_UNPROVEN, TLSA_UNSIGNED,
        TLSA_UNUSABLE, TLSA_WRONG,
    },
};
use tls::TlsaRecord;

use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status},
    mx::Mx,
    subject::{Certificate, Own, Subject},
};

/// Why nothing is known of signatures where the DNS servers are elsewhere.
const REMOTE: &str = "the DNS servers are not on this machine: nothing protects their answers";

/// A host of ours and its records.
pub(crate) struct Host {
    name: DomainName,
    tlsa: Answer<Tlsa>,
}

pub(crate) async fn look_up(lookup: &dyn Lookup, mx: &Mx) -> Vec<Host> {
    let ours = mx.hosts.iter().filter(|host| host.is_ours).map(|host| &host.name);
    join_all(
        ours.map(|name| async move { Host { name: name.clone(), tlsa: lookup.tlsa(name).await } }),
    )
    .await
}

pub(crate) fn judge(subject: &Subject, validation: &Validation, hosts: &[Host]) -> Vec<Finding> {
    hosts.iter().map(|host| judge_one(&subject.own, validation, host)).collect()
}

fn judge_one(own: &Own, validation: &Validation, host: &Host) -> Finding {
    let name = format!("_25._tcp.{}", host.name);
    let mut finding = Finding::about(Check::Tlsa, name.as_str(), "TLSA");
    let certificate = own.certificate(&host.name);
    finding.recommended = certificate.and_then(|certificate| match certificate.is_made_here {
        true => certificate.shown.record_of_authority(),
        false => certificate.shown.record_of_key(),
    });
    let tlsa = match &host.tlsa {
        Ok(tlsa) => tlsa,
        Err(why) => return finding.silent(&name, why),
    };
    let mut finding = finding.publishing(&tlsa.records.iter().map(line).collect::<Vec<_>>());
    let is_there = !tlsa.records.is_empty();
    if !tlsa.secure {
        finding.say(
            if is_there { Status::Warning } else { unsigned(validation) },
            match validation {
                Validation::Proven => Sentence::new(TLSA_UNSIGNED).with(&host.name),
                Validation::Remote => {
                    Sentence::new(TLSA_UNPROVEN).with(&host.name).with_phrase(REMOTE)
                }
                Validation::Unproven(why) | Validation::Lost(why) => {
                    Sentence::new(TLSA_UNPROVEN).with(&host.name).with(why)
                }
            },
        );
    }
    let Some(certificate) = certificate else {
        return finding.saying(Status::Unknown, Sentence::new(TLSA_NOT_HERE).with(&host.name));
    };
    if is_there {
        compare(&mut finding, certificate, &host.name, &tlsa.records);
    } else if tlsa.secure {
        finding.say(Status::Missing, Sentence::new(TLSA_MISSING).with(&host.name));
    }
    if certificate.is_made_here && !certificate.shown.is_for(host.name.as_str()) {
        finding.say(Status::Warning, Sentence::new(TLSA_OTHER_NAME).with(&host.name));
    }
    finding
}

/// Without records, a zone that is not signed is no fault of theirs.
fn unsigned(validation: &Validation) -> Status {
    if *validation == Validation::Proven { Status::Warning } else { Status::Unknown }
}

fn compare(
    finding: &mut Finding,
    Certificate { shown, is_made_here }: &Certificate,
    host: &DomainName,
    records: &[TlsaData],
) {
    let usable = |record: &TlsaData| {
        TlsaRecord::usable(record.usage, record.selector, record.matching, &record.data)
    };
    let records: Vec<TlsaRecord> = records.iter().filter_map(usable).collect();
    if records.is_empty() {
        return finding.say(Status::Warning, Sentence::new(TLSA_UNUSABLE).with(host));
    }
    let is_for = shown.is_for(host.as_str());
    let vouches = |record: &TlsaRecord| is_for && shown.is_vouched_for_by(record);
    if records.iter().any(vouches) {
        return;
    }
    if !records.iter().any(|record| shown.is_named_by(record)) {
        return finding.say(Status::Bad, Sentence::new(TLSA_WRONG).with(host));
    }
    if *is_made_here {
        finding.say(Status::Warning, Sentence::new(TLSA_PASSING).with(host));
    }
}

/// As in a zone file.
fn line(record: &TlsaData) -> String {
    let digits: String = record.data.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {} {} {digits}", record.usage, record.selector, record.matching)
}
