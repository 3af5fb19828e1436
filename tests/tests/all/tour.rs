//! The seed: nothing leaves, a Send connector is created, mail leaves by itself, the connector is
//! removed, nothing leaves again.

use std::time::{Duration, Instant};

use end_to_end::{Relais, SOON, Smtp, consistently, until};
use serde_json::{Value, json};

const NO_CONNECTOR: &str = "A matching connector cannot be found to route the external recipient";
const NEW_CONNECTOR: &str = r#"New-SendConnector -Name "Vers Internet" -Internet -AddressSpaces "*" -SourceTransportServers MBX01"#;

/// Complete, so that nothing need be added, with what is easily damaged: a line of a dot, trailing
/// blanks, tabs, a long line, bytes above 127 and an empty end.
const CONTENT: &str = "Date: Mon, 23 Nov 2026 10:00:00 +0100\r\n\
    From: Jean <jean@contoso.com>\r\n\
    To: someone@example.net\r\n\
    Message-ID: <tour.1@contoso.com>\r\n\
    Subject: =?utf-8?q?Le_premier_message?=\r\n\
    X-Folded: one\r\n\
    \ttwo\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: 8bit\r\n\
    \r\n\
    Ça part, n'est-ce pas ?  \r\n\
    .\r\n\
    ..two dots\r\n\
    \tand a tab \r\n\
    \r\n\
    \r\n";

#[test]
fn mail_waits_until_there_is_a_connector_and_again_when_there_is_none() {
    let relais = Relais::sandbox();
    let sent = CONTENT.replace("\r\n.", "\r\n..");
    let reply =
        Smtp::hello(relais.relay()).deliver("jean@contoso.com", &["someone@example.net"], &sent);
    assert!(reply.text().starts_with("250 2.6.0 <tour.1@contoso.com> [InternalId="), "{reply:?}");

    let waiting = relais.wait_for_unreachable(1).remove(0);
    assert_eq!(waiting["LastError"], NO_CONNECTOR);
    assert_eq!(waiting["Recipients"][0]["LastError"], NO_CONNECTOR);
    assert_eq!(waiting["Recipients"][0]["FinalDestination"], "<No Matching Connector>");
    assert_eq!(waiting["FromAddress"], "jean@contoso.com");
    assert!(relais.sandbox_messages().is_empty());
    let shown = relais.shell_ok("Get-Queue");
    assert!(shown.contains("Unreachable"), "{shown}");
    let shown = relais
        .shell_ok("Get-Message -IncludeRecipientInfo | Format-List Identity,Status,LastError");
    assert!(shown.contains(NO_CONNECTOR), "{shown}");

    relais.shell_ok(NEW_CONNECTOR);
    let created = Instant::now();
    let arrived = relais.wait_in_sandbox(1, SOON).remove(0);
    assert!(created.elapsed() < Duration::from_secs(5), "it took {:?} to leave", created.elapsed());
    assert_eq!(arrived["mailFrom"], "jean@contoso.com");
    assert_eq!(arrived["rcptTo"], json!(["someone@example.net"]));
    assert!(arrived["tls"].is_object(), "example.net offers STARTTLS: {arrived}");
    let content = Relais::sandbox_content(&arrived);
    assert_eq!(String::from_utf8_lossy(&content), CONTENT);
    relais.wait_until_empty(SOON);
    consistently("it arrives once", Duration::from_secs(1), || {
        relais.sandbox_messages().len() == 1
    });

    relais.shell_ok(r#"Remove-SendConnector "Vers Internet" -Confirm:$false"#);
    assert!(relais.run("Get-SendConnector", json!({})).is_empty());
    relais.shell_ok(
        r#"Send-MailMessage -From jean@contoso.com -To someone@example.net -Subject Encore -Body "Le deuxième""#,
    );
    let waiting = relais.wait_for_unreachable(1).remove(0);
    assert_eq!(
        (&waiting["Subject"], &waiting["LastError"]),
        (&json!("Encore"), &json!(NO_CONNECTOR))
    );
    consistently("it stays", Duration::from_secs(1), || relais.sandbox_messages().len() == 1);
}

#[test]
fn the_readme_s_commands_do_what_it_says() {
    let relais = Relais::sandbox();
    for line in ["Management", "Fingerprint", "Sign in as", "Mail user", "New-SendConnector"] {
        assert!(relais.welcome().contains(line), "the welcome lacks {line}:\n{}", relais.welcome());
    }
    relais.shell_ok(
        r#"Send-MailMessage -From jean@contoso.com -To someone@example.net -Subject Bonjour -Body "Le premier message""#,
    );
    relais.wait_for_unreachable(1);
    relais.shell_ok(NEW_CONNECTOR);
    let arrived = relais.wait_in_sandbox(1, Duration::from_secs(5)).remove(0);
    let content = String::from_utf8(Relais::sandbox_content(&arrived)).expect("UTF-8");
    for part in ["Subject: Bonjour", "Le premier message", "Date: ", "Message-ID: "] {
        assert!(content.contains(part), "{part} is missing:\n{content}");
    }
    let shown = relais.shell_ok(r#"Get-SendConnector "Vers Internet" | Format-List"#);
    for line in ["AddressSpaces", "{SMTP:*;1}", "26,214,400 bytes", "00:10:00"] {
        assert!(shown.contains(line), "{line} is missing:\n{shown}");
    }
    relais.shell_ok(r#"Remove-SendConnector "Vers Internet" -Confirm:$false"#);
    relais.shell_ok(
        r#"Send-MailMessage -From jean@contoso.com -To someone@example.net -Subject Encore -Body "Le deuxième""#,
    );
    // The queue is shown when it is empty too: it says why once the message is in it.
    until("the queue says why", SOON, || {
        relais.shell_ok("Get-Queue Unreachable | Format-List").contains(NO_CONNECTOR).then_some(())
    });
}

/// seed-walkthrough.md, B′.
#[test]
fn the_internet_connector_has_the_documented_state() {
    let relais = Relais::sandbox();
    let created = relais.run(
        "New-SendConnector",
        json!({ "Name": "Contoso.com Send Connector", "Internet": true, "AddressSpaces": ["*"] }),
    );
    let shown =
        relais.run("Get-SendConnector", json!({ "Identity": "contoso.com send connector" }));
    assert_eq!(created, shown);
    let connector = &shown[0];
    let documented = json!({
        "AddressSpaces": ["SMTP:*;1"],
        "DNSRoutingEnabled": true,
        "SmartHosts": [],
        "SmartHostAuthMechanism": "None",
        "IsScopedConnector": false,
        "SourceTransportServers": ["MBX01"],
        "Enabled": true,
        "FrontendProxyEnabled": false,
        "UseExternalDNSServersEnabled": false,
        "RequireTLS": false,
        "IgnoreSTARTTLS": false,
        "TlsAuthLevel": null,
        "DomainSecureEnabled": false,
        "MaxMessageSize": "25 MB (26,214,400 bytes)",
        "Port": 25,
        "Fqdn": null,
        "ConnectionInactivityTimeOut": "00:10:00",
        "SmtpMaxMessagesPerConnection": 20,
        "ProtocolLoggingLevel": "None",
    });
    for (name, value) in documented.as_object().expect("an object") {
        assert_eq!(&connector[name], value, "{name}");
    }
    let by_guid = relais.run("Get-SendConnector", json!({ "Identity": connector["Guid"] }));
    assert_eq!(by_guid, shown);
}

/// seed-walkthrough.md, C: the outside sees the front end; while it is out of service mail waits.
#[test]
fn mail_leaves_through_the_front_end() {
    let relais = Relais::sandbox();
    relais.shell_ok(NEW_CONNECTOR);
    let said = relais.shell_ok(r#"Set-SendConnector "Vers Internet" -FrontendProxyEnabled $true"#);
    assert_eq!(said.trim(), "", "no output, no warning");
    let shown = relais.shell_ok("Get-SendConnector | Format-Table -Auto Name,FrontEndProxyEnabled");
    assert!(shown.contains("Vers Internet") && shown.contains("True"), "{shown}");
    let send = |subject: &str| {
        let content = end_to_end::message("jean@contoso.com", "someone@example.net", subject);
        let sent = Smtp::hello(relais.relay()).deliver(
            "jean@contoso.com",
            &["someone@example.net"],
            &content,
        );
        assert_eq!(sent.code, 250, "{sent:?}");
    };
    send("proxied");
    let through = relais.wait_in_sandbox(1, SOON).remove(0);
    assert_eq!(through["clientAddress"], "127.0.0.17");
    assert_eq!(through["ehlo"], "frontend.contoso.com");

    let set = |state: &str| {
        relais.shell_ok(&format!(
            "Set-ServerComponentState MBX01 -Component FrontendTransport -State {state} -Requester Maintenance"
        ));
    };
    set("Inactive");
    // The relay is a front end's connector too; submission to the Transport service goes on.
    let hub = relais.receive_connector(
        "Hub",
        10027,
        json!({
            "TransportRole": "HubTransport",
            "ExtendedRights": ["ms-Exch-SMTP-Accept-Any-Recipient"],
        }),
    );
    let reply = Smtp::hello(hub).deliver(
        "stranger@elsewhere.example",
        &["someone@example.net"],
        &end_to_end::message("stranger@elsewhere.example", "someone@example.net", "waits"),
    );
    assert_eq!(reply.code, 250, "{reply:?}");
    let waiting = relais.wait_for_error("451 4.4.0 FrontendProxyEnabled True", SOON);
    assert_eq!((&waiting["Subject"], &waiting["Status"]), (&json!("waits"), &json!("Retry")));
    consistently("nothing bypasses the proxy", Duration::from_secs(1), || {
        relais.sandbox_messages().len() == 1
    });
    set("Active");
    assert_eq!(relais.wait_in_sandbox(2, SOON)[1]["clientAddress"], "127.0.0.17");

    relais.shell_ok(r#"Set-SendConnector "Vers Internet" -FrontendProxyEnabled $false"#);
    until("the relay listens", SOON, || Smtp::listens(relais.relay()).then_some(()));
    send("direct");
    assert_eq!(relais.wait_in_sandbox(3, SOON)[2]["clientAddress"], "127.0.0.1");
    let (good, text) = relais.shell(r#"Set-SendConnector "Nobody" -FrontendProxyEnabled $true"#);
    assert!(!good && text.contains("Nobody"), "{text}");
}

/// seed-walkthrough.md, H: edit, rename, what-if, remove.
#[test]
fn a_connector_is_edited_and_removed() {
    let relais = Relais::sandbox();
    relais.shell_ok(NEW_CONNECTOR);
    relais.shell_ok(
        r#"Set-SendConnector "Vers Internet" -ConnectionInactivityTimeOut 00:20:00 -MaxMessageSize 12MB"#,
    );
    relais.shell_ok(r#"Set-SendConnector "Vers Internet" -AddressSpaces @{Add="fabrikam.com;2"}"#);
    let connector = relais.run("Get-SendConnector", json!({}));
    assert_eq!(connector[0]["MaxMessageSize"], "12 MB (12,582,912 bytes)");
    assert_eq!(connector[0]["ConnectionInactivityTimeOut"], "00:20:00");
    assert_eq!(connector[0]["AddressSpaces"], json!(["SMTP:*;1", "SMTP:fabrikam.com;2"]));

    let (good, text) =
        relais.shell(r#"Set-SendConnector "Vers Internet" -DNSRoutingEnabled $false"#);
    assert!(!good && text.contains("SmartHosts"), "{text}");

    let text = relais.shell_ok(r#"Set-SendConnector "Vers Internet" -Name "Other" -WhatIf"#);
    assert!(text.contains("What if:"), "{text}");
    assert_eq!(names(&relais), ["Vers Internet"]);
    relais.shell_ok(r#"Set-SendConnector "Vers Internet" -Name "New name""#);
    assert_eq!(names(&relais), ["New name"]);

    let (good, text) = relais.shell(r#"Remove-SendConnector "New name""#);
    assert!(
        !good && text.contains("-Confirm:$false"),
        "without a terminal it does not ask: {text}"
    );
    assert_eq!(names(&relais), ["New name"]);
    relais.shell_ok(r#"Get-SendConnector | Remove-SendConnector -Confirm:$false"#);
    assert!(names(&relais).is_empty());
}

fn names(relais: &Relais) -> Vec<String> {
    let connectors: Vec<Value> = relais.run("Get-SendConnector", json!({}));
    connectors.iter().filter_map(|c| c["Name"].as_str().map(str::to_owned)).collect()
}
