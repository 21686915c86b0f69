//! Quantiles of Student's distribution.

use core::cell::Cell;

use libm::{exp, lgamma, log, sqrt};

/// Half the width of the interval around 0 that holds 95 % of the normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;

thread_local! {
    /// The last degrees of freedom and their quantile: many groups have as many rows as the one before.
    static LAST: Cell<(usize, f64)> = const { Cell::new((0, NORMAL)) };
}

/// The number t for which Student's distribution has 95 % of its probability between -t and t; the normal
/// distribution's where there are no degrees of freedom to count.
pub(crate) fn quantile(degrees: Option<usize>) -> f64 {
    let Some(degrees) = degrees else { return NORMAL };
    let (known, last) = LAST.get();
    if known == degrees {
        return last;
    }
    let quantile = computed(degrees as f64);
    LAST.set((degrees, quantile));
    quantile
}

fn computed(n: f64) -> f64 {
    let outside = |t: f64| incomplete_beta(0.5 * n, 0.5, n / (n + t * t));
    let front = exp(lgamma(0.5 * (n + 1.0)) - lgamma(0.5 * n)) / sqrt(n * core::f64::consts::PI);
    let density = |t: f64| front * exp(-0.5 * (n + 1.0) * libm::log1p(t * t / n));
    // The tail is convex and the normal quantile lies below, so Newton's method climbs to the answer.
    let mut t = NORMAL;
    for _ in 0..60 {
        let step = (outside(t) - 0.05) / (2.0 * density(t));
        t += step;
        if step.abs() <= 1e-14 * t {
            break;
        }
    }
    t
}

/// The regularized incomplete beta function, by its continued fraction (Lentz's method).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * libm::log1p(-x));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for m in 1..=300 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            change = c * d;
            result *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of scipy.stats.t.ppf(0.975, n).
    #[test]
    fn quantiles_are_those_of_tables() {
        let table = [(1, 12.706_204_736_174_707), (4, 2.776_445_105_197_796), (30, 2.042_272_456_301_238)];
        for (degrees, expected) in table {
            let found = quantile(Some(degrees));
            assert!((found / expected - 1.0).abs() < 1e-12, "{degrees}: {found}");
        }
        assert!((quantile(Some(1_000_000)) - 1.959_966_356_814_107).abs() < 1e-9);
    }
}
