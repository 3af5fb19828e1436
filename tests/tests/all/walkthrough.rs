//! The founding document, row by row: `seed-walkthrough.md` sections A, B″, C, D, E, F and H by the
//! shell. Step names are its row numbers. What belongs to the pages (B, C3) or needs a second server
//! (H10) is not here.

use std::{fs, time::Duration};

use end_to_end::{ADMINISTRATOR, Relais, SOON, Smtp, consistently, message, until};
use serde_json::{Value, json};

const CONNECTOR: &str = "Contoso.com Send Connector";
const NO_CONNECTOR: &str = "A matching connector cannot be found to route the external recipient";
const ANNA: &str = "anna@example.org";
const USER: &str = "jean@contoso.com";
/// Addresses of the sandbox: the Transport service's and the front end's.
const DIRECT: &str = "127.0.0.1";
const FRONT_END: &str = "127.0.0.17";
/// How long something must not happen before we believe that it does not.
const STAYS: Duration = Duration::from_secs(1);

/// A walk through the document on one server.
struct Walk {
    relais: Relais,
    /// Messages that have arrived outside so far.
    arrived: usize,
}

impl Walk {
    fn begin() -> Self {
        Self { relais: Relais::sandbox(), arrived: 0 }
    }

    /// Says which row is next, so that a failure names it.
    fn row(&self, number: &str) {
        eprintln!("seed-walkthrough {number}");
    }

    /// A user writes.
    fn write(&self, to: &str, subject: &str) {
        self.write_content(to, &message(USER, to, subject));
    }

    fn write_content(&self, to: &str, content: &str) {
        let reply = Smtp::hello(self.relais.relay()).deliver(USER, &[to], content);
        assert_eq!(reply.code, 250, "{reply:?}");
    }

    /// The next message arrives outside, once.
    fn arrives(&mut self) -> Value {
        self.arrived += 1;
        let mut all = self.relais.wait_in_sandbox(self.arrived, SOON);
        assert_eq!(all.len(), self.arrived);
        all.pop().expect("one")
    }

    /// Nothing more arrives outside.
    fn nothing_arrives(&self) {
        consistently("nothing leaves", STAYS, || {
            self.relais.sandbox_messages().len() == self.arrived
        });
    }

    fn shell(&self, commands: &str) -> String {
        self.relais.shell_ok(commands)
    }

    /// The command is refused, and everything named is in the message; the connector stays as it is.
    fn refused(&self, command: &str, named: &[&str]) {
        let before = self.relais.run("Get-SendConnector", json!({}));
        let (good, text) = self.relais.shell(command);
        assert!(!good, "{command} was not refused: {text}");
        let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in named {
            assert!(unwrapped.contains(part), "{command}: {part:?} is not in {text}");
        }
        assert_eq!(self.relais.run("Get-SendConnector", json!({})), before, "{command}");
    }

    fn connector(&self) -> Value {
        self.relais.run("Get-SendConnector", json!({ "Identity": CONNECTOR })).remove(0)
    }

    /// The queue with this status and next hop.
    fn wait_for_queue(&self, next_hop: &str, status: &str) -> Value {
        until(&format!("queue {next_hop} in {status}"), SOON, || {
            self.relais
                .queues()
                .into_iter()
                .find(|q| q["NextHopDomain"] == next_hop && q["Status"] == status)
        })
    }

    /// All rows of the SMTP send protocol log.
    fn protocol_log(&self) -> String {
        let folder = self.relais.data().join("logs/ProtocolLog/Hub/SmtpSend");
        let Ok(files) = fs::read_dir(folder) else { return String::new() };
        let mut paths: Vec<_> = files.filter_map(|f| f.ok().map(|f| f.path())).collect();
        paths.sort();
        paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
    }
}

#[test]
fn the_founding_document_row_by_row() {
    let mut walk = Walk::begin();
    preconditions(&walk);
    create_by_shell(&mut walk);
    proofs(&mut walk);
    through_the_front_end(&mut walk);
    edit(&mut walk);
    forbidden(&walk);
    disable_and_remove(&mut walk);
}

fn preconditions(walk: &Walk) {
    walk.row("A1");
    let shown = walk.shell(r#"Get-RoleGroupMember "Organization Management" | Format-List Name"#);
    assert!(shown.contains(ADMINISTRATOR), "{shown}");
    walk.row("A2");
    let domain = &walk.relais.run("Get-AcceptedDomain", json!({ "Identity": "contoso.com" }))[0];
    assert_eq!(domain["DomainType"], "Authoritative");
    walk.row("A3");
    assert_eq!(walk.shell("Get-SendConnector").trim(), "");
    walk.row("A4");
    walk.write(ANNA, "before there is a connector");
    let waiting = walk.relais.wait_for_unreachable(1).remove(0);
    assert_eq!(waiting["LastError"], NO_CONNECTOR);
    let shown = walk.shell("Get-Queue Unreachable");
    assert!(shown.contains("Unreachable"), "{shown}");
    walk.nothing_arrives();
}

fn create_by_shell(walk: &mut Walk) {
    walk.row("B″");
    walk.shell(&format!("New-SendConnector -Name '{CONNECTOR}' -AddressSpaces * -Internet"));
    walk.row("B′");
    let shown = walk.shell(&format!("Get-SendConnector '{CONNECTOR}' | Format-List"));
    let documented = [
        ("AddressSpaces", "{SMTP:*;1}"),
        ("DNSRoutingEnabled", "True"),
        ("SmartHosts", "{}"),
        ("SmartHostAuthMechanism", "None"),
        ("IsScopedConnector", "False"),
        ("SourceTransportServers", "{MBX01}"),
        ("Enabled", "True"),
        ("FrontendProxyEnabled", "False"),
        ("UseExternalDNSServersEnabled", "False"),
        ("RequireTLS", "False"),
        ("IgnoreSTARTTLS", "False"),
        ("TlsAuthLevel", ""),
        ("DomainSecureEnabled", "False"),
        ("MaxMessageSize", "25 MB (26,214,400 bytes)"),
        ("Port", "25"),
        ("Fqdn", ""),
        ("ConnectionInactivityTimeOut", "00:10:00"),
        ("SmtpMaxMessagesPerConnection", "20"),
        ("ProtocolLoggingLevel", "None"),
    ];
    for (name, value) in documented {
        assert_eq!(listed(&shown, name), value, "{name}\n{shown}");
    }
    walk.row("B′ †");
    let released = walk.arrives();
    assert_eq!((&released["mailFrom"], &released["rcptTo"]), (&json!(USER), &json!([ANNA])));
    walk.relais.wait_until_empty(SOON);
}

/// The value of a property in the output of Format-List.
fn listed<'a>(shown: &'a str, name: &str) -> &'a str {
    shown
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(property, _)| property.trim() == name)
        .map_or("(not listed)", |(_, value)| value.trim())
}

fn proofs(walk: &mut Walk) {
    walk.row("D");
    walk.shell(&format!("Set-SendConnector '{CONNECTOR}' -ProtocolLoggingLevel Verbose"));
    let content = message(USER, ANNA, "proof");
    walk.write_content(ANNA, &content);
    let arrived = walk.arrives();
    walk.row("D (1) one copy, envelope and body intact");
    assert_eq!((&arrived["mailFrom"], &arrived["rcptTo"]), (&json!(USER), &json!([ANNA])));
    assert_eq!(arrived["clientAddress"], DIRECT);
    let received = Relais::sandbox_content(&arrived);
    let body = content.split_once("\r\n\r\n").expect("a body").1;
    assert!(String::from_utf8_lossy(&received).ends_with(&format!("\r\n\r\n{body}")));
    walk.row("D (2) one SEND row");
    let shown = until("the SEND event", SOON, || {
        let tracked = walk.relais.run(
            "Get-MessageTrackingLog",
            json!({ "Sender": USER, "EventId": "SEND", "MessageSubject": "proof" }),
        );
        (!tracked.is_empty()).then_some(tracked)
    });
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["ConnectorId"], CONNECTOR);
    assert_eq!(shown[0]["Recipients"], json!([ANNA]));
    walk.row("D (3) queue empty, (5) no DSN");
    walk.relais.wait_until_empty(SOON);
    assert!(walk.relais.maildir(USER).is_empty());
    walk.row("D (4) the conversation");
    let log = until("the conversation is logged", SOON, || {
        Some(walk.protocol_log()).filter(|log| log.contains(",>,QUIT") || log.contains("250 2"))
    });
    let steps = ["EHLO ", "MAIL FROM:<jean@contoso.com>", "RCPT TO:<anna@example.org>", "DATA"];
    let mut from = 0;
    for step in steps {
        from += log[from..].find(step).unwrap_or_else(|| panic!("{step} is not in\n{log}"));
    }
}

fn through_the_front_end(walk: &mut Walk) {
    walk.row("C1");
    let said =
        walk.shell(&format!("Set-SendConnector \"{CONNECTOR}\" -FrontendProxyEnabled $true"));
    assert_eq!(said.trim(), "", "no output, no prompt");
    walk.row("C2");
    let shown = walk.shell("Get-SendConnector | Format-Table -Auto Name,FrontEndProxyEnabled");
    let row = shown.lines().find(|line| line.starts_with(CONNECTOR)).unwrap_or_default();
    assert!(shown.contains("FrontEndProxyEnabled") && row.ends_with("True"), "{shown}");
    walk.row("C4");
    walk.write(ANNA, "through the front end");
    let arrived = walk.arrives();
    assert_eq!(arrived["clientAddress"], FRONT_END);
    assert_eq!(arrived["ehlo"], "frontend.contoso.com");
    assert!(arrived["tls"].is_object(), "TLS is end to end: {arrived}");
    walk.row("C5");
    set_front_end(walk, "Inactive");
    walk.write(ANNA, "while the front end is stopped");
    let queue = walk.wait_for_queue("example.org", "Retry");
    let error = queue["LastError"].as_str().unwrap_or_default();
    assert!(error.to_lowercase().contains("front end"), "{error}");
    walk.nothing_arrives();
    set_front_end(walk, "Active");
    assert_eq!(walk.arrives()["clientAddress"], FRONT_END);
    walk.row("C6");
    walk.shell(&format!("Set-SendConnector \"{CONNECTOR}\" -FrontendProxyEnabled $false"));
    walk.write(ANNA, "direct again");
    assert_eq!(walk.arrives()["clientAddress"], DIRECT);
    walk.row("C7");
    walk.refused(
        r#"Set-SendConnector "Contoso.com Sent Connector" -FrontendProxyEnabled $true"#,
        &["Contoso.com Sent Connector"],
    );
}

fn set_front_end(walk: &Walk, state: &str) {
    walk.shell(&format!(
        "Set-ServerComponentState MBX01 -Component FrontendTransport -State {state} -Requester Maintenance"
    ));
}

fn edit(walk: &mut Walk) {
    walk.row("H1");
    walk.relais.lift_organization_limits();
    walk.shell(&format!(
        "Set-SendConnector '{CONNECTOR}' -ConnectionInactivityTimeOut 00:20:00 -MaxMessageSize 12MB"
    ));
    let shown = walk.shell(&format!("Get-SendConnector '{CONNECTOR}' | Format-List"));
    assert_eq!(listed(&shown, "MaxMessageSize"), "12 MB (12,582,912 bytes)");
    assert_eq!(listed(&shown, "ConnectionInactivityTimeOut"), "00:20:00");
    let large = message(USER, ANNA, "large") + &("x".repeat(76) + "\r\n").repeat(170_000);
    walk.write_content(ANNA, &large);
    let report = walk.relais.wait_for_mail(USER, 1, SOON).remove(0);
    assert!(report.contains("5.3.4"), "{report}");
    walk.row("H2");
    walk.shell(&format!("Set-SendConnector '{CONNECTOR}' -ProtocolLoggingLevel None"));
    // A changed connector is reached by a new session, which has the new level.
    let logged = walk.protocol_log().matches("MAIL FROM").count();
    assert!(logged >= 1, "sessions were logged until now");
    walk.write(ANNA, "unlogged");
    walk.arrives();
    consistently("the log does not grow", STAYS, || {
        walk.protocol_log().matches("MAIL FROM").count() == logged
    });
    walk.row("H3");
    walk.shell(&format!(
        r#"Set-SendConnector '{CONNECTOR}' -AddressSpaces @{{Add="example.net;2"}}"#
    ));
    assert_eq!(walk.connector()["AddressSpaces"], json!(["SMTP:*;1", "SMTP:example.net;2"]));
    walk.row("H4");
    walk.refused(
        &format!("Set-SendConnector '{CONNECTOR}' -DNSRoutingEnabled $false"),
        &["SmartHosts"],
    );
    walk.shell(&format!(
        "Set-SendConnector '{CONNECTOR}' -DNSRoutingEnabled $false -SmartHosts mx1.example.net"
    ));
    assert_eq!(walk.connector()["SmartHosts"], json!(["mx1.example.net"]));
    walk.write(ANNA, "by smart host");
    let arrived = walk.arrives();
    assert_eq!(arrived["rcptTo"], json!([ANNA]));
    assert_eq!(arrived["host"], "mx1.example.net", "{arrived}");
    walk.shell(&format!(
        "Set-SendConnector '{CONNECTOR}' -DNSRoutingEnabled $true -SmartHosts $null"
    ));
    walk.row("H7");
    for change in ["-Enabled $false", "-Name Other", "-MaxMessageSize 1MB"] {
        let before = walk.connector();
        let said = walk.shell(&format!("Set-SendConnector '{CONNECTOR}' {change} -WhatIf"));
        assert!(said.contains("What if:"), "{said}");
        assert_eq!(walk.connector(), before);
    }
    walk.row("H8");
    let change = format!("Set-SendConnector '{CONNECTOR}' -MaxMessageSize 2MB -Confirm");
    let (_, said) = walk.relais.shell_at_terminal(&change, "N\n");
    assert!(said.contains("Are you sure you want to perform this action?"), "{said}");
    assert_eq!(walk.connector()["MaxMessageSize"], "12 MB (12,582,912 bytes)");
    walk.relais.shell_at_terminal(&change, "Y\n");
    assert_eq!(walk.connector()["MaxMessageSize"], "2 MB (2,097,152 bytes)");
}

fn forbidden(walk: &Walk) {
    walk.row("H11");
    let set = format!("Set-SendConnector '{CONNECTOR}'");
    walk.refused(&format!("{set} -RequireTLS $true -IgnoreSTARTTLS $true"), &["IgnoreSTARTTLS"]);
    walk.refused(
        "New-SendConnector Two -Internet -Partner -AddressSpaces *",
        &["Internet", "Partner"],
    );
    walk.refused(&format!(r#"{set} -AddressSpaces "*;101""#), &["101", "100"]);
    walk.refused(&format!("{set} -AddressSpaces *contoso.com"), &["*contoso.com"]);
    walk.refused(&format!("{set} -TlsAuthLevel EncryptionOnly"), &["RequireTLS"]);
    walk.row("H12");
    let (name, password) = ("Helga", "a Secret of Helga 4");
    walk.relais.mailbox(name, password);
    walk.relais
        .run("Add-RoleGroupMember", json!({ "Identity": "Server Management", "Member": name }));
    let new = |user| {
        walk.relais.run_as(
            user,
            "New-SendConnector",
            json!({ "Name": "Hers", "Internet": true, "AddressSpaces": ["*"], "WhatIf": true }),
        )
    };
    let problem = new(("helga@contoso.com", password)).expect_err("not her role");
    assert_eq!((problem.status, problem.field("id")), (403, "SC-24"));
    new((ADMINISTRATOR, end_to_end::ADMIN_PASSWORD)).expect("Organization Management may");
}

fn disable_and_remove(walk: &mut Walk) {
    walk.row("H5");
    walk.shell(&format!("Set-SendConnector '{CONNECTOR}' -Enabled $false"));
    walk.write(ANNA, "while disabled");
    assert_eq!(walk.relais.wait_for_unreachable(1)[0]["LastError"], NO_CONNECTOR);
    walk.nothing_arrives();
    walk.shell(&format!("Set-SendConnector '{CONNECTOR}' -Enabled $true"));
    walk.arrives();
    walk.row("H6");
    walk.shell(&format!("Set-SendConnector '{CONNECTOR}' -Name 'New name'"));
    let shown = walk.shell("Get-SendConnector 'New name' | Format-List Identity");
    assert_eq!(listed(&shown, "Identity"), "New name");
    walk.refused(&format!("Set-SendConnector '{CONNECTOR}' -Port 26"), &[CONNECTOR]);
    walk.row("H9");
    let (_, said) = walk.relais.shell_at_terminal("Remove-SendConnector 'New name'", "N\n");
    assert!(said.contains("(default is \"Y\")"), "{said}");
    assert!(!walk.shell("Get-SendConnector").is_empty());
    walk.relais.shell_at_terminal("Remove-SendConnector 'New name'", "\n");
    walk.row("I: A3 and A4 again");
    assert_eq!(walk.shell("Get-SendConnector").trim(), "");
    walk.write(ANNA, "after the removal");
    walk.relais.wait_for_unreachable(1);
    walk.nothing_arrives();
}

/// Section E: a connector by smart host, from the beginning.
#[test]
fn the_smart_host_sibling() {
    let mut walk = Walk::begin();
    walk.row("E3");
    walk.refused(
        "New-SendConnector 'Via relay' -AddressSpaces * -Custom -DNSRoutingEnabled $false -SmartHosts @()",
        &["SmartHosts"],
    );
    walk.row("E4");
    walk.refused(
        "New-SendConnector 'Via relay' -AddressSpaces * -Custom -DNSRoutingEnabled $false \
         -SmartHosts mx1.example.net -SmartHostAuthMechanism BasicAuth",
        &["AuthenticationCredential"],
    );
    walk.row("E, by shell");
    walk.shell(
        "New-SendConnector -Name 'Via relay' -AddressSpaces * -Custom -DNSRoutingEnabled $false \
         -SmartHosts mx1.example.net -SmartHostAuthMechanism None",
    );
    let shown = walk.shell("Get-SendConnector 'Via relay' | Format-List");
    assert_eq!(listed(&shown, "DNSRoutingEnabled"), "False");
    assert_eq!(listed(&shown, "SmartHosts"), "{mx1.example.net}");
    walk.row("E, proof");
    walk.write(ANNA, "by smart host");
    let arrived = walk.arrives();
    assert_eq!(arrived["host"], "mx1.example.net", "{arrived}");
    walk.row("E, an address and its queue");
    walk.shell("Set-SendConnector 'Via relay' -SmartHosts 192.0.2.1 -Enabled $true");
    let shown = walk.shell("Get-SendConnector 'Via relay' | Format-List SmartHosts");
    assert!(shown.contains("192.0.2.1"), "{shown}");
    walk.write(ANNA, "by an address");
    let queue = until("the smart host's queue", SOON, || {
        walk.relais.queues().into_iter().find(|q| q["NextHopDomain"] == "[192.0.2.1]")
    });
    assert_eq!(queue["DeliveryType"], "SmartHostConnectorDelivery");
    walk.nothing_arrives();
}

/// Section F: mail for a partner never leaves unverified.
#[test]
fn the_partner_sibling() {
    let walk = Walk::begin();
    walk.row("F");
    for partner in ["no-tls.example", "example.org"] {
        walk.shell(&format!("New-SendConnector 'To {partner}' -Partner -AddressSpaces {partner}"));
        let connector = &walk
            .relais
            .run("Get-SendConnector", json!({ "Identity": format!("To {partner}") }))[0];
        assert_eq!(
            (&connector["RequireTLS"], &connector["TlsAuthLevel"]),
            (&json!(true), &json!("DomainValidation"))
        );
        walk.write(&format!("anna@{partner}"), "for the partner");
        let queue = walk.wait_for_queue(partner, "Retry");
        let error = queue["LastError"].as_str().unwrap_or_default();
        assert!(error.starts_with("451 4."), "{error}");
    }
    walk.nothing_arrives();
}
