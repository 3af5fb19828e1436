//! `*-DistributionGroup` and `*-DistributionGroupMember`, as far as mail transport needs them.

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{IDENTITIES, Kind, TEXTS};
use crate::roles::{MAIL_RECIPIENT_CREATION, MAIL_RECIPIENTS, VIEW_ONLY_RECIPIENTS};
use crate::standard::{
    CHANGING, READING, RESULT_SIZE, identity_to_change, identity_to_read, parameters,
};

const OUTPUT: Output = Output {
    columns: &["Name", "DisplayName", "GroupType", "PrimarySmtpAddress"],
    type_name: "DistributionGroup",
};

const IDENTITY_EN: &str = "The group: name, address, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le groupe : nom, adresse, GUID, nom unique (DN) ou objet.";

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The group's name, at most 64 characters, unique among groups.",
    "Nom du groupe, 64 caractères au plus, unique parmi les groupes.",
);

const PRIMARY: Parameter = Parameter::new(
    "PrimarySmtpAddress",
    Kind::SmtpAddress,
    "The group's address, in an accepted domain; unless given, the alias or the name at the default domain; a former one stays among EmailAddresses.",
    "Adresse du groupe, dans un domaine accepté ; par défaut, l'alias ou le nom suivi du domaine par défaut ; une ancienne reste parmi EmailAddresses.",
);

const DISPLAY_NAME: Parameter =
    Parameter::new("DisplayName", Kind::String, "The name that people see.", "Nom affiché.");

const NOTES: Parameter =
    Parameter::new("Notes", Kind::String, "Notes about the group.", "Notes sur le groupe.");

const AUTHENTICATION: Parameter = Parameter::new(
    "RequireSenderAuthenticationEnabled",
    Kind::Boolean,
    "Whether only senders who have signed in may send to it; $true unless given.",
    "Indique si seuls les expéditeurs authentifiés peuvent lui écrire ; $true par défaut.",
);

const MEMBER: [Parameter; 2] = [
    Parameter::new(
        "Member",
        Kind::Identity,
        "The mailbox, mail contact or group: name, address, GUID, distinguished name or object.",
        "La boîte aux lettres, le contact de messagerie ou le groupe : nom, adresse, GUID, nom unique (DN) ou objet.",
    )
    .required()
    .piped(),
    BYPASS,
];

const BYPASS: Parameter = Parameter::new(
    "BypassSecurityGroupManagerCheck",
    Kind::Switch,
    "Accepted without effect: whoever may run this cmdlet may change any group.",
    "Accepté, sans effet : qui peut exécuter cette commande peut modifier tout groupe.",
)
.available(Availability::Reserved);

const MANAGED_BY: Parameter = Parameter::new(
    "ManagedBy",
    IDENTITIES,
    "Accepted without effect: groups are changed by administrators.",
    "Accepté, sans effet : les groupes sont modifiés par les administrateurs.",
)
.available(Availability::Reserved);

const MEMBERS: Parameter = Parameter::new(
    "Members",
    IDENTITIES,
    "The members: mailboxes, mail contacts and other groups.",
    "Les membres : boîtes aux lettres, contacts de messagerie et autres groupes.",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-DistributionGroup",
        synopsis: Text {
            en: "Shows distribution groups.",
            fr: "Affiche les groupes de distribution.",
        },
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
        name: "New-DistributionGroup",
        synopsis: Text {
            en: "Creates a distribution group.",
            fr: "Crée un groupe de distribution.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                NAME.required().at(1),
                Parameter::new(
                    "Alias",
                    Kind::String,
                    "What stands before the @ of its address, unless PrimarySmtpAddress is given.",
                    "Ce qui précède @ dans son adresse, si PrimarySmtpAddress n'est pas indiqué.",
                ),
                PRIMARY,
                DISPLAY_NAME,
                MEMBERS,
                AUTHENTICATION,
                NOTES,
                Parameter::new(
                    "Type",
                    Kind::Enum(&["Distribution", "Security"]),
                    "Accepted without effect: a group has no rights here.",
                    "Accepté, sans effet : un groupe n'a pas de droits ici.",
                )
                .available(Availability::Reserved),
                MANAGED_BY,
            ],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-DistributionGroup",
        synopsis: Text {
            en: "Removes a distribution group; its members stay.",
            fr: "Supprime un groupe de distribution ; ses membres restent.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR), BYPASS], CHANGING],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-DistributionGroup",
        synopsis: Text {
            en: "Changes a distribution group.",
            fr: "Modifie un groupe de distribution.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                NAME,
                PRIMARY,
                Parameter::new(
                    "EmailAddresses",
                    TEXTS,
                    "Its other addresses.",
                    "Ses autres adresses.",
                ),
                DISPLAY_NAME,
                AUTHENTICATION,
                Parameter::new(
                    "AcceptMessagesOnlyFromSendersOrMembers",
                    IDENTITIES,
                    "Who alone may send to it: mailboxes, mail contacts, and the members of groups; $null for everybody.",
                    "Seuls expéditeurs permis : boîtes aux lettres, contacts de messagerie et membres de groupes ; $null pour tous.",
                ),
                Parameter::new(
                    "MaxReceiveSize",
                    Kind::UnlimitedSize,
                    "The largest message it takes, or unlimited.",
                    "Taille maximale d'un message reçu, ou unlimited.",
                ),
                NOTES,
                MANAGED_BY,
                BYPASS,
            ],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENTS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Add-DistributionGroupMember",
        synopsis: Text {
            en: "Makes a recipient a member of a distribution group.",
            fr: "Fait d'un destinataire un membre d'un groupe de distribution.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], MEMBER, CHANGING],
        roles: &[MAIL_RECIPIENTS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Get-DistributionGroupMember",
        synopsis: Text {
            en: "Shows the members of a distribution group.",
            fr: "Affiche les membres d'un groupe de distribution.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), RESULT_SIZE],
            READING,
        ],
        roles: &[MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, VIEW_ONLY_RECIPIENTS],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output { columns: &["Name", "RecipientType"], type_name: "Recipient" },
    },
    Cmdlet {
        name: "Remove-DistributionGroupMember",
        synopsis: Text {
            en: "Takes a recipient out of a distribution group.",
            fr: "Retire un destinataire d'un groupe de distribution.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], MEMBER, CHANGING],
        roles: &[MAIL_RECIPIENTS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Update-DistributionGroupMember",
        synopsis: Text {
            en: "Gives a distribution group other members in place of those it has.",
            fr: "Donne à un groupe de distribution d'autres membres à la place des siens.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), MEMBERS, BYPASS],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENTS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
