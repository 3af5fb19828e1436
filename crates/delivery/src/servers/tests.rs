//! Which servers are tried, in which order, and where.

use directory::{
    Object,
    bootstrap::{DefaultBindings, NewServer, server_objects},
};
use vault::{Authority, DataKey};

use super::*;

pub(crate) fn servers(whereabouts: impl Whereabouts + 'static) -> Servers {
    let place = tempfile::tempdir().unwrap();
    let (key, clock) = (DataKey::ephemeral(), model::SystemClock);
    let authority = Authority::load_or_create(place.path(), &key, "Contoso", &clock).unwrap();
    let member = authority.issue_member(&["a.test".to_owned()], &Role::ALL, &clock).unwrap();
    let tls = MutualTls::new(&member, authority.certificate()).unwrap();
    Servers::new(Arc::new(tls), Arc::new(whereabouts))
}

/// A directory of servers: name, site, and where each listens.
fn directory(servers: &[(&str, &str, &[&str])]) -> Snapshot {
    let objects = servers.iter().flat_map(|(name, site, bindings)| {
        let new = NewServer {
            name: name.parse().unwrap(),
            fqdn: format!("{}.contoso.com", name.to_lowercase()).parse().unwrap(),
            egress_addresses: Vec::new(),
            bindings: DefaultBindings {
                default_hub: bindings.iter().map(|b| b.parse().unwrap()).collect(),
                default_frontend: vec!["192.0.2.99:25".parse().unwrap()],
                ..DefaultBindings::default()
            },
        };
        server_objects(&new).into_iter().filter_map(|change| match change {
            directory::Change::Create(Object::Server(mut server)) => {
                server.site = (*site).to_owned();
                Some(Object::Server(server))
            }
            directory::Change::Create(object) => Some(object),
            _ => None,
        })
    });
    Snapshot::of(objects)
}

const FOUR: &[(&str, &str, &[&str])] = &[
    ("A", "Paris", &["0.0.0.0:2525"]),
    ("B", "Paris", &["0.0.0.0:2525"]),
    ("C", "Lyon", &["0.0.0.0:2525"]),
    ("D", "Paris", &["0.0.0.0:2525"]),
];

fn names(servers: &[OtherServer]) -> String {
    let names = servers.iter().filter_map(|server| server.fqdn.as_str().split('.').next());
    names.collect::<Vec<_>>().join(" ")
}

fn others(servers: &Servers, snapshot: &Snapshot) -> Vec<OtherServer> {
    let here = snapshot.server("A").unwrap();
    servers.others(snapshot, here, ["A", "B", "C", "D", "gone"].into_iter())
}

#[tokio::test(start_paused = true)]
async fn nearest_first_equals_share_and_failed_ones_come_last() {
    let servers = servers(FromDirectory);
    let all = others(&servers, &directory(FOUR));
    let order = |turn| names(&servers.in_turn(&all, turn));
    assert_eq!((order(0), order(2)), ("b d c".to_owned(), "d b c".to_owned()));
    servers.failed("b.contoso.com", "refused");
    servers.failed("d.contoso.com", "refused");
    assert_eq!(order(0), "c b d", "another site before what does not work");
    servers.works("d.contoso.com");
    assert_eq!(order(0), "d c b");
    tokio::time::advance(AVOIDED).await;
    assert_eq!(order(0), "b d c");
    assert_eq!(servers.in_turn(&[], 3), []);
}

struct Watched;

impl Whereabouts for Watched {
    fn endpoints(&self, _: &Snapshot, server: &Server) -> Vec<Endpoint> {
        if server.name.is("C") { Vec::new() } else { vec![Endpoint::Port(7)] }
    }

    fn lives(&self, server: &Server) -> bool {
        !server.name.is("B")
    }
}

#[test]
fn who_watches_the_servers_knows_more_than_the_directory() {
    let servers = servers(Watched);
    let all = others(&servers, &directory(FOUR));
    assert_eq!(names(&servers.in_turn(&all, 0)), "d b", "the dead last, the unreachable not");
    assert_eq!(all[0].endpoints, [Endpoint::Port(7)]);
}

#[test]
fn a_binding_to_every_address_stands_for_those_of_the_name() {
    let snapshot = directory(&[
        ("A", "Paris", &["0.0.0.0:2525", "[::]:2525"]),
        ("B", "Paris", &["127.0.0.12:12525", "[2001:db8::2]:2525", "192.0.2.2:2525"]),
    ]);
    let of = |name: &str| endpoints_of(&snapshot, snapshot.server(name).unwrap());
    assert_eq!(of("A"), [Endpoint::Port(2525)]);
    let at = |text: &str| Endpoint::Address(text.parse().unwrap());
    let expected = ["192.0.2.2:2525", "[2001:db8::2]:2525", "127.0.0.12:12525"].map(at);
    assert_eq!(of("B"), expected, "never those of the front end");
}
