//! The JSON of a report as others write it. Names are those of the standard; one that is missing is empty, but
//! for what a report is nothing without.

use model::{DomainName, Timestamp};
use serde::Deserialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    lenient::{Count, FromText, Short, UpTo, shortened},
    types::{NoReport, ReceivedFailure, ReceivedPolicy, ReceivedReport},
};

/// Hosts of a policy that are kept.
const MOST_HOSTS: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Whole {
    organization_name: Short,
    date_range: DateRange,
    #[serde(default)]
    contact_info: Short,
    report_id: Short,
    policies: UpTo<Policy, { ReceivedReport::MOST_POLICIES }>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct DateRange {
    start_datetime: Short,
    end_datetime: Short,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Policy {
    policy: PolicyText,
    summary: Summary,
    #[serde(default)]
    failure_details: UpTo<Detail, { ReceivedReport::MOST_DETAILS }>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PolicyText {
    policy_type: Short,
    policy_domain: Short,
    #[serde(default)]
    mx_host: UpTo<Short, MOST_HOSTS>,
    // Some write this one.
    #[serde(default)]
    mx_host_pattern: UpTo<Short, MOST_HOSTS>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Summary {
    #[serde(default)]
    total_successful_session_count: Count,
    #[serde(default)]
    total_failure_session_count: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail {
    result_type: Short,
    #[serde(default)]
    failed_session_count: Count,
    #[serde(default)]
    sending_mta_ip: Short,
    #[serde(default)]
    receiving_mx_hostname: Short,
    #[serde(default)]
    receiving_ip: Short,
    #[serde(default)]
    failure_reason_code: Short,
    // So it is called in the example of RFC 8460 appendix B.
    #[serde(default)]
    failure_error_code: Short,
    #[serde(default)]
    additional_information: Short,
}

impl FromText for Policy {}
impl FromText for Detail {}

impl ReceivedReport {
    /// Reads one as it stands in the file (RFC 8460 section 4.4).
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(text: &[u8]) -> Result<Self, NoReport> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let whole: Whole = serde_json::from_slice(text).map_err(|error| {
            // Where, and what was expected; a text of the stranger's may be in it.
            NoReport::NoJson(shortened(&error.to_string()))
        })?;
        let moment = |text: &Short| moment(&text.0).ok_or(NoReport::Dates);
        let begin = moment(&whole.date_range.start_datetime)?;
        let end = moment(&whole.date_range.end_datetime)?;
        if begin > end {
            return Err(NoReport::Dates);
        }
        let mut room = ReceivedReport::MOST_DETAILS;
        let policies = whole.policies.kept.into_iter().filter_map(|policy| policy.kept(&mut room));
        Ok(Self {
            organization: whole.organization_name.0,
            contact: whole.contact_info.0,
            id: whole.report_id.0,
            begin,
            end,
            policies: policies.collect(),
        })
    }
}

impl Policy {
    /// As it is kept, with so many details at most; nothing where it is about no domain.
    fn kept(self, room: &mut usize) -> Option<ReceivedPolicy> {
        let Self { policy, summary, failure_details } = self;
        let domain: DomainName = policy.policy_domain.0.trim_end_matches('.').parse().ok()?;
        let all = failure_details.kept.len();
        let details: Vec<_> =
            failure_details.kept.into_iter().take(*room).map(Detail::kept).collect();
        *room -= details.len();
        let hosts = policy.mx_host.kept.into_iter().chain(policy.mx_host_pattern.kept);
        let hosts = hosts.take(MOST_HOSTS);
        let cut = u64::try_from(all - details.len()).unwrap_or(u64::MAX);
        Some(ReceivedPolicy {
            policy_type: policy.policy_type.0.to_ascii_lowercase(),
            domain,
            mx_hosts: hosts.map(|host| host.0).collect(),
            successes: summary.total_successful_session_count.0,
            failures: summary.total_failure_session_count.0,
            details,
            left_out: failure_details.left_out.saturating_add(cut),
        })
    }
}

impl Detail {
    fn kept(self) -> ReceivedFailure {
        let address = |text: Short| text.0.parse().ok();
        let reasons =
            [self.failure_reason_code.0, self.failure_error_code.0, self.additional_information.0];
        let reasons: Vec<String> = reasons.into_iter().filter(|text| !text.is_empty()).collect();
        ReceivedFailure {
            result_type: self.result_type.0.to_ascii_lowercase(),
            count: self.failed_session_count.0,
            sending: address(self.sending_mta_ip),
            host: self.receiving_mx_hostname.0,
            receiving: address(self.receiving_ip),
            reason: reasons.join("; "),
        }
    }
}

/// RFC 3339; without an offset it is UTC, as some write it.
fn moment(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()?;
    Some(Timestamp::from_millis(at.unix_timestamp().checked_mul(1_000)?))
}
