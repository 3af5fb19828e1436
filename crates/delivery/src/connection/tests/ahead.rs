//! Two messages on one connection, the second behind the first.

use super::*;

const GROUP: &str = "250 ok\r\n250 ok\r\n354 go on\r\n";

async fn two(connection: &mut Connection) -> (Delivery, Option<Delivery>) {
    connection.begin(parcel(1)).await.unwrap();
    assert!(connection.follow(parcel(2)).await);
    assert!(!connection.follow(parcel(1)).await, "one follows already");
    let first = connection.conclude().await;
    if first.session_failure.is_some() {
        return (first, None);
    }
    (first, Some(connection.conclude().await))
}

fn is_delivered((_, outcome): &(u32, Outcome)) -> bool {
    matches!(outcome, Outcome::Delivered(_))
}

#[tokio::test(start_paused = true)]
async fn one_round_trip_each() {
    // The peer says nothing before it has heard this: the group has come with the content.
    let script = &[
        HELLO[0],
        HELLO[1],
        ("DATA", GROUP),
        (
            "\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<r0@example.net>\r\nRCPT TO:<r1@example.net>\r\nDATA\r\n",
            "250 taken\r\n250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go on\r\n",
        ),
        ("\r\n.\r\n", "250 taken too\r\n"),
    ];
    let mut connection = open(script).await.unwrap();
    let (first, second) = two(&mut connection).await;
    assert!(first.recipients.iter().all(is_delivered), "{first:?}");
    let second = second.unwrap();
    assert!(
        is_delivered(&second.recipients[0]) || is_delivered(&second.recipients[1]),
        "{second:?}"
    );
    assert_eq!(second.recipients.iter().filter(|one| is_delivered(one)).count(), 1);
    assert_eq!(second.session_failure, None);
    assert!(!connection.may_follow(), "nothing is under way");
}

#[tokio::test(start_paused = true)]
async fn the_last_of_a_connection_is_followed_by_quit() {
    // The peer says nothing before it has heard both.
    const END: (&str, &str) = ("\r\n.\r\nQUIT\r\n", "250 taken\r\n221 bye\r\n");
    let script = &[HELLO[0], HELLO[1], ("DATA", GROUP), END];
    let mut connection = open_on(script, Terms { messages: 1, ..terms() }).await.unwrap();
    connection.begin(parcel(1)).await.unwrap();
    assert!(!connection.follow(parcel(1)).await);
    let delivery = connection.conclude().await;
    assert!(delivery.recipients.iter().all(is_delivered) && delivery.session_failure.is_none());
    assert!(connection.is_spent());
    let begun = tokio::time::Instant::now();
    connection.quit("spent").await;
    assert_eq!(begun.elapsed(), Duration::ZERO, "its answer is there");
}

#[tokio::test(start_paused = true)]
async fn who_loses_a_content_that_quit_is_behind_is_noted() {
    let address = IpAddr::from([192, 0, 2, 1]);
    let cautions = Arc::new(Cautions::default());
    let last = || Terms { messages: 1, ..terms() };
    let script = &[HELLO[0], HELLO[1], ("DATA", GROUP)];
    let mut connection = open_on(script, last()).await.unwrap().with(&cautions, address);
    connection.begin(parcel(1)).await.unwrap();
    assert!(is_in_doubt(&connection.conclude().await.recipients[0].1));
    assert!(cautions.call_for(address, Caution::NothingBehindContent));
    // It is asked by itself from then on.
    let script = &[
        HELLO[0],
        HELLO[1],
        ("DATA", GROUP),
        ("\r\n.\r\n", "250 taken\r\n"),
        ("QUIT\r\n", "221\r\n"),
    ];
    let mut connection = open_on(script, last()).await.unwrap().with(&cautions, address);
    connection.begin(parcel(1)).await.unwrap();
    assert!(connection.conclude().await.recipients.iter().all(is_delivered));
    connection.quit("spent").await;
}

#[tokio::test(start_paused = true)]
async fn who_loses_what_comes_behind_is_noted() {
    let address = IpAddr::from([192, 0, 2, 1]);
    let cautions = Arc::new(Cautions::default());
    let script = &[HELLO[0], HELLO[1], ("DATA", GROUP), ("\r\n.\r\n", "250 taken\r\n")];
    let mut connection = open(script).await.unwrap().with(&cautions, address);
    let (first, second) = two(&mut connection).await;
    assert!(first.recipients.iter().all(is_delivered));
    let second = second.unwrap();
    assert!(second.session_failure.is_some() && second.has_answered, "{second:?}");
    assert!(
        second.recipients.iter().all(|(_, outcome)| *outcome == Outcome::Untried),
        "{second:?}"
    );
    assert!(cautions.call_for(address, Caution::NothingBehindContent));
    assert!(!cautions.call_for(address, Caution::OneByOne));
    let mut connection = open(script).await.unwrap().with(&cautions, address);
    connection.begin(parcel(1)).await.unwrap();
    assert!(!connection.may_follow());
}

#[tokio::test(start_paused = true)]
async fn a_first_whose_fate_is_unknown_leaves_the_second_untouched() {
    let script = &[HELLO[0], HELLO[1], ("DATA", GROUP)];
    let mut connection = open(script).await.unwrap();
    let (first, second) = two(&mut connection).await;
    assert!(is_in_doubt(&first.recipients[0].1), "{first:?}");
    assert!(first.session_failure.is_some() && second.is_none());
    let script = &[HELLO[0], HELLO[1], ("DATA", GROUP), ("\r\n.\r\n", "421 4.3.2 bye\r\n")];
    let mut connection = open(script).await.unwrap();
    let (first, second) = two(&mut connection).await;
    assert_eq!(first.recipients[0].1, Outcome::Untried);
    assert!(first.session_failure.is_some() && second.is_none());
}
