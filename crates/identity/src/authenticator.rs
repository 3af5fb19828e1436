//! Verifying a user name and a password against the directory, and what SCRAM has to know of a user.

use std::{fmt, sync::Arc};

use aws_lc_rs::hmac;
use directory::{Directory, External, Mailbox, Snapshot};
use model::{Address, Clock, Guid};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    cache::{Cache, Proof},
    elsewhere::{Elsewhere, Unknown},
    password::{MAX_PASSWORD, ScramKeys, matches, nobodys_keys, nobodys_phc, scram_keys},
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
    /// Who keeps the password cannot be asked; worth another try.
    #[error("the directory that knows the password does not answer; try again")]
    Unavailable,
}

/// What a session keeps of a sign-in: whose, and with which password record. Holds no secret, and
/// means nothing to another process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    mailbox: Guid,
    record: Proof,
}

impl Pass {
    /// Whose it is.
    pub fn mailbox(&self) -> Guid {
        self.mailbox
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pass").field(&self.mailbox).finish()
    }
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
    /// Of this process: what users that there are not are shown in SCRAM.
    nobodys_key: hmac::Key,
    elsewhere: Option<Arc<dyn Elsewhere>>,
}

impl Authenticator {
    /// For the mailboxes of this directory.
    pub fn new(directory: Directory, clock: Arc<dyn Clock>) -> Self {
        Self::with(directory, clock, None)
    }

    /// The same, with who knows the passwords that are kept elsewhere.
    pub fn with_elsewhere(
        directory: Directory,
        clock: Arc<dyn Clock>,
        elsewhere: Arc<dyn Elsewhere>,
    ) -> Self {
        Self::with(directory, clock, Some(elsewhere))
    }

    fn with(
        directory: Directory,
        clock: Arc<dyn Clock>,
        elsewhere: Option<Arc<dyn Elsewhere>>,
    ) -> Self {
        Self(Arc::new(Inner {
            directory,
            clock,
            elsewhere,
            cache: Cache::new(),
            pool: Pool::new(),
            nobodys_phc: nobodys_phc(),
            nobodys_key: hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; 32]>()),
        }))
    }

    /// Who this is. `user` is the mailbox's primary or another address, its name, or
    /// `DOMAIN\name` (what stands before the backslash is not looked at: there is one domain). Who comes from an LDAP
    /// directory also has the names he signs in with there.
    ///
    /// Two passwords are verified at a time; up to 256 wait. A success counts for a minute, as
    /// long as the record stays the same.
    ///
    /// # Errors
    /// [`AuthError::Wrong`] for an unknown user, a mailbox without password and a wrong
    /// password alike; [`AuthError::Busy`] when too many wait; [`AuthError::Unavailable`] when the
    /// LDAP directory that keeps the password cannot be asked, and it was not right within the last
    /// hour.
    pub async fn verify(&self, user: &str, password: &str) -> Result<Principal, AuthError> {
        if user.len() > MAX_USER || password.len() > MAX_PASSWORD {
            return Err(AuthError::Wrong);
        }
        let inner = &*self.0;
        let snapshot = inner.directory.snapshot();
        let mailbox = find(&snapshot, user);
        if let Some(mailbox) = mailbox.as_ref()
            && let Some(external) = kept_elsewhere(&snapshot, mailbox)
        {
            self.verify_elsewhere(mailbox, external, password).await?;
            let role_groups = role_groups(&snapshot, mailbox.header.guid);
            return Ok(Principal { mailbox: Arc::clone(mailbox), role_groups });
        }
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

    /// Asks who keeps the password.
    async fn verify_elsewhere(
        &self,
        mailbox: &Mailbox,
        external: &External,
        password: &str,
    ) -> Result<(), AuthError> {
        let inner = &*self.0;
        let elsewhere = inner.elsewhere.as_ref().ok_or(AuthError::Unavailable)?;
        let proof = inner.cache.proof(mailbox.header.guid, &record_of(external), password);
        if inner.cache.holds(&proof, inner.clock.now()) {
            return Ok(());
        }
        let name = &external.distinguished_name;
        match elsewhere.verify(external.directory, name, password).await {
            Ok(true) => {
                inner.cache.keep(proof, inner.clock.now());
                Ok(())
            }
            Ok(false) => {
                inner.cache.forget(&proof);
                Err(AuthError::Wrong)
            }
            Err(_) if inner.cache.held(&proof, inner.clock.now()) => Ok(()),
            Err(Unknown(why)) => {
                tracing::warn!(mailbox = %mailbox.name, why, "nobody knows whether a password is right");
                Err(AuthError::Unavailable)
            }
        }
    }

    /// What SCRAM measures this user's proof by, and what lets him in with [`Authenticator::readmit`] once he
    /// has given it. `user` is as for [`Authenticator::verify`].
    ///
    /// A user that there is not, or without a password, has keys too, with as many rounds and in one process
    /// the same salt for every spelling of the name that means one mailbox; nobody knows a password for them,
    /// and there is no pass.
    pub fn scram(&self, user: &str) -> (ScramKeys, Option<Pass>) {
        let inner = &*self.0;
        let snapshot = inner.directory.snapshot();
        let mailbox = (user.len() <= MAX_USER).then(|| find(&snapshot, user)).flatten();
        // Whose password is kept elsewhere proves it there.
        let here = mailbox.as_ref().filter(|mailbox| kept_elsewhere(&snapshot, mailbox).is_none());
        let record = here.and_then(|mailbox| mailbox.password.as_ref());
        let phc = record.map_or(&inner.nobodys_phc, |record| &record.argon2id);
        let guid = mailbox.as_ref().map_or(Guid::nil(), |mailbox| mailbox.header.guid);
        // Both in any case, so that both cost the same.
        let pass = Pass { mailbox: guid, record: inner.cache.mark(guid, phc) };
        let nobodys = nobodys_keys(&inner.nobodys_key, &spelled_alike(user));
        match record.and_then(|record| scram_keys(&record.scram_sha_256)) {
            Some(keys) => (keys, Some(pass)),
            None => (nobodys, None),
        }
    }

    /// What lets the same person in again without a password; `None` for a mailbox without one.
    pub fn pass(&self, principal: &Principal) -> Option<Pass> {
        let mailbox = &principal.mailbox;
        let snapshot = self.0.directory.snapshot();
        let record = match kept_elsewhere(&snapshot, mailbox) {
            Some(external) => record_of(external),
            None => mailbox.password.as_ref()?.argon2id.clone(),
        };
        let guid = mailbox.header.guid;
        Some(Pass { mailbox: guid, record: self.0.cache.mark(guid, &record) })
    }

    /// Who this is now, as long as the mailbox is there and has the same password record. Other
    /// changes of the mailbox do not count; role groups are those of this moment.
    pub fn readmit(&self, pass: &Pass) -> Option<Principal> {
        let snapshot = self.0.directory.snapshot();
        let mailbox = Arc::clone(snapshot.mailbox_by_guid(pass.mailbox)?);
        let role_groups = role_groups(&snapshot, pass.mailbox);
        let principal = Principal { mailbox, role_groups };
        (self.pass(&principal)? == *pass).then_some(principal)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator")
    }
}

pub(crate) fn find(snapshot: &Snapshot, user: &str) -> Option<Arc<Mailbox>> {
    let user = user.trim();
    if let Ok(address) = user.parse::<Address>()
        && let Some(mailbox) = snapshot.mailbox_by_address(&address)
    {
        return Some(Arc::clone(mailbox));
    }
    let name = user.rsplit_once('\\').map_or(user, |(_, name)| name);
    snapshot.mailbox_by_account(name).cloned()
}

/// Who he is in the LDAP directory that verifies his password; `None` where that is done here.
fn kept_elsewhere<'a>(snapshot: &Snapshot, mailbox: &'a Mailbox) -> Option<&'a External> {
    snapshot.password_verifier(mailbox).and(mailbox.external.as_ref())
}

/// What stands in the place of a password record for who comes from elsewhere. No record looks like it.
fn record_of(external: &External) -> String {
    format!("ldap {} {}", external.directory, external.distinguished_name)
}

/// The same for all that [`find`] takes for the same.
fn spelled_alike(user: &str) -> String {
    let user = user.trim();
    match user.parse::<Address>() {
        Ok(address) => address.key(),
        Err(_) => user.rsplit_once('\\').map_or(user, |(_, name)| name).to_lowercase(),
    }
}

pub(crate) fn role_groups(snapshot: &Snapshot, mailbox: Guid) -> Vec<String> {
    let groups = snapshot.role_groups.iter().filter(|group| group.has_member(mailbox));
    groups.map(|group| group.name.to_string()).collect()
}
