use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType,
};
use rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::{ClientPolicy, ServerTls, client_config as anonymous_config, is_named};

struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, roles: &[Role]) -> Identity {
        self.issue_with(roles, |_| {})
    }

    fn issue_with(&self, roles: &[Role], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["cas01.contoso.com".to_owned()]).unwrap();
        for role in roles {
            params.subject_alt_names.push(SanType::URI(role.uri().try_into().unwrap()));
        }
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        let leaf = params.signed_by(&key, &self.0).unwrap();
        Identity {
            chain: vec![leaf.der().clone(), self.0.der().clone()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }

    fn mutual(&self, roles: &[Role]) -> MutualTls {
        MutualTls::new(&self.issue(roles), self.0.der().clone()).unwrap()
    }
}

/// Whether both sides come to talk: TLS 1.3 tells a client of its refusal only afterwards.
async fn talk(acceptor: TlsAcceptor, connector: TlsConnector) -> Result<(), String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let server = tokio::spawn(async move {
        let mut stream = acceptor.accept(theirs).await.map_err(|e| e.to_string())?;
        stream.write_all(b"x").await.map_err(|e| e.to_string())?;
        stream.flush().await.map_err(|e| e.to_string())
    });
    let name = ServerName::try_from("cas01.contoso.com").unwrap();
    let client = async {
        let mut stream = connector.connect(name, ours).await.map_err(|e| e.to_string())?;
        let mut byte = [0];
        stream.read_exact(&mut byte).await.map(|_| ()).map_err(|e| e.to_string())
    };
    let said = client.await;
    server.await.unwrap().and(said)
}

#[tokio::test]
async fn each_side_demands_the_others_role() {
    let ca = Ca::new();
    let front = ca.mutual(&[Role::ClientAccess]);
    let mailbox = ca.mutual(&[Role::Mailbox]);
    let both = ca.mutual(&Role::ALL);
    let none = ca.mutual(&[]);
    let meet = |server: &MutualTls, client: &MutualTls| {
        talk(server.acceptor(Role::Mailbox), client.connector(Role::ClientAccess))
    };
    assert_eq!(meet(&front, &mailbox).await, Ok(()));
    assert_eq!(meet(&both, &both).await, Ok(()));
    // Another front end is no Mailbox server, and a Mailbox server no front end.
    assert!(meet(&front, &front).await.is_err());
    assert!(meet(&mailbox, &mailbox).await.is_err());
    assert!(meet(&front, &none).await.is_err());
    assert!(meet(&none, &mailbox).await.is_err());
}

#[tokio::test]
async fn mailbox_servers_meet_by_their_protocol() {
    let ca = Ca::new();
    let (one, other) = (ca.mutual(&[Role::Mailbox]), ca.mutual(&Role::ALL));
    let front = ca.mutual(&[Role::ClientAccess]);
    assert_eq!(talk(one.peer_acceptor(), other.peer_connector()).await, Ok(()));
    assert!(talk(one.peer_acceptor(), front.peer_connector()).await.is_err());
    assert!(talk(front.peer_acceptor(), one.peer_connector()).await.is_err());
    let nobody = TlsConnector::from(anonymous_config(ClientPolicy::Opportunistic).unwrap());
    assert!(talk(one.peer_acceptor(), nobody).await.is_err());
    // Who serves browsers only has no such protocol.
    let https = ServerTls::new(ca.issue(&Role::ALL)).unwrap();
    assert!(talk(https.https_acceptor(), one.peer_connector()).await.is_err());
}

#[test]
fn a_certificate_is_for_its_own_server() {
    let leaf = Ca::new().issue(&[Role::Mailbox]).chain.remove(0);
    assert!(is_named(&leaf, "CAS01.contoso.com"));
    assert!(!is_named(&leaf, "contoso.com") && !is_named(&leaf, "relais:role:Mailbox"));
    assert!(!is_named(&CertificateDer::from(vec![1, 2, 3]), "cas01.contoso.com"));
}

#[tokio::test]
async fn strangers_and_the_anonymous_are_refused() {
    let (ca, foreign) = (Ca::new(), Ca::new());
    let front = ca.mutual(&Role::ALL);
    let stranger = foreign.mutual(&Role::ALL);
    assert!(
        talk(front.acceptor(Role::Mailbox), stranger.connector(Role::ClientAccess)).await.is_err()
    );
    assert!(
        talk(stranger.acceptor(Role::Mailbox), front.connector(Role::ClientAccess)).await.is_err()
    );
    // Ours by name, theirs by signature: the client trusts anybody, the server must not.
    let shown = MutualTls::new(&foreign.issue(&Role::ALL), ca.0.der().clone()).unwrap();
    assert!(
        talk(front.acceptor(Role::Mailbox), shown.connector(Role::ClientAccess)).await.is_err()
    );
    let nobody = TlsConnector::from(anonymous_config(ClientPolicy::Opportunistic).unwrap());
    assert!(talk(front.acceptor(Role::Mailbox), nobody).await.is_err());
    // A front end that asks for no certificate is not verified less.
    let open = ServerTls::new(foreign.issue(&Role::ALL)).unwrap();
    assert!(talk(open.acceptor(), front.connector(Role::ClientAccess)).await.is_err());
}

#[tokio::test]
async fn an_ended_certificate_is_refused_and_a_new_one_counts_at_once() {
    let ca = Ca::new();
    let ended = ca.issue_with(&Role::ALL, |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 2, 1);
    });
    let front = ca.mutual(&[Role::ClientAccess]);
    let mailbox = MutualTls::new(&ended, ca.0.der().clone()).unwrap();
    let meet = || talk(front.acceptor(Role::Mailbox), mailbox.connector(Role::ClientAccess));
    assert!(meet().await.is_err());
    mailbox.replace(&ca.issue(&[Role::Mailbox])).unwrap();
    assert_eq!(meet().await, Ok(()));
}

#[tokio::test]
async fn one_port_serves_servers_and_others() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (ca, other) = (Ca::new(), Ca::new());
    let ours = ca.mutual(&[Role::Mailbox]);
    let public = ServerTls::new(other.issue(&[])).unwrap();
    let meet = async |connector: TlsConnector| {
        let (here, there) = tokio::io::duplex(1 << 16);
        let name = ServerName::try_from("cas01.contoso.com").unwrap();
        let client = async {
            let mut stream = connector.connect(name, there).await.map_err(|e| e.to_string())?;
            let mut byte = [0];
            stream.read_exact(&mut byte).await.map_err(|e| e.to_string())?;
            let (_, session) = stream.get_ref();
            Ok::<_, String>(session.peer_certificates().unwrap()[0].clone())
        };
        let server = async {
            let acceptor = public.acceptor();
            let (mut stream, is_ours) =
                ours.accept_or(Role::Mailbox, &acceptor, here).await.map_err(|e| e.to_string())?;
            stream.write_all(b"x").await.map_err(|e| e.to_string())?;
            stream.flush().await.map_err(|e| e.to_string())?;
            Ok::<_, String>(is_ours)
        };
        let (shown, is_ours) = tokio::join!(client, server);
        is_ours.and_then(|is_ours| Ok((is_ours, shown?)))
    };
    // A server of ours is shown the certificate that says our role; anybody else the public one.
    let (is_ours, shown) = meet(ours.doorway_connector(Role::Mailbox)).await.unwrap();
    assert!(is_ours && Role::Mailbox.is_in(&shown));
    let anonymous = crate::connector(anonymous_config(ClientPolicy::Opportunistic).unwrap());
    let (is_ours, shown) = meet(anonymous).await.unwrap();
    assert!(!is_ours && !Role::Mailbox.is_in(&shown));
    // Naming the protocol is not enough.
    for stranger in [&other.mutual(&[Role::Mailbox]), &ca.mutual(&[Role::ClientAccess])] {
        assert!(meet(stranger.doorway_connector(Role::Mailbox)).await.is_err());
    }
    let mut config = ClientConfig::clone(&anonymous_config(ClientPolicy::Opportunistic).unwrap());
    config.alpn_protocols = vec![b"relais-smtp".to_vec()];
    assert!(meet(TlsConnector::from(Arc::new(config))).await.is_err());
}
