//! `Redirect-Message` (management.md section 5.2): handing what waits here to other servers.

use super::call::QueueCall;
use crate::output::Output;
use crate::problem::Problem;

/// `Redirect-Message`: checks what was asked; there is no mail flow between servers to do it with.
pub(crate) fn redirect_message(call: &QueueCall) -> Result<Output, Problem> {
    let place = &call.place;
    place.check_parameter(&call.bound)?;
    let targets = call.bound.texts("Target");
    let Some(target) = targets.first() else {
        return Err(Problem::bad("Parameter 'Target': name at least one server.").about("Target"));
    };
    let refusal = match place.check("Target", target) {
        Ok(()) => Problem::bad(format!(
            "Messages of '{}' cannot be redirected to the server itself.",
            place.server
        )),
        Err(problem) if problem.status == 404 => problem,
        Err(_) => Problem::new(
            409,
            format!(
                "Messages cannot be redirected to '{}': this version has no mail flow between \
                 servers. Let the queues drain, or use Export-Message and the Replay directory of \
                 the other server.",
                crate::problem::shortened(target)
            ),
        ),
    };
    Err(refusal.about("Target").with_value(target.as_str()))
}
