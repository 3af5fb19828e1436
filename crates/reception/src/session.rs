//! One client's session: drives the `smtp` server machine over a socket, asks the policy,
//! hands messages over. Replies are written only when the machine wants input, so that a
//! pipelining client costs one write for many commands.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use directory::{ExtendedRight, ReceiveConnector, Snapshot};
use identity::{TokenPass, TokenVerifier};
use message::{Submission, Trace};
use model::{Envelope, Guid, MessageId, Reply, ReversePath};
use rustls::pki_types::CertificateDer;
use sender_auth::Arrival;
use smtp::{Answer, AuthOffer, BearerOffer, Server, ServerSettings, Step, TlsBinding};
use tls::{CertificateFacts, SessionBinding, ShownLeaf, TlsSummary};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    Source, Submitted,
    admission::Admitted,
    conversation::Conversation,
    message_rate::Sender,
    partner,
    policy::{Client, Policy},
    reason,
    shared::Shared,
    sign_in::{Desk, SignIn},
};

/// The longest a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(60);
/// The longest a connection may take to close.
const GOODBYE: Duration = Duration::from_secs(5);
/// Content of all sessions together; beyond it new messages are put off.
const BUFFERED_SOFT: usize = 256 << 20;
/// What one source may hold of it when it becomes scarce.
const BUFFERED_SHARE: usize = BUFFERED_SOFT / 16;
/// Beyond this a session in the middle of its content is closed.
const BUFFERED_HARD: usize = 512 << 20;
/// Read ahead while a message comes in.
const READ_AHEAD: usize = 16 * 1024;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A session that has been admitted.
pub(crate) struct Session {
    shared: Arc<Shared>,
    connector: Arc<ReceiveConnector>,
    client_address: IpAddr,
    local_address: Option<IpAddr>,
    client: Client,
    sign_in: SignIn,
    /// By which the client has signed in, where it was one.
    token: Option<TokenPass>,
    admitted: Admitted,
    machine: Server,
    tls: Option<TlsSummary>,
    /// Recipients accepted in the transaction under way.
    recipients: u32,
    ends_at: Instant,
    conversation: Conversation,
}

/// How a session ended; all of them are ordinary.
enum End {
    Closed,
    Io(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Session {
    /// Greets and serves until one side has had enough.
    pub(crate) async fn run(
        shared: Arc<Shared>,
        connector: Arc<ReceiveConnector>,
        client_address: IpAddr,
        admitted: Admitted,
        (stream, implicit_tls): (tokio::net::TcpStream, bool),
        conversation: Conversation,
    ) {
        let settings = machine_settings(&shared, &connector);
        let ends_at = Instant::now() + connector.connection_timeout.as_duration();
        let mut session = Self {
            machine: Server::new(settings, implicit_tls),
            shared,
            connector,
            client_address,
            local_address: stream.local_addr().ok().map(|address| address.ip()),
            client: Client::Anonymous,
            sign_in: SignIn::default(),
            token: None,
            admitted,
            tls: None,
            recipients: 0,
            ends_at,
            conversation,
        };
        session.conversation.listen(&mut session.machine);
        let served = session.serve(Box::new(stream), implicit_tls).await;
        session.conversation.catch_up(&mut session.machine);
        if let Err(End::Io(error)) = served {
            session.conversation.ended_by_remote(|| error.to_string());
            tracing::debug!(client = %session.client_address, %error, "session ended by the network");
        }
    }

    async fn serve(&mut self, mut stream: Box<dyn Stream>, implicit_tls: bool) -> Result<(), End> {
        if implicit_tls {
            let (encrypted, bindings) = self.encrypt(stream).await?;
            stream = encrypted;
            self.machine.bind_to(bindings);
        }
        self.machine.greet();
        let mut stop = self.shared.stop.clone();
        loop {
            let step = self.machine.next();
            self.conversation.catch_up(&mut self.machine);
            match step {
                Step::NeedInput => self.exchange(&mut stream, &mut stop).await?,
                Step::StartTls => {
                    self.flush(&mut stream).await?;
                    let (encrypted, bindings) = self.encrypt(stream).await?;
                    stream = encrypted;
                    self.machine.tls_started();
                    self.machine.bind_to(bindings);
                }
                Step::SignedIn => {
                    if let Some(principal) = self.sign_in.finished() {
                        self.client = Client::User(principal);
                    }
                }
                Step::Tarpit => {
                    self.tarpit().await;
                    // What was answered so far: a client that sent many commands at once must
                    // not take the waits together for silence.
                    self.flush(&mut stream).await?;
                }
                Step::Close => {
                    self.flush(&mut stream).await?;
                    let _ = timeout(GOODBYE, stream.shutdown()).await;
                    return Err(End::Closed);
                }
                question => {
                    if matches!(question, Step::Mail(_)) {
                        self.slow_down(&mut stream, &mut stop).await?;
                    }
                    let answer = self.decide(question).await;
                    if let Answer::Refuse(reply) = &answer {
                        self.conversation.set_reason(|| reason::of(reply, &self.client));
                    }
                    self.machine.answer(answer);
                    self.conversation.catch_up(&mut self.machine);
                }
            }
        }
    }

    /// The answer to whatever the machine asks.
    async fn decide(&mut self, question: Step) -> Answer {
        let snapshot = self.shared.directory.snapshot();
        let policy =
            Policy { snapshot: &snapshot, connector: &self.connector, client: &self.client };
        match question {
            Step::Authenticate { user, password, .. } => {
                match self.desk().password(&user, password.as_str()).await {
                    Ok(principal) => {
                        self.client = Client::User(principal);
                        Answer::AuthOk
                    }
                    Err(reply) => Answer::Refuse(reply),
                }
            }
            Step::Bearer { mechanism, user, token } => {
                match self.desk().token(mechanism, user.as_deref(), token.as_str()).await {
                    Ok((principal, pass)) => {
                        self.client = Client::User(principal);
                        self.token = Some(pass);
                        Answer::AuthOk
                    }
                    Err(reply) => Answer::Refuse(reply),
                }
            }
            Step::ScramKeys { user } => self.desk().keys(&user),
            Step::ScramProof { mechanism, user, proof } => {
                self.desk().proof(mechanism, &user, proof)
            }
            Step::Mail(_) if *self.shared.stop.borrow() => Answer::Refuse(stopping()),
            Step::Mail(_) if !self.is_in_service(&snapshot) => Answer::Refuse(going_down()),
            Step::Mail(_) if !self.is_still_welcome(&snapshot) => {
                Answer::Refuse(Reply::new(421, (4, 7, 0), "Sign in again"))
            }
            Step::Mail(request) => {
                self.recipients = 0;
                let refusal = self
                    .back_pressure()
                    .or_else(|| policy.sender(&request.sender).err())
                    // Last: what is refused anyway is no message, least of all of the sender
                    // it names.
                    .or_else(|| self.excess(&request.sender));
                refusal.map_or(Answer::Accept, Answer::Refuse)
            }
            Step::Recipient(recipient) => {
                if policy.recipient_limit().is_some_and(|limit| self.recipients >= limit) {
                    return Answer::Refuse(Reply::new(452, (4, 5, 3), "Too many recipients"));
                }
                match policy.recipient(&recipient.address) {
                    Ok(()) => {
                        self.recipients += 1;
                        Answer::Accept
                    }
                    Err(reply) => Answer::Refuse(reply),
                }
            }
            Step::Postmaster => match policy.postmaster() {
                Ok(address) => Answer::AcceptAs(address),
                Err(reply) => Answer::Refuse(reply),
            },
            Step::Message(received) => self.take_over(&snapshot, received).await,
            Step::NeedInput | Step::StartTls | Step::SignedIn | Step::Tarpit | Step::Close => {
                Answer::Accept
            }
        }
    }

    fn desk(&mut self) -> Desk<'_> {
        Desk {
            shared: &self.shared,
            admitted: &self.admitted,
            client: self.client_address,
            conversation: &mut self.conversation,
            state: &mut self.sign_in,
        }
    }

    /// Whether mail is still taken here: a session outlives its connector's listening.
    fn is_in_service(&self, snapshot: &Snapshot) -> bool {
        let here = snapshot.server(self.shared.server.as_str());
        here.is_some_and(|server| server.takes_mail_through(self.connector.transport_role))
    }

    /// Whether who signed in may still: the mailbox exists and has the password he gave, or his token is good.
    fn is_still_welcome(&self, snapshot: &Snapshot) -> bool {
        if let Some(pass) = &self.token {
            return self.shared.tokens.is_still_good(pass);
        }
        let Client::User(principal) = &self.client else { return true };
        snapshot
            .mailbox_by_guid(principal.mailbox.header.guid)
            .is_some_and(|now| now.password == principal.mailbox.password)
    }

    /// Why nothing new is taken at the moment, if so.
    fn back_pressure(&self) -> Option<Reply> {
        let pressed =
            self.shared.intake.is_pressed() || self.shared.admission.buffered() > BUFFERED_SOFT;
        pressed.then(|| Reply::new(452, (4, 3, 1), "Insufficient system resources"))
    }

    /// Counts a message; the refusal when it is one too many of this minute.
    fn excess(&self, sender: &ReversePath) -> Option<Reply> {
        let now = self.shared.clock.now();
        let user = match &self.client {
            Client::User(principal) => Sender::User(principal.mailbox.header.guid),
            Client::Anonymous | Client::Partner(_) => Sender::Address(sender.as_str()),
        };
        (!self.admitted.may_send(&self.connector, user, now)).then(|| {
            Reply::new(
                450,
                (4, 7, 0),
                "Message submission rate for this client has exceeded the configured limit",
            )
        })
    }

    /// A complete message: the last rules, then the hand-over. `250` only after it is durable.
    async fn take_over(&mut self, snapshot: &Snapshot, received: smtp::ReceivedMessage) -> Answer {
        let policy = Policy { snapshot, connector: &self.connector, client: &self.client };
        if let Err(reply) = self.check_content(&policy, &received.content) {
            return Answer::Refuse(reply);
        }
        let id = self.shared.intake.next_id();
        let network_id = Guid::new_v4();
        let stranger = !policy.is_submission();
        let original = received.content.clone();
        let mut content = self.prepare(&policy, received.content, network_id);
        let mut signers = Vec::new();
        self.admitted.holds(original.len());
        if stranger && !is_internal(snapshot, self.client_address) {
            (content, signers) = self.note_sender(&received.envelope, original, content).await;
        }
        let trace = self.trace(id, &received.envelope);
        let submitted = Submitted {
            id,
            network_id,
            envelope: received.envelope,
            content,
            trace,
            source: Source::Smtp {
                connector: self.connector.name.to_string(),
                client: self.client_address,
                hello: self.machine.hello().unwrap_or_default().to_owned(),
                local: self.local_address,
                stranger,
                signers,
            },
        };
        self.admitted.holds(submitted.content.len());
        match self.shared.intake.accept(submitted).await {
            Ok(accepted) => {
                let message_id = accepted.internet_message_id.unwrap_or_default();
                Answer::Accepted(queued(&message_id, id))
            }
            Err(refusal) => Answer::Refuse(refusal.0),
        }
    }

    fn check_content(&self, policy: &Policy<'_>, content: &Bytes) -> Result<(), Reply> {
        if let Client::User(_) = self.client {
            policy.author(&message::authors(content))?;
        }
        let most = self.connector.max_local_hop_count as usize;
        if most > 0 && message::own_hops(content, &self.shared.fqdn) > most {
            return Err(Reply::new(
                554,
                (5, 4, 6),
                "Hop count exceeded - possible mail loop: the message has passed this server before",
            ));
        }
        Ok(())
    }

    /// What may come in from outside our own servers, completed where we are the submission
    /// service (RFC 6409 section 8).
    fn prepare(&self, policy: &Policy<'_>, content: Bytes, network_id: Guid) -> Bytes {
        let may = message::Inbound {
            organization: policy.holds(ExtendedRight::AcceptHeadersOrganization),
            forest: policy.holds(ExtendedRight::AcceptHeadersForest),
            routing: policy.holds(ExtendedRight::AcceptHeadersRouting),
            own_name: &self.shared.fqdn,
        };
        let content = message::firewall_inbound(content, &may);
        if !policy.is_submission() {
            return content;
        }
        let submission = Submission {
            message_id_domain: &self.shared.fqdn,
            network_id,
            now: self.shared.clock.now(),
            remove_bcc: true,
        };
        message::prepare_submission(content, &submission)
    }

    /// The message of a stranger, without results under our name, and with our own where the connector
    /// has them found out; and the domains whose signature would be good on a TLS report.
    async fn note_sender(
        &self,
        envelope: &Envelope,
        original: Bytes,
        content: Bytes,
    ) -> (Bytes, Vec<String>) {
        let host = &self.shared.fqdn;
        let content = message::without_results_of(content, host);
        if !self.connector.sender_authentication_enabled {
            return (content, Vec::new());
        }
        let arrival = Arrival {
            client: self.client_address,
            hello: self.machine.hello().unwrap_or_default(),
            sender: &envelope.sender,
            now: self.shared.clock.now(),
        };
        self.shared.sender_proof.note(host, arrival, original, &content).await
    }

    fn trace(&self, id: MessageId, envelope: &model::Envelope) -> String {
        let single = match envelope.recipients.as_slice() {
            [only] => Some(&only.address),
            _ => None,
        };
        let trace = Trace {
            from_hello: self.machine.hello().unwrap_or_default(),
            from_address: Some(self.client_address),
            by: &self.shared.fqdn,
            with: message::Protocol::of(
                self.machine.is_esmtp(),
                self.tls.is_some(),
                matches!(self.client, Client::User(_)),
                envelope.smtputf8,
            ),
            tls: self.tls.as_ref().map(|t| (t.protocol.clone(), t.cipher.clone())),
            id,
            for_: single,
            at: self.shared.clock.now(),
        };
        String::from_utf8_lossy(&message::received_field(&trace)).into_owned()
    }

    /// Makes a client wait who asks for what he does not get.
    async fn tarpit(&self) {
        let interval = self.connector.tarpit_interval.as_duration();
        if !matches!(self.client, Client::User(_)) && !interval.is_zero() {
            tokio::time::sleep_until((Instant::now() + interval).min(self.ends_at)).await;
        }
    }

    /// Back pressure that does not refuse yet: MAIL is answered later, whoever asks.
    async fn slow_down(
        &mut self,
        stream: &mut Box<dyn Stream>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), End> {
        let delay = self.shared.intake.delay();
        if delay.is_zero() || *stop.borrow() {
            return Ok(());
        }
        // What was answered so far is not part of the wait.
        self.flush(stream).await?;
        let until = (Instant::now() + delay).min(self.ends_at);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            _ = stop.changed() => {}
        }
        Ok(())
    }

    /// Who the client is by the certificate it has shown (DomainSecureEnabled asks for one).
    async fn certified(&mut self, chain: Vec<CertificateDer<'static>>) -> Client {
        let Some(leaf) = chain.first() else { return Client::Anonymous };
        let facts = CertificateFacts::of(leaf).to_string();
        let (trust, now) = (Arc::clone(&self.shared.trust), self.shared.clock.now());
        let lists = self.shared.directory.snapshot();
        let judged = spawn_blocking(move || {
            let domains = &lists.organization.transport.tls_receive_domain_secure_list;
            partner::proved(&chain, &trust, domains, now)
        });
        let judged = judged.await.unwrap_or_else(|error| Err(error.to_string()));
        self.conversation.information(|| match &judged {
            Ok(domains) if domains.is_empty() => {
                format!("Remote certificate, of no domain in TLSReceiveDomainSecureList: {facts}")
            }
            Ok(_) => format!("Remote certificate, verified: {facts}"),
            Err(why) => format!("Remote certificate, not verified ({why}): {facts}"),
        });
        match judged {
            Ok(domains) if !domains.is_empty() => Client::Partner(domains),
            Ok(_) | Err(_) => Client::Anonymous,
        }
    }

    /// The stream under TLS, and what a logon in it can be bound to.
    async fn encrypt(
        &mut self,
        stream: Box<dyn Stream>,
    ) -> Result<(Box<dyn Stream>, Vec<TlsBinding>), End> {
        let acceptor = self.shared.shown.acceptor(&self.connector).map_err(io::Error::other)?;
        let (acceptor, shown) = ShownLeaf::of(&acceptor);
        let handshake = timeout(HANDSHAKE, acceptor.accept(stream)).await;
        let stream = handshake.map_err(io::Error::other)??;
        let connection = stream.get_ref().1;
        let summary = TlsSummary::of_server(connection);
        self.conversation
            .information(|| format!("TLS negotiated: {} {}", summary.protocol, summary.cipher));
        self.tls = Some(summary);
        let bindings = SessionBinding::of_server(connection, &shown);
        let bindings = bindings
            .into_iter()
            .map(|binding| TlsBinding { kind: binding.kind, data: binding.data });
        let bindings = bindings.collect();
        let chain = connection.peer_certificates().map(<[_]>::to_vec).unwrap_or_default();
        self.client = self.certified(chain).await;
        Ok((Box::new(stream), bindings))
    }

    /// Writes what is to be said, then waits for the client; both within the connector's times.
    async fn exchange(
        &mut self,
        stream: &mut Box<dyn Stream>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), End> {
        self.flush(stream).await?;
        let held = self.machine.content_buffered();
        let total = self.admitted.holds(held);
        let too_much = total > BUFFERED_HARD
            || (total > BUFFERED_SOFT && self.admitted.held_by_source() > BUFFERED_SHARE);
        if too_much && self.machine.in_data() {
            self.machine.close(Reply::new(421, (4, 3, 1), "Insufficient system resources"));
            return Ok(());
        }
        if Instant::now() >= self.ends_at {
            self.machine.close(timed_out());
            return Ok(());
        }
        let inactive_at =
            Instant::now() + self.connector.connection_inactivity_timeout.as_duration();
        let deadline = inactive_at.min(self.ends_at);
        if *stop.borrow() && !self.machine.in_data() {
            self.machine.close(stopping());
            return Ok(());
        }
        let input = self.machine.input();
        input.reserve(READ_AHEAD);
        let read = tokio::select! {
            read = timeout_at(deadline, stream.read_buf(input)) => read,
            _ = stop.changed() => return Ok(()),
        };
        match read {
            Ok(Ok(0)) => {
                self.conversation.ended_by_remote(String::new);
                Err(End::Closed)
            }
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(End::Io(error)),
            Err(_) => {
                self.machine.close(timed_out());
                Ok(())
            }
        }
    }

    async fn flush(&mut self, stream: &mut Box<dyn Stream>) -> Result<(), End> {
        let output = self.machine.output();
        if output.is_empty() {
            return Ok(());
        }
        let bytes = output.split();
        let deadline = Instant::now() + self.connector.connection_inactivity_timeout.as_duration();
        let written = timeout_at(deadline, async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        });
        written.await.map_err(io::Error::other)?.map_err(End::Io)
    }
}

/// Whether the client is one of the organization's own SMTP servers: it has been given the message by others,
/// whose address is not known here, and what it notes is ours.
fn is_internal(snapshot: &Snapshot, client: IpAddr) -> bool {
    let servers = &snapshot.organization.transport.internal_smtp_servers;
    servers.iter().any(|range| range.contains(client))
}

fn timed_out() -> Reply {
    Reply::new(421, (4, 4, 1), "Connection timed out")
}

fn stopping() -> Reply {
    Reply::new(421, (4, 3, 2), "Service not available, closing transmission channel")
}

fn going_down() -> Reply {
    Reply::new(421, (4, 3, 2), "Service not active")
}

/// `250 2.6.0 <id> [InternalId=n] Queued mail for delivery`, the Message-ID sanitised.
fn queued(message_id: &str, id: MessageId) -> Reply {
    let safe: String = message_id.chars().filter(|c| c.is_ascii_graphic()).take(250).collect();
    let blank = if safe.is_empty() { "" } else { " " };
    Reply::new(250, (2, 6, 0), format!("{safe}{blank}[InternalId={id}] Queued mail for delivery"))
}

/// That tokens are taken, where an enabled AuthServer is there to judge them by. Where there are several, none is
/// the one that a client is to ask.
fn bearer_offer(shared: &Shared) -> Option<BearerOffer> {
    let snapshot = shared.directory.snapshot();
    let mut servers = TokenVerifier::taken_from(&snapshot);
    let first = servers.next()?;
    let only = servers.next().is_none();
    Some(BearerOffer { configuration: only.then(|| first.to_string()) })
}

fn machine_settings(shared: &Shared, connector: &ReceiveConnector) -> ServerSettings {
    let limited = |limit: model::Unlimited<u32>| limit.limit().map(|n| n as usize);
    let fqdn = connector.fqdn.as_ref().map_or_else(|| shared.fqdn.clone(), ToString::to_string);
    ServerSettings {
        fqdn,
        banner: connector.greeting().map(str::to_owned),
        max_message_size: connector.max_message_size.as_u64(),
        max_header_size: connector.max_header_size.as_u64(),
        max_recipients: connector.max_recipients_per_message as usize,
        max_hops: connector.max_hop_count as usize,
        max_protocol_errors: limited(connector.max_protocol_errors),
        max_logon_failures: (connector.max_logon_failures > 0)
            .then_some(connector.max_logon_failures as usize),
        pipelining: connector.pipelining_enabled,
        chunking: connector.chunking_enabled,
        eight_bit_mime: connector.eight_bit_mime_enabled,
        dsn: connector.delivery_status_notification_enabled,
        enhanced_status_codes: connector.enhanced_status_codes_enabled,
        smtputf8: connector.smtp_utf8_enabled,
        offer_require_tls: true,
        size: size_mode(connector),
        start_tls: connector.auth_mechanism.contains(directory::AuthMechanisms::TLS),
        require_tls: connector.require_tls,
        auth: if Policy::offers_auth(connector) { AuthOffer::UnderTls } else { AuthOffer::Never },
        bearer: bearer_offer(shared),
        require_hello_name: connector.require_ehlo_domain,
        require_auth: Policy::requires_auth(connector),
    }
}

fn size_mode(connector: &ReceiveConnector) -> smtp::SizeMode {
    match connector.size_enabled {
        directory::SizeMode::Enabled => smtp::SizeMode::Enabled,
        directory::SizeMode::Disabled => smtp::SizeMode::Disabled,
        directory::SizeMode::EnabledWithoutValue => smtp::SizeMode::EnabledWithoutValue,
    }
}
