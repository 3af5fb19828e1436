//! `Get-TlsReport`: what others report of TLS with our mail hosts.

use model::{DomainName, Timestamp};
use serde_json::{Value, json};
use texts::{Language, Sentence, tls_failure};
use tls_report::{Kept, ReceivedFailure, ReceivedPolicy};
use transport::Transport;

use crate::binding::Bound;
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;
use crate::property_shape::{Holds, PropertyShape};
use crate::queues::{moment, result_size};

/// The cmdlet's name.
pub(crate) const GET_TLS_REPORT: &str = "Get-TlsReport";

/// Who has the reports.
pub trait TlsReportOracle: Send + Sync {
    /// Those that are kept, the last that came first.
    fn received(&self) -> Vec<Kept>;
}

impl TlsReportOracle for Transport {
    fn received(&self) -> Vec<Kept> {
        self.tls_reports_received()
    }
}

/// Which reports are asked for.
pub(crate) struct Wanted {
    domain: Option<DomainName>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    organization: Option<String>,
    failures_only: bool,
    unverified: bool,
}

impl Wanted {
    /// As the parameters say.
    pub(crate) fn read(bound: &Bound, caller: &Caller) -> Result<Self, Problem> {
        let time = |name: &str| match bound.text(name) {
            None => Ok(None),
            Some(text) => {
                moment(&text, caller.dates).map(Some).map_err(|error| Problem::value(name, &error))
            }
        };
        let domain = bound.text("Domain").filter(|text| !text.is_empty());
        let domain = domain.map(|text| text.parse()).transpose();
        let (start, end) = (time("StartDate")?, time("EndDate")?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(
                Problem::bad("StartDate must not be later than EndDate.").about("StartDate")
            );
        }
        Ok(Self {
            domain: domain.map_err(|error| Problem::value("Domain", &error))?,
            start,
            end,
            organization: bound.text("Organization").map(|text| text.to_lowercase()),
            failures_only: bound.is_true("FailuresOnly"),
            unverified: bound.is_true("IncludeUnverified"),
        })
    }

    /// But for whether it is verified.
    fn takes(&self, kept: &Kept) -> bool {
        let report = &kept.report;
        let is_of = |part: &String| {
            report.organization.to_lowercase().contains(part) || kept.submitter.contains(part)
        };
        self.start.is_none_or(|start| report.end >= start)
            && self.end.is_none_or(|end| report.begin < end)
            && self.organization.as_ref().is_none_or(is_of)
    }

    fn takes_policy(&self, policy: &ReceivedPolicy) -> bool {
        self.domain.as_ref().is_none_or(|domain| *domain == policy.domain)
            && (!self.failures_only || failed(policy))
    }
}

/// Some give details and no sum.
fn failed(policy: &ReceivedPolicy) -> bool {
    policy.failures > 0 || policy.details.iter().any(|failure| failure.count > 0)
}

/// One row for each policy of a report, the latest time first, in the caller's language.
pub(crate) fn shown(
    mut reports: Vec<Kept>,
    wanted: &Wanted,
    bound: &Bound,
    language: Language,
) -> Output {
    reports.sort_by_key(|kept| std::cmp::Reverse(kept.report.end));
    let (taken, hidden): (Vec<&Kept>, Vec<&Kept>) = reports
        .iter()
        .filter(|kept| wanted.takes(kept))
        .partition(|kept| kept.verified || wanted.unverified);
    let rows: Vec<(&Kept, &ReceivedPolicy)> = taken
        .into_iter()
        .flat_map(|kept| kept.report.policies.iter().map(move |policy| (kept, policy)))
        .filter(|(_, policy)| wanted.takes_policy(policy))
        .collect();
    let most = result_size(bound);
    let objects =
        rows.iter().take(most).map(|(kept, policy)| row(kept, policy, language)).collect();
    let mut warnings = Vec::new();
    if rows.len() > most {
        warnings.push(format!(
            "There are {} more results. Use ResultSize to see more at once.",
            rows.len() - most
        ));
    }
    if !hidden.is_empty() {
        warnings.push(format!(
            "{} reports are not shown, since nothing proves who sent them: see them with IncludeUnverified.",
            hidden.len()
        ));
    }
    Output { objects, warnings, ..Output::default() }
}

fn row(kept: &Kept, policy: &ReceivedPolicy, language: Language) -> Value {
    let report = &kept.report;
    let details = policy.details.iter().map(detail);
    let mut types: Vec<&str> = policy.details.iter().map(|d| d.result_type.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    let said = |kind: &&str| Sentence::new(tls_failure(kind)).with(&policy.domain).said(language);
    let advice = types.iter().map(|kind| format!("{kind}: {}", said(kind)));
    json!({
        "Domain": policy.domain.to_string(),
        "PolicyType": policy.policy_type,
        "Organization": report.organization,
        "Submitter": kept.submitter,
        "Verified": kept.verified,
        "StartDate": report.begin.iso(),
        "EndDate": report.end.iso(),
        "SuccessfulSessions": policy.successes,
        "FailedSessions": policy.failures,
        "Failures": policy.details.iter().map(line).collect::<Vec<_>>(),
        "Advice": advice.collect::<Vec<_>>(),
        "FailureDetails": details.collect::<Vec<_>>(),
        "FailureDetailsLeftOut": policy.left_out,
        "MxHosts": policy.mx_hosts,
        "ReportId": report.id,
        "Contact": report.contact,
        "Received": kept.received_at.iso(),
    })
}

/// A failure in a line: `12 certificate-expired at mx.contoso.com (192.0.2.1), from 203.0.113.5: reason`.
fn line(failure: &ReceivedFailure) -> String {
    let mut line = format!("{} {}", failure.count, failure.result_type);
    let host = match (failure.host.as_str(), failure.receiving) {
        ("", None) => String::new(),
        ("", Some(address)) => format!(" at {address}"),
        (host, None) => format!(" at {host}"),
        (host, Some(address)) => format!(" at {host} ({address})"),
    };
    line.push_str(&host);
    if let Some(from) = failure.sending {
        line.push_str(&format!(", from {from}"));
    }
    if !failure.reason.is_empty() {
        line.push_str(&format!(": {}", failure.reason));
    }
    line
}

fn detail(failure: &ReceivedFailure) -> Value {
    json!({
        "ResultType": failure.result_type,
        "Count": failure.count,
        "SendingMta": failure.sending.map(|address| address.to_string()),
        "ReceivingMx": failure.host,
        "ReceivingAddress": failure.receiving.map(|address| address.to_string()),
        "Reason": failure.reason,
    })
}

/// What a row looks like.
pub(crate) fn shape() -> Vec<PropertyShape> {
    let property =
        |name: &str, holds| PropertyShape { name: name.to_owned(), holds, nullable: false };
    vec![
        property("Domain", Holds::Text),
        property("PolicyType", Holds::Text),
        property("Organization", Holds::Text),
        property("Submitter", Holds::Text),
        property("Verified", Holds::Boolean),
        property("StartDate", Holds::Moment),
        property("EndDate", Holds::Moment),
        property("SuccessfulSessions", Holds::Integer),
        property("FailedSessions", Holds::Integer),
        property("Failures", Holds::Texts),
        property("Advice", Holds::Texts),
        property("FailureDetails", Holds::Objects("TlsReportFailure")),
        property("FailureDetailsLeftOut", Holds::Integer),
        property("MxHosts", Holds::Texts),
        property("ReportId", Holds::Text),
        property("Contact", Holds::Text),
        property("Received", Holds::Moment),
    ]
}

/// What a detail looks like.
pub(crate) fn detail_shape() -> Vec<PropertyShape> {
    let property =
        |name: &str, holds, nullable| PropertyShape { name: name.to_owned(), holds, nullable };
    vec![
        property("ResultType", Holds::Text, false),
        property("Count", Holds::Integer, false),
        property("SendingMta", Holds::Text, true),
        property("ReceivingMx", Holds::Text, false),
        property("ReceivingAddress", Holds::Text, true),
        property("Reason", Holds::Text, false),
    ]
}
