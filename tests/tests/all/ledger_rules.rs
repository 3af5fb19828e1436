//! What PostgreSQL itself has to refuse: who may shut whom out, and whose a message is. The simulation keeps these
//! rules in a model; here the statements do, and nobody waits for a lease: its end is written into the row.

use std::time::Duration;

use cluster::{
    Beat, Claim, Engine, EngineError, EngineSettings, Estate, GRACE, Group, LEASE, Ledger, Move,
    Postgres as Table, Progress, Row, Seat, State,
};
use end_to_end::{Postgres, SOON, until};
use tokio::runtime::Runtime;

/// An engine with two servers, A and B, each seated with a connection of its own.
struct World {
    node: Postgres,
    engine: Engine,
    a: (Table, Seat),
    b: (Table, Seat),
}

impl World {
    fn new() -> Self {
        let node = Postgres::start();
        let settings = EngineSettings::new(&node.connection(), None, None).unwrap();
        let engine = Engine::new(settings);
        Runtime::new().unwrap().block_on(engine.establish("rules")).unwrap();
        let (a, b) = (seated(&engine, "A"), seated(&engine, "B"));
        let mut world = Self { node, engine, a, b };
        world.beat_of_b();
        // It has been writable for long.
        world.writable_for(LEASE + GRACE + Duration::from_secs(1));
        world
    }

    fn beat_of_b(&mut self) {
        let (table, seat) = &mut self.b;
        table.beat(seat, &Beat::default()).unwrap();
    }

    fn set(&self, what: &str, name: &str, ago: Duration) {
        let (ago, table) = (ago.as_secs_f64(), if name.is_empty() { "engine" } else { "server" });
        let only = if name.is_empty() { String::new() } else { format!(" WHERE name = '{name}'") };
        self.node.sql(&format!(
            "UPDATE relais.{table} SET {what} = now() - make_interval(secs => {ago}){only}"
        ));
    }

    fn lease_ended(&self, name: &str, ago: Duration) {
        self.set("lease_until", name, ago);
    }

    fn writable_for(&self, span: Duration) {
        self.set("writable_since", "", span);
    }

    /// Whom B shuts out.
    fn fence(&mut self) -> Vec<String> {
        let (table, seat) = &mut self.b;
        table.fence(seat).unwrap()
    }

    /// A has accepted these and is gone; what B finds of it.
    fn left(&mut self, ids: &[u64]) -> Estate {
        let (table, seat) = &mut self.a;
        table.write(seat, &inserts(ids)).unwrap();
        self.lease_ended("A", GRACE * 2);
        assert_eq!(self.fence(), ["A"]);
        let estates = self.b.0.estates().unwrap();
        assert_eq!(estates.len(), 1);
        estates.into_iter().next().unwrap()
    }

    fn inherit(&mut self, estate: &Estate, moves: &[(u64, u64)]) -> Result<Vec<u64>, EngineError> {
        let moves: Vec<Move> =
            moves.iter().map(|(old, new)| Move { old: *old, new: *new, record: vec![1] }).collect();
        let (table, seat) = &mut self.b;
        let mut moved = table.inherit(seat, estate, &moves)?;
        moved.sort_unstable();
        Ok(moved)
    }
}

fn seated(engine: &Engine, name: &str) -> (Table, Seat) {
    let mut table = Table::new(engine.clone(), name).unwrap();
    let seat = table.sit(&claim(name, None)).unwrap().seat;
    (table, seat)
}

fn claim(name: &str, incarnation: Option<u64>) -> Claim {
    Claim { name: name.to_owned(), incarnation, ..Claim::default() }
}

fn inserts(ids: &[u64]) -> Group {
    let row = |id: &u64| Row {
        id: *id,
        record: vec![1].into(),
        content: vec![2].into(),
        progress: Progress::default(),
    };
    Group { inserts: ids.iter().map(row).collect(), ..Group::default() }
}

fn is_fenced<T: std::fmt::Debug>(result: Result<T, EngineError>) -> bool {
    matches!(result, Err(EngineError::Fenced))
}

#[test]
fn a_lease_that_has_ended_has_its_grace() {
    let mut world = World::new();
    assert!(world.fence().is_empty(), "it lives");
    world.lease_ended("A", GRACE - Duration::from_secs(2));
    assert!(world.fence().is_empty(), "its grace lasts");
    world.lease_ended("A", GRACE + Duration::from_secs(1));
    assert_eq!(world.fence(), ["A"]);
    assert!(world.fence().is_empty(), "once");
}

#[test]
fn nobody_is_shut_out_by_an_engine_that_was_not_writable_for_long() {
    let mut world = World::new();
    world.lease_ended("A", LEASE * 10);
    world.writable_for(LEASE + GRACE - Duration::from_secs(2));
    assert!(world.fence().is_empty());
    world.writable_for(LEASE + GRACE + Duration::from_secs(1));
    assert_eq!(world.fence(), ["A"]);
}

#[test]
fn nobody_is_shut_out_by_one_whose_own_lease_has_ended() {
    let mut world = World::new();
    world.lease_ended("A", LEASE * 10);
    world.lease_ended("B", Duration::from_secs(1));
    assert!(world.fence().is_empty());
    world.beat_of_b();
    assert_eq!(world.fence(), ["A"]);
}

#[test]
fn after_a_break_all_leases_begin_anew() {
    let mut world = World::new();
    world.lease_ended("A", LEASE * 10);
    // Another primary, or the same one started again.
    world.node.sql("UPDATE relais.engine SET identity = 'another'");
    world.beat_of_b();
    assert!(world.fence().is_empty(), "it begins to count now");
    world.writable_for(LEASE + GRACE + Duration::from_secs(1));
    // Nobody was heard for longer than the grace: the clock was set, or all were cut off.
    world.set("last_beat", "", GRACE * 2);
    world.beat_of_b();
    assert!(world.fence().is_empty(), "and again");
    // A clock that was ahead has given leases that last too long.
    world.node.sql("UPDATE relais.server SET lease_until = now() + interval '1 day'");
    world.node.sql("UPDATE relais.engine SET last_beat = now() + interval '1 day'");
    world.beat_of_b();
    let ends = "SELECT lease_until <= now() + interval '10 s' FROM relais.server WHERE name = 'A'";
    assert_eq!(world.node.sql(ends), "t");
}

#[test]
fn who_is_shut_out_does_nothing_more() {
    let mut world = World::new();
    world.left(&[1, 2]);
    let (table, seat) = &mut world.a;
    assert!(is_fenced(table.beat(seat, &Beat::default())));
    assert!(is_fenced(table.write(seat, &inserts(&[3]))));
    assert!(is_fenced(table.write(seat, &Group { removes: vec![1], ..Group::default() })));
    assert!(is_fenced(table.write(seat, &Group::default())));
    assert_eq!(world.node.sql("SELECT count(*) FROM relais.message"), "2");
    assert_eq!(world.node.sql("SELECT count(*) FROM relais.tombstone"), "0");
    let of_b = Estate {
        name: "B".to_owned(),
        incarnation: world.b.1.incarnation,
        epoch: Some(world.b.1.epoch),
    };
    let (table, seat) = &mut world.a;
    let moves = [Move { old: 1, new: 9, record: vec![1] }];
    assert!(is_fenced(table.inherit(seat, &of_b, &moves)));
}

#[test]
fn nothing_is_taken_from_a_server_that_lives() {
    let mut world = World::new();
    let (table, seat) = &mut world.a;
    table.write(seat, &inserts(&[1])).unwrap();
    let Seat { name, incarnation, epoch } = world.a.1.clone();
    for epoch in [None, Some(epoch), Some(epoch + 1)] {
        let estate = Estate { name: name.clone(), incarnation, epoch };
        assert!(world.inherit(&estate, &[(1, 101)]).unwrap().is_empty());
    }
    assert!(world.b.0.estates().unwrap().is_empty());
}

#[test]
fn who_is_back_keeps_what_nobody_has_taken() {
    let mut world = World::new();
    let estate = world.left(&[1, 2, 3]);
    assert_eq!(world.inherit(&estate, &[(1, 101)]).unwrap(), [1]);
    // It is back; what was seen of it before is of another epoch.
    let incarnation = estate.incarnation;
    let (table, _) = &mut world.a;
    let seat = table.sit(&claim("A", Some(incarnation))).unwrap().seat;
    assert!(seat.epoch > estate.epoch.unwrap());
    assert!(world.inherit(&estate, &[(2, 102)]).unwrap().is_empty());
    let (table, _) = &mut world.a;
    let states = table.states(&seat, &[1, 2, 3, 4]).unwrap();
    assert_eq!(states, [State::Elsewhere, State::Held, State::Held, State::Absent]);
    // Nor does what is another's come back with an insert that is late.
    table.write(&seat, &inserts(&[1, 4])).unwrap();
    assert_eq!(table.states(&seat, &[1, 4]).unwrap(), [State::Elsewhere, State::Held]);
}

#[test]
fn a_message_is_taken_by_one_heir() {
    let mut world = World::new();
    let (mut third, seat) = seated(&world.engine, "C");
    let estate = world.left(&[1, 2]);
    let moves = [(1, 901), (2, 902)].map(|(old, new)| Move { old, new, record: vec![1] });
    assert_eq!(third.inherit(&seat, &estate, &moves[..1]).unwrap(), [1]);
    assert_eq!(world.inherit(&estate, &[(1, 101), (2, 102)]).unwrap(), [2]);
    let owners = "SELECT count(DISTINCT owner) FROM relais.message";
    assert_eq!(world.node.sql(owners), "2");
    // Each is marked until it is in its heir's spool.
    assert_eq!(third.held(&seat, 0, 10).unwrap(), [(901, true)]);
    third.arrived(&seat, &[901]).unwrap();
    assert_eq!(third.held(&seat, 0, 10).unwrap(), [(901, false)]);
}

#[test]
fn what_is_finished_does_not_come_back() {
    let mut world = World::new();
    let (table, seat) = &mut world.a;
    table.write(seat, &Group { removes: vec![7], ..Group::default() }).unwrap();
    table.write(seat, &inserts(&[7, 8])).unwrap();
    assert_eq!(table.states(seat, &[7, 8]).unwrap(), [State::Finished, State::Held]);
    // The same again, since an answer may have been lost.
    table.write(seat, &inserts(&[8])).unwrap();
    assert_eq!(table.held(seat, 0, 10).unwrap(), [(8, false)]);
}

#[test]
fn a_name_with_a_living_spool_is_not_given_to_another() {
    let mut world = World::new();
    let mut other = Table::new(world.engine.clone(), "copy").unwrap();
    let refused = other.sit(&claim("A", None)).unwrap_err();
    assert!(refused.to_string().contains("the server A lives"), "{refused}");
    // Its disk is lost: what it had is an estate, and the name goes to the new spool.
    let (table, seat) = &mut world.a;
    table.write(seat, &inserts(&[1])).unwrap();
    let old = seat.incarnation;
    world.lease_ended("A", Duration::from_secs(1));
    let new = other.sit(&claim("A", None)).unwrap().seat;
    assert_ne!(new.incarnation, old);
    let estates = other.estates().unwrap();
    assert_eq!(estates, [Estate { name: "A".to_owned(), incarnation: old, epoch: None }]);
    assert_eq!(world.inherit(&estates[0], &[(1, 101)]).unwrap(), [1]);
    let (table, seat) = &mut world.a;
    assert!(is_fenced(table.write(seat, &inserts(&[2]))));
}

#[test]
fn a_number_that_an_older_engine_does_not_know_is_not_given_out_again() {
    let mut world = World::new();
    let (table, _) = &mut world.a;
    let high = table.sit(&claim("D", Some(5_000))).unwrap().seat;
    assert_eq!(high.incarnation, 5_000);
    let next = table.sit(&claim("E", None)).unwrap().seat;
    assert!(next.incarnation > 5_000);
}

/// Rows of messages and tombstones that statements have read so far.
fn rows_read(node: &Postgres) -> u64 {
    let query = "SELECT sum(seq_tup_read + idx_tup_fetch) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes \
                 WHERE relname IN ('message', 'tombstone')) \
                 FROM pg_stat_user_tables WHERE relname IN ('message', 'tombstone')";
    node.sql(query).parse().unwrap()
}

/// Plans are made while the tables are empty, and nobody has counted their rows since.
#[test]
fn a_group_costs_the_same_however_much_is_there() {
    const MANY: u64 = 20_000;
    let mut world = World::new();
    for table in ["message", "tombstone"] {
        world.node.sql(&format!("ALTER TABLE relais.{table} SET (autovacuum_enabled = off)"));
    }
    let (table, seat) = &mut world.a;
    let group = |from: u64| Group {
        inserts: inserts(&[from, from + 1, from + 2]).inserts,
        progress: vec![(from - 10, Progress { finished: vec![0], delay_reported: vec![] })],
        removes: vec![from - 9],
    };
    // Often enough for a plan that is kept.
    for at in 2..12 {
        table.write(seat, &group(at * 10)).unwrap();
    }
    let owner = seat.incarnation;
    world.node.sql(&format!(
        "INSERT INTO relais.message (owner, id, record, content) \
         SELECT {owner}, n, 'r', 'c' FROM generate_series(1000, {}) n",
        1000 + MANY
    ));
    world.node.sql(&format!(
        "INSERT INTO relais.tombstone (owner, id) SELECT {owner}, n FROM generate_series(100000, {}) n",
        100_000 + MANY
    ));
    let (before, writes) = (rows_read(&world.node), 20);
    let ids: Vec<u64> = (100_000..100_050).collect();
    for at in 200..200 + writes {
        table.write(seat, &group(at * 10)).unwrap();
        table.states(seat, &ids).unwrap();
        table.fetch(seat, &ids).unwrap();
        table.arrived(seat, &ids).unwrap();
    }
    // What a connection has read is published when it ends, at the latest.
    drop(world.a);
    let is_there = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'relais A'";
    until("the connection has ended", SOON, || (world.node.sql(is_there) == "0").then_some(()));
    let read = rows_read(&world.node) - before;
    assert!((writes..MANY).contains(&read), "{read} rows were read for {writes} groups");
}
