//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS at a Receive connector, with a client nobody here wrote: GNU SASL's.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{Relais, SANDBOX_PASSWORD, SERVER, SOON, gsasl, log_rows, swaks, until};
use serde_json::json;

const JEAN: &str = "jean@contoso.com";
/// Failures of one source within a minute.
const MOST_OF_A_SOURCE: usize = 20;

fn sign_in(relais: &Relais, mechanism: &str, user: (&str, &str), more: &[&str]) -> (bool, String) {
    gsasl(relais.submission(), &relais.authority(), mechanism, user, more)
}

#[test]
fn gsasl_signs_in_and_believes_us() {
    let relais = Relais::prompt_sandbox();
    let connector = format!("{SERVER}\\Client Frontend {SERVER}");
    let verbose = json!({ "Identity": connector, "ProtocolLoggingLevel": "Verbose" });
    relais.run("Set-ReceiveConnector", verbose);
    for (to, tls) in [(relais.submission(), "--tls"), (relais.implicit_tls(), "--tls-on-connect")] {
        let (_, said) = swaks(to, &[tls, "--quit-after", "HELO"]);
        assert!(said.contains("AUTH PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS"), "{said}");
    }
    // Without --no-cb, SCRAM-SHA-256 would say that PLUS was not offered.
    for (mechanism, more) in
        [("SCRAM-SHA-256", &["--no-cb"][..]), ("SCRAM-SHA-256-PLUS", &[]), ("PLAIN", &[])]
    {
        for user in [JEAN, "jean"] {
            let (good, said) = sign_in(&relais, mechanism, (user, SANDBOX_PASSWORD), more);
            assert!(good && said.contains("235 2.7.0"), "{mechanism} as {user}: {said}");
        }
    }
    let protocol = relais.data().join("logs/ProtocolLog/FrontEnd/SmtpReceive");
    let rows = until("eight sessions in the protocol log", SOON, || {
        let rows = log_rows(&protocol, "RECV");
        let ends = rows.iter().filter(|row| row.field("event") == "-").count();
        (ends >= 8).then_some(rows)
    });
    let told: Vec<String> =
        rows.iter().map(|row| format!("{}{}", row.field("data"), row.field("context"))).collect();
    for wanted in [
        "user jean authenticated by SCRAM-SHA-256",
        "user jean authenticated by SCRAM-SHA-256-PLUS",
        "user jean authenticated",
    ] {
        assert_eq!(told.iter().filter(|row| *row == wanted).count(), 2, "{wanted} in {told:#?}");
    }
    // Of an exchange's lines nothing is shown.
    let carried =
        ["n,,n=jean", "p=tls-exporter,,n=jean", "c=biws"].map(|text| STANDARD.encode(text));
    for row in &told {
        assert!(carried.iter().all(|text| !row.contains(&text[..4])), "{row}");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_alike() {
    let relais = Relais::prompt_sandbox();
    for (mechanism, more) in [("SCRAM-SHA-256", &["--no-cb"][..]), ("SCRAM-SHA-256-PLUS", &[])] {
        let mut refusals = Vec::new();
        for (user, password) in [(JEAN, "not his"), ("nobody@contoso.com", SANDBOX_PASSWORD)] {
            let (good, said) = sign_in(&relais, mechanism, (user, password), more);
            assert!(!good, "{mechanism} as {user}: {said}");
            let refusal = said.lines().find(|line| line.starts_with("535")).map(str::to_owned);
            refusals.push(refusal.unwrap_or_else(|| panic!("{mechanism} as {user}: {said}")));
        }
        assert_eq!(refusals[0], refusals[1]);
    }
}

#[test]
fn a_new_password_counts_at_once() {
    let relais = Relais::prompt_sandbox();
    relais.run("Set-Mailbox", json!({ "Identity": "jean", "Password": "another Password 1" }));
    let (good, said) = sign_in(&relais, "SCRAM-SHA-256-PLUS", (JEAN, SANDBOX_PASSWORD), &[]);
    assert!(!good && said.contains("535 5.7.3"), "{said}");
    let (good, said) = sign_in(&relais, "SCRAM-SHA-256-PLUS", (JEAN, "another Password 1"), &[]);
    assert!(good, "{said}");
}

/// The limit by source is one for all mechanisms, over connections of one try each.
#[test]
fn guessing_is_limited_over_connections_and_mechanisms() {
    let relais = Relais::prompt_sandbox();
    // What was counted is forgotten when the minute turns: a round in which it does says nothing, but what it
    // counted in the new minute is held against the next.
    let mut already = false;
    for _ in 0..3 {
        let minute = this_minute();
        let failures = fail_until_put_off(&relais);
        let answers =
            MECHANISMS.map(|(name, more)| sign_in(&relais, name, (JEAN, SANDBOX_PASSWORD), more));
        if this_minute() == minute {
            assert!(failures <= MOST_OF_A_SOURCE && (already || failures > 0), "{failures}");
            // Nobody learns now whether a password is right.
            for (good, said) in answers {
                assert!(!good && said.contains("454 4.7.0"), "{said}");
            }
            return;
        }
        already = true;
    }
    panic!("no round within a minute");
}

const MECHANISMS: [(&str, &[&str]); 3] =
    [("SCRAM-SHA-256-PLUS", &[]), ("SCRAM-SHA-256", &["--no-cb"]), ("PLAIN", &[])];

fn this_minute() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() / 60
}

/// Guesses in turn by each mechanism, a connection for each, until it is not looked at any more; how many guesses
/// were.
fn fail_until_put_off(relais: &Relais) -> usize {
    for (failures, (name, more)) in MECHANISMS.iter().cycle().take(60).enumerate() {
        let (good, said) = sign_in(relais, name, (JEAN, "a guess"), more);
        assert!(!good, "{said}");
        if said.contains("454 4.7.0") {
            return failures;
        }
        assert!(said.contains("535 5.7.3"), "{said}");
    }
    panic!("nothing ends it");
}
