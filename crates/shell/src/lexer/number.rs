//! Numbers: `10`, `1.5`, `2e3`, `0x1F`, with the multipliers KB, MB, GB, TB and PB.

use super::token::Number;

const MULTIPLIERS: [(&str, i64); 5] =
    [("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("tb", 1 << 40), ("pb", 1 << 50)];

/// The number that `text` begins with and its length in bytes, when no letter follows it.
pub(super) fn longest_number(text: &str) -> Option<(Number, usize)> {
    let (number, length) =
        if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            let digits = leading(hex, |b| b.is_ascii_hexdigit());
            (Number::Int(i64::from_str_radix(&hex[..digits], 16).ok()?), digits + 2)
        } else {
            decimal(text)?
        };
    let (number, length) = multiplied(number, length, text);
    let follows = text[length..].chars().next();
    if follows.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        None
    } else {
        Some((number, length))
    }
}

/// The number a whole word is, an optional sign included.
pub(crate) fn read_number(word: &str) -> Option<Number> {
    let word = word.trim();
    let (negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let (number, length) = longest_number(digits)?;
    if length != digits.len() {
        return None;
    }
    Some(match number {
        Number::Int(n) if negative => Number::Int(n.checked_neg()?),
        Number::Double(d) if negative => Number::Double(-d),
        other => other,
    })
}

fn leading(text: &str, accept: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|b| accept(*b)).count()
}

fn decimal(text: &str) -> Option<(Number, usize)> {
    let whole = leading(text, |b| b.is_ascii_digit());
    let mut length = whole;
    let mut fraction = false;
    if let Some(rest) = text[length..].strip_prefix('.') {
        let digits = leading(rest, |b| b.is_ascii_digit());
        if digits > 0 {
            fraction = true;
            length += 1 + digits;
        }
    }
    if length == 0 {
        return None;
    }
    if let Some(exponent) = exponent(&text[length..]) {
        fraction = true;
        length += exponent;
    }
    let digits = &text[..length];
    let number = match digits.parse::<i64>() {
        Ok(int) if !fraction => Number::Int(int),
        _ => Number::Double(digits.parse().ok()?),
    };
    Some((number, length))
}

/// Length of an exponent (`e+5`) at the start of `text`.
fn exponent(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let sign = usize::from(rest.starts_with(['+', '-']));
    let digits = leading(&rest[sign..], |b| b.is_ascii_digit());
    (digits > 0).then_some(1 + sign + digits)
}

fn multiplied(number: Number, length: usize, text: &str) -> (Number, usize) {
    let suffix = text.get(length..length + 2).map(str::to_ascii_lowercase);
    let found = MULTIPLIERS.iter().find(|(name, _)| suffix.as_deref() == Some(*name));
    let Some((_, factor)) = found else {
        return (number, length);
    };
    let number = match number {
        Number::Int(n) => match n.checked_mul(*factor) {
            Some(product) => Number::Int(product),
            None => Number::Double(n as f64 * *factor as f64),
        },
        Number::Double(d) => whole(d * *factor as f64),
    };
    (number, length + 2)
}

/// `1.5GB` is a whole number of bytes.
fn whole(d: f64) -> Number {
    if d.fract() == 0.0 && d.abs() < 9.0e15 { Number::Int(d as i64) } else { Number::Double(d) }
}
