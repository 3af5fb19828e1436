//! Values that cannot be, whatever the others are: names, address spaces, costs, smart hosts,
//! ranges, enumerations (sections 3.1, 3.2, 4, 5).

use serde_json::{Value, json};

use super::{HERE, Refusal, value};

const NAME: &str = "1 to 64 characters, no control characters, no blank at the start or end";
const SPACE: &str = "a domain (contoso.com), a domain with all its subdomains (*.contoso.com) or \
                     every domain (*), optionally as Type:Space;Cost with a cost from 1 to 100";
const HOST: &str = "a host name such as server.contoso.com, or an IP address such as 10.10.1.1";
const DOMAIN: &str = "labels of letters, digits and hyphens, at most 63 characters each, separated \
                      by single dots, at most 253 characters in all";
const SIZE: &str = "a size from 0 B (0 bytes) to 2 GB (2,147,483,647 bytes), written such as 10MB \
                    or as a number of bytes, or unlimited";
const SPAN: &str = "a time span (dd.hh:mm:ss) from 00:00:01 to 1.00:00:00";
const PORT: &str = "an integer from 1 to 65535";
const INTEGER: &str = "an integer from 1 to 2147483647";
const MECHANISM: &str = "one of None, BasicAuth, BasicAuthRequireTLS, ExchangeServer, ExternalAuthoritative, OAuth2, ClientCertificate";
const POLICIES: &str = "one or several of Default, DowngradeDnsFailures, DowngradeCustomFailures, UpgradeCustomFailures";
const STAR: &str = "has a wildcard in the wrong place: the star must be the entire first label";
const RANGE: &str = "is out of range";

/// Parameters and their refusal.
pub(super) fn rows() -> Vec<(Value, Refusal)> {
    let long = "x".repeat(65);
    let label = format!("{}.test", "x".repeat(64));
    let domain = vec!["x".repeat(60); 5].join(".");
    let spaces = |text: &str, problem: &str| {
        (json!({ "AddressSpaces": text }), value("SC-04", "AddressSpaces", text, problem, SPACE))
    };
    let hosts = |text: &str, problem: &str| {
        let parameters = json!({ "DNSRoutingEnabled": false, "SmartHosts": text });
        (parameters, value("SC-08", "SmartHosts", text, problem, HOST))
    };
    let cost = |text: &str| {
        let parameters = json!({ "AddressSpaces": format!("a.test;{text}") });
        let allowed = "an integer from 1 to 100";
        (parameters, value("SC-05", "AddressSpaces", text, "is not a cost", allowed))
    };
    let one = |id: &str, name: &str, given: Value, problem: &str, allowed: &str| {
        let shown = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        (json!({ name: given }), value(id, name, &shown, problem, allowed))
    };
    let mut rows = vec![
        one("SC-02", "Name", json!(""), "is empty; a name is needed", NAME),
        one("SC-02", "Name", json!(" x"), "starts or ends with a blank", NAME),
        one("SC-02", "Name", json!(long), "is longer than 64 characters", NAME),
        spaces("", "names no address space"),
        spaces("*contoso.com", STAR),
        spaces("con*.com", STAR),
        spaces("contoso.*", STAR),
        spaces("*.*.com", "has more than one wildcard"),
        spaces("a..b", "has an empty label (two dots in a row, or a dot at the start)"),
        spaces(".a.test", "has an empty label (two dots in a row, or a dot at the start)"),
        spaces("-a.test", "has a label that starts or ends with a hyphen"),
        spaces(&label, "has a label of more than 63 characters"),
        spaces(&domain, "is too long for a domain name"),
        spaces("--", "is for connectors of Edge servers only"),
        spaces("Local:a.test", "has the type Local; set IsScopedConnector to $true instead"),
        cost("0"),
        cost("101"),
        cost("-1"),
        cost("1.5"),
        cost("cheap"),
        cost(""),
        hosts("", "is empty; a domain name is needed"),
        hosts(" gate.a.test", "starts or ends with a blank"),
        hosts("gate.a.test ", "starts or ends with a blank"),
        hosts("a_b.test", "contains '_', which no domain name may contain"),
        hosts("10.0.0.256", "looks like an IP address but is not one"),
        hosts("0.0.0.0", "is not the address of a host"),
        hosts("[gate.a.test]", "is not an IP address in brackets"),
        one("SC-18", "Port", json!(0), RANGE, PORT),
        one("SC-18", "Port", json!(65536), RANGE, PORT),
        one("SC-18", "Port", json!(-1), RANGE, PORT),
        one("SC-18", "Port", json!(99_999_999_999_u64), RANGE, PORT),
        one("SC-18", "Port", json!(2.5), "is not an integer", PORT),
        one("SC-18", "Port", json!("smtp"), "is not an integer", PORT),
        one("SC-18", "SmtpMaxMessagesPerConnection", json!(0), RANGE, INTEGER),
        one("SC-18", "SmtpMaxMessagesPerConnection", json!(2_147_483_648_u64), RANGE, INTEGER),
        one("SC-18", "SmtpMaxMessagesPerConnection", json!("many"), "is not an integer", INTEGER),
        one("SC-18", "ConnectionInactivityTimeOut", json!("00:00:00"), RANGE, SPAN),
        one("SC-18", "ConnectionInactivityTimeOut", json!("1.00:00:01"), RANGE, SPAN),
        one("SC-18", "ConnectionInactivityTimeOut", json!("soon"), "is not a time span", SPAN),
        one("SC-18", "MaxMessageSize", json!("2147483648"), RANGE, SIZE),
        one("SC-18", "MaxMessageSize", json!("3GB"), RANGE, SIZE),
        one("SC-18", "MaxMessageSize", json!("-1"), "is not a size", SIZE),
        (
            json!({ "MaxMessageSize": null }),
            value("SC-18", "MaxMessageSize", "", "is empty; a value is needed", SIZE),
        ),
        one("SC-18", "MaxMessageSize", json!("big"), "is not a size", SIZE),
        one("SC-18", "SourceIPAddress", json!("nine"), HERE, "an IPv4 or IPv6 address"),
        one("SC-23", "SmartHostAuthMechanism", json!("Kerberos"), HERE, MECHANISM),
        one(
            "SC-23",
            "OAuthGrantType",
            json!("Password"),
            HERE,
            "one of ClientCredentials, RefreshToken",
        ),
        one("SC-23", "SmartHostAuthMechanism", json!("None,BasicAuth"), HERE, MECHANISM),
        (
            json!({ "SmartHostAuthMechanism": ["None", "BasicAuth"] }),
            value("SC-23", "SmartHostAuthMechanism", "None, BasicAuth", HERE, MECHANISM),
        ),
        one(
            "SC-23",
            "TlsAuthLevel",
            json!("Strict"),
            HERE,
            "one of EncryptionOnly, CertificateValidation, DomainValidation",
        ),
        one("SC-23", "ProtocolLoggingLevel", json!("All"), HERE, "one of None, Verbose"),
        one("SC-23", "ErrorPolicies", json!("Sometimes"), HERE, POLICIES),
        (
            json!({ "ErrorPolicies": "UpgradeCustomFailures,Default" }),
            value(
                "SC-23",
                "ErrorPolicies",
                "Default",
                "cannot be combined with another value",
                "Default alone, or any of the other values",
            ),
        ),
        one("", "Fqdn", json!("a b"), "contains ' ', which no domain name may contain", DOMAIN),
        one(
            "",
            "DomainController",
            json!("dc 1"),
            "contains ' ', which no domain name may contain",
            DOMAIN,
        ),
        one("", "Enabled", json!("yes"), HERE, "$true or $false"),
        (json!({ "RequireTLS": null }), value("", "RequireTLS", "$null", HERE, "$true or $false")),
        one(
            "",
            "TlsCertificateName",
            json!("mail.a.test"),
            "does not name a certificate",
            "<I>issuer<S>subject, such as <I>CN=Our CA<S>CN=mail.contoso.com",
        ),
    ];
    // Section 3.2: what the table of unsupported characters forbids. A colon ends the type and a
    // semicolon the space, so these two are rows of their own; so is the star, above.
    for c in "~`!@#$%^&()+={}|[]\\\"<>,?/_ ".chars() {
        let text = format!("a{c}b.test");
        let problem = format!("contains '{c}', which no domain name may contain");
        rows.push(spaces(&text, &problem));
    }
    rows
}
