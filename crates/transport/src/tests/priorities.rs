//! Priority queuing: what the header says counts where it is on, in order, in times and in lists, and over
//! a restart.

use model::{Clock, ManualClock};

use super::*;
use crate::PriorityQueuing;

async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn submit_marked(transport: &Transport, to: &str, priority: u8) {
    let content = format!("X-Priority: {priority}\r\n{CONTENT}");
    try_submit_content(transport, &[to], None, &content).await.unwrap();
}

fn shown(transport: &Transport) -> Vec<&'static str> {
    transport.messages().iter().map(|message| message.priority).collect()
}

async fn start(place: &Place, clock: &Arc<ManualClock>) -> Transport {
    let time: Arc<dyn Clock> = Arc::clone(clock) as _;
    let start = place.start_with(|settings| {
        settings.clock = time;
        settings.priorities = Some(PriorityQueuing::default());
        settings.glitch_retry_interval = TimeSpan::hours(100);
    });
    start.await
}

#[tokio::test(flavor = "multi_thread")]
async fn priorities_have_their_turns_their_times_and_their_counts() {
    let (place, clock) = (Place::new(), Arc::new(ManualClock::new(SystemClock.now())));
    let transport = start(&place, &clock).await;
    let dead = nobody().await;
    place.connect(dead, |_| {});
    for (number, priority) in [5, 3, 1, 1].into_iter().enumerate() {
        submit_marked(&transport, &format!("u{number}@example.net"), priority).await;
    }
    until("it is in Retry", || transport.queues().iter().any(|q| q.status == "Retry")).await;
    transport.stop().await;
    drop(transport);
    let transport = start(&place, &clock).await;
    assert_eq!(shown(&transport), ["Low", "Normal", "High", "High"]);
    let expires: Vec<_> = transport
        .messages()
        .iter()
        .map(|m| m.expiration_time.since(m.date_received).as_millis() / 3_600_000)
        .collect();
    assert_eq!(expires, [48, 48, 8, 8]);
    let counts = |transport: &Transport| transport.queues()[1].counts_per_priority;
    transport.messages();
    assert_eq!(counts(&transport), [2, 1, 1, 0]);
    clock.advance(TimeSpan::minutes(31));
    // What is being tried just when the clock looks has its turn at a later look: time goes on meanwhile.
    let told = |count| {
        clock.advance(TimeSpan::millis(200));
        place.inbox().len() == count
    };
    until("High is late first", || told(2)).await;
    clock.advance(TimeSpan::hours(4));
    until("then Normal", || told(3)).await;
    clock.advance(TimeSpan::hours(4));
    until("then Low, and High is over", || told(6)).await;
    until("two are left", || shown(&transport) == ["Low", "Normal"]).await;
    let failed = place.inbox().iter().filter(|m| m.contains("Action: failed")).count();
    assert_eq!((failed, counts(&transport)), (2, [0, 1, 1, 0]));
    transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_normal_while_it_is_off() {
    let place = Place::new();
    let transport = place.start().await;
    submit_marked(&transport, "a@example.net", 1).await;
    submit_marked(&transport, "b@example.net", 5).await;
    assert_eq!(shown(&transport), ["Normal", "Normal"]);
    assert_eq!(transport.queues()[1].counts_per_priority, [0, 2, 0, 0]);
    transport.stop().await;
}

/// What waits together leaves by priority, the first of the one most urgent first.
#[tokio::test(flavor = "multi_thread")]
async fn high_leaves_before_normal_and_normal_before_low() {
    let (place, clock) = (Place::new(), Arc::new(ManualClock::new(SystemClock.now())));
    place.set_server(|s| {
        s.max_per_domain_outbound_connections = model::Unlimited::Limited(1);
    });
    let transport = start(&place, &clock).await;
    let dead = nobody().await;
    place.connect(dead, |c| c.smtp_max_messages_per_connection = 100);
    for (number, priority) in [5, 5, 3, 3, 1, 1].into_iter().enumerate() {
        submit_marked(&transport, &format!("u{number}@example.net"), priority).await;
    }
    until("it is in Retry", || transport.queues().iter().any(|q| q.status == "Retry")).await;
    transport.messages();
    let peer = Peer::start_at(dead).await;
    transport.retry_queue(transport.queues()[1].name, false).await.unwrap();
    until("all of it leaves", || peer.taken.lock().len() == 6 && is_empty(&transport)).await;
    let order: Vec<String> = peer
        .taken
        .lock()
        .iter()
        .map(|message| message.envelope.recipients[0].address.to_string())
        .collect();
    let expected = [4, 5, 2, 3, 0, 1].map(|number| format!("u{number}@example.net"));
    assert_eq!(order, expected);
    transport.stop().await;
}
