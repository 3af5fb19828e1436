//! The machine's clock: certificates, signatures, expiry and every log depend on it.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use model::Timestamp;
use texts::{Sentence, checks};

use crate::finding::Finding;

/// How long `timedatectl` may take.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A file may be this much newer than the clock says before that means anything.
const TOLERANCE: Duration = Duration::from_secs(24 * 3600);
/// Programs that keep a clock right.
const KEEPERS: [&str; 5] = ["chronyd", "systemd-timesyn", "ntpd", "ntpd-rs", "openntpd"];

/// What the judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What the clock says.
    pub now: SystemTime,
    /// When the file of this program was made.
    pub program: Option<SystemTime>,
    /// Whether the kernel knows the clock to be right; `None` where nobody says.
    pub is_synchronized: Option<bool>,
    /// A program that keeps it right and runs.
    pub keeper: Option<String>,
    /// Time zone, such as `Europe/Paris`.
    pub zone: Option<String>,
}

/// Looks at the machine.
#[must_use]
pub fn gather() -> Facts {
    let program = std::env::current_exe().and_then(fs::metadata).and_then(|file| file.modified());
    Facts {
        now: SystemTime::now(),
        program: program.ok(),
        is_synchronized: by_kernel().or_else(by_file),
        keeper: keeper(),
        zone: zone(),
    }
}

/// By the kernel (adjtimex(2), STA_UNSYNC), which `timedatectl` asks, whoever keeps the clock.
fn by_kernel() -> Option<bool> {
    let mut command = Command::new("timedatectl");
    command.args(["show", "--property=NTPSynchronized", "--value"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(_)) => break,
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
            _ => {
                // It cannot be waited for any longer, and holds nothing.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
    let output = child.wait_with_output().ok()?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What systemd-timesyncd leaves once it has set the clock.
fn by_file() -> Option<bool> {
    Path::new("/run/systemd/timesync/synchronized").exists().then_some(true)
}

fn keeper() -> Option<String> {
    let all = procfs::process::all_processes().ok()?;
    let mut names = all.flatten().filter_map(|process| Some(process.stat().ok()?.comm));
    names.find(|name| KEEPERS.contains(&name.as_str()))
}

fn zone() -> Option<String> {
    let target = fs::read_link("/etc/localtime").ok()?;
    let text = target.to_string_lossy();
    text.split_once("zoneinfo/").map(|(_, zone)| crate::plain(zone))
}

/// Whether it can be right, and whether somebody keeps it so.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let now = shown(facts.now);
    if let Some(program) = facts.program
        && facts.now + TOLERANCE < program
    {
        let text = Sentence::new(checks::CLOCK_BEHIND).with(&now).with(shown(program));
        return vec![Finding::bad(checks::CLOCK, text).remedy(checks::CLOCK_SET)];
    }
    let zone = facts.zone.as_ref().map_or_else(
        || Sentence::verbatim(""),
        |zone| Sentence::new(checks::CLOCK_ZONE).with(zone),
    );
    let alone = |text| Sentence::new(text).with(&now).with_part(zone.clone());
    let kept = |text, keeper| Sentence::new(text).with(keeper).with(&now).with_part(zone.clone());
    vec![match (facts.is_synchronized, &facts.keeper) {
        (Some(true), _) => Finding::good(checks::CLOCK, alone(checks::CLOCK_SYNCHRONIZED)),
        (Some(false), Some(keeper)) => {
            Finding::notice(checks::CLOCK, kept(checks::CLOCK_UNSYNCHRONIZED, keeper))
                .remedy(checks::CLOCK_UNSYNCHRONIZED_REMEDY)
        }
        (Some(false), None) => Finding::notice(checks::CLOCK, alone(checks::CLOCK_UNKEPT))
            .remedy(checks::CLOCK_INSTALL),
        (None, Some(keeper)) => Finding::good(checks::CLOCK, kept(checks::CLOCK_KEPT, keeper)),
        (None, None) => Finding::notice(checks::CLOCK, alone(checks::CLOCK_UNKNOWN))
            .remedy(checks::CLOCK_UNKNOWN_REMEDY),
    }]
}

fn shown(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).iso()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    #[test]
    fn a_clock_that_nobody_keeps_or_that_is_behind_is_told() {
        use Verdict::{Bad, Good, Notice};
        let at = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        let facts = |is_synchronized, keeper: Option<&str>| Facts {
            now: at(20_000),
            program: Some(at(19_000)),
            is_synchronized,
            keeper: keeper.map(str::to_owned),
            zone: Some("Europe/Paris".to_owned()),
        };
        for (is, keeper, verdict, said) in [
            (Some(true), None, Good, "synchronized: 2024-10-04T00:00:00"),
            (Some(false), Some("chronyd"), Notice, "though chronyd runs"),
            (Some(false), None, Notice, "nobody keeps it right"),
            (None, Some("ntpd"), Good, "ntpd runs"),
            (None, None, Notice, "cannot be seen"),
        ] {
            let found = &judge(&facts(is, keeper))[0];
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(
                found.text(English).contains(said) && found.text(English).contains("Europe/Paris"),
                "{found:?}"
            );
        }
        let behind = Facts { now: at(100), ..facts(Some(true), None) };
        assert_eq!(judge(&behind)[0].verdict, Bad);
        let hardly = Facts { program: Some(at(20_001)), ..facts(Some(true), None) };
        assert_eq!(judge(&hardly)[0].verdict, Good);
    }

    #[test]
    fn this_machine_is_read_in_time() {
        let begin = Instant::now();
        let facts = gather();
        assert!(facts.program.is_some_and(|made| made <= facts.now + TOLERANCE));
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    }
}
