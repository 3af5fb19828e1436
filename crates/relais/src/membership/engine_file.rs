//! Which engine the organization has: a file in the data directory, `engine.json`. It is written before the directory is
//! moved and marked as under way, so that a server that is stopped in between knows at its next start which way it
//! got.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use cluster::{Engine, EngineSettings};
use directory::{Directory, DirectoryError};
use model::{Clock, ObjectName};
use serde::{Deserialize, Serialize};
use tls::TrustAnchors;
use vault::{DataKey, Sealed};

/// The file in the data directory.
const FILE: &str = "engine.json";
/// What the sealed password is for.
const PASSWORD: &str = "engine.json/password";

/// Which engine the organization has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EngineFile {
    /// libpq's connection string, without a password.
    pub(crate) connection: String,
    /// The password, sealed with the data key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Sealed>,
    /// The name that this server joined with, where relais.toml says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<ObjectName>,
    #[serde(default)]
    pub(crate) state: State,
}

/// What has become of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// The organization is there.
    #[default]
    Shared,
    /// It is on its way there, or back.
    Moving,
    /// This server is not of it any more.
    Left,
}

impl EngineFile {
    /// What the data directory says; nothing on a server that is alone.
    pub(crate) fn read(data: &Path) -> Result<Option<Self>> {
        let path = Self::path(data);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let file = serde_json::from_str(&text);
        file.map(Some).with_context(|| {
            format!("{} is not right, or a newer version of Relais wrote it", path.display())
        })
    }

    /// Writes it down, for its owner only.
    pub(crate) fn write(&self, data: &Path) -> Result<()> {
        use std::{io::Write, os::unix::fs::OpenOptionsExt};
        let (path, new) = (Self::path(data), data.join("engine.json.new"));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        std::fs::File::open(data)?.sync_all().context("the data directory cannot be synced")
    }

    /// Takes it away.
    pub(crate) fn remove(data: &Path) -> Result<()> {
        std::fs::remove_file(Self::path(data)).context("engine.json cannot be removed")
    }

    /// Where it is.
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join(FILE)
    }

    /// The engine it leads to.
    pub(crate) fn engine(&self, key: &DataKey, trust: &TrustAnchors) -> Result<Engine> {
        let password =
            self.password.as_ref().map(|sealed| key.open(sealed, PASSWORD)).transpose()?;
        let password = password.as_ref().map(|bytes| std::str::from_utf8(bytes)).transpose()?;
        let tls = trust.client_config().ok().map(|config| config.as_ref().clone());
        Ok(Engine::new(EngineSettings::new(&self.connection, password, tls)?))
    }

    /// With a password, sealed.
    pub(crate) fn new(connection: &str, password: Option<&str>, key: &DataKey) -> Result<Self> {
        let sealed = password.map(|text| key.seal(text.as_bytes(), PASSWORD)).transpose()?;
        Ok(Self {
            connection: connection.to_owned(),
            password: sealed,
            server: None,
            state: State::Shared,
        })
    }

    /// Refuses a data directory of a server that has left.
    pub(crate) fn refuse_left(&self, data: &Path) -> Result<()> {
        anyhow::ensure!(
            self.state != State::Left,
            "this server has left its organization: {} is not needed any more. A new data directory can join (relais join)",
            data.display()
        );
        Ok(())
    }

    /// The same where it was on its way when the server stopped: the directory's file says how far it got.
    pub(crate) fn settled(
        self,
        data: &Path,
        directory: &Path,
        key: &DataKey,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Self>> {
        match self.state {
            State::Shared | State::Left => return Ok(Some(self)),
            State::Moving => {}
        }
        match Directory::open(directory, key.clone(), Arc::clone(clock)) {
            Ok(_) => {
                tracing::warn!(
                    "the directory did not get to the engine, or is back: this server is alone"
                );
                Self::remove(data)?;
                Ok(None)
            }
            Err(DirectoryError::IsCopy { .. }) => {
                let file = Self { state: State::Shared, ..self };
                file.write(data)?;
                Ok(Some(file))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::SystemClock;

    use super::*;

    #[test]
    fn a_password_is_sealed_and_the_file_private() {
        use std::os::unix::fs::PermissionsExt;
        let (place, key) = (tempfile::tempdir().unwrap(), DataKey::ephemeral());
        assert!(EngineFile::read(place.path()).unwrap().is_none());
        let file = EngineFile::new("host=127.0.0.1 user=relais", Some("s3cret"), &key).unwrap();
        file.write(place.path()).unwrap();
        let path = EngineFile::path(place.path());
        assert!(!std::fs::read_to_string(&path).unwrap().contains("s3cret"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = EngineFile::read(place.path()).unwrap().unwrap();
        assert_eq!(read, file);
        assert!(read.engine(&key, &TrustAnchors::default()).is_ok());
        assert!(read.engine(&DataKey::ephemeral(), &TrustAnchors::default()).is_err());

        // What a newer version may write into it.
        std::fs::write(&path, r#"{"connection": "host=127.0.0.1", "standby": "x"}"#).unwrap();
        let said = format!("{:#}", EngineFile::read(place.path()).unwrap_err());
        assert!(
            said.contains("a newer version of Relais wrote it") && said.contains("standby"),
            "{said}"
        );
    }

    #[test]
    fn what_was_stopped_on_its_way_is_where_it_got() {
        let (place, key) = (tempfile::tempdir().unwrap(), DataKey::ephemeral());
        let (data, clock) = (place.path(), Arc::new(SystemClock) as Arc<dyn Clock>);
        let directory = data.join("directory.db");
        let file = EngineFile::new("host=127.0.0.1", None, &key).unwrap();
        let settled = |state| {
            let file = EngineFile { state, ..file.clone() };
            file.write(data).unwrap();
            file.settled(data, &directory, &key, &clock)
        };
        assert_eq!(settled(State::Shared).unwrap(), Some(file.clone()));
        let left = EngineFile { state: State::Left, ..file.clone() };
        assert!(left.refuse_left(data).unwrap_err().to_string().contains("has left"));
        file.refuse_left(data).unwrap();
        // It did not get there: the file is the directory.
        assert_eq!(settled(State::Moving).unwrap(), None);
        assert!(EngineFile::read(data).unwrap().is_none());
    }
}
