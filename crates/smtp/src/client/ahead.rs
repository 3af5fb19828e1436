//! What goes out behind the transaction under way, in one piece with its content, which may be the first of a
//! group (RFC 2920 section 3.1): the first commands of the next transaction, or QUIT. So a message on a
//! connection that is kept costs one round trip and one packet each way, and not two.
//!
//! From then on the end of the content before may be sent or not, as far as the driver knows: while the
//! group is on its way the server may have the whole message.

use bytes::BufMut;

use super::{Client, State, commands::Manner, delivery::Delivery, types::Transaction};

impl Client {
    /// Whether a transaction may be handed over with [`Client::follow`] now.
    #[must_use]
    pub fn may_follow(&self) -> bool {
        let under_way =
            matches!(&self.state, State::Delivery(delivery) if delivery.may_be_followed());
        let is_last = self.following.is_some() || self.quits_behind;
        under_way && !is_last && self.failure.is_none() && !self.cut_short
    }

    /// The transaction under way, or the one that follows it, is the last: QUIT goes out behind its content
    /// where that can be. [`Client::quit`] is called all the same when it is over.
    pub fn quit_behind(&mut self) {
        self.quits_behind = self.is_carrying();
    }

    /// Whether QUIT has been said.
    #[must_use]
    pub fn is_quitting(&self) -> bool {
        matches!(self.state, State::Quit)
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
        if !before.sends_content() {
            return;
        }
        if let Some(following) = self.following.as_mut() {
            before.is_followed();
            following.start_behind_content(&mut self.output);
        } else if self.quits_behind && before.takes_company() {
            before.quit_follows();
            self.output.put_slice(b"QUIT\r\n");
        }
    }

    /// The transaction `before` is over: its successor is the one under way, or QUIT is.
    pub(super) fn go_on_behind(&mut self, before: &Delivery) {
        if before.is_followed_by_quit() {
            self.state = State::Quit;
        }
        let Some(mut following) = self.following.take() else { return };
        if !following.is_started() {
            // There was no content to go behind.
            following.start(&mut self.output, self.needs_reset);
        }
        self.state = State::Delivery(following);
    }
}
