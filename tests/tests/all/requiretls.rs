//! REQUIRETLS and `TLS-Required: No` (RFC 8689): with aiosmtpd as a host that offers the former, Postfix as one that
//! does not, signed zones of NSD, and Unbound as the validating resolver.

use std::time::Duration;

use end_to_end::{
    AioHost, Authority, NameServer, Postfix, Relais, SOON, Settings, Smtp, Validator, address,
    consistently, python_send, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER};

const ANNA: &str = "anna@contoso.com";
const PASSWORD: &str = "a Secret of Anna 4";
const CONTENT: &str = "From: anna@contoso.com\r\nMessage-ID: <original@contoso.com>\r\n\
                       Subject: the original\r\n\r\nits body\r\n";

/// `old.test` is a Postfix, `new.test` offers REQUIRETLS, `both.test` has the one before the other.
struct Place {
    relais: Relais,
    postfix: Postfix,
    host: AioHost,
    _zones: NameServer,
    _validator: Validator,
    _authorities: [Authority; 2],
}

impl Place {
    fn new() -> Self {
        let (trusted, other) = (Authority::new("Trusted"), Authority::new("Another"));
        let (old, new) = (address(), address());
        let old_certificate = trusted.issue("DNS:mx-old.test");
        let new_certificate = trusted.issue("DNS:mx-new.test");
        let tlsa = |host: &str, data: String| format!("_{PORT}._tcp.{host} TLSA {data}");
        let records = [
            format!("mx-old A {old}"),
            format!("mx-wrong A {old}"),
            format!("mx-new A {new}"),
            format!("mx-dane A {new}"),
            format!("mx-stranger A {new}"),
            "old MX 10 mx-old".to_owned(),
            "new MX 10 mx-new".to_owned(),
            "both MX 10 mx-old".to_owned(),
            "both MX 20 mx-new".to_owned(),
            "dane MX 10 mx-dane".to_owned(),
            // The certificate is not for this name.
            "stranger MX 10 mx-stranger".to_owned(),
            "wrong MX 10 mx-wrong".to_owned(),
            tlsa("mx-dane", new_certificate.tlsa((3, 1, 1))),
            tlsa("mx-wrong", other.tlsa((3, 1, 1))),
        ];
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let zones = NameServer::signed(address(), &records, &["@ MX 10 mx-new.test."]);
        let validator = Validator::start(address(), &zones);
        let postfix = Postfix::with(
            old,
            PORT,
            &["old.test", "both.test", "wrong.test"],
            &format!("smtpd_tls_security_level = may\n{}", old_certificate.for_postfix()),
        );
        let host = AioHost::with_requiretls(new, PORT, &new_certificate);
        let relais = Relais::relaying(Settings {
            dns: Some(validator.address()),
            shows_validation: true,
            glitch_retry_count: 0,
            trusted_ca_files: vec![trusted.certificate()],
            ..Settings::default()
        });
        relais.mailbox("anna", PASSWORD);
        relais.send_connector("All", "*", PORT);
        let authorities = [trusted, other];
        let place = Self {
            relais,
            postfix,
            host,
            _zones: zones,
            _validator: validator,
            _authorities: authorities,
        };
        until("signatures are believed", SOON, || {
            (place.security("old.test")["DnssecValidation"] == "Proven").then_some(())
        });
        place
    }

    /// What is demanded of the first host of a domain for a message with REQUIRETLS.
    fn security(&self, domain: &str) -> Value {
        let parameters =
            json!({ "Recipient": format!("u@{domain}"), "TlsRequirement": "Required" });
        self.relais.run("Get-TransportSecurity", parameters).remove(0)
    }

    /// Submits as Anna, as a mail client does, with these options of MAIL.
    fn submit(&self, options: &str, to: &[&str]) {
        let directory = tempfile::tempdir().expect("temporary directory");
        let file = directory.path().join("message");
        std::fs::write(&file, CONTENT).expect("the message");
        let (file, sender) = (file.display().to_string(), format!("{ANNA}{options}"));
        let mut arguments = vec!["starttls", ANNA, PASSWORD, &sender, &file];
        arguments.extend(to);
        let (good, said) =
            python_send(self.relais.submission(), &self.relais.authority(), &arguments);
        assert!(good, "{said}");
    }

    /// Sends in clear from elsewhere, with these lines above the message.
    fn relay(&self, to: &str, lines: &str) {
        let content = format!("{lines}Subject: x\r\n\r\nx\r\n");
        let reply = Smtp::hello(self.relais.relay()).deliver(STRANGER, &[to], &content);
        assert_eq!(reply.code, 250, "{reply:?}");
    }

    fn arrives_at_postfix(&self, to: &str) -> String {
        let line = format!("X-Original-To: {to}");
        until(&format!("{to} has it"), SOON, || {
            self.postfix.messages().into_iter().find(|message| message.contains(&line))
        })
    }

    /// The queue of a domain for what wants this of TLS, once it says why it waits.
    fn waits(&self, domain: &str, requirement: &str) -> Value {
        until(&format!("mail for {domain} waits"), SOON, || {
            self.relais.queues().into_iter().find(|queue| {
                queue["NextHopDomain"] == domain
                    && queue["TlsRequirement"] == requirement
                    && queue["LastError"].is_string()
            })
        })
    }
}

#[test]
fn requiretls_is_offered_under_tls_only() {
    let place = Place::new();
    let (mut smtp, _) = Smtp::connect(place.relais.front());
    assert!(!smtp.say("EHLO client.example").offers("REQUIRETLS"));
    let refused = smtp.say("MAIL FROM:<a@b.test> REQUIRETLS");
    assert_eq!(refused.text(), "530 5.7.0 Must issue a STARTTLS command first");
    // Into a mailbox of ours it may go.
    place.submit(" REQUIRETLS", &[ANNA]);
    let message = place.relais.wait_for_mail(ANNA, 1, SOON).remove(0);
    assert!(message.contains("its body"), "{message}");
}

#[test]
fn a_tagged_message_goes_only_to_hosts_that_offer_it() {
    let place = Place::new();
    let new = place.security("new.test");
    assert_eq!(
        (&new["Requirement"], &new["RequiredBy"], &new["Names"]),
        (&json!("DomainValidation"), &json!("REQUIRETLS of the message"), &json!(["mx-new.test"]))
    );
    assert_eq!(place.security("dane.test")["Requirement"], "Dane");
    place.submit(" REQUIRETLS", &["u@new.test", "u@dane.test", "tagged@both.test"]);
    place.submit("", &["plain@both.test"]);
    for to in ["u@new.test", "u@dane.test", "tagged@both.test"] {
        let message = place.host.wait_for(to);
        let mail = message.lines().next().unwrap_or_default();
        assert!(mail.split(' ').any(|word| word == "REQUIRETLS"), "{message}");
    }
    // The better host has what wants nothing special.
    place.arrives_at_postfix("plain@both.test");
    assert!(!place.postfix.messages().iter().any(|m| m.contains("tagged@both.test")));
    place.submit("", &["plain@new.test"]);
    let message = place.host.wait_for("plain@new.test");
    assert!(!message.lines().next().unwrap_or_default().contains("REQUIRETLS"), "{message}");
    let sent = place.relais.run("Get-MessageTrackingLog", json!({ "EventId": "SEND" }));
    let tagged = |row: &&Value| row["CustomData"] == "S:TlsRequirement=Required";
    assert!(sent.iter().filter(tagged).count() >= 1, "{sent:?}");
}

#[test]
fn where_nobody_offers_it_the_sender_is_told_without_the_body() {
    let place = Place::new();
    place.submit(" REQUIRETLS RET=FULL", &["u@old.test"]);
    place.submit("", &["plain@old.test"]);
    let report = place.relais.wait_for_mail(ANNA, 1, SOON).remove(0);
    // Where a line is broken depends on the length of an address.
    let report = report.replace("=\r\n", "").replace("=\n", "");
    for part in
        ["Status: 5.7.30", "not offer REQUIRETLS", "text/rfc822-headers", "<original@contoso.com>"]
    {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    assert!(!report.contains("its body"), "{report}");
    place.arrives_at_postfix("plain@old.test");
    assert!(!place.postfix.messages().iter().any(|m| m.contains("X-Original-To: u@old.test")));
    // The DNS of this domain is not signed: nobody knows whose host it names.
    place.submit(" REQUIRETLS", &["u@plain.test"]);
    let reports = place.relais.wait_for_mail(ANNA, 2, SOON);
    assert!(reports.iter().any(|report| report.contains("Status: 5.7.10")), "{reports:?}");
    assert!(!place.host.messages().iter().any(|m| m.contains("u@plain.test")));
}

#[test]
fn a_tagged_message_waits_for_a_certificate_and_holds_up_nobody() {
    let mut place = Place::new();
    place.submit(" REQUIRETLS", &["tagged@stranger.test"]);
    let queue = place.waits("stranger.test", "Required");
    let error = queue["LastError"].as_str().unwrap_or_default();
    assert!(
        error.contains("454 4.7.10 REQUIRETLS: the TLS handshake with mx-stranger.test"),
        "{error}"
    );
    place.submit("", &["plain@stranger.test"]);
    place.host.wait_for("plain@stranger.test");
    // What was promised is kept over a restart.
    place.relais.stop();
    place.relais.resume();
    let filter = json!({ "Filter": "TlsRequirement -eq 'Required'" });
    let messages = place.relais.run("Get-Message", filter.clone());
    assert_eq!(messages.len(), 1, "{messages:?}");
    place.relais.run("Retry-Queue", json!({ "Filter": "TlsRequirement -eq 'Required'" }));
    place.waits("stranger.test", "Required");
    consistently("it has not gone", Duration::from_secs(1), || {
        !place.host.messages().iter().any(|m| m.contains("tagged@stranger.test"))
    });
    place.submit("", &["again@stranger.test"]);
    place.host.wait_for("again@stranger.test");
}

#[test]
fn tls_required_no_goes_whatever_the_domain_demands() {
    let place = Place::new();
    place.relay("usual@wrong.test", "");
    let queue = place.waits("wrong.test", "Default");
    assert!(queue["LastError"].as_str().is_some_and(|e| e.contains("4.7.323")), "{queue}");
    place.relay("open@wrong.test", "TLS-Required: No\r\n");
    let message = place.arrives_at_postfix("open@wrong.test");
    assert!(message.contains("TLS-Required: No"), "{message}");
    assert!(message.contains("(using TLSv1.3"), "encrypted where that works:\n{message}");
    // The other still waits; and an administrator may say no.
    assert!(
        !place.postfix.messages().iter().any(|m| m.contains("X-Original-To: usual@wrong.test"))
    );
    place.relais.run("Set-TransportConfig", json!({ "TlsRequiredNoEnabled": false }));
    place.relay("late@wrong.test", "TLS-Required: No\r\n");
    let queue = place.waits("wrong.test", "NotRequired");
    assert!(queue["LastError"].as_str().is_some_and(|e| e.contains("4.7.323")), "{queue}");
}
