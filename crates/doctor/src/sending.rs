//! What others see of this server: the addresses that mail leaves from, their names in the DNS (PTR), and the name in
//! EHLO. Hosts refuse or distrust mail where these do not fit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use dns::{DnsError, Resolver, reverse_name};
use futures_util::future::join_all;
use model::DomainName;
use publishing::{is_possible, is_public};
use texts::{Sentence, Text, checks};

use crate::finding::{Finding, plain};

/// Names of an address that are looked at, as verifiers do (RFC 7208 section 5.5).
const MOST_NAMES: usize = 10;
/// Senders and addresses that are looked at.
const MOST_SENDERS: usize = 16;
const MOST_ADDRESSES: usize = 8;
/// Addresses of root servers of the DNS: far away, by the default route. Nothing is sent to them.
const FAR_V4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 41, 0, 4)), 53);
const FAR_V6: SocketAddr =
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0x503, 0xba3e, 0, 0, 0, 2, 0x30)), 53);

/// From where and under which name mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name in EHLO.
    pub name: DomainName,
    /// Who says so: `Send connector Internet`.
    pub by: Sentence,
    /// What changes the name.
    pub change: Sentence,
    /// The addresses that are set; none for those of the default route.
    pub addresses: Vec<IpAddr>,
    /// Whether it delivers to hosts of the Internet itself, by the DNS, and not to smart hosts.
    pub is_direct: bool,
}

/// What the DNS has about a name or address, or that nobody could say.
pub type Answer<T> = Result<T, String>;

/// An address and what the DNS has about it: names, with their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The address.
    pub address: IpAddr,
    /// Its names (PTR) with the addresses of each.
    pub names: Answer<Vec<(String, Answer<Vec<IpAddr>>)>>,
}

/// A sender with what the DNS has about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who.
    pub sender: Sender,
    /// Addresses of the name in EHLO.
    pub of_name: Answer<Vec<IpAddr>>,
    /// Where it sends from; private addresses have not been asked about.
    pub outgoing: Vec<Outgoing>,
    /// Whether these are what others see: set or told, not only taken from the default route.
    pub is_told: bool,
}

/// Asks the DNS, about all at once. `public` are the addresses others see, where the administrator has told them.
pub async fn gather(resolver: &Resolver, senders: Vec<Sender>, public: &[IpAddr]) -> Vec<Facts> {
    let routed = default_route();
    join_all(senders.into_iter().take(MOST_SENDERS).map(|sender| {
        let own = if sender.addresses.is_empty() { &routed } else { &sender.addresses };
        // Behind a translation the sender's own addresses say nothing of what others see.
        let is_hidden = own.iter().all(|address| !is_public(address));
        let is_told = !public.is_empty() && (sender.addresses.is_empty() || is_hidden);
        let mut addresses = if is_told { public.to_vec() } else { own.clone() };
        addresses.truncate(MOST_ADDRESSES);
        async move {
            let (of_name, outgoing) = tokio::join!(
                addresses_of(resolver, sender.name.as_str()),
                join_all(addresses.into_iter().map(|address| look_up(resolver, address)))
            );
            Facts { of_name, outgoing, is_told, sender }
        }
    }))
    .await
}

async fn look_up(resolver: &Resolver, address: IpAddr) -> Outgoing {
    if !is_public(&address) {
        return Outgoing { address, names: Ok(Vec::new()) };
    }
    let names = match none_is_an_answer(resolver.names_of(address).await) {
        Ok(names) => Ok(join_all(names.into_iter().take(MOST_NAMES).map(|name| async move {
            let addresses = addresses_of(resolver, &name).await;
            (plain(&name), addresses)
        }))
        .await),
        Err(why) => Err(why),
    };
    Outgoing { address, names }
}

async fn addresses_of(resolver: &Resolver, name: &str) -> Answer<Vec<IpAddr>> {
    none_is_an_answer(resolver.published_addresses(name).await)
}

fn none_is_an_answer<T>(found: Result<Vec<T>, DnsError>) -> Answer<Vec<T>> {
    match found {
        Err(DnsError::NoSuchDomain) => Ok(Vec::new()),
        Err(DnsError::Temporary(why)) => Err(plain(&why)),
        Ok(found) => Ok(found),
    }
}

/// The addresses that connections to far away leave from: a UDP socket is connected, which sends nothing.
fn default_route() -> Vec<IpAddr> {
    let of = |any: IpAddr, far: SocketAddr| {
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect(far).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let found =
        [of(Ipv4Addr::UNSPECIFIED.into(), FAR_V4), of(Ipv6Addr::UNSPECIFIED.into(), FAR_V6)];
    found.into_iter().flatten().filter(|ip| !ip.is_unspecified()).collect()
}

/// Findings about the name, then about each address.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![judge_name(facts)];
    let (public, private): (Vec<&Outgoing>, Vec<&Outgoing>) =
        facts.outgoing.iter().partition(|outgoing| is_public(&outgoing.address));
    if public.is_empty() {
        findings.push(not_known(&private));
    }
    findings.extend(public.iter().map(|outgoing| judge_address(facts, outgoing)));
    findings
}

fn not_known(private: &[&Outgoing]) -> Finding {
    let addresses: Vec<String> = private.iter().map(|one| one.address.to_string()).collect();
    let text = match addresses.is_empty() {
        true => checks::NO_ROUTE.into(),
        false => Sentence::new(checks::PRIVATE_ADDRESS).with(addresses.join(", ")),
    };
    Finding::notice(checks::REVERSE_DNS, text).remedy(checks::PUBLIC_ADDRESS_REMEDY)
}

/// What keeps mail only from going directly is bad only where it does.
fn wrong(facts: &Facts, subject: Text, text: Sentence) -> Finding {
    if facts.sender.is_direct {
        Finding::bad(subject, text)
    } else {
        Finding::notice(subject, Sentence::new(checks::ONCE_DIRECT).with_part(text))
    }
}

fn judge_name(facts: &Facts) -> Finding {
    let Sender { name, by, change, .. } = &facts.sender;
    let subject = checks::EHLO_NAME;
    let of = |text| Sentence::new(text).with(name).with_part(by.clone());
    if !is_possible(name) {
        return wrong(facts, subject, of(checks::EHLO_IMPOSSIBLE)).remedy(change.clone());
    }
    match &facts.of_name {
        Err(why) => Finding::notice(subject, of(checks::EHLO_NOT_KNOWN).with_phrase(why)),
        Ok(found) if found.is_empty() => {
            Finding::notice(subject, of(checks::EHLO_WITHOUT_ADDRESS)).remedy(published(facts))
        }
        Ok(found) if !found.iter().any(is_public) => {
            let text = of(checks::EHLO_PRIVATE).with(listed(found));
            Finding::notice(subject, text).remedy(published(facts))
        }
        Ok(found) => Finding::good(subject, of(checks::EHLO_GOOD).with(listed(found))),
    }
}

/// The record that the name needs, or how to say another.
fn published(facts: &Facts) -> Sentence {
    let wanted = facts.outgoing.iter().find(|outgoing| is_public(&outgoing.address));
    let address =
        wanted.map_or(checks::AN_ADDRESS.into(), |outgoing| Sentence::verbatim(outgoing.address));
    let kind = if wanted.is_some_and(|outgoing| outgoing.address.is_ipv6()) { "AAAA" } else { "A" };
    Sentence::new(checks::EHLO_PUBLISH)
        .with(&facts.sender.name)
        .with(kind)
        .with_part(address)
        .with_part(facts.sender.change.clone())
}

fn judge_address(facts: &Facts, outgoing: &Outgoing) -> Finding {
    let address = outgoing.address;
    let Sender { name, by, change, .. } = &facts.sender;
    let subject = checks::REVERSE_DNS;
    let who = if facts.is_told { checks::OTHERS_SEE } else { checks::MAIL_LEAVES_FROM };
    let of = |text| Sentence::new(text).with_part(who).with(address);
    let publish = Sentence::new(checks::REVERSE_PUBLISH).with(reverse_name(address)).with(name);
    let names = match &outgoing.names {
        Err(why) => {
            let text = Sentence::new(checks::REVERSE_NOT_KNOWN).with(address).with_phrase(why);
            return Finding::notice(subject, text);
        }
        Ok(names) => names,
    };
    if names.is_empty() {
        return wrong(facts, subject, of(checks::REVERSE_NONE)).remedy(publish);
    }
    let confirmed: Vec<&str> = names
        .iter()
        .filter(|(_, found)| found.as_ref().is_ok_and(|found| found.contains(&address)))
        .map(|(name, _)| name.as_str())
        .collect();
    if confirmed.iter().any(|found| found.trim_end_matches('.').eq_ignore_ascii_case(name.as_str()))
    {
        return Finding::good(subject, of(checks::REVERSE_GOOD).with(name));
    }
    let Some(first) = confirmed.first() else {
        return unconfirmed(facts, address, names, of(checks::REVERSE_ASTRAY), publish);
    };
    if name.as_str().parse() == Ok(address) || same_organization(first, name.as_str()) {
        return Finding::good(subject, of(checks::REVERSE_RELATED).with(first).with(name));
    }
    let text = of(checks::REVERSE_OTHER).with(first).with_part(by.clone()).with(name);
    let remedy = Sentence::new(checks::REVERSE_OTHER_REMEDY)
        .with(first)
        .with_part(change.clone())
        .with_part(publish);
    Finding::notice(subject, text).remedy(remedy)
}

/// No name of the address leads back to it, as far as the DNS says.
fn unconfirmed(
    facts: &Facts,
    address: IpAddr,
    names: &[(String, Answer<Vec<IpAddr>>)],
    astray: Sentence,
    publish: Sentence,
) -> Finding {
    let all: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    if names.iter().any(|(_, found)| found.is_err()) {
        let text = Sentence::new(checks::REVERSE_UNCONFIRMED).with(address).with(all.join(", "));
        return Finding::notice(checks::REVERSE_DNS, text);
    }
    let remedy = Sentence::new(checks::REVERSE_ASTRAY_REMEDY)
        .with(all.first().unwrap_or(&""))
        .with(address)
        .with_part(publish);
    wrong(facts, checks::REVERSE_DNS, astray.with(all.join(", "))).remedy(remedy)
}

/// Whether one name is the other's domain or both have the same one, of at least two labels.
fn same_organization(one: &str, other: &str) -> bool {
    let lower = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    let (one, other) = (lower(one), lower(other));
    let parent = |name: &str| name.split_once('.').map(|(_, rest)| rest.to_owned());
    let is_below = |name: &str, domain: &str| {
        domain.contains('.') && name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    };
    is_below(&one, &other)
        || is_below(&other, &one)
        || parent(&one).is_some_and(|domain| is_below(&other, &domain) && domain.contains('.'))
}

fn listed(addresses: &[IpAddr]) -> String {
    let texts: Vec<String> =
        addresses.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::{Bad, Good, Notice};
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Names with their addresses; `?` stands for a DNS that does not say.
    type Names<'a> = &'a [(&'a str, &'a str)];

    fn facts(name: &str, of_name: &str, address: &str, names: Result<Names<'_>, ()>) -> Facts {
        let answer = |text: &str| match text {
            "?" => Err("SERVFAIL".to_owned()),
            "" => Ok(Vec::new()),
            text => Ok(vec![ip(text)]),
        };
        let names = names.map_err(|()| "SERVFAIL".to_owned());
        let names = names
            .map(|names| names.iter().map(|(name, at)| ((*name).to_owned(), answer(at))).collect());
        Facts {
            sender: Sender {
                name: name.parse().unwrap(),
                by: checks::NAME_OF_SERVER.into(),
                change: Sentence::new(checks::NAME_BY_CONNECTOR).with("X"),
                addresses: Vec::new(),
                is_direct: true,
            },
            of_name: answer(of_name),
            outgoing: if address.is_empty() {
                Vec::new()
            } else {
                vec![Outgoing { address: ip(address), names }]
            },
            is_told: false,
        }
    }

    #[test]
    fn names_in_ehlo_are_judged() {
        let of = |name, of_name| judge(&facts(name, of_name, "203.0.113.7", Ok(&[])))[0].clone();
        for (name, of_name, verdict, said) in [
            ("mail.contoso.com", "203.0.113.7", Good, "203.0.113.7"),
            ("mail.contoso.com", "", Notice, "has no address"),
            ("mail.contoso.com", "10.0.0.1", Notice, "others cannot reach"),
            ("mail.contoso.com", "?", Notice, "SERVFAIL"),
            ("mbx01", "203.0.113.7", Bad, "no name that exists"),
            ("mbx01.contoso.local", "203.0.113.7", Bad, "no name that exists"),
        ] {
            let found = of(name, of_name);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.text(English).contains(said), "{found:?}");
        }
        assert!(
            of("mail.contoso.com", "").advice(English).contains("mail.contoso.com. A 203.0.113.7")
        );
    }

    #[test]
    fn names_of_addresses_are_judged() {
        let of = |names| {
            judge(&facts("mail.contoso.com", "203.0.113.7", "203.0.113.7", names))[1].clone()
        };
        let back = "203.0.113.7";
        let cases: [(Result<Names<'_>, ()>, _, _); 9] = [
            (Ok(&[("mail.contoso.com", back)]), Good, "leads back"),
            (Ok(&[("MAIL.contoso.com.", back)]), Good, "leads back"),
            (Ok(&[]), Bad, "no name (PTR)"),
            (Ok(&[("mail.contoso.com", "198.51.100.1")]), Bad, "does not lead back"),
            (Ok(&[("mail.contoso.com", "")]), Bad, "does not lead back"),
            (Ok(&[("mail.contoso.com", "?")]), Notice, "does not say whether"),
            (Ok(&[("out1.contoso.com", back)]), Good, "related"),
            (Ok(&[("static-7.provider.example", back)]), Notice, "distrust"),
            (Err(()), Notice, "SERVFAIL"),
        ];
        for (names, verdict, said) in cases {
            let found = of(names);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.text(English).contains(said), "{found:?}");
        }
        let missing = of(Ok(&[]));
        assert!(
            missing.advice(English).contains("7.113.0.203.in-addr.arpa. PTR mail.contoso.com."),
            "{missing:?}"
        );
        let mut inside = facts("mail.contoso.com", "", "203.0.113.7", Ok(&[]));
        inside.sender.is_direct = false;
        assert_eq!(judge(&inside)[1].verdict, Notice, "smart hosts do not mind");
    }

    #[test]
    fn what_cannot_be_judged_is_said() {
        let private = judge(&facts("mail.contoso.com", "", "10.0.0.5", Ok(&[])));
        assert!(private[1].text(English).contains("10.0.0.5, a private address"), "{private:?}");
        assert!(private[1].advice(English).contains("--public-address"), "{private:?}");
        let nowhere = judge(&facts("mail.contoso.com", "", "", Ok(&[])));
        assert!(nowhere[1].text(English).contains("no route"), "{nowhere:?}");
    }

    #[test]
    fn related_names_are_known() {
        for (one, other, related) in [
            ("a.contoso.com", "b.contoso.com", true),
            ("a.b.contoso.com", "b.contoso.com", true),
            ("contoso.com", "mail.contoso.com", true),
            ("a.com", "b.com", false),
            ("mail.fabrikam.com", "mail.contoso.com", false),
            ("xcontoso.com", "mail.contoso.com", false),
        ] {
            assert_eq!(same_organization(one, other), related, "{one} {other}");
            assert_eq!(same_organization(other, one), related, "{other} {one}");
        }
    }
}
