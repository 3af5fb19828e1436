//! The part for people (transport.md section 8.3): first what happened in words for somebody
//! who only wrote a message, then the diagnostic information for administrators.

use texts::{Cause, Label, date, failure_cause, waiting_cause};

use crate::document::Block;
use crate::original::Original;
use crate::report::{Kind, RecipientReport, Report};
use crate::safe;
use crate::status::without_type;

/// Most recipients named one by one in each section.
const MAX_LISTED: usize = 50;
/// Longest quotation of a reply or a reason, in characters.
const MAX_QUOTE: usize = 4096;
/// Longest name of a server, in characters.
const MAX_NAME: usize = 255;
/// How much of the original's header is shown, in bytes.
const MAX_HEADER: usize = 32 * 1024;

/// Both sections, the second where it is wanted.
pub(crate) fn document(
    report: &Report<'_>,
    original: &Original<'_>,
    diagnostics: bool,
) -> Vec<Block> {
    let mut blocks = user_information(report, original);
    if diagnostics {
        blocks.extend(diagnostic_information(report, original));
    }
    blocks
}

fn user_information(report: &Report<'_>, original: &Original<'_>) -> Vec<Block> {
    let language = report.language;
    let notice = report.kind.notice();
    let mut blocks = vec![
        Block::Headline(notice.headline().get(language).to_owned()),
        Block::Paragraph(notice.explanation().get(language).to_owned()),
    ];
    if let Some(subject) = original.subject() {
        blocks.push(Block::Fact(Label::Subject.text().get(language), subject.to_owned()));
    }
    blocks.push(Block::Fact(Label::Sent.text().get(language), date(language, report.arrival)));
    if let (Kind::Delay, Some(until)) = (report.kind, report.will_retry_until) {
        let words = Label::RetryUntil.text().get(language);
        blocks.push(Block::Paragraph(format!("{words} {}.", date(language, until))));
    }
    for group in Group::all(report) {
        group.describe(report, &mut blocks);
    }
    blocks.extend(more_recipients(report));
    blocks
}

/// Recipients who fared alike for the same cause at the same server.
struct Group<'a> {
    cause: Option<&'static Cause>,
    remote: Option<&'a str>,
    /// Whether it was the server that ended it, rather than the time that ran out.
    refused: bool,
    addresses: Vec<&'a str>,
}

impl<'a> Group<'a> {
    fn all(report: &'a Report<'_>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for (recipient, result) in report.concerned().take(MAX_LISTED) {
            let cause = match report.kind {
                Kind::Failure => Some(failure_cause(result.status)),
                Kind::Delay => Some(waiting_cause(result.status)),
                Kind::Success | Kind::Relayed => None,
            };
            let remote = result.remote_mta.as_deref();
            let refused = report.kind == Kind::Failure && result.status.class() == 5;
            let alike = |g: &Group<'_>| (g.cause, g.remote, g.refused) == (cause, remote, refused);
            let address = recipient.address.as_str();
            match groups.iter().position(alike).and_then(|at| groups.get_mut(at)) {
                Some(group) => group.addresses.push(address),
                None => groups.push(Self { cause, remote, refused, addresses: vec![address] }),
            }
        }
        groups
    }

    fn describe(&self, report: &Report<'_>, blocks: &mut Vec<Block>) {
        let language = report.language;
        blocks.extend(self.addresses.iter().map(|address| Block::Who((*address).to_owned())));
        let Some(cause) = self.cause else { return };
        blocks.push(Block::Paragraph(cause.what.get(language).to_owned()));
        blocks.push(Block::Fact(
            Label::Advice.text().get(language),
            cause.advice.get(language).to_owned(),
        ));
        if let Some(remote) = self.remote {
            let label = if self.refused { Label::RefusedBy } else { Label::AnsweredBy };
            let words = label.text().get(language);
            let name = safe::one_line(remote, MAX_NAME);
            blocks.push(Block::Paragraph(format!("{words} {name}.")));
        }
    }
}

fn more_recipients(report: &Report<'_>) -> Option<Block> {
    let more = report.concerned().count().checked_sub(MAX_LISTED).filter(|more| *more > 0)?;
    let words = Label::MoreRecipients.text().get(report.language);
    Some(Block::Paragraph(words.replace("{}", &more.to_string())))
}

fn diagnostic_information(report: &Report<'_>, original: &Original<'_>) -> Vec<Block> {
    let label = |label: Label| label.text().get(report.language);
    let mut blocks = vec![
        Block::Title(label(Label::Diagnostics).to_owned()),
        Block::Fact(label(Label::GeneratingServer), safe::one_line(report.server, MAX_NAME)),
    ];
    for (recipient, result) in report.concerned().take(MAX_LISTED) {
        blocks.push(Block::Who(recipient.address.as_str().to_owned()));
        blocks.extend(diagnosis(report, result));
    }
    blocks.extend(more_recipients(report));
    let headers = original.header_text(MAX_HEADER);
    if !headers.is_empty() {
        blocks.push(Block::Title(label(Label::OriginalHeaders).to_owned()));
        blocks.push(Block::Verbatim(headers));
    }
    blocks
}

fn diagnosis(report: &Report<'_>, result: &RecipientReport) -> Vec<Block> {
    let label = |label: Label| label.text().get(report.language);
    let quote = |text: &str| safe::visible(text).chars().take(MAX_QUOTE).collect::<String>();
    let mut blocks = Vec::new();
    if let Some(remote) = &result.remote_mta {
        blocks.push(Block::Fact(label(Label::RemoteServer), safe::one_line(remote, MAX_NAME)));
    }
    blocks.push(Block::Fact(label(Label::Status), result.status.to_string()));
    let reply = result.diagnostic.as_deref().map(without_type);
    if let Some(reply) = reply {
        blocks.push(Block::Fact(label(Label::Reply), quote(reply)));
    }
    let reason = result.reason.trim();
    if !reason.is_empty() && Some(reason) != reply {
        blocks.push(Block::Fact(label(Label::Reason), quote(reason)));
    }
    let tried = date(report.language, result.last_attempt);
    blocks.push(Block::Fact(label(Label::LastAttempt), tried));
    blocks
}
