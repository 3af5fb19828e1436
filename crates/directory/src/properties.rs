//! Objects whose properties are declared once: [`properties!`] makes from one list the struct,
//! its documented defaults, its stored form, and the operations of [`Properties`].
//!
//! The stored form names every property; one that is missing there, because an older version
//! wrote the object, takes its default.

use std::fmt;

use model::{Guid, Timestamp, ValueError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    rule::Refused,
    setting::{Ranged, Setting, Stored, edited_within, plain},
};

/// What identifies an object and its present version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Never changes, never used again.
    pub guid: Guid,
    /// Grows by one with every change; a change names the version it was made from.
    pub version: u64,
    /// When the object was created.
    pub when_created: Timestamp,
    /// When it was last changed.
    pub when_changed: Timestamp,
}

impl Header {
    /// The header of an object that is about to be created; version and times are set by the
    /// store when it is.
    pub fn fresh() -> Self {
        let unset = Timestamp::from_millis(0);
        Self { guid: Guid::new_v4(), version: 0, when_created: unset, when_changed: unset }
    }
}

impl Stored for Header {
    fn store(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::deserialize(value).map_err(|e| {
            ValueError::new(&plain(value), format!("is not a header ({e})"), "a stored header")
                .into()
        })
    }
}

/// Properties by name, as cmdlets set and show them.
pub trait Properties {
    /// Changes one property; its name is compared without regard to case. Lists also take
    /// `{"Add": …, "Remove": …}`, and one value instead of a list of one.
    ///
    /// # Errors
    /// When there is no such property that can be set, or the value is refused; the object is
    /// then unchanged.
    fn set(&mut self, property: &str, value: &Value) -> Result<(), PropertyError>;

    /// All properties in the documented order, output-only ones included, as their documented
    /// text; lists as arrays, empty as null. Secrets never.
    fn view(&self) -> Map<String, Value>;

    /// The names of the properties that can be set.
    fn names() -> &'static [&'static str];

    /// The lowest and the highest value of those that have a documented range, as they are shown.
    fn ranges() -> Vec<(&'static str, [String; 2])>;
}

/// Why a property was not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyError {
    /// The object has no property of this name that can be set.
    Unknown(String),
    /// The value was refused.
    Invalid {
        /// The property, in its documented spelling.
        property: String,
        /// What is wrong with the value.
        error: ValueError,
        /// The documented rule, where there is one (`SC-nn`).
        id: Option<&'static str>,
    },
}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "There is no property \"{name}\" that can be set."),
            Self::Invalid { property, error, .. } => write!(f, "{property}: {error}"),
        }
    }
}

impl std::error::Error for PropertyError {}

/// Properties with their values, in order.
pub(crate) type Listing = Vec<(&'static str, Value)>;

/// A listing in the order in which `Format-List` shows most objects: by name.
pub(crate) fn by_name(mut listing: Listing) -> Listing {
    listing.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    listing
}

/// The property that says which version of an object is shown; ours. A change can be made subject
/// to it.
pub(crate) const OBJECT_VERSION: &str = "ObjectVersion";

/// What the directory adds to every object's own properties.
pub(crate) fn boilerplate(
    header: &Header,
    id: &str,
    distinguished_name: String,
    classes: &[&str],
) -> Listing {
    let changed = Value::from(header.when_changed.iso());
    let created = Value::from(header.when_created.iso());
    vec![
        ("AdminDisplayName", Value::Null),
        ("ExchangeVersion", Value::from("0.1 (8.0.535.0)")),
        ("DistinguishedName", Value::from(distinguished_name)),
        ("Guid", Value::from(header.guid.to_string())),
        ("ObjectCategory", classes.last().map_or(Value::Null, |class| Value::from(*class))),
        ("ObjectClass", Value::from(classes.to_vec())),
        ("WhenChanged", changed.clone()),
        ("WhenCreated", created.clone()),
        ("WhenChangedUTC", changed),
        ("WhenCreatedUTC", created),
        ("Id", Value::from(id)),
        ("OriginatingServer", Value::Null),
        ("IsValid", Value::Bool(true)),
        ("ObjectState", Value::from("Unchanged")),
        (OBJECT_VERSION, Value::from(header.version)),
    ]
}

/// A listing as the JSON object of a view; a later entry of the same name does not count.
pub(crate) fn to_map(listing: Listing) -> Map<String, Value> {
    let mut map = Map::with_capacity(listing.len());
    for (name, value) in listing {
        map.entry(name).or_insert(value);
    }
    map
}

/// `CN=<name>,<container>` with the name escaped (RFC 4514 section 2.4).
pub(crate) fn distinguished_name(name: &str, container: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (i, c) in name.chars().enumerate() {
        if matches!(c, '"' | '+' | ',' | ';' | '<' | '=' | '>' | '\\') || (i == 0 && c == '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("CN={escaped},{container}")
}

/// The value of a property after a change.
pub(crate) fn changed<T: Setting>(
    property: &'static str,
    current: &T,
    value: &Value,
) -> Result<T, PropertyError> {
    current.edited(value).map_err(|refused| invalid(property, refused))
}

/// The value of a property with a documented range after a change.
pub(crate) fn changed_within<T: Ranged>(
    property: &'static str,
    current: &T,
    value: &Value,
    low: T::Bound,
    high: T::Bound,
) -> Result<T, PropertyError> {
    edited_within(current, value, low, high).map_err(|refused| invalid(property, refused))
}

fn invalid(property: &'static str, refused: Refused) -> PropertyError {
    PropertyError::Invalid { property: property.to_owned(), error: refused.error, id: refused.id }
}

/// A stored property that must be there.
pub(crate) fn load<T: Stored>(map: &Map<String, Value>, name: &str) -> Result<T, Refused> {
    let value = map.get(name).ok_or_else(|| {
        Refused::from(ValueError::new(name, "is missing in the stored object", "a value"))
    })?;
    T::load(value)
}

/// A stored property, or its default.
pub(crate) fn load_or<T: Stored>(
    map: &Map<String, Value>,
    name: &str,
    default: impl FnOnce() -> T,
) -> Result<T, Refused> {
    map.get(name).map_or_else(|| Ok(default()), T::load)
}

/// Declares an object or a part of one. Each group may be left out; a property is
/// `field: Type [= default], "Name" [in (low, high)];`.
///
/// - `fixed`: stored, given to `with_defaults`, neither set nor shown by name
/// - `given`: given to `with_defaults`, set and shown by name
/// - `kept`: stored with a default, neither set nor shown by name
/// - `settings`: default, set and shown by name, optionally within a documented range
///
/// The path after the object's name makes the view from the object and the listing of its
/// `given` properties and `settings`.
macro_rules! properties {
    (
        $(#[$meta:meta])*
        pub struct $object:ident, $view:path;
        $(fixed { $( $(#[$fixed_doc:meta])* $fixed:ident: $fixed_type:ty, $fixed_name:literal; )* })?
        $(given { $( $(#[$given_doc:meta])* $given:ident: $given_type:ty, $given_name:literal; )* })?
        $(kept { $( $(#[$kept_doc:meta])* $kept:ident: $kept_type:ty = $kept_default:expr, $kept_name:literal; )* })?
        settings { $(
            $(#[$doc:meta])*
            $field:ident: $type:ty = $default:expr, $name:literal $(in ($low:expr, $high:expr))?;
        )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $object {
            $($( #[doc = concat!("`", $fixed_name, "`")] #[doc = ""] $(#[$fixed_doc])* pub $fixed: $fixed_type, )*)?
            $($( #[doc = concat!("`", $given_name, "`")] #[doc = ""] $(#[$given_doc])* pub $given: $given_type, )*)?
            $($( #[doc = concat!("`", $kept_name, "`")] #[doc = ""] $(#[$kept_doc])* pub $kept: $kept_type, )*)?
            $( #[doc = concat!("`", $name, "`")] #[doc = ""] $(#[$doc])* pub $field: $type, )*
        }

        impl $object {
            /// With the documented default for everything that is not given.
            pub fn with_defaults(
                $($( $fixed: $fixed_type, )*)?
                $($( $given: $given_type, )*)?
            ) -> Self {
                Self {
                    $($( $fixed, )*)?
                    $($( $given, )*)?
                    $($( $kept: $kept_default, )*)?
                    $( $field: $default, )*
                }
            }

            /// The properties that can be set, as they are shown, in the order declared.
            fn listing(&self) -> $crate::properties::Listing {
                vec![
                    $($( ($given_name, $crate::setting::Setting::show(&self.$given)), )*)?
                    $( ($name, $crate::setting::Setting::show(&self.$field)), )*
                ]
            }
        }

        impl $crate::properties::Properties for $object {
            fn set(
                &mut self,
                property: &str,
                value: &::serde_json::Value,
            ) -> Result<(), $crate::properties::PropertyError> {
                $($(
                    if property.eq_ignore_ascii_case($given_name) {
                        self.$given = $crate::properties::changed($given_name, &self.$given, value)?;
                        return Ok(());
                    }
                )*)?
                $(
                    if property.eq_ignore_ascii_case($name) {
                        self.$field = $crate::properties::properties!(
                            @changed $name, &self.$field, value $(, $low, $high)?
                        )?;
                        return Ok(());
                    }
                )*
                Err($crate::properties::PropertyError::Unknown(property.to_owned()))
            }

            fn view(&self) -> ::serde_json::Map<String, ::serde_json::Value> {
                $crate::properties::to_map($view(self, self.listing()))
            }

            fn names() -> &'static [&'static str] {
                &[$($( $given_name, )*)? $( $name, )*]
            }

            fn ranges() -> ::std::vec::Vec<(&'static str, [::std::string::String; 2])> {
                let ranges: ::std::vec::Vec<::std::option::Option<_>> =
                    ::std::vec![$( $crate::properties::properties!(@range $name $(, $low, $high)?) ),*];
                ranges.into_iter().flatten().collect()
            }
        }

        impl $crate::setting::Stored for $object {
            fn store(&self) -> ::serde_json::Value {
                let mut map = ::serde_json::Map::new();
                $($( map.insert($fixed_name.to_owned(), $crate::setting::Stored::store(&self.$fixed)); )*)?
                $($( map.insert($given_name.to_owned(), $crate::setting::Stored::store(&self.$given)); )*)?
                $($( map.insert($kept_name.to_owned(), $crate::setting::Stored::store(&self.$kept)); )*)?
                $( map.insert($name.to_owned(), $crate::setting::Stored::store(&self.$field)); )*
                ::serde_json::Value::Object(map)
            }

            fn load(value: &::serde_json::Value) -> Result<Self, $crate::rule::Refused> {
                let map = value.as_object().ok_or_else(|| ::model::ValueError::new(
                    &$crate::setting::plain(value),
                    concat!("is not a stored ", stringify!($object)),
                    "a JSON object",
                ))?;
                Ok(Self {
                    $($( $fixed: $crate::properties::load(map, $fixed_name)?, )*)?
                    $($( $given: $crate::properties::load(map, $given_name)?, )*)?
                    $($( $kept: $crate::properties::load_or(map, $kept_name, || $kept_default)?, )*)?
                    $( $field: $crate::properties::load_or(map, $name, || $default)?, )*
                })
            }
        }

        impl ::serde::Serialize for $object {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::setting::Stored::store(self).serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $object {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                $crate::setting::Stored::load(&value).map_err(::serde::de::Error::custom)
            }
        }
    };
    (@range $name:expr) => { None };
    (@range $name:expr, $low:expr, $high:expr) => {
        Some(($name, [$low.to_string(), $high.to_string()]))
    };
    (@changed $name:expr, $current:expr, $value:expr) => {
        $crate::properties::changed($name, $current, $value)
    };
    (@changed $name:expr, $current:expr, $value:expr, $low:expr, $high:expr) => {
        $crate::properties::changed_within($name, $current, $value, $low, $high)
    };
}
pub(crate) use properties;
