//! Reads the system: memory from /proc and control groups, disks by statvfs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{cgroup, reading::Reading};

/// What can be asked of a system. All of it blocks, briefly.
pub trait Sampler: Send + Sync {
    /// Memory of this process, of what it may have.
    ///
    /// # Errors
    /// When the system does not say.
    fn process_memory(&self) -> io::Result<Reading>;

    /// Memory of all processes, of what there is for them.
    ///
    /// # Errors
    /// When the system does not say.
    fn all_memory(&self) -> io::Result<Reading>;

    /// The disk that `path` is on or would be on.
    ///
    /// # Errors
    /// When the system does not say.
    fn disk(&self, path: &Path) -> io::Result<Reading>;

    /// Whether both are, or would be, on one disk.
    ///
    /// # Errors
    /// When the system does not say.
    fn is_one_disk(&self, one: &Path, other: &Path) -> io::Result<bool>;
}

/// The system this runs on.
#[derive(Debug, Clone)]
pub struct System {
    /// What `proc` and `sys` are in.
    root: PathBuf,
}

impl System {
    /// This machine.
    pub fn here() -> Self {
        Self { root: PathBuf::from("/") }
    }

    fn memory(&self) -> io::Result<Memory> {
        let text = fs::read_to_string(self.root.join("proc/meminfo"))?;
        let (total, available) = (field(&text, "MemTotal:")?, field(&text, "MemAvailable:")?);
        Ok(Memory { total, used: total.saturating_sub(available) })
    }

    /// The control group's limit, where it is tighter than the machine.
    fn limit(&self, memory: &Memory) -> Option<cgroup::Limit> {
        cgroup::limit(&self.root).filter(|limit| limit.most < memory.total)
    }
}

/// Memory of a machine, in bytes.
struct Memory {
    total: u64,
    used: u64,
}

impl Sampler for System {
    fn process_memory(&self) -> io::Result<Reading> {
        let status = fs::read_to_string(self.root.join("proc/self/status"))?;
        // What is not a file's: that cannot be dropped and read again.
        let used = field(&status, "RssAnon:").or_else(|_| field(&status, "VmRSS:"))?;
        let memory = self.memory()?;
        let most = self.limit(&memory).map_or(memory.total, |limit| limit.most);
        Ok(Reading::of(used, most))
    }

    fn all_memory(&self) -> io::Result<Reading> {
        let memory = self.memory()?;
        let machine = Reading::of(memory.used, memory.total);
        let group = self
            .limit(&memory)
            .and_then(|limit| Some(Reading::of(limit.used?, limit.most)))
            .filter(|group| group.per_mille() > machine.per_mille());
        Ok(group.unwrap_or(machine))
    }

    fn disk(&self, path: &Path) -> io::Result<Reading> {
        let found = rustix::fs::statvfs(existing(path)?)?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        let size = bytes(found.f_blocks);
        Ok(Reading::of(size.saturating_sub(bytes(found.f_bavail)), size))
    }

    fn is_one_disk(&self, one: &Path, other: &Path) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        let device = |path| Ok::<_, io::Error>(fs::metadata(existing(path)?)?.dev());
        Ok(device(one)? == device(other)?)
    }
}

/// The path, or what of it there is already.
fn existing(path: &Path) -> io::Result<&Path> {
    let absent = || io::Error::new(io::ErrorKind::NotFound, format!("{}", path.display()));
    path.ancestors().find(|path| path.exists()).ok_or_else(absent)
}

/// A field of /proc in bytes, of the form `MemTotal:       16384 kB`.
fn field(text: &str, name: &str) -> io::Result<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    let number = value.and_then(|value| value.trim().strip_suffix("kB")).map(str::trim);
    let kib: Option<u64> = number.and_then(|number| number.parse().ok());
    kib.map(|kib| kib.saturating_mul(1024))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u64 = 1024;

    /// A made-up machine with 1000 KiB of memory, 400 of them free.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            machine
                .write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n");
            machine
                .write("proc/self/status", "Name:\trelais\nVmRSS:\t 150 kB\nRssAnon:\t 100 kB\n");
            machine
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn system(&self) -> System {
            System { root: self.0.path().to_owned() }
        }

        fn readings(&self) -> (Reading, Reading) {
            (self.system().process_memory().unwrap(), self.system().all_memory().unwrap())
        }
    }

    fn kib(used: u64, of: u64) -> Reading {
        Reading::of(used * KIB, of * KIB)
    }

    #[test]
    fn without_a_limit_the_machine_counts() {
        let machine = Machine::new();
        assert_eq!(machine.readings(), (kib(100, 1000), kib(600, 1000)));
        machine.write("proc/self/cgroup", "0::/system.slice/relais.service\n");
        machine.write("sys/fs/cgroup/system.slice/relais.service/memory.max", "max\n");
        assert_eq!(machine.readings(), (kib(100, 1000), kib(600, 1000)));
    }

    #[test]
    fn the_tightest_group_counts() {
        let machine = Machine::new();
        machine.write("proc/self/cgroup", "0::/system.slice/relais.service\n");
        machine.write("sys/fs/cgroup/system.slice/relais.service/memory.max", "max\n");
        let slice = "sys/fs/cgroup/system.slice";
        machine.write(&format!("{slice}/memory.max"), &format!("{}\n", 200 * KIB));
        machine.write(&format!("{slice}/memory.current"), &format!("{}\n", 190 * KIB));
        machine.write(
            &format!("{slice}/memory.stat"),
            &format!("anon 1\ninactive_file {}\n", 50 * KIB),
        );
        assert_eq!(machine.readings(), (kib(100, 200), kib(140, 200)));
        // The machine itself is scarcer than the group.
        machine.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 100 kB\n");
        assert_eq!(machine.readings().1, kib(900, 1000));
        // A limit that is none.
        machine.write(&format!("{slice}/memory.max"), &format!("{}\n", 2000 * KIB));
        assert_eq!(machine.readings().0, kib(100, 1000));
    }

    #[test]
    fn a_container_sees_its_own_group_at_the_root() {
        let machine = Machine::new();
        machine.write("proc/self/cgroup", "12:cpu,cpuacct:/x\n5:memory:/docker/0123\n");
        let group = "sys/fs/cgroup/memory";
        machine.write(&format!("{group}/memory.limit_in_bytes"), &format!("{}\n", 128 * KIB));
        machine.write(&format!("{group}/memory.usage_in_bytes"), &format!("{}\n", 100 * KIB));
        machine
            .write(&format!("{group}/memory.stat"), &format!("total_inactive_file {}\n", 10 * KIB));
        assert_eq!(machine.readings(), (kib(100, 128), kib(90, 128)));
        machine.write("proc/self/cgroup", "0::/../../etc\n");
        assert_eq!(machine.readings().0, kib(100, 1000), "never outside the hierarchy");
    }

    #[test]
    fn what_is_not_said_is_an_error() {
        let machine = Machine::new();
        machine.write("proc/meminfo", "MemTotal: lots\n");
        assert!(machine.system().all_memory().is_err());
        machine.write("proc/self/status", "Name: relais\n");
        assert!(machine.system().process_memory().is_err());
    }

    #[test]
    fn this_machine_has_memory_and_a_disk() {
        let here = System::here();
        for reading in [here.process_memory().unwrap(), here.all_memory().unwrap()] {
            assert!(reading.value > 0 && reading.value < reading.capacity.unwrap());
        }
        let place = tempfile::tempdir().unwrap();
        let disk = here.disk(&place.path().join("not/yet")).unwrap();
        assert!(disk.value <= disk.capacity.unwrap() && disk.capacity > Some(0));
        assert!(here.is_one_disk(place.path(), &place.path().join("not/yet")).unwrap());
        assert!(!here.is_one_disk(place.path(), Path::new("/proc")).unwrap());
    }
}
