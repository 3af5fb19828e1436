//! Asks an LDAP directory whether a password is somebody's. Nothing is kept; how many are asked about at once is
//! bounded.

use std::{fmt, sync::Arc, time::Duration};

use directory::{Directory, LdapDirectory};
use model::Guid;
use tls::TrustAnchors;
use tokio::{sync::Semaphore, time::timeout};
use zeroize::Zeroizing;

use crate::connection::{Bound, Connection, LdapError, apart};

/// How many are asked about at once.
const AT_ONCE: usize = 16;
/// How long one waits for others.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a directory says to a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is his.
    Right,
    /// It is not, or he may not sign in.
    Wrong,
    /// Nobody knows: the directory cannot be asked. A sentence without an end.
    Unknown(String),
}

/// Verifies passwords at LDAP directories. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    directory: Directory,
    trust: Arc<TrustAnchors>,
    turns: Semaphore,
}

impl Passwords {
    /// For the LDAP directories of this organization.
    pub fn new(directory: Directory, trust: Arc<TrustAnchors>) -> Self {
        Self(Arc::new(Inner { directory, trust, turns: Semaphore::new(AT_ONCE) }))
    }

    /// Whether this is the password of who has this distinguished name in the LDAP directory.
    pub async fn verify(&self, directory: Guid, name: &str, password: &str) -> Verdict {
        let snapshot = self.0.directory.snapshot();
        let Some(found) = snapshot.ldap_directory(directory).cloned() else {
            return Verdict::Wrong;
        };
        let Ok(Ok(_turn)) = timeout(PATIENCE, self.0.turns.acquire()).await else {
            return Verdict::Unknown("too many are signing in at this moment".to_owned());
        };
        let (trust, name) = (Arc::clone(&self.0.trust), name.to_owned());
        let password = Zeroizing::new(password.to_owned());
        let asked = apart(async move { ask(&found, &trust, &name, &password).await }).await;
        match asked {
            Ok(Bound::Yes) => Verdict::Right,
            Ok(Bound::No(why)) => {
                tracing::debug!(why, "an LDAP directory refuses a password");
                Verdict::Wrong
            }
            Err(LdapError(why)) => Verdict::Unknown(why),
        }
    }
}

async fn ask(
    directory: &LdapDirectory,
    trust: &TrustAnchors,
    name: &str,
    password: &str,
) -> Result<Bound, LdapError> {
    let mut connection = Connection::open(directory, trust).await?;
    let bound = connection.bind(name, password).await;
    connection.close().await;
    bound
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}
