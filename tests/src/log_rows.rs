//! The server's log files as rows: CSV with header lines that begin with `#`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One row of a log, its fields by name.
#[derive(Debug, Clone)]
pub struct LogRow {
    names: Vec<String>,
    values: Vec<String>,
}

impl LogRow {
    /// A field's value.
    ///
    /// # Panics
    /// When the log has no such field.
    pub fn field(&self, name: &str) -> &str {
        let at = self.names.iter().position(|n| n == name);
        let at = at.unwrap_or_else(|| panic!("no field {name} among {:?}", self.names));
        &self.values[at]
    }
}

/// The files of a log folder whose names begin so, in the order of their names.
pub fn log_files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
    files.retain(|file| file.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix)));
    files.sort_by_key(|file| (file.as_os_str().len(), file.clone()));
    files
}

/// All complete rows of a log folder.
///
/// # Panics
/// When a row has not as many fields as `#Fields` names.
pub fn log_rows(folder: &Path, prefix: &str) -> Vec<LogRow> {
    let mut rows = Vec::new();
    for file in log_files(folder, prefix) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut names = Vec::new();
        for line in whole.lines() {
            if let Some(fields) = line.strip_prefix("#Fields: ") {
                names = fields.split(',').map(str::to_owned).collect();
            } else if !line.starts_with('#') {
                let values = fields(line);
                assert_eq!(values.len(), names.len(), "{}: {line}", file.display());
                rows.push(LogRow { names: names.clone(), values });
            }
        }
    }
    rows
}

/// Everything in all files below a folder.
pub fn all_text(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            text.push_str(&all_text(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()));
        }
    }
    text
}

/// The fields of one line of CSV (RFC 4180).
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                fields.last_mut().expect("one at least").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().expect("one at least").push(c),
        }
    }
    fields
}
