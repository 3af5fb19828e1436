//! Settings that decide who is told what: remote domains, the DSN settings of the transport
//! configuration, and the limits whose breach is told by a report.

use super::*;

/// NDREnabled, DeliveryReportEnabled and NDRDiagnosticInfoEnabled of the most specific entry.
#[tokio::test(flavor = "multi_thread")]
async fn remote_domains_decide_what_their_senders_are_told() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let entry = |name: &str, pattern: &str, change: &dyn Fn(&mut RemoteDomain)| {
        let mut domain = RemoteDomain::with_defaults(
            Header::fresh(),
            pattern.parse().unwrap(),
            name.parse().unwrap(),
        );
        change(&mut domain);
        place.apply(Change::Create(Object::RemoteDomain(domain)));
    };
    entry("Quiet", "*.b.test", &|d| d.ndr_enabled = false);
    entry("Told", "told.b.test", &|d| d.delivery_report_enabled = false);
    entry("Discreet", "c.test", &|d| d.ndr_diagnostic_info_enabled = false);
    let transport = place.start().await;
    let reports = || -> Vec<String> {
        let taken = peer.taken.lock();
        let null = taken.iter().filter(|m| m.envelope.sender == ReversePath::Null);
        null.map(|m| String::from_utf8_lossy(&m.content).into_owned()).collect()
    };
    let nobody = "nobody@contoso.com";
    // A sender who is told comes last: what would have been sent before him has been by then.
    submit_from(&transport, "x@a.b.test", nobody, None).await;
    submit_from(&transport, "x@b.test", nobody, None).await;
    submit_from(&transport, "x@told.b.test", "jean@contoso.com", Some("SUCCESS".parse().unwrap()))
        .await;
    submit_from(&transport, "x@told.b.test", nobody, None).await;
    until("the first report", || reports().len() == 1).await;
    assert!(reports()[0].contains("To: <x@told.b.test>"), "{:?}", reports());
    assert!(reports()[0].contains("Action: failed"), "{:?}", reports());
    submit_from(&transport, "x@a.b.test", "jean@contoso.com", Some("SUCCESS".parse().unwrap()))
        .await;
    until("the receipt", || reports().len() == 2).await;
    assert!(reports()[1].contains("Action: delivered"), "{:?}", reports());
    submit_from(&transport, "x@c.test", nobody, None).await;
    until("the discreet report", || reports().len() == 3).await;
    let discreet = reports()[2].clone();
    for hidden in ["secret", "mbx01", "RecipNotFound", "Diagnostic"] {
        assert!(!discreet.contains(hidden), "{hidden}: {discreet}");
    }
    assert!(discreet.contains("Reporting-MTA: dns; contoso.com"), "{discreet}");
    assert!(reports()[0].contains("secret") && reports()[0].contains("mbx01"), "{:?}", reports());
    assert!(reports()[0].contains("Reporting-MTA: dns; contoso.com"), "{:?}", reports());
    until("nothing is left", || is_empty(&transport)).await;
    assert_eq!(reports().len(), 3);
    transport.stop().await;
}

/// One set of DSN settings is for senders outside, one for our own.
#[tokio::test(flavor = "multi_thread")]
async fn settings_of_reports_have_their_effect() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    place.set_config(|config| {
        config.external_dsn_send_html = false;
        config.external_dsn_max_message_attach_size = model::ByteSize::bytes(0);
        config.external_dsn_reporting_authority = Some("reports.contoso.com".parse().unwrap());
        config.external_dsn_default_language = Some("fr-FR".parse().unwrap());
        config.external_postmaster_address = Some(address("help@contoso.com"));
        config.internal_dsn_reporting_authority = Some("inside.contoso.com".parse().unwrap());
    });
    let transport = place.start().await;
    submit_from(&transport, "x@a.test", "nobody@contoso.com", None).await;
    submit(&transport, &["nobody@contoso.com"], None).await;
    until("both reports", || peer.taken.lock().len() == 1 && place.inbox().len() == 1).await;
    let outside = String::from_utf8_lossy(&peer.taken.lock()[0].content).into_owned();
    let inside = place.inbox().remove(0);
    for (part, is_outside, is_inside) in [
        ("text/html", false, true),
        ("text/rfc822-headers", true, false),
        ("message/rfc822", false, true),
        ("dns; reports.contoso.com", true, false),
        ("dns; inside.contoso.com", false, true),
        ("<help@contoso.com>", true, false),
        ("<postmaster@contoso.com>", false, true),
        ("Content-Language: fr", true, false),
        ("Content-Language: en", false, true),
        ("mbx01.contoso.com", true, true),
    ] {
        assert_eq!(outside.contains(part), is_outside, "{part} outside: {outside}");
        assert_eq!(inside.contains(part), is_inside, "{part} inside: {inside}");
    }
    transport.stop().await;
}

/// GenerateCopyOfDSNFor: the postmaster's mailbox gets a copy, unless it gets the report.
#[tokio::test(flavor = "multi_thread")]
async fn reports_with_certain_codes_are_copied_to_the_postmaster() {
    let place = Place::new();
    let transport = place.start().await;
    submit(&transport, &["first@contoso.com"], None).await;
    until("the first report", || place.inbox().len() == 1).await;
    place.set_config(|config| config.generate_copy_of_dsn_for = vec!["5.1.1".parse().unwrap()]);
    submit(&transport, &["unassigned@contoso.com"], None).await;
    until("the second report", || place.inbox().len() == 2).await;
    until("nothing is left", || is_empty(&transport)).await;
    assert!(place.inbox_of("administrator").is_empty(), "nobody is to have the copies");
    place.set_config(|config| {
        config.external_postmaster_address = Some(address("postmaster@contoso.com"));
    });
    submit(&transport, &["second@contoso.com"], None).await;
    until("the third report", || place.inbox().len() == 3).await;
    until("its copy", || place.inbox_of("administrator").len() == 1).await;
    let copy = place.inbox_of("administrator").remove(0);
    assert!(
        copy.contains("second@contoso.com") && copy.contains("To: <jean@contoso.com>"),
        "{copy}"
    );
    // His own report he gets once.
    submit_from(&transport, "postmaster@contoso.com", "third@contoso.com", None).await;
    until("his own", || place.inbox_of("administrator").len() == 2).await;
    until("nothing is left", || is_empty(&transport)).await;
    assert_eq!(place.inbox_of("administrator").len(), 2);
    assert_eq!(place.inbox().len(), 3);
    transport.stop().await;
}

/// A mailbox's own limits count between our users in place of the organization's.
#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_have_limits_of_their_own() {
    let place = Place::new();
    let set = |name: &str, change: &dyn Fn(&mut Mailbox)| {
        let mut mailbox = place.directory.snapshot().mailbox(name).unwrap().as_ref().clone();
        change(&mut mailbox);
        place.apply(Change::Update { object: Object::Mailbox(mailbox) });
    };
    let bytes = |n| model::Unlimited::Limited(model::ByteSize::bytes(n));
    let transport = place.start().await;
    let to = ["administrator@contoso.com"];
    submit(&transport, &to, None).await;
    until("within every limit", || place.inbox_of("administrator").len() == 1).await;
    set("Administrator", &|m| m.max_receive_size = bytes(10));
    submit(&transport, &to, None).await;
    until("too large to receive", || place.inbox().len() == 1).await;
    set("Administrator", &|m| m.max_receive_size = model::Unlimited::Unlimited);
    set("Jean", &|m| m.max_send_size = bytes(10));
    submit(&transport, &to, None).await;
    until("too large to send", || place.inbox().len() == 2).await;
    for report in place.inbox() {
        let flat = report.replace("=\r\n", "").replace("\r\n ", " ");
        assert!(
            flat.contains(
                "550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size of 10 B"
            ),
            "{report}"
        );
    }
    assert_eq!(place.inbox_of("administrator").len(), 1);
    transport.stop().await;
}

/// ExternalDelayDsnEnabled is for recipients outside: off, only the end is told. They are outside
/// also where `*` is relayed.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_delay_may_be_unwanted() {
    let place = Place::new();
    place.relay_everything();
    place.set_config(|config| config.external_delay_dsn_enabled = false);
    place.set_server(|s| {
        s.delay_notification_timeout = TimeSpan::seconds(1);
        s.message_expiration_timeout = TimeSpan::seconds(5);
        s.transient_failure_retry_count = 0;
    });
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("the end is reported", || place.inbox().len() == 1 && is_empty(&transport)).await;
    assert!(place.inbox()[0].contains("Action: failed"), "{:?}", place.inbox());
    transport.stop().await;
}
