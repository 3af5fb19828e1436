//! The MX records of a domain (RFC 5321 section 5.1, RFC 7505).

use dns::PublishedMx;
use futures_util::future::OptionFuture;
use model::DomainName;
use texts::{
    Sentence,
    publishing::{
        MX_IMPLICIT, MX_IS_ADDRESS, MX_IS_NO_HOST, MX_MISSING, MX_NOT_OURS, MX_NULL,
        MX_NULL_AND_OTHERS,
    },
};

use crate::{
    answer::{Answer, Lookup},
    finding::{Check, Finding, Status, shown},
    host::{self, Host},
    subject::Subject,
};

/// What was answered.
pub(crate) struct Mx {
    pub(crate) listed: Answer<Vec<PublishedMx>>,
    /// The hosts that are named; the domain itself where there is no record and it has an address.
    pub(crate) hosts: Vec<Host>,
}

impl Mx {
    /// The names of the hosts.
    pub(crate) fn names(&self) -> impl Iterator<Item = &DomainName> {
        self.hosts.iter().map(|host| &host.name)
    }
}

pub(crate) async fn look_up(lookup: &dyn Lookup, subject: &Subject) -> Mx {
    let listed = lookup.mx(subject.domain.as_str()).await;
    let mut hosts = match &listed {
        Ok(listed) => host::look_up(lookup, &subject.own, listed).await,
        Err(_) => Vec::new(),
    };
    let is_bare = listed.as_ref().is_ok_and(Vec::is_empty);
    let itself = is_bare.then(|| host::host(lookup, &subject.own, &subject.domain));
    let itself = OptionFuture::from(itself).await;
    hosts
        .extend(itself.filter(|host| host.addresses.as_ref().is_ok_and(|found| !found.is_empty())));
    Mx { listed, hosts }
}

pub(crate) fn judge(subject: &Subject, mx: &Mx) -> Finding {
    let domain = &subject.domain;
    let ours = format!("10 {}.", subject.own.mail_host);
    let finding = Finding::about(Check::Mx, domain.as_str(), "MX");
    let listed = match &mx.listed {
        Ok(listed) => listed,
        Err(why) => return finding.recommending(ours).silent(domain.as_str(), why),
    };
    let lines: Vec<String> = listed.iter().map(line).collect();
    let mut finding = finding.publishing(&lines);
    let about = |text| Sentence::new(text).with(domain);
    if listed.is_empty() {
        let (status, text) = match mx.hosts.is_empty() {
            true => (Status::Missing, MX_MISSING),
            false => (Status::Warning, MX_IMPLICIT),
        };
        return finding.recommending(ours).saying(status, about(text));
    }
    let (nulls, others): (Vec<_>, Vec<_>) = listed.iter().partition(|mx| mx.exchange == ".");
    if others.is_empty() {
        return finding.recommending(ours).saying(Status::Bad, about(MX_NULL));
    }
    if !nulls.is_empty() {
        finding.say(Status::Bad, about(MX_NULL_AND_OTHERS));
    }
    for wrong in others.iter().filter(|mx| mx.host.is_none()) {
        let is_address = wrong.exchange.parse::<std::net::IpAddr>().is_ok();
        let text = if is_address { MX_IS_ADDRESS } else { MX_IS_NO_HOST };
        finding.say(Status::Bad, Sentence::new(text).with(shown(&wrong.exchange)));
    }
    let right: Vec<String> =
        others.iter().filter(|mx| mx.host.is_some()).map(|mx| line(mx)).collect();
    let has_ours = mx.hosts.iter().any(|host| host.is_ours);
    if subject.is_all_here && !has_ours {
        finding.say(Status::Warning, about(MX_NOT_OURS));
        return finding.recommending(ours);
    }
    finding.recommending(if right.is_empty() { ours } else { right.join("\n") })
}

/// As in a zone file; a name with its last dot.
fn line(mx: &PublishedMx) -> String {
    match mx.exchange.as_str() {
        "." => format!("{} .", mx.preference),
        name => format!("{} {name}.", mx.preference),
    }
}
