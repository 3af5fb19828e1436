//! Lets new DKIM keys take over at their date, once their records are in the DNS. Until then the old
//! ones go on signing: nothing leaves with a signature that nobody can verify.

use std::{sync::Arc, time::Duration};

use ::signing::{Algorithm, Finding};
use directory::{Audit, Change, DkimAlgorithms, DkimSigningConfig, Object};
use dns::Resolver;

use crate::{
    core::Core,
    key_records::{Checked, check, key_records},
};

/// How often is looked whether a date has come, or records that were missing.
const AGAIN: Duration = Duration::from_secs(15);

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changed = core.directory.subscribe();
    let mut stop = core.stop.clone();
    loop {
        core.signing.close_keys(&core.directory.snapshot());
        rotate_due(&core).await;
        tokio::select! {
            change = changed.changed() => if change.is_err() { return },
            () = tokio::time::sleep(AGAIN) => {}
            _ = stop.changed() => return,
        }
    }
}

pub(crate) async fn rotate_due(core: &Arc<Core>) {
    let now = core.now();
    let snapshot = core.directory.snapshot();
    let is_due =
        |config: &&Arc<DkimSigningConfig>| config.rotation.due.is_some_and(|due| due <= now);
    let due: Vec<_> = snapshot.dkim_signing_configs.iter().filter(is_due).cloned().collect();
    if due.is_empty() {
        return;
    }
    let resolver = core.fresh_resolver();
    for config in due {
        if is_published(&resolver, &config).await {
            rotate(core, &config).await;
        }
    }
}

/// Whether what the other selector will sign can be verified.
async fn is_published(resolver: &Resolver, config: &DkimSigningConfig) -> bool {
    let used = |algorithm: Algorithm| {
        config.algorithms.contains(match algorithm {
            Algorithm::RsaSha256 => DkimAlgorithms::RSA,
            Algorithm::Ed25519Sha256 => DkimAlgorithms::ED25519,
        })
    };
    let mut records = key_records(config, config.other());
    records.retain(|record| used(record.algorithm));
    let found = check(resolver, &records).await;
    !found.is_empty() && found.iter().all(|c| *c == Checked::Found(Finding::Published))
}

/// Another change at the same moment goes first: the next look finds what it left.
async fn rotate(core: &Arc<Core>, config: &DkimSigningConfig) {
    let mut rotated = config.clone();
    rotated.rotate(core.now());
    let (domain, selector) = (config.domain.clone(), config.other().name.clone());
    let change = Change::Update { object: Object::DkimSigningConfig(rotated) };
    let directory = core.directory.clone();
    let audit = Audit::system("Rotate-DkimSigningConfig");
    let applied = tokio::task::spawn_blocking(move || directory.apply(vec![change], audit)).await;
    match applied {
        Ok(Ok(_)) => tracing::info!(%domain, selector, "new DKIM keys sign from now on"),
        Ok(Err(error)) => tracing::warn!(%domain, %error, "new DKIM keys could not take over yet"),
        Err(_) => tracing::error!(%domain, "the rotation of DKIM keys broke off"),
    }
}
