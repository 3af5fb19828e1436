//! What hickory has found out, as a reply; and what it is content with and we are not.
//!
//! * A record of a wildcard counts only with a proven denial of the name itself (RFC 4035 section 5.3.4).
//!   hickory leaves that out where everything beside the record is of an unsigned zone, and right below the
//!   wildcard wants more than there can be (`wildcard`).
//! * "There is none" counts as said by an unsigned zone only where what says it is of a zone that the name
//!   is in.
//! * What opt-out leaves open is not authentic (`opt_out`).
//! * The CNAME that a proven DNAME makes is proven (RFC 6672 section 5.3.1).

use hickory_net::{DnsError, NetError};
use hickory_proto::{
    dnssec::Proof,
    op::{DnsResponse, ResponseCode},
    rr::{Name, RData, Record, RecordType},
    serialize::binary::BinDecodable,
};

use super::{opt_out::leaves_open, primer::MISSING, sift::signature, wildcard};
use crate::wire::Reply;

const WRONG: &str = "its signatures do not hold";
const NO_DENIAL: &str = "nothing proves that there is none";

/// The reply to a question for `wanted` of `name`.
///
/// # Errors
/// Why it cannot be believed.
pub(super) fn judge(
    (name, wanted): (&Name, RecordType),
    proven: Result<DnsResponse, NetError>,
) -> Result<Reply, String> {
    let message = match proven {
        Ok(message) => message,
        Err(NetError::Dns(DnsError::Nsec { response, .. })) => {
            return without_denial((name, wanted), &response);
        }
        Err(error) => return Err(error.to_string()),
    };
    let records = of(&message, name, wanted);
    if records.is_empty() {
        return denial(name, &message);
    }
    let mut secure = match worst(&records) {
        Proof::Secure => true,
        Proof::Insecure => false,
        _ if wanted == RecordType::CNAME && is_made(name, &records, &message) => true,
        _ => return Err(unproven(&message, wanted).to_owned()),
    };
    let is_wildcard = message.answers.iter().filter_map(signature).any(|signature| {
        signature.input().type_covered == wanted && signature.input().num_labels < name.num_labels()
    });
    if secure && is_wildcard {
        if !has_denial(&message) {
            return Err(NO_DENIAL.to_owned());
        }
        secure = !leaves_open(name, &message);
    }
    Ok(reply(&message, records, secure))
}

/// What hickory finds no denial for that it wants: an answer of a wildcard may have the one it needs.
fn without_denial(
    (name, wanted): (&Name, RecordType),
    message: &DnsResponse,
) -> Result<Reply, String> {
    let records = of(message, name, wanted);
    if records.is_empty() {
        return Err(denied_without(message).to_owned());
    }
    let made = message.answers.iter().filter(|record| record.proof == Proof::Secure);
    let mut made = made.filter_map(signature).filter(|s| s.input().type_covered == wanted);
    let is_free = made.all(|signature| wildcard::is_free(name, signature, message));
    if worst(&records) == Proof::Secure && is_free {
        return Ok(reply(message, records, true));
    }
    Err(NO_DENIAL.to_owned())
}

/// "There is none."
fn denial(name: &Name, message: &DnsResponse) -> Result<Reply, String> {
    if has_denial(message) {
        return Ok(reply(message, Vec::new(), !leaves_open(name, message)));
    }
    let all_insecure = !message.authorities.is_empty()
        && message.authorities.iter().all(|record| record.proof == Proof::Insecure);
    let encloses = message.authorities.iter().any(|record| record.name.zone_of(name));
    if all_insecure && !encloses {
        return Err(NO_DENIAL.to_owned());
    }
    Ok(reply(message, Vec::new(), false))
}

/// The records of `name` that were asked for.
fn of(message: &DnsResponse, name: &Name, wanted: RecordType) -> Vec<Record> {
    let here = |r: &&Record| r.name == *name && r.record_type() == wanted;
    message.answers.iter().filter(here).cloned().collect()
}

fn worst(records: &[Record]) -> Proof {
    let has = |proof| records.iter().any(|record| record.proof == proof);
    [Proof::Bogus, Proof::Indeterminate, Proof::Insecure]
        .into_iter()
        .find(|proof| has(*proof))
        .unwrap_or(Proof::Secure)
}

/// Whether a denial has been proven; hickory has then checked what it denies.
fn has_denial(message: &DnsResponse) -> bool {
    message.authorities.iter().any(|record| {
        record.proof == Proof::Secure
            && matches!(record.record_type(), RecordType::NSEC | RecordType::NSEC3)
    })
}

/// Whether the only CNAME is the one that a proven DNAME above the name makes.
fn is_made(name: &Name, records: &[Record], message: &DnsResponse) -> bool {
    let [Record { data: RData::CNAME(made), .. }] = records else { return false };
    let sources = message.answers.iter().filter(|record| {
        record.record_type() == RecordType::DNAME && record.proof == Proof::Secure
    });
    // One alone: two would be a choice of whoever answers.
    let [source] = sources.collect::<Vec<_>>()[..] else { return false };
    // The library has no such type and leaves its bytes alone.
    let RData::Unknown { rdata: target, .. } = &source.data else { return false };
    let Ok(target) = Name::from_bytes(&target.anything) else { return false };
    let above = usize::from(source.name.num_labels());
    if !source.name.zone_of(name) || source.name == *name {
        return false;
    }
    let labels: Vec<&[u8]> = name.iter().collect();
    let below = labels.get(..labels.len().saturating_sub(above)).unwrap_or_default();
    let moved = Name::from_labels(below.iter().copied());
    let moved = moved.and_then(|below| below.append_domain(&target));
    moved.is_ok_and(|expected| expected.eq_ignore_root(&made.0))
}

fn unproven(message: &DnsResponse, wanted: RecordType) -> &'static str {
    let covers = |r: &Record| signature(r).is_some_and(|s| s.input().type_covered == wanted);
    if message.answers.iter().any(covers) { WRONG } else { MISSING }
}

fn denied_without(message: &DnsResponse) -> &'static str {
    let is_signed = message.authorities.iter().any(|record| signature(record).is_some());
    if is_signed { NO_DENIAL } else { MISSING }
}

fn reply(message: &DnsResponse, records: Vec<Record>, authentic: bool) -> Reply {
    let negative = message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(record.ttl.min(soa.minimum)),
        _ => None,
    });
    Reply {
        code: if records.is_empty() { message.response_code } else { ResponseCode::NoError },
        truncated: false,
        negative_ttl: negative.filter(|_| records.is_empty()),
        answers: records,
        authorities: Vec::new(),
        authentic,
        is_lame: false,
    }
}
