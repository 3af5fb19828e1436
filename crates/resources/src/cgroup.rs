//! The memory limit that a control group sets (container, systemd's MemoryMax), version 2 or 1.
//! Every group on the way to the root counts; the tightest limit is the one that is met first.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A limit and what has been used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Bytes.
    pub(crate) most: u64,
    /// Bytes in use that cannot be had back by dropping file pages; none where that is not said.
    pub(crate) used: Option<u64>,
}

/// The names of a version's files.
struct Names {
    root: &'static str,
    most: &'static str,
    used: &'static str,
    /// Of `memory.stat`: file pages that can be dropped.
    inactive: &'static str,
}

const V2: Names = Names {
    root: "sys/fs/cgroup",
    most: "memory.max",
    used: "memory.current",
    inactive: "inactive_file ",
};
const V1: Names = Names {
    root: "sys/fs/cgroup/memory",
    most: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    inactive: "total_inactive_file ",
};

/// The tightest limit of this process below `root` (`/` but in tests), if there is one.
pub(crate) fn limit(root: &Path) -> Option<Limit> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let names = match controllers {
            "" => &V2,
            listed if listed.split(',').any(|c| c == "memory") => &V1,
            _ => return None,
        };
        tightest(root, names, path)
    });
    limits.min_by_key(|limit| limit.most)
}

/// The tightest limit on the way from the group at `path` to the root. In a container the path
/// may be one of the host's, which is not there: then the root is what it sees.
fn tightest(root: &Path, names: &Names, path: &str) -> Option<Limit> {
    let top = root.join(names.root);
    let mut group: PathBuf = top.clone();
    // Only names: nothing that leads out of the hierarchy.
    let parts = Path::new(path).components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name),
        _ => None,
    });
    group.extend(parts);
    let groups = group.ancestors().take_while(|group| group.starts_with(&top));
    groups.filter_map(|group| of_group(group, names)).min_by_key(|limit| limit.most)
}

fn of_group(group: &Path, names: &Names) -> Option<Limit> {
    let number = |name: &str| fs::read_to_string(group.join(name)).ok()?.trim().parse().ok();
    // `max`, which is no number, means none.
    let most: u64 = number(names.most)?;
    let used = number(names.used).map(|used: u64| used.saturating_sub(inactive(group, names)));
    Some(Limit { most, used })
}

fn inactive(group: &Path, names: &Names) -> u64 {
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let value = statistics.lines().find_map(|line| line.strip_prefix(names.inactive));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
