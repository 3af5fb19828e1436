//! Bytes of files: arrays of numbers from 0 to 255, as PowerShell has them; over the API they go as base64,
//! and so they come back.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::convert::to_int;
use crate::value::Value;

/// The bytes that a value is: an array of numbers, or base64 as a server gives it.
pub(crate) fn of_value(value: &Value) -> Option<Vec<u8>> {
    if let Value::Text(text) = value {
        let text: String = text.split_ascii_whitespace().collect();
        return STANDARD.decode(text).ok();
    }
    value.items().iter().map(|item| to_int(item).and_then(|n| u8::try_from(n).ok())).collect()
}

/// Bytes as an array.
pub(crate) fn to_value(bytes: &[u8]) -> Value {
    Value::array(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect())
}

/// Bytes as the API takes them.
pub(crate) fn to_text(bytes: &[u8]) -> Value {
    Value::text(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_base64_are_bytes_and_nothing_else_is() {
        let array = to_value(&[0, 255, 10]);
        assert_eq!(of_value(&array), Some(vec![0, 255, 10]));
        assert_eq!(of_value(&to_text(&[0, 255, 10])), Some(vec![0, 255, 10]));
        for bad in [Value::text("not base64!"), Value::array(vec![Value::Int(256)])] {
            assert_eq!(of_value(&bad), None);
        }
    }
}
