use model::TimeSpan;
use proptest::prelude::*;

use super::*;

const T0: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn consignment(id: u64, sender: u64) -> Consignment<()> {
    Consignment {
        id: MessageId::new(id).unwrap(),
        message: (),
        recipients: vec![0],
        sender,
        attempts: 0,
        not_before: None,
        last_error: None,
    }
}

fn queue() -> Queue<()> {
    Queue::new(QueueKey::mailboxes("MBX01"), T0)
}

#[test]
fn senders_take_turns_and_keep_their_own_order() {
    let mut queue = queue();
    for id in 1..=100 {
        queue.push(consignment(id, 7), T0);
    }
    queue.push(consignment(101, 8), T0);
    queue.push(consignment(102, 8), T0);
    let order: Vec<u64> = (0..5).map(|_| queue.take(T0).unwrap().id.as_u64()).collect();
    assert_eq!(order, [1, 101, 2, 102, 3]);
}

#[test]
fn a_message_put_off_comes_back_at_its_time() {
    let mut queue = queue();
    queue.push(consignment(1, 7), T0);
    let mut taken = queue.take(T0).unwrap();
    let later = T0 + TimeSpan::minutes(15);
    taken.not_before = Some(later);
    queue.put_back(taken, T0);
    assert_eq!(queue.counts(), QueueCounts { ready: 0, deferred: 1, in_flight: 0 });
    assert!(queue.take(T0).is_none());
    assert_eq!(queue.next_wake(), Some(later));
    assert!(queue.take(later).is_some());
}

#[test]
fn the_ladder_is_climbed_once_for_connections_tried_together() {
    let mut queue = queue();
    let schedule = RetrySchedule::default();
    queue.push(consignment(1, 7), T0);
    queue.next_hop_failed(T0, &schedule, "refused".into());
    queue.next_hop_failed(T0, &schedule, "refused".into());
    assert_eq!(queue.ladder().failures(), 1);
    assert_eq!(queue.status(), QueueStatus::Retry);
    assert_eq!(queue.next_wake(), Some(T0 + TimeSpan::minutes(1)));
    queue.retry_now(T0);
    assert!(queue.ladder().may_try(T0));
}

#[test]
fn one_connection_too_many_is_not_asked_for_again_while_others_stand() {
    let mut queue = queue();
    queue.connecting();
    queue.connected();
    queue.refused_another(T0 + TimeSpan::minutes(1));
    assert!(!queue.may_grow(T0));
    assert!(queue.may_grow(T0 + TimeSpan::minutes(1)));
    queue.disconnected();
    assert!(queue.may_grow(T0), "nobody is left who could be one too many");
}

#[test]
fn extraction_leaves_what_is_under_way() {
    let mut queue = queue();
    for id in 1..=4 {
        queue.push(consignment(id, id), T0);
    }
    let flying = queue.take(T0).unwrap();
    let out = queue.extract_if(T0, |_| true);
    assert_eq!(out.len(), 3);
    assert_eq!(queue.counts(), QueueCounts { ready: 0, deferred: 0, in_flight: 1 });
    assert_eq!(queue.idle_since(), None);
    queue.finish(&flying, T0);
    assert_eq!(queue.idle_since(), Some(T0));
}

proptest! {
    /// Whatever is done to a queue, nothing appears twice and nothing is lost.
    #[test]
    fn nothing_is_lost(steps in proptest::collection::vec((0u8..5, 0u64..4), 1..200)) {
        let mut queue = queue();
        let (mut next, mut now) = (1, T0);
        let (mut flying, mut present) = (Vec::new(), std::collections::BTreeSet::new());
        for (step, sender) in steps {
            match step {
                0 | 1 => {
                    queue.push(consignment(next, sender), now);
                    present.insert(next);
                    next += 1;
                }
                2 => flying.extend(queue.take(now)),
                3 => if let Some(mut c) = flying.pop() {
                    c.not_before = Some(now + TimeSpan::seconds(sender));
                    queue.put_back(c, now);
                },
                _ => {
                    now = now + TimeSpan::seconds(1);
                    if let Some(c) = flying.pop() {
                        present.remove(&c.id.as_u64());
                        queue.finish(&c, now);
                    }
                }
            }
            let mut seen: Vec<u64> = queue.iter().map(|(c, _)| c.id.as_u64()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, present.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(queue.counts().total(), present.len());
            prop_assert_eq!(queue.counts().in_flight, flying.len());
        }
    }
}
