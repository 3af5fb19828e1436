//! Methods of lists and tables that change them or take a script block: `$list.Add(…)`,
//! `$table.Remove(…)`, `$list.Where({…})`.
//!
//! Values are copied when they are changed, so the changed copy goes back to where the list came from.

use std::rc::Rc;

use super::Evaluator;
use crate::ast::{Expr, ExprKind, ScriptBlock};
use crate::convert::{to_bool, to_int, to_text};
use crate::error::Flow;
use crate::operators;
use crate::runtime::Runtime;
use crate::source::Span;
use crate::value::{Object, Properties, Value};

/// Most items a list grows to.
const MAX_ITEMS: usize = 4 << 20;

impl Evaluator<'_> {
    /// Calls such a method; `None` when it is none of them.
    pub(super) fn collection_call(
        &mut self,
        target: &Expr,
        value: &Value,
        method: &str,
        arguments: &[Value],
        span: Span,
    ) -> Result<Option<Value>, Flow> {
        let method = method.to_lowercase();
        if let ("where" | "foreach", [Value::Block(block)]) = (method.as_str(), arguments) {
            return self.each(value, block, method == "where").map(Some);
        }
        if let (Value::Hashtable(table), "getenumerator", []) = (value, method.as_str(), arguments)
        {
            return Ok(Some(Value::array(table.iter().map(|(k, v)| entry(k, v)).collect())));
        }
        let changed = match value {
            Value::Array(items) => changed_list(items, &method, arguments),
            Value::Hashtable(table) => changed_table(table, &method, arguments),
            _ => None,
        };
        let Some(changed) = changed else { return Ok(None) };
        let changed = changed.map_err(|message| self.error(span, message))?;
        match target.kind {
            ExprKind::Variable(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => {
                self.store_changed(target, changed)?;
                Ok(Some(Value::Null))
            }
            _ => {
                let message = "Only what a variable holds can be changed so.";
                Err(self.error(span, message).into())
            }
        }
    }

    fn each(
        &mut self,
        value: &Value,
        block: &Rc<ScriptBlock>,
        filters: bool,
    ) -> Result<Value, Flow> {
        let mut output = Vec::new();
        for item in value.items() {
            let result = self.run_block(block, item.clone())?;
            if !filters {
                output.extend(result);
            } else if to_bool(&Value::from_output(result)) {
                output.push(item.clone());
            }
        }
        Ok(Value::array(output))
    }
}

fn entry(key: &Rc<str>, value: &Value) -> Value {
    let key = Value::Text(key.clone());
    let row: Properties =
        [("Name", key.clone()), ("Key", key), ("Value", value.clone())].into_iter().collect();
    Object::custom(row)
}

fn changed_list(
    items: &[Value],
    method: &str,
    arguments: &[Value],
) -> Option<Result<Value, String>> {
    let mut items = items.to_vec();
    match (method, arguments) {
        ("add", [item]) => items.push(item.clone()),
        ("addrange", [more]) => items.extend(more.items().iter().cloned()),
        ("clear", []) => items.clear(),
        ("remove", [item]) => {
            if let Some(at) = items.iter().position(|i| operators::equal(i, item, true)) {
                items.remove(at);
            }
        }
        ("removeat", [index]) => match position(index, items.len()) {
            Some(at) if at < items.len() => drop(items.remove(at)),
            _ => return Some(Err("Index was outside the bounds of the list.".into())),
        },
        ("insert", [index, item]) => match position(index, items.len()) {
            Some(at) => items.insert(at, item.clone()),
            None => return Some(Err("Index was outside the bounds of the list.".into())),
        },
        ("reverse", []) => items.reverse(),
        _ => return None,
    }
    if items.len() > MAX_ITEMS {
        return Some(Err(format!("The list would be too long: at most {MAX_ITEMS} items.")));
    }
    Some(Ok(Value::array(items)))
}

/// An index up to and with the end.
fn position(index: &Value, length: usize) -> Option<usize> {
    to_int(index).and_then(|i| usize::try_from(i).ok()).filter(|i| *i <= length)
}

fn changed_table(
    table: &Properties,
    method: &str,
    arguments: &[Value],
) -> Option<Result<Value, String>> {
    let mut table = table.clone();
    match (method, arguments) {
        ("add", [key, value]) => {
            let key = to_text(key);
            if table.get(&key).is_some() {
                return Some(Err(format!("The key '{key}' is in the table already.")));
            }
            table.set(key, value.clone());
        }
        ("remove", [key]) => table.remove(&to_text(key)),
        ("clear", []) => table = Properties::new(),
        _ => return None,
    }
    Some(Ok(Value::Hashtable(Rc::new(table))))
}
