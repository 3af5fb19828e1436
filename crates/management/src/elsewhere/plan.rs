//! How a question goes to several servers, and how their answers become one.

use directory::Server;
use serde_json::{Map, Value};

use super::ask::given;
use super::destination::only;
use crate::binding::Bound;
use crate::problem::Problem;
use crate::queues::{MessageRow, Page, QueueRow, SortKey, result_size};

/// Most rows of an answer of several servers, and of each of them.
pub(crate) const MOST_ROWS: usize = 10_000;
/// Parameters that point to a place in the list of one server.
const PLACES: [&str; 4] = ["BookmarkIndex", "BookmarkObject", "SearchForward", "ReturnPageInfo"];

/// What the answers are.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Queues or messages, in this order; where that says nothing in the order of servers and of identities.
    Rows(Vec<SortKey>),
    /// Rows of message tracking logs, in the order of time.
    Events,
    /// Groups of queues.
    Groups,
}

/// What is asked of each, and what is made of it.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// Rows wanted in all.
    pub(crate) size: usize,
    parameters: Map<String, Value>,
}

impl Plan {
    /// The plan of a command for several servers.
    pub(crate) fn read(bound: &Bound, here: &str) -> Result<Self, Problem> {
        if let Some(place) = PLACES.iter().find(|name| bound.some(name).is_some()) {
            return Err(Problem::bad(format!(
                "Parameter '{place}': pages are of one server. Name it in Server, or ask for more with ResultSize."
            ))
            .about(place)
            .allowing("leave it out with -Server *"));
        }
        let kind = match bound.cmdlet().noun() {
            "Queue" => Kind::Rows(Page::read::<QueueRow>(bound, here)?.keys),
            "Message" => Kind::Rows(Page::read::<MessageRow<'_>>(bound, here)?.keys),
            "QueueDigest" => Kind::Groups,
            _ => Kind::Events,
        };
        let size = result_size(bound).min(MOST_ROWS);
        let mut parameters = given(bound);
        parameters
            .retain(|name, _| !["Server", "Site", "Forest", "Timeout"].contains(&name.as_str()));
        // Of groups all: those that are small here may be large elsewhere.
        let each = if matches!(kind, Kind::Groups) { MOST_ROWS } else { size };
        parameters.insert("ResultSize".to_owned(), Value::from(each));
        Ok(Self { kind, size, parameters })
    }

    /// The parameters for one of the servers.
    pub(crate) fn share(&self, server: &Server) -> Map<String, Value> {
        let mut parameters = self.parameters.clone();
        parameters.insert("Server".to_owned(), only(server));
        parameters
    }
}
