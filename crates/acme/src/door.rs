//! The small web server to which the authority comes (RFC 8555 section 8.3): it answers what running orders are to show
//! below `/.well-known/acme-challenge/`, and 404 otherwise. Everybody can reach it: connections, their time and what is
//! read of them are bounded, and nothing is done for anybody.

use std::{
    collections::HashMap, convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    header::{self, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};

/// Where challenges are asked for.
const PLACE: &str = "/.well-known/acme-challenge/";
/// Most connections at once; further ones are closed.
const MOST: usize = 100;
/// The longest a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 8 * 1024;

/// What is shown, by token.
type Shown = Arc<Mutex<HashMap<String, String>>>;

/// The listeners and what they show.
pub(crate) struct Door {
    wanted: Vec<SocketAddr>,
    open: HashMap<SocketAddr, JoinHandle<()>>,
    shown: Shown,
    places: Arc<Semaphore>,
}

impl Door {
    /// Opened by [`Door::open`], at these addresses.
    pub(crate) fn new(wanted: Vec<SocketAddr>) -> Self {
        let places = Arc::new(Semaphore::new(MOST));
        Self { wanted, open: HashMap::new(), shown: Shown::default(), places }
    }

    /// Listens where it does not yet.
    ///
    /// # Errors
    /// When it can listen nowhere. Where it can somewhere, what failed is logged: not every machine has IPv6.
    pub(crate) fn open(&mut self) -> Result<(), String> {
        self.open.retain(|_, task| !task.is_finished());
        let mut failures = Vec::new();
        for &address in &self.wanted {
            if self.open.contains_key(&address) {
                continue;
            }
            match listen(address) {
                Ok(listener) => {
                    let (shown, places) = (Arc::clone(&self.shown), Arc::clone(&self.places));
                    let task = tokio::spawn(accept(listener, shown, places));
                    self.open.insert(address, task);
                    tracing::info!(%address, "listening for ACME challenges");
                }
                Err(error) => failures.push(format!("{address}: {error}")),
            }
        }
        let failed = failures.join("; ");
        match self.open.is_empty() {
            true => Err(format!("[acme] http_listen: it cannot be listened on {failed}")),
            false if failures.is_empty() => Ok(()),
            false => {
                tracing::warn!("[acme] http_listen: it cannot be listened on {failed}");
                Ok(())
            }
        }
    }

    /// Shows `answer` to who asks for `token`.
    pub(crate) fn show(&self, token: &str, answer: &str) {
        self.shown.lock().insert(token.to_owned(), answer.to_owned());
    }

    /// Shows nothing any more.
    pub(crate) fn clear(&self) {
        self.shown.lock().clear();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        for task in self.open.values() {
            task.abort();
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    TcpListener::from_std(socket.into())
}

async fn accept(listener: TcpListener, shown: Shown, places: Arc<Semaphore>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let shown = Arc::clone(&shown);
                tokio::spawn(async move {
                    let _ = timeout(PATIENCE, serve(stream, shown)).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection for an ACME challenge");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, shown: Shown) -> Result<(), hyper::Error> {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let answer = answer(request.method(), request.uri().path(), &shown);
        async move { Ok::<_, Infallible>(answer) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

fn answer(method: &Method, path: &str, shown: &Shown) -> Response<Full<Bytes>> {
    let token = path.strip_prefix(PLACE);
    let found = token.and_then(|token| shown.lock().get(token).cloned());
    let is_read = method == Method::GET || method == Method::HEAD;
    let (status, text) = match found {
        Some(text) if is_read => (StatusCode::OK, text),
        _ => (StatusCode::NOT_FOUND, String::new()),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let octets = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, octets);
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn ask(at: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn free() -> SocketAddr {
        std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[tokio::test]
    async fn only_what_is_to_be_shown_is_shown() {
        let at = free();
        let mut door = Door::new(vec![at]);
        door.open().unwrap();
        door.open().unwrap();
        door.show("to-ken", "to-ken.thumb");
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n");
        let shown = ask(at, &get("/.well-known/acme-challenge/to-ken")).await;
        assert!(shown.starts_with("HTTP/1.1 200 OK\r\n"), "{shown}");
        assert!(shown.ends_with("\r\n\r\nto-ken.thumb"), "{shown}");
        for other in [
            get("/"),
            get("/.well-known/acme-challenge/"),
            get("/.well-known/acme-challenge/to-ke"),
            get("/.well-known/acme-challenge/../acme-challenge/to-ken"),
            "POST /.well-known/acme-challenge/to-ken HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                .to_owned(),
        ] {
            let refused = ask(at, &other).await;
            assert!(refused.starts_with("HTTP/1.1 404 Not Found\r\n"), "{other}: {refused}");
        }
        let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(2 * MAX_HEAD));
        assert!(!ask(at, &large).await.contains(" 200 "));
        door.clear();
        let gone = ask(at, &get("/.well-known/acme-challenge/to-ken")).await;
        assert!(gone.starts_with("HTTP/1.1 404"), "{gone}");
    }

    #[tokio::test]
    async fn where_one_address_is_taken_the_other_serves_and_all_taken_is_said() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = taken.local_addr().unwrap();
        let refused = Door::new(vec![at]).open().unwrap_err();
        assert!(refused.contains(&at.to_string()) && refused.contains("http_listen"), "{refused}");
        let mut both = Door::new(vec![at, free()]);
        both.open().unwrap();
        assert_eq!(both.open.len(), 1);
    }
}
