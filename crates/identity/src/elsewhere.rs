//! Passwords that other directories keep, and who asks about them.

use std::{future::Future, pin::Pin};

use model::Guid;

/// Nobody knows: who keeps the passwords cannot be asked. A sentence without an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

/// Whether a password is somebody's.
pub type AskedElsewhere<'a> = Pin<Box<dyn Future<Output = Result<bool, Unknown>> + Send + 'a>>;

/// Who knows the passwords of those who come from another directory.
pub trait Elsewhere: Send + Sync {
    /// Whether this is the password of who has the distinguished name `name` in the LDAP directory `directory`.
    fn verify<'a>(
        &'a self,
        directory: Guid,
        name: &'a str,
        password: &'a str,
    ) -> AskedElsewhere<'a>;
}
