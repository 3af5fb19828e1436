use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use model::{Address, DsnReturn, EnhancedCode, TimeSpan, Timestamp};
use proptest::prelude::*;
use texts::Language;

use super::*;
use crate::report::{Kind, RecipientReport};

const ORIGINAL: &[u8] =
    b"From: jean@contoso.com\r\nTo: a@example.net\r\nSubject: =?utf-8?Q?D=C3=A9jeuner?=\r\n\
    Message-ID: <1@contoso.com>\r\nX-MS-Exchange-Organization-SCL: -1\r\n\r\nBonjour\r\n";

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn at(hours: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000) + TimeSpan::hours(hours)
}

fn envelope(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|r| address(r)).collect();
    Envelope::plain(ReversePath::Address(address("jean@contoso.com")), recipients)
}

/// What a report is about, owned by a test.
struct Case {
    postmaster: Address,
    to: Address,
    envelope: Envelope,
    original: Vec<u8>,
}

impl Case {
    fn new(recipients: &[&str], original: &[u8]) -> Self {
        Self {
            postmaster: address("postmaster@contoso.com"),
            to: address("jean@contoso.com"),
            envelope: envelope(recipients),
            original: original.to_vec(),
        }
    }

    fn report(&self, kind: Kind) -> Report<'_> {
        let result = |index| RecipientReport {
            index,
            status: EnhancedCode::new(5, 1, 1),
            diagnostic: Some("550 5.1.1 User unknown".into()),
            remote_mta: Some("mx.example.net".into()),
            last_attempt: at(1),
            reason: String::new(),
        };
        Report {
            kind,
            language: Language::English,
            reporting_mta: "mbx01.contoso.com",
            server: "mbx01.contoso.com",
            postmaster: &self.postmaster,
            to: &self.to,
            message_id: "d1@mbx01.contoso.com",
            now: at(2),
            arrival: at(0),
            envelope: &self.envelope,
            original: &self.original,
            max_attach: 10 << 20,
            original_message_id: Some("<1@contoso.com>"),
            will_retry_until: Some(at(48)),
            smtputf8: false,
            recipients: (0..self.envelope.recipients.len()).map(result).collect(),
        }
    }
}

fn parse(content: &[u8]) -> Message<'_> {
    MessageParser::default().parse(content).unwrap()
}

/// The parts directly within the report.
fn parts<'m>(message: &'m Message<'m>) -> Vec<&'m MessagePart<'m>> {
    let ids = message.root_part().sub_parts().unwrap();
    ids.iter().map(|id| message.part(*id).unwrap()).collect()
}

fn media_type(part: &MessagePart<'_>) -> String {
    let kind = part.content_type().unwrap();
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
}

fn text_of(part: &MessagePart<'_>) -> String {
    String::from_utf8(part.contents().to_vec()).unwrap()
}

#[test]
fn a_failure_has_three_parts_and_names_its_original() {
    let case = Case::new(&["a@example.net"], ORIGINAL);
    let notification = notification(&case.report(Kind::Failure), &Options::default());
    let envelope = &notification.envelope;
    assert_eq!((&envelope.sender, envelope.body), (&ReversePath::Null, BodyType::SevenBit));
    assert_eq!(envelope.recipients[0].notify, Some(Notify::Never));
    assert!(!envelope.smtputf8);
    let message = parse(&notification.content);
    assert_eq!(message.subject(), Some("Undeliverable: Déjeuner"));
    assert_eq!(message.message_id(), Some("d1@mbx01.contoso.com"));
    assert_eq!(message.in_reply_to().as_text(), Some("1@contoso.com"));
    assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"));
    assert_eq!(message.from().unwrap().first().unwrap().address(), Some("postmaster@contoso.com"));
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some("jean@contoso.com"));
    let kind = message.root_part().content_type().unwrap();
    assert_eq!(kind.attribute("report-type"), Some("delivery-status"));
    let parts = parts(&message);
    let kinds: Vec<_> = parts.iter().map(|part| media_type(part)).collect();
    assert_eq!(kinds, ["multipart/alternative", "message/delivery-status", "message/rfc822"]);
    assert_eq!(
        text_of(parts[1]).trim_end(),
        "Reporting-MTA: dns; mbx01.contoso.com\r\nArrival-Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\n\
         Final-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Remote-MTA: dns; mx.example.net\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\
         Last-Attempt-Date: Tue, 14 Nov 2023 23:13:20 +0000"
    );
    let attached = parts[2].message().unwrap();
    assert_eq!(attached.body_text(0).unwrap().trim_end(), "Bonjour");
    assert!(attached.header_raw("X-MS-Exchange-Organization-SCL").is_none());
}

#[test]
fn people_are_told_in_their_language_and_administrators_too() {
    let case = Case::new(&["a@example.net", "b@example.net"], ORIGINAL);
    let mut report = case.report(Kind::Failure);
    report.recipients[1].reason = "tried <everything>".into();
    let content = build(&report);
    let message = parse(&content);
    let text = message.body_text(0).unwrap();
    for expected in [
        "Your message could not be delivered.",
        "Subject: Déjeuner\r\nSent: 14 November 2023 at 22:13 UTC\r\n",
        "a@example.net\r\nb@example.net\r\nThere is no mailbox with this address.",
        "What you can do: Check the address",
        "The refusal came from the server mx.example.net.",
        "Diagnostic information for administrators:",
        "Generating server: mbx01.contoso.com",
        "Remote Server: mx.example.net\r\nStatus: 5.1.1\r\nReply: 550 5.1.1 User unknown",
        "Reason: tried <everything>",
        "Original message headers:",
        "From: jean@contoso.com",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
    assert!(!text.contains("X-MS-Exchange-Organization"));
    let html = message.body_html(0).unwrap();
    assert!(html.contains("tried &lt;everything&gt;"));
    report.language = Language::French;
    let content = notification(&report, &Options { html: false, ..Options::default() }).content;
    let message = parse(&content);
    assert_eq!(message.subject(), Some("Non remis : Déjeuner"));
    assert_eq!(media_type(parts(&message)[0]), "text/plain");
    assert!(message.body_text(0).unwrap().contains("Votre message n’a pas pu être remis."));
}

#[test]
fn delay_and_success_return_headers_only() {
    let case = Case::new(&["a@example.net"], ORIGINAL);
    for (kind, subject, action) in [
        (Kind::Delay, "Delivery delayed: Déjeuner", "delayed"),
        (Kind::Success, "Delivered: Déjeuner", "delivered"),
        (Kind::Relayed, "Relayed: Déjeuner", "relayed"),
    ] {
        let content = build(&case.report(kind));
        let message = parse(&content);
        assert_eq!(message.subject(), Some(subject));
        let parts = parts(&message);
        assert!(text_of(parts[1]).contains(&format!("Action: {action}\r\n")));
        assert_eq!(text_of(parts[1]).contains("Will-Retry-Until:"), kind == Kind::Delay);
        assert_eq!(media_type(parts[2]), "text/rfc822-headers");
        assert!(!text_of(parts[2]).contains("Bonjour"));
    }
}

#[test]
fn a_failure_returns_headers_only_when_asked_or_too_large() {
    let mut case = Case::new(&["a@example.net"], ORIGINAL);
    let mut report = case.report(Kind::Failure);
    report.max_attach = ORIGINAL.len() as u64;
    assert_eq!(media_type(parts(&parse(&build(&report)))[2]), "message/rfc822");
    report.max_attach -= 1;
    assert_eq!(media_type(parts(&parse(&build(&report)))[2]), "text/rfc822-headers");
    case.envelope.ret = Some(DsnReturn::Headers);
    let content = build(&case.report(Kind::Failure));
    assert_eq!(media_type(parts(&parse(&content))[2]), "text/rfc822-headers");
}

#[test]
fn what_mail_and_rcpt_asked_comes_back_decoded() {
    let mut case = Case::new(&["a@example.net"], ORIGINAL);
    case.envelope.envid = Some("QQ+2B1+0D+0AX:".parse().unwrap());
    case.envelope.recipients[0].original = Some("rfc822;a+2Bb@example.net".parse().unwrap());
    let mut report = case.report(Kind::Failure);
    report.recipients[0].diagnostic = Some("smtp; 550 4.4.7 QUEUE.Expired;\r\nX-Evil: é".into());
    report.recipients[0].remote_mta = None;
    let text = status::delivery_status(&report, false);
    assert!(text.starts_with("Original-Envelope-Id: QQ+1 X:\r\nReporting-MTA:"), "{text}");
    assert!(
        text.contains("\r\n\r\nOriginal-Recipient: rfc822; a+b@example.net\r\nFinal-Recipient:")
    );
    assert!(text.contains("\r\nDiagnostic-Code: smtp; 550 4.4.7 QUEUE.Expired; X-Evil: ?\r\n"));
    assert!(!text.contains("Remote-MTA"));
}

#[test]
fn international_addresses_have_their_own_forms() {
    let mut case = Case::new(&["josé@example.net"], "Subject: é\r\n\r\né\r\n".as_bytes());
    case.envelope.recipients[0].original = Some("utf-8;josé@example.net".parse().unwrap());
    let mut report = case.report(Kind::Failure);
    let seven = notification(&report, &Options::default());
    assert!(seven.content.is_ascii() && !seven.envelope.smtputf8);
    let text = String::from_utf8(seven.content.clone()).unwrap();
    assert!(text.contains("Content-Type: message/delivery-status\r\n"));
    assert!(text.contains("Original-Recipient: utf-8; jos\\x{E9}@example.net\r\n"));
    assert!(text.contains("Final-Recipient: utf-8; jos\\x{E9}@example.net\r\n"));
    assert!(text.contains("Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n"));
    let encoded = parse(&seven.content);
    assert_eq!(encoded.attachment(1).unwrap().message().unwrap().subject(), Some("é"));
    report.smtputf8 = true;
    let eight = notification(&report, &Options::default());
    assert!(eight.envelope.smtputf8 && eight.envelope.body == BodyType::EightBitMime);
    let text = String::from_utf8(eight.content).unwrap();
    assert!(text.contains(
        "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n"
    ));
    assert!(text.contains("Final-Recipient: utf-8; josé@example.net\r\n"));
    assert!(text.contains("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n"));
}

#[test]
fn an_international_sender_needs_smtputf8() {
    let mut case = Case::new(&["a@example.net"], ORIGINAL);
    case.to = address("josé@contoso.com");
    assert!(notification(&case.report(Kind::Failure), &Options::default()).envelope.smtputf8);
    case.to = address("jose@münchen.example");
    let downgraded = notification(&case.report(Kind::Failure), &Options::default());
    assert!(!downgraded.envelope.smtputf8 && downgraded.content.is_ascii());
    assert_eq!(downgraded.envelope.recipients[0].address.as_str(), "jose@xn--mnchen-3ya.example");
}

#[test]
fn an_eight_bit_original_makes_an_eight_bit_report() {
    let case = Case::new(&["a@example.net"], b"Subject: x\r\n\r\nvoil\xe0\r\n");
    let notification = notification(&case.report(Kind::Failure), &Options::default());
    assert_eq!(notification.envelope.body, BodyType::EightBitMime);
    assert!(!notification.envelope.smtputf8);
    let message = parse(&notification.content);
    assert_eq!(message.root_part().content_transfer_encoding(), Some("8bit"));
    let headers_only = build(&case.report(Kind::Delay));
    assert!(headers_only.is_ascii());
}

#[test]
fn a_subject_is_decoded_once() {
    let subject_of = |text: &str| {
        let case =
            Case::new(&["a@example.net"], format!("Subject: {text}\r\n\r\nx\r\n").as_bytes());
        parse(&build(&case.report(Kind::Failure))).subject().map(str::to_owned)
    };
    let twice = subject_of("=?utf-8?B?PT91dGYtOD9RP3g/PQ==?=");
    assert_eq!(twice.as_deref(), Some("Undeliverable: =?utf-8?Q?x?="));
    assert_eq!(subject_of("").as_deref(), Some("Undeliverable:"));
    let long = subject_of(&"é".repeat(500)).unwrap();
    assert_eq!(long, format!("Undeliverable: {}", "é".repeat(255)));
}

#[test]
fn an_original_cannot_end_its_part() {
    let case = Case::new(&["a@example.net"], ORIGINAL);
    let first = build(&case.report(Kind::Failure));
    let hostile = [ORIGINAL, &first, b"\r\n--=_alternative_=--\r\n"].concat();
    let mut case = Case::new(&["a@example.net"], &hostile);
    for _ in 0..3 {
        let content = build(&case.report(Kind::Failure));
        let message = parse(&content);
        assert_eq!(parts(&message).len(), 3);
        let attached = match &parts(&message)[2].body {
            PartType::Message(attached) => attached.raw_message().len(),
            other => panic!("{other:?}"),
        };
        assert!(attached > 0 && content.len() > case.original.len());
        assert_eq!(build(&case.report(Kind::Failure)), content);
        case.original = [ORIGINAL, &content[..]].concat();
    }
}

#[test]
fn many_recipients_are_named_to_machines_and_counted_for_people() {
    let names: Vec<_> = (0..60).map(|n| format!("r{n}@example.net")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let case = Case::new(&names, ORIGINAL);
    let mut report = case.report(Kind::Failure);
    report.recipients.push(RecipientReport { index: 999, ..report.recipients[0].clone() });
    let content = build(&report);
    let message = parse(&content);
    assert!(message.body_text(0).unwrap().contains("… and 10 more recipients"));
    assert_eq!(text_of(parts(&message)[1]).matches("Final-Recipient:").count(), 60);
}

#[test]
fn names_in_headers_are_plain() {
    for language in [Language::English, Language::French] {
        let name = Label::MailDelivery.text().get(language);
        assert!(name.bytes().all(|b| b.is_ascii_alphabetic() || b == b' '));
    }
}

fn is_clean(content: &[u8]) -> bool {
    let lines = content.split(|b| *b == b'\n');
    let ends = content.windows(2).all(|pair| (pair[0] == b'\r') == (pair[1] == b'\n'));
    ends && content.ends_with(b"\r\n") && lines.into_iter().all(|line| line.len() <= 999)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_hostile_breaks_the_shape(
        subject in "[ -~é\u{202e}\t=?]{0,300}",
        reply in "(\\PC|[\r\n\0]){0,2000}",
        host in "(\\PC|[\r\n]){0,400}",
        id in "(\\PC|[\r\n<>]){0,60}",
        body in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..300),
        smtputf8 in any::<bool>(),
        kind in prop_oneof![Just(Kind::Failure), Just(Kind::Delay), Just(Kind::Success)],
    ) {
        let original = [b"Subject: ", subject.as_bytes(), b"\r\n\r\n", &body].concat();
        let case = Case::new(&["a@example.net"], &original);
        let mut report = case.report(kind);
        report.smtputf8 = smtputf8;
        report.message_id = &id;
        report.original_message_id = Some(&id);
        report.reporting_mta = &host;
        report.recipients[0].diagnostic = Some(reply.clone());
        report.recipients[0].reason = reply;
        report.recipients[0].remote_mta = Some(host.clone());
        let notification = notification(&report, &Options::default());
        prop_assert!(is_clean(&notification.content));
        let message = parse(&notification.content);
        prop_assert_eq!(parts(&message).len(), 3);
        let names: Vec<_> = message.root_part().headers().iter().map(|h| h.name().to_owned()).collect();
        let known = ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References",
            "Auto-Submitted", "MIME-Version", "Content-Language", "Content-Type", "Content-Transfer-Encoding"];
        prop_assert!(names.iter().all(|name| known.contains(&name.as_str())), "{:?}", names);
        let status = text_of(parts(&message)[1]);
        prop_assert_eq!(status.matches("\r\n\r\n").count(), 1);
        prop_assert!(smtputf8 || status.is_ascii());
        prop_assert!(message.subject().is_some_and(|s| !s.chars().any(char::is_control)));
    }
}

#[test]
fn without_diagnostics_no_server_is_named_but_the_one_that_must_be() {
    let original = b"Received: from client by hub7.corp.test; now\r\n\tfolded at hub7\r\nX-MS-Secret: hub8\r\n\
        Subject: Lunch\r\n\r\nBody\r\n";
    let mut case = Case::new(&["a@example.net"], original);
    let report = |case: &Case, diagnostics| {
        let options = Options { html: true, diagnostics };
        let report = case.report(Kind::Failure);
        String::from_utf8(notification(&report, &options).content).unwrap()
    };
    let full = report(&case, true);
    for part in ["mx.example.net", "User unknown", "hub7", "hub8", "Diagnostic information"] {
        assert!(full.contains(part), "{part}: {full}");
    }
    let discreet = report(&case, false);
    for part in ["mx.example.net", "User unknown", "hub7", "hub8", "Diagnostic information"] {
        assert!(!discreet.contains(part), "{part}: {discreet}");
    }
    for part in ["Status: 5.1.1", "Action: failed", "Final-Recipient:", "Subject: Lunch", "Body"] {
        assert!(discreet.contains(part), "{part}: {discreet}");
    }
    // Headers alone are as discreet.
    case.envelope.ret = Some(DsnReturn::Headers);
    assert!(!report(&case, false).contains("hub7"));
}
