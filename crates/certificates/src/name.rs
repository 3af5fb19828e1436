//! X.500 names as administrators write and read them: `CN=mail.contoso.com, O=Contoso, C=FR`, the most
//! particular first, which is the reverse of their order in a certificate (RFC 4514 section 2.1).

use std::{fmt, str::FromStr};

use rcgen::DnType;
use x509_parser::x509::X509Name;

use crate::CertificateError;

/// Most attributes in one name.
const MOST: usize = 20;
/// Longest value of an attribute, in characters.
const LONGEST: usize = 256;

/// A distinguished name, the most particular attribute first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<(Attribute, String)>);

/// The attributes that are written by name; others stand as their object identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attribute {
    Known(&'static Known),
    Other(String),
}

#[derive(Debug, PartialEq, Eq)]
struct Known {
    /// As it is shown; the others are read too.
    names: &'static [&'static str],
    oid: &'static [u64],
}

const KNOWN: &[Known] = &[
    Known { names: &["CN"], oid: &[2, 5, 4, 3] },
    Known { names: &["O"], oid: &[2, 5, 4, 10] },
    Known { names: &["OU"], oid: &[2, 5, 4, 11] },
    Known { names: &["C"], oid: &[2, 5, 4, 6] },
    Known { names: &["L"], oid: &[2, 5, 4, 7] },
    Known { names: &["S", "ST"], oid: &[2, 5, 4, 8] },
    Known { names: &["STREET"], oid: &[2, 5, 4, 9] },
    Known { names: &["SERIALNUMBER"], oid: &[2, 5, 4, 5] },
    Known { names: &["DC"], oid: &[0, 9, 2342, 19_200_300, 100, 1, 25] },
    Known { names: &["E", "EMAIL"], oid: &[1, 2, 840, 113_549, 1, 9, 1] },
];

impl DistinguishedName {
    /// One with this common name alone.
    pub fn common(name: &str) -> Self {
        Self(vec![(Attribute::Known(&KNOWN[0]), name.chars().take(64).collect())])
    }

    /// The name in a certificate. What cannot be shown as text stands as `?`.
    pub(crate) fn of(name: &X509Name<'_>) -> Self {
        let mut attributes: Vec<_> = name
            .iter_attributes()
            .take(MOST)
            .map(|attribute| {
                let oid = attribute.attr_type().to_id_string();
                let known = KNOWN.iter().find(|known| known.oid_text() == oid);
                let value: String =
                    attribute.as_str().unwrap_or("?").chars().take(LONGEST).map(visible).collect();
                (known.map_or(Attribute::Other(oid), Attribute::Known), value)
            })
            .collect();
        attributes.reverse();
        Self(attributes)
    }

    /// The same for a certificate that is to be made.
    pub(crate) fn for_certificate(&self) -> rcgen::DistinguishedName {
        let mut name = rcgen::DistinguishedName::new();
        for (attribute, value) in self.0.iter().rev() {
            if let Attribute::Known(known) = attribute {
                name.push(DnType::from_oid(known.oid), value.as_str());
            }
        }
        name
    }
}

impl Known {
    fn oid_text(&self) -> String {
        let numbers: Vec<String> = self.oid.iter().map(ToString::to_string).collect();
        numbers.join(".")
    }
}

fn visible(c: char) -> char {
    if c.is_control() { '?' } else { c }
}

impl FromStr for DistinguishedName {
    type Err = CertificateError;

    /// Attributes are separated by commas; a value with a comma stands in double quotes. The country has
    /// two letters.
    fn from_str(text: &str) -> Result<Self, CertificateError> {
        let refuse = || CertificateError::Subject(text.chars().take(200).collect());
        let mut attributes = Vec::new();
        for part in parts(text) {
            let (name, value) = part.split_once('=').ok_or_else(refuse)?;
            let name = name.trim();
            let known = KNOWN
                .iter()
                .find(|known| known.names.iter().any(|n| n.eq_ignore_ascii_case(name)))
                .ok_or_else(refuse)?;
            let value = unquoted(value.trim());
            let is_country = known.names == ["C"];
            let fits = (1..=LONGEST).contains(&value.chars().count())
                && !value.chars().any(char::is_control)
                && (!is_country
                    || value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()));
            if !fits || attributes.len() == MOST {
                return Err(refuse());
            }
            // A certificate made here has each attribute once: the library keeps them by their kind.
            if attributes.iter().any(|(a, _)| *a == Attribute::Known(known)) {
                return Err(refuse());
            }
            attributes.push((Attribute::Known(known), value));
        }
        if attributes.is_empty() {
            return Err(refuse());
        }
        Ok(Self(attributes))
    }
}

/// The parts between commas that are not in quotes.
fn parts(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let outside = |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    text.split(outside).collect()
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => value.to_owned(),
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (attribute, value)) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(", ")?;
            }
            match attribute {
                Attribute::Known(known) => f.write_str(known.names.first().unwrap_or(&"?"))?,
                Attribute::Other(oid) => write!(f, "OID.{oid}")?,
            }
            if value.contains([',', '"', '=', '+', '<', '>', ';']) {
                write!(f, "=\"{}\"", value.replace('"', "\"\""))?;
            } else {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}
