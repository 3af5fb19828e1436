//! One domain's day as JSON (RFC 8460 section 4.4).

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use model::{DomainName, Timestamp};
use serde::Serialize;
use time::{Date, OffsetDateTime};

use crate::{DomainTally, PolicyType, tally::PolicyTally};

const DAY: i64 = 24 * 60 * 60;

/// A day in UTC, by which sessions are counted and reported.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct ReportDay(i64);

impl ReportDay {
    /// The day of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millis().div_euclid(1_000 * DAY))
    }

    /// Its first second, since 1970.
    #[must_use]
    pub fn begin(self) -> i64 {
        self.0 * DAY
    }

    /// Its last second.
    #[must_use]
    pub fn end(self) -> i64 {
        self.begin() + DAY - 1
    }

    fn date(self) -> Option<Date> {
        OffsetDateTime::from_unix_timestamp(self.begin()).ok().map(OffsetDateTime::date)
    }
}

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The organization's name.
    pub organization: String,
    /// Whom to ask about the report.
    pub contact: String,
    /// The domain that reports.
    pub domain: DomainName,
}

/// A report about a domain.
#[derive(Debug, Clone)]
pub struct Report {
    /// The domain it is about.
    pub domain: DomainName,
    /// Its number; unique.
    pub id: String,
    /// Which day.
    pub day: ReportDay,
    reporter: Reporter,
    tally: DomainTally,
}

impl Report {
    /// What was counted of `domain` on a day. `unique` makes its number one that no other report has.
    #[must_use]
    pub fn new(
        (domain, tally): (DomainName, DomainTally),
        day: ReportDay,
        reporter: Reporter,
        unique: &str,
    ) -> Self {
        let date = day.date().map(|date| date.to_string()).unwrap_or_default();
        let id = format!("{date}T00:00:00Z_{domain}_{unique}");
        Self { domain, id, day, reporter, tally }
    }

    /// Who reports.
    #[must_use]
    pub fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    /// The report as JSON.
    #[must_use]
    pub fn json(&self) -> Vec<u8> {
        let date = self.day.date().map(|date| date.to_string()).unwrap_or_default();
        let policies = self.tally.policies.iter().map(|policy| self.policy(policy)).collect();
        let whole = Whole {
            organization_name: &self.reporter.organization,
            date_range: DateRange {
                start_datetime: format!("{date}T00:00:00Z"),
                end_datetime: format!("{date}T23:59:59Z"),
            },
            contact_info: &self.reporter.contact,
            report_id: &self.id,
            policies,
        };
        // Strings and numbers only: there is nothing that could fail.
        serde_json::to_vec(&whole).unwrap_or_default()
    }

    /// The JSON, compressed.
    #[must_use]
    pub fn gzip(&self) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Into memory: nothing that could fail.
        let _ = encoder.write_all(&self.json());
        encoder.finish().unwrap_or_default()
    }

    /// The name of the file (section 5.1).
    #[must_use]
    pub fn file_name(&self) -> String {
        let (begin, end) = (self.day.begin(), self.day.end());
        format!("{}!{}!{begin}!{end}.json.gz", self.reporter.domain, self.domain)
    }

    fn policy<'a>(&'a self, policy: &'a PolicyTally) -> Policy<'a> {
        Policy {
            policy: PolicyText {
                policy_type: policy.applied.policy_type,
                policy_string: &policy.applied.policy_string,
                policy_domain: self.domain.as_str(),
                mx_host: &policy.applied.mx_host,
            },
            summary: Summary {
                total_successful_session_count: policy.successes,
                total_failure_session_count: policy.failures,
            },
            failure_details: policy
                .details
                .iter()
                .map(|(detail, count)| FailureDetail {
                    result_type: detail.failure_type,
                    sending_mta_ip: detail.local.map(|address| address.to_string()),
                    receiving_mx_hostname: &detail.host,
                    receiving_ip: detail.remote.map(|address| address.to_string()),
                    failed_session_count: *count,
                    failure_reason_code: &detail.reason,
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Whole<'a> {
    organization_name: &'a str,
    date_range: DateRange,
    contact_info: &'a str,
    report_id: &'a str,
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct DateRange {
    start_datetime: String,
    end_datetime: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Policy<'a> {
    policy: PolicyText<'a>,
    summary: Summary,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_details: Vec<FailureDetail<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PolicyText<'a> {
    policy_type: PolicyType,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    policy_string: &'a [String],
    policy_domain: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    mx_host: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Summary {
    total_successful_session_count: u64,
    total_failure_session_count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct FailureDetail<'a> {
    result_type: crate::FailureType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sending_mta_ip: Option<String>,
    receiving_mx_hostname: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiving_ip: Option<String>,
    failed_session_count: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    failure_reason_code: &'a str,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Applied, FailureType, Session, SessionFailure, Tally};

    fn report() -> Report {
        let mut tally = Tally::default();
        let session = |failure: Option<&str>| Session {
            domain: "example.net".parse().unwrap(),
            applied: Applied {
                policy_type: PolicyType::Tlsa,
                policy_string: vec!["3 1 1 0b9f…".to_owned()],
                mx_host: vec!["mx.example.net".to_owned()],
            },
            host: "mx.example.net".to_owned(),
            local: Some("192.0.2.7".parse().unwrap()),
            remote: Some("2001:db8::1".parse().unwrap()),
            failure: failure.map(|reason| SessionFailure {
                failure_type: FailureType::TlsaInvalid,
                reason: reason.to_owned(),
            }),
        };
        tally.count(session(None));
        tally.count(session(Some("no record")));
        tally.count(session(Some("no record")));
        let reporter = Reporter {
            organization: "Contoso".to_owned(),
            contact: "postmaster@contoso.com".to_owned(),
            domain: "contoso.com".parse().unwrap(),
        };
        let day = ReportDay::of(Timestamp::from_millis(1_764_374_400_000 + 5_000));
        Report::new(tally.into_domains().next().unwrap(), day, reporter, "7")
    }

    #[test]
    fn it_says_what_the_standard_wants() {
        let report = report();
        let value: Value = serde_json::from_slice(&report.json()).unwrap();
        assert_eq!(
            value,
            json!({
                "organization-name": "Contoso",
                "date-range": {
                    "start-datetime": "2025-11-29T00:00:00Z",
                    "end-datetime": "2025-11-29T23:59:59Z",
                },
                "contact-info": "postmaster@contoso.com",
                "report-id": "2025-11-29T00:00:00Z_example.net_7",
                "policies": [{
                    "policy": {
                        "policy-type": "tlsa",
                        "policy-string": ["3 1 1 0b9f…"],
                        "policy-domain": "example.net",
                        "mx-host": ["mx.example.net"],
                    },
                    "summary": {
                        "total-successful-session-count": 1,
                        "total-failure-session-count": 2,
                    },
                    "failure-details": [{
                        "result-type": "tlsa-invalid",
                        "sending-mta-ip": "192.0.2.7",
                        "receiving-mx-hostname": "mx.example.net",
                        "receiving-ip": "2001:db8::1",
                        "failed-session-count": 2,
                        "failure-reason-code": "no record",
                    }],
                }],
            })
        );
        assert_eq!(report.file_name(), "contoso.com!example.net!1764374400!1764460799.json.gz");
        let mut read = String::new();
        let packed = report.gzip();
        let mut decoder = flate2::read::GzDecoder::new(&packed[..]);
        std::io::Read::read_to_string(&mut decoder, &mut read).unwrap();
        assert_eq!(read.as_bytes(), report.json());
    }
}
