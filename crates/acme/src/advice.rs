//! When the authority advises to renew (RFC 9773): asked for now and then, and only advice.

use std::time::Duration;

use instant_acme::{Account, CertificateIdentifier};
use model::{TimeSpan, Timestamp};
use rustls::pki_types::CertificateDer;

/// The shortest time after which it is asked again, and the longest.
const AGAIN: (Duration, Duration) = (Duration::from_secs(3600), Duration::from_secs(86_400));

/// What was advised for a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// Its thumbprint.
    pub(crate) thumbprint: String,
    /// Between which moments, where there was an answer.
    window: Option<(Timestamp, Timestamp)>,
    /// The moment between them that was chosen.
    pub(crate) at: Option<Timestamp>,
    /// When it is asked again.
    pub(crate) again: Timestamp,
}

impl Advice {
    /// None: the authority could not be asked. It is in some hours.
    pub(crate) fn none(thumbprint: &str, now: Timestamp) -> Self {
        Self::of(thumbprint, None, None, 0.0, now + TimeSpan::hours(6))
    }

    /// Asks for it. Without an answer there is none for some hours: most authorities give none.
    pub(crate) async fn ask(
        account: &Account,
        certificate: &CertificateDer<'_>,
        thumbprint: &str,
        earlier: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        let mut window = None;
        let mut again = Duration::from_secs(6 * 3600);
        if let Ok(identifier) = CertificateIdentifier::try_from(certificate) {
            match account.renewal_info(&identifier).await {
                Ok((info, wait)) => {
                    let at = |time: i128| {
                        let millis = i64::try_from(time / 1_000_000).unwrap_or(i64::MAX);
                        Timestamp::from_millis(millis)
                    };
                    let suggested = info.suggested_window;
                    window = Some((
                        at(suggested.start.unix_timestamp_nanos()),
                        at(suggested.end.unix_timestamp_nanos()),
                    ));
                    again = wait;
                }
                Err(error) => tracing::debug!(%error, "no advice when to renew"),
            }
        }
        let again = again.clamp(AGAIN.0, AGAIN.1);
        let again = TimeSpan::millis(u64::try_from(again.as_millis()).unwrap_or(u64::MAX));
        Self::of(thumbprint, window, earlier, rand::random(), now + again)
    }

    /// Chooses a moment; while the advice stays the same it stays too. `chance` is between 0 and 1.
    fn of(
        thumbprint: &str,
        window: Option<(Timestamp, Timestamp)>,
        earlier: Option<&Self>,
        chance: f64,
        again: Timestamp,
    ) -> Self {
        let thumbprint = thumbprint.to_owned();
        // An end before the beginning says nothing.
        let window = window.filter(|(start, end)| end > start);
        let same = earlier.filter(|old| old.thumbprint == thumbprint && old.window == window);
        let at = match (same, window) {
            (Some(same), _) => same.at,
            (None, Some((start, end))) => {
                let width = end.since(start).as_millis();
                let part = (width as f64 * chance.clamp(0.0, 1.0)) as u64;
                Some(start + TimeSpan::millis(part.min(width)))
            }
            (None, None) => None,
        };
        Self { thumbprint, window, at, again }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_chosen_once_for_each_window() {
        let at = |n| Timestamp::from_millis(n);
        let first = Advice::of("A", Some((at(1000), at(2000))), None, 0.25, at(1));
        assert_eq!(first.at, Some(at(1250)));
        let again = Advice::of("A", Some((at(1000), at(2000))), Some(&first), 0.9, at(2));
        assert_eq!((again.at, again.again), (Some(at(1250)), at(2)));
        let moved = Advice::of("A", Some((at(0), at(100))), Some(&first), 0.5, at(3));
        assert_eq!(moved.at, Some(at(50)));
        let other = Advice::of("B", Some((at(1000), at(2000))), Some(&first), 1.0, at(3));
        assert_eq!(other.at, Some(at(2000)));
        assert_eq!(Advice::of("A", Some((at(9), at(8))), Some(&first), 0.5, at(3)).at, None);
        assert_eq!(Advice::of("A", None, Some(&first), 0.5, at(3)).at, None);
    }
}
