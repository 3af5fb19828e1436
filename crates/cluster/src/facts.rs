//! Asking an engine for what `check` judges. Nothing is changed there; a commit is measured by a message in
//! the write-ahead log that nobody reads. What our role may not see is left out, and said.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::time::timeout;
use tokio_postgres::{Client, Row};

use crate::{
    Engine, EngineError,
    check::{
        CommitFacts, ConnectionFacts, Facts, Manager, ReplicationFacts, ServerFacts, SettingFacts,
        Standby, Stray, Tables,
    },
    engine::Link,
};

/// How long an answer is waited for, a commit's too: longer than mail waits before the engine counts as away.
const PATIENCE: Duration = Duration::from_secs(8);
/// Commits that are measured.
const COMMITS: usize = 7;

const SETTINGS: &str =
    "SELECT name, setting FROM pg_settings WHERE name = ANY ($1) AND setting IS NOT NULL";

const NAMES: [&str; 16] = [
    "server_version_num",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "wal_level",
    "default_transaction_isolation",
    "max_connections",
    "superuser_reserved_connections",
    // Since 16.
    "reserved_connections",
    "statement_timeout",
    // Since 17.
    "transaction_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "server_encoding",
];
const STATEMENT_LIMITS: [&str; 2] = ["statement_timeout", "transaction_timeout"];
const OTHER_LIMITS: [&str; 3] =
    ["lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"];

const HERE: &str = "
    SELECT current_user::text,
           current_database()::text,
           current_setting('is_superuser') = 'on',
           (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl),
           CASE WHEN to_regnamespace('relais') IS NULL
                THEN has_database_privilege(current_database(), 'CREATE')
                ELSE has_schema_privilege('relais', 'USAGE') AND has_schema_privilege('relais', 'CREATE')
           END,
           (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
           (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
           pg_has_role('pg_read_all_stats', 'USAGE')";

const CONNECTED: &str = "
    SELECT count(*) FILTER (WHERE datid IS NOT NULL AND application_name NOT LIKE 'relais %'),
           count(*) FILTER (WHERE application_name LIKE 'Patroni%')
    FROM pg_stat_activity";

const STANDBYS: &str = "
    SELECT application_name, state, sync_state,
           greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn), 0)::bigint
    FROM pg_stat_replication ORDER BY application_name";

const OURS: &str = "
    SELECT to_regclass('relais.format') IS NOT NULL,
           NOT EXISTS (
               SELECT 1 FROM pg_class
               WHERE relnamespace = to_regnamespace('relais') AND relkind = 'r'
                 AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                          AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')))
           AND has_sequence_privilege(to_regclass('relais.incarnation'), 'UPDATE') IS NOT FALSE";

const SERVERS: &str = "
    SELECT name, version, fenced,
           ceil(greatest(extract(epoch FROM now() - lease_until), 0))::bigint,
           (SELECT count(*) FROM relais.message WHERE owner = incarnation)
    FROM relais.server ORDER BY name";

const STRAYS: &str = "
    SELECT owner, (SELECT name FROM relais.former WHERE incarnation = owner), count(*)
    FROM relais.message
    WHERE NOT EXISTS (SELECT 1 FROM relais.server WHERE incarnation = owner)
    GROUP BY owner ORDER BY owner";

/// What is in the commit that is measured: something for the log, and nothing for a table.
const COMMIT: &str =
    "SELECT pg_logical_emit_message(true, 'relais', 'how long does a commit take?')::text";

impl Engine {
    /// What is known of this engine, for `wanted_servers` that are to use it. Of who manages its fail-over only
    /// that is known which the engine itself shows.
    ///
    /// # Errors
    /// When it cannot be reached, has no primary, or does not answer.
    pub async fn facts(&self, wanted_servers: u32) -> Result<Facts, EngineError> {
        let link = self.connect("check").await?;
        let asked = gather(self, &link, wanted_servers);
        let mut facts = timeout(PATIENCE, asked)
            .await
            .map_err(|_| EngineError::Unreachable("it does not answer".to_owned()))??;
        facts.commit = self.measure(&link).await;
        Ok(facts)
    }

    /// What a commit takes. One that is not answered is ended, lest its connection stay.
    async fn measure(&self, link: &Link) -> CommitFacts {
        let (mut times, before) = (Vec::new(), link.warnings());
        if let Err(error) = link.client.batch_execute("SET synchronous_commit = on").await {
            return CommitFacts::Untried(EngineError::from(error).to_string());
        }
        for _ in 0..COMMITS {
            let begun = Instant::now();
            match timeout(PATIENCE, link.client.query_one(COMMIT, &[])).await {
                Ok(Ok(_)) => times.push(begun.elapsed()),
                Ok(Err(error)) => {
                    return CommitFacts::Untried(EngineError::from(error).to_string());
                }
                Err(_) => {
                    self.cancel(&link.client).await;
                    return CommitFacts::Silent(PATIENCE);
                }
            }
        }
        times.sort_unstable();
        let (Some(median), Some(worst)) = (times.get(COMMITS / 2), times.last()) else {
            return CommitFacts::Untried("none was tried".to_owned());
        };
        let warned = link.warnings() != before;
        CommitFacts::Answered { median: *median, worst: *worst, warned }
    }
}

async fn gather(engine: &Engine, link: &Link, wanted_servers: u32) -> Result<Facts, EngineError> {
    let client = &link.client;
    let settings = settings(client).await?;
    let here = client.query_one(HERE, &[]).await?;
    let connected = client.query_one(CONNECTED, &[]).await?;
    let manager = if connected.get::<_, i64>(1) > 0 { Manager::Patroni } else { Manager::Unknown };
    let standbys = client.query(STANDBYS, &[]).await?;
    let (clock_ahead_ms, round_trip_ms) = clock(client).await?;
    let tables = tables(client).await?;
    let (servers, strays) = match tables {
        Tables::Format(_) => (
            client.query(SERVERS, &[]).await?.iter().map(server).collect(),
            client.query(STRAYS, &[]).await?.iter().map(stray).collect(),
        ),
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Facts {
        connection: ConnectionFacts {
            hosts: engine.hosts(),
            is_local: engine.is_local(),
            tls: here.get(3),
            clock_ahead_ms,
            round_trip_ms,
            role: here.get(0),
            is_superuser: here.get(2),
            database: here.get(1),
            may_make_tables: here.get::<_, Option<bool>>(4).unwrap_or(false),
        },
        settings: of_settings(&settings, &here, natural(connected.get(0))),
        replication: ReplicationFacts {
            synchronous_standby_names: text(&settings, "synchronous_standby_names"),
            standbys: standbys.iter().map(standby).collect(),
            sees_standbys: here.get(7),
            manager,
        },
        commit: CommitFacts::Untried("not yet".to_owned()),
        tables,
        servers,
        strays,
        wanted_servers,
    })
}

type Settings = HashMap<String, String>;

async fn settings(client: &Client) -> Result<Settings, EngineError> {
    let names = NAMES.as_slice();
    let rows = client.query(SETTINGS, &[&names]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn text(settings: &Settings, name: &str) -> String {
    settings.get(name).cloned().unwrap_or_default()
}

fn figure<T: std::str::FromStr + Default>(settings: &Settings, name: &str) -> T {
    settings.get(name).and_then(|value| value.parse().ok()).unwrap_or_default()
}

fn of_settings(settings: &Settings, here: &Row, foreign: u64) -> SettingFacts {
    let limits = |names: &[&str]| {
        let limit = |name: &&str| {
            let limit: u64 = figure(settings, name);
            (limit > 0).then(|| ((*name).to_owned(), limit))
        };
        names.iter().filter_map(limit).collect()
    };
    let reserved: u32 = figure::<u32>(settings, "superuser_reserved_connections")
        .saturating_add(figure(settings, "reserved_connections"));
    let own = [here.get::<_, Option<i32>>(5), here.get::<_, Option<i32>>(6)];
    SettingFacts {
        version: figure(settings, "server_version_num"),
        encoding: text(settings, "server_encoding"),
        fsync: text(settings, "fsync") == "on",
        full_page_writes: text(settings, "full_page_writes") == "on",
        synchronous_commit: text(settings, "synchronous_commit"),
        wal_level: text(settings, "wal_level"),
        isolation: text(settings, "default_transaction_isolation"),
        max_connections: figure::<u32>(settings, "max_connections").saturating_sub(reserved),
        own_connections: own.into_iter().flatten().filter_map(|n| u32::try_from(n).ok()).min(),
        foreign_connections: u32::try_from(foreign).unwrap_or(u32::MAX),
        statement_limits: limits(&STATEMENT_LIMITS),
        other_limits: limits(&OTHER_LIMITS),
    }
}

/// How far the engine's clock is ahead of this machine's, and how long the answer took, in milliseconds.
async fn clock(client: &Client) -> Result<(i64, i64), EngineError> {
    let asked = Instant::now();
    let query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let theirs: i64 = client.query_one(query, &[]).await?.get(0);
    let round_trip = asked.elapsed();
    let ours = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() - round_trip / 2;
    Ok((theirs.saturating_sub(millis(ours)), millis(round_trip)))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

async fn tables(client: &Client) -> Result<Tables, EngineError> {
    let ours = client.query_one(OURS, &[]).await;
    let ours = match ours.map_err(EngineError::from) {
        // A schema that may not even be looked into.
        Err(EngineError::Refused(_)) => return Ok(Tables::Forbidden),
        answered => answered?,
    };
    match (ours.get(0), ours.get(1)) {
        (false, _) => Ok(Tables::None),
        (true, false) => Ok(Tables::Forbidden),
        (true, true) => {
            let query = "SELECT number FROM relais.format WHERE id = 1";
            let found = client.query_opt(query, &[]).await?;
            Ok(found.map_or(Tables::None, |row| Tables::Format(row.get(0))))
        }
    }
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn standby(row: &Row) -> Standby {
    Standby {
        name: row.get(0),
        state: row.get(1),
        sync: row.get(2),
        lag_bytes: row.get::<_, Option<i64>>(3).map(natural),
    }
}

fn server(row: &Row) -> ServerFacts {
    ServerFacts {
        name: row.get(0),
        version: row.get(1),
        fenced: row.get(2),
        silent_for: natural(row.get(3)),
        messages: natural(row.get(4)),
    }
}

fn stray(row: &Row) -> Stray {
    Stray { owner: natural(row.get(0)), name: row.get(1), messages: natural(row.get(2)) }
}
