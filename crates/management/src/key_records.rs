//! What the DNS holds of the records that DKIM needs: asked before a command runs, so that none waits
//! for it while it holds others up.

use std::{collections::HashMap, future::Future, pin::Pin};

use directory::{DkimSelector, DkimSigningConfig};
use model::Timestamp;
use serde_json::Value;
use signing::{Algorithm, Finding, KeyRecord};
use transport::{Checked, Transport, key_records};

use directory::DkimAlgorithms;

/// Who can look records up.
pub trait KeyRecords: Send + Sync {
    /// What is known of each, within seconds.
    fn check<'a>(
        &'a self,
        records: &'a [KeyRecord],
    ) -> Pin<Box<dyn Future<Output = Vec<Checked>> + Send + 'a>>;
}

impl KeyRecords for Transport {
    fn check<'a>(
        &'a self,
        records: &'a [KeyRecord],
    ) -> Pin<Box<dyn Future<Output = Vec<Checked>> + Send + 'a>> {
        Box::pin(self.check_key_records(records))
    }
}

/// What has been found, by name.
#[derive(Debug, Default)]
pub(crate) struct Published {
    found: HashMap<String, Checked>,
    at: Option<Timestamp>,
}

/// Where a configuration stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// `Valid`, `RecordDiffers`, `RecordMissing` or `NotChecked`.
    pub(crate) status: &'static str,
    /// What is wrong with which record.
    pub(crate) detail: Option<String>,
    /// When the DNS last answered.
    pub(crate) checked: Option<Timestamp>,
}

/// All records that the configuration has keys for.
pub(crate) fn all_records(config: &DkimSigningConfig) -> Vec<KeyRecord> {
    let of = |selector: &DkimSelector| key_records(config, selector);
    [of(&config.selector1), of(&config.selector2)].concat()
}

/// The records of a selector that the configuration's algorithms need.
fn needed(config: &DkimSigningConfig, selector: &DkimSelector) -> Vec<KeyRecord> {
    let used = |record: &KeyRecord| {
        config.algorithms.contains(match record.algorithm {
            Algorithm::RsaSha256 => DkimAlgorithms::RSA,
            Algorithm::Ed25519Sha256 => DkimAlgorithms::ED25519,
        })
    };
    key_records(config, selector).into_iter().filter(used).collect()
}

impl Published {
    /// Asks about all records of these configurations.
    pub(crate) async fn ask(
        who: Option<&dyn KeyRecords>,
        configs: &[std::sync::Arc<DkimSigningConfig>],
        now: Timestamp,
    ) -> Self {
        let Some(who) = who else { return Self::default() };
        let records: Vec<KeyRecord> = configs.iter().flat_map(|c| all_records(c)).collect();
        let names = records.iter().map(KeyRecord::name);
        let found = names.zip(who.check(&records).await).collect();
        Self { found, at: Some(now) }
    }

    /// Where the configuration stands: by the records of the selector that signs, then of one that
    /// is to take over.
    pub(crate) fn standing(&self, config: &DkimSigningConfig) -> Standing {
        let rotating = Some(config.other()).filter(|_| config.is_rotating());
        let next = rotating.map(|selector| needed(config, selector)).unwrap_or_default();
        self.of(&[needed(config, config.signing()), next].concat())
    }

    /// The same without what is to take over.
    pub(crate) fn of_signing(&self, config: &DkimSigningConfig) -> Standing {
        self.of(&needed(config, config.signing()))
    }

    fn of(&self, records: &[KeyRecord]) -> Standing {
        let unasked = Checked::Not("the DNS has not been asked".to_owned());
        let (mut worst, mut details, mut answered) = (0, Vec::new(), false);
        for record in records {
            let name = record.name();
            let checked = self.found.get(&name).unwrap_or(&unasked);
            answered |= matches!(checked, Checked::Found(_));
            let (rank, why) = match checked {
                Checked::Found(Finding::Published) => continue,
                Checked::Not(why) => (1, format!("{name} could not be looked up: {why}")),
                Checked::Found(Finding::Missing) => (2, format!("{name} has no TXT record")),
                Checked::Found(Finding::Differs(why)) => {
                    (3, format!("{name} is not the record to publish: {why}"))
                }
            };
            worst = worst.max(rank);
            details.push(why);
        }
        if records.is_empty() {
            (worst, details) = (1, vec!["there are no keys yet".to_owned()]);
        }
        Standing {
            status: ["Valid", "NotChecked", "RecordMissing", "RecordDiffers"][worst],
            detail: (!details.is_empty()).then(|| details.join("; ")),
            checked: self.at.filter(|_| answered),
        }
    }
}

impl Standing {
    /// The status as a value.
    pub(crate) fn properties(&self) -> [(&'static str, Value); 3] {
        let checked = self.checked.map_or(Value::Null, |at| Value::from(at.iso()));
        [
            ("Status", Value::from(self.status)),
            ("StatusDetail", self.detail.clone().map_or(Value::Null, Value::from)),
            ("LastChecked", checked),
        ]
    }
}
