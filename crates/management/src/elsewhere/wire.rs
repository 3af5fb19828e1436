//! Questions between servers and their answers, as JSON. Both come from a Mailbox server of the organization and are read
//! as if they came from anybody.

use std::net::IpAddr;

use bytes::Bytes;
use directory::Snapshot;
use model::Guid;
use serde_json::{Map, Value, json};
use texts::Language;

use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;
use crate::queues::DateOrder;

/// The question of `caller`, who has a mailbox, to run a cmdlet with `parameters`.
pub(crate) fn question(caller: &Caller, parameters: Map<String, Value>) -> Option<Bytes> {
    let body = json!({
        "mailbox": caller.mailbox?.to_string(),
        "client": caller.client.map(|address| address.to_canonical().to_string()),
        "dayFirst": caller.dates == DateOrder::DayFirst,
        "french": caller.language == Language::French,
        "parameters": parameters,
    });
    Some(Bytes::from(body.to_string()))
}

/// Who asks, as the directory here knows him, and the parameters.
pub(crate) fn question_of(
    snapshot: &Snapshot,
    mut body: Map<String, Value>,
) -> Result<(Caller, Map<String, Value>), Problem> {
    let unread = || Problem::bad("The question of the other server cannot be read.");
    let guid = body.get("mailbox").and_then(Value::as_str);
    let guid = guid.and_then(|text| Guid::try_parse(text).ok()).ok_or_else(unread)?;
    let Some(Value::Object(parameters)) = body.remove("parameters") else { return Err(unread()) };
    let mailbox = snapshot.mailbox_by_guid(guid).ok_or_else(|| {
        Problem::new(403, "The directory of this server has no mailbox of the user who asks.")
    })?;
    let client: Option<IpAddr> =
        body.get("client").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let is = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let caller = Caller {
        user: mailbox.name.to_string(),
        mailbox: Some(guid),
        role_groups: Vec::new(),
        client,
        dates: if is("dayFirst") { DateOrder::DayFirst } else { DateOrder::MonthFirst },
        language: if is("french") { Language::French } else { Language::English },
    };
    Ok((caller, parameters))
}

/// The answer.
pub(crate) fn answer(result: Result<Output, Problem>) -> Value {
    match result {
        Ok(Output { objects, warnings, what_if }) => {
            json!({ "objects": objects, "warnings": warnings, "whatIf": what_if })
        }
        Err(problem) => json!({ "problem": {
            "status": problem.status,
            "id": problem.id,
            "parameter": problem.parameter,
            "value": problem.value,
            "allowed": problem.allowed,
            "message": problem.message,
        } }),
    }
}

/// What an answer says; `None` for one that is none.
pub(crate) fn read(answer: &[u8]) -> Option<Result<Output, Problem>> {
    let Value::Object(mut body) = serde_json::from_slice(answer).ok()? else { return None };
    if let Some(Value::Object(problem)) = body.remove("problem") {
        let text = |name: &str| problem.get(name).and_then(Value::as_str).map(str::to_owned);
        let status = problem.get("status").and_then(Value::as_u64);
        let status = status.and_then(|status| u16::try_from(status).ok());
        return Some(Err(Problem {
            status: status.filter(|status| (400..600).contains(status)).unwrap_or(500),
            id: text("id"),
            parameter: text("parameter"),
            value: text("value"),
            allowed: text("allowed"),
            message: text("message")?,
        }));
    }
    let Some(Value::Array(objects)) = body.remove("objects") else { return None };
    let warnings = body.get("warnings").and_then(Value::as_array);
    let warnings = warnings.into_iter().flatten().filter_map(|w| w.as_str().map(str::to_owned));
    let what_if = body.get("whatIf").and_then(Value::as_str).map(str::to_owned);
    Some(Ok(Output { objects, warnings: warnings.collect(), what_if }))
}
