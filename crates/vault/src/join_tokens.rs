//! The tokens that this server has made and that nobody has used yet, in memory: they are gone when it stops.
//! Each is good once, for its time, and until somebody who knows its name but not its secret has tried a few times.

use std::{fmt, sync::Arc};

use model::{Clock, TimeSpan, Timestamp};
use parking_lot::Mutex;
use tls::Fingerprint;
use zeroize::Zeroizing;

use crate::{
    VaultError,
    handover::{JoinAnswer, JoinRequest, JoinToken, TokenProof},
};

/// Tokens that may wait at once.
const MOST: usize = 5;
/// Wrong tries after which a token is worth nothing.
const MOST_WRONG: u32 = 5;

/// The tokens of one server.
pub struct JoinTokens {
    clock: Arc<dyn Clock>,
    waiting: Mutex<Vec<Waiting>>,
}

struct Waiting {
    proof: TokenProof,
    until: Timestamp,
    wrong: u32,
}

/// A token that was just made.
#[derive(Debug)]
pub struct NewToken {
    /// What the administrator carries.
    pub text: Zeroizing<String>,
    /// Until when it is good.
    pub until: Timestamp,
    /// Whether an older one was given up for it.
    pub replaces: bool,
}

/// A token that was used: nobody else can use it.
pub struct Redeemed(Waiting);

impl JoinTokens {
    /// None yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, waiting: Mutex::default() }
    }

    /// Makes one for an organization with this authority. Where there are five already the oldest is given up.
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn issue(&self, authority: Fingerprint, valid: TimeSpan) -> Result<NewToken, VaultError> {
        let token = JoinToken::new(authority)?;
        let until = self.clock.now() + valid;
        let mut waiting = self.current();
        let replaces = waiting.len() >= MOST;
        if replaces {
            waiting.remove(0);
        }
        waiting.push(Waiting { proof: token.proof(), until, wrong: 0 });
        Ok(NewToken { text: token.text(), until, replaces })
    }

    /// Uses the token that this question is asked with; `None` where there is none, or it is not known.
    pub fn redeem(&self, request: &JoinRequest) -> Option<Redeemed> {
        let mut waiting = self.current();
        let at = waiting.iter().position(|one| one.proof.id() == request.token)?;
        let one = waiting.get_mut(at)?;
        if one.proof.is_of(request) {
            return Some(Redeemed(waiting.remove(at)));
        }
        one.wrong += 1;
        if one.wrong >= MOST_WRONG {
            waiting.remove(at);
            tracing::warn!("a join token was tried wrongly too often: it is not valid any more");
        }
        None
    }

    /// Makes a token good again that was used in vain.
    pub fn give_back(&self, redeemed: Redeemed) {
        self.current().push(redeemed.0);
    }

    /// Those that are not too old.
    fn current(&self) -> parking_lot::MutexGuard<'_, Vec<Waiting>> {
        let now = self.clock.now();
        let mut waiting = self.waiting.lock();
        waiting.retain(|one| now < one.until);
        waiting
    }
}

impl fmt::Debug for JoinTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinTokens").field("waiting", &self.waiting.lock().len()).finish()
    }
}

impl Redeemed {
    /// Hands `secret` over to who has asked with it.
    ///
    /// # Errors
    /// As [`TokenProof::answer`].
    pub fn answer(&self, request: &JoinRequest, secret: &[u8]) -> Result<JoinAnswer, VaultError> {
        self.0.proof.answer(request, secret)
    }
}

impl fmt::Debug for Redeemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redeemed")
    }
}

#[cfg(test)]
mod tests {
    use model::ManualClock;

    use super::*;
    use crate::Joining;

    fn tokens() -> (JoinTokens, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        (JoinTokens::new(clock.clone()), clock)
    }

    fn issue(tokens: &JoinTokens) -> JoinToken {
        let made = tokens.issue(Fingerprint::from_bytes([7; 32]), TimeSpan::hours(1)).unwrap();
        made.text.parse().unwrap()
    }

    fn ask(token: &JoinToken) -> JoinRequest {
        Joining::ask(token, String::new()).unwrap().asked().clone()
    }

    #[test]
    fn a_token_is_good_once_and_for_an_hour() {
        let (tokens, clock) = tokens();
        let token = issue(&tokens);
        let used = tokens.redeem(&ask(&token)).unwrap();
        assert!(tokens.redeem(&ask(&token)).is_none());
        tokens.give_back(used);
        clock.advance(TimeSpan::minutes(59));
        let used = tokens.redeem(&ask(&token)).unwrap();
        tokens.give_back(used);
        clock.advance(TimeSpan::minutes(1));
        assert!(tokens.redeem(&ask(&token)).is_none());
    }

    #[test]
    fn wrong_tries_end_it_and_unknown_ones_do_not() {
        let (tokens, _) = tokens();
        let (token, stranger) = (issue(&tokens), JoinToken::new(Fingerprint::from_bytes([7; 32])));
        let stranger = stranger.unwrap();
        for _ in 0..100 {
            assert!(tokens.redeem(&ask(&stranger)).is_none());
        }
        let guess = JoinRequest { token: ask(&token).token, ..ask(&stranger) };
        for _ in 1..MOST_WRONG {
            assert!(tokens.redeem(&guess).is_none());
        }
        let used = tokens.redeem(&ask(&token)).unwrap();
        tokens.give_back(used);
        assert!(tokens.redeem(&guess).is_none());
        assert!(tokens.redeem(&ask(&token)).is_none());
    }

    #[test]
    fn there_are_a_few_at_a_time() {
        let (tokens, _) = tokens();
        let all: Vec<JoinToken> = (0..=MOST).map(|_| issue(&tokens)).collect();
        let good: Vec<bool> = all.iter().map(|t| tokens.redeem(&ask(t)).is_some()).collect();
        assert_eq!(good, [false, true, true, true, true, true]);
    }
}
