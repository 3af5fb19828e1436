use super::*;
use crate::{dkim_signing_config::DkimSigningConfig, values::DomainType};

fn domain(pattern: &str) -> Object {
    let name = format!("Domain {}", pattern.replace('*', "star"));
    AcceptedDomain::of_type(
        Header::fresh(),
        pattern.parse().unwrap(),
        name.parse().unwrap(),
        DomainType::InternalRelay,
    )
    .into()
}

fn mailbox(name: &str, addresses: &[&str]) -> Mailbox {
    let mut addresses = addresses.iter().map(|a| a.parse().unwrap());
    let primary = addresses.next().unwrap();
    let mut mailbox = Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), primary);
    mailbox.email_addresses = addresses.collect();
    mailbox
}

#[test]
fn accepted_domains_by_precision() {
    let patterns = ["contoso.com", "*.contoso.com", "*.eu.contoso.com", "mail.eu.contoso.com"];
    let snapshot = Snapshot::of(patterns.map(domain));
    let found = |name: &str| {
        snapshot.accepted_domain(&name.parse().unwrap()).map(|d| d.domain_name.to_string())
    };
    for (name, expected) in [
        ("contoso.com", Some("contoso.com")),
        ("us.contoso.com", Some("*.contoso.com")),
        ("eu.contoso.com", Some("*.eu.contoso.com")),
        ("a.b.eu.contoso.com", Some("*.eu.contoso.com")),
        ("mail.eu.contoso.com", Some("mail.eu.contoso.com")),
        ("notcontoso.com", None),
        ("com", None),
        ("[192.0.2.1]", None),
    ] {
        assert_eq!(found(name).as_deref(), expected, "{name}");
    }
    let snapshot = Snapshot::of(["*", "contoso.com"].map(domain));
    let any = snapshot.accepted_domain(&"other.test".parse().unwrap()).unwrap();
    assert_eq!(any.domain_name, DomainPattern::Any);
    assert!(snapshot.default_domain().is_none());
}

#[test]
fn mailboxes_by_any_identity() {
    let jean = mailbox("Jean Dupont", &["jean@contoso.com", "j.dupont@contoso.com"]);
    let guid = jean.header.guid;
    let snapshot = Snapshot::of([jean.into(), mailbox("Anna", &["anna@contoso.com"]).into()]);
    let guid_text = guid.to_string();
    for identity in ["jean dupont", "JEAN@contoso.com", "J.Dupont@Contoso.com", &guid_text] {
        assert_eq!(snapshot.mailbox(identity).unwrap().header.guid, guid, "{identity}");
    }
    assert_eq!(snapshot.mailbox_by_guid(guid).unwrap().header.guid, guid);
    for nobody in ["", "jean", "paul@contoso.com", "00000000-0000-0000-0000-000000000000"] {
        assert!(snapshot.mailbox(nobody).is_none(), "{nobody}");
    }
    let names: Vec<_> = snapshot.mailboxes.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["Anna", "Jean Dupont"], "ordered by name");
    assert!(snapshot.object(guid).is_some() && !snapshot.is_empty());
}

#[test]
fn nothing_is_found_in_nothing() {
    let empty = Snapshot::of([]);
    assert!(empty.is_empty() && empty.server("x").is_none() && empty.role_group("x").is_none());
    assert!(empty.object(Guid::nil()).is_none());
}

fn remote(pattern: &str) -> Object {
    let name = format!("Domain {}", pattern.replace('*', "star"));
    RemoteDomain::with_defaults(Header::fresh(), pattern.parse().unwrap(), name.parse().unwrap())
        .into()
}

#[test]
fn remote_domains_by_precision() {
    let patterns = ["*", "fabrikam.com", "*.fabrikam.com", "*.eu.fabrikam.com"];
    let mut objects: Vec<Object> = patterns.map(remote).into();
    objects.extend(["contoso.com", "*"].map(domain));
    let snapshot = Snapshot::of(objects);
    for (name, expected) in [
        ("fabrikam.com", "fabrikam.com"),
        ("us.fabrikam.com", "*.fabrikam.com"),
        ("a.eu.fabrikam.com", "*.eu.fabrikam.com"),
        ("notfabrikam.com", "*"),
        ("[192.0.2.1]", "*"),
    ] {
        let found = snapshot.remote_domain(&name.parse().unwrap()).unwrap();
        assert_eq!(found.domain_name.to_string(), expected, "{name}");
    }
    assert!(snapshot.is_internal(&"contoso.com".parse().unwrap()));
    assert!(!snapshot.is_internal(&"fabrikam.com".parse().unwrap()), "only relayed");
}

#[test]
fn mail_is_signed_for_a_domain_or_its_nearest_parent() {
    let config = |domain: &str, enabled: bool| {
        let domain = domain.parse().unwrap();
        let mut config =
            DkimSigningConfig::new(Header::fresh(), domain, DkimSigningConfig::SELECTORS).unwrap();
        config.enabled = enabled;
        Object::from(config)
    };
    let none = Snapshot::of([config("contoso.com", false)]);
    assert!(!none.signs_anything());
    assert!(none.signing_config(&"contoso.com".parse().unwrap()).is_none());
    let snapshot = Snapshot::of([
        config("contoso.com", true),
        config("eu.contoso.com", true),
        config("us.contoso.com", false),
    ]);
    assert!(snapshot.signs_anything());
    for (from, signs) in [
        ("contoso.com", Some("contoso.com")),
        ("asia.contoso.com", Some("contoso.com")),
        ("eu.contoso.com", Some("eu.contoso.com")),
        ("fr.eu.contoso.com", Some("eu.contoso.com")),
        // Not signed for yet: as if it were not there.
        ("us.contoso.com", Some("contoso.com")),
        ("notcontoso.com", None),
        ("com", None),
    ] {
        let found = snapshot.signing_config(&from.parse().unwrap());
        assert_eq!(found.map(|config| config.domain.as_str()), signs, "{from}");
    }
}
