//! The organization's objects, their rules, and the embedded store.
