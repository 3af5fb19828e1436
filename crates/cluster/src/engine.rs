//! Connections to the engine. One that is lost is opened again by whoever needs it; a failure says
//! whether what was asked may have happened all the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use rustls::ClientConfig;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, Notification,
    config::{Host, SslMode, TargetSessionAttrs},
    error::{Severity, SqlState},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::schema;

/// How long each of its hosts may take to answer a connection: one that is silent must not cost the lease.
const CONNECT: Duration = Duration::from_secs(2);
/// How long it may take to let us in.
const GREET: Duration = Duration::from_secs(3);
/// Notifications that wait for whoever listens; the rest is not missed, since beats tell as well.
const NOTIFICATIONS: usize = 64;

/// What went wrong with the engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The connection string is not one.
    #[error("the connection string is not right: {0}")]
    Settings(String),
    /// It cannot be reached, or the connection was lost; what was asked may have happened.
    #[error("the engine cannot be reached: {0}")]
    Unreachable(String),
    /// It refused what was asked, which has not happened.
    #[error("the engine refused: {0}")]
    Refused(String),
    /// It committed and said that the commit is not on its standbys.
    #[error("the engine does not vouch for its commit: {0}")]
    NotDurable(String),
    /// Its tables are of a newer version.
    #[error("the engine's tables are of format {found}; this version knows {known}")]
    NewerFormat {
        /// What was found.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// What it holds cannot be understood.
    #[error("the engine holds what cannot be understood: {0}")]
    Damaged(String),
    /// Another server has taken this one's messages over, or it was removed.
    #[error("this server has lost its place among the organization's servers")]
    Fenced,
}

impl From<tokio_postgres::Error> for EngineError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return Self::Unreachable(chain(&error));
        };
        let text = said.message().to_owned();
        let away = [
            &SqlState::ADMIN_SHUTDOWN,
            &SqlState::CRASH_SHUTDOWN,
            &SqlState::CANNOT_CONNECT_NOW,
            &SqlState::TOO_MANY_CONNECTIONS,
            &SqlState::READ_ONLY_SQL_TRANSACTION,
        ];
        if away.contains(&said.code()) { Self::Unreachable(text) } else { Self::Refused(text) }
    }
}

/// The sentences of an error and of what caused it. Of a refused connection only the cause says why.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Where the engine is, and how it is reached.
#[derive(Clone)]
pub struct EngineSettings {
    config: Config,
    tls: Option<ClientConfig>,
}

impl EngineSettings {
    /// Reads a connection string (libpq's `key=value` form or a URL, several hosts allowed). A password may
    /// stand in it or be given apart. Where TLS is used, `tls` says who is believed; without it the engine
    /// has to be on this machine, or the string says `sslmode=disable`.
    ///
    /// # Errors
    /// [`EngineError::Settings`] when the string is not one or names an engine elsewhere that nothing protects.
    pub fn new(
        connection: &str,
        password: Option<&str>,
        tls: Option<ClientConfig>,
    ) -> Result<Self, EngineError> {
        let mut config: Config =
            connection.parse().map_err(|e| EngineError::Settings(chain(&e)))?;
        if let Some(password) = password {
            config.password(password);
        }
        if config.get_hosts().is_empty() {
            return Err(EngineError::Settings("it names no host".to_owned()));
        }
        let is_here = config.get_hosts().iter().all(is_here);
        let asks_for_none = connection.contains("sslmode=disable");
        match (&tls, config.get_ssl_mode()) {
            (_, SslMode::Disable) if is_here || asks_for_none => {}
            (Some(_), SslMode::Prefer) if is_here => {}
            (Some(_), _) => {
                config.ssl_mode(SslMode::Require);
            }
            (None, _) if is_here => {
                config.ssl_mode(SslMode::Disable);
            }
            (None, _) => {
                let text = "the engine is on another machine and no authority for its certificate is known";
                return Err(EngineError::Settings(text.to_owned()));
            }
        }
        config
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_secs(5))
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(10));
        Ok(Self { config, tls })
    }
}

/// What stands in a connection string, for who judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// A password, which belongs elsewhere.
    pub has_password: bool,
    /// Only this machine reaches the engine there.
    pub is_local: bool,
}

/// Reads a connection string.
///
/// # Errors
/// [`EngineError::Settings`] when it is not one. Nothing of it is repeated but names of settings.
pub fn describe(connection: &str) -> Result<Described, EngineError> {
    let config: Config = connection.parse().map_err(|e| EngineError::Settings(chain(&e)))?;
    let hosts = config.get_hosts();
    Ok(Described {
        has_password: config.get_password().is_some(),
        is_local: !hosts.is_empty() && hosts.iter().all(is_here),
    })
}

impl std::fmt::Debug for EngineSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The configuration's own form leaves the password out.
        f.debug_struct("EngineSettings").field("config", &self.config).finish_non_exhaustive()
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

/// The engine of an organization. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    settings: Arc<EngineSettings>,
}

/// One connection. It is of use until its first error other than a refusal.
pub struct Link {
    /// The connection.
    pub(crate) client: Client,
    /// How often the engine has warned on it.
    warnings: Arc<AtomicU64>,
    notifications: mpsc::Receiver<Notification>,
}

impl Engine {
    /// The engine that `settings` lead to. Nothing is connected yet.
    pub fn new(settings: EngineSettings) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// Opens a connection to the engine's primary; `purpose` is what its administrator sees of it. To be
    /// called on a runtime, which reads from the connection as long as it lives.
    ///
    /// # Errors
    /// When there is no primary, or it refuses us.
    pub async fn connect(&self, purpose: &str) -> Result<Link, EngineError> {
        let mut config = self.settings.config.clone();
        config.application_name(format!("relais {purpose}"));
        let opened = async {
            match self.settings.tls.clone() {
                Some(tls) => open(&config, MakeRustlsConnect::new(tls)).await,
                None => open(&config, tokio_postgres::NoTls).await,
            }
        };
        // Several hosts are tried one after the other, each for as long as one may take.
        let hosts = u32::try_from(config.get_hosts().len().clamp(1, 16)).unwrap_or(1);
        let most = CONNECT * hosts + GREET;
        tokio::time::timeout(most, opened)
            .await
            .map_err(|_| EngineError::Unreachable("it does not answer".to_owned()))?
    }

    /// How many hosts are tried.
    pub(crate) fn hosts(&self) -> usize {
        self.settings.config.get_hosts().len()
    }

    /// Whether all of them are this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.settings.config.get_hosts().iter().all(is_here)
    }

    /// Ends what a connection waits for. What it committed may be on one node only.
    pub(crate) async fn cancel(&self, client: &Client) {
        let token = client.cancel_token();
        let ended = async {
            match self.settings.tls.clone() {
                Some(tls) => token.cancel_query(MakeRustlsConnect::new(tls)).await,
                None => token.cancel_query(tokio_postgres::NoTls).await,
            }
        };
        let _ = tokio::time::timeout(CONNECT, ended).await;
    }

    /// Gives the engine the name by which spools know it again, and makes its tables. One that has a name keeps
    /// it. Returns the name.
    ///
    /// # Errors
    /// As [`Engine::prepare`].
    pub async fn establish(&self, cluster: &str) -> Result<String, EngineError> {
        self.prepare().await?;
        let link = self.connect("schema").await?;
        let name = "INSERT INTO relais.engine (id, cluster, identity, writable_since, last_beat) \
                    VALUES (1, $1, '', now(), now()) ON CONFLICT (id) DO NOTHING";
        link.client.execute(name, &[&cluster]).await?;
        let found = "SELECT cluster FROM relais.engine WHERE id = 1";
        Ok(link.client.query_one(found, &[]).await?.get(0))
    }

    /// Makes the tables where they are missing.
    ///
    /// # Errors
    /// When the engine fails, or a newer version has made them.
    pub async fn prepare(&self) -> Result<(), EngineError> {
        let mut link = self.connect("schema").await?;
        let transaction = link.client.transaction().await?;
        schema::migrate(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn open<T>(config: &Config, tls: T) -> Result<Link, EngineError>
where
    T: MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    let warnings = Arc::new(AtomicU64::new(0));
    let (sender, notifications) = mpsc::channel(NOTIFICATIONS);
    tokio::spawn(drive(connection, Arc::clone(&warnings), sender));
    Ok(Link { client, warnings, notifications })
}

/// Reads from a connection until it ends. What it says beside answers is noted before the answer that
/// follows is given out.
async fn drive<S, T>(
    mut connection: Connection<S, T>,
    warnings: Arc<AtomicU64>,
    notifications: mpsc::Sender<Notification>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut messages = stream::poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notice(notice)) => {
                if notice.parsed_severity() == Some(Severity::Warning) {
                    tracing::warn!(warning = notice.message(), "the engine warns");
                    warnings.fetch_add(1, Ordering::SeqCst);
                }
            }
            Ok(AsyncMessage::Notification(notification)) => {
                let _ = notifications.try_send(notification);
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

impl Link {
    /// Whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// How often the engine has warned so far. A warning between the beginning of a commit and its answer
    /// means that the standbys do not have it.
    pub(crate) fn warnings(&self) -> u64 {
        self.warnings.load(Ordering::SeqCst)
    }

    /// The count of warnings, for who has lent the connection to a transaction.
    pub(crate) fn warning_count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.warnings)
    }

    /// The next notification; `None` once the connection has ended.
    pub async fn notification(&mut self) -> Option<Notification> {
        self.notifications.recv().await
    }
}
