//! How requests leave that are no mail: DNS questions, policies, access tokens, reports. Directly, or all of
//! them through front ends where this server has no other way.

use std::sync::Arc;

use delivery::Outward;
use dns::{Line, ResolverSettings, Way};

use crate::settings::TransportSettings;

/// The way to web servers, and how the machine's DNS servers are asked.
pub(crate) fn of(settings: &TransportSettings) -> (Outward, ResolverSettings) {
    let adapter = settings.adapter_dns.clone();
    if !settings.lookups_through_front_ends {
        return (Outward::Direct(Arc::clone(&settings.dialer)), adapter);
    }
    let (directory, server) = (settings.directory.clone(), settings.server.clone());
    let outward = Outward::through(settings.front_ends.clone(), directory, server);
    let way = match &outward {
        Outward::FrontEnds(gateway) => Way::Through(Arc::new(Line::new(Arc::clone(gateway) as _))),
        Outward::Direct(_) => Way::Direct,
    };
    (outward, ResolverSettings { way, ..adapter })
}

/// The same way to the same DNS servers, with places of its own.
pub(crate) fn apart(way: &Way) -> Way {
    match way {
        Way::Direct => Way::Direct,
        Way::Through(line) => Way::Through(Arc::new(line.another())),
    }
}

/// Ends what is kept of it.
pub(crate) fn close(way: &Way) {
    if let Way::Through(line) = way {
        line.close();
    }
}
