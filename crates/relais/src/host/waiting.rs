//! What waits on the server of this machine, told at a socket in its data directory. Only root and the server's own user
//! can reach that, so nobody has to sign in; it tells and does nothing else.

use std::{io, ops::ControlFlow, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::{
    io::AsyncWriteExt,
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    task::JoinHandle,
};
use transport::{MessageScope, MessageView, Transport};

/// The socket, in the data directory.
pub(super) const SOCKET: &str = "mailq.sock";
/// Messages that are told of one by one.
pub(super) const MOST_MESSAGES: usize = 10_000;
/// Recipients of one message that are.
const MOST_RECIPIENTS: usize = 100;
/// Who asks at once.
const MOST_ASKING: usize = 4;
/// How long somebody may take to read the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One message that waits in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Its number, or the name of its file.
    pub(super) id: String,
    /// Bytes.
    pub(super) size: u64,
    /// When it came, in milliseconds since 1970.
    pub(super) at: i64,
    pub(super) sender: String,
    /// The last failure.
    pub(super) error: Option<String>,
    pub(super) recipients: Vec<String>,
}

/// The socket, open until it is dropped.
pub(crate) struct Waiting {
    task: JoinHandle<()>,
}

impl Waiting {
    /// Opens the socket. No other server has the data directory: a socket that is there was left behind.
    pub(crate) fn start(data: &Path, transport: Transport) -> Result<Self> {
        let path = data.join(SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| path.display().to_string());
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
        Ok(Self { task: tokio::spawn(serve(listener, transport)) })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: UnixListener, transport: Transport) {
    let asking = Arc::new(Semaphore::new(MOST_ASKING));
    loop {
        let Ok(permit) = Arc::clone(&asking).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let transport = transport.clone();
                tokio::spawn(async move {
                    let told = tokio::time::timeout(PATIENCE, tell(stream, transport)).await;
                    if !matches!(told, Ok(Ok(()))) {
                        tracing::debug!(?told, "what waits could not be told");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "mailq cannot be answered");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn tell(mut stream: UnixStream, transport: Transport) -> io::Result<()> {
    let lines = tokio::task::spawn_blocking(move || lines(&transport)).await??;
    stream.write_all(&lines).await?;
    stream.shutdown().await
}

/// A line of JSON for each message in each queue.
fn lines(transport: &Transport) -> io::Result<Vec<u8>> {
    let (mut lines, mut count) = (Vec::new(), 0);
    let mut visit = |view: &MessageView<'_>| {
        if serde_json::to_writer(&mut lines, &row(view)).is_ok() {
            lines.push(b'\n');
        }
        count += 1;
        // One more than is shown, so that it is known that there are more.
        if count > MOST_MESSAGES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    transport.visit_messages(&MessageScope::default(), &mut visit).map_err(io::Error::other)?;
    Ok(lines)
}

fn row(view: &MessageView<'_>) -> Row {
    let recipients = &view.details().recipients;
    Row {
        id: view.id.to_string(),
        size: view.size,
        at: view.date_received.as_millis(),
        sender: view.from_address.to_owned(),
        error: view.last_error.map(str::to_owned),
        recipients: bounded(recipients.iter().map(|recipient| recipient.address.clone())),
    }
}

/// As many recipients as are shown of one message.
pub(super) fn bounded(all: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = all.len().saturating_sub(MOST_RECIPIENTS);
    let mut shown: Vec<String> = all.take(MOST_RECIPIENTS).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}
