use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use model::{Clock, ManualClock, SystemClock, TimeSpan, Timestamp};
use rustls::pki_types::ServerName;
use tls::{ClientPolicy, Fingerprint, Identity, Role, ServerTls, client_config, connector};

use crate::{Authority, DataKey, Sealed, VaultError};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn what_is_sealed_opens_with_the_same_key_and_context_only() {
    let key = DataKey::ephemeral();
    let sealed = key.seal("p\u{e4}ss".as_bytes(), "a").unwrap();
    assert!(sealed.as_str().starts_with("v1:"));
    assert_eq!(key.open(&sealed, "a").unwrap().as_slice(), "p\u{e4}ss".as_bytes());
    assert_ne!(key.seal("p\u{e4}ss".as_bytes(), "a").unwrap(), sealed);
    assert!(key.open(&sealed, "b").is_err());
    assert!(DataKey::ephemeral().open(&sealed, "a").is_err());
    let empty = key.seal(b"", "a").unwrap();
    assert!(key.open(&empty, "a").unwrap().is_empty());
    for bad in ["", "v1:", "v1:AAAA", "v2:AAAA", "v1:\u{e9}", &sealed.as_str()[..20]] {
        let opened = key.open(&Sealed::from_text(bad), "a");
        assert!(matches!(opened, Err(VaultError::CannotOpen)), "{bad}");
    }
    let json = serde_json::to_string(&sealed).unwrap();
    assert_eq!(json, format!("\"{sealed}\""));
    assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
}

#[test]
fn the_data_key_is_kept_privately() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys").join("data.key");
    let sealed = DataKey::load_or_create(&path).unwrap().seal(b"x", "c").unwrap();
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let again = DataKey::load_or_create(&path).unwrap();
    assert_eq!(again.open(&sealed, "c").unwrap().as_slice(), b"x");
    assert_eq!(format!("{again:?}"), "DataKey");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = DataKey::load_or_create(&path);
    assert!(matches!(exposed, Err(VaultError::Exposed { mode: 0o640, .. })));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "v1:AAAA\n").unwrap();
    assert!(matches!(DataKey::load_or_create(&path), Err(VaultError::Damaged { .. })));
}

/// Shakes hands with a server that has this identity.
async fn accepts(identity: Identity, authority: &Authority, name: &'static str) -> bool {
    let server = ServerTls::new(identity).unwrap();
    let mut good = Vec::new();
    for policy in [
        ClientPolicy::Authority(authority.certificate()),
        ClientPolicy::Pinned(authority.fingerprint()),
    ] {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let served = tokio::spawn(server.acceptor().accept(theirs));
        let name = ServerName::try_from(name).unwrap();
        let client = connector(client_config(policy).unwrap()).connect(name, ours).await;
        good.push(client.is_ok());
        let _ = served.await.unwrap();
    }
    assert_eq!(good[0], good[1]);
    good[0]
}

#[tokio::test]
async fn the_authority_survives_a_restart_and_is_believed() {
    let directory = tempfile::tempdir().unwrap();
    let key = DataKey::ephemeral();
    let open = || Authority::load_or_create(directory.path(), &key, "Cont\u{f6}so", &SystemClock);
    let first = open().unwrap();
    let second = open().unwrap();
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_eq!(mode(&directory.path().join("authority.key")), 0o600);
    for authority in [&first, &second] {
        let wanted = names(&["MBX01", "mbx01.contoso.com", "127.0.0.1", "::1"]);
        let identity = authority.issue_server(&wanted, &SystemClock).unwrap();
        assert_eq!(Fingerprint::of(&identity.chain[1]), first.fingerprint());
        for name in ["mbx01", "mbx01.contoso.com", "127.0.0.1", "::1"] {
            assert!(accepts(identity.clone(), authority, name).await, "{name}");
        }
        assert!(!accepts(identity, authority, "contoso.com").await);
    }
    let other =
        Authority::load_or_create(directory.path(), &DataKey::ephemeral(), "Contoso", &SystemClock);
    assert!(matches!(other, Err(VaultError::CannotOpen)));
}

#[test]
fn a_missing_file_never_replaces_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let key = DataKey::ephemeral();
    let open = || Authority::load_or_create(directory.path(), &key, "Contoso", &SystemClock);
    let first = open().unwrap();
    fs::remove_file(directory.path().join("authority.pem")).unwrap();
    assert_ne!(open().unwrap().fingerprint(), first.fingerprint());
    let key_path = directory.path().join("authority.key");
    let aside = directory.path().join("aside");
    fs::rename(&key_path, &aside).unwrap();
    assert!(matches!(open(), Err(VaultError::KeyMissing { .. })));
    let elsewhere = tempfile::tempdir().unwrap();
    Authority::load_or_create(elsewhere.path(), &key, "Contoso", &SystemClock).unwrap();
    fs::copy(elsewhere.path().join("authority.key"), &key_path).unwrap();
    assert!(matches!(open(), Err(VaultError::Damaged { .. })));
}

#[test]
fn certificates_end_in_time() {
    let directory = tempfile::tempdir().unwrap();
    let start = Timestamp::from_millis(1_700_000_000_000);
    let clock: Arc<ManualClock> = Arc::new(ManualClock::new(start));
    let key = DataKey::ephemeral();
    let open = || Authority::load_or_create(directory.path(), &key, "Contoso", clock.as_ref());
    let ends = |authority: &Authority| {
        let identity = authority.issue_server(&names(&["a.example"]), clock.as_ref()).unwrap();
        let (_, leaf) = x509_parser::parse_x509_certificate(&identity.chain[0]).unwrap();
        Timestamp::from_millis(leaf.validity().not_after.timestamp() * 1000)
    };
    let authority = open().unwrap();
    assert_eq!(ends(&authority), clock.now() + TimeSpan::days(30));
    clock.advance(TimeSpan::days(3650));
    let authority = open().unwrap();
    assert_eq!(ends(&authority), start + TimeSpan::days(3652));
    clock.advance(TimeSpan::days(3));
    let refused = authority.issue_server(&names(&["a.example"]), clock.as_ref());
    assert!(matches!(refused, Err(VaultError::AuthorityExpired { .. })));
}

#[test]
fn names_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let key = DataKey::ephemeral();
    let authority =
        Authority::load_or_create(directory.path(), &key, "Contoso", &SystemClock).unwrap();
    for bad in [&[][..], &["a b"], &["*"], &[""]] {
        assert!(authority.issue_server(&names(bad), &SystemClock).is_err(), "{bad:?}");
    }
    let long = format!("{}.example.com", "a".repeat(60));
    authority.issue_server(&[long], &SystemClock).unwrap();
}

#[test]
fn a_members_certificate_says_its_roles_and_a_public_one_none() {
    let dir = tempfile::tempdir().unwrap();
    let key = DataKey::load_or_create(&dir.path().join("data.key")).unwrap();
    let authority = Authority::load_or_create(dir.path(), &key, "Contoso", &SystemClock).unwrap();
    let names = names(&["mbx01.contoso.com"]);
    let member = authority.issue_member(&names, &[Role::Mailbox], &SystemClock).unwrap();
    assert!(Role::Mailbox.is_in(&member.chain[0]));
    assert!(!Role::ClientAccess.is_in(&member.chain[0]));
    let public = authority.issue_server(&names, &SystemClock).unwrap();
    assert!(Role::ALL.iter().all(|role| !role.is_in(&public.chain[0])));
    tls::MutualTls::new(&member, authority.certificate()).unwrap();
}
