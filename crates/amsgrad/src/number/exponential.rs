//! The exponential of an `f64` without a branch, so that packs compute it in vectors.
//!
//! Source: FDLIBM's `e_exp.c` (Sun Microsystems 1993), whose reduction, polynomial and operations are kept in their order: the
//! bits are those of the `libm` crate for every number.

/// From numbers below this size no multiple of ln 2 is taken away.
const HALF_LN_2: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
/// Below this size 1 + x is all.
const TINY: f64 = f64::from_bits(0x3e30_0001_0000_0000);
/// Beyond these the exponential is infinite, and 0.
const LARGEST: f64 = 709.782_712_893_384;
const LEAST: f64 = -745.133_219_101_941_1;
/// A number added to it is rounded to an integer, which stands in its last bits.
const ROUNDING: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
/// ln 2 in two parts; a small integer times the first is exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
/// 1/6, -1/360, ... : the coefficients of r (1 + 2 / (e^r - 1)) after 2, adjusted to |r| <= ln(2) / 2.
const COEFFICIENTS: [f64; 5] = [
    1.666_666_666_666_660_2e-1,
    -2.777_777_777_701_559_3e-3,
    6.613_756_321_437_934e-5,
    -1.653_390_220_546_525_2e-6,
    4.138_136_797_057_238_5e-8,
];

/// Returns e^x.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    let size = x.abs();
    // x = k ln 2 + r, where k is x / ln 2 rounded half away from zero.
    let turns = core::f64::consts::LOG2_E * x + 0.5_f64.copysign(x);
    let nearest = integer(turns);
    let truncated = if nearest.abs() > turns.abs() { nearest - 1.0_f64.copysign(x) } else { nearest };
    let k = if size >= HALF_LN_2 { truncated } else { 0.0 };
    let (high, low) = (x - k * LN_2[0], k * LN_2[1]);
    let r = high - low;
    let [p1, p2, p3, p4, p5] = COEFFICIENTS;
    let square = r * r;
    let c = r - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))));
    let reduced = 1.0 + (r * c / (2.0 - c) - low + high);
    // Two factors, for 2^k alone may leave the range; only the second product is rounded.
    let half = integer(0.5 * k);
    let scaled = reduced * power_of_2(half) * power_of_2(k - half);
    let near = if size < TINY { 1.0 + x } else { scaled };
    let bounded = if x > LARGEST { f64::INFINITY } else { near };
    if x < LEAST { 0.0 } else { bounded }
}

/// Returns the nearest integer, of numbers that are not far out.
#[inline(always)]
fn integer(x: f64) -> f64 {
    (x + ROUNDING) - ROUNDING
}

/// Returns 2^n for an integer from -1022 to 1023.
#[inline(always)]
fn power_of_2(n: f64) -> f64 {
    // The integer n + 1023 stands in the last bits of the sum, and its place is that of an exponent.
    f64::from_bits((n + (ROUNDING + 1023.0)).to_bits() << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(x: f64) {
        let (found, expected) = (exp(x), libm::exp(x));
        let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(same, "{x:e}: {found:e}, not {expected:e}");
    }

    #[test]
    fn its_bits_are_those_of_libm() {
        let mut random = crate::random::Uniform::numpy(5);
        for _ in 0..200_000 {
            let share = random.next();
            check(1500.0 * (share - 0.5));
            check(3.0 * (share - 0.5));
            // Any bits, halves of two draws.
            let half = |share: f64| (share * 4_294_967_296.0) as u64;
            check(f64::from_bits(half(share) << 32 | half(random.next())));
        }
    }

    #[test]
    fn at_every_border_too() {
        let ln_2 = core::f64::consts::LN_2;
        let far = [LARGEST, LEAST, -708.396_418_532_264_1, TINY, HALF_LN_2, 1.5 * ln_2, 0.0, f64::MAX];
        let halves = (-2160..2060).map(|k| 0.5 * f64::from(k) * ln_2);
        for border in far.into_iter().chain(halves) {
            let (mut below, mut above) = (border, border);
            for _ in 0..50 {
                [below, above, -below, -above].into_iter().for_each(check);
                (below, above) = (below.next_down(), above.next_up());
            }
        }
        [f64::INFINITY, f64::NEG_INFINITY, f64::NAN].into_iter().for_each(check);
    }
}
