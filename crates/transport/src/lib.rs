//! The Transport service: accepts, stores, routes, queues and sends, and tells the sender when
//! it could not. Binds reception, spool, routing, queue and delivery; owns the order of steps:
//!
//! accepted → durable → categorized → queued → delivered, deferred or failed → reported.
//!
//! Nothing is forgotten before the spool has it, and nothing leaves the spool before its
//! outcome, and the report of it, are durable.

mod actions;
mod administration;
mod agreed;
mod categorizer;
mod contain;
mod core;
mod damage;
mod deadlines;
mod dispatcher;
mod ends;
mod export;
mod file_intake;
mod hands;
mod heir;
mod idle;
mod intake;
mod journal;
mod key_records;
mod key_rotation;
mod known;
mod mailboxes;
mod meant;
mod metrics;
mod outbound;
mod pace;
mod pages;
mod poison;
mod policies;
mod pools;
mod pressure;
mod priorities;
mod priority_settings;
mod publication;
mod queue_actions;
mod queue_view;
mod queued;
mod quiet;
mod redirect;
mod registry;
mod relayed;
mod relief;
mod renewal;
mod reports;
mod reroute;
mod resolver;
mod row;
mod sealing;
mod security;
mod service;
mod setbacks;
mod settings;
mod settle;
mod shelf;
mod signing;
mod start;
mod steps;
mod strangers_dns;
mod submit;
mod tls_heard;
mod tls_letters;
mod tls_reader;
mod tls_reports;
mod trials;
mod validators;
mod view;
mod way_out;
mod worker;

#[cfg(test)]
mod tests;

pub use administration::{
    Exported, Matches, MessageAction, MessageDetails, MessageInfo, MessageScope, MessageView,
    Needs, PoolInfo, PoolLimit, Progress, QueueError, QueueInfo, QueueName, RecipientInfo,
    ShadowQueue, TextNeed,
};
pub use agreed::LearnedLimit;
pub use delivery::{HostSecurity, Requirement, Sighting};
pub use dns::Validation;
pub use export::export_file;
pub use key_records::{Checked, key_records};
pub use pace::ReportPace;
pub use priority_settings::PriorityQueuing;
pub use security::{Security, Way};
pub use service::{Transport, TransportError};
pub use settings::{MailboxStore, TransportSettings};
pub use submit::{Draft, Receipt};
pub use validators::ValidationSettings;
