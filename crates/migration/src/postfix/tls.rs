//! What is demanded of TLS: `smtp_tls_security_level` and `smtp_tls_policy_maps` to parameters of a connector.

use model::DomainPattern;

use super::next_hop::NextHop;
use crate::{Argument, Outcome};

/// A level with what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Policy {
    level: String,
    /// Names that a certificate may carry.
    names: Vec<String>,
}

/// What becomes of a policy.
#[derive(Debug)]
pub(super) struct Demand {
    pub(super) arguments: Vec<(&'static str, Argument)>,
    pub(super) outcome: Outcome,
    pub(super) why: &'static str,
}

impl Policy {
    /// Reads the value of a policy table, or of `smtp_tls_security_level`.
    pub(super) fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let level = words.next().unwrap_or_default().to_ascii_lowercase();
        let names = words
            .filter_map(|word| word.strip_prefix("match="))
            .flat_map(|names| names.split([':', ',']).map(str::to_owned))
            .collect();
        Self { level, names }
    }

    /// With names that hold where none are given.
    pub(super) fn or_names(mut self, names: &str) -> Self {
        if self.names.is_empty() {
            self.names =
                names.split([':', ',', ' ']).filter(|n| !n.is_empty()).map(str::to_owned).collect();
        }
        self
    }

    /// Whether TLS is demanded at all.
    pub(super) fn is_strict(&self) -> bool {
        !matches!(self.level.as_str(), "" | "none" | "may" | "dane")
    }

    /// A word for names of connectors.
    pub(super) fn label(&self) -> &str {
        &self.level
    }

    /// The parameters for a way out.
    pub(super) fn demand(&self, hop: &NextHop) -> Demand {
        let on = |name| (name, Argument::Boolean(true));
        let level = |word: &str| ("TlsAuthLevel", Argument::Word(word.to_owned()));
        let (arguments, outcome, why) = match self.level.as_str() {
            "" | "may" => {
                (vec![], Outcome::Nothing, "TLS where it is offered is the default here too.")
            }
            "none" => (vec![on("IgnoreSTARTTLS")], Outcome::Carried, ""),
            "encrypt" => (vec![on("RequireTLS")], Outcome::Carried, ""),
            "dane" => (
                vec![],
                Outcome::Changed,
                "DANE counts here for every domain that has it, where the DNS is validated (docs/transport-security.md).",
            ),
            "dane-only" => (
                vec![on("RequireTLS")],
                Outcome::Decision,
                "There is no demand for DANE alone. As it stands TLS is demanded, and DANE of domains that have it.",
            ),
            "fingerprint" => (
                vec![on("RequireTLS"), level("EncryptionOnly")],
                Outcome::Decision,
                "Certificates are not known by their fingerprints here. As it stands TLS is demanded and the certificate not \
                 verified; better TlsAuthLevel DomainValidation with TlsDomain.",
            ),
            "verify" | "secure" => return self.verified(hop),
            _ => (
                vec![on("RequireTLS")],
                Outcome::Decision,
                "This level is not known. As it stands TLS is demanded.",
            ),
        };
        Demand { arguments, outcome, why }
    }

    fn verified(&self, hop: &NextHop) -> Demand {
        let require = ("RequireTLS", Argument::Boolean(true));
        let level = |word: &str| ("TlsAuthLevel", Argument::Word(word.to_owned()));
        if let Some(domain) = self.tls_domain(hop) {
            let arguments =
                vec![require, level("DomainValidation"), ("TlsDomain", Argument::Text(domain))];
            let why = if self.names.len() > 1 {
                "A connector has one name that certificates must carry; the first was taken."
            } else {
                ""
            };
            let outcome = if why.is_empty() { Outcome::Carried } else { Outcome::Changed };
            return Demand { arguments, outcome, why };
        }
        let by_domain = hop.is_dns() && self.level == "secure";
        let (word, outcome, why) = if by_domain {
            (
                "DomainValidation",
                Outcome::Changed,
                "The certificate must be for the recipients' domain.",
            )
        } else {
            (
                "CertificateValidation",
                Outcome::Decision,
                "Which name the certificate must carry cannot be carried over. As it stands its chain is verified and not its \
                 name; name one with TlsAuthLevel DomainValidation and TlsDomain.",
            )
        };
        Demand { arguments: vec![require, level(word)], outcome, why }
    }

    fn tls_domain(&self, hop: &NextHop) -> Option<String> {
        let first = self.names.first().map_or("nexthop", String::as_str);
        let host = hop.hosts.first().map(String::as_str);
        let name = match first {
            "nexthop" | "hostname" => host?.to_owned(),
            "dot-nexthop" => format!("*.{}", host?),
            other => match other.strip_prefix('.') {
                Some(domain) => format!("*.{domain}"),
                None => other.to_owned(),
            },
        };
        let is_address = name.parse::<std::net::IpAddr>().is_ok();
        let pattern = name.parse::<DomainPattern>().ok().filter(|_| !is_address)?;
        (pattern != DomainPattern::Any).then(|| pattern.to_string())
    }
}
