//! The cmdlets on a real directory in a temporary place, as the API runs them.

mod accepted_domains;
mod ad_permissions;
mod auth_servers;
mod back_pressure;
mod defaults;
mod dkim_signing_configs;
mod domain_publishing;
mod elsewhere;
mod exchange_certificates;
mod mailboxes;
mod membership;
mod message_tracking;
mod permissions;
mod receive_connectors;
mod recipients;
mod remote_domains;
mod rules;
mod send_connectors;
mod settings;
mod shapes;
mod test_message;
mod tls_reports;
mod transport_config;
mod transport_security;
mod versions;

use std::sync::Arc;

use directory::bootstrap::{DefaultBindings, FirstStart, first_objects};
use directory::{Audit, Change, Directory, Header, Mailbox, Object, PasswordRecord, RoleGroup};
use directory::{ScramRecord, Server};
use model::{Clock, Guid, ManualClock, MessageId, ObjectName, Timestamp};
use serde_json::{Map, Value};
use transport::{
    Exported, Matches, MessageAction, MessageScope, Progress, QueueError, QueueInfo, QueueName,
};
use vault::DataKey;

use crate::{Acted, BoxFuture, Caller, Management, Output, Problem, QueueAdministration, Visit};

/// A Transport service without mail.
struct NoQueues;

impl QueueAdministration for NoQueues {
    fn queues(&self) -> Vec<QueueInfo> {
        Vec::new()
    }
    fn visit_messages(&self, _: &MessageScope, _: &mut Visit<'_>) -> Result<(), QueueError> {
        Ok(())
    }
    fn suspend_queue(&self, queue: QueueName) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }
    fn resume_queue(&self, queue: QueueName, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }
    fn retry_queue(&self, queue: QueueName, _: bool, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }
    fn act(&self, _: MessageScope, _: Matches, _: MessageAction, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async { Ok(()) })
    }
    fn redirect(&self, _: Vec<String>, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async { Ok(()) })
    }

    fn export(
        &self,
        id: MessageId,
        _: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>> {
        Box::pin(async move { Err(QueueError::NoSuchMessage(id)) })
    }
}

/// A new organization contoso.com with server MBX01.
struct Organization {
    management: Management,
    directory: Directory,
    administrator: Caller,
    _place: tempfile::TempDir,
}

impl Organization {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> =
            Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        let directory = Directory::open(
            &place.path().join("directory.db"),
            DataKey::ephemeral(),
            clock.clone(),
        )
        .unwrap();
        let administrator = mailbox("Administrator", "administrator@contoso.com");
        let caller = caller_of(&administrator);
        let start = FirstStart {
            organization: "Contoso".to_owned(),
            domain: "contoso.com".parse().unwrap(),
            server_name: "MBX01".parse().unwrap(),
            server_fqdn: "mbx01.contoso.com".parse().unwrap(),
            egress_addresses: Vec::new(),
            bindings: DefaultBindings {
                default_frontend: vec!["0.0.0.0:25".parse().unwrap()],
                client_frontend: vec!["0.0.0.0:587".parse().unwrap()],
                client_frontend_implicit_tls: vec!["0.0.0.0:465".parse().unwrap()],
                outbound_proxy: vec!["0.0.0.0:717".parse().unwrap()],
                default_hub: vec!["0.0.0.0:2525".parse().unwrap()],
                sandbox_relay: None,
            },
            administrator,
            mailboxes: vec![mailbox("Jean", "jean@contoso.com")],
        };
        directory.apply(first_objects(&start), system()).unwrap();
        let server: ObjectName = "MBX01".parse().unwrap();
        let management =
            Management::with_queues(directory.clone(), Arc::new(NoQueues), server, clock);
        Self { management, directory, administrator: caller, _place: place }
    }

    /// Runs a cmdlet as the administrator.
    async fn run(&self, cmdlet: &str, parameters: Value) -> Result<Output, Problem> {
        self.run_as(&self.administrator, cmdlet, parameters).await
    }

    async fn run_as(
        &self,
        caller: &Caller,
        cmdlet: &str,
        parameters: Value,
    ) -> Result<Output, Problem> {
        let Value::Object(map) = parameters else { panic!("parameters are an object") };
        let map: Map<String, Value> = map;
        self.management.run(caller, cmdlet, map).await
    }

    /// Runs a cmdlet that must succeed.
    async fn ok(&self, cmdlet: &str, parameters: Value) -> Output {
        let result = self.run(cmdlet, parameters.clone()).await;
        result.unwrap_or_else(|problem| panic!("{cmdlet} {parameters}: {problem}"))
    }

    /// Runs a cmdlet that must be refused, and change nothing.
    async fn refused(&self, cmdlet: &str, parameters: Value) -> Problem {
        let before = self.directory.snapshot().revision;
        let result = self.run(cmdlet, parameters.clone()).await;
        let Err(problem) = result else { panic!("{cmdlet} {parameters} was not refused") };
        assert_eq!(self.directory.snapshot().revision, before, "{cmdlet} {parameters}");
        problem
    }

    /// The one object a `Get-` cmdlet gives.
    async fn get(&self, cmdlet: &str, identity: &str) -> Value {
        let mut output = self.ok(cmdlet, serde_json::json!({ "Identity": identity })).await;
        assert_eq!(output.objects.len(), 1, "{cmdlet} {identity}");
        output.objects.remove(0)
    }

    /// The values of a property of all objects a `Get-` cmdlet gives.
    async fn all(&self, cmdlet: &str, property: &str) -> Vec<String> {
        let output = self.ok(cmdlet, serde_json::json!({})).await;
        output.objects.iter().map(|o| o[property].as_str().unwrap().to_owned()).collect()
    }

    /// A caller who is a member of a built-in role group.
    fn member_of(&self, group: &str, name: &str) -> Caller {
        let mailbox = mailbox(name, &format!("{name}@contoso.com"));
        let caller = caller_of(&mailbox);
        let snapshot = self.directory.snapshot();
        let present = snapshot.role_groups.iter().find(|g| g.name.is(group)).unwrap();
        let mut changed = RoleGroup::clone(present);
        changed.members.push(mailbox.header.guid);
        let changes = vec![
            Change::Create(Object::Mailbox(mailbox)),
            Change::Update { object: Object::RoleGroup(changed) },
        ];
        self.directory.apply(changes, system()).unwrap();
        caller
    }

    /// Another server of the organization.
    fn add_server(&self, name: &str, is_mailbox_server: bool) {
        let fqdn = format!("{name}.contoso.com").parse().unwrap();
        let mut server = Server::with_defaults(Header::fresh(), name.parse().unwrap(), fqdn);
        server.is_mailbox_server = is_mailbox_server;
        self.directory.apply(vec![Change::Create(Object::Server(server))], system()).unwrap();
    }
}

fn system() -> Audit {
    Audit::system("test")
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    let mut mailbox =
        Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address.parse().unwrap());
    mailbox.password = Some(PasswordRecord {
        argon2id: "$argon2id$".to_owned(),
        scram_sha_256: ScramRecord {
            salt: String::new(),
            iterations: 4096,
            stored_key: String::new(),
            server_key: String::new(),
        },
    });
    mailbox
}

fn caller_of(mailbox: &Mailbox) -> Caller {
    let guid: Guid = mailbox.header.guid;
    Caller {
        user: mailbox.name.to_string(),
        mailbox: Some(guid),
        role_groups: Vec::new(),
        client: Some("192.0.2.7".parse().unwrap()),
        dates: Default::default(),
        language: Default::default(),
    }
}

#[tokio::test]
async fn every_cmdlet_does_something() {
    let mut organization = Organization::new();
    let oracle = Arc::new(domain_publishing::SameOfAll::default());
    organization.management = organization
        .management
        .with_publishing(oracle)
        .with_security(Arc::new(transport_security::AllStaysHere))
        .with_membership(membership::pretended())
        .with_tls_reports(tls_reports::reports());
    for cmdlet in cmdlets::all() {
        if let Err(problem) = organization.run(cmdlet.name, serde_json::json!({})).await {
            assert!(problem.status < 500, "{}: {problem}", cmdlet.name);
        }
    }
    let problem = organization.run("Get-Nothing", serde_json::json!({})).await.unwrap_err();
    assert_eq!(problem.status, 404);
}

/// A certificate with its key, as `Import-ExchangeCertificate` takes it.
fn certificate() -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(include_str!("certificate.pem"))
}
