//! Which files of a log are deleted: those whose day is over for longer than MaxAge, then the
//! oldest until all fit. The newest is being written and always stays. Pure.

use model::{TimeSpan, Timestamp};

use super::folder::LogFile;

/// How many of `files` (oldest first) are to be deleted, from the front. `excess`: bytes that are
/// too many for a reason of their own (the cap all logs share).
pub(crate) fn to_delete(
    files: &[LogFile],
    now: Timestamp,
    max_age: TimeSpan,
    max_total: u64,
    excess: u64,
) -> usize {
    let Some((_, old)) = files.split_last() else { return 0 };
    let too_old =
        |file: &&LogFile| max_age > TimeSpan::millis(0) && now.since(file.name.day.end()) > max_age;
    let aged = old.iter().take_while(too_old).count();
    let bytes = |files: &[LogFile]| files.iter().map(|f| f.size).fold(0, u64::saturating_add);
    let total = bytes(files);
    let mut left = total - bytes(&files[..aged]);
    let allowed = max_total.min(total.saturating_sub(excess));
    let mut count = aged;
    for file in &old[aged..] {
        if left <= allowed {
            break;
        }
        left -= file.size;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::{LogName, iso::Day};

    const DAY: i64 = 86_400_000;

    fn file(day: i64, number: u64, size: u64) -> LogFile {
        LogFile { name: LogName { day: Day::of(Timestamp::from_millis(day * DAY)), number }, size }
    }

    #[test]
    fn age_counts_from_the_end_of_the_files_day() {
        let files = [file(1, 1, 10), file(1, 2, 10), file(2, 1, 10), file(9, 1, 10)];
        let at = |day: i64, millis: i64| Timestamp::from_millis(day * DAY + millis);
        let month = TimeSpan::days(1);
        assert_eq!(to_delete(&files, at(3, 0), month, u64::MAX, 0), 0);
        assert_eq!(to_delete(&files, at(3, 1), month, u64::MAX, 0), 2);
        assert_eq!(to_delete(&files, at(99, 0), month, u64::MAX, 0), 3, "the newest stays");
        assert_eq!(to_delete(&files, at(99, 0), TimeSpan::millis(0), u64::MAX, 0), 0);
    }

    #[test]
    fn the_oldest_go_until_the_rest_fits() {
        let files = [file(1, 1, 10), file(1, 2, 10), file(2, 1, 10)];
        let now = Timestamp::from_millis(2 * DAY);
        assert_eq!(to_delete(&files, now, TimeSpan::days(30), 30, 0), 0);
        assert_eq!(to_delete(&files, now, TimeSpan::days(30), 29, 0), 1);
        assert_eq!(to_delete(&files, now, TimeSpan::days(30), 1, 0), 2);
        assert_eq!(to_delete(&files, now, TimeSpan::days(30), 30, 11), 2);
        assert_eq!(to_delete(&[], now, TimeSpan::days(30), 0, 5), 0);
    }

    proptest! {
        #[test]
        fn no_more_than_needed_goes(
            sizes in proptest::collection::vec(0u64..100, 1..20),
            most in 0u64..1_000,
        ) {
            let files: Vec<_> = sizes.iter().map(|size| file(1, 1, *size)).collect();
            let count = to_delete(&files, Timestamp::from_millis(DAY), TimeSpan::days(1), most, 0);
            let rest: u64 = sizes[count..].iter().sum();
            prop_assert!(count < files.len());
            prop_assert!(rest <= most || count == files.len() - 1);
            if count > 0 {
                prop_assert!(rest + sizes[count - 1] > most);
            }
        }
    }
}
