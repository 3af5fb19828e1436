//! What an administrator wants to know before the first message and when something is wrong: whether the machine, its
//! DNS, its disk and its files let a server carry mail. `relais check` prints it.
//!
//! Each file has one subject: *facts*, what gathers them, and `judge`, a pure function from facts to [`Finding`]s that
//! tables of facts test. What is said, in English and French, is in `texts::checks`. Gathering changes nothing (the file that measures the disk is removed) and ends in time.
//! What strangers say (the DNS, greetings) is bounded, and shown without control characters.

pub mod account;
pub mod certificates;
pub mod clock;
pub mod flush;
pub mod names;
pub mod outward;
pub mod places;
pub mod ports;
pub mod privileges;
pub mod room;
pub mod sending;
pub mod service;

mod finding;
mod process;
mod report;
mod unit;

pub use account::Account;
pub use finding::{Finding, Verdict, plain};
pub use process::{Process, Relation, holder_of};
pub use report::Report;
pub use unit::Unit;
