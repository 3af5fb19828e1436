//! `*-ExchangeCertificate` (management.md section 9.1): what the servers show of themselves.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{EXCHANGE_SERVERS, VIEW_ONLY_CONFIGURATION};
use crate::standard::{CHANGING, READING, parameters};

const OUTPUT: Output =
    Output { columns: &["Thumbprint", "Services", "Subject"], type_name: "ExchangeCertificate" };

const SERVICES: Kind = Kind::Flags(&["None", "IIS", "SMTP"]);
const NAMES: Kind = Kind::List(&Kind::String);

const IDENTITY: Parameter = Parameter::new(
    "Identity",
    Kind::Identity,
    "The certificate: its thumbprint, Server\\Thumbprint, GUID or object.",
    "Le certificat : empreinte, Serveur\\Empreinte, GUID ou objet.",
)
.aliases(&["Thumbprint"])
.at(1)
.piped();

const SERVER: Parameter = Parameter::new(
    "Server",
    Kind::Identity,
    "The server whose certificate it is; the server the command runs on unless given.",
    "Le serveur auquel appartient le certificat ; par défaut le serveur qui exécute la commande.",
);
const FRIENDLY_NAME: Parameter = Parameter::new(
    "FriendlyName",
    Kind::String,
    "A name for people, of fewer than 64 characters.",
    "Un nom convivial, de moins de 64 caractères.",
);
const EXPORTABLE: Parameter = Parameter::new(
    "PrivateKeyExportable",
    Kind::Boolean,
    "Whether Export-ExchangeCertificate gives out the private key; $false unless given.",
    "Indique si Export-ExchangeCertificate donne la clé privée ; $false par défaut.",
);
const FORCE: Parameter = Parameter::new(
    "Force",
    Kind::Switch,
    "Leaves questions and warnings out.",
    "Supprime les questions et les avertissements.",
);

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-ExchangeCertificate",
        synopsis: Text {
            en: "Shows the certificates of the servers, how far each is trusted, and what it is shown for.",
            fr: "Affiche les certificats des serveurs, la confiance accordée à chacun et ce pour quoi il est présenté.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                IDENTITY,
                Parameter::new(
                    "DomainName",
                    NAMES,
                    "Only those for one of these names; the first is the one that is shown to who asks for it.",
                    "Seulement ceux qui valent pour l'un de ces noms ; le premier est celui présenté à qui le demande.",
                ),
                Parameter::new(
                    "Server",
                    Kind::Identity,
                    "Only those of this server.",
                    "Seulement ceux de ce serveur.",
                ),
            ],
            READING,
        ],
        roles: &[EXCHANGE_SERVERS, VIEW_ONLY_CONFIGURATION],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-ExchangeCertificate",
        synopsis: Text {
            en: "Makes a certificate that is signed by itself, or a request for one to give to an authority.",
            fr: "Crée un certificat auto-signé, ou une demande de certificat à remettre à une autorité.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                Parameter::new(
                    "DomainName",
                    NAMES,
                    "The names it is for, wildcards such as *.contoso.com included; the server's unless given.",
                    "Les noms pour lesquels il vaut, y compris des jokers comme *.contoso.com ; par défaut celui du serveur.",
                ),
                FORCE,
                FRIENDLY_NAME,
                Parameter::new(
                    "GenerateRequest",
                    Kind::Switch,
                    "Makes a request (PKCS #10) for an authority; what it issues is imported with Import-ExchangeCertificate.",
                    "Crée une demande (PKCS #10) pour une autorité ; ce qu'elle délivre s'importe avec Import-ExchangeCertificate.",
                ),
                Parameter::new(
                    "IncludeAcceptedDomains",
                    Kind::Switch,
                    "Adds all accepted domains to the names.",
                    "Ajoute tous les domaines acceptés aux noms.",
                ),
                Parameter::new(
                    "IncludeServerFQDN",
                    Kind::Switch,
                    "Adds the server's full name to the names.",
                    "Ajoute le nom complet du serveur aux noms.",
                ),
                Parameter::new(
                    "KeySize",
                    Kind::Int32,
                    "Bits of the RSA key: 2048 (the default) or 4096.",
                    "Bits de la clé RSA : 2048 (par défaut) ou 4096.",
                ),
                EXPORTABLE,
                SERVER,
                Parameter::new(
                    "Services",
                    SERVICES,
                    "What it is shown for: SMTP (the default for one signed by itself), IIS, both, or None.",
                    "Ce pour quoi il est présenté : SMTP (par défaut s'il est auto-signé), IIS, les deux, ou None.",
                ),
                Parameter::new(
                    "SubjectName",
                    Kind::String,
                    "Whom it names, such as CN=mail.contoso.com, O=Contoso, C=FR; the first of its names unless given.",
                    "Son objet, par exemple CN=mail.contoso.com, O=Contoso, C=FR ; par défaut le premier de ses noms.",
                ),
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Import-ExchangeCertificate",
        synopsis: Text {
            en: "Takes a certificate from a file: with its key (.pfx, .p12, PEM), or what was issued for a request (.cer, .crt, .p7b).",
            fr: "Importe un certificat depuis un fichier : avec sa clé (.pfx, .p12, PEM), ou délivré pour une demande (.cer, .crt, .p7b).",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                Parameter::new(
                    "FileData",
                    Kind::Bytes,
                    "The file: ([System.IO.File]::ReadAllBytes('C:\\cert.pfx')).",
                    "Le fichier : ([System.IO.File]::ReadAllBytes('C:\\cert.pfx')).",
                )
                .required(),
                FRIENDLY_NAME,
                Parameter::new(
                    "Password",
                    Kind::SecureString,
                    "What opens the file, where it is protected.",
                    "Ce qui ouvre le fichier, s'il est protégé.",
                ),
                EXPORTABLE,
                SERVER,
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Enable-ExchangeCertificate",
        synopsis: Text {
            en: "Lets a certificate be shown for more services, from the next connection on.",
            fr: "Fait présenter un certificat pour d'autres services, dès la connexion suivante.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                IDENTITY.required(),
                FORCE,
                SERVER,
                Parameter::new(
                    "Services",
                    SERVICES,
                    "SMTP, IIS or both, in addition to those it is shown for already; None takes it back from all.",
                    "SMTP, IIS ou les deux, en plus de ceux qu'il sert déjà ; None le retire de tous.",
                )
                .required(),
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Export-ExchangeCertificate",
        synopsis: Text {
            en: "Gives a certificate out with its key, as a file of PKCS #12 that the password opens, or a request once more.",
            fr: "Donne un certificat avec sa clé, en fichier PKCS #12 que le mot de passe ouvre, ou de nouveau une demande.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                Parameter::new(
                    "BinaryEncoded",
                    Kind::Switch,
                    "Accepted: FileData is always the bytes of the file.",
                    "Accepté : FileData contient toujours les octets du fichier.",
                ),
                IDENTITY.required(),
                Parameter::new(
                    "Password",
                    Kind::SecureString,
                    "What will open the file; needed unless it is a request.",
                    "Ce qui ouvrira le fichier ; nécessaire sauf pour une demande.",
                ),
                SERVER,
            ],
            CHANGING,
        ],
        roles: &[EXCHANGE_SERVERS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output { columns: &["Thumbprint", "FileType"], type_name: "BinaryFileDataObject" },
    },
    Cmdlet {
        name: "Remove-ExchangeCertificate",
        synopsis: Text {
            en: "Removes a certificate and its key; one that a connector names only after the connector names another.",
            fr: "Supprime un certificat et sa clé ; si un connecteur le nomme, seulement après que celui-ci en nomme un autre.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[IDENTITY.required(), SERVER], CHANGING],
        roles: &[EXCHANGE_SERVERS],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
