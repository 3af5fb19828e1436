//! `Get-RoleGroup` and `*-RoleGroupMember` (management.md section 9.3).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{ROLE_MANAGEMENT, VIEW_ONLY_CONFIGURATION};
use crate::standard::{
    CHANGING, READING, RESULT_SIZE, identity_to_change, identity_to_read, parameters,
};

const IDENTITY_EN: &str = "The role group: name, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le groupe de rôles : nom, GUID, nom unique (DN) ou objet.";

const READ_FROM: Parameter = Parameter::new(
    "ReadFromDomainController",
    Kind::Switch,
    "Accepted without effect.",
    "Accepté, sans effet.",
)
.available(Availability::Reserved);

const MEMBER: [Parameter; 2] = [
    Parameter::new(
        "Member",
        Kind::Identity,
        "The mailbox: name, address, GUID, distinguished name or object.",
        "La boîte aux lettres : nom, adresse, GUID, nom unique (DN) ou objet.",
    )
    .required()
    .piped(),
    Parameter::new(
        "BypassSecurityGroupManagerCheck",
        Kind::Switch,
        "Accepted without effect: whoever may run this cmdlet may change any group.",
        "Accepté, sans effet : qui peut exécuter cette commande peut modifier tout groupe.",
    )
    .available(Availability::Reserved),
];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-RoleGroup",
        synopsis: Text {
            en: "Shows role groups and the management roles they hold.",
            fr: "Affiche les groupes de rôles et les rôles de gestion qu'ils détiennent.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_read(IDENTITY_EN, IDENTITY_FR),
                Parameter::new(
                    "Filter",
                    Kind::String,
                    "Only the groups that satisfy the filter, such as \"Name -like 'Help*'\".",
                    "Seulement les groupes qui satisfont au filtre, par exemple \"Name -like 'Help*'\".",
                ),
                RESULT_SIZE,
                Parameter::new(
                    "SortBy",
                    Kind::Enum(&["Name", "DisplayName"]),
                    "The property to sort by.",
                    "Propriété de tri.",
                ),
                Parameter::new(
                    "ShowPartnerLinked",
                    Kind::Switch,
                    "Accepted without effect.",
                    "Accepté, sans effet.",
                )
                .available(Availability::Reserved),
                READ_FROM,
            ],
            READING,
        ],
        roles: &[ROLE_MANAGEMENT, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Name", "AssignedRoles", "RoleAssignments", "ManagedBy"],
            type_name: "RoleGroup",
        },
    },
    Cmdlet {
        name: "Add-RoleGroupMember",
        synopsis: Text {
            en: "Makes a mailbox a member of a role group.",
            fr: "Fait d'une boîte aux lettres un membre d'un groupe de rôles.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], MEMBER, CHANGING],
        roles: &[ROLE_MANAGEMENT],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Get-RoleGroupMember",
        synopsis: Text {
            en: "Shows the members of a role group.",
            fr: "Affiche les membres d'un groupe de rôles.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), RESULT_SIZE, READ_FROM],
            READING,
        ],
        roles: &[ROLE_MANAGEMENT, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output { columns: &["Name", "RecipientType"], type_name: "RoleGroupMember" },
    },
    Cmdlet {
        name: "Remove-RoleGroupMember",
        synopsis: Text {
            en: "Takes a mailbox out of a role group; Organization Management keeps its last member.",
            fr: "Retire une boîte aux lettres d'un groupe de rôles ; Organization Management garde son dernier membre.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], MEMBER, CHANGING],
        roles: &[ROLE_MANAGEMENT],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
