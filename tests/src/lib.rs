//! The whole program against parts nobody here wrote: what the tests in `tests/all` stand on.
//!
//! A test starts the real binary with a data directory and loopback addresses of its own, so that
//! tests run side by side, and speaks to it as its users do: over SMTP, over the HTTP API (with
//! curl), through `relais shell`, and with swaks, curl, Python's smtplib and GNU SASL's client. Names are resolved by
//! NSD, and by Unbound where signatures are validated; mail ends in Postfix, or in a [`Sink`] where every byte or every odd reply matters. Signatures are
//! verified by OpenDKIM and dkimpy; what is sent with REQUIRETLS goes to aiosmtpd. Certificates come from
//! Pebble by ACME, people from OpenLDAP's slapd; several servers share a PostgreSQL.
//!
//! Nothing here waits for a fixed time in place of a condition; see [`until`].

mod aio_host;
mod arc;
mod authority;
mod browser;
mod clients;
mod directory_suite;
mod dovecot;
mod false_time;
mod issuer;
mod ledger;
mod log_rows;
mod loopback;
mod name_server;
mod namespaces;
mod organization;
mod pebble;
mod policy_web;
mod postfix;
mod postgres;
mod process;
mod recorder;
mod relais;
mod schemathesis;
mod sink;
mod slapd;
mod small_disk;
mod smtp;
mod token_server;
mod twins;
mod validator;
mod verifiers;
mod wait;

#[cfg(test)]
mod tests;

pub use aio_host::AioHost;
pub use arc::{SigningKey, arc_verdict, results};
pub use authority::{Authority, Issued};
pub use browser::{Browser, Page};
pub use clients::{
    curl_send, curl_with_token, gsasl, have_tls_injection_answer, msmtp_with_token, python_send,
    read_metrics, swaks,
};
pub use directory_suite::{
    DIRECTORY_SUITE, DirectoryPlace, DirectoryTest, audit, connector, create, found, remove, update,
};
pub use dovecot::Dovecot;
pub use issuer::Issuer;
pub use ledger::{Ledger, Letter, Senders};
pub use log_rows::{LogRow, all_text, log_files, log_rows};
pub use loopback::address;
pub use name_server::NameServer;
pub use namespaces::{Host, Network};
pub use organization::Organization;
pub use pebble::{Pebble, PebbleSettings};
pub use policy_web::PolicyWeb;
pub use postfix::Postfix;
pub use postgres::Postgres;
pub use recorder::{Recorder, Replay, Step};
pub use relais::{
    ADMIN_PASSWORD, ADMINISTRATOR, DOMAIN, Problem, Relais, SANDBOX_PASSWORD, SERVER, Settings,
    program,
};
pub use schemathesis::schemathesis;
pub use sink::{Answers, Received, Sink};
pub use slapd::Slapd;
pub use small_disk::SmallDisk;
pub use smtp::{Reply, Smtp, message};
pub use token_server::{Account, TokenServer};
pub use twins::{SECOND, Siblings, Twins};
pub use validator::Validator;
pub use verifiers::{dkimpy, opendkim, signatures, tag};
pub use wait::{SOON, consistently, until, until_or_say};
