//! `*-DkimSigningConfig`. Exchange Server 2013 has none: names and parameters are those of Exchange
//! Online, where they fit. `Remove-`, the selectors' names and Ed25519 are ours.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{TRANSPORT_HYGIENE, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

const OUTPUT: Output = Output {
    columns: &["Domain", "Enabled", "Status", "SelectorBeforeRotateOnDate"],
    type_name: "DkimSigningConfig",
};

const IDENTITY_EN: &str = "The configuration: its domain, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "La configuration : domaine, GUID, nom unique (DN) ou objet.";

const ALGORITHMS: Parameter = Parameter::new(
    "Algorithms",
    Kind::Flags(&["RsaSha256", "Ed25519Sha256"]),
    "Which signatures are made: RsaSha256, Ed25519Sha256, or both (the default).",
    "Signatures apposées : RsaSha256, Ed25519Sha256, ou les deux (par défaut).",
);
const BODY: Parameter = Parameter::new(
    "BodyCanonicalization",
    Kind::Enum(&["Relaxed", "Simple"]),
    "Relaxed (the default) lets servers on the way change white space in the body; Simple does not.",
    "Relaxed (par défaut) tolère que des serveurs modifient les blancs du corps ; Simple, non.",
);
const HEADER: Parameter = Parameter::new(
    "HeaderCanonicalization",
    Kind::Enum(&["Relaxed", "Simple"]),
    "Relaxed (the default) lets servers on the way fold and change white space in the header; Simple does not.",
    "Relaxed (par défaut) tolère que des serveurs modifient les blancs et les plis de l'en-tête ; Simple, non.",
);
const KEY_SIZE: Parameter = Parameter::new(
    "KeySize",
    Kind::Int32,
    "Bits of the RSA keys that are made: 2048 (the default) or 4096.",
    "Bits des clés RSA créées : 2048 (par défaut) ou 4096.",
);
const FORCE: Parameter = Parameter::new(
    "Force",
    Kind::Switch,
    "Enables signing although the records have not been seen in the DNS; leaves warnings out.",
    "Active la signature sans que les enregistrements aient été vus dans le DNS ; supprime les avertissements.",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-DkimSigningConfig",
        synopsis: Text {
            en: "Shows how mail from a domain is signed, the records to publish, and whether the DNS has them.",
            fr: "Affiche comment le courrier d'un domaine est signé, les enregistrements à publier, et si le DNS les contient.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[TRANSPORT_HYGIENE, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-DkimSigningConfig",
        synopsis: Text {
            en: "Makes the keys with which mail from a domain is signed, and shows the records to publish.",
            fr: "Crée les clés qui signent le courrier d'un domaine et affiche les enregistrements à publier.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                Parameter::new(
                    "DomainName",
                    Kind::Fqdn,
                    "The domain in From, such as contoso.com; it also signs for the domains below it.",
                    "Le domaine du champ From, par exemple contoso.com ; vaut aussi pour ses sous-domaines.",
                )
                .aliases(&["Domain"])
                .required()
                .at(1),
                ALGORITHMS,
                BODY,
                Parameter::new(
                    "Enabled",
                    Kind::Boolean,
                    "Whether to sign at once; $false unless given, since the records must be published first.",
                    "Indique s'il faut signer aussitôt ; $false par défaut, les enregistrements devant d'abord être publiés.",
                ),
                FORCE,
                HEADER,
                KEY_SIZE,
                Parameter::new(
                    "Selector1",
                    Kind::String,
                    "The first selector; relais1 unless given. The Ed25519 key has the same with -ed25519 behind it.",
                    "Le premier sélecteur ; relais1 par défaut. Celui de la clé Ed25519 se termine en plus par -ed25519.",
                ),
                Parameter::new(
                    "Selector2",
                    Kind::String,
                    "The second selector, used after the first rotation; relais2 unless given.",
                    "Le second sélecteur, utilisé après la première rotation ; relais2 par défaut.",
                ),
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-DkimSigningConfig",
        synopsis: Text {
            en: "Removes the keys of a domain; its mail is then signed by a parent domain's, or not at all.",
            fr: "Supprime les clés d'un domaine ; son courrier est alors signé par celles d'un domaine parent, ou pas du tout.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[TRANSPORT_HYGIENE],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Rotate-DkimSigningConfig",
        synopsis: Text {
            en: "Makes new keys under the other selector, which signs from a date on, once its records are published.",
            fr: "Crée de nouvelles clés sous l'autre sélecteur, qui signe à partir d'une date, une fois ses enregistrements publiés.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                KEY_SIZE,
                Parameter::new(
                    "RotateOnDate",
                    Kind::DateTime,
                    "From when the new keys sign, in UTC; in four days unless given. Not before their records are published.",
                    "Date (UTC) à partir de laquelle les nouvelles clés signent ; dans quatre jours par défaut. Jamais avant la publication de leurs enregistrements.",
                ),
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Set-DkimSigningConfig",
        synopsis: Text {
            en: "Changes how mail from a domain is signed, or whether it is.",
            fr: "Modifie la façon dont le courrier d'un domaine est signé, ou s'il l'est.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                ALGORITHMS,
                BODY,
                Parameter::new(
                    "Enabled",
                    Kind::Boolean,
                    "Whether mail is signed; $true is refused until the records are published.",
                    "Indique si le courrier est signé ; $true est refusé tant que les enregistrements ne sont pas publiés.",
                ),
                FORCE,
                HEADER,
                KEY_SIZE,
                Parameter::new(
                    "RotateOnDate",
                    Kind::DateTime,
                    "Another date, in UTC, for a rotation that is under way.",
                    "Une autre date (UTC) pour une rotation en cours.",
                ),
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
