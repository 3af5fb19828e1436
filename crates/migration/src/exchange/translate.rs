//! Exported Send connectors to `New-SendConnector`.

mod limits;
pub(crate) mod values;
mod ways;

use std::collections::HashMap;

use model::{DomainName, DomainPattern, ObjectName};

use self::values::{boolean, items, text};
use super::{
    Exported, Property, Value,
    properties::{FLAGS, Flag, ORDER, is_bookkeeping},
};
use crate::{Argument, Cmdlet, Finding, Options, Outcome, Plan, Section, text::plain};

/// Largest size and number of messages that a connector can have.
const MAX_INT: u64 = 2_147_483_647;
const ENUMERATED: &str = "The export has left values out. In Exchange: $FormatEnumerationLimit = -1, and export again, \
                          or use Export-Clixml.";
const TYPE_ONLY: &str = "Export-Csv writes only the type of a list. In Exchange: Get-SendConnector | Export-Clixml, or \
                         Format-List.";

/// What says where mail goes and how safely.
const ESSENTIAL: [&str; 6] =
    ["DNSRoutingEnabled", "SmartHosts", "SmartHostAuthMechanism", "Port", "RequireTLS", "Enabled"];

/// The plan for all connectors.
pub(super) fn plan(connectors: &[Exported], guessed: &[&str], options: &Options) -> Plan {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut plan = Plan::default();
    for connector in connectors {
        let mut translation = Translation::new(connector, options);
        translation.all();
        let mut section = translation.section();
        let here = format!("{}, line {}", connector.file, connector.line);
        if let Some(name) = name_of(&section) {
            match names.get(&name) {
                Some(earlier) => {
                    let reason = format!("A connector of this name was read before: {earlier}.");
                    section.blocked.push(reason);
                }
                None => {
                    names.insert(name, here);
                }
            }
        }
        plan.sections.push(section);
    }
    if !guessed.is_empty() {
        let mut section = Section::new("Encoding");
        section.findings.extend(guessed.iter().map(|file| Finding {
            setting: (*file).to_owned(),
            value: "neither UTF-8 nor UTF-16".into(),
            place: String::new(),
            outcome: Outcome::Changed,
            why: "It was read as ISO 8859-1: look at letters with accents.".into(),
        }));
        plan.sections.push(section);
    }
    plan
}

fn name_of(section: &Section) -> Option<String> {
    match section.cmdlets.first()?.argument("Name")? {
        Argument::Text(name) => Some(name.to_lowercase()),
        _ => None,
    }
}

struct Translation<'a> {
    connector: &'a Exported,
    options: &'a Options,
    name: String,
    findings: Vec<Finding>,
    arguments: Vec<(&'static str, Argument)>,
    blocked: Vec<String>,
}

impl<'a> Translation<'a> {
    fn new(connector: &'a Exported, options: &'a Options) -> Self {
        let (findings, arguments, blocked) = Default::default();
        Self { connector, options, name: String::new(), findings, arguments, blocked }
    }

    fn section(mut self) -> Section {
        let place = |name: &str| ORDER.iter().position(|known| *known == name);
        self.arguments.sort_by_key(|(name, _)| place(name));
        let mut cmdlet = Cmdlet::new("New-SendConnector");
        cmdlet.arguments = self.arguments;
        let Exported { file, line, .. } = self.connector;
        Section {
            title: format!("Send connector \"{}\" ({file}, line {line})", self.name),
            findings: self.findings,
            cmdlets: vec![cmdlet],
            blocked: self.blocked,
        }
    }

    fn all(&mut self) {
        let connector = self.connector;
        self.name();
        for property in &connector.properties {
            self.property(property);
        }
        for needed in ["AddressSpaces", "SourceTransportServers"] {
            if connector.get(needed).is_none() {
                let property =
                    Property { name: needed.into(), value: Value::Empty, line: connector.line };
                self.property(&property);
            }
        }
        if self.needs_password() && connector.get("AuthenticationCredential").is_none() {
            let property = Property {
                name: "AuthenticationCredential".into(),
                value: Value::Empty,
                line: connector.line,
            };
            self.credential(&property);
        }
        self.partial();
        self.check_together();
    }

    /// An export of some properties only: what is missing may be what mattered.
    fn partial(&mut self) {
        let missing: Vec<&str> =
            ESSENTIAL.into_iter().filter(|name| self.connector.get(name).is_none()).collect();
        if missing.is_empty() {
            return;
        }
        if missing.contains(&"DNSRoutingEnabled") && !self.goes_by_dns() {
            self.set("DNSRoutingEnabled", Argument::Boolean(false));
        }
        let property = Property {
            name: "(not in the export)".into(),
            value: Value::Text(missing.join(", ")),
            line: self.connector.line,
        };
        let why = "Export all properties (docs/import.md). As it stands these have their defaults, and where there are smart hosts \
                   mail goes to them.";
        self.find(&property, Outcome::Decision, why);
    }

    fn property(&mut self, property: &Property) {
        if let Value::TypeName(_) = property.value
            && !is_bookkeeping(&property.name)
        {
            return self.unreadable(property);
        }
        if let Some(flag) = FLAGS.iter().find(|flag| flag.name.eq_ignore_ascii_case(&property.name))
        {
            return self.flag(property, flag);
        }
        match property.name.to_ascii_lowercase().as_str() {
            "name" => {}
            "addressspaces" => self.address_spaces(property),
            "authenticationcredential" => self.credential(property),
            "comment" => self.comment(property),
            "connectioninactivitytimeout" => self.inactivity(property),
            "dnsroutingenabled" => self.dns_routing(property),
            "domainsecureenabled" => self.domain_security(property),
            "errorpolicies" => self.error_policies(property),
            "fqdn" => self.fqdn(property),
            "maxmessagesize" => self.size(property),
            "port" => self.port(property),
            "protocollogginglevel" => {
                self.word(property, "ProtocolLoggingLevel", "None", &["Verbose"])
            }
            "smarthostauthmechanism" => self.mechanism(property),
            "smarthosts" => self.smart_hosts(property),
            "smtpmaxmessagesperconnection" => self.messages(property),
            "sourceipaddress" => self.source_address(property),
            "sourcetransportservers" => self.sources(property),
            "tlsauthlevel" => self.word(
                property,
                "TlsAuthLevel",
                "",
                &["EncryptionOnly", "CertificateValidation", "DomainValidation"],
            ),
            "tlscertificatename" => self.certificate(property),
            "tlsdomain" => self.tls_domain(property),
            _ => self.other(property),
        }
    }

    fn other(&mut self, property: &Property) {
        let name = property.name.as_str();
        if is_bookkeeping(name) {
            return self.find(property, Outcome::Nothing, "Exchange's own.");
        }
        let is_default = match &property.value {
            Value::Empty => true,
            Value::List { items, .. } => items.is_empty(),
            Value::Text(text) => ["False", "Default"].iter().any(|d| d.eq_ignore_ascii_case(text)),
            _ => false,
        };
        if is_default {
            return self.find(property, Outcome::Nothing, "A default, or nothing.");
        }
        let why = match name.to_ascii_lowercase().as_str() {
            "connectortype" => {
                "Hybrid connectors of later versions; the header fields are what CloudServicesMailEnabled does."
            }
            "connecteddomains" => "Routing groups of Exchange 2003.",
            "requireoorg" => "Reserved in Exchange, and without effect here.",
            "iscoexistenceconnector" => "Exchange Server 2010 only.",
            "linkedreceiveconnector" => {
                self.blocked.push(
                    "It is linked to a Receive connector (Exchange Server 2010 only).".into(),
                );
                "Exchange Server 2010 only: mail of one Receive connector to its own smart host. Give the connector \
                 address spaces instead."
            }
            _ => "This property is not known here, and nothing was made of it.",
        };
        self.find(property, Outcome::NoEquivalent, why);
    }

    fn unreadable(&mut self, property: &Property) {
        match property.name.to_ascii_lowercase().as_str() {
            "addressspaces" => {
                self.blocked.push(format!("Its address spaces are not in the export. {TYPE_ONLY}"));
                self.find(property, Outcome::Decision, TYPE_ONLY);
            }
            "smarthosts" => self.smart_hosts(property),
            "sourcetransportservers" => self.sources(property),
            _ => self.find(property, Outcome::NoEquivalent, TYPE_ONLY),
        }
    }

    fn name(&mut self) {
        let connector = self.connector;
        let property = connector.get("Name").or_else(|| connector.get("Identity"));
        let given = property.map(|property| text(&property.value)).unwrap_or_default();
        let line = property.map_or(connector.line, |property| property.line);
        let mut name: String = plain(given.trim()).chars().take(ObjectName::MAX).collect();
        name.truncate(name.trim_end().len());
        let property = Property { name: "Name".into(), value: Value::Text(given.clone()), line };
        if name.parse::<ObjectName>().is_err() {
            self.blocked.push("It has no name.".into());
            self.find(
                &property,
                Outcome::Decision,
                "A connector needs a name of 1 to 64 characters.",
            );
            return;
        }
        if name == given {
            self.find(&property, Outcome::Carried, "");
        } else {
            let why = format!(
                "Names have 1 to 64 characters and no control characters; here it is \"{name}\"."
            );
            self.find(&property, Outcome::Changed, &why);
        }
        self.arguments.push(("Name", Argument::Text(name.clone())));
        self.name = name;
    }

    fn fqdn(&mut self, property: &Property) {
        let given = text(&property.value);
        if given.is_empty() {
            return self.find(
                property,
                Outcome::Nothing,
                "The server's own name is given in EHLO.",
            );
        }
        match given.parse::<DomainName>() {
            Ok(name) => {
                self.set("Fqdn", Argument::Text(name.to_string()));
                let why = "Given in EHLO: it should be the name of the address that the new server sends from.";
                self.find(property, Outcome::Carried, why);
            }
            Err(error) => {
                let why = format!("It {}; as it stands, the server's own name.", error.problem);
                self.find(property, Outcome::Decision, &why);
            }
        }
    }

    fn source_address(&mut self, property: &Property) {
        match text(&property.value).as_str() {
            "" | "0.0.0.0" | "::" => self.find(property, Outcome::Nothing, "The default."),
            _ => self.find(
                property,
                Outcome::Decision,
                "Edge servers only. As it stands mail leaves from the address the system chooses: see that SPF records and \
                 partners know it, or send through a front end (docs/front-end.md).",
            ),
        }
    }

    fn sources(&mut self, property: &Property) {
        if self.options.source_servers.is_empty() {
            let why = "These are servers of Exchange. Name Relais's with --source-servers MBX01,MBX02; as it stands, the \
                       server that the command runs on sends.";
            return self.find(property, Outcome::Decision, why);
        }
        let servers = self.options.source_servers.clone();
        let why = format!("Relais's servers instead, as given: {}.", servers.join(", "));
        self.set("SourceTransportServers", Argument::List(servers));
        self.find(property, Outcome::Changed, &why);
    }

    fn certificate(&mut self, property: &Property) {
        let given = text(&property.value);
        if given.is_empty() {
            return self.find(property, Outcome::Nothing, "");
        }
        self.set("TlsCertificateName", Argument::Text(given));
        let why = "The certificate with its key must be here first: Export-PfxCertificate there, \
                   Import-ExchangeCertificate here (docs/certificates.md). As it stands it is carried over.";
        self.find(property, Outcome::Decision, why);
    }

    fn tls_domain(&mut self, property: &Property) {
        let given = text(&property.value);
        if given.is_empty() {
            return self.find(property, Outcome::Nothing, "");
        }
        let validates = self.connector.get("TlsAuthLevel").map(|level| text(&level.value));
        if !validates.is_some_and(|level| level.eq_ignore_ascii_case("DomainValidation")) {
            let why = "Used with TlsAuthLevel DomainValidation only; left out.";
            return self.find(property, Outcome::Changed, why);
        }
        match given.parse::<DomainPattern>() {
            Ok(pattern) if pattern != DomainPattern::Any => {
                self.set("TlsDomain", Argument::Text(pattern.to_string()));
                self.find(property, Outcome::Carried, "");
            }
            _ => {
                self.blocked.push(
                    "The name that certificates must carry (TlsDomain) cannot be used.".into(),
                );
                let why = "Allowed: a domain, or a domain with its subdomains (*.contoso.com).";
                self.find(property, Outcome::Decision, why);
            }
        }
    }

    fn domain_security(&mut self, property: &Property) {
        match boolean(&property.value) {
            Some(false) => self.find(property, Outcome::Nothing, "The default."),
            None => self.find(property, Outcome::Nothing, ""),
            Some(true) => {
                let has_wildcard = self.connector.get("AddressSpaces").is_some_and(|spaces| {
                    items(&spaces.value, true).0.iter().any(|space| space.contains('*'))
                });
                if has_wildcard || !self.goes_by_dns() {
                    let why = "Mutual TLS is for single domains by DNS: make a connector for those of \
                               TLSSendDomainSecureList, each without a star. As it stands it is left out.";
                    return self.find(property, Outcome::Decision, why);
                }
                self.set("DomainSecureEnabled", Argument::Boolean(true));
                let why = "Name the domains in Set-TransportConfig -TLSSendDomainSecureList, and have a certificate for Fqdn.";
                self.find(property, Outcome::Carried, why);
            }
        }
    }

    fn flag(&mut self, property: &Property, flag: &Flag) {
        match boolean(&property.value) {
            Some(value) if value == flag.default => {
                self.find(property, Outcome::Nothing, "The default.");
            }
            Some(value) => {
                self.set(flag.name, Argument::Boolean(value));
                self.find(property, flag.outcome, flag.why);
            }
            None if property.value == Value::Empty => self.find(property, Outcome::Nothing, ""),
            None => {
                let why = format!(
                    "Neither True nor False; as it stands, the default {}.",
                    if flag.default { "True" } else { "False" }
                );
                self.find(property, Outcome::Decision, &why);
            }
        }
    }

    fn word(
        &mut self,
        property: &Property,
        parameter: &'static str,
        default: &str,
        allowed: &[&str],
    ) {
        let given = text(&property.value);
        if given.is_empty() || given.eq_ignore_ascii_case(default) {
            return self.find(property, Outcome::Nothing, "The default.");
        }
        match allowed.iter().find(|word| word.eq_ignore_ascii_case(&given)) {
            Some(word) => {
                self.set(parameter, Argument::Word((*word).to_owned()));
                self.find(property, Outcome::Carried, "");
            }
            None => {
                let why =
                    format!("Allowed here: {}; as it stands, the default.", allowed.join(", "));
                self.find(property, Outcome::Decision, &why);
            }
        }
    }

    /// What no property says alone.
    fn check_together(&mut self) {
        let on = |arguments: &[(&str, Argument)], name: &str| {
            arguments.iter().any(|(n, value)| *n == name && *value == Argument::Boolean(true))
        };
        let foreign = self.arguments.iter().any(|(name, value)| match value {
            Argument::List(items) if *name == "AddressSpaces" => {
                items.iter().any(|item| !item.to_ascii_uppercase().starts_with("SMTP:"))
            }
            _ => false,
        });
        if foreign && self.goes_by_dns() {
            self.blocked.push("Address spaces that are not SMTP need smart hosts.".into());
        }
        let tls = on(&self.arguments, "RequireTLS");
        if tls && on(&self.arguments, "IgnoreSTARTTLS") {
            self.blocked.push("RequireTLS and IgnoreSTARTTLS contradict each other.".into());
        }
        if !tls && self.arguments.iter().any(|(name, _)| *name == "TlsAuthLevel") {
            self.blocked
                .push("TlsAuthLevel needs RequireTLS, which is not set in the export.".into());
        }
    }

    /// Whether it goes by DNS. Where the export does not say so, smart hosts say that it does not: Exchange has them without
    /// DNS only.
    fn goes_by_dns(&self) -> bool {
        let has_hosts = || {
            self.connector
                .get("SmartHosts")
                .is_some_and(|hosts| !items(&hosts.value, false).0.is_empty())
        };
        self.is_on("DNSRoutingEnabled").unwrap_or_else(|| !has_hosts())
    }

    fn is_on(&self, name: &str) -> Option<bool> {
        self.connector.get(name).and_then(|property| boolean(&property.value))
    }

    fn set(&mut self, parameter: &'static str, argument: Argument) {
        self.arguments.retain(|(name, _)| *name != parameter);
        self.arguments.push((parameter, argument));
    }

    fn find(&mut self, property: &Property, outcome: Outcome, why: &str) {
        self.findings.push(Finding {
            setting: property.name.clone(),
            value: text(&property.value),
            place: format!("line {}", property.line),
            outcome,
            why: why.to_owned(),
        });
    }
}
