//! Runs the tree: variables, statements, pipelines, commands.
//!
//! Objects go through a pipeline one after the other, element by element. What a statement at the top
//! puts out is shown when the statement ends, or earlier when something is written past it. An
//! error ends its statement, is shown, and the next statement runs, unless it is to stop the script.

mod arguments;
mod assignment;
mod command;
mod confirm;
mod expression;
mod member;
mod method;
mod remote;
mod statement;

use std::collections::HashMap;
use std::rc::Rc;

use cmdlets::Cmdlet;

use crate::ast::ScriptBlock;
use crate::binding::ErrorAction;
use crate::commands;
use crate::convert::to_text;
use crate::error::{Flow, ShellError};
use crate::format;
use crate::host::Host;
use crate::parser;
use crate::runtime::Runtime;
use crate::source::{Source, Span};
use crate::value::Value;

/// How deep script blocks may call each other.
const MAX_CALLS: usize = 40;
/// How many errors `$Error` keeps.
const MAX_ERRORS: usize = 256;

/// Where a statement's output goes: into a list, or, when there is none, to the user.
type Out<'a> = Option<&'a mut Vec<Value>>;

/// How a script ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran to its end; whether an error was shown.
    Done { failed: bool },
    /// `exit`, with the status.
    Exit(i32),
}

/// The state of a session: variables, and what is to be shown.
pub(crate) struct Evaluator<'h> {
    host: &'h mut dyn Host,
    variables: HashMap<String, Value>,
    source: Rc<Source>,
    pending: Vec<Value>,
    errors: Vec<Value>,
    /// Whether the last statement went well: `$?`.
    succeeded: bool,
    failed: bool,
    /// How many errors there were, shown or not.
    seen: usize,
    calls: usize,
}

impl<'h> Evaluator<'h> {
    pub(crate) fn new(host: &'h mut dyn Host) -> Self {
        Self {
            host,
            variables: HashMap::new(),
            source: Source::typed(""),
            pending: Vec::new(),
            errors: Vec::new(),
            succeeded: true,
            failed: false,
            seen: 0,
            calls: 0,
        }
    }

    /// Runs a text to its end.
    pub(crate) fn run(&mut self, source: &Rc<Source>) -> Outcome {
        self.failed = false;
        let block = match parser::parse(source) {
            Ok(block) => block,
            Err(error) => {
                self.report(error);
                return Outcome::Done { failed: true };
            }
        };
        let before = std::mem::replace(&mut self.source, Rc::clone(source));
        let flow = self.statements(&block, &mut None);
        self.flush();
        self.source = before;
        match flow {
            Err(Flow::Exit(status)) => Outcome::Exit(status),
            _ => Outcome::Done { failed: self.failed },
        }
    }

    /// The names of all variables, for completion.
    pub(crate) fn variable_names(&self) -> Vec<String> {
        self.variables.keys().cloned().collect()
    }

    fn error(&self, span: Span, message: impl Into<String>) -> ShellError {
        ShellError::new(message).at(&self.source, span)
    }

    /// Deals with an error as the error action says; the script's own action is taken when the
    /// command gave none.
    fn raise(&mut self, error: ShellError, action: Option<ErrorAction>) -> Result<(), Flow> {
        let preference = || ErrorAction::named(&to_text(&self.variable("ErrorActionPreference")));
        let action = action.or_else(preference).unwrap_or(ErrorAction::Continue);
        if action == ErrorAction::SilentlyContinue {
            self.remember(&error);
            return Ok(());
        }
        self.report(error);
        if action == ErrorAction::Stop { Err(Flow::Stopped) } else { Ok(()) }
    }

    fn remember(&mut self, error: &ShellError) {
        self.seen += 1;
        self.errors.insert(0, Value::text(error.message()));
        self.errors.truncate(MAX_ERRORS);
    }
}

impl Runtime for Evaluator<'_> {
    fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    fn run_block(&mut self, block: &ScriptBlock, item: Value) -> Result<Vec<Value>, Flow> {
        if self.calls >= MAX_CALLS {
            return Err(ShellError::new("Script blocks call each other too deeply.").into());
        }
        self.calls += 1;
        let source = std::mem::replace(&mut self.source, Rc::clone(&block.source));
        let outer = self.variables.insert("_".into(), item);
        let mut output = Vec::new();
        let flow = self.statements(&block.body, &mut Some(&mut output));
        match outer {
            Some(outer) => drop(self.variables.insert("_".into(), outer)),
            None => drop(self.variables.remove("_")),
        }
        self.source = source;
        self.calls -= 1;
        match flow {
            Ok(()) | Err(Flow::Return) => Ok(output),
            Err(other) => Err(other),
        }
    }

    fn variable(&self, name: &str) -> Value {
        let key = name.to_lowercase();
        let key = ["global:", "script:", "local:", "variable:"]
            .iter()
            .find_map(|scope| key.strip_prefix(scope))
            .unwrap_or(&key);
        match key {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "?" => Value::Bool(self.succeeded),
            "error" => Value::array(self.errors.clone()),
            "psitem" => self.variables.get("_").cloned().unwrap_or_default(),
            key => match key.strip_prefix("env:") {
                Some(_) => {
                    let own = name.split_once(':').map_or("", |(_, own)| own);
                    self.host.environment(own).map_or(Value::Null, Value::text)
                }
                None => self.variables.get(key).cloned().unwrap_or_default(),
            },
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let values = std::mem::take(&mut self.pending);
        let limit = format::enumeration_limit(&self.variable("FormatEnumerationLimit"));
        let view = format::View { width: self.host.width(), limit };
        self.host.write(&format::default_view(&values, &view));
    }

    fn shell_commands(&self) -> Vec<&'static Cmdlet> {
        commands::declarations().collect()
    }

    fn report(&mut self, error: ShellError) {
        self.flush();
        self.remember(&error);
        self.failed = true;
        self.host.write_error(&error.to_string());
    }
}

#[cfg(test)]
mod tests;
