//! The tokens of the language.

use crate::source::Span;

/// How the text at a place is read: the language has two grammars of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Arguments of a command: words without quotes are texts, `-Name` is a parameter.
    Command,
    /// Expressions: words are operators and member names, `-eq` is an operator.
    Expression,
}

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Double(f64),
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    End,
    NewLine,
    Semicolon,
    Pipe,
    Comma,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    /// `@(`
    ArrayOpen,
    /// `@{`
    HashtableOpen,
    /// `$(`
    SubOpen,
    /// `$name`, `${name}`, `$env:NAME`: the name.
    Variable(String),
    /// `@name`: the variable whose content becomes arguments.
    Splat(String),
    /// A number (expression mode; in command mode a word).
    Number(Number),
    /// `'text'`: what it means.
    Text(String),
    /// `"`: parts follow.
    QuoteOpen,
    /// `@"` and the end of its line: parts follow.
    HereOpen,
    /// A word begins here (command mode); nothing is consumed, parts follow.
    WordStart,
    /// `-Name` or `-Name:` (command mode).
    Parameter {
        name: String,
        colon: bool,
    },
    /// A bare name (expression mode).
    Identifier(String),
    /// `-eq`, `-and`, … without the dash, lower case (expression mode).
    DashOperator(String),
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Not,
    /// `++` or `--`
    Step {
        down: bool,
    },
    /// `&`
    Ampersand,
    Range,
    Dot,
    DoubleColon,
    /// `=`, `+=`, …: the operator in front of `=`.
    Assign(Option<char>),
    /// `>` or `>>`.
    Redirect {
        append: bool,
    },
    /// Something the language has but this shell has not, or nothing at all: what it is.
    Unsupported(String),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spanned {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// What the text inside double quotes, a here-string or a word consists of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Literal(String),
    Variable(String, Span),
    /// `$(`, consumed: statements follow up to `)`.
    SubOpen(Span),
    /// `"` inside a word, consumed: parts of a quoted string follow.
    QuoteOpen,
    /// The end; of a quoted string it was consumed.
    End,
    /// The text ended before the string did.
    Unterminated,
}

/// Inside what a [`Part`] is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    Quotes,
    HereString,
    Word,
}
