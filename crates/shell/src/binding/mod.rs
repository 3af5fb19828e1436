//! From what was typed after a command's name to the parameters of its declaration.
//!
//! Names may be abbreviated to a unique prefix or be aliases; `-Name:value` and switches
//! `-Name:$false` work everywhere; values without a name go by position. Errors point at the
//! argument and name what is near or allowed. The server checks the values themselves.

mod common;
mod kinds;
mod names;
mod pipeline;

use std::rc::Rc;

use cmdlets::{Cmdlet, Kind, Parameter};

pub(crate) use common::{COMMON, ErrorAction};
pub(crate) use kinds::numbers;
pub(crate) use names::{nearest, resolve};

use crate::convert::{to_bool, to_int, to_text};
use crate::error::ShellError;
use crate::source::{Source, Span};
use crate::value::Value;

/// An evaluated argument.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// `-Name`, and where it stands.
    pub(crate) name: Option<(String, Span)>,
    pub(crate) value: Option<GivenValue>,
}

/// An evaluated value.
#[derive(Debug, Clone)]
pub(crate) struct GivenValue {
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// Written as a word (or words): numbers in it are numbers where anything is allowed.
    pub(crate) bare: bool,
}

/// A parameter and its value.
#[derive(Debug, Clone)]
pub(crate) struct BoundValue {
    pub(crate) parameter: &'static Parameter,
    pub(crate) value: Value,
    /// Where the argument stands; `None` for what came through the pipeline.
    pub(crate) span: Option<Span>,
}

/// A command ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) cmdlet: &'static Cmdlet,
    pub(crate) values: Vec<BoundValue>,
    pub(crate) source: Rc<Source>,
    /// The whole command.
    pub(crate) span: Span,
    /// Whether a pipe stands before the command.
    pub(crate) has_input: bool,
}

/// Binds arguments to a declaration.
///
/// # Errors
/// Unknown, ambiguous or repeated parameters, values of the wrong kind, values too many.
pub(crate) fn bind(
    cmdlet: &'static Cmdlet,
    given: Vec<Given>,
    source: &Rc<Source>,
    span: Span,
) -> Result<Bound, ShellError> {
    let source = Rc::clone(source);
    let mut bound = Bound { cmdlet, values: Vec::new(), source, span, has_input: false };
    let mut positional = Vec::new();
    let mut rest = given.into_iter().peekable();
    while let Some(argument) = rest.next() {
        let Some((name, name_span)) = argument.name else {
            positional.extend(argument.value);
            continue;
        };
        let parameter = resolve(cmdlet, &name)
            .map_err(|problem| bound.error(name_span, problem.message).with_id(problem.id))?;
        let value = match argument.value {
            Some(value) => value,
            None if parameter.kind == Kind::Switch => {
                GivenValue { value: Value::Bool(true), span: name_span, bare: false }
            }
            None => {
                let follows = rest.next_if(|next| next.name.is_none()).and_then(|next| next.value);
                follows.ok_or_else(|| bound.missing_value(parameter, name_span))?
            }
        };
        bound.add(parameter, value, name_span)?;
    }
    bound.bind_positions(positional)?;
    Ok(bound)
}

impl Bound {
    /// An error of this command that points at a place.
    pub(crate) fn error(&self, span: Span, message: impl Into<String>) -> ShellError {
        ShellError::new(message).at(&self.source, span).by(self.cmdlet.name)
    }

    /// An error of this command as a whole.
    pub(crate) fn failed(&self, message: impl Into<String>) -> ShellError {
        self.error(self.span, message)
    }

    /// An error about one parameter: points at its argument when it was typed.
    pub(crate) fn wrong(&self, parameter: &str, message: impl Into<String>) -> ShellError {
        let typed = self.bound(parameter).and_then(|bound| bound.span);
        self.error(typed.unwrap_or(self.span), message)
    }

    /// The parameter as it was bound.
    pub(crate) fn bound(&self, name: &str) -> Option<&BoundValue> {
        self.values.iter().find(|bound| bound.parameter.is_called(name))
    }

    /// The value of a parameter, `$null` included.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.bound(name).map(|bound| &bound.value)
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).filter(|value| !value.is_null()).map(to_text)
    }

    /// The texts of a list parameter.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.value(name)
            .map(|value| value.items().iter().map(to_text).collect())
            .unwrap_or_default()
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.value(name).is_some_and(to_bool)
    }

    /// A number that is not negative.
    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, ShellError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let count = to_int(value).and_then(|n| usize::try_from(n).ok());
        count.map(Some).ok_or_else(|| {
            self.wrong(name, format!("-{name} must be a number that is not negative."))
        })
    }

    /// What `-ErrorAction` says.
    pub(crate) fn error_action(&self) -> Option<ErrorAction> {
        self.text("ErrorAction").and_then(|text| ErrorAction::named(&text))
    }

    fn missing_value(&self, parameter: &Parameter, span: Span) -> ShellError {
        let message = format!(
            "Missing an argument for parameter '{}'. Give {} after it.",
            parameter.name,
            kinds::described(&parameter.kind)
        );
        self.error(span, message).with_id("MissingArgument")
    }

    fn add(
        &mut self,
        parameter: &'static Parameter,
        given: GivenValue,
        name_span: Span,
    ) -> Result<(), ShellError> {
        if self.bound(parameter.name).is_some() {
            let message = format!(
                "Cannot bind parameter because parameter '{}' is specified more than once.",
                parameter.name
            );
            return Err(self.error(name_span, message).with_id("ParameterAlreadyBound"));
        }
        let span = name_span.to(given.span);
        let value = kinds::fitted(&parameter.kind, given.value, given.bare).map_err(|problem| {
            let message = format!("Cannot bind parameter '{}'. {problem}", parameter.name);
            self.error(span, message).with_id("CannotConvertArgument")
        })?;
        self.values.push(BoundValue { parameter, value, span: Some(span) });
        Ok(())
    }

    fn bind_positions(&mut self, values: Vec<GivenValue>) -> Result<(), ShellError> {
        let mut places: Vec<&'static Parameter> =
            self.cmdlet.parameters.iter().filter(|p| p.position.is_some()).collect();
        places.sort_by_key(|p| p.position);
        let mut values = values.into_iter();
        for place in places {
            if self.bound(place.name).is_some() || !self.fits_sets(place) {
                continue;
            }
            let Some(first) = values.next() else { return Ok(()) };
            let span = first.span;
            self.add(place, first, span)?;
        }
        match values.next() {
            None => Ok(()),
            Some(extra) => {
                let shown = self.source.slice(extra.span);
                let text = match &extra.value {
                    Value::Secure(_) | Value::Credential(_) => shown.to_owned(),
                    value => to_text(value),
                };
                let message = format!(
                    "A positional parameter cannot be found that accepts argument '{}'.",
                    text.chars().take(200).collect::<String>()
                );
                Err(self.error(extra.span, message).with_id("PositionalParameterNotFound"))
            }
        }
    }

    /// Whether a parameter may stand with those already bound.
    fn fits_sets(&self, parameter: &Parameter) -> bool {
        self.possible_sets().is_none_or(|sets| sets.iter().any(|set| parameter.belongs_to(set)))
    }

    /// The parameter sets the bound parameters leave; `None` when the command has only one.
    fn possible_sets(&self) -> Option<Vec<&'static str>> {
        if self.cmdlet.sets.is_empty() {
            return None;
        }
        let chosen = |bound: &&BoundValue| !matches!(bound.value, Value::Null | Value::Bool(false));
        let fits = |set: &str| {
            self.values.iter().filter(chosen).all(|bound| bound.parameter.belongs_to(set))
        };
        Some(self.cmdlet.sets.iter().copied().filter(|set| fits(set)).collect())
    }

    /// Required parameters that are not bound, in the parameter set that needs the fewest.
    pub(crate) fn missing(&self) -> Vec<&'static Parameter> {
        let missing = |set: Option<&str>| -> Vec<&'static Parameter> {
            self.cmdlet
                .parameters
                .iter()
                .filter(|p| p.required && set.is_none_or(|set| p.belongs_to(set)))
                .filter(|p| self.bound(p.name).is_none())
                .collect()
        };
        match self.possible_sets() {
            None => missing(None),
            Some(sets) => {
                let default = self.cmdlet.default_set.filter(|set| sets.contains(set));
                let ordered = default.into_iter().chain(sets.iter().copied());
                let all: Vec<_> = ordered.map(|set| missing(Some(set))).collect();
                let complete = all.iter().any(Vec::is_empty);
                if complete { Vec::new() } else { all.into_iter().next().unwrap_or_default() }
            }
        }
    }

    /// The error for required parameters that nobody gave.
    pub(crate) fn missing_error(&self, missing: &[&'static Parameter]) -> ShellError {
        let names: Vec<_> = missing.iter().map(|p| p.name).collect();
        self.failed(format!(
            "Cannot process command because of one or more missing mandatory parameters: {}.",
            names.join(", ")
        ))
        .with_id("MissingMandatoryParameter")
    }

    /// Binds what somebody typed when asked for a required parameter.
    pub(crate) fn answer(
        &mut self,
        parameter: &'static Parameter,
        value: Value,
    ) -> Result<(), ShellError> {
        let given = GivenValue { value, span: self.span, bare: true };
        self.add(parameter, given, self.span)
    }
}

#[cfg(test)]
mod tests;
