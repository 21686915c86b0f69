//! A formula ready to be evaluated.

use core::fmt::{self, Debug, Display, Formatter};
use core::str::FromStr;
use std::sync::Arc;

use amsgrad::objective::{ConcreteObjective, concrete_objective};
use amsgrad::{Elementary, Kernel, Number as _, Pack, Real, VectorizedObjective, accelerate};

use crate::derivatives::Derivatives;
use crate::error::FormulaError;
use crate::evaluator::{Evaluator, InPlace};
use crate::expand::expand;
use crate::gradient::gradient;
use crate::graph::{Graph, Id, Node};
use crate::options::Options;
use crate::parser::parse;
use crate::print::{LONGEST, print};

/// A typed formula: value and exact gradient on numbers and packs, and its text as understood.
///
/// ```
/// use amsgrad::VectorizedObjective;
/// use amsgrad_formula::{Formula, Options};
///
/// let formula = Formula::parse("(1-x)^2 + 100*(y - x**2)^2", &Options::new())?;
/// assert_eq!(formula.variables(), ["x", "y"]);
/// assert_eq!(formula.to_string(), "(1 - x)^2 + 100*(y - x^2)^2");
///
/// let mut gradient = [0.0_f64; 2];
/// let value = formula.evaluate(&[-1.0, 2.0], &mut gradient, &mut Vec::new());
/// assert_eq!((value, gradient), (104.0, [396.0, 200.0]));
/// # Ok::<(), amsgrad_formula::FormulaError>(())
/// ```
///
/// Two formulas are equal where they have the same variables and, every common part taken once, the same graph.
/// A formula printed and parsed again with its own variables listed is equal to itself.
#[derive(Clone)]
pub struct Formula {
    variables: Vec<String>,
    /// The formula alone, in canonical order.
    graph: Arc<Graph>,
    root: Id,
    /// The formula with its derivatives.
    derived: Graph,
    partials: Vec<Id>,
    value: Evaluator,
    whole: Evaluator,
}

/// The text of a partial derivative may have this many bytes, however many there are.
const SHORTEST: usize = 256;

impl Formula {
    /// Parses and differentiates `text`. The language is told in the [crate's documentation](crate).
    ///
    /// # Errors
    /// Where the text is not a formula, names something unknown or goes beyond a limit, and where the options
    /// contradict themselves.
    pub fn parse(text: &str, options: &Options) -> Result<Self, FormulaError> {
        let program = parse(text, options)?;
        let (graph, root, order) = expand(&program, options)?;
        let (graph, root) = graph.canonical(root, &order.places);
        let dimension = order.variables.len();
        let mut derived = graph.clone();
        let partials = gradient(&mut derived, root, dimension);
        let graph = Arc::new(graph);
        let value = Evaluator::value(&graph, root, dimension);
        let all = (0..).zip(partials.iter().copied());
        let whole = Evaluator::with_gradient(&graph, root, dimension, &derived, all);
        Ok(Self { variables: order.variables, graph, root, derived, partials, value, whole })
    }

    /// The names of the variables, in the order of a point's coordinates.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The partial derivatives in the order of the variables, each as a text. What is printed is what is
    /// evaluated. Of a long text `...` stands for the rest: all together have at most about 8 MiB, or 256 bytes each.
    ///
    /// ```
    /// use amsgrad_formula::Formula;
    /// let formula: Formula = "x^2 + sin(x*y)".parse()?;
    /// let gradient: Vec<String> = formula.gradient().map(|partial| partial.to_string()).collect();
    /// assert_eq!(gradient, ["cos(x*y)*y + 2*x", "cos(x*y)*x"]);
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn gradient(&self) -> impl ExactSizeIterator<Item = Expression<'_>> {
        // All together are bounded too: the derivatives of a product of n factors have about n^2 of them.
        let longest = (LONGEST / self.partials.len().max(1)).max(SHORTEST);
        let (graph, variables) = (&self.derived, &self.variables[..]);
        self.partials.iter().map(move |&root| Expression { graph, variables, root, longest })
    }

    /// The value alone at `point`, which holds a number for each variable; NaN where it does not.
    ///
    /// The bits are those of [`VectorizedObjective::evaluate`]. `scratch` keeps its memory between calls.
    #[inline(always)]
    pub fn value<N: Elementary>(&self, point: &[N], scratch: &mut Vec<N>) -> N {
        self.value.run(point, &mut [], scratch)
    }

    /// Prepares evaluations of the value alone in `scratch`, as [`Derivatives::in_place`] does with derivatives.
    #[inline(always)]
    pub fn in_place<'a, N: Elementary>(&'a self, scratch: &'a mut Vec<N>) -> InPlace<'a, N> {
        self.value.in_place(scratch)
    }

    /// Prepares the derivatives by these variables alone, each by its place in [`Formula::variables`]; a place past the
    /// end has the derivative 0.
    pub fn derivatives(&self, variables: impl IntoIterator<Item = usize>) -> Derivatives {
        let mut derived = self.derived.clone();
        let zero = derived.number(0.0);
        let chosen: Vec<(u32, Id)> = variables
            .into_iter()
            .map(|place| (place as u32, self.partials.get(place).copied().unwrap_or(zero)))
            .collect();
        let dimension = self.variables.len();
        let chosen = chosen.into_iter();
        Derivatives(Evaluator::with_gradient(&self.graph, self.root, dimension, &derived, chosen))
    }

    /// The value alone at many points: `coordinate(point, variable)` for each point by its index in `values`.
    ///
    /// The points are evaluated in packs, for pictures and tables.
    ///
    /// ```
    /// use amsgrad_formula::Formula;
    /// let formula: Formula = "x + 10*y".parse()?;
    /// // A grid of three columns and two rows.
    /// let mut values = [0.0; 6];
    /// formula.values(&mut values, |point, variable| [point % 3, point / 3][variable] as f64);
    /// assert_eq!(values, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn values<T: Real>(&self, values: &mut [T], coordinate: impl Fn(usize, usize) -> T) {
        accelerate(Values { formula: self, values, coordinate });
    }

    /// The values at many points as [`values`](Formula::values) writes them, and the gradients, one after the other.
    ///
    /// ```
    /// use amsgrad_formula::Formula;
    /// let formula: Formula = "x*y".parse()?;
    /// let (points, mut values, mut gradients) = ([[2.0, 3.0], [4.0, 5.0]], [0.0; 2], [0.0; 4]);
    /// formula.values_and_gradients(&mut values, &mut gradients, |point, variable| points[point][variable]);
    /// assert_eq!((values, gradients), ([6.0, 20.0], [3.0, 2.0, 5.0, 4.0]));
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn values_and_gradients<T: Real>(
        &self,
        values: &mut [T],
        gradients: &mut [T],
        coordinate: impl Fn(usize, usize) -> T,
    ) {
        accelerate(Gradients { formula: self, values, gradients, coordinate });
    }

    /// The number of operations of one evaluation: of the value alone, and of value and gradient.
    pub fn operations(&self) -> (usize, usize) {
        (self.value.operations(), self.whole.operations())
    }
}

impl VectorizedObjective for Formula {
    fn dimension(&self) -> usize {
        self.variables.len()
    }

    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.in_any(point, gradient, scratch)
    }
}

impl Formula {
    #[inline(always)]
    fn compute<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        self.whole.run(point, gradient, scratch)
    }
}

concrete_objective!(Formula: compute);

/// Number of points in a pack.
const WIDTH: usize = 16;

/// Values at many points, in packs.
struct Values<'a, T, F> {
    formula: &'a Formula,
    values: &'a mut [T],
    coordinate: F,
}

impl<T: Real, F: Fn(usize, usize) -> T> Kernel for Values<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut point = vec![Pack([T::default(); WIDTH]); self.formula.variables.len()];
        let mut slots = Vec::new();
        for (block, values) in self.values.chunks_mut(WIDTH).enumerate() {
            gather(&mut point, block, values.len(), &self.coordinate);
            let result = self.formula.value(&point, &mut slots);
            for (value, element) in values.iter_mut().zip(result.0) {
                *value = element;
            }
        }
    }
}

/// Values and gradients at many points, in packs.
struct Gradients<'a, T, F> {
    formula: &'a Formula,
    values: &'a mut [T],
    gradients: &'a mut [T],
    coordinate: F,
}

impl<T: Real, F: Fn(usize, usize) -> T> Kernel for Gradients<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let dimension = self.formula.variables.len();
        let mut point = vec![Pack([T::default(); WIDTH]); dimension];
        let (mut gradient, mut slots) = (point.clone(), Vec::new());
        for (block, values) in self.values.chunks_mut(WIDTH).enumerate() {
            gather(&mut point, block, values.len(), &self.coordinate);
            let Pack(result) = self.formula.evaluate(&point, &mut gradient, &mut slots);
            values.copy_from_slice(&result[..values.len()]);
            let rows = self.gradients.chunks_mut(dimension.max(1)).skip(block * WIDTH);
            for (index, row) in rows.take(values.len()).enumerate() {
                row.iter_mut().zip(&gradient).for_each(|(to, Pack(from))| *to = from[index]);
            }
        }
    }
}

/// Gathers the points of a block; one that is not full repeats its last point.
#[inline(always)]
fn gather<T: Real>(
    point: &mut [Pack<T, WIDTH>],
    block: usize,
    count: usize,
    coordinate: &impl Fn(usize, usize) -> T,
) {
    for (variable, pack) in point.iter_mut().enumerate() {
        *pack = Pack::from_fn(|index| coordinate(block * WIDTH + index.min(count - 1), variable));
    }
}

impl FromStr for Formula {
    type Err = FormulaError;

    fn from_str(text: &str) -> Result<Self, FormulaError> {
        Self::parse(text, &Options::default())
    }
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.variables == other.variables && self.root == other.root && self.graph == other.graph
    }
}

impl Display for Formula {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        print(&self.graph, &self.variables, self.root, LONGEST, f)
    }
}

impl Debug for Formula {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Formula")
            .field("variables", &self.variables)
            .field("text", &self.to_string())
            .finish()
    }
}

/// A part of a formula: its text, and what it depends on.
#[derive(Clone, Copy)]
pub struct Expression<'a> {
    graph: &'a Graph,
    variables: &'a [String],
    root: Id,
    longest: usize,
}

impl Expression<'_> {
    /// Returns the places of the variables that appear in it, in rising order.
    ///
    /// ```
    /// use amsgrad_formula::Formula;
    /// let formula: Formula = "x*y + sin(z)".parse()?;
    /// let by_x = formula.gradient().next().map(|partial| partial.variables());
    /// assert_eq!(by_x, Some(vec![1]));
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn variables(&self) -> Vec<usize> {
        let nodes = self.graph.reachable(&[self.root]);
        let mut places: Vec<usize> = nodes
            .into_iter()
            .filter_map(|id| match self.graph.node(id) {
                Node::Variable(place) => Some(place as usize),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        places
    }
}

impl Display for Expression<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        print(self.graph, self.variables, self.root, self.longest, f)
    }
}

impl Debug for Expression<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
