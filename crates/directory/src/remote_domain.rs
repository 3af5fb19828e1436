//! Remote domains: what applies to mail exchanged with domains that are not ours (routing.md
//! section 2.3, management.md section 8.5). The one named `Default` is for `*`, is made with the
//! organization and stays. What people write is never converted here: settings about content are
//! kept for Exchange's sake and shown again.

use model::{DomainPattern, ObjectName, Timestamp, Unlimited};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    setting::MAX_INT,
    values::{AllowedOofType, ByteEncoder, ContentType, ShiftJisCodePage},
};

/// Longest name of a character set (RFC 2978 section 2.3).
const MAX_CHARSET: usize = 40;

properties! {
    /// A domain that is not ours, or `*` for all that have none of their own.
    pub struct RemoteDomain, view;
    fixed {
        header: Header, "Header";
        /// Given when the remote domain is created and never changed.
        domain_name: DomainPattern, "DomainName";
    }
    given {
        name: ObjectName, "Name";
    }
    kept {
        /// Until then hosts of the domain need not be what the DNS says of them (DANE, MTA-STS). Ours.
        tls_exception_until: Option<Timestamp> = None, "TlsExceptionUntil";
    }
    settings {
        /// Linked to `IsInternal`: `InternalLegacy` is for internal domains. Stored only.
        allowed_oof_type: AllowedOofType = AllowedOofType::External, "AllowedOOFType";
        /// Stored only: a message class tells them, and SMTP carries none.
        auto_forward_enabled: bool = true, "AutoForwardEnabled";
        /// Stored only, for the same reason.
        auto_reply_enabled: bool = true, "AutoReplyEnabled";
        /// Stored only.
        byte_encoder_type_for_7_bit_charsets: ByteEncoder = ByteEncoder::Undefined, "ByteEncoderTypeFor7BitCharsets";
        /// Stored only.
        character_set: Option<String> = None, "CharacterSet";
        /// Stored only.
        content_type: ContentType = ContentType::MimeHtmlText, "ContentType";
        /// Whether senders there are told of deliveries they asked to be told of.
        delivery_report_enabled: bool = true, "DeliveryReportEnabled";
        /// Stored only.
        display_sender_name: bool = true, "DisplaySenderName";
        /// Stored only.
        is_internal: bool = false, "IsInternal";
        /// Stored only.
        line_wrap_size: Unlimited<u32> = Unlimited::Unlimited, "LineWrapSize" in (0, 132);
        /// Stored only.
        meeting_forward_notification_enabled: bool = true, "MeetingForwardNotificationEnabled";
        /// Stored only.
        message_count_threshold: u32 = MAX_INT, "MessageCountThreshold" in (0, MAX_INT);
        /// Whether reports to senders there name servers and quote replies.
        ndr_diagnostic_info_enabled: bool = true, "NDRDiagnosticInfoEnabled";
        /// Whether senders there are told of failures.
        ndr_enabled: bool = true, "NDREnabled";
        /// Stored only.
        non_mime_character_set: Option<String> = None, "NonMimeCharacterSet";
        /// Stored only.
        preferred_internet_code_page_for_shift_jis: ShiftJisCodePage = ShiftJisCodePage::Undefined, "PreferredInternetCodePageForShiftJis";
        /// Per cent. Stored only.
        required_charset_coverage: Option<u32> = None, "RequiredCharsetCoverage";
        /// Stored only.
        target_delivery_domain: bool = false, "TargetDeliveryDomain";
        /// The client decides when absent. Stored only.
        tnef_enabled: Option<bool> = None, "TNEFEnabled";
        /// Stored only.
        trusted_mail_inbound_enabled: bool = false, "TrustedMailInboundEnabled";
        /// Stored only.
        trusted_mail_outbound_enabled: bool = false, "TrustedMailOutboundEnabled";
        /// Stored only.
        use_simple_display_name: bool = false, "UseSimpleDisplayName";
    }
}

impl RemoteDomain {
    /// The name of the one every organization has.
    pub const DEFAULT: &'static str = "Default";

    /// The one for `*`, with its own documented defaults.
    pub fn for_all(header: Header, name: ObjectName) -> Self {
        let mut domain = Self::with_defaults(header, DomainPattern::Any, name);
        domain.auto_forward_enabled = false;
        domain.auto_reply_enabled = false;
        domain.character_set = Some("iso-8859-1".to_owned());
        domain.non_mime_character_set = Some("iso-8859-1".to_owned());
        domain
    }

    /// Whether it is for every domain that has no other: this one cannot be removed.
    pub fn is_default(&self) -> bool {
        self.domain_name == DomainPattern::Any
    }

    /// Until when hosts of the domain are excepted from what the DNS demands, while that lasts.
    pub fn tls_exception(&self, now: Timestamp) -> Option<Timestamp> {
        self.tls_exception_until.filter(|until| *until > now)
    }

    /// Checks everything that concerns more than one value: RD-04, RD-05, RD-06 and RD-08.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.allowed_oof_type == AllowedOofType::InternalLegacy && !self.is_internal {
            return Err(RuleError::new(
                "RD-04",
                "AllowedOOFType",
                self.allowed_oof_type,
                "InternalLegacy is for internal remote domains only",
                "Set IsInternal to $true, or choose External, ExternalLegacy or None",
            ));
        }
        let sets = [
            ("CharacterSet", &self.character_set),
            ("NonMimeCharacterSet", &self.non_mime_character_set),
        ];
        for (property, set) in sets {
            if let Some(name) = set.as_ref().filter(|name| !is_character_set(name)) {
                return Err(RuleError::new(
                    "RD-05",
                    property,
                    name,
                    format!("\"{name}\" is not the name of a character set"),
                    "1 to 40 letters, digits and . _ - : + such as utf-8, or $null",
                ));
            }
        }
        if self.tls_exception_until.is_some() && self.is_default() {
            return Err(RuleError::new(
                "RD-08",
                "TlsExceptionUntil",
                "*",
                "an exception is for one domain, not for all",
                "Make a remote domain for that domain; for all there is Set-TransportConfig -DaneEnabled and \
                 -MtaStsEnabled",
            ));
        }
        match self.required_charset_coverage {
            Some(percent) if percent > 100 => Err(RuleError::new(
                "RD-06",
                "RequiredCharsetCoverage",
                percent,
                format!("{percent} is not a percentage"),
                "An integer from 0 to 100",
            )),
            _ => Ok(()),
        }
    }

    /// The domain's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(
            self.name.as_str(),
            "CN=Internet Message Formats,CN=Global Settings,CN=Configuration",
        )
    }
}

fn is_character_set(name: &str) -> bool {
    (1..=MAX_CHARSET).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:+".contains(&b))
}

fn view(domain: &RemoteDomain, settings: Listing) -> Listing {
    let name = domain.name.as_str();
    let mut listing = vec![("DomainName", Value::from(domain.domain_name.to_string()))];
    listing.extend(settings);
    let until = domain.tls_exception_until.map(|until| Value::from(until.iso()));
    listing.extend([
        ("TlsExceptionUntil", until.unwrap_or(Value::Null)),
        ("IsCoexistenceDomain", Value::Bool(false)),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(boilerplate(
        &domain.header,
        name,
        domain.distinguished_name(),
        &["top", "msExchDomainContentConfig"],
    ));
    listing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{properties::Properties, setting::Stored};

    fn domain(pattern: &str) -> RemoteDomain {
        RemoteDomain::with_defaults(Header::fresh(), pattern.parse().unwrap(), "X".parse().unwrap())
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let all = RemoteDomain::for_all(Header::fresh(), "Default".parse().unwrap());
        let (all, other) = (all.view(), domain("*.fabrikam.com").view());
        let differ: Vec<_> = [
            ("DomainName", json!("*"), json!("*.fabrikam.com")),
            ("AutoReplyEnabled", json!(false), json!(true)),
            ("AutoForwardEnabled", json!(false), json!(true)),
            ("CharacterSet", json!("iso-8859-1"), json!(null)),
            ("NonMimeCharacterSet", json!("iso-8859-1"), json!(null)),
        ]
        .into();
        for (name, of_default, of_other) in &differ {
            assert_eq!((&all[*name], &other[*name]), (of_default, of_other), "{name}");
        }
        for (name, value) in [
            ("AllowedOOFType", json!("External")),
            ("NDREnabled", json!(true)),
            ("NDRDiagnosticInfoEnabled", json!(true)),
            ("DeliveryReportEnabled", json!(true)),
            ("IsInternal", json!(false)),
            ("ContentType", json!("MimeHtmlText")),
            ("LineWrapSize", json!("Unlimited")),
            ("TNEFEnabled", json!(null)),
            ("TrustedMailInboundEnabled", json!(false)),
            ("TrustedMailOutboundEnabled", json!(false)),
        ] {
            assert_eq!((&all[name], &other[name]), (&value, &value), "{name}");
        }
        assert_eq!(all["MessageCountThreshold"].to_string().trim_matches('"'), "2147483647");
    }

    #[test]
    fn refusals_name_value_and_what_is_allowed() {
        let mut wide = domain("a.test");
        let error = wide.set("LineWrapSize", &json!(133)).unwrap_err().to_string();
        assert!(error.contains("133") && error.contains("0 to 132"), "{error}");
        let error = wide.set("AllowedOOFType", &json!("All")).unwrap_err().to_string();
        assert!(error.contains("ExternalLegacy"), "{error}");
        for (property, value, id) in [
            ("AllowedOOFType", json!("InternalLegacy"), "RD-04"),
            ("CharacterSet", json!("utf 8"), "RD-05"),
            ("NonMimeCharacterSet", json!("é"), "RD-05"),
            ("RequiredCharsetCoverage", json!(101), "RD-06"),
        ] {
            let mut changed = domain("a.test");
            changed.set(property, &value).unwrap();
            assert_eq!(changed.validate().unwrap_err().id, id);
        }
    }

    #[test]
    fn the_stored_form_is_complete() {
        let mut one = domain("*.x.test");
        one.set("TNEFEnabled", &json!(false)).unwrap();
        one.set("ByteEncoderTypeFor7BitCharsets", &json!("useqp")).unwrap();
        one.set("PreferredInternetCodePageForShiftJis", &json!(50221)).unwrap();
        assert_eq!(RemoteDomain::load(&one.store()).unwrap(), one);
    }
}
