//! Typed formulas with exact gradients.
//!
//! A [`Formula`] is parsed from text, differentiated once, and evaluated as a flat program on single numbers and on
//! packs of them. It is a [`VectorizedObjective`](amsgrad::VectorizedObjective), so that whatever minimizes an objective takes
//! it as it is.
//!
//! ```
//! use amsgrad::{VectorizedObjective, Pack};
//! use amsgrad_formula::{Formula, Options};
//!
//! let text = "sum(i, 1, n-1, 100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)";
//! let formula = Formula::parse(text, &Options::new().dimension(2))?;
//!
//! let (mut gradient, mut scratch) = ([0.0; 2], Vec::new());
//! assert_eq!(formula.evaluate(&[0.0, 0.5], &mut gradient, &mut scratch), 26.0);
//! assert_eq!(gradient, [-2.0, 100.0]);
//!
//! // Four points at once, with the bits each of them has alone.
//! let (x, y) = (Pack([0.0, 1.0, 2.0, 3.0]), Pack([0.5; 4]));
//! assert_eq!(formula.value(&[x, y], &mut Vec::new()), Pack([26.0, 25.0, 1226.0, 7229.0]));
//! # Ok::<(), amsgrad_formula::FormulaError>(())
//! ```
//!
//! # The language
//!
//! Numbers are written `12`, `1.5`, `.5`, `2.`, `1e-3` or `1_000`. From the tightest to the loosest, the operators are:
//!
//! | operators | meaning |
//! |---|---|
//! | `^` or `**` | power, to the right: `2^3^2` is 512; the exponent may have a sign: `2^-x` |
//! | `-` `+` `!` before an operand | `-x^2` is `-(x^2)`; `!x` is 1 where x is 0, else 0 |
//! | `*` `/` `%` | to the left; `x % y` is the remainder with the sign of `y`, as in Python |
//! | `+` `-` | to the left |
//! | `<` `<=` `>` `>=` `==` `!=` | 1 or 0; `0 < x < 1` means that both comparisons hold |
//! | `not` | as `!`, but binds as loosely as in Python |
//! | `&&` or `and` | 1 where neither side is 0 |
//! | `\|\|` or `or` | 1 where one side is not 0 |
//!
//! A product needs its `*`: `2x` is an error that says so. [`functions`] lists the functions; the logarithm `log`
//! is the natural one, as `ln`. Constants are `pi`, `e`, `tau` and `inf`.
//!
//! `if(condition, yes, no)` is `yes` where the condition is not 0. What the other branch would be there, NaN or
//! infinite, touches neither value nor gradient.
//!
//! All other names are variables: see [`Options::variables`] for their order and [`Options::parameter`] for names
//! that stand for numbers. `x[1]`, `x[2]`, ... is an indexed family. `sum(i, first, last, term)` and
//! `prod(i, first, last, factor)` are written out when the formula is parsed; their bounds, and every index, are
//! expressions of whole numbers known then, such as `n - 1`, `2*i` or `floor(n/2)`. [`Options::dimension`] gives `n`, and
//! `dot(x, y)` is the sum of `x[i]*y[i]` up to it. [`Options::define`] adds functions.
//! [`Limits`] bounds what a formula may ask for.
//!
//! # The numbers
//!
//! Each operation of the formula is done in the order it is written, in the type it is evaluated in, and rounded
//! once. Nothing is rearranged in a way that could change a bit. Elementary functions are those of the `libm` crate.
//! So a formula has the same bits on every machine, alone and in a pack of any width.
//!
//! Powers are computed by what they mean:
//!
//! | power | computed as |
//! |---|---|
//! | `x^k`, whole k from 2 to 8 | by multiplication: `x^k` is `x^ceil(k/2) * x^floor(k/2)` |
//! | `x^-k`, whole k from 1 to 8 | `1 / x^k` |
//! | `x^0`, `x^1`, `x^0.5` | 1, x and `sqrt(x)` |
//! | `e^x` | `exp(x)`, whatever x is |
//! | `2^x` | `exp2(x)`, unless x is one of the numbers above |
//! | all others | the library's power: NaN for a negative base, unless the exponent is whole |
//!
//! # The gradient
//!
//! It comes from one reverse sweep over the graph in which every common part stands once, and shares all it can with
//! the value. Where a function has no derivative, this is what counts as one:
//!
//! | function | where | derivative |
//! |---|---|---|
//! | `abs(x)` | x = 0 | 0 |
//! | `sign`, `floor`, `ceil`, `round`, `trunc`, `step`, comparisons, logic | everywhere | 0 |
//! | `min(a, b)`, `max(a, b)`, `relu(x)` = `max(0, x)` | a = b | half of it to each |
//! | `x % y` | at a jump | 1 for x, `-floor(x/y)` for y |
//! | `if(c, a, b)` | everywhere | that of the branch taken; none for the condition |
//! | `sqrt(x)`, `x^p` with 0 < p < 1, `cbrt(x)` | x = 0 | infinite |
//! | `hypot(x, y)`, `atan2(y, x)` | x = y = 0 | 0 |
//! | `x^y` | x = 0, y > 0 | 0 for y; for x by the exponent, `0^0` included: 0 |
//! | `x^y` | x < 0 | NaN for y |
//!
//! Branches not taken have no part in the gradient, whatever is infinite or NaN in them.
//!
//! # At the edges
//!
//! Where the value or a derivative so computed is not finite, the formula is expanded in a small step from the point, with
//! exponents that do not overflow:
//!
//! | formula | at | value | slope |
//! |---|---|---|---|
//! | `1/(1 + 1/x)` | 0 | 0 | 1 |
//! | `log(1 + exp(x))` | 1000 | 1000 | 1 |
//! | `sqrt(x^2)` | 0 | 0 | 0, the mean of -1 and 1 |
//! | `cbrt(x^3)` | 0 | 0 | 1 |
//! | `x*log(x)` | 0 | 0 | -infinity |
//! | `x^-2` | 0 | infinity | -infinity |
//!
//! A slope is the mean of those to the right and to the left, or the only one where the other side has none. What cannot
//! be told so stays infinite or NaN, which ends a run.

mod code;
mod derivatives;
mod edge;
mod error;
mod evaluator;
mod expand;
mod formula;
mod function;
mod gradient;
mod graph;
mod lexer;
mod names;
mod op;
mod options;
mod parser;
mod print;
mod slope;
mod special;
mod tape;

pub use derivatives::Derivatives;
pub use error::FormulaError;
pub use evaluator::InPlace;
pub use formula::{Expression, Formula};
pub use function::{Function, functions};
pub use names::{constant, nearest, resembled_constant};
pub use options::{Limits, Options};
