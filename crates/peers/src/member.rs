//! Whose certificate it is.

use std::sync::Arc;

use directory::{Server, Snapshot};
use rustls::pki_types::CertificateDer;

/// The Mailbox server whose certificate this is, as the directory has it now. The certificate's authority and role were
/// verified in the handshake, but the server may have lost the role, or have gone, since it was made.
pub fn member<'a>(
    snapshot: &'a Snapshot,
    certificate: &CertificateDer<'_>,
) -> Option<&'a Arc<Server>> {
    let mut servers = snapshot.servers.iter().filter(|server| server.is_mailbox_server);
    servers.find(|server| tls::is_named(certificate, server.fqdn.as_str()))
}
