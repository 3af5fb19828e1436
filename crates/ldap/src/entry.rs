//! What an entry of an LDAP directory is as a recipient: its addresses, its name, who it is there. Pure; what an entry
//! holds is somebody else's word, and bounded.

use std::collections::HashMap;

use directory::{External, LdapDirectory};
use model::{Address, Guid, ObjectName};

/// What names an entry for ever, the first that is there: Active Directory, RFC 4530, 389 Directory Server, FreeIPA.
const IDS: [&str; 4] = ["objectGUID", "entryUUID", "nsUniqueId", "ipaUniqueID"];

/// Most addresses of one recipient.
const MOST_ADDRESSES: usize = 200;
/// Longest identity, account and principal name, in bytes.
const MAX_ID: usize = 512;

/// What was looked for when an entry was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    User,
    Group,
    Contact,
}

/// An entry as it was read: attributes by lower-case name, values as they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    pub(crate) attributes: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// The values of an attribute, in the directory's order.
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.attributes.get(&name.to_ascii_lowercase()).into_iter().flatten().map(Vec::as_slice)
    }

    /// Those of them that are text.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let texts = self.values(name).filter_map(|value| std::str::from_utf8(value).ok());
        texts.map(str::trim).filter(|text| !text.is_empty())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// What names it for ever.
    fn id(&self) -> Option<String> {
        let of = |name: &&str| {
            let value = self.values(name).next()?;
            match <[u8; 16]>::try_from(value) {
                Ok(bytes) if *name == IDS[0] => Some(Guid::from_bytes_le(bytes).to_string()),
                _ => std::str::from_utf8(value).ok().map(str::to_owned),
            }
        };
        IDS.iter().find_map(of).filter(|id| (1..=MAX_ID).contains(&id.len()))
    }
}

/// What an entry is as a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) external: External,
    pub(crate) name: ObjectName,
    pub(crate) display_name: Option<String>,
    /// What mail to it bears; of a contact, the one elsewhere. Several where the directory does not say which.
    pub(crate) primaries: Vec<Address>,
    /// The others.
    pub(crate) others: Vec<Address>,
    /// Who it stands for: keys of distinguished names ([`dn_key`]) and accounts.
    pub(crate) members: Vec<String>,
}

/// Reads an entry that was found as one of `kind`; why it is no recipient otherwise.
pub(crate) fn read(directory: &LdapDirectory, kind: Kind, entry: &Entry) -> Result<Found, String> {
    let id = entry.id().ok_or("it has no objectGUID, entryUUID or the like that names it")?;
    let Addresses { primary, mut others } = Addresses::of(entry);
    let elsewhere = entry.text("targetAddress").map(|text| {
        let bare = proxy(text).map_or(text, |(_, address)| address);
        bare.parse::<Address>().map_err(|_| format!("its targetAddress \"{bare}\" is no address"))
    });
    let elsewhere = elsewhere.transpose()?;
    // A user whose mail is elsewhere is to us what a contact is.
    let kind = if kind == Kind::User && elsewhere.is_some() { Kind::Contact } else { kind };
    let mails: Vec<Address> = entry.texts("mail").filter_map(|mail| mail.parse().ok()).collect();
    let primaries: Vec<Address> = match (kind, elsewhere, primary) {
        (Kind::Contact, Some(elsewhere), primary) => {
            others.extend(primary.into_iter().chain(mails));
            vec![elsewhere]
        }
        (_, _, Some(primary)) => {
            others.extend(mails);
            vec![primary]
        }
        (_, _, None) => mails,
    };
    if primaries.is_empty() {
        return Err("it has no address that can be read".to_owned());
    }
    others.extend(primaries.iter().skip(1).cloned());
    others.retain(|address| *address != primaries[0]);
    let others = each_once(others);
    if others.len() > MOST_ADDRESSES {
        return Err(format!("it has more than {MOST_ADDRESSES} addresses"));
    }
    let account = entry.text("sAMAccountName").or_else(|| entry.text("uid"));
    let short = |text: Option<&str>| text.filter(|t| t.len() <= MAX_ID).map(str::to_owned);
    let external = External {
        directory: directory.header.guid,
        id,
        distinguished_name: entry.dn.clone(),
        account: short(account),
        principal: short(entry.text("userPrincipalName")),
    };
    let name = entry.text("cn").and_then(as_name);
    Ok(Found {
        kind,
        name: name.or_else(|| as_name(primaries[0].local_part())).ok_or("it has no name")?,
        display_name: entry.text("displayName").and_then(as_name).map(|name| name.to_string()),
        members: if kind == Kind::Group { members(entry) } else { Vec::new() },
        external,
        primaries,
        others,
    })
}

struct Addresses {
    primary: Option<Address>,
    others: Vec<Address>,
}

impl Addresses {
    /// Of `proxyAddresses` those of SMTP: the one in capitals is the primary one. What cannot be read is nobody's.
    fn of(entry: &Entry) -> Self {
        let (mut primary, mut others) = (None, Vec::new());
        for text in entry.texts("proxyAddresses") {
            let Some((prefix, address)) = proxy(text) else { continue };
            let Ok(address) = address.parse::<Address>() else { continue };
            if prefix == "SMTP" && primary.is_none() {
                primary = Some(address);
            } else {
                others.push(address);
            }
        }
        let alternates = entry.texts("mailAlternateAddress");
        others.extend(alternates.filter_map(|address| address.parse::<Address>().ok()));
        Self { primary, others }
    }
}

/// Prefix and address of a proxy address, where it is one of SMTP.
fn proxy(text: &str) -> Option<(&str, &str)> {
    let (prefix, address) = text.split_once(':').unwrap_or(("smtp", text));
    prefix.eq_ignore_ascii_case("smtp").then_some((prefix, address))
}

fn each_once(addresses: Vec<Address>) -> Vec<Address> {
    let mut seen = std::collections::HashSet::new();
    addresses.into_iter().filter(|address| seen.insert(address.clone())).collect()
}

fn members(entry: &Entry) -> Vec<String> {
    let names = entry.texts("member").chain(entry.texts("uniqueMember")).map(dn_key);
    names.chain(entry.texts("memberUid").map(account_key)).collect()
}

/// The same for all ways to write a distinguished name that servers use: letter case and blanks around `,` and `=`.
pub(crate) fn dn_key(dn: &str) -> String {
    let mut key = String::with_capacity(dn.len());
    let (mut is_escaped, mut is_begin) = (false, true);
    for c in dn.trim().chars() {
        let separates = !is_escaped && matches!(c, ',' | '=' | '+');
        if separates {
            key.truncate(key.trim_end().len());
        }
        if c != ' ' || !is_begin {
            key.extend(c.to_lowercase());
            is_begin = separates;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    key
}

/// The key of an account among those of distinguished names.
pub(crate) fn account_key(account: &str) -> String {
    format!("\\uid:{}", account.to_lowercase())
}

/// A text as a name here: bounded, and nothing in it that means something when one signs in.
pub(crate) fn as_name(text: &str) -> Option<ObjectName> {
    let plain = |c: char| if c.is_control() || c == '\\' { ' ' } else { c };
    let text: String = text.chars().map(plain).take(ObjectName::MAX).collect();
    text.trim().parse().ok()
}
