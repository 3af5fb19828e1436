//! The MTA-STS policy that a domain should give out.

use model::DomainName;

/// A week: short enough to correct a mistake, long enough that an attacker cannot sit it out.
pub(crate) const MAX_AGE: u32 = 604_800;

/// Where it is given out.
pub(crate) fn url(domain: &DomainName) -> String {
    format!("https://{}/.well-known/mta-sts.txt", host(domain))
}

/// The name of the web server.
pub(crate) fn host(domain: &DomainName) -> String {
    format!("mta-sts.{domain}")
}

/// The text of the file. Lines end with CRLF in the standard, and LF is what everybody reads.
pub(crate) fn text<'a>(mode: &str, hosts: impl Iterator<Item = &'a DomainName>) -> String {
    let mut text = format!("version: STSv1\nmode: {mode}\n");
    for host in hosts {
        text.push_str(&format!("mx: {host}\n"));
    }
    text + &format!("max_age: {MAX_AGE}")
}
