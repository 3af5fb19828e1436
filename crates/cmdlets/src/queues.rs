//! `Get-Queue`, `Suspend-Queue`, `Resume-Queue` and `Retry-Queue` (management.md section 4), and what
//! they share with messages.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{
    ACTING, RESULT_SIZE, identity_to_change, identity_to_read, parameters, server,
};

pub(crate) const SERVER: Parameter = server(
    "The server whose queues are meant; the one the command runs on unless given.",
    "Serveur dont les files d'attente sont visées ; par défaut celui qui exécute la commande.",
);

/// The same where `*` means all.
pub(crate) const SERVER_OR_ALL: Parameter = server(
    "The server whose queues are meant, * for all Mailbox servers; the one the command runs on unless given.",
    "Serveur dont les files d'attente sont visées, * pour tous les serveurs de boîtes aux lettres ; par défaut celui qui exécute la commande.",
);

pub(crate) const FILTER: Parameter = Parameter::new(
    "Filter",
    Kind::String,
    "Only what satisfies the filter, such as \"Status -eq 'Retry' -and MessageCount -gt 10\".",
    "Seulement ce qui satisfait au filtre, par exemple \"Status -eq 'Retry' -and MessageCount -gt 10\".",
);

/// Paging and order of `Get-Queue` and `Get-Message`.
pub(crate) const PAGING: [Parameter; 7] = [
    Parameter::new(
        "BookmarkIndex",
        Kind::Int32,
        "The row, counted from 1, at which the page starts.",
        "Ligne, comptée à partir de 1, à laquelle la page commence.",
    ),
    Parameter::new(
        "BookmarkObject",
        Kind::Object,
        "The object at which the page starts.",
        "Objet auquel la page commence.",
    ),
    Parameter::new(
        "IncludeBookmark",
        Kind::Boolean,
        "Whether the object at which the page starts belongs to it; $true unless given.",
        "Indique si l'objet auquel la page commence en fait partie ; $true par défaut.",
    ),
    RESULT_SIZE,
    Parameter::new(
        "ReturnPageInfo",
        Kind::Boolean,
        "Adds the total and the index of the first object as a warning.",
        "Ajoute le total et l'index du premier objet sous forme d'avertissement.",
    ),
    Parameter::new(
        "SearchForward",
        Kind::Boolean,
        "Whether the page goes forward from the bookmark ($true unless given) or backward.",
        "Indique si la page va vers l'avant à partir du signet ($true par défaut) ou vers l'arrière.",
    ),
    Parameter::new(
        "SortOrder",
        TEXTS,
        "The properties to sort by, each with + (ascending) or - (descending), such as +NextHopDomain,-MessageCount.",
        "Propriétés de tri, chacune avec + (croissant) ou - (décroissant), par exemple +NextHopDomain,-MessageCount.",
    ),
];

pub(crate) const DELIVERY_TYPES: Kind = Kind::Flags(&[
    "Internal",
    "External",
    "Empty",
    "DeliveryAgent",
    "DnsConnectorDelivery",
    "Heartbeat",
    "MapiDelivery",
    "NonSmtpGatewayDelivery",
    "ShadowRedundancy",
    "SmartHostConnectorDelivery",
    "SmtpDeliveryToMailbox",
    "SmtpRelayToConnectorSourceServers",
    "SmtpRelayToDag",
    "SmtpRelayToMailboxDeliveryGroup",
    "SmtpRelayToRemoteActiveDirectorySite",
    "SmtpRelayToServers",
    "SmtpRelayWithinAdSite",
    "SmtpRelayWithinAdSiteToEdge",
    "Undefined",
    "Unreachable",
]);

const IDENTITY_EN: &str =
    "The queue: Server\\Queue or Queue, by name, number or next hop domain; * means all.";
const IDENTITY_FR: &str = "La file d'attente : Serveur\\File ou File, par nom, numéro ou domaine du tronçon suivant ; * signifie toutes.";

/// One queue, or those a filter selects.
const CHOOSING: [Parameter; 3] = [
    identity_to_change(IDENTITY_EN, IDENTITY_FR).sets(&["Identity"]),
    FILTER.required().sets(&["Filter"]),
    SERVER.sets(&["Filter"]),
];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-Queue",
        synopsis: Text {
            en: "Shows queues: what waits, for where, since which failure.",
            fr: "Affiche les files d'attente : ce qui attend, pour où, depuis quel échec.",
        },
        sets: &["Identity", "Server"],
        default_set: Some("Identity"),
        parameters: parameters![
            [
                identity_to_read(IDENTITY_EN, IDENTITY_FR).sets(&["Identity"]),
                FILTER.sets(&["Server"]),
                SERVER_OR_ALL.sets(&["Server"]),
                Parameter::new(
                    "Include",
                    DELIVERY_TYPES,
                    "Only these kinds: Internal, External, Empty or a delivery type.",
                    "Seulement ces sortes : Internal, External, Empty ou un type de remise.",
                ),
                Parameter::new(
                    "Exclude",
                    DELIVERY_TYPES,
                    "Not these kinds: Internal, External, Empty or a delivery type.",
                    "Pas ces sortes : Internal, External, Empty ou un type de remise.",
                ),
            ],
            PAGING,
        ],
        roles: &[TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &[
                "Identity",
                "DeliveryType",
                "Status",
                "MessageCount",
                "Velocity",
                "RiskLevel",
                "OutboundIPPool",
                "NextHopDomain",
            ],
            type_name: "Queue",
        },
    },
    Cmdlet {
        name: "Suspend-Queue",
        synopsis: Text {
            en: "Lets a queue accept messages and send none until it is resumed.",
            fr: "Fait qu'une file accepte des messages sans en envoyer jusqu'à sa reprise.",
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
        name: "Resume-Queue",
        synopsis: Text {
            en: "Lets a suspended queue send again.",
            fr: "Permet à une file suspendue d'envoyer de nouveau.",
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
        name: "Retry-Queue",
        synopsis: Text {
            en: "Tries a queue in status Retry now, or routes its messages again.",
            fr: "Réessaie maintenant une file à l'état Retry, ou route de nouveau ses messages.",
        },
        sets: &["Identity", "Filter"],
        default_set: Some("Identity"),
        parameters: parameters![
            CHOOSING,
            [Parameter::new(
                "Resubmit",
                Kind::Boolean,
                "$true routes the messages again first; needed for Unreachable.",
                "$true route d'abord les messages de nouveau ; nécessaire pour Unreachable.",
            ),],
            ACTING,
        ],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
