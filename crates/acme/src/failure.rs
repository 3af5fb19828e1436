//! Why there is no certificate, in a sentence for the log. What others said in it is bounded and printable.

use std::time::Duration;

/// The longest text of somebody else that is repeated, in characters.
const LONGEST: usize = 500;

/// Why an attempt ended without a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The end of a sentence.
    pub(crate) why: String,
    /// What of `type` the server's problem document has (RFC 8555 section 6.7).
    pub(crate) problem: Option<String>,
    /// How long the server wants to be left alone.
    pub(crate) retry_after: Option<Duration>,
}

impl Failure {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), problem: None, retry_after: None }
    }

    /// While something was done: `the order was refused`.
    pub(crate) fn of(doing: &str, error: &instant_acme::Error) -> Self {
        let problem = match error {
            instant_acme::Error::Api(problem) => problem.r#type.clone(),
            _ => None,
        };
        Self { why: format!("{doing}: {}", reason(error)), problem, retry_after: None }
    }

    /// Whether the server's problem document is of this type.
    pub(crate) fn is(&self, problem: &str) -> bool {
        let own = self.problem.as_deref();
        own.and_then(|own| own.strip_prefix("urn:ietf:params:acme:error:")) == Some(problem)
    }
}

/// What went wrong, in the server's words where it has some.
fn reason(error: &instant_acme::Error) -> String {
    match error {
        instant_acme::Error::Api(problem) => said(problem),
        instant_acme::Error::Json(_) => "its answer is none of ACME".to_owned(),
        instant_acme::Error::Str(text) => (*text).to_owned(),
        other => plain(&other.to_string()),
    }
}

/// A problem document in one line.
pub(crate) fn said(problem: &instant_acme::Problem) -> String {
    let kind = problem.r#type.as_deref().unwrap_or_default();
    let kind = kind.strip_prefix("urn:ietf:params:acme:error:").unwrap_or(kind);
    let mut text = problem.detail.clone().unwrap_or_default();
    for part in problem.subproblems.iter().take(10) {
        text.push_str(&format!("; {part}"));
    }
    match (kind.is_empty(), text.is_empty()) {
        (true, true) => "it does not say why".to_owned(),
        (false, true) => plain(kind),
        (true, false) => plain(&text),
        (false, false) => plain(&format!("{text} ({kind})")),
    }
}

/// Text of others for the log: one line, bounded.
pub(crate) fn plain(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.trim().chars().map(shown).take(LONGEST).collect();
    if text.trim().chars().count() > LONGEST {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_one_bounded_line() {
        assert_eq!(plain(" a\r\nb\u{1b}[1m "), "a  b [1m");
        assert_eq!(plain(&"x".repeat(1000)).chars().count(), LONGEST + 1);
        let problem = serde_json::from_value(serde_json::json!({
            "type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many\ncertificates"
        }));
        let failure =
            Failure::of("the order was refused", &instant_acme::Error::Api(problem.unwrap()));
        assert_eq!(failure.why, "the order was refused: too many certificates (rateLimited)");
        assert!(failure.is("rateLimited") && !failure.is("badNonce"));
    }
}
