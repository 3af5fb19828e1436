//! Is there enough? Watches what can become scarce and says what that asks for (back pressure,
//! transport.md section 6).
//!
//! [`Watch`] is a state machine without time or I/O of its own: a reading in, a level out, with
//! hysteresis and history. [`Board`] holds all of them and sums up what they demand. A
//! [`Sampler`] reads the system. Nobody here knows mail, queues or the spool; who acts on what is
//! demanded stands above.

mod board;
mod cgroup;
mod demand;
mod reading;
mod sampler;
mod settings;
mod thresholds;
mod watch;

pub use board::Board;
pub use demand::Demand;
pub use reading::{Reading, Unit};
pub use sampler::{Sampler, System};
pub use settings::{DEFAULT_INTERVAL, Settings, SettingsError, Tarpit};
pub use thresholds::{DISK_RESERVE, LOG_DISK_RESERVE, Rule, Thresholds};
pub use watch::{Change, Status, Watch};
