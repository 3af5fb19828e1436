//! The API's description (OpenAPI 3.1), made from the declarations of the cmdlets.

use cmdlets::{Availability, Cmdlet, Kind, Parameter};
use management::{Holds, PropertyShape, Shape};
use serde_json::{Map, Value, json};

/// The description of these cmdlets and of the other requests.
pub(crate) fn document(cmdlets: &[Cmdlet], shapes: &[Shape]) -> Value {
    let mut paths = Map::new();
    for cmdlet in cmdlets {
        let output = shapes.iter().find(|shape| shape.type_name == cmdlet.output.type_name);
        paths.insert(
            format!("/api/v1/cmdlets/{}", cmdlet.name),
            json!({ "post": operation(cmdlet, output) }),
        );
    }
    paths.insert("/api/v1/whoami".to_owned(), who_am_i());
    paths.insert("/api/v1/session".to_owned(), session());
    paths.insert("/api/v1/events".to_owned(), events());
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
        "security": [{ "basic": [] }, { "session": [], "csrf": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-relais" },
                "csrf": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Relais-CSRF",
                    "description": "What the sign-in gave as csrf: for all but GET and HEAD.",
                },
            },
            "schemas": schemas(shapes),
        },
    })
}

fn schemas(shapes: &[Shape]) -> Map<String, Value> {
    let mut schemas: Map<String, Value> =
        shapes.iter().map(|shape| (shape.type_name.to_owned(), object(shape))).collect();
    schemas.insert("Problem".to_owned(), problem_schema());
    schemas.insert("WhoAmI".to_owned(), who_schema());
    schemas.insert("Session".to_owned(), session_schema());
    schemas
}

/// The objects of a type.
fn object(shape: &Shape) -> Value {
    let properties: Map<String, Value> =
        shape.properties.iter().map(|p| (p.name.clone(), shown(p))).collect();
    let names: Vec<&str> = shape.properties.iter().map(|p| p.name.as_str()).collect();
    json!({ "type": "object", "properties": properties, "required": names })
}

/// What is in a property.
fn shown(property: &PropertyShape) -> Value {
    let kind = |name: &str| if property.nullable { json!([name, "null"]) } else { json!(name) };
    let list = |items: Value| json!({ "type": kind("array"), "items": items });
    match property.holds {
        Holds::Text => json!({ "type": kind("string") }),
        Holds::Words(words) => {
            let words = words.iter().map(|word| json!(word));
            let words: Vec<Value> = words.chain(property.nullable.then_some(Value::Null)).collect();
            json!({ "type": kind("string"), "enum": words })
        }
        Holds::Moment => json!({ "type": kind("string"), "format": "date-time" }),
        Holds::Integer => json!({ "type": kind("integer") }),
        Holds::Number => json!({ "type": kind("number") }),
        Holds::IntegerOrUnlimited => {
            let mut any = vec![json!({ "type": "integer" }), json!({ "const": "Unlimited" })];
            any.extend(property.nullable.then(|| json!({ "type": "null" })));
            json!({ "anyOf": any })
        }
        Holds::Boolean => json!({ "type": kind("boolean") }),
        Holds::Texts => list(json!({ "type": "string" })),
        Holds::Integers => list(json!({ "type": "integer" })),
        Holds::Objects(of) => list(reference(of)),
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn operation(cmdlet: &Cmdlet, output: Option<&Shape>) -> Value {
    let item = output.map_or_else(|| json!({ "type": "object" }), |s| reference(s.type_name));
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
    let if_match = json!({
        "name": "If-Match",
        "in": "header",
        "description": "Only if the object has this ObjectVersion, in quotes: else 412, id changed.",
        "schema": { "type": "string", "examples": ["\"3\""] },
    });
    let parameters = if changes_objects(cmdlet) { vec![if_match] } else { Vec::new() };
    json!({
        "operationId": cmdlet.name,
        "parameters": parameters,
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
                "content": content(json!({ "type": "array", "items": item })),
            },
            "default": problem(),
        },
    })
}

/// Whether it changes an object of the directory that was there before.
fn changes_objects(cmdlet: &Cmdlet) -> bool {
    let changes = matches!(cmdlet.verb(), "Set" | "Remove" | "Add" | "Enable" | "Disable");
    changes && cmdlet.noun() != "Message"
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
        Kind::Bytes => {
            json!({ "type": "string", "contentEncoding": "base64", "writeOnly": true })
        }
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
    json!({
        "get": {
            "operationId": "whoami",
            "summary": "Who is signed in, what he may run, and where mail is submitted.",
            "responses": {
                "200": answer("Who is signed in.", reference("WhoAmI")),
                "default": problem(),
            },
        },
    })
}

fn who_schema() -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let endpoint = |kind: Value| {
        json!({
            "type": kind,
            "properties": { "host": { "type": "string" }, "port": { "type": "integer" } },
            "required": ["host", "port"],
        })
    };
    json!({
        "type": "object",
        "properties": {
            "user": text(),
            "roleGroups": texts(),
            "cmdlets": texts(),
            "server": text(),
            "submission": endpoint(json!("object")),
            "relay": endpoint(json!(["object", "null"])),
        },
        "required": ["user", "roleGroups", "cmdlets", "server", "submission", "relay"],
    })
}

fn session() -> Value {
    let text = |kind: &str| json!({ "type": "string", "format": kind });
    let body = json!({
        "type": "object",
        "properties": { "user": { "type": "string" }, "password": secret() },
        "required": ["user", "password"],
        "additionalProperties": false,
    });
    let passive = json!({
        "name": "Relais-Passive",
        "in": "header",
        "description": "The page asks by itself: does not keep the session open.",
        "schema": { "type": "string", "examples": ["1"] },
    });
    let mut signed_in = answer("Signed in.", reference("Session"));
    signed_in["headers"] = json!({ "Set-Cookie": { "schema": text("__Host-relais") } });
    json!({
        "post": {
            "operationId": "signIn",
            "summary": "Signs in with a browser.",
            "security": [],
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": body } },
            },
            "responses": { "200": signed_in, "default": problem() },
        },
        "get": {
            "operationId": "session",
            "summary": "Who is signed in, and how long still.",
            "security": [{ "session": [] }],
            "parameters": [passive],
            "responses": {
                "200": answer("Signed in.", reference("Session")),
                "default": problem(),
            },
        },
        "delete": {
            "operationId": "signOut",
            "summary": "Ends the session; without one there is nothing to do.",
            "security": [{}, { "session": [], "csrf": [] }],
            "responses": {
                "204": { "description": "There is no session any more." },
                "default": problem(),
            },
        },
    })
}

fn session_schema() -> Value {
    let text = || json!({ "type": "string" });
    let moment = || json!({ "type": "string", "format": "date-time" });
    let more = json!({
        "type": "object",
        "properties": {
            "csrf": text(),
            "sandbox": { "type": "boolean" },
            "version": text(),
            "language": { "type": ["string", "null"] },
            "address": text(),
            "idleExpires": moment(),
            "expires": moment(),
        },
        "required": [
            "csrf", "sandbox", "version", "language", "address", "idleExpires", "expires",
        ],
    });
    json!({ "allOf": [reference("WhoAmI"), more] })
}

fn events() -> Value {
    let text = "Event directory with {\"revision\": n} after each change of the directory, \
        event ping every 15 s. Ends with the session or its connection.";
    json!({
        "get": {
            "operationId": "events",
            "summary": "Changes of the directory as they happen; two at a time for a session.",
            "security": [{ "session": [] }],
            "responses": {
                "200": {
                    "description": text,
                    "content": { "text/event-stream": { "schema": { "type": "string" } } },
                },
                "default": problem(),
            },
        },
    })
}

fn answer(description: &str, schema: Value) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": schema } },
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
            "id": text("The number of the rule, such as SC-05; session, csrf or changed."),
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
        let document = document(cmdlets::all(), &management::shapes());
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
