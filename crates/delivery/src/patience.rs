//! How long each answer is waited for (RFC 5321 section 4.5.3.2).

use std::time::Duration;

use smtp::Phase;

/// The longest a connection attempt may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(30);
/// The longest a TLS handshake may take.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(60);
/// The longest the search for a host that talks may take, all of its hosts together.
pub(crate) const SEARCH: Duration = Duration::from_secs(600);
/// What the last of many slow hosts has at least, while the search lasts.
const TURN: Duration = Duration::from_secs(60);
/// How long a host that has closed its ear may still be heard.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(1);
/// Nobody waits longer than this for a goodbye.
pub(crate) const QUIT: Duration = Duration::from_secs(1);

/// The longest one message may take, however slowly bytes trickle in. A slow line gets through what is
/// large: 4 KiB a second are enough.
pub(crate) fn of_transaction(recipients: usize, size: u64) -> Duration {
    Duration::from_secs(30 * 60 + 10 * recipients as u64 + size / 4096)
}

/// How long one host may take to become usable where others wait for their turn: half of what is
/// `left` of the search, so that one that lets its words trickle in does not keep us from the next.
pub(crate) fn of_host(left: Duration, is_last: bool) -> Duration {
    if is_last { left } else { (left / 2).max(TURN).min(left) }
}

/// The longest a reply may take in a phase, and the longest silence in it.
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
