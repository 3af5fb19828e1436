//! Where a cmdlet runs: here, on the one server that its parameters name, or on several.

use std::sync::Arc;
use std::time::Duration;

use directory::{Server, Snapshot};
use model::{ObjectName, TimeSpan};
use serde_json::Value;

use crate::binding::{Bound, identity_text};
use crate::problem::Problem;
use crate::queues::{bare_server, no_site, server_of};

/// Means every Mailbox server.
pub(crate) const EVERY: &str = "*";
/// How long questions may take that read little, that read logs or many messages, and actions.
const SHORT: Duration = Duration::from_secs(10);
const READING: Duration = Duration::from_secs(60);
const ACTING: Duration = Duration::from_secs(360);
/// The longest that `-Timeout` may ask for.
const LONGEST: Duration = Duration::from_secs(300);
/// The largest answers: of lists, of files, of actions.
const LIST: usize = 32 << 20;
const FILE: usize = 96 << 20;
const DONE: usize = 1 << 20;

/// Where a cmdlet runs.
#[derive(Debug)]
pub(crate) enum Destination {
    /// On this server.
    Here,
    /// On another one.
    There(Arc<Server>, Bounds),
    /// On several, this one perhaps among them.
    Everywhere(Vec<Arc<Server>>, Bounds),
}

/// What an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) patience: Duration,
    pub(crate) largest: usize,
    /// Whether it is one that may have a large answer, of which there are few at once.
    pub(crate) takes_turn: bool,
}

/// How the name of something begins with a server.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `Server\Queue`, `Server\Resource`.
    Part,
    /// `Server\Queue\Number`.
    Message,
}

/// A cmdlet whose object is on a server.
struct Reach {
    cmdlet: &'static str,
    /// Parameters with names that may begin with a server.
    names: &'static [(&'static str, Form)],
    /// Whether `-Server *` means all.
    everywhere: bool,
    bounds: Bounds,
}

const fn list(patience: Duration) -> Bounds {
    Bounds { patience, largest: LIST, takes_turn: true }
}

const ACTION: Bounds = Bounds { patience: ACTING, largest: DONE, takes_turn: false };
const EXPORT: Bounds = Bounds { patience: READING, largest: FILE, takes_turn: true };
const ONE_QUEUE: &[(&str, Form)] = &[("Identity", Form::Part)];
const ONE_MESSAGE: &[(&str, Form)] = &[("Identity", Form::Message)];

const fn reach(
    cmdlet: &'static str,
    names: &'static [(&'static str, Form)],
    bounds: Bounds,
) -> Reach {
    Reach { cmdlet, names, everywhere: false, bounds }
}

const fn everywhere(
    cmdlet: &'static str,
    names: &'static [(&'static str, Form)],
    bounds: Bounds,
) -> Reach {
    Reach { cmdlet, names, everywhere: true, bounds }
}

const DIGEST: &str = "Get-QueueDigest";

const REACHES: &[Reach] = &[
    everywhere("Get-Queue", ONE_QUEUE, list(SHORT)),
    everywhere("Get-Message", &[("Identity", Form::Message), ("Queue", Form::Part)], list(READING)),
    everywhere("Get-MessageTrackingLog", &[], list(READING)),
    everywhere(DIGEST, &[], list(SHORT)),
    reach("Suspend-Queue", ONE_QUEUE, ACTION),
    reach("Resume-Queue", ONE_QUEUE, ACTION),
    reach("Retry-Queue", ONE_QUEUE, ACTION),
    reach("Suspend-Message", ONE_MESSAGE, ACTION),
    reach("Resume-Message", ONE_MESSAGE, ACTION),
    reach("Remove-Message", ONE_MESSAGE, ACTION),
    reach("Redirect-Message", &[], ACTION),
    reach("Export-Message", ONE_MESSAGE, EXPORT),
    reach("Get-QueueAction", &[], list(SHORT)),
    reach("Stop-QueueAction", &[], ACTION),
    reach("Get-BackPressure", ONE_QUEUE, list(SHORT)),
    reach("Get-ExchangeDiagnosticInfo", &[], list(SHORT)),
];

fn reach_of(cmdlet: &str) -> Option<&'static Reach> {
    REACHES.iter().find(|reach| reach.cmdlet == cmdlet)
}

/// Whether other servers may have this cmdlet run here. Everything else is in the directory, or is done by whoever
/// signs in here.
pub(crate) fn is_asked_of_others(cmdlet: &str) -> bool {
    reach_of(cmdlet).is_some()
}

/// Where the command runs, by what it names. Names that no server has are left to who reads the parameters.
pub(crate) fn destination(
    bound: &Bound,
    snapshot: &Snapshot,
    here: &ObjectName,
) -> Result<Destination, Problem> {
    let Some(reach) = reach_of(bound.cmdlet().name) else { return Ok(Destination::Here) };
    if reach.cmdlet == DIGEST {
        return of_digest(bound, snapshot, here, reach.bounds);
    }
    let server = bound.some("Server").and_then(server_of);
    if server.as_deref().map(str::trim) == Some(EVERY) {
        if !reach.everywhere {
            return Err(one_only(bound));
        }
        return Ok(Destination::Everywhere(all(snapshot, here), reach.bounds));
    }
    let named = reach.names.iter().filter_map(|(parameter, form)| {
        let text = bound.some(parameter).and_then(identity_text)?;
        Some((*parameter, prefix(&text, *form)?.to_owned()))
    });
    for (parameter, name) in server.map(|name| ("Server", name)).into_iter().chain(named) {
        if let Some(server) = find(snapshot, &name)
            && !server.name.is(here.as_str())
        {
            return match server.is_mailbox_server {
                true => Ok(Destination::There(Arc::clone(server), reach.bounds)),
                false => Err(no_mailbox_server(parameter, server)),
            };
        }
    }
    Ok(Destination::Here)
}

/// The server that a name begins with, if it begins with one.
fn prefix(text: &str, form: Form) -> Option<&str> {
    let path = match form {
        Form::Part => text,
        Form::Message => text.rsplit_once('\\')?.0,
    };
    path.split_once('\\').map(|(server, _)| server)
}

fn of_digest(
    bound: &Bound,
    snapshot: &Snapshot,
    here: &ObjectName,
    bounds: Bounds,
) -> Result<Destination, Problem> {
    let mut names = bound.texts("Server");
    if bound.is_true("Forest") {
        names = vec![EVERY.to_owned()];
    }
    let mut servers: Vec<Arc<Server>> = Vec::new();
    for name in &names {
        if name.trim() == EVERY {
            servers.extend(all(snapshot, here));
            continue;
        }
        // Who reads the parameters says that there is no such server.
        let Some(server) = find(snapshot, name) else { return Ok(Destination::Here) };
        if !has_queues(server, here) {
            return Err(no_mailbox_server("Server", server));
        }
        servers.push(Arc::clone(server));
    }
    for site in bound.texts("Site") {
        let before = servers.len();
        let of_site = |server: &Arc<Server>| server.site.eq_ignore_ascii_case(site.trim());
        servers.extend(all(snapshot, here).into_iter().filter(of_site));
        if servers.len() == before {
            return Err(no_site(&site));
        }
    }
    let bounds = Bounds { patience: timeout(bound)?, ..bounds };
    servers.sort_by_key(|server| server.name.key());
    servers.dedup_by(|a, b| a.name == b.name);
    match servers.as_slice() {
        // Availability groups, which are refused.
        [] => Ok(Destination::Here),
        [one] if one.name.is(here.as_str()) && !names.iter().any(|name| name.trim() == EVERY) => {
            Ok(Destination::Here)
        }
        _ => Ok(Destination::Everywhere(servers, bounds)),
    }
}

/// `-Timeout`.
fn timeout(bound: &Bound) -> Result<Duration, Problem> {
    let Some(text) = bound.text("Timeout") else { return Ok(SHORT) };
    let span: TimeSpan = text.parse().map_err(|error| Problem::value("Timeout", &error))?;
    let span = Duration::from_millis(span.as_millis());
    if span.is_zero() || span > LONGEST {
        let error = model::ValueError::new(
            &text,
            "is no time to wait",
            "more than 00:00:00, up to 00:05:00",
        );
        return Err(Problem::value("Timeout", &error));
    }
    Ok(span)
}

/// The servers with queues, in order of name.
fn all(snapshot: &Snapshot, here: &ObjectName) -> Vec<Arc<Server>> {
    let mut servers: Vec<Arc<Server>> =
        snapshot.servers.iter().filter(|server| has_queues(server, here)).cloned().collect();
    servers.sort_by_key(|server| server.name.key());
    servers
}

fn has_queues(server: &Server, here: &ObjectName) -> bool {
    server.is_mailbox_server || server.name.is(here.as_str())
}

/// The server of this name, full name, GUID or distinguished name.
fn find<'a>(snapshot: &'a Snapshot, text: &str) -> Option<&'a Arc<Server>> {
    let wanted = bare_server(text);
    snapshot.servers.iter().find(|server| {
        server.name.is(&wanted)
            || server.fqdn.as_str().eq_ignore_ascii_case(&wanted)
            || server.header.guid.to_string().eq_ignore_ascii_case(&wanted)
    })
}

fn one_only(bound: &Bound) -> Problem {
    let name = bound.cmdlet().name;
    Problem::bad(format!("{name} is for one server at a time: name it in Server."))
        .about("Server")
        .with_value(EVERY)
        .allowing("the name of one server")
}

fn no_mailbox_server(parameter: &str, server: &Server) -> Problem {
    let name = server.name.as_str();
    Problem::bad(format!(
        "Server '{name}' has no queues and cannot be asked: it is no Mailbox server."
    ))
    .about(parameter)
    .with_value(name)
    .allowing("a Mailbox server")
}

/// The texts of a list, for one server of it.
pub(crate) fn only(server: &Server) -> Value {
    Value::from(server.name.as_str())
}
