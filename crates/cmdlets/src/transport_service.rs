//! `*-TransportService` and `*-FrontendTransportService` (management.md sections 8.1 and 8.2).
//!
//! The many log settings follow one pattern (`…LogEnabled`, `…MaxAge`, `…MaxDirectorySize`,
//! `…MaxFileSize`, `…Path`), so they are declared by pattern.

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, LOGGING_LEVEL, TEXTS};
use crate::roles::{
    EXCHANGE_SERVERS, RECEIVE_CONNECTORS, TRANSPORT_HYGIENE, VIEW_ONLY_CONFIGURATION,
};
use crate::standard::{CHANGING, READING, identity_to_change, identity_to_read, parameters};

macro_rules! log_enabled {
    ($prefix:literal, $en:literal, $fr:literal) => {
        Parameter::new(
            concat!($prefix, "Enabled"),
            Kind::Boolean,
            concat!("Whether the ", $en, " is written."),
            concat!("Indique si le ", $fr, " est écrit."),
        )
    };
}

macro_rules! log_room {
    ($prefix:literal, $en:literal, $fr:literal) => {
        [
            Parameter::new(
                concat!($prefix, "MaxAge"),
                Kind::TimeSpan,
                concat!("After which age files of the ", $en, " are deleted."),
                concat!("Âge après lequel les fichiers du ", $fr, " sont supprimés."),
            ),
            Parameter::new(
                concat!($prefix, "MaxDirectorySize"),
                Kind::UnlimitedSize,
                concat!("How much room the ", $en, " may take, or unlimited."),
                concat!("Place que le ", $fr, " peut occuper, ou unlimited."),
            ),
            Parameter::new(
                concat!($prefix, "Path"),
                Kind::String,
                concat!("Where the ", $en, " is written; $null switches it off."),
                concat!("Emplacement du ", $fr, " ; $null le désactive."),
            ),
        ]
    };
}

macro_rules! log_file_size {
    ($prefix:literal, $en:literal, $fr:literal) => {
        Parameter::new(
            concat!($prefix, "MaxFileSize"),
            Kind::UnlimitedSize,
            concat!("At which size a new file of the ", $en, " is begun, or unlimited."),
            concat!(
                "Taille à laquelle un nouveau fichier du ",
                $fr,
                " est commencé, ou unlimited."
            ),
        )
    };
}

macro_rules! without_effect {
    ($($name:literal: $kind:expr),+ $(,)?) => {
        [$(Parameter::new(
            $name,
            $kind,
            "Accepted so that existing scripts run; has no effect.",
            "Accepté pour que les scripts existants fonctionnent ; sans effet.",
        )
        .available(Availability::Reserved)),+]
    };
}

macro_rules! dns {
    ($side:literal, $en:literal, $fr:literal) => {
        [
            Parameter::new(
                concat!($side, "DNSAdapterEnabled"),
                Kind::Boolean,
                concat!("$true takes the DNS servers for ", $en, " names from /etc/resolv.conf."),
                concat!("$true prend dans /etc/resolv.conf les serveurs DNS des noms ", $fr, "."),
            ),
            Parameter::new(
                concat!($side, "DNSAdapterGuid"),
                Kind::Guid,
                "Accepted without effect: there are no adapter GUIDs here.",
                "Accepté, sans effet : il n'y a pas ici de GUID de carte réseau.",
            )
            .available(Availability::Reserved),
            Parameter::new(
                concat!($side, "DNSProtocolOption"),
                Kind::Enum(&["Any", "UseTcpOnly", "UseUdpOnly"]),
                concat!("Over which protocol ", $en, " names are looked up."),
                concat!("Protocole des recherches de noms ", $fr, "."),
            ),
            Parameter::new(
                concat!($side, "DNSServers"),
                TEXTS,
                concat!("The DNS servers for ", $en, " names, each address or address:port."),
                concat!("Serveurs DNS des noms ", $fr, ", chacun adresse ou adresse:port."),
            ),
        ]
    };
}

const RETRIES: [Parameter; 7] = [
    Parameter::new(
        "TransientFailureRetryCount",
        Kind::Int32,
        "How many retries follow the quick ones, 0 to 15.",
        "Nombre de tentatives après les tentatives rapides, de 0 à 15.",
    ),
    Parameter::new(
        "TransientFailureRetryInterval",
        Kind::TimeSpan,
        "How far apart those retries are, 00:00:01 to 12:00:00.",
        "Intervalle entre ces tentatives, de 00:00:01 à 12:00:00.",
    ),
    Parameter::new(
        "OutboundConnectionFailureRetryInterval",
        Kind::TimeSpan,
        "How far apart the later retries are, 00:00:01 to 20.00:00:00.",
        "Intervalle entre les tentatives suivantes, de 00:00:01 à 20.00:00:00.",
    ),
    Parameter::new(
        "MessageRetryInterval",
        Kind::TimeSpan,
        "When a message refused for the moment is tried again, 00:00:01 to 1.00:00:00.",
        "Délai avant de réessayer un message refusé provisoirement, de 00:00:01 à 1.00:00:00.",
    ),
    Parameter::new(
        "DelayNotificationTimeout",
        Kind::TimeSpan,
        "After how long the sender is told of a delay, 00:00:01 to 30.00:00:00.",
        "Délai après lequel l'expéditeur est averti d'un retard, de 00:00:01 à 30.00:00:00.",
    ),
    Parameter::new(
        "MessageExpirationTimeout",
        Kind::TimeSpan,
        "After how long a message is returned, 00:00:05 to 90.00:00:00.",
        "Délai après lequel un message est retourné, de 00:00:05 à 90.00:00:00.",
    ),
    Parameter::new(
        "QueueMaxIdleTime",
        Kind::TimeSpan,
        "After how long an empty queue disappears, 00:00:05 to 01:00:00.",
        "Délai après lequel une file vide disparaît, de 00:00:05 à 01:00:00.",
    ),
];

const LIMITS: [Parameter; 7] = [
    Parameter::new(
        "MaxOutboundConnections",
        Kind::UnlimitedInt32,
        "How many outgoing connections are open at once, or unlimited.",
        "Nombre de connexions sortantes simultanées, ou unlimited.",
    ),
    Parameter::new(
        "MaxPerDomainOutboundConnections",
        Kind::UnlimitedInt32,
        "How many outgoing connections one next hop may take, at most MaxOutboundConnections.",
        "Nombre de connexions sortantes par tronçon suivant, au plus MaxOutboundConnections.",
    ),
    Parameter::new(
        "MaxConnectionRatePerMinute",
        Kind::Int32,
        "How many new incoming connections a minute are accepted.",
        "Nombre de nouvelles connexions entrantes acceptées par minute.",
    ),
    Parameter::new(
        "MaxConcurrentMailboxDeliveries",
        Kind::Int32,
        "How many deliveries to mailboxes run at once, 1 to 256.",
        "Nombre de remises simultanées aux boîtes aux lettres, de 1 à 256.",
    ),
    Parameter::new(
        "MaxConcurrentMailboxSubmissions",
        Kind::Int32,
        "How many submissions from mailboxes run at once, 1 to 256; stored.",
        "Nombre de soumissions simultanées depuis les boîtes, de 1 à 256 ; conservé.",
    ),
    Parameter::new(
        "IntraOrgConnectorProtocolLoggingLevel",
        LOGGING_LEVEL,
        "Whether conversations between servers of the organization are logged.",
        "Indique si les conversations entre serveurs de l'organisation sont journalisées.",
    ),
    Parameter::new(
        "IntraOrgConnectorSmtpMaxMessagesPerConnection",
        Kind::Int32,
        "After how many messages a connection to another server of the organization is closed.",
        "Nombre de messages après lequel une connexion à un autre serveur de l'organisation est fermée.",
    ),
];

const PICKUP: [Parameter; 6] = [
    Parameter::new(
        "PickupDirectoryPath",
        Kind::String,
        "Where applications put messages as files; $null: nowhere. Below the data directory unless absolute. Whoever may write there may send mail as anybody.",
        "Répertoire où les applications déposent des messages sous forme de fichiers ; $null : aucun. Dans le répertoire de données s'il n'est pas absolu. Quiconque peut y écrire peut envoyer du courrier au nom de n'importe qui.",
    ),
    Parameter::new(
        "PickupDirectoryMaxHeaderSize",
        Kind::Size,
        "The largest header of a message put there, 32768 to 2147483647 bytes; one with a larger header goes back to its sender.",
        "Taille maximale de l'en-tête d'un message déposé, de 32768 à 2147483647 octets ; au-delà, le message est renvoyé à son expéditeur.",
    ),
    Parameter::new(
        "PickupDirectoryMaxMessagesPerMinute",
        Kind::Int32,
        "How many files a minute are taken from the Pickup directory, and as many from the Replay directory, 1 to 20000.",
        "Nombre de fichiers prélevés par minute dans le répertoire de collecte, et autant dans celui de relecture, de 1 à 20000.",
    ),
    Parameter::new(
        "PickupDirectoryMaxRecipientsPerMessage",
        Kind::Int32,
        "How many recipients a message put there may have, 1 to 10000; one with more goes back to its sender.",
        "Nombre de destinataires d'un message déposé, de 1 à 10000 ; au-delà, il est renvoyé à son expéditeur.",
    ),
    Parameter::new(
        "ReplayDirectoryPath",
        Kind::String,
        "Where exported messages are put to be sent again; $null: nowhere. Below the data directory unless absolute. Whoever may write there may send mail as anybody.",
        "Répertoire où déposer les messages exportés à renvoyer ; $null : aucun. Dans le répertoire de données s'il n'est pas absolu. Quiconque peut y écrire peut envoyer du courrier au nom de n'importe qui.",
    ),
    Parameter::new(
        "RootDropDirectoryPath",
        Kind::String,
        "Root of the drop directories; stored.",
        "Racine des répertoires de dépôt ; conservé.",
    ),
];

const OTHERS: [Parameter; 11] = [
    Parameter::new(
        "PoisonMessageDetectionEnabled",
        Kind::Boolean,
        "Whether a message that makes the service fail is set aside.",
        "Indique si un message qui fait échouer le service est mis à l'écart.",
    ),
    Parameter::new(
        "PoisonThreshold",
        Kind::Int32,
        "After how many failures a message is set aside, 1 to 10.",
        "Nombre d'échecs après lequel un message est mis à l'écart, de 1 à 10.",
    ),
    Parameter::new(
        "MessageTrackingLogSubjectLoggingEnabled",
        Kind::Boolean,
        "Whether subjects are written to the message tracking log.",
        "Indique si les objets sont écrits dans le journal de suivi des messages.",
    ),
    Parameter::new(
        "ExternalIPAddress",
        Kind::IpAddress,
        "The address to name in Received fields; stored.",
        "Adresse à nommer dans les champs Received ; conservé.",
    ),
    Parameter::new(
        "AntispamAgentsEnabled",
        Kind::Boolean,
        "Anti-spam agents; stored.",
        "Agents anti-courrier indésirable ; conservé.",
    ),
    Parameter::new(
        "RecipientValidationCacheEnabled",
        Kind::Boolean,
        "Cache of recipient validation; stored.",
        "Cache de validation des destinataires ; conservé.",
    ),
    Parameter::new(
        "UseDowngradedExchangeServerAuth",
        Kind::Boolean,
        "Downgraded authentication between servers; stored.",
        "Authentification rétrogradée entre serveurs ; conservé.",
    ),
    Parameter::new(
        "ContentConversionTracingEnabled",
        Kind::Boolean,
        "Tracing of content conversion; stored.",
        "Suivi de la conversion de contenu ; conservé.",
    ),
    Parameter::new(
        "PipelineTracingEnabled",
        Kind::Boolean,
        "Pipeline tracing; stored.",
        "Suivi du pipeline ; conservé.",
    ),
    Parameter::new(
        "PipelineTracingPath",
        Kind::String,
        "Where pipeline tracing is written; stored.",
        "Emplacement du suivi du pipeline ; conservé.",
    ),
    Parameter::new(
        "PipelineTracingSenderAddress",
        Kind::SmtpAddress,
        "The sender whose messages are traced; stored.",
        "Expéditeur dont les messages sont suivis ; conservé.",
    ),
];

const FRONTEND: [Parameter; 7] = [
    Parameter::new(
        "EgressAddresses",
        TEXTS,
        "Where proxied mail leaves from, each address;name with the name said in EHLO. Ours.",
        "Adresses d'où part le courrier relayé, chacune adresse;nom, avec le nom annoncé dans EHLO.",
    ),
    RETRIES[0],
    RETRIES[1],
    Parameter::new(
        "MaxConnectionRatePerMinute",
        Kind::Int32,
        "How many new incoming connections a minute are accepted.",
        "Nombre de nouvelles connexions entrantes acceptées par minute.",
    ),
    Parameter::new(
        "IntraOrgConnectorProtocolLoggingLevel",
        LOGGING_LEVEL,
        "Whether conversations between servers of the organization are logged.",
        "Indique si les conversations entre serveurs de l'organisation sont journalisées.",
    ),
    Parameter::new(
        "ExternalIPAddress",
        Kind::IpAddress,
        "The address to name in Received fields; stored.",
        "Adresse à nommer dans les champs Received ; conservé.",
    ),
    Parameter::new(
        "AntispamAgentsEnabled",
        Kind::Boolean,
        "Anti-spam agents; stored.",
        "Agents anti-courrier indésirable ; conservé.",
    ),
];

const FRONTEND_LOGS: &[Parameter] = parameters![
    [log_enabled!("AgentLog", "agent log", "journal des agents")],
    log_room!("AgentLog", "agent log", "journal des agents"),
    [log_file_size!("AgentLog", "agent log", "journal des agents")],
    [log_enabled!("ConnectivityLog", "connectivity log", "journal de connectivité")],
    log_room!("ConnectivityLog", "connectivity log", "journal de connectivité"),
    [log_file_size!("ConnectivityLog", "connectivity log", "journal de connectivité")],
    [log_enabled!("DnsLog", "DNS log", "journal DNS")],
    log_room!("DnsLog", "DNS log", "journal DNS"),
    [log_file_size!("DnsLog", "DNS log", "journal DNS")],
    log_room!("ReceiveProtocolLog", "receive protocol log", "journal de protocole de réception"),
    [log_file_size!(
        "ReceiveProtocolLog",
        "receive protocol log",
        "journal de protocole de réception"
    )],
    log_room!("SendProtocolLog", "send protocol log", "journal de protocole d'envoi"),
    [log_file_size!("SendProtocolLog", "send protocol log", "journal de protocole d'envoi")],
];

const FRONTEND_RESERVED: &[Parameter] = &without_effect![
    "AttributionLogEnabled": Kind::Boolean,
    "AttributionLogMaxAge": Kind::TimeSpan,
    "AttributionLogMaxDirectorySize": Kind::UnlimitedSize,
    "AttributionLogMaxFileSize": Kind::UnlimitedSize,
    "AttributionLogPath": Kind::String,
    "ResourceLogEnabled": Kind::Boolean,
    "ResourceLogMaxAge": Kind::TimeSpan,
    "ResourceLogMaxDirectorySize": Kind::UnlimitedSize,
    "ResourceLogMaxFileSize": Kind::UnlimitedSize,
    "ResourceLogPath": Kind::String,
];

const LOGS: &[Parameter] = parameters![
    [log_enabled!("AgentLog", "agent log", "journal des agents")],
    log_room!("AgentLog", "agent log", "journal des agents"),
    [log_file_size!("AgentLog", "agent log", "journal des agents")],
    [log_enabled!("ConnectivityLog", "connectivity log", "journal de connectivité")],
    log_room!("ConnectivityLog", "connectivity log", "journal de connectivité"),
    [log_file_size!("ConnectivityLog", "connectivity log", "journal de connectivité")],
    [log_enabled!("DnsLog", "DNS log", "journal DNS")],
    log_room!("DnsLog", "DNS log", "journal DNS"),
    [log_file_size!("DnsLog", "DNS log", "journal DNS")],
    [log_enabled!("IrmLog", "rights management log", "journal de gestion des droits")],
    log_room!("IrmLog", "rights management log", "journal de gestion des droits"),
    [log_file_size!("IrmLog", "rights management log", "journal de gestion des droits")],
    [log_enabled!("MessageTrackingLog", "message tracking log", "journal de suivi des messages")],
    log_room!("MessageTrackingLog", "message tracking log", "journal de suivi des messages"),
    [log_file_size!("MessageTrackingLog", "message tracking log", "journal de suivi des messages")],
    log_room!("QueueLog", "queue log", "journal des files d'attente"),
    [log_file_size!("QueueLog", "queue log", "journal des files d'attente")],
    log_room!("ReceiveProtocolLog", "receive protocol log", "journal de protocole de réception"),
    [log_file_size!(
        "ReceiveProtocolLog",
        "receive protocol log",
        "journal de protocole de réception"
    )],
    log_room!("RoutingTableLog", "routing table log", "journal de la table de routage"),
    log_room!("SendProtocolLog", "send protocol log", "journal de protocole d'envoi"),
    [log_file_size!("SendProtocolLog", "send protocol log", "journal de protocole d'envoi")],
    log_room!("ActiveUserStatisticsLog", "active user log", "journal des utilisateurs actifs"),
    [log_file_size!(
        "ActiveUserStatisticsLog",
        "active user log",
        "journal des utilisateurs actifs"
    )],
    log_room!("ServerStatisticsLog", "server statistics log", "journal statistique du serveur"),
    [log_file_size!(
        "ServerStatisticsLog",
        "server statistics log",
        "journal statistique du serveur"
    )],
];

const RESERVED: &[Parameter] = &without_effect![
    "ResourceLogEnabled": Kind::Boolean,
    "ResourceLogMaxAge": Kind::TimeSpan,
    "ResourceLogMaxDirectorySize": Kind::UnlimitedSize,
    "ResourceLogMaxFileSize": Kind::UnlimitedSize,
    "ResourceLogPath": Kind::String,
    "TransportMaintenanceLogEnabled": Kind::Boolean,
    "TransportMaintenanceLogMaxAge": Kind::TimeSpan,
    "TransportMaintenanceLogMaxDirectorySize": Kind::UnlimitedSize,
    "TransportMaintenanceLogMaxFileSize": Kind::UnlimitedSize,
    "TransportMaintenanceLogPath": Kind::String,
    "TransportSyncAccountsPoisonAccountThreshold": Kind::Int32,
    "TransportSyncAccountsPoisonDetectionEnabled": Kind::Boolean,
    "TransportSyncAccountsPoisonItemThreshold": Kind::Int32,
    "TransportSyncAccountsSuccessivePoisonItemThreshold": Kind::Int32,
    "TransportSyncEnabled": Kind::Boolean,
    "TransportSyncExchangeEnabled": Kind::Boolean,
    "TransportSyncHubHealthLogEnabled": Kind::Boolean,
    "TransportSyncHubHealthLogFilePath": Kind::String,
    "TransportSyncHubHealthLogMaxAge": Kind::TimeSpan,
    "TransportSyncHubHealthLogMaxDirectorySize": Kind::Size,
    "TransportSyncHubHealthLogMaxFileSize": Kind::Size,
    "TransportSyncImapEnabled": Kind::Boolean,
    "TransportSyncLogEnabled": Kind::Boolean,
    "TransportSyncLogFilePath": Kind::String,
    "TransportSyncLogLoggingLevel": Kind::String,
    "TransportSyncLogMaxAge": Kind::TimeSpan,
    "TransportSyncLogMaxDirectorySize": Kind::Size,
    "TransportSyncLogMaxFileSize": Kind::Size,
    "TransportSyncMaxDownloadItemsPerConnection": Kind::Int32,
    "TransportSyncMaxDownloadSizePerConnection": Kind::Size,
    "TransportSyncMaxDownloadSizePerItem": Kind::Size,
    "TransportSyncPopEnabled": Kind::Boolean,
    "TransportSyncRemoteConnectionTimeout": Kind::TimeSpan,
    "WindowsLiveHotmailTransportSyncEnabled": Kind::Boolean,
    "WlmLogMaxAge": Kind::TimeSpan,
    "WlmLogMaxDirectorySize": Kind::UnlimitedSize,
    "WlmLogMaxFileSize": Kind::UnlimitedSize,
    "WlmLogPath": Kind::String,
];

const IDENTITY_EN: &str = "The server: name, FQDN, GUID, distinguished name or object.";
const IDENTITY_FR: &str =
    "Le serveur : nom, nom de domaine complet, GUID, nom unique (DN) ou objet.";

const FRONTEND_EN: &str =
    "The server, or Server\\Frontend: name, FQDN, GUID, distinguished name or object.";
const FRONTEND_FR: &str = "Le serveur, ou Serveur\\Frontend : nom, nom de domaine complet, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-TransportService",
        synopsis: Text {
            en: "Shows the Transport service settings of servers.",
            fr: "Affiche les réglages du service de transport des serveurs.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE, RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Name", "MessageTrackingLogEnabled", "AntispamAgentsEnabled"],
            type_name: "TransportService",
        },
    },
    Cmdlet {
        name: "Set-TransportService",
        synopsis: Text {
            en: "Changes the Transport service settings of a server: retries, limits, DNS, logs.",
            fr: "Modifie les réglages du service de transport d'un serveur : tentatives, limites, DNS, journaux.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR)],
            RETRIES,
            LIMITS,
            dns!("External", "external", "externes"),
            dns!("Internal", "internal", "internes"),
            PICKUP,
            OTHERS,
            LOGS,
            RESERVED,
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Get-FrontendTransportService",
        synopsis: Text {
            en: "Shows the Front End Transport settings of servers.",
            fr: "Affiche les réglages du transport frontal des serveurs.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(FRONTEND_EN, FRONTEND_FR)], READING],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE, RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output {
            columns: &["Name", "EgressAddresses", "AntispamAgentsEnabled"],
            type_name: "FrontendTransportService",
        },
    },
    Cmdlet {
        name: "Set-FrontendTransportService",
        synopsis: Text {
            en: "Changes the Front End Transport settings of a server: addresses, rates, DNS, logs.",
            fr: "Modifie les réglages du transport frontal d'un serveur : adresses, débits, DNS, journaux.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(FRONTEND_EN, FRONTEND_FR)],
            FRONTEND,
            dns!("External", "external", "externes"),
            dns!("Internal", "internal", "internes"),
            FRONTEND_LOGS,
            FRONTEND_RESERVED,
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS, TRANSPORT_HYGIENE],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
