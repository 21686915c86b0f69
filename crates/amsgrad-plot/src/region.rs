//! Where a sampled function is at least a level: marching squares with whole outlines.
//!
//! A contour paints these regions from the lowest level to the highest, each over the last, so
//! that no two painted shapes share an edge and no seam can show between bands.

use crate::scene::Point;

/// Heights on a grid, already laid on 0 to 1 (or below); NaN where there is no height.
pub(crate) struct Heights<'a> {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) values: &'a [f64],
}

/// A corner of an outline, told apart by where it lies and not by rounded coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Corner {
    /// The grid node of this index.
    Node(u32),
    /// Between this node and the next one along x.
    AlongX(u32),
    /// Between this node and the next one along y.
    AlongY(u32),
}

impl Heights<'_> {
    /// The outlines of the region where the height, interpolated between nodes, is at least
    /// `level`. Cells with a blank corner are outside. Coordinates run from 0 to 1 along both
    /// sides, y upwards; the region lies left of each outline, so holes run the other way round.
    pub(crate) fn at_least(&self, level: f64) -> Vec<Vec<Point>> {
        self.joined(level, false)
    }

    /// Returns the lines on which the height is `level`: those parts of the outlines that are not the
    /// border of the field. Lines that close end where they start.
    pub(crate) fn equal_to(&self, level: f64) -> Vec<Vec<Point>> {
        self.joined(level, true)
    }

    fn node(&self, column: usize, row: usize) -> usize {
        row * self.columns + column
    }

    /// True for a cell that exists and has four heights.
    fn whole(&self, column: Option<usize>, row: Option<usize>) -> bool {
        let (Some(column), Some(row)) = (column, row) else { return false };
        column + 1 < self.columns && row + 1 < self.rows && {
            let node = self.node(column, row);
            let corners = [node, node + 1, node + self.columns, node + self.columns + 1];
            corners.iter().all(|&corner| !self.values[corner].is_nan())
        }
    }

    /// Adds the cell's part of the region's outline, or only the cuts through the cell.
    fn cell(
        &self,
        [column, row]: [usize; 2],
        level: f64,
        cuts_only: bool,
        edges: &mut Vec<(Corner, Corner)>,
    ) {
        let first = self.node(column, row);
        // Anticlockwise from the lower left.
        let nodes = [first, first + 1, first + self.columns + 1, first + self.columns];
        let heights = nodes.map(|node| self.values[node]);
        if heights.iter().any(|height| height.is_nan()) {
            return;
        }
        let inside = heights.map(|height| height >= level);
        if inside == [false; 4] {
            return;
        }
        // A side shared with another whole cell is inside the region, not on its outline.
        let (c, r) = (Some(column), Some(row));
        let open = [
            !self.whole(c, row.checked_sub(1)),
            !self.whole(Some(column + 1), r),
            !self.whole(c, Some(row + 1)),
            !self.whole(column.checked_sub(1), r),
        ];
        if inside == [true; 4] && (cuts_only || open == [false; 4]) {
            return;
        }
        let corners = nodes.map(|node| Corner::Node(node as u32));
        let crossings = [
            Corner::AlongX(nodes[0] as u32),
            Corner::AlongY(nodes[1] as u32),
            Corner::AlongX(nodes[3] as u32),
            Corner::AlongY(nodes[0] as u32),
        ];
        // At a saddle the middle decides whether the two inside corners are joined.
        let saddle = inside[0] == inside[2] && inside[1] == inside[3] && inside[0] != inside[1];
        let joined = !saddle || heights.iter().sum::<f64>() / 4.0 >= level;
        for side in 0..4 {
            let next = (side + 1) % 4;
            // The side itself, as far as it is inside.
            if !cuts_only && open[side] && (inside[side] || inside[next]) {
                let from = if inside[side] { corners[side] } else { crossings[side] };
                let to = if inside[next] { corners[next] } else { crossings[side] };
                edges.push((from, to));
            }
            // The cut that starts where the outline leaves the region's side of this side.
            if inside[side] && !inside[next] {
                let ahead = |sides: usize| (side + sides) % 4;
                let back = if joined {
                    // The next side at which the walk comes back inside.
                    (1..4).map(ahead).find(|&at| !inside[at] && inside[(at + 1) % 4])
                } else {
                    // Around this corner alone.
                    Some(ahead(3))
                };
                if let Some(back) = back {
                    edges.push((crossings[side], crossings[back]));
                }
            }
        }
    }

    /// Joins the edges of all cells end to end.
    fn joined(&self, level: f64, cuts_only: bool) -> Vec<Vec<Point>> {
        let mut edges = Vec::new();
        for row in 0..self.rows - 1 {
            for column in 0..self.columns - 1 {
                self.cell([column, row], level, cuts_only, &mut edges);
            }
        }
        edges.sort_unstable();
        let mut ends: Vec<Corner> = edges.iter().map(|edge| edge.1).collect();
        ends.sort_unstable();
        // Lines that do not close are walked from where they start, which is no edge's end.
        let starts = |&at: &usize| ends.binary_search(&edges[at].0).is_err();
        let open = (0..edges.len()).filter(starts);
        let mut used = vec![false; edges.len()];
        let mut outlines = Vec::new();
        for first in open.chain(0..edges.len()) {
            if used[first] {
                continue;
            }
            let mut outline = Vec::new();
            let mut edge = first;
            loop {
                used[edge] = true;
                outline.push(self.place(edges[edge].0, level));
                let end = edges[edge].1;
                let from = edges.partition_point(|&(start, _)| start < end);
                let next = (from..edges.len()).take_while(|&at| edges[at].0 == end).find(|&at| !used[at]);
                match next {
                    Some(next) => edge = next,
                    None => break,
                }
            }
            if cuts_only {
                outline.push(self.place(edges[edge].1, level));
            }
            outlines.push(outline);
        }
        outlines
    }

    fn place(&self, corner: Corner, level: f64) -> Point {
        let between = |node: u32, step: usize| {
            let (here, there) = (self.values[node as usize], self.values[node as usize + step]);
            ((level - here) / (there - here)).clamp(0.0, 1.0)
        };
        let (node, right, up) = match corner {
            Corner::Node(node) => (node, 0.0, 0.0),
            Corner::AlongX(node) => (node, between(node, 1), 0.0),
            Corner::AlongY(node) => (node, 0.0, between(node, self.columns)),
        };
        let (column, row) = (node as usize % self.columns, node as usize / self.columns);
        [(column as f64 + right) / (self.columns - 1) as f64, (row as f64 + up) / (self.rows - 1) as f64]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area(outlines: &[Vec<Point>]) -> f64 {
        let doubled = |outline: &Vec<Point>| {
            let next = outline.iter().cycle().skip(1);
            outline.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>()
        };
        outlines.iter().map(doubled).sum::<f64>() / 2.0
    }

    #[test]
    fn a_plane_is_cut_where_it_crosses_the_level() {
        let values: Vec<f64> = (0..25).map(|node| (node % 5) as f64 / 4.0).collect();
        let heights = Heights { columns: 5, rows: 5, values: &values };
        for level in [0.0, 0.1, 0.25, 0.6, 1.0] {
            assert!((area(&heights.at_least(level)) - (1.0 - level)).abs() < 1e-12, "{level}");
        }
        assert!(heights.at_least(1.1).is_empty());
    }

    #[test]
    fn a_ring_has_a_hole() {
        let node = |index: usize| (index as f64 - 50.0) / 50.0;
        let values: Vec<f64> = (0..101 * 101)
            .map(|index| 1.0 - (node(index % 101).hypot(node(index / 101)) - 0.6).abs())
            .collect();
        let heights = Heights { columns: 101, rows: 101, values: &values };
        let outlines = heights.at_least(0.8);
        assert_eq!(outlines.len(), 2);
        let ring = std::f64::consts::PI * (0.8 * 0.8 - 0.4 * 0.4) / 4.0;
        assert!((area(&outlines) - ring).abs() < 1e-3);
    }

    #[test]
    fn lines_leave_out_the_border() {
        let values: Vec<f64> = (0..25).map(|node| (node % 5) as f64 / 4.0).collect();
        let lines = Heights { columns: 5, rows: 5, values: &values }.equal_to(0.6);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|point| (point[0] - 0.6).abs() < 1e-12));
        assert_eq!(lines[0].len(), 5);
        let values: Vec<f64> =
            (0..25).map(|node: i32| -f64::from((node % 5 - 2).pow(2) + (node / 5 - 2).pow(2))).collect();
        let lines = Heights { columns: 5, rows: 5, values: &values }.equal_to(-1.5);
        assert_eq!((lines.len(), lines[0][0]), (1, lines[0][lines[0].len() - 1]));
    }

    #[test]
    fn blank_nodes_take_their_cells_away() {
        let mut values = vec![1.0; 25];
        values[12] = f64::NAN;
        let heights = Heights { columns: 5, rows: 5, values: &values };
        let outlines = heights.at_least(0.5);
        assert!((area(&outlines) - 12.0 / 16.0).abs() < 1e-12);
        // Every node of the border, and of the hole: straight lines are simplified later.
        assert_eq!(outlines.len(), 2);
    }

    proptest! {
        #[test]
        fn outlines_close_and_nest(
            columns in 2_usize..8,
            rows in 2_usize..8,
            values in prop::collection::vec(prop_oneof![4 => 0.0..1.0, 1 => Just(f64::NAN), 2 => Just(0.5)], 64),
        ) {
            let heights = Heights { columns, rows, values: &values[..columns * rows] };
            let areas: Vec<f64> = (0..=10).map(|k| area(&heights.at_least(f64::from(k) / 10.0))).collect();
            prop_assert!(areas.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{areas:?}");
            prop_assert!(areas[0] <= 1.0 + 1e-9 && areas[10] >= -1e-9);
            for level in [0.3, 0.5] {
                for outline in heights.at_least(level) {
                    for (a, b) in outline.iter().zip(outline.iter().cycle().skip(1)) {
                        // Every step of an outline, the closing one too, stays within one cell.
                        prop_assert!((a[0] - b[0]).abs() * (columns - 1) as f64 <= 1.0 + 1e-9);
                        prop_assert!((a[1] - b[1]).abs() * (rows - 1) as f64 <= 1.0 + 1e-9);
                    }
                }
            }
        }
    }
}
