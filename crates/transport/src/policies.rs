//! MTA-STS policies of other domains: where they are kept, and how the hosts that give them out are reached.

use std::{io, sync::Arc};

use delivery::Dialer;
use dns::Resolver;
use futures_util::future::BoxFuture;
use model::DomainName;
use mta_sts::{BoxedStream, Connect, Policies, first_that_answers};

use crate::settings::TransportSettings;

/// Reaches the hosts of policies as mail hosts are reached: in the sandbox that is its own Internet.
struct ByDialer {
    dialer: Arc<dyn Dialer>,
    /// Instead of 443.
    port: u16,
}

impl Connect for ByDialer {
    fn connect<'a>(
        &'a self,
        host: &'a DomainName,
        _port: u16,
        resolver: &'a Resolver,
    ) -> BoxFuture<'a, io::Result<BoxedStream>> {
        Box::pin(async move {
            let dial = |address| self.dialer.dial(address, None);
            first_that_answers((host, self.port), resolver, dial).await
        })
    }
}

/// The policies that were kept.
///
/// # Errors
/// When their directory cannot be made or listed.
pub(crate) async fn open(settings: &TransportSettings) -> io::Result<Policies> {
    let connect: Arc<dyn Connect> =
        Arc::new(ByDialer { dialer: Arc::clone(&settings.dialer), port: settings.policy_port });
    let (directory, clock) = (settings.policies.clone(), Arc::clone(&settings.clock));
    let trust = Arc::clone(&settings.trust);
    let opening =
        tokio::task::spawn_blocking(move || Policies::open(&directory, clock, trust, connect));
    opening.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
