//! One file: what the program sees, what is on the platter, and what has been written since the
//! last sync and may or may not get there.

use crate::Dice;

/// What a disk writes whole or, when the power goes, perhaps not at all.
const SECTOR: u64 = 512;

/// A change that is not synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Bytes at an offset.
    Write {
        /// From the file's beginning.
        offset: u64,
        /// What is written.
        data: Vec<u8>,
    },
    /// A new length.
    Resize(u64),
}

/// What becomes of changes that were not synced when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// All is there: the program was killed, the machine was not.
    Nothing,
    /// All is gone.
    Everything,
    /// The first are there, the one that was under way is torn, the others are gone.
    Later,
    /// Of each change it is chance whether it is there.
    Whole,
    /// Of each sector of each change it is chance: torn, and in another order than written.
    Sectors,
    /// The same, and some sectors hold what nobody wrote.
    Garbage,
}

impl Loss {
    /// One of them.
    pub fn any(dice: &mut Dice) -> Self {
        match dice.below(16) {
            0 | 1 => Self::Nothing,
            2..=4 => Self::Everything,
            5..=7 => Self::Later,
            8..=10 => Self::Whole,
            11..=14 => Self::Sectors,
            _ => Self::Garbage,
        }
    }
}

/// A file of a [`Disk`](crate::Disk).
#[derive(Debug, Clone, Default)]
pub struct File {
    current: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
    /// How many changes there have been before those in `pending`.
    settled: u64,
    /// Up to this one a sync that has lied has promised them.
    promised: u64,
}

impl File {
    /// One that has been on the disk for long.
    pub fn settled(content: Vec<u8>) -> Self {
        Self { durable: content.clone(), current: content, ..Self::default() }
    }

    /// What the program sees.
    pub fn content(&self) -> &[u8] {
        &self.current
    }

    /// Whether anything is not synced.
    pub fn is_synced(&self) -> bool {
        self.pending.is_empty()
    }

    /// Changes the file; not yet for good.
    pub fn change(&mut self, change: Change) {
        apply(&mut self.current, &change);
        self.pending.push(change);
    }

    /// Everything is on the platter now.
    pub fn sync(&mut self) {
        self.sync_to(self.mark());
    }

    /// What a sync that begins now will cover.
    pub fn mark(&self) -> u64 {
        self.settled + self.pending.len() as u64
    }

    /// A sync that began at `mark` is done.
    pub fn sync_to(&mut self, mark: u64) {
        let covered = mark.saturating_sub(self.settled).min(self.pending.len() as u64);
        for change in self.pending.drain(..covered as usize) {
            apply(&mut self.durable, &change);
        }
        self.settled += covered;
    }

    /// Says that it has synced, and does so only when asked the next time.
    pub fn sync_late(&mut self) {
        self.sync_to(self.promised);
        self.promised = self.mark();
    }

    /// What might be found if the power went now.
    pub fn image(&self, loss: Loss, dice: &mut Dice) -> Vec<u8> {
        let mut image = self.durable.clone();
        settle(&mut image, &self.pending, loss, dice);
        image
    }

    /// A sync fails: some is on the platter, and what is not counts as written all the same and
    /// is not tried again. The program may still see it, until the system needs the memory.
    pub fn fail_to_sync(&mut self, dice: &mut Dice) {
        self.settle(Loss::any(dice), dice);
        if dice.percent(50) {
            self.current.clone_from(&self.durable);
        }
    }

    /// The power goes.
    pub fn cut(&mut self, loss: Loss, dice: &mut Dice) {
        self.settle(loss, dice);
        self.current.clone_from(&self.durable);
    }

    fn settle(&mut self, loss: Loss, dice: &mut Dice) {
        self.settled = self.mark();
        let pending = std::mem::take(&mut self.pending);
        settle(&mut self.durable, &pending, loss, dice);
    }
}

enum Fate {
    Kept,
    Lost,
    Torn,
}

/// Decides what of the pending changes is on the platter.
fn settle(durable: &mut Vec<u8>, pending: &[Change], loss: Loss, dice: &mut Dice) {
    let reached = dice.index(pending.len() + 1);
    for (number, change) in pending.iter().enumerate() {
        let fate = match loss {
            Loss::Nothing => Fate::Kept,
            Loss::Everything => Fate::Lost,
            Loss::Later if number < reached => Fate::Kept,
            Loss::Later if number == reached => Fate::Torn,
            Loss::Later => Fate::Lost,
            Loss::Whole if dice.percent(50) => Fate::Kept,
            Loss::Whole => Fate::Lost,
            Loss::Sectors | Loss::Garbage => Fate::Torn,
        };
        match (fate, change) {
            (Fate::Kept, change) => apply(durable, change),
            (Fate::Torn, Change::Write { offset, data }) => {
                tear(durable, *offset, data, loss == Loss::Garbage, dice);
            }
            (Fate::Torn, change) if dice.percent(50) => apply(durable, change),
            _ => {}
        }
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { offset, data } => write(content, *offset, data),
        Change::Resize(size) => content.resize(*size as usize, 0),
    }
}

fn write(content: &mut Vec<u8>, offset: u64, data: &[u8]) {
    let (start, end) = (offset as usize, offset as usize + data.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    content[start..end].copy_from_slice(data);
}

/// Writes some of the sectors. Bytes outside of what was written are safe, as SQLite assumes
/// (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`), also on real disks.
fn tear(content: &mut Vec<u8>, offset: u64, data: &[u8], garbage: bool, dice: &mut Dice) {
    let mut rest = data;
    let mut at = offset;
    while !rest.is_empty() {
        let length = ((SECTOR - at % SECTOR) as usize).min(rest.len());
        let (sector, later) = rest.split_at(length);
        if garbage && dice.percent(10) {
            // Bytes that were to stay what they were are what they were.
            let before: Vec<u8> = content.iter().skip(at as usize).take(length).copied().collect();
            let same = |(n, byte): &(usize, &u8)| before.get(*n) == Some(*byte);
            let noise = sector.iter().enumerate();
            let noise = noise.map(|(n, b)| if same(&(n, b)) { *b } else { dice.roll() as u8 });
            let noise: Vec<u8> = noise.collect();
            write(content, at, &noise);
        } else if dice.percent(50) {
            write(content, at, sector);
        }
        at += length as u64;
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(offset: u64, byte: u8, length: usize) -> Change {
        Change::Write { offset, data: vec![byte; length] }
    }

    #[test]
    fn what_is_synced_is_never_lost() {
        for seed in 0..200 {
            let dice = &mut Dice::new(seed);
            let mut file = File::default();
            file.change(written(0, 1, 2000));
            file.sync();
            file.change(written(2000, 2, 2000));
            file.cut(Loss::any(dice), dice);
            assert_eq!(&file.content()[..2000], [1; 2000]);
        }
    }

    #[test]
    fn every_way_to_lose_something_occurs() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..500 {
            let dice = &mut Dice::new(seed);
            let mut file = File::settled(vec![0; 1024]);
            file.change(written(0, 1, 1024));
            file.change(written(0, 2, 1024));
            file.cut(Loss::Sectors, dice);
            seen.insert((file.content()[0], file.content()[512]));
        }
        // Each sector old, overwritten once or twice, whatever the other is.
        assert_eq!(seen.len(), 9, "{seen:?}");
    }

    #[test]
    fn a_failed_sync_is_not_made_up_for_by_the_next() {
        let mut lost = false;
        for seed in 0..100 {
            let dice = &mut Dice::new(seed);
            let mut file = File::default();
            file.change(written(0, 1, 512));
            file.fail_to_sync(dice);
            file.sync();
            file.cut(Loss::Nothing, dice);
            lost |= file.content().is_empty();
        }
        assert!(lost);
    }

    #[test]
    fn a_late_sync_loses_what_it_promised_last() {
        let dice = &mut Dice::new(1);
        let mut file = File::default();
        file.change(written(0, 1, 10));
        file.sync_late();
        file.change(written(10, 2, 10));
        file.sync_late();
        file.cut(Loss::Everything, dice);
        assert_eq!(file.content(), [1; 10]);
    }
}
