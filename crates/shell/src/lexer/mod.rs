//! From text to tokens, in two modes (command and expression) as the language demands.
//!
//! The lexer is a position in the text: the parser asks for the next token in the mode it needs and
//! may go back. It never fails: what cannot be read is [`Token::Unsupported`], and strings report
//! that they are not terminated. Dashes and quotes as word processors write them are accepted.

mod characters;
mod number;
mod scanner;
mod strings;
mod token;

pub(crate) use characters::{is_dash, is_double_quote, is_single_quote};
pub(crate) use number::read_number;
pub(crate) use scanner::Lexer;
pub(crate) use token::{Inside, Mode, Number, Part, Spanned, Token};

#[cfg(test)]
mod tests;
