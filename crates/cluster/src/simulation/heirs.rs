//! Two servers that reach for what a third one has left: each keeps what the engine gave it.

use std::sync::Mutex;

use model::MessageId;
use spool::SpoolError;

use super::{
    engine::{Engine, Way},
    server::copy,
};
use crate::{
    GRACE, LEASE,
    inheritance::{Heir, Inherited, inherit_page},
    ledger::{Beat, Claim, Estate, Group, Ledger, Seat},
};

fn way(engine: &Engine) -> Way {
    Way { engine: engine.clone(), cut: false, lose_answer: false }
}

fn sit(ledger: &mut Way, name: &str) -> Seat {
    let claim = Claim { name: name.to_owned(), incarnation: None, version: String::new() };
    ledger.sit(&claim).unwrap().seat
}

/// Takes messages in, and notes their numbers.
struct Keeper<'a> {
    next: Mutex<u64>,
    kept: Mutex<Vec<u64>>,
    /// Done before its first number is asked for.
    meanwhile: Mutex<Option<&'a (dyn Fn() + Sync)>>,
}

impl<'a> Keeper<'a> {
    fn new(next: u64, meanwhile: Option<&'a (dyn Fn() + Sync)>) -> Self {
        Self { next: Mutex::new(next), kept: Mutex::default(), meanwhile: Mutex::new(meanwhile) }
    }
}

impl Heir for Keeper<'_> {
    fn next_id(&self) -> MessageId {
        if let Some(meanwhile) = self.meanwhile.lock().unwrap().take() {
            meanwhile();
        }
        let mut next = self.next.lock().unwrap();
        *next += 1;
        MessageId::new(*next).unwrap()
    }

    fn take_in(&self, messages: Vec<Inherited>) -> Result<(), SpoolError> {
        self.kept.lock().unwrap().extend(messages.iter().map(|m| m.record.id.as_u64()));
        Ok(())
    }
}

#[test]
fn of_what_several_heirs_reach_for_each_keeps_what_it_got() {
    let engine = Engine::default();
    let (mut first, mut second, mut gone) = (way(&engine), way(&engine), way(&engine));
    let (one, two, lost) =
        (sit(&mut first, "ONE"), sit(&mut second, "TWO"), sit(&mut gone, "GONE"));
    gone.write(&lost, &Group::of((1..=5).map(|number| copy(number, number)))).unwrap();
    // It beats no more, and the others do without a break.
    let beat = Beat { mark: 0, endpoints: String::new(), figures: String::new() };
    let mut passed = std::time::Duration::ZERO;
    while passed <= (LEASE + GRACE) * 2 {
        engine.pass(GRACE / 2);
        passed += GRACE / 2;
        first.beat(&one, &beat).unwrap();
        second.beat(&two, &beat).unwrap();
    }
    assert_eq!(first.fence(&one).unwrap(), ["GONE"]);
    let estate: Estate = first.estates().unwrap().remove(0);
    // Between the first one's look and its word the second takes all of it but two.
    let faster = Keeper::new(200, None);
    let reach = || {
        let mut second = way(&engine);
        let moved = second.inventory(&estate, 3).unwrap();
        let moves: Vec<_> = moved
            .into_iter()
            .map(|row| crate::ledger::Move {
                old: row.id,
                new: faster.next_id().as_u64(),
                record: row.record.to_vec(),
            })
            .collect();
        assert_eq!(second.inherit(&two, &estate, &moves).unwrap(), [1, 2, 3]);
    };
    let slower = Keeper::new(100, Some(&reach));
    assert_eq!(inherit_page(&mut first, &one, &estate, &slower).unwrap(), 2);
    // Messages 4 and 5, by the numbers it had for the fourth and the fifth.
    assert_eq!(*slower.kept.lock().unwrap(), [104, 105]);
    let held = first.held(&one, 0, 10).unwrap();
    assert_eq!(held.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [104, 105]);
}
