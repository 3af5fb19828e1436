//! Waiting for a condition, with an end.

use std::time::{Duration, Instant};

/// How long anything that ought to happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(40);

const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
///
/// # Panics
/// When there is none within `limit`; `what` says what was waited for.
pub fn until<T>(what: &str, limit: Duration, ask: impl FnMut() -> Option<T>) -> T {
    until_or_say(limit, ask, || what.to_owned())
}

/// Asks until there is an answer; where there is none, looks what may be the reason.
///
/// # Panics
/// When there is none within `limit`; `say` says what was waited for and how things stand.
pub fn until_or_say<T>(
    limit: Duration,
    mut ask: impl FnMut() -> Option<T>,
    say: impl FnOnce() -> String,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        if started.elapsed() >= limit {
            panic!("waited {limit:?} for this, and it did not happen: {}", say());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Watches for as long as `span` that something does not happen.
///
/// # Panics
/// As soon as `check` returns false.
pub fn consistently(what: &str, span: Duration, mut check: impl FnMut() -> bool) {
    let started = Instant::now();
    while started.elapsed() < span {
        assert!(check(), "this did not stay so for {span:?}: {what}");
        std::thread::sleep(PAUSE);
    }
}
