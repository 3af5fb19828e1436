//! MessageRateLimit of one Receive connector (transport.md section 4): messages of this minute,
//! counted for the source, the sender, or either, as MessageRateSource says.
//!
//! What is remembered is bounded, and a client that makes senders up uses up its own part of it
//! only: beyond that, its further senders count as one. Nobody is refused for what others sent.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
};

use directory::MessageRateSource;
use model::{Guid, Timestamp};

use crate::minute::minute_of;

/// Sender addresses of one source within a minute that are counted each for itself.
const MOST_ADDRESSES_OF_SOURCE: u32 = 1_000;
/// Senders, and sources, of one connector within a minute that are counted each for itself.
const MOST_REMEMBERED: usize = 100_000;

/// Messages of this minute.
#[derive(Debug, Default)]
pub(crate) struct MessageRate {
    minute: i64,
    sources: HashMap<IpAddr, FromSource>,
    senders: HashMap<Whom, u32>,
}

/// What one source sent within a minute.
#[derive(Debug, Default)]
pub(crate) struct FromSource {
    minute: i64,
    messages: u32,
    /// Sender addresses that nobody had used before it.
    addresses: u32,
    /// Messages of the senders that are not counted each for itself.
    other_senders: u32,
}

/// A sender as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    User(Guid),
    /// The hash of a sender's address.
    Address(u64),
}

/// Who sends a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sender<'a> {
    /// A mailbox user, under whichever of his addresses.
    User(Guid),
    /// What a stranger said in MAIL FROM.
    Address(&'a str),
}

impl MessageRate {
    /// Counts a message; `false` when it is one too many for whom `by` says. `session` is what
    /// the session itself sent: it stands in for its source where that cannot be remembered.
    pub(crate) fn may_send(
        &mut self,
        (limit, by): (u32, MessageRateSource),
        (source, sender): (IpAddr, Sender<'_>),
        session: &mut FromSource,
        now: Timestamp,
    ) -> bool {
        let minute = minute_of(now);
        if minute != self.minute {
            *self = Self { minute, ..Self::default() };
        }
        let known = self.sources.len() < MOST_REMEMBERED || self.sources.contains_key(&source);
        let from =
            if known { self.sources.entry(source).or_default() } else { session.within(minute) };
        let (by_source, by_sender) = match by {
            MessageRateSource::None => (false, false),
            MessageRateSource::IpAddress => (true, false),
            MessageRateSource::User => (false, true),
            MessageRateSource::All => (true, true),
        };
        // What a source says after its share is spent must not be held against a sender, who
        // may be quite another.
        if by_source && !one_more(&mut from.messages, limit) {
            return false;
        }
        !by_sender || one_more(count_of(&mut self.senders, from, sender), limit)
    }
}

impl FromSource {
    fn within(&mut self, minute: i64) -> &mut Self {
        if minute != self.minute {
            *self = Self { minute, ..Self::default() };
        }
        self
    }
}

impl From<Sender<'_>> for Whom {
    fn from(sender: Sender<'_>) -> Self {
        match sender {
            Sender::User(guid) => Self::User(guid),
            Sender::Address(address) => {
                let mut hasher = DefaultHasher::new();
                address.to_ascii_lowercase().hash(&mut hasher);
                Self::Address(hasher.finish())
            }
        }
    }
}

fn one_more(count: &mut u32, limit: u32) -> bool {
    *count = count.saturating_add(1);
    *count <= limit
}

/// The sender's count. Users are as many as there are mailboxes; addresses are made up at will.
fn count_of<'a>(
    senders: &'a mut HashMap<Whom, u32>,
    from: &'a mut FromSource,
    sender: Sender<'_>,
) -> &'a mut u32 {
    let whom = Whom::from(sender);
    if matches!(whom, Whom::Address(_)) && !senders.contains_key(&whom) {
        if from.addresses >= MOST_ADDRESSES_OF_SOURCE || senders.len() >= MOST_REMEMBERED {
            return &mut from.other_senders;
        }
        from.addresses += 1;
    }
    senders.entry(whom).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const LIMIT: u32 = 2;

    fn source(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    fn say(rate: &mut MessageRate, by: MessageRateSource, from: u32, sender: &str) -> bool {
        let sender = Sender::Address(sender);
        rate.may_send((LIMIT, by), (source(from), sender), &mut FromSource::default(), NOW)
    }

    #[test]
    fn a_source_that_makes_senders_up_spends_its_own_share_only() {
        let mut rate = MessageRate::default();
        let by = MessageRateSource::User;
        let made_up = |n: u32| format!("{n}@x.test");
        let most = MOST_ADDRESSES_OF_SOURCE;
        let passed = (0..10 * most).filter(|n| say(&mut rate, by, 1, &made_up(*n))).count();
        assert_eq!(passed as u32, most + LIMIT, "its further senders count as one");
        assert_eq!(rate.senders.len() as u32, most);
        assert!(say(&mut rate, by, 2, "a@y.test"), "another source's sender is not among them");
        assert!(say(&mut rate, by, 1, "a@y.test"), "nor is one that is known already");
        assert!(!say(&mut rate, by, 2, "a@y.test"), "who is counted wherever he sends from");
    }

    #[test]
    fn when_all_is_remembered_newcomers_still_have_a_share() {
        let mut rate = MessageRate::default();
        let all = MOST_REMEMBERED as u32;
        for n in 0..all {
            assert!(say(&mut rate, MessageRateSource::All, n, &format!("{n}@x.test")));
        }
        assert_eq!((rate.sources.len(), rate.senders.len()), (MOST_REMEMBERED, MOST_REMEMBERED));
        // A source that is remembered: by itself, and its new senders together.
        assert!(say(&mut rate, MessageRateSource::All, 1, "new@y.test"));
        assert!(!say(&mut rate, MessageRateSource::All, 1, "new@y.test"));
        // One that is not: by its session.
        let mut session = FromSource::default();
        let mut next = |now| {
            let who = (source(all), Sender::Address("late@y.test"));
            rate.may_send((LIMIT, MessageRateSource::All), who, &mut session, now)
        };
        assert_eq!([next(NOW), next(NOW), next(NOW)], [true, true, false]);
        assert_eq!((rate.sources.len(), rate.senders.len()), (MOST_REMEMBERED, MOST_REMEMBERED));
    }

    #[test]
    fn a_source_that_is_over_does_not_speak_for_its_senders() {
        let mut rate = MessageRate::default();
        let by = MessageRateSource::All;
        for n in 0..LIMIT {
            assert!(say(&mut rate, by, 1, &format!("{n}@x.test")));
        }
        for _ in 0..10 {
            assert!(!say(&mut rate, by, 1, "victim@y.test"));
        }
        assert!(say(&mut rate, by, 2, "victim@y.test"));
    }
}
