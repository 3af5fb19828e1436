//! The usage of a new connector: `-Usage`, or one of the switches of the same names (SC-16).

use directory::Usage;

use crate::binding::Bound;
use crate::problem::Problem;

/// The one usage of `possible` that was given; `Custom` without one.
pub(crate) fn usage(bound: &Bound, possible: &[Usage]) -> Result<Usage, Problem> {
    let mut chosen: Vec<(String, Usage)> = Vec::new();
    if let Some(text) = bound.text("Usage") {
        let named = possible.iter().find(|usage| usage.name().eq_ignore_ascii_case(&text));
        chosen.extend(named.map(|usage| (format!("-Usage {usage}"), *usage)));
    }
    for usage in possible.iter().filter(|usage| bound.is_true(usage.name())) {
        chosen.push((format!("-{usage}"), *usage));
    }
    match chosen.as_slice() {
        [] => Ok(Usage::Custom),
        [(_, usage)] => Ok(*usage),
        several => {
            let given: Vec<&str> = several.iter().map(|(text, _)| text.as_str()).collect();
            let names: Vec<&str> = possible.iter().map(|usage| usage.name()).collect();
            Err(Problem::bad(format!(
                "{} cannot be used together: a connector has one usage.",
                given.join(" and ")
            ))
            .rule("SC-16")
            .about("Usage")
            .with_value(given.join(" "))
            .allowing(format!("one of {}", names.join(", "))))
        }
    }
}
