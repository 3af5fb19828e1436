//! DNS servers that this machine cannot reach itself: questions go over connections that somebody else opens
//! (tunnels through front ends), by TCP, one at a time over each (RFC 7766). Connections are kept for a
//! while and used again.

use std::{fmt, io, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::Semaphore,
    time::Instant,
};

use crate::wire::{ExchangeError, Question, Reply, WireError};

/// Tunnels in use at once; more questions wait their turn.
const MOST_TUNNELS: usize = 8;
/// Tunnels kept that nobody uses.
const MOST_IDLE: usize = 4;
/// For how long one is kept; servers end idle connections after half a minute and more.
const LONGEST_IDLE: Duration = Duration::from_secs(10);

/// A connection in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Any such connection.
pub type BoxedStream = Box<dyn Stream>;

/// Opens connections to DNS servers.
pub trait Tunnels: Send + Sync {
    /// A connection to a DNS server of whoever opens it. The caller bounds the time.
    ///
    /// # Errors
    /// Why there is none; the text names who was asked.
    fn open(&self) -> BoxFuture<'_, io::Result<BoxedStream>>;
}

/// Asks over tunnels.
pub struct Line {
    tunnels: Arc<dyn Tunnels>,
    idle: Mutex<Idle>,
    places: Semaphore,
}

#[derive(Default)]
struct Idle {
    streams: Vec<(BoxedStream, Instant)>,
    is_closed: bool,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

impl Line {
    /// One without tunnels yet.
    pub fn new(tunnels: Arc<dyn Tunnels>) -> Self {
        Self { tunnels, idle: Mutex::default(), places: Semaphore::new(MOST_TUNNELS) }
    }

    /// Another to the same servers, with places of its own: whoever fills one does not fill the other.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(Arc::clone(&self.tunnels))
    }

    /// Ends the tunnels that nobody uses; none is kept any more.
    pub fn close(&self) {
        let mut idle = self.idle.lock();
        idle.is_closed = true;
        idle.streams.clear();
    }

    /// The answer to a question whose bytes are `query`.
    pub(crate) async fn exchange(
        &self,
        question: &Question,
        query: &[u8],
    ) -> Result<Reply, ExchangeError> {
        // Closed never, so an error would only mean more tunnels than places.
        let _place = self.places.acquire().await;
        if let Some(mut kept) = self.kept() {
            // Its server may have ended it meanwhile: that is no failure.
            if let Ok(bytes) = over(&mut kept, query).await {
                let reply = question.decode(&bytes)?;
                self.keep(kept);
                return Ok(reply);
            }
        }
        let mut fresh = self.tunnels.open().await?;
        let reply = question.decode(&over(&mut fresh, query).await?)?;
        self.keep(fresh);
        Ok(reply)
    }

    fn kept(&self) -> Option<BoxedStream> {
        let mut idle = self.idle.lock();
        let now = Instant::now();
        idle.streams.retain(|(_, since)| now.duration_since(*since) < LONGEST_IDLE);
        idle.streams.pop().map(|(stream, _)| stream)
    }

    fn keep(&self, stream: BoxedStream) {
        let mut idle = self.idle.lock();
        if !idle.is_closed && idle.streams.len() < MOST_IDLE {
            idle.streams.push((stream, Instant::now()));
        }
    }
}

/// One question and its answer over a connection (RFC 1035 section 4.2.2).
pub(crate) async fn over<S>(stream: &mut S, query: &[u8]) -> Result<Vec<u8>, ExchangeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let length = u16::try_from(query.len()).map_err(|_| WireError::Malformed)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(query);
    stream.write_all(&framed).await?;
    stream.flush().await?;
    let length = stream.read_u16().await?;
    let mut buffer = vec![0; usize::from(length)];
    stream.read_exact(&mut buffer).await?;
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{net::TcpStream, task::JoinSet};

    use super::*;
    use crate::{
        Proof, Resolver, ResolverSettings, TrustAnchors, Validation, Validator, Way,
        script::{Script, address},
    };

    /// Opens connections to a scripted server, and counts them.
    struct Counted {
        target: std::net::SocketAddr,
        opened: AtomicUsize,
    }

    impl Tunnels for Counted {
        fn open(&self) -> BoxFuture<'_, io::Result<BoxedStream>> {
            self.opened.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Ok(Box::new(TcpStream::connect(self.target).await?) as BoxedStream) })
        }
    }

    struct Nobody;

    impl Tunnels for Nobody {
        fn open(&self) -> BoxFuture<'_, io::Result<BoxedStream>> {
            Box::pin(async { Err(io::Error::other("no front end can be used: it is Inactive")) })
        }
    }

    fn through(tunnels: Arc<dyn Tunnels>) -> ResolverSettings {
        let way = Way::Through(Arc::new(Line::new(tunnels)));
        ResolverSettings { way, ..ResolverSettings::new(Vec::new()) }
    }

    async fn server(ends_after_one: bool) -> (Script, Arc<Counted>) {
        let script = Script::start_over(ends_after_one, |asked| {
            let mut message = asked.with(vec![address(&asked.name, "192.0.2.1")]);
            message.metadata.authentic_data = true;
            vec![message]
        })
        .await;
        let opened = Counted { target: script.address, opened: AtomicUsize::new(0) };
        (script, Arc::new(opened))
    }

    async fn look_up(resolver: &Resolver, name: &str) -> Vec<std::net::Ipv4Addr> {
        resolver.given_v4(name).await.unwrap()
    }

    #[tokio::test]
    async fn a_tunnel_serves_many_questions_and_several_serve_many_at_once() {
        let (script, opened) = server(false).await;
        let resolver = Resolver::new(through(opened.clone()));
        for number in 0..5 {
            assert_eq!(look_up(&resolver, &format!("a{number}.example")).await.len(), 1);
        }
        assert_eq!(opened.opened.load(Ordering::SeqCst), 1);
        assert!(script.log().iter().all(|line| line.starts_with("tcp ")), "{:?}", script.log());
        let mut many = JoinSet::new();
        for number in 0..100 {
            let resolver = resolver.clone();
            many.spawn(async move { look_up(&resolver, &format!("b{number}.example")).await });
        }
        while let Some(found) = many.join_next().await {
            assert_eq!(found.unwrap().len(), 1);
        }
        let all = opened.opened.load(Ordering::SeqCst);
        assert!(all < 60, "{all} tunnels for 100 questions, of which four are kept");
    }

    #[tokio::test]
    async fn a_tunnel_that_has_ended_is_no_failure() {
        let (_script, opened) = server(true).await;
        let resolver = Resolver::new(through(opened.clone()));
        for number in 0..3 {
            assert_eq!(look_up(&resolver, &format!("a{number}.example")).await.len(), 1);
        }
        assert_eq!(opened.opened.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn nobody_keeps_tunnels_once_it_is_closed() {
        let (_script, opened) = server(false).await;
        let line = Arc::new(Line::new(opened.clone()));
        let settings = ResolverSettings {
            way: Way::Through(line.clone()),
            ..ResolverSettings::new(Vec::new())
        };
        let resolver = Resolver::new(settings);
        look_up(&resolver, "a.example").await;
        assert_eq!(line.idle.lock().streams.len(), 1);
        line.close();
        look_up(&resolver, "b.example").await;
        assert_eq!(line.idle.lock().streams.len(), 0);
    }

    #[tokio::test]
    async fn without_a_front_end_it_is_said() {
        let resolver = Resolver::new(through(Arc::new(Nobody)));
        let error = resolver.given_v4("a.example").await.unwrap_err().to_string();
        assert_eq!(
            error,
            "the outbound gateway's DNS servers: no front end can be used: it is Inactive"
        );
    }

    /// Whoever is at the other end of a tunnel is not on this machine.
    #[tokio::test]
    async fn a_resolver_behind_a_tunnel_is_not_believed_unless_it_is_proven_here() {
        let settings = through(Arc::new(Nobody));
        assert_eq!(Proof::of(&settings).validation(), Validation::Remote);
        let ours = Validator::BuiltIn(Arc::new(TrustAnchors::root()));
        let settings = ResolverSettings { validator: ours, ..settings };
        assert!(matches!(Proof::of(&settings).validation(), Validation::Unproven(_)));
    }
}
