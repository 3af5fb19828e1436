//! `relais check`: looks at what a server here depends on (its settings, the machine, the disk, the DNS, what others see of
//! it) and says of each whether it is good, and where it is not, what to type. Asks the DNS and the server, if one
//! runs; strangers only where a domain is named (`--to`). Changes nothing. The exit status is 1 when something holds up
//! mail or may lose it. What is judged and how is in the room `doctor`; this wires it to settings and directory.

mod organization;
mod settings;

use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use dns::{OwnNames, Resolver, ResolverSettings, Validator};
use doctor::{
    Account, Finding, Report, Unit, Verdict, clock, flush, names, outward, places, ports,
    privileges, room, sending,
    service::{self, Running},
};
use model::DomainName;
use resources::Rule;
use texts::{Language, Sentence, checks};
use tls::TrustAnchors;

use self::organization::Organization;
use crate::{
    config::Config,
    language,
    paths::{DEFAULT_CONFIG, DEFAULT_DATA},
    serve::{adapter, own_addresses},
};

/// How long one DNS server may take for one question, and how long a look-up.
const SERVER_TIMEOUT: Duration = Duration::from_secs(2);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(6);

/// Options of `relais check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Settings of the server.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
    /// Data directory of the server.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// An address that others see mail come from, where a router or firewall gives it another than the machine has.
    #[arg(long, value_name = "ADDR")]
    public_address: Vec<IpAddr>,
    /// Connect to the mail hosts of this domain at port 25, to see whether that is possible from here; nothing is sent.
    #[arg(long, value_name = "DOMAIN")]
    to: Option<DomainName>,
    /// Print one JSON object, for programs.
    #[arg(long)]
    json: bool,
    /// Language of what is said: en or fr; that of the environment (LC_ALL, LC_MESSAGES, LANG) unless given. JSON is English.
    #[arg(long, value_parser = language::parsed)]
    language: Option<Language>,
}

/// What is known before anything is asked.
struct Known {
    config: Config,
    running: Running,
    unit: Option<Unit>,
    account: (Account, Sentence),
    organization: Organization,
}

/// What took time and was found at once.
struct Asked {
    service: service::Facts,
    names: Vec<Finding>,
    seen: Vec<Finding>,
    outward: Vec<Finding>,
}

impl Options {
    /// Looks at everything. The exit status: failure when something is bad.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let mut report = Report::default();
        match settings::read(&self.config) {
            Ok((config, found)) => self.look(config, found, &mut report)?,
            Err(finding) => report.add(checks::SETTINGS, vec![*finding]),
        }
        let language = self.language.unwrap_or_else(language::of_environment);
        let text = if self.json { report.json() } else { report.said(language) };
        // Whoever reads only its beginning (`head`) closes the pipe; the exit status says the rest.
        let _ = writeln!(io::stdout(), "{text}");
        let is_good = report.count(Verdict::Bad) == 0;
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn look(&self, config: Config, read: Finding, report: &mut Report) -> Result<()> {
        let running = Running::of(&self.data);
        let unit = Unit::here();
        let account = self.account(&running, unit.as_ref());
        let organization = Organization::of(&config, &self.data);
        let known = Known { config, running, unit, account, organization };
        let mut settings = vec![read];
        settings.extend(settings::judge(&known.config, &self.config, &known.account.0));
        settings.extend(known.organization.findings(&known.config, known.unit.is_some()));
        report.add(checks::SETTINGS, settings);
        // Two of them wait for the machine, the rest for the network.
        let (measured, asked) = std::thread::scope(|scope| {
            let measuring = scope.spawn(|| (self.flush(), clock::gather()));
            let asked = self.ask(&known);
            (measuring.join(), asked)
        });
        let (flush, clock) = measured.map_err(|_| anyhow::anyhow!("measuring broke off"))?;
        let asked = asked?;
        report.add(checks::SERVER, service::judge(&asked.service));
        report.add(checks::PORTS, self.ports(&known));
        report.add(checks::USER_AND_RIGHTS, Self::rights(&known));
        report.add(checks::DATA_DIRECTORY, self.place(&known, flush));
        report.add(checks::CLOCK, clock::judge(&clock));
        report.add(checks::DNS, asked.names);
        report.add(checks::WHAT_OTHERS_SEE, asked.seen);
        report
            .add(checks::CERTIFICATES, known.organization.certificates(&known.config, &self.data));
        report.add(checks::THE_INTERNET, asked.outward);
        Ok(())
    }

    /// As whom the server runs, or would run, and how that is known.
    fn account(&self, running: &Running, unit: Option<&Unit>) -> (Account, Sentence) {
        use std::os::unix::fs::MetadataExt;
        let data = self.data.display();
        if let Some((pid, uid)) = running.process().and_then(|one| Some((one.pid, one.uid?))) {
            return (Account::of(uid), Sentence::new(checks::KNOWN_BY_PROCESS).with(pid));
        }
        if self.data == Path::new(DEFAULT_DATA)
            && let Some(user) = unit.and_then(|unit| unit.user.as_deref())
            && let Some(account) = Account::named(user)
        {
            return (account, checks::KNOWN_BY_UNIT.into());
        }
        if let Ok(found) = std::fs::metadata(&self.data) {
            return (Account::of(found.uid()), Sentence::new(checks::KNOWN_BY_OWNER).with(data));
        }
        match Account::named("relais").filter(|_| self.data == Path::new(DEFAULT_DATA)) {
            Some(account) => (account, checks::KNOWN_AS_MADE.into()),
            None => (Account::current(), checks::KNOWN_BY_NOTHING.into()),
        }
    }

    /// In the spool; before the first start in the data directory, if that is there.
    fn flush(&self) -> Result<flush::Facts, (PathBuf, io::Error)> {
        let spool = self.data.join("spool");
        match flush::gather(&spool) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                flush::gather(&self.data).map_err(|error| (self.data.clone(), error))
            }
            found => found.map_err(|error| (spool, error)),
        }
    }

    fn ask(&self, known: &Known) -> Result<Asked> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?;
        runtime.block_on(async {
            let (service, (names, seen, outward)) = tokio::join!(
                service::gather(known.running.clone(), admin(&known.config)),
                self.ask_names(known)
            );
            Ok(Asked { service, names, seen, outward })
        })
    }

    /// What depends on the DNS: itself, what others see, and hosts of the Internet.
    async fn ask_names(&self, known: &Known) -> (Vec<Finding>, Vec<Finding>, Vec<Finding>) {
        let config = &known.config;
        if config.delivery.lookups_through_front_ends {
            return (vec![names::elsewhere()], Vec::new(), Vec::new());
        }
        let (settings, probes) = match (adapter(config, None), config.dns.probe_names()) {
            (Ok(settings), Ok(probes)) => (in_time(settings), probes),
            (Err(error), _) | (_, Err(error)) => {
                let refused = Finding::bad(checks::DNS, Sentence::phrase(format!("{error:#}")))
                    .remedy(checks::DNS_REFUSED_REMEDY);
                return (vec![refused], Vec::new(), Vec::new());
            }
        };
        // What is only shown need not be proven.
        let plain = ResolverSettings { validator: Validator::Resolver, ..settings.clone() };
        let resolver = Resolver::new(plain);
        let senders = known.organization.senders.clone();
        let (names, seen, outward) = tokio::join!(
            names::gather(settings, &probes),
            sending::gather(&resolver, senders, &self.public_address),
            self.knock(&resolver, known)
        );
        let seen = seen.iter().flat_map(sending::judge).collect();
        (names::judge(&names), seen, outward)
    }

    async fn knock(&self, resolver: &Resolver, known: &Known) -> Vec<Finding> {
        let Some(domain) = &self.to else { return Vec::new() };
        let addresses = own_addresses(known.config.delivery.loopback_next_hops)();
        let own_names: Vec<DomainName> = known.organization.fqdn.iter().cloned().collect();
        let own = OwnNames { names: &own_names, addresses: &addresses };
        let senders = &known.organization.senders;
        let name = senders.first().map_or("localhost".to_owned(), |sender| sender.name.to_string());
        outward::judge(&outward::gather(resolver, domain, &own, &name).await)
    }

    fn ports(&self, known: &Known) -> Vec<Finding> {
        let is_stopped = known.running == Running::No;
        let wanted = known.organization.ports(&known.config);
        ports::judge(&ports::gather(wanted, known.running.process(), is_stopped))
    }

    fn rights(known: &Known) -> Vec<Finding> {
        let ports = known.organization.ports(&known.config);
        let facts = privileges::gather(
            known.account.clone(),
            known.running.process().cloned(),
            ports.iter().map(|wanted| wanted.address.port()).min(),
            known.organization.connections,
        );
        privileges::judge(&facts)
    }

    fn place(
        &self,
        known: &Known,
        flush: Result<flush::Facts, (PathBuf, io::Error)>,
    ) -> Vec<Finding> {
        let mut findings = places::judge(&places::gather(&self.data, known.account.0.clone()));
        let default = Rule::DefaultReserve(resources::DISK_RESERVE);
        let rule = known.config.resources.settings().map_or(default, |found| found.database_disk);
        findings.extend(match room::gather(&self.data.join("spool"), rule) {
            Ok(facts) => room::judge(&facts),
            Err(why) => vec![Finding::notice(checks::FILE_SYSTEM, Sentence::verbatim(why))],
        });
        match flush {
            Ok(facts) => findings.extend(flush::judge(&facts)),
            Err((path, error)) => findings.push(flush::unmeasured(&path, &error)),
        }
        findings
    }
}

/// Whether any certificate can be verified at all.
fn trust(config: &Config) -> (Finding, Option<TrustAnchors>) {
    let anchors = TrustAnchors::with_files(&config.tls.trusted_ca_files);
    match anchors.and_then(|anchors| anchors.authorities().map(|found| (found.len(), anchors))) {
        Ok((number, anchors)) => {
            let text = Sentence::new(checks::TRUSTED).with(number);
            (Finding::good(checks::AUTHORITIES, text), Some(anchors))
        }
        Err(error) => {
            let text = Sentence::new(checks::NONE_TRUSTED).with_phrase(error);
            (Finding::bad(checks::AUTHORITIES, text).remedy(checks::NONE_TRUSTED_REMEDY), None)
        }
    }
}

/// Where the admin listener is.
fn admin(config: &Config) -> SocketAddr {
    config.listen.admin.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 443)))
}

fn in_time(settings: ResolverSettings) -> ResolverSettings {
    ResolverSettings { server_timeout: SERVER_TIMEOUT, total_timeout: TOTAL_TIMEOUT, ..settings }
}
