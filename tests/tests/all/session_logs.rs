//! Protocol and connectivity logs (transport.md sections 11 and 12), of sessions with peers nobody
//! here wrote: Postfix as next hop, swaks as client.

use std::{fs, path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{
    LogRow, Postfix, Relais, SANDBOX_PASSWORD, SERVER, SOON, Smtp, address, all_text, consistently,
    log_files, log_rows, swaks, until,
};
use serde_json::json;

use crate::world::{PORT, STRANGER, World};

const HUB_SEND: (&str, &str) = ("ProtocolLog/Hub/SmtpSend", "SEND");
const HUB_RECEIVE: (&str, &str) = ("ProtocolLog/Hub/SmtpReceive", "RECV");
const FRONT_RECEIVE: (&str, &str) = ("ProtocolLog/FrontEnd/SmtpReceive", "RECV");
const CONNECTIVITY: (&str, &str) = ("Connectivity/Hub", "CONNECTLOG");

fn folder(relais: &Relais, (folder, _): (&str, &str)) -> PathBuf {
    relais.data().join("logs").join(folder)
}

fn rows(relais: &Relais, log: (&str, &str)) -> Vec<LogRow> {
    log_rows(&folder(relais, log), log.1)
}

/// Waits until a row satisfies the condition; all rows of its session.
fn session(
    relais: &Relais,
    log: (&str, &str),
    id: &str,
    what: &str,
    wanted: impl Fn(&LogRow) -> bool,
) -> Vec<LogRow> {
    until(what, SOON, || {
        let rows = rows(relais, log);
        let session = rows.iter().find(|row| wanted(row))?.field(id).to_owned();
        Some(rows.into_iter().filter(|row| row.field(id) == session).collect())
    })
}

/// Waits for a session that has come to its end.
fn ended_session(relais: &Relais, log: (&str, &str)) -> Vec<LogRow> {
    session(relais, log, "session-id", "the end of a session", |row| row.field("event") == "-")
}

/// `event,data,context` of each row.
fn told(rows: &[LogRow]) -> Vec<String> {
    let one = |row: &LogRow| {
        ["event", "data", "context"].map(|name| row.field(name).to_owned()).join(",")
    };
    rows.iter().map(one).collect()
}

/// Each of `wanted` is the beginning of a row, in this order.
fn in_order(rows: &[String], wanted: &[&str]) {
    let mut rest = rows.iter();
    for start in wanted {
        assert!(rest.any(|row| row.starts_with(start)), "{start} in its place in {rows:#?}");
    }
}

fn size(relais: &Relais, log: (&str, &str)) -> u64 {
    let files = log_files(&folder(relais, log), log.1);
    files.iter().filter_map(|file| fs::metadata(file).ok()).map(|data| data.len()).sum()
}

fn with_postfix() -> (World, Postfix) {
    let host = address();
    let postfix = Postfix::start(host, PORT, &["a.test"]);
    let world = World::with(host, &["a MX 10 mail", &format!("mail A {host}")]);
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "ProtocolLoggingLevel": "Verbose" }),
    );
    (world, postfix)
}

#[test]
fn a_session_with_postfix_stands_in_the_log_line_by_line() {
    let (world, postfix) = with_postfix();
    world.send("u@a.test", "a subject nobody logs");
    postfix.wait_for(1, SOON);
    let rows = ended_session(&world.relais, HUB_SEND);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row.field("sequence-number"), number.to_string());
        assert_eq!(row.field("connector-id"), "All");
        assert_eq!(row.field("remote-endpoint"), postfix.address().to_string());
    }
    in_order(
        &told(&rows),
        &[
            "*,,attempting to connect",
            "+,,",
            "<,220 mx.test",
            ">,EHLO mbx01.contoso.com,",
            "<,250-mx.test,",
            "<,250-STARTTLS,",
            ">,STARTTLS,",
            "<,220 ",
            "*,,TLS negotiated: TLS1.3 TLS_AES",
            "*,subject CN=mx.test; issuer CN=mx.test; valid ",
            ">,EHLO mbx01.contoso.com,",
            "*,,sending message with RecordId 1 and InternetMessageId <",
            ">,MAIL FROM:<stranger@elsewhere.example> SIZE=",
            ">,RCPT TO:<u@a.test>",
            ">,DATA,",
            "<,250 2.1.0 Ok,",
            "<,250 2.1.5 Ok,",
            "<,354 ",
            ">,<",
            "<,250 2.0.0 Ok: queued as ",
            ">,QUIT,",
            "<,221 2.0.0 Bye,",
            "-,,Local",
        ],
    );
    let file = &log_files(&folder(&world.relais, HUB_SEND), "SEND")[0];
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains("a subject nobody logs"), "{text}");
    let header: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    assert_eq!(header[0], "#Software: Relais");
    assert!(header.contains(&"#Log-Type: SMTP Send Protocol Log"), "{header:?}");
    assert!(
        header.contains(
            &"#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,\
              remote-endpoint,event,data,context"
        ),
        "{header:?}"
    );

    // The same session in the connectivity log.
    let id = rows[0].field("session-id");
    let search = session(&world.relais, CONNECTIVITY, "session", "its end", |row| {
        row.field("session") == id && row.field("direction") == "-"
    });
    let told: Vec<String> = search
        .iter()
        .map(|row| format!("{} {}", row.field("direction"), row.field("description")))
        .collect();
    in_order(
        &told,
        &[
            "+ DnsConnectorDelivery by Send connector All",
            &format!("> hosts found: mail.test (preference 10) {}", world.host),
            &format!("> connected to mail.test {}", postfix.address()),
            "> TLS negotiated: TLS1.3 ",
            "> subject CN=mx.test; ",
            "- Messages: 1 Bytes: ",
        ],
    );
    assert!(search.iter().all(|row| row.field("destination") == "a.test"));
}

#[test]
fn a_connector_s_level_counts_with_the_next_session() {
    let (world, postfix) = with_postfix();
    world.send("u@a.test", "logged");
    postfix.wait_for(1, SOON);
    ended_session(&world.relais, HUB_SEND);
    let level = |level: &str| {
        let change = json!({ "Identity": "All", "ProtocolLoggingLevel": level });
        world.relais.run("Set-SendConnector", change);
    };
    level("None");
    let before = size(&world.relais, HUB_SEND);
    world.send("u@a.test", "not logged");
    postfix.wait_for(2, SOON);
    world.relais.wait_until_empty(SOON);
    consistently("the log does not grow", Duration::from_secs(2), || {
        size(&world.relais, HUB_SEND) == before
    });
    level("Verbose");
    world.send("u@a.test", "logged again");
    until("the log grows again", SOON, || (size(&world.relais, HUB_SEND) > before).then_some(()));
}

#[test]
fn files_have_their_size_and_their_place() {
    let (world, postfix) = with_postfix();
    world.transport(json!({ "SendProtocolLogMaxFileSize": "1KB" }));
    for number in 1..=3 {
        world.send("u@a.test", "one session each");
        postfix.wait_for(number, SOON);
        world.relais.wait_until_empty(SOON);
    }
    let folder_now = folder(&world.relais, HUB_SEND);
    let files = until("a third file", SOON, || {
        Some(log_files(&folder_now, "SEND")).filter(|files| files.len() >= 3)
    });
    let names: Vec<String> =
        files.iter().map(|f| f.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert!(names[0].ends_with("-1.log") && names[1].ends_with("-2.log"), "{names:?}");
    for file in files {
        assert!(fs::read_to_string(&file).unwrap().starts_with("#Software: Relais"));
    }

    let elsewhere = world.relais.data().join("other/place");
    world.transport(json!({ "SendProtocolLogPath": elsewhere.display().to_string() }));
    world.send("u@a.test", "elsewhere");
    until("a file in the new place", SOON, || log_rows(&elsewhere, "SEND").pop());

    world.transport(json!({ "SendProtocolLogPath": null }));
    until("the error that says so", SOON, || {
        world.relais.log().contains("SendProtocolLogPath").then_some(())
    });
    world.send("u@a.test", "nowhere");
    postfix.wait_for(5, SOON);
    world.relais.wait_until_empty(SOON);
    let errors = world.relais.log().matches("SendProtocolLogPath").count();
    assert_eq!(errors, 1, "{}", world.relais.log());
}

#[test]
fn why_a_host_was_not_reached_is_told() {
    let world = World::patient(&["a"]);
    world.relais.send_connector("All", "*", PORT);
    world.send("u@a.test", "nobody listens");
    let refused = session(&world.relais, CONNECTIVITY, "session", "a refused connection", |row| {
        row.field("direction") == "-"
    });
    let host = format!("{}:{PORT}", world.host);
    let text: Vec<&str> = refused.iter().map(|row| row.field("description")).collect();
    assert!(
        text.iter().any(|t| t.starts_with(&format!("{host}: 421 4.4.1 Connection to mail.test"))
            && t.contains("Connection refused")),
        "{text:?}"
    );
    assert!(text.last().unwrap().starts_with("Messages: 0 Bytes: 0 (421 4.4.1 "), "{text:?}");
    let anna = world.sender("anna", &[]);
    world.send_as(&anna, "u@nowhere.test", "no such domain");
    session(&world.relais, CONNECTIVITY, "session", "a failed look-up", |row| {
        row.field("destination") == "nowhere.test"
            && row.field("description").contains("SMTPSEND.DNS.NonExistentDomain")
    });
    world.transport(json!({ "ConnectivityLogEnabled": false }));
    let before = size(&world.relais, CONNECTIVITY);
    world.relais.wait_for_mail(&anna, 1, SOON);
    world.send_as(&anna, "u@nowhere2.test", "not told");
    world.relais.wait_for_mail(&anna, 2, SOON);
    assert_eq!(size(&world.relais, CONNECTIVITY), before);
    // A connector whose level is None leaves nothing in the protocol log.
    assert_eq!(size(&world.relais, HUB_SEND), 0);
}

#[test]
fn a_client_signs_in_and_its_password_is_nowhere() {
    const WRONG: &str = "not-his-password-7";
    let relais = Relais::prompt_sandbox();
    for connector in relais.run("Get-ReceiveConnector", json!({})) {
        let verbose =
            json!({ "Identity": connector["Identity"], "ProtocolLoggingLevel": "Verbose" });
        relais.run("Set-ReceiveConnector", verbose);
    }
    let jean = "jean@contoso.com";
    let common = ["--tls", "--from", jean, "--to", jean, "--auth-user", jean];
    for mechanism in ["PLAIN", "LOGIN"] {
        for password in [SANDBOX_PASSWORD, WRONG] {
            let mut arguments = vec!["--auth", mechanism, "--auth-password", password];
            arguments.extend(common);
            let (good, said) = swaks(relais.submission(), &arguments);
            assert_eq!(good, password == SANDBOX_PASSWORD, "{said}");
        }
    }
    // Refused for want of TLS, the client goes on all the same; everything in one packet.
    let secrets = [SANDBOX_PASSWORD, WRONG].map(|password| STANDARD.encode(password));
    let mut smtp = Smtp::hello(relais.submission());
    smtp.send(format!("AUTH LOGIN\r\n{}\r\n{WRONG}\r\nQUIT\r\n", secrets[1]).as_bytes());
    smtp.rest();

    let sessions = until("five sessions", SOON, || {
        let rows = rows(&relais, FRONT_RECEIVE);
        let ends = rows.iter().filter(|row| row.field("event") == "-").count();
        (ends == 5).then_some(rows)
    });
    let signed_in: Vec<LogRow> = sessions
        .iter()
        .filter(|row| row.field("session-id") == sessions[0].field("session-id"))
        .cloned()
        .collect();
    in_order(
        &told(&signed_in),
        &[
            "+,,",
            ">,220 mbx01.contoso.com",
            "<,EHLO swaks.example,",
            ">,250-mbx01.contoso.com Hello,",
            "<,STARTTLS,",
            "*,,TLS negotiated: TLS1.3 ",
            "<,EHLO swaks.example,",
            "<,AUTH PLAIN <Binary Data>,",
            "*,,user jean authenticated",
            ">,235 2.7.0 ",
            "<,MAIL FROM:<jean@contoso.com>,",
            ">,250 2.1.0 ",
            "<,RCPT TO:<jean@contoso.com>,",
            "<,DATA,",
            "<,<",
            ">,250 2.6.0 <",
            "<,QUIT,",
            ">,221 2.0.0 ",
            "-,,Local",
        ],
    );
    assert_eq!(signed_in[0].field("connector-id"), format!("{SERVER}\\Client Frontend {SERVER}"));
    assert_eq!(signed_in[0].field("local-endpoint"), relais.submission().to_string());
    let all = told(&sessions);
    for wanted in
        ["*,,user jean failed to authenticate", ">,535 5.7.3 Authentication unsuccessful,anonymous"]
    {
        assert!(all.iter().any(|row| row.starts_with(wanted)), "{wanted} in {all:#?}");
    }
    let plain = |password| STANDARD.encode(format!("\0{jean}\0{password}"));
    let logs = all_text(&relais.data().join("logs"));
    for secret in [SANDBOX_PASSWORD, WRONG, &secrets[0], &secrets[1]]
        .into_iter()
        .map(str::to_owned)
        .chain([plain(SANDBOX_PASSWORD), plain(WRONG)])
    {
        assert!(!logs.contains(&secret), "{secret} is in the logs");
    }
}

#[test]
fn a_refusal_has_its_reason_and_a_hub_connector_its_own_folder() {
    let world = World::of(&[]);
    let hub = world.relais.receive_connector(
        "Inner",
        10099,
        json!({ "TransportRole": "HubTransport", "ProtocolLoggingLevel": "Verbose" }),
    );
    let mut smtp = Smtp::hello(hub);
    smtp.say(&format!("MAIL FROM:<{STRANGER}>"));
    assert_eq!(smtp.say("RCPT TO:<u@foreign.example>").code, 550);
    smtp.send(b"\"quoted\", with,commas\r\n");
    assert_eq!(smtp.reply().code, 500);
    drop(smtp);
    let refused = session(&world.relais, HUB_RECEIVE, "session-id", "a refusal", |row| {
        row.field("data").starts_with("550 5.7.54")
    });
    let reason = refused.iter().find(|row| row.field("data").starts_with("550 5.7.54")).unwrap();
    assert!(reason.field("context").contains("Accept-Any-Recipient"), "{reason:?}");
    session(&world.relais, HUB_RECEIVE, "session-id", "the client's end", |row| {
        row.field("event") == "-" && row.field("context") == "Remote"
    });
    assert_eq!(size(&world.relais, FRONT_RECEIVE), 0);
}
