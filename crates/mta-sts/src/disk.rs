//! The directory in which policies outlive a restart: one small file for each domain, called like
//! it, replaced in one step. What cannot be read is left out with a line in the log: a policy that
//! is lost is fetched again, one that is made up would stop mail.

use std::{
    fs::{self, DirEntry, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use model::DomainName;

use crate::{
    cache::MOST,
    entry::{Entry, LARGEST_ENTRY},
};

/// What a file is called while it is written. No domain begins with a dot.
const UNFINISHED: &str = ".unfinished";
/// Files looked at when the directory is read; more are not ours.
const MOST_FILES: usize = 2 * MOST;

/// The directory. One owner at a time.
pub(crate) struct Disk {
    directory: PathBuf,
}

impl Disk {
    /// Makes the directory where there is none.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// Every policy that can be read.
    pub(crate) fn read(&self) -> io::Result<Vec<(DomainName, Entry)>> {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.directory)?.take(MOST_FILES) {
            let file = file?;
            if file.file_name() == UNFINISHED {
                continue;
            }
            match read_file(&file) {
                Ok(entry) => found.push(entry),
                Err(why) => {
                    let path = file.path();
                    tracing::warn!(path = %path.display(), why, "MTA-STS: a kept policy is ignored");
                }
            }
        }
        Ok(found)
    }

    /// Writes a policy, in place of an older one. It is synced, but its directory is not: after a
    /// power cut there is the one or the other, and both are whole.
    pub(crate) fn write(&self, domain: &DomainName, entry: &Entry) -> io::Result<()> {
        let unfinished = self.directory.join(UNFINISHED);
        let mut file = File::create(&unfinished)?;
        file.write_all(entry.to_file(domain).as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, self.path(domain))
    }

    /// Removes a policy; that it is not there is no error.
    pub(crate) fn remove(&self, domain: &DomainName) -> io::Result<()> {
        match fs::remove_file(self.path(domain)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A domain has no slash and no dot at its start, so the file stays in the directory; with at
    /// most 253 characters it is a name for every file system.
    fn path(&self, domain: &DomainName) -> PathBuf {
        self.directory.join(domain.as_str())
    }
}

fn read_file(file: &DirEntry) -> Result<(DomainName, Entry), String> {
    let name = file.file_name();
    let domain: Option<DomainName> = name.to_str().and_then(|name| name.parse().ok());
    let domain = domain
        .filter(|domain| domain.as_str() == name)
        .ok_or_else(|| "it is not called like a domain".to_owned())?;
    // Neither a link is followed nor a pipe waited for.
    if !file.file_type().map_err(|e| e.to_string())?.is_file() {
        return Err("it is not a file".to_owned());
    }
    let bytes = bounded(&file.path()).map_err(|e| e.to_string())?;
    let entry = Entry::from_file(&domain, &bytes).map_err(|e| e.to_string())?;
    Ok((domain, entry))
}

fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = LARGEST_ENTRY as u64;
    if File::open(path)?.take(most + 1).read_to_end(&mut bytes)? > LARGEST_ENTRY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    Ok(bytes)
}
