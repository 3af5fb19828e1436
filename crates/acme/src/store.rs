//! The certificate in the directory: found there, and put there in the place of the one before, in one change. It is
//! shown from the next connection on, as any other is.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use certificates::Facts;
use directory::{
    Audit, CertificateMaterial, CertificateName, CertificateServices, Change, Directory,
    DirectoryError, ExchangeCertificate, Header, Object, ReceiveConnector, SendConnector, Snapshot,
};
use model::ObjectName;
use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use crate::{AcmeSettings, failure::Failure, judge::Held, order::Obtained};

/// How often a change is tried that others were faster than.
const TRIES: usize = 5;

/// The certificate that is here.
#[derive(Clone)]
pub(crate) struct Present {
    pub(crate) certificate: Arc<ExchangeCertificate>,
    pub(crate) held: Held,
}

impl Present {
    /// The certificate itself.
    pub(crate) fn leaf(&self) -> Option<CertificateDer<'static>> {
        let leaf = self.certificate.material.chain.first();
        leaf.map(|leaf| CertificateDer::from(leaf.clone()))
    }
}

/// The certificate of this server that was obtained from this authority and whose key can be used: of several that for
/// these names, then that which counts longest.
pub(crate) fn present(
    directory: &Directory,
    server: &ObjectName,
    settings: &AcmeSettings,
) -> Option<Present> {
    let snapshot = directory.snapshot();
    let names = settings.names();
    let ours = obtained_earlier(&snapshot, server)
        .filter(|one| one.acme_directory.as_ref() == Some(&settings.directory))
        .filter(|one| certificates::private_key(directory, one).is_some());
    ours.filter_map(|certificate| {
        let leaf = CertificateDer::from(certificate.material.chain.first()?.clone());
        let Facts { domains, not_before, not_after, .. } = Facts::of(&leaf).ok()?;
        let held = Held { domains, not_before, not_after };
        Some(Present { certificate: Arc::clone(certificate), held })
    })
    .max_by_key(|present| (present.held.is_for(&names), present.held.not_after))
}

/// Those of this server that came by ACME, from whatever authority.
fn obtained_earlier<'a>(
    snapshot: &'a Snapshot,
    server: &'a ObjectName,
) -> impl Iterator<Item = &'a Arc<ExchangeCertificate>> {
    let ours = snapshot.certificates.iter().filter(|one| server.is(&one.server));
    ours.filter(|one| one.acme_directory.is_some())
}

/// Puts a certificate into the directory, removes those that came by ACME before, and lets connectors that named one
/// of them name the new one.
///
/// # Errors
/// When the directory does not take it.
pub(crate) async fn keep(
    directory: &Directory,
    server: &ObjectName,
    settings: &AcmeSettings,
    obtained: Obtained,
    replaced: Option<Present>,
) -> Result<(), Failure> {
    let directory = directory.clone();
    let server = server.clone();
    let settings = settings.clone();
    let keeping = move || {
        let replaced = replaced.as_ref().map(|present| present.certificate.as_ref());
        let certificate = made(&directory, &server, &settings, &obtained, replaced)?;
        let mut tried = Ok(0);
        let mut with_connectors = true;
        for _ in 0..TRIES {
            let snapshot = directory.snapshot();
            let changes =
                changes(&snapshot, &server, (&certificate, &obtained.facts), with_connectors);
            tried = directory.apply(changes, Audit::system("Renew-ExchangeCertificate"));
            match &tried {
                // Somebody has changed what is to be changed: look again.
                Err(DirectoryError::Conflict { .. } | DirectoryError::NotFound(_)) => {}
                Err(DirectoryError::Rule(error)) if with_connectors => {
                    tracing::warn!(%error, "connectors go on naming the certificate before");
                    with_connectors = false;
                }
                _ => break,
            }
        }
        tried.map(drop).map_err(|error| {
            Failure::new(format!("the certificate could not be put into the directory: {error}"))
        })
    };
    let kept = tokio::task::spawn_blocking(keeping).await;
    kept.unwrap_or_else(|_| Err(Failure::new("the change of the directory broke off")))
}

/// The new object.
fn made(
    directory: &Directory,
    server: &ObjectName,
    settings: &AcmeSettings,
    obtained: &Obtained,
    replaced: Option<&ExchangeCertificate>,
) -> Result<ExchangeCertificate, Failure> {
    let thumbprint = obtained.facts.thumbprint.parse();
    let thumbprint = thumbprint.map_err(|_| Failure::new("the certificate has no thumbprint"))?;
    let material = CertificateMaterial {
        chain: obtained.chain.iter().map(|one| one.to_vec()).collect(),
        private_key: None,
        request: None,
    };
    let mut certificate = ExchangeCertificate::with_defaults(
        Header::fresh(),
        server.to_string(),
        thumbprint,
        material,
    );
    let text = Zeroizing::new(STANDARD.encode(obtained.key.as_slice()));
    let sealed = directory.seal(&text, &certificate.context());
    let sealed = sealed.map_err(|_| Failure::new("the private key could not be encrypted"))?;
    certificate.material.private_key = Some(sealed);
    certificate.acme_directory = Some(settings.directory.clone());
    certificate.friendly_name =
        replaced.map_or_else(|| friendly_name(settings), |old| old.friendly_name.clone());
    let everything = CertificateServices::SMTP.union(CertificateServices::IIS);
    let as_before = replaced.map_or(everything, |old| old.services);
    certificate.services = settings.services.unwrap_or(as_before);
    Ok(certificate)
}

/// Names who issued it, in the list of certificates.
fn friendly_name(settings: &AcmeSettings) -> String {
    let name = format!("ACME ({})", settings.directory.host());
    if name.chars().count() < 64 { name } else { "ACME".to_owned() }
}

/// Everything in one change.
fn changes(
    snapshot: &Snapshot,
    server: &ObjectName,
    (certificate, facts): (&ExchangeCertificate, &Facts),
    with_connectors: bool,
) -> Vec<Change> {
    let earlier: Vec<&Arc<ExchangeCertificate>> = obtained_earlier(snapshot, server).collect();
    let mut changes = Vec::new();
    if with_connectors {
        changes = renamed(snapshot, server, &earlier, facts);
    }
    changes.extend(earlier.iter().map(|one| {
        let Header { guid, version, .. } = one.header;
        Change::Remove { guid, version }
    }));
    changes.push(Change::Create(Object::ExchangeCertificate(certificate.clone())));
    changes
}

/// The connectors whose TlsCertificateName is that of a certificate that goes: authorities change the name they issue
/// under, and a Send connector whose certificate is not here sends nothing.
fn renamed(
    snapshot: &Snapshot,
    server: &ObjectName,
    earlier: &[&Arc<ExchangeCertificate>],
    facts: &Facts,
) -> Vec<Change> {
    let of = |facts: &Facts| {
        format!("<I>{}<S>{}", facts.issuer, facts.subject).parse::<CertificateName>().ok()
    };
    let Some(new) = of(facts) else { return Vec::new() };
    let read = |one: &ExchangeCertificate| {
        let leaf = CertificateDer::from(one.material.chain.first()?.clone());
        of(&Facts::of(&leaf).ok()?)
    };
    let staying = snapshot.certificates.iter().filter(|one| one.acme_directory.is_none());
    let staying: Vec<_> =
        staying.filter(|one| server.is(&one.server)).filter_map(|c| read(c)).collect();
    let going: Vec<CertificateName> = earlier.iter().filter_map(|one| read(one)).collect();
    let is_gone = |name: &Option<CertificateName>| {
        name.as_ref()
            .is_some_and(|name| going.contains(name) && !staying.contains(name) && *name != new)
    };
    let sending = snapshot.send_connectors.iter().filter(|c| is_gone(&c.tls_certificate_name));
    let sending = sending.map(|connector| {
        let mut connector = SendConnector::clone(connector);
        connector.tls_certificate_name = Some(new.clone());
        Change::Update { object: Object::SendConnector(connector) }
    });
    let receiving = snapshot.receive_connectors.iter();
    let receiving = receiving
        .filter(|c| server.is(&c.server) && is_gone(&c.tls_certificate_name))
        .map(|connector| {
            let mut connector = ReceiveConnector::clone(connector);
            connector.tls_certificate_name = Some(new.clone());
            Change::Update { object: Object::ReceiveConnector(connector) }
        });
    sending.chain(receiving).collect()
}
