//! Who is told how encryption on the way to the domain fares (RFC 8460 section 3).

use texts::{
    Sentence,
    publishing::{TLSRPT_MISSING, TLSRPT_RECORD},
};
use tls_report::{RecordError, reporting_addresses};

use crate::{
    answer::Answer,
    finding::{Check, Finding, Status},
    subject::Subject,
};

/// Where the record is.
pub(crate) fn name(subject: &Subject) -> String {
    format!("_smtp._tls.{}", subject.domain)
}

pub(crate) fn judge(subject: &Subject, answer: &Answer<Vec<String>>) -> Finding {
    let name = name(subject);
    let wanted = format!("v=TLSRPTv1; rua=mailto:postmaster@{}", subject.domain);
    let finding = Finding::about(Check::TlsRpt, name.as_str(), "TXT");
    let texts = match answer {
        Ok(texts) => texts,
        Err(why) => return finding.recommending(wanted).silent(&name, why),
    };
    let ours: Vec<&String> = texts.iter().filter(|text| text.starts_with("v=TLSRPT")).collect();
    let finding = finding.publishing(&ours);
    match (reporting_addresses(texts), ours.as_slice()) {
        (Ok(_), [record, ..]) => finding.recommending(record.as_str()),
        (Err(RecordError::None), _) | (Ok(_), []) => {
            finding.recommending(wanted).saying(Status::Missing, Sentence::new(TLSRPT_MISSING))
        }
        (Err(why), _) => finding
            .recommending(wanted)
            .saying(Status::Bad, Sentence::new(TLSRPT_RECORD).with_phrase(why)),
    }
}
