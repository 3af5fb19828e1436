//! How enumerations and flag sets are declared: one list of names, in the documented spelling,
//! read without regard to case (send-connectors.md rule SC-23).

use model::ValueError;

/// Serde through `Display` and `FromStr`.
macro_rules! text_serde {
    ($type:ty) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <String as ::serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_serde;

/// An enumeration with documented names.
macro_rules! enumeration {
    (
        $(#[$meta:meta])*
        pub enum $type:ident { $( $(#[$doc:meta])* $variant:ident = $name:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type { $( $(#[$doc])* $variant, )+ }

        impl $type {
            /// The names, in the documented order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The documented name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = ::model::ValueError;
            fn from_str(text: &str) -> Result<Self, ::model::ValueError> {
                $(
                    if text.eq_ignore_ascii_case($name) {
                        return Ok(Self::$variant);
                    }
                )+
                Err($crate::values::enumeration::not_one_of(text, Self::NAMES))
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        $crate::values::enumeration::text_serde!($type);
        $crate::setting::text_setting!($type, Some("SC-23"), "one of the documented names");
    };
}
pub(crate) use enumeration;

/// A set of documented names; one of them means the empty set and stands alone.
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $type:ident, empty $empty:literal;
        $( $(#[$doc:meta])* $constant:ident = $bit:literal, $name:literal; )+
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $type(u16);

        impl $type {
            #[doc = concat!("The empty set, `", $empty, "`.")]
            pub const EMPTY: Self = Self(0);
            $( $(#[$doc])* pub const $constant: Self = Self(1 << $bit); )+

            /// The names, in the documented order.
            pub const NAMES: &'static [&'static str] = &[$empty, $($name),+];

            const MEMBERS: &'static [(Self, &'static str)] = &[$((Self::$constant, $name)),+];

            /// Whether all members of `other` are in this set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether nothing is in this set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The members of both sets.
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            fn of_words<'a>(words: impl Iterator<Item = &'a str>) -> Result<Self, ::model::ValueError> {
                let (mut set, mut count, mut empty) = (Self::EMPTY, 0, false);
                for word in words.map(str::trim) {
                    count += 1;
                    let known = Self::MEMBERS.iter().find(|(_, name)| word.eq_ignore_ascii_case(name));
                    match known {
                        Some((member, _)) => set = set.union(*member),
                        None if word.eq_ignore_ascii_case($empty) => empty = true,
                        None => return Err($crate::values::enumeration::not_one_of(word, Self::NAMES)),
                    }
                }
                if count == 0 {
                    return Err($crate::values::enumeration::not_one_of("", Self::NAMES));
                }
                if empty && count > 1 {
                    return Err(::model::ValueError::new(
                        $empty,
                        "cannot be combined with another value",
                        concat!($empty, " alone, or any of the other values"),
                    ));
                }
                Ok(set)
            }
        }

        impl ::std::ops::BitOr for $type {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = ::model::ValueError;
            fn from_str(text: &str) -> Result<Self, ::model::ValueError> {
                Self::of_words(text.split(','))
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if self.is_empty() {
                    return f.write_str($empty);
                }
                let mut separator = "";
                for (_, name) in Self::MEMBERS.iter().filter(|(member, _)| self.contains(*member)) {
                    write!(f, "{separator}{name}")?;
                    separator = ", ";
                }
                Ok(())
            }
        }

        $crate::values::enumeration::text_serde!($type);

        impl $crate::setting::Stored for $type {
            fn store(&self) -> ::serde_json::Value {
                ::serde_json::Value::String(self.to_string())
            }
            fn load(value: &::serde_json::Value) -> Result<Self, $crate::rule::Refused> {
                <Self as $crate::setting::Setting>::read(value)
            }
        }

        impl $crate::setting::Setting for $type {
            /// A list of names, or one text with commas between them.
            fn read(value: &::serde_json::Value) -> Result<Self, $crate::rule::Refused> {
                let refused = |error| $crate::rule::Refused::by("SC-23", error);
                let ::serde_json::Value::Array(items) = value else {
                    let text = $crate::setting::text_of(value, "one or more of the documented names")
                        .map_err(|r| refused(r.error))?;
                    return text.parse().map_err(refused);
                };
                let words: Option<Vec<&str>> = items.iter().map(|item| item.as_str()).collect();
                let words = words.ok_or_else(|| refused($crate::values::enumeration::not_one_of(
                    &$crate::setting::plain(value),
                    Self::NAMES,
                )))?;
                Self::of_words(words.iter().flat_map(|word| word.split(','))).map_err(refused)
            }
        }
    };
}
pub(crate) use flags;

/// The error for a name that is none of the documented ones.
pub(crate) fn not_one_of(text: &str, names: &[&str]) -> ValueError {
    ValueError::new(text, "is not one of the possible values", names.join(", "))
}
