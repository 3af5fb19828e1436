//! Coming from elsewhere: what another mail system exports is read and translated into cmdlets.
//!
//! Text in, findings and cmdlets out: nothing here opens a file or a connection. [`exchange`] reads what
//! `Get-SendConnector` was exported to, [`postfix`] a configuration directory. Each setting that is found gets a
//! [`Finding`] that says what becomes of it, so that nothing is lost in silence. Sentences are written here in English; their French is in
//! `texts::imports`.

mod cmdlet;
mod error;
pub mod exchange;
mod plan;
pub mod postfix;
mod smart_host;
mod text;

pub use cmdlet::{Argument, Cmdlet, quoted};
pub use error::ImportError;
pub use plan::{Finding, Options, Outcome, Plan, Section};
pub use text::{MAX_FILE, decode};
