//! A disk in memory that does to files what real ones do at the worst moment, for the tests of
//! crashes.
//!
//! [`Disk`] keeps for every file what the program sees and what would be left after a power cut:
//! writes that were not synced are lost, torn at sectors or come before older ones; writes and
//! syncs fail, and what a failed sync did not write is forgotten; there is an end to its room;
//! and the power goes at any operation. [`mount`] puts a directory of SQLite's files on it.
//!
//! Everything follows from one [`Dice`], so that a schedule is replayed from its seed.

mod dice;
mod disk;
mod file;
mod names;
mod shm;
#[allow(unsafe_code)]
mod vfs;

pub use dice::Dice;
pub use disk::{Disk, Plan, Trouble};
pub use file::{Change, File, Loss};
pub use names::Names;
pub use vfs::{Mounted, mount};
