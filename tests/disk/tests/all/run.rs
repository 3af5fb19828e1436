//! One schedule: several lives of a spool on one disk, each ended by a crash, by a kill or in
//! good order, and after each beginning the comparison with what may have been left.
//!
//! What may be left is exact: the state after the last group of changes that was committed, or
//! that with one group on top that was tried since and of which nobody was told that it was
//! stored. So nothing acknowledged is missing, nothing finished for good is back, no group is
//! there in part, and no content is another.

use std::{
    collections::BTreeSet,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use model::{ByteSize, MessageId};
use simulated_disk::{Dice, Disk, Loss, Mounted, Plan, mount};
use spool::{Driver, Spool, SpoolError};

use crate::{
    bases::Base,
    below::Below,
    model::{Action, State, batch},
    work::Work,
};

type Answer = Pin<Box<dyn Future<Output = Result<(), SpoolError>>>>;
type Waited = (Vec<Action>, Answer);

/// What a run did, for the account at the end.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) power_cuts: u64,
    pub(crate) while_opening: u64,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    /// A group that was not acknowledged was there afterwards.
    pub(crate) resurrected: u64,
}

impl Tally {
    /// Both together.
    pub(crate) fn add(&mut self, other: Self) {
        self.power_cuts += other.power_cuts;
        self.while_opening += other.while_opening;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.resurrected += other.resurrected;
    }
}

/// A schedule under way.
pub(crate) struct Run<'a> {
    directory: &'a Path,
    dice: Dice,
    mounted: Mounted,
    late_syncs: bool,
    /// What is committed, as far as the program can know.
    current: State,
    /// What may be found after a crash.
    possible: Vec<State>,
    /// Taken by a round, and not stored.
    owed: Vec<Vec<Action>>,
    /// No message may be given a number up to this.
    used: u64,
    next_event: u64,
    /// Inserted by a group that was refused. When the file is opened again in the midst of trouble
    /// such a message may be there behind the committer's back.
    refused: BTreeSet<MessageId>,
    /// Numbers that were given out to messages on their way.
    on_their_way: Vec<MessageId>,
    healthy: bool,
    tally: Tally,
    trace: Option<Vec<String>>,
}

/// A spool that is open.
struct Life {
    spool: Spool,
    driver: Driver,
    /// Handed in for the next round.
    later: Vec<Vec<Action>>,
    waited: Vec<Waited>,
}

macro_rules! trace {
    ($run:expr, $($text:tt)*) => {
        if let Some(trace) = &mut $run.trace {
            trace.append(&mut $run.mounted.disk().take_log());
            trace.push(format!($($text)*));
        }
    };
}

/// Runs the schedule of this seed. On a violation says which, and what was done, if `traced`.
pub(crate) fn run(
    directory: &Path,
    bases: &[Base],
    seed: u64,
    late_syncs: bool,
    traced: bool,
) -> Result<Tally, String> {
    let mut dice = Dice::new(seed);
    let mut at = dice.below(bases.iter().map(|base| base.weight).sum());
    let mut bases = bases.iter();
    let mut base = bases.next().ok_or("no base")?;
    while at >= base.weight {
        at -= base.weight;
        base = bases.next().ok_or("no base")?;
    }
    let mut disk = Disk::new(dice.roll());
    for (name, content) in &base.files {
        disk.put(name, content.clone());
    }
    let mounted = mount(directory, disk, seed);
    let mut run = Run {
        directory,
        dice,
        mounted,
        late_syncs,
        current: base.state.clone(),
        possible: vec![base.state.clone()],
        owed: Vec::new(),
        used: base.state.highest(),
        next_event: base.state.events.last_key_value().map_or(1, |(number, _)| number + 1),
        refused: BTreeSet::new(),
        on_their_way: Vec::new(),
        healthy: false,
        tally: Tally::default(),
        trace: traced.then(Vec::new),
    };
    if traced {
        run.mounted.disk().keep_log();
    }
    trace!(run, "begins with {}", base.state.summary());
    let result = run.lives();
    let open = run.mounted.disk().open_files();
    match result {
        Ok(()) if open > 0 => Err(format!("{open} files are still open")),
        Ok(()) => Ok(run.tally),
        Err(why) => Err(format!("{why}\n{}", run.trace.unwrap_or_default().join("\n"))),
    }
}

impl Run<'_> {
    fn lives(&mut self) -> Result<(), String> {
        for _ in 0..1 + self.dice.below(3) {
            let plan = self.plan();
            trace!(self, "a life with {plan:?}");
            self.healthy = false;
            self.mounted.disk().plan(plan);
            self.life()?;
            self.end();
        }
        // Whatever has happened, on a good disk everything works again.
        trace!(self, "the last life, on a good disk");
        self.healthy = true;
        self.mounted.disk().plan(Plan::default());
        self.life()?;
        self.mounted.disk().revive();
        self.check_file()?;
        self.life()
    }

    /// What goes wrong in the next life.
    fn plan(&mut self) -> Plan {
        let dice = &mut self.dice;
        let mut plan = Plan { late_syncs: self.late_syncs, ..Plan::default() };
        let window = |dice: &mut Dice| {
            let from = dice.below(150);
            from..from + [1, 1, 2, 5, 20, 60][dice.index(6)]
        };
        if dice.percent(80) {
            let within = [6, 25, 60, 150][dice.index(4)];
            plan.crash_at = Some(dice.below(within));
        }
        while dice.percent(25) {
            plan.failing.push(window(dice));
        }
        if dice.percent(4) {
            plan.failing_reads.push(window(dice));
        }
        if dice.percent(8) {
            let used: usize = self.mounted.disk().files().map(|(_, content)| content.len()).sum();
            plan.capacity = Some(used as u64 + dice.below(80_000));
        }
        plan
    }

    /// How a life ended is decided after it: the power went, or only the program.
    fn end(&mut self) {
        let mut disk = self.mounted.disk();
        if self.dice.percent(75) {
            let loss = Loss::any(&mut self.dice);
            disk.power_cut(loss);
            self.tally.power_cuts += 1;
            drop(disk);
            trace!(self, "power cut, {loss:?}");
        } else {
            disk.revive();
            drop(disk);
            trace!(self, "killed");
        }
        self.owed.clear();
    }

    fn is_dead(&self) -> bool {
        self.mounted.disk().is_dead()
    }

    fn life(&mut self) -> Result<(), String> {
        let disk = Arc::new(Below(self.mounted.shared()));
        let opened = Spool::open_driven(disk, self.directory, Some(ByteSize::bytes(0)));
        let (spool, driver) = match opened {
            Ok(opened) => opened,
            Err(error) if self.healthy => return Err(format!("it does not open: {error}")),
            Err(error) => {
                self.tally.while_opening += 1;
                trace!(self, "does not open: {error}");
                return Ok(());
            }
        };
        let mut life = Life { spool, driver, later: Vec::new(), waited: Vec::new() };
        self.on_their_way.clear();
        if !self.look(&life)? {
            return Ok(());
        }
        let next = life.spool.next_id().as_u64();
        if next <= self.used {
            return Err(format!("number {next} is used again; {} was the last", self.used));
        }
        for _ in 0..self.dice.below(if self.healthy { 4 } else { 14 }) {
            if self.is_dead() {
                break;
            }
            self.step(&mut life)?;
        }
        if !self.is_dead() && (self.healthy || self.dice.percent(20)) {
            self.finish(life)?;
        }
        Ok(())
    }

    /// Compares what can be read; whether it could be.
    fn look(&mut self, life: &Life) -> Result<bool, String> {
        let found = State::of(&life.spool);
        let checked = found.and_then(|found| {
            let checked = found.check(&life.spool, &self.refused)?;
            Ok((found, checked))
        });
        match checked {
            Ok((found, checked)) => {
                self.recognise(found)?;
                checked.map(|()| true)
            }
            Err(error) if self.healthy => Err(format!("it cannot be read: {error}")),
            Err(error) => {
                trace!(self, "cannot be read: {error}");
                Ok(false)
            }
        }
    }

    /// What is found must be what may be there.
    fn recognise(&mut self, found: State) -> Result<(), String> {
        trace!(self, "found {}", found.summary());
        let Some(number) = self.possible.iter().position(|possible| *possible == found) else {
            let possible: Vec<String> = self.possible.iter().map(State::summary).collect();
            let found = found.summary();
            return Err(format!("found: {found}\nwhat may be there: {}", possible.join("\n or: ")));
        };
        self.tally.resurrected += u64::from(number > 0);
        self.used = self.used.max(found.highest());
        self.current = found;
        Ok(())
    }

    fn step(&mut self, life: &mut Life) -> Result<(), String> {
        match self.dice.below(20) {
            0..=6 => {
                for _ in 0..1 + self.dice.below(3) {
                    let actions = self.acceptance(life);
                    self.commit(life, actions);
                }
                self.round(life, Driver::step)
            }
            7..=11 => {
                for _ in 0..1 + self.dice.below(3) {
                    let actions = self.outcome(life);
                    trace!(self, "later: {actions:?}");
                    life.spool.commit_later(batch(&actions));
                    life.later.push(actions);
                }
                if self.dice.percent(60) { self.round(life, Driver::step) } else { Ok(()) }
            }
            12 | 13 => {
                let mut actions = self.outcome(life);
                if self.dice.percent(50) {
                    actions.extend(self.acceptance(life));
                }
                self.commit(life, actions);
                self.round(life, Driver::step)
            }
            14 => self.round(life, Driver::step),
            15 => self.round(life, Driver::probe),
            16 | 17 => {
                trace!(self, "folds in");
                life.driver.fold_in();
                self.look_after_trouble(life)
            }
            18 => {
                trace!(self, "makes room");
                life.driver.make_room();
                self.look_after_trouble(life)
            }
            _ => self.read(life),
        }
    }

    fn acceptance(&mut self, life: &Life) -> Vec<Action> {
        let mut work = Work {
            dice: &mut self.dice,
            next_event: &mut self.next_event,
            on_their_way: &mut self.on_their_way,
        };
        work.acceptance(&life.spool)
    }

    /// Something becomes of what there will be when all that was handed in is stored.
    fn outcome(&mut self, life: &Life) -> Vec<Action> {
        let there = self.current.after(self.owed.iter().chain(&life.later).flatten());
        let mut work = Work {
            dice: &mut self.dice,
            next_event: &mut self.next_event,
            on_their_way: &mut self.on_their_way,
        };
        work.outcome(&there)
    }

    /// After a failure the file may have been opened again, with what a refused group left.
    fn look_after_trouble(&mut self, life: &Life) -> Result<(), String> {
        if self.possible.len() > 1 && !self.is_dead() {
            self.look(life)?;
        }
        Ok(())
    }

    /// Hands in a batch and waits for it.
    fn commit(&mut self, life: &mut Life, actions: Vec<Action>) {
        trace!(self, "commit: {actions:?}");
        let (spool, changes) = (life.spool.clone(), batch(&actions));
        let mut answer: Answer = Box::pin(async move { spool.commit(changes).await });
        match poll(&mut answer) {
            // Refused before it was in any group.
            Some(result) => {
                self.tally.refused += 1;
                trace!(self, "  at once {result:?}");
            }
            None => life.waited.push((actions, answer)),
        }
    }

    /// A round of the committer, and what follows from its answers.
    fn round(&mut self, life: &mut Life, step: impl FnOnce(&mut Driver)) -> Result<(), String> {
        step(&mut life.driver);
        self.owed.append(&mut life.later);
        let (mut stored, mut refused) = (Vec::new(), Vec::new());
        for (actions, mut answer) in life.waited.drain(..) {
            let result = poll(&mut answer).ok_or("a round ended without an answer")?;
            trace!(self, "  {result:?}: {actions:?}");
            if self.healthy && result.is_err() {
                return Err(format!("refused on a good disk: {result:?}"));
            }
            if result.is_ok() { stored.push(actions) } else { refused.push(actions) }
        }
        self.tally.acknowledged += stored.len() as u64;
        self.tally.refused += refused.len() as u64;
        let owed = life.driver.owed();
        if owed != 0 && owed != self.owed.len() {
            return Err(format!("{owed} of {} owed", self.owed.len()));
        }
        if !stored.is_empty() && owed != 0 && stored.iter().flatten().count() > 0 {
            return Err("outcomes were left behind by a commit".to_owned());
        }
        let tried: Vec<Action> = self.owed.iter().flatten().cloned().collect();
        if owed == 0 {
            let settled = std::mem::take(&mut self.owed);
            let all = settled.iter().flatten().chain(stored.iter().flatten());
            let after = self.current.after(all);
            // Without a change nothing is written, and what was tried before may still be there.
            if after != self.current {
                self.used = self.used.max(after.highest());
                self.current = after.clone();
                self.possible = vec![after];
                return Ok(());
            }
        }
        self.tried(&tried, &refused);
        self.look_after_trouble(life)
    }

    /// A group was not stored; it may be found all the same, and so may its outcomes alone.
    fn tried(&mut self, owed: &[Action], refused: &[Vec<Action>]) {
        let of_mail = |action: &Action| {
            use Action::{Event, Insert, NextHop, Taken};
            matches!(action, Insert { .. } | Event { .. } | Taken { .. } | NextHop { .. })
        };
        let is_insert = |action: &Action| matches!(action, Action::Insert { .. });
        let is_new =
            |actions: &&Vec<Action>| actions.iter().any(is_insert) && actions.iter().all(of_mail);
        let whole = owed.iter().chain(refused.iter().flatten());
        let outcomes = owed.iter().chain(refused.iter().filter(|a| !is_new(a)).flatten());
        for action in refused.iter().flatten() {
            if let Action::Insert { id, .. } = action {
                self.refused.insert(*id);
            }
        }
        for state in [self.current.after(whole), self.current.after(outcomes)] {
            if !self.possible.contains(&state) {
                self.possible.push(state);
            }
        }
    }

    /// Content that was stored can be read while the spool is open.
    fn read(&mut self, life: &Life) -> Result<(), String> {
        let number = self.dice.index(self.current.messages.len());
        let Some((&id, kept)) = self.current.messages.iter().nth(number) else { return Ok(()) };
        match life.spool.content(id) {
            Ok(content) if content == kept.content => Ok(()),
            Ok(_) => Err(format!("the content of {id} is another")),
            Err(error) if self.healthy => Err(format!("{id} cannot be read: {error}")),
            Err(_) => Ok(()),
        }
    }

    /// An orderly end. What is owed is stored by it, if the disk allows.
    fn finish(&mut self, mut life: Life) -> Result<(), String> {
        self.round(&mut life, Driver::step)?;
        trace!(self, "ends in good order");
        life.driver.finish();
        let tried: Vec<Action> = std::mem::take(&mut self.owed).into_iter().flatten().collect();
        if self.healthy && !tried.is_empty() {
            return Err("something is owed on a good disk".to_owned());
        }
        self.tried(&tried, &[]);
        Ok(())
    }

    /// SQLite finds the file sound.
    fn check_file(&mut self) -> Result<(), String> {
        let check = || {
            let connection = rusqlite::Connection::open(self.directory.join("spool.db"))?;
            connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
        };
        match check() {
            Ok(verdict) if verdict == "ok" => Ok(()),
            other => Err(format!("integrity: {other:?}")),
        }
    }
}

fn poll(answer: &mut Answer) -> Option<Result<(), SpoolError>> {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}
