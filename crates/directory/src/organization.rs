//! The organization and its transport configuration (management.md section 8.3, transport.md
//! sections 5, 7 and 8.2). There is exactly one.

use model::{Address, ByteSize, DomainName, DomainPattern, EnhancedCode, TimeSpan, Unlimited};
use serde_json::{Map, Value};

use crate::{
    properties::{
        Header, Listing, Properties, boilerplate, distinguished_name, properties, to_map,
    },
    rule::RuleError,
    setting::MAX_INT,
    values::{Culture, DsnConversionMode, HeaderPromotionMode, IpRange, ShadowMessagePreference},
};

/// The widest organization size limit, 2147482624 bytes.
const MAX_SIZE: ByteSize = ByteSize::kb(2_097_151);
const ZERO: ByteSize = ByteSize::bytes(0);
const MAX_ATTACH: ByteSize = ByteSize::bytes(MAX_INT as u64);

properties! {
    /// The settings of `Get-TransportConfig`.
    pub struct TransportConfig, view_config;
    settings {
        address_book_policy_routing_enabled: bool = false, "AddressBookPolicyRoutingEnabled";
        agent_generated_message_loop_detection_in_smtp_enabled: bool = false, "AgentGeneratedMessageLoopDetectionInSmtpEnabled";
        agent_generated_message_loop_detection_in_submission_enabled: bool = false, "AgentGeneratedMessageLoopDetectionInSubmissionEnabled";
        clear_categories: bool = true, "ClearCategories";
        /// Ours: whether TLSA records count where their signatures are validated (RFC 7672).
        dane_enabled: bool = true, "DaneEnabled";
        convert_disclaimer_wrapper_to_eml: bool = false, "ConvertDisclaimerWrapperToEml";
        diagnostics_aggregation_service_port: u32 = 9710, "DiagnosticsAggregationServicePort" in (1, 65_535);
        dsn_conversion_mode: DsnConversionMode = DsnConversionMode::UseExchangeDsns, "DSNConversionMode";
        external_delay_dsn_enabled: bool = true, "ExternalDelayDsnEnabled";
        /// English when absent.
        external_dsn_default_language: Option<Culture> = None, "ExternalDsnDefaultLanguage";
        external_dsn_language_detection_enabled: bool = true, "ExternalDsnLanguageDetectionEnabled";
        /// Larger originals come back as headers only; 0: all do.
        external_dsn_max_message_attach_size: ByteSize = ByteSize::mb(10), "ExternalDsnMaxMessageAttachSize" in (ZERO, MAX_ATTACH);
        /// The default accepted domain when absent.
        external_dsn_reporting_authority: Option<DomainName> = None, "ExternalDsnReportingAuthority";
        external_dsn_send_html: bool = true, "ExternalDsnSendHtml";
        /// postmaster@ the default accepted domain when absent.
        external_postmaster_address: Option<Address> = None, "ExternalPostmasterAddress";
        generate_copy_of_dsn_for: Vec<EnhancedCode> = copied_codes(), "GenerateCopyOfDSNFor";
        header_promotion_mode_setting: HeaderPromotionMode = HeaderPromotionMode::NoCreate, "HeaderPromotionModeSetting";
        internal_delay_dsn_enabled: bool = true, "InternalDelayDsnEnabled";
        internal_dsn_default_language: Option<Culture> = None, "InternalDsnDefaultLanguage";
        internal_dsn_language_detection_enabled: bool = true, "InternalDsnLanguageDetectionEnabled";
        internal_dsn_max_message_attach_size: ByteSize = ByteSize::mb(10), "InternalDsnMaxMessageAttachSize" in (ZERO, MAX_ATTACH);
        internal_dsn_reporting_authority: Option<DomainName> = None, "InternalDsnReportingAuthority";
        internal_dsn_send_html: bool = true, "InternalDsnSendHtml";
        internal_smtp_servers: Vec<IpRange> = Vec::new(), "InternalSMTPServers";
        journaling_report_ndr_to: Option<Address> = None, "JournalingReportNdrTo";
        max_allowed_agent_generated_message_depth: u32 = 3, "MaxAllowedAgentGeneratedMessageDepth" in (1, MAX_INT);
        max_allowed_agent_generated_message_depth_per_agent: u32 = 2, "MaxAllowedAgentGeneratedMessageDepthPerAgent" in (1, MAX_INT);
        max_dumpster_size_per_database: ByteSize = ByteSize::mb(18), "MaxDumpsterSizePerDatabase" in (ZERO, MAX_ATTACH);
        max_dumpster_time: TimeSpan = TimeSpan::days(7), "MaxDumpsterTime";
        max_receive_size: Unlimited<ByteSize> = Unlimited::Limited(ByteSize::mb(10)), "MaxReceiveSize" in (ZERO, MAX_SIZE);
        max_recipient_envelope_limit: Unlimited<u32> = Unlimited::Limited(5000), "MaxRecipientEnvelopeLimit" in (0, MAX_INT);
        max_retries_for_local_site_shadow: u32 = 2, "MaxRetriesForLocalSiteShadow" in (0, 255);
        max_retries_for_remote_site_shadow: u32 = 4, "MaxRetriesForRemoteSiteShadow" in (0, 255);
        max_send_size: Unlimited<ByteSize> = Unlimited::Limited(ByteSize::mb(10)), "MaxSendSize" in (ZERO, MAX_SIZE);
        /// Ours: whether MTA-STS policies of other domains count (RFC 8461).
        mta_sts_enabled: bool = true, "MtaStsEnabled";
        queue_diagnostics_aggregation_interval: TimeSpan = TimeSpan::minutes(1), "QueueDiagnosticsAggregationInterval"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        reject_message_on_shadow_failure: bool = false, "RejectMessageOnShadowFailure";
        rfc2231_encoding_enabled: bool = false, "Rfc2231EncodingEnabled";
        safety_net_hold_time: TimeSpan = TimeSpan::days(2), "SafetyNetHoldTime"
            in (TimeSpan::seconds(15), TimeSpan::MAX);
        shadow_heartbeat_frequency: TimeSpan = TimeSpan::minutes(2), "ShadowHeartbeatFrequency"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        /// Exchange 2010's; stored only.
        shadow_heartbeat_retry_count: u32 = 12, "ShadowHeartbeatRetryCount" in (1, 15);
        /// Exchange 2010's; stored only.
        shadow_heartbeat_timeout_interval: TimeSpan = TimeSpan::minutes(15), "ShadowHeartbeatTimeoutInterval"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        shadow_message_auto_discard_interval: TimeSpan = TimeSpan::days(2), "ShadowMessageAutoDiscardInterval"
            in (TimeSpan::seconds(5), TimeSpan::days(90));
        shadow_message_preference_setting: ShadowMessagePreference = ShadowMessagePreference::PreferRemote, "ShadowMessagePreferenceSetting";
        shadow_redundancy_enabled: bool = true, "ShadowRedundancyEnabled";
        shadow_resubmit_time_span: TimeSpan = TimeSpan::hours(3), "ShadowResubmitTimeSpan"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        supervision_tags: Vec<String> = vec!["Allow".to_owned(), "Reject".to_owned()], "SupervisionTags";
        tls_receive_domain_secure_list: Vec<DomainPattern> = Vec::new(), "TLSReceiveDomainSecureList";
        /// Ours: whether domains that ask for it are told what became of TLS with their hosts (RFC 8460).
        tls_reporting_enabled: bool = true, "TlsReportingEnabled";
        /// Ours: whether the header field `TLS-Required: No` lets a message go whatever the recipients' domains demand
        /// (RFC 8689).
        tls_required_no_enabled: bool = true, "TlsRequiredNoEnabled";
        tls_send_domain_secure_list: Vec<DomainPattern> = Vec::new(), "TLSSendDomainSecureList";
        transport_rule_attachment_text_scan_limit: ByteSize = ByteSize::kb(150), "TransportRuleAttachmentTextScanLimit" in (ZERO, MAX_ATTACH);
        verify_secure_submit_enabled: bool = false, "VerifySecureSubmitEnabled";
        voicemail_journaling_enabled: bool = true, "VoicemailJournalingEnabled";
        xexch50_enabled: bool = true, "Xexch50Enabled";
    }
}

/// Codes whose NDRs are copied to the postmaster unless changed.
fn copied_codes() -> Vec<EnhancedCode> {
    [(4, 8), (4, 6), (4, 4), (2, 4), (2, 0), (1, 4)]
        .iter()
        .map(|(subject, detail)| EnhancedCode::new(5, *subject, *detail))
        .collect()
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self::with_defaults()
    }
}

impl TransportConfig {
    /// Checks what single values cannot say: TC-01, no wildcards where domains are secured one
    /// by one.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        let lists = [
            ("TLSReceiveDomainSecureList", &self.tls_receive_domain_secure_list),
            ("TLSSendDomainSecureList", &self.tls_send_domain_secure_list),
        ];
        for (name, list) in lists {
            if let Some(wildcard) = list.iter().find(|d| !matches!(d, DomainPattern::Exact(_))) {
                return Err(RuleError::new(
                    "TC-01",
                    name,
                    wildcard,
                    format!("{wildcard} is a wildcard, and domains are secured one by one"),
                    "Name every domain without a star",
                ));
            }
        }
        Ok(())
    }
}

fn view_config(_: &TransportConfig, listing: Listing) -> Listing {
    listing
}

properties! {
    /// The organization.
    pub struct Organization, view;
    fixed {
        header: Header, "Header";
    }
    given {
        /// For people; not unique, there is but one.
        name: String, "Name";
    }
    kept {
        /// Set by `Set-TransportConfig`.
        transport: TransportConfig = TransportConfig::default(), "TransportConfig";
    }
    settings {}
}

impl Organization {
    /// Checks the transport configuration.
    ///
    /// # Errors
    /// The first broken rule, `TC-nn`.
    pub fn validate(&self) -> Result<(), RuleError> {
        self.transport.validate()
    }

    /// What `Get-TransportConfig` shows.
    pub fn transport_view(&self) -> Map<String, Value> {
        let mut view = self.transport.view();
        view.insert("Identity".to_owned(), Value::from("Transport Settings"));
        view.insert("Name".to_owned(), Value::from("Transport Settings"));
        view.extend(to_map(boilerplate(
            &self.header,
            "Transport Settings",
            distinguished_name("Transport Settings", "CN=Configuration"),
            &["top", "container", "msExchTransportSettings"],
        )));
        view
    }
}

fn view(organization: &Organization, mut listing: Listing) -> Listing {
    let name = organization.name.as_str();
    listing.push(("Identity", Value::from(name)));
    listing.extend(boilerplate(
        &organization.header,
        name,
        distinguished_name(name, "CN=Configuration"),
        &["top", "msExchOrganizationContainer"],
    ));
    listing
}
