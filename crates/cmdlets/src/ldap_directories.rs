//! `*-LdapDirectory` and `Start-LdapSynchronization`: directories elsewhere whose people are recipients here. Ours.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{
    MAIL_RECIPIENT_CREATION, ROLE_MANAGEMENT, VIEW_ONLY_CONFIGURATION, VIEW_ONLY_RECIPIENTS,
};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

const OUTPUT: Output = Output {
    columns: &["Name", "Enabled", "Servers", "RecipientCount", "LastSuccess", "LastError"],
    type_name: "LdapDirectory",
};

const IDENTITY_EN: &str = "The LDAP directory: name, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "L'annuaire LDAP : nom, GUID, nom unique (DN) ou objet.";

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The LDAP directory's name, at most 64 characters, unique.",
    "Nom de l'annuaire LDAP, 64 caractères au plus, unique.",
);

const SERVERS: Parameter = Parameter::new(
    "Servers",
    TEXTS,
    "1 to 8 servers in the order in which they are asked, such as ldaps://dc1.contoso.com. ldap:// is encrypted with \
     StartTLS, except on this machine itself.",
    "De 1 à 8 serveurs dans l'ordre où ils sont interrogés, par exemple ldaps://dc1.contoso.com. ldap:// est chiffré par \
     StartTLS, sauf sur cette machine même.",
);

const BASE: Parameter = Parameter::new(
    "BaseDN",
    Kind::String,
    "The distinguished name below which everybody is, such as DC=contoso,DC=com.",
    "Nom unique (DN) sous lequel se trouvent tous les objets, par exemple DC=contoso,DC=com.",
);

const OPTIONS: &[Parameter] = &[
    Parameter::new(
        "AdoptExistingRecipients",
        Kind::Boolean,
        "Whether a recipient of the organization's own that has the primary address of one that is found becomes it, \
         password included; never one with management roles. $false unless given: what is found is left out then.",
        "Indique si un destinataire propre à l'organisation qui a l'adresse principale d'un objet trouvé devient celui-ci, \
         mot de passe compris ; jamais s'il a des rôles de gestion. $false par défaut : l'objet trouvé est alors laissé de côté.",
    ),
    Parameter::new(
        "Credential",
        Kind::Credential,
        "Who reads the directory, and his password: a distinguished name, or with Active Directory user@domain. $null \
         reads without signing in.",
        "Qui lit l'annuaire, et son mot de passe : un nom unique (DN) ou, avec Active Directory, utilisateur@domaine. \
         $null : lecture anonyme.",
    ),
    Parameter::new(
        "ContactFilter",
        Kind::String,
        "The LDAP filter that finds mail contacts; that of the schema unless given.",
        "Filtre LDAP qui trouve les contacts de messagerie ; celui du schéma par défaut.",
    ),
    Parameter::new(
        "Enabled",
        Kind::Boolean,
        "Whether it is read and asked for passwords; $true unless given.",
        "Indique si l'annuaire est lu et vérifie les mots de passe ; $true par défaut.",
    ),
    Parameter::new(
        "GroupFilter",
        Kind::String,
        "The LDAP filter that finds distribution groups; that of the schema unless given.",
        "Filtre LDAP qui trouve les groupes de distribution ; celui du schéma par défaut.",
    ),
    Parameter::new(
        "MaximumRemovals",
        Kind::UnlimitedInt32,
        "Most recipients that go when they are not found any more; where there are more, they stay until \
         Start-LdapSynchronization -Force. 20 unless given.",
        "Nombre maximal de destinataires supprimés parce qu'ils ne sont plus trouvés ; au-delà ils restent jusqu'à \
         Start-LdapSynchronization -Force. 20 par défaut.",
    ),
    Parameter::new(
        "PasswordVerificationEnabled",
        Kind::Boolean,
        "Whether its people sign in (submission, admin center) with their passwords there; $true unless given. SCRAM is \
         not offered then.",
        "Indique si ses personnes se connectent (envoi, centre d'administration) avec leur mot de passe de cet annuaire ; \
         $true par défaut. SCRAM n'est alors pas proposé.",
    ),
    Parameter::new(
        "Schema",
        Kind::Enum(&["ActiveDirectory", "InetOrgPerson"]),
        "What is where: as in Active Directory, or inetOrgPerson, groupOfNames, uid as in most others.",
        "Structure de l'annuaire : celle d'Active Directory, ou inetOrgPerson, groupOfNames, uid comme la plupart des autres.",
    ),
    Parameter::new(
        "SynchronizationInterval",
        Kind::TimeSpan,
        "How often it is read, 00:00:30 to 1.00:00:00; 00:05:00 unless given.",
        "Fréquence de lecture, de 00:00:30 à 1.00:00:00 ; 00:05:00 par défaut.",
    ),
    Parameter::new(
        "UserFilter",
        Kind::String,
        "The LDAP filter that finds those who have a mailbox here; that of the schema unless given.",
        "Filtre LDAP qui trouve ceux qui ont une boîte aux lettres ici ; celui du schéma par défaut.",
    ),
];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-LdapDirectory",
        synopsis: Text {
            en: "Shows the LDAP directories that recipients come from, and how the last reading went.",
            fr: "Affiche les annuaires LDAP dont viennent des destinataires, et l'issue de la dernière lecture.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[
            ROLE_MANAGEMENT,
            MAIL_RECIPIENT_CREATION,
            VIEW_ONLY_CONFIGURATION,
            VIEW_ONLY_RECIPIENTS,
        ],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-LdapDirectory",
        synopsis: Text {
            en: "Takes recipients, and who they are, from an LDAP directory or Active Directory.",
            fr: "Prend les destinataires, et leur identité, dans un annuaire LDAP ou Active Directory.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [NAME.required().at(1), SERVERS.required(), BASE.required()],
            OPTIONS,
            CHANGING,
        ],
        roles: &[ROLE_MANAGEMENT],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-LdapDirectory",
        synopsis: Text {
            en: "Reads an LDAP directory no longer; its recipients stay, as the organization's own and without passwords.",
            fr: "Ne lit plus un annuaire LDAP ; ses destinataires restent, propres à l'organisation et sans mot de passe.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[ROLE_MANAGEMENT],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-LdapDirectory",
        synopsis: Text {
            en: "Changes how an LDAP directory is read.",
            fr: "Modifie la lecture d'un annuaire LDAP.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), NAME, SERVERS, BASE],
            OPTIONS,
            CHANGING,
        ],
        roles: &[ROLE_MANAGEMENT],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Start-LdapSynchronization",
        synopsis: Text {
            en: "Reads an LDAP directory now, and brings in what it holds; with -WhatIf only says what would change.",
            fr: "Lit un annuaire LDAP maintenant et reprend ce qu'il contient ; avec -WhatIf, dit seulement ce qui changerait.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                Parameter::new(
                    "Force",
                    Kind::Switch,
                    "However many recipients go.",
                    "Quel que soit le nombre de destinataires supprimés.",
                ),
            ],
            CHANGING,
        ],
        roles: &[ROLE_MANAGEMENT, MAIL_RECIPIENT_CREATION],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output {
            columns: &["Identity", "Recipients", "Created", "Changed", "Removed", "LeftOutCount"],
            type_name: "LdapSynchronization",
        },
    },
];
