//! `main.cf`: names, values, and what `$name` stands for in them.

use std::collections::{HashMap, HashSet};

use super::{CONFIG_DIRECTORY, logical_lines};
use crate::ImportError;

/// Longest value after everything in it is written out, in bytes.
const MAX_VALUE: usize = 256 << 10;
/// How many bytes are gone through to write out all values.
const MAX_WORK: usize = 64 << 20;
/// How deep values may refer to one another.
const MAX_DEPTH: usize = 24;
/// Most settings.
const MAX_SETTINGS: usize = 5000;

/// A setting as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) name: String,
    /// With what `$name` stands for written out.
    pub(super) value: String,
    pub(super) line: usize,
}

/// The settings of a file, the last of a name.
#[derive(Debug, Default)]
pub(super) struct Settings {
    list: Vec<Setting>,
    places: HashMap<String, usize>,
    /// Names that others refer to.
    referred: HashSet<String>,
}

impl Settings {
    /// Reads a file and writes out every value.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, ImportError> {
        let mut raw = Self::default();
        for (line, logical) in logical_lines(text) {
            let Some((name, value)) = logical.split_once('=') else {
                let problem = format!(
                    "This is no setting (name = value): {}",
                    crate::text::shortened(&logical, 60)
                );
                return Err(ImportError::new(file, line, problem));
            };
            let name = name.trim();
            if name.is_empty() || name.contains(char::is_whitespace) {
                let problem =
                    format!("\"{}\" is no name of a setting.", crate::text::shortened(name, 60));
                return Err(ImportError::new(file, line, problem));
            }
            raw.put(Setting { name: name.to_owned(), value: value.trim().to_owned(), line });
            if raw.list.len() > MAX_SETTINGS {
                let problem = format!("There are more than {MAX_SETTINGS} settings.");
                return Err(ImportError::new(file, line, problem));
            }
        }
        let mut settings = Self::default();
        let mut expansion = Expansion { raw: &raw, referred: HashSet::new(), work: 0 };
        for setting in &raw.list {
            let value = expansion
                .expand(&setting.value, 0)
                .map_err(|problem| ImportError::new(file, setting.line, problem))?;
            settings.put(Setting { value: value.trim().to_owned(), ..setting.clone() });
        }
        settings.referred = expansion.referred;
        Ok(settings)
    }

    fn put(&mut self, setting: Setting) {
        let place = self.places.get(&setting.name).and_then(|place| self.list.get_mut(*place));
        match place {
            Some(earlier) => *earlier = setting,
            None => {
                self.places.insert(setting.name.clone(), self.list.len());
                self.list.push(setting);
            }
        }
    }

    /// All settings in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.list.iter()
    }

    /// A setting, where the file has it.
    pub(super) fn get(&self, name: &str) -> Option<&Setting> {
        self.places.get(name).and_then(|place| self.list.get(*place))
    }

    /// A setting's value; nothing where the file does not have it.
    pub(super) fn value(&self, name: &str) -> &str {
        self.get(name).map_or("", |setting| setting.value.as_str())
    }

    /// Whether a setting is `yes`.
    pub(super) fn is_yes(&self, name: &str) -> bool {
        self.value(name).eq_ignore_ascii_case("yes")
    }

    /// Whether others refer to a name.
    pub(super) fn is_referred(&self, name: &str) -> bool {
        self.referred.contains(name)
    }
}

struct Expansion<'a> {
    raw: &'a Settings,
    referred: HashSet<String>,
    /// Bytes gone through: a few settings can stand for very many.
    work: usize,
}

impl Expansion<'_> {
    fn expand(&mut self, text: &str, depth: usize) -> Result<String, String> {
        if depth > MAX_DEPTH {
            return Err("Settings refer to one another without end.".into());
        }
        self.work = self.work.saturating_add(text.len()).saturating_add(64);
        if self.work > MAX_WORK {
            return Err("Settings refer to one another too often.".into());
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let after = after.get(1..).unwrap_or_default();
            let (value, tail) = self.reference(after, depth)?;
            out.push_str(&value);
            rest = tail;
            if out.len() > MAX_VALUE {
                return Err(format!(
                    "The value is longer than {MAX_VALUE} bytes when it is written out."
                ));
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// What follows a dollar sign: its value, and what is left.
    fn reference<'t>(&mut self, after: &'t str, depth: usize) -> Result<(String, &'t str), String> {
        if let Some(rest) = after.strip_prefix('$') {
            return Ok(("$".into(), rest));
        }
        for (open, close) in [('{', '}'), ('(', ')')] {
            if !after.starts_with(open) {
                continue;
            }
            let end = matching(after, open, close)
                .ok_or_else(|| format!("A \"${open}\" is not closed by \"{close}\"."))?;
            let inner = after.get(1..end).unwrap_or_default();
            let rest = after.get(end + 1..).unwrap_or_default();
            return Ok((self.braced(inner, depth)?, rest));
        }
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (name, rest) = after.split_at(end.unwrap_or(after.len()));
        if name.is_empty() {
            return Ok(("$".into(), after));
        }
        Ok((self.named(name, depth)?, rest))
    }

    /// `name`, `name?text`, `name:text`, `name?{text}:{text}`. Comparisons are left as they are.
    fn braced(&mut self, inner: &str, depth: usize) -> Result<String, String> {
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (name, rest) = inner.split_at(end.unwrap_or(inner.len()));
        if rest.is_empty() {
            return self.named(name, depth);
        }
        let is_set = !self.named(name, depth)?.is_empty();
        if let Some(rest) = rest.strip_prefix(':') {
            return if is_set { Ok(String::new()) } else { self.expand(unbraced(rest), depth + 1) };
        }
        let Some(rest) = rest.strip_prefix('?') else { return Ok(format!("${{{inner}}}")) };
        let (yes, no) = match rest.starts_with('{').then(|| matching(rest, '{', '}')).flatten() {
            Some(end) => {
                let no = rest.get(end + 1..).unwrap_or_default().trim_start();
                (rest.get(..=end).unwrap_or_default(), no.strip_prefix(':').unwrap_or_default())
            }
            None => (rest, ""),
        };
        self.expand(unbraced(if is_set { yes } else { no }), depth + 1)
    }

    fn named(&mut self, name: &str, depth: usize) -> Result<String, String> {
        self.referred.insert(name.to_owned());
        if let Some(setting) = self.raw.get(name) {
            let value = setting.value.clone();
            return self.expand(&value, depth + 1);
        }
        match name {
            "myhostname" => Ok("localhost".into()),
            "mydomain" => {
                let host = self.named("myhostname", depth + 1)?;
                Ok(host.split_once('.').map_or("localdomain", |(_, domain)| domain).to_owned())
            }
            "myorigin" => self.named("myhostname", depth + 1),
            "config_directory" => Ok(CONFIG_DIRECTORY.into()),
            "default_database_type" => Ok("hash".into()),
            _ => Ok(String::new()),
        }
    }
}

fn unbraced(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text).trim()
}

/// Where the bracket that a text begins with is closed.
fn matching(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Settings::parse("main.cf", text).unwrap()
    }

    #[test]
    fn names_stand_for_values() {
        let s = settings(
            "myhostname = mail.contoso.com\nmyorigin = $mydomain\nmydestination = $myhostname,\n  localhost.$mydomain\n\
             # relayhost = [old]\nrelayhost = [a]\nrelayhost = ${gate}\ngate = [gate.contoso.com]:2525\n\
             a = ${gate?yes}${none?no}${none:empty}${gate?{x}:{y}}${none?{x}:{y}} $$5 $(gate)\n",
        );
        assert_eq!(s.value("myorigin"), "contoso.com");
        assert_eq!(s.value("mydestination"), "mail.contoso.com, localhost.contoso.com");
        assert_eq!(s.value("relayhost"), "[gate.contoso.com]:2525");
        assert_eq!(s.value("a"), "yesemptyxy $5 [gate.contoso.com]:2525");
        assert_eq!(s.get("relayhost").unwrap().line, 7);
        assert!(s.is_referred("gate") && !s.is_referred("relayhost"));
    }

    #[test]
    fn circles_and_growth_have_an_end() {
        let error = |text: &str| Settings::parse("main.cf", text).unwrap_err();
        assert_eq!(error("x = 1\na = $b\nb = $a\n").line, 2);
        let mut doubling = String::from("a0 = 0123456789\n");
        for i in 1..23 {
            doubling.push_str(&format!("a{i} = $a{0}$a{0}$a{0}\n", i - 1));
        }
        assert!(error(&doubling).problem.contains("longer than"), "{}", error(&doubling));
        let mut dropped = String::from("a0 = 0123456789\n");
        for i in 1..23 {
            dropped.push_str(&format!("a{i} = ${{a{0}?x}}${{a{0}?x}}${{a{0}?x}}\n", i - 1));
        }
        assert!(error(&dropped).problem.contains("too often"), "{}", error(&dropped));
        assert_eq!(error("a = ${b\n").line, 1);
        assert_eq!(
            error("a = 1\nnonsense\n").to_string(),
            "main.cf, line 2: This is no setting (name = value): nonsense"
        );
    }
}
