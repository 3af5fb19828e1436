//! `relais check`: looks at what a server here depends on outside itself (its settings, the DNS, whom it trusts)
//! and says of each whether it is good, and where it is not, what to type. Asks the DNS, changes nothing, and
//! does not need the server. The exit status is 1 when mail is held up by something.

use std::{
    borrow::Cow,
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result};
use dns::{DnsError, Proof, Resolver, ResolverSettings, Validation, Validator};
use tls::TrustAnchors;

use crate::{
    config::Config,
    serve::{DEFAULT_CONFIG, adapter},
};

/// Options of `relais check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Settings of the server.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Good,
    /// Mail goes, with less than there could be.
    Notice,
    /// Mail does not go, or the server does not start.
    Bad,
}

/// What was found out about one thing.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    subject: &'static str,
    text: String,
    /// What to do about it; empty where nothing is.
    remedy: Cow<'static, str>,
}

impl Finding {
    pub(crate) fn bad(subject: &'static str, text: String, remedy: &'static str) -> Self {
        Self { verdict: Verdict::Bad, subject, text, remedy: remedy.into() }
    }
}

impl From<cluster::check::Finding> for Finding {
    fn from(found: cluster::check::Finding) -> Self {
        use cluster::check::Verdict as Found;
        let verdict = match found.verdict {
            Found::Good => Verdict::Good,
            Found::Notice => Verdict::Notice,
            Found::Bad => Verdict::Bad,
        };
        Self { verdict, subject: found.subject, text: found.text, remedy: found.remedy.into() }
    }
}

const VALIDATE: &str =
    "apt install unbound, then in relais.toml: [dns] servers = [\"127.0.0.1:53\"]";

impl Options {
    /// Looks at everything. The exit status: failure when something holds up mail.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let (config, mut findings) = settings(&self.config);
        if let Some(config) = &config {
            findings.push(trust(config));
            findings.extend(names(config)?);
        }
        for finding in &findings {
            println!("{finding}");
        }
        let is_bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
        Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Good => "good   ",
            Verdict::Notice => "notice ",
            Verdict::Bad => "BAD    ",
        };
        write!(f, "{verdict} {}: {}", self.subject, self.text)?;
        if !self.remedy.is_empty() {
            write!(f, "\n        {}", self.remedy)?;
        }
        Ok(())
    }
}

fn settings(file: &Path) -> (Option<Config>, Vec<Finding>) {
    let subject = "Settings";
    if !file.exists() && file == Path::new(DEFAULT_CONFIG) {
        let text = format!("there is no {DEFAULT_CONFIG}: everything is as it is by default");
        let finding = Finding { verdict: Verdict::Good, subject, text, remedy: "".into() };
        return (Some(Config::default()), vec![finding]);
    }
    match Config::read(file) {
        Ok(config) => {
            let text = format!("{} can be read", file.display());
            (
                Some(config),
                vec![Finding { verdict: Verdict::Good, subject, text, remedy: "".into() }],
            )
        }
        Err(error) => {
            let (text, remedy) = (format!("{error:#}"), "docs/configuration.md has every key");
            (None, vec![Finding::bad(subject, text, remedy)])
        }
    }
}

fn trust(config: &Config) -> Finding {
    let subject = "Authorities";
    let anchors = TrustAnchors::with_files(&config.tls.trusted_ca_files);
    match anchors.and_then(|anchors| anchors.authorities()) {
        Ok(authorities) => {
            let text = format!("{} are trusted", authorities.len());
            Finding { verdict: Verdict::Good, subject, text, remedy: "".into() }
        }
        Err(error) => Finding {
            verdict: Verdict::Bad,
            subject,
            text: format!("nobody's certificate can be verified: {error}"),
            remedy: "apt install ca-certificates, or correct [tls] trusted_ca_files in relais.toml"
                .into(),
        },
    }
}

/// Whether names can be looked up, and whether what is said of signatures is to be believed.
fn names(config: &Config) -> Result<Vec<Finding>> {
    if config.delivery.lookups_through_front_ends {
        return Ok(vec![Finding {
            verdict: Verdict::Notice,
            subject: "DNS",
            text:
                "front ends are asked ([delivery] lookups_through_front_ends): not tried from here"
                    .to_owned(),
            remedy: "the running server knows: relais shell -c Get-TransportSecurity".into(),
        }]);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    let settings = adapter(config, None)?;
    let probes = config.dns.probe_names()?;
    let proof = Arc::new(Proof::of(&settings));
    let (servers, is_ours) =
        (listed(&settings), matches!(settings.validator, Validator::BuiltIn(_)));
    let resolver = Resolver::believing(settings, Arc::clone(&proof));
    let answer = runtime.block_on(resolver.addresses(&probes.unsigned));
    runtime.block_on(proof.renew(&resolver, &probes));
    let answers = match answer {
        Ok(_) => Finding {
            verdict: Verdict::Good,
            subject: "DNS",
            text: format!("{servers} answer"),
            remedy: "".into(),
        },
        Err(DnsError::NoSuchDomain) => Finding {
            verdict: Verdict::Notice,
            subject: "DNS",
            text: format!(
                "{servers} answer, and know no {}: not the Internet's DNS?",
                probes.unsigned
            ),
            remedy: "where that is meant, name others to try by: [dns] signed_name, unsigned_name and bogus_name in \
                     relais.toml".into(),
        },
        Err(error) => Finding {
            verdict: Verdict::Bad,
            subject: "DNS",
            text: format!("{} is not found: {error}", probes.unsigned),
            remedy: "correct /etc/resolv.conf, or [dns] servers in relais.toml".into(),
        },
    };
    let signatures = match proof.validation() {
        validation if is_ours => proven_here(&servers, validation),
        validation => signatures(&servers, &validation),
    };
    Ok(vec![answers, signatures])
}

fn listed(settings: &ResolverSettings) -> String {
    let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
    servers.join(", ")
}

/// With the built-in validator.
fn proven_here(servers: &str, validation: Validation) -> Finding {
    match validation {
        Validation::Proven => Finding {
            verdict: Verdict::Good,
            subject: "DNSSEC",
            text: format!("the built-in validator proves what {servers} answer: DANE is on"),
            remedy: "".into(),
        },
        Validation::Unproven(why) | Validation::Lost(why) => Finding {
            verdict: Verdict::Notice,
            subject: "DNSSEC",
            text: format!(
                "the built-in validator proves nothing of what {servers} answer ({why}): DANE is off. Where it was \
                 on before, mail for hosts with TLSA records waits"
            ),
            remedy: "ask DNS servers that pass signatures on: [dns] servers in relais.toml".into(),
        },
        Validation::Remote => signatures(servers, &Validation::Remote),
    }
}

fn signatures(servers: &str, validation: &Validation) -> Finding {
    let off = |why: String| Finding {
        verdict: Verdict::Notice,
        subject: "DNSSEC",
        text: format!(
            "{why}: DANE is off. Where it was on before, mail for hosts with TLSA records waits"
        ),
        remedy: VALIDATE.into(),
    };
    match validation {
        Validation::Proven => Finding {
            verdict: Verdict::Good,
            subject: "DNSSEC",
            text: format!("{servers} validate signatures: DANE is on"),
            remedy: "".into(),
        },
        Validation::Remote => off(format!(
            "{servers} are not on this machine, and nothing protects what they say of signatures"
        )),
        Validation::Unproven(why) | Validation::Lost(why) => {
            off(format!("{servers} do not validate signatures ({why})"))
        }
    }
}
