//! `Enable-Cluster`, `Disable-Cluster` and `New-JoinToken`.

use model::{TimeSpan, ValueError};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{others, what_if};
use crate::binding::Bound;
use crate::management::{Management, audited};
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;

const HOUR: TimeSpan = TimeSpan::hours(1);
const SHORTEST: TimeSpan = TimeSpan::minutes(1);
const LONGEST: TimeSpan = TimeSpan::days(1);

impl Management {
    pub(super) async fn enable_cluster(
        &self,
        caller: &Caller,
        bound: Bound,
    ) -> Result<Output, Problem> {
        let membership = self.membership()?;
        if membership.standing().is_some() {
            return Err(Problem::new(409, "This server shares an engine with others already."));
        }
        let connection = bound.text("Engine").unwrap_or_default();
        let described = cluster::describe(&connection).map_err(|error| {
            Problem::bad(format!("Parameter 'Engine': {error}.")).about("Engine")
        })?;
        if described.has_password {
            let text = "Parameter 'Engine': a password does not belong there, where it would be written to the audit log. Give it as Password.";
            return Err(Problem::bad(text).about("Engine").allowing("no password"));
        }
        if bound.is_true("WhatIf") {
            return Ok(what_if("Moving the organization to an engine that servers share"));
        }
        let password = bound.text("Password").map(Zeroizing::new);
        let (directory, caller) = (self.directory.clone(), caller.clone());
        let enabling = tokio::spawn(async move {
            let done = membership.enable(&connection, password).await.map_err(Problem::from);
            let result = done.map(|mut warnings| {
                if described.is_local {
                    warnings.push("The engine's address is one of this machine: servers on other machines will not find it there.".to_owned());
                }
                Output { warnings, ..Output::default() }
            });
            audited(directory, &caller, &bound, result).await
        });
        enabling.await.unwrap_or_else(|_| Err(ended()))
    }

    pub(super) async fn disable_cluster(
        &self,
        caller: &Caller,
        bound: Bound,
    ) -> Result<Output, Problem> {
        let membership = self.membership()?;
        if membership.standing().is_none() {
            return Err(Problem::new(409, "This server is alone already: there is no engine."));
        }
        // Nobody joins meanwhile.
        let guard = std::sync::Arc::clone(&self.changing).lock_owned().await;
        let others = others(&self.directory.snapshot(), &self.server);
        if !others.is_empty() {
            return Err(Problem::new(
                409,
                format!(
                    "The organization has other servers: {}. Have them leave first (relais leave), or remove them (Remove-Server).",
                    others.join(", ")
                ),
            ));
        }
        if bound.is_true("WhatIf") {
            return Ok(what_if("Moving the organization back to this server alone"));
        }
        let (directory, caller) = (self.directory.clone(), caller.clone());
        let disabling = tokio::spawn(async move {
            let done = membership.disable(bound.is_true("Force")).await.map_err(Problem::from);
            drop(guard);
            let result = done.map(|warnings| Output { warnings, ..Output::default() });
            audited(directory, &caller, &bound, result).await
        });
        disabling.await.unwrap_or_else(|_| Err(ended()))
    }

    pub(super) async fn new_join_token(
        &self,
        caller: &Caller,
        bound: Bound,
    ) -> Result<Output, Problem> {
        let membership = self.membership()?;
        let valid = valid_for(&bound)?;
        if membership.standing().is_none() {
            let text = "This server is alone: Enable-Cluster first, so that others can join.";
            return Err(Problem::new(409, text));
        }
        if bound.is_true("WhatIf") {
            return Ok(what_if("Making a token with which a server joins the organization"));
        }
        let made = membership
            .tokens()
            .issue(membership.authority(), valid)
            .map_err(|error| Problem::internal(format!("No token could be made: {error}.")))?;
        let token = json!({
            "Url": format!("https://{}", membership.api()),
            "ValidUntil": made.until.iso(),
            "Token": made.text.as_str(),
        });
        let mut warnings = Vec::new();
        if made.replaces {
            warnings.push(
                "There were five unused tokens already: the oldest is not valid any more."
                    .to_owned(),
            );
        }
        let output = Output { objects: vec![token], warnings, what_if: None };
        audited(self.directory.clone(), caller, &bound, Ok(output)).await
    }
}

fn ended() -> Problem {
    Problem::internal("The command ended unexpectedly.")
}

/// `-ValidFor`.
fn valid_for(bound: &Bound) -> Result<TimeSpan, Problem> {
    let Some(value) = bound.some("ValidFor") else { return Ok(HOUR) };
    let text = value.as_str().map_or_else(|| Value::to_string(value), str::to_owned);
    let span: TimeSpan = text.parse().map_err(|error| Problem::value("ValidFor", &error))?;
    if (SHORTEST..=LONGEST).contains(&span) {
        return Ok(span);
    }
    let allowed = format!("{SHORTEST} to {LONGEST}");
    let error = ValueError::new(&text, "is no time for a token", &allowed);
    Err(Problem::value("ValidFor", &error))
}
