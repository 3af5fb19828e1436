//! Drives one SMTP connection: greeting, TLS, sign-in, one transaction.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::Reply;
use smtp::{Client, ClientSettings, ClientStep, SessionFailure, Transaction, TransactionResult};
use tls::ClientPolicy;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::compose::Composed;
use crate::client::{ServerAddress, begin_tls};
use crate::value::Credential;

/// How long the server may take for one step (RFC 5321 section 4.5.3.2).
const PATIENCE: Duration = Duration::from_secs(300);
/// The port on which TLS begins at once (RFC 8314).
const IMPLICIT_TLS: [u16; 2] = [465, 10465];

/// Where and how a message is submitted.
pub(crate) struct Submission {
    pub(crate) server: ServerAddress,
    /// TLS is demanded, verified under this policy.
    pub(crate) tls: Option<ClientPolicy>,
    pub(crate) credential: Option<Credential>,
    /// Our name.
    pub(crate) hello: String,
}

/// Submits a message over an open connection. The error is a whole sentence.
pub(crate) async fn submit(
    submission: &Submission,
    stream: TcpStream,
    message: Composed,
) -> Result<(), String> {
    let server = &submission.server;
    let settings =
        ClientSettings { hello: submission.hello.clone(), force_helo: false, lmtp: false };
    let mut client = Client::new(settings);
    let Some(policy) = &submission.tls else {
        return Session { client, stream, submission }.deliver(message).await;
    };
    let implicit = IMPLICIT_TLS.contains(&server.port);
    let stream = if implicit {
        stream
    } else {
        let (returned, stream) = start_tls(client, stream, submission).await?;
        client = returned;
        stream
    };
    let stream = begin_tls(stream, server, policy.clone()).await.map_err(|e| e.to_string())?;
    if !implicit {
        client.tls_started();
    }
    Session { client, stream, submission }.deliver(message).await
}

/// Up to the server's consent to begin TLS.
async fn start_tls(
    client: Client,
    stream: TcpStream,
    submission: &Submission,
) -> Result<(Client, TcpStream), String> {
    let server = &submission.server;
    let mut session = Session { client, stream, submission };
    session.ready().await?;
    if !session.client.capabilities().start_tls {
        return Err(format!(
            "{server} does not offer TLS, and without it neither password nor message is sent."
        ));
    }
    session.client.start_tls();
    match session.step().await? {
        ClientStep::StartTls => Ok((session.client, session.stream)),
        ClientStep::TlsRefused(reply) => Err(format!("{server} refused to begin TLS: {reply}")),
        other => Err(unexpected(server, other)),
    }
}

struct Session<'a, S> {
    client: Client,
    stream: S,
    submission: &'a Submission,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    async fn deliver(&mut self, message: Composed) -> Result<(), String> {
        self.ready().await?;
        if let Some(credential) = &self.submission.credential {
            self.client.authenticate_plain(&credential.user_name, credential.password.expose());
            match self.step().await? {
                ClientStep::Authenticated => {}
                ClientStep::AuthRefused(reply) => {
                    return Err(format!(
                        "{} refused the sign-in of '{}': {reply}",
                        self.submission.server, credential.user_name
                    ));
                }
                other => return Err(unexpected(&self.submission.server, other)),
            }
            self.ready().await?;
        }
        let result = self.transaction(message).await?;
        self.client.quit();
        // The message is the server's now; whether it says goodbye does not matter.
        let _ = self.flush().await;
        outcome(&result.0, &result.1, &self.submission.server)
    }

    async fn transaction(
        &mut self,
        message: Composed,
    ) -> Result<(TransactionResult, Vec<String>), String> {
        let names =
            message.envelope.recipients.iter().map(|r| r.address.as_str().to_owned()).collect();
        let eight_bit = !message.content.is_ascii();
        let transaction = Transaction {
            recipients: (0..message.envelope.recipients.len()).collect(),
            envelope: Arc::new(message.envelope),
            top: Bytes::new(),
            content: Bytes::clone(&message.content),
            eight_bit,
            attributes: None,
        };
        self.client
            .begin(transaction)
            .map_err(|problem| format!("Nothing was sent: {problem}."))?;
        match self.step().await? {
            ClientStep::Finished(result) => Ok((result, names)),
            other => Err(unexpected(&self.submission.server, other)),
        }
    }

    async fn ready(&mut self) -> Result<(), String> {
        match self.step().await? {
            ClientStep::Ready => Ok(()),
            other => Err(unexpected(&self.submission.server, other)),
        }
    }

    /// Goes on until the machine has something to say.
    async fn step(&mut self) -> Result<ClientStep, String> {
        loop {
            match self.client.next() {
                ClientStep::NeedInput => {
                    self.flush().await?;
                    let server = &self.submission.server;
                    let read = self.stream.read_buf(self.client.input());
                    match timeout(PATIENCE, read).await {
                        Ok(Ok(0)) => return Err(format!("{server} closed the connection.")),
                        Ok(Ok(_)) => {}
                        Ok(Err(error)) => {
                            return Err(format!("The connection to {server} was lost: {error}."));
                        }
                        Err(_) => return Err(format!("{server} did not answer in time.")),
                    }
                }
                step => return Ok(step),
            }
        }
    }

    async fn flush(&mut self) -> Result<(), String> {
        let server = &self.submission.server;
        let lost = |error: std::io::Error| format!("The connection to {server} was lost: {error}.");
        let output = self.client.output();
        while !output.is_empty() {
            match timeout(PATIENCE, self.stream.write_buf(output)).await {
                Ok(Ok(0)) => return Err(format!("{server} closed the connection.")),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(lost(error)),
                Err(_) => return Err(format!("{server} does not read what is sent.")),
            }
        }
        self.stream.flush().await.map_err(lost)
    }
}

fn unexpected(server: &ServerAddress, step: ClientStep) -> String {
    match step {
        ClientStep::Failed(SessionFailure::Greeting(reply)) => {
            format!("{server} refused the connection: {reply}")
        }
        ClientStep::Failed(SessionFailure::Hello(reply)) => {
            format!("{server} refused the greeting: {reply}")
        }
        ClientStep::Failed(SessionFailure::Closing(reply)) => {
            format!("{server} closed the session: {reply}")
        }
        ClientStep::Failed(SessionFailure::Protocol(problem)) => {
            format!("{server} does not speak SMTP as it should: {problem}.")
        }
        _ => format!("{server} does not speak SMTP as it should."),
    }
}

/// Every recipient the server did not take, with its reply.
fn outcome(
    result: &TransactionResult,
    names: &[String],
    server: &ServerAddress,
) -> Result<(), String> {
    let refused: Vec<&(usize, Reply)> =
        result.recipients.iter().filter(|(_, reply)| !reply.is_positive()).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let name = |index: usize| names.get(index).map_or("?", String::as_str);
    let shown: Vec<_> = refused
        .iter()
        .take(20)
        .map(|(index, reply)| format!("{}: {reply}", name(*index)))
        .collect();
    let all = if refused.len() == result.recipients.len() {
        "The message was not sent."
    } else {
        "The message was sent to some recipients only."
    };
    Err(format!("{all} {server} refused {}", shown.join("; ")))
}
