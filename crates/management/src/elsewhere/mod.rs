//! What a cmdlet has to do with other servers of the organization: where it is to run, asking there on its caller's behalf,
//! and one answer out of those of several.
//!
//! A command is carried out where the queues, messages or logs are. The server that was asked by the user asks the other
//! one, and says for whom; the other one checks that user's roles by its own directory and writes its own audit log, so
//! that nothing is allowed on the way that would not be allowed there. It never asks on.

mod ask;
mod destination;
mod digest;
mod gather;
mod plan;
mod rows;
mod wire;

pub use ask::OtherServers;
pub(crate) use ask::{Asking, Failure};
pub(crate) use destination::{Bounds, Destination, destination, is_asked_of_others};
pub(crate) use gather::{Share, gather, sized};
pub(crate) use plan::Plan;
pub(crate) use wire::{answer, question_of};
