//! Accepted domains: whose mail is ours (management.md section 8.4, routing.md section 2.1).

use model::{DomainName, DomainPattern, ObjectName};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    values::DomainType,
};

properties! {
    /// A domain the organization accepts mail for.
    pub struct AcceptedDomain, view;
    fixed {
        header: Header, "Header";
        /// Given when the domain is created and never changed.
        domain_name: DomainPattern, "DomainName";
    }
    given {
        name: ObjectName, "Name";
    }
    kept {
        /// Exactly one domain is the default (`Set-AcceptedDomain -MakeDefault $true`).
        default: bool = false, "Default";
    }
    settings {
        domain_type: DomainType = DomainType::Authoritative, "DomainType";
        address_book_enabled: bool = true, "AddressBookEnabled";
        /// Reserved: stored only.
        pending_completion: bool = false, "PendingCompletion";
        /// Reserved: stored only.
        pending_removal: bool = false, "PendingRemoval";
    }
}

impl AcceptedDomain {
    /// A new domain of a type; the address book lists authoritative domains only.
    pub fn of_type(
        header: Header,
        domain_name: DomainPattern,
        name: ObjectName,
        domain_type: DomainType,
    ) -> Self {
        let mut domain = Self::with_defaults(header, domain_name, name);
        domain.domain_type = domain_type;
        domain.address_book_enabled = domain_type == DomainType::Authoritative;
        domain
    }

    /// The domain itself, without its star; `*` has none.
    pub fn domain(&self) -> Option<&DomainName> {
        match &self.domain_name {
            DomainPattern::Any => None,
            DomainPattern::Subdomains(domain) | DomainPattern::Exact(domain) => Some(domain),
        }
    }

    /// Checks everything that concerns more than one value: AD-03 and AD-04.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.domain_name == DomainPattern::Any && self.domain_type == DomainType::Authoritative {
            return Err(RuleError::new(
                "AD-03",
                "DomainName",
                "*",
                "an authoritative domain cannot be every domain",
                "Name a domain, or use a relay type",
            ));
        }
        if self.default && self.domain().is_none() {
            return Err(RuleError::new(
                "AD-04",
                "MakeDefault",
                "True",
                "* cannot be the default domain",
                "Make a named domain the default",
            ));
        }
        Ok(())
    }

    /// The domain's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Accepted Domains,CN=Configuration")
    }
}

fn view(domain: &AcceptedDomain, _: Listing) -> Listing {
    let name = domain.name.as_str();
    let subdomains = matches!(domain.domain_name, DomainPattern::Subdomains(_));
    let mut listing = vec![
        ("Name", Value::from(name)),
        ("DomainName", Value::from(domain.domain_name.to_string())),
        ("DomainType", Value::from(domain.domain_type.name())),
        ("Default", Value::Bool(domain.default)),
        ("AddressBookEnabled", Value::Bool(domain.address_book_enabled)),
        ("MatchSubDomains", Value::Bool(subdomains)),
        ("PendingCompletion", Value::Bool(domain.pending_completion)),
        ("PendingRemoval", Value::Bool(domain.pending_removal)),
        ("FederatedOrganizationLink", Value::Null),
        ("InitialDomain", Value::Bool(false)),
        ("Identity", Value::from(name)),
    ];
    listing.extend(boilerplate(
        &domain.header,
        name,
        domain.distinguished_name(),
        &["top", "msExchAcceptedDomain"],
    ));
    listing
}
