//! A receiving mail host whose every reply can be scripted and that keeps every byte. Used where
//! Postfix cannot be made to do what a test needs; it ends a message at CRLF.CRLF and nowhere else.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::{ledger::Ledger, wait::until};

/// Where a message has come to.
#[derive(Debug, Clone)]
pub struct Received {
    /// Who sent it.
    pub client: IpAddr,
    /// The client's argument of EHLO or HELO.
    pub hello: String,
    /// MAIL's argument, such as `FROM:<a@b.example> SIZE=100`.
    pub mail: String,
    /// RCPT's arguments, of the accepted ones.
    pub recipients: Vec<String>,
    /// The content, dot-unstuffed, line ends as they came.
    pub content: Vec<u8>,
    /// Which connection of this sink brought it, from 1.
    pub connection: usize,
    /// Whether more had come with its end.
    pub followed: bool,
    /// When it was complete.
    pub at: Instant,
}

impl Received {
    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    /// The content after the trace fields, which each host on the way adds at the top.
    pub fn without_trace(&self) -> &[u8] {
        without_trace(&self.content)
    }
}

/// The content after its leading `Received:` fields.
pub(crate) fn without_trace(content: &[u8]) -> &[u8] {
    let mut rest = content;
    while rest.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"received:")) {
        loop {
            let end = rest.windows(2).position(|w| w == b"\r\n").map_or(rest.len(), |i| i + 2);
            rest = &rest[end..];
            if !matches!(rest.first(), Some(b' ' | b'\t')) {
                break;
            }
        }
    }
    rest
}

/// What a script is asked: a verb (`CONNECT`, `EHLO`, `HELO`, `MAIL`, `RCPT`, `DATA`, `END` after the
/// content, `RSET`, ...), its argument, and how often both have come to this sink, from 1.
type Script = dyn Fn(&str, &str, usize) -> Option<String> + Send + Sync;

/// How a sink answers.
pub struct Answers {
    /// What EHLO offers.
    pub extensions: Vec<&'static str>,
    /// A reply of its own instead of the usual one; 421 also closes the connection, and an empty
    /// one closes it without a word.
    pub script: Box<Script>,
    /// Whether it says of each message of the [`Ledger`], or report about one, which it has taken.
    pub receipts: bool,
    /// Whether it loses what comes with the end of a content.
    pub forgets_behind_content: bool,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            extensions: vec![
                "PIPELINING",
                "SIZE 104857600",
                "8BITMIME",
                "SMTPUTF8",
                "ENHANCEDSTATUSCODES",
            ],
            script: Box::new(|_, _, _| None),
            receipts: false,
            forgets_behind_content: false,
        }
    }
}

impl Answers {
    /// The usual extensions and a script.
    pub fn scripted(
        script: impl Fn(&str, &str, usize) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { script: Box::new(script), ..Self::default() }
    }
}

struct Shared {
    answers: Answers,
    seen: Mutex<HashMap<(String, String), usize>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    most_at_once: AtomicUsize,
    open: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

/// A running sink; closes its connections and stops listening when dropped.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Sink {
    /// Takes everything.
    pub fn start(at: impl Into<IpAddr>, port: u16) -> Self {
        Self::answering(at, port, Answers::default())
    }

    /// Answers as told.
    ///
    /// # Panics
    /// When it cannot listen there.
    pub fn answering(at: impl Into<IpAddr>, port: u16, answers: Answers) -> Self {
        let at = SocketAddr::new(at.into(), port);
        let listener =
            TcpListener::bind(at).unwrap_or_else(|error| panic!("sink on {at}: {error}"));
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            answers,
            seen: Mutex::default(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            streams: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || accept(&listener, &serving));
        Self { address, shared, accepting }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All messages so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// Cuts every connection where it is and stops listening; all messages so far. Whatever was
    /// complete counts, even where the reply did not get out.
    ///
    /// # Panics
    /// When its connections do not end.
    pub fn kill(self) -> Vec<Received> {
        let shared = Arc::clone(&self.shared);
        drop(self);
        until("the sink's connections have ended", Duration::from_secs(10), || {
            (shared.open.load(Ordering::SeqCst) == 0).then_some(())
        });
        lock(&shared.received).clone()
    }

    /// How many messages there are.
    pub fn count(&self) -> usize {
        lock(&self.shared.received).len()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The most connections there were at the same time.
    pub fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }

    /// Waits for the `number`th message; all of them.
    pub fn wait_for(&self, number: usize, limit: Duration) -> Vec<Received> {
        until(&format!("message {number} at the sink {}", self.address), limit, || {
            Some(self.received()).filter(|messages| messages.len() >= number)
        })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.streams).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread that accepts, which then closes the listener: whoever listens here next
        // finds the place free.
        let end = Instant::now() + Duration::from_secs(5);
        while !self.accepting.is_finished() && Instant::now() < end {
            let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(100));
            std::thread::yield_now();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        lock(&shared.streams).extend(stream.try_clone());
        let open = Open::new(shared);
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // A client that goes away is nothing to report.
            let _ = serve(stream, number, &shared, open);
        });
    }
}

/// Counts a connection as open.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: &Arc<Shared>) -> Self {
        let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(open, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What a transaction has gathered.
#[derive(Default)]
struct Transaction {
    mail: String,
    recipients: Vec<String>,
}

fn serve(stream: TcpStream, number: usize, shared: &Shared, open: Open) -> std::io::Result<()> {
    let client = stream.peer_addr()?.ip();
    let mut out = stream.try_clone()?;
    out.set_nodelay(true)?;
    let mut input = BufReader::new(stream);
    let mut open = Some(open);
    let mut hello = String::new();
    let mut transaction = Transaction::default();
    if answer(&mut out, shared, "CONNECT", "", "220 sink.example ESMTP")? {
        return Ok(());
    }
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end_matches(['\r', '\n']);
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        let usual = match verb.as_str() {
            "EHLO" => ehlo_reply(&shared.answers.extensions),
            "DATA" if transaction.recipients.is_empty() => {
                "554 5.5.1 No valid recipients".to_owned()
            }
            "DATA" => "354 Go ahead".to_owned(),
            "QUIT" => "221 2.0.0 Bye".to_owned(),
            "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP" => "250 2.0.0 Ok".to_owned(),
            _ => "500 5.5.2 What?".to_owned(),
        };
        let reply = scripted(shared, &verb, argument).unwrap_or(usual);
        if verb == "QUIT" {
            // Before the client may know, who may then open another one.
            open.take();
        }
        let accepted = reply.starts_with('2') || reply.starts_with('3');
        out.write_all(format!("{reply}\r\n").as_bytes())?;
        match verb.as_str() {
            "EHLO" | "HELO" if accepted => argument.clone_into(&mut hello),
            "MAIL" if accepted => {
                transaction = Transaction { mail: argument.to_owned(), recipients: Vec::new() };
            }
            "RCPT" if accepted => transaction.recipients.push(argument.to_owned()),
            "DATA" if accepted => {
                let content = read_content(&mut input)?;
                let behind = input.buffer().len();
                if shared.answers.forgets_behind_content {
                    input.consume(behind);
                }
                let reply = scripted(shared, "END", &transaction.mail);
                let known = Ledger::number_in(&String::from_utf8_lossy(&content));
                let usual = match known.filter(|_| shared.answers.receipts) {
                    Some(known) => format!("250 2.0.0 Ok, taken number {known}."),
                    None => "250 2.0.0 Ok".to_owned(),
                };
                let reply = reply.unwrap_or(usual);
                if reply.is_empty() {
                    return out.shutdown(Shutdown::Both);
                }
                let taken = std::mem::take(&mut transaction);
                if reply.starts_with('2') {
                    lock(&shared.received).push(Received {
                        client,
                        hello: hello.clone(),
                        mail: taken.mail,
                        recipients: taken.recipients,
                        content,
                        connection: number,
                        followed: behind > 0,
                        at: Instant::now(),
                    });
                }
                out.write_all(format!("{reply}\r\n").as_bytes())?;
                if reply.starts_with("421") {
                    return Ok(());
                }
            }
            "QUIT" => return Ok(()),
            _ => {}
        }
        if reply.starts_with("421") {
            return Ok(());
        }
    }
}

fn ehlo_reply(extensions: &[&str]) -> String {
    let mut lines = vec!["sink.example"];
    lines.extend(extensions);
    let last = lines.len() - 1;
    let line =
        |(i, text): (usize, &&str)| format!("250{}{text}", if i == last { ' ' } else { '-' });
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
}

fn scripted(shared: &Shared, verb: &str, argument: &str) -> Option<String> {
    let count = {
        let mut seen = lock(&shared.seen);
        let count = seen.entry((verb.to_owned(), argument.to_owned())).or_default();
        *count += 1;
        *count
    };
    (shared.answers.script)(verb, argument, count)
}

/// Answers; whether the connection is to be closed.
fn answer(
    out: &mut TcpStream,
    shared: &Shared,
    verb: &str,
    argument: &str,
    usual: &str,
) -> std::io::Result<bool> {
    let reply = scripted(shared, verb, argument).unwrap_or_else(|| usual.to_owned());
    out.write_all(format!("{reply}\r\n").as_bytes())?;
    Ok(reply.starts_with("421") || reply.starts_with("554"))
}

/// Reads to CRLF.CRLF and takes the stuffed dots out.
fn read_content(input: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut line = Vec::new();
    let mut at_line_start = true;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if at_line_start && line == b".\r\n" {
            return Ok(content);
        }
        let stuffed = at_line_start && line.first() == Some(&b'.');
        content.extend_from_slice(&line[usize::from(stuffed)..]);
        at_line_start = line.ends_with(b"\r\n");
    }
}
