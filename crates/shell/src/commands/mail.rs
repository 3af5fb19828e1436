//! `Send-MailMessage`.

use cmdlets::{Kind, Parameter};

use super::declare::{TEXTS, aliased, at, command, parameter, required};
use crate::binding::Bound;
use crate::convert::{to_int, to_text};
use crate::error::Flow;
use crate::host::Mail;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const FROM: Parameter = required(parameter(
    "From",
    Kind::String,
    "The sender: an address, or \"Name <address>\".",
    "L'expéditeur : une adresse, ou « Nom <adresse> ».",
));

pub(super) static SEND_MAIL_MESSAGE: LocalCommand = LocalCommand {
    declaration: command(
        "Send-MailMessage",
        "Sends a message by SMTP; without -SmtpServer to the server of this session.",
        "Envoie un message par SMTP ; sans -SmtpServer, au serveur de cette session.",
        &[
            at(1, parameter("To", TEXTS, "The recipients.", "Les destinataires.")),
            at(
                2,
                aliased(&["sub"], parameter("Subject", Kind::String, "The subject.", "L'objet.")),
            ),
            at(3, parameter("Body", Kind::String, "The text.", "Le texte.")),
            at(
                4,
                aliased(
                    &["ComputerName"],
                    parameter(
                        "SmtpServer",
                        Kind::String,
                        "The host that takes the message; the session's server unless given.",
                        "L'hôte qui prend le message ; par défaut le serveur de la session.",
                    ),
                ),
            ),
            FROM,
            parameter("Cc", TEXTS, "Recipients of a copy.", "Destinataires en copie."),
            parameter(
                "Bcc",
                TEXTS,
                "Recipients of a copy that the others do not see.",
                "Destinataires en copie cachée.",
            ),
            parameter(
                "Credential",
                Kind::Credential,
                "Who sends; then TLS is used and the message goes to the submission port.",
                "Qui envoie ; TLS est alors employé et le message va au port de soumission.",
            ),
            parameter(
                "Port",
                Kind::Int32,
                "The TCP port, 1 to 65535.",
                "Le port TCP, de 1 à 65535.",
            ),
            parameter("UseSsl", Kind::Switch, "Demands TLS.", "Exige TLS."),
            aliased(
                &["BAH"],
                parameter("BodyAsHtml", Kind::Switch, "The text is HTML.", "Le texte est en HTML."),
            ),
            parameter(
                "Priority",
                Kind::Enum(&["Normal", "High", "Low"]),
                "The importance shown to the reader.",
                "L'importance indiquée au lecteur.",
            ),
            aliased(
                &["BE"],
                parameter(
                    "Encoding",
                    Kind::String,
                    "Accepted; messages are sent in UTF-8.",
                    "Accepté ; les messages sont envoyés en UTF-8.",
                ),
            ),
        ],
    ),
    run: send_mail_message,
};

fn send_mail_message(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let body = bound
        .text("Body")
        .unwrap_or_else(|| input.iter().map(to_text).collect::<Vec<_>>().join("\n"));
    let port = match bound.value("Port") {
        None => None,
        Some(value) => {
            let port = to_int(value).and_then(|n| u16::try_from(n).ok()).filter(|p| *p > 0);
            Some(port.ok_or_else(|| bound.wrong("Port", "A port is a number from 1 to 65535."))?)
        }
    };
    let credential = match bound.value("Credential") {
        None | Some(Value::Null) => None,
        Some(Value::Credential(credential)) => Some((**credential).clone()),
        Some(_) => {
            let message = "A credential is needed, such as (Get-Credential).";
            return Err(bound.wrong("Credential", message).into());
        }
    };
    let priority = match bound.text("Priority") {
        None => None,
        Some(text) => {
            let known =
                ["Normal", "High", "Low"].into_iter().find(|p| p.eq_ignore_ascii_case(&text));
            let known = known.ok_or_else(|| {
                bound.wrong(
                    "Priority",
                    format!("'{text}' is not understood. Allowed: Normal, High, Low."),
                )
            })?;
            Some(known.to_owned()).filter(|p| p != "Normal")
        }
    };
    let mail = Mail {
        from: bound.text("From").unwrap_or_default(),
        to: bound.texts("To"),
        cc: bound.texts("Cc"),
        bcc: bound.texts("Bcc"),
        subject: bound.text("Subject").unwrap_or_default(),
        body,
        html: bound.is_on("BodyAsHtml"),
        priority,
        server: bound.text("SmtpServer").filter(|s| !s.is_empty()),
        port,
        use_tls: bound.is_on("UseSsl") || credential.is_some(),
        credential,
    };
    if mail.to.is_empty() && mail.cc.is_empty() && mail.bcc.is_empty() {
        return Err(bound.failed("A recipient is missing: give -To, -Cc or -Bcc.").into());
    }
    runtime.flush();
    runtime.host().send_mail(mail).map_err(|problem| {
        let error = match &problem.parameter {
            Some(parameter) => bound.wrong(parameter, problem.message),
            None => bound.failed(problem.message),
        };
        Flow::Failed(error)
    })?;
    Ok(Vec::new())
}
