//! Actions on many queues or messages while they are under way and for a while after: who acts,
//! on what, how far he has come. `Get-QueueAction` shows them, `Stop-QueueAction` ends one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Clock, Timestamp};
use serde_json::{Map, Value, json};
use transport::Progress;

use crate::problem::Problem;

/// Finished actions that are remembered.
const REMEMBERED: usize = 100;
/// Actions at once: each reads the whole queue.
const AT_ONCE: usize = 8;

/// The actions of this server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Actions {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    last: u64,
    running: BTreeMap<u64, Action>,
    finished: VecDeque<Action>,
}

/// One action.
#[derive(Clone)]
pub(crate) struct Action {
    /// Counted from 1 since the start of the service.
    pub(crate) id: u64,
    pub(crate) cmdlet: &'static str,
    pub(crate) user: String,
    pub(crate) filter: String,
    started: Timestamp,
    progress: Arc<Progress>,
    ended: Option<Ended>,
}

/// How an action ended.
#[derive(Clone)]
struct Ended {
    at: Timestamp,
    error: Option<String>,
    /// Whether it was cancelled before.
    early: bool,
}

impl Action {
    fn state(&self) -> &'static str {
        match (&self.ended, self.progress.is_cancelled()) {
            (None, false) => "Running",
            (None, true) => "Cancelling",
            (Some(Ended { error: Some(_), .. }), _) => "Failed",
            (Some(Ended { early: true, .. }), _) => "Cancelled",
            (Some(_), _) => "Completed",
        }
    }

    /// As `Get-QueueAction` shows it.
    pub(crate) fn to_json(&self, server: &str) -> Map<String, Value> {
        let progress = &self.progress;
        let refused: u64 = progress.refused().values().sum();
        let last = progress.refused().into_keys().next();
        let error = self.ended.as_ref().and_then(|ended| ended.error.clone()).or(last);
        let fields = json!({
            "Identity": self.id.to_string(),
            "Server": server,
            "Cmdlet": self.cmdlet,
            "User": self.user,
            "Filter": self.filter,
            "State": self.state(),
            "Matched": progress.matched.load(Ordering::Relaxed),
            "Done": progress.done.load(Ordering::Relaxed),
            "Refused": refused,
            "Started": self.started.iso(),
            "Ended": self.ended.as_ref().map(|ended| ended.at.iso()),
            "LastError": error,
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

impl Actions {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Arc::default(), clock }
    }

    /// Enters an action that begins now; it ends when what is given back is dropped.
    pub(crate) fn begin(
        &self,
        cmdlet: &'static str,
        user: &str,
        filter: String,
        progress: Arc<Progress>,
    ) -> Result<Running, Problem> {
        let mut state = self.lock();
        if state.running.len() >= AT_ONCE {
            return Err(Problem::new(
                503,
                format!("{AT_ONCE} actions on queues are under way: see Get-QueueAction."),
            ));
        }
        state.last += 1;
        let id = state.last;
        let (user, started) = (user.to_owned(), self.clock.now());
        let action = Action { id, cmdlet, user, filter, started, progress, ended: None };
        state.running.insert(id, action);
        Ok(Running { actions: self.clone(), id, error: None })
    }

    /// All actions, the oldest first.
    pub(crate) fn all(&self) -> Vec<Action> {
        let state = self.lock();
        let mut all: Vec<Action> = state.finished.iter().cloned().collect();
        all.extend(state.running.values().cloned());
        all.sort_by_key(|action| action.id);
        all
    }

    /// Asks an action to stop; `false` when it is not under way.
    pub(crate) fn stop(&self, id: u64) -> bool {
        let state = self.lock();
        let action = state.running.get(&id);
        if let Some(action) = action {
            action.progress.cancel();
        }
        action.is_some()
    }

    fn end(&self, id: u64, error: Option<String>) {
        let now = self.clock.now();
        let mut state = self.lock();
        if let Some(mut action) = state.running.remove(&id) {
            let early = action.progress.is_cancelled();
            action.ended = Some(Ended { at: now, error, early });
            state.finished.push_back(action);
            if state.finished.len() > REMEMBERED {
                state.finished.pop_front();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An action under way.
pub(crate) struct Running {
    actions: Actions,
    id: u64,
    error: Option<String>,
}

impl Running {
    /// Notes why it ends early.
    pub(crate) fn fail(&mut self, reason: &Problem) {
        self.error = Some(reason.message.clone());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.actions.end(self.id, self.error.take());
    }
}

#[cfg(test)]
mod tests {
    use model::ManualClock;

    use super::*;

    fn actions() -> Actions {
        Actions::new(Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000))))
    }

    fn begin(actions: &Actions, progress: &Arc<Progress>) -> Running {
        let filter = "Subject -eq 'x'".to_owned();
        actions.begin("Remove-Message", "Anna", filter, Arc::clone(progress)).ok().unwrap()
    }

    #[test]
    fn an_action_is_seen_from_its_beginning() {
        let actions = actions();
        let progress = Arc::new(Progress::default());
        let mut running = begin(&actions, &progress);
        progress.matched.store(7, Ordering::Relaxed);
        let shown = actions.all()[0].to_json("MBX01");
        assert_eq!((&shown["State"], &shown["Matched"]), (&json!("Running"), &json!(7)));
        assert!(actions.stop(1) && !actions.stop(2) && progress.is_cancelled());
        assert_eq!(actions.all()[0].state(), "Cancelling");
        running.fail(&Problem::internal("Nothing can be read."));
        drop(running);
        assert_eq!(actions.all()[0].to_json("MBX01")["LastError"], "Nothing can be read.");
        assert_eq!(actions.all()[0].state(), "Failed");
        assert!(!actions.stop(1), "it has ended");
        // Its caller going away afterwards changes nothing.
        let progress = Arc::new(Progress::default());
        drop(begin(&actions, &progress));
        progress.cancel();
        assert_eq!(actions.all()[1].state(), "Completed");
    }

    #[test]
    fn memory_is_bounded() {
        let actions = actions();
        let progress = Arc::new(Progress::default());
        for _ in 0..300 {
            drop(begin(&actions, &progress));
        }
        let all = actions.all();
        assert_eq!((all.len(), all[0].id, all[REMEMBERED - 1].id), (REMEMBERED, 201, 300));
        let running: Vec<Running> = (0..AT_ONCE).map(|_| begin(&actions, &progress)).collect();
        let more = actions.begin("Remove-Message", "Anna", String::new(), progress);
        assert_eq!(more.err().unwrap().status, 503);
        drop(running);
        assert_eq!(actions.all().len(), REMEMBERED);
    }
}
