//! Load whose fate can be accounted for: numbered messages over SMTP, each `250` written down (in a
//! file too, before the next command is sent), so that afterwards
//! *accepted = delivered ∪ returned ∪ queued* can be checked by number.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crate::smtp::{Reply, Smtp};

/// How long a sender waits after a refusal.
const PAUSE: Duration = Duration::from_millis(20);

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// MAIL FROM.
    pub from: String,
    /// RCPT TO.
    pub to: String,
    /// About so many bytes.
    pub size: usize,
}

/// What was answered to which number.
#[derive(Debug)]
pub struct Ledger {
    next: AtomicUsize,
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    /// InternalId by number.
    accepted: BTreeMap<usize, String>,
    refused: Vec<(usize, Reply)>,
    file: File,
}

/// Senders at work; they end when told to.
pub struct Senders {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Senders {
    /// Waits for the message each is at.
    ///
    /// # Panics
    /// When a sender did.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().expect("a sender does not panic");
        }
    }
}

impl Ledger {
    /// An empty one.
    ///
    /// # Panics
    /// When there is no temporary file to be had.
    pub fn new() -> Arc<Self> {
        let file = tempfile::tempfile().expect("temporary file");
        let book = Mutex::new(Book { accepted: BTreeMap::new(), refused: Vec::new(), file });
        Arc::new(Self { next: AtomicUsize::new(0), book })
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Numbers answered with 250, with their InternalId.
    pub fn accepted(&self) -> BTreeMap<usize, String> {
        self.book().accepted.clone()
    }

    /// How many were answered with 250.
    pub fn count(&self) -> usize {
        self.book().accepted.len()
    }

    /// What was refused, with the reply.
    pub fn refused(&self) -> Vec<(usize, Reply)> {
        self.book().refused.clone()
    }

    /// How many numbers have been used.
    pub fn sent(&self) -> usize {
        self.next.load(Ordering::SeqCst)
    }

    /// Starts `senders` threads, each with a connection of its own, which is made again whenever
    /// it breaks.
    pub fn send(
        self: &Arc<Self>,
        relay: SocketAddr,
        senders: usize,
        letter: impl Fn(usize) -> Letter + Send + Sync + 'static,
    ) -> Senders {
        let (stop, letter) = (Arc::new(AtomicBool::new(false)), Arc::new(letter));
        let threads = (0..senders)
            .map(|_| {
                let (ledger, stop, letter) =
                    (Arc::clone(self), Arc::clone(&stop), Arc::clone(&letter));
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        if Smtp::listens(relay) {
                            ledger.session(relay, letter.as_ref(), &stop);
                        }
                        std::thread::sleep(PAUSE);
                    }
                })
            })
            .collect();
        Senders { stop, threads }
    }

    /// One connection, until it breaks. `None` is the end of it.
    fn session(
        &self,
        relay: SocketAddr,
        letter: &dyn Fn(usize) -> Letter,
        stop: &AtomicBool,
    ) -> Option<()> {
        let mut smtp = Smtp::try_open(relay)?;
        smtp.try_reply().filter(|greeting| greeting.code == 220)?;
        ask(&mut smtp, b"EHLO load.example\r\n")?;
        while !stop.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let reply = transact(&mut smtp, number, &letter(number))?;
            let mut book = self.book();
            if reply.code == 250 {
                let text = reply.text();
                let id = text.split("InternalId=").nth(1).and_then(|t| t.split(']').next());
                let id = id.unwrap_or_default().to_owned();
                writeln!(book.file, "{number} {id}").expect("the ledger's file");
                book.accepted.insert(number, id);
            } else {
                book.refused.push((number, reply));
                drop(book);
                ask(&mut smtp, b"RSET\r\n")?;
                std::thread::sleep(PAUSE);
            }
        }
        Some(())
    }

    /// The number of a message, from its text.
    pub fn number_in(text: &str) -> Option<usize> {
        let (_, rest) = text.split_once("number ")?;
        rest.split('.').next()?.parse().ok()
    }
}

/// The reply to the end of the content, or to what was refused before.
fn transact(smtp: &mut Smtp, number: usize, letter: &Letter) -> Option<Reply> {
    for command in [
        format!("MAIL FROM:<{}>\r\n", letter.from),
        format!("RCPT TO:<{}>\r\n", letter.to),
        "DATA\r\n".to_owned(),
    ] {
        let reply = ask(smtp, command.as_bytes())?;
        if reply.code >= 400 {
            return Some(reply);
        }
    }
    let mut content = format!("Subject: number {number}.\r\n\r\n");
    let line = "x".repeat(76) + "\r\n";
    content.extend(std::iter::repeat_n(line.as_str(), letter.size / line.len()));
    content.push_str(".\r\n");
    ask(smtp, content.as_bytes())
}

fn ask(smtp: &mut Smtp, bytes: &[u8]) -> Option<Reply> {
    smtp.try_send(bytes).ok()?;
    smtp.try_reply()
}
