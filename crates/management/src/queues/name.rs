//! The name of a queue or of a message in a queue, as it is shown and compared:
//! `Server\Queue`, `Server\Queue\Number`.

use std::fmt;

use model::MessageId;
use transport::QueueName;

/// Order of rows: number, then queue. Queues have the number 0.
pub(crate) type Key = (u64, QueueName);

/// A name, made of its parts only when it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) server: &'a str,
    pub(crate) queue: QueueName,
    /// The queue's next hop domain, by which it may be called too.
    pub(crate) domain: Option<&'a str>,
    /// The message's number; none for a queue.
    pub(crate) message: Option<MessageId>,
}

impl<'a> Name<'a> {
    /// Where the row stands.
    pub(crate) fn key(&self) -> Key {
        (self.message.map_or(0, MessageId::as_u64), self.queue)
    }

    /// What is left for comparing when the row has gone.
    pub(crate) fn bare(self) -> Name<'static> {
        Name { server: "", queue: self.queue, domain: None, message: self.message }
    }

    /// A name as it was shown, when it is one of `server`.
    pub(crate) fn read(text: &str, server: &'a str) -> Option<Self> {
        let (of_server, rest) = text.split_once('\\')?;
        let (queue, message) = match rest.parse() {
            Ok(queue) => (queue, None),
            Err(_) => {
                let (queue, number) = rest.rsplit_once('\\')?;
                (queue.parse().ok()?, Some(number.parse().ok()?))
            }
        };
        let is_ours = of_server.eq_ignore_ascii_case(server);
        is_ours.then_some(Self { server, queue, domain: None, message })
    }

    /// The other form, with the domain in place of the queue's number.
    pub(crate) fn by_domain(&self) -> Option<ByDomain<'_>> {
        self.domain.map(|domain| ByDomain { name: self, domain })
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\\{}", self.server, self.queue)?;
        self.message.map_or(Ok(()), |id| write!(f, "\\{id}"))
    }
}

/// A name with the next hop domain of its queue.
pub(crate) struct ByDomain<'a> {
    name: &'a Name<'a>,
    domain: &'a str,
}

impl fmt::Display for ByDomain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\\{}", self.name.server, self.domain)?;
        self.name.message.map_or(Ok(()), |id| write!(f, "\\{id}"))
    }
}
