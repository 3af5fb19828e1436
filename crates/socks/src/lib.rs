//! SOCKS5 (RFC 1928) with the one command CONNECT, and the sub-negotiation of RFC 1929, which
//! carries the address the front end is asked to send from (`egress=<address>`).
//!
//! Both sides are machines without I/O. Every field's length is known before it is read, so a
//! machine says how many bytes it needs next (1 to 255) and is fed exactly those: nothing is ever
//! read that belongs to the tunnel, and nothing a peer says makes a machine hold more.

mod client;
mod reply;
mod server;

pub use client::{Client, ClientStep};
pub use reply::Reply;
pub use server::{Request, Server, ServerStep};

use thiserror::Error;

/// Protocol version of RFC 1928.
const VERSION: u8 = 5;
/// Version of the sub-negotiation of RFC 1929.
const LOGON_VERSION: u8 = 1;
const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;
/// How an egress is asked for in the user name.
const EGRESS: &str = "egress=";

/// The other side broke the protocol; the connection is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Violation {
    /// Not SOCKS5, or not the sub-negotiation of RFC 1929.
    #[error("version {0} is not spoken here")]
    Version(u8),
    /// None of the methods offered is of use.
    #[error("no authentication method in common")]
    Method,
    /// The user name asks for something that is not an egress.
    #[error("the user name is not empty and not egress=<address>")]
    UserName,
    /// The other side refuses the egress or the user name.
    #[error("the egress that was asked for was refused")]
    Refused,
    /// A reply's address type is not known.
    #[error("address type {0} is not known")]
    AddressType(u8),
    /// More or less was fed than was asked for.
    #[error("a field has the wrong length")]
    Length,
}

/// The port at the end of an address.
fn port(bytes: &[u8]) -> Result<u16, Violation> {
    <[u8; 2]>::try_from(bytes).map(u16::from_be_bytes).map_err(|_| Violation::Length)
}

/// An address with a port as the protocol writes it.
fn write_address(out: &mut Vec<u8>, address: std::net::SocketAddr) {
    match address.ip() {
        std::net::IpAddr::V4(v4) => {
            out.push(IPV4);
            out.extend_from_slice(&v4.octets());
        }
        std::net::IpAddr::V6(v6) => {
            out.push(IPV6);
            out.extend_from_slice(&v6.octets());
        }
    }
    out.extend_from_slice(&address.port().to_be_bytes());
}

/// The address of a field of 4 or 16 bytes with the port behind it.
fn read_address(bytes: &[u8]) -> Result<std::net::SocketAddr, Violation> {
    let split = bytes.len().checked_sub(2).ok_or(Violation::Length)?;
    let (address, end) = bytes.split_at(split);
    let ip: std::net::IpAddr = if let Ok(v4) = <[u8; 4]>::try_from(address) {
        v4.into()
    } else {
        <[u8; 16]>::try_from(address).map_err(|_| Violation::Length)?.into()
    };
    Ok((ip, port(end)?).into())
}

#[cfg(test)]
mod tests;
