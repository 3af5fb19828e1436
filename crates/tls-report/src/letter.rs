//! A report as a mail message (RFC 8460 section 5.3): `multipart/report` with a text for people and the
//! compressed JSON.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::{Address, Guid, Timestamp};

use crate::Report;

/// Characters of a line of base64.
const LINE: usize = 76;

/// A message that brings a report.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The report.
    pub report: &'a Report,
    /// Who sends it.
    pub from: &'a Address,
    /// Who asked for it.
    pub to: &'a Address,
    /// Names the message; unique.
    pub network_id: Guid,
    /// When it is sent.
    pub at: Timestamp,
}

impl Letter<'_> {
    /// The Message-ID, with angle brackets.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.network_id.simple(), self.report.reporter().domain)
    }

    /// The message with CRLF lines. `TLS-Required: No` (RFC 8689): the report has to arrive where TLS
    /// does not work.
    #[must_use]
    pub fn compose(&self) -> String {
        let report = self.report;
        let (domain, reporter) = (&report.domain, &report.reporter().domain);
        let boundary = format!("report-{}", self.network_id.simple());
        let attachment = lines(&STANDARD.encode(report.gzip()));
        format!(
            "From: <{}>\r\n\
             To: <{}>\r\n\
             Date: {}\r\n\
             Message-ID: {}\r\n\
             Subject: Report Domain: {domain} Submitter: {reporter}\r\n Report-ID: <{}>\r\n\
             TLS-Report-Domain: {domain}\r\n\
             TLS-Report-Submitter: {reporter}\r\n\
             TLS-Required: No\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"{boundary}\"\r\n\
             \r\n\
             --{boundary}\r\n\
             Content-Type: text/plain; charset=us-ascii\r\n\
             Content-Transfer-Encoding: 7bit\r\n\
             \r\n\
             This is an aggregate TLS report from {reporter} about {domain}.\r\n\
             \r\n\
             --{boundary}\r\n\
             Content-Type: application/tlsrpt+gzip\r\n\
             Content-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment;\r\n filename=\"{}\"\r\n\
             \r\n\
             {attachment}\
             --{boundary}--\r\n",
            self.from,
            self.to,
            self.at.rfc5322(),
            self.message_id(),
            report.id,
            report.file_name(),
        )
    }
}

fn lines(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / LINE * 2 + 2);
    for line in text.as_bytes().chunks(LINE) {
        folded.extend(line.iter().map(|byte| char::from(*byte)));
        folded.push_str("\r\n");
    }
    folded
}
