//! What a server said it can do in its reply to EHLO (RFC 5321 section 4.1.1.1).

/// The extensions of a server as its EHLO reply names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// STARTTLS (RFC 3207).
    pub start_tls: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_status_codes: bool,
    /// REQUIRETLS (RFC 8689); counts only under TLS.
    pub require_tls: bool,
    /// XATTR in the form that we write, which only servers of our own organization offer each other.
    pub attributes: bool,
    /// Whether SIZE is understood, with or without a limit (RFC 1870).
    pub size_offered: bool,
    /// The largest message in bytes, where SIZE names one that is not 0.
    pub size: Option<u64>,
    /// AUTH mechanisms, in upper case (RFC 4954).
    pub auth: Vec<String>,
    /// Whether EHLO (or LHLO) was accepted.
    pub esmtp: bool,
    /// The name the server gives itself.
    pub name: String,
}

/// Most AUTH mechanisms kept.
const MAX_MECHANISMS: usize = 32;

impl Capabilities {
    /// From the lines of a reply to EHLO without their codes; the first names the server.
    pub(super) fn from_ehlo(lines: &[String]) -> Self {
        let mut found = Self { esmtp: true, ..Self::from_helo(lines) };
        for line in lines.iter().skip(1) {
            found.add(line.trim());
        }
        found
    }

    /// From the lines of a reply to HELO: nothing but the name.
    pub(super) fn from_helo(lines: &[String]) -> Self {
        let name = lines.first().and_then(|line| line.split_whitespace().next());
        Self { name: name.unwrap_or_default().to_owned(), ..Self::default() }
    }

    fn add(&mut self, line: &str) {
        // "AUTH=LOGIN PLAIN" is how servers spoke before AUTH was a standard.
        let (keyword, arguments) = line.split_once([' ', '=']).unwrap_or((line, ""));
        match keyword.to_ascii_uppercase().as_str() {
            "PIPELINING" => self.pipelining = true,
            "8BITMIME" => self.eight_bit_mime = true,
            "SMTPUTF8" => self.smtputf8 = true,
            "DSN" => self.dsn = true,
            "STARTTLS" => self.start_tls = true,
            "CHUNKING" => self.chunking = true,
            "XATTR" => self.attributes = arguments.split(' ').any(|form| form == model::HOP_FORM),
            "REQUIRETLS" => self.require_tls = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_status_codes = true,
            "SIZE" => {
                self.size_offered = true;
                self.size = arguments.trim().parse().ok().filter(|limit| *limit > 0);
            }
            "AUTH" => self.add_mechanisms(arguments),
            _ => {}
        }
    }

    fn add_mechanisms(&mut self, arguments: &str) {
        // RFC 4422 section 3.1: a mechanism has at most 20 characters.
        for word in arguments.split_whitespace().filter(|word| word.len() <= 20) {
            let mechanism = word.to_ascii_uppercase();
            if self.auth.len() < MAX_MECHANISMS && !self.auth.contains(&mechanism) {
                self.auth.push(mechanism);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Capabilities {
        Capabilities::from_ehlo(&lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn reads_what_servers_say() {
        let all = of(&[
            "mx.example.net Hello there",
            "pipelining",
            "SIZE 35882577",
            "8BITMIME",
            "STARTTLS",
            "AUTH LOGIN PLAIN",
            "AUTH=LOGIN xoauth2",
            "X-ELSE what",
            "DSN",
            "CHUNKING",
            "SMTPUTF8",
            "requiretls",
            "XATTR 0 1",
            "ENHANCEDSTATUSCODES",
        ]);
        assert_eq!(all.name, "mx.example.net");
        assert_eq!(all.auth, ["LOGIN", "PLAIN", "XOAUTH2"]);
        assert_eq!(all.size, Some(35_882_577));
        assert!(all.esmtp && all.pipelining && all.eight_bit_mime && all.start_tls);
        assert!(all.dsn && all.chunking && all.smtputf8 && all.enhanced_status_codes);
        assert!(all.require_tls && all.attributes);
        assert!(!of(&["mx", "XATTR 2"]).attributes);
    }

    #[test]
    fn size_without_a_limit() {
        for line in ["SIZE", "SIZE 0", "SIZE x", "SIZE 99999999999999999999999"] {
            let found = of(&["mx", line]);
            assert!(found.size_offered && found.size.is_none(), "{line}");
        }
    }
}
