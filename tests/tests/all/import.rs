//! `relais import`: what Exchange exported and what Postfix was configured with, carried over into a server. The shell reads every
//! line as it was meant; what is refused does not hold up the rest, and the exit status tells.

use std::{
    fs,
    path::{Path, PathBuf},
};

use end_to_end::{ADMIN_PASSWORD, ADMINISTRATOR, Relais};
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/migration/tests/fixtures");

fn fixture(name: &str) -> PathBuf {
    Path::new(FIXTURES).join(name)
}

/// `relais import` as the administrator: whether all went well, and what was said.
fn import(relais: &Relais, system: &str, from: &Path, more: &[&str]) -> (bool, String) {
    let (url, data) = (relais.url(), relais.data());
    let text = |path: &Path| path.to_str().expect("text").to_owned();
    let (from, data) = (text(from), text(&data));
    let mut arguments = vec!["import", system, &from, "--server", &url, "--data", &data];
    arguments.extend(more);
    let environment =
        [("RELAIS_USER", ADMINISTRATOR), ("RELAIS_PASSWORD", ADMIN_PASSWORD), ("LC_ALL", "C")];
    relais.command(&arguments, &environment)
}

/// The hub's files without the networks that may relay: their connector would listen on port 25 of this machine.
fn hub(to: &Path) {
    for entry in fs::read_dir(fixture("postfix-hub")).expect("the fixture") {
        let path = entry.expect("an entry").path();
        let text =
            fs::read_to_string(&path).expect("text").replace("mynetworks = ", "no_networks = ");
        fs::write(to.join(path.file_name().expect("a name")), text).expect("written");
    }
}

fn connector(relais: &Relais, name: &str) -> Option<Value> {
    let all = relais.run("Get-SendConnector", json!({}));
    all.into_iter().find(|connector| connector["Name"] == name)
}

#[test]
fn send_connectors_of_exchange_are_shown_then_made_then_refused() {
    let relais = Relais::prompt_sandbox();
    let list = fixture("connectors.txt");

    let (good, said) = import(&relais, "exchange", &list, &["-WhatIf"]);
    assert!(good && said.contains("New-SendConnector -Name 'Via operator'"), "{said}");
    assert!(connector(&relais, "Via operator").is_none());

    // Something needs a decision: nothing is run.
    let (good, said) = import(&relais, "exchange", &list, &[]);
    assert!(!good && said.contains("Nothing was run"), "{said}");
    assert!(connector(&relais, "Via operator").is_none());

    // The other connector of the list is cut off, so not all is done.
    let (good, said) = import(&relais, "exchange", &list, &["-Force", "--source-servers", "MBX01"]);
    assert!(!good && said.contains("NOT RUN"), "{said}");
    let made = connector(&relais, "Via operator").expect("it was made");
    let spaces = json!(["SMTP:*;1", "SMTP:fabrikam.com;2", "SMTP:*.adatum.com;3"]);
    assert_eq!(made["AddressSpaces"], spaces);
    assert_eq!(made["SmartHosts"], json!(["relay.example.net", "192.0.2.8"]));
    assert_eq!(made["Port"], 2525);
    assert_eq!(made["IsScopedConnector"], true);
    assert_eq!(made["Comment"], "Mail of everybody, by way of the operator");
    assert!(connector(&relais, "Many domains").is_none());

    let (good, said) = import(&relais, "exchange", &list, &["--force"]);
    assert!(!good && said.contains("already exists"), "{said}");
}

#[test]
fn a_connector_that_is_there_does_not_hold_up_the_rest() {
    let relais = Relais::prompt_sandbox();
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("connectors.csv");
    let text = "Name,AddressSpaces,DNSRoutingEnabled,SourceTransportServers,Comment\n\
                First,SMTP:a.example;1,True,EX01,\n\
                \"L’autre ; Remove-SendConnector First\",SMTP:b.example;1,True,EX01,$(Get-Queue) `n 'x'\n";
    fs::write(&file, text).expect("written");
    relais.send_connector("First", "first.example", 25);
    // Not all properties are in the export, which is a question too.
    let servers = ["--source-servers", "MBX01", "--force"];
    let (good, said) = import(&relais, "exchange", &file, &servers);
    assert!(!good && said.contains("already exists"), "{said}");
    let other = connector(&relais, "L’autre ; Remove-SendConnector First").expect("it was made");
    assert_eq!(other["Comment"], "$(Get-Queue) `n 'x'");
    assert_eq!(
        connector(&relais, "First").expect("still there")["AddressSpaces"],
        json!(["SMTP:first.example;1"])
    );
}

#[test]
fn every_line_of_a_script_is_read_by_the_shell() {
    let relais = Relais::prompt_sandbox();
    let home = tempfile::tempdir().expect("a directory");
    for (system, from) in [("exchange", "connectors.xml"), ("postfix", "postfix-hub")] {
        let script = home.path().join(format!("{system}.ps1"));
        let to = script.to_str().expect("text");
        let (good, said) = import(&relais, system, &fixture(from), &["--script", to]);
        assert!(good && said.contains("nothing was run"), "{said}");
        // What already is, is not overwritten.
        assert!(!import(&relais, system, &fixture(from), &["--script", to]).0);
        let text = fs::read_to_string(&script).expect("a script");
        assert!(!text.contains("verysecret"), "{text}");
        // Nobody can be asked for a password here, and the binding address is the sandbox's: the language is tested.
        let trial = format!("$WhatIfPreference = $true\n{text}\n'read to the end'\n");
        let trial_file = home.path().join(format!("{system}-trial.ps1"));
        fs::write(&trial_file, trial).expect("written");
        let (_, said) = relais.shell_script(&trial_file);
        assert!(said.contains("read to the end"), "{said}");
        assert!(said.contains("What if:"), "{said}");
        for wrong in
            ["parameter cannot be found", "is not recognized", "unexpected", "closing quote"]
        {
            assert!(!said.contains(wrong), "{said}");
        }
    }
}

#[test]
fn a_hub_of_postfix_becomes_connectors_domains_and_limits() {
    let relais = Relais::prompt_sandbox();
    let home = tempfile::tempdir().expect("a directory");
    hub(home.path());
    let (_, said) = import(&relais, "postfix", home.path(), &["--force"]);
    let inner = connector(&relais, "Via ex01.contoso.com").unwrap_or_else(|| panic!("{said}"));
    assert_eq!(inner["AddressSpaces"], json!(["SMTP:contoso.com;1", "SMTP:*.contoso.com;1"]));
    let partner = connector(&relais, "Via mx.partner.example port 2525").expect("the partner's");
    assert_eq!((&partner["Port"], &partner["RequireTLS"]), (&json!(2525), &json!(true)));
    // Its password was asked for, and there was nobody to answer.
    assert!(connector(&relais, "Via smtp.example.net port 587").is_none(), "{said}");
    let domains = relais.run("Get-AcceptedDomain", json!({}));
    assert!(domains.iter().any(|domain| domain["DomainName"] == "*.contoso.net"), "{said}");
    let config = relais.run("Get-TransportConfig", json!({}));
    assert_eq!(config[0]["MaxSendSize"], "50 MB (52,428,800 bytes)");
    assert!(!said.contains("verysecret"), "{said}");
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let relais = Relais::prompt_sandbox();
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("damaged.xml");
    fs::write(&file, "<Objs>\n<Obj>\n").expect("written");
    let (good, said) = import(&relais, "exchange", &file, &["-WhatIf"]);
    assert!(!good && said.contains("damaged.xml, line 3"), "{said}");
    let (good, said) = import(&relais, "postfix", home.path(), &["-WhatIf"]);
    assert!(!good && said.contains("no main.cf"), "{said}");
}
