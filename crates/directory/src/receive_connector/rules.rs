//! Which settings of a Receive connector go together, and which connectors of one server
//! (management.md section 8.6): RC-02 to RC-16, RC-18, RC-19. Duplicate names are RC-01, found by
//! the store.

use std::net::SocketAddr;

use super::ReceiveConnector;
use crate::{
    rule::RuleError,
    values::{AuthMechanisms, PermissionGroups, certificate},
};

impl ReceiveConnector {
    /// Checks everything that concerns more than one value of this connector.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        self.check_network()?;
        self.check_authentication()?;
        self.check_tls()?;
        self.check_conversation()
    }

    /// Checks that a client of this connector could not as well be one of `other`, a connector
    /// of the same server: identical binding and range.
    ///
    /// # Errors
    /// RC-05 when both have a binding and a remote range in common; RC-06 when ranges for one
    /// binding overlap without one being inside the other; RC-16 when two services want the same
    /// binding; RC-18 when another connector would listen where outbound connections of Mailbox
    /// servers are taken.
    pub fn check_against(&self, other: &Self) -> Result<(), RuleError> {
        self.check_proxy_against(other)?;
        let other_bindings = || other.all_bindings();
        let Some(shared) = self.all_bindings().find(|mine| other_bindings().any(|b| b == *mine))
        else {
            return Ok(());
        };
        if self.transport_role != other.transport_role {
            return Err(RuleError::new(
                "RC-16",
                "TransportRole",
                self.transport_role,
                format!(
                    "the binding {shared} belongs to \"{}\" with TransportRole {}",
                    other.identity(),
                    other.transport_role
                ),
                "Use another binding, or the same TransportRole",
            ));
        }
        for mine in &self.remote_ip_ranges {
            for theirs in &other.remote_ip_ranges {
                if mine == theirs {
                    return Err(RuleError::new(
                        "RC-05",
                        "Bindings",
                        shared,
                        format!(
                            "\"{}\" has the binding {shared} and the remote range {theirs} already",
                            other.identity()
                        ),
                        "Bindings and RemoteIPRanges together must be unique on a server",
                    ));
                }
                if mine.overlaps(theirs) && !mine.encloses(theirs) && !theirs.encloses(mine) {
                    return Err(RuleError::new(
                        "RC-06",
                        "RemoteIPRanges",
                        mine,
                        format!(
                            "{mine} overlaps {theirs} of \"{}\" on the binding {shared}",
                            other.identity()
                        ),
                        "Ranges may overlap only when one lies within the other",
                    ));
                }
            }
        }
        Ok(())
    }

    /// What is spoken on a binding is either SMTP or the front end's protocol.
    fn check_proxy_against(&self, other: &Self) -> Result<(), RuleError> {
        if !self.outbound_proxy && !other.outbound_proxy {
            return Ok(());
        }
        let taken = |mine: &&SocketAddr| other.all_bindings().any(|b| meet(mine, b));
        let Some(shared) = self.all_bindings().find(taken) else { return Ok(()) };
        Err(RuleError::new(
            "RC-18",
            "Bindings",
            shared,
            format!(
                "the binding {shared} meets one of \"{}\", and outbound connections of Mailbox \
                 servers are taken there",
                other.identity()
            ),
            "Use another port or address",
        ))
    }

    fn all_bindings(&self) -> impl Iterator<Item = &SocketAddr> {
        self.bindings.iter().chain(&self.implicit_tls_bindings)
    }

    fn check_network(&self) -> Result<(), RuleError> {
        if self.all_bindings().next().is_none() {
            return Err(RuleError::new(
                "RC-02",
                "Bindings",
                "",
                "a Receive connector needs an address and a port to listen on",
                "Give Bindings, for example 0.0.0.0:25",
            ));
        }
        for (i, binding) in self.all_bindings().enumerate() {
            if self.all_bindings().take(i).any(|earlier| earlier == binding) {
                return Err(RuleError::new(
                    "RC-03",
                    "Bindings",
                    binding,
                    format!("the binding {binding} is there twice"),
                    "Name each binding once, in Bindings or in ImplicitTlsBindings",
                ));
            }
        }
        if self.remote_ip_ranges.is_empty() {
            return Err(RuleError::new(
                "RC-04",
                "RemoteIPRanges",
                "",
                "a Receive connector needs the addresses it receives from",
                "Give RemoteIPRanges, for example 10.0.0.0/8 or 0.0.0.0-255.255.255.255",
            ));
        }
        Ok(())
    }

    fn check_authentication(&self) -> Result<(), RuleError> {
        let mechanisms = self.auth_mechanism;
        let refuse = |id, problem: &str, allowed: &str| {
            Err(RuleError::new(id, "AuthMechanism", mechanisms, problem, allowed))
        };
        if mechanisms.contains(AuthMechanisms::BASIC_AUTH_REQUIRE_TLS)
            && !mechanisms.contains(AuthMechanisms::BASIC_AUTH | AuthMechanisms::TLS)
        {
            return refuse(
                "RC-07",
                "BasicAuthRequireTLS needs BasicAuth and Tls",
                "Add BasicAuth and Tls, or leave BasicAuthRequireTLS out",
            );
        }
        if mechanisms.contains(AuthMechanisms::EXTERNAL_AUTHORITATIVE) {
            let allowed = AuthMechanisms::EXTERNAL_AUTHORITATIVE | AuthMechanisms::TLS;
            if !allowed.contains(mechanisms) {
                return refuse(
                    "RC-08",
                    "ExternalAuthoritative can be combined with Tls only",
                    "ExternalAuthoritative, or Tls and ExternalAuthoritative",
                );
            }
            if !self.permission_groups.contains(PermissionGroups::EXCHANGE_SERVERS) {
                return refuse(
                    "RC-09",
                    "ExternalAuthoritative needs the permission group ExchangeServers",
                    "Add ExchangeServers to PermissionGroups",
                );
            }
        }
        Ok(())
    }

    fn check_tls(&self) -> Result<(), RuleError> {
        certificate::speak("RC-19", self.tls_cipher_suites, self.tls_minimum_version)?;
        let tls = self.auth_mechanism.contains(AuthMechanisms::TLS);
        let needs_tls = |id, parameter: &'static str| {
            Err(RuleError::new(
                id,
                parameter,
                "True",
                format!("{parameter} $true needs Tls in AuthMechanism"),
                format!("Add Tls to AuthMechanism, or set {parameter} to $false"),
            ))
        };
        if self.require_tls && !tls {
            return needs_tls("RC-10", "RequireTLS");
        }
        if !self.domain_secure_enabled {
            return Ok(());
        }
        if !tls {
            return needs_tls("RC-11", "DomainSecureEnabled");
        }
        if self.auth_mechanism.contains(AuthMechanisms::EXTERNAL_AUTHORITATIVE) {
            return Err(RuleError::new(
                "RC-11",
                "DomainSecureEnabled",
                "True",
                "DomainSecureEnabled cannot be combined with ExternalAuthoritative",
                "Remove ExternalAuthoritative from AuthMechanism",
            ));
        }
        Ok(())
    }

    fn check_conversation(&self) -> Result<(), RuleError> {
        if self.binary_mime_enabled {
            return Err(RuleError::new(
                "RC-12",
                "BinaryMimeEnabled",
                "True",
                "BINARYMIME is never offered",
                "Leave BinaryMimeEnabled at $false",
            ));
        }
        if !self.bare_linefeed_rejection_enabled {
            return Err(RuleError::new(
                "RC-13",
                "BareLinefeedRejectionEnabled",
                "False",
                "bare line feeds are always refused, because they let messages be smuggled",
                "Leave BareLinefeedRejectionEnabled at $true",
            ));
        }
        if self.connection_inactivity_timeout >= self.connection_timeout {
            return Err(RuleError::new(
                "RC-14",
                "ConnectionInactivityTimeout",
                self.connection_inactivity_timeout,
                format!(
                    "ConnectionInactivityTimeout {} must be shorter than ConnectionTimeout {}",
                    self.connection_inactivity_timeout, self.connection_timeout
                ),
                "Shorten ConnectionInactivityTimeout or lengthen ConnectionTimeout",
            ));
        }
        match &self.banner {
            Some(banner) if !is_banner(banner) => Err(RuleError::new(
                "RC-15",
                "Banner",
                banner,
                "the banner is not a greeting",
                "One line of printable ASCII that starts with \"220 \", at most 500 characters",
            )),
            _ => Ok(()),
        }
    }
}

/// Whether two bindings have an address and a port in common.
fn meet(one: &SocketAddr, other: &SocketAddr) -> bool {
    one.port() == other.port()
        && one.is_ipv4() == other.is_ipv4()
        && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}

/// Whether the text can be sent as the greeting (RFC 5321 section 4.2: reply lines of 512 octets).
fn is_banner(text: &str) -> bool {
    text.starts_with("220 ")
        && (5..=500).contains(&text.len())
        && text.bytes().all(|b| (b' '..=b'~').contains(&b))
}
