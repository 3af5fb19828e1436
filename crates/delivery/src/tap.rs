//! Listens in on one connection and writes what is said to the protocol log: each line a row,
//! content as its size, nothing of a logon. Costs a look at a flag where the log is not wanted.

use std::net::SocketAddr;

use model::session_log::ProtocolEvent;
use smtp::{
    Phase,
    transcript::{self, MAX_SHOWN},
};

use crate::record::Record;

/// Who ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// We did.
    Local,
    /// The other side, or the network.
    Remote,
}

/// One connection's ear. Its last row is written when it is dropped.
pub(crate) struct Tap {
    record: Record,
    verbose: bool,
    /// The beginning of a line whose end has not come yet, with a byte more than is shown.
    unfinished: Vec<u8>,
    ending: Option<(By, String)>,
}

impl Tap {
    /// A connection was made.
    pub(crate) fn new(record: Record, local: Option<SocketAddr>, remote: SocketAddr) -> Self {
        record.set_ends(local, remote);
        // Why an earlier connection of the search ended is told already.
        record.set_ending("");
        record.row(ProtocolEvent::Connect, "", "");
        let verbose = record.is_verbose();
        Self { record, verbose, unfinished: Vec::new(), ending: None }
    }

    /// A connection whose conversation nobody listens in on.
    pub(crate) fn deaf(record: Record) -> Self {
        Self { record, verbose: false, unfinished: Vec::new(), ending: None }
    }

    /// The same, of which nothing is written at all.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self::deaf(Record::none())
    }

    /// The session's rows.
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// Whether the conversation is wanted.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// `bytes` are sent, and answered by what is awaited in `phase`: whole lines, or content.
    pub(crate) fn sent(&mut self, bytes: &[u8], phase: Phase) {
        if phase == Phase::Auth {
            lines(bytes).for_each(|line| self.record.remember_secret(line));
        }
        if !self.verbose {
            return;
        }
        let sent = |text: &str| self.record.row(ProtocolEvent::Sent, text, "");
        match phase {
            Phase::DataBlock => {
                let (content, behind) = bytes.split_at(end_of_content(bytes));
                sent(&transcript::shown_content(Some(content.len() as u64)));
                lines(behind).for_each(|l| sent(&transcript::shown_command(l, false)));
            }
            Phase::Auth => lines(bytes).for_each(|l| sent(&transcript::shown_logon_line(l))),
            _ => lines(bytes).for_each(|l| sent(&transcript::shown_command(l, false))),
        }
    }

    /// `bytes` were received; lines may come in pieces.
    pub(crate) fn received(&mut self, bytes: &[u8]) {
        if !self.verbose {
            return;
        }
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let room = (MAX_SHOWN + 2).saturating_sub(self.unfinished.len());
            self.unfinished.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    /// Something happened that no line tells.
    pub(crate) fn information(&self, data: &str, context: &str) {
        self.record.row(ProtocolEvent::Information, data, context);
    }

    /// Why the connection ends; the first word counts.
    pub(crate) fn ends(&mut self, by: By, why: &str) {
        if self.ending.is_none() {
            self.record.set_ending(why);
            self.ending = Some((by, why.to_owned()));
        }
    }

    fn end_line(&mut self) {
        let line = lines(&self.unfinished).next().unwrap_or_default();
        self.record.row(ProtocolEvent::Received, &transcript::shown_reply(line), "");
        self.unfinished.clear();
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        if !self.verbose {
            return;
        }
        if !self.unfinished.is_empty() {
            self.end_line();
        }
        let (by, why) = self.ending.take().unwrap_or((By::Local, String::new()));
        let by = if by == By::Local { "Local" } else { "Remote" };
        self.record.row(ProtocolEvent::Disconnect, &why, by);
    }
}

/// Where content that goes out ends, with its end mark; commands may come behind it. Dots within it are
/// stuffed, so that there is one end only.
fn end_of_content(bytes: &[u8]) -> usize {
    const END: &[u8] = b"\r\n.\r\n";
    if bytes.starts_with(&END[2..]) {
        return END.len() - 2;
    }
    let end = bytes.windows(END.len()).position(|window| window == END);
    end.map_or(bytes.len(), |start| start + END.len())
}

/// The lines of `bytes` without their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests;
