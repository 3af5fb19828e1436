use super::*;
use model::{Guid, Timestamp};
use proptest::prelude::*;

fn of(header: &str) -> Result<(String, String, bool), String> {
    pickup_envelope(header.as_bytes())
        .map(|e| {
            let to: Vec<_> = e.recipients.iter().map(ToString::to_string).collect();
            (e.sender.to_string(), to.join(" "), e.undisclosed)
        })
        .map_err(|error| error.to_string())
}

#[test]
fn the_header_says_who_sends_to_whom() {
    for (header, sender, to, undisclosed) in [
        ("From: a@b.c\r\nTo: d@e.f\r\n", "a@b.c", "d@e.f", false),
        ("From: A <a@b.c>, x@y.z\r\nSender: s@b.c\r\nTo: d@e.f\r\n", "s@b.c", "d@e.f", false),
        ("Sender: s@b.c\r\nBcc: d@e.f\r\nTo:\r\n", "s@b.c", "d@e.f", true),
        (
            "From: a@b.c\r\nTo: team: d@e.f, g@h.i;\r\ncc: D <d@e.f>\r\nBcc: j@k.l\r\nTo: m@n.o\r\n",
            "a@b.c",
            "d@e.f g@h.i m@n.o j@k.l",
            false,
        ),
        ("From: a@b.c\r\nTo: undisclosed recipients:;\r\nBcc: j@k.l\r\n", "a@b.c", "j@k.l", true),
    ] {
        assert_eq!(of(header), Ok((sender.into(), to.into(), undisclosed)), "{header}");
    }
}

#[test]
fn what_is_missing_is_named() {
    for (header, problem) in [
        ("To: d@e.f\r\n", "there is no sender"),
        ("From: a@b.c, d@e.f\r\nTo: d@e.f\r\n", "From has 2 addresses"),
        ("From: a@b.c\r\nSender: d@e.f, g@h.i\r\nTo: d@e.f\r\n", "Sender has 2 addresses"),
        ("From: somebody\r\nTo: d@e.f\r\n", "From has something that is not an address"),
        ("From: boss@b.c:a@b.c;\r\nTo: d@e.f\r\n", "From has something that is not an address"),
        ("From: a@b.c\r\nTo: d@e.f, Jean\r\n", "To has something that is not an address"),
        ("From: a@b.c\r\nTo:\r\nSubject: x\r\n", "there is no recipient"),
        (
            "From: a@b.c\r\nhello\u{1}\r\nTo: d@e.f\r\n",
            "\"hello\u{fffd}\" in the header is not a field",
        ),
    ] {
        let error = of(header).unwrap_err();
        assert!(error.starts_with(problem), "{header}: {error}");
    }
    assert_eq!(pickup_header_size(b"A: b\r\n\r\nbody"), Ok(8));
    assert_eq!(pickup_header_size(b"A: b\r\nbody"), Err(PickupError::NoBlankLine));
    assert_eq!(pickup_header_size(b""), Err(PickupError::NoBlankLine));
}

fn prepare(content: &str, undisclosed: bool) -> String {
    let submission = Submission {
        message_id_domain: "contoso.com",
        network_id: Guid::from_u128(7),
        now: Timestamp::from_millis(1_700_000_000_000),
        remove_bcc: true,
    };
    let content = Bytes::copy_from_slice(content.as_bytes());
    String::from_utf8(prepare_pickup(content, undisclosed, &submission).to_vec()).unwrap()
}

#[test]
fn what_nobody_may_see_or_say_is_taken_out() {
    let added = "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
                 Message-ID: <00000000000000000000000000000007@contoso.com>\r\n";
    assert_eq!(
        prepare(
            "Received: from x by mbx01.contoso.com\r\nFrom: a@b.c\r\nResent-To: x@y.z\r\nresent-bcc: x@y.z\r\n\
             To: d@e.f\r\nBCC: h@i.j,\r\n k@l.m\r\nX-MS-Exchange-Organization-SCL: -1\r\n\
             X-MS-Exchange-Forest-RulesExecuted: x\r\nX-Other: y\r\n\r\nBcc: body\r\n",
            false
        ),
        format!("From: a@b.c\r\nTo: d@e.f\r\nX-Other: y\r\n{added}\r\nBcc: body\r\n")
    );
    assert_eq!(
        prepare("From: a@b.c\r\nTo:\r\nBcc: h@i.j\r\n\r\nx\r\n", true),
        format!("To: Undisclosed Recipients:;\r\nFrom: a@b.c\r\n{added}\r\nx\r\n")
    );
}

proptest! {
    #[test]
    fn no_blind_copy_is_seen(name in "(?i)bcc", blanks in " {0,2}", to in "[a-z]{8}@hidden\\.test",
        body in "[ -~]{0,40}", before in "(X-A: [a-z]{0,9}\r\n){0,3}") {
        let content = format!("{before}From: a@b.c\r\n{name}{blanks}:{blanks}{to}\r\n\r\n{body}\r\n");
        let envelope = pickup_envelope(&content.as_bytes()[..pickup_header_size(content.as_bytes()).unwrap()]).unwrap();
        prop_assert_eq!(envelope.recipients[0].to_string(), to.clone());
        let prepared = prepare(&content, envelope.undisclosed);
        prop_assert!(!prepared.contains("@hidden.test"));
        let end = format!("\r\n\r\n{body}\r\n");
        prop_assert!(prepared.ends_with(&end));
    }

    #[test]
    fn nothing_is_too_strange(content in proptest::collection::vec(prop_oneof![
        Just(b'\r'), Just(b'\n'), Just(b':'), Just(b'<'), Just(b'@'), any::<u8>()], 0..200)) {
        let content = [&b"From: "[..], &content].concat();
        if let Ok(size) = pickup_header_size(&content) {
            prop_assert!(size <= content.len());
            let _ = pickup_envelope(&content[..size]);
        }
    }
}
