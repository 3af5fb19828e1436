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
pub(crate) fn filled(french: &str, arguments: &[String]) -> String {
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
    ("The change was not made: the directory is read-only while the engine cannot be reached: {}.",
     "La modification n’a pas été faite : l’annuaire est en lecture seule tant que le moteur ne peut pas être joint : {0}."),
    ("The {phrase} \"{}\" has been changed by somebody else meanwhile: read it again.",
     "Quelqu’un d’autre a modifié entre-temps {0} « {1} » : relisez-le."),

    // Kinds of objects.
    ("Send connector", "le connecteur d’envoi"),
    ("Receive connector", "le connecteur de réception"),
    ("connector", "le connecteur"),
    ("accepted domain", "le domaine accepté"),
    ("remote domain", "le domaine distant"),
    ("mailbox", "la boîte aux lettres"),
    ("distribution group", "le groupe de distribution"),
    ("mail contact", "le contact de messagerie"),
    ("role group", "le groupe de rôles"),
    ("server", "le serveur"),
    ("transport configuration", "la configuration du transport"),
    ("DKIM signing configuration", "la configuration de signature DKIM"),

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
    ("OAuth2 needs the mailbox to send as, and a client secret or refresh token as its password",
     "OAuth2 exige la boîte aux lettres qui envoie et, comme mot de passe, un secret de client ou un jeton d’actualisation"),
    ("OAuth2 and IgnoreSTARTTLS $true contradict each other", "OAuth2 et IgnoreSTARTTLS $true se contredisent"),
    ("Set IgnoreSTARTTLS to $false: an access token goes over verified TLS only",
     "Donnez à IgnoreSTARTTLS la valeur $false : un jeton d’accès ne passe que sous TLS vérifié"),
    ("ClientCertificate and IgnoreSTARTTLS $true contradict each other",
     "ClientCertificate et IgnoreSTARTTLS $true se contredisent"),
    ("Set IgnoreSTARTTLS to $false: a certificate is shown under TLS only",
     "Donnez à IgnoreSTARTTLS la valeur $false : un certificat n’est montré que sous TLS"),
    ("ClientCertificate needs the certificate that is to be shown", "ClientCertificate exige le certificat à montrer"),
    ("Give TlsCertificateName (Get-ExchangeCertificate shows what there is)",
     "Donnez TlsCertificateName (Get-ExchangeCertificate montre ceux qui existent)"),
    ("OAuth2 needs {}", "OAuth2 exige {0}"),
    ("Give OAuthTokenUrl and OAuthClientId with SmartHostAuthMechanism OAuth2",
     "Donnez OAuthTokenUrl et OAuthClientId avec SmartHostAuthMechanism OAuth2"),
    ("{} is only used with SmartHostAuthMechanism OAuth2", "{0} ne sert qu’avec SmartHostAuthMechanism OAuth2"),
    ("Set SmartHostAuthMechanism to OAuth2, or {} to $null",
     "Donnez à SmartHostAuthMechanism la valeur OAuth2, ou à {0} la valeur $null"),
    ("OAuthClientSecret is only used with OAuthGrantType RefreshToken",
     "OAuthClientSecret ne sert qu’avec OAuthGrantType RefreshToken"),
    ("Set OAuthClientSecret to $null and give the client secret as the password of \
      AuthenticationCredential, or set OAuthGrantType to RefreshToken",
     "Donnez à OAuthClientSecret la valeur $null et le secret du client comme mot de passe \
      d’AuthenticationCredential, ou à OAuthGrantType la valeur RefreshToken"),
    ("does not begin with https://", "ne commence pas par https://"),
    ("is longer than 1,024 bytes or has other than visible ASCII",
     "dépasse 1 024 octets ou contient autre chose que de l’ASCII visible"),
    ("has a fragment", "a un fragment"),
    ("has a user name", "a un nom d’utilisateur"),
    ("names no host", "ne nomme aucun hôte"),
    ("https://host/path, such as https://login.example.com/oauth2/token",
     "https://hôte/chemin, par exemple https://login.example.com/oauth2/token"),
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

    // Recipients.
    ("There is no mailbox, distribution group or mail contact called '{}'.",
     "Il n’y a ni boîte aux lettres, ni groupe de distribution, ni contact de messagerie nommé « {0} »."),
    ("'{}' is the name of a {phrase} and of a {phrase}: give an address.",
     "« {0} » désigne à la fois {1} et {2} : donnez une adresse."),
    ("There is no default accepted domain: PrimarySmtpAddress is needed.",
     "Il n’y a pas de domaine accepté par défaut : il faut PrimarySmtpAddress."),
    ("'{}' is in no accepted domain: add its domain with New-AcceptedDomain first.",
     "« {0} » n’est dans aucun domaine accepté : ajoutez d’abord son domaine avec New-AcceptedDomain."),
    ("The address '{}' is used by mailbox '{}' already.",
     "L’adresse « {0} » appartient déjà à la boîte aux lettres « {1} »."),
    ("The address '{}' is used by distribution group '{}' already.",
     "L’adresse « {0} » appartient déjà au groupe de distribution « {1} »."),
    ("The address '{}' is used by mail contact '{}' already.",
     "L’adresse « {0} » appartient déjà au contact de messagerie « {1} »."),
    ("the address {} is there twice", "l’adresse {0} figure deux fois"),
    ("Name each address once", "Donnez chaque adresse une seule fois"),
    ("'{}' could be mistaken for mailbox '{}' when signing in.",
     "« {0} » pourrait être confondu avec la boîte aux lettres « {1} » à la connexion."),
    ("The mailbox name '{}' contains a backslash.",
     "Le nom de boîte aux lettres « {0} » contient une barre oblique inverse."),
    ("Parameter '{}': a password has 1 to {} bytes.",
     "Paramètre « {0} » : un mot de passe a de 1 à {1} octets."),
    ("Mail of mailbox '{}' cannot be forwarded to itself.",
     "Le courrier de la boîte aux lettres « {0} » ne peut pas être transféré à elle-même."),
    ("Mailbox '{}' cannot be removed: it is the built-in administrator.",
     "La boîte aux lettres « {0} » ne peut pas être supprimée : c’est l’administrateur intégré."),
    ("Mailbox '{}' cannot be renamed: it is the built-in administrator.",
     "La boîte aux lettres « {0} » ne peut pas être renommée : c’est l’administrateur intégré."),
    ("This is the last member of {} who can sign in: add another one first.",
     "C’est le dernier membre de {0} qui puisse se connecter : ajoutez-en d’abord un autre."),
    ("'{}' is a member of '{}' already.", "« {0} » est déjà membre de « {1} »."),
    ("'{}' is not a member of '{}'.", "« {0} » n’est pas membre de « {1} »."),
    ("'{}' cannot be a member of '{}' itself.", "« {0} » ne peut pas être membre de « {1} », c’est-à-dire de lui-même."),
    ("the group would have {} members", "le groupe aurait {0} membres"),
    ("At most 10000; groups may be members of a group",
     "Donnez-en 10 000 au plus ; des groupes peuvent être membres d’un groupe"),
    ("It is the only one who may send to the distribution group '{}', which would then take mail from everybody: change AcceptMessagesOnlyFromSendersOrMembers of that group first.",
     "Lui seul peut écrire au groupe de distribution « {0} », qui accepterait ensuite le courrier de tous : modifiez d’abord AcceptMessagesOnlyFromSendersOrMembers de ce groupe."),

    // DKIM.
    ("There is a DKIM signing configuration for '{}' already.",
     "Il y a déjà une configuration de signature DKIM pour « {0} »."),
    ("the selectors \"{}\" and \"{}\" would share a record",
     "les sélecteurs « {0} » et « {1} » auraient un enregistrement en commun"),
    ("Choose two different names, neither of which is the other with -ed25519 behind it",
     "Choisissez deux noms différents, dont aucun n’est l’autre suivi de -ed25519"),
    ("\"{}\" cannot be a selector", "« {0} » ne peut pas être un sélecteur"),
    ("1 to {} letters, digits and hyphens, with no hyphen at either end",
     "Donnez de 1 à {0} lettres, chiffres et tirets, sans tiret au début ni à la fin"),
    ("an RSA key of {} bits is not made", "on ne crée pas de clé RSA de {0} bits"),
    ("2048, or 4096", "Donnez 2048 ou 4096"),
    ("there would be nothing to sign with", "il n’y aurait rien pour signer"),
    ("RsaSha256, Ed25519Sha256, or both; to sign nothing, set Enabled to $false",
     "Donnez RsaSha256, Ed25519Sha256, ou les deux ; pour ne rien signer, donnez à Enabled la valeur $false"),
    ("The keys of '{}' are being rotated already: {} signs from {}, once its records are published.",
     "Les clés de « {0} » sont déjà en cours de remplacement : {1} signe à partir du {2}, une fois ses enregistrements publiés."),
    ("No rotation of the keys of '{}' is under way.",
     "Aucun remplacement des clés de « {0} » n’est en cours."),
    ("mail from {} is not signed yet: {phrase}",
     "le courrier de {0} n’est pas encore signé : {1}"),
    ("Publish the records that Get-DkimSigningConfig shows, then try again; or use -Force",
     "Publiez les enregistrements que montre Get-DkimSigningConfig, puis réessayez ; ou employez -Force"),
    // Certificates.
    ("a friendly name is a line of fewer than 64 characters",
     "un nom convivial est une ligne de moins de 64 caractères"),
    ("Give a shorter one", "Donnez-en un plus court"),
    ("the certificate has been asked for and is not here yet",
     "le certificat a été demandé et n’est pas encore là"),
    ("Import what the authority has issued with Import-ExchangeCertificate first",
     "Importez d’abord avec Import-ExchangeCertificate ce que l’autorité a délivré"),
    ("the private key of the certificate is not here", "la clé privée du certificat n’est pas là"),
    ("Import the certificate together with its key, as a PKCS #12 file (.pfx)",
     "Importez le certificat avec sa clé, en fichier PKCS #12 (.pfx)"),
    ("The file cannot be imported: {phrase}.", "Le fichier ne peut pas être importé : {0}."),
    ("it holds no certificate: PEM, DER (.cer, .crt), PKCS #7 (.p7b) or PKCS #12 (.pfx, .p12) is expected",
     "il ne contient pas de certificat ; formats admis : PEM, DER (.cer, .crt), PKCS #7 (.p7b) et PKCS #12 (.pfx, .p12)"),
    ("it is larger than {} bytes", "il dépasse {0} octets"),
    ("it cannot be opened with this password", "ce mot de passe ne l’ouvre pas"),
    ("its private key is encrypted; put key and certificate into a PKCS #12 file (.pfx)",
     "sa clé privée est chiffrée ; mettez clé et certificat dans un fichier PKCS #12 (.pfx)"),
    ("its private key cannot be used: RSA from 2048 bits, ECDSA P-256, P-384 or P-521, or Ed25519",
     "sa clé privée n’est pas utilisable ; sont admis RSA à partir de 2048 bits, ECDSA P-256, P-384 ou P-521, et Ed25519"),
    ("none of its certificates belongs to its private key",
     "aucun de ses certificats ne correspond à sa clé privée"),
    ("its certificate cannot be read", "son certificat est illisible"),
    ("The certificate {} is the one that TlsCertificateName of \"{}\" names.",
     "Le certificat {0} est celui que nomme TlsCertificateName de « {1} »."),
    ("The private key of {} is not given out: PrivateKeyExportable was not $true when it was made or imported.",
     "La clé privée de {0} ne sort pas d’ici : PrivateKeyExportable ne valait pas $true lors de sa création ou de son importation."),
    ("Parameter 'Password': the file is given out under a password only.",
     "Paramètre « Password » : le fichier ne sort que sous un mot de passe."),
    ("Parameter 'SubjectName': \"{}\" is not a subject name such as CN=mail.contoso.com, O=Contoso, C=FR.",
     "Paramètre « SubjectName » : « {0} » n’est pas un objet tel que CN=mail.contoso.com, O=Contoso, C=FR."),
    ("Parameter 'DomainName': \"{}\" is not a name of a server.",
     "Paramètre « DomainName » : « {0} » n’est pas un nom de serveur."),
    ("Parameter 'KeySize': an RSA key of {} bits is not made.",
     "Paramètre « KeySize » : on ne crée pas de clé RSA de {0} bits."),
    ("A certificate is made for at most {} names.", "Un certificat vaut pour {0} noms au plus."),
    // Authorization servers.
    ("\"{}\" is empty, longer than 1,024 bytes, or has other than visible characters",
     "« {0} » est vide, dépasse 1 024 octets ou contient autre chose que des caractères visibles"),
    ("What the issuer writes into its tokens, letter for letter",
     "Donnez ce que l’émetteur écrit dans ses jetons, lettre pour lettre"),
    ("these are no names of claims", "ce ne sont pas des noms de revendications"),
    ("1 to 8 names of at most 128 visible characters, such as email",
     "Donnez de 1 à 8 noms d’au plus 128 caractères visibles, par exemple email"),
    ("there are 8 authorization servers already", "il y a déjà 8 serveurs d’autorisation"),
    ("Remove one that is not needed first", "Supprimez d’abord celui dont vous n’avez plus besoin"),
    // Versions and suites of TLS, and exceptions.
    ("with TlsMinimumVersion {} none of these cipher suites can be spoken",
     "avec TlsMinimumVersion {0}, aucune de ces suites de chiffrement n’est utilisable"),
    ("Add a suite of TLS 1.3, such as TLS_AES_256_GCM_SHA384, or set TlsCipherSuites to All",
     "Ajoutez une suite de TLS 1.3, par exemple TLS_AES_256_GCM_SHA384, ou donnez à TlsCipherSuites la valeur All"),
    ("an exception is for one domain, not for all", "une exception vaut pour un domaine, pas pour tous"),
    ("Make a remote domain for that domain; for all there is Set-TransportConfig -DaneEnabled and -MtaStsEnabled",
     "Créez un domaine distant pour ce domaine ; pour tous, il y a Set-TransportConfig -DaneEnabled et -MtaStsEnabled"),
    ("Parameter 'TlsExceptionUntil': an exception ends within 90 days, not on {}.",
     "Paramètre « TlsExceptionUntil » : une exception prend fin dans les 90 jours, et non le {0}."),
    ("its keys are only being made now, and nobody can know their records yet",
     "ses clés ne sont créées que maintenant, et personne ne peut encore connaître leurs enregistrements"),
    ("there are no keys yet", "il n’y a pas encore de clés"),
    // Several records, each with what is wrong with it; before those, which would take it for one.
    ("{phrase}; {phrase}", "{0} ; {1}"),
    ("{} has no TXT record", "{0} n’a pas d’enregistrement TXT"),
    ("{} could not be looked up: {}", "{0} n’a pas pu être recherché : {1}"),
    ("{} is not the record to publish: {phrase}",
     "{0} n’est pas l’enregistrement à publier : {1}"),
    ("its v= is not DKIM1", "son v= n’est pas DKIM1"),
    ("it has no p=", "il n’a pas de p="),
    ("its p= is empty: the key is revoked", "son p= est vide : la clé est révoquée"),
    ("its p= is another key", "son p= est une autre clé"),
    ("its k= is not {}", "son k= n’est pas {0}"),
    ("its h= does not allow sha256", "son h= n’admet pas sha256"),
    ("its s= does not allow email", "son s= n’admet pas email"),
    ("{} TXT records where one is allowed", "{0} enregistrements TXT alors qu’un seul est admis"),

    // What domains have published.
    ("The accepted domain stands for every domain, which has no records of its own.",
     "Ce domaine accepté vaut pour tous les domaines, et n’a pas d’enregistrements propres."),
    ("the DNS servers are not on this machine: nothing protects their answers",
     "les serveurs DNS ne sont pas sur cette machine : rien ne protège leurs réponses"),
    ("no answer in time", "pas de réponse à temps"),
    ("its host did not answer in time", "son hôte n’a pas répondu à temps"),
    ("no answer within {} s", "pas de réponse en {0} s"),
    ("no answer from {}", "pas de réponse de {0}"),
    ("no DNS server is configured", "aucun serveur DNS n’est configuré"),
    ("there is no TXT record that begins with \"v=STSv1;\"",
     "aucun enregistrement TXT ne commence par « v=STSv1; »"),
    ("{} TXT records begin with \"v=STSv1;\" where one is allowed",
     "{0} enregistrements TXT commencent par « v=STSv1; » alors qu’un seul est admis"),
    ("the TXT record has no id", "l’enregistrement TXT n’a pas d’id"),
    ("the TXT record has no usable id: {}", "l’enregistrement TXT n’a pas d’id utilisable : {0}"),
    ("a field of the TXT record is malformed: {}", "un champ de l’enregistrement TXT est mal formé : {0}"),
    ("the MTA-STS policy was not fetched: {phrase}", "la politique n’a pas pu être obtenue : {0}"),
    ("its addresses are not known: {}", "ses adresses ne sont pas connues : {0}"),
    ("the host has no address", "l’hôte n’a pas d’adresse"),
    ("its host's certificate was not accepted: {}", "le certificat de son hôte n’a pas été accepté : {0}"),
    ("TLS with its host failed: {}", "le TLS avec son hôte a échoué : {0}"),
    ("its host gave no whole answer: {}", "son hôte n’a pas donné de réponse complète : {0}"),
    ("its host answered {} where 200 is needed", "son hôte a répondu {0} au lieu de 200"),
    ("its host answered with {} where text/plain is needed", "son hôte a répondu par {0} au lieu de text/plain"),
    ("its host's answer is larger than 64 KiB", "la réponse de son hôte dépasse 64 Kio"),
    ("the policy is larger than 64 KiB", "la politique dépasse 64 Kio"),
    ("the policy is no text in UTF-8", "la politique n’est pas un texte en UTF-8"),
    ("line {} of the policy is not \"key: value\"", "la ligne {0} de la politique n’est pas « clé: valeur »"),
    ("the policy has no {}", "la politique n’a pas de {0}"),
    ("the policy's {} is refused: {}", "{0} de la politique est refusé : {1}"),
    ("the policy's mode is {}, and it has no mx", "le mode de la politique est {0}, et elle n’a pas de mx"),
    ("the policy has more than 250 mx", "la politique a plus de 250 mx"),
    ("there are several TLSRPTv1 records", "il y a plusieurs enregistrements TLSRPTv1"),
    ("the TLSRPTv1 record names no address that can be used",
     "l’enregistrement TLSRPTv1 ne nomme aucune adresse utilisable"),
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
