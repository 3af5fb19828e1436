//! Assignments to variables, properties and indexes.
//!
//! Values are copied when they are changed, so a property is assigned by changing a copy of its
//! object and assigning that to where the object came from.

use std::rc::Rc;

use super::Evaluator;
use super::scope::place_of;
use crate::ast::{BinaryOperator, Expr, ExprKind};
use crate::convert::{to_int, to_text};
use crate::error::Flow;
use crate::operators;
use crate::source::Span;
use crate::types;
use crate::value::Value;

/// Variables that cannot be assigned to.
const FIXED: &[&str] = &["true", "false", "null", "error", "?", "_", "psitem"];

impl Evaluator<'_> {
    pub(super) fn assign(
        &mut self,
        target: &Expr,
        operator: Option<BinaryOperator>,
        value: Value,
    ) -> Result<(), Flow> {
        let value = match operator {
            None => value,
            Some(operator) => {
                let old = self.value_of(target)?;
                operators::binary(operator, &old, &value)
                    .map_err(|message| self.error(target.span, message))?
            }
        };
        self.store(target, value)
    }

    fn store(&mut self, target: &Expr, value: Value) -> Result<(), Flow> {
        match &target.kind {
            // `$null = …` drops what a command gives.
            ExprKind::Variable(name) if name.eq_ignore_ascii_case("null") => Ok(()),
            ExprKind::Variable(name) => self.set_variable(name, value, target.span),
            ExprKind::Member { target: owner, name } => {
                let name = to_text(&self.value_of(name)?);
                let changed = self.with_entry(owner, target.span, &name, value)?;
                self.store_changed(owner, changed)
            }
            ExprKind::Index { target: owner, index } => {
                let index = self.value_of(index)?;
                let changed = self.with_item(owner, target.span, &index, value)?;
                self.store_changed(owner, changed)
            }
            ExprKind::List(targets) => self.store_each(targets, value),
            ExprKind::Cast { type_name, value: inner } => {
                let value = types::cast(type_name, value)
                    .map_err(|message| self.error(target.span, message))?;
                self.store(inner, value)
            }
            _ => {
                let message = "Only a variable, a property or an index can be assigned to.";
                Err(self.error(target.span, message).into())
            }
        }
    }

    /// Puts a changed object back where it came from: a variable of a caller is changed there.
    pub(super) fn store_changed(&mut self, target: &Expr, value: Value) -> Result<(), Flow> {
        let ExprKind::Variable(name) = &target.kind else {
            return self.store(target, value);
        };
        let (place, key) = place_of(name);
        let key = if key == "psitem" { "_" } else { &key };
        if key != "_" && FIXED.contains(&key) {
            return self.set_variable(name, value, target.span);
        }
        self.scopes.update(place, key, value);
        Ok(())
    }

    /// `$a, $b = 1, 2`: the last one takes what is left.
    fn store_each(&mut self, targets: &[Expr], value: Value) -> Result<(), Flow> {
        let mut values = value.into_items();
        let Some((last, others)) = targets.split_last() else { return Ok(()) };
        for target in others {
            let first = if values.is_empty() { Value::Null } else { values.remove(0) };
            self.store(target, first)?;
        }
        self.store(last, Value::from_output(values))
    }

    pub(super) fn set_variable(
        &mut self,
        name: &str,
        value: Value,
        span: Span,
    ) -> Result<(), Flow> {
        let (place, key) = place_of(name);
        if FIXED.contains(&key.as_str()) || key.starts_with("env:") {
            let message = format!("Cannot overwrite variable {name} because it is read-only.");
            return Err(self.error(span, message).into());
        }
        self.scopes.set(place, &key, value);
        Ok(())
    }

    fn with_entry(
        &mut self,
        owner: &Expr,
        span: Span,
        name: &str,
        value: Value,
    ) -> Result<Value, Flow> {
        match self.value_of(owner)? {
            Value::Hashtable(mut table) => {
                Rc::make_mut(&mut table).set(name, value);
                Ok(Value::Hashtable(table))
            }
            Value::Object(mut object) => {
                if object.properties.get(name).is_none() {
                    let message = format!(
                        "The property '{name}' cannot be found on this object. Verify that the property exists and can be set."
                    );
                    return Err(self.error(span, message).into());
                }
                Rc::make_mut(&mut object).properties.set(name, value);
                Ok(Value::Object(object))
            }
            other => {
                let message =
                    format!("A property of a {} cannot be assigned to.", other.type_name());
                Err(self.error(span, message).into())
            }
        }
    }

    fn with_item(
        &mut self,
        owner: &Expr,
        span: Span,
        index: &Value,
        value: Value,
    ) -> Result<Value, Flow> {
        match self.value_of(owner)? {
            Value::Array(mut items) => {
                let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let at = to_int(index).map(|i| if i < 0 { i + length } else { i });
                let place = at.and_then(|i| usize::try_from(i).ok()).filter(|i| *i < items.len());
                let Some(place) = place else {
                    let message = "Index was outside the bounds of the array.";
                    return Err(self.error(span, message).into());
                };
                Rc::make_mut(&mut items)[place] = value;
                Ok(Value::Array(items))
            }
            Value::Hashtable(_) | Value::Object(_) => {
                self.with_entry(owner, span, &to_text(index), value)
            }
            other => {
                let message = format!("Unable to index into a {}.", other.type_name());
                Err(self.error(span, message).into())
            }
        }
    }
}
