//! From a JSON object of parameters to parameters of a cmdlet: names and aliases, forms of values,
//! parameter sets, what is required (management.md section 1).
//!
//! Ranges and cross rules of properties are the directory's. Everything comes from an API client
//! and is hostile: nothing here grows with it beyond a copy.

use base64::{Engine, engine::general_purpose::STANDARD};
use cmdlets::{Availability, Cmdlet, Kind, Parameter};
use model::{Address, ByteSize, DomainName, Guid, TimeSpan, ValueError};
use serde_json::{Map, Value};

use crate::problem::{Problem, shortened};

/// What stands for a secret in the audit log.
const HIDDEN: &str = "********";

/// The parameters of one call, checked for their form.
#[derive(Debug)]
pub(crate) struct Bound {
    cmdlet: &'static Cmdlet,
    values: Vec<(&'static Parameter, Value)>,
    set: Option<&'static str>,
}

impl Bound {
    /// Binds `parameters` to `cmdlet`.
    pub(crate) fn new(
        cmdlet: &'static Cmdlet,
        parameters: Map<String, Value>,
    ) -> Result<Self, Problem> {
        let mut values: Vec<(&'static Parameter, Value)> = Vec::new();
        for (name, value) in parameters {
            let parameter = cmdlet.parameter(&name).ok_or_else(|| unknown(cmdlet, &name))?;
            if values.iter().any(|(bound, _)| bound.name == parameter.name) {
                return Err(Problem::bad(format!(
                    "Parameter '{}' is given more than once.",
                    parameter.name
                ))
                .about(parameter.name));
            }
            if parameter.availability == Availability::Exchange2010 {
                return Err(Problem::bad(format!(
                    "Parameter '{}' belongs to Exchange Server 2010 and is no longer available.",
                    parameter.name
                ))
                .about(parameter.name)
                .allowing(format!("leave {} out", parameter.name)));
            }
            if !leaves_range_to_directory(cmdlet, parameter, &value) {
                check(parameter.name, &parameter.kind, &value)?;
            }
            values.push((parameter, value));
        }
        let set = parameter_set(cmdlet, &values)?;
        let bound = Self { cmdlet, values, set };
        bound.check_required()?;
        Ok(bound)
    }

    /// The cmdlet.
    pub(crate) fn cmdlet(&self) -> &'static Cmdlet {
        self.cmdlet
    }

    /// The parameters that were given, in the order given.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static Parameter, &Value)> {
        self.values.iter().map(|(parameter, value)| (*parameter, value))
    }

    /// The value of a parameter, `null` included; `None` when it was not given.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(p, _)| p.name.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// The value of a parameter that was given and is not `null`.
    pub(crate) fn some(&self, name: &str) -> Option<&Value> {
        self.value(name).filter(|value| !value.is_null())
    }

    /// Whether a parameter was given, be it as `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Whether a switch or Boolean was given as `$true`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A Boolean, or `default` when it was not given.
    pub(crate) fn boolean(&self, name: &str, default: bool) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(default)
    }

    /// The text of a parameter that was given as a string or number.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.some(name).and_then(scalar_text)
    }

    /// The texts of a list parameter; a single value is a list of one.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        match self.some(name) {
            Some(Value::Array(items)) => items.iter().filter_map(scalar_text).collect(),
            Some(single) => scalar_text(single).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The words of an enumeration, flags or list parameter, commas separating words too.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        self.texts(name).iter().flat_map(|text| words_of(text).map(str::to_owned)).collect()
    }

    /// An integer of 32 bits.
    pub(crate) fn int(&self, name: &str) -> Option<i32> {
        self.some(name).and_then(int_of)
    }

    /// The parameters as the audit log keeps them: secrets hidden.
    pub(crate) fn for_audit(&self) -> Map<String, Value> {
        self.given()
            .map(|(parameter, value)| {
                let shown = match parameter.kind {
                    Kind::SecureString | Kind::Bytes if !value.is_null() => Value::from(HIDDEN),
                    Kind::Credential => hide_password(value),
                    _ => value.clone(),
                };
                (parameter.name.to_owned(), shown)
            })
            .collect()
    }

    fn check_required(&self) -> Result<(), Problem> {
        for parameter in self.cmdlet.parameters.iter().filter(|p| p.required) {
            if self.set.is_some_and(|set| !parameter.belongs_to(set)) {
                continue;
            }
            let problem = match self.value(parameter.name) {
                None => Problem::bad(format!(
                    "Cannot process command because a required parameter is missing: {}.",
                    parameter.name
                )),
                Some(Value::Null) => Problem::bad(format!(
                    "Cannot bind argument to parameter '{}' because it is null.",
                    parameter.name
                )),
                Some(_) => continue,
            };
            let problem = problem.about(parameter.name);
            return Err(match parameter.name {
                "AddressSpaces" => {
                    needs(problem, "SC-03", "one or more address spaces, such as * or contoso.com")
                }
                "Name" if self.cmdlet.noun() == "SendConnector" => {
                    needs(problem, "SC-02", "a name of 1 to 64 characters")
                }
                _ => problem,
            });
        }
        Ok(())
    }
}

/// What must be given, with what it may be.
fn needs(mut problem: Problem, rule: &str, allowed: &str) -> Problem {
    problem.message = format!("{} Allowed: {allowed}.", problem.message);
    problem.rule(rule).with_value("").allowing(allowed)
}

/// Numbers, sizes and time spans of New- and Set- cmdlets are properties: the directory reads
/// them and knows the range to name.
fn leaves_range_to_directory(cmdlet: &Cmdlet, parameter: &Parameter, value: &Value) -> bool {
    let has_range = matches!(
        parameter.kind,
        Kind::Int32 | Kind::UnlimitedInt32 | Kind::Size | Kind::UnlimitedSize | Kind::TimeSpan
    );
    has_range && matches!(cmdlet.verb(), "New" | "Set") && (is_scalar(value) || value.is_null())
}

fn unknown(cmdlet: &Cmdlet, name: &str) -> Problem {
    let name = shortened(name);
    let problem =
        Problem::bad(format!("A parameter cannot be found that matches parameter name '{name}'."))
            .about(&name);
    let usage = ["Usage", "Custom", "Internal", "Internet", "Partner"];
    if cmdlet.name == "Set-SendConnector" && usage.iter().any(|u| u.eq_ignore_ascii_case(&name)) {
        return problem
            .rule("SC-17")
            .allowing("New-SendConnector only: the usage is chosen when a connector is created");
    }
    problem
}

/// The parameter set that fits what was given; an error names two parameters that exclude
/// each other.
fn parameter_set(
    cmdlet: &'static Cmdlet,
    values: &[(&'static Parameter, Value)],
) -> Result<Option<&'static str>, Problem> {
    if cmdlet.sets.is_empty() {
        return Ok(None);
    }
    let given: Vec<_> = values.iter().filter(|(_, v)| !is_absent(v)).map(|(p, _)| *p).collect();
    let fits = |set: &&'static str| given.iter().all(|p| p.belongs_to(set));
    let candidates: Vec<&'static str> = cmdlet.sets.iter().copied().filter(|s| fits(s)).collect();
    let complete = |set: &&'static str| {
        cmdlet
            .parameters
            .iter()
            .filter(|p| p.required && p.belongs_to(set))
            .all(|p| given.iter().any(|g| g.name == p.name))
    };
    let default = cmdlet.default_set.filter(|set| candidates.contains(set));
    let chosen = default
        .filter(complete)
        .or_else(|| candidates.iter().copied().find(complete))
        .or(default)
        .or_else(|| candidates.first().copied());
    chosen.map(Some).ok_or_else(|| excluding(&given))
}

/// A switch given as `$false` or a value given as `$null` chooses no parameter set.
fn is_absent(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

fn excluding(given: &[&'static Parameter]) -> Problem {
    for (i, first) in given.iter().enumerate() {
        for second in &given[i + 1..] {
            let apart = !first.sets.is_empty()
                && !second.sets.is_empty()
                && !first.sets.iter().any(|set| second.sets.contains(set));
            if apart {
                return Problem::bad(format!(
                    "Parameters '{}' and '{}' cannot be used together.",
                    first.name, second.name
                ))
                .about(second.name);
            }
        }
    }
    Problem::bad("Parameter set cannot be resolved using the specified named parameters.")
}

/// Whether `value` has the form `kind` asks for.
fn check(name: &str, kind: &Kind, value: &Value) -> Result<(), Problem> {
    match kind {
        Kind::Boolean | Kind::Switch => {
            require(value.is_boolean(), name, value, "$true or $false", None)
        }
        Kind::OptionalBoolean => require(
            value.is_boolean() || value.is_null(),
            name,
            value,
            "$true, $false or $null",
            None,
        ),
        Kind::Int32 => {
            require(int_of(value).is_some(), name, value, "an integer of 32 bits", Some("SC-18"))
        }
        Kind::UnlimitedInt32 => require(
            int_of(value).is_some_and(|n| n >= 0) || is_unlimited(value),
            name,
            value,
            "an integer from 0 to 2147483647, or unlimited",
            Some("SC-18"),
        ),
        Kind::Size => parsed::<ByteSize>(name, value, Some("SC-18")),
        Kind::UnlimitedSize if is_unlimited(value) => Ok(()),
        Kind::UnlimitedSize => parsed::<ByteSize>(name, value, Some("SC-18")),
        Kind::TimeSpan => parsed::<TimeSpan>(name, value, Some("SC-18")),
        Kind::Guid => require(
            value.as_str().is_some_and(|text| Guid::try_parse(text).is_ok()),
            name,
            value,
            "a GUID",
            None,
        ),
        Kind::List(item) => check_list(name, item, value),
        _ if value.is_null() => Ok(()),
        Kind::String => require(is_scalar(value), name, value, "a text", None),
        Kind::SecureString => secure(name, value.is_string(), "a SecureString"),
        Kind::Bytes => secure(name, bytes(value).is_some(), "the bytes of a file, in base64"),
        Kind::Credential => {
            secure(name, credential(value).is_some(), "a PSCredential: a user name and a password")
        }
        Kind::Enum(words) => check_words(name, words, value, false),
        Kind::Flags(words) => check_words(name, words, value, true),
        Kind::Fqdn if value.as_str() == Some("") => Ok(()),
        Kind::Fqdn => parsed::<DomainName>(name, value, None),
        Kind::SmtpAddress if value.as_str() == Some("") => Ok(()),
        Kind::SmtpAddress => parsed::<Address>(name, value, None),
        Kind::IpAddress => require(
            value.as_str().is_some_and(|t| t.is_empty() || t.parse::<std::net::IpAddr>().is_ok()),
            name,
            value,
            "an IPv4 or IPv6 address",
            Some("SC-18"),
        ),
        Kind::DateTime => require(value.is_string(), name, value, "a date and time", None),
        Kind::Identity => require(
            is_scalar(value) || value.is_object(),
            name,
            value,
            "a name, GUID, distinguished name or object",
            None,
        ),
        Kind::Object => require(value.is_object(), name, value, "an object of a cmdlet", None),
    }
}

fn check_list(name: &str, item: &Kind, value: &Value) -> Result<(), Problem> {
    match value {
        Value::Null => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|one| check(name, item, one)),
        Value::Object(edit) if is_edit(edit) => {
            edit.values().try_for_each(|values| check_list(name, item, values))
        }
        single => check(name, item, single),
    }
}

/// Whether `map` is `@{Add=…; Remove=…}`.
pub(crate) fn is_edit(map: &Map<String, Value>) -> bool {
    !map.is_empty()
        && map.keys().all(|k| k.eq_ignore_ascii_case("add") || k.eq_ignore_ascii_case("remove"))
}

fn check_words(
    name: &str,
    allowed: &'static [&'static str],
    value: &Value,
    several: bool,
) -> Result<(), Problem> {
    let texts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().map(|i| i.as_str().unwrap_or("")).collect(),
        _ => vec![""],
    };
    let words: Vec<&str> = if several {
        texts.iter().copied().flat_map(words_of).collect()
    } else {
        // An empty text clears a setting, as $null does.
        texts.iter().copied().filter(|text| !text.is_empty()).collect()
    };
    let fits = value.is_string() || value.is_array();
    let wrong = words
        .iter()
        .find(|word| !allowed.iter().any(|a| a.eq_ignore_ascii_case(word)))
        .map(|word| Value::from(*word));
    if fits && wrong.is_none() && (several || words.len() <= 1) {
        return Ok(());
    }
    let list = allowed.join(", ");
    let allowed =
        if several { format!("one or several of {list}") } else { format!("one of {list}") };
    refuse(name, wrong.as_ref().unwrap_or(value), &allowed, Some("SC-23"))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn parsed<T>(name: &str, value: &Value, id: Option<&str>) -> Result<(), Problem>
where
    T: std::str::FromStr<Err = ValueError>,
{
    let text = scalar_text(value).unwrap_or_default();
    match text.parse::<T>() {
        Ok(_) => Ok(()),
        Err(error) => {
            let problem = Problem::value(name, &error);
            Err(id.map_or(problem.clone(), |id| problem.rule(id)))
        }
    }
}

fn require(
    fits: bool,
    name: &str,
    value: &Value,
    allowed: &str,
    id: Option<&str>,
) -> Result<(), Problem> {
    if fits { Ok(()) } else { refuse(name, value, allowed, id) }
}

fn refuse(name: &str, value: &Value, allowed: &str, id: Option<&str>) -> Result<(), Problem> {
    let text = scalar_text(value).unwrap_or_else(|| shape(value));
    let error = ValueError::new(&text, "cannot be used here", allowed);
    let problem = Problem::value(name, &error);
    Err(match id {
        Some(id) => problem.rule(id),
        None => problem,
    })
}

/// Bytes as the API takes them.
pub(crate) fn bytes(value: &Value) -> Option<Vec<u8>> {
    let text: String = value.as_str()?.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// The same without repeating the value, which may be a secret.
fn secure(name: &str, fits: bool, allowed: &str) -> Result<(), Problem> {
    if fits {
        return Ok(());
    }
    let mut problem = Problem::bad(format!(
        "Cannot bind parameter '{name}': the value has the wrong type. Allowed: {allowed}."
    ))
    .about(name)
    .allowing(allowed);
    if name == "AuthenticationCredential" {
        problem = problem.rule("SC-09");
    }
    Err(problem)
}

/// User name and password of a credential.
pub(crate) fn credential(value: &Value) -> Option<(&str, &str)> {
    let field = |wanted: &str| {
        let map = value.as_object()?;
        map.iter().find(|(k, _)| k.eq_ignore_ascii_case(wanted)).and_then(|(_, v)| v.as_str())
    };
    Some((field("UserName")?, field("Password")?))
}

fn hide_password(value: &Value) -> Value {
    match credential(value) {
        Some((user, _)) => serde_json::json!({ "UserName": user, "Password": HIDDEN }),
        None => Value::Null,
    }
}

/// The text of an identity: itself, or the property `Identity` of an object.
pub(crate) fn identity_text(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("identity"))
            .and_then(|(_, identity)| scalar_text(identity)),
        other => scalar_text(other),
    }
}

/// The text of a string, number or Boolean.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(if *boolean { "True" } else { "False" }.to_owned()),
        _ => None,
    }
}

fn int_of(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => i32::try_from(number.as_i64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_unlimited(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("unlimited"))
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

fn shape(value: &Value) -> String {
    match value {
        Value::Null => "$null".to_owned(),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().take(20).filter_map(scalar_text).collect();
            texts.join(", ")
        }
        Value::Object(_) => "an object".to_owned(),
        _ => "a value".to_owned(),
    }
}

#[cfg(test)]
mod tests;
