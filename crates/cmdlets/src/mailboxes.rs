//! `*-Mailbox`, as far as mail transport needs them.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::{Kind, TEXTS};
use crate::roles::{MAIL_RECIPIENT_CREATION, MAIL_RECIPIENTS, VIEW_ONLY_RECIPIENTS};
use crate::standard::{
    CHANGING, READING, RESULT_SIZE, identity_to_change, identity_to_read, parameters,
};

const OUTPUT: Output =
    Output { columns: &["Name", "PrimarySmtpAddress", "EmailAddresses"], type_name: "Mailbox" };

const NAME: Parameter = Parameter::new(
    "Name",
    Kind::String,
    "The mailbox's name, at most 64 characters, unique; one may sign in with it.",
    "Nom de la boîte aux lettres, 64 caractères au plus, unique ; il permet de se connecter.",
);

const PRIMARY: Parameter = Parameter::new(
    "PrimarySmtpAddress",
    Kind::SmtpAddress,
    "The address its mail is sent from, in an accepted domain; unless given, the name at the default domain; a former one stays among EmailAddresses.",
    "Adresse d'expédition, dans un domaine accepté ; par défaut, le nom suivi du domaine par défaut ; une ancienne reste parmi EmailAddresses.",
);

const PASSWORD: Parameter = Parameter::new(
    "Password",
    Kind::SecureString,
    "The password to sign in with; a mailbox without one only receives mail.",
    "Mot de passe de connexion ; une boîte aux lettres sans mot de passe ne fait que recevoir.",
);

const IDENTITY_EN: &str = "The mailbox: name, address, GUID, distinguished name or object.";
const IDENTITY_FR: &str = "La boîte aux lettres : nom, adresse, GUID, nom unique (DN) ou objet.";

pub(crate) const CMDLETS: &[Cmdlet] = &[
    Cmdlet {
        name: "Get-Mailbox",
        synopsis: Text { en: "Shows mailboxes.", fr: "Affiche les boîtes aux lettres." },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_read(IDENTITY_EN, IDENTITY_FR), RESULT_SIZE], READING,],
        roles: &[MAIL_RECIPIENTS, MAIL_RECIPIENT_CREATION, VIEW_ONLY_RECIPIENTS],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: OUTPUT,
    },
    Cmdlet {
        name: "New-Mailbox",
        synopsis: Text { en: "Creates a mailbox.", fr: "Crée une boîte aux lettres." },
        sets: &[],
        default_set: None,
        parameters: parameters![[NAME.required().at(1), PRIMARY, PASSWORD], CHANGING],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: OUTPUT,
    },
    Cmdlet {
        name: "Remove-Mailbox",
        synopsis: Text {
            en: "Removes a mailbox, except the built-in Administrator and the last administrator of the organization.",
            fr: "Supprime une boîte aux lettres, sauf Administrator et le dernier administrateur de l'organisation.",
        },
        sets: &[],
        default_set: None,
        parameters: parameters![[identity_to_change(IDENTITY_EN, IDENTITY_FR)], CHANGING],
        roles: &[MAIL_RECIPIENT_CREATION],
        confirms: true,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
    Cmdlet {
        name: "Set-Mailbox",
        synopsis: Text { en: "Changes a mailbox.", fr: "Modifie une boîte aux lettres." },
        sets: &[],
        default_set: None,
        parameters: parameters![
            [
                identity_to_change(IDENTITY_EN, IDENTITY_FR),
                NAME,
                PRIMARY,
                PASSWORD,
                Parameter::new(
                    "EmailAddresses",
                    TEXTS,
                    "Its other addresses, at which it also receives.",
                    "Ses autres adresses, auxquelles elle reçoit aussi.",
                ),
                Parameter::new(
                    "ForwardingAddress",
                    Kind::Identity,
                    "The mailbox, group or mail contact that its mail goes to; $null for none. Goes before ForwardingSmtpAddress.",
                    "La boîte aux lettres, le groupe ou le contact de messagerie qui reçoit son courrier ; $null pour aucun. Prime sur ForwardingSmtpAddress.",
                ),
                Parameter::new(
                    "ForwardingSmtpAddress",
                    Kind::SmtpAddress,
                    "The address that its mail goes to; $null for none.",
                    "Adresse qui reçoit son courrier ; $null pour aucune.",
                ),
                Parameter::new(
                    "DeliverToMailboxAndForward",
                    Kind::Boolean,
                    "Whether mail that is forwarded is kept in the mailbox too.",
                    "Indique si le courrier transféré reste aussi dans la boîte aux lettres.",
                ),
                Parameter::new(
                    "Languages",
                    TEXTS,
                    "Its user's languages in order of preference, such as fr-FR,en; reports come in the first known one.",
                    "Langues de son utilisateur par ordre de préférence, par exemple fr-FR,en ; les rapports utilisent la première connue.",
                ),
                Parameter::new(
                    "MaxSendSize",
                    Kind::UnlimitedSize,
                    "The largest message it may send, or unlimited.",
                    "Taille maximale d'un message envoyé, ou unlimited.",
                ),
                Parameter::new(
                    "MaxReceiveSize",
                    Kind::UnlimitedSize,
                    "The largest message it may receive, or unlimited.",
                    "Taille maximale d'un message reçu, ou unlimited.",
                ),
                Parameter::new(
                    "ProhibitSendReceiveQuota",
                    Kind::UnlimitedSize,
                    "What the mailbox may hold, or unlimited: then the quota of relais.toml counts, where there is one. A message \
                     that does not fit goes back to its sender. Without effect where an LMTP server has the mailboxes.",
                    "Ce que la boîte aux lettres peut contenir, ou unlimited : c'est alors le quota de relais.toml qui compte, s'il y \
                     en a un. Un message qui n'y tient pas revient à son expéditeur. Sans effet quand un serveur LMTP tient les boîtes.",
                ),
                Parameter::new(
                    "RecipientLimits",
                    Kind::UnlimitedInt32,
                    "How many recipients one message it sends may have, or unlimited.",
                    "Nombre de destinataires permis par message envoyé, ou unlimited.",
                ),
            ],
            CHANGING,
        ],
        roles: &[MAIL_RECIPIENTS],
        confirms: false,
        supports_should_process: true,
        changes: true,
        output: Output::NOTHING,
    },
];
