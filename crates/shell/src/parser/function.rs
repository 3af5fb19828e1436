//! Functions and script blocks: `param( … )`, and `begin`, `process` and `end`.

use std::rc::Rc;

use super::{Parser, Result};
use crate::ast::{Block, BlockParameter, ExprKind, ScriptBlock, StatementKind};
use crate::lexer::{Mode, Token};
use crate::source::Span;

/// Attributes that say nothing this shell needs to know.
const IGNORED: &[&str] =
    &["cmdletbinding", "outputtype", "validatenotnull", "validatenotnullorempty"];

/// What `[Parameter( … )]` says.
#[derive(Debug, Default)]
struct Facts {
    mandatory: bool,
    from_pipeline: bool,
}

impl Parser<'_> {
    /// After `function`: a name, parameters, `{ … }`.
    pub(super) fn function_statement(&mut self, keyword: Span) -> Result<StatementKind> {
        self.lexer.skip_blanks();
        let start = self.lexer.position();
        let ExprKind::Word(name) = self.word_pieces()? else {
            let span = Span::new(start, self.lexer.position());
            return Err(self.error(span, "The name of a function cannot contain variables."));
        };
        if name.is_empty() {
            let found = self.peek(Mode::Expression);
            return Err(self.unexpected(&found, "the name of the function"));
        }
        self.lexer.skip_lines();
        let parameters = match self.accept(&Token::OpenParen, Mode::Expression) {
            Some(open) => self.parameter_list(open)?,
            None => Vec::new(),
        };
        self.lexer.skip_lines();
        let open = self.open(&Token::OpenBrace, "'{' and statements", keyword)?;
        let body = self.nested(open, |p| p.block_with_parameters(open, parameters))?;
        Ok(StatementKind::Function { name, body: Rc::new(body) })
    }

    /// After `{`: an optional `param( … )`, statements or `begin`, `process` and `end`, and `}`.
    pub(super) fn block_with_parameters(
        &mut self,
        open: Span,
        parameters: Vec<BlockParameter>,
    ) -> Result<ScriptBlock> {
        let mut block = self.begun(parameters, open)?;
        if !self.named_blocks(&mut block)? {
            block.body = self.statements(&Token::CloseBrace)?;
        }
        let close = self.close(&Token::CloseBrace, "}", open)?;
        block.inner = Span::new(open.end, close.start);
        Ok(block)
    }

    /// A whole text as a block.
    pub(super) fn script(&mut self) -> Result<ScriptBlock> {
        let mut block = self.begun(Vec::new(), Span::new(0, self.source.text.len()))?;
        block.body = self.statements(&Token::End)?;
        Ok(block)
    }

    /// A block up to the end of its `param( … )`, when it has one.
    fn begun(&mut self, mut parameters: Vec<BlockParameter>, inner: Span) -> Result<ScriptBlock> {
        self.lexer.skip_lines();
        let start = self.lexer.position();
        self.attributes()?;
        match self.this_word("param") {
            Some(word) => {
                if !parameters.is_empty() {
                    let message = "The parameters stand either after the name or in param( ).";
                    return Err(self.error(word, message));
                }
                let open = self.open(&Token::OpenParen, "'('", word)?;
                parameters = self.parameter_list(open)?;
            }
            // `[int]$x = 1` and the like begin with a bracket too.
            None => self.lexer.go_to(start),
        }
        Ok(ScriptBlock {
            parameters,
            begin: Block::new(),
            body: Block::new(),
            process: false,
            end: Block::new(),
            source: Rc::clone(self.source),
            inner,
        })
    }

    /// `begin`, `process` and `end`, when the block consists of them.
    fn named_blocks(&mut self, block: &mut ScriptBlock) -> Result<bool> {
        let mut found = false;
        loop {
            self.lexer.skip_lines();
            if let Some(word) = self.this_word("begin") {
                block.begin = self.braced(word)?;
            } else if let Some(word) = self.this_word("process") {
                block.body = self.braced(word)?;
                block.process = true;
            } else if let Some(word) = self.this_word("end") {
                block.end = self.braced(word)?;
            } else {
                return Ok(found);
            }
            found = true;
        }
    }

    /// This very word, consumed.
    fn this_word(&mut self, wanted: &str) -> Option<Span> {
        let position = self.lexer.position();
        let next = self.next(Mode::Expression);
        if matches!(&next.token, Token::Identifier(w) if w.eq_ignore_ascii_case(wanted)) {
            return Some(next.span);
        }
        self.lexer.go_to(position);
        None
    }

    /// After `(`: parameters up to `)`.
    fn parameter_list(&mut self, open: Span) -> Result<Vec<BlockParameter>> {
        let mut parameters: Vec<BlockParameter> = Vec::new();
        loop {
            self.lexer.skip_lines();
            if self.accept(&Token::CloseParen, Mode::Expression).is_some() {
                return Ok(parameters);
            }
            let parameter = self.block_parameter()?;
            if parameters.iter().any(|p| p.name.eq_ignore_ascii_case(&parameter.name)) {
                let message = format!("The parameter ${} is declared twice.", parameter.name);
                return Err(self.error(parameter.span, message));
            }
            parameters.push(parameter);
            self.lexer.skip_lines();
            if self.accept(&Token::Comma, Mode::Expression).is_none() {
                self.close(&Token::CloseParen, ")", open)?;
                return Ok(parameters);
            }
        }
    }

    /// `[Parameter(…)][type]$name = default`
    fn block_parameter(&mut self) -> Result<BlockParameter> {
        let (facts, type_name) = self.attributes()?;
        let name = self.next(Mode::Expression);
        let Token::Variable(variable) = &name.token else {
            return Err(self.unexpected(&name, "a parameter such as $Name"));
        };
        let default = match self.accept(&Token::Assign(None), Mode::Expression) {
            None => None,
            Some(_) => {
                self.lexer.skip_lines();
                Some(self.with_commas(false, |p| p.nested(name.span, Self::expression))?)
            }
        };
        Ok(BlockParameter {
            name: variable.clone(),
            span: name.span,
            type_name,
            default,
            mandatory: facts.mandatory,
            from_pipeline: facts.from_pipeline,
        })
    }

    /// What stands in brackets before a parameter: attributes, and its type.
    fn attributes(&mut self) -> Result<(Facts, Option<String>)> {
        let mut facts = Facts::default();
        let mut type_name = None;
        loop {
            self.lexer.skip_lines();
            let position = self.lexer.position();
            let Some(open) = self.accept(&Token::OpenBracket, Mode::Expression) else {
                return Ok((facts, type_name));
            };
            let name = self.next(Mode::Expression);
            let called = self.lexer.peek_char() == Some('(');
            match &name.token {
                Token::Identifier(attribute) if called => {
                    let attribute = attribute.to_lowercase();
                    self.attribute(&attribute, name.span, &mut facts)?;
                    self.close(&Token::CloseBracket, "]", open)?;
                }
                Token::Identifier(_) => {
                    self.lexer.go_to(open.end);
                    type_name = Some(self.type_name(open)?);
                }
                _ => {
                    self.lexer.go_to(position);
                    return Ok((facts, type_name));
                }
            }
        }
    }

    /// At `(` of an attribute.
    fn attribute(&mut self, name: &str, span: Span, facts: &mut Facts) -> Result<()> {
        let open = self.next(Mode::Expression).span;
        if name != "parameter" && !IGNORED.contains(&name) {
            let what = format!("the attribute '{name}' of a parameter");
            return Err(self.unsupported(span, &what));
        }
        loop {
            self.lexer.skip_lines();
            if self.accept(&Token::CloseParen, Mode::Expression).is_some() {
                return Ok(());
            }
            let key = self.next(Mode::Expression);
            let Token::Identifier(word) = &key.token else {
                return Err(self.unexpected(&key, "the name of a property of the attribute"));
            };
            let on = match self.accept(&Token::Assign(None), Mode::Expression) {
                None => true,
                Some(_) => {
                    let value = self.with_commas(false, |p| p.nested(open, Self::expression))?;
                    !matches!(&value.kind, ExprKind::Variable(v) if v.eq_ignore_ascii_case("false"))
                }
            };
            match word.to_lowercase().as_str() {
                "mandatory" => facts.mandatory = on,
                "valuefrompipeline" => facts.from_pipeline = on,
                _ => {}
            }
            self.accept(&Token::Comma, Mode::Expression);
        }
    }
}
