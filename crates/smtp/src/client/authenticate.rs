//! The ways of signing in that a driver can ask for. Which of them may be used with whom is the
//! driver's affair: this side of the machine does not know whether anybody listens.

use model::Reply;

use super::{
    ChannelBinding, Client, ClientStep, State,
    logon::{Logon, fits_bearer, fits_plain},
    scram::ClientFirst,
};

impl Client {
    /// Sends AUTH PLAIN with its credentials. Only when ready, and only under TLS unless somebody
    /// has chosen otherwise.
    pub fn authenticate_plain(&mut self, user: &str, password: &str) {
        if !self.is_ready("AUTH") {
            return;
        }
        if fits_plain(user, password) {
            self.state = State::Logon(Logon::plain(user, password, &mut self.output));
        } else {
            self.cannot_carry("AUTH PLAIN cannot carry a NUL character");
        }
    }

    /// Sends AUTH LOGIN; as [`Client::authenticate_plain`].
    pub fn authenticate_login(&mut self, user: &str, password: &str) {
        if self.is_ready("AUTH") {
            self.state = State::Logon(Logon::login(user, password, &mut self.output));
        }
    }

    /// Sends AUTH CRAM-MD5 (RFC 2195), which does not show the password, but enough to guess at it.
    pub fn authenticate_cram_md5(&mut self, user: &str, password: &str) {
        if self.is_ready("AUTH") {
            self.state = State::Logon(Logon::cram_md5(user, password, &mut self.output));
        }
    }

    /// Sends AUTH SCRAM-SHA-256, or SCRAM-SHA-256-PLUS where the binding is to the TLS session. It does
    /// not show the password to whoever listens, nor to a server that does not know it already.
    /// `nonce` is fresh and random, printable ASCII without comma. [`ClientStep::Derive`] follows.
    pub fn authenticate_scram_sha_256(
        &mut self,
        user: &str,
        password: &str,
        nonce: &str,
        binding: ChannelBinding,
    ) {
        if !self.is_ready("AUTH") {
            return;
        }
        if let Some(first) = ClientFirst::new(user, password, nonce, binding) {
            self.state = State::Logon(Logon::scram(first, &mut self.output));
        } else {
            self.cannot_carry(
                "AUTH SCRAM-SHA-256 cannot carry this user name or password (RFC 4013)",
            );
        }
    }

    /// Sends AUTH XOAUTH2 with an access token; as [`Client::authenticate_plain`]. Whoever has the token
    /// can do the same.
    pub fn authenticate_xoauth2(&mut self, user: &str, token: &str) {
        if self.is_ready("AUTH") && self.can_bear(user, token) {
            self.state = State::Logon(Logon::xoauth2(user, token, &mut self.output));
        }
    }

    /// Sends AUTH OAUTHBEARER (RFC 7628) with an access token, for the server that was connected to; as
    /// [`Client::authenticate_xoauth2`].
    pub fn authenticate_oauthbearer(&mut self, user: &str, server: (&str, u16), token: &str) {
        if self.is_ready("AUTH") && self.can_bear(user, token) {
            self.state = State::Logon(Logon::oauthbearer(user, server, token, &mut self.output));
        }
    }

    /// Sends AUTH EXTERNAL (RFC 4422 appendix A): we are who our certificate in the TLS session says.
    /// `identity` is whom to act for; empty, the one whom the certificate names.
    pub fn authenticate_external(&mut self, identity: &str) {
        if !self.is_ready("AUTH") {
            return;
        }
        if identity.contains('\0') {
            self.cannot_carry("AUTH EXTERNAL cannot carry a NUL character");
        } else {
            self.state = State::Logon(Logon::external(identity, &mut self.output));
        }
    }

    fn can_bear(&mut self, user: &str, token: &str) -> bool {
        let fits = fits_bearer(user, token);
        if !fits {
            self.cannot_carry(
                "a token of visible ASCII and a user name without controls are needed",
            );
        }
        fits
    }

    fn cannot_carry(&mut self, text: &'static str) {
        self.pending = Some(ClientStep::AuthRefused(Reply::new(504, (5, 5, 4), text)));
    }
}
