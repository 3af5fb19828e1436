//! `Get-QueueAction` and `Stop-QueueAction`: actions on many queues or messages, seen and ended.

use model::ValueError;
use serde_json::Value;

use super::call::QueueCall;
use crate::binding::identity_text;
use crate::output::Output;
use crate::problem::Problem;

/// `Get-QueueAction`.
pub(crate) fn get_queue_action(call: &QueueCall) -> Result<Output, Problem> {
    call.place.check_parameter(&call.bound)?;
    let wanted = wanted(call)?;
    let mut all = call.actions.all();
    all.retain(|action| wanted.is_none_or(|id| action.id == id));
    if let (Some(id), true) = (wanted, all.is_empty()) {
        return Err(none(id));
    }
    let server = &call.place.server;
    let objects = all.iter().map(|action| Value::Object(action.to_json(server))).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `Stop-QueueAction`. What has been done stays done.
pub(crate) fn stop_queue_action(call: &QueueCall) -> Result<Output, Problem> {
    call.place.check_parameter(&call.bound)?;
    let Some(id) = wanted(call)? else {
        return Err(Problem::bad("Parameter 'Identity' is missing.").about("Identity"));
    };
    let found = call.actions.all().into_iter().find(|action| action.id == id);
    let action = found.ok_or_else(|| none(id))?;
    if call.bound.is_true("WhatIf") {
        let text = format!(
            "What if: Stopping action {id}, {} of '{}' with filter {}.",
            action.cmdlet, action.user, action.filter
        );
        return Ok(Output { what_if: Some(text), ..Output::default() });
    }
    if !call.actions.stop(id) {
        let problem = Problem::new(409, format!("Action {id} has ended already."));
        return Err(problem.about("Identity").with_value(id.to_string()));
    }
    Ok(Output::default())
}

fn wanted(call: &QueueCall) -> Result<Option<u64>, Problem> {
    let Some(value) = call.bound.some("Identity") else { return Ok(None) };
    let text = identity_text(value).unwrap_or_default();
    let number = text.trim().parse();
    number.map(Some).map_err(|_| {
        let error =
            ValueError::new(&text, "is not an action", "a number that Get-QueueAction shows");
        Problem::value("Identity", &error)
    })
}

fn none(id: u64) -> Problem {
    Problem::new(404, format!("There is no action {id}: see Get-QueueAction."))
        .rule("SC-21")
        .about("Identity")
        .with_value(id.to_string())
}
