//! Permissions on connectors and what they do: the anonymous relay, and the header firewall on
//! both sides (send-connectors.md section 2, routing.md section 8).

use end_to_end::{Relais, SOON, Smtp, until};
use serde_json::json;

use crate::world::{PORT, STRANGER, World};

const ANONYMOUS: &str = "NT AUTHORITY\\ANONYMOUS LOGON";

#[test]
fn an_anonymous_relay_is_granted_and_taken_back_in_the_shell() {
    let relais = Relais::prompt_sandbox();
    let door = relais.receive_connector("Anonymous Relay", 10033, json!({}));
    let outside = || Smtp::hello(door).envelope(STRANGER, "somebody@example.net").1;
    let ours = || Smtp::hello(door).envelope("jean@contoso.com", "jean@contoso.com").0;
    assert!(outside().text().starts_with("550 5.7.54"));
    assert!(ours().text().starts_with("550 5.7.60"));
    relais.shell_ok(
        "Get-ReceiveConnector \"Anonymous Relay\" | Add-ADPermission \
         -User \"NT AUTHORITY\\ANONYMOUS LOGON\" \
         -ExtendedRights \"Ms-Exch-SMTP-Accept-Any-Recipient\"",
    );
    until("relaying is granted", SOON, || (outside().code == 250).then_some(()));
    assert!(ours().text().starts_with("550 5.7.60"));
    relais.shell_ok(
        "Add-ADPermission -Identity 'MBX01\\Anonymous Relay' -User 'ANONYMOUS LOGON' \
         -AccessRights ExtendedRight \
         -ExtendedRights ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
    );
    until("our domain as sender is granted", SOON, || (ours().code == 250).then_some(()));
    let shown = relais.shell_ok(
        "Get-ADPermission 'MBX01\\Anonymous Relay' -User 'NT AUTHORITY\\ANONYMOUS LOGON' | \
         Where-Object { ($_.Deny -eq $false) -and ($_.IsInherited -eq $false) } | \
         Format-Table User,ExtendedRights",
    );
    assert!(shown.contains("{ms-Exch-SMTP-Accept-Any-Recipient}"), "{shown}");
    // A refusal goes before the grant.
    relais.shell_ok(
        "Add-ADPermission 'MBX01\\Anonymous Relay' -User 'ANONYMOUS LOGON' -Deny \
         -ExtendedRights ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
    );
    until("our domain as sender is refused", SOON, || {
        ours().text().starts_with("550 5.7.60").then_some(())
    });
    relais.shell_ok(
        "Remove-ADPermission 'MBX01\\Anonymous Relay' -User 'NT AUTHORITY\\ANONYMOUS LOGON' \
         -ExtendedRights ms-Exch-SMTP-Accept-Any-Recipient -Confirm:$false",
    );
    until("relaying is taken back", SOON, || {
        outside().text().starts_with("550 5.7.54").then_some(())
    });
    relais.run(
        "Remove-ADPermission",
        json!({ "Identity": "MBX01\\Anonymous Relay", "User": ANONYMOUS,
                "ExtendedRights": "ms-Exch-SMTP-Submit" }),
    );
    until("nobody may send without signing in", SOON, || {
        let Some(mut smtp) = Smtp::listens(door).then(|| Smtp::open(door)) else { return Some(()) };
        smtp.try_reply()?;
        smtp.say("EHLO elsewhere.example");
        let (mail, _) = smtp.envelope(STRANGER, "jean@contoso.com");
        (mail.code != 250).then_some(())
    });
}

#[test]
fn users_get_what_authenticated_users_are_granted() {
    const OURS: &str = "jean@contoso.com";
    let relais = Relais::prompt_sandbox();
    let authority = relais.authority();
    let directory = tempfile::tempdir().expect("temporary directory");
    let file = directory.path().join("message");
    std::fs::write(&file, "Subject: granted\r\n\r\n").expect("message file");
    let file = file.display().to_string();
    let send = |sender: &str, recipient: &str| {
        let arguments = ["starttls", OURS, end_to_end::SANDBOX_PASSWORD, sender, &file, recipient];
        let (good, said) = end_to_end::python_send(relais.submission(), &authority, &arguments);
        if good { "250".to_owned() } else { said }
    };
    let answers = |what: &str, sender: &str, recipient: &str, expected: &str| {
        until(what, SOON, || send(sender, recipient).contains(expected).then_some(()));
    };
    let change = |cmdlet: &str, right: &str, deny: bool| {
        let parameters = json!({
            "Identity": "Client Frontend MBX01", "User": "Authenticated Users",
            "ExtendedRights": right, "Deny": deny,
        });
        relais.run(cmdlet, parameters);
    };
    let another = "administrator@contoso.com";
    answers("a user is himself", STRANGER, OURS, "550 5.7.60");
    change("Add-ADPermission", "ms-Exch-SMTP-Accept-Any-Sender", false);
    answers("any sender from elsewhere", STRANGER, OURS, "250");
    answers("but none of ours", another, OURS, "550 5.7.60");
    change("Add-ADPermission", "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender", false);
    answers("any of ours", another, OURS, "250");
    change("Add-ADPermission", "ms-Exch-SMTP-Accept-Any-Recipient", true);
    answers("no relaying", OURS, "somebody@example.net", "550 5.7.54");
    answers("mail for us", OURS, OURS, "250");
    change("Remove-ADPermission", "ms-Exch-SMTP-Accept-Any-Recipient", true);
    answers("relaying again", OURS, "somebody@example.net", "250");
}

const SENT: &str = "Received: from a.example by b.example; Mon, 23 Nov 2026 10:00:00 +0000\r\n\
    Resent-From: resender@elsewhere.example\r\n\
    X-MS-Exchange-Organization-SCL: 5\r\n\
    X-MS-Exchange-Forest-RulesExecuted: b\r\n\
    From: stranger@elsewhere.example\r\n\
    Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\
    Message-ID: <firewall@elsewhere.example>\r\n\
    Subject: firewall\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n";

/// The names of the fields of `SENT` that are under the firewall and in `text`'s header.
fn guarded(text: &str) -> Vec<&'static str> {
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    assert!(text.contains("\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n"), "{text}");
    [
        ("by b.example", "Received"),
        ("Resent-From:", "Resent"),
        ("X-MS-Exchange-Organization-SCL:", "Organization"),
        ("X-MS-Exchange-CrossPremises-SCL:", "CrossPremises"),
        ("X-MS-Exchange-Forest-RulesExecuted:", "Forest"),
    ]
    .into_iter()
    .filter_map(|(text, name)| header.contains(text).then_some(name))
    .collect()
}

#[test]
fn the_header_firewall_stands_on_both_sides() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("Out", "a.test", PORT);
    let name = world.relais.run("Get-ReceiveConnector", json!({})).into_iter();
    let relay = name
        .filter_map(|c| c["Identity"].as_str().map(str::to_owned))
        .find(|identity| identity.contains("Relay"))
        .expect("the relay");
    let change = |cmdlet: &str, identity: &str, rights: &[&str]| {
        let parameters =
            json!({ "Identity": identity, "User": ANONYMOUS, "ExtendedRights": rights });
        world.relais.run(cmdlet, parameters);
    };
    let deliver = |to: &str| {
        let reply = Smtp::hello(world.relais.relay()).deliver(STRANGER, &[to], SENT);
        assert_eq!(reply.code, 250, "{reply:?}");
    };
    let mut number = 0;
    let mut leaves = |expected: &[&str]| {
        number += 1;
        deliver("x@a.test");
        let text = sink.wait_for(number, SOON)[number - 1].text();
        assert_eq!(guarded(&text), expected, "{text}");
        // Our own trace stands on top whatever is removed.
        assert!(text.starts_with("Received: from"), "{text}");
    };
    // From a stranger: what only our servers may write does not come in.
    leaves(&["Received", "Resent"]);
    change(
        "Add-ADPermission",
        &relay,
        &["ms-Exch-Accept-Headers-Organization", "ms-Exch-Accept-Headers-Forest"],
    );
    // It comes in, and does not go out again; mailboxes here see it.
    leaves(&["Received", "Resent"]);
    let jean = world.sender("jean", &[]);
    deliver(&jean);
    let here = world.relais.wait_for_mail(&jean, 1, SOON).remove(0);
    assert_eq!(
        guarded(&here.replace("\r\n", "\n").replace('\n', "\r\n")),
        ["Received", "Resent", "Organization", "Forest"]
    );
    change(
        "Add-ADPermission",
        "Out",
        &["ms-Exch-Send-Headers-Organization", "ms-Exch-Send-Headers-Forest"],
    );
    leaves(&["Received", "Resent", "Organization", "Forest"]);
    change("Remove-ADPermission", "Out", &["ms-Exch-Send-Headers-Routing"]);
    leaves(&["Organization", "Forest"]);
    change("Remove-ADPermission", "Out", &["ms-Exch-Send-Headers-Organization"]);
    world
        .relais
        .run("Set-SendConnector", json!({ "Identity": "Out", "CloudServicesMailEnabled": true }));
    leaves(&["CrossPremises", "Forest"]);
}
