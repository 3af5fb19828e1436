//! How far an action on many messages or queues has come, shown while the shell waits for its end.
//!
//! The server tells it on a second connection (`Get-QueueAction`); nothing is asked or shown where
//! nobody looks.

use std::future::Future;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use tokio::time::{sleep, timeout};

use crate::client::{Api, ApiError};
use crate::host::Reply;
use crate::terminal::Console;

/// How long an action goes on unseen, and how often it is looked at then.
const STEP: Duration = Duration::from_secs(1);
/// How long the server may take to tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// Watches an action.
pub(crate) struct Watch<'a> {
    api: Api,
    console: &'a Console,
    cmdlet: &'static str,
    filter: String,
    /// Where it is, for `Get-QueueAction`.
    place: Map<String, Json>,
}

impl<'a> Watch<'a> {
    /// Will watch the action of `cmdlet` with `filter` on this server, else on that of `api`.
    pub(crate) fn new(
        api: &Api,
        console: &'a Console,
        cmdlet: &'static str,
        filter: String,
        server: Option<Json>,
    ) -> Self {
        let place = server.map(|server| ("Server".to_owned(), server)).into_iter().collect();
        Self { api: api.sibling(), console, cmdlet, filter, place }
    }

    /// Shows how far it has come until `action` ends.
    pub(crate) async fn until(
        mut self,
        action: impl Future<Output = Result<Reply, ApiError>>,
    ) -> Result<Reply, ApiError> {
        if !self.console.shows_progress() {
            return action.await;
        }
        let mut action = std::pin::pin!(action);
        // Whatever ends this, what was shown goes.
        let _line = Line(self.console);
        loop {
            tokio::select! {
                result = &mut action => return result,
                () = sleep(STEP) => {}
            }
            tokio::select! {
                result = &mut action => return result,
                shown = timeout(PATIENCE, self.look()) => {
                    if let Ok(Some(text)) = shown {
                        self.console.write_progress(&text);
                    }
                }
            }
        }
    }

    async fn look(&mut self) -> Option<String> {
        let reply = self.api.cmdlet("Get-QueueAction", self.place.clone(), true).await.ok()?;
        let is_ours = |action: &&Json| {
            action["Cmdlet"] == self.cmdlet
                && action["Filter"] == self.filter.as_str()
                && action["Ended"].is_null()
        };
        reply.objects.iter().rev().find(is_ours).map(told)
    }
}

/// The line of an action.
fn told(action: &Json) -> String {
    let refused = match action["Refused"].as_u64() {
        None | Some(0) => String::new(),
        Some(refused) => format!(", {refused} refused"),
    };
    format!(
        "{} (action {}): {} found, {} done{refused}. Ctrl+C ends it.",
        action["Cmdlet"].as_str().unwrap_or_default(),
        action["Identity"].as_str().unwrap_or_default(),
        action["Matched"],
        action["Done"],
    )
}

/// The line that progress is shown on.
struct Line<'a>(&'a Console);

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.0.write_progress("");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_action_in_a_line() {
        let mut action = json!({
            "Identity": "3", "Cmdlet": "Remove-Message", "Matched": 1200, "Done": 1000, "Refused": 0,
        });
        let text = "Remove-Message (action 3): 1200 found, 1000 done. Ctrl+C ends it.";
        assert_eq!(told(&action), text);
        action["Refused"] = json!(2);
        assert!(told(&action).contains("1000 done, 2 refused."));
    }
}
