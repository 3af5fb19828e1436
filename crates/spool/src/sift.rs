//! Rows that a question could be about, found among millions by several threads at once: what a row
//! needs to have is tested by SQLite itself, where a row that lacks it costs a tenth of a microsecond.
//!
//! The test may let rows pass that are not meant; whoever asks looks at those. It stops none that is.
//!
//! The numbers of messages are cut into parts. Threads sift part after part, a little ahead of whoever
//! asks, who is shown what is left in order. Where nearly everything passes, sifting costs more than
//! it saves, and the rest is shown whole.

use std::{collections::BTreeMap, ops::ControlFlow, thread};

use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, ToSql, types::Value};

use crate::{
    Needs, RowKey, RowView, Spool, SpoolError, TextNeed,
    digest::{self, Question},
    rows::{self, Projection},
};

/// Threads that sift. More than there are processors: while mail flows, each gets only a share of one.
const THREADS: usize = 4;
const MOST_PARTS: u64 = 4_096;
/// Parts that may wait to be shown.
const AHEAD: u64 = 16;
/// After so many of them in a row, nothing is.
const MOST_DENSE: u32 = 2;

/// How what waits is cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Message numbers in a part, unless that makes too many parts.
    part: u64,
    /// A part of which more rows than this pass is not worth sifting.
    dense: usize,
}

const CUT: Cut = Cut { part: digest::PART, dense: 1_024 };

impl Spool {
    /// The same as [`Spool::scan`], but rows without what is needed may be left out. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scan_needing(
        &self,
        from: Option<RowKey>,
        needs: &Needs,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<(), SpoolError> {
        self.scan_in_parts(from, needs, CUT, visit)
    }

    /// The same, cut otherwise.
    fn scan_in_parts(
        &self,
        from: Option<RowKey>,
        needs: &Needs,
        cut: Cut,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<(), SpoolError> {
        let Some(test) = Test::of(needs, cut.dense) else { return self.scan(from, visit) };
        let Some(parts) = self.readers().with(|reader| Parts::of(reader, from, cut.part))? else {
            return Ok(());
        };
        if parts.count <= THREADS as u64 {
            return self.scan(from, visit);
        }
        let sifting = Sifting::default();
        let rest = thread::scope(|scope| {
            // Whatever ends this ends the threads, also a panic.
            let _end = End(&sifting);
            let mut begun = 0;
            for _ in 0..THREADS {
                let work = || sifting.work(self, &test, &parts);
                begun += usize::from(thread::Builder::new().spawn_scoped(scope, work).is_ok());
            }
            if begun == 0 {
                return Ok(Some(from));
            }
            self.show(&sifting, &parts, from, visit)
        })?;
        rest.map_or(Ok(()), |from| self.scan(from, visit))
    }

    /// Shows what passes, in order. What it returns is where sifting was given up, if it was.
    fn show(
        &self,
        sifting: &Sifting,
        parts: &Parts,
        from: Option<RowKey>,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<Option<Option<RowKey>>, SpoolError> {
        let mut dense = 0;
        for number in 0..parts.count {
            let sifted = sifting.next(number)?;
            if let Sifted::Some(keys) = &sifted {
                dense = 0;
                let keys = keys.iter().filter(|key| Some(**key) > from);
                let shown = self.readers().scan(|reader| show_these(reader, keys, visit))?;
                if shown.is_break() {
                    return Ok(None);
                }
                continue;
            }
            dense += 1;
            let before = parts.before(number).max(from);
            if dense >= MOST_DENSE {
                return Ok(Some(before));
            }
            let end = parts.first_of(number + 1);
            let mut broke_off = false;
            self.scan(before, &mut |view| {
                if view.key().message.as_u64() >= end {
                    return ControlFlow::Break(());
                }
                let flow = visit(view);
                broke_off = flow.is_break();
                flow
            })?;
            if broke_off {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

fn show_these<'a>(
    reader: &Connection,
    keys: impl Iterator<Item = &'a RowKey>,
    visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, SpoolError> {
    let all = Projection::all(reader);
    for key in keys {
        // It may have gone meanwhile.
        if rows::one(&all, *key, |view| visit(view))?.is_some_and(|flow| flow.is_break()) {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The numbers of messages that wait, in parts.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    first: u64,
    size: u64,
    count: u64,
}

impl Parts {
    /// `None` when nothing waits.
    fn of(
        reader: &Connection,
        from: Option<RowKey>,
        size: u64,
    ) -> Result<Option<Self>, SpoolError> {
        let end = |query| {
            let found: Option<u64> =
                reader.prepare_cached(query)?.query_row([], |row| row.get(0))?;
            Ok::<_, rusqlite::Error>(found)
        };
        let (Some(first), Some(last)) =
            (end("SELECT min(message) FROM waiting")?, end("SELECT max(message) FROM waiting")?)
        else {
            return Ok(None);
        };
        let first = from.map_or(first, |from| from.message.as_u64().max(first));
        let Some(span) = last.checked_sub(first) else { return Ok(None) };
        let size = size.max(span / MOST_PARTS + 1);
        let first = first / size * size;
        Ok(Some(Self { first, size, count: (last - first) / size + 1 }))
    }

    /// The lowest number of a part.
    fn first_of(&self, number: u64) -> u64 {
        self.first.saturating_add(number.saturating_mul(self.size))
    }

    /// The place right before a part.
    fn before(&self, number: u64) -> Option<RowKey> {
        let message = model::MessageId::new(self.first_of(number).checked_sub(1)?)?;
        Some(RowKey { message, first: u32::MAX })
    }
}

/// What sifting a part has left.
enum Sifted {
    Some(Vec<RowKey>),
    /// Too much.
    Dense,
}

/// What the threads and whoever asks share.
#[derive(Default)]
struct Sifting {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The next part to be sifted.
    next: u64,
    /// The part that is shown.
    shown: u64,
    sifted: BTreeMap<u64, Result<Sifted, SpoolError>>,
    is_over: bool,
}

/// Ends the threads.
struct End<'a>(&'a Sifting);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.state.lock().is_over = true;
        self.0.changed.notify_all();
    }
}

/// Ends everything when a thread ends badly: nobody waits for what it would have found.
struct Watch<'a>(&'a Sifting);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(End(self.0));
        }
    }
}

impl Sifting {
    /// One thread's work.
    fn work(&self, spool: &Spool, test: &Test, parts: &Parts) {
        let _watch = Watch(self);
        while let Some(number) = self.take(parts) {
            let sifted =
                spool.readers().scan(|reader| test.sift_part(spool, reader, parts, number));
            self.state.lock().sifted.insert(number, sifted);
            self.changed.notify_all();
        }
    }

    /// The next part, when it is time to sift it.
    fn take(&self, parts: &Parts) -> Option<u64> {
        let mut state = self.state.lock();
        loop {
            if state.is_over || state.next >= parts.count {
                return None;
            }
            if state.next < state.shown + AHEAD {
                state.next += 1;
                return Some(state.next - 1);
            }
            self.changed.wait(&mut state);
        }
    }

    /// What is left of a part, as soon as it has been sifted.
    fn next(&self, number: u64) -> Result<Sifted, SpoolError> {
        let mut state = self.state.lock();
        state.shown = number;
        self.changed.notify_all();
        loop {
            if let Some(sifted) = state.sifted.remove(&number) {
                return sifted;
            }
            if state.is_over {
                return Err(SpoolError::Stopped);
            }
            self.changed.wait(&mut state);
        }
    }
}

/// Needs as SQL. The first two parameters are the range of messages, the third the most rows.
struct Test {
    query: String,
    values: Vec<Value>,
    dense: usize,
    /// What of it a digest can answer.
    question: Option<Question>,
}

impl Test {
    /// `None` when everything passes.
    fn of(needs: &Needs, dense: usize) -> Option<Self> {
        let mut test = Self {
            query: "SELECT message, first FROM waiting WHERE message >= ?1 AND message < ?2"
                .to_owned(),
            values: Vec::new(),
            dense,
            question: Question::of(needs),
        };
        let nothing = test.query.len();
        for (column, need) in [("from_address", &needs.sender), ("subject", &needs.subject)] {
            if let Some(need) = need {
                test.text(column, need);
            }
        }
        // A column that outside hands have written into passes: it is read as something else.
        if let Some(size) = &needs.size {
            let limited = |value: &u64| i64::try_from(*value).unwrap_or(i64::MAX);
            test.range("size", limited(size.start()), limited(size.end()));
        }
        if let Some(accepted) = &needs.accepted {
            test.range("accepted", *accepted.start(), *accepted.end());
        }
        if let Some(queues) = &needs.queues {
            let numbers =
                queues.iter().map(|queue| i64::try_from(*queue).unwrap_or(i64::MAX).into());
            let places: Vec<String> = numbers.map(|number| test.value(number)).collect();
            test.query += &format!(" AND queue IN ({})", places.join(", "));
        }
        if test.query.len() == nothing {
            return None;
        }
        test.query += " ORDER BY message, first LIMIT ?3";
        Some(test)
    }

    /// A value's place in the query.
    fn value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("?{}", self.values.len() + 3)
    }

    fn text(&mut self, column: &str, need: &TextNeed) {
        let is_so = match need {
            TextNeed::Whole(text) => {
                format!("{column} = {} COLLATE NOCASE", self.value(text.clone().into()))
            }
            TextNeed::Start(text) => self.like(column, format!("{}%", literal(text))),
            TextNeed::End(text) => self.like(column, format!("%{}", literal(text))),
            TextNeed::Part(text) => self.like(column, format!("%{}%", literal(text))),
        };
        // More bytes than characters: not ASCII.
        self.query += &format!(" AND ({is_so} OR octet_length({column}) <> length({column}))");
    }

    fn like(&mut self, column: &str, pattern: String) -> String {
        format!("{column} LIKE {} ESCAPE '\\'", self.value(pattern.into()))
    }

    fn range(&mut self, column: &str, from: i64, to: i64) {
        let (from, to) = (self.value(from.into()), self.value(to.into()));
        self.query += &format!(
            " AND ({column} BETWEEN {from} AND {to} OR typeof({column}) <> 'integer' OR {column} < 0)"
        );
    }

    fn sift_part(
        &self,
        spool: &Spool,
        reader: &Connection,
        parts: &Parts,
        number: u64,
    ) -> Result<Sifted, SpoolError> {
        let start = parts.first_of(number);
        if let Some(question) = self.question.as_ref().filter(|_| parts.size == digest::PART) {
            let digest = spool.digests().of(reader, start)?;
            match digest.ask(question, self.dense) {
                Some(keys) => return Ok(Sifted::Some(keys)),
                None if question.is_whole => return Ok(Sifted::Dense),
                None => {}
            }
        }
        self.sift(reader, (start, parts.first_of(number + 1)))
    }

    fn sift(&self, reader: &Connection, (from, to): (u64, u64)) -> Result<Sifted, SpoolError> {
        let mut statement = reader.prepare_cached(&self.query)?;
        let most = self.dense + 1;
        let bounds: [&dyn ToSql; 3] = [&from, &to, &most];
        let values = self.values.iter().map(|value| value as &dyn ToSql);
        let parameters: Vec<&dyn ToSql> = bounds.into_iter().chain(values).collect();
        let mut found = statement.query(&*parameters)?;
        let mut keys = Vec::new();
        let mut count = 0;
        while let Some(row) = found.next()? {
            count += 1;
            if count > self.dense {
                return Ok(Sifted::Dense);
            }
            keys.extend(rows::key_of(row));
        }
        Ok(Sifted::Some(keys))
    }
}

/// A text that stands for itself in a pattern of LIKE.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

#[cfg(test)]
mod tests;
