//! What the proxy answers (RFC 1928 section 6), with the sentence an administrator reads.

use std::{fmt, io};

/// Linux's numbers for what a machine runs out of: ENOMEM, ENFILE, EMFILE, ENOBUFS.
const OWN_LACK: [i32; 4] = [12, 23, 24, 105];
/// Linux's EAFNOSUPPORT: a machine without IPv6.
const NO_FAMILY: i32 = 97;

/// The reply to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The connection stands.
    Succeeded,
    /// Something else went wrong at the proxy.
    GeneralFailure,
    /// The proxy's rules do not allow this.
    NotAllowed,
    /// No way to the target's network.
    NetworkUnreachable,
    /// No way to the target.
    HostUnreachable,
    /// The target refused.
    ConnectionRefused,
    /// The target did not answer in time (the RFC's "TTL expired").
    TimedOut,
    /// Only CONNECT is served.
    CommandNotSupported,
    /// Only IPv4 and IPv6 addresses are served.
    AddressTypeNotSupported,
    /// A code the RFC does not assign.
    Other(u8),
}

impl Reply {
    /// The code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::GeneralFailure => 1,
            Self::NotAllowed => 2,
            Self::NetworkUnreachable => 3,
            Self::HostUnreachable => 4,
            Self::ConnectionRefused => 5,
            Self::TimedOut => 6,
            Self::CommandNotSupported => 7,
            Self::AddressTypeNotSupported => 8,
            Self::Other(code) => code,
        }
    }

    /// The reply of this code.
    pub fn of_code(code: u8) -> Self {
        match code {
            0 => Self::Succeeded,
            1 => Self::GeneralFailure,
            2 => Self::NotAllowed,
            3 => Self::NetworkUnreachable,
            4 => Self::HostUnreachable,
            5 => Self::ConnectionRefused,
            6 => Self::TimedOut,
            7 => Self::CommandNotSupported,
            8 => Self::AddressTypeNotSupported,
            other => Self::Other(other),
        }
    }

    /// What a failed connection attempt is answered with. Only what the proxy itself lacks is a
    /// general failure; whatever else goes wrong says that this target cannot be reached from it.
    pub fn of_error(error: &io::Error) -> Self {
        if error.raw_os_error().is_some_and(|number| OWN_LACK.contains(&number)) {
            return Self::GeneralFailure;
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::ConnectionRefused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::OutOfMemory => Self::GeneralFailure,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
                Self::NetworkUnreachable
            }
            _ if error.raw_os_error() == Some(NO_FAMILY) => Self::NetworkUnreachable,
            _ => Self::HostUnreachable,
        }
    }

    /// Whether this says something of the target, and not of the proxy or its rules.
    pub fn is_about_target(self) -> bool {
        matches!(
            self,
            Self::NetworkUnreachable
                | Self::HostUnreachable
                | Self::ConnectionRefused
                | Self::TimedOut
        )
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded => "connected",
            Self::GeneralFailure => "general failure",
            Self::NotAllowed => "not allowed by its rules",
            Self::NetworkUnreachable => "network unreachable",
            Self::HostUnreachable => "host unreachable",
            Self::ConnectionRefused => "connection refused",
            Self::TimedOut => "timed out",
            Self::CommandNotSupported => "command not supported",
            Self::AddressTypeNotSupported => "address type not supported",
            Self::Other(code) => return write!(f, "reply {code}"),
        })
    }
}
