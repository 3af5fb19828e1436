//! How long each answer is waited for (RFC 5321 section 4.5.3.2).

use std::time::Duration;

use smtp::Phase;

/// The longest a connection attempt may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(30);
/// The longest a TLS handshake may take.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(60);
/// The longest the search for a host that talks may take, all of its hosts together.
pub(crate) const SEARCH: Duration = Duration::from_secs(600);
/// How long a host that has closed its ear may still be heard.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(1);
/// Nobody waits longer than this for a goodbye.
pub(crate) const QUIT: Duration = Duration::from_secs(5);

/// The longest one message may take, however slowly bytes trickle in.
pub(crate) fn of_transaction(recipients: usize) -> Duration {
    Duration::from_secs(30 * 60 + 10 * recipients as u64)
}

/// The longest silence in a phase.
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
