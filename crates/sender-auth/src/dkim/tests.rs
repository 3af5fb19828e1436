//! Messages signed by the `signing` room, then changed; records that are missing, wrong, or do not come.

use model::Timestamp;
use signing::{Algorithm, Canonicalization, Key, NewKey, PrivateKey, Signer};

use super::*;
use crate::{
    book::Book,
    findings::{AuthResult, DkimFinding},
};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const LETTER: &str =
    "From: Anna <anna@e.test>\r\nTo: u@a.test\r\nSubject: two  words\r\n\r\ntext \r\n \r\n\r\n";

fn signed(algorithm: Algorithm, form: Canonicalization) -> (String, Book) {
    let new = NewKey::make(algorithm, 2048).unwrap();
    let key = PrivateKey::read(algorithm, &new.private).unwrap();
    let signer = Signer {
        domain: "e.test".parse().unwrap(),
        keys: vec![Key { selector: "s".to_owned(), key }],
        header: form,
        body: form,
    };
    let field = signer.sign(LETTER.as_bytes(), NOW).unwrap();
    let record = format!("v=DKIM1; k={}; p={}", algorithm.key_type(), new.public);
    let mut book = Book::default();
    book.add("s._domainkey.e.test", "TXT", &record);
    (format!("{field}{LETTER}"), book)
}

async fn verdict(content: &str, book: &Book) -> DkimFinding {
    let mail = Mail::read(content.as_bytes());
    let field = mail.fields("dkim-signature").next().unwrap();
    let trial = Trial::of(&mail, &field, Kind::Dkim, NOW);
    verify(book, &trial).await
}

#[tokio::test]
async fn good_signatures_and_changed_messages() {
    for algorithm in Algorithm::ALL {
        for form in [Canonicalization::Relaxed, Canonicalization::Simple] {
            let (text, book) = signed(algorithm, form);
            let finding = verdict(&text, &book).await;
            assert_eq!((finding.result, finding.reason), (AuthResult::Pass, ""), "{text}");
            assert_eq!((finding.domain.as_str(), finding.selector.as_str()), ("e.test", "s"));
            assert_eq!(finding.beginning.len(), 8);
            let fail = |reason| (AuthResult::Fail, reason);
            for (changed, expected) in [
                (text.replace("To: u", "X-Added: x\r\nTo: u"), (AuthResult::Pass, "")),
                (text.replace("text", "TEXT"), fail("body has been changed")),
                (text.clone() + "more\r\n", fail("body has been changed")),
                (text.replace("two", "2"), fail("signature is not good")),
                (
                    text.replace("\r\nFrom:", "\r\nFrom: eve@e.test\r\nFrom:"),
                    fail("signature is not good"),
                ),
                (text.replace("t=1700000000", "t=1700000001"), fail("signature is not good")),
            ] {
                let finding = verdict(&changed, &book).await;
                assert_eq!((finding.result, finding.reason), expected, "{changed}");
            }
        }
    }
}

#[tokio::test]
async fn bodies_that_end_in_blank_lines() {
    let (text, book) = signed(Algorithm::Ed25519Sha256, Canonicalization::Relaxed);
    for end in ["", " \r\n", "\r\n\t\r\n", "\r\n\r\n\r\n"] {
        let same = text.replace("text \r\n \r\n\r\n", &format!("text\r\n{end}"));
        assert_eq!(verdict(&same, &book).await.result, AuthResult::Pass, "{end:?}");
    }
}

#[tokio::test]
async fn what_needs_no_key_asks_for_none() {
    let (text, book) = signed(Algorithm::Ed25519Sha256, Canonicalization::Relaxed);
    for (from, to, expected) in [
        ("v=1;", "v=2;", AuthResult::PermError),
        ("v=1;", "", AuthResult::PermError),
        ("v=1;", "v=1; v=1;", AuthResult::PermError),
        ("a=ed25519-sha256", "a=rsa-sha1", AuthResult::Policy),
        ("a=ed25519-sha256", "a=x", AuthResult::PermError),
        ("d=e.test", "d=", AuthResult::PermError),
        ("d=e.test", "d=e..test", AuthResult::PermError),
        ("s=s;", "s=s/../x;", AuthResult::PermError),
        ("v=1;", "v=1; i=@other.test;", AuthResult::PermError),
        ("v=1;", "v=1; i=@note.test;", AuthResult::PermError),
        ("v=1;", "v=1; l=1;", AuthResult::Policy),
        ("v=1;", "v=1; l=99999;", AuthResult::Fail),
        ("v=1;", "v=1; l=-1;", AuthResult::PermError),
        ("v=1;", "v=1; x=1600000000;", AuthResult::Fail),
        ("v=1;", "v=1; q=http;", AuthResult::PermError),
        ("c=relaxed/relaxed", "c=loose", AuthResult::PermError),
        ("h=From:From:", "h=", AuthResult::PermError),
        ("bh=", "bh=x", AuthResult::PermError),
        (" b=", " b=!", AuthResult::PermError),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        let finding = verdict(&text.replacen(from, to, 1), &book).await;
        assert_eq!(finding.result, expected, "{to}: {}", finding.reason);
        assert_eq!(book.asked.lock().unwrap()[..], [""; 0], "{to}");
    }
    // All of it is signed: `l=` and `i=` that are right change the signature, and are no flaws.
    for tag in ["l=6;", "i=@e.test;", "i=x@sub.e.test;", "q=dns/txt;", "x=1800000000;"] {
        let finding = verdict(&text.replacen("v=1;", &format!("v=1; {tag}"), 1), &book).await;
        assert_eq!(finding.reason, "signature is not good", "{tag}");
    }
}

#[tokio::test]
async fn a_key_for_reports_alone_signs_reports_and_no_mail() {
    let name = "s._domainkey.e.test";
    let (text, book) = signed(Algorithm::RsaSha256, Canonicalization::Relaxed);
    let record = crate::names::Names::texts(&book, name).await.unwrap()[0].clone();
    assert!(verdict(&text, &book).await.signs_reports);
    let for_reports = format!("{name} TXT {}", record.replace("k=rsa", "k=rsa; s=tlsrpt"));
    let book = Book::of(&for_reports);
    let finding = verdict(&text, &book).await;
    assert_eq!(
        (finding.result, finding.reason),
        (AuthResult::PermError, "the key is not for mail")
    );
    assert!(finding.signs_reports);
    let changed = verdict(&text.replace("text", "TEXT"), &book).await;
    assert!(!changed.signs_reports);
    let other = verdict(&text.replace("two", "2"), &book).await;
    assert_eq!((other.result, other.signs_reports), (AuthResult::PermError, false));
}

#[tokio::test]
async fn keys_that_are_missing_revoked_or_do_not_come() {
    let (text, good) = signed(Algorithm::RsaSha256, Canonicalization::Relaxed);
    let name = "s._domainkey.e.test";
    for (records, expected) in [
        (String::new(), (AuthResult::PermError, "no key")),
        (format!("{name} A 127.0.0.1"), (AuthResult::PermError, "no key")),
        (format!("{name} FAIL"), (AuthResult::TempError, "no answer")),
        (format!("{name} TXT v=DKIM1; p="), (AuthResult::PermError, "key revoked")),
        (format!("{name} TXT v=DKIM1; p=AAAA"), (AuthResult::Fail, "signature is not good")),
    ] {
        let finding = verdict(&text, &Book::of(&records)).await;
        assert_eq!((finding.result, finding.reason), expected, "{records}");
    }
    let mut two = Book::of(&format!("{name} TXT v=DKIM1; p=AAAA"));
    two.add(name, "TXT", &crate::names::Names::texts(&good, name).await.unwrap()[0]);
    assert_eq!(verdict(&text, &two).await.result, AuthResult::Pass, "one of several keys");
}
