//! The header firewall (send-connectors.md section 2.2): which `X-MS-Exchange-*` and routing fields
//! pass. Organization and forest fields carry what our own servers decided, so nobody else may
//! bring them in and nobody else gets to see them.
//!
//! Content without such a field is passed on as the very same bytes: one look at the header.

use bytes::{Bytes, BytesMut};

use crate::facts::is_own_hop;
use crate::header::{Field, HeaderBlock};

const ORGANIZATION: &[u8] = b"X-MS-Exchange-Organization-";
const FOREST: &[u8] = b"X-MS-Exchange-Forest-";
const CROSS_PREMISES: &[u8] = b"X-MS-Exchange-CrossPremises-";
/// What all of the above begin with.
const COMMON: &[u8] = b"X-MS-Exchange-";
/// The report of a journal, which has a name of its own outside.
const JOURNAL_REPORT: &[u8] = b"X-MS-Exchange-Organization-Journal-Report";
const JOURNAL_REPORT_OUTSIDE: &[u8] = b"X-MS-Journal-Report";
/// Organization fields that a hybrid deployment hands over, without their prefix.
const HANDED_OVER: [&[u8]; 13] = [
    b"SCL",
    b"PCL",
    b"AuthAs",
    b"AuthDomain",
    b"AuthMechanism",
    b"AuthSource",
    b"OriginalArrivalTime",
    b"OriginalSize",
    b"Original-Sender",
    b"Original-Scl",
    b"Quarantine",
    b"SenderIdResult",
    b"Antispam-Report",
];

/// Which fields a client may bring in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbound<'a> {
    /// `X-MS-Exchange-Organization-*` and `X-MS-Exchange-CrossPremises-*`.
    pub organization: bool,
    /// `X-MS-Exchange-Forest-*`.
    pub forest: bool,
    /// `Received` and `Resent-*`; those by `own_name` always stay.
    pub routing: bool,
    /// This server's name in its own Received fields, by which loops are found.
    pub own_name: &'a str,
}

/// Which fields the other side may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbound<'a> {
    /// `X-MS-Exchange-Organization-*`.
    pub organization: bool,
    /// `X-MS-Exchange-Forest-*`.
    pub forest: bool,
    /// `Received` and `Resent-*`; those by `own_name` always stay.
    pub routing: bool,
    /// This server's name in its own Received fields, by which loops are found.
    pub own_name: &'a str,
    /// Known organization fields become `X-MS-Exchange-CrossPremises-*`; otherwise cross-premises
    /// fields are removed.
    pub cross_premises: bool,
}

/// What becomes of a field.
enum Fate {
    Stays,
    Goes,
    /// The first so many bytes of it are replaced by this.
    Renamed(usize, &'static [u8]),
}

/// `content` as it may come in; the very same bytes when nothing has to go.
pub fn firewall_inbound(content: Bytes, may: &Inbound<'_>) -> Bytes {
    apply(content, |field| {
        let line = field.raw.trim_ascii_start();
        let stays = if starts_with(line, COMMON) {
            let organization = starts_with(line, ORGANIZATION) || starts_with(line, CROSS_PREMISES);
            (may.organization || !organization) && (may.forest || !starts_with(line, FOREST))
        } else {
            may.routing || !is_routing(field) || is_own_hop(field, may.own_name)
        };
        if stays { Fate::Stays } else { Fate::Goes }
    })
}

/// `content` as the other side may see it; the very same bytes when nothing changes.
pub fn firewall_outbound(content: Bytes, may: &Outbound<'_>) -> Bytes {
    apply(content, |field| {
        let line = field.raw.trim_ascii_start();
        if !starts_with(line, COMMON) {
            let stays = may.routing || !is_routing(field) || is_own_hop(field, may.own_name);
            return if stays { Fate::Stays } else { Fate::Goes };
        }
        let blanks = field.raw.len() - line.len();
        if starts_with(line, ORGANIZATION) {
            organization_field(field, blanks, may)
        } else if (starts_with(line, FOREST) && !may.forest)
            || (starts_with(line, CROSS_PREMISES) && !may.cross_premises)
        {
            Fate::Goes
        } else {
            Fate::Stays
        }
    })
}

fn organization_field(field: &Field<'_>, blanks: usize, may: &Outbound<'_>) -> Fate {
    let name = field.name.get(ORGANIZATION.len()..).unwrap_or_default();
    let known = || HANDED_OVER.iter().any(|known| name.eq_ignore_ascii_case(known));
    if may.cross_premises && blanks == 0 && known() {
        Fate::Renamed(ORGANIZATION.len(), CROSS_PREMISES)
    } else if may.organization {
        Fate::Stays
    } else if blanks == 0 && field.name.eq_ignore_ascii_case(JOURNAL_REPORT) {
        Fate::Renamed(JOURNAL_REPORT.len(), JOURNAL_REPORT_OUTSIDE)
    } else {
        Fate::Goes
    }
}

/// Whether the field is one that only our own servers write.
pub(crate) fn is_reserved(field: &Field<'_>) -> bool {
    let line = field.raw.trim_ascii_start();
    [ORGANIZATION, FOREST, CROSS_PREMISES].iter().any(|prefix| starts_with(line, prefix))
}

/// `content` without the fields that go; the very same bytes when there are none.
pub(crate) fn without(content: Bytes, goes: impl Fn(&Field<'_>) -> bool) -> Bytes {
    apply(content, |field| if goes(field) { Fate::Goes } else { Fate::Stays })
}

/// Puts the header together again when one of its fields changes.
fn apply(content: Bytes, fate: impl Fn(&Field<'_>) -> Fate) -> Bytes {
    let header = HeaderBlock::parse(&content);
    if header.fields().all(|field| matches!(fate(&field), Fate::Stays)) {
        return content;
    }
    let mut out = BytesMut::with_capacity(content.len() + 64);
    for field in header.fields() {
        match fate(&field) {
            Fate::Stays => out.extend_from_slice(field.raw),
            Fate::Goes => {}
            Fate::Renamed(length, name) => {
                out.extend_from_slice(name);
                out.extend_from_slice(&field.raw[length..]);
            }
        }
    }
    out.extend_from_slice(&content[header.end()..]);
    out.freeze()
}

/// Whether the field tells the way of a message: Received and Resent-*.
pub fn is_routing(field: &Field<'_>) -> bool {
    const RESENT: [&str; 7] = [
        "Resent-Date",
        "Resent-From",
        "Resent-Sender",
        "Resent-To",
        "Resent-Cc",
        "Resent-Bcc",
        "Resent-Message-ID",
    ];
    match field.name.first() {
        Some(b'R' | b'r') => field.is("Received") || RESENT.iter().any(|name| field.is(name)),
        _ => false,
    }
}

/// Looks at the raw line: neither blanks before the name nor a damaged name get it through.
fn starts_with(line: &[u8], prefix: &[u8]) -> bool {
    line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
