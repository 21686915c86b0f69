//! Where the parameters may be: a box, and groups of parameters on a simplex beside it.

/// Bounds of every parameter and the groups on a simplex.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Space {
    /// Lower and upper bound; 0 and 1 for a parameter on a simplex.
    pub(crate) sides: Vec<(f64, f64)>,
    /// The places of each group whose members are at least 0 and sum to 1.
    pub(crate) simplices: Vec<Vec<usize>>,
}

/// A direction in which a point may move: one parameter, or one member of a simplex at the expense of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Direction {
    pub(crate) plus: usize,
    pub(crate) minus: Option<usize>,
}

impl Direction {
    /// The product of the direction with a vector over all parameters.
    pub(crate) fn of(self, vector: impl Fn(usize) -> f64) -> f64 {
        vector(self.plus) - self.minus.map_or(0.0, vector)
    }
}

impl Space {
    /// Moves a point inside.
    pub(crate) fn project(&self, point: &mut [f64]) {
        for (x, (lower, upper)) in point.iter_mut().zip(&self.sides) {
            *x = x.max(*lower).min(*upper);
        }
        for group in &self.simplices {
            let total: f64 = group.iter().map(|member| point[*member]).sum();
            if (total - 1.0).abs() <= group.len() as f64 * f64::EPSILON {
                continue;
            }
            onto_simplex(point, group);
        }
    }

    /// Whether a parameter lies on one of its bounds.
    pub(crate) fn at_bound(&self, point: &[f64], place: usize) -> bool {
        let (lower, upper) = self.sides[place];
        point[place] <= lower || point[place] >= upper
    }

    /// The directions that stay inside for a small step: a parameter on a bound is held where the objective falls
    /// beyond it.
    pub(crate) fn directions(&self, point: &[f64], gradient: &[f64]) -> Vec<Direction> {
        let member = |place: &usize| self.simplices.iter().any(|group| group.contains(place));
        let held = |place: usize, component: f64| {
            let (lower, upper) = self.sides[place];
            lower == upper
                || (point[place] <= lower && component >= 0.0)
                || (point[place] >= upper && component <= 0.0)
        };
        let alone = (0..point.len())
            .filter(|place| !member(place) && !held(*place, gradient[*place]))
            .map(|plus| Direction { plus, minus: None });
        let mut directions: Vec<Direction> = alone.collect();
        for group in &self.simplices {
            let largest = group.iter().copied().max_by(|a, b| point[*a].total_cmp(&point[*b]));
            let Some(largest) = largest else { continue };
            let movable = |place: &usize| {
                *place != largest && !(point[*place] <= 0.0 && gradient[*place] >= gradient[largest])
            };
            let others = group.iter().copied().filter(movable);
            directions.extend(others.map(|plus| Direction { plus, minus: Some(largest) }));
        }
        directions.sort_by_key(|direction| direction.plus);
        directions
    }

    /// How far a point may move against a direction and along it.
    pub(crate) fn reach(&self, point: &[f64], direction: Direction) -> (f64, f64) {
        let room = |place: usize| {
            let (lower, upper) = self.sides[place];
            (point[place] - lower, upper - point[place])
        };
        let (back, forth) = room(direction.plus);
        match direction.minus.map(room) {
            Some((give, take)) => (back.min(take), forth.min(give)),
            None => (back, forth),
        }
    }
}

/// The nearest point whose members of `group` are at least 0 and sum to 1.
fn onto_simplex(point: &mut [f64], group: &[usize]) {
    let mut sorted: Vec<f64> = group.iter().map(|member| point[*member]).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut sum, mut shift) = (0.0, 0.0);
    for (count, value) in sorted.iter().rev().enumerate() {
        sum += value;
        let candidate = (sum - 1.0) / (count + 1) as f64;
        if *value > candidate {
            shift = candidate;
        }
    }
    for member in group {
        point[*member] = (point[*member] - shift).max(0.0);
    }
    // What rounding left goes to the largest.
    let total: f64 = group.iter().map(|member| point[*member]).sum();
    if let Some(largest) = group.iter().copied().max_by(|a, b| point[*a].total_cmp(&point[*b])) {
        point[largest] += 1.0 - total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_bounds_are_kept() {
        let space = Space {
            sides: vec![(0.0, 1.0), (-1.0, 2.0), (0.0, 1.0), (0.0, 1.0)],
            simplices: vec![vec![0, 2, 3]],
        };
        let mut point = [0.9, 5.0, 0.8, -3.0];
        space.project(&mut point);
        assert_eq!(point[1], 2.0);
        assert!((point[0] - 0.55).abs() < 1e-15 && (point[2] - 0.45).abs() < 1e-15 && point[3] == 0.0);
        let free = space.directions(&point, &[0.0, -1.0, 0.0, -1.0]);
        assert_eq!(free, [Direction { plus: 2, minus: Some(0) }, Direction { plus: 3, minus: Some(0) }]);
    }
}
