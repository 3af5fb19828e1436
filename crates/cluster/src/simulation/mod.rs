//! Schedules of everything that can happen to several servers and their engine, from a seed, thousands a
//! minute: crashes, lost disks and disks from backups, cut lines, lost answers, servers that sleep, clocks that are
//! set, an engine that is away, promoted rightly or wrongly, or restored.
//!
//! What must hold: *accepted = delivered ∪ held*, always; and where the engine loses no commit and mail is not
//! accepted without it, nothing is sent twice but what was in doubt.

mod engine;
mod heirs;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use engine::Engine;
use server::{Key, Offered, Server};

use crate::lease::Policy;

/// Steps of a schedule.
const STEPS: usize = 400;

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// What a schedule may hold beside crashes and silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// The engine keeps every commit, and mail needs it: nothing is sent twice but what was in doubt.
    Strict,
    /// The engine keeps every commit; disks are lost, or brought back from backups.
    Disks,
    /// The engine forgets, its clock is set, and it is brought back from backups.
    Wild,
}

struct World {
    chance: Chance,
    weather: Weather,
    engine: Engine,
    servers: Vec<Server>,
    /// The machines' monotonic clock.
    now: Duration,
    asleep: BTreeMap<usize, Duration>,
    next: Key,
    acknowledged: BTreeSet<Key>,
    delivered: BTreeMap<Key, u32>,
    /// Sent, or being sent, by a server that was lost before the engine knew.
    doubtful: BTreeSet<Key>,
    story: Vec<String>,
}

impl World {
    fn new(seed: u64, weather: Weather) -> Self {
        let mut chance = Chance(seed);
        let engine = Engine::default();
        let mut policy = || match (weather, chance.below(2)) {
            (Weather::Wild | Weather::Disks, 0) => Policy::Preferred,
            _ => Policy::Required,
        };
        let servers = ["A", "B", "C"].map(|name| Server::new(name, &engine, policy()));
        Self {
            servers: servers.into(),
            chance,
            weather,
            engine,
            now: Duration::ZERO,
            asleep: BTreeMap::new(),
            next: 0,
            acknowledged: BTreeSet::new(),
            delivered: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            story: Vec::new(),
        }
    }

    fn run(&mut self) {
        for at in 0..self.servers.len() {
            self.servers[at].start(self.now);
        }
        for _ in 0..STEPS {
            let at = usize::try_from(self.chance.below(3)).unwrap();
            self.step(at);
        }
        self.settle();
    }

    fn step(&mut self, at: usize) {
        let awake = !self.asleep.contains_key(&at);
        match self.chance.below(100) {
            0..=19 if awake => self.offer(at),
            20..=34 if awake => self.begin_delivery(at),
            35..=46 if awake => self.end_delivery(at),
            47..=56 if awake => self.servers[at].tell(),
            57..=70 if awake => self.keep_house(at),
            71..=88 => {
                let time = Duration::from_millis(200 + self.chance.below(1_800));
                self.pass(time);
            }
            89..=90 => {
                let time = Duration::from_secs(3 + self.chance.below(15));
                self.pass(time);
            }
            91 => self.crash(at),
            92..=93 if !self.servers[at].lives() => self.start(at),
            94 if awake => self.servers[at].way.lose_answer = true,
            95 if awake => {
                let way = &mut self.servers[at].way;
                way.cut = !way.cut;
                let cut = way.cut;
                self.tell(format!("{at} cut: {cut}"));
            }
            96 if awake => self.sleep(at),
            97 => {
                let away = self.chance.below(3) > 0;
                self.engine.set_away(away);
                self.tell(format!("engine away: {away}"));
            }
            98 => self.promote(),
            99 => self.disaster(at),
            _ => {}
        }
    }

    fn tell(&mut self, what: String) {
        let now = self.now;
        self.story.push(format!("{now:?} {what}"));
    }

    fn pass(&mut self, time: Duration) {
        for at in (0..self.servers.len()).filter(|at| !self.asleep.contains_key(at)) {
            self.servers[at].live(self.now, self.now + time);
        }
        self.now += time;
        self.engine.pass(time);
        // Who is awake beats every two seconds; a longer leap is one in which everybody's beats came late.
        let now = self.now;
        self.asleep.retain(|_, until| *until > now);
        for at in 0..self.servers.len() {
            if !self.asleep.contains_key(&at) {
                self.servers[at].beat(now);
            }
        }
    }

    fn offer(&mut self, at: usize) {
        self.next += 1;
        let key = self.next;
        let offered = self.servers[at].offer(key);
        self.tell(format!("{at} offered {key}: {offered:?}"));
        if offered == Offered::Acknowledged {
            self.acknowledged.insert(key);
        } else {
            // The client sends it again, elsewhere: what may be left of it counts as in doubt.
            self.doubtful.insert(key);
        }
    }

    fn begin_delivery(&mut self, at: usize) {
        let pick = self.chance.next() >> 1;
        if let Some(key) = self.servers[at].begin_delivery(self.now, pick) {
            self.tell(format!("{at} begins to send {key}"));
        }
    }

    fn end_delivery(&mut self, at: usize) {
        let Some(key) = self.servers[at].end_delivery() else { return };
        self.tell(format!("{at} has sent {key}"));
        if !self.servers[at].holds_its_lease(self.now) {
            // Begun in time, and not ended.
            self.doubtful.insert(key);
        }
        let times = self.delivered.entry(key).or_default();
        *times += 1;
        if *times > 1 && self.weather == Weather::Strict {
            assert!(self.doubtful.contains(&key), "{key} was sent twice and never in doubt");
        }
    }

    fn keep_house(&mut self, at: usize) {
        if self.servers[at].begins_again() {
            self.tell(format!("{at} begins again"));
            self.doubt(at);
            self.servers[at].crash();
            self.servers[at].start(self.now);
        }
        self.servers[at].raise_mark();
        for name in self.servers[at].shut_out_others(self.now) {
            self.tell(format!("{at} shuts {name} out"));
            let lost = self.servers.iter().position(|server| server.name == name);
            self.doubt(lost.unwrap());
        }
        self.servers[at].look_after_others(self.now);
    }

    /// What a server has sent, or sends, and has not told may be sent by another.
    fn doubt(&mut self, at: usize) {
        self.doubtful.extend(self.servers[at].in_doubt());
    }

    fn crash(&mut self, at: usize) {
        self.tell(format!("{at} crashes"));
        self.doubt(at);
        self.servers[at].crash();
        self.asleep.remove(&at);
    }

    fn start(&mut self, at: usize) {
        self.tell(format!("{at} starts"));
        self.servers[at].start(self.now);
    }

    fn sleep(&mut self, at: usize) {
        let until = self.now + Duration::from_secs(90);
        self.tell(format!("{at} sleeps until {until:?}"));
        self.asleep.insert(at, until);
    }

    fn promote(&mut self) {
        let lost = match self.weather {
            Weather::Strict | Weather::Disks => 0,
            Weather::Wild => usize::try_from(self.chance.below(6)).unwrap(),
        };
        self.tell(format!("promotion, {lost} commits lost"));
        self.engine.promote(lost);
    }

    /// What only backups help against, one loss at a time; and clocks.
    fn disaster(&mut self, at: usize) {
        let what = self.chance.below(4);
        self.tell(format!("disaster {what} at {at}"));
        match (self.weather, what) {
            (Weather::Strict, _) => {}
            (Weather::Wild, 0) => self.engine.back_up(),
            (Weather::Wild, 1) => self.engine.restore(),
            (Weather::Wild, 2) => self.engine.step_clock(Duration::from_secs(3_600), false),
            (Weather::Wild, _) => self.engine.step_clock(Duration::from_secs(600), true),
            (Weather::Disks, 0 | 1) => self.servers[at].back_up(),
            (Weather::Disks, restores) => self.lose_a_disk(at, restores == 2),
        }
    }

    /// A server's disk is lost, or an older state of it comes back, while the engine has everything: what had no
    /// copy there is gone with it, and was said to be alone.
    fn lose_a_disk(&mut self, at: usize, restores: bool) {
        self.crash(at);
        let alone = self.servers[at].alone();
        if restores {
            self.servers[at].restore();
        } else {
            self.servers[at].lose_disk();
        }
        let left = self.servers[at].holds();
        for key in alone.into_iter().filter(|key| !left.contains(key)) {
            self.acknowledged.remove(&key);
        }
    }

    /// Everything comes back, and time passes.
    fn settle(&mut self) {
        self.asleep.clear();
        self.engine.set_away(false);
        for _ in 0..60 {
            for at in 0..self.servers.len() {
                self.servers[at].way.cut = false;
                self.servers[at].way.lose_answer = false;
                if !self.servers[at].lives() {
                    self.start(at);
                }
                self.keep_house(at);
                while self.servers[at].begin_delivery(self.now, 0).is_some() {}
                while self.delivers(at) {}
                self.servers[at].tell();
            }
            self.pass(Duration::from_secs(1));
        }
        let held: BTreeSet<Key> = self.servers.iter().flat_map(Server::holds).collect();
        assert!(held.is_empty(), "still held after everything was well for a minute: {held:?}");
        assert_eq!(self.engine.messages(), 0, "the engine still has messages");
        let lost: Vec<&Key> =
            self.acknowledged.iter().filter(|key| !self.delivered.contains_key(key)).collect();
        assert!(lost.is_empty(), "acknowledged and never delivered: {lost:?}");
    }

    fn delivers(&mut self, at: usize) -> bool {
        let before: u32 = self.delivered.values().sum();
        self.end_delivery(at);
        self.delivered.values().sum::<u32>() > before
    }
}

/// Runs a schedule, and tells its story where it ends badly.
fn schedule(seed: u64, weather: Weather) {
    let mut world = World::new(seed, weather);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.run()));
    if outcome.is_err() {
        let from = world.story.len().saturating_sub(120);
        eprintln!("seed {seed}, {weather:?}:\n{}", world.story[from..].join("\n"));
    }
    assert!(outcome.is_ok(), "seed {seed} in {weather:?}");
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn schedules(weather: Weather) {
    let (first, count) =
        (number("RELAIS_FIRST_SEED", 1), number("RELAIS_CLUSTER_SCHEDULES", 2_000));
    for seed in first..first + count {
        schedule(seed, weather);
    }
}

#[test]
fn nothing_is_lost_and_nothing_is_sent_twice_but_what_was_in_doubt() {
    schedules(Weather::Strict);
}

#[test]
fn nothing_is_lost_with_a_disk_but_what_was_said_to_be_alone() {
    schedules(Weather::Disks);
}

#[test]
fn nothing_is_lost_whatever_the_engine_loses() {
    schedules(Weather::Wild);
}
