//! One SMTP connection to one host: drives the `smtp` client machine over a socket, in clear
//! or encrypted, and gives up on a peer that is too slow.

use std::{io, sync::Arc, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use model::{Envelope, Reply};
use rustls::pki_types::ServerName;
use smtp::{Client, ClientSettings, ClientStep, NotPossible, SessionFailure, Transaction};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::{Delivery, Outcome, patience};

/// A socket, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// What is carried in one transaction.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The message's envelope.
    pub envelope: Arc<Envelope>,
    /// Which of its recipients this time.
    pub recipients: Vec<u32>,
    /// The content as it goes out, CRLF lines.
    pub content: Bytes,
    /// Whether the content has bytes above 127.
    pub eight_bit: bool,
}

/// A connection that has been greeted and has said EHLO.
pub struct Connection {
    client: Client,
    stream: Box<dyn Stream>,
    host: String,
    carried: u32,
    limit: u32,
    encrypted: bool,
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
        limit: u32,
    ) -> Result<Self, Lost> {
        let mut connection = Self {
            client: Client::new(settings),
            stream,
            host,
            carried: 0,
            limit,
            encrypted: false,
        };
        connection.until_ready().await?;
        Ok(connection)
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
        let stream = match stream {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                return Err(Lost(format!(
                    "454 4.7.5 The TLS handshake with {} failed: {error}",
                    self.host
                )));
            }
            Err(_) => {
                return Err(Lost(format!(
                    "454 4.7.5 The TLS handshake with {} took too long",
                    self.host
                )));
            }
        };
        self.stream = Box::new(stream);
        self.encrypted = true;
        self.client.tls_started();
        self.until_ready().await?;
        Ok(self)
    }

    /// The host at the other end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether SmtpMaxMessagesPerConnection has been reached.
    pub fn is_spent(&self) -> bool {
        self.carried >= self.limit
    }

    /// Carries one message. After a `session_failure` the connection must be dropped.
    pub async fn deliver(&mut self, parcel: Parcel) -> Delivery {
        self.carried += 1;
        let recipients = parcel.recipients.clone();
        let relays_dsn = self.client.capabilities().dsn;
        if let Err(reason) = self.begin(parcel) {
            let outcome = Outcome::of_not_possible(&reason, &self.host);
            let all = recipients.into_iter().map(|r| (r, outcome.clone())).collect();
            return Delivery {
                recipients: all,
                session_failure: None,
                relays_dsn,
                host: self.host.clone(),
            };
        }
        let mut outcomes = Vec::new();
        let failure = match self.transact(&mut outcomes).await {
            Ok(failure) => failure,
            Err(Lost(why)) => Some(why),
        };
        for recipient in recipients {
            if !outcomes.iter().any(|(r, _)| *r == recipient) {
                outcomes.push((recipient, Outcome::Untried));
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
    pub async fn quit(mut self) {
        self.client.quit();
        let goodbye = async { while let Ok(ClientStep::Ready) = self.step().await {} };
        let _ = timeout(patience::QUIT, goodbye).await;
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
                    outcomes.extend(
                        result
                            .recipients
                            .iter()
                            .map(|(index, reply)| (*index as u32, Outcome::of_reply(reply))),
                    );
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

    /// Advances until the machine has something to say. Each phase as a whole has its time.
    async fn step(&mut self) -> Result<ClientStep, Lost> {
        let mut phase = self.client.waits_for();
        let mut deadline = Instant::now() + patience::of(phase);
        loop {
            match self.client.next() {
                ClientStep::NeedInput => {}
                step => return Ok(step),
            }
            if self.client.waits_for() != phase {
                phase = self.client.waits_for();
                deadline = Instant::now() + patience::of(phase);
            }
            let exchanged =
                timeout_at(deadline, exchange(&mut self.stream, &mut self.client)).await;
            match exchanged {
                Ok(Ok(0)) => {
                    return Err(Lost(format!("451 4.4.2 {} closed the connection", self.host)));
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    return Err(Lost(format!(
                        "451 4.4.2 The connection to {} was lost: {error}",
                        self.host
                    )));
                }
                Err(_) => {
                    return Err(Lost(format!("451 4.4.1 {} did not answer in time", self.host)));
                }
            }
        }
    }

    fn unexpected(&self, step: &ClientStep) -> Lost {
        Lost(format!("451 4.5.0 {} broke the protocol ({step:?})", self.host))
    }
}

/// Writes what is to be sent, then reads what has come; returns how many bytes came.
async fn exchange(stream: &mut Box<dyn Stream>, client: &mut Client) -> io::Result<usize> {
    let output = client.output();
    if !output.is_empty() {
        let bytes = output.split();
        stream.write_all(&bytes).await?;
        stream.flush().await?;
        recycle(client.output(), bytes);
    }
    let input = client.input();
    if !input.has_remaining_mut() || input.capacity() == input.len() {
        input.reserve(4096);
    }
    stream.read_buf(input).await
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
