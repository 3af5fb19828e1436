//! Rotating log files in the form Exchange writes them: `<prefix>yyyymmdd-n.log`, header lines,
//! comma-separated rows (transport.md sections 10 to 13).
//!
//! A row costs its writer one short lock; a thread of the log's own does the writing. A file
//! holds rows of its own day (UTC) and no other. What cannot be written waits and is reported
//! ([`LogFiles::room`]); who prefers to lose rows says so ([`LogFiles::write_or_lose`]). Old files go when one of the limits is reached.

mod buffer;
mod cap;
mod folder;
mod handle;
mod iso;
mod name;
mod retention;
mod row;
mod settings;
mod writer;

pub use cap::DirectoryCap;
pub use folder::{LogFile, list};
pub use handle::{LogFiles, line};
pub use iso::Day;
pub use name::LogName;
pub use row::Row;
pub use settings::{LogFormat, LogSettings};
