//! Signing in, with servers that are honest and others.

use super::*;

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
    peer.client.authenticate_scram_sha_256("user", "pencil", "rOprNGfwEbeRWgbNEkqO");
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
    peer.client.authenticate_scram_sha_256("user", "pencil", "n");
    peer.sent();
    peer.say("334 cj1uLHM9QUFBQSxpPTE=");
    assert_eq!(peer.sent(), "*\r\n");
    refused(&mut peer, "501 5.7.0 cancelled", "iteration count");
    // What the mechanism cannot carry is not sent.
    peer.client.authenticate_scram_sha_256("user", "bell\u{7}", "n");
    let step = peer.step();
    assert!(step.starts_with("AuthRefused") && step.contains("RFC 4013"), "{step}");
    assert_eq!(peer.sent(), "");
}
