//! LDAP directories whose people, groups and contacts are recipients here, and who verify their passwords. Ours:
//! Exchange has Active Directory itself.

use model::{ObjectName, TimeSpan, Unlimited};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    setting::MAX_INT,
    values::{Credential, LdapSchema, LdapServer},
};

/// Longest base and filter, in bytes.
const MAX_LENGTH: usize = 2048;
/// Most servers of one directory: each may be asked in turn.
const MAX_SERVERS: usize = 8;

properties! {
    /// A directory elsewhere that is read again and again.
    pub struct LdapDirectory, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
        /// In the order in which they are asked: the first that answers does.
        servers: Vec<LdapServer>, "Servers";
        /// The distinguished name below which is searched.
        base_dn: String, "BaseDN";
    }
    settings {
        /// Whether recipients with an address of one that is found become its; else that one is left out.
        adopt_existing_recipients: bool = false, "AdoptExistingRecipients";
        /// Who reads: a distinguished name, or what Active Directory takes for one; nobody in particular where it is absent.
        /// Set the field, with the password sealed for the object's GUID.
        credential: Option<Credential> = None, "Credential";
        /// Which are mail contacts; what the schema says, unless given.
        contact_filter: Option<String> = None, "ContactFilter";
        /// Whether it is read, and asked for passwords.
        enabled: bool = true, "Enabled";
        /// Which are distribution groups; what the schema says, unless given.
        group_filter: Option<String> = None, "GroupFilter";
        /// Most recipients that go at once: more may be somebody's mistake, and wait for an administrator's word.
        maximum_removals: Unlimited<u32> = Unlimited::Limited(20), "MaximumRemovals" in (0, MAX_INT);
        /// Whether its people sign in with their passwords there.
        password_verification_enabled: bool = true, "PasswordVerificationEnabled";
        schema: LdapSchema = LdapSchema::ActiveDirectory, "Schema";
        /// How often it is read.
        synchronization_interval: TimeSpan = TimeSpan::minutes(5), "SynchronizationInterval"
            in (TimeSpan::seconds(30), TimeSpan::days(1));
        /// Which are mailboxes; what the schema says, unless given.
        user_filter: Option<String> = None, "UserFilter";
    }
}

impl LdapDirectory {
    /// How many an organization may have.
    pub const MOST: usize = 8;

    /// What the password in the credential is sealed with.
    pub fn credential_context(&self) -> String {
        self.header.guid.to_string()
    }

    /// Checks everything that is not the business of one value's type: LD-03 and LD-04.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.servers.is_empty() || self.servers.len() > MAX_SERVERS {
            return Err(RuleError::new(
                "LD-03",
                "Servers",
                self.servers.len(),
                format!("{} servers are named", self.servers.len()),
                "1 to 8 servers, such as ldaps://dc1.contoso.com",
            ));
        }
        let base = &self.base_dn;
        if !base.contains('=') || base.len() > MAX_LENGTH || base.contains(char::is_control) {
            return Err(RuleError::new(
                "LD-04",
                "BaseDN",
                base,
                "this is no distinguished name",
                "The distinguished name below which everybody is, such as DC=contoso,DC=com",
            ));
        }
        let filters = [
            ("UserFilter", &self.user_filter),
            ("GroupFilter", &self.group_filter),
            ("ContactFilter", &self.contact_filter),
        ];
        for (property, filter) in filters {
            if let Some(filter) = filter.as_ref().filter(|filter| !looks_like_filter(filter)) {
                return Err(RuleError::new(
                    "LD-04",
                    property,
                    filter,
                    "this is no LDAP filter",
                    "A filter in parentheses (RFC 4515), such as (&(objectClass=user)(mail=*))",
                ));
            }
        }
        Ok(())
    }

    /// The object's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=LDAP Directories,CN=Configuration")
    }
}

/// Whether a text has the outer form of a filter; the server reads the rest.
fn looks_like_filter(text: &str) -> bool {
    let mut depth = 0_usize;
    for (i, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return false,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && i + 1 < text.len() {
            return false;
        }
    }
    depth == 0 && text.len() > 2 && text.len() <= MAX_LENGTH && !text.contains(char::is_control)
}

fn view(directory: &LdapDirectory, mut listing: Listing) -> Listing {
    let name = directory.name.as_str();
    listing.extend([
        // What only who reads it knows, for it to fill in.
        ("LastSuccess", Value::Null),
        ("LastAttempt", Value::Null),
        ("LastError", Value::Null),
        ("RecipientCount", Value::from(0)),
        ("LeftOut", Value::Array(Vec::new())),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(boilerplate(
        &directory.header,
        name,
        directory.distinguished_name(),
        &["top", "ldapDirectory"],
    ));
    listing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{properties::Properties, setting::Stored};

    fn directory() -> LdapDirectory {
        LdapDirectory::with_defaults(
            Header::fresh(),
            "Contoso AD".parse().unwrap(),
            vec!["ldaps://dc1.contoso.com".parse().unwrap()],
            "DC=contoso,DC=com".to_owned(),
        )
    }

    #[test]
    fn one_that_is_new_is_read_every_five_minutes() {
        let view = directory().view();
        assert_eq!(view["Enabled"], json!(true));
        assert_eq!(view["Schema"], json!("ActiveDirectory"));
        assert_eq!(view["SynchronizationInterval"], json!("00:05:00"));
        assert_eq!(view["MaximumRemovals"], json!(20));
        assert_eq!(view["Servers"], json!(["ldaps://dc1.contoso.com"]));
        let one = directory();
        assert_eq!(one.validate(), Ok(()));
        assert_eq!(LdapDirectory::load(&one.store()).unwrap(), one);
    }

    #[test]
    fn refusals_name_value_and_what_is_allowed() {
        let nine: Vec<String> = (0..9).map(|n| format!("ldap://dc{n}")).collect();
        for (property, value, id) in [
            ("Servers", json!([]), "LD-03"),
            ("Servers", json!(nine), "LD-03"),
            ("BaseDN", json!("contoso.com"), "LD-04"),
            ("UserFilter", json!("objectClass=user"), "LD-04"),
            ("UserFilter", json!("(a=b)(c=d)"), "LD-04"),
            ("GroupFilter", json!("((a=b)"), "LD-04"),
            ("ContactFilter", json!("()"), "LD-04"),
        ] {
            let mut one = directory();
            one.set(property, &value).unwrap();
            assert_eq!(one.validate().unwrap_err().id, id, "{property} {value}");
        }
        let error = directory().set("Servers", &json!("http://a")).unwrap_err();
        assert!(error.to_string().contains("ldaps://"), "{error}");
        let error = directory().set("SynchronizationInterval", &json!("00:00:01")).unwrap_err();
        assert!(error.to_string().contains("00:00:30"), "{error}");
    }
}
