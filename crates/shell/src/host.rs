//! What the language needs of the world: a server to call, a terminal, files.
//!
//! Everything outside of the pure language goes through [`Host`], so that scripts can be run in tests
//! without a server.

use std::time::Duration;

use cmdlets::Cmdlet;
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;

use crate::value::Credential;

/// The language of help and prompts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    /// The one a locale name (`fr_FR.UTF-8`) stands for.
    pub(crate) fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("fr") { Self::French } else { Self::English }
    }

    /// The text in this language.
    pub(crate) fn of(self, text: cmdlets::Text) -> &'static str {
        match self {
            Self::English => text.en,
            Self::French => text.fr,
        }
    }

    /// One of two texts.
    pub(crate) fn choose<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}

/// What the server answered to a cmdlet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) objects: Vec<Json>,
    pub(crate) warnings: Vec<String>,
    /// What would be done, when `WhatIf` was given.
    pub(crate) what_if: Option<String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallError {
    /// A whole sentence.
    pub(crate) message: String,
    /// The rule's id, such as `SC-05`.
    pub(crate) id: Option<String>,
    /// The parameter it is about.
    pub(crate) parameter: Option<String>,
}

impl CallError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), id: None, parameter: None }
    }
}

/// A message to send.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) bcc: Vec<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) html: bool,
    /// `High`, `Low` or nothing.
    pub(crate) priority: Option<String>,
    /// Host; the session's server unless given.
    pub(crate) server: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) credential: Option<Credential>,
    pub(crate) use_tls: bool,
}

/// Colours of `Write-Host`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    Gray,
}

/// The world.
pub(crate) trait Host {
    /// Runs a cmdlet on the server.
    fn call(
        &mut self,
        cmdlet: &'static Cmdlet,
        parameters: Map<String, Json>,
    ) -> Result<Reply, CallError>;

    /// Sends a message by SMTP; the error is a whole sentence.
    fn send_mail(&mut self, mail: Mail) -> Result<(), CallError>;

    /// Writes text as it is to standard output.
    fn write(&mut self, text: &str);

    /// Writes text to the terminal in a colour.
    fn write_coloured(&mut self, text: &str, colour: Option<Colour>);

    /// Writes a line to standard error.
    fn write_error(&mut self, text: &str);

    /// Writes `WARNING: …` to standard error.
    fn write_warning(&mut self, text: &str);

    /// Whether somebody can answer questions.
    fn is_interactive(&self) -> bool;

    /// Columns of the terminal; `None` when output goes elsewhere.
    fn width(&self) -> Option<usize>;

    /// Asks for a line; `None` when nobody answers.
    fn ask(&mut self, prompt: &str) -> Option<String>;

    /// Asks for a secret line, not shown while typed.
    fn ask_secret(&mut self, prompt: &str) -> Option<String>;

    /// An environment variable.
    fn environment(&self, name: &str) -> Option<String>;

    /// The time in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Language of help and prompts.
    fn language(&self) -> Language;

    /// Whether Ctrl+C was pressed since this was asked last.
    fn interrupted(&mut self) -> bool;

    /// Empties the terminal.
    fn clear(&mut self);

    /// Waits, at most until Ctrl+C.
    fn sleep(&mut self, span: Duration);

    /// Whether a file is there.
    fn file_exists(&self, path: &str) -> bool;

    /// Reads a text file.
    fn read_file(&mut self, path: &str) -> Result<String, CallError>;

    /// Writes or appends to a text file.
    fn write_file(&mut self, path: &str, text: &str, append: bool) -> Result<(), CallError>;

    /// Reads a file of bytes.
    fn read_bytes(&mut self, path: &str) -> Result<Vec<u8>, CallError>;

    /// Writes a file of bytes, whatever it held before.
    fn write_bytes(&mut self, path: &str, bytes: &[u8]) -> Result<(), CallError>;

    /// The cmdlets the user may run; `None` when that is not known.
    fn permitted(&mut self) -> Option<Vec<String>>;
}
