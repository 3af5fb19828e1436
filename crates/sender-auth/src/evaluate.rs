//! All methods together, within ten seconds: what is not known by then is `temperror`.

use std::{net::IpAddr, time::Duration};

use bytes::Bytes;
use futures_util::future::join_all;
use model::{AddressDomain, ReversePath, Timestamp};
use tokio::time::{Instant, timeout_at};

use crate::{
    arc::{self, Chain},
    dkim::{self, Kind, Mail, Trial},
    dmarc::{self, Proved},
    findings::{
        ArcFinding, AuthResult, DkimFinding, DmarcFinding, Findings, SpfFinding, SpfResult,
    },
    names::Names,
    spf,
};

/// How long SPF, DKIM and ARC may take together; DMARC, which needs their results, has the rest.
const PROOFS: Duration = Duration::from_secs(7);
/// How long it may take in all.
const WHOLE: Duration = Duration::from_secs(10);
/// Signatures of a message that are looked at, from the top.
const MOST_SIGNATURES: usize = 10;

/// How a message came.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The client.
    pub client: IpAddr,
    /// The name in HELO or EHLO, as it was given.
    pub hello: &'a str,
    /// MAIL FROM.
    pub sender: &'a ReversePath,
    /// When.
    pub now: Timestamp,
}

/// What of a message is needed, without its content.
struct Ready {
    dkim: Vec<Trial>,
    arc: Chain,
    /// The domain of the author, where there is exactly one; whether there is no author at all.
    author: Result<String, AuthResult>,
}

/// Finds out what `content`, as it came, proves of its sender. Never longer than ten seconds, but for the
/// reading of the content. Must be called on a tokio runtime.
pub async fn evaluate<N: Names>(names: &N, arrival: Arrival<'_>, content: Bytes) -> Findings {
    let started = Instant::now();
    let now = arrival.now;
    // Large bodies are hashed, and headers may be hostile: not on a thread that serves others.
    let ready = tokio::task::spawn_blocking(move || prepare(&content, now)).await;
    let ready = ready.unwrap_or_else(|_| Ready {
        dkim: Vec::new(),
        arc: Chain::Known(ArcFinding { result: AuthResult::TempError, reason: "", instance: 0 }),
        author: Err(AuthResult::TempError),
    });
    let proofs = started + PROOFS;
    let (mail_from, hello, dkim, arc) = tokio::join!(
        spf_of_sender(names, &arrival, proofs),
        spf_of_hello(names, &arrival, proofs),
        join_all(ready.dkim.iter().map(|trial| signature(names, trial, proofs))),
        chain(names, &ready.arc, proofs),
    );
    let dmarc = match &ready.author {
        Err(result) => DmarcFinding { result: *result, domain: String::new(), policy: None },
        Ok(author) => {
            let proved = proved(mail_from.as_ref().unwrap_or(&hello), &dkim);
            let judged = timeout_at(started + WHOLE, dmarc::judge(names, author, &proved)).await;
            judged.unwrap_or_else(|_| DmarcFinding {
                result: AuthResult::TempError,
                domain: author.clone(),
                policy: None,
            })
        }
    };
    Findings { mail_from, hello, dkim, dmarc, arc }
}

fn prepare(content: &[u8], now: Timestamp) -> Ready {
    let mail = Mail::read(content);
    let signatures = mail.fields("dkim-signature").take(MOST_SIGNATURES);
    let dkim = signatures.map(|field| Trial::of(&mail, &field, Kind::Dkim, now)).collect();
    Ready { dkim, arc: Chain::of(&mail, now), author: author(content) }
}

/// DMARC is for messages with one domain in one From field (RFC 9989 section 5.3.1): a reader might show another one than was
/// looked at.
fn author(content: &[u8]) -> Result<String, AuthResult> {
    let authors = message::authors(content);
    let fields = message::HeaderBlock::parse(content).count("From");
    let mut domains = authors.addresses.iter().map(model::Address::domain);
    let Some(AddressDomain::Name(first)) = domains.next() else {
        return Err(if fields == 0 { AuthResult::None } else { AuthResult::PermError });
    };
    let is_one = domains.all(|domain| *domain == AddressDomain::Name(first.clone()));
    if fields == 1 && authors.unreadable == 0 && is_one {
        Ok(first.to_string())
    } else {
        Err(AuthResult::PermError)
    }
}

async fn spf_of_sender<N: Names>(
    names: &N,
    arrival: &Arrival<'_>,
    until: Instant,
) -> Option<SpfFinding> {
    let address = arrival.sender.address()?;
    let domain = match address.domain() {
        AddressDomain::Name(name) => name.to_string(),
        AddressDomain::Literal(_) => String::new(),
    };
    let result = spf(names, arrival, (address.local_part(), &domain), until).await;
    Some(SpfFinding {
        result,
        identity: format!("{}@{}", address.local_part(), address.domain()),
        domain,
    })
}

async fn spf_of_hello<N: Names>(names: &N, arrival: &Arrival<'_>, until: Instant) -> SpfFinding {
    let domain = arrival.hello.to_ascii_lowercase();
    let result = spf(names, arrival, ("postmaster", &domain), until).await;
    SpfFinding { result, identity: arrival.hello.to_owned(), domain }
}

async fn spf<N: Names>(
    names: &N,
    arrival: &Arrival<'_>,
    (local, domain): (&str, &str),
    until: Instant,
) -> SpfResult {
    let identity = spf::Identity { client: arrival.client, local, domain, hello: arrival.hello };
    timeout_at(until, spf::check(names, identity)).await.unwrap_or(SpfResult::TempError)
}

async fn signature<N: Names>(names: &N, trial: &Trial, until: Instant) -> DkimFinding {
    let late = || trial.finding(AuthResult::TempError, "no answer in time");
    timeout_at(until, dkim::verify(names, trial)).await.unwrap_or_else(|_| late())
}

async fn chain<N: Names>(names: &N, chain: &Chain, until: Instant) -> ArcFinding {
    let late = || ArcFinding {
        result: AuthResult::TempError,
        reason: "no answer in time",
        instance: chain.instance(),
    };
    timeout_at(until, arc::judge(names, chain)).await.unwrap_or_else(|_| late())
}

fn proved<'a>(spf: &'a SpfFinding, dkim: &'a [DkimFinding]) -> Proved<'a> {
    let is_late = |finding: &&DkimFinding| finding.result == AuthResult::TempError;
    Proved {
        spf: (spf.result == SpfResult::Pass).then_some(spf.domain.as_str()),
        dkim: dkim
            .iter()
            .filter(|finding| finding.result == AuthResult::Pass)
            .map(|finding| finding.domain.as_str())
            .collect(),
        is_unsure: spf.result == SpfResult::TempError || dkim.iter().any(|f| is_late(&f)),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::{book::Book, names::Answer};

    fn arrival(sender: &ReversePath) -> Arrival<'_> {
        Arrival {
            client: "192.0.2.1".parse().unwrap(),
            hello: "Mail.E.test",
            sender,
            now: Timestamp::from_millis(1_700_000_000_000),
        }
    }

    #[tokio::test]
    async fn a_message_with_nothing_but_spf() {
        let book = Book::of(
            "e.test TXT v=spf1 ip4:192.0.2.1 -all\nmail.e.test TXT v=spf1 -all\n_dmarc.e.test TXT v=DMARC1; p=reject",
        );
        let sender = ReversePath::Address("anna@e.test".parse().unwrap());
        let content = Bytes::from_static(b"From: Anna <anna@e.test>\r\n\r\nx\r\n");
        let found = evaluate(&book, arrival(&sender), content.clone()).await;
        assert_eq!(
            found.counted(),
            [("spf", "pass"), ("dkim", "none"), ("dmarc", "pass"), ("arc", "none")]
        );
        assert_eq!(found.hello.result, SpfResult::Fail);
        // Without a sender the name in HELO is what counts.
        let nobody = ReversePath::Null;
        let found = evaluate(&book, arrival(&nobody), content).await;
        assert_eq!(found.mail_from, None);
        assert_eq!(found.counted()[0..3], [("spf", "fail"), ("dkim", "none"), ("dmarc", "fail")]);
    }

    #[test]
    fn one_author_of_one_domain() {
        for (header, expected) in [
            ("From: a@E.test\r\n", Ok("e.test")),
            ("From: a@e.test, b@e.test\r\n", Ok("e.test")),
            ("From: a@e.test, b@other.test\r\n", Err(AuthResult::PermError)),
            ("From: a@e.test\r\nFrom: a@e.test\r\n", Err(AuthResult::PermError)),
            ("From: nobody\r\n", Err(AuthResult::PermError)),
            ("From: a@[192.0.2.1]\r\n", Err(AuthResult::PermError)),
            ("To: a@e.test\r\n", Err(AuthResult::None)),
        ] {
            let found = author(format!("{header}\r\nx\r\n").as_bytes());
            assert_eq!(found.as_deref().map_err(|r| *r), expected, "{header}");
        }
    }

    struct Silence;

    impl Names for Silence {
        async fn texts(&self, _: &str) -> Answer<String> {
            pending().await
        }
        async fn v4(&self, _: &str) -> Answer<std::net::Ipv4Addr> {
            pending().await
        }
        async fn v6(&self, _: &str) -> Answer<std::net::Ipv6Addr> {
            pending().await
        }
        async fn exchangers(&self, _: &str) -> Answer<String> {
            pending().await
        }
        async fn names_of(&self, _: IpAddr) -> Answer<String> {
            pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dns_that_says_nothing_costs_ten_seconds() {
        let sender = ReversePath::Address("anna@e.test".parse().unwrap());
        let signature = "DKIM-Signature: v=1; a=rsa-sha256; d=e.test; s=s; h=from; b=AAAA;\r\n \
            bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; c=relaxed/relaxed\r\n";
        let content = Bytes::from(format!("{}From: a@e.test\r\n\r\n", signature.repeat(30)));
        let started = Instant::now();
        let found = evaluate(&Silence, arrival(&sender), content).await;
        assert!(started.elapsed() <= WHOLE + Duration::from_millis(100), "{:?}", started.elapsed());
        assert_eq!(
            found.counted(),
            [("spf", "temperror"), ("dkim", "temperror"), ("dmarc", "temperror"), ("arc", "none")]
        );
        assert_eq!(found.dkim.len(), MOST_SIGNATURES);
    }
}
