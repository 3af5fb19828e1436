//! Reports as others write them, and what is none.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::FailureType;

/// Composed after the example of RFC 8460 appendix B, with the odd ways in which others write.
fn report() -> Value {
    json!({
        "organization-name": "Company-X",
        "date-range": {
            "start-datetime": "2026-04-01T00:00:00Z",
            "end-datetime": "2026-04-01T23:59:59Z",
        },
        "contact-info": "sts-reporting@company-x.example",
        "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
        "policies": [{
            "policy": {
                "policy-type": "sts",
                "policy-string": ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example"],
                "policy-domain": "company-y.example",
                "mx-host": ["*.mail.company-y.example"],
            },
            "summary": { "total-successful-session-count": 5326, "total-failure-session-count": 303 },
            "failure-details": [{
                "result-type": "certificate-expired",
                "sending-mta-ip": "2001:db8:abcd:0012::1",
                "receiving-mx-hostname": "mx1.mail.company-y.example",
                "failed-session-count": 100,
            }, {
                "result-type": "starttls-not-supported",
                "sending-mta-ip": "2001:db8:abcd:0013::1",
                "receiving-mx-hostname": "mx2.mail.company-y.example",
                "receiving-ip": "203.0.113.56",
                "failed-session-count": 200,
                "additional-information": "https://reports.company-x.example/report_info",
            }, {
                "result-type": "validation-failure",
                "sending-mta-ip": "198.51.100.62",
                "receiving-ip": "203.0.113.58",
                "receiving-mx-hostname": "mx-backup.mail.company-y.example",
                "failed-session-count": 3,
                "failure-error-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
            }],
        }],
    })
}

fn read(value: &Value) -> Result<ReceivedReport, NoReport> {
    ReceivedReport::read(value.to_string().as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A message with this part.
fn mail(kind: &str, part: &[u8]) -> String {
    let mut text = STANDARD.encode(part);
    for at in (76..text.len()).step_by(76).collect::<Vec<_>>().into_iter().rev() {
        text.insert_str(at, "\r\n");
    }
    format!(
        "From: TLS reports <noreply@reports.company-x.example>\r\nTo: <postmaster@company-y.example>\r\n\
         Subject: Report Domain: company-y.example Submitter: company-x.example Report-ID: <x>\r\n\
         TLS-Report-Domain: company-y.example\r\nTLS-Report-Submitter: Company-X.example\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; boundary=\"000000000000ab\"; report-type=tlsrpt\r\n\r\n\
         --000000000000ab\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\r\nThis is an aggregate report.\r\n\
         --000000000000ab\r\nContent-Type: {kind}; name=\"a!b!1!2.json.gz\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{text}\r\n--000000000000ab--\r\n"
    )
}

#[test]
fn the_report_of_the_standard() {
    let read = read(&report()).unwrap();
    assert_eq!(read.organization, "Company-X");
    assert_eq!(read.begin.iso(), "2026-04-01T00:00:00.000Z");
    assert_eq!(read.end.iso(), "2026-04-01T23:59:59.000Z");
    assert_eq!(read.failures(), 303);
    let policy = &read.policies[0];
    assert_eq!((policy.policy_type.as_str(), policy.domain.as_str()), ("sts", "company-y.example"));
    assert_eq!((policy.successes, policy.failures, policy.left_out), (5326, 303, 0));
    assert_eq!(policy.mx_hosts, ["*.mail.company-y.example"]);
    let types: Vec<_> = policy.details.iter().map(ReceivedFailure::known_type).collect();
    assert_eq!(
        types,
        [
            Some(FailureType::CertificateExpired),
            Some(FailureType::StarttlsNotSupported),
            Some(FailureType::ValidationFailure)
        ]
    );
    assert_eq!(policy.details[1].receiving, Some("203.0.113.56".parse().unwrap()));
    assert_eq!(policy.details[1].reason, "https://reports.company-x.example/report_info");
    assert_eq!(policy.details[2].reason, "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED");
    let kept = serde_json::to_vec(&read).unwrap();
    assert_eq!(serde_json::from_slice::<ReceivedReport>(&kept).unwrap(), read);
}

#[test]
fn odd_ways_of_writing_are_understood() {
    let mut value = report();
    let policy = &mut value["policies"][0];
    policy["policy"]["mx-host"] = json!("mx.company-y.example");
    policy["policy"]["policy-domain"] = json!("Company-Y.Example.");
    policy["policy"]["policy-type"] = json!("STS");
    policy["summary"] =
        json!({ "total-successful-session-count": "17", "total-failure-session-count": 2.0 });
    policy["failure-details"] = json!(null);
    value["date-range"]["start-datetime"] = json!("2026-04-01T02:00:00+02:00");
    value["date-range"]["end-datetime"] = json!("2026-04-01T23:59:59");
    value["contact-info"] = json!(["a", "b"]);
    value["new"] = json!({ "deep": [[[{}]]] });
    let read = read(&value).unwrap();
    assert_eq!(read.begin.iso(), "2026-04-01T00:00:00.000Z");
    let policy = &read.policies[0];
    assert_eq!((policy.policy_type.as_str(), policy.domain.as_str()), ("sts", "company-y.example"));
    assert_eq!((policy.successes, policy.failures), (17, 2));
    assert!(policy.details.is_empty() && policy.mx_hosts == ["mx.company-y.example"]);
    assert_eq!(read.contact, "");
    let mut both = report();
    both["policies"][0]["policy"]["mx-host-pattern"] = json!(["mx9.company-y.example"]);
    both["policies"][0]["failure-details"][2]["failure-reason-code"] = json!("too long");
    let policy = ReceivedReport::read(both.to_string().as_bytes()).unwrap().policies.remove(0);
    assert_eq!(policy.mx_hosts, ["*.mail.company-y.example", "mx9.company-y.example"]);
    assert_eq!(policy.details[2].reason, "too long; X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED");
    let with_mark = format!("\u{feff}{}", report());
    assert!(ReceivedReport::read(with_mark.as_bytes()).is_ok());
}

#[test]
fn what_is_no_report() {
    let without = |pointer: &str, name: &str| {
        let mut value = report();
        value.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
        value
    };
    let with = |pointer: &str, put: Value| {
        let mut value = report();
        *value.pointer_mut(pointer).unwrap() = put;
        value
    };
    for value in [
        json!(null),
        json!([]),
        json!("report"),
        without("", "organization-name"),
        without("", "date-range"),
        without("", "report-id"),
        without("", "policies"),
        without("/policies/0", "policy"),
        without("/policies/0", "summary"),
        with("/policies", json!(7)),
        with("/policies/0", json!([])),
        with("/policies/0/summary/total-failure-session-count", json!(-1)),
        with("/policies/0/summary/total-failure-session-count", json!(1.5)),
        with("/policies/0/summary/total-failure-session-count", json!(1e300)),
        with("/policies/0/summary/total-failure-session-count", json!("many")),
        with("/date-range/end-datetime", json!("yesterday")),
        with("/date-range/end-datetime", json!("2026-03-31T00:00:00Z")),
        with("/date-range/start-datetime", json!({})),
    ] {
        assert!(read(&value).is_err(), "{value}");
    }
    assert!(ReceivedReport::read(b"").is_err());
    assert!(ReceivedReport::read(&vec![b'['; 100_000]).is_err());
    let about_nothing =
        read(&with("/policies/0/policy/policy-domain", json!("not a domain"))).unwrap();
    assert!(about_nothing.policies.is_empty());
}

#[test]
fn too_much_is_left_out() {
    let mut value = report();
    let detail = value["policies"][0]["failure-details"][0].clone();
    value["policies"][0]["failure-details"] = Value::Array(vec![detail; 150]);
    value["policies"] = Value::Array(vec![value["policies"][0].clone(); 60]);
    value["organization-name"] = json!("x\r\n".repeat(1000));
    let read = read(&value).unwrap();
    assert_eq!(read.policies.len(), ReceivedReport::MOST_POLICIES);
    let details: usize = read.policies.iter().map(|policy| policy.details.len()).sum();
    assert_eq!(details, ReceivedReport::MOST_DETAILS);
    let left_out: Vec<u64> = read.policies.iter().take(3).map(|policy| policy.left_out).collect();
    assert_eq!(left_out, [0, 100, 150]);
    assert_eq!(read.organization.chars().count(), ReceivedReport::LONGEST_TEXT);
    assert!(!read.organization.contains(['\r', '\n']));
    // Kept, it is small whatever it was.
    assert!(serde_json::to_vec(&read).unwrap().len() < 400_000);
}

#[test]
fn a_message_brings_it_compressed_or_not() {
    let text = report().to_string();
    for (kind, part) in [
        ("application/tlsrpt+gzip", gzip(text.as_bytes())),
        ("Application/TLSRPT+JSON", text.as_bytes().to_vec()),
    ] {
        let brought = Brought::read(mail(kind, &part).as_bytes()).unwrap();
        assert_eq!(brought.report, read(&report()).unwrap());
        assert_eq!(brought.submitter, "company-x.example");
    }
    let packed = gzip(text.as_bytes());
    let whole = mail("application/tlsrpt+gzip", &packed);
    let unnamed = whole.replace("TLS-Report-Submitter: Company-X.example\r\n", "");
    assert_eq!(Brought::read(unnamed.as_bytes()).unwrap().submitter, "reports.company-x.example");
    // Our own kind.
    assert!(is_report_mail("multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"x\""));
    assert!(is_report_mail("Multipart/Report; boundary=x; Report-Type=TLSRPT"));
    assert!(!is_report_mail("multipart/report; report-type=delivery-status; boundary=tlsrpt"));
    assert!(!is_report_mail("text/plain; report-type=tlsrpt"));
    for (bytes, why) in [
        (mail("application/pdf", &packed), NoReport::NoPart),
        (mail("application/tlsrpt+gzip", b"no gzip"), NoReport::NoGzip),
        (mail("application/tlsrpt+gzip", &packed[..packed.len() / 2]), NoReport::NoGzip),
        (mail("application/tlsrpt+gzip", &gzip(&vec![b' '; 11 << 20])), NoReport::TooLarge),
        ("x".repeat((10 << 20) + 1), NoReport::MailTooLarge),
        (String::new(), NoReport::NoPart),
    ] {
        assert_eq!(Brought::read(bytes.as_bytes()), Err(why));
    }
}

/// Any JSON of some depth.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "[0-9TZ:+-]{0,25}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("policy".to_owned()),
        Just("summary".to_owned()),
        Just("failure-details".to_owned()),
        Just("result-type".to_owned()),
        "[a-z-]{0,8}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn hostile_json_is_read_or_refused(
        (pointer, put) in (proptest::sample::select(vec![
            "", "/date-range", "/policies", "/policies/0", "/policies/0/policy", "/policies/0/summary",
            "/policies/0/failure-details", "/policies/0/failure-details/1",
            "/policies/0/failure-details/1/failed-session-count", "/policies/0/policy/mx-host",
            "/report-id", "/date-range/start-datetime",
        ]), any_json()),
        cut in 0usize..2000,
    ) {
        let mut value = report();
        *value.pointer_mut(pointer).unwrap() = put;
        if let Ok(report) = read(&value) {
            prop_assert!(report.begin <= report.end);
            let texts = [&report.organization, &report.id, &report.contact];
            prop_assert!(texts.iter().all(|text| text.chars().count() <= ReceivedReport::LONGEST_TEXT));
        }
        let text = value.to_string();
        let _ = ReceivedReport::read(&text.as_bytes()[..cut.min(text.len())]);
    }

    #[test]
    fn hostile_mail_is_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        at in 0usize..1500,
    ) {
        let _ = Brought::read(&bytes);
        let mut whole = mail("application/tlsrpt+gzip", &gzip(report().to_string().as_bytes())).into_bytes();
        let at = at.min(whole.len());
        whole.splice(at..(at + bytes.len()).min(whole.len()), bytes);
        let _ = Brought::read(&whole);
    }
}
