//! Where mail goes: `relayhost`, `default_transport` and transport tables.

use std::collections::HashSet;

use model::DomainPattern;

use super::Translation;
use crate::{
    ImportError, Outcome,
    postfix::{entry, finding, lmtp, next_hop::NextHop, table::Entry, tls::Policy},
};

impl Translation<'_> {
    /// Where mail goes that no table says otherwise of.
    pub(super) fn default_way(&mut self, transports: &[Entry]) -> Option<NextHop> {
        if let Some(star) = transports.iter().find(|entry| entry.key == "*") {
            return match self.target(&star.value) {
                Ok(Target::Smtp(hop, _)) => hop.or_else(|| self.without_table()),
                Ok(Target::Null) => self.without_table(),
                _ => None,
            };
        }
        self.without_table()
    }

    /// The default as `relayhost` and `default_transport` have it.
    fn without_table(&mut self) -> Option<NextHop> {
        let transport = self.settings.get("default_transport").cloned();
        let mut hop = None;
        if let Some(setting) = transport.filter(|setting| !setting.value.is_empty()) {
            match self.target(&setting.value) {
                Ok(Target::Smtp(next, _)) => {
                    hop = next.filter(|next| !next.is_dns());
                    self.note_once(finding(&setting, Outcome::Carried, ""));
                }
                _ => {
                    let why = "Mail that no table knows does not leave by SMTP there, and there is no connector for it: it waits \
                               in the Unreachable queue until there is one.";
                    self.note_once(finding(&setting, Outcome::Decision, why));
                    return None;
                }
            }
        }
        if let Some(setting) = self.settings.get("relay_transport").cloned() {
            let why = "Mail for relayed domains takes the same way here as other mail, unless transport_maps names them.";
            let is_plain = ["relay", "smtp", ""].contains(&setting.value.trim_end_matches(':'));
            let outcome = if is_plain { Outcome::Nothing } else { Outcome::Decision };
            self.note_once(finding(&setting, outcome, why));
        }
        let Some(setting) = self.settings.get("relayhost").cloned() else {
            return Some(hop.unwrap_or_else(NextHop::dns));
        };
        if setting.value.is_empty() || hop.is_some() {
            self.note_once(finding(&setting, Outcome::Nothing, ""));
            return Some(hop.unwrap_or_else(NextHop::dns));
        }
        match NextHop::parse(&setting.value) {
            Ok(hop) => {
                let several = hop.hosts.len() > 1;
                let outcome = if several { Outcome::Changed } else { Outcome::Carried };
                self.note_once(finding(&setting, outcome, reached(&hop)));
                Some(hop)
            }
            Err(problem) => {
                let why = format!(
                    "{problem} As it stands there is no connector for other mail, which waits."
                );
                self.note_once(finding(&setting, Outcome::Decision, why));
                None
            }
        }
    }

    /// What a value of a transport table means.
    fn target(&self, value: &str) -> Result<Target, String> {
        let (transport, hop) = value.split_once(':').unwrap_or((value, ""));
        let (transport, hop) = (transport.trim(), hop.trim());
        match (transport, hop) {
            ("", "") => Ok(Target::Null),
            ("", hop) => Ok(Target::Smtp(Some(NextHop::parse(hop)?), Vec::new())),
            _ => match self.services.smtp(transport) {
                Some(own) => Ok(Target::Smtp(Some(NextHop::parse(hop)?), own.to_vec())),
                None => Ok(Target::Other(transport.to_owned())),
            },
        }
    }

    /// One entry of a transport table.
    pub(super) fn transport(
        &mut self,
        one: &Entry,
        default: Option<&NextHop>,
        keys: &HashSet<&str>,
    ) -> Result<(), ImportError> {
        const TABLE: &str = "transport_maps";
        let Some(space) = space(&one.key) else {
            let why = "Mail is routed by domains here, not by single recipients.";
            self.note(entry(TABLE, one, Outcome::NoEquivalent, why));
            return Ok(());
        };
        let (hop, own) = match self.target(&one.value) {
            Err(problem) => {
                let why = format!("{problem} As it stands its mail goes as other mail does.");
                self.note(entry(TABLE, one, Outcome::Decision, why));
                return Ok(());
            }
            Ok(Target::Null) => return self.exception(one, &space, default, keys),
            Ok(Target::Other(transport)) => {
                match one.value.strip_prefix("lmtp:").filter(|_| space != "*") {
                    Some(destination) => self.by_lmtp(one, &space, destination),
                    None => self.other_transport(one, &space, &transport),
                }
                return Ok(());
            }
            Ok(Target::Smtp(hop, own)) => (hop.unwrap_or_else(NextHop::dns), own),
        };
        let mut why = reached(&hop).to_owned();
        let several = hop.hosts.len() > 1;
        let mut outcome = if several { Outcome::Changed } else { Outcome::Carried };
        if one.key.strip_prefix('.').is_some_and(|domain| !keys.contains(domain)) {
            outcome = Outcome::Changed;
            why.push_str(" The domain itself goes that way too, not only what is below it.");
        }
        if !own.is_empty() {
            outcome = Outcome::Changed;
            let names: Vec<&str> =
                own.iter().map(|option| option.split('=').next().unwrap_or_default()).collect();
            why.push_str(&format!(
                " The settings of its transport are left out: {}.",
                names.join(", ")
            ));
        }
        let told = entry(TABLE, one, outcome, why.trim());
        if space == "*" {
            self.note(told);
            return Ok(());
        }
        match self.add(hop, &space)? {
            Some(way) => way.findings.push(told),
            None => self.note(entry(TABLE, one, Outcome::Nothing, "An entry before it counts.")),
        }
        Ok(())
    }

    /// `domain :` takes a domain out of what a wider entry says.
    fn exception(
        &mut self,
        one: &Entry,
        space: &str,
        default: Option<&NextHop>,
        keys: &HashSet<&str>,
    ) -> Result<(), ImportError> {
        const TABLE: &str = "transport_maps";
        if space == "*" || !has_wider(&one.key, keys) {
            self.note(entry(TABLE, one, Outcome::Nothing, "What happens without it too."));
            return Ok(());
        }
        let Some(hop) = self.without_table().or_else(|| default.cloned()) else {
            self.note(entry(TABLE, one, Outcome::Nothing, "There is no way for other mail."));
            return Ok(());
        };
        let why = "Goes as it would without the table; a domain whose mailboxes are here is not touched by it.";
        let told = entry(TABLE, one, Outcome::Carried, why);
        match self.add(hop, space)? {
            Some(way) => way.findings.push(told),
            None => self.note(told),
        }
        Ok(())
    }

    fn other_transport(&mut self, one: &Entry, space: &str, transport: &str) {
        const TABLE: &str = "transport_maps";
        let exact = space.trim_start_matches("*.").to_owned();
        let (outcome, why) = match transport {
            _ if space == "*" => (
                Outcome::Decision,
                "Mail that no other entry names does not leave by SMTP there, and there is no connector for it: it waits in the \
                 Unreachable queue until there is one.",
            ),
            "local" | "virtual" => {
                self.local.push(exact);
                (
                    Outcome::Changed,
                    "Accepted as a domain of the organization: make its mailboxes with New-Mailbox.",
                )
            }
            "error" | "retry" => (
                Outcome::Decision,
                "No connector refuses mail. As it stands it goes as other mail does; an accepted domain of the type Authoritative \
                 without mailboxes refuses it.",
            ),
            "discard" => (
                Outcome::Decision,
                "No connector throws mail away. As it stands it goes as other mail does.",
            ),
            _ => (
                Outcome::Decision,
                "This transport does not speak SMTP, or master.cf is not there to say so. As it stands it goes as other mail \
                 does.",
            ),
        };
        self.note(entry(TABLE, one, outcome, why));
    }

    /// A domain whose mailboxes an LMTP server has.
    fn by_lmtp(&mut self, one: &Entry, space: &str, destination: &str) {
        self.local.push(space.trim_start_matches("*.").to_owned());
        let advice = lmtp::advice(destination, &self.settings);
        let why = format!(
            "Accepted as a domain of the organization: make its mailboxes with New-Mailbox. {advice}"
        );
        self.note(entry("transport_maps", one, Outcome::Decision, why));
    }

    /// With only DNS to go by, a policy for a domain is a connector for it.
    pub(super) fn policies_by_domain(&mut self) -> Result<(), ImportError> {
        let mut entries: Vec<Entry> =
            self.policies.values().map(|(_, entry)| entry.clone()).collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        for one in entries {
            let Some(space) = space(&one.key).filter(|space| space != "*") else { continue };
            let key = one.key.to_ascii_lowercase();
            if self.used.contains(&("policy", key.clone())) || self.taken.contains(&space) {
                continue;
            }
            let policy = Policy::parse(&one.value);
            self.used.insert(("policy", key));
            self.put(NextHop::dns(), policy, &space)?;
        }
        Ok(())
    }

    /// Ways that depend on the sender.
    pub(super) fn by_sender(&mut self) -> Result<(), ImportError> {
        for name in ["sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps"] {
            let table = if name.contains("relayhost") {
                "relayhost by sender"
            } else {
                "transport by sender"
            };
            let entries = self.tables(name)?;
            let why = "Here the recipient alone decides where mail goes. As it stands mail of this sender goes as other mail does.";
            for one in &entries {
                self.note(entry(table, one, Outcome::Decision, why));
            }
        }
        Ok(())
    }
}

/// Whether another entry would catch the mail of this one, if it were not there.
fn has_wider(key: &str, keys: &HashSet<&str>) -> bool {
    let mut rest = key.strip_prefix('.').unwrap_or(key);
    let own = key.strip_prefix('.').map(|domain| format!(".{domain}"));
    let mut candidate = format!(".{rest}");
    loop {
        if own.as_ref() != Some(&candidate) && keys.contains(candidate.as_str()) {
            return true;
        }
        let Some((_, parent)) = rest.split_once('.') else { return keys.contains("*") };
        rest = parent;
        candidate = format!(".{rest}");
    }
}

/// What a transport table leads to.
enum Target {
    /// As if the entry were not there.
    Null,
    /// By SMTP; settings of the transport's own.
    Smtp(Option<NextHop>, Vec<String>),
    /// A transport that does something else.
    Other(String),
}

/// The address space of a key; nothing for single recipients and what is no domain.
fn space(key: &str) -> Option<String> {
    if key == "*" {
        return Some("*".into());
    }
    let text = match key.strip_prefix('.') {
        Some(domain) => format!("*.{domain}"),
        None => key.to_owned(),
    };
    text.parse::<DomainPattern>().ok().filter(|p| *p != DomainPattern::Any).map(|p| p.to_string())
}

/// What is to be said of how a next hop is reached.
fn reached(hop: &NextHop) -> &'static str {
    match hop.hosts.as_slice() {
        [] => "",
        [one] if one.parse::<std::net::IpAddr>().is_ok() => "",
        [_] if hop.by_mx => "The MX hosts of that name, as there.",
        [_] => "If the name has MX records they count, which brackets ruled out there.",
        _ => "The hosts take turns; the first is not preferred.",
    }
}
