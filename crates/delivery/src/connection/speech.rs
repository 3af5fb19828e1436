//! What is said and heard over the socket: everything is written before anything is awaited, each
//! reply has its time as a whole and each silence in it, and what the other side said before it was
//! asked is found before it could pass for an answer.

use std::{future::Future, io, time::Duration};

use bytes::BytesMut;
use futures_util::FutureExt;
use smtp::{ClientStep, Phase};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout, timeout_at},
};
use zeroize::Zeroize;

use super::{Connection, Lost};
use crate::{patience, tap::By};

/// Written without a look at what the other side says meanwhile. A content that is followed goes out in one,
/// whatever dots and commands come to it.
const BLOCK: usize = 2 * smtp::LONGEST_FOLLOWED;
/// So much of it has its own time.
const PIECE: usize = 64 * 1024;
/// Room made for one read.
const ROOM: usize = 4 * 1024;

/// Why not everything could be written.
pub(super) enum Cut {
    Broken(io::Error),
    /// The other side has spoken before it was asked, or into the content.
    Spoken,
    /// The other side has closed the connection.
    Closed,
}

impl Connection {
    /// Advances until the machine has something to say.
    pub(super) async fn step(&mut self) -> Result<ClientStep, Lost> {
        let (mut replies, mut until) = (None, Instant::now());
        loop {
            match self.client.next() {
                ClientStep::NeedInput => {}
                step => return Ok(step),
            }
            self.send().await;
            if let Some(cut) = self.cut.take() {
                return self.last_words(cut).await;
            }
            if replies != Some(self.client.replies()) {
                replies = Some(self.client.replies());
                until = Instant::now() + patience::of(self.client.waits_for());
            }
            self.read_until(until).await?;
        }
    }

    /// Sends what there is to send. Where that fails, the next step says what came of it.
    pub(super) async fn send(&mut self) {
        if self.cut.is_none() {
            self.cut = self.write().await.err();
        }
    }

    /// Reads something. Each silence has its time, counted from when everything has been written or
    /// the last bytes came, and the reply has one as a whole.
    async fn read_until(&mut self, until: Instant) -> Result<(), Lost> {
        let silence = Instant::now() + self.patience(self.client.waits_for());
        let input = self.client.input();
        input.reserve(ROOM);
        let before = input.len();
        match timeout_at(until.min(silence), self.stream.read_buf(input)).await {
            Ok(Ok(0)) => Err(self.closed()),
            Ok(Ok(_)) => {
                self.tap.received(&self.client.input()[before..]);
                Ok(())
            }
            Ok(Err(error)) => Err(self.lost(&error)),
            Err(_) => Err(Lost(format!("451 4.4.1 {} did not answer in time", self.host))),
        }
    }

    /// Not everything could be sent. A host that refuses in the middle of the content and closes
    /// has said why.
    async fn last_words(&mut self, cut: Cut) -> Result<ClientStep, Lost> {
        self.client.cut_short();
        let until = Instant::now() + patience::LAST_WORDS;
        loop {
            match self.client.next() {
                ClientStep::NeedInput => {}
                step => return Ok(step),
            }
            let input = self.client.input();
            input.reserve(ROOM);
            let before = input.len();
            match timeout_at(until, self.stream.read_buf(input)).await {
                Ok(Ok(n)) if n > 0 => self.tap.received(&self.client.input()[before..]),
                _ => break,
            }
        }
        Err(match cut {
            Cut::Broken(error) => self.lost(&error),
            Cut::Closed => self.closed(),
            Cut::Spoken => {
                Lost(format!("451 4.5.0 {} began to answer before it was asked", self.host))
            }
        })
    }

    /// Writes what is to be sent, unless the other side has spoken first.
    async fn write(&mut self) -> Result<(), Cut> {
        if self.client.output().is_empty() {
            return Ok(());
        }
        let phase = self.client.waits_for();
        self.listen()?;
        let mut bytes = self.client.output().split();
        self.tap.sent(&bytes, phase);
        self.writing = true;
        let written = self.write_blocks(&bytes, phase).await;
        if phase == Phase::Auth {
            bytes.as_mut().zeroize();
        }
        written?;
        self.writing = false;
        recycle(self.client.output(), bytes);
        Ok(())
    }

    async fn write_blocks(&mut self, bytes: &[u8], phase: Phase) -> Result<(), Cut> {
        for (number, block) in bytes.chunks(BLOCK).enumerate() {
            // Replies to the first commands of a group may come before its last are sent.
            if number > 0 && phase == Phase::DataBlock {
                self.listen()?;
            }
            for piece in block.chunks(PIECE) {
                within(patience::of(Phase::DataBlock), self.stream.write_all(piece)).await?;
            }
        }
        Ok(within(patience::of(Phase::DataBlock), self.stream.flush()).await?)
    }

    /// Whether the other side is silent and there, as it should be before something is sent: looks
    /// at what has come, without waiting.
    fn listen(&mut self) -> Result<(), Cut> {
        let input = self.client.input();
        input.reserve(ROOM);
        let before = input.len();
        match self.stream.read_buf(input).now_or_never() {
            None => Ok(()),
            Some(Ok(0)) => Err(Cut::Closed),
            Some(Ok(_)) => {
                self.tap.received(&self.client.input()[before..]);
                Err(Cut::Spoken)
            }
            Some(Err(error)) => Err(Cut::Broken(error)),
        }
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

    fn closed(&mut self) -> Lost {
        let why = format!("451 4.4.2 {} closed the connection", self.host);
        self.tap.ends(By::Remote, &why);
        Lost(why)
    }

    fn lost(&mut self, error: &io::Error) -> Lost {
        let why = format!("451 4.4.2 The connection to {} was lost: {error}", self.host);
        self.tap.ends(By::Remote, &why);
        Lost(why)
    }

    pub(super) fn unexpected(&self, step: &ClientStep) -> Lost {
        Lost(format!("451 4.5.0 {} broke the protocol ({step:?})", self.host))
    }
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
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
