//! The operators on values.
//!
//! As in the language the left operand decides: a number compares as a number, a text as a text, an
//! array is filtered. Beyond it, sizes, durations and dates that the server writes as texts compare
//! by what they mean, so that `$_.MaxMessageSize -gt 10MB` is right.

use std::cmp::Ordering;
use std::rc::Rc;

use regex::Regex;

use crate::ast::{BinaryOperator, Comparison, UnaryOperator};
use crate::convert::{from_number, text_size, text_span, to_bool, to_int, to_number, to_text};
use crate::dates::parsed;
use crate::lexer::Number;
use crate::pattern;
use crate::spans;
use crate::value::{Properties, Value};
use crate::wildcard;

/// Most items a range may have.
const MAX_RANGE: i64 = 1_000_000;
/// Longest text and array that repetition may make.
const MAX_REPEATED: usize = 16 << 20;
/// Longest text that joining makes, in bytes, and most items of a joined array.
const MAX_JOINED: usize = 64 << 20;
const MAX_ITEMS: usize = 4 << 20;

type Result<T> = std::result::Result<T, String>;

/// `-not x`, `-x`, …
pub(crate) fn unary(operator: UnaryOperator, operand: Value) -> Result<Value> {
    match operator {
        UnaryOperator::Not => Ok(Value::Bool(!to_bool(&operand))),
        UnaryOperator::Plus => number(&operand).map(from_number),
        UnaryOperator::Minus => Ok(match number(&operand)? {
            Number::Int(n) => n.checked_neg().map_or(Value::Double(-(n as f64)), Value::Int),
            Number::Double(d) => Value::Double(-d),
        }),
        UnaryOperator::Comma => Ok(Value::array(vec![operand])),
        UnaryOperator::Join => Ok(join(&operand, "")),
        UnaryOperator::Split => {
            let text = to_text(&operand);
            Ok(Value::array(text.split_whitespace().map(Value::from).collect()))
        }
    }
}

/// An operator with two operands; `-and` and `-or` are the evaluator's, which may skip the right one.
pub(crate) fn binary(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value> {
    match operator {
        BinaryOperator::Add | BinaryOperator::Subtract if matches!(left, Value::Date(_)) => {
            moved(left, right, operator == BinaryOperator::Subtract)
        }
        BinaryOperator::Add => add(left, right),
        BinaryOperator::Subtract => {
            arithmetic(left, right, "subtracted", i64::checked_sub, |a, b| a - b)
        }
        BinaryOperator::Multiply => multiply(left, right),
        BinaryOperator::Divide => divide(left, right),
        BinaryOperator::Remainder => remainder(left, right),
        BinaryOperator::Range => range(left, right),
        BinaryOperator::Format => format_text(&to_text(left), right.items()).map(Value::text),
        BinaryOperator::And => Ok(Value::Bool(to_bool(left) && to_bool(right))),
        BinaryOperator::Or => Ok(Value::Bool(to_bool(left) || to_bool(right))),
        BinaryOperator::Xor => Ok(Value::Bool(to_bool(left) != to_bool(right))),
        BinaryOperator::Join => Ok(join(left, &to_text(right))),
        BinaryOperator::Compare { comparison, case_sensitive } => {
            compare(comparison, case_sensitive, left, right)
        }
        BinaryOperator::Is { negated } => {
            let is = crate::types::is_of_type(left, &to_text(right));
            Ok(Value::Bool(is != negated))
        }
        BinaryOperator::As => {
            Ok(crate::types::cast(&to_text(right), left.clone()).unwrap_or_default())
        }
    }
}

fn number(value: &Value) -> Result<Number> {
    to_number(value).ok_or_else(|| {
        format!("Cannot convert value \"{}\" to a number.", shortened(&to_text(value)))
    })
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 {
        return text.to_owned();
    }
    text.chars().take(77).chain("...".chars()).collect()
}

fn add(left: &Value, right: &Value) -> Result<Value> {
    match (left, right) {
        (Value::Null, other) => Ok(other.clone()),
        (Value::Array(items), other) => {
            if items.len().saturating_add(other.items().len()) > MAX_ITEMS {
                return Err(format!("The array would be too long: at most {MAX_ITEMS} items."));
            }
            let mut all = items.to_vec();
            match other {
                Value::Array(more) => all.extend(more.iter().cloned()),
                one => all.push(one.clone()),
            }
            Ok(Value::array(all))
        }
        (Value::Hashtable(a), Value::Hashtable(b)) => {
            let mut sum: Properties = (**a).clone();
            for (name, value) in b.iter() {
                if sum.get(name).is_some() {
                    return Err(format!("The key '{name}' is in both tables."));
                }
                sum.set(name.clone(), value.clone());
            }
            Ok(Value::Hashtable(sum.into()))
        }
        (Value::Text(text), other) => {
            let other = to_text(other);
            if text.len().saturating_add(other.len()) > MAX_JOINED {
                return Err(format!("The text would be too long: at most {MAX_JOINED} bytes."));
            }
            Ok(Value::text(format!("{text}{other}")))
        }
        _ => arithmetic(left, right, "added", i64::checked_add, |a, b| a + b),
    }
}

/// A date and a span make a date; two dates have a difference.
fn moved(left: &Value, right: &Value, back: bool) -> Result<Value> {
    let Value::Date(date) = left else { return Err("A date is needed.".into()) };
    if back && let Some(other) = as_date(right) {
        return Ok(Value::text(spans::written(*date - other)));
    }
    let span = spans::parsed(&to_text(right)).ok_or_else(|| {
        let shown = shortened(&to_text(right));
        format!("\"{shown}\" is not a time span such as 00:10:00 or 1.00:00:00.")
    })?;
    let moved = if back { date.checked_sub(span) } else { date.checked_add(span) };
    moved.map(Value::Date).ok_or_else(|| "The date would be out of range.".to_owned())
}

fn arithmetic(
    left: &Value,
    right: &Value,
    done: &str,
    whole: fn(i64, i64) -> Option<i64>,
    broken: fn(f64, f64) -> f64,
) -> Result<Value> {
    let scalar = |v: &Value| !matches!(v, Value::Array(_) | Value::Hashtable(_) | Value::Object(_));
    if !scalar(left) || !scalar(right) {
        return Err(format!(
            "A {} and a {} cannot be {done}.",
            left.type_name(),
            right.type_name()
        ));
    }
    Ok(match (number(left)?, number(right)?) {
        (Number::Int(a), Number::Int(b)) => {
            whole(a, b).map_or_else(|| Value::Double(broken(a as f64, b as f64)), Value::Int)
        }
        (a, b) => Value::Double(broken(float(a), float(b))),
    })
}

fn float(number: Number) -> f64 {
    match number {
        Number::Int(n) => n as f64,
        Number::Double(d) => d,
    }
}

fn multiply(left: &Value, right: &Value) -> Result<Value> {
    let times = || {
        let count = to_int(right).and_then(|n| usize::try_from(n).ok());
        count.ok_or_else(|| format!("Cannot repeat {} times.", shortened(&to_text(right))))
    };
    match left {
        Value::Text(text) => {
            let count = times()?;
            if text.len().saturating_mul(count) > MAX_REPEATED {
                return Err("The repeated text would be too long.".into());
            }
            Ok(Value::text(text.repeat(count)))
        }
        Value::Array(items) => {
            let count = times()?;
            if items.len().saturating_mul(count) > MAX_REPEATED / 16 {
                return Err("The repeated array would be too long.".into());
            }
            let all = std::iter::repeat_n(items.iter().cloned(), count).flatten().collect();
            Ok(Value::array(all))
        }
        _ => arithmetic(left, right, "multiplied", i64::checked_mul, |a, b| a * b),
    }
}

fn divide(left: &Value, right: &Value) -> Result<Value> {
    match (number(left)?, number(right)?) {
        (_, Number::Int(0)) => Err("Attempted to divide by zero.".into()),
        (Number::Int(a), Number::Int(b)) if a % b == 0 => Ok(Value::Int(a / b)),
        (a, b) => Ok(Value::Double(float(a) / float(b))),
    }
}

fn remainder(left: &Value, right: &Value) -> Result<Value> {
    match (number(left)?, number(right)?) {
        (_, Number::Int(0)) => Err("Attempted to divide by zero.".into()),
        (Number::Int(a), Number::Int(b)) => Ok(Value::Int(a.checked_rem(b).unwrap_or(0))),
        (a, b) => Ok(Value::Double(float(a) % float(b))),
    }
}

fn range(left: &Value, right: &Value) -> Result<Value> {
    let bound = |v: &Value| {
        to_int(v).ok_or_else(|| format!("'{}' cannot bound a range.", shortened(&to_text(v))))
    };
    let (from, to) = (bound(left)?, bound(right)?);
    if from.abs_diff(to) >= MAX_RANGE.unsigned_abs() {
        return Err(format!("A range may have at most {MAX_RANGE} items."));
    }
    Ok(Value::array(if from <= to {
        (from..=to).map(Value::Int).collect()
    } else {
        (to..=from).rev().map(Value::Int).collect()
    }))
}

fn join(left: &Value, separator: &str) -> Value {
    Value::text(left.items().iter().map(to_text).collect::<Vec<_>>().join(separator))
}

/// `"{0} of {1,5}" -f a, b`: places with optional width; formats after `:` are `N`, `D`, `X`.
fn format_text(template: &str, arguments: &[Value]) -> Result<String> {
    let mut result = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        result.push_str(&rest[..at]);
        let bracket = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(bracket) {
            result.push_str(bracket);
            rest = after;
            continue;
        }
        let end = rest.find('}').filter(|_| bracket == "{");
        let end = end.ok_or("Input string was not in a correct format.")?;
        result.push_str(&format_place(&rest[..end], arguments)?);
        rest = &rest[end + 1..];
    }
    result.push_str(rest);
    Ok(result)
}

fn format_place(place: &str, arguments: &[Value]) -> Result<String> {
    let wrong = || "Input string was not in a correct format.".to_owned();
    let (place, format) = place.split_once(':').map_or((place, ""), |(p, f)| (p, f));
    let (index, width) = place.split_once(',').map_or((place, ""), |(i, w)| (i, w));
    let index: usize = index.trim().parse().map_err(|_| wrong())?;
    let width: i32 =
        if width.is_empty() { 0 } else { width.trim().parse().map_err(|_| wrong())? };
    let value = arguments
        .get(index)
        .ok_or("Index of a place in the text must be less than the number of arguments.")?;
    let text = formatted_number(value, format).unwrap_or_else(|| to_text(value));
    let padded = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(1000);
    Ok(if width < 0 { format!("{text:<padded$}") } else { format!("{text:>padded$}") })
}

fn formatted_number(value: &Value, format: &str) -> Option<String> {
    let number = to_number(value)?;
    let kind = format.chars().next()?.to_ascii_lowercase();
    let digits: Option<usize> = format.get(1..)?.parse().ok().filter(|d| *d <= 99);
    Some(match kind {
        'n' => grouped(&format!("{:.*}", digits.unwrap_or(2), float(number))),
        'f' => format!("{:.*}", digits.unwrap_or(2), float(number)),
        'd' => format!("{:0>1$}", to_int(value)?, digits.unwrap_or(0)),
        'x' => format!("{:0>1$x}", to_int(value)?, digits.unwrap_or(0)),
        'p' => format!("{:.*} %", digits.unwrap_or(2), float(number) * 100.0),
        _ => return None,
    })
}

fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
    let mut result = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    fraction.map_or(result.clone(), |f| format!("{result}.{f}"))
}

/// A comparison; of an array on the left the items that satisfy it.
pub(crate) fn compare(
    comparison: Comparison,
    case_sensitive: bool,
    left: &Value,
    right: &Value,
) -> Result<Value> {
    use Comparison as C;
    let contains =
        |all: &Value, one: &Value| all.items().iter().any(|i| equal(i, one, case_sensitive));
    match comparison {
        C::Contains => return Ok(Value::Bool(contains(left, right))),
        C::NotContains => return Ok(Value::Bool(!contains(left, right))),
        C::In => return Ok(Value::Bool(contains(right, left))),
        C::NotIn => return Ok(Value::Bool(!contains(right, left))),
        C::Split => return split(left, right, case_sensitive),
        C::Replace => return replace(left, right, case_sensitive),
        _ => {}
    }
    let test = Test {
        comparison,
        case_sensitive,
        right,
        regex: regex_of(comparison, right, case_sensitive)?,
    };
    let Value::Array(items) = left else {
        return test.holds(left).map(Value::Bool);
    };
    let mut kept = Vec::new();
    for item in items.iter() {
        if test.holds(item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::array(kept))
}

struct Test<'a> {
    comparison: Comparison,
    case_sensitive: bool,
    right: &'a Value,
    regex: Option<Rc<Regex>>,
}

impl Test<'_> {
    fn holds(&self, left: &Value) -> Result<bool> {
        use Comparison as C;
        let like = || wildcard::matches(&to_text(self.right), &to_text(left), self.case_sensitive);
        Ok(match self.comparison {
            C::NotEqual => !equal(left, self.right, self.case_sensitive),
            C::Like => like(),
            C::NotLike => !like(),
            C::Match | C::NotMatch => {
                let found = self.regex.as_ref().is_some_and(|r| r.is_match(&to_text(left)));
                found == (self.comparison == C::Match)
            }
            C::Greater => self.order(left)?.is_some_and(Ordering::is_gt),
            C::GreaterOrEqual => self.order(left)?.is_some_and(Ordering::is_ge),
            C::Less => self.order(left)?.is_some_and(Ordering::is_lt),
            C::LessOrEqual => self.order(left)?.is_some_and(Ordering::is_le),
            _ => equal(left, self.right, self.case_sensitive),
        })
    }

    fn order(&self, left: &Value) -> Result<Option<Ordering>> {
        let numeric = matches!(left, Value::Int(_) | Value::Double(_));
        if numeric && to_number(self.right).is_none() {
            return Err(format!(
                "Cannot compare {} with \"{}\", which is not a number.",
                to_text(left),
                shortened(&to_text(self.right))
            ));
        }
        Ok(order(left, self.right, self.case_sensitive))
    }
}

fn regex_of(
    comparison: Comparison,
    right: &Value,
    case_sensitive: bool,
) -> Result<Option<Rc<Regex>>> {
    if !matches!(comparison, Comparison::Match | Comparison::NotMatch) {
        return Ok(None);
    }
    pattern::compiled(&to_text(right), case_sensitive).map(Some)
}

/// Whether two values are equal; case matters only when asked.
pub(crate) fn equal(left: &Value, right: &Value, case_sensitive: bool) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Bool(a), b) => *a == to_bool(b),
        _ => order(left, right, case_sensitive) == Some(Ordering::Equal),
    }
}

/// How two values order, when they can be compared.
pub(crate) fn order(left: &Value, right: &Value, case_sensitive: bool) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => return Some(Ordering::Equal),
        (Value::Null, _) => return Some(Ordering::Less),
        (_, Value::Null) => return Some(Ordering::Greater),
        (Value::Date(a), b) => return Some(a.cmp(&as_date(b)?)),
        (a, Value::Date(b)) => return Some(as_date(a)?.cmp(b)),
        (Value::Int(_) | Value::Double(_) | Value::Bool(_), _) => {
            return numbers(to_number(left)?, to_number(right)?);
        }
        _ => {}
    }
    let (a, b) = (to_text(left), to_text(right));
    meaning(&a, right, &b).or_else(|| {
        if case_sensitive { Some(a.cmp(&b)) } else { Some(a.to_lowercase().cmp(&b.to_lowercase())) }
    })
}

/// The order of sizes, durations and dates written as texts.
fn meaning(a: &str, right: &Value, b: &str) -> Option<Ordering> {
    if let Some(size) = text_size(a) {
        return numbers(Number::Int(size), to_number(right)?);
    }
    if let (Some(a), Some(b)) = (text_span(a), text_span(b)) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (parsed(a), parsed(b)) {
        return Some(a.cmp(&b));
    }
    None
}

fn as_date(value: &Value) -> Option<time::OffsetDateTime> {
    match value {
        Value::Date(date) => Some(*date),
        other => parsed(&to_text(other)),
    }
}

fn numbers(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (a, b) => float(a).partial_cmp(&float(b)),
    }
}

fn split(left: &Value, right: &Value, case_sensitive: bool) -> Result<Value> {
    let separator = right.items().first().map(to_text).unwrap_or_default();
    let regex = pattern::compiled(&separator, case_sensitive)?;
    let mut parts = Vec::new();
    for item in left.items() {
        parts.extend(regex.split(&to_text(item)).map(Value::from));
    }
    Ok(Value::array(parts))
}

fn replace(left: &Value, right: &Value, case_sensitive: bool) -> Result<Value> {
    let mut operands = right.items().iter().map(to_text);
    let (sought, with) = (operands.next().unwrap_or_default(), operands.next().unwrap_or_default());
    let regex = pattern::compiled(&sought, case_sensitive)?;
    let with = pattern::replacement(&with, &regex);
    let one = |v: &Value| Value::text(regex.replace_all(&to_text(v), with.as_str()));
    Ok(match left {
        Value::Array(items) => Value::array(items.iter().map(one).collect()),
        other => one(other),
    })
}
