//! One SMTP session with a host of the sandbox: the driver of the protocol machine, and the
//! host's misbehaviour where the machine, which always behaves, has none.

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use model::{Address, Clock, Recipient, Reply, ReversePath};
use parking_lot::Mutex;
use smtp::{Answer, ReceivedMessage, Server, Step};
use tls::TlsSummary;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    behaviour::Behaviour,
    oddity::{Act, Moment, Oddity},
    plan::HostPlan,
    store::{SandboxMessage, SandboxTls, Store},
};

/// RFC 5321 section 4.5.3.2.7.
const IDLE: Duration = Duration::from_secs(300);
/// Room made for one read.
const READ_SIZE: usize = 16 * 1024;
const HANDSHAKE: Duration = Duration::from_secs(30);
/// A fatal TLS alert, handshake_failure (RFC 8446 section 6).
const HANDSHAKE_FAILURE: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];
/// Senders and recipients a greylisting host remembers.
const MOST_KNOWN: usize = 100_000;

/// One mail host, shared by its sessions.
pub(crate) struct Host {
    name: String,
    domain: &'static str,
    behaviour: Behaviour,
    tls: TlsAcceptor,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    /// Who has tried to write to whom.
    known: Mutex<HashSet<(String, String)>>,
}

impl Host {
    pub(crate) fn new(
        plan: &HostPlan,
        tls: TlsAcceptor,
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            name: plan.name.clone(),
            domain: plan.domain,
            behaviour: plan.behaviour,
            tls,
            store,
            clock,
            known: Mutex::default(),
        }
    }

    /// Whether `from` has tried `to` before; from now on he has.
    fn knows(&self, from: &ReversePath, to: &Address) -> bool {
        let mut known = self.known.lock();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        !known.insert((from.as_str().to_lowercase(), to.key()))
    }
}

/// Speaks with one client until either side ends it.
///
/// # Errors
/// When the connection is lost or the client is too slow.
pub(crate) async fn serve(
    host: Arc<Host>,
    mut stream: TcpStream,
    peer: SocketAddr,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if let Some(delay) = host.behaviour.greeting_delay() {
        tokio::time::sleep(delay).await;
    }
    let mut session = Session::new(host, peer);
    match session.talk(&mut stream).await? {
        End::Closed => return Ok(()),
        End::Reset => return stream.set_zero_linger(),
        End::StartTls => {}
    }
    if session.host.behaviour == Behaviour::BrokenTls {
        return fail_handshake(stream).await;
    }
    let mut stream = timeout(HANDSHAKE, session.host.tls.accept(stream)).await??;
    session.tls = Some(TlsSummary::of_server(stream.get_ref().1));
    session.machine.tls_started();
    session.talk(&mut stream).await?;
    stream.shutdown().await
}

/// How a stretch of a session ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    /// To be closed by a reset.
    Reset,
    StartTls,
}

struct Session {
    host: Arc<Host>,
    machine: Server,
    client: IpAddr,
    tls: Option<TlsSummary>,
    sender: ReversePath,
    /// Whether the sender has tried the last recipient before.
    has_tried: bool,
    /// What an odd host has read and not yet looked at.
    unread: BytesMut,
}

impl Session {
    fn new(host: Arc<Host>, peer: SocketAddr) -> Self {
        let mut machine = Server::new(host.behaviour.settings(&host.name), false);
        match host.behaviour.turns_away() {
            Some(reply) => machine.refuse(reply),
            None => machine.greet(),
        }
        let client = peer.ip().to_canonical();
        Self {
            host,
            machine,
            client,
            tls: None,
            sender: ReversePath::Null,
            has_tried: false,
            unread: BytesMut::new(),
        }
    }

    async fn talk<S>(&mut self, stream: &mut S) -> io::Result<End>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if let Some(act) = self.odd_act(Moment::Connected) {
            // Instead of the greeting.
            self.machine.output().clear();
            if let Some(end) = self.perform(stream, act).await? {
                return Ok(end);
            }
        }
        loop {
            let act = match self.machine.next() {
                Step::NeedInput => {
                    self.flush(stream).await?;
                    match self.read(stream).await? {
                        Some(act) => Some(act),
                        None => continue,
                    }
                }
                Step::StartTls => {
                    self.flush(stream).await?;
                    return Ok(End::StartTls);
                }
                Step::Close => {
                    self.flush(stream).await?;
                    return Ok(End::Closed);
                }
                Step::Message(message) => self.take(message),
                step => {
                    self.decide(step);
                    None
                }
            };
            if let Some(act) = act
                && let Some(end) = self.perform(stream, act).await?
            {
                return Ok(end);
            }
        }
    }

    /// Gives the machine something to go on with; what an odd host does instead, or that the client
    /// has gone.
    async fn read<S>(&mut self, stream: &mut S) -> io::Result<Option<Act>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if self.host.behaviour.meddles() {
            return self.read_oddly(stream).await;
        }
        let input = self.machine.input();
        input.reserve(READ_SIZE);
        let has_gone = timeout(IDLE, stream.read_buf(input)).await?? == 0;
        Ok(has_gone.then_some(Act::Close("")))
    }

    async fn flush<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        let output = self.machine.output();
        if output.is_empty() {
            return Ok(());
        }
        if let Some(delay) = self.host.behaviour.delay() {
            tokio::time::sleep(delay).await;
        }
        if self.host.behaviour.is_piecemeal() {
            let bytes = output.split();
            return odd::write_piecemeal(stream, &bytes).await;
        }
        timeout(IDLE, stream.write_all_buf(output)).await??;
        timeout(IDLE, stream.flush()).await?
    }

    fn decide(&mut self, step: Step) {
        let answer = match step {
            Step::Mail(request) => {
                self.sender = request.sender;
                Answer::Accept
            }
            Step::Recipient(recipient) => self.recipient(&recipient),
            Step::Postmaster => self.postmaster(),
            Step::Authenticate { .. }
            | Step::Bearer { .. }
            | Step::ScramKeys { .. }
            | Step::ScramProof { .. } => {
                Answer::Refuse(Reply::new(535, (5, 7, 8), "Authentication credentials invalid"))
            }
            Step::SignedIn
            | Step::Tarpit
            | Step::NeedInput
            | Step::StartTls
            | Step::Close
            | Step::Message(_) => return,
        };
        self.machine.answer(answer);
    }

    fn recipient(&mut self, recipient: &Recipient) -> Answer {
        let to = &recipient.address;
        if !self.host.behaviour.relays() && to.domain().to_string() != self.host.domain {
            return Answer::Refuse(Reply::new(550, (5, 7, 1), "Relaying denied"));
        }
        self.has_tried = self.host.knows(&self.sender, to);
        match self.host.behaviour.refuses_recipient(to, self.has_tried) {
            Some(reply) => Answer::Refuse(reply),
            None => Answer::Accept,
        }
    }

    fn postmaster(&self) -> Answer {
        match format!("postmaster@{}", self.host.domain).parse() {
            Ok(address) => Answer::AcceptAs(address),
            Err(_) => Answer::Refuse(Reply::new(550, (5, 1, 1), "No such user here")),
        }
    }

    /// Takes a whole message, or not; what an odd host does instead of saying so.
    fn take(&mut self, message: ReceivedMessage) -> Option<Act> {
        if self.host.behaviour == Behaviour::HangUp {
            return Some(Act::Close(""));
        }
        let oddity = self.host.behaviour.oddity();
        if let Some(act) = oddity.and_then(Oddity::instead_of_taking) {
            return Some(act);
        }
        let refusal = self.host.behaviour.refuses_message();
        if refusal.is_none() {
            self.keep(message);
            let is_followed = !self.machine.input().is_empty() || !self.unread.is_empty();
            let instead = |oddity: Oddity| oddity.after_taking(!self.has_tried, is_followed);
            if let Some(act) = oddity.and_then(instead) {
                return Some(act);
            }
        }
        let kept = || Answer::Accepted(self.host.behaviour.has_kept());
        let answer = refusal.map_or_else(kept, Answer::Refuse);
        self.machine.answer(answer);
        None
    }

    fn keep(&self, message: ReceivedMessage) {
        let ReceivedMessage { envelope, content, attributes: _ } = message;
        self.host.store.add(SandboxMessage {
            time: self.host.clock.now(),
            client_address: self.client,
            ehlo: self.machine.hello().unwrap_or_default().to_owned(),
            mail_from: envelope.sender.as_str().to_owned(),
            rcpt_to: envelope.recipients.iter().map(|to| to.address.to_string()).collect(),
            tls: self.tls.as_ref().map(|TlsSummary { protocol, cipher }| SandboxTls {
                protocol: protocol.clone(),
                cipher: cipher.clone(),
            }),
            domain: self.host.domain.to_owned(),
            host: self.host.name.clone(),
            raw: content,
        });
    }
}

/// Waits for the client's side of the handshake and fails it.
async fn fail_handshake(mut stream: TcpStream) -> io::Result<()> {
    let mut hello = [0; 4096];
    if timeout(HANDSHAKE, stream.read(&mut hello)).await?? > 0 {
        timeout(HANDSHAKE, stream.write_all(&HANDSHAKE_FAILURE)).await??;
    }
    stream.shutdown().await
}

mod odd;
