//! The commands of the shell itself: they need no server.
//!
//! Each is declared in the same form as the cmdlets of the server, so that binding, completion and
//! help treat both alike.

mod aliases;
mod conversion;
mod credentials;
mod declare;
mod discovery;
mod files;
mod filtering;
mod formatting;
mod help;
mod mail;
mod measuring;
mod output;
mod selecting;
mod sorting;

use cmdlets::Cmdlet;

use crate::runtime::LocalCommand;
use aliases::full_name;

/// Every command of the shell.
static ALL: [&LocalCommand; 27] = [
    &files::ADD_CONTENT,
    &conversion::CONVERT_FROM_JSON,
    &conversion::CONVERT_TO_CSV,
    &conversion::CONVERT_TO_JSON,
    &credentials::CONVERT_TO_SECURE_STRING,
    &filtering::FOR_EACH_OBJECT,
    &formatting::FORMAT_LIST,
    &formatting::FORMAT_TABLE,
    &discovery::GET_COMMAND,
    &files::GET_CONTENT,
    &credentials::GET_CREDENTIAL,
    &output::GET_DATE,
    &help::GET_HELP,
    &discovery::GET_MEMBER,
    &measuring::MEASURE_OBJECT,
    &credentials::NEW_OBJECT,
    &files::OUT_FILE,
    &output::OUT_NULL,
    &output::OUT_STRING,
    &selecting::SELECT_OBJECT,
    &mail::SEND_MAIL_MESSAGE,
    &files::SET_CONTENT,
    &sorting::SORT_OBJECT,
    &filtering::WHERE_OBJECT,
    &output::WRITE_HOST,
    &output::WRITE_OUTPUT,
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
