//! Where the values of a tape live: slots for what is computed, constants after them.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Marks a place among the constants until the number of slots before them is known.
const CONSTANT: u32 = 1 << 31;

/// Stretches of slots, used again once nothing in them is needed, and constants.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The number of slots so far.
    pub(super) slots: u32,
    pub(super) constants: Vec<[f64; 2]>,
    known: HashMap<[u64; 2], u32, FxBuildHasher>,
    /// Stretches free again, by their length.
    free: HashMap<u32, Vec<u32>, FxBuildHasher>,
    /// For each stretch in use, by its start: its length and how many of its values are still needed.
    needed: HashMap<u32, (u32, u32), FxBuildHasher>,
}

impl Layout {
    /// An empty layout after the slots of the variables.
    pub(super) fn after(slots: u32) -> Self {
        Self { slots, ..Self::default() }
    }

    /// A stretch of slots, none of them in use.
    pub(super) fn stretch(&mut self, length: u32) -> u32 {
        let start = self.free.get_mut(&length).and_then(Vec::pop).unwrap_or_else(|| {
            self.slots += length;
            self.slots - length
        });
        self.needed.insert(start, (length, length));
        start
    }

    /// One value of the stretch at `start` is not needed any more.
    pub(super) fn release(&mut self, start: u32) {
        let Some((length, needed)) = self.needed.get_mut(&start) else { return };
        *needed -= 1;
        if *needed == 0 {
            let length = *length;
            self.needed.remove(&start);
            self.free.entry(length).or_default().push(start);
        }
    }

    /// The place of one constant.
    pub(super) fn constant(&mut self, constant: [f64; 2]) -> u32 {
        let constants = &mut self.constants;
        *self.known.entry(constant.map(f64::to_bits)).or_insert_with(|| {
            constants.push(constant);
            CONSTANT | (constants.len() - 1) as u32
        })
    }

    /// The place of the first of several constants that follow one another.
    pub(super) fn constants(&mut self, constants: impl Iterator<Item = [f64; 2]>) -> u32 {
        let place = CONSTANT | self.constants.len() as u32;
        self.constants.extend(constants);
        place
    }

    /// The final slot of a place.
    pub(super) fn resolved(&self, place: u32) -> u32 {
        if place & CONSTANT == 0 { place } else { self.slots + (place & !CONSTANT) }
    }
}
