use directory::{AcceptedDomain, Header, MailContact, Object};
use model::{DomainPattern, Notify};
use proptest::prelude::*;

use super::*;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// The organization of contoso.com, built by name.
#[derive(Default)]
struct World {
    objects: Vec<Object>,
    guids: std::collections::HashMap<String, Guid>,
}

impl World {
    fn new() -> Self {
        let mut world = Self::default();
        for (name, domain_type) in [
            ("contoso.com", DomainType::Authoritative),
            ("shared.test", DomainType::InternalRelay),
            ("relay.test", DomainType::ExternalRelay),
        ] {
            let pattern = DomainPattern::Exact(name.parse().unwrap());
            let mut domain =
                AcceptedDomain::with_defaults(Header::fresh(), pattern, name.parse().unwrap());
            domain.domain_type = domain_type;
            world.objects.push(Object::AcceptedDomain(domain));
        }
        world
    }

    fn guid(&mut self, name: &str) -> Guid {
        *self.guids.entry(name.to_owned()).or_insert_with(Guid::new_v4)
    }

    fn header(&mut self, name: &str) -> Header {
        Header { guid: self.guid(name), ..Header::fresh() }
    }

    fn mailbox(&mut self, name: &str, change: impl FnOnce(&mut Mailbox)) {
        let header = self.header(name);
        let primary = address(&format!("{name}@contoso.com"));
        let mut mailbox = Mailbox::with_defaults(header, name.parse().unwrap(), primary);
        change(&mut mailbox);
        self.objects.push(Object::Mailbox(mailbox));
    }

    /// A mailbox whose mail goes to another recipient.
    fn forwarded(&mut self, name: &str, to: &str, kept: bool) {
        let to = self.guid(to);
        self.mailbox(name, |mailbox| {
            mailbox.forwarding_address = Some(to);
            mailbox.deliver_to_mailbox_and_forward = kept;
        });
    }

    fn group(&mut self, name: &str, members: &[&str], change: impl FnOnce(&mut DistributionGroup)) {
        let header = self.header(name);
        let primary = address(&format!("{name}@contoso.com"));
        let mut group = DistributionGroup::with_defaults(header, name.parse().unwrap(), primary);
        group.members = members.iter().map(|member| self.guid(member)).collect();
        change(&mut group);
        self.objects.push(Object::DistributionGroup(group));
    }

    fn contact(&mut self, name: &str, external: &str, addresses: &[&str]) {
        let header = self.header(name);
        let mut contact =
            MailContact::with_defaults(header, name.parse().unwrap(), address(external));
        contact.email_addresses = addresses.iter().map(|a| address(a)).collect();
        self.objects.push(Object::MailContact(contact));
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.objects.iter().cloned())
    }
}

const OURS: ReversePath = ReversePath::Null;

fn from(sender: &ReversePath) -> Facts<'_> {
    Facts { sender, stranger: false, size: 1_000 }
}

fn to(addresses: &[&str]) -> Vec<Recipient> {
    addresses.iter().map(|text| Recipient::plain(address(text))).collect()
}

/// Who gets it, and the codes of those by whom nobody is reached.
fn outcome(
    snapshot: &Snapshot,
    facts: Facts<'_>,
    recipients: &[&str],
) -> (Vec<String>, Vec<String>) {
    let recipients = to(recipients);
    let resolved = resolve(snapshot, facts, &recipients);
    let recipients = resolved.map_or(recipients, |resolution| resolution.recipients);
    let (mut reached, mut dead) = (Vec::new(), Vec::new());
    for recipient in recipients {
        match dead_end(snapshot, facts, &recipient.address) {
            None => reached.push(recipient.address.to_string()),
            Some((code, text)) => dead.push(format!("{} {code} {text}", recipient.address)),
        }
    }
    (reached, dead)
}

fn reached(snapshot: &Snapshot, recipients: &[&str]) -> Vec<String> {
    let (reached, dead) = outcome(snapshot, from(&OURS), recipients);
    assert_eq!(dead, Vec::<String>::new());
    reached
}

#[test]
fn most_mail_stays_as_it_is() {
    let mut world = World::new();
    world.mailbox("jean", |_| {});
    let recipients = to(&["JEAN@contoso.com", "anna@example.net", "nobody@contoso.com"]);
    assert_eq!(resolve(&world.snapshot(), from(&OURS), &recipients), None);
}

#[test]
fn another_address_becomes_the_primary_one_and_the_sender_s_is_kept() {
    let mut world = World::new();
    world.mailbox("jean", |m| m.email_addresses = vec![address("j+x=y@contoso.com")]);
    let mut asked = to(&["j+x=y@contoso.com"]);
    asked[0].notify = Some(Notify::Never);
    let found = resolve(&world.snapshot(), from(&OURS), &asked).unwrap();
    let [only] = found.recipients.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.address.as_str(), only.notify), ("jean@contoso.com", Some(Notify::Never)));
    let original = only.original.as_ref().unwrap();
    assert_eq!(original.as_str(), "rfc822;j+2Bx+3Dy@contoso.com");
    let step = Step {
        happening: Happening::Resolved,
        from: address("j+x=y@contoso.com"),
        to: vec![address("jean@contoso.com")],
    };
    assert_eq!(found.steps, [step]);
    // What the sender gave as ORCPT is kept.
    asked[0].original = Some("rfc822;first@example.net".parse().unwrap());
    let found = resolve(&world.snapshot(), from(&OURS), &asked).unwrap();
    assert_eq!(found.recipients[0].original, asked[0].original);
}

#[test]
fn a_group_is_its_members_each_once() {
    let mut world = World::new();
    ["jean", "anna", "paul"].iter().for_each(|name| world.mailbox(name, |_| {}));
    world.contact("eva", "eva@example.net", &[]);
    world.group("inner", &["anna", "eva", "outer"], |_| {});
    world.group("outer", &["jean", "inner", "anna"], |_| {});
    let snapshot = world.snapshot();
    let all = ["jean@contoso.com", "anna@contoso.com", "eva@example.net"];
    assert_eq!(reached(&snapshot, &["outer@contoso.com"]), all);
    let with_more = ["paul@contoso.com", "outer@contoso.com", "jean@contoso.com"];
    assert_eq!(reached(&snapshot, &with_more).len(), 4);
    // Both, one within the other.
    assert_eq!(reached(&snapshot, &["inner@contoso.com", "outer@contoso.com"]).len(), 3);
    let found = resolve(&snapshot, from(&OURS), &to(&["outer@contoso.com"])).unwrap();
    assert!(
        found
            .recipients
            .iter()
            .all(|r| r.original.as_ref().unwrap().as_str() == "rfc822;outer@contoso.com")
    );
}

#[test]
fn a_contact_gets_its_mail_elsewhere_by_any_of_its_addresses() {
    let mut world = World::new();
    world.contact("eva", "eva@example.net", &["eva@contoso.com", "eva@relay.test"]);
    world.mailbox("rita", |m| m.email_addresses = vec![address("rita@relay.test")]);
    let snapshot = world.snapshot();
    for asked in ["eva@contoso.com", "eva@relay.test", "eva@example.net"] {
        assert_eq!(reached(&snapshot, &[asked]), ["eva@example.net"]);
    }
    // What is relayed elsewhere is elsewhere: no mailbox of ours.
    assert_eq!(reached(&snapshot, &["rita@relay.test"]), ["rita@relay.test"]);
}

#[test]
fn mail_is_forwarded_and_kept_or_not() {
    let mut world = World::new();
    world.mailbox("anna", |_| {});
    world.forwarded("jean", "anna", false);
    world.forwarded("paul", "jean", true);
    world.mailbox("rita", |m| m.forwarding_smtp_address = Some(address("rita@example.net")));
    world.mailbox("gone", |m| m.forwarding_smtp_address = Some(address("nobody@contoso.com")));
    let snapshot = world.snapshot();
    assert_eq!(reached(&snapshot, &["jean@contoso.com"]), ["anna@contoso.com"]);
    let both = ["paul@contoso.com", "anna@contoso.com"];
    assert_eq!(reached(&snapshot, &["paul@contoso.com"]), both);
    assert_eq!(reached(&snapshot, &["rita@contoso.com"]), ["rita@example.net"]);
    // The sender is told by the one it does not reach.
    assert_eq!(reached(&snapshot, &["gone@contoso.com"]), ["nobody@contoso.com"]);
    let found = resolve(&snapshot, from(&OURS), &to(&["paul@contoso.com"])).unwrap();
    assert_eq!(found.steps[0].happening, Happening::Redirected);
    assert_eq!(found.steps[0].to, both.map(address));
}

#[test]
fn a_long_chain_is_followed_to_its_end() {
    let mut world = World::new();
    world.mailbox("m0", |_| {});
    for n in 1..200 {
        world.forwarded(&format!("m{n}"), &format!("m{}", n - 1), n == 199);
    }
    let both = ["m199@contoso.com", "m0@contoso.com"];
    assert_eq!(reached(&world.snapshot(), &["m199@contoso.com"]), both);
}

#[test]
fn loops_deliver_once_or_are_told() {
    let mut world = World::new();
    // Each keeps a copy: harmless.
    world.forwarded("a", "b", true);
    world.forwarded("b", "a", true);
    // Nobody does.
    world.forwarded("c", "d", false);
    world.forwarded("d", "c", false);
    world.group("both", &["a", "c"], |_| {});
    world.forwarded("e", "only", false);
    world.group("only", &["e"], |_| {});
    world.group("empty", &[], |_| {});
    let snapshot = world.snapshot();
    assert_eq!(reached(&snapshot, &["a@contoso.com"]), ["a@contoso.com", "b@contoso.com"]);
    let (found, dead) = outcome(&snapshot, from(&OURS), &["c@contoso.com"]);
    assert!(
        found.is_empty() && dead[0].starts_with("c@contoso.com 5.4.6 RESOLVER.FWD.Loop"),
        "{dead:?}"
    );
    let (found, dead) = outcome(&snapshot, from(&OURS), &["both@contoso.com"]);
    assert_eq!((found.len(), dead.len()), (2, 1), "{dead:?}");
    for nobody in ["only@contoso.com", "empty@contoso.com"] {
        let (found, dead) = outcome(&snapshot, from(&OURS), &["x@example.net", nobody]);
        assert_eq!(found, ["x@example.net"]);
        assert!(dead[0].starts_with(&format!("{nobody} 5.2.4 ")), "{dead:?}");
    }
}

#[test]
fn a_group_says_who_may_send_to_it() {
    let mut world = World::new();
    ["jean", "anna", "paul"].iter().for_each(|name| world.mailbox(name, |_| {}));
    world.group("staff", &["jean"], |_| {});
    let (staff, anna) = (world.guid("staff"), world.guid("anna"));
    world.group("news", &["paul"], |group| {
        group.accepts_only = vec![staff, anna];
        group.max_receive_size = model::Unlimited::Limited(ByteSize::bytes(2_000));
    });
    let snapshot = world.snapshot();
    let senders =
        [("jean@contoso.com", true), ("anna@contoso.com", true), ("paul@contoso.com", false)];
    for (sender, may) in senders {
        let sender = ReversePath::Address(address(sender));
        let (found, dead) = outcome(&snapshot, from(&sender), &["news@contoso.com"]);
        assert_eq!((found.len(), dead.len()), if may { (1, 0) } else { (0, 1) }, "{dead:?}");
        let too_large = Facts { size: 2_001, ..from(&sender) };
        let (_, dead) = outcome(&snapshot, too_large, &["news@contoso.com"]);
        let code = if may { " 5.3.4 " } else { " 5.7.1 " };
        assert!(dead[0].contains(code), "{dead:?}");
    }
    let stranger = Facts { stranger: true, ..from(&OURS) };
    let (found, dead) = outcome(&snapshot, stranger, &["staff@contoso.com"]);
    assert!(found.is_empty() && dead[0].contains("RESOLVER.RST.AuthRequired"), "{dead:?}");
}

#[test]
fn postmaster_is_written_to_as_such_and_forwarded_with_the_administrator() {
    let mut world = World::new();
    world.mailbox("Administrator", |_| {});
    assert_eq!(reached(&world.snapshot(), &["postmaster@shared.test"]), ["postmaster@shared.test"]);
    let mut world = World::new();
    world.mailbox("anna", |_| {});
    world.forwarded("Administrator", "anna", false);
    assert_eq!(reached(&world.snapshot(), &["postmaster@contoso.com"]), ["anna@contoso.com"]);
}

proptest! {
    /// Whatever leads where: it ends, nobody is lost without a word, and nobody gets it twice.
    #[test]
    fn everybody_is_reached_once_or_the_sender_is_told(
        edges in proptest::collection::vec((0_usize..8, 0_usize..8, any::<bool>()), 0..20),
        asked in proptest::collection::vec(0_usize..8, 1..5),
    ) {
        let mut world = World::new();
        let name = |n: usize| if n < 4 { format!("m{n}") } else { format!("g{n}") };
        for n in 0..4 {
            match edges.iter().find(|(at, to, _)| *at == n && *to != n) {
                Some((_, to, kept)) => world.forwarded(&name(n), &name(*to), *kept),
                None => world.mailbox(&name(n), |_| {}),
            }
        }
        for n in 4..8 {
            let members: Vec<String> =
                edges.iter().filter(|(at, ..)| *at == n).map(|(_, to, _)| name(*to)).collect();
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            world.group(&name(n), &members, |_| {});
        }
        let snapshot = world.snapshot();
        let recipients: Vec<Recipient> = asked
            .iter()
            .map(|n| Recipient::plain(address(&format!("{}@contoso.com", name(*n)))))
            .collect();
        let found = resolve(&snapshot, from(&OURS), &recipients)
            .map_or(recipients, |resolution| resolution.recipients);
        prop_assert!(!found.is_empty());
        let mut seen = HashSet::new();
        for recipient in &found {
            let is_mailbox = matches!(lookup(&snapshot, &recipient.address), Some(Known::Mailbox(_)));
            prop_assert!(is_mailbox || dead_end(&snapshot, from(&OURS), &recipient.address).is_some());
            prop_assert!(seen.insert(recipient.address.clone()) || asked.len() > 1);
        }
    }
}
