//! A generator of load that smtp-source cannot make: TLS, AUTH, many recipients and domains.
//!
//! Sessions send one message after the other, each reply awaited, as most clients do. With
//! `--per-session` a session is closed after so many and another opened. Certificates are not looked
//! at: it measures servers that it has started itself. Prints one line of JSON.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    ClientConfig, DigitallySignedStruct, HandshakeKind, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

type Failure = Box<dyn Error + Send + Sync>;

/// What is asked for; every option is followed by its value.
#[derive(Debug, Clone)]
struct Load {
    /// `address:port`.
    server: String,
    sessions: u64,
    messages: u64,
    /// Messages of one session.
    per_session: u64,
    /// Bytes of a message.
    size: usize,
    /// Whether TLS comes first.
    tls: bool,
    /// Whether TLS comes with STARTTLS.
    starttls: bool,
    /// Whether TLS sessions are resumed.
    resume: bool,
    /// `user:password`.
    user: Option<String>,
    from: String,
    /// Recipients of a message.
    recipients: u64,
    /// A recipient's domain; `{}` stands for a number below `domains`.
    domain: String,
    domains: u64,
}

impl Load {
    fn read() -> Result<Self, Failure> {
        let mut load = Self {
            server: String::new(),
            sessions: 20,
            messages: 1_000,
            per_session: u64::MAX,
            size: 4096,
            tls: false,
            starttls: false,
            resume: true,
            user: None,
            from: "sender@elsewhere.example".to_owned(),
            recipients: 1,
            domain: "d{}.example".to_owned(),
            domains: 10,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} lacks its value"))?;
            match name.as_str() {
                "--server" => load.server = value,
                "--sessions" => load.sessions = value.parse()?,
                "--messages" => load.messages = value.parse()?,
                "--per-session" => load.per_session = value.parse()?,
                "--size" => load.size = value.parse()?,
                "--tls" => load.tls = value.parse()?,
                "--starttls" => load.starttls = value.parse()?,
                "--resume" => load.resume = value.parse()?,
                "--user" => load.user = Some(value),
                "--from" => load.from = value,
                "--recipients" => load.recipients = value.parse()?,
                "--domain" => load.domain = value,
                "--domains" => load.domains = value.parse()?,
                _ => return Err(format!("{name} is not an option").into()),
            }
        }
        Ok(load)
    }
}

/// Takes every certificate.
#[derive(Debug)]
struct Anybody(Vec<SignatureScheme>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}

fn connector(load: &Load) -> Result<TlsConnector, Failure> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(schemes)))
        .with_no_client_auth();
    if !load.resume {
        config.resumption = Resumption::disabled();
    }
    Ok(TlsConnector::from(Arc::new(config)))
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

struct Session {
    wire: BufStream<Box<dyn Wire>>,
    line: String,
    is_resumed: bool,
}

impl Session {
    fn over(wire: Box<dyn Wire>, is_resumed: bool) -> Self {
        Self { wire: BufStream::new(wire), line: String::new(), is_resumed }
    }

    async fn encrypted(
        stream: impl Wire + 'static,
        connector: &TlsConnector,
    ) -> Result<Self, Failure> {
        let stream = connector.connect(ServerName::try_from("server.example")?, stream).await?;
        let is_resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
        Ok(Self::over(Box::new(stream), is_resumed))
    }

    async fn open(load: &Load, connector: &TlsConnector) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&load.server).await?;
        stream.set_nodelay(true)?;
        let mut session = if load.tls {
            Self::encrypted(stream, connector).await?
        } else {
            Self::over(Box::new(stream), false)
        };
        session.reply().await?;
        session.say("EHLO generator.example").await?;
        if load.starttls {
            session.say("STARTTLS").await?;
            session = Self::encrypted(session.wire.into_inner(), connector).await?;
            session.say("EHLO generator.example").await?;
        }
        if let Some((user, password)) = load.user.as_deref().and_then(|user| user.split_once(':')) {
            let response = STANDARD.encode(format!("\0{user}\0{password}"));
            session.say(&format!("AUTH PLAIN {response}")).await?;
        }
        Ok(session)
    }

    async fn say(&mut self, line: &str) -> Result<(), Failure> {
        self.wire.write_all(line.as_bytes()).await?;
        self.wire.write_all(b"\r\n").await?;
        self.reply().await
    }

    /// A reply, which must not be a refusal.
    async fn reply(&mut self) -> Result<(), Failure> {
        self.wire.flush().await?;
        loop {
            self.line.clear();
            if self.wire.read_line(&mut self.line).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if self.line.starts_with(['4', '5']) {
                return Err(self.line.trim_end().to_owned().into());
            }
            if self.line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }

    async fn send(&mut self, load: &Load, number: u64, content: &str) -> Result<(), Failure> {
        self.say(&format!("MAIL FROM:<{}>", load.from)).await?;
        for recipient in 0..load.recipients {
            let number = number.wrapping_mul(load.recipients).wrapping_add(recipient);
            let domain = load.domain.replace("{}", &(number % load.domains).to_string());
            self.say(&format!("RCPT TO:<u{recipient}@{domain}>")).await?;
        }
        self.say("DATA").await?;
        self.wire.write_all(content.as_bytes()).await?;
        self.say(".").await
    }
}

fn content(load: &Load) -> String {
    let mut content =
        format!("From: <{}>\r\nTo: <everybody@example>\r\nSubject: load\r\n\r\n", load.from);
    while content.len() < load.size {
        let left = (load.size - content.len()).min(72);
        content.extend(std::iter::repeat_n('x', left));
        content.push_str("\r\n");
    }
    content
}

/// Sends until there is nothing left; how many sessions were resumed.
async fn work(load: Arc<Load>, next: Arc<AtomicU64>, content: Arc<str>) -> Result<u64, Failure> {
    let connector = connector(&load)?;
    let mut resumed = 0;
    loop {
        let mut number = next.fetch_add(1, Ordering::Relaxed);
        if number >= load.messages {
            return Ok(resumed);
        }
        let mut session = Session::open(&load, &connector).await?;
        resumed += u64::from(session.is_resumed);
        for sent in 1.. {
            session.send(&load, number, &content).await?;
            if sent >= load.per_session {
                break;
            }
            number = next.fetch_add(1, Ordering::Relaxed);
            if number >= load.messages {
                break;
            }
        }
        session.say("QUIT").await?;
    }
}

fn main() -> Result<(), Failure> {
    let load = Arc::new(Load::read()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let begun = Instant::now();
    let resumed = runtime.block_on(async {
        let (next, content) = (Arc::new(AtomicU64::new(0)), Arc::from(content(&load)));
        let work =
            || tokio::spawn(work(Arc::clone(&load), Arc::clone(&next), Arc::clone(&content)));
        let sessions: Vec<_> = (0..load.sessions).map(|_| work()).collect();
        let mut resumed = 0;
        for session in sessions {
            resumed += session.await??;
        }
        Ok::<_, Failure>(resumed)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let rate = load.messages as f64 / seconds;
    println!(
        "{{\"messages\": {}, \"seconds\": {seconds:.3}, \"rate\": {rate:.1}, \"resumed\": {resumed}}}",
        load.messages
    );
    Ok(())
}
