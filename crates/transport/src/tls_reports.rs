//! Counts what became of TLS with the hosts of domains, and says which of it is to be reported now (RFC 8460).
//!
//! What was counted outlives a restart but for the last minutes. Reports of a day leave within four hours
//! after its end, each domain at its own moment, so that not everybody's arrive at once (section 4.1).

use std::{fs, io, path::PathBuf, sync::Arc};

use delivery::CountSessions;
use model::{Clock, DomainName, TimeSpan, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tls_report::{DomainTally, ReportDay, Session, Tally};

/// Reports of a day leave within so long after its end.
const SPREAD: TimeSpan = TimeSpan::hours(4);
/// So long a report is tried that cannot be brought, or whose address cannot be looked up (section 4.1: at
/// least 24 hours).
const GIVE_UP: TimeSpan = TimeSpan::hours(28);
/// Reports sent in one look.
const AT_ONCE: usize = 200;
/// Reports that wait at most.
const MOST_DUE: usize = 40_000;
/// Larger than anything this program writes there.
const LARGEST: u64 = 256 << 20;
/// What has been counted, and what is to be reported.
pub(crate) struct TlsReports {
    clock: Arc<dyn Clock>,
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    day: Option<ReportDay>,
    tally: Tally,
    due: Vec<Due>,
    #[serde(skip)]
    has_changed: bool,
}

/// A domain's day that is to be reported.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) domain: DomainName,
    pub(crate) day: ReportDay,
    pub(crate) tally: DomainTally,
    /// Web servers that have not taken it yet; all that the DNS names where none is here.
    #[serde(default)]
    pub(crate) left: Vec<String>,
    /// When it is tried next, in milliseconds since 1970.
    at: i64,
}

impl State {
    /// Begins a new day where one has ended.
    fn turn(&mut self, today: ReportDay) {
        let before = self.day.replace(today);
        let Some(day) = before.filter(|day| *day < today) else { return };
        let ended = Timestamp::from_millis((day.end() + 1) * 1_000);
        for (domain, tally) in std::mem::take(&mut self.tally).into_domains() {
            if self.due.len() < MOST_DUE {
                let at = (ended + moment_of(&domain)).as_millis();
                self.due.push(Due { domain, day, tally, left: Vec::new(), at });
            }
        }
        self.has_changed = true;
    }
}

/// When, after the end of a day, a domain is told: always the same for one domain.
fn moment_of(domain: &DomainName) -> TimeSpan {
    let mixed = domain.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    TimeSpan::millis(mixed % SPREAD.as_millis().max(1))
}

impl CountSessions for TlsReports {
    fn count(&self, session: Session) {
        let today = ReportDay::of(self.clock.now());
        let mut state = self.state.lock();
        state.turn(today);
        state.tally.count(session);
        state.has_changed = true;
    }
}

impl TlsReports {
    /// With what was written down before. Blocks on the disk.
    pub(crate) fn open(file: PathBuf, clock: Arc<dyn Clock>) -> Self {
        let state = read(&file).unwrap_or_else(|error| {
            tracing::warn!(%error, file = %file.display(), "what was counted for TLS reports cannot be read");
            State::default()
        });
        Self { clock, file, state: Mutex::new(state) }
    }

    /// Writes down what has been counted since the last time. Blocks on the disk.
    pub(crate) fn keep(&self) {
        let written = {
            let mut state = self.state.lock();
            if !std::mem::take(&mut state.has_changed) {
                return;
            }
            serde_json::to_vec(&*state)
        };
        let kept = written.map_err(io::Error::from).and_then(|bytes| {
            let new = self.file.with_extension("new");
            fs::write(&new, bytes)?;
            fs::rename(new, &self.file)
        });
        if let Err(error) = kept {
            tracing::warn!(%error, file = %self.file.display(), "what was counted for TLS reports cannot be written");
        }
    }

    /// Those whose time has come.
    pub(crate) fn take_due(&self) -> Vec<Due> {
        let now = self.clock.now().as_millis();
        let mut state = self.state.lock();
        state.turn(ReportDay::of(self.clock.now()));
        let due: Vec<usize> =
            (0..state.due.len()).filter(|i| state.due[*i].at <= now).take(AT_ONCE).collect();
        state.has_changed |= !due.is_empty();
        due.into_iter().rev().map(|i| state.due.swap_remove(i)).collect()
    }

    /// Tries a report again in an hour, unless it is too old: at those web servers alone that are left, if any
    /// are.
    pub(crate) fn put_back(&self, due: Due, left: Vec<String>) {
        let now = self.clock.now();
        let ended = Timestamp::from_millis((due.day.end() + 1) * 1_000);
        if now < ended + GIVE_UP {
            let at = (now + TimeSpan::hours(1)).as_millis();
            self.state.lock().due.push(Due { at, left, ..due });
        }
    }
}

fn read(file: &PathBuf) -> io::Result<State> {
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::default()),
        Err(error) => return Err(error),
        Ok(facts) if facts.len() > LARGEST => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too large"));
        }
        Ok(_) => {}
    }
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_ends_is_due_within_four_hours_once() {
        let day = ReportDay::of(Timestamp::from_millis(0));
        let mut state = State { day: Some(day), ..State::default() };
        for domain in ["a.example", "b.example"] {
            state.tally.count(Session {
                domain: domain.parse().unwrap(),
                applied: tls_report::Applied::none(),
                host: "mx".to_owned(),
                local: None,
                remote: None,
                failure: None,
            });
        }
        state.turn(day);
        assert!(state.due.is_empty() && !state.tally.is_empty());
        let midnight = Timestamp::from_millis((day.end() + 1) * 1_000);
        state.turn(ReportDay::of(midnight));
        state.turn(ReportDay::of(midnight + TimeSpan::days(1)));
        assert_eq!(state.due.len(), 2);
        for due in &state.due {
            let at = Timestamp::from_millis(due.at);
            assert!(at >= midnight && at < midnight + SPREAD);
        }
        assert_ne!(state.due[0].at, state.due[1].at);
    }
}
