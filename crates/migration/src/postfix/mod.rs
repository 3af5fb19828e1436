//! Postfix's `main.cf` and the text files that it names.

mod domains;
mod lmtp;
mod main_cf;
mod master_cf;
mod networks;
mod next_hop;
mod routes;
mod service;
mod settings;
mod table;
mod tls;

use crate::{Finding, ImportError, MAX_FILE, Options, Outcome, Plan, decode};

/// Most connectors that are made.
pub const MAX_CONNECTORS: usize = 1000;
/// Where Postfix is configured unless `config_directory` says otherwise.
pub const CONFIG_DIRECTORY: &str = "/etc/postfix";

/// The files of a configuration.
pub trait Tree {
    /// The file of this path as `main.cf` writes it, absolute or below the configuration directory. `None` where it is
    /// not among the files.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// Translates the configuration of a tree.
///
/// # Errors
/// `main.cf` is missing or damaged, a file is too large, or there are too many next hops.
pub fn import(tree: &dyn Tree, options: &Options) -> Result<Plan, ImportError> {
    let text = text(tree, "main.cf")?
        .ok_or_else(|| ImportError::new("main.cf", 1, "There is no main.cf in this directory."))?;
    let settings = main_cf::Settings::parse("main.cf", &text)?;
    let services = match text_or_none(tree, "master.cf")? {
        Some(text) => master_cf::Services::parse(&text),
        None => master_cf::Services::default(),
    };
    routes::Translation::new(tree, settings, services, options).plan()
}

/// A file's text; `None` where it is not there.
fn text(tree: &dyn Tree, path: &str) -> Result<Option<String>, ImportError> {
    let bytes = tree.read(path).map_err(|problem| ImportError::new(path, 1, problem))?;
    let Some(bytes) = bytes else { return Ok(None) };
    if bytes.len() > MAX_FILE {
        let problem = format!("The file is larger than {} MiB.", MAX_FILE >> 20);
        return Err(ImportError::new(path, 1, problem));
    }
    let (text, _) = decode(&bytes);
    Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
}

fn text_or_none(tree: &dyn Tree, path: &str) -> Result<Option<String>, ImportError> {
    text(tree, path).or(Ok(None))
}

/// The logical lines of a file of Postfix's: comments and blank lines left out, a line that begins with a blank
/// belonging to the one before. Each with the number of its first line.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match lines.last_mut() {
            Some((_, last)) if line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push((index + 1, line.trim_start().to_owned())),
        }
    }
    lines
}

/// A finding about a setting.
fn finding(setting: &main_cf::Setting, outcome: Outcome, why: impl Into<String>) -> Finding {
    Finding {
        setting: setting.name.clone(),
        value: shown(&setting.name, &setting.value),
        place: format!("line {}", setting.line),
        outcome,
        why: why.into(),
    }
}

/// A finding about an entry of a table.
fn entry(table: &str, entry: &table::Entry, outcome: Outcome, why: impl Into<String>) -> Finding {
    Finding {
        setting: format!("{table} {}", entry.key),
        value: entry.value.clone(),
        place: entry.place.clone(),
        outcome,
        why: why.into(),
    }
}

/// A value as it may be shown: tables that are written out in `main.cf`, and what is called a password, may be one.
fn shown(name: &str, value: &str) -> String {
    let name = name.to_ascii_lowercase();
    let is_secret = ["password", "passwd", "_pw", "secret"].iter().any(|word| name.contains(word))
        && !name.ends_with("_maps");
    let is_written_out = ["static:", "inline:"].iter().any(|kind| value.contains(kind));
    if is_secret || is_written_out { "(not shown)".into() } else { value.to_owned() }
}

/// Words that blanks or commas separate.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_after_a_blank() {
        let text = "# c\na = 1\n  2\n\n  # c\n\t3\nb = 4\n";
        let lines = logical_lines(text);
        assert_eq!(lines, [(2, "a = 1 2 3".to_owned()), (7, "b = 4".to_owned())]);
    }
}
