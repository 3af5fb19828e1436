//! Who is meant by the recipients of an envelope (recipient resolution, routing.md section 2.2): other addresses become
//! the primary one, groups their members, contacts the address elsewhere, and mail that is forwarded goes there. Done
//! once, when a message is accepted; what another server of ours hands on has been through it. Pure.
//!
//! Everybody gets the message once, whichever ways lead to him. A recipient by whom nobody is reached stays in the
//! envelope as it is: [`dead_end`] then says why, and the sender is told.

use std::collections::HashSet;

use directory::{DistributionGroup, DomainType, Mailbox, Recipient as Known, Snapshot};
use model::{
    Address, ByteSize, EnhancedCode, Envelope, Guid, OriginalRecipient, Recipient, ReversePath,
};
use spool::Origin;

/// Most recipients that a message may come to have.
const MOST: usize = 100_000;

/// What happened to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    /// It is known by another address.
    Resolved,
    /// It is a group.
    Expanded,
    /// Its mail goes elsewhere.
    Redirected,
}

/// A step from one address to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) happening: Happening,
    /// The address it was.
    pub(crate) from: Address,
    /// What became of it.
    pub(crate) to: Vec<Address>,
}

/// What an envelope's recipients have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolution {
    /// Who gets it; never empty.
    pub(crate) recipients: Vec<Recipient>,
    /// How that came about, in order.
    pub(crate) steps: Vec<Step>,
}

/// What is asked of a message before a group takes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) sender: &'a ReversePath,
    /// Nobody vouches for its author.
    pub(crate) stranger: bool,
    /// Bytes.
    pub(crate) size: u64,
}

impl<'a> Facts<'a> {
    /// Those of a message in the spool.
    pub(crate) fn of(record: &'a spool::MessageRecord) -> Self {
        let Envelope { sender, .. } = record.envelope.as_ref();
        Self { sender, stranger: record.stranger, size: record.size }
    }
}

/// Whether the recipients of such a message are still to be resolved here.
pub(crate) fn is_due(origin: &Origin) -> bool {
    !matches!(origin, Origin::Server { .. })
}

/// Whether a recipient of ours is not known, who may be all the same: where recipients come from could not be read lately.
/// What he is cannot be found out any more once the message is accepted.
pub(crate) fn may_be_missing(snapshot: &Snapshot, recipients: &[Recipient]) -> bool {
    let is_unknown = |recipient: &Recipient| {
        let domain = snapshot.accepted_domain(recipient.address.domain());
        domain.is_some_and(|domain| domain.domain_type == DomainType::Authoritative)
            && lookup(snapshot, &recipient.address).is_none()
    };
    snapshot.may_lack_recipients && recipients.iter().any(is_unknown)
}

/// Resolves the recipients of an envelope; `None` where all stay as they are, as with most mail.
pub(crate) fn resolve(
    snapshot: &Snapshot,
    facts: Facts<'_>,
    recipients: &[Recipient],
) -> Option<Resolution> {
    if recipients.iter().all(|recipient| is_plain(snapshot, &recipient.address)) {
        return None;
    }
    let mut work = Work {
        snapshot,
        facts,
        recipients: Vec::new(),
        steps: Vec::new(),
        reached: HashSet::new(),
        expanded: HashSet::new(),
        fruitful: HashSet::new(),
    };
    for recipient in recipients {
        work.resolve(recipient);
    }
    Some(Resolution { recipients: work.recipients, steps: work.steps })
}

/// Whether mail to this address goes to this address.
fn is_plain(snapshot: &Snapshot, address: &Address) -> bool {
    match lookup(snapshot, address) {
        None => true,
        Some(Known::Mailbox(mailbox)) => {
            let is_primary = mailbox.primary_smtp_address == *address;
            !mailbox.is_forwarded() && (is_primary || address.is_postmaster())
        }
        Some(Known::Contact(contact)) => contact.external_email_address == *address,
        Some(Known::Group(_)) => false,
    }
}

/// Whoever has this address here; `postmaster` always somebody. In domains that are relayed elsewhere only contacts are
/// ours.
pub(crate) fn lookup<'a>(snapshot: &'a Snapshot, address: &Address) -> Option<Known<'a>> {
    let found = snapshot.recipient_by_address(address);
    match snapshot.accepted_domain(address.domain()).map(|domain| domain.domain_type) {
        None | Some(DomainType::ExternalRelay) => {
            found.filter(|known| matches!(known, Known::Contact(_)))
        }
        Some(DomainType::Authoritative | DomainType::InternalRelay) => found.or_else(|| {
            let is_postmaster = address.is_postmaster();
            is_postmaster.then(|| postmaster(snapshot)).flatten().map(Known::Mailbox)
        }),
    }
}

/// `postmaster` goes to the first administrator (DESIGN section 11).
fn postmaster(snapshot: &Snapshot) -> Option<&std::sync::Arc<Mailbox>> {
    snapshot.mailbox("Administrator")
}

/// Where mail of a mailbox goes.
#[derive(Debug)]
enum Way<'a> {
    /// To these mailboxes, in order, and then perhaps on.
    Leads { kept: Vec<&'a Mailbox>, on: Option<Onward<'a>> },
    /// Back to where it came from, and nobody keeps it.
    Circle,
}

#[derive(Debug)]
enum Onward<'a> {
    Group(&'a DistributionGroup),
    Address(&'a Address),
}

/// Follows what is forwarded, mailbox by mailbox; none is passed twice.
fn follow<'a>(snapshot: &'a Snapshot, first: &'a Mailbox) -> Way<'a> {
    let (mut kept, mut seen) = (Vec::new(), HashSet::new());
    let mut at = first;
    loop {
        if !seen.insert(at.header.guid) {
            return if kept.is_empty() { Way::Circle } else { Way::Leads { kept, on: None } };
        }
        if !at.is_forwarded() || at.deliver_to_mailbox_and_forward {
            kept.push(at);
        }
        if !at.is_forwarded() {
            return Way::Leads { kept, on: None };
        }
        let next = match at.forwarding_address {
            Some(guid) => snapshot.recipient_by_guid(guid),
            None => at.forwarding_smtp_address.as_ref().and_then(|to| lookup(snapshot, to)),
        };
        let on = match next {
            Some(Known::Mailbox(mailbox)) => {
                at = mailbox;
                continue;
            }
            Some(Known::Group(group)) => Some(Onward::Group(group)),
            Some(Known::Contact(contact)) => Some(Onward::Address(&contact.external_email_address)),
            None => at.forwarding_smtp_address.as_ref().map(Onward::Address),
        };
        return Way::Leads { kept, on };
    }
}

/// Why nobody is reached by an address that is still in an envelope after its recipients were resolved; `None` where it is
/// somebody's, or nobody's of ours.
pub(crate) fn dead_end(
    snapshot: &Snapshot,
    facts: Facts<'_>,
    address: &Address,
) -> Option<(EnhancedCode, String)> {
    match lookup(snapshot, address)? {
        Known::Mailbox(mailbox) => {
            let is_circle = matches!(follow(snapshot, mailbox), Way::Circle);
            is_circle.then(|| {
                let text = "RESOLVER.FWD.Loop; there is a loop in the forwarding rules";
                (EnhancedCode::new(5, 4, 6), text.to_owned())
            })
        }
        Known::Group(group) => Some(refusal(snapshot, facts, group).unwrap_or_else(|| {
            let text = format!(
                "RESOLVER.GRP.NotExpanded; the group reaches nobody, or more than {MOST} recipients"
            );
            (EnhancedCode::new(5, 2, 4), text)
        })),
        Known::Contact(_) => None,
    }
}

/// Why a group does not take the message.
fn refusal(
    snapshot: &Snapshot,
    facts: Facts<'_>,
    group: &DistributionGroup,
) -> Option<(EnhancedCode, String)> {
    let refuse = |(class, subject, detail), text: String| {
        Some((EnhancedCode::new(class, subject, detail), text))
    };
    if group.require_sender_authentication_enabled && facts.stranger {
        let text = "RESOLVER.RST.AuthRequired; authentication required";
        return refuse((5, 7, 1), text.to_owned());
    }
    if !group.accepts_only.is_empty() && !is_among(snapshot, group, facts.sender) {
        return refuse((5, 7, 1), "RESOLVER.RST.NotAuthorized; not authorized".to_owned());
    }
    let limit = group.max_receive_size.limit()?;
    if ByteSize::bytes(facts.size) <= limit {
        return None;
    }
    let text = format!(
        "RESOLVER.RST.RecipSizeLimit; message too large for this recipient, which takes {limit}"
    );
    refuse((5, 3, 4), text)
}

/// Whether the sender is one of those whom a group takes mail from.
fn is_among(snapshot: &Snapshot, group: &DistributionGroup, sender: &ReversePath) -> bool {
    let known = sender.address().and_then(|address| snapshot.recipient_by_address(address));
    let Some(sender) = known.map(Known::guid) else { return false };
    let mut seen = HashSet::new();
    let mut open: Vec<Guid> = group.accepts_only.clone();
    while let Some(guid) = open.pop() {
        if guid == sender {
            return true;
        }
        if seen.insert(guid)
            && let Some(Known::Group(group)) = snapshot.recipient_by_guid(guid)
        {
            open.extend(&group.members);
        }
    }
    false
}

struct Work<'a> {
    snapshot: &'a Snapshot,
    facts: Facts<'a>,
    recipients: Vec<Recipient>,
    steps: Vec<Step>,
    reached: HashSet<Address>,
    /// Groups that were expanded, for this recipient or one before.
    expanded: HashSet<Guid>,
    /// Those of them that have led to somebody.
    fruitful: HashSet<Guid>,
}

impl<'a> Work<'a> {
    /// Resolves one recipient of the envelope, with all that comes of it.
    fn resolve(&mut self, recipient: &Recipient) {
        let mut is_reached = false;
        let mut open = vec![recipient.clone()];
        while let Some(next) = open.pop() {
            is_reached |= match lookup(self.snapshot, &next.address) {
                None => self.reach(next),
                Some(Known::Contact(contact)) => {
                    let to = &contact.external_email_address;
                    self.renamed(next, to)
                }
                Some(Known::Mailbox(mailbox)) => self.mailbox(next, mailbox, &mut open),
                Some(Known::Group(group)) => self.group(next, group, &mut open),
            };
        }
        if is_reached {
            self.fruitful.clone_from(&self.expanded);
        } else {
            self.reach(recipient.clone());
        }
    }

    /// Somebody gets it. Of the wishes of several who mean him the first counts.
    fn reach(&mut self, recipient: Recipient) -> bool {
        if self.reached.insert(recipient.address.clone()) {
            self.recipients.push(recipient);
        }
        true
    }

    /// As [`Work::reach`], at the address by which it is known.
    fn renamed(&mut self, recipient: Recipient, to: &Address) -> bool {
        if recipient.address == *to {
            return self.reach(recipient);
        }
        self.step(Happening::Resolved, &recipient.address, vec![to.clone()]);
        self.reach(at(&recipient, to))
    }

    fn mailbox(
        &mut self,
        recipient: Recipient,
        mailbox: &'a Mailbox,
        open: &mut Vec<Recipient>,
    ) -> bool {
        let own = &mailbox.primary_smtp_address;
        if !mailbox.is_forwarded() {
            // The address of a postmaster says what he is written to as.
            let keeps = recipient.address.is_postmaster();
            return if keeps { self.reach(recipient) } else { self.renamed(recipient, own) };
        }
        let Way::Leads { kept, on } = follow(self.snapshot, mailbox) else {
            // To be told to the sender, also where others are reached.
            return self.reach(recipient);
        };
        let mut to: Vec<Address> = kept.iter().map(|m| m.primary_smtp_address.clone()).collect();
        let reaches = !to.is_empty();
        for address in &to {
            self.reach(at(&recipient, address));
        }
        let on = on.map(|on| match on {
            Onward::Group(group) => group.primary_smtp_address.clone(),
            Onward::Address(address) => address.clone(),
        });
        to.extend(on.clone());
        self.step(Happening::Redirected, &recipient.address, to);
        open.extend(on.map(|on| at(&recipient, &on)));
        reaches
    }

    fn group(
        &mut self,
        recipient: Recipient,
        group: &'a DistributionGroup,
        open: &mut Vec<Recipient>,
    ) -> bool {
        if refusal(self.snapshot, self.facts, group).is_some() {
            // The sender is told, also where it is a member of another group.
            return self.reach(at(&recipient, &group.primary_smtp_address));
        }
        if !self.expanded.insert(group.header.guid) {
            return self.fruitful.contains(&group.header.guid);
        }
        let known = group.members.iter().filter_map(|m| self.snapshot.recipient_by_guid(*m));
        let members: Vec<Address> = known.map(|m| m.primary_smtp_address().clone()).collect();
        if self.recipients.len() + open.len() + members.len() > MOST {
            return self.reach(recipient);
        }
        open.extend(members.iter().rev().map(|member| at(&recipient, member)));
        self.step(Happening::Expanded, &recipient.address, members);
        false
    }

    fn step(&mut self, happening: Happening, from: &Address, to: Vec<Address>) {
        if !to.is_empty() {
            self.steps.push(Step { happening, from: from.clone(), to });
        }
    }
}

/// The recipient at another address, with the one the sender knows (RFC 3461 sections 4.2 and 5.2.7).
fn at(recipient: &Recipient, address: &Address) -> Recipient {
    let original = recipient.original.clone().or_else(|| original(&recipient.address));
    Recipient { address: address.clone(), notify: recipient.notify, original }
}

/// ORCPT of an address: xtext, or its own form where it is not ASCII (RFC 6533 section 3).
fn original(address: &Address) -> Option<OriginalRecipient> {
    let text = address.as_str();
    if !text.is_ascii() {
        return format!("utf-8;{text}").parse().ok();
    }
    let mut xtext = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'+' | b'=' | 0..=b' ' | 0x7f.. => xtext.push_str(&format!("+{byte:02X}")),
            _ => xtext.push(char::from(byte)),
        }
    }
    format!("rfc822;{xtext}").parse().ok()
}

#[cfg(test)]
mod tests;
