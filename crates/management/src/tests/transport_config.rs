//! `Get-` and `Set-TransportConfig` (management.md section 8.3): defaults, ranges, lists.

use serde_json::{Value, json};

use super::Organization;

async fn config(organization: &Organization) -> Value {
    organization.ok("Get-TransportConfig", json!({})).await.objects.remove(0)
}

#[tokio::test]
async fn the_documented_defaults() {
    let organization = Organization::new();
    let shown = config(&organization).await;
    let mb10 = json!("10 MB (10,485,760 bytes)");
    for (property, value) in [
        ("MaxSendSize", mb10.clone()),
        ("MaxReceiveSize", mb10.clone()),
        ("MaxRecipientEnvelopeLimit", json!(5000)),
        ("ExternalDelayDsnEnabled", json!(true)),
        ("InternalDelayDsnEnabled", json!(true)),
        ("ExternalDsnDefaultLanguage", Value::Null),
        ("InternalDsnDefaultLanguage", Value::Null),
        ("ExternalDsnLanguageDetectionEnabled", json!(true)),
        ("InternalDsnLanguageDetectionEnabled", json!(true)),
        ("ExternalDsnMaxMessageAttachSize", mb10.clone()),
        ("InternalDsnMaxMessageAttachSize", mb10),
        ("ExternalDsnReportingAuthority", Value::Null),
        ("InternalDsnReportingAuthority", Value::Null),
        ("ExternalDsnSendHtml", json!(true)),
        ("InternalDsnSendHtml", json!(true)),
        ("ExternalPostmasterAddress", Value::Null),
        ("GenerateCopyOfDSNFor", json!(["5.4.8", "5.4.6", "5.4.4", "5.2.4", "5.2.0", "5.1.4"])),
        ("DaneEnabled", json!(true)),
        ("DSNConversionMode", json!("UseExchangeDSNs")),
        ("TLSReceiveDomainSecureList", json!([])),
        ("MtaStsEnabled", json!(true)),
        ("TlsReportingEnabled", json!(true)),
        ("TlsRequiredNoEnabled", json!(true)),
        ("TLSSendDomainSecureList", json!([])),
        ("ShadowRedundancyEnabled", json!(true)),
        ("RejectMessageOnShadowFailure", json!(false)),
        ("ShadowMessagePreferenceSetting", json!("PreferRemote")),
        ("MaxRetriesForLocalSiteShadow", json!(2)),
        ("MaxRetriesForRemoteSiteShadow", json!(4)),
        ("ShadowHeartbeatFrequency", json!("00:02:00")),
        ("ShadowResubmitTimeSpan", json!("03:00:00")),
        ("ShadowMessageAutoDiscardInterval", json!("2.00:00:00")),
        ("SafetyNetHoldTime", json!("2.00:00:00")),
        ("QueueDiagnosticsAggregationInterval", json!("00:01:00")),
        ("DiagnosticsAggregationServicePort", json!(9710)),
        ("AgentGeneratedMessageLoopDetectionInSmtpEnabled", json!(false)),
        ("AgentGeneratedMessageLoopDetectionInSubmissionEnabled", json!(false)),
        ("MaxAllowedAgentGeneratedMessageDepth", json!(3)),
        ("MaxAllowedAgentGeneratedMessageDepthPerAgent", json!(2)),
        ("InternalSMTPServers", json!([])),
        ("HeaderPromotionModeSetting", json!("NoCreate")),
        ("Rfc2231EncodingEnabled", json!(false)),
        ("ClearCategories", json!(true)),
        ("ConvertDisclaimerWrapperToEml", json!(false)),
        ("JournalingReportNdrTo", Value::Null),
        ("SupervisionTags", json!(["Allow", "Reject"])),
        ("VerifySecureSubmitEnabled", json!(false)),
        ("VoicemailJournalingEnabled", json!(true)),
        ("Xexch50Enabled", json!(true)),
        ("AddressBookPolicyRoutingEnabled", json!(false)),
        ("TransportRuleAttachmentTextScanLimit", json!("150 KB (153,600 bytes)")),
    ] {
        assert_eq!(shown[property], value, "{property}");
        assert!(cmdlets::find("Set-TransportConfig").unwrap().parameter(property).is_some());
    }
}

#[tokio::test]
async fn every_range_ends_where_it_is_documented() {
    let organization = Organization::new();
    let integer = |low: u32, high: u32| format!("an integer from {low} to {high}");
    let limit = |low: u32, high: u32| format!("an integer from {low} to {high}, or unlimited");
    let span = |low: &str, high: &str| format!("a time span (dd.hh:mm:ss) from {low} to {high}");
    let day = "1.00:00:00";
    let most = 2_147_483_647_u32;
    for (parameter, low, high, wrong, allowed) in [
        (
            "DiagnosticsAggregationServicePort",
            json!(1),
            json!(65535),
            [json!(0), json!(65536)],
            integer(1, 65535),
        ),
        (
            "MaxAllowedAgentGeneratedMessageDepth",
            json!(1),
            json!(most),
            [json!(0), json!("deep")],
            integer(1, most),
        ),
        (
            "MaxRetriesForLocalSiteShadow",
            json!(0),
            json!(255),
            [json!(-1), json!(256)],
            integer(0, 255),
        ),
        (
            "MaxRetriesForRemoteSiteShadow",
            json!(0),
            json!(255),
            [json!(-1), json!(256)],
            integer(0, 255),
        ),
        (
            "MaxRecipientEnvelopeLimit",
            json!(0),
            json!("unlimited"),
            [json!(-1), json!(2_147_483_648_u64)],
            limit(0, most),
        ),
        (
            "QueueDiagnosticsAggregationInterval",
            json!("00:00:01"),
            json!(day),
            [json!("00:00:00"), json!("1.00:00:01")],
            span("00:00:01", day),
        ),
        (
            "ShadowHeartbeatFrequency",
            json!("00:00:01"),
            json!(day),
            [json!("00:00:00"), json!("1.00:00:01")],
            span("00:00:01", day),
        ),
        (
            "ShadowResubmitTimeSpan",
            json!("00:00:01"),
            json!(day),
            [json!("00:00:00"), json!("often")],
            span("00:00:01", day),
        ),
        (
            "ShadowMessageAutoDiscardInterval",
            json!("00:00:05"),
            json!("90.00:00:00"),
            [json!("00:00:04"), json!("90.00:00:01")],
            span("00:00:05", "90.00:00:00"),
        ),
    ] {
        for good in [low, high] {
            organization.ok("Set-TransportConfig", json!({ parameter: good })).await;
        }
        for wrong in wrong {
            let problem =
                organization.refused("Set-TransportConfig", json!({ parameter: wrong })).await;
            assert_eq!(problem.id.as_deref(), Some("SC-18"), "{parameter} {wrong}: {problem}");
            assert_eq!(problem.parameter.as_deref(), Some(parameter));
            assert_eq!(problem.allowed.as_deref(), Some(allowed.as_str()), "{parameter} {wrong}");
        }
    }
    for size in ["MaxSendSize", "MaxReceiveSize"] {
        for good in [json!(0), json!("2147482624"), json!("unlimited"), json!("35MB")] {
            organization.ok("Set-TransportConfig", json!({ size: good })).await;
        }
        for wrong in [json!("2147483648"), json!("3GB"), json!("big"), Value::Null] {
            let problem = organization.refused("Set-TransportConfig", json!({ size: wrong })).await;
            assert_eq!(problem.id.as_deref(), Some("SC-18"), "{size} {wrong}: {problem}");
        }
    }
}

#[tokio::test]
async fn domains_are_secured_one_by_one() {
    let organization = Organization::new();
    for list in ["TLSSendDomainSecureList", "TLSReceiveDomainSecureList"] {
        organization
            .ok("Set-TransportConfig", json!({ list: ["a.test", "B.test", "c.test"] }))
            .await;
        organization
            .ok("Set-TransportConfig", json!({ list: { "Add": "d.test", "Remove": "A.test" } }))
            .await;
        assert_eq!(config(&organization).await[list], json!(["b.test", "c.test", "d.test"]));
        for (wildcard, shown) in
            [(json!("*.contoso.com"), "*.contoso.com"), (json!({ "Add": "*" }), "*")]
        {
            let problem =
                organization.refused("Set-TransportConfig", json!({ list: wildcard })).await;
            assert_eq!(
                problem.message,
                format!(
                    "{list}: {shown} is a wildcard, and domains are secured one by one. Name every \
                     domain without a star."
                )
            );
            assert_eq!(problem.parameter.as_deref(), Some(list));
            assert_eq!(problem.value.as_deref(), Some(shown));
        }
        organization.ok("Set-TransportConfig", json!({ list: null })).await;
        assert_eq!(config(&organization).await[list], json!([]));
    }
}

#[tokio::test]
async fn codes_are_listed_replaced_and_edited() {
    let organization = Organization::new();
    let set = |codes: Value| {
        organization.run("Set-TransportConfig", json!({ "GenerateCopyOfDSNFor": codes }))
    };
    set(json!({ "Add": ["5.3.4", "5.1.1"], "Remove": "5.4.4" })).await.unwrap();
    assert_eq!(
        config(&organization).await["GenerateCopyOfDSNFor"],
        json!(["5.4.8", "5.4.6", "5.2.4", "5.2.0", "5.1.4", "5.3.4", "5.1.1"])
    );
    set(json!(["5.1.1", "5.4.4"])).await.unwrap();
    assert_eq!(config(&organization).await["GenerateCopyOfDSNFor"], json!(["5.1.1", "5.4.4"]));
    for wrong in [json!("5.1"), json!("five"), json!({ "Add": "5.1.1.1" }), json!("3.1.1")] {
        let problem = set(wrong.clone()).await.unwrap_err();
        assert_eq!(problem.parameter.as_deref(), Some("GenerateCopyOfDSNFor"), "{wrong}");
        assert!(problem.allowed.is_some(), "{wrong}: {problem}");
    }
    set(Value::Null).await.unwrap();
    assert_eq!(config(&organization).await["GenerateCopyOfDSNFor"], json!([]));
}

#[tokio::test]
async fn values_of_the_other_settings() {
    let organization = Organization::new();
    for (parameter, good, shown) in [
        ("ExternalPostmasterAddress", json!("pm@contoso.com"), json!("pm@contoso.com")),
        ("ExternalPostmasterAddress", Value::Null, Value::Null),
        ("ExternalDsnDefaultLanguage", json!("fr-FR"), json!("fr-FR")),
        ("ExternalDsnReportingAuthority", json!("Contoso.com"), json!("contoso.com")),
        ("DSNConversionMode", json!("donotconvert"), json!("DoNotConvert")),
        ("ShadowMessagePreferenceSetting", json!("LocalOnly"), json!("LocalOnly")),
        ("HeaderPromotionModeSetting", json!("MayCreate"), json!("MayCreate")),
        ("InternalSMTPServers", json!("10.0.0.0/8"), json!(["10.0.0.0/8"])),
        ("SupervisionTags", json!({ "Add": "Later" }), json!(["Allow", "Reject", "Later"])),
        ("RejectMessageOnShadowFailure", json!(true), json!(true)),
    ] {
        organization.ok("Set-TransportConfig", json!({ parameter: good })).await;
        assert_eq!(config(&organization).await[parameter], shown, "{parameter}");
    }
    for (parameter, wrong, id) in [
        ("ExternalPostmasterAddress", json!("nobody"), None),
        ("ExternalDsnDefaultLanguage", json!("klingon language"), None),
        ("ExternalDsnReportingAuthority", json!("a b"), None),
        ("DSNConversionMode", json!("Sometimes"), Some("SC-23")),
        ("ShadowMessagePreferenceSetting", json!("Anywhere"), Some("SC-23")),
        ("HeaderPromotionModeSetting", json!("Create"), Some("SC-23")),
        ("InternalSMTPServers", json!("10.0.0.9-10.0.0.1"), None),
        ("RejectMessageOnShadowFailure", json!("yes"), None),
    ] {
        let problem =
            organization.refused("Set-TransportConfig", json!({ parameter: wrong })).await;
        assert_eq!(problem.id.as_deref(), id, "{parameter} {wrong}: {problem}");
        assert_eq!(problem.parameter.as_deref(), Some(parameter), "{problem}");
        assert!(problem.message.contains(parameter) && problem.allowed.is_some(), "{problem}");
    }
    let what_if = organization
        .ok("Set-TransportConfig", json!({ "MaxSendSize": "1MB", "WhatIf": true }))
        .await;
    assert!(what_if.what_if.unwrap().starts_with("What if: "));
    assert_eq!(config(&organization).await["MaxSendSize"], json!("10 MB (10,485,760 bytes)"));
}
