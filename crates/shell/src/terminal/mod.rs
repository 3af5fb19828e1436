//! The terminal: writing and asking, and the interactive line.

mod completion;
mod console;
mod editor;
mod highlight;
mod history;
mod scan;

pub(crate) use completion::Vocabulary;
pub(crate) use console::Console;
pub(crate) use editor::{Line, LineEditor, ask_line};
