//! The proxy's side.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::{
    CONNECT, EGRESS, IPV4, IPV6, LOGON_VERSION, NAME, NO_AUTHENTICATION, NO_METHOD, Reply,
    USER_AND_PASSWORD, VERSION, Violation, read_address, write_address,
};

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub target: SocketAddr,
    /// The address to send from, when the client does not leave it to the proxy.
    pub egress: Option<IpAddr>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerStep {
    /// Write the output, then feed exactly this many bytes (1 to 257).
    Need(usize),
    /// The client asks for this; answer with [`Server::answer`].
    Asks(Request),
    /// The client asks for what is not served: write the output and close.
    Refused(Reply),
}

/// Where the conversation stands: what the next bytes are.
#[derive(Debug, Clone, Copy)]
enum State {
    MethodCount,
    Methods,
    UserLength,
    User,
    PasswordLength,
    Password,
    Command,
    Address,
    NameLength,
    Name,
    Done,
}

/// The machine of one connection.
#[derive(Debug)]
pub struct Server {
    state: State,
    need: usize,
    egress: Option<IpAddr>,
    user_is_wrong: bool,
    output: Vec<u8>,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A machine that waits for a client's first words.
    pub fn new() -> Self {
        Self {
            state: State::MethodCount,
            need: 2,
            egress: None,
            user_is_wrong: false,
            output: Vec::new(),
        }
    }

    /// How many bytes the first field has.
    pub fn begins_with(&self) -> usize {
        self.need
    }

    /// What is to be written now; empty when nothing is.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Takes exactly the bytes that were asked for. After an error the output, if any, is
    /// written and the connection closed.
    ///
    /// # Errors
    /// When the client does not keep to the protocol.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<ServerStep, Violation> {
        if bytes.len() != self.need {
            return Err(Violation::Length);
        }
        match self.state {
            State::MethodCount => {
                version(bytes, VERSION)?;
                self.length(bytes[1], State::Methods)
            }
            State::Methods => self.methods(bytes),
            State::UserLength => {
                version(bytes, LOGON_VERSION)?;
                match bytes[1] {
                    0 => Ok(self.next(State::PasswordLength, 1)),
                    n => self.length(n, State::User),
                }
            }
            State::User => {
                self.user(bytes);
                Ok(self.next(State::PasswordLength, 1))
            }
            State::PasswordLength if bytes[0] == 0 => self.logged_on(),
            State::PasswordLength => self.length(bytes[0], State::Password),
            // Who the client is, its certificate says.
            State::Password => self.logged_on(),
            State::Command => self.command(bytes),
            State::Address => self.asks(read_address(bytes)?),
            State::NameLength => Ok(self.next(State::Name, usize::from(bytes[0]) + 2)),
            State::Name => Ok(self.refuse(Reply::AddressTypeNotSupported)),
            State::Done => Err(Violation::Length),
        }
    }

    /// Answers the request; `bound` is the address the connection goes out from.
    pub fn answer(&mut self, reply: Reply, bound: Option<SocketAddr>) {
        self.output.extend_from_slice(&[VERSION, reply.code(), 0]);
        let none = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        write_address(&mut self.output, bound.unwrap_or(none));
    }

    fn next(&mut self, state: State, need: usize) -> ServerStep {
        (self.state, self.need) = (state, need);
        ServerStep::Need(need)
    }

    /// A field whose length was just said.
    fn length(&mut self, length: u8, state: State) -> Result<ServerStep, Violation> {
        if length == 0 {
            self.output.extend_from_slice(&[VERSION, NO_METHOD]);
            return Err(Violation::Method);
        }
        Ok(self.next(state, length.into()))
    }

    fn methods(&mut self, offered: &[u8]) -> Result<ServerStep, Violation> {
        if offered.contains(&NO_AUTHENTICATION) {
            self.output.extend_from_slice(&[VERSION, NO_AUTHENTICATION]);
            return Ok(self.next(State::Command, 4));
        }
        if offered.contains(&USER_AND_PASSWORD) {
            self.output.extend_from_slice(&[VERSION, USER_AND_PASSWORD]);
            return Ok(self.next(State::UserLength, 2));
        }
        self.output.extend_from_slice(&[VERSION, NO_METHOD]);
        Err(Violation::Method)
    }

    fn user(&mut self, name: &[u8]) {
        let address = std::str::from_utf8(name)
            .ok()
            .and_then(|name| name.strip_prefix(EGRESS))
            .and_then(|address| address.parse().ok());
        self.user_is_wrong = address.is_none();
        self.egress = address;
    }

    fn logged_on(&mut self) -> Result<ServerStep, Violation> {
        self.output.extend_from_slice(&[LOGON_VERSION, u8::from(self.user_is_wrong)]);
        if self.user_is_wrong {
            return Err(Violation::UserName);
        }
        Ok(self.next(State::Command, 4))
    }

    fn command(&mut self, bytes: &[u8]) -> Result<ServerStep, Violation> {
        version(bytes, VERSION)?;
        match (bytes[1], bytes[3]) {
            (command, _) if command != CONNECT => Ok(self.refuse(Reply::CommandNotSupported)),
            (_, IPV4) => Ok(self.next(State::Address, 6)),
            (_, IPV6) => Ok(self.next(State::Address, 18)),
            // Read to its end, so that the answer is not lost with unread bytes.
            (_, NAME) => Ok(self.next(State::NameLength, 1)),
            _ => Ok(self.refuse(Reply::AddressTypeNotSupported)),
        }
    }

    fn asks(&mut self, target: SocketAddr) -> Result<ServerStep, Violation> {
        (self.state, self.need) = (State::Done, 0);
        Ok(ServerStep::Asks(Request { target, egress: self.egress }))
    }

    fn refuse(&mut self, reply: Reply) -> ServerStep {
        (self.state, self.need) = (State::Done, 0);
        self.answer(reply, None);
        ServerStep::Refused(reply)
    }
}

fn version(bytes: &[u8], expected: u8) -> Result<(), Violation> {
    match bytes.first() {
        Some(version) if *version == expected => Ok(()),
        Some(version) => Err(Violation::Version(*version)),
        None => Err(Violation::Length),
    }
}
