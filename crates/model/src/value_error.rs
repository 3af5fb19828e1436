//! The one error of every parser of an administrator's or peer's value.

use std::fmt;

/// A value that was refused: what it was, what is wrong with it, and what is allowed.
///
/// The text form is a whole sentence for people: `"101" is not a cost. Allowed: an integer
/// from 1 to 100.`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// The offending value, shortened to 200 characters.
    pub value: String,
    /// What is wrong, as the end of a sentence that starts with the value.
    pub problem: String,
    /// What would be accepted.
    pub allowed: String,
}

impl ValueError {
    /// An error about `value`; `problem` completes the sentence `"value" …`.
    pub fn new(value: &str, problem: impl Into<String>, allowed: impl Into<String>) -> Self {
        let value =
            value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(200).collect();
        Self { value, problem: problem.into(), allowed: allowed.into() }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" {}. Allowed: {}.", self.value, self.problem, self.allowed)
    }
}

impl std::error::Error for ValueError {}
