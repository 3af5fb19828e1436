//! The ARC sets of a message (RFC 8617 section 4): which fields belong together, and whether they make a
//! chain by their numbers. Whether their signatures hold is for others to find out.

use crate::Field;

/// Sets a message may have (RFC 8617 section 4.2.1).
pub const MOST_ARC_SETS: usize = 50;

/// One set: the three fields of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArcSet<'a> {
    /// ARC-Authentication-Results.
    pub results: Field<'a>,
    /// ARC-Message-Signature.
    pub message: Field<'a>,
    /// ARC-Seal.
    pub seal: Field<'a>,
}

impl<'a> ArcSet<'a> {
    /// In the order in which seals sign them.
    pub fn fields(&self) -> [Field<'a>; 3] {
        [self.results, self.message, self.seal]
    }
}

/// What ARC fields a message has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArcChain<'a> {
    /// None at all.
    None,
    /// Complete sets, from instance 1 on without a gap.
    Sets(Vec<ArcSet<'a>>),
    /// Something else: no chain can be made of it. With the highest instance that is named; 0 where none is.
    Broken(usize),
}

impl<'a> ArcChain<'a> {
    /// Of the fields of a header.
    pub fn of(fields: &[Field<'a>]) -> Self {
        const KINDS: [&str; 3] =
            ["ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"];
        let mut found: Vec<[Option<Field<'a>>; 3]> = Vec::new();
        let mut is_broken = false;
        for field in fields {
            let Some(kind) = KINDS.iter().position(|kind| field.is(kind)) else { continue };
            let Some(instance) = instance(field, kind == 0) else {
                is_broken = true;
                continue;
            };
            if found.len() < instance {
                found.resize(instance, [None; 3]);
            }
            if let Some(place) = found.get_mut(instance - 1).and_then(|set| set.get_mut(kind)) {
                is_broken |= place.replace(*field).is_some();
            }
        }
        if found.is_empty() && !is_broken {
            return Self::None;
        }
        let sets: Option<Vec<ArcSet<'a>>> = found
            .iter()
            .map(|[results, message, seal]| {
                Some(ArcSet { results: (*results)?, message: (*message)?, seal: (*seal)? })
            })
            .collect();
        match sets {
            Some(sets) if !is_broken => Self::Sets(sets),
            _ => Self::Broken(found.len()),
        }
    }

    /// The highest instance.
    pub fn highest(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Sets(sets) => sets.len(),
            Self::Broken(highest) => *highest,
        }
    }
}

/// The number of `i=`, 1 to 50. In the results it comes first of all.
fn instance(field: &Field<'_>, is_first: bool) -> Option<usize> {
    let text = std::str::from_utf8(field.value).unwrap_or_default();
    let mut tags = text.split(';').take(if is_first { 1 } else { usize::MAX });
    let value = tags.find_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        (name.trim() == "i").then(|| value.trim())
    })?;
    let is_number = value.len() <= 2 && value.bytes().all(|b| b.is_ascii_digit());
    let number = if is_number { value.parse().ok()? } else { return None };
    (1..=MOST_ARC_SETS).contains(&number).then_some(number)
}

/// A signature field as it was signed: with nothing in `b=` (RFC 6376 section 3.7). `None` without one,
/// or with two.
pub fn without_signature(raw: &[u8]) -> Option<Vec<u8>> {
    let colon = raw.iter().position(|b| *b == b':')? + 1;
    let (mut out, mut found) = (raw[..colon].to_vec(), 0);
    for (at, tag) in raw[colon..].split(|b| *b == b';').enumerate() {
        if at > 0 {
            out.push(b';');
        }
        match tag.iter().position(|b| *b == b'=') {
            Some(sign) if tag[..sign].trim_ascii() == b"b" => {
                out.extend_from_slice(&tag[..=sign]);
                found += 1;
            }
            _ => out.extend_from_slice(tag),
        }
    }
    (found == 1).then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Header;

    fn chain(header: &str) -> (usize, &'static str) {
        let content = header.replace('\n', "\r\n");
        let fields = Header::all(content.as_bytes()).fields;
        let chain = ArcChain::of(&fields);
        let kind = match &chain {
            ArcChain::None => "none",
            ArcChain::Sets(_) => "sets",
            ArcChain::Broken(_) => "broken",
        };
        (chain.highest(), kind)
    }

    fn set(instance: &str) -> String {
        format!(
            "ARC-Seal: a=x; i={instance}; b=\nARC-Message-Signature: i = {instance} ; b=\n\
             ARC-Authentication-Results: i={instance}; mx; arc=none\n"
        )
    }

    #[test]
    fn sets_are_found_whatever_their_order() {
        assert_eq!(chain("From: a\n\n"), (0, "none"));
        assert_eq!(chain(&set("1")), (1, "sets"));
        assert_eq!(chain(&(set("1") + &set("3") + &set("2"))), (3, "sets"));
        let fifty: String = (1..=50).map(|n| set(&n.to_string())).collect();
        assert_eq!(chain(&fifty), (50, "sets"));
        assert_eq!(chain(&(fifty + &set("51"))), (50, "broken"));
    }

    #[test]
    fn what_is_no_chain() {
        assert_eq!(chain(&set("2")), (2, "broken"));
        assert_eq!(chain(&(set("1") + &set("1"))), (1, "broken"));
        assert_eq!(chain(&(set("1") + "ARC-Seal: i=2; b=\n")), (2, "broken"));
        for bad in ["0", "+1", "x", "", "1x", "999999999999999999999", "-1", "\u{e9}"] {
            assert_eq!(chain(&set(bad)).1, "broken", "{bad}");
        }
        assert_eq!(chain("ARC-Authentication-Results: mx; i=1\n"), (0, "broken"));
    }

    #[test]
    fn nothing_but_the_signature_is_taken_out() {
        let without =
            |raw: &str| without_signature(raw.as_bytes()).map(|b| String::from_utf8(b).unwrap());
        assert_eq!(
            without("DKIM-Signature: v=1; b=ab\r\n\tcd; bh=b=; d=b").as_deref(),
            Some("DKIM-Signature: v=1; b=; bh=b=; d=b")
        );
        assert_eq!(without("X: a=1;\r\n b =x").as_deref(), Some("X: a=1;\r\n b ="));
        assert_eq!(without("X: b=;").as_deref(), Some("X: b=;"));
        assert_eq!((without("X: a=1"), without("X: b=1; b=2"), without("X")), (None, None, None));
    }

    proptest! {
        #[test]
        fn hostile_fields_do_no_harm(value in "[ib=;0-9 \\t\u{e9}]{0,60}") {
            let content = format!("ARC-Seal:{value}\r\nARC-Authentication-Results:{value}\r\n");
            let fields = Header::all(content.as_bytes()).fields;
            prop_assert!(ArcChain::of(&fields).highest() <= MOST_ARC_SETS);
            let _ = without_signature(content.as_bytes());
        }
    }
}
