//! Backups of a server: its directory, its spool with the contents it refers to, its mailboxes and settings, in
//! a directory of plain files with their checksums.
//!
//! A backup is made while the server runs, and is there whole or not at all. It does not hold the data key,
//! without which no secret in it can be read; it says which one it needs. What is brought back is verified
//! first, and what waits in a spool that is older than what has happened since is not sent
//! before somebody has looked, since it may have been delivered.
//!
//! Everything in a backup is somebody's word until it is proven: paths, numbers and sizes too.

mod error;
mod files;
mod kept;
mod make;
mod manifest;
mod moved;
mod restore;
mod sum;
mod sums;
mod verify;

pub use error::BackupError;
pub use kept::{forget_old, name_at};
pub use make::{Made, Settings, Source, make};
pub use manifest::{Manifest, Setting, State};
pub use moved::refuse_unfit;
pub use restore::{Mail, Restored, Target, restore};
pub use verify::{Verified, verify};
