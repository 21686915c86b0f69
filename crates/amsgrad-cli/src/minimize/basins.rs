//! Which minimum is reached from where: a grid of starts, and the places where their runs end.

use std::collections::HashMap;

use amsgrad_plot::Field;

use super::pictures::View;
use super::solve::Ended;

/// Ends farther from each other than this share of the domain, along either side, are at different places unless others
/// lie in between; ends nearer than half of it are at one place. A valley of minima is therefore one place.
const NEAR: f64 = 0.01;

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
        let points: Vec<[f64; 2]> = arrived.iter().map(|(.., point)| *point).collect();
        let groups = linked(&points, self.view.map(|(lower, upper)| NEAR / 2.0 * (upper - lower)));
        let mut places: Vec<Place> = Vec::new();
        let mut numbers = vec![f64::NAN; self.side * self.side];
        let mut number_of = HashMap::new();
        for ((node, end, point), group) in arrived.into_iter().zip(groups) {
            // The first end of a group is its best.
            let number = *number_of.entry(group).or_insert(places.len());
            if number == places.len() {
                places.push(Place { point, value: end.last_value, runs: 0 });
            }
            places[number].runs += 1;
            numbers[node] = number as f64;
        }
        (places, numbers)
    }
}

/// Returns the group of each point: points in one square of a grid, or in squares that touch, are linked.
fn linked(points: &[[f64; 2]], side: [f64; 2]) -> Vec<usize> {
    let square = |point: &[f64; 2]| [0, 1].map(|axis| (point[axis] / side[axis]).floor() as i64);
    let mut parents: Vec<usize> = Vec::new();
    let mut squares: HashMap<[i64; 2], usize> = HashMap::new();
    for point in points {
        let [x, y] = square(point);
        if squares.contains_key(&[x, y]) {
            continue;
        }
        let group = parents.len();
        parents.push(group);
        squares.insert([x, y], group);
        for (right, up) in (-1..=1).flat_map(|right| (-1..=1).map(move |up| (right, up))) {
            if let Some(&other) = squares.get(&[x.saturating_add(right), y.saturating_add(up)]) {
                let (one, other) = (root(&mut parents, group), root(&mut parents, other));
                parents[one.max(other)] = one.min(other);
            }
        }
    }
    points
        .iter()
        .map(|point| squares.get(&square(point)).map_or(0, |&group| root(&mut parents, group)))
        .collect()
}

/// Returns the first group that this one is linked with, and shortens the way there.
fn root(parents: &mut [usize], mut group: usize) -> usize {
    while parents[group] != group {
        parents[group] = parents[parents[group]];
        group = parents[group];
    }
    group
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

    #[test]
    fn a_chain_of_ends_is_one_place_and_any_number_is_told_apart() {
        let valley: Vec<[f64; 2]> =
            (0..1000).map(|k| [f64::from(k) * 1e-3, f64::from(k % 3) * 1e-3]).collect();
        assert!(linked(&valley, [0.005; 2]).iter().all(|&group| group == 0));
        let apart: Vec<[f64; 2]> = (0..1000).map(|k| [f64::from(k % 40), f64::from(k / 40)]).collect();
        assert!(linked(&apart, [0.3; 2]).into_iter().eq(0..1000));
    }
}
