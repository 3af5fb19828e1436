//! From the bytes of a file to a message: accepted, returned to its sender, or none at all
//! (transport.md section 15). Pure: no I/O.

use std::net::IpAddr;

use bytes::Bytes;
use message::{Inbound, LocalSubmission, MaildropHeader, ReplayHeader, Submission};
use model::{
    Address, AddressDomain, BodyType, Envelope, Guid, MessageId, Recipient, Reply, ReversePath,
    Timestamp, ValueError,
};

use crate::DropDirectory;

/// The largest header of a message of the maildrop, in bytes: MaxHeaderSize of a Receive connector as it is made.
const LARGEST_LOCAL_HEADER: usize = 128 << 10;
/// Received fields from which on a message of the maildrop is taken to go in circles: as many as a Receive
/// connector lets through (MaxHopCount).
const MOST_HOPS: usize = 60;

/// What is known of a file beside its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// The number its message will have.
    pub(super) id: MessageId,
    /// The message's identity over hops.
    pub(super) network_id: Guid,
    /// The user id of its owner.
    pub(super) owner: u32,
    /// The time.
    pub(super) now: Timestamp,
}

/// What the settings and the directory say.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// PickupDirectoryMaxHeaderSize, in bytes.
    pub(super) max_header: u64,
    /// PickupDirectoryMaxRecipientsPerMessage.
    pub(super) max_recipients: usize,
    /// The default accepted domain, for a Message-ID of ours.
    pub(super) domain: String,
    /// This server's name.
    pub(super) fqdn: String,
}

/// A message that came as a file.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) envelope: Envelope,
    pub(super) content: Bytes,
    pub(super) trace: String,
    pub(super) client: Option<IpAddr>,
    pub(super) hello: String,
    pub(super) source: Option<String>,
}

/// What a file is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// A message.
    Good(Letter),
    /// A message that breaks a limit: it goes back to its sender.
    Return(Letter, Reply),
    /// No message.
    Bad(String),
}

/// Judges a file of `directory`.
pub(super) fn judge(
    directory: DropDirectory,
    file: Vec<u8>,
    rules: &Rules,
    facts: &Facts,
) -> Verdict {
    let lines = |file| Bytes::from(message::with_crlf(file));
    match directory {
        DropDirectory::Pickup => pickup(lines(file), rules, facts.network_id, facts.now),
        DropDirectory::Replay => replay(lines(file), rules, facts.now),
        DropDirectory::Maildrop => maildrop(file, rules, facts),
    }
    .unwrap_or_else(Verdict::Bad)
}

fn pickup(
    content: Bytes,
    rules: &Rules,
    network_id: Guid,
    now: Timestamp,
) -> Result<Verdict, String> {
    let text = |error: message::PickupError| error.to_string();
    let size = message::pickup_header_size(&content).map_err(text)?;
    let most = usize::try_from(rules.max_header).unwrap_or(usize::MAX);
    let header = if size > most { whole_fields(&content[..most]) } else { &content[..size] };
    let envelope = message::pickup_envelope(header).map_err(|error| match size > most {
        true => format!("{}, and in what may be read of it: {error}", header_too_large(size, most)),
        false => error.to_string(),
    })?;
    let count = envelope.recipients.len();
    let submission =
        Submission { message_id_domain: &rules.domain, network_id, now, remove_bcc: true };
    let content = message::prepare_pickup(content.clone(), envelope.undisclosed, &submission);
    let letter = Letter {
        envelope: envelope_of(envelope.sender, envelope.recipients, &content),
        trace: trace("localhost", DropDirectory::Pickup, now),
        content,
        client: None,
        hello: String::new(),
        source: None,
    };
    if size > most {
        let reply = Reply::new(552, (5, 3, 4), header_too_large(size, most));
        return Ok(Verdict::Return(letter, reply));
    }
    if count > rules.max_recipients {
        let most = rules.max_recipients;
        let text = format!(
            "Too many recipients: {count}; PickupDirectoryMaxRecipientsPerMessage is {most}"
        );
        return Ok(Verdict::Return(letter, Reply::new(550, (5, 5, 3), text)));
    }
    Ok(Verdict::Good(letter))
}

fn replay(content: Bytes, rules: &Rules, now: Timestamp) -> Result<Verdict, String> {
    let (header, begins) = ReplayHeader::parse(&content).map_err(|error| error.to_string())?;
    if begins == content.len() {
        return Err("there is no message behind X-Sender and X-Receiver".to_owned());
    }
    let may = Inbound {
        organization: header.trusted,
        forest: header.trusted,
        routing: true,
        own_name: &rules.fqdn,
    };
    Ok(Verdict::Good(Letter {
        envelope: header.envelope,
        content: message::firewall_inbound(content.slice(begins..), &may),
        trace: trace(&rules.fqdn, DropDirectory::Replay, now),
        client: header.client,
        hello: header.hello.unwrap_or_default(),
        source: header.source,
    }))
}

/// A message of a program on this host. Its envelope is what `sendmail` wrote; who sent it says the file system.
fn maildrop(mut file: Vec<u8>, rules: &Rules, facts: &Facts) -> Result<Verdict, String> {
    let (header, begins) = MaildropHeader::parse(&file).map_err(|error| error.to_string())?;
    let content = Bytes::from(message::with_crlf(file.split_off(begins)));
    let domain: AddressDomain =
        rules.domain.parse().map_err(|error: ValueError| error.to_string())?;
    let complete = |address: &message::LocalAddress| {
        address.complete(&domain).map_err(|error| error.to_string())
    };
    let sender = header.sender.as_ref().map(complete).transpose()?;
    let recipients = header.recipients.iter().map(complete).collect::<Result<Vec<_>, _>>()?;
    let local = LocalSubmission {
        sender: sender.as_ref(),
        name: header.name.as_deref(),
        domain: &domain,
        own_name: &rules.fqdn,
        submission: Submission {
            message_id_domain: &rules.domain,
            network_id: facts.network_id,
            now: facts.now,
            remove_bcc: true,
        },
    };
    let content = message::prepare_local(content, &local);
    let refused = local_limits(&content);
    let letter = Letter {
        envelope: local_envelope(&header, sender, recipients, &content),
        trace: local_trace(rules, facts),
        content,
        client: None,
        hello: format!("uid {}", facts.owner),
        source: None,
    };
    Ok(match refused {
        Some(reply) => Verdict::Return(letter, reply),
        None => Verdict::Good(letter),
    })
}

fn local_limits(content: &[u8]) -> Option<Reply> {
    let header = message::HeaderBlock::parse(content);
    let size = header.body_offset();
    if size > LARGEST_LOCAL_HEADER {
        let text = format!("Header size {size} bytes exceeds {LARGEST_LOCAL_HEADER} bytes");
        return Some(Reply::new(552, (5, 3, 4), text));
    }
    let hops = header.count("Received");
    (hops > MOST_HOPS)
        .then(|| Reply::new(554, (5, 4, 6), "Hop count exceeded - possible mail loop"))
}

fn local_envelope(
    header: &MaildropHeader,
    sender: Option<Address>,
    recipients: Vec<Address>,
    content: &[u8],
) -> Envelope {
    let smtputf8 = recipients.iter().chain(&sender).any(Address::is_internationalized);
    let with_notify = |address| Recipient { notify: header.notify, ..Recipient::plain(address) };
    Envelope {
        body: body_of(content),
        smtputf8,
        ret: header.ret,
        envid: header.envid.clone(),
        recipients: recipients.into_iter().map(with_notify).collect(),
        ..Envelope::plain(sender.map_or(ReversePath::Null, ReversePath::Address), Vec::new())
    }
}

/// As Postfix and others write it: which user of this host it was.
fn local_trace(rules: &Rules, facts: &Facts) -> String {
    let (fqdn, owner, id) = (&rules.fqdn, facts.owner, facts.id);
    format!(
        "Received: by {fqdn} (Relais, from userid {owner})\r\n\tid {id}; {}\r\n",
        facts.now.rfc5322()
    )
}

fn body_of(content: &[u8]) -> BodyType {
    match message::is_eight_bit(content) {
        true => BodyType::EightBitMime,
        false => BodyType::SevenBit,
    }
}

fn header_too_large(size: usize, most: usize) -> String {
    format!("Header size {size} bytes exceeds PickupDirectoryMaxHeaderSize, {most} bytes")
}

/// The fields of a header that was cut, as far as they are whole.
fn whole_fields(cut: &[u8]) -> &[u8] {
    let lengths: Vec<usize> =
        message::HeaderBlock::parse(cut).fields().map(|field| field.raw.len()).collect();
    // The last may go on behind the cut.
    let end = lengths.split_last().map_or(0, |(_, whole)| whole.iter().sum());
    &cut[..end]
}

fn envelope_of(sender: Address, recipients: Vec<Address>, content: &[u8]) -> Envelope {
    let smtputf8 = recipients.iter().chain([&sender]).any(Address::is_internationalized);
    Envelope {
        body: body_of(content),
        smtputf8,
        ..Envelope::plain(ReversePath::Address(sender), recipients)
    }
}

/// The field by which the way of the message begins, as documented: it names the directory, not
/// this server, where others see it.
fn trace(from: &str, by: DropDirectory, at: Timestamp) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("Received: from {from} by {by} with Relais id {version};\r\n\t{}\r\n", at.rfc5322())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(directory: DropDirectory, file: &str) -> Verdict {
        let rules = Rules {
            max_header: 200,
            max_recipients: 2,
            domain: "contoso.com".into(),
            fqdn: "mbx01.contoso.com".into(),
        };
        let at = Timestamp::from_millis(1_700_000_000_000);
        let facts = Facts {
            id: MessageId::new(42).unwrap(),
            network_id: Guid::from_u128(7),
            owner: 1000,
            now: at,
        };
        judge(directory, file.into(), &rules, &facts)
    }

    fn good(directory: DropDirectory, file: &str) -> (Letter, String) {
        match judged(directory, file) {
            Verdict::Good(letter) => {
                let content = String::from_utf8(letter.content.to_vec()).unwrap();
                (letter, content)
            }
            other => panic!("{other:?}"),
        }
    }

    fn returned(file: &str) -> (Letter, String) {
        match judged(DropDirectory::Pickup, file) {
            Verdict::Return(letter, why) => (letter, why.to_string()),
            other => panic!("{other:?}"),
        }
    }

    fn bad(directory: DropDirectory, file: &str) -> String {
        match judged(directory, file) {
            Verdict::Bad(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_file_of_linux_becomes_a_message() {
        let (letter, content) = good(
            DropDirectory::Pickup,
            "From: a@b.c\nTo: d@e.f\nBcc: g@h.i\nSubject: é\n\nHello\n.\n",
        );
        assert_eq!(letter.envelope.sender.as_str(), "a@b.c");
        assert_eq!(letter.envelope.body, BodyType::EightBitMime);
        assert!(!letter.envelope.smtputf8);
        assert_eq!(
            content,
            "From: a@b.c\r\nTo: d@e.f\r\nSubject: é\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
             Message-ID: <00000000000000000000000000000007@contoso.com>\r\n\r\nHello\r\n.\r\n"
        );
        assert_eq!(
            letter.trace,
            format!(
                "Received: from localhost by Pickup with Relais id {};\r\n\tTue, 14 Nov 2023 22:13:20 +0000\r\n",
                env!("CARGO_PKG_VERSION")
            )
        );
    }

    #[test]
    fn limits_send_it_back_and_faults_set_it_aside() {
        let (letter, why) = returned("From: a@b.c\nTo: d@e.f, g@h.i\nCc: j@k.l\n\nx\n");
        assert_eq!(
            why,
            "550 5.5.3 Too many recipients: 3; PickupDirectoryMaxRecipientsPerMessage is 2"
        );
        assert_eq!(letter.envelope.recipients.len(), 3);
        let long = "x".repeat(300);
        let (letter, why) =
            returned(&format!("From: a@b.c\nTo: d@e.f\nSubject: {long}\nCc: g@h.i\n\nx\n"));
        assert!(why.starts_with("552 5.3.4 Header size "), "{why}");
        assert_eq!(letter.envelope.recipients.len(), 1);
        let hidden =
            bad(DropDirectory::Pickup, &format!("Subject: {long}\nFrom: a@b.c\nTo: d@e.f\n\nx\n"));
        assert!(
            hidden.contains("PickupDirectoryMaxHeaderSize, 200 bytes, and in what may be read"),
            "{hidden}"
        );
        assert!(bad(DropDirectory::Pickup, "From: a@b.c\nTo: d@e.f\n").contains("no blank line"));
        assert!(bad(DropDirectory::Pickup, "").contains("no blank line"));
        assert!(bad(DropDirectory::Replay, "From: a@b.c\n\nx\n").contains("X-Sender is missing"));
        assert!(
            bad(DropDirectory::Replay, "X-Sender: <>\nX-Receiver: <a@b.c>\n")
                .contains("no message")
        );
    }

    #[test]
    fn a_message_of_this_host_has_the_envelope_that_was_asked_for() {
        let message = "To: nobody@else.where\nBcc: x@y.z\n\nHi\n.\n";
        let file = format!(
            "Relais-Maildrop: 1\nSender: <alice>\nName: Alice B.\nReturn: HDRS\nEnvelope-ID: Q1\nNotify: NEVER\n\
             Recipient: <bob>\nRecipient: <d@e.f>\nSize: {}\n\n{message}",
            message.len()
        );
        let (letter, content) = good(DropDirectory::Maildrop, &file);
        let envelope = &letter.envelope;
        assert_eq!(envelope.sender.as_str(), "alice@contoso.com");
        let to: Vec<&str> = envelope.recipients.iter().map(|r| r.address.as_str()).collect();
        assert_eq!(to, ["bob@contoso.com", "d@e.f"]);
        assert!(envelope.recipients.iter().all(|r| r.notify == Some(model::Notify::Never)));
        assert_eq!(envelope.ret, Some(model::DsnReturn::Headers));
        assert_eq!(envelope.envid.as_ref().map(|id| id.as_str()), Some("Q1"));
        assert_eq!(
            content,
            "From: \"Alice B.\" <alice@contoso.com>\r\nTo: nobody@else.where\r\n\
             Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
             Message-ID: <00000000000000000000000000000007@contoso.com>\r\n\r\nHi\r\n.\r\n"
        );
        assert_eq!(
            letter.trace,
            "Received: by mbx01.contoso.com (Relais, from userid 1000)\r\n\tid 42; Tue, 14 Nov 2023 22:13:20 +0000\r\n"
        );
        assert_eq!(letter.hello, "uid 1000");
    }

    #[test]
    fn what_sendmail_did_not_write_is_no_message_of_this_host() {
        let message = "From: a@b.c\nTo: d@e.f\n\nx\n";
        assert!(bad(DropDirectory::Maildrop, message).contains("only sendmail writes"));
        let cut = "Relais-Maildrop: 1\nSender: <>\nRecipient: <a@b.c>\nSize: 9\n\nx\n";
        assert!(bad(DropDirectory::Maildrop, cut).contains("the file is cut"));
        let returned = |content: &str| {
            let size = content.len();
            let head = "Relais-Maildrop: 1\nSender: <a@b.c>\nRecipient: <d@e.f>\n";
            match judged(DropDirectory::Maildrop, &format!("{head}Size: {size}\n\n{content}")) {
                Verdict::Return(_, why) => why.to_string(),
                other => panic!("{other:?}"),
            }
        };
        let circles = returned(&format!("{}\nx\n", "Received: from a by b\n".repeat(61)));
        assert_eq!(circles, "554 5.4.6 Hop count exceeded - possible mail loop");
        let long = returned(&format!("X-A: {}\n\nx\n", "x".repeat(200_000)));
        assert!(long.starts_with("552 5.3.4 Header size "), "{long}");
    }

    #[test]
    fn what_is_replayed_keeps_its_way_and_only_exchanges_own_words() {
        let top =
            "X-Sender: <>\nX-Receiver: <d@e.f>\nX-SourceIPAddress: 192.0.2.1\nX-HeloDomain: h\n";
        let rest = "X-EndOfInjectedXHeaders: 1\nReceived: from x by y\nBcc: g@h.i\n\
                    X-MS-Exchange-Organization-SCL: -1\n\nx\n";
        let (letter, content) = good(DropDirectory::Replay, &format!("{top}{rest}"));
        assert_eq!(content, "Received: from x by y\r\nBcc: g@h.i\r\n\r\nx\r\n");
        assert_eq!((letter.client, &letter.hello[..]), (Some([192, 0, 2, 1].into()), "h"));
        assert!(
            letter.trace.starts_with("Received: from mbx01.contoso.com by Replay with Relais id ")
        );
        let (_, trusted) =
            good(DropDirectory::Replay, &format!("{top}X-CreatedBy: MSExchange15\n{rest}"));
        assert!(trusted.contains("X-MS-Exchange-Organization-SCL: -1\r\n"));
    }
}
