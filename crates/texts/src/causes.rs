//! The catalogue of causes: what an enhanced status code (RFC 3463; transport.md section 8.5)
//! means to the person who wrote the message, and what that person can do about it.
//!
//! One list for what failed, one for what is still waiting; both go from the exact code over
//! the code's subject to a sentence that is always true.

use model::EnhancedCode;

use crate::language::Text;

/// A cause, for the author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// What happened, in one or two sentences.
    pub what: Text,
    /// What the reader can do.
    pub advice: Text,
}

/// Why a message could not be delivered to a recipient.
pub fn failure_cause(status: EnhancedCode) -> &'static Cause {
    exact(FAILURES, status)
        .or_else(|| exact(FAILURES, status.permanent()))
        .or_else(|| by_subject(FAILURE_SUBJECTS, status))
        .unwrap_or(&UNKNOWN_FAILURE)
}

/// Why a message has not been delivered to a recipient yet.
pub fn waiting_cause(status: EnhancedCode) -> &'static Cause {
    exact(WAITING, status)
        .or_else(|| by_subject(WAITING_SUBJECTS, status))
        .unwrap_or(&UNKNOWN_WAITING)
}

fn exact(list: &'static [(EnhancedCode, Cause)], status: EnhancedCode) -> Option<&'static Cause> {
    list.iter().find(|(code, _)| *code == status).map(|(_, cause)| cause)
}

fn by_subject(list: &'static [(u16, Cause)], status: EnhancedCode) -> Option<&'static Cause> {
    let text = status.to_string();
    let subject = text.split('.').nth(1).and_then(|subject| subject.parse::<u16>().ok())?;
    list.iter().find(|(number, _)| *number == subject).map(|(_, cause)| cause)
}

const fn cause(
    what_en: &'static str,
    what_fr: &'static str,
    advice_en: &'static str,
    advice_fr: &'static str,
) -> Cause {
    Cause { what: Text { en: what_en, fr: what_fr }, advice: Text { en: advice_en, fr: advice_fr } }
}

const fn code(class: u8, subject: u16, detail: u16) -> EnhancedCode {
    EnhancedCode::new(class, subject, detail)
}

const NO_SUCH_MAILBOX: Cause = cause(
    "There is no mailbox with this address.",
    "Cette adresse ne correspond à aucune boîte aux lettres.",
    "Check the address for typing errors and send the message again. If your mail program completed the address by itself, remove that suggestion and type the address in full. If the address is right, ask the recipient by other means whether it is still in use.",
    "Vérifiez l’orthographe de l’adresse, puis envoyez le message de nouveau. Si votre logiciel a complété l’adresse de lui-même, supprimez cette suggestion et saisissez l’adresse en entier. Si l’adresse est exacte, demandez au destinataire par un autre moyen si elle est toujours en service.",
);

const MAILBOX_FULL: Cause = cause(
    "The recipient’s mailbox is full.",
    "La boîte aux lettres du destinataire est pleine.",
    "Try again later, or tell the recipient by other means that the mailbox accepts no more messages.",
    "Réessayez plus tard, ou prévenez le destinataire par un autre moyen que sa boîte n’accepte plus de messages.",
);

const TOO_LARGE: Cause = cause(
    "The message is larger than allowed on its way to the recipient.",
    "Le message dépasse la taille autorisée sur le trajet vers le destinataire.",
    "Make the message smaller: leave out attachments, compress them, or share the files by a link. An attachment needs about a third more room in a message than on your disk.",
    "Réduisez la taille du message\u{a0}: retirez ou compressez les pièces jointes, ou partagez les fichiers par un lien. Une pièce jointe occupe dans un message environ un tiers de plus que sur votre disque.",
);

const NO_SUCH_DOMAIN: Cause = cause(
    "The part of the address after the @ does not exist or receives no mail.",
    "La partie de l’adresse qui suit le @ n’existe pas ou ne reçoit pas de courrier.",
    "Check the address for typing errors, above all after the @, and send the message again. If the address is right, tell the recipient by other means that mail cannot reach this domain.",
    "Vérifiez l’orthographe de l’adresse, surtout après le @, puis envoyez le message de nouveau. Si l’adresse est exacte, prévenez le destinataire par un autre moyen que ce domaine ne reçoit pas de courrier.",
);

const NOT_ALLOWED: Cause = cause(
    "The message was refused: you may not send to this recipient from your address, or the recipient’s mail system does not accept mail from us.",
    "Le message a été refusé\u{a0}: vous n’êtes pas autorisé à écrire à ce destinataire depuis votre adresse, ou sa messagerie n’accepte pas notre courrier.",
    "Ask the recipient by other means to allow your messages. If you are refused by many recipients, forward this notice to your administrator.",
    "Demandez au destinataire, par un autre moyen, d’autoriser vos messages. Si plusieurs destinataires vous refusent, transmettez ce rapport à votre administrateur.",
);

const LOOP: Cause = cause(
    "The message went round in circles between mail servers and was stopped.",
    "Le message tournait en boucle entre des serveurs de messagerie et a été arrêté.",
    "You cannot solve this yourself. Forward this notice to your administrator or to the recipient’s: a forwarding rule or a server setting is wrong.",
    "Vous ne pouvez pas y remédier vous-même. Transmettez ce rapport à votre administrateur ou à celui du destinataire\u{a0}: une règle de transfert ou un réglage de serveur est erroné.",
);

const SUSPECT_CONTENT: Cause = cause(
    "The recipient’s mail system refused the message because of its content or its origin, for instance as unwanted mail.",
    "La messagerie du destinataire a refusé le message en raison de son contenu ou de sa provenance, par exemple comme courrier indésirable.",
    "Change the text, leave out links and attachments and try again, or reach the recipient by other means. If ordinary messages are refused too, forward this notice to your administrator.",
    "Modifiez le texte, retirez les liens et les pièces jointes, puis réessayez, ou joignez le destinataire par un autre moyen. Si des messages ordinaires sont également refusés, transmettez ce rapport à votre administrateur.",
);

const SENDER_NOT_PROVEN: Cause = cause(
    "The recipient’s mail system could not verify that the message really comes from your domain, and refused it.",
    "La messagerie du destinataire n’a pas pu vérifier que le message vient bien de votre domaine et l’a refusé.",
    "You cannot solve this yourself. Forward this notice to your administrator: the SPF, DKIM or DMARC entries of your domain need attention.",
    "Vous ne pouvez pas y remédier vous-même. Transmettez ce rapport à votre administrateur\u{a0}: les enregistrements SPF, DKIM ou DMARC de votre domaine sont à revoir.",
);

const NEEDS_SECURITY: Cause = cause(
    "The message may only travel over a protected connection, and none could be made to the recipient’s mail system.",
    "Le message ne peut circuler que par une connexion protégée, et aucune n’a pu être établie avec la messagerie du destinataire.",
    "Forward this notice to your administrator. Do not send confidential content by another way unless you know that it is protected.",
    "Transmettez ce rapport à votre administrateur. N’envoyez pas de contenu confidentiel par une autre voie sans savoir si elle est protégée.",
);

const ADDRESS_NEEDS_UTF8: Cause = cause(
    "The message uses an address with special characters, such as accents, which the recipient’s mail system does not support.",
    "Le message utilise une adresse comportant des caractères spéciaux, par exemple des accents, que la messagerie du destinataire n’accepte pas.",
    "Ask the recipient for an address without special characters. If yours has some, send from another address.",
    "Demandez au destinataire une adresse sans caractères spéciaux. Si la vôtre en comporte, écrivez depuis une autre adresse.",
);

const CANNOT_CONVERT: Cause = cause(
    "The recipient’s mail system cannot take the message in its present form, and it may not be converted, for instance because it is signed.",
    "La messagerie du destinataire ne peut pas recevoir le message sous sa forme actuelle, et il ne peut pas être converti, par exemple parce qu’il est signé.",
    "Send the message again as plain text without accents or signature, or put the content into an attached document.",
    "Envoyez le message de nouveau en texte brut, sans accents ni signature, ou placez le contenu dans un document joint.",
);

const EXPIRED: Cause = cause(
    "We kept trying until the time allowed was over, but the recipient’s mail system could not be reached or did not take the message.",
    "Nous avons essayé jusqu’au bout du délai prévu, mais la messagerie du destinataire n’a pas pu être jointe ou n’a pas pris le message.",
    "Check the part of the address after the @. If it is right, try again later, or reach the recipient by other means: the mail system over there seems to be down.",
    "Vérifiez la partie de l’adresse qui suit le @. Si elle est exacte, réessayez plus tard, ou joignez le destinataire par un autre moyen\u{a0}: sa messagerie semble hors service.",
);

const TOO_MANY_RECIPIENTS: Cause = cause(
    "The message has more recipients than allowed.",
    "Le message a plus de destinataires qu’il n’est permis.",
    "Send the message again to fewer recipients at a time.",
    "Envoyez le message de nouveau, à moins de destinataires à la fois.",
);

const BAD_ADDRESS: Cause = cause(
    "The address is not written the way mail addresses are.",
    "L’adresse n’est pas écrite comme une adresse de messagerie.",
    "Correct the address (name@domain, without blanks) and send the message again.",
    "Corrigez l’adresse (nom@domaine, sans espace), puis envoyez le message de nouveau.",
);

const BAD_CONTENT: Cause = cause(
    "The message is damaged or not built as the rules for mail demand.",
    "Le message est endommagé ou n’est pas construit selon les règles du courrier électronique.",
    "Write the message anew and send it again. If it came from a program or device, forward this notice to whoever looks after it.",
    "Rédigez un nouveau message et envoyez-le. S’il provient d’un programme ou d’un appareil, transmettez ce rapport à la personne qui s’en occupe.",
);

const REMOTE_FAULT: Cause = cause(
    "The recipient’s mail system has a fault and did not take the message.",
    "La messagerie du destinataire est en panne et n’a pas pris le message.",
    "Try again later, or reach the recipient by other means.",
    "Réessayez plus tard, ou joignez le destinataire par un autre moyen.",
);

const FAILURES: &[(EnhancedCode, Cause)] = &[
    (code(5, 1, 1), NO_SUCH_MAILBOX),
    (code(5, 1, 2), NO_SUCH_DOMAIN),
    (code(5, 1, 3), BAD_ADDRESS),
    (
        code(5, 1, 4),
        cause(
            "The address fits more than one mailbox, so the message could not be delivered to any.",
            "L’adresse correspond à plusieurs boîtes aux lettres\u{a0}; le message n’a pu être remis à aucune.",
            "Ask the recipient for an exact address, or forward this notice to your administrator.",
            "Demandez au destinataire une adresse exacte, ou transmettez ce rapport à votre administrateur.",
        ),
    ),
    (
        code(5, 1, 6),
        cause(
            "The mailbox has moved and its new address is not known here.",
            "La boîte aux lettres a été déplacée et sa nouvelle adresse n’est pas connue ici.",
            "Ask the recipient by other means for the new address.",
            "Demandez au destinataire sa nouvelle adresse par un autre moyen.",
        ),
    ),
    (
        code(5, 1, 7),
        cause(
            "Your own address was refused as a sender.",
            "Votre propre adresse a été refusée comme expéditeur.",
            "Check the sender address set in your mail program. If it is right, forward this notice to your administrator.",
            "Vérifiez l’adresse d’expéditeur réglée dans votre logiciel. Si elle est exacte, transmettez ce rapport à votre administrateur.",
        ),
    ),
    (
        code(5, 1, 8),
        cause(
            "Your own address was refused as a sender: its domain is not known to the recipient’s mail system.",
            "Votre propre adresse a été refusée comme expéditeur\u{a0}: son domaine n’est pas connu de la messagerie du destinataire.",
            "Check the sender address set in your mail program. If it is right, forward this notice to your administrator.",
            "Vérifiez l’adresse d’expéditeur réglée dans votre logiciel. Si elle est exacte, transmettez ce rapport à votre administrateur.",
        ),
    ),
    (
        code(5, 1, 10),
        cause(
            "This address cannot receive mail: there is no such mailbox, or the domain after the @ receives no mail at all.",
            "Cette adresse ne peut pas recevoir de courrier\u{a0}: la boîte aux lettres n’existe pas, ou le domaine qui suit le @ ne reçoit aucun courrier.",
            "Check the address for typing errors, or ask the recipient for another address.",
            "Vérifiez l’orthographe de l’adresse, ou demandez une autre adresse au destinataire.",
        ),
    ),
    (
        code(5, 2, 1),
        cause(
            "The recipient’s mailbox exists, but accepts no messages at present.",
            "La boîte aux lettres du destinataire existe, mais n’accepte pas de messages pour le moment.",
            "Reach the recipient by other means: the mailbox may be closed or blocked.",
            "Joignez le destinataire par un autre moyen\u{a0}: sa boîte est peut-être fermée ou bloquée.",
        ),
    ),
    (code(5, 2, 2), MAILBOX_FULL),
    (code(5, 2, 3), TOO_LARGE),
    (
        code(5, 2, 4),
        cause(
            "The group or mailing list could not be resolved to its members.",
            "Les membres du groupe ou de la liste de diffusion n’ont pas pu être déterminés.",
            "Write to the members directly, or tell the owner of the list.",
            "Écrivez directement aux membres, ou prévenez le responsable de la liste.",
        ),
    ),
    (code(5, 3, 4), TOO_LARGE),
    (code(5, 3, 5), LOOP),
    (
        code(5, 4, 1),
        cause(
            "The recipient’s mail system cannot be reached or does not accept mail for this address.",
            "La messagerie du destinataire est injoignable ou n’accepte pas de courrier pour cette adresse.",
            "Check the part of the address after the @. If it is right, try again later, or reach the recipient by other means.",
            "Vérifiez la partie de l’adresse qui suit le @. Si elle est exacte, réessayez plus tard, ou joignez le destinataire par un autre moyen.",
        ),
    ),
    (code(5, 4, 4), NO_SUCH_DOMAIN),
    (code(5, 4, 6), LOOP),
    (code(5, 4, 14), LOOP),
    (code(4, 4, 7), EXPIRED),
    (code(5, 4, 7), EXPIRED),
    (code(5, 4, 8), LOOP),
    (code(5, 5, 3), TOO_MANY_RECIPIENTS),
    (code(5, 6, 1), BAD_CONTENT),
    (code(5, 6, 3), CANNOT_CONVERT),
    (code(5, 6, 7), ADDRESS_NEEDS_UTF8),
    (code(5, 6, 9), ADDRESS_NEEDS_UTF8),
    (
        code(5, 6, 11),
        cause(
            "The message holds line ends that the rules for mail forbid and that serve to deceive mail systems.",
            "Le message contient des fins de ligne que les règles du courrier interdisent et qui servent à tromper les messageries.",
            "Write the message anew in an ordinary mail program. If it came from a program or device, forward this notice to whoever looks after it.",
            "Rédigez de nouveau le message dans un logiciel de messagerie ordinaire. S’il provient d’un programme ou d’un appareil, transmettez ce rapport à la personne qui s’en occupe.",
        ),
    ),
    (code(5, 7, 1), NOT_ALLOWED),
    (
        code(5, 7, 2),
        cause(
            "You may not send to this mailing list.",
            "Vous n’êtes pas autorisé à écrire à cette liste de diffusion.",
            "Ask the owner of the list to let you write to it.",
            "Demandez au responsable de la liste de vous y autoriser.",
        ),
    ),
    (code(5, 7, 10), NEEDS_SECURITY),
    (code(5, 7, 20), SENDER_NOT_PROVEN),
    (code(5, 7, 21), SENDER_NOT_PROVEN),
    (code(5, 7, 22), SENDER_NOT_PROVEN),
    (code(5, 7, 23), SENDER_NOT_PROVEN),
    (code(5, 7, 24), SENDER_NOT_PROVEN),
    (code(5, 7, 25), SENDER_NOT_PROVEN),
    (code(5, 7, 26), SENDER_NOT_PROVEN),
    (
        code(5, 7, 27),
        cause(
            "Your own address belongs to a domain that receives no mail, so it was refused as a sender.",
            "Votre propre adresse appartient à un domaine qui ne reçoit pas de courrier\u{a0}; elle a été refusée comme expéditeur.",
            "Send from another address, or forward this notice to your administrator.",
            "Écrivez depuis une autre adresse, ou transmettez ce rapport à votre administrateur.",
        ),
    ),
    (code(5, 7, 28), SUSPECT_CONTENT),
    (code(5, 7, 30), NEEDS_SECURITY),
    (
        code(5, 7, 60),
        cause(
            "You may not send with this sender address.",
            "Vous n’êtes pas autorisé à écrire avec cette adresse d’expéditeur.",
            "Choose one of your own addresses as the sender and send the message again.",
            "Choisissez l’une de vos propres adresses comme expéditeur, puis envoyez le message de nouveau.",
        ),
    ),
];

/// By the second number of the code (RFC 3463 section 3).
const FAILURE_SUBJECTS: &[(u16, Cause)] = &[
    (
        1,
        cause(
            "The address was refused by the recipient’s mail system.",
            "L’adresse a été refusée par la messagerie du destinataire.",
            "Check the address for typing errors and send the message again. If it is right, ask the recipient by other means whether it is still in use.",
            "Vérifiez l’orthographe de l’adresse, puis envoyez le message de nouveau. Si elle est exacte, demandez au destinataire par un autre moyen si elle est toujours en service.",
        ),
    ),
    (
        2,
        cause(
            "The recipient’s mailbox did not accept the message.",
            "La boîte aux lettres du destinataire n’a pas accepté le message.",
            "Reach the recipient by other means, and try again later.",
            "Joignez le destinataire par un autre moyen, et réessayez plus tard.",
        ),
    ),
    (3, REMOTE_FAULT),
    (
        4,
        cause(
            "We found no way to reach the recipient’s mail system.",
            "Nous n’avons trouvé aucun moyen de joindre la messagerie du destinataire.",
            "Check the part of the address after the @. If it is right, try again later, or forward this notice to your administrator.",
            "Vérifiez la partie de l’adresse qui suit le @. Si elle est exacte, réessayez plus tard, ou transmettez ce rapport à votre administrateur.",
        ),
    ),
    (
        5,
        cause(
            "Our server and the recipient’s did not understand each other.",
            "Notre serveur et celui du destinataire ne se sont pas compris.",
            "Send the message again. If it is refused once more, forward this notice to your administrator.",
            "Envoyez le message de nouveau. S’il est encore refusé, transmettez ce rapport à votre administrateur.",
        ),
    ),
    (6, BAD_CONTENT),
    (7, SUSPECT_CONTENT),
];

const UNKNOWN_FAILURE: Cause = cause(
    "The recipient’s mail system did not accept the message. The details below say more.",
    "La messagerie du destinataire n’a pas accepté le message. Les détails ci-dessous en disent plus.",
    "Check the address and send the message again. If it is refused once more, forward this notice to your administrator.",
    "Vérifiez l’adresse, puis envoyez le message de nouveau. S’il est encore refusé, transmettez ce rapport à votre administrateur.",
);

const WAIT: Text = Text {
    en: "Nothing for now: we keep trying. If it is urgent, reach the recipient by other means.",
    fr: "Rien pour l’instant\u{a0}: les tentatives se poursuivent. En cas d’urgence, joignez le destinataire par un autre moyen.",
};

const CHECK_AND_WAIT: Text = Text {
    en: "Check the part of the address after the @. If it is right, there is nothing to do for now: we keep trying.",
    fr: "Vérifiez la partie de l’adresse qui suit le @. Si elle est exacte, il n’y a rien à faire pour l’instant\u{a0}: les tentatives se poursuivent.",
};

const fn waiting(en: &'static str, fr: &'static str, advice: Text) -> Cause {
    Cause { what: Text { en, fr }, advice }
}

const UNREACHABLE: Cause = waiting(
    "The recipient’s mail system cannot be reached at present.",
    "La messagerie du destinataire est injoignable pour le moment.",
    CHECK_AND_WAIT,
);

const POSTPONED: Cause = waiting(
    "The recipient’s mail system has postponed the message, as many do with senders they do not know yet.",
    "La messagerie du destinataire a remis le message à plus tard, comme beaucoup le font avec les expéditeurs qu’elles ne connaissent pas encore.",
    WAIT,
);

const WAITING: &[(EnhancedCode, Cause)] = &[
    (code(4, 2, 2), waiting(MAILBOX_FULL.what.en, MAILBOX_FULL.what.fr, WAIT)),
    (
        code(4, 4, 3),
        waiting(
            "The domain after the @ could not be looked up at present.",
            "Le domaine qui suit le @ n’a pas pu être consulté pour le moment.",
            CHECK_AND_WAIT,
        ),
    ),
    (
        code(4, 4, 4),
        waiting(
            "We have not found a way to reach the recipient’s mail system yet.",
            "Nous n’avons pas encore trouvé le moyen de joindre la messagerie du destinataire.",
            CHECK_AND_WAIT,
        ),
    ),
    (
        code(4, 7, 5),
        waiting(
            "The message may only travel over a protected connection, and none can be made to the recipient’s mail system at present.",
            "Le message ne peut circuler que par une connexion protégée, et aucune ne peut être établie pour le moment avec la messagerie du destinataire.",
            WAIT,
        ),
    ),
];

const WAITING_SUBJECTS: &[(u16, Cause)] = &[
    (1, POSTPONED),
    (
        2,
        waiting(
            "The recipient’s mailbox accepts no messages at present.",
            "La boîte aux lettres du destinataire n’accepte pas de messages pour le moment.",
            WAIT,
        ),
    ),
    (
        3,
        waiting(
            "The recipient’s mail system is overloaded or under maintenance.",
            "La messagerie du destinataire est surchargée ou en cours de maintenance.",
            WAIT,
        ),
    ),
    (4, UNREACHABLE),
    (7, POSTPONED),
];

const UNKNOWN_WAITING: Cause = waiting(
    "The recipient’s mail system has not accepted the message yet.",
    "La messagerie du destinataire n’a pas encore accepté le message.",
    WAIT,
);

#[cfg(test)]
mod tests;
