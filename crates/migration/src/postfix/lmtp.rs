//! LMTP, by which Postfix gives mail to Dovecot or another server with the mailboxes: a key of `relais.toml`,
//! since there is one such server for all mailboxes here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::main_cf::{Setting, Settings};

/// Settings that say who has mailboxes.
const TRANSPORTS: [&str; 3] = ["local_transport", "mailbox_transport", "virtual_transport"];
/// Where Postfix's sockets are, unless queue_directory says otherwise.
const QUEUE_DIRECTORY: &str = "/var/spool/postfix";
/// lmtp_tcp_port.
const PORT: u16 = 24;

/// What is to be done about a setting by which all mailboxes are an LMTP server's; nothing where it is not one.
pub(super) fn of_setting(setting: &Setting, settings: &Settings) -> Option<String> {
    let is_one = TRANSPORTS.contains(&setting.name.as_str());
    let destination = setting.value.strip_prefix("lmtp:").filter(|_| is_one)?;
    Some(advice(destination, settings))
}

/// What is to be done about mail that goes to this destination by LMTP.
pub(super) fn advice(destination: &str, settings: &Settings) -> String {
    match key(destination, settings.value("queue_directory")) {
        Some(value) => format!(
            "In relais.toml: [mailboxes] lmtp = \"{value}\", for all mailboxes, or another socket of that server which the \
             user relais may write to (docs/mailboxes.md). As it stands mailboxes are Maildirs of Relais."
        ),
        None => "Relais speaks LMTP to a server on its own machine only, since it is neither encrypted nor does that server prove \
                 who it is: [mailboxes] lmtp of relais.toml (docs/mailboxes.md). As it stands mailboxes are Maildirs of Relais."
            .to_owned(),
    }
}

/// The key's value: `unix:private/dovecot-lmtp`, `inet:127.0.0.1:24`, `[::1]`, `localhost:2424`.
fn key(destination: &str, queue_directory: &str) -> Option<String> {
    if let Some(path) = destination.strip_prefix("unix:") {
        let is_plain =
            !path.is_empty() && !path.contains(|c: char| c.is_control() || c == '"' || c == '\\');
        let absolute = match path.starts_with('/') {
            true => path.to_owned(),
            false if queue_directory.is_empty() => format!("{QUEUE_DIRECTORY}/{path}"),
            false => format!("{queue_directory}/{path}"),
        };
        return Some(absolute).filter(|_| is_plain);
    }
    let place = destination.strip_prefix("inet:").unwrap_or(destination);
    let is_host_alone = place.ends_with(']') || !place.contains(':');
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !is_host_alone => (host, port.parse().ok()?),
        _ => (place, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = match host.strip_prefix("ipv6:").unwrap_or(host) {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        host => host.parse().ok()?,
    };
    Some(SocketAddr::new(address, port).to_string()).filter(|_| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_becomes_a_key() {
        for (destination, value) in [
            ("unix:private/dovecot-lmtp", Some("/var/spool/postfix/private/dovecot-lmtp")),
            ("unix:/run/dovecot/lmtp", Some("/run/dovecot/lmtp")),
            ("inet:127.0.0.1:2424", Some("127.0.0.1:2424")),
            ("127.0.0.1", Some("127.0.0.1:24")),
            ("[127.0.0.1]", Some("127.0.0.1:24")),
            ("inet:[::1]:24", Some("[::1]:24")),
            ("[ipv6:::1]:24", Some("[::1]:24")),
            ("localhost:2424", Some("127.0.0.1:2424")),
            ("inet:dovecot.contoso.com:24", None),
            ("192.0.2.1:24", None),
            ("127.0.0.1:x", None),
            ("unix:", None),
            ("unix:a\"b", None),
            ("", None),
        ] {
            assert_eq!(key(destination, "").as_deref(), value, "{destination}");
        }
        assert_eq!(
            key("unix:public/lmtp", "/srv/queue").as_deref(),
            Some("/srv/queue/public/lmtp")
        );
    }
}
