//! `*-ADPermission` on Send and Receive connectors (send-connectors.md section 2.1, routing.md
//! section 8).
//!
//! Whoever may change connectors of one kind may change their permissions, and no others'.

use std::sync::Arc;

use directory::{
    AccessControlled, AccessEntry, Change, ExtendedRight, Object, ReceiveConnector,
    SecurityPrincipal, SendConnector, SendRight,
};
use serde_json::{Value, json};

use crate::call::Call;
use crate::lookup::{Named, one};
use crate::output::Output;
use crate::permission::require_one_of;
use crate::problem::Problem;

/// A connector of either kind.
enum Connector {
    Send(Arc<SendConnector>),
    Receive(Arc<ReceiveConnector>),
}

/// What is needed of a connector's type beside its permissions.
trait Changeable: Named + AccessControlled + Clone {
    /// The role that changes such objects.
    const ROLE: &'static str;
    /// The rights there are.
    const RIGHTS: &'static [&'static str];
    /// As the directory takes it.
    fn object(self) -> Object;
    /// Whether holding the right changes anything.
    fn has_effect(right: Self::Right) -> bool;
}

impl Changeable for SendConnector {
    const ROLE: &'static str = "Send Connectors";
    const RIGHTS: &'static [&'static str] = SendRight::NAMES;

    fn object(self) -> Object {
        Object::SendConnector(self)
    }

    fn has_effect(right: SendRight) -> bool {
        !matches!(right, SendRight::Exch50 | SendRight::XShadow)
    }
}

impl Changeable for ReceiveConnector {
    const ROLE: &'static str = "Receive Connectors";
    const RIGHTS: &'static [&'static str] = ExtendedRight::NAMES;

    fn object(self) -> Object {
        Object::ReceiveConnector(self)
    }

    fn has_effect(right: ExtendedRight) -> bool {
        !matches!(
            right,
            ExtendedRight::AcceptAuthenticationFlag
                | ExtendedRight::AcceptExch50
                | ExtendedRight::BypassAntiSpam
                | ExtendedRight::BypassMessageSizeLimit
        )
    }
}

/// `Get-ADPermission`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let user = match call.bound.text("User") {
        Some(_) => Some(user(call)?),
        None => None,
    };
    let objects = match connector(call)? {
        Connector::Send(connector) => listed(&*connector, user),
        Connector::Receive(connector) => listed(&*connector, user),
    };
    Ok(Output { objects, ..Output::default() })
}

/// `Add-ADPermission`.
pub(crate) fn add(call: &Call<'_>) -> Result<Output, Problem> {
    match connector(call)? {
        Connector::Send(connector) => grant(call, &*connector),
        Connector::Receive(connector) => grant(call, &*connector),
    }
}

/// `Remove-ADPermission`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    match connector(call)? {
        Connector::Send(connector) => revoke(call, &*connector),
        Connector::Receive(connector) => revoke(call, &*connector),
    }
}

/// The one connector that Identity names.
fn connector(call: &Call<'_>) -> Result<Connector, Problem> {
    let identity = call.bound.value("Identity").unwrap_or(&Value::Null);
    let sending = one(&call.snapshot.send_connectors, "Identity", identity);
    let receiving = one(&call.snapshot.receive_connectors, "Identity", identity);
    match (sending, receiving) {
        (Ok(connector), Err(problem)) if problem.status == 404 => Ok(Connector::Send(connector)),
        (Err(problem), Ok(connector)) if problem.status == 404 => Ok(Connector::Receive(connector)),
        (Ok(sending), Ok(receiving)) => Err(Problem::new(
            409,
            format!(
                "'{}' names a Send connector and the Receive connector '{}'. Exactly one must be \
                 named, for example by its GUID.",
                sending.name,
                receiving.identity()
            ),
        )
        .rule("SC-22")
        .about("Identity")
        .with_value(sending.name.as_str())
        .allowing(format!("{}, {}", sending.header.guid, receiving.header.guid))),
        (Err(sending), Err(receiving)) => {
            Err(if sending.status == 404 { nowhere(receiving) } else { sending })
        }
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    }
}

/// What is neither a Send nor a Receive connector is not found as a connector.
fn nowhere(problem: Problem) -> Problem {
    let message = problem.message.replacen(ReceiveConnector::KIND, "connector", 1);
    Problem { message, ..problem }
}

fn grant<T: Changeable>(call: &Call<'_>, present: &T) -> Result<Output, Problem> {
    call.expect(T::KIND, &present.full_name(), present.header())?;
    let entries = entries::<T>(call)?;
    let mut changed = present.clone();
    let mut warnings = Vec::new();
    let mut added = Vec::new();
    for entry in entries {
        if !T::has_effect(entry.right) {
            warnings.push(format!("{} is stored, but has no effect in this version.", entry.right));
        }
        if changed.add_access(entry) {
            added.push(entry);
        } else {
            warnings.push(already(entry, present, "is already present on"));
        }
    }
    if added.is_empty() {
        return Ok(Output { warnings, ..Output::default() });
    }
    let doing = format!("Adding permissions on {} \"{}\"", T::KIND, present.full_name());
    let mut output =
        call.change(vec![Change::Update { object: changed.object() }], doing, warnings)?;
    if output.what_if.is_none() {
        output.objects = added.into_iter().map(|entry| shown(present, entry)).collect();
    }
    Ok(output)
}

fn revoke<T: Changeable>(call: &Call<'_>, present: &T) -> Result<Output, Problem> {
    call.expect(T::KIND, &present.full_name(), present.header())?;
    let entries = entries::<T>(call)?;
    let mut changed = present.clone();
    let mut warnings = Vec::new();
    let mut any = false;
    for entry in entries {
        if changed.remove_access(entry) {
            any = true;
        } else {
            warnings.push(already(entry, present, "is not present on"));
        }
    }
    if !any {
        return Ok(Output { warnings, ..Output::default() });
    }
    let doing = format!("Removing permissions on {} \"{}\"", T::KIND, present.full_name());
    call.change(vec![Change::Update { object: changed.object() }], doing, warnings)
}

/// The entries a command names. Who may not change such connectors is refused first.
fn entries<T: Changeable>(call: &Call<'_>) -> Result<Vec<AccessEntry<T::Right>>, Problem> {
    require_one_of(&call.snapshot, call.caller, call.bound.cmdlet().name, &[T::ROLE])?;
    let user = user(call)?;
    let deny = call.bound.is_true("Deny");
    let words = call.bound.words("ExtendedRights");
    if words.is_empty() {
        return Err(Problem::bad(format!(
            "Parameter 'ExtendedRights': at least one right is needed. Allowed: {}.",
            T::RIGHTS.join(", ")
        ))
        .rule("SC-23")
        .about("ExtendedRights")
        .allowing(T::RIGHTS.join(", ")));
    }
    let entry = |word: &String| match word.parse() {
        Ok(right) => Ok(AccessEntry { user, right, deny }),
        Err(error) => Err(Problem::value("ExtendedRights", &error).rule("SC-23")),
    };
    words.iter().map(entry).collect()
}

fn user(call: &Call<'_>) -> Result<SecurityPrincipal, Problem> {
    let text = call.bound.text("User").unwrap_or_default();
    text.parse().map_err(|error| Problem::value("User", &error).rule("SC-23"))
}

fn listed<T: Changeable>(connector: &T, user: Option<SecurityPrincipal>) -> Vec<Value> {
    let mut entries = connector.access();
    entries.retain(|entry| user.is_none_or(|user| user == entry.user));
    entries.into_iter().map(|entry| shown(connector, entry)).collect()
}

fn shown<T: Changeable>(connector: &T, entry: AccessEntry<T::Right>) -> Value {
    json!({
        "Identity": connector.full_name(),
        "User": entry.user.name(),
        "Deny": entry.deny,
        "IsInherited": false,
        "ExtendedRights": [entry.right.to_string()],
        "AccessRights": ["ExtendedRight"],
        "InheritanceType": "All",
    })
}

fn already<T: Changeable>(entry: AccessEntry<T::Right>, connector: &T, how: &str) -> String {
    let kind = if entry.deny { "refusal" } else { "grant" };
    format!(
        "The {kind} of {} to \"{}\" {how} \"{}\".",
        entry.right,
        entry.user,
        connector.full_name()
    )
}
