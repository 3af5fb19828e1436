//! `Send-TestMessage`: ours, so that a mail flow that was just set up can be tried where it was.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{SEND_CONNECTORS, TRANSPORT_QUEUES};
use crate::standard::{ACTING, parameters};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Send-TestMessage",
    synopsis: Text {
        en: "Sends a message from your own mailbox, to see which way it takes and whether it arrives.",
        fr: "Envoie un message depuis votre propre boîte aux lettres, pour voir par où il passe et s'il arrive.",
    },
    sets: &[],
    default_set: None,
    parameters: parameters![
        [
            Parameter::new(
                "To",
                Kind::SmtpAddress,
                "The recipient: one e-mail address.",
                "Le destinataire : une seule adresse de messagerie.",
            )
            .required()
            .at(1),
            Parameter::new(
                "Subject",
                Kind::String,
                "The subject, at most 255 characters on one line; says that this is a test unless given.",
                "L'objet, 255 caractères au plus sur une ligne ; indique qu'il s'agit d'un essai s'il n'est pas donné.",
            ),
            Parameter::new(
                "Body",
                Kind::String,
                "The text, at most 64 KB; says who sent it, and from which server, unless given.",
                "Le texte, 64 Ko au plus ; indique qui l'a envoyé, et de quel serveur, s'il n'est pas donné.",
            ),
        ],
        ACTING,
    ],
    roles: &[SEND_CONNECTORS, TRANSPORT_QUEUES],
    confirms: false,
    supports_should_process: true,
    changes: true,
    output: Output {
        columns: &["Identity", "From", "To", "Subject", "InternetMessageId"],
        type_name: "TestMessage",
    },
}];
