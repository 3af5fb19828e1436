//! Mail clients that sign in with access tokens: curl (OAUTHBEARER) and msmtp (XOAUTH2), with tokens that PyJWT makes
//! and keys that Python's web server publishes.

use end_to_end::{
    Authority, Issuer, Relais, SERVER, SOON, Settings, address, all_text, curl_with_token,
    log_rows, message, msmtp_with_token, swaks, until,
};
use serde_json::{Value, json};

const JEAN: &str = "jean@contoso.com";
const PORT: u16 = 8443;
const ES256: (&str, &str) = ("ec", "ES256");
const FORMS: [&str; 2] = ["OAUTHBEARER", "XOAUTH2"];

/// A server with Jean's mailbox, and an issuer that it trusts.
struct Site {
    relais: Relais,
    issuer: Issuer,
    /// Its certificate is read again and again.
    _known: Authority,
}

impl Site {
    fn new() -> Self {
        let known = Authority::new("Known");
        let at = address();
        let issuer = Issuer::start(at, PORT, &known.issue(&format!("IP:{at}")));
        issuer.add_key(ES256.0, ES256.1);
        let trusted_ca_files = vec![known.certificate()];
        let relais =
            Relais::start(Settings { sandbox: true, trusted_ca_files, ..Settings::default() });
        let connector = format!("{SERVER}\\Client Frontend {SERVER}");
        let prompt = json!({
            "Identity": connector, "ProtocolLoggingLevel": "Verbose", "TarpitInterval": "00:00:00",
            "MaxInboundConnectionPerSource": "unlimited",
        });
        relais.run("Set-ReceiveConnector", prompt);
        Self { relais, issuer, _known: known }
    }

    /// With the issuer's tokens taken.
    fn taking_tokens() -> Self {
        let site = Self::new();
        let server = json!({
            "Name": "Login", "AuthMetadataUrl": site.issuer.metadata_url(), "Audience": "relais",
        });
        site.relais.run("New-AuthServer", server);
        site
    }

    fn token(&self, changes: Value) -> String {
        self.issuer.token(ES256, changes)
    }

    /// Sends a message from Jean to himself; whether that was taken, and what the client has seen.
    fn send(&self, form: &str, user: &str, token: &str) -> (bool, String) {
        let (to, authority) = (self.relais.submission(), self.relais.authority());
        let content = message(JEAN, JEAN, "signed in by a token");
        match form {
            "OAUTHBEARER" => curl_with_token(to, &authority, (user, token), (JEAN, JEAN), &content),
            form => {
                let form = form.to_lowercase();
                msmtp_with_token(to, &authority, (&form, user, token), (JEAN, JEAN), &content)
            }
        }
    }

    /// What the protocol log says of sign-ins, once there are so many.
    fn sign_ins(&self, count: usize) -> Vec<String> {
        let protocol = self.relais.data().join("logs/ProtocolLog/FrontEnd/SmtpReceive");
        until("sign-ins in the protocol log", SOON, || {
            let rows = log_rows(&protocol, "RECV");
            let told = rows.iter().map(|row| row.field("context").to_owned());
            let told: Vec<String> = told.filter(|row| row.starts_with("user ")).collect();
            (told.len() >= count).then_some(told)
        })
    }

    /// Wherever an administrator looks, the token is not there.
    fn assert_not_shown(&self, token: &str) {
        let shown = self.relais.log() + &all_text(&self.relais.data().join("logs"));
        let pieces = token.split('.').filter(|piece| piece.len() > 20);
        for piece in pieces {
            assert!(!shown.contains(piece), "{piece} is shown: {shown}");
        }
    }

    fn server(&self) -> Value {
        self.relais.run("Get-AuthServer", json!({ "Identity": "Login" }))[0].clone()
    }
}

#[test]
fn clients_sign_in_with_a_token_of_every_kind() {
    let site = Site::new();
    let offered = || swaks(site.relais.submission(), &["--tls", "--quit-after", "HELO"]).1;
    assert!(!offered().contains("OAUTHBEARER"), "no tokens are taken: {}", offered());
    let server = json!({
        "Name": "Login", "AuthMetadataUrl": site.issuer.metadata_url(), "Audience": "relais",
    });
    site.relais.run("New-AuthServer", server);
    let said = offered();
    assert!(said.contains("SCRAM-SHA-256-PLUS OAUTHBEARER XOAUTH2"), "{said}");
    let (_, in_clear) = swaks(site.relais.submission(), &["--quit-after", "HELO"]);
    assert!(!in_clear.contains("AUTH"), "{in_clear}");
    let kinds = [("rsa", "RS256"), ("pss", "PS256"), ES256, ("ed", "EdDSA")];
    for (id, algorithm) in kinds.iter().filter(|kind| **kind != ES256) {
        site.issuer.add_key(id, algorithm);
    }
    let mut tokens = Vec::new();
    for (kind, form) in kinds.into_iter().flat_map(|kind| FORMS.map(|form| (kind, form))) {
        let token = site.issuer.token(kind, json!({}));
        let (good, said) = site.send(form, JEAN, &token);
        assert!(good && said.contains("235 2.7.0"), "{kind:?} {form}: {said}");
        tokens.push(token);
    }
    let told = site.sign_ins(kinds.len() * 2);
    for form in FORMS {
        let wanted = format!("user jean authenticated by {form}");
        assert_eq!(told.iter().filter(|row| **row == wanted).count(), kinds.len(), "{told:#?}");
    }
    tokens.iter().for_each(|token| site.assert_not_shown(token));
    let server = site.server();
    assert_eq!((&server["KeyCount"], &server["LastError"]), (&json!(4), &Value::Null), "{server}");
    assert_eq!(server["MetadataIssuer"], json!(site.issuer.name()));
}

#[test]
fn what_is_wrong_with_a_token_stands_in_the_protocol_log() {
    let site = Site::taking_tokens();
    site.relais.mailbox("paul", "a Secret of Paul's 3");
    let tampered = {
        let good = site.token(json!({}));
        let (message, signature) = good.rsplit_once('.').expect("three parts");
        let (header, _) = message.split_once('.').expect("three parts");
        let other = site.token(json!({ "email": "administrator@contoso.com" }));
        let payload = other.split('.').nth(1).expect("three parts").to_owned();
        format!("{header}.{payload}.{signature}")
    };
    let wrong = [
        (
            site.token(json!({ "aud": "webmail" })),
            JEAN,
            "for \"webmail\", and Audience is \"relais\"",
        ),
        (site.token(json!({ "exp": 1_700_000_000 })), JEAN, "the token expired at 2023-11-14"),
        (
            site.token(json!({ "iss": "https://elsewhere.test/" })),
            JEAN,
            "no enabled AuthServer has the issuer",
        ),
        (
            site.token(json!({ "email": "nobody@contoso.com" })),
            JEAN,
            "no mailbox here has this address",
        ),
        (site.token(json!({})), "paul@contoso.com", "wants to sign in as somebody else"),
        (tampered, JEAN, "the token's signature is not good"),
    ];
    for (number, (token, user, why)) in wrong.iter().enumerate() {
        let (good, said) = site.send(FORMS[number % 2], user, token);
        // The client hears why, says its dummy, and then has the reply.
        assert!(!good && said.contains("535 5.7.3"), "{why}: {said}");
        let told = site.sign_ins(number + 1);
        assert!(
            told[number].contains("failed to authenticate by") && told[number].contains(why),
            "{told:#?}"
        );
        site.assert_not_shown(token);
    }
    let (good, said) = site.send("OAUTHBEARER", JEAN, &site.token(json!({})));
    assert!(good, "{said}");
    site.relais.run("Set-AuthServer", json!({ "Identity": "Login", "Enabled": false }));
    let (good, said) = site.send("OAUTHBEARER", JEAN, &site.token(json!({})));
    assert!(!good && !said.contains("OAUTHBEARER XOAUTH2"), "{said}");
}

#[test]
fn keys_outlast_their_issuer_and_are_read_anew_when_told() {
    let mut site = Site::taking_tokens();
    let (good, said) = site.send("XOAUTH2", JEAN, &site.token(json!({})));
    assert!(good, "{said}");
    site.issuer.add_key("next", "RS256");
    let next = site.issuer.token(("next", "RS256"), json!({}));
    site.relais.shell_ok("Set-AuthServer Login -RefreshAuthMetadata");
    let (good, said) = site.send("XOAUTH2", JEAN, &next);
    assert!(good, "{said}");
    site.issuer.go_down();
    let (good, said) = site.send("OAUTHBEARER", JEAN, &next);
    assert!(good, "the keys are known: {said}");
    site.relais.shell_ok("Set-AuthServer Login -RefreshAuthMetadata");
    let (good, said) = site.send("OAUTHBEARER", JEAN, &next);
    assert!(!good && said.contains("454 4.7.0"), "{said}");
    let server = site.server();
    assert_eq!(server["KeyCount"], json!(0));
    assert!(server["LastError"].to_string().contains("no connection to"), "{server}");
    site.relais.shell_ok("Remove-AuthServer Login -Confirm:$false");
    assert!(site.relais.run("Get-AuthServer", json!({})).is_empty());
}

#[test]
fn tokens_that_are_guessed_count_as_passwords_do() {
    let site = Site::taking_tokens();
    let wrong = site.token(json!({ "aud": "webmail" }));
    // What was counted is forgotten when the minute turns, which may happen once or twice meanwhile.
    let put_off = (0..60).any(|_| {
        let (good, said) = site.send("OAUTHBEARER", JEAN, &wrong);
        assert!(!good, "{said}");
        said.contains("454 4.7.0")
    });
    assert!(put_off, "nothing ends it");
}
