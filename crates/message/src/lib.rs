//! A message's bytes: header fields, trace fields, header firewall, 7-bit conversion.
//!
//! Content is opaque and hostile. Nothing here fails on rubbish, nothing builds a tree of a body
//! that it does not have to change, and what is not changed leaves byte for byte. Functions on
//! the path of every message read the header block once and allocate only when they find
//! something. Content has CRLF lines, as reception guarantees; a lone LF is taken as a line end
//! so that nothing can hide behind one.

mod compose;
mod entity;
mod facts;
mod firewall;
mod header;
mod lines;
mod local;
mod mailbox_list;
mod maildrop;
mod pickup;
mod replay;
mod results;
mod seven_bit;
mod submission;
mod trace;

pub use compose::Letter;
pub use facts::{
    Authors, Importance, authors, from_addresses, importance, is_eight_bit, languages, message_id,
    own_hops, received_count, subject, tls_not_required,
};
pub use firewall::{Inbound, Outbound, firewall_inbound, firewall_outbound, is_routing};
pub use header::{Field, Fields, HeaderBlock};
pub use lines::with_crlf;
pub use local::{LocalSubmission, named_recipients, prepare_local, with_header};
pub use mailbox_list::{LocalAddress, addresses_of_list};
pub use maildrop::{MaildropError, MaildropHeader};
pub use pickup::{
    PickupEnvelope, PickupError, pickup_envelope, pickup_header_size, prepare_pickup,
};
pub use replay::{ReplayError, ReplayHeader};
pub use results::{results_behind_hops, results_of, without_results_of};
pub use seven_bit::{ConversionRefused, to_seven_bit};
pub use submission::{Submission, prepare_submission};
pub use trace::{Protocol, Trace, received_field};
