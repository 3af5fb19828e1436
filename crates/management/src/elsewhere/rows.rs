//! Rows of several servers in one order, of which only as many are kept as are wanted.

use std::cmp::Ordering;

use serde_json::Value;

use super::plan::Kind;
use crate::queues::{Field, Key, Name, SortKey, field_of};

/// Rows in order.
pub(super) struct Rows {
    order: Order,
    size: usize,
    kept: Vec<Placed>,
    /// Whether rows were left out because there are more than wanted.
    pub(super) more: bool,
}

/// What decides the order before servers and identities do.
enum Order {
    Keys(Vec<SortKey>),
    Time,
}

/// A row with what its place depends on.
struct Placed {
    fields: Vec<Field<'static>>,
    server: String,
    key: Key,
    row: Value,
    cost: usize,
}

impl Rows {
    /// None yet; at most `size`.
    pub(super) fn new(kind: Kind, size: usize) -> Self {
        let order = match kind {
            Kind::Rows(keys) => Order::Keys(keys),
            Kind::Events | Kind::Groups => Order::Time,
        };
        Self { order, size, kept: Vec::new(), more: false }
    }

    /// Adds the rows of `server`, each of about `cost` bytes.
    pub(super) fn add(&mut self, server: &str, rows: Vec<Value>, cost: usize) {
        let place = |(at, row): (usize, Value)| self.order.place(server, at, row, cost);
        let placed: Vec<Placed> = rows.into_iter().enumerate().map(place).collect();
        self.kept.extend(placed);
        let order = &self.order;
        self.kept.sort_by(|a, b| order.compare(a, b));
        self.more |= self.kept.len() > self.size;
        self.kept.truncate(self.size);
    }

    /// Leaves out the last rows until the others take no more than `most` bytes; whether any was.
    pub(super) fn fit(&mut self, most: usize) -> bool {
        let mut sum = 0;
        let fits = |row: &&Placed| {
            sum += row.cost;
            sum <= most
        };
        let fitting = self.kept.iter().take_while(fits).count();
        let cut = fitting < self.kept.len();
        self.kept.truncate(fitting);
        cut
    }

    /// All of them.
    pub(super) fn finish(self) -> Vec<Value> {
        self.kept.into_iter().map(|placed| placed.row).collect()
    }
}

impl Order {
    fn place(&self, server: &str, at: usize, row: Value, cost: usize) -> Placed {
        // As they came, where they have no name.
        let came = (at as u64, transport::QueueName::Submission);
        let (fields, key) = match self {
            Self::Keys(keys) => {
                let name = row["Identity"].as_str().and_then(|text| Name::read(text, server));
                let value = |key: &SortKey| field_of(key.head.kind, row.get(key.head.name), server);
                (keys.iter().map(value).collect(), name.map_or(came, |name| name.key()))
            }
            // Moments are written so that their texts have their order.
            Self::Time => {
                let time = row["Timestamp"].as_str().unwrap_or_default().to_owned();
                (vec![Field::made(time)], came)
            }
        };
        Placed { fields, server: server.to_lowercase(), key, row, cost }
    }

    fn compare(&self, a: &Placed, b: &Placed) -> Ordering {
        let fields = a.fields.iter().zip(&b.fields);
        let by_fields = match self {
            Self::Keys(keys) => keys
                .iter()
                .zip(fields)
                .map(|(key, (a, b))| key.order(a, b))
                .find(|order| order.is_ne()),
            Self::Time => fields.map(|(a, b)| a.order(b)).find(|order| order.is_ne()),
        };
        by_fields.unwrap_or_else(|| (&a.server, &a.key).cmp(&(&b.server, &b.key)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn events(times: &[&str]) -> Vec<Value> {
        times.iter().map(|time| json!({ "Timestamp": time })).collect()
    }

    #[test]
    fn rows_are_in_the_order_of_time_and_bounded() {
        let mut rows = Rows::new(Kind::Events, 4);
        rows.add("B", events(&["2026-11-24T12:00:00.002Z", "2026-11-24T12:00:00.004Z"]), 10);
        rows.add("A", events(&["2026-11-24T12:00:00.001Z", "2026-11-24T12:00:00.002Z"]), 30);
        assert!(!rows.more && !rows.fit(80));
        rows.add("C", events(&["2026-11-24T12:00:00.003Z"]), 10);
        assert!(rows.more);
        assert!(!rows.fit(80), "the latest was left out");
        assert!(rows.fit(70));
        let times: Vec<String> = rows.finish().iter().map(Value::to_string).collect();
        assert_eq!(times.len(), 3);
        assert!(times[0].contains(".001Z") && times[2].contains(".002Z"), "{times:?}");
    }
}
