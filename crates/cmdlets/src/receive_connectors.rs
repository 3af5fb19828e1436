//! `*-ReceiveConnector` (management.md section 8.6).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, LOGGING_LEVEL, RECEIVE_USAGE, TEXTS};
use crate::roles::{RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{
    CHANGING, READING, TLS_CIPHER_SUITES, TLS_MINIMUM_VERSION, identity_to_change,
    identity_to_read, parameters, server,
};

const OUTPUT: Output =
    Output { columns: &["Identity", "Bindings", "Enabled"], type_name: "ReceiveConnector" };

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The connector's name, at most 64 characters, unique on its server.",
    "Nom du connecteur, 64 caractères au plus, unique sur son serveur.",
);

const BINDINGS: Parameter = Parameter::new(
    "Bindings",
    TEXTS,
    "Local addresses and ports it listens on, such as 0.0.0.0:25; required on creation except for the usages Client and Internal, where it is refused.",
    "Adresses et ports locaux d'écoute, par exemple 0.0.0.0:25 ; obligatoire à la création sauf pour les usages Client et Internal, qui le refusent.",
);

const REMOTE_IP_RANGES: Parameter = Parameter::new(
    "RemoteIPRanges",
    TEXTS,
    "The clients it serves: addresses, ranges a-b or CIDR; required on creation except for the usage Internet, where it is refused.",
    "Clients servis : adresses, plages a-b ou CIDR ; obligatoire à la création sauf pour l'usage Internet, qui le refuse.",
);

const USAGES: [Parameter; 6] = [
    Parameter::new(
        "Usage",
        RECEIVE_USAGE,
        "What the connector is for; sets authentication and permission groups.",
        "Usage du connecteur ; fixe l'authentification et les groupes d'autorisations.",
    )
    .required()
    .sets(&["UsageType"]),
    Parameter::new("Client", Kind::Switch, "Same as -Usage Client.", "Équivaut à -Usage Client.")
        .required()
        .sets(&["Client"]),
    Parameter::new("Custom", Kind::Switch, "Same as -Usage Custom.", "Équivaut à -Usage Custom.")
        .sets(&["Custom"]),
    Parameter::new(
        "Internal",
        Kind::Switch,
        "Same as -Usage Internal.",
        "Équivaut à -Usage Internal.",
    )
    .required()
    .sets(&["Internal"]),
    Parameter::new(
        "Internet",
        Kind::Switch,
        "Same as -Usage Internet.",
        "Équivaut à -Usage Internet.",
    )
    .required()
    .sets(&["Internet"]),
    Parameter::new(
        "Partner",
        Kind::Switch,
        "Same as -Usage Partner.",
        "Équivaut à -Usage Partner.",
    )
    .required()
    .sets(&["Partner"]),
];

const fn toggle(name: &'static str, en: &'static str, fr: &'static str) -> Parameter {
    Parameter::new(name, Kind::Boolean, en, fr)
}

const fn stored(name: &'static str, kind: Kind) -> Parameter {
    Parameter::new(
        name,
        kind,
        "Accepted so that existing scripts run; has no effect.",
        "Accepté pour que les scripts existants fonctionnent ; sans effet.",
    )
    .available(Availability::Reserved)
}

const ACCESS: [Parameter; 18] = [
    Parameter::new(
        "AuthMechanism",
        Kind::Flags(&[
            "None",
            "Tls",
            "Integrated",
            "BasicAuth",
            "BasicAuthRequireTLS",
            "ExchangeServer",
            "ExternalAuthoritative",
        ]),
        "Which security mechanisms it offers to clients.",
        "Mécanismes de sécurité proposés aux clients.",
    ),
    Parameter::new(
        "Banner",
        Kind::String,
        "The text of the greeting, starting with 220.",
        "Texte d'accueil, commençant par 220.",
    ),
    Parameter::new("Comment", Kind::String, "Free text.", "Texte libre."),
    Parameter::new(
        "DefaultDomain",
        Kind::Identity,
        "The accepted domain of senders given without one; stored.",
        "Domaine accepté des expéditeurs donnés sans domaine ; conservé.",
    ),
    toggle(
        "DomainSecureEnabled",
        "Asks clients for a certificate; mail from domains in TLSReceiveDomainSecureList is taken only with one of theirs.",
        "Demande un certificat aux clients ; le courrier des domaines de TLSReceiveDomainSecureList n'est accepté qu'avec le leur.",
    ),
    toggle("EnableAuthGSSAPI", "Kerberos sign-in; stored.", "Connexion Kerberos ; conservé."),
    toggle(
        "Enabled",
        "$false makes it refuse connections.",
        "$false lui fait refuser les connexions.",
    ),
    Parameter::new(
        "ExtendedProtectionPolicy",
        Kind::Enum(&["None", "Allow", "Require"]),
        "Extended protection of integrated sign-in; stored.",
        "Protection étendue de la connexion intégrée ; conservé.",
    ),
    Parameter::new(
        "Fqdn",
        Kind::Fqdn,
        "The name in its greeting; the server's unless given.",
        "Nom dans son accueil ; celui du serveur par défaut.",
    ),
    Parameter::new(
        "ImplicitTlsBindings",
        TEXTS,
        "Those local addresses and ports where TLS starts at once, such as 0.0.0.0:465.",
        "Adresses et ports locaux où TLS commence aussitôt, par exemple 0.0.0.0:465.",
    ),
    Parameter::new(
        "ExtendedRights",
        TEXTS,
        "Rights of its clients beyond its permission groups, such as ms-Exch-SMTP-Accept-Any-Recipient to relay.",
        "Droits de ses clients au-delà des groupes d'autorisations, par exemple ms-Exch-SMTP-Accept-Any-Recipient pour relayer.",
    ),
    Parameter::new(
        "PermissionGroups",
        Kind::Flags(&[
            "None",
            "AnonymousUsers",
            "ExchangeUsers",
            "ExchangeServers",
            "ExchangeLegacyServers",
            "Partners",
            "Custom",
        ]),
        "Who may submit mail through it.",
        "Qui peut soumettre du courrier par son intermédiaire.",
    ),
    Parameter::new(
        "ProtocolLoggingLevel",
        LOGGING_LEVEL,
        "Whether its SMTP conversations are written to the protocol log.",
        "Indique si ses conversations SMTP sont écrites dans le journal de protocole.",
    ),
    toggle(
        "RequireTLS",
        "Refuses mail and sign-in before TLS.",
        "Refuse courrier et connexion avant TLS.",
    ),
    Parameter::new(
        "TlsCertificateName",
        Kind::String,
        "The certificate to present, as <I>issuer<S>subject.",
        "Certificat à présenter, sous la forme <I>émetteur<S>objet.",
    ),
    TLS_CIPHER_SUITES,
    TLS_MINIMUM_VERSION,
    Parameter::new(
        "TransportRole",
        Kind::Enum(&["FrontendTransport", "HubTransport"]),
        "The service that listens: FrontendTransport or HubTransport.",
        "Service qui écoute : FrontendTransport ou HubTransport.",
    ),
];

const LIMITS: [Parameter; 16] = [
    Parameter::new(
        "ConnectionInactivityTimeout",
        Kind::TimeSpan,
        "How long a client may be silent, less than ConnectionTimeout.",
        "Durée de silence permise au client, inférieure à ConnectionTimeout.",
    ),
    Parameter::new(
        "ConnectionTimeout",
        Kind::TimeSpan,
        "How long a connection may last.",
        "Durée maximale d'une connexion.",
    ),
    Parameter::new(
        "MaxHeaderSize",
        Kind::Size,
        "The largest header of a message.",
        "Taille maximale de l'en-tête d'un message.",
    ),
    Parameter::new(
        "MaxHopCount",
        Kind::Int32,
        "How many Received fields a message may have, 1 to 500.",
        "Nombre de champs Received permis, de 1 à 500.",
    ),
    Parameter::new(
        "MaxInboundConnection",
        Kind::UnlimitedInt32,
        "How many connections it serves at once, or unlimited.",
        "Nombre de connexions simultanées, ou unlimited.",
    ),
    Parameter::new(
        "MaxInboundConnectionPercentagePerSource",
        Kind::Int32,
        "The share of its remaining connections that one address may take, in percent.",
        "Part des connexions restantes qu'une adresse peut prendre, en pourcentage.",
    ),
    Parameter::new(
        "MaxInboundConnectionPerSource",
        Kind::UnlimitedInt32,
        "How many connections one address may hold, or unlimited.",
        "Nombre de connexions par adresse, ou unlimited.",
    ),
    Parameter::new(
        "MaxLocalHopCount",
        Kind::Int32,
        "How many of the Received fields may be this server's own, 0 to 50; 0 means any number.",
        "Nombre de champs Received pouvant provenir de ce serveur, de 0 à 50 ; 0 signifie sans limite.",
    ),
    Parameter::new(
        "MaxLogonFailures",
        Kind::Int32,
        "After how many failed sign-ins a connection is closed, 0 to 10; 0 means never.",
        "Nombre d'échecs de connexion avant fermeture, de 0 à 10 ; 0 signifie jamais.",
    ),
    Parameter::new(
        "MaxMessageSize",
        Kind::Size,
        "The largest message it accepts.",
        "Taille maximale des messages acceptés.",
    ),
    Parameter::new(
        "MaxProtocolErrors",
        Kind::UnlimitedInt32,
        "After how many protocol errors a connection is closed, or unlimited.",
        "Nombre d'erreurs de protocole avant fermeture, ou unlimited.",
    ),
    Parameter::new(
        "MaxRecipientsPerMessage",
        Kind::Int32,
        "How many recipients a message may have, 1 to 512000.",
        "Nombre de destinataires par message, de 1 à 512000.",
    ),
    Parameter::new(
        "MessageRateLimit",
        Kind::UnlimitedInt32,
        "How many messages a minute it accepts from one source, or unlimited.",
        "Nombre de messages par minute acceptés d'une source, ou unlimited.",
    ),
    Parameter::new(
        "MessageRateSource",
        Kind::Enum(&["None", "IPAddress", "User", "All"]),
        "What the message rate is counted by.",
        "Ce selon quoi le débit de messages est compté.",
    ),
    Parameter::new(
        "TarpitInterval",
        Kind::TimeSpan,
        "How long refusals to anonymous clients are delayed; 00:00:00 means not at all.",
        "Retard des refus opposés aux clients anonymes ; 00:00:00 signifie aucun.",
    ),
    stored("MaxAcknowledgementDelay", Kind::TimeSpan),
];

const EXTENSIONS: [Parameter; 17] = [
    toggle(
        "BinaryMimeEnabled",
        "Binary content is never advertised: $true is refused.",
        "Le contenu binaire n'est jamais proposé : $true est refusé.",
    ),
    toggle("ChunkingEnabled", "Advertises CHUNKING.", "Propose CHUNKING."),
    toggle("DeliveryStatusNotificationEnabled", "Advertises DSN.", "Propose DSN."),
    toggle("EightBitMimeEnabled", "Advertises 8BITMIME.", "Propose 8BITMIME."),
    toggle(
        "EnhancedStatusCodesEnabled",
        "Advertises ENHANCEDSTATUSCODES.",
        "Propose ENHANCEDSTATUSCODES.",
    ),
    toggle("PipeliningEnabled", "Advertises PIPELINING.", "Propose PIPELINING."),
    Parameter::new(
        "SizeEnabled",
        Kind::Enum(&["Enabled", "Disabled", "EnabledWithoutValue"]),
        "Advertises SIZE, with or without the value.",
        "Propose SIZE, avec ou sans la valeur.",
    ),
    toggle(
        "RequireEHLODomain",
        "Refuses clients that give no domain in EHLO.",
        "Refuse les clients qui ne donnent pas de domaine dans EHLO.",
    ),
    stored("AdvertiseClientSettings", Kind::Boolean),
    stored("LongAddressesEnabled", Kind::Boolean),
    stored("OrarEnabled", Kind::Boolean),
    toggle(
        "SenderAuthenticationEnabled",
        "Notes SPF, DKIM, DMARC and ARC of messages from strangers in Authentication-Results; refuses nothing.",
        "Note SPF, DKIM, DMARC et ARC des messages d'inconnus dans Authentication-Results ; ne refuse rien.",
    ),
    stored("ServiceDiscoveryFqdn", Kind::Fqdn),
    toggle("SmtpUtf8Enabled", "Advertises SMTPUTF8.", "Propose SMTPUTF8."),
    stored("SuppressXAnonymousTls", Kind::Boolean),
    stored("TlsDomainCapabilities", TEXTS),
    toggle(
        "BareLinefeedRejectionEnabled",
        "Bare line feeds are always refused: $false is refused.",
        "Les sauts de ligne isolés sont toujours refusés : $false est refusé.",
    ),
];

const IDENTITY_EN: &str = "The connector: Server\\Name, name, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "Le connecteur : Serveur\\Nom, nom, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-ReceiveConnector",
        synopsis: Text {
            en: "Shows Receive connectors.",
            fr: "Affiche les connecteurs de réception.",
        },
        sets: &["Identity", "Server"],
        default_set: Some("Identity"),
        parameters: parameters![
            [
                identity_to_read(IDENTITY_EN, IDENTITY_FR).sets(&["Identity"]),
                server(
                    "Only the connectors of this server.",
                    "Seulement les connecteurs de ce serveur.",
                )
                .sets(&["Server"]),
            ],
            READING,
        ],
        roles: &[RECEIVE_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-ReceiveConnector",
        synopsis: Text {
            en: "Creates a Receive connector, through which a server accepts mail.",
            fr: "Crée un connecteur de réception, par lequel un serveur accepte du courrier.",
        },
        sets: &["Custom", "Client", "Internal", "Internet", "Partner", "UsageType"],
        default_set: Some("Custom"),
        parameters: parameters![
            [NAME.required().at(1), BINDINGS, REMOTE_IP_RANGES],
            USAGES,
            [server(
                "The server it listens on; the one the command runs on unless given.",
                "Serveur d'écoute ; par défaut celui qui exécute la commande.",
            )],
            ACCESS,
            LIMITS,
            EXTENSIONS,
            CHANGING,
        ],
        roles: &[RECEIVE_CONNECTORS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-ReceiveConnector",
        synopsis: Text {
            en: "Deletes a Receive connector; its server stops listening for it.",
            fr: "Supprime un connecteur de réception ; son serveur cesse d'écouter pour lui.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[RECEIVE_CONNECTORS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-ReceiveConnector",
        synopsis: Text {
            en: "Changes a Receive connector.",
            fr: "Modifie un connecteur de réception.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), NAME, BINDINGS, REMOTE_IP_RANGES],
            ACCESS,
            LIMITS,
            EXTENSIONS,
            CHANGING,
        ],
        roles: &[RECEIVE_CONNECTORS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
