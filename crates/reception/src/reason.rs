//! Why a reply refuses, in the words of the settings that make it so: what an administrator
//! finds beside the reply in the protocol log.

use model::Reply;

use crate::policy::Client;

/// What lies behind a refusal of ours.
pub(crate) fn of(reply: &Reply, client: &Client) -> String {
    let who = match client {
        Client::Anonymous => "anonymous client".to_owned(),
        Client::Partner(domains) => {
            let domains: Vec<&str> = domains.iter().map(model::DomainName::as_str).collect();
            format!("partner {}", domains.join(", "))
        }
        Client::User(principal) => format!("user {}", principal.mailbox.name),
        Client::Server(name) => format!("server {name}"),
    };
    let status = reply.enhanced.map(|code| code.to_string()).unwrap_or_default();
    let why = match (reply.code.as_u16(), status.as_str()) {
        (_, "5.7.54") => {
            "no accepted domain holds the recipient's, and the connector does not grant \
             ms-Exch-SMTP-Accept-Any-Recipient"
        }
        (_, "5.7.60") => {
            "the sender is not one of the client's own addresses, and the connector does not grant \
             ms-Exch-SMTP-Accept-Any-Sender, or for an authoritative domain \
             ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"
        }
        (550, "5.1.1") => "no mailbox has this address in its authoritative domain",
        (452, "4.3.1") => "back pressure: too much content in memory, or the spool is full",
        (451, "4.7.5") => {
            "the sender's domain is in TLSReceiveDomainSecureList, the connector has DomainSecureEnabled, and \
             the client has not shown a certificate of a trusted authority for that domain"
        }
        (530, "5.7.57") => {
            "the connector grants ms-Exch-SMTP-Submit to partners, and the client has not shown a certificate of \
             a trusted authority for a domain in TLSReceiveDomainSecureList"
        }
        (450, "4.7.0") => "MessageRateLimit of the connector",
        (452, "4.5.3") => "RecipientLimits of the user's mailbox",
        (535, _) => "wrong user name or password, or a token that is not good",
        (454, _) => {
            "too many failed sign-ins of this source, or passwords or tokens cannot be checked now"
        }
        (421, "4.3.2") => {
            "the server's HubTransport, or for connectors of that role FrontendTransport, is not Active"
        }
        (421, "4.7.0") => {
            "the user's mailbox is gone or has another password now, or his token is not good any more"
        }
        (_, "5.4.6") => "MaxLocalHopCount of the connector",
        _ => return who,
    };
    format!("{who}: {why}")
}
