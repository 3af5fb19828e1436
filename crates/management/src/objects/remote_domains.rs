//! `*-RemoteDomain` (management.md section 8.5, routing.md section 2.3).

use std::sync::Arc;

use directory::{AllowedOofType, Change, Header, Object, Properties, RemoteDomain};
use model::{DomainPattern, ObjectName, TimeSpan};
use serde_json::{Map, Value};

use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::moment;

/// How long an exception may last.
const LONGEST_EXCEPTION: TimeSpan = TimeSpan::days(90);

impl Named for RemoteDomain {
    const KIND: &'static str = "remote domain";
    const NAME_RULE: &'static str = "RD-07";

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

/// `Get-RemoteDomain`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.remote_domains, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|domain| Value::Object(domain.view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-RemoteDomain`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let pattern: DomainPattern = call
        .bound
        .text("DomainName")
        .unwrap_or_default()
        .parse()
        .map_err(|error| Problem::value("DomainName", &error))?;
    let domain = RemoteDomain::with_defaults(Header::fresh(), pattern, super::name(call)?);
    refuse_same_name(&call.snapshot.remote_domains, &domain)?;
    domain.validate().map_err(broken)?;
    // Said here too, so that -WhatIf says it.
    let snapshot = &call.snapshot;
    let twin = snapshot.remote_domains.iter().find(|d| d.domain_name == domain.domain_name);
    if let Some(twin) = twin {
        return Err(taken(&domain, "RD-01", format!("a remote domain already, '{}'", twin.name)));
    }
    let accepted = snapshot.accepted_domains.iter().find(|d| d.domain_name == domain.domain_name);
    if let Some(accepted) = accepted {
        return Err(taken(&domain, "RD-03", format!("the accepted domain '{}'", accepted.name)));
    }
    let doing = format!(
        "Creating Remote Domain \"{}\" with domain name \"{}\"",
        domain.name, domain.domain_name
    );
    call.create(Object::RemoteDomain(domain), doing, |snapshot, guid| {
        let created = snapshot.remote_domains.iter().find(|domain| domain.header.guid == guid);
        created.map(|domain| Value::Object(domain.view()))
    })
}

/// `Set-RemoteDomain`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut domain = RemoteDomain::clone(&present);
    call.set_properties(&mut domain, &[])?;
    link(call, &mut domain);
    let warnings = except(call, &mut domain)?;
    if domain == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    refuse_same_name(&call.snapshot.remote_domains, &domain)?;
    domain.validate().map_err(broken)?;
    let change = Change::Update { object: Object::RemoteDomain(domain) };
    call.change(vec![change], format!("Changing Remote Domain \"{}\"", present.name), warnings)
}

/// An exception from what the DNS demands: it has an end, and not a distant one.
fn except(call: &Call<'_>, domain: &mut RemoteDomain) -> Result<Vec<String>, Problem> {
    match call.bound.value("TlsExceptionUntil") {
        None => return Ok(Vec::new()),
        Some(Value::Null) => {
            domain.tls_exception_until = None;
            return Ok(Vec::new());
        }
        Some(_) => {}
    }
    let text = call.bound.text("TlsExceptionUntil").unwrap_or_default();
    let until = moment(&text, call.caller.dates)
        .map_err(|error| Problem::value("TlsExceptionUntil", &error))?;
    let now = call.prepared.now;
    if until <= now || until > now + LONGEST_EXCEPTION {
        return Err(Problem::bad(format!(
            "Parameter 'TlsExceptionUntil': an exception ends within 90 days, not on {}.",
            until.iso()
        ))
        .rule("RD-09")
        .about("TlsExceptionUntil")
        .with_value(text)
        .allowing(format!("a date from now to {}", (now + LONGEST_EXCEPTION).iso())));
    }
    domain.tls_exception_until = Some(until);
    Ok(vec![format!(
        "Until {} mail to {} leaves without what DANE and MTA-STS demand: whoever is in between can read and change \
         it. What connectors demand still counts.",
        until.iso(),
        domain.domain_name
    )])
}

/// AllowedOOFType and IsInternal are linked: the one that was given decides what the other is.
/// Where both were given and contradict each other, validation says so (RD-04).
fn link(call: &Call<'_>, domain: &mut RemoteDomain) {
    let given = |name: &str| call.bound.some(name).is_some();
    let (oof, internal) = (given("AllowedOOFType"), given("IsInternal"));
    if oof && !internal && domain.allowed_oof_type == AllowedOofType::InternalLegacy {
        domain.is_internal = true;
    }
    if internal && !oof && !domain.is_internal {
        domain.allowed_oof_type = AllowedOofType::ExternalLegacy;
    }
}

/// `Remove-RemoteDomain`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let domain = named(call)?;
    if domain.is_default() {
        return Err(Problem::new(
            409,
            format!(
                "The remote domain '{}' cannot be removed: it is for every domain that has no other.",
                domain.name
            ),
        )
        .rule("RD-02")
        .about("Identity")
        .with_value(domain.name.as_str()));
    }
    let Header { guid, version, .. } = domain.header;
    let doing = format!("Removing Remote Domain \"{}\"", domain.name);
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<RemoteDomain>, Problem> {
    call.identified(&call.snapshot.remote_domains)
}

fn taken(domain: &RemoteDomain, rule: &'static str, what: String) -> Problem {
    Problem::new(409, format!("The domain '{}' is {what}.", domain.domain_name))
        .rule(rule)
        .about("DomainName")
        .with_value(domain.domain_name.to_string())
}
