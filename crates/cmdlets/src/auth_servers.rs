//! `*-AuthServer`: whose access tokens mail clients may sign in with. `Audience` and `UserClaim` are ours.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{TRANSPORT_SETTINGS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

const OUTPUT: Output = Output {
    columns: &["Name", "Enabled", "AuthMetadataUrl", "Audience", "KeyCount"],
    type_name: "AuthServer",
};

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The authorization server's name, at most 64 characters, unique.",
    "Nom du serveur d'autorisation, 64 caractères au plus, unique.",
);

const METADATA: Parameter = Parameter::new(
    "AuthMetadataUrl",
    Kind::String,
    "Where its metadata are, over HTTPS: issuer and jwks_uri are taken from them. As a rule it ends in \
     /.well-known/openid-configuration.",
    "Adresse HTTPS de ses métadonnées, dont sont tirés issuer et jwks_uri. Elle se termine en général par \
     /.well-known/openid-configuration.",
);

const AUDIENCE: Parameter = Parameter::new(
    "Audience",
    Kind::String,
    "What a token must be for (aud): what the issuer calls this mail service.",
    "Ce à quoi un jeton doit être destiné (aud) : le nom de ce service de messagerie chez l'émetteur.",
);

const ISSUER: Parameter = Parameter::new(
    "IssuerIdentifier",
    Kind::String,
    "What a token's iss must be; what the metadata say, unless given. $null takes it back.",
    "Valeur exigée d'iss dans un jeton ; celle des métadonnées par défaut. $null l'annule.",
);

const USER_CLAIM: Parameter = Parameter::new(
    "UserClaim",
    TEXTS,
    "The claims that may name the user: the first that is in the token does, by one of his mail addresses. email, \
     preferred_username, upn unless given.",
    "Revendications qui peuvent nommer l'utilisateur : la première présente dans le jeton le fait, par une de ses \
     adresses de messagerie. email, preferred_username, upn par défaut.",
);

const ENABLED: Parameter = Parameter::new(
    "Enabled",
    Kind::Boolean,
    "Whether its tokens are taken; $true unless given.",
    "Indique si ses jetons sont acceptés ; $true par défaut.",
);

const IDENTITY_EN: &str = "The authorization server: name, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le serveur d'autorisation : nom, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-AuthServer",
        synopsis: Text {
            en: "Shows whose access tokens mail clients may sign in with, and whether the keys to judge them are there.",
            fr: "Affiche de qui les clients de messagerie peuvent présenter des jetons d'accès, et si les clés pour les juger sont là.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[TRANSPORT_SETTINGS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-AuthServer",
        synopsis: Text {
            en: "Lets mail clients sign in with access tokens of an issuer.",
            fr: "Permet aux clients de messagerie de se connecter avec les jetons d'accès d'un émetteur.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                NAME.required().at(1),
                METADATA.required(),
                AUDIENCE.required(),
                ISSUER,
                USER_CLAIM,
                ENABLED
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-AuthServer",
        synopsis: Text {
            en: "Takes an issuer's access tokens no longer, those of sessions that are open included.",
            fr: "N'accepte plus les jetons d'accès d'un émetteur, ceux des sessions ouvertes compris.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[TRANSPORT_SETTINGS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-AuthServer",
        synopsis: Text {
            en: "Changes whose access tokens are taken, and what must stand in them.",
            fr: "Modifie de qui les jetons d'accès sont acceptés, et ce qui doit s'y trouver.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                NAME,
                METADATA,
                AUDIENCE,
                ISSUER,
                USER_CLAIM,
                ENABLED,
                Parameter::new(
                    "RefreshAuthMetadata",
                    Kind::Switch,
                    "Reads metadata and keys anew, now.",
                    "Relit maintenant les métadonnées et les clés.",
                ),
            ],
            CHANGING,
        ],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
