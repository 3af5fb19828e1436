//! This server's certificates, from the organization's authority: one for everybody, one for the
//! organization's other servers that says its roles. Both are made anew at every start and well
//! before they end. A role given to the server stands in its certificate from the next start on;
//! one taken away counts at once, since front ends ask the directory too.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use certificates::{Shown, ShownSettings};
use directory::{Directory, Server};
use model::{Clock, DomainName};
use tls::{MutualTls, Role};
use vault::Authority;

/// Certificates live 30 days; new ones are made well before.
const RENEW: Duration = Duration::from_secs(10 * 86_400);

/// The certificates in use.
pub(crate) struct Certificates {
    authority: Authority,
    /// The names of the public one.
    names: Vec<String>,
    fqdn: DomainName,
    roles: Vec<Role>,
    clock: Arc<dyn Clock>,
    /// Towards everybody; the one of the authority where no other is.
    pub(crate) shown: Arc<Shown>,
    /// Towards the organization's other servers.
    pub(crate) mutual: Arc<MutualTls>,
}

impl Certificates {
    /// Has both certificates made. The server's roles are those of the directory.
    pub(crate) fn issue(
        authority: Authority,
        names: Vec<String>,
        (directory, server): (&Directory, &Server),
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let held = [
            (Role::Mailbox, server.is_mailbox_server),
            (Role::ClientAccess, server.is_client_access_server),
        ];
        let roles: Vec<Role> =
            held.iter().filter(|(_, held)| *held).map(|(role, _)| *role).collect();
        let member = authority.issue_member(&[server.fqdn.to_string()], &roles, clock.as_ref())?;
        let shown = Shown::new(ShownSettings {
            directory: directory.clone(),
            server: server.name.clone(),
            fqdn: server.fqdn.to_string(),
            issued: authority.issue_server(&names, clock.as_ref())?,
            clock: Arc::clone(&clock),
        })?;
        let mutual = MutualTls::new(&member, authority.certificate())?;
        Ok(Self {
            names,
            fqdn: server.fqdn.clone(),
            roles,
            clock,
            shown: Arc::new(shown),
            mutual: Arc::new(mutual),
            authority,
        })
    }

    /// The authority's fingerprint.
    pub(crate) fn authority(&self) -> tls::Fingerprint {
        self.authority.fingerprint()
    }

    /// The fingerprint of the authority, as administrators compare it.
    pub(crate) fn authority_fingerprint(&self) -> String {
        self.authority.fingerprint().to_string()
    }

    /// Makes new certificates in good time, as long as the server runs.
    pub(crate) async fn keep_fresh(self) {
        loop {
            tokio::time::sleep(RENEW).await;
            if let Err(error) = self.renew() {
                tracing::error!(%error, "the server's certificates could not be renewed");
            }
        }
    }

    fn renew(&self) -> Result<()> {
        let clock = self.clock.as_ref();
        self.shown.replace_issued(self.authority.issue_server(&self.names, clock)?)?;
        let names = [self.fqdn.to_string()];
        self.mutual.replace(&self.authority.issue_member(&names, &self.roles, clock)?)?;
        Ok(())
    }
}
