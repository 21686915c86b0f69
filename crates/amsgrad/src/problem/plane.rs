//! Test functions of two variables: the value and both partial derivatives.

use core::f64::consts::PI;

use crate::number::Elementary;

#[inline(always)]
pub(super) fn beale<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let (k, y2) = (N::constant, y * y);
    let y3 = y2 * y;
    let (a, b, c) = (k(1.5) - x + x * y, k(2.25) - x + x * y2, k(2.625) - x + x * y3);
    let slope_x = a * (y - k(1.0)) + b * (y2 - k(1.0)) + c * (y3 - k(1.0));
    let slope_y = x * (a + k(2.0) * b * y + k(3.0) * c * y2);
    (a * a + b * b + c * c, [k(2.0) * slope_x, k(2.0) * slope_y])
}

#[inline(always)]
pub(super) fn booth<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (a, b) = (x + k(2.0) * y - k(7.0), k(2.0) * x + y - k(5.0));
    (a * a + b * b, [k(2.0) * a + k(4.0) * b, k(4.0) * a + k(2.0) * b])
}

#[inline(always)]
pub(super) fn matyas<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let value = k(0.26) * (x * x + y * y) - k(0.48) * x * y;
    (value, [k(0.52) * x - k(0.48) * y, k(0.52) * y - k(0.48) * x])
}

#[inline(always)]
pub(super) fn himmelblau<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (a, b) = (x * x + y - k(11.0), x + y * y - k(7.0));
    (a * a + b * b, [k(4.0) * a * x + k(2.0) * b, k(2.0) * a + k(4.0) * b * y])
}

#[inline(always)]
pub(super) fn easom<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (a, b) = (x - k(PI), y - k(PI));
    let (bell, cos_x, cos_y) = ((-(a * a) - b * b).exp(), x.cos(), y.cos());
    let slope_x = bell * cos_y * (x.sin() + k(2.0) * a * cos_x);
    let slope_y = bell * cos_x * (y.sin() + k(2.0) * b * cos_y);
    (-(cos_x * cos_y * bell), [slope_x, slope_y])
}

/// The two factors depend on x + y and on 2 x - 3 y alone.
#[inline(always)]
pub(super) fn goldstein_price<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (s, q) = (x + y, k(2.0) * x - k(3.0) * y);
    let p = s + k(1.0);
    let first = k(19.0) - k(14.0) * s + k(3.0) * s * s;
    let second = k(18.0) - k(16.0) * q + k(3.0) * q * q;
    let (a, b) = (k(1.0) + p * p * first, k(30.0) + q * q * second);
    let slope_a = k(2.0) * p * first + p * p * (k(6.0) * s - k(14.0));
    let slope_b = k(2.0) * q * second + q * q * (k(6.0) * q - k(16.0));
    (a * b, [slope_a * b + k(2.0) * a * slope_b, slope_a * b - k(3.0) * a * slope_b])
}

#[inline(always)]
pub(super) fn mccormick<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (s, d) = (x + y, x - y);
    let (cos, twice) = (s.cos(), k(2.0) * d);
    let value = s.sin() + d * d - k(1.5) * x + k(2.5) * y + k(1.0);
    (value, [cos + twice - k(1.5), cos - twice + k(2.5)])
}

#[inline(always)]
pub(super) fn three_hump_camel<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let (k, x2) = (N::constant, x * x);
    let value = x2 * (k(2.0) - x2 * (k(1.05) - x2 / k(6.0))) + x * y + y * y;
    (value, [x * (k(4.0) - x2 * (k(4.2) - x2)) + y, x + k(2.0) * y])
}

#[inline(always)]
pub(super) fn six_hump_camel<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let (k, x2, y2) = (N::constant, x * x, y * y);
    let value = x2 * (k(4.0) - x2 * (k(2.1) - x2 / k(3.0))) + x * y + y2 * (k(4.0) * y2 - k(4.0));
    let slope_x = x * (k(8.0) - x2 * (k(8.4) - k(2.0) * x2)) + y;
    (value, [slope_x, x + y * (k(16.0) * y2 - k(8.0))])
}

#[inline(always)]
pub(super) fn branin<N: Elementary>(x: N, y: N) -> (N, [N; 2]) {
    let k = N::constant;
    let (bend, tilt, share) = (5.1 / (4.0 * PI * PI), 5.0 / PI, 10.0 * (1.0 - 1.0 / (8.0 * PI)));
    let a = y - k(bend) * x * x + k(tilt) * x - k(6.0);
    let value = a * a + k(share) * x.cos() + k(10.0);
    (value, [k(2.0) * a * (k(tilt) - k(2.0 * bend) * x) - k(share) * x.sin(), k(2.0) * a])
}
