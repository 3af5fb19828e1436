//! `relais join`: makes the data directory of a server that is new to its organization, with what a running server of the
//! organization hands over for a token. And `relais cluster`, which has a running server do what
//! the cmdlets of the same meaning do.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use management::{MemberBindings, NewMember};
use model::{DomainName, ObjectName};
use peers::Endpoint;
use spool::Lock;
use vault::{JoinAnswer, JoinToken, Joining, VaultError};
use zeroize::Zeroizing;

use crate::{
    cluster_command::Check,
    config::Config,
    membership::Handed,
    paths::DEFAULT_DATA,
    reach::Reach,
    serve::{config_in, host_name, make_private},
};

/// Where the token comes from, where it is not to stand in the list of processes.
const TOKEN: &str = "RELAIS_JOIN_TOKEN";
/// Where the engine's password comes from.
const ENGINE_PASSWORD: &str = "RELAIS_ENGINE_PASSWORD";
/// What a data directory has that is in use.
const USED: [&str; 4] = ["engine.json", "directory.db", "keys", "spool"];

/// A role of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "PascalCase")]
enum Role {
    Mailbox,
    ClientAccess,
}

/// Options of `relais join`.
#[derive(Debug, clap::Args)]
pub(crate) struct Join {
    /// A running server of the organization, such as https://mbx01.contoso.com.
    url: String,
    /// The token of New-JoinToken; else RELAIS_JOIN_TOKEN, else it is read from standard input.
    #[arg(long, value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Data directory to make.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Settings file: the server's name and where it listens.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The new server's name, where the settings file says none; else the host name.
    #[arg(long, value_name = "NAME")]
    server: Option<ObjectName>,
    /// Its name in the network; else in the domain of the server that is asked.
    #[arg(long, value_name = "DOMAIN")]
    fqdn: Option<DomainName>,
    /// What it does.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Role::Mailbox, Role::ClientAccess])]
    roles: Vec<Role>,
}

impl Join {
    /// Joins.
    pub(crate) fn run(self) -> Result<()> {
        let config = config_in(self.config.as_deref(), false)?;
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_DATA));
        refuse_used(&data)?;
        let endpoint = endpoint(&self.url)?;
        let member = self.member(&config)?;
        let token: JoinToken = self.token()?.parse()?;
        make_private(&data)?;
        let _lock = Lock::take(&data)?;
        let handed = ask(&endpoint, &token, &member)?;
        handed.keys.write(&data.join("keys"))?;
        // The last one: without it the directory is not one that has joined.
        handed.engine.write(&data)?;
        println!(
            "Server {} has joined the organization. Start it: relais serve --data {}",
            member.name,
            data.display()
        );
        Ok(())
    }

    fn member(&self, config: &Config) -> Result<NewMember> {
        let name = match config.server.clone().or_else(|| self.server.clone()) {
            Some(name) => name,
            None => host_name()?,
        };
        if let (Some(asked), Some(configured)) = (&self.server, &config.server) {
            anyhow::ensure!(
                asked.is(configured.as_str()),
                "--server says {asked}, and the settings file says {configured}: it counts at every start. Take one of the two out."
            );
        }
        let listen = &config.listen;
        let at = Config::addresses;
        Ok(NewMember {
            name,
            fqdn: self.fqdn.clone(),
            is_mailbox_server: self.roles.contains(&Role::Mailbox),
            is_client_access_server: self.roles.contains(&Role::ClientAccess),
            bindings: MemberBindings {
                default_frontend: at(listen.default_frontend.as_ref(), 25),
                client_frontend: at(listen.client_frontend.as_ref(), 587),
                client_frontend_implicit_tls: at(listen.client_frontend_implicit_tls.as_ref(), 465),
                outbound_proxy: at(listen.outbound_proxy.as_ref(), 717),
                default_hub: at(listen.server_to_server.as_ref(), 2525),
            },
        })
    }

    fn token(&self) -> Result<Zeroizing<String>> {
        if let Some(token) = &self.token {
            return Ok(Zeroizing::new(token.clone()));
        }
        if let Some(token) = std::env::var(TOKEN).ok().filter(|token| !token.is_empty()) {
            return Ok(Zeroizing::new(token));
        }
        let input = std::io::stdin();
        if input.is_terminal() {
            eprint!("Token: ");
            std::io::stderr().flush()?;
        }
        let mut line = Zeroizing::new(String::new());
        input.lock().read_line(&mut line).context("the token cannot be read")?;
        Ok(line)
    }
}

/// Nothing of another server is mixed with this one's.
fn refuse_used(data: &Path) -> Result<()> {
    let used = USED.iter().map(|name| data.join(name)).find(|path| path.exists());
    anyhow::ensure!(
        used.is_none(),
        "{} is a server's data directory already: name an empty one with --data",
        data.display()
    );
    Ok(())
}

fn endpoint(url: &str) -> Result<Endpoint> {
    let text = url.trim().trim_end_matches('/');
    let text = text.strip_prefix("https://").unwrap_or(text);
    text.parse().with_context(|| format!("'{url}' is not the address of a server"))
}

fn ask(endpoint: &Endpoint, token: &JoinToken, member: &NewMember) -> Result<Handed> {
    let joining = Joining::ask(token, serde_json::to_string(member)?)?;
    let body = serde_json::to_vec(joining.asked())?.into();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    let answer =
        runtime.block_on(peers::ask_to_join(endpoint, token.authority(), body)).map_err(|why| {
            anyhow::anyhow!("the server could not join: {}", why.trim_end_matches('.'))
        })?;
    let answer: JoinAnswer = serde_json::from_slice(&answer).context("the answer is none")?;
    let handed = joining.open(&answer).map_err(|error| match error {
        VaultError::CannotOpen => {
            anyhow::anyhow!("the answer was not given by a server that knows the token")
        }
        other => other.into(),
    })?;
    serde_json::from_slice(&handed)
        .map_err(|_| anyhow::anyhow!("the answer is of another version of Relais than this one"))
}

/// What `relais cluster` does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ClusterCommand {
    /// Move the organization to an engine that servers share: Enable-Cluster. A password comes from RELAIS_ENGINE_PASSWORD.
    Enable {
        /// Where PostgreSQL is: "host=... port=... user=... dbname=...".
        engine: String,
        #[command(flatten)]
        reach: Reach,
    },
    /// Move it back to this server alone: Disable-Cluster.
    Disable {
        /// Although the engine is away.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        reach: Reach,
    },
    /// Make a token for a new server: New-JoinToken.
    Token {
        #[command(flatten)]
        reach: Reach,
    },
    /// Show the servers: Get-ClusterStatus.
    Status {
        #[command(flatten)]
        reach: Reach,
    },
    /// Check the engine that several servers share, and say what to type where something is wrong. Changes nothing.
    Check(Check),
}

impl ClusterCommand {
    /// Does it.
    pub(crate) fn run(self) -> ExitCode {
        match self {
            Self::Check(check) => check.run(),
            Self::Enable { engine, reach } => {
                let mut command =
                    format!("Enable-Cluster -Engine '{}'", engine.replace('\'', "''"));
                if std::env::var_os(ENGINE_PASSWORD).is_some() {
                    command.push_str(&format!(
                        " -Password (ConvertTo-SecureString $env:{ENGINE_PASSWORD} -AsPlainText -Force)"
                    ));
                }
                reach.say(command)
            }
            Self::Disable { force, reach } => {
                let force = if force { " -Force" } else { "" };
                reach.say(format!("Disable-Cluster{force}"))
            }
            Self::Token { reach } => reach.say("New-JoinToken | Format-List".to_owned()),
            Self::Status { reach } => reach.say("Get-ClusterStatus | Format-Table".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_used_directories_refused() {
        assert_eq!(
            endpoint("https://mbx01.contoso.com/").unwrap().to_string(),
            "mbx01.contoso.com:443"
        );
        assert_eq!(endpoint("127.0.0.1:10443").unwrap().to_string(), "127.0.0.1:10443");
        assert!(endpoint("http://mbx01").is_err() && endpoint("https://mbx01/api").is_err());
        let place = tempfile::tempdir().unwrap();
        refuse_used(place.path()).unwrap();
        for name in USED {
            std::fs::write(place.path().join(name), "").unwrap();
            assert!(refuse_used(place.path()).is_err(), "{name}");
            std::fs::remove_file(place.path().join(name)).unwrap();
        }
    }
}
