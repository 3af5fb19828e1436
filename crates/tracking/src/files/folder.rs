//! The files of a log as they stand in their folder.

use std::{io, path::Path};

use super::name::LogName;

/// A file of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogFile {
    /// Which.
    pub name: LogName,
    /// Its size in bytes.
    pub size: u64,
}

/// The files of the log with this prefix, oldest first. Other files are passed by; a folder that
/// does not exist holds none.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path, prefix: &str) -> io::Result<Vec<LogFile>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| LogName::parse(prefix, name)) else {
            continue;
        };
        match entry.metadata() {
            Ok(metadata) if metadata.is_file() => {
                files.push(LogFile { name, size: metadata.len() })
            }
            // Gone since, or not a log of ours after all.
            _ => {}
        }
    }
    files.sort_unstable_by_key(|file| file.name);
    Ok(files)
}
