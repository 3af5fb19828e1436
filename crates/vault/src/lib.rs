//! Secrets at rest and the organization's certificate authority.
