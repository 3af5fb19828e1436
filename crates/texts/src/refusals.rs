//! Refusals in French: what administrators read when a command cannot be carried out.
//!
//! A catalogue of phrases as gettext has it: the English phrase is the key. The rooms below write
//! their errors once, in English, where the rule is; here each phrase stands beside its French, with
//! `{}` for an argument, `{phrase}` for one that is a phrase itself, and `{0}`, `{1}` for where they go.
//! A phrase that is not here stays English. The tests of `management` know every refusal of a Send
//! connector word for word, and fail when one of them has no French.

/// The phrase in French.
pub fn french(phrase: &str) -> Option<String> {
    PHRASES.iter().find_map(|(english, french)| {
        let arguments = matched(english, phrase)?;
        Some(filled(french, &arguments))
    })
}

/// What the phrase has in place of the pattern's arguments, in order.
fn matched(pattern: &str, phrase: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let (mut pattern, mut rest) = (pattern, phrase);
    loop {
        let Some((literal, is_phrase, after)) = next_argument(pattern) else {
            return (pattern == rest).then_some(arguments);
        };
        rest = rest.strip_prefix(literal)?;
        // Up to the next literal; the last argument takes what is left.
        let stop = next_argument(after).map_or(after, |(literal, ..)| literal);
        let end = match (stop.is_empty(), next_argument(after)) {
            (true, _) => rest.len(),
            (false, None) => rest.len().checked_sub(stop.len())?,
            (false, Some(_)) => rest.find(stop)?,
        };
        let argument = rest.get(..end)?;
        arguments.push(if is_phrase { french(argument)? } else { argument.to_owned() });
        (pattern, rest) = (after, &rest[end..]);
    }
}

/// The literal before the first argument, whether that is a phrase, and what follows it.
fn next_argument(pattern: &str) -> Option<(&str, bool, &str)> {
    let plain = pattern.find("{}").map(|at| (at, false, 2));
    let phrase = pattern.find("{phrase}").map(|at| (at, true, 8));
    let (at, is_phrase, length) = [plain, phrase].into_iter().flatten().min()?;
    Some((&pattern[..at], is_phrase, &pattern[at + length..]))
}

/// The arguments put into their places, in one pass: none of them is looked into.
fn filled(french: &str, arguments: &[String]) -> String {
    let mut text = String::with_capacity(french.len() + 64);
    let mut rest = french;
    while let Some(at) = rest.find('{') {
        let argument = rest
            .as_bytes()
            .get(at + 1)
            .filter(|_| rest.as_bytes().get(at + 2) == Some(&b'}'))
            .and_then(|digit| char::from(*digit).to_digit(10))
            .and_then(|index| arguments.get(index as usize));
        text.push_str(&rest[..at]);
        match argument {
            Some(argument) => {
                text.push_str(argument);
                rest = &rest[at + 3..];
            }
            None => {
                text.push('{');
                rest = &rest[at + 1..];
            }
        }
    }
    text + rest
}

#[rustfmt::skip] // one pair after the other, whatever their length
const PHRASES: &[(&str, &str)] = &[
    // Signing in and sessions.
    ("The user name or the password is wrong.",
     "Le nom d’utilisateur ou le mot de passe est incorrect."),
    ("Too many failed sign-ins from your address: try again in {} s.",
     "Trop d’échecs de connexion depuis votre adresse : réessayez dans {0} s."),
    ("Too many sign-ins at this moment: try again.",
     "Trop de connexions en ce moment : réessayez."),
    ("Sign in with a user name and a password (Basic).",
     "Connectez-vous avec un nom d’utilisateur et un mot de passe (Basic)."),
    ("The Authorization header cannot be read.",
     "L’en-tête Authorization est illisible."),
    ("You are not signed in, or your session has ended: sign in again.",
     "Vous n’êtes pas connecté, ou votre session a expiré : reconnectez-vous."),
    ("The request lacks the session's token in Relais-CSRF.",
     "Il manque à la requête le jeton de la session (Relais-CSRF)."),
    ("Requests that another site makes a browser send are refused.",
     "Les requêtes qu’un autre site fait envoyer par un navigateur sont refusées."),
    ("A sign-in is a JSON object with the texts \"user\" and \"password\".",
     "Une connexion est un objet JSON avec les textes « user » et « password »."),
    ("This session follows the events twice already.",
     "Cette session suit déjà deux fois les événements."),
    ("The server is stopping.", "Le serveur s’arrête."),

    // Permission, versions.
    ("You may not run {}: it needs the management role '{}', held by the members of: {}.",
     "Vous ne pouvez pas exécuter {0} : il faut le rôle de gestion « {1} », que détiennent les membres de : {2}."),
    ("You may not change how '{}' signs in, nor remove it: its owner holds management roles that you do not hold.",
     "Vous ne pouvez ni changer la connexion de « {0} », ni la supprimer : son titulaire détient des rôles de gestion que vous n’avez pas."),
    ("The {phrase} \"{}\" has been changed by somebody else meanwhile: read it again.",
     "Quelqu’un d’autre a modifié entre-temps {0} « {1} » : relisez-le."),

    // Kinds of objects.
    ("Send connector", "le connecteur d’envoi"),
    ("Receive connector", "le connecteur de réception"),
    ("connector", "le connecteur"),
    ("accepted domain", "le domaine accepté"),
    ("remote domain", "le domaine distant"),
    ("mailbox", "la boîte aux lettres"),
    ("role group", "le groupe de rôles"),
    ("server", "le serveur"),
    ("transport configuration", "la configuration du transport"),

    // Commands and parameters.
    ("The term '{}' is not recognized as a cmdlet.",
     "« {0} » n’est pas le nom d’une commande."),
    ("A parameter cannot be found that matches parameter name '{}'.",
     "Il n’y a pas de paramètre nommé « {0} »."),
    ("Parameter '{}' is given more than once.",
     "Le paramètre « {0} » est donné plusieurs fois."),
    ("Parameter '{}' belongs to Exchange Server 2010 and is no longer available.",
     "Le paramètre « {0} » est celui d’Exchange Server 2010 et n’existe plus."),
    ("Cannot process command because a required parameter is missing: {}. Allowed: {phrase}.",
     "Il manque un paramètre obligatoire : {0}. Valeurs admises : {1}."),
    ("Cannot process command because a required parameter is missing: {}.",
     "Il manque un paramètre obligatoire : {0}."),
    ("Cannot bind argument to parameter '{}' because it is null. Allowed: {phrase}.",
     "Le paramètre « {0} » ne peut pas être vide. Valeurs admises : {1}."),
    ("Cannot bind argument to parameter '{}' because it is null.",
     "Le paramètre « {0} » ne peut pas être vide."),
    ("Cannot bind parameter '{}': the value has the wrong type. Allowed: {phrase}.",
     "Paramètre « {0} » : la valeur n’est pas du bon type. Valeurs admises : {1}."),
    ("Parameters '{}' and '{}' cannot be used together.",
     "Les paramètres « {0} » et « {1} » ne peuvent pas être donnés ensemble."),
    ("{} and {} cannot be used together: a connector has one usage.",
     "{0} et {1} ne peuvent pas être donnés ensemble : un connecteur a un seul usage."),
    ("Parameter set cannot be resolved using the specified named parameters.",
     "Ces paramètres ne vont pas ensemble."),
    ("The parameters must be a JSON object.", "Les paramètres doivent former un objet JSON."),
    ("Parameter '{}': the text cannot be used. Allowed: {phrase}.",
     "Paramètre « {0} » : ce texte ne peut pas être employé. Valeurs admises : {1}."),
    ("at most {} characters, none of them a control character",
     "{0} caractères au plus, sans caractère de contrôle"),
    ("at most 65536 bytes, no control characters but line ends and tabs",
     "65 536 octets au plus, sans caractère de contrôle hormis les fins de ligne et les tabulations"),
    ("The Transport service did not take the message: {}.",
     "Le service de transport n’a pas accepté le message : {0}."),

    // Objects by name.
    ("The operation couldn't be performed because the {phrase} '{}' couldn't be found.",
     "L’opération est impossible : {0} « {1} » est introuvable."),
    ("'{}' names several objects: {}. Exactly one must be named.",
     "« {0} » désigne plusieurs objets : {1}. Il faut en désigner un seul."),
    ("A {phrase} called \"{}\" already exists. Choose another name.",
     "Il existe déjà {0} « {1} ». Choisissez un autre nom."),
    ("Parameter '{}': * may stand only at the start or end of a name.",
     "Paramètre « {0} » : * n’est possible qu’au début ou à la fin d’un nom."),

    // What is wrong with a value.
    ("cannot be used here", "ne peut pas être employé ici"),
    ("is out of range", "est hors limites"),
    ("is not an integer", "n’est pas un entier"),
    ("is not a Boolean", "n’est pas un booléen"),
    ("is not a cost", "n’est pas un coût"),
    ("is not a size", "n’est pas une taille"),
    ("is not a time span", "n’est pas une durée"),
    ("is not a GUID", "n’est pas un GUID"),
    ("is not an IP address", "n’est pas une adresse IP"),
    ("is too long", "est trop long"),
    ("is longer than 4096 characters", "dépasse 4 096 caractères"),
    ("is a list, but exactly one value is needed", "est une liste, alors qu’il faut une seule valeur"),
    ("is empty; a value is needed", "est vide ; il faut une valeur"),
    ("is empty; a name is needed", "est vide ; il faut un nom"),
    ("is empty; a domain name is needed", "est vide ; il faut un nom de domaine"),
    ("has the wrong type", "n’est pas du bon type"),
    ("contains a control character", "contient un caractère de contrôle"),
    ("is longer than 64 characters", "dépasse 64 caractères"),
    ("starts or ends with a blank", "commence ou finit par une espace"),
    ("values are too many", "valeurs, c’est trop"),
    ("is there twice", "figure deux fois"),
    ("is not one of the possible values", "n’est pas l’une des valeurs possibles"),
    ("cannot be combined with another value", "ne se combine avec aucune autre valeur"),
    ("is not a way to change a list", "n’est pas une façon de modifier une liste"),
    ("is not a credential", "n’est pas une identification"),
    ("is not a culture", "n’est pas une langue"),
    ("does not name a certificate", "ne désigne pas un certificat"),
    ("is too long for a domain name", "est trop long pour un nom de domaine"),
    ("is not a valid internationalised domain name", "n’est pas un nom de domaine internationalisé valable"),
    ("ends with a dot", "finit par un point"),
    ("has an empty label (two dots in a row, or a dot at the start)",
     "a un élément vide (deux points de suite, ou un point au début)"),
    ("has a label of more than 63 characters", "a un élément de plus de 63 caractères"),
    ("has a label that starts or ends with a hyphen", "a un élément qui commence ou finit par un tiret"),
    ("contains '{}', which no domain name may contain",
     "contient « {0} », interdit dans un nom de domaine"),
    ("has more than one wildcard", "a plus d’une étoile"),
    ("has a wildcard in the wrong place: the star must be the entire first label",
     "a une étoile mal placée : elle doit être tout le premier élément"),
    ("is not an address literal", "n’est pas une adresse littérale"),
    ("is too long for a mail address", "est trop long pour une adresse de messagerie"),
    ("is not a mail address: the @ is missing", "n’est pas une adresse de messagerie : il manque le @"),
    ("has nothing before the @", "n’a rien avant le @"),
    ("has more than 64 bytes before the @", "a plus de 64 octets avant le @"),
    ("has a local part that is neither plain words separated by dots nor a quoted string",
     "a, avant le @, autre chose que des mots simples séparés par des points ou une chaîne entre guillemets"),
    ("has a wrong domain: it {phrase}", "a un domaine incorrect : il {0}"),
    ("is too long for an address space", "est trop long pour un espace d’adressage"),
    ("names no address space", "ne nomme aucun espace d’adressage"),
    ("has the type Local; set IsScopedConnector to $true instead",
     "est du type Local ; donnez plutôt à IsScopedConnector la valeur $true"),
    ("is for connectors of Edge servers only", "est réservé aux connecteurs des serveurs Edge"),
    ("is not the address of a host", "n’est pas l’adresse d’un hôte"),
    ("is not an IP address in brackets", "n’est pas une adresse IP entre crochets"),
    ("looks like an IP address but is not one", "ressemble à une adresse IP sans en être une"),

    // What is allowed.
    ("{phrase}, or unlimited", "{0}, ou unlimited"),
    ("Default alone, or any of the other values", "Default seul, ou d’autres valeurs ensemble"),
    ("one or several of {}", "une ou plusieurs des valeurs {0}"),
    ("one of {}", "l’une des valeurs {0}"),
    ("an integer from {} to {}", "un entier de {0} à {1}"),
    ("an integer of 32 bits", "un entier de 32 bits"),
    ("a time span (dd.hh:mm:ss) from {} to {}", "une durée (jj.hh:mm:ss) de {0} à {1}"),
    ("dd.hh:mm:ss, such as 00:15:00 or 3.00:00:00", "jj.hh:mm:ss, comme 00:15:00 ou 3.00:00:00"),
    ("at most 24855.03:14:07", "24855.03:14:07 au plus"),
    ("a size from {} to {}, written such as 10MB or as a number of bytes",
     "une taille de {0} à {1}, écrite comme 10MB ou en nombre d’octets"),
    ("a size such as 10MB, or a number of bytes", "une taille comme 10MB, ou un nombre d’octets"),
    ("a number with B, KB, MB, GB or TB, such as 10MB, or a plain number of bytes",
     "un nombre suivi de B, KB, MB, GB ou TB, comme 10MB, ou un nombre d’octets"),
    ("$true or $false", "$true ou $false"),
    ("$true, $false or $null", "$true, $false ou $null"),
    ("a text", "un texte"),
    ("a GUID", "un GUID"),
    ("an IPv4 or IPv6 address", "une adresse IPv4 ou IPv6"),
    ("a date and time", "une date et une heure"),
    ("an object of a cmdlet", "un objet donné par une commande"),
    ("a name, GUID, distinguished name or object", "un nom, un GUID, un nom unique ou un objet"),
    ("a SecureString", "une SecureString"),
    ("a PSCredential: a user name and a password", "un PSCredential : un nom d’utilisateur et un mot de passe"),
    ("a PSCredential, made by Get-Credential", "un PSCredential, obtenu par Get-Credential"),
    ("a name of 1 to 64 characters", "un nom de 1 à 64 caractères"),
    ("1 to 64 characters, no control characters, no blank at the start or end",
     "1 à 64 caractères, sans caractère de contrôle ni espace au début ou à la fin"),
    ("one or more address spaces, such as * or contoso.com",
     "un ou plusieurs espaces d’adressage, comme * ou contoso.com"),
    ("a domain (contoso.com), a domain with all its subdomains (*.contoso.com) or every domain (*), optionally as Type:Space;Cost with a cost from 1 to 100",
     "un domaine (contoso.com), un domaine avec tous ses sous-domaines (*.contoso.com) ou tous les domaines (*), au besoin sous la forme Type:Espace;Coût avec un coût de 1 à 100"),
    ("a domain (contoso.com), a domain with all its subdomains (*.contoso.com) or every domain (*)",
     "un domaine (contoso.com), un domaine avec tous ses sous-domaines (*.contoso.com) ou tous les domaines (*)"),
    ("labels of letters, digits and hyphens, at most 63 characters each, separated by single dots, at most 253 characters in all",
     "des éléments de lettres, chiffres et tirets, de 63 caractères au plus, séparés par un point, 253 caractères au plus en tout"),
    ("local-part@domain, with at most 64 bytes before the @ and 255 after it",
     "nom@domaine, avec 64 octets au plus avant le @ et 255 après"),
    ("a host name such as server.contoso.com, or an IP address such as 10.10.1.1",
     "un nom d’hôte comme server.contoso.com, ou une adresse IP comme 10.10.1.1"),
    ("a host name or an IP address", "un nom d’hôte ou une adresse IP"),
    ("<I>issuer<S>subject, such as <I>CN=Our CA<S>CN=mail.contoso.com",
     "<I>émetteur<S>sujet, comme <I>CN=Our CA<S>CN=mail.contoso.com"),
    ("@{Add=\"a\",\"b\"; Remove=\"c\"}", "@{Add=\"a\",\"b\"; Remove=\"c\"}"),
    ("a language such as fr, en or fr-FR", "une langue comme fr, en ou fr-FR"),
    ("[192.0.2.1] or [IPv6:2001:db8::1]", "[192.0.2.1] ou [IPv6:2001:db8::1]"),
    ("a GUID such as 5f2d1c1e-0b6a-4c1c-9a43-1f7a2b3c4d5e",
     "un GUID comme 5f2d1c1e-0b6a-4c1c-9a43-1f7a2b3c4d5e"),
    ("at most {} values", "{0} valeurs au plus"),

    // Rules of Send connectors: what is wrong, and what to do.
    ("\"{}\" is not a Mailbox server of the organization",
     "« {0} » n’est pas un serveur de boîtes aux lettres de l’organisation"),
    ("Name Mailbox servers of the organization", "Nommez des serveurs de boîtes aux lettres de l’organisation"),
    ("a Send connector needs at least one address space",
     "un connecteur d’envoi a besoin d’au moins un espace d’adressage"),
    ("Give AddressSpaces, for example * or contoso.com", "Donnez AddressSpaces, par exemple * ou contoso.com"),
    ("the address space \"{}\" is there twice", "l’espace d’adressage « {0} » figure deux fois"),
    ("Name each address space once, with one cost",
     "Nommez chaque espace d’adressage une seule fois, avec un seul coût"),
    ("the address space \"{}\" is not of type SMTP", "l’espace d’adressage « {0} » n’est pas du type SMTP"),
    ("It requires SmartHosts and DNSRoutingEnabled $false", "Il exige SmartHosts et DNSRoutingEnabled $false"),
    ("smart hosts are given, but DNSRoutingEnabled is $true",
     "des hôtes actifs sont donnés, mais DNSRoutingEnabled vaut $true"),
    ("Set DNSRoutingEnabled to $false, or leave SmartHosts empty",
     "Donnez à DNSRoutingEnabled la valeur $false, ou laissez SmartHosts vide"),
    ("without DNS routing the connector needs smart hosts",
     "sans routage DNS, le connecteur a besoin d’hôtes actifs"),
    ("Give SmartHosts in the same command as DNSRoutingEnabled $false",
     "Donnez SmartHosts dans la même commande que DNSRoutingEnabled $false"),
    ("authentication ({}) is only for smart hosts", "l’authentification ({0}) n’est possible qu’avec des hôtes actifs"),
    ("Give SmartHosts and DNSRoutingEnabled $false, or SmartHostAuthMechanism None",
     "Donnez SmartHosts et DNSRoutingEnabled $false, ou SmartHostAuthMechanism None"),
    ("{} needs a user name and a password", "{0} exige un nom d’utilisateur et un mot de passe"),
    ("Give AuthenticationCredential, made by Get-Credential", "Donnez AuthenticationCredential, obtenu par Get-Credential"),
    ("ForceHELO $true rules out {phrase}, which needs EHLO", "ForceHELO $true exclut {0}, qui exige EHLO"),
    ("authentication", "l’authentification"),
    ("STARTTLS", "STARTTLS"),
    ("Set ForceHELO to $false", "Donnez à ForceHELO la valeur $false"),
    ("BasicAuthRequireTLS and IgnoreSTARTTLS $true contradict each other",
     "BasicAuthRequireTLS et IgnoreSTARTTLS $true se contredisent"),
    ("Set IgnoreSTARTTLS to $false, or use BasicAuth",
     "Donnez à IgnoreSTARTTLS la valeur $false, ou employez BasicAuth"),
    ("RequireTLS $true and IgnoreSTARTTLS $true contradict each other",
     "RequireTLS $true et IgnoreSTARTTLS $true se contredisent"),
    ("Set one of them to $false", "Donnez à l’un des deux la valeur $false"),
    ("TlsAuthLevel {} needs RequireTLS $true and IgnoreSTARTTLS $false",
     "TlsAuthLevel {0} exige RequireTLS $true et IgnoreSTARTTLS $false"),
    ("Set RequireTLS to $true and IgnoreSTARTTLS to $false, or TlsAuthLevel to $null",
     "Donnez à RequireTLS la valeur $true et à IgnoreSTARTTLS la valeur $false, ou à TlsAuthLevel la valeur $null"),
    ("TlsDomain {} is only used with TlsAuthLevel DomainValidation",
     "TlsDomain {0} ne sert qu’avec TlsAuthLevel DomainValidation"),
    ("Set TlsAuthLevel to DomainValidation, or TlsDomain to $null",
     "Donnez à TlsAuthLevel la valeur DomainValidation, ou à TlsDomain la valeur $null"),
    ("TlsDomain * would allow every certificate", "TlsDomain * admettrait tous les certificats"),
    ("Name a domain, such as mail.contoso.com or *.contoso.com",
     "Nommez un domaine, comme mail.contoso.com ou *.contoso.com"),
    ("DomainValidation with smart hosts needs the name the certificate must carry",
     "DomainValidation avec des hôtes actifs exige le nom que le certificat doit porter"),
    ("Give TlsDomain", "Donnez TlsDomain"),
    ("mutual TLS with the recipient's domain is not possible with DNSRoutingEnabled $false",
     "le TLS mutuel avec le domaine du destinataire est impossible avec DNSRoutingEnabled $false"),
    ("Set DNSRoutingEnabled to $true", "Donnez à DNSRoutingEnabled la valeur $true"),
    ("mutual TLS is not possible with IgnoreSTARTTLS $true",
     "le TLS mutuel est impossible avec IgnoreSTARTTLS $true"),
    ("Set IgnoreSTARTTLS to $false", "Donnez à IgnoreSTARTTLS la valeur $false"),
    ("the address space \"{}\" is a wildcard, and domains are secured one by one",
     "l’espace d’adressage « {0} » a une étoile, et les domaines se sécurisent un à un"),
    ("Name every domain in AddressSpaces without a star", "Nommez chaque domaine de AddressSpaces sans étoile"),
    ("a Send connector needs at least one source server",
     "un connecteur d’envoi a besoin d’au moins un serveur source"),
    ("Name a Mailbox server of the organization", "Nommez un serveur de boîtes aux lettres de l’organisation"),
    ("{} is possible on Edge servers only", "{0} n’est possible que sur les serveurs Edge"),
    ("Leave SourceIPAddress at 0.0.0.0", "Laissez SourceIPAddress à 0.0.0.0"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_with_their_arguments() {
        for (english, expected) in [
            ("is not a cost", Some("n’est pas un coût")),
            ("an integer from 1 to 100", Some("un entier de 1 à 100")),
            ("an integer from 1 to 9, or unlimited", Some("un entier de 1 à 9, ou unlimited")),
            (
                "has a wrong domain: it ends with a dot",
                Some("a un domaine incorrect : il finit par un point"),
            ),
            ("has a wrong domain: it is unheard of", None),
            ("is not a cost, is it", None),
            ("", None),
        ] {
            assert_eq!(french(english).as_deref(), expected, "{english}");
        }
    }

    #[test]
    fn arguments_are_taken_as_they_are() {
        for hostile in ["{0}", "{phrase}", "\" is there twice", "é{", ""] {
            let phrase = format!("the address space \"{hostile}\" is there twice");
            let expected = format!("l’espace d’adressage « {hostile} » figure deux fois");
            assert_eq!(french(&phrase), Some(expected));
        }
    }

    #[test]
    fn each_phrase_is_there_once_and_takes_what_it_is_given() {
        for (at, (english, french)) in PHRASES.iter().enumerate() {
            assert!(!PHRASES[..at].iter().any(|(earlier, _)| earlier == english), "{english}");
            let count = english.matches("{}").count() + english.matches("{phrase}").count();
            for index in 0..10 {
                let is_used = french.contains(&format!("{{{index}}}"));
                assert_eq!(is_used, index < count, "{english}");
            }
        }
    }
}
