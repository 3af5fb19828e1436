//! The whole interface over TLS on loopback, on a real directory, without mail.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Request, StatusCode},
    routing,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use directory::{
    Audit, Directory, Header, Mailbox,
    bootstrap::{DefaultBindings, FirstStart, first_objects},
};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use identity::{Authenticator, hash_password};
use management::{Acted, BoxFuture, Management, QueueAdministration, Visit};
use model::{Clock, ManualClock, MessageId, TimeSpan, Timestamp};
use prometheus_client::{metrics::counter::Counter, registry::Registry};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tls::{ClientPolicy, MutualTls, Role, client_config, connector};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::client::TlsStream;
use transport::{
    Exported, Matches, MessageAction, MessageScope, Progress, QueueError, QueueInfo, QueueName,
};
use vault::{Authority, DataKey};

use crate::{AdminSettings, Endpoint, Endpoints, SessionLimits, app::App, client::Peer, serve};

mod events;
mod joining;
mod other_servers;
mod pages;
mod sessions;

/// A Transport service without mail, in which an action lasts until it is cancelled.
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
    fn act(
        &self,
        _: MessageScope,
        _: Matches,
        _: MessageAction,
        progress: Arc<Progress>,
    ) -> Acted<'_> {
        Box::pin(async move {
            while !progress.is_cancelled() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        })
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

/// A running interface of contoso.com.
struct Site {
    directory: Directory,
    address: SocketAddr,
    authority: CertificateDer<'static>,
    /// What it shows to other servers, and another server would show to it.
    mutual: Arc<MutualTls>,
    clock: Arc<ManualClock>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
    _files: tempfile::TempDir,
}

fn mailbox(name: &str, password: &str) -> Mailbox {
    let address = format!("{name}@contoso.com").parse().unwrap();
    let mut mailbox = Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address);
    mailbox.password = Some(hash_password(password).unwrap());
    mailbox
}

fn audit() -> Audit {
    Audit {
        user: "system".to_owned(),
        client: None,
        cmdlet: "test".to_owned(),
        parameters: serde_json::Map::new(),
    }
}

fn settings(
    files: &tempfile::TempDir,
    clock: Arc<dyn Clock>,
) -> (AdminSettings, Authority, Directory) {
    let key = DataKey::ephemeral();
    let path = files.path().join("directory.db");
    let directory = Directory::open(&path, key.clone(), clock.clone()).unwrap();
    let start = FirstStart {
        organization: "Contoso".to_owned(),
        domain: "contoso.com".parse().unwrap(),
        server_name: "MBX01".parse().unwrap(),
        server_fqdn: "mbx01.contoso.com".parse().unwrap(),
        egress_addresses: Vec::new(),
        bindings: DefaultBindings {
            default_frontend: vec!["127.0.0.1:25".parse().unwrap()],
            client_frontend: vec!["127.0.0.1:587".parse().unwrap()],
            client_frontend_implicit_tls: vec!["127.0.0.1:465".parse().unwrap()],
            outbound_proxy: vec!["127.0.0.1:717".parse().unwrap()],
            default_hub: vec!["127.0.0.1:2525".parse().unwrap()],
            sandbox_relay: None,
        },
        administrator: mailbox("Administrator", "s3cret"),
        mailboxes: vec![mailbox("Jean", "p\u{e4}ss")],
    };
    directory.apply(first_objects(&start), audit()).unwrap();
    // Certificates are judged by the machine's clock.
    let machine = model::SystemClock;
    let authority = Authority::load_or_create(files.path(), &key, "Contoso", &machine).unwrap();
    let identity = authority.issue_server(&["127.0.0.1".to_owned()], &machine).unwrap();
    let names = ["mbx01.contoso.com".to_owned()];
    let member = authority.issue_member(&names, &Role::ALL, &machine).unwrap();
    let mutual = MutualTls::new(&member, authority.certificate()).unwrap();
    let server: model::ObjectName = "MBX01".parse().unwrap();
    let shown = certificates::Shown::new(certificates::ShownSettings {
        directory: directory.clone(),
        server: server.clone(),
        fqdn: "mbx01.contoso.com".to_owned(),
        issued: identity,
        clock: Arc::new(machine),
    });
    let queues = Arc::new(NoQueues);
    let management = Management::with_queues(directory.clone(), queues, server, clock.clone());
    let mut metrics = Registry::with_prefix("relais");
    metrics.register("letters", "Letters", Counter::<u64>::default());
    let settings = AdminSettings {
        management: Arc::new(management),
        authenticator: Authenticator::new(directory.clone(), clock.clone()),
        shown: Arc::new(shown.unwrap()),
        peers: Some(Arc::new(mutual)),
        endpoints: Endpoints {
            server: "MBX01".to_owned(),
            submission: Endpoint { host: "127.0.0.1".to_owned(), port: 10587 },
            relay: None,
        },
        sandbox: Some(
            Router::new().route("/sandbox/api/messages", routing::get(|| async { "[]" })),
        ),
        refuses_mail: Arc::new(|| false),
        metrics: Arc::new(metrics),
        sessions: SessionLimits::default(),
        trusted_proxies: vec!["203.0.113.0/24".parse().unwrap()],
        clock,
    };
    (settings, authority, directory)
}

impl Site {
    async fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        let (settings, authority, directory) = settings(&files, clock.clone());
        let mutual = Arc::clone(settings.peers.as_ref().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, settings, async {
            let _ = stopped.await;
        }));
        let authority = authority.certificate();
        Self { directory, address, authority, mutual, clock, stop, served, _files: files }
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        let config = client_config(ClientPolicy::Authority(self.authority.clone())).unwrap();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        connector(config).connect(name, stream).await.unwrap()
    }

    async fn client(&self) -> Client {
        let (sender, connection) = handshake(TokioIo::new(self.connect().await)).await.unwrap();
        let connection = tokio::spawn(async move {
            // How it ends is seen by the requests.
            let _ = connection.await;
        });
        Client { sender, connection, authorization: None }
    }

    async fn client_of(&self, user: &str, password: &str) -> Client {
        let mut client = self.client().await;
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        client.authorization = Some(format!("Basic {encoded}"));
        client
    }
}

struct Client {
    sender: SendRequest<Full<Bytes>>,
    connection: JoinHandle<()>,
    authorization: Option<String>,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Client {
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("Host", "127.0.0.1");
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let response = self.sender.send_request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// An answer that is no text.
    async fn bytes(&mut self, path: &str, headers: &[(&str, &str)]) -> (HeaderMap, Bytes) {
        let mut request = Request::get(path).header("Host", "127.0.0.1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::new())).unwrap();
        let (parts, body) = self.sender.send_request(request).await.unwrap().into_parts();
        (parts.headers, body.collect().await.unwrap().to_bytes())
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], "").await
    }

    async fn run(&mut self, cmdlet: &str, parameters: Value) -> Reply {
        let path = format!("/api/v1/cmdlets/{cmdlet}");
        let json = [("Content-Type", "application/json")];
        self.send("POST", &path, &json, &parameters.to_string()).await
    }
}

#[tokio::test]
async fn the_administrator_runs_cmdlets() {
    let site = Site::new().await;
    let mut client = site.client_of("Administrator", "s3cret").await;
    let me = client.get("/api/v1/whoami").await;
    assert_eq!(me.status, 200);
    assert_eq!(me.body["user"], "Administrator");
    assert_eq!(me.body["roleGroups"], json!(["Organization Management"]));
    assert_eq!(me.body["cmdlets"].as_array().unwrap().len(), cmdlets::all().len());
    assert_eq!(me.body["submission"], json!({ "host": "127.0.0.1", "port": 10587 }));
    assert_eq!(me.body["relay"], Value::Null);
    assert_eq!(me.headers["strict-transport-security"], "max-age=31536000");

    let parameters = json!({ "Name": "To Internet", "AddressSpaces": "*", "WhatIf": true });
    let what_if = client.run("New-SendConnector", parameters).await;
    assert_eq!((what_if.status, what_if.body), (StatusCode::OK, json!([])));
    let text = what_if.headers["relais-what-if"].to_str().unwrap();
    assert!(text.starts_with("What%20if%3A%20"), "{text}");
    let parameters = json!({ "Name": "To Internet", "AddressSpaces": "*" });
    let made = client.run("New-SendConnector", parameters).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(made.body[0]["Name"], "To Internet");
    let listed = client.run("get-sendconnector", json!({})).await;
    assert_eq!(listed.body.as_array().unwrap().len(), 1);
    let empty = client.send("POST", "/api/v1/cmdlets/Get-SendConnector", &[], "").await;
    assert_eq!(empty.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn refusals_are_problems() {
    let site = Site::new().await;
    let mut client = site.client_of("administrator@contoso.com", "s3cret").await;
    let wrong = client.run("Set-SendConnector", json!({ "Identity": "None", "Port": 26 })).await;
    assert_eq!(wrong.status, 404);
    let unknown = client.run("Get-Nothing", json!({})).await;
    assert_eq!((unknown.status, &unknown.body["status"]), (StatusCode::NOT_FOUND, &json!(404)));
    assert_eq!(unknown.headers["content-type"], "application/problem+json");
    assert!(unknown.body["detail"].as_str().unwrap().contains("Get-Nothing"));
    let cost = json!({ "Name": "x", "AddressSpaces": "SMTP:*;101" });
    let cost = client.run("New-SendConnector", cost).await;
    assert_eq!(cost.status, 400);
    assert!(cost.body["id"].is_string() && cost.body["parameter"].is_string(), "{}", cost.body);

    let path = "/api/v1/cmdlets/Get-SendConnector";
    let json = ("Content-Type", "application/json");
    for (status, method, path, headers, body) in [
        (404, "GET", "/nothing", &[][..], ""),
        (405, "GET", path, &[], ""),
        (415, "POST", path, &[("Content-Type", "text/plain")], "{}"),
        (400, "POST", path, &[json], "[]"),
        (400, "POST", path, &[json], "{"),
        (403, "POST", path, &[json, ("Sec-Fetch-Site", "cross-site")], "{}"),
        (200, "POST", path, &[json, ("Sec-Fetch-Site", "same-origin")], "{}"),
    ] {
        let reply = client.send(method, path, headers, body).await;
        assert_eq!(reply.status, status, "{method} {path} {headers:?} {body}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.body["status"].is_number(), status != 200);
    }
}

#[tokio::test]
async fn who_holds_no_role_may_run_nothing() {
    let site = Site::new().await;
    let mut client = site.client_of("jean@contoso.com", "p\u{e4}ss").await;
    let me = client.get("/api/v1/whoami").await;
    assert_eq!((&me.body["user"], &me.body["cmdlets"]), (&json!("Jean"), &json!([])));
    let refused = client.run("Get-SendConnector", json!({})).await;
    assert_eq!((refused.status, &refused.body["id"]), (StatusCode::FORBIDDEN, &json!("SC-24")));
}

#[tokio::test]
async fn nobody_comes_in_without_the_password() {
    let site = Site::new().await;
    let mut client = site.client().await;
    for authorization in [None, Some("Bearer abc"), Some("Basic abc"), Some("Digest x")] {
        client.authorization = authorization.map(str::to_owned);
        let refused = client.run("Get-SendConnector", json!({})).await;
        assert_eq!(refused.status, 401);
        assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    }
    let mut guesser = site.client_of("Administrator", "guess").await;
    for _ in 0..10 {
        assert_eq!(guesser.get("/api/v1/whoami").await.status, 401);
    }
    let mut owner = site.client_of("Administrator", "s3cret").await;
    let waits = owner.get("/api/v1/whoami").await;
    assert_eq!(
        (waits.status, &waits.headers["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"60".parse().unwrap())
    );
    site.clock.advance(TimeSpan::minutes(1));
    assert_eq!(owner.get("/api/v1/whoami").await.status, 200);
}

#[tokio::test]
async fn some_pages_need_no_sign_in() {
    let site = Site::new().await;
    let mut client = site.client().await;
    for path in ["/livez", "/readyz", "/sandbox/api/messages"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    let document = client.get("/api/openapi.json").await;
    assert_eq!(document.body["openapi"], "3.1.0");
    assert!(document.body["paths"]["/api/v1/cmdlets/Get-Queue"]["post"].is_object());
}

#[tokio::test]
async fn the_sandbox_is_shown_to_this_machine_only() {
    use tower::ServiceExt;

    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let (settings, ..) = settings(&files, clock);
    let sandbox = settings.sandbox.clone();
    let app = App::new(settings);
    let router = crate::router::router(&app, sandbox);
    let get = async |peer: Option<&str>, path: &str| {
        let mut request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        router.clone().oneshot(request).await.unwrap().status()
    };
    for peer in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(get(Some(peer), "/sandbox/api/messages").await, 200, "{peer}");
    }
    for peer in [None, Some("192.0.2.1"), Some("::ffff:192.0.2.1"), Some("fe80::1")] {
        assert_eq!(get(peer, "/sandbox/api/messages").await, 403, "{peer:?}");
    }
    assert_eq!(get(Some("192.0.2.1"), "/sandbox/other").await, 404);
    assert_eq!(get(Some("192.0.2.1"), "/readyz").await, 200);
    app.stop();
    assert_eq!(get(Some("192.0.2.1"), "/readyz").await, 503);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_those_who_may_look() {
    use tower::ServiceExt;

    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let (settings, ..) = settings(&files, clock);
    let router = crate::router::router(&App::new(settings), None);
    let get = async |peer: &str, headers: &[(&str, &str)]| {
        let mut request = Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    };
    for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        let (status, text) = get(peer, &[]).await;
        assert_eq!(status, 200, "{peer}");
        assert!(text.contains("relais_letters_total 0\n") && text.ends_with("# EOF\n"), "{text}");
    }
    assert_eq!(get("192.0.2.1", &[]).await.0, 401);
    for header in ["x-forwarded-for", "forwarded", "via"] {
        assert_eq!(get("127.0.0.1", &[(header, "for=192.0.2.1")]).await.0, 401, "{header}");
    }
    assert_eq!(get("127.0.0.1", &[("sec-fetch-site", "cross-site")]).await.0, 401);
    let signed_in = |user: &str, password: &str| {
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    };
    let administrator = signed_in("Administrator", "s3cret");
    assert_eq!(get("192.0.2.1", &[("authorization", &administrator)]).await.0, 200);
    let jean = signed_in("Jean", "p\u{e4}ss");
    assert_eq!(get("192.0.2.1", &[("authorization", &jean)]).await.0, 403);
}

#[tokio::test]
async fn a_server_that_refuses_mail_is_not_ready() {
    use tower::ServiceExt;

    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let (mut settings, ..) = settings(&files, clock);
    settings.refuses_mail = Arc::new(|| true);
    let router = crate::router::router(&App::new(settings), None);
    for (path, status) in [("/readyz", 503), ("/livez", 200)] {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test]
async fn headers_are_bounded() {
    let site = Site::new().await;
    for field in ["X: ".to_owned() + &"x".repeat(40_000) + "\r\n", "X: y\r\n".repeat(100)] {
        let mut stream = site.connect().await;
        let request = format!("GET /livez HTTP/1.1\r\nHost: a\r\n{field}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 431");
    }
}

#[tokio::test]
async fn it_ends_in_order() {
    let site = Site::new().await;
    let mut client = site.client().await;
    assert_eq!(client.get("/livez").await.status, 200);
    let silent = TcpStream::connect(site.address).await.unwrap();
    let greeted = site.connect().await;
    site.stop.send(()).unwrap();
    site.served.await.unwrap().unwrap();
    client.connection.await.unwrap();
    assert!(TcpStream::connect(site.address).await.is_err());
    drop((silent, greeted));
}

/// Waits until the interface shows actions on queues in these states.
async fn action_states(client: &mut Client, wanted: &[&str]) {
    let shown = async {
        loop {
            let reply = client.run("Get-QueueAction", json!({})).await;
            let actions = reply.body.as_array().unwrap().clone();
            if actions.iter().map(|a| a["State"].as_str().unwrap()).eq(wanted.iter().copied()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(20), shown).await;
    assert!(shown.is_ok(), "the actions are never {wanted:?}");
}

#[tokio::test]
async fn an_action_ends_with_its_request() {
    let site = Site::new().await;
    let mut watcher = site.client_of("Administrator", "s3cret").await;
    let parameters = json!({ "Filter": "Subject -like '*prize*'", "Confirm": false });
    let mut leaving = site.client_of("Administrator", "s3cret").await;
    let connection = leaving.connection.abort_handle();
    let removing = parameters.clone();
    let request = tokio::spawn(async move { leaving.run("Remove-Message", removing).await });
    action_states(&mut watcher, &["Running"]).await;
    // The client goes away without a word.
    request.abort();
    connection.abort();
    action_states(&mut watcher, &["Cancelled"]).await;
    // One that is stopped answers, and tells so.
    let mut staying = site.client_of("Administrator", "s3cret").await;
    let request = tokio::spawn(async move { staying.run("Suspend-Message", parameters).await });
    action_states(&mut watcher, &["Cancelled", "Running"]).await;
    assert_eq!(watcher.run("Stop-QueueAction", json!({ "Identity": "2" })).await.status, 200);
    let reply = request.await.unwrap();
    assert_eq!(reply.status, 200);
    let warning = reply.headers["relais-warning"].to_str().unwrap();
    assert!(warning.contains("cancelled"), "{warning}");
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    let site = Site::new().await;
    let mut client = site.client_of("Administrator", "s3cret").await;
    let made = json!({ "Name": "Out", "AddressSpaces": "*" });
    let made = client.run("New-SendConnector", made).await;
    let version = made.body[0]["ObjectVersion"].as_u64().unwrap();
    let path = "/api/v1/cmdlets/Set-SendConnector";
    let body = json!({ "Identity": "Out", "Comment": "one" }).to_string();
    let json = ("Content-Type", "application/json");
    let right = format!("\"{version}\"");
    for (known, status) in [
        (right.as_str(), 200),
        (right.as_str(), 412),
        ("W/\"1\"", 400),
        ("*", 400),
        ("1", 400),
        ("\"-1\"", 400),
        ("\"1\", \"2\"", 400),
    ] {
        let reply = client.send("POST", path, &[json, ("If-Match", known)], &body).await;
        assert_eq!(reply.status.as_u16(), status, "{known}: {}", reply.body);
        assert_eq!(reply.body["id"] == "changed", status == 412);
    }
}

#[tokio::test]
async fn refusals_are_said_in_french_to_who_reads_it() {
    let site = Site::new().await;
    let mut client = site.client_of("Administrator", "s3cret").await;
    let path = "/api/v1/cmdlets/New-SendConnector";
    let json = ("Content-Type", "application/json");
    let body = json!({ "Name": "x", "AddressSpaces": "SMTP:*;101" }).to_string();
    for (language, expected) in [
        (
            "fr",
            "Paramètre « AddressSpaces » : « 101 » n’est pas un coût. Valeurs admises : un entier de 1 à 100.",
        ),
        (
            "FR-ca, en;q=0.5",
            "Paramètre « AddressSpaces » : « 101 » n’est pas un coût. Valeurs admises : un entier de 1 à 100.",
        ),
        (
            "en, fr",
            "Parameter 'AddressSpaces': \"101\" is not a cost. Allowed: an integer from 1 to 100.",
        ),
        (
            "de",
            "Parameter 'AddressSpaces': \"101\" is not a cost. Allowed: an integer from 1 to 100.",
        ),
    ] {
        let reply = client.send("POST", path, &[json, ("Accept-Language", language)], &body).await;
        assert_eq!(reply.body["detail"], expected);
        assert_eq!((reply.status.as_u16(), &reply.body["id"]), (400, &json!("SC-05")));
        assert_eq!(reply.body["allowed"], "an integer from 1 to 100");
    }
    let french = [("Accept-Language", "fr")];
    let nothing = client.send("GET", "/nothing", &french, "").await;
    assert_eq!(nothing.body["detail"], "There is nothing at this path.", "not known in French");
    client.authorization = None;
    let unknown = client.send("GET", "/api/v1/session", &french, "").await;
    assert!(unknown.body["detail"].as_str().unwrap().starts_with("Vous n’êtes pas connecté"));
    assert_eq!(unknown.headers["content-language"], "fr");
}
