//! One question to another server: connect, prove each other, ask, read. One connection for each: questions are few, and a
//! connection that is kept could outlive the server's place in the organization.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use directory::Server;
use http_body_util::Full;
use hyper::{Request, StatusCode, header};
use rustls::pki_types::ServerName;
use serde_json::Value;
use socket2::{SockRef, TcpKeepalive};
use tls::{HandshakeFailure, MutualTls, PEER_PROTOCOL};
use tokio::{
    net::{TcpStream, lookup_host},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::client::TlsStream;

use crate::{Endpoint, Whereabouts};

/// How long a connection may take, the look-up of its name included.
const CONNECT: Duration = Duration::from_secs(2);
/// How long the handshake may take.
const SHAKE: Duration = Duration::from_secs(5);
/// Addresses tried of one server.
const MOST_ADDRESSES: usize = 4;
/// Answers that may be held at once: with the largest answer of a question this bounds the memory.
const AT_ONCE: usize = 8;
/// When the other side of a silent connection is asked whether it is still there, and how often again.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(5));
/// Characters repeated of another server's refusal.
const MOST_TOLD: usize = 300;

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked for; begins with a slash.
    pub path: String,
    /// What is asked, as JSON.
    pub body: Bytes,
    /// How long the whole may take.
    pub patience: Duration,
    /// The largest answer, in bytes.
    pub largest: usize,
    /// Whether it takes one of the turns of those that may have large answers: not for what lasts long.
    pub takes_turn: bool,
}

/// There is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Why, as the rest of a sentence that begins with the server's name.
    pub why: String,
    /// Whether the server may have heard the question, and done what it asks for.
    pub heard: bool,
}

/// Asks the other servers of the organization.
pub struct Peers {
    whereabouts: Arc<dyn Whereabouts>,
    tls: Arc<MutualTls>,
    turns: Semaphore,
}

impl Peers {
    /// Finds them by `whereabouts` and shows them the identity of `tls`.
    pub fn new(whereabouts: Arc<dyn Whereabouts>, tls: Arc<MutualTls>) -> Self {
        Self { whereabouts, tls, turns: Semaphore::new(AT_ONCE) }
    }

    /// The answer of `server`.
    ///
    /// # Errors
    /// Why there is none, bounded.
    pub async fn ask(&self, server: &Server, question: Question) -> Result<Bytes, Unanswered> {
        let unheard = |why| Unanswered { why, heard: false };
        let endpoints = self.whereabouts.find(server).map_err(unheard)?;
        let patience = question.patience;
        let mut heard = false;
        let asking = async {
            let _turn = match question.takes_turn {
                true => self.turns.acquire().await.ok(),
                false => None,
            };
            let stream = self.connect(server, &endpoints).await.map_err(unheard)?;
            heard = true;
            let broken = |why| Unanswered { why, heard: true };
            exchange(stream, server, question).await.map_err(broken)
        };
        match timeout(patience, asking).await {
            Ok(answered) => answered,
            Err(_) => {
                let why = format!("did not answer within {} seconds", patience.as_secs().max(1));
                Err(Unanswered { why, heard })
            }
        }
    }

    /// A connection to this server and no other.
    async fn connect(
        &self,
        server: &Server,
        endpoints: &[Endpoint],
    ) -> Result<TlsStream<TcpStream>, String> {
        let name = ServerName::try_from(server.fqdn.to_string())
            .map_err(|_| format!("has a name, {}, that no certificate can have", server.fqdn))?;
        let mut failed = Vec::new();
        for endpoint in endpoints.iter().take(MOST_ADDRESSES) {
            match self.connect_to(endpoint, name.clone()).await {
                Ok(stream) => return Ok(stream),
                Err(why) => failed.push(format!("{endpoint}: {why}")),
            }
        }
        Err(format!("cannot be reached at {}", failed.join("; ")))
    }

    async fn connect_to(
        &self,
        endpoint: &Endpoint,
        name: ServerName<'static>,
    ) -> Result<TlsStream<TcpStream>, String> {
        let late = |_| "no connection within 2 seconds".to_owned();
        let stream = timeout(CONNECT, open(endpoint)).await.map_err(late)?;
        let stream = stream.map_err(|error| error.to_string())?;
        let shaken = timeout(SHAKE, self.tls.peer_connector().connect(name, stream)).await;
        let shaken = shaken.map_err(|_| "the TLS handshake took too long".to_owned())?;
        let stream = shaken.map_err(|error| told(&error))?;
        if stream.get_ref().1.alpn_protocol() != Some(PEER_PROTOCOL) {
            return Err("its version does not answer other servers".to_owned());
        }
        Ok(stream)
    }
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").finish_non_exhaustive()
    }
}

/// A connection to the first address that takes one.
pub(crate) async fn open(endpoint: &Endpoint) -> io::Result<TcpStream> {
    let found = lookup_host((endpoint.host(), endpoint.port())).await?;
    let addresses: Vec<SocketAddr> = found.take(MOST_ADDRESSES).collect();
    let stream = TcpStream::connect(&*addresses).await?;
    // Works without, too: the answer is waited for no longer than it may take.
    let _ = stream.set_nodelay(true);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE.0).with_interval(KEEPALIVE.1);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    Ok(stream)
}

async fn exchange(
    stream: TlsStream<TcpStream>,
    server: &Server,
    question: Question,
) -> Result<Bytes, String> {
    let request = Request::post(question.path)
        .header(header::HOST, server.fqdn.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Relais")
        .header(header::CONNECTION, "close")
        .body(Full::new(question.body))
        .map_err(|_| "cannot be asked that".to_owned())?;
    let answer = https::exchange_over(stream, request, question.largest).await;
    let answer = answer.map_err(|why| format!("gave no whole answer: {why}"))?;
    if answer.status() == StatusCode::OK {
        return Ok(answer.into_body());
    }
    Err(format!("refused: {}", detail(answer.status(), answer.body())))
}

/// What a refusal says (RFC 9457), else its status.
pub(crate) fn detail(status: StatusCode, body: &[u8]) -> String {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    let said = read.as_ref().and_then(|body| body["detail"].as_str());
    let text = said.map_or_else(|| status.to_string(), str::to_owned);
    let clean = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    clean.take(MOST_TOLD).collect::<String>().trim_end_matches('.').to_owned()
}

/// Why a handshake failed.
pub(crate) fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "it closed the connection in the TLS handshake".to_owned()
        }
        _ => format!("the TLS handshake failed: {}", HandshakeFailure::of(error).text),
    }
}
