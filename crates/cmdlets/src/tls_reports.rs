//! `Get-TlsReport`, which is ours: what others report of TLS with our mail hosts (RFC 8460).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{RESULT_SIZE, parameters};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Get-TlsReport",
    synopsis: Text {
        en: "Shows what others report of encryption on the way to our domains (TLS-RPT), with what each failure means and what to do.",
        fr: "Affiche ce que d'autres rapportent du chiffrement vers nos domaines (TLS-RPT), avec le sens de chaque échec et le remède.",
    },
    sets: &[],
    default_set: None,
    parameters: parameters![[
        Parameter::new(
            "Domain",
            Kind::Fqdn,
            "The accepted domain that the reports are about; all of them unless given.",
            "Le domaine accepté dont parlent les rapports ; tous par défaut.",
        )
        .at(1),
        Parameter::new(
            "StartDate",
            Kind::DateTime,
            "Only reports about a time that ends at this moment or later, in UTC.",
            "Seulement les rapports sur une période qui finit à ce moment ou plus tard, en UTC.",
        ),
        Parameter::new(
            "EndDate",
            Kind::DateTime,
            "Only reports about a time that begins before this moment, in UTC.",
            "Seulement les rapports sur une période qui commence avant ce moment, en UTC.",
        ),
        Parameter::new(
            "Organization",
            Kind::String,
            "Only of who reports: a part of the organization's name or of its domain, letter case ignored.",
            "Seulement d'un auteur : une partie du nom de l'organisation ou de son domaine, sans tenir compte de la casse.",
        ),
        Parameter::new(
            "FailuresOnly",
            Kind::Switch,
            "Only where sessions failed.",
            "Seulement là où des sessions ont échoué.",
        ),
        Parameter::new(
            "IncludeUnverified",
            Kind::Switch,
            "Also reports that the domain which submits them has not signed: anybody can have made them.",
            "Aussi les rapports que le domaine qui les envoie n'a pas signés : n'importe qui a pu les écrire.",
        ),
        RESULT_SIZE,
    ]],
    roles: &[SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &["Domain", "Organization", "StartDate", "SuccessfulSessions", "FailedSessions"],
        type_name: "TlsReport",
    },
}];
