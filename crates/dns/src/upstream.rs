//! The servers, asked in order: one is asked again only when it was silent, never when it has answered with
//! an error (routing.md section 5.2).

use std::{sync::Arc, time::Duration};

use hickory_proto::{
    op::ResponseCode,
    rr::{Name, RecordType},
};
use tokio::time::timeout;

use crate::{
    Protocol, ResolverSettings, Way,
    exchange::{self, Ask, Server},
    wire::{Form, Question, Reply, code_name},
};

/// How often the list of servers is gone through for one question.
const ROUNDS: usize = 2;

/// Whom a resolver asks, and how.
#[derive(Debug)]
pub(crate) struct Upstream {
    servers: Vec<Server>,
    protocol: Protocol,
    server_timeout: Duration,
}

/// Why no server was of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unanswered {
    /// Each server and what it did.
    pub(crate) why: String,
    /// Some server said nothing at all.
    pub(crate) is_silence: bool,
}

/// Why one server was of no help.
enum Failure {
    /// It said nothing in time: worth another try.
    Silent,
    /// It, or the network in front of it, said something that is no use.
    Answered(String),
}

impl Upstream {
    pub(crate) fn new(settings: &ResolverSettings) -> Self {
        Self {
            servers: match &settings.way {
                Way::Direct => settings.servers.iter().copied().map(Server::At).collect(),
                Way::Through(line) => vec![Server::Through(Arc::clone(line))],
            },
            protocol: settings.protocol,
            server_timeout: settings.server_timeout,
        }
    }

    /// The first reply that is one.
    pub(crate) async fn ask(
        &self,
        name: &Name,
        wanted: RecordType,
        form: Form,
    ) -> Result<Reply, Unanswered> {
        let mut silent: Vec<&Server> = self.servers.iter().collect();
        let mut failures: Vec<String> = Vec::new();
        for _ in 0..ROUNDS {
            for server in std::mem::take(&mut silent) {
                match self.ask_server(server, name, wanted, form).await {
                    Ok(reply) => return Ok(reply),
                    Err(Failure::Silent) => silent.push(server),
                    Err(Failure::Answered(why)) => failures.push(why),
                }
            }
        }
        let is_silence = !silent.is_empty();
        failures.extend(silent.iter().map(|server| server.blame(&"no answer")));
        if failures.is_empty() {
            failures.push("no DNS server is configured".to_owned());
        }
        Err(Unanswered { why: failures.join("; "), is_silence })
    }

    async fn ask_server(
        &self,
        server: &Server,
        name: &Name,
        wanted: RecordType,
        form: Form,
    ) -> Result<Reply, Failure> {
        let question = Question::new(name.clone(), wanted);
        let ask = Ask { question: &question, form, resend: self.server_timeout / 3 };
        let asked = exchange::ask(server, &ask, self.protocol);
        let reply = match timeout(self.server_timeout, asked).await {
            Err(_) => return Err(Failure::Silent),
            Ok(Err(error)) => return Err(Failure::Answered(server.blame(&error))),
            Ok(Ok(reply)) => reply,
        };
        // A signature over half a set is none.
        let is_cut = reply.truncated && (reply.answers.is_empty() || form == Form::Signed);
        match reply.code {
            ResponseCode::NoError | ResponseCode::NXDomain if is_cut => {
                Err(Failure::Answered(server.blame(&"a truncated answer")))
            }
            ResponseCode::NoError if reply.is_lame && reply.answers.is_empty() => {
                Err(Failure::Answered(server.blame(&"no recursion")))
            }
            ResponseCode::NoError | ResponseCode::NXDomain => Ok(reply),
            code => Err(Failure::Answered(server.blame(&code_name(code)))),
        }
    }
}
