//! What a transaction means for each recipient: by the final reply to him, or, where the session
//! ended without one, by how much of the message the other side may have.

use model::Reply;
use smtp::{ContentSent, SessionFailure, Stage, TransactionResult};

use super::Connection;
use crate::{Outcome, judgement::Judgement};

impl Connection {
    /// What becomes of recipients about whom nothing was decided when the session ended. Once the
    /// content was on its way the message waits for a time of its own, so that one that no
    /// connection survives does not hold up its queue; and a message that may have been taken is not
    /// sent again at once.
    pub(super) fn undecided(&self, why: &str) -> Outcome {
        match self.client.content_sent(self.writing) {
            ContentSent::Nothing => Outcome::Untried,
            ContentSent::Part => {
                let when = "the session ended in the middle of the message's content";
                Outcome::Deferred(format!("451 4.4.2 {when}: {why}"))
            }
            ContentSent::Whole => {
                let doubt = format!(
                    "451 4.4.2 Delivery in doubt: {} was given the whole message and did not say what \
                     became of it; it is sent again and may arrive twice ({why})",
                    self.host
                );
                self.tap.information("", &doubt);
                self.tap.record().progress(|| doubt.clone());
                tracing::warn!(host = self.host, why, "delivery in doubt");
                Outcome::Deferred(doubt)
            }
        }
    }
}

/// What each final reply means for its recipient.
pub(super) fn judge(result: &TransactionResult, judgement: &Judgement) -> Vec<(u32, Outcome)> {
    let some_accepted = result.stage.iter().any(|stage| matches!(stage, Stage::Data | Stage::End));
    let judge_one = |((index, reply), stage): (&(usize, Reply), &Stage)| {
        // "Too many recipients": the others go at once, in a transaction of their own
        // (RFC 5321 section 4.5.3.1.10).
        let too_many = some_accepted && *stage == Stage::Rcpt && says_too_many(reply);
        let outcome = if too_many { Outcome::Untried } else { judgement.of_reply(reply) };
        (*index as u32, outcome)
    };
    result.recipients.iter().zip(&result.stage).map(judge_one).collect()
}

/// By its enhanced code (RFC 3463 section 3.6), or, without one, by 452 or the older 552.
fn says_too_many(reply: &Reply) -> bool {
    match reply.enhanced {
        Some(code) => code.subject() == 5 && code.detail() == 3,
        None => matches!(reply.code.as_u16(), 452 | 552),
    }
}

pub(super) fn closing_reply(recipients: &[(usize, Reply)]) -> Option<String> {
    recipients
        .iter()
        .find(|(_, reply)| reply.code.as_u16() == 421)
        .map(|(_, reply)| reply.to_string())
}

/// The failure as the administrator reads it.
pub(super) fn describe(failure: &SessionFailure) -> String {
    match failure {
        SessionFailure::Greeting(reply)
        | SessionFailure::Hello(reply)
        | SessionFailure::Closing(reply) => reply.to_string(),
        SessionFailure::Protocol(what) => format!("451 4.5.0 {what}"),
    }
}
