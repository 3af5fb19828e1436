//! All resources of a server together: what they demand, and how each of them stands.

use model::{Resource, Timestamp};
use parking_lot::{Mutex, RwLock};

use crate::{
    demand::Demand,
    reading::Reading,
    settings::Settings,
    watch::{Change, Status, Watch},
};

/// All resources of a server.
#[derive(Debug)]
pub struct Board {
    settings: Settings,
    watches: Mutex<Vec<Watch>>,
    /// Read at every MAIL.
    demand: RwLock<Demand>,
}

impl Board {
    /// Every resource at Normal.
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        let watches = Resource::ALL.map(|resource| Watch::new(resource, &settings, now));
        Self { settings, watches: Mutex::new(watches.into()), demand: RwLock::default() }
    }

    /// What was set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Looks at one resource. The demand counts from then on.
    pub fn look(&self, resource: Resource, reading: Reading, now: Timestamp) -> Option<Change> {
        self.change(resource, |watch| watch.look(reading, now))
    }

    /// There is nothing to watch of this resource any more.
    pub fn forget(&self, resource: Resource, now: Timestamp) -> Option<Change> {
        self.change(resource, |watch| watch.forget(now))
    }

    fn change(
        &self,
        resource: Resource,
        change: impl FnOnce(&mut Watch) -> Option<Change>,
    ) -> Option<Change> {
        let mut watches = self.watches.lock();
        let watch = watches.iter_mut().find(|watch| watch.resource() == resource)?;
        let change = change(watch);
        let mut demand = watches.iter().map(Watch::demand).fold(Demand::default(), Demand::and);
        demand.release &= self.settings.dehydrate;
        *self.demand.write() = demand;
        change
    }

    /// Says where a disk is.
    pub fn set_place(&self, resource: Resource, place: Option<String>) {
        let mut watches = self.watches.lock();
        if let Some(watch) = watches.iter_mut().find(|watch| watch.resource() == resource) {
            watch.set_place(place);
        }
    }

    /// What is asked for now.
    pub fn demand(&self) -> Demand {
        *self.demand.read()
    }

    /// How each resource stands.
    pub fn statuses(&self) -> Vec<Status> {
        self.watches.lock().iter().map(Watch::status).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::{NewMail, PressureLevel};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_worst_of_all_counts() {
        let board = Board::new(Settings::default(), at(0));
        assert_eq!(board.demand(), Demand::default());
        board.look(Resource::SubmissionQueue, Reading::count(4000), at(2)).unwrap();
        assert_eq!(board.demand().new_mail, NewMail::Delayed);
        assert_eq!(board.demand().delay(), Duration::from_secs(10));
        board.look(Resource::AllMemory, Reading::of(95, 100), at(2)).unwrap();
        let demand = board.demand();
        assert_eq!((demand.level, demand.new_mail), (PressureLevel::High, NewMail::Delayed));
        assert!(demand.release && !demand.flush);
        board.look(Resource::ProcessMemory, Reading::of(74, 100), at(2)).unwrap();
        assert!(board.demand().refuses_clients());
        assert_eq!(board.demand().delay(), Duration::ZERO, "who is refused does not wait");
        board.look(Resource::SubmissionQueue, Reading::count(0), at(4)).unwrap();
        let levels: Vec<_> = board.statuses().iter().map(|s| (s.resource, s.level)).collect();
        assert!(levels.contains(&(Resource::SubmissionQueue, PressureLevel::Normal)));
        assert!(levels.contains(&(Resource::ProcessMemory, PressureLevel::Medium)));
        assert_eq!(levels.len(), Resource::ALL.len());
    }

    #[test]
    fn what_is_no_longer_watched_asks_for_nothing() {
        let board = Board::new(Settings::default(), at(0));
        board.look(Resource::LogDisk, Reading::of(99, 100), at(2)).unwrap();
        assert!(board.demand().refuses_clients());
        let change = board.forget(Resource::LogDisk, at(4)).unwrap();
        assert_eq!((change.before, change.level), (PressureLevel::High, PressureLevel::Normal));
        assert_eq!(board.demand(), Demand::default());
        assert!(board.forget(Resource::LogDisk, at(6)).is_none());
    }

    #[test]
    fn content_stays_where_it_is_to_stay() {
        let settings = Settings { dehydrate: false, ..Settings::default() };
        let board = Board::new(settings, at(0));
        board.look(Resource::AllMemory, Reading::of(99, 100), at(2)).unwrap();
        assert!(!board.demand().release);
    }
}
