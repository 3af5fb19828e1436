//! `Get-QueueDigest` (management.md section 4.4).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::queues::{DELIVERY_TYPES, FILTER};
use crate::roles::{TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{RESULT_SIZE, parameters};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Get-QueueDigest",
    synopsis: Text {
        en: "Sums up queues of servers by what they have in common, the largest group first.",
        fr: "Résume les files d'attente de serveurs selon ce qu'elles ont en commun, le plus grand groupe d'abord.",
    },
    sets: &["Server", "Site", "Forest", "Dag"],
    default_set: Some("Server"),
    parameters: parameters![[
        Parameter::new(
            "Server",
            TEXTS,
            "The servers whose queues are summed up; * means all Mailbox servers.",
            "Serveurs dont les files d'attente sont résumées ; * signifie tous les serveurs de boîtes aux lettres.",
        )
        .required()
        .piped()
        .sets(&["Server"]),
        Parameter::new(
            "Site",
            TEXTS,
            "The Active Directory sites whose servers are meant.",
            "Sites Active Directory dont les serveurs sont visés.",
        )
        .required()
        .sets(&["Site"]),
        Parameter::new(
            "Forest",
            Kind::Switch,
            "All servers of the organization.",
            "Tous les serveurs de l'organisation.",
        )
        .required()
        .sets(&["Forest"]),
        Parameter::new(
            "Dag",
            TEXTS,
            "Database availability groups; refused, as there are none.",
            "Groupes de disponibilité de base de données ; refusé, car il n'y en a pas.",
        )
        .required()
        .sets(&["Dag"]),
        Parameter::new(
            "DetailsLevel",
            Kind::Enum(&["None", "Normal", "Verbose"]),
            "What is told of each queue of a group: None, Normal (unless given) or Verbose.",
            "Ce qui est dit de chaque file d'un groupe : None, Normal (par défaut) ou Verbose.",
        ),
        FILTER,
        Parameter::new(
            "GroupBy",
            Kind::Enum(&[
                "DeliveryType",
                "LastError",
                "NextHopCategory",
                "NextHopDomain",
                "NextHopKey",
                "OutboundIPPool",
                "RiskLevel",
                "ServerName",
                "Status",
            ]),
            "What the queues of a group have in common; NextHopDomain unless given.",
            "Ce que les files d'un groupe ont en commun ; NextHopDomain par défaut.",
        ),
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
        RESULT_SIZE,
        Parameter::new(
            "Timeout",
            Kind::TimeSpan,
            "How long other servers may take to answer; 00:00:10 unless given.",
            "Délai de réponse des autres serveurs ; 00:00:10 par défaut.",
        ),
    ],],
    roles: &[TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &[
            "GroupByValue",
            "MessageCount",
            "DeferredMessageCount",
            "LockedMessageCount",
            "StaleMessageCount",
            "Details",
        ],
        type_name: "QueueDigest",
    },
}];
