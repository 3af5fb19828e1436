//! Ways out as `New-SendConnector`: names, smart hosts, TLS, passwords.

use std::collections::HashSet;

use model::{DomainName, ObjectName};

use super::{Translation, Way, keys};
use crate::{
    Argument, Cmdlet, Finding, Outcome, Section,
    postfix::{entry, finding, table::Entry},
};

impl Translation<'_> {
    /// Whether a policy was given for this hop alone.
    fn policy_entry(&self, way: &Way) -> Option<&Entry> {
        let of_hop = keys(&way.hop);
        let of_spaces = way.spaces.iter().map(|space| match space.strip_prefix('*') {
            Some(rest) => rest.to_owned(),
            None => space.clone(),
        });
        let candidates: Vec<String> = if way.hop.is_dns() { of_spaces.collect() } else { of_hop };
        candidates.iter().find_map(|key| self.policies.get(key)).map(|(_, entry)| entry)
    }

    /// One section for each way out.
    pub(super) fn connectors(&mut self, size: Option<Argument>) -> Vec<Section> {
        let ways = std::mem::take(&mut self.ways);
        let mut names = HashSet::new();
        ways.iter()
            .map(|way| {
                let name = unique(&name_of(way), &mut names);
                self.connector(way, &name, size.clone())
            })
            .collect()
    }

    fn connector(&mut self, way: &Way, name: &str, size: Option<Argument>) -> Section {
        let mut section = Section::new(format!("Send connector \"{name}\""));
        section.findings.clone_from(&way.findings);
        let spaces = way.spaces.iter().map(|space| format!("SMTP:{space};1")).collect();
        let mut cmdlet = Cmdlet::new("New-SendConnector")
            .with("Name", Argument::Text(name.to_owned()))
            .with("AddressSpaces", Argument::List(spaces));
        let mut hop = way.hop.clone();
        let wrapped =
            !hop.is_dns() && (hop.port == 465 || self.settings.is_yes("smtp_tls_wrappermode"));
        if wrapped {
            section.findings.push(Finding {
                setting: "smtp_tls_wrappermode".into(),
                value: hop.written.clone(),
                place: String::new(),
                outcome: Outcome::Decision,
                why: "Send connectors begin TLS with STARTTLS only. As it stands port 587 is used, with TLS demanded: see that the \
                      host listens there."
                    .into(),
            });
            hop.port = 587;
        }
        if !hop.is_dns() {
            cmdlet.arguments.push(("DNSRoutingEnabled", Argument::Boolean(false)));
            cmdlet.arguments.push(("SmartHosts", Argument::List(hop.hosts.clone())));
        }
        if hop.port != 25 {
            cmdlet.arguments.push(("Port", Argument::Number(u64::from(hop.port))));
        }
        let demand = way.policy.demand(&hop);
        let is_strict = wrapped || way.policy.is_strict();
        self.sign_in(way, name, is_strict, &mut cmdlet, &mut section);
        self.tell_of_tls(way, demand.outcome, demand.why, &mut section);
        cmdlet.arguments.extend(demand.arguments);
        if wrapped && cmdlet.argument("RequireTLS").is_none() {
            cmdlet.arguments.retain(|(name, _)| *name != "IgnoreSTARTTLS");
            cmdlet.arguments.push(("RequireTLS", Argument::Boolean(true)));
        }
        cmdlet.arguments.extend(self.fqdn().map(|name| ("Fqdn", Argument::Text(name))));
        cmdlet.arguments.extend(size.map(|size| ("MaxMessageSize", size)));
        if !self.options.source_servers.is_empty() {
            let servers = Argument::List(self.options.source_servers.clone());
            cmdlet.arguments.push(("SourceTransportServers", servers));
        }
        section.cmdlets.push(cmdlet);
        section
    }

    fn tell_of_tls(&self, way: &Way, outcome: Outcome, why: &str, section: &mut Section) {
        if let Some(one) = self.policy_entry(way) {
            section.findings.push(entry("smtp_tls_policy_maps", one, outcome, why));
        } else if let Some(setting) = self.settings.get("smtp_tls_security_level") {
            section.findings.push(finding(setting, outcome, why));
        }
    }

    /// User name and password for a smart host, where the table has one.
    fn sign_in(
        &mut self,
        way: &Way,
        name: &str,
        is_strict: bool,
        cmdlet: &mut Cmdlet,
        section: &mut Section,
    ) {
        if way.hop.is_dns() {
            return;
        }
        let mut keys = keys(&way.hop);
        keys.push("*".into());
        let Some(key) = keys.into_iter().find(|key| self.passwords.contains_key(key)) else {
            return;
        };
        let Some(one) = self.passwords.get(&key) else { return };
        let user = one.value.split_once(':').map_or(one.value.as_str(), |(user, _)| user);
        // Without a colon it may be anything, a password too.
        let user =
            one.value.contains(':').then(|| user.trim().to_owned()).filter(|u| !u.is_empty());
        let mechanism = if is_strict { "BasicAuthRequireTLS" } else { "BasicAuth" };
        let why = if is_strict {
            "The password is asked for when the line runs, at a terminal. It goes only under TLS with a certificate for the host's \
             own name, which may be more than was asked there."
        } else {
            "The password is asked for when the line runs, at a terminal. It may go without TLS, as it might there; \
             BasicAuthRequireTLS is safer."
        };
        section.findings.push(Finding {
            setting: format!("smtp_sasl_password_maps {}", one.key),
            value: user.clone().unwrap_or_else(|| "(not shown)".into()),
            place: one.place.clone(),
            outcome: Outcome::Changed,
            why: why.into(),
        });
        let message = format!("Smart hosts of {name}");
        cmdlet.arguments.push(("SmartHostAuthMechanism", Argument::Word(mechanism.into())));
        cmdlet.arguments.push(("AuthenticationCredential", Argument::Credential { user, message }));
        self.used.insert(("password", key));
    }

    /// The name to give in EHLO, where one is set.
    pub(super) fn fqdn(&self) -> Option<String> {
        let names = ["smtp_helo_name", "myhostname"].map(|name| self.settings.value(name));
        let name = names.into_iter().find(|name| !name.is_empty())?;
        let is_whole = name.contains('.') && !name.ends_with(".localdomain");
        name.parse::<DomainName>().ok().filter(|_| is_whole).map(|name| name.to_string())
    }
}

fn name_of(way: &Way) -> String {
    let label = if way.policy.label().is_empty() || way.policy.label() == "may" {
        String::new()
    } else {
        format!(", TLS {}", way.policy.label())
    };
    match way.hop.hosts.as_slice() {
        [] if way.spaces.iter().any(|space| space == "*") => format!("To Internet{label}"),
        [] => format!("By DNS{label}"),
        [host] if way.hop.port == 25 => format!("Via {host}"),
        [host] => format!("Via {host} port {}", way.hop.port),
        [host, ..] => format!("Via {host} and others"),
    }
}

/// A name that no other connector has, short enough.
fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let room = ObjectName::MAX.saturating_sub(7);
    let short: String = name.chars().take(room).collect();
    let short = short.trim_end().to_owned();
    let mut number = 1_u32;
    let mut candidate = short.clone();
    while !names.insert(candidate.to_lowercase()) {
        number += 1;
        candidate = format!("{short} ({number})");
    }
    candidate
}
