//! `Include` and `Exclude` of queues: category, emptiness and delivery type.

use super::queue_row::QueueRow;
use crate::binding::Bound;

/// Which kinds of queues are wanted.
pub(super) struct Kinds {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Kinds {
    /// Reads both parameters.
    pub(super) fn read(bound: &Bound) -> Self {
        Self { include: bound.words("Include"), exclude: bound.words("Exclude") }
    }

    /// Whether every aspect that `Include` speaks of is included, and nothing is excluded.
    pub(super) fn admit(&self, row: &QueueRow) -> bool {
        let aspects: [fn(&str) -> bool; 3] = [is_category, is_empty_word, is_delivery_type];
        let included = aspects.iter().all(|aspect| {
            let mut words = self.include.iter().filter(|word| aspect(word)).peekable();
            words.peek().is_none() || words.any(|word| applies(word, row))
        });
        included && !self.exclude.iter().any(|word| applies(word, row))
    }
}

fn is_category(word: &str) -> bool {
    word.eq_ignore_ascii_case("Internal") || word.eq_ignore_ascii_case("External")
}

fn is_empty_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("Empty")
}

fn is_delivery_type(word: &str) -> bool {
    !is_category(word) && !is_empty_word(word)
}

fn applies(word: &str, row: &QueueRow) -> bool {
    if is_empty_word(word) {
        row.info.message_count == 0
    } else if is_category(word) {
        row.info.next_hop_category.eq_ignore_ascii_case(word)
    } else {
        row.info.delivery_type.eq_ignore_ascii_case(word)
    }
}
