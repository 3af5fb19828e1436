//! What every store of the directory must do, whichever it is: the same tests for the embedded one and for
//! the engine. A test is given a [`DirectoryPlace`], which holds nothing yet.

use std::sync::Arc;

use directory::{
    AcceptedDomain, Audit, Change, Class, Credential, Directory, DirectoryError, Header, Mailbox,
    Object, Organization, Properties, ReceiveConnector, RoleGroup, SendConnector, Server,
    bootstrap::{DefaultBindings, FirstStart, first_objects},
};
use model::{Clock, ManualClock, TimeSpan, Timestamp};
use serde_json::{Map, json};
use vault::DataKey;

/// Where a directory is: it can be opened there again and again.
pub trait DirectoryPlace {
    /// Opens it.
    ///
    /// # Errors
    /// When the directory refuses.
    fn open_with(&self, key: DataKey) -> Result<Directory, DirectoryError>;

    /// The time there.
    fn clock(&self) -> &ManualClock;
}

impl dyn DirectoryPlace + '_ {
    fn open(&self) -> Directory {
        self.open_with(DataKey::ephemeral()).expect("the directory opens")
    }

    /// With an organization as the first start makes it.
    fn started(&self) -> Directory {
        let directory = self.open();
        found(&directory);
        directory
    }
}

/// One of them.
pub type DirectoryTest = fn(&dyn DirectoryPlace);

/// All of them, by name. Each wants a place of its own.
pub const DIRECTORY_SUITE: &[(&str, DirectoryTest)] = &[
    ("changes_are_durable_numbered_and_told", changes_are_durable_numbered_and_told),
    ("all_or_nothing", all_or_nothing),
    ("who_is_late_is_told", who_is_late_is_told),
    ("names_and_addresses_are_unique", names_and_addresses_are_unique),
    ("names_may_be_exchanged_in_one_change", names_may_be_exchanged_in_one_change),
    ("rules_between_objects", rules_between_objects),
    ("every_change_is_audited_without_secrets", every_change_is_audited_without_secrets),
    ("secrets_come_back_and_nowhere_else", secrets_come_back_and_nowhere_else),
];

/// Makes the organization Contoso with the server MBX01.
///
/// # Panics
/// When the directory refuses.
pub fn found(directory: &Directory) {
    let first = first_objects(&first_start());
    directory.apply(first, Audit::system("Install")).expect("the first objects");
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

/// A Send connector of MBX01's for all domains.
///
/// # Panics
/// When the name is none.
pub fn connector(name: &str) -> SendConnector {
    let mut connector = SendConnector::with_defaults(Header::fresh(), name.parse().unwrap());
    connector.set("AddressSpaces", &json!("*")).unwrap();
    connector.set("SourceTransportServers", &json!("MBX01")).unwrap();
    connector
}

/// Who changes something in tests.
pub fn audit() -> Audit {
    Audit {
        user: "Administrator".to_owned(),
        client: Some("192.0.2.7".parse().unwrap()),
        cmdlet: "New-SendConnector".to_owned(),
        parameters: Map::from_iter([("Name".to_owned(), json!("Out"))]),
    }
}

/// A new object.
pub fn create(object: impl Into<Object>) -> Change {
    Change::Create(object.into())
}

/// A changed one.
pub fn update(object: impl Into<Object>) -> Change {
    Change::Update { object: object.into() }
}

/// One that goes.
pub fn remove(header: &Header) -> Change {
    Change::Remove { guid: header.guid, version: header.version }
}

fn broken(result: Result<u64, DirectoryError>) -> &'static str {
    result.unwrap_err().rule().expect("a broken rule").id
}

fn changes_are_durable_numbered_and_told(place: &dyn DirectoryPlace) {
    let directory = place.open();
    assert!(directory.is_empty());
    assert!(directory.snapshot().organization.name.is_empty());
    let told = directory.subscribe();
    directory.apply(first_objects(&first_start()), Audit::system("Install")).unwrap();
    assert!(!directory.is_empty());
    assert_eq!((*told.borrow(), told.has_changed().unwrap()), (1, true));

    assert_eq!(directory.apply(vec![create(connector("Out"))], audit()).unwrap(), 2);
    let before = directory.snapshot();
    let created = Arc::clone(before.send_connector("OUT").unwrap());
    assert_eq!((created.header.version, created.header.when_created), (1, place.clock().now()));

    place.clock().advance(TimeSpan::hours(1));
    let mut changed = SendConnector::clone(&created);
    changed.port = 10025;
    changed.header.when_created = Timestamp::from_millis(5);
    directory.apply(vec![update(changed)], audit()).unwrap();
    let present = directory.snapshot();
    let changed = present.send_connector("Out").unwrap();
    assert_eq!((changed.header.version, changed.port), (2, 10025));
    assert_eq!(changed.header.when_created, created.header.when_created);
    assert_eq!(changed.header.when_changed, place.clock().now());
    assert_eq!(before.send_connector("Out").unwrap().port, 25, "a snapshot never changes");

    let expected = present.send_connectors.clone();
    drop(directory);
    let reopened = place.open().snapshot();
    assert_eq!(reopened.send_connectors, expected);
    assert_eq!((reopened.revision, &reopened.organization.name), (3, &"Contoso".to_owned()));
    assert_eq!(reopened.mailboxes, present.mailboxes);
    assert_eq!(reopened.servers, present.servers);
    assert_eq!(reopened.receive_connectors, present.receive_connectors);
}

fn all_or_nothing(place: &dyn DirectoryPlace) {
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
    assert!(place.open().snapshot().send_connectors.is_empty());
}

fn who_is_late_is_told(place: &dyn DirectoryPlace) {
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

fn names_and_addresses_are_unique(place: &dyn DirectoryPlace) {
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

fn names_may_be_exchanged_in_one_change(place: &dyn DirectoryPlace) {
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

fn rules_between_objects(place: &dyn DirectoryPlace) {
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

fn every_change_is_audited_without_secrets(place: &dyn DirectoryPlace) {
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
    assert_eq!((&created.audit, created.at), (&audit(), place.clock().now()));
    let after = created.changes[0].after.as_ref().unwrap();
    assert_eq!(after["Port"], json!(25));
    assert_eq!(
        after["AuthenticationCredential"],
        json!({"UserName": "relay", "Password": "********"})
    );
    assert!(!format!("{log:?}").contains(password.as_str()));
    assert_eq!(directory.audit_log(100).unwrap().len(), 4);
}

fn secrets_come_back_and_nowhere_else(place: &dyn DirectoryPlace) {
    let key = DataKey::ephemeral();
    let directory = place.open_with(key.clone()).unwrap();
    found(&directory);
    let mut secret = connector("Out");
    let context = secret.header.guid.to_string();
    let password = directory.seal("correct horse", &context).unwrap();
    secret.authentication_credential = Some(Credential { user_name: "relay".to_owned(), password });
    directory.apply(vec![create(secret)], audit()).unwrap();
    drop(directory);
    let directory = place.open_with(key).unwrap();
    let snapshot = directory.snapshot();
    let credential =
        snapshot.send_connector("Out").unwrap().authentication_credential.clone().unwrap();
    assert_eq!(*directory.unseal(&credential.password, &context).unwrap(), "correct horse");
    assert!(directory.unseal(&credential.password, "elsewhere").is_err());
}
