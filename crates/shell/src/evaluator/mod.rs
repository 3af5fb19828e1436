//! Runs the tree: variables, statements, pipelines, commands.
//!
//! Objects go through a pipeline one after the other, element by element. What a statement at the top
//! puts out is shown when the statement ends, or earlier when something is written past it. An
//! error ends its statement, is shown, and the next statement runs, unless it is to stop the script.

mod arguments;
mod assignment;
mod collection;
mod command;
mod confirm;
mod control;
mod expression;
mod file;
mod function;
mod member;
mod method;
mod record;
mod remote;
mod scope;
mod statement;

use std::collections::HashMap;
use std::rc::Rc;

use cmdlets::Cmdlet;

use crate::ast::ScriptBlock;
use crate::binding::{Bound, ErrorAction};
use crate::commands;
use crate::convert::to_text;
use crate::error::{Flow, ShellError};
use crate::format;
use crate::host::Host;
use crate::parser;
use crate::runtime::Runtime;
use crate::source::{Source, Span};
use crate::value::Value;
use scope::{Place, Scopes};

/// How deep script blocks may call each other.
const MAX_CALLS: usize = 40;
/// How many expressions and statements may be evaluated within each other, calls included: what the
/// stack of [`crate::options::STACK`] holds with room to spare.
const MAX_DEPTH: usize = 1500;
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
    scopes: Scopes,
    functions: HashMap<String, Rc<ScriptBlock>>,
    source: Rc<Source>,
    pending: Vec<Value>,
    errors: Vec<Value>,
    /// Whether the last statement went well: `$?`.
    succeeded: bool,
    failed: bool,
    /// How many errors there were, shown or not.
    seen: usize,
    calls: usize,
    /// How many expressions and statements are being evaluated.
    depth: usize,
    /// How many `try` blocks are being run: errors go to their `catch`.
    trying: usize,
    /// How many pipelines with `2>$null` are being run.
    quiet: usize,
}

impl<'h> Evaluator<'h> {
    pub(crate) fn new(host: &'h mut dyn Host) -> Self {
        Self {
            host,
            scopes: Scopes::new(),
            functions: HashMap::new(),
            source: Source::typed(""),
            pending: Vec::new(),
            errors: Vec::new(),
            succeeded: true,
            failed: false,
            seen: 0,
            calls: 0,
            depth: 0,
            trying: 0,
            quiet: 0,
        }
    }

    /// Runs a text to its end.
    pub(crate) fn run(&mut self, source: &Rc<Source>) -> Outcome {
        self.failed = false;
        let script = match self.parsed(source) {
            Ok(script) => script,
            Err(error) => {
                self.report(error);
                return Outcome::Done { failed: true };
            }
        };
        // A Ctrl+C of before is no business of this text.
        self.host.interrupted();
        let before = std::mem::replace(&mut self.source, Rc::clone(source));
        // A line typed in the middle of a `try` stands for itself.
        let outside = (std::mem::take(&mut self.trying), std::mem::take(&mut self.quiet));
        let flow = self.script(&script);
        (self.trying, self.quiet) = outside;
        self.flush();
        let outcome = self.outcome(flow);
        self.source = before;
        outcome
    }

    /// A typed text, or a script file with its `param( … )`.
    fn parsed(&self, source: &Rc<Source>) -> Result<ScriptBlock, ShellError> {
        if source.name.is_some() {
            return parser::parse_script(source);
        }
        Ok(ScriptBlock {
            parameters: Vec::new(),
            begin: Vec::new(),
            body: parser::parse(source)?,
            process: false,
            end: Vec::new(),
            source: Rc::clone(source),
            inner: Span::default(),
        })
    }

    fn script(&mut self, script: &ScriptBlock) -> Result<(), Flow> {
        if !script.parameters.is_empty() {
            let variables = match self.script_variables(script) {
                Err(Flow::Failed(error)) => return self.raise(error, None),
                other => other?,
            };
            for (key, value) in variables {
                self.scopes.set(Place::Session, &key, value);
            }
        }
        self.statements(&script.body, &mut None)
    }

    fn outcome(&mut self, flow: Result<(), Flow>) -> Outcome {
        match flow {
            Err(Flow::Exit(status)) => return Outcome::Exit(status),
            Err(Flow::Thrown(error, _)) => self.show(&error),
            Err(Flow::Interrupted) => {
                self.failed = true;
                self.host.write_error(self.host.language().choose("Interrupted.", "Interrompu."));
            }
            _ => {}
        }
        Outcome::Done { failed: self.failed }
    }

    /// The names of all variables, for completion.
    pub(crate) fn variable_names(&self) -> Vec<String> {
        self.scopes.names()
    }

    fn error(&self, span: Span, message: impl Into<String>) -> ShellError {
        ShellError::new(message).at(&self.source, span)
    }

    /// Deals with an error as the error action says; the script's own action is taken when the
    /// command gave none.
    fn raise(&mut self, error: ShellError, action: Option<ErrorAction>) -> Result<(), Flow> {
        let preference = || ErrorAction::named(&to_text(&self.variable("ErrorActionPreference")));
        let action = action.or_else(preference).unwrap_or(ErrorAction::Continue);
        match action {
            ErrorAction::Stop => return Err(self.thrown(error)),
            ErrorAction::SilentlyContinue => self.remember(&error),
            ErrorAction::Continue => self.report(error),
        }
        Ok(())
    }

    /// An error on its way to the next `catch`.
    fn thrown(&mut self, error: ShellError) -> Flow {
        self.remember(&error);
        Flow::Thrown(error, Value::Null)
    }

    fn remember(&mut self, error: &ShellError) {
        self.seen += 1;
        self.errors.insert(0, record::of(error, &Value::Null));
        self.errors.truncate(MAX_ERRORS);
    }

    /// Shows an error that was remembered.
    fn show(&mut self, error: &ShellError) {
        self.flush();
        self.failed = true;
        self.host.write_error(&error.to_string());
    }

    /// Evaluates something one level deeper.
    fn deeper<T>(
        &mut self,
        span: Span,
        work: impl FnOnce(&mut Self) -> Result<T, Flow>,
    ) -> Result<T, Flow> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(span, "This is nested too deeply, calls included.").into());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// # Errors
    /// When Ctrl+C was pressed.
    fn go_on(&mut self) -> Result<(), Flow> {
        if self.host.interrupted() { Err(Flow::Interrupted) } else { Ok(()) }
    }
}

impl Runtime for Evaluator<'_> {
    fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    fn run_block(&mut self, block: &ScriptBlock, item: Value) -> Result<Vec<Value>, Flow> {
        let outer = self.scopes.replace("_", Some(item));
        let mut output = Vec::new();
        let flow = self.within(block, |this| {
            for part in [&block.begin, &block.body, &block.end] {
                this.statements(part, &mut Some(&mut output))?;
            }
            Ok(())
        });
        self.scopes.replace("_", outer);
        match flow {
            Ok(()) | Err(Flow::Return) => Ok(output),
            Err(other) => Err(other),
        }
    }

    fn variable(&self, name: &str) -> Value {
        let (place, key) = scope::place_of(name);
        match key.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "?" => Value::Bool(self.succeeded),
            "error" => Value::array(self.errors.clone()),
            "psitem" => self.scopes.get(Place::Nearest, "_"),
            key => match key.strip_prefix("env:") {
                Some(_) => {
                    let own = name.split_once(':').map_or("", |(_, own)| own);
                    self.host.environment(own).map_or(Value::Null, Value::text)
                }
                None => self.scopes.get(place, key),
            },
        }
    }

    fn set_variable(&mut self, name: &str, value: Value, bound: &Bound) -> Result<(), Flow> {
        Evaluator::set_variable(self, name, value, bound.span)
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
        self.remember(&error);
        if self.quiet == 0 {
            self.show(&error);
        }
    }

    fn go_on(&mut self) -> Result<(), Flow> {
        Evaluator::go_on(self)
    }
}

#[cfg(test)]
mod tests;
