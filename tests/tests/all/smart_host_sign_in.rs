//! Signing in at smart hosts: send-connectors.md section 4.1, towards Postfix with Dovecot's SASL.
//! Nothing may leave without the sign-in that was asked for, and no secret may show anywhere.

use std::net::{Ipv4Addr, SocketAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{
    Answers, Authority, Dovecot, LogRow, Postfix, Relais, SOON, Settings, Sink, address, all_text,
    log_rows, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, World};

const USER: &str = "relais@contoso.com";
const PASSWORD: &str = "a Secret, of the Relay=5";
/// `PASSWORD` in base64, as LOGIN sends it.
const PASSWORD_BASE64: &str = "YSBTZWNyZXQsIG9mIHRoZSBSZWxheT01";
const NO_TLS: &str = "smtpd_tls_security_level = none\n";
const TLS: &str = "smtpd_tls_security_level = may\n";

fn connector(relais: &Relais, mechanism: &str, hosts: &[String]) {
    relais.send_connector_with(
        "Via relay",
        json!({
            "AddressSpaces": ["*"],
            "DNSRoutingEnabled": false,
            "SmartHosts": hosts,
            "SmartHostAuthMechanism": mechanism,
            "AuthenticationCredential": { "UserName": USER, "Password": PASSWORD },
            "Port": PORT,
            "ProtocolLoggingLevel": "Verbose",
        }),
    );
}

fn use_hosts(relais: &Relais, hosts: &[String]) {
    set(relais, json!({ "SmartHosts": hosts }));
}

fn set(relais: &Relais, settings: Value) {
    let mut parameters = json!({ "Identity": "Via relay" });
    for (key, value) in settings.as_object().into_iter().flatten() {
        parameters[key.as_str()] = value.clone();
    }
    relais.run("Set-SendConnector", parameters);
}

/// One Postfix at several addresses, each with settings of its own. Its log names each listener by
/// its number: `relay0/smtpd`.
fn relays(listeners: &[(Ipv4Addr, String)]) -> Postfix {
    let named = |(number, (at, settings)): (usize, &(Ipv4Addr, String))| {
        (SocketAddr::from((*at, PORT)), format!("{settings}syslog_name = relay{number}\n"))
    };
    let listeners: Vec<(SocketAddr, String)> = listeners.iter().enumerate().map(named).collect();
    let listeners: Vec<_> = listeners.iter().map(|(at, text)| (*at, text.as_str())).collect();
    Postfix::listening(&["anywhere.example"], "", &listeners)
}

/// Wherever an administrator looks, the password is not there.
fn assert_no_secret_shows(relais: &Relais) {
    let shown = format!(
        "{} {} {} {} {}",
        relais.log(),
        all_text(&relais.data().join("logs")),
        json!(relais.run("Get-SendConnector", json!({}))),
        json!(relais.queues()),
        json!(relais.messages())
    );
    let plain = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
    for secret in [PASSWORD, PASSWORD_BASE64, &plain] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

#[test]
fn each_mechanism_signs_in_and_the_best_is_chosen() {
    let world = World::of(&[]);
    let dovecot = Dovecot::start(&[(USER, PASSWORD)]);
    let cases = [
        ("login", NO_TLS, "LOGIN"),
        ("plain", NO_TLS, "PLAIN"),
        ("scram-sha-256", NO_TLS, "SCRAM-SHA-256"),
        ("cram-md5", NO_TLS, "CRAM-MD5"),
        ("cram-md5, plain, login", TLS, "CRAM-MD5"),
        ("plain, login", TLS, "PLAIN"),
        ("", TLS, "SCRAM-SHA-256"),
    ];
    let hosts: Vec<(Ipv4Addr, String)> = cases
        .iter()
        .map(|(offered, tls, _)| (address(), format!("{tls}{}", dovecot.for_postfix(offered))))
        .collect();
    let postfix = relays(&hosts);
    connector(&world.relais, "BasicAuth", &[address().to_string()]);
    for (number, ((_, tls, used), (host, _))) in cases.iter().zip(&hosts).enumerate() {
        use_hosts(&world.relais, &[host.to_string()]);
        let subject = format!("number {number}");
        world.send("u@anywhere.example", &subject);
        let messages = postfix.wait_for(number + 1, SOON);
        let message = messages.iter().find(|m| m.contains(&subject)).expect("the new one");
        // Opportunistic TLS is used where it is offered.
        assert_eq!(message.contains("using TLSv1"), *tls == TLS, "{message}");
        let signed_in = format!("sasl_method={used}, sasl_username={USER}");
        let log = postfix.log();
        let relay = format!("relay{number}/smtpd");
        assert!(log.lines().any(|l| l.contains(&relay) && l.contains(&signed_in)), "{log}");
        let protocol_log = world.relais.data().join("logs/ProtocolLog/Hub/SmtpSend");
        until("the sign-in in the protocol log", SOON, || {
            let rows = log_rows(&protocol_log, "SEND");
            let last = rows.iter().rposition(|row| row.field("data").starts_with("AUTH "))?;
            let bare = ["LOGIN", "CRAM-MD5"].contains(used);
            let hidden = if bare { "" } else { " <Binary Data>" };
            let command = format!("AUTH {used}{hidden}");
            let good = |row: &LogRow| row.field("data").starts_with("235 ");
            (rows[last].field("data") == command && rows[last..].iter().any(good)).then_some(())
        });
    }
    assert_no_secret_shows(&world.relais);
}

#[test]
fn a_refused_password_waits_until_it_is_the_right_one() {
    let world = World::of(&[]);
    let dovecot = Dovecot::start(&[(USER, "something else")]);
    let host = |mechanism| (address(), format!("{NO_TLS}{}", dovecot.for_postfix(mechanism)));
    let hosts = ["scram-sha-256", "plain", "login"].map(host);
    let postfix = relays(&hosts);
    connector(&world.relais, "BasicAuth", &[address().to_string()]);
    for (number, (host, _)) in hosts.iter().enumerate() {
        use_hosts(&world.relais, &[host.to_string()]);
        world.send("u@anywhere.example", "refused at first");
        let waiting = world.relais.wait_for_error("535 5.7.8 Error: authentication failed", SOON);
        assert_eq!(waiting["Status"], "Retry");
        assert_no_secret_shows(&world.relais);
        let credential = |password| json!({ "UserName": USER, "Password": password });
        let good = json!({ "AuthenticationCredential": credential("something else") });
        set(&world.relais, good);
        postfix.wait_for(number + 1, SOON);
        world.relais.wait_until_empty(SOON);
        set(&world.relais, json!({ "AuthenticationCredential": credential(PASSWORD) }));
    }
}

#[test]
fn a_password_goes_only_to_whom_the_certificate_names() {
    let (known, unknown) = (Authority::new("Known"), Authority::new("Unknown"));
    let dovecot = Dovecot::start(&[(USER, PASSWORD)]);
    let sasl = dovecot.for_postfix("");
    let (plain, foreign, other, right, literal) =
        (address(), address(), address(), address(), address());
    let shows = |certificate| format!("{TLS}{sasl}{certificate}");
    let postfix = relays(&[
        (plain, format!("{NO_TLS}{sasl}")),
        (foreign, shows(unknown.issue_for_postfix("DNS:foreign.test"))),
        (other, shows(known.issue_for_postfix("DNS:else.test"))),
        (right, shows(known.issue_for_postfix("DNS:relay.test"))),
        (literal, shows(known.issue_for_postfix(&format!("IP:{literal}")))),
    ]);
    let world = World::start(
        right,
        &[
            &format!("plain A {plain}"),
            &format!("foreign A {foreign}"),
            &format!("other A {other}"),
            // A name with an MX: the certificate is for the name that was configured.
            "relay MX 10 exchanger",
            &format!("exchanger A {right}"),
        ],
        Settings { trusted_ca_files: vec![known.certificate()], ..Settings::default() },
    );
    connector(&world.relais, "BasicAuthRequireTLS", &["plain.test".to_owned()]);
    world.send("u@anywhere.example", "waiting");
    for (name, error) in [
        (
            "plain.test",
            "451 4.7.4 SmartHostAuthMechanism BasicAuthRequireTLS: plain.test does not offer STARTTLS",
        ),
        ("foreign.test", "not of an authority that is trusted here"),
        ("other.test", ", and other.test is demanded"),
    ] {
        use_hosts(&world.relais, &[name.to_owned()]);
        world.relais.wait_for_error(error, SOON);
    }
    use_hosts(&world.relais, &["relay.test".to_owned()]);
    let message = postfix.wait_for(1, SOON).remove(0);
    assert!(message.contains("using TLSv1.3"), "{message}");
    // An address literal is named by an address in the certificate.
    use_hosts(&world.relais, &[format!("[{literal}]")]);
    world.send("u@anywhere.example", "to an address");
    postfix.wait_for(2, SOON);
    let log = postfix.log();
    for (number, is_right) in [(0, false), (1, false), (2, false), (3, true), (4, true)] {
        let of_relay = |line: &&str| line.contains(&format!("relay{number}/smtpd"));
        let signed_in = log.lines().filter(of_relay).any(|line| line.contains("sasl"));
        assert_eq!(signed_in, is_right, "relay{number}: {log}");
    }
    assert_no_secret_shows(&world.relais);
}

#[test]
fn the_next_smart_host_is_tried_when_one_is_dead_or_refuses() {
    let world = World::of(&[]);
    let (right, wrong) =
        (Dovecot::start(&[(USER, PASSWORD)]), Dovecot::start(&[(USER, "something else")]));
    let (dead, refusing, taking) = (address(), address(), address());
    let postfix = relays(&[
        (refusing, format!("{NO_TLS}{}", wrong.for_postfix("plain"))),
        (taking, format!("{NO_TLS}{}", right.for_postfix("plain"))),
    ]);
    let hosts = [dead, refusing].map(|host| host.to_string());
    connector(&world.relais, "BasicAuth", &hosts);
    world.send("u@anywhere.example", "for the third");
    world.relais.wait_for_error("451 4.4.0", SOON);
    let queues = world.relais.queues();
    let queue = queues.iter().find(|q| q["MessageCount"] == 1).expect("a queue");
    assert_eq!(queue["DeliveryType"], "SmartHostConnectorDelivery");
    assert_eq!(queue["NextHopDomain"], format!("[{dead}],[{refusing}]"));
    assert_eq!(queue["Status"], "Retry");
    use_hosts(&world.relais, &[dead, refusing, taking].map(|host| host.to_string()));
    postfix.wait_for(1, SOON);
    // Whoever comes first in turn: none of the others keeps mail from the third.
    for number in 2..=4 {
        world.send("u@anywhere.example", "for the third again");
        postfix.wait_for(number, SOON);
    }
    let log = postfix.log();
    assert!(
        log.contains("relay0/smtpd") && log.contains("SASL PLAIN authentication failed"),
        "{log}"
    );
    assert_no_secret_shows(&world.relais);
}

/// A host without anything we can do, hosts that refuse for now or say back what they heard.
#[test]
fn whatever_keeps_us_out_is_told_in_the_hosts_words() {
    let world = World::of(&[]);
    let strange = |extension: Option<&'static str>, reply: &'static str| {
        let answers = Answers::scripted(move |verb, argument, _| {
            let echo = reply.replace("{}", argument);
            (verb == "AUTH").then_some(echo)
        });
        let at = address();
        let mut extensions = vec!["PIPELINING", "ENHANCEDSTATUSCODES"];
        extensions.extend(extension);
        (at, Sink::answering(at, PORT, Answers { extensions, ..answers }))
    };
    let cases = [
        (
            strange(None, ""),
            "BasicAuth: [{}] [{}] offers no way of signing in that can be used (offered: none;",
        ),
        (strange(Some("AUTH GSSAPI NTLM"), ""), "(offered: GSSAPI NTLM; usable:"),
        (strange(Some("AUTH PLAIN"), "454 4.7.0 come back later"), "454 4.7.0 come back later"),
        (
            strange(Some("AUTH PLAIN"), "535 5.7.8 no, not {}"),
            "535 (what the host said is not shown",
        ),
        // A false server that sends us on without proof of knowing the password.
        (
            strange(Some("AUTH SCRAM-SHA-256"), "235 2.7.0 welcome"),
            "a reply out of place in a logon",
        ),
    ];
    connector(&world.relais, "BasicAuth", &[address().to_string()]);
    world.send("u@anywhere.example", "kept out");
    for ((at, sink), error) in cases {
        use_hosts(&world.relais, &[at.to_string()]);
        world.relais.wait_for_error(error.replace("{}", &at.to_string()).trim(), SOON);
        assert_no_secret_shows(&world.relais);
        assert_eq!(sink.count(), 0);
    }
    // One that does not know the mechanism it offers is asked for the next.
    let (at, sink) = (address(), |verb: &str, argument: &str, _| match verb {
        "AUTH" if argument.starts_with("SCRAM") => Some("504 5.5.4 what?".to_owned()),
        "AUTH" => Some("235 2.7.0 welcome".to_owned()),
        _ => None,
    });
    let extensions = vec!["AUTH SCRAM-SHA-256 PLAIN"];
    let sink = Sink::answering(at, PORT, Answers { extensions, ..Answers::scripted(sink) });
    use_hosts(&world.relais, &[at.to_string()]);
    sink.wait_for(1, SOON);
}

#[test]
fn externally_secured_hosts_are_not_signed_in_at() {
    let world = World::of(&[]);
    let at = address();
    let extensions = vec!["AUTH PLAIN LOGIN"];
    let said_auth = |verb: &str, _: &str, _| {
        (verb == "AUTH").then(|| "535 5.7.8 nobody was to sign in".to_owned())
    };
    let sink = Sink::answering(at, PORT, Answers { extensions, ..Answers::scripted(said_auth) });
    connector(&world.relais, "ExternalAuthoritative", &[at.to_string()]);
    world.send("u@anywhere.example", "trusted link");
    sink.wait_for(1, SOON);
}
