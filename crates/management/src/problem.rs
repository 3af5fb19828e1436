//! How a refusal is told (send-connectors.md section 5.5): which rule, which parameter, which
//! value, what is allowed, and a whole sentence for people.

use model::ValueError;
use texts::french;

/// Why a cmdlet was refused. Nothing has been changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// HTTP status: 400, 403, 404, 409, 412, 500 or 503.
    pub status: u16,
    /// Number of the rule, such as `SC-05`, where one applies; `changed` for another version.
    pub id: Option<String>,
    /// The parameter at fault.
    pub parameter: Option<String>,
    /// Its value, shortened; never a secret.
    pub value: Option<String>,
    /// What would be accepted.
    pub allowed: Option<String>,
    /// The whole sentence.
    pub message: String,
}

impl Problem {
    /// A refusal with `status` and nothing but a sentence.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            id: None,
            parameter: None,
            value: None,
            allowed: None,
            message: message.into(),
        }
    }

    /// A command that cannot be right, whatever the directory holds.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A refused value of `parameter`.
    pub(crate) fn value(parameter: &str, error: &ValueError) -> Self {
        Self::bad(format!("Parameter '{parameter}': {error}"))
            .about(parameter)
            .with_value(&error.value)
            .allowing(&error.allowed)
    }

    /// A failure that is nobody's fault in the command.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, message)
    }

    /// The whole sentence in French, as far as all of it is known in French.
    #[must_use]
    pub fn french(&self) -> Option<String> {
        self.french_of_value().or_else(|| self.french_of_rule()).or_else(|| french(&self.message))
    }

    /// Of a refused value, as [`Problem::value`] tells it.
    fn french_of_value(&self) -> Option<String> {
        let (parameter, value) = (self.parameter.as_ref()?, self.value.as_ref()?);
        let allowed = self.allowed.as_ref()?;
        let rest = self.message.strip_prefix(&format!("Parameter '{parameter}': \"{value}\" "))?;
        let problem = french(rest.strip_suffix(&format!(". Allowed: {allowed}."))?)?;
        // Lists of words are the same in every language.
        let allowed = french(allowed).or_else(|| is_list(allowed).then(|| allowed.clone()))?;
        Some(format!(
            "Paramètre « {parameter} » : « {value} » {problem}. Valeurs admises : {allowed}."
        ))
    }

    /// Of a rule between values, as `directory::RuleError` tells it.
    fn french_of_rule(&self) -> Option<String> {
        let (parameter, allowed) = (self.parameter.as_ref()?, self.allowed.as_ref()?);
        let rest = self.message.strip_prefix(&format!("{parameter}: "))?;
        let problem = french(rest.strip_suffix(&format!(". {allowed}."))?)?;
        Some(format!("{parameter} : {problem}. {}.", french(allowed)?))
    }

    pub(crate) fn rule(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    pub(crate) fn about(mut self, parameter: &str) -> Self {
        self.parameter = Some(parameter.to_owned());
        self
    }

    pub(crate) fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(shortened(&value.into()));
        self
    }

    pub(crate) fn allowing(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }
}

/// Whether this is a list of names, as of an enumeration.
fn is_list(text: &str) -> bool {
    text.split(", ").all(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric))
}

/// `text` without control characters, at most 200 characters: what an error repeats of a value.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(200).collect()
}
