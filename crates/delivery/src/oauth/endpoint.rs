//! One question to a token endpoint: a POST over HTTPS to whoever has a certificate of a trusted authority
//! for its name. Secrets are opened when that is known, and wiped after it.

use bytes::Bytes;
use directory::Directory;
use dns::Resolver;
use http_body_util::Full;
use https::{Https, PATIENCE, Proved};
use hyper::header;
use tls::TrustAnchors;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{Answer, Grant, Secrets};
use crate::{
    Outward,
    permit::{CannotOpen, Permit, SealedSecret},
};

/// What it takes to ask.
pub(super) struct Endpoint<'a> {
    pub(super) outward: &'a Outward,
    pub(super) trust: &'a std::sync::Arc<TrustAnchors>,
    pub(super) directory: &'a Directory,
    pub(super) resolver: &'a Resolver,
}

/// The parameters of a request, of which some are secret.
struct Form {
    body: Zeroizing<String>,
    secrets: Vec<Zeroizing<String>>,
}

impl Endpoint<'_> {
    /// Asks for a token.
    ///
    /// # Errors
    /// Why there is none, bounded and without secrets.
    pub(super) async fn ask(&self, grant: &Grant) -> Result<Answer, String> {
        let asked = timeout(PATIENCE, self.ask_at_length(grant)).await;
        asked.unwrap_or_else(|_| Err("it did not answer within 30 seconds".to_owned()))
    }

    async fn ask_at_length(&self, grant: &Grant) -> Result<Answer, String> {
        let Self { outward, trust, resolver, .. } = *self;
        let endpoint = Https { dial: outward, trust, resolver }.connect(&grant.url).await?;
        let form = self.form(grant, Permit::proved(&endpoint)).map_err(|CannotOpen| {
            "the stored secret cannot be opened with this server's key; set it again".to_owned()
        })?;
        let (status, body) = post(endpoint, grant, &form).await?;
        let secrets: Vec<&str> = form.secrets.iter().map(|secret| secret.as_str()).collect();
        Answer::read(status, &body, &secrets)
    }

    fn form(&self, grant: &Grant, permit: Permit) -> Result<Form, CannotOpen> {
        let open = |secret: &SealedSecret| secret.open(self.directory, permit);
        let mut form = Form { body: Zeroizing::default(), secrets: Vec::new() };
        match &grant.secrets {
            Secrets::Client(secret) => {
                form.add("grant_type", "client_credentials");
                form.add_secret("client_secret", open(secret)?);
            }
            Secrets::Refresh { token, client } => {
                form.add("grant_type", "refresh_token");
                form.add_secret("refresh_token", open(token)?);
                if let Some(secret) = client {
                    form.add_secret("client_secret", open(secret)?);
                }
            }
        }
        form.add("client_id", &grant.client_id);
        if let Some(scope) = &grant.scope {
            form.add("scope", scope);
        }
        Ok(form)
    }
}

impl Form {
    /// Adds a parameter as `application/x-www-form-urlencoded`.
    fn add(&mut self, name: &str, value: &str) {
        // Grown by hand, so that no copy of what is secret is left behind.
        let room = self.body.len() + name.len() + 2 + 3 * value.len();
        let mut body = Zeroizing::new(String::with_capacity(room));
        body.push_str(&self.body);
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
                body.push(char::from(byte));
            } else {
                let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
                body.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
        self.body = body;
    }

    fn add_secret(&mut self, name: &str, value: Zeroizing<String>) {
        self.add(name, &value);
        self.secrets.push(value);
    }
}

/// Status and body of the answer.
async fn post(
    endpoint: Proved,
    grant: &Grant,
    form: &Form,
) -> Result<(u16, Zeroizing<Vec<u8>>), String> {
    let body = Full::new(Bytes::copy_from_slice(form.body.as_bytes()));
    let request = https::post(&grant.url, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(body)
        .map_err(|_| "OAuthTokenUrl cannot be asked for".to_owned())?;
    endpoint.exchange(request).await
}
