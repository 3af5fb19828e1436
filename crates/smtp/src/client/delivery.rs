//! One transaction under way on the client's side: which commands are out, and what became of
//! each recipient.

use std::collections::VecDeque;

use bytes::BytesMut;
use model::{Reply, Severity};

use super::{
    commands::Manner,
    early::out_of_place,
    types::{ContentSent, Phase, SessionFailure, Stage, Transaction, TransactionResult},
};
use crate::content::write_data;

/// Most bytes of content that is followed. It goes out with what follows in one write: a longer one goes
/// in several, between which the server may speak.
pub const LONGEST_FOLLOWED: usize = 128 * 1024;
/// Most RCPTs in one pipelined group, so that neither side fills its buffers while the other
/// does not read (RFC 2920 section 3.1).
const MAX_GROUP: usize = 100;

/// A transaction under way.
#[derive(Debug)]
pub(super) struct Delivery {
    transaction: Transaction,
    manner: Manner,
    lmtp: bool,
    /// What the next replies answer, oldest first.
    awaited: VecDeque<Awaited>,
    /// One for each of the transaction's recipients.
    slots: Vec<Slot>,
    /// How many RCPTs have been written.
    rcpts_written: usize,
    mail: Mail,
    data: Data,
    /// Its first commands went out behind the content of another transaction.
    behind_content: bool,
    /// Another's first commands went out behind its content.
    followed: bool,
    /// QUIT went out behind its content.
    quit_behind: bool,
}

/// What a reply answers. A number is an index into the slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Reset,
    Mail,
    Rcpt(usize),
    Data,
    /// The end of data: for all recipients.
    End,
    /// The end of data in LMTP: for this recipient.
    EndFor(usize),
    /// The end of the empty message that ends DATA when no recipient was accepted.
    EmptyEnd,
}

/// What is known of a recipient. Without a result he is accepted, or not yet asked about.
#[derive(Debug)]
struct Slot {
    /// Index into the envelope's recipients.
    index: usize,
    result: Option<(Reply, Stage)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mail {
    Unwritten,
    Written,
    Accepted,
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Data {
    Unwritten,
    Written,
    Refused,
    /// The content is written, with its end.
    Ended,
}

/// What a reply has led to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// More replies are awaited.
    Continues,
    /// The transaction is over.
    Finished {
        result: TransactionResult,
        /// Whether the server may still hold something of it, so that RSET is needed.
        needs_reset: bool,
    },
    /// The connection is of no more use; with a result where every recipient has one.
    Failed(Option<TransactionResult>, SessionFailure),
}

impl Delivery {
    /// Recipients the envelope does not have are left out.
    pub(super) fn new(transaction: Transaction, manner: Manner, lmtp: bool) -> Self {
        let known = transaction.envelope.recipients.len();
        let chosen = transaction.recipients.iter().filter(|index| **index < known);
        let slots = chosen.map(|index| Slot { index: *index, result: None }).collect();
        Self {
            transaction,
            manner,
            lmtp,
            awaited: VecDeque::new(),
            slots,
            rcpts_written: 0,
            mail: Mail::Unwritten,
            data: Data::Unwritten,
            behind_content: false,
            followed: false,
            quit_behind: false,
        }
    }

    /// Whether none of its recipients is in the envelope.
    pub(super) fn is_for_nobody(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn into_transaction(self) -> Transaction {
        self.transaction
    }

    /// Writes the first commands, RSET before them when `reset`: the whole group when the server
    /// does pipelining.
    pub(super) fn start(&mut self, out: &mut BytesMut, reset: bool) -> Outcome {
        if self.slots.is_empty() {
            return Outcome::Finished { result: self.take_result(), needs_reset: reset };
        }
        if reset {
            out.extend_from_slice(b"RSET\r\n");
            self.awaited.push_back(Awaited::Reset);
        }
        if !reset || self.manner.pipelining {
            self.write_group(out);
        }
        Outcome::Continues
    }

    /// The same behind the content of another.
    pub(super) fn start_behind_content(&mut self, out: &mut BytesMut) {
        self.behind_content = true;
        self.write_group(out);
    }

    /// Whether its first commands are written.
    pub(super) fn is_started(&self) -> bool {
        self.mail != Mail::Unwritten
    }

    /// Whether another's first commands may go out with its content.
    pub(super) fn may_be_followed(&self) -> bool {
        matches!(self.data, Data::Unwritten | Data::Written) && self.takes_company()
    }

    /// Whether something else may go out with its content.
    pub(super) fn takes_company(&self) -> bool {
        let is_short = self.transaction.size() <= LONGEST_FOLLOWED;
        is_short && self.manner.pipelining && !self.lmtp
    }

    /// Another's first commands are written behind its content.
    pub(super) fn is_followed(&mut self) {
        self.followed = true;
    }

    /// QUIT is written behind its content.
    pub(super) fn quit_follows(&mut self) {
        self.is_followed();
        self.quit_behind = true;
    }

    /// Whether QUIT is written.
    pub(super) fn is_followed_by_quit(&self) -> bool {
        self.quit_behind
    }

    /// Whether something went out behind a content and there was no answer yet: to its own first command, or
    /// to its content, behind which QUIT went.
    pub(super) fn is_unheard_behind_content(&self) -> bool {
        (self.behind_content && self.mail == Mail::Written)
            || (self.quit_behind && self.sends_content())
    }

    /// What the next reply is waited for with.
    pub(super) fn phase(&self, all_is_sent: bool) -> Phase {
        match self.awaited.front() {
            None => Phase::Idle,
            Some(Awaited::Reset | Awaited::Mail) => Phase::Mail,
            Some(Awaited::Rcpt(_)) => Phase::Recipient,
            Some(Awaited::Data) => Phase::DataCommand,
            Some(_) if all_is_sent => Phase::DataEnd,
            Some(_) => Phase::DataBlock,
        }
    }

    /// Whether the reply to the content is the next one.
    pub(super) fn sends_content(&self) -> bool {
        matches!(self.awaited.front(), Some(Awaited::End | Awaited::EndFor(_)))
    }

    /// How much of the content the server has that it has not answered to: `is_unsent` while that is
    /// still in the output, `is_cut` when it was taken out and perhaps not all sent. What is followed may
    /// then be sent to its end.
    pub(super) fn content_sent(&self, is_unsent: bool, is_cut: bool) -> ContentSent {
        if !self.sends_content() {
            ContentSent::Nothing
        } else if is_unsent || (is_cut && !self.followed) {
            ContentSent::Part
        } else {
            ContentSent::Whole
        }
    }

    /// Whether commands of a group are unanswered of which the first was answered.
    pub(super) fn is_amid_group(&self) -> bool {
        let is_group = self.manner.pipelining && self.data != Data::Ended;
        is_group && self.mail != Mail::Written && !self.awaited.is_empty()
    }

    /// Takes the reply to the oldest command.
    pub(super) fn reply(&mut self, reply: Reply, out: &mut BytesMut) -> Outcome {
        let Some(awaited) = self.awaited.pop_front() else {
            return Outcome::Failed(None, out_of_place(&reply));
        };
        if reply.code.as_u16() == 421 {
            self.settle(&reply, stage_of(awaited), |_| true);
            return Outcome::Failed(Some(self.take_result()), SessionFailure::Closing(reply));
        }
        if !fits(awaited, &reply) {
            let failure = match awaited {
                Awaited::Reset => refused_reset(&reply),
                _ => out_of_place(&reply),
            };
            return Outcome::Failed(None, failure);
        }
        self.take(awaited, reply, out);
        if self.awaited.is_empty() && !self.is_over() {
            self.write_group(out);
        }
        if self.awaited.is_empty() { self.over() } else { Outcome::Continues }
    }

    /// Takes a reply that fits what it answers.
    fn take(&mut self, awaited: Awaited, reply: Reply, out: &mut BytesMut) {
        match awaited {
            Awaited::Reset | Awaited::EmptyEnd => {}
            Awaited::Mail if reply.is_positive() => self.mail = Mail::Accepted,
            Awaited::Mail => {
                self.mail = Mail::Refused;
                self.settle(&reply, Stage::Mail, |_| true);
            }
            Awaited::Rcpt(_) if reply.is_positive() => {}
            Awaited::Rcpt(slot) => self.settle(&reply, Stage::Rcpt, |i| i == slot),
            Awaited::Data if reply.severity() == Severity::Intermediate => self.write_content(out),
            Awaited::Data => {
                self.data = Data::Refused;
                self.settle(&reply, Stage::Data, |_| true);
            }
            Awaited::End => self.settle(&reply, Stage::End, |_| true),
            Awaited::EndFor(slot) => self.settle(&reply, Stage::End, |i| i == slot),
        }
    }

    /// Gives `reply` to every chosen recipient that has no result yet.
    fn settle(&mut self, reply: &Reply, stage: Stage, chosen: impl Fn(usize) -> bool) {
        for (i, slot) in self.slots.iter_mut().enumerate() {
            if slot.result.is_none() && chosen(i) {
                slot.result = Some((reply.clone(), stage));
            }
        }
    }

    /// Whether some recipient is accepted or may yet be.
    fn has_hope(&self) -> bool {
        self.slots.iter().any(|slot| slot.result.is_none())
    }

    /// With no reply outstanding: whether there is nothing more to write.
    fn is_over(&self) -> bool {
        self.data != Data::Unwritten || !self.has_hope()
    }

    fn over(&mut self) -> Outcome {
        if self.lmtp && self.data == Data::Ended && self.nobody_was_accepted() {
            // RFC 2033 section 4.2: there is no reply to wait for, and DATA should have failed.
            let failure = SessionFailure::Protocol(
                "the remote server accepted DATA without a recipient".to_owned(),
            );
            return Outcome::Failed(Some(self.take_result()), failure);
        }
        let needs_reset = self.mail == Mail::Accepted && self.data != Data::Ended;
        Outcome::Finished { result: self.take_result(), needs_reset }
    }

    fn nobody_was_accepted(&self) -> bool {
        let early = |slot: &Slot| matches!(slot.result, Some((_, Stage::Mail | Stage::Rcpt)));
        self.slots.iter().all(early)
    }

    /// What was said of recipients after the content.
    pub(super) fn take_answered(&mut self) -> Option<TransactionResult> {
        self.slots.retain(|slot| matches!(slot.result, Some((_, Stage::End))));
        Some(self.take_result()).filter(|result| !result.recipients.is_empty())
    }

    fn take_result(&mut self) -> TransactionResult {
        let mut result = TransactionResult { recipients: Vec::new(), stage: Vec::new() };
        for slot in self.slots.drain(..) {
            if let Some((reply, stage)) = slot.result {
                result.recipients.push((slot.index, reply));
                result.stage.push(stage);
            }
        }
        result
    }
}

// === Writing ===

impl Delivery {
    /// Writes the next command, or as many as may be out at once.
    fn write_group(&mut self, out: &mut BytesMut) {
        let end = self.rcpts_written + MAX_GROUP;
        loop {
            self.write_command(out);
            let group_is_full = self.rcpts_written == end && end < self.slots.len();
            if !self.manner.pipelining || group_is_full || self.data != Data::Unwritten {
                return;
            }
        }
    }

    fn write_command(&mut self, out: &mut BytesMut) {
        let envelope = &self.transaction.envelope;
        if self.mail == Mail::Unwritten {
            self.manner.write_mail(out, &self.transaction);
            self.mail = Mail::Written;
            self.awaited.push_back(Awaited::Mail);
            return;
        }
        let next = self.slots.get(self.rcpts_written);
        if let Some(recipient) = next.and_then(|slot| envelope.recipients.get(slot.index)) {
            self.manner.write_rcpt(out, recipient);
            self.awaited.push_back(Awaited::Rcpt(self.rcpts_written));
            self.rcpts_written += 1;
        } else {
            out.extend_from_slice(b"DATA\r\n");
            self.data = Data::Written;
            self.awaited.push_back(Awaited::Data);
        }
    }

    /// After 354. When nobody was accepted the server gets an empty message, which it refuses
    /// (RFC 2920 section 3.1).
    fn write_content(&mut self, out: &mut BytesMut) {
        self.data = Data::Ended;
        if !self.has_hope() {
            write_data(out, b"", b"");
            if !self.lmtp {
                self.awaited.push_back(Awaited::EmptyEnd);
            }
            return;
        }
        write_data(out, &self.transaction.top, &self.transaction.content);
        if self.lmtp {
            let waiting = self.slots.iter().enumerate().filter(|(_, slot)| slot.result.is_none());
            self.awaited.extend(waiting.map(|(i, _)| Awaited::EndFor(i)));
        } else {
            self.awaited.push_back(Awaited::End);
        }
    }
}

fn stage_of(awaited: Awaited) -> Stage {
    match awaited {
        Awaited::Reset | Awaited::Mail => Stage::Mail,
        Awaited::Rcpt(_) => Stage::Rcpt,
        Awaited::Data => Stage::Data,
        Awaited::End | Awaited::EndFor(_) | Awaited::EmptyEnd => Stage::End,
    }
}

/// Whether a server may give this reply there. 354 answers DATA and nothing else, and nothing
/// positive does.
fn fits(awaited: Awaited, reply: &Reply) -> bool {
    match (awaited, reply.severity()) {
        (Awaited::Data, Severity::Intermediate) => reply.code.as_u16() == 354,
        (Awaited::Data, severity) => severity != Severity::Positive,
        (Awaited::Reset, severity) => severity == Severity::Positive,
        (_, severity) => severity != Severity::Intermediate,
    }
}

/// What the server holds of the transaction before is not known then.
fn refused_reset(reply: &Reply) -> SessionFailure {
    SessionFailure::Protocol(format!("the remote server refused RSET: \"{reply}\""))
}
