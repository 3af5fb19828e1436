//! `Get-MessageTrackingLog` (management.md section 7.1).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{MESSAGE_TRACKING, MONITORING};
use crate::standard::{READING, RESULT_SIZE, parameters, server};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Get-MessageTrackingLog",
    synopsis: Text {
        en: "Searches the message tracking log: what happened to each message, step by step.",
        fr: "Cherche dans le journal de suivi des messages : ce qu'il est advenu de chaque message, étape par étape.",
    },
    sets: &[],
    default_set: None,
    parameters: parameters![
        [
            Parameter::new(
                "Start",
                Kind::DateTime,
                "Only what happened at this moment or later, in UTC.",
                "Seulement ce qui s'est produit à ce moment ou plus tard, en UTC.",
            ),
            Parameter::new(
                "End",
                Kind::DateTime,
                "Only what happened before this moment, in UTC.",
                "Seulement ce qui s'est produit avant ce moment, en UTC.",
            ),
            Parameter::new(
                "EventId",
                Kind::String,
                "The step: RECEIVE, SEND, DELIVER, DEFER, FAIL, DSN, LOAD, RESUBMIT; letter case ignored.",
                "L'étape : RECEIVE, SEND, DELIVER, DEFER, FAIL, DSN, LOAD, RESUBMIT ; sans tenir compte de la casse.",
            ),
            Parameter::new(
                "InternalMessageId",
                Kind::String,
                "The message's number on this server.",
                "Le numéro du message sur ce serveur.",
            ),
            Parameter::new(
                "MessageId",
                Kind::String,
                "The Message-ID field of the message, with or without angle brackets.",
                "Le champ Message-ID du message, avec ou sans chevrons.",
            ),
            Parameter::new(
                "MessageSubject",
                Kind::String,
                "A part of the subject, letter case ignored.",
                "Une partie de l'objet, sans tenir compte de la casse.",
            ),
            Parameter::new(
                "NetworkMessageId",
                Kind::String,
                "The GUID that follows the message over hops.",
                "Le GUID qui suit le message d'un serveur à l'autre.",
            ),
            Parameter::new(
                "Recipients",
                TEXTS,
                "Addresses of recipients; a row with any of them is shown.",
                "Adresses de destinataires ; une ligne qui contient l'une d'elles est affichée.",
            ),
            Parameter::new(
                "Reference",
                Kind::String,
                "What the row refers to: of a DSN the Message-ID it reports on.",
                "Ce à quoi la ligne se réfère : pour une notification, le Message-ID dont elle rend compte.",
            ),
            RESULT_SIZE,
            Parameter::new(
                "Sender",
                Kind::String,
                "The sender's address, <> for messages without one.",
                "L'adresse de l'expéditeur, <> pour les messages qui n'en ont pas.",
            ),
            server(
                "The server whose log is searched, * for all Mailbox servers; this one unless given.",
                "Le serveur dont le journal est consulté, * pour tous les serveurs de boîtes aux lettres ; celui-ci par défaut.",
            ),
            Parameter::new(
                "Source",
                Kind::String,
                "The part of the server that tells: SMTP, STOREDRIVER, DSN, ROUTING, QUEUE, DNS, ADMIN, BOOTLOADER.",
                "La partie du serveur qui le dit : SMTP, STOREDRIVER, DSN, ROUTING, QUEUE, DNS, ADMIN, BOOTLOADER.",
            ),
        ],
        READING,
    ],
    roles: &[MESSAGE_TRACKING, MONITORING],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &["EventId", "Source", "Sender", "Recipients", "MessageSubject"],
        type_name: "MessageTrackingEvent",
    },
}];
