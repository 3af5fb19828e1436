//! Who may put files into a directory may send mail as anybody: whether that is more than the
//! server's own user is looked at when the directory is opened.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// Bits of a mode.
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
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
