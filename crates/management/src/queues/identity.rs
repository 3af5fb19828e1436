//! How queues and messages are named (transport.md section 2.2): `Server\Queue`, `Queue`, `*`;
//! `Server\Queue\Number`, `Server\*\Number`, `*\Number`, `Number`.

use std::str::FromStr;

use model::{MessageId, ValueError};
use serde_json::Value;
use transport::QueueName;

use super::place::Place;
use super::text::is_like;
use crate::binding::identity_text;
use crate::problem::Problem;

const QUEUE_FORM: &str = "Server\\Queue or Queue, where Queue is Submission, Unreachable, Poison, a number, Shadow\\Number or a next \
     hop domain";
const MESSAGE_FORM: &str = "Server\\Queue\\Number, Server\\*\\Number, *\\Number or Number";

/// Which queues are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QueueChoice {
    /// All of this server.
    All,
    /// The one of this name.
    Named(QueueName),
    /// Those whose next hop domain is like this text in lower case.
    Domain(String),
}

impl QueueChoice {
    /// Reads the identity of a queue, given as text or object.
    pub(crate) fn read(
        parameter: &str,
        value: &Value,
        place: &Place,
        wildcards: bool,
    ) -> Result<Self, Problem> {
        let text = identity_text(value)
            .ok_or_else(|| wrong(parameter, "an object without Identity", QUEUE_FORM))?;
        let name = match text.split_once('\\') {
            // `Shadow\2` is a queue, and no server is called so.
            Some(_) if QueueName::from_str(&text).is_ok() => text.as_str(),
            Some((server, name)) => {
                place.check(parameter, server)?;
                name
            }
            None => text.as_str(),
        };
        if !wildcards && name.contains('*') {
            return Err(wrong(parameter, &text, "exactly one queue"));
        }
        Self::of_name(name).ok_or_else(|| wrong(parameter, &text, QUEUE_FORM))
    }

    /// The choice of this name or pattern.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::All);
        }
        if let Ok(name) = QueueName::from_str(name) {
            return Some(Self::Named(name));
        }
        let fits = !name.is_empty() && name.len() <= 2000 && !name.contains('\\');
        fits.then(|| Self::Domain(name.to_lowercase()))
    }

    /// Whether the queue of this name and next hop domain is meant.
    pub(crate) fn includes(&self, name: QueueName, next_hop_domain: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(wanted) => *wanted == name,
            Self::Domain(wanted) => is_like(&next_hop_domain.to_lowercase(), wanted),
        }
    }
}

/// Which message is meant, in which queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageChoice {
    /// Its number.
    pub(crate) id: MessageId,
    /// The queues.
    pub(crate) queue: QueueChoice,
}

impl MessageChoice {
    /// Reads the identity of a message, given as text, number or object.
    pub(crate) fn read(parameter: &str, value: &Value, place: &Place) -> Result<Self, Problem> {
        let text = identity_text(value)
            .ok_or_else(|| wrong(parameter, "an object without Identity", MESSAGE_FORM))?;
        let refuse = || wrong(parameter, &text, MESSAGE_FORM);
        let (queue, number) = match text.rsplit_once('\\') {
            None => (QueueChoice::All, text.as_str()),
            Some((path, number)) => {
                let name = match path.split_once('\\') {
                    Some((server, name)) => {
                        place.check(parameter, server)?;
                        name
                    }
                    None => path,
                };
                (QueueChoice::of_name(name).ok_or_else(refuse)?, number)
            }
        };
        let id = number.parse::<MessageId>().map_err(|_| refuse())?;
        Ok(Self { id, queue })
    }
}

fn wrong(parameter: &str, text: &str, allowed: &str) -> Problem {
    Problem::value(parameter, &ValueError::new(text, "is not an identity", allowed))
}
