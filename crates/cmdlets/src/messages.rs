//! `Get-Message` and `Remove-Message` (management.md section 5).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::queues::{FILTER, PAGING, SERVER};
use crate::roles::{TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{ACTING, identity_to_change, parameters};

const IDENTITY_EN: &str =
    "The message: Server\\Queue\\Number, Server\\*\\Number, *\\Number or Number.";
const IDENTITY_FR: &str =
    "Le message : Serveur\\File\\Numéro, Serveur\\*\\Numéro, *\\Numéro ou Numéro.";

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
                SERVER.sets(&["Filter"]),
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
        name: "Remove-Message",
        synopsis: Text {
            en: "Deletes messages from queues, with a report to the sender unless -WithNDR $false.",
            fr: "Supprime des messages en file d'attente, avec un rapport à l'expéditeur sauf -WithNDR $false.",
        },
        sets: &["Identity", "Filter"],
        default_set: Some("Identity"),
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR).sets(&["Identity"]),
                FILTER.required().sets(&["Filter"]),
                SERVER.sets(&["Filter"]),
                Parameter::new(
                    "WithNDR",
                    Kind::Boolean,
                    "Whether the sender gets a non-delivery report; $true unless given.",
                    "Indique si l'expéditeur reçoit un rapport de non-remise ; $true par défaut.",
                ),
            ],
            ACTING,
        ],
        roles: &[TRANSPORT_QUEUES],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
