use model::{ManualClock, TimeSpan};
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    bootstrap::{DefaultBindings, FirstStart, first_objects},
    *,
};

struct Place {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
}

impl Place {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        Self { folder: tempfile::tempdir().unwrap(), clock }
    }

    fn open(&self) -> Result<Directory, DirectoryError> {
        self.open_with(DataKey::ephemeral())
    }

    fn open_with(&self, key: DataKey) -> Result<Directory, DirectoryError> {
        Directory::open(&self.folder.path().join("directory.db"), key, self.clock.clone())
    }

    /// With an organization as the first start makes it.
    fn started(&self) -> Directory {
        let directory = self.open().unwrap();
        directory.apply(first_objects(&first_start()), Audit::system("Install")).unwrap();
        directory
    }
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address.parse().unwrap())
}

fn first_start() -> FirstStart {
    FirstStart {
        organization: "Contoso".to_owned(),
        domain: "contoso.com".parse().unwrap(),
        server_name: "MBX01".parse().unwrap(),
        server_fqdn: "mbx01.contoso.com".parse().unwrap(),
        egress_addresses: Vec::new(),
        bindings: DefaultBindings {
            default_frontend: vec!["0.0.0.0:10024".parse().unwrap()],
            client_frontend: vec!["0.0.0.0:10587".parse().unwrap()],
            client_frontend_implicit_tls: vec!["0.0.0.0:10465".parse().unwrap()],
            outbound_proxy: vec!["0.0.0.0:10717".parse().unwrap()],
            default_hub: vec!["0.0.0.0:12525".parse().unwrap()],
            sandbox_relay: Some(vec!["127.0.0.1:10025".parse().unwrap()]),
        },
        administrator: mailbox("Administrator", "administrator@contoso.com"),
        mailboxes: vec![mailbox("Jean", "jean@contoso.com")],
    }
}

fn connector(name: &str) -> SendConnector {
    let mut connector = SendConnector::with_defaults(Header::fresh(), name.parse().unwrap());
    connector.set("AddressSpaces", &json!("*")).unwrap();
    connector.set("SourceTransportServers", &json!("MBX01")).unwrap();
    connector
}

fn audit() -> Audit {
    Audit {
        user: "Administrator".to_owned(),
        client: Some("192.0.2.7".parse().unwrap()),
        cmdlet: "New-SendConnector".to_owned(),
        parameters: Map::from_iter([("Name".to_owned(), json!("Out"))]),
    }
}

fn create(object: impl Into<Object>) -> Change {
    Change::Create(object.into())
}

fn update(object: impl Into<Object>) -> Change {
    Change::Update { object: object.into() }
}

fn remove(header: &Header) -> Change {
    Change::Remove { guid: header.guid, version: header.version }
}

fn broken(result: Result<u64, DirectoryError>) -> &'static str {
    result.unwrap_err().rule().expect("a broken rule").id
}

#[test]
fn changes_are_durable_numbered_and_told() {
    let place = Place::new();
    let directory = place.open().unwrap();
    assert!(directory.is_empty());
    assert!(directory.snapshot().organization.name.is_empty());
    let told = directory.subscribe();
    directory.apply(first_objects(&first_start()), Audit::system("Install")).unwrap();
    assert!(!directory.is_empty());
    assert_eq!((*told.borrow(), told.has_changed().unwrap()), (1, true));

    assert_eq!(directory.apply(vec![create(connector("Out"))], audit()).unwrap(), 2);
    let before = directory.snapshot();
    let created = Arc::clone(before.send_connector("OUT").unwrap());
    assert_eq!((created.header.version, created.header.when_created), (1, place.clock.now()));

    place.clock.advance(TimeSpan::hours(1));
    let mut changed = SendConnector::clone(&created);
    changed.port = 10025;
    changed.header.when_created = Timestamp::from_millis(5);
    directory.apply(vec![update(changed)], audit()).unwrap();
    let present = directory.snapshot();
    let changed = present.send_connector("Out").unwrap();
    assert_eq!((changed.header.version, changed.port), (2, 10025));
    assert_eq!(changed.header.when_created, created.header.when_created);
    assert_eq!(changed.header.when_changed, place.clock.now());
    assert_eq!(before.send_connector("Out").unwrap().port, 25, "a snapshot never changes");

    let expected = present.send_connectors.clone();
    drop(directory);
    let reopened = place.open().unwrap().snapshot();
    assert_eq!(reopened.send_connectors, expected);
    assert_eq!((reopened.revision, &reopened.organization.name), (3, &"Contoso".to_owned()));
    assert_eq!(reopened.mailboxes, present.mailboxes);
    assert_eq!(reopened.servers, present.servers);
    assert_eq!(reopened.receive_connectors, present.receive_connectors);
}

#[test]
fn all_or_nothing() {
    let place = Place::new();
    let directory = place.started();
    let before = directory.snapshot();
    let jean = before.mailbox("jean").unwrap();
    let mut nameless = connector("Bad");
    nameless.address_spaces.clear();
    let changes = vec![create(connector("Good")), remove(&jean.header), create(nameless)];
    assert_eq!(broken(directory.apply(changes, audit())), "SC-03");
    let after = directory.snapshot();
    assert_eq!(after.revision, before.revision);
    assert!(after.send_connectors.is_empty() && after.mailbox("Jean").is_some());
    assert_eq!(directory.audit_log(10).unwrap().len(), 1);
    drop(directory);
    assert!(place.open().unwrap().snapshot().send_connectors.is_empty());
}

#[test]
fn who_is_late_is_told() {
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("Out"))], audit()).unwrap();
    let read = SendConnector::clone(directory.snapshot().send_connector("Out").unwrap());
    directory.apply(vec![update(read.clone())], audit()).unwrap();
    let conflict = |result: Result<u64, DirectoryError>| {
        matches!(result, Err(DirectoryError::Conflict { class: Class::SendConnector, .. }))
    };
    assert!(conflict(directory.apply(vec![update(read.clone())], audit())));
    assert!(conflict(directory.apply(vec![remove(&read.header)], audit())));
    let present = SendConnector::clone(directory.snapshot().send_connector("Out").unwrap());
    assert!(conflict(
        directory.apply(vec![update(present.clone()), remove(&present.header)], audit())
    ));
    let again = directory.apply(vec![create(present.clone())], audit());
    assert!(matches!(again, Err(DirectoryError::Exists(_))));
    directory.apply(vec![remove(&present.header)], audit()).unwrap();
    let gone = directory.apply(vec![update(present)], audit());
    assert!(matches!(gone, Err(DirectoryError::NotFound(_))));
}

#[test]
fn names_and_addresses_are_unique() {
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("Out"))], audit()).unwrap();
    let try_one = |object: Object| broken(directory.apply(vec![Change::Create(object)], audit()));
    assert_eq!(try_one(connector("OUT").into()), "SC-01");
    assert_eq!(try_one(mailbox("JEAN", "other@contoso.com").into()), "MB-01");
    assert_eq!(try_one(mailbox("Other", "Jean@contoso.com").into()), "MB-02");
    assert_eq!(try_one(mailbox("Other", "postmaster@contoso.com").into()), "MB-02");
    assert_eq!(
        try_one(RoleGroup::with_defaults(Header::fresh(), "help desk".parse().unwrap()).into()),
        "RG-01"
    );
    let domain = |pattern: &str, name: &str| {
        let (pattern, name) = (pattern.parse().unwrap(), name.parse().unwrap());
        Object::from(AcceptedDomain::with_defaults(Header::fresh(), pattern, name))
    };
    assert_eq!(try_one(domain("fabrikam.com", "Contoso.com")), "AD-01");
    assert_eq!(try_one(domain("contoso.com", "other")), "AD-02");
    let twice = vec![create(connector("New")), create(connector("new"))];
    assert_eq!(broken(directory.apply(twice, audit())), "SC-01");
    let server = Server::with_defaults(
        Header::fresh(),
        "mbx01".parse().unwrap(),
        "x.contoso.com".parse().unwrap(),
    );
    assert_eq!(try_one(server.into()), "SV-01");
    let organization = Organization::with_defaults(Header::fresh(), "Second".to_owned());
    assert_eq!(try_one(organization.into()), "SV-03");

    let error = directory.apply(vec![create(connector("OUT"))], audit()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Name: a Send connector called \"OUT\" already exists. Choose another name."
    );
}

#[test]
fn names_may_be_exchanged_in_one_change() {
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("A")), create(connector("B"))], audit()).unwrap();
    let snapshot = directory.snapshot();
    let renamed = |from: &str, to: &str| {
        let mut connector = SendConnector::clone(snapshot.send_connector(from).unwrap());
        connector.name = to.parse().unwrap();
        update(connector)
    };
    directory.apply(vec![renamed("A", "B"), renamed("B", "A")], audit()).unwrap();
    let guid = snapshot.send_connector("A").unwrap().header.guid;
    assert_eq!(directory.snapshot().send_connector("B").unwrap().header.guid, guid);
}

#[test]
fn rules_between_objects() {
    let place = Place::new();
    let directory = place.started();
    directory.apply(vec![create(connector("Out"))], audit()).unwrap();
    let snapshot = directory.snapshot();
    let try_one = |change: Change| broken(directory.apply(vec![change], audit()));

    let server = snapshot.server("MBX01").unwrap();
    assert_eq!(try_one(remove(&server.header)), "SV-02");
    let mut only_front_end = Server::clone(server);
    only_front_end.is_mailbox_server = false;
    assert_eq!(try_one(update(only_front_end)), "SV-02");
    assert_eq!(try_one(remove(&snapshot.organization.header)), "SV-03");

    let domain = &snapshot.accepted_domains[0];
    assert_eq!(try_one(remove(&domain.header)), "AD-05");
    let mut second = AcceptedDomain::with_defaults(
        Header::fresh(),
        "fabrikam.com".parse().unwrap(),
        "fabrikam.com".parse().unwrap(),
    );
    second.default = true;
    assert_eq!(try_one(create(second.clone())), "AD-05");
    let mut no_default = AcceptedDomain::clone(domain);
    no_default.default = false;
    assert_eq!(try_one(update(no_default.clone())), "AD-05");
    directory.apply(vec![create(second), update(no_default)], audit()).unwrap();
    assert_eq!(directory.snapshot().default_domain().unwrap().as_str(), "fabrikam.com");
    let domain =
        directory.snapshot().accepted_domains.iter().find(|d| !d.default).cloned().unwrap();
    assert_eq!(try_one(remove(&domain.header)), "AD-06");

    let administrators = snapshot.role_group("Organization Management").unwrap();
    assert_eq!(try_one(remove(&administrators.header)), "RG-02");
    let administrator = snapshot.mailbox("Administrator").unwrap();
    assert_eq!(try_one(remove(&administrator.header)), "RG-02");
    let mut nobody = RoleGroup::clone(administrators);
    nobody.members.clear();
    assert_eq!(try_one(update(nobody)), "RG-02");

    let mut lost = ReceiveConnector::clone(&snapshot.receive_connectors[0]);
    lost.header = Header::fresh();
    lost.name = "Lost".parse().unwrap();
    assert_eq!(try_one(create(lost.clone())), "RC-05");
    lost.server = "MBX09".to_owned();
    assert_eq!(try_one(create(lost)), "RC-17");
}

#[test]
fn every_change_is_audited_without_secrets() {
    let place = Place::new();
    let directory = place.started();
    let mut secret = connector("Out");
    let context = secret.header.guid.to_string();
    let password = directory.seal("correct horse", &context).unwrap();
    secret.authentication_credential =
        Some(Credential { user_name: "relay".to_owned(), password: password.clone() });
    secret.dns_routing_enabled = false;
    secret.set("SmartHosts", &json!("10.20.0.5")).unwrap();
    secret.set("SmartHostAuthMechanism", &json!("BasicAuth")).unwrap();
    directory.apply(vec![create(secret)], audit()).unwrap();
    let header = directory.snapshot().send_connector("Out").unwrap().header.clone();
    directory.apply(vec![remove(&header)], audit()).unwrap();
    directory.apply(Vec::new(), Audit { cmdlet: "Retry-Queue".to_owned(), ..audit() }).unwrap();

    let log = directory.audit_log(3).unwrap();
    assert_eq!(log.iter().map(|r| r.revision).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!((log[0].audit.cmdlet.as_str(), log[0].changes.len()), ("Retry-Queue", 0));
    assert!(log[1].changes[0].before.is_some() && log[1].changes[0].after.is_none());
    let created = &log[2];
    assert_eq!((&created.audit, created.at), (&audit(), place.clock.now()));
    let after = created.changes[0].after.as_ref().unwrap();
    assert_eq!(after["Port"], json!(25));
    assert_eq!(
        after["AuthenticationCredential"],
        json!({"UserName": "relay", "Password": "********"})
    );
    assert!(!format!("{log:?}").contains(password.as_str()));
    assert_eq!(directory.audit_log(100).unwrap().len(), 4);
}

#[test]
fn secrets_stay_secret() {
    let place = Place::new();
    let key = DataKey::ephemeral();
    let directory = place.open_with(key.clone()).unwrap();
    directory.apply(first_objects(&first_start()), Audit::system("Install")).unwrap();
    let mut secret = connector("Out");
    let context = secret.header.guid.to_string();
    let password = directory.seal("correct horse", &context).unwrap();
    secret.authentication_credential = Some(Credential { user_name: "relay".to_owned(), password });
    directory.apply(vec![create(secret)], audit()).unwrap();
    for entry in std::fs::read_dir(place.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read(&path).unwrap();
        assert!(!content.windows(13).any(|part| part == b"correct horse"), "{}", path.display());
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&path).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    drop(directory);
    let directory = place.open_with(key).unwrap();
    let snapshot = directory.snapshot();
    let credential =
        snapshot.send_connector("Out").unwrap().authentication_credential.clone().unwrap();
    assert_eq!(*directory.unseal(&credential.password, &context).unwrap(), "correct horse");
    assert!(directory.unseal(&credential.password, "elsewhere").is_err());
}

#[test]
fn damaged_and_newer_files_are_refused() {
    let place = Place::new();
    drop(place.started());
    let file = place.folder.path().join("directory.db");
    let sqlite = Connection::open(&file).unwrap();
    let json: String = sqlite
        .query_row("SELECT json FROM object WHERE class = 'Server'", [], |r| r.get(0))
        .unwrap();
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["Name"], json!("MBX01"));
    sqlite.execute("UPDATE object SET json = '{}' WHERE class = 'Server'", []).unwrap();
    let error = place.open().unwrap_err();
    assert!(
        matches!(&error, DirectoryError::Damaged { class, .. } if class == "Server"),
        "{error}"
    );
    sqlite.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(place.open(), Err(DirectoryError::NewerFormat { found: 99, known: 1 })));
    assert!(
        Directory::open(place.folder.path(), DataKey::ephemeral(), place.clock.clone()).is_err()
    );
}

#[test]
fn a_second_writer_is_noticed() {
    let place = Place::new();
    let first = place.started();
    let second = place.open().unwrap();
    first.apply(vec![create(connector("A"))], audit()).unwrap();
    let late = second.apply(vec![create(connector("B"))], audit());
    assert!(matches!(late, Err(DirectoryError::ChangedOutside)));
}

/// A copy in `place` of the directory that a released version wrote.
fn written_by(version: &str, place: &std::path::Path) -> Directory {
    use std::os::unix::fs::PermissionsExt;
    let fixture = format!("{}/../../tests/fixtures/{version}", env!("CARGO_MANIFEST_DIR"));
    for (from, to) in [("directory.db", "directory.db"), ("keys/data.key", "data.key")] {
        std::fs::copy(format!("{fixture}/{from}"), place.join(to)).unwrap();
    }
    let owner_only = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(place.join("data.key"), owner_only).unwrap();
    open_in(place)
}

fn open_in(place: &std::path::Path) -> Directory {
    let key = DataKey::load_or_create(&place.join("data.key")).unwrap();
    Directory::open(&place.join("directory.db"), key, Arc::new(model::SystemClock)).unwrap()
}

/// A directory that version 0.1.0 wrote is understood by every later one, secrets included.
#[test]
fn the_directory_of_0_1_0_is_understood() {
    let place = tempfile::tempdir().unwrap();
    let directory = written_by("0.1.0", place.path());
    let snapshot = directory.snapshot();
    let connector = snapshot.send_connector("Vers le relais").unwrap();
    assert_eq!(connector.comment.as_deref(), Some("écrit par 0.1.0"));
    let credential = connector.authentication_credential.as_ref().unwrap();
    let context = connector.header.guid.to_string();
    let secret = directory.unseal(&credential.password, &context).unwrap();
    assert_eq!((credential.user_name.as_str(), secret.as_str()), ("relay-user", "fixture secret"));
    let anna = snapshot.mailbox("anna@contoso.com").unwrap();
    assert!(anna.password.is_some());
    assert!(snapshot.role_group("Help Desk").unwrap().has_member(anna.header.guid));
    let server = snapshot.server("MBX01").unwrap();
    assert_eq!(server.transport.message_expiration_timeout, model::TimeSpan::days(90));
    assert_eq!(snapshot.accepted_domains.len(), 2);

    // What 0.1.0 did not know is added, once and with a record of it.
    let [default] = snapshot.remote_domains.as_slice() else { panic!("one remote domain") };
    assert_eq!((default.name.as_str(), default.is_default()), ("Default", true));
    let proxies = snapshot.receive_connectors.iter().filter(|c| c.is_outbound_proxy());
    let proxies: Vec<&str> = proxies.map(|c| c.name.as_str()).collect();
    assert_eq!(proxies, ["Outbound Proxy Frontend MBX01"]);
    let newest = |directory: &Directory| directory.audit_log(1).unwrap().remove(0);
    assert_eq!(newest(&directory).audit.cmdlet, "upgrade");
    drop(directory);
    let again = open_in(place.path());
    assert_eq!(again.snapshot().revision, snapshot.revision);
    assert_eq!(again.snapshot().remote_domains, snapshot.remote_domains);
}

/// What came with 0.2.0 is understood by every later version.
#[test]
fn the_directory_of_0_2_0_is_understood() {
    let place = tempfile::tempdir().unwrap();
    let directory = written_by("0.2.0", place.path());
    let snapshot = directory.snapshot();
    let relay = snapshot.send_connector("Vers le relais").unwrap();
    assert_eq!(relay.comment.as_deref(), Some("écrit par 0.2.0"));
    let credential = relay.authentication_credential.as_ref().unwrap();
    let context = relay.header.guid.to_string();
    let secret = directory.unseal(&credential.password, &context).unwrap();
    assert_eq!((credential.user_name.as_str(), secret.as_str()), ("relay-user", "fixture secret"));
    let proxied = snapshot.send_connector("Par le frontal").unwrap();
    assert!(proxied.frontend_proxy_enabled && !proxied.may_send(SendRight::HeadersRouting));
    assert!(relay.may_send(SendRight::HeadersRouting));
    let front = snapshot.receive_connector("MBX01\\Default Frontend MBX01").unwrap();
    assert!(front.grants(ExtendedRight::AcceptAnyRecipient));
    let proxies = snapshot.receive_connectors.iter().filter(|c| c.is_outbound_proxy());
    assert_eq!(proxies.count(), 1);
    let fabrikam = "eu.fabrikam.com".parse().unwrap();
    let remote = snapshot.remote_domain(&model::AddressDomain::Name(fabrikam)).unwrap();
    assert_eq!((remote.name.as_str(), remote.ndr_enabled), ("Fabrikam", false));
    let server = snapshot.server("MBX01").unwrap();
    assert_eq!(server.frontend.egress_addresses.len(), 2);
    assert!(!server.front_end_serves(), "Draining was asked for");
    let codes = &snapshot.organization.transport.generate_copy_of_dsn_for;
    assert_eq!(codes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["5.1.1"]);
}

/// What came with 0.7.0 is understood by every later version.
#[test]
fn the_directory_of_0_7_0_is_understood() {
    let place = tempfile::tempdir().unwrap();
    let directory = written_by("0.7.0", place.path());
    let snapshot = directory.snapshot();
    let [certificate] = snapshot.certificates.as_slice() else { panic!("one certificate") };
    assert_eq!(certificate.friendly_name, "écrit par 0.7.0");
    assert!(certificate.private_key_exportable && certificate.acme_directory.is_none());
    let key = certificate.material.private_key.as_ref().unwrap();
    let key = directory.unseal(key, &certificate.context()).unwrap();
    assert!(!key.is_empty());
    let relay = snapshot.send_connector("Via relay").unwrap();
    assert_eq!(relay.smart_host_auth_mechanism, SmartHostAuthMechanism::ClientCertificate);
    assert_eq!(
        relay.tls_certificate_name.as_ref().unwrap().to_string(),
        "<I>CN=relay.contoso.com<S>CN=relay.contoso.com"
    );
    let partner = "partner.example".parse().unwrap();
    let partner = snapshot.remote_domain(&model::AddressDomain::Name(partner)).unwrap();
    assert!(partner.tls_exception_until.is_some());
    let [issuer] = snapshot.auth_servers.as_slice() else { panic!("one AuthServer") };
    assert_eq!((issuer.audience.as_str(), issuer.enabled), ("relais", true));
}
