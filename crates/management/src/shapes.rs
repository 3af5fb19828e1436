//! What the objects that cmdlets give look like: their properties and what is in them, for
//! whoever describes the API.
//!
//! Nothing is listed a second time: a directory object shows a specimen of itself, what may be empty
//! is found out by emptying it, and what a property holds is said by the parameter that sets it. Rows
//! of queues and messages have their table.

use cmdlets::{Cmdlet, Kind, Parameter};
use directory::{
    AcceptedDomain, AuthServer, CertificateMaterial, DistributionGroup, DkimSigningConfig,
    ExchangeCertificate, Header, LdapDirectory, MailContact, Mailbox, Organization, Properties,
    ReceiveConnector, RemoteDomain, RoleGroup, SendConnector, Server, Usage,
};
use model::ObjectName;
use serde_json::{Map, Value};

use crate::membership::{status_shape, token_shape};
use crate::property_shape::{Holds, PropertyShape};
use crate::queues::{Head, MessageRow, QueueRow, Type, heads};
use crate::{domain_publishing, message_tracking, tls_reports, transport_security};

/// A type of objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// As the declarations of cmdlets call it.
    pub type_name: &'static str,
    /// In documented order.
    pub properties: Vec<PropertyShape>,
}

/// The types whose properties are known.
#[must_use]
pub fn shapes() -> Vec<Shape> {
    let specimens = specimens("Specimen", "contoso.com", Usage::Custom).unwrap_or_default();
    let mut shapes: Vec<Shape> = specimens.into_iter().map(|one| one.shape).collect();
    shapes.push(Shape { type_name: "Queue", properties: columns::<QueueRow>() });
    let mut message = columns::<MessageRow<'_>>();
    for property in message.iter_mut().filter(|property| property.name == "Recipients") {
        (property.holds, property.nullable) = (Holds::Objects("MessageRecipient"), true);
    }
    shapes.push(Shape { type_name: "Message", properties: message });
    for (type_name, names) in FIXED {
        let properties = names.iter().map(|name| fixed(name)).collect();
        shapes.push(Shape { type_name, properties });
    }
    shapes.push(Shape { type_name: "ClusterStatus", properties: status_shape() });
    shapes.push(Shape { type_name: "JoinToken", properties: token_shape() });
    shapes.push(Shape { type_name: "DomainPublishing", properties: domain_publishing::shape() });
    shapes.push(Shape { type_name: "TransportSecurity", properties: transport_security::shape() });
    shapes.push(Shape { type_name: "TlsReport", properties: tls_reports::shape() });
    shapes.push(Shape { type_name: "TlsReportFailure", properties: tls_reports::detail_shape() });
    shapes.push(Shape { type_name: "MessageTrackingEvent", properties: message_tracking::shape() });
    shapes
}

/// Types that are made where they are shown. A `?` marks what can be `null`.
const FIXED: &[(&str, &[&str])] = &[
    ("MessageRecipient", &["Address", "Type", "FinalDestination", "Status", "LastError?"]),
    ("TestMessage", &["Identity", "InternetMessageId", "From", "To", "Subject", "Date"]),
    ("BinaryFileDataObject", &["Thumbprint", "FileType", "FileData"]),
    (
        "Recipient",
        &["Name", "RecipientType", "PrimarySmtpAddress", "EmailAddresses", "Identity", "Guid"],
    ),
    (
        "LdapSynchronization",
        &[
            "Identity",
            "Recipients",
            "Created",
            "Changed",
            "Removed",
            "Withheld",
            "LeftOutCount",
            "LeftOut",
        ],
    ),
    ("RoleGroupMember", &["Name", "RecipientType", "PrimarySmtpAddress", "Identity", "Guid"]),
];

fn fixed(name: &str) -> PropertyShape {
    let bare = name.trim_end_matches('?');
    let holds = match bare {
        "Date" => Holds::Moment,
        "EmailAddresses" | "LeftOut" => Holds::Texts,
        "Recipients" | "Created" | "Changed" | "Removed" | "Withheld" | "LeftOutCount" => {
            Holds::Integer
        }
        _ => Holds::Text,
    };
    PropertyShape { name: bare.to_owned(), holds, nullable: bare != name }
}

/// A new object of the directory.
pub(crate) struct Specimen {
    /// What it looks like.
    pub(crate) shape: Shape,
    /// What it shows.
    pub(crate) view: Map<String, Value>,
    /// What its properties are held within.
    pub(crate) ranges: Vec<(&'static str, [String; 2])>,
}

/// One of each type that the directory has, of this name, of this domain, connectors of this usage.
pub(crate) fn specimens(name: &str, domain: &str, usage: Usage) -> Option<Vec<Specimen>> {
    let name: ObjectName = name.parse().ok()?;
    let header = Header::fresh;
    let at = |local: &str| format!("{local}@{domain}").parse().ok();
    let fqdn = format!("mbx01.{domain}").parse().ok()?;
    let server = Server::with_defaults(header(), name.clone(), fqdn);
    let organization = Organization::with_defaults(header(), name.to_string());
    let receive = ReceiveConnector::from_usage(header(), name.to_string(), name.clone(), usage);
    let send = SendConnector::from_usage(header(), name.clone(), usage);
    let mailbox = Mailbox::with_defaults(header(), name.clone(), at("a")?);
    let group = DistributionGroup::with_defaults(header(), name.clone(), at("b")?);
    let contact = MailContact::with_defaults(header(), name.clone(), at("b")?);
    let accepted = AcceptedDomain::with_defaults(header(), domain.parse().ok()?, name.clone());
    let dkim =
        DkimSigningConfig::new(header(), domain.parse().ok()?, DkimSigningConfig::SELECTORS)?;
    let material = CertificateMaterial { chain: Vec::new(), private_key: None, request: None };
    let certificate =
        ExchangeCertificate::with_defaults(header(), name.to_string(), name.clone(), material);
    let url = format!("https://login.{domain}/metadata").parse().ok()?;
    let auth = AuthServer::with_defaults(header(), name.clone(), url, name.to_string());
    let servers = vec![format!("ldaps://dc1.{domain}").parse().ok()?];
    let ldap =
        LdapDirectory::with_defaults(header(), name.clone(), servers, format!("OU={name},DC=test"));
    let remote = RemoteDomain::with_defaults(header(), domain.parse().ok()?, name.clone());
    Some(vec![
        of("SendConnector", send, Properties::view, |o| o),
        of("ReceiveConnector", receive, Properties::view, |o| o),
        of("AcceptedDomain", accepted, Properties::view, |o| o),
        of("DomainContentConfig", remote, Properties::view, |o| o),
        of("AuthServer", auth, Properties::view, |o| o),
        of("DkimSigningConfig", dkim, Properties::view, |o| o),
        of("ExchangeCertificate", certificate, Properties::view, |o| o),
        of("Mailbox", mailbox, Properties::view, |o| o),
        of("DistributionGroup", group, Properties::view, |o| o),
        of("LdapDirectory", ldap, Properties::view, |o| o),
        of("MailContact", contact, Properties::view, |o| o),
        of("RoleGroup", RoleGroup::with_defaults(header(), name), Properties::view, |o| o),
        of("ExchangeServer", server.clone(), Properties::view, |o| o),
        of("TransportService", server.clone(), Server::transport_view, |o| &mut o.transport),
        of("FrontendTransportService", server, Server::frontend_view, |o| &mut o.frontend),
        of("TransportConfig", organization, Organization::transport_view, |o| &mut o.transport),
    ])
}

/// A specimen of a directory object; `settable` is the part of it that is set
/// by parameters.
fn of<T: Clone, P: Properties>(
    type_name: &'static str,
    specimen: T,
    view: impl Fn(&T) -> Map<String, Value>,
    settable: impl Fn(&mut T) -> &mut P,
) -> Specimen {
    let can_be_empty = |name: &str| {
        let mut emptied = specimen.clone();
        settable(&mut emptied).set(name, &Value::Null).is_ok()
            && view(&emptied).get(name).is_some_and(Value::is_null)
    };
    let shape = |(name, value): (String, Value)| PropertyShape {
        holds: holds(&name, setter(type_name, &name).map(|p| &p.kind), &value),
        nullable: value.is_null() || can_be_empty(&name),
        name,
    };
    let view = view(&specimen);
    let properties = view.clone().into_iter().map(shape).collect();
    Specimen { shape: Shape { type_name, properties }, view, ranges: P::ranges() }
}

/// The parameter that sets a property, by what its cmdlets give: that of `Set-` before others'.
pub(crate) fn setter(type_name: &str, property: &str) -> Option<&'static Parameter> {
    let noun = gives(type_name)?.noun();
    let mut setters: Vec<_> =
        cmdlets::all().iter().filter(|c| c.noun() == noun && c.changes).collect();
    setters.sort_by_key(|cmdlet| cmdlet.verb() != "Set");
    setters.into_iter().find_map(|cmdlet| cmdlet.parameter(property))
}

/// The cmdlet that shows objects of a type.
pub(crate) fn gives(type_name: &str) -> Option<&'static Cmdlet> {
    cmdlets::all().iter().find(|c| c.verb() == "Get" && c.output.type_name == type_name)
}

/// What a property holds, as far as the value shown does not say something else.
fn holds(name: &str, kind: Option<&Kind>, shown: &Value) -> Holds {
    match (kind, shown) {
        (_, Value::Bool(_)) | (Some(Kind::OptionalBoolean | Kind::Boolean), _) => Holds::Boolean,
        (_, Value::Array(_)) | (Some(Kind::List(_)), Value::Null) => Holds::Texts,
        (Some(Kind::UnlimitedInt32), _) => Holds::IntegerOrUnlimited,
        (_, Value::Number(_)) | (Some(Kind::Int32), _) => Holds::Integer,
        (Some(Kind::Enum(words)), _) => Holds::Words(words),
        _ if name.starts_with("When") => Holds::Moment,
        _ => Holds::Text,
    }
}

/// The properties of rows, by their table.
fn columns<R: crate::queues::Row>() -> Vec<PropertyShape> {
    heads::<R>().map(|(_, head)| column(head)).collect()
}

fn column(head: &Head) -> PropertyShape {
    let holds = match (head.kind, head.name) {
        (Type::Word, _) if !head.words.is_empty() => Holds::Words(head.words),
        (Type::Number, "IncomingRate" | "OutgoingRate" | "Velocity") => Holds::Number,
        (Type::Number, _) | (Type::Shown, "LockedMessageCount" | "OutboundIPPool") => {
            Holds::Integer
        }
        (Type::Time, _) => Holds::Moment,
        (_, "PriorityDescriptions") => Holds::Texts,
        (_, "MessageCountsPerPriority" | "DeferredMessageCountsPerPriority") => Holds::Integers,
        _ => Holds::Text,
    };
    const NULLABLE: [&str; 14] = [
        "LastError",
        "LastRetryTime",
        "NextRetryTime",
        "FirstRetryTime",
        "TlsDomain",
        "OverrideSource",
        "PoolHosts",
        "PoolConnections",
        "PoolLimit",
        "PoolLimitUntil",
        "Subject",
        "SourceIP",
        "SCL",
        "InternetMessageId",
    ];
    PropertyShape { name: head.name.to_owned(), holds, nullable: NULLABLE.contains(&head.name) }
}
