//! The timers of transport.md section 3 that are not the ladder's, on a clock that is moved by hand.

use model::{Clock, Event, EventSink, ManualClock, MessageEventKind, Timestamp};

use super::*;

/// Counts messages that are routed again.
#[derive(Default)]
struct Resubmits(AtomicUsize);

impl EventSink for Resubmits {
    fn emit(&self, _: Timestamp, event: &Event<'_>) {
        if let Event::Message(event) = event
            && event.kind == MessageEventKind::Resubmit
        {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn start(place: &Place) -> (Arc<ManualClock>, Arc<Resubmits>, Transport) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let resubmits = Arc::<Resubmits>::default();
    let (time, events): (Arc<dyn Clock>, Arc<dyn EventSink>) =
        (Arc::clone(&clock) as _, Arc::clone(&resubmits) as _);
    let transport = place
        .start_with(|settings| {
            settings.clock = time;
            settings.events = events;
            settings.glitch_retry_interval = TimeSpan::minutes(1);
        })
        .await;
    (clock, resubmits, transport)
}

/// Given as much time as several looks take.
async fn looks() {
    tokio::time::sleep(Duration::from_millis(2500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_twelve_hours_without_a_delivery_messages_are_routed_again() {
    let place = Place::new();
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    place.connect(dead, |_| {});
    let (clock, resubmits, transport) = start(&place).await;
    let again = || resubmits.0.load(Ordering::SeqCst);
    for number in 0..5 {
        submit(&transport, &[&format!("u{number}@example.net")], None).await;
    }
    let queue = || transport.queues().into_iter().find(|q| q.message_count > 0).unwrap();
    until("it is in Retry", || queue().status == "Retry").await;
    clock.advance(TimeSpan::hours(11));
    looks().await;
    assert_eq!(again(), 0, "an hour too early");
    clock.advance(TimeSpan::minutes(61));
    until("all are routed again", || again() == 5).await;
    until("they are back", || queue().message_count == 5 && queue().retry_count > 1).await;
    looks().await;
    assert_eq!(again(), 5, "once");
    clock.advance(TimeSpan::minutes(12 * 60 + 1));
    until("and twelve hours later", || again() == 10).await;
    until("none is lost", || queue().message_count == 5).await;
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_tried_again_at_its_own_interval() {
    let place = Place::new();
    let (clock, _, transport) = start(&place).await;
    // Nothing can be put there.
    let mailbox = place.data.path().join("mailboxes/jean@contoso.com");
    std::fs::create_dir_all(mailbox.parent().unwrap()).unwrap();
    std::fs::write(&mailbox, "no folder").unwrap();
    let begun = clock.now();
    submit(&transport, &["jean@contoso.com"], None).await;
    until("it waits", || transport.messages().iter().any(|m| m.status == "Retry")).await;
    let queue = transport.queues().into_iter().find(|q| q.message_count > 0).unwrap();
    assert_eq!(queue.next_retry_time, Some(begun + TimeSpan::minutes(5)));
    std::fs::remove_file(&mailbox).unwrap();
    clock.advance(TimeSpan::seconds(301));
    until("it is delivered", || place.inbox().len() == 1 && is_empty(&transport)).await;
    transport.stop().await;
}

/// What is left in the Submission queue though it is not suspended is routed by itself.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_of_a_resumed_submission_queue_is_routed() {
    let place = Place::new();
    let (_clock, _, transport) = start(&place).await;
    transport.suspend_queue(QueueName::Submission).await.unwrap();
    for number in 0..300 {
        submit(&transport, &[&format!("u{number}@example.net")], None).await;
    }
    let progress = Arc::<crate::Progress>::default();
    progress.cancel();
    transport.resume_queue_in_sight(QueueName::Submission, progress).await.unwrap();
    let waits = || transport.queues()[0].message_count;
    assert!(waits() > 0, "the action was stopped");
    until("it is routed", || waits() == 0).await;
    assert_eq!(transport.messages().len(), 300);
    transport.stop().await;
}
