//! Certificates and certificate requests made here. Where nobody says otherwise keys are RSA, as authorities and old
//! peers know them.

use model::{TimeSpan, Timestamp};
use rcgen::{
    CertificateParams, DistinguishedName as Subject, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SerialNumber,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tls::Identity;
use zeroize::Zeroizing;

use crate::{CertificateError, DistinguishedName};

/// How long a certificate of one's own counts, as in Exchange: five years.
const VALID: TimeSpan = TimeSpan::days(5 * 365 + 1);
/// Certificates begin a little in the past, for machines whose clocks are behind.
const CLOCK_TOLERANCE: TimeSpan = TimeSpan::hours(1);

/// What a certificate is to be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// Whom it names.
    pub subject: DistinguishedName,
    /// The DNS names it is for, wildcards included.
    pub domains: Vec<String>,
    /// Bits of the RSA key: 2048 or 4096.
    pub key_size: u32,
}

/// A request for a certificate (PKCS #10), and the key that stays here.
#[derive(Debug)]
pub struct Request {
    /// The request, in PEM.
    pub pem: String,
    /// Stands for the certificate until that comes: issued by ourselves, and shown to nobody.
    pub placeholder: Identity,
}

impl NewCertificate {
    /// Makes a key and a certificate signed by it, valid for five years. Takes up to some seconds.
    ///
    /// # Errors
    /// For a name that a certificate cannot hold, or another key size.
    pub fn self_signed(&self, now: Timestamp) -> Result<Identity, CertificateError> {
        let key = self.key()?;
        self.signed_by_itself(&key, now)
    }

    /// Makes a key and asks for a certificate for it. Takes up to some seconds.
    ///
    /// # Errors
    /// As [`NewCertificate::self_signed`].
    pub fn request(&self, now: Timestamp) -> Result<Request, CertificateError> {
        let key = self.key()?;
        let pem = self.params()?.serialize_request(&key)?.pem()?;
        Ok(Request { pem, placeholder: self.signed_by_itself(&key, now)? })
    }

    fn key(&self) -> Result<KeyPair, CertificateError> {
        let size = match self.key_size {
            2048 => RsaKeySize::_2048,
            4096 => RsaKeySize::_4096,
            _ => return Err(CertificateError::Key),
        };
        Ok(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size)?)
    }

    fn params(&self) -> Result<CertificateParams, CertificateError> {
        let refused = |_| CertificateError::Name(self.domains.join(", "));
        let mut params = CertificateParams::new(self.domains.clone()).map_err(refused)?;
        params.distinguished_name = self.subject.for_certificate();
        params.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        Ok(params)
    }

    fn signed_by_itself(
        &self,
        key: &KeyPair,
        now: Timestamp,
    ) -> Result<Identity, CertificateError> {
        let mut params = self.params()?;
        params.serial_number = Some(serial()?);
        params.not_before = (now - CLOCK_TOLERANCE).date_time();
        params.not_after = (now + VALID).date_time();
        let certificate: CertificateDer<'static> = params.self_signed(key)?.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(Identity { chain: vec![certificate], key })
    }
}

/// The key of a certificate that is asked for by machine.
#[derive(Clone)]
pub enum RequestedKey {
    /// A new one: ECDSA, P-256.
    Ecdsa,
    /// A new one: RSA, 2048 bits.
    Rsa,
    /// One that is here already (PKCS #8).
    Same(Zeroizing<Vec<u8>>),
}

/// A request as machines send it, and its key.
pub struct DomainRequest {
    /// PKCS #10, DER.
    pub der: Vec<u8>,
    /// PKCS #8.
    pub key: Zeroizing<Vec<u8>>,
}

/// The longest common name (RFC 5280 appendix A.1), in bytes.
const LONGEST_COMMON_NAME: usize = 64;

impl DomainRequest {
    /// Asks for a certificate for these names and nothing else; the first is its common name, where it fits. May take
    /// up to a second.
    ///
    /// # Errors
    /// For a name that a certificate cannot hold, or a key that cannot be used.
    pub fn new(domains: &[String], key: &RequestedKey) -> Result<Self, CertificateError> {
        let key = match key {
            RequestedKey::Ecdsa => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?,
            RequestedKey::Rsa => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?,
            RequestedKey::Same(key) => KeyPair::try_from(key.as_slice())?,
        };
        let refused = |_| CertificateError::Name(domains.join(", "));
        let mut params = CertificateParams::new(domains.to_vec()).map_err(refused)?;
        params.distinguished_name = Subject::new();
        if let Some(first) = domains.first().filter(|name| name.len() <= LONGEST_COMMON_NAME) {
            params.distinguished_name.push(DnType::CommonName, first.as_str());
        }
        let der = params.serialize_request(&key)?.der().to_vec();
        Ok(Self { der, key: Zeroizing::new(key.serialize_der()) })
    }
}

/// 127 random bits: positive, never repeated (RFC 5280 section 4.1.2.2).
fn serial() -> Result<SerialNumber, CertificateError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| CertificateError::Crypto("no random numbers".to_owned()))?;
    bytes[0] &= 0x7f;
    Ok(SerialNumber::from_slice(&bytes))
}
