//! Submission by mailbox users (RFC 6409), with clients nobody here wrote: swaks, curl, smtplib.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{Relais, SANDBOX_PASSWORD, SOON, Smtp, curl_send, python_send, swaks};
use serde_json::json;
use tempfile::TempDir;

const JEAN: &str = "jean@contoso.com";
const TO: &str = "somebody@example.net";

struct Desk {
    relais: Relais,
    directory: TempDir,
}

impl Desk {
    fn new() -> Self {
        let relais = Relais::prompt_sandbox();
        relais.run(
            "New-SendConnector",
            json!({ "Name": "All", "Internet": true, "AddressSpaces": ["*"] }),
        );
        Self { relais, directory: tempfile::tempdir().expect("temporary directory") }
    }

    fn file(&self, content: &str) -> PathBuf {
        let file = self.directory.path().join("message");
        fs::write(&file, content).expect("message file");
        file
    }

    /// smtplib with STARTTLS as Jean.
    fn python(&self, password: &str, from: &str, content: &str, to: &[&str]) -> (bool, String) {
        let file = self.file(content).display().to_string();
        let mut arguments = vec!["starttls", JEAN, password, from, &file];
        arguments.extend(to);
        python_send(self.relais.submission(), &self.relais.authority(), &arguments)
    }
}

#[test]
fn sign_in_is_offered_under_tls_only() {
    let relais = Relais::prompt_sandbox();
    let (mut smtp, _) = Smtp::connect(relais.submission());
    let hello = smtp.say("EHLO client.example");
    assert!(hello.offers("STARTTLS") && !hello.offers("AUTH"), "{hello:?}");
    let plain = STANDARD.encode(format!("\0{JEAN}\0{SANDBOX_PASSWORD}"));
    let refused = smtp.say(&format!("AUTH PLAIN {plain}"));
    assert!(refused.code == 538 || refused.code == 530, "{refused:?}");
    let refused = smtp.say(&format!("MAIL FROM:<{JEAN}>"));
    assert_eq!(refused.code, 530, "{refused:?}");
    let (good, said) = swaks(relais.submission(), &["--tls", "--quit-after", "HELO"]);
    assert!(good && said.contains("AUTH PLAIN LOGIN"), "{said}");
    // The front door has no users.
    let (good, said) = swaks(relais.front(), &["--tls", "--quit-after", "HELO"]);
    assert!(good && !said.contains("AUTH"), "{said}");
}

#[test]
fn every_client_signs_in_its_own_way() {
    let desk = Desk::new();
    let relais = &desk.relais;
    let authority = relais.authority();
    let ca = authority.display().to_string();
    let common =
        ["--from", JEAN, "--to", TO, "--auth-user", JEAN, "--auth-password", SANDBOX_PASSWORD];
    for mechanism in ["PLAIN", "LOGIN"] {
        let mut arguments = vec!["--tls", "--tls-ca-path", &ca, "--auth", mechanism];
        arguments.extend(common);
        let (good, said) = swaks(relais.submission(), &arguments);
        assert!(good && said.contains("235 2.7.0"), "{mechanism}: {said}");
    }
    let mut arguments = vec!["--tls-on-connect", "--auth", "PLAIN"];
    arguments.extend(common);
    let (good, said) = swaks(relais.implicit_tls(), &arguments);
    assert!(good, "{said}");

    let content =
        "From: jean@contoso.com\r\nTo: somebody@example.net\r\nSubject: by curl\r\n\r\n.\r\n";
    let (good, said) =
        curl_send(relais.submission(), &authority, (JEAN, SANDBOX_PASSWORD), (JEAN, TO), content);
    assert!(good, "{said}");

    let file = desk.file("Subject: by smtplib\r\n\r\nBonjour\r\n").display().to_string();
    for (to, tls) in [(relais.submission(), "starttls"), (relais.implicit_tls(), "implicit")] {
        for user in [JEAN, "jean", "JEAN@CONTOSO.COM"] {
            let (good, said) =
                python_send(to, &authority, &[tls, user, SANDBOX_PASSWORD, JEAN, &file, TO]);
            assert!(good, "{tls} as {user}: {said}");
        }
    }
    let arrived = relais.wait_in_sandbox(10, SOON);
    assert_eq!(arrived.len(), 10);
}

#[test]
fn a_wrong_password_or_user_is_refused_alike() {
    let desk = Desk::new();
    let content = "Subject: x\r\n\r\n";
    let (good, wrong) = desk.python("not his password", JEAN, content, &[TO]);
    assert!(!good && wrong.contains("535"), "{wrong}");
    let file = desk.file(content).display().to_string();
    let (good, unknown) = python_send(
        desk.relais.submission(),
        &desk.relais.authority(),
        &["starttls", "nobody@contoso.com", SANDBOX_PASSWORD, JEAN, &file, TO],
    );
    assert!(!good, "{unknown}");
    assert_eq!(wrong, unknown, "which of the two was wrong is nobody's business");
}

#[test]
fn users_send_as_themselves_in_envelope_and_header() {
    let desk = Desk::new();
    let from = |address: &str| format!("From: <{address}>\r\nSubject: x\r\n\r\n");
    let (good, said) = desk.python(SANDBOX_PASSWORD, JEAN, &from("president@contoso.com"), &[TO]);
    assert!(!good && said.contains("550 5.7.60"), "{said}");
    let (good, said) = desk.python(SANDBOX_PASSWORD, "second@contoso.com", &from(JEAN), &[TO]);
    assert!(!good && said.contains("550 5.7.60"), "{said}");
    desk.relais.run(
        "Set-Mailbox",
        json!({ "Identity": "jean", "EmailAddresses": { "Add": ["second@contoso.com"] } }),
    );
    let (good, said) =
        desk.python(SANDBOX_PASSWORD, "second@contoso.com", &from("second@contoso.com"), &[TO]);
    assert!(good, "{said}");
    desk.relais.wait_in_sandbox(1, SOON);
}

#[test]
fn local_recipients_must_exist() {
    let desk = Desk::new();
    let (good, said) =
        desk.python(SANDBOX_PASSWORD, JEAN, "Subject: x\r\n\r\n", &["nobody@contoso.com"]);
    assert!(!good && said.contains("550 5.1.1"), "{said}");
    let (good, said) = desk.python(SANDBOX_PASSWORD, JEAN, "Subject: to myself\r\n\r\n", &[JEAN]);
    assert!(good, "{said}");
    desk.relais.wait_for_mail(JEAN, 1, SOON);
}

/// The postmaster's mail goes to the administrator, with and without a domain.
#[test]
fn postmaster_is_always_there() {
    let relais = Relais::sandbox();
    for to in ["postmaster", "PostMaster", "postmaster@contoso.com"] {
        let reply =
            Smtp::hello(relais.front()).deliver("", &[to], "Subject: for the postmaster\r\n\r\n");
        assert_eq!(reply.code, 250, "{to}: {reply:?}");
    }
    relais.wait_for_mail("administrator@contoso.com", 3, SOON);
}

#[test]
fn what_is_missing_is_added_and_blind_copies_are_removed() {
    let desk = Desk::new();
    let content = "From: <jean@contoso.com>\r\nBcc: secret@example.org,\r\n\tother@example.org\r\nSubject: x\r\n\
        x-ms-exchange-organization-scl: -1\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\
        X-MS-Exchange-Forest-RulesExecuted: all\r\nX-Mine: stays\r\n\r\nBcc: stays in the body\r\n";
    let (good, said) = desk.python(SANDBOX_PASSWORD, JEAN, content, &[TO]);
    assert!(good, "{said}");
    let arrived = desk.relais.wait_in_sandbox(1, SOON).remove(0);
    let content = String::from_utf8(Relais::sandbox_content(&arrived)).expect("UTF-8");
    let (header, body) = content.split_once("\r\n\r\n").expect("a header");
    let header = header.to_lowercase();
    for name in ["\r\ndate: ", "\r\nmessage-id: <", "\r\nx-mine: stays"] {
        assert!(format!("\r\n{header}").contains(name), "{name} is missing in\n{header}");
    }
    for name in ["bcc", "secret@", "other@", "x-ms-exchange-organization", "x-ms-exchange-forest"] {
        assert!(!header.contains(name), "{name} is still in\n{header}");
    }
    assert_eq!(body, "Bcc: stays in the body\r\n");
}

#[test]
fn too_many_wrong_passwords_end_the_session() {
    let relais = Relais::prompt_sandbox();
    let script = "import smtplib,ssl,sys\n\
        s=smtplib.SMTP(sys.argv[1],int(sys.argv[2]),timeout=60)\n\
        c=ssl._create_unverified_context()\n\
        s.starttls(context=c); s.ehlo()\n\
        for i in range(9):\n\
        \x20   try: print(s.docmd('AUTH PLAIN AGplYW4Ad3Jvbmc='))\n\
        \x20   except smtplib.SMTPServerDisconnected: print('closed'); break\n";
    let to = relais.submission();
    let output = std::process::Command::new("python3")
        .args(["-c", script, &to.ip().to_string(), &to.port().to_string()])
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let refusals = said.matches("535").count();
    assert!(
        (1..=4).contains(&refusals) && said.contains("421") && said.trim_end().ends_with("closed"),
        "{said}"
    );
}

/// What old devices get wrong without harm is understood.
#[test]
fn old_devices_are_understood() {
    let relais = Relais::sandbox();
    for (hello, from, to) in [
        ("HELO", "MAIL FROM:scan@fax.test", "RCPT TO:jean@contoso.com"),
        ("EHLO", "MAIL FROM: <scan@fax.test>", "RCPT TO: <jean@contoso.com>"),
        ("HELO ", "mail from: scan@fax.test SIZE=20", "rcpt to: jean@contoso.com"),
    ] {
        let (mut smtp, _) = Smtp::connect(relais.front());
        for command in [hello, from, to] {
            let reply = smtp.say(command);
            assert_eq!(reply.code, 250, "{command}: {reply:?}");
        }
        assert_eq!(smtp.say("DATA").code, 354);
        smtp.send(b"Subject: scanned\r\n\r\n.\r\n");
        assert_eq!(smtp.reply().code, 250);
    }
    let mail = relais.wait_for_mail(JEAN, 3, SOON);
    assert!(mail.iter().all(|m| m.contains("Return-Path: <scan@fax.test>")), "{mail:?}");
    let identity = "MBX01\\Default Frontend MBX01";
    relais.run("Set-ReceiveConnector", json!({ "Identity": identity, "RequireEHLODomain": true }));
    let (mut smtp, _) = Smtp::connect(relais.front());
    let reply = smtp.say("HELO");
    assert_eq!(reply.text(), "501 5.5.4 Invalid domain name");
}

/// RecipientLimits of a mailbox, whatever the connector allows.
#[test]
fn a_user_has_a_number_of_recipients() {
    let desk = Desk::new();
    desk.relais.run("Set-Mailbox", json!({ "Identity": "jean", "RecipientLimits": 2 }));
    let content = "Subject: x\r\n\r\n";
    let three = ["a@example.net", "b@example.net", "c@example.net"];
    let (good, said) = desk.python(SANDBOX_PASSWORD, JEAN, content, &three);
    assert!(!good && said.contains("452 4.5.3 Too many recipients"), "{said}");
    let (good, said) = desk.python(SANDBOX_PASSWORD, JEAN, content, &three[..2]);
    assert!(good, "{said}");
    let arrived = desk.relais.wait_in_sandbox(1, SOON).remove(0);
    assert_eq!(arrived["rcptTo"], json!(three[..2]));
}
