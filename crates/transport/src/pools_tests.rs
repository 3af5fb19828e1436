//! What a pool decides, without a connection.

use model::TimeSpan;
use queue::{Queue, QueueKey};

use super::*;
use crate::registry::{QueueHandle, Registry};

const T0: Timestamp = Timestamp::from_millis(1_000_000);

/// Queues for these domains.
fn handles(domains: &[&str]) -> Vec<Arc<QueueHandle>> {
    let registry = Registry::default();
    let handle = |(number, domain): (usize, &&str)| {
        let key = QueueKey { next_hop_domain: (*domain).into(), ..QueueKey::unreachable() };
        registry.restore(number as u64, Queue::new(key.clone(), T0), T0);
        registry.find(&key).unwrap()
    };
    domains.iter().enumerate().map(handle).collect()
}

/// These hosts, of which nothing in particular is demanded.
fn hosts(names: &[&str]) -> (Vec<String>, String) {
    (names.iter().map(|name| (*name).to_owned()).collect(), String::new())
}

#[test]
fn queues_with_the_same_hosts_share_one() {
    let handles = handles(&["a.example", "b.example", "c.example"]);
    let pools = Pools::default();
    let a = pools.join(&handles[0], hosts(&["mx1", "mx2"]), T0);
    let b = pools.join(&handles[1], hosts(&["mx1", "mx2"]), T0);
    let c = pools.join(&handles[2], hosts(&["mx1"]), T0);
    assert!(Arc::ptr_eq(&a, &b) && !Arc::ptr_eq(&a, &c));
    assert!(a.is_shared() && !c.is_shared());
    assert!(handles[1].belongs_to(&a, T0));
    assert!(!handles[1].belongs_to(&a, T0 + TimeSpan::minutes(5)), "that was long ago");
    // The domain moves.
    pools.join(&handles[1], hosts(&["mx1"]), T0);
    assert!(!a.is_shared() && c.is_shared());
    assert!(handles[1].belongs_to(&c, T0) && !handles[1].belongs_to(&a, T0));
    assert_eq!(c.key().hosts, ["mx1"]);
    drop(handles);
    pools.sweep();
    assert!(pools.pools.lock().is_empty());
}

#[test]
fn one_finds_out_and_the_others_wait_for_it() {
    let handles = handles(&["a.example", "b.example"]);
    let pools = Pools::default();
    let pool = pools.join(&handles[0], hosts(&["mx"]), T0);
    pools.join(&handles[1], hosts(&["mx"]), T0);
    assert_eq!(pool.admit(&handles[0], T0), Admission::Open);
    assert_eq!(pool.admit(&handles[1], T0), Admission::Wait);
    assert_eq!(pool.admit(&handles[1], T0), Admission::Wait);
    // It fails: nobody else need try.
    pool.count(Counted::Opening, Counted::Not);
    let until = T0 + TimeSpan::minutes(1);
    pool.failed("421 4.4.1".to_owned(), until);
    let down = Down { error: "421 4.4.1".to_owned(), until };
    assert_eq!(pool.admit(&handles[1], T0), Admission::Down(down));
    assert_eq!(pool.admit(&handles[1], until), Admission::Open, "its turn to try has come");
    pool.count(Counted::Opening, Counted::Standing);
    assert!(pool.works() && !pool.works());
    // The one that stood in line is served once.
    assert!(pool.has_waiting());
    assert_eq!(pool.next_waiting().unwrap().number(), handles[1].number());
    assert!(pool.next_waiting().is_none());
}

#[test]
fn connections_grow_with_those_that_stand_and_not_beyond_what_the_hosts_like() {
    let handles = handles(&["a.example"]);
    let pool = Pools::default().join(&handles[0], hosts(&["mx"]), T0);
    let open = |count: u32| {
        for _ in 0..count {
            assert_eq!(pool.admit(&handles[0], T0), Admission::Open);
            pool.count(Counted::Opening, Counted::Standing);
        }
    };
    open(3);
    assert!(!pool.has_too_many(T0));
    pool.limit_to(1, T0 + TimeSpan::minutes(1), "421 too many connections");
    assert!(pool.has_too_many(T0) && !pool.has_too_many(T0 + TimeSpan::minutes(1)));
    assert_eq!(pool.admit(&handles[0], T0), Admission::Wait);
    assert_eq!(pool.limit(T0).unwrap().cause, "421 too many connections");
    assert_eq!(pool.limit(T0 + TimeSpan::minutes(1)), None);
    assert_eq!(pool.admit(&handles[0], T0 + TimeSpan::minutes(1)), Admission::Open);
    // Three stand, one is being opened: three may be.
    let later = T0 + TimeSpan::minutes(2);
    assert_eq!(pool.admit(&handles[0], later), Admission::Open);
    assert_eq!(pool.admit(&handles[0], later), Admission::Open);
    assert_eq!(pool.admit(&handles[0], later), Admission::Wait);
    pool.limit_to(1, later + TimeSpan::minutes(1), "one connection more was refused");
    pool.failed("451 4.4.0 gone".to_owned(), later);
    assert_eq!(pool.limit(later), None, "when they are back they are asked anew");
    // One that is idle is as good as another.
    pool.count(Counted::Opening, Counted::Standing);
    pool.idle.fetch_add(1, Ordering::AcqRel);
    assert_eq!(pool.admit(&handles[0], later), Admission::Wait);
}

/// Hosts that take one message a connection: none stands when the next is asked for.
#[test]
fn a_connection_that_was_spent_counts_as_long_again() {
    let handles = handles(&["a.example"]);
    let pool = Pools::default().join(&handles[0], hosts(&["mx"]), T0);
    assert_eq!(pool.admit(&handles[0], T0), Admission::Open);
    pool.count(Counted::Opening, Counted::Standing);
    let spent = T0 + TimeSpan::millis(300);
    pool.spent(TimeSpan::millis(300), spent);
    pool.count(Counted::Standing, Counted::Not);
    // In its place, and one more.
    assert_eq!(pool.just_spent(spent), 1);
    assert_eq!(pool.admit(&handles[0], spent), Admission::Open);
    assert_eq!(pool.admit(&handles[0], spent), Admission::Open);
    assert_eq!(pool.admit(&handles[0], spent), Admission::Wait);
    // Two that are only being opened show nothing.
    let long_after = spent + TimeSpan::millis(300);
    assert_eq!(pool.just_spent(long_after), 0);
    assert_eq!(pool.admit(&handles[0], long_after), Admission::Wait);
    pool.spent(TimeSpan::hours(1), long_after);
    assert_eq!(pool.just_spent(long_after + TimeSpan::minutes(1)), 0, "at most half a minute");
    pool.spent(TimeSpan::seconds(9), long_after);
    pool.failed("421 4.4.1".to_owned(), long_after);
    assert_eq!(pool.just_spent(long_after), 0, "what worked before they failed shows nothing");
}

#[test]
fn a_share_of_what_hosts_take_counts_beside_what_was_learned_here() {
    let handles = handles(&["a.example"]);
    let pools = Pools::default();
    let pool = pools.join(&handles[0], hosts(&["mx"]), T0);
    let later = T0 + TimeSpan::minutes(1);
    let share = |most| Limit { most, until: later, cause: "all servers".to_owned() };
    pools.agree(pool.key(), share(3));
    assert_eq!(pool.limit(T0).unwrap().most, 3);
    assert!(pools.learned(T0).is_empty(), "what others say is not told on");
    pool.limit_to(2, later, "421");
    assert_eq!(pool.limit(T0).unwrap().most, 2, "the lower counts");
    assert_eq!(pools.learned(T0)[0].1.most, 2);
    pools.agree(pool.key(), share(1));
    assert_eq!(pool.limit(T0).unwrap().most, 1);
    assert_eq!(pool.limit(later), None, "neither counts any more");
}
