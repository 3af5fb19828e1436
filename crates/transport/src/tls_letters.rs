//! Sends the daily reports of what became of TLS to whoever asks for them in the DNS (RFC 8460).

use std::{sync::Arc, time::Duration};

use model::{Address, AddressDomain, BodyType, Envelope, Guid, ReversePath};
use reception::{Intake, Source, Submitted};
use tls_report::{Letter, Report, Reporter, ReportingAddress, reporting_addresses};

use crate::{core::Core, intake::Door, tls_reports::Due};

/// How often is looked whether a report is due, and what was counted is written down.
const AGAIN: Duration = Duration::from_secs(60);
/// Addresses of one domain that get a report.
const MOST_ADDRESSES: usize = 10;
/// What stands as the command that a report was written with.
const NAME: &str = "TLS report";

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        send_due(&core).await;
        let stops = tokio::select! {
            () = tokio::time::sleep(AGAIN) => false,
            _ = stop.changed() => true,
        };
        let reports = Arc::clone(&core.tls_reports);
        let _ = tokio::task::spawn_blocking(move || reports.keep()).await;
        if stops {
            return;
        }
    }
}

/// Sends the reports whose time has come.
pub(crate) async fn send_due(core: &Arc<Core>) {
    for due in core.tls_reports.take_due() {
        let snapshot = core.directory.snapshot();
        if !snapshot.organization.transport.tls_reporting_enabled {
            continue;
        }
        let texts = core.resolvers_now().external.txt_below("_smtp._tls", &due.domain).await;
        let addresses = match texts {
            Err(dns::DnsError::NoSuchDomain) => continue,
            Err(dns::DnsError::Temporary(_)) => {
                let left = due.left.clone();
                core.tls_reports.put_back(due, left);
                continue;
            }
            Ok(texts) => reporting_addresses(&texts).unwrap_or_default(),
        };
        let Some(sender) = sender(core, &due) else { continue };
        let left = send(core, &due, &sender, addresses).await;
        if !left.is_empty() {
            core.tls_reports.put_back(due, left);
        }
    }
}

/// Who reports, and from which address.
fn sender(core: &Core, due: &Due) -> Option<(Reporter, Address)> {
    let snapshot = core.directory.snapshot();
    let domain = snapshot.default_domain()?.clone();
    // Whoever reports on himself has nothing to learn.
    if snapshot.is_internal(&AddressDomain::Name(due.domain.clone())) {
        return None;
    }
    let configured = snapshot.organization.transport.external_postmaster_address.clone();
    let postmaster = || Address::new("postmaster", &AddressDomain::Name(domain.clone())).ok();
    let from = configured.or_else(postmaster)?;
    let reporter = Reporter {
        organization: snapshot.organization.name.clone(),
        contact: from.to_string(),
        domain,
    };
    Some((reporter, from))
}

/// Sends a report to each address; the web servers that have not taken it.
async fn send(
    core: &Arc<Core>,
    due: &Due,
    (reporter, from): &(Reporter, Address),
    addresses: Vec<ReportingAddress>,
) -> Vec<String> {
    let number = Guid::new_v4().to_string();
    let whole = (due.domain.clone(), due.tally.clone());
    let report = Report::new(whole, due.day, reporter.clone(), &number);
    let is_first = due.left.is_empty();
    let mut left = Vec::new();
    for address in addresses.into_iter().take(MOST_ADDRESSES) {
        match address {
            ReportingAddress::Mail(to) if is_first => mail(core, &report, from, to).await,
            ReportingAddress::Https(url) if is_first || due.left.contains(&url) => {
                if !post(core, &report, &url).await {
                    left.push(url);
                }
            }
            ReportingAddress::Mail(_) | ReportingAddress::Https(_) => {}
        }
    }
    left
}

/// Brings a report to a web server (RFC 8460 section 3); whether it was taken.
async fn post(core: &Arc<Core>, report: &Report, url: &str) -> bool {
    let resolver = core.resolvers_now().external;
    let body = report.gzip().into();
    let posted = core.courier.post(url, &resolver, "application/tlsrpt+gzip", body).await;
    match &posted {
        Ok(()) => tracing::info!(domain = %report.domain, url, "TLS report sent"),
        Err(why) => tracing::warn!(domain = %report.domain, url, why, "TLS report not sent"),
    }
    posted.is_ok()
}

async fn mail(core: &Arc<Core>, report: &Report, from: &Address, to: Address) {
    let door = Door(Arc::clone(core));
    let (network_id, at) = (Guid::new_v4(), core.now());
    let content = Letter { report, from, to: &to, network_id, at }.compose();
    let envelope = Envelope {
        body: BodyType::SevenBit,
        ..Envelope::plain(ReversePath::Address(from.clone()), vec![to.clone()])
    };
    let submitted = Submitted {
        id: door.next_id(),
        network_id,
        trace: String::new(),
        envelope,
        content: content.into(),
        source: Source::Management { cmdlet: NAME, client: None },
    };
    match door.accept(submitted).await {
        Ok(_) => tracing::info!(domain = %report.domain, %to, "TLS report sent"),
        Err(refusal) => {
            tracing::warn!(domain = %report.domain, %to, reply = %refusal.0, "TLS report not sent");
        }
    }
}
