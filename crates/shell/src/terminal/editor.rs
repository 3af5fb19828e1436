//! The interactive line: history, completion with Tab, colours, several lines where one is not
//! enough.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use reedline::{
    ColumnarMenu, Completer, CompletionResult, Emacs, KeyCode, KeyModifiers, MenuBuilder, Prompt,
    PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, ReedlineEvent,
    ReedlineMenu, Signal, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};

use super::completion::{Vocabulary, candidates};
use super::highlight::Colours;
use super::history::DiscreetHistory;
use crate::parser;
use crate::source::Source;

const MENU: &str = "completion_menu";

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Text(String),
    /// Ctrl+C: the line is dropped.
    Dropped,
    /// Ctrl+D: the end.
    End,
}

/// Reads lines from the terminal.
pub(crate) struct LineEditor {
    editor: Reedline,
    prompt: ShellPrompt,
    vocabulary: Arc<Mutex<Vocabulary>>,
}

impl LineEditor {
    /// An editor; without a history file lines are remembered until the end only.
    pub(crate) fn new(server: &str, vocabulary: Vocabulary, history: Option<&Path>) -> Self {
        let vocabulary = Arc::new(Mutex::new(vocabulary));
        let mut keys = default_emacs_keybindings();
        keys.add_binding(
            KeyModifiers::NONE,
            KeyCode::Tab,
            ReedlineEvent::UntilFound(vec![
                ReedlineEvent::Menu(MENU.to_owned()),
                ReedlineEvent::MenuNext,
            ]),
        );
        let menu = ColumnarMenu::default().with_name(MENU);
        let mut editor = Reedline::create()
            .with_completer(Box::new(ShellCompleter(Arc::clone(&vocabulary))))
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_edit_mode(Box::new(Emacs::new(keys)))
            .with_validator(Box::new(WholeStatements))
            .with_highlighter(Box::new(Colours));
        if let Some(history) = history.and_then(|path| DiscreetHistory::open(path).ok()) {
            editor = editor.with_history(Box::new(history));
        }
        let prompt = ShellPrompt(format!("[PS] {server}> "));
        Self { editor, prompt, vocabulary }
    }

    /// Tells completion which variables there are now.
    pub(crate) fn know_variables(&self, variables: Vec<String>) {
        let mut vocabulary = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        vocabulary.variables = variables;
    }

    /// Reads one line or statement.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub(crate) fn read(&mut self) -> io::Result<Line> {
        let signal = self.editor.read_line(&self.prompt);
        match signal.map_err(|error| io::Error::other(error.to_string()))? {
            Signal::Success(text) => Ok(Line::Text(text)),
            Signal::CtrlD => Ok(Line::End),
            _ => Ok(Line::Dropped),
        }
    }
}

struct ShellCompleter(Arc<Mutex<Vocabulary>>);

impl Completer for ShellCompleter {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let vocabulary = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = line.get(..pos).unwrap_or(line);
        let (span, found) = candidates(before, &vocabulary);
        let suggestions: Vec<Suggestion> = found
            .into_iter()
            .map(|candidate| Suggestion {
                value: candidate.text,
                description: candidate.description,
                span: reedline::Span { start: span.start, end: span.end.max(span.start) },
                append_whitespace: true,
                ..Suggestion::default()
            })
            .collect();
        CompletionResult::fresh(suggestions)
    }
}

struct WholeStatements;

impl Validator for WholeStatements {
    fn validate(&self, line: &str) -> ValidationResult {
        if continues(line) {
            return ValidationResult::Incomplete;
        }
        match parser::parse(&Source::typed(line)) {
            Err(error) if error.is_incomplete() => ValidationResult::Incomplete,
            _ => ValidationResult::Complete,
        }
    }
}

/// Whether a text ends with a backtick that stands alone: the next line continues it.
fn continues(text: &str) -> bool {
    text.strip_suffix('`').is_some_and(|before| before.ends_with(char::is_whitespace))
}

/// Asks for one line with a line editor, so that Ctrl+C answers at once; `None` when nobody answers.
pub(crate) fn ask_line(question: &str) -> Option<String> {
    let mut editor = Reedline::create();
    match editor.read_line(&ShellPrompt(question.to_owned())) {
        Ok(Signal::Success(text)) => Some(text),
        _ => None,
    }
}

struct ShellPrompt(String);

impl Prompt for ShellPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed(">> ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let found = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "(not found) ",
        };
        Cow::Owned(format!("{found}search: {}> ", search.term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_statements_go_on() {
        let validate = |text| WholeStatements.validate(text);
        assert!(matches!(validate("Get-Queue |"), ValidationResult::Incomplete));
        assert!(matches!(validate("if ($x) {"), ValidationResult::Incomplete));
        assert!(matches!(validate("Get-Queue `"), ValidationResult::Incomplete));
        assert!(matches!(validate("Get-Queue `\n  -Exclude Empty"), ValidationResult::Complete));
        assert!(matches!(validate("Get-Queue"), ValidationResult::Complete));
        assert!(matches!(validate("Get-Queue )"), ValidationResult::Complete));
    }
}
