//! Joins who asks about passwords that are kept elsewhere (`identity`) with who can ask an LDAP directory (`ldap`).

use identity::{AskedElsewhere, Elsewhere, Unknown};
use ldap::{Passwords, Verdict};
use model::Guid;

/// Asks LDAP directories.
pub(super) struct LdapPasswords(pub(super) Passwords);

impl Elsewhere for LdapPasswords {
    fn verify<'a>(
        &'a self,
        directory: Guid,
        name: &'a str,
        password: &'a str,
    ) -> AskedElsewhere<'a> {
        Box::pin(async move {
            match self.0.verify(directory, name, password).await {
                Verdict::Right => Ok(true),
                Verdict::Wrong => Ok(false),
                Verdict::Unknown(why) => Err(Unknown(why)),
            }
        })
    }
}
