//! The servers somebody has said yes to: `host:port fingerprint`, one a line, readable by the
//! owner alone.

use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use tls::Fingerprint;

use super::address::ServerAddress;

/// More than this is not a list of servers.
const MAX_SIZE: u64 = 1 << 20;

/// The list, kept in a file.
#[derive(Debug, Clone)]
pub(crate) struct KnownServers {
    path: Option<PathBuf>,
}

impl KnownServers {
    /// The list in this file; `None` remembers nothing.
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// The fingerprint remembered for a server.
    pub(crate) fn find(&self, server: &ServerAddress) -> Option<Fingerprint> {
        let path = self.path.as_ref()?;
        if std::fs::metadata(path).ok()?.len() > MAX_SIZE {
            return None;
        }
        let text = std::fs::read_to_string(path).ok()?;
        let name = server.to_string();
        text.lines().rev().find_map(|line| {
            let (known, fingerprint) = line.split_once(' ')?;
            known.eq_ignore_ascii_case(&name).then(|| fingerprint.trim().parse().ok())?
        })
    }

    /// Remembers a server.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn add(&self, server: &ServerAddress, fingerprint: Fingerprint) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(directory) = path.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let mut file =
            std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        writeln!(file, "{server} {fingerprint}")
    }

    /// Where the list is kept.
    pub(crate) fn path(&self) -> Option<&PathBuf> {
        self.path.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn servers_are_remembered_privately() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("relais/known_servers");
        let known = KnownServers::new(Some(path.clone()));
        let server = ServerAddress::new("mbx01", 443);
        assert!(known.find(&server).is_none());
        let fingerprint: Fingerprint = "ab".repeat(32).parse().unwrap();
        known.add(&server, fingerprint).unwrap();
        assert_eq!(known.find(&server), Some(fingerprint));
        assert!(known.find(&ServerAddress::new("mbx01", 444)).is_none());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
