//! A new server asks with a token: it is entered into the directory, and handed the organization's keys.

use std::net::{IpAddr, SocketAddr};

use directory::bootstrap::{DefaultBindings, NewServer, server_objects};
use directory::{Audit, Change, Object, Snapshot};
use model::{DomainName, ObjectName};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vault::{JoinAnswer, JoinRequest, Redeemed};

use super::Membership;
use crate::call::refused;
use crate::management::Management;
use crate::pool::on_pool;
use crate::problem::Problem;

/// Most addresses of one listener.
const MOST_ADDRESSES: usize = 64;

/// What a new server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Its name.
    pub name: ObjectName,
    /// Its name in the network; in the domain of the server it asks where it does not say.
    pub fqdn: Option<DomainName>,
    /// Whether it runs the Transport service.
    pub is_mailbox_server: bool,
    /// Whether it runs Front End Transport.
    pub is_client_access_server: bool,
    /// Where its Receive connectors listen.
    pub bindings: MemberBindings,
}

/// Where the Receive connectors of a new server listen, as [`DefaultBindings`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberBindings {
    /// From the Internet.
    pub default_frontend: Vec<SocketAddr>,
    /// Submission.
    pub client_frontend: Vec<SocketAddr>,
    /// Submission under implicit TLS.
    pub client_frontend_implicit_tls: Vec<SocketAddr>,
    /// From Mailbox servers outwards.
    pub outbound_proxy: Vec<SocketAddr>,
    /// From other servers.
    pub default_hub: Vec<SocketAddr>,
}

impl MemberBindings {
    fn is_too_long(&self) -> bool {
        [
            &self.default_frontend,
            &self.client_frontend,
            &self.client_frontend_implicit_tls,
            &self.outbound_proxy,
            &self.default_hub,
        ]
        .iter()
        .any(|list| list.len() > MOST_ADDRESSES)
    }
}

impl Management {
    /// Has a new server join that asks with a token, from `client`.
    ///
    /// # Errors
    /// 403 when the token is none that is valid here; others when the server cannot be entered: the token is good
    /// for another try then.
    pub async fn join(
        &self,
        client: Option<IpAddr>,
        asked: JoinRequest,
    ) -> Result<JoinAnswer, Problem> {
        let no_token = || {
            let text = "The token is not valid here: it is good once, for an hour unless something else was said, and on the server that made it while that runs.";
            Problem::new(403, text).rule("JN-01")
        };
        let membership = self.membership.clone().ok_or_else(no_token)?;
        let redeemed = membership.tokens().redeem(&asked).ok_or_else(no_token)?;
        match self.admit(membership.as_ref(), client, (&asked, &redeemed)).await {
            Ok((answer, name)) => {
                tracing::info!(server = %name, ?client, "a server has joined the organization");
                Ok(answer)
            }
            Err(problem) => {
                membership.tokens().give_back(redeemed);
                Err(problem)
            }
        }
    }

    async fn admit(
        &self,
        membership: &dyn Membership,
        client: Option<IpAddr>,
        (asked, redeemed): (&JoinRequest, &Redeemed),
    ) -> Result<(JoinAnswer, ObjectName), Problem> {
        if membership.standing().is_none() {
            return Err(Problem::new(409, "The organization has no engine any more."));
        }
        let new: NewMember = serde_json::from_str(&asked.request).map_err(|error| {
            Problem::bad(format!("The new server is not described rightly: {error}."))
        })?;
        let changes = changes(&self.directory.snapshot(), &self.server, &new)?;
        // Whatever can fail comes before anything is changed.
        let handed = membership.hand_over(&new.name)?;
        let answer = redeemed.answer(asked, &handed).map_err(|error| {
            Problem::bad(format!("The new server cannot be answered: {error}."))
        })?;
        let audit = Audit {
            user: "relais".to_owned(),
            client: client.map(|address| address.to_canonical()),
            cmdlet: "join".to_owned(),
            parameters: [
                ("Name".to_owned(), json!(new.name.as_str())),
                ("Mailbox".to_owned(), json!(new.is_mailbox_server)),
                ("ClientAccess".to_owned(), json!(new.is_client_access_server)),
            ]
            .into_iter()
            .collect(),
        };
        let directory = self.directory.clone();
        let guard = std::sync::Arc::clone(&self.changing).lock_owned().await;
        on_pool(move || {
            let applied = directory.apply(changes, audit).map_err(refused);
            drop(guard);
            applied
        })
        .await?;
        Ok((answer, new.name))
    }
}

/// What makes the new server one of the directory.
fn changes(
    snapshot: &Snapshot,
    here: &ObjectName,
    new: &NewMember,
) -> Result<Vec<Change>, Problem> {
    if !new.is_mailbox_server && !new.is_client_access_server {
        return Err(Problem::bad("A server has a role: Mailbox, ClientAccess, or both."));
    }
    if new.bindings.is_too_long() {
        return Err(Problem::bad(format!("A listener has at most {MOST_ADDRESSES} addresses.")));
    }
    if let Some(present) = snapshot.server(new.name.as_str()) {
        return Err(Problem::new(
            409,
            format!(
                "The organization has a server \"{}\" already. Choose another name (--server), or remove that one first if it is lost (Remove-Server).",
                present.name
            ),
        )
        .rule("SV-01")
        .about("Name")
        .with_value(new.name.as_str()));
    }
    let fqdn = match &new.fqdn {
        Some(fqdn) => fqdn.clone(),
        None => fqdn_beside(snapshot, here, &new.name)?,
    };
    let front = |list: &[SocketAddr]| {
        if new.is_client_access_server { list.to_vec() } else { Vec::new() }
    };
    let bindings = &new.bindings;
    let described = NewServer {
        name: new.name.clone(),
        fqdn,
        egress_addresses: Vec::new(),
        bindings: DefaultBindings {
            default_frontend: front(&bindings.default_frontend),
            client_frontend: front(&bindings.client_frontend),
            client_frontend_implicit_tls: front(&bindings.client_frontend_implicit_tls),
            outbound_proxy: front(&bindings.outbound_proxy),
            default_hub: if new.is_mailbox_server {
                bindings.default_hub.clone()
            } else {
                Vec::new()
            },
            sandbox_relay: None,
        },
    };
    let mut changes = server_objects(&described);
    for change in &mut changes {
        if let Change::Create(Object::Server(server)) = change {
            server.is_mailbox_server = new.is_mailbox_server;
            server.is_client_access_server = new.is_client_access_server;
        }
    }
    Ok(changes)
}

/// The name in the network of a server that says none: in the domain of this one.
fn fqdn_beside(
    snapshot: &Snapshot,
    here: &ObjectName,
    name: &ObjectName,
) -> Result<DomainName, Problem> {
    let own = snapshot.server(here.as_str()).map(|server| server.fqdn.to_string());
    let domain = own.as_deref().and_then(|fqdn| fqdn.split_once('.')).map_or("", |(_, rest)| rest);
    let text = format!("{}.{domain}", name.as_str().to_lowercase());
    text.trim_end_matches('.').parse().map_err(|error| {
        Problem::value("Name", &error).allowing("a name that makes a host name, or --fqdn")
    })
}
