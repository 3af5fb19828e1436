//! `*-ExchangeCertificate`: certificates kept, enabled, given out and removed.
//!
//! What takes long (keys, files that a password protects) comes with the call. A private key leaves the
//! directory in one way only: sealed in a file by the password that Export-ExchangeCertificate is given.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use certificates::{Facts, Standing};
use directory::{
    CertificateMaterial, CertificateName, CertificateServices, Change, ExchangeCertificate, Header,
    Object, Properties,
};
use model::{ObjectName, Timestamp};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Map, Value, json};
use tls::Identity;

use crate::call::{Call, broken};
use crate::lookup::{Named, one, refuse_same_name, some};
use crate::new_certificates::NewMaterial;
use crate::output::Output;
use crate::problem::Problem;

impl Named for ExchangeCertificate {
    const KIND: &'static str = "certificate";
    const NAME_RULE: &'static str = "EC-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.thumbprint
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    fn is_also_called(&self, text: &str) -> bool {
        self.identity().eq_ignore_ascii_case(text)
            // As Windows shows it.
            || text.split(' ').collect::<String>().eq_ignore_ascii_case(self.thumbprint.as_str())
    }

    fn full_name(&self) -> String {
        self.identity()
    }
}

/// `Get-ExchangeCertificate`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let mut found = of_server(
        call,
        some(&call.snapshot.certificates, "Identity", call.bound.some("Identity"))?,
    )?;
    let names = call.bound.texts("DomainName");
    if !names.is_empty() {
        found.retain(|one| facts(one).is_some_and(|facts| names.iter().any(|n| facts.is_for(n))));
        // As they are chosen: what counts now, what an authority has issued, what counts longest.
        found.sort_by_key(|one| {
            let facts = facts(one);
            let rank = facts.map(|f| {
                let counts = (f.not_before..=f.not_after).contains(&call.prepared.now);
                (
                    one.services.contains(CertificateServices::SMTP),
                    counts,
                    !f.is_self_signed,
                    f.not_after,
                )
            });
            std::cmp::Reverse(rank)
        });
    }
    let objects = found.iter().map(|certificate| shown(call, certificate)).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-ExchangeCertificate`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let asks = call.bound.is_true("GenerateRequest");
    let doing = if asks { "Making a certificate request" } else { "Making a certificate" };
    let (identity, request) = match &call.prepared.certificate {
        Some(NewMaterial::Made(identity)) => (identity, None),
        Some(NewMaterial::Asked(request)) => (&request.placeholder, Some(request.pem.clone())),
        // With -WhatIf.
        _ => return call.change(Vec::new(), doing, Vec::new()),
    };
    let Identity { chain, key: PrivateKeyDer::Pkcs8(key) } = identity else {
        return Err(Problem::internal("The key has another form than it was made in."));
    };
    let mut certificate = fresh(call, chain, Some(key.secret_pkcs8_der()), request)?;
    if !asks && !call.bound.has("Services") {
        certificate.services = CertificateServices::SMTP;
    }
    create(call, certificate, doing, Vec::new())
}

/// `Import-ExchangeCertificate`.
pub(crate) fn import(call: &Call<'_>) -> Result<Output, Problem> {
    let Some(NewMaterial::Read(imported)) = &call.prepared.certificate else {
        return Err(Problem::internal("The file has not been read."));
    };
    let doing = "Importing a certificate";
    if let Some(key) = &imported.key {
        let certificate = fresh(call, &imported.chain, Some(key), None)?;
        return create(call, certificate, doing, Vec::new());
    }
    match awaited(call, &imported.chain)? {
        Some(request) => complete(call, &request, &imported.chain, doing),
        None => {
            let certificate = fresh(call, &imported.chain, None, None)?;
            let warning = "The file has no private key, and no request of this server's waits for this \
                           certificate: it is kept, and cannot be shown.";
            create(call, certificate, doing, vec![warning.to_owned()])
        }
    }
}

/// `Enable-ExchangeCertificate`.
pub(crate) fn enable(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut certificate = ExchangeCertificate::clone(&present);
    call.set_properties(&mut certificate, &[])?;
    if !certificate.services.is_empty() {
        certificate.services = certificate.services.union(present.services);
    }
    if certificate == *present {
        return Ok(call.unchanged(present.thumbprint.as_str()));
    }
    certificate.validate().map_err(broken)?;
    let warnings = distrusted(call, &certificate);
    let doing =
        format!("Showing certificate \"{}\" for {}", present.thumbprint, certificate.services);
    let change = Change::Update { object: Object::ExchangeCertificate(certificate) };
    call.change(vec![change], doing, warnings)
}

/// `Export-ExchangeCertificate`.
pub(crate) fn export(call: &Call<'_>) -> Result<Output, Problem> {
    let certificate = named(call)?;
    let doing = format!("Giving out certificate \"{}\"", certificate.thumbprint);
    let (data, kind) = match &certificate.material.request {
        Some(request) => (request.clone().into_bytes(), "CertificateRequest"),
        None => (protected(call, &certificate)?, "Pfx"),
    };
    // Written to the audit log like a change: it is one for whoever gets the key.
    let mut output = call.change(Vec::new(), doing, Vec::new())?;
    if output.what_if.is_none() {
        output.objects.push(json!({
            "Thumbprint": certificate.thumbprint.as_str(),
            "FileType": kind,
            "FileData": STANDARD.encode(&data),
        }));
    }
    Ok(output)
}

/// `Remove-ExchangeCertificate`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let certificate = named(call)?;
    if let Some(connector) = named_by(call, &certificate) {
        return Err(Problem::new(
            409,
            format!(
                "The certificate {} is the one that TlsCertificateName of \"{connector}\" names.",
                certificate.thumbprint
            ),
        )
        .rule("EC-05")
        .about("Identity")
        .with_value(certificate.thumbprint.as_str())
        .allowing("a certificate that no connector names; change TlsCertificateName first"));
    }
    let Header { guid, version, .. } = certificate.header;
    let doing = format!("Removing certificate \"{}\"", certificate.thumbprint);
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<ExchangeCertificate>, Problem> {
    let candidates = of_server(call, call.snapshot.certificates.clone())?;
    call.identified(&candidates)
}

/// Those of the server that was given.
fn of_server(
    call: &Call<'_>,
    mut certificates: Vec<Arc<ExchangeCertificate>>,
) -> Result<Vec<Arc<ExchangeCertificate>>, Problem> {
    if let Some(server) = call.bound.some("Server") {
        let server = one(&call.snapshot.servers, "Server", server)?;
        certificates.retain(|certificate| server.name.is(&certificate.server));
    }
    Ok(certificates)
}

/// A certificate of the server that was given, or of this one.
fn fresh(
    call: &Call<'_>,
    chain: &[CertificateDer<'_>],
    key: Option<&[u8]>,
    request: Option<String>,
) -> Result<ExchangeCertificate, Problem> {
    let this = Value::from(call.server.as_str());
    let server = one(&call.snapshot.servers, "Server", call.bound.some("Server").unwrap_or(&this))?;
    let facts = chain.first().and_then(|leaf| Facts::of(leaf).ok());
    let unreadable = || Problem::bad("The certificate cannot be read.").about("FileData");
    let thumbprint = facts.and_then(|f| f.thumbprint.parse().ok()).ok_or_else(unreadable)?;
    let mut material = CertificateMaterial {
        chain: chain.iter().map(|one| one.to_vec()).collect(),
        private_key: None,
        request,
    };
    let header = Header::fresh();
    let mut certificate = ExchangeCertificate::with_defaults(
        header,
        server.name.to_string(),
        thumbprint,
        material.clone(),
    );
    if let Some(key) = key {
        let text = zeroize::Zeroizing::new(STANDARD.encode(key));
        let sealed = call.directory.seal(&text, &certificate.context());
        let refused = |_| Problem::internal("The private key could not be encrypted.");
        material.private_key = Some(sealed.map_err(refused)?);
    }
    certificate.material = material;
    call.set_properties(&mut certificate, &[])?;
    Ok(certificate)
}

fn create(
    call: &Call<'_>,
    certificate: ExchangeCertificate,
    doing: &str,
    mut warnings: Vec<String>,
) -> Result<Output, Problem> {
    certificate.validate().map_err(broken)?;
    refuse_same_name(&call.snapshot.certificates, &certificate)?;
    warnings.extend(distrusted(call, &certificate));
    let guid = certificate.header.guid;
    let doing = format!("{doing} \"{}\"", certificate.thumbprint);
    let change = Change::Create(Object::ExchangeCertificate(certificate));
    let output = call.change(vec![change], doing, warnings)?;
    Ok(with_object(call, output, guid))
}

/// The request that waits for this certificate: it has its key.
fn awaited(
    call: &Call<'_>,
    chain: &[CertificateDer<'_>],
) -> Result<Option<Arc<ExchangeCertificate>>, Problem> {
    let key = chain.first().and_then(|leaf| Facts::of(leaf).ok()).map(|f| f.public_key_sha256);
    let waiting = of_server(call, call.snapshot.certificates.clone())?;
    Ok(waiting.into_iter().find(|one| {
        one.is_request() && key.is_some() && facts(one).map(|f| f.public_key_sha256) == key
    }))
}

/// What was asked for has come: it takes the place of its request.
fn complete(
    call: &Call<'_>,
    request: &ExchangeCertificate,
    chain: &[CertificateDer<'_>],
    doing: &str,
) -> Result<Output, Problem> {
    let facts = chain.first().and_then(|leaf| Facts::of(leaf).ok());
    let thumbprint = facts.and_then(|facts| facts.thumbprint.parse().ok());
    let mut certificate = request.clone();
    certificate.thumbprint =
        thumbprint.ok_or_else(|| Problem::bad("The certificate cannot be read."))?;
    certificate.material.chain = chain.iter().map(|one| one.to_vec()).collect();
    certificate.material.request = None;
    call.set_properties(&mut certificate, &[])?;
    certificate.validate().map_err(broken)?;
    refuse_same_name(&call.snapshot.certificates, &certificate)?;
    let guid = certificate.header.guid;
    let doing = format!("{doing} \"{}\"", certificate.thumbprint);
    let change = Change::Update { object: Object::ExchangeCertificate(certificate) };
    let output = call.change(vec![change], doing, Vec::new())?;
    Ok(with_object(call, output, guid))
}

/// The certificate with its key in a file that the password opens.
fn protected(call: &Call<'_>, certificate: &ExchangeCertificate) -> Result<Vec<u8>, Problem> {
    if !certificate.private_key_exportable {
        return Err(Problem::bad(format!(
            "The private key of {} is not given out: PrivateKeyExportable was not $true when it was made or \
             imported.",
            certificate.thumbprint
        ))
        .about("Identity")
        .with_value(certificate.thumbprint.as_str()));
    }
    let password = zeroize::Zeroizing::new(call.bound.text("Password").unwrap_or_default());
    if password.is_empty() {
        return Err(Problem::bad(
            "Parameter 'Password': the file is given out under a password only.",
        )
        .about("Password"));
    }
    let key = certificates::private_key(call.directory, certificate).ok_or_else(|| {
        Problem::internal(
            "The private key is not here, or cannot be opened with this server's key.",
        )
    })?;
    let chain: Vec<_> = chain(certificate);
    certificates::export(&chain, &key, &password)
        .map_err(|error| Problem::internal(format!("The file could not be made: {error}.")))
}

/// Whether this server can show the certificate of that name.
pub(super) fn is_here(call: &Call<'_>, name: &CertificateName) -> bool {
    let ours = call.snapshot.certificates.iter().filter(|one| call.server.is(&one.server));
    ours.filter(|one| one.material.private_key.is_some() && !one.is_request()).any(|one| {
        facts(one).is_some_and(|facts| {
            facts.issuer.to_string() == name.issuer && facts.subject.to_string() == name.subject
        })
    })
}

/// A connector that names it.
fn named_by(call: &Call<'_>, certificate: &ExchangeCertificate) -> Option<String> {
    let facts = facts(certificate)?;
    let names = |name: &Option<CertificateName>| {
        name.as_ref().is_some_and(|name| {
            name.issuer == facts.issuer.to_string() && name.subject == facts.subject.to_string()
        })
    };
    // Another with the same names can take its place.
    let others = call.snapshot.certificates.iter().filter(|one| {
        one.header.guid != certificate.header.guid && one.server == certificate.server
    });
    let mut others = others.filter_map(|one| self::facts(one));
    if others.any(|one| one.issuer == facts.issuer && one.subject == facts.subject) {
        return None;
    }
    let sending = call.snapshot.send_connectors.iter();
    let sending = sending.filter(|c| names(&c.tls_certificate_name)).map(|c| c.name.to_string());
    let receiving = call.snapshot.receive_connectors.iter();
    let receiving = receiving
        .filter(|c| c.server.eq_ignore_ascii_case(&certificate.server))
        .filter(|c| names(&c.tls_certificate_name))
        .map(|c| c.identity());
    sending.chain(receiving).next()
}

/// What an administrator should know who lets a certificate be shown.
fn distrusted(call: &Call<'_>, certificate: &ExchangeCertificate) -> Vec<String> {
    match standing(call, certificate) {
        Standing::Valid => Vec::new(),
        // It is shown to nobody.
        _ if certificate.services.is_empty() => Vec::new(),
        Standing::DateInvalid => vec![format!(
            "The certificate {} does not count at this time: another is shown as long as there is one.",
            certificate.thumbprint
        )],
        _ => vec![format!(
            "The certificate {} is not of an authority that is trusted here: others encrypt to it all the same, \
             but do not know by it who this server is.",
            certificate.thumbprint
        )],
    }
}

fn with_object(call: &Call<'_>, mut output: Output, guid: model::Guid) -> Output {
    let snapshot = call.directory.snapshot();
    let found = snapshot.certificates.iter().find(|c| c.header.guid == guid);
    if output.what_if.is_none() {
        output.objects.extend(found.map(|certificate| shown(call, certificate)));
    }
    output
}

fn chain(certificate: &ExchangeCertificate) -> Vec<CertificateDer<'static>> {
    certificate.material.chain.iter().map(|one| CertificateDer::from(one.clone())).collect()
}

fn facts(certificate: &ExchangeCertificate) -> Option<Facts> {
    chain(certificate).first().and_then(|leaf| Facts::of(leaf).ok())
}

fn standing(call: &Call<'_>, certificate: &ExchangeCertificate) -> Standing {
    if certificate.is_request() {
        return Standing::PendingRequest;
    }
    Standing::of(&chain(certificate), &call.prepared.roots, call.prepared.now)
}

/// The certificate with what is in it.
fn shown(call: &Call<'_>, certificate: &ExchangeCertificate) -> Value {
    let moment = |at: Timestamp| Value::from(at.iso());
    let mut view = certificate.view();
    let mut fill = |name: &str, value: Value| drop(view.insert(name.to_owned(), value));
    if let Some(facts) = facts(certificate) {
        let key: String = facts.public_key_sha256.iter().map(|b| format!("{b:02x}")).collect();
        fill("CertificateDomains", Value::from(facts.domains));
        fill("IsSelfSigned", Value::Bool(facts.is_self_signed));
        fill("Issuer", Value::from(facts.issuer.to_string()));
        fill("KeyAlgorithm", Value::from(facts.key_algorithm));
        fill("NotAfter", moment(facts.not_after));
        fill("NotBefore", moment(facts.not_before));
        fill("PublicKeySize", Value::from(facts.key_size));
        fill("SerialNumber", Value::from(facts.serial_number));
        fill("Subject", Value::from(facts.subject.to_string()));
        // Ours: what is published for DANE (RFC 7671). It stays when the certificate is renewed with its key.
        fill("TlsaRecord", Value::from(format!("3 1 1 {key}")));
    }
    let status = standing(call, certificate);
    let kind = if status == Standing::Valid { "ThirdParty" } else { "None" };
    fill("RootCAType", Value::from(kind));
    fill("Status", Value::from(status.to_string()));
    Value::Object(view)
}
