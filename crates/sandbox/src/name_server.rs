//! The sandbox's DNS over UDP and TCP (RFC 1035 section 4.2), on one port of loopback.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hickory_proto::op::Message;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};

use crate::zone::{UDP_PAYLOAD, Zone};

/// Ports tried until one is free for both UDP and TCP.
const BIND_ATTEMPTS: usize = 32;
const MOST_CONNECTIONS: usize = 64;
/// How long a TCP client may take for a query, and between queries.
const PATIENCE: Duration = Duration::from_secs(10);
/// Rest after a failed accept or receive: out of descriptors, for instance.
const REST: Duration = Duration::from_millis(100);

/// Starts the server among `servers`; tells where it listens.
///
/// # Errors
/// When no port is free.
pub(crate) async fn start(zone: Arc<Zone>, servers: &mut JoinSet<()>) -> io::Result<SocketAddr> {
    let (udp, tcp) = bind().await?;
    let address = udp.local_addr()?;
    servers.spawn(serve_udp(udp, zone.clone()));
    servers.spawn(serve_tcp(tcp, zone));
    Ok(address)
}

async fn bind() -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::other("no port");
    for _ in 0..BIND_ATTEMPTS {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match UdpSocket::bind(tcp.local_addr()?).await {
            Ok(udp) => return Ok((udp, tcp)),
            Err(taken) => last = taken,
        }
    }
    Err(last)
}

async fn serve_udp(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = vec![0; 4096];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, peer)) => {
                if let Some(answer) = answer(&zone, &buffer[..length], Some(UDP_PAYLOAD)) {
                    // A datagram that cannot be sent is a datagram lost: the client asks again.
                    let _ = socket.send_to(&answer, peer).await;
                }
            }
            Err(_) => tokio::time::sleep(REST).await,
        }
    }
}

async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(turn) = free.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let zone = zone.clone();
                connections.spawn(async move {
                    // However a connection ends, it only concerns its client.
                    let _ = serve_connection(stream, &zone).await;
                    drop(turn);
                });
            }
            Err(_) => tokio::time::sleep(REST).await,
        }
    }
}

async fn serve_connection(mut stream: TcpStream, zone: &Zone) -> io::Result<()> {
    loop {
        let query = timeout(PATIENCE, read_query(&mut stream)).await??;
        let Some(answer) = answer(zone, &query, None) else { return Ok(()) };
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(&answer);
        timeout(PATIENCE, stream.write_all(&framed)).await??;
    }
}

async fn read_query(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut query = vec![0; usize::from(length)];
    stream.read_exact(&mut query).await?;
    Ok(query)
}

/// The bytes of the answer, cut to `limit`; `None` for what is no query.
fn answer(zone: &Zone, query: &[u8], limit: Option<u16>) -> Option<Vec<u8>> {
    let query = Message::from_vec(query).ok()?;
    let answer = zone.answer(&query)?;
    let bytes = answer.to_vec().ok()?;
    match limit {
        Some(limit) if bytes.len() > usize::from(limit) => answer.truncate().to_vec().ok(),
        _ => Some(bytes),
    }
}
