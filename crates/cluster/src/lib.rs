//! Several servers on one PostgreSQL engine (DESIGN section 9): the directory they share, who of
//! them lives, and the second place where messages are durable before they are acknowledged.
//!
//! Nothing of consensus or replication is written here: that is the engine's. Delivery always runs
//! from the local spool; this room implements what lower rooms ask for (`directory`'s store,
//! `spool`'s second durability) and says what a server may do while it holds its lease.

pub mod check;
mod cluster;
mod directory;
mod engine;
mod facts;
mod follow;
mod inheritance;
mod lease;
mod ledger;
mod line;
mod postgres;
mod reconcile;
mod schema;
mod shadow;
#[cfg(test)]
mod simulation;
mod timing;
mod upkeep;

pub use cluster::{BeginAgain, Cluster, ClusterError, ClusterSettings, Figures, Host};
pub use directory::EngineDirectory;
pub use engine::{Described, Engine, EngineError, EngineSettings, Link, describe};
pub use follow::follow;
pub use inheritance::{Heir, InheritError, Inherited, inherit_page};
pub use lease::{Lease, Policy};
pub use ledger::{
    Beat, Claim, Estate, Group, Ledger, Member, Move, Progress, Pulse, Row, Seat, Seated, State,
};
pub use postgres::Postgres;
pub use reconcile::{Age, Findings, Occasion, Shelf, reconcile};
pub use shadow::{CopyRules, PATIENCE, Shadow, Told};
pub use timing::{BEAT, GRACE, LEASE};
pub use upkeep::Holding;
