//! Rules that concern several objects, checked on the picture that a change would make: nothing
//! breaks them, whoever asks. What only one object must satisfy is checked here once more.
//!
//! SC-01, RC-01, AD-01, RD-07, MB-01, RG-01, SV-01, DK-01, EC-01, AS-01, LD-01: names are unique in their class (Receive
//! connectors: per server). AS-04, LD-05: there are at most 8 authorization servers, and LDAP directories. AD-02: a domain is accepted once. AD-05: exactly one default domain. AD-06: a
//! domain with addresses of recipients stays. MB-02: an address belongs to one recipient. MB-04: mail is forwarded to a recipient that is there. DG-02: so are members. RC-17: the
//! server exists. RD-01: a remote domain has one entry. RD-02: `*` stays. RD-03: a domain is accepted
//! or remote, not both. RG-02: somebody may administer. SV-02: a source server stays one. SV-03: there
//! is one organization, for ever.

use std::collections::HashSet;

use model::{Address, DomainPattern, Guid, ObjectName};

use crate::{
    accepted_domain::AcceptedDomain,
    auth_server::AuthServer,
    distribution_group::DistributionGroup,
    ldap_directory::LdapDirectory,
    mailbox::Mailbox,
    object::{Class, Entry, Object},
    receive_connector::ReceiveConnector,
    recipient::Recipient,
    remote_domain::RemoteDomain,
    role_group::RoleGroup,
    rule::RuleError,
    snapshot::{Snapshot, Step},
};

/// Checks what the steps made of `before`.
pub(crate) fn check(before: &Snapshot, after: &Snapshot, steps: &[Step]) -> Result<(), RuleError> {
    for step in steps {
        match &step.after {
            Some(object) => check_object(before, after, object)?,
            None => check_removal(step)?,
        }
    }
    let touches = |class: Class| {
        steps.iter().any(|s| s.after.iter().chain(&s.before).any(|o| o.class() == class))
    };
    if touches(Class::Server) {
        check_sources(after)?;
    }
    if touches(Class::AcceptedDomain) {
        check_default(before, after)?;
        check_addresses_stay(before, after)?;
    }
    if touches(Class::Mailbox) || touches(Class::RoleGroup) {
        check_administrators(after)?;
    }
    if [Class::Mailbox, Class::DistributionGroup, Class::MailContact].into_iter().any(touches) {
        check_addresses_are_own(after, steps)?;
        check_recipients_stay(after)?;
    }
    Ok(())
}

fn check_object(before: &Snapshot, after: &Snapshot, object: &Object) -> Result<(), RuleError> {
    match object {
        Object::Organization(organization) => {
            let (own, former) = (organization.header.guid, before.organization.header.guid);
            if own != after.organization.header.guid || (!former.is_nil() && former != own) {
                return Err(one_organization());
            }
            organization.validate()
        }
        Object::Server(server) => {
            unique(object, &after.servers)?;
            server.validate()
        }
        Object::AcceptedDomain(domain) => {
            unique(object, &after.accepted_domains)?;
            accepted_once(domain, after)?;
            not_both(&domain.domain_name, after)?;
            domain.validate()
        }
        Object::RemoteDomain(domain) => {
            unique(object, &after.remote_domains)?;
            remote_once(domain, after)?;
            not_both(&domain.domain_name, after)?;
            domain.validate()
        }
        Object::SendConnector(connector) => {
            unique(object, &after.send_connectors)?;
            connector.validate(&|name| after.is_mailbox_server(name))
        }
        Object::ReceiveConnector(connector) => {
            unique(object, &after.receive_connectors)?;
            connector.validate()?;
            beside_others(connector, after)
        }
        Object::Mailbox(mailbox) => {
            unique(object, &after.mailboxes)?;
            mailbox.validate()
        }
        Object::DistributionGroup(group) => {
            unique(object, &after.distribution_groups)?;
            group.validate()
        }
        Object::MailContact(contact) => {
            unique(object, &after.mail_contacts)?;
            contact.validate()
        }
        Object::RoleGroup(group) => {
            unique(object, &after.role_groups)?;
            group.validate()
        }
        Object::DkimSigningConfig(config) => {
            unique(object, &after.dkim_signing_configs)?;
            config.validate()
        }
        Object::ExchangeCertificate(certificate) => {
            unique(object, &after.certificates)?;
            certificate.validate()
        }
        Object::AuthServer(server) => {
            unique(object, &after.auth_servers)?;
            let count = (after.auth_servers.len(), AuthServer::MOST);
            not_too_many("AS-04", &server.name, count, "authorization servers")?;
            server.validate()
        }
        Object::LdapDirectory(directory) => {
            unique(object, &after.ldap_directories)?;
            let count = (after.ldap_directories.len(), LdapDirectory::MOST);
            not_too_many("LD-05", &directory.name, count, "LDAP directories")?;
            directory.validate()
        }
    }
}

fn check_removal(step: &Step) -> Result<(), RuleError> {
    match &step.before {
        Some(Object::Organization(_)) => Err(one_organization()),
        Some(Object::RoleGroup(group)) if group.name.is(RoleGroup::ORGANIZATION_MANAGEMENT) => {
            Err(RuleError::new(
                "RG-02",
                "Identity",
                &group.name,
                format!("the role group \"{}\" is built in", group.name),
                "It cannot be removed",
            ))
        }
        Some(Object::RemoteDomain(domain)) if domain.is_default() => Err(RuleError::new(
            "RD-02",
            "Identity",
            &domain.name,
            format!("the remote domain \"{}\" is for every domain that has no other", domain.name),
            "It can be changed, not removed",
        )),
        _ => Ok(()),
    }
}

/// No other object of the class has the name.
fn unique<T: Entry>(object: &Object, list: &[std::sync::Arc<T>]) -> Result<(), RuleError> {
    let (name, guid) = (object.name(), object.header().guid);
    let key = name.to_lowercase();
    // The list is ordered by name.
    let first = list.partition_point(|other| other.key() < key);
    let mut alike = list.iter().skip(first).take_while(|other| other.key() == key);
    if alike.all(|other| other.header().guid == guid) {
        return Ok(());
    }
    let class = object.class();
    let id = match class {
        Class::SendConnector => "SC-01",
        Class::ReceiveConnector => "RC-01",
        Class::AcceptedDomain => "AD-01",
        Class::RemoteDomain => "RD-07",
        Class::Mailbox => "MB-01",
        Class::RoleGroup => "RG-01",
        Class::DkimSigningConfig => "DK-01",
        Class::ExchangeCertificate => "EC-01",
        Class::AuthServer => "AS-01",
        Class::DistributionGroup => "DG-01",
        Class::MailContact => "MC-01",
        Class::LdapDirectory => "LD-01",
        Class::Server | Class::Organization => "SV-01",
    };
    let with_vowel =
        matches!(class, Class::AcceptedDomain | Class::AuthServer | Class::LdapDirectory);
    let article = if with_vowel { "an" } else { "a" };
    Err(RuleError::new(
        id,
        "Name",
        &name,
        format!("{article} {} called \"{name}\" already exists", class.noun()),
        "Choose another name",
    ))
}

/// Each of those is asked again and again.
fn not_too_many(
    id: &'static str,
    name: &ObjectName,
    (count, most): (usize, usize),
    what: &str,
) -> Result<(), RuleError> {
    if count <= most {
        return Ok(());
    }
    Err(RuleError::new(
        id,
        "Name",
        name,
        format!("there are {most} {what} already"),
        "Remove one that is not needed first",
    ))
}

fn one_organization() -> RuleError {
    RuleError::new(
        "SV-03",
        "Identity",
        "",
        "there is exactly one organization",
        "It can be changed, not removed or added",
    )
}

fn accepted_once(domain: &AcceptedDomain, after: &Snapshot) -> Result<(), RuleError> {
    let twin = after.accepted_domains.iter().find(|other| {
        other.header.guid != domain.header.guid && other.domain_name == domain.domain_name
    });
    twin.map_or(Ok(()), |twin| {
        Err(RuleError::new(
            "AD-02",
            "DomainName",
            &domain.domain_name,
            format!("{} is accepted already, as \"{}\"", domain.domain_name, twin.name),
            "Change that accepted domain, or name another domain",
        ))
    })
}

fn remote_once(domain: &RemoteDomain, after: &Snapshot) -> Result<(), RuleError> {
    let twin = after.remote_domains.iter().find(|other| {
        other.header.guid != domain.header.guid && other.domain_name == domain.domain_name
    });
    twin.map_or(Ok(()), |twin| {
        Err(RuleError::new(
            "RD-01",
            "DomainName",
            &domain.domain_name,
            format!("{} is a remote domain already, \"{}\"", domain.domain_name, twin.name),
            "Change that remote domain, or name another domain",
        ))
    })
}

/// `*` may be both: relaying to everywhere makes nothing ours.
fn not_both(pattern: &DomainPattern, after: &Snapshot) -> Result<(), RuleError> {
    let accepted = after.accepted_domains.iter().find(|d| d.domain_name == *pattern);
    let remote = after.remote_domains.iter().find(|d| d.domain_name == *pattern);
    match (accepted, remote) {
        (Some(accepted), Some(remote)) if *pattern != DomainPattern::Any => Err(RuleError::new(
            "RD-03",
            "DomainName",
            pattern,
            format!(
                "{pattern} would be the accepted domain \"{}\" and the remote domain \"{}\"",
                accepted.name, remote.name
            ),
            "Remove one of them first",
        )),
        _ => Ok(()),
    }
}

fn beside_others(connector: &ReceiveConnector, after: &Snapshot) -> Result<(), RuleError> {
    let Some(server) = after.server(&connector.server) else {
        return Err(RuleError::new(
            "RC-17",
            "Server",
            &connector.server,
            format!("there is no server \"{}\"", connector.server),
            "Name a server of the organization",
        ));
    };
    let others = after.receive_connectors.iter().filter(|other| {
        other.header.guid != connector.header.guid && server.name.is(&other.server)
    });
    for other in others {
        connector.check_against(other)?;
    }
    Ok(())
}

/// No address of a recipient that has changed is another's.
fn check_addresses_are_own(after: &Snapshot, steps: &[Step]) -> Result<(), RuleError> {
    if after.has_each_address_once() {
        return Ok(());
    }
    let changed = steps.iter().filter_map(|step| Some(step.after.as_ref()?.header().guid));
    changed.into_iter().try_for_each(|guid| own_addresses(guid, after))
}

/// No address of this recipient is another's.
fn own_addresses(own: Guid, after: &Snapshot) -> Result<(), RuleError> {
    let Some(recipient) = after.recipient_by_guid(own) else { return Ok(()) };
    let mine: HashSet<&Address> = recipient.addresses().collect();
    let others = after.recipients().filter(|other| other.guid() != own);
    for other in others {
        if let Some(address) = other.addresses().find(|address| mine.contains(address)) {
            return Err(RuleError::new(
                "MB-02",
                "EmailAddresses",
                address,
                format!(
                    "the address {address} belongs to the {} \"{}\"",
                    other.noun(),
                    other.name()
                ),
                "Choose another address",
            ));
        }
    }
    Ok(())
}

/// Whoever is named as a member, as a sender or as where mail goes is there.
fn check_recipients_stay(after: &Snapshot) -> Result<(), RuleError> {
    let is_gone = |guid: &Guid| after.recipient_by_guid(*guid).is_none();
    let lacking = |mailbox: &Mailbox| mailbox.forwarding_address.filter(is_gone);
    for mailbox in &after.mailboxes {
        if let Some(guid) = lacking(mailbox) {
            return Err(RuleError::new(
                "MB-04",
                "ForwardingAddress",
                guid,
                format!("mail of the mailbox \"{}\" would go to nobody", mailbox.name),
                "Name a mailbox, a distribution group or a mail contact",
            ));
        }
    }
    let named = |group: &DistributionGroup| {
        group.members.iter().chain(&group.accepts_only).copied().find(is_gone)
    };
    for group in &after.distribution_groups {
        if let Some(guid) = named(group) {
            return Err(RuleError::new(
                "DG-02",
                "Members",
                guid,
                format!(
                    "the distribution group \"{}\" names somebody who is not there",
                    group.name
                ),
                "Name mailboxes, distribution groups and mail contacts",
            ));
        }
    }
    Ok(())
}

/// The sources of every Send connector are Mailbox servers.
fn check_sources(after: &Snapshot) -> Result<(), RuleError> {
    for connector in &after.send_connectors {
        let gone = connector.source_transport_servers.iter().find(|s| !after.is_mailbox_server(s));
        if let Some(server) = gone {
            return Err(RuleError::new(
                "SV-02",
                "Identity",
                server,
                format!(
                    "the server \"{server}\" is a source of the Send connector \"{}\"",
                    connector.name
                ),
                "Name other source servers, or remove the connector, first",
            ));
        }
    }
    Ok(())
}

fn check_default(before: &Snapshot, after: &Snapshot) -> Result<(), RuleError> {
    let mut defaults = after.accepted_domains.iter().filter(|domain| domain.default);
    match (defaults.next(), defaults.next()) {
        (Some(_), None) => Ok(()),
        (Some(_), Some(second)) => Err(RuleError::new(
            "AD-05",
            "MakeDefault",
            &second.name,
            "two accepted domains would be the default",
            "Exactly one accepted domain is the default",
        )),
        (None, _) if before.default_domain().is_none() => Ok(()),
        (None, _) => Err(RuleError::new(
            "AD-05",
            "Identity",
            "",
            "no accepted domain would be the default any more",
            "Make another accepted domain the default first",
        )),
    }
}

/// No recipient loses the domain of one of its addresses.
fn check_addresses_stay(before: &Snapshot, after: &Snapshot) -> Result<(), RuleError> {
    for address in after.recipients().flat_map(Recipient::addresses) {
        let Some(lost) = before.accepted_domain(address.domain()) else { continue };
        if after.accepted_domain(address.domain()).is_none() {
            return Err(RuleError::new(
                "AD-06",
                "Identity",
                &lost.name,
                format!("the accepted domain \"{}\" is used by the address {address}", lost.name),
                "Remove the addresses of this domain first",
            ));
        }
    }
    Ok(())
}

/// Organization Management, once made, has a member that exists.
fn check_administrators(after: &Snapshot) -> Result<(), RuleError> {
    let Some(group) = after.role_group(RoleGroup::ORGANIZATION_MANAGEMENT) else { return Ok(()) };
    if group.members.iter().any(|member| after.mailbox_by_guid(*member).is_some()) {
        return Ok(());
    }
    Err(RuleError::new(
        "RG-02",
        "Members",
        "",
        "the role group \"Organization Management\" would have no member left",
        "Keep at least one member, so that the organization can be administered",
    ))
}
