//! From what a directory holds to what has to change here. Pure.
//!
//! An entry stays the same recipient as long as it keeps its id, whatever it is called. What another recipient has (an
//! address, a name) it does not get; what cannot be brought in is left out, and said. Rights are never gained here: a
//! recipient of the organization's own is only taken over where an administrator wants that, and never one with a role.

use std::collections::{HashMap, HashSet};

use directory::{
    Change, Class, DistributionGroup, DomainType, Header, LdapDirectory, MailContact, Mailbox,
    Object, Recipient, RoleGroup, Snapshot,
};
use model::{Address, Guid, ObjectName};

use crate::entry::{Found, Kind, account_key, as_name, dn_key};

/// Most that are told of as left out; others are counted only.
const MOST_TOLD: usize = 100;

/// An entry that is no recipient here, or not as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its distinguished name.
    pub distinguished_name: String,
    /// Why; a sentence without an end.
    pub why: String,
}

/// How many recipients a reading has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// That are new.
    pub created: usize,
    /// That have changed.
    pub changed: usize,
    /// That are not there any more.
    pub removed: usize,
    /// All that come from the directory then.
    pub recipients: usize,
    /// Entries that are left out, wholly or in part.
    pub left_out: usize,
}

/// What has to change.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    pub(crate) counts: Counts,
    /// The first of those that are left out.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Plan {
    /// Notes that an entry is left out.
    pub(crate) fn leave_out(&mut self, dn: &str, why: impl Into<String>) {
        self.counts.left_out += 1;
        if self.left_out.len() < MOST_TOLD {
            let distinguished_name = dn.to_owned();
            self.left_out.push(LeftOut { distinguished_name, why: why.into() });
        }
    }

    /// Whether more would go than may without an administrator's word: too many, or all that there are.
    pub(crate) fn removes_too_many(&self, directory: &LdapDirectory) -> bool {
        let Counts { removed, recipients, .. } = self.counts;
        let is_over = directory.maximum_removals.limit().is_some_and(|m| removed > m as usize);
        is_over || (removed > 1 && recipients == 0)
    }
}

/// What `found`, all that `directory` holds, makes of the recipients that come from it; `noted` is what was left out
/// when it was read. With `keep` nobody goes.
pub(crate) fn plan(
    snapshot: &Snapshot,
    directory: &LdapDirectory,
    found: Vec<Found>,
    noted: Plan,
    keep: bool,
) -> Plan {
    let mut work = Work::new(snapshot, directory, noted);
    if keep {
        work.keep_others(&found);
    }
    let chosen = work.choose(found);
    work.bring_in(&chosen);
    work.remove_others();
    work.finish()
}

/// The class of objects that an entry of a kind becomes.
fn class(kind: Kind) -> Class {
    match kind {
        Kind::User => Class::Mailbox,
        Kind::Group => Class::DistributionGroup,
        Kind::Contact => Class::MailContact,
    }
}

fn class_of(recipient: Recipient<'_>) -> Class {
    match recipient {
        Recipient::Mailbox(_) => Class::Mailbox,
        Recipient::Group(_) => Class::DistributionGroup,
        Recipient::Contact(_) => Class::MailContact,
    }
}

/// An entry with all that is decided about it.
struct Chosen {
    found: Found,
    guid: Guid,
    name: ObjectName,
    primary: Address,
    others: Vec<Address>,
}

struct Work<'a> {
    snapshot: &'a Snapshot,
    directory: &'a LdapDirectory,
    plan: Plan,
    /// Recipients that come from the directory, by their ids there.
    present: HashMap<&'a str, Recipient<'a>>,
    /// Those of them that stay.
    staying: HashSet<Guid>,
    /// Addresses that are taken, by recipients that do not come from it first.
    addresses: HashSet<Address>,
    /// Names that are taken, by class.
    names: HashSet<(Class, String)>,
    /// Objects as they will be, where that is not as they are.
    drafts: HashMap<Guid, Object>,
}

impl<'a> Work<'a> {
    fn new(snapshot: &'a Snapshot, directory: &'a LdapDirectory, plan: Plan) -> Self {
        let is_its = |recipient: &Recipient<'_>| {
            recipient.external().is_some_and(|e| e.directory == directory.header.guid)
        };
        let (its, others): (Vec<_>, Vec<_>) = snapshot.recipients().partition(is_its);
        let present = its.iter().filter_map(|r| Some((r.external()?.id.as_str(), *r))).collect();
        let mut addresses: HashSet<Address> =
            others.iter().flat_map(|recipient| recipient.addresses()).cloned().collect();
        // Somebody signs in with it as his name.
        let names = snapshot.mailboxes.iter().filter(|mailbox| mailbox.external.is_none());
        addresses.extend(names.filter_map(|mailbox| mailbox.name.as_str().parse().ok()));
        let names = others.iter().map(|r| (class_of(*r), r.name().key())).collect();
        Self {
            snapshot,
            directory,
            plan,
            present,
            staying: HashSet::new(),
            addresses,
            names,
            drafts: HashMap::new(),
        }
    }

    /// Keeps those who are not there any more, with what they have.
    fn keep_others(&mut self, found: &[Found]) {
        let there: HashSet<&str> = found.iter().map(|found| found.external.id.as_str()).collect();
        for recipient in self.present.values() {
            let is_there = recipient.external().is_some_and(|e| there.contains(e.id.as_str()));
            if !is_there && self.staying.insert(recipient.guid()) {
                self.plan.counts.recipients += 1;
                self.addresses.extend(recipient.addresses().cloned());
                self.names.insert((class_of(*recipient), recipient.name().key()));
            }
        }
    }

    /// Decides which entries become recipients, with which names and addresses. Who is here already goes first, so that a
    /// newcomer takes nothing from him; then in order of their names there, so that it comes out alike every time.
    fn choose(&mut self, mut found: Vec<Found>) -> Vec<Chosen> {
        found.sort_by_cached_key(|found| {
            let is_new = !self.present.contains_key(found.external.id.as_str());
            (is_new, dn_key(&found.external.distinguished_name))
        });
        let mut seen = HashSet::new();
        let mut chosen = Vec::with_capacity(found.len());
        for found in found {
            // Found twice, by two filters.
            if !seen.insert(found.external.id.clone()) {
                continue;
            }
            let dn = found.external.distinguished_name.clone();
            match self.chosen(found) {
                Ok(one) => chosen.push(one),
                Err(why) => self.plan.leave_out(&dn, why),
            }
        }
        chosen
    }

    fn chosen(&mut self, found: Found) -> Result<Chosen, String> {
        let present = self.present.get(found.external.id.as_str()).copied();
        let present = present.filter(|recipient| class_of(*recipient) == class(found.kind));
        let primary = self.primary(&found, present)?;
        let adopted = match present {
            Some(_) => None,
            None => self.adopted(&found, &primary)?,
        };
        let present = present.or(adopted);
        if let Some(recipient) = adopted {
            // Its own are no one else's.
            for address in recipient.addresses() {
                self.addresses.remove(address);
            }
            self.names.remove(&(class_of(recipient), recipient.name().key()));
        }
        if !self.addresses.insert(primary.clone()) {
            return Err(format!("its address {primary} is another's here"));
        }
        let others = self.others(&found, &primary);
        let name = self.name(&found)?;
        let guid = present.map_or_else(|| Header::fresh().guid, Recipient::guid);
        self.staying.insert(guid);
        Ok(Chosen { found, guid, name, primary, others })
    }

    /// The primary address: the one it has here, where the directory leaves that open.
    fn primary(&self, found: &Found, present: Option<Recipient<'_>>) -> Result<Address, String> {
        let first = found.primaries.first().ok_or("it has no address")?;
        if found.kind == Kind::Contact {
            return Ok(first.clone());
        }
        let own = present.map(Recipient::primary_smtp_address);
        let ours = |address: &&Address| self.is_ours(address);
        let same = found.primaries.iter().find(|address| Some(*address) == own);
        let primary = same.filter(ours).or_else(|| found.primaries.iter().find(ours));
        primary.cloned().ok_or_else(|| format!("its address {first} is in no accepted domain"))
    }

    /// Whether mail to an address is for recipients here.
    fn is_ours(&self, address: &Address) -> bool {
        self.snapshot.is_internal(address.domain())
            && self
                .snapshot
                .accepted_domain(address.domain())
                .is_some_and(|domain| domain.domain_type != DomainType::ExternalRelay)
    }

    /// The organization's own recipient that it becomes one with.
    fn adopted(&self, found: &Found, primary: &Address) -> Result<Option<Recipient<'a>>, String> {
        let Some(owner) = self.snapshot.recipient_by_address(primary) else { return Ok(None) };
        if owner.external().is_some() {
            return Ok(None);
        }
        let refuse = |why: &str| {
            Err(format!(
                "its address {primary} is that of the {} {}, {why}",
                owner.noun(),
                owner.name()
            ))
        };
        if !self.directory.adopt_existing_recipients {
            return refuse(
                "which is the organization's own: AdoptExistingRecipients makes them one",
            );
        }
        if class_of(owner) != class(found.kind) {
            return refuse("which is of another kind");
        }
        if self.snapshot.role_groups_of(owner.guid()).next().is_some() {
            return refuse(
                "whose owner has management roles: he is not handed to another directory",
            );
        }
        Ok(Some(owner))
    }

    /// The other addresses it gets, and a word about those it does not get because they are another's.
    fn others(&mut self, found: &Found, primary: &Address) -> Vec<Address> {
        let mut others = Vec::new();
        let candidates = found.primaries.iter().chain(&found.others);
        let wanted: HashSet<&Address> = candidates.clone().filter(|a| *a != primary).collect();
        let in_order = candidates.filter(|address| wanted.contains(address));
        let mut seen = HashSet::new();
        for address in in_order.filter(|address| seen.insert(*address)) {
            // As with Exchange, addresses elsewhere say nothing to us.
            if !self.is_ours(address) {
                continue;
            }
            if self.addresses.insert(address.clone()) {
                others.push(address.clone());
            } else {
                let why =
                    format!("it comes without its address {address}, which is another's here");
                self.plan.leave_out(&found.external.distinguished_name, why);
            }
        }
        others
    }

    /// A name that no other of its class has.
    fn name(&mut self, found: &Found) -> Result<ObjectName, String> {
        let class = class(found.kind);
        let told_apart = found.external.account.as_deref().unwrap_or(&found.external.id);
        let candidates = [
            Some(found.name.clone()),
            as_name(&with_tail(found.name.as_str(), told_apart)),
            as_name(&with_tail(found.name.as_str(), &found.external.id)),
            as_name(&found.external.id),
        ];
        let mut free = candidates.into_iter().flatten();
        let name = free.find(|name| self.names.insert((class, name.key())));
        name.ok_or_else(|| format!("its name \"{}\" is another's here", found.name))
    }

    fn bring_in(&mut self, chosen: &[Chosen]) {
        let members = Members::of(chosen);
        for one in chosen {
            let present = self.snapshot.object(one.guid);
            let Some(object) = self.object(one, present.as_ref(), &members) else { continue };
            match present {
                None => self.plan.counts.created += 1,
                Some(present) if present == object => continue,
                Some(_) => self.plan.counts.changed += 1,
            }
            self.drafts.insert(one.guid, object);
        }
        self.plan.counts.recipients += chosen.len();
    }

    /// The object it will be. What the directory says nothing about stays as it is.
    fn object(
        &mut self,
        one: &Chosen,
        present: Option<&Object>,
        members: &Members<'_>,
    ) -> Option<Object> {
        let header = || Header { guid: one.guid, ..Header::fresh() };
        let (name, primary) = (one.name.clone(), one.primary.clone());
        let (external, email_addresses) = (Some(one.found.external.clone()), one.others.clone());
        Some(match (one.found.kind, present.cloned()) {
            (Kind::User, present) => {
                let mailbox = match present {
                    Some(Object::Mailbox(mailbox)) => mailbox,
                    _ => Mailbox::with_defaults(header(), name.clone(), primary.clone()),
                };
                // One password: the one that the directory verifies.
                let password = mailbox
                    .password
                    .clone()
                    .filter(|_| !self.directory.password_verification_enabled);
                Object::Mailbox(Mailbox {
                    name,
                    primary_smtp_address: primary,
                    email_addresses,
                    external,
                    password,
                    ..mailbox
                })
            }
            (Kind::Group, present) => {
                let group = match present {
                    Some(Object::DistributionGroup(group)) => group,
                    _ => DistributionGroup::with_defaults(header(), name.clone(), primary.clone()),
                };
                let members = self.members(one, members)?;
                Object::DistributionGroup(DistributionGroup {
                    name,
                    primary_smtp_address: primary,
                    email_addresses,
                    display_name: one.found.display_name.clone(),
                    external,
                    members,
                    ..group
                })
            }
            (Kind::Contact, present) => {
                let contact = match present {
                    Some(Object::MailContact(contact)) => contact,
                    _ => MailContact::with_defaults(header(), name.clone(), primary.clone()),
                };
                Object::MailContact(MailContact {
                    name,
                    external_email_address: primary,
                    email_addresses,
                    display_name: one.found.display_name.clone(),
                    external,
                    ..contact
                })
            }
        })
    }

    /// The GUIDs of a group's members; those who are no recipients do not count. Nothing where they are too many.
    fn members(&mut self, one: &Chosen, members: &Members<'_>) -> Option<Vec<Guid>> {
        let mut seen = HashSet::new();
        let known = one.found.members.iter().filter_map(|key| members.guid(key));
        let guids: Vec<Guid> = known.filter(|guid| seen.insert(*guid)).collect();
        if guids.len() <= DistributionGroup::MOST_MEMBERS {
            return Some(guids);
        }
        let why = format!("it has {} members, more than 10000: it stays as it is", guids.len());
        self.plan.leave_out(&one.found.external.distinguished_name, why);
        None
    }

    /// Those who are not there any more go; nobody names them then.
    fn remove_others(&mut self) {
        let gone = self.present.values().filter(|r| !self.staying.contains(&r.guid()));
        let mut gone: Vec<Recipient<'a>> = gone.copied().collect();
        gone.sort_by_cached_key(|recipient| recipient.name().key());
        let mut leaving = HashSet::new();
        for recipient in gone {
            match self.reason_to_stay(recipient.guid(), &leaving) {
                None => {
                    leaving.insert(recipient.guid());
                }
                Some(why) => {
                    let dn = recipient.external().map_or("", |e| e.distinguished_name.as_str());
                    self.plan.counts.recipients += 1;
                    self.plan.leave_out(dn, why);
                }
            }
        }
        self.forget(&leaving);
        self.plan.counts.removed = leaving.len();
        for guid in leaving {
            if let Some(object) = self.snapshot.object(guid) {
                let version = object.header().version;
                self.plan.changes.push(Change::Remove { guid, version });
            }
        }
    }

    /// Why somebody who is not in the directory any more stays here all the same.
    fn reason_to_stay(&self, guid: Guid, leaving: &HashSet<Guid>) -> Option<String> {
        let goes = |other: &Guid| *other == guid || leaving.contains(other);
        let administers = |group: &RoleGroup| {
            group.name.is(RoleGroup::ORGANIZATION_MANAGEMENT) && group.members.iter().all(goes)
        };
        if self.snapshot.role_groups_of(guid).any(|group| administers(group)) {
            return Some("it is gone, and stays here as the last who may administer".to_owned());
        }
        let only = |group: &DistributionGroup| {
            !goes(&group.header.guid)
                && group.accepts_only.contains(&guid)
                && group.accepts_only.iter().all(goes)
        };
        let group = self.snapshot.distribution_groups.iter().find(|group| only(group))?;
        Some(format!(
            "it is gone, and stays here as the only one who may send to the distribution group {}",
            group.name
        ))
    }

    /// Whatever names one of those who leave does so no more.
    fn forget(&mut self, leaving: &HashSet<Guid>) {
        if leaving.is_empty() {
            return;
        }
        let is_gone = |guid: &Guid| leaving.contains(guid);
        for group in self.snapshot.distribution_groups.iter().filter(|g| !is_gone(&g.header.guid)) {
            if group.members.iter().chain(&group.accepts_only).any(is_gone) {
                let draft = self.drafts.entry(group.header.guid).or_insert_with(|| group.into());
                if let Object::DistributionGroup(group) = draft {
                    group.forget(is_gone);
                }
            }
        }
        for mailbox in self.snapshot.mailboxes.iter().filter(|m| !is_gone(&m.header.guid)) {
            if mailbox.forwarding_address.as_ref().is_some_and(is_gone) {
                let draft =
                    self.drafts.entry(mailbox.header.guid).or_insert_with(|| mailbox.into());
                if let Object::Mailbox(mailbox) = draft {
                    mailbox.forget(is_gone);
                }
            }
        }
        for group in &self.snapshot.role_groups {
            if group.members.iter().any(is_gone) {
                let mut group = RoleGroup::clone(group);
                group.members.retain(|guid| !is_gone(guid));
                self.drafts.insert(group.header.guid, Object::RoleGroup(group));
            }
        }
    }

    fn finish(mut self) -> Plan {
        for (guid, object) in self.drafts {
            let is_new = self.snapshot.object(guid).is_none();
            let change = if is_new { Change::Create(object) } else { Change::Update { object } };
            self.plan.changes.push(change);
        }
        self.plan
    }
}

/// A name with something behind it, short enough.
fn with_tail(name: &str, tail: &str) -> String {
    let tail: String = tail.chars().take(ObjectName::MAX / 2).collect();
    let room = ObjectName::MAX - tail.chars().count() - 3;
    let head: String = name.chars().take(room).collect();
    format!("{} ({tail})", head.trim_end())
}

/// Recipients by what groups call them.
struct Members<'a> {
    by_key: HashMap<String, &'a Chosen>,
}

impl<'a> Members<'a> {
    fn of(chosen: &'a [Chosen]) -> Self {
        let mut by_key = HashMap::new();
        for one in chosen {
            by_key.insert(dn_key(&one.found.external.distinguished_name), one);
            if let Some(account) = &one.found.external.account {
                by_key.insert(account_key(account), one);
            }
        }
        Self { by_key }
    }

    fn guid(&self, key: &str) -> Option<Guid> {
        self.by_key.get(key).map(|one| one.guid)
    }
}
