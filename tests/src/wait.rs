//! Waiting for a condition, with an end.

use std::time::{Duration, Instant};

/// How long anything that ought to happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
///
/// # Panics
/// When there is none within `limit`; `what` says what was waited for.
pub fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            started.elapsed() < limit,
            "waited {limit:?} for this, and it did not happen: {what}"
        );
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
