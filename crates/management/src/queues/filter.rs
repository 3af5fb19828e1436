//! The filter language of queues and messages (OPATH, management.md section 6):
//! `Property -op value -and Property -op value …`.
//!
//! Texts compare without regard to case; `-like` knows `*` at either end of the value. The text
//! comes from an API client: it is bounded, and parsing is one pass without recursion.

use std::cmp::Ordering;

use model::{ByteSize, TimeSpan, Timestamp, ValueError};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::column::{Column, Field, Type, find};

const MAX_LENGTH: usize = 10_000;
const MAX_CLAUSES: usize = 50;
const DATES: &str = "a date and time such as '1/31/2027 3:00 PM' or '2027-01-31 15:00'";

/// A filter over objects with these columns.
pub(crate) struct Filter<'a, T> {
    clauses: Vec<Clause<'a, T>>,
}

struct Clause<'a, T> {
    column: &'a Column<T>,
    operator: Operator,
    value: Wanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Like,
}

/// The right side of a clause.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Nothing,
    Text(String),
    Number(f64),
}

impl<'a, T> Filter<'a, T> {
    /// Reads a filter; the error says where it stops making sense.
    pub(crate) fn parse(text: &str, columns: &'a [Column<T>]) -> Result<Self, ValueError> {
        if text.len() > MAX_LENGTH {
            return Err(ValueError::new(text, "is too long", "at most 10,000 characters"));
        }
        let tokens = tokens(text)?;
        let mut clauses = Vec::new();
        let mut rest = tokens.as_slice();
        loop {
            let [name, operator, value, tail @ ..] = rest else {
                return Err(ValueError::new(text, "is not a complete filter", FORM));
            };
            clauses.push(clause(columns, name, operator, value)?);
            if clauses.len() > MAX_CLAUSES {
                return Err(ValueError::new(text, "has too many conditions", "at most 50"));
            }
            match tail {
                [] => return Ok(Self { clauses }),
                [and, more @ ..] if and.is_word("-and") => rest = more,
                [other, ..] => {
                    return Err(ValueError::new(
                        &other.text,
                        "cannot stand here in a filter",
                        "-and between conditions; -or and -not are not available",
                    ));
                }
            }
        }
    }

    /// Whether `item` satisfies every condition.
    pub(crate) fn matches(&self, item: &T) -> bool {
        self.clauses.iter().all(|clause| clause.matches(item))
    }
}

const FORM: &str = "Property -op 'value', joined by -and";

impl<T> Clause<'_, T> {
    fn matches(&self, item: &T) -> bool {
        let field = (self.column.read)(item);
        match (&self.value, self.operator) {
            (Wanted::Nothing, Operator::Ne) => !is_empty(&field),
            (Wanted::Nothing, _) => is_empty(&field),
            (Wanted::Text(wanted), operator) => {
                let text = match &field {
                    Field::Text(text) => text.to_lowercase(),
                    _ => String::new(),
                };
                match operator {
                    Operator::Like => is_like(&text, wanted),
                    Operator::Ne => text != *wanted,
                    _ => text == *wanted,
                }
            }
            (Wanted::Number(wanted), operator) => {
                field != Field::Empty && operator.holds(field.rank().total_cmp(wanted))
                    || field == Field::Empty && operator == Operator::Ne
            }
        }
    }
}

impl Operator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq | Self::Like => order == Ordering::Equal,
            Self::Ne => order != Ordering::Equal,
            Self::Gt => order == Ordering::Greater,
            Self::Ge => order != Ordering::Less,
            Self::Lt => order == Ordering::Less,
            Self::Le => order != Ordering::Greater,
        }
    }
}

fn is_empty(field: &Field) -> bool {
    matches!(field, Field::Empty) || matches!(field, Field::Text(text) if text.is_empty())
}

/// Whether `text` matches `pattern`, both in lower case, with `*` at either end of the pattern.
pub(crate) fn is_like(text: &str, pattern: &str) -> bool {
    let (head, core) = pattern.strip_prefix('*').map_or((false, pattern), |core| (true, core));
    let (tail, core) = core.strip_suffix('*').map_or((false, core), |core| (true, core));
    match (head, tail) {
        (true, true) => text.contains(core),
        (true, false) => text.ends_with(core),
        (false, true) => text.starts_with(core),
        (false, false) => text == core,
    }
}

fn clause<'a, T>(
    columns: &'a [Column<T>],
    name: &Token,
    operator: &Token,
    value: &Token,
) -> Result<Clause<'a, T>, ValueError> {
    let filterable = || {
        let names: Vec<_> =
            columns.iter().filter(|c| c.kind != Type::Shown).map(|c| c.name).collect();
        names.join(", ")
    };
    let column = find(columns, &name.text)
        .filter(|column| !name.quoted && column.kind != Type::Shown)
        .ok_or_else(|| ValueError::new(&name.text, "cannot be filtered by", filterable()))?;
    let operator = operator_of(column, operator)?;
    let value = wanted(column, operator, value)?;
    Ok(Clause { column, operator, value })
}

fn operator_of<T>(column: &Column<T>, token: &Token) -> Result<Operator, ValueError> {
    let (operators, allowed): (&[Operator], _) = match column.kind {
        Type::Text => (&[Operator::Eq, Operator::Ne, Operator::Like], "-eq, -ne or -like"),
        Type::Word => (&[Operator::Eq, Operator::Ne], "-eq or -ne"),
        _ => (
            &[Operator::Eq, Operator::Ne, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le],
            "-eq, -ne, -gt, -ge, -lt or -le",
        ),
    };
    let operator = match token.text.to_ascii_lowercase().as_str() {
        "-eq" => Some(Operator::Eq),
        "-ne" => Some(Operator::Ne),
        "-gt" => Some(Operator::Gt),
        "-ge" => Some(Operator::Ge),
        "-lt" => Some(Operator::Lt),
        "-le" => Some(Operator::Le),
        "-like" => Some(Operator::Like),
        _ => None,
    };
    operator.filter(|op| !token.quoted && operators.contains(op)).ok_or_else(|| {
        ValueError::new(
            &token.text,
            format!("cannot be used with {} in a filter", column.name),
            allowed,
        )
    })
}

fn wanted<T>(column: &Column<T>, operator: Operator, token: &Token) -> Result<Wanted, ValueError> {
    if token.is_word("$null") {
        return if matches!(operator, Operator::Eq | Operator::Ne) {
            Ok(Wanted::Nothing)
        } else {
            Err(ValueError::new("$null", "has no order", "-eq $null or -ne $null"))
        };
    }
    let text = token.text.trim();
    match column.kind {
        Type::Number => text
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .map(Wanted::Number)
            .ok_or_else(|| ValueError::new(text, "is not a number", "a number")),
        Type::Size => text.parse::<ByteSize>().map(|size| Wanted::Number(size.as_u64() as f64)),
        Type::Span => text.parse::<TimeSpan>().map(|span| Wanted::Number(span.as_millis() as f64)),
        Type::Time => moment(text).map(|time| Wanted::Number(time.as_millis() as f64)),
        Type::Text | Type::Word | Type::Shown => {
            let inner = token.text.strip_prefix('*').unwrap_or(&token.text);
            let inner = inner.strip_suffix('*').unwrap_or(inner);
            if operator == Operator::Like && inner.contains('*') {
                return Err(ValueError::new(
                    &token.text,
                    "has a * in the middle",
                    "* at the start or end",
                ));
            }
            Ok(Wanted::Text(token.text.to_lowercase()))
        }
    }
}

struct Token {
    text: String,
    quoted: bool,
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}

/// Words and quoted texts; the braces of a script block around the whole are dropped.
fn tokens(text: &str) -> Result<Vec<Token>, ValueError> {
    let trimmed = text.trim();
    let inner =
        trimmed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(trimmed);
    let mut tokens = Vec::new();
    let mut rest = inner.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, tail) = match first {
            '\'' | '"' => quoted(rest, first)?,
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Token { text: rest[..end].to_owned(), quoted: false }, &rest[end..])
            }
        };
        tokens.push(token);
        rest = tail.trim_start();
    }
    Ok(tokens)
}

/// A quoted text at the start of `text`; the quote doubled stands for itself.
fn quoted(text: &str, quote: char) -> Result<(Token, &str), ValueError> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            value.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
            value.push(quote);
        } else {
            let tail = &text[at + quote.len_utf8()..];
            if tail.chars().next().is_some_and(|next| !next.is_whitespace()) {
                return Err(ValueError::new(text, "lacks a blank after a quoted value", FORM));
            }
            return Ok((Token { text: value, quoted: true }, tail));
        }
    }
    Err(ValueError::new(text, "lacks its closing quote", FORM))
}

/// A moment: `M/D/YYYY [h:mm[:ss] [AM|PM]]` or `YYYY-MM-DD[(T| )hh:mm[:ss][.fff][Z]]`, in UTC.
pub(crate) fn moment(text: &str) -> Result<Timestamp, ValueError> {
    let refuse = || ValueError::new(text, "is not a date", DATES);
    let text = text.trim_end_matches(['Z', 'z']).replace(['T', 't'], " ");
    let mut parts = text.split_whitespace();
    let date = parts.next().and_then(date_of).ok_or_else(refuse)?;
    let time = match parts.next() {
        None => Time::MIDNIGHT,
        Some(clock) => time_of(clock, parts.next()).ok_or_else(refuse)?,
    };
    if parts.next().is_some() {
        return Err(refuse());
    }
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp_nanos();
    i64::try_from(seconds / 1_000_000).map(Timestamp::from_millis).map_err(|_| refuse())
}

fn date_of(text: &str) -> Option<Date> {
    let (year, month, day) = if text.contains('/') {
        let [month, day, year] = numbers(text, '/')?;
        (year, month, day)
    } else {
        let [year, month, day] = numbers(text, '-')?;
        (year, month, day)
    };
    if !(1970..=9999).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()
}

fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse::<u32>().ok());
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(all)
}

fn time_of(clock: &str, half: Option<&str>) -> Option<Time> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        None => 0,
        Some(second) => second?,
    };
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let hour = match half.map(str::to_ascii_uppercase).as_deref() {
        None => hour,
        Some("AM") if (1..=12).contains(&hour) => hour % 12,
        Some("PM") if (1..=12).contains(&hour) => hour % 12 + 12,
        Some(_) => return None,
    };
    let millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Time::from_hms_milli(hour, minute, second, millis).ok()
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
