//! The SPF record that should be there.

use std::net::IpAddr;

use super::record::{Mechanism, Qualifier, Record};
use crate::sending::{Sending, all_addresses};

/// How a record ends that is written here. A hard failure (`-all`) is refused by some before they look at
/// DKIM, and forwarded mail is lost; with DMARC both mean the same.
const ALL: &str = "~all";

/// The record where there is none, or none that counts: all that those that are there say, and from where
/// this organization sends.
pub(crate) fn fresh(records: &[&str], sendings: &[Sending<'_>]) -> String {
    let mut terms: Vec<String> = Vec::new();
    let mut end = ALL;
    for record in records.iter().filter_map(|text| Record::parse(text).ok()) {
        if record.all() == Some(Qualifier::Fail) {
            end = "-all";
        }
        let others = record.terms.into_iter().filter(|term| term.mechanism != Mechanism::All);
        terms.extend(others.map(|term| term.text));
    }
    terms.extend(all_addresses(sendings).iter().map(term));
    // Where the address is not known, its name must lead to it anyway.
    let unknown = sendings.iter().filter(|sending| sending.addresses.is_empty());
    terms.extend(unknown.map(|sending| format!("a:{}", sending.sender.name)));
    written(terms, &[], end)
}

/// The same record with these addresses more, and an end that says something.
pub(crate) fn better(record: &Record, missing: &[IpAddr]) -> String {
    let end = match (record.all(), &record.redirect) {
        (Some(Qualifier::Fail), _) => "-all",
        (None, Some(_)) => "",
        _ => ALL,
    };
    let mut others = record.others.clone();
    if let Some(super::record::Target::Name(name)) =
        record.redirect.as_ref().filter(|_| end.is_empty())
    {
        others.push(format!("redirect={name}"));
    }
    let kept = record.terms.iter().filter(|term| term.mechanism != Mechanism::All);
    let terms = kept.map(|term| term.text.clone()).chain(missing.iter().map(term)).collect();
    written(terms, &others, end)
}

fn term(address: &IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("ip4:{v4}"),
        IpAddr::V6(v6) => format!("ip6:{v6}"),
    }
}

fn written(terms: Vec<String>, others: &[String], end: &str) -> String {
    let mut words: Vec<String> = vec!["v=spf1".to_owned()];
    for term in terms {
        if !words.contains(&term) {
            words.push(term);
        }
    }
    words.extend(Some(end.to_owned()).filter(|end| !end.is_empty()));
    words.extend(others.iter().cloned());
    words.join(" ")
}
