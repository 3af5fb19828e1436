//! `relais.toml`: what a server must know before it can read its directory. Everything an
//! administrator changes later is in the directory, not here (docs/configuration.md).

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use admin::SessionLimits;
use anyhow::{Context, Result};
use delivery::{ParticularReplies, ReplyPattern};
use directory::IpRange;
use dns::{ProbeNames, TrustAnchors, Validator};
use frontend::Lent;
use model::{ByteSize, DomainName, ObjectName, TimeSpan};
use peers::{Configured, Endpoint};
use serde::Deserialize;
use transport::{PriorityQueuing, ReportPace};

use crate::{
    acme_section::Acme, back_pressure::Resources, host::Sendmail,
    mailboxes_section::MailboxesSection,
};

/// The file. Every key is optional; unknown keys are refused.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Name of the organization. Used at the first start.
    pub(crate) organization: Option<String>,
    /// First accepted domain. Used at the first start.
    pub(crate) domain: Option<DomainName>,
    /// Name of this server; its host name by default.
    pub(crate) server: Option<ObjectName>,
    pub(crate) listen: Listen,
    pub(crate) admin: Admin,
    /// Where the admin listeners of other servers are, by server; port 443 of their names where nothing is said.
    peers: HashMap<ObjectName, Endpoint>,
    pub(crate) dns: Dns,
    pub(crate) tls: Tls,
    pub(crate) acme: Acme,
    pub(crate) delivery: Delivery,
    pub(crate) frontend: Frontend,
    pub(crate) queue: Queue,
    pub(crate) reports: Reports,
    pub(crate) resources: Resources,
    pub(crate) mailboxes: MailboxesSection,
    pub(crate) sendmail: Sendmail,
}

/// Where the first Receive connectors listen (used at the first start), and the admin center.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Listen {
    pub(crate) default_frontend: Option<Vec<SocketAddr>>,
    pub(crate) client_frontend: Option<Vec<SocketAddr>>,
    pub(crate) client_frontend_implicit_tls: Option<Vec<SocketAddr>>,
    pub(crate) outbound_proxy: Option<Vec<SocketAddr>>,
    pub(crate) server_to_server: Option<Vec<SocketAddr>>,
    pub(crate) sandbox_relay: Option<Vec<SocketAddr>>,
    /// Admin center and API; read at every start.
    pub(crate) admin: Option<SocketAddr>,
}

/// The admin center.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Admin {
    /// After how long without its user a session ends.
    session_idle: Option<TimeSpan>,
    /// After how long it ends in any case.
    session_life: Option<TimeSpan>,
    /// Proxies whose X-Forwarded-For is believed.
    pub(crate) trusted_proxies: Vec<IpRange>,
}

impl Admin {
    /// How long somebody stays signed in.
    pub(crate) fn sessions(&self) -> Result<SessionLimits> {
        let default = SessionLimits::default();
        let idle = self.session_idle.unwrap_or(default.idle());
        let life = self.session_life.unwrap_or(default.life());
        SessionLimits::new(idle, life).context("[admin] session_idle or session_life")
    }
}

/// What Front End Transport may do on this machine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Frontend {
    /// Networks it connects to for Mailbox servers although they are not the open Internet.
    pub(crate) allow: Vec<IpRange>,
    /// Whether it connects to web servers of the Internet for them.
    allow_https: bool,
    /// DNS servers that it connects to for them, at most eight.
    dns: Vec<SocketAddr>,
}

/// The port of web servers.
const HTTPS: u16 = 443;
/// DNS servers that a front end goes through for one question.
const MOST_DNS: usize = 8;

impl Frontend {
    /// What is lent to Mailbox servers; `policy_port` is where policies are fetched, for tests.
    pub(crate) fn lent(&self, policy_port: u16) -> Result<Lent> {
        anyhow::ensure!(
            self.dns.len() <= MOST_DNS,
            "[frontend] dns has {} servers. Allowed: at most {MOST_DNS}.",
            self.dns.len()
        );
        Ok(Lent {
            allowed: self.allow.clone(),
            https_ports: if self.allow_https { vec![HTTPS, policy_port] } else { Vec::new() },
            dns: self.dns.clone(),
        })
    }
}

/// The machine's DNS servers: what `InternalDNSAdapterEnabled` means.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dns {
    /// Instead of those in /etc/resolv.conf.
    pub(crate) servers: Vec<SocketAddr>,
    /// Who validates signatures.
    validator: ValidatorName,
    /// What the built-in validator believes, instead of the keys of the DNS root.
    trust_anchor_file: Option<PathBuf>,
    /// A name of a signed zone; with the next two it shows whether servers on this machine validate.
    pub(crate) signed_name: Option<DomainName>,
    /// A name of a zone that is not signed.
    pub(crate) unsigned_name: Option<DomainName>,
    /// A name of a zone whose signatures are wrong.
    pub(crate) bogus_name: Option<DomainName>,
}

/// `[dns] validator`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ValidatorName {
    #[default]
    Resolver,
    BuiltIn,
}

impl Dns {
    /// Who validates, with what it begins with.
    pub(crate) fn validator(&self) -> Result<Validator> {
        let anchors = match (self.validator, &self.trust_anchor_file) {
            (ValidatorName::Resolver, None) => return Ok(Validator::Resolver),
            (ValidatorName::Resolver, Some(_)) => anyhow::bail!(
                "[dns] trust_anchor_file is set and nobody would use it: set validator = \"built-in\" too"
            ),
            (ValidatorName::BuiltIn, None) => TrustAnchors::root(),
            (ValidatorName::BuiltIn, Some(file)) => TrustAnchors::read(file)
                .with_context(|| format!("[dns] trust_anchor_file {}", file.display()))?,
        };
        Ok(Validator::BuiltIn(Arc::new(anchors)))
    }

    /// Names by which it shows whether a resolver validates.
    pub(crate) fn probe_names(&self) -> Result<ProbeNames> {
        let or = |name: &Option<DomainName>, usual: &str| -> Result<DomainName> {
            name.clone().map_or_else(|| Ok(usual.parse()?), Ok)
        };
        Ok(ProbeNames {
            signed: or(&self.signed_name, "iana.org")?,
            unsigned: or(&self.unsigned_name, "google.com")?,
            bogus: or(&self.bogus_name, "dnssec-failed.org")?,
        })
    }
}

/// Whom we trust beyond the machine's certificate store.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// Certificates of further authorities, PEM.
    pub(crate) trusted_ca_files: Vec<PathBuf>,
    /// The port at which MTA-STS policies are fetched. For tests.
    pub(crate) mta_sts_port: u16,
}

impl Default for Tls {
    fn default() -> Self {
        Self { trusted_ca_files: Vec::new(), mta_sts_port: 443 }
    }
}

/// Where mail may go, and the replies that a connector's ErrorPolicies judge otherwise: `550`,
/// `5.7.1`, `554 5.7.*`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Delivery {
    /// Whether a mail exchanger may resolve to loopback. Otherwise that is this server: a loop.
    pub(crate) loopback_next_hops: bool,
    /// Whether DNS questions and requests to web servers go through front ends, as this server has no other
    /// way to the Internet.
    pub(crate) lookups_through_front_ends: bool,
    /// With DowngradeCustomFailures.
    pub(crate) downgrade_replies: Vec<String>,
    /// With UpgradeCustomFailures.
    pub(crate) upgrade_replies: Vec<String>,
}

impl Delivery {
    /// The lists.
    pub(crate) fn particular_replies(&self) -> Result<ParticularReplies> {
        let read = |list: &[String], key: &'static str| {
            let patterns = list.iter().map(|text| text.parse::<ReplyPattern>());
            patterns.collect::<Result<Vec<_>, _>>().context(key)
        };
        let downgraded = read(&self.downgrade_replies, "[delivery] downgrade_replies")?;
        let upgraded = read(&self.upgrade_replies, "[delivery] upgrade_replies")?;
        ParticularReplies::new(downgraded, upgraded).context("[delivery] of relais.toml")
    }
}

/// Settings Exchange keeps in its application configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Queue {
    /// QueueGlitchRetryCount, 0 to 15.
    pub(crate) glitch_retry_count: u32,
    /// QueueGlitchRetryInterval.
    pub(crate) glitch_retry_interval: TimeSpan,
    /// MailboxDeliveryQueueRetryInterval, a second to a day.
    pub(crate) mailbox_delivery_queue_retry_interval: TimeSpan,
    /// MaxIdleTimeBeforeResubmit, at least a minute.
    pub(crate) max_idle_time_before_resubmit: TimeSpan,
    /// PriorityQueuingEnabled; the others count only with it.
    pub(crate) priority_queuing_enabled: bool,
    /// MaxHighPriorityMessageSize.
    pub(crate) max_high_priority_message_size: ByteSize,
    /// HighPriorityDelayNotificationTimeout.
    pub(crate) high_priority_delay_notification_timeout: TimeSpan,
    /// NormalPriorityDelayNotificationTimeout.
    pub(crate) normal_priority_delay_notification_timeout: TimeSpan,
    /// LowPriorityDelayNotificationTimeout.
    pub(crate) low_priority_delay_notification_timeout: TimeSpan,
    /// HighPriorityMessageExpirationTimeout.
    pub(crate) high_priority_message_expiration_timeout: TimeSpan,
    /// NormalPriorityMessageExpirationTimeout.
    pub(crate) normal_priority_message_expiration_timeout: TimeSpan,
    /// LowPriorityMessageExpirationTimeout.
    pub(crate) low_priority_message_expiration_timeout: TimeSpan,
}

impl Default for Queue {
    fn default() -> Self {
        let priorities = PriorityQueuing::default();
        let [high_delay, normal_delay, low_delay] = priorities.delay_notification_timeout;
        let [high_end, normal_end, low_end] = priorities.message_expiration_timeout;
        Self {
            glitch_retry_count: 4,
            glitch_retry_interval: TimeSpan::minutes(1),
            mailbox_delivery_queue_retry_interval: TimeSpan::minutes(5),
            max_idle_time_before_resubmit: TimeSpan::hours(12),
            priority_queuing_enabled: false,
            max_high_priority_message_size: priorities.max_high_priority_message_size,
            high_priority_delay_notification_timeout: high_delay,
            normal_priority_delay_notification_timeout: normal_delay,
            low_priority_delay_notification_timeout: low_delay,
            high_priority_message_expiration_timeout: high_end,
            normal_priority_message_expiration_timeout: normal_end,
            low_priority_message_expiration_timeout: low_end,
        }
    }
}

impl Queue {
    fn check(&self) -> Result<()> {
        let interval = self.mailbox_delivery_queue_retry_interval;
        anyhow::ensure!(
            (TimeSpan::seconds(1)..=TimeSpan::days(1)).contains(&interval),
            "[queue] mailbox_delivery_queue_retry_interval {interval} is not allowed. Allowed: 00:00:01 to 1.00:00:00."
        );
        let idle = self.max_idle_time_before_resubmit;
        anyhow::ensure!(
            idle >= TimeSpan::minutes(1),
            "[queue] max_idle_time_before_resubmit {idle} is not allowed. Allowed: 00:01:00 and more."
        );
        self.check_times()
    }

    /// What priorities change, while they change anything.
    pub(crate) fn priorities(&self) -> Option<PriorityQueuing> {
        self.priority_queuing_enabled.then_some(PriorityQueuing {
            max_high_priority_message_size: self.max_high_priority_message_size,
            delay_notification_timeout: [
                self.high_priority_delay_notification_timeout,
                self.normal_priority_delay_notification_timeout,
                self.low_priority_delay_notification_timeout,
            ],
            message_expiration_timeout: [
                self.high_priority_message_expiration_timeout,
                self.normal_priority_message_expiration_timeout,
                self.low_priority_message_expiration_timeout,
            ],
        })
    }

    /// The times of each priority, in the ranges that the server's have.
    fn check_times(&self) -> Result<()> {
        let within = |name: &str, times: [TimeSpan; 3], least: TimeSpan, most: TimeSpan| {
            let good = times.iter().all(|time| (least..=most).contains(time));
            anyhow::ensure!(good, "{name} of [queue] is not allowed. Allowed: {least} to {most}.");
            Ok(())
        };
        let Some(priorities) = self.priorities() else { return Ok(()) };
        let (delay, end) =
            (priorities.delay_notification_timeout, priorities.message_expiration_timeout);
        let (second, five) = (TimeSpan::seconds(1), TimeSpan::seconds(5));
        within("…_priority_delay_notification_timeout", delay, second, TimeSpan::days(30))?;
        within("…_priority_message_expiration_timeout", end, five, TimeSpan::days(90))
    }
}

/// How quickly reports are made where many are owed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reports {
    /// In the long run, 1 to 100000.
    pub(crate) per_second: u32,
    /// At once after a time without, 1 to 1000000.
    pub(crate) burst: u32,
}

impl Default for Reports {
    fn default() -> Self {
        let ReportPace { per_second, burst } = ReportPace::default();
        Self { per_second, burst }
    }
}

impl Reports {
    pub(crate) fn pace(&self) -> ReportPace {
        ReportPace { per_second: self.per_second, burst: self.burst }
    }

    fn check(&self) -> Result<()> {
        let in_range = |name: &str, value: u32, most: u32| {
            anyhow::ensure!(
                (1..=most).contains(&value),
                "[reports] {name} {value} is not allowed. Allowed: 1 to {most}."
            );
            Ok(())
        };
        in_range("per_second", self.per_second, 100_000)?;
        in_range("burst", self.burst, 1_000_000)
    }
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let config: Self =
            toml::from_str(&text).with_context(|| format!("{} is not right", path.display()))?;
        anyhow::ensure!(
            config.queue.glitch_retry_count <= 15,
            "{}: glitch_retry_count {} is not allowed. Allowed: 0 to 15.",
            path.display(),
            config.queue.glitch_retry_count
        );
        config.queue.check().with_context(|| path.display().to_string())?;
        config.reports.check().with_context(|| path.display().to_string())?;
        config.sendmail.check().with_context(|| path.display().to_string())?;
        Ok(config)
    }

    /// The files that it names besides itself: the key, the file, and whether it is run and not read.
    pub(crate) fn files(&self) -> Vec<(&'static str, &Path, bool)> {
        let authorities = self.tls.trusted_ca_files.iter();
        let authorities = authorities.map(|file| ("[tls] trusted_ca_files", file.as_path(), false));
        let anchors = self.dns.trust_anchor_file.as_deref();
        let anchors = anchors.map(|file| ("[dns] trust_anchor_file", file, false));
        authorities.chain(anchors).chain(self.acme.files()).collect()
    }

    /// Where other servers are asked.
    pub(crate) fn peers(&self) -> Configured {
        let pairs = self.peers.iter();
        Configured::new(pairs.map(|(server, endpoint)| (server.clone(), endpoint.clone())))
    }

    /// Files that it names and that are no secret. A program that it names (`[acme] dns_hook`) may hold one.
    pub(crate) fn named_files(&self) -> Vec<PathBuf> {
        self.tls.trusted_ca_files.iter().chain(&self.dns.trust_anchor_file).cloned().collect()
    }

    /// The configuration with what a sandbox has where the file says nothing.
    pub(crate) fn with_sandbox_defaults(mut self) -> Result<Self> {
        let on = |port: u16| Some(vec![SocketAddr::from(([127, 0, 0, 1], port))]);
        let listen = &mut self.listen;
        listen.default_frontend = listen.default_frontend.take().or_else(|| on(10024));
        listen.sandbox_relay = listen.sandbox_relay.take().or_else(|| on(10025));
        listen.client_frontend = listen.client_frontend.take().or_else(|| on(10587));
        listen.client_frontend_implicit_tls =
            listen.client_frontend_implicit_tls.take().or_else(|| on(10465));
        listen.outbound_proxy = listen.outbound_proxy.take().or_else(|| on(10717));
        listen.server_to_server = listen.server_to_server.take().or_else(|| on(12525));
        listen.admin = listen.admin.or(Some(SocketAddr::from(([127, 0, 0, 1], 10443))));
        self.domain = Some(self.domain.map_or_else(|| "contoso.com".parse(), Ok)?);
        self.server = Some(self.server.map_or_else(|| "MBX01".parse(), Ok)?);
        self.organization = self.organization.or_else(|| Some("Contoso".to_owned()));
        Ok(self)
    }

    /// The addresses of a listener, or every address with the production port.
    pub(crate) fn addresses(configured: Option<&Vec<SocketAddr>>, port: u16) -> Vec<SocketAddr> {
        configured.cloned().unwrap_or_else(|| {
            vec![SocketAddr::from(([0, 0, 0, 0], port)), SocketAddr::from(([0u16; 8], port))]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("relais.toml");
        std::fs::write(&path, text)?;
        Config::read(&path)
    }

    /// The settings file of the package, every key that it shows taken as set.
    fn packaged() -> String {
        let is_key = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic());
        let shown = |line: &str| match line.strip_prefix('#') {
            Some(text) if is_key(text) || text.starts_with('[') => format!("{text}\n"),
            _ => format!("{line}\n"),
        };
        include_str!("../../../packaging/relais.toml").lines().map(shown).collect()
    }

    /// Whether the pages about `relais.toml` name a key, or how it begins where several are named at once.
    fn is_explained(pages: &str, key: &str) -> bool {
        let begins = key.match_indices('_').map(|(at, _)| &key[..=at]);
        let mut shortened = begins.filter(|begin| begin.matches('_').count() > 1);
        let abbreviated =
            || key.split_once('_').is_some_and(|(word, _)| pages.contains(&format!("`{word}_…`")));
        pages.contains(key) || shortened.any(|begin| pages.contains(begin)) || abbreviated()
    }

    #[test]
    fn the_file_of_the_package_and_the_book_show_every_key() {
        let english = concat!(
            include_str!("../../../docs/configuration.md"),
            include_str!("../../../docs/back-pressure.md")
        );
        let french = concat!(
            include_str!("../../../docs/fr/configuration.md"),
            include_str!("../../../docs/fr/back-pressure.md")
        );
        let packaged = packaged();
        read(&packaged).unwrap();
        let is_shown = |key: &str| {
            let forms = [format!("{key} = "), format!("[{key}]"), format!("[acme.{key}]")];
            packaged.lines().any(|line| forms.iter().any(|form| line.starts_with(form)))
        };
        let sections = [
            "",
            "[listen]",
            "[admin]",
            "[dns]",
            "[tls]",
            "[acme]",
            "[delivery]",
            "[frontend]",
            "[queue]",
            "[reports]",
            "[resources]",
            "[mailboxes]",
            "[sendmail]",
        ];
        for section in sections {
            // What is refused names the keys there are.
            let refused =
                format!("{:#}", read(&format!("{section}\nno_such_key = 1")).unwrap_err());
            let (_, known) = refused.split_once("expected").unwrap();
            let ours = |key: &&str| key.starts_with(|first: char| first.is_ascii_lowercase());
            let keys: Vec<&str> = known.split('`').skip(1).step_by(2).filter(ours).collect();
            assert!(!keys.is_empty(), "{refused}");
            for key in keys {
                assert!(is_shown(key), "{section} {key} is not in packaging/relais.toml");
                for (pages, book) in [(english, "docs"), (french, "docs/fr")] {
                    let is_named = is_explained(pages, key);
                    assert!(is_named, "{section} {key} is not in {book}/configuration.md");
                }
            }
        }
    }

    #[test]
    fn the_built_in_validator_is_asked_for() {
        let of = |text: &str| read(text).unwrap().dns.validator();
        assert_eq!(of("").unwrap(), Validator::Resolver);
        assert_eq!(of("[dns]\nvalidator = \"resolver\"").unwrap(), Validator::Resolver);
        let root = Validator::BuiltIn(Arc::new(TrustAnchors::root()));
        assert_eq!(of("[dns]\nvalidator = \"built-in\"").unwrap(), root);
        let file = "[dns]\ntrust_anchor_file = \"/nowhere/root.key\"\n";
        let unused = of(file).unwrap_err().to_string();
        assert!(unused.contains("validator"), "{unused}");
        let missing = of(&format!("{file}validator = \"built-in\"")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/root.key"), "{missing}");
        assert!(read("[dns]\nvalidator = \"bind\"").is_err());
    }

    #[test]
    fn the_usual_maildrop_belongs_to_the_usual_server() {
        let of = |text: &str, data: &str| read(text).unwrap().sendmail.maildrop_of(Path::new(data));
        assert_eq!(of("", "/srv/other"), None);
        let named = "[sendmail]\nmaildrop = \"/srv/drop\"";
        assert_eq!(of(named, "/srv/other"), Some(PathBuf::from("/srv/drop")));
        let refused = format!("{:#}", read("[sendmail]\nmaildrop = \"drop\"").unwrap_err());
        assert!(
            refused.contains("maildrop \"drop\" is not allowed. Allowed: an absolute"),
            "{refused}"
        );
    }

    #[test]
    fn mailboxes_are_maildirs_or_an_lmtp_servers() {
        let of = |keys: &str| read(&format!("[mailboxes]\n{keys}"))?.mailboxes.lmtp_address();
        let lmtp = of("lmtp = \"/run/dovecot/lmtp\"").unwrap().unwrap();
        assert_eq!(lmtp.to_string(), "/run/dovecot/lmtp");
        assert_eq!(of("quota = \"2 GB\"").unwrap(), None);
        for (keys, problem) in [
            ("lmtp = \"192.0.2.1:24\"", "is not on this machine"),
            ("lmtp = \"inet:127.0.0.1:24\"", "Allowed: the absolute path of a Unix socket"),
            ("lmtp = \"[::1]:24\"\nquota = \"2 GB\"", "nobody would use it"),
            ("quota = \"much\"", "neither a limit nor"),
        ] {
            let refused = format!("{:#}", of(keys).unwrap_err());
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn priorities_count_once_they_are_enabled() {
        let off = read("[queue]\nhigh_priority_message_expiration_timeout = \"01:00:00\"").unwrap();
        assert_eq!(off.queue.priorities(), None);
        let on = read("[queue]\npriority_queuing_enabled = true").unwrap();
        assert_eq!(on.queue.priorities(), Some(PriorityQueuing::default()));
        let text = "[queue]\npriority_queuing_enabled = true\n\
                    max_high_priority_message_size = \"1MB\"\n\
                    low_priority_delay_notification_timeout = \"12:00:00\"";
        let priorities = read(text).unwrap().queue.priorities().unwrap();
        assert_eq!(priorities.max_high_priority_message_size, ByteSize::mb(1));
        assert_eq!(priorities.delay_notification_timeout[2], TimeSpan::hours(12));
        let far = "[queue]\npriority_queuing_enabled = true\n\
                   low_priority_message_expiration_timeout = \"91.00:00:00\"";
        let refused = format!("{:#}", read(far).unwrap_err());
        assert!(refused.contains("Allowed: 00:00:05 to 90.00:00:00."), "{refused}");
    }
}
