//! TLS reports about our domains, and the mail that brings them: read within bounds, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_report::{Brought, ReceivedReport};

fn check(report: &ReceivedReport) {
    assert!(report.begin <= report.end);
    assert!(report.policies.len() <= ReceivedReport::MOST_POLICIES);
    let details: usize = report.policies.iter().map(|policy| policy.details.len()).sum();
    assert!(details <= ReceivedReport::MOST_DETAILS);
    for text in [&report.organization, &report.contact, &report.id] {
        assert!(text.chars().count() <= ReceivedReport::LONGEST_TEXT);
        assert!(!text.contains(char::is_control));
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(report) = ReceivedReport::read(data) {
        check(&report);
    }
    if let Ok(brought) = Brought::read(data) {
        check(&brought.report);
        assert!(!brought.submitter.contains(char::is_control));
    }
});
