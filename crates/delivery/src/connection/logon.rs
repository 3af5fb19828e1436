//! Signing in at a smart host (RFC 4954): the best mechanism that both sides know, and once. A
//! refusal is the connection's end; what the host answers is told word for word, unless it repeats
//! the password.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::Reply;
use smtp::ClientStep;
use zeroize::Zeroizing;

use super::{Connection, Lost, describe};

/// How to sign in, the best first: SCRAM shows the password to nobody; PLAIN is a standard and
/// LOGIN is not.
const MECHANISMS: [Mechanism; 3] = [Mechanism::ScramSha256, Mechanism::Plain, Mechanism::Login];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    ScramSha256,
    Plain,
    Login,
}

impl Mechanism {
    fn name(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }
}

impl Connection {
    /// Signs in. `setting` is what the connector asks for, in the words of the administrator.
    pub(crate) async fn log_on(
        &mut self,
        setting: &str,
        user: &str,
        password: &str,
    ) -> Result<(), Lost> {
        let offered = &self.client.capabilities().auth;
        let is_offered = |mechanism: &Mechanism| offered.iter().any(|o| o == mechanism.name());
        let usable: Vec<Mechanism> = MECHANISMS.into_iter().filter(is_offered).collect();
        let offer = offered.join(" ");
        let mut refusal = None;
        for mechanism in usable {
            match self.try_mechanism(mechanism, user, password).await? {
                Ok(()) => return Ok(()),
                Err(reply) if names_the_mechanism(&reply) => refusal = Some(reply),
                Err(reply) => return Err(Lost(told(&reply.to_string(), user, password))),
            }
        }
        Err(Lost(match refusal {
            Some(reply) => told(&reply.to_string(), user, password),
            None => format!(
                "451 4.7.0 SmartHostAuthMechanism {setting}: {} offers no way of signing in that \
                 can be used (offered: {}; usable: SCRAM-SHA-256, PLAIN, LOGIN)",
                self.host,
                if offer.is_empty() { "none" } else { &offer }
            ),
        }))
    }

    async fn try_mechanism(
        &mut self,
        mechanism: Mechanism,
        user: &str,
        password: &str,
    ) -> Result<Result<(), Reply>, Lost> {
        match mechanism {
            Mechanism::ScramSha256 => {
                let nonce = STANDARD.encode(rand::random::<[u8; 24]>());
                self.client.authenticate_scram_sha_256(user, password, &nonce);
            }
            Mechanism::Plain => self.client.authenticate_plain(user, password),
            Mechanism::Login => self.client.authenticate_login(user, password),
        }
        let outcome = loop {
            match self.step().await? {
                ClientStep::Derive(work) => {
                    let salted = tokio::task::spawn_blocking(move || work.run()).await;
                    let interrupted = |_| Lost("451 4.3.0 The logon was interrupted".to_owned());
                    self.client.derived(&salted.map_err(interrupted)?);
                }
                ClientStep::Authenticated => break Ok(()),
                ClientStep::AuthRefused(reply) => break Err(reply),
                ClientStep::Failed(failure) => {
                    return Err(Lost(told(&describe(&failure), user, password)));
                }
                step => return Err(self.unexpected(&step)),
            }
        };
        self.until_ready().await?;
        Ok(outcome)
    }
}

/// Whether a refusal is about the mechanism and not about who wants in (RFC 4954 section 6): then
/// the next may do. A refused password is not offered again in another form.
fn names_the_mechanism(reply: &Reply) -> bool {
    matches!(reply.code.as_u16(), 504 | 534)
}

/// What the host said, unless it repeats the password in a form that we sent or could have sent.
fn told(said: &str, user: &str, password: &str) -> String {
    let plain = Zeroizing::new(format!("\0{user}\0{password}"));
    let forms = [
        Zeroizing::new(STANDARD.encode(password)),
        Zeroizing::new(STANDARD.encode(plain.as_bytes())),
    ];
    let repeats = |form: &str| !form.is_empty() && said.contains(form);
    if repeats(password) || forms.iter().any(|form| repeats(form)) {
        let codes: String = said.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        return format!("{codes} (what the host said is not shown: it repeats the password)");
    }
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_repeats_the_password_is_not_quoted() {
        let of = |said: &str| told(said, "jean", "swordfish");
        assert_eq!(of("535 5.7.8 authentication failed"), "535 5.7.8 authentication failed");
        for said in [
            "535 5.7.8 swordfish is wrong",
            "501 c3dvcmRmaXNo?",
            "535 AGplYW4Ac3dvcmRmaXNo: no such user",
        ] {
            let shown = of(said);
            assert!(shown.starts_with(&said[..3]) && shown.contains("is not shown"), "{shown}");
            assert!(!shown.contains("swordfish") && !shown.contains("c3dvcmRmaXNo"), "{shown}");
        }
    }

    #[test]
    fn only_what_is_about_the_mechanism_lets_the_next_try() {
        let of = |code| names_the_mechanism(&Reply::new(code, (5, 7, 0), "x"));
        assert!(of(504) && of(534));
        assert!(!of(535) && !of(454) && !of(530));
    }
}
