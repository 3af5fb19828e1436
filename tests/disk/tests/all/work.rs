//! What a server asks of its spool, by chance: mail comes, waits in rows, is sent, given up and
//! removed. It keeps to what the Transport service keeps to: only what is stored is parked, a row
//! goes when its recipients are finished, and the settled mark is given when it is true.

use model::{MessageId, Timestamp};
use simulated_disk::Dice;
use spool::{Due, RowKey, Spool, WaitingRow};

use crate::model::{Action, FILES, State};

/// Makes batches.
pub(crate) struct Work<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) next_event: &'a mut u64,
    /// Numbers given out to messages that are not complete.
    pub(crate) on_their_way: &'a mut Vec<MessageId>,
}

impl Work<'_> {
    /// New mail, as a client hands it in.
    pub(crate) fn acceptance(&mut self, spool: &Spool) -> Vec<Action> {
        let mut actions = Vec::new();
        for _ in 0..1 + self.dice.below(2) {
            if self.dice.percent(20) {
                self.on_their_way.push(spool.next_id());
            }
            let late = if self.dice.percent(30) { self.on_their_way.pop() } else { None };
            let id = late.unwrap_or_else(|| spool.next_id());
            let most = [300, 3_000, 9_000, 60_000][self.dice.index(4)];
            let size = self.dice.index(most);
            actions.push(Action::Insert { id, size, recipients: 1 + self.dice.index(3) });
            if self.dice.percent(50) {
                actions.push(self.event());
            }
            if self.dice.percent(15) {
                actions.push(Action::Taken { file: self.dice.index(FILES), id });
            }
        }
        actions
    }

    /// Something becomes of a message, a queue or an event.
    pub(crate) fn outcome(&mut self, there: &State) -> Vec<Action> {
        let number = self.dice.index(there.messages.len());
        let id = there.messages.keys().nth(number).copied();
        let mut actions = match (self.dice.below(16), id) {
            (0, _) => {
                let before = self.next_event.saturating_sub(self.dice.below(6));
                vec![Action::ForgetEvents { before }]
            }
            (1, _) => vec![Action::ForgetTaken { file: self.dice.index(FILES) }],
            (2, _) => vec![Action::ForgetNextHop { number: self.dice.below(3) }],
            (3, _) => {
                vec![Action::NextHop { number: self.dice.below(3), attempts: self.dice.below(9) }]
            }
            (4 | 5, _) => settled(there).map(Action::SettledBelow).into_iter().collect(),
            (6..=9, Some(id)) => self.park(there, id),
            (10..=12, Some(id)) => self.finish(there, id),
            (13, Some(id)) => {
                let recipients = there.messages[&id].record.envelope.recipients.len();
                let recipient = self.dice.index(recipients) as u32;
                vec![Action::DelayReported { id, recipient }]
            }
            (_, Some(id)) => vec![Action::Remove { id }],
            (_, None) => Vec::new(),
        };
        if actions.is_empty() || self.dice.percent(30) {
            actions.push(self.event());
        }
        actions
    }

    fn event(&mut self) -> Action {
        *self.next_event += 1;
        Action::Event { number: *self.next_event, size: self.dice.index(600) }
    }

    /// What has no row gets one or two; else a row is written anew.
    fn park(&mut self, there: &State, id: MessageId) -> Vec<Action> {
        let recipients = there.without_row(id);
        if recipients.is_empty() {
            let Some(row) = rows(there, id).next() else { return Vec::new() };
            return vec![Action::Park(self.row(id, row.recipients.clone()))];
        }
        let (some, others) = recipients.split_at(1 + self.dice.index(recipients.len()));
        [some, others]
            .into_iter()
            .filter(|recipients| !recipients.is_empty())
            .map(|recipients| Action::Park(self.row(id, recipients.to_vec())))
            .collect()
    }

    fn row(&mut self, message: MessageId, recipients: Vec<u32>) -> WaitingRow {
        let due = match self.dice.below(4) {
            0 => Due::NotBefore(Timestamp::from_millis(1 + self.dice.below(1_000) as i64)),
            1 => Due::Suspended,
            _ => Due::Now,
        };
        WaitingRow {
            message,
            recipients,
            queue: self.dice.below(3),
            due,
            band: self.dice.below(3) as u8,
            sender: self.dice.below(3),
            accepted_at: Timestamp::from_millis(message.as_u64() as i64),
            told: self.dice.percent(20),
            attempts: self.dice.below(5) as u32,
            crashes: 0,
            size: 1,
            from_address: "sender@example.com".into(),
            subject: Some("a subject".into()),
            last_error: self.dice.percent(50).then(|| "451 4.7.1 Later".into()),
        }
    }

    /// Some recipients are finished; those of the same row that are not get a row of their own,
    /// and with the last the message goes.
    fn finish(&mut self, there: &State, id: MessageId) -> Vec<Action> {
        let kept = &there.messages[&id];
        let unfinished = (0..kept.record.envelope.recipients.len() as u32)
            .filter(|n| !kept.finished.contains(n))
            .collect::<Vec<u32>>();
        let number = self.dice.index(unfinished.len());
        let Some(&recipient) = unfinished.get(number) else {
            return vec![Action::Remove { id }];
        };
        if unfinished.len() == 1 {
            return vec![Action::Remove { id }];
        }
        let mut actions = vec![Action::Finish { id, recipient }];
        if let Some(row) = rows(there, id).find(|row| row.recipients.contains(&recipient)) {
            actions.push(Action::Unpark(row.key()));
            let rest: Vec<u32> =
                row.recipients.iter().copied().filter(|n| *n != recipient).collect();
            if !rest.is_empty() {
                actions.push(Action::Park(WaitingRow { recipients: rest, ..row.clone() }));
            }
        }
        actions
    }
}

fn rows(there: &State, id: MessageId) -> impl Iterator<Item = &WaitingRow> {
    let key = |first| RowKey { message: id, first };
    there.rows.range(key(0)..=key(u32::MAX)).map(|(_, row)| row)
}

/// The first message that is not settled, or the number after the last.
fn settled(there: &State) -> Option<MessageId> {
    let open = there.messages.keys().find(|id| !there.without_row(**id).is_empty());
    open.copied().or_else(|| MessageId::new(there.highest() + 1))
}
