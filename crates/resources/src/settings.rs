//! What an administrator may set: the documented defaults unless he does.

use std::time::Duration;

use model::{ByteSize, Resource, TimeSpan};
use thiserror::Error;

use crate::thresholds::{DISK_RESERVE, LOG_DISK_RESERVE, Rule, Thresholds};

/// ResourceMonitoringInterval.
pub const DEFAULT_INTERVAL: TimeSpan = TimeSpan::seconds(2);

/// How new mail is delayed before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tarpit {
    /// The first delay.
    pub start: TimeSpan,
    /// How much it grows with each look.
    pub step: TimeSpan,
    /// The longest.
    pub most: TimeSpan,
}

/// What an administrator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How often is looked.
    pub interval: TimeSpan,
    /// The disk of the spool.
    pub database_disk: Rule,
    /// The log disk.
    pub log_disk: Rule,
    /// Whether the log disk is watched even where it is the spool's: it has a rule of its own.
    pub log_disk_always: bool,
    /// Memory of this process.
    pub process_memory: Rule,
    /// What counts as all memory there is for this process, where that is less.
    pub process_memory_limit: Option<ByteSize>,
    /// How many looks memory of this process must have been lower before its level falls.
    pub process_memory_history: u32,
    /// Memory of all processes.
    pub all_memory: Rule,
    /// Changes that wait for the committing thread.
    pub version_buckets: Rule,
    /// How many looks they may be Medium before new mail is refused.
    pub version_buckets_history: u32,
    /// Batches that wait for it.
    pub batch_points: Rule,
    /// How many looks they may be Medium before new mail is refused.
    pub batch_points_history: u32,
    /// Messages not yet categorized.
    pub submission_queue: Rule,
    /// How many looks they may be Medium before new mail is refused.
    pub submission_queue_history: u32,
    /// The delays.
    pub tarpit: Tarpit,
    /// DehydrateMessagesUnderMemoryPressure.
    pub dehydrate: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let fixed = |high, medium, normal| Rule::Fixed(Thresholds { high, medium, normal });
        Self {
            interval: DEFAULT_INTERVAL,
            database_disk: Rule::DefaultReserve(DISK_RESERVE),
            log_disk: Rule::DefaultReserve(LOG_DISK_RESERVE),
            log_disk_always: false,
            process_memory: Rule::Percent { high: 75, medium: 73, normal: 71, most: Some(1 << 40) },
            process_memory_limit: None,
            process_memory_history: 30,
            all_memory: Rule::Percent { high: 94, medium: 94, normal: 92, most: None },
            version_buckets: fixed(2500, 2000, 1750),
            version_buckets_history: 10,
            batch_points: fixed(4000, 2000, 1000),
            batch_points_history: 300,
            submission_queue: fixed(10_000, 4000, 2000),
            submission_queue_history: 300,
            tarpit: Tarpit {
                start: TimeSpan::seconds(10),
                step: TimeSpan::seconds(5),
                most: TimeSpan::seconds(55),
            },
            dehydrate: true,
        }
    }
}

/// A setting that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The levels of a resource stand in the wrong order.
    #[error(
        "the thresholds of {resource} are not allowed: high {high}, medium {medium}, normal {normal}. Allowed: normal less than medium, medium less than high{range}."
    )]
    Order {
        /// The resource.
        resource: Resource,
        /// High as it was given.
        high: u64,
        /// Medium as it was given.
        medium: u64,
        /// Normal as it was given.
        normal: u64,
        /// What else is allowed.
        range: &'static str,
    },
    /// A time is out of its range.
    #[error("{name} {value} is not allowed. Allowed: {least} to {most}.")]
    Range {
        /// The setting.
        name: &'static str,
        /// As it was given.
        value: TimeSpan,
        /// The least.
        least: TimeSpan,
        /// The most.
        most: TimeSpan,
    },
}

impl Settings {
    /// The rule of `resource`.
    pub fn rule(&self, resource: Resource) -> Rule {
        match resource {
            Resource::DatabaseDisk => self.database_disk,
            Resource::LogDisk => self.log_disk,
            Resource::ProcessMemory => self.process_memory,
            Resource::AllMemory => self.all_memory,
            Resource::VersionBuckets => self.version_buckets,
            Resource::BatchPoints => self.batch_points,
            Resource::SubmissionQueue => self.submission_queue,
        }
    }

    /// The history depth of `resource`, in looks.
    pub fn history(&self, resource: Resource) -> u32 {
        match resource {
            Resource::DatabaseDisk | Resource::LogDisk | Resource::AllMemory => 0,
            Resource::ProcessMemory => self.process_memory_history,
            Resource::VersionBuckets => self.version_buckets_history,
            Resource::BatchPoints => self.batch_points_history,
            Resource::SubmissionQueue => self.submission_queue_history,
        }
    }

    /// The interval as tasks take it.
    pub fn interval(&self) -> Duration {
        self.interval.as_duration()
    }

    /// The reserve of the spool's disk, where it was given in bytes.
    pub fn disk_reserve(&self) -> Option<ByteSize> {
        match self.database_disk {
            Rule::Reserve(reserve) => Some(reserve),
            _ => None,
        }
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first setting that is not allowed.
    pub fn check(&self) -> Result<(), SettingsError> {
        for resource in Resource::ALL {
            check_order(resource, self.rule(resource))?;
        }
        let (second, minute) = (TimeSpan::seconds(1), TimeSpan::minutes(1));
        let zero = TimeSpan::seconds(0);
        in_range("resource_monitoring_interval", self.interval, second, minute)?;
        // Clients wait five minutes for the reply to MAIL (RFC 5321 section 4.5.3.2.2).
        let most = TimeSpan::minutes(4);
        in_range("smtp_start_throttling_delay_interval", self.tarpit.start, zero, most)?;
        in_range("smtp_step_throttling_delay_interval", self.tarpit.step, zero, most)?;
        in_range("smtp_max_throttling_delay_interval", self.tarpit.most, zero, most)
    }
}

fn check_order(resource: Resource, rule: Rule) -> Result<(), SettingsError> {
    let (high, medium, normal, range) = match rule {
        Rule::Fixed(Thresholds { high, medium, normal }) => (high, medium, normal, ""),
        Rule::Percent { high, medium, normal, .. } => {
            (high.into(), medium.into(), normal.into(), ", each a percentage of 0 to 100")
        }
        Rule::DefaultReserve(_) | Rule::Reserve(_) => return Ok(()),
    };
    let ordered = normal < medium && (medium < high || resource == Resource::AllMemory);
    let percentage = range.is_empty() || high <= 100;
    if ordered && percentage && medium <= high {
        return Ok(());
    }
    Err(SettingsError::Order { resource, high, medium, normal, range })
}

fn in_range(
    name: &'static str,
    value: TimeSpan,
    least: TimeSpan,
    most: TimeSpan,
) -> Result<(), SettingsError> {
    if value < least || value > most {
        return Err(SettingsError::Range { name, value, least, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_allowed_and_disorder_is_told() {
        let mut settings = Settings::default();
        settings.check().unwrap();
        settings.submission_queue =
            Rule::Fixed(Thresholds { high: 10, medium: 4000, normal: 2000 });
        assert_eq!(
            settings.check().unwrap_err().to_string(),
            "the thresholds of SubmissionQueue are not allowed: high 10, medium 4000, normal 2000. Allowed: normal less than medium, medium less than high."
        );
        settings.submission_queue = Settings::default().submission_queue;
        settings.process_memory = Rule::Percent { high: 120, medium: 73, normal: 71, most: None };
        let told = settings.check().unwrap_err().to_string();
        assert!(told.ends_with("each a percentage of 0 to 100."), "{told}");
        settings.process_memory = Settings::default().process_memory;
        settings.tarpit.most = TimeSpan::minutes(6);
        assert_eq!(
            settings.check().unwrap_err().to_string(),
            "smtp_max_throttling_delay_interval 00:06:00 is not allowed. Allowed: 00:00:00 to 00:04:00."
        );
    }
}
