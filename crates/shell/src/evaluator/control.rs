//! Loops, `switch`, `try` and `throw`.

use super::scope::Place;
use super::{Evaluator, Out, record};
use crate::ast::{
    BinaryOperator, Block, Comparison, Expr, ExprKind, Matching, Statement, Switch, Try,
};
use crate::convert::{to_bool, to_text};
use crate::error::Flow;
use crate::operators;
use crate::runtime::Runtime;
use crate::value::Value;

impl Evaluator<'_> {
    /// One round of a loop; whether the loop goes on.
    pub(super) fn round(&mut self, body: &Block, out: &mut Out<'_>) -> Result<bool, Flow> {
        self.go_on()?;
        match self.statements(body, out) {
            Ok(()) | Err(Flow::Continue) => Ok(true),
            Err(Flow::Break) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn holds(&mut self, condition: &Statement) -> Result<bool, Flow> {
        self.statement_value(condition).map(|value| to_bool(&value))
    }

    /// `while`, `do … while`, `do … until`
    pub(super) fn repeat(
        &mut self,
        condition: &Statement,
        until: bool,
        body_first: bool,
        body: &Block,
        out: &mut Out<'_>,
    ) -> Result<(), Flow> {
        let mut first = body_first;
        while std::mem::take(&mut first) || self.holds(condition)? != until {
            if !self.round(body, out)? {
                break;
            }
        }
        Ok(())
    }

    /// `for (start; condition; step)`
    pub(super) fn for_loop(
        &mut self,
        [start, condition, step]: [Option<&Statement>; 3],
        body: &Block,
        out: &mut Out<'_>,
    ) -> Result<(), Flow> {
        if let Some(start) = start {
            self.statement_value(start)?;
        }
        loop {
            if let Some(condition) = condition
                && !self.holds(condition)?
            {
                return Ok(());
            }
            if !self.round(body, out)? {
                return Ok(());
            }
            if let Some(step) = step {
                self.statement_value(step)?;
            }
        }
    }

    pub(super) fn switch(&mut self, switch: &Switch, out: &mut Out<'_>) -> Result<(), Flow> {
        let items = match self.statement_value(&switch.subject)? {
            Value::Array(items) => items.to_vec(),
            one => vec![one],
        };
        for item in items {
            let outer = self.scopes.replace("_", Some(item.clone()));
            let flow = self.cases(switch, &item, out);
            self.scopes.replace("_", outer);
            match flow {
                Ok(()) | Err(Flow::Continue) => {}
                Err(Flow::Break) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn cases(&mut self, switch: &Switch, item: &Value, out: &mut Out<'_>) -> Result<(), Flow> {
        let mut matched = false;
        for (case, block) in &switch.cases {
            if let Some(case) = case
                && self.fits(switch, case, item)?
            {
                matched = true;
                self.statements(block, out)?;
            }
        }
        let default = switch.cases.iter().find(|(case, _)| case.is_none());
        match default {
            Some((_, block)) if !matched => self.statements(block, out),
            _ => Ok(()),
        }
    }

    fn fits(&mut self, switch: &Switch, case: &Expr, item: &Value) -> Result<bool, Flow> {
        let wanted = match &case.kind {
            ExprKind::ScriptBlock(block) => {
                let output = self.run_block(block, item.clone())?;
                return Ok(to_bool(&Value::from_output(output)));
            }
            _ => self.value_of(case)?,
        };
        let comparison = match switch.matching {
            Matching::Exact => Comparison::Equal,
            Matching::Wildcard => Comparison::Like,
            Matching::Regex => Comparison::Match,
        };
        let operator =
            BinaryOperator::Compare { comparison, case_sensitive: switch.case_sensitive };
        self.keep_matches(operator, item, &wanted);
        // As in the language the item is compared as a text, unless both are numbers.
        operators::binary(operator, item, &wanted)
            .map(|value| to_bool(&value))
            .map_err(|message| self.error(case.span, message).into())
    }

    pub(super) fn try_block(&mut self, parts: &Try, out: &mut Out<'_>) -> Result<(), Flow> {
        let catches = usize::from(parts.catch.is_some());
        self.trying += catches;
        let mut flow = self.statements(&parts.body, out);
        self.trying -= catches;
        if let (Some(catch), Err(Flow::Thrown(error, thrown))) = (&parts.catch, &flow) {
            let outer = self.scopes.replace("_", Some(record::of(error, thrown)));
            flow = self.statements(catch, out);
            self.scopes.replace("_", outer);
        }
        if let Some(finally) = &parts.finally {
            self.statements(finally, out)?;
        }
        flow
    }

    /// `throw`; without a value in a `catch` it throws on what was caught.
    pub(super) fn throw(
        &mut self,
        value: Option<&Statement>,
        statement: &Statement,
    ) -> Result<(), Flow> {
        let value = match value {
            Some(value) => self.statement_value(value)?,
            None => self.scopes.get(Place::Nearest, "_"),
        };
        let message = record::message(&value).unwrap_or_else(|| match &value {
            Value::Null => "ScriptHalted".to_owned(),
            other => to_text(other),
        });
        let error = self.error(statement.span, message).with_id("RuntimeException");
        self.remember(&error);
        Err(Flow::Thrown(error, value))
    }
}
