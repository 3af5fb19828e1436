//! `*-ADPermission`: the extended rights on connectors (send-connectors.md section 2.1, routing.md
//! section 8).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{RECEIVE_CONNECTORS, SEND_CONNECTORS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, parameters};

const OUTPUT: Output = Output {
    columns: &["Identity", "User", "Deny", "IsInherited", "ExtendedRights"],
    type_name: "ADAcePresentationObject",
};

const IDENTITY: Parameter = identity_to_change(
    "The Send or Receive connector: name, GUID, Server\\Name, distinguished name or object.",
    "Le connecteur d'envoi ou de réception : nom, GUID, Serveur\\Nom, nom unique (DN) ou objet.",
);

const USER: Parameter = Parameter::new(
    "User",
    Kind::String,
    "Whose rights, such as \"NT AUTHORITY\\ANONYMOUS LOGON\" or \"MS Exchange\\Partner Servers\".",
    "Titulaire des droits, par exemple \"NT AUTHORITY\\ANONYMOUS LOGON\" ou \"MS Exchange\\Partner Servers\".",
);

const CHANGE: [Parameter; 5] = [
    USER.required(),
    Parameter::new(
        "ExtendedRights",
        TEXTS,
        "The rights, such as ms-Exch-SMTP-Accept-Any-Recipient or ms-Exch-Send-Headers-Routing.",
        "Les droits, par exemple ms-Exch-SMTP-Accept-Any-Recipient ou ms-Exch-Send-Headers-Routing.",
    )
    .required(),
    Parameter::new(
        "AccessRights",
        Kind::List(&Kind::Enum(&["ExtendedRight"])),
        "ExtendedRight, the only kind of right a connector has.",
        "ExtendedRight, seul type de droit d'un connecteur.",
    ),
    Parameter::new(
        "Deny",
        Kind::Switch,
        "Refuses the rights; a refusal goes before every grant.",
        "Refuse les droits ; un refus l'emporte sur toute autorisation.",
    ),
    Parameter::new(
        "InheritanceType",
        Kind::Enum(&["None", "All", "Descendents", "SelfAndChildren", "Children"]),
        "Accepted without effect: a connector has no children.",
        "Accepté, sans effet : un connecteur n'a pas de descendants.",
    )
    .available(Availability::Reserved),
];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-ADPermission",
        synopsis: Text {
            en: "Shows who holds which extended right on a connector.",
            fr: "Affiche qui détient quel droit étendu sur un connecteur.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[IDENTITY, USER], READING],
        roles: &[SEND_CONNECTORS, RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Add-ADPermission",
        synopsis: Text {
            en: "Grants or refuses extended rights on a connector.",
            fr: "Accorde ou refuse des droits étendus sur un connecteur.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[IDENTITY], CHANGE, CHANGING],
        roles: &[SEND_CONNECTORS, RECEIVE_CONNECTORS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-ADPermission",
        synopsis: Text {
            en: "Takes extended rights on a connector away again.",
            fr: "Retire des droits étendus sur un connecteur.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[IDENTITY], CHANGE, CHANGING],
        roles: &[SEND_CONNECTORS, RECEIVE_CONNECTORS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
