use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::{
    CertificateFacts, ClientPolicy, Fingerprint, Identity, ServerTls, SessionBinding,
    ShownCertificate, ShownLeaf, TlsError, TlsSummary, TlsTerms, TrustAnchors, client_config,
    connector, provider::provider, server_config,
};

struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    fn issue(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        Identity {
            chain: vec![leaf.der().clone(), self.certificate()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// Shakes hands over an in-memory pipe; the client's view of it.
async fn shake(acceptor: TlsAcceptor, policy: ClientPolicy) -> Result<TlsSummary, String> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let server = tokio::spawn(acceptor.accept(theirs));
    let client = connector(client_config(policy).unwrap())
        .connect(ServerName::try_from("mx.example.net").unwrap(), ours)
        .await;
    let summary =
        client.map(|stream| TlsSummary::of_client(stream.get_ref().1)).map_err(|e| e.to_string());
    let served = server.await.unwrap();
    if let (Ok(summary), Ok(stream)) = (&summary, &served) {
        assert_eq!(*summary, TlsSummary::of_server(stream.get_ref().1));
    }
    summary
}

#[tokio::test]
async fn policies_accept_what_they_should() {
    let (ca, other) = (Ca::new(), Ca::new());
    let identity = ca.issue("mx.example.net");
    let leaf = identity.fingerprint().unwrap();
    let tls = ServerTls::new(identity).unwrap();
    for policy in [
        ClientPolicy::Opportunistic,
        ClientPolicy::Authority(ca.certificate()),
        ClientPolicy::Pinned(Fingerprint::of(&ca.certificate())),
        ClientPolicy::Pinned(leaf),
    ] {
        let summary = shake(tls.acceptor(), policy).await.unwrap();
        assert_eq!(summary.protocol, "TLS1.3");
        assert!(summary.cipher.starts_with("TLS_"), "{summary:?}");
    }
    for policy in [
        ClientPolicy::Authority(other.certificate()),
        ClientPolicy::Pinned(Fingerprint::of(&other.certificate())),
    ] {
        assert!(shake(tls.acceptor(), policy).await.is_err());
    }
}

#[tokio::test]
async fn names_are_checked_unless_opportunistic() {
    let ca = Ca::new();
    let identity = ca.issue("elsewhere.example.net");
    let leaf = identity.fingerprint().unwrap();
    let tls = ServerTls::new(identity).unwrap();
    shake(tls.acceptor(), ClientPolicy::Opportunistic).await.unwrap();
    for policy in [
        ClientPolicy::Authority(ca.certificate()),
        ClientPolicy::Pinned(Fingerprint::of(&ca.certificate())),
        ClientPolicy::Pinned(leaf),
    ] {
        assert!(shake(tls.acceptor(), policy).await.is_err());
    }
}

#[tokio::test]
async fn a_pinned_authority_must_have_signed_the_leaf() {
    let (ca, impostor) = (Ca::new(), Ca::new());
    let mut identity = impostor.issue("mx.example.net");
    identity.chain.push(ca.certificate());
    let tls = ServerTls::new(identity).unwrap();
    let pin = ClientPolicy::Pinned(Fingerprint::of(&ca.certificate()));
    assert!(shake(tls.acceptor(), pin).await.is_err());
}

#[tokio::test]
async fn authorities_from_files_count_for_names_and_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (ca, other) = (Ca::new(), Ca::new());
    let (ours, theirs) = (file("ours.pem", ca.0.pem()), file("theirs.pem", other.0.pem()));
    let trusts = |file| TrustAnchors::with_files(&[file]).unwrap();
    let shake = async |server: &ServerTls, anchors: &TrustAnchors, name: &str| {
        let (near, far) = tokio::io::duplex(1 << 16);
        let served = tokio::spawn(server.acceptor().accept(far));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let shaken = connector(anchors.client_config().unwrap()).connect(name, near).await;
        let _ = served.await;
        shaken.map(|_| ()).map_err(|e| e.to_string())
    };
    for name in ["relay.example.net", "192.0.2.7"] {
        let server = ServerTls::new(ca.issue(name)).unwrap();
        shake(&server, &trusts(ours.clone()), name).await.unwrap();
        assert!(shake(&server, &trusts(ours.clone()), "198.51.100.7").await.is_err());
        assert!(shake(&server, &trusts(ours.clone()), "else.example.net").await.is_err());
        let unknown = shake(&server, &trusts(theirs.clone()), name).await.unwrap_err();
        assert!(unknown.contains("invalid peer certificate"), "{unknown}");
    }
    for wrong in [file("empty.pem", String::new()), directory.path().join("none.pem")] {
        let error = TrustAnchors::with_files(std::slice::from_ref(&wrong)).unwrap_err().to_string();
        assert!(error.contains(wrong.to_str().unwrap()), "{error}");
    }
}

/// Shows a certificate that no parser reads, as old mail exchangers' certificates are to ours.
#[derive(Debug)]
struct Unreadable(Arc<CertifiedKey>);

impl ResolvesServerCert for Unreadable {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[tokio::test]
async fn opportunistic_takes_certificates_the_library_cannot_read() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let key = PrivateKeyDer::try_from(KeyPair::generate().unwrap().serialize_der()).unwrap();
        let signer = provider().key_provider.load_private_key(key).unwrap();
        let shown = CertifiedKey::new(vec![CertificateDer::from(b"junk".to_vec())], signer);
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Unreadable(Arc::new(shown))));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        shake(acceptor.clone(), ClientPolicy::Opportunistic).await.unwrap();
        let pin = Fingerprint::of(&CertificateDer::from(b"junk".to_vec()));
        assert!(shake(acceptor, ClientPolicy::Pinned(pin)).await.is_err());
    }
}

#[tokio::test]
async fn a_new_certificate_takes_over_without_a_restart() {
    let (first, second) = (Ca::new(), Ca::new());
    let tls = ServerTls::new(first.issue("mx.example.net")).unwrap();
    let before = tls.fingerprint();
    tls.replace(second.issue("mx.example.net")).unwrap();
    assert_ne!(tls.fingerprint(), before);
    shake(tls.acceptor(), ClientPolicy::Authority(second.certificate())).await.unwrap();
    let now = tls.fingerprint();
    let mut mixed = first.issue("mx.example.net");
    mixed.key = second.issue("mx.example.net").key;
    assert!(matches!(tls.replace(mixed), Err(TlsError::Rustls(_))));
    assert_eq!(tls.fingerprint(), now);
    let none = Identity { chain: vec![], key: first.issue("a.example").key };
    assert!(matches!(ServerTls::new(none), Err(TlsError::NoCertificate)));
}

#[tokio::test]
async fn https_speaks_http_1_1_only() {
    let ca = Ca::new();
    let tls = ServerTls::new(ca.issue("mx.example.net")).unwrap();
    for (offered, good) in [(&b"http/1.1"[..], true), (b"h2", false)] {
        let mut config =
            (*client_config(ClientPolicy::Authority(ca.certificate())).unwrap()).clone();
        config.alpn_protocols = vec![offered.to_vec()];
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(tls.https_acceptor().accept(theirs));
        let name = ServerName::try_from("mx.example.net").unwrap();
        let client = connector(Arc::new(config)).connect(name, ours).await;
        assert_eq!(client.is_ok(), good);
        assert_eq!(server.await.unwrap().is_ok(), good);
    }
}

#[test]
fn fingerprints_are_read_in_both_forms() {
    let fingerprint = Fingerprint::of(&CertificateDer::from(b"x".to_vec()));
    let shown = fingerprint.to_string();
    assert_eq!(shown.len(), 95);
    assert_eq!(shown.parse::<Fingerprint>().unwrap(), fingerprint);
    let plain = shown.replace(':', "").to_lowercase();
    assert_eq!(plain.parse::<Fingerprint>().unwrap(), fingerprint);
    let long = format!("{shown}:00");
    let shifted = format!("{}:{}", &plain[..1], &plain[1..]);
    for bad in ["", "AB", "zz", &shown[1..], &long, &shifted, "é"] {
        assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
    }
}

#[test]
fn identities_are_read_from_pem() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["a.example".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let identity =
        Identity::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    ServerTls::new(identity.clone()).unwrap();
    assert!(!format!("{identity:?}").contains("key"));
    let swapped = Identity::from_pem(key.serialize_pem().as_bytes(), certificate.pem().as_bytes());
    assert!(matches!(swapped, Err(TlsError::NoCertificate)));
    assert!(Identity::from_pem(b"rubbish", b"rubbish").is_err());
}

#[test]
fn a_certificate_s_facts_are_told() {
    let leaf = Ca::new().issue("mx.example.net").chain.remove(0);
    let told = CertificateFacts::of(&leaf).to_string();
    assert!(told.starts_with("subject CN=rcgen self signed cert; issuer "), "{told}");
    assert!(told.contains("; names mx.example.net; SHA-256 "), "{told}");
    assert!(told.ends_with(&Fingerprint::of(&leaf).to_string()), "{told}");
    let garbage = CertificateFacts::of(&CertificateDer::from(b"no certificate".to_vec()));
    assert!(garbage.to_string().starts_with("cannot be read; SHA-256 "), "{garbage}");
}

/// RFC 9266 and RFC 5929: what the two ends know of a session is the same.
#[tokio::test]
async fn both_ends_know_what_binds_a_logon_to_their_session() {
    let identity = Ca::new().issue("mx.example.net");
    let leaf = identity.chain[0].clone();
    for (version, kind) in [
        (&rustls::version::TLS13, "tls-exporter"),
        (&rustls::version::TLS12, "tls-server-end-point"),
    ] {
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain.clone(), identity.key.clone_key())
            .unwrap();
        let (acceptor, shown) = ShownLeaf::of(&TlsAcceptor::from(Arc::new(config)));
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(acceptor.accept(theirs));
        let name = ServerName::try_from("mx.example.net").unwrap();
        let config = client_config(ClientPolicy::Opportunistic).unwrap();
        let client = connector(config).connect(name, ours).await.unwrap();
        let served = server.await.unwrap().unwrap();
        let binding = SessionBinding::of_client(client.get_ref().1).unwrap();
        assert_eq!(binding.kind, kind);
        let offered = SessionBinding::of_server(served.get_ref().1, &shown);
        assert_eq!(offered[0], binding);
        // Signed with ECDSA and SHA-256.
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &leaf);
        let end_point =
            SessionBinding { kind: "tls-server-end-point", data: hash.as_ref().to_vec() };
        assert_eq!(*offered.last().unwrap(), end_point);
        assert_eq!(offered.len(), if kind == "tls-exporter" { 2 } else { 1 });
        // Of a certificate that nobody has seen nothing is said.
        let unseen = SessionBinding::of_server(served.get_ref().1, &ShownLeaf::default());
        assert_eq!(unseen.len(), offered.len() - 1);
    }
}

/// What an end point is bound to is the certificate that the client was shown, of several and when the
/// session is resumed.
#[tokio::test]
async fn the_certificate_that_was_shown_is_the_one_that_binds() {
    let ca = Ca::new();
    let shown_as = |name: &str| ShownCertificate::new(ca.issue(name), &[name.to_owned()]).unwrap();
    let (one, other) = (shown_as("one.example.net"), shown_as("other.example.net"));
    let old = vec!["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384".to_owned()];
    for suites in [Vec::new(), old] {
        let terms = TlsTerms { only_tls13: false, suites };

        let certificates = vec![one.clone(), other.clone()];
        let config = server_config(certificates, &one, false, &terms).unwrap();
        let acceptor = TlsAcceptor::from(config);
        let connector = connector(client_config(ClientPolicy::Opportunistic).unwrap());
        let mut kinds = Vec::new();
        for (name, certificate) in [
            ("one.example.net", &one),
            ("other.example.net", &other),
            ("other.example.net", &other),
        ] {
            let (acceptor, shown) = ShownLeaf::of(&acceptor);
            let (ours, theirs) = tokio::io::duplex(1 << 16);
            let server = tokio::spawn(acceptor.accept(theirs));
            let name = ServerName::try_from(name).unwrap();
            let mut client = connector.connect(name, ours).await.unwrap();
            let mut served = server.await.unwrap().unwrap();
            // Tickets of TLS 1.3 come with the first data.
            served.write_all(b"x").await.unwrap();
            client.read_exact(&mut [0]).await.unwrap();
            let leaf = certificate.certified().cert[0].clone();
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &leaf);
            let offered = SessionBinding::of_server(served.get_ref().1, &shown);
            assert_eq!(offered.last().unwrap().data, hash.as_ref());
            kinds.push(served.get_ref().1.handshake_kind().unwrap());
        }
        let (full, resumed) = (rustls::HandshakeKind::Full, rustls::HandshakeKind::Resumed);
        assert_eq!(kinds, [full, full, resumed]);
    }
}
