//! Tokens, without an endpoint: how long one is used, who asks, and what is kept of refresh tokens.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    os::unix::fs::PermissionsExt,
    sync::atomic::{AtomicUsize, Ordering},
};

use directory::{Header, SmartHostAuthMechanism, Usage};
use dns::ResolverSettings;
use model::SystemClock;
use tempfile::TempDir;
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::*;
use crate::{
    BoxFuture,
    permit::{AdministratorsWord, Permit},
};
use crate::{Dialer, Outward};

#[test]
fn how_long_a_token_is_used() {
    let of = |seconds| usable(Some(Duration::from_secs(seconds))).as_secs();
    assert_eq!((of(3600), of(1200), of(600)), (3480, 1080, 540));
    assert_eq!((of(10), of(0)), (9, 0));
    assert_eq!(of(u64::MAX), 24 * 3600 - 120);
    assert_eq!(usable(None).as_secs(), 540);
}

/// Connects to nobody, after a while.
#[derive(Default)]
struct DeadEnd(AtomicUsize);

impl Dialer for DeadEnd {
    fn dial(&self, _: SocketAddr, _: Option<IpAddr>) -> BoxFuture<'_, io::Result<TcpStream>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(io::ErrorKind::ConnectionRefused.into())
        })
    }
}

struct Place {
    home: TempDir,
    directory: Directory,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let key = vault::DataKey::ephemeral();
        let file = home.path().join("directory.db");
        let directory = Directory::open(&file, key, Arc::new(SystemClock)).unwrap();
        Self { home, directory }
    }

    fn keeper(&self) -> Keeper {
        Keeper::new(self.home.path().join("oauth"), self.directory.clone())
    }

    /// A grant with a refresh token, of a connector of its own.
    fn grant(&self, refresh_token: &str) -> Grant {
        let mut connector =
            SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
        connector.oauth_token_url = Some("https://127.0.0.1:1/token".parse().unwrap());
        connector.oauth_client_id = Some("relais".to_owned());
        connector.oauth_grant_type = OAuthGrantType::RefreshToken;
        Grant::new(&connector, self.sealed(refresh_token)).unwrap()
    }

    fn sealed(&self, secret: &str) -> SealedSecret {
        SealedSecret::new(self.directory.seal(secret, "x").unwrap(), "x".to_owned())
    }

    /// The refresh token that would be shown.
    async fn shown(&self, keeper: &Keeper, grant: &Grant) -> (SealedSecret, String) {
        let grant = keeper.with_newest(grant).await;
        let Secrets::Refresh { token, .. } = grant.secrets else { panic!("no refresh token") };
        let opened = token.open(&self.directory, permit()).unwrap();
        (token, opened.to_string())
    }
}

fn permit() -> Permit {
    let mut connector =
        SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
    for mechanism in [SmartHostAuthMechanism::BasicAuthRequireTls, SmartHostAuthMechanism::OAuth2] {
        connector.smart_host_auth_mechanism = mechanism;
        assert!(AdministratorsWord::of(&connector).is_none(), "{mechanism}");
    }
    connector.smart_host_auth_mechanism = SmartHostAuthMechanism::BasicAuth;
    Permit::said(&AdministratorsWord::of(&connector).unwrap())
}

#[tokio::test(start_paused = true)]
async fn one_asks_for_all_and_an_endpoint_that_failed_has_a_rest() {
    let place = Place::new();
    let dialer = Arc::new(DeadEnd::default());
    let tokens = Tokens::new(
        Outward::Direct(Arc::clone(&dialer) as Arc<dyn Dialer>),
        Arc::default(),
        place.directory.clone(),
        place.home.path().join("oauth"),
    );
    let resolver = Resolver::new(ResolverSettings::new(Vec::new()));
    let grant = place.grant("secret-1");
    let ask = |grant: Grant| {
        let (tokens, resolver) = (&tokens, &resolver);
        async move { tokens.current(&grant, resolver, None).await.unwrap_err() }
    };
    let both = futures_util::future::join(ask(grant.clone()), ask(grant.clone())).await;
    assert_eq!(both.0, both.1);
    assert!(both.0.starts_with("451 4.7.0 SmartHostAuthMechanism OAuth2: no access token from"));
    assert!(both.0.contains("no connection to 127.0.0.1:1") && !both.0.contains("secret-1"));
    assert_eq!(dialer.0.load(Ordering::Relaxed), 1);
    tokio::time::sleep(PAUSE).await;
    ask(grant.clone()).await;
    assert_eq!(dialer.0.load(Ordering::Relaxed), 2);
    // Another setting is another question, at once.
    ask(Grant { scope: Some("mail".to_owned()), ..grant }).await;
    assert_eq!(dialer.0.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_new_refresh_token_takes_the_place_of_the_first_until_another_is_set() {
    let place = Place::new();
    let grant = place.grant("first");
    let keeper = place.keeper();
    let (first, opened) = place.shown(&keeper, &grant).await;
    assert_eq!(opened, "first");
    for (shown, fresh) in [(first, "second-token"), (place.sealed("x"), "third-token")] {
        // The second time it is the second that was shown.
        let shown =
            if fresh == "third-token" { place.shown(&keeper, &grant).await.0 } else { shown };
        keeper.keep(&grant.connector, &shown, Zeroizing::new(fresh.to_owned())).await;
        assert_eq!(place.shown(&keeper, &grant).await.1, fresh);
        // And after a restart.
        assert_eq!(place.shown(&place.keeper(), &grant).await.1, fresh);
    }
    let file = place.home.path().join("oauth").join(format!("{}.json", grant.connector));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("-token"), "{text}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let secrets = Secrets::Refresh { token: place.sealed("set again"), client: None };
    let again = Grant { secrets, ..grant };
    for keeper in [keeper, place.keeper()] {
        assert_eq!(place.shown(&keeper, &again).await.1, "set again");
    }
    // What cannot be read is no token.
    std::fs::write(&file, "{").unwrap();
    assert_eq!(place.shown(&place.keeper(), &again).await.1, "set again");
}
