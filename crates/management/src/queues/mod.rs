//! Queues and messages (management.md sections 4 to 6): lists, digests, actions.
//!
//! Nothing here ever holds all messages. A list takes its page out of the rows that the Transport
//! service shows one by one, on a thread of the blocking pool: neither delivery nor other calls
//! wait meanwhile. Actions are done in the Transport service; `actions` lets them be seen and
//! stopped.

mod action_cmdlets;
mod actions;
mod administration;
mod call;
mod collector;
mod column;
mod digest;
mod filter;
mod identity;
mod kinds;
mod message_row;
mod messages;
mod moment;
mod name;
mod needs;
mod page;
mod place;
mod queue_cmdlets;
mod queue_row;
mod redirect;
mod run;
mod target;
mod text;

pub(crate) use actions::Actions;
pub use administration::{Acted, BoxFuture, QueueAdministration, Visit};
pub(crate) use call::QueueCall;
pub(crate) use column::{Column, Field, Head, Read, Row, Type, heads, row};
pub(crate) use digest::DETAILS;
pub(crate) use filter::Filter;
pub(crate) use message_row::MessageRow;
pub use moment::DateOrder;
pub(crate) use moment::moment;
pub(crate) use name::{Key, Name};
pub(crate) use page::{Page, SortKey, field_of, result_size};
pub(crate) use place::{Place, bare_server, no_site, server_of};
pub(crate) use queue_row::QueueRow;
pub(crate) use run::{QueueWork, queue_cmdlet};
pub(crate) use text::is_like;

#[cfg(test)]
mod scale_tests;
#[cfg(test)]
mod tests;
