//! How much of a resource is used, and in what that is counted.

use model::{ByteSize, Resource};

/// What a resource is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Things.
    Count,
}

impl Unit {
    /// What `resource` is counted in.
    pub fn of(resource: Resource) -> Self {
        match resource {
            Resource::DatabaseDisk
            | Resource::LogDisk
            | Resource::ProcessMemory
            | Resource::AllMemory => Self::Bytes,
            Resource::VersionBuckets | Resource::BatchPoints | Resource::SubmissionQueue => {
                Self::Count
            }
        }
    }

    /// The name of the unit: `Bytes` or `Count`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "Bytes",
            Self::Count => "Count",
        }
    }

    /// A value as people read it: `37.5 MB`, `120`.
    pub fn show(self, value: u64) -> String {
        match self {
            Self::Count => value.to_string(),
            Self::Bytes => {
                let exact = ByteSize::bytes(value).to_string();
                exact.split(" (").next().unwrap_or(&exact).to_owned()
            }
        }
    }
}

/// How much is used, and of how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What is used.
    pub value: u64,
    /// What there is; none where that is not bounded.
    pub capacity: Option<u64>,
}

impl Reading {
    /// So many things.
    pub fn count(value: u64) -> Self {
        Self { value, capacity: None }
    }

    /// `used` of `capacity` bytes.
    pub fn of(used: u64, capacity: u64) -> Self {
        Self { value: used, capacity: Some(capacity) }
    }

    /// The same, where there is no more than `most`.
    pub fn within(self, most: Option<ByteSize>) -> Self {
        let most = most.map(ByteSize::as_u64);
        let capacity = [self.capacity, most].into_iter().flatten().min();
        Self { capacity, ..self }
    }

    /// What is used as parts of a thousand of what there is; zero where that is not bounded.
    pub(crate) fn per_mille(self) -> u64 {
        match self.capacity {
            Some(capacity) if capacity > 0 => {
                let part = u128::from(self.value) * 1000 / u128::from(capacity);
                u64::try_from(part).unwrap_or(u64::MAX)
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_what_there_is_counts() {
        let reading = Reading::of(10, 100);
        assert_eq!(reading.within(None), reading);
        assert_eq!(reading.within(Some(ByteSize::bytes(50))).capacity, Some(50));
        assert_eq!(reading.within(Some(ByteSize::mb(1))).capacity, Some(100));
        assert_eq!(Unit::Bytes.show(1536 << 10), "1.5 MB");
        assert_eq!(Unit::Count.show(1536), "1536");
    }
}
