//! What became of an attempt, in the words the administrator reads as LastError and the sender
//! reads in a report. The same text stands everywhere (DESIGN section 12).

use dns::DestinationError;
use model::{EnhancedCode, Reply, Severity};
use smtp::NotPossible;

/// What became of one recipient in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The next hop has taken responsibility; its reply.
    Delivered(String),
    /// Refused for now; the message waits for a time of its own.
    Deferred(String),
    /// Refused for good.
    Failed(EnhancedCode, String),
    /// Nothing was decided: the connection ended first. The next hop's ladder decides.
    Untried,
}

impl Outcome {
    /// What a final reply to MAIL, RCPT, DATA or the end of data means.
    pub fn of_reply(reply: &Reply) -> Self {
        match reply.severity() {
            Severity::Positive => Self::Delivered(reply.to_string()),
            // 421 speaks of the connection, not of the message.
            Severity::Transient if reply.code.as_u16() == 421 => Self::Untried,
            Severity::Transient | Severity::Intermediate => Self::Deferred(reply.to_string()),
            Severity::Permanent => Self::Failed(reply.status().permanent(), reply.to_string()),
        }
    }

    /// The next hop cannot take this message as it is, and never will.
    pub fn of_not_possible(reason: &NotPossible, host: &str) -> Self {
        let (status, text) = match reason {
            NotPossible::EightBit => (
                EnhancedCode::new(5, 6, 3),
                format!(
                    "554 5.6.3 {host} does not accept 8-bit content and the message must not be converted"
                ),
            ),
            NotPossible::SmtpUtf8 => (
                EnhancedCode::new(5, 6, 7),
                format!("553 5.6.7 {host} does not accept internationalised addresses (SMTPUTF8)"),
            ),
            NotPossible::RequireTls => (NO_SUPPORT, no_support(host)),
            NotPossible::TooLarge { limit } => (
                EnhancedCode::new(5, 3, 4),
                format!(
                    "552 5.3.4 The message is larger than the {limit} bytes that {host} accepts"
                ),
            ),
        };
        Self::Failed(status, text)
    }
}

/// "REQUIRETLS support required" (RFC 8689 section 8).
pub(crate) const NO_SUPPORT: EnhancedCode = EnhancedCode::new(5, 7, 30);

/// What is said of a host that has shown who it is and does not offer REQUIRETLS.
pub(crate) fn no_support(host: &str) -> String {
    format!(
        "550 {NO_SUPPORT} REQUIRETLS: {host} does not offer REQUIRETLS, with which the message was sent"
    )
}

/// The result of carrying one message.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What became of each recipient (index into the envelope).
    pub recipients: Vec<(u32, Outcome)>,
    /// Why the connection can carry nothing more, when that is so by the other side's fault.
    pub session_failure: Option<String>,
    /// Whether the other side has taken or refused somebody's mail over this connection, now or
    /// before: it works, and a connection that ends then has only had enough, or has died while it was kept.
    pub has_answered: bool,
    /// Whether the other side passes DSN requests on (RFC 3461).
    pub relays_dsn: bool,
    /// The host that answered.
    pub host: String,
}

impl Delivery {
    /// What the other side said where it asks for fewer connections or less mail. There is no code for
    /// that: it is a 4xx that comes with words that are used for nothing else.
    #[must_use]
    pub fn asks_for_less(&self) -> Option<&str> {
        const WORDS: [&str; 9] = [
            "rate limit",
            "ratelimit",
            "too many connections",
            "too many concurrent",
            "throttl",
            "too fast",
            "slow down",
            "server busy",
            "unusual rate",
        ];
        let is_that = |text: &&str| {
            let text = text.to_ascii_lowercase();
            text.starts_with('4') && WORDS.iter().any(|words| text.contains(words))
        };
        let put_off = self.recipients.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Deferred(text) => Some(text.as_str()),
            _ => None,
        });
        self.session_failure.as_deref().into_iter().chain(put_off).find(is_that)
    }
}

/// No connection could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectFailure {
    /// The destination takes no mail and never will; everything for it fails.
    Permanent(EnhancedCode, String),
    /// Not now; the next hop's ladder decides when again.
    Transient(String),
    /// Front End Transport could not be used; nothing was learnt about the next hop, and its
    /// ladder is not climbed.
    FrontEnd(String),
}

impl ConnectFailure {
    /// What a failed look-up means. `downgrade`: ErrorPolicies DowngradeDnsFailures.
    pub fn of_destination(error: &DestinationError, domain: &str, downgrade: bool) -> Self {
        let transient = |why: &str| {
            Self::Transient(format!("451 4.4.0 DNS query failed. The error was: {why}"))
        };
        let permanent = |subject, detail, text: String| {
            if downgrade {
                transient(&text)
            } else {
                let status = EnhancedCode::new(5, subject, detail);
                let code = if (subject, detail) == (1, 10) { 556 } else { 550 };
                Self::Permanent(status, format!("{code} {status} {text}"))
            }
        };
        match error {
            DestinationError::NoSuchDomain => {
                permanent(4, 4, "SMTPSEND.DNS.NonExistentDomain; nonexistent domain".to_owned())
            }
            DestinationError::NoRecords => permanent(
                4,
                4,
                format!("SMTPSEND.DNS.NoRecords; {domain} has neither MX nor address records"),
            ),
            DestinationError::NullMx => {
                permanent(1, 10, format!("SMTPSEND.DNS.NullMx; {domain} accepts no mail (null MX)"))
            }
            DestinationError::LoopsBack => permanent(
                4,
                6,
                format!(
                    "SMTPSEND.DNS.LoopsBack; the mail exchanger of {domain} is this server itself"
                ),
            ),
            DestinationError::NoUsableHost(why) | DestinationError::Temporary(why) => {
                transient(why)
            }
        }
    }

    /// What is read as LastError.
    pub fn text(&self) -> &str {
        match self {
            Self::Permanent(_, text) | Self::Transient(text) | Self::FrontEnd(text) => text,
        }
    }

    /// Every host was tried; `first` is what the best of them did.
    pub fn all_hosts_failed(first: &str) -> Self {
        Self::Transient(format!(
            "451 4.4.0 Primary target IP address responded with: \"{}.\" Attempted failover to \
             alternate host, but that did not succeed. Either there are no alternate hosts, or \
             delivery failed to all alternate hosts.",
            first.trim_end_matches('.')
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_become_outcomes() {
        let of = |code, text: &'static str| {
            Outcome::of_reply(&Reply::new(code, ((code / 100) as u8, 1, 1), text))
        };
        assert!(matches!(of(250, "ok"), Outcome::Delivered(_)));
        assert_eq!(of(450, "later"), Outcome::Deferred("450 4.1.1 later".into()));
        assert_eq!(
            of(550, "no"),
            Outcome::Failed(EnhancedCode::new(5, 1, 1), "550 5.1.1 no".into())
        );
        assert_eq!(of(421, "bye"), Outcome::Untried);
    }

    #[test]
    fn look_ups_become_failures() {
        let of = |e, d| ConnectFailure::of_destination(&e, "example.net", d);
        assert_eq!(
            of(DestinationError::NoSuchDomain, false),
            ConnectFailure::Permanent(
                EnhancedCode::new(5, 4, 4),
                "550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain".into()
            )
        );
        assert!(
            matches!(of(DestinationError::NoSuchDomain, true), ConnectFailure::Transient(t) if t.starts_with("451 4.4.0 DNS query failed"))
        );
        assert!(
            matches!(of(DestinationError::NullMx, false), ConnectFailure::Permanent(_, t) if t.starts_with("556 5.1.10"))
        );
        assert!(matches!(
            of(DestinationError::Temporary("x".into()), false),
            ConnectFailure::Transient(_)
        ));
    }
}
