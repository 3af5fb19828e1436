//! `Get-QueueAction` and `Stop-QueueAction`: our own, for actions on many queues or messages.

use crate::declaration::{Cmdlet, Output, Parameter, Pipeline, Text};
use crate::kind::Kind;
use crate::roles::{TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{ACTING, identity_to_change, identity_to_read, parameters};

const IDENTITY_EN: &str = "The action's number.";
const IDENTITY_FR: &str = "Numéro de l'action.";

const SERVER: Parameter = {
    let mut server = Parameter::new(
        "Server",
        Kind::Identity,
        "The server whose actions are meant; the one the command runs on unless given.",
        "Serveur dont les actions sont visées ; par défaut celui qui exécute la commande.",
    );
    server.pipeline = Pipeline::ByPropertyName("Server");
    server
};

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-QueueAction",
        synopsis: Text {
            en: "Shows actions on many queues or messages: those under way and the last that ended.",
            fr: "Affiche les actions sur plusieurs files ou messages : celles en cours et les dernières terminées.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR), SERVER]],
        roles: &[TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Identity", "Cmdlet", "User", "State", "Matched", "Done", "Refused"],
            type_name: "QueueAction",
        },
    },
    Cmdlet {
        name: "Stop-QueueAction",
        synopsis: Text {
            en: "Ends an action on many queues or messages; what has been done stays done.",
            fr: "Met fin à une action sur plusieurs files ou messages ; ce qui est fait reste fait.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR), SERVER], ACTING],
        roles: &[TRANSPORT_QUEUES],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
