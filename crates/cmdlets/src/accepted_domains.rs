//! `*-AcceptedDomain` (management.md section 8.4).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{DOMAINS, MAIL_RECIPIENT_CREATION, MAIL_RECIPIENTS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

const OUTPUT: Output = Output {
    columns: &["Name", "DomainName", "DomainType", "Default"],
    type_name: "AcceptedDomain",
};

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The accepted domain's name, at most 64 characters, unique.",
    "Nom du domaine accepté, 64 caractères au plus, unique.",
);

const DOMAIN_TYPE: Parameter = Parameter::new(
    "DomainType",
    Kind::Enum(&["Authoritative", "InternalRelay", "ExternalRelay"]),
    "Whether all its recipients are here (Authoritative), or mail for others is relayed.",
    "Indique si tous ses destinataires sont ici (Authoritative) ou si le courrier des autres est relayé.",
);

const IDENTITY_EN: &str = "The accepted domain: name, domain, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le domaine accepté : nom, domaine, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-AcceptedDomain",
        synopsis: Text {
            en: "Shows the domains the organization accepts mail for.",
            fr: "Affiche les domaines pour lesquels l'organisation accepte du courrier.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[DOMAINS, MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-AcceptedDomain",
        synopsis: Text {
            en: "Adds a domain the organization accepts mail for.",
            fr: "Ajoute un domaine pour lequel l'organisation accepte du courrier.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                NAME.required().at(1),
                Parameter::new(
                    "DomainName",
                    Kind::String,
                    "The domain, such as contoso.com, or *.contoso.com with its subdomains; fixed once created.",
                    "Le domaine, par exemple contoso.com, ou *.contoso.com avec ses sous-domaines ; non modifiable ensuite.",
                )
                .required(),
                DOMAIN_TYPE,
            ],
            CHANGING,
        ],
        roles: &[DOMAINS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-AcceptedDomain",
        synopsis: Text {
            en: "Removes an accepted domain that is neither the default nor used by a mailbox.",
            fr: "Supprime un domaine accepté qui n'est ni celui par défaut ni utilisé par une boîte aux lettres.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[DOMAINS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-AcceptedDomain",
        synopsis: Text { en: "Changes an accepted domain.", fr: "Modifie un domaine accepté." },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                NAME,
                DOMAIN_TYPE,
                Parameter::new(
                    "AddressBookEnabled",
                    Kind::Boolean,
                    "Whether recipients of the domain may stand in the address book; stored.",
                    "Indique si les destinataires du domaine peuvent figurer au carnet d'adresses ; conservé.",
                ),
                Parameter::new(
                    "MakeDefault",
                    Kind::Boolean,
                    "$true makes it the organization's default domain in place of the present one.",
                    "$true en fait le domaine par défaut de l'organisation à la place de l'actuel.",
                ),
                Parameter::new(
                    "PendingCompletion",
                    Kind::Boolean,
                    "Reserved; without effect.",
                    "Réservé ; sans effet.",
                )
                .available(Availability::Reserved),
                Parameter::new(
                    "PendingRemoval",
                    Kind::Boolean,
                    "Reserved; without effect.",
                    "Réservé ; sans effet.",
                )
                .available(Availability::Reserved),
            ],
            CHANGING,
        ],
        roles: &[DOMAINS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
