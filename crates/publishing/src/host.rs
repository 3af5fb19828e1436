//! The mail hosts of a domain: whether they can be reached, and whether they are ours.

use std::net::IpAddr;

use dns::PublishedMx;
use futures_util::future::join_all;
use model::DomainName;
use texts::{
    Sentence,
    publishing::{
        HOST_ALIAS, HOST_ELSEWHERE, HOST_PARTLY_PRIVATE, HOST_PRIVATE, HOST_WITHOUT_ADDRESS,
    },
};

use crate::{
    address::{is_public, kind, listed},
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status},
    subject::Own,
};

/// Mail hosts of a domain that are looked at; those of least preference beyond are left out.
const MOST_HOSTS: usize = 20;

/// A mail host, with what was found out.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) name: DomainName,
    pub(crate) addresses: Answer<Vec<IpAddr>>,
    pub(crate) alias: Answer<Option<String>>,
    pub(crate) is_ours: bool,
}

/// The hosts that MX records name, each once.
pub(crate) async fn look_up(lookup: &dyn Lookup, own: &Own, listed: &[PublishedMx]) -> Vec<Host> {
    let mut names: Vec<&DomainName> = Vec::new();
    for host in listed.iter().filter_map(|mx| mx.host.as_ref()) {
        if !names.contains(&host) && names.len() < MOST_HOSTS {
            names.push(host);
        }
    }
    join_all(names.into_iter().map(|name| host(lookup, own, name))).await
}

/// One of them.
pub(crate) async fn host(lookup: &dyn Lookup, own: &Own, name: &DomainName) -> Host {
    let (addresses, alias) =
        tokio::join!(lookup.addresses(name.as_str()), lookup.alias(name.as_str()));
    let has_ours = |found: &Vec<IpAddr>| found.iter().any(|ip| own.addresses.contains(ip));
    let is_ours = own.names.contains(name) || addresses.as_ref().is_ok_and(has_ours);
    Host { name: name.clone(), addresses, alias, is_ours }
}

/// Whether others can reach it.
pub(crate) fn judge(host: &Host, own: &Own) -> Finding {
    let name = host.name.as_str();
    let told = own.here_addresses.first().filter(|_| own.is_here(&host.name));
    let finding = |kind| Finding::about(Check::Address, name, kind);
    let addresses = match &host.addresses {
        Ok(addresses) => addresses,
        Err(why) => return finding("A").silent(name, why),
    };
    let mut finding = finding(kind(told.or(addresses.first())))
        .publishing(&addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
    let (public, private): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.iter().partition(|ip| is_public(ip));
    // What stands there and can be reached may stay; else what the settings say.
    finding.recommended = match (told, public.as_slice()) {
        (Some(told), public) if !public.contains(told) => Some(told.to_string()),
        (_, []) => None,
        (_, public) => Some(public.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    match &host.alias {
        Ok(Some(_)) => finding.say(Status::Bad, Sentence::new(HOST_ALIAS).with(name)),
        Ok(None) => {}
        Err(why) => finding = finding.silent(name, why),
    }
    if addresses.is_empty() {
        return finding.saying(Status::Missing, Sentence::new(HOST_WITHOUT_ADDRESS).with(name));
    }
    let about = |text| Sentence::new(text).with(name).with(listed(&private));
    match (public.is_empty(), private.is_empty()) {
        (true, _) => return finding.saying(Status::Bad, about(HOST_PRIVATE)),
        (false, false) => finding.say(Status::Warning, about(HOST_PARTLY_PRIVATE)),
        (false, true) => {}
    }
    if let Some(told) = told
        && !own.here_addresses.iter().any(|ip| public.contains(ip))
    {
        finding.say(Status::Warning, Sentence::new(HOST_ELSEWHERE).with(name).with(told));
    }
    finding
}
