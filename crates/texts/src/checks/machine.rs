//! The machine: whose files they are, its disk, its clock, its rights.

super::texts! {
    // Who may do what with files.
    /// Values: path.
    DOES_NOT_EXIST: "{0} does not exist", "{0} n’existe pas";
    /// Values: user, directory.
    MAY_NOT_ENTER: "{0} may not enter {1}", "{0} ne peut pas entrer dans {1}";
    /// Values: user, path, mode.
    MAY_NOT_READ: "{0} may not read {1} (mode {2})", "{0} ne peut pas lire {1} (mode {2})";
    /// Values: user, path, mode.
    MAY_NOT_WRITE: "{0} may not write to {1} (mode {2})", "{0} ne peut pas écrire dans {1} (mode {2})";
    /// Values: user, path, mode.
    MAY_NOT_RUN: "{0} may not run {1} (mode {2})", "{0} ne peut pas exécuter {1} (mode {2})";

    // The clock.
    /// Subject.
    CLOCK: "Clock", "Horloge";
    /// Values: now, when the program was made.
    CLOCK_BEHIND:
        "it says {0}, and the file of this program was made later ({1}): certificates seem not to be valid yet",
        "elle dit {0}, or le fichier de ce programme est plus récent ({1}) : les certificats semblent ne pas être encore valables";
    CLOCK_SET:
        "timedatectl set-ntp true; without a network: date -s \"YYYY-MM-DD hh:mm:ss\"",
        "timedatectl set-ntp true ; sans réseau : date -s \"AAAA-MM-JJ hh:mm:ss\"";
    /// Values: zone.
    CLOCK_ZONE: " (time zone {0})", " (fuseau horaire {0})";
    /// Values: now, zone.
    CLOCK_SYNCHRONIZED: "it is synchronized: {0}{1}", "elle est synchronisée : {0}{1}";
    /// Values: program, now, zone.
    CLOCK_UNSYNCHRONIZED:
        "it is not synchronized, though {0} runs: {1}{2}",
        "elle n’est pas synchronisée, bien que {0} soit actif : {1}{2}";
    CLOCK_UNSYNCHRONIZED_REMEDY:
        "chronyc tracking or timedatectl timesync-status says why; UDP port 123 outwards has to be open",
        "chronyc tracking ou timedatectl timesync-status dit pourquoi ; le port UDP 123 doit être ouvert en sortie";
    /// Values: now, zone.
    CLOCK_UNKEPT: "nobody keeps it right: {0}{1}", "personne ne la tient à l’heure : {0}{1}";
    CLOCK_INSTALL:
        "apt install chrony, or: timedatectl set-ntp true",
        "apt install chrony, ou : timedatectl set-ntp true";
    /// Values: program, now, zone.
    CLOCK_KEPT:
        "{0} runs; whether it is synchronized cannot be seen: {1}{2}",
        "{0} est actif ; on ne voit pas si elle est synchronisée : {1}{2}";
    /// Values: now, zone.
    CLOCK_UNKNOWN:
        "whether anybody keeps it right cannot be seen: {0}{1}",
        "on ne voit pas si quelqu’un la tient à l’heure : {0}{1}";
    CLOCK_UNKNOWN_REMEDY:
        "in a container the host does: look there. Else apt install chrony, or: timedatectl set-ntp true",
        "dans un conteneur, c’est l’hôte qui le fait : regardez là-bas. Sinon apt install chrony, ou : timedatectl set-ntp true";

    // Flushing the disk.
    /// Subject.
    FLUSH: "Flush", "Écriture sur disque";
    /// Values: place, median, how many, nearly all within.
    FLUSH_TAKES:
        "one in {0} takes {1} (median of {2}; 99 of 100 within {3})",
        "dans {0}, une écriture prend {1} (médiane de {2} ; 99 sur 100 en {3} au plus)";
    /// Values: what it takes.
    FLUSH_IN_MEMORY:
        "{0}, in memory: it says nothing of a disk",
        "{0}, en mémoire : cela ne dit rien d’un disque";
    /// Values: what it takes, messages.
    FLUSH_PACE:
        "{0}: a client that waits for each 250 gets about {1} messages a second through; those of many clients share a flush (docs/spool.md)",
        "{0} : un client qui attend chaque 250 fait passer environ {1} messages par seconde ; ceux de nombreux clients partagent une écriture (docs/spool.md)";
    FLUSH_SLOW_REMEDY:
        "a disk with memory that survives a power cut (an SSD for servers, a controller with a battery) takes a hundredth of that",
        "un disque dont la mémoire survit à une coupure de courant (un SSD pour serveurs, un contrôleur à batterie) en prend le centième";
    /// Values: what it takes, what its cache says.
    FLUSH_TOO_FAST:
        "{0}: faster than most media are. Either the disk's memory survives a power cut, or the flush does not reach the medium and a power cut loses mail that was answered with 250{1}",
        "{0} : plus vite que la plupart des supports. Ou bien la mémoire du disque survit à une coupure de courant, ou bien l’écriture n’atteint pas le support et une coupure perd du courrier auquel on a répondu 250{1}";
    FLUSH_TOO_FAST_REMEDY:
        "on a virtual machine: let the host pass flushes on (QEMU cache=none or writethrough, never unsafe); on a disk of your own: hdparm -W /dev/sdX or nvme get-feature -f 6 /dev/nvme0 show its cache, hdparm -W0 turns it off",
        "sur une machine virtuelle : que l’hôte transmette les écritures (QEMU cache=none ou writethrough, jamais unsafe) ; sur un disque à vous : hdparm -W /dev/sdX ou nvme get-feature -f 6 /dev/nvme0 montrent son cache, hdparm -W0 le désactive";
    /// Values: what its cache says.
    FLUSH_HONESTY:
        "whether a flush reaches the medium only cutting the power shows; the time it takes speaks for it{0}",
        "seule une coupure de courant montre si une écriture atteint le support ; le temps qu’elle prend parle pour elle{0}";
    /// Values: file.
    CACHE_WRITE_BACK:
        ". {0} says write back: the disk has a cache, and is told to empty it",
        ". {0} dit write back : le disque a un cache, et reçoit l’ordre de le vider";
    /// Values: file, what it says.
    CACHE_OTHER:
        ". {0} says {1}: the system believes that nothing has to be flushed, and sends no flush",
        ". {0} dit {1} : le système croit que rien n’est à vider, et n’envoie pas d’ordre";
    CACHE_UNSEEN:
        ". The cache of its disk cannot be seen from here (/sys/block/*/queue/write_cache)",
        ". Le cache de son disque ne se voit pas d’ici (/sys/block/*/queue/write_cache)";
    /// Values: place.
    FLUSH_NOT_YET: "not measured: {0} is not there yet", "pas mesurée : {0} n’existe pas encore";
    FLUSH_NOT_YET_REMEDY:
        "after the first start, once more: relais check",
        "après le premier démarrage, à nouveau : relais check";
    /// Values: place, why.
    FLUSH_UNMEASURED: "not measured in {0}: {1}", "pas mesurée dans {0} : {1}";
    AS_ROOT_OR_SERVER:
        "as root or as the user of the server: sudo relais check",
        "en tant que root ou de l’utilisateur du serveur : sudo relais check";

    // Directories and files.
    /// Subject.
    DATA_DIRECTORY: "Data directory", "Répertoire de données";
    /// Subject.
    DIRECTORY_PLACE: "Directory", "Répertoire";
    /// Subject.
    FILE: "File", "Fichier";
    /// Values: path, why.
    PLACE_HIDDEN: "{0} cannot be looked at: {1}", "{0} ne peut pas être examiné : {1}";
    /// Values: path, why.
    INSIDE_HIDDEN:
        "what is inside cannot be looked at: {0}: {1}",
        "ce qui est dedans ne peut pas être examiné : {0} : {1}";
    /// Values: command.
    AS_ROOT_OR_OWNER: "as root or as its owner: {0}", "en tant que root ou de son propriétaire : {0}";
    /// Values: path, user.
    PLACE_CLOSED:
        "{0} belongs to {1}, and nobody else may read it",
        "{0} appartient à {1}, et personne d’autre ne peut le lire";
    /// Values: path.
    PLACE_NOT_YET:
        "{0} is not there yet: the first start makes it",
        "{0} n’existe pas encore : le premier démarrage le crée";
    /// Values: path, why.
    PLACE_CANNOT_BE_MADE:
        "{0} is not there and cannot be made: {1}",
        "{0} n’existe pas et ne peut pas être créé : {1}";
    /// Values: path, its owner, the server's user.
    PLACE_OF_ANOTHER:
        "{0} belongs to {1}, and the server runs as {2}",
        "{0} appartient à {1}, et le serveur s’exécute en tant que {2}";
    /// Values: path, mode.
    PLACE_SHUT:
        "{0} has mode {1}: its owner may not read and write it",
        "{0} est en mode {1} : son propriétaire ne peut pas le lire et y écrire";
    /// Values: path, mode.
    PLACE_OPEN:
        "{0} has mode {1}: others have rights to it",
        "{0} est en mode {1} : d’autres y ont des droits";
    /// Values: path, mode.
    KEY_OPEN:
        "{0} has mode {1}: others have rights to it, and the server does not start with it",
        "{0} est en mode {1} : d’autres y ont des droits, et le serveur ne démarre pas ainsi";

    // The file system.
    /// Subject.
    FILE_SYSTEM: "File system", "Système de fichiers";
    /// Values: path.
    READ_ONLY: "{0} is mounted read-only", "{0} est monté en lecture seule";
    READ_ONLY_REMEDY:
        "dmesg | tail says why, if it was not meant; then: mount -o remount,rw on its mount point",
        "dmesg | tail dit pourquoi, si ce n’était pas voulu ; puis : mount -o remount,rw sur son point de montage";
    /// Values: path.
    KIND_UNSEEN:
        "it cannot be seen which kind {0} is on",
        "on ne voit pas sur quelle sorte se trouve {0}";
    LOCAL_REMEDY:
        "put the data directory on a local file system, such as ext4 or XFS, and name it: relais serve --data DIR",
        "placez le répertoire de données sur un système de fichiers local, tel qu’ext4 ou XFS, et indiquez-le : relais serve --data RÉPERTOIRE";
    /// Values: path, kind.
    ON_MEMORY:
        "{0} is on {1}, in memory: accepted mail is lost when the machine stops",
        "{0} est sur {1}, en mémoire : le courrier accepté est perdu quand la machine s’arrête";
    /// Values: path.
    ON_NFS4:
        "{0} is on nfs4: whether a flush reaches a disk and a lock holds is up to the file server, and all mail stops while that is away",
        "{0} est sur nfs4 : qu’une écriture atteigne un disque et qu’un verrou tienne dépend du serveur de fichiers, et tout le courrier s’arrête quand il est absent";
    /// Values: path, kind.
    ON_NETWORK:
        "{0} is on {1}, a network file system: the spool's write-ahead log and locks do not work over one",
        "{0} est sur {1}, un système de fichiers en réseau : le journal et les verrous de la base des files d’attente n’y fonctionnent pas";
    /// Values: path.
    ON_OVERLAY:
        "{0} is on overlay, the layer of a container: accepted mail is lost with the container",
        "{0} est sur overlay, la couche d’un conteneur : le courrier accepté est perdu avec le conteneur";
    OVERLAY_REMEDY:
        "mount a volume at the data directory (packaging/container)",
        "montez un volume sur le répertoire de données (packaging/container)";
    /// Values: path, kind.
    ON_FUSE:
        "{0} is on {1}: whether it keeps what it has been told to flush is up to a program",
        "{0} est sur {1} : garder ce qu’on lui a dit d’écrire dépend d’un programme";
    /// Values: path, kind.
    ON_KIND: "{0} is on {1}", "{0} est sur {1}";
    /// Subject.
    ROOM: "Room", "Place";
    /// Values: number.
    MEGABYTES: "{0} MB", "{0} Mo";
    /// Values: number.
    GIGABYTES: "{0} GB", "{0} Go";
    /// Values: free, all.
    ROOM_FREE: "{0} of {1} are free", "{0} libres sur {1}";
    /// Values: free, all, reserve.
    ROOM_NONE:
        "{0} of {1} are free: the server refuses mail (less than {2} free)",
        "{0} libres sur {1} : le serveur refuse le courrier (moins de {2} libres)";
    /// Values: free, all, reserve.
    ROOM_LITTLE:
        "{0} of {1} are free: close to where the server refuses mail ({2})",
        "{0} libres sur {1} : près du point où le serveur refuse le courrier ({2})";
    /// Values: path.
    ROOM_REMEDY:
        "du -xsh {0}/* shows what is large; docs/back-pressure.md and docs/disk-trouble.md say what happens when",
        "du -xsh {0}/* montre ce qui est gros ; docs/fr/back-pressure.md et docs/fr/disk-trouble.md disent ce qui arrive et quand";
    /// Subject.
    INODES: "Inodes", "Inodes";
    INODES_NONE: "none is free: no file can be made", "aucun n’est libre : aucun fichier ne peut être créé";
    /// Values: free, all.
    INODES_FREE: "{0} of {1} are free", "{0} libres sur {1}";
    /// Values: path.
    INODES_REMEDY:
        "du --inodes -xd1 {0} | sort -n | tail shows where small files are",
        "du --inodes -xd1 {0} | sort -n | tail montre où sont les petits fichiers";

    // User and rights.
    /// Subject.
    USER: "User", "Utilisateur";
    /// Values: path.
    KNOWN_BY_OWNER: "owns {0}", "propriétaire de {0}";
    /// Values: process.
    KNOWN_BY_PROCESS: "process {0}", "processus {0}";
    KNOWN_BY_UNIT: "relais.service says so", "relais.service le dit";
    KNOWN_AS_MADE: "made for it", "créé pour lui";
    KNOWN_BY_NOTHING:
        "as whoever runs this check; nothing says otherwise yet",
        "comme qui lance cet examen ; rien ne dit encore autre chose";
    /// Values: user, how that is known, the unit's user.
    USER_UNLIKE_UNIT:
        "the server runs as {0} ({1}), its unit says {2}",
        "le serveur s’exécute en tant que {0} ({1}), son unité dit {2}";
    /// Values: the unit's user.
    USER_UNLIKE_UNIT_REMEDY:
        "stop it and start it as the service: systemctl start relais; chown -R {0} its data directory before",
        "arrêtez-le et démarrez-le comme service : systemctl start relais ; auparavant chown -R {0} sur son répertoire de données";
    /// Values: how that is known.
    RUNS_AS_ROOT:
        "the server runs as root ({0}): more than it needs",
        "le serveur s’exécute en tant que root ({0}) : plus qu’il n’en faut";
    /// Values: how that is known.
    WOULD_RUN_AS_ROOT:
        "the server would run as root ({0}): more than it needs",
        "le serveur s’exécuterait en tant que root ({0}) : plus qu’il n’en faut";
    ROOT_REMEDY:
        "the package (docs/install.md) has a user and a unit of its own; by hand: adduser --system --group relais, chown -R relais: on the data directory, then start it as that user",
        "le paquet (docs/fr/install.md) a un utilisateur et une unité à lui ; à la main : adduser --system --group relais, chown -R relais: sur le répertoire de données, puis démarrez-le en tant que cet utilisateur";
    /// Values: user, how that is known.
    RUNS_AS: "the server runs as {0} ({1})", "le serveur s’exécute en tant que {0} ({1})";
    /// Values: user, how that is known.
    WOULD_RUN_AS: "the server would run as {0} ({1})", "le serveur s’exécuterait en tant que {0} ({1})";
    /// Subject.
    LOW_PORTS: "Low ports", "Ports réservés";
    BY_ROOT: "root may", "root le peut";
    BY_UNIT: "the unit gives CAP_NET_BIND_SERVICE", "l’unité donne CAP_NET_BIND_SERVICE";
    BY_FILE: "the program file has cap_net_bind_service", "le fichier du programme a cap_net_bind_service";
    /// Values: port, why.
    LOW_PORTS_FREE: "{0} can be listened on: {1}", "on peut écouter sur {0} : {1}";
    /// Values: user, first free port, port.
    LOW_PORTS_CLOSED:
        "{0} may not listen on ports below {1}, and {2} is one",
        "{0} ne peut pas écouter sur les ports au-dessous de {1}, dont {2}";
    LOW_PORTS_UNIT_REMEDY:
        "systemctl edit relais, with the lines [Service] and AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "systemctl edit relais, avec les lignes [Service] et AmbientCapabilities=CAP_NET_BIND_SERVICE";
    /// Values: program file.
    LOW_PORTS_FILE_REMEDY:
        "start it by its systemd unit (docs/install.md), or: setcap cap_net_bind_service=+ep {0}",
        "démarrez-le par son unité systemd (docs/fr/install.md), ou : setcap cap_net_bind_service=+ep {0}";
    /// Subject.
    OPEN_FILES: "Open files", "Fichiers ouverts";
    UNLIMITED_FILES: "without a limit", "sans limite";
    /// Values: limit.
    FILES_UNKNOWN:
        "{0} may be open; how many connections are allowed is not known yet, or not limited",
        "{0} peuvent être ouverts ; le nombre de connexions permises n’est pas encore connu, ou pas limité";
    /// Values: limit, needed.
    FILES_ENOUGH:
        "{0} may be open; {1} are needed at most",
        "{0} peuvent être ouverts ; il en faut {1} au plus";
    /// Values: limit, connections.
    FILES_FEW:
        "{0} may be open, and {1} connections are allowed: beyond the limit new connections are not taken",
        "{0} peuvent être ouverts, et {1} connexions sont permises : au-delà de la limite, aucune nouvelle connexion n’est acceptée";
    /// Values: limit.
    FILES_FEW_REMEDY:
        "systemctl edit relais, with the lines [Service] and LimitNOFILE={0}; or allow fewer: Set-ReceiveConnector -MaxInboundConnection",
        "systemctl edit relais, avec les lignes [Service] et LimitNOFILE={0} ; ou permettez-en moins : Set-ReceiveConnector -MaxInboundConnection";
}
