//! `*-RemoteDomain` (management.md section 8.5).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{DOMAINS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

const OUTPUT: Output =
    Output { columns: &["Name", "DomainName", "AllowedOOFType"], type_name: "DomainContentConfig" };

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The remote domain's name, at most 64 characters, unique.",
    "Nom du domaine distant, 64 caractères au plus, unique.",
);

const IDENTITY_EN: &str = "The remote domain: name, domain, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le domaine distant : nom, domaine, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-RemoteDomain",
        synopsis: Text {
            en: "Shows what applies to mail exchanged with domains that are not ours.",
            fr: "Affiche ce qui s'applique au courrier échangé avec les domaines extérieurs.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[DOMAINS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-RemoteDomain",
        synopsis: Text {
            en: "Gives a domain that is not ours settings of its own.",
            fr: "Donne des paramètres propres à un domaine extérieur.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                NAME.required().at(1),
                Parameter::new(
                    "DomainName",
                    Kind::String,
                    "The domain, such as fabrikam.com, or *.fabrikam.com with its subdomains; fixed once created.",
                    "Le domaine, par exemple fabrikam.com, ou *.fabrikam.com avec ses sous-domaines ; non modifiable ensuite.",
                )
                .required(),
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
        name: "Remove-RemoteDomain",
        synopsis: Text {
            en: "Removes the settings of a remote domain; mail to it goes on under those of Default.",
            fr: "Supprime les paramètres d'un domaine distant ; ceux de Default s'appliquent alors à son courrier.",
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
        name: "Set-RemoteDomain",
        synopsis: Text {
            en: "Changes what applies to mail exchanged with a remote domain.",
            fr: "Modifie ce qui s'applique au courrier échangé avec un domaine distant.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                Parameter::new(
                    "AllowedOOFType",
                    Kind::Enum(&["External", "ExternalLegacy", "InternalLegacy", "None"]),
                    "Which out-of-office messages go there; InternalLegacy makes the domain internal. Stored: SMTP does not tell them apart.",
                    "Messages d'absence envoyés à ce domaine ; InternalLegacy rend le domaine interne. Conservé : SMTP ne les distingue pas.",
                ),
                Parameter::new(
                    "AutoForwardEnabled",
                    Kind::Boolean,
                    "Whether automatic forwards go there. Stored: SMTP does not tell them apart.",
                    "Indique si les transferts automatiques y sont envoyés. Conservé : SMTP ne les distingue pas.",
                ),
                Parameter::new(
                    "AutoReplyEnabled",
                    Kind::Boolean,
                    "Whether automatic replies go there. Stored: SMTP does not tell them apart.",
                    "Indique si les réponses automatiques y sont envoyées. Conservé : SMTP ne les distingue pas.",
                ),
                Parameter::new(
                    "ByteEncoderTypeFor7BitCharsets",
                    Kind::Enum(&["Use7Bit", "UseQP", "UseBase64", "UseQPHtmlDetectTextPlain", "UseBase64HtmlDetectTextPlain", "UseQPHtml7BitTextPlain", "UseBase64Html7BitTextPlain", "Undefined"]),
                    "How 7-bit character sets are encoded; stored, content is not converted.",
                    "Codage des jeux de caractères à 7 bits ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "CharacterSet",
                    Kind::String,
                    "Character set of MIME messages that name none, such as utf-8; stored, content is not converted.",
                    "Jeu de caractères des messages MIME qui n'en indiquent pas, par exemple utf-8 ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "ContentType",
                    Kind::Enum(&["MimeHtmlText", "MimeText", "MimeHtml"]),
                    "Which formats of a message go there; stored, content is not converted.",
                    "Formats de message envoyés à ce domaine ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "DeliveryReportEnabled",
                    Kind::Boolean,
                    "Whether senders there get the delivery reports they ask for.",
                    "Indique si les expéditeurs de ce domaine reçoivent les accusés de remise qu'ils demandent.",
                ),
                Parameter::new(
                    "DisplaySenderName",
                    Kind::Boolean,
                    "Whether the sender's display name is shown there; stored.",
                    "Indique si le nom complet de l'expéditeur y est affiché ; conservé.",
                ),
                Parameter::new(
                    "IsInternal",
                    Kind::Boolean,
                    "Whether the domain belongs to the organization; $false sets AllowedOOFType to ExternalLegacy. Stored.",
                    "Indique si le domaine appartient à l'organisation ; $false règle AllowedOOFType sur ExternalLegacy. Conservé.",
                ),
                Parameter::new(
                    "LineWrapSize",
                    Kind::UnlimitedInt32,
                    "Longest line of a message, 0 to 132 or Unlimited; stored, content is not converted.",
                    "Longueur maximale d'une ligne, de 0 à 132 ou Unlimited ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "MeetingForwardNotificationEnabled",
                    Kind::Boolean,
                    "Whether organizers there are told of forwarded meetings; stored.",
                    "Indique si les organisateurs de ce domaine sont avertis des transferts de réunion ; conservé.",
                ),
                Parameter::new(
                    "MessageCountThreshold",
                    Kind::Int32,
                    "Number of messages above which monitoring is told; stored.",
                    "Nombre de messages au-delà duquel la surveillance est avertie ; conservé.",
                ),
                NAME,
                Parameter::new(
                    "NDRDiagnosticInfoEnabled",
                    Kind::Boolean,
                    "$false leaves server names, replies and diagnostic information out of reports to senders there.",
                    "$false retire noms de serveurs, réponses et diagnostics des rapports envoyés aux expéditeurs de ce domaine.",
                ),
                Parameter::new(
                    "NDREnabled",
                    Kind::Boolean,
                    "Whether senders there get non-delivery reports.",
                    "Indique si les expéditeurs de ce domaine reçoivent des notifications d'échec de remise.",
                ),
                Parameter::new(
                    "TlsExceptionUntil",
                    Kind::DateTime,
                    "Until then (UTC, at most 90 days ahead) hosts of this domain need not be what DANE and MTA-STS demand; $null ends it.",
                    "Jusqu'à cette date (UTC, 90 jours au plus), les hôtes de ce domaine échappent à ce qu'exigent DANE et MTA-STS ; $null y met fin.",
                ),
                Parameter::new(
                    "NonMimeCharacterSet",
                    Kind::String,
                    "Character set of messages without MIME; stored, content is not converted.",
                    "Jeu de caractères des messages sans MIME ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "PreferredInternetCodePageForShiftJis",
                    Kind::Enum(&["50220", "50221", "50222", "Undefined"]),
                    "Code page for Shift-JIS; stored, content is not converted.",
                    "Page de codes pour Shift-JIS ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "RequiredCharsetCoverage",
                    Kind::Int32,
                    "Percentage of characters a character set must cover; stored, content is not converted.",
                    "Pourcentage de caractères qu'un jeu de caractères doit couvrir ; conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "TargetDeliveryDomain",
                    Kind::Boolean,
                    "Whether the domain is that of moved mailboxes; stored.",
                    "Indique si le domaine est celui de boîtes aux lettres déplacées ; conservé.",
                ),
                Parameter::new(
                    "TNEFEnabled",
                    Kind::OptionalBoolean,
                    "Whether TNEF goes there; $null leaves it to the client. Stored, content is not converted.",
                    "Indique si TNEF y est envoyé ; $null laisse le client décider. Conservé, le contenu n'est pas converti.",
                ),
                Parameter::new(
                    "TrustedMailInboundEnabled",
                    Kind::Boolean,
                    "Whether mail from there passes content filters; stored, there are none here.",
                    "Indique si le courrier de ce domaine échappe aux filtres de contenu ; conservé, il n'y en a pas ici.",
                ),
                Parameter::new(
                    "TrustedMailOutboundEnabled",
                    Kind::Boolean,
                    "Whether mail to there is marked as trusted; stored.",
                    "Indique si le courrier vers ce domaine est marqué comme fiable ; conservé.",
                ),
                Parameter::new(
                    "UseSimpleDisplayName",
                    Kind::Boolean,
                    "Whether the simple display name is sent; stored.",
                    "Indique si le nom complet simplifié est envoyé ; conservé.",
                ),
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
