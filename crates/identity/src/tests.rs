use std::sync::Arc;

use directory::{
    Audit, Change, Directory, Header, Mailbox, Object,
    bootstrap::{DefaultBindings, FirstStart, first_objects},
};
use model::{Clock, ManualClock, TimeSpan, Timestamp};
use vault::DataKey;

use crate::{AuthError, Authenticator, hash_password};

struct Place {
    directory: Directory,
    clock: Arc<ManualClock>,
    authenticator: Authenticator,
    _files: tempfile::TempDir,
}

fn audit() -> Audit {
    Audit {
        user: "system".to_owned(),
        client: None,
        cmdlet: "test".to_owned(),
        parameters: serde_json::Map::new(),
    }
}

fn mailbox(name: &str, address: &str, password: Option<&str>) -> Mailbox {
    let mut mailbox =
        Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address.parse().unwrap());
    mailbox.password = password.map(|password| hash_password(password).unwrap());
    mailbox
}

fn place() -> Place {
    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let shared: Arc<dyn Clock> = clock.clone();
    let path = files.path().join("directory.db");
    let directory = Directory::open(&path, DataKey::ephemeral(), shared.clone()).unwrap();
    let mut jean = mailbox("Jean Dupont", "jean@contoso.com", Some("p\u{e4}ss"));
    jean.email_addresses.push("j.dupont@contoso.com".parse().unwrap());
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
        administrator: mailbox("Administrator", "administrator@contoso.com", Some("secret")),
        mailboxes: vec![jean, mailbox("Room", "room@contoso.com", None)],
    };
    directory.apply(first_objects(&start), audit()).unwrap();
    let authenticator = Authenticator::new(directory.clone(), shared);
    Place { directory, clock, authenticator, _files: files }
}

#[tokio::test]
async fn every_spelling_of_the_user_signs_in() {
    let place = place();
    for user in [
        "jean@contoso.com",
        "J.Dupont@CONTOSO.com",
        "jean dupont",
        "CONTOSO\\Jean Dupont",
        " Jean Dupont ",
    ] {
        let principal = place.authenticator.verify(user, "p\u{e4}ss").await.unwrap();
        assert_eq!(principal.mailbox.name.as_str(), "Jean Dupont");
        assert!(principal.role_groups.is_empty());
    }
    let administrator = place.authenticator.verify("Administrator", "secret").await.unwrap();
    assert_eq!(administrator.role_groups, ["Organization Management"]);
    assert!(!format!("{administrator:?}").contains("argon2"));
}

#[tokio::test]
async fn everything_else_is_wrong_alike() {
    let place = place();
    let long = "x".repeat(2000);
    for (user, password) in [
        ("jean@contoso.com", "pass"),
        ("jean@contoso.com", ""),
        ("nobody@contoso.com", "secret"),
        ("Room", ""),
        ("", "secret"),
        ("Administrator\\", "secret"),
        ("Administrator", &long),
        (&long, "secret"),
    ] {
        let refused = place.authenticator.verify(user, password).await;
        assert_eq!(refused.unwrap_err(), AuthError::Wrong, "{user}");
    }
}

#[tokio::test]
async fn scram_keys_are_the_user_s_in_every_spelling() {
    let place = place();
    let (keys, pass) = place.authenticator.scram("jean@contoso.com");
    for user in ["J.Dupont@CONTOSO.com", "jean dupont", "CONTOSO\\Jean Dupont", " Jean Dupont "] {
        let (same, again) = place.authenticator.scram(user);
        assert!(same == keys && again == pass, "{user}");
    }
    let pass = pass.unwrap();
    assert_eq!(place.authenticator.readmit(&pass).unwrap().mailbox.name.as_str(), "Jean Dupont");
    assert!(place.authenticator.scram("Administrator").0 != keys);
}

/// Nothing of what is shown before the proof tells whether a user exists.
#[tokio::test]
async fn scram_keys_of_nobody_look_like_somebody_s() {
    let place = place();
    let (jean, _) = place.authenticator.scram("jean@contoso.com");
    let long = "x".repeat(1024);
    let mut salts = vec![jean.salt.clone()];
    for alike in [
        &["nobody@contoso.com", " Nobody@CONTOSO.COM"][..],
        &["nobody", "NOBODY", "CONTOSO\\Nobody ", "other\\nobody"],
        // A mailbox without a password.
        &["Room", "room"],
        &["room@contoso.com"],
        &[&long],
        &[""],
    ] {
        for user in alike {
            let (keys, pass) = place.authenticator.scram(user);
            assert!(pass.is_none(), "{user}");
            assert_eq!((keys.salt.len(), keys.rounds), (jean.salt.len(), jean.rounds));
            let (first, _) = place.authenticator.scram(alike[0]);
            assert_eq!(keys.salt, first.salt, "{user}");
            assert!(keys.stored_key != jean.stored_key && keys.stored_key != keys.server_key);
        }
        salts.push(place.authenticator.scram(alike[0]).0.salt);
    }
    salts.sort();
    salts.dedup();
    assert_eq!(salts.len(), 7);
    let other = Authenticator::new(place.directory.clone(), place.clock.clone());
    assert_ne!(other.scram("nobody").0.salt, place.authenticator.scram("nobody").0.salt);
}

#[tokio::test]
async fn a_changed_password_ends_the_old_one_at_once() {
    let place = place();
    let verify = async |password| place.authenticator.verify("jean dupont", password).await.is_ok();
    assert!(verify("p\u{e4}ss").await);
    place.clock.advance(TimeSpan::seconds(30));
    assert!(verify("p\u{e4}ss").await);
    let snapshot = place.directory.snapshot();
    let mut jean = Mailbox::clone(snapshot.mailbox("Jean Dupont").unwrap());
    jean.password = Some(hash_password("new").unwrap());
    let change = Change::Update { object: Object::Mailbox(jean) };
    place.directory.apply(vec![change], audit()).unwrap();
    assert!(!verify("p\u{e4}ss").await);
    assert!(verify("new").await);
    let jean = Arc::clone(place.directory.snapshot().mailbox("Jean Dupont").unwrap());
    let remove = Change::Remove { guid: jean.header.guid, version: jean.header.version };
    place.directory.apply(vec![remove], audit()).unwrap();
    assert!(!verify("new").await);
}

#[tokio::test]
async fn a_pass_lasts_as_long_as_mailbox_and_password() {
    let place = place();
    let jean = place.authenticator.verify("jean@contoso.com", "p\u{e4}ss").await.unwrap();
    let pass = place.authenticator.pass(&jean).unwrap();
    let change = |edit: &dyn Fn(&mut Mailbox)| {
        let snapshot = place.directory.snapshot();
        let mut jean = Mailbox::clone(snapshot.mailbox("jean@contoso.com").unwrap());
        edit(&mut jean);
        let change = Change::Update { object: Object::Mailbox(jean) };
        place.directory.apply(vec![change], audit()).unwrap();
    };
    change(&|jean| jean.name = "Jean D.".parse().unwrap());
    let again = place.authenticator.readmit(&pass).unwrap();
    assert_eq!(again.mailbox.name.as_str(), "Jean D.");
    let other = Authenticator::new(place.directory.clone(), place.clock.clone());
    assert!(other.readmit(&pass).is_none(), "of another process");
    change(&|jean| jean.password = Some(hash_password("p\u{e4}ss").unwrap()));
    assert!(place.authenticator.readmit(&pass).is_none(), "the same password, set anew");
    let jean = place.authenticator.verify("jean@contoso.com", "p\u{e4}ss").await.unwrap();
    let pass = place.authenticator.pass(&jean).unwrap();
    assert!(place.authenticator.readmit(&pass).is_some());
    let jean = Arc::clone(place.directory.snapshot().mailbox("jean@contoso.com").unwrap());
    let remove = Change::Remove { guid: jean.header.guid, version: jean.header.version };
    place.directory.apply(vec![remove], audit()).unwrap();
    assert!(place.authenticator.readmit(&pass).is_none());
}

#[tokio::test]
async fn many_sign_ins_at_once_are_served() {
    let place = place();
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let authenticator = place.authenticator.clone();
            tokio::spawn(async move { authenticator.verify("Administrator", "secret").await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}
