//! What goes out behind the content of another message: in one piece with it, each answered in its turn,
//! and never taken for delivered without its own content.

use super::*;

const GROUP: &str = "250 ok\r\n250 ok\r\n354 go";
const FIRST: &str = "S: x\r\n\r\n..dot\r\n.\r\n";
const SECOND: &str = "MAIL FROM:<a@b.c>\r\nRCPT TO:<g@h.i>\r\nDATA\r\n";

/// A peer to which a message is under way and another is to follow.
fn two() -> Peer {
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f"]));
    assert!(peer.client.may_follow());
    peer.client.follow(to(&["g@h.i"])).unwrap();
    peer
}

/// The same when the content of the first, and the beginning of the second, have been sent.
fn behind() -> Peer {
    let mut peer = two();
    assert_eq!(peer.say(GROUP), "NeedInput");
    assert_eq!(peer.sent(), format!("{FIRST}{SECOND}"));
    peer
}

#[test]
fn the_next_goes_out_with_the_content_before() {
    let mut peer = behind();
    assert_eq!(peer.client.waits_for(), Phase::DataEnd);
    assert!(!peer.client.may_follow(), "the content has been written");
    assert_eq!(peer.say(&format!("250 taken\r\n{GROUP}")), "Finished: 0 End 250 taken");
    assert!(peer.client.is_carrying() && peer.client.may_follow());
    peer.client.follow(to(&["j@k.l"])).unwrap();
    assert_eq!(peer.step(), "NeedInput");
    assert_eq!(peer.sent(), format!("{FIRST}{}", SECOND.replace("g@h.i", "j@k.l")));
    assert_eq!(peer.say("451 4.2.1 busy"), "Finished: 0 End 451 4.2.1 busy");
    assert_eq!(peer.say(GROUP), "NeedInput");
    assert_eq!(peer.sent(), FIRST);
    assert_eq!(peer.say("250 taken too"), "Finished: 0 End 250 taken too");
    assert!(!peer.client.is_carrying());
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn without_a_content_it_begins_behind_the_refusal() {
    let mut peer = two();
    assert_eq!(peer.say("250 ok\r\n550 a\r\n503 nobody"), "Finished: 0 Rcpt 550 a");
    assert_eq!(peer.sent(), format!("RSET\r\n{SECOND}"));
    assert_eq!(peer.say(&format!("250 reset\r\n{GROUP}")), "NeedInput");
    assert_eq!(peer.sent(), FIRST);
    assert_eq!(peer.say("250 taken"), "Finished: 0 End 250 taken");
    // An empty message is no content to go behind.
    let mut peer = two();
    assert_eq!(peer.say("250 ok\r\n550 a\r\n354 go"), "NeedInput");
    assert_eq!(peer.sent(), ".\r\n");
    assert_eq!(peer.say("554 nobody"), "Finished: 0 Rcpt 550 a");
    assert_eq!(peer.sent(), SECOND);
}

#[test]
fn what_cannot_follow_comes_back() {
    let refused = |peer: &mut Peer, next: Transaction| peer.client.follow(next).is_err();
    let mut peer = Peer::ready("PIPELINING");
    assert!(refused(&mut peer, to(&["g@h.i"])), "nothing is under way");
    let mut peer = Peer::ready("");
    peer.begin(to(&["d@e.f"]));
    assert!(refused(&mut peer, to(&["g@h.i"])), "no pipelining");
    let mut peer = Peer::ready("PIPELINING");
    peer.client.one_by_one();
    peer.begin(to(&["d@e.f"]));
    assert!(refused(&mut peer, to(&["g@h.i"])), "asked one by one");
    let mut peer = two();
    assert!(refused(&mut peer, to(&["j@k.l"])), "one follows already");
    let mut peer = Peer::ready("PIPELINING");
    let long = Transaction { content: vec![b'x'; LONGEST_FOLLOWED + 1].into(), ..to(&["d@e.f"]) };
    peer.begin(long.clone());
    assert!(refused(&mut peer, to(&["g@h.i"])), "behind a long content");
    let mut peer = Peer::ready("PIPELINING SIZE_1000");
    peer.begin(to(&["d@e.f"]));
    assert!(refused(&mut peer, to(&[])), "for nobody");
    assert!(refused(&mut peer, long), "larger than the server takes");
    assert!(peer.client.may_follow());
    let mut peer = Peer::with(ClientSettings { hello: "us".into(), force_helo: false, lmtp: true });
    peer.say("220 hi");
    peer.say("250-mx\r\n250 PIPELINING");
    peer.begin(to(&["d@e.f"]));
    assert!(refused(&mut peer, to(&["g@h.i"])), "LMTP has several replies to a content");
}

#[test]
fn when_it_ends_nothing_of_the_second_is_in_doubt() {
    let mut peer = behind();
    assert_eq!(peer.client.content_sent(false), ContentSent::Whole);
    assert_eq!(peer.say("421 4.3.2 bye"), "Finished: 0 End 421 4.3.2 bye");
    assert!(peer.step().starts_with("Failed(Closing"));
    assert!(!peer.client.is_carrying());
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
    // Between them: the first is delivered, of the second nothing is known to be heard.
    let mut peer = behind();
    assert!(!peer.client.lost_behind_content());
    peer.say("250 taken");
    assert!(peer.client.lost_behind_content() && !peer.client.lost_in_group());
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
    assert_eq!(peer.say("354 what?"), "Protocol");
    assert!(peer.client.lost_behind_content());
    // In the second.
    let mut peer = behind();
    peer.say("250 taken\r\n250 ok");
    peer.step();
    assert!(peer.client.lost_in_group() && !peer.client.lost_behind_content());
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
}

#[test]
fn while_it_goes_out_the_whole_content_may_be_there() {
    let mut peer = two();
    peer.say(GROUP);
    assert_eq!(peer.client.content_sent(false), ContentSent::Part, "it is still in the output");
    peer.send();
    assert_eq!(peer.client.content_sent(true), ContentSent::Whole);
    peer.client.cut_short();
    assert_eq!(peer.say("250 taken"), "Protocol", "or was that said before?");
    assert_eq!(peer.client.content_sent(false), ContentSent::Whole);
}

#[test]
fn one_reply_too_many_delivers_nothing() {
    let mut peer = behind();
    assert_eq!(peer.say("250 taken\r\n250 twice"), "Finished: 0 End 250 taken");
    assert_eq!(peer.say("250 ok\r\n250 ok\r\n354 go"), "Protocol");
    assert_eq!(peer.client.content_sent(false), ContentSent::Nothing);
}

/// What a client makes of a server's words about two transactions, the second behind the first: how many
/// are over, and how many of these were said to be delivered before their content was written.
fn play_two(words: &[u8], size: usize) -> (Vec<String>, usize) {
    let mut peer = two();
    let (mut ends, mut contents, mut too_early) = (Vec::new(), 0, 0);
    let lines = words.split_inclusive(|byte| *byte == b'\n');
    for piece in lines.flat_map(|line| line.chunks(size)) {
        peer.client.input().extend_from_slice(piece);
        loop {
            let step = peer.step();
            contents +=
                peer.client.output().split().windows(4).filter(|four| four == b"dot\r").count();
            if !step.starts_with("Finished") {
                break;
            }
            // One that was refused before has had no content.
            let with_content = ends.iter().filter(|end: &&String| end.contains(" End ")).count();
            too_early += usize::from(step.contains("End 250") && contents <= with_content);
            ends.push(step);
        }
    }
    (ends, too_early)
}

proptest! {
    #[test]
    fn each_is_over_once_and_delivered_only_with_its_content(
        words in "((250|250|250|354|550|451|421|503)[ -][a-z]{0,3}\r\n){0,30}",
        size in 1usize..9,
    ) {
        let whole = play_two(words.as_bytes(), usize::MAX);
        prop_assert!(whole.0.len() <= 2);
        prop_assert_eq!(whole.1, 0);
        prop_assert_eq!(play_two(words.as_bytes(), size), whole);
    }
}

#[test]
fn quit_goes_out_behind_the_last_content() {
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f"]));
    peer.client.quit_behind();
    assert!(!peer.client.may_follow(), "nothing comes behind the last");
    assert_eq!(peer.say(GROUP), "NeedInput");
    assert_eq!(peer.sent(), format!("{FIRST}QUIT\r\n"));
    assert_eq!(peer.client.waits_for(), Phase::DataEnd);
    assert_eq!(peer.say("250 taken\r\n221 bye"), "Finished: 0 End 250 taken");
    assert!(peer.client.is_quitting());
    peer.client.quit();
    assert!(peer.step().starts_with("Failed(Closing"), "the reply to it was read with the other");
    assert_eq!(peer.sent(), "", "it has been said");
}

#[test]
fn quit_goes_out_behind_what_follows() {
    let mut peer = behind();
    peer.client.quit_behind();
    assert_eq!(peer.say(&format!("250 taken\r\n{GROUP}")), "Finished: 0 End 250 taken");
    assert!(peer.client.is_carrying() && !peer.client.is_quitting());
    assert_eq!(peer.step(), "NeedInput");
    assert_eq!(peer.sent(), format!("{FIRST}QUIT\r\n"));
    assert_eq!(peer.say("250 taken too"), "Finished: 0 End 250 taken too");
    peer.client.quit();
    assert_eq!(peer.step(), "NeedInput");
}

#[test]
fn quit_waits_where_nothing_can_go_behind_a_content() {
    let quits_by_itself = |peer: &mut Peer| {
        assert!(!peer.client.is_quitting());
        peer.client.quit();
        peer.sent() == "QUIT\r\n"
    };
    // Nobody was accepted: there is no content.
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f"]));
    peer.client.quit_behind();
    assert_eq!(peer.say("250 ok\r\n550 a\r\n503 nobody"), "Finished: 0 Rcpt 550 a");
    peer.sent();
    assert!(quits_by_itself(&mut peer));
    // The server wants to be asked one by one, or the content goes in several pieces.
    let long = Transaction { content: vec![b'x'; LONGEST_FOLLOWED].into(), ..to(&["d@e.f"]) };
    let with_fields = Transaction { top: "A: b\r\n".into(), ..long.clone() };
    for (offered, transaction) in [("", to(&["d@e.f"])), ("PIPELINING", with_fields)] {
        let mut peer = Peer::ready(offered);
        peer.begin(transaction);
        peer.client.quit_behind();
        if offered.is_empty() {
            peer.say("250 ok");
            peer.say("250 ok");
            peer.say("354 go");
        } else {
            peer.say(GROUP);
        }
        assert!(!peer.sent().contains("QUIT"));
        assert_eq!(peer.say("250 taken"), "Finished: 0 End 250 taken");
        assert!(quits_by_itself(&mut peer));
    }
}

#[test]
fn a_server_that_loses_what_quit_is_behind_is_found_out() {
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f"]));
    peer.client.quit_behind();
    peer.say(GROUP);
    assert!(peer.sent().ends_with("QUIT\r\n"));
    assert!(peer.client.lost_behind_content());
    assert_eq!(peer.client.content_sent(true), ContentSent::Whole, "QUIT may be what is missing");
    assert_eq!(peer.say("250 taken"), "Finished: 0 End 250 taken");
    assert!(!peer.client.lost_behind_content(), "what becomes of QUIT says nothing");
}

#[test]
fn fields_go_on_top_of_the_content() {
    let mut peer = Peer::ready("PIPELINING SIZE");
    let transaction = Transaction { top: "Received: x\r\n".into(), ..to(&["d@e.f"]) };
    peer.client.begin(transaction).unwrap();
    assert_eq!(peer.step(), "NeedInput");
    let sent = peer.sent();
    assert!(sent.starts_with("MAIL FROM:<a@b.c> SIZE=27\r\n"), "{sent}");
    assert_eq!(peer.say(GROUP), "NeedInput");
    assert_eq!(peer.sent(), format!("Received: x\r\n{FIRST}"));
}
