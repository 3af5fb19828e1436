//! From an answer section to the records of the name that was asked for, along its CNAMEs
//! (RFC 1034 section 3.6.2). Whatever order or circles a server puts them in, this ends.

use hickory_proto::rr::{Name, RData, Record, RecordType};

/// Aliases followed for one look-up, over all its answers together.
pub(crate) const MOST_ALIASES: usize = 8;

/// Where an answer section leads to from a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The last name reached.
    pub(crate) end: Name,
    /// How many aliases were followed.
    pub(crate) aliases: usize,
    /// The wanted records of `end`.
    pub(crate) records: Vec<RData>,
    /// The shortest time to live on the way, in seconds; `None` when no record was used.
    pub(crate) ttl: Option<u32>,
}

impl Chain {
    /// Follows `answers` from `start`, over at most `allowed` aliases. `None` when there are
    /// more: a circle, in practice.
    pub(crate) fn follow(
        start: &Name,
        wanted: RecordType,
        answers: &[Record],
        allowed: usize,
    ) -> Option<Self> {
        let mut chain = Self { end: start.clone(), aliases: 0, records: Vec::new(), ttl: None };
        loop {
            chain.collect(wanted, answers);
            if !chain.records.is_empty() {
                return Some(chain);
            }
            let Some((target, ttl)) = alias(&chain.end, answers) else {
                return Some(chain);
            };
            if chain.aliases == allowed {
                return None;
            }
            chain.end = target.clone();
            chain.aliases += 1;
            chain.lower_ttl(ttl);
        }
    }

    fn collect(&mut self, wanted: RecordType, answers: &[Record]) {
        for record in answers {
            if record.record_type() == wanted && record.name.eq_ignore_root(&self.end) {
                self.records.push(record.data.clone());
                self.lower_ttl(record.ttl);
            }
        }
    }

    fn lower_ttl(&mut self, ttl: u32) {
        self.ttl = Some(self.ttl.map_or(ttl, |shortest| shortest.min(ttl)));
    }
}

fn alias<'a>(name: &Name, answers: &'a [Record]) -> Option<(&'a Name, u32)> {
    answers.iter().find_map(|record| match &record.data {
        RData::CNAME(target) if record.name.eq_ignore_root(name) => Some((&target.0, record.ttl)),
        _ => None,
    })
}
