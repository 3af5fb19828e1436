//! What opt-out leaves open (RFC 5155 section 6): between two NSEC3 records of that kind an unsigned zone may
//! begin. What is said of names there is not authentic (section 9.2); of names that have a record of their own
//! it is.

use hickory_proto::{
    dnssec::{
        Proof,
        rdata::{DNSSECRData, NSEC3},
    },
    op::DnsResponse,
    rr::{Name, RData, Record},
};

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Whether the denial in the message leaves open that there is an unsigned zone at `name` or above it.
pub(super) fn leaves_open(name: &Name, message: &DnsResponse) -> bool {
    let denials = || message.authorities.iter().filter_map(nsec3);
    let opts_out = denials().any(|(_, nsec3)| nsec3.opt_out());
    opts_out && !denials().any(|(owner, nsec3)| is_of(name, owner, nsec3))
}

fn nsec3(record: &Record) -> Option<(&Name, &NSEC3)> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) if record.proof == Proof::Secure => {
            Some((&record.name, nsec3))
        }
        _ => None,
    }
}

/// Whether the record is that of `name` itself: its first label is the name's hash.
fn is_of(name: &Name, owner: &Name, nsec3: &NSEC3) -> bool {
    let hash = nsec3.hash_algorithm().hash(nsec3.salt(), name, nsec3.iterations());
    let Ok(hash) = hash else { return false };
    let label = owner.iter().next().unwrap_or_default();
    label.eq_ignore_ascii_case(&base32hex(hash.as_ref()))
}

/// RFC 4648 section 7, of a multiple of five bytes.
fn base32hex(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 8 / 5);
    for five in bytes.chunks(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for place in (0..8).rev() {
            let digit = (bits >> (place * 5)) & 31;
            text.extend(usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use hickory_proto::dnssec::Nsec3HashAlgorithm;

    use super::*;
    use crate::script::name;

    /// The zone of RFC 5155 appendix A.
    #[test]
    fn names_are_known_by_their_hashes() {
        let nsec3 = |iterations| {
            let salt = vec![0xaa, 0xbb, 0xcc, 0xdd];
            NSEC3::new(Nsec3HashAlgorithm::SHA1, true, iterations, salt, vec![0; 20], [])
        };
        let owner = name("0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM.example");
        assert!(is_of(&name("example"), &owner, &nsec3(12)));
        assert!(!is_of(&name("example"), &owner, &nsec3(11)));
        assert!(!is_of(&name("a.example"), &owner, &nsec3(12)));
        let owner = name("35mthgpgcu1qg68fab165klnsnk3dpvl.example");
        assert!(is_of(&name("a.example"), &owner, &nsec3(12)));
    }
}
