//! Postfix's configurations to cmdlets.

use std::collections::HashMap;

use crate::{
    french,
    lines::{Line, checked},
};
use migration::{
    ImportError, Options, Outcome, Plan,
    postfix::{Tree, import},
};
use proptest::prelude::*;
use texts::Language;

/// Files by name, as in `/etc/postfix`.
#[derive(Default)]
struct Files(HashMap<String, Vec<u8>>);

impl Files {
    fn with(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.as_bytes().to_vec());
        self
    }
}

impl Tree for Files {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let name = path.strip_prefix("/etc/postfix/").unwrap_or(path);
        Ok(self.0.get(name).cloned())
    }
}

fn hub() -> Files {
    Files::default()
        .with("main.cf", include_str!("../fixtures/postfix-hub/main.cf"))
        .with("master.cf", include_str!("../fixtures/postfix-hub/master.cf"))
        .with("transport", include_str!("../fixtures/postfix-hub/transport"))
        .with("relay_domains", include_str!("../fixtures/postfix-hub/relay_domains"))
        .with("mynetworks", include_str!("../fixtures/postfix-hub/mynetworks"))
        .with("sasl_passwd", include_str!("../fixtures/postfix-hub/sasl_passwd"))
        .with("by_sender", include_str!("../fixtures/postfix-hub/by_sender"))
        .with("tls_policy", include_str!("../fixtures/postfix-hub/tls_policy"))
}

fn try_plan(files: &Files) -> Result<Plan, ImportError> {
    let plan = import(files, &Options::default())?;
    french::assert_said(&plan);
    Ok(plan)
}

fn plan(main: &str) -> Plan {
    try_plan(&Files::default().with("main.cf", main)).unwrap()
}

fn lines_of(plan: &Plan) -> Vec<Line> {
    plan.commands().lines().map(checked).collect()
}

fn found(plan: &Plan, setting: &str) -> (Outcome, String) {
    let finding = plan.findings().find(|finding| finding.setting == setting);
    let finding =
        finding.unwrap_or_else(|| panic!("{setting}: {}", plan.report(true, Language::English)));
    (finding.outcome, finding.why.clone())
}

fn connector<'a>(lines: &'a [Line], space: &str) -> &'a Line {
    let connectors = lines.iter().filter(|line| line.name == "New-SendConnector");
    let mut carrying =
        connectors.filter(|line| line.texts("AddressSpaces").contains(&space.into()));
    carrying.next().unwrap_or_else(|| panic!("{space}: {lines:#?}"))
}

#[test]
fn a_hub_becomes_connectors_domains_and_limits() {
    let plan = try_plan(&hub()).unwrap();
    let lines = lines_of(&plan);

    let provider = connector(&lines, "SMTP:*;1");
    assert_eq!(provider.texts("SmartHosts"), ["smtp.example.net"]);
    assert_eq!(provider.texts("Port"), ["587"]);
    assert_eq!(provider.texts("SmartHostAuthMechanism"), ["BasicAuthRequireTLS"]);
    assert_eq!(provider.texts("TlsAuthLevel"), ["DomainValidation"]);
    assert_eq!(provider.texts("TlsDomain"), ["smtp.example.net"]);
    assert_eq!(provider.texts("Fqdn"), ["hub.contoso.com"]);
    assert_eq!(provider.texts("MaxMessageSize"), ["50MB"]);

    let inner = connector(&lines, "SMTP:contoso.com;1");
    assert_eq!(inner.texts("AddressSpaces"), ["SMTP:contoso.com;1", "SMTP:*.contoso.com;1"]);
    assert_eq!(inner.texts("SmartHosts"), ["ex01.contoso.com"]);
    assert!(inner.texts("Port").is_empty() && inner.texts("RequireTLS").is_empty());

    let partner = connector(&lines, "SMTP:partner.example;1");
    assert_eq!(
        (partner.texts("Port"), partner.texts("RequireTLS")),
        (vec!["2525".into()], vec!["$true".into()])
    );
    let by_dns = connector(&lines, "SMTP:*.fabrikam.com;1");
    assert_eq!(by_dns.texts("AddressSpaces"), ["SMTP:*.fabrikam.com;1", "SMTP:slow.example;1"]);
    assert!(by_dns.texts("SmartHosts").is_empty());
    assert_eq!(
        connector(&lines, "SMTP:two.example;1").texts("SmartHosts"),
        ["192.0.2.1", "192.0.2.2"]
    );

    let domains: Vec<_> = lines
        .iter()
        .filter(|line| line.name == "New-AcceptedDomain")
        .map(|line| (line.texts("DomainName").join(""), line.texts("DomainType").join("")))
        .collect();
    let of = |domain: &str, kind: &str| (domain.to_owned(), kind.to_owned());
    assert_eq!(
        domains,
        [
            of("hub.contoso.com", "Authoritative"),
            of("lists.contoso.com", "Authoritative"),
            of("*.contoso.com", "InternalRelay"),
            of("*.contoso.net", "InternalRelay"),
        ]
    );

    let config = lines.iter().find(|line| line.name == "Set-TransportConfig").unwrap();
    assert_eq!(config.texts("MaxSendSize"), ["50MB"]);
    let service = lines.iter().find(|line| line.name == "Set-TransportService").unwrap();
    assert_eq!(service.texts("MessageExpirationTimeout"), ["3.00:00:00"]);
    assert_eq!(service.texts("DelayNotificationTimeout"), ["04:00:00"]);
    let receive = lines.iter().find(|line| line.name == "Set-ReceiveConnector").unwrap();
    assert_eq!(receive.texts("MaxRecipientsPerMessage"), ["500"]);

    let relay = lines.iter().find(|line| line.name == "New-ReceiveConnector").unwrap();
    assert_eq!(relay.texts("RemoteIPRanges"), ["127.0.0.0/8", "::1", "192.168.0.0/16", "10.1.2.3"]);
    let (outcome, why) = found(&plan, "mynetworks");
    assert_eq!(outcome, Outcome::Decision);
    assert!(why.contains("open relay") && why.contains("!10.1.2.4"), "{why}");
}

#[test]
fn every_entry_and_setting_is_told_of() {
    let plan = try_plan(&hub()).unwrap();
    for (setting, expected) in [
        ("transport_maps", Outcome::Decision),
        ("transport_maps contoso.com", Outcome::Carried),
        ("transport_maps .fabrikam.com", Outcome::Changed),
        ("transport_maps slow.example", Outcome::Changed),
        ("transport_maps lists.contoso.com", Outcome::Changed),
        ("transport_maps gone.example", Outcome::Decision),
        ("transport_maps trash.example", Outcome::Decision),
        ("transport_maps jean@adatum.com", Outcome::NoEquivalent),
        ("transport_maps adatum.com", Outcome::Nothing),
        ("transport_maps uucp.example", Outcome::Decision),
        ("transport_maps bad.example", Outcome::Decision),
        ("relayhost by sender boss@contoso.com", Outcome::Decision),
        ("smtp_sasl_password_maps [smtp.example.net]:587", Outcome::Changed),
        ("smtp_sasl_password_maps [other.example]", Outcome::NoEquivalent),
        ("smtp_tls_policy_maps bank.example", Outcome::NoEquivalent),
        ("relayhost", Outcome::Carried),
        ("bounce_queue_lifetime", Outcome::NoEquivalent),
        ("smtpd_client_restrictions", Outcome::NoEquivalent),
        ("content_filter", Outcome::Nothing),
        ("compatibility_level", Outcome::Nothing),
        ("gate", Outcome::Nothing),
        ("strange_setting", Outcome::NoEquivalent),
    ] {
        assert_eq!(found(&plan, setting).0, expected, "{setting}");
    }
    // Nothing that main.cf sets is passed over.
    let main = include_str!("../fixtures/postfix-hub/main.cf");
    for line in main.lines().filter(|line| !line.starts_with(['#', ' '])) {
        let name = line.split_once(" =").unwrap().0;
        let told = plan.findings().any(|finding| finding.setting == name);
        assert!(told, "{name}");
    }
}

#[test]
fn passwords_are_never_shown() {
    let plan = try_plan(&hub()).unwrap();
    let shown = format!(
        "{}{}{}",
        plan.report(true, Language::English),
        plan.script(Language::English),
        plan.commands()
    );
    assert!(!shown.contains("verysecret"), "{shown}");
    assert!(shown.contains("(Get-Credential -UserName 'contoso-relay'"), "{shown}");
    for maps in [
        "static:me:verysecret4",
        "inline:{{[gate.test]=me:verysecret5}}",
        "inline:{ { [gate.test] = me:verysecret5 } }",
    ] {
        let plan = self::plan(&format!(
            "relayhost = [gate.test]\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = {maps}\n"
        ));
        let shown =
            format!("{}{}", plan.report(true, Language::English), plan.script(Language::English));
        assert!(!shown.contains("verysecret"), "{shown}");
        assert!(shown.contains("-UserName 'me'"), "{maps}: {shown}");
    }
}

#[test]
fn without_relayhost_mail_goes_by_dns() {
    let files = Files::default()
        .with(
            "main.cf",
            "smtp_tls_security_level = dane\nsmtp_tls_policy_maps = hash:/etc/postfix/p\n",
        )
        .with(
            "p",
            "bank.example secure\n.shop.example encrypt\nold.example none\n[gate.test] encrypt\n",
        );
    let plan = try_plan(&files).unwrap();
    let lines = lines_of(&plan);
    let all = connector(&lines, "SMTP:*;1");
    assert!(all.texts("SmartHosts").is_empty() && all.texts("RequireTLS").is_empty());
    let bank = connector(&lines, "SMTP:bank.example;1");
    assert_eq!(bank.texts("TlsAuthLevel"), ["DomainValidation"]);
    assert_eq!(connector(&lines, "SMTP:*.shop.example;1").texts("RequireTLS"), ["$true"]);
    assert_eq!(connector(&lines, "SMTP:old.example;1").texts("IgnoreSTARTTLS"), ["$true"]);
    assert_eq!(lines.iter().filter(|line| line.name == "New-SendConnector").count(), 4);
    assert_eq!(found(&plan, "smtp_tls_policy_maps [gate.test]").0, Outcome::NoEquivalent);
}

#[test]
fn a_star_in_the_table_goes_before_relayhost() {
    let files = Files::default()
        .with("main.cf", "relayhost = [provider.test]\ntransport_maps = texthash:/etc/postfix/t\n")
        .with("t", "*  smtp:[filter.test]:26\nown.test :\n");
    let plan = try_plan(&files).unwrap();
    let lines = lines_of(&plan);
    assert_eq!(connector(&lines, "SMTP:*;1").texts("SmartHosts"), ["filter.test"]);
    assert_eq!(connector(&lines, "SMTP:own.test;1").texts("SmartHosts"), ["provider.test"]);
}

#[test]
fn tls_from_the_first_byte_becomes_starttls_or_a_question() {
    let plan = plan(
        "relayhost = [gate.test]:465\nsmtp_tls_wrappermode = yes\nsmtp_tls_security_level = encrypt\n",
    );
    let lines = lines_of(&plan);
    let gate = connector(&lines, "SMTP:*;1");
    assert_eq!(
        (gate.texts("Port"), gate.texts("RequireTLS")),
        (vec!["587".into()], vec!["$true".into()])
    );
    assert_eq!(found(&plan, "smtp_tls_wrappermode").0, Outcome::Decision);
}

#[test]
fn what_does_not_leave_there_gets_no_connector() {
    for main in ["default_transport = error:no mail out\n", "relayhost = [a_b.test]\n"] {
        let plan = plan(main);
        assert_eq!(plan.cmdlets().count(), 0, "{main}");
        assert!(plan.count(Outcome::Decision) > 0, "{main}");
    }
}

#[test]
fn a_star_that_refuses_is_a_question() {
    let files = Files::default()
        .with("main.cf", "transport_maps = hash:/etc/postfix/t\n")
        .with("t", "* error:mail goes nowhere\nout.test smtp:\n");
    let plan = try_plan(&files).unwrap();
    let (outcome, why) = found(&plan, "transport_maps *");
    assert_eq!(outcome, Outcome::Decision);
    assert!(why.contains("Unreachable"), "{why}");
    assert_eq!(connector(&lines_of(&plan), "SMTP:out.test;1").texts("AddressSpaces").len(), 1);
}

#[test]
fn limits_out_of_range_are_questions() {
    for (main, setting, expected) in [
        ("message_size_limit = 0", "message_size_limit", Outcome::Changed),
        ("message_size_limit = 99999999999", "message_size_limit", Outcome::Decision),
        ("maximal_queue_lifetime = 1000d", "maximal_queue_lifetime", Outcome::Decision),
        ("maximal_queue_lifetime = 0", "maximal_queue_lifetime", Outcome::Decision),
        ("delay_warning_time = 0h", "delay_warning_time", Outcome::Carried),
        ("delay_warning_time = 5m", "delay_warning_time", Outcome::Decision),
        ("hopcount_limit = 50", "hopcount_limit", Outcome::Carried),
        ("hopcount_limit = x", "hopcount_limit", Outcome::Decision),
        ("inet_interfaces = loopback-only", "inet_interfaces", Outcome::Decision),
        ("mynetworks = 0.0.0.0/0", "mynetworks", Outcome::Decision),
        (
            "default_destination_concurrency_limit = 5",
            "default_destination_concurrency_limit",
            Outcome::Carried,
        ),
    ] {
        let plan = plan(main);
        assert_eq!(found(&plan, setting).0, expected, "{main}");
        assert!(!lines_of(&plan).is_empty());
    }
}

#[test]
fn damaged_files_name_the_line() {
    let error = try_plan(&Files::default()).unwrap_err();
    assert!(error.problem.contains("no main.cf"), "{error}");
    let error = try_plan(&Files::default().with("main.cf", "a = 1\nb\n")).unwrap_err();
    assert_eq!(error.line, 2);
    let mut large = Files::default().with("main.cf", "transport_maps = hash:/etc/postfix/t\n");
    large.0.insert("t".into(), vec![b'\n'; (16 << 20) + 1]);
    assert!(try_plan(&large).unwrap_err().problem.contains("16 MiB"));
    let hops: String = (0..1001).map(|i| format!("d{i}.test smtp:[h{i}.test]\n")).collect();
    let many =
        Files::default().with("main.cf", "transport_maps = hash:/etc/postfix/t\n").with("t", &hops);
    assert!(try_plan(&many).unwrap_err().problem.contains("1000"), "too many next hops");
}

#[test]
fn large_tables_take_no_longer_than_they_are_large() {
    let table: String =
        (0..15_000).map(|i| format!(".d{i}.test  smtp:[gate.test]\nx.d{i}.test :\n")).collect();
    let files = Files::default()
        .with("main.cf", "transport_maps = hash:/etc/postfix/t\n")
        .with("t", &table);
    let plan = try_plan(&files).unwrap();
    assert_eq!(plan.cmdlets().count(), 2);
    assert_eq!(found(&plan, "transport_maps x.d14999.test").0, Outcome::Carried);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        main in proptest::collection::vec(any::<u8>(), 0..300),
        table in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut files = Files::default();
        files.0.insert("main.cf".into(), main.clone());
        let _ = import(&files, &Options::default());
        let mut files = Files::default().with(
            "main.cf",
            "transport_maps = hash:/etc/postfix/t\nmynetworks = hash:/etc/postfix/t\nrelay_domains = hash:/etc/postfix/t\n\
             smtp_tls_policy_maps = hash:/etc/postfix/t\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/etc/postfix/t\n",
        );
        files.0.insert("t".into(), table);
        if let Ok(plan) = import(&files, &Options::default()) {
            plan.commands().lines().for_each(|line| drop(checked(line)));
        }
    }

    #[test]
    fn no_damage_makes_it_panic(
        which in 0..8_usize, at in any::<prop::sample::Index>(), length in 0..30_usize, put in "[\\PC\n \\[\\]:.*$]{0,20}",
    ) {
        let files = hub();
        let mut names: Vec<String> = files.0.keys().cloned().collect();
        names.sort();
        let text = String::from_utf8(files.0[&names[which]].clone()).unwrap();
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let end = (at + length).min(chars.len());
        chars.splice(at..end, put.chars());
        let damaged: String = chars.into_iter().collect();
        let files = files.with(&names[which], &damaged);
        if let Ok(plan) = import(&files, &Options::default()) {
            plan.commands().lines().for_each(|line| drop(checked(line)));
            let _ = plan.report(true, Language::English);
        }
    }
}

#[test]
fn who_has_the_mailboxes_is_a_key_of_relais_toml() {
    for (setting, value, key) in [
        (
            "mailbox_transport",
            "lmtp:unix:private/dovecot-lmtp",
            "/var/spool/postfix/private/dovecot-lmtp",
        ),
        ("virtual_transport", "lmtp:unix:/run/dovecot/lmtp", "/run/dovecot/lmtp"),
        ("local_transport", "lmtp:inet:127.0.0.1:24", "127.0.0.1:24"),
    ] {
        let (outcome, why) = found(&plan(&format!("{setting} = {value}\n")), setting);
        assert_eq!(outcome, Outcome::Decision);
        assert!(why.contains(&format!("[mailboxes] lmtp = \"{key}\"")), "{why}");
    }
    let (outcome, why) =
        found(&plan("virtual_transport = lmtp:mail.contoso.com:24\n"), "virtual_transport");
    assert!(outcome == Outcome::Decision && why.contains("on its own machine only"), "{why}");
    let (outcome, _) = found(&plan("virtual_transport = virtual\n"), "virtual_transport");
    assert_eq!(outcome, Outcome::NoEquivalent);
    let (_, why) = found(
        &plan("lmtp_destination_concurrency_limit = 5\n"),
        "lmtp_destination_concurrency_limit",
    );
    assert!(why.contains("MaxConcurrentMailboxDeliveries"), "{why}");
}

#[test]
fn a_domain_that_goes_by_lmtp_has_its_mailboxes_here() {
    let files = Files::default()
        .with("main.cf", "queue_directory = /srv/queue\ntransport_maps = hash:/etc/postfix/t\n")
        .with("t", "boxes.test lmtp:unix:public/lmtp\n");
    let plan = try_plan(&files).unwrap();
    let domain =
        lines_of(&plan).into_iter().find(|line| line.name == "New-AcceptedDomain").unwrap();
    assert_eq!(domain.texts("DomainName"), ["boxes.test"]);
    let finding = plan.findings().find(|found| found.why.contains("lmtp")).unwrap();
    assert_eq!(finding.outcome, Outcome::Decision);
    assert!(
        finding.why.contains("[mailboxes] lmtp = \"/srv/queue/public/lmtp\""),
        "{}",
        finding.why
    );
}
