//! An SPF record with all that it leads to, looked up within bounds, and who may send by it (RFC 7208 sections
//! 4.6.4 and 5).

use std::net::IpAddr;

use futures_util::future::BoxFuture;

use super::record::{Mechanism, Qualifier, Record, Target, among};
use crate::{
    address::is_within,
    answer::{Lookup, Silence},
};

/// Look-ups after which a record is not followed any further; with more than 10 it counts for nothing.
pub(crate) const MOST_LOOK_UPS: usize = 20;
/// Mail hosts of one mx that are looked up (section 4.6.4).
const MOST_HOSTS: usize = 10;
/// How deep records may include others.
const DEEPEST: usize = 10;

/// What was counted on the way.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// Terms that ask the DNS.
    pub(crate) look_ups: usize,
    /// Of those, terms that found nothing.
    pub(crate) void: usize,
    /// Records that are included and cannot be used.
    pub(crate) nothing: Vec<String>,
    /// Terms that are no terms, with the name of their record.
    pub(crate) malformed: Vec<(String, String)>,
    /// Names that could not be looked up.
    pub(crate) silent: Vec<(String, Silence)>,
    /// ptr is used.
    pub(crate) has_ptr: bool,
}

/// A record, and what its terms lead to.
#[derive(Debug, Default)]
pub(crate) struct Node {
    terms: Vec<(Qualifier, Leads)>,
    redirect: Option<Box<Node>>,
}

/// Where a term leads.
#[derive(Debug)]
enum Leads {
    Everybody,
    Networks(Vec<(IpAddr, u8)>),
    Record(Box<Node>),
    /// It depends on the message, or could not be looked up.
    Unknown,
}

/// Whether somebody may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// No, or nothing is said of him.
    Other,
    Unknown,
}

/// Follows a record of `domain`.
pub(crate) fn follow<'a>(
    lookup: &'a dyn Lookup,
    domain: &'a str,
    record: &'a Record,
    count: &'a mut Count,
    depth: usize,
) -> BoxFuture<'a, Node> {
    Box::pin(async move {
        let mut node = Node::default();
        for term in &record.terms {
            let leads = match &term.mechanism {
                Mechanism::All => Leads::Everybody,
                Mechanism::Network(address, bits) => Leads::Networks(vec![(*address, *bits)]),
                mechanism => {
                    count.look_ups += 1;
                    if count.look_ups > MOST_LOOK_UPS {
                        Leads::Unknown
                    } else {
                        asked(lookup, domain, mechanism, count, depth).await
                    }
                }
            };
            node.terms.push((term.qualifier, leads));
        }
        if let (Some(target), None) = (&record.redirect, record.all()) {
            count.look_ups += 1;
            if count.look_ups <= MOST_LOOK_UPS {
                node.redirect = included(lookup, target, count, depth).await.map(Box::new);
            }
            if node.redirect.is_none() {
                node.terms.push((Qualifier::Neutral, Leads::Unknown));
            }
        }
        node
    })
}

async fn asked(
    lookup: &dyn Lookup,
    domain: &str,
    mechanism: &Mechanism,
    count: &mut Count,
    depth: usize,
) -> Leads {
    match mechanism {
        Mechanism::Include(target) => match included(lookup, target, count, depth).await {
            Some(node) => Leads::Record(Box::new(node)),
            None => Leads::Unknown,
        },
        Mechanism::A(target, v4, v6) => match name(target.as_ref(), domain) {
            Some(name) => networks(lookup, &[name], (*v4, *v6), count).await,
            None => Leads::Unknown,
        },
        Mechanism::Mx(target, v4, v6) => match name(target.as_ref(), domain) {
            Some(name) => match lookup.mx(name).await {
                Ok(listed) => {
                    let hosts = listed.iter().filter(|mx| mx.exchange != ".").take(MOST_HOSTS);
                    let hosts: Vec<&str> = hosts.map(|mx| mx.exchange.as_str()).collect();
                    networks(lookup, &hosts, (*v4, *v6), count).await
                }
                Err(why) => silent(count, name, why),
            },
            None => Leads::Unknown,
        },
        Mechanism::Ptr => {
            count.has_ptr = true;
            Leads::Unknown
        }
        Mechanism::Exists(Target::Name(name)) => match lookup.addresses(name).await {
            Ok(found) if found.is_empty() => {
                count.void += 1;
                Leads::Networks(Vec::new())
            }
            Ok(_) => Leads::Everybody,
            Err(why) => silent(count, name, why),
        },
        Mechanism::Exists(Target::Macro) | Mechanism::All | Mechanism::Network(..) => {
            Leads::Unknown
        }
    }
}

fn silent(count: &mut Count, name: &str, why: Silence) -> Leads {
    count.silent.push((name.to_owned(), why));
    Leads::Unknown
}

/// The name of a term; the domain's own where it has none.
fn name<'a>(target: Option<&'a Target>, domain: &'a str) -> Option<&'a str> {
    match target {
        None => Some(domain),
        Some(Target::Name(name)) => Some(name),
        Some(Target::Macro) => None,
    }
}

async fn networks(
    lookup: &dyn Lookup,
    hosts: &[&str],
    (v4, v6): (u8, u8),
    count: &mut Count,
) -> Leads {
    let found =
        futures_util::future::join_all(hosts.iter().map(|host| lookup.addresses(host))).await;
    let (mut networks, mut is_known) = (Vec::new(), true);
    for (host, found) in hosts.iter().zip(found) {
        match found {
            Ok(addresses) => networks
                .extend(addresses.into_iter().map(|ip| (ip, if ip.is_ipv4() { v4 } else { v6 }))),
            Err(why) => {
                is_known = false;
                count.silent.push(((*host).to_owned(), why));
            }
        }
    }
    if networks.is_empty() && is_known {
        count.void += 1;
    }
    if is_known { Leads::Networks(networks) } else { Leads::Unknown }
}

/// The record of another name; none where there is none that can be used.
async fn included(
    lookup: &dyn Lookup,
    target: &Target,
    count: &mut Count,
    depth: usize,
) -> Option<Node> {
    let Target::Name(name) = target else { return None };
    let texts = match lookup.txt(name).await {
        Ok(texts) => texts,
        Err(why) => {
            count.silent.push((name.clone(), why));
            return None;
        }
    };
    let records = among(&texts);
    let [text] = records.as_slice() else {
        count.void += usize::from(records.is_empty());
        count.nothing.push(name.clone());
        return None;
    };
    if depth >= DEEPEST {
        count.look_ups = count.look_ups.max(MOST_LOOK_UPS);
        return None;
    }
    match Record::parse(text) {
        Ok(record) => Some(follow(lookup, name, &record, count, depth + 1).await),
        Err(term) => {
            count.malformed.push((name.clone(), term));
            None
        }
    }
}

impl Node {
    /// Whether mail from this address passes. The first term that is met counts; an include is met where
    /// its record lets pass.
    pub(crate) fn verdict(&self, address: IpAddr) -> Verdict {
        for (qualifier, leads) in &self.terms {
            let is_met = match leads {
                Leads::Everybody => Verdict::Pass,
                Leads::Networks(networks) => {
                    let is_in = |(net, bits): &(IpAddr, u8)| is_within(address, *net, *bits);
                    if networks.iter().any(is_in) { Verdict::Pass } else { Verdict::Other }
                }
                Leads::Record(node) => node.verdict(address),
                Leads::Unknown => Verdict::Unknown,
            };
            match (is_met, qualifier) {
                (Verdict::Pass, Qualifier::Pass) => return Verdict::Pass,
                (Verdict::Pass, _) => return Verdict::Other,
                (Verdict::Unknown, _) => return self.after_unknown(address),
                (Verdict::Other, _) => {}
            }
        }
        self.redirect.as_ref().map_or(Verdict::Other, |node| node.verdict(address))
    }

    /// Behind a term of which nothing is known, an address that is named by itself passes all the same, unless
    /// that term refuses, which hardly anybody writes.
    fn after_unknown(&self, address: IpAddr) -> Verdict {
        let names_it = |(qualifier, leads): &(Qualifier, Leads)| {
            *qualifier == Qualifier::Pass
                && match leads {
                    Leads::Networks(nets) => {
                        nets.iter().any(|(net, bits)| is_within(address, *net, *bits))
                    }
                    Leads::Record(node) => node.verdict(address) == Verdict::Pass,
                    Leads::Everybody | Leads::Unknown => false,
                }
        };
        let refuses = |(qualifier, leads): &(Qualifier, Leads)| {
            matches!(leads, Leads::Unknown) && *qualifier != Qualifier::Pass
        };
        let is_named = self.terms.iter().any(names_it) && !self.terms.iter().any(refuses);
        if is_named { Verdict::Pass } else { Verdict::Unknown }
    }
}
