//! TLS identities and verifiers.
