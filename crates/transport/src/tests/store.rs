//! What waits is in the store: it is listed, counted, acted on and kept over a restart like what is
//! in memory, comes back when it can be sent, and outlives no deadline wherever it is.

use std::{cell::Cell, sync::atomic::AtomicBool};

use model::{Clock, Event, EventSink, ManualClock, MessageEventKind, MessageId, Timestamp};

use super::*;
use crate::{Matches, MessageAction, MessageScope, Progress, QueueInfo};

/// A port where nobody listens, for now.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn only_queue(transport: &Transport) -> QueueInfo {
    let mut queues = transport.queues();
    queues.retain(|queue| matches!(queue.name, QueueName::Delivery(_)));
    assert_eq!(queues.len(), 1, "{queues:?}");
    queues.remove(0)
}

async fn waiting_for_nobody(place: &Place, transport: &Transport, count: usize) -> SocketAddr {
    let dead = nobody().await;
    place.connect(dead, |_| {});
    for number in 0..count {
        submit(transport, &[&format!("u{number}@example.net")], None).await;
    }
    until("it is in Retry", || only_queue(transport).status == "Retry").await;
    dead
}

async fn act(transport: &Transport, id: Option<MessageId>, action: MessageAction) -> Progress {
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Arc::<Progress>::default());
    let scope = MessageScope { id, ..MessageScope::default() };
    transport.act(scope, all, action, Arc::clone(&progress)).await.unwrap();
    Arc::into_inner(progress).unwrap()
}

fn statuses(transport: &Transport) -> Vec<&'static str> {
    transport.messages().iter().map(|message| message.status).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_memory_holds_leaves_once_and_in_order_when_the_next_hop_is_back() {
    const COUNT: usize = 1_500;
    let place = Place::new();
    // One attempt a minute: what happens in between is by command.
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::minutes(1)).await;
    let dead = waiting_for_nobody(&place, &transport, COUNT).await;
    assert_eq!(only_queue(&transport).message_count, COUNT as u64);
    let ids: Vec<u64> = transport.messages().iter().map(|m| m.id.as_u64()).collect();
    assert_eq!(ids.len(), COUNT);
    assert!(ids.is_sorted(), "listed by number");
    let peer = Peer::start_at(dead).await;
    transport.retry_queue(only_queue(&transport).name, false).await.unwrap();
    until("all of it leaves", || peer.taken.lock().len() >= COUNT && is_empty(&transport)).await;
    let mut taken: Vec<String> = peer
        .taken
        .lock()
        .iter()
        .map(|message| message.envelope.recipients[0].address.to_string())
        .collect();
    assert_eq!(taken.len(), COUNT, "nothing leaves twice");
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), COUNT, "nothing is left out");
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_the_same_after_a_restart() {
    let place = Place::new();
    let hourly = |settings: &mut TransportSettings| {
        settings.glitch_retry_interval = TimeSpan::minutes(60);
    };
    let transport = place.start_with(hourly).await;
    let dead = waiting_for_nobody(&place, &transport, 30).await;
    let (before, messages) = (only_queue(&transport), transport.messages());
    assert!(before.last_error.is_some() && before.next_retry_time.is_some());
    transport.stop().await;
    drop(transport);

    let transport = place.start_with(hourly).await;
    let after = only_queue(&transport);
    let shown = |queue: &QueueInfo| {
        let QueueInfo { name, status, message_count, retry_count, .. } = queue;
        let times = (queue.last_retry_time, queue.next_retry_time, queue.first_retry_time);
        (*name, *status, *message_count, *retry_count, times, queue.last_error.clone())
    };
    assert_eq!(shown(&before), shown(&after));
    let listed = |m: &crate::MessageInfo| (m.id, m.queue, m.date_received, m.last_error.clone());
    let now: Vec<_> = transport.messages().iter().map(listed).collect();
    assert_eq!(messages.iter().map(listed).collect::<Vec<_>>(), now);
    let peer = Peer::start_at(dead).await;
    transport.retry_queue(after.name, false).await.unwrap();
    until("all of it leaves", || peer.taken.lock().len() == 30 && is_empty(&transport)).await;
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_queue_stays_so_over_a_restart() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    let dead = waiting_for_nobody(&place, &transport, 3).await;
    let name = only_queue(&transport).name;
    transport.suspend_queue(name).await.unwrap();
    drop(Peer::start_at(dead).await);
    transport.stop().await;
    drop(transport);
    let transport = place.start().await;
    submit(&transport, &["new@example.net"], None).await;
    let queue = only_queue(&transport);
    assert_eq!((queue.name, queue.status, queue.message_count), (name, "Suspended", 4));
    // Given as much time as a retry takes, several times over.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(only_queue(&transport).message_count, 4);
    transport.resume_queue(name).await.unwrap();
    until("it leaves", || is_empty(&transport)).await;
    assert!(peer.taken.lock().is_empty());
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_submission_queue_keeps_what_is_accepted() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    place.connect(peer.address, |_| {});
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    submit(&transport, &["a@example.net", "jean@contoso.com"], None).await;
    transport.stop().await;
    drop(transport);
    let transport = place.start().await;
    let submission = transport.queues().remove(0);
    let shown = (submission.name, submission.status, submission.message_count);
    assert_eq!(shown, (QueueName::Submission, "Suspended", 1));
    let id = transport.messages()[0].id;
    let refused = transport.remove_message(id, Some(&QueueName::Submission), false).await;
    assert_eq!(refused, Err(QueueError::Submission));
    transport.resume_queue(QueueName::Submission).await.unwrap();
    until("it is routed", || peer.taken.lock().len() == 1 && place.inbox().len() == 1).await;
    until("nothing is left", || is_empty(&transport)).await;
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_message_stays_while_others_leave_and_can_be_exported() {
    let place = Place::new();
    let transport = place.start().await;
    let dead = waiting_for_nobody(&place, &transport, 3).await;
    let kept = transport.messages()[1].id;
    assert_eq!(transport.export(kept, None).await.unwrap_err(), QueueError::NotSuspended(kept));
    let done = act(&transport, Some(kept), MessageAction::Suspend).await;
    assert_eq!((done.matched.into_inner(), done.done.into_inner()), (1, 1));
    let peer = Peer::start_at(dead).await;
    until("the others leave", || transport.messages().len() == 1).await;
    assert_eq!(peer.taken.lock().len(), 2);
    transport.stop().await;
    drop(transport);
    let transport = place.start().await;
    assert_eq!(statuses(&transport), ["Suspended"]);
    let exported = transport.export(kept, None).await.unwrap().content;
    let text = String::from_utf8(exported.to_vec()).unwrap();
    assert!(text.starts_with("X-Sender: <jean@contoso.com>"), "{text}");
    assert!(text.contains("X-Receiver: <u1@example.net>") && text.ends_with(CONTENT), "{text}");
    act(&transport, None, MessageAction::Resume).await;
    until("it leaves too", || is_empty(&transport)).await;
    assert_eq!(peer.taken.lock().len(), 3);
    transport.stop().await;
}

/// Rows that somebody looks at just then (a deadline, a change of routing) are acted on when he is done.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_waits_for_what_is_in_other_hands() {
    let place = Place::new();
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::minutes(60)).await;
    waiting_for_nobody(&place, &transport, 20).await;
    until("all is in rows", || transport.core.known.count() == 0).await;
    let handle = transport.core.registry.all().into_iter().find(|h| h.number() > 0).unwrap();
    let mut pages = crate::pages::Pages::of_queue(&transport.core, &handle);
    let held = pages.next().await.unwrap();
    assert_eq!(held.len(), 20);
    let done = tokio::join!(act(&transport, None, MessageAction::Suspend), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(held);
    });
    assert_eq!((done.0.matched.into_inner(), done.0.done.into_inner()), (20, 20));
    assert!(statuses(&transport).iter().all(|status| *status == "Suspended"));
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_removed_at_once_and_an_action_can_be_stopped() {
    let place = Place::new();
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::minutes(1)).await;
    waiting_for_nobody(&place, &transport, 400).await;
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Arc::<Progress>::default());
    progress.cancel();
    let action = MessageAction::Remove { with_ndr: false };
    let scope = MessageScope::default();
    transport.act(scope.clone(), all, action, progress).await.unwrap();
    assert_eq!(only_queue(&transport).message_count, 400, "stopped before it began");
    let some: Matches = Arc::new(|view| view.id.as_u64() % 2 == 0);
    let progress = Arc::<Progress>::default();
    transport.act(scope, some, action, Arc::clone(&progress)).await.unwrap();
    assert_eq!(progress.done.load(Ordering::Relaxed), 200);
    assert_eq!((only_queue(&transport).message_count, transport.messages().len()), (200, 200));
    act(&transport, None, MessageAction::Remove { with_ndr: true }).await;
    until("the sender is told", || place.inbox().len() == 200).await;
    until("all are gone", || is_empty(&transport)).await;
    transport.stop().await;
}

/// Breaks whoever tells it of a message that is put off.
struct Breaker(AtomicBool);

impl EventSink for Breaker {
    fn emit(&self, _: Timestamp, event: &Event<'_>) {
        if let Event::Message(event) = event {
            let breaks = event.kind == MessageEventKind::Defer && self.0.load(Ordering::Relaxed);
            assert!(!breaks, "a message that breaks its handling");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_breaks_its_handling_is_set_aside() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let breaker = Arc::new(Breaker(AtomicBool::new(true)));
    let events: Arc<dyn EventSink> = Arc::clone(&breaker) as _;
    let transport = place.start_with(|settings| settings.events = events).await;
    place.connect(peer.address, |_| {});
    let put_off = || peer.script.lock().push_back(model::Reply::new(450, (4, 2, 0), "later"));
    put_off();
    submit(&transport, &["a@example.net"], None).await;
    let waits = || transport.messages().first().is_some_and(|m| m.status == "Retry");
    until("the first time it waits", waits).await;
    submit(&transport, &["b@example.net"], None).await;
    until("others leave", || peer.taken.lock().len() == 1).await;
    put_off();
    transport.retry_queue(only_queue(&transport).name, false).await.unwrap();
    until("the second time it is set aside", || {
        transport.messages().first().is_some_and(|m| m.queue == QueueName::Poison)
    })
    .await;
    breaker.0.store(false, Ordering::Relaxed);
    transport.stop().await;
    drop(transport);
    let transport = place.start().await;
    assert_eq!(statuses(&transport), ["Suspended"]);
    let refused = transport.suspend_queue(QueueName::Poison).await;
    assert_eq!(refused, Err(QueueError::CannotSuspend(QueueName::Poison)));
    act(&transport, None, MessageAction::Resume).await;
    until("resumed, it leaves", || peer.taken.lock().len() == 2 && is_empty(&transport)).await;
    transport.stop().await;
}

/// Deferred by its own reply, waiting for a dead next hop, suspended, in a suspended queue,
/// unreachable, kept in the Submission queue: two days are two days everywhere, and the notice of
/// delay comes once.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_its_deadline_wherever_it_waits() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let transport = place.start_with(|settings| settings.clock = time).await;
    let only = |domain: &str, name: &str| {
        let (space, name) = (domain.parse().unwrap(), name.parse().unwrap());
        move |connector: &mut SendConnector| {
            connector.address_spaces = vec![space];
            connector.name = name;
        }
    };
    place.connect(nobody().await, only("dead.example", "Dead"));
    place.connect(nobody().await, only("suspended.example", "Suspended"));
    place.connect(peer.address, only("deferred.example", "Deferred"));
    peer.script.lock().extend(vec![model::Reply::new(450, (4, 2, 0), "later"); 100]);
    for to in ["a@deferred.example", "b@dead.example", "c@suspended.example", "d@nowhere.example"] {
        submit(&transport, &[to], None).await;
    }
    submit(&transport, &["e@dead.example"], None).await;
    until("all of them wait", || {
        let waiting = transport.messages();
        waiting.len() == 5 && waiting.iter().filter(|m| m.last_error.is_some()).count() == 5
    })
    .await;
    let of = |to: &str| {
        let messages = transport.messages();
        let found = messages.iter().find(|m| m.recipients.iter().any(|r| r.address == to));
        found.map(|m| (m.id, m.queue)).unwrap()
    };
    act(&transport, Some(of("e@dead.example").0), MessageAction::Suspend).await;
    transport.suspend_queue(of("c@suspended.example").1).await.unwrap();
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    submit(&transport, &["f@dead.example"], None).await;
    // A change of the server's settings makes the clock look at once, and not only within half a
    // minute; what is under way just then has its turn the next time.
    let looks = Cell::new(0);
    let look = || {
        looks.set(looks.get() + 1);
        if looks.get() % 20 == 1 {
            place.set_server(|t| t.queue_max_idle_time = TimeSpan::seconds(60 + looks.get()));
        }
    };
    assert_eq!(transport.messages().len(), 6);
    transport.resume_queue(QueueName::Submission).await.unwrap();
    until("categorized", || transport.queues()[0].message_count == 0).await;
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    submit(&transport, &["g@dead.example"], None).await;
    let count = |transport: &Transport| {
        let messages = transport.messages();
        messages.iter().filter(|m| m.from_address != "<>").count()
    };
    assert_eq!(count(&transport), 7);
    clock.advance(TimeSpan::hours(4));
    // Reports are accepted into the suspended Submission queue's server too: they are routed at
    // once, since they are made here.
    until("every sender is told of the delay", || {
        look();
        place.inbox().len() == 7
    })
    .await;
    clock.advance(TimeSpan::hours(43));
    for _ in 0..100 {
        look();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((place.inbox().len(), count(&transport)), (7, 7), "told once");
    clock.advance(TimeSpan::hours(1));
    until("every message has come to its end", || {
        look();
        count(&transport) == 0
    })
    .await;
    until("every sender is told", || place.inbox().len() == 14).await;
    let failed = place.inbox().iter().filter(|m| m.contains("Action: failed")).count();
    assert_eq!(failed, 7);
    transport.stop().await;
}

/// A message whose recipients wait in more queues than a page has rows: an action by its number
/// reaches all of them, and so does one that names the queues too.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_by_number_reaches_every_queue_that_holds_the_message() {
    const DOMAINS: usize = 300;
    let place = Place::new();
    // No DNS server is known, so every next hop is in Retry.
    place.connect(nobody().await, |connector| {
        connector.dns_routing_enabled = true;
        connector.smart_hosts.clear();
    });
    let transport =
        place.start_with(|settings| settings.glitch_retry_interval = TimeSpan::minutes(60)).await;
    let to: Vec<String> = (0..DOMAINS).map(|n| format!("a@d{n}.example")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    submit(&transport, &to, None).await;
    let id = transport.messages()[0].id;
    submit(&transport, &["b@d1.example"], None).await;
    until("all of it waits", || {
        let statuses = statuses(&transport);
        statuses.len() == DOMAINS + 1 && statuses.iter().all(|status| *status == "Retry")
    })
    .await;
    let done = act(&transport, Some(id), MessageAction::Suspend).await;
    assert_eq!(done.done.into_inner(), DOMAINS as u64);
    let suspended = || statuses(&transport).iter().filter(|s| **s == "Suspended").count();
    assert_eq!(suspended(), DOMAINS);
    let queues: Vec<QueueName> = transport.queues().iter().map(|queue| queue.name).collect();
    let scope =
        MessageScope { id: Some(id), queues: Some(queues[..200].to_vec()), ..Default::default() };
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Arc::<Progress>::default());
    transport.act(scope, all, MessageAction::Resume, Arc::clone(&progress)).await.unwrap();
    // One of these is the Submission queue.
    assert_eq!(progress.done.load(Ordering::Relaxed), 199);
    assert_eq!(suspended(), DOMAINS - 199);
    let done = act(&transport, Some(id), MessageAction::Remove { with_ndr: false }).await;
    assert_eq!(done.done.into_inner(), DOMAINS as u64);
    assert_eq!(transport.messages().len(), 1, "that of the other message");
    transport.stop().await;
}

/// Messages in the Submission queue can be neither suspended nor exported nor removed, and one
/// that an earlier version has suspended there is routed when it is resumed.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_the_submission_queue_are_let_alone_and_resumed_by_being_routed() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    submit(&transport, &["a@example.net"], None).await;
    let id = transport.messages()[0].id;
    for action in [MessageAction::Suspend, MessageAction::Remove { with_ndr: true }] {
        for id in [Some(id), None] {
            let progress = act(&transport, id, action).await;
            assert_eq!(progress.first_refusal(), Some(QueueError::Submission), "{action:?}");
            assert_eq!((progress.matched.into_inner(), progress.done.into_inner()), (1, 0));
        }
    }
    assert_eq!(statuses(&transport), ["Ready"]);
    assert_eq!(transport.export(id, None).await, Err(QueueError::Submission));
    let removed = transport.remove_message(id, None, false).await;
    assert_eq!(removed, Err(QueueError::Submission));
    transport.stop().await;
    drop(transport);
    // As 0.3.0 left it before it was released.
    let spool = rusqlite::Connection::open(place.data.path().join("spool/spool.db")).unwrap();
    let suspended = spool.execute("UPDATE waiting SET due = ?1", [i64::MAX]).unwrap();
    assert_eq!(suspended, 1);
    drop(spool);
    let transport = place.start().await;
    assert_eq!(statuses(&transport), ["Suspended"]);
    act(&transport, None, MessageAction::Resume).await;
    assert_eq!(statuses(&transport), ["Ready"], "the queue is suspended");
    transport.stop().await;
    drop(transport);
    let spool = rusqlite::Connection::open(place.data.path().join("spool/spool.db")).unwrap();
    spool.execute("UPDATE waiting SET due = ?1", [i64::MAX]).unwrap();
    drop(spool);
    let transport = place.start().await;
    transport.resume_queue(QueueName::Submission).await.unwrap();
    // Not by the queue's resumption: that leaves alone what is suspended.
    assert_eq!(statuses(&transport), ["Suspended"]);
    act(&transport, None, MessageAction::Resume).await;
    until("it is routed", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    transport.stop().await;
}

/// Routing a queue's messages again tells how far it has come, can be stopped, and is over when it
/// is said to be.
#[tokio::test(flavor = "multi_thread")]
async fn routing_again_is_in_sight_and_can_be_stopped() {
    const COUNT: u64 = 400;
    let place = Place::new();
    let transport = place.start().await;
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    for number in 0..COUNT {
        submit(&transport, &[&format!("u{number}@example.net")], None).await;
    }
    let progress = Arc::<Progress>::default();
    transport.resume_queue_in_sight(QueueName::Submission, Arc::clone(&progress)).await.unwrap();
    assert_eq!(progress.done.load(Ordering::Relaxed), COUNT);
    let unreachable = || transport.queues().into_iter().find(|q| q.name == QueueName::Unreachable);
    assert_eq!(unreachable().unwrap().message_count, COUNT);
    let progress = Arc::<Progress>::default();
    progress.cancel();
    let retried = |progress: &Arc<Progress>| {
        transport.retry_queue_in_sight(QueueName::Unreachable, true, Arc::clone(progress))
    };
    retried(&progress).await.unwrap();
    let done = progress.done.load(Ordering::Relaxed);
    assert!(done < COUNT, "{done} although it was stopped");
    let progress = Arc::<Progress>::default();
    retried(&progress).await.unwrap();
    let (matched, done) = (&progress.matched, &progress.done);
    assert_eq!((matched.load(Ordering::Relaxed), done.load(Ordering::Relaxed)), (COUNT, COUNT));
    assert_eq!(unreachable().unwrap().message_count, COUNT);
    transport.stop().await;
}
