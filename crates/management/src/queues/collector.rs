//! Taking a page out of a list in one pass.
//!
//! Rows are offered in the order of their identity. In that order the pass ends as soon as the page
//! is full; in any other only the best rows so far are kept, never more than a page and a quarter.
//! A row that does not come in costs a comparison and no memory.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::column::{Field, Row};
use super::name::Key;
use super::page::{Bookmark, Page, Start};

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Paged<K> {
    /// The rows of the page, in order.
    pub(crate) rows: Vec<K>,
    /// What the caller should know: that there is more, and where the page stands.
    pub(crate) warnings: Vec<String>,
}

/// Takes a page; `K` is what it keeps of a row.
pub(crate) struct Collector<'p, K> {
    page: &'p Page,
    kept: VecDeque<Kept<K>>,
    /// Rows that were offered.
    total: usize,
    /// Of these, rows before the bookmark in the direction of the page.
    before: usize,
    /// Rows from the bookmark on that are not in the page.
    left: usize,
    /// Nothing behind the worst row that was kept comes in.
    is_sieved: bool,
    /// Whether the pass went through the whole list.
    is_whole: bool,
}

struct Kept<K> {
    fields: Vec<Field<'static>>,
    key: Key,
    row: K,
}

/// What is to become of a row.
enum Verdict {
    /// It lies on the other side of the bookmark.
    Before,
    /// It might be in the page.
    Eligible,
}

impl<'p, K> Collector<'p, K> {
    /// Takes `page`.
    pub(crate) fn new(page: &'p Page) -> Self {
        Self {
            page,
            kept: VecDeque::new(),
            total: 0,
            before: 0,
            left: 0,
            is_sieved: false,
            is_whole: true,
        }
    }

    /// Offers a row; `keep` is asked when it may come into the page. Breaks off when no further
    /// row can matter.
    pub(crate) fn offer<R: Row>(
        &mut self,
        key: Key,
        row: &R,
        keep: impl FnOnce() -> K,
    ) -> ControlFlow<()> {
        self.total += 1;
        if let (Verdict::Before, is_over) = self.verdict(key, row) {
            self.before += 1;
            return if is_over { self.enough() } else { ControlFlow::Continue(()) };
        }
        if self.page.keys.is_empty() {
            self.offer_in_order(key, keep)
        } else {
            self.offer_in_any_order(key, row, keep);
            ControlFlow::Continue(())
        }
    }

    /// Whether rows of this key or beyond can be left out from the start: the first that counts.
    pub(crate) fn begins_after(&self) -> Option<Key> {
        match &self.page.start {
            Start::Object(Bookmark { key, included: false, .. })
                if self.page.forward && self.page.keys.is_empty() && !self.page.report =>
            {
                Some(*key)
            }
            _ => None,
        }
    }

    /// On which side of the bookmark a row lies, and whether those that follow lie there too.
    fn verdict<R: Row>(&self, key: Key, row: &R) -> (Verdict, bool) {
        let is_default = self.page.keys.is_empty();
        match &self.page.start {
            Start::Object(bookmark) => {
                let order = self.against(bookmark, key, row);
                let order = if self.page.forward { order } else { order.reverse() };
                let is_in = order.is_gt() || (order.is_eq() && bookmark.included);
                let verdict = if is_in { Verdict::Eligible } else { Verdict::Before };
                (verdict, is_default && !self.page.forward)
            }
            Start::Row(first) if is_default && self.total <= *first => (Verdict::Before, false),
            _ => (Verdict::Eligible, false),
        }
    }

    fn against<R: Row>(&self, bookmark: &Bookmark, key: Key, row: &R) -> Ordering {
        let fields = self.page.keys.iter().zip(&bookmark.fields);
        fields
            .map(|(by, field)| by.order(&row.field(by.column), field))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| key.cmp(&bookmark.key))
    }

    fn takes_last(&self) -> bool {
        !self.page.forward || matches!(self.page.start, Start::End)
    }

    fn offer_in_order(&mut self, key: Key, keep: impl FnOnce() -> K) -> ControlFlow<()> {
        if self.kept.len() >= self.page.size {
            self.left += 1;
            if !self.takes_last() {
                return self.enough();
            }
            if self.kept.pop_front().is_none() {
                return ControlFlow::Continue(());
            }
        }
        self.kept.push_back(Kept { fields: Vec::new(), key, row: keep() });
        ControlFlow::Continue(())
    }

    /// No further row can come in; they are only counted, when that was asked for.
    fn enough(&mut self) -> ControlFlow<()> {
        if self.page.report {
            return ControlFlow::Continue(());
        }
        self.is_whole = false;
        ControlFlow::Break(())
    }

    fn offer_in_any_order<R: Row>(&mut self, key: Key, row: &R, keep: impl FnOnce() -> K) {
        let most = self.most();
        if most == 0 || (self.is_sieved && self.is_behind(key, row)) {
            self.left += 1;
            return;
        }
        let fields = self.page.keys.iter().map(|by| row.field(by.column).into_owned()).collect();
        self.kept.push_back(Kept { fields, key, row: keep() });
        if self.kept.len() >= most + most / 4 + 64 {
            self.sieve();
        }
    }

    /// Most rows that can be in the page or, when it starts at a row, before it.
    fn most(&self) -> usize {
        match self.page.start {
            Start::Row(first) => first.saturating_add(self.page.size),
            _ => self.page.size,
        }
    }

    /// Keeps the best rows; the worst of them is the last then.
    fn sieve(&mut self) {
        let (most, last) = (self.most(), self.takes_last());
        let keys = &self.page.keys;
        let kept = self.kept.make_contiguous();
        if most == 0 || kept.len() <= most {
            return;
        }
        kept.select_nth_unstable_by(most - 1, |a, b| {
            let order = order(keys, a, b);
            if last { order.reverse() } else { order }
        });
        self.left += self.kept.len() - most;
        self.kept.truncate(most);
        self.is_sieved = true;
    }

    /// Whether a row comes behind the worst that was left by the last sieve.
    fn is_behind<R: Row>(&self, key: Key, row: &R) -> bool {
        let Some(worst) = self.kept.get(self.most() - 1) else { return false };
        let fields = self.page.keys.iter().zip(&worst.fields);
        let order = fields
            .map(|(by, field)| by.order(&row.field(by.column), field))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| key.cmp(&worst.key));
        let order = if self.takes_last() { order.reverse() } else { order };
        order.is_gt()
    }

    /// The page.
    pub(crate) fn finish(mut self) -> Paged<K> {
        if !self.page.keys.is_empty() {
            self.sieve();
            let keys = &self.page.keys;
            self.kept.make_contiguous().sort_by(|a, b| order(keys, a, b));
            if let Start::Row(first) = self.page.start {
                let skipped = first.min(self.kept.len());
                self.kept.drain(..skipped);
                self.before += skipped;
            }
        }
        let mut warnings = Vec::new();
        if self.left > 0 {
            // Where the pass ended early nobody knows how many.
            let more = if self.is_whole { format!("{} ", self.left) } else { String::new() };
            warnings.push(format!(
                "There are {more}more results. Use ResultSize to see more at once, or \
                 BookmarkObject to see the next page."
            ));
        }
        if self.page.report {
            warnings.push(format!(
                "Total: {}; index of the first object: {}.",
                self.total,
                self.first_index()
            ));
        }
        Paged { rows: self.kept.into_iter().map(|kept| kept.row).collect(), warnings }
    }

    /// Counted from 1; 0 when the page is empty.
    fn first_index(&self) -> usize {
        if self.kept.is_empty() {
            return 0;
        }
        1 + if self.takes_last() { self.left } else { self.before }
    }
}

fn order<K>(keys: &[super::page::SortKey], a: &Kept<K>, b: &Kept<K>) -> Ordering {
    keys.iter()
        .zip(a.fields.iter().zip(&b.fields))
        .map(|(by, (a, b))| by.order(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.key.cmp(&b.key))
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
