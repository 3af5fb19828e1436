//! The one list of the sandbox's domains. What is not in it does not exist (NXDOMAIN).

mod odd;

use serde::Serialize;

use crate::behaviour::Behaviour;

/// One domain of the pretend Internet.
#[derive(Debug, Serialize)]
pub(crate) struct Domain {
    pub(crate) name: &'static str,
    pub(crate) behaviour: Behaviour,
    /// What a person who tries it should expect.
    pub(crate) text: &'static str,
}

const fn domain(name: &'static str, behaviour: Behaviour, text: &'static str) -> Domain {
    Domain { name, behaviour, text }
}

/// The domain that aliases point at.
pub(crate) const ALIAS_TARGET: &str = "example.net";

/// All of them, those that keep to the rules first.
pub(crate) fn domains() -> impl Iterator<Item = &'static Domain> {
    DOMAINS.iter().chain(odd::DOMAINS)
}

const DOMAINS: &[Domain] = &[
    domain(
        ALIAS_TARGET,
        Behaviour::Good,
        "Takes every message: two MX hosts, STARTTLS. They relay, so they can be smart hosts.",
    ),
    domain(
        "example.org",
        Behaviour::Good,
        "Takes every message: two MX hosts, STARTTLS. They relay, so they can be smart hosts.",
    ),
    domain("no-tls.example", Behaviour::NoTls, "Takes every message, in clear: no STARTTLS."),
    domain(
        "tls-only.example",
        Behaviour::TlsOnly,
        "Takes messages under TLS only: 530 5.7.0 to MAIL in clear.",
    ),
    domain(
        "broken-tls.example",
        Behaviour::BrokenTls,
        "Offers STARTTLS, then the handshake fails; takes messages in clear.",
    ),
    domain("null-mx.example", Behaviour::NullMx, "Takes no mail and says so: MX 0 . (RFC 7505)."),
    domain(
        "dead-mx.example",
        Behaviour::DeadMx,
        "Its MX host has an address where nothing listens.",
    ),
    domain(
        "no-such-host.example",
        Behaviour::NoSuchHost,
        "Its MX record names a host that does not exist.",
    ),
    domain(
        "failover.example",
        Behaviour::Failover,
        "Nothing listens at the preferred MX host; the second takes every message.",
    ),
    domain(
        "implicit-mx.example",
        Behaviour::ImplicitMx,
        "Has no MX record, only an address; takes every message there.",
    ),
    domain("cname.example", Behaviour::Cname, "An alias (CNAME) of example.net."),
    domain("nxdomain.example", Behaviour::Nxdomain, "Does not exist (NXDOMAIN)."),
    domain("servfail.example", Behaviour::Servfail, "Its name servers fail (SERVFAIL)."),
    domain("ipv6.example", Behaviour::Ipv6Only, "Its MX host has an IPv6 address only."),
    domain("busy.example", Behaviour::Busy, "Answers every connection with 421 4.3.2."),
    domain("slow.example", Behaviour::Slow, "Takes every message; each reply takes two seconds."),
    domain(
        "greylist.example",
        Behaviour::Greylist,
        "451 4.7.1 the first time a sender writes to a recipient; takes the next attempt.",
    ),
    domain("reject.example", Behaviour::Reject, "550 5.1.1 to every recipient."),
    domain("full.example", Behaviour::Full, "452 4.2.2 to every recipient: the mailbox is full."),
    domain(
        "mixed.example",
        Behaviour::Mixed,
        "Recipients whose name begins with no are refused (550 5.1.1), with later deferred \
         (450 4.2.1), all others taken.",
    ),
    domain("reject-data.example", Behaviour::RejectData, "554 5.7.1 after the data."),
    domain(
        "hang-up.example",
        Behaviour::HangUp,
        "Cuts the connection after the data, without a reply.",
    ),
    domain("small.example", Behaviour::Small, "Takes messages of at most 64 KiB (SIZE 65536)."),
    domain(
        "seven-bit.example",
        Behaviour::SevenBit,
        "Takes every message; offers no 8BITMIME, SMTPUTF8, CHUNKING or DSN.",
    ),
    domain("helo-only.example", Behaviour::HeloOnly, "Takes every message; does not know EHLO."),
];
