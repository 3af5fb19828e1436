//! What somebody writes into an address, a name, a setting or a message stays what it is: no line of it becomes
//! a command, a header field or a second message, neither here nor at who takes our mail.

use std::{
    fs::{self, File},
    time::{Duration, SystemTime},
};

use end_to_end::{Postfix, Relais, SOON, Smtp, address, consistently, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

/// Texts with controls, and with what is no ASCII where nobody has offered SMTPUTF8.
const INJECTED: &[&[u8]] = &[
    b"x\rRCPT TO:<victim@example.net>",
    b"x\nRCPT TO:<victim@example.net>",
    b"x\0y",
    b"x\x1b[2Jy",
    b"x\x08\x08y",
    b"x\x7fy",
    b"x\xffy",
    "é".as_bytes(),
    b"x\x85y",
    b"x\xe2\x80\xa8y",
];

/// Says something with the bytes in it; every reply until the server answers NOOP, or ends the session.
fn replies(smtp: &mut Smtp, command: &[u8]) -> Vec<u16> {
    smtp.send(&[command, b"\r\nNOOP\r\n"].concat());
    let mut codes = Vec::new();
    while let Some(reply) = smtp.try_reply() {
        // NOOP answers with this text and nothing else does.
        if reply.text().starts_with("250 2.0.0 OK") {
            break;
        }
        codes.push(reply.code);
    }
    codes
}

#[test]
fn an_address_or_a_name_is_one_line() {
    let relais = Relais::prompt_sandbox();
    for bytes in INJECTED {
        let with = |before: &[u8], after: &[u8]| [before, bytes, after].concat();
        for (command, envelope) in [
            (with(b"EHLO ", b""), false),
            (with(b"HELO ", b".example"), false),
            (with(b"MAIL FROM:<", b"@elsewhere.example>"), false),
            (with(b"MAIL FROM:<a@", b".example>"), false),
            (with(b"MAIL FROM:<a@elsewhere.example> AUTH=<", b">"), false),
            (with(b"RCPT TO:<", b"@contoso.com>"), true),
            (with(b"RCPT TO:<jean@contoso.com> ORCPT=rfc822;", b""), true),
        ] {
            let mut smtp = Smtp::hello(relais.relay());
            if envelope {
                assert_eq!(smtp.say("MAIL FROM:<a@elsewhere.example>").code, 250);
            }
            let codes = replies(&mut smtp, &command);
            let shown = command.escape_ascii();
            assert!(matches!(codes[..], [500..600]), "{shown}: one line, one refusal: {codes:?}");
        }
    }
    consistently("nothing has come of it", Duration::from_millis(500), || {
        relais.messages().is_empty() && relais.sandbox_messages().is_empty()
    });
}

/// Every text that an administrator can set and that stands in a command, a banner or a header.
#[test]
fn no_setting_carries_a_second_line() {
    let relais = Relais::prompt_sandbox();
    relais.send_connector("Out", "*", PORT);
    let connector = relais.run("Get-ReceiveConnector", json!({})).remove(0)["Identity"].clone();
    let line = "x\r\nX-Injected: yes";
    let settings: Vec<(&str, Value)> = vec![
        ("Set-SendConnector", json!({ "Identity": "Out", "Fqdn": line })),
        ("Set-SendConnector", json!({ "Identity": "Out", "SmartHosts": [line] })),
        ("Set-SendConnector", json!({ "Identity": "Out", "TlsDomain": line })),
        ("Set-SendConnector", json!({ "Identity": "Out", "AddressSpaces": [line] })),
        ("New-SendConnector", json!({ "Name": line, "Internet": true, "AddressSpaces": ["a.b"] })),
        ("Set-ReceiveConnector", json!({ "Identity": connector, "Fqdn": line })),
        ("Set-ReceiveConnector", json!({ "Identity": connector, "Banner": format!("220 {line}") })),
        ("New-AcceptedDomain", json!({ "Name": "a", "DomainName": line })),
        ("New-RemoteDomain", json!({ "Name": "a", "DomainName": line })),
        ("New-Mailbox", json!({ "Name": line, "Password": "a long Secret 1" })),
        ("Set-TransportConfig", json!({ "ExternalPostmasterAddress": format!("a@b.c\r\n{line}") })),
        ("Set-TransportConfig", json!({ "ExternalDsnReportingAuthority": line })),
        ("New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Selector": line })),
        ("Send-TestMessage", json!({ "To": format!("a@b.example\r\n{line}") })),
        ("Send-TestMessage", json!({ "To": "a@b.example", "From": format!("a@b.c\r\n{line}") })),
        ("Send-TestMessage", json!({ "To": "a@b.example", "Subject": line })),
    ];
    for (cmdlet, parameters) in settings {
        let shown = format!("{cmdlet} {parameters}");
        match relais.try_run(cmdlet, parameters) {
            Err(problem) => {
                let status = problem.status;
                assert!((400..500).contains(&status), "{shown}: {status}");
            }
            Ok(_) => panic!("{shown} was taken"),
        }
    }
    let banner = Smtp::connect(relais.relay()).1;
    assert!(!banner.text().contains("Injected"), "{banner:?}");
}

/// Ends of data that Postfix, which takes a bare LF for a line's end, and others have believed.
const ENDS: &[&[u8]] = &[
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r.\n",
    b"\n\n.\n\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\r\r\n",
    b"\r\n\n.\r\n",
    b"\n\r\n.\n",
    b"\n\r.\n\r",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
    b"\r\n. \r\n",
    b"\r\n\t.\r\n",
    b"\x85.\x85",
    b"\xe2\x80\xa8.\xe2\x80\xa8",
    b"\x0b.\x0b",
    b"\x0c.\x0c",
    b"\r\n.\r\n",
];

/// What would follow as a message of its own.
const SMUGGLED: &[u8] =
    b"MAIL FROM:<admin@a.test>\r\nRCPT TO:<u@a.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n";

/// By each way in that leaves room for them: DATA (with its dots doubled), BDAT, and files. Whatever is taken
/// arrives as one message at a Postfix that believes bare line ends.
#[test]
fn nothing_smuggled_leaves() {
    let host = address();
    let lenient = "smtpd_forbid_bare_newline = no\n";
    let postfix = Postfix::with(host, PORT, &["a.test"], lenient);
    let world = World::with(host, &["a MX 10 mail", &format!("mail A {host}")]);
    world.relais.send_connector("All", "*", PORT);
    world.transport(json!({ "PickupDirectoryPath": "pickup" }));
    let pickup = world.relais.data().join("pickup");
    until("the directory is made", SOON, || pickup.exists().then_some(()));
    let mut taken = 0;
    for (number, end) in ENDS.iter().enumerate() {
        let head = format!(
            "From: a@elsewhere.example\r\nTo: u@a.test\r\nSubject: one {number}\r\n\r\nbegin"
        );
        let content = [head.as_bytes(), end, SMUGGLED].concat();
        taken += u32::from(by_data(&world.relais, &content));
        taken += u32::from(by_chunk(&world.relais, &content));
        let file = pickup.join(format!("{number}.new"));
        fs::write(&file, &content).expect("written");
        let left_alone = SystemTime::now() - Duration::from_secs(10);
        File::options()
            .append(true)
            .open(&file)
            .expect("it")
            .set_modified(left_alone)
            .expect("its time");
        fs::rename(&file, file.with_extension("eml")).expect("renamed");
    }
    let count = |ending: &str| {
        let names = fs::read_dir(&pickup).expect("the directory").flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().ends_with(ending)).count()
    };
    until("every file is taken or set aside", SOON, || (count(".eml") == 0).then_some(()));
    taken += u32::try_from(ENDS.len() - count(".bad")).expect("few");
    world.relais.wait_until_empty(SOON);
    let arrived = postfix.messages();
    assert_eq!(arrived.len(), usize::try_from(taken).expect("few"), "as many as were taken");
    assert!(taken >= 20, "most ends are no ends: {taken}");
    for message in &arrived {
        assert!(!message.contains("Return-Path: <admin@a.test>"), "{message}");
        assert!(message.contains("Subject: one "), "{message}");
    }
    consistently("no other comes", Duration::from_millis(500), || {
        postfix.messages().len() == arrived.len()
    });
}

fn by_data(relais: &Relais, content: &[u8]) -> bool {
    let mut smtp = Smtp::hello(relais.relay());
    smtp.envelope(STRANGER, "u@a.test");
    assert_eq!(smtp.say("DATA").code, 354);
    // A client that means it as content doubles the dots that stand at the beginning of lines.
    let text = content.to_vec();
    let mut stuffed = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'.' && at >= 2 && text[at - 2..at] == *b"\r\n" {
            stuffed.push(b'.');
        }
        stuffed.push(*byte);
    }
    smtp.send(&stuffed);
    smtp.send(b"\r\n.\r\n");
    let reply = smtp.reply();
    assert!(reply.code == 250 || reply.text().starts_with("550 5.6.11"), "{reply:?}");
    reply.code == 250
}

fn by_chunk(relais: &Relais, content: &[u8]) -> bool {
    let mut smtp = Smtp::hello(relais.relay());
    smtp.envelope(STRANGER, "u@a.test");
    smtp.send(format!("BDAT {} LAST\r\n", content.len()).as_bytes());
    smtp.send(content);
    let reply = smtp.reply();
    assert!(reply.code == 250 || reply.text().starts_with("550 5.6.11"), "{reply:?}");
    reply.code == 250
}
