//! `Get-ClusterStatus`: which servers there are, which live, and how mail is kept here.

use cluster::Member;
use directory::Server;
use serde_json::{Value, json};

use super::Standing;
use crate::management::Management;
use crate::output::Output;
use crate::property_shape::{Holds, PropertyShape};

const ENGINES: &[&str] = &["None", "Reachable", "Unreachable"];
const REDUNDANCIES: &[&str] = &["None", "Redundant", "Behind", "Away"];

impl Management {
    pub(super) async fn cluster_status(&self) -> Output {
        let standing = self.membership.as_ref().and_then(|membership| membership.standing());
        let snapshot = self.directory.snapshot();
        let members = standing.as_ref().map_or(&[][..], |standing| &standing.members);
        let mut rows: Vec<(String, Value)> = Vec::new();
        for server in &snapshot.servers {
            let is_here = self.server.is(server.name.as_str());
            let member = members.iter().find(|member| server.name.is(&member.name));
            let own = is_here.then_some(standing.as_ref());
            rows.push((server.name.key(), row(server.name.as_str(), Some(server), member, own)));
        }
        // Seats of servers that the directory does not know any more.
        for member in members {
            if snapshot.server(&member.name).is_none() {
                rows.push((
                    member.name.to_lowercase(),
                    row(&member.name, None, Some(member), None),
                ));
            }
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        Output { objects: rows.into_iter().map(|(_, row)| row).collect(), ..Output::default() }
    }
}

/// One server; `own` where it is this one, with how it stands among others if there are any.
fn row(
    name: &str,
    server: Option<&Server>,
    member: Option<&Member>,
    own: Option<Option<&Standing>>,
) -> Value {
    let roles = server.map_or_else(Vec::new, |server| {
        let both = [
            ("Mailbox", server.is_mailbox_server),
            ("ClientAccess", server.is_client_access_server),
        ];
        both.into_iter().filter(|(_, has)| *has).map(|(role, _)| role).collect()
    });
    let version = member.map(|member| member.version.clone());
    let version = version.or_else(|| own.map(|_| env!("CARGO_PKG_VERSION").to_owned()));
    json!({
        "Server": name,
        "IsThisServer": own.is_some(),
        "IsInDirectory": server.is_some(),
        "Lives": member.map_or(own.is_some(), |member| member.lives),
        "Fenced": member.is_some_and(|member| member.fenced),
        "Roles": roles,
        "Version": version,
        "Api": member.and_then(|member| api_of(&member.endpoints)),
        "Messages": member.and_then(|member| messages_of(&member.figures)),
        "Engine": own.map(engine),
        "Redundancy": own.map(redundancy),
        "MessagesAlone": own.map(|standing| standing.map_or(0, |standing| standing.alone)),
    })
}

fn engine(standing: Option<&Standing>) -> &'static str {
    match standing {
        None => "None",
        Some(standing) if standing.is_seated => "Reachable",
        Some(_) => "Unreachable",
    }
}

fn redundancy(standing: Option<&Standing>) -> &'static str {
    match standing {
        None => "None",
        Some(standing) if standing.is_away => "Away",
        Some(standing) if standing.is_behind || standing.alone > 0 => "Behind",
        Some(_) => "Redundant",
    }
}

/// Where a server's API is, as it says itself.
fn api_of(endpoints: &str) -> Option<String> {
    let told: Value = serde_json::from_str(endpoints).ok()?;
    told.get("api")?.as_str().map(str::to_owned)
}

/// How many messages a server has, as it says itself.
fn messages_of(figures: &str) -> Option<u64> {
    let told: Value = serde_json::from_str(figures).ok()?;
    told.get("messages")?.as_u64()
}

fn property(name: &str, holds: Holds, nullable: bool) -> PropertyShape {
    PropertyShape { name: name.to_owned(), holds, nullable }
}

/// What a row looks like.
pub(crate) fn status_shape() -> Vec<PropertyShape> {
    vec![
        property("Server", Holds::Text, false),
        property("IsThisServer", Holds::Boolean, false),
        property("IsInDirectory", Holds::Boolean, false),
        property("Lives", Holds::Boolean, false),
        property("Fenced", Holds::Boolean, false),
        property("Roles", Holds::Texts, false),
        property("Version", Holds::Text, true),
        property("Api", Holds::Text, true),
        property("Messages", Holds::Integer, true),
        property("Engine", Holds::Words(ENGINES), true),
        property("Redundancy", Holds::Words(REDUNDANCIES), true),
        property("MessagesAlone", Holds::Integer, true),
    ]
}

/// What a token looks like.
pub(crate) fn token_shape() -> Vec<PropertyShape> {
    vec![
        property("Url", Holds::Text, false),
        property("ValidUntil", Holds::Moment, false),
        property("Token", Holds::Text, false),
    ]
}
