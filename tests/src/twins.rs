//! Two servers of one organization, MBX01 and MBX02, each a process with a data directory and an address of its own.
//!
//! They share no engine: the second begins with a copy of the first one's directory and keys. What is changed
//! on one of them later the other does not know, until [`Twins::change`] gives both the same directory again.

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

/// Two running servers. Both relay for everybody on loopback ([`Relais::relay`]).
pub struct Twins {
    /// MBX01.
    pub first: Relais,
    /// MBX02.
    pub second: Relais,
}

impl Twins {
    /// Starts both. `prepare` makes what both are to know, at the first, when that knows the second already.
    ///
    /// # Panics
    /// When one of them does not become ready.
    pub fn start(settings: Settings, prepare: impl FnOnce(&Relais)) -> Self {
        let second = Relais::unstarted(Settings { server: SECOND, ..settings.clone() });
        let mut first = Relais::start(settings);
        first.stop();
        introduce(&second, &first.data());
        first.resume();
        first.make_relay();
        let mut twins = Self { first, second };
        twins.alike(prepare);
        twins.second.make_relay();
        twins
    }

    /// Changes the directory of both: `change` is made at the first, then the second gets a copy of its directory.
    /// Both are stopped and started for it.
    ///
    /// # Panics
    /// When one of them does not stop or become ready.
    pub fn change(&mut self, change: impl FnOnce(&Relais)) {
        self.second.stop();
        self.alike(change);
        self.second.make_relay();
    }

    fn alike(&mut self, change: impl FnOnce(&Relais)) {
        change(&self.first);
        self.first.stop();
        share(&self.first.data(), &self.second.data());
        self.first.resume();
        self.second.resume();
    }
}

/// Adds the server to the directory in `data`, which no process has open.
fn introduce(server: &Relais, data: &Path) {
    let key = DataKey::load_or_create(&data.join("keys/data.key")).expect("the data key");
    let directory =
        Directory::open(&data.join("directory.db"), key, Arc::new(SystemClock)).expect("directory");
    let at = |address: SocketAddr| vec![address];
    let new = NewServer {
        name: SECOND.parse().expect("a name"),
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
