//! The rules of RFC 7208 one by one, with records of our own.

use super::{Identity, check};
use crate::{book::Book, findings::SpfResult};

async fn ask(book: &Book, domain: &str, client: &str) -> SpfResult {
    let identity = Identity {
        client: client.parse().unwrap(),
        local: "strong-bad",
        domain,
        hello: "mail.example.org",
    };
    check(book, identity).await
}

/// The result for `e.test` of one record, with these others.
async fn of(record: &str, others: &str, client: &str) -> SpfResult {
    ask(&Book::of(&format!("e.test TXT v=spf1 {record}\n{others}")), "e.test", client).await
}

const V4: &str = "192.0.2.65";
const V6: &str = "2001:db8::cb01";

#[tokio::test]
async fn mechanisms_and_qualifiers() {
    use SpfResult::{Fail, Neutral, Pass, PermError, SoftFail};
    let hosts = "e.test A 192.0.2.65\ne.test AAAA 2001:db8::cb01\ne.test MX mx.test\nmx.test A 192.0.2.70\n\
        mx.test AAAA 2001:db8::1\ni.test TXT v=spf1 ip4:192.0.2.65 -all\nn.test TXT v=spf1 ?all\n\
        65.2.0.192.in-addr.x.test A 127.0.0.2\nbad.test TXT v=spf1 nonsense\nempty.test A 127.0.0.1\n\
        strong.x.test A 127.0.0.2";
    for (record, client, expected) in [
        ("-all", V4, Fail),
        ("~all", V4, SoftFail),
        ("?all", V4, Neutral),
        ("", V4, Neutral),
        ("all", V4, Pass),
        ("-ip4:192.0.2.65 all", V4, Fail),
        ("ip4:192.0.2.64/31 -all", V4, Pass),
        ("ip4:192.0.2.66/31 -all", V4, Fail),
        ("ip4:0.0.0.0/0 -all", V4, Pass),
        ("ip4:0.0.0.0/0 -all", V6, Fail),
        ("ip6:::/0 -all", V4, Fail),
        ("ip6:2001:db8::/32 -all", V6, Pass),
        ("ip4:192.0.2.65 -all", "::ffff:192.0.2.65", Pass),
        ("a -all", V4, Pass),
        ("a -all", V6, Pass),
        ("a:mx.test -all", V4, Fail),
        ("a:mx.test/28 -all", V4, Pass),
        ("a:mx.test//64 -all", V6, Pass),
        ("a:mx.test/28 -all", V6, Fail),
        ("mx -all", V4, Fail),
        ("mx/28 -all", V4, Pass),
        ("include:i.test -all", V4, Pass),
        ("include:i.test ~all", "192.0.2.1", SoftFail),
        ("include:n.test -all", V4, Fail),
        ("include:bad.test all", V4, PermError),
        ("include:empty.test all", V4, PermError),
        ("include:nothing.test all", V4, PermError),
        ("exists:%{ir}.%{v}.x.test -all", V4, Pass),
        ("exists:%{ir}.%{v}.x.test -all", "192.0.2.66", Fail),
        ("exists:%{l1r-}.x.test -all", V6, Pass),
        ("redirect=i.test", V4, Pass),
        ("redirect=i.test", "192.0.2.1", Fail),
        ("?all redirect=i.test", V4, Neutral),
        ("redirect=empty.test", V4, PermError),
        ("a -all nonsense:", V4, PermError),
    ] {
        assert_eq!(of(record, hosts, client).await, expected, "{record} {client}");
    }
}

#[tokio::test]
async fn no_record_several_records_and_servers_that_fail() {
    let book = Book::of(
        "none.test TXT something else\ntwo.test TXT v=spf1 -all\ntwo.test TXT v=spf1 all\n\
         down.test FAIL\nin.test TXT v=spf1 include:down.test -all\na.test TXT v=spf1 a:down.test all\n\
         first.test TXT v=spf1 ip4:192.0.2.65 include:down.test -all",
    );
    for (domain, expected) in [
        ("none.test", SpfResult::None),
        ("nowhere.test", SpfResult::None),
        ("two.test", SpfResult::PermError),
        ("down.test", SpfResult::TempError),
        ("in.test", SpfResult::TempError),
        ("a.test", SpfResult::TempError),
        ("first.test", SpfResult::Pass),
        ("localhost", SpfResult::None),
        ("a..test", SpfResult::None),
        ("[192.0.2.65]", SpfResult::None),
        ("", SpfResult::None),
    ] {
        assert_eq!(ask(&book, domain, V4).await, expected, "{domain}");
    }
    let long = format!("{}.test", "x".repeat(64));
    assert_eq!(ask(&book, &long, V4).await, SpfResult::None);
}

#[tokio::test]
async fn ten_terms_and_no_more() {
    let others = "i.test TXT v=spf1 ?all\nh.test A 192.0.2.1";
    let include = "include:i.test ";
    assert_eq!(of(&(include.repeat(10) + "all"), others, V4).await, SpfResult::Pass);
    assert_eq!(of(&(include.repeat(11) + "all"), others, V4).await, SpfResult::PermError);
    assert_eq!(of(&("a:h.test ".repeat(10) + "all"), others, V4).await, SpfResult::Pass);
    assert_eq!(of(&("a:h.test ".repeat(11) + "all"), others, V4).await, SpfResult::PermError);
    // Those that are not reached do not count, and those without look-ups never do.
    let lucky = "ip4:192.0.2.65 ".to_owned() + &include.repeat(20);
    assert_eq!(of(&lucky, others, V4).await, SpfResult::Pass);
    let book = Book::of("l.test TXT v=spf1 include:l.test all\nr.test TXT v=spf1 redirect=r.test");
    assert_eq!(ask(&book, "l.test", V4).await, SpfResult::PermError);
    assert_eq!(ask(&book, "r.test", V4).await, SpfResult::PermError);
    assert!(book.asked.lock().unwrap().len() <= 22, "a circle ends");
}

#[tokio::test]
async fn two_look_ups_that_find_nothing() {
    assert_eq!(of("a:n1.test a:n2.test all", "", V4).await, SpfResult::Pass);
    assert_eq!(of("a:n1.test a:n2.test a:n3.test all", "", V4).await, SpfResult::PermError);
    let others = "m.test MX n1.test\nm.test MX n2.test\nm.test MX n3.test";
    assert_eq!(of("mx:m.test all", others, V4).await, SpfResult::PermError);
    assert_eq!(
        of("exists:n1.test mx:n2.test exists:n3.test all", "", V4).await,
        SpfResult::PermError
    );
}

#[tokio::test]
async fn ten_mail_exchangers_and_no_more() {
    let many = |number: usize| {
        let hosts = (0..number).map(|n| format!("m.test MX h{n}.test\nh{n}.test A 192.0.2.{n}"));
        hosts.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(of("mx:m.test ~all", &many(10), "192.0.2.9").await, SpfResult::Pass);
    assert_eq!(of("mx:m.test ~all", &many(11), "192.0.2.9").await, SpfResult::PermError);
}

#[tokio::test]
async fn names_of_the_client_count_only_where_they_lead_back() {
    let others = "192.0.2.65 PTR liar.other.test\n192.0.2.65 PTR Mail.E.test\nliar.other.test A 192.0.2.1\n\
        mail.e.test A 192.0.2.65\nmail.e.test.p.test A 127.0.0.2\nunknown.p.test A 127.0.0.2\nfail.test FAIL";
    for (record, client, expected) in [
        ("ptr -all", V4, SpfResult::Pass),
        ("ptr:other.test -all", V4, SpfResult::Fail),
        ("ptr:.test -all", V4, SpfResult::Fail),
        ("ptr -all", "192.0.2.66", SpfResult::Fail),
        ("exists:%{p}.p.test -all", V4, SpfResult::Pass),
        ("-exists:unknown.p.test all", "192.0.2.66", SpfResult::Fail),
        ("exists:%{p}.p.test -all", "192.0.2.66", SpfResult::Pass),
    ] {
        assert_eq!(of(record, others, client).await, expected, "{record} {client}");
    }
    let many: String = (0..20).map(|n| format!("192.0.2.65 PTR h{n}.e.test\n")).collect();
    let last = many + "h19.e.test A 192.0.2.65";
    assert_eq!(of("ptr -all", &last, V4).await, SpfResult::Fail, "the twentieth is not looked at");
}

#[tokio::test]
async fn macros_of_hostile_senders_stay_names() {
    let book = Book::of("e.test TXT v=spf1 exists:%{l}.x.test exists:%{h}.x.test -all");
    for local in ["a.b", "..", "\"a b\"", "x\r\ny", &"y".repeat(64)] {
        let identity = Identity {
            client: V4.parse().unwrap(),
            local,
            domain: "e.test",
            hello: "\\000.\u{e9}",
        };
        assert_eq!(check(&book, identity).await, SpfResult::Fail, "{local:?}");
    }
}
