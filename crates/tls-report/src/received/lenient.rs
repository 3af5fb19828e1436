//! Values of a stranger's JSON: read as they come, kept within bounds. Of what is too much nothing is held in
//! memory.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::types::ReceivedReport;

/// A text of at most 255 characters, without control characters; anything but a text is empty.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Short(pub(super) String);

/// A number of sessions: an integer that is not negative, in quotation marks or not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(pub(super) u64);

/// A list of which the first `N` are kept; one value that is no list is a list of one, `null` is empty.
#[derive(Debug)]
pub(super) struct UpTo<T, const N: usize> {
    pub(super) kept: Vec<T>,
    pub(super) left_out: u64,
}

impl<T, const N: usize> Default for UpTo<T, N> {
    fn default() -> Self {
        Self { kept: Vec::new(), left_out: 0 }
    }
}

/// A text as it is kept.
pub(super) fn shortened(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '?' } else { c };
    text.trim().chars().map(clean).take(ReceivedReport::LONGEST_TEXT).collect()
}

impl<'de> Deserialize<'de> for Short {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortVisitor)
    }
}

struct ShortVisitor;

impl<'de> Visitor<'de> for ShortVisitor {
    type Value = Short;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Short, E> {
        Ok(Short(shortened(text)))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Short, E> {
        Ok(Short(number.to_string()))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Short, E> {
        Ok(Short(number.to_string()))
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Short, E> {
        Ok(Short::default())
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Short, E> {
        Ok(Short::default())
    }
    fn visit_unit<E: de::Error>(self) -> Result<Short, E> {
        Ok(Short::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Short, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Short::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Short, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Short::default())
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of sessions")
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Count, E> {
        Ok(Count(number))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Count, E> {
        // What a float holds exactly.
        if number.fract() == 0.0 && (0.0..=9e15).contains(&number) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range"
            )]
            return Ok(Count(number as u64));
        }
        Err(E::invalid_type(de::Unexpected::Float(number), &self))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
        text.trim().parse().map(Count).map_err(|_| E::custom("a number of sessions that is none"))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Count, E> {
        Ok(Count(0))
    }
}

impl<'de, T: Deserialize<'de> + FromText, const N: usize> Deserialize<'de> for UpTo<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UpToVisitor(PhantomData))
    }
}

/// What can be made of a text where a list was expected.
pub(super) trait FromText: Sized {
    /// Nothing where it cannot.
    fn from_text(_: &str) -> Option<Self> {
        None
    }
}

impl FromText for Short {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(shortened(text)))
    }
}

struct UpToVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + FromText, const N: usize> Visitor<'de> for UpToVisitor<T, N> {
    type Value = UpTo<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E: de::Error>(self) -> Result<UpTo<T, N>, E> {
        Ok(UpTo::default())
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<UpTo<T, N>, E> {
        Ok(UpTo { kept: T::from_text(text).into_iter().collect(), left_out: 0 })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<UpTo<T, N>, A::Error> {
        let mut up_to = UpTo::default();
        while up_to.kept.len() < N {
            match list.next_element()? {
                Some(value) => up_to.kept.push(value),
                None => return Ok(up_to),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            up_to.left_out += 1;
        }
        Ok(up_to)
    }
}
