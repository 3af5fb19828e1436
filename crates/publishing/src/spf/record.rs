//! An SPF record and its syntax (RFC 7208 sections 4.5, 5, 6 and 12).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest record that is read, in bytes: a TXT record has no more.
const LONGEST: usize = 65_535;
/// Most terms that are read: a record of ten look-ups and a hundred networks is long.
const MOST_TERMS: usize = 500;

/// What a mechanism that matches means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// By whom a term is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mechanism {
    All,
    Include(Target),
    /// Target, bits of IPv4 and of IPv6 networks.
    A(Option<Target>, u8, u8),
    Mx(Option<Target>, u8, u8),
    Ptr,
    Network(IpAddr, u8),
    Exists(Target),
}

/// A name, or one that depends on the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Name(String),
    Macro,
}

/// A mechanism with its qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) qualifier: Qualifier,
    pub(crate) mechanism: Mechanism,
    /// As it was written.
    pub(crate) text: String,
}

/// A record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) terms: Vec<Term>,
    pub(crate) redirect: Option<Target>,
    /// Other modifiers, as they were written.
    pub(crate) others: Vec<String>,
}

/// The records among TXT records: those of version 1.
pub(crate) fn among(texts: &[String]) -> Vec<&str> {
    let is_spf = |text: &&str| {
        text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("v=spf1"))
            && matches!(text.as_bytes().get(6), None | Some(b' '))
    };
    texts.iter().map(String::as_str).filter(is_spf).collect()
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// The first term that cannot be one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("…".to_owned());
        }
        let mut record = Self::default();
        let mut words = text.split(' ').filter(|word| !word.is_empty()).skip(1);
        for word in words.by_ref().take(MOST_TERMS) {
            record.take(word).ok_or_else(|| word.to_owned())?;
        }
        match words.next() {
            Some(word) => Err(word.to_owned()),
            None => Ok(record),
        }
    }

    fn take(&mut self, word: &str) -> Option<()> {
        if let Some((name, value)) = modifier(word) {
            if name.eq_ignore_ascii_case("redirect") {
                let redirect = target(value)?;
                return self.redirect.replace(redirect).is_none().then_some(());
            }
            is_macro_text(value).then(|| self.others.push(word.to_owned()))
        } else {
            let (qualifier, rest) = qualifier(word);
            let mechanism = mechanism(rest)?;
            self.terms.push(Term { qualifier, mechanism, text: word.to_owned() });
            Some(())
        }
    }

    /// The last word on everybody else.
    pub(crate) fn all(&self) -> Option<Qualifier> {
        let all = self.terms.iter().find(|term| term.mechanism == Mechanism::All);
        all.map(|term| term.qualifier)
    }
}

/// `name=value`, where the name is one (section 12).
fn modifier(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    is_name.then_some((name, value))
}

fn qualifier(word: &str) -> (Qualifier, &str) {
    let known = [
        ('+', Qualifier::Pass),
        ('-', Qualifier::Fail),
        ('~', Qualifier::SoftFail),
        ('?', Qualifier::Neutral),
    ];
    known
        .into_iter()
        .find_map(|(sign, qualifier)| Some((qualifier, word.strip_prefix(sign)?)))
        .unwrap_or((Qualifier::Pass, word))
}

fn mechanism(text: &str) -> Option<Mechanism> {
    let at = text.find([':', '/']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(at)?;
    match name.to_ascii_lowercase().as_str() {
        "all" => rest.is_empty().then_some(Mechanism::All),
        "include" => Some(Mechanism::Include(target(rest.strip_prefix(':')?)?)),
        "exists" => Some(Mechanism::Exists(target(rest.strip_prefix(':')?)?)),
        "a" => hosts(rest).map(|(target, v4, v6)| Mechanism::A(target, v4, v6)),
        "mx" => hosts(rest).map(|(target, v4, v6)| Mechanism::Mx(target, v4, v6)),
        "ptr" => match rest.strip_prefix(':') {
            Some(name) => target(name).map(|_| Mechanism::Ptr),
            None => rest.is_empty().then_some(Mechanism::Ptr),
        },
        "ip4" => {
            network(rest.strip_prefix(':')?, |text| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4))
        }
        "ip6" => {
            network(rest.strip_prefix(':')?, |text| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6))
        }
        _ => None,
    }
}

/// `:name/24//64`, each part of which may be missing.
fn hosts(rest: &str) -> Option<(Option<Target>, u8, u8)> {
    let (rest, v6) = match rest.split_once("//") {
        Some((rest, v6)) => (rest, bits(v6, 128)?),
        None => (rest, 128),
    };
    let (name, v4) = match rest.split_once('/') {
        Some((name, v4)) => (name, bits(v4, 32)?),
        None => (rest, 32),
    };
    match name.strip_prefix(':') {
        Some(name) => Some((Some(target(name)?), v4, v6)),
        None => name.is_empty().then_some((None, v4, v6)),
    }
}

fn network(text: &str, address: impl Fn(&str) -> Option<IpAddr>) -> Option<Mechanism> {
    let (text, length) = match text.split_once('/') {
        Some((text, length)) => (text, Some(length)),
        None => (text, None),
    };
    let address = address(text)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(most), |length| bits(length, most))?;
    Some(Mechanism::Network(address, length))
}

fn bits(text: &str, most: u8) -> Option<u8> {
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|bits| is_number && *bits <= most)
}

fn target(text: &str) -> Option<Target> {
    if text.contains('%') {
        return is_macro_text(text).then_some(Target::Macro);
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| (1..=63).contains(&label.len());
    let fits = name.len() <= 253
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"/:;=,()".contains(&b))
        && name.split('.').all(is_label);
    fits.then(|| Target::Name(name.to_ascii_lowercase()))
}

/// Whether `%` stands only where section 7.1 lets it.
fn is_macro_text(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        if !before.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        rest = match after.as_bytes().first() {
            Some(b'%' | b'_' | b'-') => after.get(1..).unwrap_or_default(),
            Some(b'{') => match after.split_once('}') {
                Some((inside, after)) if is_expansion(inside) => after,
                _ => return false,
            },
            _ => return false,
        };
    }
    rest.bytes().all(|b| b.is_ascii_graphic())
}

/// `ir`, `d2`, `L-`: what stands between `{` and `}`.
fn is_expansion(text: &str) -> bool {
    let text = text.strip_prefix('{').unwrap_or(text);
    let mut rest = text.chars();
    let is_letter = rest.next().is_some_and(|c| "slodiphcrtv".contains(c.to_ascii_lowercase()));
    let rest = rest.as_str().trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix(['r', 'R']).unwrap_or(rest);
    is_letter && rest.chars().all(|c| ".-+,/_=".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_are_told_from_other_texts() {
        let texts = ["v=spf1 -all", "V=SPF1", "v=spf10 -all", "spf2.0/pra", "v=spf1-all", "x"];
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(among(&texts), ["v=spf1 -all", "V=SPF1"]);
    }

    #[test]
    fn what_the_standard_allows_is_read() {
        let record = Record::parse(
            "v=spf1  a a:h.x/24//64 mx/24 MX:x ~include:_spf.x. ip4:192.0.2.0/24 ip6:2001:db8::/32 \
             ?exists:%{ir}.%{l1r+-}._spf.%{d} ptr:x exp=why.%{d} redirect=_spf.x -all",
        )
        .unwrap();
        assert_eq!(record.terms.len(), 10);
        assert_eq!(record.all(), Some(Qualifier::Fail));
        assert_eq!(record.redirect, Some(Target::Name("_spf.x".to_owned())));
        assert_eq!(record.others, ["exp=why.%{d}"]);
        assert_eq!(
            record.terms[4].mechanism,
            Mechanism::Include(Target::Name("_spf.x".to_owned()))
        );
        assert_eq!(record.terms[4].qualifier, Qualifier::SoftFail);
        let host = Some(Target::Name("h.x".to_owned()));
        assert_eq!(record.terms[1].mechanism, Mechanism::A(host, 24, 64));
        assert_eq!(record.terms[7].mechanism, Mechanism::Exists(Target::Macro));
    }

    #[test]
    fn what_it_does_not_allow_is_refused() {
        for bad in [
            "ip4:300.1.1.1",
            "ip4:192.0.2.1/33",
            "ip4:192.0.2.1/",
            "ip6:192.0.2.1",
            "ip4:2001:db8::1",
            "ipv4:192.0.2.1",
            "192.0.2.1",
            "include",
            "include:",
            "a:",
            "a/33",
            "a//129",
            "mx/x",
            "all:x",
            "-all.",
            "--all",
            "exists",
            "include:a..b",
            "redirect=",
            "exists:%{z}",
            "a:%x",
            "ptr:",
            "ip4=192.0.2.1/\u{fc}",
        ] {
            let found = Record::parse(&format!("v=spf1 mx {bad} -all"));
            assert_eq!(found, Err(bad.to_owned()), "{bad}");
        }
        let twice = Record::parse("v=spf1 redirect=a redirect=b");
        assert_eq!(twice, Err("redirect=b".to_owned()));
        assert!(Record::parse(&format!("v=spf1 {}", "a ".repeat(501))).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,300}", term in "[-+~?]?(ip4|a|mx|include|exists|redirect=)[:/%{}.a-z0-9]{0,20}") {
            let _ = Record::parse(&text);
            let _ = Record::parse(&format!("v=spf1 {term}"));
            let _ = among(&[text]);
        }
    }
}
