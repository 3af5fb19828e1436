//! The Transport service: accepts, stores, routes, queues and sends, and tells the sender when
//! it could not. Binds reception, spool, routing, queue and delivery; owns the order of steps:
//!
//! accepted → durable → categorized → queued → delivered, deferred or failed → reported.
//!
//! Nothing is forgotten before the spool has it, and nothing leaves the spool before its
//! outcome, and the report of it, are durable.

mod actions;
mod administration;
mod categorizer;
mod contain;
mod core;
mod damage;
mod deadlines;
mod dispatcher;
mod ends;
mod file_intake;
mod hands;
mod idle;
mod intake;
mod journal;
mod known;
mod meant;
mod metrics;
mod outbound;
mod pace;
mod pages;
mod poison;
mod pressure;
mod priorities;
mod queued;
mod quiet;
mod registry;
mod relief;
mod reports;
mod reroute;
mod row;
mod service;
mod settings;
mod settle;
mod shelf;
mod start;
mod steps;
mod submit;
mod view;

#[cfg(test)]
mod tests;

pub use actions::export_file;
pub use administration::{
    Exported, Matches, MessageAction, MessageDetails, MessageInfo, MessageScope, MessageView,
    Progress, QueueError, QueueInfo, QueueName, RecipientInfo,
};
pub use pace::ReportPace;
pub use priorities::PriorityQueuing;
pub use service::{Transport, TransportError};
pub use settings::TransportSettings;
pub use submit::{Draft, Receipt};
