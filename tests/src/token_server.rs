//! A token endpoint (RFC 6749) over HTTPS, and beside it, in clear, where Dovecot asks whether a token is
//! good. Small and obedient: a test says what it knows, and what it answers when it is to fail.

use std::{
    collections::{HashMap, HashSet},
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard},
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::Issued;

/// What a token is good for, and what shows that one may have it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whom a token lets in.
    pub user: String,
    /// The client that may ask.
    pub client_id: String,
    /// Its secret; empty where it needs none.
    pub client_secret: String,
    /// The refresh token that counts; each is good for one question. Empty: client_credentials only.
    pub refresh_token: String,
    /// What must be asked for.
    pub scope: String,
    /// For how many seconds a token is said to be good.
    pub expires_in: u32,
}

/// A running token endpoint.
pub struct TokenServer {
    endpoint: SocketAddr,
    known: Arc<Mutex<Known>>,
    clear: SocketAddr,
}

struct Known {
    account: Account,
    tokens: HashSet<String>,
    given: Vec<String>,
    asked: usize,
    failure: Option<(u16, String)>,
}

impl TokenServer {
    /// An endpoint at this address and port, with this certificate.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start(at: Ipv4Addr, port: u16, certificate: &Issued, account: Account) -> Self {
        let known =
            Known { account, tokens: HashSet::new(), given: Vec::new(), asked: 0, failure: None };
        let known = Arc::new(Mutex::new(known));
        let config = Arc::new(config(certificate));
        let endpoint = TcpListener::bind((at, port)).expect("the endpoint's port");
        let clear = TcpListener::bind((at, 0)).expect("a port");
        let server = Self {
            endpoint: endpoint.local_addr().expect("an address"),
            clear: clear.local_addr().expect("an address"),
            known: Arc::clone(&known),
        };
        let here = Arc::clone(&known);
        std::thread::spawn(move || {
            for stream in endpoint.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("TLS");
                let _ = serve(StreamOwned::new(connection, stream), &here, token);
            }
        });
        std::thread::spawn(move || {
            for stream in clear.incoming().flatten() {
                let _ = serve(stream, &known, information);
            }
        });
        server
    }

    /// Where it is.
    pub fn endpoint(&self) -> SocketAddr {
        self.endpoint
    }

    /// What Dovecot asks, with the token behind it.
    pub fn information_url(&self) -> String {
        format!("http://{}/tokeninfo?access_token=", self.clear)
    }

    /// How often a token was asked for.
    pub fn asked(&self) -> usize {
        self.known().asked
    }

    /// Every secret that it has given out or knows.
    pub fn secrets(&self) -> Vec<String> {
        let known = self.known();
        let account = [&known.account.client_secret, &known.account.refresh_token];
        known.given.iter().chain(account).filter(|secret| !secret.is_empty()).cloned().collect()
    }

    /// No token that was given out is good any more.
    pub fn withdraw_all(&self) {
        self.known().tokens.clear();
    }

    /// Whatever is asked, this is the answer; nothing ends that.
    pub fn fail(&self, answer: Option<(u16, &str)>) {
        self.known().failure = answer.map(|(status, body)| (status, body.to_owned()));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("not poisoned")
    }
}

fn config(certificate: &Issued) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = CertificateDer::pem_file_iter(&certificate.chain).expect("chain");
    let key = PrivateKeyDer::from_pem_file(&certificate.key).expect("key");
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain.map(|one| one.expect("certificate")).collect(), key)
        .expect("certificate and key")
}

/// Answers one request: its target and its body.
fn serve(
    stream: impl Read + Write,
    known: &Mutex<Known>,
    answer: impl Fn(&mut Known, &str, &str) -> (u16, String),
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let target = first.split(' ').nth(1).unwrap_or_default();
    let (status, text) =
        answer(&mut known.lock().expect("not poisoned"), target, &String::from_utf8_lossy(&body));
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\nLocation: https://elsewhere.test/\r\n\r\n",
        text.len()
    );
    stream.get_mut().write_all(head.as_bytes())?;
    stream.get_mut().write_all(text.as_bytes())?;
    stream.get_mut().flush()
}

fn token(known: &mut Known, _: &str, body: &str) -> (u16, String) {
    known.asked += 1;
    if let Some((status, body)) = &known.failure {
        return (*status, body.clone());
    }
    let form = parameters(body);
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let refused = |status, error: &str| {
        (status, format!(r#"{{"error":"{error}","error_description":"as the test wants it"}}"#))
    };
    let account = &mut known.account;
    if field("client_id") != account.client_id || field("client_secret") != account.client_secret {
        return refused(401, "invalid_client");
    }
    if field("scope") != account.scope {
        return refused(400, "invalid_scope");
    }
    let number = known.given.len();
    let mut rotated = String::new();
    match field("grant_type") {
        "client_credentials" if account.refresh_token.is_empty() => {}
        "refresh_token" if field("refresh_token") == account.refresh_token => {
            known.given.push(account.refresh_token.clone());
            account.refresh_token = format!("refresh token.{number}+/=");
            account.refresh_token = account.refresh_token.replace(' ', "~");
            rotated = format!(r#","refresh_token":"{}""#, account.refresh_token);
        }
        _ => return refused(400, "invalid_grant"),
    }
    // As long as real ones are: it does not fit into a command line of SMTP.
    let token = format!("access.{number}.{}", "Ab0-_".repeat(150));
    known.tokens.insert(token.clone());
    known.given.push(token.clone());
    let life = account.expires_in;
    let text = format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{life}{rotated}}}"#
    );
    (200, text)
}

fn information(known: &mut Known, target: &str, _: &str) -> (u16, String) {
    let token = target.split_once("access_token=").map_or("", |(_, token)| token);
    if known.tokens.contains(&decoded(token)) {
        (200, format!(r#"{{"username":"{}"}}"#, known.account.user))
    } else {
        (401, r#"{"error":"invalid_token"}"#.to_owned())
    }
}

fn parameters(body: &str) -> HashMap<String, String> {
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("two hexadecimal digits")
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}
