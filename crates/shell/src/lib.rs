//! The management shell: language, line editor, tables. Speaks to the API.
//!
//! The language is PowerShell's, as far as Exchange's documentation uses it; cmdlets run on the server
//! over HTTPS, everything else here. [`run`] is the whole shell: a command, a script, or a terminal.
//! The language (`lexer`, `parser`, `evaluator`, `commands`, `format`) knows the world only through the
//! trait `Host`; `session` is the real one.

mod ast;
mod binding;
mod bytes;
mod client;
mod commands;
mod convert;
mod dates;
mod error;
mod evaluator;
#[cfg(test)]
mod fixture;
mod format;
mod host;
mod lexer;
mod mail;
mod operators;
mod options;
mod parser;
mod pattern;
mod progress;
mod runtime;
mod session;
mod source;
mod spans;
mod terminal;
mod types;
mod value;
mod wildcard;

pub use commands::own_commands;
pub use options::{ShellOptions, run};
