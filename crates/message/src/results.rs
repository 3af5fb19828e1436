//! Authentication-Results fields (RFC 8601): those that claim to be ours are taken out of what strangers
//! send, and our own is found again.
//!
//! A reader trusts what stands under our name. So whatever a tolerant reader might take for that goes: comments,
//! quotation marks, versions, blanks before the name or the colon are seen through, and what cannot be read goes too.

use bytes::Bytes;

use crate::{
    facts::is_own_hop,
    firewall::without,
    header::{Field, HeaderBlock},
};

const NAME: &[u8] = b"Authentication-Results";

/// `content` without Authentication-Results fields of `host`; the very same bytes when there are none.
pub fn without_results_of(content: Bytes, host: &str) -> Bytes {
    without(content, |field| claims(field, host))
}

/// What stands behind the colon of the Authentication-Results field of `host`, when the header begins with it:
/// where reception puts it.
pub fn results_of<'a>(content: &'a [u8], host: &str) -> Option<&'a str> {
    let field = HeaderBlock::parse(content).fields().next()?;
    let is_ours = field.name.eq_ignore_ascii_case(NAME) && claims(&field, host);
    if is_ours { std::str::from_utf8(field.value).ok() } else { None }
}

/// The same behind the Received fields of these hosts, of any of them: the servers of one organization hand a message
/// to each other, and take nothing with such a name from strangers.
pub fn results_behind_hops<'a>(content: &'a [u8], hosts: &[&str]) -> Option<&'a str> {
    let is_hop = |field: &Field<'_>| hosts.iter().any(|host| is_own_hop(field, host));
    let field = HeaderBlock::parse(content).fields().find(|field| !is_hop(field))?;
    let is_ours =
        field.name.eq_ignore_ascii_case(NAME) && hosts.iter().any(|host| claims(&field, host));
    if is_ours { std::str::from_utf8(field.value).ok() } else { None }
}

fn claims(field: &Field<'_>, host: &str) -> bool {
    let line = field.raw.trim_ascii_start();
    let is_called = line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let value = match line.get(NAME.len()..).map(<[u8]>::trim_ascii_start) {
        Some([b':', value @ ..]) if is_called => value,
        _ => return false,
    };
    match identity(value) {
        Some(identity) => {
            let plain = identity.strip_suffix(b".").unwrap_or(&identity);
            plain.eq_ignore_ascii_case(host.as_bytes())
        }
        None => true,
    }
}

/// The server that the field says it is of; `None` when that cannot be read.
fn identity(value: &[u8]) -> Option<Vec<u8>> {
    let mut rest = without_comments(value)?;
    if let [b'"', quoted @ ..] = rest {
        let (mut identity, mut bytes) = (Vec::new(), quoted.iter());
        loop {
            match bytes.next()? {
                b'"' => return Some(identity),
                b'\\' => identity.push(*bytes.next()?),
                b'\r' | b'\n' => {}
                byte => identity.push(*byte),
            }
        }
    }
    let is_end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b';' | b'(' | b'"');
    let end = rest.iter().position(is_end).unwrap_or(rest.len());
    rest = &rest[..end];
    (!rest.is_empty() && rest.is_ascii()).then(|| rest.to_vec())
}

/// What follows blanks and comments, which may be nested; `None` when a comment does not end.
fn without_comments(value: &[u8]) -> Option<&[u8]> {
    let mut rest = value.trim_ascii_start();
    while let [b'(', inner @ ..] = rest {
        let (mut depth, mut at) = (1_usize, 0);
        while depth > 0 {
            match inner.get(at)? {
                b'\\' => at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        rest = inner.get(at..)?.trim_ascii_start();
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOST: &str = "mx.contoso.com";

    fn left(header: &str) -> String {
        let content = Bytes::from(format!(
            "{header}\r\nFrom: a@b.test\r\n\r\nAuthentication-Results: {HOST}\r\n"
        ));
        let left = without_results_of(content, HOST);
        String::from_utf8_lossy(&left).into_owned()
    }

    #[test]
    fn what_claims_our_name_goes() {
        for header in [
            "Authentication-Results: mx.contoso.com; dkim=pass",
            "authentication-RESULTS: MX.Contoso.COM;dkim=pass",
            "Authentication-Results : mx.contoso.com; dkim=pass",
            "Authentication-Results\t:mx.contoso.com",
            " Authentication-Results: mx.contoso.com; dkim=pass",
            "Authentication-Results:\r\n\tmx.contoso.com;\r\n dkim=pass",
            "Authentication-Results: mx.contoso.com 1; dkim=pass",
            "Authentication-Results: mx.contoso.com.; dkim=pass",
            "Authentication-Results: (a (b) \\) c) mx.contoso.com; dkim=pass",
            "Authentication-Results: mx.contoso.com(x); dkim=pass",
            "Authentication-Results: \"mx.contoso.com\"; dkim=pass",
            "Authentication-Results: \"m\\x.contoso.com\"; dkim=pass",
            "Authentication-Results: (endless mx.contoso.com; dkim=pass",
            "Authentication-Results: \"endless",
            "Authentication-Results:",
            "Authentication-Results: ; dkim=pass",
            "Authentication-Results: m\u{445}.contoso.com; dkim=pass",
        ] {
            let left = left(header);
            assert!(left.starts_with("From: a@b.test\r\n\r\nAuthentication-Results:"), "{left}");
        }
    }

    #[test]
    fn what_others_say_stays() {
        for header in [
            "Authentication-Results: mx.other.test; dkim=pass",
            "Authentication-Results: notmx.contoso.com; dkim=pass",
            "Authentication-Results: mx.other.test; x=mx.contoso.com",
            "ARC-Authentication-Results: i=1; mx.contoso.com; dkim=pass",
            "X-Authentication-Results: mx.contoso.com",
            "Authentication-Results-Of: mx.contoso.com",
        ] {
            assert!(left(header).starts_with(header), "{header}");
        }
    }

    #[test]
    fn our_own_is_found_on_top_only() {
        let of = |content: &str| results_of(content.as_bytes(), HOST).map(str::to_owned);
        let ours = "Authentication-Results: mx.contoso.com;\r\n\tspf=none\r\n";
        assert_eq!(of(ours).as_deref(), Some(" mx.contoso.com;\r\n\tspf=none"));
        assert_eq!(of(&format!("Subject: x\r\n{ours}")), None);
        assert_eq!(of("Authentication-Results: mx.other.test; spf=none\r\n"), None);
        assert_eq!(of(""), None);
    }

    proptest! {
        #[test]
        fn nothing_of_ours_is_left(
            before in "[ ()\"\\\\;a\r\n\t]{0,20}", after in "[ ()\"\\\\;a\r\n\t]{0,20}"
        ) {
            let header = format!("Authentication-Results:{before}{HOST}{after}");
            let content = Bytes::from(header + "\r\n\r\nbody\r\n");
            let left = without_results_of(content, HOST);
            let mut fields = HeaderBlock::parse(&left).fields();
            prop_assert!(fields.all(|field| !claims(&field, HOST)));
        }
    }
}
