//! What stands between the declarations, in both languages.

use texts::Text;

/// Declares texts.
macro_rules! words {
    ($($name:ident: $en:literal, $fr:literal;)*) => {
        $(pub(crate) const $name: Text = Text { en: $en, fr: $fr };)*
    };
}

words! {
    MADE_OF:
        "Made by `relais generate reference` of what the server itself goes by; `Get-Help` in [the management shell](../shell.md) says the same.",
        "Page produite par `relais generate reference` à partir de ce qui régit le serveur lui-même ; `Get-Help` dit la même chose dans [l’environnement de ligne de commande](../shell.md).";
    SEE: "More:", "Voir aussi :";
    CMDLET: "Cmdlet", "Commande";
    MEANING: "What it does", "Ce qu’elle fait";
    PARAMETER: "Parameter", "Paramètre";
    TYPE: "Type", "Type";
    HELP: "What it is for", "À quoi il sert";
    DEFAULT_SET: "the default", "par défaut";
    ROLES: "**Roles, one of which is needed:**", "**Rôles, dont un suffit :**";
    ROLE_GROUPS: "**Role groups that have one:**", "**Groupes de rôles qui en ont un :**";
    GIVES: "**Gives:**", "**Renvoie :**";
    TABLE_OF: "shown by default:", "affichés par défaut :";
    NO_OBJECT: "no object", "aucun objet";
    CONFIRMS:
        "**Asks before it acts**, unless `-Confirm:$false` is given.",
        "**Demande confirmation avant d’agir**, sauf avec `-Confirm:$false`.";
    SHORT_NAMES: "**Short names:**", "**Noms courts :**";

    OWN_TITLE: "The shell’s own commands", "Les commandes propres à l’environnement";
    OWN_ABOUT:
        "They run in the shell, need no server and no role, and stand for what PowerShell has under these names.",
        "Elles s’exécutent dans l’environnement, sans serveur ni rôle, et tiennent lieu de ce que PowerShell a sous ces noms.";

    OVERVIEW_TITLE: "The cmdlets", "Les commandes";
    OVERVIEW_ABOUT:
        "Each cmdlet, its parameters and who may run it. The same operations are behind [the admin center](../admin-center.md) and, as `POST /api/cmdlets/NAME`, the HTTP API.",
        "Chaque commande, ses paramètres et qui peut l’exécuter. Les mêmes opérations se trouvent derrière [le centre d’administration](../admin-center.md) et, sous la forme `POST /api/cmdlets/NOM`, l’API HTTP.";
    HOW_TO_READ: "How the syntax is read", "Lire la syntaxe";
    HOW_TO_READ_TEXT:
        "`[-Name <Type>]` may be left out; in `[-Name] <Type>` the name may, and the value then counts by its place; `-Name` alone is a switch. A cmdlet with several lines of syntax takes the parameters of one line together.",
        "`[-Nom <Type>]` peut être omis ; dans `[-Nom] <Type>`, c’est le nom qui peut l’être, et la valeur compte alors par sa place ; `-Nom` seul est un commutateur. Une commande qui a plusieurs lignes de syntaxe accepte ensemble les paramètres d’une même ligne.";
    TYPES: "Types", "Types";
    FORM: "How it is written", "Comment on l’écrit";
    ALL_CMDLETS: "All cmdlets", "Toutes les commandes";
    ROLES_TITLE: "Roles and role groups", "Rôles et groupes de rôles";
    ROLES_ABOUT:
        "What a new organization has. [`Get-RoleGroup`](role-groups.md#get-rolegroup) shows what is so in yours, `Get-Command` what you may run.",
        "Ce qu’a une organisation nouvelle. [`Get-RoleGroup`](role-groups.md#get-rolegroup) montre ce qu’il en est dans la vôtre, `Get-Command` ce que vous pouvez exécuter.";
    ROLE_GROUP: "Role group", "Groupe de rôles";
    ITS_ROLES: "Its roles", "Ses rôles";

    SETTINGS_TITLE: "Settings and their defaults", "Les paramètres et leurs valeurs par défaut";
    SETTINGS_ABOUT:
        "What a new object of each kind has, as this version makes it. `Format-List` behind the `Get-` cmdlet shows what yours have; the parameter of the same name changes it.",
        "Ce qu’a un nouvel objet de chaque sorte, tel que cette version le crée. `Format-List` après la commande `Get-` montre ce qu’ont les vôtres ; le paramètre du même nom le modifie.";
    SETTINGS_FILE:
        "What a server must know before it can open its directory is in `relais.toml`: [key by key](../configuration.md#the-file).",
        "Ce qu’un serveur doit savoir avant de pouvoir ouvrir son annuaire se trouve dans `relais.toml` : [clé par clé](../configuration.md#le-fichier).";
    PROPERTY: "Property", "Propriété";
    DEFAULT: "Default", "Par défaut";
    NONE: "none", "aucune";
    OWN_VALUE: "its own", "propre à l’objet";
    WITH_USAGE: "with `-Usage {}`:", "avec `-Usage {}` :";
    FROM_TO: "From {} to {}.", "De {} à {}.";
    SHOWN_BY: "Shown by {}, changed by {}.", "Affichés par {}, modifiés par {}.";
    ONLY_SHOWN: "Shown besides, and not set:", "Affichés en outre, sans pouvoir être modifiés :";
}

/// What is read in the hand-written part of the book, by the page of the reference.
pub(crate) const SEE_ALSO: &[(&str, &[(&str, Text)])] = &[
    (
        "send-connectors",
        &[
            ("tutorial-internet.md", text("mail to the Internet", "vers Internet")),
            ("tutorial-smart-host.md", text("through a smart host", "par un hôte actif")),
            ("tutorial-partner.md", text("to a partner", "à un partenaire")),
            (
                "smart-host-sign-in.md",
                text("signing in at smart hosts", "s’authentifier auprès des hôtes actifs"),
            ),
        ],
    ),
    (
        "receive-connectors",
        &[("permissions.md", text("permissions on connectors", "permissions des connecteurs"))],
    ),
    ("domains", &[("remote-domains.md", text("remote domains", "domaines distants"))]),
    ("recipients", &[("recipients.md", text("recipients", "destinataires"))]),
    ("queues", &[("queues.md", text("queues and messages", "files d’attente et messages"))]),
    (
        "messages",
        &[
            ("troubleshooting.md", text("troubleshooting", "dépannage")),
            ("logs.md", text("logs", "journaux")),
        ],
    ),
    (
        "transport",
        &[
            ("front-end.md", text("Front End Transport", "service de transport frontal")),
            ("logs.md", text("logs", "journaux")),
        ],
    ),
    (
        "servers",
        &[
            ("back-pressure.md", text("back pressure", "contre-pression")),
            (
                "organization-wide.md",
                text("all servers from one", "tous les serveurs depuis un seul"),
            ),
        ],
    ),
    ("certificates", &[("certificates.md", text("certificates", "certificats"))]),
    (
        "dkim",
        &[
            ("dkim.md", text("DKIM", "DKIM")),
            (
                "domain-publishing.md",
                text("what your domains publish", "ce que publient vos domaines"),
            ),
        ],
    ),
    (
        "transport-security",
        &[("transport-security.md", text("transport security", "sécurité du transport"))],
    ),
    (
        "role-groups",
        &[(
            "security.md",
            text("security for administrators", "sécurité, pour les administrateurs"),
        )],
    ),
    (
        "several-servers",
        &[
            ("several-servers.md", text("several servers", "plusieurs serveurs")),
            ("several-servers-operations.md", text("their operation", "leur exploitation")),
        ],
    ),
    (
        "shell-commands",
        &[("shell.md", text("the management shell", "l’environnement de ligne de commande"))],
    ),
];

/// How values of a type are written, by the name that syntax gives it.
pub(crate) const FORMS: &[(&str, Text)] = &[
    (
        "String",
        text(
            "any text; in quotation marks where it holds blanks",
            "un texte quelconque ; entre guillemets s’il contient des espaces",
        ),
    ),
    (
        "Boolean",
        text(
            "`$true` or `$false`; where the help says so also `$null`",
            "`$true` ou `$false` ; là où l’aide le dit, aussi `$null`",
        ),
    ),
    ("SwitchParameter", text("the name alone, or `-Name:$false`", "le nom seul, ou `-Nom:$false`")),
    ("Int32", text("a whole number", "un nombre entier")),
    ("ByteQuantifiedSize", text("`10MB`, `128KB`, `10485760`", "`10MB`, `128KB`, `10485760`")),
    (
        "Unlimited",
        text("a size or a number, or `Unlimited`", "une taille ou un nombre, ou `Unlimited`"),
    ),
    (
        "EnhancedTimeSpan",
        text(
            "days, hours, minutes, seconds: `2.00:00:00`, `00:15:00`",
            "jours, heures, minutes, secondes : `2.00:00:00`, `00:15:00`",
        ),
    ),
    (
        "DateTime",
        text(
            "`'2027-01-31 14:00'`, or what `Get-Date` gives",
            "`'2027-01-31 14:00'`, ou ce que donne `Get-Date`",
        ),
    ),
    ("Guid", text("as `Get-` cmdlets show it", "tel que l’affichent les commandes `Get-`")),
    (
        "Fqdn",
        text(
            "a host or domain name: `mail.contoso.com`",
            "un nom d’hôte ou de domaine : `mail.contoso.com`",
        ),
    ),
    ("IPAddress", text("`192.0.2.10`, `2001:db8::10`", "`192.0.2.10`, `2001:db8::10`")),
    ("SmtpAddress", text("`anna@contoso.com`", "`anna@contoso.com`")),
    (
        "Identity",
        text(
            "what names one object: name, GUID, distinguished name, or the object from the pipeline",
            "ce qui désigne un objet : nom, GUID, nom unique, ou l’objet venu du pipeline",
        ),
    ),
    (
        "Enum",
        text(
            "one of the words that are listed, or several where the help says so, separated by commas; capitals do not matter",
            "un des mots énumérés, ou plusieurs là où l’aide le dit, séparés par des virgules ; sans égard aux majuscules",
        ),
    ),
    ("PSCredential", text("what `Get-Credential` gives", "ce que donne `Get-Credential`")),
    (
        "SecureString",
        text(
            "`(Read-Host -AsSecureString)`, or `ConvertTo-SecureString`",
            "`(Read-Host -AsSecureString)`, ou `ConvertTo-SecureString`",
        ),
    ),
    (
        "Byte[]",
        text(
            "`(Get-Content FILE -Encoding Byte -ReadCount 0)`",
            "`(Get-Content FICHIER -Encoding Byte -ReadCount 0)`",
        ),
    ),
    ("Object", text("what a command has given", "ce qu’une commande a donné")),
    (
        "…[]",
        text(
            "one or several, separated by commas; `@{Add='a'; Remove='b'}` changes a list and leaves the rest of it",
            "une ou plusieurs valeurs, séparées par des virgules ; `@{Add='a'; Remove='b'}` modifie une liste et en laisse le reste",
        ),
    ),
];

const fn text(en: &'static str, fr: &'static str) -> Text {
    Text { en, fr }
}
