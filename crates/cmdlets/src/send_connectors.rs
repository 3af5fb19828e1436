//! `*-SendConnector` (send-connectors.md section 5).

use crate::declaration::{Availability, Cmdlet, Output, Parameter, Text};
use crate::kind::{IDENTITIES, Kind, LOGGING_LEVEL, SEND_USAGE, TEXTS};
use crate::roles::{SEND_CONNECTORS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{
    CHANGING, READING, TLS_CIPHER_SUITES, TLS_MINIMUM_VERSION, identity_to_change,
    identity_to_read, parameters,
};

const OUTPUT: Output =
    Output { columns: &["Identity", "AddressSpaces", "Enabled"], type_name: "SendConnector" };

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The connector's name, at most 64 characters, unique among Send connectors.",
    "Nom du connecteur, 64 caractères au plus, unique parmi les connecteurs d'envoi.",
);

const ADDRESS_SPACES: Parameter = Parameter::new(
    "AddressSpaces",
    TEXTS,
    "The recipient domains it carries mail for, each as Type:Domain;Cost, such as *, contoso.com or \"SMTP:*.contoso.com;10\".",
    "Domaines de destinataires desservis, chacun sous la forme Type:Domaine;Coût, par exemple *, contoso.com ou \"SMTP:*.contoso.com;10\".",
);

const SETTINGS: [Parameter; 37] = [
    Parameter::new(
        "AuthenticationCredential",
        Kind::Credential,
        "User name and password for the smart hosts, needed by the Basic authentication mechanisms. With OAuth2 the mailbox to send as and, as its password, the client secret or the refresh token.",
        "Nom d'utilisateur et mot de passe pour les hôtes actifs, nécessaires aux mécanismes d'authentification de base. Avec OAuth2, la boîte aux lettres qui envoie et, comme mot de passe, le secret du client ou le jeton d'actualisation.",
    ),
    Parameter::new(
        "CloudServicesMailEnabled",
        Kind::Boolean,
        "Hands known organization header fields to a hybrid deployment as X-MS-Exchange-CrossPremises-*; without it these are removed.",
        "Transmet à un déploiement hybride des champs d'en-tête connus de l'organisation sous la forme X-MS-Exchange-CrossPremises-* ; sinon ceux-ci sont supprimés.",
    ),
    Parameter::new("Comment", Kind::String, "Free text.", "Texte libre."),
    Parameter::new(
        "ConnectionInactivityTimeOut",
        Kind::TimeSpan,
        "How long an open connection may be idle before it is closed, 00:00:01 to 1.00:00:00.",
        "Durée d'inactivité après laquelle une connexion ouverte est fermée, de 00:00:01 à 1.00:00:00.",
    ),
    Parameter::new(
        "DNSRoutingEnabled",
        Kind::Boolean,
        "$true delivers to the MX hosts of the recipient's domain; $false to the smart hosts.",
        "$true remet aux hôtes MX du domaine du destinataire ; $false aux hôtes actifs.",
    ),
    Parameter::new(
        "DomainSecureEnabled",
        Kind::Boolean,
        "Mutual TLS: the certificate must be for the recipients' domain, and ours for Fqdn is shown.",
        "TLS mutuel : le certificat doit valoir pour le domaine des destinataires, et le nôtre pour Fqdn est présenté.",
    ),
    Parameter::new(
        "Enabled",
        Kind::Boolean,
        "$false takes the connector out of routing; mail queued for it is routed again.",
        "$false retire le connecteur du routage ; le courrier en attente est routé de nouveau.",
    ),
    Parameter::new(
        "ErrorPolicies",
        Kind::Flags(&[
            "Default",
            "DowngradeDnsFailures",
            "DowngradeCustomFailures",
            "UpgradeCustomFailures",
        ]),
        "Which failures are treated as transient or permanent against the ordinary rule.",
        "Échecs traités comme temporaires ou définitifs contrairement à la règle ordinaire.",
    ),
    Parameter::new(
        "Force",
        Kind::Switch,
        "Hides warnings and confirmation.",
        "Masque les avertissements et les confirmations.",
    ),
    Parameter::new(
        "ForceHELO",
        Kind::Boolean,
        "Greets with HELO instead of EHLO, so without TLS and authentication.",
        "Salue par HELO au lieu de EHLO, donc sans TLS ni authentification.",
    ),
    Parameter::new(
        "Fqdn",
        Kind::Fqdn,
        "The name given in EHLO; empty means the source server's own.",
        "Nom donné dans EHLO ; vide signifie celui du serveur source.",
    ),
    Parameter::new(
        "FrontendProxyEnabled",
        Kind::Boolean,
        "Sends through a Front End Transport service, whose address the outside then sees.",
        "Envoie par un service de transport frontal, dont l'extérieur voit alors l'adresse.",
    ),
    Parameter::new(
        "IgnoreSTARTTLS",
        Kind::Boolean,
        "Never uses TLS even where it is offered.",
        "N'utilise jamais TLS, même s'il est proposé.",
    ),
    Parameter::new(
        "IsScopedConnector",
        Kind::Boolean,
        "Only servers in the site of the source servers consider the connector.",
        "Seuls les serveurs du site des serveurs sources tiennent compte du connecteur.",
    ),
    Parameter::new(
        "MaxMessageSize",
        Kind::UnlimitedSize,
        "The largest message it carries, such as 25MB, or unlimited.",
        "Taille maximale des messages acheminés, par exemple 25MB, ou unlimited.",
    ),
    Parameter::new(
        "OAuthClientId",
        Kind::String,
        "With OAuth2: the client's identifier at the token endpoint.",
        "Avec OAuth2 : identifiant du client auprès du service de jetons.",
    ),
    Parameter::new(
        "OAuthClientSecret",
        Kind::SecureString,
        "With OAuthGrantType RefreshToken: the client's secret, where it has one.",
        "Avec OAuthGrantType RefreshToken : secret du client, s'il en a un.",
    ),
    Parameter::new(
        "OAuthGrantType",
        Kind::Enum(&["ClientCredentials", "RefreshToken"]),
        "With OAuth2: what access tokens are asked for with, the client's secret or a refresh token.",
        "Avec OAuth2 : ce qui est présenté pour obtenir des jetons d'accès, le secret du client ou un jeton d'actualisation.",
    ),
    Parameter::new(
        "OAuthScope",
        Kind::String,
        "With OAuth2: what access is asked for, where the token endpoint wants to be told; several separated by spaces.",
        "Avec OAuth2 : accès demandé, si le service de jetons veut le savoir ; plusieurs, séparés par des espaces.",
    ),
    Parameter::new(
        "OAuthTokenUrl",
        Kind::String,
        "With OAuth2: the address of the token endpoint, https only.",
        "Avec OAuth2 : adresse du service de jetons, en https seulement.",
    ),
    Parameter::new(
        "Port",
        Kind::Int32,
        "The TCP port of the hosts it connects to, 1 to 65535.",
        "Port TCP des hôtes contactés, de 1 à 65535.",
    ),
    Parameter::new(
        "ProtocolLoggingLevel",
        LOGGING_LEVEL,
        "Whether its SMTP conversations are written to the protocol log.",
        "Indique si ses conversations SMTP sont écrites dans le journal de protocole.",
    ),
    Parameter::new("RequireOorg", Kind::Boolean, "Reserved; stored.", "Réservé ; conservé.")
        .available(Availability::Reserved),
    Parameter::new(
        "RequireTLS",
        Kind::Boolean,
        "Sends over TLS only; without it mail waits.",
        "N'envoie que sous TLS ; sans TLS, le courrier attend.",
    ),
    Parameter::new(
        "ShareOfDomains",
        Kind::Int32,
        "Per cent of the recipients' domains that the connector takes, 1 to 100, always the same ones: for a way out that \
         is to be tried on a part of the mail. Another connector takes the others. 100 unless given.",
        "Pourcentage des domaines des destinataires que le connecteur prend, de 1 à 100, toujours les mêmes : pour une \
         sortie à essayer sur une partie du courrier. Un autre connecteur prend les autres. 100 par défaut.",
    ),
    Parameter::new(
        "SmartHostAuthMechanism",
        Kind::Enum(&[
            "None",
            "BasicAuth",
            "BasicAuthRequireTLS",
            "ExchangeServer",
            "ExternalAuthoritative",
            "OAuth2",
            "ClientCertificate",
        ]),
        "How it authenticates with the smart hosts.",
        "Manière de s'authentifier auprès des hôtes actifs.",
    ),
    Parameter::new(
        "SmartHosts",
        TEXTS,
        "Names or addresses of the hosts that all its mail is handed to.",
        "Noms ou adresses des hôtes auxquels tout son courrier est confié.",
    ),
    Parameter::new(
        "SmtpMaxMessagesPerConnection",
        Kind::Int32,
        "After how many messages a connection is closed and a new one opened.",
        "Nombre de messages après lequel une connexion est fermée et une autre ouverte.",
    ),
    Parameter::new(
        "SourceIPAddress",
        Kind::IpAddress,
        "Edge servers only: any address but 0.0.0.0 is refused.",
        "Serveurs Edge seulement : toute adresse autre que 0.0.0.0 est refusée.",
    ),
    Parameter::new(
        "SourceTransportServers",
        IDENTITIES,
        "The Mailbox servers that send its mail; the server the command runs on unless given.",
        "Serveurs de boîtes aux lettres qui envoient son courrier ; par défaut le serveur qui exécute la commande.",
    ),
    Parameter::new(
        "TlsAuthLevel",
        Kind::Enum(&["EncryptionOnly", "CertificateValidation", "DomainValidation"]),
        "How far the other side's certificate is verified; needs RequireTLS.",
        "Étendue de la vérification du certificat distant ; nécessite RequireTLS.",
    ),
    Parameter::new(
        "TlsCertificateName",
        Kind::String,
        "The certificate to present, as <I>issuer<S>subject.",
        "Certificat à présenter, sous la forme <I>émetteur<S>objet.",
    ),
    TLS_CIPHER_SUITES,
    Parameter::new(
        "TlsDomain",
        Kind::String,
        "The domain that the other side's certificate must name, with TlsAuthLevel DomainValidation.",
        "Domaine que le certificat distant doit nommer, avec TlsAuthLevel DomainValidation.",
    ),
    TLS_MINIMUM_VERSION,
    Parameter::new(
        "UseExternalDNSServersEnabled",
        Kind::Boolean,
        "Looks names up with the server's external DNS servers instead of the internal ones.",
        "Interroge les serveurs DNS externes du serveur au lieu des internes.",
    ),
    Parameter::new(
        "IsCoexistenceConnector",
        Kind::Boolean,
        "Exchange Server 2010 only; refused.",
        "Exchange Server 2010 seulement ; refusé.",
    )
    .available(Availability::Exchange2010),
];

const LINKED: Parameter = Parameter::new(
    "LinkedReceiveConnector",
    Kind::Identity,
    "Exchange Server 2010 only; refused.",
    "Exchange Server 2010 seulement ; refusé.",
)
.available(Availability::Exchange2010);

const USAGES: [Parameter; 5] = [
    Parameter::new(
        "Usage",
        SEND_USAGE,
        "What the connector is for; sets the values that are usual for it.",
        "Usage du connecteur ; fixe les valeurs habituelles pour celui-ci.",
    ),
    usage("Custom", "Same as -Usage Custom.", "Équivaut à -Usage Custom."),
    usage("Internal", "Same as -Usage Internal.", "Équivaut à -Usage Internal."),
    usage("Internet", "Same as -Usage Internet.", "Équivaut à -Usage Internet."),
    usage("Partner", "Same as -Usage Partner.", "Équivaut à -Usage Partner."),
];

const fn usage(name: &'static str, en: &'static str, fr: &'static str) -> Parameter {
    Parameter::new(name, Kind::Switch, en, fr)
}

const IDENTITY_EN: &str = "The connector: name, GUID, Server\\Name, distinguished name or object.";
const IDENTITY_FR: &str = "Le connecteur : nom, GUID, Serveur\\Nom, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-SendConnector",
        synopsis: Text { en: "Shows Send connectors.", fr: "Affiche les connecteurs d'envoi." },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR)], READING],
        roles: &[SEND_CONNECTORS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-SendConnector",
        synopsis: Text {
            en: "Creates a Send connector, through which mail for outside domains leaves.",
            fr: "Crée un connecteur d'envoi, par lequel part le courrier vers les domaines externes.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [NAME.required().at(1), ADDRESS_SPACES.required()],
            USAGES,
            SETTINGS,
            [LINKED],
            CHANGING,
        ],
        roles: &[SEND_CONNECTORS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-SendConnector",
        synopsis: Text {
            en: "Deletes a Send connector; mail queued for it is routed again.",
            fr: "Supprime un connecteur d'envoi ; le courrier en attente est routé de nouveau.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[SEND_CONNECTORS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-SendConnector",
        synopsis: Text { en: "Changes a Send connector.", fr: "Modifie un connecteur d'envoi." },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [identity_to_change(IDENTITY_EN, IDENTITY_FR), NAME, ADDRESS_SPACES],
            SETTINGS,
            [LINKED],
            CHANGING,
        ],
        roles: &[SEND_CONNECTORS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
