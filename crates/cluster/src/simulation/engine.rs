//! A model of the engine: the same calls, the same rules, in memory and on a clock of its own. What it can suffer:
//! being away, answering too late, another primary with or without the last commits, a backup.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use crate::{
    EngineError, GRACE, LEASE,
    ledger::{
        Beat, Claim, Estate, Group, Ledger, Member, Move, Progress, Pulse, Row, Seat, Seated, State,
    },
};

#[derive(Clone)]
struct Server {
    incarnation: u64,
    epoch: u64,
    lease_until: Duration,
    fenced: bool,
    mark: u64,
}

#[derive(Clone)]
struct Message {
    inherited: bool,
    row: Row,
}

/// Everything that is committed.
#[derive(Clone, Default)]
struct Tables {
    servers: BTreeMap<String, Server>,
    former: BTreeMap<u64, String>,
    messages: BTreeMap<(u64, u64), Message>,
    stones: BTreeMap<(u64, u64), Option<u64>>,
    incarnations: u64,
    identity: u64,
    writable_since: Duration,
    last_beat: Duration,
}

#[derive(Default)]
struct Model {
    tables: Tables,
    /// Before each of the last commits.
    history: Vec<Tables>,
    backup: Option<Tables>,
    clock: Duration,
    /// Which of its lives this is.
    life: u64,
    away: bool,
}

/// The engine. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Engine(Arc<Mutex<Model>>);

/// Commits that a standby may lack.
const HISTORY: usize = 8;

impl Engine {
    fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap()
    }

    pub(super) fn pass(&self, time: Duration) {
        self.model().clock += time;
    }

    /// Its clock is set.
    pub(super) fn step_clock(&self, by: Duration, back: bool) {
        let mut model = self.model();
        model.clock = if back { model.clock.saturating_sub(by) } else { model.clock + by };
    }

    pub(super) fn set_away(&self, away: bool) {
        self.model().away = away;
    }

    /// Another primary, which lacks the last `lost` commits.
    pub(super) fn promote(&self, lost: usize) {
        let mut model = self.model();
        for _ in 0..lost {
            if let Some(before) = model.history.pop() {
                model.tables = before;
            }
        }
        model.history.clear();
        model.life += 1;
        model.away = false;
    }

    pub(super) fn back_up(&self) {
        let mut model = self.model();
        model.backup = Some(model.tables.clone());
    }

    pub(super) fn restore(&self) {
        let mut model = self.model();
        if let Some(backup) = model.backup.clone() {
            model.tables = backup;
            model.history.clear();
            model.life += 1;
        }
    }

    /// Messages that are not finished.
    pub(super) fn messages(&self) -> usize {
        self.model().tables.messages.len()
    }
}

/// A server's way to the engine.
pub(super) struct Way {
    pub(super) engine: Engine,
    /// It is cut.
    pub(super) cut: bool,
    /// The next change is made, and its answer lost.
    pub(super) lose_answer: bool,
}

impl Way {
    fn ask<T>(&mut self, read: impl FnOnce(&Model) -> T) -> Result<T, EngineError> {
        let model = self.engine.model();
        if model.away || self.cut {
            return Err(EngineError::Unreachable("away".to_owned()));
        }
        Ok(read(&model))
    }

    fn change<T>(
        &mut self,
        work: impl FnOnce(&mut Tables, (Duration, u64)) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut model = self.engine.model();
        if model.away || self.cut {
            return Err(EngineError::Unreachable("away".to_owned()));
        }
        let before = model.tables.clone();
        let now = (model.clock, model.life);
        let result = work(&mut model.tables, now);
        if result.is_err() {
            model.tables = before;
        } else {
            model.history.push(before);
            if model.history.len() > HISTORY {
                model.history.remove(0);
            }
        }
        if std::mem::take(&mut self.lose_answer) {
            return Err(EngineError::Unreachable("the answer was lost".to_owned()));
        }
        result
    }
}

fn seated(tables: &Tables, seat: &Seat) -> bool {
    tables.servers.get(&seat.name).is_some_and(|server| {
        server.incarnation == seat.incarnation && server.epoch == seat.epoch && !server.fenced
    })
}

impl Ledger for Way {
    fn cluster(&mut self) -> Result<String, EngineError> {
        self.ask(|_| "the model".to_owned())
    }

    fn sit(&mut self, claim: &Claim) -> Result<Seated, EngineError> {
        self.change(|tables, (now, _)| {
            let incarnation = claim.incarnation.unwrap_or(tables.incarnations + 1);
            tables.incarnations = tables.incarnations.max(incarnation);
            let found = tables.servers.get(&claim.name).cloned();
            let mut mark = 0;
            if let Some(server) = &found {
                if server.incarnation == incarnation {
                    mark = server.mark;
                } else if server.lease_until > now && !server.fenced {
                    return Err(EngineError::Refused("it lives".to_owned()));
                } else {
                    tables.former.insert(server.incarnation, claim.name.clone());
                }
            }
            tables.former.remove(&incarnation);
            let epoch = found.map_or(0, |server| server.epoch) + 1;
            let lease_until = now + LEASE;
            let server = Server { incarnation, epoch, lease_until, fenced: false, mark };
            tables.servers.insert(claim.name.clone(), server);
            Ok(Seated { seat: Seat { name: claim.name.clone(), incarnation, epoch }, mark })
        })
    }

    fn beat(&mut self, seat: &Seat, beat: &Beat) -> Result<Pulse, EngineError> {
        self.change(|tables, (now, life)| {
            let gap = now.abs_diff(tables.last_beat);
            let is_break = tables.identity != life || gap > GRACE;
            if is_break {
                tables.writable_since = now;
            }
            (tables.identity, tables.last_beat) = (life, now);
            if !seated(tables, seat) {
                return Err(EngineError::Fenced);
            }
            for (name, server) in &mut tables.servers {
                if *name == seat.name {
                    server.lease_until = now + LEASE;
                    server.mark = beat.mark;
                } else if is_break {
                    server.lease_until = server.lease_until.min(now + LEASE);
                }
            }
            let members = tables.servers.iter().map(|(name, server)| Member {
                name: name.clone(),
                incarnation: server.incarnation,
                lives: server.lease_until > now && !server.fenced,
                fenced: server.fenced,
                version: String::new(),
                endpoints: String::new(),
                figures: String::new(),
            });
            Ok(Pulse { engine: life.to_string(), revision: 0, members: members.collect() })
        })
    }

    fn fence(&mut self, seat: &Seat) -> Result<Vec<String>, EngineError> {
        self.change(|tables, (now, _)| {
            let lives = tables.servers.get(&seat.name).is_some_and(|own| own.lease_until > now);
            let steady = tables.writable_since + LEASE + GRACE < now;
            if !lives || !steady || !seated(tables, seat) {
                return Ok(Vec::new());
            }
            let mut fenced = Vec::new();
            for (name, server) in &mut tables.servers {
                if *name != seat.name && !server.fenced && server.lease_until + GRACE < now {
                    (server.fenced, server.epoch) = (true, server.epoch + 1);
                    fenced.push(name.clone());
                }
            }
            Ok(fenced)
        })
    }

    fn estates(&mut self) -> Result<Vec<Estate>, EngineError> {
        self.ask(|model| {
            let tables = &model.tables;
            let has = |of: u64| tables.messages.keys().any(|(owner, _)| *owner == of);
            let shut_out = tables.servers.iter().filter(|(_, s)| s.fenced && has(s.incarnation));
            let shut_out = shut_out.map(|(name, server)| Estate {
                name: name.clone(),
                incarnation: server.incarnation,
                epoch: Some(server.epoch),
            });
            let former = tables.former.iter().filter(|(incarnation, _)| has(**incarnation));
            let former = former.map(|(incarnation, name)| Estate {
                name: name.clone(),
                incarnation: *incarnation,
                epoch: None,
            });
            shut_out.chain(former).collect()
        })
    }

    fn inventory(&mut self, estate: &Estate, limit: usize) -> Result<Vec<Row>, EngineError> {
        self.ask(|model| {
            let all = model.tables.messages.range((estate.incarnation, 0)..);
            all.take_while(|((owner, _), _)| *owner == estate.incarnation)
                .take(limit)
                .map(|(_, message)| message.row.clone())
                .collect()
        })
    }

    fn inherit(
        &mut self,
        seat: &Seat,
        estate: &Estate,
        moves: &[Move],
    ) -> Result<Vec<u64>, EngineError> {
        self.change(|tables, _| {
            if !seated(tables, seat) {
                return Err(EngineError::Fenced);
            }
            let open = match estate.epoch {
                Some(epoch) => tables.servers.values().any(|server| {
                    server.incarnation == estate.incarnation
                        && server.epoch == epoch
                        && server.fenced
                }),
                None => tables.former.contains_key(&estate.incarnation),
            };
            let mut moved = Vec::new();
            for step in moves.iter().filter(|_| open) {
                let Some(message) = tables.messages.remove(&(estate.incarnation, step.old)) else {
                    continue;
                };
                let row = Row { id: step.new, record: step.record.clone().into(), ..message.row };
                let key = (seat.incarnation, step.new);
                tables.messages.insert(key, Message { inherited: true, row });
                tables.stones.insert((estate.incarnation, step.old), Some(seat.incarnation));
                moved.push(step.old);
            }
            Ok(moved)
        })
    }

    fn arrived(&mut self, seat: &Seat, ids: &[u64]) -> Result<(), EngineError> {
        self.change(|tables, _| {
            for id in ids {
                if let Some(message) = tables.messages.get_mut(&(seat.incarnation, *id)) {
                    message.inherited = false;
                }
            }
            Ok(())
        })
    }

    fn held(
        &mut self,
        seat: &Seat,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, bool)>, EngineError> {
        self.ask(|model| {
            let all = model.tables.messages.range((seat.incarnation, after + 1)..);
            all.take_while(|((owner, _), _)| *owner == seat.incarnation)
                .take(limit)
                .map(|((_, id), message)| (*id, message.inherited))
                .collect()
        })
    }

    fn fetch(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<Row>, EngineError> {
        self.ask(|model| {
            let row = |id: &u64| model.tables.messages.get(&(seat.incarnation, *id));
            ids.iter().filter_map(row).map(|message| message.row.clone()).collect()
        })
    }

    fn states(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<State>, EngineError> {
        self.ask(|model| {
            let state = |id: &u64| {
                let key = (seat.incarnation, *id);
                match (model.tables.messages.get(&key), model.tables.stones.get(&key)) {
                    (Some(_), _) => State::Held,
                    (None, Some(None)) => State::Finished,
                    (None, Some(Some(_))) => State::Elsewhere,
                    (None, None) => State::Absent,
                }
            };
            ids.iter().map(state).collect()
        })
    }

    fn write(&mut self, seat: &Seat, group: &Group) -> Result<(), EngineError> {
        self.change(|tables, _| {
            if !seated(tables, seat) {
                return Err(EngineError::Fenced);
            }
            for row in &group.inserts {
                if tables.stones.contains_key(&(seat.incarnation, row.id)) {
                    continue;
                }
                let message = Message { inherited: false, row: row.clone() };
                tables.messages.entry((seat.incarnation, row.id)).or_insert(message);
            }
            for (id, more) in &group.progress {
                if let Some(message) = tables.messages.get_mut(&(seat.incarnation, *id)) {
                    let mut bytes = message.row.progress.to_bytes();
                    bytes.extend(more.to_bytes());
                    message.row.progress = Progress::from_bytes(&bytes);
                }
            }
            for id in &group.removes {
                tables.messages.remove(&(seat.incarnation, *id));
                tables.stones.entry((seat.incarnation, *id)).or_insert(None);
            }
            Ok(())
        })
    }

    fn bury(&mut self, _: u64) -> Result<u64, EngineError> {
        Ok(0)
    }

    fn rise(&mut self, seat: &Seat) -> Result<(), EngineError> {
        self.change(|tables, _| {
            if seated(tables, seat) {
                tables.servers.remove(&seat.name);
                tables.former.insert(seat.incarnation, seat.name.clone());
            }
            Ok(())
        })
    }
}
