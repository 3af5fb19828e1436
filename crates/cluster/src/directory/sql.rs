//! What is said to the engine about the directory's tables. Whatever leaves something behind is one
//! transaction, with the row of the revision locked from its beginning: changes follow each other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use directory::{AuditRow, Commit, Content, News, ObjectRow};
use model::Timestamp;
use tokio_postgres::{IsolationLevel, Row, Transaction, types::ToSql};

use crate::{
    EngineError,
    follow::CHANNEL,
    line::{Open, within},
};

/// So many rows go to the engine in one statement.
const BATCH: usize = 500;

/// What a statement is asked with.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A transaction whose statements are waited for no longer than there is patience.
struct Work<'a> {
    transaction: Transaction<'a>,
    patience: Duration,
    warnings: Arc<AtomicU64>,
}

/// What became of a commit, as far as one connection can tell.
pub(super) enum Outcome<T> {
    /// It is durable.
    Made(T),
    /// The store is at another revision; nothing was written.
    Outdated,
    /// The connection was lost before the answer.
    Unanswered(String),
    /// It is there, and the engine does not vouch for it.
    NotVouched(String),
}

impl Outcome<()> {
    /// The same, with what is to be known of what was made.
    fn with<T>(self, known: T) -> Outcome<T> {
        match self {
            Self::Made(()) => Outcome::Made(known),
            Self::Outdated => Outcome::Outdated,
            Self::Unanswered(text) => Outcome::Unanswered(text),
            Self::NotVouched(text) => Outcome::NotVouched(text),
        }
    }
}

/// Everything.
pub(super) async fn read(open: &mut Open) -> Result<Content, EngineError> {
    let work = picture(open).await?;
    let content = work.content().await?;
    drop(work);
    open.is_read = true;
    Ok(content)
}

/// What is new to who knows `known`. On a connection on which not everything was read yet that is everything.
pub(super) async fn news(open: &mut Open, known: u64) -> Result<News, EngineError> {
    if !open.is_read {
        return read(open).await.map(News::All);
    }
    let client = &open.link.client;
    let asked = client.query_one("SELECT number FROM relais.revision WHERE id = 1", &[]);
    if number(open.within(asked).await?.try_get(0)?)? == known {
        return Ok(News::Nothing);
    }
    let work = picture(open).await?;
    let revision = work.revision().await?;
    if revision < known {
        return work.content().await.map(News::All);
    }
    let known: &(dyn ToSql + Sync) = &big(known)?;
    let changed = "SELECT guid, class, name, version, json FROM relais.object WHERE revision > $1";
    let changed = work.ask(changed, &[known]).await?;
    let removed = "SELECT guid FROM relais.removed_object WHERE revision > $1";
    let removed = work.ask(removed, &[known]).await?;
    Ok(News::Since {
        revision,
        changed: changed.iter().map(object).collect::<Result<_, _>>()?,
        removed: removed
            .iter()
            .map(|row| Ok(row.try_get(0)?))
            .collect::<Result<_, EngineError>>()?,
    })
}

/// Writes a change if the revision is the expected one.
pub(super) async fn commit(open: &mut Open, commit: &Commit) -> Result<Outcome<()>, EngineError> {
    // It was planned from what an earlier connection said.
    if !open.is_read {
        return Ok(Outcome::Outdated);
    }
    let work = begin(open).await?;
    if work.locked_revision().await? != commit.expected {
        return Ok(Outcome::Outdated);
    }
    work.remove(commit.revision, &commit.removed).await?;
    work.put(commit.revision, &commit.changed).await?;
    work.record(std::slice::from_ref(&commit.audit)).await?;
    work.end(commit.revision).await
}

/// Whether a change was made whose commit was not answered. While it may still be on its way the row of the
/// revision is locked.
pub(super) async fn find(open: &mut Open, commit: &Commit) -> Result<Outcome<bool>, EngineError> {
    let work = begin(open).await?;
    let revision = work.locked_revision().await?;
    let AuditRow { at, user, client, cmdlet, parameters, changes, .. } = &commit.audit;
    let query = "SELECT EXISTS (SELECT 1 FROM relais.audit WHERE revision = $1 AND at = $2 \
                 AND \"user\" = $3 AND client IS NOT DISTINCT FROM $4 AND cmdlet = $5 \
                 AND parameters = $6 AND changes = $7)";
    let of = big(commit.audit.revision)?;
    let values: Values<'_> = &[&of, &at.as_millis(), user, client, cmdlet, parameters, changes];
    let found = work.ask(query, values).await?;
    let is_made = found.first().map_or(Ok(false), |row| row.try_get(0))?;
    if is_made {
        // It may have been visible before it was on the standbys: what is committed after it says so.
        return Ok(work.end(revision).await?.with(true));
    }
    Ok(if revision == commit.expected { Outcome::Made(false) } else { Outcome::Outdated })
}

/// Puts a whole directory into empty tables. The number of the last audit record.
pub(super) async fn fill(
    open: &mut Open,
    content: &Content,
    audit: &[AuditRow],
) -> Result<Outcome<u64>, EngineError> {
    let work = begin(open).await?;
    let revision = work.locked_revision().await?;
    let objects = work.ask("SELECT 1 FROM relais.object LIMIT 1", &[]).await?;
    if revision != 0 || !objects.is_empty() {
        return Ok(Outcome::Outdated);
    }
    for rows in content.objects.chunks(BATCH) {
        work.put(content.revision, rows).await?;
    }
    for rows in audit.chunks(BATCH) {
        work.record(rows).await?;
    }
    let last = work.ask("SELECT coalesce(max(id), 0) FROM relais.audit", &[]).await?;
    let last = number(last.first().map_or(Ok(0), |row| row.try_get(0))?)?;
    Ok(work.end(content.revision).await?.with(last))
}

/// The newest audit records, the newest first.
pub(super) async fn audit_log(
    open: &mut Open,
    limit: usize,
) -> Result<Vec<(u64, AuditRow)>, EngineError> {
    let query = "SELECT id, revision, at, \"user\", client, cmdlet, parameters, changes \
                 FROM relais.audit ORDER BY id DESC LIMIT $1";
    records(open, query, &[&i64::try_from(limit).unwrap_or(i64::MAX)]).await
}

/// The audit records after one, the oldest first.
pub(super) async fn audit_after(
    open: &mut Open,
    id: u64,
    limit: usize,
) -> Result<Vec<(u64, AuditRow)>, EngineError> {
    let query = "SELECT id, revision, at, \"user\", client, cmdlet, parameters, changes \
                 FROM relais.audit WHERE id > $1 ORDER BY id LIMIT $2";
    records(open, query, &[&big(id)?, &i64::try_from(limit).unwrap_or(i64::MAX)]).await
}

async fn records(
    open: &mut Open,
    query: &str,
    values: Values<'_>,
) -> Result<Vec<(u64, AuditRow)>, EngineError> {
    let rows = open.within(open.link.client.query(query, values)).await?;
    rows.iter().map(record).collect()
}

/// A transaction that sees one state of all tables and changes nothing.
async fn picture(open: &mut Open) -> Result<Work<'_>, EngineError> {
    let (patience, warnings) = (open.patience, open.link.warning_count());
    let picture = open.link.client.build_transaction();
    let begun = picture.isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
    Ok(Work { transaction: within(patience, begun).await?, patience, warnings })
}

/// A transaction that may change something.
async fn begin(open: &mut Open) -> Result<Work<'_>, EngineError> {
    let (patience, warnings) = (open.patience, open.link.warning_count());
    let transaction = within(patience, open.link.client.transaction()).await?;
    Ok(Work { transaction, patience, warnings })
}

impl Work<'_> {
    async fn ask(&self, query: &str, values: Values<'_>) -> Result<Vec<Row>, EngineError> {
        within(self.patience, self.transaction.query(query, values)).await
    }

    async fn revision(&self) -> Result<u64, EngineError> {
        one_number(&self.ask("SELECT number FROM relais.revision WHERE id = 1", &[]).await?)
    }

    /// The revision, which stays what it is until this transaction ends. Waits for the one before.
    async fn locked_revision(&self) -> Result<u64, EngineError> {
        let query = "SELECT number FROM relais.revision WHERE id = 1 FOR UPDATE";
        one_number(&self.ask(query, &[]).await?)
    }

    async fn content(&self) -> Result<Content, EngineError> {
        let revision = self.revision().await?;
        let query = "SELECT guid, class, name, version, json FROM relais.object";
        let rows = self.ask(query, &[]).await?;
        let objects = rows.iter().map(object).collect::<Result<_, _>>()?;
        Ok(Content { revision, objects })
    }

    async fn remove(&self, revision: u64, guids: &[String]) -> Result<(), EngineError> {
        if guids.is_empty() {
            return Ok(());
        }
        self.ask("DELETE FROM relais.object WHERE guid = ANY ($1)", &[&guids]).await?;
        let note = "INSERT INTO relais.removed_object (guid, revision) \
                    SELECT guid, $2 FROM unnest($1::text[]) AS gone (guid) \
                    ON CONFLICT (guid) DO UPDATE SET revision = excluded.revision";
        self.ask(note, &[&guids, &big(revision)?]).await.map(drop)
    }

    async fn put(&self, revision: u64, objects: &[ObjectRow]) -> Result<(), EngineError> {
        if objects.is_empty() {
            return Ok(());
        }
        let versions: Vec<i64> =
            objects.iter().map(|o| big(o.version)).collect::<Result<_, _>>()?;
        let guids = texts(objects, |object| &object.guid);
        let put = "INSERT INTO relais.object (guid, class, name, version, json, revision) \
                   SELECT guid, class, name, version, json, $6 \
                   FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) \
                   AS new (guid, class, name, version, json) \
                   ON CONFLICT (guid) DO UPDATE SET class = excluded.class, name = excluded.name, \
                   version = excluded.version, json = excluded.json, revision = excluded.revision";
        let values: Values<'_> = &[
            &guids,
            &texts(objects, |object| &object.class),
            &texts(objects, |object| &object.name),
            &versions,
            &texts(objects, |object| &object.json),
            &big(revision)?,
        ];
        self.ask(put, values).await?;
        let again = "DELETE FROM relais.removed_object WHERE guid = ANY ($1)";
        self.ask(again, &[&guids]).await.map(drop)
    }

    async fn record(&self, audit: &[AuditRow]) -> Result<(), EngineError> {
        let revisions: Vec<i64> =
            audit.iter().map(|a| big(a.revision)).collect::<Result<_, _>>()?;
        let times: Vec<i64> = audit.iter().map(|row| row.at.as_millis()).collect();
        let clients: Vec<Option<&str>> = audit.iter().map(|row| row.client.as_deref()).collect();
        let insert = "INSERT INTO relais.audit (revision, at, \"user\", client, cmdlet, parameters, changes) \
             SELECT revision, at, who, client, cmdlet, parameters, changes \
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], \
             $7::text[]) WITH ORDINALITY \
             AS new (revision, at, who, client, cmdlet, parameters, changes, place) ORDER BY place";
        let values: Values<'_> = &[
            &revisions,
            &times,
            &texts(audit, |row| &row.user),
            &clients,
            &texts(audit, |row| &row.cmdlet),
            &texts(audit, |row| &row.parameters),
            &texts(audit, |row| &row.changes),
        ];
        self.ask(insert, values).await.map(drop)
    }

    /// Makes `revision` the present one, tells the listeners, and commits.
    async fn end(self, revision: u64) -> Result<Outcome<()>, EngineError> {
        let set = "UPDATE relais.revision SET number = $1 WHERE id = 1";
        self.ask(set, &[&big(revision)?]).await?;
        let tell = format!("NOTIFY {CHANNEL}, '{revision}'");
        within(self.patience, self.transaction.batch_execute(&tell)).await?;
        let before = self.warnings.load(Ordering::SeqCst);
        match within(self.patience, self.transaction.commit()).await {
            Ok(()) if self.warnings.load(Ordering::SeqCst) == before => Ok(Outcome::Made(())),
            Ok(()) => Ok(Outcome::NotVouched(
                "the engine warned that its standbys do not have the change".to_owned(),
            )),
            Err(EngineError::Unreachable(text)) => Ok(Outcome::Unanswered(text)),
            Err(refused) => Err(refused),
        }
    }
}

fn texts<T>(rows: &[T], text: impl Fn(&T) -> &String) -> Vec<&str> {
    rows.iter().map(|row| text(row).as_str()).collect()
}

fn object(row: &Row) -> Result<ObjectRow, EngineError> {
    Ok(ObjectRow {
        guid: row.try_get(0)?,
        class: row.try_get(1)?,
        name: row.try_get(2)?,
        version: number(row.try_get(3)?)?,
        json: row.try_get(4)?,
    })
}

fn record(row: &Row) -> Result<(u64, AuditRow), EngineError> {
    let audit = AuditRow {
        revision: number(row.try_get(1)?)?,
        at: Timestamp::from_millis(row.try_get(2)?),
        user: row.try_get(3)?,
        client: row.try_get(4)?,
        cmdlet: row.try_get(5)?,
        parameters: row.try_get(6)?,
        changes: row.try_get(7)?,
    };
    Ok((number(row.try_get(0)?)?, audit))
}

fn one_number(rows: &[Row]) -> Result<u64, EngineError> {
    let row = rows.first().ok_or_else(|| EngineError::Damaged("it has no revision".to_owned()))?;
    number(row.try_get(0)?)
}

/// The engine's numbers have a sign; ours have none.
fn number(number: i64) -> Result<u64, EngineError> {
    u64::try_from(number).map_err(|_| EngineError::Damaged(format!("the number {number}")))
}

fn big(number: u64) -> Result<i64, EngineError> {
    i64::try_from(number).map_err(|_| EngineError::Refused(format!("{number} is too large")))
}
