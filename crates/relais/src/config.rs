//! `relais.toml`: what a server must know before it can read its directory. Everything an
//! administrator changes later is in the directory, not here (docs/configuration.md).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use admin::SessionLimits;
use anyhow::{Context, Result};
use delivery::{ParticularReplies, ReplyPattern};
use directory::IpRange;
use model::{DomainName, ObjectName, TimeSpan};
use serde::Deserialize;
use transport::ReportPace;

use crate::back_pressure::Resources;

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
    pub(crate) dns: Dns,
    pub(crate) tls: Tls,
    pub(crate) delivery: Delivery,
    pub(crate) frontend: Frontend,
    pub(crate) queue: Queue,
    pub(crate) reports: Reports,
    pub(crate) resources: Resources,
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
}

/// The machine's DNS servers: what `InternalDNSAdapterEnabled` means.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dns {
    /// Instead of those in /etc/resolv.conf.
    pub(crate) servers: Vec<SocketAddr>,
}

/// Whom we trust beyond the machine's certificate store.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// Certificates of further authorities, PEM.
    pub(crate) trusted_ca_files: Vec<PathBuf>,
}

/// Where mail may go, and the replies that a connector's ErrorPolicies judge otherwise: `550`,
/// `5.7.1`, `554 5.7.*`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Delivery {
    /// Whether a mail exchanger may resolve to loopback. Otherwise that is this server: a loop.
    pub(crate) loopback_next_hops: bool,
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
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            glitch_retry_count: 4,
            glitch_retry_interval: TimeSpan::minutes(1),
            mailbox_delivery_queue_retry_interval: TimeSpan::minutes(5),
            max_idle_time_before_resubmit: TimeSpan::hours(12),
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
        Ok(())
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
        Ok(config)
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
