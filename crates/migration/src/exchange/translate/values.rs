//! Values of exports: lists, sizes, address spaces.

use model::{ByteSize, DomainPattern};

use crate::{Argument, exchange::Value};

/// An address space in the form that is written here.
pub(super) struct AddressSpace {
    pub(super) text: String,
    /// Without its cost.
    space: String,
    pub(super) was_local: bool,
}

impl AddressSpace {
    pub(super) fn read(given: &str) -> Result<Self, String> {
        let (rest, cost) = match given.rsplit_once(';') {
            Some((rest, cost)) => (rest, cost.trim()),
            None => (given, "1"),
        };
        let cost = cost.parse::<u8>().ok().filter(|cost| (1..=100).contains(cost));
        let cost = cost.ok_or("has no cost from 1 to 100")?;
        let (was_local, rest) = match rest.split_once(':') {
            Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("Local") => (true, rest),
            _ => (false, rest),
        };
        let (kind, space) = rest.split_once(':').unwrap_or(("SMTP", rest));
        let (kind, space) = (kind.trim(), space.trim());
        if kind.is_empty() || space.is_empty() {
            return Err("names no address space".into());
        }
        if given.chars().any(char::is_control) || given.len() > 1024 {
            return Err("is no address space".into());
        }
        if space == "--" {
            return Err("stands for the accepted domains behind an Edge server, which Relais needs no connector for".into());
        }
        if !kind.eq_ignore_ascii_case("SMTP") {
            let space = format!("{kind}:{space}");
            return Ok(Self {
                text: format!("{space};{cost}"),
                space: space.to_lowercase(),
                was_local,
            });
        }
        let pattern: DomainPattern = space.parse().map_err(|e: model::ValueError| e.problem)?;
        let space = format!("SMTP:{pattern}");
        Ok(Self { text: format!("{space};{cost}"), space: space.to_lowercase(), was_local })
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.space == other.space
    }
}

/// A value as one text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) | Value::TypeName(text) => text.trim().to_owned(),
        Value::List { items, cut } => {
            let end = if *cut { ", …" } else { "" };
            format!("{}{end}", items.join(", "))
        }
        Value::Credential(user) => {
            user.clone().unwrap_or_else(|| "(a user name and a password)".into())
        }
    }
}

/// The items of a value; a text may hold several. Words apart are items too, but in address spaces of other
/// types than SMTP.
pub(super) fn items(value: &Value, spaces: bool) -> (Vec<String>, bool) {
    match value {
        Value::List { items, cut } => (
            items.iter().map(|item| item.trim().to_owned()).filter(|i| !i.is_empty()).collect(),
            *cut,
        ),
        Value::Text(text) => {
            let keeps_blanks = spaces && text.to_ascii_lowercase().contains("x400");
            let is_end = |c: char| {
                matches!(c, ',' | '|' | '{' | '}' | '\n') || (c.is_whitespace() && !keeps_blanks)
            };
            let items = text.split(is_end).map(str::trim).filter(|item| !item.is_empty());
            (items.map(str::to_owned).collect(), text.ends_with("...") || text.ends_with('…'))
        }
        _ => (Vec::new(), false),
    }
}

pub(super) fn boolean(value: &Value) -> Option<bool> {
    match text(value).to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// `35 MB (36,700,160 bytes)`, in the words of any language: what counts is the number in brackets.
pub(super) fn size(given: &str) -> Option<ByteSize> {
    if let Ok(size) = given.parse() {
        return Some(size);
    }
    let (_, exact) = given.split_once('(')?;
    let digits: String = exact.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok().map(ByteSize::bytes)
}

/// A size as administrators write it.
pub(crate) fn written(size: ByteSize) -> Argument {
    let bytes = size.as_u64();
    let units = [("GB", 1_u64 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];
    let whole = units.iter().find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor));
    match whole {
        Some((unit, factor)) => Argument::Word(format!("{}{unit}", bytes / factor)),
        None => Argument::Number(bytes),
    }
}
