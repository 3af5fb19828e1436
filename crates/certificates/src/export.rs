//! A certificate with its key, in a file for another server (PKCS #12, AES-256).

use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey,
    PrivateKeyChain,
};
use rustls::pki_types::CertificateDer;

use crate::{CertificateError, Facts};

/// How often the password is hashed.
const ROUNDS: u32 = 100_000;

/// The chain and the key (PKCS #8) in a PKCS #12 file that `password` opens. Takes up to a second.
///
/// # Errors
/// When one of them cannot be read.
pub fn export(
    chain: &[CertificateDer<'_>],
    key: &[u8],
    password: &str,
) -> Result<Vec<u8>, CertificateError> {
    let refused = |error: p12_keystore::error::Error| CertificateError::Crypto(error.to_string());
    let certificates = chain
        .iter()
        .map(|certificate| Certificate::from_der(certificate).map_err(refused))
        .collect::<Result<Vec<_>, _>>()?;
    let leaf = chain.first().ok_or(CertificateError::Unknown)?;
    let id = Facts::of(leaf)?.thumbprint;
    let key = PrivateKey::from_der(key).map_err(|_| CertificateError::Key)?;
    let mut store = KeyStore::new();
    let entry = PrivateKeyChain::new(id.as_str(), key, certificates);
    store.add_entry(&id, KeyStoreEntry::PrivateKeyChain(entry));
    store
        .writer(password)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .encryption_iterations(ROUNDS)
        .mac_algorithm(MacAlgorithm::HmacSha256)
        .mac_iterations(ROUNDS)
        .write()
        .map_err(refused)
}
