//! Whatever a test comes upon has to have its French.

use migration::Plan;
use texts::imports;

/// That every sentence of a plan has French.
pub(crate) fn assert_said(plan: &Plan) {
    for section in &plan.sections {
        let whys = section.findings.iter().map(|finding| &finding.why);
        let places = section.findings.iter().map(|finding| &finding.place);
        let all = whys.chain(&section.blocked).chain(places).chain([&section.title]);
        for text in all.filter(|text| !text.starts_with("main.cf, ")) {
            assert!(imports::french(text).is_some(), "no French in texts::imports: {text:?}");
        }
    }
}
