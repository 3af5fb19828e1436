//! A message that another server of the organization hands on: it is here what it was there, over a restart too.

use model::{Clock, HopAttributes, ManualClock, Timestamp};

use super::*;
use crate::PriorityQueuing;

const GUID: Guid = Guid::from_u128(0x1234);

/// Hands on a message that was accepted so long ago by MBX00, and is less urgent.
async fn hand_on(transport: &Transport, (now, age): (Timestamp, TimeSpan), delay_told: bool) {
    let intake = transport.intake();
    let to = vec![address("a@example.net")];
    let envelope = Envelope::plain(ReversePath::Address(address("jean@contoso.com")), to);
    let attributes = HopAttributes {
        network_id: GUID,
        accepted_at: now - age,
        band: 2,
        stranger: true,
        delay_told,
        size: 10,
        client: Some([192, 0, 2, 9].into()),
    };
    let submitted = Submitted {
        id: intake.next_id(),
        network_id: GUID,
        envelope,
        content: Bytes::from_static(CONTENT.as_bytes()),
        trace: "Received: from test\r\n".into(),
        source: Source::Server {
            connector: "Default MBX01".to_owned(),
            server: "MBX00".parse().unwrap(),
            address: [192, 0, 2, 1].into(),
            local: None,
            attributes,
        },
    };
    intake.accept(submitted).await.unwrap();
}

async fn start(place: &Place, clock: &Arc<ManualClock>) -> Transport {
    let time: Arc<dyn Clock> = Arc::clone(clock) as _;
    let start = place.start_with(|settings| {
        settings.clock = time;
        settings.priorities = Some(PriorityQueuing::default());
    });
    start.await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_time_counts_from_where_it_came_in() {
    let (place, clock) = (Place::new(), Arc::new(ManualClock::new(SystemClock.now())));
    let transport = start(&place, &clock).await;
    let began = clock.now();
    hand_on(&transport, (began, TimeSpan::hours(7)), false).await;
    let check = |transport: &Transport| {
        let shown = transport.messages().remove(0);
        assert_eq!((shown.date_received, shown.priority), (began - TimeSpan::hours(7), "Low"));
        assert_eq!(shown.expiration_time.since(began), TimeSpan::hours(41));
        assert_eq!(shown.source_ip, Some([192, 0, 2, 9].into()));
        assert_eq!(shown.source_name, "SMTP:Default MBX01");
    };
    check(&transport);
    transport.stop().await;
    drop(transport);
    let transport = start(&place, &clock).await;
    check(&transport);
    assert!(place.inbox().is_empty(), "8 hours are over soon, and not yet");
    clock.advance(TimeSpan::minutes(61));
    until("the delay is reported", || place.inbox().len() == 1).await;
    assert!(place.inbox()[0].contains("Action: delayed"));
    clock.advance(TimeSpan::hours(41));
    until("the end is reported", || place.inbox().len() == 2 && is_empty(&transport)).await;
    // What was accepted is told by its number there.
    let arrival = (began - TimeSpan::hours(7)).rfc5322();
    let told = format!("Arrival-Date: {arrival}");
    assert!(place.inbox().iter().all(|report| report.contains(&told)), "{:?}", place.inbox());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_twice_of_a_delay() {
    let (place, clock) = (Place::new(), Arc::new(ManualClock::new(SystemClock.now())));
    let transport = start(&place, &clock).await;
    let now = clock.now();
    hand_on(&transport, (now, TimeSpan::hours(9)), true).await;
    transport.stop().await;
    drop(transport);
    let transport = start(&place, &clock).await;
    hand_on(&transport, (now, TimeSpan::hours(9)), true).await;
    // Told apart by who is told: it comes after the others.
    hand_on(&transport, (now, TimeSpan::hours(9)), false).await;
    clock.advance(TimeSpan::minutes(1));
    until("one delay is reported", || place.inbox().len() == 1).await;
    clock.advance(TimeSpan::minutes(1));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!((place.inbox().len(), transport.messages().len()), (1, 3));
}
