//! What goes wrong in a script, with the place it points at.
//!
//! A [`ShellError`] is what the administrator reads; [`Flow`] is how it, `exit`, `break` and the like
//! travel through the evaluator.

use std::{fmt, rc::Rc};

use crate::source::{Source, Span};
use crate::value::Value;

/// One error, as shown.
#[derive(Debug, Clone)]
pub(crate) struct ShellError(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    message: String,
    command: Option<String>,
    id: Option<String>,
    place: Option<(Rc<Source>, Span)>,
    incomplete: bool,
}

impl ShellError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            message: message.into(),
            command: None,
            id: None,
            place: None,
            incomplete: false,
        }))
    }

    /// The same, pointing at a place.
    pub(crate) fn at(mut self, source: &Rc<Source>, span: Span) -> Self {
        self.0.place = Some((Rc::clone(source), span));
        self
    }

    /// The same, pointing at a place unless it already points somewhere.
    pub(crate) fn or_at(self, source: &Rc<Source>, span: Span) -> Self {
        if self.0.place.is_some() { self } else { self.at(source, span) }
    }

    /// The same, said by a command.
    pub(crate) fn by(mut self, command: &str) -> Self {
        self.0.command = Some(command.to_owned());
        self
    }

    /// The same with the rule's id (`SC-05`, or the shell's own such as `NamedParameterNotFound`).
    pub(crate) fn with_id(mut self, id: impl Into<String>) -> Self {
        self.0.id = Some(id.into());
        self
    }

    /// The same; more text could make it right (a bracket not closed yet).
    pub(crate) fn incomplete(mut self) -> Self {
        self.0.incomplete = true;
        self
    }

    /// Whether more text could make it right.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.0.incomplete
    }

    /// What it says, without place.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The rule's id, empty when it has none.
    pub(crate) fn id(&self) -> &str {
        self.0.id.as_deref().unwrap_or("")
    }

    /// The stretch of source it points at.
    #[cfg(test)]
    pub(crate) fn pointed_text(&self) -> Option<&str> {
        self.0.place.as_ref().map(|(source, span)| source.slice(*span))
    }
}

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &self.0;
        if let Some(command) = &details.command {
            write!(f, "{command} : ")?;
        }
        f.write_str(&details.message)?;
        if let Some((source, span)) = &details.place {
            write!(f, "\n{}", source.pointed_at(*span))?;
        }
        if let Some(id) = &details.id {
            write!(f, "\n    + FullyQualifiedErrorId : {id}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ShellError {}

/// Why evaluation does not simply go on.
#[derive(Debug, Clone)]
pub(crate) enum Flow {
    /// The statement failed; it is reported and the next one runs.
    Failed(ShellError),
    /// `throw`, an error with `-ErrorAction Stop`, or any within `try`: up to the next `catch`, else the
    /// script ends with it. The second is what was thrown, `$null` unless it is a value of its own.
    Thrown(ShellError, Value),
    /// Ctrl+C: everything ends.
    Interrupted,
    /// `exit`.
    Exit(i32),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `return`.
    Return,
}

impl From<ShellError> for Flow {
    fn from(error: ShellError) -> Self {
        Self::Failed(error)
    }
}
