//! Which server a cmdlet runs on: this one, another that is asked, or several; and what others ask of this one.

use std::sync::Arc;

use directory::{Server, Snapshot};
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value};

use super::{Management, require};
use crate::binding::Bound;
use crate::elsewhere::{
    self, Asking, Bounds, Destination, Failure, Plan, Share, destination, gather,
    is_asked_of_others,
};
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;

/// Whoever asks is no Mailbox server of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Your certificate names no Mailbox server of the directory of this server.")]
pub struct NotMember;

impl Management {
    /// Runs a cmdlet on the servers that it is for.
    pub(super) async fn run_where_it_belongs(
        &self,
        caller: &Caller,
        bound: Bound,
        version: Option<u64>,
    ) -> Result<Output, Problem> {
        let snapshot = self.directory.snapshot();
        let asking = || Asking {
            others: self.others.clone(),
            may_ask: snapshot.is_mailbox_server(self.server.as_str()),
            caller: caller.clone(),
        };
        match destination(&bound, &snapshot, &self.server)? {
            Destination::Here => self.run_here(caller, bound, version).await,
            Destination::There(server, bounds) => asking().ask_one(&server, &bound, bounds).await,
            Destination::Everywhere(servers, bounds) => {
                self.run_everywhere(&asking(), &bound, servers, bounds).await
            }
        }
    }

    async fn run_everywhere(
        &self,
        asking: &Asking,
        bound: &Bound,
        servers: Vec<Arc<Server>>,
        bounds: Bounds,
    ) -> Result<Output, Problem> {
        let (cmdlet, plan) = (bound.cmdlet(), Plan::read(bound, self.server.as_str())?);
        let mut shares: Vec<Share<'_>> = Vec::new();
        for server in servers {
            let parameters = plan.share(&server);
            if self.server.is(server.name.as_str()) {
                let share = Bound::new(cmdlet, parameters)?;
                shares.push(Box::pin(async move {
                    let run = self.run_here(&asking.caller, share, None).await;
                    (server, run.map(elsewhere::sized).map_err(Failure::Refused))
                }));
            } else {
                shares.push(Box::pin(async move {
                    let asked = asking.ask(&server, cmdlet.name, parameters, bounds).await;
                    (server, asked)
                }));
            }
        }
        gather(plan, shares).await
    }

    /// The answer to another server, which shows this certificate and has a cmdlet run for one of its users. Who he is and
    /// what he may do is found out here.
    ///
    /// # Errors
    /// When the certificate is of no Mailbox server of the directory. What else stands against it is in the answer.
    pub async fn answer_peer(
        &self,
        certificate: &CertificateDer<'_>,
        cmdlet: &str,
        question: Map<String, Value>,
    ) -> Result<Value, NotMember> {
        let snapshot = self.directory.snapshot();
        let asking = peers::member(&snapshot, certificate).ok_or(NotMember)?;
        let result = self.run_for_peer(&snapshot, cmdlet, question).await;
        let refused = result.as_ref().err().map(|problem| problem.message.as_str());
        tracing::debug!(server = %asking.name, cmdlet, refused, "cmdlet run for another server");
        Ok(elsewhere::answer(result))
    }

    async fn run_for_peer(
        &self,
        snapshot: &Snapshot,
        cmdlet: &str,
        question: Map<String, Value>,
    ) -> Result<Output, Problem> {
        let cmdlet = cmdlets::find(cmdlet).filter(|cmdlet| is_asked_of_others(cmdlet.name));
        let cmdlet = cmdlet
            .ok_or_else(|| Problem::new(404, "That is not run here for users of other servers."))?;
        let (caller, parameters) = elsewhere::question_of(snapshot, question)?;
        require(snapshot, &caller, cmdlet)?;
        self.run_here(&caller, Bound::new(cmdlet, parameters)?, None).await
    }
}
