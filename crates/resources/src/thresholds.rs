//! Where the levels begin, and the level that a value is.
//!
//! A level rises as soon as its threshold is reached and falls to Normal only when the value has
//! come down to the threshold of Normal, which is lower: that much has to be free before mail is
//! taken again. Disks have a *reserve*: High begins where less than it is free, Medium 2 % of the
//! disk before, Normal 4 % before; on a large disk, where 2 % are more than the reserve, one and
//! two reserves before.

use model::{ByteSize, PressureLevel};

/// The documented reserve of the queue database's disk.
pub const DISK_RESERVE: ByteSize = ByteSize::mb(500);
/// The documented reserve of the log disk: three times 384 MB, as that is less than 5 GB.
pub const LOG_DISK_RESERVE: ByteSize = ByteSize::mb(3 * 384);
/// On a disk so small that the documented reserve would be most of it: one part in so many.
const RESERVE_SHARE: u64 = 10;

/// Where the levels of a resource begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// This much is High.
    pub high: u64,
    /// This much is Medium.
    pub medium: u64,
    /// No more than this is Normal again.
    pub normal: u64,
}

impl Thresholds {
    /// The level that `value` is, coming from `before`.
    pub fn level(self, value: u64, before: PressureLevel) -> PressureLevel {
        if value >= self.high {
            PressureLevel::High
        } else if value >= self.medium {
            before.max(PressureLevel::Medium)
        } else if value <= self.normal {
            PressureLevel::Normal
        } else if self.medium >= self.high {
            // A resource without Medium.
            before
        } else {
            before.min(PressureLevel::Medium)
        }
    }
}

/// How the thresholds follow from what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// They do not.
    Fixed(Thresholds),
    /// Percentages of the capacity; no more than `most` for High, the others in proportion.
    Percent {
        /// High, 1 to 100.
        high: u8,
        /// Medium; High where there is none.
        medium: u8,
        /// Normal.
        normal: u8,
        /// However much there is.
        most: Option<u64>,
    },
    /// So much of a disk is to stay free; a tenth of a disk of which it would be more.
    DefaultReserve(ByteSize),
    /// So much of a disk is to stay free.
    Reserve(ByteSize),
}

impl Rule {
    /// The thresholds where there is `capacity`. Without one only fixed thresholds can be
    /// reached.
    pub fn thresholds(self, capacity: Option<u64>) -> Thresholds {
        let Some(size) = capacity else {
            return match self {
                Self::Fixed(thresholds) => thresholds,
                _ => Thresholds { high: u64::MAX, medium: u64::MAX, normal: u64::MAX - 1 },
            };
        };
        match self {
            Self::Fixed(thresholds) => thresholds,
            Self::Percent { high, medium, normal, most } => {
                // What 100 % would be for High to be `most`.
                let whole = most.map_or(size, |m| size.min(percentage(m, 100, high)));
                Thresholds {
                    high: percentage(whole, high, 100),
                    medium: percentage(whole, medium, 100),
                    normal: percentage(whole, normal, 100),
                }
            }
            Self::DefaultReserve(reserve) => {
                all_but(size, reserve.min(ByteSize::bytes(size / RESERVE_SHARE)))
            }
            Self::Reserve(reserve) => all_but(size, reserve),
        }
    }
}

fn percentage(whole: u64, part: u8, of: u8) -> u64 {
    let share = u128::from(whole) * u128::from(part) / u128::from(of.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

fn all_but(size: u64, reserve: ByteSize) -> Thresholds {
    let reserve = reserve.as_u64();
    // The documented 2 % of a disk of terabytes would refuse mail where nothing is scarce.
    let step = (size / 50).min(reserve);
    let high = size.saturating_sub(reserve);
    let medium = high.saturating_sub(step);
    Thresholds { high, medium, normal: medium.saturating_sub(step) }
}

#[cfg(test)]
mod tests {
    use PressureLevel::{High, Medium, Normal};

    use super::*;

    const SIZE: u64 = 10 << 30;

    fn walk(rule: Rule, size: u64, free: &[u64]) -> Vec<PressureLevel> {
        let thresholds = rule.thresholds(Some(size));
        let mut level = Normal;
        let next = |free: &u64| {
            level = thresholds.level(size - *free, level);
            level
        };
        free.iter().map(next).collect()
    }

    #[test]
    fn levels_rise_at_once_and_fall_with_room_to_spare() {
        let rule = Rule::DefaultReserve(DISK_RESERVE);
        let (reserve, percent) = (500 << 20, SIZE / 100);
        assert_eq!(
            walk(rule, SIZE, &[reserve + 3 * percent, reserve + percent, reserve + 3 * percent]),
            [Normal, Medium, Medium],
            "what has become Medium stays so until there is 4 % more than the reserve"
        );
        assert_eq!(
            walk(
                rule,
                SIZE,
                &[reserve, reserve + percent, reserve + 3 * percent, reserve + 4 * percent]
            ),
            [High, High, Medium, Normal]
        );
        assert_eq!(walk(rule, SIZE, &[0, reserve + 4 * percent]), [High, Normal]);
    }

    #[test]
    fn a_large_disk_is_not_short_of_what_it_has() {
        let rule = Rule::DefaultReserve(DISK_RESERVE);
        let size = 4 << 40;
        assert_eq!(walk(rule, size, &[0, 20 << 30]), [High, Normal]);
        assert_eq!(walk(rule, size, &[0, 1200 << 20]), [High, Medium]);
        assert_eq!(walk(rule, size, &[900 << 20, 400 << 20]), [Medium, High]);
    }

    #[test]
    fn a_small_disk_keeps_a_tenth_unless_told_otherwise() {
        let small = 100u64 << 20;
        let high = |rule: Rule| small - rule.thresholds(Some(small)).high;
        assert_eq!(high(Rule::DefaultReserve(DISK_RESERVE)), 10 << 20);
        assert_eq!(high(Rule::DefaultReserve(LOG_DISK_RESERVE)), 10 << 20);
        assert_eq!(high(Rule::Reserve(ByteSize::mb(2))), 2 << 20);
        assert_eq!(high(Rule::Reserve(ByteSize::mb(200))), small, "never taken, not a panic");
        assert_eq!(walk(Rule::Reserve(ByteSize::mb(0)), small, &[1, 0, 1]), [Normal, High, Normal]);
    }

    #[test]
    fn memory_has_the_documented_percentages_and_no_more_than_a_terabyte() {
        let rule = Rule::Percent { high: 75, medium: 73, normal: 71, most: Some(1 << 40) };
        let small = rule.thresholds(Some(1000));
        assert_eq!(small, Thresholds { high: 750, medium: 730, normal: 710 });
        let large = rule.thresholds(Some(8 << 40));
        assert!(large.high.abs_diff(1 << 40) < 2, "{large:?}");
        assert!(large.normal < large.medium && large.medium < large.high);
        let unknown = rule.thresholds(None);
        assert_eq!(unknown.level(u64::MAX - 1, Normal), Normal);
    }

    #[test]
    fn counts_reach_their_thresholds() {
        let thresholds = Thresholds { high: 10_000, medium: 4_000, normal: 2_000 };
        let table = [
            (0, Normal, Normal),
            (3_999, Normal, Normal),
            (4_000, Normal, Medium),
            (9_999, Medium, Medium),
            (10_000, Normal, High),
            (9_999, High, High),
            (4_000, High, High),
            (3_999, High, Medium),
            (2_001, Medium, Medium),
            (2_000, Medium, Normal),
            (2_000, High, Normal),
        ];
        for (value, before, after) in table {
            assert_eq!(thresholds.level(value, before), after, "{value} from {before}");
        }
    }

    #[test]
    fn a_resource_without_medium_is_high_or_not() {
        let rule = Rule::Percent { high: 94, medium: 94, normal: 92, most: None };
        let levels = walk(rule, 100, &[7, 6, 7, 8]);
        assert_eq!(levels, [Normal, High, High, Normal]);
    }
}
