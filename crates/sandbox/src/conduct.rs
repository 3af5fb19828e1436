//! What a host says, by its behaviour. No I/O: the session asks, this answers.

use std::time::Duration;

use model::{Address, Reply};
use smtp::{AuthOffer, ServerSettings, SizeMode};

use crate::catalog::Behaviour;

const LARGEST_MESSAGE: u64 = 150 << 20;
const SMALL_MESSAGE: u64 = 64 << 10;

impl Behaviour {
    /// The settings of a session with the host `name`.
    pub(crate) fn settings(self, name: &str) -> ServerSettings {
        let modern = !matches!(self, Self::SevenBit | Self::HeloOnly);
        ServerSettings {
            fqdn: name.to_owned(),
            banner: None,
            max_message_size: if self == Self::Small { SMALL_MESSAGE } else { LARGEST_MESSAGE },
            max_header_size: 1 << 20,
            max_recipients: 1000,
            max_hops: 100,
            max_protocol_errors: Some(20),
            max_logon_failures: Some(3),
            // A slow host answers one command at a time.
            pipelining: self != Self::Slow,
            chunking: modern,
            eight_bit_mime: modern,
            dsn: modern,
            enhanced_status_codes: true,
            smtputf8: modern,
            size: SizeMode::Enabled,
            start_tls: !matches!(self, Self::NoTls | Self::HeloOnly),
            require_tls: self == Self::TlsOnly,
            auth: AuthOffer::Never,
            require_hello_name: false,
            require_auth: false,
        }
    }

    /// What is said instead of a greeting.
    pub(crate) fn turns_away(self) -> Option<Reply> {
        (self == Self::Busy)
            .then(|| Reply::new(421, (4, 3, 2), "Service not available, too busy; try again later"))
    }

    /// How long each reply is held back.
    pub(crate) fn delay(self) -> Option<Duration> {
        (self == Self::Slow).then(|| Duration::from_secs(2))
    }

    /// Whether mail for other domains is taken too: good hosts also serve as smart hosts, and
    /// aliases lead to them.
    pub(crate) fn relays(self) -> bool {
        self == Self::Good
    }

    /// What is said to RCPT; `None` is yes. `is_known` tells whether this sender has tried this
    /// recipient before.
    pub(crate) fn refuses_recipient(self, to: &Address, is_known: bool) -> Option<Reply> {
        let name = to.local_part().to_ascii_lowercase();
        let unknown = || Reply::new(550, (5, 1, 1), "No such user here");
        match self {
            Self::Reject => Some(unknown()),
            Self::Mixed if name.starts_with("no") => Some(unknown()),
            Self::Mixed if name.starts_with("later") => {
                Some(Reply::new(450, (4, 2, 1), "Mailbox busy, try again later"))
            }
            Self::Full => Some(Reply::new(452, (4, 2, 2), "Mailbox full")),
            Self::Greylist if !is_known => {
                Some(Reply::new(451, (4, 7, 1), "Greylisted, please try again later"))
            }
            _ => None,
        }
    }

    /// What is said to a whole message; `None` is yes.
    pub(crate) fn refuses_message(self) -> Option<Reply> {
        (self == Self::RejectData)
            .then(|| Reply::new(554, (5, 7, 1), "Message refused because of its content"))
    }
}
