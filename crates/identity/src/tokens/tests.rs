//! Tokens good and bad, and the keys they are judged by.

mod world;

use aws_lc_rs::hmac;
use directory::Change;
use model::TimeSpan;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use world::{ISSUER, NOW, Signer, World, claims, encoded};

#[tokio::test]
async fn every_method_with_a_public_key_is_taken() {
    let world = World::new();
    for (method, key) in [("RS256", "rsa"), ("PS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")] {
        for header in [
            json!({ "alg": method, "kid": key, "typ": "JWT" }),
            json!({ "alg": method, "kid": key, "typ": "at+jwt" }),
            json!({ "alg": method }),
        ] {
            let token = world.signer.token(&header, &claims(), method);
            assert_eq!(world.judged(&token, None).await.unwrap(), "Jean Dupont", "{header}");
        }
    }
    // Metadata and keys, once.
    assert_eq!(world.web.asked(), 2);
}

#[tokio::test]
async fn bad_tokens() {
    let world = World::new();
    let signer = &world.signer;
    let es256 = |header: Value| signer.token(&header, &claims(), "ES256");
    let hs256 = {
        let header = encoded(json!({ "alg": "HS256", "kid": "rsa" }).to_string());
        let message = format!("{header}.{}", encoded(claims().to_string()));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &signer.public_rsa());
        format!("{message}.{}", encoded(hmac::sign(&key, message.as_bytes())))
    };
    let good = signer.with(&json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let other = encoded(
        json!({ "iss": ISSUER, "aud": "relais", "exp": NOW + 300, "email": "paul@contoso.com" })
            .to_string(),
    );
    let none = |alg: &str| {
        let header = encoded(json!({ "alg": alg }).to_string());
        format!("{header}.{payload}.")
    };
    let not_one = "no JSON Web Token";
    for (token, why) in [
        (String::new(), not_one),
        ("a.b".to_owned(), not_one),
        ("a.b.c".to_owned(), not_one),
        (format!("{good}.x"), not_one),
        (none("none"), not_one),
        (none("None"), not_one),
        (none(""), not_one),
        (hs256, "HS256, which is not taken"),
        (format!("{message}."), "signature is not good"),
        (format!("{message}.{}", encoded([0; 64])), "signature is not good"),
        (format!("{header}.{other}.{signature}"), "signature is not good"),
        (Signer::new().with(&json!({})), "signature is not good"),
        // The key is for another method than the token says.
        (es256(json!({ "alg": "RS256", "kid": "rsa" })), "signature is not good"),
        (es256(json!({ "alg": "RS256", "kid": "ec" })), "no key of the id and kind"),
        (es256(json!({ "alg": "ES256", "kid": "nobody's" })), "no key of the id and kind"),
        (es256(json!({ "alg": "ES256", "kid": "ec", "typ": "dpop+jwt" })), "of another type"),
        (
            es256(json!({ "alg": "ES256", "kid": "ec", "crit": ["exp"], "exp": 1 })),
            "signature is not good",
        ),
        (es256(json!({ "alg": "ES256", "kid": 7 })), not_one),
        (signer.with(&json!({ "iss": null })), "names no issuer"),
        (signer.with(&json!({ "iss": 1 })), "names no issuer"),
        (
            signer.with(&json!({ "iss": "https://evil.test/" })),
            "no enabled AuthServer has the issuer \"https://evil.test/\"",
        ),
        (signer.with(&json!({ "aud": "webmail" })), "for \"webmail\", and Audience is \"relais\""),
        (signer.with(&json!({ "aud": ["a", "b"] })), "for \"a, b\""),
        (signer.with(&json!({ "aud": null })), "for nothing"),
        (signer.with(&json!({ "exp": null })), "does not say when it expires"),
        (signer.with(&json!({ "exp": "tomorrow" })), "does not say when it expires"),
        (signer.with(&json!({ "exp": 1e300 })), "does not say when it expires"),
        (signer.with(&json!({ "exp": NOW - 61 })), "expired at 2023-11-14T22:12:19"),
        (signer.with(&json!({ "nbf": NOW + 61 })), "good from 2023-11-14T22:14:21"),
        (signer.with(&json!({ "nbf": "x" })), not_one),
        (signer.with(&json!({ "email": null, "preferred_username": null })), "names no user"),
        (signer.with(&json!({ "email": ["jean@contoso.com"] })), "names no user"),
        (signer.with(&json!({ "email": "" })), "names no user"),
        (signer.with(&json!({ "email": "jean" })), "no mail address"),
        (signer.with(&json!({ "email": "anna@contoso.com" })), "no mailbox here has this address"),
        (signer.with(&json!({ "email": "anna@contoso.com\r\n" })), "no mail address"),
        (signer.with(&json!({ "email_verified": false })), "has not verified"),
        (signer.with(&json!({ "x": "y".repeat(9 * 1024) })), "longer than 9 KiB"),
    ] {
        let refusal = world.judged(&token, None).await.unwrap_err();
        assert!(refusal.contains(why), "{refusal}: {why}");
        assert!(!refusal.contains(['\r', '\n']), "{refusal}");
    }
    let leeway = signer.with(&json!({ "exp": NOW - 59, "nbf": NOW + 60, "aud": ["x", "relais"] }));
    assert!(world.judged(&leeway, None).await.is_ok());
}

#[tokio::test]
async fn whose_token_it_is() {
    let world = World::new();
    let token = world.signer.with(&json!({ "email": "J.Dupont@contoso.com" }));
    for user in [None, Some("jean@contoso.com"), Some("j.dupont@CONTOSO.com"), Some("Jean Dupont")]
    {
        assert_eq!(world.judged(&token, user).await.unwrap(), "Jean Dupont", "{user:?}");
    }
    for user in ["paul@contoso.com", "Paul", "nobody"] {
        let refusal = world.judged(&token, Some(user)).await.unwrap_err();
        assert!(refusal.contains("somebody else"), "{refusal}");
    }
    // The first claim that is there decides, whatever the others say.
    world.change(|server| server.user_claim = vec!["upn".to_owned(), "email".to_owned()]);
    let token = world.signer.with(&json!({ "upn": "paul@contoso.com" }));
    assert_eq!(world.judged(&token, None).await.unwrap(), "Paul");
    let token = world.signer.with(&json!({ "upn": "DOMAIN\\paul" }));
    assert!(world.judged(&token, None).await.is_err());
}

#[tokio::test]
async fn an_issuer_by_another_name_than_its_metadata_say() {
    let world = World::new();
    world.change(|server| server.issuer_identifier = Some("https://sts.test/tenant/".to_owned()));
    let refusal = world.judged(&world.signer.with(&json!({})), None).await.unwrap_err();
    assert!(refusal.contains("no enabled AuthServer has the issuer"), "{refusal}");
    assert_eq!(world.web.asked(), 0, "nobody is asked about the token of another");
    let token = world.signer.with(&json!({ "iss": "https://sts.test/tenant/" }));
    assert!(world.judged(&token, None).await.is_ok());
}

#[tokio::test]
async fn two_that_know_one_issuer_by_two_audiences() {
    let world = World::new();
    let mut second = world.server("Second");
    second.audience = "thunderbird".to_owned();
    world.apply(Change::Create(second.into()));
    for audience in ["relais", "thunderbird"] {
        let token = world.signer.with(&json!({ "aud": audience }));
        assert!(world.judged(&token, None).await.is_ok(), "{audience}");
    }
    let refusal = world.judged(&world.signer.with(&json!({ "aud": "x" })), None).await.unwrap_err();
    assert!(refusal.contains("the token is for \"x\""), "{refusal}");
}

#[tokio::test]
async fn a_new_key_is_fetched_once_a_minute_at_most() {
    let world = World::new();
    assert!(world.judged(&world.signer.with(&json!({})), None).await.is_ok());
    let signer = Signer::new();
    let header = json!({ "alg": "ES256", "kid": "ec-new" });
    let token = signer.token(&header, &claims(), "ES256");
    for _ in 0..20 {
        assert!(world.judged(&token, None).await.is_err());
    }
    assert_eq!(world.web.asked(), 2);
    world.web.publish(&signer.published("-new"));
    world.clock.advance(TimeSpan::seconds(60));
    let both = tokio::join!(world.judged(&token, None), world.judged(&token, None));
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(world.web.asked(), 4);
    // The old ones do not count any more.
    assert!(world.judged(&world.signer.with(&json!({})), None).await.is_err());
}

#[tokio::test]
async fn whoever_comes_while_keys_are_read_waits_for_them() {
    let world = World::new();
    world.web.slow.store(true, std::sync::atomic::Ordering::SeqCst);
    let (verifier, token) = (world.verifier.clone(), world.signer.with(&json!({})));
    let first = tokio::spawn(async move { verifier.verify(&token, None).await.is_ok() });
    while world.web.asked() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(world.judged(&world.signer.with(&json!({})), None).await.is_ok());
    assert!(first.await.unwrap());
    assert_eq!(world.web.asked(), 2);
}

#[tokio::test]
async fn keys_outlast_their_issuer_by_a_day() {
    let world = World::new();
    let lasting = world.signer.with(&json!({ "exp": NOW + 1_000_000 }));
    assert!(world.judged(&lasting, None).await.is_ok());
    world.web.go_down();
    for _ in 0..23 {
        world.clock.advance(TimeSpan::hours(1));
        assert!(world.judged(&lasting, None).await.is_ok());
        // What is read meanwhile is read by a task that nobody waits for.
        tokio::task::yield_now().await;
    }
    let asked = world.web.asked();
    assert!((3..=25).contains(&asked), "{asked}");
    world.clock.advance(TimeSpan::hours(1));
    let refusal = world.verifier.verify(&lasting, None).await.unwrap_err();
    assert!(matches!(refusal, TokenRefusal::Unknown(_)), "{refusal}");
    assert!(
        refusal
            .to_string()
            .contains("AuthServer Login cannot be had: https://login.test/metadata: it is down")
    );
    let asked = world.web.asked();
    for _ in 0..5 {
        assert!(world.judged(&lasting, None).await.is_err());
    }
    assert_eq!(world.web.asked(), asked, "it is left alone for some seconds");
    world.web.publish(&world.signer.published(""));
    world.clock.advance(TimeSpan::seconds(10));
    assert!(world.judged(&lasting, None).await.is_ok());
}

#[tokio::test]
async fn what_is_no_metadata_is_told() {
    let world = World::new();
    world.web.documents.lock().insert(world::KEYS.to_owned(), "<html>".to_owned());
    let states = world.verifier.states(&world.directory.snapshot()).await;
    let state = states.values().next().unwrap();
    assert!(state.failure.as_ref().unwrap().contains("jwks_uri is no JSON"), "{state:?}");
    assert_eq!((state.keys, state.read_at), (0, None));
    world.web.publish(&world.signer.published(""));
    world.verifier.forget(world.directory.snapshot().auth_servers[0].header.guid);
    let states = world.verifier.states(&world.directory.snapshot()).await;
    let state = states.values().next().unwrap();
    assert_eq!((state.keys, state.issuer.as_deref(), &state.failure), (3, Some(ISSUER), &None));
}

#[tokio::test]
async fn a_session_ends_with_its_token_or_its_issuer() {
    let world = World::new();
    let token = world.signer.with(&json!({}));
    let pass = async || world.verifier.verify(&token, None).await.unwrap().1;
    let first = pass().await;
    assert!(world.verifier.is_still_good(&first));
    world.change(|server| server.audience = "relais2".to_owned());
    assert!(!world.verifier.is_still_good(&first), "what must be in a token has changed");
    world.change(|server| server.audience = "relais".to_owned());
    let second = pass().await;
    world.clock.advance(TimeSpan::seconds(359));
    assert!(world.verifier.is_still_good(&second));
    world.clock.advance(TimeSpan::seconds(1));
    assert!(!world.verifier.is_still_good(&second), "it has expired");
    world.change(|server| server.enabled = false);
    let refusal = world.judged(&token, None).await.unwrap_err();
    assert!(refusal.contains("no enabled AuthServer"), "{refusal}");
    assert_eq!(TokenVerifier::taken_from(&world.directory.snapshot()).count(), 0);
}

proptest! {
    #[test]
    fn nothing_makes_the_judge_stumble(
        header in "\\PC{0,40}",
        payload in "\\PC{0,60}",
        raw in "[A-Za-z0-9_.-]{0,80}",
    ) {
        for token in [raw, format!("{}.{}.x", encoded(header), encoded(payload))] {
            if let Ok(head) = Head::read(&token) {
                prop_assert!(head.issuer.len() <= token.len());
            }
        }
    }
}
