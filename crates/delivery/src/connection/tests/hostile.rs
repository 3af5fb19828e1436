//! Peers that break the rules, and connections that break: what becomes of the message, and that
//! nothing the peer does takes longer than it may.

use super::*;

const GROUP: (&str, &str) = ("DATA", "250 ok\r\n250 ok\r\n354 go on\r\n");
const TAKEN: (&str, &str) = ("\r\n.\r\n", "250 2.0.0 taken\r\n");

/// A peer as in [`peer`], which closes after its last words.
fn closing(script: &'static [(&'static str, &'static str)]) -> DuplexStream {
    let (ours, mut theirs) = duplex(1 << 20);
    tokio::spawn(async move {
        for (expected, answer) in script {
            if !hears(&mut theirs, expected).await {
                return;
            }
            let _ = theirs.write_all(answer.as_bytes()).await;
        }
    });
    ours
}

/// A peer that says `words`, one byte every `pause`, and listens to nothing.
fn trickling(words: impl Iterator<Item = u8> + Send + 'static, pause: Duration) -> DuplexStream {
    let (ours, mut theirs) = duplex(1 << 20);
    tokio::spawn(async move {
        for byte in words {
            tokio::time::sleep(pause).await;
            if theirs.write_all(&[byte]).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    });
    ours
}

async fn opened(stream: DuplexStream) -> Result<Connection, Lost> {
    let host = "mx [192.0.2.1]".to_owned();
    Connection::open(Box::new(stream), settings(), host, terms(), Tap::none()).await
}

/// What becomes of a message for one recipient that is sent to this peer, which closes at the end.
async fn fate(script: &'static [(&'static str, &'static str)]) -> (Outcome, Option<String>) {
    let mut connection = opened(closing(script)).await.unwrap();
    let Delivery { mut recipients, session_failure, .. } = connection.deliver(parcel(1)).await;
    assert_eq!(recipients.len(), 1);
    (recipients.remove(0).1, session_failure)
}

fn is_cut_off(outcome: &Outcome) -> bool {
    let when = "451 4.4.2 the session ended in the middle of the message's content";
    matches!(outcome, Outcome::Deferred(why) if why.starts_with(when))
}

#[tokio::test]
async fn before_the_content_a_drop_decides_nothing() {
    for script in [
        &[HELLO[0], HELLO[1]][..],
        &[HELLO[0], HELLO[1], ("MAIL", "")],
        &[HELLO[0], HELLO[1], ("DATA", "250 ok\r\n")],
        &[HELLO[0], HELLO[1], ("DATA", "250 ok\r\n250 ok\r\n")],
        &[HELLO[0], HELLO[1], ("DATA", "250 ok\r\n250 o")],
    ] {
        let (outcome, failure) = fate(script).await;
        assert_eq!(outcome, Outcome::Untried, "{script:?}");
        assert!(failure.unwrap().contains("closed the connection"), "{script:?}");
    }
}

#[tokio::test]
async fn a_drop_after_the_end_leaves_the_message_in_doubt() {
    let (outcome, failure) = fate(&[HELLO[0], HELLO[1], GROUP, ("\r\n.\r\n", "")]).await;
    assert!(is_in_doubt(&outcome), "{outcome:?}");
    assert!(failure.unwrap().contains("closed the connection"));
    // So does an answer that is none.
    for said in ["250-taken\r\n550 or not\r\n", "354 more\r\n", "\0\0\0\r\n", "250 2.0.0 tak"] {
        let words: &'static [_] =
            Box::leak(Box::new([HELLO[0], HELLO[1], GROUP, ("\r\n.\r\n", said)]));
        let (outcome, failure) = fate(words).await;
        assert!(is_in_doubt(&outcome) && failure.is_some(), "{said}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_was_said_to_be_taken_is_delivered_whatever_comes_after_it() {
    let (outcome, failure) = fate(&[HELLO[0], HELLO[1], GROUP, TAKEN]).await;
    assert_eq!((outcome, failure), (Outcome::Delivered("250 2.0.0 taken".into()), None));
    let twice = ("\r\n.\r\n", "250 2.0.0 taken\r\n451 changed my mind\r\n");
    let words: &'static [_] = Box::leak(Box::new([HELLO[0], HELLO[1], GROUP, twice]));
    let (outcome, failure) = fate(words).await;
    assert_eq!(outcome, Outcome::Delivered("250 2.0.0 taken".into()));
    assert!(failure.unwrap().contains("out of place"), "but nothing more is said over it");
}

/// A good answer to content that has not been sent would lose the message.
#[tokio::test]
async fn an_answer_before_the_content_delivers_nothing() {
    let early = ("DATA", "250 ok\r\n250 ok\r\n354 go on\r\n250 2.0.0 taken\r\n");
    let words: &'static [_] = Box::leak(Box::new([HELLO[0], HELLO[1], early]));
    let (outcome, failure) = fate(words).await;
    assert!(is_cut_off(&outcome), "{outcome:?}");
    assert!(failure.unwrap().contains("answered before it was asked"));
}

/// The content is more than fits on the way; the peer reads its beginning and answers.
async fn amid_content(answer: &'static str) -> (Outcome, Option<String>) {
    let (ours, mut theirs) = duplex(1 << 10);
    tokio::spawn(async move {
        for (expected, said) in [HELLO[0], HELLO[1], GROUP, ("Subject", answer)] {
            assert!(hears(&mut theirs, expected).await);
            theirs.write_all(said.as_bytes()).await.unwrap();
        }
        // The rest, or nothing more: whoever is heard in the middle stops.
        while theirs.read(&mut [0; 1024]).await.is_ok_and(|n| n > 0) {}
    });
    let mut connection = opened(ours).await.unwrap();
    let content = format!("Subject: x\r\n\r\n{}", "0123456789\r\n".repeat(50_000));
    let parcel = Parcel { content: content.into(), ..parcel(1) };
    let Delivery { mut recipients, session_failure, .. } = connection.deliver(parcel).await;
    (recipients.remove(0).1, session_failure)
}

#[tokio::test]
async fn what_is_said_into_the_content_can_only_refuse_it() {
    let (outcome, failure) = amid_content("250 2.0.0 taken\r\n").await;
    assert!(is_cut_off(&outcome) && failure.is_some(), "{outcome:?}");
    let (outcome, failure) = amid_content("552 5.3.4 too big\r\n").await;
    assert!(matches!(outcome, Outcome::Failed(..)), "{outcome:?}");
    assert!(failure.unwrap().contains("in the middle of its content"));
    let (outcome, failure) = amid_content("421 4.3.2 going down\r\n").await;
    assert_eq!((outcome, failure.as_deref()), (Outcome::Untried, Some("421 4.3.2 going down")));
}

#[tokio::test]
async fn words_before_the_question_end_the_search_at_this_host() {
    let Err(Lost(why)) = opened(closing(&[("", "220 mx\r\n250 mx\r\n250 ok\r\n")])).await else {
        panic!("nobody was asked")
    };
    assert!(why.contains("answered before it was asked"), "{why}");
}

/// The peer has closed, or spoken, while the connection was kept: nothing is sent over it, and the
/// next hop is not to blame.
#[tokio::test]
async fn a_kept_connection_that_has_died_says_so_before_anything_is_sent() {
    for (farewell, why) in [
        ("", "closed the connection"),
        ("421 4.4.2 idle for too long\r\n", "421 4.4.2 idle for too long"),
        ("250 2.0.0 taken again\r\n", "before it was asked"),
    ] {
        let (ours, mut theirs) = duplex(1 << 20);
        let peer = tokio::spawn(async move {
            for (expected, said) in [HELLO[0], HELLO[1], GROUP, TAKEN] {
                assert!(hears(&mut theirs, expected).await);
                theirs.write_all(said.as_bytes()).await.unwrap();
            }
            theirs
        });
        let mut connection = opened(ours).await.unwrap();
        assert_eq!(connection.deliver(parcel(1)).await.session_failure, None);
        let mut theirs = peer.await.unwrap();
        theirs.write_all(farewell.as_bytes()).await.unwrap();
        theirs.shutdown().await.unwrap();
        let second = connection.deliver(parcel(1)).await;
        assert_eq!(second.recipients, [(0, Outcome::Untried)]);
        assert!(second.session_failure.unwrap().contains(why), "{why}");
        assert!(second.has_answered, "it worked before");
        drop(connection);
        let mut more = String::new();
        theirs.read_to_string(&mut more).await.unwrap();
        assert_eq!(more, "", "nothing more was sent");
    }
}

#[tokio::test]
async fn a_refused_reset_costs_the_connection_and_no_message() {
    let refused = ("DATA", "250 ok\r\n550 5.1.1 no\r\n503 5.5.1 no\r\n");
    let reset = ("RSET", "502 5.5.1 what?\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
    let words: &'static [_] = Box::leak(Box::new([HELLO[0], HELLO[1], refused, reset]));
    let mut connection = opened(closing(words)).await.unwrap();
    assert_eq!(connection.deliver(parcel(1)).await.session_failure, None);
    let second = connection.deliver(parcel(1)).await;
    assert_eq!(second.recipients, [(0, Outcome::Untried)]);
    assert!(second.session_failure.unwrap().contains("refused RSET: \"502 5.5.1 what?\""));
    assert!(second.has_answered);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_goodbye() {
    let connection = open(&HELLO).await.unwrap();
    let began = Instant::now();
    connection.quit("test").await;
    assert_eq!(began.elapsed(), patience::QUIT);
    assert!(patience::QUIT <= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_reply_has_its_time_however_it_trickles_in() {
    let pause = Duration::from_secs(20);
    for endless in [b"220-slowly\r\n".as_slice(), b"220 slowly "] {
        let began = Instant::now();
        let peer = trickling(endless.iter().copied().cycle(), pause);
        let Err(Lost(why)) = opened(peer).await else { panic!("there was no end to it") };
        assert!(why.contains("did not answer in time"), "{why}");
        assert_eq!(began.elapsed(), Duration::from_secs(300));
    }
    // Each reply has its time anew.
    let began = Instant::now();
    let words = b"220 mx\r\n".iter().copied();
    let (ours, mut theirs) = duplex(1 << 20);
    tokio::spawn(async move {
        for byte in words.chain(b"250 mx\r\n".iter().copied()) {
            if byte == b'2' && began.elapsed() > pause * 6 {
                let _ = hears(&mut theirs, "EHLO").await;
            }
            tokio::time::sleep(pause).await;
            theirs.write_all(&[byte]).await.unwrap();
        }
        std::future::pending::<()>().await;
    });
    assert!(opened(ours).await.is_ok());
    assert_eq!(began.elapsed(), pause * 16);
}

#[tokio::test(start_paused = true)]
async fn endless_replies_end_the_session() {
    let line = [b"220-".as_slice(), &[b'x'; 500], b"\r\n"].concat();
    for words in [line, vec![b'x'; 500]] {
        let (ours, mut theirs) = duplex(1 << 16);
        tokio::spawn(async move { while theirs.write_all(&words).await.is_ok() {} });
        let Err(Lost(why)) = opened(ours).await else { panic!("there was no end to it") };
        assert!(why.starts_with("451 4.5.0 the remote server sent a reply"), "{why}");
    }
}

#[tokio::test]
async fn control_characters_do_not_reach_what_is_read() {
    let refused = ("DATA", "250 ok\r\n550 5.1.1 no\0 \x1b[31mbody\r here\r\n503 no\r\n");
    let words: &'static [_] = Box::leak(Box::new([HELLO[0], HELLO[1], refused]));
    let (outcome, _) = fate(words).await;
    let Outcome::Failed(_, text) = outcome else { panic!("{outcome:?}") };
    assert_eq!(text, "550 5.1.1 no? ?[31mbody? here");
}

#[tokio::test]
async fn too_many_recipients_says_the_number_even_where_the_message_is_refused() {
    let some =
        ("DATA", "250 ok\r\n250 ok\r\n452 4.5.3 too many\r\n550 5.5.3 too many\r\n354 go\r\n");
    let script: &'static [_] =
        Box::leak(Box::new([HELLO[0], HELLO[1], some, ("\r\n.\r\n", "451 4.3.0 later\r\n")]));
    let mut connection = opened(closing(script)).await.unwrap();
    let delivery = connection.deliver(parcel(3)).await;
    let later = Outcome::Deferred("451 4.3.0 later".into());
    let all = [(0, later), (1, Outcome::Untried), (2, Outcome::Untried)];
    assert_eq!(delivery.recipients, all, "who was refused for the number was not refused");
}

#[tokio::test]
async fn a_host_that_loses_a_group_is_asked_one_by_one() {
    let cautions = Arc::new(Cautions::default());
    let address = [192, 0, 2, 1].into();
    let script = &[HELLO[0], HELLO[1], ("DATA", "250 ok\r\n")];
    let mut connection = opened(closing(script)).await.unwrap().with(&cautions, address);
    assert_eq!(connection.deliver(parcel(1)).await.recipients, [(0, Outcome::Untried)]);
    assert!(cautions.call_for(address, Caution::OneByOne));
    let one_by_one = &[
        HELLO[0],
        HELLO[1],
        ("MAIL FROM:<>\r\n", "250 ok\r\n"),
        ("RCPT TO:<r0@example.net>\r\n", "250 ok\r\n"),
        ("DATA\r\n", "354 go on\r\n"),
        TAKEN,
    ];
    let mut connection = opened(closing(one_by_one)).await.unwrap().with(&cautions, address);
    let delivery = connection.deliver(parcel(1)).await;
    assert_eq!(delivery.recipients, [(0, Outcome::Delivered("250 2.0.0 taken".into()))]);
    // A drop where no group was out is no reason.
    let other = [192, 0, 2, 2].into();
    let script = &[HELLO[0], HELLO[1], GROUP];
    let mut connection = opened(closing(script)).await.unwrap().with(&cautions, other);
    connection.deliver(parcel(1)).await;
    assert!(!cautions.call_for(other, Caution::OneByOne));
}

#[test]
fn a_slow_host_leaves_time_for_the_others() {
    let seconds = Duration::from_secs;
    assert_eq!(patience::of_host(patience::SEARCH, true), patience::SEARCH);
    let mut left = patience::SEARCH;
    for turn in [300, 150, 75, 60, 15, 0] {
        let taken = patience::of_host(left, false);
        assert_eq!(taken, seconds(turn));
        left -= taken;
    }
}

#[tokio::test]
async fn a_host_works_when_it_has_taken_or_refused_something() {
    for (rcpt, works) in [("250 ok", true), ("550 5.1.1 no", true), ("450 4.2.1 later", false)] {
        let (data, end) = if works && rcpt.starts_with('2') {
            ("354 go", "250 2.0.0 taken\r\n421 4.3.2 enough\r\n")
        } else {
            ("421 4.3.2 enough", "")
        };
        let group: &'static str =
            Box::leak(format!("250 ok\r\n{rcpt}\r\n{data}\r\n").into_boxed_str());
        let script: &'static [_] =
            Box::leak(Box::new([HELLO[0], HELLO[1], ("DATA", group), ("\r\n.\r\n", end)]));
        let mut connection = opened(closing(script)).await.unwrap();
        let delivery = connection.deliver(parcel(1)).await;
        assert_eq!(delivery.session_failure.as_deref(), Some("421 4.3.2 enough"), "{rcpt}");
        assert_eq!(delivery.has_answered, works, "{rcpt}");
    }
}
