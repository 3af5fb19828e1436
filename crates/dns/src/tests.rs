//! The resolver and the order of hosts against scripted servers.

use std::{
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use hickory_proto::{
    op::{Message, ResponseCode},
    rr::{Record, RecordType},
};
use model::DomainName;

use crate::{
    DestinationError, DnsError, MailHost, OwnNames, Protocol, Resolver, ResolverSettings,
    mail_hosts,
    script::{Asked, Script, address, cname, mx, txt},
    smart_host,
};

fn domain(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn settings(servers: &[SocketAddr]) -> ResolverSettings {
    ResolverSettings {
        server_timeout: Duration::from_secs(20),
        ..ResolverSettings::new(servers.to_vec())
    }
}

/// Gives a silent server up soon.
fn impatient(servers: &[&Script]) -> Resolver {
    let servers: Vec<SocketAddr> = servers.iter().map(|script| script.address).collect();
    Resolver::new(ResolverSettings {
        server_timeout: Duration::from_millis(300),
        ..settings(&servers)
    })
}

fn resolver(servers: &[&Script]) -> Resolver {
    let servers: Vec<SocketAddr> = servers.iter().map(|script| script.address).collect();
    Resolver::new(settings(&servers))
}

/// A server that knows these records; names it does not know do not exist.
async fn zone(records: Vec<Record>) -> Script {
    Script::start(move |asked| vec![zone_answer(&records, asked)]).await
}

fn zone_answer(records: &[Record], asked: &Asked) -> Message {
    let owner = crate::script::name(&asked.name);
    let here: Vec<&Record> = records.iter().filter(|r| r.name == owner).collect();
    if here.is_empty() {
        return asked.none(ResponseCode::NXDomain, 60);
    }
    let wanted =
        |r: &&&Record| r.record_type() == asked.record_type || r.record_type() == RecordType::CNAME;
    let found: Vec<Record> = here.iter().filter(wanted).map(|r| (*r).clone()).collect();
    if found.is_empty() { asked.none(ResponseCode::NoError, 60) } else { asked.with(found) }
}

fn temporary(result: Result<impl std::fmt::Debug, DnsError>) -> String {
    match result {
        Err(DnsError::Temporary(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn names(hosts: &[MailHost]) -> Vec<&str> {
    hosts.iter().map(|host| host.name.as_str()).collect()
}

#[tokio::test]
async fn answers_are_kept_for_their_time() {
    let script = zone(vec![
        mx("example.net", 10, "mx1.example.net"),
        txt("example.net", &["v=spf1 ", "-all"]),
    ])
    .await;
    let resolver = resolver(&[&script]);
    for _ in 0..2 {
        let found = resolver.mx(&domain("example.net")).await.unwrap();
        assert_eq!(found[0].preference, 10);
        assert_eq!(found[0].exchange, Some(domain("mx1.example.net")));
        assert_eq!(resolver.mx(&domain("no.example")).await, Err(DnsError::NoSuchDomain));
        assert!(resolver.addresses(&domain("example.net")).await.unwrap().is_empty());
    }
    assert_eq!(resolver.txt(&domain("example.net")).await.unwrap(), vec!["v=spf1 -all"]);
    assert_eq!(script.log().len(), 5);
    resolver.flush();
    resolver.clone().mx(&domain("example.net")).await.unwrap();
    assert_eq!(script.log().len(), 6);
}

#[tokio::test]
async fn failures_are_not_kept_and_the_next_server_is_asked() {
    let bad = Script::start(|asked| vec![asked.code(ResponseCode::ServFail)]).await;
    let good = zone(vec![mx("example.net", 10, "mx1.example.net")]).await;
    let both = resolver(&[&bad, &good]);
    assert_eq!(both.mx(&domain("example.net")).await.unwrap().len(), 1);
    assert_eq!((bad.log().len(), good.log().len()), (1, 1));

    let alone = resolver(&[&bad]);
    for _ in 0..2 {
        let why = temporary(alone.mx(&domain("example.net")).await);
        assert_eq!(why, format!("SERVFAIL from {}", bad.address));
    }
    assert_eq!(bad.log().len(), 3);
    let nobody = Resolver::new(settings(&[]));
    assert_eq!(temporary(nobody.mx(&domain("a.example")).await), "no DNS server is configured");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_not_asked_of_the_next_server() {
    let first = zone(Vec::new()).await;
    let second = zone(vec![mx("example.net", 10, "mx1.example.net")]).await;
    let resolver = resolver(&[&first, &second]);
    assert_eq!(resolver.mx(&domain("example.net")).await, Err(DnsError::NoSuchDomain));
    assert!(second.log().is_empty());
}

#[tokio::test]
async fn a_silent_server_costs_its_time_only() {
    let silent = Script::start(|_| Vec::new()).await;
    let good = zone(vec![mx("example.net", 10, "mx1.example.net")]).await;
    let both = impatient(&[&silent, &good]);
    let begun = Instant::now();
    assert_eq!(both.mx(&domain("example.net")).await.unwrap().len(), 1);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    // A lost datagram is sent again.
    assert_eq!(silent.log().len(), 2);
    let why = temporary(impatient(&[&silent]).mx(&domain("example.net")).await);
    assert_eq!(why, format!("no answer from {}", silent.address));
}

#[tokio::test]
async fn one_lost_datagram_is_made_good() {
    let count = AtomicUsize::new(0);
    let script = Script::start(move |asked| {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            return Vec::new();
        }
        vec![asked.with(vec![mx("example.net", 10, "mx1.example.net")])]
    })
    .await;
    assert_eq!(impatient(&[&script]).mx(&domain("example.net")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_whole_lookup_is_bounded() {
    let silent = Script::start(|_| Vec::new()).await;
    let resolver = Resolver::new(ResolverSettings {
        total_timeout: Duration::from_millis(100),
        ..settings(&[silent.address])
    });
    let why = temporary(resolver.mx(&domain("example.net")).await);
    assert_eq!(why, "no answer within 0.1 s");
}

#[tokio::test]
async fn answers_to_other_questions_are_ignored() {
    let script = Script::start(|asked| {
        let good = asked.with(vec![mx("example.net", 10, "mx1.example.net")]);
        let forged = vec![mx("example.net", 1, "evil.example")];
        let mut other_id = asked.with(forged.clone());
        other_id.metadata.id ^= 1;
        let mut other_question = asked.with(forged);
        other_question.queries[0].set_name(crate::script::name("example.org"));
        vec![other_id, other_question, good]
    })
    .await;
    let found = resolver(&[&script]).mx(&domain("example.net")).await.unwrap();
    assert_eq!(found[0].exchange, Some(domain("mx1.example.net")));
}

#[tokio::test]
async fn records_of_other_names_are_not_used() {
    let script = Script::start(|asked| {
        vec![asked.with(vec![
            mx("other.example", 1, "evil.example"),
            mx("example.net", 10, "mx1.example.net"),
        ])]
    })
    .await;
    let found = resolver(&[&script]).mx(&domain("example.net")).await.unwrap();
    assert_eq!(found.len(), 1);
}

async fn truncating() -> Script {
    Script::start(|asked| {
        let mut message = asked.with(vec![mx("example.net", 10, "mx1.example.net")]);
        if asked.tcp {
            message.add_answer(mx("example.net", 20, "mx2.example.net"));
        } else {
            message.metadata.truncation = true;
        }
        vec![message]
    })
    .await
}

#[tokio::test]
async fn truncated_answers_are_fetched_over_tcp() {
    let script = truncating().await;
    let found = resolver(&[&script]).mx(&domain("example.net")).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(script.log(), ["udp example.net MX", "tcp example.net MX"]);
}

#[tokio::test]
async fn the_protocol_option_is_obeyed() {
    let script = truncating().await;
    let with =
        |protocol| Resolver::new(ResolverSettings { protocol, ..settings(&[script.address]) });
    let tcp = with(Protocol::UseTcpOnly);
    assert_eq!(tcp.mx(&domain("example.net")).await.unwrap().len(), 2);
    let udp = with(Protocol::UseUdpOnly);
    assert_eq!(udp.mx(&domain("example.net")).await.unwrap().len(), 1);
    assert_eq!(script.log(), ["tcp example.net MX", "udp example.net MX"]);
}

#[tokio::test]
async fn a_datagram_cut_inside_a_record_is_fetched_over_tcp() {
    let script = Script::start_raw(|asked| {
        let mut message = asked.with(vec![mx("example.net", 10, "mx1.example.net")]);
        message.metadata.truncation = !asked.tcp;
        let mut bytes = message.to_vec().unwrap();
        if !asked.tcp {
            bytes.truncate(bytes.len() - 3);
        }
        vec![bytes]
    })
    .await;
    assert_eq!(resolver(&[&script]).mx(&domain("example.net")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn servers_without_edns_are_asked_without() {
    let script = Script::start(|asked| {
        if asked.query.edns.is_some() {
            return vec![asked.code(ResponseCode::FormErr)];
        }
        vec![asked.with(vec![mx("example.net", 10, "mx1.example.net")])]
    })
    .await;
    assert_eq!(resolver(&[&script]).mx(&domain("example.net")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn garbage_and_referrals_are_temporary() {
    let garbage = Script::start_raw(|asked| {
        let mut bytes = asked.with(vec![mx("example.net", 1, "a.example")]).to_vec().unwrap();
        bytes.truncate(bytes.len() - 3);
        vec![bytes]
    })
    .await;
    let why = temporary(resolver(&[&garbage]).mx(&domain("example.net")).await);
    assert_eq!(why, format!("an unreadable answer from {}", garbage.address));
    let lame = Script::start(|asked| {
        let mut message = asked.with(Vec::new());
        message.metadata.recursion_available = false;
        vec![message]
    })
    .await;
    let why = temporary(resolver(&[&lame]).mx(&domain("example.net")).await);
    assert_eq!(why, format!("no recursion from {}", lame.address));
}

#[tokio::test]
async fn aliases_are_followed_inside_an_answer_and_beyond() {
    // Out of order, two aliases in one answer; the last target has to be asked for.
    let records = vec![mx("c.example", 10, "mx.example"), address("mx.example", "192.0.2.1")];
    let script = Script::start(move |asked| {
        if asked.name == "a.example" {
            return vec![
                asked.with(vec![cname("b.example", "c.example"), cname("a.example", "b.example")]),
            ];
        }
        vec![zone_answer(&records, asked)]
    })
    .await;
    let resolver = resolver(&[&script]);
    for _ in 0..2 {
        assert_eq!(resolver.mx(&domain("a.example")).await.unwrap().len(), 1);
    }
    assert_eq!(script.log(), ["udp a.example MX", "udp c.example MX"]);
}

#[tokio::test]
async fn circles_of_aliases_end() {
    let inside = Script::start(|asked| {
        vec![asked.with(vec![cname("a.example", "b.example"), cname("b.example", "a.example")])]
    })
    .await;
    let why = temporary(resolver(&[&inside]).mx(&domain("a.example")).await);
    assert_eq!(why, "too many CNAME records at a.example.");

    let across = zone(vec![cname("a.example", "b.example"), cname("b.example", "a.example")]).await;
    temporary(resolver(&[&across]).mx(&domain("a.example")).await);
    assert!(across.log().len() <= 10);
}

#[tokio::test]
async fn a_dangling_alias_does_not_exist() {
    let script = zone(vec![cname("a.example", "nowhere.example")]).await;
    let resolver = resolver(&[&script]);
    assert_eq!(resolver.mx(&domain("a.example")).await, Err(DnsError::NoSuchDomain));
}

#[tokio::test]
async fn ipv6_trouble_never_loses_ipv4() {
    for trouble in [ResponseCode::ServFail, ResponseCode::NXDomain, ResponseCode::Refused] {
        let script = Script::start(move |asked| match asked.record_type {
            RecordType::A => vec![asked.with(vec![address("h.example", "192.0.2.1")])],
            _ => vec![asked.code(trouble)],
        })
        .await;
        let found = resolver(&[&script]).addresses(&domain("h.example")).await.unwrap();
        assert_eq!(found, [ip("192.0.2.1")]);
    }
    let silent = Script::start(|asked| match asked.record_type {
        RecordType::A => vec![asked.with(vec![address("h.example", "192.0.2.1")])],
        _ => Vec::new(),
    })
    .await;
    let resolver = resolver(&[&silent]);
    let begun = Instant::now();
    assert_eq!(resolver.addresses(&domain("h.example")).await.unwrap(), [ip("192.0.2.1")]);
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn half_an_answer_is_not_taken_for_none() {
    for failing in [RecordType::A, RecordType::AAAA] {
        let script = Script::start(move |asked| {
            let failed = asked.record_type == failing;
            vec![if failed {
                asked.code(ResponseCode::ServFail)
            } else {
                asked.none(ResponseCode::NoError, 60)
            }]
        })
        .await;
        temporary(resolver(&[&script]).addresses(&domain("h.example")).await);
    }
}

#[tokio::test]
async fn hosts_come_by_preference_and_at_random_among_equals() {
    let script = zone(vec![
        mx("example.net", 20, "mx3.example.net"),
        mx("example.net", 10, "mx1.example.net"),
        mx("example.net", 10, "mx2.example.net"),
        mx("example.net", 30, "mx1.example.net"),
        address("mx1.example.net", "192.0.2.1"),
        address("mx1.example.net", "2001:db8::1"),
        address("mx2.example.net", "192.0.2.2"),
        address("mx3.example.net", "192.0.2.3"),
    ])
    .await;
    let resolver = resolver(&[&script]);
    let mut first_was = std::collections::HashSet::new();
    for _ in 0..64 {
        let hosts =
            mail_hosts(&resolver, &domain("example.net"), &OwnNames::default()).await.unwrap();
        let order: Vec<u16> = hosts.iter().map(|host| host.preference).collect();
        assert_eq!(order, [10, 10, 20]);
        let mx1 = hosts.iter().find(|host| host.name == "mx1.example.net").unwrap();
        assert_eq!(mx1.addresses, [ip("192.0.2.1"), ip("2001:db8::1")]);
        first_was.insert(hosts[0].name.clone());
    }
    assert_eq!(first_was.len(), 2);
}

#[tokio::test]
async fn domains_without_a_host_say_why() {
    let script = zone(vec![
        mx("null.example", 0, "."),
        mx("dangling.example", 10, "gone.example"),
        mx("underscore.example", 10, "not_a_host.example"),
        mx("zero.example", 10, "zero-host.example"),
        address("zero-host.example", "0.0.0.0"),
        txt("empty.example", &["x"]),
        address("implicit.example", "192.0.2.9"),
        mx("half.example", 0, "."),
        mx("half.example", 10, "implicit.example"),
    ])
    .await;
    let resolver = resolver(&[&script]);
    let own = OwnNames::default();
    let hosts = async |name: &str| mail_hosts(&resolver, &domain(name), &own).await;
    assert_eq!(hosts("null.example").await, Err(DestinationError::NullMx));
    assert_eq!(hosts("empty.example").await, Err(DestinationError::NoRecords));
    assert_eq!(hosts("gone.example").await, Err(DestinationError::NoSuchDomain));
    for name in ["dangling.example", "underscore.example", "zero.example"] {
        assert!(matches!(hosts(name).await, Err(DestinationError::NoUsableHost(_))), "{name}");
    }
    let implicit = hosts("implicit.example").await.unwrap();
    assert_eq!((names(&implicit), implicit[0].preference), (vec!["implicit.example"], 0));
    assert_eq!(names(&hosts("half.example").await.unwrap()), ["implicit.example"]);
}

#[tokio::test]
async fn a_host_that_cannot_be_resolved_hides_no_other() {
    let records = vec![
        mx("example.net", 10, "gone.example"),
        mx("example.net", 20, "broken.example"),
        mx("example.net", 30, "alias.example"),
        cname("alias.example", "good.example"),
        address("good.example", "192.0.2.1"),
        mx("hopeless.example", 10, "broken.example"),
    ];
    let script = Script::start(move |asked| {
        if asked.name == "broken.example" {
            return vec![asked.code(ResponseCode::ServFail)];
        }
        vec![zone_answer(&records, asked)]
    })
    .await;
    let resolver = resolver(&[&script]);
    let own = OwnNames::default();
    let hosts = mail_hosts(&resolver, &domain("example.net"), &own).await.unwrap();
    assert_eq!(names(&hosts), ["alias.example"]);
    let error = mail_hosts(&resolver, &domain("hopeless.example"), &own).await.unwrap_err();
    let DestinationError::Temporary(why) = error else { panic!("{error:?}") };
    assert!(why.starts_with("broken.example: SERVFAIL from 127.0.0.1:"), "{why}");
}

#[tokio::test]
async fn mail_does_not_come_back_to_ourselves() {
    let script = zone(vec![
        mx("example.net", 10, "better.example"),
        mx("example.net", 20, "us.example"),
        mx("example.net", 20, "equal.example"),
        mx("example.net", 30, "worse.example"),
        mx("only-us.example", 10, "us.example"),
        mx("loopback.example", 10, "local.example"),
        address("better.example", "192.0.2.1"),
        address("us.example", "192.0.2.2"),
        address("equal.example", "192.0.2.3"),
        address("worse.example", "192.0.2.4"),
        address("local.example", "127.0.0.9"),
    ])
    .await;
    let resolver = resolver(&[&script]);
    let our_names = [domain("us.example")];
    let our_addresses = [ip("192.0.2.2"), ip("127.0.0.1")];
    let by_name = OwnNames { names: &our_names, addresses: &[] };
    let by_address = OwnNames { names: &[], addresses: &our_addresses };
    for own in [by_name, by_address] {
        let hosts = mail_hosts(&resolver, &domain("example.net"), &own).await.unwrap();
        assert_eq!(names(&hosts), ["better.example"]);
        for looping in ["only-us.example", "us.example"] {
            let result = mail_hosts(&resolver, &domain(looping), &own).await;
            assert_eq!(result, Err(DestinationError::LoopsBack), "{looping}");
        }
    }
    let loopback = domain("loopback.example");
    assert_eq!(
        mail_hosts(&resolver, &loopback, &by_address).await,
        Err(DestinationError::LoopsBack)
    );
    assert!(mail_hosts(&resolver, &loopback, &by_name).await.is_ok());
}

#[tokio::test]
async fn many_hosts_are_bounded() {
    let mut records = Vec::new();
    for i in 0..150 {
        records.push(mx("example.net", i, &format!("mx{i}.example")));
        records.push(address(&format!("mx{i}.example"), "192.0.2.1"));
    }
    let script = zone(records).await;
    let hosts = mail_hosts(&resolver(&[&script]), &domain("example.net"), &OwnNames::default())
        .await
        .unwrap();
    assert_eq!(hosts.len(), 20);
    assert_eq!(hosts[19].preference, 19);
}

#[tokio::test]
async fn smart_hosts_are_mx_then_address() {
    let script = zone(vec![
        mx("relay.example", 10, "mx.example"),
        address("relay.example", "192.0.2.1"),
        address("mx.example", "192.0.2.2"),
        address("plain.example", "192.0.2.3"),
        mx("null.example", 0, "."),
        address("null.example", "192.0.2.4"),
    ])
    .await;
    let resolver = resolver(&[&script]);
    for (name, wanted) in [
        ("relay.example", "192.0.2.2"),
        ("plain.example", "192.0.2.3"),
        ("null.example", "192.0.2.4"),
    ] {
        let hosts = smart_host(&resolver, &domain(name)).await.unwrap();
        assert_eq!(hosts[0].addresses, [ip(wanted)], "{name}");
    }
    let gone = smart_host(&resolver, &domain("gone.example")).await;
    assert_eq!(gone, Err(DestinationError::NoSuchDomain));
}

/// SPF, DKIM and DMARC ask for names that are no host names, and strangers for what is no name.
#[tokio::test]
async fn names_as_strangers_give_them() {
    let ptr = |owner: &str, target: &str| {
        let data = hickory_proto::rr::RData::PTR(hickory_proto::rr::rdata::PTR(
            crate::script::name(target),
        ));
        Record::from_rdata(crate::script::name(owner), 300, data)
    };
    let script = zone(vec![
        txt("_dmarc.example.net", &["v=DMARC1; ", "p=none"]),
        address("h.example.net", "192.0.2.1"),
        address("h.example.net", "2001:db8::1"),
        mx("example.net", 20, "mx2.example.net"),
        mx("example.net", 10, "mx1.example.net"),
        mx("null.example", 0, "."),
        ptr("1.2.0.192.in-addr.arpa", "h.example.net"),
    ])
    .await;
    let resolver = resolver(&[&script]);
    let texts = resolver.given_texts("_dmarc.Example.net").await.unwrap();
    assert_eq!(texts, ["v=DMARC1; p=none"]);
    assert_eq!(resolver.given_v4("h.example.net.").await.unwrap(), [ip("192.0.2.1")]);
    assert_eq!(resolver.given_v6("h.example.net").await.unwrap(), [ip("2001:db8::1")]);
    let hosts = resolver.given_exchangers("example.net").await.unwrap();
    assert_eq!(hosts, ["mx2.example.net", "mx1.example.net"]);
    assert_eq!(resolver.given_exchangers("null.example").await.unwrap(), [""]);
    assert_eq!(resolver.names_of(ip("192.0.2.1")).await.unwrap(), ["h.example.net"]);
    assert!(resolver.given_texts("h.example.net").await.unwrap().is_empty());
    let asked = script.log().len();
    let long = format!("{}.example", "x".repeat(64));
    let very_long = "x.".repeat(200) + "example";
    for no_name in ["", ".", "a..b", ".a", "a..", &long, &very_long] {
        let found = resolver.given_texts(no_name).await;
        assert_eq!(found, Err(DnsError::NoSuchDomain), "{no_name:?}");
    }
    assert_eq!(script.log().len(), asked, "nobody is asked for what is no name");
    // Whatever bytes a name has, it is asked for as it is.
    let nobody = Script::start(|asked| vec![asked.none(ResponseCode::NXDomain, 60)]).await;
    let resolver = self::resolver(&[&nobody]);
    for odd in ["a b.example", "a\\.b.example", "\r\n.example", "\u{e9}.example", "a;b=c.example"] {
        assert_eq!(resolver.given_v4(odd).await, Err(DnsError::NoSuchDomain), "{odd:?}");
    }
    assert_eq!(nobody.log().len(), 5, "{:?}", nobody.log());
}
