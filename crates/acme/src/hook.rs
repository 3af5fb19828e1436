//! TXT records by a program of the administrator's, which knows how their DNS is changed: it is called as
//! `HOOK present NAME VALUE` and `HOOK cleanup NAME VALUE`. It may take two minutes; what it writes to standard error
//! is in the error when it fails.

use std::{path::Path, process::Stdio, time::Duration};

use dns::DnsError;
use model::{DomainName, TimeSpan};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};

use crate::{failure::plain, resolver::FreshResolver};

/// The longest one call may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long is waited for what it has written after its end.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How much of standard error is kept, in bytes.
const KEPT: usize = 4096;
/// The longest between two looks into the DNS.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The label below which challenges stand (RFC 8555 section 8.4).
const LABEL: &str = "_acme-challenge";

/// What the program is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Present,
    Cleanup,
}

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Cleanup => "cleanup",
        }
    }
}

/// The name of the record for a domain.
pub(crate) fn record_name(domain: &DomainName) -> String {
    format!("{LABEL}.{domain}")
}

/// Calls the program.
///
/// # Errors
/// When it cannot be started, fails or takes too long.
pub(crate) async fn call(
    hook: &Path,
    deed: Deed,
    domain: &DomainName,
    value: &str,
) -> Result<(), String> {
    call_within(PATIENCE, hook, deed, domain, value).await
}

async fn call_within(
    patience: Duration,
    hook: &Path,
    deed: Deed,
    domain: &DomainName,
    value: &str,
) -> Result<(), String> {
    let shown = format!("{} {} {}", hook.display(), deed.word(), record_name(domain));
    let mut command = Command::new(hook);
    command.arg(deed.word()).arg(record_name(domain)).arg(value);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    // What it starts itself ends with it.
    command.kill_on_drop(true).process_group(0);
    // Passwords of ours, at a first start.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RELAIS_") {
            command.env_remove(name);
        }
    }
    let child = command.spawn().map_err(|error| format!("{shown} cannot be started: {error}"))?;
    let mut group = Group(child);
    let stderr = group.0.stderr.take();
    let saying = tokio::spawn(async {
        match stderr {
            Some(stderr) => beginning(stderr).await,
            None => String::new(),
        }
    });
    let _ends_with_us = AbortOnDrop(saying.abort_handle());
    let running = async {
        let ended = group.0.wait().await;
        // Somebody it has started may go on and hold standard error.
        let said = timeout(LAST_WORDS, saying).await;
        (ended, said.ok().and_then(Result::ok).unwrap_or_default())
    };
    match timeout(patience, running).await {
        Ok((Ok(status), _)) if status.success() => Ok(()),
        Ok((Ok(status), said)) => {
            let said = if said.is_empty() { "it said nothing".to_owned() } else { said };
            Err(format!("{shown} ended with {status}: {said}"))
        }
        Ok((Err(error), _)) => Err(format!("{shown}: {error}")),
        Err(_) => Err(format!("{shown} did not end within {} seconds", patience.as_secs())),
    }
}

/// Ends a task when whoever needs it is gone.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A program with whatever it has started; ended when nobody waits any more.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // Only while it has not been waited for: the number is nobody else's.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(group) = id {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// The beginning of what is written; the rest is read and dropped.
async fn beginning(mut from: impl AsyncRead + Unpin) -> String {
    let mut kept = Vec::new();
    let mut piece = [0_u8; 1024];
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        let room = KEPT.saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
    }
    plain(&String::from_utf8_lossy(&kept))
}

/// Waits until the DNS, asked afresh each time, shows the record; not at all where `wait` is zero.
///
/// # Errors
/// When it does not in time.
pub(crate) async fn seen(
    resolver: &FreshResolver,
    domain: &DomainName,
    value: &str,
    wait: TimeSpan,
) -> Result<(), String> {
    if wait.as_millis() == 0 {
        return Ok(());
    }
    let end = Instant::now() + wait.as_duration();
    let mut pause = Duration::from_secs(1);
    loop {
        let found = resolver().txt_below(LABEL, domain).await;
        let why = match &found {
            Ok(texts) if texts.iter().any(|text| text == value) => return Ok(()),
            Ok(texts) if texts.is_empty() => "it is not there".to_owned(),
            Ok(_) => "it has other values".to_owned(),
            Err(DnsError::NoSuchDomain) => "it is not there".to_owned(),
            Err(error) => plain(&error.to_string()),
        };
        if Instant::now() + pause > end {
            let name = record_name(domain);
            return Err(format!(
                "the TXT record {name} was not seen in the DNS within {wait}: {why}"
            ));
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

    use super::*;

    fn script(place: &tempfile::TempDir, text: &str) -> PathBuf {
        let path = place.path().join("hook");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    async fn run(text: &str, patience: u64) -> Result<String, String> {
        let place = tempfile::tempdir().unwrap();
        let hook = script(&place, text);
        let domain: DomainName = "mail.contoso.com".parse().unwrap();
        let patience = Duration::from_secs(patience);
        call_within(patience, &hook, Deed::Present, &domain, "-va_lue").await?;
        Ok(fs::read_to_string(place.path().join("out")).unwrap_or_default())
    }

    #[tokio::test]
    async fn the_program_is_told_what_to_do() {
        let said = run("echo \"$#|$1|$2|$3\" > \"$(dirname \"$0\")/out\"; cat", 60).await.unwrap();
        assert_eq!(said.trim(), "3|present|_acme-challenge.mail.contoso.com|-va_lue");
    }

    #[tokio::test]
    async fn what_it_says_is_in_the_error() {
        let refused = run("echo 'no such zone' >&2; exit 3", 60).await.unwrap_err();
        assert!(refused.contains("exit status: 3: no such zone"), "{refused}");
        let refused = run("yes | head -c 1000000 >&2; exit 1", 60).await.unwrap_err();
        assert!(refused.len() < 1000, "{} bytes", refused.len());
        let refused = run("exit 1", 60).await.unwrap_err();
        assert!(refused.ends_with("it said nothing"), "{refused}");
        let missing = Path::new("/nonexistent/hook");
        let domain: DomainName = "contoso.com".parse().unwrap();
        let refused = call(missing, Deed::Cleanup, &domain, "x").await.unwrap_err();
        assert!(refused.contains("cannot be started"), "{refused}");
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_ended_with_what_it_has_started() {
        let begun = std::time::Instant::now();
        let refused = run("sleep 3600 & sleep 3600", 1).await.unwrap_err();
        assert!(refused.contains("did not end within 1 seconds"), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(600));
    }
}
