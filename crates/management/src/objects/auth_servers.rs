//! `*-AuthServer`: whose access tokens mail clients may sign in with.

use std::sync::Arc;

use directory::{AuthServer, Change, Header, Object, Properties};
use identity::IssuerState;
use model::{HttpsUrl, ObjectName};
use serde_json::{Map, Value};

use crate::call::{Call, broken};
use crate::lookup::{Named, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

impl Named for AuthServer {
    const KIND: &'static str = "authorization server";
    const NAME_RULE: &'static str = "AS-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    fn is_also_called(&self, _: &str) -> bool {
        false
    }
}

/// `Get-AuthServer`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.auth_servers, "Identity", call.bound.some("Identity"))?;
    let states = &call.prepared.issuers;
    let objects = found.iter().map(|server| shown(server, states.get(&server.header.guid)));
    Ok(Output { objects: objects.collect(), ..Output::default() })
}

/// `New-AuthServer`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let text = |name: &str| call.bound.text(name).unwrap_or_default();
    let url: HttpsUrl = text("AuthMetadataUrl")
        .parse()
        .map_err(|error| Problem::value("AuthMetadataUrl", &error))?;
    let mut server =
        AuthServer::with_defaults(Header::fresh(), super::name(call)?, url, text("Audience"));
    call.set_properties(&mut server, &["Name", "AuthMetadataUrl", "Audience"])?;
    refuse_same_name(&call.snapshot.auth_servers, &server)?;
    server.validate().map_err(broken)?;
    let doing = format!(
        "Creating authorization server \"{}\" with metadata at \"{}\"",
        server.name, server.auth_metadata_url
    );
    call.create(Object::AuthServer(server), doing, |snapshot, guid| {
        let created = snapshot.auth_servers.iter().find(|server| server.header.guid == guid);
        created.map(|server| shown(server, None))
    })
}

/// `Set-AuthServer`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut server = AuthServer::clone(&present);
    call.set_properties(&mut server, &[])?;
    let refreshes = call.bound.is_true("RefreshAuthMetadata");
    if server == *present && !refreshes {
        return Ok(call.unchanged(present.name.as_str()));
    }
    refuse_same_name(&call.snapshot.auth_servers, &server)?;
    server.validate().map_err(broken)?;
    let changes = match server == *present {
        true => Vec::new(),
        false => vec![Change::Update { object: Object::AuthServer(server) }],
    };
    let doing = format!("Changing authorization server \"{}\"", present.name);
    let output = call.change(changes, doing, Vec::new())?;
    if let Some(tokens) = call.prepared.tokens.as_ref().filter(|_| refreshes && !call.is_what_if())
    {
        tokens.forget(present.header.guid);
    }
    Ok(output)
}

/// `Remove-AuthServer`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let server = named(call)?;
    let Header { guid, version, .. } = server.header;
    let doing = format!("Removing authorization server \"{}\"", server.name);
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<AuthServer>, Problem> {
    call.identified(&call.snapshot.auth_servers)
}

/// The object, with what is known of its keys.
fn shown(server: &AuthServer, state: Option<&IssuerState>) -> Value {
    let mut view = server.view();
    if let Some(state) = state {
        let read = state.read_at.map(|at| Value::from(at.iso()));
        view.insert("MetadataIssuer".to_owned(), Value::from(state.issuer.as_deref()));
        view.insert("KeyCount".to_owned(), Value::from(state.keys));
        view.insert("KeysRead".to_owned(), read.unwrap_or(Value::Null));
        view.insert("LastError".to_owned(), Value::from(state.failure.as_deref()));
    }
    Value::Object(view)
}
