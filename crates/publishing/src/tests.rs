//! Domains with everything right, and with each thing wrong by itself.

use std::net::IpAddr;

use dns::Validation;
use proptest::prelude::*;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use signing::{Algorithm, KeyRecord};
use texts::{Language, Text, publishing::*};
use tls::ShownChain;

use crate::{
    Certificate, Check, Finding, Need, NeededKey, Own, Sender, Signing, Status, Subject, examine,
    fake::Zone,
};

const KEY: &str = "relais1._domainkey.contoso.com TXT v=DKIM1; k=rsa; p=AAAA";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn shown() -> ShownChain {
    let key = || KeyPair::generate().unwrap();
    let authority =
        CertifiedIssuer::self_signed(CertificateParams::new(Vec::new()).unwrap(), key()).unwrap();
    let params = CertificateParams::new(vec!["mx.contoso.com".to_owned()]).unwrap();
    let leaf = params.signed_by(&key(), &authority).unwrap();
    ShownChain::of(vec![leaf.der().clone(), authority.der().clone()])
}

/// contoso.com, whose mail goes to and comes from mx.contoso.com.
fn subject() -> Subject {
    let host = || "mx.contoso.com".parse().unwrap();
    let record = KeyRecord {
        domain: "contoso.com".parse().unwrap(),
        selector: "relais1".to_owned(),
        algorithm: Algorithm::RsaSha256,
        public: "AAAA".to_owned(),
    };
    Subject {
        domain: "contoso.com".parse().unwrap(),
        is_all_here: true,
        own: Own {
            mail_host: host(),
            names: vec![host(), "mx2.contoso.com".parse().unwrap()],
            addresses: vec![ip("203.0.113.7")],
            here_addresses: vec![ip("203.0.113.7")],
            here: vec![(host(), Some(Certificate { shown: shown(), is_made_here: false }))],
        },
        senders: vec![Sender {
            name: host(),
            addresses: vec![ip("203.0.113.7")],
            tell_address: "Set-TransportService MBX01 -ExternalIPAddress".to_owned(),
            tell_name: "Set-SendConnector \"Internet\" -Fqdn".to_owned(),
        }],
        smart_hosts: Vec::new(),
        signing: Some(Signing {
            domain: "contoso.com".parse().unwrap(),
            is_enabled: true,
            keys: vec![NeededKey { record, need: Need::Signs }],
        }),
        policy_id: "20261129T000000".to_owned(),
    }
}

/// Everything right.
fn zone(subject: &Subject) -> Zone {
    let mut zone = Zone::new(&[
        "contoso.com MX 10 mx.contoso.com",
        "mx.contoso.com A 203.0.113.7",
        "contoso.com TXT v=spf1 ip4:203.0.113.7 ~all",
        KEY,
        "_dmarc.contoso.com TXT v=DMARC1; p=reject; rua=mailto:d@contoso.com",
        "_mta-sts.contoso.com TXT v=STSv1; id=1;",
        "_smtp._tls.contoso.com TXT v=TLSRPTv1; rua=mailto:t@contoso.com",
        "7.113.0.203.in-addr.arpa PTR mx.contoso.com",
    ]);
    let shown = &subject.own.here[0].1.as_ref().unwrap().shown;
    zone.add(format!("_25._tcp.mx.contoso.com TLSA {}", shown.record_of_key().unwrap()));
    zone.is_signed = true;
    zone.policy =
        Some("version: STSv1\nmode: enforce\nmx: mx.contoso.com\nmax_age: 604800\n".to_owned());
    zone
}

fn find(findings: &[Finding], check: Check) -> Finding {
    findings.iter().find(|finding| finding.check == check).cloned().unwrap()
}

/// What becomes of a check after a change.
async fn after(check: Check, change: impl FnOnce(&mut Subject, &mut Zone)) -> Finding {
    let mut subject = subject();
    let mut zone = zone(&subject);
    change(&mut subject, &mut zone);
    let findings = examine(&subject, &zone).await;
    for finding in &findings {
        for language in [Language::English, Language::French] {
            let said = finding.said(language).unwrap_or_default();
            assert!(!said.contains('{'), "a value is missing: {said}");
        }
        assert!(finding.status == Status::Good || !finding.detail.is_empty(), "{finding:?}");
    }
    find(&findings, check)
}

/// The same where only the records that begin so are others.
async fn with(check: Check, start: &str, records: &[&str]) -> Finding {
    after(check, |_, zone| {
        zone.remove(start);
        records.iter().for_each(|&record| zone.add(record));
    })
    .await
}

#[tokio::test]
async fn a_domain_with_everything_right_is_good() {
    let subject = subject();
    let findings = examine(&subject, &zone(&subject)).await;
    for finding in &findings {
        assert_eq!(finding.status, Status::Good, "{finding:?}");
        assert_eq!(finding.recommended, finding.published, "{finding:?}");
        assert_eq!(finding.said(Language::English), None);
    }
    let checks: Vec<Check> = findings.iter().map(|finding| finding.check).collect();
    let mut wanted = Check::ALL.to_vec();
    wanted.insert(5, Check::MtaSts);
    assert_eq!(checks, wanted);
}

#[tokio::test]
async fn a_domain_with_nothing_is_shown_what_to_publish() {
    let mut subject = subject();
    let mut zone = Zone::new(&[]);
    zone.is_signed = true;
    subject.signing = None;
    let findings = examine(&subject, &zone).await;
    let wanted = [
        (Check::Mx, Some("10 mx.contoso.com."), MX_MISSING),
        (Check::Spf, Some("v=spf1 ip4:203.0.113.7 ~all"), SPF_MISSING),
        (Check::Dkim, None, DKIM_NONE),
        (Check::Dmarc, Some("v=DMARC1; p=none; rua=mailto:postmaster@contoso.com"), DMARC_MISSING),
        (Check::MtaSts, Some("v=STSv1; id=20261129T000000;"), STS_MISSING),
        (Check::TlsRpt, Some("v=TLSRPTv1; rua=mailto:postmaster@contoso.com"), TLSRPT_MISSING),
        (Check::ReverseDns, Some("mx.contoso.com."), REVERSE_MISSING),
        (Check::HeloName, Some("203.0.113.7"), HELO_WITHOUT_ADDRESS),
    ];
    for (check, recommended, text) in wanted {
        let finding = find(&findings, check);
        assert_eq!(finding.status, Status::Missing, "{finding:?}");
        assert_eq!(finding.recommended.as_deref(), recommended, "{finding:?}");
        assert!(finding.says(text) && finding.published.is_none(), "{finding:?}");
    }
    let policy = findings.iter().find(|finding| finding.kind == "HTTPS").unwrap();
    assert_eq!(policy.name, "https://mta-sts.contoso.com/.well-known/mta-sts.txt");
    assert_eq!(
        policy.recommended.as_deref(),
        Some("version: STSv1\nmode: testing\nmx: mx.contoso.com\nmax_age: 604800")
    );
}

#[tokio::test]
async fn a_dns_that_says_nothing_proves_nothing() {
    let subject = subject();
    let mut zone = zone(&subject);
    let names = [
        "contoso.com",
        "mx.contoso.com",
        "relais1._domainkey.contoso.com",
        "_dmarc.contoso.com",
        "_mta-sts.contoso.com",
        "_smtp._tls.contoso.com",
        "7.113.0.203.in-addr.arpa",
    ];
    zone.silent = names.map(str::to_owned).to_vec();
    let findings = examine(&subject, &zone).await;
    for finding in &findings {
        assert_eq!(finding.status, Status::Unknown, "{finding:?}");
        let said = finding.said(Language::French).unwrap();
        assert!(said.contains("SERVFAIL") || finding.kind == "HTTPS", "{said}");
    }
    assert!(findings.len() >= 9, "{findings:?}");
}

type Case = (&'static [&'static str], Status, Option<Text>);

/// Each with these records in place of those that begin so.
async fn cases(check: Check, start: &str, cases: &[Case]) {
    for (records, status, text) in cases {
        let finding = with(check, start, records).await;
        assert_eq!(finding.status, *status, "{records:?}: {finding:?}");
        if let Some(text) = text {
            assert!(finding.says(*text), "{records:?}: {finding:?}");
        } else {
            assert_eq!(finding.detail, [], "{records:?}");
        }
    }
}

#[tokio::test]
async fn mx_records() {
    use Status::{Bad, Good, Warning};
    const GOOD: &str = "contoso.com MX 10 mx.contoso.com";
    cases(
        Check::Mx,
        "contoso.com MX",
        &[
            (&[GOOD, "contoso.com MX 20 backup.example.net"], Good, None),
            (&["contoso.com MX 0 ."], Bad, Some(MX_NULL)),
            (&[GOOD, "contoso.com MX 0 ."], Bad, Some(MX_NULL_AND_OTHERS)),
            (&[GOOD, "contoso.com MX 5 203.0.113.7"], Bad, Some(MX_IS_ADDRESS)),
            (&[GOOD, "contoso.com MX 5 mx_1.contoso.com"], Bad, Some(MX_IS_NO_HOST)),
            (&["contoso.com MX 5 filter.example.net"], Warning, Some(MX_NOT_OURS)),
            (&["contoso.com A 203.0.113.9"], Warning, Some(MX_IMPLICIT)),
            // Ours by its address.
            (&["contoso.com MX 5 x.contoso.com", "x.contoso.com A 203.0.113.7"], Good, None),
        ],
    )
    .await;
    let relayed = after(Check::Mx, |subject, zone| {
        subject.is_all_here = false;
        zone.remove("contoso.com MX");
        zone.add("contoso.com MX 5 filter.example.net");
    });
    assert_eq!(relayed.await.status, Good);
}

#[tokio::test]
async fn addresses_of_mail_hosts() {
    use Status::{Bad, Good, Missing, Warning};
    cases(
        Check::Address,
        "mx.contoso.com A",
        &[
            (&["mx.contoso.com A 203.0.113.7", "mx.contoso.com AAAA 2001:db8::7"], Good, None),
            (&[], Missing, Some(HOST_WITHOUT_ADDRESS)),
            (&["mx.contoso.com A 10.0.0.7"], Bad, Some(HOST_PRIVATE)),
            (&["mx.contoso.com A 127.0.0.1", "mx.contoso.com AAAA ::1"], Bad, Some(HOST_PRIVATE)),
            (
                &["mx.contoso.com A 203.0.113.7", "mx.contoso.com A 192.168.0.7"],
                Warning,
                Some(HOST_PARTLY_PRIVATE),
            ),
            (&["mx.contoso.com A 203.0.113.99"], Warning, Some(HOST_ELSEWHERE)),
            (
                &["mx.contoso.com CNAME h.contoso.com", "h.contoso.com A 203.0.113.7"],
                Bad,
                Some(HOST_ALIAS),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn spf_records() {
    use Status::{Bad, Good, Missing, Warning};
    const INCLUDED: &str = "_spf.example.net TXT v=spf1 ip4:203.0.113.0/24 -all";
    cases(
        Check::Spf,
        "contoso.com TXT",
        &[
            (&["contoso.com TXT v=spf1 mx -all"], Good, None),
            (&["contoso.com TXT v=spf1 a:mx.contoso.com/24 -all"], Good, None),
            (
                &["contoso.com TXT other", "contoso.com TXT v=spf1 ip4:203.0.113.0/24 -all"],
                Good,
                None,
            ),
            (&["contoso.com TXT v=spf1 include:_spf.example.net -all", INCLUDED], Good, None),
            (&["contoso.com TXT v=spf1 redirect=_spf.example.net", INCLUDED], Good, None),
            (&["contoso.com TXT v=spf1 exists:mx.contoso.com -all"], Good, None),
            (&["contoso.com TXT other"], Missing, Some(SPF_MISSING)),
            (
                &["contoso.com TXT v=spf1 mx -all", "contoso.com TXT v=spf1 -all"],
                Bad,
                Some(SPF_SEVERAL),
            ),
            (&["contoso.com TXT v=spf1 ip4:203.0.113.7/40 -all"], Bad, Some(SPF_SYNTAX)),
            (&["contoso.com TXT v=spf1 203.0.113.7 -all"], Bad, Some(SPF_SYNTAX)),
            (&["contoso.com TXT v=spf1 mx +all"], Bad, Some(SPF_PASS_ALL)),
            (&["contoso.com TXT v=spf1 mx all"], Bad, Some(SPF_PASS_ALL)),
            (&["contoso.com TXT v=spf1 mx ?all"], Warning, Some(SPF_NEUTRAL_ALL)),
            (&["contoso.com TXT v=spf1 mx"], Warning, Some(SPF_NO_ALL)),
            (&["contoso.com TXT v=spf1 mx ~all a"], Warning, Some(SPF_AFTER_ALL)),
            (&["contoso.com TXT v=spf1 mx ptr -all"], Warning, Some(SPF_PTR)),
            (&["contoso.com TXT v=spf1 ip4:203.0.113.8 -all"], Bad, Some(SPF_NOT_COVERED)),
            (&["contoso.com TXT v=spf1 -ip4:203.0.113.7 mx -all"], Bad, Some(SPF_NOT_COVERED)),
            // An include that refuses is not met, and says nothing.
            (
                &[
                    "contoso.com TXT v=spf1 include:n.example.net mx -all",
                    "n.example.net TXT v=spf1 -all",
                ],
                Good,
                None,
            ),
            (
                &["contoso.com TXT v=spf1 include:no.example.net mx -all"],
                Bad,
                Some(SPF_INCLUDE_NOTHING),
            ),
            (
                &[
                    "contoso.com TXT v=spf1 include:n.example.net mx -all",
                    "n.example.net TXT v=spf1 x -all",
                ],
                Bad,
                Some(SPF_SYNTAX),
            ),
            (
                &["contoso.com TXT v=spf1 mx a:1.example.net a:2.example.net a:3.example.net -all"],
                Bad,
                Some(SPF_VOID),
            ),
            (&["contoso.com TXT v=spf1 mx include:contoso.com -all"], Bad, Some(SPF_MANY_LOOK_UPS)),
        ],
    )
    .await;
}

#[tokio::test]
async fn look_ups_of_spf_are_counted_through_includes() {
    // 1 include + 5 mx, twice.
    let half = "a.example.net TXT v=spf1 mx:mx.contoso.com mx:mx.contoso.com a:mx.contoso.com \
                a:mx.contoso.com ip4:203.0.113.7 ?all";
    let of = |text: &str| format!("contoso.com TXT v=spf1 {text} -all");
    let (ten, eleven) = (
        of("include:a.example.net include:a.example.net"),
        of("include:a.example.net include:a.example.net a:mx.contoso.com"),
    );
    let ten = after(Check::Spf, |_, zone| {
        zone.remove("contoso.com TXT");
        zone.add("contoso.com MX 10 mx.contoso.com");
        zone.add("mx.contoso.com MX 10 mx.contoso.com");
        zone.add(half);
        zone.add(ten);
    })
    .await;
    assert_eq!(ten.status, Status::Good, "{ten:?}");
    let eleven = after(Check::Spf, |_, zone| {
        zone.remove("contoso.com TXT");
        zone.add("mx.contoso.com MX 10 mx.contoso.com");
        zone.add(half);
        zone.add(eleven);
    })
    .await;
    assert!(eleven.says(SPF_LOOK_UPS), "{eleven:?}");
    assert!(eleven.said(Language::English).unwrap().contains("needs 11 look-ups"));
}

#[tokio::test]
async fn recommended_spf_keeps_what_is_there() {
    let cases = [
        (
            "v=spf1 mx:x.example ip4:203.0.113.8 exp=e.x -all",
            "v=spf1 mx:x.example ip4:203.0.113.8 ip4:203.0.113.7 -all exp=e.x",
        ),
        ("v=spf1 a +all", "v=spf1 a ~all"),
        ("v=spf1 mx", "v=spf1 mx ~all"),
        (
            "v=spf1 ip4:203.0.113.8 redirect=_spf.x",
            "v=spf1 ip4:203.0.113.8 ip4:203.0.113.7 redirect=_spf.x",
        ),
    ];
    for (there, wanted) in cases {
        let records = [format!("contoso.com TXT {there}"), "_spf.x TXT v=spf1 -all".to_owned()];
        let records = records.each_ref().map(String::as_str);
        let finding = with(Check::Spf, "contoso.com TXT", &records).await;
        let recommended = finding.recommended.clone().unwrap_or_default();
        // +all lets everybody send, so nothing is missing.
        assert_eq!(recommended, wanted, "{finding:?}");
    }
    let two =
        ["contoso.com TXT v=spf1 mx ~all", "contoso.com TXT v=spf1 include:x.example mx -all"];
    let merged = with(Check::Spf, "contoso.com TXT", &two).await;
    assert_eq!(
        merged.recommended.as_deref(),
        Some("v=spf1 mx include:x.example ip4:203.0.113.7 -all")
    );
}

#[tokio::test]
async fn what_is_not_known_of_senders_is_told() {
    let unknown = |subject: &mut Subject, zone: &mut Zone| {
        subject.senders[0].addresses.clear();
        zone.remove("mx.contoso.com A");
        zone.add("mx.contoso.com A 10.0.0.7");
        zone.remove("contoso.com TXT");
    };
    let spf = after(Check::Spf, unknown).await;
    assert_eq!(spf.recommended.as_deref(), Some("v=spf1 a:mx.contoso.com ~all"));
    assert!(spf.says(SENDER_UNKNOWN), "{spf:?}");
    let reverse = after(Check::ReverseDns, unknown).await;
    assert_eq!(reverse.status, Status::Unknown);
    assert!(
        reverse
            .said(Language::English)
            .unwrap()
            .contains("Set-TransportService MBX01 -ExternalIPAddress"),
        "{reverse:?}"
    );
    let helo = after(Check::HeloName, unknown).await;
    assert!(helo.status == Status::Bad && helo.says(HELO_PRIVATE), "{helo:?}");
    // Without a setting, the addresses of the name count.
    let by_name = after(Check::Spf, |subject, _| subject.senders[0].addresses.clear()).await;
    assert_eq!(by_name.status, Status::Good, "{by_name:?}");
    let nobody = |subject: &mut Subject, _: &mut Zone| {
        subject.senders.clear();
        subject.smart_hosts = vec!["smart.example.net".to_owned()];
    };
    let spf = after(Check::Spf, nobody).await;
    assert!(spf.status == Status::Good && spf.says(SPF_SMART_HOSTS) && spf.says(SPF_NO_SENDER));
    assert!(after(Check::HeloName, nobody).await.says(NOTHING_SENT));
}

#[tokio::test]
async fn names_of_senders() {
    use Status::{Bad, Good, Warning};
    cases(
        Check::ReverseDns,
        "7.113.0.203.in-addr.arpa PTR",
        &[
            (
                &[
                    "7.113.0.203.in-addr.arpa PTR a.example",
                    "7.113.0.203.in-addr.arpa PTR MX.contoso.com",
                ],
                Good,
                None,
            ),
            (
                &["7.113.0.203.in-addr.arpa PTR h7.isp.example", "h7.isp.example A 203.0.113.7"],
                Warning,
                Some(REVERSE_OTHER_NAME),
            ),
            (&["7.113.0.203.in-addr.arpa PTR h7.isp.example"], Bad, Some(REVERSE_UNCONFIRMED)),
        ],
    )
    .await;
    for name in ["mbx01", "mbx01.local", "localhost", "mail.contoso.lan"] {
        let helo = after(Check::HeloName, |subject, _| {
            subject.senders[0].name = name.parse().unwrap();
        })
        .await;
        assert!(helo.status == Bad && helo.says(HELO_IMPOSSIBLE), "{name}: {helo:?}");
        assert!(
            helo.said(Language::French).unwrap().contains("Set-SendConnector \"Internet\" -Fqdn")
        );
    }
    let elsewhere =
        with(Check::HeloName, "mx.contoso.com A", &["mx.contoso.com A 203.0.113.9"]).await;
    assert!(elsewhere.status == Warning && elsewhere.says(HELO_ELSEWHERE), "{elsewhere:?}");
    let v6 = after(Check::ReverseDns, |subject, _| {
        subject.senders[0].addresses = vec![ip("2001:db8::7")];
    })
    .await;
    assert!(v6.name.ends_with(".8.b.d.0.1.0.0.2.ip6.arpa"), "{v6:?}");
}

#[tokio::test]
async fn dkim_records() {
    use Status::{Bad, Good, Missing, Warning};
    cases(
        Check::Dkim,
        "relais1._domainkey",
        &[
            (&[KEY], Good, None),
            (&[], Missing, Some(DKIM_MISSING)),
            (&["relais1._domainkey.contoso.com TXT v=DKIM1; p=BBBB"], Bad, Some(DKIM_DIFFERS)),
            (&[KEY, KEY], Bad, Some(DKIM_DIFFERS)),
        ],
    )
    .await;
    let other = with(Check::Dkim, "relais1", &["relais1._domainkey.contoso.com TXT p=BBBB"]).await;
    assert!(
        other.said(Language::French).unwrap().contains("son p= est une autre clé"),
        "{other:?}"
    );
    let needs = [(Need::Next, Missing, DKIM_NEXT), (Need::Before, Warning, DKIM_OLD)];
    for (need, status, text) in needs {
        let finding = after(Check::Dkim, |subject, zone| {
            subject.signing.as_mut().unwrap().keys[0].need = need;
            zone.remove("relais1");
        })
        .await;
        assert!(finding.status == status && finding.says(text), "{finding:?}");
    }
    let off = after(Check::Dkim, |subject, _| subject.signing.as_mut().unwrap().is_enabled = false);
    let off = off.await;
    assert!(off.status == Warning && off.says(DKIM_OFF), "{off:?}");
}

#[tokio::test]
async fn dmarc_records() {
    use Status::{Bad, Good, Missing, Warning};
    const AGREES: &str = "contoso.com._report._dmarc.reports.example TXT v=DMARC1;";
    const FOREIGN: &str = "_dmarc.contoso.com TXT v=DMARC1; p=reject; rua=mailto:c@reports.example";
    cases(
        Check::Dmarc,
        "_dmarc.contoso.com",
        &[
            (&["_dmarc.contoso.com TXT v=DMARC1;p=Quarantine;sp=none;rua=mailto:a@b.contoso.com!10m;fo=1:d;x=y"], Good, None),
            (&[FOREIGN, AGREES], Good, None),
            (&[FOREIGN], Warning, Some(DMARC_FOREIGN)),
            (&["_dmarc.contoso.com TXT spf"], Missing, Some(DMARC_MISSING)),
            (&["_dmarc.contoso.com TXT p=reject; v=DMARC1"], Missing, Some(DMARC_MISSING)),
            (&[FOREIGN, FOREIGN], Bad, Some(DMARC_SEVERAL)),
            (&["_dmarc.contoso.com TXT v=DMARC1; rua=mailto:a@contoso.com"], Bad, Some(DMARC_NO_POLICY)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=block; rua=mailto:a@contoso.com"], Bad, Some(DMARC_TAG)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=none; rua=mailto:a@contoso.com"], Warning, Some(DMARC_MONITORS)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=reject"], Warning, Some(DMARC_NO_REPORTS)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=reject; rua=a@contoso.com"], Warning, Some(DMARC_TAG)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=reject; pct=20; rua=mailto:a@contoso.com"], Warning, Some(DMARC_PARTLY)),
            (&["_dmarc.contoso.com TXT v=DMARC1; p=reject; adkim=x; rua=mailto:a@contoso.com"], Warning, Some(DMARC_TAG)),
        ],
    )
    .await;
    let watching = ["_dmarc.contoso.com TXT v=DMARC1; p=none; rua=mailto:a@contoso.com"];
    let watching = with(Check::Dmarc, "_dmarc.contoso.com", &watching).await;
    assert_eq!(
        watching.recommended.as_deref(),
        Some("v=DMARC1; p=quarantine; rua=mailto:a@contoso.com")
    );
    let below = after(Check::Dmarc, |subject, _| {
        subject.domain = "a.b.contoso.com".parse().unwrap();
    })
    .await;
    assert!(below.status == Good && below.says(DMARC_OF_PARENT), "{below:?}");
}

#[tokio::test]
async fn records_and_policies_of_mta_sts() {
    use Status::{Bad, Good, Missing, Warning};
    cases(
        Check::MtaSts,
        "_mta-sts.contoso.com",
        &[
            (&["_mta-sts.contoso.com TXT x", "_mta-sts.contoso.com TXT v=STSv1; id=2"], Good, None),
            (&[], Missing, Some(STS_MISSING)),
            (&["_mta-sts.contoso.com TXT v=STSv1;"], Bad, Some(STS_RECORD)),
            (&["_mta-sts.contoso.com TXT v=STSv2; id=1;"], Bad, Some(STS_RECORD)),
            (
                &[
                    "_mta-sts.contoso.com TXT v=STSv1; id=1;",
                    "_mta-sts.contoso.com TXT v=STSv1; id=2;",
                ],
                Bad,
                Some(STS_RECORD),
            ),
        ],
    )
    .await;
    let text = |mode: &str, mx: &str, age: u32| {
        Some(format!("version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: {age}\n"))
    };
    let policies = [
        (text("enforce", "*.contoso.com", 604_800), Good, None),
        (None, Bad, Some(STS_POLICY)),
        (Some("nonsense".to_owned()), Bad, Some(STS_POLICY)),
        (text("enforce", "mx9.contoso.com", 604_800), Bad, Some(STS_NOT_NAMED)),
        (text("testing", "mx9.contoso.com", 604_800), Warning, Some(STS_NOT_NAMED)),
        (text("testing", "mx.contoso.com", 604_800), Warning, Some(STS_TESTING)),
        (text("none", "mx.contoso.com", 604_800), Warning, Some(STS_OFF)),
        (text("enforce", "mx.contoso.com", 3_600), Warning, Some(STS_SHORT)),
    ];
    for (policy, status, said) in policies {
        let (subject, shown) = (subject(), policy.clone());
        let mut zone = zone(&subject);
        zone.policy = policy;
        let findings = examine(&subject, &zone).await;
        let finding = findings.iter().find(|finding| finding.kind == "HTTPS").unwrap();
        assert_eq!(finding.status, status, "{shown:?}: {finding:?}");
        assert!(said.is_none_or(|text| finding.says(text)), "{shown:?}: {finding:?}");
    }
    let mut own = subject();
    own.own.here[0].1.as_mut().unwrap().is_made_here = true;
    let findings = examine(&own, &zone(&own)).await;
    let untrusted = findings.iter().find(|finding| finding.kind == "HTTPS").unwrap();
    assert!(untrusted.status == Bad && untrusted.says(STS_UNTRUSTED), "{untrusted:?}");
    assert!(untrusted.recommended.as_deref().unwrap().contains("mode: testing"));
}

#[tokio::test]
async fn tls_rpt_records() {
    use Status::{Bad, Good, Missing};
    cases(
        Check::TlsRpt,
        "_smtp._tls.contoso.com",
        &[
            (&["_smtp._tls.contoso.com TXT v=TLSRPTv1;rua=https://r.example/x"], Good, None),
            (&["_smtp._tls.contoso.com TXT x"], Missing, Some(TLSRPT_MISSING)),
            (&["_smtp._tls.contoso.com TXT v=TLSRPTv1"], Bad, Some(TLSRPT_RECORD)),
            (
                &[
                    "_smtp._tls.contoso.com TXT v=TLSRPTv1; rua=mailto:a@b.c",
                    "_smtp._tls.contoso.com TXT v=TLSRPTv1; rua=mailto:a@b.d",
                ],
                Bad,
                Some(TLSRPT_RECORD),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn tlsa_records() {
    use Status::{Bad, Good, Missing, Unknown, Warning};
    const WRONG: &str = "_25._tcp.mx.contoso.com TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000000";
    cases(
        Check::Tlsa,
        "_25._tcp",
        &[
            (&[], Missing, Some(TLSA_MISSING)),
            (&[WRONG], Bad, Some(TLSA_WRONG)),
            (&["_25._tcp.mx.contoso.com TLSA 1 1 1 00"], Warning, Some(TLSA_UNUSABLE)),
        ],
    )
    .await;
    let unsigned = after(Check::Tlsa, |_, zone| zone.is_signed = false).await;
    assert!(unsigned.status == Warning && unsigned.says(TLSA_UNSIGNED), "{unsigned:?}");
    let unproven = after(Check::Tlsa, |_, zone| zone.validation = Validation::Remote).await;
    assert!(unproven.status == Warning && unproven.says(TLSA_UNPROVEN), "{unproven:?}");
    let neither = after(Check::Tlsa, |_, zone| {
        zone.remove("_25._tcp");
        zone.validation = Validation::Unproven("not tried yet".to_owned());
    })
    .await;
    assert_eq!(neither.status, Unknown, "{neither:?}");
    let elsewhere = after(Check::Tlsa, |_, zone| {
        zone.remove("contoso.com MX");
        zone.add("contoso.com MX 10 mx2.contoso.com");
    })
    .await;
    assert!(elsewhere.status == Unknown && elsewhere.says(TLSA_NOT_HERE), "{elsewhere:?}");
    // A certificate that is made anew at each start: only a record of the authority stays right.
    let made = |with_authority: bool| {
        after(Check::Tlsa, move |subject, zone| {
            let certificate = subject.own.here[0].1.as_mut().unwrap();
            certificate.is_made_here = true;
            let record = certificate.shown.record_of_authority().unwrap();
            if with_authority {
                zone.add(format!("_25._tcp.mx.contoso.com TLSA {record}"));
            }
        })
    };
    let passing = made(false).await;
    assert!(passing.status == Warning && passing.says(TLSA_PASSING), "{passing:?}");
    assert!(passing.recommended.unwrap().starts_with("2 1 1 "));
    assert_eq!(made(true).await.status, Good);
    let other_name = after(Check::Tlsa, |subject, zone| {
        subject.own.here[0].0 = "mx2.contoso.com".parse().unwrap();
        subject.own.here[0].1.as_mut().unwrap().is_made_here = true;
        zone.remove("contoso.com MX");
        zone.add("contoso.com MX 10 mx2.contoso.com");
    })
    .await;
    assert!(other_name.says(TLSA_OTHER_NAME), "{other_name:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever strangers publish, there is an answer.
    #[test]
    fn anything_published_is_examined(
        texts in proptest::collection::vec("(v=spf1 |v=DMARC1; ?|v=STSv1; ?|v=TLSRPTv1; ?)?[ -~é\u{202e}]{0,60}", 1..4),
        target in "[ -~]{1,30}",
    ) {
        let subject = subject();
        let mut zone = Zone::new(&[]);
        for text in &texts {
            for name in ["", "_dmarc.", "_mta-sts.", "_smtp._tls.", "relais1._domainkey."] {
                zone.add(format!("{name}contoso.com TXT {text}"));
            }
        }
        zone.add(format!("contoso.com MX 10 {target}"));
        zone.add(format!("7.113.0.203.in-addr.arpa PTR {target}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let findings = runtime.block_on(examine(&subject, &zone));
        prop_assert!(findings.len() >= 9);
        for finding in findings {
            let said = finding.said(Language::French).unwrap_or_default();
            prop_assert!(!said.contains('\u{202e}'), "{}", said);
        }
    }
}
