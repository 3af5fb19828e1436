use std::{path::Path, time::Duration};

use model::{ByteSize, ManualClock, TimeSpan, Unlimited};
use tempfile::TempDir;

use super::*;
use crate::files::list;

const FORMAT: LogFormat = LogFormat {
    prefix: "MSGTRK",
    log_type: "Message Tracking Log",
    fields: "date-time,what",
    durable: true,
};
const NOON: i64 = 1_795_521_600_000; // 2026-11-24T12:00:00Z

fn settings(folder: &Path) -> LogSettings {
    LogSettings {
        folder: Some(folder.to_owned()),
        max_file_size: Unlimited::Limited(ByteSize::kb(1)),
        max_directory_size: Unlimited::Unlimited,
        max_age: TimeSpan::days(30),
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(NOON)))
}

fn start(settings: LogSettings, clock: &Arc<ManualClock>) -> LogFiles {
    LogFiles::start(FORMAT, settings, None, Arc::clone(clock) as Arc<dyn Clock>).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    list(folder, "MSGTRK").unwrap().iter().map(|f| f.name.file_name("MSGTRK")).collect()
}

fn rows(folder: &Path) -> Vec<String> {
    let files = names(folder);
    let texts = files.iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    let lines: Vec<String> =
        texts.flat_map(|t| t.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.into_iter().filter(|line| !line.starts_with('#')).collect()
}

async fn soon(what: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_secs(20), what).await.unwrap();
}

#[tokio::test]
async fn a_file_begins_with_its_header() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("logs/MessageTracking");
    let log = start(settings(&folder), &clock());
    log.write(Timestamp::from_millis(NOON + 7), |row| {
        row.text("a,b");
    });
    soon(log.flush()).await;
    let text = std::fs::read_to_string(folder.join("MSGTRK20261124-1.log")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        text,
        format!(
            "#Software: Relais\n#Version: {version}\n#Log-Type: Message Tracking Log\n#Date: 2026-11-24T12:00:00.000Z\n#Fields: date-time,what\n2026-11-24T12:00:00.007Z,\"a,b\"\n"
        )
    );
}

#[tokio::test]
async fn files_are_followed_by_the_next_and_the_count_goes_on_after_a_restart() {
    let place = TempDir::new().unwrap();
    let clock = clock();
    for _ in 0..2 {
        let log = start(settings(place.path()), &clock);
        for i in 0..100 {
            log.write(clock.now(), |row| {
                row.display(i);
            });
        }
    }
    let files = list(place.path(), "MSGTRK").unwrap();
    assert!(files.iter().all(|f| f.size <= 1024), "{files:?}");
    let numbers: Vec<u64> = files.iter().map(|f| f.name.number).collect();
    assert_eq!(numbers, (1..=files.len() as u64).collect::<Vec<_>>());
    assert!(files.len() > 6);
    let written: Vec<String> = rows(place.path());
    let expected = (0..100).chain(0..100).map(|i| format!("2026-11-24T12:00:00.000Z,{i}"));
    assert_eq!(written, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_row_stands_in_a_file_of_its_day() {
    let place = TempDir::new().unwrap();
    let log = start(settings(place.path()), &clock());
    for day in [1, 0, 1] {
        log.write(Timestamp::from_millis(NOON - day * 86_400_000), |row| {
            row.display(day);
        });
    }
    soon(log.flush()).await;
    assert_eq!(names(place.path()), ["MSGTRK20261123-1.log", "MSGTRK20261124-1.log"]);
    assert_eq!(rows(place.path()).len(), 3);
}

#[tokio::test]
async fn settings_count_at_once() {
    let (place, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let clock = clock();
    let log = start(settings(place.path()), &clock);
    let write = |text: &'static str| {
        log.write(clock.now(), |row| {
            row.text(text);
        });
    };
    write("first");
    soon(log.flush()).await;
    log.configure(LogSettings::OFF);
    assert!(!log.is_on());
    write("nobody keeps this");
    soon(log.flush()).await;
    log.configure(settings(other.path()));
    write("second");
    soon(log.flush()).await;
    assert_eq!(rows(place.path()), ["2026-11-24T12:00:00.000Z,first"]);
    assert_eq!(rows(other.path()), ["2026-11-24T12:00:00.000Z,second"]);
    let few = LogSettings {
        max_directory_size: Unlimited::Limited(ByteSize::kb(3)),
        ..settings(other.path())
    };
    log.configure(few);
    for _ in 0..300 {
        write("third");
        soon(log.flush()).await;
    }
    let total: u64 = list(other.path(), "MSGTRK").unwrap().iter().map(|f| f.size).sum();
    assert!((2_000..=3_072).contains(&total), "{total}");
}

#[tokio::test]
async fn old_days_and_what_all_logs_have_too_much_are_deleted() {
    let place = TempDir::new().unwrap();
    let foreign = place.path().join("MSGTRKMA20200101-1.log");
    for old in [&place.path().join("MSGTRK20261001-1.log"), &foreign] {
        std::fs::write(old, "x").unwrap();
    }
    let cap = Arc::new(DirectoryCap::new(place.path(), 2_500));
    let clock = clock();
    let log = LogFiles::start(FORMAT, settings(place.path()), Some(cap), clock.clone()).unwrap();
    for _ in 0..100 {
        log.write(clock.now(), |row| {
            row.text("row");
        });
    }
    soon(log.flush()).await;
    let files = list(place.path(), "MSGTRK").unwrap();
    assert!(files.iter().all(|f| f.name.number > 1), "{files:?}");
    assert!(files.iter().map(|f| f.size).sum::<u64>() <= 2_500, "{files:?}");
    assert!(foreign.exists(), "the file of another log stays");
}

#[tokio::test]
async fn what_cannot_be_written_waits_and_says_that_it_is_full() {
    let place = TempDir::new().unwrap();
    let blocked = place.path().join("folder");
    std::fs::write(&blocked, "not a folder").unwrap();
    let clock = clock();
    let large = LogSettings { max_file_size: Unlimited::Unlimited, ..settings(&blocked) };
    let log = start(large, &clock);
    let text = "x".repeat(8_000);
    let mut count = 0;
    while !log.is_full() {
        log.write(clock.now(), |row| {
            row.text(&text);
        });
        count += 1;
        assert!(count < 10_000);
    }
    assert!(count > 1_000, "{count} rows are not much");
    let waits = tokio::spawn({
        let log = log.clone();
        async move { log.room().await }
    });
    assert!(!waits.is_finished());
    std::fs::remove_file(&blocked).unwrap();
    soon(async { waits.await.unwrap() }).await;
    soon(log.flush()).await;
    assert_eq!(rows(&blocked).len(), count);
}

#[tokio::test]
async fn a_file_somebody_deleted_is_followed_by_another() {
    let place = TempDir::new().unwrap();
    let clock = clock();
    let log = start(settings(place.path()), &clock);
    for _ in 0..2 {
        log.write(clock.now(), |row| {
            row.text("row");
        });
        soon(log.flush()).await;
        assert_eq!(rows(place.path()).len(), 1);
        std::fs::remove_file(place.path().join(&names(place.path())[0])).unwrap();
    }
}

#[tokio::test]
async fn what_a_failed_sync_left_uncertain_is_written_again() {
    let place = TempDir::new().unwrap();
    let (clock, buffer) = (clock(), Arc::new(Buffer::new(false)));
    let large = LogSettings { max_file_size: Unlimited::Unlimited, ..settings(place.path()) };
    let writer = Writer::new(FORMAT, large, None, clock.clone(), Arc::clone(&buffer));
    // The second file's first sync fails too: a disk in trouble must not fill with files.
    let mut outcomes = [true, false, false].into_iter();
    let sync = move |file: &std::fs::File| match outcomes.next() {
        Some(false) => Err(io::Error::from_raw_os_error(5)),
        _ => file.sync_data(),
    };
    let log = LogFiles::run(FORMAT, buffer, writer.syncing_with(Box::new(sync))).unwrap();
    let write = |what: &'static str| {
        log.write(clock.now(), |row| {
            row.text(what);
        });
    };
    write("certain");
    soon(log.flush()).await;
    write("uncertain");
    let flushed = tokio::time::timeout(Duration::from_millis(300), log.flush()).await;
    assert!(flushed.is_err(), "the sync failed, and so did the next");
    write("later");
    soon(log.flush()).await;
    assert_eq!(names(place.path()), ["MSGTRK20261124-1.log", "MSGTRK20261124-2.log"]);
    let text = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    assert!(text("MSGTRK20261124-1.log").ends_with("Z,certain\n"));
    let row = |what| format!("2026-11-24T12:00:00.000Z,{what}");
    assert_eq!(rows(place.path()), ["certain", "uncertain", "later"].map(row));
}

#[test]
fn whole_rows_are_taken_while_they_fit() {
    use crate::files::writer::fitting;
    assert_eq!(fitting(b"aa\nbb\ncc\n", 100), 9);
    assert_eq!(fitting(b"aa\nbb\ncc\n", 7), 6);
    assert_eq!(fitting(b"aa\nbb\n", 1), 3, "one row at least");
    assert_eq!(fitting(b"aa\nbb\n", 0), 3);
}
