//! The server itself: its settings, its directory, whether it runs, its certificates. And the headings of all sections.

super::texts! {
    // Headings.
    SETTINGS: "Settings", "Réglages";
    SERVER: "Server", "Serveur";
    USER_AND_RIGHTS: "User and rights", "Utilisateur et droits";
    WHAT_OTHERS_SEE: "What others see", "Ce que voient les autres";
    CERTIFICATES: "Certificates", "Certificats";
    THE_INTERNET: "The Internet", "Internet";

    // relais.toml.
    /// Values: file.
    NO_SETTINGS:
        "there is no {0}: everything is as it is by default",
        "il n’y a pas de {0} : tout a sa valeur par défaut";
    /// Values: file.
    SETTINGS_READ: "{0} can be read", "{0} est lisible";
    AS_ROOT: "as root: sudo relais check", "en tant que root : sudo relais check";
    SETTINGS_KEYS: "docs/configuration.md has every key", "docs/fr/configuration.md a toutes les clés";
    /// Values: why.
    START_REFUSED: "the server does not start: {0}", "le serveur ne démarre pas : {0}";
    /// Values: file of the documents.
    START_REFUSED_REMEDY: "docs/{0} has what is allowed", "docs/fr/{0} dit ce qui est permis";
    LOOPBACK_FOR_TESTS:
        "[delivery] loopback_next_hops is for tests: a domain whose mail host is on loopback makes mail circle",
        "[delivery] loopback_next_hops est fait pour des essais : un domaine dont l’hôte de messagerie est sur la boucle locale fait tourner le courrier en rond";
    /// Values: port.
    STS_PORT_FOR_TESTS:
        "[tls] mta_sts_port {0} is for tests: no policy of the Internet is found there",
        "[tls] mta_sts_port {0} est fait pour des essais : aucune stratégie d’Internet ne s’y trouve";
    TAKE_IT_OUT: "take it out of relais.toml", "retirez-le de relais.toml";
    THE_SETTINGS: "the settings", "les réglages";
    /// Values: key, path, why.
    FILE_UNUSABLE: "{0}: the server cannot use {1}: {2}", "{0} : le serveur ne peut pas utiliser {1} : {2}";
    /// Values: path, right.
    FILE_UNUSABLE_REMEDY:
        "let its user reach it, such as: chgrp relais {0}; chmod g+{1} {0}; and chmod g+x on directories above",
        "permettez à son utilisateur d’y accéder, par exemple : chgrp relais {0} ; chmod g+{1} {0} ; et chmod g+x sur les répertoires au-dessus";
    FILE_MISSING_REMEDY:
        "put the file there, or correct the key in relais.toml",
        "mettez-y le fichier, ou corrigez la clé dans relais.toml";
    /// Subject.
    MAILBOXES: "Mailboxes", "Boîtes aux lettres";
    /// Values: path, why.
    LMTP_UNREACHED:
        "[mailboxes] lmtp: mail for mailboxes waits, since the server cannot connect to {0}: {1}",
        "[mailboxes] lmtp : le courrier pour les boîtes aux lettres attend, car le serveur ne peut pas se connecter à {0} : {1}";
    LMTP_UNREACHED_REMEDY:
        "start the LMTP server, and let the server's user write to its socket: in Dovecot, unix_listener lmtp { user = relais; mode = 0600 }",
        "démarrez le serveur LMTP, et permettez à l’utilisateur du serveur d’écrire dans son socket : pour Dovecot, unix_listener lmtp { user = relais; mode = 0600 }";

    // The directory.
    /// Subject.
    DIRECTORY: "Directory", "Annuaire";
    /// Values: why.
    SERVER_WITHOUT_NAME: "this server has no name: {0}", "ce serveur n’a pas de nom : {0}";
    SET_SERVER: "set `server` in relais.toml", "réglez `server` dans relais.toml";
    /// Values: why.
    DIRECTORY_HIDDEN:
        "it cannot be read ({0}): ports and names are those of a first start",
        "il n’est pas lisible ({0}) : les ports et les noms sont ceux d’un premier démarrage";
    /// Values: file, server, full name.
    DIRECTORY_KNOWS: "{0} knows this server as {1} ({2})", "{0} connaît ce serveur comme {1} ({2})";
    /// Values: file, name, those that are known.
    DIRECTORY_KNOWS_NOT:
        "{0} knows no server \"{1}\" (it knows {2}): the server does not start",
        "{0} ne connaît pas de serveur « {1} » (il connaît {2}) : le serveur ne démarre pas";
    SET_SERVER_TO_KNOWN:
        "set `server` in relais.toml to the name of this one",
        "donnez à `server`, dans relais.toml, le nom de celui-ci";
    /// Values: full name.
    FIRST_START:
        "the first start makes it, with this server as {0}",
        "le premier démarrage le crée, avec ce serveur comme {0}";
    /// Values: domain.
    NO_HOST_NAME:
        "the name of this server and {0} make no host name",
        "le nom de ce serveur et {0} ne forment pas un nom d’hôte";
    NO_DOMAIN:
        "the first start needs the organization's mail domain, and none is set",
        "le premier démarrage demande le domaine de messagerie de l’organisation, et aucun n’est réglé";
    NO_DOMAIN_REMEDY:
        "domain = \"contoso.com\" in relais.toml, or: relais serve --domain contoso.com",
        "domain = \"contoso.com\" dans relais.toml, ou : relais serve --domain contoso.com";
    /// Values: addresses.
    LISTEN_NOT_OBEYED:
        "[listen] in relais.toml has {0}, and no enabled Receive connector listens there: the section counts at the first start only",
        "[listen] dans relais.toml a {0}, et aucun connecteur de réception activé n’y écoute : la section ne compte qu’au premier démarrage";
    LISTEN_NOT_OBEYED_REMEDY:
        "relais shell -c \"Set-ReceiveConnector NAME -Bindings ADDR:PORT\", or correct the file",
        "relais shell -c \"Set-ReceiveConnector NOM -Bindings ADRESSE:PORT\", ou corrigez le fichier";
    /// What listens. Values: connector.
    RECEIVE_CONNECTOR: "Receive connector \"{0}\"", "le connecteur de réception « {0} »";
    /// What listens.
    THE_ADMIN_CENTER: "the admin center ([listen] admin)", "le centre d’administration ([listen] admin)";
    /// What listens.
    PROOFS_OF_NAMES: "proofs of names ([acme] http_listen)", "les preuves des noms ([acme] http_listen)";
    /// Who says a name. Values: connector.
    SEND_CONNECTOR: "Send connector \"{0}\"", "connecteur d’envoi « {0} »";
    /// Who says a name. Values: connector.
    SEND_CONNECTOR_BY_FRONT_END:
        "Send connector \"{0}\", through the front end",
        "connecteur d’envoi « {0} », par le service frontal";
    /// Who says a name.
    NAME_OF_SERVER: "the name of this server", "le nom de ce serveur";
    /// Who says a name. Values: server.
    EGRESS_OF: "EgressAddresses of {0}", "EgressAddresses de {0}";
    /// What changes a name.
    NAME_BY_NEW_CONNECTOR:
        "New-SendConnector … -Fqdn NAME, or Set-SendConnector CONNECTOR -Fqdn NAME",
        "New-SendConnector … -Fqdn NOM, ou Set-SendConnector CONNECTEUR -Fqdn NOM";
    /// What changes a name. Values: connector.
    NAME_BY_CONNECTOR: "Set-SendConnector \"{0}\" -Fqdn NAME", "Set-SendConnector \"{0}\" -Fqdn NOM";
    /// What changes a name. Values: server, address.
    NAME_BY_EGRESS:
        "Set-FrontendTransportService {0} -EgressAddresses \"{1};NAME\"",
        "Set-FrontendTransportService {0} -EgressAddresses \"{1};NOM\"";

    // The server at work.
    /// Subject.
    ADMIN_CENTER: "Admin center", "Centre d’administration";
    NOT_RUNNING:
        "it does not run: everything else is judged for its next start",
        "il ne s’exécute pas : le reste est jugé pour son prochain démarrage";
    RUNNING_UNSEEN:
        "whether it runs cannot be seen: the data directory is closed to this user",
        "on ne voit pas s’il s’exécute : le répertoire de données est fermé à cet utilisateur";
    /// Values: process.
    RUNNING: "it runs as process {0}", "il s’exécute, processus {0}";
    /// Values: process.
    RUNNING_REPLACED:
        "it runs as process {0}, from a file that has been replaced since: an update counts after a restart",
        "il s’exécute, processus {0}, depuis un fichier remplacé entre-temps : une mise à jour ne compte qu’après un redémarrage";
    /// Values: process.
    RUNNING_OTHER_FILE:
        "it runs as process {0}, from another file than this program",
        "il s’exécute, processus {0}, depuis un autre fichier que ce programme";
    /// Values: process.
    LOCK_HELD:
        "{0} holds the lock of the data directory and is no Relais",
        "{0} tient le verrou du répertoire de données et n’est pas un Relais";
    /// Values: address, why.
    ADMIN_SILENT: "{0} is not answered: {1}", "{0} ne répond pas : {1}";
    ADMIN_SILENT_REMEDY:
        "journalctl -u relais -n 50; if it answers nobody: systemctl restart relais",
        "journalctl -u relais -n 50 ; s’il ne répond à personne : systemctl restart relais";
    NO_ANSWER_IN_TIME: "no answer in time", "pas de réponse à temps";
    /// Values: why.
    HANDSHAKE_FAILED: "the TLS handshake failed: {0}", "la négociation TLS a échoué : {0}";
    /// Values: address.
    ADMIN_READY: "{0} answers, and new mail is welcome", "{0} répond, et le nouveau courrier est bienvenu";
    /// Values: address.
    ADMIN_REFUSING:
        "{0} answers that new mail is refused at the moment",
        "{0} répond que le nouveau courrier est refusé en ce moment";
    ADMIN_REFUSING_REMEDY:
        "relais shell -c Get-BackPressure (docs/back-pressure.md)",
        "relais shell -c Get-BackPressure (docs/fr/back-pressure.md)";
    /// Values: address, status.
    ADMIN_STRANGE: "{0} answers with {1}: is it a Relais?", "{0} répond {1} : est-ce un Relais ?";
    /// Subject.
    VERSION: "Version", "Version";
    /// Values: the server's, this program's.
    VERSIONS_DIFFER: "the server is version {0}, this program {1}", "le serveur est en version {0}, ce programme en {1}";
    VERSIONS_DIFFER_REMEDY:
        "after an update: systemctl restart relais",
        "après une mise à jour : systemctl restart relais";

    // Certificates.
    /// Subject.
    CERTIFICATE: "Certificate", "Certificat";
    /// Subject.
    AUTHORITIES: "Authorities", "Autorités";
    /// Values: how many.
    TRUSTED: "{0} are trusted", "{0} sont approuvées";
    /// Values: why.
    NONE_TRUSTED:
        "nobody's certificate can be verified: {0}",
        "aucun certificat ne peut être vérifié : {0}";
    NONE_TRUSTED_REMEDY:
        "apt install ca-certificates, or correct [tls] trusted_ca_files in relais.toml",
        "apt install ca-certificates, ou corrigez [tls] trusted_ca_files dans relais.toml";
    /// Values: names.
    NOT_NAMED:
        "none is for {0}: clients that verify it refuse",
        "aucun ne vaut pour {0} : les clients qui le vérifient refusent";
    NOT_NAMED_REMEDY:
        "add the name to [acme] domains in relais.toml, or: Get-Help New-ExchangeCertificate",
        "ajoutez le nom à [acme] domains dans relais.toml, ou : Get-Help New-ExchangeCertificate";
    OWN_ONLY:
        "clients are shown one of the organization's own authority, which they do not know; mail between servers does not mind",
        "les clients en voient un de l’autorité propre à l’organisation, qu’ils ne connaissent pas ; le courrier entre serveurs s’en accommode";
    OWN_ONLY_REMEDY:
        "one that everybody knows: [acme] in relais.toml, or Import-ExchangeCertificate (docs/certificates.md)",
        "un que tous connaissent : [acme] dans relais.toml, ou Import-ExchangeCertificate (docs/fr/certificates.md)";
    NO_NAMES: "no names", "sans nom";
    OWN_AUTHORITY: "the organization's own authority", "l’autorité propre à l’organisation";
    /// Values: thumbprint or file, names.
    CERTIFICATE_ID: "{0} ({1})", "{0} ({1})";
    ACME_REMEDY:
        "journalctl -u relais | grep -i acme says why it was not renewed",
        "journalctl -u relais | grep -i acme dit pourquoi il n’a pas été renouvelé";
    REPLACE_REMEDY:
        "Import-ExchangeCertificate with a new one, then Enable-ExchangeCertificate (docs/certificates.md)",
        "Import-ExchangeCertificate avec un nouveau, puis Enable-ExchangeCertificate (docs/fr/certificates.md)";
    /// Values: certificate, why.
    KEY_WRONG: "{0} does not belong to its key: {1}", "{0} ne va pas avec sa clé : {1}";
    KEY_OTHER_DATA_KEY:
        "it was sealed with another data key (keys/data.key)",
        "elle a été scellée avec une autre clé de données (keys/data.key)";
    KEY_DAMAGED: "it is damaged", "elle est endommagée";
    /// Values: certificate.
    KEY_MISSING: "{0}: its key is not here", "{0} : sa clé n’est pas ici";
    /// Values: certificate, day.
    NOT_YET:
        "{0} counts only from {1} on: is the clock right?",
        "{0} ne vaut qu’à partir du {1} : l’horloge est-elle juste ?";
    /// Values: certificate, day.
    ENDED: "{0} ended on {1}", "{0} a expiré le {1}";
    /// Values: certificate, day.
    ENDS: "{0} ends on {1}", "{0} expire le {1}";
    /// Values: certificate, day, standing.
    NOT_VOUCHED_FOR:
        "{0} until {1}: no authority that is trusted here vouches for it ({2})",
        "{0} jusqu’au {1} : aucune autorité approuvée ici ne s’en porte garante ({2})";
    NOT_VOUCHED_FOR_REMEDY:
        "import it with the certificates between it and its authority (the chain), as one PKCS #12 file",
        "importez-le avec les certificats entre lui et son autorité (la chaîne), en un seul fichier PKCS #12";
    /// Values: certificate, day.
    COUNTS: "{0} until {1}", "{0} jusqu’au {1}";
    /// Values: certificate, day, why.
    COUNTS_KEY_UNKNOWN:
        "{0} until {1}; whether its key fits was not tried: {2}",
        "{0} jusqu’au {1} ; on n’a pas essayé si sa clé convient : {2}";
    /// Values: thumbprint, why.
    CERTIFICATE_UNREADABLE: "{0} cannot be read: {1}", "{0} est illisible : {1}";
    CERTIFICATE_UNREADABLE_REMEDY:
        "Remove-ExchangeCertificate, then import it anew",
        "Remove-ExchangeCertificate, puis importez-le à nouveau";
}
