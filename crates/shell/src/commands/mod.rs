//! The commands of the shell itself: they need no server.
//!
//! Each is declared in the same form as the cmdlets of the server, so that binding, completion and
//! help treat both alike.

mod aliases;
mod assemble;
mod console;
mod conversion;
mod credentials;
mod csv;
mod declare;
mod discovery;
mod files;
mod filtering;
mod formatting;
mod grouping;
mod help;
mod html;
mod mail;
mod measuring;
mod output;
mod searching;
mod selecting;
mod sorting;

use cmdlets::Cmdlet;

use crate::runtime::LocalCommand;
pub(crate) use aliases::ALIASES;
use aliases::full_name;

/// Every command of the shell.
static ALL: &[&LocalCommand] = &[
    &files::ADD_CONTENT,
    &assemble::ASSEMBLE_MESSAGE,
    &console::CLEAR_HOST,
    &csv::CONVERT_FROM_CSV,
    &conversion::CONVERT_FROM_JSON,
    &csv::CONVERT_TO_CSV,
    &html::CONVERT_TO_HTML,
    &conversion::CONVERT_TO_JSON,
    &credentials::CONVERT_TO_SECURE_STRING,
    &csv::EXPORT_CSV,
    &filtering::FOR_EACH_OBJECT,
    &formatting::FORMAT_LIST,
    &formatting::FORMAT_TABLE,
    &formatting::FORMAT_WIDE,
    &discovery::GET_ALIAS,
    &discovery::GET_COMMAND,
    &files::GET_CONTENT,
    &credentials::GET_CREDENTIAL,
    &output::GET_DATE,
    &help::GET_HELP,
    &discovery::GET_MEMBER,
    &grouping::GROUP_OBJECT,
    &csv::IMPORT_CSV,
    &measuring::MEASURE_OBJECT,
    &credentials::NEW_OBJECT,
    &files::OUT_FILE,
    &output::OUT_HOST,
    &output::OUT_NULL,
    &output::OUT_STRING,
    &console::READ_HOST,
    &selecting::SELECT_OBJECT,
    &searching::SELECT_STRING,
    &mail::SEND_MAIL_MESSAGE,
    &files::SET_CONTENT,
    &sorting::SORT_OBJECT,
    &console::START_SLEEP,
    &files::TEE_OBJECT,
    &files::TEST_PATH,
    &filtering::WHERE_OBJECT,
    &console::WRITE_ERROR,
    &output::WRITE_HOST,
    &output::WRITE_OUTPUT,
    &console::WRITE_VERBOSE,
    &output::WRITE_WARNING,
];

/// The command of this name or alias, letter case ignored.
pub(crate) fn find(name: &str) -> Option<&'static LocalCommand> {
    let name = full_name(name);
    ALL.iter().copied().find(|c| c.declaration.name.eq_ignore_ascii_case(name))
}

/// The declarations of all commands of the shell.
pub(crate) fn declarations() -> impl Iterator<Item = &'static Cmdlet> {
    ALL.iter().map(|command| &command.declaration)
}

/// The shell's own commands with their short names, for who writes about them.
pub fn own_commands() -> impl Iterator<Item = (&'static Cmdlet, Vec<&'static str>)> {
    declarations().map(|command| (command, aliases::aliases_of(command.name)))
}
