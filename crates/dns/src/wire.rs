//! Questions and answers as bytes (RFC 1035 section 4, RFC 6891). Bytes that answer another
//! question than ours are told apart from bytes that answer ours badly: the first are ignored,
//! whoever sent them.

use std::io;

use hickory_proto::{
    op::{Edns, Header, Message, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType},
    serialize::binary::{BinDecodable, BinDecoder},
};
use thiserror::Error;

/// What fits in a datagram that no network cuts in pieces (DNS flag day 2020).
pub(crate) const UDP_PAYLOAD: u16 = 1232;
/// Records read of an answer; the rest is left out.
const MOST_RECORDS: usize = 200;

/// One question of ours on its way.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) name: Name,
    pub(crate) record_type: RecordType,
    pub(crate) id: u16,
}

/// How a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With EDNS.
    Plain,
    /// Without, for servers that do not understand it.
    Bare,
    /// With EDNS, for the signatures (DO) and whatever the server thinks of them (CD): who validates himself
    /// wants to see what is wrong (RFC 6840 section 5.9).
    Signed,
}

/// What a server answered to one question.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) code: ResponseCode,
    pub(crate) truncated: bool,
    /// Records of the answer section, at most 200.
    pub(crate) answers: Vec<Record>,
    /// Records of the authority section, at most 200.
    pub(crate) authorities: Vec<Record>,
    /// Seconds for which "there is none" holds (RFC 2308 section 5), when the server says so.
    pub(crate) negative_ttl: Option<u32>,
    /// The server says that it has validated all of it (RFC 4035 section 3.2.3).
    pub(crate) authentic: bool,
    /// The server points elsewhere or does no recursion: its empty answer means nothing.
    pub(crate) is_lame: bool,
}

/// Why bytes are not a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum WireError {
    /// Another id, another question, or no answer at all: not for us.
    #[error("an answer to another question")]
    NotOurs,
    /// For us, but unreadable.
    #[error("an unreadable answer")]
    Malformed,
}

/// Why one server gave no reply.
#[derive(Debug, Error)]
pub(crate) enum ExchangeError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Wire(#[from] WireError),
}

impl Question {
    /// A question with an id that nobody can guess.
    pub(crate) fn new(name: Name, record_type: RecordType) -> Self {
        Self { name, record_type, id: rand::random() }
    }

    /// The query's bytes.
    pub(crate) fn encode(&self, form: Form) -> Result<Vec<u8>, WireError> {
        let mut message = Message::query();
        message.metadata.id = self.id;
        message.metadata.recursion_desired = true;
        // Whoever validates is to say so (RFC 6840 section 5.7).
        message.metadata.authentic_data = true;
        message.metadata.checking_disabled = form == Form::Signed;
        message.add_query(Query::query(self.name.clone(), self.record_type));
        if form != Form::Bare {
            let mut options = Edns::new();
            options.set_max_payload(UDP_PAYLOAD);
            options.set_dnssec_ok(form == Form::Signed);
            message.set_edns(options);
        }
        message.to_vec().map_err(|_| WireError::Malformed)
    }

    /// Reads what a server sent.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Reply, WireError> {
        let (Some(id), Some(flags)) = (bytes.first_chunk::<2>(), bytes.get(2)) else {
            return Err(WireError::NotOurs);
        };
        if u16::from_be_bytes(*id) != self.id || flags & 0x80 == 0 {
            return Err(WireError::NotOurs);
        }
        self.decode_ours(bytes)
    }

    fn decode_ours(&self, bytes: &[u8]) -> Result<Reply, WireError> {
        let mut decoder = BinDecoder::new(bytes);
        let header = Header::read(&mut decoder).map_err(|_| WireError::Malformed)?;
        if header.metadata.op_code != OpCode::Query {
            return Err(WireError::NotOurs);
        }
        let counts = header.counts;
        let mut reply = Reply {
            code: header.metadata.response_code,
            truncated: header.metadata.truncation,
            answers: Vec::new(),
            authorities: Vec::new(),
            negative_ttl: None,
            authentic: header.metadata.authentic_data,
            is_lame: false,
        };
        if counts.queries == 0 && reply.code == ResponseCode::FormErr {
            // A server that did not understand the query may be unable to repeat it.
            return Ok(reply);
        }
        if counts.queries != 1 {
            return Err(WireError::NotOurs);
        }
        let queries = Message::read_queries(&mut decoder, 1).map_err(|_| WireError::Malformed)?;
        if !queries.first().is_some_and(|query| self.is_asked_by(query)) {
            return Err(WireError::NotOurs);
        }
        match self.read_sections(&mut decoder, &header, &mut reply) {
            // A datagram may have been cut inside a record.
            Err(_) if reply.truncated => Ok(reply),
            Err(error) => Err(error),
            Ok(()) => Ok(reply),
        }
    }

    fn is_asked_by(&self, query: &Query) -> bool {
        query.query_class() == DNSClass::IN
            && query.query_type() == self.record_type
            && query.name().eq_ignore_root(&self.name)
    }

    fn read_sections(
        &self,
        decoder: &mut BinDecoder<'_>,
        header: &Header,
        reply: &mut Reply,
    ) -> Result<(), WireError> {
        for place in 0..header.counts.answers {
            let record = Record::read(decoder).map_err(|_| WireError::Malformed)?;
            if usize::from(place) < MOST_RECORDS && record.dns_class == DNSClass::IN {
                reply.answers.push(record);
            }
        }
        let mut refers = !header.metadata.recursion_available;
        for place in 0..header.counts.authorities {
            let record = Record::read(decoder).map_err(|_| WireError::Malformed)?;
            match &record.data {
                RData::SOA(soa) => reply.negative_ttl = Some(record.ttl.min(soa.minimum)),
                RData::NS(_) => refers = true,
                _ => {}
            }
            if usize::from(place) < MOST_RECORDS && record.dns_class == DNSClass::IN {
                reply.authorities.push(record);
            }
        }
        reply.is_lame = refers && !header.metadata.authoritative && reply.negative_ttl.is_none();
        // Of the rest only the upper half of the response code matters, and it may be absent.
        let additionals = usize::from(header.counts.additionals);
        if let Ok((_, Some(edns), _)) =
            Message::read_records(decoder, additionals, true, OpCode::Query)
            && edns.rcode_high() != 0
        {
            reply.code = ResponseCode::from(edns.rcode_high(), reply.code.low());
        }
        Ok(())
    }
}

/// The name of a response code in the customary spelling.
pub(crate) fn code_name(code: ResponseCode) -> String {
    match code {
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        other => format!("response code {}", u16::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::MessageType;
    use proptest::prelude::*;

    use super::*;

    fn question() -> Question {
        Question::new(Name::from_ascii("example.net.").unwrap(), RecordType::MX)
    }

    fn answer(question: &Question) -> Message {
        let mut message = Message::new(question.id, MessageType::Response, OpCode::Query);
        message.add_query(Query::query(question.name.clone(), question.record_type));
        message
    }

    #[test]
    fn only_our_question_is_answered() {
        let question = question();
        let good = answer(&question);
        assert!(question.decode(&good.to_vec().unwrap()).is_ok());

        let mut other_id = good.clone();
        other_id.metadata.id = question.id.wrapping_add(1);
        let mut other_name = good.clone();
        other_name.queries[0].set_name(Name::from_ascii("example.org.").unwrap());
        let mut other_type = good.clone();
        other_type.queries[0].set_query_type(RecordType::A);
        let mut none = good.clone();
        none.queries.clear();
        let query = question.encode(Form::Plain).unwrap();
        for bytes in [other_id, other_name, other_type, none]
            .iter()
            .map(|m| m.to_vec().unwrap())
            .chain([query, Vec::new(), vec![1]])
        {
            assert_eq!(question.decode(&bytes).unwrap_err(), WireError::NotOurs);
        }
    }

    #[test]
    fn letter_case_of_the_question_does_not_matter() {
        let question = question();
        let mut shouted = answer(&question);
        shouted.queries[0].set_name(Name::from_ascii("EXAMPLE.net.").unwrap());
        assert!(question.decode(&shouted.to_vec().unwrap()).is_ok());
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(tail in proptest::collection::vec(any::<u8>(), 0..400)) {
            let question = question();
            let mut bytes = question.id.to_be_bytes().to_vec();
            bytes.extend_from_slice(&tail);
            let _ = question.decode(&bytes);
        }

        #[test]
        fn damaged_answers_never_panic(place in 0usize..60, value in any::<u8>()) {
            let question = question();
            let mut bytes = answer(&question).to_vec().unwrap();
            let place = place % bytes.len();
            bytes[place] = value;
            let _ = question.decode(&bytes);
        }
    }
}
