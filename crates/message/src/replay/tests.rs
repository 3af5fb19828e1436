use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<(ReplayHeader, usize), ReplayError> {
    ReplayHeader::parse(text.as_bytes())
}

#[test]
fn reads_what_the_documents_show() {
    let top = "X-Receiver: <mary@contoso.com> NOTIFY=never ORcpt=user1@corporate.com\r\n\
               X-Receiver: <john@contoso.com> NOTIFY=SUCCESS,FAILURE\r\n\tORcpt=rfc822;j+2Bk@x.test\r\n\
               x-sender: bob@fabrikam.com BODY=7bit RET=HDRS ENVID=12345ABCD auth=<>\r\n\
               X-CreatedBy: MSExchange15\r\nX-HeloDomain: mail.fabrikam.com\r\n\
               X-ExtendedMessageProps: AQIDBA==\r\nX-Source: SMTP:Default MBX01\r\n\
               X-SourceIPAddress: 192.0.2.7\r\n";
    let (header, begins) =
        parse(&format!("{top}X-EndOfInjectedXHeaders: 7\r\nX-Sender: x\r\n")).unwrap();
    assert_eq!(begins, top.len() + "X-EndOfInjectedXHeaders: 7\r\n".len());
    let envelope = &header.envelope;
    assert_eq!(envelope.sender.as_str(), "bob@fabrikam.com");
    assert_eq!((envelope.ret, envelope.body), (Some(DsnReturn::Headers), BodyType::SevenBit));
    assert_eq!(envelope.envid.as_ref().map(EnvelopeId::as_str), Some("12345ABCD"));
    let [mary, john] = &envelope.recipients[..] else { panic!("{envelope:?}") };
    assert_eq!((mary.address.as_str(), mary.notify), ("mary@contoso.com", Some(Notify::Never)));
    let original = |r: &Recipient| r.original.as_ref().map(|o| o.as_str().to_owned());
    assert_eq!(original(mary).as_deref(), Some("rfc822;user1@corporate.com"));
    assert_eq!(original(john).as_deref(), Some("rfc822;j+2Bk@x.test"));
    assert!(header.trusted);
    assert_eq!(header.hello.as_deref(), Some("mail.fabrikam.com"));
    assert_eq!(header.source.as_deref(), Some("SMTP:Default MBX01"));
    assert_eq!(header.client, Some([192, 0, 2, 7].into()));
}

#[test]
fn the_first_other_field_begins_the_message() {
    let top = "X-Sender: <>\r\nX-Receiver: <a@b.test>\r\n";
    for rest in [
        "From: a@b.test\r\nX-Receiver: <c@d.test>\r\n\r\n",
        "\r\nX-Receiver: x\r\n",
        "",
        "rubbish\r\n",
    ] {
        let (header, begins) = parse(&format!("{top}{rest}")).unwrap();
        assert_eq!(begins, top.len(), "{rest:?}");
        assert_eq!(header.envelope.recipients.len(), 1);
        assert_eq!(header.envelope.sender, ReversePath::Null);
        assert!(!header.trusted);
    }
}

#[test]
fn what_is_wrong_is_named_with_what_is_allowed() {
    for (text, error) in [
        ("", "X-Sender is missing. Needed at the top: one X-Sender and at least one X-Receiver."),
        (
            "X-Sender: <a@b.c>\r\n",
            "X-Receiver is missing. Needed at the top: one X-Sender and at least one X-Receiver.",
        ),
        ("X-Sender: <a@b.c>\r\nX-Sender: <a@b.c>\r\n", "X-Sender is given more than once"),
        ("X-Sender: <a@b.c> RET=FULL RET=FULL\r\n", "RET is given more than once"),
        (
            "X-Sender: <a@b.c> SIZE=1\r\n",
            "X-Sender: \"SIZE=1\" is not a parameter. Allowed: BODY, RET, ENVID, AUTH, SMTPUTF8 and REQUIRETLS.",
        ),
        (
            "X-Sender: <a@b.c> BODY=BINARYMIME\r\n",
            "X-Sender: \"BINARYMIME\" is not a BODY. Allowed: 7bit and 8BITMIME.",
        ),
        ("X-Sender: <a@b.c> RET=\r\n", "X-Sender: \"\" is not a RET. Allowed: FULL and HDRS."),
        (
            "X-Receiver: <a@b.c>BODY=7bit\r\n",
            "X-Receiver: \"<a@b.c>BODY=7bit\" does not begin with an address. Allowed: an address in angle brackets, then parameters after a blank.",
        ),
        (
            "X-Receiver: <a@b.c\r\n",
            "X-Receiver: \"<a@b.c\" does not begin with an address. Allowed: an address in angle brackets, then parameters after a blank.",
        ),
        (
            "X-Receiver: <a@b.c> DELAY\r\n",
            "X-Receiver: \"DELAY\" is not a parameter. Allowed: NOTIFY and ORcpt.",
        ),
        (
            "X-Receiver: <a@b.c> NOTIFY=NOW\r\n",
            "X-Receiver: \"NOW\" is not a NOTIFY value. Allowed: NEVER, or a list of SUCCESS, FAILURE, DELAY.",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), error);
    }
    assert!(parse("X-Receiver: <>\r\n").is_err());
    let not_text = [&b"X-Receiver: <"[..], b"\xff@b.c>\r\n"].concat();
    assert!(ReplayHeader::parse(&not_text).is_err());
}

#[test]
fn texts_stay_on_their_line() {
    let header = ReplayHeader {
        envelope: Envelope::plain(ReversePath::Null, vec!["a@b.test".parse().unwrap()]),
        trusted: false,
        hello: Some("x\r\nX-Receiver: <evil@b.test>".into()),
        source: Some("é".repeat(300)),
        client: None,
    };
    let (read, _) = ReplayHeader::parse(&header.write()).unwrap();
    assert_eq!(read.envelope, header.envelope);
    assert_eq!(read.hello.as_deref(), Some("x??X-Receiver: <evil@b.test>"));
    assert_eq!(read.source.map(|s| s.len()), Some(255));
}

fn address() -> impl Strategy<Value = Address> {
    let local = prop_oneof![
        "[a-z0-9+=!#]{1,20}",
        "\"[a-z <>@\\\\;,]{0,3}x\"".prop_map(|s| s),
        "[a-zé]{1,9}"
    ];
    (local, "[a-z]{1,9}\\.test")
        .prop_filter_map("an address", |(local, domain)| format!("{local}@{domain}").parse().ok())
}

fn recipient_strategy() -> impl Strategy<Value = Recipient> {
    let on = (any::<bool>(), any::<bool>(), any::<bool>())
        .prop_filter("something", |(a, b, c)| *a || *b || *c)
        .prop_map(|(success, failure, delay)| Notify::On { success, failure, delay });
    let notify = proptest::option::of(prop_oneof![Just(Notify::Never), on]);
    let original = "rfc822;([a-z@.]|\\+2B){1,30}".prop_map(|o| o.parse().unwrap());
    (address(), notify, proptest::option::of(original))
        .prop_map(|(address, notify, original)| Recipient { address, notify, original })
}

fn header() -> impl Strategy<Value = ReplayHeader> {
    let sender = prop_oneof![Just(ReversePath::Null), address().prop_map(ReversePath::Address)];
    let ret = prop_oneof![Just(None), Just(Some(DsnReturn::Full)), Just(Some(DsnReturn::Headers))];
    let body = prop_oneof![Just(BodyType::SevenBit), Just(BodyType::EightBitMime)];
    let envid =
        proptest::option::of("([!-*,-<>-~]|\\+[0-9A-F]{2}){1,30}".prop_map(|e| e.parse().unwrap()));
    let envelope =
        (
            sender,
            body,
            any::<(bool, bool)>(),
            ret,
            envid,
            proptest::collection::vec(recipient_strategy(), 1..5),
        )
            .prop_map(|(sender, body, (smtputf8, require_tls), ret, envid, recipients)| {
                Envelope { sender, body, smtputf8, ret, envid, require_tls, recipients }
            });
    let text = || proptest::option::of("[!-~]([ -~]{0,30}[!-~])?");
    (envelope, any::<bool>(), text(), text(), any::<Option<IpAddr>>()).prop_map(
        |(envelope, trusted, hello, source, client)| ReplayHeader {
            envelope,
            trusted,
            hello,
            source,
            client,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(header in header(), message in prop_oneof![
        any::<Vec<u8>>(),
        Just(b"X-Receiver: <evil@b.test>\r\nX-CreatedBy: MSExchange15\r\n\r\nx".to_vec()),
        Just(b"\r\n".to_vec()),
    ]) {
        // A message whose first line is a folded one has no header of its own.
        prop_assume!(!message.starts_with(b" ") && !message.starts_with(b"\t"));
        let file = [header.write(), message.clone()].concat();
        let (read, begins) = ReplayHeader::parse(&file).unwrap();
        prop_assert_eq!(read, header);
        prop_assert_eq!(&file[begins..], &message[..]);
    }

    #[test]
    fn nothing_is_too_strange(lines in proptest::collection::vec(
        ("(X-Sender|X-Receiver|X-HeloDomain|X-SourceIPAddress|From)", any::<Vec<u8>>()), 0..6)) {
        let mut file = Vec::new();
        for (name, value) in lines {
            file.extend_from_slice(name.as_bytes());
            file.extend_from_slice(b": ");
            file.extend_from_slice(&value);
            file.extend_from_slice(b"\r\n");
        }
        if let Ok((header, begins)) = ReplayHeader::parse(&file) {
            prop_assert!(begins <= file.len());
            prop_assert!(!header.envelope.recipients.is_empty());
            let (again, _) = ReplayHeader::parse(&header.write()).unwrap();
            prop_assert_eq!(again, header);
        }
    }
}
