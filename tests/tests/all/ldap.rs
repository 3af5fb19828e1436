//! Recipients and passwords from an LDAP directory with what Active Directory keeps in one (OpenLDAP's slapd): who is
//! found there has mail and signs in here; while it is away nothing is refused that it might know.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{Relais, SERVER, SOON, Settings, Slapd, Smtp, message, swaks, until};
use serde_json::{Value, json};

const STRANGER: &str = "stranger@elsewhere.test";
const PASSWORD: &str = "Jean has a Password 7";

/// Somebody with a mailbox.
fn person(name: &str, number: u32, more: &str) -> String {
    let account = name.to_lowercase();
    let guid = STANDARD.encode([&[7_u8; 12][..], &number.to_be_bytes()].concat());
    format!(
        "\ndn: cn={name},dc=contoso,dc=com\nobjectClass: user\ncn: {name}\nsn: {name}\n\
         objectGUID:: {guid}\nsAMAccountName: {account}\nuserPrincipalName: {account}@corp.contoso.com\n\
         mail: {account}@contoso.com\nuserPassword: {PASSWORD}\n{more}"
    )
}

fn people() -> String {
    [
        person("Jean", 1, "proxyAddresses: SMTP:jean.martin@contoso.com\nproxyAddresses: smtp:jm@contoso.com\n"),
        person("Zoe", 2, ""),
        "\ndn: cn=PRINTER,dc=contoso,dc=com\nobjectClass: computer\ncn: PRINTER\nsn: PRINTER\nmail: printer@contoso.com\n".to_owned(),
        "\ndn: cn=Eva Extern,dc=contoso,dc=com\nobjectClass: contact\ncn: Eva Extern\n\
         objectGUID:: AAAAAAAAAAAAAAAAAAAAAQ==\ntargetAddress: SMTP:eva@a.test\nmail: eva@contoso.com\n".to_owned(),
        "\ndn: cn=Vertrieb,dc=contoso,dc=com\nobjectClass: group\ncn: Vertrieb\nmail: vertrieb@contoso.com\n\
         objectGUID:: AAAAAAAAAAAAAAAAAAAAAg==\nmember: cn=Jean,dc=contoso,dc=com\nmember: cn=Zoe,dc=contoso,dc=com\n".to_owned(),
    ]
    .concat()
}

struct Place {
    relais: Relais,
    slapd: Slapd,
}

impl Place {
    fn new() -> Self {
        Self::with(Slapd::start(&people()), json!({}))
    }

    fn with(slapd: Slapd, more: Value) -> Self {
        let relais = Relais::start(Settings {
            trusted_ca_files: vec![slapd.certificate()],
            ..Settings::default()
        });
        let place = Self { relais, slapd };
        let mut parameters = json!({
            "Name": "AD", "Servers": place.slapd.url(), "BaseDN": place.slapd.base(),
            "Credential": place.slapd.credential(), "SynchronizationInterval": "00:00:30",
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        place.relais.run("New-LdapDirectory", parameters);
        place
    }

    fn directory(&self) -> Value {
        self.relais.run("Get-LdapDirectory", json!({ "Identity": "AD" })).remove(0)
    }

    /// Waits until it has been read, with so many recipients.
    fn wait_for(&self, recipients: u64) {
        until(&format!("{recipients} recipients from the directory"), SOON, || {
            let directory = self.directory();
            let is_read = directory["LastSuccess"].is_string() && directory["LastError"].is_null();
            (is_read && directory["RecipientCount"] == recipients).then_some(())
        });
    }

    fn synchronize(&self) -> Value {
        self.relais.run("Start-LdapSynchronization", json!({ "Identity": "AD" })).remove(0)
    }

    /// What a stranger is told who names this recipient.
    fn rcpt(&self, to: &str) -> String {
        let mut smtp = Smtp::hello(self.relais.front());
        assert_eq!(smtp.say(&format!("MAIL FROM:<{STRANGER}>")).code, 250);
        smtp.say(&format!("RCPT TO:<{to}>")).text()
    }

    fn send(&self, to: &str, subject: &str) {
        let reply = Smtp::hello(self.relais.front()).deliver(
            STRANGER,
            &[to],
            &message(STRANGER, to, subject),
        );
        assert_eq!(reply.code, 250, "{reply:?}");
    }

    fn wait_for_mail(&self, mailbox: &str, subject: &str) {
        let needle = format!("Subject: {subject}");
        until(&format!("{mailbox} has {subject:?}"), SOON, || {
            self.relais.maildir(mailbox).iter().any(|mail| mail.contains(&needle)).then_some(())
        });
    }

    /// Signs in; what was said.
    fn sign_in(&self, user: &str, password: &str) -> String {
        let arguments =
            ["--tls", "--auth", "PLAIN", "--auth-user", user, "--auth-password", password];
        let (_, said) =
            swaks(self.relais.submission(), &[&arguments[..], &["--quit-after", "AUTH"]].concat());
        said
    }
}

#[test]
fn who_is_in_the_directory_has_mail_and_signs_in_here() {
    let place = Place::new();
    place.wait_for(4);
    let jean = place.relais.run("Get-Mailbox", json!({ "Identity": "jm@contoso.com" })).remove(0);
    assert_eq!(jean["PrimarySmtpAddress"], "jean.martin@contoso.com");
    assert_eq!(jean["IsDirSynced"], json!(true));
    assert_eq!(jean["SamAccountName"], "jean");
    assert_eq!(place.rcpt("printer@contoso.com"), "550 5.1.1 User unknown");
    place.send("jm@contoso.com", "by another address");
    place.wait_for_mail("jean.martin@contoso.com", "by another address");
    let member = json!({ "Identity": "Vertrieb" });
    let members = place.relais.run("Get-DistributionGroupMember", member);
    let names: Vec<&Value> = members.iter().map(|member| &member["Name"]).collect();
    assert_eq!(names, ["Jean", "Zoe"]);
    let eva = place.relais.run("Get-MailContact", json!({ "Identity": "Eva Extern" })).remove(0);
    assert_eq!(eva["ExternalEmailAddress"], "eva@a.test");

    for user in ["jean", "CONTOSO\\Jean", "jean@corp.contoso.com", "jean.martin@contoso.com"] {
        let said = place.sign_in(user, PASSWORD);
        assert!(said.contains("235 2.7.0"), "{user}: {said}");
        assert!(!said.contains("SCRAM"), "{said}");
    }
    for (user, password) in [("jean", "wrong"), ("nobody", PASSWORD)] {
        let said = place.sign_in(user, password);
        assert!(said.contains("535 5.7.3"), "{user}: {said}");
    }
    // To LDAP a name without a password is nobody in particular, and welcome.
    let empty = place.relais.run_as(("jean", ""), "Get-Mailbox", json!({}));
    assert_eq!(empty.unwrap_err().status, 401);
    let known = place.relais.run_as(("jean", PASSWORD), "Get-Mailbox", json!({}));
    assert_eq!(known.unwrap_err().status, 403);
    place.relais.run("Add-RoleGroupMember", json!({ "Identity": "Help Desk", "Member": "Jean" }));
    place.relais.run_as(("jean", PASSWORD), "Get-Mailbox", json!({})).unwrap();
}

#[test]
fn what_comes_from_the_directory_is_changed_there_and_stays_when_that_goes() {
    let place = Place::new();
    place.wait_for(4);
    for (cmdlet, parameters) in [
        ("Set-Mailbox", json!({ "Identity": "Jean", "Name": "John" })),
        ("Set-Mailbox", json!({ "Identity": "Jean", "Password": "a Password of its own 1" })),
        ("Remove-Mailbox", json!({ "Identity": "Jean" })),
        ("Add-DistributionGroupMember", json!({ "Identity": "Vertrieb", "Member": "Eva Extern" })),
        ("Set-MailContact", json!({ "Identity": "Eva Extern", "DisplayName": "Eva" })),
    ] {
        let problem = place.relais.try_run(cmdlet, parameters).unwrap_err();
        assert_eq!((problem.status, problem.field("id")), (409, "LD-06"), "{cmdlet}: {problem}");
        assert!(problem.to_string().contains("dc=contoso,dc=com"), "{cmdlet}: {problem}");
    }
    // What the directory says nothing about is ours.
    place.relais.run("Set-Mailbox", json!({ "Identity": "Jean", "RecipientLimits": "7" }));
    assert_eq!(place.synchronize()["Changed"], 0);
    place.relais.run("Remove-LdapDirectory", json!({ "Identity": "AD" }));
    let jean = place.relais.run("Get-Mailbox", json!({ "Identity": "Jean" })).remove(0);
    assert_eq!((&jean["IsDirSynced"], &jean["HasPassword"]), (&json!(false), &json!(false)));
    assert!(place.sign_in("jean", PASSWORD).contains("535 5.7.3"));
    place.relais.run("Set-Mailbox", json!({ "Identity": "Jean", "Name": "John" }));
}

#[test]
fn while_the_directory_is_away_mail_waits_and_nobody_is_refused_for_it() {
    let mut place = Place::new();
    place.wait_for(4);
    assert_eq!(place.rcpt("anna@contoso.com"), "550 5.1.1 User unknown");
    assert!(place.sign_in("zoe", PASSWORD).contains("235 2.7.0"));
    place.slapd.change(&person("Anna", 3, ""));
    place.slapd.kill();
    let refused = place.relais.try_run("Start-LdapSynchronization", json!({ "Identity": "AD" }));
    assert_eq!(refused.unwrap_err().status, 503);
    let directory = place.directory();
    let why = directory["LastError"].as_str().unwrap_or_default();
    assert!(why.contains(&place.slapd.url()) && why.contains("refused"), "{why}");
    // She may be there: the sender tries again.
    assert!(place.rcpt("anna@contoso.com").starts_with("451 4.4.3 "));
    // Who is known gets his mail, by groups as well.
    place.send("jean.martin@contoso.com", "meanwhile");
    place.wait_for_mail("jean.martin@contoso.com", "meanwhile");
    // Who was right within the hour still is; of others nobody knows.
    assert!(place.sign_in("zoe", PASSWORD).contains("235 2.7.0"));
    assert!(place.sign_in("jean", PASSWORD).contains("454 4.7.0"));
    assert!(place.sign_in("zoe", "not hers").contains("454 4.7.0"));
    // Nor is it taken from a program or an administrator as for somebody whom nobody knows.
    let test = json!({ "To": "neu@contoso.com", "Subject": "patience" });
    let refused = place.relais.try_run("Send-TestMessage", test).unwrap_err();
    assert!(refused.status == 503 && refused.to_string().contains("cannot be read"), "{refused}");
    let file = pickup(&place.relais, "To: neu@contoso.com\nSubject: patience\n\nHello.\n");
    until("the file was tried", SOON, || {
        place.relais.log().contains("cannot be read now").then_some(())
    });
    assert!(file.exists());
    place.slapd.revive();
    place.slapd.change(
        "dn: cn=Neu,dc=contoso,dc=com\nobjectClass: group\ncn: Neu\nmail: neu@contoso.com\n\
         objectGUID:: AAAAAAAAAAAAAAAAAAAAAw==\nmember: cn=Anna,dc=contoso,dc=com\n",
    );
    assert_eq!(place.synchronize()["Created"], 2);
    assert!(place.rcpt("anna@contoso.com").starts_with("250 "));
    assert_eq!(place.rcpt("nobody@contoso.com"), "550 5.1.1 User unknown");
    place.wait_for_mail("anna@contoso.com", "patience");
}

/// Leaves a file in the Pickup directory.
fn pickup(relais: &Relais, content: &str) -> PathBuf {
    let path = json!({ "Identity": SERVER, "PickupDirectoryPath": "pickup" });
    relais.run("Set-TransportService", path);
    let directory = relais.data().join("pickup");
    until("the Pickup directory is there", SOON, || directory.exists().then_some(()));
    let (hidden, file) = (directory.join(".hidden"), directory.join("letter.eml"));
    fs::write(&hidden, format!("From: app@contoso.com\n{content}")).expect("written");
    fs::rename(&hidden, &file).expect("its name");
    file
}

#[test]
fn what_changes_there_changes_here_but_nobody_goes_in_a_crowd() {
    let crowd: String = (0..25).map(|n| person(&format!("P{n}"), 100 + n, "")).collect();
    let place = Place::with(Slapd::start(&(people() + &crowd)), json!({}));
    place.wait_for(29);
    let before = place.relais.run("Get-Mailbox", json!({ "Identity": "Zoe" })).remove(0);
    place.slapd.change(
        "dn: cn=Zoe,dc=contoso,dc=com\nchangetype: modrdn\nnewrdn: cn=Zoe Petit\ndeleteoldrdn: 1\n\n\
         dn: cn=Jean,dc=contoso,dc=com\nchangetype: delete\n",
    );
    let said = place.relais.shell_ok("Start-LdapSynchronization AD -WhatIf");
    assert!(said.contains("2 changed, 1 removed"), "{said}");
    let done = place.synchronize();
    assert_eq!((&done["Changed"], &done["Removed"]), (&json!(2), &json!(1)), "{done}");
    let after = place.relais.run("Get-Mailbox", json!({ "Identity": "Zoe Petit" })).remove(0);
    assert_eq!(before["Guid"], after["Guid"]);
    assert_eq!(place.rcpt("jean@contoso.com"), "550 5.1.1 User unknown");
    assert!(place.sign_in("zoe", PASSWORD).contains("235 2.7.0"));

    let gone: String =
        (0..25).map(|n| format!("dn: cn=P{n},dc=contoso,dc=com\nchangetype: delete\n\n")).collect();
    place.slapd.change(&(gone + &person("Anna", 3, "")));
    let done = place.synchronize();
    assert_eq!(
        (&done["Created"], &done["Removed"], &done["Withheld"]),
        (&json!(1), &json!(0), &json!(25))
    );
    assert!(place.rcpt("p3@contoso.com").starts_with("250 "));
    let why = place.directory()["LastError"].to_string();
    assert!(why.contains("Start-LdapSynchronization -Force"), "{why}");
    let force = json!({ "Identity": "AD", "Force": true });
    assert_eq!(place.relais.run("Start-LdapSynchronization", force).remove(0)["Removed"], 25);
    assert_eq!(place.rcpt("p3@contoso.com"), "550 5.1.1 User unknown");
}

#[test]
fn an_ordinary_directory_is_read_under_start_tls() {
    let entries = "\ndn: uid=jean,dc=contoso,dc=com\nobjectClass: inetOrgPerson\nuid: jean\ncn: Jean\nsn: Martin\n\
                   mail: jean@contoso.com\nuserPassword: Jean has a Password 7\n";
    let place = Place::with(Slapd::start_by_name(entries), json!({ "Schema": "InetOrgPerson" }));
    place.wait_for(1);
    assert!(place.sign_in("jean", PASSWORD).contains("235 2.7.0"));
    assert!(place.sign_in("jean", "wrong").contains("535 5.7.3"));
}

#[test]
fn a_directory_that_cannot_prove_itself_is_told_nothing() {
    let slapd = Slapd::start(&people());
    let relais = Relais::start(Settings::default());
    relais.run(
        "New-LdapDirectory",
        json!({
            "Name": "AD", "Servers": [slapd.url()], "BaseDN": slapd.base(), "Credential": slapd.credential(),
        }),
    );
    until("the certificate is refused", SOON, || {
        let directory = relais.run("Get-LdapDirectory", json!({})).remove(0);
        let why = directory["LastError"].as_str().unwrap_or_default().to_lowercase();
        (why.contains("certificate") && why.contains("issuer")).then_some(())
    });
    // No secret in what is shown.
    let shown = relais.run("Get-LdapDirectory", json!({})).remove(0).to_string();
    assert!(shown.contains("cn=reader") && !shown.contains("a Secret"), "{shown}");
}
