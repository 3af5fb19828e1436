//! Whether a new certificate is needed, and from when on. Pure: who calls says what time it is.

use model::{TimeSpan, Timestamp};

/// What matters of the certificate that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// The names it is for.
    pub(crate) domains: Vec<String>,
    /// From when it counts.
    pub(crate) not_before: Timestamp,
    /// Until when.
    pub(crate) not_after: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing before this moment.
    Later(Timestamp),
    /// A new certificate, because…
    Now(&'static str),
}

impl Held {
    /// Whether it is for exactly these names.
    pub(crate) fn is_for(&self, wanted: &[String]) -> bool {
        is_same(&self.domains, wanted)
    }

    fn life(&self) -> TimeSpan {
        self.not_after.since(self.not_before)
    }

    /// When a third of its life is left; where the authority advises (RFC 9773), when it says so, but not after nine
    /// tenths of its life: it would leave no time to fail.
    pub(crate) fn renewal(&self, advice: Option<Timestamp>) -> Timestamp {
        let part = |tenths: u64| TimeSpan::millis(self.life().as_millis() / 10 * tenths);
        match advice {
            Some(advised) => advised.min(self.not_before + part(9)),
            None => self.not_after - TimeSpan::millis(self.life().as_millis() / 3),
        }
    }
}

/// Whether two lists hold the same names, in whatever order and case.
pub(crate) fn is_same(some: &[String], others: &[String]) -> bool {
    let sorted = |names: &[String]| {
        let mut names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    sorted(some) == sorted(others)
}

/// Whether the certificate that is here is to be replaced now.
pub(crate) fn judge(
    held: Option<&Held>,
    wanted: &[String],
    advice: Option<Timestamp>,
    now: Timestamp,
) -> Need {
    let Some(held) = held else { return Need::Now("there is none yet") };
    if !held.is_for(wanted) {
        return Need::Now("the present one is for other names");
    }
    match held.renewal(advice) {
        at if at > now => Need::Later(at),
        _ if held.not_after <= now => Need::Now("the present one has ended"),
        _ => Need::Now("the present one is due for renewal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000) + TimeSpan::days(n)
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Ninety days, as Let's Encrypt gives them.
    fn held() -> Held {
        Held {
            domains: names(&["mail.contoso.com", "mx.contoso.com"]),
            not_before: day(0),
            not_after: day(90),
        }
    }

    #[test]
    fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
        let wanted = names(&["MX.contoso.com", "mail.contoso.com"]);
        let at = |n| judge(Some(&held()), &wanted, None, day(n));
        assert_eq!(at(0), Need::Later(day(60)));
        assert_eq!(at(59), Need::Later(day(60)));
        assert_eq!(at(60), Need::Now("the present one is due for renewal"));
        assert_eq!(at(90), Need::Now("the present one has ended"));
        assert_eq!(judge(None, &wanted, None, day(0)), Need::Now("there is none yet"));
    }

    #[test]
    fn other_names_need_another_certificate() {
        for wanted in [
            &["mail.contoso.com"][..],
            &["mail.contoso.com", "mx.contoso.com", "imap.contoso.com"],
            &["mail.contoso.com", "*.contoso.com"],
        ] {
            let need = judge(Some(&held()), &names(wanted), None, day(1));
            assert_eq!(need, Need::Now("the present one is for other names"), "{wanted:?}");
        }
    }

    #[test]
    fn what_the_authority_advises_counts_but_leaves_time_to_fail() {
        let wanted = held().domains;
        let at = |advice, now| judge(Some(&held()), &wanted, Some(advice), now);
        assert_eq!(at(day(70), day(65)), Need::Later(day(70)));
        assert_eq!(at(day(2), day(3)), Need::Now("the present one is due for renewal"));
        assert_eq!(at(day(400), day(80)), Need::Later(day(81)));
        assert_eq!(at(day(400), day(81)), Need::Now("the present one is due for renewal"));
    }

    #[test]
    fn one_without_a_life_is_due() {
        let odd = Held { not_after: day(0), not_before: day(3), ..held() };
        assert_eq!(
            judge(Some(&odd), &odd.domains.clone(), None, day(1)),
            Need::Now("the present one has ended")
        );
    }
}
