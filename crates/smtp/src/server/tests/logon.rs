//! STARTTLS and AUTH in a session.

use super::*;

#[test]
fn start_tls_forgets_what_was_clear() {
    let mut driver = session();
    let injected = "MAIL FROM:<a@b>\r\nSTARTTLS\r\nRCPT TO:<evil@x>\r\nRSET\r\n";
    assert_eq!(driver.say(injected), "250 2.1.0 Sender OK\r\n220 2.0.0 SMTP server ready\r\n");
    assert!(driver.server.is_tls() && driver.server.hello().is_none());
    assert_eq!(driver.say("RCPT TO:<d@e.f>\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("MAIL FROM:<a@b>\r\n"), "503 5.5.1 Send hello first\r\n");
    driver.say("EHLO x\r\n");
    assert_eq!(driver.say("STARTTLS\r\n"), BAD_SEQUENCE);
}

#[test]
fn tls_or_logon_first() {
    let strict = ServerSettings { require_tls: true, require_auth: true, ..settings() };
    let mut driver = Driver::new(strict, false);
    driver.say("EHLO x\r\n");
    assert!(driver.say("MAIL FROM:<a@b>\r\n").starts_with("530 5.7.0 "));
    assert!(driver.say("AUTH PLAIN\r\n").starts_with("530 5.7.0 "));
    driver.say("STARTTLS\r\n");
    driver.say("EHLO x\r\n");
    assert!(driver.say("MAIL FROM:<a@b>\r\n").starts_with("530 5.7.57 "));
    driver.say("AUTH PLAIN AGplYW4Ac2VjcmV0\r\n");
    assert!(driver.say("MAIL FROM:<a@b>\r\n").starts_with("250 2.1.0 "));
    assert!(session().say("AUTH PLAIN AGplYW4Ac2VjcmV0\r\n").starts_with("538 5.7.11 "));
}

#[test]
fn logons() {
    const OK: &str = "235 2.7.0 Authentication successful\r\n";
    assert_eq!(tls_session().say("AUTH PLAIN AGplYW4Ac2VjcmV0\r\n"), OK);
    let mut driver = tls_session();
    assert_eq!(driver.say("auth plain\r\n"), "334 \r\n");
    assert_eq!(driver.say("amVhbgBqZWFuAHNlY3JldA==\r\n"), OK);
    assert!(driver.server.is_authenticated());
    assert_eq!(driver.say("AUTH PLAIN AGplYW4Ac2VjcmV0\r\n"), BAD_SEQUENCE);
    let mut driver = tls_session();
    assert_eq!(driver.say("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
    assert_eq!(driver.say("amVhbg==\r\n"), "334 UGFzc3dvcmQ6\r\n");
    assert_eq!(driver.say("c2VjcmV0\r\n"), OK);
    let mut driver = tls_session();
    assert_eq!(driver.say("AUTH LOGIN amVhbg\r\n"), "334 UGFzc3dvcmQ6\r\n");
    assert_eq!(driver.say("c2VjcmV0\r\n"), OK);
    assert!(driver.steps.iter().all(|step| !step.contains("secret")), "{:?}", driver.steps);
}

#[test]
fn logons_that_fail() {
    let endless =
        ServerSettings { max_protocol_errors: None, max_logon_failures: None, ..settings() };
    let mut driver = Driver::new(endless, true);
    driver.say("EHLO x\r\n");
    for (lines, code) in [
        ("AUTH CRAM-MD5\r\n", "504 5.5.4"),
        ("AUTH PLAIN *\r\n", "501 5.7.0"),
        ("AUTH PLAIN !!!\r\n", "501 5.5.2"),
        ("AUTH PLAIN =\r\n", "501 5.5.2"),
        // user, no password; another's name; an empty password; not UTF-8
        ("AUTH PLAIN amVhbg==\r\n", "501 5.5.2"),
        ("AUTH PLAIN cGF1bABqZWFuAHNlY3JldA==\r\n", "535 5.7.3"),
        ("AUTH PLAIN AGplYW4A\r\n", "535 5.7.3"),
        ("AUTH PLAIN //79\r\n", "501 5.5.2"),
        ("AUTH PLAIN AGplYW4Ad3Jvbmc=\r\n", "535 5.7.3"),
    ] {
        assert!(driver.say(lines).starts_with(code), "{lines}");
    }
    driver.say("AUTH LOGIN\r\n");
    assert_eq!(driver.say("*\r\n"), "501 5.7.0 Authentication cancelled\r\n");
    driver.say("AUTH LOGIN\r\n");
    let long = format!("{}\r\n", "A".repeat(12_287));
    assert_eq!(driver.say(&long), "500 5.5.2 Line too long\r\n");
    driver.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(driver.say("AUTH PLAIN\r\n"), BAD_SEQUENCE);
    driver.say("RSET\r\nAUTH LOGIN\r\n");
    assert!(driver.say("amVhbg==\n").starts_with("500 5.5.2") && driver.closed);
    let mut driver = tls_session();
    let replies = driver.say(&"AUTH PLAIN AGplYW4Ad3Jvbmc=\r\n".repeat(5));
    assert_eq!(replies.matches("535 5.7.3").count(), 2);
    assert!(replies.contains("421 4.7.0") && driver.closed);
}
