//! An immutable picture of all objects, with the look-ups that mail needs for every recipient.
//! They are constant time, or linear in the labels of a domain.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use model::{Address, AddressDomain, DomainName, DomainPattern, Guid};

use crate::{
    accepted_domain::AcceptedDomain,
    auth_server::AuthServer,
    certificate::ExchangeCertificate,
    distribution_group::DistributionGroup,
    dkim_signing_config::DkimSigningConfig,
    error::DirectoryError,
    ldap_directory::LdapDirectory,
    mail_contact::MailContact,
    mailbox::Mailbox,
    object::{Class, Entry, Object},
    organization::Organization,
    properties::Header,
    receive_connector::ReceiveConnector,
    recipient::Recipient,
    remote_domain::RemoteDomain,
    role_group::RoleGroup,
    send_connector::SendConnector,
    server::Server,
};

/// All objects at one revision, each kind ordered by name.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Grows by one with every change.
    pub revision: u64,
    /// The organization; with the defaults where none was made yet.
    pub organization: Arc<Organization>,
    /// Servers.
    pub servers: Vec<Arc<Server>>,
    /// Accepted domains.
    pub accepted_domains: Vec<Arc<AcceptedDomain>>,
    /// Remote domains.
    pub remote_domains: Vec<Arc<RemoteDomain>>,
    /// Send connectors.
    pub send_connectors: Vec<Arc<SendConnector>>,
    /// Receive connectors of all servers.
    pub receive_connectors: Vec<Arc<ReceiveConnector>>,
    /// Mailboxes.
    pub mailboxes: Vec<Arc<Mailbox>>,
    /// Role groups.
    pub role_groups: Vec<Arc<RoleGroup>>,
    /// How mail is signed, by domain.
    pub dkim_signing_configs: Vec<Arc<DkimSigningConfig>>,
    /// Certificates of all servers.
    pub certificates: Vec<Arc<ExchangeCertificate>>,
    /// Who issues access tokens.
    pub auth_servers: Vec<Arc<AuthServer>>,
    /// Distribution groups.
    pub distribution_groups: Vec<Arc<DistributionGroup>>,
    /// Mail contacts.
    pub mail_contacts: Vec<Arc<MailContact>>,
    /// Directories elsewhere whose people are recipients here.
    pub ldap_directories: Vec<Arc<LdapDirectory>>,
    /// One of those could not be read lately, so that somebody who is not in the picture may be there all the same. Of
    /// this server; not stored.
    pub may_lack_recipients: bool,
    index: Index,
}

/// Positions in the lists.
#[derive(Debug, Clone, Default)]
struct Index {
    objects: HashMap<Guid, (Class, usize)>,
    servers: HashMap<String, usize>,
    send_connectors: HashMap<String, usize>,
    receive_connectors: HashMap<String, usize>,
    role_groups: HashMap<String, usize>,
    mailboxes: HashMap<String, usize>,
    /// Mailboxes by what their owners sign in with elsewhere, lower case.
    accounts: HashMap<String, usize>,
    /// Who has an address.
    addresses: HashMap<Address, Guid>,
    accepted_domains: DomainIndex,
    remote_domains: DomainIndex,
    /// Domains of which mail is signed.
    signing: HashMap<String, usize>,
    default_domain: Option<usize>,
}

/// Positions by domain: the most specific entry is found first.
#[derive(Debug, Clone, Default)]
struct DomainIndex {
    exact: HashMap<DomainName, usize>,
    parents: HashMap<String, usize>,
    any: Option<usize>,
}

/// What becomes of one object.
#[derive(Debug)]
pub(crate) struct Step {
    /// As it was; absent when it is created.
    pub(crate) before: Option<Object>,
    /// As it will be; absent when it is removed.
    pub(crate) after: Option<Object>,
}

impl Snapshot {
    /// A picture of these objects at revision 0. Nothing is checked; the store does.
    pub fn of(objects: impl IntoIterator<Item = Object>) -> Self {
        Self::at(0, objects)
    }

    pub(crate) fn at(revision: u64, objects: impl IntoIterator<Item = Object>) -> Self {
        let nobody = Header { guid: Guid::nil(), ..Header::fresh() };
        let mut snapshot = Self {
            revision,
            organization: Arc::new(Organization::with_defaults(nobody, String::new())),
            servers: Vec::new(),
            accepted_domains: Vec::new(),
            remote_domains: Vec::new(),
            send_connectors: Vec::new(),
            receive_connectors: Vec::new(),
            mailboxes: Vec::new(),
            role_groups: Vec::new(),
            dkim_signing_configs: Vec::new(),
            certificates: Vec::new(),
            auth_servers: Vec::new(),
            distribution_groups: Vec::new(),
            mail_contacts: Vec::new(),
            ldap_directories: Vec::new(),
            may_lack_recipients: false,
            index: Index::default(),
        };
        for object in objects {
            snapshot.put(object);
        }
        snapshot.ordered()
    }

    /// The picture after these steps.
    pub(crate) fn after(&self, steps: &[Step], revision: u64) -> Self {
        let mut next = Self { revision, ..self.clone() };
        let gone = steps.iter().filter(|step| step.after.is_none());
        let gone: HashSet<Guid> =
            gone.filter_map(|s| Some(s.before.as_ref()?.header().guid)).collect();
        for object in steps.iter().filter_map(|step| step.after.as_ref()) {
            next.put(object.clone());
        }
        if !gone.is_empty() {
            next.remove(&gone);
        }
        next.ordered()
    }

    /// Whether there is no object at all.
    pub fn is_empty(&self) -> bool {
        self.index.objects.is_empty()
    }

    /// Any object.
    pub fn object(&self, guid: Guid) -> Option<Object> {
        let (class, at) = *self.index.objects.get(&guid)?;
        match class {
            Class::Organization => Some(Object::from(&self.organization)),
            Class::Server => self.servers.get(at).map(Object::from),
            Class::AcceptedDomain => self.accepted_domains.get(at).map(Object::from),
            Class::RemoteDomain => self.remote_domains.get(at).map(Object::from),
            Class::SendConnector => self.send_connectors.get(at).map(Object::from),
            Class::ReceiveConnector => self.receive_connectors.get(at).map(Object::from),
            Class::Mailbox => self.mailboxes.get(at).map(Object::from),
            Class::RoleGroup => self.role_groups.get(at).map(Object::from),
            Class::DkimSigningConfig => self.dkim_signing_configs.get(at).map(Object::from),
            Class::ExchangeCertificate => self.certificates.get(at).map(Object::from),
            Class::AuthServer => self.auth_servers.get(at).map(Object::from),
            Class::DistributionGroup => self.distribution_groups.get(at).map(Object::from),
            Class::MailContact => self.mail_contacts.get(at).map(Object::from),
            Class::LdapDirectory => self.ldap_directories.get(at).map(Object::from),
        }
    }

    /// All objects, in no order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Object> {
        self.index.objects.keys().filter_map(|guid| self.object(*guid))
    }

    /// Whether both hold the same objects at the same revision.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.revision == other.revision
            && self.index.objects.len() == other.index.objects.len()
            && self.objects().all(|object| other.object(object.header().guid) == Some(object))
    }

    /// A picture that is to take the place of this one has to be of the same organization.
    pub(crate) fn refuse_another(&self, next: &Self) -> Result<(), DirectoryError> {
        let (here, there) = (&self.organization, &next.organization);
        if here.header.guid.is_nil() || here.header.guid == there.header.guid {
            Ok(())
        } else if there.header.guid.is_nil() {
            Err(DirectoryError::NoOrganization)
        } else {
            let (here, there) = (here.name.clone(), there.name.clone());
            Err(DirectoryError::OtherOrganization { there, here })
        }
    }

    /// A server by name.
    pub fn server(&self, name: &str) -> Option<&Arc<Server>> {
        self.servers.get(*self.index.servers.get(&name.to_lowercase())?)
    }

    /// Whether a Mailbox server has this name: only those can be source servers.
    pub fn is_mailbox_server(&self, name: &str) -> bool {
        self.server(name).is_some_and(|server| server.is_mailbox_server)
    }

    /// A Send connector by name.
    pub fn send_connector(&self, name: &str) -> Option<&Arc<SendConnector>> {
        self.send_connectors.get(*self.index.send_connectors.get(&name.to_lowercase())?)
    }

    /// A Send connector by GUID.
    pub fn send_connector_by_guid(&self, guid: Guid) -> Option<&Arc<SendConnector>> {
        self.send_connectors.get(self.position(Class::SendConnector, guid)?)
    }

    /// A Receive connector by `Server\Name`.
    pub fn receive_connector(&self, identity: &str) -> Option<&Arc<ReceiveConnector>> {
        self.receive_connectors.get(*self.index.receive_connectors.get(&identity.to_lowercase())?)
    }

    /// A role group by name.
    pub fn role_group(&self, name: &str) -> Option<&Arc<RoleGroup>> {
        self.role_groups.get(*self.index.role_groups.get(&name.to_lowercase())?)
    }

    /// The role groups a mailbox is a member of.
    pub fn role_groups_of(&self, mailbox: Guid) -> impl Iterator<Item = &Arc<RoleGroup>> {
        self.role_groups.iter().filter(move |group| group.has_member(mailbox))
    }

    /// The accepted domain that holds `domain`: the same name, else its longest `*.parent`,
    /// else `*`. An address literal is in none.
    pub fn accepted_domain(&self, domain: &AddressDomain) -> Option<&Arc<AcceptedDomain>> {
        let AddressDomain::Name(name) = domain else { return None };
        self.accepted_domains.get(self.index.accepted_domains.find(name)?)
    }

    /// The remote domain whose settings are for `domain`: the same name, else its longest
    /// `*.parent`, else `*`, which is also the one for address literals.
    pub fn remote_domain(&self, domain: &AddressDomain) -> Option<&Arc<RemoteDomain>> {
        let index = &self.index.remote_domains;
        let at = match domain {
            AddressDomain::Name(name) => index.find(name),
            AddressDomain::Literal(_) => index.any,
        };
        self.remote_domains.get(at?)
    }

    /// Whether the domain is one of ours rather than a remote one. `*` among the accepted
    /// domains says what is relayed, not what is ours.
    pub fn is_internal(&self, domain: &AddressDomain) -> bool {
        self.accepted_domain(domain).is_some_and(|found| found.domain_name != DomainPattern::Any)
    }

    /// The default accepted domain, without a star.
    pub fn default_domain(&self) -> Option<&DomainName> {
        self.accepted_domains.get(self.index.default_domain?)?.domain()
    }

    /// The mailbox that has this address as its primary or another one.
    pub fn mailbox_by_address(&self, address: &Address) -> Option<&Arc<Mailbox>> {
        self.mailbox_by_guid(*self.index.addresses.get(address)?)
    }

    /// The mailbox, group or contact that has this address as its primary or another one.
    pub fn recipient_by_address(&self, address: &Address) -> Option<Recipient<'_>> {
        self.recipient_by_guid(*self.index.addresses.get(address)?)
    }

    /// A mailbox, group or contact by GUID.
    pub fn recipient_by_guid(&self, guid: Guid) -> Option<Recipient<'_>> {
        let (class, at) = *self.index.objects.get(&guid)?;
        match class {
            Class::Mailbox => self.mailboxes.get(at).map(Recipient::Mailbox),
            Class::DistributionGroup => self.distribution_groups.get(at).map(Recipient::Group),
            Class::MailContact => self.mail_contacts.get(at).map(Recipient::Contact),
            _ => None,
        }
    }

    /// All who have an address: mailboxes, groups and contacts, each in order of name.
    pub fn recipients(&self) -> impl Iterator<Item = Recipient<'_>> {
        let mailboxes = self.mailboxes.iter().map(Recipient::Mailbox);
        let groups = self.distribution_groups.iter().map(Recipient::Group);
        mailboxes.chain(groups).chain(self.mail_contacts.iter().map(Recipient::Contact))
    }

    /// A mailbox by GUID.
    pub fn mailbox_by_guid(&self, guid: Guid) -> Option<&Arc<Mailbox>> {
        self.mailboxes.get(self.position(Class::Mailbox, guid)?)
    }

    /// A mailbox by name, GUID, or one of its addresses.
    pub fn mailbox(&self, identity: &str) -> Option<&Arc<Mailbox>> {
        if let Some(at) = self.index.mailboxes.get(&identity.to_lowercase()) {
            return self.mailboxes.get(*at);
        }
        if let Ok(guid) = identity.parse() {
            return self.mailbox_by_guid(guid);
        }
        self.mailbox_by_address(&identity.parse().ok()?)
    }

    /// The mailbox whose owner signs in by this name: that of the mailbox, else his account or principal name in the LDAP
    /// directory that he comes from.
    pub fn mailbox_by_account(&self, name: &str) -> Option<&Arc<Mailbox>> {
        let name = name.to_lowercase();
        let at = self.index.mailboxes.get(&name).or_else(|| self.index.accounts.get(&name))?;
        self.mailboxes.get(*at)
    }

    /// An LDAP directory by GUID.
    pub fn ldap_directory(&self, guid: Guid) -> Option<&Arc<LdapDirectory>> {
        self.ldap_directories.get(self.position(Class::LdapDirectory, guid)?)
    }

    /// The LDAP directory that verifies this mailbox's password; none where that is done here.
    pub fn password_verifier(&self, mailbox: &Mailbox) -> Option<&Arc<LdapDirectory>> {
        let directory = self.ldap_directory(mailbox.external.as_ref()?.directory)?;
        (directory.enabled && directory.password_verification_enabled).then_some(directory)
    }

    /// How mail from `domain` is signed: by the enabled configuration of this domain, else of the
    /// nearest parent that has one. Without configurations this costs nothing.
    pub fn signing_config(&self, domain: &DomainName) -> Option<&Arc<DkimSigningConfig>> {
        let mut rest = Some(domain.as_str()).filter(|_| self.signs_anything());
        while let Some(name) = rest {
            if let Some(at) = self.index.signing.get(name) {
                return self.dkim_signing_configs.get(*at);
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        None
    }

    /// Whether mail from any domain is signed.
    pub fn signs_anything(&self) -> bool {
        !self.index.signing.is_empty()
    }

    fn position(&self, class: Class, guid: Guid) -> Option<usize> {
        let (found, at) = *self.index.objects.get(&guid)?;
        (found == class).then_some(at)
    }

    /// Puts an object in the place of what it was, else at the end; the index is that of before.
    fn put(&mut self, object: Object) {
        let at = self.position(object.class(), object.header().guid);
        match object {
            Object::Organization(new) => self.organization = Arc::new(new),
            Object::Server(new) => put(&mut self.servers, at, new),
            Object::AcceptedDomain(new) => put(&mut self.accepted_domains, at, new),
            Object::RemoteDomain(new) => put(&mut self.remote_domains, at, new),
            Object::SendConnector(new) => put(&mut self.send_connectors, at, new),
            Object::ReceiveConnector(new) => put(&mut self.receive_connectors, at, new),
            Object::Mailbox(new) => put(&mut self.mailboxes, at, new),
            Object::RoleGroup(new) => put(&mut self.role_groups, at, new),
            Object::DkimSigningConfig(new) => put(&mut self.dkim_signing_configs, at, new),
            Object::ExchangeCertificate(new) => put(&mut self.certificates, at, new),
            Object::AuthServer(new) => put(&mut self.auth_servers, at, new),
            Object::DistributionGroup(new) => put(&mut self.distribution_groups, at, new),
            Object::MailContact(new) => put(&mut self.mail_contacts, at, new),
            Object::LdapDirectory(new) => put(&mut self.ldap_directories, at, new),
        }
    }

    /// Takes objects out.
    fn remove(&mut self, gone: &HashSet<Guid>) {
        remove(&mut self.servers, gone);
        remove(&mut self.accepted_domains, gone);
        remove(&mut self.remote_domains, gone);
        remove(&mut self.send_connectors, gone);
        remove(&mut self.receive_connectors, gone);
        remove(&mut self.mailboxes, gone);
        remove(&mut self.role_groups, gone);
        remove(&mut self.dkim_signing_configs, gone);
        remove(&mut self.certificates, gone);
        remove(&mut self.auth_servers, gone);
        remove(&mut self.distribution_groups, gone);
        remove(&mut self.mail_contacts, gone);
        remove(&mut self.ldap_directories, gone);
    }

    /// Whether no two recipients have an address in common.
    pub(crate) fn has_each_address_once(&self) -> bool {
        let all: usize = self.recipients().map(|recipient| recipient.addresses().count()).sum();
        all == self.index.addresses.len()
    }

    /// The same with lists ordered by name and an index to match.
    fn ordered(mut self) -> Self {
        let mut index = Index::default();
        index.servers = index.take(Class::Server, &mut self.servers);
        index.send_connectors = index.take(Class::SendConnector, &mut self.send_connectors);
        index.receive_connectors =
            index.take(Class::ReceiveConnector, &mut self.receive_connectors);
        index.role_groups = index.take(Class::RoleGroup, &mut self.role_groups);
        index.mailboxes = index.take(Class::Mailbox, &mut self.mailboxes);
        index.take(Class::AcceptedDomain, &mut self.accepted_domains);
        index.take(Class::RemoteDomain, &mut self.remote_domains);
        index.take(Class::DkimSigningConfig, &mut self.dkim_signing_configs);
        index.take(Class::ExchangeCertificate, &mut self.certificates);
        index.take(Class::AuthServer, &mut self.auth_servers);
        index.take(Class::DistributionGroup, &mut self.distribution_groups);
        index.take(Class::MailContact, &mut self.mail_contacts);
        index.take(Class::LdapDirectory, &mut self.ldap_directories);
        index.accounts = accounts(&self.mailboxes);
        let signing = self.dkim_signing_configs.iter().enumerate().filter(|(_, c)| c.enabled);
        index.signing = signing.map(|(at, c)| (c.domain.as_str().to_owned(), at)).collect();
        if self.organization.header.guid != Guid::nil() {
            index.objects.insert(self.organization.header.guid, (Class::Organization, 0));
        }
        for recipient in self.recipients() {
            let addresses = recipient.addresses().cloned();
            index.addresses.extend(addresses.map(|address| (address, recipient.guid())));
        }
        for (at, domain) in self.accepted_domains.iter().enumerate() {
            index.accepted_domains.add(at, &domain.domain_name);
            if domain.default {
                index.default_domain = Some(at);
            }
        }
        for (at, domain) in self.remote_domains.iter().enumerate() {
            index.remote_domains.add(at, &domain.domain_name);
        }
        self.index = index;
        self
    }
}

/// Where the same would mean several, it means none.
fn accounts(mailboxes: &[Arc<Mailbox>]) -> HashMap<String, usize> {
    let mut accounts = HashMap::new();
    let mut ambiguous = Vec::new();
    for (at, external) in
        mailboxes.iter().enumerate().filter_map(|(at, m)| Some((at, m.external.as_ref()?)))
    {
        for name in external.account.iter().chain(&external.principal).map(|n| n.to_lowercase()) {
            if accounts.insert(name.clone(), at).is_some_and(|before| before != at) {
                ambiguous.push(name);
            }
        }
    }
    for name in ambiguous {
        accounts.remove(&name);
    }
    accounts
}

impl Index {
    /// Orders a list and notes the GUIDs; the names' positions are returned.
    fn take<T: Entry>(&mut self, class: Class, list: &mut [Arc<T>]) -> HashMap<String, usize> {
        list.sort_by_cached_key(|object| object.key());
        let guids = list.iter().enumerate().map(|(at, o)| (o.header().guid, (class, at)));
        self.objects.extend(guids);
        list.iter().enumerate().map(|(at, object)| (object.key(), at)).collect()
    }
}

impl DomainIndex {
    fn add(&mut self, at: usize, pattern: &DomainPattern) {
        match pattern {
            DomainPattern::Any => self.any = Some(at),
            DomainPattern::Exact(name) => {
                self.exact.insert(name.clone(), at);
            }
            DomainPattern::Subdomains(parent) => {
                self.parents.insert(parent.as_str().to_owned(), at);
            }
        }
    }

    fn find(&self, name: &DomainName) -> Option<usize> {
        self.exact.get(name).copied().or_else(|| self.parent(name)).or(self.any)
    }

    /// The longest `*.parent` that covers a name.
    fn parent(&self, name: &DomainName) -> Option<usize> {
        if self.parents.is_empty() {
            return None;
        }
        let mut rest = Some(name.as_str());
        while let Some(parent) = rest {
            if let Some(at) = self.parents.get(parent) {
                return Some(*at);
            }
            rest = parent.split_once('.').map(|(_, up)| up);
        }
        None
    }
}

fn put<T>(list: &mut Vec<Arc<T>>, at: Option<usize>, new: T) {
    match at.and_then(|at| list.get_mut(at)) {
        Some(old) => *old = Arc::new(new),
        None => list.push(Arc::new(new)),
    }
}

fn remove<T: Entry>(list: &mut Vec<Arc<T>>, gone: &HashSet<Guid>) {
    list.retain(|object| !gone.contains(&object.header().guid));
}

#[cfg(test)]
mod tests;
