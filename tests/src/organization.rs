//! An organization of several servers: each a process, all on one engine of PostgreSQL.

use std::sync::Arc;

use cluster::{Engine, EngineDirectory, EngineSettings};
use directory::Directory;
use model::SystemClock;
use serde_json::json;
use vault::DataKey;

use crate::{
    postgres::Postgres,
    relais::{Relais, Settings},
    twins::Siblings,
    wait::{SOON, until},
};

/// What the servers are called; the first is MBX01.
const OTHERS: [&str; 3] = ["MBX02", "MBX03", "MBX04"];

/// The servers of an organization and the nodes of its engine.
pub struct Organization {
    /// The engine's nodes; the first began as the primary.
    pub engine: Vec<Postgres>,
    /// MBX01 and so on.
    pub servers: Vec<Relais>,
}

impl Organization {
    /// Starts `count` servers on these nodes. `prepare` makes what all are to know, at the first.
    ///
    /// # Panics
    /// When one of them does not become ready.
    pub fn start(
        engine: Vec<Postgres>,
        count: usize,
        settings: Settings,
        prepare: impl FnOnce(&Relais),
    ) -> Self {
        let siblings = Siblings::start(settings, &OTHERS[..count - 1], prepare);
        let mut servers = vec![siblings.first];
        servers.extend(siblings.others);
        servers.iter_mut().for_each(Relais::stop);
        let nodes: Vec<&Postgres> = engine.iter().collect();
        let connection = Postgres::connection_to(&nodes);
        found(&connection, &servers[0]);
        let mut organization = Self { engine, servers };
        for (at, server) in organization.servers.iter_mut().enumerate() {
            let file = json!({ "connection": connection }).to_string();
            std::fs::write(server.data().join("engine.json"), file).expect("engine.json");
            if at > 0 {
                // What each made of its own copy is nobody's.
                for name in ["directory.db", "directory.db-wal", "directory.db-shm"] {
                    let _ = std::fs::remove_file(server.data().join(name));
                }
            }
            server.resume();
            if at > 0 {
                server.make_relay();
            }
        }
        organization.wait_for_company(count);
        organization
    }

    /// Waits until so many servers hold their lease, as the engine sees it.
    ///
    /// # Panics
    /// When they do not.
    pub fn wait_for_company(&self, count: usize) {
        until("the servers hold their leases", SOON, || {
            let living =
                "SELECT count(*) FROM relais.server WHERE lease_until > now() AND NOT fenced";
            (self.sql(living) == count.to_string()).then_some(())
        });
    }

    /// Asks the engine's primary.
    ///
    /// # Panics
    /// When there is none.
    pub fn sql(&self, statement: &str) -> String {
        self.primary().sql(statement)
    }

    /// The node that is the primary.
    ///
    /// # Panics
    /// When there is none.
    pub fn primary(&self) -> &Postgres {
        self.engine.iter().find(|node| node.is_primary()).expect("the engine has a primary")
    }
}

/// Moves the directory of a server that is stopped to the engine.
fn found(connection: &str, server: &Relais) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let settings = EngineSettings::new(connection, None, None).expect("a connection string");
    let engine = Engine::new(settings);
    runtime.expect("a runtime").block_on(engine.establish("of the tests")).expect("tables");
    let data = server.data();
    let key = DataKey::load_or_create(&data.join("keys/data.key")).expect("the data key");
    let directory = Directory::open(&data.join("directory.db"), key, Arc::new(SystemClock));
    let store = EngineDirectory::new(engine).expect("a thread");
    directory.expect("the directory").move_to_engine(Arc::new(store)).expect("it moves");
}
