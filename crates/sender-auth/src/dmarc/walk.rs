//! Which record counts and which domains belong together: the walk up the tree (RFC 9989 section 4.10), and
//! alignment (section 4.4). It needs no list of public suffixes; a domain under which others register theirs
//! says so in its record.

use std::collections::HashMap;

use dns::DnsError;

use super::record::Record;
use crate::{
    findings::{AuthResult, DmarcFinding, DmarcPolicy},
    names::Names,
};

/// Labels that are left after the first step of a walk from a long name.
const MOST_LABELS: usize = 7;

/// What has been proved: domains in lower case.
#[derive(Debug, Default)]
pub(crate) struct Proved<'a> {
    /// By SPF of MAIL FROM, or of HELO where that is empty.
    pub(crate) spf: Option<&'a str>,
    /// By DKIM.
    pub(crate) dkim: Vec<&'a str>,
    /// Whether more might have been proved, had the DNS answered.
    pub(crate) is_unsure: bool,
}

/// The DNS did not answer.
struct Silent;

/// The records of names that have been asked for.
struct Walker<'a, N> {
    names: &'a N,
    known: HashMap<String, Option<Record>>,
}

/// DMARC of a message whose only author is of `author`.
pub(crate) async fn judge<N: Names>(names: &N, author: &str, proved: &Proved<'_>) -> DmarcFinding {
    let mut walker = Walker { names, known: HashMap::new() };
    let (result, policy) = match walker.judge(author, proved).await {
        Ok(found) => found,
        Err(Silent) => (AuthResult::TempError, None),
    };
    DmarcFinding { result, domain: author.to_owned(), policy }
}

impl<N: Names> Walker<'_, N> {
    async fn judge(
        &mut self,
        author: &str,
        proved: &Proved<'_>,
    ) -> Result<(AuthResult, Option<DmarcPolicy>), Silent> {
        let Some((record, policy)) = self.policy(author).await? else {
            return Ok((AuthResult::None, None));
        };
        let spf = proved.spf.iter().map(|domain| (*domain, record.is_spf_strict));
        let dkim = proved.dkim.iter().map(|domain| (*domain, record.is_dkim_strict));
        let mut is_silent = proved.is_unsure;
        for (domain, is_strict) in spf.chain(dkim) {
            match self.is_aligned(author, domain, is_strict).await {
                Ok(true) => return Ok((AuthResult::Pass, Some(policy))),
                Ok(false) => {}
                Err(Silent) => is_silent = true,
            }
        }
        let result = if is_silent { AuthResult::TempError } else { AuthResult::Fail };
        Ok((result, Some(policy)))
    }

    /// The author's record, else that of the organization, else that of the public suffix; and what it asks
    /// for.
    async fn policy(&mut self, author: &str) -> Result<Option<(Record, DmarcPolicy)>, Silent> {
        if let Some(record) = self.record(author).await? {
            let policy = record.own_policy();
            return Ok(Some((record, policy)));
        }
        let walk = self.walk(author).await?;
        let organization = organization(author, &walk);
        let at = |domain: &str| walk.iter().find(|(name, _)| name == domain);
        let suffix = || walk.iter().find(|(_, record)| record.is_public_suffix == Some(true));
        let Some((_, record)) = at(organization).or_else(suffix) else { return Ok(None) };
        let missing = match record.policy_missing() {
            Some(policy) if self.is_missing(author).await => Some(policy),
            _ => None,
        };
        Ok(Some((record.clone(), missing.unwrap_or_else(|| record.policy_below()))))
    }

    async fn is_missing(&self, domain: &str) -> bool {
        self.names.v4(domain).await == Err(DnsError::NoSuchDomain)
    }

    async fn is_aligned(
        &mut self,
        author: &str,
        domain: &str,
        is_strict: bool,
    ) -> Result<bool, Silent> {
        if author == domain || is_strict {
            return Ok(author == domain);
        }
        // Without a common end they cannot have a common organization.
        let end = |name: &str| name.rsplit('.').next().map(str::to_owned);
        if end(author) != end(domain) {
            return Ok(false);
        }
        let (ours, theirs) = (self.walk(author).await?, self.walk(domain).await?);
        Ok(organization(author, &ours) == organization(domain, &theirs))
    }

    /// The records on the way from `domain` up, each with its domain. At most eight are asked for.
    async fn walk(&mut self, domain: &str) -> Result<Vec<(String, Record)>, Silent> {
        let labels: Vec<&str> = domain.split('.').collect();
        let mut found = Vec::new();
        let mut left = labels.len();
        while left > 0 {
            let name = labels[labels.len() - left..].join(".");
            if let Some(record) = self.record(&name).await? {
                let ends = record.is_public_suffix.is_some();
                found.push((name, record));
                if ends {
                    break;
                }
            }
            left = (left - 1).min(MOST_LABELS);
        }
        Ok(found)
    }

    async fn record(&mut self, domain: &str) -> Result<Option<Record>, Silent> {
        if let Some(known) = self.known.get(domain) {
            return Ok(known.clone());
        }
        let record = match self.names.texts(&format!("_dmarc.{domain}")).await {
            Ok(texts) => Record::of(&texts),
            Err(DnsError::NoSuchDomain) => None,
            Err(DnsError::Temporary(_)) => return Err(Silent),
        };
        self.known.insert(domain.to_owned(), record.clone());
        Ok(record)
    }
}

/// The organization's domain (section 4.10.2), by what was found on the way up from `domain`.
fn organization<'a>(domain: &'a str, walk: &'a [(String, Record)]) -> &'a str {
    let Some((last, record)) = walk.last() else { return domain };
    match record.is_public_suffix {
        Some(true) if last != domain => {
            // One label below the suffix.
            let above = domain.len() - last.len() - 1;
            let start = domain[..above].rfind('.').map_or(0, |dot| dot + 1);
            &domain[start..]
        }
        // The last that was found has the fewest labels, or says that it is the one.
        _ => last,
    }
}
