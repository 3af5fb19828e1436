//! `Get-Queue`, `Retry-Queue`, `Get-Message`, `Remove-Message` (management.md sections 4 to 6).
//!
//! Lists are made from a copy of what the Transport service holds, on a thread of the blocking
//! pool: neither delivery nor other calls wait while a long list is filtered and sorted.

mod administration;
mod call;
mod column;
mod filter;
mod identity;
mod message_row;
mod messages;
mod page;
mod place;
mod queue_cmdlets;
mod queue_row;

pub use administration::{BoxFuture, QueueAdministration};
pub(crate) use call::QueueCall;
pub(crate) use column::{Column, Field, Type};
pub(crate) use filter::{Filter, is_like, moment};
pub(crate) use messages::{get_message, remove_message};
pub(crate) use page::result_size;
pub(crate) use place::Place;
pub(crate) use queue_cmdlets::{get_queue, retry_queue};

#[cfg(test)]
mod tests;
