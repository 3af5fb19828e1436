//! The index of SQLite's write-ahead log, which connections of one process share in memory, and
//! its eight locks. It is no file here: what it holds is made anew after a crash.

use std::sync::atomic::AtomicU64;

/// Shared memory of one database file.
#[derive(Debug, Default)]
pub(crate) struct SharedMemory {
    /// Atomics, because SQLite writes through a pointer that is given out while this is shared.
    regions: Vec<Box<[AtomicU64]>>,
    /// Per lock how many hold it shared; [`EXCLUSIVE`] when one holds it alone.
    locks: [u32; 8],
    users: usize,
}

const EXCLUSIVE: u32 = u32::MAX;

/// Which locks a connection holds, a bit each.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) shared: u8,
    pub(crate) exclusive: u8,
}

impl SharedMemory {
    pub(crate) fn enter(&mut self) {
        self.users += 1;
    }

    /// The last one to leave takes the memory away.
    pub(crate) fn leave(&mut self, held: &mut Held) {
        self.unlock(0, 8, held);
        self.users -= 1;
        if self.users == 0 {
            *self = Self::default();
        }
    }

    pub(crate) fn has(&self, region: usize) -> bool {
        region < self.regions.len()
    }

    pub(crate) fn grow(&mut self, region: usize, bytes: usize) {
        while !self.has(region) {
            self.regions.push((0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect());
        }
    }

    /// Where a region begins. It stays there until the last one leaves.
    pub(crate) fn region(&self, region: usize) -> Option<*const AtomicU64> {
        self.regions.get(region).map(|memory| memory.as_ptr())
    }

    /// Whether the locks could be had.
    pub(crate) fn lock(
        &mut self,
        first: usize,
        count: usize,
        alone: bool,
        held: &mut Held,
    ) -> bool {
        let bits = (first..first + count).fold(0u8, |bits, n| bits | 1 << n);
        let mine = if alone { held.exclusive } else { held.shared };
        if mine & bits == bits {
            return true;
        }
        let wanted = &mut self.locks[first..first + count];
        let refused = |lock: &u32| if alone { *lock > 0 } else { *lock == EXCLUSIVE };
        if wanted.iter().any(refused) {
            return false;
        }
        for lock in wanted {
            *lock = if alone { EXCLUSIVE } else { *lock + 1 };
        }
        *(if alone { &mut held.exclusive } else { &mut held.shared }) |= bits;
        true
    }

    pub(crate) fn unlock(&mut self, first: usize, count: usize, held: &mut Held) {
        for n in first..first + count {
            let bit = 1u8 << n;
            if held.exclusive & bit != 0 {
                self.locks[n] = 0;
            } else if held.shared & bit != 0 {
                self.locks[n] -= 1;
            }
            held.exclusive &= !bit;
            held.shared &= !bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_exclude_as_they_should() {
        let mut memory = SharedMemory::default();
        let (mut a, mut b) = (Held::default(), Held::default());
        memory.enter();
        memory.enter();
        assert!(memory.lock(3, 1, false, &mut a));
        assert!(memory.lock(3, 1, false, &mut b));
        assert!(!memory.lock(2, 3, true, &mut b), "one of them is shared");
        memory.unlock(3, 1, &mut a);
        memory.unlock(3, 1, &mut b);
        assert!(memory.lock(2, 3, true, &mut b));
        assert!(!memory.lock(4, 1, false, &mut a));
        memory.leave(&mut b);
        assert!(memory.lock(4, 1, false, &mut a));
    }
}
