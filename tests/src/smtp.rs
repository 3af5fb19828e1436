//! A raw SMTP client: says exactly the bytes it is told to, and reads replies.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process::Command,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// One reply, all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The code of the last line.
    pub code: u16,
    /// The text of each line, without code and line end.
    pub lines: Vec<String>,
}

impl Reply {
    /// The code and the text of the last line, as in `550 5.1.1 User unknown`.
    pub fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.last().map_or("", String::as_str))
    }

    /// Whether a line of an EHLO reply offers `keyword`.
    pub fn offers(&self, keyword: &str) -> bool {
        self.lines.iter().skip(1).any(|line| {
            line.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
        })
    }
}

/// A connection in clear.
#[derive(Debug)]
pub struct Smtp {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Smtp {
    /// Connects and reads the greeting.
    ///
    /// # Panics
    /// When nothing listens there or nobody greets.
    pub fn connect(to: SocketAddr) -> (Self, Reply) {
        let mut smtp = Self::open(to);
        let greeting = smtp.reply();
        (smtp, greeting)
    }

    /// Connects, without reading anything.
    ///
    /// # Panics
    /// When nothing listens there.
    pub fn open(to: SocketAddr) -> Self {
        let stream =
            TcpStream::connect(to).unwrap_or_else(|error| panic!("no connection to {to}: {error}"));
        stream.set_read_timeout(Some(PATIENCE)).expect("time-out");
        stream.set_write_timeout(Some(PATIENCE)).expect("time-out");
        stream.set_nodelay(true).expect("nodelay");
        let reader = BufReader::new(stream.try_clone().expect("clone"));
        Self { stream, reader }
    }

    /// Connects and says EHLO.
    ///
    /// # Panics
    /// When that is refused.
    pub fn hello(to: SocketAddr) -> Self {
        let (mut smtp, greeting) = Self::connect(to);
        assert_eq!(greeting.code, 220, "{greeting:?}");
        let hello = smtp.say("EHLO client.example");
        assert_eq!(hello.code, 250, "{hello:?}");
        smtp
    }

    /// Connects, without reading anything; `None` when nothing listens there.
    pub fn try_open(to: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(to).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        stream.set_nodelay(true).ok()?;
        let reader = BufReader::new(stream.try_clone().ok()?);
        Some(Self { stream, reader })
    }

    /// Says a command and reads the reply.
    ///
    /// # Panics
    /// When the other side is gone.
    pub fn say(&mut self, command: &str) -> Reply {
        self.send(format!("{command}\r\n").as_bytes());
        self.reply()
    }

    /// Sends bytes as they are.
    ///
    /// # Panics
    /// When the other side is gone.
    pub fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).expect("the connection is open");
    }

    /// Sends bytes, or says why not.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads one reply.
    ///
    /// # Panics
    /// When the connection ends first or something else than a reply comes.
    pub fn reply(&mut self) -> Reply {
        self.try_reply().expect("a reply, not the end of the connection")
    }

    /// Reads one reply; `None` when the connection ends first.
    ///
    /// # Panics
    /// When something else than a reply comes, or nothing at all for half a minute.
    pub fn try_reply(&mut self) -> Option<Reply> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            match self.reader.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no reply: {error}"),
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let line = line.strip_suffix("\r\n").unwrap_or_else(|| panic!("not a line: {line:?}"));
            let code = line.get(..3).and_then(|code| code.parse().ok());
            let code = code.unwrap_or_else(|| panic!("not a reply: {line:?}"));
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Some(Reply { code, lines });
            }
        }
    }

    /// Closes our direction and reads what still comes.
    pub fn rest(mut self) -> String {
        let _ = self.stream.shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = self.reader.read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Says MAIL and RCPT; the replies.
    pub fn envelope(&mut self, from: &str, to: &str) -> (Reply, Reply) {
        (self.say(&format!("MAIL FROM:<{from}>")), self.say(&format!("RCPT TO:<{to}>")))
    }

    /// Sends one message; the reply to its end, or to what refused it before. `content` has CRLF
    /// lines and no line that begins with a dot.
    pub fn deliver(&mut self, from: &str, to: &[&str], content: &str) -> Reply {
        let mail = self.say(&format!("MAIL FROM:<{from}>"));
        if mail.code != 250 {
            return mail;
        }
        for recipient in to {
            let reply = self.say(&format!("RCPT TO:<{recipient}>"));
            if reply.code != 250 {
                return reply;
            }
        }
        let data = self.say("DATA");
        if data.code != 354 {
            return data;
        }
        self.send(content.as_bytes());
        self.send(b".\r\n");
        self.reply()
    }

    /// Our end of the connection.
    pub fn local_address(&self) -> SocketAddr {
        self.stream.local_addr().expect("connected")
    }

    /// Whether something can be connected to at `to`.
    pub fn listens(to: SocketAddr) -> bool {
        TcpStream::connect_timeout(&to, Duration::from_secs(1)).is_ok()
    }
}

/// A plain message with a subject and a body of one line.
pub fn message(from: &str, to: &str, subject: &str) -> String {
    format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\n\r\nHello, {to}.\r\n")
}

/// What dig finds, one record a line.
pub(crate) fn dig(server: SocketAddr, kind: &str, name: &str) -> String {
    let at = format!("@{}", server.ip());
    let port = server.port().to_string();
    let answer = Command::new("dig")
        .args(["+short", "+tries=1", "+time=1", &at, "-p", &port, kind, name])
        .output()
        .expect("dig");
    String::from_utf8_lossy(&answer.stdout).into_owned()
}
