//! The directory's file beside its server: copied while that may run, and looked into without changing it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use rusqlite::{Connection, OpenFlags};

use crate::{
    database::{self, COPY},
    error::DirectoryError,
};

/// What is in a directory's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its format (SQLite's `user_version`).
    pub format: i64,
    /// The directory's revision.
    pub revision: u64,
    /// Names of servers, in no order.
    pub servers: Vec<String>,
    /// Whether it is a copy of what several servers share, and not the directory itself.
    pub is_copy: bool,
}

/// The newest format of a directory's file that this version knows.
pub const NEWEST_FILE_FORMAT: i64 = COPY;

/// Writes the directory in the file `from`, as it is at this moment, to the new file `to` (mode 0600), which
/// is not synced yet. A server may go on changing it meanwhile. Blocks.
///
/// # Errors
/// When there is none in `from`, it is of a newer format, or cannot be read; when `to` is there or cannot
/// be written.
pub fn copy_file(from: &Path, to: &Path) -> Result<FileFacts, DirectoryError> {
    let source = open(from)?;
    not_newer(&source)?;
    // Made by us, so that nobody may ever read it.
    let made = fs::File::options().write(true).create_new(true).open(to);
    let made = made.and_then(|file| file.set_permissions(fs::Permissions::from_mode(0o600)));
    made.map_err(|error| DirectoryError::File { path: to.to_owned(), source: error })?;
    let name = to.to_string_lossy().into_owned();
    source.execute("VACUUM INTO ?1", [name])?;
    file_facts(to)
}

/// Reads everything in a directory's file, without changing it, and says what it is. Blocks.
///
/// # Errors
/// When there is none, it is of a newer format, SQLite finds it damaged, or an object in it cannot be
/// understood.
pub fn file_facts(path: &Path) -> Result<FileFacts, DirectoryError> {
    let mut connection = open(path)?;
    let format = not_newer(&connection)?;
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(DirectoryError::File {
            path: path.to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, verdict),
        });
    }
    let content = database::read(&mut connection)?;
    let snapshot = content.snapshot()?;
    Ok(FileFacts {
        format,
        revision: content.revision,
        servers: snapshot.servers.iter().map(|server| server.name.to_string()).collect(),
        is_copy: format == COPY,
    })
}

fn not_newer(connection: &Connection) -> Result<i64, DirectoryError> {
    match database::format(connection)? {
        found if found > COPY => Err(DirectoryError::NewerFormat { found, known: COPY }),
        format => Ok(format),
    }
}

fn open(path: &Path) -> Result<Connection, DirectoryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::SystemClock;
    use vault::DataKey;

    use super::*;
    use crate::Directory;

    #[test]
    fn a_file_is_copied_while_it_is_open_and_what_is_wrong_with_one_is_said() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("directory.db"), place.path().join("copy.db"));
        assert!(copy_file(&from, &to).is_err());
        let key = DataKey::ephemeral();
        let open = || Directory::open(&from, key.clone(), Arc::new(SystemClock)).unwrap();
        let directory = open();
        let facts = copy_file(&from, &to).unwrap();
        assert_eq!((facts.format, facts.is_copy), (1, false));
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(copy_file(&from, &to).is_err(), "it is there already");
        drop(directory);

        let outside = Connection::open(&to).unwrap();
        let insert = "INSERT INTO object VALUES ('x', 'Nonsense', 'x', 1, '{}')";
        outside.execute(insert, []).unwrap();
        let said = file_facts(&to).unwrap_err().to_string();
        assert!(said.contains("its class is unknown"), "{said}");
        outside.pragma_update(None, "user_version", 3).unwrap();
        let said = file_facts(&to).unwrap_err().to_string();
        assert!(
            said.contains("has format 3, and this version of Relais reads formats up to 2"),
            "{said}"
        );
        let refused = Directory::open(&to, key.clone(), Arc::new(SystemClock)).err().unwrap();
        assert_eq!(refused.to_string(), said);
    }
}
