//! Records, the walk up the tree, alignment; with records of our own.

use super::{Proved, judge, record::Record};
use crate::{
    book::Book,
    findings::{AuthResult, DmarcPolicy},
};

const PASS: AuthResult = AuthResult::Pass;
const FAIL: AuthResult = AuthResult::Fail;

async fn of(records: &str, author: &str, proved: Proved<'_>) -> (AuthResult, Option<DmarcPolicy>) {
    let finding = judge(&Book::of(records), author, &proved).await;
    assert_eq!(finding.domain, author);
    (finding.result, finding.policy)
}

fn spf(domain: &str) -> Proved<'_> {
    Proved { spf: Some(domain), ..Proved::default() }
}

fn dkim(domain: &str) -> Proved<'_> {
    Proved { dkim: vec!["unrelated.example", domain], ..Proved::default() }
}

#[tokio::test]
async fn alignment_relaxed_and_strict() {
    let relaxed = "_dmarc.e.test TXT v=DMARC1; p=reject";
    let strict = "_dmarc.e.test TXT v=DMARC1; p=reject; aspf=s; adkim=s";
    for (records, author, proved, expected) in [
        (relaxed, "e.test", spf("e.test"), PASS),
        (relaxed, "e.test", spf("mail.e.test"), PASS),
        (relaxed, "mail.e.test", dkim("e.test"), PASS),
        (relaxed, "a.e.test", dkim("b.e.test"), PASS),
        (relaxed, "e.test", spf("other.test"), FAIL),
        (relaxed, "e.test", dkim("note.test"), FAIL),
        (relaxed, "e.test", dkim("eve.e.test.example"), FAIL),
        (relaxed, "e.test", Proved::default(), FAIL),
        (strict, "e.test", spf("e.test"), PASS),
        (strict, "e.test", spf("mail.e.test"), FAIL),
        (strict, "e.test", dkim("e.test"), PASS),
        (strict, "e.test", dkim("mail.e.test"), FAIL),
        (strict, "mail.e.test", dkim("e.test"), FAIL),
    ] {
        let what = format!("{records} {author} {proved:?}");
        assert_eq!(
            of(records, author, proved).await,
            (expected, Some(DmarcPolicy::Reject)),
            "{what}"
        );
    }
}

#[tokio::test]
async fn which_policy_counts() {
    use DmarcPolicy::{None as Nothing, Quarantine, Reject};
    let subdomains =
        "_dmarc.e.test TXT v=DMARC1; p=none; sp=quarantine; np=reject\nb.e.test A 192.0.2.1";
    for (records, author, expected) in [
        ("_dmarc.e.test TXT v=DMARC1; p=Reject", "e.test", Some(Reject)),
        ("_dmarc.e.test TXT v=DMARC1;p=quarantine;", "e.test", Some(Quarantine)),
        (subdomains, "e.test", Some(Nothing)),
        (subdomains, "b.e.test", Some(Quarantine)),
        (subdomains, "n.e.test", Some(Reject)),
        ("_dmarc.e.test TXT v=DMARC1; rua=mailto:a@e.test", "e.test", Some(Nothing)),
        ("_dmarc.e.test TXT v=DMARC1; p=x; rua=mailto:a@e.test", "e.test", Some(Nothing)),
        ("_dmarc.e.test TXT v=DMARC1", "e.test", None),
        ("_dmarc.e.test TXT v=DMARC1; p=x", "e.test", None),
        ("_dmarc.e.test TXT v=DMARC2; p=reject", "e.test", None),
        ("_dmarc.e.test TXT p=reject; v=DMARC1", "e.test", None),
        ("_dmarc.e.test TXT v=DMARC1; p=reject; nonsense", "e.test", None),
        (
            "_dmarc.e.test TXT v=DMARC1; p=none\n_dmarc.e.test TXT v=DMARC1; p=reject",
            "e.test",
            None,
        ),
        ("_dmarc.e.test TXT else\n_dmarc.e.test TXT v=DMARC1; p=reject", "e.test", Some(Reject)),
        ("e.test TXT v=DMARC1; p=reject", "e.test", None),
        (
            "_dmarc.b.e.test TXT v=DMARC1; p=none\n_dmarc.e.test TXT v=DMARC1; p=reject",
            "b.e.test",
            Some(Nothing),
        ),
    ] {
        let (result, policy) = of(records, author, Proved::default()).await;
        assert_eq!(policy, expected, "{records} {author}");
        let wanted = if expected.is_some() { FAIL } else { AuthResult::None };
        assert_eq!(result, wanted, "{records} {author}");
    }
}

/// Under a public suffix that says so, two neighbours are strangers.
#[tokio::test]
async fn the_tree_is_walked() {
    let suffix = "_dmarc.co.test TXT v=DMARC1; p=none; np=reject; psd=y\n";
    assert_eq!(of(suffix, "a.co.test", spf("b.co.test")).await.0, FAIL);
    assert_eq!(of(suffix, "a.co.test", spf("x.y.a.co.test")).await.0, PASS);
    assert_eq!(
        of(suffix, "x.a.co.test", spf("a.co.test")).await,
        (PASS, Some(DmarcPolicy::Reject))
    );
    let own = format!("{suffix}_dmarc.a.co.test TXT v=DMARC1; p=quarantine");
    assert_eq!(
        of(&own, "x.a.co.test", spf("a.co.test")).await,
        (PASS, Some(DmarcPolicy::Quarantine))
    );
    // An organization below another says where it ends.
    let split =
        "_dmarc.e.test TXT v=DMARC1; p=reject\n_dmarc.uni.e.test TXT v=DMARC1; p=none; psd=n";
    assert_eq!(of(split, "a.uni.e.test", spf("e.test")).await, (FAIL, Some(DmarcPolicy::None)));
    assert_eq!(of(split, "a.uni.e.test", spf("b.uni.e.test")).await.0, PASS);
    assert_eq!(of(split, "b.e.test", spf("c.e.test")).await.0, PASS);
    // Of the records without a word on that, the highest makes the organization.
    let two = "_dmarc.e.test TXT v=DMARC1; p=reject\n_dmarc.b.e.test TXT v=DMARC1; p=none";
    assert_eq!(of(two, "b.e.test", spf("c.e.test")).await, (PASS, Some(DmarcPolicy::None)));
}

#[tokio::test]
async fn a_long_name_costs_eight_look_ups() {
    let author = format!("{}e.test", "x.".repeat(100));
    let book = Book::of("_dmarc.e.test TXT v=DMARC1; p=reject");
    let finding = judge(&book, &author, &spf("e.test")).await;
    assert_eq!((finding.result, finding.policy), (PASS, Some(DmarcPolicy::Reject)));
    let asked = book.asked.lock().unwrap();
    assert_eq!(asked.len(), 8, "{asked:?}");
}

#[tokio::test]
async fn a_dns_that_does_not_answer() {
    let silent = "_dmarc.e.test FAIL";
    assert_eq!(of(silent, "e.test", spf("e.test")).await, (AuthResult::TempError, None));
    let record = "_dmarc.e.test TXT v=DMARC1; p=reject";
    let unsure = |spf| Proved { spf, is_unsure: true, ..Proved::default() };
    assert_eq!(of(record, "e.test", unsure(None)).await.0, AuthResult::TempError);
    assert_eq!(of(record, "e.test", unsure(Some("e.test"))).await.0, PASS);
}

#[test]
fn rubbish_is_no_record() {
    for text in ["", "v", "v=DMARC1;;", "v=DMARC1; p=reject; p=none", "\u{e9}"] {
        assert_eq!(Record::of(&[text.to_owned()]), None, "{text}");
    }
}
