//! What `relais import` says of another system's settings, in French.
//!
//! `migration` writes each sentence once, in English, where it is decided; here it stands beside its French. Its tests fail when
//! one that they come upon has none.

use crate::{Language, Text, phrases, refusals};

/// What becomes of settings.
pub const CARRIED: Text = Text { en: "carried over", fr: "repris" };
/// What becomes of settings.
pub const CHANGED: Text = Text { en: "changed", fr: "modifié" };
/// What becomes of settings.
pub const NOTHING: Text = Text { en: "nothing to do", fr: "rien à faire" };
/// What becomes of settings.
pub const NO_EQUIVALENT: Text = Text { en: "no equivalent", fr: "sans équivalent" };
/// What becomes of settings.
pub const DECISION: Text = Text { en: "DECIDE", fr: "À DÉCIDER" };
/// What becomes of cmdlets.
pub const NOT_RUN: Text = Text { en: "NOT RUN", fr: "NON EXÉCUTÉ" };
/// Values: how many.
pub const MORE_NEED_NOTHING: Text = Text {
    en: "{0} more need nothing (--all shows them)",
    fr: "{0} de plus, sans rien à faire (--all montre tout)",
};
/// A line: setting and value.
pub const SETTING_IS: Text = Text { en: "{0} = {1}", fr: "{0} = {1}" };
/// A line: setting, value, place.
pub const SETTING_AT: Text = Text { en: "{0} = {1} ({2})", fr: "{0} = {1} ({2})" };
/// A line with its reason.
pub const BECAUSE: Text = Text { en: "{0}: {1}", fr: "{0} : {1}" };
/// Values: carried over, changed, without equivalent, to decide, need nothing, cmdlets, not run as they are.
pub const SUMMARY: Text = Text {
    en: "{0} carried over, {1} changed, {2} without equivalent, {3} to decide, {4} need nothing; \
         cmdlets: {5}, not run as they are: {6}.",
    fr: "{0} repris, {1} modifiés, {2} sans équivalent, {3} à décider, {4} ne demandent rien ; \
         commandes : {5}, non exécutées telles quelles : {6}.",
};
/// First line of a script.
pub const MADE_BY: Text = Text {
    en: "Made by relais import. Read it, change it, and run it: relais shell FILE.ps1",
    fr: "Produit par relais import. À lire, à modifier, puis à exécuter : relais shell FICHIER.ps1",
};
/// Values: why.
pub const NOT_RUN_AS_IT_IS: Text =
    Text { en: "not run as it is: {0}", fr: "non exécuté tel quel : {0}" };
/// Values: file.
pub const WRITTEN: Text = Text {
    en: "{0} was written; nothing was run.",
    fr: "{0} a été écrit ; rien n’a été exécuté.",
};
/// What was done.
pub const WHAT_IF: Text =
    Text { en: "Nothing was run (what if).", fr: "Rien n’a été exécuté (what if)." };
/// What was done. Values: how many.
pub const OPEN: Text = Text {
    en: "Nothing was run: {0} things need a decision (DECIDE, NOT RUN). --force does what is said to be so as it stands; \
         --script FILE.ps1 writes the cmdlets to be changed by hand.",
    fr: "Rien n’a été exécuté : {0} points demandent une décision (À DÉCIDER, NON EXÉCUTÉ). --force fait ce qui est dit tel quel ; \
         --script FICHIER.ps1 écrit les commandes, à modifier à la main.",
};
/// What was done.
pub const NOTHING_TO_RUN: Text =
    Text { en: "There is nothing to run.", fr: "Il n’y a rien à exécuter." };

/// What `migration` wrote, in a language; in English where it has no French.
#[must_use]
pub fn said(language: Language, text: &str) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::French => french(text).unwrap_or_else(|| text.to_owned()),
    }
}

/// What `migration` wrote in French: as a whole, else sentence by sentence.
#[must_use]
pub fn french(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let known = |text: &str| phrases::translated(PHRASES, text, &refusals::french);
    known(text).or_else(|| {
        // A sentence that is cut off before another lacks its full stop.
        let sentence = |part: &str| match part.ends_with('.') {
            true => known(part),
            false => known(&format!("{part}.")).map(|said| said.trim_end_matches('.').to_owned()),
        };
        phrases::each(text, ". ", ". ", &sentence)
    })
}

#[rustfmt::skip] // one pair after the other, whatever their length
const PHRASES: &phrases::Catalogue = &[
    // Headings, places, and values that are not shown.
    ("Send connector \"{}\" ({}, line {})", "Connecteur d’envoi « {0} » ({1}, ligne {2})"),
    ("Send connector \"{}\"", "Connecteur d’envoi « {0} »"),
    ("Encoding", "Codage"),
    ("Accepted domains", "Domaines acceptés"),
    ("Who may relay (main.cf)", "Qui peut relayer (main.cf)"),
    ("Limits and times (main.cf)", "Limites et durées (main.cf)"),
    ("Ways out (main.cf)", "Chemins de sortie (main.cf)"),
    ("Other settings (main.cf)", "Autres paramètres (main.cf)"),
    ("line {}", "ligne {0}"),
    ("{}, line {}", "{0}, ligne {1}"),
    ("neither UTF-8 nor UTF-16", "ni UTF-8 ni UTF-16"),
    ("(not in the export)", "(absent de l’export)"),
    ("(not read)", "(non lu)"),
    ("(not shown)", "(non affiché)"),
    ("(not given)", "(non indiqué)"),
    ("(a user name and a password)", "(un nom d’utilisateur et un mot de passe)"),
    ("source servers", "serveurs source"),
    ("relayhost by sender {}", "relayhost par expéditeur {0}"),
    ("transport by sender {}", "transport par expéditeur {0}"),

    // Exchange: the file.
    ("The export has left values out. In Exchange: $FormatEnumerationLimit = -1, and export again, or use Export-Clixml.",
     "L’export a omis des valeurs. Dans Exchange : $FormatEnumerationLimit = -1, puis exportez à nouveau, ou servez-vous d’Export-Clixml."),
    ("Export-Csv writes only the type of a list. In Exchange: Get-SendConnector | Export-Clixml, or Format-List.",
     "Export-Csv n’écrit que le type d’une liste. Dans Exchange : Get-SendConnector | Export-Clixml, ou Format-List."),
    ("A connector of this name was read before: {phrase}.", "Un connecteur de ce nom a déjà été lu : {0}."),
    ("It was read as ISO 8859-1: look at letters with accents.", "Le fichier a été lu en ISO 8859-1 : vérifiez les lettres accentuées."),
    ("Export all properties (docs/import.md). As it stands these have their defaults, and where there are smart hosts mail goes to them.",
     "Exportez toutes les propriétés (docs/fr/import.md). Tel quel, celles-ci ont leur valeur par défaut, et s’il y a des hôtes actifs le courrier va vers eux."),

    // Exchange: connectors.
    ("Exchange's own.", "Propre à Exchange."),
    ("A default, or nothing.", "Une valeur par défaut, ou rien."),
    ("The default.", "La valeur par défaut."),
    ("Hybrid connectors of later versions; the header fields are what CloudServicesMailEnabled does.",
     "Connecteurs hybrides de versions ultérieures ; les champs d’en-tête sont ce que fait CloudServicesMailEnabled."),
    ("Routing groups of Exchange 2003.", "Groupes de routage d’Exchange 2003."),
    ("Reserved in Exchange, and without effect here.", "Réservé dans Exchange, et sans effet ici."),
    ("Exchange Server 2010 only.", "Exchange Server 2010 uniquement."),
    ("It is linked to a Receive connector (Exchange Server 2010 only).",
     "Il est lié à un connecteur de réception (Exchange Server 2010 uniquement)."),
    ("Exchange Server 2010 only: mail of one Receive connector to its own smart host. Give the connector address spaces instead.",
     "Exchange Server 2010 uniquement : le courrier d’un connecteur de réception vers son propre hôte actif. Donnez plutôt des espaces d’adressage au connecteur."),
    ("This property is not known here, and nothing was made of it.", "Cette propriété est inconnue ici, et rien n’en a été fait."),
    ("Its address spaces are not in the export.", "Ses espaces d’adressage ne sont pas dans l’export."),
    ("It has no name.", "Il n’a pas de nom."),
    ("A connector needs a name of 1 to 64 characters.", "Il faut à un connecteur un nom de 1 à 64 caractères."),
    ("Names have 1 to 64 characters and no control characters; here it is \"{}\".",
     "Un nom a de 1 à 64 caractères, sans caractère de contrôle ; ici, c’est « {0} »."),
    ("The server's own name is given in EHLO.", "Le nom du serveur lui-même est donné dans EHLO."),
    ("Given in EHLO: it should be the name of the address that the new server sends from.",
     "Donné dans EHLO : ce devrait être le nom de l’adresse d’où envoie le nouveau serveur."),
    ("It {phrase}; as it stands, the server's own name.", "Il {0} ; tel quel, le nom du serveur lui-même."),
    ("Edge servers only. As it stands mail leaves from the address the system chooses: see that SPF records and partners know it, or send through a front end (docs/front-end.md).",
     "Serveurs Edge uniquement. Tel quel, le courrier part de l’adresse que choisit le système : veillez à ce que les enregistrements SPF et les partenaires la connaissent, ou envoyez par un service frontal (docs/fr/front-end.md)."),
    ("These are servers of Exchange. Name Relais's with --source-servers MBX01,MBX02; as it stands, the server that the command runs on sends.",
     "Ce sont des serveurs d’Exchange. Indiquez ceux de Relais par --source-servers MBX01,MBX02 ; tel quel, c’est le serveur où s’exécute la commande qui envoie."),
    ("Relais's servers instead, as given: {}.", "À la place, les serveurs de Relais indiqués : {0}."),
    ("The certificate with its key must be here first: Export-PfxCertificate there, Import-ExchangeCertificate here (docs/certificates.md). As it stands it is carried over.",
     "Le certificat doit d’abord être ici avec sa clé : Export-PfxCertificate là-bas, Import-ExchangeCertificate ici (docs/fr/certificates.md). Tel quel, il est repris."),
    ("Used with TlsAuthLevel DomainValidation only; left out.", "Ne sert qu’avec TlsAuthLevel DomainValidation ; omis."),
    ("The name that certificates must carry (TlsDomain) cannot be used.", "Le nom que doivent porter les certificats (TlsDomain) n’est pas utilisable."),
    ("Allowed: a domain, or a domain with its subdomains (*.contoso.com).", "Valeurs admises : un domaine, ou un domaine avec ses sous-domaines (*.contoso.com)."),
    ("Mutual TLS is for single domains by DNS: make a connector for those of TLSSendDomainSecureList, each without a star. As it stands it is left out.",
     "Le TLS mutuel vaut pour des domaines précis remis par le DNS : créez un connecteur pour ceux de TLSSendDomainSecureList, chacun sans étoile. Tel quel, il est omis."),
    ("Name the domains in Set-TransportConfig -TLSSendDomainSecureList, and have a certificate for Fqdn.",
     "Indiquez les domaines par Set-TransportConfig -TLSSendDomainSecureList, et ayez un certificat pour Fqdn."),
    ("Neither True nor False; as it stands, the default {}.", "Ni True ni False ; tel quel, la valeur par défaut {0}."),
    ("Neither True nor False.", "Ni True ni False."),
    ("Allowed here: {}; as it stands, the default.", "Valeurs admises ici : {0} ; tel quel, la valeur par défaut."),
    ("Allowed here: {}.", "Valeurs admises ici : {0}."),
    ("Allowed: {}; as it stands, the default.", "Valeurs admises : {0} ; tel quel, la valeur par défaut."),
    ("Address spaces that are not SMTP need smart hosts.", "Les espaces d’adressage autres que SMTP demandent des hôtes actifs."),
    ("RequireTLS and IgnoreSTARTTLS contradict each other.", "RequireTLS et IgnoreSTARTTLS se contredisent."),
    ("TlsAuthLevel needs RequireTLS, which is not set in the export.", "TlsAuthLevel demande RequireTLS, qui n’est pas défini dans l’export."),
    ("No time span from 00:00:01 to 1.00:00:00; as it stands, the default 00:10:00.",
     "Pas une durée de 00:00:01 à 1.00:00:00 ; tel quel, la valeur par défaut 00:10:00."),
    ("No size up to 2147483647 bytes, and not unlimited; as it stands, the default 25 MB.",
     "Ni une taille jusqu’à 2147483647 octets, ni unlimited ; tel quel, la valeur par défaut de 25 Mo."),
    ("Port 0 is no port; here it is 25.", "0 n’est pas un port ; ici, c’est 25."),
    ("Its port cannot be told.", "On ne peut pas dire quel est son port."),
    ("A port is 1 to 65535.", "Un port va de 1 à 65535."),
    ("Here 1 to 2147483647; as it stands, the default 20.", "Ici de 1 à 2147483647 ; tel quel, la valeur par défaut 20."),
    ("It is made switched off; Set-SendConnector -Enabled $true switches it on.",
     "Il est créé désactivé ; Set-SendConnector -Enabled $true l’active."),
    ("Known header fields of the organization are handed to a hybrid deployment.",
     "Des champs d’en-tête connus de l’organisation sont transmis à un déploiement hybride."),
    ("Needs a server with the role of a front end (docs/front-end.md); mail waits until there is one.",
     "Demande un serveur qui ait le rôle frontal (docs/fr/front-end.md) ; le courrier attend jusqu’à ce qu’il y en ait un."),
    ("Only servers in the site of the source servers use it, and sites here are those of Relais's servers, not of Active Directory. As it stands it is carried over; take it out of the line where there is one site.",
     "Seuls les serveurs du site des serveurs source s’en servent, et les sites sont ici ceux des serveurs de Relais, non d’Active Directory. Tel quel, il est repris ; retirez-le de la ligne s’il n’y a qu’un site."),
    ("Name those servers with Set-TransportService -ExternalDNSServers first.",
     "Indiquez d’abord ces serveurs par Set-TransportService -ExternalDNSServers."),

    // Exchange: where connectors lead.
    ("has no cost from 1 to 100", "n’a pas de coût de 1 à 100"),
    ("names no address space", "ne nomme pas d’espace d’adressage"),
    ("is no address space", "n’est pas un espace d’adressage"),
    ("stands for the accepted domains behind an Edge server, which Relais needs no connector for",
     "désigne les domaines acceptés derrière un serveur Edge, pour lesquels Relais n’a pas besoin de connecteur"),
    ("Not all of its address spaces are in the export.", "Tous ses espaces d’adressage ne sont pas dans l’export."),
    ("\"{}\" is there twice, the first counts", "« {0} » y est deux fois, le premier compte"),
    ("\"{}\" is of type Local: IsScopedConnector says that here", "« {0} » est de type Local : ici, c’est IsScopedConnector qui le dit"),
    ("It has no address space that can be used here.", "Il n’a pas d’espace d’adressage utilisable ici."),
    ("Left out: {phrases}.", "Omis : {0}."),
    ("A connector needs at least one address space.", "Il faut à un connecteur au moins un espace d’adressage."),
    ("Its smart hosts are not in the export.", "Ses hôtes actifs ne sont pas dans l’export."),
    ("DNSRoutingEnabled is True, so that these are not used; they are left out.",
     "DNSRoutingEnabled vaut True, de sorte qu’ils ne servent pas ; ils sont omis."),
    ("Not all of its smart hosts are in the export.", "Tous ses hôtes actifs ne sont pas dans l’export."),
    ("None of its smart hosts can be used here.", "Aucun de ses hôtes actifs n’est utilisable ici."),
    ("It goes to smart hosts, and none are in the export.", "Il va vers des hôtes actifs, et aucun n’est dans l’export."),
    ("Whether it goes by DNS or to smart hosts is not in the export.", "L’export ne dit pas s’il passe par le DNS ou va vers des hôtes actifs."),
    ("How it authenticates cannot be told.", "On ne peut pas dire comment il s’authentifie."),
    ("It is only for smart hosts, and the connector has none; it is left out.",
     "Ne vaut que pour des hôtes actifs, et le connecteur n’en a pas ; omis."),
    ("Kerberos between servers of one Exchange organization, which Relais does not speak: as it stands, mail waits (451 4.4.0). Choose BasicAuthRequireTLS, ClientCertificate, or None with ExternalAuthoritative on the receiving side.",
     "Kerberos entre serveurs d’une même organisation Exchange, que Relais ne parle pas : tel quel, le courrier attend (451 4.4.0). Choisissez BasicAuthRequireTLS, ClientCertificate, ou None avec ExternalAuthoritative du côté qui reçoit."),
    ("The link is trusted because something else secures it (IPsec, a private network). As it stands it is carried over: see that the link from the new server is secured too.",
     "La liaison est jugée sûre parce qu’autre chose la protège (IPsec, un réseau privé). Telle quelle, elle est reprise : veillez à ce que la liaison depuis le nouveau serveur soit protégée aussi."),
    ("The password may go without TLS; BasicAuthRequireTLS is safer.", "Le mot de passe peut passer sans TLS ; BasicAuthRequireTLS est plus sûr."),
    ("No export has a password that can be used elsewhere: it is asked for when the line runs, at a terminal.",
     "Aucun export n’a de mot de passe utilisable ailleurs : il est demandé quand la ligne s’exécute, sur un terminal."),
    ("Not used by its SmartHostAuthMechanism; left out.", "Son SmartHostAuthMechanism ne s’en sert pas ; omis."),
    ("is not the address of a host", "n’est pas l’adresse d’un hôte"),
    ("looks like an IP address but is not one", "ressemble à une adresse IP mais n’en est pas une"),
    ("\"{}\" {phrase}", "« {0} » {1}"),
    ("\"{}\" {phrase}.", "« {0} » {1}."),

    // Postfix: domains and networks.
    ("It counts for relay_domains: with it their subdomains are accepted too.",
     "Il vaut pour relay_domains : avec lui, leurs sous-domaines sont acceptés aussi."),
    ("Their addresses are rewritten by virtual_alias_maps, which has no equivalent: accept them with New-AcceptedDomain and give mailboxes these addresses.",
     "Leurs adresses sont réécrites par virtual_alias_maps, qui n’a pas d’équivalent : acceptez-les par New-AcceptedDomain et donnez ces adresses à des boîtes aux lettres."),
    ("Mailboxes are made with New-Mailbox, other recipients refused; a domain with a way of its own is relayed. A domain that Relais has already is refused: Set-AcceptedDomain.",
     "Les boîtes aux lettres se créent par New-Mailbox, les autres destinataires sont refusés ; un domaine qui a son propre chemin est relayé. Un domaine que Relais a déjà est refusé : Set-AcceptedDomain."),
    ("Mail for them is accepted from everybody and goes on by Send connectors. A domain that Relais has already is refused: Set-AcceptedDomain -DomainType InternalRelay.",
     "Leur courrier est accepté de tout le monde et repart par des connecteurs d’envoi. Un domaine que Relais a déjà est refusé : Set-AcceptedDomain -DomainType InternalRelay."),
    ("Not carried over: {phrases}.", "Non repris : {0}."),
    ("Names of the machine itself, or nothing.", "Des noms de la machine elle-même, ou rien."),
    ("{} is everybody: that would be an open relay", "{0}, c’est tout le monde : ce serait un relais ouvert"),
    ("Clients from there may send to anywhere, without a password, on port 25 of every address.",
     "Les clients de là peuvent envoyer partout, sans mot de passe, sur le port 25 de toutes les adresses."),
    ("\"{}\" is no network such as 192.0.2.0/24 or [2001:db8::]/32", "« {0} » n’est pas un réseau comme 192.0.2.0/24 ou [2001:db8::]/32"),
    ("\"{}\" takes addresses out, which a connector cannot: list what is left",
     "« {0} » retire des adresses, ce qu’un connecteur ne peut pas : énumérez ce qui reste"),

    // Postfix: next hops.
    ("The hosts have different ports, and a connector has one.", "Les hôtes ont des ports différents, et un connecteur n’en a qu’un."),
    ("It names no host.", "Il ne nomme pas d’hôte."),
    ("A UNIX socket is no host.", "Une socket UNIX n’est pas un hôte."),
    ("A bracket is not closed.", "Un crochet n’est pas fermé."),
    ("\"{}\" follows the bracket.", "« {0} » suit le crochet."),
    ("\"{}\" is no port from 1 to 65535.", "« {0} » n’est pas un port de 1 à 65535."),

    // Postfix: tables and ways.
    ("{} ({phrase})", "{0} ({1})"),
    ("patterns, which address spaces cannot say", "des motifs, que les espaces d’adressage ne savent pas exprimer"),
    ("not kept as text here: its entries have to be looked up where they are",
     "pas conservée sous forme de texte : ses entrées sont à chercher là où elles sont"),
    ("its text file is not below the directory that was named: copy it there",
     "son fichier de texte n’est pas au-dessous du répertoire indiqué : copiez-l’y"),
    ("{} leads out of the directory", "{0} mène hors du répertoire"),
    ("{} is not below the directory", "{0} n’est pas au-dessous du répertoire"),
    ("Not read: {phrases}.", "Non lu : {0}."),
    ("As it stands their entries do not count.", "Tel quel, leurs entrées ne comptent pas."),
    ("{} entries; each is told of below or at its connector.", "{0} entrées ; chacune est expliquée ci-dessous ou avec son connecteur."),
    ("Empty.", "Vide."),
    ("Replaced by smtp_tls_policy_maps in Postfix 2.3, and not read.", "Remplacé par smtp_tls_policy_maps dans Postfix 2.3, et non lu."),
    ("smtp_sasl_auth_enable is not yes, so that it is not used.", "smtp_sasl_auth_enable ne vaut pas yes, de sorte qu’il ne sert pas."),
    ("No mail goes to this next hop here, so that nothing was made of it.", "Aucun courrier n’y va ici, de sorte que rien n’en a été fait."),
    ("No connector goes to this host (or it is a sender): nothing was made of it.",
     "Aucun connecteur ne va vers cet hôte (ou c’est un expéditeur) : rien n’en a été fait."),
    ("Fqdn of the Send connectors: it should be the name of the address the new server sends from.",
     "Fqdn des connecteurs d’envoi : ce devrait être le nom de l’adresse d’où envoie le nouveau serveur."),
    ("Part of what connectors demand of TLS.", "Une part de ce que les connecteurs exigent de TLS."),
    ("SmartHostAuthMechanism where there is a password.", "SmartHostAuthMechanism là où il y a un mot de passe."),
    ("The server that the commands run on sends; --source-servers MBX01,MBX02 names others.",
     "C’est le serveur où s’exécutent les commandes qui envoie ; --source-servers MBX01,MBX02 en indique d’autres."),
    ("Send connectors begin TLS with STARTTLS only. As it stands port 587 is used, with TLS demanded: see that the host listens there.",
     "Les connecteurs d’envoi ne commencent TLS que par STARTTLS. Tel quel, c’est le port 587 qui sert, TLS étant exigé : vérifiez que l’hôte y écoute."),
    ("The password is asked for when the line runs, at a terminal. It goes only under TLS with a certificate for the host's own name, which may be more than was asked there.",
     "Le mot de passe est demandé quand la ligne s’exécute, sur un terminal. Il ne passe que sous TLS avec un certificat au nom de l’hôte lui-même, ce qui peut être plus qu’il n’était exigé là-bas."),
    ("The password is asked for when the line runs, at a terminal. It may go without TLS, as it might there; BasicAuthRequireTLS is safer.",
     "Le mot de passe est demandé quand la ligne s’exécute, sur un terminal. Il peut passer sans TLS, comme là-bas ; BasicAuthRequireTLS est plus sûr."),
    ("Mail that no table knows does not leave by SMTP there, and there is no connector for it: it waits in the Unreachable queue until there is one.",
     "Là-bas, le courrier qu’aucune table ne connaît ne part pas par SMTP, et il n’y a pas de connecteur pour lui : il attend dans la file d’attente inaccessible jusqu’à ce qu’il y en ait un."),
    ("Mail for relayed domains takes the same way here as other mail, unless transport_maps names them.",
     "Ici, le courrier des domaines relayés prend le même chemin que l’autre, à moins que transport_maps ne les nomme."),
    ("As it stands there is no connector for other mail, which waits.", "Tel quel, il n’y a pas de connecteur pour l’autre courrier, qui attend."),
    ("Mail is routed by domains here, not by single recipients.", "Ici, le courrier est routé par domaine, non par destinataire."),
    ("As it stands its mail goes as other mail does.", "Tel quel, son courrier part comme l’autre."),
    ("The domain itself goes that way too, not only what is below it.", "Le domaine lui-même prend aussi ce chemin, pas seulement ce qui est au-dessous."),
    ("The settings of its transport are left out: {}.", "Les paramètres de son transport sont omis : {0}."),
    ("An entry before it counts.", "C’est une entrée précédente qui compte."),
    ("What happens without it too.", "Il en irait de même sans elle."),
    ("There is no way for other mail.", "Il n’y a pas de chemin pour l’autre courrier."),
    ("Goes as it would without the table; a domain whose mailboxes are here is not touched by it.",
     "Part comme si la table n’existait pas ; un domaine dont les boîtes aux lettres sont ici n’en est pas touché."),
    ("Mail that no other entry names does not leave by SMTP there, and there is no connector for it: it waits in the Unreachable queue until there is one.",
     "Là-bas, le courrier qu’aucune autre entrée ne nomme ne part pas par SMTP, et il n’y a pas de connecteur pour lui : il attend dans la file d’attente inaccessible jusqu’à ce qu’il y en ait un."),
    ("Accepted as a domain of the organization: make its mailboxes with New-Mailbox.",
     "Accepté comme domaine de l’organisation : créez ses boîtes aux lettres par New-Mailbox."),
    ("No connector refuses mail. As it stands it goes as other mail does; an accepted domain of the type Authoritative without mailboxes refuses it.",
     "Aucun connecteur ne refuse de courrier. Tel quel, il part comme l’autre ; un domaine accepté de type Authoritative sans boîtes aux lettres le refuse."),
    ("No connector throws mail away. As it stands it goes as other mail does.", "Aucun connecteur ne jette de courrier. Tel quel, il part comme l’autre."),
    ("In relais.toml: [mailboxes] lmtp = \"{}\", for all mailboxes, or another socket of that server which the user relais may write to (docs/mailboxes.md). As it stands mailboxes are Maildirs of Relais.",
     "Dans relais.toml : [mailboxes] lmtp = \"{0}\", pour toutes les boîtes aux lettres, ou un autre socket de ce serveur où l’utilisateur relais peut écrire (docs/fr/mailboxes.md). Tel quel, les boîtes aux lettres sont des Maildirs de Relais."),
    ("Relais speaks LMTP to a server on its own machine only, since it is neither encrypted nor does that server prove who it is: [mailboxes] lmtp of relais.toml (docs/mailboxes.md). As it stands mailboxes are Maildirs of Relais.",
     "Relais ne parle LMTP qu’à un serveur de sa propre machine, car LMTP n’est pas chiffré et ce serveur ne prouve pas qui il est : [mailboxes] lmtp de relais.toml (docs/fr/mailboxes.md). Tel quel, les boîtes aux lettres sont des Maildirs de Relais."),
    ("Accepted as a domain of the organization: make its mailboxes with New-Mailbox. {phrase}",
     "Accepté comme domaine de l’organisation : créez ses boîtes aux lettres par New-Mailbox. {0}"),
    ("This transport does not speak SMTP, or master.cf is not there to say so. As it stands it goes as other mail does.",
     "Ce transport ne parle pas SMTP, ou master.cf n’est pas là pour le dire. Tel quel, son courrier part comme l’autre."),
    ("Here the recipient alone decides where mail goes. As it stands mail of this sender goes as other mail does.",
     "Ici, le destinataire seul décide où va le courrier. Tel quel, le courrier de cet expéditeur part comme l’autre."),
    ("The MX hosts of that name, as there.", "Les hôtes MX de ce nom, comme là-bas."),
    ("If the name has MX records they count, which brackets ruled out there.",
     "Si le nom a des enregistrements MX, ils comptent, ce que les crochets excluaient là-bas."),
    ("The hosts take turns; the first is not preferred.", "Les hôtes se relaient ; le premier n’est pas préféré."),

    // Postfix: TLS.
    ("TLS where it is offered is the default here too.", "TLS s’il est proposé : la valeur par défaut ici aussi."),
    ("DANE counts here for every domain that has it, where the DNS is validated (docs/transport-security.md).",
     "Ici, DANE vaut pour tout domaine qui l’a, là où le DNS est validé (docs/fr/transport-security.md)."),
    ("There is no demand for DANE alone. As it stands TLS is demanded, and DANE of domains that have it.",
     "On ne peut pas exiger DANE seul. Tel quel, TLS est exigé, et DANE des domaines qui l’ont."),
    ("Certificates are not known by their fingerprints here. As it stands TLS is demanded and the certificate not verified; better TlsAuthLevel DomainValidation with TlsDomain.",
     "Ici, les certificats ne sont pas reconnus à leur empreinte. Tel quel, TLS est exigé et le certificat n’est pas vérifié ; mieux vaut TlsAuthLevel DomainValidation avec TlsDomain."),
    ("This level is not known. As it stands TLS is demanded.", "Ce niveau est inconnu. Tel quel, TLS est exigé."),
    ("A connector has one name that certificates must carry; the first was taken.",
     "Un connecteur n’a qu’un nom que doivent porter les certificats ; le premier a été pris."),
    ("The certificate must be for the recipients' domain.", "Le certificat doit valoir pour le domaine des destinataires."),
    ("Which name the certificate must carry cannot be carried over. As it stands its chain is verified and not its name; name one with TlsAuthLevel DomainValidation and TlsDomain.",
     "Le nom que doit porter le certificat ne peut pas être repris. Tel quel, sa chaîne est vérifiée et non son nom ; indiquez-en un par TlsAuthLevel DomainValidation et TlsDomain."),

    // Postfix: limits and times.
    ("Unlimited; Receive connectors keep their limit, Set-ReceiveConnector -MaxMessageSize raises it.",
     "Sans limite ; les connecteurs de réception gardent la leur, Set-ReceiveConnector -MaxMessageSize l’élève."),
    ("No number up to 2147483647; as it stands, Relais's limits.", "Pas un nombre jusqu’à 2147483647 ; tel quel, les limites de Relais."),
    ("For the organization, all Receive connectors, and the Send connectors that are made.",
     "Pour l’organisation, tous les connecteurs de réception et les connecteurs d’envoi créés."),
    ("Mail is returned after 5 seconds to 90 days here; as it stands, Relais's 2 days.",
     "Ici, le courrier est renvoyé au bout de 5 secondes à 90 jours ; tel quel, les 2 jours de Relais."),
    ("Reports wait as long as other mail: MessageExpirationTimeout.", "Les rapports attendent aussi longtemps que l’autre courrier : MessageExpirationTimeout."),
    ("Nobody is told of delays.", "Personne n’est averti des retards."),
    ("Senders are told of a delay after more than 30 minutes and at most 30 days; as it stands, after 4 hours.",
     "Les expéditeurs sont avertis d’un retard au bout de plus de 30 minutes et de 30 jours au plus ; tel quel, au bout de 4 heures."),
    ("smtp_destination_concurrency_limit counts.", "C’est smtp_destination_concurrency_limit qui compte."),
    ("No limit there; Relais's default stays.", "Pas de limite là-bas ; la valeur par défaut de Relais demeure."),
    ("No number from 1 to {}; as it stands, Relais's default.", "Pas un nombre de 1 à {0} ; tel quel, la valeur par défaut de Relais."),
    ("Set-ReceiveConnector -ConnectionInactivityTimeout; the default suits.", "Set-ReceiveConnector -ConnectionInactivityTimeout ; la valeur par défaut convient."),
    ("Set-ReceiveConnector -MaxProtocolErrors.", "Set-ReceiveConnector -MaxProtocolErrors."),
    ("VRFY tells nobody anything.", "VRFY ne dit rien à personne."),
    ("Who is told of failures: Set-TransportConfig -GenerateCopyOfDSNFor with ExternalPostmasterAddress.",
     "Qui est averti des échecs : Set-TransportConfig -GenerateCopyOfDSNFor avec ExternalPostmasterAddress."),

    // Postfix: settings that nothing is made of.
    ("Rules for single clients, senders and recipients are not there; what Receive connectors let in is in PermissionGroups and RemoteIPRanges (docs/permissions.md).",
     "Il n’y a pas de règles pour des clients, expéditeurs ou destinataires particuliers ; ce que laissent entrer les connecteurs de réception est dans PermissionGroups et RemoteIPRanges (docs/fr/permissions.md)."),
    ("Addresses are not rewritten here. Give mailboxes their further addresses with -EmailAddresses.",
     "Ici, les adresses ne sont pas réécrites. Donnez aux boîtes aux lettres leurs autres adresses par -EmailAddresses."),
    ("Bring the certificate with its key: Import-ExchangeCertificate and Enable-ExchangeCertificate (docs/certificates.md).",
     "Apportez le certificat avec sa clé : Import-ExchangeCertificate et Enable-ExchangeCertificate (docs/fr/certificates.md)."),
    ("The machine's certificate store is trusted; more authorities: [tls] trusted_ca_files of relais.toml.",
     "Le magasin de certificats de la machine est approuvé ; d’autres autorités : [tls] trusted_ca_files de relais.toml."),
    ("Content filters and milters are not called. Put a filter in front, or between as smart host.",
     "Les filtres de contenu et les milters ne sont pas appelés. Placez un filtre devant, ou entre les deux comme hôte actif."),
    ("Clients sign in at Receive connectors as mailboxes of Relais (New-Mailbox); Dovecot or Cyrus is not asked.",
     "Les clients s’authentifient auprès des connecteurs de réception comme boîtes aux lettres de Relais (New-Mailbox) ; ni Dovecot ni Cyrus n’est interrogé."),
    ("When mail is tried again is said by QueueGlitchRetryCount, TransientFailureRetryInterval and their kin of Set-TransportService; the defaults suit (docs/queues.md).",
     "Quand le courrier est essayé à nouveau, QueueGlitchRetryCount, TransientFailureRetryInterval et leurs pareils de Set-TransportService le disent ; les valeurs par défaut conviennent (docs/fr/queues.md)."),
    ("Delivery to local mailboxes is not carried over: New-Mailbox makes mailboxes, which are Maildirs of Relais or those of an LMTP server such as Dovecot (docs/mailboxes.md).",
     "La remise aux boîtes aux lettres locales n’est pas reprise : New-Mailbox crée des boîtes aux lettres, qui sont des Maildirs de Relais ou celles d’un serveur LMTP comme Dovecot (docs/fr/mailboxes.md)."),
    ("[dns] of relais.toml (docs/configuration.md).", "[dns] de relais.toml (docs/fr/configuration.md)."),
    ("TlsMinimumVersion and TlsCipherSuites of the connectors; TLS 1.2 and 1.3 are spoken.",
     "TlsMinimumVersion et TlsCipherSuites des connecteurs ; TLS 1.2 et 1.3 sont parlés."),
    ("Recipients are not probed.", "Les destinataires ne sont pas sondés."),
    ("There is no copy of every message; message tracking tells what went where.",
     "Il n’y a pas de copie de chaque message ; le suivi des messages dit ce qui est allé où."),
    ("Reports are worded by Relais, in English and French (docs/reports.md).",
     "C’est Relais qui rédige les rapports, en anglais et en français (docs/fr/reports.md)."),
    ("Mail went through a content filter. As it stands it does not: name the filter as smart host of a connector, or put it in front.",
     "Le courrier passait par un filtre de contenu. Tel quel, il n’y passe pas : indiquez le filtre comme hôte actif d’un connecteur, ou placez-le devant."),
    ("relais serve --data.", "relais serve --data."),
    ("There are no processes to count; Set-TransportService -MaxOutboundConnections.",
     "Il n’y a pas de processus à compter ; Set-TransportService -MaxOutboundConnections."),
    ("Concurrency and recipients a transaction are found out for each destination.",
     "Le nombre de connexions et celui des destinataires par transaction se trouvent pour chaque destination."),
    ("No other way is tried after the first has failed; mail waits and is tried again.",
     "Aucun autre chemin n’est essayé après l’échec du premier ; le courrier attend et est essayé à nouveau."),
    ("Set-ReceiveConnector -MaxHeaderSize.", "Set-ReceiveConnector -MaxHeaderSize."),
    ("IPv4 and IPv6 are both used where the machine has them; bindings of Receive connectors say where it listens.",
     "IPv4 et IPv6 servent tous deux là où la machine les a ; les liaisons (Bindings) des connecteurs de réception disent où elle écoute."),
    ("Found out for each destination.", "Se trouve pour chaque destination."),
    ("LMTP goes to one server on this machine, [mailboxes] lmtp of relais.toml; over how many connections at once says MaxConcurrentMailboxDeliveries of Set-TransportService (docs/mailboxes.md).",
     "LMTP va à un serveur de cette machine, [mailboxes] lmtp de relais.toml ; MaxConcurrentMailboxDeliveries de Set-TransportService dit par combien de connexions à la fois (docs/fr/mailboxes.md)."),
    ("Mail for unknown recipients is refused; an InternalRelay domain sends it on by a Send connector.",
     "Le courrier pour des destinataires inconnus est refusé ; un domaine InternalRelay le fait suivre par un connecteur d’envoi."),
    ("Get-Queue, Get-Message.", "Get-Queue, Get-Message."),
    ("Each instance has a main.cf of its own: import each.", "Chaque instance a son propre main.cf : importez chacun."),
    ("relais serve --domain at the first start.", "relais serve --domain au premier démarrage."),
    ("Which networks may relay is said by RemoteIPRanges of a Receive connector; as it stands none but those of mynetworks.",
     "RemoteIPRanges d’un connecteur de réception dit quels réseaux peuvent relayer ; tel quel, aucun sauf ceux de mynetworks."),
    ("Senders keep their address.", "Les expéditeurs gardent leur adresse."),
    ("A loop through an address in front of this server is noticed by the hops of a message.",
     "Une boucle par une adresse placée devant ce serveur se remarque aux sauts d’un message."),
    ("There are no copies by address.", "Il n’y a pas de copies par adresse."),
    ("Addresses with an extension are addresses of their own.", "Les adresses avec extension sont des adresses à part entière."),
    ("Recipients of relayed domains are not checked here: the next server refuses.",
     "Les destinataires des domaines relayés ne sont pas vérifiés ici : c’est le serveur suivant qui refuse."),
    ("As it stands mail leaves from the address the system chooses: see that SPF records know it, or send through a front end (docs/front-end.md).",
     "Tel quel, le courrier part de l’adresse que choisit le système : veillez à ce que les enregistrements SPF la connaissent, ou envoyez par un service frontal (docs/fr/front-end.md)."),
    ("The mechanism is chosen from what the host offers (docs/smart-host-sign-in.md).",
     "Le mécanisme est choisi parmi ce que propose l’hôte (docs/fr/smart-host-sign-in.md)."),
    ("A connector has one user name for all senders. As it stands the entries for hosts are carried over.",
     "Un connecteur a un seul nom d’utilisateur pour tous les expéditeurs. Tel quel, les entrées des hôtes sont reprises."),
    ("Times of a session are those of RFC 5321.", "Les durées d’une session sont celles de la RFC 5321."),
    ("Set-ReceiveConnector -Banner '220 …'.", "Set-ReceiveConnector -Banner \"220 …\"."),
    ("Mail went through a filter before it was accepted. As it stands it does not.",
     "Le courrier passait par un filtre avant d’être accepté. Tel quel, il n’y passe pas."),
    ("STARTTLS is offered by default; AuthMechanism of Set-ReceiveConnector.",
     "STARTTLS est proposé par défaut ; AuthMechanism de Set-ReceiveConnector."),
    ("STARTTLS is offered by default.", "STARTTLS est proposé par défaut."),
    ("Passwords are taken under TLS only unless a connector says otherwise.",
     "Les mots de passe ne sont acceptés que sous TLS, à moins qu’un connecteur ne dise autre chose."),
    ("SMTPUTF8 is offered and used where the other side has it.", "SMTPUTF8 est proposé, et sert là où l’autre côté l’a."),
    ("It kept everything that would have been refused. As it stands mail that fails is returned.",
     "Il gardait tout ce qui aurait été refusé. Tel quel, le courrier qui échoue est renvoyé."),
    ("Only what other settings refer to.", "Ne sert qu’à d’autres paramètres."),
    ("This setting was not looked at.", "Ce paramètre n’a pas été examiné."),
    ("Receive connectors listen on every address.", "Les connecteurs de réception écoutent sur toutes les adresses."),
    ("Receive connectors listen on every address unless told otherwise: Get-ReceiveConnector, then Set-ReceiveConnector -Bindings. As it stands they are left as they are.",
     "Les connecteurs de réception écoutent sur toutes les adresses sauf indication contraire : Get-ReceiveConnector, puis Set-ReceiveConnector -Bindings. Tel quel, on les laisse ainsi."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_said_one_by_one() {
        let both = "Not carried over: a is not below the directory; hash:b (patterns, which address spaces cannot say). \
                    There are no copies by address.";
        let french = french(both).unwrap();
        assert!(
            french.starts_with(
                "Non repris : a n’est pas au-dessous du répertoire ; hash:b (des motifs"
            ),
            "{french}"
        );
        assert!(french.ends_with("Il n’y a pas de copies par adresse."), "{french}");
        let within =
            super::french("Not carried over: \".\" is empty; a domain name is needed. Empty.");
        assert_eq!(
            within.unwrap(),
            "Non repris : « . » est vide ; il faut un nom de domaine. Vide."
        );
        assert_eq!(said(Language::French, "Nobody has written this."), "Nobody has written this.");
    }

    #[test]
    fn places_in_the_french_are_arguments_of_the_english() {
        for (english, french) in PHRASES {
            let arguments = english.matches("{}").count() + english.matches("{phrase").count();
            for number in 0..10 {
                let has = french.contains(&format!("{{{number}}}"));
                assert_eq!(has, number < arguments, "{english}");
            }
            assert!(!french.contains('\''), "{french}");
        }
    }
}
