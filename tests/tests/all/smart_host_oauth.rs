//! Signing in at smart hosts with access tokens (SmartHostAuthMechanism OAuth2): a token endpoint of the
//! test's, Postfix with Dovecot's SASL, which asks that endpoint whether a token is good.

use std::net::{Ipv4Addr, SocketAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{
    Account, Authority, Dovecot, Postfix, Relais, SOON, Settings, TokenServer, address, all_text,
    until,
};
use serde_json::{Value, json};

use crate::world::{PORT, World};

const USER: &str = "relais@contoso.com";
const SECRET: &str = "a client's Secret+/= 7";
const ENDPOINT_PORT: u16 = 8443;

/// A server, an endpoint at login.test, and smart hosts in TLS that take what the endpoint vouches for.
struct Site {
    world: World,
    tokens: TokenServer,
    postfix: Postfix,
    _dovecot: Dovecot,
    /// Its certificate is read at every start.
    _known: Authority,
}

fn account(refresh_token: &str, client_secret: &str) -> Account {
    Account {
        user: USER.to_owned(),
        client_id: "relais & co".to_owned(),
        client_secret: client_secret.to_owned(),
        refresh_token: refresh_token.to_owned(),
        scope: "https://mail.test/send offline".to_owned(),
        expires_in: 3600,
    }
}

impl Site {
    /// With a smart host for each of these lists of mechanisms: `host0.test`, and so on.
    fn new(mechanisms: &[&str], account: Account) -> Self {
        Self::of(mechanisms, account, World::start)
    }

    fn of(
        mechanisms: &[&str],
        account: Account,
        start: impl FnOnce(Ipv4Addr, &[&str], Settings) -> World,
    ) -> Self {
        let known = Authority::new("Known");
        let login = address();
        let certificate = known.issue("DNS:login.test");
        let tokens = TokenServer::start(login, ENDPOINT_PORT, &certificate, account);
        let dovecot = Dovecot::for_tokens(&tokens.information_url());
        let hosts: Vec<(Ipv4Addr, String)> = mechanisms
            .iter()
            .enumerate()
            .map(|(number, offered)| {
                let certificate = known.issue_for_postfix(&format!("DNS:host{number}.test"));
                let sasl = dovecot.for_postfix(offered);
                let name = format!("syslog_name = relay{number}\n");
                (address(), format!("smtpd_tls_security_level = may\n{sasl}{certificate}{name}"))
            })
            .collect();
        let listeners: Vec<_> =
            hosts.iter().map(|(at, text)| (SocketAddr::from((*at, PORT)), text.as_str())).collect();
        let postfix = Postfix::listening(&["anywhere.example"], "", &listeners);
        let mut records = vec![format!("login A {login}")];
        let host = |(number, (at, _)): (usize, &(Ipv4Addr, String))| format!("host{number} A {at}");
        records.extend(hosts.iter().enumerate().map(host));
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let settings =
            Settings { trusted_ca_files: vec![known.certificate()], ..Settings::default() };
        let world = start(hosts[0].0, &records, settings);
        Self { world, tokens, postfix, _dovecot: dovecot, _known: known }
    }

    fn connector(&self, secret: &str, more: Value) {
        let mut parameters = json!({
            "AddressSpaces": ["*"],
            "DNSRoutingEnabled": false,
            "SmartHosts": ["host0.test"],
            "SmartHostAuthMechanism": "OAuth2",
            "AuthenticationCredential": { "UserName": USER, "Password": secret },
            "OAuthTokenUrl": format!("https://login.test:{ENDPOINT_PORT}/oauth2/token"),
            "OAuthClientId": "relais & co",
            "OAuthScope": "https://mail.test/send offline",
            "Port": PORT,
            "ProtocolLoggingLevel": "Verbose",
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        self.world.relais.send_connector_with("Via relay", parameters);
    }

    fn set(&self, settings: Value) {
        let mut parameters = json!({ "Identity": "Via relay" });
        for (name, value) in settings.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        self.world.relais.run("Set-SendConnector", parameters);
    }

    /// Wherever an administrator looks, and in what is kept on disk, no secret is there.
    fn assert_no_secret_shows(&self) {
        let relais = &self.world.relais;
        let mut shown = format!(
            "{} {} {} {} {}",
            relais.log(),
            all_text(&relais.data().join("logs")),
            json!(relais.run("Get-SendConnector", json!({}))),
            json!(relais.queues()),
            json!(relais.messages())
        );
        let kept = std::fs::read_dir(relais.data().join("oauth"));
        for file in kept.into_iter().flatten().flatten() {
            shown += &std::fs::read_to_string(file.path()).expect("a kept token");
        }
        let mut secrets = self.tokens.secrets();
        secrets.push(SECRET.to_owned());
        for secret in secrets {
            let xoauth2 = format!("user={USER}\x01auth=Bearer {secret}\x01\x01");
            for form in [secret.clone(), STANDARD.encode(&secret), STANDARD.encode(xoauth2)] {
                assert!(!shown.contains(&form), "{form} is shown: {shown}");
            }
        }
    }
}

fn sasl(postfix: &Postfix, relay: usize) -> Vec<String> {
    let relay = format!("relay{relay}/smtpd");
    let lines = postfix.log();
    lines.lines().filter(|l| l.contains(&relay) && l.contains("sasl")).map(str::to_owned).collect()
}

#[test]
fn one_token_opens_the_door_in_both_forms_until_it_is_withdrawn() {
    let site = Site::new(&["xoauth2", "oauthbearer", ""], account("", SECRET));
    site.connector(SECRET, json!({}));
    for (number, used) in ["XOAUTH2", "OAUTHBEARER", "OAUTHBEARER"].iter().enumerate() {
        site.set(json!({ "SmartHosts": [format!("host{number}.test")] }));
        site.world.send("u@anywhere.example", "with a token");
        site.postfix.wait_for(number + 1, SOON);
        let signed_in = format!("sasl_method={used}, sasl_username={USER}");
        until("the sign-in in Postfix's log", SOON, || {
            sasl(&site.postfix, number).iter().any(|l| l.contains(&signed_in)).then_some(())
        });
    }
    assert_eq!(site.tokens.asked(), 1, "a token is kept as long as it is good");
    // Each of the two refusals leads to a new token, and that to a sign-in in the same session.
    for (number, host) in [0, 1].into_iter().enumerate() {
        site.tokens.withdraw_all();
        // A new session.
        site.set(
            json!({ "SmartHosts": [format!("host{host}.test")], "Comment": format!("{number}") }),
        );
        site.world.send("u@anywhere.example", "with another");
        site.postfix.wait_for(4 + number, SOON);
        assert_eq!(site.tokens.asked(), 2 + number);
    }
    site.assert_no_secret_shows();
}

/// A server that reaches nothing but its front end asks its endpoint through that; the port is its connector's.
#[test]
fn tokens_are_asked_for_through_a_front_end() {
    let lent = "allow_https = true\ndns = [\"DNS\"]";
    let site = Site::of(&[""], account("", SECRET), |host, records, settings| {
        World::behind_front_end(host, records, lent, settings)
    });
    site.connector(SECRET, json!({ "FrontendProxyEnabled": true }));
    site.world.send("u@anywhere.example", "with a token");
    site.postfix.wait_for(1, SOON);
    assert_eq!(site.tokens.asked(), 1);
    let log = site.world.relais.data().join("logs/Connectivity/FrontEnd");
    let endpoint = format!(":{ENDPOINT_PORT}");
    until("the front end's row", SOON, || {
        let text = all_text(&log);
        text.lines().any(|l| l.contains(&endpoint) && l.contains("connected from")).then_some(())
    });
}

#[test]
fn a_refresh_token_is_kept_when_it_is_given_out_anew() {
    let mut site = Site::new(&[""], account("the-first.Refresh/token", SECRET));
    site.connector(
        "the-first.Refresh/token",
        json!({ "OAuthGrantType": "RefreshToken", "OAuthClientSecret": SECRET }),
    );
    site.world.send("u@anywhere.example", "with the first");
    site.postfix.wait_for(1, SOON);
    site.assert_no_secret_shows();
    // The access token is forgotten, the refresh token is not.
    site.world.relais.stop();
    site.world.relais.resume();
    site.world.send("u@anywhere.example", "with the second");
    site.postfix.wait_for(2, SOON);
    assert_eq!(site.tokens.asked(), 2);
    site.assert_no_secret_shows();
    // What the administrator sets counts from then on, although it is not good any more.
    let stale = json!({ "UserName": USER, "Password": "the-first.Refresh/token" });
    site.set(json!({ "AuthenticationCredential": stale }));
    site.world.send("u@anywhere.example", "with a stale one");
    site.world.relais.wait_for_error("400 invalid_grant: as the test wants it", SOON);
    site.assert_no_secret_shows();
}

/// Each of these makes mail wait and say what to do; then the endpoint is itself again.
#[test]
fn an_endpoint_that_gives_no_token_makes_mail_wait() {
    let site = Site::new(&[""], account("", SECRET));
    let unknown = Authority::new("Unknown");
    let (other, foreign) = (address(), address());
    let false_login = TokenServer::start(
        foreign,
        ENDPOINT_PORT,
        &unknown.issue(&format!("IP:{foreign}")),
        account("", SECRET),
    );
    site.connector("something else", json!({}));
    site.world.send("u@anywhere.example", "waiting");
    let waits_for = |error: &str| {
        // At the moment of an attempt it is Ready.
        let waiting = until(&format!("a message in Retry with {error:?}"), SOON, || {
            site.world.relais.messages().into_iter().find(|m| {
                m["Status"] == "Retry" && m["LastError"].as_str().is_some_and(|e| e.contains(error))
            })
        });
        assert!(waiting["LastError"].to_string().contains("check OAuthTokenUrl"), "{waiting}");
        site.assert_no_secret_shows();
    };
    waits_for(
        "451 4.7.0 SmartHostAuthMechanism OAuth2: no access token from \
         https://login.test:8443/oauth2/token: it answered 401 invalid_client: as the test wants it",
    );
    let url = |at: &str| json!({ "OAuthTokenUrl": format!("https://{at}:{ENDPOINT_PORT}/token") });
    // Before the right secret is set: with it the message would go at once.
    site.tokens.fail(Some((500, "<html>")));
    site.set(json!({ "AuthenticationCredential": { "UserName": USER, "Password": SECRET } }));
    for (failure, error) in [
        ((302, ""), "it answered 302, a redirection, and none is followed"),
        ((500, "<html>"), "it answered 500; check"),
        ((200, "{}"), "it answered 200 without an access token"),
        (
            (400, r#"{"error":"x","error_description":"not a client's Secret+/= 7"}"#),
            "it answered 400 (what it said is not shown: it repeats a secret)",
        ),
    ] {
        site.tokens.fail(Some(failure));
        // Another setting is another question, at once.
        site.set(url("login.test"));
        site.set(json!({ "OAuthTokenUrl": format!("https://login.test:{ENDPOINT_PORT}/{}", error.len()) }));
        waits_for(error);
    }
    site.set(url(&other.to_string()));
    waits_for("no connection to");
    site.set(url("nowhere.test"));
    waits_for("was not found in the DNS");
    site.set(url(&foreign.to_string()));
    waits_for("the TLS handshake failed");
    assert_eq!(false_login.asked(), 0, "no secret goes to whoever is not known");
    site.tokens.fail(None);
    site.set(url("login.test"));
    site.postfix.wait_for(1, SOON);
    site.assert_no_secret_shows();
}

/// No token where the host has not proved who it is, and none for another user.
#[test]
fn a_token_goes_only_to_whom_the_certificate_names() {
    let site = Site::new(&["", ""], account("", SECRET));
    site.connector(SECRET, json!({ "SmartHosts": ["[127.0.0.1]"] }));
    let relais: &Relais = &site.world.relais;
    let host1 = site.postfix.address();
    site.set(json!({ "SmartHosts": [format!("[{}]", host1.ip())] }));
    site.world.send("u@anywhere.example", "not to an address that nobody vouches for");
    relais.wait_for_error("454 4.7.5", SOON);
    assert_eq!(sasl(&site.postfix, 0).len() + sasl(&site.postfix, 1).len(), 0);
    let somebody = json!({ "UserName": "else@contoso.com", "Password": SECRET });
    site.set(json!({ "SmartHosts": ["host0.test"], "AuthenticationCredential": somebody }));
    let waiting = relais.wait_for_error("535 5.7.8", SOON);
    let error = waiting["LastError"].to_string();
    assert!(error.contains("AUTH OAUTHBEARER as else@contoso.com: check the user name"), "{error}");
    site.assert_no_secret_shows();
}
