//! What becomes of the certificate before, and of connectors that name it.

use certificates::{DistinguishedName, NewCertificate};
use directory::Usage;
use model::{Clock, SystemClock};
use rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::{CertificateDomain, Challenge, KeyKind};

fn settings() -> AcmeSettings {
    AcmeSettings {
        directory: "https://acme.test/dir".parse().unwrap(),
        contact: Vec::new(),
        domains: vec!["mail.contoso.com".parse::<CertificateDomain>().unwrap()],
        challenge: Challenge::Http01 { listen: Vec::new() },
        services: None,
        key: KeyKind::Ecdsa,
        reuse_key: false,
        external_account: None,
    }
}

/// A certificate under this subject, which is its issuer too.
fn obtained(subject: &str) -> Obtained {
    let new = NewCertificate {
        subject: DistinguishedName::common(subject),
        domains: vec!["mail.contoso.com".to_owned()],
        key_size: 2048,
    };
    let identity = new.self_signed(SystemClock.now()).unwrap();
    let PrivateKeyDer::Pkcs8(key) = &identity.key else { panic!("PKCS #8") };
    let key = Zeroizing::new(key.secret_pkcs8_der().to_vec());
    let facts = Facts::of(&identity.chain[0]).unwrap();
    Obtained { chain: identity.chain, key, facts }
}

struct Place {
    _files: tempfile::TempDir,
    directory: Directory,
    server: ObjectName,
}

impl Place {
    fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let key = vault::DataKey::ephemeral();
        let file = files.path().join("directory.db");
        let directory = Directory::open(&file, key, Arc::new(SystemClock)).unwrap();
        Self { _files: files, directory, server: "MBX01".parse().unwrap() }
    }

    async fn keeps(&self, settings: &AcmeSettings, obtained: Obtained) -> Present {
        let replaced = present(&self.directory, &self.server, settings);
        keep(&self.directory, &self.server, settings, obtained, replaced).await.unwrap();
        present(&self.directory, &self.server, settings).unwrap()
    }

    fn has(&self, change: Change) {
        self.directory.apply(vec![change], Audit::system("test")).unwrap();
    }
}

#[tokio::test]
async fn one_takes_the_place_of_the_other_with_its_services_and_no_other_is_touched() {
    let place = Place::new();
    assert!(present(&place.directory, &place.server, &settings()).is_none());
    let first = place.keeps(&settings(), obtained("first")).await;
    let both = CertificateServices::SMTP.union(CertificateServices::IIS);
    assert_eq!(first.certificate.services, both);
    assert_eq!(first.certificate.friendly_name, "ACME (acme.test)");
    let mut changed = ExchangeCertificate::clone(&first.certificate);
    changed.services = CertificateServices::SMTP;
    place.has(Change::Update { object: Object::ExchangeCertificate(changed) });
    let mut imported = ExchangeCertificate::clone(&first.certificate);
    imported.header = Header::fresh();
    imported.thumbprint = "AB".parse().unwrap();
    imported.acme_directory = None;
    place.has(Change::Create(Object::ExchangeCertificate(imported)));

    let second = place.keeps(&settings(), obtained("second")).await;
    assert_ne!(second.certificate.thumbprint, first.certificate.thumbprint);
    assert_eq!(second.certificate.services, CertificateServices::SMTP, "as it was");
    let names: Vec<String> = place
        .directory
        .snapshot()
        .certificates
        .iter()
        .map(|certificate| certificate.thumbprint.to_string())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"AB".to_owned()), "{names:?}");

    let told = AcmeSettings { services: Some(CertificateServices::IIS), ..settings() };
    assert_eq!(
        place.keeps(&told, obtained("third")).await.certificate.services,
        CertificateServices::IIS
    );
    // Of another authority: the one that is here is none of it, and goes all the same.
    let elsewhere =
        AcmeSettings { directory: "https://other.test/".parse().unwrap(), ..settings() };
    assert!(present(&place.directory, &place.server, &elsewhere).is_none());
    place.keeps(&elsewhere, obtained("fourth")).await;
    assert_eq!(place.directory.snapshot().certificates.len(), 2);
}

#[test]
fn connectors_that_named_the_one_before_name_the_new_one() {
    let place = Place::new();
    let made = |obtained: &Obtained| {
        super::made(&place.directory, &place.server, &settings(), obtained, None).unwrap()
    };
    let (old, new) = (obtained("old"), obtained("new"));
    let connector = |name: &str, certificate: Option<&str>| {
        let name = name.parse().unwrap();
        let mut connector = SendConnector::from_usage(Header::fresh(), name, Usage::Custom);
        connector.tls_certificate_name = certificate.map(|text| text.parse().unwrap());
        Object::SendConnector(connector)
    };
    let snapshot = Snapshot::of([
        Object::ExchangeCertificate(made(&old)),
        connector("By its name", Some("<I>CN=old<S>CN=old")),
        connector("By another", Some("<I>CN=x<S>CN=x")),
        connector("By none", None),
    ]);
    let certificate = made(&new);
    let changes = changes(&snapshot, &place.server, (&certificate, &new.facts), true);
    let renamed: Vec<(String, String)> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Update { object: Object::SendConnector(connector) } => {
                let name = connector.tls_certificate_name.as_ref().unwrap();
                Some((connector.name.to_string(), name.to_string()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(renamed, [("By its name".to_owned(), "<I>CN=new<S>CN=new".to_owned())]);
    assert_eq!(changes.len(), 3, "and one goes and one comes");
    let without = super::changes(&snapshot, &place.server, (&certificate, &new.facts), false);
    assert_eq!(without.len(), 2);
}
