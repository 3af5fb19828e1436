//! The HTTP interface: who may do what, what is refused and how that is told, and how soon a change
//! counts.

use std::time::{Duration, Instant};

use end_to_end::{ADMIN_PASSWORD, ADMINISTRATOR, Relais, SOON, Smtp, until};
use serde_json::{Value, json};

use crate::world::STRANGER;

const PASSWORD: &str = "a Secret of Helga 6";

fn snapshot(relais: &Relais) -> Vec<Vec<Value>> {
    [
        "Get-SendConnector",
        "Get-ReceiveConnector",
        "Get-AcceptedDomain",
        "Get-Mailbox",
        "Get-RoleGroup",
    ]
    .map(|cmdlet| relais.run(cmdlet, json!({})))
    .to_vec()
}

#[test]
fn nobody_gets_in_without_signing_in() {
    let relais = Relais::sandbox();
    let path = "/api/v1/cmdlets/Get-SendConnector";
    let empty = json!({});
    for sign_in in
        [None, Some((ADMINISTRATOR, "wrong")), Some(("nobody", ADMIN_PASSWORD)), Some(("", ""))]
    {
        let (status, body) = relais.http("POST", path, sign_in, Some(&empty));
        assert_eq!(status, 401, "{sign_in:?}: {body}");
        let (status, _) = relais.http("GET", "/api/v1/whoami", sign_in, None);
        assert_eq!(status, 401, "{sign_in:?}");
    }
    for user in [ADMINISTRATOR, "administrator@contoso.com"] {
        let (status, body) = relais.http("POST", path, Some((user, ADMIN_PASSWORD)), Some(&empty));
        assert_eq!((status, body.trim()), (200, "[]"));
    }
}

#[test]
fn what_is_for_everybody() {
    let relais = Relais::sandbox();
    for path in ["/livez", "/readyz", "/sandbox/api/domains", "/sandbox/api/messages"] {
        let (status, body) = relais.http("GET", path, None, None);
        assert_eq!(status, 200, "{path}: {body}");
    }
    let (status, body) =
        relais.http("GET", "/api/openapi.json", Some((ADMINISTRATOR, ADMIN_PASSWORD)), None);
    let description: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(status, 200);
    assert!(
        description["paths"]["/api/v1/cmdlets/New-SendConnector"]["post"].is_object(),
        "{body:.2000}"
    );
    let (status, body) =
        relais.http("GET", "/api/v1/whoami", Some((ADMINISTRATOR, ADMIN_PASSWORD)), None);
    let who: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &who["server"]), (200, &json!("MBX01")));
    let cmdlets = who["cmdlets"].as_array().expect("a list");
    assert!(cmdlets.contains(&json!("New-SendConnector")), "{who}");
    let (status, _) =
        relais.http("GET", "/api/v1/nothing-here", Some((ADMINISTRATOR, ADMIN_PASSWORD)), None);
    assert_eq!(status, 404);
}

/// Only the sandbox has the sandbox's pages.
#[test]
fn a_real_server_has_no_sandbox() {
    let relais = Relais::start(end_to_end::Settings {
        dns: Some(std::net::SocketAddr::from(([127, 0, 0, 1], 9))),
        ..end_to_end::Settings::default()
    });
    let (status, _) = relais.http("GET", "/sandbox/api/messages", None, None);
    assert!(status == 404 || status == 401, "{status}");
}

/// management.md section 9.3; SC-24.
#[test]
fn roles_decide_at_every_call() {
    let relais = Relais::sandbox();
    relais.mailbox("Helga", PASSWORD);
    let helga = ("helga@contoso.com", PASSWORD);
    let new = json!({ "Name": "Hers", "Internet": true, "AddressSpaces": ["*"] });
    let may = |cmdlet: &str, parameters: Value| match relais.run_as(helga, cmdlet, parameters) {
        Ok(_) => true,
        Err(problem) => {
            assert_eq!(
                (problem.status, problem.field("id")),
                (403, "SC-24"),
                "{cmdlet}: {problem}"
            );
            false
        }
    };
    assert!(!may("Get-Queue", json!({})), "a user without role groups");
    let group = |name: &str| json!({ "Identity": name, "Member": "Helga" });
    relais.run("Add-RoleGroupMember", group("Server Management"));
    assert!(may("Get-Queue", json!({})) && may("Get-TransportService", json!({})));
    assert!(!may("New-SendConnector", new.clone()));
    let problem = relais.run_as(helga, "New-SendConnector", new.clone()).expect_err("not her role");
    assert!(problem.field("detail").contains("Send Connectors"), "the role is named: {problem}");
    relais.run("Add-RoleGroupMember", group("View-Only Organization Management"));
    assert!(may("Get-SendConnector", json!({})) && !may("New-SendConnector", new.clone()));
    relais.run("Add-RoleGroupMember", group("Organization Management"));
    assert!(may("New-SendConnector", new));
    for name in
        ["Organization Management", "View-Only Organization Management", "Server Management"]
    {
        let mut parameters = group(name);
        parameters["Confirm"] = json!(false);
        relais.run("Remove-RoleGroupMember", parameters);
    }
    assert!(!may("Get-SendConnector", json!({})), "what was taken away is gone at once");
}

#[test]
fn the_last_administrator_stays() {
    let relais = Relais::sandbox();
    let parameters =
        json!({ "Identity": "Organization Management", "Member": ADMINISTRATOR, "Confirm": false });
    assert!(relais.try_run("Remove-RoleGroupMember", parameters).is_err());
    assert!(
        relais
            .try_run("Remove-Mailbox", json!({ "Identity": ADMINISTRATOR, "Confirm": false }))
            .is_err()
    );
    relais.run("Get-SendConnector", json!({}));
}

/// send-connectors.md section 5.5: each refusal has its number, names the parameter and changes
/// nothing.
#[test]
fn nonsense_is_refused_with_the_rule_s_number() {
    let relais = Relais::sandbox();
    relais.run(
        "New-SendConnector",
        json!({ "Name": "Existing", "AddressSpaces": ["existing.example"] }),
    );
    let before = snapshot(&relais);
    let smart = |more: Value| {
        let mut parameters = json!({
            "Name": "New", "AddressSpaces": ["*"], "DNSRoutingEnabled": false, "SmartHosts": ["relay.example"],
        });
        merge(&mut parameters, more);
        parameters
    };
    let by_mx = |more: Value| {
        let mut parameters = json!({ "Name": "New", "AddressSpaces": ["*"] });
        merge(&mut parameters, more);
        parameters
    };
    let set = |more: Value| {
        let mut parameters = json!({ "Identity": "Existing" });
        merge(&mut parameters, more);
        parameters
    };
    let new = "New-SendConnector";
    let cases = [
        ("SC-01", new, by_mx(json!({ "Name": "EXISTING" }))),
        ("SC-02", new, by_mx(json!({ "Name": "x".repeat(65) }))),
        ("SC-03", new, json!({ "Name": "New", "AddressSpaces": [] })),
        ("SC-04", new, by_mx(json!({ "AddressSpaces": ["*contoso.com"] }))),
        ("SC-04", new, by_mx(json!({ "AddressSpaces": ["con*.com"] }))),
        ("SC-04", new, by_mx(json!({ "AddressSpaces": ["a..example"] }))),
        ("SC-05", new, by_mx(json!({ "AddressSpaces": ["a.example;101"] }))),
        ("SC-05", new, by_mx(json!({ "AddressSpaces": ["a.example;0"] }))),
        ("SC-06", new, smart(json!({ "DNSRoutingEnabled": true }))),
        ("SC-07", new, by_mx(json!({ "DNSRoutingEnabled": false }))),
        ("SC-07", "Set-SendConnector", set(json!({ "DNSRoutingEnabled": false }))),
        ("SC-08", new, smart(json!({ "SmartHosts": ["not a host"] }))),
        ("SC-09", new, smart(json!({ "SmartHostAuthMechanism": "BasicAuth" }))),
        (
            "SC-10",
            new,
            by_mx(json!({
                "SmartHostAuthMechanism": "BasicAuth",
                "AuthenticationCredential": { "UserName": "u", "Password": "p" },
            })),
        ),
        ("SC-11", new, by_mx(json!({ "RequireTLS": true, "IgnoreSTARTTLS": true }))),
        ("SC-12", new, by_mx(json!({ "TlsAuthLevel": "EncryptionOnly" }))),
        (
            "SC-13",
            new,
            by_mx(
                json!({ "RequireTLS": true, "TlsAuthLevel": "EncryptionOnly", "TlsDomain": "a.example" }),
            ),
        ),
        ("SC-14", new, smart(json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation" }))),
        ("SC-15", new, by_mx(json!({ "DomainSecureEnabled": true, "IgnoreSTARTTLS": true }))),
        ("SC-16", new, by_mx(json!({ "Internet": true, "Partner": true }))),
        ("SC-17", "Set-SendConnector", set(json!({ "Usage": "Internet" }))),
        ("SC-18", new, by_mx(json!({ "Port": 70_000 }))),
        ("SC-18", new, by_mx(json!({ "ConnectionInactivityTimeOut": "00:00:00" }))),
        ("SC-18", new, by_mx(json!({ "MaxMessageSize": "3GB" }))),
        ("SC-19", new, by_mx(json!({ "SourceTransportServers": ["NOBODY"] }))),
        ("SC-20", new, by_mx(json!({ "SourceIPAddress": "192.0.2.1" }))),
        ("SC-21", "Set-SendConnector", json!({ "Identity": "Nobody", "Enabled": false })),
        ("SC-21", "Get-SendConnector", json!({ "Identity": "Nobody" })),
        ("SC-23", new, by_mx(json!({ "ProtocolLoggingLevel": "Loud" }))),
        ("SC-25", new, by_mx(json!({ "AddressSpaces": ["X400:c=us;a=x;p=y;1"] }))),
    ];
    for (id, cmdlet, parameters) in cases {
        let problem = relais.try_run(cmdlet, parameters.clone()).expect_err(id);
        assert_eq!(problem.field("id"), id, "{parameters}: {problem}");
        let expected = match id {
            "SC-01" => 409,
            "SC-21" => 404,
            _ => 400,
        };
        assert_eq!(problem.status, expected, "{parameters}: {problem}");
        let detail = problem.field("detail");
        assert!(
            detail.len() > 20 && !problem.field("parameter").is_empty(),
            "{parameters}: {problem}"
        );
        if matches!(id, "SC-05" | "SC-18" | "SC-23") {
            assert!(
                !problem.field("allowed").is_empty() && !problem.field("value").is_empty(),
                "{problem}"
            );
        }
    }
    assert_eq!(snapshot(&relais), before, "nothing has changed");
}

fn merge(into: &mut Value, more: Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        into[key.as_str()] = value.clone();
    }
}

#[test]
fn requests_that_are_no_cmdlets_are_refused() {
    let relais = Relais::sandbox();
    let administrator = Some((ADMINISTRATOR, ADMIN_PASSWORD));
    let post = |path: &str, body: Value| relais.http("POST", path, administrator, Some(&body)).0;
    assert_eq!(post("/api/v1/cmdlets/Get-Nothing", json!({})), 404);
    assert_eq!(post("/api/v1/cmdlets/Get-SendConnector", json!([1, 2])), 400);
    assert_eq!(post("/api/v1/cmdlets/Get-SendConnector", json!({ "NoSuchParameter": 1 })), 400);
    let odd =
        post("/api/v1/cmdlets/Get-SendConnector", json!({ "Identity": { "a": { "b": [] } } }));
    assert!(odd == 400 || odd == 404, "{odd}");
    let deep = (0..500).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(post("/api/v1/cmdlets/Get-SendConnector", json!({ "Identity": deep })), 400);
    let huge = json!({ "Identity": "x".repeat(20 << 20) });
    let status = post("/api/v1/cmdlets/Get-SendConnector", huge);
    assert!(status == 413 || status == 400, "{status}");
    relais.run("Get-SendConnector", json!({}));
}

#[test]
fn what_if_changes_nothing() {
    let relais = Relais::sandbox();
    let before = snapshot(&relais);
    let cases = [
        ("New-SendConnector", json!({ "Name": "New", "AddressSpaces": ["*"], "WhatIf": true })),
        (
            "New-AcceptedDomain",
            json!({ "Name": "new", "DomainName": "new.example", "WhatIf": true }),
        ),
        ("Set-Mailbox", json!({ "Identity": "jean", "Name": "Johann", "WhatIf": true })),
        ("Remove-Mailbox", json!({ "Identity": "jean", "WhatIf": true })),
    ];
    for (cmdlet, parameters) in cases {
        relais.run(cmdlet, parameters);
    }
    assert_eq!(snapshot(&relais), before);
    // Refused all the same when it could not be done.
    assert!(
        relais
            .try_run(
                "New-SendConnector",
                json!({ "Name": "New", "AddressSpaces": ["*.*"], "WhatIf": true })
            )
            .is_err()
    );
}

/// DESIGN section 5: changes count within a second, in every part of the server.
#[test]
fn changes_count_within_a_second() {
    let relais = Relais::prompt_sandbox();
    let rcpt = |to: &str| Smtp::hello(relais.front()).envelope(STRANGER, to).1.code;
    let within_a_second = |what: &str, check: &dyn Fn() -> bool| {
        let started = Instant::now();
        until(what, Duration::from_secs(1), || check().then_some(()));
        assert!(started.elapsed() < Duration::from_secs(1), "{what} took {:?}", started.elapsed());
    };
    assert_eq!(rcpt("new@new.example"), 550);
    relais.run("New-AcceptedDomain", json!({ "Name": "new", "DomainName": "new.example" }));
    relais.run("New-Mailbox", json!({ "Name": "new", "PrimarySmtpAddress": "new@new.example" }));
    within_a_second("a new mailbox in a new domain", &|| rcpt("new@new.example") == 250);
    relais.run("Remove-Mailbox", json!({ "Identity": "new", "Confirm": false }));
    within_a_second("the mailbox is gone", &|| rcpt("new@new.example") == 550);
    let front = json!({ "Identity": "MBX01\\Default Frontend MBX01", "Enabled": false });
    relais.run("Set-ReceiveConnector", front);
    within_a_second("a disabled door is closed", &|| !Smtp::listens(relais.front()));
    relais.run(
        "Set-ReceiveConnector",
        json!({ "Identity": "MBX01\\Default Frontend MBX01", "Enabled": true }),
    );
    within_a_second("an enabled door is open", &|| Smtp::listens(relais.front()));
    relais
        .run("Set-Mailbox", json!({ "Identity": "jean", "Password": "another Secret of Jean 7" }));
    let path = "/api/v1/whoami";
    let status =
        |password: &str| relais.http("GET", path, Some(("jean@contoso.com", password)), None).0;
    within_a_second("a new password", &|| status("another Secret of Jean 7") == 200);
    assert_eq!(status(end_to_end::SANDBOX_PASSWORD), 401, "the old password");
}

/// Passwords and other secrets come in and never out.
#[test]
fn secrets_stay_inside() {
    let relais = Relais::sandbox();
    relais.mailbox("Helga", PASSWORD);
    let secret = "a Secret of the Relay 8";
    relais.run(
        "New-SendConnector",
        json!({
            "Name": "Smart", "AddressSpaces": ["*"], "DNSRoutingEnabled": false, "SmartHosts": ["relay.example"],
            "SmartHostAuthMechanism": "BasicAuthRequireTLS",
            "AuthenticationCredential": { "UserName": "relais", "Password": secret },
        }),
    );
    let shown = format!("{:?}{}{}", snapshot(&relais), relais.log(), relais.welcome());
    for hidden in
        [PASSWORD, secret, ADMIN_PASSWORD, end_to_end::SANDBOX_PASSWORD, "argon2", "stored_key"]
    {
        assert!(!shown.contains(hidden), "{hidden} is shown");
    }
    // On disk they are sealed or hashed, and the directory is its owner's alone.
    for name in ["directory.db", "directory.db-wal"] {
        let bytes = std::fs::read(relais.data().join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for hidden in [PASSWORD, secret, ADMIN_PASSWORD] {
            assert!(!text.contains(hidden), "{hidden} is in {name}");
        }
    }
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &str| {
        std::fs::metadata(relais.data().join(path)).expect(path).permissions().mode() & 0o077
    };
    assert_eq!((mode(""), mode("keys"), mode("keys/data.key")), (0, 0, 0));
}

/// The command line tells its errors and ends with 1.
#[test]
fn the_shell_ends_with_an_error_after_an_error() {
    let relais = Relais::sandbox();
    for (commands, part) in [
        ("Get-Nothing", "Get-Nothing"),
        ("New-SendConnector -Name x -AddressSpaces '*contoso.com'", "*contoso.com"),
        ("New-SendConnector -Name x -AddressSpaces a.example -Prot 26", "Prot"),
        ("Get-SendConnector | | Format-List", "|"),
        ("Get-SendConnector Nobody", "Nobody"),
    ] {
        let (good, text) = relais.shell(commands);
        assert!(!good && text.contains(part), "{commands}: {text}");
    }
    let text = relais.shell_ok("$name = 'Of the script'; New-SendConnector -Name $name -AddressSpaces @('a.example','b.example;5') -MaxMessageSize 5MB | Out-Null; (Get-SendConnector $name).Name");
    assert!(text.contains("Of the script"), "{text}");
    let connector = relais.run("Get-SendConnector", json!({ "Identity": "Of the script" }));
    assert_eq!(connector[0]["AddressSpaces"], json!(["SMTP:a.example;1", "SMTP:b.example;5"]));
    assert_eq!(connector[0]["MaxMessageSize"], "5 MB (5,242,880 bytes)");
    let text = relais.shell_ok("Get-SendConnector | Select-Object Name,Port | ConvertTo-Json");
    let parsed: Value = serde_json::from_str(text.trim()).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert!(parsed.to_string().contains("\"Port\":25"), "{text}");
}

/// The fingerprint of the authority pins the server; a wrong one is refused.
#[test]
fn the_shell_trusts_the_pinned_authority_only() {
    let relais = Relais::sandbox();
    let line =
        relais.welcome().lines().find(|line| line.contains("Fingerprint")).expect("a fingerprint");
    let fingerprint = line.split_whitespace().nth(1).expect("a fingerprint").to_owned();
    let shell = |fingerprint: &str| {
        std::process::Command::new(end_to_end::program())
            .args([
                "shell",
                "--server",
                &relais.url(),
                "--fingerprint",
                fingerprint,
                "-c",
                "Get-SendConnector",
            ])
            .env("RELAIS_USER", ADMINISTRATOR)
            .env("RELAIS_PASSWORD", ADMIN_PASSWORD)
            .current_dir(std::env::temp_dir())
            .stdin(std::process::Stdio::null())
            .output()
            .expect("relais shell")
    };
    assert!(shell(&fingerprint).status.success(), "{:?}", shell(&fingerprint));
    let other: String =
        fingerprint.chars().map(|c| if c == 'A' || c == 'a' { 'b' } else { c }).collect();
    let other = if other == fingerprint { fingerprint.replace('1', "2") } else { other };
    assert!(!shell(&other).status.success(), "a wrong fingerprint is trusted");
    until("it is still there", SOON, || shell(&fingerprint).status.success().then_some(()));
}
