//! The service as a whole with a peer of its own: what waits leaves when it may, outcomes and
//! reports are durable, and a restart forgets and repeats nothing.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{MailboxStore, QueueError, QueueName, Transport, TransportSettings};
use bytes::Bytes;
use delivery::{DirectDialer, FromDirectory, FrontEnds, Servers};
use directory::{
    AcceptedDomain, Audit, Change, Directory, DomainType, Header, Mailbox, Object, RemoteDomain,
    SendConnector, SmartHost, Usage,
    bootstrap::{DefaultBindings, FirstStart, first_objects},
};
use dns::ResolverSettings;
use mailbox::Mailboxes;
use model::{
    Address, Envelope, Guid, NoEvents, Notify, Recipient, ReversePath, SystemClock, TimeSpan,
};
use parking_lot::Mutex;
use reception::{Accepted, Refusal, Source, Submitted};
use smtp::{Answer, AuthOffer, Server, ServerSettings, SizeMode, Step};
use spool::Spool;
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, io::AsyncWriteExt, net::TcpListener};
use tracking::{MessageTrackingLog, TrackingSettings, files::LogSettings};
use vault::DataKey;

mod contain;
mod damage;
mod deadlines;
mod dkim;
mod events;
mod files;
mod front_end;
mod lmtp;
mod odd;
mod pace;
mod pressure;
mod priorities;
mod quota;
mod relayed;
mod reports;
mod require_tls;
mod routes;
mod stop;
mod store;
mod timers;
mod trouble;

/// Replies the peer gives to RCPT before it accepts.
type Script = Arc<Mutex<VecDeque<model::Reply>>>;

/// A peer that takes mail and remembers it.
struct Peer {
    address: SocketAddr,
    script: Script,
    taken: Arc<Mutex<Vec<smtp::ReceivedMessage>>>,
    /// The most connections it has had at once.
    most_open: Arc<AtomicUsize>,
}

impl Peer {
    async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (script, taken) = (Script::default(), Arc::default());
        let (open, most_open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let peer = Self {
            address,
            script: Arc::clone(&script),
            taken: Arc::clone(&taken),
            most_open: Arc::clone(&most_open),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, taken) = (Arc::clone(&script), Arc::clone(&taken));
                let (open, most_open) = (Arc::clone(&open), Arc::clone(&most_open));
                tokio::spawn(async move {
                    most_open.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    talk(stream, script, taken).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        peer
    }
}

async fn talk(
    mut stream: tokio::net::TcpStream,
    script: Script,
    taken: Arc<Mutex<Vec<smtp::ReceivedMessage>>>,
) {
    let mut machine = Server::new(peer_settings(), false);
    machine.greet();
    loop {
        match machine.next() {
            Step::NeedInput => {
                let output = machine.output().split();
                if stream.write_all(&output).await.is_err() {
                    return;
                }
                if !matches!(stream.read_buf(machine.input()).await, Ok(n) if n > 0) {
                    return;
                }
            }
            Step::Recipient(_) => {
                let reply = script.lock().pop_front();
                machine.answer(reply.map_or(Answer::Accept, Answer::Refuse));
            }
            Step::Message(message) => {
                taken.lock().push(message);
                machine.answer(Answer::Accepted(model::Reply::new(250, (2, 0, 0), "taken")));
            }
            Step::Mail(_) => machine.answer(Answer::Accept),
            Step::Close => {
                let output = machine.output().split();
                let _ = stream.write_all(&output).await;
                return;
            }
            _ => {}
        }
    }
}

fn peer_settings() -> ServerSettings {
    ServerSettings {
        fqdn: "peer.example.net".into(),
        banner: None,
        max_message_size: 1 << 20,
        max_header_size: 1 << 16,
        max_recipients: 100,
        max_hops: 50,
        max_protocol_errors: None,
        max_logon_failures: None,
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        dsn: false,
        enhanced_status_codes: true,
        smtputf8: true,
        offer_require_tls: true,
        size: SizeMode::Enabled,
        start_tls: false,
        require_tls: false,
        auth: AuthOffer::Never,
        scram: true,
        bearer: None,
        require_hello_name: false,
        require_auth: false,
    }
}

struct Place {
    data: TempDir,
    directory: Directory,
}

impl Place {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("directory.db");
        let directory =
            Directory::open(&path, DataKey::ephemeral(), Arc::new(SystemClock)).unwrap();
        let jean = Mailbox::with_defaults(
            Header::fresh(),
            "Jean".parse().unwrap(),
            address("jean@contoso.com"),
        );
        let administrator = Mailbox::with_defaults(
            Header::fresh(),
            "Administrator".parse().unwrap(),
            address("administrator@contoso.com"),
        );
        let changes = first_objects(&FirstStart {
            organization: "Contoso".into(),
            domain: "contoso.com".parse().unwrap(),
            server_name: "MBX01".parse().unwrap(),
            server_fqdn: "mbx01.contoso.com".parse().unwrap(),
            egress_addresses: Vec::new(),
            bindings: DefaultBindings::default(),
            administrator,
            mailboxes: vec![jean],
        });
        directory.apply(changes, Audit::system("test")).unwrap();
        Self { data, directory }
    }

    /// This server's identity for front ends.
    fn identity(&self) -> Arc<tls::MutualTls> {
        let (keys, clock) = (self.data.path().join("keys"), SystemClock);
        std::fs::create_dir_all(&keys).unwrap();
        let key = DataKey::load_or_create(&keys.join("data.key")).unwrap();
        let authority = vault::Authority::load_or_create(&keys, &key, "Contoso", &clock).unwrap();
        let names = ["mbx01.contoso.com".to_owned()];
        let member = authority.issue_member(&names, &tls::Role::ALL, &clock).unwrap();
        Arc::new(tls::MutualTls::new(&member, authority.certificate()).unwrap())
    }

    fn shown(&self) -> Arc<certificates::Shown> {
        let names = ["mbx01.contoso.com".to_owned()];
        let key = DataKey::load_or_create(&self.data.path().join("keys/data.key")).unwrap();
        let keys = self.data.path().join("keys");
        let authority =
            vault::Authority::load_or_create(&keys, &key, "Contoso", &SystemClock).unwrap();
        let shown = certificates::Shown::new(certificates::ShownSettings {
            directory: self.directory.clone(),
            server: "MBX01".parse().unwrap(),
            fqdn: "mbx01.contoso.com".to_owned(),
            issued: authority.issue_server(&names, &SystemClock).unwrap(),
            clock: Arc::new(SystemClock),
        });
        Arc::new(shown.unwrap())
    }

    async fn start(&self) -> Transport {
        self.start_with(|_| {}).await
    }

    async fn start_with(&self, change: impl FnOnce(&mut TransportSettings)) -> Transport {
        let mut settings = TransportSettings {
            directory: self.directory.clone(),
            server: "MBX01".parse().unwrap(),
            spool: self.spool().await,
            mailboxes: MailboxStore::Maildirs(Mailboxes::new(self.data.path().join("mailboxes"))),
            dialer: Arc::new(DirectDialer),
            trust: Arc::default(),
            shown: self.shown(),
            refresh_tokens: self.data.path().join("oauth"),
            particular_replies: Arc::default(),
            front_ends: FrontEnds::new(self.identity()),
            servers: Servers::new(self.identity(), Arc::new(FromDirectory)),
            adapter_dns: ResolverSettings::new(Vec::new()),
            lookups_through_front_ends: false,
            policies: self.data.path().join("mta-sts"),
            policy_port: 443,
            tls_reports: self.data.path().join("tls-reports.json"),
            tls_heard: self.data.path().join("tls-reports-received.json"),
            validation: crate::ValidationSettings {
                names: dns::ProbeNames {
                    signed: "signed.test".parse().unwrap(),
                    unsigned: "unsigned.test".parse().unwrap(),
                    bogus: "bogus.test".parse().unwrap(),
                },
                memory: self.data.path().join("dns-validates"),
            },
            own_addresses: Arc::new(Vec::new),
            glitch_retry_count: 4,
            glitch_retry_interval: TimeSpan::millis(50),
            mailbox_delivery_queue_retry_interval: TimeSpan::minutes(5),
            max_idle_time_before_resubmit: TimeSpan::hours(12),
            report_pace: crate::ReportPace::default(),
            session_log: Arc::new(model::session_log::NoSessionLog),
            priorities: None,
            resources: resources::Settings::default(),
            sampler: Arc::new(resources::System::here()),
            may_deliver: Arc::new(|| true),
            shadow_queues: Arc::new(Vec::new),
            tracking: self.tracking(),
            events: Arc::new(NoEvents),
            clock: Arc::new(SystemClock),
        };
        change(&mut settings);
        Transport::start(settings).await.unwrap()
    }

    /// The spool, once whatever has it is gone: connections that were idle at a stop are a while yet.
    async fn spool(&self) -> Spool {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match Spool::open(&self.data.path().join("spool")) {
                Ok(spool) => return spool,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The message tracking log of this place.
    fn tracking(&self) -> MessageTrackingLog {
        let log = LogSettings {
            folder: Some(self.data.path().join("logs")),
            max_file_size: model::Unlimited::Unlimited,
            max_directory_size: model::Unlimited::Unlimited,
            max_age: TimeSpan::days(30),
        };
        let settings = TrackingSettings { enabled: true, log, subjects: true };
        MessageTrackingLog::start(settings, None, Arc::new(SystemClock)).unwrap()
    }

    /// `EVENT SOURCE recipients` of every row, in the order of time, once it is on disk.
    fn events(&self) -> Vec<String> {
        self.events_with(["event-id", "source", "recipient-address"])
    }

    /// These fields of every row.
    fn events_with(&self, fields: [&str; 3]) -> Vec<String> {
        let log = self.tracking();
        let rows = log.search((None, None), 1_000, |_| true).unwrap().rows;
        let shown = |row: &tracking::TrackingRow| fields.map(|name| row.field(name)).join(" ");
        rows.iter().map(shown).collect()
    }

    /// Creates a connector for everything to this smart host.
    fn connect(&self, to: SocketAddr, change: impl FnOnce(&mut SendConnector)) {
        let mut connector =
            SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
        connector.address_spaces = vec!["*".parse().unwrap()];
        connector.dns_routing_enabled = false;
        connector.smart_hosts = vec![SmartHost::Literal(to.ip())];
        connector.port = to.port();
        connector.source_transport_servers = vec!["MBX01".into()];
        change(&mut connector);
        self.apply(Change::Create(Object::SendConnector(connector)));
    }

    /// Accepts mail for `*`, which says what is relayed and not what is ours.
    fn relay_everything(&self) {
        let (any, name) = ("*".parse().unwrap(), "Any".parse().unwrap());
        let relayed =
            AcceptedDomain::of_type(Header::fresh(), any, name, DomainType::InternalRelay);
        self.apply(Change::Create(Object::AcceptedDomain(relayed)));
    }

    fn apply(&self, change: Change) {
        self.directory.apply(vec![change], Audit::system("test")).unwrap();
    }

    fn set_server(&self, change: impl FnOnce(&mut directory::TransportService)) {
        let mut server = self.directory.snapshot().server("MBX01").unwrap().as_ref().clone();
        change(&mut server.transport);
        self.apply(Change::Update { object: Object::Server(server) });
    }

    fn set_config(&self, change: impl FnOnce(&mut directory::TransportConfig)) {
        let mut organization = self.directory.snapshot().organization.as_ref().clone();
        change(&mut organization.transport);
        self.apply(Change::Update { object: Object::Organization(organization) });
    }

    /// Texts of the messages in Jean's mailbox.
    fn inbox(&self) -> Vec<String> {
        self.inbox_of("jean")
    }

    fn inbox_of(&self, name: &str) -> Vec<String> {
        let new = self.data.path().join(format!("mailboxes/{name}@contoso.com/new"));
        let Ok(files) = std::fs::read_dir(new) else { return Vec::new() };
        files.map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap()).collect()
    }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

const CONTENT: &str = "Subject: Bonjour\r\nMessage-ID: <1@contoso.com>\r\n\r\nBonjour.\r\n";

async fn submit(transport: &Transport, to: &[&str], notify: Option<Notify>) {
    try_submit(transport, to, notify).await.unwrap();
}

async fn try_submit(
    transport: &Transport,
    to: &[&str],
    notify: Option<Notify>,
) -> Result<Accepted, Refusal> {
    try_submit_content(transport, to, notify, CONTENT).await
}

async fn try_submit_content(
    transport: &Transport,
    to: &[&str],
    notify: Option<Notify>,
    content: &str,
) -> Result<Accepted, Refusal> {
    let intake = transport.intake();
    let mut envelope =
        Envelope::plain(ReversePath::Address(address("jean@contoso.com")), Vec::new());
    envelope.recipients =
        to.iter().map(|a| Recipient { notify, ..Recipient::plain(address(a)) }).collect();
    let submitted = Submitted {
        id: intake.next_id(),
        network_id: Guid::new_v4(),
        envelope,
        content: Bytes::from(content.to_owned()),
        trace: "Received: from test\r\n".into(),
        source: came_from("client.contoso.com"),
    };
    intake.accept(submitted).await
}

/// As if it came through a Receive connector.
fn came_from(hello: &str) -> Source {
    Source::Smtp {
        connector: "Test".into(),
        client: [127, 0, 0, 1].into(),
        hello: hello.to_owned(),
        local: None,
        stranger: false,
        signers: Vec::new(),
    }
}

/// Submits as somebody whose domain is not ours.
async fn submit_from(transport: &Transport, from: &str, to: &str, notify: Option<Notify>) {
    let intake = transport.intake();
    let mut envelope = Envelope::plain(ReversePath::Address(address(from)), Vec::new());
    envelope.recipients = vec![Recipient { notify, ..Recipient::plain(address(to)) }];
    let submitted = Submitted {
        id: intake.next_id(),
        network_id: Guid::new_v4(),
        envelope,
        content: Bytes::from(format!("Received: by secret.contoso.com\r\n{CONTENT}")),
        trace: "Received: from test\r\n".into(),
        source: came_from("client.elsewhere.example"),
    };
    intake.accept(submitted).await.unwrap();
}

/// Waits until the condition holds; fails loudly when it never does.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_empty(transport: &Transport) -> bool {
    transport.messages().is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unreachable_leaves_by_itself_once_there_is_a_connector() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    let messages = transport.messages();
    assert_eq!(messages[0].queue, QueueName::Unreachable);
    let expected = "A matching connector cannot be found to route the external recipient";
    assert_eq!(messages[0].recipients[0].last_error.as_deref(), Some(expected));
    assert_eq!(messages[0].recipients[0].next_hop, "<No Matching Connector>");

    place.connect(peer.address, |_| {});
    until("the message leaves", || !peer.taken.lock().is_empty() && is_empty(&transport)).await;
    let taken = peer.taken.lock();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].content, format!("Received: from test\r\n{CONTENT}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_connector_gives_its_mail_back() {
    let place = Place::new();
    // Nobody listens there.
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    place.connect(dead, |_| {});
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("the queue is in Retry", || transport.queues().iter().any(|q| q.status == "Retry")).await;
    let error = transport.queues().iter().find_map(|q| q.last_error.clone()).unwrap();
    assert!(
        error.starts_with(
            "451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection to"
        ),
        "{error}"
    );
    let mut connector = place.directory.snapshot().send_connectors[0].as_ref().clone();
    connector.enabled = false;
    place.apply(Change::Update { object: Object::SendConnector(connector) });
    until("it is unreachable", || transport.messages()[0].queue == QueueName::Unreachable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_honoured_waits_and_says_so() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |c| c.frontend_proxy_enabled = true);
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    let says_so = |t: &Transport| {
        t.queues().iter().any(|q| {
            q.last_error
                .as_deref()
                .is_some_and(|e| e.starts_with("451 4.4.0 FrontendProxyEnabled True:"))
        })
    };
    until("the reason is shown", || says_so(&transport)).await;
    assert!(peer.taken.lock().is_empty());
    let mut connector = place.directory.snapshot().send_connectors[0].as_ref().clone();
    connector.frontend_proxy_enabled = false;
    place.apply(Change::Update { object: Object::SendConnector(connector) });
    until("it leaves", || peer.taken.lock().len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_reported_once_and_the_others_are_delivered() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    peer.script.lock().push_back(model::Reply::new(550, (5, 1, 1), "no such user"));
    let transport = place.start().await;
    submit(&transport, &["gone@example.net", "there@example.net"], None).await;
    until("both are settled", || is_empty(&transport) && place.inbox().len() == 1).await;
    let report = place.inbox().remove(0);
    assert!(report.contains("Final-Recipient: rfc822; gone@example.net"), "{report}");
    assert!(report.contains("Diagnostic-Code: smtp; 550 5.1.1 no such user"), "{report}");
    assert!(!report.contains("there@example.net\r\nAction"), "{report}");
    assert_eq!(peer.taken.lock().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_who_did_not_want_to_be() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    peer.script.lock().push_back(model::Reply::new(550, (5, 1, 1), "no such user"));
    let transport = place.start().await;
    submit(&transport, &["gone@example.net"], Some(Notify::Never)).await;
    until("it is settled", || is_empty(&transport)).await;
    assert!(place.inbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn success_is_reported_when_asked_for_and_the_peer_will_not() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let success = Notify::On { success: true, failure: true, delay: false };
    submit(&transport, &["a@example.net", "jean@contoso.com"], Some(success)).await;
    until("all have come", || is_empty(&transport) && place.inbox().len() == 3).await;
    let inbox = place.inbox().join("\n");
    assert!(inbox.contains("Action: relayed"), "{inbox}");
    assert!(inbox.contains("Action: delivered"), "{inbox}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_refusal_is_tried_again_at_the_messages_own_time() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.set_server(|s| s.message_retry_interval = TimeSpan::seconds(1));
    place.connect(peer.address, |_| {});
    peer.script.lock().push_back(model::Reply::new(451, (4, 7, 1), "greylisted"));
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    let deferred = |t: &Transport| {
        t.messages()
            .iter()
            .any(|m| m.last_error.as_deref() == Some("451 4.7.1 greylisted") && m.status == "Retry")
    };
    until("it is put off", || deferred(&transport)).await;
    until("it is delivered", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_expires_with_a_report_after_a_notice_of_its_delay() {
    let place = Place::new();
    place.set_server(|s| {
        s.delay_notification_timeout = TimeSpan::seconds(1);
        s.message_expiration_timeout = TimeSpan::seconds(5);
        s.transient_failure_retry_count = 0;
    });
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("the delay is reported", || place.inbox().len() == 1).await;
    assert!(place.inbox()[0].contains("Action: delayed"));
    until("the end is reported", || place.inbox().len() == 2 && is_empty(&transport)).await;
    let end = place.inbox().into_iter().find(|m| m.contains("Action: failed")).unwrap();
    assert!(end.contains("Status: 4.4.7"), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_and_repeats_nothing() {
    let (place, peer) = (Place::new(), Peer::start().await);
    let transport = place.start().await;
    submit(&transport, &["a@example.net", "jean@contoso.com"], None).await;
    until("the local copy is delivered", || {
        place.inbox().len() == 1 && transport.messages().len() == 1
    })
    .await;
    transport.stop().await;
    drop(transport);

    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    until("the rest leaves", || peer.taken.lock().len() == 1 && is_empty(&transport)).await;
    assert_eq!(place.inbox().len(), 1);
    assert_eq!(peer.taken.lock()[0].envelope.recipients.len(), 1);
    transport.stop().await;
    drop(transport);
    let spool = place.spool().await;
    assert!(spool.contents().unwrap().messages.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_removes_with_or_without_a_report() {
    let place = Place::new();
    let transport = place.start().await;
    for (with_ndr, reports) in [(false, 0), (true, 1)] {
        submit(&transport, &["a@example.net"], None).await;
        let id = transport.messages()[0].id;
        transport.remove_message(id, Some(&QueueName::Unreachable), with_ndr).await.unwrap();
        until("it is gone", || is_empty(&transport) && place.inbox().len() == reports).await;
        assert!(transport.remove_message(id, None, with_ndr).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_connections_than_the_server_may_have() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.set_server(|s| {
        s.max_outbound_connections = model::Unlimited::Limited(3);
        s.max_per_domain_outbound_connections = model::Unlimited::Limited(3);
    });
    place.connect(peer.address, |c| c.smtp_max_messages_per_connection = 2);
    let transport = place.start().await;
    for _ in 0..60 {
        submit(&transport, &["a@example.net"], None).await;
    }
    until("all have left", || peer.taken.lock().len() == 60 && is_empty(&transport)).await;
    let most = peer.most_open.load(Ordering::SeqCst);
    assert!((1..=3).contains(&most), "{most} connections at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_queue_is_forgotten() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.set_server(|s| s.queue_max_idle_time = TimeSpan::seconds(5));
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    submit(&transport, &["a@example.net"], None).await;
    until("it has left", || peer.taken.lock().len() == 1).await;
    assert_eq!(transport.queues().len(), 2, "Submission and the next hop's");
    until("only Submission is left", || transport.queues().len() == 1).await;
}
