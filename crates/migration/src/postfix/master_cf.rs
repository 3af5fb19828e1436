//! `master.cf`, as far as it says which transports speak SMTP.

use std::collections::HashMap;

use super::logical_lines;

/// Services by name.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// The command of each and its own settings (`-o name=value`).
    commands: HashMap<String, (String, Vec<String>)>,
}

impl Services {
    /// Reads the file; what is no service is passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut commands = HashMap::new();
        for (_, line) in logical_lines(text) {
            let mut words = line.split_whitespace();
            let (Some(name), Some("unix")) = (words.next(), words.next()) else { continue };
            // private, unprivileged, chroot, wakeup, processes
            let mut words = words.skip(5);
            let Some(command) = words.next() else { continue };
            let mut own = Vec::new();
            while let Some(word) = words.next() {
                if word == "-o" {
                    own.extend(words.next().map(str::to_owned));
                }
            }
            commands.insert(name.to_owned(), (command.to_owned(), own));
        }
        Self { commands }
    }

    /// Whether a transport speaks SMTP, and with which settings of its own.
    pub(super) fn smtp(&self, name: &str) -> Option<&[String]> {
        match self.commands.get(name) {
            Some((command, own)) if command == "smtp" => Some(own),
            Some(_) => None,
            None => ["smtp", "relay"].contains(&name).then_some(&[]),
        }
    }
}
