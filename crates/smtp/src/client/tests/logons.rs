//! Signing in, with servers that are honest and others.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;
use crate::client::ChannelBinding;

#[test]
fn logons() {
    let mut peer = Peer::ready("AUTH_PLAIN_LOGIN");
    peer.client.authenticate_plain("jean", "secret");
    assert_eq!(peer.sent(), "AUTH PLAIN AGplYW4Ac2VjcmV0\r\n");
    assert_eq!(peer.client.waits_for(), Phase::Auth);
    assert_eq!(peer.say("235 in"), "Authenticated");
    assert_eq!(peer.step(), "Ready");
    peer.client.authenticate_login("jean", "secret");
    assert_eq!(peer.sent(), "AUTH LOGIN\r\n");
    peer.say("334 VXNlcm5hbWU6");
    assert_eq!(peer.sent(), "amVhbg==\r\n");
    peer.say("334 UGFzc3dvcmQ6");
    assert_eq!(peer.sent(), "c2VjcmV0\r\n");
    assert!(peer.say("535 5.7.8 wrong").starts_with("AuthRefused"));
    assert_eq!(peer.step(), "Ready");
    peer.client.authenticate_plain("jean", "secret");
    peer.sent();
    peer.say("334 what");
    assert_eq!(peer.sent(), "*\r\n");
    assert!(peer.say("501 cancelled").starts_with("AuthRefused"));
    peer.client.authenticate_plain("je\0an", "secret");
    assert!(peer.step().starts_with("AuthRefused"));
    peer.client.authenticate_login("jean", "secret");
    assert_eq!(peer.say("235 already?"), "Protocol");
}

/// RFC 7677's example, over SMTP.
fn scram_until_proof() -> Peer {
    let mut peer = Peer::ready("AUTH_SCRAM-SHA-256");
    peer.client.authenticate_scram_sha_256(
        "user",
        "pencil",
        "rOprNGfwEbeRWgbNEkqO",
        ChannelBinding::None,
    );
    assert_eq!(peer.sent(), "AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n");
    let challenge = "334 cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxz\
                     PVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=";
    peer.client.input().extend_from_slice(format!("{challenge}\r\n").as_bytes());
    let ClientStep::Derive(work) = peer.client.next() else { panic!("no work") };
    assert_eq!(format!("{work:?}"), "KeyWork");
    assert_eq!(peer.client.waits_for(), Phase::Auth);
    peer.client.derived(&work.run());
    let proof = "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAs\
                 cD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==\r\n";
    assert_eq!(peer.sent(), proof);
    peer
}

#[test]
fn scram_believes_a_server_that_proves_itself() {
    let mut peer = scram_until_proof();
    peer.say("334 dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==");
    assert_eq!(peer.sent(), "\r\n");
    assert_eq!(peer.say("235 2.7.0 in"), "Authenticated");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn scram_believes_nobody_else() {
    let refused = |peer: &mut Peer, line: &str, why: &str| {
        let step = peer.say(line);
        assert!(step.starts_with("AuthRefused") && step.contains(why), "{step}");
        assert_eq!(peer.step(), "Ready");
    };
    // No proof at all, a wrong one, an error; and what a server says to a wrong password.
    refused(&mut scram_until_proof(), "235 2.7.0 in", "no proof");
    let mut peer = scram_until_proof();
    peer.say("334 dj1BQUFB");
    assert_eq!(peer.sent(), "*\r\n");
    refused(&mut peer, "501 5.7.0 cancelled", "does not prove");
    refused(&mut scram_until_proof(), "535 5.7.8 wrong", "wrong");
    let mut peer = Peer::ready("AUTH_SCRAM-SHA-256");
    peer.client.authenticate_scram_sha_256("user", "pencil", "n", ChannelBinding::None);
    peer.sent();
    peer.say("334 cj1uLHM9QUFBQSxpPTE=");
    assert_eq!(peer.sent(), "*\r\n");
    refused(&mut peer, "501 5.7.0 cancelled", "iteration count");
    // What the mechanism cannot carry is not sent.
    peer.client.authenticate_scram_sha_256("user", "bell\u{7}", "n", ChannelBinding::None);
    let step = peer.step();
    assert!(step.starts_with("AuthRefused") && step.contains("RFC 4013"), "{step}");
    assert_eq!(peer.sent(), "");
}

#[test]
fn scram_plus_says_that_it_is_bound() {
    let mut peer = Peer::ready("AUTH_SCRAM-SHA-256-PLUS_SCRAM-SHA-256");
    let binding = ChannelBinding::Bound { kind: "tls-exporter", data: vec![7; 32] };
    peer.client.authenticate_scram_sha_256("user", "pencil", "n", binding);
    let first = STANDARD.encode("p=tls-exporter,,n=user,r=n");
    assert_eq!(peer.sent(), format!("AUTH SCRAM-SHA-256-PLUS {first}\r\n"));
}

/// RFC 2195's example, over SMTP.
#[test]
fn cram_md5() {
    let mut peer = Peer::ready("AUTH_CRAM-MD5");
    peer.client.authenticate_cram_md5("tim", "tanstaaftanstaaf");
    assert_eq!(peer.sent(), "AUTH CRAM-MD5\r\n");
    peer.say("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
    assert_eq!(peer.sent(), "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
    assert_eq!(peer.say("235 in"), "Authenticated");
    peer.client.authenticate_cram_md5("tim", "tanstaaftanstaaf");
    peer.sent();
    peer.say("334 ");
    assert_eq!(peer.sent(), "*\r\n", "there is nothing to answer");
    assert!(peer.say("501 cancelled").starts_with("AuthRefused"));
}

#[test]
fn external_names_itself_or_leaves_that_to_the_certificate() {
    let mut peer = Peer::ready("AUTH_EXTERNAL");
    peer.client.authenticate_external("fred@example.com");
    assert_eq!(peer.sent(), "AUTH EXTERNAL ZnJlZEBleGFtcGxlLmNvbQ==\r\n");
    assert_eq!(peer.say("235 in"), "Authenticated");
    peer.client.authenticate_external("");
    assert_eq!(peer.sent(), "AUTH EXTERNAL =\r\n");
    assert!(peer.say("535 5.7.8 who?").starts_with("AuthRefused"));
    peer.client.authenticate_external("a\0b");
    assert!(peer.step().starts_with("AuthRefused"));
    assert_eq!(peer.sent(), "");
}

/// RFC 7628 section 4.1 (without its channel), and 4.3: a refusal is explained, and answered by one
/// `%x01`.
#[test]
fn oauthbearer() {
    let token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
    let mut peer = Peer::ready("AUTH_OAUTHBEARER");
    let server = ("server.example.com", 587);
    peer.client.authenticate_oauthbearer("user@example.com", server, token);
    let first = format!(
        "n,a=user@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer {token}\x01\x01"
    );
    assert_eq!(peer.sent(), format!("AUTH OAUTHBEARER {}\r\n", STANDARD.encode(first)));
    assert_eq!(peer.say("235 in"), "Authenticated");
    peer.client.authenticate_oauthbearer("user@example.com", server, token);
    peer.sent();
    let explanation = r#"{"status":"invalid_token","scope":"example_scope"}"#;
    peer.say(&format!("334 {}", STANDARD.encode(explanation)));
    assert_eq!(peer.sent(), "AQ==\r\n");
    let step = peer.say("535 5.7.8 no");
    assert!(step.starts_with("AuthRefused") && step.contains("no ("), "{step}");
    assert!(step.contains("invalid_token"), "{step}");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn xoauth2() {
    let mut peer = Peer::ready("AUTH_XOAUTH2");
    peer.client.authenticate_xoauth2(
        "someuser@example.com",
        "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
    );
    let first = "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01";
    assert_eq!(peer.sent(), format!("AUTH XOAUTH2 {}\r\n", STANDARD.encode(first)));
    peer.say(&format!("334 {}", STANDARD.encode(r#"{"status":"401","schemes":"bearer"}"#)));
    assert_eq!(peer.sent(), "\r\n");
    let step = peer.say("535 5.7.8 no");
    assert!(step.starts_with("AuthRefused") && step.contains("401"), "{step}");
    // A second question is none that the mechanism has.
    peer.client.authenticate_xoauth2("user", "token");
    peer.sent();
    peer.say("334 ");
    assert_eq!(peer.sent(), "\r\n");
    peer.say("334 ");
    assert_eq!(peer.sent(), "*\r\n");
    assert!(peer.say("501 cancelled").starts_with("AuthRefused"));
    for (user, token) in
        [("us\x01er", "token"), ("user", ""), ("user", "to ken"), ("user", "t\x01")]
    {
        peer.client.authenticate_xoauth2(user, token);
        assert!(peer.step().starts_with("AuthRefused"));
        assert_eq!(peer.sent(), "");
    }
}

/// RFC 4954 section 4: a command keeps to 512 bytes, a response does not have to.
#[test]
fn what_is_too_long_for_a_command_is_sent_when_it_is_asked_for() {
    let mut peer = Peer::ready("AUTH_XOAUTH2");
    let token = "t".repeat(2000);
    peer.client.authenticate_xoauth2("user", &token);
    assert_eq!(peer.sent(), "AUTH XOAUTH2\r\n");
    peer.say("334 ");
    let response = STANDARD.encode(format!("user=user\x01auth=Bearer {token}\x01\x01"));
    assert_eq!(peer.sent(), format!("{response}\r\n"));
    assert_eq!(peer.say("235 in"), "Authenticated");
    peer.client.authenticate_plain("user", &"p".repeat(400));
    assert_eq!(peer.sent(), "AUTH PLAIN\r\n");
    peer.say("334 ");
    assert!(peer.sent().len() > 512);
    assert_eq!(peer.say("235 in"), "Authenticated");
}
