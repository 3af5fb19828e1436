//! What is signed with DKIM and what is not, and that nothing leaves without a signature it should have.

use ::signing::{Algorithm, NewKey, PrivateKey};
use directory::{DkimAlgorithms, DkimKey, DkimKeys, DkimSigningConfig};

use super::*;

impl Place {
    /// Signs mail from this domain with Ed25519, which is quick.
    fn sign(&self, domain: &str, change: impl FnOnce(&mut DkimSigningConfig)) {
        let selectors = DkimSigningConfig::SELECTORS;
        let mut config =
            DkimSigningConfig::new(Header::fresh(), domain.parse().unwrap(), selectors).unwrap();
        config.enabled = true;
        config.algorithms = DkimAlgorithms::ED25519;
        let key = self.key(&config, "relais1-ed25519");
        config.selector1.keys = Some(DkimKeys {
            made_at: model::Timestamp::from_millis(0),
            size: 2048,
            rsa: key.clone(),
            ed25519: key,
        });
        change(&mut config);
        self.apply(Change::Create(Object::DkimSigningConfig(config)));
    }

    fn key(&self, config: &DkimSigningConfig, selector: &str) -> DkimKey {
        let new = NewKey::make(Algorithm::Ed25519Sha256, 0).unwrap();
        let private = self.directory.seal(&new.private, &config.context(selector)).unwrap();
        assert!(PrivateKey::read(Algorithm::Ed25519Sha256, &new.private).is_ok());
        DkimKey { private, public: new.public }
    }

    fn change_config(&self, change: impl FnOnce(&mut DkimSigningConfig)) {
        let mut config = self.directory.snapshot().dkim_signing_configs[0].as_ref().clone();
        change(&mut config);
        self.apply(Change::Update { object: Object::DkimSigningConfig(config) });
    }
}

impl Peer {
    fn texts(&self) -> Vec<String> {
        let text = |m: &smtp::ReceivedMessage| String::from_utf8_lossy(&m.content).into_owned();
        self.taken.lock().iter().map(text).collect()
    }
}

fn from(author: &str) -> String {
    format!("From: {author}\r\n{CONTENT}")
}

/// The value of `b=` of the first signature.
fn signature(text: &str) -> String {
    let field = text.strip_prefix("DKIM-Signature:").expect("signed, on top").to_owned();
    let field = field.split("\r\nReceived: from test\r\n").next().unwrap().to_owned();
    let (_, value) = field.split_once(" b=").or(field.split_once("\tb=")).unwrap();
    value.split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_signed_by_the_domain_of_its_author() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.sign("contoso.com", |_| {});
    place.sign("eu.contoso.com", |config| config.enabled = false);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let signed = [
        "jean@contoso.com",
        "Jean <jean@sub.contoso.com>",
        "\"x@other.example\" <jean@eu.CONTOSO.com>, b@other.example",
    ];
    let unsigned =
        ["jean@other.example", "contoso.com", "jean@contoso.com.example", "a@[192.0.2.1]"];
    let mut number = 0;
    for (authors, is_signed) in [(&signed[..], true), (&unsigned[..], false)] {
        for author in authors {
            let to = ["a@example.net"];
            try_submit_content(&transport, &to, None, &from(author)).await.unwrap();
            number += 1;
            until("it arrives", || peer.texts().len() == number).await;
            let text = peer.texts().pop().unwrap();
            assert_eq!(
                text.starts_with("DKIM-Signature: v=1; a=ed25519-sha256;"),
                is_signed,
                "{text}"
            );
            assert_eq!(text.contains("d=contoso.com;"), is_signed, "{text}");
            let rest = format!("Received: from test\r\n{}", from(author));
            assert!(text.ends_with(&rest), "nothing else is changed: {text}");
        }
    }
    // What somebody else has signed stays, and ours is added.
    let content = format!("DKIM-Signature: theirs\r\n{}", from("jean@contoso.com"));
    try_submit_content(&transport, &["a@example.net"], None, &content).await.unwrap();
    until("it arrives", || peer.texts().len() == number + 1).await;
    let text = peer.texts().pop().unwrap();
    assert!(text.starts_with("DKIM-Signature: v=1;") && text.ends_with(&content), "{text}");
    assert_eq!(transport.core.signing.counts(), [4, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signature_serves_all_destinations() {
    let (place, one, two) = (Place::new(), Peer::start().await, Peer::start().await);
    place.sign("contoso.com", |_| {});
    place.connect(one.address, |_| {});
    place.connect(two.address, |connector| {
        connector.name = "Two".parse().unwrap();
        connector.address_spaces = vec!["two.example".parse().unwrap()];
    });
    let transport = place.start().await;
    let to = ["a@one.example", "b@two.example", "jean@contoso.com"];
    try_submit_content(&transport, &to, None, &from("jean@contoso.com")).await.unwrap();
    until("all have it", || is_empty(&transport) && place.inbox().len() == 1).await;
    let (a, b) = (one.texts().remove(0), two.texts().remove(0));
    assert_eq!(signature(&a), signature(&b));
    assert_eq!(transport.core.signing.counts(), [1, 0, 0]);
    assert!(!place.inbox()[0].contains("DKIM-Signature"), "mail for here is not signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_signed_waits_and_says_so() {
    let (place, peer) = (Place::new(), Peer::start().await);
    // As after a restore of the wrong data key.
    place.sign("contoso.com", |config| {
        let foreign = DataKey::ephemeral().seal(b"x", "y").unwrap();
        let keys = config.selector1.keys.as_mut().unwrap();
        keys.ed25519.private = foreign;
    });
    place.set_server(|s| s.message_retry_interval = TimeSpan::seconds(1));
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let to = ["a@example.net"];
    try_submit_content(&transport, &to, None, &from("jean@contoso.com")).await.unwrap();
    // Mail of others goes on over the same connector.
    try_submit_content(&transport, &to, None, &from("a@other.example")).await.unwrap();
    until("the other one arrives", || peer.texts().len() == 1).await;
    let error = "451 4.7.5 DkimSigningConfig contoso.com: the private key of selector \
         relais1-ed25519 cannot be opened with this server's key; the message is not sent unsigned";
    until("it waits", || {
        let messages = transport.messages();
        messages.len() == 1 && messages[0].recipients[0].last_error.as_deref() == Some(error)
    })
    .await;
    assert!(peer.texts()[0].contains("a@other.example"));
    // New keys, and it leaves, signed, when it is tried again.
    let config = place.directory.snapshot().dkim_signing_configs[0].as_ref().clone();
    let key = place.key(&config, "relais1-ed25519");
    place.change_config(|config| config.selector1.keys.as_mut().unwrap().ed25519 = key);
    until("it arrives", || peer.texts().len() == 2).await;
    assert!(!signature(&peer.texts()[1]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_without_keys_holds_mail_up_and_a_disabled_one_does_not() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.sign("contoso.com", |config| config.selector1.keys = None);
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let to = ["a@example.net"];
    try_submit_content(&transport, &to, None, &from("jean@contoso.com")).await.unwrap();
    until("it waits", || {
        let messages = transport.messages();
        let error = messages.first().and_then(|m| m.recipients[0].last_error.clone());
        error.is_some_and(|e| e.contains("the selector relais1 has no keys"))
    })
    .await;
    assert!(peer.texts().is_empty());
    place.change_config(|config| config.enabled = false);
    try_submit_content(&transport, &to, None, &from("jean@contoso.com")).await.unwrap();
    until("it arrives unsigned", || peer.texts().len() == 1).await;
    assert!(!peer.texts()[0].contains("DKIM-Signature"));
}

/// Anybody may write to a domain that is relayed, with any From: that is not ours to vouch for.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_writes_is_not_signed() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.sign("contoso.com", |_| {});
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    for stranger in [true, false] {
        let intake = transport.intake();
        let mut source = came_from("client.elsewhere.example");
        if let Source::Smtp { stranger: is_one, .. } = &mut source {
            *is_one = stranger;
        }
        let sender = ReversePath::Address(address("a@elsewhere.example"));
        let submitted = Submitted {
            id: intake.next_id(),
            network_id: Guid::new_v4(),
            envelope: Envelope::plain(sender, vec![address("b@relayed.example")]),
            content: Bytes::from(from("jean@contoso.com")),
            trace: "Received: from test\r\n".into(),
            source,
        };
        intake.accept(submitted).await.unwrap();
        let number = if stranger { 1 } else { 2 };
        until("it arrives", || peer.texts().len() == number).await;
        assert_eq!(peer.texts()[number - 1].contains("DKIM-Signature"), !stranger);
    }
}

/// Reports have no sender; the domain of their From signs.
#[tokio::test(flavor = "multi_thread")]
async fn reports_are_signed_too() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.sign("contoso.com", |_| {});
    place.connect(peer.address, |_| {});
    peer.script.lock().push_back(model::Reply::new(550, (5, 1, 1), "nobody"));
    let transport = place.start().await;
    submit_from(&transport, "anna@elsewhere.example", "a@example.net", None).await;
    until("the report arrives", || peer.texts().len() == 1).await;
    let report = peer.texts().remove(0);
    assert!(report.starts_with("DKIM-Signature: v=1;"), "{report}");
    assert!(report.contains("multipart/report") && report.contains("d=contoso.com;"), "{report}");
}

/// The other selector takes over when its records are published, and not before: here nobody can be
/// asked whether they are.
#[tokio::test(flavor = "multi_thread")]
async fn new_keys_do_not_sign_before_they_are_published() {
    let (place, peer) = (Place::new(), Peer::start().await);
    place.sign("contoso.com", |_| {});
    place.connect(peer.address, |_| {});
    let transport = place.start().await;
    let config = place.directory.snapshot().dkim_signing_configs[0].as_ref().clone();
    let key = place.key(&config, "relais2-ed25519");
    place.change_config(|config| {
        let made_at = model::Timestamp::from_millis(0);
        let keys = DkimKeys { made_at, size: 2048, rsa: key.clone(), ed25519: key };
        config.selector2.keys = Some(keys);
        config.rotation.due = Some(made_at);
    });
    crate::key_rotation::rotate_due(&transport.core).await;
    try_submit_content(&transport, &["a@example.net"], None, &from("jean@contoso.com"))
        .await
        .unwrap();
    until("it arrives", || peer.texts().len() == 1).await;
    assert!(peer.texts()[0].contains("s=relais1-ed25519;"));
    // Once it has taken over, its key signs, and keys that are opened already are closed.
    place.change_config(|config| config.rotate(model::Timestamp::from_millis(1)));
    try_submit_content(&transport, &["a@example.net"], None, &from("jean@contoso.com"))
        .await
        .unwrap();
    until("it arrives", || peer.texts().len() == 2).await;
    assert!(peer.texts()[1].contains("s=relais2-ed25519;"));
}
