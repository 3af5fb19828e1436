//! What the admin center stands on: its files, sessions, events, versions, test messages; and the
//! whole API under schemathesis.

use std::{
    io::{BufRead, BufReader},
    process::Command,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{
    ADMIN_PASSWORD, ADMINISTRATOR, Browser, Relais, SANDBOX_PASSWORD, SOON, Settings, schemathesis,
    until,
};
use serde_json::json;

fn signed_in(relais: &Relais) -> Browser {
    let mut browser = Browser::of(relais);
    let page = browser.sign_in(ADMINISTRATOR, ADMIN_PASSWORD);
    assert_eq!(page.status, 200, "{}", page.text());
    browser
}

#[test]
fn the_admin_center_is_served() {
    let relais = Relais::sandbox();
    let browser = Browser::of(&relais);
    let page = browser.send("GET", "/", &[], None);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"));
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0;
    let text = page.text();
    assert!(text.contains(nonce), "{text}");
    let again = browser.send("GET", "/", &[], None);
    assert!(!again.text().contains(nonce), "each answer has its own");

    let paths: Vec<&str> = text.split('"').filter(|path| path.contains("assets/")).collect();
    assert!(!paths.is_empty(), "{text}");
    for path in paths {
        let path = format!("/{}", path.trim_start_matches("./"));
        let plain = browser.send("GET", &path, &[], None);
        assert_eq!(plain.status, 200, "{path}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        let packed = browser.send("GET", &path, &["Accept-Encoding: br, gzip"], None);
        assert_eq!(packed.header("content-encoding"), "br");
        let known = format!("If-None-Match: {}", packed.header("etag"));
        let headers = ["Accept-Encoding: br, gzip", known.as_str()];
        assert_eq!(browser.send("GET", &path, &headers, None).status, 304, "{path}");
        let url = format!("{}{path}", relais.url());
        // curl unpacks what it asked for itself.
        let unpacked = Command::new("curl")
            .args(["--silent", "--compressed", "--cacert"])
            .arg(relais.authority())
            .arg(&url)
            .output()
            .expect("curl");
        assert_eq!(unpacked.stdout, plain.body, "{path}");
    }
    for (path, location) in [("/ecp/", "../"), ("/owa", "./"), ("/ecp/a/b", "../../")] {
        let page = browser.send("GET", path, &[], None);
        assert_eq!((page.status, page.header("location")), (302, location), "{path}");
    }
    for path in ["/assets/../../etc/passwd", "/assets/%2e%2e/index.html", "/index.html", "/x"] {
        assert_eq!(browser.send("GET", path, &[], None).status, 404, "{path}");
    }
}

#[test]
fn a_session_lasts_until_its_end() {
    let relais = Relais::start(Settings {
        sandbox: true,
        toml: "[admin]\nsession_idle = \"00:20:00\"",
        ..Settings::default()
    });
    let mut browser = Browser::of(&relais);
    let wrong = browser.sign_in(ADMINISTRATOR, "guess");
    assert_eq!((wrong.status, wrong.header("www-authenticate")), (401, ""));
    let page = browser.sign_in(ADMINISTRATOR, ADMIN_PASSWORD);
    let who = page.json();
    assert_eq!((page.status, &who["user"]), (200, &json!(ADMINISTRATOR)));
    assert_eq!((&who["sandbox"], &who["server"]), (&json!(true), &json!("MBX01")));
    assert!(page.header("set-cookie").contains("HttpOnly"), "{}", page.header("set-cookie"));
    assert_eq!(browser.run("Get-SendConnector", &json!({})).status, 200);

    let csrf = std::mem::take(&mut browser.csrf);
    let forged = browser.run("Get-SendConnector", &json!({}));
    assert_eq!((forged.status, &forged.json()["id"]), (403, &json!("csrf")));
    browser.csrf = csrf;

    // A second browser is not the first; both end with the password.
    let second = signed_in(&relais);
    assert_eq!(browser.send("DELETE", "/api/v1/session", &[], None).status, 204);
    assert_eq!(browser.send("GET", "/api/v1/session", &[], None).status, 401);
    assert_eq!(second.send("GET", "/api/v1/session", &[], None).status, 200);
    let password = json!({ "Identity": ADMINISTRATOR, "Password": "another Secret 9" });
    assert_eq!(second.run("Set-Mailbox", &password).status, 200);
    let ended = second.send("GET", "/api/v1/session", &[], None);
    assert_eq!((ended.status, &ended.json()["id"]), (401, &json!("session")));
    assert_eq!(ended.header("www-authenticate"), "");
    for secret in [ADMIN_PASSWORD, "another Secret 9", &browser.csrf, &second.csrf] {
        assert!(!relais.log().contains(secret), "the log is no place for secrets");
    }
}

#[test]
fn a_mailbox_that_is_gone_is_nobody() {
    let relais = Relais::sandbox();
    let mut jean = Browser::of(&relais);
    assert_eq!(jean.sign_in("jean@contoso.com", SANDBOX_PASSWORD).status, 200);
    let refused = jean.run("Get-SendConnector", &json!({}));
    assert_eq!((refused.status, &refused.json()["id"]), (403, &json!("SC-24")));
    relais.run("Remove-Mailbox", json!({ "Identity": "jean@contoso.com" }));
    assert_eq!(jean.send("GET", "/api/v1/session", &[], None).status, 401);
}

#[test]
fn changes_are_told_as_they_happen() {
    let relais = Relais::sandbox();
    let browser = signed_in(&relais);
    let mut stream = browser.follow("/api/v1/events");
    let mut lines = BufReader::new(stream.stdout.take().expect("piped")).lines();
    let mut next = move || lines.next().and_then(Result::ok);
    assert_eq!(next().as_deref(), Some("retry: 1000"));
    relais.run("New-SendConnector", json!({ "Name": "New", "AddressSpaces": "*" }));
    let told: Vec<String> = std::iter::from_fn(&mut next)
        .take_while(|line| !line.starts_with("data: {\"rev"))
        .collect();
    assert!(told.contains(&"event: directory".to_owned()), "{told:?}");
    // The stream ends with the session.
    assert_eq!(browser.send("DELETE", "/api/v1/session", &[], None).status, 204);
    until("the stream ends", SOON, || stream.try_wait().expect("curl").map(|_| ()));
}

#[test]
fn nobody_undoes_unseen_what_another_did() {
    let relais = Relais::sandbox();
    let (one, two) = (signed_in(&relais), signed_in(&relais));
    let new = json!({ "Name": "Out", "AddressSpaces": "*" });
    let version = one.run("New-SendConnector", &new).json()[0]["ObjectVersion"].clone();
    let known = format!("If-Match: \"{version}\"");
    let path = "/api/v1/cmdlets/Set-SendConnector";
    let change = |comment: &str| json!({ "Identity": "Out", "Comment": comment });
    assert_eq!(one.send("POST", path, &[&known], Some(&change("one"))).status, 200);
    let late = two.send("POST", path, &[&known], Some(&change("two")));
    assert_eq!((late.status, &late.json()["id"]), (412, &json!("changed")));
    let shown = relais.run("Get-SendConnector", json!({ "Identity": "Out" }));
    assert_eq!(shown[0]["Comment"], "one");
}

#[test]
fn a_test_message_takes_the_way_of_all_mail() {
    let relais = Relais::sandbox();
    let browser = signed_in(&relais);
    relais.run("New-SendConnector", json!({ "Name": "Out", "AddressSpaces": "*" }));
    let message = json!({ "To": "someone@example.net", "Subject": "Été", "Body": "Çà et là\n.\n" });
    let sent = browser.run("Send-TestMessage", &message).json()[0].clone();
    let id = sent["InternetMessageId"].as_str().expect("an identity").to_owned();
    let arrived = relais.wait_in_sandbox(1, SOON).remove(0);
    assert_eq!(arrived["mailFrom"], "administrator@contoso.com");
    assert_eq!(arrived["rcptTo"], json!(["someone@example.net"]));
    let raw = STANDARD.decode(arrived["raw"].as_str().expect("base64")).expect("base64");
    let raw = String::from_utf8(raw).expect("7 bit");
    let received = raw.lines().take_while(|line| !line.starts_with("Date:")).collect::<String>();
    assert!(received.starts_with("Received:") && received.contains(" with HTTP"), "{raw}");
    assert!(raw.contains(&format!("Message-ID: {id}\r\n")), "{raw}");
    assert!(raw.contains("Subject: =?utf-8?"), "{raw}");
    let rows = until("the log tells both steps", SOON, || {
        let rows = browser.run("Get-MessageTrackingLog", &json!({ "MessageId": id })).json();
        rows.as_array().filter(|rows| rows.len() == 2).cloned()
    });
    assert_eq!((&rows[0]["EventId"], &rows[0]["Source"]), (&json!("RECEIVE"), &json!("ADMIN")));
    assert_eq!(rows[0]["InternalMessageId"].to_string(), sent["Identity"].as_str().unwrap());
    assert_eq!(rows[1]["EventId"], "SEND");

    // From the shell, to somewhere that does not answer; then it is found in its queue.
    let (good, said) = relais.shell("Send-TestMessage someone@busy.example | Format-List");
    assert!(good && said.contains("From") && said.contains("Test message ("), "{said}");
    let filter = "Subject -like 'Test message*'";
    let found = json!({ "Filter": filter, "IncludeRecipientInfo": true });
    until("the message waits", SOON, || {
        let waits = browser.run("Get-Message", &found).json();
        (waits[0]["MessageSourceName"] == "Send-TestMessage").then_some(())
    });
}

/// What an administrator's page could send by mistake, and a stranger on purpose: never an error
/// of ours, never another form of answer than described.
#[test]
fn the_api_keeps_its_description_whatever_is_sent() {
    let relais = Relais::sandbox();
    relais.run("New-SendConnector", json!({ "Name": "Existing", "AddressSpaces": "a.example" }));
    let (good, said) = schemathesis(&relais);
    assert!(good, "{said}");
    let log = relais.log();
    assert!(!log.contains("panicked"), "{log}");
    let sessions = relais.http("GET", "/livez", None, None);
    assert_eq!(sessions, (200, "ok".to_owned()));
}
