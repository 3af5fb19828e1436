//! Signing in under TLS, with hosts that offer this and that: what is tried, in which order, and what the
//! proof is bound to.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::SystemClock;
use rustls::pki_types::ServerName;
use tls::{ClientPolicy, ServerTls};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::*;
use crate::{
    demand::{By as DemandBy, Check, Demand},
    permit::Handshake,
};

/// What the host heard, and what it knows its session by.
struct Heard {
    commands: Vec<String>,
    exporter: Vec<u8>,
}

/// A connection under TLS to a host that offers these mechanisms, and answers AUTH and what follows it
/// with these lines, one each. A `{}` in a line is the nonce it was given.
async fn host(
    offers: &'static str,
    answers: &'static [&'static str],
) -> (Connection, tokio::task::JoinHandle<Heard>) {
    let keys = tempfile::tempdir().unwrap();
    let key = vault::DataKey::ephemeral();
    let authority =
        vault::Authority::load_or_create(keys.path(), &key, "Contoso", &SystemClock).unwrap();
    let identity = authority.issue_server(&["mx.test".to_owned()], &SystemClock).unwrap();
    let acceptor = ServerTls::new(identity).unwrap().acceptor();
    let (ours, mut theirs) = duplex(1 << 16);
    let host = tokio::spawn(async move {
        theirs.write_all(b"220 mx ready\r\n").await.unwrap();
        assert!(hears(&mut theirs, "EHLO").await);
        theirs.write_all(b"250-mx\r\n250 STARTTLS\r\n").await.unwrap();
        assert!(hears(&mut theirs, "STARTTLS").await);
        theirs.write_all(b"220 go on\r\n").await.unwrap();
        let stream = acceptor.accept(theirs).await.unwrap();
        let label = b"EXPORTER-Channel-Binding";
        let exporter =
            stream.get_ref().1.export_keying_material(vec![0; 32], label, Some(b"")).unwrap();
        let mut stream = BufReader::new(stream);
        let mut heard = Heard { commands: Vec::new(), exporter };
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(format!("250-mx\r\n250 AUTH {offers}\r\n").as_bytes()).await.unwrap();
        for answer in answers {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let line = line.trim_end().to_owned();
            let answer = answer.replace("{}", &nonce(&line));
            heard.commands.push(line);
            let answer = match answer.strip_prefix("334 ") {
                Some(text) => format!("334 {}\r\n", STANDARD.encode(text)),
                None => format!("{answer}\r\n"),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        heard
    });
    let open = Connection::open(
        Box::new(ours),
        settings(),
        "mx.test [192.0.2.1]".into(),
        terms(),
        Tap::none(),
    );
    let mut connection = open.await.unwrap();
    connection.ask_tls().await.unwrap().unwrap();
    let config = tls::client_config(ClientPolicy::Opportunistic).unwrap();
    let name = ServerName::try_from("mx.test").unwrap();
    let by = DemandBy::Connector("RequireTLS False".to_owned());
    let demand = Demand { check: Check::Opportunistic, by, otherwise: None };
    let handshake = Handshake::other(tls::connector(config), name);
    let connection = connection.encrypt(handshake, &demand).await.unwrap();
    assert!(connection.verified().is_none(), "this proves nothing");
    (connection, host)
}

/// The text of a base64 response, or nothing.
fn text(line: &str) -> String {
    let response = line.rsplit(' ').next().unwrap_or_default();
    String::from_utf8_lossy(&STANDARD.decode(response).unwrap_or_default()).into_owned()
}

fn nonce(line: &str) -> String {
    let text = text(line);
    text.split(',').find_map(|field| field.strip_prefix("r=")).unwrap_or_default().to_owned()
}

async fn sign_in(connection: &mut Connection) -> Result<(), NotIn> {
    let who = SignIn { setting: "BasicAuth", user: "jean", host: ("mx.test", 25) };
    connection.log_on(who, Shown::Password("pencil")).await
}

const CHALLENGE: &str = "334 r={}more,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

#[tokio::test]
async fn the_strongest_is_bound_to_the_session() {
    let answers = &[CHALLENGE, "535 5.7.8 no"];
    let (mut connection, host) = host("PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", answers).await;
    let Err(NotIn::Refused(Lost(why))) = sign_in(&mut connection).await else { panic!("let in") };
    assert_eq!(
        why,
        "535 5.7.8 no (mx.test [192.0.2.1] to AUTH SCRAM-SHA-256-PLUS as jean: check \
         AuthenticationCredential)"
    );
    let heard = host.await.unwrap();
    assert!(heard.commands[0].starts_with("AUTH SCRAM-SHA-256-PLUS "), "{:?}", heard.commands);
    assert!(text(&heard.commands[0]).starts_with("p=tls-exporter,,n=jean,r="));
    let proof = text(&heard.commands[1]);
    let bound = proof.split(',').next().and_then(|field| field.strip_prefix("c=")).unwrap();
    let expected = [&b"p=tls-exporter,,"[..], &heard.exporter].concat();
    assert_eq!(STANDARD.decode(bound).unwrap(), expected);
}

/// RFC 5802 section 6: a host that did offer PLUS sees that somebody took it away; one that does not know
/// our kind of binding is not told that it did not offer any.
#[tokio::test]
async fn what_is_said_without_a_binding() {
    let (mut connection, plain) = host("SCRAM-SHA-256", &["535 5.7.8 no"]).await;
    assert!(matches!(sign_in(&mut connection).await, Err(NotIn::Refused(_))));
    let heard = plain.await.unwrap().commands;
    assert!(text(&heard[0]).starts_with("y,,n=jean,r="), "{heard:?}");

    let answers = &["535 5.7.8 unsupported-channel-binding-type", CHALLENGE, "454 4.7.0 later"];
    let (mut connection, plus) = host("SCRAM-SHA-256 SCRAM-SHA-256-PLUS PLAIN", answers).await;
    let Err(NotIn::Lost(Lost(why))) = sign_in(&mut connection).await else { panic!("let in") };
    assert!(why.starts_with("454 4.7.0 later") && why.contains("it is tried again"), "{why}");
    let heard = plus.await.unwrap().commands;
    assert!(text(&heard[1]).starts_with("n,,n=jean,r="), "{heard:?}");
}

#[tokio::test]
async fn a_host_that_does_not_know_what_it_offers_is_asked_for_the_next() {
    let answers = &["504 5.5.4 what?", "504 5.5.4 what?", "235 2.7.0 welcome"];
    let (mut connection, host) = host("LOGIN PLAIN CRAM-MD5 SCRAM-SHA-256", answers).await;
    sign_in(&mut connection).await.unwrap();
    let heard = host.await.unwrap().commands;
    let names: Vec<&str> = heard.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(names, ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN"]);
}

#[tokio::test]
async fn a_token_is_shown_in_the_standard_form_first() {
    let answers = &["334 {\"status\":\"invalid_token\"}", "535 5.7.8 no"];
    let (mut connection, host) = host("XOAUTH2 PLAIN OAUTHBEARER", answers).await;
    let who = SignIn { setting: "OAuth2", user: "jean", host: ("mx.test", 587) };
    let done = connection.log_on(who, Shown::Token("a.token")).await;
    let Err(NotIn::Refused(Lost(why))) = done else { panic!("let in") };
    assert!(why.contains("invalid_token") && why.contains("AUTH OAUTHBEARER as jean"), "{why}");
    let heard = host.await.unwrap().commands;
    assert_eq!(heard[1], "AQ==");
    assert!(text(&heard[0]).contains("\u{1}host=mx.test\u{1}port=587\u{1}auth=Bearer a.token"));
}

/// A certificate is shown before anything is said: EXTERNAL carries nothing more.
#[tokio::test]
async fn a_certificate_says_who_we_are() {
    let who = SignIn { setting: "ClientCertificate", user: "", host: ("mx.test", 25) };
    let (mut connection, good) = host("PLAIN EXTERNAL", &["235 2.7.0 welcome"]).await;
    connection.log_on(who, Shown::Certificate).await.unwrap();
    assert_eq!(good.await.unwrap().commands, ["AUTH EXTERNAL ="]);

    let (mut connection, _) = host("EXTERNAL", &["535 5.7.8 who?"]).await;
    let Err(NotIn::Refused(Lost(why))) = connection.log_on(who, Shown::Certificate).await else {
        panic!("let in")
    };
    assert_eq!(
        why,
        "535 5.7.8 who? (mx.test [192.0.2.1] to AUTH EXTERNAL: check TlsCertificateName, and whether the \
         host knows that certificate)"
    );

    let (mut connection, _) = host("PLAIN", &[]).await;
    let Err(NotIn::Lost(Lost(why))) = connection.log_on(who, Shown::Certificate).await else {
        panic!("let in")
    };
    assert!(why.contains("offered: PLAIN; usable: EXTERNAL; a host offers it only once"), "{why}");
}
