//! `[acme]` of `relais.toml`: a certificate that the server obtains and renews itself (docs/certificates.md).

use std::{
    io::Read,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use acme::{AcmeSettings, CertificateDomain, Challenge, Contact, ExternalAccount, KeyKind};
use anyhow::{Context, Result, ensure};
use directory::CertificateServices;
use model::HttpsUrl;
use model::TimeSpan;
use serde::Deserialize;

/// Where certificates come from when nothing else is said: Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Most names of one certificate: what public authorities allow.
const MOST_NAMES: usize = 100;
/// Most contacts.
const MOST_CONTACTS: usize = 10;
/// The longest that a record is waited for.
const LONGEST_WAIT: TimeSpan = TimeSpan::minutes(15);
/// The largest file of a key, in bytes.
const LARGEST_KEY: u64 = 4096;

/// The section. Nothing happens without `domains`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Acme {
    directory: Option<String>,
    contact: Vec<String>,
    domains: Vec<String>,
    challenge: Option<String>,
    http_listen: Option<Vec<SocketAddr>>,
    dns_hook: Option<PathBuf>,
    dns_wait: Option<TimeSpan>,
    terms_agreed: bool,
    services: Option<Vec<String>>,
    key_type: Option<String>,
    reuse_key: bool,
    external_account: Option<External>,
}

/// `[acme.external_account]`: for authorities that know their customers by other accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct External {
    kid: String,
    key_file: PathBuf,
}

impl Acme {
    /// The files that it names: the key, the file, and whether it is run and not read.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &Path, bool)> {
        let hook = self.dns_hook.as_deref().map(|file| ("[acme] dns_hook", file, true));
        let account = self.external_account.as_ref();
        let key = account.map(|account| account.key_file.as_path());
        let key = key.map(|file| ("[acme.external_account] key_file", file, false));
        hook.into_iter().chain(key)
    }

    /// What is to be obtained; nothing where no domain is named.
    ///
    /// # Errors
    /// For the first value that is not allowed.
    pub(crate) fn settings(&self) -> Result<Option<AcmeSettings>> {
        if self.domains.is_empty() {
            return Ok(None);
        }
        self.read().map(Some).context("[acme] of relais.toml")
    }

    fn read(&self) -> Result<AcmeSettings> {
        ensure!(
            self.terms_agreed,
            "terms_agreed false is not allowed. Allowed: true, which says that you agree to the terms of service of \
             the authority (for Let's Encrypt: https://letsencrypt.org/repository/); without it no certificate is \
             asked for"
        );
        let directory = self.directory.as_deref().unwrap_or(LETS_ENCRYPT);
        let directory: HttpsUrl = directory.parse().map_err(|error: model::ValueError| {
            anyhow::anyhow!(
                "directory: \"{}\" {}. Allowed: https://host/path, such as {LETS_ENCRYPT}.",
                error.value,
                error.problem
            )
        })?;
        let domains = self.read_domains()?;
        let challenge = self.read_challenge(&domains)?;
        ensure!(
            self.contact.len() <= MOST_CONTACTS,
            "contact: {} addresses are not allowed. Allowed: up to {MOST_CONTACTS}.",
            self.contact.len()
        );
        let contact = self.contact.iter().map(|text| text.parse::<Contact>());
        Ok(AcmeSettings {
            directory,
            contact: contact.collect::<Result<_, _>>().context("contact")?,
            domains,
            challenge,
            services: self.services.as_deref().map(services).transpose()?,
            key: key_kind(self.key_type.as_deref())?,
            reuse_key: self.reuse_key,
            external_account: self.external_account.as_ref().map(External::read).transpose()?,
        })
    }

    fn read_domains(&self) -> Result<Vec<CertificateDomain>> {
        ensure!(
            self.domains.len() <= MOST_NAMES,
            "domains: {} names are not allowed. Allowed: 1 to {MOST_NAMES}.",
            self.domains.len()
        );
        let mut domains: Vec<CertificateDomain> = Vec::new();
        for text in &self.domains {
            let domain: CertificateDomain = text.parse().context("domains")?;
            ensure!(!domains.contains(&domain), "domains: \"{domain}\" is named twice.");
            domains.push(domain);
        }
        Ok(domains)
    }

    fn read_challenge(&self, domains: &[CertificateDomain]) -> Result<Challenge> {
        match self.challenge.as_deref().unwrap_or("http-01") {
            "http-01" => {
                let wildcard = domains.iter().find(|domain| domain.is_wildcard);
                if let Some(wildcard) = wildcard {
                    anyhow::bail!(
                        "domains: \"{wildcard}\" is not allowed with challenge \"http-01\". Allowed: names \
                         without a star; with challenge = \"dns-01\" others too."
                    );
                }
                let unused =
                    [("dns_hook", self.dns_hook.is_some()), ("dns_wait", self.dns_wait.is_some())];
                only_with("dns-01", &unused)?;
                let listen = self.http_listen.clone().unwrap_or_else(everywhere);
                ensure!(
                    !listen.is_empty(),
                    "http_listen: [] is not allowed. Allowed: addresses with ports."
                );
                Ok(Challenge::Http01 { listen })
            }
            "dns-01" => {
                only_with("http-01", &[("http_listen", self.http_listen.is_some())])?;
                let wait = self.dns_wait.unwrap_or(TimeSpan::minutes(5));
                ensure!(
                    wait <= LONGEST_WAIT,
                    "dns_wait {wait} is not allowed. Allowed: 00:00:00 (nobody looks) to {LONGEST_WAIT}."
                );
                Ok(Challenge::Dns01 { hook: self.hook()?, wait })
            }
            other => anyhow::bail!(
                "challenge \"{other}\" is not allowed. Allowed: \"http-01\", \"dns-01\"."
            ),
        }
    }

    fn hook(&self) -> Result<PathBuf> {
        let hook = self.dns_hook.clone().context(
            "dns_hook is missing: with challenge = \"dns-01\" it names the program that makes the records",
        )?;
        let shown = hook.display();
        let allowed = "Allowed: the absolute path of a program";
        ensure!(hook.is_absolute(), "dns_hook \"{shown}\" is not allowed. {allowed}.");
        let about = std::fs::metadata(&hook)
            .with_context(|| format!("dns_hook \"{shown}\" cannot be found. {allowed}"))?;
        let is_program = about.is_file() && about.permissions().mode() & 0o111 != 0;
        ensure!(is_program, "dns_hook \"{shown}\" is no program that can be run. {allowed}.");
        Ok(hook)
    }
}

/// Port 80 of every address.
fn everywhere() -> Vec<SocketAddr> {
    vec![SocketAddr::from(([0, 0, 0, 0], 80)), SocketAddr::from(([0_u16; 8], 80))]
}

/// Refuses settings of the other challenge.
fn only_with(challenge: &str, set: &[(&str, bool)]) -> Result<()> {
    match set.iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => {
            anyhow::bail!("{name} is allowed only with challenge = \"{challenge}\".")
        }
        None => Ok(()),
    }
}

fn services(texts: &[String]) -> Result<CertificateServices> {
    let mut all = CertificateServices::EMPTY;
    for text in texts {
        all = all.union(match text.as_str() {
            "SMTP" => CertificateServices::SMTP,
            "IIS" => CertificateServices::IIS,
            other => {
                anyhow::bail!("services: \"{other}\" is not allowed. Allowed: \"SMTP\", \"IIS\".")
            }
        });
    }
    ensure!(!all.is_empty(), "services: [] is not allowed. Allowed: \"SMTP\", \"IIS\".");
    Ok(all)
}

fn key_kind(text: Option<&str>) -> Result<KeyKind> {
    match text.unwrap_or("ecdsa") {
        "ecdsa" => Ok(KeyKind::Ecdsa),
        "rsa" => Ok(KeyKind::Rsa),
        other => anyhow::bail!("key_type \"{other}\" is not allowed. Allowed: \"ecdsa\", \"rsa\"."),
    }
}

impl External {
    fn read(&self) -> Result<ExternalAccount> {
        let printable = self.kid.bytes().all(|byte| byte.is_ascii_graphic());
        ensure!(
            printable && (1..=256).contains(&self.kid.len()),
            "[acme.external_account] kid is not allowed. Allowed: 1 to 256 visible characters of ASCII."
        );
        let key = read_key(&self.key_file).with_context(|| {
            format!("[acme.external_account] key_file {}", self.key_file.display())
        })?;
        Ok(ExternalAccount { kid: self.kid.clone(), key })
    }
}

/// The key as authorities give it out: base64url in a line.
fn read_key(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>> {
    use base64::{Engine, alphabet, engine::GeneralPurpose, engine::general_purpose as general};
    let mut text = zeroize::Zeroizing::new(String::new());
    let file = std::fs::File::open(path).context("cannot be read")?;
    file.take(LARGEST_KEY).read_to_string(&mut text).context("cannot be read")?;
    let config = general::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    let url_safe = GeneralPurpose::new(&alphabet::URL_SAFE, config);
    // Nothing of it is repeated in the error.
    let key = url_safe.decode(text.trim()).ok().map(zeroize::Zeroizing::new);
    let key = key.filter(|key| key.len() >= 16);
    key.context("does not hold a key. Allowed: base64url of 16 bytes or more, in one line")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Option<AcmeSettings>> {
        toml::from_str::<Acme>(text)?.settings()
    }

    const GOOD: &str =
        "terms_agreed = true\ndomains = [\"mbx01.contoso.com\", \"mail.contoso.com\"]\n";

    #[test]
    fn nothing_is_obtained_without_domains() {
        assert!(settings("").unwrap().is_none());
        assert!(settings("directory = \"https://x.test/\"\ncontact = [\"a\"]").unwrap().is_none());
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let default = settings(GOOD).unwrap().unwrap();
        assert_eq!(default.directory.to_string(), LETS_ENCRYPT);
        let everywhere = ["0.0.0.0:80", "[::]:80"].map(|at| at.parse().unwrap()).to_vec();
        assert_eq!(default.challenge, Challenge::Http01 { listen: everywhere });
        assert_eq!(
            (default.services, default.key, default.reuse_key),
            (None, KeyKind::Ecdsa, false)
        );
    }

    #[test]
    fn what_is_not_allowed_is_named_with_what_is() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("plain");
        std::fs::write(&file, "not base64 !").unwrap();
        let file = file.display();
        for (text, words) in [
            (
                "domains = [\"mail.contoso.com\"]",
                &["terms_agreed false", "true", "letsencrypt.org"][..],
            ),
            (
                &format!("{GOOD}directory = \"http://x.test/\""),
                &["http://x.test/", "https://host/path"],
            ),
            (&format!("{GOOD}challenge = \"tls-alpn-01\""), &["tls-alpn-01", "http-01", "dns-01"]),
            (&format!("{GOOD}challenge = \"dns-01\""), &["dns_hook"]),
            (
                &format!("{GOOD}challenge = \"dns-01\"\ndns_hook = \"hook\""),
                &["\"hook\"", "absolute"],
            ),
            (
                &format!("{GOOD}challenge = \"dns-01\"\ndns_hook = \"/nowhere/h\""),
                &["/nowhere/h", "found"],
            ),
            (&format!("{GOOD}challenge = \"dns-01\"\ndns_hook = \"{file}\""), &["no program"]),
            (
                &format!(
                    "{GOOD}challenge = \"dns-01\"\ndns_hook = \"/bin/true\"\ndns_wait = \"01:00:00\""
                ),
                &["dns_wait 01:00:00", "00:15:00"],
            ),
            (&format!("{GOOD}dns_hook = \"/bin/true\""), &["dns_hook", "dns-01"]),
            (&format!("{GOOD}contact = [\"tel:1\"]"), &["tel:1", "mailto:"]),
            (&format!("{GOOD}services = [\"IMAP\"]"), &["IMAP", "SMTP", "IIS"]),
            (&format!("{GOOD}services = []"), &["[]", "SMTP", "IIS"]),
            (&format!("{GOOD}key_type = \"dsa\""), &["dsa", "ecdsa", "rsa"]),
            (&format!("{GOOD}nothing = 1"), &["nothing", "dns_hook"]),
            (
                &format!("{GOOD}[external_account]\nkid = \"k\"\nkey_file = \"{file}\""),
                &["key_file", "base64url"],
            ),
            ("terms_agreed = true\ndomains = [\"*.contoso.com\"]", &["*.contoso.com", "dns-01"]),
            ("terms_agreed = true\ndomains = [\"localhost\"]", &["localhost", "mail.contoso.com"]),
            ("terms_agreed = true\ndomains = [\"a.b.com\", \"A.b.com\"]", &["a.b.com", "twice"]),
        ] {
            let refused = format!("{:#}", settings(text).unwrap_err());
            for word in words {
                assert!(refused.contains(word), "{text}: {refused}");
            }
        }
    }

    #[test]
    fn the_key_of_an_external_account_is_base64url() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("key");
        std::fs::write(&file, "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n")
            .unwrap();
        let text =
            format!("{GOOD}[external_account]\nkid = \"kid-1\"\nkey_file = \"{}\"", file.display());
        let external = settings(&text).unwrap().unwrap().external_account.unwrap();
        assert_eq!((external.kid.as_str(), external.key.len()), ("kid-1", 48));
        assert!(!format!("{external:?}").contains("key:"));
    }
}
