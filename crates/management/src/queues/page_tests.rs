use proptest::prelude::*;
use serde_json::{Value, json};
use transport::QueueName;

use super::super::column::{Column, Read, Type, object, row};
use super::super::name::Name;
use super::*;
use crate::binding::Bound;
use crate::problem::Problem;

#[derive(Debug, Clone, PartialEq)]
struct Line {
    id: u64,
    size: u64,
}

impl Line {
    fn key(&self) -> Key {
        (self.id, QueueName::Submission)
    }
}

const COLUMNS: &[Column<Read<Line>>] = &[
    Column::new("Identity", Type::Name, |line| {
        let message = model::MessageId::new(line.id);
        Field::Name(Name { server: "S", queue: QueueName::Submission, domain: None, message })
    }),
    Column::new("Size", Type::Size, |line| Field::Size(line.size)),
];

row!(Line, COLUMNS);

fn lines() -> Vec<Line> {
    [(1, 30), (2, 10), (3, 10), (4, 20), (5, 20)].map(|(id, size)| Line { id, size }).to_vec()
}

fn read(parameters: Value) -> Result<Page, Problem> {
    let Value::Object(map) = parameters else { panic!("an object") };
    Page::read::<Line>(&Bound::new(cmdlets::find("Get-Queue").unwrap(), map)?, "S")
}

/// The page, and how many rows were looked at.
fn taken(page: &Page, lines: &[Line]) -> (Paged<Line>, usize) {
    let mut collector = Collector::new(page);
    let mut seen = 0;
    for line in lines {
        seen += 1;
        if collector.offer(line.key(), line, || line.clone()).is_break() {
            break;
        }
    }
    (collector.finish(), seen)
}

fn page(parameters: Value) -> Result<Paged<Line>, Problem> {
    Ok(taken(&read(parameters)?, &lines()).0)
}

fn ids(parameters: Value) -> Vec<u64> {
    page(parameters).unwrap().rows.iter().map(|row| row.id).collect()
}

#[test]
fn sorted_by_identity_and_by_properties() {
    assert_eq!(ids(json!({})), [1, 2, 3, 4, 5]);
    assert_eq!(ids(json!({ "SortOrder": "+Size" })), [2, 3, 4, 5, 1]);
    assert_eq!(ids(json!({ "SortOrder": "-size,-Identity" })), [1, 5, 4, 3, 2]);
    assert_eq!(ids(json!({ "SortOrder": ["Size", "-Identity"] })), [3, 2, 5, 4, 1]);
    let problem = page(json!({ "SortOrder": "+Nothing" })).err().unwrap();
    assert_eq!(problem.parameter.as_deref(), Some("SortOrder"));
}

#[test]
fn pages_by_object() {
    let first = page(json!({ "ResultSize": 2, "SortOrder": "+Size" })).unwrap();
    assert_eq!(first.rows.len(), 2);
    assert!(first.warnings[0].contains("3 more"), "{:?}", first.warnings);
    let bookmark = json!({ "Identity": "S\\Submission\\3", "Size": "10 B (10 bytes)" });
    let next = |included: bool, forward: bool| {
        ids(json!({
            "ResultSize": 2, "SortOrder": "+Size", "BookmarkObject": bookmark,
            "IncludeBookmark": included, "SearchForward": forward,
        }))
    };
    assert_eq!(next(false, true), [4, 5]);
    assert_eq!(next(true, true), [3, 4]);
    assert_eq!(next(false, false), [2]);
    assert_eq!(next(true, false), [2, 3]);
    // The object need not be there any more.
    let gone = json!({ "Identity": "S\\Submission\\3", "Size": "15 B (15 bytes)" });
    let after = json!({
        "SortOrder": "+Size", "BookmarkObject": gone, "IncludeBookmark": false,
    });
    assert_eq!(ids(after), [4, 5, 1]);
    let foreign = json!({ "BookmarkObject": { "Identity": "X\\Submission\\3" } });
    assert_eq!(page(foreign).err().unwrap().status, 400);
    assert!(page(json!({ "BookmarkObject": { "Name": "x" } })).is_err());
    assert!(page(json!({ "BookmarkObject": bookmark, "BookmarkIndex": 1 })).is_err());
}

#[test]
fn pages_by_index() {
    let at = |index: i32| ids(json!({ "ResultSize": 2, "BookmarkIndex": index }));
    assert_eq!(at(0), [1, 2]);
    assert_eq!(at(-7), [1, 2]);
    assert_eq!(at(1), [1, 2]);
    assert_eq!(at(4), [4, 5]);
    assert_eq!(at(6), [0u64; 0]);
    assert_eq!(at(i32::MAX), [4, 5]);
    let excluded = json!({ "ResultSize": 2, "BookmarkIndex": 2, "IncludeBookmark": false });
    assert_eq!(ids(excluded), [3, 4]);
    for index in [0, 3, i32::MAX] {
        let backward = json!({ "ResultSize": 2, "BookmarkIndex": index, "SearchForward": false });
        let expected: &[u64] = match index {
            0 => &[1, 2],
            3 => &[2, 3],
            _ => &[4, 5],
        };
        assert_eq!(ids(backward.clone()), expected, "{index}");
        let mut sorted = backward;
        sorted["SortOrder"] = json!("+Identity");
        assert_eq!(ids(sorted), expected, "{index}");
    }
    let before = json!({ "BookmarkIndex": 3, "SearchForward": false, "IncludeBookmark": false });
    assert_eq!(ids(before), [1, 2]);
    assert!(read(json!({ "BookmarkIndex": 300_000, "SortOrder": "Size" })).is_err());
    let info = page(json!({ "ResultSize": "unlimited", "ReturnPageInfo": true })).unwrap();
    assert_eq!(info.warnings, ["Total: 5; index of the first object: 1."]);
}

#[test]
fn a_full_page_ends_the_pass() {
    let many: Vec<Line> = (1..=10_000).map(|id| Line { id, size: id % 7 }).collect();
    let (first, seen) = taken(&read(json!({ "ResultSize": 10 })).unwrap(), &many);
    assert_eq!((first.rows.len(), seen), (10, 11));
    assert!(first.warnings[0].starts_with("There are more results."), "{:?}", first.warnings);
    let parameters = json!({ "ResultSize": 10, "ReturnPageInfo": true });
    let (counted, seen) = taken(&read(parameters).unwrap(), &many);
    assert_eq!((counted.rows.len(), seen), (10, 10_000));
    assert!(counted.warnings[0].starts_with("There are 9990 more"), "{:?}", counted.warnings);
    assert!(counted.warnings[1].starts_with("Total: 10000; index of the first object: 1."));
}

#[test]
fn only_a_page_is_kept() {
    let page = read(json!({ "ResultSize": 100, "SortOrder": "-Identity" })).unwrap();
    let mut collector = Collector::new(&page);
    let (mut most, mut made) = (0, 0);
    // Every row is better than all before: the worst case.
    for id in 1..=100_000 {
        let line = Line { id, size: 1 };
        let _ = collector.offer(line.key(), &line, || made += 1);
        most = most.max(collector.kept.len());
    }
    assert!(most < 200 && made == 100_000, "{most} {made}");
    let page = read(json!({ "ResultSize": 100, "SortOrder": "Size" })).unwrap();
    let mut collector = Collector::new(&page);
    let mut made = 0;
    for id in 1..=100_000 {
        let line = Line { id, size: id };
        let _ = collector.offer(line.key(), &line, || made += 1);
    }
    assert!(made < 200, "rows that do not come in cost nothing: {made}");
}

proptest! {
    #[test]
    fn pages_cover_everything_once(size in 1usize..7, down in any::<bool>()) {
        let order = if down { "-Size" } else { "+Size" };
        let mut seen = Vec::new();
        let mut parameters = json!({ "ResultSize": size, "SortOrder": order });
        loop {
            let page = page(parameters.clone()).unwrap();
            let Some(last) = page.rows.last() else { break };
            parameters["BookmarkObject"] = Value::Object(object(last));
            parameters["IncludeBookmark"] = json!(false);
            seen.extend(page.rows);
        }
        let mut all: Vec<u64> = seen.iter().map(|row| row.id).collect();
        all.sort_unstable();
        prop_assert_eq!(all, [1, 2, 3, 4, 5]);
    }

    /// As if everything had been sorted and the page cut out of it.
    #[test]
    fn as_if_sorted_whole(
        sizes in proptest::collection::vec(0u64..6, 0..300),
        size in 1usize..40,
        down in any::<bool>(),
        forward in any::<bool>(),
        included in any::<bool>(),
        at in proptest::option::of((1u64..300, 0u64..6)),
        row in proptest::option::of(1i32..320),
        sorted in any::<bool>(),
    ) {
        let lines: Vec<Line> =
            (1..).zip(&sizes).map(|(id, size)| Line { id, size: *size }).collect();
        let mut parameters = json!({
            "ResultSize": size, "SearchForward": forward, "IncludeBookmark": included,
            "ReturnPageInfo": true,
        });
        let mut whole = lines.clone();
        if sorted {
            parameters["SortOrder"] = json!(if down { "-Size" } else { "Size" });
            whole.sort_by_key(|l| (if down { 10 - l.size } else { l.size }, l.id));
        }
        let bookmark = at.map(|(id, size)| Line { id, size });
        let rank = |l: &Line| (if !sorted { 0 } else if down { 10 - l.size } else { l.size }, l.id);
        let (low, high) = match (&bookmark, row) {
            (Some(mark), _) => {
                parameters["BookmarkObject"] = Value::Object(object(mark));
                let at = whole.iter().filter(|l| rank(l) < rank(mark)).count();
                let past = whole.iter().filter(|l| rank(l) <= rank(mark)).count();
                if included { (at, past) } else { (past, at) }
            }
            (None, Some(index)) => {
                parameters["BookmarkIndex"] = json!(index);
                let row = (index as usize - 1).min(whole.len());
                let next = (index as usize).min(whole.len());
                if included { (row, next) } else { (next, row) }
            }
            (None, None) => (0, whole.len()),
        };
        let (first, end) = if forward {
            (low.min(whole.len()), low.saturating_add(size).min(whole.len()))
        } else {
            // Counted from a row that is not there the page may be shorter.
            match row.filter(|_| bookmark.is_none()) {
                Some(index) => {
                    let high = index as usize - usize::from(!included);
                    (high.saturating_sub(size).min(whole.len()), high.min(whole.len()))
                }
                None => (high.saturating_sub(size), high),
            }
        };
        let page = taken(&read(parameters).unwrap(), &lines).0;
        prop_assert_eq!(&page.rows[..], &whole[first..end]);
        let info = page.warnings.last().unwrap();
        let index = if first == end { 0 } else { first + 1 };
        prop_assert_eq!(info, &format!("Total: {}; index of the first object: {index}.", lines.len()));
    }
}
