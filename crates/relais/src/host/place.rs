//! Where messages of this host's programs are put: the maildrop.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::paths::DEFAULT_DATA;

/// Where programs look for it. It may be a symbolic link: whoever calls `sendmail` may not read relais.toml.
pub(crate) const DEFAULT_MAILDROP: &str = "/var/spool/relais/maildrop";
/// Names another one, for containers and tests.
pub(crate) const MAILDROP_VARIABLE: &str = "RELAIS_MAILDROP";

/// `[sendmail]` of relais.toml.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sendmail {
    /// The directory from which the server takes what `sendmail` puts there.
    maildrop: Option<PathBuf>,
}

impl Sendmail {
    /// The directory that a server with this data directory takes messages from. The usual one belongs to the server
    /// that has the usual data directory, and to no other on the machine.
    pub(crate) fn maildrop_of(&self, data: &Path) -> Option<PathBuf> {
        let usual = Path::new(DEFAULT_MAILDROP);
        self.maildrop.clone().or_else(|| {
            (data == Path::new(DEFAULT_DATA) && usual.is_dir()).then(|| usual.to_owned())
        })
    }

    pub(crate) fn check(&self) -> Result<()> {
        if let Some(path) = &self.maildrop {
            ensure!(
                path.is_absolute(),
                "[sendmail] maildrop \"{}\" is not allowed. Allowed: an absolute path.",
                path.display()
            );
        }
        Ok(())
    }
}

/// The directory that `sendmail` puts messages into.
pub(super) fn maildrop() -> PathBuf {
    std::env::var_os(MAILDROP_VARIABLE)
        .filter(|value| !value.is_empty())
        .map_or_else(|| PathBuf::from(DEFAULT_MAILDROP), PathBuf::from)
}
