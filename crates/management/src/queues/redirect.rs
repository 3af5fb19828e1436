//! `Redirect-Message` (management.md section 5.2): handing what waits here to other servers.

use std::sync::Arc;

use super::call::{QueueCall, outcome, refused};
use crate::output::Output;
use crate::problem::{Problem, shortened};

/// `Redirect-Message`: every target is another Mailbox server; `Server` is this one.
pub(crate) async fn redirect_message(call: QueueCall) -> Result<Output, Problem> {
    call.place.check_parameter(&call.bound)?;
    let asked = call.bound.texts("Target");
    if asked.is_empty() {
        return Err(Problem::bad("Parameter 'Target': name at least one server.").about("Target"));
    }
    let mut targets: Vec<String> = Vec::new();
    for text in &asked {
        let fqdn = target(&call, text)
            .map_err(|problem| problem.about("Target").with_value(text.as_str()))?;
        if !targets.contains(&fqdn) {
            targets.push(fqdn);
        }
    }
    let named = targets.join(", ");
    if call.bound.is_true("WhatIf") {
        let server = &call.place.server;
        let text = format!(
            "What if: Handing the messages of the delivery queues of \"{server}\" to {named}."
        );
        return Ok(Output { what_if: Some(text), ..Output::default() });
    }
    let progress = Arc::clone(&call.progress);
    let cmdlet = call.bound.cmdlet().name;
    let filter = format!("Target: {named}");
    let mut running = call.actions.begin(cmdlet, &call.user, filter, Arc::clone(&progress))?;
    let done = call.queues.redirect(targets, Arc::clone(&progress)).await;
    let result = match done {
        Err(error) => Err(refused(&error)),
        Ok(()) => outcome(&progress, "messages", "redirected"),
    };
    if let Err(problem) = &result {
        running.fail(problem);
    }
    Ok(Output { warnings: result?, ..Output::default() })
}

/// The Fqdn of the server that is meant.
fn target(call: &QueueCall, text: &str) -> Result<String, Problem> {
    let place = &call.place;
    if let Some(fqdn) = place.mail_server(text) {
        return Ok(fqdn.to_owned());
    }
    Err(match place.check("Target", text) {
        Ok(()) => Problem::bad(format!(
            "Messages of '{}' cannot be redirected to the server itself.",
            place.server
        )),
        Err(problem) if problem.status == 404 => problem,
        Err(_) => Problem::bad(format!(
            "Messages cannot be redirected to '{}': it is no Mailbox server.",
            shortened(text)
        )),
    })
}
