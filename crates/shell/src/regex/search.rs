//! Finds a match by going back where the first choice did not fit.

use super::node::{Class, Groups, Node, RegexError};

/// Steps after which a search is given up.
const MAX_STEPS: usize = 200_000;
/// How deep a search may go back; bounds the stack.
const MAX_DEPTH: usize = 2_000;

/// One search in one text.
pub(super) struct Search<'a> {
    pub(super) text: &'a [char],
    pub(super) ignore_case: bool,
    pub(super) steps: usize,
    pub(super) depth: usize,
}

/// What must follow: called with the position reached.
pub(super) type Then<'a> = &'a mut dyn FnMut(usize, &mut Groups) -> Result<bool, RegexError>;

impl Search<'_> {
    fn step(&mut self) -> Result<(), RegexError> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            Err(RegexError::TooLong)
        } else {
            Ok(())
        }
    }

    pub(super) fn any(
        &mut self,
        alternatives: &[Vec<Node>],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        for sequence in alternatives {
            if self.sequence(sequence, at, groups, then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sequence(
        &mut self,
        nodes: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        self.step()?;
        let Some((first, rest)) = nodes.split_first() else {
            return then(at, groups);
        };
        self.depth += 1;
        let result = self.node(first, rest, at, groups, then);
        self.depth -= 1;
        result
    }

    fn node(
        &mut self,
        node: &Node,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        match node {
            Node::Char(class) => match self.text.get(at) {
                Some(c) if self.accepts(class, *c) => self.sequence(rest, at + 1, groups, then),
                _ => Ok(false),
            },
            Node::Start if at == 0 => self.sequence(rest, at, groups, then),
            Node::End if at == self.text.len() => self.sequence(rest, at, groups, then),
            Node::Start | Node::End => Ok(false),
            Node::Boundary(wanted) if self.boundary(at) == *wanted => {
                self.sequence(rest, at, groups, then)
            }
            Node::Boundary(_) => Ok(false),
            Node::Group(number, alternatives) => {
                self.group(*number, alternatives, rest, at, groups, then)
            }
            Node::Repeat { node, min, max, greedy } => {
                let repeat = Repeat { node, min: *min, max: *max, greedy: *greedy };
                self.repeat(&repeat, 0, rest, at, groups, then)
            }
        }
    }

    fn group(
        &mut self,
        number: Option<usize>,
        alternatives: &[Vec<Node>],
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        for sequence in alternatives {
            // All ends of this alternative are collected, so that the search needs no closures
            // within closures; alternatives are short.
            for end in self.ends(sequence, at, groups)? {
                let before = number.and_then(|n| groups[n].replace((at, end)));
                if self.sequence(rest, end, groups, then)? {
                    return Ok(true);
                }
                if let Some(n) = number {
                    groups[n] = before;
                }
            }
        }
        Ok(false)
    }

    /// Where a sequence can end, best first.
    fn ends(
        &mut self,
        nodes: &[Node],
        at: usize,
        groups: &mut Groups,
    ) -> Result<Vec<usize>, RegexError> {
        let mut ends = Vec::new();
        self.sequence(nodes, at, groups, &mut |end, _| {
            if !ends.contains(&end) {
                ends.push(end);
            }
            Ok(false)
        })?;
        Ok(ends)
    }

    fn repeat(
        &mut self,
        repeat: &Repeat<'_>,
        done: usize,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        self.step()?;
        if let Node::Char(class) = repeat.node {
            return self.repeat_char(class, repeat, rest, at, groups, then);
        }
        if !repeat.greedy && done >= repeat.min && self.sequence(rest, at, groups, then)? {
            return Ok(true);
        }
        if done < repeat.max {
            self.depth += 1;
            for end in self.ends(std::slice::from_ref(repeat.node), at, groups)? {
                let more = end > at || done < repeat.min;
                if more && self.repeat(repeat, done + 1, rest, end, groups, then)? {
                    self.depth -= 1;
                    return Ok(true);
                }
            }
            self.depth -= 1;
        }
        if repeat.greedy && done >= repeat.min {
            self.sequence(rest, at, groups, then)
        } else {
            Ok(false)
        }
    }

    /// Repetition of a single character, without going deeper for each.
    fn repeat_char(
        &mut self,
        class: &Class,
        repeat: &Repeat<'_>,
        rest: &[Node],
        at: usize,
        groups: &mut Groups,
        then: Then<'_>,
    ) -> Result<bool, RegexError> {
        let available = self.text[at..]
            .iter()
            .take(repeat.max)
            .take_while(|c| self.accepts(class, **c))
            .count();
        if available < repeat.min {
            return Ok(false);
        }
        let count = available - repeat.min;
        for i in 0..=count {
            let length = if repeat.greedy { available - i } else { repeat.min + i };
            if self.sequence(rest, at + length, groups, then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn accepts(&self, class: &Class, c: char) -> bool {
        let within = |c: char| class.ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        let other_case = |c: char| {
            self.ignore_case && (c.to_lowercase().any(within) || c.to_uppercase().any(within))
        };
        (within(c) || other_case(c)) != class.negated
    }

    fn boundary(&self, at: usize) -> bool {
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let before = at.checked_sub(1).and_then(|i| self.text.get(i));
        is_word(before) != is_word(self.text.get(at))
    }
}

struct Repeat<'a> {
    node: &'a Node,
    min: usize,
    max: usize,
    greedy: bool,
}
