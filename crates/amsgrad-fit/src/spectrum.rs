//! Singular values of a small matrix, by one-sided Jacobi rotations: accurate for the smallest too.

/// The singular values of a square matrix and its right singular vectors, one a row; for a symmetric matrix these are
/// eigenvalues, with their signs, and eigenvectors.
pub(crate) fn spectrum(columns: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    let size = columns.len();
    let unit = |j: usize| (0..size).map(move |i| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
    let mut pairs: Vec<(Vec<f64>, Vec<f64>)> =
        columns.into_iter().enumerate().map(|(j, column)| (column, unit(j))).collect();
    const SWEEPS: usize = 60;
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for i in 0..size {
            for j in i + 1..size {
                let (left, right) = pairs.split_at_mut(j);
                let (a, b) = (&mut left[i], &mut right[0]);
                let (aa, bb, ab) = (dot(&a.0, &a.0), dot(&b.0, &b.0), dot(&a.0, &b.0));
                if ab == 0.0 || ab.abs() <= 1e-16 * (aa * bb).sqrt() {
                    continue;
                }
                rotated = true;
                let zeta = (bb - aa) / (2.0 * ab);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                rotate(&mut a.0, &mut b.0, c, c * t);
                rotate(&mut a.1, &mut b.1, c, c * t);
            }
        }
        if !rotated {
            break;
        }
    }
    pairs
        .into_iter()
        .map(|(column, vector)| {
            let size = dot(&column, &column).sqrt();
            (if dot(&column, &vector) < 0.0 { -size } else { size }, vector)
        })
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn rotate(a: &mut [f64], b: &mut [f64], c: f64, s: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_of_a_symmetric_matrix() {
        let mut found: Vec<f64> =
            spectrum(vec![vec![2.0, 1.0], vec![1.0, 2.0]]).into_iter().map(|(value, _)| value).collect();
        found.sort_unstable_by(f64::total_cmp);
        assert!((found[0] - 1.0).abs() < 1e-15 && (found[1] - 3.0).abs() < 1e-15);
    }
}
