//! Leaves of an answer what its proof needs: the records of the one name, their signatures, and the denials
//! that go with them, each within bounds. What else servers add (the rest of a chain of aliases, addresses,
//! servers' names) would be proven too, with work and failures of its own.

use hickory_proto::{
    dnssec::rdata::{DNSSECRData, RRSIG},
    op::{Message, MessageType, OpCode, Query},
    rr::{Name, RData, Record, RecordType},
};

use crate::wire::Reply;

/// Signatures looked at of one set of records: each costs a look-up of the key. Changing keys needs two
/// at a time.
const MOST_SIGNATURES: usize = 4;
/// Records of denials looked at: the most that a proof needs is three NSEC3, or an NSEC for each label of a
/// name below a wildcard.
const MOST_DENIALS: usize = 8;
/// Keys of a zone, or digests of them. One with more is not worked on (KeyTrap, CVE-2023-50387).
const MOST_KEYS: usize = 32;

/// Whether the reply says that `name` is an alias, where something else was asked for.
pub(super) fn is_alias(message: &Message, name: &Name, wanted: RecordType) -> bool {
    let here = |kind| {
        message.answers.iter().any(|record| record.name == *name && record.record_type() == kind)
    };
    wanted != RecordType::CNAME && here(RecordType::CNAME) && !here(wanted)
}

/// The reply as a message with what is needed of it; what is wrong where it cannot be worked on.
pub(super) fn sift(name: &Name, wanted: RecordType, reply: &Reply) -> Result<Message, String> {
    let mut message = Message::new(0, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(name.clone(), wanted));
    message.metadata.recursion_available = true;
    message.metadata.response_code = reply.code;
    let is_wanted = |kind: RecordType| kind == wanted || kind == RecordType::CNAME;
    let leads_here = |owner: &Name| owner.num_labels() < name.num_labels() && owner.zone_of(name);
    let answers = of_kind(&reply.answers, |owner, kind| {
        (owner == name && is_wanted(kind)) || (kind == RecordType::DNAME && leads_here(owner))
    });
    let keys = answers
        .iter()
        .filter(|record| matches!(record.record_type(), RecordType::DNSKEY | RecordType::DS));
    let keys = keys.count();
    if keys > MOST_KEYS {
        return Err(format!("{name} has {keys} {wanted} records, more than {MOST_KEYS}"));
    }
    let is_answered =
        answers.iter().any(|record| record.name == *name && is_wanted(record.record_type()));
    let of_wildcard = answers.iter().filter_map(signature).any(|signature| {
        signature.input().num_labels < name.num_labels()
            && signature.input().type_covered != RecordType::DNAME
    });
    let mut authorities = Vec::new();
    if !is_answered || of_wildcard {
        authorities = denials(name, &reply.authorities);
    }
    if wanted == RecordType::NS && !is_answered {
        // Who is no resolver says it there that a zone begins.
        let servers = reply
            .authorities
            .iter()
            .filter(|record| record.record_type() == RecordType::NS && record.name == *name);
        authorities.extend(servers.take(1).cloned());
    }
    message.insert_answers(answers);
    message.insert_authorities(authorities);
    Ok(message)
}

/// The signature that a record is.
pub(super) fn signature(record: &Record) -> Option<&RRSIG> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => Some(signature),
        _ => None,
    }
}

/// What says that there is nothing: the zone's SOA, its NSEC or NSEC3 records, and their signatures.
fn denials(name: &Name, authorities: &[Record]) -> Vec<Record> {
    let soa = authorities
        .iter()
        .find(|record| record.record_type() == RecordType::SOA && record.name.zone_of(name))
        .map(|record| record.name.clone());
    let mut denials: Vec<(&Name, RecordType)> = Vec::new();
    for record in authorities {
        let is_denial = matches!(record.record_type(), RecordType::NSEC | RecordType::NSEC3);
        let key = (&record.name, record.record_type());
        if is_denial && denials.len() < MOST_DENIALS && !denials.contains(&key) {
            denials.push(key);
        }
    }
    of_kind(authorities, |owner, kind| {
        (kind == RecordType::SOA && soa.as_ref() == Some(owner)) || denials.contains(&(owner, kind))
    })
}

/// The records that are meant, and what signs them.
fn of_kind(records: &[Record], is_meant: impl Fn(&Name, RecordType) -> bool) -> Vec<Record> {
    let mut kept: Vec<Record> = Vec::new();
    for record in records {
        let Some(signature) = signature(record) else {
            if is_meant(&record.name, record.record_type()) {
                kept.push(record.clone());
            }
            continue;
        };
        let covered = signature.input().type_covered;
        let same = kept.iter().filter(|other| {
            other.name == record.name
                && self::signature(other).is_some_and(|s| s.input().type_covered == covered)
        });
        if is_meant(&record.name, covered) && same.count() < MOST_SIGNATURES {
            kept.push(record.clone());
        }
    }
    kept
}
