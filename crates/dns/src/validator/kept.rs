//! What was heard of zones (DNSKEY, DS, NS) and has helped to prove something, for as long as it holds: a
//! look-up does not ask for the keys of the root again. It is proven anew each time.

use std::{collections::HashMap, time::Duration};

use hickory_proto::{
    op::Message,
    rr::{Name, RecordType},
};
use parking_lot::Mutex;
use tokio::time::Instant;

/// Answers kept at most.
const MOST: usize = 4096;
/// An answer is kept no longer than this.
const LONGEST: Duration = Duration::from_secs(3600);

/// A question.
pub(super) type Key = (Name, RecordType);

/// Answers by question.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<HashMap<Key, (Message, Instant)>>);

impl Kept {
    pub(super) fn get(&self, key: &Key) -> Option<Message> {
        let answers = self.0.lock();
        let (message, until) = answers.get(key)?;
        (Instant::now() < *until).then(|| message.clone())
    }

    /// Keeps an answer for `seconds` at most.
    pub(super) fn put(&self, key: Key, message: Message, seconds: u32) {
        let lives = Duration::from_secs(seconds.into()).min(LONGEST);
        if lives.is_zero() || !matches!(key.1, RecordType::DNSKEY | RecordType::DS | RecordType::NS)
        {
            return;
        }
        let now = Instant::now();
        let mut answers = self.0.lock();
        if answers.len() >= MOST {
            answers.retain(|_, (_, until)| now < *until);
            let surplus = answers.len().saturating_sub(MOST / 4 * 3);
            let victims: Vec<Key> = answers.keys().take(surplus).cloned().collect();
            for victim in victims {
                answers.remove(&victim);
            }
        }
        answers.insert(key, (message, now + lives));
    }

    pub(super) fn forget(&self, key: &Key) {
        self.0.lock().remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize, wanted: RecordType) -> Key {
        (Name::from_ascii(format!("z{number}.")).unwrap(), wanted)
    }

    #[tokio::test(start_paused = true)]
    async fn answers_about_zones_live_as_long_as_they_say_and_never_too_long() {
        let kept = Kept::default();
        kept.put(key(1, RecordType::DS), Message::query(), 60);
        kept.put(key(2, RecordType::DNSKEY), Message::query(), u32::MAX);
        kept.put(key(3, RecordType::NS), Message::query(), 0);
        kept.put(key(4, RecordType::MX), Message::query(), 60);
        assert!(kept.get(&key(1, RecordType::DS)).is_some());
        assert!(kept.get(&key(3, RecordType::NS)).is_none());
        assert!(kept.get(&key(4, RecordType::MX)).is_none());
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(kept.get(&key(1, RecordType::DS)).is_none());
        tokio::time::advance(LONGEST).await;
        assert!(kept.get(&key(2, RecordType::DNSKEY)).is_none());
        for number in 0..MOST + 10 {
            kept.put(key(number, RecordType::DS), Message::query(), 60);
        }
        assert!(kept.0.lock().len() <= MOST);
        kept.forget(&key(MOST + 9, RecordType::DS));
        assert!(kept.get(&key(MOST + 9, RecordType::DS)).is_none());
    }
}
