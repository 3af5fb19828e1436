//! A server of the simulation: a spool that survives crashes, what it has in memory, and the real rules of leases,
//! take-over and comparison. What is left out is what needs no rule: queues, SMTP, threads.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use model::{Envelope, Guid, MessageId, ReversePath, Timestamp};
use spool::{Copied, MessageCopy, MessageRecord, Origin, SpoolError};

use super::engine::{Engine, Way};
use crate::{
    EngineError,
    inheritance::{Heir, InheritError, Inherited, inherit_page},
    lease::{Lease, Policy, SIGN},
    ledger::{Beat, Claim, Group, Ledger, Seat},
    reconcile::{Age, Findings, Occasion, Shelf, reconcile},
};

/// A message of the simulation is its content: a number that follows it.
pub(super) type Key = u64;

/// What survives a crash.
#[derive(Clone, Default)]
pub(super) struct Disk {
    messages: BTreeMap<u64, Key>,
    /// Handed in, and not written yet.
    late: BTreeMap<u64, Key>,
    next: u64,
    incarnation: Option<u64>,
    mark: u64,
    alone: BTreeSet<u64>,
    untold: BTreeMap<u64, Key>,
}

/// The spool of one server.
#[derive(Clone, Default)]
struct Spool(Arc<Mutex<Disk>>);

impl Spool {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }
}

fn id(number: u64) -> MessageId {
    MessageId::new(number).unwrap()
}

fn record(number: u64, key: Key) -> MessageRecord {
    let to = vec!["someone@example.net".parse().unwrap()];
    MessageRecord {
        id: id(number),
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(1),
        band: 1,
        stranger: false,
        tls_not_required: false,
        size: key.to_be_bytes().len() as u64,
        eight_bit: false,
        origin: Origin::Dsn { about: id(number) },
        subject: None,
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(ReversePath::Null, to)),
    }
}

pub(super) fn copy(number: u64, key: Key) -> Copied {
    Copied::Insert(MessageCopy {
        id: id(number),
        record: record(number, key).to_stored().unwrap().into(),
        content: Bytes::copy_from_slice(&key.to_be_bytes()),
    })
}

fn key_of(content: &[u8]) -> Key {
    Key::from_be_bytes(content.try_into().unwrap())
}

impl Shelf for Spool {
    fn ids(&self, after: u64, limit: usize) -> Result<Vec<MessageId>, SpoolError> {
        let disk = self.disk();
        Ok(disk.messages.range(after + 1..).take(limit).map(|(number, _)| id(*number)).collect())
    }

    fn copies(&self) -> bool {
        true
    }

    fn flush(&self) {
        let mut disk = self.disk();
        let mut late = std::mem::take(&mut disk.late);
        disk.messages.append(&mut late);
    }

    fn copy_of(&self, of: MessageId) -> Result<Option<Vec<Copied>>, SpoolError> {
        let number = of.as_u64();
        Ok(self.disk().messages.get(&number).map(|key| vec![copy(number, *key)]))
    }

    fn untold(&self, ids: &[u64]) -> Result<Vec<u64>, SpoolError> {
        let disk = self.disk();
        Ok(ids.iter().copied().filter(|number| disk.untold.contains_key(number)).collect())
    }

    fn forget(&self, ids: &[MessageId]) -> Result<(), SpoolError> {
        self.disk().messages.retain(|number, _| !ids.contains(&id(*number)));
        Ok(())
    }

    fn told(&self, ids: &[u64]) -> Result<(), SpoolError> {
        self.disk().untold.retain(|number, _| !ids.contains(number));
        Ok(())
    }

    fn compared_below(&self, below: MessageId, occasion: Occasion) -> Result<(), SpoolError> {
        let mut disk = self.disk();
        disk.alone.retain(|number| *number >= below.as_u64());
        if matches!(occasion, Occasion::Start(_)) {
            disk.untold.retain(|number, _| *number >= below.as_u64());
        }
        Ok(())
    }
}

impl Heir for Spool {
    fn next_id(&self) -> MessageId {
        let mut disk = self.disk();
        disk.next += 1;
        id(disk.next)
    }

    fn take_in(&self, messages: Vec<Inherited>) -> Result<(), SpoolError> {
        let mut disk = self.disk();
        for message in messages {
            disk.messages.insert(message.record.id.as_u64(), key_of(&message.content));
        }
        Ok(())
    }
}

/// What a server did with a message that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    Acknowledged,
    Refused,
}

/// One that is alive.
struct Life {
    seat: Option<Seat>,
    lease: Lease,
    engine: Option<String>,
    /// The last mark that the engine has heard of.
    heard: Option<u64>,
    /// The engine may lack something.
    behind: bool,
    /// Durable here, not told yet.
    owed: Vec<Copied>,
    /// Under way: number and key.
    under_way: BTreeMap<u64, Key>,
    /// It lost its seat, or began without the engine.
    begins_again: bool,
}

impl Life {
    /// A message is over: durable here at once, and owed to the engine.
    fn finish(&mut self, spool: &Spool, number: u64) {
        let mut disk = spool.disk();
        if let Some(key) = disk.messages.remove(&number) {
            disk.untold.insert(number, key);
        }
        self.owed.push(Copied::Remove(id(number)));
    }
}

pub(super) struct Server {
    pub(super) name: String,
    spool: Spool,
    pub(super) way: Way,
    pub(super) policy: Policy,
    life: Option<Life>,
    backup: Option<Disk>,
}

impl Server {
    pub(super) fn new(name: &str, engine: &Engine, policy: Policy) -> Self {
        let way = Way { engine: engine.clone(), cut: false, lose_answer: false };
        let spool = Spool::default();
        Self { name: name.to_owned(), spool, way, policy, life: None, backup: None }
    }

    pub(super) fn lives(&self) -> bool {
        self.life.is_some()
    }

    /// Numbers of what is in its spool.
    pub(super) fn holds(&self) -> Vec<Key> {
        self.spool.disk().messages.values().copied().collect()
    }

    /// What is in its spool and nowhere else, as it knows.
    pub(super) fn alone(&self) -> Vec<Key> {
        let disk = self.spool.disk();
        disk.alone.iter().filter_map(|number| disk.messages.get(number).copied()).collect()
    }

    /// Starts: a seat, a comparison, then mail.
    pub(super) fn start(&mut self, now: Duration) {
        // No number that an older state of the disk gave out is given out again.
        let floor = u64::try_from(now.as_millis()).unwrap() << 8;
        let next = self.spool.disk().next.max(floor);
        self.spool.disk().next = next;
        let mut life = Life {
            seat: None,
            lease: Lease::new(),
            engine: None,
            heard: None,
            behind: true,
            owed: Vec::new(),
            under_way: BTreeMap::new(),
            begins_again: false,
        };
        match self.begin() {
            Ok(seat) => (life.seat, life.behind) = (Some(seat), false),
            Err(_) => {
                life.lease.missed(now, now);
                life.begins_again = true;
            }
        }
        self.life = Some(life);
        self.beat(now);
    }

    fn begin(&mut self) -> Result<Seat, InheritError> {
        let (incarnation, mark) = {
            let disk = self.spool.disk();
            (disk.incarnation, disk.mark)
        };
        let claim = Claim { name: self.name.clone(), incarnation, ..Claim::default() };
        let seated = self.way.sit(&claim)?;
        let seat = seated.seat;
        self.spool.disk().incarnation = Some(seat.incarnation);
        let age = Age::of(mark, seated.mark);
        let below = id(self.spool.disk().next + 1);
        let when = (Occasion::Start(age), below);
        reconcile(&mut self.way, &seat, (&self.spool, &self.spool), when, &|| {})?;
        Ok(seat)
    }

    /// Everything in memory is gone.
    pub(super) fn crash(&mut self) {
        self.life = None;
    }

    /// Its disk is gone too.
    pub(super) fn lose_disk(&mut self) {
        *self.spool.disk() = Disk::default();
    }

    pub(super) fn back_up(&mut self) {
        let disk = self.spool.disk().clone();
        self.backup = Some(disk);
    }

    /// Its disk is that of the backup again; whether there is one.
    pub(super) fn restore(&mut self) -> bool {
        let Some(backup) = self.backup.clone() else { return false };
        *self.spool.disk() = backup;
        true
    }

    /// Gives signs of life.
    pub(super) fn live(&mut self, from: Duration, to: Duration) {
        let Some(life) = &mut self.life else { return };
        let mut now = from;
        while now < to {
            life.lease.awake(now);
            now += SIGN;
        }
        life.lease.awake(to);
    }

    pub(super) fn beat(&mut self, now: Duration) {
        let Some(life) = &mut self.life else { return };
        let Some(seat) = &life.seat else {
            life.lease.missed(now, now);
            return;
        };
        let mark = self.spool.disk().mark;
        match self.way.beat(seat, &Beat { mark, ..Beat::default() }) {
            Ok(pulse) => {
                life.lease.renewed(now);
                life.heard = Some(mark);
                let other = life.engine.replace(pulse.engine.clone());
                life.behind |= other.is_some_and(|before| before != pulse.engine);
            }
            Err(EngineError::Fenced) => {
                life.lease.fenced();
                life.begins_again = true;
            }
            Err(_) => life.lease.missed(now, now),
        }
    }

    pub(super) fn raise_mark(&mut self) {
        let mut disk = self.spool.disk();
        if self.life.as_ref().is_some_and(|life| life.heard == Some(disk.mark)) {
            disk.mark += 1;
        }
    }

    /// Whether it has to begin again, and can.
    pub(super) fn begins_again(&mut self) -> bool {
        let reachable = self.way.cluster().is_ok();
        reachable && self.life.as_ref().is_some_and(|life| life.begins_again)
    }

    /// A client offers a message.
    pub(super) fn offer(&mut self, key: Key) -> Offered {
        let Some(life) = &mut self.life else { return Offered::Refused };
        if life.lease.is_fenced() {
            return Offered::Refused;
        }
        let number = self.spool.next_id().as_u64();
        self.spool.disk().messages.insert(number, key);
        let group = Group::of([copy(number, key)]);
        let written = match &life.seat {
            Some(seat) => self.way.write(seat, &group),
            None => Err(EngineError::Unreachable("no seat".to_owned())),
        };
        let may_be_alone = self.policy == Policy::Preferred;
        match written {
            Ok(()) => return Offered::Acknowledged,
            Err(EngineError::Fenced) => life.lease.fenced(),
            Err(_) if may_be_alone => {
                life.behind = true;
                self.spool.disk().alone.insert(number);
                return Offered::Acknowledged;
            }
            Err(_) => life.behind = true,
        }
        // Taken back here, and there as soon as it can be told.
        life.finish(&self.spool, number);
        Offered::Refused
    }

    /// Begins to send something; which.
    pub(super) fn begin_delivery(&mut self, now: Duration, pick: u64) -> Option<Key> {
        let life = self.life.as_mut()?;
        if !life.lease.may_deliver(now, self.policy) {
            return None;
        }
        let disk = self.spool.disk();
        let idle: Vec<(u64, Key)> = disk
            .messages
            .iter()
            .filter(|(number, _)| !life.under_way.contains_key(number))
            .map(|(number, key)| (*number, *key))
            .collect();
        let (number, key) = *idle.get(usize::try_from(pick).unwrap() % idle.len().max(1))?;
        life.under_way.insert(number, key);
        Some(key)
    }

    /// The other side has taken one that was under way. It is durable here at once, and owed to the engine.
    pub(super) fn end_delivery(&mut self) -> Option<Key> {
        let life = self.life.as_mut()?;
        let (number, key) = life.under_way.pop_first()?;
        life.finish(&self.spool, number);
        Some(key)
    }

    /// What is on its way, and what was sent without the engine's knowing: another server could send it once more.
    pub(super) fn in_doubt(&self) -> Vec<Key> {
        let under_way = self.life.iter().flat_map(|life| life.under_way.values().copied());
        under_way.chain(self.spool.disk().untold.values().copied()).collect()
    }

    /// Whether its messages are surely its own.
    pub(super) fn holds_its_lease(&self, now: Duration) -> bool {
        self.life.as_ref().is_some_and(|life| life.lease.lasts(now))
    }

    /// Tells the engine what it is owed.
    pub(super) fn tell(&mut self) {
        let Some(life) = &mut self.life else { return };
        let Some(seat) = &life.seat else { return };
        let owed = std::mem::take(&mut life.owed);
        let group = Group::of(owed);
        match self.way.write(seat, &group) {
            Ok(()) => {
                let mut disk = self.spool.disk();
                disk.untold.retain(|number, _| !group.removes.contains(number));
            }
            Err(EngineError::Fenced) => {
                life.lease.fenced();
                life.begins_again = true;
            }
            // Not kept: it is found by comparing.
            Err(_) => life.behind = true,
        }
    }

    /// Shuts out who is gone. Returns their names.
    pub(super) fn shut_out_others(&mut self, now: Duration) -> Vec<String> {
        let seat =
            self.life.as_ref().filter(|life| life.lease.lasts(now)).and_then(|l| l.seat.clone());
        seat.and_then(|seat| self.way.fence(&seat).ok()).unwrap_or_default()
    }

    /// Takes a page of what others left; compares where that is due.
    pub(super) fn look_after_others(&mut self, now: Duration) {
        let Some(life) = &mut self.life else { return };
        let Some(seat) = life.seat.clone() else { return };
        if !life.lease.lasts(now) {
            return;
        }
        if life.behind {
            life.behind = false;
            let below = id(self.spool.disk().next + 1);
            let when = (Occasion::Running, below);
            let both = (&self.spool as &dyn Shelf, &self.spool as &dyn Heir);
            let compared = reconcile(&mut self.way, &seat, both, when, &|| {});
            life.behind |= compared.is_err();
        }
        let Ok(estates) = self.way.estates() else { return };
        for estate in estates {
            if inherit_page(&mut self.way, &seat, &estate, &self.spool).is_err() {
                life.behind = true;
            }
        }
    }
}

#[test]
fn what_the_engine_has_sooner_than_the_spool_was_not_finished() {
    let mut way = Way { engine: Engine::default(), cut: false, lose_answer: false };
    let seat = way.sit(&Claim { name: "a".to_owned(), ..Claim::default() }).unwrap().seat;
    way.write(&seat, &Group::of([copy(7, 70)])).unwrap();
    let spool = Spool::default();
    spool.disk().late.insert(7, 70);
    let when = (Occasion::Running, id(8));
    let findings = reconcile(&mut way, &seat, (&spool, &spool), when, &|| {}).unwrap();
    assert_eq!(findings, Findings::default());
    assert_eq!(way.engine.messages(), 1);
}

#[test]
fn what_was_finished_does_not_come_back() {
    let mut way = Way { engine: Engine::default(), cut: false, lose_answer: false };
    let seat = way.sit(&Claim { name: "a".to_owned(), ..Claim::default() }).unwrap().seat;
    way.write(&seat, &Group { removes: vec![7], ..Group::default() }).unwrap();
    way.write(&seat, &Group::of([copy(7, 70)])).unwrap();
    assert_eq!(way.engine.messages(), 0);
}
