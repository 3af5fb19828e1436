//! What is said of settings that nothing is made of.

use super::main_cf::Setting;
use crate::Outcome::{self, Decision, NoEquivalent, Nothing};

/// Settings that other rooms of this translation have seen to.
pub(super) const SEEN_TO: [&str; 38] = [
    "bounce_queue_lifetime",
    "default_destination_concurrency_limit",
    "default_transport",
    "delay_warning_time",
    "hopcount_limit",
    "maximal_queue_lifetime",
    "message_size_limit",
    "mydestination",
    "myhostname",
    "mynetworks",
    "parent_domain_matches_subdomains",
    "relay_domains",
    "relay_transport",
    "relayhost",
    "sender_dependent_default_transport_maps",
    "sender_dependent_relayhost_maps",
    "smtp_destination_concurrency_limit",
    "smtp_enforce_tls",
    "smtp_helo_name",
    "smtp_sasl_auth_enable",
    "smtp_sasl_password_maps",
    "smtp_tls_per_site",
    "smtp_tls_policy_maps",
    "smtp_tls_secure_cert_match",
    "smtp_tls_security_level",
    "smtp_tls_verify_cert_match",
    "smtp_tls_wrappermode",
    "smtp_use_tls",
    "smtpd_client_connection_count_limit",
    "smtpd_client_message_rate_limit",
    "smtpd_hard_error_limit",
    "smtpd_recipient_limit",
    "smtpd_timeout",
    "transport_maps",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
    "notify_classes",
    "disable_vrfy_command",
];

const RULES: &str = "Rules for single clients, senders and recipients are not there; what Receive connectors let in is in \
                     PermissionGroups and RemoteIPRanges (docs/permissions.md).";
const REWRITING: &str = "Addresses are not rewritten here. Give mailboxes their further addresses with -EmailAddresses.";
const CERTIFICATE: &str = "Bring the certificate with its key: Import-ExchangeCertificate and Enable-ExchangeCertificate (docs/certificates.md).";
const AUTHORITIES: &str = "The machine's certificate store is trusted; more authorities: [tls] trusted_ca_files of relais.toml.";
const FILTER: &str =
    "Content filters and milters are not called. Put a filter in front, or between as smart host.";
const SASL: &str = "Clients sign in at Receive connectors as mailboxes of Relais (New-Mailbox); Dovecot or Cyrus is not asked.";
const RETRIES: &str = "When mail is tried again is said by QueueGlitchRetryCount, TransientFailureRetryInterval and their kin of \
                       Set-TransportService; the defaults suit (docs/queues.md).";
const BOXES: &str = "Delivery to local mailboxes is not carried over: New-Mailbox makes mailboxes, which are Maildirs of Relais or those \
                     of an LMTP server such as Dovecot (docs/mailboxes.md).";
const LMTP: &str = "LMTP goes to one server on this machine, [mailboxes] lmtp of relais.toml; over how many connections at once says \
                    MaxConcurrentMailboxDeliveries of Set-TransportService (docs/mailboxes.md).";
const DNS: &str = "[dns] of relais.toml (docs/configuration.md).";
const VERSIONS: &str =
    "TlsMinimumVersion and TlsCipherSuites of the connectors; TLS 1.2 and 1.3 are spoken.";

/// Settings by their whole name, or by its beginning where it ends with a star.
const KNOWN: [(&str, Outcome, &str); 92] = [
    ("address_verify_*", NoEquivalent, "Recipients are not probed."),
    ("alias_database", Nothing, ""),
    ("alias_maps", NoEquivalent, REWRITING),
    ("allow_percent_hack", Nothing, ""),
    (
        "always_bcc",
        NoEquivalent,
        "There is no copy of every message; message tracking tells what went where.",
    ),
    ("always_add_missing_headers", Nothing, ""),
    ("anvil_*", NoEquivalent, RULES),
    ("append_at_myorigin", Nothing, ""),
    ("append_dot_mydomain", Nothing, ""),
    ("authorized_*", Nothing, ""),
    ("biff", Nothing, ""),
    ("body_checks", NoEquivalent, FILTER),
    (
        "bounce_*",
        NoEquivalent,
        "Reports are worded by Relais, in English and French (docs/reports.md).",
    ),
    ("broken_sasl_auth_clients", Nothing, ""),
    ("canonical_maps", NoEquivalent, REWRITING),
    ("command_directory", Nothing, ""),
    ("compatibility_level", Nothing, ""),
    ("config_directory", Nothing, ""),
    (
        "content_filter",
        Decision,
        "Mail went through a content filter. As it stands it does not: name the filter as smart host \
                                  of a connector, or put it in front.",
    ),
    ("cyrus_*", NoEquivalent, BOXES),
    ("daemon_directory", Nothing, ""),
    ("data_directory", Nothing, "relais serve --data."),
    ("debug*", Nothing, ""),
    ("default_database_type", Nothing, ""),
    ("default_privs", Nothing, ""),
    (
        "default_process_limit",
        Nothing,
        "There are no processes to count; Set-TransportService -MaxOutboundConnections.",
    ),
    (
        "default_destination_*",
        NoEquivalent,
        "Concurrency and recipients a transaction are found out for each destination.",
    ),
    ("double_bounce_sender", Nothing, ""),
    ("empty_address_recipient", Nothing, ""),
    ("enable_long_queue_ids", Nothing, ""),
    ("export_environment", Nothing, ""),
    (
        "fallback_relay",
        NoEquivalent,
        "No other way is tried after the first has failed; mail waits and is tried again.",
    ),
    ("header_checks", NoEquivalent, FILTER),
    ("header_size_limit", NoEquivalent, "Set-ReceiveConnector -MaxHeaderSize."),
    ("home_mailbox", NoEquivalent, BOXES),
    ("html_directory", Nothing, ""),
    ("import_environment", Nothing, ""),
    (
        "inet_protocols",
        NoEquivalent,
        "IPv4 and IPv6 are both used where the machine has them; bindings of Receive connectors say \
                                      where it listens.",
    ),
    ("initial_destination_*", NoEquivalent, "Found out for each destination."),
    ("lmtp_*", NoEquivalent, LMTP),
    ("local_*", NoEquivalent, BOXES),
    (
        "luser_relay",
        NoEquivalent,
        "Mail for unknown recipients is refused; an InternalRelay domain sends it on by a Send connector.",
    ),
    ("mail_name", Nothing, ""),
    ("mail_owner", Nothing, ""),
    ("mail_spool_directory", NoEquivalent, BOXES),
    ("mailbox_*", NoEquivalent, BOXES),
    ("maillog_*", Nothing, ""),
    ("mailq_path", Nothing, "Get-Queue, Get-Message."),
    ("manpage_directory", Nothing, ""),
    ("masquerade_*", NoEquivalent, REWRITING),
    ("maximal_backoff_time", NoEquivalent, RETRIES),
    ("meta_directory", Nothing, ""),
    ("milter_*", NoEquivalent, FILTER),
    ("minimal_backoff_time", NoEquivalent, RETRIES),
    ("multi_instance_*", NoEquivalent, "Each instance has a main.cf of its own: import each."),
    ("mydomain", Nothing, "relais serve --domain at the first start."),
    (
        "mynetworks_style",
        NoEquivalent,
        "Which networks may relay is said by RemoteIPRanges of a Receive connector; as it stands none \
                                        but those of mynetworks.",
    ),
    ("myorigin", Nothing, "Senders keep their address."),
    ("newaliases_path", Nothing, ""),
    ("non_smtpd_milters", NoEquivalent, FILTER),
    ("postscreen_*", NoEquivalent, RULES),
    ("process_id_directory", Nothing, ""),
    (
        "proxy_interfaces",
        NoEquivalent,
        "A loop through an address in front of this server is noticed by the hops of a message.",
    ),
    ("queue_directory", Nothing, ""),
    ("queue_run_delay", NoEquivalent, RETRIES),
    ("readme_directory", Nothing, ""),
    ("recipient_bcc_maps", NoEquivalent, "There are no copies by address."),
    ("recipient_canonical_maps", NoEquivalent, REWRITING),
    (
        "recipient_delimiter",
        NoEquivalent,
        "Addresses with an extension are addresses of their own.",
    ),
    (
        "relay_recipient_maps",
        NoEquivalent,
        "Recipients of relayed domains are not checked here: the next server refuses.",
    ),
    ("relocated_maps", NoEquivalent, REWRITING),
    ("remote_header_rewrite_domain", Nothing, ""),
    ("sample_directory", Nothing, ""),
    ("sender_bcc_maps", NoEquivalent, "There are no copies by address."),
    ("sender_canonical_maps", NoEquivalent, REWRITING),
    ("sendmail_path", Nothing, ""),
    ("setgid_group", Nothing, ""),
    ("shlib_directory", Nothing, ""),
    (
        "smtp_bind_address*",
        Decision,
        "As it stands mail leaves from the address the system chooses: see that SPF records know it, or \
                                      send through a front end (docs/front-end.md).",
    ),
    ("smtp_dns_*", NoEquivalent, DNS),
    (
        "smtp_fallback_relay",
        NoEquivalent,
        "No other way is tried after the first has failed; mail waits and is tried again.",
    ),
    ("smtp_generic_maps", NoEquivalent, REWRITING),
    ("smtp_header_checks", NoEquivalent, FILTER),
    ("smtp_host_lookup", NoEquivalent, DNS),
    (
        "smtp_sasl_*",
        NoEquivalent,
        "The mechanism is chosen from what the host offers (docs/smart-host-sign-in.md).",
    ),
    (
        "smtp_sender_dependent_authentication",
        Decision,
        "A connector has one user name for all senders. As it stands the entries for \
                                                        hosts are carried over.",
    ),
    ("smtp_tls_cert_file", NoEquivalent, CERTIFICATE),
    ("smtp_tls_chain_files", NoEquivalent, CERTIFICATE),
    ("smtp_tls_key_file", NoEquivalent, CERTIFICATE),
    ("smtp_tls_CA*", NoEquivalent, AUTHORITIES),
    ("smtp_tls_loglevel", Nothing, ""),
    ("smtp_tls_note_starttls_offer", Nothing, ""),
];

/// Beginnings that are looked at last.
const FAMILIES: [(&str, Outcome, &str); 25] = [
    ("smtp_tls_session_*", Nothing, ""),
    ("smtp_tls_*", NoEquivalent, VERSIONS),
    ("smtp_*_timeout", NoEquivalent, "Times of a session are those of RFC 5321."),
    ("smtpd_banner", NoEquivalent, "Set-ReceiveConnector -Banner '220 …'."),
    ("smtpd_milters", NoEquivalent, FILTER),
    (
        "smtpd_proxy_filter",
        Decision,
        "Mail went through a filter before it was accepted. As it stands it does not.",
    ),
    ("smtpd_sasl_*", NoEquivalent, SASL),
    ("smtpd_tls_session_*", Nothing, ""),
    (
        "smtpd_tls_security_level",
        NoEquivalent,
        "STARTTLS is offered by default; AuthMechanism of Set-ReceiveConnector.",
    ),
    ("smtpd_use_tls", Nothing, "STARTTLS is offered by default."),
    (
        "smtpd_tls_auth_only",
        Nothing,
        "Passwords are taken under TLS only unless a connector says otherwise.",
    ),
    ("smtpd_tls_cert_file", NoEquivalent, CERTIFICATE),
    ("smtpd_tls_chain_files", NoEquivalent, CERTIFICATE),
    ("smtpd_tls_key_file", NoEquivalent, CERTIFICATE),
    ("smtpd_tls_CA*", NoEquivalent, AUTHORITIES),
    ("smtpd_tls_loglevel", Nothing, ""),
    ("smtpd_tls_*", NoEquivalent, VERSIONS),
    ("smtpd_*", NoEquivalent, RULES),
    ("smtputf8_*", NoEquivalent, "SMTPUTF8 is offered and used where the other side has it."),
    (
        "soft_bounce",
        Decision,
        "It kept everything that would have been refused. As it stands mail that fails is returned.",
    ),
    ("tls_*", NoEquivalent, VERSIONS),
    ("tlsproxy_*", Nothing, ""),
    ("virtual_alias_maps", NoEquivalent, REWRITING),
    ("virtual_*", NoEquivalent, BOXES),
    ("unknown_*", Nothing, ""),
];

/// What becomes of a setting that nothing was made of.
pub(super) fn judge(setting: &Setting, is_referred: bool) -> (Outcome, String) {
    if setting.name == "inet_interfaces" {
        return interfaces(&setting.value);
    }
    let known = KNOWN.iter().chain(&FAMILIES).find(|(pattern, _, _)| fits(pattern, &setting.name));
    match known {
        Some((_, outcome, _)) if setting.value.is_empty() && *outcome != Nothing => {
            (Nothing, "Empty.".into())
        }
        Some((_, outcome, why)) => (*outcome, (*why).to_owned()),
        None if is_referred => (Nothing, "Only what other settings refer to.".into()),
        None => (NoEquivalent, "This setting was not looked at.".into()),
    }
}

fn interfaces(value: &str) -> (Outcome, String) {
    match value {
        "" | "all" => (Nothing, "Receive connectors listen on every address.".into()),
        _ => (
            Decision,
            "Receive connectors listen on every address unless told otherwise: Get-ReceiveConnector, then \
             Set-ReceiveConnector -Bindings. As it stands they are left as they are."
                .into(),
        ),
    }
}

/// Whether a name is meant by a pattern with at most one star.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, value: &str) -> Outcome {
        let setting = Setting { name: name.into(), value: value.into(), line: 1 };
        judge(&setting, false).0
    }

    #[test]
    fn every_setting_gets_a_word() {
        assert_eq!(outcome("compatibility_level", "3.6"), Nothing);
        assert_eq!(outcome("smtp_tls_session_cache_database", "btree:x"), Nothing);
        assert_eq!(outcome("smtp_tls_mandatory_protocols", ">=TLSv1.2"), NoEquivalent);
        assert_eq!(outcome("smtp_connect_timeout", "30s"), NoEquivalent);
        assert_eq!(outcome("content_filter", "smtp:[127.0.0.1]:10024"), Decision);
        assert_eq!(outcome("content_filter", ""), Nothing);
        assert_eq!(outcome("inet_interfaces", "loopback-only"), Decision);
        assert_eq!(outcome("nobody_knows_this", "1"), NoEquivalent);
    }

    #[test]
    fn every_word_has_its_french() {
        for (name, _, why) in KNOWN.iter().chain(&FAMILIES) {
            assert!(texts::imports::french(why).is_some(), "{name}: {why}");
        }
        for value in ["", "loopback-only"] {
            assert!(texts::imports::french(&interfaces(value).1).is_some(), "{value}");
        }
    }
}
