//! What the built-in validator believes without proof: keys, or digests of keys, of the root or of zones of
//! one's own (RFC 4033 section 2, "trust anchor").

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use hickory_proto::{
    dnssec::{
        Algorithm, DigestType, PublicKey, PublicKeyBuf, TrustAnchors as Known, Verifier,
        rdata::{DNSKEY, DS},
    },
    rr::Name,
};
use thiserror::Error;

/// A file larger than this is not one of anchors, in bytes.
const LARGEST_FILE: u64 = 64 * 1024;
/// Anchors of one file.
const MOST_ANCHORS: usize = 64;
/// A key of a zone's, as RFC 4034 section 2.1.1 has its flags.
const ZONE_KEY: u16 = 0x0100;
/// A key that is given up (RFC 5011 section 2.1).
const REVOKED: u16 = 0x0080;

/// Why a file of trust anchors is of no use.
#[derive(Debug, Error)]
pub enum AnchorError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is larger than 64 KiB.
    #[error("it is larger than 64 KiB")]
    TooLarge,
    /// It has none, or more than 64.
    #[error("it has {0} DNSKEY and DS records. Allowed: 1 to 64")]
    Number(usize),
    /// One of its records is not right.
    #[error("\"{record}\" {problem}. Allowed: DNSKEY and DS records, as `. IN DS 20326 8 2 E06D…`")]
    Record {
        /// Its first words.
        record: String,
        /// What is the matter.
        problem: &'static str,
    },
}

/// Keys that are believed, by zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchors(Vec<Anchor>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Anchor {
    zone: Name,
    meant: Meant,
}

/// Which key is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    Key(PublicKeyBuf),
    Digest(DS),
}

impl TrustAnchors {
    /// The keys of the DNS root that IANA has published: KSK-2017 (20326) and KSK-2024 (38696).
    pub fn root() -> Self {
        let known = Known::default();
        let keys = (0..known.len()).filter_map(|place| known.get(place).cloned());
        let of_root = |key| Anchor { zone: Name::root(), meant: Meant::Key(key) };
        Self(keys.map(of_root).collect())
    }

    /// The DNSKEY and DS records of a file in the form of a zone file (RFC 1035 section 5.1), such as
    /// `/usr/share/dns/root.key`, Unbound's `root.key`, or what `dig` and the key tools print. Owners are
    /// whole names; there is no `$ORIGIN`.
    ///
    /// # Errors
    /// When it cannot be read, or has anything else in it.
    pub fn read(path: &Path) -> Result<Self, AnchorError> {
        if fs::metadata(path)?.len() > LARGEST_FILE {
            return Err(AnchorError::TooLarge);
        }
        Self::parse(&fs::read_to_string(path)?)
    }

    fn parse(text: &str) -> Result<Self, AnchorError> {
        let entries = entries(text);
        if entries.is_empty() || entries.len() > MOST_ANCHORS {
            return Err(AnchorError::Number(entries.len()));
        }
        let anchor = |words: &Vec<&str>| {
            anchor(words).map_err(|problem| AnchorError::Record {
                record: words.iter().take(6).copied().collect::<Vec<_>>().join(" "),
                problem,
            })
        };
        Ok(Self(entries.iter().map(anchor).collect::<Result<_, _>>()?))
    }

    /// The nearest zone at or above `name` of which a key is believed.
    pub(crate) fn zone_above(&self, name: &Name) -> Option<&Name> {
        let zones = self.0.iter().map(|anchor| &anchor.zone).filter(|zone| zone.zone_of(name));
        zones.max_by_key(|zone| zone.num_labels())
    }

    /// Whether this key of `zone` is believed.
    pub(crate) fn name(&self, zone: &Name, key: &DNSKEY) -> bool {
        let public = key.public_key();
        self.0.iter().filter(|anchor| anchor.zone == *zone).any(|anchor| match &anchor.meant {
            Meant::Key(meant) => {
                meant.public_bytes() == public.public_bytes()
                    && meant.algorithm() == public.algorithm()
            }
            Meant::Digest(ds) => {
                ds.algorithm() == key.algorithm()
                    && key.calculate_key_tag().is_ok_and(|tag| tag == ds.key_tag())
                    && ds.covers(zone, key).unwrap_or(false)
            }
        })
    }
}

/// The words of each record; those of one in parentheses may stand on several lines.
fn entries(text: &str) -> Vec<Vec<&str>> {
    let mut entries: Vec<Vec<&str>> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let line = line.split(';').next().unwrap_or_default();
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_none() {
            continue;
        }
        if !is_open {
            entries.push(Vec::new());
        }
        let Some(entry) = entries.last_mut() else { continue };
        for word in words {
            is_open = (is_open || word.contains('(')) && !word.contains(')');
            let bare = word.trim_matches(['(', ')']);
            if !bare.is_empty() {
                entry.push(bare);
            }
        }
    }
    entries
}

fn anchor(words: &[&str]) -> Result<Anchor, &'static str> {
    let (owner, rest) = words.split_first().ok_or("is empty")?;
    let owner = owner.trim_end_matches('.');
    let zone = Name::from_ascii(format!("{owner}.")).map_err(|_| "has no name")?.to_lowercase();
    let is_prelude = |word: &&str| {
        word.eq_ignore_ascii_case("IN") || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let start = rest.iter().take(2).take_while(|word| is_prelude(word)).count();
    let (kind, data) =
        rest.get(start..).and_then(<[&str]>::split_first).ok_or("has no record type")?;
    let meant = match kind.to_ascii_uppercase().as_str() {
        "DNSKEY" => Meant::Key(key(data)?),
        "DS" => Meant::Digest(digest(data)?),
        _ => return Err("is neither a DNSKEY nor a DS record"),
    };
    Ok(Anchor { zone, meant })
}

fn key(data: &[&str]) -> Result<PublicKeyBuf, &'static str> {
    let [flags, protocol, algorithm, encoded @ ..] = data else { return Err("is not whole") };
    let flags: u16 = flags.parse().map_err(|_| "has flags that are no number")?;
    if flags & ZONE_KEY == 0 || flags & REVOKED != 0 || *protocol != "3" {
        return Err("is no key of a zone, or is revoked");
    }
    let bytes = STANDARD.decode(encoded.concat()).map_err(|_| "has a key that is not base64")?;
    if bytes.is_empty() {
        return Err("has no key");
    }
    Ok(PublicKeyBuf::new(bytes, of_number(algorithm)?))
}

fn digest(data: &[&str]) -> Result<DS, &'static str> {
    let [tag, algorithm, kind, encoded @ ..] = data else { return Err("is not whole") };
    let tag = tag.parse().map_err(|_| "has a key tag that is no number")?;
    let kind = kind.parse::<u8>().map_err(|_| "has a digest type that is no number")?;
    let kind = DigestType::from(kind);
    let length = match kind {
        DigestType::SHA256 => 32,
        DigestType::SHA384 => 48,
        _ => return Err("has a digest that is not SHA-256 (2) or SHA-384 (4)"),
    };
    let digest = from_hex(&encoded.concat()).ok_or("has a digest that is not hexadecimal")?;
    if digest.len() != length {
        return Err("has a digest of another length than its type has");
    }
    Ok(DS::new(tag, of_number(algorithm)?, kind, digest))
}

fn of_number(text: &str) -> Result<Algorithm, &'static str> {
    let number = text.parse::<u8>().map_err(|_| "has an algorithm that is no number")?;
    let algorithm = Algorithm::from_u8(number);
    if algorithm.is_supported() { Ok(algorithm) } else { Err("has an algorithm that is not known") }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
            let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    /// KSK-2017 as a record; its DS is published beside it.
    fn root_key() -> DNSKEY {
        let key = Known::default().get(0).cloned().unwrap();
        DNSKEY::new(true, true, false, key)
    }

    #[test]
    fn the_root_is_known_and_its_published_digest_fits() {
        let root = TrustAnchors::root();
        assert!(root.name(&Name::root(), &root_key()));
        assert!(!root.name(&name("test."), &root_key()));
        let by_digest = TrustAnchors::parse(&format!(". IN DS 20326 8 2 {DIGEST}")).unwrap();
        assert!(by_digest.name(&Name::root(), &root_key()));
        let other = TrustAnchors::parse(&format!(". IN DS 20326 8 2 {}", "0".repeat(64))).unwrap();
        assert!(!other.name(&Name::root(), &root_key()));
    }

    #[test]
    fn files_as_tools_write_them() {
        let key = STANDARD.encode(root_key().public_key().public_bytes());
        let (first, second) = key.split_at(100);
        let text = format!(
            "; a comment\n;;state=2\n\n.\t172800\tIN\tDNSKEY\t257 3 8 {key} ;{{id = 20326}}\n\
             Corp.Example IN 3600 DS 20326 8 2 ( {}\n  {} ) ; split\n\
             test. DNSKEY 257 3 8 (\n {first}\n {second}\n )\n",
            &DIGEST[..30].to_lowercase(),
            &DIGEST[30..],
        );
        let anchors = TrustAnchors::parse(&text).unwrap();
        assert!(anchors.name(&Name::root(), &root_key()));
        assert!(anchors.name(&name("test."), &root_key()));
        let above = |of: &str| anchors.zone_above(&name(of)).map(Name::to_ascii);
        assert_eq!(above("mx.a.CORP.example.").as_deref(), Some("corp.example."));
        assert_eq!(above("example.").as_deref(), Some("."));
        let island = TrustAnchors::parse(&format!("test IN DS 1 13 2 {DIGEST}")).unwrap();
        assert_eq!(island.zone_above(&name("example.")), None);
        assert_eq!(island.zone_above(&name("a.test.")), Some(&name("test.")));
    }

    #[test]
    fn what_is_no_anchor_is_named() {
        for (text, part) in [
            ("", "0 DNSKEY and DS"),
            ("test. IN A 192.0.2.1", "\"test. IN A 192.0.2.1\" is neither"),
            ("$ORIGIN test.", "has no name"),
            ("test.", "has no record type"),
            ("test. IN DS 1 13 2", "of another length"),
            ("test. IN DS 1 13 2 00zz", "not hexadecimal"),
            ("test. IN DS 1 13 1 0000", "SHA-256"),
            ("test. IN DS x 13 2 00", "key tag"),
            ("test. IN DS 1 3 2 00", "of another length"),
            ("test. IN DNSKEY 385 3 13 AAAA", "revoked"),
            ("test. IN DNSKEY 0 3 13 AAAA", "no key of a zone"),
            ("test. IN DNSKEY 257 3 13 *", "not base64"),
            ("test. IN DNSKEY 257 3 200 AAAA", "algorithm that is not known"),
            ("a..b IN DS 1 13 2 00", "has no name"),
        ] {
            let error = TrustAnchors::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        let many = format!("test. IN DS 1 13 2 {DIGEST}\n").repeat(65);
        assert!(matches!(TrustAnchors::parse(&many), Err(AnchorError::Number(65))));
    }
}
