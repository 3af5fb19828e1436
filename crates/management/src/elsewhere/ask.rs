//! Having a cmdlet run on another server.

use std::sync::Arc;

use bytes::Bytes;
use directory::Server;
use peers::{Peers, Question, Unanswered};
use serde_json::{Map, Value};

use super::destination::Bounds;
use super::wire;
use crate::binding::Bound;
use crate::output::Output;
use crate::permission::Caller;
use crate::pool::on_pool;
use crate::problem::Problem;
use crate::queues::BoxFuture;

/// Asks the organization's other servers.
pub trait OtherServers: Send + Sync {
    /// The answer of `server`.
    fn ask<'a>(
        &'a self,
        server: &'a Server,
        question: Question,
    ) -> BoxFuture<'a, Result<Bytes, Unanswered>>;
}

impl OtherServers for Peers {
    fn ask<'a>(
        &'a self,
        server: &'a Server,
        question: Question,
    ) -> BoxFuture<'a, Result<Bytes, Unanswered>> {
        Box::pin(Self::ask(self, server, question))
    }
}

/// Why another server's answer is missing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It did not answer.
    Silent(Unanswered),
    /// It refused the command.
    Refused(Problem),
}

impl Failure {
    /// The error of a command that was for `server` alone.
    pub(crate) fn into_problem(self, server: &Server, changes: bool) -> Problem {
        let unanswered = match self {
            Self::Refused(problem) => return problem,
            Self::Silent(unanswered) => unanswered,
        };
        let name = server.name.as_str();
        let mut text = format!("Server '{name}' {}.", unanswered.why);
        if unanswered.heard && changes {
            text.push_str(&format!(
                " Whether the command was carried out there is not known: see Get-Queue and \
                 Get-QueueAction with -Server {name}."
            ));
        }
        Problem::new(503, text).about("Server").with_value(name)
    }

    /// Why it is missing, as the rest of a sentence that begins with the server.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Silent(unanswered) => unanswered.why.clone(),
            Self::Refused(problem) => {
                format!("refused: {}", problem.message.trim_end_matches('.'))
            }
        }
    }
}

/// Somebody who has cmdlets run on other servers.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) others: Option<Arc<dyn OtherServers>>,
    /// Whether this server is a Mailbox server: others do not answer any but those.
    pub(crate) may_ask: bool,
    pub(crate) caller: Caller,
}

impl Asking {
    /// What the cmdlet gives on `server` with these parameters, and the size of that in bytes.
    pub(crate) async fn ask(
        &self,
        server: &Server,
        cmdlet: &str,
        parameters: Map<String, Value>,
        bounds: Bounds,
    ) -> Result<(Output, usize), Failure> {
        let silent = |why: &str, heard| Failure::Silent(Unanswered { why: why.to_owned(), heard });
        if !self.may_ask {
            return Err(silent("does not answer this one, which is no Mailbox server", false));
        }
        let others = self.others.as_ref();
        let others = others.ok_or_else(|| silent("cannot be asked by this one", false))?;
        let body = wire::question(&self.caller, parameters).ok_or_else(|| {
            silent("is asked only for users with a mailbox, and you have none", false)
        })?;
        let question = Question {
            path: format!("{}{cmdlet}", peers::CMDLETS),
            body,
            patience: bounds.patience,
            largest: bounds.largest,
            takes_turn: bounds.takes_turn,
        };
        let answer = others.ask(server, question).await.map_err(Failure::Silent)?;
        let size = answer.len();
        // Large ones take a while.
        let read = on_pool(move || Ok(wire::read(&answer))).await.map_err(Failure::Refused)?;
        let result = read.ok_or_else(|| silent("gave an answer that cannot be read", true))?;
        result.map(|output| (output, size)).map_err(Failure::Refused)
    }

    /// The same for a command that is for that server alone.
    pub(crate) async fn ask_one(
        &self,
        server: &Server,
        bound: &Bound,
        bounds: Bounds,
    ) -> Result<Output, Problem> {
        let cmdlet = bound.cmdlet();
        let asked = self.ask(server, cmdlet.name, given(bound), bounds).await;
        if cmdlet.changes {
            let refused = asked.as_ref().err().map(Failure::why);
            tracing::info!(user = self.caller.user, cmdlet = cmdlet.name, server = %server.name, refused, "cmdlet run on another server");
        }
        asked.map(|(output, _)| output).map_err(|why| why.into_problem(server, cmdlet.changes))
    }
}

/// The parameters as they were given.
pub(crate) fn given(bound: &Bound) -> Map<String, Value> {
    bound.given().map(|(parameter, value)| (parameter.name.to_owned(), value.clone())).collect()
}
