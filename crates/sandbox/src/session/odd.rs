//! A session with a host that breaks the rules: it looks at each command before the protocol machine
//! does, and where its oddity says so it acts by itself.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use super::{End, IDLE, READ_SIZE, Session};
use crate::{
    behaviour::Behaviour,
    oddity::{Act, Moment},
};

/// What a host from before 1995 says to EHLO.
const NOT_IMPLEMENTED: Act = Act::Say("502 Command not implemented\r\n");
/// How long a client may take to go after the last words.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long an endless host goes on for a client that does not mind.
const ENDLESS: Duration = Duration::from_secs(3_600);

impl Behaviour {
    /// Whether the host looks at commands before its machine does.
    pub(super) fn meddles(self) -> bool {
        self == Self::HeloOnly || self.oddity().is_some()
    }
}

impl Session {
    /// What the host does of its own at this moment.
    pub(super) fn odd_act(&self, moment: Moment) -> Option<Act> {
        self.host.behaviour.oddity()?.at(moment)
    }

    /// Gives the machine the next command, or what has come of the content, unless the host acts by
    /// itself.
    pub(super) async fn read_oddly<S>(&mut self, stream: &mut S) -> io::Result<Option<Act>>
    where
        S: AsyncRead + Unpin,
    {
        loop {
            if let Some(act) = self.look() {
                return Ok(act);
            }
            self.unread.reserve(READ_SIZE);
            if timeout(IDLE, stream.read_buf(&mut self.unread)).await?? == 0 {
                return Ok(Some(Act::Close("")));
            }
        }
    }

    /// Looks at what has been read: `None` when more is needed, else what the host does, if anything.
    fn look(&mut self) -> Option<Option<Act>> {
        if self.machine.in_data() {
            return self.look_at_content();
        }
        let end = self.unread.windows(2).position(|pair| pair == b"\r\n");
        // A line without an end is the machine's to refuse.
        let length = end.map(|end| end + 2).or_else(|| self.too_long())?;
        let line = self.unread.split_to(length);
        if self.host.behaviour == Behaviour::HeloOnly && is_ehlo(&line) {
            return Some(Some(NOT_IMPLEMENTED));
        }
        let moment = Moment::of(&line, !self.unread.is_empty(), self.tls.is_some());
        let act = self.odd_act(moment);
        if act.is_none() {
            self.machine.input().extend_from_slice(&line);
        }
        Some(act)
    }

    fn too_long(&self) -> Option<usize> {
        let length = self.unread.len();
        (length > READ_SIZE).then_some(length)
    }

    fn look_at_content(&mut self) -> Option<Option<Act>> {
        if self.unread.is_empty() {
            return None;
        }
        let act = self.odd_act(Moment::Content);
        if act.is_none() {
            let content = self.unread.split();
            self.machine.input().extend_from_slice(&content);
        }
        Some(act)
    }

    /// Does it; the end of the session, if that is what it is.
    pub(super) async fn perform<S>(&mut self, stream: &mut S, act: Act) -> io::Result<Option<End>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.flush(stream).await?;
        match act {
            Act::Say(text) => {
                say(stream, text).await?;
                Ok(None)
            }
            Act::Close(text) => {
                say(stream, text).await?;
                close(stream).await?;
                Ok(Some(End::Closed))
            }
            Act::Reset(text) => {
                say(stream, text).await?;
                Ok(Some(End::Reset))
            }
            Act::Endless(text, rest) => timeout(ENDLESS, say_for_ever(stream, text, rest)).await?,
        }
    }
}

fn is_ehlo(line: &[u8]) -> bool {
    line.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"EHLO"))
}

/// Writes each byte alone.
pub(super) async fn write_piecemeal<S>(stream: &mut S, bytes: &[u8]) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    for byte in bytes {
        timeout(IDLE, stream.write_all(&[*byte])).await??;
        timeout(IDLE, stream.flush()).await??;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> io::Result<()> {
    timeout(IDLE, stream.write_all(text.as_bytes())).await??;
    timeout(IDLE, stream.flush()).await?
}

async fn say_for_ever<S>(stream: &mut S, text: &str, rest: Duration) -> io::Result<Option<End>>
where
    S: AsyncWrite + Unpin,
{
    loop {
        say(stream, text).await?;
        tokio::time::sleep(rest).await;
    }
}

/// Ends the connection in order: what the client still sends is read over, so that the last words
/// reach it.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 4096];
    let reading = async { while stream.read(&mut rest).await.is_ok_and(|n| n > 0) {} };
    // One that does not go is left.
    let _ = timeout(FAREWELL, reading).await;
    Ok(())
}
