//! Next hops: `[host]:port`, `host`, and transports in front of them.

use crate::smart_host::smart_host;

/// Where mail is handed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NextHop {
    /// Smart hosts; none stands for the MX hosts of the recipient's domain.
    pub(super) hosts: Vec<String>,
    pub(super) port: u16,
    /// The next hop as it was written, by which other tables name it.
    pub(super) written: String,
    /// Whether a name stands without brackets, so that its MX hosts are meant.
    pub(super) by_mx: bool,
}

impl NextHop {
    /// The MX hosts of the recipient's domain.
    pub(super) fn dns() -> Self {
        Self { hosts: Vec::new(), port: 25, written: String::new(), by_mx: true }
    }

    /// Reads what stands after `smtp:` or in `relayhost`.
    ///
    /// # Errors
    /// What is wrong with it, a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::dns());
        }
        let mut hosts = Vec::new();
        let mut ports = Vec::new();
        let mut by_mx = false;
        for one in super::words(text) {
            let (host, port, in_brackets) = split(one)?;
            let host = smart_host(&host).map_err(|problem| format!("\"{host}\" {problem}."))?;
            by_mx |= !in_brackets && host.parse::<std::net::IpAddr>().is_err();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
            ports.push(port);
        }
        let first = ports.first().copied().unwrap_or(25);
        if ports.iter().any(|port| *port != first) {
            return Err("The hosts have different ports, and a connector has one.".into());
        }
        if hosts.is_empty() {
            return Err("It names no host.".into());
        }
        Ok(Self { hosts, port: first, written: text.to_owned(), by_mx })
    }

    /// Whether mail goes to the recipient domain's own hosts.
    pub(super) fn is_dns(&self) -> bool {
        self.hosts.is_empty()
    }
}

/// Host, port, and whether the host stood in brackets.
fn split(text: &str) -> Result<(String, u16, bool), String> {
    if text.starts_with("unix:") {
        return Err("A UNIX socket is no host.".into());
    }
    let text = text.strip_prefix("inet:").unwrap_or(text);
    if text.starts_with('[') {
        let (inner, rest) = text.split_once(']').ok_or("A bracket is not closed.")?;
        let inner = inner.strip_prefix('[').unwrap_or(inner);
        let port = match rest.strip_prefix(':') {
            Some(port) => self::port(port)?,
            None if rest.is_empty() => 25,
            None => return Err(format!("\"{rest}\" follows the bracket.")),
        };
        let is_address = inner.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("ipv6:"))
            || inner.parse::<std::net::IpAddr>().is_ok();
        let host = if is_address { format!("[{inner}]") } else { inner.to_owned() };
        return Ok((host, port, true));
    }
    match text.rsplit_once(':') {
        Some((host, port)) => Ok((host.to_owned(), self::port(port)?, false)),
        None => Ok((text.to_owned(), 25, false)),
    }
}

fn port(text: &str) -> Result<u16, String> {
    match text {
        "smtp" => Ok(25),
        "submission" => Ok(587),
        "smtps" | "submissions" => Ok(465),
        _ => text
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| format!("\"{text}\" is no port from 1 to 65535.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_hops_as_postfix_writes_them() {
        let hop = |text: &str| NextHop::parse(text).unwrap();
        let of = |text: &str| (hop(text).hosts.join(" "), hop(text).port, hop(text).by_mx);
        assert_eq!(of("[gate.contoso.com]:587"), ("gate.contoso.com".into(), 587, false));
        assert_eq!(of("gate.contoso.com"), ("gate.contoso.com".into(), 25, true));
        assert_eq!(of("gate.contoso.com:submission"), ("gate.contoso.com".into(), 587, true));
        assert_eq!(of("[192.0.2.1]"), ("192.0.2.1".into(), 25, false));
        assert_eq!(of("[ipv6:2001:db8::1]:26"), ("2001:db8::1".into(), 26, false));
        assert_eq!(of("[a.test], [b.test]"), ("a.test b.test".into(), 25, false));
        assert!(hop("").is_dns());
        for bad in [
            "[a.test",
            "[a.test]x",
            "a.test:0",
            "a.test:x",
            "[a.test]:25 [b.test]:26",
            "a_b.test",
            "unix:/x",
        ] {
            assert!(NextHop::parse(bad).is_err(), "{bad}");
        }
    }
}
