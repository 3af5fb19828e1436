//! Ways out: `relayhost`, `transport_maps`, TLS policies and passwords to Send connectors; and the whole plan.

mod connectors;
mod transports;

use std::collections::{HashMap, HashSet};

use super::{
    MAX_CONNECTORS, Tree,
    domains::Domains,
    entry, finding, lmtp,
    main_cf::Settings,
    master_cf::Services,
    networks,
    next_hop::NextHop,
    service::Service,
    settings::{SEEN_TO, judge},
    table::{Entry, Tables},
    tls::Policy,
};
use crate::{Finding, ImportError, Options, Outcome, Plan, Section};

/// A connector to be.
#[derive(Debug)]
struct Way {
    hop: NextHop,
    policy: Policy,
    spaces: Vec<String>,
    findings: Vec<Finding>,
}

impl Way {
    fn with(&mut self, space: &str) -> &mut Self {
        self.spaces.push(space.to_owned());
        self
    }
}

/// What identifies a way: hosts, port, and what is demanded of TLS.
type Key = (Vec<String>, u16, Policy);

/// What is known while a configuration is translated.
pub(super) struct Translation<'a> {
    tree: &'a dyn Tree,
    settings: Settings,
    services: Services,
    options: &'a Options,
    ways: Vec<Way>,
    places: HashMap<Key, usize>,
    /// Address spaces that have a way.
    taken: HashSet<String>,
    /// Domains that a transport table delivers here.
    local: Vec<String>,
    /// What concerns no single way.
    findings: Vec<Finding>,
    /// Settings among them that are looked at more than once.
    noted: HashSet<String>,
    policies: HashMap<String, (Policy, Entry)>,
    passwords: HashMap<String, Entry>,
    /// Keys of the two above that a way has used.
    used: HashSet<(&'static str, String)>,
}

impl<'a> Translation<'a> {
    pub(super) fn new(
        tree: &'a dyn Tree,
        settings: Settings,
        services: Services,
        options: &'a Options,
    ) -> Self {
        Self {
            tree,
            settings,
            services,
            options,
            ways: Vec::new(),
            places: HashMap::new(),
            taken: HashSet::new(),
            local: Vec::new(),
            findings: Vec::new(),
            noted: HashSet::new(),
            policies: HashMap::new(),
            passwords: HashMap::new(),
            used: HashSet::new(),
        }
    }

    /// Everything.
    pub(super) fn plan(mut self) -> Result<Plan, ImportError> {
        self.read_policies()?;
        self.read_passwords()?;
        let transports = self.tables("transport_maps")?;
        let default = self.default_way(&transports);
        if let Some(default) = &default {
            self.add(default.clone(), "*")?;
        }
        let keys = transports.iter().map(|entry| entry.key.as_str()).collect();
        for one in &transports {
            self.transport(one, default.as_ref(), &keys)?;
        }
        if default.as_ref().is_some_and(NextHop::is_dns) {
            self.policies_by_domain()?;
        }
        self.by_sender()?;
        let service = Service::translate(&self.settings);
        let size = service.size.clone();
        let service = service.section();
        let connectors = self.connectors(size);
        let routed =
            self.taken.iter().map(|space| space.trim_start_matches("*.").to_owned()).collect();
        let domains = Domains {
            tree: self.tree,
            settings: &self.settings,
            routed: &routed,
            local: &self.local,
        };
        let mut sections = Vec::new();
        sections.extend(domains.section()?);
        if !service.findings.is_empty() {
            sections.push(service);
        }
        sections.extend(connectors);
        sections.extend(networks::section(self.tree, &self.settings)?);
        let mut ways = Section::new("Ways out (main.cf)");
        ways.findings.clone_from(&self.findings);
        self.unused(&mut ways);
        sections.push(ways);
        sections.push(self.others());
        Ok(Plan { sections })
    }

    /// The tables that a setting names; what is not read is a finding.
    fn tables(&mut self, name: &str) -> Result<Vec<Entry>, ImportError> {
        let Some(setting) = self.settings.get(name) else { return Ok(Vec::new()) };
        let tables = Tables::read(self.tree, &setting.value)?;
        let mut found = finding(setting, Outcome::Nothing, "Empty.");
        if !tables.unread.is_empty() {
            let unread = tables.unread.iter().map(|(table, why)| format!("{table} ({why})"));
            found.outcome = Outcome::Decision;
            found.why = format!(
                "Not read: {}. As it stands their entries do not count.",
                unread.collect::<Vec<_>>().join("; ")
            );
        } else if !tables.entries.is_empty() {
            found.outcome = Outcome::Carried;
            found.why = format!(
                "{} entries; each is told of below or at its connector.",
                tables.entries.len()
            );
        }
        self.findings.push(found);
        Ok(tables.entries)
    }

    fn read_policies(&mut self) -> Result<(), ImportError> {
        for entry in self.tables("smtp_tls_policy_maps")? {
            let policy = Policy::parse(&entry.value);
            self.policies.entry(entry.key.to_ascii_lowercase()).or_insert((policy, entry));
        }
        if let Some(setting) = self.settings.get("smtp_tls_per_site") {
            let why = "Replaced by smtp_tls_policy_maps in Postfix 2.3, and not read.";
            self.findings.push(finding(setting, Outcome::NoEquivalent, why));
        }
        Ok(())
    }

    fn read_passwords(&mut self) -> Result<(), ImportError> {
        let Some(setting) = self.settings.get("smtp_sasl_password_maps") else { return Ok(()) };
        if !self.settings.is_yes("smtp_sasl_auth_enable") {
            let why = "smtp_sasl_auth_enable is not yes, so that it is not used.";
            self.findings.push(finding(setting, Outcome::Nothing, why));
            return Ok(());
        }
        for entry in self.tables("smtp_sasl_password_maps")? {
            self.passwords.entry(entry.key.to_ascii_lowercase()).or_insert(entry);
        }
        Ok(())
    }

    fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes what becomes of a setting, the first time it is looked at.
    fn note_once(&mut self, finding: Finding) {
        if self.noted.insert(finding.setting.clone()) {
            self.findings.push(finding);
        }
    }

    /// Adds an address space to the way of a next hop; `None` where it has one already.
    fn add(&mut self, hop: NextHop, space: &str) -> Result<Option<&mut Way>, ImportError> {
        let policy = self.policy(&hop);
        self.put(hop, policy, space)
    }

    fn put(
        &mut self,
        hop: NextHop,
        policy: Policy,
        space: &str,
    ) -> Result<Option<&mut Way>, ImportError> {
        if !self.taken.insert(space.to_owned()) {
            return Ok(None);
        }
        let key = (hop.hosts.clone(), hop.port, policy.clone());
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                if self.ways.len() >= MAX_CONNECTORS {
                    let problem =
                        format!("There are more than {MAX_CONNECTORS} different next hops.");
                    return Err(ImportError::new("main.cf", 1, problem));
                }
                self.ways.push(Way { hop, policy, spaces: Vec::new(), findings: Vec::new() });
                self.places.insert(key, self.ways.len() - 1);
                self.ways.len() - 1
            }
        };
        let way = self.ways.get_mut(place);
        Ok(way.map(|way| way.with(space)))
    }

    /// The policy for a next hop: its own entry, else that of all.
    fn policy(&mut self, hop: &NextHop) -> Policy {
        for key in keys(hop) {
            if let Some((policy, _)) = self.policies.get(&key) {
                let policy = policy.clone();
                self.used.insert(("policy", key));
                return policy.or_names(self.settings.value("smtp_tls_secure_cert_match"));
            }
        }
        let level = self.settings.value("smtp_tls_security_level");
        let level = match level {
            "" if self.settings.is_yes("smtp_enforce_tls") => "encrypt",
            "" if self.settings.is_yes("smtp_use_tls") => "may",
            level => level,
        };
        let names = match level {
            "secure" => self.settings.value("smtp_tls_secure_cert_match"),
            "verify" => self.settings.value("smtp_tls_verify_cert_match"),
            _ => "",
        };
        Policy::parse(level).or_names(names)
    }

    /// Entries that no way has used, and settings that go with ways.
    fn unused(&self, section: &mut Section) {
        let mut entries: Vec<Finding> = Vec::new();
        for (key, (_, one)) in &self.policies {
            if !self.used.contains(&("policy", key.clone())) {
                let why = "No mail goes to this next hop here, so that nothing was made of it.";
                entries.push(entry("smtp_tls_policy_maps", one, Outcome::NoEquivalent, why));
            }
        }
        for (key, one) in &self.passwords {
            if !self.used.contains(&("password", key.clone())) {
                let hidden = Entry { value: "(not shown)".into(), ..one.clone() };
                let why =
                    "No connector goes to this host (or it is a sender): nothing was made of it.";
                entries.push(entry("smtp_sasl_password_maps", &hidden, Outcome::NoEquivalent, why));
            }
        }
        entries.sort_by(|a, b| (&a.setting, &a.place).cmp(&(&b.setting, &b.place)));
        section.findings.extend(entries);
        for name in ["smtp_helo_name", "myhostname"] {
            let Some(setting) = self.settings.get(name) else { continue };
            let counts = self.fqdn().is_some_and(|fqdn| fqdn == setting.value.to_ascii_lowercase());
            section.findings.push(if counts {
                let why = "Fqdn of the Send connectors: it should be the name of the address the new server sends from.";
                finding(setting, Outcome::Carried, why)
            } else {
                finding(setting, Outcome::Nothing, "The server's own name is given in EHLO.")
            });
        }
        let told = [
            "smtp_use_tls",
            "smtp_enforce_tls",
            "smtp_tls_secure_cert_match",
            "smtp_tls_verify_cert_match",
        ];
        for setting in told.iter().filter_map(|name| self.settings.get(name)) {
            section.findings.push(finding(
                setting,
                Outcome::Carried,
                "Part of what connectors demand of TLS.",
            ));
        }
        if let Some(setting) = self.settings.get("smtp_sasl_auth_enable") {
            section.findings.push(finding(
                setting,
                Outcome::Carried,
                "SmartHostAuthMechanism where there is a password.",
            ));
        }
        if let Some(setting) = self.settings.get("smtp_tls_wrappermode")
            && !self.settings.is_yes("smtp_tls_wrappermode")
        {
            section.findings.push(finding(setting, Outcome::Nothing, ""));
        }
        if self.options.source_servers.is_empty() {
            section.findings.push(Finding {
                setting: "source servers".into(),
                value: "(not given)".into(),
                place: String::new(),
                outcome: Outcome::Nothing,
                why: "The server that the commands run on sends; --source-servers MBX01,MBX02 names others.".into(),
            });
        }
    }

    /// Every setting that nothing was made of.
    fn others(&self) -> Section {
        let mut section = Section::new("Other settings (main.cf)");
        let others =
            self.settings.iter().filter(|setting| !SEEN_TO.contains(&setting.name.as_str()));
        section.findings = others
            .map(|setting| {
                if let Some(advice) = lmtp::of_setting(setting, &self.settings) {
                    return finding(setting, Outcome::Decision, advice);
                }
                let (outcome, why) = judge(setting, self.settings.is_referred(&setting.name));
                finding(setting, outcome, why)
            })
            .collect();
        section
    }
}

/// By what a next hop may be named in other tables.
fn keys(hop: &NextHop) -> Vec<String> {
    if hop.is_dns() {
        return Vec::new();
    }
    let first = super::words(&hop.written).next().unwrap_or_default().to_ascii_lowercase();
    let host = hop.hosts.first().cloned().unwrap_or_default();
    let mut keys = vec![first];
    keys.extend([format!("[{host}]:{}", hop.port), format!("{host}:{}", hop.port)]);
    keys.extend([format!("[{host}]"), host]);
    keys
}
