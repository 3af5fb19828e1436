//! The names of files in a directory, which need a sync of their own.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Dice, Loss};

/// Names as the program sees them, and those a power cut leaves for sure. The numbers are files.
#[derive(Debug, Clone, Default)]
pub struct Names {
    now: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
}

impl Names {
    /// The file of this name.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.now.get(name).copied()
    }

    /// All names, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.now.iter().map(|(name, file)| (name.as_str(), *file))
    }

    /// Gives a file a name, which another then has no more.
    pub fn set(&mut self, name: &str, file: usize) {
        self.now.insert(name.to_owned(), file);
    }

    /// Takes a name away.
    pub fn remove(&mut self, name: &str) -> Option<usize> {
        self.now.remove(name)
    }

    /// Makes them last, as they are.
    pub fn sync(&mut self) {
        self.durable.clone_from(&self.now);
    }

    /// Makes them last as they were when the sync began.
    pub fn sync_to(&mut self, then: &Self) {
        self.durable.clone_from(&then.now);
    }

    /// What might be left if the power went now.
    pub fn image(&self, loss: Loss, dice: &mut Dice) -> Self {
        let mut left = self.durable.clone();
        let all: BTreeSet<&String> = self.now.keys().chain(self.durable.keys()).collect();
        for name in all {
            let (now, before) = (self.now.get(name), self.durable.get(name));
            let changed = match loss {
                _ if now == before => continue,
                Loss::Nothing => true,
                Loss::Everything => false,
                _ => dice.percent(50),
            };
            match now {
                _ if !changed => {}
                Some(file) => _ = left.insert(name.clone(), *file),
                None => _ = left.remove(name),
            }
        }
        Self { now: left.clone(), durable: left }
    }
}
