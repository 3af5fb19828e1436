//! Running a cmdlet: who may, with what, on what the directory says now; one change at a time.

use std::collections::HashMap;
use std::sync::Arc;

use cmdlets::{Cmdlet, Kind};
use directory::{Directory, PasswordRecord, Server, Snapshot};
use identity::TokenVerifier;
use ldap::Synchronizer;
use model::{Clock, ObjectName, Timestamp};
use resources::{Board, Status};
use rustls::RootCertStore;
use serde_json::{Map, Value};
use tls::TrustAnchors;
use tokio::sync::{Mutex, watch};
use tracking::MessageTrackingLog;
use transport::{Progress, Transport};
use zeroize::Zeroizing;

use crate::back_pressure::{get_back_pressure, get_diagnostic_info};
use crate::binding::Bound;
use crate::call::{Call, Expected, Prepared, audit, refused, unversioned};
use crate::domain_publishing::{self, PublishingOracle, TEST_DOMAIN_PUBLISHING};
use crate::elsewhere::OtherServers;
use crate::key_records::{KeyRecords, Published};
use crate::ldap_synchronization::{START_LDAP_SYNCHRONIZATION, start};
use crate::membership::machinery::{Membership, membership_cmdlet};
use crate::message_tracking::{Tracking, get_message_tracking_log};
use crate::new_certificates;
use crate::new_keys::NewKeys;
use crate::objects::{by_name::run_on_objects, dkim_signing_configs};
use crate::output::Output;
use crate::permission::{Caller, permits, require, roles_of};
use crate::pool::on_pool;
use crate::problem::{Problem, shortened};
use crate::queues::{Actions, Place, QueueAdministration, QueueCall, QueueWork, queue_cmdlet};
use crate::test_message::{SEND_TEST_MESSAGE, Submission, draft, only_said, send};
use crate::tls_reports::{self, GET_TLS_REPORT, TlsReportOracle};
use crate::transport_security::{self, GET_TRANSPORT_SECURITY, SecurityOracle};

mod other_servers;

pub use other_servers::NotMember;

/// The cmdlets, as the shell, the admin center and the API run them.
pub struct Management {
    pub(crate) directory: Directory,
    queues: Arc<dyn QueueAdministration>,
    actions: Actions,
    submission: Option<Arc<dyn Submission>>,
    pub(crate) tracking: Option<Tracking>,
    resources: Option<Arc<Board>>,
    key_records: Option<Arc<dyn KeyRecords>>,
    security: Option<Arc<dyn SecurityOracle>>,
    trust: Option<Arc<TrustAnchors>>,
    publishing: Option<Arc<dyn PublishingOracle>>,
    tls_reports: Option<Arc<dyn TlsReportOracle>>,
    tokens: Option<TokenVerifier>,
    ldap: Option<Synchronizer>,
    others: Option<Arc<dyn OtherServers>>,
    pub(crate) membership: Option<Arc<dyn Membership>>,
    pub(crate) server: ObjectName,
    clock: Arc<dyn Clock>,
    /// Held while a cmdlet reads, checks and changes the directory, so that what it checked
    /// (an address is free, an administrator remains) still holds when it changes.
    pub(crate) changing: Arc<Mutex<()>>,
}

impl Management {
    /// Management of the organization in `directory` and of the queues of the server `server`.
    #[must_use]
    pub fn new(
        directory: Directory,
        transport: Transport,
        server: ObjectName,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (tracking, resources) = (transport.tracking(), transport.resources());
        Self {
            tracking: Some(Tracking::new(tracking)),
            resources: Some(resources),
            submission: Some(Arc::new(transport.clone())),
            key_records: Some(Arc::new(transport.clone())),
            security: Some(Arc::new(transport.clone())),
            trust: Some(transport.trust()),
            publishing: Some(Arc::new(transport.clone())),
            tls_reports: Some(Arc::new(transport.clone())),
            ..Self::with_queues(directory, Arc::new(transport), server, clock)
        }
    }

    /// The same with anything that administers queues.
    #[must_use]
    pub fn with_queues(
        directory: Directory,
        queues: Arc<dyn QueueAdministration>,
        server: ObjectName,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            directory,
            queues,
            actions: Actions::new(Arc::clone(&clock)),
            submission: None,
            tracking: None,
            resources: None,
            key_records: None,
            security: None,
            trust: None,
            publishing: None,
            tls_reports: None,
            tokens: None,
            ldap: None,
            others: None,
            membership: None,
            server,
            clock,
            changing: Arc::default(),
        }
    }

    /// The same with a message tracking log to search in.
    #[must_use]
    pub fn with_tracking(self, log: MessageTrackingLog) -> Self {
        Self { tracking: Some(Tracking::new(log)), ..self }
    }

    /// The same with somebody who takes messages.
    #[must_use]
    pub fn with_submission(self, submission: Arc<dyn Submission>) -> Self {
        Self { submission: Some(submission), ..self }
    }

    /// The same with somebody who looks DKIM records up.
    #[must_use]
    pub fn with_key_records(self, who: Arc<dyn KeyRecords>) -> Self {
        Self { key_records: Some(who), ..self }
    }

    /// The same with somebody who looks up what domains have published.
    #[must_use]
    pub fn with_publishing(self, who: Arc<dyn PublishingOracle>) -> Self {
        Self { publishing: Some(who), ..self }
    }

    /// The same with somebody who knows what is demanded of hosts.
    #[must_use]
    pub fn with_security(self, who: Arc<dyn SecurityOracle>) -> Self {
        Self { security: Some(who), ..self }
    }

    /// The same with somebody who has TLS reports.
    #[must_use]
    pub fn with_tls_reports(self, who: Arc<dyn TlsReportOracle>) -> Self {
        Self { tls_reports: Some(who), ..self }
    }

    /// The same with who judges access tokens.
    #[must_use]
    pub fn with_tokens(self, tokens: TokenVerifier) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// The same with who reads LDAP directories.
    #[must_use]
    pub fn with_ldap(self, synchronizer: Synchronizer) -> Self {
        Self { ldap: Some(synchronizer), ..self }
    }

    /// The same with somebody who asks the organization's other servers.
    #[must_use]
    pub fn with_other_servers(self, others: Arc<dyn OtherServers>) -> Self {
        Self { others: Some(others), ..self }
    }

    /// The same with who makes this server one of several.
    #[must_use]
    pub fn with_membership(self, membership: Arc<dyn Membership>) -> Self {
        Self { membership: Some(membership), ..self }
    }

    /// The same with resources to show.
    #[must_use]
    pub fn with_resources(self, board: Arc<Board>) -> Self {
        Self { resources: Some(board), ..self }
    }

    /// Runs a cmdlet for `caller`. `parameters` are by name or alias; switches are `true`,
    /// credentials `{"UserName": …, "Password": …}`, edits of lists `{"Add": …, "Remove": …}`.
    ///
    /// Confirmation is not asked here: whoever calls has asked.
    ///
    /// # Errors
    /// When there is no such cmdlet (404), `caller` may not run it (403), the parameters are
    /// wrong (400), what they name is not there (404) or stands against it (409). Nothing has
    /// been changed then.
    pub async fn run(
        &self,
        caller: &Caller,
        cmdlet: &str,
        parameters: Map<String, Value>,
    ) -> Result<Output, Problem> {
        self.run_on_version(caller, cmdlet, parameters, None).await
    }

    /// The same, if the object that the command changes still has the version that the caller
    /// knows, its `ObjectVersion`.
    ///
    /// # Errors
    /// As [`run`](Self::run); 412 when the object has another version by now, 400 when the
    /// command changes no object that was there before.
    pub async fn run_on_version(
        &self,
        caller: &Caller,
        cmdlet: &str,
        parameters: Map<String, Value>,
        version: Option<u64>,
    ) -> Result<Output, Problem> {
        let cmdlet = cmdlets::find(cmdlet).ok_or_else(|| {
            Problem::new(
                404,
                format!("The term '{}' is not recognized as a cmdlet.", shortened(cmdlet)),
            )
        })?;
        require(&self.directory.snapshot(), caller, cmdlet)?;
        let bound = Bound::new(cmdlet, parameters)?;
        let is_test = cmdlet.name == SEND_TEST_MESSAGE;
        let is_queue_work = queue_cmdlet(cmdlet.name).is_some();
        let is_about_servers = membership_cmdlet(cmdlet.name).is_some();
        let is_reading = cmdlet.name == START_LDAP_SYNCHRONIZATION;
        let has_version =
            cmdlet.changes && !is_queue_work && !is_test && !is_about_servers && !is_reading;
        if version.is_some() && !has_version {
            return Err(unversioned(&bound));
        }
        self.run_where_it_belongs(caller, bound, version).await
    }

    /// Runs a cmdlet on this server.
    async fn run_here(
        &self,
        caller: &Caller,
        bound: Bound,
        version: Option<u64>,
    ) -> Result<Output, Problem> {
        let cmdlet = bound.cmdlet();
        if cmdlet.name == SEND_TEST_MESSAGE {
            return self.send_test_message(caller, bound).await;
        }
        if cmdlet.name == "Get-MessageTrackingLog" {
            let place = place(&self.server, &self.directory.snapshot());
            return get_message_tracking_log(self.tracking.as_ref(), &place, &bound).await;
        }
        if cmdlet.name == START_LDAP_SYNCHRONIZATION {
            let snapshot = self.directory.snapshot();
            let result = start(self.ldap.clone(), &snapshot, caller, &bound).await;
            log(caller, cmdlet, &result);
            return result;
        }
        if cmdlet.name == GET_TRANSPORT_SECURITY {
            return self.transport_security(&bound).await;
        }
        if cmdlet.name == TEST_DOMAIN_PUBLISHING {
            return self.domain_publishing(caller, &bound).await;
        }
        if cmdlet.name == GET_TLS_REPORT {
            return self.tls_reports(caller, &bound);
        }
        if let Some(show) = resource_cmdlet(cmdlet.name) {
            let place = place(&self.server, &self.directory.snapshot());
            let statuses = self.resources.as_ref().map(|board| board.statuses());
            return show(&statuses.unwrap_or_default(), &place, &bound, self.clock.now());
        }
        if let Some(work) = membership_cmdlet(cmdlet.name) {
            return self.run_on_membership(caller, bound, work).await;
        }
        if let Some(work) = queue_cmdlet(cmdlet.name) {
            return self.run_on_queues(caller, bound, work).await;
        }
        let password = hashed_password(&bound).await?;
        let prepared = self.prepared(&bound).await?;
        let guard =
            if cmdlet.changes { Some(Arc::clone(&self.changing).lock_owned().await) } else { None };
        let (directory, server, caller) =
            (self.directory.clone(), self.server.clone(), caller.clone());
        on_pool(move || {
            let snapshot = directory.snapshot();
            // Waiting for others may have taken long enough for the caller to lose his role.
            require(&snapshot, &caller, cmdlet)?;
            let call = Call {
                directory: &directory,
                snapshot,
                server: &server,
                caller: &caller,
                bound: &bound,
                password,
                prepared,
                expected: Expected::new(version),
            };
            let result = run_on_objects(&call);
            drop(guard);
            log(&caller, cmdlet, &result);
            result
        })
        .await
    }

    /// Does what takes long: keys, questions to the DNS.
    async fn prepared(&self, bound: &Bound) -> Result<Prepared, Problem> {
        let snapshot = self.directory.snapshot();
        let configs = &snapshot.dkim_signing_configs;
        let now = self.clock.now();
        let keys = match dkim_signing_configs::size_of_new_keys(configs, bound) {
            Some(size) => on_pool(move || NewKeys::make(size)).await?,
            None => None,
        };
        let published = match dkim_signing_configs::to_be_checked(configs, bound) {
            Some(configs) => Published::ask(self.key_records.as_deref(), &configs, now).await,
            None => Published::default(),
        };
        let server = self.server.clone();
        let certificate = new_certificates::prepared(&snapshot, &server, bound, now).await?;
        let roots = self.roots(bound).await;
        let tokens = self.tokens.clone().filter(|_| bound.cmdlet().noun() == "AuthServer");
        let issuers = match &tokens {
            Some(tokens) if !bound.cmdlet().changes => tokens.states(&snapshot).await,
            _ => HashMap::new(),
        };
        let ldap = self.ldap.as_ref().filter(|_| bound.cmdlet().noun() == "LdapDirectory");
        let ldap_states = ldap.map(Synchronizer::states).unwrap_or_default();
        Ok(Prepared { now, keys, published, certificate, roots, tokens, issuers, ldap_states })
    }

    /// The authorities that count, for who shows how far certificates are trusted.
    async fn roots(&self, bound: &Bound) -> Arc<RootCertStore> {
        let trust = self.trust.clone().filter(|_| bound.cmdlet().noun() == "ExchangeCertificate");
        let Some(trust) = trust else { return Arc::new(RootCertStore::empty()) };
        // Without any, nothing is trusted.
        let read = on_pool(move || {
            trust.authorities().map_err(|error| Problem::internal(error.to_string()))
        })
        .await;
        read.unwrap_or_else(|_| Arc::new(RootCertStore::empty()))
    }

    /// The cmdlets that `caller` may run now.
    #[must_use]
    pub fn allowed(&self, caller: &Caller) -> Vec<&'static str> {
        let roles = roles_of(&self.directory.snapshot(), caller);
        cmdlets::all().iter().filter(|cmdlet| permits(&roles, cmdlet)).map(|c| c.name).collect()
    }

    /// Tells of every change of the directory: the revision after it.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.directory.subscribe()
    }

    async fn send_test_message(&self, caller: &Caller, bound: Bound) -> Result<Output, Problem> {
        let snapshot = self.directory.snapshot();
        let draft = draft(&snapshot, (&self.server, caller), &bound, self.clock.now())?;
        if bound.is_true("WhatIf") {
            return Ok(only_said(&draft));
        }
        let submission = self.submission.clone().ok_or_else(|| {
            Problem::new(503, "There is no Transport service here that could take a message.")
        })?;
        let (directory, caller) = (self.directory.clone(), caller.clone());
        // Whoever goes away does not undo it: it is written to the audit log all the same.
        let sending = tokio::spawn(async move {
            let result = send(submission.as_ref(), draft).await;
            audited(directory, &caller, &bound, result).await
        });
        sending.await.unwrap_or_else(|_| Err(Problem::internal("The command ended unexpectedly.")))
    }

    async fn transport_security(&self, bound: &Bound) -> Result<Output, Problem> {
        let recipient = transport_security::recipient(bound)?;
        let tls = transport_security::requirement(bound)?;
        let oracle = self.security.as_ref().ok_or_else(|| {
            Problem::new(503, "There is no Transport service here that could be asked.")
        })?;
        Ok(match recipient {
            Some(recipient) => {
                transport_security::shown(&recipient, oracle.security_of(&recipient, tls).await)
            }
            None => transport_security::in_general(&oracle.validation()),
        })
    }

    async fn domain_publishing(&self, caller: &Caller, bound: &Bound) -> Result<Output, Problem> {
        let (domains, warnings) = domain_publishing::domains(&self.directory.snapshot(), bound)?;
        let oracle = self.publishing.as_ref().ok_or_else(|| {
            Problem::new(503, "There is no Transport service here that could be asked.")
        })?;
        let examined = oracle.examine(domains).await;
        Ok(domain_publishing::shown(examined, warnings, caller.language))
    }

    fn tls_reports(&self, caller: &Caller, bound: &Bound) -> Result<Output, Problem> {
        let wanted = tls_reports::Wanted::read(bound, caller)?;
        let oracle = self.tls_reports.as_ref().ok_or_else(|| {
            Problem::new(503, "There is no Transport service here that could be asked.")
        })?;
        Ok(tls_reports::shown(oracle.received(), &wanted, bound, caller.language))
    }

    async fn run_on_queues(
        &self,
        caller: &Caller,
        bound: Bound,
        work: QueueWork,
    ) -> Result<Output, Problem> {
        let progress = Arc::<Progress>::default();
        let call = QueueCall {
            queues: Arc::clone(&self.queues),
            actions: self.actions.clone(),
            place: place(&self.server, &self.directory.snapshot()),
            bound: Arc::new(bound),
            user: caller.user.clone(),
            dates: caller.dates,
            now: self.clock.now(),
            progress: Arc::clone(&progress),
        };
        // A caller who goes away ends what he has begun; it comes to its end on its own, with
        // what has been done in the audit log.
        let _leaving = CancelOnDrop(progress);
        if !call.bound.cmdlet().changes {
            return work.run(call).await;
        }
        let (directory, caller, bound) =
            (self.directory.clone(), caller.clone(), Arc::clone(&call.bound));
        let acting = tokio::spawn(async move {
            let result = work.run(call).await;
            audited(directory, &caller, &bound, result).await
        });
        acting.await.unwrap_or_else(|_| Err(Problem::internal("The command ended unexpectedly.")))
    }
}

/// Cancels an action when its caller has gone.
struct CancelOnDrop(Arc<Progress>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Writes an action on queues to the audit log. What has been done stays done when that fails,
/// and the caller is told.
pub(crate) async fn audited(
    directory: Directory,
    caller: &Caller,
    bound: &Bound,
    result: Result<Output, Problem>,
) -> Result<Output, Problem> {
    log(caller, bound.cmdlet(), &result);
    let mut output = result?;
    if output.what_if.is_some() {
        return Ok(output);
    }
    let record = audit(caller, bound);
    let written = on_pool(move || directory.apply(Vec::new(), record).map_err(refused)).await;
    if written.is_err() {
        output.warnings.push("The action could not be written to the audit log.".to_owned());
    }
    Ok(output)
}

pub(crate) fn log(caller: &Caller, cmdlet: &Cmdlet, result: &Result<Output, Problem>) {
    if cmdlet.changes {
        let refused = result.as_ref().err().map(|problem| problem.message.as_str());
        tracing::info!(user = caller.user, cmdlet = cmdlet.name, refused, "cmdlet run");
    }
}

/// What a cmdlet that shows resources does.
type ShowResources = fn(&[Status], &Place, &Bound, Timestamp) -> Result<Output, Problem>;

fn resource_cmdlet(name: &str) -> Option<ShowResources> {
    match name {
        "Get-BackPressure" => {
            Some(|statuses, place, bound, _| get_back_pressure(statuses, place, bound))
        }
        "Get-ExchangeDiagnosticInfo" => Some(get_diagnostic_info),
        _ => None,
    }
}

fn place(server: &ObjectName, snapshot: &Snapshot) -> Place {
    let names_of = |server: &Arc<Server>| {
        [server.name.to_string(), server.fqdn.to_string(), server.header.guid.to_string()]
    };
    let names = |is_this: bool| {
        let chosen = move |s: &&Arc<Server>| s.name.is(server.as_str()) == is_this;
        snapshot.servers.iter().filter(chosen).flat_map(names_of)
    };
    let others = snapshot.servers.iter().filter(|other| !other.name.is(server.as_str()));
    let mail_servers = others
        .filter(|other| other.is_mailbox_server)
        .map(|other| (names_of(other).to_vec(), other.fqdn.to_string()));
    let site = snapshot.server(server.as_str()).map_or("", |server| server.site.as_str());
    Place::new(server.as_str(), names(true), names(false)).beside(mail_servers).in_site(site)
}

/// The password of a mailbox, hashed on the blocking pool: that takes long by design.
async fn hashed_password(bound: &Bound) -> Result<Option<PasswordRecord>, Problem> {
    let secret = bound.given().find(|(parameter, _)| {
        // Other secrets are shown to others, and so are sealed instead.
        parameter.kind == Kind::SecureString
            && parameter.name == "Password"
            && bound.cmdlet().noun() == "Mailbox"
    });
    let Some((parameter, Value::String(password))) = secret else { return Ok(None) };
    if password.is_empty() || password.len() > MAX_PASSWORD {
        return Err(Problem::bad(format!(
            "Parameter '{}': a password has 1 to {MAX_PASSWORD} bytes.",
            parameter.name
        ))
        .about(parameter.name));
    }
    let password = Zeroizing::new(password.clone());
    let hashed = tokio::task::spawn_blocking(move || identity::hash_password(&password)).await;
    match hashed {
        Ok(Ok(record)) => Ok(Some(record)),
        _ => Err(Problem::internal("The password could not be hashed.")),
    }
}

/// Longest password, in bytes: bounds what hashing costs.
const MAX_PASSWORD: usize = 1024;
