//! What `Test-DomainPublishing` says of what a domain has in the DNS: what is wrong, and what to do.

use crate::Text;

/// Declares texts, and the list of all for the test.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $fr:literal;)*) => {
        $($(#[$doc])* pub const $name: Text = Text { en: $en, fr: $fr };)*
        #[cfg(test)]
        const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),*];
    };
}

texts! {
    /// Nobody could say. Values: name, why.
    NOT_KNOWN:
        "{0} could not be looked up: {1}. Try again.",
        "{0} n’a pas pu être interrogé : {1}. Réessayez.";

    // MX and addresses.
    /// Values: domain.
    MX_MISSING:
        "{0} has no MX record, so that nobody can write to it: publish the record shown.",
        "{0} n’a pas d’enregistrement MX : personne ne peut lui écrire. Publiez l’enregistrement indiqué.";
    /// Values: domain.
    MX_IMPLICIT:
        "{0} has no MX record; mail goes to the address of the name itself, as an old rule has it. Publish the record shown.",
        "{0} n’a pas d’enregistrement MX ; le courrier va à l’adresse du nom lui-même, selon une vieille règle. Publiez l’enregistrement indiqué.";
    /// Values: domain.
    MX_NULL:
        "{0} says that it takes no mail (null MX), and it is an accepted domain of this organization: publish the record shown in its place.",
        "{0} annonce qu’il ne reçoit pas de courrier (MX nul), alors que c’est un domaine accepté de l’organisation : remplacez-le par l’enregistrement indiqué.";
    /// Values: domain.
    MX_NULL_AND_OTHERS:
        "{0} has a null MX beside others, which is a contradiction (RFC 7505): remove the null MX.",
        "{0} a un MX nul parmi d’autres, ce qui est contradictoire (RFC 7505) : supprimez le MX nul.";
    /// Values: what the record points to.
    MX_IS_ADDRESS:
        "An MX record points to {0}, an IP address; it must be the name of a host: give the host a name with an A or AAAA record and publish that name.",
        "Un enregistrement MX désigne {0}, une adresse IP ; il faut le nom d’un hôte : donnez-lui un nom avec un enregistrement A ou AAAA et publiez ce nom.";
    /// Values: what the record points to.
    MX_IS_NO_HOST:
        "An MX record points to {0}, which cannot be the name of a host: correct it.",
        "Un enregistrement MX désigne {0}, qui ne peut pas être le nom d’un hôte : corrigez-le.";
    /// Values: domain.
    MX_NOT_OURS:
        "None of the mail hosts of {0} is one of this organization that this server knows: right where another system takes the mail first, else publish the record shown.",
        "Aucun des hôtes de messagerie de {0} n’est un hôte connu de cette organisation : normal si un autre système reçoit d’abord le courrier ; sinon publiez l’enregistrement indiqué.";
    /// Values: host.
    HOST_ALIAS:
        "{0} is an alias (CNAME), which the name in an MX record must not be (RFC 5321 section 5.1): give it A and AAAA records of its own.",
        "{0} est un alias (CNAME), ce que le nom d’un enregistrement MX ne doit pas être (RFC 5321, section 5.1) : donnez-lui ses propres enregistrements A et AAAA.";
    /// Values: host.
    HOST_WITHOUT_ADDRESS:
        "{0} has no address: publish an A or AAAA record, or take it out of the MX records.",
        "{0} n’a pas d’adresse : publiez un enregistrement A ou AAAA, ou retirez-le des enregistrements MX.";
    /// Values: host, addresses.
    HOST_PRIVATE:
        "{0} has the address {1}, which cannot be reached from the Internet: publish the public one.",
        "{0} a l’adresse {1}, que l’on ne peut pas joindre depuis Internet : publiez l’adresse publique.";
    /// Values: host, addresses.
    HOST_PARTLY_PRIVATE:
        "{0} also has the address {1}, which cannot be reached from the Internet: remove that record.",
        "{0} a aussi l’adresse {1}, que l’on ne peut pas joindre depuis Internet : supprimez cet enregistrement.";
    /// Values: host, address by the settings.
    HOST_ELSEWHERE:
        "{0} is a name of this server, and its addresses are not {1}, which ExternalIPAddress says is ours: correct the record or the setting.",
        "{0} est un nom de ce serveur, mais ses adresses ne sont pas {1}, la nôtre selon ExternalIPAddress : corrigez l’enregistrement ou le paramètre.";

    // SPF.
    /// Values: domain.
    SPF_MISSING:
        "{0} has no SPF record, by which receivers know who may send for it: publish the record shown.",
        "{0} n’a pas d’enregistrement SPF, qui dit aux destinataires qui peut envoyer en son nom : publiez l’enregistrement indiqué.";
    /// Values: domain, number.
    SPF_SEVERAL:
        "{0} has {1} SPF records, so that none of them counts (RFC 7208 section 4.5): publish the one shown in their place.",
        "{0} a {1} enregistrements SPF : aucun ne compte (RFC 7208, section 4.5). Remplacez-les par celui qui est indiqué.";
    /// Values: name of the record, term.
    SPF_SYNTAX:
        "The SPF record of {0} cannot be read at \"{1}\", so that it counts for nothing: correct it.",
        "L’enregistrement SPF de {0} est illisible à « {1} » et ne compte donc pas : corrigez-le.";
    /// Values: number.
    SPF_LOOK_UPS:
        "The SPF record needs {0} look-ups where 10 are allowed (RFC 7208 section 4.6.4), so that receivers give up: replace include, a and mx by the addresses themselves (ip4, ip6).",
        "L’enregistrement SPF demande {0} interrogations alors que 10 sont permises (RFC 7208, section 4.6.4) : les destinataires renoncent. Remplacez include, a et mx par les adresses mêmes (ip4, ip6).";
    /// Values: number.
    SPF_MANY_LOOK_UPS:
        "The SPF record needs at least {0} look-ups where 10 are allowed (RFC 7208 section 4.6.4), so that receivers give up: replace include, a and mx by the addresses themselves (ip4, ip6).",
        "L’enregistrement SPF demande au moins {0} interrogations alors que 10 sont permises (RFC 7208, section 4.6.4) : les destinataires renoncent. Remplacez include, a et mx par les adresses mêmes (ip4, ip6).";
    /// Values: number.
    SPF_VOID:
        "{0} names in the SPF record lead to nothing, where 2 are allowed: remove them.",
        "{0} noms de l’enregistrement SPF ne mènent à rien, alors que 2 sont permis : supprimez-les.";
    /// Values: name.
    SPF_INCLUDE_NOTHING:
        "The SPF record includes {0}, which has no usable SPF record, so that receivers give up: remove or correct it.",
        "L’enregistrement SPF inclut {0}, qui n’a pas d’enregistrement SPF utilisable : les destinataires renoncent. Supprimez ou corrigez ce nom.";
    /// Values: none.
    SPF_PTR:
        "The SPF record uses ptr, which is slow and should not be used (RFC 7208 section 5.5): name the addresses instead.",
        "L’enregistrement SPF utilise ptr, lent et déconseillé (RFC 7208, section 5.5) : nommez plutôt les adresses.";
    /// Values: none.
    SPF_PASS_ALL:
        "The SPF record ends with +all and so lets everybody send for the domain: end it with ~all or -all.",
        "L’enregistrement SPF se termine par +all et laisse donc n’importe qui envoyer au nom du domaine : terminez-le par ~all ou -all.";
    /// Values: none.
    SPF_NEUTRAL_ALL:
        "The SPF record ends with ?all and so says nothing of who may not send: end it with ~all or -all.",
        "L’enregistrement SPF se termine par ?all et ne dit donc rien de qui ne doit pas envoyer : terminez-le par ~all ou -all.";
    /// Values: none.
    SPF_NO_ALL:
        "The SPF record does not end with all and so says nothing of who may not send: end it with ~all or -all.",
        "L’enregistrement SPF ne se termine pas par all et ne dit donc rien de qui ne doit pas envoyer : terminez-le par ~all ou -all.";
    /// Values: none.
    SPF_AFTER_ALL:
        "What follows all in the SPF record counts for nothing: put all last.",
        "Ce qui suit all dans l’enregistrement SPF ne compte pas : placez all en dernier.";
    /// Values: address.
    SPF_NOT_COVERED:
        "The SPF record does not let {0} send, from which this organization sends: publish the record shown.",
        "L’enregistrement SPF n’autorise pas {0}, d’où cette organisation envoie : publiez l’enregistrement indiqué.";
    /// Values: address.
    SPF_PERHAPS_COVERED:
        "Whether the SPF record lets {0} send cannot be said from here: part of it could not be looked up or has macros.",
        "Impossible de dire d’ici si l’enregistrement SPF autorise {0} : une partie n’a pas pu être interrogée ou contient des macros.";
    /// Values: smart hosts.
    SPF_SMART_HOSTS:
        "Mail also leaves through {0}: add what their operator says is to stand in the SPF record (include:…).",
        "Du courrier part aussi par {0} : ajoutez ce que son opérateur demande d’inscrire dans l’enregistrement SPF (include:…).";
    /// Values: none.
    SPF_NO_SENDER:
        "No Send connector sends directly, so that no address of this organization has to stand in it.",
        "Aucun connecteur d’envoi n’envoie directement : aucune adresse de cette organisation n’a à y figurer.";

    // Where we send from.
    /// Values: name in EHLO, command.
    SENDER_UNKNOWN:
        "From which public address {0} sends is not known here: say it by {1}.",
        "L’adresse publique d’où {0} envoie n’est pas connue ici : indiquez-la par {1}.";
    /// Values: address, name.
    REVERSE_MISSING:
        "{0} has no name in the DNS (PTR), and many receivers refuse mail from such addresses: ask whoever gives you the address to publish {1} for it.",
        "{0} n’a pas de nom dans le DNS (PTR), et bien des destinataires refusent le courrier de telles adresses : demandez à qui vous fournit l’adresse de publier {1} pour elle.";
    /// Values: address, name, name wanted.
    REVERSE_UNCONFIRMED:
        "The PTR record of {0} says {1}, which does not lead back to {0}: publish {2} there, and its address.",
        "L’enregistrement PTR de {0} indique {1}, qui ne ramène pas à {0} : publiez-y {2}, et son adresse.";
    /// Values: address, name, name in EHLO.
    REVERSE_OTHER_NAME:
        "The PTR record of {0} says {1}, and mail is sent under the name {2}: most receivers take that, some prefer the same name.",
        "L’enregistrement PTR de {0} indique {1}, alors que le courrier est envoyé sous le nom {2} : la plupart des destinataires l’acceptent, certains préfèrent le même nom.";
    /// Values: name, command.
    HELO_IMPOSSIBLE:
        "{0} is no name that exists on the Internet, and receivers refuse mail from servers that call themselves so: choose another by {1}.",
        "{0} n’est pas un nom qui existe sur Internet, et des destinataires refusent le courrier de serveurs qui se nomment ainsi : choisissez-en un autre par {1}.";
    /// Values: name.
    HELO_WITHOUT_ADDRESS:
        "{0}, the name under which mail is sent (EHLO), has no address in the DNS: publish the record shown.",
        "{0}, le nom sous lequel le courrier est envoyé (EHLO), n’a pas d’adresse dans le DNS : publiez l’enregistrement indiqué.";
    /// Values: name, addresses.
    HELO_PRIVATE:
        "{0}, the name under which mail is sent (EHLO), has only the address {1}, which nobody outside can reach: publish the public one.",
        "{0}, le nom sous lequel le courrier est envoyé (EHLO), n’a que l’adresse {1}, que personne ne peut joindre du dehors : publiez l’adresse publique.";
    /// Values: name, addresses.
    HELO_ELSEWHERE:
        "{0}, the name under which mail is sent (EHLO), does not have the address {1} from which it is sent: add it.",
        "{0}, le nom sous lequel le courrier est envoyé (EHLO), n’a pas l’adresse {1} d’où il est envoyé : ajoutez-la.";
    /// Values: none.
    NOTHING_SENT:
        "No enabled Send connector of this organization sends directly to other domains, so that there is nothing to test.",
        "Aucun connecteur d’envoi activé de l’organisation n’envoie directement aux autres domaines : il n’y a rien à vérifier.";

    // DKIM.
    /// Values: domain.
    DKIM_NONE:
        "Mail from {0} is not signed: make keys by New-DkimSigningConfig {0}.",
        "Le courrier de {0} n’est pas signé : créez des clés par New-DkimSigningConfig {0}.";
    /// Values: domain of the configuration.
    DKIM_OFF:
        "Nothing is signed yet: once the records are there, run Set-DkimSigningConfig {0} -Enabled $true.",
        "Rien n’est encore signé : une fois les enregistrements publiés, exécutez Set-DkimSigningConfig {0} -Enabled $true.";
    /// Values: name.
    DKIM_MISSING:
        "The DNS does not have {0}, so that signatures with this key are worth nothing: publish the record shown.",
        "Le DNS n’a pas {0} : les signatures faites avec cette clé ne valent rien. Publiez l’enregistrement indiqué.";
    /// Values: name, what.
    DKIM_DIFFERS:
        "What the DNS has at {0} is not the record shown: {1}. Publish the record shown in its place.",
        "Ce que le DNS a pour {0} n’est pas l’enregistrement indiqué : {1}. Remplacez-le par l’enregistrement indiqué.";
    /// Values: name.
    DKIM_NEXT:
        "The keys that are to take over wait for {0}: publish the record shown.",
        "Les clés qui doivent prendre le relais attendent {0} : publiez l’enregistrement indiqué.";
    /// Values: name.
    DKIM_OLD:
        "Messages signed before the keys were changed may still be on their way and need {0}: publish the record again for some days.",
        "Des messages signés avant le changement de clés peuvent être encore en chemin et ont besoin de {0} : republiez l’enregistrement pour quelques jours.";

    // DMARC.
    /// Values: domain.
    DMARC_MISSING:
        "{0} has no DMARC record, which large receivers ask for: publish the record shown, read the reports, and then ask for p=quarantine or p=reject.",
        "{0} n’a pas d’enregistrement DMARC, que demandent les grands destinataires : publiez l’enregistrement indiqué, lisez les rapports, puis demandez p=quarantine ou p=reject.";
    /// Values: domain, number.
    DMARC_SEVERAL:
        "{0} has {1} DMARC records, so that none of them counts: keep one.",
        "{0} a {1} enregistrements DMARC : aucun ne compte. N’en gardez qu’un.";
    /// Values: tag, value.
    DMARC_TAG:
        "In the DMARC record, {0}={1} is not allowed: correct it.",
        "Dans l’enregistrement DMARC, {0}={1} n’est pas admis : corrigez-le.";
    /// Values: none.
    DMARC_NO_POLICY:
        "The DMARC record has no p=, so that it counts for nothing: add p=none, p=quarantine or p=reject.",
        "L’enregistrement DMARC n’a pas de p= et ne compte donc pas : ajoutez p=none, p=quarantine ou p=reject.";
    /// Values: none.
    DMARC_MONITORS:
        "DMARC only watches (p=none): once the reports show that your own mail passes, publish the record shown.",
        "DMARC ne fait qu’observer (p=none) : quand les rapports montrent que votre propre courrier passe, publiez l’enregistrement indiqué.";
    /// Values: number.
    DMARC_PARTLY:
        "DMARC counts for {0} per cent of the mail only (pct): remove pct once the reports are good.",
        "DMARC ne vaut que pour {0} pour cent du courrier (pct) : retirez pct quand les rapports sont bons.";
    /// Values: none.
    DMARC_NO_REPORTS:
        "Nobody is told how DMARC fares: add rua=mailto: with an address of yours.",
        "Personne n’est informé des effets de DMARC : ajoutez rua=mailto: avec une adresse à vous.";
    /// Values: address, domain of that, name of the record.
    DMARC_FOREIGN:
        "Reports are to go to {0}, and {1} has not agreed to that: it must publish the TXT record {2} with the text v=DMARC1.",
        "Les rapports doivent aller à {0}, mais {1} n’y a pas consenti : il doit publier l’enregistrement TXT {2} avec le texte v=DMARC1.";
    /// Values: domain, parent.
    DMARC_OF_PARENT:
        "{0} has no DMARC record of its own; that of {1} counts for it.",
        "{0} n’a pas d’enregistrement DMARC propre ; celui de {1} vaut pour lui.";

    // MTA-STS and TLS reports.
    /// Values: none.
    STS_MISSING:
        "Nothing protects mail for the domain from being sent in clear (MTA-STS): give out the policy over HTTPS, then publish the record shown.",
        "Rien n’empêche que le courrier destiné au domaine soit envoyé en clair (MTA-STS) : publiez la politique en HTTPS, puis l’enregistrement indiqué.";
    /// Values: what.
    STS_RECORD:
        "The MTA-STS record counts for nothing: {0}. Publish the record shown in its place.",
        "L’enregistrement MTA-STS ne compte pas : {0}. Remplacez-le par l’enregistrement indiqué.";
    /// Values: URL, host.
    STS_PUT:
        "Put the text shown at {0}: a web server called {1} with a certificate that everybody trusts; leave mode testing until TLS reports are clean, then enforce.",
        "Placez le texte indiqué à {0} : un serveur web nommé {1} avec un certificat reconnu de tous ; gardez mode testing jusqu’à des rapports TLS sans faute, puis enforce.";
    /// Values: what.
    STS_POLICY:
        "The MTA-STS policy cannot be used: {0}. Senders that know an earlier one go on with that until it expires.",
        "La politique MTA-STS est inutilisable : {0}. Les expéditeurs qui en connaissent une plus ancienne la suivent jusqu’à son expiration.";
    /// Values: host.
    STS_NOT_NAMED:
        "The MTA-STS policy does not name the mail host {0}, so that mail for it waits elsewhere: add mx: {0}, and change the id of the record.",
        "La politique MTA-STS ne nomme pas l’hôte {0} : le courrier qui lui est destiné attend ailleurs. Ajoutez mx: {0} et changez l’id de l’enregistrement.";
    /// Values: none.
    STS_TESTING:
        "The MTA-STS policy only tests: once TLS reports show no failure, change mode to enforce and the id of the record.",
        "La politique MTA-STS n’est qu’un essai : quand les rapports TLS ne montrent plus d’échec, passez mode à enforce et changez l’id de l’enregistrement.";
    /// Values: none.
    STS_OFF:
        "The MTA-STS policy has mode none and so protects nothing: change mode to testing, later enforce, and the id of the record.",
        "La politique MTA-STS a le mode none et ne protège donc rien : passez mode à testing, plus tard à enforce, et changez l’id de l’enregistrement.";
    /// Values: seconds.
    STS_SHORT:
        "The MTA-STS policy counts for {0} seconds only (max_age), which an attacker can sit out: 604800 (a week) or more is better.",
        "La politique MTA-STS ne vaut que {0} secondes (max_age), qu’un attaquant peut attendre : 604800 (une semaine) ou plus est préférable.";
    /// Values: host.
    STS_UNTRUSTED:
        "The MTA-STS policy demands a certificate that everybody trusts, and this server shows one of the organization's own authority for {0}: mail from whoever keeps the policy does not arrive.",
        "La politique MTA-STS exige un certificat reconnu de tous, or ce serveur en présente un de l’autorité de l’organisation pour {0} : le courrier de qui suit la politique n’arrive pas.";
    /// Values: none.
    TLSRPT_MISSING:
        "Nobody tells you when mail for the domain cannot be encrypted (TLS-RPT): publish the record shown.",
        "Personne ne vous signale que le courrier destiné au domaine ne peut être chiffré (TLS-RPT) : publiez l’enregistrement indiqué.";
    /// Values: what.
    TLSRPT_RECORD:
        "The TLS-RPT record counts for nothing: {0}. Publish the record shown in its place.",
        "L’enregistrement TLS-RPT ne compte pas : {0}. Remplacez-le par l’enregistrement indiqué.";

    // TLSA.
    /// Values: host.
    TLSA_MISSING:
        "The zone is signed, and nothing in it says by which certificate {0} is known (DANE): publish the record shown.",
        "La zone est signée, mais rien n’y dit à quel certificat on reconnaît {0} (DANE) : publiez l’enregistrement indiqué.";
    /// Values: name.
    TLSA_UNSIGNED:
        "TLSA records have no effect, since {0} is not signed (DNSSEC): sign the zone first.",
        "Les enregistrements TLSA sont sans effet, car {0} n’est pas signé (DNSSEC) : signez d’abord la zone.";
    /// Values: name, why.
    TLSA_UNPROVEN:
        "Whether {0} is signed cannot be said here, since the DNS servers of this server have not shown that they validate ({1}): use Unbound on this machine.",
        "Impossible de dire ici si {0} est signé : les serveurs DNS de ce serveur n’ont pas montré qu’ils valident ({1}). Utilisez Unbound sur cette machine.";
    /// Values: host.
    TLSA_WRONG:
        "None of the TLSA records fits the certificate that this server shows for {0}, so that mail from whoever keeps DANE does not arrive: publish the record shown, at once.",
        "Aucun enregistrement TLSA ne correspond au certificat que ce serveur présente pour {0} : le courrier de qui suit DANE n’arrive pas. Publiez aussitôt l’enregistrement indiqué.";
    /// Values: host.
    TLSA_PASSING:
        "The TLSA record fits the certificate that this server shows for {0} now, but at every start it makes one with a new key: publish the record shown, which is of the organization's authority and stays.",
        "L’enregistrement TLSA correspond au certificat que ce serveur présente pour {0}, mais il en crée un avec une nouvelle clé à chaque démarrage : publiez l’enregistrement indiqué, celui de l’autorité de l’organisation, qui reste.";
    /// Values: host.
    TLSA_UNUSABLE:
        "None of the TLSA records of {0} is of a kind that mail uses (usages 2 and 3): publish the record shown.",
        "Aucun enregistrement TLSA de {0} n’est d’un type utilisé pour le courrier (usages 2 et 3) : publiez l’enregistrement indiqué.";
    /// Values: host.
    TLSA_NOT_HERE:
        "Which certificate {0} shows is known only to the server that has this name: run the test there.",
        "Le certificat que présente {0} n’est connu que du serveur qui porte ce nom : exécutez la vérification là-bas.";
    /// Values: host.
    TLSA_OTHER_NAME:
        "The certificate that this server shows is not for {0}, and a record of the authority only fits certificates for the name: let a certificate be made for it, or publish another name in the MX record.",
        "Le certificat que présente ce serveur n’est pas au nom de {0}, et un enregistrement de l’autorité ne vaut que pour les certificats à ce nom : faites-en créer un pour lui, ou publiez un autre nom dans l’enregistrement MX.";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text
            .match_indices('{')
            .filter_map(|(at, _)| text.get(at..at + 3).filter(|place| place.ends_with('}')))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn both_languages_use_the_same_values() {
        for (name, text) in ALL {
            let (english, french) = (places(text.en), places(text.fr));
            assert_eq!(english, french, "{name}");
            for (at, place) in english.iter().enumerate() {
                assert_eq!(*place, format!("{{{at}}}"), "{name}: no value is left out");
            }
            assert!(text.en.ends_with('.') && text.fr.ends_with('.'), "{name}");
            assert!(!text.fr.contains('\''), "{name}: apostrophes as in refusals");
        }
    }
}
