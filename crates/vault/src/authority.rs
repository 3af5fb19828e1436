//! The organization's certificate authority: ECDSA P-256, valid ten years, made at the first
//! start. `authority.pem` is its certificate, `authority.key` its sealed private key. It issues
//! server certificates that are valid thirty days and are renewed long before.

use std::{fmt, path::Path};

use model::{Clock, DomainName, TimeSpan, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use tls::{Fingerprint, Identity, Role};
use x509_parser::{
    asn1_rs::Tag,
    oid_registry::{OID_X509_COMMON_NAME, OID_X509_ORGANIZATION_NAME},
    prelude::{FromDer, X509Certificate},
};
use zeroize::Zeroizing;

use crate::{
    DataKey, Sealed, VaultError,
    file::{self, Access, damaged},
};

pub(crate) const CERTIFICATE_FILE: &str = "authority.pem";
pub(crate) const KEY_FILE: &str = "authority.key";
/// What the sealed key is for.
const KEY_CONTEXT: &str = "authority.key";
const COMMON_NAME: &str = "Relais Certificate Authority";
/// Longest organization and common name in a certificate (RFC 5280, ub-organization-name).
const MAX_NAME: usize = 64;
/// Most names in one server certificate.
const MAX_NAMES: usize = 100;

const AUTHORITY_VALID: TimeSpan = TimeSpan::days(3652);
const SERVER_VALID: TimeSpan = TimeSpan::days(30);
/// Certificates begin a little in the past, for machines whose clocks are behind.
const CLOCK_TOLERANCE: TimeSpan = TimeSpan::hours(1);

/// The authority of one organization.
pub struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    until: Timestamp,
}

impl Authority {
    /// Reads the authority from `keys_dir`, or makes it at the first start. Where only the key
    /// is there (a first start that was interrupted, or a certificate that was removed), a new
    /// certificate is made for it.
    ///
    /// # Errors
    /// When a file is damaged, exposed or cannot be read or written, when the key file is
    /// missing beside a certificate, or when `key` is not the key that sealed it.
    pub fn load_or_create(
        keys_dir: &Path,
        key: &DataKey,
        organization: &str,
        clock: &dyn Clock,
    ) -> Result<Self, VaultError> {
        let certificate_path = keys_dir.join(CERTIFICATE_FILE);
        let key_path = keys_dir.join(KEY_FILE);
        let pair = load_key(&key_path, key)?;
        match (file::read(&certificate_path, Access::Public)?, pair) {
            (Some(pem), Some(pair)) => Self::from_parts(&certificate_path, &pem, pair),
            (Some(_), None) => Err(VaultError::KeyMissing { path: key_path }),
            (None, pair) => {
                let pair = match pair {
                    Some(pair) => pair,
                    None => create_key(&key_path, key)?,
                };
                Self::create(&certificate_path, pair, organization, clock)
            }
        }
    }

    /// Reads the authority from files that must be there, and makes nothing.
    ///
    /// # Errors
    /// When one is missing, damaged, exposed or cannot be read, or when `key` is not the key that
    /// sealed it.
    pub fn load(keys_dir: &Path, key: &DataKey) -> Result<Self, VaultError> {
        let (certificate_path, key_path) =
            (keys_dir.join(CERTIFICATE_FILE), keys_dir.join(KEY_FILE));
        let pem = file::read(&certificate_path, Access::Public)?
            .ok_or_else(|| damaged(&certificate_path, "it is missing"))?;
        let pair = load_key(&key_path, key)?.ok_or_else(|| damaged(&key_path, "it is missing"))?;
        Self::from_parts(&certificate_path, &pem, pair)
    }

    /// The authority's certificate, which clients trust.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// The fingerprint of the authority's certificate, which administrators compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    /// A new server identity, valid for thirty days (or until the authority ends): leaf and
    /// authority in its chain. `names` are 1 to 100 domain names (single labels included) or IP
    /// addresses.
    ///
    /// # Errors
    /// When a name is neither, or the authority has ended.
    pub fn issue_server(
        &self,
        names: &[String],
        clock: &dyn Clock,
    ) -> Result<Identity, VaultError> {
        self.issue(names, &[], &[ExtendedKeyUsagePurpose::ServerAuth], clock)
    }

    /// The same for meeting the organization's other servers, as server and as client: the
    /// certificate says which roles the server has.
    ///
    /// # Errors
    /// As [`Authority::issue_server`].
    pub fn issue_member(
        &self,
        names: &[String],
        roles: &[Role],
        clock: &dyn Clock,
    ) -> Result<Identity, VaultError> {
        let usages = [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(names, roles, &usages, clock)
    }

    fn issue(
        &self,
        names: &[String],
        roles: &[Role],
        usages: &[ExtendedKeyUsagePurpose],
        clock: &dyn Clock,
    ) -> Result<Identity, VaultError> {
        let now = clock.now();
        if now >= self.until {
            return Err(VaultError::AuthorityExpired { until: self.until });
        }
        if names.is_empty() || names.len() > MAX_NAMES {
            return Err(VaultError::NameCount(names.len()));
        }
        let names = names.iter().map(|name| host_name(name)).collect::<Result<Vec<_>, _>>()?;
        let common = names.iter().find(|n| n.len() <= MAX_NAME).cloned();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, common.unwrap_or_else(|| "Relais server".to_owned()));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = usages.to_vec();
        for role in roles {
            params.subject_alt_names.push(SanType::URI(role.uri().try_into()?));
        }
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(serial()?);
        params.not_before = (now - CLOCK_TOLERANCE).date_time();
        params.not_after = (now + SERVER_VALID).min(self.until).date_time();
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let leaf = params.signed_by(&key, &self.issuer)?;
        Ok(Identity {
            chain: vec![leaf.der().clone(), self.certificate()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        })
    }

    fn create(
        path: &Path,
        pair: KeyPair,
        organization: &str,
        clock: &dyn Clock,
    ) -> Result<Self, VaultError> {
        let now = clock.now();
        let until = now + AUTHORITY_VALID;
        let mut params = authority_params(&[
            (DnType::OrganizationName, organization.chars().take(MAX_NAME).collect()),
            (DnType::CommonName, COMMON_NAME.to_owned()),
        ]);
        params.serial_number = Some(serial()?);
        params.not_before = (now - CLOCK_TOLERANCE).date_time();
        params.not_after = until.date_time();
        let certificate = params.self_signed(&pair)?;
        file::write(path, certificate.pem().as_bytes(), Access::Public)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, pair),
            until,
        })
    }

    /// Puts certificate and key together. The issuer's name must come out byte for byte as it
    /// stands in the certificate, so only a subject of the form made here is taken.
    fn from_parts(path: &Path, pem: &[u8], pair: KeyPair) -> Result<Self, VaultError> {
        let certificate = CertificateDer::from_pem_slice(pem)
            .map_err(|e| damaged(path, format!("it holds no certificate: {e}")))?;
        let (_, parsed) = X509Certificate::from_der(&certificate)
            .map_err(|e| damaged(path, format!("its certificate cannot be read: {e}")))?;
        if parsed.public_key().raw != pair.subject_public_key_info() {
            return Err(damaged(path, "its certificate does not belong to authority.key"));
        }
        let foreign = || damaged(path, "its certificate was not made by Relais");
        let names = parsed
            .subject()
            .iter_attributes()
            .map(|attribute| {
                let kind = if *attribute.attr_type() == OID_X509_ORGANIZATION_NAME {
                    DnType::OrganizationName
                } else if *attribute.attr_type() == OID_X509_COMMON_NAME {
                    DnType::CommonName
                } else {
                    return None;
                };
                let value = attribute.as_str().ok()?.to_owned();
                (attribute.attr_value().tag() == Tag::Utf8String).then_some((kind, value))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(foreign)?;
        let ends = parsed.validity().not_after.timestamp();
        let until = Timestamp::from_millis(ends.saturating_mul(1000));
        let issuer = Issuer::new(authority_params(&names), pair);
        Ok(Self { certificate, issuer, until })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("fingerprint", &self.fingerprint())
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

fn authority_params(names: &[(DnType, String)]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in names {
        params.distinguished_name.push(kind.clone(), value.as_str());
    }
    // It signs leaves only: no authority below it.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn load_key(path: &Path, key: &DataKey) -> Result<Option<KeyPair>, VaultError> {
    let Some(content) = file::read(path, Access::Private)? else { return Ok(None) };
    let text = std::str::from_utf8(&content).map_err(|_| damaged(path, "it is not text"))?;
    let der = key.open(&Sealed::from_text(text.trim_end()), KEY_CONTEXT)?;
    // The library's own message could quote the key.
    KeyPair::try_from(der.as_slice()).map(Some).map_err(|_| damaged(path, "it holds no key"))
}

fn create_key(path: &Path, key: &DataKey) -> Result<KeyPair, VaultError> {
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let der = Zeroizing::new(pair.serialize_der());
    let sealed = key.seal(&der, KEY_CONTEXT)?;
    file::write(path, format!("{sealed}\n").as_bytes(), Access::Private)?;
    Ok(pair)
}

/// The name as a certificate holds it: an IP address, or lower-case A-labels.
fn host_name(name: &str) -> Result<String, VaultError> {
    match name.parse::<std::net::IpAddr>() {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Ok(name.parse::<DomainName>()?.to_string()),
    }
}

/// 127 random bits: positive, never repeated (RFC 5280 section 4.1.2.2).
fn serial() -> Result<SerialNumber, VaultError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| VaultError::Crypto)?;
    bytes[0] &= 0x7f;
    Ok(SerialNumber::from_slice(&bytes))
}
