//! One connection of a Mailbox server: mutual TLS, the request, the connection outwards, the
//! tunnel. Each step has its time, and the connectivity log its rows.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use delivery::{Dialer, OwnAddresses};
use directory::{Directory, Egress, Snapshot};
use model::{
    ObjectName,
    session_log::{ConnectivitySession, Service, SessionId, SessionLog},
};
use rustls::pki_types::CertificateDer;
use socks::{Reply, Request, Server, ServerStep};
use tls::{MutualTls, Role};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::server::TlsStream;

use crate::{
    egress,
    room::Stranger,
    rules::{Kind, Lent, judge},
    tunnel,
};

/// For the handshake and the request together.
const GREETING: Duration = Duration::from_secs(20);
/// For the connection outwards; less than a Mailbox server waits for the reply.
const CONNECT: Duration = Duration::from_secs(25);
/// Longer than SMTP's longest wait (RFC 5321 section 4.5.3.2), 10 minutes.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// The same for requests, which are answered within a minute.
const SILENCE_OF_REQUESTS: Duration = Duration::from_secs(2 * 60);
/// For the connection to one of our own DNS servers, so that a dead one leaves time for the next.
const DNS_CONNECT: Duration = Duration::from_secs(3);
/// For the goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// The longest field of the protocol, with the port behind a name.
const LONGEST_FIELD: usize = 257;

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) directory: Directory,
    pub(crate) server: ObjectName,
    pub(crate) tls: Arc<MutualTls>,
    pub(crate) dialer: Arc<dyn Dialer>,
    pub(crate) lent: Lent,
    pub(crate) own_addresses: OwnAddresses,
    pub(crate) log: Arc<dyn SessionLog>,
}

/// Serves one connection to its end. It has the place of a stranger until its handshake is done.
pub(crate) async fn run(
    shared: &Shared,
    stream: TcpStream,
    stranger: Stranger,
    remote: SocketAddr,
) {
    let accepting = shared.tls.acceptor(Role::Mailbox).accept(stream);
    let mut stream = match timeout(GREETING, accepting).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::warn!(%remote, %error, "front end: no Mailbox server of this organization");
            return;
        }
        Err(_) => return tracing::debug!(%remote, "front end: the handshake took too long"),
    };
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    if !certificate.is_some_and(|leaf| is_member(&shared.directory.snapshot(), leaf)) {
        tracing::warn!(%remote, "front end: its certificate names no Mailbox server of the directory");
        return;
    }
    let Some(_place) = stranger.settle() else {
        return tracing::warn!(%remote, "front end: MaxInboundConnection reached");
    };
    match timeout(GREETING, request(&mut stream)).await {
        Ok(Ok(Some(request))) => serve(shared, &mut stream, remote, request).await,
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::warn!(%remote, %error, "front end: not a request"),
        Err(_) => tracing::debug!(%remote, "front end: no request came"),
    }
    let _ = timeout(GOODBYE, part(&mut stream)).await;
}

/// Whether the certificate is of a server that is a Mailbox server now. Its role was verified in
/// the handshake, but may have been taken away since the certificate was made.
fn is_member(snapshot: &Snapshot, certificate: &CertificateDer<'_>) -> bool {
    let mut servers = snapshot.servers.iter().filter(|server| server.is_mailbox_server);
    servers.any(|server| tls::is_named(certificate, server.fqdn.as_str()))
}

/// Ends the tunnel in order, so that the Mailbox server does not take it for a failing front
/// end: what it is still saying is heard, since unread bytes would end the connection in disorder.
async fn part(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    stream.shutdown().await?;
    tokio::io::copy(stream, &mut tokio::io::sink()).await.map(|_| ())
}

/// Reads the request; `None` when it was refused already.
async fn request(stream: &mut TlsStream<TcpStream>) -> io::Result<Option<Request>> {
    let mut machine = Server::new();
    let mut need = machine.begins_with();
    let mut field = [0; LONGEST_FIELD];
    loop {
        let field = field.get_mut(..need).ok_or(io::ErrorKind::InvalidData)?;
        stream.read_exact(field).await?;
        let step = machine.feed(field);
        stream.write_all(&machine.take_output()).await?;
        stream.flush().await?;
        match step.map_err(io::Error::other)? {
            ServerStep::Need(n) => need = n,
            ServerStep::Asks(request) => return Ok(Some(request)),
            ServerStep::Refused(_) => return Ok(None),
        }
    }
}

async fn serve(
    shared: &Shared,
    stream: &mut TlsStream<TcpStream>,
    remote: SocketAddr,
    request: Request,
) {
    let mut rows = begin(shared, remote, &request);
    let connected = connect(shared, &request).await;
    let (reply, bound) = match &connected {
        Ok(outward) => (Reply::Succeeded, outward.stream.local_addr().ok()),
        Err((reply, _)) => (*reply, None),
    };
    // Where our DNS servers are is nobody's business.
    let shown = bound.filter(|_| connected.as_ref().is_ok_and(|o| o.kind != Kind::Dns));
    let told = timeout(GOODBYE, answer(stream, reply, shown)).await;
    let ending = match (connected, told) {
        (Ok(Outward { stream: outward, kind }), Ok(Ok(()))) => {
            let to = outward.peer_addr().ok();
            progress(&rows, &format!("connected from {} to {}", text(bound), text(to)));
            let patience = if kind == Kind::Mail { SILENCE } else { SILENCE_OF_REQUESTS };
            let (carried, result) = tunnel::carry(stream, outward, patience).await;
            let how = result.err().map_or("closed".to_owned(), how_it_ended);
            format!("{} bytes out, {} bytes back; {how}", carried.out, carried.back)
        }
        (Err((_, why)), Ok(Ok(()))) => why,
        _ => "the Mailbox server did not wait for the answer".to_owned(),
    };
    if let Some(rows) = &mut rows {
        rows.set_ending(ending);
    }
}

/// Only the Mailbox server's side, which is TLS, can end without a word.
fn how_it_ended(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "closed by the Mailbox server".to_owned(),
        _ => error.to_string(),
    }
}

/// A connection outwards.
struct Outward {
    stream: TcpStream,
    kind: Kind,
}

/// Connects outwards where the rules allow it; else the reply, and why there is none.
async fn connect(shared: &Shared, request: &Request) -> Result<Outward, (Reply, String)> {
    let refused = |reply: Reply, why: &str| (reply, format!("{reply}: {why}"));
    let snapshot = shared.directory.snapshot();
    let is_own = |address: IpAddr| (shared.own_addresses)().contains(&address);
    let kind = judge(&snapshot, &shared.lent, request.target, is_own).map_err(|why| {
        tracing::warn!(target = %request.target, %why, "front end: refused");
        refused(Reply::NotAllowed, &why.to_string())
    })?;
    if kind == Kind::Dns {
        return match timeout(CONNECT, to_dns(&shared.lent.dns)).await {
            Ok(Ok(stream)) => Ok(Outward { stream, kind }),
            Ok(Err(why)) => Err(refused(Reply::HostUnreachable, &why)),
            Err(_) => Err(refused(Reply::TimedOut, "no DNS server took a connection")),
        };
    }
    let configured: &[Egress] = snapshot
        .server(shared.server.as_str())
        .map_or(&[], |server| &server.frontend.egress_addresses);
    let egress = egress::choose(configured, request.egress, request.target)
        .map_err(|reply| refused(reply, "no such egress for this target"))?;
    let target = SocketAddr::new(request.target.ip().to_canonical(), request.target.port());
    match timeout(CONNECT, shared.dialer.dial(target, egress)).await {
        Ok(Ok(stream)) => Ok(Outward { stream, kind }),
        Ok(Err(error)) => {
            let (reply, why) = failed_dial(&error, egress);
            Err(refused(reply, &why))
        }
        Err(_) => Err(refused(Reply::TimedOut, &format!("after {} seconds", CONNECT.as_secs()))),
    }
}

/// A connection to the first of our DNS servers that takes it, by whatever route the machine has: they may
/// be on this machine.
async fn to_dns(servers: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut failed = Vec::new();
    for server in servers {
        match timeout(DNS_CONNECT, TcpStream::connect(server)).await {
            Ok(Ok(stream)) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => failed.push(format!("{server}: {error}")),
            Err(_) => failed.push(format!("{server}: no answer")),
        }
    }
    Err(failed.join("; "))
}

/// A connection that could not be made. An egress that this machine has not is our own fault;
/// everything else that is not says something of the target.
fn failed_dial(error: &io::Error, egress: Option<IpAddr>) -> (Reply, String) {
    match egress {
        Some(egress) if error.kind() == io::ErrorKind::AddrNotAvailable => {
            tracing::error!(%egress, "EgressAddresses names an address this machine has not");
            let why = format!("EgressAddresses: {egress} cannot be sent from: {error}");
            (Reply::GeneralFailure, why)
        }
        _ => (Reply::of_error(error), error.to_string()),
    }
}

async fn answer(
    stream: &mut TlsStream<TcpStream>,
    reply: Reply,
    bound: Option<SocketAddr>,
) -> io::Result<()> {
    let mut machine = Server::new();
    machine.answer(reply, bound);
    stream.write_all(&machine.take_output()).await?;
    stream.flush().await
}

fn begin(shared: &Shared, remote: SocketAddr, request: &Request) -> Option<ConnectivitySession> {
    let (source, destination) = (remote.ip().to_string(), request.target.to_string());
    let asked = request.egress.map_or("chosen here".to_owned(), |egress| egress.to_string());
    let begun = format!("outbound proxy; egress {asked}");
    let (session, ends) = (SessionId::fresh(), (source.as_str(), destination.as_str()));
    tracing::debug!(source, destination, "front end: request");
    ConnectivitySession::start(&shared.log, Service::FrontEnd, session, ends, &begun)
}

fn progress(rows: &Option<ConnectivitySession>, description: &str) {
    if let Some(rows) = rows {
        rows.progress(description);
    }
}

fn text(address: Option<SocketAddr>) -> String {
    address.map_or("an unknown address".to_owned(), |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use directory::{Header, Object};

    use super::*;

    #[test]
    fn only_a_configured_egress_is_our_own_fault() {
        let error = io::Error::from(io::ErrorKind::AddrNotAvailable);
        let egress = Some(IpAddr::from([203, 0, 113, 7]));
        assert_eq!(failed_dial(&error, egress).0, Reply::GeneralFailure);
        assert_eq!(failed_dial(&error, None).0, Reply::HostUnreachable);
    }

    #[tokio::test]
    async fn the_first_dns_server_that_takes_a_connection_is_asked() {
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = closed.local_addr().unwrap();
        drop(closed);
        let alive = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = alive.local_addr().unwrap();
        let stream = to_dns(&[dead, here]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), here);
        let why = to_dns(&[dead]).await.unwrap_err();
        assert!(why.starts_with(&dead.to_string()), "{why}");
    }

    #[test]
    fn a_role_that_was_taken_away_counts_whatever_the_certificate_says() {
        let (place, clock) = (tempfile::tempdir().unwrap(), model::SystemClock);
        let key = vault::DataKey::load_or_create(&place.path().join("data.key")).unwrap();
        let authority =
            vault::Authority::load_or_create(place.path(), &key, "Contoso", &clock).unwrap();
        let leaf = |name: &str| {
            let member = authority.issue_member(&[name.to_owned()], &Role::ALL, &clock).unwrap();
            member.chain.into_iter().next().unwrap()
        };
        let (here, elsewhere) = (leaf("mbx01.contoso.com"), leaf("mbx02.contoso.com"));
        let (name, fqdn) = ("MBX01".parse().unwrap(), "mbx01.contoso.com".parse().unwrap());
        let mut server = directory::Server::with_defaults(Header::fresh(), name, fqdn);
        let snapshot = Snapshot::of([Object::from(server.clone())]);
        assert!(is_member(&snapshot, &here) && !is_member(&snapshot, &elsewhere));
        server.is_mailbox_server = false;
        assert!(!is_member(&Snapshot::of([Object::from(server)]), &here));
    }
}
