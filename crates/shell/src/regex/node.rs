//! What an expression is compiled to.

use thiserror::Error;

/// Why an expression cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum RegexError {
    #[error("The regular expression is not understood at '{0}'.")]
    Syntax(String),
    #[error("The regular expression takes too long on this text.")]
    TooLong,
}

/// Where a match begins and ends (in characters); group 0 is the whole.
pub(super) type Groups = Vec<Option<(usize, usize)>>;

/// A part of an expression.
pub(super) enum Node {
    Char(Class),
    Start,
    End,
    Boundary(bool),
    Group(Option<usize>, Vec<Vec<Node>>),
    Repeat { node: Box<Node>, min: usize, max: usize, greedy: bool },
}

/// A set of characters.
pub(super) struct Class {
    pub(super) ranges: Vec<(char, char)>,
    pub(super) negated: bool,
}
