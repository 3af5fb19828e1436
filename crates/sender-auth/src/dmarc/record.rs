//! DMARC records (RFC 9989 section 4.7).

use crate::{findings::DmarcPolicy, tags::Tags};

/// A record that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    policy: DmarcPolicy,
    /// For domains below.
    below: Option<DmarcPolicy>,
    /// For domains below that do not exist.
    missing: Option<DmarcPolicy>,
    /// Whether the domain of a DKIM signature has to be the author's very own.
    pub(super) is_dkim_strict: bool,
    /// The same for SPF.
    pub(super) is_spf_strict: bool,
    /// What the domain says of itself: whether it is one under which others register theirs.
    pub(super) is_public_suffix: Option<bool>,
}

impl Record {
    /// The one record of a name's TXT records. Several are none.
    pub(super) fn of(texts: &[String]) -> Option<Self> {
        let mut records = texts.iter().filter(|text| is_one(text));
        match (records.next(), records.next()) {
            (Some(text), None) => Self::read(text),
            _ => None,
        }
    }

    /// Unknown values count as if they were not there. Without a policy it is none, unless it at least asks
    /// for reports: then it asks for nothing else.
    fn read(text: &str) -> Option<Self> {
        let tags = Tags::read(text)?;
        let reports = tags.get("rua").is_some_and(|to| to.to_ascii_lowercase().contains("mailto:"));
        let otherwise = reports.then_some(DmarcPolicy::None);
        let strict = |name| tags.get(name).is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
        let is_public_suffix = match tags.get("psd").map(str::to_ascii_lowercase).as_deref() {
            Some("y") => Some(true),
            Some("n") => Some(false),
            _ => None,
        };
        Some(Self {
            policy: policy(tags.get("p")).or(otherwise)?,
            below: policy(tags.get("sp")),
            missing: policy(tags.get("np")),
            is_dkim_strict: strict("adkim"),
            is_spf_strict: strict("aspf"),
            is_public_suffix,
        })
    }

    /// For the domain itself.
    pub(super) fn own_policy(&self) -> DmarcPolicy {
        self.policy
    }

    /// For a domain below it.
    pub(super) fn policy_below(&self) -> DmarcPolicy {
        self.below.unwrap_or(self.policy)
    }

    /// For a domain below it that does not exist, where the record has one.
    pub(super) fn policy_missing(&self) -> Option<DmarcPolicy> {
        self.missing
    }
}

fn is_one(text: &str) -> bool {
    let first = text.split(';').next().and_then(|tag| tag.split_once('='));
    first.is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

fn policy(text: Option<&str>) -> Option<DmarcPolicy> {
    let text = text?;
    [DmarcPolicy::None, DmarcPolicy::Quarantine, DmarcPolicy::Reject]
        .into_iter()
        .find(|policy| text.eq_ignore_ascii_case(policy.name()))
}
