//! Who may put files into a directory may send mail as anybody: whether that is more than the
//! server's own user is looked at when the directory is opened. Into the maildrop everybody may put files, and
//! nobody may touch those of others.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

/// Bits of a mode.
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const OTHERS_READ: u32 = 0o004;
const STICKY: u32 = 0o1000;

/// What is wrong with the permissions of `path`, and of the directories above it, by which
/// somebody could put another in its place. Where something cannot be looked at, nothing is said
/// of it.
pub(super) fn findings(path: &Path) -> Vec<String> {
    let Ok(path) = fs::canonicalize(path) else { return Vec::new() };
    let mut findings = Vec::new();
    if let Ok(metadata) = fs::metadata(&path) {
        let mode = metadata.mode();
        if let Some(who) = writers(mode) {
            findings.push(format!(
                "{who} may write to {} (mode {:04o})",
                path.display(),
                mode & 0o7777
            ));
        }
        let (owner, own) = (metadata.uid(), rustix::process::geteuid().as_raw());
        if owner != own && owner != 0 {
            findings.push(format!("{} belongs to another user ({owner})", path.display()));
        }
    }
    for above in path.ancestors().skip(1) {
        let Ok(mode) = fs::metadata(above).map(|m| m.mode()) else { continue };
        if let Some(who) = writers(mode).filter(|_| mode & STICKY == 0) {
            findings.push(format!(
                "{who} may put another directory in its place in {}",
                above.display()
            ));
        }
    }
    findings
}

/// Refuses a maildrop in which one user could read, change or take away what another has put there, or put another in
/// its place.
///
/// # Errors
/// What is wrong with it, and how it has to be.
pub(super) fn refuse_maildrop(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    let mode = metadata.mode() & 0o7777;
    let own = rustix::process::geteuid().as_raw();
    let wrong = if !metadata.is_dir() {
        "it is no directory"
    } else if metadata.uid() != own && metadata.uid() != 0 {
        "it belongs to another user"
    } else if writers(mode).is_some() && mode & STICKY == 0 {
        "users could take away each other's messages"
    } else if writers(mode).is_some() && mode & OTHERS_READ != 0 {
        "users could see each other's messages in it"
    } else {
        let path = fs::canonicalize(path)?;
        let is_open = |above: &Path| {
            fs::metadata(above).is_ok_and(|m| writers(m.mode()).is_some() && m.mode() & STICKY == 0)
        };
        match path.ancestors().skip(1).find(|above| is_open(above)) {
            None => return Ok(()),
            Some(_) => "somebody may put another directory in its place",
        }
    };
    Err(io::Error::other(format!(
        "{} (mode {mode:04o}, owner {}): {wrong}. Needed: mode 3733, the server's own user and group",
        path.display(),
        metadata.uid()
    )))
}

fn writers(mode: u32) -> Option<&'static str> {
    match (mode & OTHERS_WRITE, mode & GROUP_WRITES) {
        (0, 0) => None,
        (0, _) => Some("the group"),
        _ => Some("everybody"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_maildrop_is_closed_to_who_reads_and_open_to_who_writes() {
        let home = tempfile::tempdir().unwrap();
        let (above, path) = (home.path().join("a"), home.path().join("a/maildrop"));
        fs::create_dir_all(&path).unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap()
        };
        set(&above, 0o755);
        for (mode, wrong) in [
            (0o3733, None),
            (0o1733, None),
            (0o700, None),
            (0o3730, None),
            (0o733, Some("take away")),
            (0o777, Some("take away")),
            (0o1777, Some("see each other's")),
        ] {
            set(&path, mode);
            let found = refuse_maildrop(&path).err().map(|error| error.to_string());
            assert_eq!(found.is_some(), wrong.is_some(), "{mode:o} {found:?}");
            if let (Some(found), Some(wrong)) = (found, wrong) {
                assert!(found.contains(wrong) && found.contains("Needed: mode 3733"), "{found}");
            }
        }
        set(&path, 0o3733);
        set(&above, 0o777);
        let found = refuse_maildrop(&path).unwrap_err().to_string();
        assert!(found.contains("in its place"), "{found}");
        assert!(refuse_maildrop(&above.join("none")).is_err());
    }

    #[test]
    fn writers_are_named() {
        let home = tempfile::tempdir().unwrap();
        let (above, path) = (home.path().join("a"), home.path().join("a/pickup"));
        fs::create_dir_all(&path).unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap()
        };
        set(&above, 0o755);
        for (mode, expected) in [(0o700, 0), (0o755, 0), (0o770, 1), (0o777, 1), (0o1777, 1)] {
            set(&path, mode);
            assert_eq!(findings(&path).len(), expected, "{mode:o} {:?}", findings(&path));
        }
        set(&path, 0o770);
        assert!(findings(&path)[0].starts_with("the group may write to "), "{:?}", findings(&path));
        set(&path, 0o700);
        set(&above, 0o777);
        assert!(findings(&path)[0].contains("in its place in"), "{:?}", findings(&path));
        set(&above, 0o1777);
        assert!(findings(&path).is_empty());
    }
}
