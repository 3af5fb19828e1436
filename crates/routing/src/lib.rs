//! Recipient to next hop, with the reasons.
