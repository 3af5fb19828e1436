//! Servers that break the rules: what they say too early, too much, or at the wrong place never
//! counts as an answer, and costs a bounded amount of memory.

use super::*;

const GROUP: &str = "250 ok\r\n250 ok\r\n354 go";

/// A peer to which a message for one recipient is under way.
fn sending(extensions: &str) -> Peer {
    let mut peer = Peer::ready(extensions);
    peer.begin(to(&["d@e.f"]));
    peer
}

/// The reason for which a session failed.
fn why(peer: &mut Peer) -> String {
    match peer.client.next() {
        ClientStep::Failed(SessionFailure::Protocol(why)) => why,
        step => panic!("{step:?}"),
    }
}

#[test]
fn no_reply_counts_for_a_command_that_was_not_sent() {
    // A whole session's replies at once would be a message that nobody was given.
    let mut peer = Peer::new();
    peer.client.input().extend_from_slice(b"220 hi\r\n250 mx\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    assert!(why(&mut peer).contains("answered before it was asked: \"250 mx\""));
    for early in ["250 ok\r\n250 ok", "250 ok\r\n550 no", "250 ok\r\n354 go", "250 ok\r\n25"] {
        let mut peer = sending("");
        peer.client.input().extend_from_slice(early.as_bytes());
        if !early.ends_with("25") {
            peer.client.input().extend_from_slice(b"\r\n");
        }
        assert!(why(&mut peer).contains("before it was asked"), "{early}");
        assert!(peer.client.output().is_empty(), "nothing more is said to it");
        assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
    }
}

#[test]
fn a_good_reply_to_content_that_was_not_sent_delivers_nothing() {
    let mut peer = sending("PIPELINING");
    assert_eq!(peer.say(&format!("{GROUP}\r\n250 taken")), "Protocol");
    assert_eq!(peer.client.content_sent(false), ContentSent::Part);
    // The driver has taken the content out and could send only some of it.
    let mut peer = sending("PIPELINING");
    peer.say(GROUP);
    peer.send();
    peer.client.cut_short();
    assert_eq!(peer.client.content_sent(false), ContentSent::Part);
    assert_eq!(peer.say("250 taken"), "Protocol");
    assert_eq!(peer.client.content_sent(false), ContentSent::Part);
}

#[test]
fn a_refusal_in_the_middle_of_the_content_counts_and_ends_the_session() {
    for (refusal, ended) in [
        ("552 5.3.4 too big", "Protocol"),
        ("451 4.3.0 full", "Protocol"),
        (
            "421 bye",
            "Failed(Closing(Reply { code: ReplyCode(421), enhanced: None, text: \"bye\" }))",
        ),
    ] {
        let mut peer = sending("PIPELINING");
        assert_eq!(
            peer.say(&format!("{GROUP}\r\n{refusal}")),
            format!("Finished: 0 End {refusal}")
        );
        assert_eq!(peer.step(), ended);
    }
}

#[test]
fn closing_may_be_said_at_any_time() {
    let mut peer = Peer::new();
    peer.client.input().extend_from_slice(b"220 hi\r\n421 busy\r\n");
    assert!(peer.step().starts_with("Failed(Closing"));
    let mut peer = sending("");
    assert_eq!(peer.say("250 ok\r\n421 bye"), "Finished: 0 Rcpt 421 bye");
}

#[test]
fn what_was_given_whole_and_not_answered_is_in_doubt() {
    let mut peer = sending("PIPELINING");
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
    peer.say(GROUP);
    assert_eq!(peer.client.content_sent(false), ContentSent::Part, "it is still in the output");
    peer.sent();
    assert_eq!(peer.client.content_sent(false), ContentSent::Whole);
    for answer in ["354 more?", "250-taken\r\n550 or not", "what?"] {
        let mut peer = sending("PIPELINING");
        peer.say(GROUP);
        peer.sent();
        assert_eq!(peer.say(answer), "Protocol", "{answer}");
        assert_eq!(peer.client.content_sent(false), ContentSent::Whole, "{answer}");
    }
    assert_eq!(peer.say("250 taken\r\n250 twice"), "Finished: 0 End 250 taken");
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing, "its fate is known");
    assert_eq!(peer.step(), "Protocol", "and the session is over");
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
}

#[test]
fn nobody_is_in_doubt_about_an_empty_message() {
    let mut peer = sending("PIPELINING");
    peer.say("250 ok\r\n550 no\r\n354 go");
    assert_eq!(peer.sent(), ".\r\n");
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
}

#[test]
fn a_group_that_gets_lost_is_noticed() {
    let mut peer = sending("PIPELINING");
    assert!(!peer.client.lost_in_group(), "nothing was answered at all");
    peer.say("250 ok");
    assert!(peer.client.lost_in_group());
    assert_eq!(peer.say("354 go"), "Protocol");
    assert!(peer.client.lost_in_group());
    let mut peer = sending("PIPELINING");
    peer.say(GROUP);
    assert!(!peer.client.lost_in_group(), "the whole group was answered");
    let mut peer = Peer::ready("PIPELINING");
    peer.client.one_by_one();
    assert_eq!(peer.begin(to(&["d@e.f"])), "MAIL FROM:<a@b.c>\r\n");
    peer.say("250 ok");
    assert!(!peer.client.lost_in_group());
}

#[test]
fn a_refused_reset_ends_the_session() {
    let mut peer = sending("PIPELINING");
    peer.say("250 ok\r\n550 no\r\n503 no");
    peer.begin(to(&["d@e.f"]));
    peer.client.input().extend_from_slice(b"502 what?\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    assert_eq!(why(&mut peer), "the remote server refused RSET: \"502 what?\"");
}

#[test]
fn only_refusals_let_a_session_go_on_without_tls() {
    for (reply, wanted) in [
        ("454 4.7.0 not now", "TlsRefused"),
        ("501 syntax", "TlsRefused"),
        ("250 fine", "Protocol"),
        ("354 what", "Protocol"),
        ("421 bye", "Failed(Closing"),
    ] {
        let mut peer = Peer::ready("STARTTLS");
        peer.client.start_tls();
        peer.sent();
        assert!(peer.say(reply).starts_with(wanted), "{reply}");
    }
}

#[test]
fn what_was_said_in_clear_is_forgotten_under_tls() {
    let mut peer = Peer::ready("STARTTLS PIPELINING SIZE_10 AUTH_PLAIN");
    peer.client.start_tls();
    peer.sent();
    peer.say("220 go");
    // What an attacker put behind the reply, later than the driver read it.
    peer.client.input().extend_from_slice(b"250-evil\r\n250 AUTH LOGIN\r\n");
    peer.client.tls_started();
    assert_eq!(*peer.client.capabilities(), Capabilities::default());
    assert_eq!(peer.sent(), "EHLO us.example\r\n");
    assert_eq!(peer.say("250 mx"), "Ready");
    assert!(peer.client.capabilities().auth.is_empty());
}

#[test]
fn codes_are_judged_by_their_first_digit() {
    for (said, result) in [
        ("571 5.7.1 refused", "0 Rcpt 571 5.7.1 refused"),
        ("599 never", "0 Rcpt 599 never"),
        ("499 later", "0 Rcpt 499 later"),
        // A contradicting enhanced code is text.
        ("550 2.1.5 no", "0 Rcpt 550 2.1.5 no"),
        ("450 5.1.1 no", "0 Rcpt 450 5.1.1 no"),
    ] {
        let mut peer = sending("");
        peer.say("250 ok");
        peer.sent();
        assert_eq!(peer.say(said), format!("Finished: {result}"), "{said}");
    }
    let mut peer = sending("PIPELINING");
    peer.say(GROUP);
    peer.sent();
    assert_eq!(peer.say("250 5.0.0 contradiction"), "Finished: 0 End 250 5.0.0 contradiction");
}

/// What the client holds at most while a server says `piece` again and again, and how it ends.
fn most_held(piece: &[u8], times: usize) -> (usize, bool) {
    let mut peer = Peer::new();
    let mut most = 0;
    for _ in 0..times {
        let room = peer.client.input().capacity() - peer.client.input().len();
        assert!(room <= 4 * ROOM, "a read is bounded: {room}");
        peer.client.input().extend_from_slice(piece);
        let step = peer.client.next();
        most = most.max(peer.client.held());
        if matches!(step, ClientStep::Failed(_)) {
            return (most, true);
        }
        peer.client.output().clear();
    }
    (most, false)
}

#[test]
fn endless_replies_cost_little_memory_and_end() {
    let line = [b"220-".as_slice(), &[b'x'; 2000], b"\r\n"].concat();
    for (piece, name) in [
        (line.as_slice(), "lines without an end"),
        (&[b'x'; 4000][..], "a line without an end"),
        (b"220-\r\n", "empty lines without an end"),
        (b"220 x", "a line in pieces"),
    ] {
        let (most, ended) = most_held(piece, 20_000);
        assert!(ended, "{name}");
        assert!(most <= MAX_HELD, "{name}: {most}");
    }
}

proptest! {
    #[test]
    fn memory_is_bounded_whatever_is_said(
        pieces in proptest::collection::vec("((220|250|354|550)[ -])?[x\\x00\r\n]{0,40}\n?", 0..300),
        times in 1usize..60,
    ) {
        let mut peer = sending("PIPELINING");
        for piece in pieces {
            peer.client.input().extend_from_slice(piece.repeat(times).as_bytes());
            if matches!(peer.client.next(), ClientStep::Failed(_)) {
                break;
            }
            peer.client.output().clear();
            prop_assert!(peer.client.held() <= MAX_HELD);
        }
    }
}
