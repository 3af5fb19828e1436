//! [`Ledger`] on PostgreSQL. Each call is one statement, or one transaction of a few, in plain SQL.
//!
//! Seats are checked by a key share of the server's row: it makes a change of the epoch wait, and a heartbeat
//! not.

mod statements;

use std::{future::Future, time::Duration};

use bytes::Bytes;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Statement, Transaction, types::ToSql};

use crate::{
    Engine, EngineError, GRACE, HangUp, LEASE,
    engine::Link,
    ledger::{
        Beat, Claim, Estate, Group, Ledger, Member, Move, Progress, Pulse, Row, Seat, Seated, State,
    },
};

use self::statements::{
    ARRIVED, ASKED, BEAT, BEQUEATH, BURY, BY_KEY, CLAMP, ESTATES, FENCE, FETCH, INHERIT, INVENTORY,
    MEMBERS, STATES, WRITE,
};

/// How long whatever is not a group of messages may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of content that are read at once, beyond the first message.
const MOST_BYTES: i64 = 32 << 20;
/// Tombstones that are forgotten at once.
const MOST_STONES: i64 = 5_000;

/// The engine by a connection of its own. It is opened when it is needed.
pub struct Postgres {
    engine: Engine,
    purpose: String,
    runtime: Runtime,
    link: Option<Open>,
    line: HangUp,
}

/// A connection with what is known of it.
struct Open {
    link: Link,
    /// Which primary it leads to, in which of its lives.
    identity: String,
    /// What writes a group.
    write: Statement,
}

impl Postgres {
    /// Prepares a connection; `purpose` is what the engine's administrator sees of it.
    ///
    /// # Errors
    /// When the system gives no runtime.
    pub fn new(engine: Engine, purpose: &str) -> Result<Self, EngineError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| EngineError::Unreachable(e.to_string()))?;
        let line = HangUp::default();
        Ok(Self { engine, purpose: purpose.to_owned(), runtime, link: None, line })
    }

    /// What ends a wait of this connection.
    pub fn line(&self) -> HangUp {
        self.line.clone()
    }

    /// Does `work` on a connection, within `limit` where there is one. After anything but a refusal the
    /// connection is not used any more.
    fn on_link<T>(
        &mut self,
        limit: Option<Duration>,
        work: impl AsyncFnOnce(&mut Open) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let Self { engine, purpose, runtime, link, line } = self;
        let result = runtime.block_on(async {
            if link.as_ref().is_none_or(|open| open.link.is_closed()) {
                *link = None;
                let open = bounded(Some(PATIENCE * 2), open(engine, purpose)).await?;
                line.leads_to(&open.identity);
                *link = Some(open);
            }
            let Some(open) = link.as_mut() else { return Err(lost()) };
            tokio::select! {
                done = bounded(limit, work(open)) => done,
                () = line.hung_up() => Err(lost()),
            }
        });
        let keeps = matches!(result, Ok(_) | Err(EngineError::Refused(_) | EngineError::Fenced));
        if !keeps {
            self.link = None;
        }
        result
    }
}

fn lost() -> EngineError {
    EngineError::Unreachable("the connection was lost".to_owned())
}

async fn bounded<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    match limit {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(EngineError::Unreachable("it does not answer".to_owned()))),
    }
}

async fn open(engine: &Engine, purpose: &str) -> Result<Open, EngineError> {
    let link = engine.connect(purpose).await?;
    link.client.batch_execute("SET synchronous_commit = on").await?;
    // Advice for PostgreSQL's planner, which no other engine has to understand.
    let _ = link.client.batch_execute(BY_KEY).await;
    let identity = "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ' ' || \
                    pg_postmaster_start_time()";
    let identity = link.client.query_one(identity, &[]).await?.get(0);
    let write = link.client.prepare(WRITE).await?;
    Ok(Open { link, identity, write })
}

/// Whether a commit that was just answered is on the standbys: without a warning since `before`.
fn vouched(link: &Link, before: u64) -> Result<(), EngineError> {
    if link.warnings() == before {
        return Ok(());
    }
    Err(EngineError::NotDurable("it warned while it committed".to_owned()))
}

/// Numbers as the engine has them; all are below 2^53.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn numbers(values: &[u64]) -> Vec<i64> {
    values.iter().map(|value| number(*value)).collect()
}

fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

impl Ledger for Postgres {
    fn cluster(&mut self) -> Result<String, EngineError> {
        self.on_link(Some(PATIENCE), async |open| {
            let query = "SELECT cluster FROM relais.engine WHERE id = 1";
            let row = open.link.client.query_opt(query, &[]).await?;
            let nobody = || EngineError::Damaged("it holds no organization".to_owned());
            row.map(|row| row.get(0)).ok_or_else(nobody)
        })
    }

    fn sit(&mut self, claim: &Claim) -> Result<Seated, EngineError> {
        self.on_link(Some(PATIENCE * 2), async |open| {
            in_transaction(&mut open.link, async |transaction| sit(transaction, claim).await).await
        })
    }

    fn beat(&mut self, seat: &Seat, beat: &Beat) -> Result<Pulse, EngineError> {
        self.on_link(Some(PATIENCE), async |open| {
            let client = &open.link.client;
            let row = client
                .query_one(
                    BEAT,
                    &[
                        &seat.name,
                        &number(seat.incarnation),
                        &number(seat.epoch),
                        &number(beat.mark),
                        &open.identity,
                        &beat.endpoints,
                        &beat.figures,
                        &seconds(LEASE),
                        &seconds(GRACE),
                    ],
                )
                .await?;
            if row.get::<_, i64>(0) == 0 {
                return Err(EngineError::Fenced);
            }
            if row.get::<_, Option<bool>>(2) == Some(true) {
                client.execute(CLAMP, &[&seconds(LEASE)]).await?;
            }
            let members = client.query(MEMBERS, &[]).await?.iter().map(member).collect();
            let revision = row.get::<_, Option<i64>>(1).map_or(0, natural);
            Ok(Pulse { engine: open.identity.clone(), revision, members })
        })
    }

    fn fence(&mut self, seat: &Seat) -> Result<Vec<String>, EngineError> {
        let steady = seconds(LEASE + GRACE);
        self.on_link(Some(PATIENCE), async |open| {
            let (incarnation, epoch) = (number(seat.incarnation), number(seat.epoch));
            let parameters: [&(dyn ToSql + Sync); 5] =
                [&seat.name, &incarnation, &epoch, &seconds(GRACE), &steady];
            let rows = open.link.client.query(FENCE, &parameters).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })
    }

    fn estates(&mut self) -> Result<Vec<Estate>, EngineError> {
        self.on_link(Some(PATIENCE), async |open| {
            let rows = open.link.client.query(ESTATES, &[]).await?;
            let estate = |row: &tokio_postgres::Row| Estate {
                name: row.get(0),
                incarnation: natural(row.get(1)),
                epoch: row.get::<_, Option<i64>>(2).map(natural),
            };
            Ok(rows.iter().map(estate).collect())
        })
    }

    fn inventory(&mut self, estate: &Estate, limit: usize) -> Result<Vec<Row>, EngineError> {
        self.on_link(Some(PATIENCE * 6), async |open| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters: [&(dyn ToSql + Sync); 3] =
                [&number(estate.incarnation), &limit, &MOST_BYTES];
            let rows = open.link.client.query(INVENTORY, &parameters).await?;
            Ok(rows.iter().map(message).collect())
        })
    }

    fn inherit(
        &mut self,
        seat: &Seat,
        estate: &Estate,
        moves: &[Move],
    ) -> Result<Vec<u64>, EngineError> {
        let old: Vec<i64> = moves.iter().map(|each| number(each.old)).collect();
        let new: Vec<i64> = moves.iter().map(|each| number(each.new)).collect();
        let records: Vec<&[u8]> = moves.iter().map(|each| each.record.as_slice()).collect();
        self.on_link(Some(PATIENCE * 6), async |open| {
            let before = open.link.warnings();
            let row = open
                .link
                .client
                .query_one(
                    INHERIT,
                    &[
                        &seat.name,
                        &number(seat.incarnation),
                        &number(seat.epoch),
                        &number(estate.incarnation),
                        &estate.epoch.map(number),
                        &old,
                        &new,
                        &records,
                    ],
                )
                .await?;
            vouched(&open.link, before)?;
            if row.get::<_, i64>(0) == 0 {
                return Err(EngineError::Fenced);
            }
            let moved: Option<Vec<i64>> = row.get(1);
            Ok(moved.unwrap_or_default().into_iter().map(natural).collect())
        })
    }

    fn arrived(&mut self, seat: &Seat, ids: &[u64]) -> Result<(), EngineError> {
        self.on_link(Some(PATIENCE), async |open| {
            let note = format!("{ASKED} {ARRIVED}");
            let parameters: [&(dyn ToSql + Sync); 2] = [&number(seat.incarnation), &numbers(ids)];
            open.link.client.execute(&note, &parameters).await?;
            Ok(())
        })
    }

    fn held(
        &mut self,
        seat: &Seat,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, bool)>, EngineError> {
        self.on_link(Some(PATIENCE * 6), async |open| {
            let query = "SELECT id, adopted FROM relais.message WHERE owner = $1 AND id > $2 \
                         ORDER BY id LIMIT $3";
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters: [&(dyn ToSql + Sync); 3] =
                [&number(seat.incarnation), &number(after), &limit];
            let rows = open.link.client.query(query, &parameters).await?;
            Ok(rows.iter().map(|row| (natural(row.get(0)), row.get(1))).collect())
        })
    }

    fn fetch(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<Row>, EngineError> {
        self.on_link(Some(PATIENCE * 6), async |open| {
            let query = format!("{ASKED} {FETCH}");
            let parameters: [&(dyn ToSql + Sync); 2] = [&number(seat.incarnation), &numbers(ids)];
            let rows = open.link.client.query(&query, &parameters).await?;
            Ok(rows.iter().map(message).collect())
        })
    }

    fn states(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<State>, EngineError> {
        let found = self.on_link(Some(PATIENCE * 6), async |open| {
            let parameters: [&(dyn ToSql + Sync); 2] = [&number(seat.incarnation), &numbers(ids)];
            let rows = open.link.client.query(&format!("{ASKED} {STATES}"), &parameters).await?;
            let state = |row: &tokio_postgres::Row| match (row.get(1), row.get(2), row.get(3)) {
                (true, _, _) => State::Held,
                (false, true, false) => State::Finished,
                (false, true, true) => State::Elsewhere,
                (false, false, _) => State::Absent,
            };
            let states = rows.iter().map(|row| (natural(row.get(0)), state(row)));
            Ok(states.collect::<std::collections::HashMap<_, _>>())
        })?;
        Ok(ids.iter().map(|id| found.get(id).copied().unwrap_or(State::Absent)).collect())
    }

    fn write(&mut self, seat: &Seat, group: &Group) -> Result<(), EngineError> {
        let columns = Columns::of(group);
        self.on_link(None, async |open| {
            let before = open.link.warnings();
            let seated = columns.write(&open.link.client, &open.write, seat).await?;
            vouched(&open.link, before)?;
            if seated { Ok(()) } else { Err(EngineError::Fenced) }
        })
    }

    fn bury(&mut self, older_than: u64) -> Result<u64, EngineError> {
        self.on_link(Some(PATIENCE * 6), async |open| {
            // Whole seconds below 2^53.
            let age = older_than as f64;
            Ok(open.link.client.execute(BURY, &[&age, &MOST_STONES]).await?)
        })
    }

    fn rise(&mut self, seat: &Seat) -> Result<(), EngineError> {
        self.on_link(Some(PATIENCE), async |open| {
            let gone = "DELETE FROM relais.server WHERE name = $1 AND incarnation = $2";
            let (name, incarnation) = (&seat.name, number(seat.incarnation));
            in_transaction(&mut open.link, async |transaction| {
                if transaction.execute(gone, &[name, &incarnation]).await? > 0 {
                    transaction.execute(BEQUEATH, &[&incarnation, name]).await?;
                }
                Ok(())
            })
            .await
        })
    }
}

/// Does `work` in a transaction. Where it fails, its locks are gone when this returns: a transaction that is merely
/// dropped ends when the connection is used again, and another server's heartbeat may wait for its row until then.
async fn in_transaction<T>(
    link: &mut Link,
    work: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let transaction = link.client.transaction().await?;
    match work(&transaction).await {
        Ok(done) => {
            transaction.commit().await?;
            Ok(done)
        }
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Takes a seat. Of two spools under one name the one that is seated goes first, as long as
/// it lives: another may be a copy of the machine.
async fn sit(transaction: &Transaction<'_>, claim: &Claim) -> Result<Seated, EngineError> {
    let found = transaction
        .query_opt(
            "SELECT incarnation, mark, lease_until > now() AND NOT fenced FROM relais.server \
             WHERE name = $1 FOR UPDATE",
            &[&claim.name],
        )
        .await?
        .map(|row| (natural(row.get(0)), natural(row.get(1)), row.get::<_, bool>(2)));
    let incarnation = match claim.incarnation {
        Some(incarnation) => {
            // An engine from a backup may not know that this number was given out.
            let least = "SELECT setval('relais.incarnation', greatest(last_value, $1)) FROM relais.incarnation";
            transaction.execute(least, &[&number(incarnation)]).await?;
            incarnation
        }
        None => {
            let next = "SELECT nextval('relais.incarnation')";
            natural(transaction.query_one(next, &[]).await?.get(0))
        }
    };
    let mark = match found {
        Some((seated, mark, _)) if seated == incarnation => mark,
        Some((_, _, true)) => {
            return Err(EngineError::Refused(format!(
                "the server {} lives, with another spool than this one",
                claim.name
            )));
        }
        Some((seated, _, false)) => {
            transaction.execute(BEQUEATH, &[&number(seated), &claim.name]).await?;
            0
        }
        None => 0,
    };
    let own = number(incarnation);
    transaction.execute("DELETE FROM relais.former WHERE incarnation = $1", &[&own]).await?;
    let epoch: i64 = transaction
        .query_one(
            "INSERT INTO relais.server (name, incarnation, epoch, lease_until, version)
             VALUES ($1, $2, 1, now() + make_interval(secs => $4), $3)
             ON CONFLICT (name) DO UPDATE SET
                 incarnation = $2, epoch = relais.server.epoch + 1, fenced = false,
                 lease_until = now() + make_interval(secs => $4), version = $3
             RETURNING epoch",
            &[&claim.name, &own, &claim.version, &seconds(LEASE)],
        )
        .await?
        .get(0);
    let seat = Seat { name: claim.name.clone(), incarnation, epoch: natural(epoch) };
    Ok(Seated { seat, mark })
}

fn member(row: &tokio_postgres::Row) -> Member {
    Member {
        name: row.get(0),
        incarnation: natural(row.get(1)),
        lives: row.get(2),
        fenced: row.get(3),
        version: row.get(4),
        endpoints: row.get(5),
        figures: row.get(6),
    }
}

fn message(row: &tokio_postgres::Row) -> Row {
    Row {
        id: natural(row.get(0)),
        record: Bytes::copy_from_slice(row.get(1)),
        content: Bytes::copy_from_slice(row.get(2)),
        progress: Progress::from_bytes(row.get(3)),
    }
}

/// A group as the statement takes it: column by column.
struct Columns<'a> {
    ids: Vec<i64>,
    records: Vec<&'a [u8]>,
    contents: Vec<&'a [u8]>,
    progress: Vec<Vec<u8>>,
    progressed: Vec<i64>,
    more: Vec<Vec<u8>>,
    removed: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(group: &'a Group) -> Self {
        Self {
            ids: group.inserts.iter().map(|row| number(row.id)).collect(),
            records: group.inserts.iter().map(|row| row.record.as_ref()).collect(),
            contents: group.inserts.iter().map(|row| row.content.as_ref()).collect(),
            progress: group.inserts.iter().map(|row| row.progress.to_bytes()).collect(),
            progressed: group.progress.iter().map(|(id, _)| number(*id)).collect(),
            more: group.progress.iter().map(|(_, more)| more.to_bytes()).collect(),
            removed: numbers(&group.removes),
        }
    }

    /// Whether the seat was still held.
    async fn write(
        &self,
        client: &Client,
        statement: &Statement,
        seat: &Seat,
    ) -> Result<bool, EngineError> {
        let row = client
            .query_one(
                statement,
                &[
                    &seat.name,
                    &number(seat.incarnation),
                    &number(seat.epoch),
                    &self.ids,
                    &self.records,
                    &self.contents,
                    &self.progress,
                    &self.progressed,
                    &self.more,
                    &self.removed,
                ],
            )
            .await?;
        Ok(row.get::<_, i64>(0) > 0)
    }
}
