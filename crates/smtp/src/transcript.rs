//! What of a conversation may be written down: commands without what a logon carries, content
//! only by its size, every line bounded and on one line.
//!
//! A client that has begun a logon may send its password where a command is expected: a logon
//! that was refused, an exchange that broke off. Such a line is no command of ours, so nothing of
//! it is shown but its length.

/// Stands for what is never shown.
pub const HIDDEN: &str = "<Binary Data>";
/// Longest line shown, in bytes; the rest is cut off.
pub const MAX_SHOWN: usize = 1000;

/// Commands whose arguments are shown.
const OPEN: [&str; 12] = [
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "QUIT", "VRFY", "EXPN",
    "STARTTLS",
];
/// Mechanisms that are called by their names. Anything else may be a response in the wrong place.
const MECHANISMS: [&str; 14] = [
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "XOAUTH2",
    "OAUTHBEARER",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "EXTERNAL",
    "ANONYMOUS",
    "GSSAPI",
    "NTLM",
];
/// Longest word of an unknown command that is shown.
const MAX_VERB: usize = 12;

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenLine {
    /// Whether the client said it.
    pub by_client: bool,
    /// What may be shown of it.
    pub text: String,
}

/// A command line as it may be shown. `after_auth`: the session has seen an AUTH before it.
pub fn shown_command(line: &[u8], after_auth: bool) -> String {
    let end = line.iter().position(|b| matches!(b, b' ' | b'\t' | b':')).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let is = |verb: &str| word.eq_ignore_ascii_case(verb.as_bytes());
    if is("AUTH") {
        return shown_auth(rest);
    }
    if OPEN.iter().any(|verb| is(verb)) {
        return shown(line);
    }
    let speaks = word.len() <= MAX_VERB && word.iter().all(u8::is_ascii_alphabetic);
    let harmless = is("NOOP") || is("HELP") || (!after_auth && speaks && !word.is_empty());
    match (harmless, rest.len()) {
        (true, 0) => shown(word),
        (true, length) => format!("{} <{length} bytes>", shown(word)),
        (false, _) => format!("<{} bytes that are no command>", line.len()),
    }
}

/// Whether the line is an AUTH command.
pub fn is_auth(line: &[u8]) -> bool {
    line.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"AUTH"))
        && line.get(4).is_none_or(|b| !b.is_ascii_alphanumeric())
}

/// A line of a logon as it may be shown: the command, or `*`, which ends an exchange.
pub fn shown_logon_line(line: &[u8]) -> String {
    match line {
        b"*" => "*".to_owned(),
        _ if is_auth(line) => shown_command(line, true),
        _ => HIDDEN.to_owned(),
    }
}

/// A reply line as it may be shown: a challenge is hidden.
pub fn shown_reply(line: &[u8]) -> String {
    match line.strip_prefix(b"334") {
        Some(rest) if rest.len() > 1 => format!("334 {HIDDEN}"),
        _ => shown(line),
    }
}

/// Content as it is shown.
pub fn shown_content(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => format!("<{bytes} bytes of message content>"),
        None => "<message content>".to_owned(),
    }
}

/// `bytes` on one line: control characters become `?`, what is not UTF-8 is replaced, and what is
/// longer than [`MAX_SHOWN`] is cut off.
pub fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_SHOWN)]);
    let mut text: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    if bytes.len() > MAX_SHOWN {
        text.push('…');
    }
    text
}

fn shown_auth(arguments: &[u8]) -> String {
    let text = String::from_utf8_lossy(arguments);
    let mut words = text.split_ascii_whitespace();
    let Some(mechanism) = words.next() else { return "AUTH".to_owned() };
    let known = MECHANISMS.iter().find(|known| known.eq_ignore_ascii_case(mechanism));
    match (known, words.next()) {
        (Some(known), None) => format!("AUTH {known}"),
        (Some(known), Some(_)) => format!("AUTH {known} {HIDDEN}"),
        (None, _) => format!("AUTH {HIDDEN}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_without_what_a_logon_carries() {
        let of = |line: &str| shown_command(line.as_bytes(), false);
        assert_eq!(of("MAIL FROM:<a@b.test> SIZE=3"), "MAIL FROM:<a@b.test> SIZE=3");
        assert_eq!(of("mail from:<a\u{7}@b>"), "mail from:<a?@b>");
        assert_eq!(of("AUTH PLAIN AGEAYg=="), "AUTH PLAIN <Binary Data>");
        assert_eq!(of("auth login"), "AUTH LOGIN");
        assert_eq!(of("AUTH  login\tYQ=="), "AUTH LOGIN <Binary Data>");
        // The response where the mechanism should stand.
        assert_eq!(of("AUTH AGEAYg=="), "AUTH <Binary Data>");
        assert_eq!(of("AUTH:AGEAYg=="), "AUTH <Binary Data>");
        assert_eq!(of("GET / HTTP/1.1"), "GET <11 bytes>");
        assert_eq!(of("NOOP my password"), "NOOP <12 bytes>");
        assert_eq!(of("\u{16}\u{3}\u{1}"), "<3 bytes that are no command>");
        assert_eq!(of(""), "<0 bytes that are no command>");
    }

    #[test]
    fn after_a_logon_was_begun_what_is_no_command_is_hidden() {
        for line in ["secret", "c2VjcmV0", "my secret", "AUTHc2VjcmV0", "NOOPsecret"] {
            let shown = shown_command(line.as_bytes(), true);
            assert_eq!(shown, format!("<{} bytes that are no command>", line.len()));
        }
        assert_eq!(shown_command(b"QUIT", true), "QUIT");
    }

    #[test]
    fn a_logon_s_lines_are_hidden_both_ways() {
        assert_eq!(shown_logon_line(b"c2VjcmV0"), HIDDEN);
        assert_eq!(shown_logon_line(b""), HIDDEN);
        assert_eq!(shown_logon_line(b"*"), "*");
        assert_eq!(shown_logon_line(b"AUTH XOAUTH2 dXNlcj0="), "AUTH XOAUTH2 <Binary Data>");
        assert_eq!(shown_reply(b"334 VXNlcm5hbWU6"), "334 <Binary Data>");
        assert_eq!(shown_reply(b"334 "), "334 ");
        assert_eq!(shown_reply(b"235 2.7.0 ok"), "235 2.7.0 ok");
    }

    #[test]
    fn lines_are_bounded() {
        let shown = shown_command(&[b"EHLO ".as_slice(), &[b'x'; 5000]].concat(), false);
        assert!(shown.len() <= MAX_SHOWN + 3 && shown.ends_with('…'), "{}", shown.len());
        assert_eq!(super::shown(b"a\r\n220 forged\0"), "a??220 forged?");
    }
}
