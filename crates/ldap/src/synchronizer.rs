//! Reads LDAP directories, each at its interval, and brings what it finds into the organization's directory.
//!
//! Every Mailbox server does so by itself: who finds a difference first brings it in, the others see that it is done.
//! While one directory cannot be read, whoever is not known here may be there: the directory's pictures say so
//! (`Snapshot::may_lack_recipients`), and mail for unknown recipients waits instead of being refused.

use std::{collections::HashMap, fmt, future::Future, sync::Arc, time::Duration};

use directory::{Audit, Directory, DirectoryError, LdapDirectory};
use model::{Clock, Guid, TimeSpan, Timestamp};
use parking_lot::Mutex;
use thiserror::Error;
use tls::TrustAnchors;
use zeroize::Zeroizing;

use crate::{
    connection::{Bound, Connection, LdapError, apart},
    entry::{self, Kind},
    plan::{self, Counts, LeftOut, Plan},
    schema,
};

/// How often is looked whether one is due.
const LOOK: Duration = Duration::from_secs(1);
/// How soon one that could not be read is tried again, where its interval is longer.
const AGAIN: TimeSpan = TimeSpan::seconds(30);
/// How often a change is planned again when somebody else was faster.
const TRIES: usize = 3;

/// What is known of one LDAP directory on this server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// When it was last tried to read it.
    pub last_attempt: Option<Timestamp>,
    /// When it was last read.
    pub last_success: Option<Timestamp>,
    /// Why it could not be read, or not all be brought in; a sentence without an end.
    pub failure: Option<String>,
    /// What the last reading has come to.
    pub counts: Counts,
    /// The first of what is left out.
    pub left_out: Vec<LeftOut>,
    /// It could be read, the last time it was tried.
    is_read: bool,
    /// The version of its settings then.
    version: u64,
}

/// What an administrator wants of a reading.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// However many recipients go.
    pub force: bool,
    /// Only to know what would change.
    pub only_look: bool,
}

/// What a reading has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// How many.
    pub counts: Counts,
    /// The first of what is left out.
    pub left_out: Vec<LeftOut>,
    /// So many are gone there and stay here all the same, because nobody has said that so many may go.
    pub withheld: usize,
}

/// Why a directory was not read or brought in.
#[derive(Debug, Error)]
pub enum SynchronizerError {
    /// There is no such LDAP directory any more.
    #[error("the LDAP directory is not there any more")]
    Gone,
    /// It could not be read.
    #[error(transparent)]
    Ldap(#[from] LdapError),
    /// The organization's directory did not take the change.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// Reads LDAP directories. Cheap to clone; clones share what is known.
#[derive(Clone)]
pub struct Synchronizer(Arc<Inner>);

struct Inner {
    directory: Directory,
    trust: Arc<TrustAnchors>,
    clock: Arc<dyn Clock>,
    states: Mutex<HashMap<Guid, State>>,
    /// One reads at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Synchronizer {
    /// For the LDAP directories of this organization.
    pub fn new(directory: Directory, trust: Arc<TrustAnchors>, clock: Arc<dyn Clock>) -> Self {
        let synchronizer = Self(Arc::new(Inner {
            directory,
            trust,
            clock,
            states: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }));
        // Until they have been read.
        synchronizer.say_doubt();
        synchronizer
    }

    /// What is known of each directory that was tried.
    pub fn states(&self) -> HashMap<Guid, State> {
        self.0.states.lock().clone()
    }

    /// Reads each directory whenever it is due, until `stop`.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut changed = self.0.directory.subscribe();
        let work = async {
            loop {
                self.forget_others();
                for directory in self.due() {
                    self.read_in(&directory).await;
                }
                self.say_doubt();
                tokio::select! {
                    change = changed.changed() => if change.is_err() { return },
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = stop => {}
        }
    }

    fn due(&self) -> Vec<Guid> {
        let now = self.0.clock.now();
        let states = self.0.states.lock();
        let snapshot = self.0.directory.snapshot();
        let is_due = |directory: &&Arc<LdapDirectory>| {
            let state = states.get(&directory.header.guid);
            let Some(State { last_attempt: Some(at), version, is_read, .. }) = state else {
                return true;
            };
            let usual = directory.synchronization_interval;
            let interval = if *is_read { usual } else { usual.min(AGAIN) };
            // Set back, the clock says nothing.
            *version != directory.header.version || now < *at || now.since(*at) >= interval
        };
        let enabled = snapshot.ldap_directories.iter().filter(|directory| directory.enabled);
        enabled.filter(is_due).map(|directory| directory.header.guid).collect()
    }

    async fn read_in(&self, guid: &Guid) {
        let before = self.0.states.lock().get(guid).and_then(|state| state.failure.clone());
        let audit = Audit::system("Start-LdapSynchronization");
        let done = self.synchronize(*guid, Wish::default(), audit).await;
        let failure = self.0.states.lock().get(guid).and_then(|state| state.failure.clone());
        let name = self.name(*guid);
        match done {
            Ok(Done { counts: Counts { created, changed, removed, .. }, .. })
                if created + changed + removed > 0 =>
            {
                tracing::info!(directory = name, created, changed, removed, "LDAP directory read");
            }
            _ if failure == before => {}
            _ => match failure {
                Some(why) => tracing::warn!(directory = name, why, "LDAP directory"),
                None => tracing::info!(directory = name, "LDAP directory read again"),
            },
        }
    }

    fn name(&self, guid: Guid) -> String {
        let snapshot = self.0.directory.snapshot();
        snapshot.ldap_directory(guid).map_or_else(String::new, |found| found.name.to_string())
    }

    /// Reads a directory now and brings in what it holds, as `wish` says.
    ///
    /// # Errors
    /// When it cannot be read, or what it holds cannot be brought in; nothing has changed then.
    pub async fn synchronize(
        &self,
        guid: Guid,
        wish: Wish,
        audit: Audit,
    ) -> Result<Done, SynchronizerError> {
        let _turn = self.0.turn.lock().await;
        let directory = self.0.directory.snapshot().ldap_directory(guid).cloned();
        let directory = directory.ok_or(SynchronizerError::Gone)?;
        let done = self.bring_in(&directory, wish, audit).await;
        if !wish.only_look {
            self.note(&directory, &done);
            self.say_doubt();
        }
        done
    }

    async fn bring_in(
        &self,
        directory: &Arc<LdapDirectory>,
        wish: Wish,
        audit: Audit,
    ) -> Result<Done, SynchronizerError> {
        let password = self.password(directory)?;
        let (asked, trust) = (Arc::clone(directory), Arc::clone(&self.0.trust));
        let entries = apart(async move { read(&asked, &trust, password).await }).await?;
        let (organization, directory) = (self.0.directory.clone(), Arc::clone(directory));
        let work = move || apply(&organization, &directory, &entries, wish, &audit);
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(_) => Err(LdapError("it could not be brought in".to_owned()).into()),
        }
    }

    fn password(&self, directory: &LdapDirectory) -> Result<Zeroizing<String>, SynchronizerError> {
        match &directory.credential {
            None => Ok(Zeroizing::default()),
            Some(credential) => {
                let context = directory.credential_context();
                Ok(self.0.directory.unseal(&credential.password, &context)?)
            }
        }
    }

    fn note(&self, directory: &LdapDirectory, done: &Result<Done, SynchronizerError>) {
        let now = self.0.clock.now();
        let mut states = self.0.states.lock();
        let state = states.entry(directory.header.guid).or_default();
        state.last_attempt = Some(now);
        state.version = directory.header.version;
        state.is_read = done.is_ok();
        match done {
            Ok(done) => {
                state.last_success = Some(now);
                (state.counts, state.left_out) = (done.counts, done.left_out.clone());
                state.failure = (done.withheld > 0).then(|| withheld(done.withheld, directory));
            }
            Err(error) => state.failure = Some(error.to_string()),
        }
    }

    /// Somebody may be missing as long as one of them has not been read, or could not be the last time.
    fn say_doubt(&self) {
        let snapshot = self.0.directory.snapshot();
        let states = self.0.states.lock();
        let is_read = |guid: &Guid| states.get(guid).is_some_and(|state| state.is_read);
        let mut enabled = snapshot.ldap_directories.iter().filter(|directory| directory.enabled);
        let may_lack = enabled.any(|directory| !is_read(&directory.header.guid));
        drop(states);
        self.0.directory.doubt_recipients(may_lack);
    }

    fn forget_others(&self) {
        let snapshot = self.0.directory.snapshot();
        self.0.states.lock().retain(|guid, _| snapshot.ldap_directory(*guid).is_some());
    }
}

impl fmt::Debug for Synchronizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Synchronizer")
    }
}

fn withheld(count: usize, directory: &LdapDirectory) -> String {
    format!(
        "{count} recipients are gone there at once, more than MaximumRemovals ({}) lets go: they stay here until \
         Start-LdapSynchronization -Force says that this is right",
        directory.maximum_removals
    )
}

/// Everything that the directory holds, by kind.
type Entries = Vec<(Kind, Vec<entry::Entry>)>;

async fn read(
    directory: &LdapDirectory,
    trust: &TrustAnchors,
    password: Zeroizing<String>,
) -> Result<Entries, LdapError> {
    let mut connection = Connection::open(directory, trust).await?;
    if let Some(credential) = &directory.credential {
        let user = &credential.user_name;
        if let Bound::No(why) = connection.bind(user, &password).await? {
            return Err(LdapError(format!("{user} may not read it: {why}")));
        }
    }
    let mut entries = Vec::new();
    for kind in [Kind::User, Kind::Contact, Kind::Group] {
        if let Some(filter) = schema::filter(directory, kind) {
            entries.push((kind, connection.search(&directory.base_dn, &filter).await?));
        }
    }
    connection.close().await;
    Ok(entries)
}

/// Plans from what is here now, and again if that changes meanwhile. Blocks on the disk or the engine.
fn apply(
    organization: &Directory,
    directory: &LdapDirectory,
    entries: &Entries,
    wish: Wish,
    audit: &Audit,
) -> Result<Done, SynchronizerError> {
    let mut tries = TRIES;
    loop {
        let (plan, withheld) = planned(organization, directory, entries, wish.force);
        let done = Done { counts: plan.counts, left_out: plan.left_out, withheld };
        if plan.changes.is_empty() || wish.only_look {
            return Ok(done);
        }
        tries -= 1;
        match organization.apply(plan.changes, audit.clone()) {
            Ok(_) => return Ok(done),
            Err(error) if tries > 0 && error.is_about_objects() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What is to change, and how many that are gone there stay all the same.
fn planned(
    organization: &Directory,
    directory: &LdapDirectory,
    entries: &Entries,
    force: bool,
) -> (Plan, usize) {
    let snapshot = organization.snapshot();
    let once = |keep: bool| {
        let (found, noted) = recipients(directory, entries);
        plan::plan(&snapshot, directory, found, noted, keep)
    };
    let plan = once(false);
    if force || !plan.removes_too_many(directory) {
        return (plan, 0);
    }
    let withheld = plan.counts.removed;
    (once(true), withheld)
}

/// What the entries are as recipients, and a plan that knows which are none.
fn recipients(directory: &LdapDirectory, entries: &Entries) -> (Vec<entry::Found>, Plan) {
    let (mut found, mut noted) = (Vec::new(), Plan::default());
    for (kind, entries) in entries {
        for entry in entries {
            match entry::read(directory, *kind, entry) {
                Ok(one) => found.push(one),
                Err(why) => noted.leave_out(&entry.dn, why),
            }
        }
    }
    (found, noted)
}
