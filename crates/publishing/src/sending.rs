//! From where mail is sent: what settings say, and what the DNS says of the names in EHLO.

use std::net::IpAddr;

use futures_util::future::join_all;

use crate::{
    address::is_public,
    answer::{Answer, Lookup},
    subject::Sender,
};

/// Addresses of one sender that are looked at.
const MOST_ADDRESSES: usize = 8;
/// Senders of an organization that are looked at.
const MOST_SENDERS: usize = 20;

/// A sender, with what was found out.
#[derive(Debug, Clone)]
pub(crate) struct Sending<'a> {
    pub(crate) sender: &'a Sender,
    /// The addresses of its name.
    pub(crate) of_name: Answer<Vec<IpAddr>>,
    /// The public addresses from which it sends: those of the settings, else those of its name.
    pub(crate) addresses: Vec<IpAddr>,
}

pub(crate) async fn look_up<'a>(lookup: &dyn Lookup, senders: &'a [Sender]) -> Vec<Sending<'a>> {
    join_all(senders.iter().take(MOST_SENDERS).map(|sender| async move {
        let of_name = lookup.addresses(sender.name.as_str()).await;
        let known = match sender.addresses.as_slice() {
            [] => of_name.as_ref().map(Vec::as_slice).unwrap_or_default(),
            told => told,
        };
        let public = known.iter().filter(|address| is_public(address)).copied();
        let addresses = public.take(MOST_ADDRESSES).collect();
        Sending { sender, of_name, addresses }
    }))
    .await
}

/// All addresses from which mail is sent, each once.
pub(crate) fn all_addresses(sendings: &[Sending<'_>]) -> Vec<IpAddr> {
    let mut all = Vec::new();
    for address in sendings.iter().flat_map(|sending| &sending.addresses) {
        if !all.contains(address) {
            all.push(*address);
        }
    }
    all
}
