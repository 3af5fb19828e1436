//! Connector selection, step by step: eligibility, size, specificity, aggregate cost,
//! proximity, name. Exactly one winner, or the reason why there is none.

use std::{cmp::Ordering, sync::Arc};

use directory::{AddressSpace, SendConnector, Server, Snapshot};
use model::{AddressDomain, ByteSize, ObjectName};

use crate::{Considered, Verdict};

/// What a site link costs where nothing else is configured.
const DEFAULT_SITE_LINK_COST: u32 = 100;

/// Where a recipient's mail goes next.
#[derive(Debug, Clone)]
pub enum NextHop {
    /// This server is a source of the connector and uses it.
    Connector(Arc<SendConnector>),
    /// Other servers are its sources: the message is relayed to one of them.
    SourceServers(Arc<SendConnector>),
    /// No connector matches: the recipient waits in the Unreachable queue.
    Unreachable,
    /// Connectors match, but all are too small for the message: an NDR 5.3.4. The largest limit.
    TooLarge(ByteSize),
}

/// A next hop and how it was found.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Where to.
    pub next_hop: NextHop,
    /// One entry for each Send connector of the organization, by name.
    pub considered: Vec<Considered>,
}

/// Sizes between which no connector's limit lies are routed alike: the number of distinct
/// limits that a message exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SizeClass(usize);

impl SizeClass {
    /// The class of a message of `size` bytes.
    pub fn of(snapshot: &Snapshot, size: ByteSize) -> Self {
        let exceeded = snapshot
            .send_connectors
            .iter()
            .filter(|connector| !connector.max_message_size.allows(&size));
        // Counting connectors instead of distinct limits is as good: equal limits are exceeded
        // together.
        Self(exceeded.count())
    }

    /// A size of each class.
    pub fn examples(snapshot: &Snapshot) -> Vec<ByteSize> {
        let limits = snapshot.send_connectors.iter().filter_map(|c| c.max_message_size.limit());
        let beyond = limits.map(|limit| ByteSize::bytes(limit.as_u64().saturating_add(1)));
        std::iter::once(ByteSize::bytes(0)).chain(beyond).collect()
    }
}

/// A connector that may carry the recipient.
struct Candidate<'a> {
    connector: &'a Arc<SendConnector>,
    space: &'a AddressSpace,
    cost: u32,
    proximity: Proximity,
}

/// How near the nearest source server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proximity {
    ThisServer,
    SameSite,
    RemoteSite,
}

/// Chooses the connector for mail to `domain`, of `size` bytes, on the server `here`.
pub fn route(
    snapshot: &Snapshot,
    here: &Server,
    domain: &AddressDomain,
    size: ByteSize,
) -> Decision {
    let mut considered = Vec::new();
    let mut candidates = Vec::new();
    for connector in &snapshot.send_connectors {
        match eligible(snapshot, here, connector, domain) {
            Ok(candidate) => candidates.push(candidate),
            Err(verdict) => considered.push(entry(connector, verdict)),
        }
    }
    let largest = candidates.iter().filter_map(|c| c.connector.max_message_size.limit()).max();
    let had_match = !candidates.is_empty();
    candidates.retain(|c| match c.connector.max_message_size.limit() {
        Some(limit) if size > limit => {
            considered.push(entry(c.connector, Verdict::TooSmall(limit)));
            false
        }
        _ => true,
    });
    candidates.sort_by(better_first);
    let mut ranked = candidates.into_iter();
    let next_hop = match ranked.next() {
        Some(winner) => {
            considered.push(entry(winner.connector, Verdict::Chosen));
            considered
                .extend(ranked.map(|loser| entry(loser.connector, why_lost(&loser, &winner))));
            if winner.proximity == Proximity::ThisServer {
                NextHop::Connector(Arc::clone(winner.connector))
            } else {
                NextHop::SourceServers(Arc::clone(winner.connector))
            }
        }
        None if had_match => NextHop::TooLarge(largest.unwrap_or(ByteSize::bytes(0))),
        None => NextHop::Unreachable,
    };
    considered.sort_by_key(|c| c.connector.key());
    Decision { next_hop, considered }
}

fn entry(connector: &SendConnector, verdict: Verdict) -> Considered {
    Considered { connector: connector.name.clone(), verdict }
}

/// Whether a connector may carry the recipient at all, whatever the size.
fn eligible<'a>(
    snapshot: &Snapshot,
    here: &Server,
    connector: &'a Arc<SendConnector>,
    domain: &AddressDomain,
) -> Result<Candidate<'a>, Verdict> {
    let space = best_space(connector, domain).ok_or(Verdict::NoMatchingSpace)?;
    if !connector.enabled {
        return Err(Verdict::Disabled);
    }
    let proximity = proximity(snapshot, here, connector);
    if connector.is_scoped_connector && proximity == Proximity::RemoteSite {
        return Err(Verdict::OutOfScope);
    }
    let (lot, share) = (lot(domain), connector.share_of_domains);
    if lot >= share {
        return Err(Verdict::OutsideShare { lot, share });
    }
    let link = if proximity == Proximity::RemoteSite { DEFAULT_SITE_LINK_COST } else { 0 };
    Ok(Candidate { connector, space, cost: link + u32::from(space.cost.value()), proximity })
}

/// Where a domain stands among all, of 0 to 99: the same on every server and in every version, so that all mail to it goes
/// one way, and a share that grows only takes more.
fn lot(domain: &AddressDomain) -> u32 {
    crc32fast::hash(domain.to_string().to_lowercase().as_bytes()) % 100
}

/// The address space of the connector that matches best: the most specific, then the cheapest.
fn best_space<'a>(
    connector: &'a SendConnector,
    domain: &AddressDomain,
) -> Option<&'a AddressSpace> {
    connector
        .address_spaces
        .iter()
        .filter(|space| space.smtp_pattern().is_some_and(|pattern| pattern.matches(domain)))
        .max_by_key(|space| (specificity(space), std::cmp::Reverse(space.cost)))
}

fn specificity(space: &AddressSpace) -> usize {
    space.smtp_pattern().map_or(0, |pattern| pattern.specificity())
}

fn proximity(snapshot: &Snapshot, here: &Server, connector: &SendConnector) -> Proximity {
    let mut nearest = Proximity::RemoteSite;
    for source in &connector.source_transport_servers {
        if here.name.is(source) {
            return Proximity::ThisServer;
        }
        if snapshot.server(source).is_some_and(|server| server.site == here.site) {
            nearest = Proximity::SameSite;
        }
    }
    nearest
}

fn better_first(a: &Candidate<'_>, b: &Candidate<'_>) -> Ordering {
    specificity(b.space)
        .cmp(&specificity(a.space))
        .then(a.cost.cmp(&b.cost))
        .then(a.proximity.cmp(&b.proximity))
        .then_with(|| a.connector.name.key().cmp(&b.connector.name.key()))
}

fn why_lost(loser: &Candidate<'_>, winner: &Candidate<'_>) -> Verdict {
    if specificity(loser.space) < specificity(winner.space) {
        Verdict::LessSpecific { space: loser.space.to_string(), better: winner.space.to_string() }
    } else if loser.cost > winner.cost {
        Verdict::HigherCost { cost: loser.cost, lower: winner.cost }
    } else if loser.proximity > winner.proximity {
        Verdict::Farther
    } else {
        let name: ObjectName = winner.connector.name.clone();
        Verdict::LaterName(name)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
