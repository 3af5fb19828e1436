use proptest::prelude::*;
use serde_json::json;

use super::*;

#[derive(Debug, Clone, PartialEq)]
struct Row {
    id: u64,
    size: u64,
}

const COLUMNS: &[Column<Row>] = &[
    Column::new("Identity", Type::Text, |row| Field::Text(row.identity())),
    Column::new("Size", Type::Size, |row| Field::Size(row.size)),
];

impl Listed for Row {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }
    fn by_identity(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
    fn identity(&self) -> String {
        format!("S\\{}", self.id)
    }
    fn against(&self, identity: &str) -> Option<Ordering> {
        Some(self.id.cmp(&identity.strip_prefix("S\\")?.parse().ok()?))
    }
}

fn rows() -> Vec<Row> {
    [(3, 10), (1, 30), (2, 10), (5, 20), (4, 20)].map(|(id, size)| Row { id, size }).to_vec()
}

fn page(parameters: Value) -> Result<Paged<Row>, Problem> {
    let Value::Object(map) = parameters else { panic!("an object") };
    let bound = Bound::new(cmdlets::find("Get-Queue").unwrap(), map)?;
    Page::<Row>::read(&bound)?.take(rows())
}

fn ids(parameters: Value) -> Vec<u64> {
    page(parameters).unwrap().items.iter().map(|row| row.id).collect()
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
    assert_eq!(first.items.len(), 2);
    assert!(first.warnings[0].contains("3 more"), "{:?}", first.warnings);
    let bookmark = json!({ "Identity": "S\\3", "Size": "10 B (10 bytes)" });
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
    let gone = json!({ "Identity": "S\\3", "Size": "15 B (15 bytes)" });
    let after = json!({
        "SortOrder": "+Size", "BookmarkObject": gone, "IncludeBookmark": false,
    });
    assert_eq!(ids(after), [4, 5, 1]);
    let foreign = json!({ "BookmarkObject": { "Identity": "X\\3" } });
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
    let info = page(json!({ "ResultSize": "unlimited", "ReturnPageInfo": true })).unwrap();
    assert_eq!(info.warnings, ["Total: 5; index of the first object: 1."]);
}

proptest! {
    #[test]
    fn pages_cover_everything_once(size in 1usize..7, down in any::<bool>()) {
        let order = if down { "-Size" } else { "+Size" };
        let mut seen = Vec::new();
        let mut parameters = json!({ "ResultSize": size, "SortOrder": order });
        loop {
            let page = page(parameters.clone()).unwrap();
            let Some(last) = page.items.last() else { break };
            parameters["BookmarkObject"] = Value::Object(super::super::column::object(COLUMNS, last));
            parameters["IncludeBookmark"] = json!(false);
            seen.extend(page.items);
        }
        let mut all: Vec<u64> = seen.iter().map(|row| row.id).collect();
        all.sort_unstable();
        prop_assert_eq!(all, [1, 2, 3, 4, 5]);
    }
}
