//! The HTTPS interface: sign-in, sessions, cmdlets as an API, the admin center's files, health.
//!
//! HTTP/1.1 over TLS. Everything a client sends is bounded: connections in all and by address,
//! header, body, time, failed sign-ins. What may be done is decided by `management`; here it is
//! only asked who calls. Errors are `application/problem+json` (RFC 9457); no answer and no log
//! line repeats a password.

// A refusal is an answer's body by value, made once per refused request: its size costs nothing.
#![allow(clippy::result_large_err)]

mod api;
mod app;
mod body;
mod client;
mod connections;
mod cookie;
mod credentials;
mod deadline;
mod events;
mod headers;
mod join_api;
mod limiter;
mod metrics;
mod openapi;
mod pages;
mod peer_api;
mod refusal;
mod router;
mod server;
mod session_api;
mod sessions;
mod settings;
mod sign_in;

pub use server::serve;
pub use settings::{AdminSettings, Endpoint, Endpoints, SessionLimits};

#[cfg(test)]
mod tests;
