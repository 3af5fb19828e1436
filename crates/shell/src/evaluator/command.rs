//! Commands: found by name, bound, run here or on the server.

use cmdlets::{Cmdlet, Kind};

use super::Evaluator;
use super::function::is_script;
use crate::ast::Command;
use crate::binding::{Bound, bind, nearest};
use crate::commands;
use crate::error::{Flow, ShellError};
use crate::runtime::Run;
use crate::value::{Secret, Value};

impl Evaluator<'_> {
    /// Runs a command; `input` is what comes through the pipe, `None` when there is no pipe before it.
    pub(super) fn command(
        &mut self,
        command: &Command,
        input: Option<Vec<Value>>,
        place: usize,
    ) -> Result<Vec<Value>, Flow> {
        if let Some(target) = &command.target {
            return self.called(command, target, input, place);
        }
        if let Some(function) = self.function(&command.name) {
            let given = self.given(&command.arguments)?;
            return self.invoke(&function, command, given, input);
        }
        if is_script(&command.name) {
            let script = self.script_file(&command.name, command.name_span)?;
            let given = self.given(&command.arguments)?;
            return self.invoke_script(&script, command, given, input);
        }
        self.cmdlet(command, &command.name, input, place)
    }

    /// Runs a cmdlet of the server or a command of the shell.
    pub(super) fn cmdlet(
        &mut self,
        command: &Command,
        name: &str,
        input: Option<Vec<Value>>,
        place: usize,
    ) -> Result<Vec<Value>, Flow> {
        let (cmdlet, run) = self.find(command, name)?;
        let given = self.given(&command.arguments)?;
        let mut bound = bind(cmdlet, given, &self.source, command.span)?;
        bound.has_input = input.is_some();
        if input.is_none() {
            self.ask_missing(&mut bound, place)?;
        }
        let errors = self.seen;
        let result = match run {
            Some(run) => run(self, &bound, input.unwrap_or_default()),
            None => self.remote(&bound, input),
        };
        let output = match result {
            Ok(output) => output,
            Err(Flow::Failed(error)) => {
                let error = error.or_at(&bound.source, command.span);
                self.raise(error, bound.error_action())?;
                Vec::new()
            }
            Err(other) => return Err(other),
        };
        self.keep_variables(&bound, &output, errors)?;
        Ok(output)
    }

    /// `-OutVariable` and `-ErrorVariable`; `errors` were seen before the command.
    fn keep_variables(
        &mut self,
        bound: &Bound,
        output: &[Value],
        errors: usize,
    ) -> Result<(), Flow> {
        if let Some(name) = bound.text("OutVariable") {
            self.set_variable(&name, Value::array(output.to_vec()), bound.span)?;
        }
        if let Some(name) = bound.text("ErrorVariable") {
            let new = self.seen.saturating_sub(errors);
            let list = Value::array(self.errors.iter().take(new).cloned().collect());
            self.set_variable(&name, list, bound.span)?;
        }
        Ok(())
    }

    /// A command by its name, with what runs it unless the server does.
    fn find(
        &self,
        command: &Command,
        name: &str,
    ) -> Result<(&'static Cmdlet, Option<Run>), ShellError> {
        if let Some(local) = commands::find(name) {
            return Ok((&local.declaration, Some(local.run)));
        }
        if let Some(cmdlet) = cmdlets::find(name) {
            return Ok((cmdlet, None));
        }
        let known = cmdlets::all().iter().chain(commands::declarations()).map(|c| c.name);
        let near = nearest(name, known);
        let hint = if near.is_empty() {
            "'Get-Command' lists the commands.".to_owned()
        } else {
            format!("Did you mean {}?", near.join(" or "))
        };
        let message =
            format!("The term '{name}' is not recognized as the name of a cmdlet. {hint}");
        Err(self.error(command.name_span, message).with_id("CommandNotFoundException"))
    }

    /// Asks for required parameters when somebody can answer.
    fn ask_missing(&mut self, bound: &mut Bound, place: usize) -> Result<(), Flow> {
        let missing = bound.missing();
        if missing.is_empty() {
            return Ok(());
        }
        if !self.host.is_interactive() {
            return Err(bound.missing_error(&missing).into());
        }
        self.host.write_coloured(
            &format!(
                "\ncmdlet {} at command pipeline position {place}\nSupply values for the following parameters:\n",
                bound.cmdlet.name
            ),
            None,
        );
        for parameter in &missing {
            let prompt = format!("{}: ", parameter.name);
            let answer = match parameter.kind {
                Kind::SecureString => {
                    self.host.ask_secret(&prompt).map(|s| Value::Secure(Secret::new(s)))
                }
                _ => self.host.ask(&prompt).filter(|a| !a.is_empty()).map(Value::text),
            };
            let Some(answer) = answer else {
                self.go_on()?;
                return Err(bound.missing_error(&missing).into());
            };
            bound.answer(parameter, answer)?;
        }
        Ok(())
    }
}
