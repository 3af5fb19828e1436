//! Signing in, for one session: asks `identity` about passwords, tokens and proofs of SCRAM, tells the protocol
//! log and the event log, and counts what fails for its source, whatever the mechanism.
//!
//! Nobody learns whether a password is right without being counted: a source that has failed too often is told
//! neither, even where it has begun many exchanges before.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use identity::{AuthError, Pass, Principal, TokenPass, TokenRefusal};
use model::{Event, Reply};
use smtp::{Answer, ScramKeys};

use crate::{admission::Admitted, conversation::Conversation, shared::Shared};

/// Bytes of chance in a nonce: 24 characters of base64, no padding.
const NONCE: usize = 18;

/// What a session remembers between the steps of SCRAM.
#[derive(Default)]
pub(crate) struct SignIn {
    /// Whose proof is waited for; nothing where there is no such user.
    pass: Option<Pass>,
    /// Who has given it, and has not yet taken ours.
    proven: Option<Principal>,
}

impl SignIn {
    /// Who is signed in, now that both sides have proven themselves.
    pub(crate) fn finished(&mut self) -> Option<Principal> {
        self.proven.take()
    }
}

/// Where a session signs in.
pub(crate) struct Desk<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) admitted: &'a Admitted,
    pub(crate) client: IpAddr,
    pub(crate) conversation: &'a mut Conversation,
    pub(crate) state: &'a mut SignIn,
}

impl Desk<'_> {
    /// Who this is by his password; the reply where he may not come in.
    pub(crate) async fn password(mut self, user: &str, password: &str) -> Result<Principal, Reply> {
        self.may_try()?;
        let verified = self.shared.authenticator.verify(user, password).await;
        self.settle(user, "", verified)
    }

    /// Whose access token this is; the reply where it does not let in.
    pub(crate) async fn token(
        mut self,
        mechanism: &str,
        user: Option<&str>,
        token: &str,
    ) -> Result<(Principal, TokenPass), Reply> {
        self.may_try()?;
        let (verified, why, pass) = match self.shared.tokens.verify(token, user).await {
            Ok((principal, pass)) => (Ok(principal), String::new(), Some(pass)),
            Err(refusal) => {
                let error = match refusal {
                    TokenRefusal::Wrong(_) => AuthError::Wrong,
                    TokenRefusal::Unknown(_) => AuthError::Busy,
                };
                (Err(error), format!(": {refusal}"), None)
            }
        };
        let named = match &verified {
            Ok(principal) => principal.mailbox.name.to_string(),
            Err(_) => user.unwrap_or_default().to_owned(),
        };
        let principal = self.settle(&named, &format!(" by {mechanism}{why}"), verified)?;
        pass.map(|pass| (principal, pass)).ok_or_else(not_now)
    }

    /// What SCRAM measures this user's proof by.
    pub(crate) fn keys(self, user: &str) -> Answer {
        *self.state = SignIn::default();
        if let Err(reply) = self.may_try() {
            return Answer::Refuse(reply);
        }
        let (keys, pass) = self.shared.authenticator.scram(user);
        self.state.pass = pass;
        let (salt, rounds) = (keys.salt, keys.rounds);
        let (stored_key, server_key) = (keys.stored_key, keys.server_key);
        Answer::ScramKeys {
            keys: ScramKeys { salt, rounds, stored_key, server_key },
            nonce: STANDARD.encode(rand::random::<[u8; NONCE]>()),
        }
    }

    /// Whether who has given this proof may come in: as long as the mailbox is there and has the password that
    /// the proof was measured by.
    pub(crate) fn proof(
        mut self,
        mechanism: &str,
        user: &str,
        proof: Result<(), &'static str>,
    ) -> Answer {
        let pass = std::mem::take(self.state).pass;
        if let Err(reply) = self.may_try() {
            return Answer::Refuse(reply);
        }
        let admitted = proof.and_then(|()| {
            let principal = pass.and_then(|pass| self.shared.authenticator.readmit(&pass));
            principal.ok_or("the mailbox is gone or has another password now")
        });
        let how = match &admitted {
            Ok(_) => format!(" by {mechanism}"),
            Err(why) => format!(" by {mechanism}: {why}"),
        };
        match self.settle(user, &how, admitted.map_err(|_| AuthError::Wrong)) {
            Ok(principal) => {
                self.state.proven = Some(principal);
                Answer::AuthOk
            }
            Err(reply) => Answer::Refuse(reply),
        }
    }

    /// Tells and counts what has come of it.
    fn settle(
        &mut self,
        user: &str,
        how: &str,
        verified: Result<Principal, AuthError>,
    ) -> Result<Principal, Reply> {
        // Others of the same source may have failed meanwhile.
        let late = self.may_try();
        let now = self.shared.clock.now();
        if matches!(verified, Err(AuthError::Wrong)) {
            self.admitted.sign_in_failed(now);
        }
        let outcome = late.and(verified.map_err(|error| match error {
            AuthError::Wrong => Reply::new(535, (5, 7, 3), "Authentication unsuccessful"),
            AuthError::Busy | AuthError::Unavailable => not_now(),
        }));
        let success = outcome.is_ok();
        let user = self.loggable(user);
        self.conversation.information(|| {
            let result = if success { "authenticated" } else { "failed to authenticate" };
            format!("user {user} {result}{how}")
        });
        let event = Event::SignIn { user, client: Some(self.client), success };
        self.shared.events.emit(now, &event);
        outcome
    }

    fn may_try(&self) -> Result<(), Reply> {
        let may = self.admitted.may_sign_in(self.shared.clock.now());
        if may { Ok(()) } else { Err(not_now()) }
    }

    /// The name of a user there is. Anything else may be a password in the wrong place.
    fn loggable(&self, user: &str) -> String {
        let bare = user.rsplit('\\').next().unwrap_or(user);
        match self.shared.directory.snapshot().mailbox(bare) {
            Some(mailbox) => mailbox.name.to_string(),
            None => "(unknown)".to_owned(),
        }
    }
}

fn not_now() -> Reply {
    Reply::new(454, (4, 7, 0), "Temporary authentication failure")
}
