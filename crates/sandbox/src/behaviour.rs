//! What a domain and its hosts do, by name.

use serde::Serialize;

use crate::oddity::Oddity;

/// What a domain and its hosts do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Behaviour {
    /// Two hosts with STARTTLS take everything.
    Good,
    /// No STARTTLS.
    NoTls,
    /// STARTTLS is asked for before MAIL.
    TlsOnly,
    /// STARTTLS is offered and the handshake fails.
    BrokenTls,
    /// `MX 0 .`
    NullMx,
    /// The MX is an address where nothing listens.
    DeadMx,
    /// The MX names a host that does not exist.
    NoSuchHost,
    /// The first MX is dead, the second works.
    Failover,
    /// No MX, only an address.
    ImplicitMx,
    /// An alias of a good domain.
    Cname,
    /// NXDOMAIN.
    Nxdomain,
    /// SERVFAIL.
    Servfail,
    /// Only an IPv6 address.
    Ipv6Only,
    /// 421 instead of a greeting.
    Busy,
    /// Every reply takes two seconds.
    Slow,
    /// 451 for the first attempt of a sender and recipient.
    Greylist,
    /// 550 after RCPT.
    Reject,
    /// 452 after RCPT.
    Full,
    /// Some recipients are taken and some are not.
    Mixed,
    /// 554 after the data.
    RejectData,
    /// The connection is cut after the data, without a reply.
    HangUp,
    /// Messages of at most 64 KiB.
    Small,
    /// None of the newer extensions.
    SevenBit,
    /// No EHLO.
    HeloOnly,
    /// One that breaks the rules of SMTP.
    #[serde(untagged)]
    Odd(Oddity),
}

impl Behaviour {
    /// The rule it breaks, if it breaks one.
    pub(crate) fn oddity(self) -> Option<Oddity> {
        match self {
            Self::Odd(oddity) => Some(oddity),
            _ => None,
        }
    }
}
