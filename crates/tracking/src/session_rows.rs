//! Rows of sessions as the fields of a log (transport.md sections 11 and 12). The log's writer
//! keeps a row on one line; here each field is bounded, since peers chose much of the text.

use model::session_log::{ConnectivityRow, ProtocolRow};

use crate::files::Row;

/// The fields of a protocol log.
pub(crate) const PROTOCOL_FIELDS: &str = "date-time,connector-id,session-id,sequence-number,\
     local-endpoint,remote-endpoint,event,data,context";
/// The fields of a connectivity log.
pub(crate) const CONNECTIVITY_FIELDS: &str =
    "date-time,session,source,destination,direction,description";

/// Longest text of a field, in bytes; the rest is cut off.
const LONGEST: usize = 2000;

/// The fields of a protocol log's row behind its time.
pub(crate) fn protocol(out: &mut Row<'_>, row: &ProtocolRow<'_>) {
    out.text(bounded(row.connector)).display(row.session).display(row.sequence);
    out.optional(row.local).optional(row.remote).text(row.event.sign());
    out.text(bounded(row.data)).text(bounded(row.context));
}

/// The fields of a connectivity log's row behind its time.
pub(crate) fn connectivity(out: &mut Row<'_>, row: &ConnectivityRow<'_>) {
    out.display(row.session).text(bounded(row.source)).text(bounded(row.destination));
    out.text(row.direction.sign()).text(bounded(row.description));
}

fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests {
    use model::session_log::{Direction, ProtocolEvent, Service, SessionId, Side};

    use super::*;
    use crate::fields;

    fn written(write: impl FnOnce(&mut Row<'_>)) -> Vec<String> {
        let mut out = b"now".to_vec();
        write(&mut Row::after_first(&mut out));
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        fields::split(&text, b',').unwrap()
    }

    fn protocol_row(data: &str) -> ProtocolRow<'_> {
        ProtocolRow {
            service: Service::Hub,
            side: Side::Send,
            connector: "To, the \"Internet\"",
            session: SessionId::fresh(),
            sequence: 3,
            local: None,
            remote: Some("[2001:db8::1]:25".parse().unwrap()),
            event: ProtocolEvent::Received,
            data,
            context: "why",
        }
    }

    #[test]
    fn fields_are_those_of_the_reference() {
        let row = protocol_row("250-one, two");
        let id = row.session.to_string();
        let fields = written(|out| protocol(out, &row));
        assert_eq!(
            fields,
            [
                "now",
                "To, the \"Internet\"",
                &id,
                "3",
                "",
                "[2001:db8::1]:25",
                "<",
                "250-one, two",
                "why"
            ]
        );
        assert_eq!(fields.len(), PROTOCOL_FIELDS.split(',').count());
        let row = ConnectivityRow {
            service: Service::Hub,
            session: row.session,
            source: "SMTP",
            destination: "[192.0.2.1],relay.test",
            direction: Direction::Progress,
            description: "connected",
        };
        let fields = written(|out| connectivity(out, &row));
        assert_eq!(fields[1..], [id.as_str(), "SMTP", "[192.0.2.1],relay.test", ">", "connected"]);
        assert_eq!(fields.len(), CONNECTIVITY_FIELDS.split(',').count());
    }

    #[test]
    fn a_peer_writes_neither_lines_nor_volumes() {
        let forged = protocol_row("a\r\n2026-11-24T00:00:00.000Z,All\u{1b}[2J");
        let shown = written(|out| protocol(out, &forged)).remove(7);
        assert!(shown.starts_with('a') && !shown.contains(char::is_control), "{shown:?}");
        let long = "é".repeat(100_000);
        let shown = written(|out| protocol(out, &protocol_row(&long))).remove(7);
        assert!(shown.len() <= LONGEST, "{}", shown.len());
    }
}
