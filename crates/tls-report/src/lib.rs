//! SMTP TLS reporting (RFC 8460). What became of each session with the hosts of a domain is counted, and once a day
//! whoever asks for it in the DNS is told, as JSON. What others tell of our own domains is read.
//!
//! Pure logic: no socket, no file, no clock. A [`Tally`] counts within bounds and can be written down; a
//! [`Report`] is one domain's day; a [`Letter`] brings it by mail; [`reporting_addresses`] reads who
//! wants it. A [`ReceivedReport`] is what somebody else tells of us; [`Brought`] is the message that brings it.

mod letter;
mod outcome;
mod received;
mod record;
mod report;
mod tally;

pub use letter::Letter;
pub use outcome::{Applied, FailureType, PolicyType, Session, SessionFailure};
pub use received::{
    Archive, Brought, Kept, NoReport, Put, ReceivedFailure, ReceivedPolicy, ReceivedReport,
    is_report_mail,
};
pub use record::{RecordError, ReportingAddress, reporting_addresses};
pub use report::{Report, ReportDay, Reporter};
pub use tally::{DomainTally, Tally};
