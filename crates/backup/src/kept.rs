//! Several backups in one directory: each with the time in its name, the oldest forgotten.

use std::{
    fs,
    path::{Path, PathBuf},
};

use model::Timestamp;

use crate::{
    BackupError,
    files::{self, Staging},
    manifest::MANIFEST,
};

/// What their names begin with.
const PREFIX: &str = "relais-";
/// `20261130T224118Z`
const TIME: usize = 16;

/// Where a backup begun at this moment is in the directory `place`.
pub fn name_at(place: &Path, now: Timestamp) -> PathBuf {
    let digits: String = now.iso().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    // Without the milliseconds.
    let seconds = digits.get(..TIME - 1).unwrap_or(&digits);
    place.join(format!("{PREFIX}{seconds}Z"))
}

/// Deletes all but the newest `keep` backups of these names in `place`, and what is left of such that were
/// never finished. Returns what was deleted. What has another name, or no manifest, is nobody's to delete.
///
/// # Errors
/// When the directory cannot be read or one of them not be deleted.
pub fn forget_old(place: &Path, keep: usize) -> Result<Vec<PathBuf>, BackupError> {
    let (mut whole, mut rest) = (Vec::new(), Vec::new());
    files::each(place, &mut |path, kind| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !kind.is_dir() {
        } else if is_ours(name) && path.join(MANIFEST).is_file() {
            whole.push(path.to_owned());
        } else if is_left_over(name) {
            rest.push(path.to_owned());
        }
        Ok(())
    })?;
    // By name, that is by time: the newest last.
    whole.truncate(whole.len().saturating_sub(keep));
    for path in &whole {
        // Nobody is to find half of one under its name.
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let gone = path.with_file_name(format!(".{name}.0{}", Staging::SUFFIX));
        fs::rename(path, &gone).map_err(BackupError::at(path))?;
        rest.push(gone);
    }
    for path in rest {
        fs::remove_dir_all(&path).map_err(BackupError::at(&path))?;
    }
    Ok(whole)
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|time| {
        time.len() == TIME
            && time.ends_with('Z')
            && time.chars().all(|c| c.is_ascii_digit() || matches!(c, 'T' | 'Z'))
    })
}

/// Whether the name is that of an unfinished one whose process is gone: `.relais-20261130T224118Z.1234.part`.
fn is_left_over(name: &str) -> bool {
    let Some(inner) = name.strip_prefix('.').and_then(|n| n.strip_suffix(Staging::SUFFIX)) else {
        return false;
    };
    let Some((own, process)) = inner.rsplit_once('.') else { return false };
    is_ours(own)
        && process.parse::<u32>().is_ok_and(|id| !Path::new("/proc").join(id.to_string()).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_what_is_not_ours_stays() {
        let place = tempfile::tempdir().unwrap();
        let at = |seconds: i64| name_at(place.path(), Timestamp::from_millis(seconds * 1000));
        assert!(at(0).ends_with("relais-19700101T000000Z"), "{:?}", at(0));
        let ours: Vec<_> = (0..5).map(|n| at(n * 86_400)).collect();
        for path in &ours {
            fs::create_dir_all(path.join("data")).unwrap();
            fs::write(path.join(MANIFEST), "{}").unwrap();
        }
        let left = place.path().join(".relais-19700101T000000Z.4294967295.part");
        let running =
            place.path().join(format!(".relais-19700101T000000Z.{}.part", std::process::id()));
        let others = ["relais-2026", "notes", "relais-19700101T000001Z", ".x.1.part"];
        let others: Vec<_> = others.iter().map(|name| place.path().join(name)).collect();
        for path in others.iter().chain([&left, &running]) {
            fs::create_dir(path).unwrap();
        }
        assert_eq!(forget_old(place.path(), 2).unwrap(), ours[..3]);
        assert!(ours[3..].iter().chain(&others).chain([&running]).all(|path| path.exists()));
        assert!(ours[..3].iter().chain([&left]).all(|path| !path.exists()));
        assert_eq!(forget_old(place.path(), 2).unwrap(), Vec::<PathBuf>::new());
    }
}
