//! The values of the language.
//!
//! Cheap to clone; collections are shared until they are changed. Property names are found without
//! regard to case and keep their order. Secrets never show in texts, `Debug` included.

use std::{fmt, rc::Rc};

use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::ast::ScriptBlock;

/// The type name of an error as a value.
pub(crate) const ERROR_RECORD: &str = "System.Management.Automation.ErrorRecord";

/// A value.
#[derive(Debug, Clone, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Rc<str>),
    Array(Rc<Vec<Value>>),
    Hashtable(Rc<Properties>),
    Object(Rc<Object>),
    Secure(Secret),
    Credential(Rc<Credential>),
    Block(Rc<ScriptBlock>),
    Date(OffsetDateTime),
    /// What `Format-Table` and the like made: shown as it is.
    Formatted(Rc<str>),
}

/// Names and values in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties(Vec<(Rc<str>, Value)>);

/// An object: what a cmdlet gives, or `Select-Object` makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    /// `SendConnector`; empty for objects made in the shell.
    pub(crate) type_name: Rc<str>,
    /// The properties of the default table; empty for objects made in the shell.
    pub(crate) columns: &'static [&'static str],
    pub(crate) properties: Properties,
}

/// A secret text.
#[derive(Clone)]
pub(crate) struct Secret(Rc<Zeroizing<String>>);

/// A user name and a password.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) user_name: Rc<str>,
    pub(crate) password: Secret,
}

impl Value {
    pub(crate) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn array(items: Vec<Value>) -> Self {
        Self::Array(Rc::new(items))
    }

    /// What statements gave as one value: nothing, the value, or an array.
    pub(crate) fn from_output(mut output: Vec<Value>) -> Self {
        match output.len() {
            0 => Self::Null,
            1 => output.swap_remove(0),
            _ => Self::array(output),
        }
    }

    /// What goes through a pipeline one after the other: an array's items, else the value.
    pub(crate) fn into_items(self) -> Vec<Value> {
        match self {
            Self::Array(items) => Rc::unwrap_or_clone(items),
            other => vec![other],
        }
    }

    /// The items of an array; of `$null` none; else the value.
    pub(crate) fn items(&self) -> &[Value] {
        match self {
            Self::Array(items) => items,
            Self::Null => &[],
            other => std::slice::from_ref(other),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The properties of an object or hashtable.
    pub(crate) fn properties(&self) -> Option<&Properties> {
        match self {
            Self::Object(object) => Some(&object.properties),
            Self::Hashtable(table) => Some(table),
            _ => None,
        }
    }

    /// The name of its type, as messages and `Get-Member` show it.
    pub(crate) fn type_name(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(_) => "System.Boolean".into(),
            Self::Int(n) if i32::try_from(*n).is_ok() => "System.Int32".into(),
            Self::Int(_) => "System.Int64".into(),
            Self::Double(_) => "System.Double".into(),
            Self::Text(_) => "System.String".into(),
            Self::Array(_) => "System.Object[]".into(),
            Self::Hashtable(_) => "System.Collections.Hashtable".into(),
            Self::Object(object) if object.type_name.is_empty() => {
                "System.Management.Automation.PSCustomObject".into()
            }
            Self::Object(object) => object.type_name.to_string(),
            Self::Secure(_) => "System.Security.SecureString".into(),
            Self::Credential(_) => "System.Management.Automation.PSCredential".into(),
            Self::Block(_) => "System.Management.Automation.ScriptBlock".into(),
            Self::Date(_) => "System.DateTime".into(),
            Self::Formatted(_) => "FormattedText".into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl Properties {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The property's own spelling and its value.
    pub(crate) fn entry(&self, name: &str) -> Option<(&Rc<str>, &Value)> {
        self.0
            .iter()
            .find(|(own, _)| {
                own.eq_ignore_ascii_case(name)
                    || (!name.is_ascii() && own.to_lowercase() == name.to_lowercase())
            })
            .map(|(own, value)| (own, value))
    }

    /// Changes the property of this name, or adds it at the end.
    pub(crate) fn set(&mut self, name: impl Into<Rc<str>>, value: Value) {
        let name = name.into();
        match self.0.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(&name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// Takes the property of this name away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl<N: Into<Rc<str>>> FromIterator<(N, Value)> for Properties {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl Object {
    /// An object made in the shell.
    pub(crate) fn custom(properties: Properties) -> Value {
        Value::Object(Rc::new(Self { properties, ..Self::default() }))
    }
}

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Rc::new(Zeroizing::new(text.into())))
    }

    /// The secret itself, for where it must go.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
