//! Which settings of a Send connector go together: SC-03 to SC-15, SC-19, SC-20, SC-25 of
//! send-connectors.md section 5.5, SC-26 to SC-28, ours. The first rule that is broken is the answer.

use super::SendConnector;
use crate::{
    rule::RuleError,
    values::{OAuthGrantType, SmartHostAuthMechanism, TlsAuthLevel, certificate},
};

impl SendConnector {
    /// Checks everything that concerns more than one value.
    ///
    /// `is_source` tells whether a name is that of a Mailbox server of the organization.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self, is_source: &dyn Fn(&str) -> bool) -> Result<(), RuleError> {
        self.check_address_spaces()?;
        self.check_smart_hosts()?;
        self.check_authentication()?;
        self.check_oauth()?;
        self.check_tls()?;
        self.check_domain_security()?;
        self.check_sources(is_source)
    }

    /// SC-19: `server` is no Mailbox server of the organization.
    pub fn no_source(server: &str) -> RuleError {
        RuleError::new(
            "SC-19",
            "SourceTransportServers",
            server,
            format!("\"{server}\" is not a Mailbox server of the organization"),
            "Name Mailbox servers of the organization",
        )
    }

    fn check_address_spaces(&self) -> Result<(), RuleError> {
        if self.address_spaces.is_empty() {
            return Err(RuleError::new(
                "SC-03",
                "AddressSpaces",
                "",
                "a Send connector needs at least one address space",
                "Give AddressSpaces, for example * or contoso.com",
            ));
        }
        for (i, space) in self.address_spaces.iter().enumerate() {
            if self.address_spaces[..i].iter().any(|earlier| earlier.same_space(space)) {
                return Err(RuleError::new(
                    "SC-04",
                    "AddressSpaces",
                    space,
                    format!("the address space \"{space}\" is there twice"),
                    "Name each address space once, with one cost",
                ));
            }
        }
        if self.has_foreign_spaces() && (self.dns_routing_enabled || self.smart_hosts.is_empty()) {
            let foreign = self.address_spaces.iter().find(|s| s.smtp_pattern().is_none());
            let foreign = foreign.map(ToString::to_string).unwrap_or_default();
            return Err(RuleError::new(
                "SC-25",
                "AddressSpaces",
                &foreign,
                format!("the address space \"{foreign}\" is not of type SMTP"),
                "It requires SmartHosts and DNSRoutingEnabled $false",
            ));
        }
        Ok(())
    }

    fn check_smart_hosts(&self) -> Result<(), RuleError> {
        match (self.dns_routing_enabled, self.smart_hosts.is_empty()) {
            (true, false) => Err(RuleError::new(
                "SC-06",
                "SmartHosts",
                list(&self.smart_hosts),
                "smart hosts are given, but DNSRoutingEnabled is $true",
                "Set DNSRoutingEnabled to $false, or leave SmartHosts empty",
            )),
            (false, true) => Err(RuleError::new(
                "SC-07",
                "DNSRoutingEnabled",
                "False",
                "without DNS routing the connector needs smart hosts",
                "Give SmartHosts in the same command as DNSRoutingEnabled $false",
            )),
            _ => Ok(()),
        }
    }

    fn check_authentication(&self) -> Result<(), RuleError> {
        let mechanism = self.smart_host_auth_mechanism;
        if mechanism == SmartHostAuthMechanism::None {
            return Ok(());
        }
        if self.dns_routing_enabled {
            return Err(RuleError::new(
                "SC-10",
                "SmartHostAuthMechanism",
                mechanism,
                format!("authentication ({mechanism}) is only for smart hosts"),
                "Give SmartHosts and DNSRoutingEnabled $false, or SmartHostAuthMechanism None",
            ));
        }
        if mechanism == SmartHostAuthMechanism::ClientCertificate {
            return self.check_client_certificate();
        }
        if !self.uses_secret() {
            return Ok(());
        }
        if self.authentication_credential.is_none() {
            let needs = if mechanism == SmartHostAuthMechanism::OAuth2 {
                "OAuth2 needs the mailbox to send as, and a client secret or refresh token as its password"
                    .to_owned()
            } else {
                format!("{mechanism} needs a user name and a password")
            };
            return Err(RuleError::new(
                "SC-09",
                "AuthenticationCredential",
                "",
                needs,
                "Give AuthenticationCredential, made by Get-Credential",
            ));
        }
        if self.force_helo {
            return Err(helo("SmartHostAuthMechanism", mechanism.name(), "authentication"));
        }
        if mechanism == SmartHostAuthMechanism::BasicAuthRequireTls && self.ignore_start_tls {
            return Err(RuleError::new(
                "SC-11",
                "SmartHostAuthMechanism",
                mechanism,
                "BasicAuthRequireTLS and IgnoreSTARTTLS $true contradict each other",
                "Set IgnoreSTARTTLS to $false, or use BasicAuth",
            ));
        }
        if mechanism == SmartHostAuthMechanism::OAuth2 && self.ignore_start_tls {
            return Err(RuleError::new(
                "SC-11",
                "SmartHostAuthMechanism",
                mechanism,
                "OAuth2 and IgnoreSTARTTLS $true contradict each other",
                "Set IgnoreSTARTTLS to $false: an access token goes over verified TLS only",
            ));
        }
        Ok(())
    }

    /// SC-28: there is a certificate to be shown, and TLS to show it in.
    fn check_client_certificate(&self) -> Result<(), RuleError> {
        if self.force_helo {
            let mechanism = SmartHostAuthMechanism::ClientCertificate;
            return Err(helo("SmartHostAuthMechanism", mechanism.name(), "authentication"));
        }
        if self.ignore_start_tls {
            return Err(RuleError::new(
                "SC-11",
                "SmartHostAuthMechanism",
                SmartHostAuthMechanism::ClientCertificate,
                "ClientCertificate and IgnoreSTARTTLS $true contradict each other",
                "Set IgnoreSTARTTLS to $false: a certificate is shown under TLS only",
            ));
        }
        if self.tls_certificate_name.is_none() {
            return Err(RuleError::new(
                "SC-28",
                "TlsCertificateName",
                "",
                "ClientCertificate needs the certificate that is to be shown",
                "Give TlsCertificateName (Get-ExchangeCertificate shows what there is)",
            ));
        }
        Ok(())
    }

    fn uses_secret(&self) -> bool {
        matches!(
            self.smart_host_auth_mechanism,
            SmartHostAuthMechanism::BasicAuth
                | SmartHostAuthMechanism::BasicAuthRequireTls
                | SmartHostAuthMechanism::OAuth2
        )
    }

    /// SC-26: what belongs to OAuth2 is there with it and only then.
    fn check_oauth(&self) -> Result<(), RuleError> {
        let url = self.oauth_token_url.as_ref().map(ToString::to_string);
        let needed = [("OAuthTokenUrl", url), ("OAuthClientId", self.oauth_client_id.clone())];
        if self.smart_host_auth_mechanism == SmartHostAuthMechanism::OAuth2 {
            let missing = needed.iter().find(|(_, value)| value.is_none());
            return missing
                .map_or_else(|| self.check_client_secret(), |(name, _)| Err(needs(name)));
        }
        // The secret's value is not for an error.
        let secret = self.oauth_client_secret.as_ref().map(|_| String::new());
        let others = [("OAuthScope", self.oauth_scope.clone()), ("OAuthClientSecret", secret)];
        let given = needed.into_iter().chain(others);
        let mut given = given.filter_map(|(name, value)| Some((name, value?)));
        given.next().map_or(Ok(()), |(name, value)| Err(only_with_oauth(name, &value)))
    }

    fn check_client_secret(&self) -> Result<(), RuleError> {
        let has_own = self.oauth_grant_type == OAuthGrantType::ClientCredentials;
        if !has_own || self.oauth_client_secret.is_none() {
            return Ok(());
        }
        Err(RuleError::new(
            "SC-26",
            "OAuthClientSecret",
            "",
            "OAuthClientSecret is only used with OAuthGrantType RefreshToken",
            "Set OAuthClientSecret to $null and give the client secret as the password of \
             AuthenticationCredential, or set OAuthGrantType to RefreshToken",
        ))
    }

    fn check_tls(&self) -> Result<(), RuleError> {
        certificate::speak("SC-27", self.tls_cipher_suites, self.tls_minimum_version)?;
        if self.require_tls && self.ignore_start_tls {
            return Err(RuleError::new(
                "SC-11",
                "RequireTLS",
                "True",
                "RequireTLS $true and IgnoreSTARTTLS $true contradict each other",
                "Set one of them to $false",
            ));
        }
        if self.require_tls && self.force_helo {
            return Err(helo("RequireTLS", "True", "STARTTLS"));
        }
        if let Some(level) = self.tls_auth_level
            && (!self.require_tls || self.ignore_start_tls)
        {
            return Err(RuleError::new(
                "SC-12",
                "TlsAuthLevel",
                level,
                format!("TlsAuthLevel {level} needs RequireTLS $true and IgnoreSTARTTLS $false"),
                "Set RequireTLS to $true and IgnoreSTARTTLS to $false, or TlsAuthLevel to $null",
            ));
        }
        let validates_domain = self.tls_auth_level == Some(TlsAuthLevel::DomainValidation);
        match &self.tls_domain {
            Some(domain) if !validates_domain => Err(RuleError::new(
                "SC-13",
                "TlsDomain",
                domain,
                format!("TlsDomain {domain} is only used with TlsAuthLevel DomainValidation"),
                "Set TlsAuthLevel to DomainValidation, or TlsDomain to $null",
            )),
            Some(model::DomainPattern::Any) => Err(RuleError::new(
                "SC-13",
                "TlsDomain",
                "*",
                "TlsDomain * would allow every certificate",
                "Name a domain, such as mail.contoso.com or *.contoso.com",
            )),
            None if validates_domain && !self.dns_routing_enabled => Err(RuleError::new(
                "SC-14",
                "TlsDomain",
                "",
                "DomainValidation with smart hosts needs the name the certificate must carry",
                "Give TlsDomain",
            )),
            _ => Ok(()),
        }
    }

    fn check_domain_security(&self) -> Result<(), RuleError> {
        if !self.domain_secure_enabled {
            return Ok(());
        }
        let refuse = |problem: &str, allowed: &str| {
            Err(RuleError::new("SC-15", "DomainSecureEnabled", "True", problem, allowed))
        };
        if !self.dns_routing_enabled {
            return refuse(
                "mutual TLS with the recipient's domain is not possible with DNSRoutingEnabled $false",
                "Set DNSRoutingEnabled to $true",
            );
        }
        if self.ignore_start_tls {
            return refuse(
                "mutual TLS is not possible with IgnoreSTARTTLS $true",
                "Set IgnoreSTARTTLS to $false",
            );
        }
        let wildcard = |space: &crate::values::AddressSpace| {
            !matches!(space.smtp_pattern(), Some(model::DomainPattern::Exact(_)))
        };
        match self.address_spaces.iter().find(|space| wildcard(space)) {
            Some(space) => refuse(
                &format!(
                    "the address space \"{space}\" is a wildcard, and domains are secured one by one"
                ),
                "Name every domain in AddressSpaces without a star",
            ),
            None => Ok(()),
        }
    }

    fn check_sources(&self, is_source: &dyn Fn(&str) -> bool) -> Result<(), RuleError> {
        if self.source_transport_servers.is_empty() {
            return Err(RuleError::new(
                "SC-19",
                "SourceTransportServers",
                "",
                "a Send connector needs at least one source server",
                "Name a Mailbox server of the organization",
            ));
        }
        if let Some(unknown) = self.source_transport_servers.iter().find(|name| !is_source(name)) {
            return Err(Self::no_source(unknown));
        }
        if !self.source_ip_address.is_unspecified() {
            return Err(RuleError::new(
                "SC-20",
                "SourceIPAddress",
                self.source_ip_address,
                format!("{} is possible on Edge servers only", self.source_ip_address),
                "Leave SourceIPAddress at 0.0.0.0",
            ));
        }
        Ok(())
    }
}

fn needs(parameter: &'static str) -> RuleError {
    RuleError::new(
        "SC-26",
        parameter,
        "",
        format!("OAuth2 needs {parameter}"),
        "Give OAuthTokenUrl and OAuthClientId with SmartHostAuthMechanism OAuth2",
    )
}

fn only_with_oauth(parameter: &'static str, value: &str) -> RuleError {
    RuleError::new(
        "SC-26",
        parameter,
        value,
        format!("{parameter} is only used with SmartHostAuthMechanism OAuth2"),
        format!("Set SmartHostAuthMechanism to OAuth2, or {parameter} to $null"),
    )
}

fn helo(parameter: &'static str, value: &str, what: &str) -> RuleError {
    RuleError::new(
        "SC-11",
        parameter,
        value,
        format!("ForceHELO $true rules out {what}, which needs EHLO"),
        "Set ForceHELO to $false",
    )
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
