//! A part of some work.

use std::fmt;

/// `I/N`: which items are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    pub(super) index: usize,
    pub(super) count: usize,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl Shard {
    /// Creates the shard with this number of `count`; `None` unless it is one of 1 to `count`.
    ///
    /// ```
    /// use amsgrad_cli::shards::Shard;
    /// let second = Shard::new(2, 3).unwrap();
    /// assert_eq!((0..9).filter(|item| second.has(*item)).collect::<Vec<_>>(), [1, 3, 8]);
    /// assert_eq!(Shard::new(0, 3), None);
    /// ```
    #[must_use]
    pub fn new(number: usize, count: usize) -> Option<Self> {
        (1..=count).contains(&number).then(|| Self { index: number - 1, count })
    }

    /// Returns whether the item with this number, from 0, belongs to it.
    #[must_use]
    pub fn has(self, item: usize) -> bool {
        owner(item, self.count) == self.index
    }

    /// Returns its share of some work.
    pub(crate) fn share(self, work: u64) -> u64 {
        work.div_ceil(self.count as u64)
    }
}

/// Returns the number, from 0, of the shard that an item is dealt to: each round begins with the next shard, so that items
/// which resemble each other from round to round, such as the runs of one setting of a grid, come to different ones.
pub(super) fn owner(item: usize, shards: usize) -> usize {
    (item % shards + item / shards % shards) % shards
}
