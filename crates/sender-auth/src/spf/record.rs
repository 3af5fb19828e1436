//! SPF records (RFC 7208 sections 4.5, 4.6, 5 and 6): a record is read whole, and one that has an error
//! anywhere is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::macros::Template;

const VERSION: &str = "v=spf1";

/// A record without errors.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) directives: Vec<Directive>,
    pub(crate) redirect: Option<Template>,
}

/// A mechanism and what it means when it matches.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Directive {
    pub(crate) qualifier: Qualifier,
    pub(crate) mechanism: Mechanism,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    All,
    Include(Template),
    A(Target),
    Mx(Target),
    /// The present domain where none is given.
    Ptr(Option<Template>),
    Ip4(Ipv4Addr, u8),
    Ip6(Ipv6Addr, u8),
    Exists(Template),
}

/// Whose addresses, and how much of them counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The present domain where none is given.
    pub(crate) domain: Option<Template>,
    pub(crate) v4: u8,
    pub(crate) v6: u8,
}

impl Record {
    /// Whether a TXT record says that it is an SPF record.
    pub(crate) fn is_one(text: &str) -> bool {
        let version = text.get(..VERSION.len());
        version.is_some_and(|version| version.eq_ignore_ascii_case(VERSION))
            && matches!(text.as_bytes().get(VERSION.len()), None | Some(b' '))
    }

    /// Reads it; `None` for an error.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut record = Self { directives: Vec::new(), redirect: None };
        let mut explains = false;
        for term in text.get(VERSION.len()..)?.split(' ').filter(|term| !term.is_empty()) {
            match modifier(term) {
                Some((name, value)) if name.eq_ignore_ascii_case("redirect") => {
                    let target = Template::domain(value)?;
                    if record.redirect.replace(target).is_some() {
                        return None;
                    }
                }
                Some((name, value)) if name.eq_ignore_ascii_case("exp") => {
                    Template::domain(value)?;
                    if std::mem::replace(&mut explains, true) {
                        return None;
                    }
                }
                Some((_, value)) => {
                    Template::text(value)?;
                }
                None => record.directives.push(Directive::read(term)?),
            }
        }
        Some(record)
    }
}

/// `name=value`, where what stands before the sign is a name.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    is_name.then_some((name, value))
}

impl Directive {
    fn read(term: &str) -> Option<Self> {
        let (qualifier, term) = match term.as_bytes().first()? {
            b'+' => (Qualifier::Pass, &term[1..]),
            b'-' => (Qualifier::Fail, &term[1..]),
            b'~' => (Qualifier::SoftFail, &term[1..]),
            b'?' => (Qualifier::Neutral, &term[1..]),
            _ => (Qualifier::Pass, term),
        };
        let end = term.find([':', '/']).unwrap_or(term.len());
        let (name, rest) = term.split_at(end);
        let mechanism = Mechanism::read(&name.to_ascii_lowercase(), rest)?;
        Some(Self { qualifier, mechanism })
    }
}

impl Mechanism {
    /// `rest` begins with the colon or slash, or is empty.
    fn read(name: &str, rest: &str) -> Option<Self> {
        let after_colon = rest.strip_prefix(':');
        Some(match name {
            "all" if rest.is_empty() => Self::All,
            "include" => Self::Include(Template::domain(after_colon?)?),
            "exists" => Self::Exists(Template::domain(after_colon?)?),
            "a" => Self::A(Target::read(rest)?),
            "mx" => Self::Mx(Target::read(rest)?),
            "ptr" if rest.is_empty() => Self::Ptr(None),
            "ptr" => Self::Ptr(Some(Template::domain(after_colon?)?)),
            "ip4" => {
                let (address, length) = network(after_colon?, 32)?;
                Self::Ip4(address.parse().ok()?, length)
            }
            "ip6" => {
                let (address, length) = network(after_colon?, 128)?;
                Self::Ip6(address.parse().ok()?, length)
            }
            _ => return None,
        })
    }
}

impl Target {
    /// `[":" domain] ["/" length] ["//" length]`. Lengths are looked for at the end, since a domain with
    /// macros may have slashes.
    fn read(rest: &str) -> Option<Self> {
        let (rest, v6) = match rest.rsplit_once("//") {
            Some((before, digits)) => (before, length(digits, 128)?),
            None => (rest, 128),
        };
        let (rest, v4) = match rest.rsplit_once('/') {
            Some((before, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                (before, length(digits, 32)?)
            }
            _ => (rest, 32),
        };
        let domain = match rest.strip_prefix(':') {
            Some(domain) => Some(Template::domain(domain)?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Self { domain, v4, v6 })
    }
}

fn network(text: &str, most: u8) -> Option<(&str, u8)> {
    match text.split_once('/') {
        Some((address, digits)) => Some((address, length(digits, most)?)),
        None => Some((text, most)),
    }
}

/// A prefix length without zeros in front.
fn length(digits: &str, most: u8) -> Option<u8> {
    let is_plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    let length: u8 = if is_plain { digits.parse().ok()? } else { return None };
    (length <= most).then_some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_record_is() {
        for (text, is_one) in [
            ("v=spf1", true),
            ("v=spf1 -all", true),
            ("V=SPF1 -all", true),
            ("v=spf10 -all", false),
            ("v=spf1\t-all", false),
            (" v=spf1 -all", false),
            ("spf2.0/pra -all", false),
            ("", false),
        ] {
            assert_eq!(Record::is_one(text), is_one, "{text:?}");
        }
    }

    #[test]
    fn records_that_are_read() {
        for (terms, number) in [
            ("", 0),
            ("  -all  ", 1),
            ("A MX:example.com/24//64 +PTR ?all", 4),
            ("a/0//0 a:%{d}/32 mx//128", 3),
            ("ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::ffff:192.0.2.1", 4),
            ("exists:%{ir}.%{l1r+-}._spf.%{d} include:_spf.example.com", 2),
            ("redirect=example.com exp=explain._spf.%{d} unknown=%{c}", 0),
            ("moo.cow=x -all", 1),
            ("a:%{d/}.example.com", 1),
        ] {
            let record = Record::read(&format!("v=spf1 {terms}"));
            assert_eq!(record.map(|r| r.directives.len()), Some(number), "{terms}");
        }
    }

    #[test]
    fn records_with_errors() {
        for terms in [
            "ip4:192.0.2",
            "ip4:192.0.2.1/33",
            "ip4:192.0.2.1/032",
            "ip4",
            "ip4:",
            "ip4:2001:db8::1",
            "ip6:192.0.2.1",
            "ip6:2001:db8::/129",
            "ip6:2001:db8:::1",
            "all:",
            "all/8",
            "all.",
            "-all=x:y",
            "include",
            "include:",
            "include:a.example/24",
            "exists",
            "exists:",
            "a:",
            "a/",
            "a/33",
            "a//129",
            "a/24/64",
            "a:example.com:8080",
            "mx:",
            "ptr:",
            "ptr/0",
            "redirect=",
            "redirect=a.b redirect=c.d",
            "exp=a.b exp=c.d",
            "unknown",
            "foo:bar",
            "redirect:example.com",
            "=x",
            "x=%{",
            "--all",
            "a:1.2.3.4",
        ] {
            assert_eq!(Record::read(&format!("v=spf1 {terms}")), None, "{terms}");
        }
    }

    proptest! {
        #[test]
        fn hostile_records_do_no_harm(terms in "[-+~?a-z0-9%{}.:/= \u{e9}]{0,80}") {
            let _ = Record::read(&format!("v=spf1 {terms}"));
        }
    }
}
