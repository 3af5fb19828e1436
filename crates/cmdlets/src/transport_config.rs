//! `Get-TransportConfig` and `Set-TransportConfig` (management.md section 8.3).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{TRANSPORT_SETTINGS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, parameters};

const OUTPUT: Output = Output {
    columns: &[
        "MaxReceiveSize",
        "MaxSendSize",
        "MaxRecipientEnvelopeLimit",
        "ExternalPostmasterAddress",
        "ShadowRedundancyEnabled",
    ],
    type_name: "TransportConfig",
};

const IDENTITY: Parameter = Parameter::new(
    "Identity",
    Kind::Identity,
    "Reserved: there is one organization.",
    "Réservé : il n'y a qu'une organisation.",
)
.at(1)
.available(Availability::Reserved);

const SIZES: [Parameter; 3] = [
    Parameter::new(
        "MaxReceiveSize",
        Kind::UnlimitedSize,
        "The largest message anybody in the organization may receive, or unlimited.",
        "Taille maximale d'un message reçu dans l'organisation, ou unlimited.",
    ),
    Parameter::new(
        "MaxSendSize",
        Kind::UnlimitedSize,
        "The largest message anybody in the organization may send, or unlimited.",
        "Taille maximale d'un message envoyé depuis l'organisation, ou unlimited.",
    ),
    Parameter::new(
        "MaxRecipientEnvelopeLimit",
        Kind::UnlimitedInt32,
        "How many recipients a message may have, or unlimited.",
        "Nombre de destinataires d'un message, ou unlimited.",
    ),
];

macro_rules! reports {
    ($side:literal, $en:literal, $fr:literal) => {
        [
            Parameter::new(
                concat!($side, "DelayDsnEnabled"),
                Kind::Boolean,
                concat!("Whether ", $en, " senders are told of a delay."),
                concat!("Indique si les expéditeurs ", $fr, " sont avertis d'un retard."),
            ),
            Parameter::new(
                concat!($side, "DsnDefaultLanguage"),
                Kind::String,
                concat!("The language of reports to ", $en, " senders when nothing tells theirs."),
                concat!(
                    "Langue des rapports aux expéditeurs ",
                    $fr,
                    " quand rien n'indique la leur."
                ),
            ),
            Parameter::new(
                concat!($side, "DsnLanguageDetectionEnabled"),
                Kind::Boolean,
                concat!("Whether reports to ", $en, " senders come in the message's language."),
                concat!(
                    "Indique si les rapports aux expéditeurs ",
                    $fr,
                    " suivent la langue du message."
                ),
            ),
            Parameter::new(
                concat!($side, "DsnMaxMessageAttachSize"),
                Kind::Size,
                concat!("Up to which size a message is returned whole to ", $en, " senders."),
                concat!(
                    "Taille jusqu'à laquelle un message est retourné entier aux expéditeurs ",
                    $fr,
                    "."
                ),
            ),
            Parameter::new(
                concat!($side, "DsnReportingAuthority"),
                Kind::String,
                concat!("The domain named as the author of reports to ", $en, " senders."),
                concat!("Domaine nommé comme auteur des rapports aux expéditeurs ", $fr, "."),
            ),
            Parameter::new(
                concat!($side, "DsnSendHtml"),
                Kind::Boolean,
                concat!("Whether reports to ", $en, " senders are in HTML; stored."),
                concat!(
                    "Indique si les rapports aux expéditeurs ",
                    $fr,
                    " sont en HTML ; conservé."
                ),
            ),
        ]
    };
}

macro_rules! stored {
    ($($name:literal: $kind:expr),+ $(,)?) => {
        [$(Parameter::new(
            $name,
            $kind,
            "Accepted so that existing scripts run; stored where the organization has the setting, without effect.",
            "Accepté pour que les scripts existants fonctionnent ; conservé si l'organisation a ce réglage, sans effet.",
        )
        .available(Availability::Reserved)),+]
    };
}

const REPORTS: [Parameter; 4] = [
    Parameter::new(
        "DSNConversionMode",
        Kind::Enum(&["UseExchangeDSNs", "PreserveDSNBody", "DoNotConvert"]),
        "How reports of other systems are converted; stored.",
        "Conversion des rapports d'autres systèmes ; conservé.",
    ),
    Parameter::new(
        "ExternalPostmasterAddress",
        Kind::SmtpAddress,
        "The sender of reports to external senders; empty means postmaster at the default domain.",
        "Expéditeur des rapports aux expéditeurs externes ; vide signifie postmaster au domaine par défaut.",
    ),
    Parameter::new(
        "GenerateCopyOfDSNFor",
        TEXTS,
        "The status codes of reports that are copied to the mailbox of ExternalPostmasterAddress, such as 5.4.8.",
        "Codes d'état des rapports copiés dans la boîte aux lettres d'ExternalPostmasterAddress, par exemple 5.4.8.",
    ),
    Parameter::new(
        "JournalingReportNdrTo",
        Kind::SmtpAddress,
        "Where undeliverable journal reports go; stored.",
        "Destination des rapports de journal non remis ; conservé.",
    ),
];

const SECURITY: [Parameter; 3] = [
    Parameter::new(
        "InternalSMTPServers",
        TEXTS,
        "Addresses of the organization's other SMTP servers; stored.",
        "Adresses des autres serveurs SMTP de l'organisation ; conservé.",
    ),
    Parameter::new(
        "TLSReceiveDomainSecureList",
        TEXTS,
        "The domains whose incoming mail must come with mutual TLS; stored.",
        "Domaines dont le courrier entrant doit arriver en TLS mutuel ; conservé.",
    ),
    Parameter::new(
        "TLSSendDomainSecureList",
        TEXTS,
        "The domains mail to which must go out with mutual TLS; stored.",
        "Domaines vers lesquels le courrier doit partir en TLS mutuel ; conservé.",
    ),
];

const REDUNDANCY: [Parameter; 9] = [
    Parameter::new(
        "ShadowRedundancyEnabled",
        Kind::Boolean,
        "Whether a second server keeps a copy; needs several servers.",
        "Indique si un second serveur garde une copie ; nécessite plusieurs serveurs.",
    ),
    Parameter::new(
        "RejectMessageOnShadowFailure",
        Kind::Boolean,
        "Whether mail is refused for the moment when no second copy can be made; needs several servers.",
        "Indique si le courrier est refusé provisoirement faute de seconde copie ; nécessite plusieurs serveurs.",
    ),
    Parameter::new(
        "ShadowMessagePreferenceSetting",
        Kind::Enum(&["PreferRemote", "LocalOnly", "RemoteOnly"]),
        "Where the second copy is made; stored.",
        "Emplacement de la seconde copie ; conservé.",
    ),
    Parameter::new(
        "MaxRetriesForLocalSiteShadow",
        Kind::Int32,
        "Tries to make a copy in the same site, 0 to 255; stored.",
        "Tentatives de copie dans le même site, de 0 à 255 ; conservé.",
    ),
    Parameter::new(
        "MaxRetriesForRemoteSiteShadow",
        Kind::Int32,
        "Tries to make a copy in another site, 0 to 255; stored.",
        "Tentatives de copie dans un autre site, de 0 à 255 ; conservé.",
    ),
    Parameter::new(
        "ShadowHeartbeatFrequency",
        Kind::TimeSpan,
        "How often servers ask after each other's copies; stored.",
        "Fréquence à laquelle les serveurs s'enquièrent de leurs copies ; conservé.",
    ),
    Parameter::new(
        "ShadowResubmitTimeSpan",
        Kind::TimeSpan,
        "After how long the second server sends in place of the first; stored.",
        "Délai après lequel le second serveur envoie à la place du premier ; conservé.",
    ),
    Parameter::new(
        "ShadowMessageAutoDiscardInterval",
        Kind::TimeSpan,
        "How long delivered copies are remembered; stored.",
        "Durée de mémorisation des copies remises ; conservé.",
    ),
    Parameter::new(
        "SafetyNetHoldTime",
        Kind::TimeSpan,
        "How long delivered messages are kept; stored.",
        "Durée de conservation des messages remis ; conservé.",
    ),
];

/// Not Exchange's.
const OURS: [Parameter; 4] = [
    Parameter::new(
        "DaneEnabled",
        Kind::Boolean,
        "Whether what the DNS says of certificates (TLSA records, RFC 7672) counts where its signatures are \
     validated.",
        "Indique si ce que le DNS dit des certificats (enregistrements TLSA, RFC 7672) compte là où ses \
     signatures sont validées.",
    ),
    Parameter::new(
        "MtaStsEnabled",
        Kind::Boolean,
        "Whether the MTA-STS policies of recipients' domains count (RFC 8461).",
        "Indique si les politiques MTA-STS des domaines destinataires comptent (RFC 8461).",
    ),
    Parameter::new(
        "TlsReportingEnabled",
        Kind::Boolean,
        "Whether domains that ask for it in the DNS are told daily what became of TLS with their hosts (RFC 8460).",
        "Indique si les domaines qui le demandent dans le DNS sont informés chaque jour du sort de TLS avec leurs \
     hôtes (RFC 8460).",
    ),
    Parameter::new(
        "TlsRequiredNoEnabled",
        Kind::Boolean,
        "Whether the header field TLS-Required: No of a message lets it go whatever the recipients' domains demand by \
     DANE or MTA-STS (RFC 8689).",
        "Indique si le champ d'en-tête TLS-Required: No d'un message le laisse partir quoi que les domaines destinataires \
     exigent par DANE ou MTA-STS (RFC 8689).",
    ),
];

const STORED: [Parameter; 21] = stored![
    "AddressBookPolicyRoutingEnabled": Kind::Boolean,
    "AgentGeneratedMessageLoopDetectionInSubmissionEnabled": Kind::Boolean,
    "AgentGeneratedMessageLoopDetectionInSmtpEnabled": Kind::Boolean,
    "ClearCategories": Kind::Boolean,
    "ConvertDisclaimerWrapperToEml": Kind::Boolean,
    "DiagnosticsAggregationServicePort": Kind::Int32,
    "Force": Kind::Switch,
    "HeaderPromotionModeSetting": Kind::Enum(&["NoCreate", "MayCreate", "MustCreate"]),
    "MaxAllowedAgentGeneratedMessageDepth": Kind::Int32,
    "MaxAllowedAgentGeneratedMessageDepthPerAgent": Kind::Int32,
    "MaxDumpsterSizePerDatabase": Kind::Size,
    "MaxDumpsterTime": Kind::TimeSpan,
    "QueueDiagnosticsAggregationInterval": Kind::TimeSpan,
    "Rfc2231EncodingEnabled": Kind::Boolean,
    "ShadowHeartbeatRetryCount": Kind::Int32,
    "ShadowHeartbeatTimeoutInterval": Kind::TimeSpan,
    "SupervisionTags": TEXTS,
    "TransportRuleAttachmentTextScanLimit": Kind::Size,
    "VerifySecureSubmitEnabled": Kind::Boolean,
    "VoicemailJournalingEnabled": Kind::Boolean,
    "Xexch50Enabled": Kind::Boolean,
];

const EXCHANGE_2010: [Parameter; 1] = [Parameter::new(
    "LegacyJournalingMigrationEnabled",
    Kind::Boolean,
    "Exchange Server 2010 only; refused.",
    "Exchange Server 2010 seulement ; refusé.",
)
.available(Availability::Exchange2010)];

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-TransportConfig",
        synopsis: Text {
            en: "Shows the transport settings of the organization.",
            fr: "Affiche les réglages de transport de l'organisation.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[IDENTITY], READING],
        roles: &[TRANSPORT_SETTINGS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Set-TransportConfig",
        synopsis: Text {
            en: "Changes the transport settings of the organization: sizes, reports, redundancy.",
            fr: "Modifie les réglages de transport de l'organisation : tailles, rapports, redondance.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [IDENTITY],
            SIZES,
            reports!("External", "external", "externes"),
            reports!("Internal", "internal", "internes"),
            REPORTS,
            SECURITY,
            REDUNDANCY,
            OURS,
            STORED,
            EXCHANGE_2010,
            CHANGING,
        ],
        roles: &[TRANSPORT_SETTINGS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
