//! Refusals that are not the same for every cmdlet: what is required, usages, identities, what
//! belongs to Exchange Server 2010.

use serde_json::json;

use super::{HERE, Refusal, organization, smart, together, value};

#[tokio::test]
async fn refusals_of_one_cmdlet() {
    let organization = organization().await;
    let exact = |id: &str, parameter: &str, value: &str, allowed: &str, message: &str| {
        Refusal::new(id, parameter, value, allowed, message.to_owned())
    };
    let taken = |value: &str| Refusal {
        status: 409,
        ..exact(
            "SC-01",
            "Name",
            value,
            "a name that no other has",
            &format!("A Send connector called \"{value}\" already exists. Choose another name."),
        )
    };
    let missing = |id: &str, parameter: &str, allowed: &str| {
        let message = format!(
            "Cannot process command because a required parameter is missing: {parameter}. \
             Allowed: {allowed}."
        );
        exact(id, parameter, "", allowed, &message)
    };
    let null = |id: &str, parameter: &str, allowed: &str| {
        let message = format!(
            "Cannot bind argument to parameter '{parameter}' because it is null. Allowed: {allowed}."
        );
        exact(id, parameter, "", allowed, &message)
    };
    let usages = |value: &str, message: &str| {
        let allowed = "one of Custom, Internal, Internet, Partner";
        exact("SC-16", "Usage", value, allowed, message)
    };
    let no_usage = |parameter: &str| Refusal {
        value: None,
        ..exact(
            "SC-17",
            parameter,
            "",
            "New-SendConnector only: the usage is chosen when a connector is created",
            &format!("A parameter cannot be found that matches parameter name '{parameter}'."),
        )
    };
    let nowhere = |value: &str| Refusal {
        status: 404,
        ..exact(
            "SC-21",
            "Identity",
            value,
            "the name, GUID or distinguished name of a Send connector that exists",
            &format!(
                "The operation couldn't be performed because the Send connector '{value}' \
                 couldn't be found."
            ),
        )
    };
    let plain = |parameter: &str, message: &str| Refusal {
        id: None,
        value: None,
        allowed: None,
        ..exact("", parameter, "", "", message)
    };
    let of_2010 = |parameter: &str| Refusal {
        id: None,
        value: None,
        ..exact(
            "",
            parameter,
            "",
            &format!("leave {parameter} out"),
            &format!(
                "Parameter '{parameter}' belongs to Exchange Server 2010 and is no longer available."
            ),
        )
    };
    let names = "a name of 1 to 64 characters";
    let spaces = "one or more address spaces, such as * or contoso.com";
    let no_space = || {
        together(
            "SC-03",
            "AddressSpaces",
            "",
            "a Send connector needs at least one address space",
            "Give AddressSpaces, for example * or contoso.com",
        )
    };
    let (new, set, get, remove) =
        ("New-SendConnector", "Set-SendConnector", "Get-SendConnector", "Remove-SendConnector");
    let rows = [
        (new, json!({ "Name": "TAKEN", "AddressSpaces": "*" }), taken("TAKEN")),
        (set, json!({ "Identity": "Present", "Name": "taken" }), taken("taken")),
        (new, json!({ "AddressSpaces": "*" }), missing("SC-02", "Name", names)),
        (new, json!({ "Name": null, "AddressSpaces": "*" }), null("SC-02", "Name", names)),
        (new, json!({ "Name": "Other" }), missing("SC-03", "AddressSpaces", spaces)),
        (
            new,
            json!({ "Name": "Other", "AddressSpaces": null }),
            null("SC-03", "AddressSpaces", spaces),
        ),
        (set, json!({ "Identity": "Present", "AddressSpaces": null }), no_space()),
        (
            set,
            json!({ "Identity": "Present", "AddressSpaces": { "Remove": "SMTP:A.test;9" } }),
            no_space(),
        ),
        (
            new,
            json!({ "Name": "O", "AddressSpaces": "*", "Internet": true, "Partner": true }),
            usages(
                "-Internet -Partner",
                "-Internet and -Partner cannot be used together: a connector has one usage.",
            ),
        ),
        (
            new,
            json!({ "Name": "O", "AddressSpaces": "*", "Custom": true, "Usage": "Custom" }),
            usages(
                "-Usage Custom -Custom",
                "-Usage Custom and -Custom cannot be used together: a connector has one usage.",
            ),
        ),
        (
            new,
            json!({ "Name": "O", "AddressSpaces": "*", "Usage": "Client" }),
            value("SC-23", "Usage", "Client", HERE, "one of Custom, Internal, Internet, Partner"),
        ),
        (set, json!({ "Identity": "Present", "Usage": "Custom" }), no_usage("Usage")),
        (set, json!({ "Identity": "Present", "Partner": true }), no_usage("Partner")),
        (
            set,
            json!({ "Identity": "Present", "ConnectorType": "Default" }),
            plain(
                "ConnectorType",
                "A parameter cannot be found that matches parameter name 'ConnectorType'.",
            ),
        ),
        (
            set,
            json!({ "Identity": "Present", "SourceTransportServers": { "Remove": "MBX01" } }),
            together(
                "SC-19",
                "SourceTransportServers",
                "",
                "a Send connector needs at least one source server",
                "Name a Mailbox server of the organization",
            ),
        ),
        (get, json!({ "Identity": "Nothing" }), nowhere("Nothing")),
        (set, json!({ "Identity": "Nothing", "Enabled": true }), nowhere("Nothing")),
        (remove, json!({ "Identity": "MBX09\\Present" }), nowhere("MBX09\\Present")),
        (
            set,
            json!({ "Enabled": true }),
            plain(
                "Identity",
                "Cannot process command because a required parameter is missing: Identity.",
            ),
        ),
        (
            remove,
            json!({ "Identity": null }),
            plain("Identity", "Cannot bind argument to parameter 'Identity' because it is null."),
        ),
        (
            new,
            json!({ "Name": "O", "LinkedReceiveConnector": "MBX01\\x", "MaxMessageSize": "unlimited" }),
            of_2010("LinkedReceiveConnector"),
        ),
        (
            set,
            json!({ "Identity": "Present", "LinkedReceiveConnector": "x", "AddressSpaces": null }),
            of_2010("LinkedReceiveConnector"),
        ),
        (
            set,
            json!({ "Identity": "Present", "IsCoexistenceConnector": true }),
            of_2010("IsCoexistenceConnector"),
        ),
        (
            new,
            smart(json!({
                "Name": "O", "AddressSpaces": "*", "SmartHostAuthMechanism": "BasicAuth",
                "AuthenticationCredential": "relay:hunter2",
            })),
            Refusal {
                value: None,
                ..exact(
                    "SC-09",
                    "AuthenticationCredential",
                    "",
                    "a PSCredential: a user name and a password",
                    "Cannot bind parameter 'AuthenticationCredential': the value has the wrong \
                     type. Allowed: a PSCredential: a user name and a password.",
                )
            },
        ),
    ];
    for (cmdlet, parameters, expected) in rows {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(Refusal::of(problem), expected, "{cmdlet} {parameters}");
    }
}
