//! Functions and script blocks that are called: their parameters, their scope, their output.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Evaluator, MAX_CALLS};
use crate::ast::{BlockParameter, Command, Expr, ScriptBlock};
use crate::binding::{Given, GivenValue, numbers};
use crate::convert::{to_bool, to_text};
use crate::error::{Flow, ShellError};
use crate::parser;
use crate::source::{Source, Span};
use crate::types;
use crate::value::Value;

/// Parameters every function takes, and the variable that carries each of them.
const PREFERENCES: &[(&str, &str, &str)] = &[
    ("erroraction", "ea", "erroractionpreference"),
    ("warningaction", "wa", "warningpreference"),
    ("verbose", "vb", "verbosepreference"),
];

impl Evaluator<'_> {
    pub(super) fn define(&mut self, name: &str, body: &Rc<ScriptBlock>) {
        self.functions.insert(plain(name), Rc::clone(body));
    }

    pub(super) fn function(&self, name: &str) -> Option<Rc<ScriptBlock>> {
        self.functions.get(&plain(name)).map(Rc::clone)
    }

    /// `& target …` and `. target …`
    pub(super) fn called(
        &mut self,
        command: &Command,
        target: &Expr,
        input: Option<Vec<Value>>,
        place: usize,
    ) -> Result<Vec<Value>, Flow> {
        let value = self.value_of(target)?;
        let block = match &value {
            Value::Block(block) => Some(Rc::clone(block)),
            other => self.function(&to_text(other)),
        };
        let file = to_text(&value);
        match block {
            None if is_script(&file) => {
                let script = self.script_file(&file, target.span)?;
                let given = self.given(&command.arguments)?;
                self.invoke_script(&script, command, given, input)
            }
            Some(block) => {
                let given = self.given(&command.arguments)?;
                self.invoke(&block, command, given, input)
            }
            None if value.is_null() => {
                let message = "After '&' a script block or the name of a command is expected, and this has no value.";
                Err(self.error(target.span, message).into())
            }
            None => self.cmdlet(command, &to_text(&value), input, place),
        }
    }

    /// The script in a file; `\\` in its path counts as `/`.
    pub(super) fn script_file(&mut self, path: &str, span: Span) -> Result<ScriptBlock, Flow> {
        let path = path.replace('\\', "/");
        let path = path.strip_prefix("./").unwrap_or(&path);
        let text = self.host.read_file(path).map_err(|e| self.error(span, e.message))?;
        Ok(parser::parse_script(&Source::script(path, text))?)
    }

    /// Calls a script file; `exit` ends the script, not the shell.
    pub(super) fn invoke_script(
        &mut self,
        script: &ScriptBlock,
        command: &Command,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
    ) -> Result<Vec<Value>, Flow> {
        match self.invoke(script, command, given, input) {
            Err(Flow::Exit(status)) => {
                self.failed |= status != 0;
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// The variables a script starts with that was given nothing.
    pub(super) fn script_variables(
        &mut self,
        script: &ScriptBlock,
    ) -> Result<HashMap<String, Value>, Flow> {
        let name = script.source.name.clone().unwrap_or_default();
        let caller = Caller { name: &name, span: Span::default() };
        self.bound_variables(script, &caller, Vec::new(), false)
    }

    /// Calls a function or script block.
    pub(super) fn invoke(
        &mut self,
        block: &ScriptBlock,
        command: &Command,
        given: Vec<Given>,
        input: Option<Vec<Value>>,
    ) -> Result<Vec<Value>, Flow> {
        let caller = Caller { name: &command.name, span: command.span };
        let mut variables = self.bound_variables(block, &caller, given, input.is_some())?;
        let items = input.clone().unwrap_or_default();
        variables.insert("input".into(), Value::array(items));
        let scoped = !command.in_place;
        if scoped {
            self.scopes.push(variables);
        } else {
            for (key, value) in variables {
                self.scopes.replace(&key, Some(value));
            }
        }
        let mut output = Vec::new();
        let flow = self.within(block, |this| this.body(block, input, &mut output));
        if scoped {
            self.scopes.pop();
        }
        match flow {
            Ok(()) | Err(Flow::Return | Flow::Break | Flow::Continue) => Ok(output),
            Err(other) => Err(other),
        }
    }

    /// Runs something one call deeper, in the text a block stands in.
    pub(super) fn within(
        &mut self,
        block: &ScriptBlock,
        work: impl FnOnce(&mut Self) -> Result<(), Flow>,
    ) -> Result<(), Flow> {
        if self.calls >= MAX_CALLS {
            let message = format!(
                "Functions and script blocks call each other too deeply: at most {MAX_CALLS} calls may stand in one another."
            );
            return Err(ShellError::new(message).into());
        }
        self.calls += 1;
        let source = std::mem::replace(&mut self.source, Rc::clone(&block.source));
        let flow = work(self);
        self.source = source;
        self.calls -= 1;
        flow
    }

    fn body(
        &mut self,
        block: &ScriptBlock,
        input: Option<Vec<Value>>,
        output: &mut Vec<Value>,
    ) -> Result<(), Flow> {
        self.statements(&block.begin, &mut Some(output))?;
        let taker = block.parameters.iter().find(|p| p.from_pipeline);
        let items = match input {
            Some(items) if block.process => items.into_iter().map(Some).collect(),
            // Without `process` the parameter keeps the last object, as in the language.
            Some(mut items) => vec![items.pop().filter(|_| taker.is_some())],
            None => vec![None],
        };
        for item in items {
            if let Some(item) = item {
                if let Some(taker) = taker {
                    let value = self.typed(taker, item.clone())?;
                    self.scopes.replace(&taker.name.to_lowercase(), Some(value));
                }
                self.scopes.replace("_", Some(item));
            }
            match self.statements(&block.body, &mut Some(output)) {
                Err(Flow::Return) if block.process => {}
                other => other?,
            }
        }
        self.statements(&block.end, &mut Some(output))
    }

    /// The variables a call starts with.
    fn bound_variables(
        &mut self,
        block: &ScriptBlock,
        caller: &Caller<'_>,
        given: Vec<Given>,
        piped: bool,
    ) -> Result<HashMap<String, Value>, Flow> {
        let mut variables = HashMap::new();
        let mut positional = Vec::new();
        let mut rest = given.into_iter().peekable();
        while let Some(argument) = rest.next() {
            let Some((name, span)) = argument.name else {
                positional.extend(argument.value.map(typed_as_written));
                continue;
            };
            let (key, parameter) =
                named(block, &name).map_err(|message| self.error(span, message).by(caller.name))?;
            let switch =
                parameter.is_some_and(BlockParameter::is_switch) || key == "verbosepreference";
            let value = match argument.value {
                Some(value) => typed_as_written(value),
                None if switch => Value::Bool(true),
                None => {
                    let follows = rest.next_if(|next| next.name.is_none()).and_then(|n| n.value);
                    let message = format!("Missing an argument for parameter '{name}'.");
                    follows.map(typed_as_written).ok_or_else(|| self.error(span, message))?
                }
            };
            let value = match parameter {
                Some(parameter) => self.typed(parameter, value)?,
                None => value,
            };
            if variables.insert(key, value).is_some() {
                let message = format!("Parameter '{name}' is specified more than once.");
                return Err(self.error(span, message).by(caller.name).into());
            }
        }
        let mut positional = positional.into_iter();
        for parameter in &block.parameters {
            let key = parameter.name.to_lowercase();
            if variables.contains_key(&key) {
                continue;
            }
            let from_pipe = piped && parameter.from_pipeline;
            let value = match positional.next_if_free(parameter.is_switch() || from_pipe) {
                Some(value) => self.typed(parameter, value)?,
                None => self.left_out(parameter, caller, from_pipe)?,
            };
            variables.insert(key, value);
        }
        variables.insert("args".into(), Value::array(positional.collect()));
        Ok(variables)
    }

    /// The value of a parameter nobody gave.
    fn left_out(
        &mut self,
        parameter: &BlockParameter,
        caller: &Caller<'_>,
        from_pipe: bool,
    ) -> Result<Value, Flow> {
        if let Some(default) = &parameter.default {
            let value = self.value_of(default)?;
            return self.typed(parameter, value);
        }
        if parameter.is_switch() {
            return Ok(Value::Bool(false));
        }
        if !parameter.mandatory || from_pipe {
            return Ok(Value::Null);
        }
        let asked = if self.host.is_interactive() {
            self.host.ask(&format!("{}: ", parameter.name)).filter(|answer| !answer.is_empty())
        } else {
            None
        };
        match asked {
            Some(answer) => self.typed(parameter, Value::text(answer)),
            None => {
                let message = format!(
                    "Cannot process command because of one or more missing mandatory parameters: {}.",
                    parameter.name
                );
                let error = self.error(caller.span, message).by(caller.name);
                Err(error.with_id("MissingMandatoryParameter").into())
            }
        }
    }

    fn typed(&self, parameter: &BlockParameter, value: Value) -> Result<Value, Flow> {
        if parameter.is_switch() {
            return Ok(Value::Bool(to_bool(&value)));
        }
        match &parameter.type_name {
            None => Ok(value),
            Some(type_name) => types::cast(type_name, value).map_err(|message| {
                let message = format!("The parameter '{}' is wrong: {message}", parameter.name);
                self.error(parameter.span, message).into()
            }),
        }
    }
}

/// Who is called, for errors.
struct Caller<'a> {
    name: &'a str,
    span: Span,
}

/// Whether a command names a script file.
pub(super) fn is_script(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".ps1")
}

/// Values by position, of which some parameters take none.
trait Positional {
    fn next_if_free(&mut self, by_name_only: bool) -> Option<Value>;
}

impl Positional for std::vec::IntoIter<Value> {
    fn next_if_free(&mut self, by_name_only: bool) -> Option<Value> {
        if by_name_only { None } else { self.next() }
    }
}

/// A name without its scope, in lower case.
fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    let scope = ["global:", "script:", "local:"].iter().find_map(|s| name.strip_prefix(s));
    scope.map_or(name.clone(), str::to_owned)
}

/// A word that is a number counts as one.
fn typed_as_written(given: GivenValue) -> Value {
    if given.bare { numbers(given.value) } else { given.value }
}

/// The variable a parameter's name means, and the parameter unless it is one every function takes.
fn named<'b>(
    block: &'b ScriptBlock,
    name: &str,
) -> Result<(String, Option<&'b BlockParameter>), String> {
    let wanted = name.to_lowercase();
    let own = |p: &BlockParameter| p.name.to_lowercase();
    let found: Vec<_> = match block.parameters.iter().find(|p| own(p) == wanted) {
        Some(exact) => vec![exact],
        None => block.parameters.iter().filter(|p| own(p).starts_with(&wanted)).collect(),
    };
    if let [one] = found.as_slice() {
        return Ok((own(one), Some(one)));
    }
    let common = PREFERENCES.iter().find(|(full, short, _)| *full == wanted || *short == wanted);
    if let (true, Some((_, _, variable))) = (found.is_empty(), common) {
        return Ok(((*variable).to_owned(), None));
    }
    let list = |all: &[&BlockParameter]| {
        all.iter().map(|p| format!("-{}", p.name)).collect::<Vec<_>>().join(" ")
    };
    Err(if found.len() > 1 {
        format!("The parameter name '{name}' is ambiguous: {}.", list(&found))
    } else {
        let all: Vec<_> = block.parameters.iter().collect();
        let has = if all.is_empty() {
            "It has none.".to_owned()
        } else {
            format!("It has: {}.", list(&all))
        };
        format!("A parameter cannot be found that matches parameter name '{name}'. {has}")
    })
}
