//! The list of test functions: what each is called, its formula, where it comes from.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use super::{plane, space};
use crate::error::setting::SettingError;
use crate::number::Elementary;

/// The largest number of variables a test problem has.
const MOST: usize = 1 << 24;

/// The list; what is documented is what the program says.
macro_rules! functions {
    ($(
        $variant:ident $name:literal, $dimensions:expr;
            $formula:literal
            domain $first:expr, $other:expr;
            minima $minima:literal
            source $source:literal
            by $variables:ident $evaluate:path;
    )*) => {
        /// A test function, without the number of its variables.
        ///
        /// Gradients are exact to rounding, also where a formula written down as it stands would divide 0 by 0 or
        /// lose its digits: values are accurate relative to their distance from the minimum, where that is 0.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Function {$(
            #[doc = concat!("`", $formula, "`\n\nDomain ", stringify!($first), " (first coordinate), ",
                stringify!($other), " (others). Minima: ", $minima, "\n\nSource: ", $source)]
            $variant,
        )*}

        impl Function {
            /// Every function.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name, as it is parsed and printed.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the formula, as it could be typed: with `x` and `y` where there are always two variables, else
            /// with `x[1]` to `x[n]`; `sum(i, first, last, term)` and `prod` run over `i`.
            #[must_use]
            pub fn formula(self) -> &'static str {
                match self { $(Self::$variant => $formula,)* }
            }

            /// Returns where it comes from.
            #[must_use]
            pub fn source(self) -> &'static str {
                match self { $(Self::$variant => $source,)* }
            }

            /// Returns the numbers of variables it may have.
            #[must_use]
            pub fn dimensions(self) -> RangeInclusive<usize> {
                match self { $(Self::$variant => $dimensions,)* }
            }

            /// Returns the domain's side of the first coordinate, and of every other.
            pub(super) fn sides(self) -> ((f64, f64), (f64, f64)) {
                match self { $(Self::$variant => ($first, $other),)* }
            }

            // Inlined, or it would be compiled for the baseline alone.
            #[inline(always)]
            pub(super) fn evaluate<N: Elementary>(self, x: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
                match self { $(Self::$variant => $variables($evaluate, x, gradient, scratch),)* }
            }
        }
    };
}

functions! {
    Sphere "sphere", 1..=MOST;
        "sum(i, 1, n, x[i]^2)"
        domain (-5.12, 5.12), (-5.12, 5.12);
        minima "0 at the origin."
        source "De Jong 1975, An analysis of the behavior of a class of genetic adaptive systems, F1"
        by in_space space::sphere;
    Rosenbrock "rosenbrock", 2..=MOST;
        "sum(i, 1, n - 1, 100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)"
        domain (-2.048, 2.048), (-2.048, 2.048);
        minima "0 at (1, ..., 1). From 4 variables on there is a second, local one near (-1, 1, ..., 1)."
        source "Rosenbrock 1960, An automatic method for finding the greatest or least value of a function; domain: De Jong 1975, F2"
        by in_space space::rosenbrock;
    Rastrigin "rastrigin", 1..=MOST;
        "sum(i, 1, n, x[i]^2 + 10*(1 - cos(2*pi*x[i])))"
        domain (-5.12, 5.12), (-5.12, 5.12);
        minima "0 at the origin; local ones near all points of whole coordinates."
        source "Rastrigin 1974, Systems of extremal control; n variables: Muehlenbein, Schomisch, Born 1991, The parallel genetic algorithm as function optimizer"
        by in_space space::rastrigin;
    Ackley "ackley", 1..=MOST;
        "-20*exp(-0.2*sqrt(sum(i, 1, n, x[i]^2)/n)) - exp(sum(i, 1, n, cos(2*pi*x[i]))/n) + 20 + exp(1)"
        domain (-32.768, 32.768), (-32.768, 32.768);
        minima "0 at the origin, where the function has a kink; the gradient there is given as 0, one of its subgradients."
        source "Ackley 1987, A connectionist machine for genetic hillclimbing; n variables: Baeck 1996, Evolutionary algorithms in theory and practice"
        by in_space space::ackley;
    Griewank "griewank", 1..=MOST;
        "1 + sum(i, 1, n, x[i]^2)/4000 - prod(i, 1, n, cos(x[i]/sqrt(i)))"
        domain (-600.0, 600.0), (-600.0, 600.0);
        minima "0 at the origin; many local ones."
        source "Griewank 1981, Generalized descent for global optimization"
        by in_space space::griewank;
    StyblinskiTang "styblinski-tang", 1..=MOST;
        "sum(i, 1, n, x[i]^4 - 16*x[i]^2 + 5*x[i])/2"
        domain (-5.0, 5.0), (-5.0, 5.0);
        minima "-39.16616570377141 n at (-2.903534027771177, ...)."
        source "Styblinski, Tang 1990, Experiments in nonconvex optimization"
        by in_space space::styblinski_tang;
    Levy "levy", 1..=MOST;
        "sin(pi*(x[1]+3)/4)^2 + sum(i, 1, n - 1, ((x[i]-1)/4)^2*(1 + 10*sin(pi*(x[i]+3)/4 + 1)^2)) + ((x[n]-1)/4)^2*(1 + sin(pi*(x[n]+3)/2)^2)"
        domain (-10.0, 10.0), (-10.0, 10.0);
        minima "0 at (1, ..., 1); many local ones."
        source "Levy, Montalvo 1985, The tunneling algorithm for the global minimization of functions; form: Laguna, Marti 2005"
        by in_space space::levy;
    Zakharov "zakharov", 1..=MOST;
        "sum(i, 1, n, x[i]^2) + sum(i, 1, n, i*x[i]/2)^2 + sum(i, 1, n, i*x[i]/2)^4"
        domain (-5.0, 10.0), (-5.0, 10.0);
        minima "0 at the origin."
        source "Jamil, Yang 2013, A literature survey of benchmark functions for global optimisation problems"
        by in_space space::zakharov;
    DixonPrice "dixon-price", 2..=MOST;
        "(x[1] - 1)^2 + sum(i, 2, n, i*(2*x[i]^2 - x[i-1])^2)"
        domain (-10.0, 10.0), (-10.0, 10.0);
        minima "0 where `x[i] = 2^-(1 - 2^(1-i))`, the last of either sign."
        source "Dixon, Price 1989, Truncated Newton method for sparse unconstrained optimization using automatic differentiation"
        by in_space space::dixon_price;
    Beale "beale", 2..=2;
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2"
        domain (-4.5, 4.5), (-4.5, 4.5);
        minima "0 at (3, 0.5)."
        source "Beale 1958, On an iterative method for finding a local minimum of a function of more than one variable"
        by on_plane plane::beale;
    Booth "booth", 2..=2;
        "(x + 2*y - 7)^2 + (2*x + y - 5)^2"
        domain (-10.0, 10.0), (-10.0, 10.0);
        minima "0 at (1, 3)."
        source "Jamil, Yang 2013, A literature survey of benchmark functions for global optimisation problems"
        by on_plane plane::booth;
    Matyas "matyas", 2..=2;
        "0.26*(x^2 + y^2) - 0.48*x*y"
        domain (-10.0, 10.0), (-10.0, 10.0);
        minima "0 at the origin."
        source "Jamil, Yang 2013, A literature survey of benchmark functions for global optimisation problems"
        by on_plane plane::matyas;
    Himmelblau "himmelblau", 2..=2;
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
        domain (-5.0, 5.0), (-5.0, 5.0);
        minima "0 at (3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186) and (3.584428, -1.848127)."
        source "Himmelblau 1972, Applied nonlinear programming"
        by on_plane plane::himmelblau;
    Easom "easom", 2..=2;
        "-cos(x)*cos(y)*exp(-(x - pi)^2 - (y - pi)^2)"
        domain (-100.0, 100.0), (-100.0, 100.0);
        minima "-1 at (pi, pi); flat elsewhere: 40 away value and gradient underflow to 0."
        source "Easom 1990, A survey of global optimization techniques"
        by on_plane plane::easom;
    GoldsteinPrice "goldstein-price", 2..=2;
        "(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))"
        domain (-2.0, 2.0), (-2.0, 2.0);
        minima "3 at (0, -1); three local ones."
        source "Goldstein, Price 1971, On descent from local minima"
        by on_plane plane::goldstein_price;
    McCormick "mccormick", 2..=2;
        "sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1"
        domain (-1.5, 4.0), (-3.0, 4.0);
        minima "-sqrt(3)/2 - pi/3 at (1/2 - pi/3, -1/2 - pi/3); without the domain the function has no minimum."
        source "Jamil, Yang 2013, A literature survey of benchmark functions for global optimisation problems"
        by on_plane plane::mccormick;
    ThreeHumpCamel "three-hump-camel", 2..=2;
        "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2"
        domain (-5.0, 5.0), (-5.0, 5.0);
        minima "0 at the origin; two local ones."
        source "Jamil, Yang 2013, A literature survey of benchmark functions for global optimisation problems"
        by on_plane plane::three_hump_camel;
    SixHumpCamel "six-hump-camel", 2..=2;
        "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2"
        domain (-3.0, 3.0), (-2.0, 2.0);
        minima "-1.0316284534898774 at (0.089842, -0.712656) and (-0.089842, 0.712656); four local ones."
        source "Dixon, Szego 1978, Towards global optimisation 2"
        by on_plane plane::six_hump_camel;
    Branin "branin", 2..=2;
        "(y - 5.1/(4*pi^2)*x^2 + 5/pi*x - 6)^2 + 10*(1 - 1/(8*pi))*cos(x) + 10"
        domain (-5.0, 10.0), (0.0, 15.0);
        minima "5/(4 pi) at (-pi, 12.275), (pi, 2.275) and (3 pi, 2.475)."
        source "Branin 1972, Widely convergent method for finding multiple solutions of simultaneous nonlinear equations"
        by on_plane plane::branin;
    Michalewicz "michalewicz", 1..=MOST;
        "-sum(i, 1, n, sin(x[i])*sin(i*x[i]^2/pi)^20)"
        domain (0.0, core::f64::consts::PI), (0.0, core::f64::consts::PI);
        minima "-1.8013034100985525 for n = 2, -4.687658179088146 for 5, -9.66015171564134 for 10; given up to 10 variables."
        source "Michalewicz 1992, Genetic algorithms + data structures = evolution programs"
        by in_space space::michalewicz;
}

/// Evaluates a function of any number of variables, on slices of one length.
#[inline(always)]
fn in_space<N: Elementary>(
    evaluate: impl Fn(&[N], &mut [N], &mut Vec<N>) -> N,
    x: &[N],
    gradient: &mut [N],
    scratch: &mut Vec<N>,
) -> N {
    if x.len() == gradient.len() { evaluate(x, gradient, scratch) } else { N::constant(f64::NAN) }
}

/// Evaluates a function of two variables.
#[inline(always)]
fn on_plane<N: Elementary>(
    evaluate: impl Fn(N, N) -> (N, [N; 2]),
    x: &[N],
    gradient: &mut [N],
    _: &mut Vec<N>,
) -> N {
    let ([x, y], [slope_x, slope_y]) = (x, gradient) else {
        return N::constant(f64::NAN);
    };
    let value;
    (value, [*slope_x, *slope_y]) = evaluate(*x, *y);
    value
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Function {
    type Err = SettingError;

    /// Returns the function called `name`; capitals count as small letters, spaces and underscores as hyphens.
    fn from_str(name: &str) -> Result<Self, SettingError> {
        let plain = name.trim().to_lowercase().replace([' ', '_'], "-");
        if let Some(function) = Self::ALL.iter().find(|function| function.name() == plain) {
            return Ok(*function);
        }
        let names = || Self::ALL.iter().map(|function| function.name());
        let nearest = names().min_by_key(|known| (!known.starts_with(&plain), distance(&plain, known)));
        let nearest = nearest.unwrap_or_default();
        let others: Vec<_> = names().filter(|known| *known != nearest).collect();
        Err(SettingError::new("problem", name, format!("{nearest}, or another of {}", others.join(", "))))
    }
}

/// Returns how many letters must be put in, taken out or changed to make one name of the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(b.chars()) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = changed.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
