//! What a worker carries: consignments of one message, and those of the next, which is prepared while the
//! other side answers and goes out behind it. Where that is to go, and what a failure means for the queue, is
//! not decided here.

use std::{panic::AssertUnwindSafe, sync::Arc};

use delivery::{Connection, Delivery, Outcome};
use futures_util::FutureExt;
use spool::SpoolError;
use tokio::sync::OwnedSemaphorePermit;

use super::{GROW_AGAIN, RUN, Worker};
use crate::{
    outbound::{HeaderPermissions, Link},
    poison::{self, Hold},
    registry::{Item, QueueHandle},
    settle,
};

/// Recipients of a message for which one transaction is begun at most: what servers take at least
/// (RFC 5321 section 4.5.3.1.8) is a hundred, and whatever one refuses follows in the next.
const MOST_RECIPIENTS: usize = 1_000;

/// What has been taken from queues and not settled yet: consignments of one message.
#[derive(Default)]
pub(super) struct Load {
    pub(super) taken: Vec<(Arc<QueueHandle>, Item)>,
    /// The connection has it.
    pub(super) is_begun: bool,
    /// The memory it may use.
    room: Option<OwnedSemaphorePermit>,
}

impl Load {
    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

    fn first(&self) -> Option<&Item> {
        self.taken.first().map(|(_, item)| item)
    }

    fn recipients(&self) -> Vec<u32> {
        let mut recipients: Vec<u32> =
            self.taken.iter().flat_map(|(_, item)| &item.recipients).copied().collect();
        recipients.sort_unstable();
        recipients
    }
}

/// What became of what was sent.
pub(super) struct Sent {
    pub(super) failure: Option<String>,
    /// Whether the other side has taken or refused somebody's mail over this connection.
    pub(super) has_answered: bool,
    pub(super) host: String,
}

impl Worker {
    /// Carries what has been taken, and settles it; what was prepared meanwhile is taken then. Nothing when
    /// it could not be read. `answered`: whether something has been answered over the link before.
    pub(super) async fn carry(&mut self, link: &mut Link, answered: bool) -> Option<Sent> {
        let first = self.load.first()?.clone();
        let mut delivery = match self.send(link, &first, answered).await {
            Ok(delivery) => delivery,
            Err(error) => {
                while let Some((handle, item)) = self.load.taken.last().cloned() {
                    settle::unread(&self.core, &handle, item, &error).await;
                    self.load.taken.pop();
                }
                return None;
            }
        };
        let sent = Sent {
            failure: delivery.session_failure.clone(),
            has_answered: delivery.has_answered,
            host: delivery.host.clone(),
        };
        if let Some(pool) = &self.pool
            && let Some(cause) = delivery.asks_for_less()
        {
            let (_, standing) = pool.connections();
            pool.limit_to(standing / 2, self.core.now() + GROW_AGAIN, cause);
        }
        while let Some((handle, item)) = self.load.taken.last().cloned() {
            let part = take_part(&mut delivery, &item);
            settle::attempt(&self.core, &handle, item, part).await;
            self.load.taken.pop();
            if sent.failure.is_none() && handle.lock().answered() {
                self.core.keep_next_hop(&handle);
            }
        }
        self.load = std::mem::take(&mut self.next);
        self.run += 1;
        Some(sent)
    }

    async fn send(
        &mut self,
        link: &mut Link,
        first: &Item,
        answered: bool,
    ) -> Result<Delivery, SpoolError> {
        if self.load.room.is_none() {
            let size = first.message.record.size;
            self.load.room = match link {
                Link::Lmtp(_) => self.core.lmtp_room(size).await,
                Link::Smtp { .. } | Link::Maildirs(_) => self.core.room(size).await,
            };
        }
        let goes_on = self.no_longer(link, answered).is_none() && !self.is_turn_of_another();
        let (connection, headers) = match link {
            Link::Smtp { connection, headers, .. } => (connection, headers),
            Link::Maildirs(maildirs) => {
                return self.core.deliver_to_maildirs(maildirs, first).await;
            }
            Link::Lmtp(connection) => return self.core.deliver_by_lmtp(connection, first).await,
        };
        if !self.load.is_begun {
            let what = (first, self.load.recipients());
            let parcel = self.core.parcel(what, headers, connection.is_logged()).await?;
            if let Err(over) = connection.begin(parcel).await {
                return Ok(over);
            }
            self.load.is_begun = true;
        }
        if goes_on && connection.may_follow() {
            self.prepare_next(connection, headers).await;
        }
        Ok(connection.conclude().await)
    }

    /// Whether the connection goes to another queue after this message.
    fn is_turn_of_another(&self) -> bool {
        self.run + 1 >= RUN && self.pool.as_ref().is_some_and(|pool| pool.has_waiting())
    }

    /// Takes the next message and hands it over, to go out behind the one under way.
    async fn prepare_next(&mut self, connection: &mut Connection, headers: &HeaderPermissions) {
        self.next = self.take();
        let Some(first) = self.next.first().cloned() else { return };
        self.next.room = self.core.room_now(first.message.record.size);
        if self.next.room.is_none() {
            return;
        }
        let core = Arc::clone(&self.core);
        let what = (&first, self.next.recipients());
        let handed_over = AssertUnwindSafe(async {
            let parcel = core.parcel(what, headers, connection.is_logged()).await?;
            Ok::<_, SpoolError>(connection.follow(parcel).await)
        });
        match handed_over.catch_unwind().await {
            Ok(Ok(is_begun)) => self.next.is_begun = is_begun,
            // Whoever carries it finds that too, and says so.
            Ok(Err(_)) => {}
            // That is this message's fault alone.
            Err(_) => {
                for (handle, item) in std::mem::take(&mut self.next).taken {
                    poison::broke_off(&self.core, &handle, item, Hold::Flight);
                }
            }
        }
    }

    /// Nothing has become of what was taken: it goes back to its queues.
    pub(super) async fn give_back(&mut self, why: &str) {
        while let Some((handle, item)) = self.load.taken.last().cloned() {
            let untried = Delivery {
                recipients: item
                    .recipients
                    .iter()
                    .map(|index| (*index, Outcome::Untried))
                    .collect(),
                session_failure: Some(why.to_owned()),
                has_answered: false,
                relays_dsn: false,
                host: String::new(),
            };
            settle::attempt(&self.core, &handle, item, untried).await;
            self.load.taken.pop();
        }
        self.load = Load::default();
    }

    /// Takes the next consignment, with those of the same message that other queues of the pool have
    /// ready; and sees that more come from the store in time.
    pub(super) fn take(&self) -> Load {
        let item = {
            let mut queue = self.handle.lock();
            let item = queue.take();
            if queue.wanted(self.core.now()).is_some() {
                self.core.fill(&self.handle);
            }
            item
        };
        let Some(item) = item else { return Load::default() };
        let (id, mut count) = (item.id, item.recipients.len());
        let has_others = item.message.record.envelope.recipients.len() > count;
        let mut taken = vec![(Arc::clone(&self.handle), item)];
        if let Some(pool) = self.pool.as_ref().filter(|pool| has_others && pool.is_shared()) {
            let now = self.core.now();
            for other in pool.members() {
                if other.number() == self.handle.number() || !other.belongs_to(pool, now) {
                    continue;
                }
                let room = MOST_RECIPIENTS.saturating_sub(count);
                let rider = {
                    let mut queue = other.lock();
                    if queue.ladder().may_try(now) { queue.take_of(id, room) } else { None }
                };
                if let Some(item) = rider {
                    count += item.recipients.len();
                    taken.push((other, item));
                }
            }
        }
        Load { taken, ..Load::default() }
    }
}

/// What of a delivery is about this consignment; the rest stays.
fn take_part(delivery: &mut Delivery, item: &Item) -> Delivery {
    // Its recipients are in order.
    let is_its = |(index, _): &(u32, Outcome)| item.recipients.binary_search(index).is_ok();
    let (its, others) = std::mem::take(&mut delivery.recipients).into_iter().partition(is_its);
    delivery.recipients = others;
    Delivery {
        recipients: its,
        session_failure: delivery.session_failure.clone(),
        host: delivery.host.clone(),
        ..*delivery
    }
}
