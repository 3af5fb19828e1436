//! The file system of the spool: whether mail that is written there stays there, and how much room there is.

use std::path::{Path, PathBuf};

use model::ByteSize;
use resources::{Rule, Thresholds};
use rustix::fs::StatVfsMountFlags;
use texts::{Sentence, checks};

use crate::finding::Finding;

/// Fewer free inodes than this, and files cannot be made soon.
const FEW_INODES: u64 = 1000;

/// What the judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The spool, or what of the way to it is there.
    pub path: PathBuf,
    /// Kind of the file system, as `mount` says it.
    pub kind: Option<String>,
    /// Whether it is mounted read-only.
    pub is_read_only: bool,
    /// In bytes.
    pub size: u64,
    /// Free for this program, in bytes.
    pub free: u64,
    /// Inodes there are; 0 where the file system makes them as they are needed.
    pub inodes: u64,
    /// Those that are free.
    pub free_inodes: u64,
    /// When the server begins to refuse mail (`[resources]`).
    pub rule: Rule,
}

/// Looks at the file system `spool` is, or will be, on.
///
/// # Errors
/// When the system does not say.
pub fn gather(spool: &Path, rule: Rule) -> Result<Facts, String> {
    let path = there(spool);
    let found =
        rustix::fs::statvfs(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Facts {
        kind: kind_of(&path),
        is_read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
        size: bytes(found.f_blocks),
        free: bytes(found.f_bavail),
        inodes: found.f_files,
        free_inodes: found.f_favail,
        rule,
        path,
    })
}

/// `path`, or the nearest directory above it that is there.
pub(crate) fn there(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.ancestors().find(|one| one.exists()).unwrap_or(Path::new("/")).to_owned()
}

/// By the mount that is nearest above it (proc(5), mountinfo).
pub(crate) fn kind_of(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let mounts = procfs::process::Process::myself().ok()?.mountinfo().ok()?;
    let above = mounts.0.iter().filter(|mount| path.starts_with(&mount.mount_point));
    // Of several on the same place the last one is seen.
    let nearest = above.max_by_key(|mount| mount.mount_point.components().count())?;
    Some(nearest.fs_type.clone())
}

/// Findings about kind and room.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let findings = [Some(kind(facts)), Some(room(facts)), inodes(facts)];
    findings.into_iter().flatten().collect()
}

/// Whether the file system forgets what is in it when the machine stops.
pub(crate) fn is_memory(kind: &str) -> bool {
    matches!(kind, "tmpfs" | "ramfs")
}

fn kind(facts: &Facts) -> Finding {
    let path = facts.path.display();
    let subject = checks::FILE_SYSTEM;
    let of = |text| Sentence::new(text).with(&path);
    if facts.is_read_only {
        return Finding::bad(subject, of(checks::READ_ONLY)).remedy(checks::READ_ONLY_REMEDY);
    }
    let Some(kind) = facts.kind.as_deref() else {
        let look = Sentence::verbatim(format!("findmnt -T {path}"));
        return Finding::notice(subject, of(checks::KIND_UNSEEN)).remedy(look);
    };
    let on = |text| of(text).with(kind);
    let local = checks::LOCAL_REMEDY;
    match kind {
        kind if is_memory(kind) => Finding::bad(subject, on(checks::ON_MEMORY)).remedy(local),
        "nfs4" => Finding::notice(subject, of(checks::ON_NFS4)).remedy(local),
        kind if is_network(kind) => Finding::bad(subject, on(checks::ON_NETWORK)).remedy(local),
        "overlay" => {
            Finding::notice(subject, of(checks::ON_OVERLAY)).remedy(checks::OVERLAY_REMEDY)
        }
        kind if kind.starts_with("fuse") => {
            Finding::notice(subject, on(checks::ON_FUSE)).remedy(local)
        }
        _ => Finding::good(subject, on(checks::ON_KIND)),
    }
}

fn is_network(kind: &str) -> bool {
    let known = [
        "nfs",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "lustre",
        "ncpfs",
    ];
    known.contains(&kind)
}

/// By the thresholds at which the server refuses mail.
fn room(facts: &Facts) -> Finding {
    let used = facts.size.saturating_sub(facts.free);
    let Thresholds { high, medium, .. } = facts.rule.thresholds(Some(facts.size));
    let of = |text| Sentence::new(text).with_part(shown(facts.free)).with_part(shown(facts.size));
    let reserve = shown(facts.size.saturating_sub(high));
    let remedy = Sentence::new(checks::ROOM_REMEDY).with(facts.path.display());
    if used > high {
        return Finding::bad(checks::ROOM, of(checks::ROOM_NONE).with_part(reserve)).remedy(remedy);
    }
    if used > medium {
        let text = of(checks::ROOM_LITTLE).with_part(reserve);
        return Finding::notice(checks::ROOM, text).remedy(remedy);
    }
    Finding::good(checks::ROOM, of(checks::ROOM_FREE))
}

fn shown(bytes: u64) -> Sentence {
    match bytes / ByteSize::mb(1).as_u64() {
        mb if mb < 10_240 => Sentence::new(checks::MEGABYTES).with(mb),
        mb => Sentence::new(checks::GIGABYTES).with(mb / 1024),
    }
}

fn inodes(facts: &Facts) -> Option<Finding> {
    if facts.inodes == 0 {
        return None;
    }
    let (free, all) = (facts.free_inodes, facts.inodes);
    let remedy = Sentence::new(checks::INODES_REMEDY).with(facts.path.display());
    let text = Sentence::new(checks::INODES_FREE).with(free).with(all);
    Some(match free {
        0 => Finding::bad(checks::INODES, checks::INODES_NONE).remedy(remedy),
        free if free < FEW_INODES || free < all / 100 => {
            Finding::notice(checks::INODES, text).remedy(remedy)
        }
        _ => Finding::good(checks::INODES, text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::finding::assert_in_both;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn facts() -> Facts {
        Facts {
            path: "/var/lib/relais".into(),
            kind: Some("ext4".to_owned()),
            is_read_only: false,
            size: 100 << 30,
            free: 50 << 30,
            inodes: 1_000_000,
            free_inodes: 900_000,
            rule: Rule::DefaultReserve(resources::DISK_RESERVE),
        }
    }

    fn verdicts(facts: &Facts) -> Vec<Verdict> {
        judge(facts).iter().map(|finding| finding.verdict).collect()
    }

    #[test]
    fn what_does_not_keep_mail_is_bad() {
        use Verdict::{Bad, Good, Notice};
        for (kind, verdict) in [
            ("ext4", Good),
            ("xfs", Good),
            ("zfs", Good),
            ("tmpfs", Bad),
            ("nfs4", Notice),
            ("nfs", Bad),
            ("cifs", Bad),
            ("9p", Bad),
            ("overlay", Notice),
            ("fuse.sshfs", Bad),
            ("fuse.something", Notice),
        ] {
            let facts = Facts { kind: Some(kind.to_owned()), ..facts() };
            assert_eq!(verdicts(&facts), [verdict, Good, Good], "{kind}");
        }
        assert_eq!(verdicts(&Facts { kind: None, ..facts() })[0], Notice);
        assert_eq!(verdicts(&Facts { is_read_only: true, ..facts() })[0], Bad);
    }

    #[test]
    fn room_is_judged_by_the_servers_own_thresholds() {
        use Verdict::{Bad, Good, Notice};
        for (free, verdict) in [(50 << 30, Good), (800 << 20, Notice), (100 << 20, Bad), (0, Bad)] {
            assert_eq!(verdicts(&Facts { free, ..facts() })[1], verdict, "{free}");
        }
        let rule = Rule::Percent { high: 40, medium: 30, normal: 20, most: None };
        assert_eq!(verdicts(&Facts { rule, ..facts() })[1], Bad);
        for (free_inodes, verdict) in [(0, Bad), (999, Notice), (9000, Notice), (20_000, Good)] {
            assert_eq!(verdicts(&Facts { free_inodes, ..facts() })[2], verdict, "{free_inodes}");
        }
        assert_eq!(verdicts(&Facts { inodes: 0, free_inodes: 0, ..facts() }).len(), 2);
    }

    #[test]
    fn this_machine_is_read() {
        let place = tempfile::tempdir().unwrap();
        let rule = facts().rule;
        let found = gather(&place.path().join("not/there"), rule).unwrap();
        assert_eq!(found.path, place.path());
        assert!(found.size > 0 && found.kind.is_some(), "{found:?}");
        assert_eq!(kind_of(Path::new("/proc")).as_deref(), Some("proc"));
    }
}
