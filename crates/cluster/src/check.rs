//! Whether an engine is what several servers need: what was found out about it ([`Facts`]) is judged here, and
//! where something is wrong it is said what to type. The rule behind it: a commit that was answered is on
//! another machine too, and whoever becomes the primary after a failure has it.
//!
//! Pure: whoever asks the engine is `facts`.

mod connection;
mod replication;
mod servers;
mod settings;

use std::time::Duration;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works; an administrator should know of it.
    Notice,
    /// Mail would not be redundant, or the servers would not work.
    Bad,
}

/// What was found out about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub verdict: Verdict,
    /// What it is about.
    pub subject: &'static str,
    /// What was found.
    pub text: String,
    /// What to type; empty where nothing is to be done.
    pub remedy: String,
}

impl Finding {
    fn good(subject: &'static str, text: impl Into<String>) -> Self {
        Self { verdict: Verdict::Good, subject, text: text.into(), remedy: String::new() }
    }

    fn notice(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Notice, subject, text: text.into(), remedy: remedy.into() }
    }

    fn bad(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Bad, subject, text: text.into(), remedy: remedy.into() }
    }
}

/// What is known of an engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// How it was reached.
    pub connection: ConnectionFacts,
    /// Its settings, as they are for our role.
    pub settings: SettingFacts,
    /// Who has copies of it.
    pub replication: ReplicationFacts,
    /// What a commit took; none where none could be tried.
    pub commit: CommitFacts,
    /// Relais's tables there.
    pub tables: Tables,
    /// The servers that use it.
    pub servers: Vec<ServerFacts>,
    /// Owners of messages that are no server's.
    pub strays: Vec<Stray>,
    /// Servers that are to use it, at least.
    pub wanted_servers: u32,
}

/// How an engine was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFacts {
    /// Hosts in the connection string.
    pub hosts: usize,
    /// All of them are this machine.
    pub is_local: bool,
    /// The version of TLS; none where the connection is not protected.
    pub tls: Option<String>,
    /// So far is its clock ahead of this machine's, in milliseconds.
    pub clock_ahead_ms: i64,
    /// How exactly that is known: the time an answer took, in milliseconds.
    pub round_trip_ms: i64,
    /// Our role there.
    pub role: String,
    /// It may do everything.
    pub is_superuser: bool,
    /// The database.
    pub database: String,
    /// The role may make the schema, or has it.
    pub may_make_tables: bool,
}

/// Settings of an engine, by the names they have there. Times are milliseconds, 0 for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFacts {
    /// `server_version_num`.
    pub version: u32,
    /// The encoding of the database.
    pub encoding: String,
    /// `fsync`.
    pub fsync: bool,
    /// `full_page_writes`.
    pub full_page_writes: bool,
    /// `synchronous_commit`.
    pub synchronous_commit: String,
    /// `wal_level`.
    pub wal_level: String,
    /// `default_transaction_isolation`.
    pub isolation: String,
    /// `max_connections` without those that are kept for others.
    pub max_connections: u32,
    /// The same, of the role or the database, where either has one.
    pub own_connections: Option<u32>,
    /// Connections that are not Relais's.
    pub foreign_connections: u32,
    /// Time limits that end a statement, by name.
    pub statement_limits: Vec<(String, u64)>,
    /// Time limits that end something else, by name.
    pub other_limits: Vec<(String, u64)>,
}

/// Who has copies of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicationFacts {
    /// `synchronous_standby_names`.
    pub synchronous_standby_names: String,
    /// Who is connected.
    pub standbys: Vec<Standby>,
    /// Our role may see how they are.
    pub sees_standbys: bool,
    /// What manages its fail-over, as far as that can be seen.
    pub manager: Manager,
}

/// A standby that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standby {
    /// What it calls itself.
    pub name: String,
    /// `streaming`, `catchup` …; none where our role may not see it.
    pub state: Option<String>,
    /// `sync`, `quorum`, `potential`, `async`; none as above.
    pub sync: Option<String>,
    /// Bytes of WAL that it has not on its disk.
    pub lag_bytes: Option<u64>,
}

/// What manages an engine's fail-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manager {
    /// Nothing was seen.
    Unknown,
    /// Patroni is connected; what it was told is not known.
    Patroni,
    /// Patroni, with this of its configuration.
    PatroniWith {
        /// `synchronous_mode` is on, or `quorum`.
        synchronous: bool,
        /// `synchronous_mode_strict` is on.
        strict: bool,
    },
    /// Patroni was to be asked and did not answer.
    PatroniSilent(String),
}

/// What commits took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitFacts {
    /// They were answered.
    Answered {
        /// The one in the middle.
        median: Duration,
        /// The longest.
        worst: Duration,
        /// The engine warned while it committed.
        warned: bool,
    },
    /// One was not answered in this time.
    Silent(Duration),
    /// None could be tried.
    Untried(String),
}

/// Relais's tables on an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tables {
    /// There are none.
    None,
    /// Of this format.
    Format(i64),
    /// They are there; our role may not use some.
    Forbidden,
}

/// A server that uses an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its lease ended so many seconds ago; 0 while it lasts.
    pub silent_for: u64,
    /// Others may take its messages over.
    pub fenced: bool,
    /// Messages that are its.
    pub messages: u64,
}

/// Messages that belong to no server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The number of their spool.
    pub owner: u64,
    /// The name of the server that had it, where it is known: then the others take them over.
    pub name: Option<String>,
    /// How many.
    pub messages: u64,
}

/// Judges an engine. What is there is Good, a Notice or Bad; nothing is left out because it is good.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = connection::judge(facts);
    findings.extend(settings::judge(facts));
    findings.extend(replication::judge(facts));
    findings.extend(servers::judge(facts));
    findings
}

/// Whether everything that mail's redundancy hangs on is as it should be.
pub fn is_safe(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.verdict != Verdict::Bad)
}
