//! Loopback addresses that no other test uses: all of 127.0.0.0/8 is this machine's.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

static LAST: AtomicU32 = AtomicU32::new(0);

/// An address for one server or host of this test: from the process number, since tests run in
/// processes of their own, and a counter.
///
/// # Panics
/// When a test asks for more than 254.
pub fn address() -> Ipv4Addr {
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let last =
        u8::try_from(number).ok().filter(|n| *n < 255).expect("at most 254 addresses a test");
    let [.., high, low] = std::process::id().to_be_bytes();
    // 127.0.x.x and 127.1.x.x are left to people and to the sandbox.
    Ipv4Addr::new(127, 2 + high % 250, low, last)
}
