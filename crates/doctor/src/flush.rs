//! How long the disk takes to flush, and whether it may be believed. `250` is said after a flush: its time is the time
//! a message takes, and a disk that says "done" from its volatile memory loses mail in a power cut.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use texts::{Sentence, checks};

use crate::{finding::Finding, room};

/// Flushes that are measured at most, and for how long.
const MOST: usize = 200;
const LONGEST: Duration = Duration::from_millis(1000);
/// What is appended before each, in bytes: a page, as the write-ahead log of the spool does.
const APPENDED: usize = 4096;
/// A flush that reaches a medium takes longer, unless the device's memory survives a power cut.
const HONEST: Duration = Duration::from_micros(50);
/// Slower than this a client that sends one message after the other notices it.
const SLOW: Duration = Duration::from_millis(20);

/// What the judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where it was measured.
    pub path: PathBuf,
    /// How long each took, the shortest first.
    pub times: Vec<Duration>,
    /// Kind of the file system.
    pub kind: Option<String>,
    /// The block device, and what its queue says of a write cache: `write back` or `write through`.
    pub cache: Option<(PathBuf, String)>,
}

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about one that cannot be removed; its name says whose it is.
        let _ = fs::remove_file(&self.0);
    }
}

/// Measures for a second at most, in a file in `directory` that is removed.
///
/// # Errors
/// When no file can be made, written or flushed there.
pub fn gather(directory: &Path) -> io::Result<Facts> {
    let path = directory.join(format!(".relais-check-{}", std::process::id()));
    let mut options = File::options();
    let mut file = options.append(true).create_new(true).mode(0o600).open(&path)?;
    let scratch = Scratch(path);
    let mut times = measure(&mut file)?;
    drop(file);
    drop(scratch);
    times.sort_unstable();
    Ok(Facts {
        path: directory.to_owned(),
        times,
        kind: room::kind_of(directory),
        cache: cache_of(fs::metadata(directory)?.dev()),
    })
}

fn measure(file: &mut File) -> io::Result<Vec<Duration>> {
    let page = [0x20; APPENDED];
    let begin = Instant::now();
    let mut times = Vec::with_capacity(MOST);
    while times.len() < MOST && (begin.elapsed() < LONGEST || times.is_empty()) {
        file.write_all(&page)?;
        let before = Instant::now();
        file.sync_data()?;
        times.push(before.elapsed());
    }
    Ok(times)
}

/// Of the whole disk, where the file system is on a partition of one.
fn cache_of(device: u64) -> Option<(PathBuf, String)> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let found = fs::canonicalize(format!("/sys/dev/block/{major}:{minor}")).ok()?;
    let queue = [found.as_path(), found.parent()?].map(|place| place.join("queue/write_cache"));
    let file = queue.into_iter().find(|file| file.exists())?;
    let said = fs::read_to_string(&file).ok()?.trim().to_owned();
    let disk = file.parent().and_then(Path::parent).and_then(Path::file_name)?;
    Some((Path::new("/sys/block").join(disk).join("queue/write_cache"), said))
}

/// How slow, how honest, and what cannot be known.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Some(median) = part(&facts.times, 50) else { return Vec::new() };
    let slowest = part(&facts.times, 99).unwrap_or(median);
    let measured = Sentence::new(checks::FLUSH_TAKES)
        .with(facts.path.display())
        .with(shown(median))
        .with(facts.times.len())
        .with(shown(slowest));
    if facts.kind.as_deref().is_some_and(room::is_memory) {
        let text = Sentence::new(checks::FLUSH_IN_MEMORY).with_part(measured);
        return vec![Finding::notice(checks::FLUSH, text)];
    }
    if median < HONEST {
        return vec![too_fast(facts, measured)];
    }
    let rate = (1.0 / median.as_secs_f64()).round();
    let pace = Sentence::new(checks::FLUSH_PACE).with_part(measured).with(rate);
    let pace = if median > SLOW {
        Finding::notice(checks::FLUSH, pace).remedy(checks::FLUSH_SLOW_REMEDY)
    } else {
        Finding::good(checks::FLUSH, pace)
    };
    vec![pace, honesty(facts)]
}

fn too_fast(facts: &Facts, measured: Sentence) -> Finding {
    let text =
        Sentence::new(checks::FLUSH_TOO_FAST).with_part(measured).with_part(cache_said(facts));
    Finding::notice(checks::FLUSH, text).remedy(checks::FLUSH_TOO_FAST_REMEDY)
}

fn honesty(facts: &Facts) -> Finding {
    let text = Sentence::new(checks::FLUSH_HONESTY).with_part(cache_said(facts));
    Finding::good(checks::FLUSH, text)
}

fn cache_said(facts: &Facts) -> Sentence {
    match &facts.cache {
        Some((file, said)) if said == "write back" => {
            Sentence::new(checks::CACHE_WRITE_BACK).with(file.display())
        }
        Some((file, said)) => Sentence::new(checks::CACHE_OTHER).with(file.display()).with(said),
        None => checks::CACHE_UNSEEN.into(),
    }
}

/// So many of a hundred are not longer.
fn part(sorted: &[Duration], of_hundred: usize) -> Option<Duration> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(last * of_hundred / 100).copied()
}

fn shown(span: Duration) -> String {
    let micros = span.as_micros();
    if micros < 1000 {
        format!("{micros} µs")
    } else {
        format!("{:.1} ms", span.as_secs_f64() * 1000.0)
    }
}

/// What is said where nothing could be measured.
#[must_use]
pub fn unmeasured(directory: &Path, error: &io::Error) -> Finding {
    let failed = Sentence::new(checks::FLUSH_UNMEASURED).with(directory.display()).with(error);
    match error.kind() {
        io::ErrorKind::NotFound => {
            let text = Sentence::new(checks::FLUSH_NOT_YET).with(directory.display());
            Finding::notice(checks::FLUSH, text).remedy(checks::FLUSH_NOT_YET_REMEDY)
        }
        io::ErrorKind::PermissionDenied => {
            Finding::notice(checks::FLUSH, failed).remedy(checks::AS_ROOT_OR_SERVER)
        }
        _ => Finding::bad(checks::FLUSH, failed).remedy(Sentence::verbatim("dmesg | tail")),
    }
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

    fn facts(micros: &[u64]) -> Facts {
        Facts {
            path: "/var/lib/relais/spool".into(),
            times: micros.iter().map(|one| Duration::from_micros(*one)).collect(),
            kind: Some("ext4".to_owned()),
            cache: Some(("/sys/block/sda/queue/write_cache".into(), "write back".to_owned())),
        }
    }

    #[test]
    fn speed_and_honesty_are_judged() {
        use Verdict::{Good, Notice};
        let times: Vec<u64> = (1..=100).map(|n| n * 100).collect();
        let found = judge(&facts(&times));
        assert_eq!(found[0].verdict, Good);
        assert!(
            found[0].text(English).contains("5.0 ms (median of 100; 99 of 100 within 9.9 ms)"),
            "{found:?}"
        );
        assert!(found[0].text(English).contains("about 200 messages a second"), "{found:?}");
        assert!(found[1].text(English).contains("only cutting the power shows"), "{found:?}");
        let slow = judge(&facts(&[30_000]));
        assert_eq!(slow[0].verdict, Notice);
        assert!(slow[0].text(English).contains("about 33 messages"), "{slow:?}");
        let fast = judge(&facts(&[10, 20, 30]));
        assert_eq!((fast.len(), fast[0].verdict), (1, Notice));
        assert!(
            fast[0].text(English).contains("/sys/block/sda/queue/write_cache says write back"),
            "{fast:?}"
        );
        assert!(fast[0].advice(English).contains("hdparm -W"), "{fast:?}");
        let through = Some(("/sys/block/vda/queue/write_cache".into(), "write through".to_owned()));
        let fast = judge(&Facts { cache: through, ..facts(&[10]) });
        assert!(fast[0].text(English).contains("sends no flush"), "{fast:?}");
        let memory = judge(&Facts { kind: Some("tmpfs".to_owned()), ..facts(&[1]) });
        assert!(memory[0].text(English).contains("says nothing of a disk"), "{memory:?}");
        assert!(judge(&facts(&[])).is_empty());
    }

    #[test]
    fn measuring_ends_and_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let begin = Instant::now();
        let found = gather(place.path()).unwrap();
        assert!(!found.times.is_empty() && found.times.len() <= MOST);
        assert!(found.times.is_sorted());
        assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        let nowhere = place.path().join("nowhere");
        let error = gather(&nowhere).unwrap_err();
        assert_eq!(unmeasured(&nowhere, &error).verdict, Verdict::Notice);
        assert_eq!(unmeasured(&nowhere, &io::Error::other("full")).verdict, Verdict::Bad);
    }
}
