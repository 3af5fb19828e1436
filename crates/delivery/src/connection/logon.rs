//! Signing in at a smart host (RFC 4954): the strongest mechanism that both sides know, and once. A
//! refusal is told word for word, unless it repeats the secret, with what to do about it.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::{Reply, Severity};
use smtp::{ChannelBinding, ClientStep};

use super::{Connection, Lost, verdict::describe};

/// With a password, the strongest first: SCRAM shows it to nobody, and PLUS sees who sits in between;
/// CRAM-MD5 shows enough to guess at it; PLAIN is a standard and LOGIN is not.
const WITH_PASSWORD: [Mechanism; 5] = [
    Mechanism::ScramSha256Plus,
    Mechanism::ScramSha256,
    Mechanism::CramMd5,
    Mechanism::Plain,
    Mechanism::Login,
];
/// With an access token: the standard first.
const WITH_TOKEN: [Mechanism; 2] = [Mechanism::OAuthBearer, Mechanism::XOAuth2];

/// With the certificate that was shown in the handshake.
const WITH_CERTIFICATE: [Mechanism; 1] = [Mechanism::External];

/// The shortest piece of what we sent that a host may not repeat, in characters.
const SHORTEST_PIECE: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    ScramSha256Plus,
    ScramSha256,
    CramMd5,
    Plain,
    Login,
    OAuthBearer,
    XOAuth2,
    External,
}

impl Mechanism {
    fn name(self) -> &'static str {
        match self {
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::CramMd5 => "CRAM-MD5",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
            Self::External => "EXTERNAL",
        }
    }
}

/// Who signs in where, and because of which setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignIn<'a> {
    /// The value of SmartHostAuthMechanism.
    pub(crate) setting: &'a str,
    pub(crate) user: &'a str,
    /// The host by name, and its port.
    pub(crate) host: (&'a str, u16),
}

/// What the host is shown. Whoever makes one has a permit for it.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    Password(&'a str),
    Token(&'a str),
    /// In the TLS handshake already.
    Certificate,
}

/// A host's no.
struct Refusal {
    reply: Reply,
    /// Before a challenge was answered by a proof.
    is_early: bool,
}

/// Why we are not signed in.
#[derive(Debug)]
pub(crate) enum NotIn {
    /// The host does not accept what it was shown; the session goes on.
    Refused(Lost),
    /// Another secret would not help.
    Lost(Lost),
}

impl NotIn {
    /// What the administrator reads.
    pub(crate) fn into_lost(self) -> Lost {
        match self {
            Self::Refused(lost) | Self::Lost(lost) => lost,
        }
    }
}

impl From<Lost> for NotIn {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl<'a> Shown<'a> {
    fn secret(self) -> &'a str {
        match self {
            Self::Password(secret) | Self::Token(secret) => secret,
            Self::Certificate => "",
        }
    }

    fn mechanisms(self) -> &'static [Mechanism] {
        match self {
            Self::Password(_) => &WITH_PASSWORD,
            Self::Token(_) => &WITH_TOKEN,
            Self::Certificate => &WITH_CERTIFICATE,
        }
    }

    /// What an administrator does about a refusal for good.
    fn advice(self) -> &'static str {
        match self {
            Self::Password(_) => "check AuthenticationCredential",
            Self::Token(_) => {
                "check the user name in AuthenticationCredential, OAuthScope, and whether that mailbox may \
                 send this way"
            }
            Self::Certificate => {
                "check TlsCertificateName, and whether the host knows that certificate"
            }
        }
    }
}

impl Connection {
    /// Signs in.
    pub(crate) async fn log_on(&mut self, who: SignIn<'_>, shown: Shown<'_>) -> Result<(), NotIn> {
        let offer = self.client.capabilities().auth.join(" ");
        let mut refusal = None;
        for mechanism in self.usable(shown) {
            match self.try_mechanism(mechanism, who, shown).await? {
                Ok(()) => return Ok(()),
                Err(Refusal { reply, is_early }) => {
                    // A host that refuses PLUS before the proof does not know our kind of binding.
                    let is_unbound = is_early && mechanism == Mechanism::ScramSha256Plus;
                    let goes_on = names_the_mechanism(&reply) || is_unbound;
                    let why = Lost(self.refused(&reply, mechanism, who, shown));
                    if !goes_on {
                        let is_final = reply.severity() == Severity::Permanent;
                        return Err(if is_final { NotIn::Refused(why) } else { NotIn::Lost(why) });
                    }
                    refusal = Some(why);
                }
            }
        }
        Err(NotIn::Lost(refusal.unwrap_or_else(|| self.nothing_usable(&offer, who, shown))))
    }

    /// The mechanisms that both sides know, in the order in which they are tried.
    fn usable(&self, shown: Shown<'_>) -> Vec<Mechanism> {
        let offered = &self.client.capabilities().auth;
        let is_offered = |mechanism: Mechanism| offered.iter().any(|o| o == mechanism.name());
        let shows_password = is_offered(Mechanism::Plain) || is_offered(Mechanism::Login);
        let is_usable = |mechanism: Mechanism| match mechanism {
            Mechanism::ScramSha256Plus => self.binding.is_some(),
            // Where the host has proved who it is, it may see the password, and many a host that offers
            // CRAM-MD5 does not keep what that needs.
            Mechanism::CramMd5 => self.verified.is_none() || !shows_password,
            _ => true,
        };
        let all = shown.mechanisms().iter().copied();
        all.filter(|mechanism| is_offered(*mechanism) && is_usable(*mechanism)).collect()
    }

    /// What a refusal is read as: the host's words, then who said it to what, and what to do.
    fn refused(
        &self,
        reply: &Reply,
        mechanism: Mechanism,
        who: SignIn<'_>,
        shown: Shown<'_>,
    ) -> String {
        let said = told(&reply.to_string(), who.user, shown.secret());
        let advice = match reply.severity() {
            Severity::Permanent if names_the_mechanism(reply) => {
                "the host offers it but cannot do it"
            }
            Severity::Permanent => shown.advice(),
            _ => "it is tried again",
        };
        let name = mechanism.name();
        let user = if who.user.is_empty() { String::new() } else { format!(" as {}", who.user) };
        format!("{said} ({} to AUTH {name}{user}: {advice})", self.host)
    }

    fn nothing_usable(&self, offer: &str, who: SignIn<'_>, shown: Shown<'_>) -> Lost {
        let usable: Vec<&str> = shown.mechanisms().iter().map(|m| m.name()).collect();
        let hint = match shown {
            Shown::Certificate => "; a host offers it only once it knows the certificate",
            Shown::Password(_) | Shown::Token(_) => "",
        };
        Lost(format!(
            "451 4.7.0 SmartHostAuthMechanism {}: {} offers no way of signing in that can be used \
             (offered: {}; usable: {}{hint})",
            who.setting,
            self.host,
            if offer.is_empty() { "none" } else { offer },
            usable.join(", ")
        ))
    }

    async fn try_mechanism(
        &mut self,
        mechanism: Mechanism,
        who: SignIn<'_>,
        shown: Shown<'_>,
    ) -> Result<Result<(), Refusal>, Lost> {
        let (user, secret) = (who.user, shown.secret());
        match mechanism {
            Mechanism::ScramSha256Plus | Mechanism::ScramSha256 => {
                let nonce = STANDARD.encode(rand::random::<[u8; 24]>());
                let binding = self.channel_binding(mechanism);
                self.client.authenticate_scram_sha_256(user, secret, &nonce, binding);
            }
            Mechanism::CramMd5 => self.client.authenticate_cram_md5(user, secret),
            Mechanism::Plain => self.client.authenticate_plain(user, secret),
            Mechanism::Login => self.client.authenticate_login(user, secret),
            Mechanism::OAuthBearer => self.client.authenticate_oauthbearer(user, who.host, secret),
            Mechanism::XOAuth2 => self.client.authenticate_xoauth2(user, secret),
            Mechanism::External => self.client.authenticate_external(user),
        }
        let mut is_early = true;
        let outcome = loop {
            match self.step().await? {
                ClientStep::Derive(work) => {
                    is_early = false;
                    let salted = tokio::task::spawn_blocking(move || work.run()).await;
                    let interrupted = |_| Lost("451 4.3.0 The logon was interrupted".to_owned());
                    self.client.derived(&salted.map_err(interrupted)?);
                }
                ClientStep::Authenticated => break Ok(()),
                ClientStep::AuthRefused(reply) => break Err(Refusal { reply, is_early }),
                ClientStep::Failed(failure) => {
                    return Err(Lost(told(&describe(&failure), user, secret)));
                }
                step => return Err(self.unexpected(&step)),
            }
        };
        self.until_ready().await?;
        Ok(outcome)
    }

    /// RFC 5802 section 6. Where the host offered PLUS and refused its kind of binding, we have none that
    /// it knows.
    fn channel_binding(&self, mechanism: Mechanism) -> ChannelBinding {
        let plus = Mechanism::ScramSha256Plus;
        let is_offered = self.client.capabilities().auth.iter().any(|o| o == plus.name());
        match &self.binding {
            Some(session) if mechanism == plus => {
                ChannelBinding::Bound { kind: session.kind, data: session.data.clone() }
            }
            Some(_) if !is_offered => ChannelBinding::NotOffered,
            Some(_) | None => ChannelBinding::None,
        }
    }
}

/// Whether a refusal is about the mechanism and not about who wants in (RFC 4954 section 6): then
/// the next may do. A refused password is not offered again in another form.
fn names_the_mechanism(reply: &Reply) -> bool {
    matches!(reply.code.as_u16(), 504 | 534)
}

/// What the host said, unless it repeats the secret, or a piece of what could have been sent with it.
fn told(said: &str, user: &str, secret: &str) -> String {
    let sent = [
        STANDARD.encode(secret),
        STANDARD.encode(format!("\0{user}\0{secret}")),
        STANDARD.encode(format!("user={user}\x01auth=Bearer {secret}\x01\x01")),
    ]
    .map(zeroize::Zeroizing::new);
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let repeats = |word: &str| {
        let whole = sent.iter().any(|form| !word.is_empty() && **form == word);
        let piece = || sent.iter().any(|form| form.contains(word)) || secret.contains(word);
        whole || (word.len() >= SHORTEST_PIECE && (piece() || decodes_to(word, secret)))
    };
    let is_repeated = !secret.is_empty() && said.contains(secret);
    if is_repeated || said.split(|c| !is_base64(c)).any(repeats) {
        let codes: String = said.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        return format!("{codes} (what the host said is not shown: it repeats the password)");
    }
    said.to_owned()
}

/// Whether the secret is in what this is the base64 of.
fn decodes_to(word: &str, secret: &str) -> bool {
    let whole = word.trim_end_matches('=');
    let whole = &whole[..whole.len() / 4 * 4];
    let decoded = zeroize::Zeroizing::new(STANDARD.decode(whole).unwrap_or_default());
    !secret.is_empty() && String::from_utf8_lossy(&decoded).contains(secret)
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
            // OAUTHBEARER's: n,a=jean,^Ahost=a^Aport=25^Aauth=Bearer swordfish^A^A
            "535 bixhPWplYW4sAWhvc3Q9YQFwb3J0PTI1AWF1dGg9QmVhcmVyIHN3b3JkZmlzaAEB is wrong",
        ] {
            let shown = of(said);
            assert!(shown.starts_with(&said[..3]) && shown.contains("is not shown"), "{shown}");
            assert!(!shown.contains("swordfish") && !shown.contains("c3dvcmRmaXNo"), "{shown}");
        }
        // A long token, cut.
        let token = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0";
        let shown = told(&format!("535 {} is wrong", &token[..30]), "jean", token);
        assert!(!shown.contains("eyJ"), "{shown}");
    }

    #[test]
    fn only_what_is_about_the_mechanism_lets_the_next_try() {
        let of = |code| names_the_mechanism(&Reply::new(code, (5, 7, 0), "x"));
        assert!(of(504) && of(534));
        assert!(!of(535) && !of(454) && !of(530));
    }
}
