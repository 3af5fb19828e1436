//! Data directories that no server may start on: one whose mail is elsewhere by now, and one that came back from a
//! backup only in part.

use std::{fs, path::Path};

use crate::{BackupError, files};

/// Says that the last backup has everything, and that another server goes on with it.
const MOVED: &str = "moved";
/// Says that a restore has not come to its end.
const UNFINISHED: &str = "restore-unfinished";

/// Refuses a data directory with one of these marks.
///
/// # Errors
/// When there is one, with what to do.
pub fn refuse_unfit(data: &Path) -> Result<(), BackupError> {
    let moved = data.join(MOVED);
    if let Ok(what) = fs::read_to_string(&moved) {
        return Err(BackupError::place(
            data,
            format!(
                "its server was moved with {}. Its mail is sent by the server that was made of that backup, and would be \
                 sent twice from here. If there is no such server and will be none, remove {}",
                what.trim_end(),
                moved.display()
            ),
        ));
    }
    let unfinished = data.join(UNFINISHED);
    if unfinished.exists() {
        return Err(BackupError::place(
            data,
            "a restore was broken off before its end. Empty the directory and run relais restore again",
        ));
    }
    Ok(())
}

/// Marks `data`: its server does not start again.
pub(crate) fn mark_moved(data: &Path, backup: &Path) -> Result<(), BackupError> {
    let text = format!("the backup {}\n", backup.display());
    files::write_new(&data.join(MOVED), text.as_bytes())?;
    files::sync_directory(data)
}

/// Marks `data` until the restore is done.
pub(crate) fn begin_restore(data: &Path) -> Result<(), BackupError> {
    files::write_new(&data.join(UNFINISHED), b"")?;
    files::sync_directory(data)
}

/// Takes that mark away.
pub(crate) fn end_restore(data: &Path) -> Result<(), BackupError> {
    let path = data.join(UNFINISHED);
    fs::remove_file(&path).map_err(BackupError::at(&path))?;
    files::sync_directory(data)
}
