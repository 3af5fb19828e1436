//! Access tokens for smart hosts (RFC 6749): asked for at the token endpoint that a connector names, kept
//! in memory until shortly before they expire, renewed by one at a time. A refresh token that an endpoint
//! gives out anew takes the place of the one in the directory.

mod answer;
mod endpoint;
mod keeper;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use directory::{Directory, OAuthGrantType, SendConnector};
use dns::Resolver;
use model::HttpsUrl;
use parking_lot::Mutex;
use tls::TrustAnchors;
use tokio::time::Instant;

use crate::{
    Outward,
    permit::{AccessToken, SealedSecret},
};
use answer::Answer;
use endpoint::Endpoint;
use keeper::Keeper;

/// How long before it expires a token is not used any more; of one that lives shorter than ten times
/// this, the last tenth.
const MARGIN: Duration = Duration::from_secs(120);
/// So long lives a token of which its endpoint does not say it.
const UNTOLD_LIFE: Duration = Duration::from_secs(600);
/// A token is not believed to live longer.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long an endpoint that failed is not asked again.
const PAUSE: Duration = Duration::from_secs(10);

/// What a connector says of its tokens. Another one is another grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The connector's GUID.
    connector: String,
    url: HttpsUrl,
    client_id: String,
    scope: Option<String>,
    secrets: Secrets,
}

/// What is shown for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Secrets {
    /// The client's own secret.
    Client(SealedSecret),
    /// A refresh token, and the client's secret where it has one.
    Refresh { token: SealedSecret, client: Option<SealedSecret> },
}

impl Grant {
    /// What `connector` says, with the secret of its credential.
    ///
    /// # Errors
    /// The property that is missing.
    pub(crate) fn new(
        connector: &SendConnector,
        secret: SealedSecret,
    ) -> Result<Self, &'static str> {
        let client = connector.oauth_client_secret.clone();
        let client = client.map(|s| SealedSecret::new(s, connector.client_secret_context()));
        Ok(Self {
            connector: connector.header.guid.to_string(),
            url: connector.oauth_token_url.clone().ok_or("OAuthTokenUrl")?,
            client_id: connector.oauth_client_id.clone().ok_or("OAuthClientId")?,
            scope: connector.oauth_scope.clone(),
            secrets: match connector.oauth_grant_type {
                OAuthGrantType::ClientCredentials => Secrets::Client(secret),
                OAuthGrantType::RefreshToken => Secrets::Refresh { token: secret, client },
            },
        })
    }
}

/// The access tokens of a server.
pub(crate) struct Tokens {
    outward: Outward,
    trust: Arc<TrustAnchors>,
    directory: Directory,
    keeper: Keeper,
    /// By connector. Whoever holds one's lock renews.
    known: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Known>>>>,
}

/// What is known of one connector's token.
#[derive(Default)]
struct Known {
    /// For which the rest holds.
    grant: Option<Grant>,
    token: Option<(AccessToken, Instant)>,
    failure: Option<(String, Instant)>,
}

impl Tokens {
    /// Without any yet. `refresh_tokens` is the directory for those that are given out anew.
    pub(crate) fn new(
        outward: Outward,
        trust: Arc<TrustAnchors>,
        directory: Directory,
        refresh_tokens: PathBuf,
    ) -> Self {
        let keeper = Keeper::new(refresh_tokens, directory.clone());
        Self { outward, trust, directory, keeper, known: Mutex::default() }
    }

    /// A token for the grant: the one that is known, unless it is about to expire or is `refused`; else a
    /// new one.
    ///
    /// # Errors
    /// Why there is none, as LastError. An endpoint that failed is left alone for some seconds.
    pub(crate) async fn current(
        &self,
        grant: &Grant,
        resolver: &Resolver,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, String> {
        let known = Arc::clone(self.known.lock().entry(grant.connector.clone()).or_default());
        let mut known = known.lock().await;
        if known.grant.as_ref() != Some(grant) {
            *known = Known { grant: Some(grant.clone()), ..Known::default() };
        }
        let now = Instant::now();
        match &known.token {
            Some((token, until)) if now < *until && refused != Some(token) => {
                return Ok(token.clone());
            }
            _ => {}
        }
        match &known.failure {
            Some((why, until)) if now < *until => return Err(why.clone()),
            _ => {}
        }
        match self.renew(grant, resolver).await {
            Ok((token, life)) => {
                known.token = Some((token.clone(), Instant::now() + usable(life)));
                known.failure = None;
                Ok(token)
            }
            Err(why) => {
                let why = failed(grant, &why);
                known.token = None;
                known.failure = Some((why.clone(), Instant::now() + PAUSE));
                Err(why)
            }
        }
    }

    async fn renew(
        &self,
        grant: &Grant,
        resolver: &Resolver,
    ) -> Result<(AccessToken, Option<Duration>), String> {
        let began = SystemTime::now();
        let endpoint = Endpoint {
            outward: &self.outward,
            trust: &self.trust,
            directory: &self.directory,
            resolver,
        };
        let grant = self.keeper.with_newest(grant).await;
        let answer = endpoint.ask(&grant).await?;
        let Answer { token, life, refresh_token } = answer;
        if let (Secrets::Refresh { token: basis, .. }, Some(fresh)) =
            (&grant.secrets, refresh_token)
        {
            self.keeper.keep(&grant.connector, basis, fresh).await;
        }
        tracing::info!(
            connector = grant.connector,
            endpoint = %grant.url,
            milliseconds = began.elapsed().unwrap_or_default().as_millis() as u64,
            "an access token was given out"
        );
        Ok((token, life))
    }
}

/// How long a token is used of the life its endpoint gave it.
fn usable(life: Option<Duration>) -> Duration {
    let life = life.unwrap_or(UNTOLD_LIFE).min(LONGEST_LIFE);
    life - MARGIN.min(life / 10)
}

fn failed(grant: &Grant, why: &str) -> String {
    let secrets = match grant.secrets {
        Secrets::Client(_) => "",
        Secrets::Refresh { .. } => " (the refresh token)",
    };
    format!(
        "451 4.7.0 SmartHostAuthMechanism OAuth2: no access token from {}: {why}; check OAuthTokenUrl, \
         OAuthClientId, OAuthScope and AuthenticationCredential{secrets}",
        grant.url
    )
}
