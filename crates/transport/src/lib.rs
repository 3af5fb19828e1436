//! The Transport service: binds reception, spool, routing, queue and delivery.

mod administration;

pub use administration::{MessageInfo, QueueError, QueueInfo, QueueName, RecipientInfo};
