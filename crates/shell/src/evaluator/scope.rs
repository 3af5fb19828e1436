//! Variables and where they are seen.
//!
//! A function has a scope of its own: it sees the variables of its callers and changes only its own,
//! unless it says `$global:` or `$script:`. Blocks of `ForEach-Object` and the like have none.

use std::collections::HashMap;

use crate::value::Value;

/// Which scope a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The innermost.
    Nearest,
    /// That of the session: `$global:x`, `$script:x`.
    Session,
}

/// Scopes, the session's first. There is always one.
#[derive(Debug)]
pub(super) struct Scopes {
    session: HashMap<String, Value>,
    inner: Vec<HashMap<String, Value>>,
}

impl Scopes {
    pub(super) fn new() -> Self {
        Self { session: HashMap::new(), inner: Vec::new() }
    }

    pub(super) fn push(&mut self, variables: HashMap<String, Value>) {
        self.inner.push(variables);
    }

    pub(super) fn pop(&mut self) {
        self.inner.pop();
    }

    /// The value of a variable, its name in lower case; `$null` when it has none.
    pub(super) fn get(&self, place: Place, key: &str) -> Value {
        let inner = match place {
            Place::Nearest => self.inner.iter().rev().find_map(|scope| scope.get(key)),
            Place::Session => None,
        };
        inner.or_else(|| self.session.get(key)).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, place: Place, key: &str, value: Value) {
        let scope = match place {
            Place::Nearest => self.nearest(),
            Place::Session => &mut self.session,
        };
        scope.insert(key.to_owned(), value);
    }

    /// Changes a variable where it is: in the innermost scope that has it.
    pub(super) fn update(&mut self, place: Place, key: &str, value: Value) {
        let inner = match place {
            Place::Nearest => self.inner.iter_mut().rev().find(|scope| scope.contains_key(key)),
            Place::Session => None,
        };
        let scope = match inner {
            Some(scope) => scope,
            None if self.session.contains_key(key) || place == Place::Session => &mut self.session,
            None => self.nearest(),
        };
        scope.insert(key.to_owned(), value);
    }

    /// Sets or removes a variable of the innermost scope; what it was there.
    pub(super) fn replace(&mut self, key: &str, value: Option<Value>) -> Option<Value> {
        match value {
            Some(value) => self.nearest().insert(key.to_owned(), value),
            None => self.nearest().remove(key),
        }
    }

    /// The names of all variables of the session.
    pub(super) fn names(&self) -> Vec<String> {
        self.session.keys().cloned().collect()
    }

    fn nearest(&mut self) -> &mut HashMap<String, Value> {
        self.inner.last_mut().unwrap_or(&mut self.session)
    }
}

/// The scope a name begins with, and the rest in lower case.
pub(super) fn place_of(name: &str) -> (Place, String) {
    let key = name.to_lowercase();
    for (prefix, place) in [
        ("global:", Place::Session),
        ("script:", Place::Session),
        ("local:", Place::Nearest),
        ("variable:", Place::Nearest),
    ] {
        if let Some(own) = key.strip_prefix(prefix) {
            return (place, own.to_owned());
        }
    }
    (Place::Nearest, key)
}
