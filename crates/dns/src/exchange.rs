//! One question to one server: UDP from a port of its own, TCP when the answer was cut, no EDNS
//! when the server stumbles over it. The caller bounds the time.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hickory_proto::op::ResponseCode;
use tokio::{
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::{
    line::{Line, over},
    settings::Protocol,
    wire::{ExchangeError, Form, Question, Reply, WireError},
};

/// Some servers send more than they were asked to; that much is heard.
const LARGEST_DATAGRAM: usize = 4096;

/// What is asked, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) question: &'a Question,
    pub(crate) form: Form,
    /// After how long a lost datagram is sent once more.
    pub(crate) resend: Duration,
}

/// Whom to ask.
#[derive(Debug, Clone)]
pub(crate) enum Server {
    At(SocketAddr),
    Through(Arc<Line>),
}

impl Server {
    /// What went wrong, and with whom.
    pub(crate) fn blame(&self, why: &dyn fmt::Display) -> String {
        match self {
            Self::At(address) => format!("{why} from {address}"),
            Self::Through(_) => format!("the outbound gateway's DNS servers: {why}"),
        }
    }
}

/// Asks `server`. Who stumbles over EDNS is asked without, unless signatures are wanted: they need it.
pub(crate) async fn ask(
    server: &Server,
    ask: &Ask<'_>,
    protocol: Protocol,
) -> Result<Reply, ExchangeError> {
    let reply = ask_with(server, ask, protocol).await?;
    match reply.code {
        ResponseCode::FormErr | ResponseCode::NotImp if ask.form == Form::Plain => {
            ask_with(server, &Ask { form: Form::Bare, ..*ask }, protocol).await
        }
        _ => Ok(reply),
    }
}

async fn ask_with(
    server: &Server,
    ask: &Ask<'_>,
    protocol: Protocol,
) -> Result<Reply, ExchangeError> {
    let Ask { question, form, resend } = *ask;
    let query = question.encode(form)?;
    let server = match server {
        Server::At(address) => *address,
        Server::Through(line) => return line.exchange(question, &query).await,
    };
    if protocol == Protocol::UseTcpOnly {
        return over_tcp(server, question, &query).await;
    }
    let reply = over_udp(server, question, &query, resend).await?;
    if reply.truncated && protocol == Protocol::Any {
        return over_tcp(server, question, &query).await;
    }
    Ok(reply)
}

async fn over_udp(
    server: SocketAddr,
    question: &Question,
    query: &[u8],
    resend: Duration,
) -> Result<Reply, ExchangeError> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // Port 0: the system picks one at random; connected: only this server is heard.
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
    socket.connect(server).await?;
    socket.send(query).await?;
    match timeout(resend, hear(&socket, question)).await {
        Ok(reply) => reply,
        Err(_) => {
            socket.send(query).await?;
            hear(&socket, question).await
        }
    }
}

/// Waits for the datagram that answers our question, deaf to all others.
async fn hear(socket: &UdpSocket, question: &Question) -> Result<Reply, ExchangeError> {
    let mut buffer = vec![0; LARGEST_DATAGRAM];
    loop {
        let length = socket.recv(&mut buffer).await?;
        match question.decode(&buffer[..length]) {
            Ok(reply) => return Ok(reply),
            Err(WireError::NotOurs) => {}
            Err(malformed) => return Err(malformed.into()),
        }
    }
}

async fn over_tcp(
    server: SocketAddr,
    question: &Question,
    query: &[u8],
) -> Result<Reply, ExchangeError> {
    let mut stream = TcpStream::connect(server).await?;
    Ok(question.decode(&over(&mut stream, query).await?)?)
}
