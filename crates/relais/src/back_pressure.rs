//! `[resources]` of `relais.toml`: when resources are scarce (docs/back-pressure.md). Settings
//! that Exchange keeps in its application configuration file have their documented names, as
//! they are written there or as everything else is written here.

use anyhow::{Context, Result};
use model::{ByteSize, TimeSpan};
use resources::{Rule, Settings, Thresholds};
use serde::Deserialize;

/// The section. What is not given is as documented.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Resources {
    #[serde(alias = "ResourceMonitoringInterval")]
    resource_monitoring_interval: Option<TimeSpan>,
    /// Free space of the spool's disk below which its pressure is high.
    disk_reserve: Option<ByteSize>,
    #[serde(alias = "PercentageDatabaseDiskSpaceUsedHighThreshold")]
    percentage_database_disk_space_used_high_threshold: Option<u8>,
    #[serde(alias = "PercentageDatabaseDiskSpaceUsedMediumThreshold")]
    percentage_database_disk_space_used_medium_threshold: Option<u8>,
    #[serde(alias = "PercentageDatabaseDiskSpaceUsedNormalThreshold")]
    percentage_database_disk_space_used_normal_threshold: Option<u8>,
    /// The same of the disk of the message tracking log.
    log_disk_reserve: Option<ByteSize>,
    #[serde(alias = "PercentageDatabaseLoggingDiskSpaceUsedHighThreshold")]
    percentage_database_logging_disk_space_used_high_threshold: Option<u8>,
    #[serde(alias = "PercentageDatabaseLoggingDiskSpaceUsedMediumThreshold")]
    percentage_database_logging_disk_space_used_medium_threshold: Option<u8>,
    #[serde(alias = "PercentageDatabaseLoggingDiskSpaceUsedNormalThreshold")]
    percentage_database_logging_disk_space_used_normal_threshold: Option<u8>,
    #[serde(alias = "PercentagePrivateBytesHighThreshold")]
    percentage_private_bytes_high_threshold: Option<u8>,
    #[serde(alias = "PercentagePrivateBytesMediumThreshold")]
    percentage_private_bytes_medium_threshold: Option<u8>,
    #[serde(alias = "PercentagePrivateBytesNormalThreshold")]
    percentage_private_bytes_normal_threshold: Option<u8>,
    #[serde(alias = "PrivateBytesHistoryDepth")]
    private_bytes_history_depth: Option<u32>,
    /// What counts as all memory there is for this process, where that is less.
    process_memory_limit: Option<ByteSize>,
    #[serde(alias = "PercentagePhysicalMemoryUsedLimit")]
    percentage_physical_memory_used_limit: Option<u8>,
    #[serde(alias = "VersionBucketsHighThreshold")]
    version_buckets_high_threshold: Option<u64>,
    #[serde(alias = "VersionBucketsMediumThreshold")]
    version_buckets_medium_threshold: Option<u64>,
    #[serde(alias = "VersionBucketsNormalThreshold")]
    version_buckets_normal_threshold: Option<u64>,
    #[serde(alias = "VersionBucketsHistoryDepth")]
    version_buckets_history_depth: Option<u32>,
    #[serde(alias = "BatchPointHighThreshold")]
    batch_point_high_threshold: Option<u64>,
    #[serde(alias = "BatchPointMediumThreshold")]
    batch_point_medium_threshold: Option<u64>,
    #[serde(alias = "BatchPointNormalThreshold")]
    batch_point_normal_threshold: Option<u64>,
    #[serde(alias = "BatchPointHistoryDepth")]
    batch_point_history_depth: Option<u32>,
    #[serde(alias = "SubmissionQueueHighThreshold")]
    submission_queue_high_threshold: Option<u64>,
    #[serde(alias = "SubmissionQueueMediumThreshold")]
    submission_queue_medium_threshold: Option<u64>,
    #[serde(alias = "SubmissionQueueNormalThreshold")]
    submission_queue_normal_threshold: Option<u64>,
    #[serde(alias = "SubmissionQueueHistoryDepth")]
    submission_queue_history_depth: Option<u32>,
    #[serde(alias = "SMTPStartThrottlingDelayInterval")]
    smtp_start_throttling_delay_interval: Option<TimeSpan>,
    #[serde(alias = "SMTPStepThrottlingDelayInterval")]
    smtp_step_throttling_delay_interval: Option<TimeSpan>,
    #[serde(alias = "SMTPMaxThrottlingDelayInterval")]
    smtp_max_throttling_delay_interval: Option<TimeSpan>,
    #[serde(alias = "DehydrateMessagesUnderMemoryPressure")]
    dehydrate_messages_under_memory_pressure: Option<bool>,
}

/// High, Medium and Normal as far as they are given.
type Three<T> = [Option<T>; 3];

impl Resources {
    /// Free space of the spool's disk that new mail is kept out of, where it is set.
    pub(crate) fn disk_reserve(&self) -> Option<ByteSize> {
        self.disk_reserve
    }

    /// What was set, checked.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let mut settings = Settings::default();
        give(&mut settings.interval, self.resource_monitoring_interval);
        settings.database_disk = disk(
            settings.database_disk,
            ("disk_reserve", self.disk_reserve),
            [
                self.percentage_database_disk_space_used_high_threshold,
                self.percentage_database_disk_space_used_medium_threshold,
                self.percentage_database_disk_space_used_normal_threshold,
            ],
        )?;
        let log_disk = disk(
            settings.log_disk,
            ("log_disk_reserve", self.log_disk_reserve),
            [
                self.percentage_database_logging_disk_space_used_high_threshold,
                self.percentage_database_logging_disk_space_used_medium_threshold,
                self.percentage_database_logging_disk_space_used_normal_threshold,
            ],
        )?;
        settings.log_disk_always = log_disk != settings.log_disk;
        settings.log_disk = log_disk;
        self.memory(&mut settings);
        self.counts(&mut settings);
        give(&mut settings.tarpit.start, self.smtp_start_throttling_delay_interval);
        give(&mut settings.tarpit.step, self.smtp_step_throttling_delay_interval);
        give(&mut settings.tarpit.most, self.smtp_max_throttling_delay_interval);
        settings.check().context("[resources] of relais.toml")?;
        Ok(settings)
    }

    fn memory(&self, settings: &mut Settings) {
        if let Rule::Percent { high, medium, normal, most } = &mut settings.process_memory {
            give(high, self.percentage_private_bytes_high_threshold);
            give(medium, self.percentage_private_bytes_medium_threshold);
            give(normal, self.percentage_private_bytes_normal_threshold);
            if self.percentage_private_bytes_high_threshold.is_some() {
                *most = None;
            }
        }
        settings.process_memory_limit = self.process_memory_limit;
        give(&mut settings.process_memory_history, self.private_bytes_history_depth);
        if let Some(limit) = self.percentage_physical_memory_used_limit {
            let normal = limit.saturating_sub(2);
            settings.all_memory = Rule::Percent { high: limit, medium: limit, normal, most: None };
        }
        give(&mut settings.dehydrate, self.dehydrate_messages_under_memory_pressure);
    }

    fn counts(&self, settings: &mut Settings) {
        let buckets = [
            self.version_buckets_high_threshold,
            self.version_buckets_medium_threshold,
            self.version_buckets_normal_threshold,
        ];
        let batches = [
            self.batch_point_high_threshold,
            self.batch_point_medium_threshold,
            self.batch_point_normal_threshold,
        ];
        let submission = [
            self.submission_queue_high_threshold,
            self.submission_queue_medium_threshold,
            self.submission_queue_normal_threshold,
        ];
        fixed(&mut settings.version_buckets, buckets);
        give(&mut settings.version_buckets_history, self.version_buckets_history_depth);
        fixed(&mut settings.batch_points, batches);
        give(&mut settings.batch_points_history, self.batch_point_history_depth);
        fixed(&mut settings.submission_queue, submission);
        give(&mut settings.submission_queue_history, self.submission_queue_history_depth);
    }
}

fn give<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

fn fixed(rule: &mut Rule, given: Three<u64>) {
    if let Rule::Fixed(Thresholds { high, medium, normal }) = rule {
        give(high, given[0]);
        give(medium, given[1]);
        give(normal, given[2]);
    }
}

/// The rule of a disk: by a reserve or by percentages, of which High says whether there are any
/// and the others follow, as documented, by 2 and 4.
fn disk(present: Rule, reserve: (&str, Option<ByteSize>), percent: Three<u8>) -> Result<Rule> {
    let [high, medium, normal] = percent;
    let (name, reserve) = reserve;
    anyhow::ensure!(
        reserve.is_none() || percent == [None; 3],
        "[resources] of relais.toml: give {name} or percentages of the same disk, not both"
    );
    if let Some(reserve) = reserve {
        return Ok(Rule::Reserve(reserve));
    }
    let Some(high) = high else {
        anyhow::ensure!(
            percent == [None; 3],
            "[resources] of relais.toml: percentages of a disk need its high threshold"
        );
        return Ok(present);
    };
    Ok(Rule::Percent {
        high,
        medium: medium.unwrap_or(high.saturating_sub(2)),
        normal: normal.unwrap_or(high.saturating_sub(4)),
        most: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings> {
        toml::from_str::<Resources>(text)?.settings()
    }

    fn told(text: &str) -> String {
        format!("{:#}", read(text).unwrap_err())
    }

    #[test]
    fn nothing_given_is_what_is_documented() {
        assert_eq!(read("").unwrap(), Settings::default());
    }

    #[test]
    fn documented_names_are_taken_in_both_ways_of_writing() {
        let ours = "submission_queue_high_threshold = 20000\nprivate_bytes_history_depth = 1\n";
        let theirs = "SubmissionQueueHighThreshold = 20000\nPrivateBytesHistoryDepth = 1\n";
        assert_eq!(read(ours).unwrap(), read(theirs).unwrap());
        let settings = read(ours).unwrap();
        let rule = Rule::Fixed(Thresholds { high: 20_000, medium: 4000, normal: 2000 });
        assert_eq!((settings.submission_queue, settings.process_memory_history), (rule, 1));
    }

    #[test]
    fn a_disk_is_set_by_a_reserve_or_by_percentages() {
        let settings = read("log_disk_reserve = \"64MB\"").unwrap();
        assert_eq!(settings.log_disk, Rule::Reserve(ByteSize::mb(64)));
        assert!(settings.log_disk_always);
        let settings = read("PercentageDatabaseDiskSpaceUsedHighThreshold = 90").unwrap();
        let rule = Rule::Percent { high: 90, medium: 88, normal: 86, most: None };
        assert_eq!((settings.database_disk, settings.log_disk_always), (rule, false));
        let both = "disk_reserve = \"1GB\"\nPercentageDatabaseDiskSpaceUsedHighThreshold = 90";
        assert!(told(both).contains("not both"), "{}", told(both));
        let partly = "PercentageDatabaseDiskSpaceUsedMediumThreshold = 90";
        assert!(told(partly).contains("high threshold"), "{}", told(partly));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let text = told("submission_queue_high_threshold = 3");
        assert!(text.contains("SubmissionQueue are not allowed: high 3, medium 4000"), "{text}");
        assert!(told("no_such_key = 1").contains("no_such_key"));
        assert!(
            told("resource_monitoring_interval = \"00:10:00\"").contains("00:00:01 to 00:01:00")
        );
    }
}
