//! The filter language of queues and messages (OPATH, management.md section 6):
//! `Property -op value -and Property -op value …`.
//!
//! Texts compare without regard to case; `-like` knows `*` at either end of the value. The text
//! comes from an API client: it is bounded, and parsing is one pass without recursion. What can be
//! prepared is prepared here, once: a filter is held against a million rows.

use std::cmp::Ordering;

use model::{ByteSize, TimeSpan, ValueError};

use super::column::{Field, Head, Row, Type, find, heads};
use super::moment::{DateOrder, moment};
use super::text::{Pattern, with_text};

const MAX_LENGTH: usize = 10_000;
const MAX_CLAUSES: usize = 50;
const FORM: &str = "Property -op 'value', joined by -and";

/// A filter over rows of one table.
pub(crate) struct Filter {
    clauses: Vec<Clause>,
}

struct Clause {
    column: usize,
    head: &'static Head,
    test: Test,
}

/// What a value has to be.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// Nothing (or, when `false`, something).
    Nothing(bool),
    /// A text that matches (or, when `false`, does not).
    Text(Pattern, bool),
    Number(Operator, f64),
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

impl Filter {
    /// Reads a filter; the error says where it stops making sense.
    pub(crate) fn parse<R: Row>(text: &str, dates: DateOrder) -> Result<Self, ValueError> {
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
            clauses.push(clause::<R>(name, operator, value, dates)?);
            if clauses.len() > MAX_CLAUSES {
                return Err(ValueError::new(text, "has too many conditions", "at most 50"));
            }
            match tail {
                [] => break,
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
        // What the row has at hand decides first.
        clauses.sort_by_key(|clause| clause.head.is_apart);
        Ok(Self { clauses })
    }

    /// Whether `row` satisfies every condition.
    pub(crate) fn matches<R: Row>(&self, row: &R) -> bool {
        self.clauses.iter().all(|clause| clause.test.holds(&row.field(clause.column)))
    }

    /// Whether names of queues or messages are compared.
    pub(crate) fn asks_for_names(&self) -> bool {
        self.clauses.iter().any(|clause| clause.head.kind == Type::Name)
    }

    /// The text that the column `name` of `R` must be equal to, in lower case.
    pub(crate) fn demanded<R: Row>(&self, name: &str) -> Option<&str> {
        self.patterns::<R>(name).find_map(Pattern::literal)
    }

    /// What the column `name` of `R` must match.
    pub(crate) fn patterns<R: Row>(&self, name: &str) -> impl Iterator<Item = &Pattern> {
        self.tests_of::<R>(name).filter_map(|test| match test {
            Test::Text(pattern, true) => Some(pattern),
            _ => None,
        })
    }

    /// The least and the most that the column `name` of `R` can be; the ends may be no values of it.
    pub(crate) fn range<R: Row>(&self, name: &str) -> (f64, f64) {
        let mut range = (f64::NEG_INFINITY, f64::INFINITY);
        for test in self.tests_of::<R>(name) {
            let Test::Number(operator, value) = test else { continue };
            let (least, most) = operator.range(*value);
            range = (range.0.max(least), range.1.min(most));
        }
        range
    }

    fn tests_of<R: Row>(&self, name: &str) -> impl Iterator<Item = &Test> {
        let wanted = find::<R>(name).map(|(column, _)| column);
        let clauses = self.clauses.iter().filter(move |clause| Some(clause.column) == wanted);
        clauses.map(|clause| &clause.test)
    }
}

impl Test {
    fn holds(&self, field: &Field<'_>) -> bool {
        match self {
            Self::Nothing(wanted) => field.is_empty() == *wanted,
            Self::Text(pattern, wanted) => is_called(pattern, field) == *wanted,
            Self::Number(operator, _) if *field == Field::Empty => *operator == Operator::Ne,
            Self::Number(operator, wanted) => operator.holds(field.rank().total_cmp(wanted)),
        }
    }
}

/// Whether `field` shows a text that matches; a name may be written in two ways.
fn is_called(pattern: &Pattern, field: &Field<'_>) -> bool {
    match field {
        Field::Text(text) => pattern.matches(text),
        Field::Name(name) => {
            let matches = |text: &str| pattern.matches(text);
            with_text(name, matches)
                || name.by_domain().is_some_and(|shown| with_text(&shown, matches))
        }
        Field::Counts([high, normal, low, none]) => {
            let shown = format_args!("{{{high}, {normal}, {low}, {none}}}").to_string();
            pattern.matches(&shown)
        }
        _ => pattern.matches(""),
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

    /// Between what a number must be.
    fn range(self, value: f64) -> (f64, f64) {
        match self {
            Self::Eq | Self::Like => (value, value),
            Self::Gt | Self::Ge => (value, f64::INFINITY),
            Self::Lt | Self::Le => (f64::NEG_INFINITY, value),
            Self::Ne => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    fn named(name: &str) -> Option<Self> {
        const ALL: [(&str, Operator); 7] = [
            ("-eq", Operator::Eq),
            ("-ne", Operator::Ne),
            ("-gt", Operator::Gt),
            ("-ge", Operator::Ge),
            ("-lt", Operator::Lt),
            ("-le", Operator::Le),
            ("-like", Operator::Like),
        ];
        ALL.iter().find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, operator)| *operator)
    }
}

fn clause<R: Row>(
    name: &Token,
    operator: &Token,
    value: &Token,
    dates: DateOrder,
) -> Result<Clause, ValueError> {
    let filterable = || {
        let shown = heads::<R>().filter(|(_, head)| head.kind != Type::Shown);
        shown.map(|(_, head)| head.name).collect::<Vec<_>>().join(", ")
    };
    let (column, head) = find::<R>(&name.text)
        .filter(|(_, head)| !name.quoted && head.kind != Type::Shown)
        .ok_or_else(|| ValueError::new(&name.text, "cannot be filtered by", filterable()))?;
    let operator = operator_of(head, operator)?;
    let test = test(head, operator, value, dates)?;
    Ok(Clause { column, head, test })
}

fn operator_of(head: &Head, token: &Token) -> Result<Operator, ValueError> {
    let (operators, allowed): (&[Operator], _) = match head.kind {
        Type::Text | Type::Name => {
            (&[Operator::Eq, Operator::Ne, Operator::Like], "-eq, -ne or -like")
        }
        Type::Word => (&[Operator::Eq, Operator::Ne], "-eq or -ne"),
        _ => (
            &[Operator::Eq, Operator::Ne, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le],
            "-eq, -ne, -gt, -ge, -lt or -le",
        ),
    };
    let operator = Operator::named(&token.text);
    operator.filter(|op| !token.quoted && operators.contains(op)).ok_or_else(|| {
        ValueError::new(
            &token.text,
            format!("cannot be used with {} in a filter", head.name),
            allowed,
        )
    })
}

fn test(
    head: &Head,
    operator: Operator,
    token: &Token,
    dates: DateOrder,
) -> Result<Test, ValueError> {
    if token.is_word("$null") {
        return if matches!(operator, Operator::Eq | Operator::Ne) {
            Ok(Test::Nothing(operator == Operator::Eq))
        } else {
            Err(ValueError::new("$null", "has no order", "-eq $null or -ne $null"))
        };
    }
    let text = token.text.trim();
    let number = |value: f64| Test::Number(operator, value);
    match head.kind {
        Type::Number => text
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .map(number)
            .ok_or_else(|| ValueError::new(text, "is not a number", "a number")),
        Type::Size => text.parse::<ByteSize>().map(|size| number(size.as_u64() as f64)),
        Type::Span => text.parse::<TimeSpan>().map(|span| number(span.as_millis() as f64)),
        Type::Time => moment(text, dates).map(|time| number(time.as_millis() as f64)),
        Type::Text | Type::Name | Type::Word | Type::Shown => {
            is_known(head, &token.text)?;
            text_test(operator, &token.text)
        }
    }
}

/// A word that no object ever has is a slip of the pen.
fn is_known(head: &Head, text: &str) -> Result<(), ValueError> {
    if head.words.is_empty() || head.words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    Err(ValueError::new(text, format!("is no {}", head.name), head.words.join(", ")))
}

fn text_test(operator: Operator, text: &str) -> Result<Test, ValueError> {
    if operator != Operator::Like {
        return Ok(Test::Text(Pattern::whole(text), operator != Operator::Ne));
    }
    let inner = text.strip_prefix('*').unwrap_or(text);
    if inner.strip_suffix('*').unwrap_or(inner).contains('*') {
        return Err(ValueError::new(text, "has a * in the middle", "* at the start or end"));
    }
    Ok(Test::Text(Pattern::like(text), true))
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

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
