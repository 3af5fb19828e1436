//! The TXT record by which a domain says that it has a policy, and which one (RFC 8461 section 3.1).
//!
//! Records of other makes at the same name are passed over; of ours there must be exactly one, and
//! it must be well formed: else the domain has no policy to be found.

use std::{fmt, str::FromStr};

use model::ValueError;
use thiserror::Error;

/// What our records begin with.
const VERSION: &str = "v=STSv1";
/// Longest id, in characters.
const LONGEST_ID: usize = 32;
/// Longest name of a field.
const LONGEST_NAME: usize = 32;

/// Which policy is in force: 1 to 32 letters and digits, to be compared and nothing else. A domain
/// that changes its policy changes the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PolicyId(Box<str>);

impl PolicyId {
    /// The id as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PolicyId {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let fits = (1..=LONGEST_ID).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(Self(text.into()));
        }
        Err(ValueError::new(text, "is not an id of a policy", "1 to 32 letters and digits"))
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A well-formed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which policy is in force.
    pub id: PolicyId,
}

/// Why a domain's TXT records announce no policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The name does not exist, or none of its records begins with `v=STSv1;`.
    #[error("there is no TXT record that begins with \"v=STSv1;\"")]
    Absent,
    /// More than one record begins with `v=STSv1;`: none of them counts.
    #[error("{0} TXT records begin with \"v=STSv1;\" where one is allowed")]
    Several(usize),
    /// A field is not `name=value`, with the characters allowed in each.
    #[error("a field of the TXT record is malformed: {0}")]
    Field(ValueError),
    /// No field is called `id`.
    #[error("the TXT record has no id")]
    NoId,
    /// The id is not one.
    #[error("the TXT record has no usable id: {0}")]
    Id(ValueError),
}

impl Record {
    /// The one record among all TXT records of the name, each with its strings joined.
    ///
    /// # Errors
    /// When there is not exactly one that begins with `v=STSv1;`, or it is malformed.
    pub fn among<T: AsRef<str>>(texts: &[T]) -> Result<Self, RecordError> {
        let mut ours = texts.iter().filter_map(|text| fields(text.as_ref()));
        match (ours.next(), ours.count()) {
            (None, _) => Err(RecordError::Absent),
            (Some(fields), 0) => Self::of(fields),
            (Some(_), others) => Err(RecordError::Several(others + 1)),
        }
    }

    /// Of a name that is repeated the first field counts (RFC 8461 section 3.2 says so for
    /// records, too).
    fn of(fields: &str) -> Result<Self, RecordError> {
        let mut id = None;
        let mut fields = fields.split(';').map(|field| field.trim_matches([' ', '\t'])).peekable();
        while let Some(field) = fields.next() {
            if field.is_empty() && fields.peek().is_none() {
                break;
            }
            let (name, value) = split(field)?;
            if name == "id" && id.is_none() {
                id = Some(value);
            }
        }
        let id = id.ok_or(RecordError::NoId)?.parse().map_err(RecordError::Id)?;
        Ok(Self { id })
    }
}

/// What follows `v=STSv1;`, when the text is one of our records.
fn fields(text: &str) -> Option<&str> {
    text.strip_prefix(VERSION)?.trim_start_matches([' ', '\t']).strip_prefix(';')
}

fn split(field: &str) -> Result<(&str, &str), RecordError> {
    field.split_once('=').filter(|(name, value)| is_name(name) && is_value(value)).ok_or_else(
        || {
            let allowed = "name=value, of printable characters without spaces";
            RecordError::Field(ValueError::new(field, "is not a field", allowed))
        },
    )
}

/// Whether fields may be called this, in records and in policies.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

fn is_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'=' && b != b';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(texts: &[&str]) -> Result<String, RecordError> {
        Record::among(texts).map(|record| record.id.to_string())
    }

    #[test]
    fn one_record_with_an_id() {
        for good in [
            "v=STSv1; id=20160831085700Z;",
            "v=STSv1;id=20160831085700Z",
            "v=STSv1 \t;\tid=20160831085700Z ; ",
            "v=STSv1; a-b.c_d=%x$; id=20160831085700Z; id=2; id=?",
        ] {
            assert_eq!(id(&[good]).unwrap(), "20160831085700Z", "{good:?}");
        }
        assert_eq!(id(&["v=STSv1; id=1; id=2"]).unwrap(), "1");
        let longest = "a".repeat(32);
        assert_eq!(id(&[&format!("v=STSv1; id={longest};")]).unwrap(), longest);
    }

    #[test]
    fn other_records_are_passed_over() {
        let others = ["v=spf1 -all", "", "v=STSv10; id=9;", "V=STSv1; id=9;", " v=STSv1; id=9"];
        assert_eq!(id(&others), Err(RecordError::Absent));
        assert_eq!(id(&["v=STSv1"]), Err(RecordError::Absent));
        assert_eq!(id(&[]), Err(RecordError::Absent));
        let mut with_ours = others.to_vec();
        with_ours.push("v=STSv1; id=1;");
        assert_eq!(id(&with_ours).unwrap(), "1");
    }

    #[test]
    fn two_are_none_even_if_equal_or_broken() {
        let twice = ["v=STSv1; id=1;", "v=STSv1; id=1;"];
        assert_eq!(id(&twice), Err(RecordError::Several(2)));
        assert_eq!(id(&["v=STSv1; id=1;", "v=STSv1;", "x"]), Err(RecordError::Several(2)));
    }

    #[test]
    fn malformed_is_no_policy() {
        for bad in ["v=STSv1; id", "v=STSv1;; id=1", "v=STSv1; id=1; a b=c", "v=STSv1; é=1; id=1"]
        {
            assert!(matches!(id(&[bad]), Err(RecordError::Field(_))), "{bad:?}");
        }
        for bad in ["v=STSv1; id=", "v=STSv1; =1", "v=STSv1; id=1; id=="] {
            assert!(matches!(id(&[bad]), Err(RecordError::Field(_))), "{bad:?}");
        }
        assert_eq!(id(&["v=STSv1;"]), Err(RecordError::NoId));
        assert_eq!(id(&["v=STSv1; ID=1"]), Err(RecordError::NoId));
        for bad in ["v=STSv1; id=a-b", &format!("v=STSv1; id={}", "1".repeat(33))] {
            assert!(matches!(id(&[bad]), Err(RecordError::Id(_))), "{bad:?}");
        }
        let told = id(&["v=STSv1; id=a-b"]).unwrap_err().to_string();
        assert!(told.contains("\"a-b\"") && told.contains("1 to 32"), "{told}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_record_or_an_error(text in "\\PC{0,200}", tail in "[ -~]{0,60}") {
            for text in [text.clone(), format!("v=STSv1;{text}"), format!("v=STSv1; {tail}")] {
                if let Ok(record) = Record::among(&[&text]) {
                    let again = format!("v=STSv1; id={};", record.id);
                    prop_assert_eq!(Record::among(&[again]), Ok(record));
                }
            }
        }

        #[test]
        fn what_is_written_is_read(id in "[A-Za-z0-9]{1,32}", name in "[a-z][a-z0-9_.-]{2,20}") {
            let text = format!("v=STSv1; {name}=x:y; id={id}");
            prop_assert_eq!(Record::among(&[text]).unwrap().id, id.parse().unwrap());
        }
    }
}
