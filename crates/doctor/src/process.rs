//! Processes of this machine, as /proc has them: who has which socket, who holds a lock on a file.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use procfs::process::FDTarget;
use texts::{Sentence, checks};

use crate::finding::plain;

/// How a process relates to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It runs the same file.
    Same,
    /// It runs a Relais whose file has been replaced or removed since: an update without a restart.
    Replaced,
    /// A Relais in another file.
    Relais,
    /// Another program.
    Other,
    /// It cannot be seen what it runs.
    Unknown,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its name, as `ps` shows it.
    pub name: String,
    /// What it runs.
    pub relation: Relation,
    /// The file it runs, where that may be seen.
    pub program: Option<String>,
    /// As whom it runs.
    pub uid: Option<u32>,
    /// How many files it may have open (soft limit); `u64::MAX` without a limit.
    pub files: Option<u64>,
    /// The unit it belongs to (cgroups), such as `postfix@-.service`.
    pub unit: Option<String>,
}

impl Process {
    /// The process of this number, if there is one.
    pub fn of(pid: i32) -> Option<Self> {
        let process = procfs::process::Process::new(pid).ok()?;
        let name = plain(&process.stat().ok()?.comm);
        let status = process.status().ok();
        let files = process.limits().ok().map(|limits| match limits.max_open_files.soft_limit {
            procfs::process::LimitValue::Unlimited => u64::MAX,
            procfs::process::LimitValue::Value(value) => value,
        });
        Some(Self {
            pid,
            relation: relation(pid, &name),
            name,
            program: process.exe().ok().map(|path| plain(&path.to_string_lossy())),
            uid: status.map(|status| status.euid),
            files,
            unit: unit(&fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default()),
        })
    }

    /// `master (process 812, /usr/lib/postfix/sbin/master)`.
    pub fn shown(&self) -> Sentence {
        match &self.program {
            None => Sentence::new(checks::PROCESS).with(&self.name).with(self.pid),
            Some(file) => {
                Sentence::new(checks::PROCESS_OF_FILE).with(&self.name).with(self.pid).with(file)
            }
        }
    }

    /// Whether it is a Relais, as far as can be seen.
    pub fn is_relais(&self) -> bool {
        match self.relation {
            Relation::Same | Relation::Replaced | Relation::Relais => true,
            Relation::Unknown => self.name == "relais",
            Relation::Other => false,
        }
    }
}

fn relation(pid: i32, name: &str) -> Relation {
    let Ok(target) = fs::read_link(format!("/proc/{pid}/exe")) else { return Relation::Unknown };
    let of = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let theirs = of(Path::new(&format!("/proc/{pid}/exe")));
    if theirs.is_some() && theirs == of(Path::new("/proc/self/exe")) {
        return Relation::Same;
    }
    let text = target.to_string_lossy();
    let path = text.strip_suffix(" (deleted)");
    let file = PathBuf::from(path.unwrap_or(&text));
    let is_relais = name == "relais" || file.file_name().is_some_and(|name| name == "relais");
    match (is_relais, path) {
        (false, _) => Relation::Other,
        (true, Some(_)) => Relation::Replaced,
        (true, None) => Relation::Relais,
    }
}

/// The last service in the lines of /proc/PID/cgroup.
fn unit(text: &str) -> Option<String> {
    let is_service = |part: &&str| part.ends_with(".service");
    text.lines().find_map(|line| line.rsplit('/').find(is_service)).map(plain)
}

/// Whose the sockets of these inodes are, as far as this program may see.
pub(crate) fn owners(inodes: &[u64]) -> HashMap<u64, Process> {
    let mut owners = HashMap::new();
    let Ok(all) = procfs::process::all_processes() else { return owners };
    for process in all.flatten() {
        if owners.len() == inodes.len() {
            break;
        }
        let Ok(open) = process.fd() else { continue };
        for file in open.flatten() {
            let FDTarget::Socket(inode) = file.target else { continue };
            if inodes.contains(&inode)
                && let Entry::Vacant(place) = owners.entry(inode)
                && let Some(found) = Process::of(process.pid)
            {
                place.insert(found);
            }
        }
    }
    owners
}

/// Who holds a lock on the file, as /proc/locks says; takes none itself.
pub fn holder_of(file: &Path) -> Option<Process> {
    let inode = fs::metadata(file).ok()?;
    let (device, inode) = (inode.dev(), inode.ino());
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let locks = procfs::locks().ok()?;
    let mut of_inode = locks.iter().filter(|lock| lock.inode == inode);
    let is_there = |lock: &&procfs::Lock| (lock.devmaj, lock.devmin) == (major, minor);
    // Some file systems have another device for their locks than for their files.
    let lock = of_inode.clone().find(is_there).or_else(|| of_inode.next())?;
    Process::of(lock.pid.filter(|pid| *pid > 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_found_in_cgroups() {
        assert_eq!(
            unit("0::/system.slice/postfix@-.service\n").as_deref(),
            Some("postfix@-.service")
        );
        assert_eq!(
            unit("1:name=systemd:/user.slice\n0::/a.service/sub\n").as_deref(),
            Some("a.service")
        );
        assert_eq!(unit("0::/init.scope\n"), None);
    }

    #[test]
    fn this_process_is_found_by_socket_and_by_lock() {
        let me = i32::try_from(std::process::id()).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let entries = procfs::net::tcp().unwrap();
        let mine = entries.iter().find(|entry| entry.local_address.port() == port).unwrap();
        let found = owners(&[mine.inode, u64::MAX]);
        assert_eq!(found.keys().collect::<Vec<_>>(), [&mine.inode]);
        let process = &found[&mine.inode];
        assert_eq!((process.pid, process.relation), (me, Relation::Same));
        assert!(process.files.is_some_and(|files| files > 0));
        let place = tempfile::tempdir().unwrap();
        let held = spool::Lock::take(place.path()).unwrap();
        let file = place.path().join("lock");
        assert_eq!(holder_of(&file).map(|process| process.pid), Some(me));
        drop(held);
        assert_eq!(holder_of(&file), None);
        assert_eq!(holder_of(&place.path().join("none")), None);
    }
}
