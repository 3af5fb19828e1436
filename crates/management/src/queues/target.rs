//! Which messages a cmdlet concerns: by identity, queue or filter, as a scope for the Transport
//! service and a question to each message in it.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use transport::{Matches, MessageScope, MessageView, QueueName};

use super::administration::QueueAdministration;
use super::call::{QueueCall, not_found, refused};
use super::filter::Filter;
use super::identity::{MessageChoice, QueueChoice};
use super::message_row::{Context, MessageRow};
use super::needs::needs;
use crate::binding::identity_text;
use crate::problem::Problem;

/// The messages a cmdlet concerns. Cheap to clone.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) scope: MessageScope,
    pub(super) context: Arc<Context>,
    filter: Option<Arc<Filter>>,
    /// The identity as it was given.
    identity: Option<String>,
}

impl Target {
    /// Reads `Identity`, `Queue`, `Filter` and `Server`.
    pub(super) fn of(call: &QueueCall) -> Result<Self, Problem> {
        let (bound, place) = (&call.bound, &call.place);
        place.check_parameter(bound)?;
        let one = bound
            .some("Identity")
            .map(|value| MessageChoice::read("Identity", value, place))
            .transpose()?;
        let queue = match (&one, bound.some("Queue")) {
            (Some(one), _) => one.queue.clone(),
            (None, Some(value)) => QueueChoice::read("Queue", value, place, true)?,
            (None, None) => QueueChoice::All,
        };
        let filter = call.filter::<MessageRow<'_>>()?;
        let demanded = filter.as_ref().and_then(|filter| queue_demanded(filter, &place.server));
        let queue = match (queue, demanded) {
            (QueueChoice::All, Some(demanded)) => demanded,
            (queue, _) => queue,
        };
        let by_domain = matches!(queue, QueueChoice::Domain(_))
            || filter.as_ref().is_some_and(Filter::asks_for_names);
        let domains = if by_domain { domains(&*call.queues) } else { HashMap::new() };
        let queues = names(&queue, &domains);
        let context = Context { server: place.server.clone(), now: call.now, domains };
        Ok(Self {
            scope: MessageScope {
                queues,
                id: one.map(|one| one.id),
                after: None,
                needs: filter.as_ref().map(needs).unwrap_or_default(),
            },
            context: Arc::new(context),
            filter: filter.map(Arc::new),
            identity: bound.some("Identity").and_then(identity_text),
        })
    }

    /// Whether one message is meant.
    pub(super) fn is_one(&self) -> bool {
        self.identity.is_some()
    }

    /// The refusal when that message is not there.
    pub(super) fn not_found(&self) -> Problem {
        not_found("message", self.identity.as_deref().unwrap_or_default())
    }

    /// Whether a message of the scope is meant.
    pub(super) fn takes(&self, view: &MessageView<'_>) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.matches(&MessageRow { view, context: &self.context }))
    }

    /// The same as a function to give away.
    pub(super) fn matches(&self) -> Matches {
        let target = self.clone();
        Arc::new(move |view| target.takes(view))
    }

    /// How many are meant, and the name of the first. Blocks.
    pub(super) fn count(
        &self,
        queues: &dyn QueueAdministration,
        is_cancelled: impl Fn() -> bool,
    ) -> Result<(u64, Option<String>), Problem> {
        let (mut number, mut first) = (0, None);
        queues
            .visit_messages(&self.scope, &mut |view| {
                if self.takes(view) {
                    number += 1;
                    first.get_or_insert_with(|| {
                        MessageRow { view, context: &self.context }.name().to_string()
                    });
                }
                if is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| refused(&error))?;
        Ok((number, first))
    }
}

/// The queue that `Queue -eq 'Server\Queue'` limits a filter to.
fn queue_demanded(filter: &Filter, server: &str) -> Option<QueueChoice> {
    let (of_server, name) = filter.demanded::<MessageRow<'_>>("Queue")?.split_once('\\')?;
    let is_plain = of_server.eq_ignore_ascii_case(server) && !name.contains('*');
    is_plain.then(|| QueueChoice::of_name(name))?
}

fn domains(queues: &dyn QueueAdministration) -> HashMap<QueueName, String> {
    queues.queues().into_iter().map(|queue| (queue.name, queue.next_hop_domain)).collect()
}

/// The names of the queues chosen; `None` when all are.
fn names(choice: &QueueChoice, domains: &HashMap<QueueName, String>) -> Option<Vec<QueueName>> {
    match choice {
        QueueChoice::All => None,
        QueueChoice::Named(name) => Some(vec![*name]),
        QueueChoice::Domain(_) => {
            let chosen = domains.iter().filter(|(name, domain)| choice.includes(**name, domain));
            let mut names: Vec<QueueName> = chosen.map(|(name, _)| *name).collect();
            names.sort_unstable();
            Some(names)
        }
    }
}
