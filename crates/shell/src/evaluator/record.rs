//! Errors as values: what `$_` is in `catch`, and what `$Error` holds.

use std::rc::Rc;

use crate::error::ShellError;
use crate::value::{ERROR_RECORD, Object, Properties, Value};

/// An error as a value; `thrown` is what `throw` was given, `$null` for any other error.
pub(super) fn of(error: &ShellError, thrown: &Value) -> Value {
    let exception: Properties = [("Message", Value::text(error.message()))].into_iter().collect();
    let properties = [
        ("Exception", Object::custom(exception)),
        ("FullyQualifiedErrorId", Value::text(error.id())),
        ("TargetObject", thrown.clone()),
    ];
    Value::Object(Rc::new(Object {
        type_name: ERROR_RECORD.into(),
        columns: &[],
        properties: properties.into_iter().collect(),
    }))
}

/// The message of such a value; `None` for any other value.
pub(super) fn message(value: &Value) -> Option<String> {
    let Value::Object(object) = value else { return None };
    (&*object.type_name == ERROR_RECORD).then(|| crate::convert::to_text(value))
}
