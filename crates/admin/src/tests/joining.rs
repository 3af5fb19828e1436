//! Somebody asks to join: no sign-in, and nothing without a token.

use peers::ask_to_join;
use tls::Fingerprint;
use vault::{JoinToken, Joining};

use super::*;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn question(authority: Fingerprint) -> String {
    let token = JoinToken::new(authority).unwrap();
    let joining = Joining::ask(&token, "{\"name\":\"s3cret\"}".to_owned()).unwrap();
    serde_json::to_string(joining.asked()).unwrap()
}

#[tokio::test]
async fn who_has_no_token_waits_as_who_has_no_password() {
    let site = Site::new().await;
    let authority = Fingerprint::of(&site.authority);
    let mut client = site.client().await;
    assert_eq!(client.get(peers::JOIN).await.status, 405);
    let asked = question(authority);
    assert_eq!(client.send("POST", peers::JOIN, &[], &asked).await.status, 415);
    let foreign = [JSON[0], ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(client.send("POST", peers::JOIN, &foreign, &asked).await.status, 403);
    // Nothing of what is asked is repeated: the client of these tests sees to it.
    for odd in ["{}", "[]", "s3cret", &asked.replace("tag", "s3cret")] {
        assert_eq!(client.send("POST", peers::JOIN, &JSON, odd).await.status, 400, "{odd}");
    }
    let long = format!("{{\"token\":\"{}\"}}", "x".repeat(20_000));
    assert_eq!(client.send("POST", peers::JOIN, &JSON, &long).await.status, 400);
    let mut client = site.client().await;
    for _ in 0..10 {
        let refused = client.send("POST", peers::JOIN, &JSON, &asked).await;
        assert_eq!((refused.status.as_u16(), &refused.body["id"]), (403, &json!("JN-01")));
    }
    let refused = client.send("POST", peers::JOIN, &JSON, &asked).await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_new_server_believes_the_authority_of_its_token_alone() {
    let site = Site::new().await;
    let endpoint = site.address.to_string().parse().unwrap();
    let authority = Fingerprint::of(&site.authority);
    let asked = Bytes::from(question(authority));
    let refused = ask_to_join(&endpoint, authority, asked.clone()).await.unwrap_err();
    assert!(refused.starts_with("The token is not valid here"), "{refused}");
    let stranger = ask_to_join(&endpoint, Fingerprint::from_bytes([7; 32]), asked).await;
    let stranger = stranger.unwrap_err();
    assert!(stranger.contains("the TLS handshake failed"), "{stranger}");
}
