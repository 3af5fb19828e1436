//! The ARC chain of a message (RFC 8617 section 5.2): all seals, and the signature of the last set.

use model::Timestamp;
use signing::{ArcChain, Field};

use crate::{
    dkim::{Kind, Mail, Trial, verify},
    findings::{ArcFinding, AuthResult},
    names::Names,
    tags::Tags,
};

/// A chain on trial; it needs the message no more.
pub(crate) enum Chain {
    /// Known without a key.
    Known(ArcFinding),
    /// The signature of the last set, then its seal, then those before.
    Open(Vec<Trial>),
}

impl Chain {
    pub(crate) fn of(mail: &Mail<'_>, now: Timestamp) -> Self {
        let chain = ArcChain::of(&mail.header.fields);
        let known =
            |result, reason| Self::Known(ArcFinding { result, reason, instance: chain.highest() });
        let sets = match &chain {
            ArcChain::None => return known(AuthResult::None, ""),
            ArcChain::Broken(_) => return known(AuthResult::Fail, "incomplete sets"),
            ArcChain::Sets(sets) => sets,
        };
        for (at, set) in sets.iter().enumerate() {
            let wanted = if at == 0 { "none" } else { "pass" };
            if said(&set.seal).as_deref() != Some(wanted) {
                return known(AuthResult::Fail, "cv= is not right");
            }
        }
        let Some(last) = sets.last() else { return known(AuthResult::None, "") };
        let mut trials = vec![Trial::of(mail, &last.message, Kind::ArcMessage, now)];
        for number in (1..=sets.len()).rev() {
            let mut before: Vec<Field<'_>> =
                sets.iter().take(number).flat_map(signing::ArcSet::fields).collect();
            if let Some(seal) = before.pop() {
                trials.push(Trial::of_seal(&before, &seal));
            }
        }
        Self::Open(trials)
    }

    /// How many sets there are.
    pub(crate) fn instance(&self) -> usize {
        match self {
            Self::Known(finding) => finding.instance,
            Self::Open(trials) => trials.len().saturating_sub(1),
        }
    }
}

fn said(seal: &Field<'_>) -> Option<String> {
    let text = String::from_utf8_lossy(seal.value);
    Tags::read(&text)?.packed("cv").map(|cv| cv.to_ascii_lowercase())
}

/// Fetches the keys and tells. What is bad ends it.
pub(crate) async fn judge<N: Names>(names: &N, chain: &Chain) -> ArcFinding {
    let trials = match chain {
        Chain::Known(finding) => return finding.clone(),
        Chain::Open(trials) => trials,
    };
    let finding = |result, reason| ArcFinding { result, reason, instance: chain.instance() };
    for (at, trial) in trials.iter().enumerate() {
        match verify(names, trial).await.result {
            AuthResult::Pass => {}
            AuthResult::TempError => return finding(AuthResult::TempError, "no answer"),
            _ if at == 0 => return finding(AuthResult::Fail, "the last signature is not good"),
            _ => return finding(AuthResult::Fail, "a seal is not good"),
        }
    }
    finding(AuthResult::Pass, "")
}

#[cfg(test)]
mod tests {
    use signing::{Algorithm, Canonicalization, ChainStatus, Key, NewKey, PrivateKey, Signer};

    use super::*;
    use crate::book::Book;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const RESULTS: &str = " mx.e.test;\r\n\tspf=none smtp.helo=x;\r\n\tarc=none";
    const LETTER: &str = "From: Anna <anna@e.test>\r\nSubject: x\r\n\r\ntext\r\n";

    fn signer() -> (Signer, Book) {
        let new = NewKey::make(Algorithm::RsaSha256, 2048).unwrap();
        let key = PrivateKey::read(Algorithm::RsaSha256, &new.private).unwrap();
        let signer = Signer {
            domain: "e.test".parse().unwrap(),
            keys: vec![Key { selector: "s".to_owned(), key }],
            header: Canonicalization::Relaxed,
            body: Canonicalization::Relaxed,
        };
        let mut book = Book::default();
        book.add("s._domainkey.e.test", "TXT", &format!("v=DKIM1; p={}", new.public));
        (signer, book)
    }

    fn sealed(signer: &Signer, content: &str, status: ChainStatus) -> String {
        signer.seal(content.as_bytes(), RESULTS, status, NOW).unwrap() + content
    }

    async fn verdict(content: &str, book: &Book) -> (AuthResult, usize) {
        let chain = Chain::of(&Mail::read(content.as_bytes()), NOW);
        let finding = judge(book, &chain).await;
        (finding.result, finding.instance)
    }

    #[tokio::test]
    async fn a_chain_grows_and_breaks_where_it_is_touched() {
        let (signer, book) = signer();
        assert_eq!(verdict(LETTER, &book).await, (AuthResult::None, 0));
        let one = sealed(&signer, LETTER, ChainStatus::None);
        assert_eq!(verdict(&one, &book).await, (AuthResult::Pass, 1), "{one}");
        let two = sealed(&signer, &one, ChainStatus::Pass);
        let three = sealed(&signer, &two, ChainStatus::Pass);
        assert_eq!(verdict(&three, &book).await, (AuthResult::Pass, 3), "{three}");
        for (from, to) in [
            ("text", "TEXT"),
            ("Subject: x", "Subject: y"),
            ("i=1; mx.e.test", "i=1; mx.other.test"),
            ("i=2; mx.e.test", "i=2; mx.other.test"),
            ("cv=pass", "cv=fail"),
            ("cv=none", "cv=pass"),
            ("ARC-Seal: i=2;", "ARC-Seal: i=2; h=from;"),
            ("ARC-Seal: i=3", "ARC-Seal: i=4"),
            ("ARC-Seal: i=3", "X-Seal: i=3"),
        ] {
            assert!(three.contains(from), "{from}");
            let verdict = verdict(&three.replacen(from, to, 1), &book).await.0;
            assert_eq!(verdict, AuthResult::Fail, "{to}");
        }
        // A body that was changed on the way after the first set breaks nothing when the second covers it.
        let changed =
            sealed(&signer, &one.replace("text", "text, and a footer"), ChainStatus::Pass);
        assert_eq!(verdict(&changed, &book).await, (AuthResult::Pass, 2));
        let silent = Book::of("s._domainkey.e.test FAIL");
        assert_eq!(verdict(&three, &silent).await, (AuthResult::TempError, 3));
        assert_eq!(verdict(&three, &Book::default()).await, (AuthResult::Fail, 3));
    }

    #[tokio::test]
    async fn a_chain_that_failed_is_sealed_as_that_once() {
        let (signer, book) = signer();
        let one = sealed(&signer, LETTER, ChainStatus::None);
        let failed = sealed(&signer, &one.replace("i=1; mx", "i=1; my"), ChainStatus::Fail);
        assert!(failed.starts_with("ARC-Seal: i=2;") && failed.contains("cv=fail"), "{failed}");
        assert_eq!(verdict(&failed, &book).await, (AuthResult::Fail, 2));
        assert_eq!(sealed(&signer, &failed, ChainStatus::Fail), failed, "nothing is added to it");
        let broken = format!("ARC-Seal: i=50; b=\r\n{LETTER}");
        assert_eq!(sealed(&signer, &broken, ChainStatus::Fail), broken, "there is no room");
        // What claims to have passed and has no chain to show is not sealed as one that passed.
        let claimed = sealed(&signer, &format!("ARC-Seal: i=1; b=\r\n{LETTER}"), ChainStatus::Pass);
        assert!(claimed.contains("cv=fail"), "{claimed}");
    }

    #[tokio::test]
    async fn fifty_sets_and_no_more() {
        let (signer, book) = signer();
        let mut content = LETTER.to_owned();
        for number in 0..50 {
            let status = if number == 0 { ChainStatus::None } else { ChainStatus::Pass };
            content = sealed(&signer, &content, status);
        }
        assert_eq!(verdict(&content, &book).await, (AuthResult::Pass, 50));
        assert_eq!(sealed(&signer, &content, ChainStatus::Pass), content);
    }
}
