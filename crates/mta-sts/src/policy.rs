//! A policy and the file it comes in (RFC 8461 section 3.2): lines of `key: value`, of which
//! unknown keys are passed over and the first of a repeated one counts.
//!
//! The file is a stranger's. What is bounded here holds for every policy there is: the size of the
//! file, the number of its patterns, how long it counts.

use std::{fmt, str::FromStr};

use model::{DomainName, TimeSpan, ValueError};
use thiserror::Error;

use crate::{MxPattern, record::is_name};

/// Largest file, in bytes (RFC 8461 section 3.3).
pub(crate) const LARGEST_FILE: usize = 64 << 10;
/// Most `mx` lines. The largest providers have a dozen; a file full of them would be thousands,
/// kept in memory for a year.
const MOST_PATTERNS: usize = 250;

/// What a domain asks of who sends to it (RFC 8461 section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Mail must not go to a host that fails the policy.
    Enforce,
    /// Mail goes all the same; failures are reported.
    Testing,
    /// The domain has no policy any longer.
    None,
}

impl Mode {
    /// As policies write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

impl FromStr for Mode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        [Self::Enforce, Self::Testing, Self::None]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| ValueError::new(text, "is not a mode", "enforce, testing or none"))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long a policy counts after it was fetched: 0 to 31,557,600 seconds (a year).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxAge(u32);

impl MaxAge {
    /// A year.
    pub const MAX: Self = Self(31_557_600);

    /// In seconds.
    pub fn as_seconds(self) -> u32 {
        self.0
    }

    /// The same as a span.
    pub fn as_span(self) -> TimeSpan {
        TimeSpan::seconds(self.0.into())
    }
}

impl FromStr for MaxAge {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let is_number = (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let seconds = if is_number { text.parse().ok() } else { None };
        seconds.map(Self).filter(|age| *age <= Self::MAX).ok_or_else(|| {
            ValueError::new(text, "is not a max_age", "whole seconds from 0 to 31557600")
        })
    }
}

impl fmt::Display for MaxAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a file is no policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// More than 64 KiB.
    #[error("the policy is larger than 64 KiB")]
    TooLarge,
    /// Not UTF-8.
    #[error("the policy is no text in UTF-8")]
    NotText,
    /// A line, counted from 1, is not `key: value`.
    #[error("line {0} of the policy is not \"key: value\"")]
    Line(usize),
    /// A key that must be there is not.
    #[error("the policy has no {0}")]
    Missing(&'static str),
    /// The value of a known key cannot be one.
    #[error("the policy's {key} is refused: {error}")]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        error: ValueError,
    },
    /// Modes `enforce` and `testing` need hosts to apply to.
    #[error("the policy's mode is {0}, and it has no mx")]
    NoMx(Mode),
    /// More than 250 `mx` lines.
    #[error("the policy has more than 250 mx")]
    TooManyMx,
}

/// A policy: one with mode `enforce` or `testing` names at least one host, and none more than 250.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    mode: Mode,
    mx: Box<[MxPattern]>,
    max_age: MaxAge,
}

impl Policy {
    /// A policy of these parts.
    ///
    /// # Errors
    /// When the mode needs an mx and there is none, or there are more than 250.
    pub fn new(mode: Mode, mx: Vec<MxPattern>, max_age: MaxAge) -> Result<Self, PolicyError> {
        if mode != Mode::None && mx.is_empty() {
            return Err(PolicyError::NoMx(mode));
        }
        if mx.len() > MOST_PATTERNS {
            return Err(PolicyError::TooManyMx);
        }
        Ok(Self { mode, mx: mx.into(), max_age })
    }

    /// The policy in a file, as it came over the network. Lines end with LF or CRLF; empty ones
    /// are passed over, since files that end with two are many.
    ///
    /// # Errors
    /// When it is larger than 64 KiB, malformed, or lacks something.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        if file.len() > LARGEST_FILE {
            return Err(PolicyError::TooLarge);
        }
        let text = std::str::from_utf8(file).map_err(|_| PolicyError::NotText)?;
        let mut fields = Fields::default();
        for (number, line) in text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line).trim_end_matches([' ', '\t']);
            if !line.is_empty() {
                let (key, value) = split(line).ok_or(PolicyError::Line(number + 1))?;
                fields.take(key, value)?;
            }
        }
        fields.policy()
    }

    /// What is asked.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The hosts meant, in the file's order; may be empty where the mode is `none`.
    pub fn mx(&self) -> &[MxPattern] {
        &self.mx
    }

    /// How long it counts after it was fetched.
    pub fn max_age(&self) -> MaxAge {
        self.max_age
    }

    /// Whether mail for the domain may go to this mail exchanger as far as its name is concerned
    /// (RFC 8461 section 4.1). Mode `none` asks nothing: every host is allowed.
    pub fn allows(&self, host: &DomainName) -> bool {
        self.mode == Mode::None || self.mx.iter().any(|pattern| pattern.matches(host))
    }

    /// The lines of the policy without what we do not know, for TLS reports (`policy-string`,
    /// RFC 8460 section 4.4).
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let head = ["version: STSv1".to_owned(), format!("mode: {}", self.mode)];
        let mx = self.mx.iter().map(|pattern| format!("mx: {pattern}"));
        head.into_iter().chain(mx).chain([format!("max_age: {}", self.max_age)])
    }
}

/// A file that parses to the same policy.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What has been read of a file.
#[derive(Default)]
struct Fields<'a> {
    version: Option<&'a str>,
    mode: Option<&'a str>,
    max_age: Option<&'a str>,
    mx: Vec<MxPattern>,
}

impl<'a> Fields<'a> {
    fn take(&mut self, key: &str, value: &'a str) -> Result<(), PolicyError> {
        let first = match key {
            "version" => &mut self.version,
            "mode" => &mut self.mode,
            "max_age" => &mut self.max_age,
            "mx" => return self.take_mx(value),
            _ => return Ok(()),
        };
        first.get_or_insert(value);
        Ok(())
    }

    fn take_mx(&mut self, value: &str) -> Result<(), PolicyError> {
        if self.mx.len() == MOST_PATTERNS {
            return Err(PolicyError::TooManyMx);
        }
        self.mx.push(parsed("mx", value)?);
        Ok(())
    }

    fn policy(self) -> Result<Policy, PolicyError> {
        let version = self.version.ok_or(PolicyError::Missing("version"))?;
        if version != "STSv1" {
            let error = ValueError::new(version, "is not a version that is known", "STSv1");
            return Err(PolicyError::Value { key: "version", error });
        }
        let mode = parsed("mode", self.mode.ok_or(PolicyError::Missing("mode"))?)?;
        let max_age = parsed("max_age", self.max_age.ok_or(PolicyError::Missing("max_age"))?)?;
        Policy::new(mode, self.mx, max_age)
    }
}

fn parsed<T: FromStr<Err = ValueError>>(key: &'static str, value: &str) -> Result<T, PolicyError> {
    value.parse().map_err(|error| PolicyError::Value { key, error })
}

fn split(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim_start_matches([' ', '\t']);
    let is_clean = !value.is_empty() && !value.chars().any(char::is_control);
    (is_name(key) && is_clean).then_some((key, value))
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
