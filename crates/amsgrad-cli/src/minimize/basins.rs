//! Which minimum is reached from where: a grid of starts, and the places where their runs end.

use amsgrad_plot::Field;

use self::pit::Pit;
use super::ended::Ended;
use super::pictures::{Slice, View};
use super::plan::Plan;

mod pit;
mod places;
pub(crate) mod rate;

pub(crate) use self::places::{Place, Places};

/// Values nearer to each other than this share of what the function spans are equal.
const EQUAL: f64 = 1e-6;

/// Starts on a grid, both ends of each side included, in an order in which the first few are far from each other: trial
/// runs are made from those.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    view: View,
    plane: Slice,
    side: usize,
}

impl Grid {
    pub(crate) fn new(view: View, plane: Slice, side: usize) -> Self {
        Self { view, plane, side }
    }

    pub(crate) fn starts(&self) -> Vec<Vec<f64>> {
        let [x, y] = self.view;
        let node = |node| Field::node(x, y, self.side, self.side, node % self.side, node / self.side);
        self.order().map(|index| self.plane.at(node(index))).collect()
    }

    /// The node of each start: steps of the golden section around the grid, which come past every node once.
    fn order(&self) -> impl Iterator<Item = usize> + use<> {
        let count = self.side * self.side;
        let golden = (count as f64 * 0.618) as usize;
        let stride = (golden..).find(|stride| gcd(*stride, count) == 1).unwrap_or(1);
        (0..count).map(move |i| i * stride % count)
    }

    /// Gathers the places where the runs of a plan from these starts ended; `field` holds values of the function all over.
    pub(crate) fn places(&self, plan: &Plan<'_>, ends: &[Ended], field: &Field) -> Places {
        let mut values: Vec<f64> = field.values().iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |percent: usize| values.get(values.len().saturating_sub(1) * percent / 100).copied();
        let span = (at(90).unwrap_or(0.0) - at(10).unwrap_or(0.0)).abs();
        let pit = Pit::new(plan, self.plane.axes);
        let ends = self.order().zip(ends).filter_map(|(node, ended)| Some((node, pit.end(ended)?)));
        Places::new(ends, self.side * self.side, (pit.radii, EQUAL * span), pit.sign())
    }

    /// Returns the whole point of a place, where one of these runs ended.
    pub(crate) fn point<'a>(&self, place: &Place, ends: &'a [Ended]) -> &'a [f64] {
        let run = self.order().position(|node| node == place.start);
        run.and_then(|run| ends.get(run)).map_or(&[], |ended| &ended.last_point)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(view: View, side: usize) -> Grid {
        Grid::new(view, Slice { axes: [0, 1], through: vec![0.0; 2] }, side)
    }

    #[test]
    fn every_node_is_a_start_once_and_the_first_lie_apart() {
        for side in [2, 3, 10, 400] {
            let grid = grid([(0.0, 1.0), (0.0, 1.0)], side);
            let mut nodes: Vec<usize> = grid.order().collect();
            nodes.sort_unstable();
            assert!(nodes.into_iter().eq(0..side * side));
        }
        let starts = grid([(0.0, 1.0), (-1.0, 1.0)], 100).starts();
        let low = starts.iter().take(8).filter(|start| start[1] < 0.0).count();
        assert!((3..=5).contains(&low) && starts[0] == [0.0, -1.0]);
    }
}
