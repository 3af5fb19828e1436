//! What the server says before it has been asked: never taken for the answer to a command that is
//! still to be sent. Only "I close" (421) may be said at any time, and a refusal of content that is
//! under way: a server that has seen enough of it says so and reads no more.

use model::Reply;

use super::{Client, State, is_refusal, types::SessionFailure};

impl Client {
    /// Whether something of what was written is not known to be sent.
    pub(super) fn is_unsent(&self) -> bool {
        self.cut_short || !self.output.is_empty()
    }

    /// Whether the server has begun to speak before what is in the output was sent.
    pub(super) fn is_spoken_into(&self) -> bool {
        let has_begun = !self.input.is_empty() || self.reader.held() > 0;
        has_begun && !self.cut_short && !self.output.is_empty()
    }

    /// Takes that a reply had begun before what it would answer was sent.
    pub(super) fn spoken_into(&mut self) {
        self.cut_short = true;
        self.output.clear();
        let what = "the remote server began to answer before it was asked";
        self.failure = Some(SessionFailure::Protocol(what.to_owned()));
    }

    /// Takes a reply, not 421, that came before what it would answer was sent.
    pub(super) fn early(&mut self, reply: Reply) {
        self.cut_short = true;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Delivery(mut delivery) if delivery.sends_content() && is_refusal(&reply) => {
                let outcome = delivery.reply(reply, &mut self.output);
                self.delivery_outcome(delivery, outcome);
                self.failure.get_or_insert_with(|| {
                    let what = "the remote server refused the message in the middle of its content";
                    SessionFailure::Protocol(what.to_owned())
                });
            }
            State::Delivery(mut delivery) => {
                self.content_sent = self.content_sent_of(&delivery, false);
                self.answered = delivery.take_answered();
                self.failure = Some(before_asked(&reply.to_string()));
            }
            // Its text may hold what nobody else should read.
            State::Logon(_) => self.failure = Some(before_asked(&reply.code.to_string())),
            _ => self.failure = Some(before_asked(&reply.to_string())),
        }
        self.output.clear();
    }
}

fn before_asked(reply: &str) -> SessionFailure {
    SessionFailure::Protocol(format!("the remote server answered before it was asked: \"{reply}\""))
}

/// A reply that answers nothing, or not what it came for.
pub(super) fn out_of_place(reply: &Reply) -> SessionFailure {
    SessionFailure::Protocol(format!("the remote server sent a reply out of place: \"{reply}\""))
}
