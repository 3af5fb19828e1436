//! Digests of several servers as one: groups with the same value are one group.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::plan::MOST_ROWS;
use crate::queues::DETAILS;

/// Groups by their value in lower case.
#[derive(Default)]
pub(super) struct Groups {
    groups: HashMap<String, Group>,
    /// Whether small groups were left out to bound the memory.
    cut: bool,
}

/// Queues with something in common.
#[derive(Default)]
struct Group {
    value: String,
    counts: [u64; COUNTS.len()],
    details: Vec<Value>,
    cost: usize,
}

const COUNTS: [&str; 4] =
    ["MessageCount", "DeferredMessageCount", "LockedMessageCount", "StaleMessageCount"];

impl Groups {
    /// Adds the groups of a server, each of about `cost` bytes, as long as all take no more than `most`.
    pub(super) fn add(&mut self, rows: Vec<Value>, cost: usize, most: usize) {
        for row in rows {
            let Value::Object(row) = row else { continue };
            self.add_group(row, cost);
        }
        if self.groups.len() > MOST_ROWS || self.cost() > most {
            self.shrink(most);
        }
    }

    fn add_group(&mut self, mut row: Map<String, Value>, cost: usize) {
        let value = row.get("GroupByValue").and_then(Value::as_str).unwrap_or_default().to_owned();
        let group = self.groups.entry(value.to_lowercase()).or_default();
        // Of several spellings one, whoever answers first.
        if group.cost == 0 || value < group.value {
            group.value = value;
        }
        for (count, name) in group.counts.iter_mut().zip(COUNTS) {
            let more = row.get(name).and_then(Value::as_u64).unwrap_or(0);
            *count = count.saturating_add(more);
        }
        group.cost += cost;
        if let Some(Value::Array(details)) = row.remove("Details") {
            group.details.extend(details);
            group.details.sort_by_cached_key(place);
            group.details.truncate(DETAILS);
        }
    }

    fn cost(&self) -> usize {
        self.groups.values().map(|group| group.cost).sum()
    }

    /// Leaves out the smallest groups.
    fn shrink(&mut self, most: usize) {
        self.cut = true;
        let mut sum = 0;
        let groups = std::mem::take(self).in_order();
        self.cut = true;
        for group in groups.into_iter().take(MOST_ROWS) {
            sum += group.cost;
            if sum > most {
                break;
            }
            self.groups.insert(group.value.to_lowercase(), group);
        }
    }

    /// The largest first.
    fn in_order(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by(|a, b| {
            b.counts[0].cmp(&a.counts[0]).then_with(|| {
                let lower = |group: &Group| group.value.to_lowercase();
                lower(a).cmp(&lower(b))
            })
        });
        groups
    }

    /// The `size` largest groups, how many more there are, and whether some were left out before.
    pub(super) fn finish(self, size: usize) -> (Vec<Value>, usize, bool) {
        let cut = self.cut;
        let groups = self.in_order();
        let left = groups.len().saturating_sub(size);
        (groups.into_iter().take(size).map(Group::into_json).collect(), left, cut)
    }
}

impl Group {
    fn into_json(self) -> Value {
        let [messages, deferred, locked, stale] = self.counts;
        json!({
            "GroupByValue": self.value,
            "MessageCount": messages,
            "DeferredMessageCount": deferred,
            "LockedMessageCount": locked,
            "StaleMessageCount": stale,
            "Details": self.details,
        })
    }
}

/// Where a queue stands in its group: the fullest first.
fn place(detail: &Value) -> (Reverse<u64>, String) {
    let name = detail["QueueIdentity"].as_str().unwrap_or_default().to_lowercase();
    (Reverse(detail["MessageCount"].as_u64().unwrap_or(0)), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(value: &str, count: u64) -> Value {
        json!({ "GroupByValue": value, "MessageCount": count, "Details": [] })
    }

    #[test]
    fn the_largest_groups_are_kept_where_not_all_can_be() {
        let mut groups = Groups::default();
        groups.add(vec![group("a", 5), group("b", 1)], 10, 30);
        groups.add(vec![group("A", 1), group("c", 3)], 10, 30);
        let (shown, left, cut) = groups.finish(10);
        let values: Vec<&str> = shown.iter().filter_map(|g| g["GroupByValue"].as_str()).collect();
        assert_eq!((values, left, cut), (vec!["A", "c"], 0, true));
        assert_eq!(shown[0]["MessageCount"], 6);
    }

    #[test]
    fn queues_told_of_in_one_group_are_bounded() {
        let mut groups = Groups::default();
        for server in 0..3u64 {
            let details: Vec<Value> = (0..DETAILS as u64)
                .map(|i| json!({ "QueueIdentity": format!("{server}\\{i}"), "MessageCount": i }))
                .collect();
            let row = json!({ "GroupByValue": "x", "MessageCount": 9, "Details": details });
            groups.add(vec![row], 1, 1000);
        }
        let (shown, ..) = groups.finish(1);
        let details = shown[0]["Details"].as_array().unwrap();
        assert_eq!((details.len(), &shown[0]["MessageCount"]), (DETAILS, &json!(27)));
        assert_eq!(details[0]["MessageCount"], DETAILS as u64 - 1);
    }
}
