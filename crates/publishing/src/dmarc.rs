//! What becomes of mail from the domain that fails, and who is told (RFC 7489, and the walk up the tree of RFC
//! 9989 where a domain has no record of its own).

use futures_util::future::join_all;
use model::{Address, AddressDomain, DomainName};
use texts::{
    Sentence,
    publishing::{
        DMARC_FOREIGN, DMARC_MISSING, DMARC_MONITORS, DMARC_NO_POLICY, DMARC_NO_REPORTS,
        DMARC_OF_PARENT, DMARC_PARTLY, DMARC_SEVERAL, DMARC_TAG,
    },
};

use crate::{
    answer::{Answer, Lookup, Silence},
    finding::{Check, Finding, Status, not_known, shown},
    subject::Subject,
    tags::{record, tags},
};

/// Domains above that are asked.
const MOST_PARENTS: usize = 5;
/// Addresses of reports that are looked at.
const MOST_ADDRESSES: usize = 10;
/// What a policy can be.
const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];

/// What was answered.
pub(crate) struct Dmarc {
    /// The domain whose records count: this one, or one above it.
    owner: DomainName,
    /// Its DMARC records.
    records: Answer<Vec<String>>,
    /// Addresses of reports in domains that must agree, the name at which they do, and whether.
    foreign: Vec<Foreign>,
}

struct Foreign {
    address: String,
    domain: DomainName,
    name: String,
    agrees: Answer<bool>,
}

async fn records(lookup: &dyn Lookup, domain: &DomainName) -> Answer<Vec<String>> {
    let mut texts = lookup.txt(&format!("_dmarc.{domain}")).await?;
    texts.retain(|text| is_record(text));
    Ok(texts)
}

fn is_record(text: &str) -> bool {
    tags(text).first().is_some_and(|(name, value)| name == "v" && value == "DMARC1")
}

/// The domains above, the nearest first; none without a dot.
fn parents(domain: &DomainName) -> impl Iterator<Item = DomainName> {
    let next =
        |name: &DomainName| name.as_str().split_once('.').and_then(|(_, up)| up.parse().ok());
    std::iter::successors(next(domain), move |name| next(name))
        .filter(|name: &DomainName| name.as_str().contains('.'))
        .take(MOST_PARENTS)
}

pub(crate) async fn look_up(lookup: &dyn Lookup, subject: &Subject) -> Dmarc {
    let domain = &subject.domain;
    let mut dmarc = Dmarc {
        owner: domain.clone(),
        records: records(lookup, domain).await,
        foreign: Vec::new(),
    };
    if dmarc.records.as_ref().is_ok_and(Vec::is_empty) {
        for parent in parents(domain) {
            let found = records(lookup, &parent).await;
            if found.as_ref().map_or(true, |records| !records.is_empty()) {
                (dmarc.owner, dmarc.records) = (parent, found);
                break;
            }
        }
    }
    let addresses = match dmarc.records.as_deref() {
        Ok([record]) => addresses(record),
        _ => return dmarc,
    };
    let asked = addresses.iter().map(|address| agreement(lookup, &dmarc.owner, address));
    dmarc.foreign = join_all(asked).await.into_iter().flatten().collect();
    dmarc
}

/// Where aggregate reports go, as far as it is by mail.
fn addresses(record: &str) -> Vec<Address> {
    let all = tags(record);
    let lists = all.iter().filter(|(name, _)| name == "rua").map(|(_, list)| list.as_str());
    lists.flat_map(|list| list.split(',')).filter_map(address).take(MOST_ADDRESSES).collect()
}

/// `mailto:` with an address, and perhaps a limit of size behind `!`.
fn address(uri: &str) -> Option<Address> {
    let uri = uri.trim();
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest.split_once('!').map_or(rest, |(address, _)| address);
    if scheme.eq_ignore_ascii_case("mailto") { rest.parse().ok() } else { None }
}

/// Whether the domain of an address takes reports about another one (RFC 7489 section 7.1); none where it
/// need not say so.
async fn agreement(lookup: &dyn Lookup, owner: &DomainName, address: &Address) -> Option<Foreign> {
    let AddressDomain::Name(domain) = address.domain() else { return None };
    if domain.is_within(owner) || owner.is_within(domain) {
        return None;
    }
    // Of one organization are those below a domain that has a record.
    let common = parents(owner).find(|parent| domain.is_within(parent));
    if let Some(common) = common
        && records(lookup, &common).await.is_ok_and(|records| !records.is_empty())
    {
        return None;
    }
    let name = format!("{owner}._report._dmarc.{domain}");
    let agrees = lookup.txt(&name).await.map(|texts| texts.iter().any(|text| is_record(text)));
    Some(Foreign { address: address.to_string(), domain: domain.clone(), name, agrees })
}

pub(crate) fn judge(subject: &Subject, dmarc: &Dmarc) -> Finding {
    let domain = &subject.domain;
    let name = format!("_dmarc.{domain}");
    let fresh = || format!("v=DMARC1; p=none; rua=mailto:postmaster@{domain}");
    let finding = Finding::about(Check::Dmarc, name.as_str(), "TXT");
    let records = match &dmarc.records {
        Ok(records) => records,
        Err(why) => {
            let asked = format!("_dmarc.{}", dmarc.owner);
            return finding.recommending(fresh()).silent(&asked, why);
        }
    };
    let finding = finding.publishing(records);
    let about = |text| Sentence::new(text).with(domain);
    let record = match records.as_slice() {
        [] => {
            return finding.recommending(fresh()).saying(Status::Missing, about(DMARC_MISSING));
        }
        [record] => record,
        several => {
            let sentence = Sentence::new(DMARC_SEVERAL).with(&dmarc.owner).with(several.len());
            let first = several.first().map_or_else(fresh, String::clone);
            return finding.recommending(shown(&first)).saying(Status::Bad, sentence);
        }
    };
    let mut finding = finding;
    judge_record(&mut finding, domain, record);
    for foreign in &dmarc.foreign {
        let (address, name) = (shown(&foreign.address), &foreign.name);
        match &foreign.agrees {
            Ok(true) => {}
            Ok(false) => finding.say(
                Status::Warning,
                Sentence::new(DMARC_FOREIGN).with(address).with(&foreign.domain).with(name),
            ),
            Err(Silence(why)) => {
                finding.say(Status::Unknown, not_known(name, &Silence(why.clone())));
            }
        }
    }
    if dmarc.owner != *domain {
        finding.say(Status::Good, about(DMARC_OF_PARENT).with(&dmarc.owner));
    }
    finding
}

/// Judges the tags, and recommends the same record without its faults.
fn judge_record(finding: &mut Finding, domain: &DomainName, text: &str) {
    let mut better = tags(text);
    let tag = |name: &str| {
        tags(text).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
    };
    for (name, value) in &better {
        if !is_allowed(name, value) {
            let status = if name == "p" { Status::Bad } else { Status::Warning };
            let sentence = Sentence::new(DMARC_TAG).with(shown(name)).with(shown(value));
            finding.say(status, sentence);
        }
    }
    better.retain(|(name, value)| is_allowed(name, value));
    match tag("p").map(|policy| policy.to_ascii_lowercase()).as_deref() {
        None => {
            finding.say(Status::Bad, Sentence::new(DMARC_NO_POLICY));
            better.insert(1.min(better.len()), ("p".to_owned(), "none".to_owned()));
        }
        Some("none") => {
            finding.say(Status::Warning, Sentence::new(DMARC_MONITORS));
            for (name, value) in better.iter_mut().filter(|(name, _)| name == "p") {
                (*name, *value) = ("p".to_owned(), "quarantine".to_owned());
            }
        }
        Some("quarantine" | "reject") => {}
        Some(_) => better.insert(1.min(better.len()), ("p".to_owned(), "none".to_owned())),
    }
    let part = tag("pct").and_then(|pct| pct.parse::<u8>().ok()).filter(|pct| *pct < 100);
    if let Some(part) = part {
        finding.say(Status::Warning, Sentence::new(DMARC_PARTLY).with(part));
    }
    if !better.iter().any(|(name, _)| name == "rua") {
        finding.say(Status::Warning, Sentence::new(DMARC_NO_REPORTS));
        better.push(("rua".to_owned(), format!("mailto:postmaster@{domain}")));
    }
    let is_good = finding.status == Status::Good;
    finding.recommended = Some(shown(&if is_good { text.to_owned() } else { record(&better) }));
}

/// RFC 7489 section 6.3 and RFC 9989; tags that nobody knows are passed over.
fn is_allowed(name: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let each = |separator: char, is_one: &dyn Fn(&str) -> bool| {
        lower.split(separator).all(|one| is_one(one.trim()))
    };
    let number = |most: u64| {
        value.len() <= 10
            && value.bytes().all(|byte| byte.is_ascii_digit())
            && value.parse::<u64>().is_ok_and(|number| number <= most)
    };
    match name {
        "v" => value == "DMARC1",
        "p" | "sp" | "np" => POLICIES.contains(&lower.as_str()),
        "adkim" | "aspf" => lower == "r" || lower == "s",
        "pct" => number(100),
        "ri" => number(u32::MAX.into()),
        "fo" => each(':', &|one| ["0", "1", "d", "s"].contains(&one)),
        "rf" => each(':', &|one| one == "afrf"),
        "psd" => ["y", "n", "u"].contains(&lower.as_str()),
        "t" => lower == "y" || lower == "n",
        "rua" | "ruf" => {
            let is_uri = |uri: &str| address(uri).is_some() || uri.starts_with("https://");
            each(',', &is_uri)
        }
        _ => true,
    }
}
