//! The state machine of one resource: its level, and what that asks for.
//!
//! Three ways to react, as documented. Disks and the memory of this process refuse new mail at
//! Medium. What waits to be committed or categorized is first made to grow slower, by answering
//! later (tarpit), and refused when it has not been Normal for the whole history depth. Memory of
//! all processes refuses nothing: what can be read again is released.
//!
//! Memory comes and goes quickly, so its level falls only after it has been lower for the whole
//! history depth.

use model::{NewMail, PressureLevel, Resource, TimeSpan, Timestamp};

use crate::{
    demand::Demand,
    reading::{Reading, Unit},
    settings::{Settings, Tarpit},
    thresholds::{Rule, Thresholds},
};

/// When a resource makes new mail refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Never,
    AtOnce,
    AfterHistory,
}

/// What the levels of a resource ask for.
#[derive(Debug, Clone, Copy)]
struct Reaction {
    refusal: Refusal,
    /// From which level on content that can be read again is released.
    release: Option<PressureLevel>,
    /// From which level on what the DNS said is forgotten.
    flush: Option<PressureLevel>,
}

impl Reaction {
    fn of(resource: Resource) -> Self {
        let simple = |refusal| Self { refusal, release: None, flush: None };
        match resource {
            Resource::DatabaseDisk | Resource::LogDisk => simple(Refusal::AtOnce),
            Resource::ProcessMemory => Self {
                refusal: Refusal::AtOnce,
                release: Some(PressureLevel::Medium),
                flush: Some(PressureLevel::High),
            },
            Resource::AllMemory => {
                Self { release: Some(PressureLevel::High), ..simple(Refusal::Never) }
            }
            Resource::VersionBuckets | Resource::BatchPoints => simple(Refusal::AfterHistory),
            Resource::SubmissionQueue => Self {
                refusal: Refusal::AfterHistory,
                release: Some(PressureLevel::High),
                flush: Some(PressureLevel::High),
            },
        }
    }
}

/// A level has changed, or what it asks for has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which resource.
    pub resource: Resource,
    /// From which level.
    pub before: PressureLevel,
    /// To which; the same where it has been Medium for so long that new mail is refused.
    pub level: PressureLevel,
    /// The figures, for people.
    pub detail: String,
}

/// A resource as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Which.
    pub resource: Resource,
    /// Where, for a disk.
    pub place: Option<String>,
    /// What it is counted in.
    pub unit: Unit,
    /// The last reading; none where the system does not say, or there is nothing to watch.
    pub reading: Option<Reading>,
    /// Where the levels begin now.
    pub thresholds: Option<Thresholds>,
    /// Its level.
    pub level: PressureLevel,
    /// The level before.
    pub before: PressureLevel,
    /// Since when it has its level; the start of the server when that has never changed.
    pub since: Timestamp,
    /// History depth in looks.
    pub history: u32,
    /// What becomes of new mail because of this resource.
    pub new_mail: NewMail,
    /// How long MAIL is delayed because of it.
    pub delay: TimeSpan,
}

/// Watches one resource.
#[derive(Debug, Clone)]
pub struct Watch {
    resource: Resource,
    rule: Rule,
    history: u32,
    tarpit: Tarpit,
    place: Option<String>,
    reading: Option<Reading>,
    level: PressureLevel,
    before: PressureLevel,
    since: Timestamp,
    /// Looks in a row at which it was not Normal.
    troubled: u32,
    /// Looks in a row at which its value was of a lower level.
    lower: u32,
    delay: TimeSpan,
}

impl Watch {
    /// A watch that begins at Normal.
    pub fn new(resource: Resource, settings: &Settings, now: Timestamp) -> Self {
        Self {
            resource,
            rule: settings.rule(resource),
            history: settings.history(resource),
            tarpit: settings.tarpit,
            place: None,
            reading: None,
            level: PressureLevel::Normal,
            before: PressureLevel::Normal,
            since: now,
            troubled: 0,
            lower: 0,
            delay: TimeSpan::seconds(0),
        }
    }

    /// The resource.
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// Says where it is.
    pub fn set_place(&mut self, place: Option<String>) {
        self.place = place;
    }

    /// Looks once. What has changed, if anything.
    pub fn look(&mut self, reading: Reading, now: Timestamp) -> Option<Change> {
        self.reading = Some(reading);
        let thresholds = self.rule.thresholds(reading.capacity);
        let (before, refused) = (self.level, self.new_mail());
        self.level = self.held(thresholds.level(reading.value, before));
        if self.level == PressureLevel::Normal {
            (self.troubled, self.delay) = (0, TimeSpan::seconds(0));
        } else {
            self.troubled = self.troubled.saturating_add(1);
            self.grow(reading.value >= thresholds.medium);
        }
        if self.level != before {
            (self.before, self.since) = (before, now);
        } else if self.new_mail() <= refused || refused == NewMail::Accepted {
            return None;
        }
        Some(Change {
            resource: self.resource,
            before,
            level: self.level,
            detail: self.detail(reading, thresholds),
        })
    }

    /// There is nothing to watch any more. What has changed by that, if anything.
    pub fn forget(&mut self, now: Timestamp) -> Option<Change> {
        let before = self.level;
        self.reading = None;
        (self.troubled, self.lower, self.delay) = (0, 0, TimeSpan::seconds(0));
        if before == PressureLevel::Normal {
            return None;
        }
        (self.level, self.before, self.since) = (PressureLevel::Normal, before, now);
        let detail = "it is no longer watched".to_owned();
        Some(Change { resource: self.resource, before, level: self.level, detail })
    }

    /// The level that counts where the value is of the level `found`.
    fn held(&mut self, found: PressureLevel) -> PressureLevel {
        if found >= self.level {
            self.lower = 0;
            return found;
        }
        self.lower = self.lower.saturating_add(1);
        let needed = if self.resource == Resource::ProcessMemory { self.history } else { 0 };
        if self.lower > needed {
            self.lower = 0;
            return found;
        }
        self.level
    }

    /// Makes the delay longer while the trouble lasts.
    fn grow(&mut self, lasts: bool) {
        if Reaction::of(self.resource).refusal != Refusal::AfterHistory {
            return;
        }
        let zero = TimeSpan::seconds(0);
        if self.delay == zero {
            self.delay = self.tarpit.start.min(self.tarpit.most);
        } else if lasts {
            let longer = self.delay.as_millis().saturating_add(self.tarpit.step.as_millis());
            self.delay = TimeSpan::millis(longer).min(self.tarpit.most);
        }
    }

    fn new_mail(&self) -> NewMail {
        match (Reaction::of(self.resource).refusal, self.level) {
            (Refusal::Never, _) | (_, PressureLevel::Normal) => NewMail::Accepted,
            (_, PressureLevel::High) => NewMail::Refused,
            (Refusal::AtOnce, PressureLevel::Medium) => NewMail::RefusedFromOthers,
            (Refusal::AfterHistory, PressureLevel::Medium) if self.troubled > self.history => {
                NewMail::RefusedFromOthers
            }
            (Refusal::AfterHistory, PressureLevel::Medium) => NewMail::Delayed,
        }
    }

    /// What its level asks for.
    pub fn demand(&self) -> Demand {
        let reaction = Reaction::of(self.resource);
        let asks = |from: Option<PressureLevel>| from.is_some_and(|from| self.level >= from);
        let new_mail = self.new_mail();
        Demand {
            level: self.level,
            new_mail,
            // Who is refused need not wait for it.
            delay: if new_mail == NewMail::Delayed { self.delay } else { TimeSpan::seconds(0) },
            release: asks(reaction.release),
            flush: asks(reaction.flush),
        }
    }

    /// The resource as an administrator sees it.
    pub fn status(&self) -> Status {
        let demand = self.demand();
        Status {
            resource: self.resource,
            place: self.place.clone(),
            unit: Unit::of(self.resource),
            reading: self.reading,
            thresholds: self.reading.map(|reading| self.rule.thresholds(reading.capacity)),
            level: self.level,
            before: self.before,
            since: self.since,
            history: self.history,
            new_mail: demand.new_mail,
            delay: demand.delay,
        }
    }

    fn detail(&self, reading: Reading, thresholds: Thresholds) -> String {
        let unit = Unit::of(self.resource);
        let place = self.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
        let capacity = reading.capacity.map_or_else(String::new, |capacity| {
            let per_mille = reading.per_mille();
            format!(" of {} ({}.{} %)", unit.show(capacity), per_mille / 10, per_mille % 10)
        });
        format!(
            "{place}{}{capacity} used; High from {}, Medium from {}, Normal to {}",
            unit.show(reading.value),
            unit.show(thresholds.high),
            unit.show(thresholds.medium),
            unit.show(thresholds.normal),
        )
    }
}

#[cfg(test)]
mod tests;
