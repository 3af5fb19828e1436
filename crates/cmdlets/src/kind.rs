//! What the value of a parameter must be.
//!
//! A [`Kind`] is about the form alone (what the shell completes, what binding checks); the rules of
//! a property (ranges, cross rules) belong to `directory`.

use serde::Serialize;

/// What the value of a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// Any text.
    String,
    /// `$true` or `$false`.
    Boolean,
    /// `$true`, `$false`, or `$null` for neither.
    OptionalBoolean,
    /// Present or absent.
    Switch,
    /// An integer of 32 bits.
    Int32,
    /// A quantity of bytes: `10MB`, `10 MB (10,485,760 bytes)`, `10485760`.
    Size,
    /// A quantity of bytes, or `Unlimited`.
    UnlimitedSize,
    /// An integer of 32 bits, not negative, or `Unlimited`.
    UnlimitedInt32,
    /// A duration: `dd.hh:mm:ss`.
    TimeSpan,
    /// A GUID.
    Guid,
    /// A date and time.
    DateTime,
    /// A user name and a password; over the API `{"UserName": …, "Password": …}`.
    Credential,
    /// A secret text; over the API a string.
    SecureString,
    /// Bytes, which may be secret; over the API in base64.
    Bytes,
    /// A fully qualified domain name.
    Fqdn,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// An e-mail address.
    SmtpAddress,
    /// One of these words, letter case ignored.
    Enum(&'static [&'static str]),
    /// One or several of these words, separated by commas, letter case ignored.
    Flags(&'static [&'static str]),
    /// One or several values, or `@{Add=…; Remove=…}`.
    List(&'static Kind),
    /// What names an object: its name, GUID, distinguished name, `Server\Name`, or the object.
    Identity,
    /// An object that a cmdlet has given.
    Object,
}

/// Words of `TlsMinimumVersion`.
pub(crate) const TLS_VERSION: Kind = Kind::Enum(&["Tls12", "Tls13"]);
/// Words of `TlsCipherSuites`.
pub(crate) const TLS_SUITES: Kind = Kind::Flags(&[
    "All",
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
]);
/// Words of `ProtocolLoggingLevel`.
pub(crate) const LOGGING_LEVEL: Kind = Kind::Enum(&["None", "Verbose"]);
/// Words of the usage types of connectors (those of Send connectors).
pub(crate) const SEND_USAGE: Kind = Kind::Enum(&["Custom", "Internal", "Internet", "Partner"]);
/// Words of the usage types of Receive connectors.
pub(crate) const RECEIVE_USAGE: Kind =
    Kind::Enum(&["Custom", "Internal", "Internet", "Partner", "Client"]);
/// A list of texts, whose form the directory checks.
pub(crate) const TEXTS: Kind = Kind::List(&Kind::String);
/// A list of object identities.
pub(crate) const IDENTITIES: Kind = Kind::List(&Kind::Identity);
