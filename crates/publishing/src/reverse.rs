//! The names of the addresses that mail is sent from (PTR), confirmed by those names' own addresses.

use std::net::IpAddr;

use dns::reverse_name;
use futures_util::future::join_all;
use texts::{
    Sentence,
    publishing::{REVERSE_MISSING, REVERSE_OTHER_NAME, REVERSE_UNCONFIRMED},
};

use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status, shown},
    helo::{is_possible, unknown},
    sending::Sending,
};

/// Names of an address that are looked at, as verifiers do (RFC 7208 section 5.5).
const MOST_NAMES: usize = 10;

/// An address, the names in EHLO under which is sent from it, and its names with their addresses.
pub(crate) struct Reverse {
    address: IpAddr,
    said: Vec<String>,
    names: Answer<Vec<(String, Answer<Vec<IpAddr>>)>>,
}

pub(crate) async fn look_up(lookup: &dyn Lookup, sendings: &[Sending<'_>]) -> Vec<Reverse> {
    let mut asked: Vec<(IpAddr, Vec<String>)> = Vec::new();
    for sending in sendings {
        for address in &sending.addresses {
            let name = sending.sender.name.to_string();
            match asked.iter_mut().find(|(known, _)| known == address) {
                Some((_, said)) => said.push(name),
                None => asked.push((*address, vec![name])),
            }
        }
    }
    join_all(asked.into_iter().map(|(address, said)| async move {
        let names = match lookup.names(address).await {
            Ok(names) => {
                let ask = names.into_iter().take(MOST_NAMES).map(|name| async move {
                    let addresses = lookup.addresses(&name).await;
                    (name, addresses)
                });
                Ok(join_all(ask).await)
            }
            Err(why) => Err(why),
        };
        Reverse { address, said, names }
    }))
    .await
}

/// One finding for each address, and one for each sender whose addresses are not known.
pub(crate) fn judge(sendings: &[Sending<'_>], reverses: &[Reverse]) -> Vec<Finding> {
    let without = sendings.iter().filter(|sending| sending.addresses.is_empty());
    let silent = without.map(|sending| {
        Finding::about(Check::ReverseDns, sending.sender.name.as_str(), "PTR")
            .saying(Status::Unknown, unknown(sending))
    });
    reverses.iter().map(judge_one).chain(silent).collect()
}

fn judge_one(reverse: &Reverse) -> Finding {
    let name = reverse_name(reverse.address);
    let finding = Finding::about(Check::ReverseDns, name.as_str(), "PTR");
    let wanted = reverse.said.iter().find(|name| name.parse().is_ok_and(|name| is_possible(&name)));
    let Some(wanted) = wanted.or(reverse.said.first()) else { return finding };
    let mut finding = finding.recommending(format!("{wanted}."));
    let names = match &reverse.names {
        Ok(names) => names,
        Err(why) => return finding.silent(&name, why),
    };
    let lines: Vec<String> = names.iter().map(|(name, _)| format!("{name}.")).collect();
    finding = finding.publishing(&lines);
    let about = |text| Sentence::new(text).with(reverse.address);
    if names.is_empty() {
        return finding.saying(Status::Missing, about(REVERSE_MISSING).with(wanted));
    }
    let confirmed: Vec<&str> = names
        .iter()
        .filter(|(_, found)| found.as_ref().is_ok_and(|found| found.contains(&reverse.address)))
        .map(|(name, _)| name.as_str())
        .collect();
    let is_said = |name: &&str| reverse.said.iter().any(|said| said.eq_ignore_ascii_case(name));
    let first = |names: &[&str]| shown(names.first().copied().unwrap_or_default());
    if confirmed.iter().any(is_said) {
        return finding;
    }
    if !confirmed.is_empty() {
        let sentence = about(REVERSE_OTHER_NAME).with(first(&confirmed)).with(wanted);
        return finding.saying(Status::Warning, sentence);
    }
    let silent = names.iter().find_map(|(name, found)| Some((name, found.as_ref().err()?)));
    if let Some((name, why)) = silent {
        return finding.silent(name, why);
    }
    let all: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    finding.saying(Status::Bad, about(REVERSE_UNCONFIRMED).with(first(&all)).with(wanted))
}
