//! The side that asks for a connection.

use std::net::SocketAddr;

use crate::{
    CONNECT, EGRESS, IPV4, IPV6, LOGON_VERSION, NAME, NO_AUTHENTICATION, Reply, Request,
    USER_AND_PASSWORD, VERSION, Violation, read_address, write_address,
};

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientStep {
    /// Write the output, then feed exactly this many bytes (1 to 257).
    Need(usize),
    /// The proxy has answered. After [`Reply::Succeeded`] everything that follows is the
    /// tunnel's; the address is the one the connection goes out from, where the proxy says it.
    Answered(Reply, Option<SocketAddr>),
}

#[derive(Debug, Clone, Copy)]
enum State {
    Method,
    Logon,
    Reply,
    Address(Reply),
    NameLength(Reply),
    Name(Reply),
    Done,
}

/// The machine of one connection.
#[derive(Debug)]
pub struct Client {
    request: Request,
    state: State,
    need: usize,
    output: Vec<u8>,
}

impl Client {
    /// A machine that asks for this.
    pub fn new(request: Request) -> Self {
        let method = if request.egress.is_some() { USER_AND_PASSWORD } else { NO_AUTHENTICATION };
        Self { request, state: State::Method, need: 2, output: vec![VERSION, 1, method] }
    }

    /// How many bytes the proxy's first answer has.
    pub fn begins_with(&self) -> usize {
        self.need
    }

    /// What is to be written now; empty when nothing is.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Takes exactly the bytes that were asked for.
    ///
    /// # Errors
    /// When the proxy does not keep to the protocol or refuses the egress.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<ClientStep, Violation> {
        if bytes.len() != self.need {
            return Err(Violation::Length);
        }
        match self.state {
            State::Method => self.method(bytes),
            State::Logon if bytes[0] != LOGON_VERSION => Err(Violation::Version(bytes[0])),
            State::Logon if bytes[1] != 0 => Err(Violation::Refused),
            State::Logon => Ok(self.ask()),
            State::Reply => self.reply(bytes),
            State::Address(reply) => {
                let bound = read_address(bytes)?;
                Ok(self.done(reply, Some(bound).filter(|bound| !bound.ip().is_unspecified())))
            }
            State::NameLength(reply) => {
                Ok(self.next(State::Name(reply), usize::from(bytes[0]) + 2))
            }
            State::Name(reply) => Ok(self.done(reply, None)),
            State::Done => Err(Violation::Length),
        }
    }

    fn next(&mut self, state: State, need: usize) -> ClientStep {
        (self.state, self.need) = (state, need);
        ClientStep::Need(need)
    }

    fn done(&mut self, reply: Reply, bound: Option<SocketAddr>) -> ClientStep {
        (self.state, self.need) = (State::Done, 0);
        ClientStep::Answered(reply, bound)
    }

    fn method(&mut self, bytes: &[u8]) -> Result<ClientStep, Violation> {
        match (bytes[0], bytes[1], self.request.egress) {
            (VERSION, NO_AUTHENTICATION, None) => Ok(self.ask()),
            (VERSION, USER_AND_PASSWORD, Some(egress)) => {
                let user = format!("{EGRESS}{egress}");
                let length = u8::try_from(user.len()).map_err(|_| Violation::Length)?;
                self.output.extend_from_slice(&[LOGON_VERSION, length]);
                self.output.extend_from_slice(user.as_bytes());
                // RFC 1929 wants a password of at least one byte.
                self.output.extend_from_slice(&[1, b'-']);
                Ok(self.next(State::Logon, 2))
            }
            (VERSION, ..) => Err(Violation::Method),
            (version, ..) => Err(Violation::Version(version)),
        }
    }

    fn ask(&mut self) -> ClientStep {
        self.output.extend_from_slice(&[VERSION, CONNECT, 0]);
        write_address(&mut self.output, self.request.target);
        self.next(State::Reply, 4)
    }

    fn reply(&mut self, bytes: &[u8]) -> Result<ClientStep, Violation> {
        if bytes[0] != VERSION {
            return Err(Violation::Version(bytes[0]));
        }
        let reply = Reply::of_code(bytes[1]);
        match bytes[3] {
            IPV4 => Ok(self.next(State::Address(reply), 6)),
            IPV6 => Ok(self.next(State::Address(reply), 18)),
            NAME => Ok(self.next(State::NameLength(reply), 1)),
            other => Err(Violation::AddressType(other)),
        }
    }
}
