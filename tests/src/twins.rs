//! Several servers of one organization, MBX01, MBX02 and so on, each a process with a data directory and an address of its own.
//!
//! They share no engine: the others begin with a copy of the first one's directory and keys. What is changed
//! on one of them later the others do not know, until [`Siblings::change`] gives all the same directory again.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use directory::{
    Audit, Directory,
    bootstrap::{DefaultBindings, NewServer, server_objects},
};
use model::SystemClock;
use vault::DataKey;

use crate::relais::{Relais, Settings};

/// The second server's name.
pub const SECOND: &str = "MBX02";
/// What of a data directory makes a server one of the organization.
const SHARED: [&str; 2] = ["keys", "directory.db"];

/// Running servers of one organization. All relay for everybody on loopback ([`Relais::relay`]).
pub struct Siblings {
    /// MBX01.
    pub first: Relais,
    /// MBX02 and so on.
    pub others: Vec<Relais>,
}

impl Siblings {
    /// Starts as many as there are settings; the first's name is left, the others get theirs. `prepare` makes what all
    /// are to know, at the first, when that knows the others already.
    ///
    /// # Panics
    /// When one of them does not become ready.
    pub fn start(
        settings: Settings,
        others: &[&'static str],
        prepare: impl FnOnce(&Relais),
    ) -> Self {
        let other =
            |server: &&'static str| Relais::unstarted(Settings { server, ..settings.clone() });
        let others: Vec<Relais> = others.iter().map(other).collect();
        let mut first = Relais::start(settings);
        first.stop();
        others.iter().for_each(|other| introduce(other, &first.data()));
        first.resume();
        first.make_relay();
        let mut siblings = Self { first, others };
        siblings.alike(prepare);
        siblings
    }

    /// Changes the directory of all: `change` is made at the first, then the others get a copy of its directory. All
    /// are stopped and started for it.
    ///
    /// # Panics
    /// When one of them does not stop or become ready.
    pub fn change(&mut self, change: impl FnOnce(&Relais)) {
        self.others.iter_mut().for_each(Relais::stop);
        self.alike(change);
    }

    fn alike(&mut self, change: impl FnOnce(&Relais)) {
        change(&self.first);
        self.first.stop();
        self.others.iter().for_each(|other| share(&self.first.data(), &other.data()));
        self.first.resume();
        for other in &mut self.others {
            other.resume();
            other.make_relay();
        }
    }
}

/// Two of them.
pub struct Twins {
    /// MBX01.
    pub first: Relais,
    /// MBX02.
    pub second: Relais,
}

impl Twins {
    /// As [`Siblings::start`].
    ///
    /// # Panics
    /// When one of them does not become ready.
    pub fn start(settings: Settings, prepare: impl FnOnce(&Relais)) -> Self {
        let Siblings { first, mut others } = Siblings::start(settings, &[SECOND], prepare);
        Self { first, second: others.remove(0) }
    }
}

/// Adds the server to the directory in `data`, which no process has open.
fn introduce(server: &Relais, data: &Path) {
    let key = DataKey::load_or_create(&data.join("keys/data.key")).expect("the data key");
    let directory =
        Directory::open(&data.join("directory.db"), key, Arc::new(SystemClock)).expect("directory");
    let at = |address: SocketAddr| vec![address];
    let new = NewServer {
        name: server.name().parse().expect("a name"),
        fqdn: server.fqdn().parse().expect("a domain"),
        egress_addresses: Vec::new(),
        bindings: DefaultBindings {
            default_frontend: at(server.front()),
            client_frontend: at(server.submission()),
            client_frontend_implicit_tls: at(server.implicit_tls()),
            outbound_proxy: at(server.outbound_proxy()),
            default_hub: at(server.server_to_server()),
            sandbox_relay: None,
        },
    };
    let audit = Audit {
        user: "test".to_owned(),
        client: None,
        cmdlet: "a further server".to_owned(),
        parameters: Default::default(),
    };
    directory.apply(server_objects(&new), audit).expect("the directory takes the server");
}

/// Gives the data directory `to` the organization of `from`; no process has either open.
fn share(from: &Path, to: &Path) {
    for name in SHARED {
        copy(&from.join(name), &to.join(name));
    }
    // What belonged to the database file of before.
    let _ = fs::remove_file(to.join("directory.db-shm"));
    let _ = fs::remove_file(to.join("directory.db-wal"));
    if from.join("directory.db-wal").exists() {
        copy(&from.join("directory.db-wal"), &to.join("directory.db-wal"));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("in a directory")).expect("directory");
        fs::copy(from, to).expect("the copy");
        return;
    }
    for entry in fs::read_dir(from).expect("directory") {
        let name = entry.expect("entry").file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}
