//! What a host says, by its behaviour. No I/O: the session asks, this answers.

use std::time::Duration;

use model::{Address, Reply};
use smtp::{AuthOffer, ServerSettings, SizeMode};

use crate::{behaviour::Behaviour, oddity::Oddity};

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
            max_recipients: if self == Self::Odd(Oddity::FewRecipients) { 3 } else { 1000 },
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
            offer_require_tls: modern,
            size: SizeMode::Enabled,
            start_tls: !matches!(self, Self::NoTls | Self::HeloOnly)
                && self.oddity().is_none_or(Oddity::offers_tls),
            require_tls: self == Self::TlsOnly,
            auth: AuthOffer::Never,
            scram: true,
            bearer: None,
            require_hello_name: false,
            require_auth: false,
        }
    }

    /// What is said instead of a greeting.
    pub(crate) fn turns_away(self) -> Option<Reply> {
        match self {
            Self::Busy => {
                let text = "Service not available, too busy; try again later";
                Some(Reply::new(421, (4, 3, 2), text))
            }
            Self::Odd(Oddity::RefusedGreeting) => {
                Some(Reply::new(554, (5, 7, 1), "No mail from you"))
            }
            _ => None,
        }
    }

    /// How long the greeting is held back.
    pub(crate) fn greeting_delay(self) -> Option<Duration> {
        (self == Self::Odd(Oddity::SlowGreeting)).then(|| Duration::from_secs(5))
    }

    /// Whether each byte of a reply is sent alone.
    pub(crate) fn is_piecemeal(self) -> bool {
        self == Self::Odd(Oddity::Fragments)
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
            Self::Odd(oddity) => oddity.refuses_recipient(&name),
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

    /// What is said of a message that is kept.
    pub(crate) fn has_kept(self) -> Reply {
        let status = if self == Self::Odd(Oddity::Contradiction) { (5, 7, 1) } else { (2, 0, 0) };
        Reply::new(250, status, "Kept in the sandbox")
    }
}

impl Oddity {
    /// What is said to RCPT for a recipient of this name, in lower case; `None` is yes.
    fn refuses_recipient(self, name: &str) -> Option<Reply> {
        match self {
            Self::LongReply => {
                Some(Reply::new(550, (5, 1, 1), "No such user, and this is why. ".repeat(1_300)))
            }
            Self::UnusualCode => Some(Reply::new(571, (5, 7, 1), "Delivery not authorized")),
            Self::Contradiction if name.starts_with("no") => {
                Some(Reply::new(550, (2, 1, 5), "Recipient ok, or not"))
            }
            Self::Contradiction if name.starts_with("later") => {
                Some(Reply::new(450, (5, 1, 1), "No such user, for now"))
            }
            Self::NoReset if name.starts_with("no") => {
                Some(Reply::new(550, (5, 1, 1), "No such user here"))
            }
            _ => None,
        }
    }
}
