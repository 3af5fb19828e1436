//! The state machine, look by look, on a clock that is only told.

use model::{Clock, ManualClock};
use proptest::prelude::*;

use super::*;
use NewMail::{Accepted, Delayed, Refused, RefusedFromOthers};
use PressureLevel::{High, Medium, Normal};

/// A watch and the clock it is looked at by.
struct Trial {
    watch: Watch,
    clock: ManualClock,
}

impl Trial {
    fn of(resource: Resource, settings: &Settings) -> Self {
        let clock = ManualClock::new(Timestamp::from_millis(0));
        Self { watch: Watch::new(resource, settings, clock.now()), clock }
    }

    fn look(&mut self, reading: Reading) -> Option<Change> {
        self.clock.advance(crate::DEFAULT_INTERVAL);
        self.watch.look(reading, self.clock.now())
    }

    fn count(&mut self, value: u64) -> (PressureLevel, NewMail, u64) {
        self.look(Reading::count(value));
        let demand = self.watch.demand();
        (demand.level, demand.new_mail, demand.delay.as_millis() / 1000)
    }
}

#[test]
fn a_long_submission_queue_is_slowed_down_then_refused() {
    let mut trial = Trial::of(Resource::SubmissionQueue, &Settings::default());
    assert_eq!(trial.count(3999), (Normal, Accepted, 0));
    // 10 s, then 5 s more with each look, at most 55 s.
    let delays: Vec<u64> = (0..12).map(|_| trial.count(4000).2).collect();
    assert_eq!(delays, [10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 55, 55]);
    // Between Normal and Medium it is still Medium; the delay no longer grows.
    assert_eq!(trial.count(2001), (Medium, Delayed, 55));
    // 13 looks so far; it is refused after 300 at which it was not Normal.
    for look in 14..=300 {
        assert_eq!(trial.count(4000), (Medium, Delayed, 55), "look {look}");
    }
    let change = trial.look(Reading::count(4000)).expect("that is told");
    assert_eq!((change.before, change.level), (Medium, Medium));
    assert_eq!(trial.watch.demand().new_mail, RefusedFromOthers);
    assert!(trial.look(Reading::count(4000)).is_none(), "once");
    assert_eq!(trial.count(2000), (Normal, Accepted, 0));
    // Everything begins anew.
    assert_eq!(trial.count(4000), (Medium, Delayed, 10));
}

#[test]
fn high_refuses_everybody_at_once_and_eases() {
    let mut trial = Trial::of(Resource::BatchPoints, &Settings::default());
    assert_eq!(trial.count(4000), (High, Refused, 0));
    assert_eq!(trial.count(2000), (High, Refused, 0), "until it is below Medium");
    assert_eq!(trial.count(1999).0, Medium);
    assert_eq!(trial.watch.demand().new_mail, Delayed);
    assert_eq!(trial.count(1000), (Normal, Accepted, 0));
}

#[test]
fn every_count_has_its_documented_levels_and_depth() {
    let table = [
        (Resource::VersionBuckets, 2500, 2000, 1750, 10),
        (Resource::BatchPoints, 4000, 2000, 1000, 300),
        (Resource::SubmissionQueue, 10_000, 4000, 2000, 300),
    ];
    for (resource, high, medium, normal, depth) in table {
        let mut trial = Trial::of(resource, &Settings::default());
        assert_eq!(trial.count(medium - 1).0, Normal, "{resource}");
        for _ in 0..depth {
            assert_eq!(trial.count(medium).1, Delayed, "{resource}");
        }
        assert_eq!(trial.count(medium).1, RefusedFromOthers, "{resource}");
        assert_eq!(trial.count(high).1, Refused, "{resource}");
        assert_eq!(trial.count(normal + 1).0, Medium, "{resource}");
        assert_eq!(trial.count(normal).0, Normal, "{resource}");
        assert_eq!(trial.watch.status().history, depth);
    }
}

#[test]
fn disks_refuse_from_medium_on_and_ask_nobody_to_wait() {
    for resource in [Resource::DatabaseDisk, Resource::LogDisk] {
        let mut trial = Trial::of(resource, &Settings::default());
        // Of a disk of 1000 a tenth is kept.
        let mut level = |used| {
            trial.look(Reading::of(used, 1000));
            let demand = trial.watch.demand();
            assert_eq!(demand.delay, TimeSpan::seconds(0));
            (demand.level, demand.new_mail)
        };
        assert_eq!(level(879), (Normal, Accepted));
        assert_eq!(level(880), (Medium, RefusedFromOthers));
        assert_eq!(level(900), (High, Refused));
        assert_eq!(level(880), (High, Refused));
        assert_eq!(level(861), (Medium, RefusedFromOthers));
        assert_eq!(level(860), (Normal, Accepted));
    }
}

#[test]
fn memory_rises_at_once_and_falls_when_it_has_been_lower_for_a_minute() {
    let mut trial = Trial::of(Resource::ProcessMemory, &Settings::default());
    assert!(trial.look(Reading::of(72, 100)).is_none());
    let change = trial.look(Reading::of(73, 100)).unwrap();
    assert_eq!((change.before, change.level), (Normal, Medium));
    let demand = trial.watch.demand();
    assert!(demand.release && !demand.flush);
    assert_eq!(demand.new_mail, RefusedFromOthers);
    trial.look(Reading::of(75, 100)).unwrap();
    assert!(trial.watch.demand().flush);
    for _ in 0..30 {
        assert!(trial.look(Reading::of(50, 100)).is_none());
        assert_eq!(trial.watch.status().level, High);
    }
    // Once more before it was low for long enough: the count begins anew.
    assert!(trial.look(Reading::of(75, 100)).is_none());
    for _ in 0..30 {
        assert!(trial.look(Reading::of(50, 100)).is_none());
    }
    let change = trial.look(Reading::of(50, 100)).unwrap();
    assert_eq!((change.before, change.level), (High, Normal));
    let status = trial.watch.status();
    assert_eq!((status.level, status.before, status.since), (Normal, High, trial.clock.now()));
}

#[test]
fn memory_of_others_releases_and_refuses_nothing() {
    let mut trial = Trial::of(Resource::AllMemory, &Settings::default());
    for (used, level, release) in
        [(93, Normal, false), (94, High, true), (93, High, true), (92, Normal, false)]
    {
        trial.look(Reading::of(used, 100));
        let demand = trial.watch.demand();
        assert_eq!((demand.level, demand.release, demand.new_mail), (level, release, Accepted));
    }
}

#[test]
fn a_change_tells_the_figures() {
    let mut trial = Trial::of(Resource::DatabaseDisk, &Settings::default());
    trial.watch.set_place(Some("/var/lib/relais/spool".to_owned()));
    let change = trial.look(Reading::of(95 << 20, 100 << 20)).unwrap();
    assert_eq!(
        change.detail,
        "/var/lib/relais/spool: 95 MB of 100 MB (95.0 %) used; High from 90 MB, Medium from 88 MB, Normal to 86 MB"
    );
}

fn readings() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0u64..12_000, 1..200)
}

proptest! {
    /// Whatever is read, a value that stays at or under Normal brings every level down within the
    /// history depth, and the delay never exceeds its limit.
    #[test]
    fn it_recovers_by_itself(values in readings(), which in 0usize..Resource::ALL.len()) {
        let settings = Settings::default();
        let resource = Resource::ALL[which];
        let mut trial = Trial::of(resource, &settings);
        let reading = |value| Reading { value, capacity: Some(12_000) };
        for value in values {
            let before = trial.watch.status().level;
            let change = trial.look(reading(value));
            let status = trial.watch.status();
            prop_assert!(status.delay <= settings.tarpit.most);
            prop_assert!(change.is_some() || status.level == before);
        }
        for _ in 0..=settings.history(resource) {
            trial.look(reading(0));
        }
        prop_assert_eq!(trial.watch.demand(), Demand::default());
    }
}
