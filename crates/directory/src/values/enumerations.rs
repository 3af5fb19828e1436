//! Properties with one of a few documented values.

use super::enumeration::enumeration;

enumeration! {
    /// How a smart host is signed in to (send-connectors.md section 4.1).
    pub enum SmartHostAuthMechanism {
        /// Not at all.
        None = "None",
        /// AUTH with user name and password, in clear if need be.
        BasicAuth = "BasicAuth",
        /// AUTH with user name and password after STARTTLS with a verified certificate.
        BasicAuthRequireTls = "BasicAuthRequireTLS",
        /// Between servers of the organization only.
        ExchangeServer = "ExchangeServer",
        /// The link is secured by other means.
        ExternalAuthoritative = "ExternalAuthoritative",
        /// AUTH with an access token (RFC 6749) after STARTTLS with a verified certificate; ours.
        OAuth2 = "OAuth2",
        /// AUTH EXTERNAL (RFC 4422 appendix A): the certificate of TlsCertificateName says who we are; ours.
        ClientCertificate = "ClientCertificate",
    }
}

enumeration! {
    /// What a token endpoint is shown for an access token (RFC 6749); ours.
    pub enum OAuthGrantType {
        /// The client's own secret (section 4.4).
        ClientCredentials = "ClientCredentials",
        /// A refresh token that somebody was given once (section 6).
        RefreshToken = "RefreshToken",
    }
}

enumeration! {
    /// How much of a certificate is verified (send-connectors.md section 5.4).
    pub enum TlsAuthLevel {
        /// Nothing: encryption only.
        EncryptionOnly = "EncryptionOnly",
        /// The chain.
        CertificateValidation = "CertificateValidation",
        /// The chain and the name.
        DomainValidation = "DomainValidation",
    }
}

enumeration! {
    /// Whether SMTP conversations are logged.
    pub enum ProtocolLoggingLevel {
        /// They are not.
        None = "None",
        /// They are.
        Verbose = "Verbose",
    }
}

enumeration! {
    /// Which protocol asks DNS servers.
    pub enum ProtocolOption {
        /// UDP, TCP where needed.
        Any = "Any",
        /// TCP only.
        UseTcpOnly = "UseTcpOnly",
        /// UDP only.
        UseUdpOnly = "UseUdpOnly",
    }
}

enumeration! {
    /// What an accepted domain means (routing.md section 2.1).
    pub enum DomainType {
        /// Its recipients are ours; an unknown one is an error.
        Authoritative = "Authoritative",
        /// Shared: an unknown recipient is routed by a Send connector.
        InternalRelay = "InternalRelay",
        /// Not ours: relayed to the outside.
        ExternalRelay = "ExternalRelay",
    }
}

enumeration! {
    /// The service a Receive connector belongs to.
    pub enum TransportRole {
        /// Front End Transport.
        FrontendTransport = "FrontendTransport",
        /// The Transport service.
        HubTransport = "HubTransport",
    }
}

enumeration! {
    /// Whether SIZE is offered in the EHLO reply.
    pub enum SizeMode {
        /// With the value.
        Enabled = "Enabled",
        /// Not.
        Disabled = "Disabled",
        /// Without the value.
        EnabledWithoutValue = "EnabledWithoutValue",
    }
}

enumeration! {
    /// Extended Protection for Authentication; stored only.
    pub enum ExtendedProtectionPolicy {
        /// Not used.
        None = "None",
        /// Used where the client can.
        Allow = "Allow",
        /// Demanded.
        Require = "Require",
    }
}

enumeration! {
    /// By what messages are counted for MessageRateLimit.
    pub enum MessageRateSource {
        /// They are not counted.
        None = "None",
        /// By client address.
        IpAddress = "IPAddress",
        /// By user.
        User = "User",
        /// By both.
        All = "All",
    }
}

enumeration! {
    /// What happens to DSNs made elsewhere; stored only.
    pub enum DsnConversionMode {
        /// They get our layout.
        UseExchangeDsns = "UseExchangeDSNs",
        /// They get our layout and keep their text.
        PreserveDsnBody = "PreserveDSNBody",
        /// They stay as they are.
        DoNotConvert = "DoNotConvert",
    }
}

enumeration! {
    /// Whether header fields become named properties; stored only.
    pub enum HeaderPromotionMode {
        /// Never.
        NoCreate = "NoCreate",
        /// For authenticated senders.
        MayCreate = "MayCreate",
        /// Always.
        MustCreate = "MustCreate",
    }
}

enumeration! {
    /// Where shadow copies are made.
    pub enum ShadowMessagePreference {
        /// In another site where possible.
        PreferRemote = "PreferRemote",
        /// In this site only.
        LocalOnly = "LocalOnly",
        /// In another site only.
        RemoteOnly = "RemoteOnly",
    }
}

enumeration! {
    /// What a connector is made for; seeds its settings and is not stored
    /// (send-connectors.md section 2, management.md section 8.6).
    pub enum Usage {
        /// Anything else.
        Custom = "Custom",
        /// Other servers of the organization.
        Internal = "Internal",
        /// The Internet.
        Internet = "Internet",
        /// Partners that authenticate with TLS.
        Partner = "Partner",
        /// Mail clients; Receive connectors only.
        Client = "Client",
    }
}

enumeration! {
    /// What clients of a Receive connector may do (routing.md section 8).
    pub enum ExtendedRight {
        /// Relay to any domain.
        AcceptAnyRecipient = "ms-Exch-SMTP-Accept-Any-Recipient",
        /// Any sender address.
        AcceptAnySender = "ms-Exch-SMTP-Accept-Any-Sender",
        /// Sender addresses of our authoritative domains.
        AcceptAuthoritativeDomainSender = "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
        /// Messages that say they were authenticated elsewhere.
        AcceptAuthenticationFlag = "ms-Exch-SMTP-Accept-Authentication-Flag",
        /// Organization headers stay.
        AcceptHeadersOrganization = "ms-Exch-Accept-Headers-Organization",
        /// Forest headers stay.
        AcceptHeadersForest = "ms-Exch-Accept-Headers-Forest",
        /// Routing headers stay.
        AcceptHeadersRouting = "ms-Exch-Accept-Headers-Routing",
        /// No anti-spam agents.
        BypassAntiSpam = "ms-Exch-Bypass-Anti-Spam",
        /// No size limit.
        BypassMessageSizeLimit = "ms-Exch-Bypass-Message-Size-Limit",
        /// Binary properties between servers; stored only.
        AcceptExch50 = "ms-Exch-SMTP-Accept-Exch50",
        /// MAIL FROM at all.
        Submit = "ms-Exch-SMTP-Submit",
    }
}

enumeration! {
    /// What may be said to the other side of a Send connector (send-connectors.md section 2.1).
    pub enum SendRight {
        /// Organization headers stay.
        HeadersOrganization = "ms-Exch-Send-Headers-Organization",
        /// Forest headers stay.
        HeadersForest = "ms-Exch-Send-Headers-Forest",
        /// Received and Resent fields stay.
        HeadersRouting = "ms-Exch-Send-Headers-Routing",
        /// Binary properties between servers; stored only.
        Exch50 = "ms-Exch-SMTP-Send-Exch50",
        /// Shadow copies between servers; stored only.
        XShadow = "ms-Exch-SMTP-Send-XShadow",
    }
}

enumeration! {
    /// Which out-of-office messages go to a remote domain; stored only.
    pub enum AllowedOofType {
        /// Those for people outside.
        External = "External",
        /// Those for people outside, of old clients.
        ExternalLegacy = "ExternalLegacy",
        /// Those for colleagues, of old clients: for internal remote domains.
        InternalLegacy = "InternalLegacy",
        /// None.
        None = "None",
    }
}

enumeration! {
    /// Which formats of a message go to a remote domain; stored only, content is not converted.
    pub enum ContentType {
        /// HTML and plain text.
        MimeHtmlText = "MimeHtmlText",
        /// Plain text.
        MimeText = "MimeText",
        /// HTML.
        MimeHtml = "MimeHtml",
    }
}

enumeration! {
    /// How 7-bit character sets are encoded for a remote domain; stored only.
    pub enum ByteEncoder {
        /// Not.
        Use7Bit = "Use7Bit",
        /// Quoted-printable.
        UseQp = "UseQP",
        /// Base64.
        UseBase64 = "UseBase64",
        /// Quoted-printable for HTML, plain text as it is.
        UseQpHtmlDetectTextPlain = "UseQPHtmlDetectTextPlain",
        /// Base64 for HTML, plain text as it is.
        UseBase64HtmlDetectTextPlain = "UseBase64HtmlDetectTextPlain",
        /// Quoted-printable for HTML, 7 bit for plain text.
        UseQpHtml7BitTextPlain = "UseQPHtml7BitTextPlain",
        /// Base64 for HTML, 7 bit for plain text.
        UseBase64Html7BitTextPlain = "UseBase64Html7BitTextPlain",
        /// Not said.
        Undefined = "Undefined",
    }
}

enumeration! {
    /// The code page for Shift-JIS towards a remote domain; stored only.
    pub enum ShiftJisCodePage {
        /// ISO-2022-JP.
        Iso2022Jp = "50220",
        /// ISO-2022-JP with half-width katakana by escape.
        EscKana = "50221",
        /// ISO-2022-JP with half-width katakana by shift.
        SioKana = "50222",
        /// Not said.
        Undefined = "Undefined",
    }
}

enumeration! {
    /// What is where in an LDAP directory; ours.
    pub enum LdapSchema {
        /// As in Active Directory: `proxyAddresses`, `sAMAccountName`, `objectGUID`.
        ActiveDirectory = "ActiveDirectory",
        /// As in most others: `inetOrgPerson` (RFC 2798), `groupOfNames` (RFC 4519), `uid`, `entryUUID` (RFC 4530).
        InetOrgPerson = "InetOrgPerson",
    }
}
