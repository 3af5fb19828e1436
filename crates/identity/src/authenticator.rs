//! Verifying a user name and a password against the directory.

use std::{fmt, sync::Arc};

use directory::{Directory, Mailbox, Snapshot};
use model::{Address, Clock, Guid};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    cache::Cache,
    password::{MAX_PASSWORD, matches, nobodys_phc},
    pool::Pool,
};

/// Longest user name, in bytes: an address with a domain before it.
const MAX_USER: usize = 512;

/// Somebody who has proven who he is.
#[derive(Clone)]
pub struct Principal {
    /// His mailbox, as it was at that moment.
    pub mailbox: Arc<Mailbox>,
    /// The names of the role groups he was a member of.
    pub role_groups: Vec<String>,
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal")
            .field("mailbox", &self.mailbox.name)
            .field("role_groups", &self.role_groups)
            .finish()
    }
}

/// Why somebody may not come in. Does not say whether the user exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthError {
    /// No such user, or not his password.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// Too many passwords are being verified; worth another try.
    #[error("too many sign-ins at this moment; try again")]
    Busy,
}

/// Verifies passwords. Cheap to clone; clones share pool and cache.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    directory: Directory,
    clock: Arc<dyn Clock>,
    cache: Cache,
    pool: Pool,
    /// Compared with when there is no record, so that an unknown user costs as much.
    nobodys_phc: String,
}

impl Authenticator {
    /// For the mailboxes of this directory.
    pub fn new(directory: Directory, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            directory,
            clock,
            cache: Cache::new(),
            pool: Pool::new(),
            nobodys_phc: nobodys_phc(),
        }))
    }

    /// Who this is. `user` is the mailbox's primary or another address, its name, or
    /// `DOMAIN\name` (what stands before the backslash is not looked at: there is one domain).
    ///
    /// Two passwords are verified at a time; up to 256 wait. A success counts for a minute, as
    /// long as the record stays the same.
    ///
    /// # Errors
    /// [`AuthError::Wrong`] for an unknown user, a mailbox without password and a wrong
    /// password alike; [`AuthError::Busy`] when too many wait.
    pub async fn verify(&self, user: &str, password: &str) -> Result<Principal, AuthError> {
        if user.len() > MAX_USER || password.len() > MAX_PASSWORD {
            return Err(AuthError::Wrong);
        }
        let inner = &*self.0;
        let snapshot = inner.directory.snapshot();
        let mailbox = find(&snapshot, user);
        let record = mailbox.as_ref().and_then(|mailbox| mailbox.password.as_ref());
        let exists = record.is_some();
        let phc = record.map_or(&inner.nobodys_phc, |record| &record.argon2id);
        let guid = mailbox.as_ref().map_or(Guid::nil(), |mailbox| mailbox.header.guid);
        let proof = inner.cache.proof(guid, phc, password);
        if !inner.cache.holds(&proof, inner.clock.now()) {
            let turn = inner.pool.turn().await.ok_or(AuthError::Busy)?;
            // Others with the same password may have gone before.
            if !inner.cache.holds(&proof, inner.clock.now()) {
                let (phc, password) = (phc.clone(), Zeroizing::new(password.to_owned()));
                let right = Pool::run(turn, move || matches(&phc, &password)).await;
                if !right.ok_or(AuthError::Busy)? || !exists {
                    return Err(AuthError::Wrong);
                }
                inner.cache.keep(proof, inner.clock.now());
            }
        }
        let mailbox = mailbox.ok_or(AuthError::Wrong)?;
        let role_groups = role_groups(&snapshot, guid);
        Ok(Principal { mailbox, role_groups })
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator")
    }
}

fn find(snapshot: &Snapshot, user: &str) -> Option<Arc<Mailbox>> {
    let user = user.trim();
    if let Ok(address) = user.parse::<Address>()
        && let Some(mailbox) = snapshot.mailbox_by_address(&address)
    {
        return Some(Arc::clone(mailbox));
    }
    let name = user.rsplit_once('\\').map_or(user, |(_, name)| name);
    snapshot.mailboxes.iter().find(|mailbox| mailbox.name.is(name)).cloned()
}

fn role_groups(snapshot: &Snapshot, mailbox: Guid) -> Vec<String> {
    let groups = snapshot.role_groups.iter().filter(|group| group.has_member(mailbox));
    groups.map(|group| group.name.to_string()).collect()
}
