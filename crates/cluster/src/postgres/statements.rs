//! What [`super::Postgres`] asks the engine, as SQL. Each of them is one statement, whole or not at all.
//!
//! Plans are made once, for tables that may be empty then and hold millions later, and must not depend on their size.
//! What is looked up by whole keys comes from a list with both columns (`MATERIALIZED`): with the owner as a constant
//! the planner may read everything of his and pick, or join with all of it.

/// Rows are found by their keys, however few there are when a plan is made.
pub(super) const BY_KEY: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

/// A beat: the lease renewed, and whether the engine has been writable without a break.
pub(super) const BEAT: &str = "
    WITH engine AS (
        UPDATE relais.engine SET
            writable_since = CASE
                WHEN identity <> $5 OR last_beat NOT BETWEEN now() - make_interval(secs => $9)
                                                         AND now() + make_interval(secs => $9)
                THEN now() ELSE writable_since END,
            identity = $5,
            last_beat = now()
        WHERE id = 1
        RETURNING writable_since
    ), me AS (
        UPDATE relais.server SET
            lease_until = now() + make_interval(secs => $8),
            mark = $4, endpoints = $6, figures = $7
        WHERE name = $1 AND incarnation = $2 AND epoch = $3 AND NOT fenced
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM me),
           (SELECT number FROM relais.revision WHERE id = 1),
           (SELECT writable_since = now() FROM engine)";

/// After a break leases that end too late (the clock was ahead) are brought back.
pub(super) const CLAMP: &str = "
    UPDATE relais.server SET lease_until = now() + make_interval(secs => $1)
    WHERE lease_until > now() + make_interval(secs => $1)";

/// All servers.
pub(super) const MEMBERS: &str = "
    SELECT name, incarnation, lease_until > now() AND NOT fenced, fenced, version, endpoints, figures
    FROM relais.server ORDER BY name";

/// Shuts out whose lease ended long enough ago.
pub(super) const FENCE: &str = "
    WITH me AS (
        SELECT 1 FROM relais.server
        WHERE name = $1 AND incarnation = $2 AND epoch = $3 AND NOT fenced AND lease_until > now()
        FOR KEY SHARE
    )
    UPDATE relais.server AS server SET epoch = server.epoch + 1, fenced = true
    FROM me, relais.engine AS engine
    WHERE server.name <> $1 AND NOT server.fenced
      AND server.lease_until < now() - make_interval(secs => $4)
      AND engine.writable_since < now() - make_interval(secs => $5)
    RETURNING server.name";

/// What servers that are gone have left.
pub(super) const ESTATES: &str = "
    SELECT name, incarnation, epoch FROM relais.server
    WHERE fenced AND EXISTS (SELECT 1 FROM relais.message WHERE owner = incarnation)
    UNION ALL
    SELECT name, incarnation, NULL FROM relais.former
    WHERE EXISTS (SELECT 1 FROM relais.message WHERE owner = incarnation)
    ORDER BY 2";

/// The first messages of an owner, and not too many bytes of them.
pub(super) const INVENTORY: &str = "
    SELECT id, record, content, progress FROM (
        SELECT id, record, content, progress,
               sum(octet_length(content)) OVER (ORDER BY id) - octet_length(content) AS before
        FROM (SELECT * FROM relais.message WHERE owner = $1 ORDER BY id LIMIT $2) AS first
    ) AS page WHERE before < $3 ORDER BY id";

/// Makes messages of a server that is shut out, or a spool that is nobody's, another's.
pub(super) const INHERIT: &str = "
    WITH me AS (
        SELECT 1 FROM relais.server
        WHERE name = $1 AND incarnation = $2 AND epoch = $3 AND NOT fenced
        FOR KEY SHARE
    ), shut_out AS (
        SELECT 1 FROM relais.server WHERE incarnation = $4 AND epoch = $5 AND fenced FOR KEY SHARE
    ), former AS (
        SELECT 1 FROM relais.former WHERE incarnation = $4 AND $5::bigint IS NULL FOR KEY SHARE
    ), move AS MATERIALIZED (
        SELECT $4::bigint AS owner, row.old, row.new, row.record
        FROM me, unnest($6::bigint[], $7::bigint[], $8::bytea[]) AS row (old, new, record)
    ), moved AS (
        UPDATE relais.message AS message
        SET owner = $2, id = move.new, record = move.record, adopted = true
        FROM move
        WHERE message.owner = move.owner AND message.id = move.old
          AND (EXISTS (SELECT 1 FROM shut_out) OR EXISTS (SELECT 1 FROM former))
        RETURNING move.old
    ), stones AS (
        INSERT INTO relais.tombstone (owner, id, heir) SELECT $4, old, $2 FROM moved
        ON CONFLICT (owner, id) DO UPDATE SET heir = $2, at = now()
    )
    SELECT (SELECT count(*) FROM me), (SELECT array_agg(old) FROM moved)";

/// Writes a group, if the seat is still held.
pub(super) const WRITE: &str = "
    WITH me AS (
        SELECT 1 FROM relais.server
        WHERE name = $1 AND incarnation = $2 AND epoch = $3 AND NOT fenced
        FOR KEY SHARE
    ), inserted AS (
        INSERT INTO relais.message (owner, id, record, content, progress)
        SELECT $2, row.id, row.record, row.content, row.progress
        FROM me, unnest($4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[])
            AS row (id, record, content, progress)
        WHERE (
            SELECT 1 FROM relais.tombstone AS stone
            WHERE stone.owner = $2 AND stone.id = row.id LIMIT 1) IS NULL
        ON CONFLICT (owner, id) DO NOTHING
    ), progress AS MATERIALIZED (
        SELECT $2::bigint AS owner, row.id, row.more
        FROM me, unnest($8::bigint[], $9::bytea[]) AS row (id, more)
    ), progressed AS (
        UPDATE relais.message AS message SET progress = message.progress || progress.more
        FROM progress WHERE message.owner = progress.owner AND message.id = progress.id
    ), finished AS MATERIALIZED (
        SELECT $2::bigint AS owner, row.id FROM me, unnest($10::bigint[]) AS row (id)
    ), removed AS (
        DELETE FROM relais.message AS message
        USING finished WHERE message.owner = finished.owner AND message.id = finished.id
    ), stones AS (
        INSERT INTO relais.tombstone (owner, id) SELECT owner, id FROM finished
        ON CONFLICT (owner, id) DO NOTHING
    )
    SELECT count(*) FROM me";

/// Keys, as a list that queries by whole keys begin with.
pub(super) const ASKED: &str =
    "WITH asked AS MATERIALIZED (SELECT $1::bigint AS owner, unnest($2::bigint[]) AS id)";

/// What is known of messages, after [`ASKED`].
pub(super) const STATES: &str = "
    SELECT asked.id,
           message.id IS NOT NULL,
           stone.id IS NOT NULL,
           stone.heir IS NOT NULL
    FROM asked
    LEFT JOIN relais.message AS message ON message.owner = asked.owner AND message.id = asked.id
    LEFT JOIN relais.tombstone AS stone ON stone.owner = asked.owner AND stone.id = asked.id";

/// Messages, after [`ASKED`].
pub(super) const FETCH: &str = "
    SELECT message.id, record, content, progress FROM asked
    JOIN relais.message AS message ON message.owner = asked.owner AND message.id = asked.id
    ORDER BY message.id";

/// Notes that inherited messages are in their heir's spool, after [`ASKED`].
pub(super) const ARRIVED: &str = "
    UPDATE relais.message AS message SET adopted = false
    FROM asked WHERE message.owner = asked.owner AND message.id = asked.id";

/// Forgets old tombstones.
pub(super) const BURY: &str = "
    DELETE FROM relais.tombstone WHERE (owner, id) IN (
        SELECT owner, id FROM relais.tombstone
        WHERE at < now() - make_interval(secs => $1) LIMIT $2)";

/// Whose spool it was, for who inherits.
pub(super) const BEQUEATH: &str = "
    INSERT INTO relais.former (incarnation, name) VALUES ($1, $2) ON CONFLICT (incarnation) DO NOTHING";
