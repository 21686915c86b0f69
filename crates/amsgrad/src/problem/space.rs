//! Test functions of any number of variables. Sums run in the order of the coordinates.

use core::f64::consts::{E, PI};

use crate::number::Elementary;
use crate::number::policy::maximum;

/// The sum over coordinates of a function of each alone, which answers with value and slope.
#[inline(always)]
fn separable<N: Elementary>(x: &[N], gradient: &mut [N], term: impl Fn(usize, N) -> (N, N)) -> N {
    let mut sum = N::constant(0.0);
    for (i, (x, component)) in x.iter().zip(gradient).enumerate() {
        let value;
        (value, *component) = term(i, *x);
        sum = sum + value;
    }
    sum
}

#[inline(always)]
pub(super) fn sphere<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    separable(x, gradient, |_, x| (x * x, N::constant(2.0) * x))
}

#[inline(always)]
pub(super) fn rosenbrock<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let (k, mut sum) = (N::constant, N::constant(0.0));
    gradient.fill(sum);
    for i in 1..x.len() {
        let (a, b) = (k(1.0) - x[i - 1], x[i] - x[i - 1] * x[i - 1]);
        sum = sum + (k(100.0) * b * b + a * a);
        gradient[i - 1] = gradient[i - 1] - k(400.0) * b * x[i - 1] - k(2.0) * a;
        gradient[i] = k(200.0) * b;
    }
    sum
}

/// 1 - cos(2 pi x) is computed as 2 sin(pi x)^2, which keeps its digits near 0.
#[inline(always)]
pub(super) fn rastrigin<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let k = N::constant;
    separable(x, gradient, |_, x| {
        let (sin, cos) = ((k(PI) * x).sin(), (k(PI) * x).cos());
        (x * x + k(20.0) * sin * sin, k(2.0) * x + k(40.0 * PI) * sin * cos)
    })
}

/// The root mean square is r = most * sqrt(q / n) with q = sum of (x / most)^2, which neither over- nor underflows.
/// Both exponentials are taken less their value at the origin, so that nothing is lost near it.
#[inline(always)]
pub(super) fn ackley<N: Elementary>(x: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
    let (k, n) = (N::constant, N::constant(x.len() as f64));
    let (zero, one) = (k(0.0), k(1.0));
    let most = x.iter().fold(zero, |most, x| maximum(most, x.abs()));
    let scale = most.if_equal(zero, one, most);
    let (mut q, mut sines) = (zero, zero);
    scratch.clear();
    for (x, component) in x.iter().zip(&mut *gradient) {
        let (share, sin) = (*x / scale, (k(PI) * *x).sin());
        q = q + share * share;
        sines = sines + sin * sin;
        *component = k(4.0 * PI) * sin * (k(PI) * *x).cos();
        scratch.push(share);
    }
    let root = (q / n).sqrt();
    let (near, waves) = ((k(-0.2) * (most * root)).exp_m1(), (k(-2.0) * sines / n).exp_m1());
    // q is at least 1 but where every share is 0: there the slope of r is given as 0.
    let divisor = n * (maximum(one, q) / n).sqrt();
    let (pull, height) = (k(4.0) * (near + one) / divisor, k(E) * (waves + one) / n);
    for (component, share) in gradient.iter_mut().zip(scratch) {
        *component = pull * *share + height * *component;
    }
    k(-20.0) * near - k(E) * waves
}

/// With c = cos(x / sqrt(i)) the value 1 - prod c is summed up as (1 - p c) = (1 - p) + p (1 - c), which keeps its
/// digits near 0; the product without one factor is that of those before it and those after it, for c may be 0.
#[inline(always)]
pub(super) fn griewank<N: Elementary>(x: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
    let (k, one) = (N::constant, N::constant(1.0));
    let (mut sum, mut rest, mut before) = (k(0.0), k(0.0), one);
    scratch.clear();
    for (i, (x, component)) in x.iter().zip(&mut *gradient).enumerate() {
        let half = *x / k(2.0 * (i as f64 + 1.0).sqrt());
        let (sin, cos) = (half.sin(), half.cos());
        let lack = k(2.0) * sin * sin;
        sum = sum + *x * *x;
        rest = rest + before * lack;
        *component = before * (k(2.0) * sin * cos);
        before = before * (one - lack);
        scratch.push(one - lack);
    }
    let mut after = one;
    for (i, ((x, component), cos)) in x.iter().zip(gradient).zip(scratch).enumerate().rev() {
        *component = *x / k(2000.0) + *component * after / k((i as f64 + 1.0).sqrt());
        after = after * *cos;
    }
    sum / k(4000.0) + rest
}

#[inline(always)]
pub(super) fn styblinski_tang<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let k = N::constant;
    separable(x, gradient, |_, x| {
        let x2 = x * x;
        (k(0.5) * (x * (x * (x2 - k(16.0)) + k(5.0))), x * (k(2.0) * x2 - k(16.0)) + k(2.5))
    })
}

/// With u = (x - 1) / 4, w of the literature is 1 + u: sin(pi w)^2 = sin(pi u)^2, and so on for the others.
#[inline(always)]
pub(super) fn levy<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let (k, last) = (N::constant, x.len().saturating_sub(1));
    let square = |angle: N| (angle.sin() * angle.sin(), k(2.0) * angle.sin() * angle.cos());
    separable(x, gradient, |i, x| {
        let u = (x - k(1.0)) / k(4.0);
        let (weight, angle, factor) =
            if i < last { (10.0, k(PI) * u + k(1.0), PI) } else { (1.0, k(2.0 * PI) * u, 2.0 * PI) };
        let (sin2, slope) = square(angle);
        let inner = k(1.0) + k(weight) * sin2;
        let (mut value, mut slope) = (u * u * inner, k(2.0) * u * inner + u * u * k(weight * factor) * slope);
        if i == 0 {
            let (sin2, first) = square(k(PI) * u);
            (value, slope) = (sin2 + value, slope + k(PI) * first);
        }
        (value, slope / k(4.0))
    })
}

#[inline(always)]
pub(super) fn zakharov<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let k = N::constant;
    let (mut squares, mut line) = (k(0.0), k(0.0));
    for (i, x) in x.iter().enumerate() {
        squares = squares + *x * *x;
        line = line + k(0.5 * (i as f64 + 1.0)) * *x;
    }
    let line2 = line * line;
    let common = k(2.0) * line + k(4.0) * line * line2;
    for (i, (x, component)) in x.iter().zip(gradient).enumerate() {
        *component = k(2.0) * *x + common * k(0.5 * (i as f64 + 1.0));
    }
    squares + line2 + line2 * line2
}

#[inline(always)]
pub(super) fn dixon_price<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let k = N::constant;
    let ([first, ..], [first_slope, ..]) = (x, &mut *gradient) else {
        return k(0.0);
    };
    let a = *first - k(1.0);
    *first_slope = k(2.0) * a;
    let mut sum = a * a;
    for i in 1..x.len() {
        let (weight, b) = (k(i as f64 + 1.0), k(2.0) * x[i] * x[i] - x[i - 1]);
        sum = sum + weight * b * b;
        gradient[i - 1] = gradient[i - 1] - k(2.0) * weight * b;
        gradient[i] = k(8.0) * weight * b * x[i];
    }
    sum
}

#[inline(always)]
pub(super) fn michalewicz<N: Elementary>(x: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
    let k = N::constant;
    separable(x, gradient, |i, x| {
        let steepness = (i as f64 + 1.0) / PI;
        let angle = k(steepness) * x * x;
        let (sin, t) = (x.sin(), angle.sin());
        let t2 = t * t;
        let t4 = t2 * t2;
        let t16 = (t4 * t4) * (t4 * t4);
        let (t19, t20) = (t16 * t2 * t, t16 * t4);
        (-(sin * t20), -(x.cos() * t20 + k(40.0 * steepness) * x * (sin * t19 * angle.cos())))
    })
}
