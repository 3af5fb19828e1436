//! The form of smart hosts that `New-SendConnector` takes.

use std::net::IpAddr;

use model::DomainName;

/// A host name or an IP address, as `SmartHosts` takes it.
///
/// # Errors
/// Why it is neither, as the end of a sentence.
pub(crate) fn smart_host(text: &str) -> Result<String, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let literal = bare.map(strip_tag).unwrap_or(text);
    if let Ok(address) = literal.parse::<IpAddr>() {
        return match address.is_unspecified() || address.is_multicast() {
            true => Err("is not the address of a host".into()),
            false => Ok(address.to_string()),
        };
    }
    let name: DomainName = text.parse().map_err(|e: model::ValueError| e.problem)?;
    let numeric = name.labels().last().is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
    match numeric {
        true => Err("looks like an IP address but is not one".into()),
        false => Ok(name.to_string()),
    }
}

fn strip_tag(inner: &str) -> &str {
    match inner.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("ipv6:") => inner.get(5..).unwrap_or_default(),
        _ => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::smart_host;

    #[test]
    fn names_and_addresses() {
        assert_eq!(smart_host("Gate.Contoso.com"), Ok("gate.contoso.com".into()));
        assert_eq!(smart_host("[192.0.2.1]"), Ok("192.0.2.1".into()));
        assert_eq!(smart_host("[IPv6:2001:db8::1]"), Ok("2001:db8::1".into()));
        for bad in ["", "a_b.test", "10.1", "[a.test]", "0.0.0.0", "--"] {
            assert!(smart_host(bad).is_err(), "{bad}");
        }
    }
}
