//! `[mailboxes]` of `relais.toml`: who keeps the mailboxes of this server, and what they may hold.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};
use delivery::{LmtpAddress, LmtpServer};
use mailbox::Mailboxes;
use model::{ByteSize, Unlimited, session_log::SessionLog};
use serde::Deserialize;
use transport::MailboxStore;

/// The section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MailboxesSection {
    /// Where the LMTP server listens that keeps them; otherwise they are Maildirs in the data directory.
    lmtp: Option<String>,
    /// What a Maildir may hold whose mailbox has no ProhibitSendReceiveQuota.
    quota: Option<Unlimited<ByteSize>>,
}

impl MailboxesSection {
    /// Where the LMTP server listens.
    pub(crate) fn lmtp_address(&self) -> Result<Option<LmtpAddress>> {
        anyhow::ensure!(
            self.lmtp.is_none() || self.quota.is_none(),
            "[mailboxes] quota is set and nobody would use it: with lmtp, quotas are the LMTP server's."
        );
        self.lmtp.as_deref().map(str::parse).transpose().context("[mailboxes] lmtp")
    }

    /// The mailboxes of the server with this data directory.
    pub(crate) fn store(&self, data: &Path, log: &Arc<dyn SessionLog>) -> Result<MailboxStore> {
        if let Some(address) = self.lmtp_address()? {
            return Ok(MailboxStore::Lmtp(LmtpServer::new(address, Arc::clone(log))));
        }
        let quota = self.quota.unwrap_or(Unlimited::Unlimited);
        let maildirs = Mailboxes::new(data.join("mailboxes")).with_default_quota(quota);
        Ok(MailboxStore::Maildirs(maildirs))
    }
}
