//! Access tokens (RFC 9068, RFC 7519) that mail clients show instead of a password: whether one is good, and
//! whose it is. Tokens are judged here, by the keys that their issuer publishes; nobody is asked about one.

mod issuer;
mod judge;
mod keys;
#[cfg(test)]
mod tests;
mod web;

use std::{collections::HashMap, fmt, sync::Arc};

use directory::{AuthServer, Directory, Snapshot};
use futures_util::future::join_all;
use model::{Address, Clock, Guid, HttpsUrl, Timestamp};
use parking_lot::Mutex;
use thiserror::Error;

use crate::{
    Principal,
    authenticator::{find, role_groups},
};
pub use issuer::IssuerState;
use issuer::{Issuer, Reader};
use judge::{Head, Rules};
pub use web::{Fetched, HttpsWeb, TokenWeb};

/// Judges access tokens. Cheap to clone; clones share the issuers' keys.
#[derive(Clone)]
pub struct TokenVerifier(Arc<Inner>);

struct Inner {
    directory: Directory,
    clock: Arc<dyn Clock>,
    reader: Arc<Reader>,
    /// By authorization server.
    issuers: Mutex<HashMap<Guid, Arc<Issuer>>>,
}

/// What a session keeps of a token: whose, by whom, until when. Holds no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenPass {
    mailbox: Guid,
    server: Guid,
    version: u64,
    until: Timestamp,
}

/// Why a token does not let in; fit for logs: no part of a token whose signature was not good, and never the
/// token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenRefusal {
    /// It is not good, or not for him.
    #[error("{0}")]
    Wrong(String),
    /// Nobody knows: the issuer's keys cannot be had.
    #[error("{0}")]
    Unknown(String),
}

impl TokenVerifier {
    /// For the mailboxes and authorization servers of this directory; `web` fetches what issuers publish.
    pub fn new(directory: Directory, clock: Arc<dyn Clock>, web: Arc<dyn TokenWeb>) -> Self {
        let reader = Arc::new(Reader { web, clock: Arc::clone(&clock) });
        Self(Arc::new(Inner { directory, clock, reader, issuers: Mutex::default() }))
    }

    /// The addresses where clients learn who issues tokens: of the enabled authorization servers; none where no
    /// tokens are taken.
    pub fn taken_from(snapshot: &Snapshot) -> impl Iterator<Item = &HttpsUrl> {
        enabled(snapshot).map(|server| &server.auth_metadata_url)
    }

    /// Whose token this is, where he has a mailbox here. With `user`, it must be his: one of his addresses, or
    /// his name.
    ///
    /// # Errors
    /// Why it does not let in.
    pub async fn verify(
        &self,
        token: &str,
        user: Option<&str>,
    ) -> Result<(Principal, TokenPass), TokenRefusal> {
        let head = Head::read(token).map_err(|flaw| TokenRefusal::Wrong(flaw.to_string()))?;
        let snapshot = self.0.directory.snapshot();
        self.forget_others(&snapshot);
        let opinions =
            join_all(enabled(&snapshot).map(|server| self.judged(server, token, &head))).await;
        let mut refusal = None;
        for opinion in opinions {
            match opinion {
                Ok(Some(good)) => return admitted(&snapshot, good, user),
                Ok(None) => {}
                // Its own issuer's word, before that of one who may be its issuer.
                Err(TokenRefusal::Wrong(why)) => refusal = Some(TokenRefusal::Wrong(why)),
                Err(unknown) => refusal = refusal.or(Some(unknown)),
            }
        }
        Err(refusal.unwrap_or_else(|| {
            TokenRefusal::Wrong(format!(
                "no enabled AuthServer has the issuer {}",
                judge::shown(&head.issuer)
            ))
        }))
    }

    /// What is known of the keys of each authorization server; where nothing is yet, its issuer is asked.
    pub async fn states(&self, snapshot: &Snapshot) -> HashMap<Guid, IssuerState> {
        let states = snapshot.auth_servers.iter().map(|server| async {
            let issuer = self.issuer(server);
            // Why there are none is part of the state.
            let _ = issuer.keys(&self.0.reader).await;
            (server.header.guid, issuer.state())
        });
        join_all(states).await.into_iter().collect()
    }

    /// Forgets the keys of an authorization server: they are read anew when they are needed.
    pub fn forget(&self, server: Guid) {
        self.0.issuers.lock().remove(&server);
    }

    /// Whether who signed in by a token may still: it has not expired, its issuer is trusted as he was then, and the
    /// mailbox is there.
    pub fn is_still_good(&self, pass: &TokenPass) -> bool {
        let snapshot = self.0.directory.snapshot();
        let mut servers = enabled(&snapshot);
        let same =
            servers.any(|s| (s.header.guid, s.header.version) == (pass.server, pass.version));
        same && self.0.clock.now() < pass.until && snapshot.mailbox_by_guid(pass.mailbox).is_some()
    }

    /// What this server's metadata and keys make of the token; nothing where another has issued it.
    async fn judged(
        &self,
        server: &Arc<AuthServer>,
        token: &str,
        head: &Head,
    ) -> Result<Option<Good>, TokenRefusal> {
        if server.issuer_identifier.as_ref().is_some_and(|issuer| *issuer != head.issuer) {
            return Ok(None);
        }
        let issuer = self.issuer(server);
        let unknown = |why: String| {
            TokenRefusal::Unknown(format!(
                "the keys of the AuthServer {} cannot be had: {why}",
                server.name
            ))
        };
        let mut keys = issuer.keys(&self.0.reader).await.map_err(unknown)?;
        let expected = server.issuer_identifier.as_ref().unwrap_or(&keys.issuer);
        if *expected != head.issuer {
            return Ok(None);
        }
        if head.key.as_ref().is_some_and(|id| !keys.has(id)) {
            keys = issuer.newer_keys(&self.0.reader, keys).await;
        }
        let rules = Rules {
            issuer: &head.issuer,
            audience: &server.audience,
            claims: &server.user_claim,
            now: self.0.clock.now(),
        };
        match judge::judge(token, head, &keys, &rules) {
            Ok(judged) => Ok(Some(Good { server: Arc::clone(server), judged })),
            Err(flaw) => Err(TokenRefusal::Wrong(flaw.to_string())),
        }
    }

    fn issuer(&self, server: &AuthServer) -> Arc<Issuer> {
        let mut issuers = self.0.issuers.lock();
        let known = issuers.entry(server.header.guid).or_default();
        if known.url() != Some(&server.auth_metadata_url) {
            *known = Arc::new(Issuer::at(server.auth_metadata_url.clone()));
        }
        Arc::clone(known)
    }

    fn forget_others(&self, snapshot: &Snapshot) {
        let there = |guid: &Guid| snapshot.auth_servers.iter().any(|s| s.header.guid == *guid);
        self.0.issuers.lock().retain(|guid, _| there(guid));
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenVerifier")
    }
}

/// A token that is good.
struct Good {
    server: Arc<AuthServer>,
    judged: judge::Judged,
}

fn enabled(snapshot: &Snapshot) -> impl Iterator<Item = &Arc<AuthServer>> {
    snapshot.auth_servers.iter().filter(|server| server.enabled)
}

fn admitted(
    snapshot: &Snapshot,
    good: Good,
    user: Option<&str>,
) -> Result<(Principal, TokenPass), TokenRefusal> {
    let judge::Judged { user: named, claim, until } = good.judged;
    let wrong = |what: &str| {
        let said = judge::shown(&named);
        TokenRefusal::Wrong(format!("its claim {claim} says {said}: {what}"))
    };
    // Addresses only: whoever can choose a name at the issuer's must not become Administrator by it.
    let address: Address = named.parse().map_err(|_| wrong("this is no mail address"))?;
    let mailbox = snapshot
        .mailbox_by_address(&address)
        .cloned()
        .ok_or_else(|| wrong("no mailbox here has this address"))?;
    let guid = mailbox.header.guid;
    let is_his = |user| find(snapshot, user).is_some_and(|other| other.header.guid == guid);
    if !user.is_none_or(is_his) {
        return Err(wrong("the client wants to sign in as somebody else"));
    }
    let Good { server, .. } = good;
    let (server, version) = (server.header.guid, server.header.version);
    let role_groups = role_groups(snapshot, guid);
    let pass = TokenPass { mailbox: guid, server, version, until };
    Ok((Principal { mailbox, role_groups }, pass))
}
