//! Which rows of the store an action on messages means.

use std::ops::ControlFlow;

use model::MessageId;
use spool::{Due, RowKey, RowView, SpoolError, WaitingRow};

use crate::{
    administration::{Matches, MessageAction, MessageScope, MessageView, QueueName},
    core::Core,
    pages::Pages,
    view::Viewer,
};

/// Rows looked at before others may read too.
const LOOK: usize = 20_000;

/// What is meant by an action.
pub(crate) struct Meant {
    pub(crate) scope: MessageScope,
    pub(crate) matches: Matches,
    pub(crate) action: MessageAction,
}

/// What a look at rows has found.
#[derive(Default)]
pub(crate) struct Found {
    /// To act on.
    pub(crate) rows: Vec<WaitingRow>,
    /// Rows of the Submission queue, to which this may not be done.
    pub(crate) refused: u64,
}

impl Meant {
    /// Looks for rows behind `from`: a page of them, or as far as others can wait for their turn to
    /// read. Where the next look begins, when there is more. Blocks.
    pub(crate) fn look(
        &self,
        core: &Core,
        from: Option<RowKey>,
    ) -> Result<(Found, Option<RowKey>), SpoolError> {
        let viewer = Viewer::new(core);
        let (mut found, mut last, mut looked) = (Found::default(), None, 0);
        core.spool.scan(from, &mut |row| {
            if self.scope.id.is_some_and(|id| row.key().message != id) {
                return ControlFlow::Break(());
            }
            looked += 1;
            self.judge(&viewer, row, &mut found);
            if found.rows.len() >= Pages::SIZE || looked >= LOOK {
                last = Some(row.key());
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok((found, last))
    }

    /// Looks at these rows once more. Blocks.
    pub(crate) fn look_at(&self, core: &Core, keys: &[RowKey]) -> Result<Found, SpoolError> {
        let viewer = Viewer::new(core);
        let mut found = Found::default();
        for key in keys {
            core.spool.scan(before(*key), &mut |row| {
                if row.key() == *key {
                    self.judge(&viewer, row, &mut found);
                }
                ControlFlow::Break(())
            })?;
        }
        Ok(found)
    }

    fn judge(&self, viewer: &Viewer<'_>, row: &RowView<'_>, found: &mut Found) {
        let is_meant = |view: &MessageView<'_>| {
            self.scope.includes(view.id, view.queue) && (self.matches)(view)
        };
        if !viewer.show_view(row, is_meant).unwrap_or(false) {
            return;
        }
        let queue = viewer.queue(row.queue()).map(|facts| facts.name);
        match concerns(self.action, row.due(), queue) {
            Concern::Done => found.rows.push(row.to_row()),
            Concern::Refused => found.refused += 1,
            Concern::Nothing => {}
        }
    }
}

/// The place right before a row.
fn before(RowKey { message, first }: RowKey) -> Option<RowKey> {
    match first.checked_sub(1) {
        Some(first) => Some(RowKey { message, first }),
        None => {
            let message = MessageId::new(message.as_u64().checked_sub(1)?)?;
            Some(RowKey { message, first: u32::MAX })
        }
    }
}

/// What an action means to a row.
enum Concern {
    Done,
    Refused,
    /// What is suspended need not be, and the reverse.
    Nothing,
}

fn concerns(action: MessageAction, due: Due, queue: Option<QueueName>) -> Concern {
    let is_suspended = due == Due::Suspended;
    match action {
        MessageAction::Resume if is_suspended => Concern::Done,
        MessageAction::Resume => Concern::Nothing,
        // Messages there can neither be suspended nor removed (transport.md section 2.1).
        _ if queue == Some(QueueName::Submission) => Concern::Refused,
        MessageAction::Suspend if is_suspended => Concern::Nothing,
        MessageAction::Suspend | MessageAction::Remove { .. } => Concern::Done,
    }
}
