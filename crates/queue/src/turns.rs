//! Whose turn it is: priorities share what leaves by weight, senders of a priority take turns, each
//! sender's mail stays in order.

use std::collections::{HashMap, VecDeque};

use crate::Consignment;

/// Of so many consignments in a row (21), as many are of each priority while all three wait: high
/// mail hardly waits for the other, and low mail is never starved.
const WEIGHTS: [u32; 3] = [16, 4, 1];

/// Consignments that are ready, in fair order.
#[derive(Debug)]
pub(crate) struct Turns<M> {
    bands: [Band<M>; 3],
    count: usize,
}

/// Those of one priority.
#[derive(Debug)]
struct Band<M> {
    /// Senders with something ready, in turn.
    turns: VecDeque<u64>,
    ready: HashMap<u64, VecDeque<Consignment<M>>>,
    /// What is left of its share of this round.
    share: u32,
}

impl<M> Default for Turns<M> {
    fn default() -> Self {
        Self { bands: WEIGHTS.map(Band::new), count: 0 }
    }
}

impl<M> Turns<M> {
    /// How many are ready.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// How many of each priority are ready.
    pub(crate) fn per_priority(&self) -> [usize; 3] {
        [0, 1, 2].map(|band| self.bands[band].ready.values().map(VecDeque::len).sum())
    }

    /// Behind what its sender has waiting.
    pub(crate) fn push(&mut self, consignment: Consignment<M>) {
        self.sender_of(&consignment).push_back(consignment);
        self.count += 1;
    }

    /// Before what its sender has waiting.
    pub(crate) fn push_front(&mut self, consignment: Consignment<M>) {
        self.sender_of(&consignment).push_front(consignment);
        self.count += 1;
    }

    /// The next one.
    pub(crate) fn pop(&mut self) -> Option<Consignment<M>> {
        let consignment = self.next_band()?.pop()?;
        self.count -= 1;
        Some(consignment)
    }

    /// Takes out those that `condition` holds for.
    pub(crate) fn extract_if(
        &mut self,
        mut condition: impl FnMut(&Consignment<M>) -> bool,
    ) -> Vec<Consignment<M>> {
        let mut out = Vec::new();
        for band in &mut self.bands {
            for theirs in band.ready.values_mut() {
                for consignment in std::mem::take(theirs) {
                    if condition(&consignment) {
                        out.push(consignment);
                    } else {
                        theirs.push_back(consignment);
                    }
                }
            }
            band.ready.retain(|_, theirs| !theirs.is_empty());
            let ready = &band.ready;
            band.turns.retain(|sender| ready.contains_key(sender));
        }
        self.count -= out.len();
        out
    }

    /// All of them, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Consignment<M>> {
        self.bands.iter().flat_map(|band| band.ready.values().flatten())
    }

    fn sender_of(&mut self, consignment: &Consignment<M>) -> &mut VecDeque<Consignment<M>> {
        self.bands[consignment.priority.band()].sender(consignment.sender)
    }

    /// The most urgent priority with something ready and a share left; when no share is left, a
    /// new round begins.
    fn next_band(&mut self) -> Option<&mut Band<M>> {
        let with_share = |band: &Band<M>| !band.turns.is_empty() && band.share > 0;
        if !self.bands.iter().any(with_share) {
            for (band, weight) in self.bands.iter_mut().zip(WEIGHTS) {
                band.share = weight;
            }
        }
        let band = self.bands.iter_mut().find(|band| with_share(band))?;
        band.share -= 1;
        Some(band)
    }
}

impl<M> Band<M> {
    fn new(share: u32) -> Self {
        Self { turns: VecDeque::new(), ready: HashMap::new(), share }
    }

    /// What the sender has waiting; he is given a turn when he had nothing.
    fn sender(&mut self, sender: u64) -> &mut VecDeque<Consignment<M>> {
        let theirs = self.ready.entry(sender).or_default();
        if theirs.is_empty() {
            self.turns.push_back(sender);
        }
        theirs
    }

    fn pop(&mut self) -> Option<Consignment<M>> {
        let sender = self.turns.pop_front()?;
        let theirs = self.ready.get_mut(&sender)?;
        let consignment = theirs.pop_front()?;
        if theirs.is_empty() {
            self.ready.remove(&sender);
        } else {
            self.turns.push_back(sender);
        }
        Some(consignment)
    }
}
