//! Finding objects by what an administrator writes (send-connectors.md section 6): name, GUID,
//! `Server\Name`, distinguished name, or the object itself; for reading also `*` at either end.

use std::sync::Arc;

use directory::Header;
use model::{Guid, ObjectName};
use serde_json::{Map, Value};

use crate::binding::scalar_text;
use crate::problem::{Problem, shortened};
use crate::queues::is_like;

/// A directory object as far as it can be named.
pub(crate) trait Named {
    /// What it is called in sentences, e.g. `Send connector`.
    const KIND: &'static str;
    /// The rule that its name is unique.
    const NAME_RULE: &'static str;
    /// GUID and version.
    fn header(&self) -> &Header;
    /// Name.
    fn name(&self) -> &ObjectName;
    /// Its properties as shown.
    fn properties(&self) -> Map<String, Value>;
    /// Whether it is also called `text`, lower case: a domain, an address, `server\name`.
    fn is_also_called(&self, text: &str) -> bool;
    /// How it is called where several are listed: unambiguous.
    fn full_name(&self) -> String {
        self.name().to_string()
    }
}

/// The one object that `identity` names.
pub(crate) fn one<T: Named>(
    objects: &[Arc<T>],
    parameter: &str,
    identity: &Value,
) -> Result<Arc<T>, Problem> {
    let mut found = Vec::new();
    let wanted = Wanted::read(identity);
    for object in objects {
        match wanted.fits(object.as_ref()) {
            // A GUID names one object, whatever others are called.
            Fit::Guid => return Ok(object.clone()),
            Fit::Name => found.push(object),
            Fit::No => {}
        }
    }
    match found.as_slice() {
        [only] => Ok(Arc::clone(only)),
        [] => Err(not_found::<T>(parameter, &wanted.text)),
        several => Err(ambiguous(parameter, &wanted.text, several)),
    }
}

/// The objects that `identity` names, in order of name; all without an identity or with `$null`.
pub(crate) fn some<T: Named>(
    objects: &[Arc<T>],
    parameter: &str,
    identity: Option<&Value>,
) -> Result<Vec<Arc<T>>, Problem> {
    let mut found = match identity {
        None => objects.to_vec(),
        Some(value) => match (one(objects, parameter, value), value.as_str()) {
            // An accepted domain may be called *.contoso.com: what exists goes before a pattern.
            (Err(_), Some(text)) if text.contains('*') => like(objects, parameter, text)?,
            (found, _) => vec![found?],
        },
    };
    found.sort_by_cached_key(|object| object.full_name().to_lowercase());
    Ok(found)
}

/// Refuses when another object is called as `object` is, so that `-WhatIf` says so too.
pub(crate) fn refuse_same_name<T: Named>(objects: &[Arc<T>], object: &T) -> Result<(), Problem> {
    let name = object.full_name().to_lowercase();
    let is_same = |other: &&Arc<T>| {
        other.header().guid != object.header().guid && other.full_name().to_lowercase() == name
    };
    if !objects.iter().any(|other| is_same(&other)) {
        return Ok(());
    }
    Err(Problem::new(
        409,
        format!(
            "A {} called \"{}\" already exists. Choose another name.",
            T::KIND,
            object.full_name()
        ),
    )
    .rule(T::NAME_RULE)
    .about("Name")
    .with_value(object.name().as_str())
    .allowing("a name that no other has"))
}

fn like<T: Named>(
    objects: &[Arc<T>],
    parameter: &str,
    pattern: &str,
) -> Result<Vec<Arc<T>>, Problem> {
    let text = pattern.to_lowercase();
    let inner = text.strip_prefix('*').unwrap_or(&text);
    if inner.strip_suffix('*').unwrap_or(inner).contains('*') {
        return Err(Problem::bad(format!(
            "Parameter '{parameter}': * may stand only at the start or end of a name."
        ))
        .about(parameter)
        .with_value(pattern));
    }
    let fits = |object: &&Arc<T>| {
        is_like(&object.name().key(), &text) || is_like(&object.full_name().to_lowercase(), &text)
    };
    Ok(objects.iter().filter(fits).cloned().collect())
}

/// What an identity says.
struct Wanted {
    text: String,
    guid: Option<Guid>,
    lower: String,
    first_name: Option<String>,
}

enum Fit {
    Guid,
    Name,
    No,
}

impl Wanted {
    fn read(identity: &Value) -> Self {
        let text = text_of(identity);
        let lower = text.to_lowercase();
        Self { guid: Guid::try_parse(&text).ok(), first_name: first_name(&lower), lower, text }
    }

    fn fits<T: Named>(&self, object: &T) -> Fit {
        if self.guid == Some(object.header().guid) {
            return Fit::Guid;
        }
        let by_name = object.name().key() == self.lower || object.is_also_called(&self.lower);
        let by_dn = || {
            self.first_name.as_deref() == Some(object.name().key().as_str())
                && match object.properties().get("DistinguishedName").and_then(Value::as_str) {
                    Some(dn) => dn.to_lowercase() == self.lower,
                    None => true,
                }
        };
        if by_name || by_dn() { Fit::Name } else { Fit::No }
    }
}

/// What an identity says: a text, or an object by what names it best.
pub(crate) fn text_of(identity: &Value) -> String {
    let text = match identity {
        Value::Object(fields) => ["Guid", "Identity", "DistinguishedName", "Name"]
            .iter()
            .find_map(|name| property(fields, name))
            .unwrap_or_default(),
        other => scalar_text(other).unwrap_or_default(),
    };
    text.trim().to_owned()
}

fn property(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .and_then(|(_, value)| value.as_str().map(str::to_owned))
}

/// The first name of a distinguished name: `x` of `cn=x,cn=…`; `\,` stands for a comma in it.
fn first_name(dn: &str) -> Option<String> {
    let rest = dn.strip_prefix("cn=")?;
    let mut name = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            ',' => break,
            c => name.push(c),
        }
    }
    Some(name)
}

fn not_found<T: Named>(parameter: &str, text: &str) -> Problem {
    let text = shortened(text);
    Problem::new(
        404,
        format!(
            "The operation couldn't be performed because the {} '{text}' couldn't be found.",
            T::KIND
        ),
    )
    .rule("SC-21")
    .about(parameter)
    .with_value(text)
    .allowing(format!("the name, GUID or distinguished name of a {} that exists", T::KIND))
}

fn ambiguous<T: Named>(parameter: &str, text: &str, found: &[&Arc<T>]) -> Problem {
    let names: Vec<String> = found.iter().take(20).map(|object| object.full_name()).collect();
    let list = names.join(", ");
    Problem::new(
        409,
        format!("'{}' names several objects: {list}. Exactly one must be named.", shortened(text)),
    )
    .rule("SC-22")
    .about(parameter)
    .with_value(text)
    .allowing(list)
}
