//! What a Receive connector decides about a session before it starts.

/// The settings of one server session. They do not change while it lasts.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Our name in the greeting and the EHLO reply.
    pub fqdn: String,
    /// The whole text after `220 `, instead of the usual greeting.
    pub banner: Option<String>,
    /// Largest content accepted, in bytes after dot-unstuffing; SIZE advertises it.
    /// `u64::MAX` means no limit.
    pub max_message_size: u64,
    /// Largest header accepted, in bytes; over it `552 5.3.4` after the end of data.
    pub max_header_size: u64,
    /// Most recipients of one message; over it `452 4.5.3`.
    pub max_recipients: usize,
    /// Most `Received:` fields in a header; over it `554 5.4.6`.
    pub max_hops: usize,
    /// Most protocol errors of a session; over it `421 4.7.0` and the end. `None`: no limit.
    pub max_protocol_errors: Option<usize>,
    /// Most failed logons of a session; over it `421 4.7.0` and the end. `None`: no limit.
    pub max_logon_failures: Option<usize>,
    /// Whether PIPELINING is offered (RFC 2920). Batches are understood in any case.
    pub pipelining: bool,
    /// Whether CHUNKING is offered (RFC 3030).
    pub chunking: bool,
    /// Whether 8BITMIME is offered (RFC 6152). Content with such bytes is taken in any case.
    pub eight_bit_mime: bool,
    /// Whether DSN is offered (RFC 3461).
    pub dsn: bool,
    /// Whether replies carry enhanced codes (RFC 2034).
    pub enhanced_status_codes: bool,
    /// Whether SMTPUTF8 is offered (RFC 6531).
    pub smtputf8: bool,
    /// Whether REQUIRETLS is offered once the session is under TLS (RFC 8689).
    pub offer_require_tls: bool,
    /// How SIZE is offered (RFC 1870).
    pub size: SizeMode,
    /// Whether STARTTLS is offered while the session is in clear (RFC 3207).
    pub start_tls: bool,
    /// Whether mail and logon need TLS first: `530 5.7.0` before it.
    pub require_tls: bool,
    /// Whether SCRAM-SHA-256 is offered beside them: clients that can prefer it, and it needs what is made of the
    /// password in advance.
    pub scram: bool,
    /// When AUTH PLAIN, LOGIN and SCRAM-SHA-256 are offered (RFC 4954).
    pub auth: AuthOffer,
    /// Whether OAUTHBEARER (RFC 7628) and XOAUTH2 are offered beside them.
    pub bearer: Option<BearerOffer>,
    /// Whether EHLO and HELO need a name (RequireEHLODomain): `501 5.5.4` without one.
    pub require_hello_name: bool,
    /// Whether mail needs a logon first: `530 5.7.57` before it.
    pub require_auth: bool,
}

/// How SIZE stands in the EHLO reply (SizeEnabled of a Receive connector).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeMode {
    /// `SIZE <largest message>`.
    Enabled,
    /// Not offered; `SIZE=` is then refused.
    Disabled,
    /// `SIZE` alone; the limit holds all the same.
    EnabledWithoutValue,
}

/// That access tokens are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BearerOffer {
    /// Where a client whose token is refused learns who issues them: the address of the issuer's metadata.
    pub configuration: Option<String>,
}

/// When AUTH is offered. Passwords never cross the network in clear, so there is no "always".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthOffer {
    /// Not at all.
    Never,
    /// Once the session is under TLS; `538 5.7.11` before.
    UnderTls,
}
