use std::sync::{Arc, Mutex};

use model::MessageId;

use super::*;
use crate::{
    durability::Judging,
    testing::{Place, content, record},
};

/// A second place that says what it is told to, and keeps what it hears.
struct Elsewhere {
    verdict: Verdict,
    refuses: bool,
    heard: Mutex<Vec<Copied>>,
}

impl Elsewhere {
    fn saying(verdict: Verdict) -> Arc<Self> {
        Arc::new(Self { verdict, refuses: false, heard: Mutex::default() })
    }

    fn heard(&self, wanted: impl Fn(&Copied) -> bool) -> usize {
        self.heard.lock().unwrap().iter().filter(|change| wanted(change)).count()
    }
}

impl Durability for Elsewhere {
    fn refuses(&self) -> bool {
        self.refuses
    }

    fn accept(&self, mail: Vec<Copied>) -> Judging {
        self.heard.lock().unwrap().extend(mail);
        Box::pin(std::future::ready(self.verdict))
    }

    fn learn(&self, changes: Vec<Copied>) {
        self.heard.lock().unwrap().extend(changes);
    }
}

fn place_beside(elsewhere: &Arc<Elsewhere>) -> Place {
    let place = Place::new();
    place.spool.attach(Arc::clone(elsewhere) as Arc<dyn Durability>);
    place
}

/// Hands in one new message.
fn hand_in(place: &Place, id: MessageId) -> Result<(), SpoolError> {
    let mut batch = Batch::new();
    batch.insert(record(id, 1), content(id));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(place.spool.commit(batch))
}

#[test]
fn what_was_accepted_alone_is_written_down() {
    let mut place = place_beside(&Elsewhere::saying(Verdict::Alone));
    let (first, second) = (place.spool.next_id(), place.spool.next_id());
    hand_in(&place, first).unwrap();
    hand_in(&place, second).unwrap();
    assert_eq!(place.spool.alone().unwrap(), 2);
    place.reopen();
    assert_eq!(place.spool.alone().unwrap(), 2);
    place.commit(|batch| {
        batch.copied_below(second);
    });
    assert_eq!(place.spool.alone().unwrap(), 1);
}

#[test]
fn what_has_a_copy_is_not_alone() {
    let elsewhere = Elsewhere::saying(Verdict::Durable);
    let place = place_beside(&elsewhere);
    let id = place.spool.next_id();
    hand_in(&place, id).unwrap();
    assert_eq!(place.spool.alone().unwrap(), 0);
    assert_eq!(place.spool.ids(0, 10).unwrap(), [id]);
    assert_eq!(
        elsewhere.heard(|change| matches!(change, Copied::Insert(copy) if copy.id == id)),
        1
    );
}

#[test]
fn what_was_refused_is_taken_back() {
    let elsewhere = Elsewhere::saying(Verdict::Refused);
    let place = place_beside(&elsewhere);
    let id = place.spool.next_id();
    assert!(matches!(hand_in(&place, id), Err(SpoolError::NotRedundant)));
    assert_eq!(place.spool.ids(0, 10).unwrap(), []);
    assert_eq!(elsewhere.heard(|change| *change == Copied::Remove(id)), 1);
}

#[test]
fn what_is_refused_anyway_is_not_stored() {
    let elsewhere =
        Arc::new(Elsewhere { verdict: Verdict::Durable, refuses: true, heard: Mutex::default() });
    let place = place_beside(&elsewhere);
    let id = place.spool.next_id();
    assert!(matches!(hand_in(&place, id), Err(SpoolError::NotRedundant)));
    assert_eq!(place.spool.ids(0, 10).unwrap(), []);
    assert_eq!(elsewhere.heard(|_| true), 0);
}

#[test]
fn what_could_not_be_stored_is_not_sent_from_elsewhere() {
    let elsewhere = Elsewhere::saying(Verdict::Durable);
    let place = place_beside(&elsewhere);
    let id = place.spool.next_id();
    hand_in(&place, id).unwrap();
    // The same number again: nothing of it can be stored.
    hand_in(&place, id).unwrap_err();
    assert_eq!(elsewhere.heard(|change| *change == Copied::Remove(id)), 1);
}
