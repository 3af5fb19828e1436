//! `Get-ServerComponentState` and `Set-ServerComponentState`: parts of a server in and out of
//! service.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{
    EXCHANGE_SERVERS, RECEIVE_CONNECTORS, TRANSPORT_HYGIENE, VIEW_ONLY_CONFIGURATION,
};
use crate::standard::{CHANGING, READING, identity_to_change, parameters};

const COMPONENTS: Kind = Kind::Enum(&["ServerWideOffline", "HubTransport", "FrontendTransport"]);
const IDENTITY_EN: &str = "The server: name, FQDN, GUID, distinguished name or object.";
const IDENTITY_FR: &str =
    "Le serveur : nom, nom de domaine complet, GUID, nom unique (DN) ou objet.";

const COMPONENT: Parameter = Parameter::new(
    "Component",
    COMPONENTS,
    "The part: Front End Transport, the Transport service, or both (ServerWideOffline).",
    "La partie : le transport frontal, le service de transport, ou les deux (ServerWideOffline).",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-ServerComponentState",
        synopsis: Text {
            en: "Shows which parts of a server are in service.",
            fr: "Affiche les parties d'un serveur qui sont en service.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), COMPONENT],
            READING
        ],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE, RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Server", "Component", "State"],
            type_name: "ServerComponentStatePresentationObject",
        },
    },
    Cmdlet {
        name: "Set-ServerComponentState",
        synopsis: Text {
            en: "Takes a part of a server out of service, or puts it back.",
            fr: "Met une partie d'un serveur hors service, ou la remet en service.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                COMPONENT.required(),
                Parameter::new(
                    "State",
                    Kind::Enum(&["Active", "Inactive", "Draining"]),
                    "Active; Inactive; or Draining, which finishes what is there and takes nothing new.",
                    "Active ; Inactive ; ou Draining, qui achève ce qui est là sans rien accepter de nouveau.",
                )
                .required(),
                Parameter::new(
                    "Requester",
                    Kind::Enum(&["HealthAPI", "Maintenance", "Sidelined", "Functional", "Deployment"]),
                    "On whose behalf; the part is Active only when every requester leaves it so.",
                    "Au nom de qui ; la partie n'est active que si chaque demandeur la laisse l'être.",
                )
                .required(),
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
