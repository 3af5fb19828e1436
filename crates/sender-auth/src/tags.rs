//! Tag lists: `a=x; b=y` (RFC 6376 section 3.2), as signatures, key records and DMARC records have them.

/// A list without a name that stands twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tags<'a>(Vec<(&'a str, &'a str)>);

/// More tags than this nobody has.
const MOST_TAGS: usize = 64;

impl<'a> Tags<'a> {
    /// Reads it; `None` when something in it is no tag, or a name stands twice.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_end();
        let text = text.strip_suffix(';').unwrap_or(text);
        let mut tags: Vec<(&str, &str)> = Vec::new();
        for tag in text.split(';') {
            let (name, value) = tag.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let is_known = tags.iter().any(|(known, _)| *known == name);
            if !is_name || is_known || tags.len() == MOST_TAGS {
                return None;
            }
            tags.push((name, value));
        }
        Some(Self(tags))
    }

    /// The value as it stands, without blanks around it.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The value without any blanks, folding included.
    pub(crate) fn packed(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.split_whitespace().collect())
    }

    /// The first tag's name and value.
    pub(crate) fn first(&self) -> Option<(&'a str, &'a str)> {
        self.0.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_lists() {
        let tags = Tags::read(" v=1; a = rsa-sha256 ;\r\n\tb=ab\r\n\t cd;z=").unwrap();
        assert_eq!(tags.get("a"), Some("rsa-sha256"));
        assert_eq!(tags.packed("b").as_deref(), Some("abcd"));
        assert_eq!(
            (tags.get("z"), tags.get("y"), tags.first()),
            (Some(""), None, Some(("v", "1")))
        );
        assert!(Tags::read("a=1;").is_some());
        for bad in ["", ";", "a", "a=1;;b=2", "a=1; a=2", "1=a", "a b=c", "=x", "\u{e9}=1"] {
            assert_eq!(Tags::read(bad), None, "{bad}");
        }
        let many: String = (0..100).map(|n| format!("a{n}=x;")).collect();
        assert_eq!(Tags::read(&many), None);
    }

    proptest! {
        #[test]
        fn rubbish_does_no_harm(text in "[a-c=; \\t\r\n\u{e9}]{0,60}") {
            let _ = Tags::read(&text);
        }
    }
}
