//! What Exchange's `Get-SendConnector` was exported to: `Export-Clixml`, `Export-Csv` or `Format-List`.

mod clixml;
mod csv;
mod format_list;
mod properties;
pub(crate) mod translate;

use crate::{ImportError, MAX_FILE, Options, Plan, decode};

/// Most connectors that are read.
pub const MAX_CONNECTORS: usize = 1000;
/// Most properties of one connector.
const MAX_PROPERTIES: usize = 500;

/// What a property holds in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// `$null`, or nothing.
    Empty,
    /// One value as text.
    Text(String),
    /// Several values; `cut` when the export left some out.
    List {
        /// The values.
        items: Vec<String>,
        /// Whether the export ends them with an ellipsis.
        cut: bool,
    },
    /// A user name and a password, of which only the name is read.
    Credential(Option<String>),
    /// The name of a type instead of a value, as `Export-Csv` writes lists.
    TypeName(String),
}

/// One property of an exported object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: Value,
    /// The line it stands at.
    pub(crate) line: usize,
}

/// One exported connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    /// The file.
    pub(crate) file: String,
    /// The line it begins at.
    pub(crate) line: usize,
    /// Its properties in the order of the export.
    pub(crate) properties: Vec<Property>,
}

impl Exported {
    fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }
}

/// A file as it was read.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// Translates the Send connectors of exports.
///
/// # Errors
/// A file that is none of the three forms, is damaged, or has too much in it.
pub fn import(files: &[File<'_>], options: &Options) -> Result<Plan, ImportError> {
    let mut connectors = Vec::new();
    let mut guessed = Vec::new();
    for file in files {
        if file.bytes.len() > MAX_FILE {
            let problem = format!("The file is larger than {} MiB.", MAX_FILE >> 20);
            return Err(ImportError::new(file.name, 1, problem));
        }
        let (text, is_guess) = decode(file.bytes);
        if is_guess {
            guessed.push(file.name);
        }
        let read = read(file.name, text.trim_start_matches('\u{feff}'))?;
        if read.is_empty() {
            return Err(ImportError::new(file.name, 1, "There is no Send connector in it."));
        }
        connectors.extend(read);
        if connectors.len() > MAX_CONNECTORS {
            let problem = format!("There are more than {MAX_CONNECTORS} Send connectors.");
            return Err(ImportError::new(file.name, 1, problem));
        }
    }
    Ok(translate::plan(&connectors, &guessed, options))
}

/// Which of the three forms it is, and what is in it.
fn read(file: &str, text: &str) -> Result<Vec<Exported>, ImportError> {
    let is_content = |line: &&str| !line.trim().is_empty() && !format_list::is_prompt(line);
    let first = text.lines().find(is_content).unwrap_or_default().trim();
    if first.starts_with('<') {
        return clixml::read(file, text);
    }
    if first.starts_with("#TYPE") || csv::is_heading(first) {
        return csv::read(file, text);
    }
    if format_list::is_line(first) {
        return format_list::read(file, text);
    }
    let problem = if text.trim().is_empty() {
        "The file is empty."
    } else {
        "This is none of what Get-SendConnector can be exported to: Export-Clixml (XML), Export-Csv with \
         a line of property names, or Format-List (Name : value)."
    };
    Err(ImportError::new(file, 1, problem))
}
