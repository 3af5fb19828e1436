//! Cmdlets of the server: parameters as JSON, one call for each object of the pipeline.

use cmdlets::{Kind, Parameter};
use serde_json::{Map, Value as Json, json};

use super::Evaluator;
use super::confirm::Decision;
use crate::binding::{Bound, BoundValue, ErrorAction};
use crate::convert::{from_json, to_bool, to_json, to_text};
use crate::error::{Flow, ShellError};
use crate::host::{CallError, Colour, Reply};
use crate::runtime::Runtime;
use crate::value::{Credential, Properties, Secret, Value};

impl Evaluator<'_> {
    /// Runs a cmdlet of the server.
    pub(super) fn remote(
        &mut self,
        bound: &Bound,
        input: Option<Vec<Value>>,
    ) -> Result<Vec<Value>, Flow> {
        let mut output = Vec::new();
        let bound = &self.with_what_if_preference(bound);
        let mut decision = Decision::NotAsked;
        let inputs = match input {
            None => vec![None],
            Some(items) => items.into_iter().map(Some).collect(),
        };
        for item in inputs {
            let result = self.one_call(bound, item.as_ref(), &mut decision);
            match result {
                Ok(objects) => output.extend(objects),
                Err(Flow::Failed(error)) => self.raise(error, bound.error_action())?,
                Err(other) => return Err(other),
            }
            if decision == Decision::NoToAll {
                break;
            }
        }
        Ok(output)
    }

    fn one_call(
        &mut self,
        bound: &Bound,
        item: Option<&Value>,
        decision: &mut Decision,
    ) -> Result<Vec<Value>, Flow> {
        let bound = match item {
            Some(item) => bound.with_input(item)?,
            None => bound.clone(),
        };
        let missing = bound.missing();
        if !missing.is_empty() {
            return Err(bound.missing_error(&missing).into());
        }
        let parameters = self.parameters(&bound)?;
        if !self.confirmed(&bound, &parameters, decision)? {
            return Ok(Vec::new());
        }
        let verbose = self.is_verbose(&bound);
        if verbose {
            self.say_what_is_done(&bound, &parameters)?;
        }
        let reply = self.call_server(&bound, parameters)?;
        if verbose && !bound.cmdlet.changes {
            let number = reply.objects.len();
            self.say_verbosely(&format!("{}: {number} objects.", bound.cmdlet.name));
        }
        self.show_warnings(&bound, &reply)?;
        if let Some(text) = &reply.what_if {
            self.flush();
            let text = text.strip_prefix("What if: ").unwrap_or(text);
            self.host.write(&format!("What if: {text}\n"));
        }
        let output = bound.cmdlet.output;
        Ok(reply.objects.into_iter().map(|object| from_json(object, output)).collect())
    }

    /// `$WhatIfPreference` stands for `-WhatIf` where it is supported and not given.
    fn with_what_if_preference(&self, bound: &Bound) -> Bound {
        let mut bound = bound.clone();
        let preferred = || to_bool(&self.variable("WhatIfPreference"));
        if bound.cmdlet.supports_should_process && bound.value("WhatIf").is_none() && preferred() {
            let value = Value::Bool(true);
            let parameter = bound.cmdlet.parameter("WhatIf");
            bound.values.extend(parameter.map(|p| BoundValue { parameter: p, value, span: None }));
        }
        bound
    }

    fn is_verbose(&self, bound: &Bound) -> bool {
        match bound.value("Verbose") {
            Some(_) => bound.is_on("Verbose"),
            None => match self.variable("VerbosePreference") {
                Value::Bool(on) => on,
                preference => to_text(&preference).eq_ignore_ascii_case("Continue"),
            },
        }
    }

    /// Before a change: what it will be, in the server's own words. With -WhatIf these come anyway.
    fn say_what_is_done(
        &mut self,
        bound: &Bound,
        parameters: &Map<String, Json>,
    ) -> Result<(), Flow> {
        if !bound.cmdlet.changes || !bound.cmdlet.supports_should_process || bound.is_on("WhatIf") {
            return Ok(());
        }
        let action = self.what_would_be_done(bound, parameters)?;
        self.say_verbosely(&action);
        Ok(())
    }

    fn say_verbosely(&mut self, text: &str) {
        self.flush();
        self.host.write_coloured(&format!("VERBOSE: {text}\n"), Some(Colour::Yellow));
    }

    pub(super) fn call_server(
        &mut self,
        bound: &Bound,
        parameters: Map<String, Json>,
    ) -> Result<Reply, ShellError> {
        self.host.call(bound.cmdlet, parameters).map_err(|problem| refused(bound, problem))
    }

    fn show_warnings(&mut self, bound: &Bound, reply: &Reply) -> Result<(), Flow> {
        let action = bound.text("WarningAction");
        let action = action.or_else(|| {
            Some(to_text(&self.variable("WarningPreference"))).filter(|a| !a.is_empty())
        });
        let silent =
            action.as_deref().and_then(ErrorAction::named) == Some(ErrorAction::SilentlyContinue);
        if !silent && !reply.warnings.is_empty() {
            self.flush();
            for warning in &reply.warnings {
                self.host.write_warning(warning);
            }
        }
        if let Some(name) = bound.text("WarningVariable") {
            let list = reply.warnings.iter().map(|w| Value::from(w.as_str())).collect();
            self.set_variable(&name, Value::array(list), bound.span)?;
        }
        Ok(())
    }

    /// The parameters as the API takes them.
    fn parameters(&mut self, bound: &Bound) -> Result<Map<String, Json>, ShellError> {
        let mut map = Map::new();
        for value in &bound.values {
            let parameter = value.parameter;
            // Confirmation is this side's business; common parameters are not the server's.
            if parameter.name == "Confirm" || bound.cmdlet.parameter(parameter.name).is_none() {
                continue;
            }
            let json = self
                .parameter_json(parameter, &value.value)
                .map_err(|message| bound.wrong(parameter.name, message))?;
            map.insert(parameter.name.to_owned(), json);
        }
        Ok(map)
    }

    fn parameter_json(&mut self, parameter: &Parameter, value: &Value) -> Result<Json, String> {
        match (&parameter.kind, value) {
            (_, Value::Null) => Ok(Json::Null),
            (Kind::Credential, Value::Credential(credential)) => Ok(credential_json(credential)),
            (Kind::Credential, Value::Text(user)) => {
                let prompt = format!("Password for user {user}: ");
                let password = self.host.ask_secret(&prompt).ok_or(
                    "A user name alone is not a credential, and nobody can be asked for the password: give (Get-Credential) or [pscredential]::new('user', (ConvertTo-SecureString '…' -AsPlainText -Force)).",
                )?;
                let password = Secret::new(password);
                Ok(credential_json(&Credential { user_name: user.clone(), password }))
            }
            (Kind::SecureString, Value::Secure(secret)) => Ok(Json::from(secret.expose())),
            (Kind::Identity, Value::Object(object)) => {
                Ok(identity(&object.properties).unwrap_or_else(|| to_json(value)))
            }
            (Kind::Object, _) => Ok(to_json(value)),
            (Kind::List(item), Value::Array(items)) => {
                let all: Result<Vec<_>, _> = items.iter().map(|one| plain(item, one)).collect();
                all.map(Json::Array)
            }
            (Kind::List(item), Value::Hashtable(edit)) => edit_json(item, edit),
            (Kind::Flags(_), Value::Array(items)) => {
                Ok(Json::Array(items.iter().map(|one| Json::String(to_text(one))).collect()))
            }
            (kind, value) => plain(kind, value),
        }
    }
}

/// A single value of a parameter.
fn plain(kind: &Kind, value: &Value) -> Result<Json, String> {
    match value {
        Value::Secure(_) | Value::Credential(_) => {
            Err(format!("A {} cannot be given here.", value.type_name()))
        }
        Value::Object(object) => match kind {
            Kind::List(item) => plain(item, value).map(|one| Json::Array(vec![one])),
            _ => Ok(identity(&object.properties).unwrap_or_else(|| Json::String(to_text(value)))),
        },
        Value::Hashtable(_) => Err(
            "A table of the form @{Add=…; Remove=…} is for parameters that take several values."
                .into(),
        ),
        Value::Array(items) => items.iter().map(|one| plain(kind, one)).collect(),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Null | Value::Date(_) => {
            Ok(to_json(value))
        }
        Value::Text(_) | Value::Formatted(_) | Value::Block(_) => Ok(Json::String(to_text(value))),
    }
}

/// `@{Add=…; Remove=…}`
fn edit_json(item: &Kind, edit: &Properties) -> Result<Json, String> {
    let mut map = Map::new();
    for (name, values) in edit.iter() {
        let key = match name.to_lowercase().as_str() {
            "add" => "Add",
            "remove" => "Remove",
            _ => return Err(format!("'{name}' is not understood. Allowed: @{{Add=…; Remove=…}}.")),
        };
        let values: Result<Vec<_>, _> = values.items().iter().map(|one| plain(item, one)).collect();
        map.insert(key.to_owned(), Json::Array(values?));
    }
    Ok(Json::Object(map))
}

/// What names an object to the server: its GUID, else its identity.
fn identity(properties: &Properties) -> Option<Json> {
    ["Guid", "Identity"]
        .iter()
        .filter_map(|name| properties.get(name))
        .map(to_text)
        .find(|text| !text.is_empty())
        .map(Json::String)
}

fn credential_json(credential: &Credential) -> Json {
    json!({ "UserName": &*credential.user_name, "Password": credential.password.expose() })
}

/// What the server refused, pointing at the parameter it is about.
fn refused(bound: &Bound, problem: CallError) -> ShellError {
    let error = match &problem.parameter {
        Some(parameter) => bound.wrong(parameter, problem.message),
        None => bound.failed(problem.message),
    };
    match problem.id {
        Some(id) => error.with_id(id),
        None => error,
    }
}
