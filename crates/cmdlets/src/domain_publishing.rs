//! `Test-DomainPublishing`, which is ours: what a domain should have in the DNS for its mail, and what it has.

use crate::declaration::{Cmdlet, Output, Text};
use crate::roles::{SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::{identity_to_read, parameters};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Test-DomainPublishing",
    synopsis: Text {
        en: "Shows the records that accepted domains need in the DNS for their mail, ready to publish, and whether what is published is right.",
        fr: "Affiche les enregistrements DNS dont les domaines acceptés ont besoin pour leur courrier, prêts à publier, et si ce qui est publié est juste.",
    },
    sets: &[],
    default_set: None,
    parameters: parameters![[identity_to_read(
        "The accepted domain: name, domain, GUID, distinguished name or object. All of them unless given.",
        "Le domaine accepté : nom, domaine, GUID, nom unique (DN) ou objet. Tous par défaut.",
    )]],
    roles: &[SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &["Domain", "Check", "Status", "RecordName", "Detail"],
        type_name: "DomainPublishing",
    },
}];
