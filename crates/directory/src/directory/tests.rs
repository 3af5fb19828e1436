//! What concerns the embedded store's file, and what a directory does with a shared store. What every store
//! must do is tested in `tests/src/directory_suite.rs`.

mod shared;

use model::{ByteSize, ManualClock, Timestamp, Unlimited};
use rusqlite::Connection;
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

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("directory.db")
    }

    fn open(&self) -> Result<Directory, DirectoryError> {
        Directory::open(&self.file(), DataKey::ephemeral(), self.clock.clone())
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
fn files_are_private_and_hold_no_secrets() {
    let place = Place::new();
    let directory = place.started();
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
}

#[test]
fn damaged_and_newer_files_are_refused() {
    let place = Place::new();
    drop(place.started());
    let sqlite = Connection::open(place.file()).unwrap();
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
    assert!(matches!(place.open(), Err(DirectoryError::NewerFormat { found: 99, known: 2 })));
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

/// A directory that version 0.9.0 wrote, likewise: recipients of all kinds, and an LDAP directory.
#[test]
fn the_directory_of_0_9_0_is_understood() {
    let place = tempfile::tempdir().unwrap();
    let directory = written_by("0.9.0", place.path());
    let snapshot = directory.snapshot();
    let [ldap] = snapshot.ldap_directories.as_slice() else { panic!("one LDAP directory") };
    assert_eq!(ldap.servers[0].to_string(), "ldaps://dc1.contoso.com");
    let credential = ldap.credential.as_ref().unwrap();
    let password = directory.unseal(&credential.password, &ldap.credential_context()).unwrap();
    assert_eq!(*password, "Fixture of the reader");
    let group = &snapshot.distribution_groups[0];
    let members = group.members.iter().filter_map(|guid| snapshot.recipient_by_guid(*guid));
    let names: Vec<&str> = members.map(|member| member.name().as_str()).collect();
    assert_eq!(names, ["jean", "Eva Extern"]);
    let paul = snapshot.mailbox("paul").unwrap();
    assert_eq!(paul.forwarding_address, Some(group.header.guid));
    assert!(paul.deliver_to_mailbox_and_forward && paul.external.is_none());
    assert_eq!(paul.prohibit_send_receive_quota, Unlimited::Limited(ByteSize::mb(1024)));
    assert_eq!(snapshot.send_connector("Un dixième").unwrap().share_of_domains, 10);
}
