//! The value of a formula and its derivatives by some of the variables, as a fit wants them.

use amsgrad::Elementary;

use crate::evaluator::{Evaluator, InPlace};

/// Value and partial derivatives by chosen variables, from [`Formula::derivatives`](crate::Formula::derivatives).
///
/// A model has columns of data among its variables, by which nobody asks for a derivative:
///
/// ```
/// use amsgrad::Pack;
/// use amsgrad_formula::{Formula, Options};
///
/// // A column and two parameters.
/// let model = Formula::parse("a*exp(-t/tau)", &Options::new().variables(["t", "tau", "a"]))?;
/// let by_parameters = model.derivatives([1, 2]);
///
/// // Four rows at once.
/// let point = [Pack([0.0, 1.0, 2.0, 3.0]), Pack([2.0; 4]), Pack([1.0; 4])];
/// let (mut gradient, mut scratch) = ([Pack([0.0; 4]); 2], Vec::new());
/// let values = by_parameters.evaluate(&point, &mut gradient, &mut scratch);
/// assert_eq!(values.0, [1.0, (-0.5_f64).exp(), (-1.0_f64).exp(), (-1.5_f64).exp()]);
/// assert_eq!(gradient[1], values);
/// # Ok::<(), amsgrad_formula::FormulaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Derivatives(pub(crate) Evaluator);

impl Derivatives {
    /// Returns the value at `point`, which holds a number for each variable of the formula, and writes the derivatives by
    /// the chosen ones in their order. All are NaN where a length does not fit.
    ///
    /// `scratch` keeps its memory between calls.
    #[inline(always)]
    pub fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.0.run(point, gradient, scratch)
    }

    /// Prepares evaluations in `scratch`, of which each has the coordinates of the one before but for those that are
    /// changed. What it held is lost.
    #[inline(always)]
    pub fn in_place<'a, N: Elementary>(&'a self, scratch: &'a mut Vec<N>) -> InPlace<'a, N> {
        self.0.in_place(scratch)
    }

    /// Returns the number of operations of one evaluation.
    pub fn operations(&self) -> usize {
        self.0.operations()
    }
}
