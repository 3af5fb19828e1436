//! What the shell itself has a part in when a Send connector is made, changed and removed
//! (send-connectors.md sections 5.5 to 7 and 10): errors with their place, confirmation at a
//! terminal, `-WhatIf`, `-Verbose`, the pipeline, lists and tables. The rules themselves are tested
//! where they are kept.

use end_to_end::Relais;
use serde_json::{Value, json};

fn names(relais: &Relais) -> Vec<String> {
    let connectors: Vec<Value> = relais.run("Get-SendConnector", json!({}));
    connectors.iter().filter_map(|c| c["Name"].as_str().map(str::to_owned)).collect()
}

#[test]
fn refusals_are_errors_with_words_place_and_status() {
    let relais = Relais::prompt_sandbox();
    relais.shell_ok("New-SendConnector \"All mail out\" -AddressSpaces * -Internet");
    for (command, words, place) in [
        (
            "New-SendConnector -Name Other -AddressSpaces '*contoso.com'",
            "Parameter 'AddressSpaces': \"*contoso.com\" has a wildcard in the wrong place",
            "'*contoso.com'",
        ),
        (
            "New-SendConnector -Name Other -AddressSpaces 'SMTP:a.test;101'",
            "Parameter 'AddressSpaces': \"101\" is not a cost. Allowed: an integer from 1 to 100.",
            "'SMTP:a.test;101'",
        ),
        (
            "New-SendConnector -Name Other -AddressSpaces a.test -Internet -Partner",
            "-Internet and -Partner cannot be used together: a connector has one usage.",
            "New-SendConnector",
        ),
        (
            "Set-SendConnector 'All mail out' -RequireTLS $true -IgnoreSTARTTLS $true",
            "RequireTLS: RequireTLS $true and IgnoreSTARTTLS $true contradict each other.",
            "$true",
        ),
        (
            "Set-SendConnector 'All mail out' -Usage Internet",
            "A parameter cannot be found that matches parameter name 'Usage'.",
            "-Usage",
        ),
        (
            "Set-SendConnector Nothing -Enabled $false",
            "The operation couldn't be performed because the Send connector 'Nothing' couldn't be \
             found.",
            "Nothing",
        ),
    ] {
        let (good, text) = relais.shell(command);
        // Words may be wrapped nowhere: there is no terminal.
        assert!(!good && text.contains(words), "{command}\n{text}");
        assert!(text.contains(place) && text.contains('~'), "{command}\n{text}");
    }
    // Not terminating: what follows is run; with Stop it is not.
    let (good, text) = relais.shell("Get-SendConnector Nothing; 'after'");
    assert!(!good && text.contains("after"), "{text}");
    let (good, text) = relais.shell("Get-SendConnector Nothing -ErrorAction Stop; 'after'");
    assert!(!good && !text.contains("\nafter"), "{text}");
    assert_eq!(names(&relais), ["All mail out"]);
}

#[test]
fn a_question_is_asked_at_a_terminal_and_no_means_no() {
    let relais = Relais::prompt_sandbox();
    relais.shell_ok(
        "New-SendConnector One -AddressSpaces a.test; New-SendConnector Two -AddressSpaces b.test",
    );
    let (_, text) = relais.shell_at_terminal("Remove-SendConnector One", "n\n");
    for words in [
        "Confirm",
        "Are you sure you want to perform this action?",
        "Removing Send connector \"One\".",
        "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"):",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert_eq!(names(&relais), ["One", "Two"]);
    // New- and Set- ask only when they are told to.
    let (_, text) =
        relais.shell_at_terminal("Set-SendConnector One -Comment changed -Confirm", "n\n");
    assert!(text.contains("Changing Send connector \"One\"."), "{text}");
    let one = || relais.run("Get-SendConnector", json!({ "Identity": "One" })).remove(0);
    assert_eq!(one()["Comment"], Value::Null);
    relais.shell_at_terminal("Set-SendConnector One -Comment changed", "");
    assert_eq!(one()["Comment"], "changed");
    let (good, text) = relais.shell("Set-SendConnector One -Comment again -Confirm");
    assert!(!good && text.contains("-Confirm:$false"), "{text}");
    assert_eq!(one()["Comment"], "changed");
    // Yes to all, by the pipeline.
    relais.shell_at_terminal("Get-SendConnector | Remove-SendConnector", "a\n");
    assert!(names(&relais).is_empty());
}

#[test]
fn what_if_verbose_and_force() {
    let relais = Relais::prompt_sandbox();
    let text = relais.shell_ok("New-SendConnector One -AddressSpaces a.test -WhatIf");
    assert_eq!(text.trim(), "What if: Creating Send connector \"One\".");
    assert!(names(&relais).is_empty());
    let text = relais.shell_ok("New-SendConnector One -AddressSpaces a.test -Verbose | Out-Null");
    assert_eq!(text.trim(), "VERBOSE: Creating Send connector \"One\".");
    let text = relais.shell_ok("Set-SendConnector One -Comment x -Verbose");
    assert_eq!(text.trim(), "VERBOSE: Changing Send connector \"One\".");
    let text = relais.shell_ok("Remove-SendConnector One -WhatIf");
    assert_eq!(text.trim(), "What if: Removing Send connector \"One\".");
    let domain_secure = "Set-SendConnector One -TlsCertificateName '<I>CN=A<S>CN=B'";
    let warned = relais.shell_ok(domain_secure);
    let forced = relais.shell_ok(
        "Set-SendConnector One -TlsCertificateName '<I>CN=A<S>CN=C' -Force -DomainController dc01.contoso.com",
    );
    assert!(forced.trim().is_empty(), "{forced}\n{warned}");
    assert_eq!(names(&relais), ["One"]);
}

#[test]
fn pipelines_lists_and_tables() {
    let relais = Relais::prompt_sandbox();
    relais.shell_ok(
        "New-SendConnector One -AddressSpaces a.test,\"b.test;7\"; \
         New-SendConnector Two -AddressSpaces * -Custom -DNSRoutingEnabled $false \
         -SmartHosts 10.20.0.5 -SmartHostAuthMechanism None; \
         Get-SendConnector | Set-SendConnector -Enabled $false -MaxMessageSize 12MB",
    );
    let table = relais.shell_ok("Get-SendConnector");
    let lines: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(lines.contains(&vec!["Identity", "AddressSpaces", "Enabled"]), "{table}");
    assert!(lines.contains(&vec!["One", "{SMTP:a.test;1,", "SMTP:b.test;7}", "False"]), "{table}");
    let list = relais.shell_ok("Get-SendConnector Two | Format-List");
    let shown: Vec<&str> = list.lines().filter_map(|line| line.split(" :").next()).collect();
    let place =
        |name: &str| shown.iter().position(|line| line.trim() == name).unwrap_or(usize::MAX);
    let order = [
        "AddressSpaces",
        "ConnectedDomains",
        "HomeMTA",
        "HomeMtaServerId",
        "Identity",
        "IsSmtpConnector",
        "MaxMessageSize",
        "Name",
        "SmartHosts",
        "SmartHostsString",
        "SourceRoutingGroup",
        "TlsDomain",
        "UseExternalDNSServersEnabled",
    ];
    let places: Vec<usize> = order.iter().map(|name| place(name)).collect();
    assert!(places.is_sorted() && places.iter().all(|p| *p < usize::MAX), "{places:?}\n{list}");
    for value in
        ["{SMTP:*;1}", "Microsoft MTA", "12 MB (12,582,912 bytes)", "{10.20.0.5}", "False", "MBX01"]
    {
        assert!(list.contains(value), "{value}\n{list}");
    }
    // A property that does not exist prints nothing.
    let text = relais.shell_ok("Get-SendConnector Two | Format-List Name,Usage,DSNRoutingEnabled");
    assert!(text.contains("Name") && !text.contains("Usage"), "{text}");
}
