//! Messages that servers of the organization hand to each other: what the next server is told of one, what is
//! believed of it, and which are not taken.

use std::collections::BTreeSet;

use directory::Snapshot;
use model::{HopAttributes, ObjectName, Reply, Timestamp};
use queue::DeliveryType;
use spool::{MessageRecord, Origin};

use crate::{
    categorizer::{Categorizer, Placement},
    queued::QueuedMessage,
};

/// What the next server is told of a message that goes to it for these recipients.
pub(crate) fn attributes(message: &QueuedMessage, recipients: &[u32]) -> HopAttributes {
    let record = &message.record;
    HopAttributes {
        network_id: record.network_id,
        accepted_at: record.accepted_at,
        band: record.band,
        stranger: record.stranger,
        delay_told: message.all_told(recipients),
        size: record.limited_size(),
        client: record.origin.client(),
    }
}

/// When a message was accepted that says so of itself: not later than now, whatever the other server's clock says.
pub(crate) fn accepted_at(told: &HopAttributes, now: Timestamp) -> Timestamp {
    told.accepted_at.min(now)
}

/// Why a message is not taken from another server: routing here would hand it back. The servers' directories differ for
/// a moment, or an administrator has redirected it to a server that is no source of its connector. There it waits.
pub(crate) fn goes_back(
    snapshot: &Snapshot,
    server: &ObjectName,
    record: &MessageRecord,
) -> Option<Reply> {
    let Origin::Server { server: from, .. } = &record.origin else { return None };
    let categorizer = Categorizer::new(snapshot, server);
    let keys = (0..record.envelope.recipients.len() as u32).filter_map(|index| {
        match categorizer.place(record, index) {
            Placement::Queue(key, _) => Some(key),
            Placement::Fail(..) => None,
        }
    });
    let relays: BTreeSet<_> = keys
        .filter(|key| key.delivery_type == DeliveryType::SmtpRelayToConnectorSourceServers)
        .collect();
    let back = relays
        .iter()
        .filter_map(|key| snapshot.send_connector_by_guid(key.connector))
        .find(|connector| {
            connector.source_transport_servers.iter().any(|name| name.eq_ignore_ascii_case(from))
        })?;
    let text = format!(
        "Send connector {} is used by {from} and not by this server: the servers' directories differ",
        back.name
    );
    Some(Reply::new(451, (4, 4, 6), text))
}

#[cfg(test)]
mod tests;
