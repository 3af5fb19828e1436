//! SMTP replies (RFC 5321 section 4.2) and enhanced status codes (RFC 3463).

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValueError;

/// What a reply means for the command it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// 2yz: done.
    Positive,
    /// 3yz: go on.
    Intermediate,
    /// 4yz: not now.
    Transient,
    /// 5yz: not ever.
    Permanent,
}

/// A three-digit reply code, 200 to 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplyCode(u16);

impl ReplyCode {
    /// The code, when its first digit is one an SMTP server may send. The others are not looked at:
    /// RFC 5321 section 4.2.1 has 0 to 5 in second place, and servers that refuse for good say 571.
    pub const fn new(code: u16) -> Option<Self> {
        if code >= 200 && code <= 599 { Some(Self(code)) } else { None }
    }

    /// The number.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// What the first digit says.
    pub const fn severity(self) -> Severity {
        match self.0 / 100 {
            2 => Severity::Positive,
            3 => Severity::Intermediate,
            4 => Severity::Transient,
            _ => Severity::Permanent,
        }
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `class.subject.detail` (RFC 3463): class 2, 4 or 5, the others 0 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EnhancedCode {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedCode {
    /// The code `class.subject.detail`. `class` other than 2 and 4 is taken as 5.
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        let class = match class {
            2 | 4 => class,
            _ => 5,
        };
        Self { class, subject: subject % 1000, detail: detail % 1000 }
    }

    /// 2, 4 or 5.
    pub const fn class(self) -> u8 {
        self.class
    }

    /// What it is about: 0 to 999.
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// What exactly: 0 to 999.
    pub const fn detail(self) -> u16 {
        self.detail
    }

    /// The same subject and detail as a permanent failure.
    pub const fn permanent(self) -> Self {
        Self { class: 5, ..self }
    }
}

impl FromStr for EnhancedCode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse =
            || ValueError::new(text, "is not an enhanced status code", "a code such as 5.1.1");
        let mut parts = text.split('.');
        let mut part = |max: u16| {
            parts
                .next()
                .filter(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|p| p.parse::<u16>().ok())
                .filter(|n| *n <= max)
        };
        let (class, subject, detail) = (part(5), part(999), part(999));
        match (class, subject, detail, parts.next()) {
            (Some(class @ (2 | 4 | 5)), Some(subject), Some(detail), None) => {
                Ok(Self { class: class as u8, subject, detail })
            }
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// A reply: code, optional enhanced code, and text. The text has no line ends; a reply read
/// from a peer with several lines has them joined by a blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: ReplyCode,
    /// The enhanced code, when there is one.
    pub enhanced: Option<EnhancedCode>,
    /// What it says, without codes.
    pub text: Cow<'static, str>,
}

impl Reply {
    /// A reply of ours. `code` outside 200–599 becomes 451, `class.subject.detail` as RFC 3463.
    pub fn new(code: u16, enhanced: (u8, u16, u16), text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: ReplyCode::new(code).unwrap_or(ReplyCode(451)),
            enhanced: Some(EnhancedCode::new(enhanced.0, enhanced.1, enhanced.2)),
            text: text.into(),
        }
    }

    /// A reply without enhanced code (greeting, EHLO, 354, 334).
    pub fn plain(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: ReplyCode::new(code).unwrap_or(ReplyCode(451)),
            enhanced: None,
            text: text.into(),
        }
    }

    /// What the first digit says.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Whether the command was carried out (2yz).
    pub fn is_positive(&self) -> bool {
        self.severity() == Severity::Positive
    }

    /// The enhanced code, or the best one that can be said from the reply code alone.
    pub fn status(&self) -> EnhancedCode {
        self.enhanced.unwrap_or_else(|| match self.severity() {
            Severity::Positive | Severity::Intermediate => EnhancedCode::new(2, 0, 0),
            Severity::Transient => EnhancedCode::new(4, 0, 0),
            Severity::Permanent => EnhancedCode::new(5, 0, 0),
        })
    }
}

impl fmt::Display for Reply {
    /// `550 5.1.1 User unknown`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        if !self.text.is_empty() {
            write!(f, " {}", self.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_parse_and_show() {
        assert_eq!("5.1.1".parse::<EnhancedCode>().unwrap().to_string(), "5.1.1");
        for bad in ["5.1", "3.1.1", "5.1.1.1", "5..1", "5.1000.1", "a.b.c"] {
            assert!(bad.parse::<EnhancedCode>().is_err(), "{bad:?}");
        }
        assert_eq!(Reply::new(550, (5, 1, 1), "no").to_string(), "550 5.1.1 no");
        assert!(ReplyCode::new(199).is_none() && ReplyCode::new(600).is_none());
        assert_eq!(ReplyCode::new(571).unwrap().severity(), Severity::Permanent);
    }
}
