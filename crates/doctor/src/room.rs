//! The file system of the spool: whether mail that is written there stays there, and how much room there is.

use std::path::{Path, PathBuf};

use model::ByteSize;
use resources::{Rule, Thresholds};
use rustix::fs::StatVfsMountFlags;

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
    let subject = "File system";
    let path = facts.path.display();
    if facts.is_read_only {
        let text = format!("{path} is mounted read-only");
        return Finding::bad(
            subject,
            text,
            "dmesg | tail says why, if it was not meant; then: mount -o remount,rw on its mount point",
        );
    }
    let Some(kind) = facts.kind.as_deref() else {
        return Finding::notice(
            subject,
            format!("it cannot be seen which kind {path} is on"),
            format!("findmnt -T {path}"),
        );
    };
    let local = "put the data directory on a local file system, such as ext4 or XFS, and name it: relais serve --data DIR";
    match kind {
        kind if is_memory(kind) => Finding::bad(
            subject,
            format!("{path} is on {kind}, in memory: accepted mail is lost when the machine stops"),
            local,
        ),
        "nfs4" => Finding::notice(
            subject,
            format!(
                "{path} is on nfs4: whether a flush reaches a disk and a lock holds is up to the file server, and all mail stops while \
                 that is away"
            ),
            local,
        ),
        kind if is_network(kind) => Finding::bad(
            subject,
            format!(
                "{path} is on {kind}, a network file system: the spool's write-ahead log and locks do not work over one"
            ),
            local,
        ),
        "overlay" => Finding::notice(
            subject,
            format!(
                "{path} is on overlay, the layer of a container: accepted mail is lost with the container"
            ),
            "mount a volume at the data directory (packaging/container)",
        ),
        kind if kind.starts_with("fuse") => Finding::notice(
            subject,
            format!(
                "{path} is on {kind}: whether it keeps what it has been told to flush is up to a program"
            ),
            local,
        ),
        kind => Finding::good(subject, format!("{path} is on {kind}")),
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
    let subject = "Room";
    let used = facts.size.saturating_sub(facts.free);
    let Thresholds { high, medium, .. } = facts.rule.thresholds(Some(facts.size));
    let shown = |bytes: u64| match bytes / ByteSize::mb(1).as_u64() {
        mb if mb < 10_240 => format!("{mb} MB"),
        mb => format!("{} GB", mb / 1024),
    };
    let free = format!("{} of {} are free", shown(facts.free), shown(facts.size));
    let remedy = format!(
        "du -xsh {}/* shows what is large; docs/back-pressure.md and docs/disk-trouble.md say what happens when",
        facts.path.display()
    );
    if used > high {
        let text = format!(
            "{free}: the server refuses mail (less than {} free)",
            shown(facts.size.saturating_sub(high))
        );
        return Finding::bad(subject, text, remedy);
    }
    if used > medium {
        let text = format!(
            "{free}: close to where the server refuses mail ({})",
            shown(facts.size.saturating_sub(high))
        );
        return Finding::notice(subject, text, remedy);
    }
    Finding::good(subject, free)
}

fn inodes(facts: &Facts) -> Option<Finding> {
    let subject = "Inodes";
    if facts.inodes == 0 {
        return None;
    }
    let (free, all) = (facts.free_inodes, facts.inodes);
    let remedy = format!(
        "du --inodes -xd1 {} | sort -n | tail shows where small files are",
        facts.path.display()
    );
    match free {
        0 => Some(Finding::bad(subject, "none is free: no file can be made", remedy)),
        free if free < FEW_INODES || free < all / 100 => {
            Some(Finding::notice(subject, format!("{free} of {all} are free"), remedy))
        }
        free => Some(Finding::good(subject, format!("{free} of {all} are free"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;

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
