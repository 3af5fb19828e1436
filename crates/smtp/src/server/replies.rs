//! The server's own replies, worded as Exchange words them where it has the same.

use std::iter;

use model::{HOP_FORM, Reply};

use super::settings::{AuthOffer, ServerSettings, SizeMode};

/// The lines of the reply to EHLO without their code (RFC 5321 section 4.1.1.1). `bindable`: a logon can be
/// bound to the TLS session; `is_peer`: the client is another server of ours.
pub(super) fn ehlo(
    settings: &ServerSettings,
    tls: bool,
    (bindable, is_peer): (bool, bool),
) -> Vec<String> {
    let size = match settings.size {
        SizeMode::Disabled => None,
        SizeMode::EnabledWithoutValue => Some("SIZE".to_owned()),
        SizeMode::Enabled if settings.max_message_size == u64::MAX => Some("SIZE 0".to_owned()),
        SizeMode::Enabled => Some(format!("SIZE {}", settings.max_message_size)),
    };
    let auth = (tls && settings.auth == AuthOffer::UnderTls).then(|| {
        let scram = match (settings.scram, bindable) {
            (false, _) => "",
            (true, false) => " SCRAM-SHA-256",
            (true, true) => " SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
        };
        let bearer = if settings.bearer.is_some() { " OAUTHBEARER XOAUTH2" } else { "" };
        format!("AUTH PLAIN LOGIN{scram}{bearer}")
    });
    let attributes = format!("XATTR {HOP_FORM}");
    let keywords = [
        (settings.pipelining, "PIPELINING"),
        (settings.dsn, "DSN"),
        (settings.enhanced_status_codes, "ENHANCEDSTATUSCODES"),
        (settings.start_tls && !tls, "STARTTLS"),
        (auth.is_some(), auth.as_deref().unwrap_or_default()),
        (settings.eight_bit_mime, "8BITMIME"),
        (settings.chunking, "CHUNKING"),
        (settings.smtputf8, "SMTPUTF8"),
        (settings.offer_require_tls && tls, "REQUIRETLS"),
        (is_peer, attributes.as_str()),
    ];
    let offered = keywords.iter().filter(|(on, _)| *on).map(|(_, keyword)| (*keyword).to_owned());
    iter::once(format!("{} Hello", settings.fqdn)).chain(size).chain(offered).collect()
}

/// The greeting.
pub(super) fn greeting(settings: &ServerSettings) -> Reply {
    let text = match &settings.banner {
        Some(banner) => banner.clone(),
        None => format!("{} Relais ESMTP ready", settings.fqdn),
    };
    Reply::plain(220, text)
}

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident = $code:literal ($class:literal, $subject:literal, $detail:literal) $text:literal;)*) => {
        $($(#[$doc])* pub(super) fn $name() -> Reply {
            Reply::new($code, ($class, $subject, $detail), $text)
        })*
    };
}

replies! {
    hello_needed = 503 (5, 5, 1) "Send hello first";
    bad_sequence = 503 (5, 5, 1) "Bad sequence of commands";
    ok = 250 (2, 0, 0) "OK";
    reset = 250 (2, 0, 0) "Resetting";
    help = 214 (2, 0, 0) "Commands: HELO EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT";
    vrfy = 252 (2, 1, 5) "Cannot VRFY user";
    not_implemented = 502 (5, 5, 1) "Command not implemented";
    quit = 221 (2, 0, 0) "Service closing transmission channel";
    line_too_long = 500 (5, 5, 2) "Line too long";
    bare_newline = 500 (5, 5, 2) "Syntax error, a command line ends with CR LF, closing transmission channel";
    too_many_errors = 421 (4, 7, 0) "Too many errors on this connection, closing transmission channel";
    too_many_replies = 421 (4, 7, 0) "Too many commands without reading replies, closing transmission channel";
    local_error = 451 (4, 3, 0) "Temporary server error, please try again later";
    tls_ready = 220 (2, 0, 0) "SMTP server ready";
    tls_needed = 530 (5, 7, 0) "Must issue a STARTTLS command first";
    auth_needed = 530 (5, 7, 57) "Client was not authenticated to send mail";
    auth_needs_tls = 538 (5, 7, 11) "Encryption required for requested authentication mechanism";
    auth_unknown = 504 (5, 5, 4) "Unrecognized authentication type";
    auth_cancelled = 501 (5, 7, 0) "Authentication cancelled";
    auth_undecodable = 501 (5, 5, 2) "Cannot decode authentication response";
    auth_failed = 535 (5, 7, 3) "Authentication unsuccessful";
    auth_ok = 235 (2, 7, 0) "Authentication successful";
    unsupported = 555 (5, 5, 4) "Unsupported option";
    utf8_needed = 553 (5, 6, 7) "Internationalized address needs SMTPUTF8";
    too_large = 552 (5, 3, 4) "Message size exceeds fixed maximum message size";
    sender_ok = 250 (2, 1, 0) "Sender OK";
    recipient_ok = 250 (2, 1, 5) "Recipient OK";
    too_many_recipients = 452 (4, 5, 3) "Too many recipients";
    no_recipients = 554 (5, 5, 1) "No valid recipients";
    queued = 250 (2, 6, 0) "Queued mail for delivery";
}

/// The reply that asks for the content.
pub(super) fn start_input() -> Reply {
    Reply::plain(354, "Start mail input; end with <CRLF>.<CRLF>")
}

/// The reply to a chunk that is not the last.
pub(super) fn chunk_ok(size: u64) -> Reply {
    Reply::new(250, (2, 6, 0), format!("CHUNK received OK, {size} octets"))
}
