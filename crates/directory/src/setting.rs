//! How one value travels: from an administrator's JSON, to the text people read, into the store
//! and back. Every type of a property implements [`Setting`]; text types get it from
//! [`text_setting!`].
//!
//! Everything read is bounded: texts to 4,096 characters, lists to 1,024 values.

use std::{
    borrow::Cow,
    fmt::Display,
    net::{IpAddr, SocketAddr},
};

use model::{
    Address, ByteSize, DomainName, DomainPattern, EnhancedCode, Guid, HttpsUrl, ObjectName,
    TimeSpan, Timestamp, Unlimited, ValueError,
};
use serde_json::{Map, Value};

use crate::rule::Refused;

/// Longest text of a property, in characters.
pub(crate) const MAX_TEXT: usize = 4096;
/// Most values of a multi-valued property.
pub(crate) const MAX_VALUES: usize = 1024;
/// The widest documented integer and size.
pub(crate) const MAX_INT: u32 = 2_147_483_647;

/// What the store keeps.
pub(crate) trait Stored: Sized {
    /// The form in the store, exact.
    fn store(&self) -> Value;
    /// The value from its stored form.
    fn load(value: &Value) -> Result<Self, Refused>;
}

/// What an administrator sets and sees.
pub(crate) trait Setting: Stored + Clone + PartialEq {
    /// The documented form. Never a secret.
    fn show(&self) -> Value {
        self.store()
    }

    /// The value an administrator gives.
    fn read(value: &Value) -> Result<Self, Refused>;

    /// The value after an administrator's change of the present one; differs from [`read`] for
    /// lists (`{"Add": …, "Remove": …}`).
    ///
    /// [`read`]: Setting::read
    fn edited(&self, value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }

    /// Whether `Remove` of one means the other.
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A value with a documented range.
pub(crate) trait Ranged: Setting {
    /// What the range is given in.
    type Bound: PartialOrd + Display;
    /// The part of the value that must be within the range.
    fn bounded(&self) -> Option<Self::Bound>;
    /// The range for people.
    fn range(low: &Self::Bound, high: &Self::Bound) -> String;
}

/// The value after a change, which must be within the range: SC-18 otherwise.
pub(crate) fn edited_within<T: Ranged>(
    current: &T,
    value: &Value,
    low: T::Bound,
    high: T::Bound,
) -> Result<T, Refused> {
    let refuse = |problem: &str| {
        Refused::by("SC-18", ValueError::new(&plain(value), problem, T::range(&low, &high)))
    };
    let new = current.edited(value).map_err(|refused| refuse(&refused.error.problem))?;
    match new.bounded() {
        Some(bound) if bound < low || bound > high => Err(refuse("is out of range")),
        _ => Ok(new),
    }
}

/// JSON as the text an error quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The text of a single value.
pub(crate) fn text_of<'a>(value: &'a Value, allowed: &str) -> Result<Cow<'a, str>, Refused> {
    let refuse = |problem: &str| Refused::from(ValueError::new(&plain(value), problem, allowed));
    match value {
        Value::String(text) if text.chars().nth(MAX_TEXT).is_some() => {
            Err(refuse("is longer than 4096 characters"))
        }
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Number(number) => Ok(Cow::Owned(number.to_string())),
        Value::Array(values) => match values.as_slice() {
            [single] if !single.is_array() => text_of(single, allowed),
            _ => Err(refuse("is a list, but exactly one value is needed")),
        },
        Value::Null => Err(refuse("is empty; a value is needed")),
        Value::Bool(_) | Value::Object(_) => Err(refuse("has the wrong type")),
    }
}

/// Implements [`Stored`] and [`Setting`] for types whose text says all: `Display` and `FromStr`.
/// The second argument is the rule that a wrong text breaks, the third what is allowed.
macro_rules! text_setting {
    ($type:ty, $id:expr, $allowed:literal) => {
        impl $crate::setting::Stored for $type {
            fn store(&self) -> ::serde_json::Value {
                ::serde_json::Value::String(self.to_string())
            }
            fn load(value: &::serde_json::Value) -> Result<Self, $crate::rule::Refused> {
                <Self as $crate::setting::Setting>::read(value)
            }
        }
        impl $crate::setting::Setting for $type {
            fn read(value: &::serde_json::Value) -> Result<Self, $crate::rule::Refused> {
                let id: Option<&'static str> = $id;
                let refused = |error| $crate::rule::Refused { id, error };
                $crate::setting::text_of(value, $allowed)
                    .map_err(|r| refused(r.error))?
                    .parse()
                    .map_err(refused)
            }
        }
    };
}
pub(crate) use text_setting;

text_setting!(ObjectName, Some("SC-02"), "a name of 1 to 64 characters");
text_setting!(DomainName, None, "a domain name");
text_setting!(
    DomainPattern,
    None,
    "a domain (contoso.com) or a domain with all its subdomains (*.contoso.com)"
);
text_setting!(Address, None, "a mail address");
text_setting!(HttpsUrl, None, "https://host/path, such as https://login.example.com/oauth2/token");
text_setting!(EnhancedCode, None, "an enhanced status code such as 5.4.4");
text_setting!(TimeSpan, Some("SC-18"), "dd.hh:mm:ss, such as 00:15:00 or 3.00:00:00");

impl Ranged for TimeSpan {
    type Bound = TimeSpan;
    fn bounded(&self) -> Option<TimeSpan> {
        Some(*self)
    }
    fn range(low: &TimeSpan, high: &TimeSpan) -> String {
        format!("a time span (dd.hh:mm:ss) from {low} to {high}")
    }
}

impl Stored for String {
    fn store(&self) -> Value {
        Value::String(self.clone())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

impl Setting for String {
    fn read(value: &Value) -> Result<Self, Refused> {
        const ALLOWED: &str = "a text of at most 4096 characters without control characters";
        let text = text_of(value, ALLOWED)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(ValueError::new(&text, "contains a control character", ALLOWED).into());
        }
        Ok(text.into_owned())
    }

    fn same(&self, other: &Self) -> bool {
        self.to_lowercase() == other.to_lowercase()
    }
}

impl Stored for bool {
    fn store(&self) -> Value {
        Value::Bool(*self)
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

impl Setting for bool {
    fn read(value: &Value) -> Result<Self, Refused> {
        value.as_bool().ok_or_else(|| {
            ValueError::new(&plain(value), "is not a Boolean", "$true or $false").into()
        })
    }
}

/// Integers: JSON numbers or their text.
macro_rules! integer_setting {
    ($($type:ty),+) => {$(
        impl Stored for $type {
            fn store(&self) -> Value {
                Value::from(*self)
            }
            fn load(value: &Value) -> Result<Self, Refused> {
                Self::read(value)
            }
        }
        impl Setting for $type {
            fn read(value: &Value) -> Result<Self, Refused> {
                let range = <Self as Ranged>::range(&<$type>::MIN, &<$type>::MAX);
                let refuse = |problem: &str| {
                    Refused::by("SC-18", ValueError::new(&plain(value), problem, range.clone()))
                };
                let text = text_of(value, &range).map_err(|r| refuse(&r.error.problem))?;
                match text.trim().parse::<i128>() {
                    Ok(number) => <$type>::try_from(number).map_err(|_| refuse("is out of range")),
                    Err(_) => Err(refuse("is not an integer")),
                }
            }
        }
        impl Ranged for $type {
            type Bound = $type;
            fn bounded(&self) -> Option<$type> {
                Some(*self)
            }
            fn range(low: &$type, high: &$type) -> String {
                format!("an integer from {low} to {high}")
            }
        }
    )+};
}
integer_setting!(u16, u32);

impl Stored for ByteSize {
    fn store(&self) -> Value {
        Value::String(self.to_string())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        exact_size(value)
    }
}

impl Setting for ByteSize {
    /// Rounded up to whole kilobytes; only where that would pass the widest documented size,
    /// down.
    fn read(value: &Value) -> Result<Self, Refused> {
        let exact = exact_size(value)?;
        let widest = u64::from(MAX_INT);
        let rounded = exact.rounded_up_to_kb();
        if exact.as_u64() <= widest && rounded.as_u64() > widest {
            return Ok(Self::kb(widest / 1024));
        }
        Ok(rounded)
    }
}

impl Ranged for ByteSize {
    type Bound = ByteSize;
    fn bounded(&self) -> Option<ByteSize> {
        Some(*self)
    }
    fn range(low: &ByteSize, high: &ByteSize) -> String {
        format!("a size from {low} to {high}, written such as 10MB or as a number of bytes")
    }
}

/// A size to the byte. What is shown, `9.537 MB (10,000,384 bytes)`, is rounded before the
/// parenthesis, so the bytes inside it count.
fn exact_size(value: &Value) -> Result<ByteSize, Refused> {
    const ALLOWED: &str = "a size such as 10MB, or a number of bytes";
    let refused = |error| Refused::by("SC-18", error);
    let text = text_of(value, ALLOWED).map_err(|r| refused(r.error))?;
    let shown = text
        .split_once(" (")
        .and_then(|(_, rest)| rest.strip_suffix(" bytes)"))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit() || b == b','));
    shown.unwrap_or(&text).parse().map_err(refused)
}

impl<T: Stored> Stored for Unlimited<T> {
    fn store(&self) -> Value {
        match self {
            Self::Unlimited => Value::from("Unlimited"),
            Self::Limited(limit) => limit.store(),
        }
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        if is_unlimited(value) { Ok(Self::Unlimited) } else { T::load(value).map(Self::Limited) }
    }
}

impl<T: Setting> Setting for Unlimited<T> {
    fn show(&self) -> Value {
        match self {
            Self::Unlimited => Value::from("Unlimited"),
            Self::Limited(limit) => limit.show(),
        }
    }
    fn read(value: &Value) -> Result<Self, Refused> {
        if is_unlimited(value) { Ok(Self::Unlimited) } else { T::read(value).map(Self::Limited) }
    }
}

impl<T: Ranged> Ranged for Unlimited<T> {
    type Bound = T::Bound;
    fn bounded(&self) -> Option<T::Bound> {
        match self {
            Self::Unlimited => None,
            Self::Limited(limit) => limit.bounded(),
        }
    }
    fn range(low: &T::Bound, high: &T::Bound) -> String {
        format!("{}, or unlimited", T::range(low, high))
    }
}

fn is_unlimited(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case("unlimited"))
}

impl<T: Stored> Stored for Option<T> {
    fn store(&self) -> Value {
        self.as_ref().map_or(Value::Null, Stored::store)
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        if value.is_null() { Ok(None) } else { T::load(value).map(Some) }
    }
}

impl<T: Setting> Setting for Option<T> {
    fn show(&self) -> Value {
        self.as_ref().map_or(Value::Null, Setting::show)
    }
    fn read(value: &Value) -> Result<Self, Refused> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store(&self) -> Value {
        Value::Array(self.iter().map(Stored::store).collect())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        items(value).iter().map(T::load).collect()
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn show(&self) -> Value {
        Value::Array(self.iter().map(Setting::show).collect())
    }

    fn read(value: &Value) -> Result<Self, Refused> {
        let values: Vec<T> = items(value).iter().map(T::read).collect::<Result<_, _>>()?;
        bounded(values)
    }

    /// `{"Add": a, "Remove": b}` edits: removals first, a value that is there already stays as it
    /// is, one that is not there is not missed. Anything else replaces.
    fn edited(&self, value: &Value) -> Result<Self, Refused> {
        let Value::Object(edit) = value else { return Self::read(value) };
        let (add, remove) = additions_and_removals(edit)?;
        let added = Self::read(add)?;
        let removed = Self::read(remove)?;
        let mut values = self.clone();
        values.retain(|present| !removed.iter().any(|gone| gone.same(present)));
        for new in added {
            if !values.contains(&new) {
                values.push(new);
            }
        }
        bounded(values)
    }
}

/// The values of a list; a single value is a list of one, nothing is an empty list.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        single => std::slice::from_ref(single),
    }
}

fn bounded<T>(values: Vec<T>) -> Result<Vec<T>, Refused> {
    if values.len() <= MAX_VALUES {
        return Ok(values);
    }
    let count = values.len().to_string();
    Err(ValueError::new(&count, "values are too many", format!("at most {MAX_VALUES} values"))
        .into())
}

fn additions_and_removals(edit: &Map<String, Value>) -> Result<(&Value, &Value), Refused> {
    let (mut add, mut remove) = (&Value::Null, &Value::Null);
    for (key, value) in edit {
        if key.eq_ignore_ascii_case("Add") {
            add = value;
        } else if key.eq_ignore_ascii_case("Remove") {
            remove = value;
        } else {
            return Err(ValueError::new(
                key,
                "is not a way to change a list",
                "@{Add=\"a\",\"b\"; Remove=\"c\"}",
            )
            .into());
        }
    }
    Ok((add, remove))
}

impl Stored for Guid {
    fn store(&self) -> Value {
        Value::String(self.to_string())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

impl Setting for Guid {
    fn read(value: &Value) -> Result<Self, Refused> {
        const ALLOWED: &str = "a GUID such as 5f2d1c1e-0b6a-4c1c-9a43-1f7a2b3c4d5e";
        let text = text_of(value, ALLOWED)?;
        text.parse().map_err(|_| ValueError::new(&text, "is not a GUID", ALLOWED).into())
    }
}

impl Stored for Timestamp {
    fn store(&self) -> Value {
        Value::from(self.as_millis())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        value.as_i64().map(Self::from_millis).ok_or_else(|| {
            ValueError::new(&plain(value), "is not a stored time", "milliseconds since 1970").into()
        })
    }
}

impl Stored for IpAddr {
    fn store(&self) -> Value {
        Value::String(self.to_string())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

impl Setting for IpAddr {
    fn read(value: &Value) -> Result<Self, Refused> {
        const ALLOWED: &str = "an IPv4 or IPv6 address";
        let text = text_of(value, ALLOWED)?;
        text.parse().map_err(|_| ValueError::new(&text, "is not an IP address", ALLOWED).into())
    }
}

impl Stored for SocketAddr {
    fn store(&self) -> Value {
        Value::String(self.to_string())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

/// A binding of a Receive connector.
impl Setting for SocketAddr {
    fn read(value: &Value) -> Result<Self, Refused> {
        const ALLOWED: &str =
            "address:port with a port from 1 to 65535, such as 0.0.0.0:25 or [::]:25";
        let text = text_of(value, ALLOWED)?;
        let refuse = |problem: &str| Refused::from(ValueError::new(&text, problem, ALLOWED));
        let address: SocketAddr = text.parse().map_err(|_| refuse("is not a binding"))?;
        if address.port() == 0 {
            return Err(refuse("has port 0"));
        }
        Ok(address)
    }
}
