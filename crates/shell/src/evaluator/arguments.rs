//! The arguments of a command, evaluated.

use super::Evaluator;
use crate::ast::{Argument, Expr, ExprKind};
use crate::binding::{Given, GivenValue};
use crate::error::Flow;

impl Evaluator<'_> {
    pub(super) fn given(&mut self, arguments: &[Argument]) -> Result<Vec<Given>, Flow> {
        arguments
            .iter()
            .map(|argument| {
                Ok(match argument {
                    Argument::Value(value) => {
                        Given { name: None, value: Some(self.given_value(value)?) }
                    }
                    Argument::Parameter { name, span, value } => Given {
                        name: Some((name.clone(), *span)),
                        value: match value {
                            Some(value) => Some(self.given_value(value)?),
                            None => None,
                        },
                    },
                })
            })
            .collect()
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
