//! Statements and pipelines.

use super::scope::Place;
use super::{Evaluator, Out};
use crate::ast::{Block, Element, ExprKind, Pipeline, Statement, StatementKind};
use crate::convert::{to_bool, to_int, to_text};
use crate::error::Flow;
use crate::format;
use crate::runtime::Runtime;
use crate::value::Value;

impl Evaluator<'_> {
    /// Runs statements one after the other; a failed one is reported and the next one runs.
    pub(super) fn statements(&mut self, block: &Block, out: &mut Out<'_>) -> Result<(), Flow> {
        for statement in block {
            self.go_on()?;
            let errors = self.seen;
            match self.statement(statement, out) {
                Ok(()) => {}
                Err(Flow::Failed(error)) => {
                    let error = error.or_at(&self.source, statement.span);
                    if self.trying > 0 {
                        return Err(self.thrown(error));
                    }
                    self.raise(error, None)?;
                }
                Err(other) => return Err(other),
            }
            self.succeeded = self.seen == errors;
            if out.is_none() {
                self.flush();
            }
        }
        Ok(())
    }

    pub(super) fn statement(
        &mut self,
        statement: &Statement,
        out: &mut Out<'_>,
    ) -> Result<(), Flow> {
        self.deeper(statement.span, |this| this.run_statement(statement, out))
    }

    fn run_statement(&mut self, statement: &Statement, out: &mut Out<'_>) -> Result<(), Flow> {
        match &statement.kind {
            StatementKind::Pipeline(pipeline) => {
                let values = self.pipeline(pipeline)?;
                self.emit(values, out);
                Ok(())
            }
            StatementKind::Assignment { target, operator, value } => {
                let value = self.statement_value(value)?;
                self.assign(target, *operator, value)
            }
            StatementKind::If { clauses, otherwise } => {
                for (condition, block) in clauses {
                    if to_bool(&self.statement_value(condition)?) {
                        return self.statements(block, out);
                    }
                }
                otherwise.as_ref().map_or(Ok(()), |block| self.statements(block, out))
            }
            StatementKind::ForEach { variable, items, body } => {
                let items = self.statement_value(items)?;
                self.for_each(variable, items, body, out)
            }
            StatementKind::Loop { condition, until, body_first, body } => {
                self.repeat(condition, *until, *body_first, body, out)
            }
            StatementKind::For { start, condition, step, body } => {
                let parts = [start, condition, step].map(|part| part.as_deref());
                self.for_loop(parts, body, out)
            }
            StatementKind::Switch(switch) => self.switch(switch, out),
            StatementKind::Try(parts) => self.try_block(parts, out),
            StatementKind::Throw(value) => self.throw(value.as_deref(), statement),
            StatementKind::Function { name, body } => {
                self.define(name, body);
                Ok(())
            }
            StatementKind::Exit(status) => {
                let status = match status {
                    None => i64::from(self.failed),
                    Some(expr) => to_int(&self.value_of(expr)?).unwrap_or(1),
                };
                Err(Flow::Exit(i32::try_from(status).unwrap_or(1)))
            }
            StatementKind::Return(value) => {
                if let Some(value) = value {
                    let value = self.statement_value(value)?;
                    self.emit(value.into_items(), out);
                }
                Err(Flow::Return)
            }
            StatementKind::Break => Err(Flow::Break),
            StatementKind::Continue => Err(Flow::Continue),
        }
    }

    fn for_each(
        &mut self,
        variable: &str,
        items: Value,
        body: &Block,
        out: &mut Out<'_>,
    ) -> Result<(), Flow> {
        if items.is_null() {
            return Ok(());
        }
        for item in items.into_items() {
            self.scopes.set(Place::Nearest, &variable.to_lowercase(), item);
            if !self.round(body, out)? {
                break;
            }
        }
        Ok(())
    }

    fn emit(&mut self, values: Vec<Value>, out: &mut Out<'_>) {
        match out {
            Some(list) => list.extend(values),
            None => self.pending.extend(values),
        }
    }

    /// What a statement gives as one value; a plain expression keeps an array as it is.
    pub(super) fn statement_value(&mut self, statement: &Statement) -> Result<Value, Flow> {
        if let StatementKind::Pipeline(pipeline) = &statement.kind
            && let ([Element::Expression(expr)], None) =
                (pipeline.elements.as_slice(), &pipeline.redirect)
        {
            return self.value_of(expr);
        }
        let mut values = Vec::new();
        self.statement(statement, &mut Some(&mut values))?;
        // An assignment in brackets gives what was assigned.
        if let StatementKind::Assignment { target, .. } = &statement.kind {
            return self.value_of(target);
        }
        Ok(Value::from_output(values))
    }

    /// What a block gives.
    pub(super) fn block_output(&mut self, block: &Block) -> Result<Vec<Value>, Flow> {
        let mut values = Vec::new();
        self.statements(block, &mut Some(&mut values))?;
        Ok(values)
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Result<Vec<Value>, Flow> {
        if !pipeline.quiet {
            return self.elements(pipeline);
        }
        self.quiet += 1;
        let result = self.elements(pipeline);
        self.quiet -= 1;
        match result {
            Err(Flow::Failed(error)) if self.trying == 0 => {
                self.remember(&error);
                Ok(Vec::new())
            }
            other => other,
        }
    }

    fn elements(&mut self, pipeline: &Pipeline) -> Result<Vec<Value>, Flow> {
        let mut flowing: Option<Vec<Value>> = None;
        for (index, element) in pipeline.elements.iter().enumerate() {
            flowing = Some(match element {
                Element::Expression(expr) => {
                    let value = self.value_of(expr)?;
                    let silent = pipeline.elements.len() == 1
                        && (value.is_null() || matches!(expr.kind, ExprKind::Step { .. }));
                    if silent { Vec::new() } else { value.into_items() }
                }
                Element::Command(command) => self.command(command, flowing.take(), index + 1)?,
            });
        }
        let values = flowing.unwrap_or_default();
        let Some(redirect) = &pipeline.redirect else {
            return Ok(values);
        };
        if let ExprKind::Variable(name) = &redirect.target.kind
            && name.eq_ignore_ascii_case("null")
        {
            return Ok(Vec::new());
        }
        let path = to_text(&self.value_of(&redirect.target)?);
        let view = format::View { width: None, limit: format::DEFAULT_LIMIT };
        let text = format::default_view(&values, &view);
        let written = self.host.write_file(&path, &text, redirect.append);
        written.map_err(|e| self.error(redirect.target.span, e.message))?;
        Ok(Vec::new())
    }
}
