//! Where something is shown, and how much of it.

use crate::convert::to_int;
use crate::value::Value;

/// How many items of an array are shown (`$FormatEnumerationLimit`).
pub(crate) const DEFAULT_LIMIT: usize = 4;
/// Width when output does not go to a terminal.
pub(crate) const DEFAULT_WIDTH: usize = 120;

/// Where something is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// Columns of the terminal; `None` when output goes elsewhere.
    pub(crate) width: Option<usize>,
    /// How many items of an array are shown.
    pub(crate) limit: usize,
}

/// The limit a value of `$FormatEnumerationLimit` asks for; negative is none.
pub(crate) fn enumeration_limit(value: &Value) -> usize {
    match value {
        Value::Null => DEFAULT_LIMIT,
        other => match to_int(other) {
            Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
            None => DEFAULT_LIMIT,
        },
    }
}
