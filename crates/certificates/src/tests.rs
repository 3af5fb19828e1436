//! Names, files and choices, without a network.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use directory::{
    Audit, CertificateMaterial, CertificateServices, Change, Directory, ExchangeCertificate,
    Header, Object, SendConnector, Usage,
};
use model::{Clock, SystemClock, TimeSpan};
use proptest::prelude::*;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tls::{Identity, ShownChain};

use crate::{
    CertificateError, DistinguishedName, DomainRequest, Facts, Imported, NewCertificate,
    RequestedKey, Shown, ShownSettings, export,
};

fn made(name: &str) -> Identity {
    let new = NewCertificate {
        subject: DistinguishedName::common(name),
        domains: vec![name.to_owned()],
        key_size: 2048,
    };
    new.self_signed(SystemClock.now()).unwrap()
}

fn key(identity: &Identity) -> Vec<u8> {
    let PrivateKeyDer::Pkcs8(key) = &identity.key else { panic!("PKCS #8") };
    key.secret_pkcs8_der().to_vec()
}

/// An authority below a root, and a leaf of it: leaf, authority, root, and the leaf's key.
fn chain() -> (Vec<CertificateDer<'static>>, Vec<u8>) {
    let params = |name: &str, is_ca: bool| {
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        if is_ca {
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        }
        params
    };
    let (root_key, middle_key, leaf_key) = (
        rcgen::KeyPair::generate().unwrap(),
        rcgen::KeyPair::generate().unwrap(),
        rcgen::KeyPair::generate().unwrap(),
    );
    let root = params("root", true).self_signed(&root_key).unwrap();
    let root_issuer = rcgen::Issuer::new(params("root", true), root_key);
    let middle = params("middle", true).signed_by(&middle_key, &root_issuer).unwrap();
    let middle_issuer = rcgen::Issuer::new(params("middle", true), middle_key);
    let leaf = params("leaf.test", false).signed_by(&leaf_key, &middle_issuer).unwrap();
    let all = [leaf, middle, root].map(|certificate| certificate.der().clone());
    (all.to_vec(), leaf_key.serialize_der())
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

#[test]
fn subjects_are_written_as_they_are_shown() {
    for (text, shown) in [
        ("CN=mail.contoso.com", "CN=mail.contoso.com"),
        ("C=FR,O=Woodgrove Bank, cn = a.b", "C=FR, O=Woodgrove Bank, CN=a.b"),
        ("CN=a.b, O=\"Contoso, Ltd\"", "CN=a.b, O=\"Contoso, Ltd\""),
        ("CN=\u{e9}t\u{e9}, ST=Dr\u{f4}me", "CN=\u{e9}t\u{e9}, S=Dr\u{f4}me"),
    ] {
        let name: DistinguishedName = text.parse().unwrap();
        assert_eq!(name.to_string(), shown);
        let new = NewCertificate { subject: name, domains: vec!["a.b".into()], key_size: 2048 };
        let certificate = new.self_signed(SystemClock.now()).unwrap();
        let facts = Facts::of(&certificate.chain[0]).unwrap();
        assert_eq!(facts.subject.to_string(), shown, "it stands so in the certificate");
        assert_eq!(facts.issuer, facts.subject);
    }
    for bad in ["", "mail.contoso.com", "CN=", "X=1", "C=FRA, CN=a", "CN=a, CN=b", "CN=a\nb"] {
        let error = bad.parse::<DistinguishedName>().unwrap_err();
        assert_eq!(error, CertificateError::Subject(bad.to_owned()), "{bad:?}");
    }
}

#[test]
fn a_certificate_says_what_it_was_made_with() {
    let facts = Facts::of(&made("mail.contoso.com").chain[0]).unwrap();
    assert_eq!((facts.key_algorithm.as_str(), facts.key_size), ("RSA", 2048));
    assert_eq!(facts.domains, ["mail.contoso.com"]);
    assert!(facts.is_self_signed && facts.thumbprint.len() == 40);
    let left = facts.not_after.since(SystemClock.now());
    assert!(left > TimeSpan::days(5 * 365) && left < TimeSpan::days(5 * 366), "{left}");
    assert!(facts.is_for("MAIL.contoso.com.") && !facts.is_for("contoso.com"));
    assert_eq!(Facts::of(&CertificateDer::from(vec![1, 2, 3])), Err(CertificateError::Damaged));
}

#[test]
fn a_request_is_for_the_key_of_its_placeholder() {
    let new = NewCertificate {
        subject: "CN=mail.test, O=A".parse().unwrap(),
        domains: vec!["mail.test".into(), "*.wild.test".into()],
        key_size: 2048,
    };
    let request = new.request(SystemClock.now()).unwrap();
    let der =
        rustls::pki_types::CertificateSigningRequestDer::from_pem_slice(request.pem.as_bytes());
    let der = der.unwrap();
    use x509_parser::prelude::FromDer;
    let (_, asked) =
        x509_parser::certification_request::X509CertificationRequest::from_der(&der).unwrap();
    let placeholder = crate::facts::parsed(&request.placeholder.chain[0]).unwrap();
    assert_eq!(asked.certification_request_info.subject_pki.raw, placeholder.public_key().raw);
    let small = NewCertificate { key_size: 1024, ..new };
    assert_eq!(small.request(SystemClock.now()).unwrap_err(), CertificateError::Key);
}

#[test]
fn a_request_by_machine_is_for_these_names_and_the_key_that_was_wanted() {
    use x509_parser::{certification_request::X509CertificationRequest, prelude::FromDer};
    let names = ["*.contoso.com", "contoso.com"].map(str::to_owned);
    let ask = |key: &RequestedKey| {
        let request = DomainRequest::new(&names, key).unwrap();
        let (_, asked) = X509CertificationRequest::from_der(&request.der).unwrap();
        let info = &asked.certification_request_info;
        assert_eq!(info.subject.to_string(), "CN=*.contoso.com");
        let text = format!("{:?}", asked.requested_extensions().unwrap().collect::<Vec<_>>());
        assert!(names.iter().all(|name| text.contains(&format!("DNSName({name:?})"))), "{text}");
        (info.subject_pki.raw.to_vec(), request.key)
    };
    let (first, key) = ask(&RequestedKey::Ecdsa);
    let (second, _) = ask(&RequestedKey::Ecdsa);
    assert_ne!(first, second);
    let (same, _) = ask(&RequestedKey::Same(key));
    assert_eq!(first, same);
    let (rsa, key) = ask(&RequestedKey::Rsa);
    assert!(rsa.len() > 256);
    assert_eq!(ask(&RequestedKey::Same(key)).0, rsa);
    let long = [format!("{}.contoso.com", "x".repeat(60))];
    let request = DomainRequest::new(&long, &RequestedKey::Ecdsa).unwrap();
    let (_, asked) = X509CertificationRequest::from_der(&request.der).unwrap();
    assert_eq!(
        asked.certification_request_info.subject.to_string(),
        "",
        "too long for a common name"
    );
}

#[test]
fn the_leaf_is_found_by_its_key_and_the_root_left_out() {
    let (chain, key) = chain();
    let [leaf, middle, root] = [&chain[0], &chain[1], &chain[2]];
    let file = [root, leaf, middle].map(|one| pem("CERTIFICATE", one)).concat();
    let with_key = file.clone() + &pem("PRIVATE KEY", &key);
    let read = Imported::read(with_key.as_bytes(), "").unwrap();
    assert_eq!(read.chain, [leaf.clone(), middle.clone()]);
    assert_eq!(read.key.as_deref().map(Vec::as_slice), Some(key.as_slice()));
    let read = Imported::read(file.as_bytes(), "").unwrap();
    assert_eq!((read.chain, read.key.is_none()), (vec![leaf.clone(), middle.clone()], true));
    let foreign = pem("CERTIFICATE", middle) + &pem("PRIVATE KEY", &key);
    assert_eq!(Imported::read(foreign.as_bytes(), "").err(), Some(CertificateError::Stranger));
}

#[test]
fn what_was_given_out_is_taken_back_and_only_with_the_password() {
    let (chain, key) = chain();
    let file = export(&chain[..2], &key, "p\u{e4}ssword").unwrap();
    let read = Imported::read(&file, "p\u{e4}ssword").unwrap();
    assert_eq!(read.chain, chain[..2]);
    assert_eq!(read.key.as_deref().map(Vec::as_slice), Some(key.as_slice()));
    for wrong in ["", "password"] {
        assert_eq!(Imported::read(&file, wrong).err(), Some(CertificateError::Password));
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (data, error) in [
        (&b""[..], CertificateError::Unknown),
        (b"hello", CertificateError::Unknown),
        (encrypted.as_bytes(), CertificateError::EncryptedKey),
        (&[0x30; 300_000], CertificateError::TooLarge(262_144)),
    ] {
        assert_eq!(Imported::read(data, "").err(), Some(error));
    }
}

struct Organization {
    _place: tempfile::TempDir,
    directory: Directory,
    shown: Shown,
}

impl Organization {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("directory.db");
        let key = vault::DataKey::ephemeral();
        let directory = Directory::open(&file, key, Arc::new(SystemClock)).unwrap();
        let shown = Shown::new(ShownSettings {
            directory: directory.clone(),
            server: "MBX01".parse().unwrap(),
            fqdn: "mbx01.contoso.com".to_owned(),
            issued: made("mbx01.contoso.com"),
            clock: Arc::new(SystemClock),
        });
        Self { _place: place, directory, shown: shown.unwrap() }
    }

    /// Puts a certificate for a name into the directory; its leaf.
    fn has(&self, name: &str, services: CertificateServices) -> CertificateDer<'static> {
        let identity = made(name);
        let facts = Facts::of(&identity.chain[0]).unwrap();
        let material = CertificateMaterial {
            chain: vec![identity.chain[0].to_vec()],
            private_key: None,
            request: None,
        };
        let thumbprint = facts.thumbprint.parse().unwrap();
        let mut certificate = ExchangeCertificate::with_defaults(
            Header::fresh(),
            "MBX01".into(),
            thumbprint,
            material,
        );
        let text = STANDARD.encode(key(&identity));
        let sealed = self.directory.seal(&text, &certificate.context()).unwrap();
        certificate.material.private_key = Some(sealed);
        certificate.services = services;
        self.apply(Change::Create(Object::ExchangeCertificate(certificate)));
        identity.chain[0].clone()
    }

    fn leaf_for(&self, name: &str) -> ShownChain {
        self.shown.chain_for(name).0
    }

    fn apply(&self, change: Change) {
        let audit = Audit {
            user: "test".into(),
            client: None,
            cmdlet: "test".into(),
            parameters: serde_json::Map::new(),
        };
        self.directory.apply(vec![change], audit).unwrap();
    }
}

#[test]
fn what_is_enabled_is_shown_by_name_and_without_it_the_issued_one() {
    let organization = Organization::new();
    let issued = organization.leaf_for("mail.contoso.com");
    organization.has("other.contoso.com", CertificateServices::IIS);
    assert_eq!(organization.leaf_for("other.contoso.com"), issued, "not for mail");
    let mail = organization.has("mail.contoso.com", CertificateServices::SMTP);
    let second = organization.has("second.contoso.com", CertificateServices::SMTP);
    assert_eq!(organization.leaf_for("mail.contoso.com"), ShownChain::of(vec![mail]));
    assert_eq!(organization.leaf_for("second.contoso.com"), ShownChain::of(vec![second]));
    assert_ne!(organization.leaf_for("unknown.contoso.com"), issued);
    assert!(organization.shown.https_acceptor().is_some());
}

#[test]
fn nothing_is_sent_without_the_certificate_that_is_named() {
    let organization = Organization::new();
    let name = "Out".parse().unwrap();
    let mut connector = SendConnector::from_usage(Header::fresh(), name, Usage::Custom);
    assert!(organization.shown.sending(&connector).unwrap().is_plain());
    connector.tls_certificate_name = Some("<I>CN=out.test<S>CN=out.test".parse().unwrap());
    let missing = organization.shown.sending(&connector).unwrap_err();
    assert!(missing.wanted.contains("<I>CN=out.test"), "{missing:?}");
    organization.has("out.test", CertificateServices::EMPTY);
    assert!(!organization.shown.sending(&connector).unwrap().is_plain());
    connector.tls_certificate_name = None;
    connector.domain_secure_enabled = true;
    connector.fqdn = Some("out.test".parse().unwrap());
    assert!(organization.shown.sending(&connector).is_err(), "it is not for mail");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn nothing_panics_on_any_file(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Imported::read(&data, "x");
        let _ = Facts::of(&CertificateDer::from(data));
    }

    #[test]
    fn damaged_certificates_are_refused_or_read(at in 0_usize..700, to in any::<u8>()) {
        static CHAIN: std::sync::LazyLock<Vec<CertificateDer<'static>>> =
            std::sync::LazyLock::new(|| chain().0);
        let mut data = CHAIN[0].to_vec();
        let at = at % data.len();
        data[at] = to;
        let _ = Imported::read(&data, "");
        if let Ok(facts) = Facts::of(&CertificateDer::from(data)) {
            prop_assert!(facts.domains.iter().all(|name| name.is_ascii()));
        }
    }

    #[test]
    fn subjects_come_back_as_they_are(text in "[A-Z]{1,3}=[\\PC]{0,20}(, ?[A-Z]{1,2}=[\\PC]{0,20})?") {
        if let Ok(name) = text.parse::<DistinguishedName>() {
            prop_assert_eq!(name.to_string().parse::<DistinguishedName>().unwrap(), name);
        }
    }
}
