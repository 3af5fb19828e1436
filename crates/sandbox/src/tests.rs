//! The sandbox as a mail server sees it: names through a resolver, hosts through the dialer.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use dns::{DestinationError, MailHost, OwnNames, Protocol, Resolver, ResolverSettings, mail_hosts};
use http_body_util::BodyExt;
use model::{SystemClock, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tower::ServiceExt;

use super::*;
use crate::{behaviour::Behaviour, catalog::domains};

mod odd;

async fn sandbox() -> Arc<Sandbox> {
    Sandbox::start(Arc::new(SystemClock)).await.unwrap()
}

fn resolver(sandbox: &Sandbox, protocol: Protocol) -> Resolver {
    Resolver::new(ResolverSettings { protocol, ..ResolverSettings::new(vec![sandbox.dns()]) })
}

async fn hosts(sandbox: &Sandbox, domain: &str) -> Result<Vec<MailHost>, DestinationError> {
    let resolver = resolver(sandbox, Protocol::Any);
    mail_hosts(&resolver, &domain.parse().unwrap(), &OwnNames::default()).await
}

async fn address(sandbox: &Sandbox, domain: &str) -> SocketAddr {
    SocketAddr::new(hosts(sandbox, domain).await.unwrap()[0].addresses[0], 25)
}

trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// A client that speaks line by line.
struct Client(BufReader<Box<dyn Connection>>);

impl Client {
    async fn connect(sandbox: &Sandbox, domain: &str) -> Self {
        let target = address(sandbox, domain).await;
        let stream = sandbox.dialer().dial(target, None).await.unwrap();
        Self(BufReader::new(Box::new(stream)))
    }

    /// Greeted, and past EHLO.
    async fn ready(sandbox: &Sandbox, domain: &str) -> Self {
        let mut client = Self::connect(sandbox, domain).await;
        assert!(client.reply().await.starts_with("220 "));
        assert!(client.say("EHLO mbx01.contoso.com").await.starts_with("250"));
        client
    }

    /// All lines of a reply; empty when the connection has ended.
    async fn reply(&mut self) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap() == 0 {
                return all;
            }
            all.push_str(&line);
            if line.as_bytes().get(3) == Some(&b' ') {
                return all;
            }
        }
    }

    async fn say(&mut self, line: &str) -> String {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
        self.reply().await
    }

    /// The reply to RCPT after a MAIL that went well.
    async fn recipient(&mut self, to: &str) -> String {
        let mail = self.say("MAIL FROM:<jean@contoso.com>").await;
        assert!(mail.starts_with("250"), "{mail}");
        self.say(&format!("RCPT TO:<{to}>")).await
    }

    /// The reply to a whole small message.
    async fn send(&mut self, to: &str) -> String {
        let rcpt = self.recipient(to).await;
        assert!(rcpt.starts_with("250"), "{rcpt}");
        assert!(self.say("DATA").await.starts_with("354"));
        self.say("Subject: x\r\n\r\n..dot\r\n.").await
    }

    async fn start_tls(self) -> io::Result<Self> {
        let (client, reply) = self.encrypt().await?;
        assert!(reply.starts_with("250"));
        Ok(client)
    }

    /// The encrypted client, and what is said to its EHLO.
    async fn encrypt(mut self) -> io::Result<(Self, String)> {
        assert!(self.say("STARTTLS").await.starts_with("220"));
        let config = tls::client_config(tls::ClientPolicy::Opportunistic).unwrap();
        let name = rustls::pki_types::ServerName::try_from("mx1.example").unwrap();
        let stream = tls::connector(config).connect(name, self.0.into_inner()).await?;
        let mut client = Self(BufReader::new(Box::new(stream)));
        let reply = client.say("EHLO mbx01.contoso.com").await;
        Ok((client, reply))
    }
}

#[tokio::test]
async fn every_domain_resolves_as_the_list_says() {
    let sandbox = sandbox().await;
    for domain in domains() {
        let found = hosts(&sandbox, domain.name).await;
        let names: Vec<String> = found.iter().flatten().map(|host| host.name.clone()).collect();
        let name = domain.name;
        match domain.behaviour {
            Behaviour::Nxdomain => assert_eq!(found, Err(DestinationError::NoSuchDomain)),
            Behaviour::NullMx => assert_eq!(found, Err(DestinationError::NullMx)),
            Behaviour::Servfail => {
                assert!(matches!(found, Err(DestinationError::Temporary(_))), "{found:?}");
            }
            Behaviour::NoSuchHost => {
                assert!(matches!(found, Err(DestinationError::NoUsableHost(_))), "{found:?}");
            }
            Behaviour::Good | Behaviour::Failover => {
                assert_eq!(names, [format!("mx1.{name}"), format!("mx2.{name}")]);
            }
            Behaviour::Cname => assert_eq!(names, ["mx1.example.net", "mx2.example.net"]),
            Behaviour::ImplicitMx => assert_eq!(names, [name]),
            Behaviour::Ipv6Only => assert!(found.unwrap()[0].addresses[0].is_ipv6()),
            _ => assert_eq!(names, [format!("mx1.{name}")]),
        }
    }
    assert_eq!(hosts(&sandbox, "other.example").await, Err(DestinationError::NoSuchDomain));
}

#[tokio::test]
async fn dns_answers_over_tcp_too() {
    let sandbox = sandbox().await;
    let resolver = resolver(&sandbox, Protocol::UseTcpOnly);
    assert_eq!(resolver.mx(&"cname.example".parse().unwrap()).await.unwrap().len(), 2);
    assert!(resolver.txt(&"example.net".parse().unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn hosts_listen_at_every_address_but_the_dead_ones() {
    let sandbox = sandbox().await;
    for domain in domains() {
        for host in hosts(&sandbox, domain.name).await.unwrap_or_default() {
            let dead = match domain.behaviour {
                Behaviour::DeadMx => true,
                Behaviour::Failover => host.preference == 10,
                _ => false,
            };
            let target = SocketAddr::new(host.addresses[0], 25);
            let dialed = sandbox.dialer().dial(target, None).await;
            match dialed {
                Ok(_) => assert!(!dead, "{}", host.name),
                Err(error) => {
                    assert!(dead, "{}: {error}", host.name);
                    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
                }
            }
        }
    }
}

#[tokio::test]
async fn accepted_messages_are_recorded() {
    let clock = Arc::new(model::ManualClock::new(Timestamp::from_millis(1_700_000_000_123)));
    let sandbox = Sandbox::start(clock).await.unwrap();
    let target = address(&sandbox, "example.net").await;
    let source: IpAddr = "127.0.0.17".parse().unwrap();
    let stream = sandbox.dialer().dial(target, Some(source)).await.unwrap();
    let mut client = Client(BufReader::new(Box::new(stream)));
    client.reply().await;
    client.say("EHLO mbx01.contoso.com").await;
    assert!(client.send("a@example.net").await.starts_with("250 2.0.0"));
    client.say("MAIL FROM:<>").await;
    client.say("RCPT TO:<postmaster>").await;
    client.say("RCPT TO:<b@elsewhere.example>").await;
    client.say("DATA").await;
    client.say("x\r\n.").await;

    let [first, second] = &sandbox.messages()[..] else { panic!("two messages") };
    assert_eq!(&first.raw[..], b"Subject: x\r\n\r\n.dot\r\n");
    assert_eq!(
        (first.mail_from.as_str(), first.ehlo.as_str()),
        ("jean@contoso.com", "mbx01.contoso.com")
    );
    assert_eq!(first.client_address, source);
    assert_eq!((first.tls.as_ref(), first.host.as_str()), (None, "mx1.example.net"));
    assert_eq!(second.mail_from, "");
    assert_eq!(second.rcpt_to, ["postmaster@example.net", "b@elsewhere.example"]);

    let get = |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = sandbox.router().oneshot(request);
        async move {
            let body = answer.await.unwrap().into_body().collect().await.unwrap().to_bytes();
            serde_json::from_slice::<serde_json::Value>(&body).unwrap()
        }
    };
    let shown = get("/sandbox/api/messages").await;
    assert_eq!(shown.as_array().unwrap().len(), 2);
    assert_eq!(shown[0]["time"], "2023-11-14T22:13:20.123Z");
    assert_eq!(shown[0]["rcptTo"][0], "a@example.net");
    let shown = get("/sandbox/api/domains").await;
    assert_eq!(shown.as_array().unwrap().len(), domains().count());
    assert_eq!(shown[0]["name"], "example.net");
    assert_eq!(shown[0]["behaviour"], "good");
    assert!(shown[0]["text"].is_string());
    let odd = shown.as_array().unwrap().iter().find(|d| d["name"] == "taken-drop.example");
    assert_eq!(odd.unwrap()["behaviour"], "taken-drop", "a name like any other");
}

#[tokio::test]
async fn tls_is_recorded() {
    let sandbox = sandbox().await;
    let client = Client::ready(&sandbox, "tls-only.example").await;
    let mut client = client.start_tls().await.unwrap();
    assert!(client.send("a@tls-only.example").await.starts_with("250"));
    let tls = sandbox.messages()[0].tls.clone().unwrap();
    assert_eq!(tls.protocol, "TLS1.3");
    assert!(tls.cipher.starts_with("TLS"), "{}", tls.cipher);
}

#[tokio::test]
async fn a_broken_handshake_fails_and_clear_text_works() {
    let sandbox = sandbox().await;
    let client = Client::ready(&sandbox, "broken-tls.example").await;
    assert!(client.start_tls().await.is_err());
    let mut client = Client::ready(&sandbox, "broken-tls.example").await;
    assert!(client.send("a@broken-tls.example").await.starts_with("250"));
}

#[tokio::test]
async fn ehlo_offers_what_the_list_says() {
    let sandbox = sandbox().await;
    let offers = async |domain: &str| {
        let mut client = Client::connect(&sandbox, domain).await;
        client.reply().await;
        client.say("EHLO mbx01.contoso.com").await
    };
    let good = offers("example.org").await;
    for extension in ["STARTTLS", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "PIPELINING", "SIZE"] {
        assert!(good.contains(extension), "{extension} in {good}");
    }
    assert!(!offers("no-tls.example").await.contains("STARTTLS"));
    assert!(offers("small.example").await.contains("SIZE 65536"));
    let old = offers("seven-bit.example").await;
    for extension in ["8BITMIME", "SMTPUTF8", "CHUNKING", "DSN"] {
        assert!(!old.contains(extension), "{extension} in {old}");
    }
    assert!(offers("helo-only.example").await.starts_with("502 "));
    let mut client = Client::connect(&sandbox, "helo-only.example").await;
    client.reply().await;
    assert!(client.say("ehlo a").await.starts_with("502 "));
    assert!(client.say("HELO a").await.starts_with("250 "));
    assert!(client.send("a@helo-only.example").await.starts_with("250"));
}

#[tokio::test]
async fn recipients_are_refused_as_the_list_says() {
    let sandbox = sandbox().await;
    for (to, wanted) in [
        ("a@reject.example", "550 5.1.1"),
        ("a@full.example", "452 4.2.2"),
        ("nobody@mixed.example", "550 5.1.1"),
        ("later@mixed.example", "450 4.2.1"),
        ("yes@mixed.example", "250"),
        ("a@greylist.example", "451 4.7.1"),
        ("a@greylist.example", "250"),
        ("b@greylist.example", "451 4.7.1"),
        ("a@implicit-mx.example", "250"),
        ("a@ipv6.example", "250"),
    ] {
        let mut client = Client::ready(&sandbox, to.rsplit('@').next().unwrap()).await;
        let reply = client.recipient(to).await;
        assert!(reply.starts_with(wanted), "{to}: {reply}");
    }
    let mut client = Client::ready(&sandbox, "reject.example").await;
    assert!(client.recipient("a@example.net").await.starts_with("550 5.7.1"));
}

#[tokio::test]
async fn sessions_and_messages_are_refused_as_the_list_says() {
    let sandbox = sandbox().await;
    let mut busy = Client::connect(&sandbox, "busy.example").await;
    assert!(busy.reply().await.starts_with("421 4.3.2"));
    assert_eq!(busy.reply().await, "");
    let mut tls_only = Client::ready(&sandbox, "tls-only.example").await;
    assert!(tls_only.say("MAIL FROM:<>").await.starts_with("530 5.7.0"));
    let mut data = Client::ready(&sandbox, "reject-data.example").await;
    assert!(data.send("a@reject-data.example").await.starts_with("554 5.7.1"));
    let mut small = Client::ready(&sandbox, "small.example").await;
    assert!(small.say("MAIL FROM:<> SIZE=65537").await.starts_with("552 5.3.4"));
    let mut hang_up = Client::ready(&sandbox, "hang-up.example").await;
    assert_eq!(hang_up.send("a@hang-up.example").await, "");
    assert!(sandbox.messages().is_empty());
}

#[tokio::test]
async fn a_slow_host_takes_its_time() {
    let sandbox = sandbox().await;
    let mut client = Client::connect(&sandbox, "slow.example").await;
    let begun = Instant::now();
    assert!(client.reply().await.starts_with("220 "));
    assert!(begun.elapsed() >= Duration::from_millis(1900));
}

#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let sandbox = sandbox().await;
    let mut client = Client::ready(&sandbox, "example.net").await;
    drop(sandbox);
    assert_eq!(client.reply().await, "");
}
