//! Sizes as administrators write them (send-connectors.md section 5.3): `10MB`, `"10 MB"`,
//! `unlimited`, a plain number of bytes; shown as `10 MB (10,485,760 bytes)`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ValueError;

const UNITS: [(&str, u64); 5] =
    [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];
const ALLOWED: &str = "a number with B, KB, MB, GB or TB, such as 10MB, or a plain number of bytes";

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

impl ByteSize {
    /// Exactly `bytes` bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// `n` binary kilobytes (1,024 bytes).
    pub const fn kb(n: u64) -> Self {
        Self(n << 10)
    }

    /// `n` binary megabytes (1,048,576 bytes).
    pub const fn mb(n: u64) -> Self {
        Self(n << 20)
    }

    /// The number of bytes.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// Rounded up to a whole kilobyte, as settings given in bytes are.
    pub const fn rounded_up_to_kb(self) -> Self {
        Self(self.0.div_ceil(1024).saturating_mul(1024))
    }
}

impl FromStr for ByteSize {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = || ValueError::new(text, "is not a size", ALLOWED);
        // What is shown can be given back: "10 MB (10,485,760 bytes)". The bytes are exact, the
        // rounded figure before them is not.
        if let Some((_, exact)) = text.split_once(" (") {
            let bytes = exact.strip_suffix(" bytes)").ok_or_else(refuse)?.replace(',', "");
            return bytes.parse().map(Self).map_err(|_| refuse());
        }
        let shown = text.trim();
        let split = shown.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(shown.len());
        let (number, unit) = (shown[..split].trim(), &shown[split..]);
        let factor = if unit.is_empty() {
            1
        } else {
            UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or_else(refuse)?.1
        };
        let number = number.replace(',', "");
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(factor).map(Self).ok_or_else(refuse);
        }
        let fraction: f64 = number.parse().map_err(|_| refuse())?;
        let bytes = fraction * factor as f64;
        if !(0.0..9e18).contains(&bytes) {
            return Err(refuse());
        }
        Ok(Self(bytes.round() as u64))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) =
            UNITS.iter().find(|(_, factor)| self.0 >= *factor).copied().unwrap_or(("B", 1));
        if self.0.is_multiple_of(factor) {
            write!(f, "{} {unit}", self.0 / factor)?;
        } else {
            let shown = format!("{:.3}", self.0 as f64 / factor as f64);
            write!(f, "{} {unit}", shown.trim_end_matches('0').trim_end_matches('.'))?;
        }
        write!(f, " ({} bytes)", grouped(self.0))
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match TextOrNumber::deserialize(deserializer)? {
            TextOrNumber::Number(bytes) => Ok(Self(bytes)),
            TextOrNumber::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

/// JSON gives a plain number where the shell computed `10MB` itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrNumber {
    Number(u64),
    Text(String),
}

/// A limit that may be lifted: a value, or `Unlimited`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unlimited<T> {
    /// No limit.
    Unlimited,
    /// At most this.
    Limited(T),
}

impl<T: PartialOrd> Unlimited<T> {
    /// Whether `value` stays within the limit.
    pub fn allows(&self, value: &T) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Limited(limit) => value <= limit,
        }
    }
}

impl<T> Unlimited<T> {
    /// The limit, when there is one.
    pub fn limit(self) -> Option<T> {
        match self {
            Self::Unlimited => None,
            Self::Limited(limit) => Some(limit),
        }
    }
}

impl<T: FromStr<Err = ValueError>> FromStr for Unlimited<T> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(Self::Unlimited);
        }
        text.parse().map(Self::Limited).map_err(|e: ValueError| ValueError {
            allowed: format!("{}, or unlimited", e.allowed),
            ..e
        })
    }
}

impl<T: fmt::Display> fmt::Display for Unlimited<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("Unlimited"),
            Self::Limited(limit) => limit.fmt(f),
        }
    }
}

impl<T: Serialize> Serialize for Unlimited<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unlimited => serializer.serialize_str("Unlimited"),
            Self::Limited(limit) => limit.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unlimited<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<T> {
            Limited(T),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Limited(limit) => Ok(Self::Limited(limit)),
            Form::Text(text) if text.eq_ignore_ascii_case("unlimited") => Ok(Self::Unlimited),
            Form::Text(text) => {
                Err(de::Error::custom(format!("\"{text}\" is neither a limit nor \"unlimited\"")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_as_documented() {
        let size = |t: &str| t.parse::<ByteSize>().unwrap();
        assert_eq!(size("10MB").to_string(), "10 MB (10,485,760 bytes)");
        assert_eq!(size("10 MB"), size("10485760"));
        assert_eq!(size("25mb"), ByteSize::mb(25));
        assert_eq!(size("1.5KB"), ByteSize::bytes(1536));
        assert_eq!(size("25 MB (26,214,400 bytes)"), ByteSize::mb(25));
        let odd = ByteSize::bytes(10_000_384);
        assert_eq!(size(&odd.to_string()), odd);
        assert_eq!(ByteSize::bytes(1000).rounded_up_to_kb(), ByteSize::kb(1));
        assert_eq!(ByteSize::bytes(0).to_string(), "0 B (0 bytes)");
        for bad in ["", "MB", "10XB", "-1", "ten", "99999999999TB"] {
            assert!(bad.parse::<ByteSize>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn unlimited_round_trips_through_json() {
        let limit: Unlimited<ByteSize> = serde_json::from_str("\"25MB\"").unwrap();
        assert_eq!(serde_json::to_string(&limit).unwrap(), "\"25 MB (26,214,400 bytes)\"");
        let none: Unlimited<ByteSize> = "UNLIMITED".parse().unwrap();
        assert_eq!(serde_json::to_string(&none).unwrap(), "\"Unlimited\"");
        assert_eq!(serde_json::from_str::<Unlimited<u32>>("5").unwrap(), Unlimited::Limited(5));
        assert!(none.allows(&ByteSize::mb(1 << 20)));
    }
}
