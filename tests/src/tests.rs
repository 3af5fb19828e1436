//! The peers by themselves, without the program: when one of these fails, the machine is at fault.

use crate::{Answers, NameServer, Postfix, SOON, Sink, Smtp, address, smtp::dig, swaks};

#[test]
fn nsd_answers_and_reads_its_zone_again() {
    let mut dns =
        NameServer::start(address(), &["a MX 10 mail.a", "mail.a A 127.0.0.2", "null MX 0 ."]);
    assert_eq!(dig(dns.address(), "MX", "a.test"), "10 mail.a.test.\n");
    assert_eq!(dig(dns.address(), "MX", "null.test"), "0 .\n");
    assert_eq!(dig(dns.address(), "MX", "b.test"), "");
    dns.add(&["b MX 5 mail.a"]);
    assert_eq!(dig(dns.address(), "MX", "b.test"), "5 mail.a.test.\n");
    dns.replace("b ", &[]);
    assert_eq!(dig(dns.address(), "MX", "b.test"), "");
}

#[test]
fn swaks_brings_postfix_a_message() {
    let postfix = Postfix::start(address(), 2525, &["a.test"]);
    let (good, said) =
        swaks(postfix.address(), &["--tls", "--from", "x@y.test", "--to", "u@a.test"]);
    assert!(good, "{said}");
    let messages = postfix.wait_for(1, SOON);
    assert!(messages[0].contains("X-Original-To: u@a.test"), "{messages:?}");
    assert!(messages[0].contains("using TLSv1.3"), "{messages:?}");
    let (good, said) = swaks(postfix.address(), &["--from", "x@y.test", "--to", "u@b.test"]);
    assert!(!good && said.contains("Relay access denied"), "{said}");
}

#[test]
fn a_sink_keeps_every_byte_and_follows_its_script() {
    let script = |verb: &str, argument: &str, count: usize| {
        (verb == "RCPT" && argument.contains("later") && count == 1)
            .then(|| "451 4.7.1 Later".to_owned())
    };
    let sink = Sink::answering(address(), 2525, Answers::scripted(script));
    let mut smtp = Smtp::hello(sink.address());
    let content = "Received: a\r\n\tb\r\nSubject: x\r\n\r\nbare\nand\rand\0\r\n..dot\r\n";
    assert_eq!(smtp.deliver("a@b", &["later@c"], content).text(), "451 4.7.1 Later");
    assert_eq!(smtp.say("RSET").code, 250);
    assert_eq!(smtp.deliver("a@b", &["later@c"], content).code, 250);
    let received = sink.received();
    assert_eq!(received[0].text(), content.replace("\r\n..", "\r\n."));
    assert!(received[0].without_trace().starts_with(b"Subject"));
    assert_eq!(
        (received[0].recipients.as_slice(), sink.connections()),
        (&["TO:<later@c>".to_owned()][..], 1)
    );
}
