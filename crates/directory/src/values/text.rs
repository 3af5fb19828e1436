//! Texts with a form of their own: cultures, local paths, names of certificates.

use std::{fmt, path::Path, str::FromStr};

use model::ValueError;

use super::enumeration::text_serde;
use crate::setting::text_setting;

/// A language, with a region or not: `fr`, `fr-FR`, `en` (RFC 5646, the parts in use).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Culture(String);

impl Culture {
    /// The name, such as `fr-FR`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone, such as `fr`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl FromStr for Culture {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse =
            || ValueError::new(text, "is not a culture", "a language such as fr, en or fr-FR");
        if text.len() > 15 {
            return Err(refuse());
        }
        let mut parts = text.split('-').map(|part| {
            part.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(part).ok_or_else(refuse)
        });
        let alphabetic = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        let language = parts.next().ok_or_else(refuse)??;
        if !(2..=3).contains(&language.len()) || !alphabetic(language) {
            return Err(refuse());
        }
        let mut culture = language.to_ascii_lowercase();
        for part in parts {
            let part = part?;
            culture.push('-');
            match part.len() {
                2 if alphabetic(part) => culture += &part.to_ascii_uppercase(),
                3 if part.bytes().all(|b| b.is_ascii_digit()) => culture += part,
                4 if alphabetic(part) => {
                    culture += &part[..1].to_ascii_uppercase();
                    culture += &part[1..].to_ascii_lowercase();
                }
                _ => return Err(refuse()),
            }
        }
        Ok(Self(culture))
    }
}

impl fmt::Display for Culture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Culture);
text_setting!(Culture, None, "a language such as fr, en or fr-FR");

/// A directory on the server's disk: absolute, or below the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalPath(String);

impl LocalPath {
    /// The path as written; a relative one is below the data directory.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// A path that is known to be well formed: defaults.
    pub(crate) fn known(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for LocalPath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            Err(ValueError::new(
                text,
                problem,
                "an absolute path, or one below the data directory, without ..",
            ))
        };
        if text.trim().is_empty() || text.len() > 1024 {
            return refuse("is not a path");
        }
        if text.chars().any(char::is_control) {
            return refuse("contains a control character");
        }
        if text.split('/').any(|part| part == "..") {
            return refuse("contains ..");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(LocalPath);
text_setting!(LocalPath, None, "a path");

/// A certificate by issuer and subject: `<I>issuer<S>subject`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateName {
    /// Who issued it.
    pub issuer: String,
    /// Whom it names.
    pub subject: String,
}

impl FromStr for CertificateName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parts = text.strip_prefix("<I>").and_then(|rest| rest.split_once("<S>"));
        match parts {
            Some((issuer, subject))
                if !issuer.is_empty()
                    && !subject.is_empty()
                    && text.len() <= 1024
                    && !text.chars().any(char::is_control) =>
            {
                Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
            }
            _ => Err(ValueError::new(
                text,
                "does not name a certificate",
                "<I>issuer<S>subject, such as <I>CN=Our CA<S>CN=mail.contoso.com",
            )),
        }
    }
}

impl fmt::Display for CertificateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<I>{}<S>{}", self.issuer, self.subject)
    }
}

text_serde!(CertificateName);
text_setting!(CertificateName, None, "<I>issuer<S>subject");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cultures() {
        let culture = |t: &str| t.parse::<Culture>().unwrap();
        assert_eq!(culture("FR-fr").as_str(), "fr-FR");
        assert_eq!(culture("zh-hans-cn").as_str(), "zh-Hans-CN");
        assert_eq!(culture("es-419").language(), "es");
        for bad in ["", "f", "french", "fr_FR", "fr-", "12", "fr-F", "é"] {
            assert!(bad.parse::<Culture>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn certificate_names() {
        let name: CertificateName = "<I>CN=A, O=B<S>CN=c.d".parse().unwrap();
        assert_eq!(name.to_string(), "<I>CN=A, O=B<S>CN=c.d");
        for bad in ["", "CN=c.d", "<I>a", "<I><S>a", "<I>a<S>"] {
            assert!(bad.parse::<CertificateName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_stay_where_they_are() {
        for good in ["/var/log/relais", "logs/Hub", "a..b"] {
            good.parse::<LocalPath>().unwrap();
        }
        for bad in ["", " ", "../x", "/a/../b", "a\nb"] {
            assert!(bad.parse::<LocalPath>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_all_show_what_they_read(text in "[\\PC<>IS-]{0,40}") {
            if let Ok(culture) = text.parse::<Culture>() {
                prop_assert_eq!(culture.to_string().parse::<Culture>().unwrap(), culture);
            }
            if let Ok(path) = text.parse::<LocalPath>() {
                prop_assert_eq!(path.to_string(), text.clone());
            }
            if let Ok(name) = text.parse::<CertificateName>() {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
