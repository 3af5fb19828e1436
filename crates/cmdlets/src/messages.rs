//! `Get-Message` and what acts on messages in queues (management.md section 5).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Pipeline, Text};
use crate::kind::Kind;
use crate::queues::{FILTER, PAGING, SERVER, SERVER_OR_ALL};
use crate::roles::{TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{ACTING, identity_to_change, parameters};

const IDENTITY_EN: &str =
    "The message: Server\\Queue\\Number, Server\\*\\Number, *\\Number or Number.";
const IDENTITY_FR: &str =
    "Le message : Serveur\\File\\Numéro, Serveur\\*\\Numéro, *\\Numéro ou Numéro.";

const fn required_server() -> Parameter {
    let mut server = SERVER;
    server.pipeline = Pipeline::None;
    server.required()
}

/// One message, or those a filter selects.
const CHOOSING: [Parameter; 3] = [
    identity_to_change(IDENTITY_EN, IDENTITY_FR).sets(&["Identity"]),
    FILTER.required().sets(&["Filter"]),
    SERVER.sets(&["Filter"]),
];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-Message",
        synopsis: Text {
            en: "Shows messages in queues, and with -IncludeRecipientInfo where each recipient stands.",
            fr: "Affiche les messages en file d'attente et, avec -IncludeRecipientInfo, la situation de chaque destinataire.",
        },
        sets: &["Identity", "Queue", "Filter"],
        default_set: Some("Filter"),
        parameters: parameters![
            [
                Parameter::new("Identity", Kind::Identity, IDENTITY_EN, IDENTITY_FR)
                    .at(1)
                    .sets(&["Identity"]),
                Parameter::new(
                    "Queue",
                    Kind::Identity,
                    "Only the messages of this queue, or of the queues it matches with *.",
                    "Seulement les messages de cette file, ou des files désignées avec *.",
                )
                .piped()
                .sets(&["Queue"]),
                FILTER.sets(&["Filter"]),
                SERVER_OR_ALL.sets(&["Filter"]),
                Parameter::new(
                    "IncludeRecipientInfo",
                    Kind::Switch,
                    "Fills Recipients, which is empty otherwise.",
                    "Remplit Recipients, vide sinon.",
                ),
                Parameter::new(
                    "IncludeComponentLatencyInfo",
                    Kind::Switch,
                    "Accepted; there is no such information.",
                    "Accepté ; cette information n'existe pas.",
                )
                .available(Availability::Reserved),
            ],
            PAGING,
        ],
        roles: &[TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Identity", "FromAddress", "Status", "Queue", "Subject"],
            type_name: "Message",
        },
    },
    Cmdlet {
        name: "Suspend-Message",
        synopsis: Text {
            en: "Holds messages back in their queues until they are resumed.",
            fr: "Retient des messages dans leurs files jusqu'à leur reprise.",
        },
        sets: &["Identity", "Filter"],
        default_set: Some("Identity"),
        parameters: parameters![CHOOSING, ACTING],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Resume-Message",
        synopsis: Text {
            en: "Lets suspended messages be sent again; those of the Poison queue are routed again.",
            fr: "Permet de nouveau l'envoi de messages suspendus ; ceux de la file Poison sont routés de nouveau.",
        },
        sets: &["Identity", "Filter"],
        default_set: Some("Identity"),
        parameters: parameters![CHOOSING, ACTING],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Remove-Message",
        synopsis: Text {
            en: "Deletes messages from queues, with a report to the sender unless -WithNDR $false.",
            fr: "Supprime des messages en file d'attente, avec un rapport à l'expéditeur sauf -WithNDR $false.",
        },
        sets: &["Identity", "Filter"],
        default_set: Some("Identity"),
        parameters: parameters![
            CHOOSING,
            [Parameter::new(
                "WithNDR",
                Kind::Boolean,
                "Whether the sender gets a non-delivery report; $true unless given.",
                "Indique si l'expéditeur reçoit un rapport de non-remise ; $true par défaut.",
            ),],
            ACTING,
        ],
        roles: &[TRANSPORT_QUEUES],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Export-Message",
        synopsis: Text {
            en: "Gives a suspended message as a file for AssembleMessage; it stays in its queue.",
            fr: "Donne un message suspendu sous forme de fichier pour AssembleMessage ; il reste dans sa file.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], ACTING],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output { columns: &["Identity"], type_name: "ExportedMessage" },
    },
    Cmdlet {
        name: "Redirect-Message",
        synopsis: Text {
            en: "Hands the messages of a server's delivery queues to other Mailbox servers, whichever way they would have gone from there.",
            fr: "Remet les messages des files de remise d'un serveur à d'autres serveurs Mailbox, quelle que soit la voie qu'ils auraient suivie.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                required_server(),
                Parameter::new(
                    "Target",
                    Kind::List(&Kind::Fqdn),
                    "The servers that take the messages, by full name.",
                    "Serveurs qui reçoivent les messages, par nom complet.",
                )
                .required(),
            ],
            ACTING,
        ],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
