//! Expressions.

use std::rc::Rc;

use super::Evaluator;
use super::method::call;
use super::scope::Place;
use crate::ast::{BinaryOperator, Comparison, Expr, ExprKind, Piece, Statement};
use crate::convert::{from_number, to_bool, to_int, to_text};
use crate::error::Flow;
use crate::operators;
use crate::pattern;
use crate::runtime::Runtime;
use crate::types;
use crate::value::{Object, Properties, Value};

impl Evaluator<'_> {
    pub(super) fn value_of(&mut self, expr: &Expr) -> Result<Value, Flow> {
        self.deeper(expr.span, |this| this.evaluated(expr))
    }

    fn evaluated(&mut self, expr: &Expr) -> Result<Value, Flow> {
        let located = |this: &Self, message: String| this.error(expr.span, message);
        Ok(match &expr.kind {
            ExprKind::Number(number) => from_number(*number),
            ExprKind::Text(text) | ExprKind::Word(text) => Value::from(text.as_str()),
            ExprKind::Expand(pieces) => self.expanded(pieces)?,
            ExprKind::Variable(name) => self.variable(name),
            ExprKind::Member { target, name } => {
                let target = self.value_of(target)?;
                let name = to_text(&self.value_of(name)?);
                self.property(&target, &name)
            }
            ExprKind::Call { target, method, arguments } => {
                let value = self.value_of(target)?;
                let arguments = self.values_of(arguments)?;
                match self.collection_call(target, &value, method, &arguments, expr.span)? {
                    Some(result) => result,
                    None => call(&value, method, &arguments).map_err(|e| located(self, e))?,
                }
            }
            ExprKind::Static { type_name, member, arguments } => {
                let arguments = match arguments {
                    Some(arguments) => Some(self.values_of(arguments)?),
                    None => None,
                };
                if types::is_file(type_name) {
                    return self
                        .file_member(member, arguments.as_deref().unwrap_or_default())
                        .map_err(|e| located(self, e).into());
                }
                let now = self.host.now();
                types::static_member(type_name, member, arguments.as_deref(), now)
                    .map_err(|e| located(self, e))?
            }
            ExprKind::Index { target, index } => {
                let target = self.value_of(target)?;
                let index = self.value_of(index)?;
                indexed(&target, &index).map_err(|e| located(self, e))?
            }
            ExprKind::List(items) => Value::array(self.values_of(items)?),
            ExprKind::Array(block) => Value::array(self.block_output(block)?),
            ExprKind::Sub(block) => Value::from_output(self.block_output(block)?),
            ExprKind::Group(statement) => self.statement_value(statement)?,
            ExprKind::Hashtable(entries) => Value::Hashtable(Rc::new(self.hashtable(entries)?)),
            ExprKind::ScriptBlock(block) => Value::Block(Rc::clone(block)),
            ExprKind::Unary(operator, operand) => {
                let operand = self.value_of(operand)?;
                operators::unary(*operator, operand).map_err(|e| located(self, e))?
            }
            ExprKind::Step { target, down, before } => self.step(target, *down, *before)?,
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, expr)?,
            ExprKind::Cast { type_name, value } => self.cast(type_name, value, expr)?,
            ExprKind::Type(name) => Value::text(format!("[{name}]")),
        })
    }

    pub(super) fn values_of(&mut self, items: &[Expr]) -> Result<Vec<Value>, Flow> {
        items.iter().map(|item| self.value_of(item)).collect()
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
        whole: &Expr,
    ) -> Result<Value, Flow> {
        let left = self.value_of(left)?;
        match operator {
            BinaryOperator::And if !to_bool(&left) => return Ok(Value::Bool(false)),
            BinaryOperator::Or if to_bool(&left) => return Ok(Value::Bool(true)),
            _ => {}
        }
        let right = self.value_of(right)?;
        self.keep_matches(operator, &left, &right);
        operators::binary(operator, &left, &right)
            .map_err(|message| self.error(whole.span, message).into())
    }

    /// `$x++`
    fn step(&mut self, target: &Expr, down: bool, before: bool) -> Result<Value, Flow> {
        let old = self.value_of(target)?;
        let operator = if down { BinaryOperator::Subtract } else { BinaryOperator::Add };
        self.assign(target, Some(operator), Value::Int(1))?;
        if before { self.value_of(target) } else { Ok(old) }
    }

    /// `$Matches` after `-match` with one text.
    pub(super) fn keep_matches(&mut self, operator: BinaryOperator, left: &Value, right: &Value) {
        let BinaryOperator::Compare { comparison: Comparison::Match, case_sensitive } = operator
        else {
            return;
        };
        if matches!(left, Value::Array(_)) {
            return;
        }
        let found = pattern::captured(&to_text(right), case_sensitive, &to_text(left));
        if let Some(groups) = found {
            let table: Properties =
                groups.into_iter().map(|(name, text)| (name, Value::text(text))).collect();
            self.scopes.set(Place::Nearest, "matches", Value::Hashtable(Rc::new(table)));
        }
    }

    fn cast(&mut self, type_name: &str, value: &Expr, whole: &Expr) -> Result<Value, Flow> {
        if type_name.eq_ignore_ascii_case("ordered")
            && let ExprKind::Hashtable(entries) = &value.kind
        {
            return Ok(Value::Hashtable(Rc::new(self.hashtable(entries)?)));
        }
        if type_name.eq_ignore_ascii_case("pscustomobject")
            && let ExprKind::Hashtable(entries) = &value.kind
        {
            return Ok(Object::custom(self.hashtable(entries)?));
        }
        let value = self.value_of(value)?;
        types::cast(type_name, value).map_err(|message| self.error(whole.span, message).into())
    }

    pub(super) fn hashtable(&mut self, entries: &[(Expr, Statement)]) -> Result<Properties, Flow> {
        let mut table = Properties::new();
        for (key, value) in entries {
            let name = to_text(&self.value_of(key)?);
            if table.get(&name).is_some() {
                let message = format!("Duplicate keys '{name}' are not allowed in a hash literal.");
                return Err(self.error(key.span, message).into());
            }
            let value = self.statement_value(value)?;
            table.set(name, value);
        }
        Ok(table)
    }

    fn expanded(&mut self, pieces: &[Piece]) -> Result<Value, Flow> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Variable(name) => text.push_str(&to_text(&self.variable(name))),
                Piece::Sub(block) => {
                    text.push_str(&to_text(&Value::array(self.block_output(block)?)));
                }
            }
        }
        Ok(Value::text(text))
    }
}

/// `target[index]`; several indexes give several items.
fn indexed(target: &Value, index: &Value) -> Result<Value, String> {
    if let Value::Array(indexes) = index {
        let items: Result<Vec<_>, _> = indexes.iter().map(|one| indexed(target, one)).collect();
        return Ok(Value::array(items?.into_iter().filter(|v| !v.is_null()).collect()));
    }
    let at = |length: usize| -> Result<Option<usize>, String> {
        let index =
            to_int(index).ok_or_else(|| format!("'{}' is not an index.", to_text(index)))?;
        let from_end = i64::try_from(length).unwrap_or(i64::MAX);
        let index = if index < 0 { index + from_end } else { index };
        Ok(usize::try_from(index).ok())
    };
    match target {
        Value::Null => Err("Cannot index into a null array.".into()),
        Value::Array(items) => {
            Ok(at(items.len())?.and_then(|i| items.get(i)).cloned().unwrap_or_default())
        }
        Value::Text(text) => {
            let character = at(text.chars().count())?.and_then(|i| text.chars().nth(i));
            Ok(character.map_or(Value::Null, |c| Value::text(c.to_string())))
        }
        Value::Hashtable(_) | Value::Object(_) => {
            let found = target.properties().and_then(|p| p.get(&to_text(index)));
            Ok(found.cloned().unwrap_or_default())
        }
        // A single value counts as an array of one.
        other => Ok(match at(1)? {
            Some(0) => other.clone(),
            _ => Value::Null,
        }),
    }
}
