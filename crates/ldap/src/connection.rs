//! A connection to an LDAP directory (RFC 4511), the only place where LDAP is spoken.
//!
//! The library believes what a server says of the form of its answers, and ends the task where that is not so: whoever
//! calls runs in a task of his own ([`apart`]). Every step has its time.

use std::{collections::HashMap, future::Future, time::Duration};

use directory::{LdapDirectory, LdapServer};
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry,
    adapters::{Adapter, EntriesOnly, PagedResults},
};
use thiserror::Error;
use tls::TrustAnchors;
use tokio::time::timeout;

use crate::{entry::Entry, schema::ATTRIBUTES};

/// How long one server may take to be reached, TLS included.
const REACHED: Duration = Duration::from_secs(5);
/// How long one operation may take; of a search, until the next entry.
const ANSWERED: Duration = Duration::from_secs(30);
/// How long all that is asked in one go may take.
const ALL: Duration = Duration::from_secs(600);
/// Entries in a page (RFC 2696): what Active Directory gives at most is 1,000.
const PAGE: i32 = 500;
/// Most entries of one search.
const MOST_ENTRIES: usize = 200_000;
/// Most values of one attribute, by however many pieces it comes.
const MOST_VALUES: usize = 50_000;

/// Why a directory could not be read or asked. A sentence without an end, fit for administrators.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct LdapError(pub String);

/// What a directory says to a name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    Yes,
    /// They do not belong together, or may not be used now.
    No(String),
}

/// Result codes (RFC 4511 appendix A.2) by which a name and a password are refused, whoever is asked again: no such
/// object, invalid syntax of a name, inappropriate authentication, invalid credentials, no rights, unwilling to perform
/// (locked, expired), a policy's constraint.
const REFUSALS: [u32; 7] = [19, 32, 34, 48, 49, 50, 53];

/// Does it in a task of its own, within [`ALL`].
pub(crate) async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T, LdapError>> + Send + 'static,
) -> Result<T, LdapError> {
    match tokio::spawn(timeout(ALL, work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(LdapError("it took longer than ten minutes".to_owned())),
        Err(_) => Err(LdapError("it answered with what is no LDAP".to_owned())),
    }
}

/// An open connection.
pub(crate) struct Connection {
    ldap: Ldap,
    server: LdapServer,
}

impl Connection {
    /// To the first server of the directory that can be reached.
    pub(crate) async fn open(
        directory: &LdapDirectory,
        trust: &TrustAnchors,
    ) -> Result<Self, LdapError> {
        let mut failures = Vec::new();
        for server in &directory.servers {
            match Self::to(server, trust).await {
                Ok(connection) => return Ok(connection),
                Err(LdapError(why)) => failures.push(why),
            }
        }
        Err(LdapError(failures.join("; ")))
    }

    async fn to(server: &LdapServer, trust: &TrustAnchors) -> Result<Self, LdapError> {
        let failed = |why: String| LdapError(format!("{server}: {why}"));
        let tls = trust.client_config().map_err(|error| failed(error.to_string()))?;
        let settings = LdapConnSettings::new()
            .set_conn_timeout(REACHED)
            .set_config(tls)
            .set_starttls(!server.is_ldaps && !server.is_loopback());
        let url = server.to_string();
        let opening = LdapConnAsync::with_settings(settings, &url);
        let (connection, ldap) = match timeout(REACHED, opening).await {
            Ok(opened) => opened.map_err(|error| failed(said(&error)))?,
            Err(_) => return Err(failed("it does not answer".to_owned())),
        };
        tokio::spawn(connection.drive());
        Ok(Self { ldap, server: server.clone() })
    }

    fn failed(&self, why: impl AsRef<str>) -> LdapError {
        LdapError(format!("{}: {}", self.server, why.as_ref()))
    }

    /// Says who asks. Not to be asked with an empty name or password: both would mean nobody (RFC 4513 section 5.1).
    pub(crate) async fn bind(&mut self, name: &str, password: &str) -> Result<Bound, LdapError> {
        if name.is_empty() || password.is_empty() {
            return Ok(Bound::No("a name and a password are needed".to_owned()));
        }
        let bound = self.ldap.with_timeout(ANSWERED).simple_bind(name, password).await;
        let result = bound.map_err(|error| self.failed(said(&error)))?;
        match result.rc {
            0 => Ok(Bound::Yes),
            code if REFUSALS.contains(&code) => Ok(Bound::No(result_said(code, &result.text))),
            code => Err(self.failed(result_said(code, &result.text))),
        }
    }

    /// All entries below `base` that the filter finds.
    pub(crate) async fn search(
        &mut self,
        base: &str,
        filter: &str,
    ) -> Result<Vec<Entry>, LdapError> {
        let adapters: Vec<Box<dyn Adapter<'_, &str, Vec<&str>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let wanted = ATTRIBUTES.to_vec();
        let started = self
            .ldap
            .with_timeout(ANSWERED)
            .streaming_search_with(adapters, base, Scope::Subtree, filter, wanted)
            .await;
        let mut stream = started.map_err(|error| self.failed(said(&error)))?;
        let mut entries = Vec::new();
        while let Some(next) = stream.next().await.map_err(|error| self.failed(said(&error)))? {
            entries.push(read(SearchEntry::construct(next)));
            if entries.len() > MOST_ENTRIES {
                return Err(self.failed(format!("it has more than {MOST_ENTRIES} entries")));
            }
        }
        let result = stream.finish().await;
        if result.rc != 0 {
            return Err(self.failed(format!("{base}: {}", result_said(result.rc, &result.text))));
        }
        for entry in &mut entries {
            self.complete(entry).await?;
        }
        Ok(entries)
    }

    /// Active Directory gives the members of a large group in pieces: asks for the others (MS-ADTS 3.1.1.3.1.3.3).
    async fn complete(&mut self, entry: &mut Entry) -> Result<(), LdapError> {
        let mut values = Vec::new();
        let mut piece = take_piece(entry);
        while let Some(Piece { values: some, next }) = piece {
            values.extend(some);
            let Some(next) = next.filter(|_| values.len() < MOST_VALUES) else { break };
            let wanted = vec![format!("member;range={next}-*")];
            let search = self.ldap.with_timeout(ANSWERED).search(
                &entry.dn,
                Scope::Base,
                "(objectClass=*)",
                wanted,
            );
            let found = search.await.and_then(ldap3::SearchResult::success);
            let (found, _) = found.map_err(|error| self.failed(said(&error)))?;
            let found = found.into_iter().next().map(|e| read(SearchEntry::construct(e)));
            piece = found.and_then(|mut found| take_piece(&mut found));
        }
        if !values.is_empty() {
            entry.attributes.insert("member".to_owned(), values);
        }
        Ok(())
    }

    /// Takes leave.
    pub(crate) async fn close(mut self) {
        // Whoever does not hear it sees the connection end.
        let _ = timeout(REACHED, self.ldap.unbind()).await;
    }
}

/// A part of an attribute's values.
struct Piece {
    values: Vec<Vec<u8>>,
    /// Where the next one begins; nothing after the last.
    next: Option<usize>,
}

/// Takes `member;range=0-1499` out of an entry.
fn take_piece(entry: &mut Entry) -> Option<Piece> {
    let name = entry.attributes.keys().find(|name| name.starts_with("member;range="))?.clone();
    let values = entry.attributes.remove(&name)?;
    let last = name.rsplit_once('-').and_then(|(_, last)| last.parse::<usize>().ok());
    Some(Piece { next: last.filter(|_| !values.is_empty()).map(|last| last + 1), values })
}

fn read(entry: SearchEntry) -> Entry {
    let texts = entry.attrs.into_iter().map(|(name, values)| {
        (name, values.into_iter().map(String::into_bytes).collect::<Vec<_>>())
    });
    let mut attributes: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    // Values that are no text come apart from those that are.
    for (name, values) in texts.chain(entry.bin_attrs) {
        attributes.entry(name.to_ascii_lowercase()).or_default().extend(values);
    }
    Entry { dn: entry.dn, attributes }
}

/// What went wrong, shortly.
fn said(error: &ldap3::LdapError) -> String {
    match error {
        ldap3::LdapError::LdapResult { result } => result_said(result.rc, &result.text),
        ldap3::LdapError::Io { source } => source.to_string(),
        ldap3::LdapError::Timeout { .. } => "it does not answer".to_owned(),
        ldap3::LdapError::FilterParsing => "the filter cannot be read".to_owned(),
        ldap3::LdapError::ResultRecv { .. } | ldap3::LdapError::EndOfStream => {
            "it has closed the connection".to_owned()
        }
        other => other.to_string(),
    }
}

/// A result code by its name, with what the server adds.
fn result_said(code: u32, text: &str) -> String {
    let name = match code {
        4 => "sizeLimitExceeded",
        7 | 8 => "strongerAuthRequired",
        10 => "referral",
        13 => "confidentialityRequired",
        19 => "constraintViolation",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        _ => "",
    };
    let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    let text = text.trim();
    match (name, text) {
        ("", "") => format!("result code {code}"),
        ("", text) => format!("result code {code} ({text})"),
        (name, "") => name.to_owned(),
        (name, text) => format!("{name} ({text})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, values: &[&str]) -> Entry {
        let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        Entry { dn: "cn=all".to_owned(), attributes: HashMap::from([(name.to_owned(), values)]) }
    }

    #[test]
    fn pieces_of_members_say_where_the_next_begins() {
        let mut first = entry("member;range=0-1499", &["a", "b"]);
        let piece = take_piece(&mut first).unwrap();
        assert_eq!((piece.values.len(), piece.next), (2, Some(1500)));
        assert!(first.attributes.is_empty());
        assert_eq!(take_piece(&mut entry("member;range=1500-*", &["c"])).unwrap().next, None);
        // Nothing in it: it would be asked for ever.
        assert_eq!(take_piece(&mut entry("member;range=0-1499", &[])).unwrap().next, None);
        assert!(take_piece(&mut entry("member", &["a"])).is_none());
    }

    #[test]
    fn results_are_said_by_name_and_bounded() {
        assert_eq!(
            result_said(49, "80090308: data 52e"),
            "invalidCredentials (80090308: data 52e)"
        );
        assert_eq!(result_said(49, ""), "invalidCredentials");
        assert_eq!(result_said(80, "\u{1b}[31m"), "result code 80 ([31m)");
        assert!(result_said(1, &"x".repeat(10_000)).len() < 300);
    }
}
