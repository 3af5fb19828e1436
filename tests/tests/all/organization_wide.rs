//! Several servers seen and administered from one of them (docs/organization-wide.md): two real processes, which ask each
//! other at their admin listeners, and what strangers get there.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use end_to_end::{
    ADMIN_PASSWORD, ADMINISTRATOR, Relais, SECOND, SERVER, SOON, Settings, Siblings, Smtp, message,
    until,
};
use model::SystemClock;
use serde_json::{Value, json};
use tempfile::TempDir;
use tls::Role;
use vault::{Authority, DataKey};

const HELPER: (&str, &str) = ("helper", "the helper's Secret 3");
const SENDER: &str = "stranger@elsewhere.example";

/// Two servers that know where the other one is asked, and somebody who may look at queues on MBX01 alone.
fn acquainted() -> Siblings {
    let mut servers = Siblings::start(Settings::default(), &[SECOND], |_| {});
    let all = || std::iter::once(&servers.first).chain(&servers.others);
    let at = |relais: &Relais| {
        format!("{} = \"{}\"\n", relais.name(), relais.url().trim_start_matches("https://"))
    };
    let peers: String = all().map(at).collect();
    for relais in all() {
        let mut file = fs::File::options().append(true).open(relais.config()).expect("relais.toml");
        file.write_all(format!("[peers]\n{peers}").as_bytes()).expect("relais.toml");
    }
    servers.change(|first| first.mailbox(HELPER.0, HELPER.1));
    // What the other server's directory does not say.
    let group = "View-Only Organization Management";
    servers.first.run("Add-RoleGroupMember", json!({ "Identity": group, "Member": HELPER.0 }));
    servers
}

/// Hands a message to the server's relay. Nothing carries it: it waits in Unreachable.
fn send(relais: &Relais, to: &str, subject: &str) {
    let reply = Smtp::hello(relais.relay()).deliver(SENDER, &[to], &message(SENDER, to, subject));
    assert_eq!(reply.code, 250, "{reply:?}");
    until("it waits", SOON, || {
        let filter = json!({ "Filter": format!("Subject -eq '{subject}'") });
        (!relais.run("Get-Message", filter).is_empty()).then_some(())
    });
}

fn texts<'a>(rows: &'a [Value], property: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[property].as_str().unwrap_or_default()).collect()
}

#[test]
fn one_server_shows_and_administers_both() {
    let mut servers = acquainted();
    let (first, second) = (&servers.first, &servers.others[0]);
    send(first, "u@a.test", "one");
    send(second, "u@a.test", "two");
    send(second, "u@b.test", "three");

    // Seen and held from the other server's API, and from its shell.
    let queue = "MBX02\\Unreachable";
    let shown = first.run("Get-Queue", json!({ "Identity": queue }));
    assert_eq!((texts(&shown, "Identity"), &shown[0]["MessageCount"]), (vec![queue], &json!(2)));
    first.run("Suspend-Queue", json!({ "Identity": queue }));
    let status = |relais: &Relais| {
        let shown = relais.run("Get-Queue", json!({ "Identity": "Unreachable" }));
        shown[0]["Status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!((status(second).as_str(), status(first).as_str()), ("Suspended", "Ready"));
    let text = first.shell_ok(
        "Get-Queue -Server MBX02 | Where-Object {$_.Status -eq 'Suspended'} | Resume-Queue; \
         Get-Queue MBX02\\Unreachable | Get-Message | Sort-Object Subject -Descending | Suspend-Message; \
         Get-Message -Server MBX02 -Filter \"Subject -eq 'two'\" | Format-List Identity,Status",
    );
    assert!(text.contains("MBX02\\Unreachable\\") && text.contains("Suspended"), "{text}");
    assert_eq!(status(second), "Ready");
    let two = first.run("Get-Message", json!({ "Server": "MBX02", "Filter": "Subject -eq 'two'" }));
    let file = first.run("Export-Message", json!({ "Identity": two[0]["Identity"] }));
    assert!(file[0]["FileData"].as_str().is_some_and(|data| data.len() > 100));
    let gone = json!({ "Identity": two[0]["Identity"], "WithNDR": false });
    first.run("Remove-Message", gone);
    assert!(first.try_run("Get-Message", json!({ "Identity": two[0]["Identity"] })).is_err());

    // All servers at once: lists, digests, tracking.
    let all = first.run("Get-Queue", json!({ "Server": "*", "Filter": "MessageCount -gt 0" }));
    assert_eq!(texts(&all, "Identity"), ["MBX01\\Unreachable", queue]);
    let mail = second.run("Get-Message", json!({ "Server": "*", "SortOrder": "-Subject" }));
    assert_eq!(texts(&mail, "Subject"), ["three", "one"]);
    let digest = first.run("Get-QueueDigest", json!({ "Forest": true, "GroupBy": "DeliveryType" }));
    assert_eq!(
        (texts(&digest, "GroupByValue"), &digest[0]["MessageCount"]),
        (vec!["Unreachable"], &json!(2))
    );
    let queues = digest[0]["Details"].as_array().expect("queues");
    assert_eq!(texts(queues, "ServerIdentity").len(), 2, "{queues:?}");
    let asked = json!({ "Server": "*", "Sender": SENDER, "EventId": "RECEIVE" });
    let tracked = first.run("Get-MessageTrackingLog", asked);
    assert_eq!(texts(&tracked, "Server"), ["MBX01", "MBX02", "MBX02"]);
    assert_eq!(texts(&tracked, "MessageSubject"), ["one", "two", "three"]);
    let of_second = first.shell_ok(
        "Get-ExchangeServer | Get-MessageTrackingLog -EventId RECEIVE | Sort-Object Timestamp | \
         Format-Table Server,MessageSubject",
    );
    assert!(of_second.contains("MBX01") && of_second.contains("three"), "{of_second}");

    // Who may is for the asked server to say.
    assert!(first.run_as(HELPER, "Get-Queue", json!({})).is_ok());
    let refused = first.run_as(HELPER, "Get-Queue", json!({ "Server": "MBX02" }));
    let refused = refused.expect_err("MBX02 does not know that he may");
    assert_eq!((refused.status, refused.field("id")), (403, "SC-24"));
    assert!(second.run_as(HELPER, "Get-Queue", json!({ "Server": "MBX01" })).is_err());

    // One is stopped: it is named, and the other's rows come.
    servers.others[0].stop();
    let first = &servers.first;
    let problem = first.try_run("Get-Queue", json!({ "Server": "MBX02" })).expect_err("stopped");
    assert_eq!((problem.status, problem.field("value")), (503, "MBX02"));
    assert!(
        problem.field("detail").starts_with("Server 'MBX02' cannot be reached at 127."),
        "{problem}"
    );
    for command in [
        "Get-Queue -Server * | Format-Table Identity",
        "Get-QueueDigest -Forest -GroupBy ServerName | Format-Table GroupByValue",
        "Get-Message -Server * | Format-Table Identity",
        "Get-MessageTrackingLog -Server * | Format-Table Server",
    ] {
        let text = first.shell_ok(command);
        assert!(text.contains("WARNING: Server 'MBX02' is missing in this answer"), "{text}");
        assert!(text.lines().any(|line| line.trim_start().starts_with("MBX01")), "{text}");
    }
}

/// A client's certificate with its key, as files.
struct Shown {
    place: TempDir,
}

impl Shown {
    /// From the organization's authority, for a server of this name with these roles.
    fn of(relais: &Relais, name: &str, roles: &[Role]) -> Self {
        let keys = relais.data().join("keys");
        let key = DataKey::load_or_create(&keys.join("data.key")).expect("the data key");
        let authority = Authority::load_or_create(&keys, &key, "Contoso", &SystemClock);
        let identity = authority
            .expect("the authority")
            .issue_member(&[name.to_owned()], roles, &SystemClock)
            .expect("a certificate");
        let shown = Self { place: tempfile::tempdir().expect("temporary directory") };
        fs::write(shown.file("cert"), &identity.chain[0]).expect("the certificate");
        fs::write(shown.file("key"), identity.key.secret_der()).expect("the key");
        shown
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }
}

/// What a server answers to a request of a client that offers `alpn` and shows this certificate: standard output and the
/// errors of OpenSSL.
fn asked(
    relais: &Relais,
    alpn: &str,
    shown: Option<&Shown>,
    request: &str,
    body: &str,
) -> (String, String) {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-alpn", alpn, "-servername", "mbx01.contoso.com"]);
    command.args(["-connect", relais.url().trim_start_matches("https://")]);
    command.arg("-CAfile").arg(relais.authority());
    if let Some(shown) = shown {
        let with = |command: &mut Command, option: &str, file: &Path| {
            command.arg(format!("-{option}")).arg(file);
            command.args([&format!("-{option}form"), "DER"]);
        };
        with(&mut command, "cert", &shown.file("cert"));
        with(&mut command, "key", &shown.file("key"));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("openssl");
    let mut input = child.stdin.take().expect("piped");
    let request = format!(
        "{request} HTTP/1.1\r\nHost: mbx01.contoso.com\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // Whoever is refused may be so before he has written.
    let _ = input.write_all(request.as_bytes());
    let output = child.wait_with_output().expect("openssl ends");
    drop(input);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn only_mailbox_servers_of_the_organization_are_answered_as_such() {
    let relais = Relais::start(Settings::default());
    let administrator = relais.run("Get-Mailbox", json!({ "Identity": ADMINISTRATOR }));
    let question = json!({
        "mailbox": administrator[0]["Guid"],
        "client": "192.0.2.7",
        "parameters": { "Server": SERVER },
    });
    let (path, question) = ("POST /peer/v1/cmdlets/Get-Queue", question.to_string());
    let ask = |alpn: &str, shown: Option<&Shown>, request: &str| {
        asked(&relais, alpn, shown, request, &question)
    };
    let server = Shown::of(&relais, "mbx01.contoso.com", &[Role::Mailbox]);
    let (answer, errors) = ask("relais-peer", Some(&server), path);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("MBX01\\\\Submission"),
        "{answer}{errors}"
    );
    // Nothing else is served there, and this nowhere else: not even with the certificate.
    for other in ["GET /api/v1/whoami", "GET /livez", "GET /", "POST /api/v1/cmdlets/Get-Queue"] {
        let (answer, _) = ask("relais-peer", Some(&server), other);
        assert!(answer.starts_with("HTTP/1.1 404"), "{other}: {answer}");
    }
    let (answer, _) = ask("http/1.1", Some(&server), path);
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    let administrator = Some((ADMINISTRATOR, ADMIN_PASSWORD));
    let (status, _) =
        relais.http("POST", "/peer/v1/cmdlets/Get-Queue", administrator, Some(&json!({})));
    assert_eq!(status, 404);
    // What is for users is not for other servers either.
    let (answer, _) = ask("relais-peer", Some(&server), "POST /peer/v1/cmdlets/Get-Mailbox");
    assert!(answer.contains("\"status\":404"), "{answer}");

    let refused = |why: &str, shown: Option<&Shown>| {
        let (answer, errors) = ask("relais-peer", shown, path);
        assert!(answer.is_empty(), "{why}: {answer}");
        assert!(errors.contains("alert"), "{why}: {errors}");
    };
    refused("no certificate", None);
    let front_end = Shown::of(&relais, "mbx01.contoso.com", &[Role::ClientAccess]);
    refused("a front end's", Some(&front_end));
    let elsewhere = Relais::start(Settings::default());
    let foreign = Shown::of(&elsewhere, "mbx01.contoso.com", &[Role::Mailbox]);
    refused("another organization's", Some(&foreign));
    // Of the organization, but of a server that is not in the directory.
    let gone = Shown::of(&relais, "mbx09.contoso.com", &[Role::Mailbox]);
    let (answer, _) = ask("relais-peer", Some(&gone), path);
    assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains("Submission"), "{answer}");
    // Browsers and shells are asked for no certificate.
    let mut hello = Command::new("openssl");
    hello.args([
        "s_client",
        "-alpn",
        "http/1.1",
        "-connect",
        relais.url().trim_start_matches("https://"),
    ]);
    let hello = hello.stdin(Stdio::null()).output().expect("openssl");
    let hello = String::from_utf8_lossy(&hello.stdout);
    assert!(hello.contains("No client certificate CA names sent"), "{hello}");
    assert!(hello.contains("ALPN protocol: http/1.1"), "{hello}");
}
