//! Where a connector leads: address spaces, smart hosts, and how it signs in there.

use super::{
    ENUMERATED, TYPE_ONLY, Translation,
    values::{AddressSpace, boolean, items, text},
};
use crate::{
    Argument, Outcome,
    exchange::{Property, Value},
    smart_host::smart_host,
};

impl Translation<'_> {
    pub(super) fn address_spaces(&mut self, property: &Property) {
        let (items, cut) = items(&property.value, true);
        if cut {
            self.blocked.push("Not all of its address spaces are in the export.".into());
            self.find(property, Outcome::Decision, ENUMERATED);
        }
        let mut spaces: Vec<AddressSpace> = Vec::new();
        let (mut changes, mut lost) = (Vec::new(), Vec::new());
        for item in &items {
            match AddressSpace::read(item) {
                Ok(space) if spaces.iter().any(|earlier| earlier.is_same(&space)) => {
                    changes.push(format!("\"{item}\" is there twice, the first counts"));
                }
                Ok(space) => {
                    if space.was_local {
                        changes.push(format!(
                            "\"{item}\" is of type Local: IsScopedConnector says that here"
                        ));
                    }
                    spaces.push(space);
                }
                Err(problem) => lost.push(format!("\"{item}\" {problem}")),
            }
        }
        if spaces.iter().any(|space| space.was_local)
            && self.connector.get("IsScopedConnector").map(|p| text(&p.value)).as_deref()
                != Some("True")
        {
            self.set("IsScopedConnector", Argument::Boolean(true));
        }
        if spaces.is_empty() {
            self.blocked.push("It has no address space that can be used here.".into());
        }
        if !spaces.is_empty() {
            let list = spaces.iter().map(|space| space.text.clone()).collect();
            self.set("AddressSpaces", Argument::List(list));
        }
        if !lost.is_empty() {
            let why = format!("Left out: {}.", lost.join("; "));
            self.find(property, Outcome::Decision, &why);
        } else if !changes.is_empty() {
            let why = format!("{}.", changes.join("; "));
            self.find(property, Outcome::Changed, &why);
        } else if spaces.is_empty() {
            self.find(property, Outcome::Decision, "A connector needs at least one address space.");
        } else if !cut {
            self.find(property, Outcome::Carried, "");
        }
    }

    pub(super) fn smart_hosts(&mut self, property: &Property) {
        let routed_by_dns = self.goes_by_dns();
        if let Value::TypeName(_) = property.value {
            if self.is_on("DNSRoutingEnabled") != Some(true) {
                self.blocked.push(format!("Its smart hosts are not in the export. {TYPE_ONLY}"));
            }
            let outcome = if routed_by_dns { Outcome::Nothing } else { Outcome::Decision };
            return self.find(property, outcome, TYPE_ONLY);
        }
        let (items, cut) = items(&property.value, false);
        if items.is_empty() {
            return self.find(property, Outcome::Nothing, "");
        }
        if routed_by_dns {
            let why = "DNSRoutingEnabled is True, so that these are not used; they are left out.";
            return self.find(property, Outcome::Changed, why);
        }
        if cut {
            self.blocked.push("Not all of its smart hosts are in the export.".into());
            return self.find(property, Outcome::Decision, ENUMERATED);
        }
        let (mut hosts, mut lost) = (Vec::new(), Vec::new());
        for item in &items {
            match smart_host(item) {
                Ok(host) => hosts.push(host),
                Err(problem) => lost.push(format!("\"{item}\" {problem}")),
            }
        }
        if hosts.is_empty() {
            self.blocked.push("None of its smart hosts can be used here.".into());
        } else {
            self.set("SmartHosts", Argument::List(hosts));
        }
        if lost.is_empty() {
            self.find(property, Outcome::Carried, "");
        } else {
            let why = format!("Left out: {}.", lost.join("; "));
            self.find(property, Outcome::Decision, &why);
        }
    }

    pub(super) fn dns_routing(&mut self, property: &Property) {
        match boolean(&property.value) {
            Some(false) => {
                let has_hosts = self.connector.get("SmartHosts").is_some_and(|hosts| {
                    !matches!(hosts.value, Value::TypeName(_))
                        && !items(&hosts.value, false).0.is_empty()
                });
                if !has_hosts {
                    self.blocked.push("It goes to smart hosts, and none are in the export.".into());
                }
                self.set("DNSRoutingEnabled", Argument::Boolean(false));
                self.find(property, Outcome::Carried, "");
            }
            Some(true) => self.find(property, Outcome::Nothing, "The default."),
            None => {
                self.blocked
                    .push("Whether it goes by DNS or to smart hosts is not in the export.".into());
                self.find(property, Outcome::Decision, "Neither True nor False.");
            }
        }
    }

    pub(super) fn mechanism(&mut self, property: &Property) {
        let given = text(&property.value);
        let known =
            ["None", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer", "ExternalAuthoritative"];
        let Some(word) = known.iter().find(|word| word.eq_ignore_ascii_case(&given)) else {
            if given.is_empty() {
                return self.find(property, Outcome::Nothing, "");
            }
            self.blocked.push("How it authenticates cannot be told.".into());
            let why = format!("Allowed here: {}.", known.join(", "));
            return self.find(property, Outcome::Decision, &why);
        };
        if *word == "None" {
            return self.find(property, Outcome::Nothing, "The default.");
        }
        if self.goes_by_dns() {
            let why = "It is only for smart hosts, and the connector has none; it is left out.";
            return self.find(property, Outcome::Changed, why);
        }
        self.set("SmartHostAuthMechanism", Argument::Word((*word).into()));
        match *word {
            "ExchangeServer" => self.find(
                property,
                Outcome::Decision,
                "Kerberos between servers of one Exchange organization, which Relais does not speak: as it stands, mail waits \
                 (451 4.4.0). Choose BasicAuthRequireTLS, ClientCertificate, or None with ExternalAuthoritative on the \
                 receiving side.",
            ),
            "ExternalAuthoritative" => self.find(
                property,
                Outcome::Decision,
                "The link is trusted because something else secures it (IPsec, a private network). As it stands it is carried \
                 over: see that the link from the new server is secured too.",
            ),
            "BasicAuth" => self.find(
                property,
                Outcome::Carried,
                "The password may go without TLS; BasicAuthRequireTLS is safer.",
            ),
            _ => self.find(property, Outcome::Carried, ""),
        }
    }

    pub(super) fn needs_password(&self) -> bool {
        let given = self.connector.get("SmartHostAuthMechanism").map(|p| text(&p.value));
        let basic = given.is_some_and(|word| word.to_ascii_lowercase().starts_with("basicauth"));
        basic && !self.goes_by_dns()
    }

    pub(super) fn credential(&mut self, property: &Property) {
        let user = match &property.value {
            Value::Credential(user) => user.clone(),
            _ => None,
        };
        let told = Property {
            name: "AuthenticationCredential".into(),
            value: Value::Text(user.clone().unwrap_or_else(|| "(not read)".into())),
            line: property.line,
        };
        if self.needs_password() {
            let message = format!("Smart hosts of {}", self.name);
            self.set("AuthenticationCredential", Argument::Credential { user, message });
            let why = "No export has a password that can be used elsewhere: it is asked for when the line runs, at a terminal.";
            return self.find(&told, Outcome::Changed, why);
        }
        match &property.value {
            Value::Empty => self.find(property, Outcome::Nothing, ""),
            _ => self.find(
                &told,
                Outcome::Changed,
                "Not used by its SmartHostAuthMechanism; left out.",
            ),
        }
    }
}
