use std::{collections::BTreeSet, time::Duration};

use model::{
    Address, Directionality, EventSource, Guid, ManualClock, MessageFacts, MessageId, Peer,
    RecipientResult,
};
use tempfile::TempDir;

use super::*;
use crate::{fields, search::search};

fn up_to(rows: usize) -> Most {
    Most { rows, bytes: usize::MAX }
}

const NOON: i64 = 1_795_521_600_000; // 2026-11-24T12:00:00Z

fn settings(place: &TempDir) -> TrackingSettings {
    TrackingSettings {
        enabled: true,
        log: LogSettings {
            folder: Some(place.path().to_owned()),
            max_file_size: Unlimited::Unlimited,
            max_directory_size: Unlimited::Unlimited,
            max_age: TimeSpan::days(30),
        },
        subjects: true,
    }
}

fn start(place: &TempDir) -> MessageTrackingLog {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOON)));
    MessageTrackingLog::start(settings(place), None, clock).unwrap()
}

async fn flush(log: &MessageTrackingLog) {
    tokio::time::timeout(Duration::from_secs(20), log.flush()).await.unwrap();
}

fn event<'a>(id: u64, recipients: &'a [Address], status: &'a str) -> MessageEvent<'a> {
    MessageEvent {
        kind: MessageEventKind::Send,
        source: EventSource::Smtp,
        message: MessageFacts {
            id: MessageId::new(id).unwrap(),
            network_id: Guid::nil(),
            internet_message_id: Some("<1@contoso.com>"),
            subject: Some("Hello, \"world\"\r\nnext"),
            sender: "",
            size: 4_096,
            accepted_at: Timestamp::from_millis(NOON - 1),
            original_client: Some([192, 0, 2, 7].into()),
            directionality: Directionality::Originating,
            tls: model::TlsRequirement::Default,
        },
        recipients: recipients
            .iter()
            .map(|recipient| RecipientResult { recipient, status })
            .collect(),
        connector: "Out",
        client: Peer { name: "MBX01", address: None },
        server: Peer { name: "mx.example.net", address: Some([192, 0, 2, 1].into()) },
        related_recipient: None,
        reference: String::new(),
    }
}

fn recipients() -> Vec<Address> {
    vec!["a@example.net".parse().unwrap(), "\"b;c\"@example.net".parse().unwrap()]
}

#[tokio::test]
async fn a_row_has_the_documented_fields_in_order() {
    let place = TempDir::new().unwrap();
    let (log, to) = (start(&place), recipients());
    log.emit(Timestamp::from_millis(NOON), &Event::Message(&event(7, &to, "250 2.0.0 ok; queued")));
    flush(&log).await;
    let text = std::fs::read_to_string(place.path().join("MSGTRK20261124-1.log")).unwrap();
    let mut lines = text.lines();
    let names = lines.by_ref().find_map(|line| line.strip_prefix("#Fields: ")).unwrap();
    let row = fields::split(lines.next().unwrap(), b',').unwrap();
    assert_eq!(lines.next(), None);
    assert_eq!(names.split(',').count(), 27);
    assert_eq!(
        row,
        [
            "2026-11-24T12:00:00.000Z",
            "",
            "MBX01",
            "192.0.2.1",
            "mx.example.net",
            "",
            "Out",
            "SMTP",
            "SEND",
            "7",
            "<1@contoso.com>",
            "00000000-0000-0000-0000-000000000000",
            "a@example.net;\"\"\"b;c\"\"@example.net\"",
            "\"250 2.0.0 ok; queued\";\"250 2.0.0 ok; queued\"",
            "4096",
            "2",
            "",
            "",
            "Hello, \"world\"  next",
            "<>",
            "<>",
            "2026-11-24T11:59:59.999Z",
            "Originating",
            "",
            "192.0.2.7",
            "",
            "",
        ]
    );
    let found = search(place.path(), PREFIX, (None, None), up_to(10), |_| true).unwrap();
    assert_eq!(fields::list(found.rows[0].field("recipient-address"))[1], "\"b;c\"@example.net");
    log.configure(TrackingSettings { subjects: false, ..settings(&place) });
    log.emit(Timestamp::from_millis(NOON), &Event::Message(&event(8, &to, "")));
    flush(&log).await;
    let found = search(place.path(), PREFIX, (None, None), up_to(10), |_| true).unwrap();
    assert_eq!(found.rows[1].field("message-subject"), "");
    assert_eq!(found.rows[1].field("recipient-status"), "");
}

#[tokio::test]
async fn what_the_log_has_is_not_written_again() {
    let place = TempDir::new().unwrap();
    let to = recipients();
    let at = |id: u64| Timestamp::from_millis(NOON - 86_400_000 * (id % 2) as i64 + id as i64);
    let mut lines = Vec::new();
    {
        let log = start(&place);
        for id in 1..=20 {
            let line = log.lines(at(id), &event(id, &to, "ok")).next().unwrap();
            if id <= 12 {
                log.append(at(id), &line);
            }
            lines.push(line);
        }
    }
    let log = start(&place);
    assert_eq!(log.recover(&lines).unwrap(), 8);
    flush(&log).await;
    assert_eq!(log.recover(&lines).unwrap(), 0);
    let found = search(place.path(), PREFIX, (None, None), up_to(100), |_| true).unwrap();
    let ids: Vec<&str> = found.rows.iter().map(|row| row.field("internal-message-id")).collect();
    assert_eq!(ids.len(), 20);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 20);
}

#[tokio::test]
async fn rows_come_in_the_order_of_time_and_damage_is_passed_by() {
    let place = TempDir::new().unwrap();
    let to = recipients();
    let log = start(&place);
    for id in [3, 1, 2, 5, 4] {
        let at = Timestamp::from_millis(NOON + id as i64);
        log.emit(at, &Event::Message(&event(id, &to, "ok")));
    }
    flush(&log).await;
    let file = place.path().join("MSGTRK20261124-1.log");
    let mut text = std::fs::read(&file).unwrap();
    text.extend_from_slice(
        b"2026-11-24T12:00:00.004Z,broken\n\xff\xfe\n2026-11-24T12:00:00.004Z,\"open\n",
    );
    let cut = text.clone();
    text.extend_from_slice(&cut[..cut.len() / 2]);
    std::fs::write(&file, text).unwrap();
    std::fs::create_dir(place.path().join("MSGTRK20261125-1.log")).unwrap();
    std::fs::write(place.path().join("MSGTRK20261123-1.log"), "no header\n").unwrap();
    let ids = |span, most| {
        let found = search(place.path(), PREFIX, span, up_to(most), |_| true).unwrap();
        let ids = found.rows.iter().map(|row| row.field("internal-message-id").to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.dedup();
        (ids.concat(), found.more)
    };
    let at = |n: i64| Some(Timestamp::from_millis(NOON + n));
    assert_eq!(ids((None, None), 100).0, "12345");
    assert_eq!(ids((at(2), at(4)), 100).0, "23", "the end is not included");
    assert!(ids((None, None), 2).1);
    assert_eq!(ids((at(86_400_000), None), 100), (String::new(), false));
}

#[tokio::test]
async fn many_recipients_stand_in_several_rows() {
    let place = TempDir::new().unwrap();
    let log = start(&place);
    // All of it is less than may wait for the writer, however slow that is.
    let to: Vec<Address> =
        (0..300).map(|n| format!("recipient-{n}@example.net").parse().unwrap()).collect();
    // Every byte of the replies asks for quoting, the worst case.
    let status = "\"".repeat(20_000);
    let at = Timestamp::from_millis(NOON);
    let lines: Vec<Vec<u8>> = log.lines(at, &event(7, &to, &status)).collect();
    assert!(lines.iter().all(|line| line.len() <= 512 << 10), "longer than half a MB");
    log.emit(at, &Event::Message(&event(7, &to, &status)));
    flush(&log).await;
    let found = search(place.path(), PREFIX, (None, None), up_to(1_000), |_| true).unwrap().rows;
    assert_eq!(found.len(), lines.len());
    let listed: Vec<String> =
        found.iter().flat_map(|row| fields::list(row.field("recipient-address"))).collect();
    assert_eq!(listed, to.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(log.lines(at, &event(7, &[], "")).count(), 1, "one row at least");
}

#[tokio::test]
async fn a_full_log_loses_what_may_be_lost_and_nothing_else() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("folder");
    std::fs::write(&folder, "not a folder").unwrap();
    let mut settings = settings(&place);
    settings.log.folder = Some(folder.clone());
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOON)));
    let log = MessageTrackingLog::start(settings, None, clock).unwrap();
    let (to, at, status) = (recipients(), Timestamp::from_millis(NOON), "x".repeat(8_000));
    let mut kept = 0;
    while !log.is_full() {
        log.emit(at, &Event::Message(&event(1, &to, &status)));
        kept += 1;
        assert!(kept < 10_000);
    }
    for _ in 0..100 {
        log.emit(at, &Event::Message(&event(2, &to, &status)));
    }
    let terminal = log.lines(at, &event(3, &to, "ok")).next().unwrap();
    log.append(at, &terminal);
    std::fs::remove_file(&folder).unwrap();
    flush(&log).await;
    tokio::time::timeout(Duration::from_secs(20), log.room()).await.unwrap();
    log.emit(at, &Event::Message(&event(4, &to, "ok")));
    flush(&log).await;
    let rows = |id: &str| {
        let wanted = |row: &TrackingRow| row.field("internal-message-id") == id;
        search(&folder, PREFIX, (None, None), up_to(10_000), wanted).unwrap().rows.len()
    };
    assert_eq!([rows("1"), rows("2"), rows("3"), rows("4")], [kept, 0, 1, 1]);
}

#[tokio::test]
async fn an_answer_has_its_limit() {
    let place = TempDir::new().unwrap();
    let (log, to, status) = (start(&place), recipients(), "x".repeat(4_000));
    for id in 1..=100 {
        let at = Timestamp::from_millis(NOON + id as i64);
        log.emit(at, &Event::Message(&event(id, &to, &status)));
    }
    flush(&log).await;
    let found = |bytes| {
        let most = Most { rows: 1_000, bytes };
        let found = search(place.path(), PREFIX, (None, None), most, |_| true).unwrap();
        (found.rows.len(), found.cut, found.more)
    };
    assert_eq!(found(1 << 20), (100, false, false));
    assert_eq!(found(0), (1, true, false), "one row at least");
    let (rows, cut, _) = found(200_000);
    assert!(cut && (10..25).contains(&rows), "{rows} rows of 8 KB and more");
}
