//! Look-up tables that `main.cf` names: those kept as text are read, others named.

use super::{Tree, logical_lines, text, text_or_none};
use crate::ImportError;

/// Most entries of one table.
const MAX_ENTRIES: usize = 200_000;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: String,
    /// File and line.
    pub(super) place: String,
}

/// What a setting's tables hold.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) entries: Vec<Entry>,
    /// Tables that were not read, and why.
    pub(super) unread: Vec<(String, String)>,
}

/// Kinds of tables that are made out of a text file of the same name.
const MADE_OF_TEXT: [&str; 7] = ["hash", "btree", "lmdb", "dbm", "cdb", "sdbm", "texthash"];

impl Tables {
    /// Reads the tables that a setting names (`hash:/etc/postfix/transport, …`).
    pub(super) fn read(tree: &dyn Tree, value: &str) -> Result<Self, ImportError> {
        let mut tables = Self::default();
        for one in specifications(value) {
            let bare = one.strip_prefix("proxy:").unwrap_or(&one);
            match bare.split_once(':') {
                Some(("inline", inner)) => tables.inline(inner),
                Some(("static", value)) => tables.entries.push(Entry {
                    key: "*".into(),
                    value: value.to_owned(),
                    place: "main.cf, static".into(),
                }),
                Some((kind, path)) if MADE_OF_TEXT.contains(&kind) => {
                    tables.file(tree, &one, path)?
                }
                Some((kind, _)) => {
                    let why = match kind {
                        "regexp" | "pcre" | "cidr" => "patterns, which address spaces cannot say",
                        _ => {
                            "not kept as text here: its entries have to be looked up where they are"
                        }
                    };
                    // What is written out in braces may hold a password.
                    let named =
                        if one.contains('{') { format!("{kind}:{{…}}") } else { one.clone() };
                    tables.unread.push((named, why.into()));
                }
                // Postfix takes the default kind, of which a text file exists too.
                None => tables.file(tree, &one, bare)?,
            }
        }
        Ok(tables)
    }

    fn file(
        &mut self,
        tree: &dyn Tree,
        specification: &str,
        path: &str,
    ) -> Result<(), ImportError> {
        let read = match tree.read(path) {
            Ok(Some(_)) => text(tree, path)?,
            Ok(None) => {
                let why = "its text file is not below the directory that was named: copy it there";
                self.unread.push((specification.to_owned(), why.into()));
                return Ok(());
            }
            Err(why) => {
                self.unread.push((specification.to_owned(), why));
                return Ok(());
            }
        };
        for (line, logical) in logical_lines(&read.unwrap_or_default()) {
            let (key, value) = match logical.split_once(char::is_whitespace) {
                Some((key, value)) => (key, value.trim()),
                None => (logical.as_str(), ""),
            };
            if self.entries.len() >= MAX_ENTRIES {
                let problem = format!("There are more than {MAX_ENTRIES} entries.");
                return Err(ImportError::new(path, line, problem));
            }
            self.entries.push(Entry {
                key: key.to_owned(),
                value: value.to_owned(),
                place: format!("{path}, line {line}"),
            });
        }
        Ok(())
    }

    /// `{ {key = value}, {key = value} }`
    fn inline(&mut self, inner: &str) {
        for part in inner.split(['{', '}']) {
            if let Some((key, value)) = part.split_once('=') {
                self.entries.push(Entry {
                    key: key.trim().to_owned(),
                    value: value.trim().to_owned(),
                    place: "main.cf, inline".into(),
                });
            }
        }
    }
}

/// The names of a list, with the files and the keys of the tables that it names in their place; and what could not
/// be read.
pub(super) fn names(
    tree: &dyn Tree,
    value: &str,
) -> Result<(Vec<String>, Vec<String>), ImportError> {
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    for one in specifications(value) {
        // IPv6 addresses stand in brackets.
        let is_table = one.contains(':') && !one.starts_with(['[', '!']);
        if one.starts_with('/') {
            match text_or_none(tree, &one)? {
                Some(text) => {
                    let lines = logical_lines(&text);
                    let firsts =
                        lines.iter().filter_map(|(_, line)| line.split_whitespace().next());
                    names.extend(firsts.map(str::to_owned));
                }
                None => problems.push(format!("{one} is not below the directory")),
            }
        } else if is_table {
            let tables = Tables::read(tree, &one)?;
            names.extend(tables.entries.into_iter().map(|entry| entry.key));
            problems
                .extend(tables.unread.into_iter().map(|(table, why)| format!("{table} ({why})")));
        } else {
            names.push(one);
        }
    }
    Ok((names, problems))
}

/// Splits a list of tables; brackets hold one together.
pub(super) fn specifications(value: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut one = String::new();
    let mut depth = 0_usize;
    for c in value.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c.is_whitespace()) {
            if !one.is_empty() {
                list.push(std::mem::take(&mut one));
            }
        } else {
            one.push(c);
        }
    }
    if !one.is_empty() {
        list.push(one);
    }
    list
}
