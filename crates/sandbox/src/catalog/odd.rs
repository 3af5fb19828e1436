//! The domains whose hosts break the rules of SMTP, each in one way.

use super::{Domain, domain};
use crate::{
    behaviour::Behaviour,
    oddity::Oddity::{self, *},
};

const fn odd(name: &'static str, oddity: Oddity, text: &'static str) -> Domain {
    domain(name, Behaviour::Odd(oddity), text)
}

/// All of them.
pub(super) const DOMAINS: &[Domain] = &[
    odd("closing-hello.example", ClosingHello, "421 4.3.2 to EHLO and closes."),
    odd("closing-mail.example", ClosingMail, "421 4.3.2 to MAIL and closes."),
    odd(
        "closing-rcpt.example",
        ClosingRecipient,
        "421 4.3.2 to RCPT and closes, in the middle of a pipelined group.",
    ),
    odd("closing-data.example", ClosingData, "421 4.3.2 to DATA and closes."),
    odd(
        "closing-content.example",
        ClosingContent,
        "421 4.3.2 after the data and closes: the message is not taken.",
    ),
    odd(
        "drop-connection.example",
        DropConnection,
        "Cuts each connection at once, without a greeting.",
    ),
    odd("drop-hello.example", DropHello, "Cuts the connection at EHLO, without a reply."),
    odd("drop-mail.example", DropMail, "Cuts the connection at MAIL, without a reply."),
    odd("drop-rcpt.example", DropRecipient, "Cuts the connection at RCPT, without a reply."),
    odd("drop-data.example", DropData, "Cuts the connection at DATA, without a reply."),
    odd(
        "drop-content.example",
        DropContent,
        "Cuts the connection as soon as the content begins to arrive.",
    ),
    odd(
        "taken-drop.example",
        TakenDrop,
        "Takes each message, but the first time cuts the connection instead of saying so: it arrives twice.",
    ),
    odd(
        "taken-reset.example",
        TakenReset,
        "Takes every message, says so and resets the connection at once.",
    ),
    odd(
        "one-message.example",
        OneMessage,
        "Takes every message and closes the connection after each, without a word.",
    ),
    odd(
        "slow-greeting.example",
        SlowGreeting,
        "Takes every message; its greeting takes five seconds.",
    ),
    odd(
        "fragments.example",
        Fragments,
        "Takes every message; each byte of its replies comes alone.",
    ),
    odd("trickle.example", Trickle, "Its greeting never ends: one byte a second."),
    odd("endless-reply.example", EndlessReply, "Its reply to EHLO has lines without end."),
    odd("endless-line.example", EndlessLine, "Its reply to EHLO is a line without end."),
    odd(
        "long-reply.example",
        LongReply,
        "Refuses every recipient (550 5.1.1) in 40 kilobytes of text.",
    ),
    odd("two-codes.example", TwoCodes, "Says 250 and 550 in one reply to RCPT."),
    odd("no-go-ahead.example", NoGoAhead, "250 to DATA, where 354 is due."),
    odd("go-ahead.example", GoAhead, "354 to RCPT, where 250 is due."),
    odd(
        "contradiction.example",
        Contradiction,
        "Its enhanced codes contradict: 250 5.7.1 for a message it takes, 550 2.1.5 to recipients whose name begins with no, 450 5.1.1 to those with later.",
    ),
    odd(
        "unusual-code.example",
        UnusualCode,
        "571 5.7.1 to every recipient: a code that no standard has.",
    ),
    odd(
        "control.example",
        Control,
        "550 5.1.1 to every recipient, with NUL, escape and carriage return in the text.",
    ),
    odd("early.example", Early, "Says all the replies of a session at once, before it is asked."),
    odd(
        "taken-early.example",
        TakenEarly,
        "Says that it has taken the message before it has got it.",
    ),
    odd(
        "loses-group.example",
        LosesGroup,
        "Offers PIPELINING and loses what comes behind MAIL; takes messages command by command.",
    ),
    odd(
        "loses-behind.example",
        LosesBehind,
        "Offers PIPELINING and closes when more comes with the end of a message; takes messages one by one.",
    ),
    odd(
        "tls-refused.example",
        TlsRefused,
        "Offers STARTTLS, then refuses it (454 4.7.0); takes messages in clear.",
    ),
    odd(
        "tls-injected.example",
        TlsInjected,
        "Says more than it should behind the reply to STARTTLS, as an attacker would; takes messages in clear.",
    ),
    odd(
        "tls-drop.example",
        TlsDrop,
        "Cuts the connection after STARTTLS; takes messages in clear.",
    ),
    odd(
        "tls-busy.example",
        TlsBusy,
        "Encrypts, then says 421 4.3.2 to EHLO and closes; takes messages in clear.",
    ),
    odd("refused-greeting.example", RefusedGreeting, "Answers every connection with 554 5.7.1."),
    odd("hello-later.example", HelloLater, "451 4.3.0 to EHLO and HELO."),
    odd(
        "few-recipients.example",
        FewRecipients,
        "Takes every message, for three recipients at a time; 452 4.5.3 to the others.",
    ),
    odd(
        "no-reset.example",
        NoReset,
        "Takes every message; 502 to RSET. Recipients whose name begins with no are refused (550 5.1.1).",
    ),
    odd("no-goodbye.example", NoGoodbye, "Takes every message and never answers QUIT."),
];
