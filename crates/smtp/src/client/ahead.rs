//! The transaction behind the one under way: its first commands go out in one piece with the content
//! of the one before, which may be the first of a group (RFC 2920 section 3.1). So a message on a
//! connection that is kept costs one round trip and one packet each way, and not two.
//!
//! From then on the end of the content before may be sent or not, as far as the driver knows: while the
//! group is on its way the server may have the whole message.

use super::{Client, State, commands::Manner, delivery::Delivery, types::Transaction};

impl Client {
    /// Whether a transaction may be handed over with [`Client::follow`] now.
    #[must_use]
    pub fn may_follow(&self) -> bool {
        let under_way =
            matches!(&self.state, State::Delivery(delivery) if delivery.may_be_followed());
        under_way && self.following.is_none() && self.failure.is_none() && !self.cut_short
    }

    /// Hands over what follows the transaction under way. Its [`ClientStep::Finished`] comes after that
    /// of the other, without [`ClientStep::Ready`] between them; where the connection fails before
    /// that, nothing has been given of its content.
    ///
    /// # Errors
    /// The transaction, where it cannot follow: [`Client::may_follow`] is false, it has no recipients, or
    /// the server lacks what it needs. It is to be begun when the connection is ready.
    ///
    /// [`ClientStep::Finished`]: super::ClientStep::Finished
    /// [`ClientStep::Ready`]: super::ClientStep::Ready
    pub fn follow(&mut self, transaction: Transaction) -> Result<(), Transaction> {
        let manner =
            Manner::new(&transaction, &self.capabilities).ok().filter(|_| self.may_follow());
        let Some(manner) = manner else { return Err(transaction) };
        let delivery = Delivery::new(transaction, manner, false);
        if delivery.is_for_nobody() {
            return Err(delivery.into_transaction());
        }
        self.following = Some(Box::new(delivery));
        Ok(())
    }

    /// Whether a transaction is under way.
    #[must_use]
    pub fn is_carrying(&self) -> bool {
        matches!(self.state, State::Delivery(_))
    }

    /// Whether a transaction has ended, or ends now, with no answer to its first command, which went
    /// out behind a content: the server may have lost what came there.
    #[must_use]
    pub fn lost_behind_content(&self) -> bool {
        match &self.state {
            State::Delivery(delivery) => delivery.is_unheard_behind_content(),
            _ => self.lost_behind_content,
        }
    }

    /// The content of `before` has just been written: what follows goes out with it.
    pub(super) fn write_following(&mut self, before: &mut Delivery) {
        if let Some(following) = self.following.as_mut().filter(|_| before.sends_content()) {
            before.is_followed();
            following.start_behind_content(&mut self.output);
        }
    }

    /// The transaction before is over: its successor is the one under way.
    pub(super) fn go_on_with_following(&mut self) {
        let Some(mut following) = self.following.take() else { return };
        if !following.is_started() {
            // There was no content to go behind.
            following.start(&mut self.output, self.needs_reset);
        }
        self.state = State::Delivery(following);
    }
}
