//! MTA-STS policies of other domains: where they are kept, and how the hosts that give them out are reached.

use std::{io, sync::Arc};

use delivery::Outward;
use dns::Resolver;
use futures_util::future::BoxFuture;
use model::DomainName;
use mta_sts::{BoxedStream, Connect, Policies, first_that_answers};

use crate::settings::TransportSettings;

/// Reaches the hosts of policies as web servers are reached: in the sandbox that is its own Internet.
struct ByOutward {
    outward: Outward,
    /// Instead of 443.
    port: u16,
}

impl Connect for ByOutward {
    fn connect<'a>(
        &'a self,
        host: &'a DomainName,
        _port: u16,
        resolver: &'a Resolver,
    ) -> BoxFuture<'a, io::Result<BoxedStream>> {
        Box::pin(async move {
            let reach = |address| self.outward.reach(address);
            first_that_answers((host, self.port), resolver, reach).await
        })
    }
}

/// The policies that were kept.
///
/// # Errors
/// When their directory cannot be made or listed.
pub(crate) async fn open(settings: &TransportSettings, outward: Outward) -> io::Result<Policies> {
    let connect: Arc<dyn Connect> = Arc::new(ByOutward { outward, port: settings.policy_port });
    let (directory, clock) = (settings.policies.clone(), Arc::clone(&settings.clock));
    let trust = Arc::clone(&settings.trust);
    let opening =
        tokio::task::spawn_blocking(move || Policies::open(&directory, clock, trust, connect));
    opening.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
