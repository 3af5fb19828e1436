//! Readers of events: message tracking, where each step of a message's life is a row that can be
//! asked for later, and the diagnostic log on standard error. Rotating log files for these and
//! for other logs ([`files`]); counts of events for `/metrics`.

mod counters;
mod diagnostic;
pub mod fields;
pub mod files;
mod message_tracking;
mod readers;
mod search;
mod session_log;
mod session_rows;

pub use counters::EventCounters;
pub use diagnostic::DiagnosticLog;
pub use message_tracking::{MessageTrackingLog, TrackingSettings};
pub use readers::Readers;
pub use search::{Found, TrackingRow};
pub use session_log::SessionLogFiles;
