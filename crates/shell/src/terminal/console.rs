//! Writing to standard output and error, colours, questions.
//!
//! Colours only on a terminal and without `NO_COLOR`. A reader that went away (`| head`) is not an
//! error: what it no longer reads is dropped.

use std::borrow::Cow;
use std::io::{self, BufRead, IsTerminal, Write};

use nu_ansi_term::{Color, Style};
use terminal_size::terminal_size;

use crate::format::wrapped;
use crate::host::Colour;

/// Longest answer read.
const MAX_ANSWER: u64 = 64 * 1024;

/// The process's own standard streams.
#[derive(Debug)]
pub(crate) struct Console {
    input_is_terminal: bool,
    output_is_terminal: bool,
    error_is_terminal: bool,
    colours: bool,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal: io::stdout().is_terminal(),
            error_is_terminal: io::stderr().is_terminal(),
            colours: std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }

    /// Whether somebody reads and can answer.
    pub(crate) fn is_interactive(&self) -> bool {
        self.input_is_terminal && self.output_is_terminal
    }

    /// Whether somebody can be asked for a password, wherever output goes.
    pub(crate) fn can_ask(&self) -> bool {
        self.input_is_terminal && (self.output_is_terminal || self.error_is_terminal)
    }

    /// Whether commands come from a terminal.
    pub(crate) fn input_is_terminal(&self) -> bool {
        self.input_is_terminal
    }

    /// Columns of the terminal; `None` when output goes elsewhere.
    pub(crate) fn width(&self) -> Option<usize> {
        if !self.output_is_terminal {
            return None;
        }
        let from_environment = || std::env::var("COLUMNS").ok()?.trim().parse().ok();
        let from_terminal = terminal_size().map(|(width, _)| usize::from(width.0));
        from_terminal.or_else(from_environment).filter(|w: &usize| (20..=10_000).contains(w))
    }

    pub(crate) fn write(&self, text: &str) {
        put(&if self.output_is_terminal { harmless(text) } else { Cow::Borrowed(text) });
    }

    pub(crate) fn write_coloured(&self, text: &str, colour: Option<Colour>) {
        match colour {
            Some(colour) if self.output_is_terminal && self.colours => {
                put(&painted(&harmless(text), ansi(colour)));
            }
            _ => self.write(text),
        }
    }

    /// Empties the screen; nothing where there is none.
    pub(crate) fn clear(&self) {
        if self.output_is_terminal {
            put("\u{1b}[H\u{1b}[2J");
        }
    }

    /// Whether somebody sees a line that changes.
    pub(crate) fn shows_progress(&self) -> bool {
        self.error_is_terminal && self.is_interactive()
    }

    /// Puts `text` in the place of the last one.
    pub(crate) fn write_progress(&self, text: &str) {
        let mut stream = io::stderr().lock();
        // Nothing is lost when nobody sees it.
        let _ = write!(stream, "\r\x1b[K{}", harmless(text));
        let _ = stream.flush();
    }

    pub(crate) fn write_error(&self, text: &str) {
        self.write_line_to_error(text, Color::Red);
    }

    pub(crate) fn write_warning(&self, text: &str) {
        self.write_line_to_error(&format!("WARNING: {text}"), Color::Yellow);
    }

    fn write_line_to_error(&self, text: &str, colour: Color) {
        let line = match self.error_is_terminal {
            false => format!("{text}\n"),
            true => {
                let text = harmless(text);
                let columns = self.width().unwrap_or(usize::MAX);
                let lines = format!("{}\n", wrapped(&text, columns).join("\n"));
                if self.colours { painted(&lines, colour) } else { lines }
            }
        };
        let mut err = io::stderr().lock();
        let _ = err.write_all(line.as_bytes());
    }

    /// Asks for a line; `None` at the end of input or when nobody is there.
    pub(crate) fn ask(&self, prompt: &str) -> Option<String> {
        if !self.can_ask() {
            return None;
        }
        if self.output_is_terminal {
            self.write(prompt);
        } else {
            let mut err = io::stderr().lock();
            let _ = err.write_all(prompt.as_bytes()).and_then(|()| err.flush());
        }
        let mut line = String::new();
        let mut input = io::Read::take(io::stdin().lock(), MAX_ANSWER);
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    /// Asks for a secret on the terminal; it is not shown.
    pub(crate) fn ask_secret(&self, prompt: &str) -> Option<String> {
        if !self.can_ask() {
            return None;
        }
        rpassword::prompt_password(prompt).ok()
    }
}

/// Writes to standard output, now.
fn put(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The text without characters that would steer the terminal: subjects and replies of strangers are
/// shown here.
fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect())
}

/// Colours line by line, so that line ends stay outside.
fn painted(text: &str, colour: Color) -> String {
    let style = Style::new().fg(colour);
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        if !body.is_empty() {
            result.push_str(&style.paint(body).to_string());
        }
        result.push_str(end);
    }
    result
}

fn ansi(colour: Colour) -> Color {
    match colour {
        Colour::Black => Color::Black,
        Colour::Red => Color::Red,
        Colour::Green => Color::Green,
        Colour::Yellow => Color::Yellow,
        Colour::Blue => Color::Blue,
        Colour::Magenta => Color::Magenta,
        Colour::Cyan => Color::Cyan,
        Colour::White => Color::White,
        Colour::Gray => Color::LightGray,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2J\u{9b}b\n\tc"), "a\u{fffd}[2J\u{fffd}b\n\tc");
        assert_eq!(painted("a\nb", Color::Red), "\u{1b}[31ma\u{1b}[0m\n\u{1b}[31mb\u{1b}[0m");
    }
}
