//! A DNS server for tests, over UDP on loopback: what it says of each name can be changed.
//! Answers are not to be kept (TTL 0).

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use hickory_proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{RData, Record, RecordType, rdata::TXT},
};
use tokio::{net::UdpSocket, task::JoinSet};

/// What is said of a name.
#[derive(Debug, Clone)]
pub(super) enum Says {
    /// These TXT records.
    Texts(Vec<String>),
    /// This address.
    Address(Ipv4Addr),
    /// That it does not exist; so it is with every name nothing was said of.
    NoSuchName,
    /// SERVFAIL.
    Failure,
}

type Zone = Arc<Mutex<HashMap<String, Says>>>;

/// A running server; it ends when this is dropped.
pub(super) struct Names {
    pub(super) address: SocketAddr,
    zone: Zone,
    _tasks: JoinSet<()>,
}

impl Names {
    pub(super) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let zone = Zone::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(socket, Arc::clone(&zone)));
        Self { address, zone, _tasks: tasks }
    }

    pub(super) fn say(&self, name: &str, says: Says) {
        self.zone.lock().unwrap().insert(name.to_owned(), says);
    }
}

async fn serve(socket: UdpSocket, zone: Zone) {
    let mut buffer = vec![0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let query = Message::from_vec(&buffer[..length]).unwrap();
        let answer = answer(&query, &zone).to_vec().unwrap();
        socket.send_to(&answer, peer).await.unwrap();
    }
}

fn answer(query: &Message, zone: &Zone) -> Message {
    let question = &query.queries[0];
    let owner = question.name().clone();
    let name = owner.to_lowercase().to_ascii().trim_end_matches('.').to_owned();
    let mut message = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    message.metadata.recursion_available = true;
    message.add_queries(query.queries.clone());
    let says = zone.lock().unwrap().get(&name).cloned().unwrap_or(Says::NoSuchName);
    let data: Vec<RData> = match (says, question.query_type()) {
        (Says::Texts(texts), RecordType::TXT) => {
            texts.into_iter().map(|text| RData::TXT(TXT::new(vec![text]))).collect()
        }
        (Says::Address(address), RecordType::A) => vec![RData::A(address.into())],
        (Says::Texts(_) | Says::Address(_), _) => Vec::new(),
        (Says::NoSuchName, _) => {
            message.metadata.response_code = ResponseCode::NXDomain;
            Vec::new()
        }
        (Says::Failure, _) => {
            message.metadata.response_code = ResponseCode::ServFail;
            Vec::new()
        }
    };
    message.add_answers(data.into_iter().map(|data| Record::from_rdata(owner.clone(), 0, data)));
    message
}
