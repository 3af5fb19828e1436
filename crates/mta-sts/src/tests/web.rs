//! An HTTPS server for tests that says what it is told to, byte by byte, and an authority whose
//! certificates it shows.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use tls::{Identity, ServerTls};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// What the server answers.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes, and then these again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and then nothing.
    Stuck(Vec<u8>),
    /// These bytes when the gate is opened.
    Gated(Arc<Semaphore>, Vec<u8>),
}

impl Answer {
    /// A good answer with this policy.
    pub(super) fn policy(text: &str) -> Self {
        Self::ok("Content-Type: text/plain\r\n", text)
    }

    /// 200 with these header fields and this content.
    pub(super) fn ok(fields: &str, content: &str) -> Self {
        let length = content.len();
        let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {length}\r\n\r\n");
        Self::Bytes((head + content).into_bytes())
    }

    /// The same when the gate is opened.
    pub(super) fn gated(gate: &Arc<Semaphore>, text: &str) -> Self {
        match Self::policy(text) {
            Self::Bytes(bytes) => Self::Gated(Arc::clone(gate), bytes),
            other => other,
        }
    }
}

struct State {
    answer: Mutex<Answer>,
    heads: Mutex<Vec<String>>,
    arrived: Semaphore,
    endless: AtomicUsize,
}

/// A running server; it ends when this is dropped.
pub(super) struct Web {
    pub(super) address: SocketAddr,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

impl Web {
    /// A server that shows `identity`.
    pub(super) async fn start(identity: Identity) -> Self {
        let acceptor = ServerTls::new(identity).unwrap().acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            answer: Mutex::new(Answer::Bytes(Vec::new())),
            heads: Mutex::default(),
            arrived: Semaphore::new(0),
            endless: AtomicUsize::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, acceptor, Arc::clone(&state)));
        Self { address, state, _tasks: tasks }
    }

    /// From now on it answers so.
    pub(super) fn says(&self, answer: Answer) {
        *self.state.answer.lock().unwrap() = answer;
    }

    /// The heads of all requests.
    pub(super) fn heads(&self) -> Vec<String> {
        self.state.heads.lock().unwrap().clone()
    }

    /// How many there were.
    pub(super) fn requests(&self) -> usize {
        self.state.heads.lock().unwrap().len()
    }

    /// How much of endless answers was sent, in bytes.
    pub(super) fn endless(&self) -> usize {
        self.state.endless.load(Ordering::Relaxed)
    }

    /// Waits for a request that was not waited for.
    pub(super) async fn arrival(&self) {
        self.state.arrived.acquire().await.unwrap().forget();
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, state: Arc<State>) {
    let mut tasks = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        tasks.spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, &state).await;
            }
        });
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, state: &State) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
    let head = String::from_utf8(head).unwrap();
    state.heads.lock().unwrap().push(format!("{name} {head}"));
    state.arrived.add_permits(1);
    let answer = state.answer.lock().unwrap().clone();
    // The client hangs up when it has heard enough.
    let _ = say(&mut stream, answer, &state.endless).await;
}

async fn say(
    stream: &mut TlsStream<TcpStream>,
    answer: Answer,
    endless: &AtomicUsize,
) -> std::io::Result<()> {
    match answer {
        Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
        Answer::Endless(head, piece) => {
            stream.write_all(&head).await?;
            loop {
                stream.write_all(&piece).await?;
                endless.fetch_add(piece.len(), Ordering::Relaxed);
            }
        }
        Answer::Stuck(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            stream.read_u8().await?;
        }
        Answer::Gated(gate, bytes) => {
            let _open = gate.acquire().await;
            stream.write_all(&bytes).await?;
        }
    }
    stream.shutdown().await
}

/// A certificate authority.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for this name.
    pub(super) fn issue(&self, name: &str) -> Identity {
        self.issue_all(vec![name.to_owned()])
    }

    /// One for all of these.
    pub(super) fn issue_all(&self, names: Vec<String>) -> Identity {
        self.sign(CertificateParams::new(names).unwrap())
    }

    /// One that was good for a year, long ago.
    pub(super) fn issue_expired(&self, name: &str) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2018, 9, 1);
        params.not_after = date_time_ymd(2019, 9, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.0).unwrap();
        Identity {
            chain: vec![leaf.der().clone()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}
