//! `Get-BackPressure`, which is ours, and `Get-ExchangeDiagnosticInfo`, by which Exchange shows
//! the same (transport.md section 6).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{EXCHANGE_SERVERS, MONITORING, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{identity_to_read, parameters, server};

const ROLES: &[&str] = &[EXCHANGE_SERVERS, MONITORING, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION];

const SERVER: Parameter = server(
    "The server whose resources are shown; this one unless given.",
    "Le serveur dont les ressources sont affichées ; celui-ci par défaut.",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-BackPressure",
        synopsis: Text {
            en: "Shows how scarce each resource of the server is, and what becomes of new mail because of it.",
            fr: "Affiche la rareté de chaque ressource du serveur et ce qu'il advient du nouveau courrier de ce fait.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[
            identity_to_read(
                "The resource: DatabaseDisk, LogDisk, VersionBuckets, BatchPoints, ProcessMemory, AllMemory or SubmissionQueue; all unless given.",
                "La ressource : DatabaseDisk, LogDisk, VersionBuckets, BatchPoints, ProcessMemory, AllMemory ou SubmissionQueue ; toutes par défaut.",
            ),
            SERVER,
        ]],
        roles: ROLES,
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Resource", "Level", "Value", "MediumThreshold", "HighThreshold", "NewMail"],
            type_name: "BackPressure",
        },
    },
    Cmdlet {
        name: "Get-ExchangeDiagnosticInfo",
        synopsis: Text {
            en: "Shows the state of a part of the Transport service as XML.",
            fr: "Affiche l'état d'une partie du service de transport sous forme de XML.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[
            Parameter::new(
                "Argument",
                Kind::String,
                "Accepted so that existing scripts run; has no effect.",
                "Accepté pour que les scripts existants fonctionnent ; sans effet.",
            ),
            Parameter::new(
                "Component",
                Kind::String,
                "The part: ResourceThrottling. Without it the parts are listed.",
                "La partie : ResourceThrottling. En son absence, les parties sont énumérées.",
            ),
            Parameter::new(
                "Process",
                Kind::String,
                "The process: EdgeTransport, which stands for the Transport service.",
                "Le processus : EdgeTransport, c'est-à-dire le service de transport.",
            ),
            SERVER,
            Parameter::new(
                "Unlimited",
                Kind::Switch,
                "Accepted; everything is always shown.",
                "Accepté ; tout est toujours affiché.",
            ),
        ]],
        roles: ROLES,
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output { columns: &["Result"], type_name: "ExchangeDiagnosticInfoResult" },
    },
];
