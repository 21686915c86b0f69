//! The objective near a point: what a damped step is computed from.

use crate::objective::{Goal, Objective};
use crate::space::{Direction, Space};
use crate::triangle::Triangle;

/// A column of the Jacobian whose part beyond the columns before it is no more than this share of it depends on them but
/// for rounding.
const DEPENDENT: f64 = 1e-13;

/// A quadratic model of the objective along some directions.
#[derive(Clone, Debug)]
pub(crate) enum Local {
    /// From the Jacobian: half the squared norm of `J u + r`.
    Squares(Triangle),
    /// From differences of the gradient: the matrix by rows, and the gradient.
    Newton { matrix: Vec<f64>, gradient: Vec<f64> },
}

/// The objective at a point: its value, its gradient, and the triangle where it is a sum of squares.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) triangle: Option<Triangle>,
}

impl Here {
    pub(crate) fn new(objective: &Objective<'_>, point: Vec<f64>) -> Self {
        let count = point.len();
        match objective.goal {
            Goal::Residuals { .. } => {
                let (value, triangle) = objective.triangle(&point, objective.loss());
                let gradient = (0..count)
                    .map(|j| (0..=j).map(|row| triangle.at(row, j) * triangle.at(row, count)).sum())
                    .collect();
                Self { point, value, gradient, triangle: Some(triangle) }
            }
            Goal::Sum => {
                let mut gradient = vec![0.0; count];
                let value = objective.value_and_gradient(&point, &mut gradient);
                Self { point, value, gradient, triangle: None }
            }
        }
    }

    /// Whether value and gradient are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|component| component.is_finite())
    }

    /// The quadratic model along `directions`.
    pub(crate) fn local(
        &self,
        objective: &Objective<'_>,
        space: &Space,
        scale: &[f64],
        directions: &[Direction],
    ) -> Local {
        match &self.triangle {
            Some(triangle) => Local::Squares(along(triangle, directions)),
            None => {
                let gradient =
                    directions.iter().map(|direction| direction.of(|place| self.gradient[place])).collect();
                Local::Newton { matrix: hessian(objective, space, scale, self, directions), gradient }
            }
        }
    }
}

/// A triangle over all parameters, along some directions.
pub(crate) fn along(triangle: &Triangle, directions: &[Direction]) -> Triangle {
    let last = triangle.size - 1;
    triangle.mapped(directions.len() + 1, |j, row| match directions.get(j) {
        Some(direction) => direction.of(|place| if row <= place { triangle.at(row, place) } else { 0.0 }),
        None => triangle.at(row, last),
    })
}

/// Second derivatives along the directions, from differences of the exact gradient at points inside.
pub(crate) fn hessian(
    objective: &Objective<'_>,
    space: &Space,
    scale: &[f64],
    here: &Here,
    directions: &[Direction],
) -> Vec<f64> {
    let count = directions.len();
    let mut rows = vec![0.0; count * count];
    let gradient_at = |direction: Direction, t: f64| {
        let mut point = here.point.clone();
        point[direction.plus] += t;
        if let Some(minus) = direction.minus {
            point[minus] -= t;
        }
        space.project(&mut point);
        let moved = point[direction.plus] - here.point[direction.plus];
        let mut gradient = vec![0.0; point.len()];
        objective.value_and_gradient(&point, &mut gradient);
        let along: Vec<f64> = directions.iter().map(|one| one.of(|place| gradient[place])).collect();
        (moved, along)
    };
    for (row, direction) in rows.chunks_exact_mut(count.max(1)).zip(directions) {
        let place = direction.plus;
        let wanted = 6e-6 * here.point[place].abs().max(1e-2 * scale[place]);
        let (back, forth) = space.reach(&here.point, *direction);
        let (first, second) = if back >= wanted && forth >= wanted {
            (-wanted, wanted)
        } else if forth >= back {
            let t = wanted.min(forth / 2.0);
            (t, 2.0 * t)
        } else {
            let t = wanted.min(back / 2.0);
            (-t, -2.0 * t)
        };
        let ((a, at_a), (b, at_b)) = (gradient_at(*direction, first), gradient_at(*direction, second));
        for ((entry, direction), (at_a, at_b)) in row.iter_mut().zip(directions).zip(at_a.iter().zip(&at_b)) {
            let at_0 = direction.of(|place| here.gradient[place]);
            // The parabola through three gradients, differentiated at 0.
            *entry = (at_a - at_0) / a * (b / (b - a)) - (at_b - at_0) / b * (a / (b - a));
        }
    }
    for i in 0..count {
        for j in 0..i {
            let mean = 0.5 * (rows[i * count + j] + rows[j * count + i]);
            rows[i * count + j] = mean;
            rows[j * count + i] = mean;
        }
    }
    rows
}

impl Local {
    /// A measure for a step along each direction: the curvature's square root.
    pub(crate) fn scales(&self) -> Vec<f64> {
        match self {
            Self::Squares(triangle) => (0..triangle.size - 1).map(|j| triangle.norm(j)).collect(),
            Self::Newton { matrix, gradient } => {
                let count = gradient.len();
                (0..count).map(|j| matrix[j * count + j].abs().sqrt()).collect()
            }
        }
    }

    /// The step that minimizes the model plus half of `damping` times the squared step in the measure `scales`;
    /// `None` where the model has no minimum.
    pub(crate) fn step(&self, damping: f64, scales: &[f64]) -> Option<Vec<f64>> {
        let step = match self {
            Self::Squares(triangle) => {
                let count = triangle.size - 1;
                let mut damped = triangle.determined(DEPENDENT);
                if damping > 0.0 {
                    let root = damping.sqrt();
                    let mut columns = vec![0.0; (count + 1) * count];
                    (0..count).for_each(|j| columns[j * count + j] = root * scales[j]);
                    damped.absorb(&mut columns, count);
                }
                let right: Vec<f64> = damped.right().map(|entry| -entry).collect();
                damped.solve(&right)?
            }
            Self::Newton { matrix, gradient } => {
                let count = gradient.len();
                let mut damped = matrix.clone();
                if damping > 0.0 {
                    (0..count).for_each(|j| damped[j * count + j] += damping * scales[j] * scales[j]);
                }
                let right: Vec<f64> = gradient.iter().map(|component| -component).collect();
                Cholesky::new(damped, count)?.solve(&right)
            }
        };
        step.iter().all(|entry| entry.is_finite()).then_some(step)
    }

    /// By how much the model falls for a step.
    pub(crate) fn decrease(&self, step: &[f64]) -> f64 {
        match self {
            Self::Squares(triangle) => {
                let count = triangle.size - 1;
                let product = |row: usize| (row..count).map(|j| triangle.at(row, j) * step[j]).sum::<f64>();
                // r^2 / 2 - (r + J u)^2 / 2 without cancellation.
                (0..count)
                    .map(|row| {
                        let moved = product(row);
                        -moved * (triangle.at(row, count) + 0.5 * moved)
                    })
                    .sum()
            }
            Self::Newton { matrix, gradient } => {
                let count = gradient.len();
                (0..count)
                    .map(|i| {
                        let product: f64 = (0..count).map(|j| matrix[i * count + j] * step[j]).sum();
                        -step[i] * (gradient[i] + 0.5 * product)
                    })
                    .sum()
            }
        }
    }
}

/// The Cholesky factor of a positive definite matrix.
#[derive(Clone, Debug)]
pub(crate) struct Cholesky {
    lower: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factors a symmetric matrix given by rows; `None` where it is not positive definite.
    pub(crate) fn new(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        for j in 0..size {
            for i in j..size {
                let known: f64 = (0..j).map(|k| matrix[i * size + k] * matrix[j * size + k]).sum();
                let entry = matrix[i * size + j] - known;
                if i == j {
                    // A pivot that is mere rounding of its diagonal is none.
                    if entry.is_nan() || entry <= 1e-15 * matrix[j * size + j].abs() {
                        return None;
                    }
                    matrix[j * size + j] = entry.sqrt();
                } else {
                    matrix[i * size + j] = entry / matrix[j * size + j];
                }
            }
        }
        Some(Self { lower: matrix, size })
    }

    /// Solves for a right side.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let (size, lower) = (self.size, &self.lower);
        let mut x = right.to_vec();
        for i in 0..size {
            let known: f64 = (0..i).map(|k| lower[i * size + k] * x[k]).sum();
            x[i] = (x[i] - known) / lower[i * size + i];
        }
        for i in (0..size).rev() {
            let known: f64 = (i + 1..size).map(|k| lower[k * size + i] * x[k]).sum();
            x[i] = (x[i] - known) / lower[i * size + i];
        }
        x
    }
}
