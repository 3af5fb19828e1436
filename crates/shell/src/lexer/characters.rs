//! Classes of characters.

/// `-` and the dashes word processors make of it.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// `"` and its typographic forms.
pub(crate) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// `'` and its typographic forms.
pub(crate) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
}

/// A character of a variable's name.
pub(crate) fn is_variable_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A character that ends a word of a command.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ';' | '|' | ',' | '(' | ')' | '{' | '}' | '&' | '<' | '>')
}
