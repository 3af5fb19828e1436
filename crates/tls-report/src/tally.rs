//! Counts of sessions, by domain and policy, within bounds: whoever writes to many domains, or to one whose hosts
//! fail in many ways, does not fill the memory.

use std::{collections::BTreeMap, net::IpAddr};

use model::DomainName;
use serde::{Deserialize, Serialize};

use crate::{Applied, FailureType, Session, SessionFailure};

/// Domains counted at most; sessions with others are not reported.
const MOST_DOMAINS: usize = 20_000;
/// Policies of a domain at most, as they change during a day.
const MOST_POLICIES: usize = 20;
/// Kinds of failures of a policy at most; of more, only their number is kept.
const MOST_FAILURES: usize = 50;

/// The sessions of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    domains: BTreeMap<DomainName, DomainTally>,
}

/// The sessions with the hosts of one domain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainTally {
    pub(crate) policies: Vec<PolicyTally>,
}

/// The sessions under one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PolicyTally {
    pub(crate) applied: Applied,
    pub(crate) successes: u64,
    pub(crate) failures: u64,
    pub(crate) details: Vec<(Detail, u64)>,
}

/// What failures that are counted together have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub(crate) failure_type: FailureType,
    pub(crate) reason: String,
    pub(crate) host: String,
    pub(crate) local: Option<IpAddr>,
    pub(crate) remote: Option<IpAddr>,
}

impl Tally {
    /// Counts a session.
    pub fn count(&mut self, session: Session) {
        if !self.domains.contains_key(&session.domain) && self.domains.len() >= MOST_DOMAINS {
            return;
        }
        self.domains.entry(session.domain.clone()).or_default().count(session);
    }

    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }

    /// The domains with their sessions.
    pub fn into_domains(self) -> impl Iterator<Item = (DomainName, DomainTally)> {
        self.domains.into_iter()
    }
}

impl DomainTally {
    fn count(&mut self, session: Session) {
        let known = self.policies.iter().position(|one| one.applied == session.applied);
        let place = match known {
            Some(place) => place,
            None if self.policies.len() < MOST_POLICIES => {
                self.policies.push(PolicyTally {
                    applied: session.applied.clone(),
                    successes: 0,
                    failures: 0,
                    details: Vec::new(),
                });
                self.policies.len() - 1
            }
            None => return,
        };
        if let Some(policy) = self.policies.get_mut(place) {
            policy.count(session);
        }
    }
}

impl PolicyTally {
    fn count(&mut self, session: Session) {
        let Some(SessionFailure { failure_type, reason }) = session.failure else {
            self.successes += 1;
            return;
        };
        self.failures += 1;
        let detail = Detail {
            failure_type,
            reason: reason.chars().take(SessionFailure::MAX_REASON).collect(),
            host: session.host,
            local: session.local,
            remote: session.remote,
        };
        if let Some((_, count)) = self.details.iter_mut().find(|(known, _)| *known == detail) {
            *count += 1;
        } else if self.details.len() < MOST_FAILURES {
            self.details.push((detail, 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn session(domain: &str, host: &str, failed: bool) -> Session {
        Session {
            domain: domain.parse().unwrap(),
            applied: Applied::none(),
            host: host.to_owned(),
            local: None,
            remote: Some("192.0.2.1".parse().unwrap()),
            failure: failed.then(|| SessionFailure {
                failure_type: FailureType::StarttlsNotSupported,
                reason: "x".repeat(1_000),
            }),
        }
    }

    #[test]
    fn counts_within_bounds() {
        let mut tally = Tally::default();
        for _ in 0..3 {
            tally.count(session("a.example", "mx", false));
        }
        for host in 0..MOST_FAILURES + 5 {
            tally.count(session("a.example", &format!("mx{host}"), true));
        }
        tally.count(session("a.example", "mx0", true));
        let written = serde_json::to_string(&tally).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&written).unwrap(), tally);
        let (domain, counted) = tally.into_domains().next().unwrap();
        assert_eq!(domain.as_str(), "a.example");
        let policy = &counted.policies[0];
        assert_eq!((policy.successes, policy.failures), (3, MOST_FAILURES as u64 + 6));
        assert_eq!(policy.details.len(), MOST_FAILURES);
        assert_eq!(policy.details[0].1, 2);
        assert_eq!(policy.details[0].0.reason.len(), SessionFailure::MAX_REASON);
        let mut many = Tally::default();
        for n in 0..MOST_DOMAINS + 10 {
            many.count(session(&format!("d{n}.example"), "mx", false));
        }
        assert_eq!(many.into_domains().count(), MOST_DOMAINS);
    }
}
