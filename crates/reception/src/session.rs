//! One client's session: drives the `smtp` server machine over a socket, asks the policy,
//! hands messages over. Replies are written only when the machine wants input, so that a
//! pipelining client costs one write for many commands.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use directory::{ReceiveConnector, Snapshot};
use identity::TokenPass;
use model::{Reply, ReversePath};
use smtp::{Answer, Server, Step};
use tls::TlsSummary;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    admission::Admitted,
    conversation::Conversation,
    message_rate::Sender,
    policy::{Client, Policy},
    reason,
    shared::Shared,
    sign_in::{Desk, SignIn},
};

mod encryption;
mod hand_over;
mod offer;

use offer::machine_settings;

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

    /// Whether who signed in may still: the mailbox exists and has the password he gave, his token is good, or the
    /// server is one of ours.
    fn is_still_welcome(&self, snapshot: &Snapshot) -> bool {
        if let Some(pass) = &self.token {
            return self.shared.tokens.is_still_good(pass);
        }
        match &self.client {
            Client::User(principal) => snapshot
                .mailbox_by_guid(principal.mailbox.header.guid)
                .is_some_and(|now| now.password == principal.mailbox.password),
            Client::Server(name) => {
                snapshot.server(name.as_str()).is_some_and(|server| server.is_mailbox_server)
            }
            Client::Anonymous | Client::Partner(_) => true,
        }
    }

    /// Why nothing new is taken at the moment, if so.
    fn back_pressure(&self) -> Option<Reply> {
        let intake = &self.shared.intake;
        let pressed = match self.client {
            Client::Server(_) => intake.is_pressed_for_servers(),
            _ => intake.is_pressed(),
        } || self.shared.admission.buffered() > BUFFERED_SOFT;
        pressed.then(|| Reply::new(452, (4, 3, 1), "Insufficient system resources"))
    }

    /// Counts a message; the refusal when it is one too many of this minute.
    fn excess(&self, sender: &ReversePath) -> Option<Reply> {
        let now = self.shared.clock.now();
        let user = match &self.client {
            Client::User(principal) => Sender::User(principal.mailbox.header.guid),
            // It has been counted where it came in.
            Client::Server(_) => return None,
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

    /// Makes a client wait who asks for what he does not get.
    async fn tarpit(&self) {
        let interval = self.connector.tarpit_interval.as_duration();
        if !matches!(self.client, Client::User(_) | Client::Server(_)) && !interval.is_zero() {
            tokio::time::sleep_until((Instant::now() + interval).min(self.ends_at)).await;
        }
    }

    /// Back pressure that does not refuse yet: MAIL is answered later, whoever asks but our own servers.
    async fn slow_down(
        &mut self,
        stream: &mut Box<dyn Stream>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), End> {
        let delay = self.shared.intake.delay();
        if delay.is_zero() || matches!(self.client, Client::Server(_)) || *stop.borrow() {
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

fn timed_out() -> Reply {
    Reply::new(421, (4, 4, 1), "Connection timed out")
}

fn stopping() -> Reply {
    Reply::new(421, (4, 3, 2), "Service not available, closing transmission channel")
}

fn going_down() -> Reply {
    Reply::new(421, (4, 3, 2), "Service not active")
}
