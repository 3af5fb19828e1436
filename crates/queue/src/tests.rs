use proptest::prelude::*;

use super::*;
use crate::Priority;

const T0: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn consignment(id: u64, sender: u64) -> Consignment<()> {
    Consignment {
        id: MessageId::new(id).unwrap(),
        message: (),
        recipients: vec![0],
        sender,
        priority: Priority::Normal,
        attempts: 0,
        crashes: 0,
        last_error: None,
    }
}

fn queue() -> Queue<()> {
    Queue::new(QueueKey::mailboxes("MBX01"), T0)
}

fn taken(queue: &mut Queue<()>, most: usize) -> Vec<u64> {
    (0..most).map_while(|_| queue.take()).map(|c| c.id.as_u64()).collect()
}

#[test]
fn senders_take_turns_and_keep_their_own_order() {
    let mut queue = queue();
    for id in 1..=100 {
        queue.push(consignment(id, 7), T0);
    }
    queue.push(consignment(101, 8), T0);
    queue.push(consignment(102, 8), T0);
    assert_eq!(taken(&mut queue, 5), [1, 101, 2, 102, 3]);
}

#[test]
fn priorities_share_by_weight_and_none_starves() {
    let mut queue = queue();
    for id in 1..=300 {
        let priority = Priority::of_band(id as usize % 3);
        queue.push(Consignment { priority, ..consignment(id, id % 5) }, T0);
    }
    let round = taken(&mut queue, 21);
    let of = |band: u64| round.iter().filter(|id| *id % 3 == band).count();
    assert_eq!((of(0), of(1), of(2)), (16, 4, 1));
    assert_eq!(taken(&mut queue, 1000).len(), 279);
}

#[test]
fn what_waits_in_the_store_is_wanted_when_it_can_be_sent() {
    let mut queue = queue();
    let later = T0 + TimeSpan::minutes(15);
    queue.push(consignment(1, 7), T0);
    let first = queue.take().unwrap();
    queue.set_aside(&first, Waits::Until(later));
    assert_eq!(queue.counts().total(), 1);
    assert_eq!((queue.wanted(T0), queue.next_retry()), (None, Some(later)));
    assert_eq!(queue.status(), QueueStatus::Retry);
    assert_eq!(queue.wanted(later), Some(PROBE), "until a connection stands");
    queue.connecting();
    queue.connected();
    assert_eq!(queue.wanted(later), Some(BATCH));
    queue.load(consignment(1, 7), Waits::Until(later));
    assert_eq!((queue.wanted(later), queue.counts().stored.earliest), (None, None));
    assert!(queue.take().is_some());
}

#[test]
fn retry_makes_due_what_waits_and_not_what_is_put_off_afterwards() {
    let mut queue = queue();
    let interval = TimeSpan::minutes(15);
    queue.push_stored(7, Waits::Until(T0 + TimeSpan::minutes(10)), T0);
    let now = T0 + TimeSpan::minutes(1);
    queue.retry_now(now, interval);
    assert!(queue.wanted(now).is_some());
    queue.load(consignment(1, 7), Waits::Until(T0 + TimeSpan::minutes(10)));
    let again = queue.take().unwrap();
    queue.set_aside(&again, Waits::Until(now + interval));
    assert_eq!(queue.wanted(now), None);
    assert!(queue.wanted(now + interval).is_some());
}

#[test]
fn a_dead_next_hop_keeps_nothing_in_memory() {
    let mut queue = queue();
    let schedule = RetrySchedule::default();
    for id in 1..=50 {
        queue.push(consignment(id, id), T0);
    }
    queue.next_hop_failed(T0, &schedule, "refused".into());
    queue.next_hop_failed(T0, &schedule, "refused".into());
    assert_eq!(queue.ladder().failures(), 1, "once for connections tried together");
    assert_eq!(queue.evict(|_| Waits::Turn).len(), 50);
    assert!(!queue.admits(99, T0));
    assert_eq!((queue.status(), queue.wanted(T0)), (QueueStatus::Retry, None));
    let due = T0 + TimeSpan::minutes(1);
    assert_eq!(queue.next_retry(), Some(due));
    assert_eq!(queue.wanted(due), Some(PROBE), "a failed next hop is tried with a few");
    assert!(!queue.admits(99, due), "new mail waits behind");
    queue.connecting();
    queue.connected();
    queue.answered();
    assert_eq!(queue.wanted(due), Some(BATCH));
    queue.retry_now(T0, TimeSpan::minutes(15));
    assert!(queue.ladder().may_try(T0));
}

#[test]
fn a_sender_with_nothing_in_the_store_need_not_wait_behind_those_who_have() {
    let mut queue = queue();
    queue.push_stored(7, Waits::Turn, T0);
    assert!(!queue.admits(7, T0) && queue.admits(8, T0));
    for sender in 100..100 + KNOWN_SENDERS as u64 {
        queue.push_stored(sender, Waits::Turn, T0);
    }
    assert!(!queue.admits(8, T0), "too many to know");
    for _ in 0..=KNOWN_SENDERS {
        queue.left_store(Waits::Turn, T0);
    }
    assert!(queue.admits(7, T0));
}

#[test]
fn memory_is_a_window() {
    let mut queue = queue();
    for id in 1..=COLD_WINDOW as u64 {
        queue.push(consignment(id, id), T0);
    }
    assert!(!queue.admits(1, T0), "nothing takes it yet");
    queue.connecting();
    queue.connected();
    for id in 1 + COLD_WINDOW as u64..=WINDOW as u64 {
        assert!(queue.admits(id, T0));
        queue.push(consignment(id, id), T0);
    }
    assert!(!queue.admits(1, T0));
    queue.take();
    assert!(queue.admits(1, T0));
}

#[test]
fn a_suspended_queue_takes_in_and_gives_nothing_out() {
    let mut queue = queue();
    queue.push(consignment(1, 7), T0);
    queue.suspend();
    assert_eq!((queue.status(), queue.has_ready()), (QueueStatus::Suspended, false));
    assert!(queue.take().is_none() && !queue.admits(7, T0));
    queue.push_stored(7, Waits::Turn, T0);
    assert_eq!(queue.wanted(T0), None);
    queue.resume();
    assert!(queue.take().is_some() && queue.wanted(T0).is_some());
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
    let flying = queue.take().unwrap();
    let out = queue.extract_if(T0, |_| true);
    assert_eq!(out.len(), 3);
    assert_eq!((queue.counts().ready, queue.counts().in_flight), (0, 1));
    assert_eq!(queue.idle_since(), None);
    queue.finish(&flying, T0);
    assert_eq!(queue.idle_since(), Some(T0));
}

#[test]
fn a_key_is_read_back() {
    let keys = [
        QueueKey::unreachable(),
        QueueKey::submission(),
        QueueKey::poison(),
        QueueKey {
            delivery_type: crate::DeliveryType::SmartHostConnectorDelivery,
            next_hop_domain: "[10.0.0.1],relay.example.net".into(),
            connector: model::Guid::new_v4(),
            tls: model::TlsRequirement::Default,
        },
    ];
    for key in keys.clone() {
        for tls in model::TlsRequirement::ALL {
            let key = QueueKey { tls, ..key.clone() };
            assert_eq!(key.to_string().parse::<QueueKey>().unwrap(), key);
        }
    }
    // As it stands in spools of before.
    let before = format!("DnsConnectorDelivery {} example.net", model::Guid::nil());
    assert_eq!(before.parse::<QueueKey>().unwrap().to_string(), before);
    assert!(before.replacen(' ', "/Whatever ", 1).parse::<QueueKey>().is_err());
    for key in keys {
        assert_eq!(key.to_string().parse::<QueueKey>().unwrap(), key);
    }
    assert!("nonsense".parse::<QueueKey>().is_err());
}

proptest! {
    /// Whatever is done to a queue, nothing appears twice and nothing is lost: what is not in
    /// memory is counted in the store.
    #[test]
    fn nothing_is_lost(steps in proptest::collection::vec((0u8..8, 0u64..4), 1..200)) {
        let mut queue = queue();
        let (mut next, mut now) = (1, T0);
        let mut flying = Vec::new();
        let mut memory = std::collections::BTreeSet::new();
        let mut store: Vec<(u64, u64, Waits)> = Vec::new();
        for (step, sender) in steps {
            match step {
                0 | 1 => {
                    queue.push(consignment(next, sender), now);
                    memory.insert(next);
                    next += 1;
                }
                2 => {
                    queue.push_stored(sender, Waits::Turn, now);
                    store.push((next, sender, Waits::Turn));
                    next += 1;
                }
                3 => flying.extend(queue.take()),
                4 => if let Some(c) = flying.pop() {
                    if sender == 0 {
                        queue.put_back(c);
                    } else {
                        let waits = Waits::Until(now + TimeSpan::seconds(sender));
                        queue.set_aside(&c, waits);
                        memory.remove(&c.id.as_u64());
                        store.push((c.id.as_u64(), c.sender, waits));
                    }
                },
                5 => for c in queue.evict(|_| Waits::Turn) {
                    memory.remove(&c.id.as_u64());
                    store.push((c.id.as_u64(), c.sender, Waits::Turn));
                },
                6 => if queue.wanted(now).is_some() && let Some((id, sender, waits)) = store.pop() {
                    queue.load(consignment(id, sender), waits);
                    memory.insert(id);
                },
                _ => {
                    now = now + TimeSpan::seconds(1);
                    if let Some(c) = flying.pop() {
                        memory.remove(&c.id.as_u64());
                        queue.finish(&c, now);
                    }
                }
            }
            let mut seen: Vec<u64> = queue.iter().map(|(c, _)| c.id.as_u64()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, memory.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(queue.counts().in_flight, flying.len());
            prop_assert_eq!(queue.counts().stored.total(), store.len() as u64);
            let empty = memory.is_empty() && store.is_empty();
            prop_assert_eq!(queue.idle_since().is_some(), empty);
        }
    }
}

#[test]
fn what_a_reading_did_not_see_of_the_deferred_is_looked_for_again() {
    let mut queue = queue();
    let at = |seconds| T0 + TimeSpan::seconds(seconds);
    queue.push_stored(7, Waits::Until(at(10)), T0);
    assert_eq!(queue.wanted(at(10)), Some(4));
    // Somebody else had the row in hand just then, or it is not on the disk yet.
    queue.set_earliest(None, at(10));
    assert_eq!(queue.wanted(at(10)), None);
    assert_eq!(queue.wanted(at(11)), Some(4));
    // Another was seen, which waits for long.
    queue.push_stored(7, Waits::Until(at(500)), at(11));
    queue.set_earliest(Some(at(500)), at(11));
    assert_eq!(queue.wanted(at(70)), None);
    assert_eq!(queue.wanted(at(71)), Some(4));
    queue.left_store(Waits::Until(at(500)), at(71));
    // Nothing is looked for where nothing waits.
    queue.left_store(Waits::Until(at(10)), at(70));
    queue.set_earliest(None, at(70));
    assert_eq!(queue.wanted(at(700)), None);
}
