use proptest::prelude::*;

use super::*;

const OWN: &str = "mbx01.contoso.com";
const STRANGER: Inbound<'static> =
    Inbound { organization: false, forest: false, routing: true, own_name: OWN };
const INTERNET: Outbound<'static> = Outbound {
    organization: false,
    forest: false,
    routing: true,
    own_name: OWN,
    cross_premises: false,
};

fn out(content: &'static str, may: Outbound<'_>) -> String {
    let bytes = firewall_outbound(Bytes::from_static(content.as_bytes()), &may);
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn strips_every_variant_and_nothing_else() {
    let content = Bytes::from_static(
        b" X-MS-Exchange-Organization-First: 1\r\nFrom: a@b\r\nx-ms-exchange-ORGANIZATION-scl : -1\r\n folded\r\n \t\r\n more\r\n\
          X-MS-Exchange-Forest-RulesExecuted: x\r\nX-MS-Exchange-CrossTenant-Id: kept\r\n\
          X-MS-Exchange-CrossPremises-AuthAs: Internal\r\n\
          X-MS-Exchange-Organization: kept\r\nX-MS-Exchange-Organization-Auth\x01As: x\r\nSubject: s\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n",
    );
    let expected: &[u8] = b"From: a@b\r\nX-MS-Exchange-CrossTenant-Id: kept\r\nX-MS-Exchange-Organization: kept\r\nSubject: s\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n";
    assert_eq!(firewall_inbound(content.clone(), &STRANGER), expected);
    assert_eq!(firewall_outbound(content, &INTERNET), expected);
}

#[test]
fn returns_the_same_bytes_when_nothing_changes() {
    let content = Bytes::from_static(
        b"Received: from a by b; d\r\nResent-To: x@y\r\nFrom: a@b\r\n\r\nX-MS-Exchange-Organization-SCL: 1\r\n",
    );
    let same = |bytes: Bytes| assert_eq!(bytes.as_ptr(), content.as_ptr());
    same(firewall_inbound(content.clone(), &STRANGER));
    same(firewall_outbound(content.clone(), &INTERNET));
    let all = Outbound { organization: true, forest: true, ..INTERNET };
    let decided = Bytes::from_static(b"X-MS-Exchange-Organization-SCL: 1\r\n\r\n");
    assert_eq!(firewall_outbound(decided.clone(), &all).as_ptr(), decided.as_ptr());
}

#[test]
fn each_kind_has_its_own_permission() {
    const CONTENT: &str = "Received: from a by other.example; d\r\n\
        received: from c by MBX01.contoso.com; d\r\nResent-From: r@s\r\nReceived-SPF: pass\r\n\
        X-MS-Exchange-Organization-SCL: 1\r\nX-MS-Exchange-Forest-RulesExecuted: x\r\nA: b\r\n\r\n";
    for (organization, forest, routing, expected) in [
        (
            true,
            false,
            false,
            "received: from c by MBX01.contoso.com; d\r\nReceived-SPF: pass\r\nX-MS-Exchange-Organization-SCL: 1\r\nA: b\r\n\r\n",
        ),
        (
            false,
            true,
            false,
            "received: from c by MBX01.contoso.com; d\r\nReceived-SPF: pass\r\nX-MS-Exchange-Forest-RulesExecuted: x\r\nA: b\r\n\r\n",
        ),
        (
            false,
            false,
            true,
            "Received: from a by other.example; d\r\nreceived: from c by MBX01.contoso.com; d\r\nResent-From: r@s\r\nReceived-SPF: pass\r\nA: b\r\n\r\n",
        ),
        (true, true, true, CONTENT),
    ] {
        assert_eq!(out(CONTENT, Outbound { organization, forest, routing, ..INTERNET }), expected);
        let may = Inbound { organization, forest, routing, own_name: OWN };
        let came_in = firewall_inbound(Bytes::from_static(CONTENT.as_bytes()), &may);
        assert_eq!(came_in, expected.as_bytes());
    }
}

#[test]
fn every_resent_field_is_routing() {
    let all = "Resent-Date: 1\r\nResent-From: 1\r\nRESENT-Sender: 1\r\nResent-To: 1\r\n\
        Resent-Cc: 1\r\nResent-Bcc: 1\r\nResent-Message-ID: 1\r\nReply-To: stays\r\n\r\n";
    assert_eq!(out(all, Outbound { routing: false, ..INTERNET }), "Reply-To: stays\r\n\r\n");
}

#[test]
fn hybrid_deployments_hand_over_what_is_known() {
    const CONTENT: &str = "X-MS-Exchange-Organization-SCL: -1\r\nx-ms-exchange-organization-authas: Internal\r\n folded\r\n\
        X-MS-Exchange-Organization-Private: x\r\nX-MS-Exchange-CrossPremises-Old: y\r\nA: b\r\n\r\n";
    assert_eq!(
        out(CONTENT, Outbound { cross_premises: true, ..INTERNET }),
        "X-MS-Exchange-CrossPremises-SCL: -1\r\nX-MS-Exchange-CrossPremises-authas: Internal\r\n folded\r\n\
         X-MS-Exchange-CrossPremises-Old: y\r\nA: b\r\n\r\n"
    );
    assert_eq!(out(CONTENT, INTERNET), "A: b\r\n\r\n");
}

#[test]
fn a_journal_report_is_called_otherwise_outside() {
    const CONTENT: &str = "X-MS-Exchange-Organization-Journal-Report: \r\nA: b\r\n\r\n";
    assert_eq!(out(CONTENT, INTERNET), "X-MS-Journal-Report: \r\nA: b\r\n\r\n");
    assert_eq!(out(CONTENT, Outbound { organization: true, ..INTERNET }), CONTENT);
}

proptest! {
    /// Whatever the content is, no organization or forest field gets through, the body stays as
    /// it was, and a second pass finds nothing to do.
    #[test]
    fn nothing_gets_through(
        lines in proptest::collection::vec(prop_oneof![
            Just("X-MS-Exchange-Organization-SCL: 1\r\n".to_owned()),
            Just(" x-ms-exchange-forest-X: 1\r\n".to_owned()),
            Just("Received: by x; d\r\n".to_owned()),
            "[ -~]{0,20}\r\n",
        ], 0..12),
        cross_premises: bool,
        routing: bool,
    ) {
        let body = "\r\nX-MS-Exchange-Organization-SCL: 1\r\n";
        let content = Bytes::from(lines.concat() + body);
        let may = Outbound { cross_premises, routing, ..INTERNET };
        let passed = firewall_outbound(content, &may);
        prop_assert!(passed.ends_with(body.as_bytes()));
        let header = HeaderBlock::parse(&passed);
        for field in header.fields() {
            let line = field.raw.trim_ascii_start();
            prop_assert!(!starts_with(line, ORGANIZATION) && !starts_with(line, FOREST));
        }
        prop_assert_eq!(firewall_outbound(passed.clone(), &may), passed);
    }
}
