//! Who ends where: a grid of starts, and the places where their runs end.

use amsgrad_plot::Field;

use super::pictures::View;
use super::solve::Ended;

/// Ends nearer to each other than this share of the domain, along both sides, are at one place.
const NEAR: f64 = 0.01;
/// At most so many places are told apart; a picture of more says nothing.
const MOST_PLACES: usize = 256;

/// Starts on a grid, both ends of each side included, in an order in which the first few are far from each other: trial
/// runs are made from those.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    view: View,
    side: usize,
}

/// Where runs end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) point: [f64; 2],
    pub(crate) value: f64,
    /// How many runs end there.
    pub(crate) runs: usize,
}

impl Grid {
    pub(crate) fn new(view: View, side: usize) -> Self {
        Self { view, side }
    }

    pub(crate) fn starts(self) -> Vec<Vec<f64>> {
        let [x, y] = self.view;
        let node = |node| Field::node(x, y, self.side, self.side, node % self.side, node / self.side).into();
        self.order().map(node).collect()
    }

    /// The node of each start: steps of the golden section around the grid, which come past every node once.
    fn order(self) -> impl Iterator<Item = usize> {
        let count = self.side * self.side;
        let golden = (count as f64 * 0.618) as usize;
        let stride = (golden..).find(|stride| gcd(*stride, count) == 1).unwrap_or(1);
        (0..count).map(move |i| i * stride % count)
    }

    /// The places, the best first, and each node's place by its number; NaN where a run ended at none.
    pub(crate) fn places(self, ends: &[Ended], maximize: bool) -> (Vec<Place>, Vec<f64>) {
        let cost = |end: &Ended| if maximize { -end.last_value } else { end.last_value };
        let mut arrived: Vec<(usize, &Ended, [f64; 2])> = Vec::new();
        for (node, end) in self.order().zip(ends) {
            if let (true, [x, y]) = (end.arrived(), end.last_point.as_slice()) {
                arrived.push((node, end, [*x, *y]));
            }
        }
        arrived.sort_by(|(i, a, _), (j, b, _)| cost(a).total_cmp(&cost(b)).then(i.cmp(j)));
        let near = self.view.map(|(lower, upper)| NEAR * (upper - lower));
        let mut places: Vec<Place> = Vec::new();
        let mut numbers = vec![f64::NAN; self.side * self.side];
        for (node, end, point) in arrived {
            let here = |place: &Place| (0..2).all(|i| (place.point[i] - point[i]).abs() <= near[i]);
            let number = places.iter().position(here).unwrap_or(places.len());
            if number == MOST_PLACES {
                continue;
            }
            if number == places.len() {
                places.push(Place { point, value: end.last_value, runs: 0 });
            }
            places[number].runs += 1;
            numbers[node] = number as f64;
        }
        (places, numbers)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_a_start_once_and_the_first_lie_apart() {
        for side in [2, 3, 10, 400] {
            let grid = Grid::new([(0.0, 1.0), (0.0, 1.0)], side);
            let mut nodes: Vec<usize> = grid.order().collect();
            nodes.sort_unstable();
            assert!(nodes.into_iter().eq(0..side * side));
        }
        let starts = Grid::new([(0.0, 1.0), (-1.0, 1.0)], 100).starts();
        let low = starts.iter().take(8).filter(|start| start[1] < 0.0).count();
        assert!((3..=5).contains(&low) && starts[0] == [0.0, -1.0]);
    }

    #[test]
    fn ends_near_each_other_are_one_place_and_the_best_place_is_the_first() {
        let grid = Grid::new([(0.0, 1.0), (0.0, 1.0)], 2);
        let end = |x: f64, last_value, status| Ended {
            last_point: vec![x, 0.5],
            last_value,
            status,
            failed: false,
            value: -7.0,
            steps: 1,
        };
        let ends = [
            end(0.9, 2.0, "converged"),
            end(0.1, 1.0, "converged"),
            end(0.905, 2.5, "target-reached"),
            end(0.1, 0.5, "step-limit"),
        ];
        let (places, numbers) = grid.places(&ends, false);
        let place = |x: f64, value, runs| Place { point: [x, 0.5], value, runs };
        assert_eq!(places, [place(0.1, 1.0, 1), place(0.9, 2.0, 2)]);
        let mut by_node = [f64::NAN; 4];
        grid.order().zip([1.0, 0.0, 1.0]).for_each(|(node, number)| by_node[node] = number);
        assert!(numbers.iter().zip(by_node).all(|(a, b)| *a == b || (a.is_nan() && b.is_nan())));
    }
}
