//! Certificates as they are made and read, before a command takes its turn: keys take long to make, and
//! passwords of files to try.

use certificates::{CertificateError, DistinguishedName, Imported, NewCertificate, Request};
use directory::Snapshot;
use model::{ObjectName, Timestamp};
use serde_json::Value;
use tls::Identity;
use zeroize::Zeroizing;

use crate::binding::{Bound, bytes};
use crate::lookup::one;
use crate::pool::on_pool;
use crate::problem::Problem;

/// Most names in one certificate.
const MOST_NAMES: usize = 100;

/// A certificate that has just been made or read.
pub(crate) enum NewMaterial {
    /// Signed by itself.
    Made(Identity),
    /// Asked for.
    Asked(Request),
    /// Read from a file.
    Read(Imported),
}

impl std::fmt::Debug for NewMaterial {
    /// Nothing of a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewMaterial")
    }
}

/// What a command needs of this; `None` when it needs nothing. With -WhatIf keys are not made.
pub(crate) async fn prepared(
    snapshot: &Snapshot,
    server: &ObjectName,
    bound: &Bound,
    now: Timestamp,
) -> Result<Option<NewMaterial>, Problem> {
    match bound.cmdlet().name {
        "New-ExchangeCertificate" => {
            let wanted = wanted(snapshot, server, bound)?;
            if bound.is_true("WhatIf") {
                return Ok(None);
            }
            let asks = bound.is_true("GenerateRequest");
            let made = on_pool(move || {
                let made = if asks {
                    wanted.request(now).map(NewMaterial::Asked)
                } else {
                    wanted.self_signed(now).map(NewMaterial::Made)
                };
                made.map_err(|error| not_made(&error))
            });
            made.await.map(Some)
        }
        "Import-ExchangeCertificate" => {
            let data = Zeroizing::new(bound.value("FileData").and_then(bytes).unwrap_or_default());
            let password = Zeroizing::new(bound.text("Password").unwrap_or_default());
            let read =
                on_pool(move || Imported::read(&data, &password).map_err(|error| not_read(&error)));
            read.await.map(NewMaterial::Read).map(Some)
        }
        _ => Ok(None),
    }
}

/// What New-ExchangeCertificate is asked to make.
fn wanted(
    snapshot: &Snapshot,
    server: &ObjectName,
    bound: &Bound,
) -> Result<NewCertificate, Problem> {
    let this = Value::from(server.as_str());
    let server = one(&snapshot.servers, "Server", bound.some("Server").unwrap_or(&this))?;
    let mut domains: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.trim().to_lowercase();
        if !name.is_empty() && !domains.contains(&name) {
            domains.push(name);
        }
    };
    for name in bound.texts("DomainName") {
        check_name(&name)?;
        add(&name);
    }
    if bound.is_true("IncludeAcceptedDomains") {
        let accepted = snapshot.accepted_domains.iter().filter_map(|domain| domain.domain());
        accepted.for_each(|domain| add(domain.as_str()));
    }
    if bound.is_true("IncludeServerFQDN") || !bound.has("DomainName") {
        add(server.fqdn.as_str());
    }
    if domains.len() > MOST_NAMES {
        return Err(Problem::bad(format!("A certificate is made for at most {MOST_NAMES} names."))
            .about("DomainName")
            .with_value(domains.len().to_string()));
    }
    let subject = match bound.text("SubjectName") {
        Some(text) => text.parse().map_err(|error: CertificateError| {
            Problem::bad(format!("Parameter 'SubjectName': {error}.")).about("SubjectName")
        })?,
        None => DistinguishedName::common(domains.first().map_or("", String::as_str)),
    };
    let key_size = bound.int("KeySize").map_or(2048, |size| u32::try_from(size).unwrap_or(0));
    if !matches!(key_size, 2048 | 4096) {
        return Err(Problem::bad(format!(
            "Parameter 'KeySize': an RSA key of {key_size} bits is not made."
        ))
        .about("KeySize")
        .with_value(key_size.to_string())
        .allowing("2048, or 4096"));
    }
    Ok(NewCertificate { subject, domains, key_size })
}

/// A name as certificates have it: a domain name, with a star for its first label or without.
fn check_name(name: &str) -> Result<(), Problem> {
    let bare = name.trim().strip_prefix("*.").unwrap_or(name.trim());
    bare.parse::<model::DomainName>().map(drop).map_err(|_| {
        Problem::bad(format!("Parameter 'DomainName': \"{name}\" is not a name of a server."))
            .about("DomainName")
            .with_value(name)
            .allowing("names such as mail.contoso.com or *.contoso.com")
    })
}

fn not_made(error: &CertificateError) -> Problem {
    Problem::internal(format!("The certificate could not be made: {error}."))
}

fn not_read(error: &CertificateError) -> Problem {
    let parameter = if *error == CertificateError::Password { "Password" } else { "FileData" };
    Problem::bad(format!("The file cannot be imported: {error}.")).about(parameter)
}
