//! What a directory's entries become here: read, planned, and planned again.

use std::{collections::HashMap, sync::Arc};

use directory::{
    AcceptedDomain, Change, DistributionGroup, Header, LdapDirectory, LdapSchema, Mailbox, Object,
    RoleGroup, Snapshot,
};
use model::{Address, Guid};
use proptest::prelude::*;

use crate::{
    entry::{Entry, Found, Kind, dn_key, read},
    plan::{Plan, plan},
};

fn entry(dn: &str, attributes: &[(&str, &[&str])]) -> Entry {
    let mut all: HashMap<String, Vec<Vec<u8>>> = attributes
        .iter()
        .map(|(name, values)| {
            let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
            (name.to_ascii_lowercase(), values)
        })
        .collect();
    all.entry("entryuuid".to_owned()).or_insert_with(|| vec![dn_key(dn).into_bytes()]);
    Entry { dn: dn.to_owned(), attributes: all }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// An organization that accepts contoso.com and reads one directory.
struct World {
    directory: LdapDirectory,
    objects: HashMap<Guid, Object>,
}

impl World {
    fn new() -> Self {
        let directory = LdapDirectory::with_defaults(
            Header::fresh(),
            "AD".parse().unwrap(),
            vec!["ldaps://dc1.contoso.com".parse().unwrap()],
            "DC=contoso,DC=com".to_owned(),
        );
        let mut domain = AcceptedDomain::with_defaults(
            Header::fresh(),
            "contoso.com".parse().unwrap(),
            "contoso.com".parse().unwrap(),
        );
        domain.default = true;
        let mut world = Self { directory, objects: HashMap::new() };
        world.put(domain);
        world
    }

    fn put(&mut self, object: impl Into<Object>) -> Guid {
        let object = object.into();
        let guid = object.header().guid;
        self.objects.insert(guid, object);
        guid
    }

    fn mailbox(&mut self, name: &str, at: &str) -> Guid {
        self.put(Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address(at)))
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.objects.values().cloned())
    }

    fn found(&self, entries: &[(Kind, Entry)]) -> (Vec<Found>, Plan) {
        let mut noted = Plan::default();
        let mut found = Vec::new();
        for (kind, entry) in entries {
            match read(&self.directory, *kind, entry) {
                Ok(one) => found.push(one),
                Err(why) => noted.leave_out(&entry.dn, why),
            }
        }
        (found, noted)
    }

    fn plan(&self, entries: &[(Kind, Entry)]) -> Plan {
        let (found, noted) = self.found(entries);
        plan(&self.snapshot(), &self.directory, found, noted, false)
    }

    /// Plans, and does it.
    fn read(&mut self, entries: &[(Kind, Entry)]) -> Plan {
        let plan = self.plan(entries);
        for change in &plan.changes {
            match change {
                Change::Create(object) => {
                    assert!(self.objects.insert(object.header().guid, object.clone()).is_none());
                }
                Change::Update { object } => {
                    assert!(self.objects.insert(object.header().guid, object.clone()).is_some());
                }
                Change::Remove { guid, .. } => assert!(self.objects.remove(guid).is_some()),
            }
        }
        plan
    }

    fn at(&self, text: &str) -> Arc<Mailbox> {
        Arc::clone(self.snapshot().mailbox_by_address(&address(text)).unwrap())
    }

    fn group(&self) -> Arc<DistributionGroup> {
        Arc::clone(&self.snapshot().distribution_groups[0])
    }
}

fn user(name: &str, mail: &str) -> (Kind, Entry) {
    let dn = format!("CN={name},OU=People,DC=contoso,DC=com");
    let account = name.to_lowercase();
    (
        Kind::User,
        entry(&dn, &[("cn", &[name]), ("mail", &[mail]), ("sAMAccountName", &[account.as_str()])]),
    )
}

fn group(name: &str, members: &[&str]) -> (Kind, Entry) {
    let dn = format!("CN={name},OU=Groups,DC=contoso,DC=com");
    let mail = format!("{name}@contoso.com");
    (Kind::Group, entry(&dn, &[("cn", &[name]), ("mail", &[mail.as_str()]), ("member", members)]))
}

#[test]
fn a_person_of_active_directory_is_a_mailbox_with_all_its_addresses() {
    let world = World::new();
    let mut jean = entry(
        "CN=Jean Martin,OU=Paris,DC=contoso,DC=com",
        &[
            ("cn", &["Jean Martin"]),
            ("displayName", &["Jean MARTIN"]),
            ("mail", &["jean.martin@contoso.com"]),
            (
                "proxyAddresses",
                &[
                    "smtp:jmartin@contoso.com",
                    "SMTP:Jean.Martin@contoso.com",
                    "X500:/o=Contoso/cn=jm",
                    "sip:jean@contoso.com",
                    "smtp:not an address",
                    "smtp:jm@elsewhere.test",
                ],
            ),
            ("sAMAccountName", &["jmartin"]),
            ("userPrincipalName", &["jmartin@corp.contoso.com"]),
        ],
    );
    let guid = [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 8, 9, 10, 11, 12, 13, 14, 15];
    jean.attributes.insert("objectguid".to_owned(), vec![guid.to_vec()]);
    let found = read(&world.directory, Kind::User, &jean).unwrap();
    assert_eq!(found.external.id, "00112233-4455-6677-0809-0a0b0c0d0e0f");
    assert_eq!(found.primaries, [address("jean.martin@contoso.com")]);
    assert_eq!(found.external.account.as_deref(), Some("jmartin"));
    let mut world = world;
    let plan = world.read(&[(Kind::User, jean)]);
    assert_eq!((plan.counts.created, plan.counts.left_out), (1, 0));
    let mailbox = world.at("jmartin@contoso.com");
    assert_eq!(mailbox.name.as_str(), "Jean Martin");
    assert_eq!(mailbox.primary_smtp_address, address("jean.martin@contoso.com"));
    // Not those of domains that are not ours.
    assert_eq!(mailbox.email_addresses, [address("jmartin@contoso.com")]);
    let snapshot = world.snapshot();
    assert!(snapshot.mailbox_by_account("JMartin").is_some());
    assert!(snapshot.mailbox_by_account("jmartin@corp.contoso.com").is_some());
}

#[test]
fn mail_that_is_elsewhere_makes_a_contact_of_a_user() {
    let mut world = World::new();
    let dn = "CN=Eva,DC=contoso,DC=com";
    let eva = |target: &[&str]| {
        let attributes: &[(&str, &[&str])] =
            &[("cn", &["Eva"]), ("mail", &["eva@contoso.com"]), ("targetAddress", target)];
        (Kind::User, entry(dn, attributes))
    };
    world.read(&[eva(&[])]);
    assert_eq!(world.snapshot().mailboxes.len(), 1);
    let plan = world.read(&[eva(&["SMTP:eva@partner.test"])]);
    assert_eq!((plan.counts.created, plan.counts.removed), (1, 1));
    let snapshot = world.snapshot();
    assert!(snapshot.mailboxes.is_empty());
    let contact = &snapshot.mail_contacts[0];
    assert_eq!(contact.external_email_address, address("eva@partner.test"));
    assert_eq!(contact.email_addresses, [address("eva@contoso.com")]);
}

#[test]
fn a_reading_of_the_same_changes_nothing_and_of_another_only_what_differs() {
    let mut world = World::new();
    let people = [user("Jean", "jean@contoso.com"), user("Zoe", "zoe@contoso.com")];
    assert_eq!(world.read(&people).counts.created, 2);
    let plan = world.plan(&people);
    assert!(plan.changes.is_empty() && plan.counts.recipients == 2, "{plan:?}");
    let guid = world.at("jean@contoso.com").header.guid;
    // The same person under another name and address.
    let mut renamed = user("Jean", "jean.petit@contoso.com");
    renamed.1.attributes.insert("cn".to_owned(), vec![b"Jean Petit".to_vec()]);
    let plan = world.read(&[renamed, user("Zoe", "zoe@contoso.com")]);
    assert_eq!((plan.counts.changed, plan.changes.len()), (1, 1));
    assert_eq!(world.at("jean.petit@contoso.com").header.guid, guid);
}

#[test]
fn groups_have_those_who_are_recipients_and_each_other() {
    let mut world = World::new();
    let jean = "cn=jean, ou=people, dc=contoso, dc=com";
    let inner = "CN=inner,OU=Groups,DC=contoso,DC=com";
    let entries = [
        user("Jean", "jean@contoso.com"),
        group("team", &[jean, inner, "CN=Printer,DC=contoso,DC=com", jean]),
        group("inner", &["CN=team,OU=Groups,DC=contoso,DC=com"]),
    ];
    world.read(&entries);
    let snapshot = world.snapshot();
    let names: Vec<&str> = snapshot.distribution_groups.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(names, ["inner", "team"]);
    let (inner, team) = (&snapshot.distribution_groups[0], &snapshot.distribution_groups[1]);
    assert_eq!(team.members, [world.at("jean@contoso.com").header.guid, inner.header.guid]);
    assert_eq!(inner.members, [team.header.guid]);
}

#[test]
fn who_is_gone_goes_and_nobody_names_him() {
    let mut world = World::new();
    world.read(&[user("Jean", "jean@contoso.com"), user("Zoe", "zoe@contoso.com")]);
    let (jean, zoe) = (world.at("jean@contoso.com"), world.at("zoe@contoso.com"));
    let mut own = DistributionGroup::with_defaults(
        Header::fresh(),
        "own".parse().unwrap(),
        address("own@contoso.com"),
    );
    own.members = vec![jean.header.guid, zoe.header.guid];
    world.put(own);
    world.put(Mailbox { forwarding_address: Some(jean.header.guid), ..Mailbox::clone(&zoe) });
    let plan = world.read(&[user("Zoe", "zoe@contoso.com")]);
    assert_eq!((plan.counts.removed, plan.counts.recipients), (1, 1));
    assert_eq!(world.group().members, [zoe.header.guid]);
    assert_eq!(world.at("zoe@contoso.com").forwarding_address, None);
}

#[test]
fn who_is_needed_stays() {
    let mut world = World::new();
    world.read(&[user("Jean", "jean@contoso.com"), user("Zoe", "zoe@contoso.com")]);
    let (jean, zoe) = (world.at("jean@contoso.com"), world.at("zoe@contoso.com"));
    let mut administrators =
        RoleGroup::with_defaults(Header::fresh(), "Organization Management".parse().unwrap());
    administrators.members = vec![jean.header.guid];
    world.put(administrators);
    let mut own = DistributionGroup::with_defaults(
        Header::fresh(),
        "own".parse().unwrap(),
        address("own@contoso.com"),
    );
    own.accepts_only = vec![zoe.header.guid];
    world.put(own);
    let plan = world.read(&[]);
    assert_eq!((plan.counts.removed, plan.counts.left_out), (0, 2), "{:?}", plan.left_out);
    assert!(plan.left_out[0].why.contains("administer") && plan.left_out[1].why.contains("own"));
}

#[test]
fn what_others_have_nobody_gets() {
    let mut world = World::new();
    world.mailbox("Paul", "paul@contoso.com");
    // Somebody signs in with this as his name.
    world.mailbox("root@contoso.com", "admin@contoso.com");
    let entries = [
        user("Paul", "other@contoso.com"),
        user("Taker", "paul@contoso.com"),
        user("Root", "root@contoso.com"),
        user("Foreign", "foreign@elsewhere.test"),
        user("First", "same@contoso.com"),
        user("Second", "same@contoso.com"),
        (Kind::User, entry("CN=None,DC=contoso,DC=com", &[("cn", &["None"]), ("mail", &["x"])])),
    ];
    let plan = world.read(&entries);
    assert_eq!((plan.counts.created, plan.counts.left_out), (2, 5), "{:?}", plan.left_out);
    // The name is told apart by the account.
    assert_eq!(world.at("other@contoso.com").name.as_str(), "Paul (paul)");
    let whys: Vec<&str> = plan.left_out.iter().map(|one| one.why.as_str()).collect();
    assert!(whys.iter().any(|why| why.contains("AdoptExistingRecipients")), "{whys:?}");
    assert!(whys.iter().any(|why| why.contains("in no accepted domain")), "{whys:?}");
    assert!(whys.iter().any(|why| why.contains("same@contoso.com is another's")), "{whys:?}");
}

#[test]
fn who_was_here_keeps_the_address_that_a_newcomer_wants() {
    let mut world = World::new();
    world.read(&[user("Zoe", "info@contoso.com")]);
    let plan = world.read(&[user("Anna", "info@contoso.com"), user("Zoe", "info@contoso.com")]);
    assert_eq!(plan.counts.left_out, 1);
    assert_eq!(world.at("info@contoso.com").name.as_str(), "Zoe");
}

#[test]
fn adopting_keeps_the_mailbox_and_takes_its_password_but_never_that_of_who_has_rights() {
    let mut world = World::new();
    let jean = world.mailbox("jean", "jean@contoso.com");
    let boss = world.mailbox("boss", "boss@contoso.com");
    let mut helpers = RoleGroup::with_defaults(Header::fresh(), "Help Desk".parse().unwrap());
    helpers.members = vec![boss];
    world.put(helpers);
    world.directory.adopt_existing_recipients = true;
    let people = [user("Jean Martin", "jean@contoso.com"), user("Boss", "boss@contoso.com")];
    let plan = world.read(&people);
    assert_eq!((plan.counts.changed, plan.counts.left_out), (1, 1), "{:?}", plan.left_out);
    let adopted = world.at("jean@contoso.com");
    assert_eq!((adopted.header.guid, adopted.name.as_str()), (jean, "Jean Martin"));
    assert!(adopted.external.is_some() && adopted.password.is_none());
    assert!(world.at("boss@contoso.com").external.is_none());
    assert!(world.plan(&people).changes.is_empty());
}

#[test]
fn too_many_that_go_at_once_stay_with_all_they_have() {
    let mut world = World::new();
    let people: Vec<_> =
        (0..30).map(|n| user(&format!("u{n}"), &format!("u{n}@contoso.com"))).collect();
    world.read(&people);
    let few = &people[..5];
    let plan = world.plan(few);
    assert!(plan.counts.removed == 25 && plan.removes_too_many(&world.directory));
    assert!(!world.plan(&people[..10]).removes_too_many(&world.directory));
    // All of a few are too many as well: the base was moved, rights were taken away.
    let mut small = World::new();
    small.read(&people[..3]);
    assert!(small.plan(&[]).removes_too_many(&small.directory));
    let mut entries = few.to_vec();
    entries.push(user("New", "u29@contoso.com"));
    let (found, noted) = world.found(&entries);
    let kept = plan_keeping(&world, found, noted);
    assert_eq!((kept.counts.removed, kept.counts.recipients, kept.counts.left_out), (0, 30, 1));
}

fn plan_keeping(world: &World, found: Vec<Found>, noted: Plan) -> Plan {
    plan(&world.snapshot(), &world.directory, found, noted, true)
}

#[test]
fn what_is_left_open_stays_as_it_is_here() {
    let mut world = World::new();
    world.directory.schema = LdapSchema::InetOrgPerson;
    let both = |first: &str, second: &str| {
        let attributes: &[(&str, &[&str])] =
            &[("cn", &["Jean"]), ("uid", &["jean"]), ("mail", &[first, second])];
        (Kind::User, entry("uid=jean,dc=contoso,dc=com", attributes))
    };
    world.read(&[both("jean@contoso.com", "j@contoso.com")]);
    let mut mailbox = Mailbox::clone(&world.at("jean@contoso.com"));
    mailbox.recipient_limits = model::Unlimited::Limited(7);
    world.put(mailbox);
    // Values have no order there.
    let plan = world.plan(&[both("j@contoso.com", "jean@contoso.com")]);
    assert!(plan.changes.is_empty(), "{plan:?}");
}

#[test]
fn distinguished_names_are_the_same_however_they_are_written() {
    for (left, right) in [
        ("CN=Jean Martin, OU=Paris ,DC=contoso", "cn=jean martin,ou=paris,dc=contoso"),
        ("CN = A+UID = b", "cn=a+uid=b"),
        (r"CN=Martin\, Jean,DC=x", r"cn=martin\, jean,dc=x"),
    ] {
        assert_eq!(dn_key(left), dn_key(right));
    }
    assert_ne!(dn_key(r"CN=a\, b"), dn_key(r"CN=a\,b"));
}

fn any_entry() -> impl Strategy<Value = (Kind, Entry)> {
    let kind = prop_oneof![Just(Kind::User), Just(Kind::Group), Just(Kind::Contact)];
    let word = "[a-d]{1,2}";
    let mail = "[a-d]{1,2}@(contoso.com|other.test)";
    let members = proptest::collection::vec("CN=[a-d]{1,2},DC=x", 0..3);
    (kind, word, mail, proptest::option::of(mail), proptest::option::of(mail), members).prop_map(
        |(kind, name, mail, proxy, target, members)| {
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            let proxy: Vec<String> = proxy.into_iter().map(|p| format!("smtp:{p}")).collect();
            let proxy: Vec<&str> = proxy.iter().map(String::as_str).collect();
            let target: Vec<&str> = target.iter().map(String::as_str).collect();
            let dn = format!("CN={name},DC=x");
            let attributes: &[(&str, &[&str])] = &[
                ("cn", &[name.as_str()]),
                ("mail", &[mail.as_str()]),
                ("proxyAddresses", &proxy),
                ("targetAddress", &target),
                ("member", &members),
            ];
            (kind, entry(&dn, attributes))
        },
    )
}

proptest! {
    /// Whatever a directory holds, first and then: no address and no name is two recipients', nobody names who is not
    /// there, what is the organization's own stays so, and a second reading finds nothing to do.
    #[test]
    fn a_plan_is_sound_and_complete(
        first in proptest::collection::vec(any_entry(), 0..8),
        then in proptest::collection::vec(any_entry(), 0..8),
        adopt: bool,
    ) {
        let mut world = World::new();
        world.directory.adopt_existing_recipients = adopt;
        let own = world.mailbox("a", "b@contoso.com");
        for entries in [&first, &then, &then] {
            let before = world.plan(entries);
            world.read(entries);
            let snapshot = world.snapshot();
            let (mut addresses, mut names) = (std::collections::HashSet::new(), std::collections::HashSet::new());
            for recipient in snapshot.recipients() {
                for address in recipient.addresses() {
                    prop_assert!(addresses.insert(address.clone()), "{address}");
                }
                prop_assert!(names.insert((recipient.kind(), recipient.name().key())));
            }
            for group in &snapshot.distribution_groups {
                prop_assert!(group.members.iter().all(|m| snapshot.recipient_by_guid(*m).is_some()));
            }
            prop_assert!(adopt || snapshot.mailbox_by_guid(own).is_some_and(|m| m.external.is_none()));
            let again = world.plan(entries);
            prop_assert!(again.changes.is_empty(), "{:?} after {:?}", again.changes, before.changes);
            prop_assert_eq!(again.counts.recipients, before.counts.recipients);
        }
    }
}
