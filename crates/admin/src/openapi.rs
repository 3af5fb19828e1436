//! The API's description (OpenAPI 3.1), made from the declarations of the cmdlets.

use cmdlets::{Availability, Cmdlet, Kind, Parameter};
use serde_json::{Map, Value, json};

/// The description of these cmdlets and of the other requests.
pub(crate) fn document(cmdlets: &[Cmdlet]) -> Value {
    let mut paths = Map::new();
    for cmdlet in cmdlets {
        paths.insert(
            format!("/api/v1/cmdlets/{}", cmdlet.name),
            json!({ "post": operation(cmdlet) }),
        );
    }
    paths.insert("/api/v1/whoami".to_owned(), who_am_i());
    for (path, summary) in [
        ("/api/openapi.json", "This description."),
        ("/livez", "Whether the process answers."),
        ("/readyz", "Whether new work is welcome."),
    ] {
        let responses = json!({ "200": { "description": "Yes." }, "503": problem() });
        paths.insert(
            path.to_owned(),
            json!({ "get": { "summary": summary, "security": [], "responses": responses } }),
        );
    }
    let text = json!({ "application/openmetrics-text": { "schema": { "type": "string" } } });
    let summary = "Metrics; without sign-in from the server's own machine.";
    paths.insert(
        "/metrics".to_owned(),
        json!({ "get": { "summary": summary, "responses": {
            "200": { "description": "Metrics.", "content": text },
            "401": problem(),
            "403": problem(),
        } } }),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Relais",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every cmdlet of the management shell as a request. Parameter names \
                are accepted in any letter case.",
        },
        "security": [{ "basic": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "basic": { "type": "http", "scheme": "basic" } },
            "schemas": { "Problem": problem_schema() },
        },
    })
}

fn operation(cmdlet: &Cmdlet) -> Value {
    let usable =
        || cmdlet.parameters.iter().filter(|p| p.availability != Availability::Exchange2010);
    let properties: Map<String, Value> =
        usable().map(|p| (p.name.to_owned(), described(p))).collect();
    let required: Vec<&str> = usable().filter(|p| always(cmdlet, p)).map(|p| p.name).collect();
    let mut body = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        body["required"] = json!(required);
    }
    let content = |schema: Value| json!({ "application/json": { "schema": schema } });
    let header = |text: &str| json!({ "description": text, "schema": { "type": "string" } });
    json!({
        "operationId": cmdlet.name,
        "summary": cmdlet.synopsis.en,
        "description": format!("Management roles: {}.", cmdlet.roles.join(", ")),
        "tags": [cmdlet.noun()],
        "requestBody": { "required": !required.is_empty(), "content": content(body) },
        "responses": {
            "200": {
                "description": "The objects the cmdlet gives.",
                "headers": {
                    "Relais-Warning": header("One per warning: percent-encoded UTF-8."),
                    "Relais-What-If": header("With WhatIf: what would be done, percent-encoded."),
                },
                "content": content(json!({ "type": "array", "items": { "type": "object" } })),
            },
            "default": problem(),
        },
    })
}

/// Whether a parameter is required in every parameter set of its cmdlet.
fn always(cmdlet: &Cmdlet, parameter: &Parameter) -> bool {
    parameter.required && cmdlet.sets.iter().all(|set| parameter.belongs_to(set))
}

fn described(parameter: &Parameter) -> Value {
    let mut schema = schema(&parameter.kind);
    schema["description"] = json!(parameter.help.en);
    if parameter.availability == Availability::Reserved {
        schema["deprecated"] = json!(true);
    }
    if !parameter.aliases.is_empty() {
        schema["x-aliases"] = json!(parameter.aliases);
    }
    if !parameter.sets.is_empty() {
        schema["x-parameter-sets"] = json!(parameter.sets);
    }
    schema
}

/// The JSON form of a kind of value.
fn schema(kind: &Kind) -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    match kind {
        Kind::String | Kind::Identity => json!({ "type": "string" }),
        Kind::Boolean | Kind::Switch => json!({ "type": "boolean" }),
        Kind::OptionalBoolean => json!({ "type": ["boolean", "null"] }),
        Kind::Int32 => json!({ "type": "integer", "format": "int32" }),
        Kind::Size => json!({ "type": ["string", "integer"], "examples": ["10MB"] }),
        Kind::UnlimitedSize => {
            json!({ "type": ["string", "integer"], "examples": ["10MB", "Unlimited"] })
        }
        Kind::UnlimitedInt32 => json!({
            "anyOf": [
                { "type": "integer", "format": "int32", "minimum": 0 },
                { "type": "string", "examples": ["Unlimited"] },
            ],
        }),
        Kind::TimeSpan => json!({ "type": "string", "examples": ["00:10:00", "2.00:00:00"] }),
        Kind::Guid => text("uuid"),
        Kind::DateTime => text("date-time"),
        Kind::Credential => json!({
            "type": "object",
            "properties": { "UserName": { "type": "string" }, "Password": secret() },
            "required": ["UserName", "Password"],
        }),
        Kind::SecureString => secret(),
        Kind::Fqdn => text("hostname"),
        Kind::IpAddress => json!({ "anyOf": [text("ipv4"), text("ipv6")] }),
        Kind::SmtpAddress => text("email"),
        Kind::Enum(words) => json!({ "type": "string", "enum": words }),
        Kind::Flags(words) => json!({
            "anyOf": [
                { "type": "string", "examples": [words.join(", ")] },
                { "type": "array", "items": { "type": "string", "enum": words } },
            ],
        }),
        Kind::List(kind) => {
            let one = schema(kind);
            let several = json!({ "type": "array", "items": one });
            let edit = json!({
                "type": "object",
                "properties": { "Add": several, "Remove": several },
            });
            json!({ "anyOf": [one, several, edit] })
        }
        Kind::Object => json!({}),
    }
}

fn secret() -> Value {
    json!({ "type": "string", "format": "password", "writeOnly": true })
}

fn who_am_i() -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let endpoint = |kind: Value| {
        json!({
            "type": kind,
            "properties": { "host": { "type": "string" }, "port": { "type": "integer" } },
        })
    };
    let schema = json!({
        "type": "object",
        "properties": {
            "user": text(),
            "roleGroups": texts(),
            "cmdlets": texts(),
            "server": text(),
            "submission": endpoint(json!("object")),
            "relay": endpoint(json!(["object", "null"])),
        },
    });
    json!({
        "get": {
            "operationId": "whoami",
            "summary": "Who is signed in, what he may run, and where mail is submitted.",
            "responses": {
                "200": {
                    "description": "Who is signed in.",
                    "content": { "application/json": { "schema": schema } },
                },
                "default": problem(),
            },
        },
    })
}

fn problem() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({
        "description": "Refused; nothing has been changed.",
        "content": { "application/problem+json": { "schema": schema } },
    })
}

fn problem_schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "properties": {
            "type": text("Always about:blank."),
            "title": text("The status in words."),
            "status": { "type": "integer" },
            "detail": text("The whole sentence for people."),
            "id": text("The number of the rule, such as SC-05."),
            "parameter": text("The parameter at fault."),
            "value": text("Its value, shortened; never a secret."),
            "allowed": text("What would be accepted."),
        },
        "required": ["type", "title", "status", "detail"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cmdlet_is_a_path_with_its_parameters() {
        let document = document(cmdlets::all());
        for cmdlet in cmdlets::all() {
            let operation = &document["paths"][format!("/api/v1/cmdlets/{}", cmdlet.name)]["post"];
            assert_eq!(operation["operationId"], cmdlet.name);
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            for parameter in cmdlet.parameters {
                let described = body["properties"].get(parameter.name);
                let is_usable = parameter.availability != Availability::Exchange2010;
                assert_eq!(described.is_some(), is_usable, "{} {}", cmdlet.name, parameter.name);
            }
            for name in body["required"].as_array().into_iter().flatten() {
                assert!(cmdlet.parameter(name.as_str().unwrap()).unwrap().required);
            }
        }
    }

    #[test]
    fn lists_may_be_edited_and_secrets_are_never_read_back() {
        let list = schema(&Kind::List(&Kind::SmtpAddress));
        assert_eq!(list["anyOf"][0]["format"], "email");
        assert_eq!(list["anyOf"][1]["items"]["format"], "email");
        assert_eq!(list["anyOf"][2]["properties"]["Remove"]["type"], "array");
        assert_eq!(schema(&Kind::Credential)["properties"]["Password"]["writeOnly"], true);
    }
}
