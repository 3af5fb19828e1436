//! What it means that none of the hosts could be used, from what each of them did: the next attempt may find
//! another one, unless all of them have shown that they will never do.

use model::EnhancedCode;

use crate::{ConnectFailure, connection::Lost};

/// Why a host is not used.
#[derive(Debug)]
pub(super) struct NotUsed {
    /// What the administrator reads.
    pub(super) why: String,
    /// The status where it will be no other way at the next attempt.
    pub(super) for_good: Option<EnhancedCode>,
}

impl From<Lost> for NotUsed {
    fn from(Lost(why): Lost) -> Self {
        Self { why, for_good: None }
    }
}

/// What the hosts did, in order.
pub(super) struct Failures {
    /// Hosts that have not been tried.
    left: usize,
    first_for_now: Option<String>,
    first_for_good: Option<(EnhancedCode, String)>,
}

impl Failures {
    /// None yet, of so many hosts.
    pub(super) fn of(hosts: usize) -> Self {
        Self { left: hosts, first_for_now: None, first_for_good: None }
    }

    /// One more.
    pub(super) fn add(&mut self, why: String, for_good: Option<EnhancedCode>) {
        self.left = self.left.saturating_sub(1);
        match for_good {
            Some(status) => {
                self.first_for_good.get_or_insert((status, why));
            }
            None => {
                self.first_for_now.get_or_insert(why);
            }
        }
    }

    /// The first of what decides, and what all of it means.
    pub(super) fn together(self) -> (String, ConnectFailure) {
        match (self.first_for_now, self.first_for_good) {
            (None, Some((status, why))) if self.left == 0 => {
                (why.clone(), ConnectFailure::Permanent(status, why))
            }
            (for_now, for_good) => {
                let first = for_now.or(for_good.map(|(_, why)| why));
                let first = first.unwrap_or_else(|| "421 4.4.1 No host to connect to".to_owned());
                let failure = ConnectFailure::all_hosts_failed(&first);
                (first, failure)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::NO_SUPPORT;

    fn together(hosts: usize, failures: &[(&str, bool)]) -> ConnectFailure {
        let mut all = Failures::of(hosts);
        for (why, for_good) in failures {
            all.add((*why).to_owned(), for_good.then_some(NO_SUPPORT));
        }
        all.together().1
    }

    #[test]
    fn it_is_for_good_only_where_all_hosts_say_so() {
        let good = together(2, &[("550 a", true), ("550 b", true)]);
        assert_eq!(good, ConnectFailure::Permanent(NO_SUPPORT, "550 a".to_owned()));
        for (hosts, failures) in [
            (2, &[("550 a", true), ("421 b", false)][..]),
            (2, &[("421 b", false), ("550 a", true)]),
        ] {
            let failure = together(hosts, failures);
            assert!(
                matches!(&failure, ConnectFailure::Transient(why) if why.contains("\"421 b.\""))
            );
        }
        let untried = together(3, &[("550 a", true), ("550 b", true)]);
        assert!(matches!(untried, ConnectFailure::Transient(_)), "a third host may do");
        assert!(together(0, &[]).text().contains("No host to connect to"));
    }
}
