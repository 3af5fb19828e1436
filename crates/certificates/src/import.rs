//! Certificates read from a file that an administrator gives: PEM, DER, PKCS #7 or PKCS #12. Nothing is
//! believed of it: bounded, the leaf found by its key, the chain put in order.

use base64::{Engine, engine::general_purpose::STANDARD};
use p12_keystore::Pkcs12Archive;
use rustls::{
    crypto::aws_lc_rs::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
};
use x509_parser::asn1_rs::{Any, FromDer, Tag};
use zeroize::Zeroizing;

use crate::{CertificateError, facts::parsed};

/// Largest file, in bytes.
const LARGEST: usize = 256 * 1024;
/// Most certificates in one file.
const MOST: usize = 32;
/// Most certificates of a chain that are kept.
const LONGEST_CHAIN: usize = 10;
/// `1.2.840.113549.1.7.2`: signed data (RFC 5652 section 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// What was in a file.
pub struct Imported {
    /// The certificate, then those that lead to its authority, without the root.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its private key (PKCS #8), when that is there too.
    pub key: Option<Zeroizing<Vec<u8>>>,
}

impl Imported {
    /// Reads a file; `password` opens one of PKCS #12. Takes up to a second.
    ///
    /// # Errors
    /// When there is no certificate in it, the password is wrong, the key is of a kind that cannot be
    /// used, or none of the certificates belongs to it.
    pub fn read(data: &[u8], password: &str) -> Result<Self, CertificateError> {
        if data.len() > LARGEST {
            return Err(CertificateError::TooLarge(LARGEST));
        }
        let (certificates, key) = match data {
            _ if is_pem(data) => from_pem(data)?,
            _ => from_der(data, password)?,
        };
        let chain = in_order(certificates, key.as_deref().map(Vec::as_slice))?;
        Ok(Self { chain, key })
    }
}

type Found = (Vec<CertificateDer<'static>>, Option<Zeroizing<Vec<u8>>>);

fn is_pem(data: &[u8]) -> bool {
    data.windows(11).take(64 * 1024).any(|window| window == b"-----BEGIN ")
}

fn from_pem(data: &[u8]) -> Result<Found, CertificateError> {
    let text = String::from_utf8_lossy(data);
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")
    {
        return Err(CertificateError::EncryptedKey);
    }
    if let Some(bag) = section(&text, "PKCS7") {
        return Ok((signed_data(&bag).ok_or(CertificateError::Unknown)?, None));
    }
    let certificates = CertificateDer::pem_slice_iter(data)
        .take(MOST)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| CertificateError::Damaged)?;
    let key = match PrivateKeyDer::from_pem_slice(data) {
        Ok(key) => Some(pkcs8(&key)?),
        Err(_) if text.contains("PRIVATE KEY-----") => return Err(CertificateError::Key),
        Err(_) => None,
    };
    Ok((certificates, key))
}

fn section(text: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

fn from_der(data: &[u8], password: &str) -> Result<Found, CertificateError> {
    let certificate = CertificateDer::from(data.to_vec());
    if parsed(&certificate).is_ok() {
        return Ok((vec![certificate], None));
    }
    if let Some(certificates) = signed_data(data) {
        return Ok((certificates, None));
    }
    if is_pfx(data) { from_pfx(data, password) } else { Err(CertificateError::Unknown) }
}

/// PFX is a sequence that begins with the integer 3 (RFC 7292 section 4).
fn is_pfx(data: &[u8]) -> bool {
    let Ok((_, outer)) = Any::from_der(data) else { return false };
    let Ok((_, version)) = Any::from_der(outer.data) else { return false };
    outer.tag() == Tag::Sequence && version.tag() == Tag::Integer && version.data == [3]
}

fn from_pfx(data: &[u8], password: &str) -> Result<Found, CertificateError> {
    // What the library says of a file that does not open may be about the password.
    let archive =
        Pkcs12Archive::from_pkcs12(data, password).map_err(|_| CertificateError::Password)?;
    let certificates: Vec<_> = archive
        .certs
        .iter()
        .take(MOST)
        .map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()))
        .collect();
    let key = match archive.keys.first() {
        Some(bag) => {
            Some(pkcs8(&PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(bag.key.as_der())))?)
        }
        None => None,
    };
    Ok((certificates, key))
}

/// The certificates in signed data (RFC 5652 section 5.1), which is what `.p7b` files are.
fn signed_data(data: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let (_, outer) = Any::from_der(data).ok()?;
    let (rest, kind) = Any::from_der(outer.data).ok()?;
    if outer.tag() != Tag::Sequence || kind.tag() != Tag::Oid || kind.data != SIGNED_DATA {
        return None;
    }
    let (_, content) = Any::from_der(rest).ok()?;
    let (_, signed) = Any::from_der(content.data).ok()?;
    let mut rest = signed.data;
    // Version, digest algorithms and content go before the certificates, which have the tag [0].
    while let Ok((after, field)) = Any::from_der(rest) {
        let is_certificates =
            field.class() == x509_parser::asn1_rs::Class::ContextSpecific && field.tag() == Tag(0);
        if is_certificates {
            return Some(each_sequence(field.data));
        }
        rest = after;
    }
    None
}

fn each_sequence(mut rest: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut found = Vec::new();
    while let Ok((after, _)) = Any::from_der(rest) {
        if found.len() == MOST || after.len() >= rest.len() {
            break;
        }
        let certificate = rest.get(..rest.len() - after.len()).unwrap_or_default();
        found.push(CertificateDer::from(certificate.to_vec()));
        rest = after;
    }
    found
}

/// The key in the one form in which it is kept.
fn pkcs8(key: &PrivateKeyDer<'_>) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa,
        signature::{
            ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
            ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
        },
    };
    any_supported_type(key).map_err(|_| CertificateError::Key)?;
    let der = match key {
        PrivateKeyDer::Pkcs8(key) => key.secret_pkcs8_der().to_vec(),
        PrivateKeyDer::Pkcs1(key) => {
            let pair = rsa::KeyPair::from_der(key.secret_pkcs1_der())
                .map_err(|_| CertificateError::Key)?;
            let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| CertificateError::Key)?;
            der.as_ref().to_vec()
        }
        PrivateKeyDer::Sec1(key) => [
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            &ECDSA_P384_SHA384_ASN1_SIGNING,
            &ECDSA_P521_SHA512_ASN1_SIGNING,
        ]
        .into_iter()
        .find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, key.secret_sec1_der()).ok())
        .and_then(|pair| pair.to_pkcs8v1().ok().map(|der| der.as_ref().to_vec()))
        .ok_or(CertificateError::Key)?,
        _ => return Err(CertificateError::Key),
    };
    Ok(Zeroizing::new(der))
}

/// Whether the private key (PKCS #8) belongs to the certificate.
pub(crate) fn belongs(key: &[u8], certificate: &CertificateDer<'_>) -> bool {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let public = any_supported_type(&key).ok().and_then(|key| key.public_key().map(|p| p.to_vec()));
    match (public, parsed(certificate)) {
        (Some(public), Ok(parsed)) => parsed.public_key().raw == public,
        _ => false,
    }
}

/// The leaf first, then who issued each, up to the root, which nobody needs to be shown.
fn in_order(
    certificates: Vec<CertificateDer<'static>>,
    key: Option<&[u8]>,
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    for certificate in &certificates {
        parsed(certificate)?;
    }
    let leaf = match key {
        Some(key) => certificates
            .iter()
            .find(|certificate| belongs(key, certificate))
            .ok_or(CertificateError::Stranger)?,
        None => certificates
            .iter()
            .find(|one| !certificates.iter().any(|other| other != *one && issued(one, other)))
            .or(certificates.first())
            .ok_or(CertificateError::Unknown)?,
    };
    let mut chain = vec![leaf.clone()];
    while let Some(last) = chain.last()
        && chain.len() < LONGEST_CHAIN
        && let Some(issuer) = certificates
            .iter()
            .find(|one| !chain.contains(one) && issued(one, last) && !issued(one, one))
    {
        chain.push(issuer.clone());
    }
    Ok(chain)
}

/// Whether the subject of one is the issuer of the other.
fn issued(one: &CertificateDer<'_>, other: &CertificateDer<'_>) -> bool {
    match (parsed(one), parsed(other)) {
        (Ok(one), Ok(other)) => one.subject().as_raw() == other.issuer().as_raw(),
        _ => false,
    }
}
