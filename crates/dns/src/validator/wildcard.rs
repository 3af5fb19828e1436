//! That a name which a wildcard's record is shown for does not exist itself (RFC 4035 section 5.3.4), by NSEC.
//! hickory asks for a denial of the wildcard too, which exists: right below one nothing would pass.

use hickory_proto::{
    dnssec::{
        Proof,
        rdata::{DNSSECRData, NSEC, RRSIG},
    },
    op::DnsResponse,
    rr::{Name, RData, Record, RecordType},
};

use super::sift::signature;

/// Whether the message proves, by NSEC of the zone that `made` is of, that neither `name` nor anything
/// between it and the wildcard is there. `made` is the signature of the wildcard's records.
pub(super) fn is_free(name: &Name, made: &RRSIG, message: &DnsResponse) -> bool {
    let signer = &made.input().signer_name;
    message.authorities.iter().any(|record| {
        let RData::DNSSEC(DNSSECRData::NSEC(nsec)) = &record.data else { return false };
        record.proof == Proof::Secure
            && is_signed_by(signer, record, message)
            && covers(&record.name, nsec, name)
            && nearest(&record.name, nsec, name) <= usize::from(made.input().num_labels)
    })
}

fn is_signed_by(signer: &Name, nsec: &Record, message: &DnsResponse) -> bool {
    message.authorities.iter().any(|record| {
        record.name == nsec.name
            && record.proof == Proof::Secure
            && signature(record).is_some_and(|signature| {
                let input = signature.input();
                input.type_covered == RecordType::NSEC && input.signer_name == *signer
            })
    })
}

/// Whether `name` would stand between the owner and what comes next.
fn covers(owner: &Name, nsec: &NSEC, name: &Name) -> bool {
    // What a zone says of the beginning of another is nothing about that one (RFC 6840 section 4.1).
    if nsec.is_ancestor_delegation() && owner.zone_of(name) {
        return false;
    }
    let next = nsec.next_domain_name();
    let is_last = next <= owner && next.zone_of(name);
    owner < name && (name < next || is_last)
}

/// How many labels the nearest name above `name` has that exists: owner and next are its neighbours, so one
/// of them is below it.
fn nearest(owner: &Name, nsec: &NSEC, name: &Name) -> usize {
    common(owner, name).max(common(nsec.next_domain_name(), name))
}

/// How many labels two names have in common, from the root.
fn common(one: &Name, other: &Name) -> usize {
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::name;

    #[test]
    fn neighbours_show_what_is_between() {
        let nsec = |next: &str| NSEC::new(name(next), [RecordType::A]);
        let at = |owner: &str, next: &str, of: &str| {
            let (owner, nsec, of) = (name(owner), nsec(next), name(of));
            covers(&owner, &nsec, &of).then(|| nearest(&owner, &nsec, &of))
        };
        assert_eq!(at("*.w.test", "exact.w.test", "any.w.test"), Some(2));
        assert_eq!(at("*.w.test", "exact.w.test", "exact.w.test"), None);
        assert_eq!(at("*.w.test", "exact.w.test", "z.w.test"), None);
        // Something stands between the wildcard and the name.
        assert_eq!(at("b.a.w.test", "c.w.test", "x.a.w.test"), Some(3));
        assert_eq!(at("*.w.test", "b.a.w.test", "0.a.w.test"), Some(3));
        // The last name of the zone.
        assert_eq!(at("x.test", "test", "z.w.test"), None);
        assert_eq!(at("w.test", "test", "z.w.test"), Some(2));
        let cut = NSEC::new(name("z.test"), [RecordType::NS]);
        assert!(!covers(&name("sub.test"), &cut, &name("a.sub.test")));
    }
}
