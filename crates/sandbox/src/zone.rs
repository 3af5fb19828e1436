//! What the name server knows, and its answer to a query: that of a recursive server, CNAMEs
//! followed (RFC 1034 section 4.3.2), with an SOA where there is nothing (RFC 2308).

use std::collections::HashMap;

use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType, rdata::SOA},
};

/// The largest answer over UDP.
pub(crate) const UDP_PAYLOAD: u16 = 1232;
/// How long records hold, in seconds.
const TTL: u32 = 300;
/// How long "there is none" holds, in seconds: short, for people who try things.
const NEGATIVE_TTL: u32 = 5;
const MOST_ALIASES: usize = 8;

/// Records by owner.
#[derive(Debug, Default)]
pub(crate) struct Zone {
    records: HashMap<Name, Vec<RData>>,
    failing: Vec<Name>,
}

impl Zone {
    pub(crate) fn add(&mut self, owner: Name, data: RData) {
        self.records.entry(owner).or_default().push(data);
    }

    /// Everything at and below `name` gets SERVFAIL.
    pub(crate) fn add_failing(&mut self, name: Name) {
        self.failing.push(name);
    }

    /// The answer to a query; `None` when the message is no query.
    pub(crate) fn answer(&self, query: &Message) -> Option<Message> {
        let asked = &query.metadata;
        if asked.message_type != MessageType::Query {
            return None;
        }
        let mut answer = Message::new(asked.id, MessageType::Response, asked.op_code);
        answer.metadata.recursion_desired = asked.recursion_desired;
        answer.metadata.recursion_available = true;
        if query.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(UDP_PAYLOAD);
            answer.set_edns(edns);
        }
        answer.metadata.response_code = match query.queries.as_slice() {
            _ if asked.op_code != OpCode::Query => ResponseCode::NotImp,
            [question] if question.query_class() == DNSClass::IN => {
                answer.add_query(question.clone());
                self.fill(&mut answer, question.name().clone(), question.query_type())
            }
            [_] => ResponseCode::Refused,
            _ => ResponseCode::FormErr,
        };
        Some(answer)
    }

    fn fill(&self, answer: &mut Message, mut name: Name, wanted: RecordType) -> ResponseCode {
        for _ in 0..MOST_ALIASES {
            if self.failing.iter().any(|failing| failing.zone_of(&name)) {
                return ResponseCode::ServFail;
            }
            let Some(here) = self.records.get(&name) else {
                answer.add_authority(soa(&name));
                return ResponseCode::NXDomain;
            };
            let alias = here.iter().find_map(|data| match data {
                RData::CNAME(target) if wanted != RecordType::CNAME => Some(target.0.clone()),
                _ => None,
            });
            let Some(target) = alias else {
                let found: Vec<Record> = here
                    .iter()
                    .filter(|data| data.record_type() == wanted)
                    .map(|data| Record::from_rdata(name.clone(), TTL, data.clone()))
                    .collect();
                if found.is_empty() {
                    answer.add_authority(soa(&name));
                }
                answer.add_answers(found);
                return ResponseCode::NoError;
            };
            for data in here {
                answer.add_answer(Record::from_rdata(name.clone(), TTL, data.clone()));
            }
            name = target;
        }
        ResponseCode::ServFail
    }
}

/// The start of authority of the sandbox: of the name's last label.
fn soa(name: &Name) -> Record {
    let top = name.trim_to(1);
    let data = SOA::new(top.clone(), top.clone(), 1, 3600, 600, 86_400, NEGATIVE_TTL);
    Record::from_rdata(top, NEGATIVE_TTL, RData::SOA(data))
}
