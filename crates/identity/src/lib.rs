//! Who is it? Passwords are kept as Argon2id and as SCRAM-SHA-256 keys, and verified on a
//! small pool of threads with a short-lived cache of successes, so that a printer that signs
//! in for every page neither slows mail nor becomes an attack. Passwords that are kept elsewhere are asked about there
//! ([`Elsewhere`]). Access tokens are judged by the keys of their issuers.

mod authenticator;
mod cache;
mod elsewhere;
mod password;
mod pool;
mod tokens;

pub use authenticator::{AuthError, Authenticator, Pass, Principal};
pub use elsewhere::{AskedElsewhere, Elsewhere, Unknown};
pub use password::{IdentityError, MAX_PASSWORD, ScramKeys, hash_password};
pub use tokens::{
    Fetched, HttpsWeb, IssuerState, TokenPass, TokenRefusal, TokenVerifier, TokenWeb,
};

#[cfg(test)]
mod tests;
