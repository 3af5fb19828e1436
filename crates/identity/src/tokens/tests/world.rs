//! An issuer of the tests' own: keys of every kind, tokens signed by hand, documents that can be had or not.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use directory::{Audit, AuthServer, Change, Directory, Header, Mailbox, Object};
use model::{Clock, HttpsUrl, ManualClock, Timestamp};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use vault::DataKey;

use super::super::{Fetched, TokenVerifier, TokenWeb};

pub(super) const METADATA: &str = "https://login.test/metadata";
pub(super) const KEYS: &str = "https://login.test/keys";
pub(super) const ISSUER: &str = "https://login.test/realms/mail";
/// 2023-11-14T22:13:20Z, in seconds.
pub(super) const NOW: i64 = 1_700_000_000;

/// The keys of an issuer.
pub(super) struct Signer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

pub(super) fn encoded(value: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

impl Signer {
    pub(super) fn new() -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            ed: Ed25519KeyPair::generate().unwrap(),
        }
    }

    /// What it publishes: the ids are `rsa`, `ec` and `ed` with `mark` behind them.
    pub(super) fn published(&self, mark: &str) -> Value {
        let rsa = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
        let point = self.ec.public_key().as_ref();
        json!({ "keys": [
            { "kty": "RSA", "kid": format!("rsa{mark}"), "use": "sig", "n": encoded(rsa.n), "e": encoded(rsa.e) },
            { "kty": "EC", "crv": "P-256", "kid": format!("ec{mark}"), "alg": "ES256",
              "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
            { "kty": "OKP", "crv": "Ed25519", "kid": format!("ed{mark}"),
              "x": encoded(self.ed.public_key().as_ref()) },
        ] })
    }

    /// The bytes of the RSA key that everybody knows.
    pub(super) fn public_rsa(&self) -> Vec<u8> {
        RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key()).n
    }

    /// A token with this header, signed as `by` says.
    pub(super) fn token(&self, header: &Value, claims: &Value, by: &str) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let chance = SystemRandom::new();
        let rsa = |padding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &chance, message.as_bytes(), &mut signature).unwrap();
            signature
        };
        let signature = match by {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "ES256" => self.ec.sign(&chance, message.as_bytes()).unwrap().as_ref().to_vec(),
            "EdDSA" => self.ed.sign(message.as_bytes()).as_ref().to_vec(),
            _ => Vec::new(),
        };
        format!("{message}.{}", encoded(signature))
    }

    /// A token of Jean's with these claims changed; `null` takes one out.
    pub(super) fn with(&self, changes: &Value) -> String {
        let mut claims = claims();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        self.token(&json!({ "alg": "ES256", "kid": "ec", "typ": "JWT" }), &claims, "ES256")
    }
}

/// What a good token says.
pub(super) fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": "relais", "exp": NOW + 300, "nbf": NOW - 10, "sub": "42",
            "email": "jean@contoso.com", "email_verified": true, "preferred_username": "jean" })
}

/// A web in which there are these documents.
#[derive(Default)]
pub(super) struct FakeWeb {
    pub(super) documents: Mutex<HashMap<String, String>>,
    asked: AtomicUsize,
    /// Whether an answer takes its time.
    pub(super) slow: AtomicBool,
}

impl FakeWeb {
    /// How many documents were asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn publish(&self, keys: &Value) {
        let metadata =
            json!({ "issuer": ISSUER, "jwks_uri": KEYS, "response_types_supported": [] });
        let mut documents = self.documents.lock();
        documents.insert(METADATA.to_owned(), metadata.to_string());
        documents.insert(KEYS.to_owned(), keys.to_string());
    }

    pub(super) fn go_down(&self) {
        self.documents.lock().clear();
    }
}

impl TokenWeb for FakeWeb {
    fn get<'a>(&'a self, url: &'a HttpsUrl, largest: usize) -> Fetched<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.documents.lock().get(&url.to_string()).cloned();
        let found = found.filter(|text| text.len() <= largest);
        let turns = if self.slow.load(Ordering::SeqCst) { 50 } else { 0 };
        Box::pin(async move {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            found.map(Bytes::from).ok_or_else(|| format!("{url}: it is down"))
        })
    }
}

/// A directory with Jean and an authorization server, and an issuer.
pub(super) struct World {
    pub(super) directory: Directory,
    pub(super) clock: Arc<ManualClock>,
    pub(super) web: Arc<FakeWeb>,
    pub(super) signer: Signer,
    pub(super) verifier: TokenVerifier,
    _files: tempfile::TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOW * 1000)));
        let shared: Arc<dyn Clock> = clock.clone();
        let path = files.path().join("directory.db");
        let directory = Directory::open(&path, DataKey::ephemeral(), shared.clone()).unwrap();
        let (web, signer) = (Arc::new(FakeWeb::default()), Signer::new());
        web.publish(&signer.published(""));
        let verifier = TokenVerifier::new(directory.clone(), shared, web.clone());
        let world = Self { directory, clock, web, signer, verifier, _files: files };
        let address = "jean@contoso.com".parse().unwrap();
        let mut jean =
            Mailbox::with_defaults(Header::fresh(), "Jean Dupont".parse().unwrap(), address);
        jean.email_addresses.push("j.dupont@contoso.com".parse().unwrap());
        let address = "paul@contoso.com".parse().unwrap();
        let paul = Mailbox::with_defaults(Header::fresh(), "Paul".parse().unwrap(), address);
        for object in [Object::from(jean), paul.into(), world.server("Login").into()] {
            world.apply(Change::Create(object));
        }
        world
    }

    pub(super) fn server(&self, name: &str) -> AuthServer {
        let url = METADATA.parse().unwrap();
        let name = name.parse().unwrap();
        AuthServer::with_defaults(Header::fresh(), name, url, "relais".to_owned())
    }

    pub(super) fn apply(&self, change: Change) {
        let audit = Audit {
            user: "system".to_owned(),
            client: None,
            cmdlet: "test".to_owned(),
            parameters: Map::new(),
        };
        self.directory.apply(vec![change], audit).unwrap();
    }

    /// Changes the authorization server.
    pub(super) fn change(&self, change: impl FnOnce(&mut AuthServer)) {
        let mut server = AuthServer::clone(&self.directory.snapshot().auth_servers[0]);
        change(&mut server);
        self.apply(Change::Update { object: server.into() });
    }

    /// Who is let in by this token, or why he is not.
    pub(super) async fn judged(&self, token: &str, user: Option<&str>) -> Result<String, String> {
        match self.verifier.verify(token, user).await {
            Ok((principal, _)) => Ok(principal.mailbox.name.to_string()),
            Err(refusal) => {
                let text = refusal.to_string();
                assert!(!text.contains(token) || token.is_empty(), "{text}");
                Err(text)
            }
        }
    }
}
