//! What is where in which kind of directory.

use directory::{LdapDirectory, LdapSchema};

use crate::entry::Kind;

/// What is read of an entry. The same of all kinds: one that has what only another schema knows loses nothing by it.
pub(crate) const ATTRIBUTES: [&str; 16] = [
    "objectGUID",
    "entryUUID",
    "nsUniqueId",
    "ipaUniqueID",
    "cn",
    "displayName",
    "mail",
    "proxyAddresses",
    "mailAlternateAddress",
    "targetAddress",
    "sAMAccountName",
    "uid",
    "userPrincipalName",
    "member",
    "uniqueMember",
    "memberUid",
];

/// The filter (RFC 4515) that finds all of a kind; `None` where the schema has no such kind.
pub(crate) fn filter(directory: &LdapDirectory, kind: Kind) -> Option<String> {
    let own = match kind {
        Kind::User => &directory.user_filter,
        Kind::Group => &directory.group_filter,
        Kind::Contact => &directory.contact_filter,
    };
    own.clone().or_else(|| usual(directory.schema, kind).map(str::to_owned))
}

fn usual(schema: LdapSchema, kind: Kind) -> Option<&'static str> {
    match (schema, kind) {
        // Computers are users there.
        (LdapSchema::ActiveDirectory, Kind::User) => {
            Some("(&(objectClass=user)(!(objectClass=computer))(|(mail=*)(proxyAddresses=*)))")
        }
        (LdapSchema::ActiveDirectory, Kind::Group) => {
            Some("(&(objectClass=group)(|(mail=*)(proxyAddresses=*)))")
        }
        (LdapSchema::ActiveDirectory, Kind::Contact) => {
            Some("(&(objectClass=contact)(|(mail=*)(targetAddress=*)))")
        }
        (LdapSchema::InetOrgPerson, Kind::User) => Some("(&(objectClass=inetOrgPerson)(mail=*))"),
        (LdapSchema::InetOrgPerson, Kind::Group) => Some(
            "(&(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))(mail=*))",
        ),
        (LdapSchema::InetOrgPerson, Kind::Contact) => None,
    }
}
