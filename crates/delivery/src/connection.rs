//! One SMTP connection to one host: drives the `smtp` client machine over a socket, in clear
//! or encrypted, and gives up on a peer that is too slow.

use std::{future::Future, io, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use model::{Envelope, MessageId, Reply};
use rustls::pki_types::ServerName;
use smtp::{
    Client, ClientSettings, ClientStep, NotPossible, Phase, SessionFailure, Stage, Transaction,
    TransactionResult,
};
use tls::{CertificateFacts, TlsSummary};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use zeroize::Zeroize;

use crate::{
    Delivery, Outcome, Passage,
    judgement::Judgement,
    patience,
    tap::{By, Tap},
};

/// Written at once; each block has its own time.
const BLOCK: usize = 64 * 1024;

/// A socket, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// What is carried in one transaction.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The message's number.
    pub id: MessageId,
    /// Its Message-ID field's value, with angle brackets; needed where
    /// [`Connection::is_logged`].
    pub internet_message_id: Option<String>,
    /// The message's envelope.
    pub envelope: Arc<Envelope>,
    /// Which of its recipients this time.
    pub recipients: Vec<u32>,
    /// The content as it goes out, CRLF lines.
    pub content: Bytes,
    /// Whether the content has bytes above 127.
    pub eight_bit: bool,
}

/// What a connector says of its connections.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Messages before it is closed (SmtpMaxMessagesPerConnection).
    pub(crate) messages: u32,
    /// The longest silence of the other side (ConnectionInactivityTimeOut); RFC 5321's times
    /// count where they are shorter.
    pub(crate) inactivity: Duration,
    /// What replies mean (ErrorPolicies).
    pub(crate) judgement: Judgement,
}

/// A connection that has been greeted and has said EHLO.
pub struct Connection {
    client: Client,
    stream: Box<dyn Stream>,
    host: String,
    carried: u32,
    terms: Terms,
    encrypted: bool,
    tap: Tap,
    passage: Option<Arc<Passage>>,
}

/// A connection that ended before its time; what the administrator reads.
#[derive(Debug)]
pub(crate) struct Lost(pub(crate) String);

impl Connection {
    /// Waits for the greeting and says EHLO.
    pub(crate) async fn open(
        stream: Box<dyn Stream>,
        settings: ClientSettings,
        host: String,
        terms: Terms,
        tap: Tap,
    ) -> Result<Self, Lost> {
        let mut connection = Self {
            client: Client::new(settings),
            stream,
            host,
            carried: 0,
            terms,
            encrypted: false,
            tap,
            passage: None,
        };
        match connection.until_ready().await {
            Ok(()) => Ok(connection),
            Err(lost) => Err(connection.given_up(lost)),
        }
    }

    /// Whether the other side offers STARTTLS.
    pub(crate) fn offers_tls(&self) -> bool {
        self.client.capabilities().start_tls
    }

    /// Asks for STARTTLS; `false` when the other side refuses in good order.
    pub(crate) async fn ask_tls(&mut self) -> Result<bool, Lost> {
        self.client.start_tls();
        match self.step().await? {
            ClientStep::StartTls => Ok(true),
            ClientStep::TlsRefused(_) => {
                self.until_ready().await?;
                Ok(false)
            }
            step => Err(self.unexpected(&step)),
        }
    }

    /// Replaces the socket by the encrypted one and says EHLO again.
    pub(crate) async fn encrypt(
        mut self,
        connector: &TlsConnector,
        name: ServerName<'static>,
    ) -> Result<Self, Lost> {
        let stream = timeout(patience::HANDSHAKE, connector.connect(name, self.stream)).await;
        let failed = |why: &str, tap: &mut Tap| {
            tap.ends(By::Local, why);
            Lost(why.to_owned())
        };
        let stream = match stream {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let why = format!("454 4.7.5 The TLS handshake with {} failed: {error}", self.host);
                return Err(failed(&why, &mut self.tap));
            }
            Err(_) => {
                let why = format!("454 4.7.5 The TLS handshake with {} took too long", self.host);
                return Err(failed(&why, &mut self.tap));
            }
        };
        note_tls(&self.tap, stream.get_ref().1);
        self.stream = Box::new(stream);
        self.encrypted = true;
        self.client.tls_started();
        match self.until_ready().await {
            Ok(()) => Ok(self),
            Err(lost) => Err(self.given_up(lost)),
        }
    }

    /// Notes why the connection is given up.
    pub(crate) fn given_up(&mut self, lost: Lost) -> Lost {
        self.tap.ends(By::Local, &lost.0);
        lost
    }

    /// The same, knowing the way through front ends that it takes.
    pub(crate) fn along(mut self, passage: Option<Arc<Passage>>) -> Self {
        self.passage = passage;
        self
    }

    /// The front end it goes through.
    pub fn front_end(&self) -> Option<String> {
        self.passage.as_ref()?.through()
    }

    /// The host at the other end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether the conversation goes to the protocol log.
    pub fn is_logged(&self) -> bool {
        self.tap.is_verbose()
    }

    /// Whether SmtpMaxMessagesPerConnection has been reached.
    pub fn is_spent(&self) -> bool {
        self.carried >= self.terms.messages
    }

    /// Carries one message. After a `session_failure` the connection must be dropped.
    pub async fn deliver(&mut self, parcel: Parcel) -> Delivery {
        self.carried += 1;
        let recipients = parcel.recipients.clone();
        let size = parcel.content.len() as u64;
        self.note_message(&parcel);
        let relays_dsn = self.client.capabilities().dsn;
        if let Err(reason) = self.begin(parcel) {
            let outcome = Outcome::of_not_possible(&reason, &self.host);
            self.tap.information("", &format!("not sent: {reason}"));
            let all = recipients.into_iter().map(|r| (r, outcome.clone())).collect();
            return Delivery {
                recipients: all,
                session_failure: None,
                relays_dsn,
                host: self.host.clone(),
            };
        }
        let mut outcomes = Vec::new();
        let patience = patience::of_transaction(recipients.len());
        let mut undecided = Outcome::Untried;
        let failure = match timeout(patience, self.transact(&mut outcomes)).await {
            Ok(Ok(failure)) => failure,
            Ok(Err(Lost(why))) => {
                if self.may_have_been_taken() {
                    undecided = Outcome::Deferred(why.clone());
                }
                Some(why)
            }
            Err(_) => Some(format!("451 4.4.1 {} took too long over one message", self.host)),
        };
        if outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Delivered(_))) {
            self.tap.record().carried(size);
        }
        if let Some(why) = &failure {
            self.tap.ends(By::Local, why);
        }
        for recipient in recipients {
            if !outcomes.iter().any(|(r, _)| *r == recipient) {
                outcomes.push((recipient, undecided.clone()));
            }
        }
        Delivery {
            recipients: outcomes,
            session_failure: failure,
            relays_dsn,
            host: self.host.clone(),
        }
    }

    /// Says QUIT and waits a little for the answer.
    /// `why` stands in the connectivity log.
    pub async fn quit(mut self, why: &str) {
        self.tap.record().set_ending(why);
        self.client.quit();
        let goodbye = async { while let Ok(ClientStep::Ready) = self.step().await {} };
        let _ = timeout(patience::QUIT, goodbye).await;
    }

    /// Whether a tunnel broke off when the host may have had the whole message: it must not go
    /// there again as soon as the next tunnel stands.
    fn may_have_been_taken(&self) -> bool {
        self.client.waits_for() == Phase::DataEnd
            && self.passage.as_ref().is_some_and(|passage| passage.broke_off())
    }

    fn note_message(&self, parcel: &Parcel) {
        if self.tap.is_verbose() {
            let message_id = parcel.internet_message_id.as_deref().unwrap_or("none");
            let context = format!(
                "sending message with RecordId {} and InternetMessageId {message_id}",
                parcel.id
            );
            self.tap.information("", &context);
        }
    }

    /// Starts the transaction; 8-bit content is converted when the other side needs it.
    fn begin(&mut self, parcel: Parcel) -> Result<(), NotPossible> {
        let mut transaction = Transaction {
            envelope: parcel.envelope,
            recipients: parcel.recipients.iter().map(|r| *r as usize).collect(),
            content: parcel.content,
            eight_bit: parcel.eight_bit,
        };
        if transaction.eight_bit && !self.client.capabilities().eight_bit_mime {
            let converted = message::to_seven_bit(&transaction.content);
            transaction.content = converted.map_err(|_| NotPossible::EightBit)?;
            transaction.eight_bit = false;
        }
        self.client.begin(transaction)
    }

    async fn transact(
        &mut self,
        outcomes: &mut Vec<(u32, Outcome)>,
    ) -> Result<Option<String>, Lost> {
        loop {
            match self.step().await? {
                ClientStep::Finished(result) => {
                    outcomes.extend(judge(&result, &self.terms.judgement));
                    if let Some(reply) = closing_reply(&result.recipients) {
                        return Ok(Some(reply));
                    }
                }
                ClientStep::Ready => return Ok(None),
                ClientStep::Failed(failure) => return Ok(Some(describe(&failure))),
                step => return Err(self.unexpected(&step)),
            }
        }
    }

    async fn until_ready(&mut self) -> Result<(), Lost> {
        match self.step().await? {
            ClientStep::Ready => Ok(()),
            ClientStep::Failed(failure) => Err(Lost(describe(&failure))),
            step => Err(self.unexpected(&step)),
        }
    }

    /// Advances until the machine has something to say. Each answer has its time, counted from
    /// when everything has been written or the last bytes came.
    async fn step(&mut self) -> Result<ClientStep, Lost> {
        let mut broken = None;
        loop {
            match self.client.next() {
                ClientStep::NeedInput => {}
                step => return Ok(step),
            }
            if let Some(error) = broken {
                return Err(self.lost(&error));
            }
            // A host that refuses in the middle of the content and closes has said why.
            let (written, patience) = match self.write().await {
                Ok(()) => (None, self.patience(self.client.waits_for())),
                Err(error) => (Some(error), patience::LAST_WORDS),
            };
            let input = self.client.input();
            input.reserve(4096);
            let before = input.len();
            match (timeout(patience, self.stream.read_buf(input)).await, written) {
                (Ok(Ok(n)), written) if n > 0 => {
                    self.tap.received(&self.client.input()[before..]);
                    broken = written;
                }
                (_, Some(error)) => return Err(self.lost(&error)),
                (Ok(Ok(_)), None) => {
                    let why = format!("451 4.4.2 {} closed the connection", self.host);
                    self.tap.ends(By::Remote, &why);
                    return Err(Lost(why));
                }
                (Ok(Err(error)), None) => return Err(self.lost(&error)),
                (Err(_), None) => {
                    return Err(Lost(format!("451 4.4.1 {} did not answer in time", self.host)));
                }
            }
        }
    }

    /// Writes what is to be sent, block by block, each within its time.
    async fn write(&mut self) -> io::Result<()> {
        let phase = self.client.waits_for();
        let mut bytes = self.client.output().split();
        if bytes.is_empty() {
            return Ok(());
        }
        self.tap.sent(&bytes, phase);
        let written = self.write_blocks(&bytes).await;
        if phase == Phase::Auth {
            bytes.as_mut().zeroize();
        }
        written?;
        recycle(self.client.output(), bytes);
        Ok(())
    }

    async fn write_blocks(&mut self, bytes: &[u8]) -> io::Result<()> {
        for block in bytes.chunks(BLOCK) {
            within(self.patience(Phase::DataBlock), self.stream.write_all(block)).await?;
        }
        within(self.patience(Phase::DataBlock), self.stream.flush()).await
    }

    /// ConnectionInactivityTimeOut shortens waiting, but not for what becomes of content: a host
    /// that has taken the message and is slow to say so would be sent it again and again
    /// (RFC 5321 section 4.5.3.2.6).
    fn patience(&self, phase: Phase) -> Duration {
        let longest = patience::of(phase);
        match phase {
            Phase::DataBlock | Phase::DataEnd => longest,
            _ => longest.min(self.terms.inactivity),
        }
    }

    fn lost(&mut self, error: &io::Error) -> Lost {
        let why = format!("451 4.4.2 The connection to {} was lost: {error}", self.host);
        self.tap.ends(By::Remote, &why);
        Lost(why)
    }

    fn unexpected(&self, step: &ClientStep) -> Lost {
        Lost(format!("451 4.5.0 {} broke the protocol ({step:?})", self.host))
    }
}

/// What was negotiated, and what the other side's certificate says of itself.
fn note_tls(tap: &Tap, connection: &rustls::ClientConnection) {
    let TlsSummary { protocol, cipher } = TlsSummary::of_client(connection);
    tap.record().progress(|| format!("TLS negotiated: {protocol} {cipher}"));
    let certificate = || {
        let leaf = connection.peer_certificates().and_then(<[_]>::first);
        leaf.map(|leaf| CertificateFacts::of(leaf).to_string())
    };
    if tap.is_verbose() {
        tap.information("", &format!("TLS negotiated: {protocol} {cipher}"));
        if let Some(facts) = certificate() {
            tap.information(&facts, "Remote certificate");
        }
    }
    tap.record().progress(|| certificate().unwrap_or_default());
}

async fn within<T>(patience: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(patience, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Gives the buffer back to the machine when it is of a usual size, so that the next message
/// needs no fresh memory.
fn recycle(output: &mut BytesMut, mut bytes: BytesMut) {
    const USUAL: usize = 256 * 1024;
    if output.is_empty() && bytes.capacity() <= USUAL {
        bytes.clear();
        *output = bytes;
    }
}

/// What each final reply means for its recipient.
fn judge(result: &TransactionResult, judgement: &Judgement) -> Vec<(u32, Outcome)> {
    let any_taken = result.recipients.iter().any(|(_, reply)| reply.is_positive());
    let judge_one = |((index, reply), stage): (&(usize, Reply), &Stage)| {
        // "Too many recipients": the others go at once, in a transaction of their own
        // (RFC 5321 section 4.5.3.1.10).
        let too_many = any_taken && *stage == Stage::Rcpt && says_too_many(reply);
        let outcome = if too_many { Outcome::Untried } else { judgement.of_reply(reply) };
        (*index as u32, outcome)
    };
    result.recipients.iter().zip(&result.stage).map(judge_one).collect()
}

fn says_too_many(reply: &Reply) -> bool {
    let about_recipients = reply.enhanced.is_none_or(|code| code.to_string().ends_with(".5.3"));
    matches!(reply.code.as_u16(), 452 | 552) && about_recipients
}

fn closing_reply(recipients: &[(usize, Reply)]) -> Option<String> {
    recipients
        .iter()
        .find(|(_, reply)| reply.code.as_u16() == 421)
        .map(|(_, reply)| reply.to_string())
}

fn describe(failure: &SessionFailure) -> String {
    match failure {
        SessionFailure::Greeting(reply)
        | SessionFailure::Hello(reply)
        | SessionFailure::Closing(reply) => reply.to_string(),
        SessionFailure::Protocol(what) => format!("451 4.5.0 {what}"),
    }
}

/// The longest a connection without work is kept, whatever the connector allows: an idle
/// connection is somebody else's resource.
pub(crate) const LONGEST_IDLE: Duration = Duration::from_secs(600);

mod logon;
#[cfg(test)]
mod tests;
