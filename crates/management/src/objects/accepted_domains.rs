//! `*-AcceptedDomain` (management.md section 8.4).

use std::sync::Arc;

use directory::{AcceptedDomain, Change, DomainType, Header, Object, Properties};
use model::{Address, AddressDomain, DomainPattern, ObjectName};
use serde_json::{Map, Value};

use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

impl Named for AcceptedDomain {
    const KIND: &'static str = "accepted domain";
    const NAME_RULE: &'static str = "AD-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    /// Its domain.
    fn is_also_called(&self, text: &str) -> bool {
        self.domain_name.to_string().eq_ignore_ascii_case(text)
    }
}

/// `Get-AcceptedDomain`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.accepted_domains, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|domain| Value::Object(domain.view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-AcceptedDomain`. The first named domain of an organization becomes its default.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let domain_name: DomainPattern = call
        .bound
        .text("DomainName")
        .unwrap_or_default()
        .parse()
        .map_err(|error| Problem::value("DomainName", &error))?;
    let domain_type = match call.bound.text("DomainType").filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|error| Problem::value("DomainType", &error))?,
        None => DomainType::Authoritative,
    };
    let mut domain =
        AcceptedDomain::of_type(Header::fresh(), domain_name, super::name(call)?, domain_type);
    let same = call.snapshot.accepted_domains.iter().find(|d| d.domain_name == domain.domain_name);
    if let Some(same) = same {
        return Err(Problem::new(
            409,
            format!("The domain '{}' is accepted already, as '{}'.", domain.domain_name, same.name),
        )
        .rule("AD-02")
        .about("DomainName")
        .with_value(domain.domain_name.to_string()));
    }
    refuse_same_name(&call.snapshot.accepted_domains, &domain)?;
    domain.default = call.snapshot.default_domain().is_none() && domain.domain().is_some();
    domain.validate().map_err(broken)?;
    let doing = format!(
        "Creating Accepted Domain \"{}\" with domain name \"{}\"",
        domain.name, domain.domain_name
    );
    call.create(Object::AcceptedDomain(domain), doing, |snapshot, guid| {
        let created = snapshot.accepted_domains.iter().find(|domain| domain.header.guid == guid);
        created.map(|domain| Value::Object(domain.view()))
    })
}

/// `Set-AcceptedDomain`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut domain = AcceptedDomain::clone(&present);
    call.set_properties(&mut domain, &[])?;
    let mut changes = Vec::new();
    if call.bound.is_true("MakeDefault") && !present.default {
        domain.default = true;
        for former in call.snapshot.accepted_domains.iter().filter(|d| d.default) {
            let mut former = AcceptedDomain::clone(former);
            former.default = false;
            changes.push(Change::Update { object: Object::AcceptedDomain(former) });
        }
    }
    if domain == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    refuse_same_name(&call.snapshot.accepted_domains, &domain)?;
    domain.validate().map_err(broken)?;
    changes.push(Change::Update { object: Object::AcceptedDomain(domain) });
    call.change(changes, format!("Changing Accepted Domain \"{}\"", present.name), Vec::new())
}

/// `Remove-AcceptedDomain`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let domain = named(call)?;
    if domain.default {
        return Err(in_use(
            &domain,
            "is the default domain; make another one the default first".to_owned(),
        ));
    }
    if let Some((mailbox, address)) = user_of(call, &domain) {
        return Err(in_use(&domain, format!("is used by mailbox '{mailbox}' ({address})")));
    }
    let Header { guid, version, .. } = domain.header;
    let doing = format!("Removing Accepted Domain \"{}\"", domain.name);
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<AcceptedDomain>, Problem> {
    call.identified(&call.snapshot.accepted_domains)
}

fn in_use(domain: &AcceptedDomain, why: String) -> Problem {
    Problem::new(409, format!("The accepted domain '{}' cannot be removed: it {why}.", domain.name))
        .rule(if domain.default { "AD-05" } else { "AD-06" })
        .about("Identity")
        .with_value(domain.name.as_str())
}

/// A mailbox with an address that would be in no accepted domain without `domain`.
fn user_of(call: &Call<'_>, domain: &AcceptedDomain) -> Option<(ObjectName, Address)> {
    let needs = |of: &AddressDomain| {
        domain.domain_name.matches(of)
            && !call.snapshot.accepted_domains.iter().any(|other| {
                other.header.guid != domain.header.guid && other.domain_name.matches(of)
            })
    };
    call.snapshot.mailboxes.iter().find_map(|mailbox| {
        let address = mailbox.addresses().find(|address| needs(address.domain()))?;
        Some((mailbox.name.clone(), address.clone()))
    })
}
