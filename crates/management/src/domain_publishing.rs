//! `Test-DomainPublishing`: what accepted domains should have in the DNS, and what they have.

use std::sync::Arc;

use directory::{AcceptedDomain, Snapshot};
use model::DomainName;
use publishing::{Check, Finding, Status};
use serde_json::{Value, json};
use texts::Language;
use transport::Transport;

use crate::binding::Bound;
use crate::lookup::some;
use crate::output::Output;
use crate::problem::Problem;
use crate::property_shape::{Holds, PropertyShape};
use crate::queues::BoxFuture;

/// The cmdlet's name.
pub(crate) const TEST_DOMAIN_PUBLISHING: &str = "Test-DomainPublishing";

/// Domains examined by one command; who has more names them.
const MOST_DOMAINS: usize = 100;

/// What each domain has published.
pub type Examined = Vec<(DomainName, Vec<Finding>)>;

/// Who can look it up.
pub trait PublishingOracle: Send + Sync {
    /// What these domains have published, within half a minute; those that stand for all domains are left
    /// out.
    fn examine(&self, domains: Vec<Arc<AcceptedDomain>>) -> BoxFuture<'_, Examined>;
}

impl PublishingOracle for Transport {
    fn examine(&self, domains: Vec<Arc<AcceptedDomain>>) -> BoxFuture<'_, Examined> {
        Box::pin(self.published_by(domains))
    }
}

/// The domains that are asked about, and what to say of those that are not.
pub(crate) fn domains(
    snapshot: &Snapshot,
    bound: &Bound,
) -> Result<(Vec<Arc<AcceptedDomain>>, Vec<String>), Problem> {
    let identity = bound.some("Identity");
    let mut domains = some(&snapshot.accepted_domains, "Identity", identity)?;
    domains.retain(|domain| domain.domain().is_some());
    if domains.is_empty() && identity.is_some() {
        return Err(Problem::bad(
            "The accepted domain stands for every domain, which has no records of its own.",
        )
        .about("Identity"));
    }
    // `contoso.com` and `*.contoso.com` have the same records.
    let mut seen = std::collections::HashSet::new();
    domains.retain(|domain| domain.domain().is_some_and(|name| seen.insert(name.clone())));
    let mut warnings = Vec::new();
    if domains.len() > MOST_DOMAINS {
        domains.truncate(MOST_DOMAINS);
        warnings.push(format!(
            "Only the first {MOST_DOMAINS} accepted domains were tested. Name the others one by one."
        ));
    }
    Ok((domains, warnings))
}

/// One row for each finding, in the caller's language.
pub(crate) fn shown(examined: Examined, warnings: Vec<String>, language: Language) -> Output {
    let rows = examined.into_iter().flat_map(|(domain, findings)| {
        findings.into_iter().map(move |finding| row(&domain, finding, language))
    });
    Output { objects: rows.collect(), warnings, ..Output::default() }
}

fn row(domain: &DomainName, finding: Finding, language: Language) -> Value {
    let detail = finding.said(language);
    json!({
        "Domain": domain.to_string(),
        "Check": finding.check.name(),
        "Status": finding.status.name(),
        "RecordName": finding.name,
        "RecordType": finding.kind,
        "Recommended": finding.recommended,
        "Published": finding.published,
        "Detail": detail,
    })
}

/// What a row looks like.
pub(crate) fn shape() -> Vec<PropertyShape> {
    let property =
        |name: &str, holds, nullable| PropertyShape { name: name.to_owned(), holds, nullable };
    vec![
        property("Domain", Holds::Text, false),
        property("Check", Holds::Words(CHECKS), false),
        property("Status", Holds::Words(STATUSES), false),
        property("RecordName", Holds::Text, false),
        property("RecordType", Holds::Text, false),
        property("Recommended", Holds::Text, true),
        property("Published", Holds::Text, true),
        property("Detail", Holds::Text, true),
    ]
}

const CHECKS: &[&str] = &{
    let mut names = [""; Check::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Check::ALL[at].name();
        at += 1;
    }
    names
};

const STATUSES: &[&str] = &{
    let mut names = [""; Status::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Status::ALL[at].name();
        at += 1;
    }
    names
};
