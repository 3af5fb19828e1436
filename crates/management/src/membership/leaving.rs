//! `Remove-Server`: of a server that is gone, and of this one, which leaves.

use std::sync::Arc;

use cluster::Holding;
use directory::{Audit, Change, Directory, Server, Snapshot};
use model::ObjectName;

use super::{Membership, Removal, counted, what_if};
use crate::binding::Bound;
use crate::call::{audit, refused};
use crate::lookup::one;
use crate::management::{Management, log};
use crate::output::Output;
use crate::permission::Caller;
use crate::pool::on_pool;
use crate::problem::Problem;

impl Management {
    pub(super) async fn remove_server(
        &self,
        caller: &Caller,
        bound: Bound,
    ) -> Result<Output, Problem> {
        let membership = self.membership.clone();
        let guard = Arc::clone(&self.changing).lock_owned().await;
        let snapshot = self.directory.snapshot();
        let wanted = Wanted::read(&snapshot, &bound)?;
        if self.server.is(&wanted.name) {
            let text = "This is the server that answers you: it can leave (relais leave), or be removed from another one once it is stopped.";
            return Err(Problem::new(409, text).about("Identity"));
        }
        refuse_source(&snapshot, &wanted.name)?;
        let holding = match &membership {
            Some(membership) => membership.holding(&wanted.name).await?,
            None => None,
        };
        if wanted.server.is_none() && holding.is_none() {
            return Err(wanted
                .unknown
                .unwrap_or_else(|| Problem::new(404, "There is no such server.")));
        }
        let left = refuse_living(&wanted.name, holding, bound.is_true("Force"))?;
        if bound.is_true("WhatIf") {
            return Ok(what_if(&format!("Removing the server \"{}\"", wanted.name)));
        }
        let (directory, record) = (self.directory.clone(), audit(caller, &bound));
        let (name, caller) = (wanted.name, caller.clone());
        let removing = tokio::spawn(async move {
            let (place, of) = (directory.clone(), name.clone());
            let removed = on_pool(move || remove(&place, &of, record)).await;
            drop(guard);
            let mut output = Output::default();
            if removed.is_ok()
                && let Some(membership) = membership
            {
                output.warnings = give_up(membership.as_ref(), &name, left).await;
            }
            let result = removed.map(|()| output);
            log(&caller, bound.cmdlet(), &result);
            result
        });
        removing.await.unwrap_or_else(|_| Err(ended()))
    }

    pub(super) async fn leave(&self, caller: &Caller, bound: Bound) -> Result<Output, Problem> {
        let membership = self.membership()?;
        let standing = membership.standing().ok_or_else(|| {
            Problem::new(409, "This server is alone: there is nothing that it could leave.")
        })?;
        let snapshot = self.directory.snapshot();
        refuse_source(&snapshot, self.server.as_str())?;
        let takes_over = |member: &&cluster::Member| {
            member.lives
                && !self.server.is(&member.name)
                && snapshot.is_mailbox_server(&member.name)
        };
        if !standing.members.iter().any(|member| takes_over(&member)) {
            return Err(Problem::new(
                409,
                "No other Mailbox server lives that could take this one's messages over. If this is the last one, Disable-Cluster makes it a server alone.",
            ));
        }
        if !standing.is_seated {
            return Err(Problem::new(
                503,
                "The engine cannot be reached, by which the others get this server's messages.",
            ));
        }
        if bound.is_true("WhatIf") {
            return Ok(what_if(&format!(
                "Taking the server \"{}\" out of the organization",
                self.server
            )));
        }
        let (directory, name) = (self.directory.clone(), self.server.to_string());
        let (record, caller) = (audit(caller, &bound), caller.clone());
        let removal: Removal = Box::new(move || remove(&directory, &name, record));
        let leaving = tokio::spawn(async move {
            let left = membership.leave(removal).await;
            let result = left.map(|left| {
                let text = match left {
                    0 => "The server has left the organization and ends now. It had no messages any more.".to_owned(),
                    left => format!("The server has left the organization and ends now. Others take {} over.", counted(left)),
                };
                Output { warnings: vec![text], ..Output::default() }
            });
            log(&caller, bound.cmdlet(), &result);
            result
        });
        leaving.await.unwrap_or_else(|_| Err(ended()))
    }
}

fn ended() -> Problem {
    Problem::internal("The command ended unexpectedly.")
}

/// Which server is meant: one of the directory, or what has a seat alone.
struct Wanted {
    name: String,
    server: Option<Arc<Server>>,
    unknown: Option<Problem>,
}

impl Wanted {
    fn read(snapshot: &Snapshot, bound: &Bound) -> Result<Self, Problem> {
        let identity = bound.value("Identity").unwrap_or(&serde_json::Value::Null);
        match one(&snapshot.servers, "Identity", identity) {
            Ok(server) => {
                Ok(Self { name: server.name.to_string(), server: Some(server), unknown: None })
            }
            Err(problem) => match identity.as_str().map(str::parse::<ObjectName>) {
                Some(Ok(name)) if problem.status == 404 => {
                    Ok(Self { name: name.to_string(), server: None, unknown: Some(problem) })
                }
                _ => Err(problem),
            },
        }
    }
}

/// Refuses while connectors would lose their source; all of them are named.
fn refuse_source(snapshot: &Snapshot, server: &str) -> Result<(), Problem> {
    let is_source = |name: &String| name.eq_ignore_ascii_case(server);
    let of = snapshot
        .send_connectors
        .iter()
        .filter(|connector| connector.source_transport_servers.iter().any(is_source));
    let names: Vec<String> = of.map(|connector| format!("\"{}\"", connector.name)).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        409,
        format!(
            "The server \"{server}\" is a source of the Send connector{} {}. Name other source servers there first (Set-SendConnector -SourceTransportServers), or remove the connector.",
            if names.len() == 1 { "" } else { "s" },
            names.join(", ")
        ),
    )
    .rule("SV-02")
    .about("Identity")
    .with_value(server)
    .allowing("a server that is a source of no Send connector"))
}

/// Refuses while the server lives, and while others have still to take its messages over. Returns how many it
/// leaves to them.
fn refuse_living(server: &str, holding: Option<Holding>, force: bool) -> Result<u64, Problem> {
    let Some(holding) = holding else { return Ok(0) };
    if holding.lives {
        return Err(Problem::new(
            409,
            format!("The server \"{server}\" lives. Have it leave (relais leave, there), or stop it and wait ten seconds."),
        )
        .about("Identity"));
    }
    if holding.messages > 0 && !force {
        return Err(Problem::new(
            409,
            format!(
                "{} of the server \"{server}\" have not been taken over yet. Wait, or say Force: others take them over afterwards.",
                counted(holding.messages)
            ),
        )
        .about("Identity"));
    }
    Ok(holding.messages)
}

/// Takes the server with its Receive connectors and certificates out of the directory.
fn remove(directory: &Directory, server: &str, record: Audit) -> Result<(), Problem> {
    let changes = removals(&directory.snapshot(), server);
    directory.apply(changes, record).map(drop).map_err(refused)
}

fn removals(snapshot: &Snapshot, server: &str) -> Vec<Change> {
    let is_its = |name: &str| name.eq_ignore_ascii_case(server);
    let connectors = snapshot.receive_connectors.iter();
    let connectors = connectors.filter(|c| is_its(&c.server)).map(|c| &c.header);
    let certificates = snapshot.certificates.iter();
    let certificates = certificates.filter(|c| is_its(&c.server)).map(|c| &c.header);
    let own = snapshot.servers.iter().filter(|s| s.name.is(server)).map(|s| &s.header);
    let all = connectors.chain(certificates).chain(own);
    all.map(|header| Change::Remove { guid: header.guid, version: header.version }).collect()
}

/// Takes its seat away; what should be known.
async fn give_up(membership: &dyn Membership, server: &str, left: u64) -> Vec<String> {
    match membership.give_up_seat(server).await {
        Err(error) => vec![format!(
            "The server is removed from the directory, and keeps a seat in the engine: {error}. Ask for the same again later."
        )],
        Ok(()) if left > 0 => vec![format!("{} of the server are taken over now.", counted(left))],
        Ok(()) => Vec::new(),
    }
}
