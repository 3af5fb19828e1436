//! OAUTHBEARER and XOAUTH2 in a session.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;

const OK: &str = "235 2.7.0 Authentication successful\r\n";
const REFUSED: &str = "535 5.7.3 Authentication unsuccessful\r\n";
const URL: &str = "https://login.test/.well-known/openid-configuration";

fn takes_tokens() -> ServerSettings {
    let bearer = Some(BearerOffer { configuration: Some(URL.to_owned()) });
    ServerSettings { bearer, ..settings() }
}

fn under_tls(settings: ServerSettings) -> Driver {
    let mut driver = Driver::new(settings, true);
    driver.say("EHLO x\r\n");
    driver
}

fn oauthbearer(user: &str, token: &str) -> String {
    STANDARD.encode(format!("n,{user},\u{1}host=h\u{1}port=587\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

fn xoauth2(user: &str, token: &str) -> String {
    STANDARD.encode(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// What a challenge says.
fn challenge(said: &str) -> String {
    let text = said.trim_end().strip_prefix("334 ").unwrap_or_else(|| panic!("{said}"));
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

#[test]
fn they_are_offered_where_tokens_are_taken_and_under_tls_only() {
    let mut driver = Driver::new(takes_tokens(), true);
    let said = driver.say("EHLO x\r\n");
    assert!(said.contains("AUTH PLAIN LOGIN SCRAM-SHA-256 OAUTHBEARER XOAUTH2\r\n"), "{said}");
    let mut driver = Driver::new(takes_tokens(), false);
    assert!(!driver.say("EHLO x\r\n").contains("AUTH"));
    let good = oauthbearer("", "a.good.token");
    assert!(driver.say(&format!("AUTH OAUTHBEARER {good}\r\n")).starts_with("538 5.7.11"));
    let mut driver = under_tls(settings());
    for mechanism in ["OAUTHBEARER", "XOAUTH2"] {
        let said = driver.say(&format!("AUTH {mechanism} {good}\r\n"));
        assert!(said.starts_with("504 5.5.4"), "{said}");
    }
}

#[test]
fn a_good_token_opens_the_door_in_both_forms() {
    for (mechanism, message) in [
        ("OAUTHBEARER", oauthbearer("", "a.good.token")),
        ("oauthbearer", oauthbearer("a=jean", "a.good.token")),
        ("XOAUTH2", xoauth2("jean", "a.good.token")),
        ("XOAUTH2", xoauth2("", "a.good.token")),
    ] {
        let mut driver = under_tls(takes_tokens());
        assert_eq!(driver.say(&format!("AUTH {mechanism} {message}\r\n")), OK, "{mechanism}");
        let mut driver = under_tls(takes_tokens());
        assert_eq!(driver.say(&format!("AUTH {mechanism}\r\n")), "334 \r\n");
        assert_eq!(driver.say(&format!("{message}\r\n")), OK);
        assert!(driver.server.is_authenticated());
        assert!(
            driver.steps.iter().all(|step| !step.contains("a.good.token")),
            "{:?}",
            driver.steps
        );
    }
}

#[test]
fn a_refused_token_is_explained_before_the_reply() {
    let endless =
        ServerSettings { max_logon_failures: None, max_protocol_errors: None, ..takes_tokens() };
    let mut driver = under_tls(endless);
    for message in [
        oauthbearer("", "a.bad.token"),
        oauthbearer("a=paul", "a.good.token"),
        STANDARD.encode("n,,\u{1}\u{1}"),
    ] {
        let said = driver.say(&format!("AUTH OAUTHBEARER {message}\r\n"));
        let wanted = format!(r#"{{"status":"invalid_token","openid-configuration":"{URL}"}}"#);
        assert_eq!(challenge(&said), wanted);
        assert_eq!(driver.say("AQ==\r\n"), REFUSED);
    }
    let said = driver.say(&format!("AUTH XOAUTH2 {}\r\n", xoauth2("jean", "a.bad.token")));
    assert_eq!(challenge(&said), r#"{"status":"401","schemes":"bearer","scope":""}"#);
    assert_eq!(driver.say("\r\n"), REFUSED);
    driver.say(&format!("AUTH XOAUTH2 {}\r\n", xoauth2("jean", "a.bad.token")));
    assert_eq!(driver.say("*\r\n"), "501 5.7.0 Authentication cancelled\r\n");
    driver.say(&format!("AUTH XOAUTH2 {}\r\n", xoauth2("jean", "a.bad.token")));
    assert_eq!(driver.say("!!!\r\n"), REFUSED);
    // No word on whether it is good.
    let said = driver.say(&format!("AUTH XOAUTH2 {}\r\n", xoauth2("jean", "a.late.token")));
    assert!(said.starts_with("454 4.7.0"), "{said}");
    for broken in ["!!!", "*", "bi4=", "="] {
        let said = driver.say(&format!("AUTH OAUTHBEARER {broken}\r\n"));
        assert!(said.starts_with("501 5."), "{broken}: {said}");
    }
    assert!(!driver.server.is_authenticated());
}

#[test]
fn refusals_end_the_session_as_wrong_passwords_do() {
    let mut driver = under_tls(takes_tokens());
    let guess = format!("AUTH XOAUTH2 {}\r\n", xoauth2("jean", "a.bad.token"));
    for last in ["\r\n", "*\r\n"] {
        driver.say(&guess);
        assert!(driver.say(last).starts_with("5") && !driver.closed);
    }
    driver.say(&guess);
    assert!(driver.say("*\r\n").starts_with("421 4.7.0") && driver.closed);
}

#[test]
fn a_transcript_has_no_token() {
    let mut driver = under_tls(takes_tokens());
    driver.server.keep_transcript();
    let message = oauthbearer("", "a.bad.token");
    driver.say(&format!("AUTH OAUTHBEARER {message}\r\n"));
    driver.say("AQ==\r\n");
    driver.say(&format!("AUTH XOAUTH2\r\n{}\r\n", xoauth2("jean", "a.good.token")));
    let lines = driver.server.take_transcript();
    let all: String = lines.into_iter().map(|line| line.text + "\n").collect();
    assert!(all.contains("AUTH OAUTHBEARER <Binary Data>"), "{all}");
    assert!(!all.contains(&message) && !all.contains("eyJ") && !all.contains("dXNlcj"), "{all}");
}
