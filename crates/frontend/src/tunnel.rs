//! Carries bytes both ways until either side is done, or both are silent for too long. Holds at
//! most one block per direction.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional_with_sizes};

/// Held per direction.
const BLOCK: usize = 16 * 1024;

/// What a tunnel carried.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Carried {
    /// Bytes from the Mailbox server.
    pub(crate) out: u64,
    /// Bytes to the Mailbox server.
    pub(crate) back: u64,
}

/// Carries until the end. A half that ends is passed on as an end; an error or `patience`
/// without a byte in either direction ends both.
pub(crate) async fn carry<A, B>(
    mailbox: &mut A,
    target: B,
    patience: Duration,
) -> (Carried, io::Result<()>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let (out, back) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut target = Counted { inner: target, read: Arc::clone(&back), written: Arc::clone(&out) };
    let copying = copy_bidirectional_with_sizes(mailbox, &mut target, BLOCK, BLOCK);
    let total = || out.load(Ordering::Relaxed) + back.load(Ordering::Relaxed);
    let silence = async {
        let mut before = total();
        loop {
            tokio::time::sleep(patience).await;
            let now = total();
            if now == before {
                return;
            }
            before = now;
        }
    };
    let result = tokio::select! {
        copied = copying => copied.map(|_| ()),
        () = silence => Err(io::ErrorKind::TimedOut.into()),
    };
    let carried = Carried { out: out.load(Ordering::Relaxed), back: back.load(Ordering::Relaxed) };
    (carried, result)
}

/// Counts what passes.
struct Counted<S> {
    inner: S,
    read: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        self.read.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        self.written.fetch_add(n as u64, Ordering::Relaxed);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_pass_both_ways_until_both_are_done() {
        let (mut client, mut inner) = duplex(64);
        let (outer, mut server) = duplex(64);
        let carrying =
            tokio::spawn(async move { carry(&mut inner, outer, Duration::from_secs(60)).await });
        client.write_all(b"EHLO").await.unwrap();
        let mut four = [0; 4];
        server.read_exact(&mut four).await.unwrap();
        assert_eq!(&four, b"EHLO");
        server.write_all(b"250").await.unwrap();
        drop(server);
        let mut said = Vec::new();
        client.read_to_end(&mut said).await.unwrap();
        assert_eq!(said, b"250");
        drop(client);
        let (carried, result) = carrying.await.unwrap();
        assert!(result.is_ok());
        assert_eq!((carried.out, carried.back), (4, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_tunnel_and_talk_does_not() {
        let (mut client, mut inner) = duplex(64);
        let (outer, _server) = duplex(64);
        let began = tokio::time::Instant::now();
        let carrying =
            tokio::spawn(async move { carry(&mut inner, outer, Duration::from_secs(60)).await });
        tokio::time::sleep(Duration::from_secs(50)).await;
        client.write_all(b"x").await.unwrap();
        let (_, result) = carrying.await.unwrap();
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 120);
    }
}
