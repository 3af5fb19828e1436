//! Hosts that break the rules of SMTP, each in one way: at which moment, and what they do then. No
//! I/O: the session asks, this answers.

use std::time::Duration;

use serde::Serialize;

/// The rule a host breaks. What it does is said in the list of domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[rustfmt::skip]
pub(crate) enum Oddity {
    // It closes in good order, with 421.
    ClosingHello, ClosingMail, ClosingRecipient, ClosingData, ClosingContent,
    // It cuts the connection.
    DropConnection, DropHello, DropMail, DropRecipient, DropData, DropContent,
    // It does so when it has taken a message.
    TakenDrop, TakenReset, OneMessage,
    // It is slow, or never done.
    SlowGreeting, Fragments, Trickle, EndlessReply, EndlessLine, LongReply,
    // It says what is not due.
    TwoCodes, NoGoAhead, GoAhead, Contradiction, UnusualCode, Control, Early, TakenEarly,
    // It does not keep to what it offers.
    LosesGroup, LosesBehind, TlsRefused, TlsInjected, TlsDrop, TlsBusy,
    // It refuses what it should not, or does not answer.
    RefusedGreeting, HelloLater, FewRecipients, NoReset, NoGoodbye,
}

/// A moment at which a host may do something of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The client is there; a greeting is due.
    Connected,
    /// EHLO or HELO.
    Hello {
        under_tls: bool,
    },
    StartTls,
    /// MAIL; with other commands behind it.
    Mail {
        in_group: bool,
    },
    Recipient,
    Data,
    /// The first bytes of the content.
    Content,
    Reset,
    Quit,
    /// Another command.
    Other,
}

/// What it does then, instead of what is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Says this, or nothing; the command is not carried out.
    Say(&'static str),
    /// Says this, or nothing, and closes the connection.
    Close(&'static str),
    /// Says this, or nothing, and resets the connection.
    Reset(&'static str),
    /// Says this until the client goes, with a rest after each time.
    Endless(&'static str, Duration),
}

const GOING_DOWN: Act = Act::Close("421 4.3.2 Service going down; try again later\r\n");
const CUT: Act = Act::Close("");
const EVERYTHING: &str = "220 mx1.early.example ESMTP\r\n250 mx1.early.example\r\n250 2.1.0 Ok\r\n\
                          250 2.1.5 Ok\r\n354 Go ahead\r\n250 2.0.0 Taken\r\n";

impl Moment {
    /// The moment of a command, with others behind it or not, under TLS or not.
    pub(crate) fn of(line: &[u8], in_group: bool, under_tls: bool) -> Self {
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_slice() {
            b"EHLO" | b"HELO" => Self::Hello { under_tls },
            b"STAR" => Self::StartTls,
            b"MAIL" => Self::Mail { in_group },
            b"RCPT" => Self::Recipient,
            b"DATA" | b"BDAT" => Self::Data,
            b"RSET" => Self::Reset,
            b"QUIT" => Self::Quit,
            _ => Self::Other,
        }
    }
}

impl Oddity {
    /// What it does at this moment; `None` is what every host does.
    pub(crate) fn at(self, moment: Moment) -> Option<Act> {
        Some(match (self, moment) {
            (Self::ClosingHello, Moment::Hello { .. })
            | (Self::TlsBusy, Moment::Hello { under_tls: true })
            | (Self::ClosingMail, Moment::Mail { .. })
            | (Self::ClosingRecipient, Moment::Recipient)
            | (Self::ClosingData, Moment::Data) => GOING_DOWN,
            (Self::DropConnection, Moment::Connected)
            | (Self::DropHello, Moment::Hello { .. })
            | (Self::DropMail, Moment::Mail { .. })
            | (Self::DropRecipient, Moment::Recipient)
            | (Self::DropData, Moment::Data) => CUT,
            (Self::DropContent, Moment::Content) => Act::Reset(""),
            (Self::Trickle, Moment::Connected) => Act::Endless("2", Duration::from_secs(1)),
            (Self::EndlessReply, Moment::Hello { .. }) => {
                Act::Endless("250-and one thing more\r\n", Duration::ZERO)
            }
            (Self::EndlessLine, Moment::Hello { .. }) => {
                Act::Endless("250 and so on ", Duration::ZERO)
            }
            (Self::TwoCodes, Moment::Recipient) => {
                Act::Say("250-2.1.5 Recipient ok\r\n550 5.1.1 or not\r\n")
            }
            (Self::NoGoAhead, Moment::Data) => Act::Say("250 2.0.0 Ok\r\n"),
            (Self::GoAhead, Moment::Recipient) => Act::Say("354 Go ahead\r\n"),
            (Self::Control, Moment::Recipient) => {
                Act::Say("550 5.1.1 No \0such\x1b[31m user\rhere\r\n")
            }
            (Self::Early, Moment::Connected) => Act::Say(EVERYTHING),
            (Self::TakenEarly, Moment::Data) => {
                Act::Say("354 Go ahead\r\n250 2.0.0 Taken already\r\n")
            }
            (Self::LosesGroup, Moment::Mail { in_group: true }) => {
                Act::Close("250 2.1.0 Sender ok\r\n")
            }
            (Self::TlsRefused, Moment::StartTls) => Act::Say("454 4.7.0 TLS not available\r\n"),
            (Self::TlsInjected, Moment::StartTls) => {
                Act::Say("220 2.0.0 Ready\r\n250 AUTH PLAIN LOGIN\r\n")
            }
            (Self::TlsDrop, Moment::StartTls) => Act::Close("220 2.0.0 Ready\r\n"),
            (Self::HelloLater, Moment::Hello { .. }) => Act::Say("451 4.3.0 Not yet\r\n"),
            (Self::NoReset, Moment::Reset) => Act::Say("502 5.5.1 Command not implemented\r\n"),
            (Self::NoGoodbye, Moment::Quit) => Act::Say(""),
            _ => return None,
        })
    }

    /// What it does with a whole message instead of taking it.
    pub(crate) fn instead_of_taking(self) -> Option<Act> {
        (self == Self::ClosingContent).then_some(GOING_DOWN)
    }

    /// What it does when it has taken a message instead of saying so; `is_first`: its sender has not
    /// tried its recipient before; `is_followed`: more has come with the end of the message.
    pub(crate) fn after_taking(self, is_first: bool, is_followed: bool) -> Option<Act> {
        match self {
            Self::LosesBehind if is_followed => {
                Some(Act::Close("250 2.0.0 Kept in the sandbox\r\n"))
            }
            Self::TakenDrop if is_first => Some(CUT),
            Self::TakenReset => Some(Act::Reset("250 2.0.0 Kept in the sandbox\r\n")),
            Self::OneMessage => Some(Act::Close("250 2.0.0 Kept in the sandbox\r\n")),
            _ => None,
        }
    }

    /// Whether it offers STARTTLS.
    pub(crate) fn offers_tls(self) -> bool {
        matches!(self, Self::TlsRefused | Self::TlsInjected | Self::TlsDrop | Self::TlsBusy)
    }
}
