//! What the organization's servers tell each other of hosts that asked for fewer connections. What hosts take
//! they take of all servers together: the sum of what each has learned is split evenly among those that live.

use std::collections::HashMap;

use model::{Guid, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    core::Core,
    pools::{Limit, PoolKey},
};

/// Limits that a server tells, at most.
const MOST: usize = 200;
/// Why a server has a lower limit than it learned itself.
const CAUSE: &str =
    "the hosts asked the organization's servers for fewer connections, which share what is left";

/// What a server has learned of hosts: that they like no more connections of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedLimit {
    /// By which connector.
    connector: Guid,
    /// The hosts, in order of the alphabet.
    hosts: Vec<String>,
    /// What is demanded of them.
    demands: String,
    /// So many connections.
    most: u32,
    /// As long as this, in milliseconds since 1970.
    until: i64,
}

impl LearnedLimit {
    fn key(&self) -> PoolKey {
        let Self { connector, hosts, demands, .. } = self;
        PoolKey { connector: *connector, hosts: hosts.clone(), demands: demands.clone() }
    }
}

/// What this server has learned.
pub(crate) fn learned(core: &Core) -> Vec<LearnedLimit> {
    let limit_of = |(key, limit): (PoolKey, Limit)| LearnedLimit {
        connector: key.connector,
        hosts: key.hosts,
        demands: key.demands,
        most: limit.most,
        until: limit.until.as_millis(),
    };
    core.pools.learned(core.now()).into_iter().take(MOST).map(limit_of).collect()
}

/// Takes this server's share of what all have learned, itself among them; `living` servers share.
pub(crate) fn share(core: &Core, told: &[LearnedLimit], living: u32) {
    for (key, (sum, until)) in sums(told, core.now()) {
        let most = sum.div_ceil(living.max(1)).max(1);
        core.pools.agree(&key, Limit { most, until, cause: CAUSE.to_owned() });
    }
}

/// What the hosts take of all servers, and until when that counts.
fn sums(told: &[LearnedLimit], now: Timestamp) -> HashMap<PoolKey, (u32, Timestamp)> {
    let mut sums: HashMap<PoolKey, (u32, Timestamp)> = HashMap::new();
    for limit in told {
        let until = Timestamp::from_millis(limit.until);
        if until > now {
            let (sum, last) = sums.entry(limit.key()).or_insert((0, until));
            (*sum, *last) = (sum.saturating_add(limit.most), (*last).max(until));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hosts_take_is_the_sum_of_what_was_learned() {
        let at = Timestamp::from_millis;
        let learned = |host: &str, most, until| LearnedLimit {
            connector: Guid::nil(),
            hosts: vec![host.to_owned()],
            demands: String::new(),
            most,
            until,
        };
        let told =
            [learned("a", 5, 100), learned("a", 4, 200), learned("b", 7, 150), learned("b", 9, 10)];
        let sums = sums(&told, at(50));
        assert_eq!(sums[&told[0].key()], (9, at(200)));
        assert_eq!(sums[&told[2].key()], (7, at(150)), "what is over does not count");
    }
}
