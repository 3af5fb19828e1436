//! Whether hosts of the Internet can be reached at port 25, which many providers block: the mail hosts of a domain that
//! the administrator names are connected to, greeted, and left. Their words are strangers' words.

use std::{io, net::SocketAddr, time::Duration};

use dns::{MailHost, OwnNames, Resolver, mail_hosts};
use futures_util::future::join_all;
use model::DomainName;
use texts::{Sentence, checks};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::finding::{Finding, plain};

const PORT: u16 = 25;
/// Hosts that are tried, and addresses of each: one of each family.
const MOST_HOSTS: usize = 3;
/// How long a connection may take, and each reply.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest reply that is read, in bytes.
const LONGEST: usize = 4096;

/// What became of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It greeted with 220.
    Answered {
        /// The greeting's first line.
        greeting: String,
        /// Whether its reply to EHLO offers STARTTLS; `None` where it gave none.
        starttls: Option<bool>,
    },
    /// It greeted with another code.
    Refused(String),
    /// The connection was refused (RST).
    Closed,
    /// Nobody answered in time.
    Silent,
    /// There was a connection, and no greeting within five seconds or before its end.
    NoGreeting,
    /// The system could not connect: no route, no address of that family, a firewall of this machine.
    Unreachable(String),
}

/// An address that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The host's name.
    pub host: String,
    /// Where.
    pub address: SocketAddr,
    /// What became of it.
    pub outcome: Outcome,
}

/// What the judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whose hosts.
    pub domain: String,
    /// Those that were tried, or why there are none.
    pub tried: Result<Vec<Tried>, String>,
}

/// Looks the hosts up as the server would, and tries them at once. `name` is said in EHLO. Takes at most twenty seconds
/// and the resolver's time.
pub async fn gather(
    resolver: &Resolver,
    domain: &DomainName,
    own: &OwnNames<'_>,
    name: &str,
) -> Facts {
    let tried = match mail_hosts(resolver, domain, own).await {
        Ok(hosts) => Ok(join_all(targets(&hosts).into_iter().map(|(host, address)| async move {
            Tried { host, address, outcome: knock(address, name).await }
        }))
        .await),
        Err(why) => Err(plain(&why.to_string())),
    };
    Facts { domain: domain.to_string(), tried }
}

fn targets(hosts: &[MailHost]) -> Vec<(String, SocketAddr)> {
    let of = |host: &MailHost| {
        let v4 = host.addresses.iter().find(|address| address.is_ipv4());
        let v6 = host.addresses.iter().find(|address| address.is_ipv6());
        let both = v4.into_iter().chain(v6).map(|ip| SocketAddr::new(*ip, PORT));
        both.map(|address| (plain(&host.name), address)).collect::<Vec<_>>()
    };
    hosts.iter().take(MOST_HOSTS).flat_map(of).collect()
}

async fn knock(address: SocketAddr, name: &str) -> Outcome {
    match timeout(PATIENCE, TcpStream::connect(address)).await {
        Err(_) => Outcome::Silent,
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Outcome::Closed,
            io::ErrorKind::TimedOut => Outcome::Silent,
            _ => Outcome::Unreachable(plain(&error.to_string())),
        },
        Ok(Ok(stream)) => talk(stream, name).await,
    }
}

async fn talk(mut stream: TcpStream, name: &str) -> Outcome {
    let Some(greeting) = reply(&mut stream).await else { return Outcome::NoGreeting };
    let first = plain(greeting.lines().next().unwrap_or_default());
    if !greeting.starts_with("220") {
        say(&mut stream, "QUIT\r\n").await;
        return Outcome::Refused(first);
    }
    say(&mut stream, &format!("EHLO {name}\r\n")).await;
    let offers = reply(&mut stream).await.filter(|text| text.starts_with("250"));
    let starttls = offers.map(|text| text.lines().any(is_starttls));
    say(&mut stream, "QUIT\r\n").await;
    // Its answer is waited for, so that it sees a proper end, and counts for nothing.
    let _ = reply(&mut stream).await;
    Outcome::Answered { greeting: first, starttls }
}

fn is_starttls(line: &str) -> bool {
    line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))
}

/// What cannot be sent is noticed when no reply comes.
async fn say(stream: &mut TcpStream, line: &str) {
    let _ = timeout(PATIENCE, stream.write_all(line.as_bytes())).await;
}

/// A whole reply: up to a line with a blank after its code. Nothing where none came in time or it is too long.
async fn reply(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    timeout(PATIENCE, read(stream)).await.ok().flatten()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    let mut part = [0; 512];
    loop {
        let length = stream.read(&mut part).await.ok().filter(|length| *length > 0)?;
        text.extend_from_slice(&part[..length]);
        if is_whole(&text) {
            return Some(String::from_utf8_lossy(&text).into_owned());
        }
        if text.len() > LONGEST {
            return None;
        }
    }
}

fn is_whole(text: &[u8]) -> bool {
    let ended = text.strip_suffix(b"\n");
    let last = ended.and_then(|text| text.rsplit(|byte| *byte == b'\n').next());
    last.is_some_and(|line| {
        line.len() >= 3 && line[..3].iter().all(u8::is_ascii_digit) && line.get(3) != Some(&b'-')
    })
}

/// One finding for each address, and one for all where none can be reached.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let tried = match &facts.tried {
        Ok(tried) => tried,
        Err(why) => {
            let text = Sentence::new(checks::NO_HOST_TO_TRY).with(&facts.domain).with_phrase(why);
            return vec![notice(text).remedy(checks::NO_HOST_TO_TRY_REMEDY)];
        }
    };
    let answers = |one: &Tried| matches!(one.outcome, Outcome::Answered { .. });
    let is_reached = tried.iter().any(answers);
    let mut findings: Vec<Finding> = tried.iter().map(|one| judge_one(one, is_reached)).collect();
    if !is_reached && !tried.is_empty() {
        findings.insert(0, none(facts, tried));
    }
    findings
}

fn none(facts: &Facts, tried: &[Tried]) -> Finding {
    let all = |fits: fn(&Outcome) -> bool| tried.iter().all(|one| fits(&one.outcome));
    let is_quiet = |outcome: &Outcome| matches!(outcome, Outcome::Silent | Outcome::Unreachable(_));
    let (text, remedy) = if all(is_quiet) {
        (checks::NO_HOST_ANSWERS, checks::NO_HOST_ANSWERS_REMEDY)
    } else if all(|outcome| matches!(outcome, Outcome::Closed)) {
        (checks::EVERY_HOST_CLOSED, checks::EVERY_HOST_CLOSED_REMEDY)
    } else {
        (checks::NO_HOST_GREETS, checks::NO_HOST_GREETS_REMEDY)
    };
    Finding::bad(checks::PORT_25_OUTWARDS, Sentence::new(text).with(&facts.domain)).remedy(remedy)
}

fn judge_one(tried: &Tried, is_reached: bool) -> Finding {
    let host = Sentence::new(checks::HOST_AT).with(&tried.host).with(tried.address);
    let of = |text| Sentence::new(text).with_part(host.clone());
    let patience = PATIENCE.as_secs();
    match &tried.outcome {
        Outcome::Answered { greeting, starttls } => {
            let text = match starttls {
                Some(true) => checks::HOST_OFFERS_TLS,
                Some(false) => checks::HOST_WITHOUT_TLS,
                None => checks::HOST_WITHOUT_EHLO,
            };
            let text = of(text).with(greeting);
            if *starttls == Some(true) {
                Finding::good(checks::PORT_25_OUTWARDS, text)
            } else {
                notice(text).remedy(checks::HOST_WITHOUT_TLS_REMEDY)
            }
        }
        Outcome::Refused(said) => {
            notice(of(checks::HOST_REFUSES).with(said)).remedy(checks::HOST_REFUSES_REMEDY)
        }
        Outcome::Closed => notice(of(checks::HOST_CLOSED)),
        Outcome::Silent if tried.address.is_ipv6() && is_reached => {
            notice(of(checks::HOST_SILENT_V6)).remedy(checks::HOST_SILENT_V6_REMEDY)
        }
        Outcome::Silent => notice(of(checks::HOST_SILENT).with(patience)),
        Outcome::NoGreeting => {
            notice(of(checks::HOST_WORDLESS).with(patience)).remedy(checks::HOST_WORDLESS_REMEDY)
        }
        Outcome::Unreachable(why) => {
            notice(of(checks::HOST_UNREACHABLE).with(why)).remedy(checks::HOST_UNREACHABLE_REMEDY)
        }
    }
}

fn notice(text: Sentence) -> Finding {
    Finding::notice(checks::PORT_25_OUTWARDS, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::{Bad, Good, Notice};
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn facts(outcomes: Vec<Outcome>) -> Facts {
        let tried = outcomes.into_iter().map(|outcome| Tried {
            host: "mx.example.net".to_owned(),
            address: "203.0.113.9:25".parse().unwrap(),
            outcome,
        });
        Facts { domain: "example.net".to_owned(), tried: Ok(tried.collect()) }
    }

    fn answered(starttls: Option<bool>) -> Outcome {
        Outcome::Answered { greeting: "220 mx.example.net ESMTP".to_owned(), starttls }
    }

    #[test]
    fn a_blocked_port_is_told_from_a_host_that_is_down() {
        let silent = || Outcome::Silent;
        let cases = [
            (vec![answered(Some(true))], Good, "220 mx.example.net ESMTP"),
            (vec![answered(Some(false))], Notice, "not offered"),
            (vec![answered(None)], Notice, "EHLO got no answer"),
            (vec![silent(), silent()], Bad, "blocks port 25"),
            (vec![silent(), Outcome::Unreachable("no route".to_owned())], Bad, "blocks port 25"),
            (vec![Outcome::Closed], Bad, "refuses the connection"),
            (vec![Outcome::Refused("554 no".to_owned())], Bad, "greets"),
            (vec![Outcome::NoGreeting, silent()], Bad, "greets"),
            (vec![silent(), answered(Some(true))], Notice, "does not answer within"),
        ];
        for (outcomes, verdict, said) in cases {
            let found = judge(&facts(outcomes));
            assert_eq!(found[0].verdict, verdict, "{found:?}");
            assert!(found[0].text(English).contains(said), "{found:?}");
        }
        let none = Facts { domain: "example.net".to_owned(), tried: Err("null MX".to_owned()) };
        assert_eq!(judge(&none)[0].verdict, Notice);
    }

    #[test]
    fn replies_end_where_they_end() {
        for whole in ["220 a\r\n", "220\r\n", "250-a\r\n250 b\r\n", "250-a\n250 b\n"] {
            assert!(is_whole(whole.as_bytes()), "{whole:?}");
        }
        for part in ["", "220 a", "250-a\r\n", "250-a\r\n250-b\r\n", "hello\r\n", "\r\n"] {
            assert!(!is_whole(part.as_bytes()), "{part:?}");
        }
        assert!(
            is_starttls("250-STARTTLS")
                && is_starttls("250 starttls\r")
                && !is_starttls("250 STARTTLSX")
        );
    }

    #[tokio::test]
    async fn a_reply_without_end_is_given_up() {
        let endless = "220-x\r\n".repeat(2000);
        assert_eq!(read(&mut endless.as_bytes()).await, None);
        assert_eq!(read(&mut &b"220 hi\r\n"[..]).await.as_deref(), Some("220 hi\r\n"));
        assert_eq!(read(&mut &b"220 hi"[..]).await, None);
    }

    #[tokio::test]
    async fn a_host_is_greeted_and_left() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let host = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"220 mx\x1b[2J\r\n").await.unwrap();
            let mut heard = vec![0; 200];
            let length = stream.read(&mut heard).await.unwrap();
            stream.write_all(b"250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n").await.unwrap();
            heard.truncate(length);
            let length = {
                let mut more = [0; 200];
                let length = stream.read(&mut more).await.unwrap();
                heard.extend_from_slice(&more[..length]);
                length
            };
            stream.write_all(b"221 bye\r\n").await.unwrap();
            assert!(length > 0);
            String::from_utf8(heard).unwrap()
        });
        let outcome = knock(address, "mail.contoso.com").await;
        let greeting = "220 mx?[2J".to_owned();
        assert_eq!(outcome, Outcome::Answered { greeting, starttls: Some(true) });
        assert_eq!(host.await.unwrap(), "EHLO mail.contoso.com\r\nQUIT\r\n");
        assert_eq!(knock(address, "mail.contoso.com").await, Outcome::Closed);
    }
}
