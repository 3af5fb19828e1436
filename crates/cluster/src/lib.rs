//! Several servers on one PostgreSQL engine (DESIGN section 9): the directory they share, who of
//! them lives, and the second place where messages are durable before they are acknowledged.
//!
//! Nothing of consensus or replication is written here: that is the engine's. Delivery always runs
//! from the local spool; this room implements what lower rooms ask for (`directory`'s store,
//! `spool`'s second durability) and says what a server may do while it holds its lease.

mod directory;
mod engine;
mod follow;
mod line;
mod schema;
mod timing;

pub use directory::EngineDirectory;
pub use engine::{Engine, EngineError, EngineSettings};
pub use follow::follow;
pub use timing::{BEAT, GRACE, LEASE};
