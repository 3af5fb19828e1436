//! Checksums of what a backup holds.

use aws_lc_rs::digest;

/// A SHA-256, as its hexadecimal digits.
pub(crate) struct Sum(digest::Context);

impl Sum {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn text(self) -> String {
        self.0.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn of(bytes: &[u8]) -> String {
        let mut sum = Self::new();
        sum.add(bytes);
        sum.text()
    }
}
