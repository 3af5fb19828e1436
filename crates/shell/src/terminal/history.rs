//! What was typed before, kept in a private file; lines with secrets in them are not kept.

use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use reedline::{
    FileBackedHistory, History, HistoryItem, HistoryItemId, HistorySessionId, Result, SearchQuery,
};

/// How many lines are kept.
const CAPACITY: usize = 2000;

/// A history that forgets secrets.
pub(super) struct DiscreetHistory(FileBackedHistory);

impl DiscreetHistory {
    /// The history in this file, made readable by its owner alone.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        FileBackedHistory::with_file(CAPACITY, path.to_owned())
            .map(Self)
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

/// Whether a line may hold a secret.
fn is_secret(line: &str) -> bool {
    let line = line.to_lowercase();
    ["asplaintext", "password", "pscredential", "securestring", "token"]
        .iter()
        .any(|word| line.contains(word))
}

impl History for DiscreetHistory {
    fn save(&mut self, item: HistoryItem) -> Result<HistoryItem> {
        if is_secret(&item.command_line) { Ok(item) } else { self.0.save(item) }
    }

    fn load(&self, id: HistoryItemId) -> Result<HistoryItem> {
        self.0.load(id)
    }

    fn count(&self, query: SearchQuery) -> Result<i64> {
        self.0.count(query)
    }

    fn search(&self, query: SearchQuery) -> Result<Vec<HistoryItem>> {
        self.0.search(query)
    }

    fn update(
        &mut self,
        id: HistoryItemId,
        updater: &dyn Fn(HistoryItem) -> HistoryItem,
    ) -> Result<()> {
        self.0.update(id, updater)
    }

    fn clear(&mut self) -> Result<()> {
        self.0.clear()
    }

    fn delete(&mut self, id: HistoryItemId) -> Result<()> {
        self.0.delete(id)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }

    fn session(&self) -> Option<HistorySessionId> {
        self.0.session()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("own/history");
        let mut history = DiscreetHistory::open(&path).unwrap();
        for line in ["Get-Queue", "ConvertTo-SecureString 'x' -AsPlainText -Force"] {
            history.save(HistoryItem::from_command_line(line)).unwrap();
        }
        history.sync().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().trim(), "Get-Queue");
    }
}
