//! The fixed words of a delivery status notification (transport.md section 8.3).

use crate::language::Text;

/// What a notification tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// Not delivered, and given up.
    Failed,
    /// Not delivered yet.
    Delayed,
    /// Delivered to the mailbox.
    Delivered,
    /// Handed to a server that will not report success itself.
    Relayed,
}

impl Notice {
    /// The start of the subject; the original's subject follows.
    pub fn subject_prefix(self) -> Text {
        match self {
            Self::Failed => Text { en: "Undeliverable: ", fr: "Non remis : " },
            Self::Delayed => Text { en: "Delivery delayed: ", fr: "Remise retardée : " },
            Self::Delivered => Text { en: "Delivered: ", fr: "Remis : " },
            Self::Relayed => Text { en: "Relayed: ", fr: "Relayé : " },
        }
    }

    /// The headline.
    pub fn headline(self) -> Text {
        match self {
            Self::Failed => Text {
                en: "Your message could not be delivered.",
                fr: "Votre message n’a pas pu être remis.",
            },
            Self::Delayed => Text {
                en: "Your message has not been delivered yet.",
                fr: "Votre message n’a pas encore été remis.",
            },
            Self::Delivered => {
                Text { en: "Your message has been delivered.", fr: "Votre message a été remis." }
            }
            Self::Relayed => Text {
                en: "Your message has been handed over to the recipient’s mail system.",
                fr: "Votre message a été transmis à la messagerie du destinataire.",
            },
        }
    }

    /// What the headline means for the reader.
    pub fn explanation(self) -> Text {
        match self {
            Self::Failed => Text {
                en: "It did not reach the people or groups below, and no further attempt will be made for them. Other recipients of the message are not affected.",
                fr: "Il n’est pas parvenu aux personnes ou aux groupes ci-dessous, et aucune autre tentative ne sera faite pour eux. Vos autres destinataires ne sont pas concernés.",
            },
            Self::Delayed => Text {
                en: "It is waiting here for the people or groups below, and we keep trying. You do not need to send it again.",
                fr: "Il est en attente chez nous pour les personnes ou les groupes ci-dessous, et les tentatives se poursuivent. Il est inutile de l’envoyer de nouveau.",
            },
            Self::Delivered => Text {
                en: "It is in the mailbox of the people or groups below. This does not say whether it has been read.",
                fr: "Il se trouve dans la boîte aux lettres des personnes ou des groupes ci-dessous. Cela ne dit pas s’il a été lu.",
            },
            Self::Relayed => Text {
                en: "The mail system of the people or groups below has accepted it, but does not confirm deliveries. You may not hear of it again.",
                fr: "La messagerie des personnes ou des groupes ci-dessous l’a accepté, mais ne confirme pas les remises. Vous n’en aurez peut-être pas d’autres nouvelles.",
            },
        }
    }
}

/// The other fixed words of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// The display name of who sends notifications.
    MailDelivery,
    /// `Subject:`
    Subject,
    /// `Sent:`
    Sent,
    /// Until when attempts go on, before a date.
    RetryUntil,
    /// What the reader can do, before the advice.
    Advice,
    /// Which server refused, before its name.
    RefusedBy,
    /// Which server was the last to answer, before its name.
    AnsweredBy,
    /// `{}` recipients more than are listed.
    MoreRecipients,
    /// The title of the section for administrators.
    Diagnostics,
    /// `Generating server:`
    GeneratingServer,
    /// `Remote Server:`
    RemoteServer,
    /// `Status:`
    Status,
    /// Our own account of what happened.
    Reason,
    /// The remote server's own words.
    Reply,
    /// `Last attempt:`
    LastAttempt,
    /// `Original message headers:`
    OriginalHeaders,
}

impl Label {
    /// The words, with their colon where one belongs to them.
    pub fn text(self) -> Text {
        match self {
            Self::MailDelivery => Text { en: "Mail Delivery", fr: "Remise du courrier" },
            Self::Subject => Text { en: "Subject:", fr: "Objet\u{a0}:" },
            Self::Sent => Text { en: "Sent:", fr: "Envoyé\u{a0}:" },
            Self::RetryUntil => {
                Text { en: "We keep trying until", fr: "Les tentatives se poursuivent jusqu’au" }
            }
            Self::Advice => Text { en: "What you can do:", fr: "Ce que vous pouvez faire\u{a0}:" },
            Self::RefusedBy => {
                Text { en: "The refusal came from the server", fr: "Le refus vient du serveur" }
            }
            Self::AnsweredBy => Text {
                en: "The last answer came from the server",
                fr: "La dernière réponse vient du serveur",
            },
            Self::MoreRecipients => Text {
                en: "… and {} more recipients: the attached report names them all.",
                fr: "… et {} autres destinataires\u{a0}: le rapport joint les nomme tous.",
            },
            Self::Diagnostics => Text {
                en: "Diagnostic information for administrators:",
                fr: "Informations de diagnostic pour les administrateurs\u{a0}:",
            },
            Self::GeneratingServer => {
                Text { en: "Generating server:", fr: "Serveur émetteur du rapport\u{a0}:" }
            }
            Self::RemoteServer => Text { en: "Remote Server:", fr: "Serveur distant\u{a0}:" },
            Self::Status => Text { en: "Status:", fr: "État\u{a0}:" },
            Self::Reason => Text { en: "Reason:", fr: "Motif\u{a0}:" },
            Self::Reply => Text { en: "Reply:", fr: "Réponse\u{a0}:" },
            Self::LastAttempt => Text { en: "Last attempt:", fr: "Dernière tentative\u{a0}:" },
            Self::OriginalHeaders => Text {
                en: "Original message headers:",
                fr: "En-têtes du message d’origine\u{a0}:",
            },
        }
    }
}
