//! `*-MailContact` and `Get-Recipient`, as far as mail transport needs them.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{MAIL_RECIPIENT_CREATION, MAIL_RECIPIENTS, VIEW_ONLY_RECIPIENTS};
use crate::standard::{
    CHANGING, READING, RESULT_SIZE, identity_to_change, identity_to_read, parameters,
};

const OUTPUT: Output = Output {
    columns: &["Name", "ExternalEmailAddress", "EmailAddresses"],
    type_name: "MailContact",
};

const IDENTITY_EN: &str = "The mail contact: name, address, GUID, distinguished name or object.";
const IDENTITY_FR: &str =
    "Le contact de messagerie : nom, adresse, GUID, nom unique (DN) ou objet.";

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The contact's name, at most 64 characters, unique among contacts.",
    "Nom du contact, 64 caractères au plus, unique parmi les contacts.",
);

const EXTERNAL: Parameter = Parameter::new(
    "ExternalEmailAddress",
    Kind::SmtpAddress,
    "The address elsewhere that its mail goes to.",
    "Adresse externe à laquelle va son courrier.",
);

const ADDRESSES: Parameter = Parameter::new(
    "EmailAddresses",
    TEXTS,
    "Addresses in accepted domains that mean the contact.",
    "Adresses dans des domaines acceptés qui désignent le contact.",
);

const DISPLAY_NAME: Parameter =
    Parameter::new("DisplayName", Kind::String, "The name that people see.", "Nom affiché.");

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-MailContact",
        synopsis: Text { en: "Shows mail contacts.", fr: "Affiche les contacts de messagerie." },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR), RESULT_SIZE], READING],
        roles: &[MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, VIEW_ONLY_RECIPIENTS],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-MailContact",
        synopsis: Text {
            en: "Creates a mail contact: somebody elsewhere who can be a member of groups and have addresses here.",
            fr: "Crée un contact de messagerie : une personne externe qui peut être membre de groupes et avoir des adresses ici.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [NAME.required().at(1), EXTERNAL.required(), ADDRESSES, DISPLAY_NAME],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-MailContact",
        synopsis: Text {
            en: "Removes a mail contact, also from groups.",
            fr: "Supprime un contact de messagerie, également des groupes.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-MailContact",
        synopsis: Text { en: "Changes a mail contact.", fr: "Modifie un contact de messagerie." },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), NAME, EXTERNAL, ADDRESSES, DISPLAY_NAME],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENTS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Get-Recipient",
        synopsis: Text {
            en: "Shows mailboxes, distribution groups and mail contacts: whoever has an address.",
            fr: "Affiche boîtes aux lettres, groupes de distribution et contacts de messagerie : tout ce qui a une adresse.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_read(
                    "The recipient: name, any of its addresses, GUID, distinguished name or object.",
                    "Le destinataire : nom, une de ses adresses, GUID, nom unique (DN) ou objet.",
                ),
                Parameter::new(
                    "Anr",
                    Kind::String,
                    "Only recipients whose names or addresses have words that begin with these: jean dup.",
                    "Seulement les destinataires dont le nom ou une adresse a des mots qui commencent ainsi : jean dup.",
                ),
                Parameter::new(
                    "RecipientType",
                    Kind::Flags(&["UserMailbox", "MailUniversalDistributionGroup", "MailContact"]),
                    "Only recipients of these kinds.",
                    "Seulement les destinataires de ces types.",
                ),
                RESULT_SIZE,
            ],
            READING,
        ],
        roles: &[MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, VIEW_ONLY_RECIPIENTS],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Name", "RecipientType", "PrimarySmtpAddress"],
            type_name: "Recipient",
        },
    },
];
