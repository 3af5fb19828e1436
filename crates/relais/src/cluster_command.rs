//! `relais cluster`: what concerns several servers on one engine. `check` asks an engine, with or without a
//! server, and says of each thing whether it is good, and where it is not, what to type. It changes nothing. The
//! exit status is 1 when mail would not be redundant.

mod patroni;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use cluster::{
    Engine, EngineError, EngineSettings,
    check::{Facts, judge},
};
use doctor::{Finding, Verdict};
use texts::{Language, Sentence};
use tls::TrustAnchors;
use vault::DataKey;
use zeroize::Zeroizing;

use crate::{
    config::Config,
    membership::EngineFile,
    paths::{DEFAULT_CONFIG, DEFAULT_DATA},
};

/// The password, where the connection string is given here; nobody reads it in the list of processes.
const PASSWORD: &str = "RELAIS_ENGINE_PASSWORD";

/// Options of `relais cluster check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Connection string of the engine ("host=pg1,pg2,pg3 user=relais dbname=relais"); the password may stand in
    /// RELAIS_ENGINE_PASSWORD. Without it, the engine of the server here.
    #[arg(long, value_name = "STRING", conflicts_with = "data")]
    engine: Option<String>,
    /// Data directory of a server, whose engine is checked.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Settings of the server: whose certificates are trusted ([tls] trusted_ca_files).
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
    /// REST API of a node that Patroni manages, such as 10.0.0.1:8008 (HTTP).
    #[arg(long, value_name = "HOST:PORT")]
    patroni: Option<String>,
    /// How many servers are to share the engine.
    #[arg(long, value_name = "N", default_value_t = 3)]
    servers: u32,
}

impl Check {
    /// Looks, and says what it found. The exit status: failure when something is wrong.
    pub(crate) fn run(&self) -> ExitCode {
        match self.look() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("relais: {error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn look(&self) -> Result<bool> {
        let findings = match self.engine() {
            Ok(engine) => self.ask(&engine)?,
            Err(error) => vec![english(
                Verdict::Bad,
                "Engine",
                &format!("{error:#}"),
                "relais cluster check --engine \"host=pg1,pg2,pg3 user=relais dbname=relais\"",
            )],
        };
        for finding in &findings {
            println!("{}", finding.said(Language::English));
        }
        Ok(findings.iter().all(|finding| finding.verdict != Verdict::Bad))
    }

    fn engine(&self) -> Result<Engine> {
        let config = match self.config.exists() {
            true => Config::read(&self.config)?,
            false => {
                ensure!(
                    self.config == Path::new(DEFAULT_CONFIG),
                    "there is no {}",
                    self.config.display()
                );
                Config::default()
            }
        };
        let trust = TrustAnchors::with_files(&config.tls.trusted_ca_files)?;
        let Some(connection) = &self.engine else { return of_server(&self.data, &trust) };
        let password = std::env::var(PASSWORD).ok().map(Zeroizing::new);
        let tls = trust.client_config().ok().map(|config| config.as_ref().clone());
        let settings =
            EngineSettings::new(connection, password.as_ref().map(|text| text.as_str()), tls)?;
        Ok(Engine::new(settings))
    }

    fn ask(&self, engine: &Engine) -> Result<Vec<Finding>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?;
        Ok(match runtime.block_on(self.facts(engine)) {
            Ok(facts) => judge(&facts).into_iter().map(found).collect(),
            Err(error) => vec![unreachable(&error)],
        })
    }

    async fn facts(&self, engine: &Engine) -> Result<Facts, EngineError> {
        let mut facts = engine.facts(self.servers).await?;
        if let Some(address) = &self.patroni {
            facts.replication.manager = patroni::ask(address).await;
        }
        Ok(facts)
    }
}

/// As every check says it.
fn found(found: cluster::check::Finding) -> Finding {
    use cluster::check::Verdict as Found;
    let verdict = match found.verdict {
        Found::Good => Verdict::Good,
        Found::Notice => Verdict::Notice,
        Found::Bad => Verdict::Bad,
    };
    english(verdict, found.subject, &found.text, &found.remedy)
}

/// What the engine's own room says it says in English.
fn english(verdict: Verdict, subject: &str, text: &str, remedy: &str) -> Finding {
    let make = match verdict {
        Verdict::Good => Finding::good,
        Verdict::Notice => Finding::notice,
        Verdict::Bad => Finding::bad,
    };
    let finding = make(Sentence::verbatim(subject), Sentence::verbatim(text));
    if remedy.is_empty() { finding } else { finding.remedy(Sentence::verbatim(remedy)) }
}

/// The engine of the server whose data directory this is.
fn of_server(data: &Path, trust: &TrustAnchors) -> Result<Engine> {
    let file = EngineFile::read(data)?.with_context(|| {
        format!("the server of {} shares no engine with others", data.display())
    })?;
    let key = data.join("keys/data.key");
    ensure!(key.exists(), "{} is missing", key.display());
    file.engine(&DataKey::load_or_create(&key)?, trust)
}

fn unreachable(error: &EngineError) -> Finding {
    let remedy = match error {
        EngineError::Refused(_) => {
            "create what is missing: CREATE ROLE relais LOGIN PASSWORD '…'; CREATE DATABASE relais OWNER relais; \
             and let it in: pg_hba.conf (its log says what did not fit)"
        }
        _ => {
            "name every node (host=pg1,pg2,pg3); one of them must run and be the primary: patronictl list"
        }
    };
    english(Verdict::Bad, "Engine", &error.to_string(), remedy)
}
