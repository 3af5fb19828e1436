//! From one server to several and back (ours): `Enable-Cluster`, `Disable-Cluster`, `New-JoinToken`,
//! `Get-ClusterStatus`, `Remove-Server`.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{EXCHANGE_SERVERS, MONITORING, TRANSPORT_SETTINGS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, parameters};

const FORCE: Parameter = Parameter::new(
    "Force",
    Kind::Switch,
    "Does it although something stands against it that the refusal names.",
    "Le fait bien que quelque chose, que le refus nomme, s'y oppose.",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Enable-Cluster",
        synopsis: Text {
            en: "Moves the organization from this server alone to an engine that several servers share.",
            fr: "Fait passer l'organisation de ce seul serveur à un moteur que plusieurs serveurs partagent.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                Parameter::new(
                    "Engine",
                    Kind::String,
                    "Where PostgreSQL is: host=db1,db2 port=5432,5432 user=relais dbname=relais, without a password.",
                    "Où est PostgreSQL : host=db1,db2 port=5432,5432 user=relais dbname=relais, sans mot de passe.",
                )
                .required()
                .at(1),
                Parameter::new(
                    "Password",
                    Kind::SecureString,
                    "The password of the user of PostgreSQL, where one is needed.",
                    "Le mot de passe de l'utilisateur de PostgreSQL, s'il en faut un.",
                ),
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Disable-Cluster",
        synopsis: Text {
            en: "Moves the organization back to this server alone, the last one of it.",
            fr: "Ramène l'organisation à ce seul serveur, le dernier qu'elle ait.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[FORCE], CHANGING],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "New-JoinToken",
        synopsis: Text {
            en: "Makes a token with which one new server joins the organization (relais join).",
            fr: "Crée un jeton avec lequel un nouveau serveur rejoint l'organisation (relais join).",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [Parameter::new(
                "ValidFor",
                Kind::TimeSpan,
                "How long it is good: 00:01:00 to 1.00:00:00, an hour unless given.",
                "Sa durée de validité : de 00:01:00 à 1.00:00:00, une heure par défaut.",
            )],
            CHANGING,
        ],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output { columns: &["Url", "ValidUntil", "Token"], type_name: "JoinToken" },
    },
    Cmdlet {
        name: "Get-ClusterStatus",
        synopsis: Text {
            en: "Shows the servers of the organization, which of them live, and whether mail is redundant here.",
            fr: "Affiche les serveurs de l'organisation, ceux qui vivent, et si le courrier est redondant ici.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![READING],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_SETTINGS, MONITORING, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Server", "Lives", "Messages", "Engine", "Redundancy", "Version"],
            type_name: "ClusterStatus",
        },
    },
    Cmdlet {
        name: "Remove-Server",
        synopsis: Text {
            en: "Removes a server that does not run any more from the organization, or has this one leave it.",
            fr: "Retire de l'organisation un serveur qui ne fonctionne plus, ou fait partir celui-ci.",
        },
        sets: &["Identity", "Leave"],
        default_set: Some("Identity"),
        parameters: parameters![
            [
                identity_to_change(
                    "The server: name, FQDN, GUID, distinguished name or object.",
                    "Le serveur : nom, nom de domaine complet, GUID, nom unique (DN) ou objet.",
                )
                .sets(&["Identity"]),
                Parameter::new(
                    "Leave",
                    Kind::Switch,
                    "This server leaves: it stops, the others get its messages, and it is removed.",
                    "Ce serveur part : il s'arrête, les autres reçoivent ses messages, et il est retiré.",
                )
                .required()
                .sets(&["Leave"]),
                FORCE.sets(&["Identity"]),
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
