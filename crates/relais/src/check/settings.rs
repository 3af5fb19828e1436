//! `relais.toml`: whether it can be read, by whom it has to be, whether its values go together, and whether the files it
//! names are there.

use std::path::Path;

use anyhow::Result;
use delivery::LmtpAddress;
use doctor::{Account, Finding, account::Want};
use texts::{Sentence, checks};

use crate::{config::Config, paths::DEFAULT_CONFIG, serve::adapter};

/// The settings, with what is to be said of the file; or what keeps them from being read.
pub(super) fn read(file: &Path) -> Result<(Config, Finding), Box<Finding>> {
    if !file.exists() && file == Path::new(DEFAULT_CONFIG) {
        let text = Sentence::new(checks::NO_SETTINGS).with(DEFAULT_CONFIG);
        return Ok((Config::default(), Finding::good(checks::SETTINGS, text)));
    }
    match Config::read(file) {
        Ok(config) => {
            let text = Sentence::new(checks::SETTINGS_READ).with(file.display());
            Ok((config, Finding::good(checks::SETTINGS, text)))
        }
        Err(error) => {
            let is_closed = error
                .chain()
                .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
                .any(|cause| cause.kind() == std::io::ErrorKind::PermissionDenied);
            let remedy = if is_closed { checks::AS_ROOT } else { checks::SETTINGS_KEYS };
            let text = Sentence::phrase(format!("{error:#}"));
            Err(Box::new(Finding::bad(checks::SETTINGS, text).remedy(remedy)))
        }
    }
}

/// Values that are refused at the start or mean trouble, and files that the account of the server cannot use.
pub(super) fn judge(config: &Config, file: &Path, account: &Account) -> Vec<Finding> {
    let mut findings = refused(config);
    findings.extend(for_tests(config));
    findings.extend(files(config, file, |path, want| account.reaches(path, want)));
    findings.extend(lmtp_socket(config, |path, want| account.reaches(path, want)));
    findings
}

/// What a start would be refused with.
fn refused(config: &Config) -> Vec<Finding> {
    let checks: [(Result<()>, &str); 8] = [
        (config.resources.settings().map(drop), "back-pressure.md"),
        (config.admin.sessions().map(drop), "configuration.md"),
        (config.acme.settings().map(drop), "certificates.md"),
        (config.delivery.particular_replies().map(drop), "configuration.md"),
        (config.frontend.lent(config.tls.mta_sts_port).map(drop), "front-end.md"),
        (config.dns.validator().map(drop), "transport-security.md"),
        (config.mailboxes.lmtp_address().map(drop), "mailboxes.md"),
        (contradictions(config), "front-end.md"),
    ];
    let refused = checks.into_iter().filter_map(|(check, docs)| Some((check.err()?, docs)));
    let told = refused.map(|(error, docs)| {
        let text = Sentence::new(checks::START_REFUSED).with_phrase(format!("{error:#}"));
        Finding::bad(checks::SETTINGS, text)
            .remedy(Sentence::new(checks::START_REFUSED_REMEDY).with(docs))
    });
    told.collect()
}

/// With lookups through front ends no DNS server of this machine's may be named. Others may not even be readable.
fn contradictions(config: &Config) -> Result<()> {
    if config.delivery.lookups_through_front_ends {
        config.dns.validator()?;
        adapter(config, None).map(drop)
    } else {
        Ok(())
    }
}

/// What is made for tests and does harm elsewhere.
fn for_tests(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.delivery.loopback_next_hops {
        findings.push(
            Finding::notice(checks::SETTINGS, checks::LOOPBACK_FOR_TESTS)
                .remedy(checks::TAKE_IT_OUT),
        );
    }
    if config.tls.mta_sts_port != 443 {
        let text = Sentence::new(checks::STS_PORT_FOR_TESTS).with(config.tls.mta_sts_port);
        findings.push(Finding::notice(checks::SETTINGS, text).remedy(checks::TAKE_IT_OUT));
    }
    findings
}

fn files(
    config: &Config,
    file: &Path,
    reaches: impl Fn(&Path, Want) -> Result<(), Sentence>,
) -> Vec<Finding> {
    let own = file.exists().then(|| (Sentence::new(checks::THE_SETTINGS), file, false));
    let named = config
        .files()
        .into_iter()
        .map(|(key, path, is_run)| (Sentence::verbatim(key), path, is_run));
    let all = own.into_iter().chain(named);
    let wrong = all.filter_map(|(key, path, is_run)| {
        let want = if is_run { Want::Enter } else { Want::Read };
        let why = reaches(path, want).err()?;
        let text = Sentence::new(checks::FILE_UNUSABLE);
        let text = text.with_part(key).with(path.display()).with_part(why);
        let remedy = if path.exists() {
            let right = if is_run { "rx" } else { "r" };
            Sentence::new(checks::FILE_UNUSABLE_REMEDY).with(path.display()).with(right)
        } else {
            checks::FILE_MISSING_REMEDY.into()
        };
        Some(Finding::bad(checks::FILE, text).remedy(remedy))
    });
    wrong.collect()
}

/// Whether the socket of the LMTP server that has the mailboxes can be connected to.
fn lmtp_socket(
    config: &Config,
    reaches: impl Fn(&Path, Want) -> Result<(), Sentence>,
) -> Option<Finding> {
    let Ok(Some(LmtpAddress::Unix(path))) = config.mailboxes.lmtp_address() else { return None };
    let why = reaches(&path, Want::Write).err()?;
    let text = Sentence::new(checks::LMTP_UNREACHED).with(path.display()).with_part(why);
    Some(Finding::bad(checks::MAILBOXES, text).remedy(checks::LMTP_UNREACHED_REMEDY))
}

#[cfg(test)]
mod tests {
    use doctor::Verdict;
    use texts::Language::English;

    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn doctor_says_what_a_start_would_be_refused_with() {
        for (text, said) in [
            ("[dns]\ntrust_anchor_file = \"/x\"", "validator"),
            ("[acme]\ndomains = [\"a.example\"]", "terms_agreed"),
            (
                "[dns]\nservers = [\"127.0.0.1:53\"]\n[delivery]\nlookups_through_front_ends = true",
                "front ends",
            ),
            ("[delivery]\ndowngrade_replies = [\"x\"]", "downgrade_replies"),
            ("[mailboxes]\nlmtp = \"/run/lmtp\"\nquota = \"2 GB\"", "nobody would use it"),
            ("[resources]\nresource_monitoring_interval = \"01:00:00\"", "resources"),
        ] {
            let found = refused(&config(text));
            assert_eq!((found.len(), found[0].verdict), (1, Verdict::Bad), "{found:?}");
            assert!(found[0].text(English).contains(said), "{found:?}");
        }
        assert!(refused(&config("")).is_empty());
        let tests = config("[delivery]\nloopback_next_hops = true\n[tls]\nmta_sts_port = 8443");
        assert_eq!(for_tests(&tests).len(), 2);
        assert!(for_tests(&config("")).is_empty());
    }

    #[test]
    fn doctor_looks_at_every_file_that_is_named() {
        let text = "[tls]\ntrusted_ca_files = [\"/ca.pem\"]\n[dns]\ntrust_anchor_file = \"/root.key\"\n\
                    [acme]\ndns_hook = \"/hook\"\n[acme.external_account]\nkid = \"k\"\nkey_file = \"/eab.key\"";
        let config = config(text);
        let found = files(&config, Path::new("/nowhere/relais.toml"), |path, want| {
            if path == Path::new("/hook") && want == Want::Enter {
                Ok(())
            } else {
                Err(Sentence::verbatim("no"))
            }
        });
        let named = ["/ca.pem", "/root.key", "/eab.key"];
        assert_eq!(found.len(), named.len(), "{found:?}");
        for name in named {
            assert!(found.iter().any(|one| one.text(English).contains(name)), "{name}: {found:?}");
        }
    }

    #[test]
    fn doctor_looks_whether_the_lmtp_server_can_be_reached() {
        let lmtp = |keys: &str| config(&format!("[mailboxes]\n{keys}"));
        let (socket, port) =
            (lmtp("lmtp = \"/run/dovecot/lmtp\""), lmtp("lmtp = \"127.0.0.1:24\""));
        let closed = |path: &Path, want| match (path.to_str(), want) {
            (Some("/run/dovecot/lmtp"), Want::Write) => {
                Err(Sentence::verbatim("permission denied"))
            }
            _ => panic!("{path:?}, {want:?}"),
        };
        let found = lmtp_socket(&socket, closed).unwrap();
        assert!(found.text(English).contains("permission denied"), "{found:?}");
        assert_eq!(found.verdict, Verdict::Bad);
        assert!(lmtp_socket(&socket, |_, _| Ok(())).is_none());
        assert!(lmtp_socket(&port, closed).is_none() && lmtp_socket(&lmtp(""), closed).is_none());
    }

    #[test]
    fn doctor_names_the_key_that_is_not_known() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("relais.toml");
        std::fs::write(&file, "[listen]\nadmn = \"127.0.0.1:443\"").unwrap();
        let finding = read(&file).unwrap_err();
        assert!(
            finding.text(English).contains("admn") && finding.verdict == Verdict::Bad,
            "{finding:?}"
        );
    }
}
