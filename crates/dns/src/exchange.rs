//! One question to one server: UDP from a port of its own, TCP when the answer was cut, no EDNS
//! when the server stumbles over it. The caller bounds the time.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use hickory_proto::op::ResponseCode;
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::{
    settings::Protocol,
    wire::{Form, Question, Reply, WireError},
};

/// Some servers send more than they were asked to; that much is heard.
const LARGEST_DATAGRAM: usize = 4096;

/// Why one server gave no reply.
#[derive(Debug, Error)]
pub(crate) enum ExchangeError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Wire(#[from] WireError),
}

/// What is asked, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) question: &'a Question,
    pub(crate) form: Form,
    /// After how long a lost datagram is sent once more.
    pub(crate) resend: Duration,
}

/// Asks `server`. Who stumbles over EDNS is asked without, unless signatures are wanted: they need it.
pub(crate) async fn ask(
    server: SocketAddr,
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
    server: SocketAddr,
    ask: &Ask<'_>,
    protocol: Protocol,
) -> Result<Reply, ExchangeError> {
    let Ask { question, form, resend } = *ask;
    let query = question.encode(form)?;
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
    let length = u16::try_from(query.len()).map_err(|_| WireError::Malformed)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(query);
    stream.write_all(&framed).await?;
    let length = stream.read_u16().await?;
    let mut buffer = vec![0; usize::from(length)];
    stream.read_exact(&mut buffer).await?;
    Ok(question.decode(&buffer)?)
}
