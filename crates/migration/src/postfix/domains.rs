//! `mydestination`, `virtual_mailbox_domains` and `relay_domains` to accepted domains.

use std::collections::HashSet;

use model::DomainPattern;

use super::{
    Tree, finding,
    main_cf::{Setting, Settings},
    table::names,
};
use crate::{Argument, Cmdlet, Finding, ImportError, Outcome, Section};

/// The settings, and whether their recipients are here.
const LISTS: [(&str, bool); 3] =
    [("mydestination", true), ("virtual_mailbox_domains", true), ("relay_domains", false)];

/// What becomes of the domains.
pub(super) struct Domains<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) settings: &'a Settings,
    /// Address spaces with a way of their own: their mail leaves, wherever else it is named.
    pub(super) routed: &'a HashSet<String>,
    /// Domains that a transport table delivers here.
    pub(super) local: &'a [String],
}

impl Domains<'_> {
    /// The section about them; nothing where there are none.
    pub(super) fn section(&self) -> Result<Option<Section>, ImportError> {
        let mut section = Section::new("Accepted domains");
        let mut known = HashSet::new();
        for (name, is_here) in LISTS {
            if let Some(setting) = self.settings.get(name) {
                let found = self.list(setting, is_here, &mut known, &mut section.cmdlets)?;
                section.findings.push(found);
            }
        }
        for domain in self.local {
            if known.insert(domain.clone()) {
                section.cmdlets.push(cmdlet(domain, "Authoritative"));
            }
        }
        if let Some(setting) = self.settings.get("parent_domain_matches_subdomains") {
            let why = "It counts for relay_domains: with it their subdomains are accepted too.";
            section.findings.push(finding(setting, Outcome::Carried, why));
        }
        if let Some(setting) = self.settings.get("virtual_alias_domains")
            && !setting.value.is_empty()
        {
            let why = "Their addresses are rewritten by virtual_alias_maps, which has no equivalent: accept them with \
                       New-AcceptedDomain and give mailboxes these addresses.";
            section.findings.push(finding(setting, Outcome::NoEquivalent, why));
        }
        let is_empty = section.findings.is_empty() && section.cmdlets.is_empty();
        Ok((!is_empty).then_some(section))
    }

    fn list(
        &self,
        setting: &Setting,
        is_here: bool,
        known: &mut HashSet<String>,
        cmdlets: &mut Vec<Cmdlet>,
    ) -> Result<Finding, ImportError> {
        let (names, mut problems) = names(self.tree, &setting.value)?;
        let mut made = 0_usize;
        for name in names {
            let pattern = match self.pattern(&name, is_here) {
                Ok(Some(pattern)) => pattern.to_string(),
                Ok(None) => continue,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            if known.insert(pattern.clone()) {
                let exact = pattern.trim_start_matches("*.");
                let leaves = self.routed.contains(exact) || self.routed.contains(&pattern);
                let kind = if is_here && !leaves { "Authoritative" } else { "InternalRelay" };
                cmdlets.push(cmdlet(&pattern, kind));
                made += 1;
            }
        }
        let what = match is_here {
            true => {
                "Mailboxes are made with New-Mailbox, other recipients refused; a domain with a way of its own is relayed. A domain \
                     that Relais has already is refused: Set-AcceptedDomain."
            }
            false => {
                "Mail for them is accepted from everybody and goes on by Send connectors. A domain that Relais has already is \
                      refused: Set-AcceptedDomain -DomainType InternalRelay."
            }
        };
        if !problems.is_empty() {
            let why = format!("Not carried over: {}. {what}", problems.join("; "));
            return Ok(finding(setting, Outcome::Decision, why));
        }
        Ok(match made {
            0 => finding(setting, Outcome::Nothing, "Names of the machine itself, or nothing."),
            _ => finding(setting, Outcome::Carried, what),
        })
    }

    /// The accepted domain of a name; nothing for the machine itself.
    fn pattern(&self, name: &str, is_here: bool) -> Result<Option<DomainPattern>, String> {
        let is_machine =
            !name.contains('.') || name.starts_with("localhost.") || name.ends_with(".localdomain");
        if is_machine && !name.starts_with('!') {
            return Ok(None);
        }
        let parents = self.settings.get("parent_domain_matches_subdomains");
        let with_subdomains = !is_here
            && parents
                .is_none_or(|list| super::words(&list.value).any(|word| word == "relay_domains"));
        let text = match name.strip_prefix('.') {
            Some(domain) => format!("*.{domain}"),
            None if with_subdomains => format!("*.{name}"),
            None => name.to_owned(),
        };
        text.parse()
            .map(Some)
            .map_err(|error: model::ValueError| format!("\"{name}\" {}", error.problem))
    }
}

fn cmdlet(domain: &str, kind: &str) -> Cmdlet {
    let name: String =
        domain.trim_start_matches("*.").chars().take(model::ObjectName::MAX).collect();
    Cmdlet::new("New-AcceptedDomain")
        .with("Name", Argument::Text(name))
        .with("DomainName", Argument::Text(domain.to_owned()))
        .with("DomainType", Argument::Word(kind.to_owned()))
}
