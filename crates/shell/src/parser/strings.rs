//! Expanding strings and words: literals, variables and `$( )` in a row.

use super::{Parser, Result};
use crate::ast::{ExprKind, Piece};
use crate::lexer::{Inside, Part, Token};
use crate::source::Span;

impl Parser<'_> {
    /// A string whose opening quote (at `open`) was consumed.
    pub(super) fn string(&mut self, inside: Inside, open: Span) -> Result<ExprKind> {
        let mut pieces = Vec::new();
        self.pieces(inside, open, &mut pieces)?;
        Ok(simplified(pieces, ExprKind::Text))
    }

    /// A word of a command.
    pub(super) fn word_pieces(&mut self) -> Result<ExprKind> {
        let mut pieces = Vec::new();
        let position = self.lexer.position();
        self.pieces(Inside::Word, Span::new(position, position), &mut pieces)?;
        Ok(simplified(pieces, ExprKind::Word))
    }

    fn pieces(&mut self, inside: Inside, open: Span, pieces: &mut Vec<Piece>) -> Result<()> {
        loop {
            match self.lexer.part(inside) {
                Part::Literal(text) => pieces.push(Piece::Literal(text)),
                Part::Variable(name, _) => pieces.push(Piece::Variable(name)),
                Part::SubOpen(span) => {
                    let block = self.nested(span, |p| p.block_to(&Token::CloseParen, ")", span))?;
                    pieces.push(Piece::Sub(block));
                }
                Part::QuoteOpen => {
                    let position = self.lexer.position();
                    let quote = Span::new(position - 1, position);
                    self.nested(quote, |p| p.pieces(Inside::Quotes, quote, pieces))?;
                }
                Part::End => return Ok(()),
                Part::Unterminated => {
                    return Err(self
                        .error(open, "The closing quote of this string is missing.")
                        .incomplete());
                }
            }
        }
    }
}

/// A string without anything to expand is a plain text.
fn simplified(pieces: Vec<Piece>, plain: fn(String) -> ExprKind) -> ExprKind {
    if pieces.iter().any(|piece| !matches!(piece, Piece::Literal(_))) {
        return ExprKind::Expand(pieces);
    }
    let text = pieces.into_iter().map(|piece| match piece {
        Piece::Literal(text) => text,
        Piece::Variable(_) | Piece::Sub(_) => String::new(),
    });
    plain(text.collect())
}
