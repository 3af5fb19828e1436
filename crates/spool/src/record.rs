//! What is kept of a message beside its content, and its stored form.
//!
//! The stored form is one version byte and a compact encoding. A version once released is
//! never changed: a new one gets a new number and the old one stays readable.

use std::{net::IpAddr, sync::Arc};

use model::{Envelope, Guid, MessageId, Timestamp, TlsRequirement};
use serde::{Deserialize, Serialize};

use crate::{SpoolError, rows::LAST_BAND};

const VERSION_1: u8 = 1;
/// With the band between the version and the rest; where that is not the normal one.
const VERSION_2: u8 = 2;
/// As version 2, of a message that came from a stranger.
const VERSION_3: u8 = 3;
/// With what is so of the message (a sum of the following) and the band; where anything is so that the others
/// cannot say.
const VERSION_4: u8 = 4;

/// The newest of them. A spool notes it, so that a version that does not know them refuses it as a whole
/// and does not take good mail for damaged.
pub(crate) const NEWEST: u64 = VERSION_4 as u64;

/// It came from a stranger.
const STRANGER: u8 = 1;
/// It was sent with REQUIRETLS.
const REQUIRE_TLS: u8 = 2;
/// Its header says that TLS is not required.
const TLS_NOT_REQUIRED: u8 = 4;

/// The band of what nobody marked, and of all records of version 1.
const NORMAL: u8 = 1;

/// How a message came to us. New variants go to the end, so that stored records stay readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Through a Receive connector, from a client.
    Smtp {
        /// The connector's name.
        connector: String,
        /// The client's address.
        client: IpAddr,
    },
    /// A delivery status notification made here about this message.
    Dsn {
        /// The message reported on.
        about: MessageId,
    },
    /// From a file of the Pickup directory.
    Pickup {
        /// The file's name, in printable characters.
        file: String,
    },
    /// From a file of the Replay directory.
    Replay {
        /// The file's name, in printable characters.
        file: String,
        /// The first client that gave the message to a server, as the file says.
        client: Option<IpAddr>,
        /// How it came to that server, as the file says.
        source: Option<String>,
    },
    /// From somebody who is signed in to the management interface.
    Management {
        /// The cmdlet.
        cmdlet: String,
        /// Where he was.
        client: Option<IpAddr>,
    },
    /// From another server of the organization, which had accepted it before.
    Server {
        /// The Receive connector's name.
        connector: String,
        /// The other server's name.
        server: String,
        /// The client that gave it to the first server, where there was one.
        client: Option<IpAddr>,
        /// Its size in bytes when that accepted it.
        size: u64,
    },
    /// From a program on this host, by `sendmail`.
    Maildrop {
        /// The file's name, in printable characters.
        file: String,
        /// The user id of the file's owner.
        owner: u32,
    },
}

impl Origin {
    /// The client that first gave the message to a server, where one is known.
    #[must_use]
    pub fn client(&self) -> Option<IpAddr> {
        match self {
            Self::Smtp { client, .. } => Some(*client),
            Self::Replay { client, .. }
            | Self::Management { client, .. }
            | Self::Server { client, .. } => *client,
            Self::Dsn { .. } | Self::Pickup { .. } | Self::Maildrop { .. } => None,
        }
    }
}

/// All that is known of a message but its content. Shared, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its number on this server.
    pub id: MessageId,
    /// Follows the message over hops.
    pub network_id: Guid,
    /// When it was accepted: by the first server of the organization that had it.
    pub accepted_at: Timestamp,
    /// 0 high, 1 normal, 2 low, as in the rows.
    #[serde(skip, default = "normal")]
    pub band: u8,
    /// Whether it came from a client that had not signed in and may not send to anywhere: nobody
    /// vouches for its author. Versions before 3 did not say, which counts as no.
    #[serde(skip)]
    pub stranger: bool,
    /// Whether its header says `TLS-Required: No` (RFC 8689). Versions before 4 did not say, which counts
    /// as no.
    #[serde(skip)]
    pub tls_not_required: bool,
    /// Size of the content in bytes.
    pub size: u64,
    /// Whether the content has bytes above 127.
    pub eight_bit: bool,
    /// Where it came from.
    pub origin: Origin,
    /// The decoded subject, at most 255 characters.
    pub subject: Option<String>,
    /// The Message-ID field's value, with angle brackets.
    pub internet_message_id: Option<String>,
    /// Our own trace field(s), CRLF lines, put on top when the message goes out.
    pub trace: String,
    /// The envelope as accepted.
    pub envelope: Arc<Envelope>,
}

fn normal() -> u8 {
    NORMAL
}

impl MessageRecord {
    /// What is wanted of TLS for it. REQUIRETLS counts more than the header (RFC 8689 section 4.1); of a
    /// report from `<>` neither it nor the header demands anything.
    #[must_use]
    pub fn tls_requirement(&self) -> TlsRequirement {
        match (self.envelope.require_tls, self.tls_not_required) {
            (true, _) if self.envelope.demands_tls() => TlsRequirement::Required,
            (true, _) | (false, false) => TlsRequirement::Default,
            (false, true) => TlsRequirement::NotRequired,
        }
    }

    /// The size in bytes that limits are about: what servers of ours have put on top since it was accepted does not
    /// count.
    #[must_use]
    pub fn limited_size(&self) -> u64 {
        match self.origin {
            Origin::Server { size, .. } => size.min(self.size),
            _ => self.size,
        }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, SpoolError> {
        let so = [
            (self.stranger, STRANGER),
            (self.envelope.require_tls, REQUIRE_TLS),
            (self.tls_not_required, TLS_NOT_REQUIRED),
        ];
        let so: u8 = so.iter().filter(|(is_so, _)| *is_so).map(|(_, bit)| bit).sum();
        let head = match (so, self.band) {
            (0, NORMAL) => vec![VERSION_1],
            (0, band) => vec![VERSION_2, band],
            (STRANGER, band) => vec![VERSION_3, band],
            (so, band) => vec![VERSION_4, so, band],
        };
        postcard::to_extend(self, head).map_err(|e| SpoolError::Write(e.to_string()))
    }

    pub(crate) fn decode(id: u64, bytes: &[u8]) -> Result<Self, SpoolError> {
        let damaged = |reason: String| SpoolError::Damaged { id, reason };
        const ALL: u8 = STRANGER | REQUIRE_TLS | TLS_NOT_REQUIRED;
        let (so, band, rest) = match bytes {
            [VERSION_1, rest @ ..] => (0, NORMAL, rest),
            [VERSION_2, band @ 0..=LAST_BAND, rest @ ..] => (0, *band, rest),
            [VERSION_3, band @ 0..=LAST_BAND, rest @ ..] => (STRANGER, *band, rest),
            // What is not known here may be a promise to the sender.
            [VERSION_4, so @ 0..=ALL, band @ 0..=LAST_BAND, rest @ ..] => (*so, *band, rest),
            [VERSION_4, ..] => return Err(damaged("unknown properties".to_owned())),
            [VERSION_2 | VERSION_3, ..] => return Err(damaged("unknown priority".to_owned())),
            [version, ..] => return Err(damaged(format!("unknown record version {version}"))),
            [] => return Err(damaged("empty record".to_owned())),
        };
        let mut record: Self = postcard::from_bytes(rest).map_err(|e| damaged(e.to_string()))?;
        record.band = band;
        record.stranger = so & STRANGER != 0;
        record.tls_not_required = so & TLS_NOT_REQUIRED != 0;
        if so & REQUIRE_TLS != 0 {
            Arc::make_mut(&mut record.envelope).require_tls = true;
        }
        if record.id.as_u64() != id || record.envelope.recipients.is_empty() {
            return Err(damaged("the record does not belong to this message".to_owned()));
        }
        Ok(record)
    }
}

/// A message found in the spool at start.
#[derive(Debug, Clone)]
pub struct StoredMessage {
    /// What was stored with it.
    pub record: Arc<MessageRecord>,
    /// Indexes of envelope recipients that are finished (delivered, failed or removed).
    pub finished: Vec<u32>,
    /// Indexes of envelope recipients whose delay has been reported to the sender.
    pub delay_reported: Vec<u32>,
}

/// A message that is damaged: its record cannot be understood, or its content is not what was stored.
/// Nothing of it is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Its number.
    pub id: u64,
    /// What is wrong with it.
    pub reason: String,
}
