//! A panic is one message's, or nobody's: whatever the service does all the time goes on.

use std::sync::atomic::AtomicBool;

use model::{Clock, Event, EventSink, ManualClock, MessageEventKind, Timestamp};

use super::*;

/// Breaks whoever tells it that a message with this recipient takes this step.
struct Breaker {
    step: MessageEventKind,
    recipient: &'static str,
    armed: AtomicBool,
}

impl Breaker {
    fn new(step: MessageEventKind, recipient: &'static str) -> Arc<Self> {
        Arc::new(Self { step, recipient, armed: AtomicBool::new(true) })
    }
}

impl EventSink for Breaker {
    fn emit(&self, _: Timestamp, event: &Event<'_>) {
        if let Event::Message(event) = event {
            let is_it = |r: &model::RecipientResult<'_>| r.recipient.to_string() == self.recipient;
            let breaks = event.kind == self.step
                && event.recipients.iter().any(is_it)
                && self.armed.load(Ordering::Relaxed);
            assert!(!breaks, "a message that breaks its handling");
        }
    }
}

fn of<'a>(messages: &'a [crate::MessageInfo], to: &str) -> &'a crate::MessageInfo {
    messages.iter().find(|m| m.recipients.iter().any(|r| r.address == to)).unwrap()
}

/// One that breaks being routed again waits, then goes to the Poison queue; the others leave.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_breaks_its_routing_keeps_nobody() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let breaker = Breaker::new(MessageEventKind::Resubmit, "bad@example.net");
    let (time, events): (Arc<dyn Clock>, Arc<dyn EventSink>) =
        (Arc::clone(&clock) as _, Arc::clone(&breaker) as _);
    let transport = place
        .start_with(|settings| {
            settings.clock = time;
            settings.events = events;
        })
        .await;
    for to in ["a@example.net", "bad@example.net", "b@example.net"] {
        submit(&transport, &[to], None).await;
    }
    place.connect(peer.address, |_| {});
    until("the others leave", || peer.taken.lock().len() == 2).await;
    until("it waits", || {
        let messages = transport.messages();
        messages.len() == 1 && messages[0].status == "Retry"
    })
    .await;
    assert_eq!(transport.messages()[0].queue, QueueName::Unreachable);
    clock.advance(TimeSpan::minutes(16));
    let mut looks = 0;
    until("the second time it is set aside", || {
        looks += 1;
        place.set_server(|t| t.queue_max_idle_time = TimeSpan::seconds(60 + looks % 60));
        transport.messages().iter().all(|message| message.queue == QueueName::Poison)
    })
    .await;
    assert_eq!(transport.messages().len(), 1);
    breaker.armed.store(false, Ordering::Relaxed);
    transport.stop().await;
}

/// What was accepted and breaks its first routing is not forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_breaks_when_it_is_accepted_is_not_forgotten() {
    let place = Place::new();
    let breaker = Breaker::new(MessageEventKind::Defer, "bad@example.net");
    let events: Arc<dyn EventSink> = Arc::clone(&breaker) as _;
    let transport = place.start_with(|settings| settings.events = events).await;
    submit(&transport, &["bad@example.net"], None).await;
    until("it waits", || transport.messages().len() == 1).await;
    let messages = transport.messages();
    let waits = of(&messages, "bad@example.net");
    assert_eq!((waits.queue, waits.status), (QueueName::Unreachable, "Retry"));
    transport.stop().await;
}

/// A clock that breaks whoever looks at it, for a while.
#[derive(Debug)]
struct BreakingClock {
    clock: ManualClock,
    breaks: AtomicBool,
    broke: AtomicUsize,
}

impl Clock for BreakingClock {
    fn now(&self) -> Timestamp {
        if self.breaks.load(Ordering::SeqCst) {
            self.broke.fetch_add(1, Ordering::SeqCst);
            panic!("a clock that breaks");
        }
        self.clock.now()
    }
}

/// Everything that runs all the time is broken at least once: mail is delivered, routed again and
/// expires all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_runs_all_the_time_goes_on() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let clock = Arc::new(BreakingClock {
        clock: ManualClock::new(SystemClock.now()),
        breaks: AtomicBool::new(false),
        broke: AtomicUsize::new(0),
    });
    let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let transport = place.start_with(|settings| settings.clock = time).await;
    submit(&transport, &["a@example.net"], None).await;
    clock.breaks.store(true, Ordering::SeqCst);
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(2500) {
        let seconds = 60 + started.elapsed().as_millis() as u64 % 60;
        place.set_server(|t| t.queue_max_idle_time = TimeSpan::seconds(seconds));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    clock.breaks.store(false, Ordering::SeqCst);
    assert!(clock.broke.load(Ordering::SeqCst) >= 4);
    place.connect(peer.address, |connector| {
        connector.address_spaces = vec!["example.net".parse().unwrap()];
    });
    until("it is routed again and delivered", || peer.taken.lock().len() == 1).await;
    submit(&transport, &["b@nowhere.example"], None).await;
    clock.clock.advance(TimeSpan::hours(49));
    let mut looks = 0;
    until("it expires", || {
        looks += 1;
        if looks % 20 == 1 {
            place.set_server(|t| t.queue_max_idle_time = TimeSpan::seconds(60 + looks % 60));
        }
        is_empty(&transport)
    })
    .await;
    transport.stop().await;
}
