//! The server whose queues are administered here, and how it may be called.
//!
//! What names another server has gone there before (`elsewhere`): what comes here and still names another one is a
//! question of a server whose directory says something else, and is refused.

use serde_json::Value;

use crate::binding::{Bound, identity_text};
use crate::problem::{Problem, shortened};

/// This server among those of the organization.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its name, which identities of queues begin with.
    pub(crate) server: String,
    own_names: Vec<String>,
    others: Vec<String>,
    /// Other Mailbox servers: what each answers to, and its Fqdn.
    mail_servers: Vec<(Vec<String>, String)>,
    /// The Active Directory site it belongs to.
    site: String,
}

impl Place {
    /// The server `server`, which answers to `own_names`; `others` are the names of other servers.
    pub(crate) fn new(
        server: &str,
        own_names: impl IntoIterator<Item = String>,
        others: impl IntoIterator<Item = String>,
    ) -> Self {
        let lower = |name: String| name.to_lowercase();
        let own = own_names.into_iter().chain([server.to_owned()]).map(lower).collect();
        Self {
            server: server.to_owned(),
            own_names: own,
            others: others.into_iter().map(lower).collect(),
            mail_servers: Vec::new(),
            site: String::new(),
        }
    }

    /// The same among these other Mailbox servers: what each answers to, and its Fqdn.
    pub(crate) fn beside(
        self,
        mail_servers: impl IntoIterator<Item = (Vec<String>, String)>,
    ) -> Self {
        Self { mail_servers: mail_servers.into_iter().collect(), ..self }
    }

    /// The Fqdn of the other Mailbox server that `text` names.
    pub(crate) fn mail_server(&self, text: &str) -> Option<&str> {
        let is_it = |names: &[String]| names.iter().any(|n| n.eq_ignore_ascii_case(text.trim()));
        let found = self.mail_servers.iter().find(|(names, _)| is_it(names));
        found.map(|(_, fqdn)| fqdn.as_str())
    }

    /// The same in the site `site`.
    pub(crate) fn in_site(self, site: &str) -> Self {
        Self { site: site.to_owned(), ..self }
    }

    /// Whether `site` is the one of this server.
    pub(crate) fn check_site(&self, site: &str) -> Result<(), Problem> {
        if site.trim().eq_ignore_ascii_case(&self.site) {
            return Ok(());
        }
        Err(no_site(site))
    }

    /// Whether `text` names this server; an error tells whether it names another one or none.
    pub(crate) fn check(&self, parameter: &str, text: &str) -> Result<(), Problem> {
        let wanted = bare_server(text);
        if self.own_names.contains(&wanted) {
            return Ok(());
        }
        let problem = if self.others.contains(&wanted) {
            Problem::bad(format!(
                "The queues and logs of server '{}' are administered on that server; this is '{}'.",
                shortened(text),
                self.server
            ))
        } else {
            Problem::new(404, format!("There is no server '{}'.", shortened(text))).rule("SC-21")
        };
        Err(problem.about(parameter).with_value(text))
    }

    /// Checks the parameter `Server`, when it was given.
    pub(crate) fn check_parameter(&self, bound: &Bound) -> Result<(), Problem> {
        match bound.some("Server") {
            None => Ok(()),
            Some(value) => self.check("Server", &server_of(value).unwrap_or_default()),
        }
    }
}

/// Tells that no server is in a site.
pub(crate) fn no_site(site: &str) -> Problem {
    let text = format!("There is no server in a site '{}'.", shortened(site));
    Problem::new(404, text).rule("SC-21").about("Site").with_value(site)
}

/// The server that a value names: itself, or the Name of an object.
pub(crate) fn server_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("name"))
            .and_then(|(_, name)| name.as_str().map(str::to_owned))
            .or_else(|| identity_text(value)),
        other => identity_text(other),
    }
}

/// The name of a server in lower case, out of a distinguished name too.
pub(crate) fn bare_server(text: &str) -> String {
    let text = text.trim().to_lowercase();
    match text.strip_prefix("cn=") {
        Some(rest) => rest.split(',').next().unwrap_or(rest).to_owned(),
        None => text,
    }
}
