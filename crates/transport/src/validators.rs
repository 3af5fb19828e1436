//! What is known of whether DNS servers validate signatures. That they did once is remembered across
//! restarts: a resolver that does so no longer is a fault to be mended, and no reason to send with less.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use dns::{ProbeNames, Proof, Resolver, ResolverSettings, Validation, Validator, Way};
use parking_lot::Mutex;

/// Larger than any list of servers that this program has written.
const LARGEST_MEMORY: u64 = 64 * 1024;

/// How it is found out whether a resolver validates.
#[derive(Debug, Clone)]
pub struct ValidationSettings {
    /// The names that show it.
    pub names: ProbeNames,
    /// The file that remembers who has shown it.
    pub memory: PathBuf,
}

/// What is known of the DNS servers that are, or were, asked.
pub(crate) struct Validators {
    settings: ValidationSettings,
    /// By what is written down of them.
    proofs: Mutex<HashMap<String, Arc<Proof>>>,
    shown_before: Vec<String>,
}

impl Validators {
    pub(crate) fn new(settings: ValidationSettings) -> Self {
        let shown_before = read(&settings.memory).unwrap_or_else(|error| {
            tracing::warn!(%error, file = %settings.memory.display(),
                "who has validated before cannot be read");
            Vec::new()
        });
        Self { settings, proofs: Mutex::default(), shown_before }
    }

    /// A resolver that is believed as far as its servers are.
    pub(crate) fn resolver(&self, settings: ResolverSettings) -> Resolver {
        let proof = self.proof(&settings);
        Resolver::believing(settings, proof)
    }

    /// What has been found out of whom these settings ask.
    pub(crate) fn validation(&self, settings: &ResolverSettings) -> Validation {
        self.proof(settings).validation()
    }

    fn proof(&self, settings: &ResolverSettings) -> Arc<Proof> {
        let listed = listed(settings);
        let mut proofs = self.proofs.lock();
        let new = || {
            let proof = Proof::of(settings);
            let is_known = self.shown_before.contains(&listed);
            Arc::new(if is_known { proof.shown_before() } else { proof })
        };
        Arc::clone(proofs.entry(listed.clone()).or_insert_with(new))
    }

    /// Finds out anew whether what these settings ask can be believed. Whether that has become known now:
    /// what was said before was said by servers of which it was not.
    pub(crate) async fn try_one(&self, settings: &ResolverSettings) -> bool {
        let proof = self.proof(settings);
        let resolver = Resolver::believing(settings.clone(), Arc::clone(&proof));
        let before = proof.validation();
        let validates = proof.renew(&resolver, &self.settings.names).await;
        let now = proof.validation();
        if now == before {
            return false;
        }
        let servers = listed(settings);
        match settings.validator {
            Validator::Resolver => tell(&servers, &now),
            Validator::BuiltIn(_) => tell_of_ours(&servers, &now),
        }
        if validates && !self.shown_before.contains(&servers) {
            self.remember();
        }
        validates
    }

    /// Writes down who has shown that he validates. A failure is told and costs what is remembered only.
    fn remember(&self) {
        let proofs = self.proofs.lock();
        let shown = proofs.iter().filter(|(_, proof)| {
            matches!(proof.validation(), Validation::Proven | Validation::Lost(_))
        });
        let mut lines: Vec<String> = shown.map(|(servers, _)| servers.clone()).collect();
        drop(proofs);
        lines.extend(self.shown_before.iter().cloned());
        lines.sort();
        lines.dedup();
        if let Err(error) = write(&self.settings.memory, &lines) {
            tracing::warn!(%error, file = %self.settings.memory.display(),
                "who validates cannot be written down");
        }
    }
}

/// What has become known of servers that are to validate.
fn tell(servers: &str, now: &Validation) {
    match now {
        Validation::Proven => {
            tracing::info!(servers, "the DNS servers validate signatures: DANE is on");
        }
        Validation::Lost(why) => tracing::error!(
            servers,
            why,
            "the DNS servers validate signatures no longer: mail for hosts with TLSA records waits"
        ),
        Validation::Unproven(why) => {
            tracing::warn!(servers, why, "the DNS servers do not validate signatures: DANE is off");
        }
        Validation::Remote => {}
    }
}

/// The same of servers whose answers are validated here.
fn tell_of_ours(servers: &str, now: &Validation) {
    match now {
        Validation::Proven => {
            tracing::info!(servers, "the built-in validator proves signatures: DANE is on");
        }
        Validation::Lost(why) => tracing::error!(
            servers,
            why,
            "the built-in validator can no longer prove what these DNS servers say: mail for names that \
             are not proven waits"
        ),
        Validation::Unproven(why) => tracing::warn!(
            servers,
            why,
            "the built-in validator cannot prove what these DNS servers say, so nothing is validated: \
             DANE is off"
        ),
        Validation::Remote => {}
    }
}

/// Who is asked and who validates, as it is written down.
fn listed(settings: &ResolverSettings) -> String {
    let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
    let servers = match settings.way {
        Way::Direct => servers.join(" "),
        Way::Through(_) => "those of front ends".to_owned(),
    };
    match settings.validator {
        Validator::Resolver => servers,
        Validator::BuiltIn(_) => format!("built-in {servers}"),
    }
}

fn read(path: &Path) -> io::Result<Vec<String>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
        Ok(facts) if facts.len() > LARGEST_MEMORY => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too large"));
        }
        Ok(_) => {}
    }
    Ok(fs::read_to_string(path)?.lines().map(str::to_owned).collect())
}

fn write(path: &Path, lines: &[String]) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, lines.join("\n") + "\n")?;
    fs::rename(new, path)
}
