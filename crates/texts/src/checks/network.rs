//! The network: ports, the DNS, what others see, hosts of the Internet.

super::texts! {
    // Ports.
    /// Subject.
    PORT: "Port", "Port";
    /// Subject.
    PORTS: "Ports", "Ports";
    /// Values: addresses, how it is with them.
    PORTS_SO: "{0}: {1}", "{0} : {1}";
    PORT_FREE: "free", "libres";
    /// Values: process.
    PORT_HELD_BY_SERVER:
        "held by the running server, process {0}",
        "tenus par le serveur qui s’exécute, processus {0}";
    /// Values: process.
    PORT_HELD_BY_A_RELAIS: "held by a running Relais, process {0}", "tenus par un Relais qui s’exécute, processus {0}";
    PORT_HELD_UNSEEN:
        "listened on, by whom cannot be seen; the server runs",
        "à l’écoute, on ne voit pas par qui ; le serveur s’exécute";
    /// Values: addresses.
    PORT_UNSEEN:
        "{0}: listened on; by whom only root may see",
        "{0} : à l’écoute ; seul root peut voir par qui";
    /// Values: addresses.
    PORT_UNSEEN_STOPPED:
        "{0}: listened on; by whom only root may see, and the server does not run",
        "{0} : à l’écoute ; seul root peut voir par qui, et le serveur ne s’exécute pas";
    PORT_UNSEEN_REMEDY: "as root: relais check, or: ss -ltnp", "en tant que root : relais check, ou : ss -ltnp";
    /// Values: address, by what, by what else.
    PORT_TWICE: "{0} is wanted by {1} and by {2}", "{0} est demandé par {1} et par {2}";
    PORT_TWICE_REMEDY:
        "give one of them another port: [listen] in relais.toml, or Set-ReceiveConnector -Bindings",
        "donnez un autre port à l’un des deux : [listen] dans relais.toml, ou Set-ReceiveConnector -Bindings";
    /// Values: address, for what, program, its address.
    PORT_MAY_BE_TAKEN:
        "{0} for {1} is free, but {2} listens on {3}, which may take IPv4 too",
        "{0} pour {1} est libre, mais {2} écoute sur {3}, ce qui peut prendre aussi IPv4";
    ANOTHER_PROGRAM: "another program", "un autre programme";
    /// Values: name, process.
    PROCESS: "{0} (process {1})", "{0} (processus {1})";
    /// Values: name, process, file.
    PROCESS_OF_FILE: "{0} (process {1}, {2})", "{0} (processus {1}, {2})";
    /// Values: address, for what.
    PORT_WITHOUT_IPV6: "{0} for {1}: this machine has no IPv6", "{0} pour {1} : cette machine n’a pas IPv6";
    /// Values: port.
    PORT_WITHOUT_IPV6_REMEDY:
        "take it out: Set-ReceiveConnector -Bindings, or before the first start [listen] in relais.toml, with \"0.0.0.0:{0}\" alone",
        "retirez-le : Set-ReceiveConnector -Bindings, ou avant le premier démarrage [listen] dans relais.toml, avec \"0.0.0.0:{0}\" seul";
    /// Values: address, for what, IP address.
    PORT_NOT_HERE:
        "{0} for {1}: {2} is not an address of this machine",
        "{0} pour {1} : {2} n’est pas une adresse de cette machine";
    PORT_NOT_HERE_REMEDY:
        "ip -brief address shows those that are; name one of them (Set-ReceiveConnector -Bindings, [listen] in relais.toml), or bring this one up",
        "ip -brief address montre celles qui le sont ; indiquez-en une (Set-ReceiveConnector -Bindings, [listen] dans relais.toml), ou activez celle-ci";
    /// Values: address, for what, process.
    PORT_NOT_HEARD:
        "{0} for {1}: the server runs (process {2}) and does not listen there",
        "{0} pour {1} : le serveur s’exécute (processus {2}) et n’y écoute pas";
    /// Values: address, for what, program.
    PORT_HELD: "{0} for {1} is held by {2}", "{0} pour {1} est tenu par {2}";
    /// Values: address, for what, process.
    PORT_HELD_BY_ANOTHER_RELAIS:
        "{0} for {1} is held by another Relais (process {2}), not by the server of this data directory",
        "{0} pour {1} est tenu par un autre Relais (processus {2}), non par le serveur de ce répertoire de données";
    PORT_HELD_BY_ANOTHER_RELAIS_REMEDY:
        "name the data directory of the one that is meant: --data DIR; or stop the other",
        "indiquez le répertoire de données de celui dont il s’agit : --data RÉPERTOIRE ; ou arrêtez l’autre";
    /// Values: port.
    STOP_UNSEEN: "as root: ss -ltnp \"sport = :{0}\"", "en tant que root : ss -ltnp \"sport = :{0}\"";
    STOP_NGINX:
        "give nginx another port or address (listen, in /etc/nginx), or give it to Relais: [listen] admin in relais.toml",
        "donnez à nginx un autre port ou une autre adresse (listen, dans /etc/nginx), ou donnez-les à Relais : [listen] admin dans relais.toml";
    STOP_APACHE:
        "give Apache another port or address (Listen, in /etc/apache2/ports.conf), or give it to Relais: [listen] admin in relais.toml",
        "donnez à Apache un autre port ou une autre adresse (Listen, dans /etc/apache2/ports.conf), ou donnez-les à Relais : [listen] admin dans relais.toml";
    /// Values: port.
    STOP_SOCKET:
        "a socket unit holds it: systemctl list-sockets | grep :{0}; then systemctl disable --now NAME.socket",
        "une unité socket le tient : systemctl list-sockets | grep :{0} ; puis systemctl disable --now NOM.socket";
    /// Values: process.
    STOP_PROCESS: "stop it: kill {0}", "arrêtez-le : kill {0}";

    // The DNS.
    /// Subject.
    DNS: "DNS", "DNS";
    /// Subject.
    DNSSEC: "DNSSEC", "DNSSEC";
    DNS_ELSEWHERE:
        "front ends are asked ([delivery] lookups_through_front_ends): not tried from here",
        "les services frontaux sont interrogés ([delivery] lookups_through_front_ends) : pas essayé d’ici";
    DNS_ELSEWHERE_REMEDY:
        "the running server knows: relais shell -c Get-TransportSecurity",
        "le serveur qui s’exécute le sait : relais shell -c Get-TransportSecurity";
    /// Values: servers.
    DNS_ANSWERS: "{0} answer", "{0} : réponse reçue";
    /// Values: servers, name.
    DNS_NOT_THE_INTERNET:
        "{0} answer, and know no {1}: not the Internet's DNS?",
        "{0} : réponse reçue, mais {1} y est inconnu : pas le DNS d’Internet ?";
    DNS_NOT_THE_INTERNET_REMEDY:
        "where that is meant, name others to try by: [dns] signed_name, unsigned_name and bogus_name in relais.toml",
        "si c’est voulu, indiquez d’autres noms pour l’essai : [dns] signed_name, unsigned_name et bogus_name dans relais.toml";
    /// Values: name, why.
    DNS_SILENT: "{0} is not found: {1}", "{0} n’a pas été trouvé : {1}";
    DNS_SILENT_REMEDY:
        "correct /etc/resolv.conf, or [dns] servers in relais.toml",
        "corrigez /etc/resolv.conf, ou [dns] servers dans relais.toml";
    DNS_REFUSED_REMEDY:
        "correct [dns] in relais.toml, or /etc/resolv.conf",
        "corrigez [dns] dans relais.toml, ou /etc/resolv.conf";
    /// Values: servers.
    DNSSEC_BUILT_IN:
        "the built-in validator proves what {0} answer: DANE is on",
        "le validateur intégré prouve ce que répond {0} : DANE est actif";
    /// Values: servers, why.
    DNSSEC_BUILT_IN_NOT:
        "the built-in validator proves nothing of what {0} answer ({1}): DANE is off. Where it was on before, mail for hosts with TLSA records waits",
        "le validateur intégré ne prouve rien de ce que répond {0} ({1}) : DANE est inactif. S’il était actif auparavant, le courrier pour les hôtes qui ont des enregistrements TLSA attend";
    DNSSEC_BUILT_IN_REMEDY:
        "ask DNS servers that pass signatures on: [dns] servers in relais.toml",
        "interrogez des serveurs DNS qui transmettent les signatures : [dns] servers dans relais.toml";
    /// Values: servers.
    DNSSEC_ON: "{0} validate signatures: DANE is on", "{0} valide les signatures : DANE est actif";
    /// Values: servers.
    DNSSEC_REMOTE:
        "{0} are not on this machine, and nothing protects what they say of signatures: DANE is off. Where it was on before, mail for hosts with TLSA records waits",
        "{0} : pas sur cette machine, et rien ne protège ce qui en vient au sujet des signatures : DANE est inactif. S’il était actif auparavant, le courrier pour les hôtes qui ont des enregistrements TLSA attend";
    /// Values: servers, why.
    DNSSEC_OFF:
        "{0} do not validate signatures ({1}): DANE is off. Where it was on before, mail for hosts with TLSA records waits",
        "{0} ne valide pas les signatures ({1}) : DANE est inactif. S’il était actif auparavant, le courrier pour les hôtes qui ont des enregistrements TLSA attend";
    DNSSEC_REMEDY:
        "apt install unbound, then in relais.toml: [dns] servers = [\"127.0.0.1:53\"]",
        "apt install unbound, puis dans relais.toml : [dns] servers = [\"127.0.0.1:53\"]";

    // What others see.
    /// Subject.
    EHLO_NAME: "EHLO name", "Nom EHLO";
    /// Subject.
    REVERSE_DNS: "Reverse DNS", "DNS inverse";
    NO_ROUTE:
        "this machine has no route to the Internet: which address others would see is not known",
        "cette machine n’a pas de route vers Internet : on ignore quelle adresse les autres verraient";
    /// Values: addresses.
    PRIVATE_ADDRESS:
        "mail leaves this machine from {0}, a private address: others see the one of a router or firewall, which cannot be judged from here",
        "le courrier quitte cette machine depuis {0}, une adresse privée : les autres voient celle d’un routeur ou d’un pare-feu, dont on ne peut pas juger d’ici";
    PUBLIC_ADDRESS_REMEDY:
        "with the address that others see: relais check --public-address ADDR",
        "avec l’adresse que voient les autres : relais check --public-address ADRESSE";
    /// Values: what is wrong.
    ONCE_DIRECT:
        "{0} (counts once a Send connector delivers by the DNS, not by smart hosts)",
        "{0} (compte dès qu’un connecteur d’envoi remet d’après le DNS, non à des hôtes actifs)";
    /// Values: name, who says so.
    EHLO_IMPOSSIBLE:
        "\"{0}\" ({1}) is no name that exists on the Internet: many hosts refuse mail of whoever says it",
        "« {0} » ({1}) n’est pas un nom qui existe sur Internet : beaucoup d’hôtes refusent le courrier de qui le dit";
    /// Values: name, kind of record, address, what changes the name.
    EHLO_PUBLISH:
        "in the DNS: {0}. {1} {2}; or say another name: {3}",
        "dans le DNS : {0}. {1} {2} ; ou dites un autre nom : {3}";
    AN_ADDRESS: "ADDR", "ADRESSE";
    /// Values: name, who says so, why.
    EHLO_NOT_KNOWN:
        "{0} ({1}): the DNS does not say whether it has an address: {2}",
        "{0} ({1}) : le DNS ne dit pas s’il a une adresse : {2}";
    /// Values: name, who says so.
    EHLO_WITHOUT_ADDRESS:
        "{0} ({1}) has no address in the DNS: some hosts refuse it",
        "{0} ({1}) n’a pas d’adresse dans le DNS : certains hôtes le refusent";
    /// Values: name, who says so, addresses.
    EHLO_PRIVATE:
        "{0} ({1}) has no address but {2} in the DNS that is asked here, which others cannot reach",
        "{0} ({1}) n’a d’autre adresse que {2} dans le DNS interrogé ici, que les autres ne peuvent pas joindre";
    /// Values: name, who says so, addresses.
    EHLO_GOOD: "{0} ({1}) has the address {2}", "{0} ({1}) a l’adresse {2}";
    OTHERS_SEE: "others see", "les autres voient";
    MAIL_LEAVES_FROM: "mail leaves from", "le courrier part de";
    /// Values: reverse name, name.
    REVERSE_PUBLISH:
        "ask whoever gave you the address (provider, host of the machine) for: {0}. PTR {1}.",
        "demandez à qui vous a donné l’adresse (fournisseur, hébergeur de la machine) : {0}. PTR {1}.";
    /// Values: address, why.
    REVERSE_NOT_KNOWN: "{0}: the DNS does not say its name: {1}", "{0} : le DNS ne dit pas son nom : {1}";
    /// Values: who sees it, address.
    REVERSE_NONE:
        "{0} {1}, which has no name (PTR): large providers refuse its mail",
        "{0} {1}, qui n’a pas de nom (PTR) : les grands fournisseurs refusent son courrier";
    /// Values: who sees it, address, name.
    REVERSE_GOOD: "{0} {1}, whose name is {2} and leads back", "{0} {1}, dont le nom est {2} et y ramène";
    /// Values: address, names.
    REVERSE_UNCONFIRMED:
        "{0}: the DNS does not say whether {1} leads back",
        "{0} : le DNS ne dit pas si {1} y ramène";
    /// Values: who sees it, address, names.
    REVERSE_ASTRAY:
        "{0} {1}, whose name {2} does not lead back to it: as good as none, large providers refuse its mail",
        "{0} {1}, dont le nom {2} n’y ramène pas : autant n’en pas avoir, les grands fournisseurs refusent son courrier";
    /// Values: name, address, what to ask for.
    REVERSE_ASTRAY_REMEDY:
        "in the DNS: {0}. A or AAAA {1}; or {2}",
        "dans le DNS : {0}. A ou AAAA {1} ; ou {2}";
    /// Values: who sees it, address, its name, the name in EHLO.
    REVERSE_RELATED:
        "{0} {1}, whose name {2} leads back, and is related to {3} in EHLO",
        "{0} {1}, dont le nom {2} y ramène et s’apparente à {3} dans EHLO";
    /// Values: who sees it, address, its name, who says the other, the name in EHLO.
    REVERSE_OTHER:
        "{0} {1}, whose name is {2}, while {3} says {4} in EHLO: some hosts distrust that",
        "{0} {1}, dont le nom est {2}, alors que {3} dit {4} dans EHLO : certains hôtes s’en méfient";
    /// Values: name, what changes it, what to ask for.
    REVERSE_OTHER_REMEDY: "say {0}: {1}; or {2}", "dites {0} : {1} ; ou {2}";

    // Hosts of the Internet.
    /// Subject.
    PORT_25_OUTWARDS: "Port 25 outwards", "Port 25 en sortie";
    /// Values: domain, why.
    NO_HOST_TO_TRY:
        "{0} has no host that could be tried: {1}",
        "{0} n’a pas d’hôte que l’on puisse essayer : {1}";
    NO_HOST_TO_TRY_REMEDY:
        "another domain whose mail works: relais check --to gmail.com",
        "un autre domaine dont le courrier fonctionne : relais check --to gmail.com";
    /// Values: domain.
    NO_HOST_ANSWERS:
        "no host of {0} answers: typical of a network that blocks port 25 outwards",
        "aucun hôte de {0} ne répond : typique d’un réseau qui bloque le port 25 en sortie";
    NO_HOST_ANSWERS_REMEDY:
        "ask your provider to open TCP port 25 outwards for this address (many do on request); look at your own firewall (nft list ruleset); or send by a smart host at port 587 (docs/tutorial-smart-host.md)",
        "demandez à votre fournisseur d’ouvrir le port TCP 25 en sortie pour cette adresse (beaucoup le font sur demande) ; regardez votre propre pare-feu (nft list ruleset) ; ou envoyez par un hôte actif sur le port 587 (docs/fr/tutorial-smart-host.md)";
    /// Values: domain.
    EVERY_HOST_CLOSED: "every host of {0} refuses the connection", "tous les hôtes de {0} refusent la connexion";
    EVERY_HOST_CLOSED_REMEDY:
        "try another domain; where all refuse, a firewall on the way does: nft list ruleset, then ask your provider",
        "essayez un autre domaine ; si tous refusent, c’est un pare-feu sur le chemin : nft list ruleset, puis demandez à votre fournisseur";
    /// Values: domain.
    NO_HOST_GREETS: "no host of {0} greets this server", "aucun hôte de {0} ne salue ce serveur";
    NO_HOST_GREETS_REMEDY:
        "what they say stands below; on a block list? Its operator's page takes the address off again",
        "ce qu’ils disent est ci-dessous ; sur une liste de blocage ? La page de qui la tient permet d’en retirer l’adresse";
    /// Values: host, address.
    HOST_AT: "{0} at {1}", "{0} ({1})";
    /// Values: host, greeting.
    HOST_OFFERS_TLS: "{0} answers \"{1}\"; STARTTLS is offered", "{0} répond « {1} » ; STARTTLS est proposé";
    /// Values: host, greeting.
    HOST_WITHOUT_TLS:
        "{0} answers \"{1}\"; STARTTLS is not offered: mail goes there in clear",
        "{0} répond « {1} » ; STARTTLS n’est pas proposé : le courrier y va en clair";
    /// Values: host, greeting.
    HOST_WITHOUT_EHLO: "{0} answers \"{1}\"; EHLO got no answer", "{0} répond « {1} » ; EHLO est resté sans réponse";
    HOST_WITHOUT_TLS_REMEDY:
        "where a host is known to offer STARTTLS, something on the way takes it out: a firewall that looks into SMTP (fixup, inspect), or a provider",
        "si l’on sait qu’un hôte propose STARTTLS, quelque chose l’enlève en chemin : un pare-feu qui regarde dans SMTP (fixup, inspect), ou un fournisseur";
    /// Values: host, its words.
    HOST_REFUSES: "{0} refuses this server: \"{1}\"", "{0} refuse ce serveur : « {1} »";
    HOST_REFUSES_REMEDY:
        "its words say why, often a block list; reverse DNS above is the usual cause",
        "ses mots disent pourquoi, souvent une liste de blocage ; le DNS inverse, ci-dessus, est la cause habituelle";
    /// Values: host.
    HOST_CLOSED: "{0} refuses the connection", "{0} refuse la connexion";
    /// Values: host.
    HOST_SILENT_V6: "{0} does not answer over IPv6", "{0} ne répond pas en IPv6";
    HOST_SILENT_V6_REMEDY:
        "harmless while others answer; IPv6 of this network may be half set up: ping -6",
        "sans gravité tant que d’autres répondent ; IPv6 n’est peut-être qu’à moitié en place sur ce réseau : ping -6";
    /// Values: host, seconds.
    HOST_SILENT: "{0} does not answer within {1} seconds", "{0} ne répond pas en {1} secondes";
    /// Values: host, seconds.
    HOST_WORDLESS:
        "{0} takes the connection and says nothing within {1} seconds",
        "{0} accepte la connexion et ne dit rien en {1} secondes";
    HOST_WORDLESS_REMEDY:
        "a host that is slow on purpose, or a firewall that answers in its place",
        "un hôte lent à dessein, ou un pare-feu qui répond à sa place";
    /// Values: host, why.
    HOST_UNREACHABLE: "{0} cannot be reached: {1}", "{0} ne peut pas être joint : {1}";
    HOST_UNREACHABLE_REMEDY: "ip route get shows the way", "ip route get montre le chemin";
}
