//! One number: the operations of [`Number`] on `f32` and `f64`.

use super::{Elementary, Number, Real, Sealed, exponential};

/// A call of the `libm` crate by its name for each type. It is compiled once: inlined, the code of the functions would be there
/// once per instruction set and caller.
macro_rules! from_libm {
    ($($method:ident $([$argument:ident])? = $function:ident;)*) => {$(
        #[inline(never)]
        fn $method(self $(, $argument: Self)?) -> Self {
            libm::$function(self $(, $argument)?)
        }
    )*};
}

macro_rules! scalar {
    ($float:ident, $exp:path, { $($libm:tt)* }) => {
        impl Sealed for $float {}

        impl Number for $float {
            type Real = $float;

            const WIDTH: usize = 1;

            #[inline(always)]
            fn splat(value: $float) -> Self {
                value
            }

            #[inline(always)]
            fn from_fn(mut element: impl FnMut(usize) -> $float) -> Self {
                element(0)
            }

            #[inline(always)]
            fn element(&self, _index: usize) -> $float {
                *self
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }

            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }

            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                $float::copysign(self, sign)
            }

            #[inline(always)]
            fn if_less(self, other: Self, yes: Self, no: Self) -> Self {
                if self < other { yes } else { no }
            }

            #[inline(always)]
            fn if_at_most(self, other: Self, yes: Self, no: Self) -> Self {
                if self <= other { yes } else { no }
            }

            #[inline(always)]
            fn if_equal(self, other: Self, yes: Self, no: Self) -> Self {
                if self == other { yes } else { no }
            }

            #[inline(always)]
            fn all_at_most(self, other: Self) -> bool {
                self <= other
            }
        }

        impl Elementary for $float {
            from_libm! { $($libm)* }

            #[inline(always)]
            fn exp(self) -> Self {
                $exp(self)
            }
        }

        impl Real for $float {
            const NAME: &'static str = stringify!($float);
            const EPSILON: Self = $float::EPSILON;
            const MIN_POSITIVE: Self = $float::MIN_POSITIVE;
            const INFINITY: Self = $float::INFINITY;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }

            #[inline(always)]
            fn next_up(self) -> Self {
                $float::next_up(self)
            }

            #[inline(always)]
            fn next_down(self) -> Self {
                $float::next_down(self)
            }
        }
    };
}

scalar!(f64, exponential::exp, {
    floor = floor;
    ceil = ceil;
    round = round;
    trunc = trunc;
    rem[divisor] = fmod;
    pow[exponent] = pow;
    hypot[other] = hypot;
    atan2[x] = atan2;
    exp2 = exp2;
    exp_m1 = expm1;
    ln = log;
    ln_1p = log1p;
    log2 = log2;
    log10 = log10;
    cbrt = cbrt;
    sin = sin;
    cos = cos;
    tan = tan;
    asin = asin;
    acos = acos;
    atan = atan;
    sinh = sinh;
    cosh = cosh;
    tanh = tanh;
    asinh = asinh;
    acosh = acosh;
    atanh = atanh;
    erf = erf;
    erfc = erfc;
    gamma = tgamma;
    ln_gamma = lgamma;
});

scalar!(f32, libm::expf, {
    floor = floorf;
    ceil = ceilf;
    round = roundf;
    trunc = truncf;
    rem[divisor] = fmodf;
    pow[exponent] = powf;
    hypot[other] = hypotf;
    atan2[x] = atan2f;
    exp2 = exp2f;
    exp_m1 = expm1f;
    ln = logf;
    ln_1p = log1pf;
    log2 = log2f;
    log10 = log10f;
    cbrt = cbrtf;
    sin = sinf;
    cos = cosf;
    tan = tanf;
    asin = asinf;
    acos = acosf;
    atan = atanf;
    sinh = sinhf;
    cosh = coshf;
    tanh = tanhf;
    asinh = asinhf;
    acosh = acoshf;
    atanh = atanhf;
    erf = erff;
    erfc = erfcf;
    gamma = tgammaf;
    ln_gamma = lgammaf;
});
