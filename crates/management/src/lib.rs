//! What each cmdlet does; roles checked, audit written.
//!
//! [`Management::run`] is the one door through which the shell, the admin center and the API
//! administer: it finds the cmdlet, checks who calls, binds the parameters, and does the work on
//! a snapshot of the directory or on the queues. Every change is one atomic write with its audit
//! record; a refused call changes nothing.

#![expect(
    clippy::result_large_err,
    reason = "a problem is an HTTP error body by value, made once per refused call: its size costs nothing"
)]

mod back_pressure;
mod binding;
mod call;
mod defaults;
mod domain_publishing;
mod elsewhere;
mod key_records;
mod ldap_synchronization;
mod lookup;
mod management;
mod membership;
mod message_tracking;
mod new_certificates;
mod new_keys;
mod objects;
mod output;
mod permission;
mod pool;
mod problem;
mod property_shape;
mod queues;
mod shapes;
mod test_message;
mod tls_reports;
mod transport_security;

pub use defaults::{SettingShape, Settings, settings};
pub use domain_publishing::{Examined, PublishingOracle};
pub use elsewhere::OtherServers;
pub use key_records::KeyRecords;
pub use management::{Management, NotMember};
pub use membership::{MemberBindings, Membership, MembershipError, NewMember, Removal, Standing};
pub use output::Output;
pub use permission::Caller;
pub use problem::Problem;
pub use property_shape::{Holds, PropertyShape};
pub use queues::{Acted, BoxFuture, DateOrder, QueueAdministration, Visit};
pub use shapes::{Shape, shapes};
pub use test_message::Submission;
pub use tls_reports::TlsReportOracle;
pub use transport_security::SecurityOracle;

#[cfg(test)]
mod tests;
