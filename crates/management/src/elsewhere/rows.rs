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
