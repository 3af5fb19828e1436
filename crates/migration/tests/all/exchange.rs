//! Exports of Send connectors, as PowerShell writes them, to cmdlets.

use crate::{
    french,
    lines::{Token, checked},
};
use migration::{ImportError, Options};
use migration::{
    Outcome, Plan,
    exchange::{File, import},
};
use proptest::prelude::*;
use texts::Language;

const XML: &str = include_str!("../fixtures/connectors.xml");
const CSV: &str = include_str!("../fixtures/connectors.csv");
const TEXT: &str = include_str!("../fixtures/connectors.txt");

fn try_plan(bytes: &[u8], options: &Options) -> Result<Plan, ImportError> {
    let plan = import(&[File { name: "export", bytes }], options)?;
    french::assert_said(&plan);
    Ok(plan)
}

fn plan(text: &str) -> Plan {
    try_plan(text.as_bytes(), &Options::default()).unwrap()
}

fn refused(text: &str) -> ImportError {
    try_plan(text.as_bytes(), &Options::default()).unwrap_err()
}

fn outcome(plan: &Plan, section: usize, setting: &str) -> Outcome {
    let findings = &plan.sections[section].findings;
    let found = findings.iter().find(|finding| finding.setting == setting);
    found.unwrap_or_else(|| panic!("{setting}: {findings:#?}")).outcome
}

#[test]
fn clixml_becomes_one_line_for_each_connector() {
    let plan = plan(XML);
    let commands = plan.commands();
    let lines: Vec<_> = commands.lines().map(checked).collect();
    assert_eq!(lines.len(), 2, "{commands}");
    let [internet, operator] = lines.as_slice() else { panic!() };
    assert_eq!(internet.texts("Name"), ["To Internet"]);
    assert_eq!(internet.texts("AddressSpaces"), ["SMTP:*;1", "SMTP:*.fabrikam.com;10"]);
    assert_eq!(internet.texts("ConnectionInactivityTimeOut"), ["00:15:00"]);
    assert_eq!(internet.texts("MaxMessageSize"), ["35MB"]);
    assert_eq!(internet.texts("TlsCertificateName"), ["<I>CN=Contoso CA<S>CN=mail.contoso.com"]);
    assert_eq!(internet.texts("Comment"), ["Everything that is not ours\r\nL’équipe « réseau »"]);
    assert!(internet.texts("SourceTransportServers").is_empty());
    assert!(internet.texts("DNSRoutingEnabled").is_empty());
    assert_eq!(operator.texts("Name"), ["Via L'opérateur"]);
    assert_eq!(operator.texts("SmartHosts"), ["relay.example.net", "192.0.2.25"]);
    assert_eq!(operator.texts("TlsDomain"), ["*.example.net"]);
    assert_eq!(operator.texts("MaxMessageSize"), ["unlimited"]);
    let (_, credential) =
        operator.given.iter().find(|(name, _)| name == "AuthenticationCredential").unwrap();
    let [Token::Group(inner)] = credential.as_slice() else { panic!("{credential:?}") };
    assert!(inner.contains(&Token::Quoted("contoso\\relay".into())), "{inner:?}");
    assert!(
        !plan.report(true, Language::English).contains("01000000d08c"),
        "the password is shown"
    );

    assert_eq!(outcome(&plan, 0, "TlsCertificateName"), Outcome::Decision);
    assert_eq!(outcome(&plan, 0, "SourceTransportServers"), Outcome::Decision);
    assert_eq!(outcome(&plan, 0, "SomethingNew"), Outcome::NoEquivalent);
    assert_eq!(outcome(&plan, 0, "Guid"), Outcome::Nothing);
    assert_eq!(outcome(&plan, 0, "ErrorPolicies"), Outcome::Nothing);
    assert_eq!(outcome(&plan, 0, "FrontendProxyEnabled"), Outcome::Carried);
    assert_eq!(outcome(&plan, 1, "AuthenticationCredential"), Outcome::Changed);
}

#[test]
fn given_servers_answer_the_question() {
    let options = Options { source_servers: vec!["MBX01".into(), "MBX02".into()] };
    let plan = try_plan(XML.as_bytes(), &options).unwrap();
    let line = checked(plan.commands().lines().next().unwrap());
    assert_eq!(line.texts("SourceTransportServers"), ["MBX01", "MBX02"]);
    assert_eq!(outcome(&plan, 0, "SourceTransportServers"), Outcome::Changed);
}

#[test]
fn csv_with_semicolons_a_type_and_sixteen_bits() {
    let sixteen: Vec<u8> =
        format!("\u{feff}{CSV}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let commas = CSV.replace("\";\"", "\",\"").split_once('\n').unwrap().1.to_owned();
    for bytes in [CSV.as_bytes(), &sixteen, commas.as_bytes()] {
        let plan = try_plan(bytes, &Options::default()).unwrap();
        let commands = plan.commands();
        let lines: Vec<_> = commands.lines().map(checked).collect();
        let [internet] = lines.as_slice() else { panic!("{commands}") };
        assert_eq!(internet.texts("AddressSpaces"), ["SMTP:*;1", "SMTP:*.fabrikam.com;10"]);
        assert_eq!(internet.texts("Comment"), ["two\nlines"]);
        assert!(internet.texts("MaxMessageSize").is_empty());
        // Only the type of the list was exported: never run, whatever is decided.
        assert_eq!(plan.blocked(), 1);
        assert_eq!(outcome(&plan, 1, "AddressSpaces"), Outcome::Decision);
        assert_eq!(outcome(&plan, 1, "SmartHostAuthMechanism"), Outcome::Decision);
    }
}

#[test]
fn format_list_with_wrapped_and_cut_values() {
    let plan = plan(TEXT);
    let commands = plan.commands();
    let lines: Vec<_> = commands.lines().map(checked).collect();
    let [operator] = lines.as_slice() else { panic!("{commands}") };
    assert_eq!(
        operator.texts("AddressSpaces"),
        ["SMTP:*;1", "SMTP:fabrikam.com;2", "SMTP:*.adatum.com;3"]
    );
    assert_eq!(operator.texts("Comment"), ["Mail of everybody, by way of the operator"]);
    assert_eq!(operator.texts("SmartHosts"), ["relay.example.net", "192.0.2.8"]);
    assert_eq!(operator.texts("Port"), ["2525"]);
    assert_eq!(operator.texts("ProtocolLoggingLevel"), ["Verbose"]);
    assert_eq!(operator.texts("MaxMessageSize"), ["10MB"]);
    assert_eq!(outcome(&plan, 0, "IsScopedConnector"), Outcome::Decision);
    let many = &plan.sections[1];
    assert!(many.blocked[0].contains("Not all of its address spaces"), "{many:#?}");
    assert!(many.findings.iter().any(|f| f.why.contains("$FormatEnumerationLimit")), "{many:#?}");
}

/// A connector as `Format-List` shows it, with these lines more.
fn with(more: &str) -> Plan {
    plan(&format!("Name : A\nAddressSpaces : {{a.test}}\n{more}\n"))
}

#[test]
fn each_property_says_what_becomes_of_it() {
    let smart = "DNSRoutingEnabled : False\nSmartHosts : {gate.test}\n";
    for (lines, setting, expected) in [
        ("SourceIPAddress : 192.0.2.1", "SourceIPAddress", Outcome::Decision),
        ("DomainSecureEnabled : True", "DomainSecureEnabled", Outcome::Carried),
        ("ConnectorType : XPremises", "ConnectorType", Outcome::NoEquivalent),
        ("ConnectorType : Default", "ConnectorType", Outcome::Nothing),
        ("Port : 0", "Port", Outcome::Changed),
        ("MaxMessageSize : 3 GB (3,221,225,472 bytes)", "MaxMessageSize", Outcome::Decision),
        ("MaxMessageSize : 35 Mo (36 700 160 octets)", "MaxMessageSize", Outcome::Carried),
        (
            "ConnectionInactivityTimeOut : 2.00:00:00",
            "ConnectionInactivityTimeOut",
            Outcome::Decision,
        ),
        ("SmtpMaxMessagesPerConnection : 0", "SmtpMaxMessagesPerConnection", Outcome::Changed),
        (
            "ErrorPolicies : DowngradeDnsFailures, UpgradeCustomFailures",
            "ErrorPolicies",
            Outcome::Carried,
        ),
        ("TlsAuthLevel : Strange", "TlsAuthLevel", Outcome::Decision),
        ("TlsDomain : a.test", "TlsDomain", Outcome::Changed),
        ("Fqdn : not_a_name", "Fqdn", Outcome::Decision),
        ("Enabled : False", "Enabled", Outcome::Carried),
        ("Enabled : perhaps", "Enabled", Outcome::Decision),
        ("IsCoexistenceConnector : True", "IsCoexistenceConnector", Outcome::NoEquivalent),
        ("RequireOorg : True", "RequireOorg", Outcome::NoEquivalent),
        ("DNSRoutingEnabled : True\nSmartHosts : {x.test}", "SmartHosts", Outcome::Changed),
        ("SmartHostAuthMechanism : BasicAuth", "SmartHostAuthMechanism", Outcome::Changed),
    ] {
        let plan = with(lines);
        assert_eq!(outcome(&plan, 0, setting), expected, "{lines}");
        plan.commands().lines().for_each(|line| drop(checked(line)));
    }
    let exchange = with(&format!("{smart}SmartHostAuthMechanism : ExchangeServer"));
    assert_eq!(outcome(&exchange, 0, "SmartHostAuthMechanism"), Outcome::Decision);
    let basic = with(&format!("{smart}SmartHostAuthMechanism : BasicAuth"));
    assert!(basic.commands().contains("(Get-Credential -Message 'Smart hosts of A')"));
}

#[test]
fn what_would_leave_by_another_way_is_never_run() {
    for (text, reason) in [
        ("Name : A\nAddressSpaces : {--}", "no address space"),
        ("Name : A\nAddressSpaces : {a.test}\nDNSRoutingEnabled : False", "smart hosts"),
        (
            "Name : A\nAddressSpaces : {a.test}\nDNSRoutingEnabled : False\nSmartHosts : {a_b}",
            "smart hosts",
        ),
        ("Name : A\nAddressSpaces : {X400:c=us;a=x;1}", "not SMTP"),
        ("AddressSpaces : {a.test}", "no name"),
        ("Name : A\nAddressSpaces : {}\nLinkedReceiveConnector : EX01\\In", "linked"),
        (
            "Name : A\nAddressSpaces : {a.test}\nRequireTLS : True\nIgnoreSTARTTLS : True",
            "contradict",
        ),
        ("Name : A\nAddressSpaces : {a.test}\nTlsAuthLevel : EncryptionOnly", "RequireTLS"),
    ] {
        let plan = plan(text);
        assert_eq!(plan.commands(), "", "{text}");
        let reasons = plan.sections[0].blocked.join(" ");
        assert!(reasons.contains(reason), "{text}: {reasons}");
    }
    let twice = plan("Name : A\nAddressSpaces : {a.test}\n\nName : a\nAddressSpaces : {b.test}\n");
    assert_eq!((twice.cmdlets().count(), twice.blocked()), (1, 1));
}

#[test]
fn an_export_of_some_properties_is_a_question() {
    let plan = plan("Name,AddressSpaces,SmartHosts\nA,a.test,gate.test\nB,b.test,\n");
    let commands = plan.commands();
    let lines: Vec<_> = commands.lines().map(checked).collect();
    let [a, b] = lines.as_slice() else { panic!("{commands}") };
    assert_eq!(
        (a.texts("SmartHosts"), a.texts("DNSRoutingEnabled")),
        (vec!["gate.test".into()], vec!["$false".into()])
    );
    assert!(b.texts("DNSRoutingEnabled").is_empty());
    assert_eq!(outcome(&plan, 1, "(not in the export)"), Outcome::Decision);
    let whole = self::plan(XML);
    assert!(
        !whole.sections[0]
            .findings
            .iter()
            .any(|f| f.setting == "(not in the export)" && f.value.contains("DNS"))
    );
}

#[test]
fn names_cannot_break_out_of_their_line() {
    let name = "a'; Remove-SendConnector 'x' -Confirm:$false; ’b” $(x) `n";
    let plan = plan(&format!("Name : {name}\nAddressSpaces : {{a.test}}\n"));
    let commands = plan.commands();
    assert_eq!(checked(commands.trim_end()).texts("Name"), [name]);
}

#[test]
fn damaged_files_name_the_line() {
    for (text, line) in [
        ("", 1),
        ("hello", 1),
        ("<Objs>\n<Obj>\n<S>x</T>\n</Obj></Objs>", 3),
        ("<Objs>\n<Obj><Props>\n", 3),
        ("<html>\n</html>", 1),
        ("<!DOCTYPE a [<!ENTITY x \"y\">]>\n<Objs/>", 1),
        ("<Objs>\n<Obj><Props><S N=\"Name\">&x;</S></Props></Obj></Objs>", 2),
        ("<Objs><Obj>\n<Props><S N=\"Nobody\">x</S></Props></Obj></Objs>", 1),
        ("Name,AddressSpaces\na,b\na\n", 3),
        ("Name : a\nAddressSpaces : {a.test}\nnonsense\n", 3),
        ("Name,AddressSpaces\n", 1),
    ] {
        let error = refused(text);
        assert_eq!(error.line, line, "{text}: {error}");
        assert_eq!(error.file, "export");
    }
}

#[test]
fn bounds_hold() {
    let deep = format!("<Objs>{}{}</Objs>", "<Obj>".repeat(5000), "</Obj>".repeat(5000));
    assert!(refused(&deep).problem.contains("deep"));
    let many: String =
        (0..1001).map(|i| format!("Name : c{i}\nAddressSpaces : {{c{i}.test}}\n\n")).collect();
    assert!(refused(&many).problem.contains("more than 1000"));
    let some: String =
        (0..1000).map(|i| format!("Name : c{i}\nAddressSpaces : {{c{i}.test}}\n\n")).collect();
    assert_eq!(plan(&some).cmdlets().count(), 1000);
    let large = vec![b' '; (16 << 20) + 1];
    assert!(try_plan(&large, &Options::default()).unwrap_err().problem.contains("16 MiB"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = import(&[File { name: "export", bytes: &bytes }], &Options::default());
    }

    #[test]
    fn no_damage_makes_it_panic(
        which in 0..3_usize, at in any::<prop::sample::Index>(), length in 0..40_usize, put in "\\PC{0,20}",
    ) {
        let text = [XML, CSV, TEXT][which];
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let end = (at + length).min(chars.len());
        chars.splice(at..end, put.chars());
        let damaged: String = chars.into_iter().collect();
        if let Ok(plan) = import(&[File { name: "export", bytes: damaged.as_bytes() }], &Options::default()) {
            plan.commands().lines().for_each(|line| drop(checked(line)));
            let _ = plan.report(true, Language::English);
        }
    }

    #[test]
    fn whatever_a_name_is_the_line_says_it(name in "[\\PC\u{2018}\u{2019}'\"$`;]{1,60}") {
        let name = name.trim();
        prop_assume!(!name.is_empty() && !name.ends_with(['…', '.']));
        let quoted = name.replace('"', "\"\"");
        let plan = plan(&format!("Name,AddressSpaces\n\"{quoted}\",a.test\n"));
        let commands = plan.commands();
        prop_assert_eq!(checked(commands.trim_end()).texts("Name"), vec![name.to_owned()]);
    }
}
