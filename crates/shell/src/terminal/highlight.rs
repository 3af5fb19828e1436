//! Colours of the line that is being typed.

use nu_ansi_term::{Color, Style};
use reedline::{Highlighter, StyledText};

use super::scan::{Role, scan};

/// Colours a line by the roles of its pieces.
pub(super) struct Colours;

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        for piece in scan(line).pieces {
            let text = line.get(piece.span.start..piece.span.end).unwrap_or("").to_owned();
            styled.push((style(piece.role), text));
        }
        styled
    }
}

fn style(role: Role) -> Style {
    let colour = match role {
        Role::Command => Color::Yellow,
        Role::Parameter => Color::DarkGray,
        Role::Text => Color::Cyan,
        Role::Number => Color::LightGray,
        Role::Variable => Color::Green,
        Role::Comment => Color::DarkGray,
        Role::Operator | Role::Word | Role::Plain => return Style::new(),
    };
    Style::new().fg(colour)
}
