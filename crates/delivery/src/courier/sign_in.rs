//! Signing in at a smart host that has been connected to: the permit first, then the secret, which is
//! wiped when the conversation is over; a token that is refused is renewed once.

use directory::SmartHostAuthMechanism;
use dns::Resolver;

use super::Courier;
use crate::{
    Connection, Logon, Route,
    connection::{Lost, NotIn, Shown, SignIn},
    permit::{AccessToken, Permit, SealedSecret},
    route::With,
};

impl Courier {
    /// The access token that a route's hosts want to see, where they want one.
    ///
    /// # Errors
    /// What the token endpoint said, as LastError.
    pub(super) async fn token(&self, route: &Route) -> Result<Option<AccessToken>, String> {
        match route.logon.as_ref().map(|logon| &logon.with) {
            Some(With::Token(grant)) => {
                self.tokens.current(grant, &route.resolver, None).await.map(Some)
            }
            Some(With::Password(_) | With::Certificate) | None => Ok(None),
        }
    }

    /// Signs in at `host`, a name and a port.
    pub(super) async fn sign_in(
        &self,
        (logon, resolver): (&Logon, &Resolver),
        host: (&str, u16),
        token: Option<&AccessToken>,
        connection: &mut Connection,
    ) -> Result<(), Lost> {
        let permit = permit(logon, connection).ok_or_else(|| unproved(logon, host.0))?;
        let sign_in = SignIn { setting: logon.mechanism.name(), user: &logon.user, host };
        match (&logon.with, token) {
            (With::Password(password), _) => {
                let password = self.opened(password, &logon.user, permit)?;
                let done = connection.log_on(sign_in, Shown::Password(&password)).await;
                done.map_err(NotIn::into_lost)
            }
            (With::Certificate, _) => {
                connection.log_on(sign_in, Shown::Certificate).await.map_err(NotIn::into_lost)
            }
            (With::Token(_), None) => Err(Lost("451 4.7.0 There is no access token".to_owned())),
            (With::Token(grant), Some(token)) => {
                let shown = Shown::Token(token.show(permit));
                match connection.log_on(sign_in, shown).await {
                    Err(NotIn::Refused(_)) => {}
                    done => return done.map_err(NotIn::into_lost),
                }
                // It may have been withdrawn before its time.
                let fresh =
                    self.tokens.current(grant, resolver, Some(token)).await.map_err(Lost)?;
                let done = connection.log_on(sign_in, Shown::Token(fresh.show(permit))).await;
                done.map_err(NotIn::into_lost)
            }
        }
    }

    fn opened(
        &self,
        password: &SealedSecret,
        user: &str,
        permit: Permit,
    ) -> Result<zeroize::Zeroizing<String>, Lost> {
        password.open(&self.settings.directory, permit).map_err(|_| {
            Lost(format!(
                "451 4.7.0 AuthenticationCredential {user}: the stored password cannot be opened with \
                 this server's key; set the credential again"
            ))
        })
    }
}

fn permit(logon: &Logon, connection: &Connection) -> Option<Permit> {
    let by_word = || logon.word.as_ref().map(Permit::said);
    connection.verified().map(Permit::verified).or_else(by_word)
}

/// What is demanded of such hosts does not let it come to this.
fn unproved(logon: &Logon, host: &str) -> Lost {
    let setting = logon.mechanism;
    let word = SmartHostAuthMechanism::BasicAuth;
    Lost(format!(
        "451 4.7.4 SmartHostAuthMechanism {setting}: {host} has not proved by a certificate who it is, \
         and only {word} would show it a password all the same"
    ))
}
