//! The arguments of a command, evaluated.

use super::Evaluator;
use crate::ast::{Argument, Expr, ExprKind};
use crate::binding::{Given, GivenValue};
use crate::error::Flow;
use crate::runtime::Runtime;
use crate::source::Span;
use crate::value::Value;

impl Evaluator<'_> {
    pub(super) fn given(&mut self, arguments: &[Argument]) -> Result<Vec<Given>, Flow> {
        let mut all = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Value(value) => {
                    all.push(Given { name: None, value: Some(self.given_value(value)?) });
                }
                Argument::Parameter { name, span, value } => all.push(Given {
                    name: Some((name.clone(), *span)),
                    value: match value {
                        Some(value) => Some(self.given_value(value)?),
                        None => None,
                    },
                }),
                Argument::Splat { name, span } => all.extend(self.splatted(name, *span)?),
            }
        }
        Ok(all)
    }

    /// `@variable`: a table gives parameters by name, anything else values by position.
    fn splatted(&self, name: &str, span: Span) -> Result<Vec<Given>, Flow> {
        let given = |name: Option<&str>, value: &Value| Given {
            name: name.map(|name| (name.to_owned(), span)),
            value: Some(GivenValue { value: value.clone(), span, bare: false }),
        };
        match self.variable(name) {
            Value::Null => {
                let message = format!(
                    "The variable ${name} has no value: @{name} stands for a table such as @{{Name = 'value'}}."
                );
                Err(self.error(span, message).into())
            }
            Value::Hashtable(table) => {
                Ok(table.iter().map(|(name, value)| given(Some(name), value)).collect())
            }
            other => Ok(other.items().iter().map(|value| given(None, value)).collect()),
        }
    }

    fn given_value(&mut self, expr: &Expr) -> Result<GivenValue, Flow> {
        let bare = match &expr.kind {
            ExprKind::Word(_) => true,
            ExprKind::List(items) => items.iter().any(|i| matches!(i.kind, ExprKind::Word(_))),
            _ => false,
        };
        Ok(GivenValue { value: self.value_of(expr)?, span: expr.span, bare })
    }
}
