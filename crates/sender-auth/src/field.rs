//! The Authentication-Results field (RFC 8601). Whatever a peer said is made harmless first: a line of the
//! field has at most 998 bytes, and nothing in it ends a line, a comment or a quotation that is not ours.

use std::{fmt::Write, net::IpAddr};

use crate::findings::{AuthResult, Findings, SpfFinding};

/// Longest text taken over from a peer, in characters.
const LONGEST: usize = 255;

impl Findings {
    /// The field of the server called `host`, with its last line end. `client` is shown where a chain passed.
    pub fn field(&self, host: &str, client: IpAddr) -> String {
        let mut field = format!("Authentication-Results: {}", harmless(host));
        if let Some(finding) = &self.mail_from {
            spf(&mut field, finding, "smtp.mailfrom");
        }
        spf(&mut field, &self.hello, "smtp.helo");
        if self.dkim.is_empty() {
            field.push_str(";\r\n\tdkim=none");
        }
        for finding in &self.dkim {
            result(&mut field, "dkim", finding.result, finding.reason);
            property(&mut field, "header.d", &finding.domain);
            property(&mut field, "header.s", &finding.selector);
            property(&mut field, "header.b", &finding.beginning);
        }
        let policy = self.dmarc.policy.map(|policy| format!("p={}", policy.name()));
        result(&mut field, "dmarc", self.dmarc.result, policy.as_deref().unwrap_or_default());
        property(&mut field, "header.from", &self.dmarc.domain);
        result(&mut field, "arc", self.arc.result, self.arc.reason);
        if self.arc.result == AuthResult::Pass {
            // Writing to a String does not fail.
            let _ = write!(field, " (i={})", self.arc.instance);
            property(&mut field, "smtp.remote-ip", &client.to_canonical().to_string());
        }
        field.push_str("\r\n");
        field
    }
}

fn spf(field: &mut String, finding: &SpfFinding, name: &str) {
    let _ = write!(field, ";\r\n\tspf={}", finding.result.name());
    property(field, name, &finding.identity);
}

/// A method with its result. The comment is a text of ours.
fn result(field: &mut String, method: &str, result: AuthResult, comment: &str) {
    let _ = write!(field, ";\r\n\t{method}={}", result.name());
    if !comment.is_empty() {
        let _ = write!(field, " ({comment})");
    }
}

fn property(field: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(field, "\r\n\t\t{name}={}", harmless(value));
    }
}

/// As a value of the field (RFC 8601 section 2.2): a word, a mail address, or else in quotation marks.
fn harmless(given: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`{|}~".contains(c);
    let cut: String = given
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
        .collect();
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(is_word);
    let is_value = match cut.split_once('@') {
        Some((local, domain)) => is_plain(local) && is_plain(domain),
        None => is_plain(&cut),
    };
    if is_value {
        return cut;
    }
    let mut quoted = String::with_capacity(cut.len() + 2);
    quoted.push('"');
    for c in cut.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::findings::{ArcFinding, DkimFinding, DmarcFinding, DmarcPolicy, SpfResult};

    fn findings(evil: &str) -> Findings {
        Findings {
            mail_from: Some(SpfFinding {
                result: SpfResult::SoftFail,
                identity: evil.to_owned(),
                domain: evil.to_owned(),
            }),
            hello: SpfFinding {
                result: SpfResult::None,
                identity: evil.to_owned(),
                domain: evil.to_owned(),
            },
            dkim: vec![DkimFinding {
                result: AuthResult::Fail,
                reason: "body has been changed",
                domain: evil.to_owned(),
                selector: evil.to_owned(),
                signs_reports: false,
                beginning: evil.to_owned(),
            }],
            dmarc: DmarcFinding {
                result: AuthResult::Pass,
                domain: evil.to_owned(),
                policy: Some(DmarcPolicy::Quarantine),
            },
            arc: ArcFinding { result: AuthResult::Pass, reason: "", instance: 3 },
        }
    }

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn tells_all_of_it() {
        assert_eq!(
            findings("a@e.test").field("mx.contoso.com", CLIENT),
            "Authentication-Results: mx.contoso.com;\r\n\
             \tspf=softfail\r\n\t\tsmtp.mailfrom=a@e.test;\r\n\
             \tspf=none\r\n\t\tsmtp.helo=a@e.test;\r\n\
             \tdkim=fail (body has been changed)\r\n\t\theader.d=a@e.test\r\n\t\theader.s=a@e.test\r\n\
             \t\theader.b=a@e.test;\r\n\
             \tdmarc=pass (p=quarantine)\r\n\t\theader.from=a@e.test;\r\n\
             \tarc=pass (i=3)\r\n\t\tsmtp.remote-ip=192.0.2.1\r\n"
        );
        let nothing = Findings {
            mail_from: None,
            dkim: Vec::new(),
            arc: ArcFinding { result: AuthResult::None, reason: "", instance: 0 },
            ..findings("")
        };
        assert_eq!(
            nothing.field("mx.contoso.com", CLIENT),
            "Authentication-Results: mx.contoso.com;\r\n\tspf=none;\r\n\tdkim=none;\r\n\
             \tdmarc=pass (p=quarantine);\r\n\tarc=none\r\n"
        );
    }

    #[test]
    fn values_of_peers_are_words_or_quoted() {
        for (given, expected) in [
            ("mail.e.test", "mail.e.test"),
            ("a+b@e.test", "a+b@e.test"),
            ("a b@e.test", "\"a b@e.test\""),
            ("\"a\"@e.test", "\"\\\"a\\\"@e.test\""),
            ("a@b@c", "\"a@b@c\""),
            ("[192.0.2.1]", "\"[192.0.2.1]\""),
            ("a/b==", "\"a/b==\""),
            ("x; dkim=pass", "\"x; dkim=pass\""),
            ("x\r\nX: y", "\"x??X: y\""),
            ("caf\u{e9}.test", "\"caf?.test\""),
            ("\\", "\"\\\\\""),
        ] {
            assert_eq!(harmless(given), expected, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_a_peer_says_adds_a_line_or_a_result(
            evil in "[a-c@;=\"\\\\() \r\n\t\u{0}\u{7f}\u{85}\u{2028}]{0,300}"
        ) {
            let field = findings(&evil).field("mx.contoso.com", CLIENT);
            prop_assert!(field.is_ascii() && field.ends_with("\r\n"));
            for line in field.trim_end().split("\r\n").skip(1) {
                prop_assert!(line.starts_with('\t') && line.len() <= 998);
                prop_assert!(!line.contains(['\r', '\n', '\0']));
            }
            // Outside quotation marks there are as many results as there should be.
            let (mut bare, mut is_quoted, mut is_escaped) = (String::new(), false, false);
            for c in field.chars() {
                match c {
                    _ if is_escaped => is_escaped = false,
                    '\\' if is_quoted => is_escaped = true,
                    '"' => is_quoted = !is_quoted,
                    c if !is_quoted => bare.push(c),
                    _ => {}
                }
            }
            prop_assert!(!is_quoted);
            prop_assert_eq!(bare.matches(';').count(), 5);
        }
    }
}
