//! The way to the server: whom to trust, one HTTPS connection that is kept, the API.

mod address;
mod api;
mod connection;
mod known;
mod tls_stream;
mod trust;

pub(crate) use address::ServerAddress;
pub(crate) use api::{Api, ApiError, SignIn, WhoAmI};
pub(crate) use known::KnownServers;
pub(crate) use tls_stream::{ConnectError, Question, begin_tls, dial};
pub(crate) use trust::Trust;

#[cfg(test)]
mod tests;
