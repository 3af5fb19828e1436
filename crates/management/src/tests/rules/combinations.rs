//! What goes together and what does not: sections 3.4, 4, 4.1, 5 and the TLS truth table of 5.4.

use serde_json::{Value, json};

use super::{Refusal, credential, smart, together};

/// Parameters and their refusal.
pub(super) fn rows() -> Vec<(Value, Refusal)> {
    let smart_hosts = "Set DNSRoutingEnabled to $false, or leave SmartHosts empty";
    let with_host = "Give SmartHosts and DNSRoutingEnabled $false, or SmartHostAuthMechanism None";
    let level = |level: &str, more: Value| {
        let mut parameters = more;
        parameters["TlsAuthLevel"] = json!(level);
        let refusal = together(
            "SC-12",
            "TlsAuthLevel",
            level,
            &format!("TlsAuthLevel {level} needs RequireTLS $true and IgnoreSTARTTLS $false"),
            "Set RequireTLS to $true and IgnoreSTARTTLS to $false, or TlsAuthLevel to $null",
        );
        (parameters, refusal)
    };
    let no_password = |mechanism: &str| {
        let refusal = together(
            "SC-09",
            "AuthenticationCredential",
            "",
            &format!("{mechanism} needs a user name and a password"),
            "Give AuthenticationCredential, made by Get-Credential",
        );
        (smart(json!({ "SmartHostAuthMechanism": mechanism })), refusal)
    };
    let oauth = |more: Value, parameter: &str, value: &str, problem: &str, allowed: &str| {
        let mut parameters = smart(json!({
            "SmartHostAuthMechanism": "OAuth2", "AuthenticationCredential": credential(),
        }));
        for (name, value) in more.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        (parameters, together("SC-26", parameter, value, problem, allowed))
    };
    let url = "https://login.a.test/token";
    let both_needed = "Give OAuthTokenUrl and OAuthClientId with SmartHostAuthMechanism OAuth2";
    let by_dns = |mechanism: &str| {
        let parameters = json!({
            "SmartHostAuthMechanism": mechanism, "AuthenticationCredential": credential(),
        });
        let problem = format!("authentication ({mechanism}) is only for smart hosts");
        (parameters, together("SC-10", "SmartHostAuthMechanism", mechanism, &problem, with_host))
    };
    let domain_secure = |more: Value, problem: &str, allowed: &str| {
        let mut parameters = more;
        parameters["DomainSecureEnabled"] = json!(true);
        (parameters, together("SC-15", "DomainSecureEnabled", "True", problem, allowed))
    };
    let no_domain = |parameters: Value| {
        let refusal = together(
            "SC-13",
            "TlsDomain",
            "mail.a.test",
            "TlsDomain mail.a.test is only used with TlsAuthLevel DomainValidation",
            "Set TlsAuthLevel to DomainValidation, or TlsDomain to $null",
        );
        (parameters, refusal)
    };
    let foreign = |parameters: Value| {
        let refusal = together(
            "SC-25",
            "AddressSpaces",
            "X400:c=us;1",
            "the address space \"X400:c=us;1\" is not of type SMTP",
            "It requires SmartHosts and DNSRoutingEnabled $false",
        );
        (parameters, refusal)
    };
    let source = |given: Value, shown: &str| {
        let refusal = together(
            "SC-19",
            "SourceTransportServers",
            shown,
            &format!("\"{shown}\" is not a Mailbox server of the organization"),
            "Name Mailbox servers of the organization",
        );
        (json!({ "SourceTransportServers": given }), refusal)
    };
    let both = |parameters: Value, parameter: &str, shown: &str, problem: &str, allowed: &str| {
        (parameters, together("SC-11", parameter, shown, problem, allowed))
    };
    vec![
        (
            json!({ "AddressSpaces": [] }),
            together(
                "SC-03",
                "AddressSpaces",
                "",
                "a Send connector needs at least one address space",
                "Give AddressSpaces, for example * or contoso.com",
            ),
        ),
        (
            json!({ "AddressSpaces": ["a.test", "SMTP:A.Test;5"] }),
            together(
                "SC-04",
                "AddressSpaces",
                "SMTP:a.test;5",
                "the address space \"SMTP:a.test;5\" is there twice",
                "Name each address space once, with one cost",
            ),
        ),
        (
            json!({ "SmartHosts": ["gate.a.test", "10.1.1.1"] }),
            together(
                "SC-06",
                "SmartHosts",
                "gate.a.test, 10.1.1.1",
                "smart hosts are given, but DNSRoutingEnabled is $true",
                smart_hosts,
            ),
        ),
        (
            json!({ "DNSRoutingEnabled": false }),
            together(
                "SC-07",
                "DNSRoutingEnabled",
                "False",
                "without DNS routing the connector needs smart hosts",
                "Give SmartHosts in the same command as DNSRoutingEnabled $false",
            ),
        ),
        no_password("BasicAuth"),
        no_password("BasicAuthRequireTLS"),
        oauth(json!({}), "OAuthTokenUrl", "", "OAuth2 needs OAuthTokenUrl", both_needed),
        oauth(
            json!({ "OAuthTokenUrl": url }),
            "OAuthClientId",
            "",
            "OAuth2 needs OAuthClientId",
            both_needed,
        ),
        oauth(
            json!({ "OAuthTokenUrl": url, "OAuthClientId": "relais", "OAuthClientSecret": "x" }),
            "OAuthClientSecret",
            "",
            "OAuthClientSecret is only used with OAuthGrantType RefreshToken",
            "Set OAuthClientSecret to $null and give the client secret as the password of \
             AuthenticationCredential, or set OAuthGrantType to RefreshToken",
        ),
        oauth(
            json!({ "SmartHostAuthMechanism": "None", "OAuthTokenUrl": url }),
            "OAuthTokenUrl",
            url,
            "OAuthTokenUrl is only used with SmartHostAuthMechanism OAuth2",
            "Set SmartHostAuthMechanism to OAuth2, or OAuthTokenUrl to $null",
        ),
        by_dns("BasicAuth"),
        by_dns("BasicAuthRequireTLS"),
        by_dns("ExchangeServer"),
        by_dns("ExternalAuthoritative"),
        both(
            json!({ "RequireTLS": true, "IgnoreSTARTTLS": true }),
            "RequireTLS",
            "True",
            "RequireTLS $true and IgnoreSTARTTLS $true contradict each other",
            "Set one of them to $false",
        ),
        both(
            json!({ "RequireTLS": true, "ForceHELO": true }),
            "RequireTLS",
            "True",
            "ForceHELO $true rules out STARTTLS, which needs EHLO",
            "Set ForceHELO to $false",
        ),
        both(
            smart(json!({
                "SmartHostAuthMechanism": "BasicAuth", "AuthenticationCredential": credential(),
                "ForceHELO": true,
            })),
            "SmartHostAuthMechanism",
            "BasicAuth",
            "ForceHELO $true rules out authentication, which needs EHLO",
            "Set ForceHELO to $false",
        ),
        both(
            smart(json!({
                "SmartHostAuthMechanism": "BasicAuthRequireTLS", "IgnoreSTARTTLS": true,
                "AuthenticationCredential": credential(),
            })),
            "SmartHostAuthMechanism",
            "BasicAuthRequireTLS",
            "BasicAuthRequireTLS and IgnoreSTARTTLS $true contradict each other",
            "Set IgnoreSTARTTLS to $false, or use BasicAuth",
        ),
        level("EncryptionOnly", json!({})),
        level("CertificateValidation", json!({})),
        level("DomainValidation", json!({ "RequireTLS": false })),
        level("EncryptionOnly", json!({ "IgnoreSTARTTLS": true })),
        no_domain(json!({ "TlsDomain": "mail.a.test" })),
        no_domain(json!({
            "TlsDomain": "mail.a.test", "RequireTLS": true, "TlsAuthLevel": "CertificateValidation",
        })),
        (
            smart(json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation" })),
            together(
                "SC-14",
                "TlsDomain",
                "",
                "DomainValidation with smart hosts needs the name the certificate must carry",
                "Give TlsDomain",
            ),
        ),
        domain_secure(
            smart(json!({})),
            "mutual TLS with the recipient's domain is not possible with DNSRoutingEnabled $false",
            "Set DNSRoutingEnabled to $true",
        ),
        domain_secure(
            json!({ "IgnoreSTARTTLS": true }),
            "mutual TLS is not possible with IgnoreSTARTTLS $true",
            "Set IgnoreSTARTTLS to $false",
        ),
        domain_secure(
            json!({ "AddressSpaces": "*.a.test" }),
            "the address space \"SMTP:*.a.test;1\" is a wildcard, and domains are secured one by one",
            "Name every domain in AddressSpaces without a star",
        ),
        source(json!("MBX09"), "MBX09"),
        source(json!(["MBX01", "CAS01"]), "CAS01"),
        (
            json!({ "SourceTransportServers": [] }),
            together(
                "SC-19",
                "SourceTransportServers",
                "",
                "a Send connector needs at least one source server",
                "Name a Mailbox server of the organization",
            ),
        ),
        (
            json!({ "SourceIPAddress": "192.0.2.1" }),
            together(
                "SC-20",
                "SourceIPAddress",
                "192.0.2.1",
                "192.0.2.1 is possible on Edge servers only",
                "Leave SourceIPAddress at 0.0.0.0",
            ),
        ),
        foreign(json!({ "AddressSpaces": "X400:c=us;1" })),
        foreign(json!({ "AddressSpaces": "X400:c=us;1", "DNSRoutingEnabled": false })),
    ]
}
