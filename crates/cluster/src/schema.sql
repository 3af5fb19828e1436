-- The directory: one row per object as readable JSON, with the revision that changed it last, so that a
-- server reads what is new to it alone.
CREATE TABLE relais.revision (
    id int PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL
);
INSERT INTO relais.revision (id, number) VALUES (1, 0);
CREATE TABLE relais.object (
    guid text PRIMARY KEY,
    class text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    json text NOT NULL,
    revision bigint NOT NULL
);
CREATE INDEX object_revision ON relais.object (revision);
CREATE TABLE relais.removed_object (
    guid text PRIMARY KEY,
    revision bigint NOT NULL
);
CREATE INDEX removed_object_revision ON relais.removed_object (revision);
CREATE TABLE relais.audit (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    revision bigint NOT NULL,
    at bigint NOT NULL,
    "user" text NOT NULL,
    client text,
    cmdlet text NOT NULL,
    parameters text NOT NULL,
    changes text NOT NULL
);

-- Which engine this is, and since when it has been writable without a break. `identity` changes with each
-- promotion and each start.
CREATE TABLE relais.engine (
    id int PRIMARY KEY CHECK (id = 1),
    cluster text NOT NULL,
    identity text NOT NULL,
    writable_since timestamptz NOT NULL,
    last_beat timestamptz NOT NULL
);

-- Servers. `incarnation` stands for one spool: what a server without its disk accepted before is another's.
-- The unique index over the epoch makes a change of it wait for whoever holds a key share of the row, and
-- a heartbeat wait for nobody.
CREATE TABLE relais.server (
    name text PRIMARY KEY,
    incarnation bigint NOT NULL UNIQUE,
    epoch bigint NOT NULL,
    lease_until timestamptz NOT NULL,
    fenced boolean NOT NULL DEFAULT false,
    mark bigint NOT NULL DEFAULT 0,
    version text NOT NULL,
    endpoints text NOT NULL DEFAULT '{}',
    figures text NOT NULL DEFAULT '{}',
    UNIQUE (incarnation, epoch)
);
CREATE SEQUENCE relais.incarnation;
-- Spools that are nobody's any more: a server that came back without its disk, or left.
CREATE TABLE relais.former (
    incarnation bigint PRIMARY KEY,
    name text NOT NULL
);

-- Messages that are not finished, by whose they are and their number there.
CREATE TABLE relais.message (
    owner bigint NOT NULL,
    id bigint NOT NULL,
    adopted boolean NOT NULL DEFAULT false,
    record bytea NOT NULL,
    content bytea NOT NULL,
    progress bytea NOT NULL DEFAULT '',
    PRIMARY KEY (owner, id)
);
-- Their content is not compressed: it comes in 4 KiB or is base64, and the engine's CPU is shared. What fits into a
-- page stays in its row: rows beside it (TOAST) cost two more inserts for every 2 KB, and as many deletes soon after.
ALTER TABLE relais.message ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE relais.message SET (toast_tuple_target = 8160);

-- Finished messages, or ones that belong to another now (`heir`), for the time in which a copy might come back.
CREATE TABLE relais.tombstone (
    owner bigint NOT NULL,
    id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    heir bigint,
    PRIMARY KEY (owner, id)
);
CREATE INDEX tombstone_at ON relais.tombstone USING brin (at);
