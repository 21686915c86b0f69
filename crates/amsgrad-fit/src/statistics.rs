//! How well the data determine the parameters.

use crate::found::Found;
use crate::local::{Here, along, hessian};
use crate::loss::Loss;
use crate::objective::{Goal, Objective};
use crate::space::{Direction, Space};
use crate::spectrum::spectrum;

/// What the curvature at the minimum says.
#[derive(Clone, Debug)]
pub(crate) struct Uncertainty {
    /// The covariance of all parameters by rows; 0 for those held on a bound, NaN where the data do not determine one.
    pub(crate) covariance: Vec<f64>,
    /// Parameters that only a combination of is determined, as sets of places.
    pub(crate) undetermined: Vec<Vec<usize>>,
    /// The number of directions in which the parameters are free.
    pub(crate) free: usize,
    /// The sum of the squared weighted residuals, where there are any.
    pub(crate) squares: Option<f64>,
}

/// The smallest singular value, relative to the largest, of a Jacobian with columns of length 1 that still tells
/// parameters apart.
const DETERMINED: f64 = 1e-11;
/// The same for second derivatives, which come from differences.
const CURVED: f64 = 1e-8;

/// The uncertainty where a fit ended. `known` says that the cost is a log-likelihood, so that its curvature alone tells errors;
/// else the scatter of the rows scales them.
pub(crate) fn uncertainty(
    objective: &Objective<'_>,
    space: &Space,
    found: &Found,
    known: bool,
) -> Uncertainty {
    let point = &found.descent.point;
    let member_at_zero =
        |place: &usize| space.simplices.iter().flatten().any(|m| m == place) && point[*place] <= 0.0;
    // Every direction that does not leave a bound, whatever the gradient.
    let flat = vec![0.0; point.len()];
    let free: Vec<Direction> = space
        .directions(point, &flat)
        .into_iter()
        .filter(|direction| !member_at_zero(&direction.plus))
        .collect();
    let count = free.len();
    let (factor, values, sizes, least, squares);
    match objective.goal {
        Goal::Residuals { loss, .. } => {
            let triangle = along(&found.descent.triangle(objective), &free);
            sizes = (0..count).map(|j| triangle.norm(j)).collect::<Vec<f64>>();
            let column = |j: usize| {
                let entry =
                    |row| if row <= j { triangle.at(row, j) / sizes[j].max(f64::MIN_POSITIVE) } else { 0.0 };
                (0..count).map(entry).collect::<Vec<f64>>()
            };
            // Singular values have no sign.
            let pairs = spectrum((0..count).map(column).collect());
            values = pairs.into_iter().map(|(value, vector)| (value.abs(), vector)).collect::<Vec<_>>();
            let total = triangle.norm(count).powi(2);
            squares = Some(total);
            let rows = objective.columns.rows;
            let degrees = rows.saturating_sub(count) as f64;
            factor = match loss {
                Loss::Squares if known => 1.0,
                Loss::Squares => total / degrees,
                loss => spread(objective, loss, point) / degrees,
            };
            least = DETERMINED;
        }
        Goal::Sum => {
            let here = Here::new(objective, point.clone());
            let matrix = hessian(objective, space, &found.scale, &here, &free);
            sizes = (0..count).map(|j| matrix[j * count + j].abs().sqrt()).collect();
            let column = |j: usize| {
                let size = |i: usize| (sizes[i] * sizes[j]).max(f64::MIN_POSITIVE);
                (0..count).map(|i| matrix[i * count + j] / size(i)).collect::<Vec<f64>>()
            };
            // The inverse of the curvature itself is the covariance: its eigenvalues count once, not squared.
            values = spectrum((0..count).map(column).collect())
                .into_iter()
                .map(|(value, vector)| (value.signum() * value.abs().sqrt(), vector))
                .collect();
            (factor, least, squares) = (1.0, CURVED.sqrt(), None);
        }
    }
    let most = values.iter().map(|(value, _)| value.abs()).fold(0.0, f64::max);
    let (good, bad): (Vec<_>, Vec<_>) =
        values.iter().partition(|(value, _)| *value > least * most && value.is_finite());
    let mut undetermined: Vec<Vec<usize>> = bad.iter().map(|(_, vector)| named(vector, &free)).collect();
    undetermined.extend((0..count).filter(|j| sizes[*j] == 0.0).map(|j| vec![free[j].plus]));
    undetermined.sort();
    undetermined.dedup();
    let lost: Vec<usize> = undetermined.iter().flatten().copied().collect();

    let inverse = |i: usize, j: usize| -> f64 {
        let sum: f64 = good.iter().map(|(value, vector)| vector[i] * vector[j] / (value * value)).sum();
        sum * factor / (sizes[i] * sizes[j])
    };
    let scatter = (matches!(objective.goal, Goal::Sum) && !known).then(|| {
        let rows = along(&found.descent.triangle(objective), &free);
        let spread =
            |row: usize, j: usize| (row..count).map(|k| rows.at(row, k) * inverse(k, j)).sum::<f64>();
        (0..count).flat_map(|row| (0..count).map(move |j| (row, j))).map(|(row, j)| spread(row, j)).collect()
    });
    let along_free = |i: usize, j: usize| -> f64 {
        let Some(scatter): &Option<Vec<f64>> = &scatter else { return inverse(i, j) };
        // The sandwich of the rows' gradients between inverse curvatures, with the factor for few rows.
        let sum: f64 = (0..count).map(|row| scatter[row * count + i] * scatter[row * count + j]).sum();
        let all = objective.columns.rows;
        sum * all as f64 / all.saturating_sub(count) as f64
    };
    let size = point.len();
    let mut covariance = vec![0.0; size * size];
    for (i, a) in free.iter().enumerate() {
        for (j, b) in free.iter().enumerate() {
            let entry = along_free(i, j);
            for (row, sign) in [(Some(a.plus), 1.0), (a.minus, -1.0)] {
                for (column, other) in [(Some(b.plus), 1.0), (b.minus, -1.0)] {
                    if let (Some(row), Some(column)) = (row, column) {
                        covariance[row * size + column] += sign * other * entry;
                    }
                }
            }
        }
    }
    for place in lost {
        for other in 0..size {
            covariance[place * size + other] = f64::NAN;
            covariance[other * size + place] = f64::NAN;
        }
    }
    Uncertainty { covariance, undetermined, free: count, squares }
}

/// The parameters that take part in a combination the data do not determine.
fn named(vector: &[f64], free: &[Direction]) -> Vec<usize> {
    let most = vector.iter().fold(0.0, |most: f64, share| most.max(share.abs()));
    let shares = vector.iter().zip(free).filter(|(share, _)| share.abs() > 0.05 * most);
    let mut places: Vec<usize> = shares.map(|(_, direction)| direction.plus).collect();
    places.sort_unstable();
    places
}

/// The sum of squares that errors of a robust loss are scaled by: of the influence of each row (Huber 1981, 7.6).
fn spread(objective: &Objective<'_>, loss: Loss, point: &[f64]) -> f64 {
    let residuals = residuals(objective, point);
    let count = residuals.len() as f64;
    let influence: f64 = residuals.iter().map(|r| (r * loss.cost(*r).weight).powi(2)).sum();
    // The density of absolute deviations at 0 is estimated with a kernel: that of the soft loss.
    let bend = match loss {
        Loss::Absolute => {
            let width = median(&residuals) * libm::pow(count, -0.2);
            residuals.iter().map(|r| Loss::SoftL1(width).cost(*r).bend / width).sum::<f64>() / count
        }
        loss => residuals.iter().map(|r| loss.cost(*r).bend).sum::<f64>() / count,
    };
    influence / (bend * bend)
}

/// The weighted residuals at a point.
pub(crate) fn residuals(objective: &Objective<'_>, point: &[f64]) -> Vec<f64> {
    let mut values = objective.columns.values(objective.formula, point);
    objective.weigh_values(0, &mut values);
    values
}

/// The median magnitude, as an estimate of a standard deviation.
pub(crate) fn median(residuals: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    1.4826 * sizes.get(sizes.len() / 2).copied().unwrap_or(f64::NAN)
}
