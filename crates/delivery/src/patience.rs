//! How long each answer is waited for (RFC 5321 section 4.5.3.2).

use std::time::Duration;

use smtp::Phase;

/// The longest a connection attempt may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(30);
/// The longest a TLS handshake may take.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(60);
/// Nobody waits longer than this for a goodbye.
pub(crate) const QUIT: Duration = Duration::from_secs(5);

/// The longest the whole of a phase may take, however slowly bytes trickle in.
pub(crate) fn of(phase: Phase) -> Duration {
    let minutes = |n: u64| Duration::from_secs(n * 60);
    match phase {
        Phase::DataCommand => minutes(2),
        Phase::DataBlock => minutes(3),
        Phase::DataEnd => minutes(10),
        Phase::Quit => QUIT,
        Phase::Greeting
        | Phase::Hello
        | Phase::StartTls
        | Phase::Auth
        | Phase::Mail
        | Phase::Recipient
        | Phase::Idle => minutes(5),
    }
}
