//! A DNS server for tests, on UDP and TCP of one loopback port, that does what a closure says.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use hickory_proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{CNAME, MX, SOA, TXT},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
    task::JoinSet,
};

use crate::wire::UDP_PAYLOAD;

/// One question as the server saw it.
pub(crate) struct Asked {
    pub(crate) query: Message,
    /// Lower case, without the last dot.
    pub(crate) name: String,
    pub(crate) record_type: RecordType,
    pub(crate) tcp: bool,
}

impl Asked {
    fn read(bytes: &[u8], tcp: bool) -> Self {
        let query = Message::from_vec(bytes).unwrap();
        let question = query.queries[0].clone();
        let name = question.name().to_lowercase().to_ascii().trim_end_matches('.').to_owned();
        Self { name, record_type: question.query_type(), tcp, query }
    }

    /// An answer to this question with these records.
    pub(crate) fn with(&self, answers: Vec<Record>) -> Message {
        let mut message =
            Message::new(self.query.metadata.id, MessageType::Response, OpCode::Query);
        message.metadata.recursion_available = true;
        message.add_queries(self.query.queries.clone());
        message.add_answers(answers);
        message
    }

    pub(crate) fn code(&self, code: ResponseCode) -> Message {
        let mut message = self.with(Vec::new());
        message.metadata.response_code = code;
        message
    }

    /// No such record, or no such name, to be kept for `ttl` seconds.
    pub(crate) fn none(&self, code: ResponseCode, ttl: u32) -> Message {
        let mut message = self.code(code);
        let soa = SOA::new(name("ns.example"), name("root.example"), 1, 1, 1, 1, ttl);
        message.add_authority(Record::from_rdata(name("example"), 3600, RData::SOA(soa)));
        message
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).unwrap()
}

pub(crate) fn mx(owner: &str, preference: u16, exchange: &str) -> Record {
    let exchange = if exchange == "." { Name::root() } else { name(exchange) };
    Record::from_rdata(name(owner), 300, RData::MX(MX::new(preference, exchange)))
}

pub(crate) fn address(owner: &str, address: &str) -> Record {
    let data = match address.parse().unwrap() {
        std::net::IpAddr::V4(v4) => RData::A(v4.into()),
        std::net::IpAddr::V6(v6) => RData::AAAA(v6.into()),
    };
    Record::from_rdata(name(owner), 300, data)
}

pub(crate) fn cname(owner: &str, target: &str) -> Record {
    Record::from_rdata(name(owner), 300, RData::CNAME(CNAME(name(target))))
}

pub(crate) fn txt(owner: &str, strings: &[&str]) -> Record {
    let strings = strings.iter().map(|s| (*s).to_owned()).collect();
    Record::from_rdata(name(owner), 300, RData::TXT(TXT::new(strings)))
}

type Handler = Arc<dyn Fn(&Asked) -> Vec<Vec<u8>> + Send + Sync>;

/// A running server; it ends when this is dropped.
pub(crate) struct Script {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Script {
    /// A server that sends the messages `handler` gives; none means silence.
    pub(crate) async fn start(
        handler: impl Fn(&Asked) -> Vec<Message> + Send + Sync + 'static,
    ) -> Self {
        Self::start_raw(move |asked| {
            handler(asked).iter().map(|message| fitting(message, asked.tcp)).collect()
        })
        .await
    }

    /// The same, which ends connections after one question or serves many over each.
    pub(crate) async fn start_over(
        ends_after_one: bool,
        handler: impl Fn(&Asked) -> Vec<Message> + Send + Sync + 'static,
    ) -> Self {
        let raw = move |asked: &Asked| handler(asked).iter().map(|m| m.to_vec().unwrap()).collect();
        Self::begin(raw, !ends_after_one).await
    }

    /// A server that sends the bytes `handler` gives.
    pub(crate) async fn start_raw(
        handler: impl Fn(&Asked) -> Vec<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        Self::begin(handler, false).await
    }

    async fn begin(
        handler: impl Fn(&Asked) -> Vec<Vec<u8>> + Send + Sync + 'static,
        serves_many: bool,
    ) -> Self {
        let (udp, tcp) = bind().await;
        let address = udp.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let seen = log.clone();
        let handler: Handler = Arc::new(move |asked: &Asked| {
            let over = if asked.tcp { "tcp" } else { "udp" };
            seen.lock().unwrap().push(format!("{over} {} {}", asked.name, asked.record_type));
            handler(asked)
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(udp, handler.clone()));
        tasks.spawn(serve_tcp(tcp, handler, serves_many));
        Self { address, log, _tasks: tasks }
    }

    /// What was asked, in order: `udp example.net MX`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

/// The message's bytes; over UDP without records when they would be too many.
fn fitting(message: &Message, tcp: bool) -> Vec<u8> {
    let bytes = message.to_vec().unwrap();
    if tcp || bytes.len() <= usize::from(UDP_PAYLOAD) {
        return bytes;
    }
    message.truncate().to_vec().unwrap()
}

async fn bind() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, handler: Handler) {
    let mut buffer = vec![0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        for answer in handler(&Asked::read(&buffer[..length], false)) {
            socket.send_to(&answer, peer).await.unwrap();
        }
    }
}

async fn serve_tcp(listener: TcpListener, handler: Handler, serves_many: bool) {
    let mut open = JoinSet::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let handler = handler.clone();
        open.spawn(async move {
            while let Ok(length) = stream.read_u16().await {
                let mut query = vec![0; usize::from(length)];
                stream.read_exact(&mut query).await.unwrap();
                for answer in handler(&Asked::read(&query, true)) {
                    stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
                    stream.write_all(&answer).await.unwrap();
                }
                if !serves_many {
                    return;
                }
            }
        });
    }
}
