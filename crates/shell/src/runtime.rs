//! What a command of the shell may ask of the evaluator that runs it.

use cmdlets::Cmdlet;

use crate::ast::ScriptBlock;
use crate::binding::Bound;
use crate::error::{Flow, ShellError};
use crate::host::Host;
use crate::value::Value;

/// The evaluator, as commands see it.
pub(crate) trait Runtime {
    /// The world.
    fn host(&mut self) -> &mut dyn Host;

    /// Runs a script block with `$_` set; gives what it puts out.
    fn run_block(&mut self, block: &ScriptBlock, item: Value) -> Result<Vec<Value>, Flow>;

    /// The value of a variable, `$null` when it has none.
    fn variable(&self, name: &str) -> Value;

    /// Gives a variable a value, where the script stands.
    fn set_variable(&mut self, name: &str, value: Value, bound: &Bound) -> Result<(), Flow>;

    /// Shows what is still to be shown, before something is written past the pipeline.
    fn flush(&mut self);

    /// The commands of the shell itself.
    fn shell_commands(&self) -> Vec<&'static Cmdlet>;

    /// Shows an error without ending the command.
    fn report(&mut self, error: ShellError);

    /// Ends the command when Ctrl+C was pressed.
    fn go_on(&mut self) -> Result<(), Flow>;
}

/// A command of the shell itself.
pub(crate) struct LocalCommand {
    /// Its declaration, of the same form as those of the server's cmdlets.
    pub(crate) declaration: Cmdlet,
    pub(crate) run: Run,
}

/// What a command of the shell does with its parameters and what comes through the pipeline.
pub(crate) type Run = fn(&mut dyn Runtime, &Bound, Vec<Value>) -> Result<Vec<Value>, Flow>;
